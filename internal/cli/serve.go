package cli

import (
	"context"
	"errors"
	"log/slog"
	"path/filepath"
	"time"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/app"
	"github.com/seawall-city/seawall/internal/auth"
	"github.com/seawall-city/seawall/internal/config"
	"github.com/seawall-city/seawall/internal/story"
)

// demoCmd starts a demonstration.
type demoCmd struct {
	Story  string `help:"Which story to tell: yancheng or school." default:"yancheng"`
	Listen string `help:"Address to listen on." default:"127.0.0.1:8080"`
	Data   string `help:"Data directory; by default one for each story under seawall-data." placeholder:"DIR"`
	Fresh  bool   `help:"Forget what was done in the demonstration before."`
	// A demonstration on PostgreSQL shows several nodes; the proofs use it.
	Database string `help:"Records database: a postgres:// URL; by default a file in the data directory." env:"SEAWALL_DEMO_DATABASE"`
}

// Run tells the story where it has not been told yet, then serves.
func (c *demoCmd) Run(e *env) error {
	s, err := story.Load(c.Story)
	if err != nil {
		return err
	}
	if c.Data == "" {
		c.Data = filepath.Join("seawall-data", "demo-"+s.ID)
	}
	cfg := config.Default(c.Data)
	cfg.Listen, cfg.Database = c.Listen, c.Database
	if err := cfg.Check(); err != nil {
		return seawall.E("cli.demo", seawall.Invalid, "config_invalid", "path", "--listen", "detail", err.Error())
	}
	if c.Fresh {
		if err := forget(e, cfg, s); err != nil {
			return err
		}
	}
	a, err := openDemo(e, cfg, s)
	if err != nil {
		return err
	}
	defer a.Close()
	return a.Serve(e.ctx, func(addr string) {
		first := s.First()
		e.say("\n  Seawall 范公堤  %s\n", s.Title.In(e.lang))
		e.say("  open:      http://%s", addr)
		e.say("  login:     %s", first.Login)
		e.say("  password:  %s", app.DemoPassword)
		e.say("\n  %s\n", e.texts.Render(e.lang, "demo_hint", map[string]string{"clock": a.Clock.Now().In(a.Zone).Format("2006-01-02 15:04")}))
	})
}

// forget removes a former demonstration, and nothing but a demonstration.
func forget(e *env, cfg config.Config, s *story.Story) error {
	a, _, err := openStory(e, cfg, s)
	if err != nil {
		return err
	}
	err = a.MayTell(e.ctx)
	if err := errors.Join(err, a.Close()); err != nil {
		return err
	}
	return app.Forget(cfg)
}

// openDemo opens the demonstration and tells its story the first time. A story
// that was cut short is told again from an empty database.
func openDemo(e *env, cfg config.Config, s *story.Story) (*app.App, error) {
	a, told, err := openStory(e, cfg, s)
	if err != nil || told == s.ID {
		return a, err
	}
	if told != "" {
		a.Close()
		return nil, seawall.E("cli.demo", seawall.Conflict, "story_other", "path", cfg.Data, "id", told)
	}
	if err := a.MayTell(e.ctx); err != nil {
		a.Close()
		return nil, err
	}
	err = a.Tell(e.ctx, s, nil)
	if seawall.Is(err, seawall.Conflict) {
		a.Close()
		if err := app.Forget(cfg); err != nil {
			return nil, err
		}
		if a, _, err = openStory(e, cfg, s); err != nil {
			return nil, err
		}
		err = a.Tell(e.ctx, s, nil)
	}
	if err != nil {
		a.Close()
		return nil, err
	}
	return a, nil
}

// openStory opens a demonstration's databases and says which story they hold.
func openStory(e *env, cfg config.Config, s *story.Story) (*app.App, string, error) {
	zone, err := time.LoadLocation(cfg.City.TimeZone)
	if err != nil {
		return nil, "", err
	}
	a, err := app.Open(e.ctx, cfg, app.Options{Log: logger(e, cfg), Version: e.version, Story: s.Begins(zone)})
	if err != nil {
		return nil, "", err
	}
	told, err := a.Told(e.ctx)
	if err != nil {
		a.Close()
		return nil, "", err
	}
	return a, told, nil
}

