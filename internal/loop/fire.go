package loop

import (
	"context"
	"time"

	"github.com/seawall-city/seawall"
)

// Firing says what firing a clock did.
type Firing struct {
	// Fired is false when the clock had fired or was cancelled before, or is
	// not due: then nothing happened.
	Fired     bool
	Escalated int
	Made      int
	Ended     int
	// Gaps counts hand-overs that nobody had accepted in time.
	Gaps int
	// Climb is set when the loop went up a level: both owners are to be told.
	Climb *Climb
	// Release names the loop whose plan is over; the caller decides whether its
	// conditions hold.
	Release seawall.LoopID
	// Appeal is the objection that is undecided, Urgent the request for help that
	// is unanswered; what follows is the caller's to decide.
	Appeal seawall.AppealID
	Urgent seawall.HelpID
	// Timer is a clock of a kind that this package knows nothing of: see StartTimer.
	Timer Timer
}

// Timer is a fired clock whose consequence is the caller's to decide.
type Timer struct {
	Kind   string
	Target string
	Loop   seawall.LoopID
}

// Climb is a loop's going up one level because a step was open at the cut-off.
type Climb struct {
	Loop Loop
	Step Step
	// From and FromName are the owner before; the loop has the one after.
	From     seawall.PrincipalID
	FromName string
}

// Fire fires one clock. It may be called any number of times and by several
// workers: the clock's row is marked first, under its version, so that only one
// of them goes on; the others get a Conflict or find it done.
func (e *Engine) Fire(ctx context.Context, tx seawall.Tx, id seawall.ClockID) (Firing, error) {
	const op = "loop.Fire"
	c, err := e.Store.Clock(ctx, tx, id)
	if err != nil {
		return Firing{}, seawall.Wrap(op, err)
	}
	if c.State != Open || c.FireAt.After(tx.Now()) {
		return Firing{}, nil
	}
	c.State, c.FiredAt, c.Version = Done, tx.Now(), c.Version+1
	if err := e.Store.SaveClock(ctx, tx, c); err != nil {
		return Firing{}, seawall.Wrap(op, err)
	}
	f := Firing{Fired: true}
	switch c.Kind {
	case KindEscalate:
		err = e.escalate(ctx, tx, c, &f)
	case KindSeries:
		err = e.advance(ctx, tx, c, &f)
	case KindRestriction:
		err = e.expire(ctx, tx, c, &f)
	case KindCustody:
		err = e.gap(ctx, tx, c, &f)
	case KindAppeal:
		f.Appeal = seawall.AppealID(c.Target)
		err = e.quiet(ctx, tx, Loop{ID: c.Loop}, c, nil)
	case KindUrgent:
		f.Urgent = seawall.HelpID(c.Target)
		err = e.quiet(ctx, tx, Loop{ID: c.Loop}, c, nil)
	case KindRelease:
		f.Release = c.Loop
		err = e.quiet(ctx, tx, Loop{ID: c.Loop}, c, nil)
	default:
		f.Timer = Timer{Kind: c.Kind, Target: c.Target, Loop: c.Loop}
		err = e.quiet(ctx, tx, Loop{ID: c.Loop}, c, nil)
	}
	return f, seawall.Wrap(op, err)
}

// quiet records that a clock fired and nothing followed from it.
func (e *Engine) quiet(ctx context.Context, tx seawall.Tx, l Loop, c Clock, err error) error {
	if err != nil {
		return err
	}
	if l.Subject.IsZero() && c.Loop != "" {
		if l, err = e.Store.Loop(ctx, tx, c.Loop); err != nil {
			return err
		}
	}
	return e.event(ctx, tx, l, "clock.fired", seawall.Ref{Kind: seawall.KindClock, ID: string(c.ID)}, map[string]string{"kind": c.Kind})
}

