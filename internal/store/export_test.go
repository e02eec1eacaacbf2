package store

import "github.com/seawall-city/seawall"

// Settle takes the pending row changes of a transaction as an event would, and
// gives their number.
func Settle(tx seawall.Tx) int { return len(of(tx).takePending()) }
