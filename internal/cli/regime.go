package cli

import (
	"io/fs"
	"os"
	"strings"
	"time"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/regime"
)

// regimeCmd reads rule files.
type regimeCmd struct {
	Explain  regimeExplain  `cmd:"" help:"What a rule file asks of a contact or of somebody's coming, every rule cited."`
	Diff     regimeDiff     `cmd:"" help:"What differs between two rule files."`
	Lint     regimeLint     `cmd:"" help:"Check rule files."`
	List     regimeList     `cmd:"" help:"The rule files there are."`
	Waivers  regimeWaivers  `cmd:"" help:"Where local rules are stricter than the ones above, and who permitted it until when."`
	Affected regimeAffected `cmd:"" help:"Who stands under a rule and what another one would change for them."`
	Apply    regimeApply    `cmd:"" help:"Bring those who stand under a rule to another one."`
}

type regimeFiles struct {
	Regimes []string `help:"Directory whose files add to the shipped ones." type:"existingdir"`
}

func (r regimeFiles) fs() []fs.FS {
	var out []fs.FS
	for _, d := range r.Regimes {
		out = append(out, os.DirFS(d))
	}
	return out
}

func (r regimeFiles) load(id string) (*regime.Set, *regime.Regime, error) {
	set, err := regime.Load(r.fs()...)
	if err != nil || id == "" {
		return set, nil, err
	}
	got, ok := set.ByID(id)
	if !ok {
		return set, nil, seawall.E("cli.regime", seawall.NotFound, "regime_not_found", "id", id)
	}
	return set, got, nil
}

type regimeExplain struct {
	regimeFiles
	journey
	ID           string `arg:"" optional:"" help:"Regime; or give --disease and --on."`
	Disease      string `help:"Disease, to take the regime in force on a day."`
	On           string `help:"Day on which the regime must be in force; default the last exposure."`
	Jurisdiction string `default:"CN"`
	Class        string `help:"Contact class; without one the whole file is laid out."`
	LastExposure string `help:"Day of last exposure, 2006-01-02." placeholder:"DAY"`
	Discovered   string `help:"Day on which the contact was found; default at once." placeholder:"DAY"`
	Susceptible  bool   `help:"The person is known to be susceptible."`
}

// Run explains.
func (c *regimeExplain) Run(e *env) error {
	if c.asked() {
		return c.explainJourney(e)
	}
	last, err := seawall.ParseDay(c.LastExposure)
	if err != nil {
		return err
	}
	found, err := seawall.ParseDay(c.Discovered)
	if err != nil {
		return err
	}
	set, r, err := c.load(c.ID)
	if err != nil {
		return err
	}
	if r == nil {
		on, err := seawall.ParseDay(c.On)
		if err != nil {
			return err
		}
		if !on.Known() {
			on = last
		}
		var ok bool
		if r, ok = set.InForce(c.Disease, c.Jurisdiction, on); !ok {
			return seawall.E("cli.regime", seawall.NotFound, "regime_none_in_force", "disease", c.Disease, "day", on.String())
		}
	}
	a := regime.Anchors{FirstExposure: seawall.NoDay, LastExposure: last, Susceptible: c.Susceptible, Loc: time.UTC}
	if found.Known() {
		a.Discovered = found.Start(time.UTC).Add(12 * time.Hour)
	}
	return regime.Explain(e.io.Out, e.lang, r, c.Class, a)
}

type regimeDiff struct {
	regimeFiles
	A string `arg:""`
	B string `arg:""`
}

// Run compares.
func (c *regimeDiff) Run(e *env) error {
	_, a, err := c.load(c.A)
	if err != nil {
		return err
	}
	_, b, err := c.load(c.B)
	if err != nil {
		return err
	}
	return regime.Diff(e.io.Out, e.lang, a, b)
}

type regimeLint struct {
	Dir []string `arg:"" optional:"" help:"Directories to check on top of the shipped files." type:"existingdir"`
}

// Run checks.
func (c *regimeLint) Run(e *env) error {
	return regime.Lint(e.io.Out, e.lang, regimeFiles{c.Dir}.fs()...)
}

type regimeList struct{ regimeFiles }

// Run lists.
func (c *regimeList) Run(e *env) error {
	set, _, err := c.load("")
	if err != nil {
		return err
	}
	for _, r := range set.All() {
		e.say("%-24s %-24s %-8s %s – %-10s %s", r.ID, r.Disease.ID, r.Jurisdiction, r.From, orOpen(r.To), strings.TrimSpace(r.Title.In(e.lang)))
	}
	return nil
}

func orOpen(d seawall.Day) string {
	if !d.Known() {
		return "…"
	}
	return d.String()
}
