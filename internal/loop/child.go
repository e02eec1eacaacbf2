package loop

import (
	"context"
	"slices"

	"github.com/seawall-city/seawall"
)

// deepest is how many loops may stand above one: a step opens a loop whose step
// opens a loop. Protocols that open each other in a circle end here.
const deepest = 4

// openChildren opens the loops of steps that have just opened. The steps are
// saved and recorded before.
func (e *Engine) openChildren(ctx context.Context, tx seawall.Tx, l Loop, steps []Step, opened []seawall.StepID) error {
	for _, s := range steps {
		if s.State != Open || s.ChildLoop == "" || !slices.Contains(opened, s.ID) {
			continue
		}
		if err := e.openChild(ctx, tx, l, s); err != nil {
			return err
		}
	}
	return nil
}

// openChild opens the loop of one step. Errors: Invalid when there are too many
// loops above it, or nobody can plan it.
func (e *Engine) openChild(ctx context.Context, tx seawall.Tx, l Loop, s Step) error {
	const op = "loop.openChild"
	if e.Child == nil {
		return seawall.E(op, seawall.Invalid, "protocol_unknown", "kind", s.Child)
	}
	for up, n := l, 0; up.Parent != ""; n++ {
		if n == deepest {
			return seawall.E(op, seawall.Invalid, "loop_too_deep", "kind", s.Child)
		}
		var err error
		if up, err = e.Store.Loop(ctx, tx, up.Parent); err != nil {
			return err
		}
	}
	o, err := e.Child(ctx, tx, l, s)
	if err != nil {
		return err
	}
	o.ID, o.Parent = s.ChildLoop, l.ID
	_, err = e.Open(ctx, tx, o)
	return err
}

// childOpen refuses to settle a step by hand while the loop that it waits for is
// open.
func (e *Engine) childOpen(ctx context.Context, tx seawall.Tx, s Step) error {
	if s.ChildLoop == "" || s.State != Open {
		return nil
	}
	child, err := e.Store.Loop(ctx, tx, s.ChildLoop)
	if err == nil && child.State == Open {
		err = seawall.E("loop.childOpen", seawall.Conflict, "step_child_open")
	}
	return err
}

// childEnded settles the step that waited for a loop which has ended. A step that
// the parent cannot close without stays open when its child was cancelled: it has
// to be done by hand.
func (e *Engine) childEnded(ctx context.Context, tx seawall.Tx, child Loop, reason string) error {
	if child.Parent == "" {
		return nil
	}
	l, err := e.Store.Loop(ctx, tx, child.Parent)
	if err != nil || l.State != Open {
		return err
	}
	steps, err := e.Store.StepsOf(ctx, tx, l.ID)
	if err != nil {
		return err
	}
	at := slices.IndexFunc(steps, func(s Step) bool { return s.ChildLoop == child.ID && s.State == Open })
	if at < 0 || child.State == Cancelled && steps[at].Required {
		return nil
	}
	ev, event := Evidence{Kind: "loop", Ref: child.Ref(), Text: child.Outcome}, "step.done"
	if child.State != Done {
		event = "step.impossible"
		if reason != "" {
			ev.Text = reason
		}
	}
	_, err = e.settle(ctx, tx, l, steps, at, child.State, ev, event)
	return err
}

// endChildren ends the loops that an ended loop was waiting for.
func (e *Engine) endChildren(ctx context.Context, tx seawall.Tx, steps []Step, how ending, n *Ended) error {
	for _, s := range steps {
		if s.ChildLoop == "" {
			continue
		}
		child, err := e.Store.Loop(ctx, tx, s.ChildLoop)
		if err != nil {
			return err
		}
		if child.State != Open {
			continue
		}
		if how.state == Done {
			how.state, how.rest, how.outcome, how.event = Cancelled, Cancelled, "cancelled", "loop.cancelled"
		}
		m, err := e.finish(ctx, tx, child, how)
		if err != nil {
			return err
		}
		n.Loops += m.Loops + 1
		n.Steps += m.Steps
		n.Clocks += m.Clocks
		n.Restrictions += m.Restrictions
	}
	return nil
}
