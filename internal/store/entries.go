package store

import (
	"context"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/casebook"
)

var _ casebook.EntryStore = (*DB)(nil)

func entries() *table[casebook.Entry] {
	return &table[casebook.Entry]{
		kind: seawall.KindEntry, name: "entry",
		cols: names(`id no request protocol kind disease person mask area form_values state retraction loop_id author at version`),
		fields: func(e *casebook.Entry) []any {
			return with(&e.ID, &e.No, &e.Request, &e.Protocol, &e.Kind, &e.Disease, &e.Person, &e.Mask, &e.Area, someJSON(&e.Values),
				&e.State, &e.Retraction, &e.Loop, &e.By, &e.At, &e.Version)
		},
		id:      func(e *casebook.Entry) string { return string(e.ID) },
		version: func(e *casebook.Entry) int { return e.Version },
	}
}

// SaveEntry writes an entry.
func (db *DB) SaveEntry(ctx context.Context, tx seawall.Tx, e casebook.Entry) error {
	return entries().put(ctx, tx, e)
}

// Entry reads an entry.
func (db *DB) Entry(ctx context.Context, tx seawall.Tx, id seawall.EntryID) (casebook.Entry, error) {
	return entries().get(ctx, tx, string(id))
}

// EntryByRequest finds the entry that a request made.
func (db *DB) EntryByRequest(ctx context.Context, tx seawall.Tx, request string) (casebook.Entry, error) {
	return the(ctx, tx, entries(), request, "request = $1 AND request <> ''", request)
}

// EntriesOfPerson reads the entries about a person, oldest first.
func (db *DB) EntriesOfPerson(ctx context.Context, tx seawall.Tx, no seawall.PersonNo) ([]casebook.Entry, error) {
	return entries().list(ctx, tx, "WHERE person = $1 AND person <> '' ORDER BY id", string(no))
}

// Entries gives a page of the entries of a kind, newest first, and their total.
func (db *DB) Entries(ctx context.Context, tx seawall.Tx, q casebook.EntryQuery) ([]casebook.Entry, string, int, error) {
	l := &listing[casebook.Entry]{from: entries(), pageIndex: "entry_by_kind", countIndex: "entry_by_kind",
		order: order[casebook.Entry]{name: "at", col: "at", desc: true, value: func(e *casebook.Entry) any { return e.At }}}
	w := &l.common
	l.ranges = []string{w.text("kind = ?", q.Kind)}
	w.eq("state", q.State)
	if parts, limited := reaches(q.Scope); limited {
		w.conds = append(w.conds, w.areas("area", parts))
	}
	return l.all(ctx, tx, q.Page)
}
