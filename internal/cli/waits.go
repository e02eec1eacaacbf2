package cli

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/app"
	"github.com/seawall-city/seawall/internal/response"
)

// waitsCmd tells how long vehicles wait at gates, how long they will, and what other
// lanes would do: through the running server where there is one, else on the
// database itself.
type waitsCmd struct {
	place
	Site   string `arg:"" optional:"" help:"The site's id; without it all sites, the worst first."`
	Hours  int    `default:"8" help:"Hours ahead, 1 to 24."`
	Plan   bool   `help:"Look for the cheapest lanes by hour that keep the target."`
	Lanes  string `help:"Look at this plan too: lanes by hour from this one on, separated by commas."`
	For    string `help:"Only this queue: freight or car."`
	Target int    `help:"Target in minutes; the city's unless given."`
	Most   int    `help:"Lanes that can be staffed; all unless given."`
	Keep   bool   `help:"Put the plan in force: the given lanes, else the cheapest."`
	Model  string `help:"File of an evening written by hand: arrivals, lanes and services by hour; computed and simulated without any records."`
	JSON   bool   `name:"json" help:"Print as JSON."`
}

// Run prints the waits of all sites, of one, or a comparison of plans.
func (c *waitsCmd) Run(e *env) error {
	switch {
	case c.Model != "":
		return c.written(e)
	case c.Site == "":
		return c.list(e)
	case c.Plan || c.Lanes != "" || c.Keep:
		return c.plan(e)
	}
	return c.one(e)
}

func (c *waitsCmd) list(e *env) error {
	var l response.Waits
	err := c.reach(e, http.MethodGet, "/waits", nil, &l, func(a *app.App) (err error) {
		l, err = a.Main.Waits(e.ctx, operator())
		return err
	})
	if err != nil {
		return err
	}
	if c.JSON {
		return json.NewEncoder(e.io.Out).Encode(l)
	}
	for _, s := range l.Items {
		alarm := ""
		if s.Alarm != nil {
			alarm = "  alarm since " + s.Alarm.Since.Format(time.RFC3339)
		}
		e.say("%-20s  %4d vehicles  p50 %s  p95 %s  ahead %s at %s%s", s.Site, s.Passed, clockOf(s.P50), clockOf(s.P95), clockOf(s.Ahead), s.At.Format("15:04"), alarm)
	}
	e.say("total %d  passed %d  over the target %d", len(l.Items), l.Passed, l.Over)
	return nil
}

// clockOf writes seconds as minutes and seconds.
func clockOf(seconds int) string { return fmt.Sprintf("%d:%02d", seconds/60, seconds%60) }

func (c *waitsCmd) one(e *env) error {
	var v response.GateWaits
	err := c.reach(e, http.MethodGet, "/gates/"+c.Site+"/waits"+query("hours", strconv.Itoa(c.Hours)), nil, &v, func(a *app.App) (err error) {
		v, err = a.Main.GateWaits(e.ctx, operator(), seawall.SiteID(c.Site), c.Hours)
		return err
	})
	if err != nil {
		return err
	}
	if c.JSON {
		return json.NewEncoder(e.io.Out).Encode(v)
	}
	e.say("%s  %s  target %s  longest %s", v.Site.ID, v.Now.Format(time.RFC3339), clockOf(v.Target), clockOf(v.Longest))
	for _, q := range v.Queues {
		if c.For != "" && q.For != c.For {
			continue
		}
		e.say("%s  last hour: %d vehicles  p50 %s  p95 %s  longest %s  waiting %.0f", name(q.For), q.Last.Passed, clockOf(q.Last.P50), clockOf(q.Last.P95), clockOf(q.Last.Most), q.Last.Waiting)
		e.say("  service %s (%s to %s)  cv² %.2f  of %d  days %d  today %.2f", clockOf(q.Service.Mean), clockOf(q.Service.Low), clockOf(q.Service.High), q.Service.CV2, q.Service.N,
			q.Arrivals.Days, q.Arrivals.Today)
		c.hours(e, q.Hours)
		e.say("  worst p95 %s  lane hours %.0f  staff hours %.0f", clockOf(q.Worst), q.LaneHours, q.StaffHours)
		for _, a := range q.Advice {
			e.say("  %s", a.Text.In(e.lang))
		}
	}
	return nil
}

func (c *waitsCmd) hours(e *env, hours []response.WaitHour) {
	for _, h := range hours {
		e.say("  %s  lanes %d  expected %5.1f  load %.2f  p50 %s  p95 %s  over %2.0f %%  queue %.1f", h.From.Format("15:04"), h.Lanes, h.Expected, h.Load, clockOf(h.P50), clockOf(h.P95),
			100*h.Above, h.Queue)
	}
}

func name(lane string) string {
	if lane == "" {
		return "all"
	}
	return lane
}

func (c *waitsCmd) plan(e *env) error {
	in := response.WaitPlan{For: c.For, Hours: c.Hours, Target: c.Target, Most: c.Most, Keep: c.Keep}
	for _, p := range parts(strings.ReplaceAll(c.Lanes, " ", "")) {
		n, err := strconv.Atoi(p)
		if err != nil {
			return seawall.E("cli.waits", seawall.Invalid, "gate_number")
		}
		in.Lanes = append(in.Lanes, n)
	}
	if len(in.Lanes) > 0 {
		in.Hours = len(in.Lanes)
	}
	var out response.WaitPlanned
	err := c.reach(e, http.MethodPost, "/gates/"+c.Site+"/waits/plan", in, &out, func(a *app.App) (err error) {
		out, err = a.Main.PlanLanes(e.ctx, operator(), seawall.SiteID(c.Site), in)
		return err
	})
	if err != nil {
		return err
	}
	if c.JSON {
		return json.NewEncoder(e.io.Out).Encode(out)
	}
	tell := func(what string, r response.WaitPlanResult) {
		e.say("%s  lanes %v  worst p95 %s  waited %.1f h  lane hours %.0f  staff hours %.0f", what, r.Lanes, clockOf(r.Worst), float64(r.Waited)/3600, r.LaneHours, r.StaffHours)
		c.hours(e, r.Hours)
	}
	tell("as planned", out.Now)
	if out.Given != nil {
		tell("asked about", *out.Given)
	}
	tell("best", out.Best)
	e.say("%s", out.Text.In(e.lang))
	if len(out.InForce) > 0 {
		e.say("in force: %v", out.InForce)
	}
	return nil
}
