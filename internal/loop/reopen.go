package loop

import (
	"context"
	"slices"
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

// waitAgain opens the step of the parent that had been settled, done or not, by
// the end of a loop which is open again.
func (e *Engine) waitAgain(ctx context.Context, tx seawall.Tx, l Loop, reason string) error {
	if l.Parent == "" {
		return nil
	}
	up, steps, err := e.load(ctx, tx, l.Parent)
	if err != nil {
		return err
	}
	for i, s := range steps {
		if s.ChildLoop == l.ID && (s.State == Done || s.State == Cancelled) {
			_, err := e.bringBack(ctx, tx, up, steps, i, l.Ref(), reason)
			return err
		}
	}
	return nil
}

// bringBack opens a settled step of an open loop again, with the reason; its clock
// starts anew from now.
func (e *Engine) bringBack(ctx context.Context, tx seawall.Tx, l Loop, steps []Step, at int, why seawall.Ref, reason string) (Step, error) {
	st := &steps[at]
	st.State, st.DoneAt, st.DoneBy, st.Version = Open, time.Time{}, "", st.Version+1
	st.Owner, st.OwnerName = l.Owner, l.OwnerName
	if !e.stays(l) {
		st.Area = l.Area
	}
	if err := e.Store.SaveStep(ctx, tx, *st); err != nil {
		return Step{}, err
	}
	if why.IsZero() {
		why = l.Ref() // a reason with what it points to: see spoken
	}
	ev := Evidence{ID: tx.NewID(), Loop: l.ID, Step: st.ID, Kind: "reason", Text: reason, Ref: why, By: tx.Actor().Name, At: tx.Now()}
	if err := e.Store.SaveEvidence(ctx, tx, ev); err != nil {
		return Step{}, err
	}
	if err := e.arm(ctx, tx, l, *st, tx.Now()); err != nil {
		return Step{}, err
	}
	return *st, e.record(ctx, tx, l, steps, "step.reopened", st.Ref(), map[string]string{"key": st.Key, "because": why.String()})
}

// spoken reports whether somebody's word or evidence settled a step, the last that
// was said of it: not the end of its loop, nor an answer of another step. The
// reason why a step was opened again points to something and settles nothing.
func spoken(s Step, evidence []Evidence) bool {
	said := false
	for _, ev := range evidence { // in the order of their time
		if ev.Step == s.ID {
			said = ev.Kind != "reason" || ev.Ref.IsZero()
		}
	}
	return said
}

// mayReopen says why a loop cannot be opened again.
func (e *Engine) mayReopen(ctx context.Context, tx seawall.Tx, l Loop) error {
	const op = "loop.mayReopen"
	rule, err := e.rule(ctx, tx, l)
	days := rule.ReopenDays
	switch {
	case err != nil:
		return err
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
	if err != nil {
		return err
	}
	if up.State != Open {
		return seawall.E(op, seawall.Conflict, "loop_parent_ended")
	}
	steps, err := e.Store.StepsOf(ctx, tx, up.ID)
	if err != nil {
		return err
	}
	// the parent was opened again itself, and its step has a new duty
	if !slices.ContainsFunc(steps, func(s Step) bool { return s.ChildLoop == l.ID }) {
		return seawall.E(op, seawall.Conflict, "loop_other_open")
	}
	return nil
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
	today := seawall.DayOf(tx.Now(), e.Zone)
	back := map[seawall.StepID]bool{}
	for i := range steps {
		s := &steps[i]
		if s.State != Cancelled || spoken(*s, evidence) || !s.DoneAt.Equal(ended) || s.Series && seawall.DayOf(s.Due, e.Zone) < today {
			continue
		}
		s.State, s.DoneAt, s.DoneBy, s.Owner, s.OwnerName = Waiting, time.Time{}, "", l.Owner, l.OwnerName
		if !e.stays(l) {
			s.Area = l.Area
		}
		s.ChildLoop = ""
		back[s.ID] = true
	}
	steps, more, err := e.resumeSeries(ctx, tx, l, steps)
	if err != nil {
		return nil, nil, err
	}
	series, err := e.Store.SeriesOf(ctx, tx, l.ID)
	if err != nil {
		return nil, nil, err
	}
	for i := range steps {
		s := &steps[i]
		if !back[s.ID] {
			continue
		}
		turn := settled(s.After, steps, series)
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

// resumeSeries lets the series go on that the end of the loop had cut off and that
// have days left.
func (e *Engine) resumeSeries(ctx context.Context, tx seawall.Tx, l Loop, steps []Step) (all []Step, more bool, err error) {
	series, err := e.Store.SeriesOf(ctx, tx, l.ID)
	if err != nil {
		return steps, false, err
	}
	for _, s := range series {
		if s.State != Cancelled {
			continue
		}
		went, made, err := e.goOn(ctx, tx, l, s, s.From, steps)
		if err != nil {
			return steps, more, err
		}
		steps, more = append(steps, made...), more || went
	}
	return steps, more, nil
}

// goOn lets a series that was ended go on, from a day at the earliest: with today's
// steps where nobody was asked today, else from tomorrow. It reports whether it
// has days left; one without stays as it is.
func (e *Engine) goOn(ctx context.Context, tx seawall.Tx, l Loop, s Series, from seawall.Day, steps []Step) (went bool, made []Step, err error) {
	today := seawall.DayOf(tx.Now(), e.Zone)
	next := max(from, today)
	asked := func(st Step) bool { return st.Series && st.Key == s.Key && st.Day == next && st.State != Withdrawn }
	if slices.ContainsFunc(steps, asked) {
		next = next.Add(1)
	}
	if s.To < next {
		return false, nil, nil
	}
	s.State, s.Next, s.Version = Open, next, s.Version+1
	if s.Next == today {
		if made, err = e.makeDay(ctx, tx, l, s, today, len(steps)); err != nil {
			return false, nil, err
		}
		s.Next = today.Add(1)
	}
	if err := e.planNext(ctx, tx, &s); err != nil {
		return false, nil, err
	}
	return true, made, e.Store.SaveSeries(ctx, tx, s)
}
