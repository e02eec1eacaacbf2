package loop

import (
	"context"
	"slices"
	"time"

	"github.com/seawall-city/seawall"
)

// A step with After waits until the steps it names are settled, done or not; then
// its turn has come: it opens and its clock starts. Where the protocol's
// conditions or due times depend on what the steps gave, Config.Again plans the
// loop anew after each step that ends: steps that the plan has now are made, ones
// that wait and are not in it any more are dropped.

// settled reports whether nothing of these keys is left to do; keys that the loop
// does not have are settled.
func settled(keys []string, steps []Step, series []Series) bool {
	for _, s := range steps {
		if live(s) && slices.Contains(keys, s.Key) {
			return false
		}
	}
	for _, s := range series {
		if s.State == Open && slices.Contains(keys, s.Key) {
			return false
		}
	}
	return true
}

// wake opens the steps whose turn has come after one was settled with data, sets
// the due times that are known now, and gives the steps of the loop as they are,
// with those that opened.
func (e *Engine) wake(ctx context.Context, tx seawall.Tx, l Loop, steps []Step, data map[string]any) (all []Step, opened []seawall.StepID, err error) {
	if rule := e.rule(l); rule.Again && e.Again != nil {
		if steps, opened, err = e.lookAgain(ctx, tx, l, steps); err != nil {
			return steps, nil, err
		}
	}
	if !slices.ContainsFunc(steps, unsure) {
		return steps, opened, nil
	}
	series, err := e.Store.SeriesOf(ctx, tx, l.ID)
	if err != nil {
		return steps, nil, err
	}
	for i := range steps {
		s := &steps[i]
		if !unsure(*s) {
			continue
		}
		turn := s.State == Waiting && len(s.After) > 0 && settled(s.After, steps, series)
		due, known := e.dueNow(tx, *s, steps, data, turn)
		if !turn && (!known || s.State == Waiting && due.Equal(s.Due)) {
			continue
		}
		if known {
			s.Due, s.Day = due, seawall.DayOf(due, e.Zone)
		}
		if turn {
			opened = append(opened, s.ID)
		}
		if err := e.begin(ctx, tx, l, s, turn); err != nil {
			return steps, nil, err
		}
	}
	return steps, opened, nil
}

// unsure reports whether a step waits for its turn or for its due time.
func unsure(s Step) bool {
	return s.State == Waiting || s.State == Open && s.Due.IsZero() && !s.Count.IsZero()
}

// begin saves a step whose due time is known now, or whose turn has come, and
// starts its clock unless it still waits.
func (e *Engine) begin(ctx context.Context, tx seawall.Tx, l Loop, s *Step, turn bool) error {
	if turn {
		s.State, s.Opened = Open, tx.Now()
		if s.Child != "" && s.ChildLoop == "" {
			s.ChildLoop = seawall.LoopID(tx.NewID())
		}
	}
	s.Version++
	if err := e.Store.SaveStep(ctx, tx, *s); err != nil || s.State != Open {
		return err
	}
	return e.arm(ctx, tx, l, *s, tx.Now())
}

// dueNow gives the due time of a step by its Count. Where the field that it
// counts from was left empty and no form is left that could give it, it counts
// from now: no step stays without a clock.
func (e *Engine) dueNow(tx seawall.Tx, s Step, steps []Step, data map[string]any, turn bool) (time.Time, bool) {
	if s.Count.IsZero() || !s.Due.IsZero() {
		return s.Due, false
	}
	base, ok := s.Count.base(steps, data, e.Zone)
	if !ok {
		left := slices.ContainsFunc(steps, func(o Step) bool { return live(o) && o.ID != s.ID && (o.Form != "" || fromStep+o.Key == s.Count.From) })
		ok = (turn || s.State == Open) && (s.Count.From == fromTurn || !left)
		base = tx.Now()
	}
	return s.Count.Due(base, e.Zone), ok
}

// lookAgain plans the loop anew and brings its steps in line: what the plan has
// more is made, what waits and is not in it any more is dropped, what need not
// wait any more opens with the due time of the plan.
func (e *Engine) lookAgain(ctx context.Context, tx seawall.Tx, l Loop, steps []Step) ([]Step, []seawall.StepID, error) {
	plan, err := e.Again(ctx, tx, l, steps)
	if err != nil {
		return steps, nil, err
	}
	var opened []seawall.StepID
	in := map[string]bool{}
	for order, p := range plan {
		in[p.Key] = true
		at := slices.IndexFunc(steps, func(s Step) bool { return s.Key == p.Key && !s.Series })
		if at < 0 {
			s, err := e.makeStep(ctx, tx, l, p, order)
			if err != nil {
				return steps, nil, err
			}
			steps, opened = append(steps, s), append(opened, s.ID)
			continue
		}
		s := &steps[at]
		turn := s.State == Waiting && !p.Waiting
		if known := unsure(*s) && !p.Due.IsZero() && !p.Due.Equal(s.Due); !turn && !known {
			continue
		}
		if !p.Due.IsZero() {
			s.Due, s.Day = p.Due, p.Day
		}
		if turn {
			opened = append(opened, s.ID)
		}
		if err := e.begin(ctx, tx, l, s, turn); err != nil {
			return steps, nil, err
		}
	}
	return steps, opened, e.drop(ctx, tx, steps, in)
}

// drop cancels the steps that wait and that the plan does not have any more.
func (e *Engine) drop(ctx context.Context, tx seawall.Tx, steps []Step, in map[string]bool) error {
	for i := range steps {
		s := &steps[i]
		if s.State != Waiting || s.Series || in[s.Key] {
			continue
		}
		s.State, s.DoneAt, s.DoneBy, s.Required, s.Version = Cancelled, tx.Now(), tx.Actor().Name, false, s.Version+1
		if err := e.Store.SaveStep(ctx, tx, *s); err != nil {
			return err
		}
	}
	return nil
}
