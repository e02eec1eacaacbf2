package store_test

import (
	"fmt"
	"reflect"
	"sync"
	"testing"
	"time"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/loop"
	"github.com/seawall-city/seawall/internal/store"
	"github.com/seawall-city/seawall/internal/store/storetest"
)

func lenOf(rows any) int { return reflect.ValueOf(rows).Len() }

// someClocks saves n open clocks, one a minute from the clock's now on.
func someClocks(t *testing.T, db *store.DB, clock *storetest.Clock, n int) {
	t.Helper()
	rows := make([]loop.Clock, n)
	for i := range rows {
		rows[i] = loop.Clock{ID: seawall.ClockID(fmt.Sprintf("k%04d", i)), Loop: "l", Kind: "escalate",
			FireAt: clock.Now().Add(time.Duration(i) * time.Minute), State: loop.Open, Version: 1}
	}
	must(t, write(t, db, func(tx seawall.Tx) error { return db.SaveClocks(t.Context(), tx, rows) }))
}

// claim leases clocks for an hour; nothing of it may wait for an event.
func claim(t *testing.T, db *store.DB, worker string, now time.Time, limit int) (got []loop.Clock) {
	t.Helper()
	err := db.Write(t.Context(), seawall.System("clocks"), func(tx seawall.Tx) (err error) {
		got, err = db.ClaimClocks(t.Context(), tx, worker, now, now.Add(time.Hour), limit)
		return err
	})
	if err != nil {
		t.Error(err)
	}
	return got
}

// TestEightWorkersClaimEachClockOnce: RES-02, no clock fires twice.
func TestEightWorkersClaimEachClockOnce(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB, clock *storetest.Clock) {
		const n = 300
		someClocks(t, db, clock, n)
		now := clock.Now().Add(n * time.Minute)
		var mu sync.Mutex
		times := map[seawall.ClockID]int{}
		var wg sync.WaitGroup
		for w := range 8 {
			wg.Go(func() {
				for {
					got := claim(t, db, fmt.Sprint("worker ", w), now, 7)
					if len(got) == 0 {
						return
					}
					mu.Lock()
					for _, c := range got {
						times[c.ID]++
					}
					mu.Unlock()
					for i := 1; i < len(got); i++ {
						if got[i].FireAt.Before(got[i-1].FireAt) {
							t.Errorf("claimed %v after %v", got[i].FireAt, got[i-1].FireAt)
						}
					}
				}
			})
		}
		wg.Wait()
		if len(times) != n {
			t.Errorf("%d clocks claimed, want %d", len(times), n)
		}
		for id, k := range times {
			if k != 1 {
				t.Errorf("clock %s claimed %d times", id, k)
			}
		}
	})
}

// TestLeases: what is not due stays, a lease ends, a fired clock is refused to
// the second worker, a clock set anew is free at once.
func TestLeases(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB, clock *storetest.Clock) {
		ctx, now := t.Context(), clock.Now()
		read(t, db, func(tx seawall.Tx) error {
			next, err := db.NextClock(ctx, tx)
			if !next.IsZero() {
				t.Errorf("next clock of an empty schedule %v, want none", next)
			}
			return err
		})
		someClocks(t, db, clock, 3)
		read(t, db, func(tx seawall.Tx) error {
			next, err := db.NextClock(ctx, tx)
			if !next.Equal(now) {
				t.Errorf("next clock %v, want %v", next, now)
			}
			return err
		})
		first := claim(t, db, "a", now.Add(time.Minute), 9)
		if len(first) != 2 || first[0].ID != "k0000" {
			t.Fatalf("claimed %+v, want the two that are due", first)
		}
		if again := claim(t, db, "b", now.Add(2*time.Minute), 1); len(again) != 1 || again[0].ID != "k0002" {
			t.Errorf("the second worker claimed %+v, want the third clock alone", again)
		}
		second := claim(t, db, "b", now.Add(2*time.Hour), 9)
		if len(second) != 3 {
			t.Errorf("%d clocks claimed after the leases ended, want 3", len(second))
		}
		fire := func(c loop.Clock) error {
			c.State, c.FiredAt = loop.Done, now
			c.Version++
			return write(t, db, func(tx seawall.Tx) error { return db.SaveClock(ctx, tx, c) })
		}
		must(t, fire(first[0]))
		wants(t, "firing by the worker that was late", fire(second[0]), seawall.Conflict)
		if rest := claim(t, db, "c", now.Add(4*time.Hour), 9); len(rest) != 2 {
			t.Errorf("%d clocks claimed after one fired, want 2", len(rest))
		}
		anew := first[1]
		anew.FireAt = now.Add(3 * time.Hour)
		anew.Version++
		must(t, write(t, db, func(tx seawall.Tx) error { return db.SaveClock(ctx, tx, anew) }))
		if got := claim(t, db, "d", now.Add(4*time.Hour), 9); len(got) != 1 || !reflect.DeepEqual(got[0], anew) {
			t.Errorf("claimed %+v, want the clock that was set anew", got)
		}
		read(t, db, func(tx seawall.Tx) error {
			all, err := db.ClocksOf(ctx, tx, "l")
			if len(all) != 3 {
				t.Errorf("%d clocks of the loop, want 3", len(all))
			}
			return err
		})
	})
}
