package store_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/relief"
	"github.com/seawall-city/seawall/internal/store"
	"github.com/seawall-city/seawall/internal/store/storetest"
)

func TestEveryFieldOfReliefComesBack(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB, _ *storetest.Clock) {
		runRows(t, db, "appeal", rowSuite[relief.Appeal]{save: (*store.DB).SaveAppeal, versioned: true,
			set: map[string]any{"State": relief.Pending},
			read: func(db *store.DB, ctx context.Context, tx seawall.Tx, a relief.Appeal) (relief.Appeal, error) {
				return db.Appeal(ctx, tx, a.ID)
			}, unset: func() relief.Appeal { return relief.Appeal{ID: "empty", State: relief.Pending, Version: 1} }})
		runRows(t, db, "help", rowSuite[relief.Help]{save: (*store.DB).SaveHelp, versioned: true,
			set: map[string]any{"State": relief.HelpOpen},
			read: func(db *store.DB, ctx context.Context, tx seawall.Tx, h relief.Help) (relief.Help, error) {
				return db.Help(ctx, tx, h.ID)
			}, unset: func() relief.Help { return relief.Help{ID: "empty", State: relief.HelpOpen, Version: 1} }})
	})
}

// The lists page through a scope in both orders without losing or repeating a
// row, whatever the width of the scope.
func TestListsOfRelief(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB, clock *storetest.Clock) {
		states := []string{relief.Pending, relief.Upheld, relief.Rejected}
		must(t, write(t, db, func(tx seawall.Tx) error {
			for i := range 30 {
				area := seawall.AreaPath("32/3209/320924/")
				if i%3 == 0 {
					area = "32/3209/320903/"
				}
				a := relief.Appeal{ID: seawall.AppealID(fmt.Sprintf("a%02d", i)), No: fmt.Sprintf("A-2022-%04d", i), Area: area, State: states[i%2],
					Reason: relief.Reasons()[i%2], Restriction: "r1", Person: "p1", At: clock.Now().Add(time.Duration(i) * time.Minute),
					DecideBy: clock.Now().Add(-time.Duration(i%7) * time.Hour), Secret: fmt.Sprint(i), Version: 1}
				must(t, db.SaveAppeal(t.Context(), tx, a))
				h := relief.Help{ID: seawall.HelpID(fmt.Sprintf("h%02d", i)), No: fmt.Sprintf("H-2022-%04d", i), Area: area, Kind: relief.Kinds()[i%2],
					State: relief.HelpOpen, At: a.At, HelpBy: a.DecideBy, Owner: "me", Secret: fmt.Sprint(i), Version: 1}
				must(t, db.SaveHelp(t.Context(), tx, h))
			}
			return nil
		}))
		for _, q := range []struct {
			relief.Query
			want int
		}{
			{relief.Query{}, 30},
			{relief.Query{Scope: seawall.Scope{"32/3209/"}}, 30},
			{relief.Query{Scope: seawall.Scope{"32/3209/320924/"}}, 20},
			{relief.Query{Scope: seawall.Scope{"32/3209/320924/"}, Sort: "newest"}, 20},
			{relief.Query{Scope: seawall.Scope{}}, 0},
			{relief.Query{Text: "a-2022-001"}, 10},
			{relief.Query{States: []string{relief.Pending}}, 15},
			{relief.Query{Kind: relief.WrongPerson, Sort: "newest"}, 15},
		} {
			seen := map[seawall.AppealID]bool{}
			for q.Page = (seawall.Page{Limit: 7}); ; {
				read(t, db, func(tx seawall.Tx) error {
					rows, next, n, err := db.Appeals(t.Context(), tx, q.Query)
					if n != q.want {
						t.Errorf("%+v: total %d, want %d", q.Query, n, q.want)
					}
					for _, r := range rows {
						seen[r.ID] = true
					}
					q.Page.Cursor = next
					return err
				})
				if q.Page.Cursor == "" {
					break
				}
			}
			if len(seen) != q.want {
				t.Errorf("%+v: %d rows, want %d", q.Query, len(seen), q.want)
			}
		}
		read(t, db, func(tx seawall.Tx) error {
			rows, _, n, err := db.Helps(t.Context(), tx, relief.Query{Kind: relief.Medical, Owner: "me", Page: seawall.Page{Limit: 5}})
			if n != 15 || len(rows) != 5 {
				t.Errorf("%d of %d requests", len(rows), n)
			}
			against, err2 := db.AppealsAgainst(t.Context(), tx, "r1")
			mine, err3 := db.AppealsOfPerson(t.Context(), tx, "p1")
			if len(against) != 30 || len(mine) != 30 || against[0].ID != "a00" {
				t.Errorf("%d against the measure, %d of the person", len(against), len(mine))
			}
			must(t, err2)
			must(t, err3)
			_, err4 := db.HelpBySecret(t.Context(), tx, "none")
			wants(t, "an unknown code", err4, seawall.NotFound)
			return err
		})
	})
}
