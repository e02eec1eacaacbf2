package response_test

import (
	"context"
	"encoding/json"
	"errors"
	mrand "math/rand/v2"
	"os"
	"sync"
	"testing"
	"time"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/area"
	"github.com/seawall-city/seawall/internal/ledger"
	"github.com/seawall-city/seawall/internal/loop"
	"github.com/seawall-city/seawall/internal/response"
	"github.com/seawall-city/seawall/internal/store"
	"github.com/seawall-city/seawall/internal/store/postgres"
	"github.com/seawall-city/seawall/internal/store/storetest"
)

// mortal is the unit of work of a process that dies: before a transaction (what
// it claimed stays leased), at its end but before the commit, or after the commit
// and before anybody hears of it. A dead process does nothing any more.
type mortal struct {
	seawall.UnitOfWork
	mu     sync.Mutex
	lives  int // transactions before the last one
	how    int // beforeIt, inIt, afterIt, or never
	deaths *deaths
}

// How a process dies.
const (
	beforeIt = iota
	inIt
	afterIt
	never
)

// deaths counts where processes died.
type deaths struct {
	mu                             sync.Mutex
	idle, undone, unheard, outlive int
}

var errDied = errors.New("the process has died")

// fate tells whether the next transaction is the last one, or the process is
// dead already.
func (m *mortal) fate() (last, dead bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.how == never {
		return false, false
	}
	m.lives--
	return m.lives == -1, m.lives < -1
}

func (d *deaths) count(n *int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	*n++
}

// Write implements seawall.UnitOfWork.
func (m *mortal) Write(ctx context.Context, actor seawall.Actor, fn func(tx seawall.Tx) error) error {
	last, dead := m.fate()
	switch {
	case dead:
		return errDied
	case last && m.how == beforeIt:
		m.deaths.count(&m.deaths.idle)
		return errDied
	case last && m.how == inIt:
		m.deaths.count(&m.deaths.undone)
		return errors.Join(errDied, m.UnitOfWork.Write(ctx, actor, func(tx seawall.Tx) error {
			if err := fn(tx); err != nil {
				return err
			}
			return errDied
		}))
	case last:
		m.deaths.count(&m.deaths.unheard)
		return errors.Join(errDied, m.UnitOfWork.Write(ctx, actor, fn))
	}
	m.deaths.count(&m.deaths.outlive)
	return m.UnitOfWork.Write(ctx, actor, fn)
}

// Beside reads beside a transaction, as the database does for the living.
func (m *mortal) Beside(ctx context.Context, tx seawall.Tx, fn func(tx seawall.Tx) error) error {
	return m.UnitOfWork.(*store.DB).Beside(ctx, tx, fn)
}

// node is one more process over a database of the office.
func (o *office) node(db *store.DB, work seawall.UnitOfWork) *response.Service {
	o.t.Helper()
	zone, err := time.LoadLocation("Asia/Shanghai")
	o.ok(err)
	d := o.deps
	d.Work, d.Roster, d.Imports = work, area.New(db, o.log, zone), response.ImportDeps{}
	d.Cases, d.Loops, d.Boards, d.Entries, d.Texts = db, db, db, db, db
	d.Areas, d.Border, d.Relief, d.Accounts = db, db, db, db
	return response.New(d)
}

// RES-02: the cut-off fires once and misses nothing while processes die between
// claiming and firing, between firing and committing and after it, over several
// nights, on both databases. Random; the seed is printed.
func TestProcessesDieAtTheCutOff(t *testing.T) {
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	each(t, func(t *testing.T, o *office) { o.manyDie(mrand.New(mrand.NewPCG(seed, 1)), []*store.DB{o.db}, 16, 2) })
}

// RES-02: the same with two nodes on one PostgreSQL that race for the clocks.
func TestTwoNodesRaceAtTheCutOff(t *testing.T) { twoNodes(t, 16, 2) }

