package store_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"reflect"
	"testing"
	"time"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/casebook"
	"github.com/seawall-city/seawall/internal/ledger"
	"github.com/seawall-city/seawall/internal/loop"
	"github.com/seawall-city/seawall/internal/store"
	"github.com/seawall-city/seawall/internal/store/storetest"
)

// empty opens a second, empty database of the same kind.
func empty(t testing.TB, like *store.DB, clock *storetest.Clock) *store.DB {
	t.Helper()
	db := store.New(storetest.Driver(t, like.Driver().Name()), store.Options{Clock: clock, IDs: storetest.NewIDs(clock)})
	t.Cleanup(func() { db.Close() })
	if err := db.Migrate(context.Background()); err != nil {
		t.Fatal(err)
	}
	return db
}

// sameAfterRefold rebuilds the state from the log and compares it with the live
// tables.
func (b *logbook) sameAfterRefold(t testing.TB) {
	t.Helper()
	b.place(t)
	into := empty(t, b.db, b.clock)
	if _, err := b.Refold(context.Background(), into, nil); err != nil {
		t.Fatal(err)
	}
	found, err := store.Differences(context.Background(), b.db, into)
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range found {
		t.Error("live and refolded: ", line)
	}
}

// blank sets some fields of a filled row back to zero, except texts and
// origins, which may have to be unique.
func blank(r *rand.Rand, row any) {
	v := reflect.ValueOf(row).Elem()
	for i := range v.NumField() {
		unique := v.Field(i).Kind() == reflect.String || v.Field(i).Type() == reflect.TypeFor[casebook.Origin]()
		if !unique && r.IntN(3) == 0 {
			v.Field(i).SetZero()
		}
	}
}

// inState sets the state of rows whose table admits a few words only.
func inState(r *rand.Rand, row any) {
	words := map[reflect.Type][]string{
		reflect.TypeFor[*casebook.Case]():    {"open", "closed", "retracted"},
		reflect.TypeFor[*casebook.Contact](): {"candidate", "following", "lost"},
		reflect.TypeFor[*loop.Loop]():        {"open", "done", "withdrawn"},
		reflect.TypeFor[*loop.Step]():        {"open", "done", "waiting"},
	}[reflect.TypeOf(row)]
	if words != nil {
		reflect.ValueOf(row).Elem().FieldByName("State").SetString(words[r.IntN(len(words))])
	}
}

// Every state row, of every table, is what its events say: a random workload of
// inserts, updates and deletions refolds to the same tables.
func TestRefoldEqualsLiveTables(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB, clock *storetest.Clock) {
		b := openLog(t, db, clock)
		seed := uint64(time.Now().UnixNano())
		t.Logf("seed %d", seed)
		f := newFiller(seed)
		versions := map[seawall.Ref]int{}
		n := 0
		for range 40 * store.StateTables() {
			err := db.Write(context.Background(), officer(), func(tx seawall.Tx) error {
				for range 1 + f.r.IntN(3) {
					fill := func(row any) { f.row(row, nil); blank(f.r, row); inState(f.r, row) }
					if err := store.RandomRow(context.Background(), tx, n, fill, f.r.IntN, versions); err != nil {
						return err
					}
					n++
					if f.r.IntN(2) == 0 {
						if err := b.Record(context.Background(), tx, ledger.Event{Type: "test.changed"}); err != nil {
							return err
						}
					}
				}
				return b.Record(context.Background(), tx, ledger.Event{Type: "test.changed", Person: "P1"})
			})
			if err != nil {
				t.Fatal(err)
			}
			if f.r.IntN(50) == 0 {
				clock.Advance(time.Hour)
				b.place(t)
			}
		}
		b.sameAfterRefold(t)
		if r := b.verify(t, ""); !r.OK() {
			t.Fatalf("report %+v", r)
		}
	})
}

// Writers that overwrite the same unversioned row at once: the row and the last
// event about it must agree, although each transaction's time and identifiers
// were taken before it waited for the other.
func TestRefoldAfterConcurrentWrites(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB, clock *storetest.Clock) {
		b := openLog(t, db, clock)
		ctx, stop := context.WithCancel(context.Background())
		ended := make(chan struct{})
		go func() { b.seq.Run(ctx); close(ended) }()
		errs := make(chan error)
		const writers = 6
		for w := range writers {
			go func() {
				for n := range 30 {
					err := db.Write(ctx, officer(), func(tx seawall.Tx) error {
						p := casebook.Person{No: seawall.PersonNo(fmt.Sprint("P", n%2)), Mask: fmt.Sprint(w, "/", n), CreatedAt: tx.Now()}
						if err := db.SavePerson(ctx, tx, p); err != nil {
							return err
						}
						return b.Record(ctx, tx, ledger.Event{Type: "person.changed", Person: p.No})
					})
					if err != nil {
						errs <- err
						return
					}
				}
				errs <- nil
			}()
		}
		for range writers {
			if err := <-errs; err != nil {
				t.Fatal(err)
			}
		}
		stop()
		<-ended
		b.sameAfterRefold(t)
	})
}

// A person whose data were forgotten leaves no row behind in a refold, and what
// remains of the events says nothing about them (design §5).
func TestRefoldHonoursTombstones(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB, clock *storetest.Clock) {
		b := openLog(t, db, clock)
		ctx := context.Background()
		for _, no := range []seawall.PersonNo{"P1", "P2"} {
			must(t, db.Write(ctx, officer(), func(tx seawall.Tx) error {
				if err := db.SavePerson(ctx, tx, casebook.Person{No: no, Mask: "张*·男·45", CreatedAt: tx.Now()}); err != nil {
					return err
				}
				return b.Record(ctx, tx, ledger.Event{Type: "person.recorded", Person: no, Area: town,
					Subject: seawall.Ref{Kind: seawall.KindPerson, ID: string(no)}})
			}))
		}
		b.place(t)
		before := b.checkpoint(t)
		must(t, db.Write(ctx, officer(), func(tx seawall.Tx) error {
			if err := store.RemovePerson(ctx, tx, "P1"); err != nil {
				return err
			}
			n, err := b.Shred(ctx, tx, "person/P1", "retention")
			if err == nil && n != 1 {
				t.Errorf("%d events forgotten, want 1", n)
			}
			return err
		}))
		b.sameAfterRefold(t)
		checkForgotten(t, b)
		if r := b.verify(t, before.Note); !r.OK() || r.Forgotten != 1 || r.Opened != 2 {
			t.Fatalf("report %+v", r)
		}
	})
}

// checkForgotten checks what is left to read of the first event, P1's.
func checkForgotten(t *testing.T, b *logbook) {
	t.Helper()
	all := b.events(t, ledger.Query{})
	want := ledger.Event{ID: all[0].ID, Seq: 1, At: all[0].At, Type: "person.recorded", Forgotten: true}
	if len(all) != 3 || !reflect.DeepEqual(all[0], want) {
		t.Fatalf("events %+v", all)
	}
	for name, q := range map[string]ledger.Query{
		"person":  {Person: "P1"},
		"subject": {Subject: seawall.Ref{Kind: seawall.KindPerson, ID: "P1"}},
	} {
		if got := b.events(t, q); len(got) != 0 {
			t.Errorf("by %s: %+v is still found", name, got)
		}
	}
	if got := b.events(t, ledger.Query{Scope: seawall.Scope{town}}); len(got) != 1 || got[0].Person != "P2" {
		t.Errorf("by area: %+v, want P2's event only", got)
	}
}
