package loop

import (
	"context"
	"time"

	"github.com/seawall-city/seawall"
)

// LoopQuery selects the loops of one kind, newest first.
type LoopQuery struct {
	Kind  Kind
	Scope seawall.Scope
	// States are the loops' own: default Open.
	States []State
	Owner  seawall.PrincipalID
	Page   seawall.Page
}

// BoardQuery selects the open steps of one kind for counting.
type BoardQuery struct {
	Kind  Kind
	Scope seawall.Scope
	Owner seawall.PrincipalID
	// Now tells what is late.
	Now time.Time
}

// KeyCount counts the steps of a kind with one key and state.
type KeyCount struct {
	Key       string       `json:"key"`
	Title     seawall.Text `json:"title"` // of the protocol, else of one of the steps
	State     State        `json:"state"`
	N         int          `json:"n"`
	Late      int          `json:"late"`
	Escalated int          `json:"escalated"`
}

// DayDue counts the open steps of a kind that are due on one day.
type DayDue struct {
	Day  seawall.Day `json:"day"`
	N    int         `json:"n"`
	Late int         `json:"late"`
}

// OwnerLoad counts the open steps of a kind that one owner answers for.
type OwnerLoad struct {
	Owner     seawall.PrincipalID `json:"owner"`
	Name      string              `json:"name"`
	N         int                 `json:"n"`
	Late      int                 `json:"late"`
	Escalated int                 `json:"escalated"`
}

// Boards reads what a board shows of one kind of loop; always counted, never
// sampled.
type Boards interface {
	// Loops gives a page of loops, the next cursor and the total.
	Loops(ctx context.Context, tx seawall.Tx, q LoopQuery) ([]Loop, string, int, error)
	// CountByKey counts open and waiting steps by key and state.
	CountByKey(ctx context.Context, tx seawall.Tx, q BoardQuery) ([]KeyCount, error)
	// CountByDay counts the open steps due between neighbouring instants: one
	// count for each pair.
	CountByDay(ctx context.Context, tx seawall.Tx, q BoardQuery, bounds []time.Time) ([]DayDue, error)
	// CountByOwner counts open steps by owner, the fullest first, at most limit.
	CountByOwner(ctx context.Context, tx seawall.Tx, q BoardQuery, limit int) ([]OwnerLoad, error)
}
