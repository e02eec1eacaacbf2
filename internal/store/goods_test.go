package store_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/goods"
	"github.com/seawall-city/seawall/internal/store"
	"github.com/seawall-city/seawall/internal/store/storetest"
)

// Every row of a lot and of a place comes back whole on both databases. IMP-06.
func TestEveryFieldOfALotComesBack(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB, _ *storetest.Clock) {
		runRows(t, db, "lot", rowSuite[goods.Lot]{save: (*store.DB).SaveLot, versioned: true,
			read: func(db *store.DB, ctx context.Context, tx seawall.Tx, r goods.Lot) (goods.Lot, error) {
				return db.Lot(ctx, tx, r.ID)
			}, unset: func() goods.Lot { return goods.Lot{ID: "empty", Version: 1} }})
		runRows(t, db, "point", rowSuite[goods.Point]{save: (*store.DB).SavePoint, versioned: true,
			read: func(db *store.DB, ctx context.Context, tx seawall.Tx, r goods.Point) (goods.Point, error) {
				return db.Point(ctx, tx, r.ID)
			}, unset: func() goods.Point { return goods.Point{ID: "empty", Version: 1} }})
		runRows(t, db, "sample", rowSuite[goods.Sample]{save: (*store.DB).SaveSample, versioned: true,
			read: func(db *store.DB, ctx context.Context, tx seawall.Tx, r goods.Sample) (goods.Sample, error) {
				return db.Sample(ctx, tx, r.ID)
			}, unset: func() goods.Sample { return goods.Sample{ID: "empty", Version: 1} }})
		runRows(t, db, "treatment", rowSuite[goods.Treatment]{save: (*store.DB).SaveTreatment, versioned: true,
			read: func(db *store.DB, ctx context.Context, tx seawall.Tx, r goods.Treatment) (goods.Treatment, error) {
				return only(db.TreatmentsOf(ctx, tx, r.About))
			}, unset: func() goods.Treatment { return goods.Treatment{ID: "empty", Version: 1} }})
		runRows(t, db, "lot leg", rowSuite[goods.Leg]{save: (*store.DB).SaveLotLeg, versioned: true,
			read: func(db *store.DB, ctx context.Context, tx seawall.Tx, r goods.Leg) (goods.Leg, error) {
				return only(db.LotLegsOf(ctx, tx, r.Lot))
			}, unset: func() goods.Leg { return goods.Leg{ID: "empty", Version: 1} }})
		runRows(t, db, "worker", rowSuite[goods.Worker]{save: (*store.DB).SaveWorker, versioned: true,
			read: func(db *store.DB, ctx context.Context, tx seawall.Tx, r goods.Worker) (goods.Worker, error) {
				return only(db.WorkersOf(ctx, tx, r.About))
			}, unset: func() goods.Worker { return goods.Worker{ID: "empty", On: seawall.NoDay, Version: 1} }})
	})
}

// Lots are listed within a scope, by state, kind and number, page by page, and
// counted; a family is found from its first lot. IMP-06.
func TestLotsAreListed(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB, clock *storetest.Clock) {
		must(t, write(t, db, func(tx seawall.Tx) error {
			for i := range 10 {
				area := seawall.AreaPath("32/3209/320924/")
				if i%2 == 0 {
					area = "32/3209/320903/"
				}
				root := seawall.LotID(fmt.Sprintf("l%02d", i))
				if i > 7 {
					root = "l07"
				}
				must(t, db.SaveLot(t.Context(), tx, goods.Lot{ID: seawall.LotID(fmt.Sprintf("l%02d", i)), No: fmt.Sprintf("L-2022-%05d", i), Root: root,
					Kind: []string{"cold_chain", "parcel"}[i%2], Mark: fmt.Sprint("m", i), State: goods.States()[i%5], Area: area, CreatedAt: clock.Now(), Version: 1}))
			}
			return db.SavePoint(t.Context(), tx, goods.Point{ID: "p", No: "E-1", Area: "32/3209/320924/", Version: 1})
		}))
		read(t, db, func(tx seawall.Tx) error {
			for _, q := range []struct {
				goods.Query
				want int
			}{
				{goods.Query{}, 6}, {goods.Query{States: goods.States()}, 10}, {goods.Query{States: goods.States(), Kind: "parcel"}, 5},
				{goods.Query{Scope: seawall.Scope{"32/3209/320903/"}, States: goods.States()}, 5}, {goods.Query{Scope: seawall.Scope{}}, 0},
				{goods.Query{Text: "l-2022-0000", States: goods.States()}, 10},
			} {
				seen := 0
				for cursor := ""; ; {
					q.Page = seawall.Page{Limit: 4, Cursor: cursor}
					rows, next, total, err := db.Lots(t.Context(), tx, q.Query)
					must(t, err)
					if total != q.want {
						t.Errorf("%+v: total %d, want %d", q.Query, total, q.want)
					}
					seen += len(rows)
					if cursor = next; cursor == "" {
						break
					}
				}
				if seen != q.want {
					t.Errorf("%+v: %d rows, want %d", q.Query, seen, q.want)
				}
			}
			family, err := db.LotsOfRoot(t.Context(), tx, "l07")
			must(t, err)
			n, err := db.LotCounts(t.Context(), tx, seawall.Scope{"32/3209/320924/"})
			must(t, err)
			points, err := db.Points(t.Context(), tx, seawall.Scope{"32/3209/320903/"})
			must(t, err)
			one, err := db.LotByMark(t.Context(), tx, "parcel", "m3")
			must(t, err)
			if len(family) != 3 || n[goods.Held]+n[goods.Released] != 2 || len(points) != 0 || one.ID != "l03" {
				t.Errorf("family %d, counts %v, points %d, by mark %s", len(family), n, len(points), one.ID)
			}
			if _, err := db.LotByMark(t.Context(), tx, "parcel", ""); !seawall.Is(err, seawall.NotFound) {
				t.Errorf("a lot without a mark: %v", err)
			}
			return nil
		})
	})
}