// escalate lets a step that is open at the cut-off climb one level. The loop
// climbs with the first of its steps that reaches a level; the others find it
// there. At the top the area stays, and the step still says that it climbed.
func (e *Engine) escalate(ctx context.Context, tx seawall.Tx, c Clock, f *Firing) error {
	l, err := e.Store.Loop(ctx, tx, c.Loop)
	if err != nil {
		return err
	}
	steps, err := e.Store.StepsOf(ctx, tx, l.ID)
	if err != nil {
		return err
	}
	at := -1
	for i := range steps {
		if steps[i].ID == c.Step {
			at = i
		}
	}
	if l.State != Open || at < 0 || steps[at].State != Open {
		return e.quiet(ctx, tx, l, c, nil)
	}
	s := &steps[at]
	s.Escalations, s.EscalatedAt = s.Escalations+1, c.FireAt
	if l.Level < s.Escalations {
		f.Climb = &Climb{Step: *s, From: l.Owner, FromName: l.OwnerName}
		if err := e.climb(ctx, tx, &l, s); err != nil {
			return err
		}
		f.Climb.Loop = l
		if err := e.notify(ctx, tx, l, happening{on: OnEscalated, step: s.Title}); err != nil {
			return err
		}
	}
	if err := e.spread(ctx, tx, l, steps, s.ID); err != nil {
		return err
	}
	f.Escalated++
	if err := e.startClock(ctx, tx, Clock{Loop: l.ID, Step: s.ID, Kind: KindEscalate,
		FireAt: e.CutOff(l.Regime).Next(later(c.FireAt, tx.Now()), e.Zone)}); err != nil {
		return err
	}
	return e.record(ctx, tx, l, steps, "step.escalated", s.Ref(), map[string]string{
		"key": s.Key, "level": itoa(s.Escalations), "cutOff": c.FireAt.UTC().Format(time.RFC3339)})
}

// climb takes the loop one level up.
func (e *Engine) climb(ctx context.Context, tx seawall.Tx, l *Loop, s *Step) error {
	up, ok, err := e.Up(ctx, tx, l.Area)
	if err != nil {
		return err
	}
	if !ok || !up.Within(e.City) || !l.Area.Within(e.City) || l.Area == e.City {
		up = e.City
	}
	a, err := e.answers(ctx, tx, *l, up)
	if err != nil {
		return err
	}
	from, fromName := l.Owner, l.OwnerName
	l.Level, l.Version = l.Level+1, l.Version+1
	l.Area = up
	// nobody above on the roster: the giver goes on answering, no gap in custody
	if a.Principal != "" {
		l.Owner, l.OwnerName, l.OwnerWhy = a.Principal, a.WorkName, "escalation:"+a.Why
	}
	if err := e.Store.SaveLoop(ctx, tx, *l); err != nil {
		return err
	}
	if from == l.Owner {
		return nil
	}
	return e.Store.SaveHandOver(ctx, tx, HandOver{ID: tx.NewID(), Loop: l.ID, From: from, FromName: fromName,
		To: l.Owner, ToName: l.OwnerName, At: tx.Now(), Accepted: tx.Now(), Why: "escalation", Note: s.Key, Version: 1})
}

// spread gives the open steps of a loop its owner and, unless they stay in the
// lists of the place where it opened, its area; always is saved in any case.
func (e *Engine) spread(ctx context.Context, tx seawall.Tx, l Loop, steps []Step, always seawall.StepID) error {
	for i := range steps {
		s := &steps[i]
		live := s.State == Open || s.State == Waiting
		at := l.Area
		if e.stays(l) {
			at = s.Area
		}
		moved := s.Area != at || s.Owner != l.Owner || s.OwnerName != l.OwnerName
		if s.ID != always && !(live && moved) {
			continue
		}
		s.Area, s.Owner, s.OwnerName, s.Version = at, l.Owner, l.OwnerName, s.Version+1
		if err := e.Store.SaveStep(ctx, tx, *s); err != nil {
			return err
		}
	}
	return nil
}

// later gives the later of two instants.
func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}
