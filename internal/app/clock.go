package app

import (
	"context"
	"io"
	"sync"
	"time"

	"github.com/oklog/ulid/v2"

	"github.com/seawall-city/seawall"
)

// wallClock is the machine's clock. It and the demonstration's are the only
// places that ask what time it is.
type wallClock struct{}

func (wallClock) Now() time.Time { return time.Now() }

// WallClock is the machine's clock, for commands that open no instance.
func WallClock() seawall.Clock { return wallClock{} }

// stopwatch measures real time.
func stopwatch() func() time.Duration {
	started := time.Now()
	return func() time.Duration { return time.Since(started) }
}

// storyClock starts at the story's instant and runs at the pace of the wall
// clock; it can be moved forward, never back. Its lead is kept by save, so that
// a restarted demonstration goes on where it was.
type storyClock struct {
	wall seawall.Clock
	save func(ctx context.Context, lead time.Duration) error
	// moving lets one move at a time; mu guards lead alone.
	moving sync.Mutex
	mu     sync.Mutex
	lead   time.Duration // story time minus wall time
}

// Now gives the story's time.
func (c *storyClock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.wall.Now().Add(c.lead)
}

// AdvanceTo moves the clock forward to t. Saving asks what time it is, so the
// clock goes on while its new lead is written down; moves come one at a time.
func (c *storyClock) AdvanceTo(ctx context.Context, t time.Time) error {
	c.moving.Lock()
	defer c.moving.Unlock()
	if !t.After(c.Now()) {
		return seawall.E("app.AdvanceTo", seawall.Invalid, "clock_backwards")
	}
	lead := t.Sub(c.wall.Now())
	if err := c.save(ctx, lead); err != nil {
		return err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.lead = lead
	return nil
}

// idSource mints monotonic ULIDs.
type idSource struct {
	mu      sync.Mutex
	clock   seawall.Clock
	entropy *ulid.MonotonicEntropy
}

func newIDs(c seawall.Clock, random io.Reader) *idSource {
	return &idSource{clock: c, entropy: ulid.Monotonic(random, 0)}
}

// NewID gives a fresh ULID.
func (s *idSource) NewID() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return ulid.MustNew(ulid.Timestamp(s.clock.Now()), s.entropy).String()
}
