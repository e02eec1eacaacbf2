package loop

import (
	"context"
	"strconv"
	"strings"

	"github.com/seawall-city/seawall"
)

func itoa(n int) string { return strconv.Itoa(n) }

// meets reports whether evidence is what a step asks for: a "note" has words, a
// "result" cites a result, a "report" cites a follow-up record, a "form" has the
// values of the step's form.
func (ev Evidence) meets(needs string) bool {
	switch needs {
	case "":
		return true
	case "note":
		return strings.TrimSpace(ev.Text) != ""
	case "result":
		return ev.Kind == "result" && ev.Ref.Kind == seawall.KindResult && ev.Ref.ID != ""
	case "form":
		return ev.Kind == "form" && len(ev.Data) > 0
	case "report":
		return ev.Kind == "report" && ev.Ref.Kind == seawall.KindFollowUp && ev.Ref.ID != ""
	}
	return ev.Kind == needs && (strings.TrimSpace(ev.Text) != "" || !ev.Ref.IsZero() || len(ev.Data) > 0)
}

// Complete closes an open step with its evidence, and the loop when nothing is
// left in it. version is the version read, 0 does not check. Errors: Conflict
// when the step is not open or has changed, Invalid when the evidence is not
// what it needs.
func (e *Engine) Complete(ctx context.Context, tx seawall.Tx, id seawall.StepID, version int, ev Evidence) (Step, error) {
	const op = "loop.Complete"
	l, steps, at, err := e.open(ctx, tx, id, version)
	if err != nil {
		return Step{}, seawall.Wrap(op, err)
	}
	if err := e.mayDo(ctx, tx, l, steps, at); err != nil {
		return Step{}, seawall.Wrap(op, err)
	}
	if !ev.meets(steps[at].Needs) {
		return Step{}, &seawall.Error{Op: op, Kind: seawall.Invalid, Code: "evidence_needed",
			Args:   map[string]string{"needs": steps[at].Needs},
			Fields: []seawall.FieldError{{Field: "evidence", Code: "required"}}}
	}
	s, err := e.settle(ctx, tx, l, steps, at, Done, ev, "step.done")
	return s, seawall.Wrap(op, err)
}

// Impossible closes an open step that cannot be done, with the reason. Errors:
// as Complete; Invalid without a reason.
func (e *Engine) Impossible(ctx context.Context, tx seawall.Tx, id seawall.StepID, version int, reason string) (Step, error) {
	const op = "loop.Impossible"
	if strings.TrimSpace(reason) == "" {
		return Step{}, &seawall.Error{Op: op, Kind: seawall.Invalid, Code: "reason_needed",
			Fields: []seawall.FieldError{{Field: "reason", Code: "required"}}}
	}
	l, steps, at, err := e.open(ctx, tx, id, version)
	if err != nil {
		return Step{}, seawall.Wrap(op, err)
	}
	if steps[at].Required {
		return Step{}, seawall.E(op, seawall.Conflict, "step_required")
	}
	if err := e.childOpen(ctx, tx, steps[at]); err != nil {
		return Step{}, seawall.Wrap(op, err)
	}
	s, err := e.settle(ctx, tx, l, steps, at, Cancelled, Evidence{Kind: "reason", Text: reason}, "step.impossible")
	return s, seawall.Wrap(op, err)
}

// open reads an open step with its loop and the loop's other steps.
func (e *Engine) open(ctx context.Context, tx seawall.Tx, id seawall.StepID, version int) (Loop, []Step, int, error) {
	s, err := e.Store.Step(ctx, tx, id)
	if err != nil {
		return Loop{}, nil, 0, err
	}
	if s.State != Open && s.State != Waiting {
		return Loop{}, nil, 0, seawall.E("loop.open", seawall.Conflict, "step_not_open", "state", string(s.State))
	}
	if version != 0 && version != s.Version {
		return Loop{}, nil, 0, seawall.E("loop.open", seawall.Conflict, "changed_meanwhile", "kind", "step", "id", string(id))
	}
	l, steps, err := e.load(ctx, tx, s.Loop)
	if err != nil {
		return Loop{}, nil, 0, err
	}
	for i := range steps {
		if steps[i].ID == id {
			return l, steps, i, nil
		}
	}
	return Loop{}, nil, 0, seawall.E("loop.open", seawall.Corrupt, "not_found", "kind", "step", "id", string(id))
}

