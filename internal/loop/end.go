package loop

import (
	"context"
	"strings"

	"github.com/seawall-city/seawall"
)

// Ended counts what ended with a loop.
type Ended struct {
	Steps        int
	Clocks       int
	Restrictions int
	// Loops counts the loops of its steps that ended with it.
	Loops int
}

// ending says how a loop ends and what becomes of the rest in it.
type ending struct {
	state   State  // of the loop
	rest    State  // of its open steps and series
	outcome string // one word
	event   string
	reason  string
	ref     seawall.Ref // the fact that ended it, for its evidence
	// restrictions is the state that the active ones take; "" leaves them.
	restrictions string
}

// Withdraw ends a loop because the fact behind it was taken back: its open
// steps, series, clocks and restrictions go with it. What was done stays done.
// Errors: Invalid without a reason; a loop that has ended already is left alone
// except for its restrictions.
func (e *Engine) Withdraw(ctx context.Context, tx seawall.Tx, id seawall.LoopID, fact seawall.Ref, reason string) (Ended, error) {
	return e.endOpen(ctx, tx, id, ending{state: Withdrawn, rest: Withdrawn, outcome: "withdrawn", event: "loop.withdrawn",
		reason: reason, ref: fact, restrictions: RestrictionWithdrawn})
}

// Cancel ends a loop by a person's decision, with the reason.
func (e *Engine) Cancel(ctx context.Context, tx seawall.Tx, id seawall.LoopID, reason string) (Ended, error) {
	return e.endOpen(ctx, tx, id, ending{state: Cancelled, rest: Cancelled, outcome: "cancelled", event: "loop.cancelled",
		reason: reason, restrictions: RestrictionWithdrawn})
}

// Close ends a loop with an outcome ("released", "became_case") when its closing
// evidence, ref or reason, is in; what is still open in it is cancelled and its
// restrictions are released. Errors: Conflict when the outcome is the one of its
// protocol and a step that this needs is not done.
func (e *Engine) Close(ctx context.Context, tx seawall.Tx, id seawall.LoopID, outcome, reason string, ref seawall.Ref) (Ended, error) {
	if err := e.mayClose(ctx, tx, id, outcome); err != nil {
		return Ended{}, seawall.Wrap("loop.Close", err)
	}
	return e.endOpen(ctx, tx, id, ending{state: Done, rest: Cancelled, outcome: outcome, event: "loop.closed",
		reason: reason, ref: ref, restrictions: RestrictionReleased})
}

func (e *Engine) endOpen(ctx context.Context, tx seawall.Tx, id seawall.LoopID, how ending) (Ended, error) {
	const op = "loop.end"
	if strings.TrimSpace(how.reason) == "" {
		return Ended{}, &seawall.Error{Op: op, Kind: seawall.Invalid, Code: "reason_needed",
			Fields: []seawall.FieldError{{Field: "reason", Code: "required"}}}
	}
	l, err := e.Store.Loop(ctx, tx, id)
	if err != nil {
		return Ended{}, seawall.Wrap(op, err)
	}
	if l.State != Open {
		return Ended{}, nil
	}
	n, err := e.finish(ctx, tx, l, how)
	return n, seawall.Wrap(op, err)
}

// finish ends an open loop.
func (e *Engine) finish(ctx context.Context, tx seawall.Tx, l Loop, how ending) (n Ended, err error) {
	l.State, l.ClosedAt, l.Outcome, l.Version = how.state, tx.Now(), how.outcome, l.Version+1
	if err := e.Store.SaveLoop(ctx, tx, l); err != nil {
		return n, err
	}
	steps, err := e.finishSteps(ctx, tx, l, how, &n)
	if err != nil {
		return n, err
	}
	if err := e.finishSeries(ctx, tx, l, how); err != nil {
		return n, err
	}
	// restrictions that stay keep the clock of their end
	keep := func(c Clock) bool { return how.restrictions != "" || c.Kind != KindRestriction }
	if n.Clocks, err = e.stopClocks(ctx, tx, l.ID, keep); err != nil {
		return n, err
	}
	if how.reason != "" {
		ev := Evidence{ID: tx.NewID(), Loop: l.ID, Kind: "reason", Text: how.reason, Ref: how.ref, By: tx.Actor().Name, At: tx.Now()}
		if err := e.Store.SaveEvidence(ctx, tx, ev); err != nil {
			return n, err
		}
	}
	if how.restrictions != "" {
		if n.Restrictions, err = e.finishRestrictions(ctx, tx, l, how); err != nil {
			return n, err
		}
	}
	on := OnClosed
	if how.state != Done {
		on = OnCancelled
	}
	if err := e.notify(ctx, tx, l, happening{on: on, reason: how.reason}); err != nil {
		return n, err
	}
	if err := e.record(ctx, tx, l, steps, how.event, l.Ref(), map[string]string{"outcome": how.outcome, "reason": how.reason}); err != nil {
		return n, err
	}
	if err := e.endChildren(ctx, tx, steps, how, &n); err != nil {
		return n, err
	}
	return n, e.childEnded(ctx, tx, l, how.reason)
}

