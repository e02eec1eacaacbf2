package response

import (
	"context"
	"errors"
	"time"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/area"
	"github.com/seawall-city/seawall/internal/loop"
)

const (
	// claimed is how many clocks one claim takes and one transaction fires: enough
	// that they share their statements, few enough that nobody waits long for them.
	claimed = 2000
	// lease is how long a claimed clock is kept from other workers; a worker
	// that dies gives them back by it.
	lease = time.Minute
)

// Tick fires the clocks that are due, in small transactions, until none is left,
// and says what it fired. It may run in several processes and be killed at any
// point: a clock's row is marked in the transaction that does what it asks for,
// so that each fires once.
func (s *Service) Tick(ctx context.Context) (Fired, error) {
	const op = "response.Tick"
	var total Fired
	ctx, actor := seawall.DoAgain(ctx), seawall.System("clocks")
	worker := ""
	for {
		var due []loop.Clock
		err := s.d.Work.Write(ctx, actor, func(tx seawall.Tx) (err error) {
			if worker == "" {
				worker = tx.NewID()
			}
			due, err = s.d.Loops.ClaimClocks(ctx, tx, worker, tx.Now(), tx.Now().Add(lease), claimed)
			return err
		})
		if err != nil {
			return total, seawall.Wrap(op, err)
		}
		if len(due) == 0 {
			return total, nil
		}
		if err := s.fireAll(ctx, actor, due, &total); err != nil {
			return total, seawall.Wrap(op, err)
		}
	}
}

// fireAll fires some clocks together; if that fails, each half of them by itself,
// so that a bad one holds up no other.
func (s *Service) fireAll(ctx context.Context, actor seawall.Actor, due []loop.Clock, total *Fired) error {
	n, err := s.fire(ctx, actor, due)
	switch {
	case err == nil:
		total.add(n)
		return nil
	case ctx.Err() != nil:
		return ctx.Err()
	case len(due) > 1:
		half := len(due) / 2
		return errors.Join(s.fireAll(ctx, actor, due[:half], total), s.fireAll(ctx, actor, due[half:], total))
	case seawall.Is(err, seawall.Conflict): // somebody else fired it or changed its step
		return nil
	}
	total.Failed++
	return err
}

// fire fires clocks in one transaction.
func (s *Service) fire(ctx context.Context, actor seawall.Actor, due []loop.Clock) (Fired, error) {
	ids := make([]seawall.ClockID, len(due))
	for i, c := range due {
		ids[i] = c.ID
	}
	var n Fired
	err := s.d.Work.Write(ctx, actor, func(tx seawall.Tx) error {
		n = Fired{}
		var climbs []loop.Climb
		err := s.engine.FireAll(ctx, tx, loop.Batch{Clocks: ids, Ahead: s.rosterAhead, Beside: s.beside(tx), Then: func(f loop.Firing) error {
			if !f.Fired {
				return nil
			}
			n.Clocks++
			n.Escalated += f.Escalated
			n.Made += f.Made
			n.Ended += f.Ended
			return s.follows(ctx, tx, f, &n, &climbs)
		}})
		if err != nil {
			return err
		}
		return s.tellClimbs(ctx, tx, climbs)
	})
	return n, err
}

// beside lets the engine read beside a transaction, where the store can.
func (s *Service) beside(tx seawall.Tx) func(context.Context, func(seawall.Tx) error) error {
	w, can := s.d.Work.(interface {
		Beside(ctx context.Context, tx seawall.Tx, fn func(tx seawall.Tx) error) error
	})
	if !can {
		return nil
	}
	return func(ctx context.Context, fn func(seawall.Tx) error) error { return w.Beside(ctx, tx, fn) }
}

// answersBy lets the engine ask the roster in its own words.
func answersBy(ask func(context.Context, seawall.Tx, seawall.AreaPath, string, time.Time) (area.Answer, error)) loop.Assigner {
	return func(ctx context.Context, tx seawall.Tx, at seawall.AreaPath, theme string, now time.Time) (loop.Answer, error) {
		a, err := ask(ctx, tx, at, theme, now)
		return loop.Answer(a), err
	}
}

