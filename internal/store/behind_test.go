package store_test

import (
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/loop"
	"github.com/seawall-city/seawall/internal/store"
	"github.com/seawall-city/seawall/internal/store/storetest"
)

// aStep is a step of a loop as its nth version.
func aStep(loopID string, n, version int) loop.Step {
	return loop.Step{ID: seawall.StepID(fmt.Sprintf("%s-s%04d", loopID, n)), Loop: seawall.LoopID(loopID), Kind: loop.FollowUp, Key: fmt.Sprint("k", version),
		Order: n, State: loop.Open, Day: seawall.NoDay, Owner: seawall.PrincipalID(fmt.Sprint("u", version)), Version: version}
}

// Rows that a transaction has in hand are seen by every read inside it: by key,
// in a list, in a count and by the claim of clocks.
func TestRowsInHandAreSeen(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB, clock *storetest.Clock) {
		ctx := t.Context()
		must(t, write(t, db, func(tx seawall.Tx) error {
			for n := range 300 {
				must(t, db.SaveStep(ctx, tx, aStep("l", n, 1)))
			}
			one, err := db.Step(ctx, tx, "l-s0007")
			if err != nil || one.Version != 1 {
				t.Errorf("a step in hand: %+v, %v", one, err)
			}
			for n := range 300 {
				must(t, db.SaveStep(ctx, tx, aStep("l", n, 2)))
			}
			all, err := db.StepsOf(ctx, tx, "l")
			if err != nil || len(all) != 300 || all[299].Version != 2 {
				t.Errorf("%d steps in a list, %v", len(all), err)
			}
			must(t, db.SaveClock(ctx, tx, loop.Clock{ID: "c", Loop: "l", Kind: loop.KindEscalate, FireAt: clock.Now(), State: loop.Open, Version: 1}))
			got, err := db.ClaimClocks(ctx, tx, "w", clock.Now(), clock.Now().Add(1), 9)
			if err != nil || len(got) != 1 {
				t.Errorf("claimed %+v, %v", got, err)
			}
			return nil
		}))
	})
}

// Somebody else's change is a Conflict with kind and id, however many rows are
// written together and wherever in them the one is that changed; nothing of the
// transaction remains.
func TestConflictAmongManyRows(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB, _ *storetest.Clock) {
		ctx := t.Context()
		const n = 100
		must(t, write(t, db, func(tx seawall.Tx) error {
			for i := range n {
				must(t, db.SaveStep(ctx, tx, aStep("l", i, 1)))
			}
			return nil
		}))
		must(t, write(t, db, func(tx seawall.Tx) error { return db.SaveStep(ctx, tx, aStep("l", 41, 2)) }))
		err := write(t, db, func(tx seawall.Tx) error {
			for i := range n { // all of them read before that change
				if err := db.SaveStep(ctx, tx, aStep("l", i, 2)); err != nil {
					return err
				}
			}
			return nil
		})
		wants(t, "a hundred rows of which one has changed", err, seawall.Conflict)
		if !strings.Contains(fmt.Sprint(err), "l-s0041") || !strings.Contains(fmt.Sprint(err), "step") {
			t.Errorf("the conflict does not name the row: %v", err)
		}
		read(t, db, func(tx seawall.Tx) error {
			all, err := db.StepsOf(ctx, tx, "l")
			for i, s := range all {
				if want := 1 + b2i(i == 41); s.Version != want {
					t.Errorf("step %d is at version %d, want %d", i, s.Version, want)
				}
			}
			return err
		})
		for what, v := range map[string]int{"a row that is not there": 7, "a version left out": 3} {
			wants(t, what, write(t, db, func(tx seawall.Tx) error { return db.SaveStep(ctx, tx, aStep("l", 2+v, v)) }), seawall.Conflict)
		}
		wants(t, "a version left out in one transaction", write(t, db, func(tx seawall.Tx) error {
			must(t, db.SaveStep(ctx, tx, aStep("l", 1, 2)))
			return db.SaveStep(ctx, tx, aStep("l", 1, 4))
		}), seawall.Conflict)
		wants(t, "a row made twice", write(t, db, func(tx seawall.Tx) error {
			must(t, db.SaveStep(ctx, tx, aStep("m", 1, 1)))
			return db.SaveStep(ctx, tx, aStep("m", 1, 1))
		}), seawall.Conflict)
		wants(t, "a row that was there", write(t, db, func(tx seawall.Tx) error { return db.SaveStep(ctx, tx, aStep("l", 1, 1)) }), seawall.Conflict)
	})
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}

// Whatever order rows are made and changed in, over however many transactions:
// the tables hold what was saved last. Random; rapid prints the seed.
func TestRowsInHandAreWrittenAsSaved(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB, _ *storetest.Clock) {
		ctx, runs := t.Context(), 0
		rapid.Check(t, func(rt *rapid.T) {
			runs++
			id, want := fmt.Sprint("r", runs), map[int]int{}
			for range rapid.IntRange(1, 3).Draw(rt, "transactions") {
				rows := rapid.SliceOfN(rapid.IntRange(0, 90), 1, 200).Draw(rt, "rows")
				looks := rapid.IntRange(1, 80).Draw(rt, "looks")
				if err := write(t, db, func(tx seawall.Tx) error {
					for i, n := range rows {
						want[n]++
						if err := db.SaveStep(ctx, tx, aStep(id, n, want[n])); err != nil {
							return err
						}
						if i%looks == 0 {
							if _, err := db.StepsOf(ctx, tx, seawall.LoopID(id)); err != nil {
								return err
							}
						}
					}
					return nil
				}); err != nil {
					rt.Fatal(err)
				}
			}
			var got []loop.Step
			read(t, db, func(tx seawall.Tx) (err error) {
				got, err = db.StepsOf(ctx, tx, seawall.LoopID(id))
				return err
			})
			if len(got) != len(want) {
				rt.Fatalf("%d rows, want %d", len(got), len(want))
			}
			for _, s := range got {
				if exp := aStep(id, s.Order, want[s.Order]); s.Key != exp.Key || s.Version != exp.Version || s.Owner != exp.Owner {
					rt.Fatalf("row %+v, want %+v", s, exp)
				}
			}
		})
	})
}
