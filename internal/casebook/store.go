package casebook

import (
	"context"

	"github.com/seawall-city/seawall"
)

// CaseQuery selects cases for the line list. Zero fields do not filter.
type CaseQuery struct {
	Scope   seawall.Scope
	Disease string
	State   string
	Classes []Class
	// Text matches the visible number, the external id or a place by prefix.
	Text     string
	Person   seawall.PersonNo
	From, To seawall.Day // by report day, inclusive; 0 and NoDay do not filter
	// Sort: "reported" (default, newest first), "onset", "no", "area".
	Sort string
	Page seawall.Page
}

// ContactQuery selects contacts for the work-list. Zero fields do not filter.
type ContactQuery struct {
	Scope       seawall.Scope
	Disease     string
	Case        seawall.CaseID
	Person      seawall.PersonNo
	States      []ContactState
	Class       string
	Owner       seawall.PrincipalID
	Text        string
	Symptomatic bool
	// SilentSince selects those with no record on or after this day (0 = off).
	SilentSince seawall.Day
	// DueBefore (µs) selects those whose next due is earlier (0 = off).
	DueBefore int64
	// Sort: "due" (default), "last_exposure", "no", "area".
	Sort string
	Page seawall.Page
}

// DayCount is one cell of an epidemic curve.
type DayCount struct {
	Day   seawall.Day `json:"day"`
	Class Class       `json:"class"`
	N     int         `json:"n"`
}

// Store is what this package needs of the database. Every Save… also hands the
// row to the next event of tx; Save checks Version (optimistic lock: the stored
// version must be one less; 1 inserts) and fails with Conflict.
type Store interface {
	SavePerson(ctx context.Context, tx seawall.Tx, p Person) error
	Person(ctx context.Context, tx seawall.Tx, no seawall.PersonNo) (Person, error)
	Persons(ctx context.Context, tx seawall.Tx, nos []seawall.PersonNo) ([]Person, error)

	SaveCase(ctx context.Context, tx seawall.Tx, c Case) error
	Case(ctx context.Context, tx seawall.Tx, id seawall.CaseID) (Case, error)
	CaseByNo(ctx context.Context, tx seawall.Tx, no string) (Case, error)
	// CaseByOrigin finds by the key of idempotent import; NotFound if none.
	CaseByOrigin(ctx context.Context, tx seawall.Tx, disease, source, external string) (Case, error)
	// Cases gives a page, the next cursor ("" at the end) and the true total.
	Cases(ctx context.Context, tx seawall.Tx, q CaseQuery) ([]Case, string, int, error)
	CasesOfPerson(ctx context.Context, tx seawall.Tx, no seawall.PersonNo) ([]Case, error)
	// EpidemicCurve counts by onset (else sampled, else report) day and class.
	EpidemicCurve(ctx context.Context, tx seawall.Tx, q CaseQuery) ([]DayCount, error)

	SaveResult(ctx context.Context, tx seawall.Tx, r Result) error
	Result(ctx context.Context, tx seawall.Tx, id seawall.ResultID) (Result, error)
	ResultByOrigin(ctx context.Context, tx seawall.Tx, disease, source, external string) (Result, error)
	ResultsOfPerson(ctx context.Context, tx seawall.Tx, no seawall.PersonNo) ([]Result, error)

	SaveContact(ctx context.Context, tx seawall.Tx, c Contact) error
	Contact(ctx context.Context, tx seawall.Tx, id seawall.ContactID) (Contact, error)
	ContactByNo(ctx context.Context, tx seawall.Tx, no string) (Contact, error)
	ContactByOrigin(ctx context.Context, tx seawall.Tx, disease, source, external string) (Contact, error)
	Contacts(ctx context.Context, tx seawall.Tx, q ContactQuery) ([]Contact, string, int, error)
	ContactsOfCase(ctx context.Context, tx seawall.Tx, id seawall.CaseID) ([]Contact, error)
	// ContactsVia gives the sub-contacts of a close contact.
	ContactsVia(ctx context.Context, tx seawall.Tx, id seawall.ContactID) ([]Contact, error)
	ContactsOfPerson(ctx context.Context, tx seawall.Tx, no seawall.PersonNo) ([]Contact, error)

	SaveStay(ctx context.Context, tx seawall.Tx, s Stay) error
	StaysOfCase(ctx context.Context, tx seawall.Tx, id seawall.CaseID) ([]Stay, error)
	StaysOfPerson(ctx context.Context, tx seawall.Tx, no seawall.PersonNo) ([]Stay, error)
	StayByOrigin(ctx context.Context, tx seawall.Tx, source, external string) (Stay, error)

	SaveLink(ctx context.Context, tx seawall.Tx, l Link) error
	LinkByOrigin(ctx context.Context, tx seawall.Tx, disease, source, external string) (Link, error)
	LinksOfPersons(ctx context.Context, tx seawall.Tx, nos []seawall.PersonNo) ([]Link, error)

	SaveFollowUp(ctx context.Context, tx seawall.Tx, f FollowUp) error
	FollowUpOn(ctx context.Context, tx seawall.Tx, id seawall.ContactID, day seawall.Day) (FollowUp, error)
	FollowUpByOrigin(ctx context.Context, tx seawall.Tx, source, external string) (FollowUp, error)
	FollowUpsOf(ctx context.Context, tx seawall.Tx, id seawall.ContactID) ([]FollowUp, error)

	// NextNo gives the next number of a named series ("case/2022") and is safe
	// against concurrent callers.
	NextNo(ctx context.Context, tx seawall.Tx, series string) (int, error)
}
