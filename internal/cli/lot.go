package cli

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/app"
	"github.com/seawall-city/seawall/internal/goods"
	"github.com/seawall-city/seawall/internal/response"
)

// lotCmd looks at goods, parcels and sampled places, and releases what is complete:
// through the running server where there is one, else on the database itself.
type lotCmd struct {
	List    lotListCmd    `cmd:"" help:"List goods and parcels, the newest first."`
	Show    lotShowCmd    `cmd:"" help:"Show one lot: what its release needs, samples, custody, trace."`
	Release lotReleaseCmd `cmd:"" help:"Release a lot; refused where a required record is missing."`
	Points  lotPointsCmd  `cmd:"" help:"List the places that are sampled, the ones due first in front."`
}

type lotListCmd struct {
	place
	State string `help:"Only these states, separated by commas: expected, held, sealed, released, disposed."`
	Kind  string `help:"Only this kind of goods."`
	Area  string `help:"Only below this area."`
	Limit int    `default:"50" help:"How many lines."`
	JSON  bool   `name:"json" help:"Print as JSON."`
}

type lotShowCmd struct {
	place
	ID   string `arg:"" help:"The lot's id."`
	JSON bool   `name:"json" help:"Print as JSON."`
}

type lotReleaseCmd struct {
	place
	ID string `arg:"" help:"The lot's id."`
}

type lotPointsCmd struct {
	place
	Area string `help:"Only below this area."`
	JSON bool   `name:"json" help:"Print as JSON."`
}

// Run lists lots with the counts by state.
func (c *lotListCmd) Run(e *env) error {
	var b response.GoodsBoard
	path := "/lots" + query("state", c.State, "kind", c.Kind, "area", c.Area, "limit", strconv.Itoa(c.Limit))
	err := c.reach(e, http.MethodGet, path, nil, &b, func(a *app.App) (err error) {
		f := response.LotFilter{Kind: c.Kind, Area: seawall.AreaID(c.Area)}
		if c.State != "" {
			f.States = strings.Split(c.State, ",")
		}
		b, err = a.Main.Lots(e.ctx, operator(), f, seawall.Page{Limit: c.Limit})
		return err
	})
	if err != nil {
		return err
	}
	if c.JSON {
		return json.NewEncoder(e.io.Out).Encode(b)
	}
	for _, l := range b.Lots.Items {
		e.say("%s  %-26s  %-8s  %-10s  %s  %s", l.No, l.ID, l.State, l.Kind, l.Name, l.Place)
	}
	for _, s := range goods.States() {
		if b.Counts[s] > 0 {
			e.say("%-8s %d", s, b.Counts[s])
		}
	}
	return nil
}

// Run shows a lot.
func (c *lotShowCmd) Run(e *env) error {
	var v response.LotView
	err := c.reach(e, http.MethodGet, "/lots/"+url.PathEscape(c.ID), nil, &v, func(a *app.App) (err error) {
		v, err = a.Main.LotView(e.ctx, operator(), seawall.LotID(c.ID))
		return err
	})
	if err != nil {
		return err
	}
	if c.JSON {
		return json.NewEncoder(e.io.Out).Encode(v)
	}
	e.say("%s  %s  %s  %s", v.Lot.No, v.KindName.In(e.lang), v.Lot.Name, v.Lot.State)
	for _, k := range v.Checks {
		mark := "-"
		if k.Done {
			mark = "+"
		}
		e.say("  %s %s", mark, k.Text.In(e.lang))
	}
	for _, s := range v.Samples {
		e.say("  %s  %s  %s  %s", instant(s.Collected), s.Accession, s.What, pickWord(s.Outcome, "…"))
	}
	for _, l := range v.Legs {
		e.say("  %s  %s -> %s  %s", instant(l.Offered), l.Giver, l.Receiver, l.Place)
	}
	return nil
}

// pickWord gives the first word that is not empty.
func pickWord(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

// Run releases a lot.
func (c *lotReleaseCmd) Run(e *env) error {
	var l goods.Lot
	err := c.reach(e, http.MethodPost, "/lots/"+url.PathEscape(c.ID)+"/release", response.LotDecision{}, &l, func(a *app.App) (err error) {
		l, err = a.Main.ReleaseLot(e.ctx, operator(), seawall.LotID(c.ID), response.LotDecision{})
		return err
	})
	if err != nil {
		return err
	}
	e.say("%s  %s", l.No, l.State)
	return nil
}

// Run lists places that are sampled.
func (c *lotPointsCmd) Run(e *env) error {
	var l response.List[response.PointRow]
	err := c.reach(e, http.MethodGet, "/points"+query("area", c.Area), nil, &l, func(a *app.App) (err error) {
		l, err = a.Main.Points(e.ctx, operator(), seawall.AreaID(c.Area))
		return err
	})
	if err != nil {
		return err
	}
	if c.JSON {
		return json.NewEncoder(e.io.Out).Encode(l)
	}
	for _, p := range l.Items {
		mark := ""
		if p.Positive != "" {
			mark = "positive"
		}
		e.say("%s  %-16s  %s  due %s  %s", p.No, p.Kind, p.Name, instant(p.Due), mark)
	}
	e.say("total %d", l.Total)
	return nil
}

// lotHelp is the Chinese of the help of this command.
func lotHelp() map[string]string {
	return map[string]string{
		"Look at goods, parcels and sampled places; release what is complete.":                "查看货物、快递与采样点，放行记录齐全的货物。",
		"List goods and parcels, the newest first.":                                           "列出货物与快递，新的在前。",
		"Show one lot: what its release needs, samples, custody, trace.":                      "查看一批货物：放行所需、采样、交接、溯源。",
		"Release a lot; refused where a required record is missing.":                          "放行一批货物；缺规定记录的不予放行。",
		"List the places that are sampled, the ones due first in front.":                      "列出采样点，最早到期的在前。",
		"Only these states, separated by commas: expected, held, sealed, released, disposed.": "只列这些状态，用逗号分隔：expected、held、sealed、released、disposed。",
		"Only this kind of goods.":                                                            "只列这一类货物。",
		"The lot's id.":                                                                       "货物编号（id）。",
	}
}
