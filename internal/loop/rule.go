package loop

import (
	"strings"
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

// rule gives the rule of a loop's protocol.
func (e *Engine) rule(l Loop) Rule {
	if e.Rules == nil || l.Protocol == "" {
		return Rule{}
	}
	return e.Rules(l.Protocol)
}

// theme is the roster's theme of a loop.
func (e *Engine) theme(l Loop) string {
	if t := e.rule(l).Theme; t != "" {
		return t
	}
	return string(l.Kind)
}

// Count says from what a step's due time counts when the loop opens without
// knowing it. The zero Count counts from nothing.
type Count struct {
	// From is "step.KEY" (when that step was settled), "form.FIELD" (a date or
	// instant that a form of this loop gives) or "turn" (when its turn came).
	From     string `json:"from"`
	Hours    int    `json:"hours,omitempty"`
	Days     int    `json:"days,omitempty"`
	EndOfDay bool   `json:"endOfDay,omitempty"`
}

// The beginnings of what a Count may count from.
const (
	fromTurn = "turn"
	fromStep = "step."
	fromForm = "form."
)

// IsZero reports whether c counts from nothing.
func (c Count) IsZero() bool { return c == Count{} }

// Due gives the instant that lies so far after base; days are days of the
// calendar in zone.
func (c Count) Due(base time.Time, zone *time.Location) time.Time {
	at := base.In(zone).AddDate(0, 0, c.Days).Add(time.Duration(c.Hours) * time.Hour)
	if c.EndOfDay {
		at = EndOf(seawall.DayOf(at, zone), zone)
	}
	return at.UTC()
}

// base finds the instant that c counts from: among the steps, or in the values
// of a form. ok is false while it is not known.
func (c Count) base(steps []Step, data map[string]any, zone *time.Location) (at time.Time, ok bool) {
	if key, is := strings.CutPrefix(c.From, fromStep); is {
		for _, s := range steps {
			switch {
			case s.Key != key:
			case live(s):
				return time.Time{}, false
			default:
				at = later(at, s.DoneAt)
			}
		}
		return at, !at.IsZero()
	}
	field, is := strings.CutPrefix(c.From, fromForm)
	text, said := data[field].(string)
	if !is || !said {
		return time.Time{}, false
	}
	if t, err := time.Parse(time.RFC3339Nano, text); err == nil {
		return t, true
	}
	if d, err := seawall.ParseDay(text); err == nil && d.Known() {
		return d.Start(zone), true
	}
	return time.Time{}, false
}

// live reports whether a step still has to be settled.
func live(s Step) bool { return s.State == Open || s.State == Waiting }
