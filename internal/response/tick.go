package response

import (
	"context"
	"errors"
	"time"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/loop"
)

const (
	// claimed is how many clocks one claim takes; fired together they stay a
	// short transaction.
	claimed = 50
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
	actor := seawall.System("clocks")
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

// fireAll fires some clocks together; if one of them fails, each by itself, so
// that a bad one holds up no other.
func (s *Service) fireAll(ctx context.Context, actor seawall.Actor, due []loop.Clock, total *Fired) error {
	n, err := s.fire(ctx, actor, due)
	if err == nil {
		total.add(n)
		return nil
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	var last error
	for _, c := range due {
		n, err := s.fire(ctx, actor, []loop.Clock{c})
		switch {
		case err == nil:
			total.add(n)
		case seawall.Is(err, seawall.Conflict): // somebody else fired it or changed its step
		case ctx.Err() != nil:
			return ctx.Err()
		default:
			total.Failed++
			last = errors.Join(last, err)
		}
	}
	return last
}

// fire fires clocks in one transaction.
func (s *Service) fire(ctx context.Context, actor seawall.Actor, due []loop.Clock) (Fired, error) {
	var n Fired
	err := s.d.Work.Write(ctx, actor, func(tx seawall.Tx) error {
		n = Fired{}
		for _, c := range due {
			f, err := s.engine.Fire(ctx, tx, c.ID)
			if err != nil {
				return err
			}
			if !f.Fired {
				continue
			}
			n.Clocks++
			n.Escalated += f.Escalated
			n.Made += f.Made
			n.Ended += f.Ended
			if f.Release == "" {
				continue
			}
			released, err := s.releaseDue(ctx, tx, f.Release)
			if err != nil {
				return err
			}
			if released {
				n.Released++
			}
		}
		return nil
	})
	return n, err
}

// releaseDue looks at a follow-up whose plan is over.
func (s *Service) releaseDue(ctx context.Context, tx seawall.Tx, id seawall.LoopID) (bool, error) {
	l, err := s.d.Loops.Loop(ctx, tx, id)
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
