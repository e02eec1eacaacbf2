package loop

import (
	"context"
	"strings"
	"time"

	"github.com/seawall-city/seawall"
)

// keyReopened is the step of a loop that is opened again with nothing left of its
// own to do.
const keyReopened = "reopened"

// ReopenLoop opens a loop again that was done or cancelled, within the limit of
// its protocol and with the reason. What was still open at its end goes on with
// its clocks starting from now; where nothing was, one step asks for what is
// missing. Restrictions stay ended: they need a new decision. Errors: Invalid
// without a reason; Conflict when the loop is open, was withdrawn with its fact,
// or its limit is over.
func (e *Engine) ReopenLoop(ctx context.Context, tx seawall.Tx, id seawall.LoopID, reason string) (Loop, error) {
	const op = "loop.ReopenLoop"
	if strings.TrimSpace(reason) == "" {
		return Loop{}, &seawall.Error{Op: op, Kind: seawall.Invalid, Code: "reason_needed",
			Fields: []seawall.FieldError{{Field: "reason", Code: "required"}}}
	}
	l, err := e.Store.Loop(ctx, tx, id)
	if err != nil {
		return Loop{}, seawall.Wrap(op, err)
	}
	if err := e.mayReopen(ctx, tx, l); err != nil {
		return Loop{}, seawall.Wrap(op, err)
	}
	ended := l.ClosedAt
	l.State, l.Outcome, l.ClosedAt, l.ReopenedAt, l.Version = Open, "", time.Time{}, tx.Now(), l.Version+1
	a, err := e.answers(ctx, tx, l, l.Area)
	if err != nil {
		return Loop{}, seawall.Wrap(op, err)
	}
	if a.Principal != "" {
		l.Owner, l.OwnerName, l.OwnerWhy = a.Principal, a.WorkName, "reopened:"+a.Why
	}
	if err := e.Store.SaveLoop(ctx, tx, l); err != nil {
		return Loop{}, seawall.Wrap(op, err)
	}
	steps, opened, err := e.resume(ctx, tx, l, ended)
	if err != nil {
		return Loop{}, seawall.Wrap(op, err)
	}
	ev := Evidence{ID: tx.NewID(), Loop: l.ID, Kind: "reason", Text: reason, By: tx.Actor().Name, At: tx.Now()}
	if err := e.Store.SaveEvidence(ctx, tx, ev); err != nil {
		return Loop{}, seawall.Wrap(op, err)
	}
	if err := e.notify(ctx, tx, l, happening{on: OnReopened, reason: reason}); err != nil {
		return Loop{}, seawall.Wrap(op, err)
	}
	if err := e.record(ctx, tx, l, steps, "loop.reopened", l.Ref(), map[string]string{"reason": reason}); err != nil {
		return Loop{}, seawall.Wrap(op, err)
	}
	if err := e.openChildren(ctx, tx, l, steps, opened); err != nil {
		return Loop{}, seawall.Wrap(op, err)
	}
	return l, seawall.Wrap(op, e.waitAgain(ctx, tx, l, reason))
}

// waitAgain opens the step of the parent that had been done by a loop which is
// open again.
func (e *Engine) waitAgain(ctx context.Context, tx seawall.Tx, l Loop, reason string) error {
	if l.Parent == "" {
		return nil
	}
	steps, err := e.Store.StepsOf(ctx, tx, l.Parent)
	if err != nil {
		return err
	}
	for _, s := range steps {
		if s.ChildLoop == l.ID && s.State == Done {
			_, err := e.Reopen(ctx, tx, s.ID, l.Ref(), reason)
			return err
		}
	}
	return nil
}

// mayReopen says why a loop cannot be opened again.
func (e *Engine) mayReopen(ctx context.Context, tx seawall.Tx, l Loop) error {
	const op = "loop.mayReopen"
	days := e.rule(l).ReopenDays
	switch {
	case l.State == Open:
		return seawall.E(op, seawall.Conflict, "loop_open")
	case l.State == Withdrawn:
		return seawall.E(op, seawall.Conflict, "loop_withdrawn")
	case days == 0:
		return seawall.E(op, seawall.Conflict, "loop_not_reopenable")
	case tx.Now().After(l.ClosedAt.In(e.Zone).AddDate(0, 0, days)):
		return seawall.E(op, seawall.Conflict, "loop_reopen_late", "days", itoa(days))
	case l.Parent == "":
		return nil
	}
	up, err := e.Store.Loop(ctx, tx, l.Parent)
	if err == nil && up.State != Open {
		err = seawall.E(op, seawall.Conflict, "loop_parent_ended")
	}
	return err
}

// resume opens what the end of a loop had cut off: steps, series and the loops of
// its steps. Of a step that opened a loop a new one is opened.
func (e *Engine) resume(ctx context.Context, tx seawall.Tx, l Loop, ended time.Time) (steps []Step, opened []seawall.StepID, err error) {
	if steps, err = e.Store.StepsOf(ctx, tx, l.ID); err != nil {
		return nil, nil, err
	}
	evidence, err := e.Store.EvidenceOf(ctx, tx, l.ID)
	if err != nil {
		return nil, nil, err
	}
	said := map[seawall.StepID]bool{}
	for _, ev := range evidence {
		said[ev.Step] = true
	}
	more, err := e.resumeSeries(ctx, tx, l)
	if err != nil {
		return nil, nil, err
	}
	today := seawall.DayOf(tx.Now(), e.Zone)
	var back []int
	for i := range steps {
		s := &steps[i]
		if s.State != Cancelled || said[s.ID] || !s.DoneAt.Equal(ended) || s.Series && seawall.DayOf(s.Due, e.Zone) < today {
			continue
		}
		s.State, s.DoneAt, s.DoneBy, s.Area, s.Owner, s.OwnerName = Waiting, time.Time{}, "", l.Area, l.Owner, l.OwnerName
		s.ChildLoop = ""
		back = append(back, i)
	}
	for _, i := range back {
		s := &steps[i]
		turn := settled(s.After, steps, nil)
		if turn {
			opened = append(opened, s.ID)
		}
		if err := e.begin(ctx, tx, l, s, turn); err != nil {
			return nil, nil, err
		}
		more = true
	}
	if more {
		return steps, opened, nil
	}
	s, err := e.makeStep(ctx, tx, l, StepPlan{Key: keyReopened, Title: seawall.Text{ZH: "重新打开：补齐后办结", EN: "Opened again: supply what is missing"},
		Due: EndOf(today, e.Zone), Day: today, Needs: "note", Rule: l.Rule}, len(steps))
	return append(steps, s), nil, err
}

// resumeSeries lets the series go on that have days left, from tomorrow; today's
// steps are resumed with the others.
func (e *Engine) resumeSeries(ctx context.Context, tx seawall.Tx, l Loop) (more bool, err error) {
	all, err := e.Store.SeriesOf(ctx, tx, l.ID)
	if err != nil {
		return false, err
	}
	next := seawall.DayOf(tx.Now(), e.Zone).Add(1)
	for _, s := range all {
		if s.State != Cancelled || s.To < next {
			continue
		}
		s.State, s.Next, s.Version = Open, max(s.From, next), s.Version+1
		if err := e.planNext(ctx, tx, &s); err != nil {
			return more, err
		}
		if err := e.Store.SaveSeries(ctx, tx, s); err != nil {
			return more, err
		}
		more = true
	}
	return more, nil
}
