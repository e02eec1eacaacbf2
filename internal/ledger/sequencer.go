package ledger

import (
	"context"
	"sync/atomic"
	"time"

	"github.com/seawall-city/seawall"
)

// Figures of the sequencer. An event gets its place within a second of its
// commit: a commit on this node wakes the sequencer, one on another node is
// found by the poll.
const (
	// LeaseName is the name of the sequencer's lease.
	LeaseName = "sequencer"
	leaseTTL  = 5 * time.Second
	pollEvery = 300 * time.Millisecond
	// restBetween lets events gather, so that a busy log signs some twenty
	// checkpoints a second and not one an event.
	restBetween = 50 * time.Millisecond
	batchSize   = 1000
)

// Sequencer gives committed events their places in the log, grows the tree over
// them and signs a checkpoint. Any number of nodes may run one: a lease lets one
// work, and the store refuses a second writer of the same place regardless.
type Sequencer struct {
	work   seawall.UnitOfWork
	store  Store
	signer *Signer
	holder string
	feed   *Feed
	wake   chan struct{}
	report func(error)
	// edge is the tree's right edge as of the last own batch.
	edge   *edge
	status atomic.Pointer[Status]
}

// Status is how the sequencer stands, for metrics and the readiness check.
type Status struct {
	// Size is the log's size; Leading whether this node placed the last batch.
	Size    int64
	Leading bool
	// Err is the last round's error, nil when it went well.
	Err error
}

// NewSequencer makes a sequencer. holder names this process among all nodes;
// report is told of rounds that failed (they are tried again).
func NewSequencer(work seawall.UnitOfWork, store Store, signer *Signer, holder string, feed *Feed, report func(error)) *Sequencer {
	s := &Sequencer{work: work, store: store, signer: signer, holder: holder, feed: feed,
		wake: make(chan struct{}, 1), report: report}
	s.status.Store(&Status{})
	return s
}

// Wake says that an event was committed on this node. It never blocks.
func (s *Sequencer) Wake() {
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

// Status gives how the last round went.
func (s *Sequencer) Status() Status { return *s.status.Load() }

// Run sequences until ctx ends, then places what is left and gives the lease
// back.
func (s *Sequencer) Run(ctx context.Context) {
	poll := time.NewTicker(pollEvery)
	defer poll.Stop()
	rest := time.NewTimer(restBetween)
	defer rest.Stop()
	for {
		s.drain(ctx)
		rest.Reset(restBetween)
		select {
		case <-ctx.Done():
			s.leave(context.WithoutCancel(ctx))
			return
		case <-rest.C:
		}
		select {
		case <-ctx.Done():
			s.leave(context.WithoutCancel(ctx))
			return
		case <-s.wake:
		case <-poll.C:
		}
	}
}

// drain runs rounds until nothing waits or one fails.
func (s *Sequencer) drain(ctx context.Context) {
	for ctx.Err() == nil {
		n, err := s.Step(ctx)
		if err != nil {
			if ctx.Err() == nil {
				s.report(err)
			}
			return
		}
		if n < batchSize {
			return
		}
	}
}

func (s *Sequencer) leave(ctx context.Context) {
	s.drain(ctx)
	err := s.work.Write(ctx, seawall.System(LeaseName), func(tx seawall.Tx) error {
		return s.store.Release(ctx, tx, LeaseName, s.holder)
	})
	if err != nil {
		s.report(err)
	}
}

// Step runs one round: it places at most a batch of waiting events and gives
// their number; 0 when none wait or another node leads.
func (s *Sequencer) Step(ctx context.Context) (int, error) {
	n, size, err := s.round(ctx)
	if err != nil {
		s.edge = nil
		last := s.Status()
		s.status.Store(&Status{Size: last.Size, Err: err})
		return 0, seawall.Wrap("ledger.Step", err)
	}
	s.status.Store(&Status{Size: size, Leading: n > 0 || s.Status().Leading && s.edge != nil && s.edge.size == size})
	s.feed.Announce(size)
	return n, nil
}

func (s *Sequencer) round(ctx context.Context) (n int, size int64, err error) {
	var idle bool
	err = s.work.Read(ctx, func(tx seawall.Tx) error {
		waiting, err := s.store.Waiting(ctx, tx, 1)
		if err != nil {
			return err
		}
		idle = len(waiting) == 0
		size, _, err = s.store.Size(ctx, tx)
		return err
	})
	if err != nil || idle {
		return 0, size, err
	}
	var grown *edge
	err = s.work.Write(ctx, seawall.System(LeaseName), func(tx seawall.Tx) error {
		n, grown = 0, nil
		leads, err := s.store.Lease(ctx, tx, LeaseName, s.holder, leaseTTL)
		if err != nil || !leads {
			return err
		}
		grown, n, err = s.place(ctx, tx)
		return err
	})
	if err != nil || grown == nil {
		return 0, size, err
	}
	s.edge = grown
	return n, grown.size, nil
}

// place hangs the waiting events into the tree; it gives the new edge.
func (s *Sequencer) place(ctx context.Context, tx seawall.Tx) (*edge, int, error) {
	waiting, err := s.store.Waiting(ctx, tx, batchSize)
	if err != nil || len(waiting) == 0 {
		return nil, 0, err
	}
	size, _, err := s.store.Size(ctx, tx)
	if err != nil {
		return nil, 0, err
	}
	var grown *edge
	if s.edge != nil && s.edge.size == size {
		grown = s.edge.clone()
	} else if grown, err = loadEdge(size, tiles(ctx, tx, s.store)); err != nil {
		return nil, 0, err
	}
	leaves := make([]Hash, len(waiting))
	for i, w := range waiting {
		leaves[i] = Leaf(w.Entry)
	}
	changed := grown.grow(leaves)
	cp, err := s.signer.sign(grown.size, grown.root())
	if err != nil {
		return nil, 0, err
	}
	err = s.store.Place(ctx, tx, Batch{First: size + 1, Events: waiting, Tiles: changed, Checkpoint: cp, At: tx.Now()})
	return grown, len(waiting), err
}
