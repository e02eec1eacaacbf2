package response_test

import (
	"context"
	"crypto/rand"
	mrand "math/rand/v2"
	"testing"
	"time"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/ledger"
	"github.com/seawall-city/seawall/internal/loop"
	"github.com/seawall-city/seawall/internal/response"
	"github.com/seawall-city/seawall/internal/store"
	"github.com/seawall-city/seawall/internal/store/storetest"
)

// Every row that the main path leaves behind can be folded again from the log
// alone (design §5): after an evening with confirmation, results, self-reports,
// hand-over, merge, escalation, promotion and retraction both are the same.
func TestStateRefoldsFromTheLog(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		o.busyEvening()
		o.place()
		o.refolds()
	})
}

// place gives the events of the office their places in the log.
func (o *office) place() {
	o.t.Helper()
	signer, err := ledger.LoadOrCreateSigner(o.t.TempDir(), ledger.Origin("3209"), rand.Reader)
	o.ok(err)
	seq := ledger.NewSequencer(o.db, o.log, signer, "test", ledger.NewFeed(), func(err error) { o.t.Error(err) })
	for n := 1; n > 0; {
		n, err = seq.Step(o.ctx)
		o.ok(err)
	}
}

// refolds asserts that the rows folded again from the placed log are the same.
func (o *office) refolds() {
	o.t.Helper()
	into := store.New(storetest.Driver(o.t, o.db.Driver().Name()), store.Options{Clock: o.clock, IDs: storetest.NewIDs(o.clock)})
	o.t.Cleanup(func() { into.Close() })
	o.ok(into.Migrate(o.ctx))
	_, err := o.log.Refold(o.ctx, into, nil)
	o.ok(err)
	found, err := store.Differences(o.ctx, o.db, into)
	o.ok(err)
	for _, line := range found {
		o.t.Error(line)
	}
}

// busyEvening leaves a trace of every use case.
func (o *office) busyEvening() {
	o.t.Helper()
	c := o.positive(grid1)
	cs := o.candidates(c.Case, 4, "close", "")
	o.confirm(cs)
	sub := o.candidates(c.Case, 2, "sub", cs[0].ID)
	o.confirm(sub)
	neg := o.tested(cs[1].ID, "negative", "L1")
	link, err := o.main.SelfReportLink(o.ctx, o.grid, cs[1].ID)
	o.ok(err)
	_, err = o.main.SelfReport(o.ctx, link.Token, response.SelfReport{Well: false, Symptoms: "发热"})
	o.ok(err)
	h, err := o.main.HandOver(o.ctx, o.grid, o.contact(cs[2].ID).Contact.Loop, o.countyDesk.Principal.ID, "")
	o.ok(err)
	_, err = o.main.AcceptHandOver(o.ctx, o.countyDesk, h.Loop, h.ID)
	o.ok(err)
	_, err = o.main.Merge(o.ctx, o.epi, response.MergeRequest{Loser: cs[2].Person, Winner: cs[3].Person, Reason: "同一人"})
	o.ok(err)
	_, err = o.main.Unmerge(o.ctx, o.epi, cs[2].Person, "不是")
	o.ok(err)
	o.at("2022-03-29 00:00")
	pos := o.tested(cs[0].ID, "positive", "L1")
	for _, ref := range []seawall.Ref{pos.Result.Ref(), neg.Result.Ref(), c.Case.Ref()} {
		_, err = o.main.Retract(o.ctx, o.epi, response.Retraction{Ref: ref, Reason: "复核"})
		o.ok(err)
	}
	o.at("2022-03-31 12:00")
}

// A ticker that is stopped at random points and started again fires every clock
// exactly once.
func TestStoppingTheTickerAnywhere(t *testing.T) {
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	each(t, func(t *testing.T, o *office) {
		r := mrand.New(mrand.NewPCG(seed, 1))
		c := o.positive(grid1)
		o.confirm(o.candidates(c.Case, 60, "close", ""))
		before, err := o.main.Tonight(o.ctx, o.epi, false)
		o.ok(err)
		o.clock.Set(before.CutOff)
		for range 30 {
			ctx, stop := context.WithTimeout(o.ctx, time.Duration(r.IntN(20_000))*time.Microsecond)
			_, _ = o.main.Tick(ctx)
			stop()
			o.clock.Advance(70 * time.Second) // past the lease of what was claimed
		}
		o.tickToTheEnd()
		o.overnight()
		o.read(func(tx seawall.Tx) error {
			steps, _, total, err := o.db.Steps(o.ctx, tx, loop.StepQuery{Scope: seawall.Scope{cityPath}, Escalated: true, Page: seawall.Page{Limit: 500}})
			if total != before.Counts.Open {
				t.Errorf("%d climbed, %d were open", total, before.Counts.Open)
			}
			for _, s := range steps {
				if s.Escalations != 1 {
					t.Errorf("step %s climbed %d times", s.Key, s.Escalations)
				}
			}
			return err
		})
	})
}

// tickToTheEnd fires until nothing is due: a worker that was cut off may hold its
// rows until the database has noticed, and others pass over them meanwhile.
func (o *office) tickToTheEnd() {
	o.t.Helper()
	ctx, stop := context.WithTimeout(o.ctx, time.Minute)
	defer stop()
	for {
		_, err := o.main.Tick(ctx)
		o.ok(err)
		next, err := o.main.NextClock(ctx)
		o.ok(err)
		if next.IsZero() || next.After(o.clock.Now()) {
			return
		}
	}
}