// mayClose refuses the outcome of a loop's protocol while a step that it needs is
// not done: no loop ends as fulfilled without its evidence.
func (e *Engine) mayClose(ctx context.Context, tx seawall.Tx, id seawall.LoopID, outcome string) error {
	l, err := e.Store.Loop(ctx, tx, id)
	if err != nil || l.State != Open {
		return err
	}
	if own, err := e.outcome(ctx, tx, l); err != nil || outcome != own {
		return err
	}
	steps, err := e.Store.StepsOf(ctx, tx, id)
	if err != nil {
		return err
	}
	if s, short := missing(steps); short {
		return seawall.E("loop.mayClose", seawall.Conflict, "loop_evidence_missing", "step", s.Key)
	}
	return nil
}

// outcome is the word of a loop that ends fulfilled.
func (e *Engine) outcome(ctx context.Context, tx seawall.Tx, l Loop) (string, error) {
	r, err := e.rule(ctx, tx, l)
	if r.Outcome == "" {
		r.Outcome = "done"
	}
	return r.Outcome, err
}

// missing finds a step without which the loop cannot end fulfilled.
func missing(steps []Step) (Step, bool) {
	for _, s := range steps {
		if s.Required && s.State != Done {
			return s, true
		}
	}
	return Step{}, false
}

func (e *Engine) finishSteps(ctx context.Context, tx seawall.Tx, l Loop, how ending, n *Ended) ([]Step, error) {
	steps, err := e.Store.StepsOf(ctx, tx, l.ID)
	if err != nil {
		return nil, err
	}
	for i := range steps {
		s := &steps[i]
		if s.State != Open && s.State != Waiting {
			continue
		}
		s.State, s.DoneAt, s.DoneBy, s.Version = how.rest, tx.Now(), tx.Actor().Name, s.Version+1
		if err := e.Store.SaveStep(ctx, tx, *s); err != nil {
			return nil, err
		}
		n.Steps++
	}
	return steps, nil
}

func (e *Engine) finishSeries(ctx context.Context, tx seawall.Tx, l Loop, how ending) error {
	series, err := e.Store.SeriesOf(ctx, tx, l.ID)
	if err != nil {
		return err
	}
	for _, s := range series {
		if s.State != Open {
			continue
		}
		s.State, s.Next, s.Version = how.rest, seawall.NoDay, s.Version+1
		if err := e.Store.SaveSeries(ctx, tx, s); err != nil {
			return err
		}
	}
	return nil
}

// finishRestrictions ends the active restrictions of a loop.
func (e *Engine) finishRestrictions(ctx context.Context, tx seawall.Tx, l Loop, how ending) (int, error) {
	seen := map[seawall.RestrictionID]bool{}
	n := 0
	for _, subject := range []seawall.Ref{l.Subject, {Kind: seawall.KindPerson, ID: string(l.Person)}} {
		rs, err := e.Store.RestrictionsOn(ctx, tx, subject)
		if err != nil {
			return n, err
		}
		for _, r := range rs {
			if r.Loop != l.ID || seen[r.ID] || r.State != RestrictionActive {
				continue
			}
			seen[r.ID] = true
			if err := e.Store.SaveRestriction(ctx, tx, r.end(how.restrictions, tx)); err != nil {
				return n, err
			}
			n++
		}
	}
	return n, nil
}
