package store

import "github.com/seawall-city/seawall"

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
