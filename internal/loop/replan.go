package loop

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/seawall-city/seawall"
)

// Replan is what an open loop asks from now on because the rule behind it has
// changed. What was done stays done.
type Replan struct {
	// Regime and Rule are cited from now on.
	Regime, Rule string
	// Of names the steps and series that the rule is the cause of, by key; others
	// are left alone.
	Of func(key string) bool
	// Steps and Series are what the new rule asks, those already done left out.
	Steps  []StepPlan
	Series []SeriesPlan
	// Restrictions take the place of the active ones of the loop; each was made by
	// NewRestriction.
	Restrictions []Restriction
	// Release is when the plan is over; zero for none.
	Release time.Time
	// Reason is kept as evidence with each step that falls away.
	Reason string
	// Data goes into the event.
	Data map[string]string
}

// Replan brings an open loop in line with a changed rule, in one event
// "loop.replanned": restrictions are replaced, steps that the rule does not ask
// any more are withdrawn with the reason, those that it asks on another day move,
// new ones open, series end on their new day. Errors: Invalid without a reason,
// Conflict when the loop has ended.
func (e *Engine) Replan(ctx context.Context, tx seawall.Tx, id seawall.LoopID, p Replan) (Loop, error) {
	const op = "loop.Replan"
	if strings.TrimSpace(p.Reason) == "" {
		return Loop{}, &seawall.Error{Op: op, Kind: seawall.Invalid, Code: "reason_needed",
			Fields: []seawall.FieldError{{Field: "reason", Code: "required"}}}
	}
	l, steps, err := e.load(ctx, tx, id)
	if err != nil {
		return Loop{}, seawall.Wrap(op, err)
	}
	if err := e.replaceRestrictions(ctx, tx, l, p.Restrictions); err != nil {
		return Loop{}, seawall.Wrap(op, err)
	}
	l.Regime, l.Rule, l.Version = p.Regime, p.Rule, l.Version+1
	if err := e.Store.SaveLoop(ctx, tx, l); err != nil {
		return Loop{}, seawall.Wrap(op, err)
	}
	if steps, err = e.replanSteps(ctx, tx, l, steps, p); err != nil {
		return Loop{}, seawall.Wrap(op, err)
	}
	if steps, err = e.replanSeries(ctx, tx, l, steps, p); err != nil {
		return Loop{}, seawall.Wrap(op, err)
	}
	if _, err := e.stopClocks(ctx, tx, l.ID, func(c Clock) bool { return c.Kind == KindRelease }); err != nil {
		return Loop{}, seawall.Wrap(op, err)
	}
	if !p.Release.IsZero() {
		if err := e.StartRelease(ctx, tx, l, p.Release); err != nil {
			return Loop{}, err
		}
	}
	return l, seawall.Wrap(op, e.record(ctx, tx, l, steps, "loop.replanned", l.Ref(), p.Data))
}

// replaceRestrictions ends the active restrictions of a loop and puts the new
// ones in their place.
func (e *Engine) replaceRestrictions(ctx context.Context, tx seawall.Tx, l Loop, with []Restriction) error {
	var n int
	n, err := e.finishRestrictions(ctx, tx, l, ending{restrictions: RestrictionReleased})
	if err != nil {
		return err
	}
	if n > 0 {
		if _, err := e.stopClocks(ctx, tx, l.ID, func(c Clock) bool { return c.Kind == KindRestriction }); err != nil {
			return err
		}
	}
	for _, r := range with {
		r.Loop = l.ID
		if err := e.Impose(ctx, tx, r); err != nil {
			return err
		}
	}
	return nil
}

// replanSteps withdraws, moves and adds steps.
func (e *Engine) replanSteps(ctx context.Context, tx seawall.Tx, l Loop, steps []Step, p Replan) ([]Step, error) {
	kept := map[string]bool{}
	for i := range steps {
		s := &steps[i]
		if s.State != Open && s.State != Waiting || s.Series || !p.Of(s.Key) {
			continue
		}
		at := slices.IndexFunc(p.Steps, func(n StepPlan) bool { return n.Key == s.Key })
		if at < 0 {
			if err := e.dropStep(ctx, tx, l, s, p.Reason); err != nil {
				return nil, err
			}
			continue
		}
		kept[s.Key] = true
		if err := e.moveStep(ctx, tx, l, s, p.Steps[at]); err != nil {
			return nil, err
		}
	}
	for _, n := range p.Steps {
		if kept[n.Key] || !p.Of(n.Key) {
			continue
		}
		s, err := e.makeStep(ctx, tx, l, n, len(steps))
		if err != nil {
			return nil, err
		}
		steps = append(steps, s)
	}
	return steps, nil
}

