package store_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/device"
	"github.com/seawall-city/seawall/internal/store"
	"github.com/seawall-city/seawall/internal/store/storetest"
)

// Every row about a phone comes back whole on both databases. GOV-08, NF-04.
func TestEveryFieldOfAPhoneComesBack(t *testing.T) {
	type ctxs = context.Context
	storetest.Each(t, func(t *testing.T, db *store.DB, _ *storetest.Clock) {
		runRows(t, db, "device", rowSuite[device.Device]{save: (*store.DB).SaveDevice, versioned: true,
			read: func(db *store.DB, ctx ctxs, tx seawall.Tx, r device.Device) (device.Device, error) {
				return db.Device(ctx, tx, r.ID)
			}, unset: func() device.Device { return device.Device{ID: "empty", Version: 1} }})
		runRows(t, db, "operation", rowSuite[device.Operation]{save: (*store.DB).SaveOperation, versioned: true,
			read: func(db *store.DB, ctx ctxs, tx seawall.Tx, r device.Operation) (device.Operation, error) {
				return db.Operation(ctx, tx, r.ID)
			}, unset: func() device.Operation { return device.Operation{ID: "empty", Version: 1} }})
		runRows(t, db, "conflict", rowSuite[device.Conflict]{save: (*store.DB).SaveConflict, versioned: true,
			set: map[string]any{"Message": "", "Fields": []device.Pair{{Field: "temperature", Mine: 38.5, Theirs: "36"}}},
			read: func(db *store.DB, ctx ctxs, tx seawall.Tx, r device.Conflict) (device.Conflict, error) {
				return db.Conflict(ctx, tx, r.ID)
			}, unset: func() device.Conflict { return device.Conflict{ID: "empty", Version: 1} }})
		runRows(t, db, "transfer", rowSuite[device.Transfer]{save: (*store.DB).SaveTransfer, versioned: true,
			read: func(db *store.DB, ctx ctxs, tx seawall.Tx, r device.Transfer) (device.Transfer, error) {
				return db.Transfer(ctx, tx, r.ID)
			}, unset: func() device.Transfer { return device.Transfer{ID: "empty", Version: 1} }})
		runRows(t, db, "photo", rowSuite[device.Photo]{save: (*store.DB).SavePhoto, versioned: true,
			read: func(db *store.DB, ctx ctxs, tx seawall.Tx, r device.Photo) (device.Photo, error) {
				return db.Photo(ctx, tx, r.ID)
			}, unset: func() device.Photo { return device.Photo{ID: "empty", Version: 1} }})
		runRows(t, db, "paper", rowSuite[device.Paper]{save: (*store.DB).SavePaper, versioned: true,
			read: func(db *store.DB, ctx ctxs, tx seawall.Tx, r device.Paper) (device.Paper, error) {
				return db.Paper(ctx, tx, r.ID)
			}, unset: func() device.Paper { return device.Paper{ID: "empty", Version: 1} }})
	})
}

// What phones sent is listed by scope, owner, device and outcome, the newest first.
func TestOperationsAndConflictsAreListed(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB, clock *storetest.Clock) {
		must(t, write(t, db, func(tx seawall.Tx) error {
			for i := range 12 {
				area := seawall.AreaPath("32/3209/320924/")
				if i%3 == 0 {
					area = "32/3209/320903/"
				}
				at := clock.Now().Add(time.Duration(i) * time.Minute)
				owner, dev := seawall.PrincipalID(fmt.Sprint("p", i%2)), seawall.DeviceID(fmt.Sprint("d", i%4))
				must(t, db.SaveDevice(t.Context(), tx, device.Device{ID: seawall.DeviceID(fmt.Sprintf("x%02d", i)), Owner: owner, Area: area,
					State: device.Active, EnrolledAt: at, Version: 1}))
				must(t, db.SaveOperation(t.Context(), tx, device.Operation{ID: fmt.Sprintf("o%02d", i), Device: dev, Owner: owner, Area: area,
					Outcome: []string{device.Done, device.Refused}[i%2], Received: at, Version: 1}))
				must(t, db.SaveConflict(t.Context(), tx, device.Conflict{ID: seawall.ConflictID(fmt.Sprintf("c%02d", i)), Device: dev, Owner: owner,
					Area: area, State: []string{device.Open, device.Decided}[i%2], At: at, Target: seawall.Ref{Kind: "step", ID: fmt.Sprint(i % 5)}, Version: 1}))
				must(t, db.SavePhoto(t.Context(), tx, device.Photo{ID: seawall.PhotoID(fmt.Sprintf("f%02d", i)), State: device.Whole, Until: at, Version: 1}))
			}
			return nil
		}))
		read(t, db, func(tx seawall.Tx) error {
			scope := seawall.Scope{"32/3209/320903/"}
			for _, q := range []struct {
				device.Query
				devices, ops, conflicts int
			}{
				{device.Query{}, 12, 12, 12}, {device.Query{Scope: scope}, 4, 4, 4}, {device.Query{Owner: "p0"}, 6, 6, 6},
				{device.Query{Scope: seawall.Scope{}}, 0, 0, 0}, {device.Query{Scope: scope, Owner: "p0"}, 6, 6, 6},
				{device.Query{Device: "d1"}, 12, 3, 3}, {device.Query{State: device.Done}, 0, 6, 0}, {device.Query{State: device.Open}, 0, 0, 6},
				{device.Query{Target: seawall.Ref{Kind: "step", ID: "1"}}, 12, 0, 3},
			} {
				q.Page = seawall.Page{Limit: 5}
				_, _, n, err := db.Devices(t.Context(), tx, q.Query)
				must(t, err)
				ops, _, m, err := db.Operations(t.Context(), tx, q.Query)
				must(t, err)
				_, _, k, err := db.Conflicts(t.Context(), tx, q.Query)
				must(t, err)
				if n != q.devices || m != q.ops || k != q.conflicts {
					t.Errorf("%+v: %d devices, %d operations, %d conflicts", q.Query, n, m, k)
				}
				if len(ops) > 1 && !ops[0].Received.After(ops[1].Received) {
					t.Errorf("%+v: not the newest first", q.Query)
				}
			}
			old, err := db.PhotosBefore(t.Context(), tx, clock.Now().Add(3*time.Minute), 2)
			must(t, err)
			if len(old) != 2 || old[0].ID != "f00" {
				t.Errorf("photos whose time is over: %+v", old)
			}
			return nil
		})
	})
}
