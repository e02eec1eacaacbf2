package proof

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/oklog/ulid/v2"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/ledger"
	"github.com/seawall-city/seawall/internal/loop"
	"github.com/seawall-city/seawall/internal/store"
	"github.com/seawall-city/seawall/internal/store/postgres"
	"github.com/seawall-city/seawall/internal/store/sqlite"
	"github.com/seawall-city/seawall/internal/store/storetest"
)

// remains are the databases of a killed server, opened without it.
type remains struct {
	t      *testing.T
	db     *store.DB
	log    *store.Log
	signer *ledger.Signer
	clock  *storetest.Clock
}

// ids mints ULIDs on the wall clock.
type ids struct {
	mu      sync.Mutex
	entropy *ulid.MonotonicEntropy
}

func (s *ids) NewID() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return ulid.MustNew(ulid.Now(), s.entropy).String()
}

// open opens what the server left. The log's origin is that of the city.
func (s *site) open(t *testing.T) *remains {
	t.Helper()
	var d store.Driver
	var err error
	if s.database != "" {
		d, err = postgres.Open(s.database, 4)
	} else {
		d, err = sqlite.Open(filepath.Join(s.dir, "records.db"))
	}
	if err != nil {
		t.Fatalf("open what is left: %v", err)
	}
	r := &remains{t: t, clock: storetest.NewClock(time.Now().Add(time.Hour))}
	r.db = store.New(d, store.Options{Clock: r.clock, IDs: &ids{entropy: ulid.Monotonic(rand.Reader, 0)}})
	root, err := ledger.LoadOrCreateRootKey(filepath.Join(s.dir, "keys"), rand.Reader)
	if err == nil {
		r.log = r.db.OpenLog(root, rand.Reader)
		r.signer, err = ledger.LoadOrCreateSigner(filepath.Join(s.dir, "keys"), ledger.Origin("3209"), rand.Reader)
	}
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func (r *remains) read(fn func(tx seawall.Tx) error) {
	r.t.Helper()
	if err := r.db.Read(context.Background(), fn); err != nil {
		r.t.Fatal(err)
	}
}

// placed gives the events that wait their places, as the server's sequencer
// would have done next, checks the whole log against an earlier checkpoint and
// gives the newest one.
func (r *remains) placed(earlier string) string {
	r.t.Helper()
	ctx := context.Background()
	seq := ledger.NewSequencer(r.db, r.log, r.signer, "proof", ledger.NewFeed(), func(err error) { r.t.Error("sequencer:", err) })
	for {
		n, err := seq.Step(ctx)
		if err != nil {
			r.t.Fatal(err)
		}
		if n == 0 {
			break
		}
	}
	rep, err := ledger.Verify(ctx, r.db, r.log, r.signer.Key(), earlier, nil)
	if err != nil {
		r.t.Fatal(err)
	}
	if !rep.OK() || rep.Waiting != 0 {
		r.t.Fatalf("the log after a kill: %+v", rep)
	}
	var cp string
	r.read(func(tx seawall.Tx) (err error) {
		_, cp, err = r.log.Size(ctx, tx)
		return err
	})
	return cp
}

// kept checks that everything acknowledged is there.
func (r *remains) kept(p *promises) {
	r.t.Helper()
	ctx := context.Background()
	r.read(func(tx seawall.Tx) error {
		for _, i := range p.imports {
			if _, err := r.db.Import(ctx, tx, seawall.ImportID(i.id)); err != nil {
				r.t.Errorf("import %s was promised: %v", i.id, err)
			}
		}
		for _, id := range p.confirmed {
			c, err := r.db.Contact(ctx, tx, seawall.ContactID(id))
			if err != nil || c.State == "candidate" {
				r.t.Errorf("contact %s was confirmed, but is %q (%v)", id, c.State, err)
			}
		}
		for _, id := range p.done {
			st, err := r.db.Step(ctx, tx, seawall.StepID(id))
			if err != nil || st.State != loop.Done {
				r.t.Errorf("step %s was done, but is %q (%v)", id, st.State, err)
			}
		}
		return nil
	})
}

// once checks that nothing happened twice: no record of a file, no duty about a
// contact, no clock, no climb.
func (r *remains) once() {
	r.t.Helper()
	r.none("a record twice from one file", `SELECT source, external, COUNT(*) FROM case_record WHERE external <> ''
		GROUP BY disease, source, external HAVING COUNT(*) > 1`)
	r.none("a contact twice from one file", `SELECT source, external, COUNT(*) FROM contact WHERE external <> ''
		GROUP BY disease, source, external HAVING COUNT(*) > 1`)
	r.none("two follow-ups of one contact", `SELECT subject, kind, COUNT(*) FROM loop WHERE state = 'open'
		GROUP BY subject, kind HAVING COUNT(*) > 1`)
	r.none("a confirmed contact without a duty", `SELECT c.id, c.state, 0 FROM contact c WHERE c.state = 'following'
		AND NOT EXISTS (SELECT 1 FROM loop l WHERE l.subject = 'contact/' || c.id)`)
	fired, climbs := map[string]int{}, map[string]int{}
	for after := int64(0); ; {
		var page []ledger.Event
		r.read(func(tx seawall.Tx) (err error) {
			page, err = r.log.Events(context.Background(), tx, ledger.Query{After: after, Limit: 1000})
			return err
		})
		if len(page) == 0 {
			break
		}
		for _, ev := range page {
			after = ev.Seq
			if ev.Type == "step.escalated" {
				climbs[ev.Subject.ID]++
			}
			for _, c := range ev.Changes {
				if c.Kind == seawall.KindClock && firedNow(r.t, c) {
					fired[c.ID]++
				}
			}
		}
	}
	for id, n := range fired {
		if n != 1 {
			r.t.Errorf("clock %s fired %d times", id, n)
		}
	}
	r.read(func(tx seawall.Tx) error {
		for id, n := range climbs {
			st, err := r.db.Step(context.Background(), tx, seawall.StepID(id))
			if err != nil || st.Escalations != n {
				r.t.Errorf("step %s climbed %d times by the log and %d by its row (%v)", id, n, st.Escalations, err)
			}
		}
		return nil
	})
	if len(fired) == 0 {
		r.t.Error("no clock fired at all: the proof proves nothing")
	}
}

// firedNow tells whether a change is a clock's firing.
func firedNow(t *testing.T, c ledger.Change) bool {
	t.Helper()
	var clock loop.Clock
	if err := json.Unmarshal(c.Row, &clock); err != nil {
		t.Fatalf("clock %s: %v", c.ID, err)
	}
	return clock.State == loop.Done
}

// none fails for every row that a query of what must not be finds.
func (r *remains) none(what, q string) {
	r.t.Helper()
	rows, err := r.db.Driver().Reader().QueryContext(context.Background(), store.Render(r.db.Driver(), q))
	if err != nil {
		r.t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var a, b string
		var n int
		if err := rows.Scan(&a, &b, &n); err != nil {
			r.t.Fatal(err)
		}
		r.t.Errorf("%s: %s %s %d", what, a, b, n)
	}
	if err := rows.Err(); err != nil {
		r.t.Fatal(err)
	}
}

// whole checks that every import ended with each of its rows once.
func (r *remains) whole(p *promises) {
	r.t.Helper()
	for _, i := range p.imports {
		table := map[string]string{"linelist": "case_record", "contacts": "contact"}[i.kind]
		var n int
		err := r.db.Driver().Reader().QueryRowContext(context.Background(), store.Render(r.db.Driver(),
			"SELECT COUNT(*) FROM "+table+" WHERE disease = 'covid-19' AND source = $1"), i.source).Scan(&n)
		if err != nil || n != i.rows {
			r.t.Errorf("import %s (%s): %d records of %d rows (%v)", i.id, i.source, n, i.rows, err)
		}
	}
}

// same rebuilds the state from the log and compares.
func (r *remains) same() {
	r.t.Helper()
	ctx := context.Background()
	kind := r.db.Driver().Name()
	into := store.New(storetest.Driver(r.t, kind), store.Options{Clock: r.clock, IDs: &ids{entropy: ulid.Monotonic(rand.Reader, 0)}})
	defer into.Close()
	err := into.Migrate(ctx)
	if err == nil {
		_, err = r.log.Refold(ctx, into, nil)
	}
	if err != nil {
		r.t.Fatal(err)
	}
	found, err := store.Differences(ctx, r.db, into)
	if err != nil {
		r.t.Fatal(err)
	}
	for _, line := range found {
		r.t.Error("live and refolded: ", line)
	}
}
