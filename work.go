package seawall

import (
	"context"
	"time"
)

// ActorKind says what kind of hand did something.
type ActorKind string

// The kinds of actor.
const (
	ActorUser     ActorKind = "user"     // a signed-in account
	ActorSystem   ActorKind = "system"   // a clock, a sweep, the sequencer
	ActorOperator ActorKind = "operator" // the command line on the server's machine
	ActorPublic   ActorKind = "public"   // a resident through a personal link
)

// Actor is who does something and why; every event carries one.
type Actor struct {
	Kind      ActorKind   `json:"kind"`
	Principal PrincipalID `json:"principal,omitempty"`
	// Name is the account's work name (a post, never a private person's name).
	Name string `json:"name,omitempty"`
	// Purpose is the configured purpose of a read of identity, else "".
	Purpose string `json:"purpose,omitempty"`
}

// System is the actor of the named background part ("clocks", "sequencer").
func System(part string) Actor { return Actor{Kind: ActorSystem, Name: part} }

// Tx is one transaction in progress. Domain packages hand it through to their
// Store; only the store package looks inside.
type Tx interface {
	// Now is the one instant of this transaction, in whole microseconds UTC.
	Now() time.Time
	// NewID mints an identifier.
	NewID() string
	// Actor is who this transaction acts for.
	Actor() Actor
}

// UnitOfWork runs functions in transactions. A write that changed current-state
// rows without recording an event for them is refused at commit: state and log
// cannot part.
type UnitOfWork interface {
	// Write runs fn in a read-write transaction for actor. fn may run again
	// when the database asks for a retry, so it must have no effect outside tx.
	// The transaction commits if fn returns nil, else nothing of it remains.
	Write(ctx context.Context, actor Actor, fn func(tx Tx) error) error
	// Read runs fn on one consistent snapshot.
	Read(ctx context.Context, fn func(tx Tx) error) error
}

// again is the key of DoAgain.
type again struct{}

// DoAgain marks the writes under a context as work that is done again by itself
// where a power failure takes it back: firing a clock, which is then still open.
// They need not be on disk when they return. What commits after them and has no
// such mark is on disk with all of them, so the published log is never taken back.
func DoAgain(ctx context.Context) context.Context { return context.WithValue(ctx, again{}, true) }

// DoneAgain reports whether a context is marked so.
func DoneAgain(ctx context.Context) bool { return ctx.Value(again{}) != nil }

// Page asks for a stretch of a list: at most Limit rows after Cursor. The
// cursor is opaque, comes from a former answer and stays valid while rows come
// and go.
type Page struct {
	Cursor string
	Limit  int
}
