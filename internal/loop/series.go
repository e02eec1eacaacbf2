package loop

import (
	"context"
	"time"

	"github.com/seawall-city/seawall"
)

// openSeries saves a series, makes today's steps if it has begun, and starts
// the clock of its next day. Days that were over before it opened are not made.
func (e *Engine) openSeries(ctx context.Context, tx seawall.Tx, l Loop, p SeriesPlan, order int) ([]Step, error) {
	s := Series{ID: tx.NewID(), Loop: l.ID, Key: p.Key, Title: p.Title, From: p.From, To: p.To, Next: p.From,
		DueHour: p.DueHour, PerDay: max(p.PerDay, 1), Needs: p.Needs, Form: p.Form, Rule: p.Rule, State: Open, Version: 1}
	today := seawall.DayOf(tx.Now(), e.Zone)
	if s.Next < today {
		s.Next = today
	}
	var steps []Step
	if s.Next == today && today <= s.To {
		made, err := e.makeDay(ctx, tx, l, s, today, order)
		if err != nil {
			return nil, err
		}
		steps, s.Next = made, today.Add(1)
	}
	if err := e.planNext(ctx, tx, &s); err != nil {
		return nil, err
	}
	return steps, e.Store.SaveSeries(ctx, tx, s)
}

// planNext starts the clock of the next day, or ends the series.
func (e *Engine) planNext(ctx context.Context, tx seawall.Tx, s *Series) error {
	if s.Next > s.To {
		s.Next, s.State = seawall.NoDay, Done
		return nil
	}
	return e.startClock(ctx, tx, Clock{Loop: s.Loop, Series: s.ID, Kind: KindSeries, FireAt: s.Next.Start(e.Zone)})
}

// makeDay makes the steps of one day.
func (e *Engine) makeDay(ctx context.Context, tx seawall.Tx, l Loop, s Series, day seawall.Day, order int) ([]Step, error) {
	var steps []Step
	for _, due := range e.dues(s, day, tx.Now()) {
		st, err := e.makeStep(ctx, tx, l, StepPlan{Key: s.Key, Title: s.Title, Due: due, Day: day, Needs: s.Needs, Form: s.Form, Rule: s.Rule, series: true}, order)
		if err != nil {
			return nil, err
		}
		steps = append(steps, st)
		order++
	}
	return steps, nil
}

// betweenReports separates two reports of one day, in hours on the wall.
const betweenReports = 8

// dues gives the due instants of one day: the last at the series' hour, the
// ones before it eight hours apart. What has passed already on the opening day
// is due at the end of that day, once.
func (e *Engine) dues(s Series, day seawall.Day, now time.Time) []time.Time {
	var out []time.Time
	for i := s.PerDay - 1; i >= 0; i-- {
		if due := day.Hour(s.DueHour-i*betweenReports, e.Zone); !due.Before(now) {
			out = append(out, due)
		}
	}
	if len(out) == 0 {
		out = append(out, EndOf(day, e.Zone))
	}
	return out
}

// EndOf is the last minute of a day (23:59), the due time of what must be done
// on that day.
func EndOf(day seawall.Day, zone *time.Location) time.Time {
	return day.Add(1).Start(zone).Add(-time.Minute)
}

// advance makes the next day's steps of a series.
func (e *Engine) advance(ctx context.Context, tx seawall.Tx, c Clock, f *Firing) error {
	l, err := e.Store.Loop(ctx, tx, c.Loop)
	if err != nil || l.State != Open {
		return e.quiet(ctx, tx, l, c, err)
	}
	all, err := e.Store.SeriesOf(ctx, tx, l.ID)
	if err != nil {
		return err
	}
	steps, err := e.Store.StepsOf(ctx, tx, l.ID)
	if err != nil {
		return err
	}
	for _, s := range all {
		if s.ID != c.Series || s.State != Open || s.Next == seawall.NoDay || s.Next.Start(e.Zone).After(tx.Now()) {
			continue
		}
		day := s.Next
		made, err := e.makeDay(ctx, tx, l, s, day, len(steps))
		if err != nil {
			return err
		}
		s.Next, s.Version = day.Add(1), s.Version+1
		if err := e.planNext(ctx, tx, &s); err != nil {
			return err
		}
		if err := e.Store.SaveSeries(ctx, tx, s); err != nil {
			return err
		}
		f.Made += len(made)
		return e.record(ctx, tx, l, append(steps, made...), "series.advanced", l.Ref(), map[string]string{"key": s.Key, "day": day.String()})
	}
	return e.quiet(ctx, tx, l, c, nil)
}

// StartRelease starts the clock that looks, once the plan of a loop is over,
// whether its conditions of release hold. The caller records the event.
func (e *Engine) StartRelease(ctx context.Context, tx seawall.Tx, l Loop, at time.Time) error {
	return seawall.Wrap("loop.StartRelease", e.startClock(ctx, tx, Clock{Loop: l.ID, Kind: KindRelease, FireAt: at}))
}