// settle ends one step with its evidence, stops its clock and closes the loop
// if that was the last thing to do.
func (e *Engine) settle(ctx context.Context, tx seawall.Tx, l Loop, steps []Step, at int, state State, ev Evidence, event string) (Step, error) {
	// the loop's version moves with every step that ends, so that of two people
	// who end the last two steps at once the second one sees the first
	l.Version++
	if err := e.Store.SaveLoop(ctx, tx, l); err != nil {
		return Step{}, err
	}
	s := &steps[at]
	s.State, s.DoneAt, s.DoneBy, s.Version = state, tx.Now(), tx.Actor().Name, s.Version+1
	if err := e.Store.SaveStep(ctx, tx, *s); err != nil {
		return Step{}, err
	}
	ev.ID, ev.Loop, ev.Step, ev.By, ev.At = tx.NewID(), l.ID, s.ID, tx.Actor().Name, tx.Now()
	if ev.Kind == "" {
		ev.Kind = "note"
	}
	if err := e.Store.SaveEvidence(ctx, tx, ev); err != nil {
		return Step{}, err
	}
	if _, err := e.stopClocks(ctx, tx, l.ID, func(c Clock) bool { return c.Step == s.ID }); err != nil {
		return Step{}, err
	}
	out := *s
	steps, opened, err := e.wake(ctx, tx, l, steps)
	if err != nil {
		return Step{}, err
	}
	if err := e.record(ctx, tx, l, steps, event, out.Ref(), map[string]string{"key": out.Key, "evidence": ev.Kind}); err != nil {
		return Step{}, err
	}
	if err := e.openChildren(ctx, tx, l, steps, opened); err != nil {
		return Step{}, err
	}
	return out, e.closeIfDone(ctx, tx, l, steps)
}

// mayDo refuses a step whose turn has not come, or whose own loop is open.
func (e *Engine) mayDo(ctx context.Context, tx seawall.Tx, l Loop, steps []Step, at int) error {
	s := steps[at]
	if s.State == Waiting && len(s.After) > 0 {
		series, err := e.Store.SeriesOf(ctx, tx, l.ID)
		if err != nil {
			return err
		}
		if !settled(s.After, steps, series) {
			return seawall.E("loop.mayDo", seawall.Conflict, "step_waits", "for", strings.Join(s.After, ", "))
		}
	}
	return e.childOpen(ctx, tx, s)
}

// closeIfDone closes a loop in which neither a step nor a series is left.
func (e *Engine) closeIfDone(ctx context.Context, tx seawall.Tx, l Loop, steps []Step) error {
	for _, s := range steps {
		if s.State == Open || s.State == Waiting {
			return nil
		}
	}
	series, err := e.Store.SeriesOf(ctx, tx, l.ID)
	if err != nil {
		return err
	}
	for _, s := range series {
		if s.State == Open {
			return nil
		}
	}
	if _, short := missing(steps); short {
		return nil
	}
	outcome, err := e.outcome(ctx, tx, l)
	if err == nil {
		_, err = e.finish(ctx, tx, l, ending{state: Done, rest: Cancelled, outcome: outcome, event: "loop.closed"})
	}
	return err
}

// stopClocks cancels the open clocks that a test picks and counts them.
func (e *Engine) stopClocks(ctx context.Context, tx seawall.Tx, id seawall.LoopID, pick func(Clock) bool) (int, error) {
	clocks, err := e.Store.ClocksOf(ctx, tx, id)
	if err != nil {
		return 0, err
	}
	n := 0
	for _, c := range clocks {
		if c.State != Open || !pick(c) {
			continue
		}
		c.State, c.Version = Cancelled, c.Version+1
		if err := e.Store.SaveClock(ctx, tx, c); err != nil {
			return n, err
		}
		n++
	}
	return n, nil
}

// Reopen opens a done step again because the evidence that closed it was taken
// back; its clock starts anew from now. Errors: Conflict when the loop has ended.
func (e *Engine) Reopen(ctx context.Context, tx seawall.Tx, id seawall.StepID, why seawall.Ref, reason string) (Step, error) {
	const op = "loop.Reopen"
	s, err := e.Store.Step(ctx, tx, id)
	if err != nil {
		return Step{}, seawall.Wrap(op, err)
	}
	l, steps, err := e.load(ctx, tx, s.Loop)
	if err != nil {
		return Step{}, seawall.Wrap(op, err)
	}
	for i := range steps {
		if steps[i].ID != id || steps[i].State != Done {
			continue
		}
		out, err := e.bringBack(ctx, tx, l, steps, i, why, reason)
		return out, seawall.Wrap(op, err)
	}
	return s, nil
}
