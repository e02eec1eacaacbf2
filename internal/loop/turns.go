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
// that wait and are not in it any more are dropped, and open ones that an answer
// did away with are withdrawn. Whatever an answer took away is Withdrawn, never
// Cancelled: a loop that is opened again brings back what its end cut off, and not
// what an answer had ended; another answer does.

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

// wake opens the steps whose turn has come after one was settled, and gives the
// steps of the loop as they are, with those that opened.
func (e *Engine) wake(ctx context.Context, tx seawall.Tx, l Loop, steps []Step) (all []Step, opened []seawall.StepID, err error) {
	rule, err := e.rule(ctx, tx, l)
	if err != nil {
		return steps, nil, err
	}
	if e.Again != nil && rule.Again {
		if steps, opened, err = e.lookAgain(ctx, tx, l, steps); err != nil {
			return steps, nil, err
		}
	}
	if !slices.ContainsFunc(steps, queued) {
		return steps, opened, nil
	}
	series, err := e.Store.SeriesOf(ctx, tx, l.ID)
	if err != nil {
		return steps, nil, err
	}
	for i := range steps {
		s := &steps[i]
		if !queued(*s) || !settled(s.After, steps, series) {
			continue
		}
		opened = append(opened, s.ID)
		if err := e.begin(ctx, tx, l, s, true); err != nil {
			return steps, nil, err
		}
	}
	return steps, opened, nil
}

// queued reports whether a step waits for others.
func queued(s Step) bool { return s.State == Waiting && len(s.After) > 0 }

// begin saves a step whose turn has come, or that goes on waiting, and starts its
// clock in the first case. A step without a due time is due at once.
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

// lookAgain plans the loop anew and brings its steps in line: what the plan has
// more is made, what waits and is not in it any more is dropped, what need not
// wait any more opens with the due time of the plan, and what an earlier answer
// had taken away comes back where the plan has it again. No plan changes nothing.
func (e *Engine) lookAgain(ctx context.Context, tx seawall.Tx, l Loop, steps []Step) ([]Step, []seawall.StepID, error) {
	plan, err := e.Again(ctx, tx, l, steps)
	if err != nil || len(plan.Steps) == 0 {
		return steps, nil, err
	}
	var opened []seawall.StepID
	in := map[string]bool{}
	for order, p := range plan.Steps {
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
		turned, err := e.turn(ctx, tx, l, &steps[at], p, steps)
		if err != nil {
			return steps, nil, err
		}
		if turned {
			opened = append(opened, steps[at].ID)
		}
	}
	if err := e.drop(ctx, tx, l, steps, in, plan.Gone); err != nil {
		return steps, nil, err
	}
	steps, err = e.changeSeries(ctx, tx, l, steps, plan.Series)
	return steps, opened, err
}

// turn brings one step that is there in line with the plan, its title too, and
// reports whether it opened.
func (e *Engine) turn(ctx context.Context, tx seawall.Tx, l Loop, s *Step, p StepPlan, steps []Step) (bool, error) {
	again, err := e.takenAway(ctx, tx, *s)
	if err != nil {
		return false, err
	}
	renamed := live(*s) && p.Title != (seawall.Text{}) && s.Title != p.Title
	if again || renamed {
		s.Title = p.Title
	}
	if !again && (s.State != Waiting || p.Waiting) {
		if renamed {
			s.Version++
			err = e.Store.SaveStep(ctx, tx, *s)
		}
		return false, err
	}
	opens := !p.Waiting
	if again {
		series, err := e.Store.SeriesOf(ctx, tx, l.ID)
		if err != nil {
			return false, err
		}
		s.State, s.DoneAt, s.DoneBy, s.Required, s.After, s.ChildLoop = Waiting, time.Time{}, "", p.Required, p.After, ""
		s.Owner, s.OwnerName = l.Owner, l.OwnerName
		if !e.stays(l) {
			s.Area = l.Area
		}
		opens = opens && settled(p.After, steps, series)
	}
	s.Due, s.Day = p.Due, p.Day
	return opens, e.begin(ctx, tx, l, s, opens)
}

