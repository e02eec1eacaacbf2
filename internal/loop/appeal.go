package loop

import (
	"context"
	"slices"
	"time"

	"github.com/seawall-city/seawall"
)

// The clocks that do not wait for the cut-off. What follows from them is the
// caller's to decide; Firing names their target.
const (
	KindAppeal = "appeal" // an objection is still undecided
	KindUrgent = "urgent" // somebody in need is still without an answer
)

// StartTimer starts a clock of a kind that the caller decides about: it fires
// once at an instant and names target. It ends with its loop.
func (e *Engine) StartTimer(ctx context.Context, tx seawall.Tx, l Loop, kind, target string, at time.Time) error {
	return seawall.Wrap("loop.StartTimer", e.startClock(ctx, tx, Clock{Loop: l.ID, Kind: kind, Target: target, FireAt: at}))
}

// Lift ends an active restriction before its time because of a decision, with the
// reason as evidence in the duty that holds it, and stops the clock of its end.
// It reports whether there was anything to end.
func (e *Engine) Lift(ctx context.Context, tx seawall.Tx, id seawall.RestrictionID, because seawall.Ref, reason string) (bool, error) {
	const op = "loop.Lift"
	r, err := e.Store.Restriction(ctx, tx, id)
	if err != nil || r.State != RestrictionActive {
		return false, seawall.Wrap(op, err)
	}
	l, err := e.Store.Loop(ctx, tx, r.Loop)
	if err != nil {
		return false, seawall.Wrap(op, err)
	}
	r = r.end(RestrictionReleased, tx)
	if err := e.Store.SaveRestriction(ctx, tx, r); err != nil {
		return false, seawall.Wrap(op, err)
	}
	ends := func(c Clock) bool { return c.Kind == KindRestriction && c.Target == string(r.ID) }
	if _, err := e.stopClocks(ctx, tx, l.ID, ends); err != nil {
		return false, seawall.Wrap(op, err)
	}
	ev := Evidence{ID: tx.NewID(), Loop: l.ID, Kind: "reason", Text: reason, Ref: because, By: tx.Actor().Name, At: tx.Now()}
	if err := e.Store.SaveEvidence(ctx, tx, ev); err != nil {
		return false, seawall.Wrap(op, err)
	}
	steps, err := e.Store.StepsOf(ctx, tx, l.ID)
	if err != nil {
		return false, seawall.Wrap(op, err)
	}
	return true, seawall.Wrap(op, e.record(ctx, tx, l, steps, "restriction.lifted", r.Ref(),
		map[string]string{"kind": r.Kind, "because": because.String(), "reason": reason}))
}

// Raise takes an open loop up at once, without waiting for the cut-off, to the
// next level where somebody else answers, because its step with this key was not
// done in time; due is the step's new instant. Errors: Conflict when the loop has ended or the step is not open.
func (e *Engine) Raise(ctx context.Context, tx seawall.Tx, id seawall.LoopID, key string, due time.Time) (Climb, error) {
	const op = "loop.Raise"
	l, steps, err := e.load(ctx, tx, id)
	if err != nil {
		return Climb{}, seawall.Wrap(op, err)
	}
	at := slices.IndexFunc(steps, func(s Step) bool { return s.Key == key && s.State == Open })
	if at < 0 {
		return Climb{}, seawall.E(op, seawall.Conflict, "step_not_open", "state", key)
	}
	s := &steps[at]
	out := Climb{From: l.Owner, FromName: l.OwnerName}
	for {
		if err := e.climb(ctx, tx, &l, s); err != nil {
			return Climb{}, seawall.Wrap(op, err)
		}
		if l.Owner != out.From || l.Area == e.City {
			break // a level where nobody else answers is no step up
		}
	}
	s.Escalations, s.EscalatedAt, s.Due = l.Level, tx.Now(), due
	out.Step = *s
	if err := e.spread(ctx, tx, l, steps, s.ID); err != nil {
		return Climb{}, seawall.Wrap(op, err)
	}
	mine := func(c Clock) bool { return c.Kind == KindEscalate && c.Step == s.ID }
	if _, err := e.stopClocks(ctx, tx, l.ID, mine); err != nil {
		return Climb{}, seawall.Wrap(op, err)
	}
	if err := e.arm(ctx, tx, l, *s, tx.Now()); err != nil {
		return Climb{}, seawall.Wrap(op, err)
	}
	out.Loop = l
	return out, seawall.Wrap(op, e.record(ctx, tx, l, steps, "step.escalated", s.Ref(),
		map[string]string{"key": s.Key, "level": itoa(s.Escalations), "due": due.UTC().Format(time.RFC3339)}))
}

// answers says who may own a loop at a place: whoever the roster names, except
// those who are barred from it, in whose stead the next level answers. Nobody up
// to the city: the answer has the city's area and no principal.
func (e *Engine) answers(ctx context.Context, tx seawall.Tx, l Loop, at seawall.AreaPath) (Answer, error) {
	theme, err := e.theme(ctx, tx, l)
	if err != nil {
		return Answer{}, err
	}
	a, err := e.Assign(ctx, tx, at, theme, tx.Now())
	if err != nil || e.Barred == nil || a.Principal == "" {
		return a, err
	}
	barred, err := e.Barred(ctx, tx, l)
	if err != nil {
		return a, err
	}
	for a.Principal != "" && slices.Contains(barred, a.Principal) {
		up, ok, err := e.Up(ctx, tx, a.Area)
		if err != nil {
			return a, err
		}
		if !ok || a.Area == e.City || !up.Within(e.City) {
			return Answer{Area: e.City, Why: "none"}, nil
		}
		if a, err = e.Assign(ctx, tx, up, theme, tx.Now()); err != nil {
			return a, err
		}
	}
	return a, nil
}

// isBarred reports whether somebody may never own a loop.
func (e *Engine) isBarred(ctx context.Context, tx seawall.Tx, l Loop, id seawall.PrincipalID) (bool, error) {
	if e.Barred == nil {
		return false, nil
	}
	barred, err := e.Barred(ctx, tx, l)
	return slices.Contains(barred, id), err
}