// serveCmd starts the server.
type serveCmd struct {
	place
}

// Run serves until it is told to stop. The first start makes an administrator
// and prints the one-time password.
func (c *serveCmd) Run(e *env) error {
	cfg, err := c.config()
	if err != nil {
		return err
	}
	a, err := app.Open(e.ctx, cfg, app.Options{Log: logger(e, cfg), Version: e.version})
	if err != nil {
		return err
	}
	defer a.Close()
	if invented, err := a.Invented(e.ctx); err != nil {
		return err
	} else if invented { // its accounts have a password that everybody knows
		return seawall.E("cli.serve", seawall.Conflict, "story_not_served", "path", cfg.Data)
	}
	if err := firstAccount(e.ctx, e, a); err != nil {
		return err
	}
	return a.Serve(e.ctx, func(addr string) {
		e.say("Seawall %s: %s (%s)", e.version, cfg.Link(), addr)
	})
}

// firstAccount makes the first administrator where there is no account.
func firstAccount(ctx context.Context, e *env, a *app.App) error {
	none, err := a.NoAccounts(ctx)
	if err != nil || !none {
		return err
	}
	if known, err := a.CityKnown(ctx); err != nil || !known {
		if err == nil {
			err = seawall.E("cli.serve", seawall.Invalid, "city_missing", "id", string(a.Config.City.Root))
		}
		return err
	}
	p, password, err := a.Accounts.Bootstrap(ctx, seawall.Actor{Kind: seawall.ActorOperator, Name: "operator"},
		auth.NewAccount{Login: "admin", WorkName: "账号管理员", Roles: []string{"admin"}, Area: a.Config.City.Root})
	if err != nil {
		return err
	}
	e.say("%s", e.texts.Render(e.lang, "first_account", map[string]string{"login": p.Login, "password": password}))
	return nil
}

// accountCmd creates accounts and resets passwords on the server's own machine,
// for the first one and for the day on which nobody can sign in.
type accountCmd struct {
	Create struct {
		place
		Login string   `arg:""`
		Post  string   `help:"The post that others see." required:""`
		Role  []string `help:"Roles, separated by commas." required:""`
		Area  string   `help:"Area that the account works in; default the city."`
	} `cmd:"" help:"Create an account and print its one-time password. The server must be stopped when it uses SQLite."`
}

// Run creates the account.
func (c *accountCmd) Run(e *env) error {
	cfg, err := c.Create.config()
	if err != nil {
		return err
	}
	a, err := app.Open(e.ctx, cfg, app.Options{Version: e.version})
	if err != nil {
		return err
	}
	defer a.Close()
	if c.Create.Area == "" {
		c.Create.Area = string(cfg.City.Root)
	}
	p, password, err := a.Accounts.Bootstrap(e.ctx, seawall.Actor{Kind: seawall.ActorOperator, Name: "operator"}, auth.NewAccount{
		Login: c.Create.Login, WorkName: c.Create.Post, Roles: c.Create.Role, Area: seawall.AreaID(c.Create.Area)})
	if err != nil {
		return err
	}
	e.say("login: %s\npassword: %s", p.Login, password)
	return nil
}

// logger makes the structured log of a configuration.
func logger(e *env, c config.Config) *slog.Logger {
	var level slog.Level
	if err := level.UnmarshalText([]byte(c.Log.Level)); err != nil {
		level = slog.LevelInfo
	}
	o := &slog.HandlerOptions{Level: level}
	if c.Log.Format == "json" {
		return slog.New(slog.NewJSONHandler(e.io.Err, o))
	}
	return slog.New(slog.NewTextHandler(e.io.Err, o))
}

// openapiCmd prints the API's description.
type openapiCmd struct{}

// Run composes the HTTP face over nothing and prints what it offers.
func (openapiCmd) Run(e *env) error {
	b, err := app.OpenAPI(e.version)
	if err == nil {
		e.say("%s", b)
	}
	return err
}

// versionCmd prints the version.
type versionCmd struct{}

// Run prints it.
func (versionCmd) Run(e *env) error {
	e.say("seawall %s", e.version)
	return nil
}
