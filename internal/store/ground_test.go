package store_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/area"
	"github.com/seawall-city/seawall/internal/auth"
	"github.com/seawall-city/seawall/internal/store"
	"github.com/seawall-city/seawall/internal/store/storetest"
)

func china() *time.Location { return time.FixedZone("CST", 8*3600) }

// asOperator runs fn in a transaction of the operator.
func asOperator(t testing.TB, db *store.DB, fn func(tx seawall.Tx) error) {
	t.Helper()
	if err := db.Write(context.Background(), seawall.Actor{Kind: seawall.ActorOperator, Name: "test"}, fn); err != nil {
		t.Fatal(err)
	}
}

// groundOf seeds the whole city with its grids.
func groundOf(t testing.TB, db *store.DB, log *logbook) *area.Book {
	t.Helper()
	tree, err := area.Yancheng()
	if err != nil {
		t.Fatal(err)
	}
	b := area.New(db, log, china())
	start := time.Now()
	asOperator(t, db, func(tx seawall.Tx) error { return b.Seed(context.Background(), tx, tree.WithGrids()) })
	t.Logf("seeded in %v", time.Since(start).Round(time.Millisecond))
	return b
}

const (
	xindu = seawall.AreaPath("32/3209/320903/320903050/")
	grid7 = seawall.AreaPath("32/3209/320924/320924100/320924100001/320924100001-07/")
)

// GOV-03: the tree, its scopes, the way up and the search on the real databases.
func TestAreasOnTheDatabase(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB, clock *storetest.Clock) {
		ctx := context.Background()
		log := openLog(t, db, clock)
		b := groundOf(t, db, log)
		read(t, db, func(tx seawall.Tx) error {
			n, err := db.AreaCounts(ctx, tx, seawall.Scope{"32/3209/"})
			if err != nil || n[area.County] != 10 || n[area.Town] != 154 || n[area.Village] != 2494 || n[area.Zone] != 1 {
				t.Errorf("%v %v", n, err)
			}
			s, err := b.ScopeOf(ctx, tx, "320903", area.Command)
			if err != nil || len(s) != 15 || s.Contains(xindu) || !s.Contains("32/3209/320903/") {
				t.Errorf("%v %v", s, err)
			}
			if n, err := db.AreaCounts(ctx, tx, s); err != nil || n[area.Town] != 14 || n[area.County] != 1 {
				t.Errorf("counted in that scope: %v %v", n, err)
			}
			if up, more, err := b.Up(ctx, tx, xindu); err != nil || !more || up != "32/3209/3209-yannan/" {
				t.Errorf("%s %v %v", up, more, err)
			}
			for _, q := range []string{"合德", "hede", "HEDE", "hede zhen", "320924100", "Hede Town"} {
				got, err := b.Search(ctx, tx, q, seawall.Scope{"32/3209/"}, 3)
				if err != nil || len(got) == 0 || got[0].ID != "320924100" {
					t.Errorf("%q finds %v %v", q, got, err)
				}
			}
			return nil
		})
		log.sameAfterRefold(t)
	})
}

// GOV-06: the roster answers, and a moved subtree takes it along.
func TestRosterAndMoveOnTheDatabase(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB, clock *storetest.Clock) {
		ctx := context.Background()
		log := openLog(t, db, clock)
		b := groundOf(t, db, log)
		asOperator(t, db, func(tx seawall.Tx) error {
			for _, d := range []area.DutyRow{
				{Area: "3209", Principal: "desk", WorkName: "市值班室"},
				{Area: grid7.Leaf(), Principal: "worker", WorkName: "网格员", FromHour: 8, ToHour: 20},
			} {
				if _, err := b.Assign(ctx, tx, d); err != nil {
					return err
				}
			}
			_, err := b.SetCapacity(ctx, tx, area.Capacity{Area: "320924100", Kind: area.Rooms, Total: 40})
			return err
		})
		answers := func(path seawall.AreaPath, hour int, want area.Answer) {
			t.Helper()
			read(t, db, func(tx seawall.Tx) error {
				got, err := b.WhoAnswers(ctx, tx, path, "followup", time.Date(2022, 3, 29, hour, 0, 0, 0, china()))
				if err != nil || got != want {
					t.Errorf("%d:00: %+v %v", hour, got, err)
				}
				return nil
			})
		}
		answers(grid7, 10, area.Answer{Area: grid7, Principal: "worker", WorkName: "网格员", Why: "roster"})
		answers(grid7, 23, area.Answer{Area: "32/3209/", Principal: "desk", WorkName: "市值班室", Why: "ancestor"})
		today := seawall.DayOf(clock.Now(), china())
		asOperator(t, db, func(tx seawall.Tx) error {
			_, err := b.Move(ctx, tx, "320924100", area.Statistical, "320922", today)
			return err
		})
		const moved = seawall.AreaPath("32/3209/320922/320924100/320924100001/320924100001-07/")
		answers(moved, 10, area.Answer{Area: moved, Principal: "worker", WorkName: "网格员", Why: "roster"})
		read(t, db, func(tx seawall.Tx) error {
			for d, want := range map[seawall.Day]seawall.AreaID{today - 1: "320924", today: "320922"} {
				if p, err := b.ParentOn(ctx, tx, "320924100", area.Statistical, d); err != nil || p != want {
					t.Errorf("parent on %v: %s %v", d, p, err)
				}
			}
			if cs, err := b.Capacities(ctx, tx, seawall.Scope{"32/3209/320922/"}); err != nil || len(cs) != 1 {
				t.Errorf("%v %v", cs, err)
			}
			return nil
		})
		log.sameAfterRefold(t)
	})
}