// takenAway reports whether an answer did away with a step of an open loop; what a
// change of rules withdrew says so and stays away.
func (e *Engine) takenAway(ctx context.Context, tx seawall.Tx, s Step) (bool, error) {
	if s.State != Withdrawn {
		return false, nil
	}
	evidence, err := e.Store.EvidenceOf(ctx, tx, s.Loop)
	return err == nil && !spoken(s, evidence), err
}

// changeSeries opens the series that a new plan has and the loop has not, and ends
// those that it does not have any more.
func (e *Engine) changeSeries(ctx context.Context, tx seawall.Tx, l Loop, steps []Step, plan []SeriesPlan) ([]Step, error) {
	there, err := e.Store.SeriesOf(ctx, tx, l.ID)
	if err != nil {
		return steps, err
	}
	for _, s := range there {
		if s.State != Open || slices.ContainsFunc(plan, func(p SeriesPlan) bool { return p.Key == s.Key }) {
			continue
		}
		if err := e.endSeries(ctx, tx, l, s, steps); err != nil {
			return steps, err
		}
	}
	for _, p := range plan {
		at := slices.IndexFunc(there, func(s Series) bool { return s.Key == p.Key })
		var made []Step
		var err error
		switch {
		case at < 0:
			made, err = e.openSeries(ctx, tx, l, p, len(steps))
		case there[at].State == Withdrawn:
			there[at].To = p.To
			_, made, err = e.goOn(ctx, tx, l, there[at], p.From, steps)
		}
		if err != nil {
			return steps, err
		}
		steps = append(steps, made...)
	}
	return steps, nil
}

// endSeries ends a series that is not needed any more, with its open steps and
// clocks.
func (e *Engine) endSeries(ctx context.Context, tx seawall.Tx, l Loop, s Series, steps []Step) error {
	gone := map[seawall.StepID]bool{}
	for i := range steps {
		st := &steps[i]
		if !st.Series || st.Key != s.Key || !live(*st) {
			continue
		}
		gone[st.ID] = true
		st.State, st.DoneAt, st.DoneBy, st.Version = Withdrawn, tx.Now(), tx.Actor().Name, st.Version+1
		if err := e.Store.SaveStep(ctx, tx, *st); err != nil {
			return err
		}
	}
	s.State, s.Next, s.Version = Withdrawn, seawall.NoDay, s.Version+1
	if err := e.Store.SaveSeries(ctx, tx, s); err != nil {
		return err
	}
	_, err := e.stopClocks(ctx, tx, l.ID, func(c Clock) bool { return c.Series == s.ID || gone[c.Step] })
	return err
}

// drop withdraws the steps that wait and that the plan does not have any more, and
// the open ones that an answer did away with, with their clocks.
func (e *Engine) drop(ctx context.Context, tx seawall.Tx, l Loop, steps []Step, in map[string]bool, gone []string) error {
	ended := map[seawall.StepID]bool{}
	for i := range steps {
		s := &steps[i]
		if s.Series || in[s.Key] {
			continue
		}
		switch {
		case s.State == Waiting:
			s.State = Withdrawn
		case s.State == Open && s.ChildLoop == "" && slices.Contains(gone, s.Key):
			s.State, ended[s.ID] = Withdrawn, true
		default:
			continue
		}
		s.DoneAt, s.DoneBy, s.Required, s.Version = tx.Now(), tx.Actor().Name, false, s.Version+1
		if err := e.Store.SaveStep(ctx, tx, *s); err != nil {
			return err
		}
	}
	if len(ended) == 0 {
		return nil
	}
	_, err := e.stopClocks(ctx, tx, l.ID, func(c Clock) bool { return ended[c.Step] })
	return err
}
