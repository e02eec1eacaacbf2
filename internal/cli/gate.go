package cli

import (
	"bytes"
	"encoding/json"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/app"
	"github.com/seawall-city/seawall/internal/config"
	"github.com/seawall-city/seawall/internal/gate"
	"github.com/seawall-city/seawall/internal/response"
)

// gateCmd looks at gates, tries their rules and takes in a shift: through the
// running server where there is one, else on the database itself. Nobody passes
// from here: a decision needs somebody at the gate.
type gateCmd struct {
	List      gateListCmd      `cmd:"" help:"List gates and other transport sites with what happened there today."`
	Decide    gateDecideCmd    `cmd:"" help:"Say what would be decided about some facts, and by which rule; nothing is kept."`
	Passes    gatePassesCmd    `cmd:"" help:"List the passes of a site, the newest first."`
	Reconcile gateReconcileCmd `cmd:"" help:"Take in a shift that a phone worked without a network."`
	Rules     gateRulesCmd     `cmd:"" help:"Files of gate rules."`
}

type gateListCmd struct {
	place
	Kind string `help:"Only this kind: port, wharf, rail, airport, coach, checkpoint or shoreline."`
	Area string `help:"Only in this area."`
	JSON bool   `name:"json" help:"Print as JSON."`
}

type gateDecideCmd struct {
	place
	Facts string `arg:"" help:"File of facts as JSON, or - for standard input."`
	On    string `help:"Day on which it is decided. Default: today."`
	JSON  bool   `name:"json" help:"Print as JSON."`
}

type gatePassesCmd struct {
	place
	Site     string `arg:"" help:"The site's id."`
	Decision string `help:"Only this decision: pass, sample_go, hold or refer."`
	Limit    int    `default:"50" help:"How many lines."`
	JSON     bool   `name:"json" help:"Print as JSON."`
}

type gateReconcileCmd struct {
	place
	Site string `arg:"" help:"The site's id."`
	File string `arg:"" help:"File as the phone wrote it (JSON: device, passes), or - for standard input."`
	JSON bool   `name:"json" help:"Print as JSON."`
}

type gateRulesCmd struct {
	List gateRulesListCmd `cmd:"" help:"List the files of gate rules."`
	Lint gateRulesLintCmd `cmd:"" help:"Check files of gate rules without installing them."`
}

type gateRulesListCmd struct {
	place
}

type gateRulesLintCmd struct {
	place
	Files []string `arg:"" help:"Rule files."`
}

// Run lists sites.
func (c *gateListCmd) Run(e *env) error {
	var l response.Gates
	err := c.reach(e, http.MethodGet, "/gates"+query("kind", c.Kind, "area", c.Area), nil, &l, func(a *app.App) (err error) {
		l, err = a.Main.Gates(e.ctx, operator(), response.GateFilter{Kind: c.Kind, Area: seawall.AreaID(c.Area)})
		return err
	})
	if err != nil {
		return err
	}
	if c.JSON {
		return json.NewEncoder(e.io.Out).Encode(l)
	}
	for _, g := range l.Items {
		e.say("%-22s  %-10s  %s  %d  %d  %d  %d  %s", g.Site.ID, g.Site.Kind, g.AreaName.In(e.lang), g.Passed, g.Sampled, g.Held, g.Referred, g.Site.Name.In(e.lang))
	}
	e.say("total %d", len(l.Items))
	return nil
}

// fileOf reads a file, or standard input for "-".
func (e *env) fileOf(name string) ([]byte, error) {
	if name == "-" {
		return io.ReadAll(e.io.In)
	}
	return os.ReadFile(name)
}

// Run decides about facts.
func (c *gateDecideCmd) Run(e *env) error {
	b, err := e.fileOf(c.Facts)
	if err != nil {
		return err
	}
	var f gate.Facts
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	if err := d.Decode(&f); err != nil {
		return seawall.E("cli.gate", seawall.Invalid, "gate_facts_unreadable", "why", err.Error())
	}
	day, err := seawall.ParseDay(c.On)
	if err != nil {
		return err
	}
	out, err := c.decide(f, day)
	if err != nil {
		return err
	}
	if c.JSON {
		return json.NewEncoder(e.io.Out).Encode(out)
	}
	e.say("%s  %s  %s", out.Outcome, out.Rule, out.Rules)
	e.say("%s", out.Reason.In(e.lang))
	e.say("%s", out.Source.In(e.lang))
	if out.HoldMinutes > 0 {
		e.say("%d min", out.HoldMinutes)
	}
	return nil
}

