package casebook

import (
	"context"

	"github.com/seawall-city/seawall"
)

// Entry is a fact that a form alone describes: somebody's bite, a place's
// complaint. It belongs to a protocol whose subject is "entry".
type Entry struct {
	ID       seawall.EntryID  `json:"id"`
	No       string           `json:"no"`
	Request  string           `json:"request,omitempty"` // the request that made it
	Protocol string           `json:"protocol"`          // id@version
	Kind     string           `json:"kind"`              // the protocol's id
	Disease  string           `json:"disease,omitempty"`
	Person   seawall.PersonNo `json:"person,omitempty"`
	Mask     string           `json:"mask"`
	Area     seawall.AreaPath `json:"area"`
	Values   map[string]any   `json:"values"`
	State    string           `json:"state"` // "open", "closed", "retracted"
	// Retraction is the reason of an entry that was taken back.
	Retraction string         `json:"retraction,omitempty"`
	Loop       seawall.LoopID `json:"loop"`
	By         string         `json:"by"`
	At         int64          `json:"at"` // µs
	Version    int            `json:"version"`
}

// The states of an entry.
const (
	EntryOpen      = "open"
	EntryClosed    = "closed" // its loop has ended
	EntryRetracted = "retracted"
)

// Ref points to the entry.
func (e Entry) Ref() seawall.Ref { return seawall.Ref{Kind: seawall.KindEntry, ID: string(e.ID)} }

// EntryQuery selects the entries of one kind, newest first.
type EntryQuery struct {
	Kind  string
	State string // "" for all
	Scope seawall.Scope
	Page  seawall.Page
}

// EntryStore keeps entries; the rules of Store hold (versions, hand-over
// of rows to the next event).
type EntryStore interface {
	SaveEntry(ctx context.Context, tx seawall.Tx, e Entry) error
	Entry(ctx context.Context, tx seawall.Tx, id seawall.EntryID) (Entry, error)
	// EntryByRequest finds what a request made. Errors: NotFound.
	EntryByRequest(ctx context.Context, tx seawall.Tx, request string) (Entry, error)
	EntriesOfPerson(ctx context.Context, tx seawall.Tx, no seawall.PersonNo) ([]Entry, error)
	Entries(ctx context.Context, tx seawall.Tx, q EntryQuery) ([]Entry, string, int, error)
	// NextNo gives the next number of a series of visible numbers.
	NextNo(ctx context.Context, tx seawall.Tx, series string) (int, error)
}
