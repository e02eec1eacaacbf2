package cli

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/app"
	"github.com/seawall-city/seawall/internal/border"
	"github.com/seawall-city/seawall/internal/response"
)

// arrivalCmd works on arrivals: through the running server where there is one,
// else on the database itself.
type arrivalCmd struct {
	Feed   arrivalFeedCmd   `cmd:"" help:"Take in a file of a station, airport, motorway exit or partner city."`
	List   arrivalListCmd   `cmd:"" help:"List arrivals with their checks."`
	Checks arrivalChecksCmd `cmd:"" help:"Print the four checks by area."`
	Grades arrivalGradesCmd `cmd:"" help:"Take grades of areas from a CSV file, or print those in force on a day."`
}

type arrivalFeedCmd struct {
	place
	File string `arg:"" type:"existingfile" help:"CSV with the columns external, origin, left, expected or arrived, and what else is known."`
	Feed string `required:"" help:"Name of the sender; with the row's own id it is the key."`
	JSON bool   `name:"json" help:"Print the counts and problems as JSON."`
}

type arrivalListCmd struct {
	place
	Missing string `help:"Only those without this check: headcount, identity, location, measure or any."`
	State   string `help:"Only these states, separated by commas."`
	Area    string `help:"Only below this area."`
	Limit   int    `default:"50" help:"How many lines."`
	JSON    bool   `name:"json" help:"Print as JSON."`
}

type arrivalChecksCmd struct {
	place
	Parent string `arg:"" optional:"" help:"Area whose parts are listed. Default: the city."`
	JSON   bool   `name:"json" help:"Print as JSON."`
}

type arrivalGradesCmd struct {
	place
	File    string `arg:"" optional:"" type:"existingfile" help:"CSV with the columns code, level, from, to and source."`
	Disease string `help:"Disease of rows that name none. Default: the one whose rules for arrivals are in force."`
	Day     string `help:"Day whose grades are printed. Default: today."`
	DryRun  bool   `help:"Say what would happen and write nothing."`
	JSON    bool   `name:"json" help:"Print as JSON."`
}

// operator is the hand of the command line on the server's own machine.
func operator() response.Who {
	return response.Who{Actor: seawall.Actor{Kind: seawall.ActorOperator, Name: "operator"}}
}

// reach asks the running server, else works on the database itself.
func (p place) reach(e *env, method, path string, body any, into any, local func(a *app.App) error) error {
	cfg, err := p.config()
	if err != nil {
		return err
	}
	if socket := runningServer(e.ctx, cfg); socket != "" {
		var b []byte
		kind := ""
		if body != nil {
			if b, err = json.Marshal(body); err != nil {
				return err
			}
			kind = "application/json"
		}
		return (&remote{socket: socket, lang: e.lang}).call(e.ctx, method, path, kind, bytes.NewReader(b), into)
	}
	a, err := app.Open(e.ctx, cfg, app.Options{Version: e.version, Log: logger(e, cfg)})
	if err != nil {
		return err
	}
	defer a.Close()
	return local(a)
}

// Run takes a feed in and prints what became of its rows; the exit code is 3 when
// some were rejected.
func (c *arrivalFeedCmd) Run(e *env) error {
	text, err := os.ReadFile(c.File)
	if err != nil {
		return &seawall.Error{Op: "cli.arrival", Kind: seawall.Invalid, Code: "file_unreadable", Args: map[string]string{"path": c.File}, Err: err}
	}
	cfg, err := c.config()
	if err != nil {
		return err
	}
	zone, err := time.LoadLocation(cfg.City.TimeZone)
	if err != nil {
		return err
	}
	rows, bad, err := response.ReadFeed(bytes.NewReader(text), zone)
	if err != nil {
		return err
	}
	batch := response.FeedBatch{Feed: c.Feed, Rows: rows}
	var rep response.FeedReport
	err = c.reach(e, http.MethodPost, "/arrivals/feed", batch, &rep, func(a *app.App) (err error) {
		rep, err = a.Main.ReceiveFeed(e.ctx, operator(), batch)
		return err
	})
	if err != nil {
		return err
	}
	rep.Rows, rep.Rejected = rep.Rows+len(bad), rep.Rejected+len(bad)
	if rep.Rejected > 0 {
		e.code = exitRejected
	}
	if c.JSON {
		return json.NewEncoder(e.io.Out).Encode(rep)
	}
	for _, r := range bad {
		e.say("! %d %s: %s", r.Line, r.ID, e.texts.Render(e.lang, r.Code, r.Args))
	}
	for _, f := range rep.Fates {
		if f.Code != "" {
			e.say("! %s: %s", f.External, e.texts.Render(e.lang, f.Code, f.Args))
		}
	}
	e.say("rows %d  accepted %d  rejected %d  new %d  known %d  companions %d  corrected %d  unchanged %d", rep.Rows, rep.Accepted, rep.Rejected,
		rep.New, rep.Known, rep.Companions, rep.Corrected, rep.Unchanged)
	return nil
}

