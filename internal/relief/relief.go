// Package relief keeps what people ask of the city: objections to a measure
// (申诉) and requests for help (求助). It holds the facts and the rules about
// them: who may never decide, what becomes of an objection that nobody decided,
// which request cannot wait. Their duties are loops under the protocols "appeal"
// and "help"; names, telephone numbers and addresses are in the vault.
package relief

import (
	"context"
	"time"

	"github.com/seawall-city/seawall"
)

// The channels by which something was filed.
const (
	Self  = "self"  // on one's own telephone or computer
	Kiosk = "kiosk" // at a public screen
	Phone = "phone" // by telephone, typed in by staff
	Desk  = "desk"  // at a counter or a door, typed in by staff
)

// The states of an objection.
const (
	Pending  = "pending"  // acknowledged, not decided
	Upheld   = "upheld"   // granted: the measure has ended
	Rejected = "rejected" // refused, with the reason and the next level
	Lapsed   = "lapsed"   // undecided in time: the measure has ended by itself
	Moot     = "moot"     // the measure had ended for another reason before
)

// The reasons for an objection. The person's own words come beside them.
const (
	WrongPerson = "wrong_person"
	WrongPlace  = "wrong_place" // not there, or not at that time
	WrongTest   = "wrong_test"
	WrongDays   = "wrong_days" // the days are counted wrongly
	Hardship    = "hardship"
	OtherReason = "other"
)

// Reasons lists the reasons for an objection in the order in which they are asked.
func Reasons() []string {
	return []string{WrongPerson, WrongPlace, WrongTest, WrongDays, Hardship, OtherReason}
}

// Mark is one thing that happened to an objection or request, as the person
// reads it under their code.
type Mark struct {
	At   time.Time    `json:"at"`
	What string       `json:"what"` // "filed", "climbed", "upheld", "rejected", "lapsed", "moot", "answered", "done", …
	By   string       `json:"by,omitempty"`
	Text seawall.Text `json:"text"`
}

// Appeal is one objection to a measure.
type Appeal struct {
	ID seawall.AppealID `json:"id"`
	No string           `json:"no"` // "A-2022-0003"
	// Level is 1 for the first objection to a measure and one more for each
	// objection to a rejection; Prior is the one rejected.
	Level int              `json:"level"`
	Prior seawall.AppealID `json:"prior,omitempty"`
	// Restriction is the measure, Measure its kind, Duty the loop that holds it
	// and Subject what that loop is about.
	Restriction seawall.RestrictionID `json:"restriction"`
	Measure     string                `json:"measure"`
	Duty        seawall.LoopID        `json:"duty,omitempty"`
	Subject     seawall.Ref           `json:"subject"`
	Person      seawall.PersonNo      `json:"person,omitempty"`
	Mask        string                `json:"mask"`
	Area        seawall.AreaPath      `json:"area"`
	Reason      string                `json:"reason"`
	Words       string                `json:"words,omitempty"`
	Channel     string                `json:"channel"`
	FiledBy     string                `json:"filedBy,omitempty"`
	At          time.Time             `json:"at"`
	// Hours is how long each level has; DecideBy the instant by which it is
	// decided now; Ceiling the one after which it lapses whatever the evidence.
	Hours    int       `json:"hours"`
	DecideBy time.Time `json:"decideBy"`
	Ceiling  time.Time `json:"ceiling"`
	Climbs   int       `json:"climbs"`
	// Barred are those who decided the measure or rejected it before: they never
	// decide on it here.
	Barred      []seawall.PrincipalID `json:"barred"`
	State       string                `json:"state"`
	DecidedAt   time.Time             `json:"decidedAt"`
	DecidedBy   seawall.PrincipalID   `json:"decidedBy,omitempty"`
	DecidedName string                `json:"decidedName,omitempty"`
	// Answer is the reason that the person reads, Next where they may turn next.
	Answer    seawall.Text        `json:"answer"`
	Next      seawall.Text        `json:"next"`
	Trail     []Mark              `json:"trail"`
	Loop      seawall.LoopID      `json:"loop,omitempty"`
	Owner     seawall.PrincipalID `json:"owner,omitempty"`
	OwnerName string              `json:"ownerName"`
	// Secret is a keyed hash of the code under which the person reads it; it
	// leaves the server in no answer.
	Secret  string `json:"secret,omitempty"`
	Version int    `json:"version"`
}