// decide uses the files as they are configured; no database is needed.
func (c *gateDecideCmd) decide(f gate.Facts, day seawall.Day) (gate.Decision, error) {
	cfg, set, err := c.gateRules()
	if err != nil {
		return gate.Decision{}, err
	}
	if !day.Known() {
		zone, err := time.LoadLocation(cfg.City.TimeZone)
		if err != nil {
			return gate.Decision{}, err
		}
		day = seawall.DayOf(app.WallClock().Now(), zone)
	}
	rules, ok := set.InForce(cfg.City.Jurisdiction, day)
	if !ok {
		return gate.Decision{}, seawall.E("cli.gate", seawall.NotFound, "gate_no_rules", "day", day.String())
	}
	if bad := rules.CheckFacts("", f); len(bad) > 0 {
		return gate.Decision{}, &seawall.Error{Op: "cli.gate", Kind: seawall.Invalid, Code: "gate_invalid", Fields: bad}
	}
	return rules.Decide(f), nil
}

// gateRules reads the shipped and the configured files of gate rules.
func (p place) gateRules() (config.Config, *gate.Set, error) {
	cfg, err := p.config()
	if err != nil {
		return cfg, nil, err
	}
	var extra []fs.FS
	if cfg.Gates != "" {
		extra = append(extra, os.DirFS(cfg.Gates))
	}
	set, err := gate.Load(extra...)
	return cfg, set, err
}

// Run lists passes.
func (c *gatePassesCmd) Run(e *env) error {
	var l response.List[gate.Pass]
	path := "/gates/" + c.Site + "/passes" + query("decision", c.Decision, "limit", strconv.Itoa(c.Limit))
	err := c.reach(e, http.MethodGet, path, nil, &l, func(a *app.App) (err error) {
		l, err = a.Main.Passes(e.ctx, operator(), seawall.SiteID(c.Site), response.PassFilter{Decision: c.Decision}, seawall.Page{Limit: c.Limit})
		return err
	})
	if err != nil {
		return err
	}
	if c.JSON {
		return json.NewEncoder(e.io.Out).Encode(l)
	}
	for _, p := range l.Items {
		e.say("%s  %d  %-10s  %-10s  %s  %s", p.Decided.Format("2006-01-02T15:04:05Z07:00"), p.Lane, p.Mask, p.Decision, p.Rule, p.By)
	}
	e.say("total %d", l.Total)
	return nil
}

// Run takes in a shift.
func (c *gateReconcileCmd) Run(e *env) error {
	b, err := e.fileOf(c.File)
	if err != nil {
		return err
	}
	var in response.Reconciliation
	if err := json.Unmarshal(b, &in); err != nil {
		return seawall.E("cli.gate", seawall.Invalid, "gate_facts_unreadable", "why", err.Error())
	}
	var out response.Reconciled
	err = c.reach(e, http.MethodPost, "/gates/"+c.Site+"/reconcile", in, &out, func(a *app.App) (err error) {
		out, err = a.Main.Reconcile(e.ctx, operator(), seawall.SiteID(c.Site), in)
		return err
	})
	if err != nil {
		return err
	}
	if c.JSON {
		return json.NewEncoder(e.io.Out).Encode(out)
	}
	for _, r := range out.Rejected {
		e.say("%s  %d  %s %s", r.ID, r.Row, r.Field, e.texts.Render(e.lang, r.Code, r.Args))
	}
	for _, d := range out.Different {
		e.say("%s  %s → %s  %s", d.ID, d.Then, d.Now, d.Rule)
	}
	e.say("in %d, accepted %d, repeated %d, rejected %d, different %d", out.In, out.Accepted, out.Repeated, len(out.Rejected), len(out.Different))
	return nil
}

// Run lists rule files.
func (c *gateRulesListCmd) Run(e *env) error {
	_, set, err := c.gateRules()
	if err != nil {
		return err
	}
	for _, r := range set.All() {
		e.say("%-24s  %-10s  %s  %s  %d  %s", r.ID, r.Jurisdiction, r.From, r.To, len(r.Rules), r.Title.In(e.lang))
	}
	return nil
}

// Run checks rule files over the configured ones.
func (c *gateRulesLintCmd) Run(e *env) error {
	_, set, err := c.gateRules()
	if err != nil {
		return err
	}
	n := 0
	for _, name := range c.Files {
		b, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		for _, p := range set.Check(filepath.Base(name), b) {
			n++
			e.say("%s", p.Format(e.lang))
		}
	}
	if n > 0 {
		return seawall.E("cli.gate", seawall.Invalid, "gate_rules_wrong", "count", strconv.Itoa(n))
	}
	e.say("ok %d", len(c.Files))
	return nil
}
