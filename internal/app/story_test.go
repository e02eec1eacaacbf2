package app

import (
	"context"
	"errors"
	"maps"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/area"
	"github.com/seawall-city/seawall/internal/auth"
	"github.com/seawall-city/seawall/internal/config"
	"github.com/seawall-city/seawall/internal/loop"
	"github.com/seawall-city/seawall/internal/response"
	"github.com/seawall-city/seawall/internal/store/storetest"
	"github.com/seawall-city/seawall/internal/story"
)

// stage is a configuration for each database, under a directory of the test.
func stages(t *testing.T, f func(t *testing.T, cfg config.Config)) {
	t.Helper()
	for _, kind := range []string{"sqlite", "postgres"} {
		t.Run(kind, func(t *testing.T) { f(t, installation(t, kind)) })
	}
}

func installation(t *testing.T, kind string) config.Config {
	t.Helper()
	cfg := config.Default(filepath.Join(t.TempDir(), "data"))
	cfg.Listen = "127.0.0.1:0"
	if kind == "postgres" {
		cfg.Database = storetest.PostgresURL(t, "")
	}
	return cfg
}

// openStory opens a demonstration without telling anything.
func openStory(t *testing.T, cfg config.Config, id string) (*App, *story.Story) {
	t.Helper()
	s, err := story.Load(id)
	check(t, err)
	zone, err := time.LoadLocation(cfg.City.TimeZone)
	check(t, err)
	a, err := Open(context.Background(), cfg, Options{Version: "test", Story: s.Begins(zone)})
	check(t, err)
	t.Cleanup(func() { a.Close() })
	return a, s
}

