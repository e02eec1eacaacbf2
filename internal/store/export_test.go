package store

import (
	"context"

	"github.com/seawall-city/seawall"
)

// Settle takes the pending row changes of a transaction as an event would, and
// gives their number.
func Settle(tx seawall.Tx) int { return len(of(tx).takePending()) }

// Texts gives the statements that db has run, in the driver's dialect.
func Texts(db *DB) []string {
	var out []string
	db.texts.Range(func(_, text any) bool {
		out = append(out, text.(string))
		return true
	})
	return out
}

// PanicInLine puts a write that panics before one that does not into a line, and
// gives what its wait says and whether the second one ran.
func PanicInLine(ctx context.Context) (err error, after bool) {
	var l line
	defer l.end()
	_ = l.put(ctx, func(context.Context) error { panic("a broken row") })
	_ = l.put(ctx, func(context.Context) error { after = true; return nil })
	return l.wait(), after
}