// TestProofTwoNodesRace is the long form of it: nights of many hundred duties.
func TestProofTwoNodesRace(t *testing.T) {
	if os.Getenv("SEAWALL_PROOF") == "" {
		t.Skip("set SEAWALL_PROOF=1 for the long form")
	}
	nights := 6
	if os.Getenv("SEAWALL_PROOF_FULL") != "" {
		nights = 14
	}
	twoNodes(t, 250, nights)
}

func twoNodes(t *testing.T, people, nights int) {
	t.Helper()
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	url := storetest.PostgresURL(t, "")
	clock := storetest.NewClock(storetest.Start())
	var dbs []*store.DB
	for range 2 {
		d, err := postgres.Open(url, 0)
		if err != nil {
			t.Fatal(err)
		}
		db := store.New(d, store.Options{Clock: clock, IDs: storetest.NewIDs(clock)})
		t.Cleanup(func() { db.Close() })
		if err := db.Migrate(t.Context()); err != nil {
			t.Fatal(err)
		}
		dbs = append(dbs, db)
	}
	newOffice(t, dbs[0], clock).manyDie(mrand.New(mrand.NewPCG(seed, 1)), dbs, people, nights)
}

// manyDie opens duties and lets processes on the databases fire what is due for
// some nights, dying and racing, while the clock runs past their leases.
func (o *office) manyDie(r *mrand.Rand, dbs []*store.DB, people, nights int) {
	c := o.positive(grid1)
	o.confirm(o.candidates(c.Case, people, "close", ""))
	died := &deaths{}
	made := 0
	for range nights {
		before, err := o.main.Tonight(o.ctx, o.epi, false)
		o.ok(err)
		o.clock.Set(before.CutOff.Add(time.Duration(r.IntN(90)) * time.Minute))
		for range 6 {
			var all sync.WaitGroup
			for _, db := range append(dbs, dbs...) {
				made++
				n := o.node(db, &mortal{UnitOfWork: db, how: made % 4, lives: made / 4 % 2, deaths: died})
				all.Go(func() { _, _ = n.Tick(o.ctx) })
			}
			o.clock.Advance(61 * time.Second) // some of them outlive their leases
			all.Wait()
			o.clock.Advance(61 * time.Second)
		}
		o.tickToTheEnd()
		o.overnight()
	}
	o.t.Logf("died before a transaction %d times, before the commit %d, after it %d; %d transactions outlived", died.idle, died.undone, died.unheard, died.outlive)
	if died.undone == 0 || died.unheard == 0 {
		o.t.Error("nobody died where it matters")
	}
	o.firedOnce()
	o.refolds()
}

// firedOnce reads the log: every clock is done in one event at most, no step
// climbed twice at one cut-off, and no clock that is due is left open.
func (o *office) firedOnce() {
	o.t.Helper()
	o.place()
	fired, climbed := map[string]int{}, map[string]int{}
	for after := int64(0); ; {
		var page []ledger.Event
		o.read(func(tx seawall.Tx) (err error) {
			page, err = o.log.Events(o.ctx, tx, ledger.Query{After: after, Limit: 500})
			return err
		})
		if len(page) == 0 {
			break
		}
		for _, ev := range page {
			after = ev.Seq
			if ev.Type == "step.escalated" {
				climbed[ev.Subject.ID+" at "+ev.Data["cutOff"]]++
			}
			for _, ch := range ev.Changes {
				var row loop.Clock
				if ch.Kind != seawall.KindClock || json.Unmarshal(ch.Row, &row) != nil || row.State != loop.Done {
					continue
				}
				fired[ch.ID]++
			}
		}
	}
	if len(fired) == 0 || len(climbed) == 0 {
		o.t.Error("nothing fired")
	}
	for id, n := range fired {
		if n != 1 {
			o.t.Errorf("clock %s fired %d times", id, n)
		}
	}
	for what, n := range climbed {
		if n != 1 {
			o.t.Errorf("step %s climbed %d times", what, n)
		}
	}
	next, err := o.main.NextClock(o.ctx)
	o.ok(err)
	if !next.IsZero() && !next.After(o.clock.Now()) {
		o.t.Errorf("a clock of %s is still open at %s", next, o.clock.Now())
	}
}
