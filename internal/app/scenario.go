package app

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"time"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/config"
	"github.com/seawall-city/seawall/internal/httpapi"
	"github.com/seawall-city/seawall/internal/scenario"
	"github.com/seawall-city/seawall/internal/story"
)

// ScenarioHost makes instances for scenarios: the real composition on a clock
// that stands and on databases that are thrown away.
type ScenarioHost struct{}

var _ scenario.Host = ScenarioHost{}

// Open opens an instance.
func (ScenarioHost) Open(ctx context.Context, s scenario.Setup) (scenario.Instance, error) {
	c := config.Default(s.Data)
	c.Listen, c.Database, c.Regimes, c.Protocols = s.Listen, s.Database, s.Regimes, s.Protocols
	c.City.Root = seawall.AreaID(s.Root)
	if s.Jurisdiction != "" {
		c.City.Jurisdiction = s.Jurisdiction
	}
	a, err := Open(ctx, c, Options{Log: slog.New(slog.DiscardHandler), Version: s.Version, Story: s.Start, Still: true, Seed: s.Seed})
	if err != nil {
		return nil, err
	}
	return &scenarioStage{app: a, face: a.Handler()}, nil
}

// Throwaway makes an empty database on the PostgreSQL server of a URL and gives
// what drops it again.
func (ScenarioHost) Throwaway(ctx context.Context, server string) (url string, drop func() error, err error) {
	return freshDatabase(ctx, server, "scenario")
}

// Story gives a shipped story, or the one that a text tells.
func (ScenarioHost) Story(id, text string, zone *time.Location) (scenario.Story, error) {
	s, err := story.Parse([]byte(text))
	if text == "" {
		s, err = story.Load(id)
	}
	if err != nil {
		return scenario.Story{}, err
	}
	out := scenario.Story{Begins: s.Begins(zone), Tell: func(ctx context.Context, on scenario.Instance) error {
		return on.(*scenarioStage).app.Tell(ctx, s, nil)
	}}
	for _, a := range s.Accounts {
		out.Accounts = append(out.Accounts, scenario.Account{Login: a.Login, Name: a.Post.ZH, Area: string(a.Area), Roles: a.Roles})
	}
	return out, nil
}

// Person invents a grown-up.
func (ScenarioHost) Person(seed int64) any { return invent(seed, 1, 20, 60)[0] }

// scenarioStage is an instance as a scenario sees it.
type scenarioStage struct {
	app  *App
	face *httpapi.Server
}

// Now gives the scenario's time.
func (s *scenarioStage) Now() time.Time { return s.app.Clock.Now() }

// Zone gives the city's time zone.
func (s *scenarioStage) Zone() *time.Location { return s.app.Zone }

// Faces answer on the port and to the machine's operator.
func (s *scenarioStage) Faces() (public, machine http.Handler, end func()) {
	h := s.face.Handler()
	return h, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h.ServeHTTP(w, r.WithContext(httpapi.Operator(r.Context(), nil)))
	}), s.face.EndStreams
}

// Settle does what the background does.
func (s *scenarioStage) Settle(ctx context.Context) error {
	_, err := s.app.Settle(ctx)
	return err
}

// MoveTo moves the clock.
func (s *scenarioStage) MoveTo(ctx context.Context, to time.Time) (map[string]int, error) {
	fired, err := s.app.MoveTo(ctx, to)
	if err != nil {
		return nil, err
	}
	b, err := json.Marshal(fired)
	if err != nil {
		return nil, err
	}
	out := map[string]int{}
	return out, json.Unmarshal(b, &out)
}

// Post makes an account.
func (s *scenarioStage) Post(ctx context.Context, a scenario.Account) error {
	_, err := s.app.Post(ctx, story.Account{Login: a.Login, Post: seawall.Text{ZH: a.Name, EN: a.Name}, Roles: a.Roles, Area: seawall.AreaID(a.Area)})
	return err
}

// Password is the password of every account.
func (s *scenarioStage) Password() string { return DemoPassword }

// OnDuty puts an account on the duty roster.
func (s *scenarioStage) OnDuty(ctx context.Context, login, area, theme string, rank int) error {
	return s.app.OnDuty(ctx, story.Post{Login: login, Area: seawall.AreaID(area), Theme: theme, Rank: rank})
}

// Means notes what an area has.
func (s *scenarioStage) Means(ctx context.Context, area, kind string, total, used int) error {
	return s.app.Means(ctx, story.CapacityLine{Area: seawall.AreaID(area), Kind: kind, Total: total, Used: used})
}

// CheckFiles reads the files that the instance would start with.
func (s *scenarioStage) CheckFiles() error { return s.app.CheckFiles() }

// Roles lists the roles that an account may hold.
func (s *scenarioStage) Roles() []string {
	var out []string
	for _, r := range s.app.Policies.Roles() {
		if !r.Abstract {
			out = append(out, r.ID)
		}
	}
	return out
}

// Close closes the instance.
func (s *scenarioStage) Close() error { return s.app.Close() }