// dropStep withdraws a step with the rule that asked for it, and keeps the
// reason: it was neither done nor declared impossible.
func (e *Engine) dropStep(ctx context.Context, tx seawall.Tx, l Loop, s *Step, reason string) error {
	s.State, s.DoneAt, s.DoneBy, s.Required, s.Version = Withdrawn, tx.Now(), tx.Actor().Name, false, s.Version+1
	if err := e.Store.SaveStep(ctx, tx, *s); err != nil {
		return err
	}
	ev := Evidence{ID: tx.NewID(), Loop: l.ID, Step: s.ID, Kind: "reason", Text: reason, By: tx.Actor().Name, At: tx.Now()}
	if err := e.Store.SaveEvidence(ctx, tx, ev); err != nil {
		return err
	}
	_, err := e.stopClocks(ctx, tx, l.ID, func(c Clock) bool { return c.Step == s.ID })
	return err
}

// moveStep puts a step to the day and the rule that it has now.
func (e *Engine) moveStep(ctx context.Context, tx seawall.Tx, l Loop, s *Step, n StepPlan) error {
	if s.Due.Equal(n.Due) && s.Day == n.Day && s.Rule == n.Rule && s.Title == n.Title {
		return nil
	}
	moved := !s.Due.Equal(n.Due)
	s.Due, s.Day, s.Rule, s.Title, s.Version = n.Due, n.Day, n.Rule, n.Title, s.Version+1
	if err := e.Store.SaveStep(ctx, tx, *s); err != nil {
		return err
	}
	if !moved || s.State != Open {
		return nil
	}
	if _, err := e.stopClocks(ctx, tx, l.ID, func(c Clock) bool { return c.Step == s.ID && c.Kind == KindEscalate }); err != nil {
		return err
	}
	return e.arm(ctx, tx, l, *s, tx.Now())
}

// replanSeries gives each series its new last day, or ends it, and opens what is
// new. A report of a day that lies behind the new end falls away.
func (e *Engine) replanSeries(ctx context.Context, tx seawall.Tx, l Loop, steps []Step, p Replan) ([]Step, error) {
	all, err := e.Store.SeriesOf(ctx, tx, l.ID)
	if err != nil {
		return nil, err
	}
	kept := map[string]bool{}
	for _, s := range all {
		if s.State != Open || !p.Of(s.Key) {
			continue
		}
		at := slices.IndexFunc(p.Series, func(n SeriesPlan) bool { return n.Key == s.Key })
		if _, err := e.stopClocks(ctx, tx, l.ID, func(c Clock) bool { return c.Series == s.ID }); err != nil {
			return nil, err
		}
		if at < 0 {
			s.To = s.Next.Add(-1)
		} else {
			n := p.Series[at]
			s.To, s.PerDay, s.DueHour, s.Rule = n.To, max(n.PerDay, 1), n.DueHour, n.Rule
			kept[s.Key] = true
		}
		s.Version++
		if err := e.planNext(ctx, tx, &s); err != nil {
			return nil, err
		}
		if err := e.Store.SaveSeries(ctx, tx, s); err != nil {
			return nil, err
		}
	}
	for i := range steps {
		s := &steps[i]
		if s.Series && s.State == Open && p.Of(s.Key) && !p.asks(s.Key, s.Day) {
			if err := e.dropStep(ctx, tx, l, s, p.Reason); err != nil {
				return nil, err
			}
		}
	}
	for _, n := range p.Series {
		if kept[n.Key] || !p.Of(n.Key) {
			continue
		}
		made, err := e.prolong(ctx, tx, l, all, n, steps)
		if err != nil {
			return nil, err
		}
		steps = append(steps, made...)
	}
	return steps, nil
}

// prolong lets a series that had ended already go on to the day of the new rule,
// or opens one that the loop never had. A day whose report has been asked for is
// not asked for again.
func (e *Engine) prolong(ctx context.Context, tx seawall.Tx, l Loop, all []Series, n SeriesPlan, steps []Step) (made []Step, err error) {
	at := slices.IndexFunc(all, func(s Series) bool { return s.Key == n.Key && s.State != Open })
	if at < 0 {
		return e.openSeries(ctx, tx, l, n, len(steps))
	}
	s := all[at]
	s.To, s.PerDay, s.DueHour, s.Rule = n.To, max(n.PerDay, 1), n.DueHour, n.Rule
	_, made, err = e.goOn(ctx, tx, l, s, n.From, steps)
	return made, err
}

// asks reports whether the new rule still asks for a series' step of a day; a
// report that is late is asked for as long as the series goes on.
func (p Replan) asks(key string, day seawall.Day) bool {
	for _, n := range p.Series {
		if n.Key == key {
			return day <= n.To
		}
	}
	return false
}
