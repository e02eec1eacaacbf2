package store_test

import (
	"context"
	"crypto/rand"
	"fmt"
	mrand "math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/ledger"
	"github.com/seawall-city/seawall/internal/store"
	"github.com/seawall-city/seawall/internal/store/storetest"
)

// logbook is an opened log with its sequencer, stepped by hand.
type logbook struct {
	*store.Log
	db     *store.DB
	clock  *storetest.Clock
	signer *ledger.Signer
	seq    *ledger.Sequencer
	feed   *ledger.Feed
}

func openLog(t testing.TB, db *store.DB, clock *storetest.Clock) *logbook {
	t.Helper()
	dir := t.TempDir()
	root, err := ledger.LoadOrCreateRootKey(dir, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	signer, err := ledger.LoadOrCreateSigner(dir, ledger.Origin("test"), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	b := &logbook{Log: db.OpenLog(root, rand.Reader), db: db, clock: clock, signer: signer, feed: ledger.NewFeed()}
	b.seq = ledger.NewSequencer(db, b.Log, signer, "node-a", b.feed, func(err error) { t.Error("sequencer:", err) })
	b.OnCommit(b.seq.Wake)
	return b
}

// record commits the events in one transaction.
func (b *logbook) record(t testing.TB, evs ...ledger.Event) {
	t.Helper()
	err := b.db.Write(context.Background(), officer(), func(tx seawall.Tx) error {
		for _, ev := range evs {
			if err := b.Record(context.Background(), tx, ev); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func officer() seawall.Actor {
	return seawall.Actor{Kind: seawall.ActorUser, Principal: "p1", Name: "duty officer"}
}

// place steps the sequencer until nothing waits and gives the log's size.
func (b *logbook) place(t testing.TB) int64 {
	t.Helper()
	for {
		n, err := b.seq.Step(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		if n == 0 {
			return b.feed.Size()
		}
	}
}

func (b *logbook) events(t testing.TB, q ledger.Query) []ledger.Event {
	t.Helper()
	var out []ledger.Event
	err := b.db.Read(context.Background(), func(tx seawall.Tx) (err error) {
		out, err = b.Events(context.Background(), tx, q)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func (b *logbook) verify(t testing.TB, earlier string) *ledger.Report {
	t.Helper()
	r, err := ledger.Verify(context.Background(), b.db, b.Log, b.signer.Key(), earlier, nil)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func (b *logbook) checkpoint(t testing.TB) ledger.Checkpoint {
	t.Helper()
	var text string
	err := b.db.Read(context.Background(), func(tx seawall.Tx) (err error) {
		_, text, err = b.Size(context.Background(), tx)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	cp, err := ledger.OpenCheckpoint(text, b.signer.Key())
	if err != nil {
		t.Fatal(err)
	}
	return cp
}

func ids(evs []ledger.Event) []string {
	out := make([]string, len(evs))
	for i, ev := range evs {
		out[i] = ev.Data["n"]
	}
	return out
}

const town = "32/3209/320924/320924103/"

func TestEventComesBackAsRecorded(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB, clock *storetest.Clock) {
		b := openLog(t, db, clock)
		b.record(t, ledger.Event{Type: "case.recorded", Subject: seawall.Ref{Kind: seawall.KindCase, ID: "c1"},
			Related: []seawall.Ref{{Kind: seawall.KindLoop, ID: "l1"}}, Person: "P1", Area: town,
			Data: map[string]string{"reason": "协查函 <1>"}})
		if got := b.events(t, ledger.Query{}); len(got) != 0 {
			t.Fatalf("an event without a place was read: %+v", got)
		}
		if size := b.place(t); size != 1 {
			t.Fatalf("size %d, want 1", size)
		}
		got := b.events(t, ledger.Query{})
		if len(got) != 1 {
			t.Fatalf("%d events, want 1", len(got))
		}
		ev := got[0]
		if ev.Seq != 1 || ev.Type != "case.recorded" || !ev.At.Equal(storetest.Start()) || ev.Actor != officer() ||
			ev.Person != "P1" || ev.Area != town || ev.Data["reason"] != "协查函 <1>" ||
			ev.Subject.String() != "case/c1" || ev.Related[0].String() != "loop/l1" || ev.Forgotten {
			t.Fatalf("read back %+v", ev)
		}
		var one ledger.Event
		err := db.Read(context.Background(), func(tx seawall.Tx) (err error) {
			one, err = b.Event(context.Background(), tx, ev.ID)
			return err
		})
		if err != nil || one.Seq != 1 {
			t.Fatalf("by ID: %+v, %v", one, err)
		}
	})
}

// Every filter of a query gives exactly what a scan over all events would give,
// in both directions, page by page.
func TestEventQueriesAgainstScan(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB, clock *storetest.Clock) {
		b := openLog(t, db, clock)
		seed := uint64(time.Now().UnixNano())
		t.Logf("seed %d", seed)
		r := mrand.New(mrand.NewPCG(seed, 1))
		pick := func(list ...string) string { return list[r.IntN(len(list))] }
		areas := []string{"", "32/3209/", "32/3209/320924/", town, town + "320924103001/", "32/3209/320925/320925100/", "32/3209/3209240/"}
		types := []string{"case.recorded", "case.retracted", "caseload.counted", "step.done", "identity.opened"}
		var all []ledger.Event
		for n := 0; n < 300; {
			var batch []ledger.Event
			for range 1 + r.IntN(5) {
				batch = append(batch, ledger.Event{Type: pick(types...), Area: seawall.AreaPath(pick(areas...)),
					Subject: seawall.Ref{Kind: seawall.KindCase, ID: pick("c1", "c2", "c3")},
					Related: []seawall.Ref{{Kind: seawall.KindLoop, ID: pick("l1", "l2")}, {Kind: seawall.KindCase, ID: pick("c1", "c4")}},
					Person:  seawall.PersonNo(pick("", "P1", "P2")), Data: map[string]string{"n": fmt.Sprint(n)}})
				n++
			}
			b.record(t, batch...)
			all = append(all, batch...)
		}
		b.place(t)
		for range 300 {
			q := randomQuery(r, pick, types, areas)
			want := scanned(all, q)
			got := ids(b.events(t, q))
			if !slices.Equal(got, want) {
				t.Fatalf("%+v:\n got %v\nwant %v", q, got, want)
			}
		}
	})
}

func randomQuery(r *mrand.Rand, pick func(...string) string, types, areas []string) ledger.Query {
	q := ledger.Query{Limit: 1 + r.IntN(20), Newest: r.IntN(2) == 0}
	if r.IntN(2) == 0 {
		q.After = int64(r.IntN(310))
	}
	if r.IntN(3) == 0 {
		q.Subject = seawall.Ref{Kind: seawall.RefKind(pick("case", "loop", "person")), ID: pick("c1", "c4", "l1", "P1")}
	}
	if r.IntN(3) == 0 {
		q.Type = pick(append([]string{"case.", "nothing.", "nothing"}, types...)...)
	}
	if r.IntN(3) == 0 {
		q.Person = seawall.PersonNo(pick("P1", "P2", "P3"))
	}
	if r.IntN(2) == 0 {
		for range r.IntN(3) {
			q.Scope = append(q.Scope, seawall.AreaPath(pick(areas[1:]...)+pick("", "", ".")))
		}
		if q.Scope == nil {
			q.Scope = seawall.Scope{}
		}
	}
	return q
}

// scanned answers a query by looking at every event.
func scanned(all []ledger.Event, q ledger.Query) []string {
	out := []string{}
	for i := range all {
		seq := int64(i + 1)
		if q.Newest {
			seq = int64(len(all) - i)
		}
		ev := all[seq-1]
		if !q.Newest && seq <= q.After || q.Newest && q.After > 0 && seq >= q.After || !matches(ev, q) {
			continue
		}
		if out = append(out, ev.Data["n"]); len(out) == q.Limit {
			break
		}
	}
	return out
}

func matches(ev ledger.Event, q ledger.Query) bool {
	refs := append([]seawall.Ref{ev.Subject, {Kind: seawall.KindPerson, ID: string(ev.Person)}}, ev.Related...)
	family, isFamily := strings.CutSuffix(q.Type, ".")
	return (q.Subject.IsZero() || slices.Contains(refs, q.Subject)) &&
		(q.Type == "" || ev.Type == q.Type || isFamily && strings.HasPrefix(ev.Type, family+".")) &&
		(q.Person == "" || ev.Person == q.Person) &&
		(q.Scope == nil || q.Scope.Contains(ev.Area))
}

// Nothing of a transaction that failed, and nothing of a run that was repeated,
// reaches the log.
func TestRolledBackEventsLeaveNothing(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB, clock *storetest.Clock) {
		b := openLog(t, db, clock)
		err := db.Write(context.Background(), officer(), func(tx seawall.Tx) error {
			if err := b.Record(context.Background(), tx, ledger.Event{Type: "case.recorded", Person: "P1"}); err != nil {
				return err
			}
			return context.Canceled
		})
		if err != context.Canceled {
			t.Fatal(err)
		}
		// The next event of the same day and person must not be sealed with a
		// key that went with the failed transaction.
		b.record(t, ledger.Event{Type: "case.recorded", Person: "P1", Data: map[string]string{"n": "1"}}, ledger.Event{Type: "login"})
		b.place(t)
		if got := b.events(t, ledger.Query{}); len(got) != 2 || got[0].Data["n"] != "1" {
			t.Fatalf("events %+v", got)
		}
		if r := b.verify(t, ""); !r.OK() || r.Opened != 2 {
			t.Fatalf("report %+v", r)
		}
	})
}

// Two nodes sequence at once while writers commit: places stay unique and
// without holes, and the log verifies.
func TestTwoSequencers(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB, clock *storetest.Clock) {
		b := openLog(t, db, clock)
		ctx, stop := context.WithCancel(context.Background())
		done := make(chan struct{}, 2)
		other := ledger.NewSequencer(db, b.Log, b.signer, "node-b", ledger.NewFeed(), func(err error) {
			if !seawall.Is(err, seawall.Conflict) {
				t.Error("node-b:", err)
			}
		})
		for _, s := range []*ledger.Sequencer{b.seq, other} {
			go func() { s.Run(ctx); done <- struct{}{} }()
		}
		const writers, each = 4, 40
		errs := make(chan error, writers)
		for range writers {
			go func() {
				for n := range each {
					err := db.Write(ctx, officer(), func(tx seawall.Tx) error {
						return b.Record(ctx, tx, ledger.Event{Type: "step.done", Person: seawall.PersonNo(fmt.Sprint("P", n%3))})
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
		wait, cancel := context.WithTimeout(ctx, 20*time.Second)
		defer cancel()
		if size, err := b.feed.Wait(wait, writers*each-1); err != nil || size != writers*each {
			t.Fatalf("the feed came to %d, want %d (%v)", size, writers*each, err)
		}
		stop()
		<-done
		<-done
		if r := b.verify(t, ""); !r.OK() || r.Opened != writers*each || r.Waiting != 0 {
			t.Fatalf("report %+v", r)
		}
	})
}
