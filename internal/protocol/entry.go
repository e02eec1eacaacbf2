package protocol

import (
	"context"

	"github.com/seawall-city/seawall"
)

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

// EntryStore keeps entries; the rules of casebook.Store hold (versions, hand-over
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