// told opens a demonstration and tells it.
func told(t *testing.T, cfg config.Config, id string) *App {
	t.Helper()
	a, s := openStory(t, cfg, id)
	check(t, a.Tell(context.Background(), s, nil))
	return a
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// acting gives who works under a login.
func acting(t *testing.T, a *App, login string) response.Who {
	t.Helper()
	ctx := context.Background()
	var p auth.Principal
	check(t, a.DB.Read(ctx, func(tx seawall.Tx) (err error) {
		if p, err = a.DB.PrincipalByLogin(ctx, tx, login); err != nil {
			return err
		}
		at, err := a.Areas.Get(ctx, tx, p.Area)
		if err != nil {
			return err
		}
		p.Path = at.Path
		p.Scope, err = a.Areas.ScopeOf(ctx, tx, p.Area, area.Command)
		return err
	}))
	return response.Asked(p)
}

// steps gives all steps by id.
func steps(t *testing.T, a *App, who response.Who) map[seawall.StepID]loop.Step {
	t.Helper()
	out := map[seawall.StepID]loop.Step{}
	q := loop.StepQuery{States: []loop.State{loop.Open, loop.Done, loop.Cancelled, loop.Withdrawn, loop.Waiting}, Page: seawall.Page{Limit: 500}}
	for {
		page, err := a.Main.Steps(context.Background(), who, q)
		check(t, err)
		for _, s := range page.Items {
			out[s.ID] = s
		}
		if q.Page.Cursor = page.Next; page.Next == "" {
			return out
		}
	}
}

// Both stories tell on both databases and stand at an evening with work in
// hand; moved to the cut-off, what is due and open climbs one level, once, and
// nothing else does. RES-02, QT-07.
func TestStoriesUpToTheCutOff(t *testing.T) {
	for _, id := range story.IDs() {
		t.Run(id, func(t *testing.T) {
			stages(t, func(t *testing.T, cfg config.Config) { evening(t, told(t, cfg, id), id) })
		})
	}
}

func evening(t *testing.T, a *App, id string) {
	ctx := context.Background()
	if got, err := a.Told(ctx); err != nil || got != id {
		t.Fatalf("told %q, %v", got, err)
	}
	if d := a.Clock.Now().Sub(time.Date(2022, 3, 28, 10, 40, 0, 0, time.UTC)); d < 0 || d > time.Minute {
		t.Errorf("the clock stands at %s", a.Clock.Now())
	}
	duty := acting(t, a, "duty")
	v, err := a.Main.Tonight(ctx, duty, false)
	check(t, err)
	c := v.Counts
	if c.Open < 10 || c.Late+c.Soon+c.Tonight != c.Open || c.Loops < 10 || v.MostUrgent == nil {
		t.Errorf("tonight: %+v, most urgent %v", c, v.MostUrgent)
	}
	for i, want := range []int{c.Late, c.Soon, c.Tonight} {
		if v.Groups[i].Total != want {
			t.Errorf("group %s has %d, the sentence says %d", v.Groups[i].Key, v.Groups[i].Total, want)
		}
	}
	if v.CutOff.Sub(v.Now) > 6*time.Hour || v.Groups[0].Total == 0 && v.Groups[1].Total == 0 {
		t.Errorf("nothing presses: cut-off %s, groups %d %d", v.CutOff, v.Groups[0].Total, v.Groups[1].Total)
	}
	before := steps(t, a, duty)
	check(t, a.story.AdvanceTo(ctx, v.CutOff))
	fired, err := a.Main.Tick(ctx)
	check(t, err)
	after, climbed := steps(t, a, duty), 0
	for sid, was := range before {
		is := after[sid]
		due := was.State == loop.Open && !was.Due.IsZero() && !was.Due.After(v.CutOff)
		if due != (is.Escalations == was.Escalations+1) || is.Escalations > was.Escalations+1 {
			t.Errorf("step %s of %s, %s, due %s, opened %s: climbed %d times before, %d now", was.Key, was.Subject, was.State, was.Due, was.Opened,
				was.Escalations, is.Escalations)
		}
		if due {
			climbed++
			if was.Area != is.Area && !was.Area.Within(is.Area) {
				t.Errorf("step %s climbed from %s to %s", was.Key, was.Area, is.Area)
			}
		}
	}
	if climbed != fired.Escalated || climbed != c.Open || fired.Failed != 0 {
		t.Errorf("%d due steps, %d climbed: %+v", c.Open, climbed, fired)
	}
	again, err := a.Main.Tick(ctx)
	check(t, err)
	if again.Escalated != 0 || !maps.EqualFunc(after, steps(t, a, duty), func(x, y loop.Step) bool { return x.Version == y.Version }) {
		t.Errorf("a second look moved something: %+v", again)
	}
}

// A restarted demonstration goes on where it was: clock, data and sessions.
func TestADemonstrationGoesOnWhereItWas(t *testing.T) {
	stages(t, func(t *testing.T, cfg config.Config) {
		ctx := context.Background()
		a := told(t, cfg, "school")
		in, err := a.Accounts.Login(ctx, "duty", DemoPassword, "127.0.0.1")
		check(t, err)
		check(t, a.story.AdvanceTo(ctx, a.Clock.Now().Add(3*time.Hour)))
		was, before := a.Clock.Now(), steps(t, a, acting(t, a, "duty"))
		check(t, a.Close())

		b, _ := openStory(t, cfg, "school")
		if got, err := b.Told(ctx); err != nil || got != "school" {
			t.Fatalf("told %q, %v", got, err)
		}
		if d := b.Clock.Now().Sub(was); d < 0 || d > time.Minute {
			t.Errorf("the clock was at %s and is at %s", was, b.Clock.Now())
		}
		if _, _, err := b.Accounts.Session(ctx, in.Token); err != nil {
			t.Errorf("the session is gone: %v", err)
		}
		if now := steps(t, b, acting(t, b, "duty")); !maps.EqualFunc(before, now, func(x, y loop.Step) bool { return x.Version == y.Version }) {
			t.Errorf("%d steps before, %d after, or other versions", len(before), len(now))
		}
		if err := b.story.AdvanceTo(ctx, was.Add(-time.Hour)); !seawall.Is(err, seawall.Invalid) {
			t.Errorf("the clock went back: %v", err)
		}
	})
}

// A demonstration that was killed while its story was told is forgotten whole
// and told again; Forget touches nothing else in the directory.
func TestAStoryCutShortIsToldAgain(t *testing.T) {
	cfg := installation(t, "sqlite")
	ctx, stop := context.WithCancel(context.Background())
	a, s := openStory(t, cfg, "school")
	err := a.Tell(ctx, s, func(done, of int) {
		if done == of/2 {
			stop()
		}
	})
	if !errors.Is(err, context.Canceled) {
		t.Fatalf("the story went on: %v", err)
	}
	check(t, a.Close())
	b, s := openStory(t, cfg, "school")
	if got, err := b.Told(context.Background()); err != nil || got != "" {
		t.Fatalf("told %q, %v", got, err)
	}
	if err := b.Tell(context.Background(), s, nil); !seawall.Is(err, seawall.Conflict) {
		t.Fatalf("a half-told story is told on: %v", err)
	}
	check(t, b.Close())
	check(t, Forget(cfg))
	full := told(t, installation(t, "sqlite"), "school")
	again := told(t, cfg, "school")
	keys := func(a *App) (out []string) {
		for _, s := range steps(t, a, acting(t, a, "duty")) {
			out = append(out, s.Mask+" "+s.Key+" "+s.Day.String()+" "+string(s.State))
		}
		slices.Sort(out)
		return out
	}
	if x, y := keys(full), keys(again); !slices.Equal(x, y) {
		t.Errorf("told again: %d steps, told once: %d, or others", len(y), len(x))
	}
}