// A foreign tree with optional levels and repeated rows, twice.
func TestForeignAreasOnTheDatabase(t *testing.T) {
	dir := os.Getenv("SEAWALL_DATA")
	if dir == "" {
		dir = filepath.Join("..", "..", "..", "shared", "data")
	}
	text, err := os.ReadFile(filepath.Join(dir, "yardsticks", "godata_trainingland", "locations.csv"))
	if err != nil {
		t.Skipf("no shared data (set SEAWALL_DATA): %v", err)
	}
	storetest.Each(t, func(t *testing.T, db *store.DB, clock *storetest.Clock) {
		ctx := context.Background()
		log := openLog(t, db, clock)
		b := area.New(db, log, china())
		for _, accepted := range []int{3713, 0} {
			asOperator(t, db, func(tx seawall.Tx) error {
				r, err := b.Import(ctx, tx, bytes.NewReader(text), false)
				if err == nil && (r.Rows != 3965 || r.Accepted != accepted || r.Rejected != 0) {
					t.Errorf("%d = %d + %d + %d", r.Rows, r.Accepted, r.Rejected, r.Unchanged)
				}
				return err
			})
		}
		log.sameAfterRefold(t)
	})
}

// Accounts, sessions and lockout on the real databases, also when many sign in
// to one account at once.
func TestAccountsOnTheDatabase(t *testing.T) {
	policies, err := auth.Load(nil)
	if err != nil {
		t.Fatal(err)
	}
	const password = "haidi-fangong-1024"
	storetest.Each(t, func(t *testing.T, db *store.DB, clock *storetest.Clock) {
		ctx := context.Background()
		log := openLog(t, db, clock)
		book := groundOf(t, db, log)
		s, err := auth.NewService(auth.Config{Work: db, Store: db, Log: log, Policies: policies, Clock: clock, Random: rand.Reader,
			Place: book.Place, Zone: china(), Limits: auth.Limits{Failures: 8, RemoteFailures: 1000, Hashes: 4},
			Scope: func(ctx context.Context, tx seawall.Tx, id seawall.AreaID) (seawall.Scope, error) {
				return book.ScopeOf(ctx, tx, id, area.Command)
			}})
		must(t, err)
		operator := seawall.Actor{Kind: seawall.ActorOperator}
		admin, _, err := s.Bootstrap(ctx, operator, auth.NewAccount{Login: "office", WorkName: "账号管理岗", Roles: []string{"admin"}, Area: "3209", Password: password})
		must(t, err)
		_, once, err := s.CreatePrincipal(ctx, admin, auth.NewAccount{Login: "yandu", WorkName: "盐都 流调岗", Roles: []string{"tracer", "lab"}, Area: "320903"})
		must(t, err)
		if _, _, err := s.CreatePrincipal(ctx, admin, auth.NewAccount{Login: "yandu", WorkName: "x", Roles: []string{"lab"}, Area: "320903"}); !seawall.Is(err, seawall.Conflict) {
			t.Errorf("a second account of that name: %v", err)
		}
		in, err := s.Login(ctx, "yandu", once, "10.0.0.1")
		must(t, err)
		in, err = s.ChangePassword(ctx, in.Principal.ID, once, password, "10.0.0.1")
		must(t, err)
		clock.Advance(10 * time.Minute)
		p, _, err := s.Session(ctx, in.Token)
		must(t, err)
		if p.Scope.Contains("32/3209/320903/320903050/") || !p.Scope.Contains("32/3209/320903/320903100/") || !slices.Equal(p.Roles, []string{"tracer", "lab"}) {
			t.Errorf("%+v", p)
		}
		if list, _, total, err := s.List(ctx, admin, seawall.Page{}); err != nil || total != 2 || len(list) != 2 {
			t.Errorf("%d accounts: %v", total, err)
		}

		// Twenty wrong passwords at once: each failure counts once, and after the
		// eighth nobody gets in.
		var wg sync.WaitGroup
		for range 20 {
			wg.Go(func() {
				if _, err := s.Login(ctx, "yandu", "wrong-password", "10.0.0.2"); !seawall.Is(err, seawall.Unauthenticated) && !seawall.Is(err, seawall.Limited) {
					t.Errorf("got %v", err)
				}
			})
		}
		wg.Wait()
		if _, err := s.Login(ctx, "yandu", password, "10.0.0.3"); !seawall.Is(err, seawall.Limited) {
			t.Errorf("after twenty failures: %v", err)
		}
		if got, err := s.Get(ctx, admin, in.Principal.ID); err != nil || got.Failures != 8 {
			t.Errorf("%d failures counted, want the 8 that lock: %v", got.Failures, err)
		}
		clock.Advance(16 * time.Minute)
		fresh, err := s.Login(ctx, "yandu", password, "10.0.0.3")
		must(t, err)
		must(t, s.Logout(ctx, fresh.Token))
		if _, _, err := s.Session(ctx, fresh.Token); !seawall.Is(err, seawall.Unauthenticated) {
			t.Errorf("after signing out: %v", err)
		}
		log.sameAfterRefold(t)
	})
}
