package cli

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/app"
	"github.com/seawall-city/seawall/internal/relief"
	"github.com/seawall-city/seawall/internal/response"
)

// appealCmd looks at objections and takes down one that came by telephone or on
// paper: through the running server where there is one, else on the database
// itself. Nobody decides from here: a decision needs a named post.
type appealCmd struct {
	List appealListCmd `cmd:"" help:"List objections, the most urgent first."`
	File appealFileCmd `cmd:"" help:"Take down an objection for somebody."`
}

type appealListCmd struct {
	place
	State string `help:"Only these states, separated by commas."`
	Limit int    `default:"50" help:"How many lines."`
	JSON  bool   `name:"json" help:"Print as JSON."`
}

type appealFileCmd struct {
	place
	Restriction string `arg:"" help:"The measure's id."`
	Request     string `required:"" help:"Id of your own, at least 16 characters: sent twice it is filed once."`
	Reason      string `required:"" help:"wrong_person, wrong_place, wrong_test, wrong_days, hardship or other."`
	Words       string `help:"What they say."`
}

// helpRequestCmd looks at requests for help and takes one down.
type helpRequestCmd struct {
	List helpListCmd `cmd:"" help:"List requests for help, the most urgent first."`
	File helpFileCmd `cmd:"" help:"Take down a request for help for somebody."`
}

type helpListCmd struct {
	place
	State string `help:"Only these states, separated by commas."`
	Kind  string `help:"Only this kind: medical, medicine, food, care, stuck or other."`
	Limit int    `default:"50" help:"How many lines."`
	JSON  bool   `name:"json" help:"Print as JSON."`
}

type helpFileCmd struct {
	place
	Kind    string `arg:"" help:"medical, medicine, food, care, stuck or other."`
	Request string `required:"" help:"Id of your own, at least 16 characters: sent twice it is filed once."`
	Words   string `help:"What they say."`
	Area    string `help:"Area where they are."`
	Phone   string `help:"Telephone number; it goes into the vault."`
}

// query writes the parts of an address's query that are set.
func query(pairs ...string) string {
	v := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i+1] != "" {
			v.Set(pairs[i], pairs[i+1])
		}
	}
	return "?" + v.Encode()
}

// parts splits a list of states, nil for none.
func parts(s string) []string {
	if s == "" {
		return nil
	}
	return strings.Split(s, ",")
}

// Run lists objections.
func (c *appealListCmd) Run(e *env) error {
	var l response.List[relief.Appeal]
	path := "/appeals" + query("state", c.State, "limit", strconv.Itoa(c.Limit))
	err := c.reach(e, http.MethodGet, path, nil, &l, func(a *app.App) (err error) {
		l, err = a.Main.Appeals(e.ctx, operator(), response.AppealFilter{States: parts(c.State)}, seawall.Page{Limit: c.Limit})
		return err
	})
	if err != nil {
		return err
	}
	if c.JSON {
		return json.NewEncoder(e.io.Out).Encode(l)
	}
	for _, a := range l.Items {
		e.say("%s  %-8s  %s  %-14s  %-12s  %s  %s", a.No, a.State, a.DecideBy.Format(time.RFC3339), a.Measure, a.Reason, a.Mask, a.OwnerName)
	}
	e.say("total %d", l.Total)
	return nil
}

// Run takes down an objection and prints its number and code.
func (c *appealFileCmd) Run(e *env) error {
	var out response.MyAppeal
	in := response.NewAppeal{Request: c.Request, Restriction: seawall.RestrictionID(c.Restriction), Reason: c.Reason, Words: c.Words, Channel: relief.Phone}
	err := c.reach(e, http.MethodPost, "/appeals", in, &out, func(a *app.App) (err error) {
		out, err = a.Main.FileAppeal(e.ctx, operator(), in)
		return err
	})
	if err != nil {
		return err
	}
	e.say("%s  %s  %s  %s", out.No, out.Code, out.DecideBy.Format(time.RFC3339), out.Decides)
	return nil
}

// Run lists requests for help.
func (c *helpListCmd) Run(e *env) error {
	var l response.List[relief.Help]
	path := "/help" + query("state", c.State, "kind", c.Kind, "limit", strconv.Itoa(c.Limit))
	err := c.reach(e, http.MethodGet, path, nil, &l, func(a *app.App) (err error) {
		l, err = a.Main.Helps(e.ctx, operator(), response.HelpFilter{States: parts(c.State), Kind: c.Kind}, seawall.Page{Limit: c.Limit})
		return err
	})
	if err != nil {
		return err
	}
	if c.JSON {
		return json.NewEncoder(e.io.Out).Encode(l)
	}
	for _, h := range l.Items {
		e.say("%s  %-8s  %-8s  %s  %s  %s", h.No, h.Kind, h.State, h.HelpBy.Format(time.RFC3339), h.Mask, h.OwnerName)
	}
	e.say("total %d", l.Total)
	return nil
}

// Run takes down a request for help and prints its number and code.
func (c *helpFileCmd) Run(e *env) error {
	var out response.MyHelp
	in := response.NewHelp{Request: c.Request, Kind: c.Kind, Words: c.Words, Area: seawall.AreaID(c.Area), Phone: c.Phone, Channel: relief.Phone}
	err := c.reach(e, http.MethodPost, "/help", in, &out, func(a *app.App) (err error) {
		out, err = a.Main.FileHelp(e.ctx, operator(), in)
		return err
	})
	if err != nil {
		return err
	}
	e.say("%s  %s  %s  %s", out.No, out.Code, out.AnswerBy.Format(time.RFC3339), out.Who)
	return nil
}
