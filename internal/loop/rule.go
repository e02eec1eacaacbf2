package loop

import (
	"context"
	"time"

	"github.com/seawall-city/seawall"
)

// Rule is what a protocol says about its loops beyond their steps. The zero
// Rule asks for nothing.
type Rule struct {
	// Theme is the roster's theme under which an owner is looked for; "" is the
	// loop's kind.
	Theme string
	// Outcome is the word that a loop keeps which ends by itself; "" is "done".
	Outcome string
	// AcceptWithin bounds how long an offered hand-over may wait; 0 sets no bound.
	AcceptWithin time.Duration
	// Gap is what the level above reads when it waited longer.
	Gap seawall.Text
	// ReopenDays is how many days after its end a loop may be opened again; 0 is
	// never.
	ReopenDays int
	// Again says that conditions or due times depend on what steps gave, so that
	// the loop is planned anew after each.
	Again   bool
	Notices []NoticeRule
}

// NoticeRule tells somebody when something happens to a loop.
type NoticeRule struct {
	On   string // OnOpened, …
	To   string // "owner", "person", "area", "role:NAME"
	Text seawall.Text
}

// What a notice may wait for.
const (
	OnOpened    = "opened"
	OnEscalated = "escalated"
	OnClosed    = "closed"
	OnReopened  = "reopened"
	OnCancelled = "cancelled"
	OnGap       = "gap"
)

// rule gives the rule of a loop's protocol, as it was when the loop opened.
func (e *Engine) rule(ctx context.Context, tx seawall.Tx, l Loop) (Rule, error) {
	if e.Rules == nil || l.Protocol == "" {
		return Rule{}, nil
	}
	return e.Rules(ctx, tx, l.Protocol)
}

// theme is the roster's theme of a loop.
func (e *Engine) theme(ctx context.Context, tx seawall.Tx, l Loop) (string, error) {
	r, err := e.rule(ctx, tx, l)
	if r.Theme == "" {
		r.Theme = string(l.Kind)
	}
	return r.Theme, err
}

// live reports whether a step still has to be settled.
func live(s Step) bool { return s.State == Open || s.State == Waiting }
