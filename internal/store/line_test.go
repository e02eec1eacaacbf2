package store_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/ledger"
	"github.com/seawall-city/seawall/internal/loop"
	"github.com/seawall-city/seawall/internal/store"
	"github.com/seawall-city/seawall/internal/store/storetest"
)

// many is more rows than a transaction keeps in hand.
const many = 1700

// Rows written beside a transaction, after it had read them itself, beside it or
// not at all, are as they were saved last, in every column; so is a row that was
// handed over and saved again.
func TestManyRowsAreWrittenBeside(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB, _ *storetest.Clock) {
		ctx := t.Context()
		must(t, write(t, db, func(tx seawall.Tx) error {
			for n := range many {
				if err := db.SaveStep(ctx, tx, aStep("l", n, 1)); err != nil {
					return err
				}
			}
			return nil
		}))
		want := make([]loop.Step, many)
		must(t, write(t, db, func(tx seawall.Tx) error {
			var own []loop.Step
			must(t, db.Beside(ctx, tx, func(tx seawall.Tx) (err error) {
				own, err = db.StepsOf(ctx, tx, "l")
				return err
			}))
			for n, s := range own {
				s.Area, s.Owner, s.Version = "32/3209/", seawall.PrincipalID(fmt.Sprint("u", n%7)), 2
				if n%3 == 0 {
					s.Escalations, s.After = 1, []string{"a", fmt.Sprint(n)}
				}
				want[n] = s
				if err := db.SaveStep(ctx, tx, s); err != nil {
					return err
				}
			}
			for n := range want {
				if n%100 == 0 { // most of them were handed over
					want[n].Key, want[n].Version = "again", 3
					if err := db.SaveStep(ctx, tx, want[n]); err != nil {
						return err
					}
				}
			}
			return nil
		}))
		read(t, db, func(tx seawall.Tx) error {
			got, err := db.StepsOf(ctx, tx, "l")
			if err != nil || len(got) != many {
				t.Fatalf("%d steps, %v", len(got), err)
			}
			for n := range got {
				if fmt.Sprintf("%+v", got[n]) != fmt.Sprintf("%+v", want[n]) {
					t.Fatalf("step %d:\n%+v, want\n%+v", n, got[n], want[n])
				}
			}
			return nil
		})
	})
}

// A row that somebody else changed ends a transaction although its function does
// not look at errors; nothing of it remains.
func TestAFailureBesideIsNotCommitted(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB, _ *storetest.Clock) {
		ctx := t.Context()
		must(t, write(t, db, func(tx seawall.Tx) error { return db.SaveStep(ctx, tx, aStep("l", 3, 1)) }))
		for what, looks := range map[string]bool{"at the end": false, "and looked at before": true} {
			err := write(t, db, func(tx seawall.Tx) error {
				for n := range many {
					_ = db.SaveStep(ctx, tx, aStep("l", n, 1)) // the third is there
				}
				if looks {
					if _, err := db.StepsOf(ctx, tx, "l"); err == nil {
						t.Error("a list after a failure")
					}
				}
				return nil
			})
			wants(t, what, err, seawall.Conflict)
		}
		err := errors.New("its own")
		if got := write(t, db, func(tx seawall.Tx) error {
			for n := range many {
				_ = db.SaveStep(ctx, tx, aStep("m", n, 1))
			}
			return err
		}); !errors.Is(got, err) {
			t.Errorf("an error of the function: %v", got)
		}
		read(t, db, func(tx seawall.Tx) error {
			for id, n := range map[seawall.LoopID]int{"l": 1, "m": 0} {
				if got, err := db.StepsOf(ctx, tx, id); err != nil || len(got) != n {
					t.Errorf("%s: %d steps remain, want %d (%v)", id, len(got), n, err)
				}
			}
			return nil
		})
	})
}

// The events of a large transaction are all there, in the order in which they
// were recorded, and so is what is done again after a power failure.
func TestManyEventsAreWrittenBeside(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB, clock *storetest.Clock) {
		ctx := seawall.DoAgain(t.Context())
		log := openLog(t, db, clock)
		must(t, db.Write(ctx, seawall.System("test"), func(tx seawall.Tx) error {
			for n := range many {
				must(t, db.SaveStep(ctx, tx, aStep("l", n, 1)))
				must(t, log.Record(ctx, tx, ledger.Event{Type: "step.opened", Subject: aStep("l", n, 1).Ref(),
					Person: seawall.PersonNo(fmt.Sprint("p", n%50))}))
			}
			return nil
		}))
		read(t, db, func(tx seawall.Tx) error {
			waiting, err := log.Waiting(ctx, tx, 2*many)
			if err != nil || len(waiting) != many {
				t.Fatalf("%d events wait, %v", len(waiting), err)
			}
			return nil
		})
	})
}

// A write that panics beside its transaction fails the transaction, not the process.
func TestAPanicBesideIsAnError(t *testing.T) {
	err, after := store.PanicInLine(t.Context())
	if err == nil || after {
		t.Errorf("the line said %v; the write after it ran: %t", err, after)
	}
}
