package store_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/freight"
	"github.com/seawall-city/seawall/internal/store"
	"github.com/seawall-city/seawall/internal/store/storetest"
)

// Every row of a trip comes back whole on both databases. FRT-01.
func TestEveryFieldOfATripComesBack(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB, _ *storetest.Clock) {
		runRows(t, db, "trip", rowSuite[freight.Trip]{save: (*store.DB).SaveTrip, versioned: true,
			read: func(db *store.DB, ctx context.Context, tx seawall.Tx, r freight.Trip) (freight.Trip, error) {
				return db.Trip(ctx, tx, r.ID)
			},
			unset: func() freight.Trip { return freight.Trip{ID: "empty", Left: seawall.NoDay, Version: 1} }})
		runRows(t, db, "permit", rowSuite[freight.Permit]{save: (*store.DB).SavePermit, versioned: true,
			read: func(db *store.DB, ctx context.Context, tx seawall.Tx, r freight.Permit) (freight.Permit, error) {
				return db.Permit(ctx, tx, r.ID)
			}, unset: func() freight.Permit { return freight.Permit{ID: "empty", Version: 1} }})
		runRows(t, db, "crew", rowSuite[freight.Crew]{save: (*store.DB).SaveCrew, versioned: true,
			read: func(db *store.DB, ctx context.Context, tx seawall.Tx, r freight.Crew) (freight.Crew, error) {
				return only(db.CrewOf(ctx, tx, r.Trip))
			},
			unset: func() freight.Crew { return freight.Crew{ID: "empty", Version: 1} }})
		runRows(t, db, "move", rowSuite[freight.Move]{save: (*store.DB).SaveMove, versioned: true,
			read: func(db *store.DB, ctx context.Context, tx seawall.Tx, r freight.Move) (freight.Move, error) {
				return only(db.MovesOf(ctx, tx, r.Trip))
			},
			unset: func() freight.Move { return freight.Move{ID: "empty", Version: 1} }})
		runRows(t, db, "leg", rowSuite[freight.Leg]{save: (*store.DB).SaveLeg, versioned: true,
			read: func(db *store.DB, ctx context.Context, tx seawall.Tx, r freight.Leg) (freight.Leg, error) {
				return only(db.LegsOf(ctx, tx, r.Trip))
			},
			unset: func() freight.Leg { return freight.Leg{ID: "empty", Version: 1} }})
	})
}

// only gives the last of some rows, which is the only one of its trip.
func only[T any](rows []T, err error) (T, error) {
	var none T
	if err != nil || len(rows) == 0 {
		return none, err
	}
	return rows[len(rows)-1], nil
}

func TestEveryFieldOfAServiceAreaComesBack(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB, _ *storetest.Clock) {
		runRows(t, db, "carrier", rowSuite[freight.Carrier]{save: (*store.DB).SaveCarrier, versioned: true,
			read: func(db *store.DB, ctx context.Context, tx seawall.Tx, r freight.Carrier) (freight.Carrier, error) {
				return db.Carrier(ctx, tx, r.ID)
			}, unset: func() freight.Carrier { return freight.Carrier{ID: "empty", Version: 1} }})
		runRows(t, db, "service area", rowSuite[freight.ServiceArea]{save: (*store.DB).SaveServiceArea, versioned: true,
			read: func(db *store.DB, ctx context.Context, tx seawall.Tx, r freight.ServiceArea) (freight.ServiceArea, error) {
				return db.ServiceArea(ctx, tx, r.ID)
			}, unset: func() freight.ServiceArea { return freight.ServiceArea{ID: "empty", Version: 1} }})
		runRows(t, db, "visit", rowSuite[freight.Visit]{save: (*store.DB).SaveVisit, versioned: true,
			read: func(db *store.DB, ctx context.Context, tx seawall.Tx, r freight.Visit) (freight.Visit, error) {
				return db.Visit(ctx, tx, r.ID)
			},
			unset: func() freight.Visit { return freight.Visit{ID: "empty", Version: 1} }})
		runRows(t, db, "closure", rowSuite[freight.Closure]{save: (*store.DB).SaveClosure, versioned: true,
			read: func(db *store.DB, ctx context.Context, tx seawall.Tx, r freight.Closure) (freight.Closure, error) {
				return db.Closure(ctx, tx, r.ID)
			}, unset: func() freight.Closure { return freight.Closure{ID: "empty", Version: 1} }})
	})
}

// Trips are listed by what is planned next, within a scope, by flag and plate, and
// counted by state. FRT-01, FRT-06.
func TestTripsAreListed(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB, clock *storetest.Clock) {
		must(t, write(t, db, func(tx seawall.Tx) error {
			for i := range 12 {
				area := seawall.AreaPath("32/3209/320924/")
				if i%3 == 0 {
					area = "32/3209/320903/"
				}
				at := clock.Now().Add(time.Duration(i) * time.Hour)
				must(t, db.SaveTrip(t.Context(), tx, freight.Trip{ID: seawall.TripID(fmt.Sprintf("t%02d", i)), No: fmt.Sprintf("T-2022-%05d", i),
					Plate: fmt.Sprint(i % 4), State: freight.States()[i%6], Stranded: i == 5, Orphan: i == 5, Planned: at, ArrivedAt: at, Area: area,
					CreatedAt: at, Left: seawall.NoDay, Version: 1}))
			}
			return nil
		}))
		read(t, db, func(tx seawall.Tx) error {
			for _, q := range []struct {
				freight.Query
				want int
			}{
				{freight.Query{}, 12}, {freight.Query{Scope: seawall.Scope{"32/3209/320903/"}}, 4}, {freight.Query{Flag: "stranded"}, 1},
				{freight.Query{States: []string{freight.Inside}}, 2}, {freight.Query{Plate: "1"}, 3}, {freight.Query{Text: "t-2022-0000"}, 10},
				{freight.Query{Scope: seawall.Scope{}}, 0}, {freight.Query{Sort: "newest"}, 12}, {freight.Query{Sort: "seen"}, 12},
			} {
				seen := 0
				for cursor := ""; ; {
					q.Page = seawall.Page{Limit: 3, Cursor: cursor}
					rows, next, total, err := db.Trips(t.Context(), tx, q.Query)
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
			n, err := db.TripCounts(t.Context(), tx, seawall.Scope{"32/3209/"})
			must(t, err)
			if n[freight.Inside] != 2 || n["stranded"] != 1 || n["orphan"] != 1 {
				t.Errorf("counts %v", n)
			}
			since, err := db.TripsSince(t.Context(), tx, nil, clock.Now().Add(10*time.Hour))
			must(t, err)
			if len(since) != 2 {
				t.Errorf("%d trips since", len(since))
			}
			return nil
		})
	})
}