// Ref points to the objection.
func (a Appeal) Ref() seawall.Ref { return seawall.Ref{Kind: seawall.KindAppeal, ID: string(a.ID)} }

// The kinds of help, the most urgent first.
const (
	Medical  = "medical"  // somebody may be in danger
	Medicine = "medicine" // a medicine or a regular treatment
	Food     = "food"     // food, water, heating
	Care     = "care"     // a child, an old or a disabled person needs somebody
	Stuck    = "stuck"    // stranded on the road
	Other    = "other"
)

// Kinds lists the kinds of help in the order in which they are asked.
func Kinds() []string { return []string{Medical, Medicine, Food, Care, Stuck, Other} }

// The states of a request for help.
const (
	HelpOpen     = "open"     // acknowledged
	HelpAnswered = "answered" // somebody has called back
	HelpDone     = "done"     // helped
	HelpClosed   = "closed"   // ended for another reason, which the trail says
)

// Help is one request for help.
type Help struct {
	ID     seawall.HelpID   `json:"id"`
	No     string           `json:"no"` // "H-2022-0007"
	Kind   string           `json:"kind"`
	Urgent bool             `json:"urgent,omitempty"`
	Words  string           `json:"words,omitempty"`
	Place  string           `json:"place,omitempty"` // "motorway exit Yancheng North": never a private address
	Area   seawall.AreaPath `json:"area"`
	People int              `json:"people"`
	Person seawall.PersonNo `json:"person,omitempty"`
	Mask   string           `json:"mask"`
	// About is the contact or group of travellers whose code was used, if any.
	About   seawall.Ref `json:"about"`
	Channel string      `json:"channel"`
	FiledBy string      `json:"filedBy,omitempty"`
	At      time.Time   `json:"at"`
	// AnswerBy is until when somebody calls back; HelpBy until when help is there.
	AnswerBy  time.Time           `json:"answerBy"`
	HelpBy    time.Time           `json:"helpBy"`
	Climbs    int                 `json:"climbs"`
	State     string              `json:"state"`
	Trail     []Mark              `json:"trail"`
	Loop      seawall.LoopID      `json:"loop,omitempty"`
	Owner     seawall.PrincipalID `json:"owner,omitempty"`
	OwnerName string              `json:"ownerName"`
	Secret    string              `json:"secret,omitempty"`
	Version   int                 `json:"version"`
}

// Ref points to the request.
func (h Help) Ref() seawall.Ref { return seawall.Ref{Kind: seawall.KindHelp, ID: string(h.ID)} }

// Query selects objections or requests: States and Kind empty select all.
type Query struct {
	Scope  seawall.Scope
	States []string
	Kind   string // of help, or the reason of an objection
	Owner  seawall.PrincipalID
	Text   string // the number, by its beginning
	// Sort: "due" (default) or "newest".
	Sort string
	Page seawall.Page
}

// Store is what this package needs of the database; the rules of casebook.Store
// hold (versions, hand-over of rows to the next event).
type Store interface {
	SaveAppeal(ctx context.Context, tx seawall.Tx, a Appeal) error
	Appeal(ctx context.Context, tx seawall.Tx, id seawall.AppealID) (Appeal, error)
	// AppealBySecret finds an objection by the hash of its code; NotFound.
	AppealBySecret(ctx context.Context, tx seawall.Tx, secret string) (Appeal, error)
	// AppealsAgainst gives the objections to a measure, the first one first.
	AppealsAgainst(ctx context.Context, tx seawall.Tx, id seawall.RestrictionID) ([]Appeal, error)
	AppealsOfPerson(ctx context.Context, tx seawall.Tx, no seawall.PersonNo) ([]Appeal, error)
	Appeals(ctx context.Context, tx seawall.Tx, q Query) ([]Appeal, string, int, error)

	SaveHelp(ctx context.Context, tx seawall.Tx, h Help) error
	Help(ctx context.Context, tx seawall.Tx, id seawall.HelpID) (Help, error)
	HelpBySecret(ctx context.Context, tx seawall.Tx, secret string) (Help, error)
	// HelpsOfPerson gives the requests of a person, the first one first.
	HelpsOfPerson(ctx context.Context, tx seawall.Tx, no seawall.PersonNo) ([]Help, error)
	Helps(ctx context.Context, tx seawall.Tx, q Query) ([]Help, string, int, error)
	// HelpsAbout gives the requests about something (a trip), the first one first.
	HelpsAbout(ctx context.Context, tx seawall.Tx, about seawall.Ref) ([]Help, error)
}
