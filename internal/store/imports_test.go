package store_test

import (
	"bytes"
	"context"
	"fmt"
	"reflect"
	"testing"
	"time"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/casebook"
	"github.com/seawall-city/seawall/internal/ledger"
	"github.com/seawall-city/seawall/internal/store"
	"github.com/seawall-city/seawall/internal/store/storetest"
)

// An import with its file, problems, lease and keys comes back as it was kept.
func TestImports(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB, clock *storetest.Clock) {
		b := openLog(t, db, clock)
		ctx := context.Background()
		write := func(fn func(tx seawall.Tx) error) {
			t.Helper()
			must(t, db.Write(ctx, officer(), func(tx seawall.Tx) error {
				if err := fn(tx); err != nil {
					return err
				}
				return b.Record(ctx, tx, ledger.Event{Type: "import.progress"})
			}))
		}
		content := bytes.Repeat([]byte("sealed "), 400_000) // three parts
		imp := casebook.Import{ID: "I1", Kind: "linelist", State: casebook.ImportRunning, Day: 19000, Rows: 7, Mapping: "{}", Version: 1}
		problems := []casebook.ImportProblem{{N: 3, Line: 2, Severity: "warning", Code: "a"},
			{N: 64, Line: 3, Column: "c", Severity: "error", Code: "b", Args: map[string]string{"value": "x"}}}
		write(func(tx seawall.Tx) error {
			must(t, db.SaveImport(ctx, tx, imp))
			must(t, db.SaveImportFile(ctx, tx, imp.ID, content))
			return db.AddImportProblems(ctx, tx, imp.ID, problems)
		})
		must(t, db.Read(ctx, func(tx seawall.Tx) error {
			got, err := db.Import(ctx, tx, "I1")
			must(t, err)
			if !reflect.DeepEqual(got, imp) {
				t.Errorf("%+v, want %+v", got, imp)
			}
			file, err := db.ImportFile(ctx, tx, "I1")
			if err != nil || !bytes.Equal(file, content) {
				t.Errorf("%d bytes, %v", len(file), err)
			}
			errs, err := db.ImportProblems(ctx, tx, "I1", "error", -1, 10)
			if err != nil || len(errs) != 1 || !reflect.DeepEqual(errs[0], problems[1]) {
				t.Errorf("%+v %v", errs, err)
			}
			rest, err := db.ImportProblems(ctx, tx, "I1", "", 3, 10)
			if err != nil || len(rest) != 1 {
				t.Errorf("%+v %v", rest, err)
			}
			running, err := db.ImportsIn(ctx, tx, casebook.ImportRunning)
			if err != nil || len(running) != 1 {
				t.Errorf("%+v %v", running, err)
			}
			return nil
		}))
		write(func(tx seawall.Tx) error {
			imp.Version, imp.State = 2, casebook.ImportDone
			must(t, db.SaveImport(ctx, tx, imp))
			return db.DropImportFile(ctx, tx, imp.ID)
		})
		must(t, db.Read(ctx, func(tx seawall.Tx) error {
			if _, err := db.ImportFile(ctx, tx, "I1"); !seawall.Is(err, seawall.NotFound) {
				t.Errorf("a dropped file: %v", err)
			}
			return nil
		}))
		b.sameAfterRefold(t)
	})
}

// One worker has an import at a time; a silent one loses it.
func TestImportLease(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB, clock *storetest.Clock) {
		ctx, now := context.Background(), storetest.Start()
		claim := func(worker string, at time.Time) (ours bool) {
			t.Helper()
			must(t, db.Write(ctx, officer(), func(tx seawall.Tx) (err error) {
				ours, err = db.LeaseImport(ctx, tx, "I1", worker, at, at.Add(time.Minute))
				return err
			}))
			return ours
		}
		for _, c := range []struct {
			worker string
			after  time.Duration
			want   bool
		}{{"a", 0, true}, {"b", time.Second, false}, {"a", time.Second, true}, {"b", 30 * time.Second, false}, {"b", 2 * time.Minute, true}, {"a", 2 * time.Minute, false}} {
			if got := claim(c.worker, now.Add(c.after)); got != c.want {
				t.Errorf("%s after %s: %v", c.worker, c.after, got)
			}
		}
	})
}

// Keys are found by id and, for people, by the external id in any source.
func TestImportKeys(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB, clock *storetest.Clock) {
		b := openLog(t, db, clock)
		ctx := context.Background()
		var keys []casebook.ImportKey
		for i, kind := range []string{"case", "contact", "person", "link"} {
			keys = append(keys, casebook.ImportKey{ID: kind + "/d/s/X", Kind: kind, Disease: "d", Source: "s", External: "X",
				Ref: seawall.Ref{Kind: seawall.KindCase, ID: fmt.Sprint(i)}, Person: "P", Print: "p"})
		}
		must(t, db.Write(ctx, officer(), func(tx seawall.Tx) error {
			must(t, db.SaveImportKeys(ctx, tx, keys))
			keys[0].Print = "q" // told again
			must(t, db.SaveImportKeys(ctx, tx, keys[:1]))
			return b.Record(ctx, tx, ledger.Event{Type: "import.progress"})
		}))
		must(t, db.Read(ctx, func(tx seawall.Tx) error {
			got, err := db.ImportKeys(ctx, tx, []string{"case/d/s/X", "link/d/s/X", "none"})
			if err != nil || len(got) != 2 || got[0] != keys[0] {
				t.Errorf("%+v %v", got, err)
			}
			people, err := db.ImportKeysOf(ctx, tx, "d", []string{"X", "Y"})
			if err != nil || len(people) != 3 {
				t.Errorf("%+v %v", people, err)
			}
			other, err := db.ImportKeysOf(ctx, tx, "other", []string{"X"})
			if err != nil || len(other) != 0 {
				t.Errorf("%+v %v", other, err)
			}
			return nil
		}))
	})
}

// askImports runs every read of imports, for the plans.
func askImports(t *testing.T, ctx context.Context, db *store.DB, tx seawall.Tx) {
	t.Helper()
	for _, n := range []int{1, 7, 60, 400} {
		texts := make([]string, n)
		for i := range texts {
			texts[i] = fmt.Sprint("X", i)
		}
		_, err := db.ImportKeys(ctx, tx, texts)
		must(t, err)
		_, err = db.ImportKeysOf(ctx, tx, "d", texts)
		must(t, err)
		for _, kind := range []seawall.RefKind{seawall.KindCase, seawall.KindContact} {
			_, err = db.NumbersTaken(ctx, tx, kind, texts)
			must(t, err)
		}
	}
	_, err := db.ImportsIn(ctx, tx, casebook.ImportRunning)
	must(t, err)
	_, err = db.ImportProblems(ctx, tx, "I", "error", -1, 10)
	must(t, err)
	_, err = db.ImportProblems(ctx, tx, "I", "", -1, 10)
	must(t, err)
}
