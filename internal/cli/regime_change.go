package cli

import (
	"encoding/json"
	"net/http"
	"net/url"
	"time"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/app"
	"github.com/seawall-city/seawall/internal/regime"
	"github.com/seawall-city/seawall/internal/response"
)

// journey are the facts about somebody's coming that a matrix is asked with.
type journey struct {
	OriginGrade string `help:"Grade of the area they come from: high, medium, cluster_county, cases_county, affected_prefecture, low."`
	Abroad      bool   `help:"They come from abroad."`
	Crossing    bool   `help:"Their track crossed a case's."`
	Left        string `help:"Day of leaving the area." placeholder:"DAY"`
	Entered     string `help:"Day of entering the country." placeholder:"DAY"`
	Arrived     string `help:"Day of arrival; default the day of leaving or entry." placeholder:"DAY"`
}

// asked reports whether anything about a journey was given.
func (j journey) asked() bool { return j != journey{} }

// anchors reads the days of a journey.
func (j journey) anchors() (a regime.ArrivalAnchors, arrived seawall.Day, err error) {
	a.Loc = time.UTC
	for _, d := range []struct {
		text string
		day  *seawall.Day
	}{{j.Left, &a.Left}, {j.Entered, &a.Entered}, {j.Arrived, &arrived}} {
		if *d.day, err = seawall.ParseDay(d.text); err != nil {
			return a, arrived, err
		}
	}
	if !arrived.Known() {
		arrived = max(a.Left, a.Entered)
	}
	if arrived.Known() {
		a.Arrived = arrived.Start(time.UTC).Add(12 * time.Hour)
	}
	return a, arrived, nil
}

// explainJourney explains what a matrix asks of somebody's coming.
func (c *regimeExplain) explainJourney(e *env) error {
	a, arrived, err := c.anchors()
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
			on = arrived
		}
		var ok bool
		if r, ok = set.ArrivalsInForce(c.Disease, c.Jurisdiction, on); !ok {
			return seawall.E("cli.regime", seawall.NotFound, "regime_none_in_force", "disease", c.Disease, "day", on.String())
		}
	}
	return regime.ExplainArrival(e.io.Out, e.lang, r, regime.OriginFacts{Grade: c.OriginGrade, Abroad: c.Abroad, Crossing: c.Crossing}, a)
}

type regimeWaivers struct {
	regimeFiles
	On string `help:"Day; without one every waiver there is." placeholder:"DAY"`
}

// Run lists waivers.
func (c *regimeWaivers) Run(e *env) error {
	day, err := seawall.ParseDay(c.On)
	if err != nil {
		return err
	}
	set, _, err := c.load("")
	if err != nil {
		return err
	}
	var all []regime.Waiver
	if day.Known() {
		all = set.Waivers(day)
	} else {
		for _, r := range set.All() {
			all = append(all, r.Waivers...)
		}
	}
	return regime.WriteWaivers(e.io.Out, e.lang, all)
}

type regimeAffected struct {
	place
	ID   string `arg:"" help:"The new rule."`
	From string `required:"" help:"The rule that people stand under."`
	JSON bool   `name:"json" help:"Print as JSON."`
}

// Run says who is affected by a new rule and what it changes for them.
func (c *regimeAffected) Run(e *env) error {
	var out response.RuleChange
	path := "/regimes/" + url.PathEscape(c.ID) + "/affected?" + url.Values{"from": {c.From}}.Encode()
	err := c.reach(e, http.MethodGet, path, nil, &out, func(a *app.App) (err error) {
		out, err = a.Main.Affected(e.ctx, operator(), c.From, c.ID)
		return err
	})
	if err != nil {
		return err
	}
	if c.JSON {
		return json.NewEncoder(e.io.Out).Encode(out)
	}
	e.say("%s -> %s", out.From.Ref, out.To.Ref)
	e.say("total %d  shorter %d  released %d  same %d  longer %d", out.Total, out.Shorter, out.Released, out.Same, out.Longer)
	for _, p := range out.People {
		e.say("%-16s %-10s %s -> %s (min %s)  %s", p.No, p.Was, orOpen(p.OldEnd), orOpen(p.NewEnd), orOpen(p.MinEnd), p.Change)
	}
	return nil
}

type regimeApply struct {
	place
	ID     string `arg:"" help:"The new rule."`
	From   string `required:"" help:"The rule that people stand under."`
	Option string `enum:"grandfather,convert,min" default:"min" help:"grandfather, convert, or min: on no day more than either rule."`
}

// Run applies a new rule; the exit code is 3 when somebody could not be brought
// to it.
func (c *regimeApply) Run(e *env) error {
	var out response.ChangeResult
	in := map[string]string{"from": c.From, "option": c.Option}
	err := c.reach(e, http.MethodPost, "/regimes/"+url.PathEscape(c.ID)+"/apply", in, &out, func(a *app.App) (err error) {
		out, err = a.Main.ApplyRuleChange(e.ctx, operator(), c.From, c.ID, c.Option)
		return err
	})
	if err != nil {
		return err
	}
	for _, f := range out.Failed {
		e.say("! %s: %s", f.ID, e.texts.Render(e.lang, f.Code, nil))
	}
	if len(out.Failed) > 0 {
		e.code = exitRejected
	}
	e.say("%s: changed %d  released %d  kept %d  before %d  failed %d", out.Option, out.Changed, out.Released, out.Kept, out.Before, len(out.Failed))
	return nil
}
