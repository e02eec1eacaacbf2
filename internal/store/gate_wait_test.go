package store_test

import (
	"context"
	"testing"
	"time"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/gate"
	"github.com/seawall-city/seawall/internal/store"
	"github.com/seawall-city/seawall/internal/store/storetest"
)

// FRT-07: the plan of lanes and the alarm of a site come back as they were kept, and
// the times of its passes are read without the rest of them.
func TestWaitsOfASiteComeBack(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB, clock *storetest.Clock) {
		runRows(t, db, "wait", rowSuite[gate.Wait]{save: (*store.DB).SaveWait, versioned: true, set: map[string]any{"Site": "g15-a"},
			read: func(db *store.DB, ctx context.Context, tx seawall.Tx, w gate.Wait) (gate.Wait, error) {
				return db.Wait(ctx, tx, w.Site)
			},
			unset: func() gate.Wait { return gate.Wait{Site: "empty", Version: 1} }})

		ctx, now := t.Context(), clock.Now()
		var all []gate.Pass
		for i := range 5 {
			at := now.Add(time.Duration(i) * time.Minute)
			p := gate.Pass{ID: seawall.PassID(fixedID(900 + i)), Site: "g15-w", Lane: i, Served: at, Decided: at.Add(time.Minute), Complaint: fixedID(900 + i)[16:], Version: 1}
			if i > 0 {
				p.Arrived, p.Trip = at.Add(-10*time.Minute), "T"
			}
			all = append(all, p)
		}
		must(t, db.Write(ctx, seawall.System("test"), func(tx seawall.Tx) error {
			defer store.Settle(tx)
			for _, p := range all {
				if err := db.SavePass(ctx, tx, p); err != nil {
					return err
				}
			}
			return nil
		}))
		read(t, db, func(tx seawall.Tx) error {
			some, err := db.Stamps(ctx, tx, "g15-w", now.Add(2*time.Minute))
			if err != nil || len(some) != 4 {
				t.Fatalf("%d stamps, %v", len(some), err)
			}
			wait, noted := some[0].Wait()
			if !noted || wait != 10*time.Minute || some[0].Lane != 1 || !some[0].Declared || !some[0].Came().Equal(now.Add(-9*time.Minute)) {
				t.Errorf("%+v", some[0])
			}
			every, err := db.Stamps(ctx, tx, "g15-w", now)
			if _, noted := every[0].Wait(); noted || every[0].Declared || !every[0].Came().Equal(now) {
				t.Errorf("%+v", every[0])
			}
			if service, noted := every[0].Service(); !noted || service != time.Minute {
				t.Errorf("service %v", service)
			}
			return err
		})
	})
}
