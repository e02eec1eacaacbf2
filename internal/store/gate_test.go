package store_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/gate"
	"github.com/seawall-city/seawall/internal/store"
	"github.com/seawall-city/seawall/internal/store/storetest"
)

// IMP-07, IMP-08: nothing of a site, a shift or a pass is lost on its way.
func TestEveryFieldOfAGateComesBack(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB, _ *storetest.Clock) {
		runRows(t, db, "site", rowSuite[gate.Site]{save: (*store.DB).SaveSite, versioned: true,
			read: func(db *store.DB, ctx context.Context, tx seawall.Tx, s gate.Site) (gate.Site, error) {
				return db.Site(ctx, tx, s.ID)
			},
			unset: func() gate.Site { return gate.Site{ID: "empty", Version: 1} }})
		runRows(t, db, "shift", rowSuite[gate.Shift]{save: (*store.DB).SaveShift, versioned: true,
			read: func(db *store.DB, ctx context.Context, tx seawall.Tx, s gate.Shift) (gate.Shift, error) {
				return sole(db.Shifts(ctx, tx, s.Site, seawall.Interval{From: s.To.Add(-1), To: s.From.Add(time.Microsecond)}))
			}})
		runRows(t, db, "pass", rowSuite[gate.Pass]{save: (*store.DB).SavePass, versioned: true,
			set: map[string]any{"Override": gate.Override{To: gate.Go, Reason: "r", Second: "p2", SecondName: "n"}},
			read: func(db *store.DB, ctx context.Context, tx seawall.Tx, p gate.Pass) (gate.Pass, error) {
				return db.Pass(ctx, tx, p.ID)
			},
			unset: func() gate.Pass { return gate.Pass{ID: "empty", Version: 1} }})
	})
}

// The lists of a site: newest first, page by page, counted; holds by their end;
// passes of a plate; the code under which a driver reads why.
func TestPassesAreFound(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB, clock *storetest.Clock) {
		ctx, now := t.Context(), clock.Now()
		var all []gate.Pass
		for i := range 250 {
			p := gate.Pass{ID: seawall.PassID(fixedID(i)), Site: "g15-a", Plate: "t" + string(rune('a'+i%5)), Decided: now.Add(time.Duration(i) * time.Second),
				Decision: gate.Outcomes()[i%4], Complaint: fixedID(i)[16:], Version: 1}
			if i%2 == 1 {
				p.Site = "g15-b"
			}
			if p.Decision == gate.Hold {
				p.HoldState, p.HoldUntil = gate.Held, now.Add(time.Hour-time.Duration(i)*time.Second)
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
			page, next, total, err := db.Passes(ctx, tx, gate.Query{Site: "g15-a", Page: seawall.Page{Limit: 100}})
			must(t, err)
			rest, end, _, err := db.Passes(ctx, tx, gate.Query{Site: "g15-a", Page: seawall.Page{Limit: 100, Cursor: next}})
			must(t, err)
			if len(page) != 100 || total != 125 || len(rest) != 25 || end != "" || page[0].ID != all[248].ID || rest[24].ID != all[0].ID {
				t.Errorf("pages of %d and %d of %d, newest %s, oldest %s", len(page), len(rest), total, page[0].ID, rest[len(rest)-1].ID)
			}
			some, _, total, err := db.Passes(ctx, tx, gate.Query{Site: "g15-a", Decision: gate.Go, From: now.Add(10 * time.Second), To: now.Add(20 * time.Second)})
			must(t, err)
			if len(some) != 2 || total != 2 {
				t.Errorf("%d of %d passed from 10 to 20 s, want 2: 12 and 16", len(some), total)
			}
			held, err := db.Holds(ctx, tx, []seawall.SiteID{"g15-a"})
			must(t, err)
			if len(held) != 62 || held[0].ID != all[246].ID {
				t.Errorf("%d held at the site, the first to end %s", len(held), held[0].ID)
			}
			counts, err := db.PassCounts(ctx, tx, []seawall.SiteID{"g15-a", "g15-b"}, now.Add(200*time.Second))
			must(t, err)
			n := 0
			for _, c := range counts {
				n += c.N
			}
			if n != 50 {
				t.Errorf("%d passes since 200 s: %+v", n, counts)
			}
			of, err := db.PassesOfPlate(ctx, tx, "ta", now.Add(100*time.Second))
			must(t, err)
			if len(of) != 30 || of[0].ID != all[100].ID {
				t.Errorf("%d passes of a plate", len(of))
			}
			byCode, err := db.PassByComplaint(ctx, tx, all[7].Complaint)
			must(t, err)
			if byCode.ID != all[7].ID {
				t.Errorf("the code opens %s", byCode.ID)
			}
			_, err = db.PassByComplaint(ctx, tx, "")
			wants(t, "no code", err, seawall.NotFound)
			some, err = db.PassesByID(ctx, tx, []seawall.PassID{all[3].ID, "nothing", all[1].ID})
			must(t, err)
			if len(some) != 2 {
				t.Errorf("%d of two passes", len(some))
			}
			return nil
		})
	})
}

// fixedID gives identifiers in order, of the length of a ULID.
func fixedID(i int) string { return fmt.Sprintf("%026d", i) }
