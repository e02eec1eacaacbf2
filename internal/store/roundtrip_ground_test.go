package store_test

import (
	"context"
	"reflect"
	"testing"
	"time"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/area"
	"github.com/seawall-city/seawall/internal/auth"
	"github.com/seawall-city/seawall/internal/store"
	"github.com/seawall-city/seawall/internal/store/storetest"
)

func TestEveryFieldOfAnAreaComesBack(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB, _ *storetest.Clock) { groundRows(t, db) })
}

func groundRows(t *testing.T, db *store.DB) {
	no := seawall.NoDay
	runRows(t, db, "area", rowSuite[area.Area]{save: (*store.DB).SaveArea,
		read: func(db *store.DB, ctx context.Context, tx seawall.Tx, a area.Area) (area.Area, error) {
			return db.Area(ctx, tx, a.ID)
		}, unset: func() area.Area { return area.Area{ID: "empty", ValidFrom: no, ValidTo: no} }})
	runRows(t, db, "parentage", rowSuite[area.Parentage]{save: (*store.DB).SaveParentage,
		read: func(db *store.DB, ctx context.Context, tx seawall.Tx, p area.Parentage) (area.Parentage, error) {
			return sole(db.Parentages(ctx, tx, p.Area))
		}, unset: func() area.Parentage { return area.Parentage{Area: "empty", From: no, To: no} }})
	runRows(t, db, "duty", rowSuite[area.DutyRow]{save: (*store.DB).SaveDuty,
		read: func(db *store.DB, ctx context.Context, tx seawall.Tx, d area.DutyRow) (area.DutyRow, error) {
			return db.Duty(ctx, tx, d.ID)
		}, unset: func() area.DutyRow { return area.DutyRow{ID: "empty"} }})
	runRows(t, db, "capacity", rowSuite[area.Capacity]{save: (*store.DB).SaveCapacity,
		set: map[string]any{"Path": "32/3209/"},
		read: func(db *store.DB, ctx context.Context, tx seawall.Tx, c area.Capacity) (area.Capacity, error) {
			rows, err := db.Capacities(ctx, tx, seawall.Scope{c.Path})
			return sole(rows, err)
		}})
	runRows(t, db, "principal", rowSuite[auth.Principal]{save: (*store.DB).SavePrincipal, versioned: true,
		set: map[string]any{"Scope": seawall.Scope(nil)},
		read: func(db *store.DB, ctx context.Context, tx seawall.Tx, p auth.Principal) (auth.Principal, error) {
			return db.PrincipalByLogin(ctx, tx, p.Login)
		}, unset: func() auth.Principal { return auth.Principal{ID: "empty", Version: 1} }})
}

func TestSecretsStandApartFromTheLog(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB, clock *storetest.Clock) {
		ctx := t.Context()
		s := auth.Session{TokenHash: "h", Principal: "p", CSRF: "c", Created: clock.Now(), Seen: clock.Now(), Expires: clock.Now().Add(time.Hour)}
		// No Settle here: nothing of this may wait for an event.
		must(t, db.Write(ctx, seawall.System("test"), func(tx seawall.Tx) error {
			for _, hash := range []string{"first", "second"} {
				must(t, db.SetPasswordHash(ctx, tx, "p", hash))
			}
			other := s
			other.TokenHash = "h2"
			must(t, db.SaveSession(ctx, tx, s))
			must(t, db.SaveSession(ctx, tx, other))
			s.Seen = s.Seen.Add(time.Minute)
			return db.SaveSession(ctx, tx, s)
		}))
		read(t, db, func(tx seawall.Tx) error {
			if got, err := db.PasswordHash(ctx, tx, "p"); err != nil || got != "second" {
				t.Errorf("password hash = %q, %v", got, err)
			}
			if _, err := db.PasswordHash(ctx, tx, "q"); !seawall.Is(err, seawall.NotFound) {
				t.Errorf("hash of an unknown account: %v, want not found", err)
			}
			got, err := db.SessionByHash(ctx, tx, "h")
			if !reflect.DeepEqual(got, s) {
				t.Errorf("session = %+v, want %+v", got, s)
			}
			return err
		})
		must(t, db.Write(ctx, seawall.System("test"), func(tx seawall.Tx) error {
			must(t, db.DeleteSession(ctx, tx, "h"))
			must(t, db.DeleteSession(ctx, tx, "h"))
			if _, err := db.SessionByHash(ctx, tx, "h"); !seawall.Is(err, seawall.NotFound) {
				t.Errorf("a deleted session: %v, want not found", err)
			}
			must(t, db.DeleteSessionsOf(ctx, tx, "p"))
			if _, err := db.SessionByHash(ctx, tx, "h2"); !seawall.Is(err, seawall.NotFound) {
				t.Errorf("after ending all sessions: %v, want not found", err)
			}
			return nil
		}))
	})
}
