package app

import (
	"context"
	"encoding/binary"
	"io"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/gate"
	"github.com/seawall-city/seawall/internal/goods"
	"github.com/seawall-city/seawall/internal/protocol"
	"github.com/seawall-city/seawall/internal/regime"
	"github.com/seawall-city/seawall/internal/response"
	"github.com/seawall-city/seawall/internal/story"
)

// A scenario runs on the real composition with two differences: its clock
// stands until it is moved, and what the background does is done between two
// lines of it, to the end, so that a run repeats itself.

// stillClock is a clock that stands.
type stillClock struct{ at time.Time }

// Now gives the instant at which it stands.
func (c stillClock) Now() time.Time { return c.at }

// newStoryClock makes the movable clock that the options ask for.
func newStoryClock(o Options) *storyClock {
	if o.Still {
		return &storyClock{wall: stillClock{o.Story}}
	}
	return &storyClock{wall: wallClock{}, lead: time.Until(o.Story)}
}

// seeded draws from a seed; it is safe for many goroutines.
func seeded(seed uint64) io.Reader {
	var key [32]byte
	binary.LittleEndian.PutUint64(key[:], seed)
	return &lockedReader{r: rand.NewChaCha8(key)}
}

// lockedReader lets one read at a time.
type lockedReader struct {
	mu sync.Mutex
	r  io.Reader
}

// Read draws.
func (l *lockedReader) Read(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.r.Read(b)
}

// Settle does at once and to its end what the background does once a second:
// it fires what is due, works off the imports and gives the log's new events
// their places. It takes the place of Start; it is not used beside it.
func (a *App) Settle(ctx context.Context) (response.Fired, error) {
	const op = "app.Settle"
	fired, err := a.Main.Tick(ctx)
	if err != nil {
		return fired, seawall.Wrap(op, err)
	}
	if _, err := a.Main.ResumeImports(ctx); err != nil {
		return fired, seawall.Wrap(op, err)
	}
	for n := 1; n > 0; {
		if n, err = a.sequencer.Step(ctx); err != nil {
			return fired, seawall.Wrap(op, err)
		}
	}
	return fired, nil
}

// MoveTo moves the story's clock forward to an instant. Every clock on the way
// fires at its own instant, as it would have in a server that ran all the time;
// then the sweeps run. Errors: Invalid when the instant has passed.
func (a *App) MoveTo(ctx context.Context, to time.Time) (total response.Fired, err error) {
	const op = "app.MoveTo"
	if a.story == nil || to.Before(a.Clock.Now()) {
		return total, seawall.E(op, seawall.Invalid, "clock_backwards")
	}
	for stuck := false; !stuck; {
		next, err := a.Main.NextClock(ctx)
		if err != nil {
			return total, seawall.Wrap(op, err)
		}
		if next.IsZero() || next.After(to) {
			break
		}
		if next.After(a.Clock.Now()) {
			if err := a.story.AdvanceTo(ctx, next); err != nil {
				return total, seawall.Wrap(op, err)
			}
		}
		n, err := a.Settle(ctx)
		if err != nil {
			return total, seawall.Wrap(op, err)
		}
		stuck = n.Clocks == 0
		total = sum(total, n)
	}
	if to.After(a.Clock.Now()) {
		if err := a.story.AdvanceTo(ctx, to); err != nil {
			return total, seawall.Wrap(op, err)
		}
	}
	if _, err := a.Main.SweepIdentities(ctx, to.Add(-orphanAge)); err != nil {
		return total, seawall.Wrap(op, err)
	}
	if _, err := a.Main.PurgeImports(ctx, to.Add(-importFileAge)); err != nil {
		return total, seawall.Wrap(op, err)
	}
	if _, err := a.Main.SweepPhotos(ctx); err != nil {
		return total, seawall.Wrap(op, err)
	}
	n, err := a.Settle(ctx)
	return sum(total, n), seawall.Wrap(op, err)
}

// sum adds what two looks at the clocks fired.
func sum(a, b response.Fired) response.Fired {
	return response.Fired{Clocks: a.Clocks + b.Clocks, Escalated: a.Escalated + b.Escalated, Made: a.Made + b.Made,
		Ended: a.Ended + b.Ended, Released: a.Released + b.Released, Failed: a.Failed + b.Failed}
}

// OnDuty puts the account of a login on the duty roster.
func (a *App) OnDuty(ctx context.Context, p story.Post) error {
	var who response.Who
	err := a.DB.Read(ctx, func(tx seawall.Tx) (err error) {
		who.Principal, err = a.DB.PrincipalByLogin(ctx, tx, p.Login)
		return err
	})
	if err != nil {
		return seawall.Wrap("app.OnDuty", err)
	}
	return a.Roster(ctx, p, who)
}

// CheckFiles reads the rule and protocol files over which the instance would
// start, the configured ones on top of the shipped, and gives what is wrong.
func (a *App) CheckFiles() error {
	const op = "app.CheckFiles"
	rules, err := regime.Load(overlay(a.Config.Regimes)...)
	if err != nil {
		return seawall.Wrap(op, err)
	}
	if _, err := gate.Load(overlay(a.Config.Gates)...); err != nil {
		return seawall.Wrap(op, err)
	}
	if _, err := goods.Load(overlay(a.Config.Goods)...); err != nil {
		return seawall.Wrap(op, err)
	}
	next := App{Policies: a.Policies, Regimes: rules}
	_, err = protocol.Load(next.known(), overlay(a.Config.Protocols)...)
	return seawall.Wrap(op, err)
}
