package cli

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/app"
	"github.com/seawall-city/seawall/internal/loop"
	"github.com/seawall-city/seawall/internal/response"
)

// boardCmd looks at the duties of one kind as the screen shows them: through the
// running server where there is one, else on the database itself.
type boardCmd struct {
	List     boardListCmd     `cmd:"" help:"List the duties of a kind, the soonest due first."`
	Pipeline boardPipelineCmd `cmd:"" help:"Count what is open and waiting in each step of a kind."`
	Calendar boardCalendarCmd `cmd:"" help:"Count what is due on each day."`
	Load     boardLoadCmd     `cmd:"" help:"Count what each owner answers for."`
}

// boardOf is what every view of a board takes.
type boardOf struct {
	place
	Kind string `arg:"" help:"The kind of duty: the id of its protocol."`
	Area string `help:"Only below this area."`
	JSON bool   `name:"json" help:"Print as JSON."`
}

type boardListCmd struct {
	boardOf
	State string `default:"open" help:"open, done, cancelled, withdrawn or all."`
	Limit int    `default:"50" help:"How many lines."`
}

type boardPipelineCmd struct{ boardOf }

type boardCalendarCmd struct {
	boardOf
	From string `help:"First day, 2006-01-02. Default: today."`
	Days int    `default:"14" help:"How many days."`
}

type boardLoadCmd struct{ boardOf }

// ask reads one view of a board; false where it was printed as JSON already.
func (c boardOf) ask(e *env, q response.BoardQuery, more ...string) (v response.BoardView, show bool, err error) {
	path := "/boards/" + url.PathEscape(c.Kind) + query(append([]string{"view", q.View, "area", c.Area}, more...)...)
	q.Area = seawall.AreaID(c.Area)
	err = c.reach(e, http.MethodGet, path, nil, &v, func(a *app.App) (err error) {
		v, err = a.Main.Board(e.ctx, operator(), c.Kind, q)
		return err
	})
	if err != nil || !c.JSON {
		return v, err == nil, err
	}
	return v, false, json.NewEncoder(e.io.Out).Encode(v)
}

// Run lists duties.
func (c *boardListCmd) Run(e *env) error {
	q := response.BoardQuery{View: "list", State: loop.State(c.State), Page: seawall.Page{Limit: c.Limit}}
	v, show, err := c.ask(e, q, "state", c.State, "limit", strconv.Itoa(c.Limit))
	if err != nil || !show || v.Loops == nil {
		return err
	}
	for _, l := range v.Loops.Items {
		e.say("%s  %-9s  %s  %s  %s", l.No, l.State, instant(l.OpenedAt), l.Title.In(e.lang), l.OwnerName)
	}
	e.say("total %d", v.Loops.Total)
	return nil
}

// Run counts by step.
func (c *boardPipelineCmd) Run(e *env) error {
	v, show, err := c.ask(e, response.BoardQuery{View: "pipeline"})
	if err != nil || !show {
		return err
	}
	for _, x := range v.Columns {
		e.say("%-16s  open %d  waiting %d  late %d  escalated %d  %s", x.Key, x.Open, x.Waiting, x.Late, x.Escalated, x.Title.In(e.lang))
	}
	return nil
}

// Run counts by day.
func (c *boardCalendarCmd) Run(e *env) error {
	from, err := seawall.ParseDay(c.From)
	if err != nil {
		return err
	}
	v, show, err := c.ask(e, response.BoardQuery{View: "calendar", From: from, Days: c.Days}, "from", c.From, "days", strconv.Itoa(c.Days))
	if err != nil || !show {
		return err
	}
	for _, d := range v.Days {
		e.say("%s  due %d  late %d", d.Day, d.N, d.Late)
	}
	e.say("late before %d", v.Late)
	return nil
}

// Run counts by owner.
func (c *boardLoadCmd) Run(e *env) error {
	v, show, err := c.ask(e, response.BoardQuery{View: "load"})
	if err != nil || !show {
		return err
	}
	for _, o := range v.Owners {
		e.say("%4d  late %d  escalated %d  %s", o.N, o.Late, o.Escalated, o.Name)
	}
	e.say("owners %d", len(v.Owners))
	return nil
}

// instant writes an instant, "-" for none.
func instant(t time.Time) string {
	if t.IsZero() {
		return "-"
	}
	return t.Format(time.RFC3339)
}