// rosterAhead reads the roster and the tree for many places at once.
func (s *Service) rosterAhead(ctx context.Context, tx seawall.Tx, at []seawall.AreaPath) (loop.Assigner, loop.Climber, error) {
	b, err := s.d.Roster.Ahead(ctx, tx, at)
	if err != nil {
		return nil, nil, err
	}
	return answersBy(b.WhoAnswers), b.Up, nil
}

// follows does what a clock's firing leaves to the main path.
func (s *Service) follows(ctx context.Context, tx seawall.Tx, f loop.Firing, n *Fired, climbs *[]loop.Climb) error {
	if f.Climb != nil {
		*climbs = append(*climbs, *f.Climb)
	}
	climb, ended, err := s.reliefDue(ctx, tx, f)
	if err != nil {
		return err
	}
	n.Ended += ended
	if climb != nil {
		n.Escalated++
		*climbs = append(*climbs, *climb)
	}
	if f.Timer.Kind == timerTrip {
		return s.tripDue(ctx, tx, f.Timer)
	}
	if f.Timer.Kind == timerWait {
		return s.waitDue(ctx, tx, seawall.SiteID(f.Timer.Target))
	}
	if f.Timer.Kind == timerHold {
		if err := s.holdOver(ctx, tx, seawall.PassID(f.Timer.Target)); err != nil {
			return err
		}
		n.Ended++
	}
	if f.Release == "" {
		return nil
	}
	released, err := s.releaseDue(ctx, tx, f.Release)
	if released {
		n.Released++
	}
	return err
}

// tellClimbs tells the old and the new owner of every duty that climbed: one
// notice each for what climbed together, so that nobody reads the same sentence
// three hundred times at midnight.
func (s *Service) tellClimbs(ctx context.Context, tx seawall.Tx, climbs []loop.Climb) error {
	by := map[seawall.PrincipalID][]loop.Climb{}
	for _, c := range climbs {
		for _, p := range []seawall.PrincipalID{c.From, c.Loop.Owner} {
			if n := len(by[p]); p != "" && (n == 0 || by[p][n-1].Loop.ID != c.Loop.ID) {
				by[p] = append(by[p], c)
			}
		}
	}
	for _, p := range sortedKeys(by) {
		about, text := by[p][0].Loop.Ref(), climbText(by[p])
		if err := s.tell(ctx, tx, seawall.Ref{Kind: seawall.KindPrincipal, ID: string(p)}, about, true, text); err != nil {
			return err
		}
	}
	return nil
}

// climbText says what climbed, the first one by name.
func climbText(climbs []loop.Climb) seawall.Text {
	c := climbs[0]
	if len(climbs) == 1 {
		return seawall.Text{
			ZH: c.Loop.Mask + "「" + c.Step.Title.ZH + "」到截止时刻仍未办结，已上报，由" + c.Loop.OwnerName + "接办。",
			EN: c.Step.Title.EN + " for " + c.Loop.Mask + " was still open at the cut-off and has been escalated; " + c.Loop.OwnerName + " answers for it now."}
	}
	n := itoa(len(climbs))
	return seawall.Text{
		ZH: "到截止时刻仍有 " + n + " 件未办结，已上报一级，第一件是" + c.Loop.Mask + "「" + c.Step.Title.ZH + "」。",
		EN: n + " duties were still open at the cut-off and have been escalated one level; the first is " + c.Step.Title.EN + " for " + c.Loop.Mask + "."}
}

// releaseDue looks at a follow-up whose plan is over.
func (s *Service) releaseDue(ctx context.Context, tx seawall.Tx, id seawall.LoopID) (bool, error) {
	l, err := s.d.Loops.Loop(ctx, tx, id)
	if err == nil && l.State == loop.Open && l.Subject.Kind == seawall.KindArrival {
		return s.tryReleaseArrival(ctx, tx, seawall.ArrivalID(l.Subject.ID))
	}
	if err != nil || l.State != loop.Open || l.Subject.Kind != seawall.KindContact {
		return false, err
	}
	return s.tryRelease(ctx, tx, seawall.ContactID(l.Subject.ID))
}

func (f *Fired) add(n Fired) {
	f.Clocks += n.Clocks
	f.Escalated += n.Escalated
	f.Made += n.Made
	f.Released += n.Released
	f.Ended += n.Ended
	f.Failed += n.Failed
}