// Run prints arrivals.
func (c *arrivalListCmd) Run(e *env) error {
	var list response.List[border.Arrival]
	q := url.Values{"limit": {strconv.Itoa(c.Limit)}}
	for k, v := range map[string]string{"missing": c.Missing, "state": c.State, "area": c.Area} {
		if v != "" {
			q.Set(k, v)
		}
	}
	err := c.reach(e, http.MethodGet, "/arrivals?"+q.Encode(), nil, &list, func(a *app.App) (err error) {
		f := response.ArrivalFilter{Area: seawall.AreaID(c.Area), Query: border.Query{Missing: c.Missing}}
		if c.State != "" {
			f.States = strings.Split(c.State, ",")
		}
		list, err = a.Main.Arrivals(e.ctx, operator(), f, seawall.Page{Limit: c.Limit})
		return err
	})
	if err != nil {
		return err
	}
	if c.JSON {
		return json.NewEncoder(e.io.Out).Encode(list)
	}
	for _, a := range list.Items {
		e.say("%s  %s  %s  %s  %s  %s  %s", a.No, a.Mask, a.State, marks(a), a.Area.Leaf(), a.OwnerName, a.FoundBy)
	}
	e.say("%d", list.Total)
	return nil
}

// marks shows the four checks in order: a digit for one that is made, "-" for a
// missing one.
func marks(a border.Arrival) string {
	var b strings.Builder
	for i, k := range border.Keys() {
		if a.Check(k).Made() {
			fmt.Fprint(&b, i+1)
		} else {
			b.WriteByte('-')
		}
	}
	return b.String()
}

// Run prints the four checks by area.
func (c *arrivalChecksCmd) Run(e *env) error {
	var v response.ChecksView
	path := "/arrivals/checks"
	if c.Parent != "" {
		path += "?parent=" + url.QueryEscape(c.Parent)
	}
	err := c.reach(e, http.MethodGet, path, nil, &v, func(a *app.App) (err error) {
		v, err = a.Main.ArrivalChecks(e.ctx, operator(), seawall.AreaID(c.Parent))
		return err
	})
	if err != nil {
		return err
	}
	if c.JSON {
		return json.NewEncoder(e.io.Out).Encode(v)
	}
	for _, r := range append(v.Items, v.Total) {
		e.say("%-12s  arrivals %d  headcount %d  identity %d  location %d  measure %d  complete %d  late %d  median h %.1f", r.Name.In(e.lang),
			r.Arrivals, r.Done[border.Headcount], r.Done[border.Identity], r.Done[border.Location], r.Done[border.Measure], r.Complete, r.Late, r.MedianHours)
	}
	return nil
}

// Run takes grades in, or prints those of a day.
func (c *arrivalGradesCmd) Run(e *env) error {
	if c.File == "" {
		return c.print(e)
	}
	text, err := os.ReadFile(c.File)
	if err != nil {
		return &seawall.Error{Op: "cli.arrival", Kind: seawall.Invalid, Code: "file_unreadable", Args: map[string]string{"path": c.File}, Err: err}
	}
	var rep response.GradesReport
	in := map[string]any{"csv": string(text), "disease": c.Disease, "dryRun": c.DryRun}
	err = c.reach(e, http.MethodPost, "/grades", in, &rep, func(a *app.App) (err error) {
		rep, err = a.Main.ImportGrades(e.ctx, operator(), c.Disease, string(text), c.DryRun)
		return err
	})
	if err != nil {
		return err
	}
	if rep.Rejected > 0 {
		e.code = exitRejected
	}
	if c.JSON {
		return json.NewEncoder(e.io.Out).Encode(rep)
	}
	for _, r := range rep.Rejects {
		e.say("! %d %s: %s", r.Line, r.ID, e.texts.Render(e.lang, r.Code, r.Args))
	}
	e.say("rows %d  accepted %d  rejected %d  unchanged %d  affected %d", rep.Rows, rep.Accepted, rep.Rejected, rep.Unchanged, rep.Affected)
	return nil
}

// print prints the grades in force on a day.
func (c *arrivalGradesCmd) print(e *env) error {
	day, err := seawall.ParseDay(c.Day)
	if err != nil {
		return err
	}
	var v response.GradesView
	q := url.Values{"day": {c.Day}, "disease": {c.Disease}}
	err = c.reach(e, http.MethodGet, "/grades?"+q.Encode(), nil, &v, func(a *app.App) (err error) {
		v, err = a.Main.Grades(e.ctx, operator(), c.Disease, "", day)
		return err
	})
	if err != nil {
		return err
	}
	if c.JSON {
		return json.NewEncoder(e.io.Out).Encode(v)
	}
	for _, g := range v.Items {
		e.say("%s  %s  %s  %s  %s  %s", g.Code, g.Name, g.Level, g.From, g.To, g.Source)
	}
	e.say("%s  %d", v.Day, len(v.Items))
	return nil
}
