// Package vault is the only place that knows who somebody is. It seals
// identities under envelope keys, finds people again through keyed blind
// tokens, and opens an identity only after the opening itself is on the log.
// It has its own database and never takes part in the caller's transaction.
package vault

import (
	"context"
	"time"

	"github.com/seawall-city/seawall"
)

// Identity is what is known of a person by name.
type Identity struct {
	Name string `json:"name"`
	Sex  string `json:"sex"` // "m", "f", ""
	// Birth is the day of birth, NoDay if unknown; BirthYear may be known alone.
	Birth     seawall.Day `json:"birth"`
	BirthYear int         `json:"birthYear,omitempty"`
	// DocType: "cn-id", "passport", "permit", …; DocNumber as written.
	DocType   string `json:"docType,omitempty"`
	DocNumber string `json:"docNumber,omitempty"`
	Phone     string `json:"phone,omitempty"`
	Address   string `json:"address,omitempty"`
}

// Sealed is what the rest of the system may know of a sealed identity.
type Sealed struct {
	Person seawall.PersonNo `json:"person"`
	// Mask is "张*·男·45"; Pinyin the surname's sort key ("zhang").
	Mask   string `json:"mask"`
	Pinyin string `json:"pinyin"`
	// Created is false when the request id had sealed this person before.
	Created bool `json:"created"`
	// DocFailed marks a document number that fails its checksum: it is kept as
	// written and never matches as a document.
	DocFailed bool `json:"docFailed,omitempty"`
}

// Request is one sealing under an idempotent request id: the same id gives the
// same person however often it is asked.
type Request struct {
	ID       string
	Identity Identity
	// Year is the calendar year in which an age is computed for the mask.
	Year int
}

// Reason is one ground of a duplicate candidate's score.
type Reason struct {
	// Code: "document", "phone", "pinyin", "name", "birth", "birth_year", "sex", "last4".
	Code string `json:"code"`
	// Points it adds (or takes, when negative).
	Points int `json:"points"`
}

// Candidate is somebody who may be the same person.
type Candidate struct {
	Person  seawall.PersonNo `json:"person"`
	Mask    string           `json:"mask"`
	Score   int              `json:"score"` // 0–100
	Reasons []Reason         `json:"reasons"`
}

// Witness puts an opening on the log, in a transaction of its own that has
// committed when it returns.
type Witness interface {
	WitnessOpening(ctx context.Context, actor seawall.Actor, person seawall.PersonNo, purpose, subject string) error
}

// Vault is the service as the main path uses it.
type Vault interface {
	// Seal stores identities, one answer for each request in order. A batch is
	// atomic. Errors: Invalid names the field (a document number that fails its
	// checksum is not an error: it is stored and never matches as a document).
	Seal(ctx context.Context, reqs []Request) ([]Sealed, error)
	// Amend replaces what is known of a person.
	Amend(ctx context.Context, person seawall.PersonNo, id Identity, year int) (Sealed, error)
	// Open gives an identity after the opening is on the log.
	Open(ctx context.Context, actor seawall.Actor, person seawall.PersonNo, purpose, subject string) (Identity, error)
	// Candidates gives possible duplicates of an identity, best first.
	Candidates(ctx context.Context, id Identity, limit int) ([]Candidate, error)
	// Find looks people up by a search text (document number, phone, last four
	// digits, full name or its pinyin) without revealing more than masks.
	Find(ctx context.Context, text string, limit int) ([]Sealed, error)
	// Match gives, for each identity in order, the person who carries exactly
	// the same valid document number and the same name, "" when there is none.
	// This is the only pair that an import may take for one person unasked;
	// everything weaker is a candidate for a human.
	Match(ctx context.Context, ids []Identity) ([]seawall.PersonNo, error)
	// CandidatesOf is Candidates for many identities at once, in order; an
	// import asks so, because one question for each row would be slow.
	CandidatesOf(ctx context.Context, ids []Identity, limit int) ([][]Candidate, error)
	// Masks gives what may be shown of persons, in order; a number the vault
	// does not know gives a zero Sealed.
	Masks(ctx context.Context, persons []seawall.PersonNo) ([]Sealed, error)
	// Commit marks request ids as used by a committed record; Sweep deletes
	// sealed identities whose request was never committed and is older than the
	// given instant, and returns how many.
	Commit(ctx context.Context, requestIDs []string) error
	Sweep(ctx context.Context, before time.Time) (int, error)
	// SweepUnused is Sweep that first asks which of the uncommitted people
	// records know, and keeps those; servers call this one.
	SweepUnused(ctx context.Context, before time.Time, used func(context.Context, []seawall.PersonNo) ([]seawall.PersonNo, error)) (int, error)
	// Forget shreds a person's identity for good.
	Forget(ctx context.Context, person seawall.PersonNo) error
	// Merge makes tokens of loser find winner; Unmerge takes that back.
	Merge(ctx context.Context, loser, winner seawall.PersonNo) error
	Unmerge(ctx context.Context, loser seawall.PersonNo) error
	// Count tells how many identities are kept.
	Count(ctx context.Context) (int, error)
	Close() error
}
