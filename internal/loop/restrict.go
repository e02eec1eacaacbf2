package loop

import (
	"context"
	"strings"

	"github.com/seawall-city/seawall"
)

// The states of a restriction.
const (
	RestrictionActive    = "active"
	RestrictionReleased  = "released"
	RestrictionWithdrawn = "withdrawn"
)

// Order is everything that makes a restriction lawful.
type Order struct {
	Subject seawall.Ref
	Kind    string
	// Fact is the cited fact: a case, a laboratory result, or an arrival from a
	// graded area under a row of the arrival matrix; nothing softer.
	Fact seawall.Ref
	// Cited says in both languages what of an arrival is the fact: the origin, the
	// day of leaving, the grade on that day and the document that gave it. A case
	// and a result speak for themselves.
	Cited        seawall.Text
	Regime, Rule string
	During       seawall.Interval
	Reason       seawall.Text
	AppealHours  int
	DecidedBy    seawall.PrincipalID
	DecidedName  string
	Loop         seawall.LoopID
}

// NewRestriction is the only way to make a restriction. Errors: Invalid, naming
// every missing thing at once: the subject and kind, the fact (a case, a result,
// an arrival with its cited origin, or a positive sample of goods with the goods cited), the regime and rule, a beginning and an end after it, the reason in both
// languages, the hours in which an appeal is decided, the named decider.
func NewRestriction(id seawall.RestrictionID, o Order) (Restriction, error) {
	var bad []seawall.FieldError
	need := func(ok bool, field string) {
		if !ok {
			bad = append(bad, seawall.FieldError{Field: field, Code: "required"})
		}
	}
	said := func(s string) bool { return strings.TrimSpace(s) != "" }
	need(id != "", "id")
	need(o.Subject.Kind != "" && o.Subject.ID != "", "subject")
	need(o.Kind != "", "kind")
	need(o.Fact.ID != "" && (o.Fact.Kind == seawall.KindCase || o.Fact.Kind == seawall.KindResult || o.Fact.Kind == seawall.KindArrival || o.Fact.Kind == seawall.KindSample), "fact")
	need(o.Fact.Kind != seawall.KindArrival && o.Fact.Kind != seawall.KindSample || said(o.Cited.ZH) && said(o.Cited.EN), "cited")
	need(o.Regime != "", "regime")
	need(o.Rule != "", "rule")
	need(!o.During.From.IsZero(), "during.from")
	need(!o.During.To.IsZero() && o.During.To.After(o.During.From), "during.to")
	need(said(o.Reason.ZH), "reason.zh")
	need(said(o.Reason.EN), "reason.en")
	need(o.AppealHours > 0, "appealHours")
	need(o.DecidedBy != "", "decidedBy")
	need(said(o.DecidedName), "decidedName")
	if len(bad) > 0 {
		return Restriction{}, &seawall.Error{Op: "loop.NewRestriction", Kind: seawall.Invalid, Code: "restriction_incomplete", Fields: bad}
	}
	return Restriction{ID: id, Subject: o.Subject, Kind: o.Kind, Fact: o.Fact, Cited: o.Cited, Regime: o.Regime, Rule: o.Rule,
		During: o.During, Reason: o.Reason, AppealHours: o.AppealHours, DecidedBy: o.DecidedBy, DecidedName: o.DecidedName,
		Loop: o.Loop, State: RestrictionActive, Version: 1}, nil
}

// Impose puts a new restriction and the clock of its end into the store. The
// caller records the event that decided it.
func (e *Engine) Impose(ctx context.Context, tx seawall.Tx, r Restriction) error {
	const op = "loop.Impose"
	if err := e.Store.SaveRestriction(ctx, tx, r); err != nil {
		return seawall.Wrap(op, err)
	}
	return seawall.Wrap(op, e.startClock(ctx, tx, Clock{Loop: r.Loop, Kind: KindRestriction, Target: string(r.ID), FireAt: r.During.To}))
}

// end gives the restriction as it is after its end.
func (r Restriction) end(state string, tx seawall.Tx) Restriction {
	r.State, r.EndedAt, r.EndedBy, r.Version = state, tx.Now(), tx.Actor().Name, r.Version+1
	return r
}

// expire ends a restriction at its time, whatever else is still open: no hold
// outlives its expiry.
func (e *Engine) expire(ctx context.Context, tx seawall.Tx, c Clock, f *Firing) error {
	r, err := e.Store.Restriction(ctx, tx, seawall.RestrictionID(c.Target))
	if err != nil {
		return err
	}
	l, err := e.Store.Loop(ctx, tx, c.Loop)
	if err != nil {
		return err
	}
	if r.State != RestrictionActive {
		return e.quiet(ctx, tx, l, c, nil)
	}
	if err := e.Store.SaveRestriction(ctx, tx, r.end(RestrictionReleased, tx)); err != nil {
		return err
	}
	f.Ended++
	steps, err := e.Store.StepsOf(ctx, tx, l.ID)
	if err != nil {
		return err
	}
	return e.record(ctx, tx, l, steps, "restriction.expired", r.Ref(), map[string]string{"kind": r.Kind})
}

// WithdrawRestriction ends an active restriction that belongs to no open loop any more,
// because the fact behind it was taken back. The caller records the event.
func (e *Engine) WithdrawRestriction(ctx context.Context, tx seawall.Tx, r Restriction) (bool, error) {
	if r.State != RestrictionActive {
		return false, nil
	}
	err := e.Store.SaveRestriction(ctx, tx, r.end(RestrictionWithdrawn, tx))
	return err == nil, seawall.Wrap("loop.WithdrawRestriction", err)
}
