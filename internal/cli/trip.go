package cli

import (
	"bytes"
	"encoding/json"
	"mime/multipart"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/app"
	"github.com/seawall-city/seawall/internal/freight"
	"github.com/seawall-city/seawall/internal/response"
)

// tripCmd looks at freight trips and takes in a carrier's table: through the running
// server where there is one, else on the database itself.
type tripCmd struct {
	List   tripListCmd   `cmd:"" help:"List freight trips, the next expected first."`
	Show   tripShowCmd   `cmd:"" help:"Show one trip: hand-overs, movements, the four guarantees."`
	Find   tripFindCmd   `cmd:"" help:"Find the trips of a plate."`
	Import tripImportCmd `cmd:"" help:"Take in a carrier's workbook or CSV."`
	Board  tripBoardCmd  `cmd:"" help:"Print throughput, waits, positives and the four guarantees."`
}

type tripListCmd struct {
	place
	State string `help:"Only these states, separated by commas."`
	Flag  string `help:"Only stranded, orphan, positive, transit or short."`
	Area  string `help:"Only below this area."`
	Limit int    `default:"50" help:"How many lines."`
	JSON  bool   `name:"json" help:"Print as JSON."`
}

type tripShowCmd struct {
	place
	ID   string `arg:"" help:"The trip's id."`
	JSON bool   `name:"json" help:"Print as JSON."`
}

type tripFindCmd struct {
	place
	Plate string `arg:"" help:"The plate; it is put on the log as a mask only."`
	From  string `help:"First day."`
	To    string `help:"Last day."`
	JSON  bool   `name:"json" help:"Print as JSON."`
}

type tripImportCmd struct {
	place
	File    string `arg:"" type:"existingfile" help:"XLSX or CSV with the columns external, plate, driver, planned, and what else is known."`
	Carrier string `required:"" help:"The carrier's id."`
	JSON    bool   `name:"json" help:"Print the counts and problems as JSON."`
}

type tripBoardCmd struct {
	place
	Area string `help:"Only below this area."`
	JSON bool   `name:"json" help:"Print as JSON."`
}

// Run lists trips.
func (c *tripListCmd) Run(e *env) error {
	var l response.List[freight.Trip]
	path := "/trips" + query("state", c.State, "flag", c.Flag, "area", c.Area, "limit", strconv.Itoa(c.Limit))
	err := c.reach(e, http.MethodGet, path, nil, &l, func(a *app.App) (err error) {
		l, err = a.Main.Trips(e.ctx, operator(), response.TripFilter{States: parts(c.State), Flag: c.Flag, Area: seawall.AreaID(c.Area)}, seawall.Page{Limit: c.Limit})
		return err
	})
	if err != nil {
		return err
	}
	if c.JSON {
		return json.NewEncoder(e.io.Out).Encode(l)
	}
	for _, t := range l.Items {
		e.say("%s  %-11s  %s  %s  %-10s  %s  %s%s", t.No, t.State, t.Planned.Format(time.RFC3339), t.PlateMask, t.CargoKind, t.Area.Leaf(), t.OwnerName, flags(t))
	}
	e.say("total %d", l.Total)
	return nil
}

// flags names what is wrong with a trip.
func flags(t freight.Trip) string {
	out := ""
	for name, is := range map[string]bool{"  !stranded": t.Stranded, "  !orphan": t.Orphan} {
		if is {
			out += name
		}
	}
	return out
}

// Run shows a trip.
func (c *tripShowCmd) Run(e *env) error {
	var v response.TripView
	err := c.reach(e, http.MethodGet, "/trips/"+c.ID, nil, &v, func(a *app.App) (err error) {
		v, err = a.Main.TripView(e.ctx, operator(), seawall.TripID(c.ID))
		return err
	})
	if err != nil {
		return err
	}
	if c.JSON {
		return json.NewEncoder(e.io.Out).Encode(v)
	}
	e.say("%s  %s  %s  %s", v.Trip.No, v.Trip.State, v.Trip.PlateMask, v.Trip.OwnerName)
	for _, l := range v.Legs {
		e.say("  %s  %s → %s (%s)  %s", l.Offered.Format(time.RFC3339), l.Giver, l.Receiver, l.Role, l.Place)
	}
	for _, m := range v.Moves {
		e.say("  %s  %-12s  %s", m.At.Format(time.RFC3339), m.Kind, m.Place)
	}
	sayFour(e, v.Four)
	return nil
}

// sayFour prints the four guarantees with what lacks.
func sayFour(e *env, f freight.Four) {
	for _, m := range []struct {
		key  string
		mark freight.Mark
	}{{freight.PeopleReady, f.People}, {freight.ServiceReady, f.Service}, {freight.AreaReady, f.Area}, {freight.CommunityReady, f.Community}} {
		e.say("  %-9s  %.2f  %d/%d", m.key, m.mark.Value, m.mark.Met, m.mark.Of)
		for _, l := range m.mark.Lacks {
			e.say("    - %s", l.In(e.lang))
		}
	}
}

// Run finds the trips of a plate.
func (c *tripFindCmd) Run(e *env) error {
	from, err := seawall.ParseDay(c.From)
	if err != nil {
		return err
	}
	to, err := seawall.ParseDay(c.To)
	if err != nil {
		return err
	}
	var l response.List[response.FoundTrip]
	in := response.FindTrip{Plate: c.Plate, From: from, To: to}
	err = c.reach(e, http.MethodPost, "/trips/find", in, &l, func(a *app.App) (err error) {
		l, err = a.Main.FindTrips(e.ctx, operator(), in)
		return err
	})
	if err != nil {
		return err
	}
	if c.JSON {
		return json.NewEncoder(e.io.Out).Encode(l)
	}
	for _, f := range l.Items {
		e.say("%s  %s  %s  %s  %s", f.Trip.ID, f.Trip.No, f.Trip.State, f.Trip.PlateMask, f.Trip.Planned.Format(time.RFC3339))
		for _, v := range f.Visits {
			e.say("  %s  %s – %s", v.Name.In(e.lang), v.In.Format(time.RFC3339), v.Out.Format(time.RFC3339))
		}
	}
	e.say("total %d", l.Total)
	return nil
}

// Run takes a carrier's table in; the exit code is 3 when rows were rejected.
func (c *tripImportCmd) Run(e *env) error {
	text, err := os.ReadFile(c.File)
	if err != nil {
		return &seawall.Error{Op: "cli.trip", Kind: seawall.Invalid, Code: "file_unreadable", Args: map[string]string{"path": c.File}, Err: err}
	}
	name := filepath.Base(c.File)
	rep, err := c.send(e, name, text)
	if err != nil {
		return err
	}
	if rep.Rejected > 0 {
		e.code = exitRejected
	}
	if c.JSON {
		return json.NewEncoder(e.io.Out).Encode(rep)
	}
	for _, r := range rep.Items {
		if r.Fate == "rejected" {
			e.say("! %d %s: %s", r.Row, r.External, e.texts.Render(e.lang, r.Code, r.Args))
		}
	}
	e.say("rows %d  accepted %d  rejected %d  new %d  unchanged %d", rep.Rows, rep.Accepted, rep.Rejected, rep.New, rep.Unchanged)
	return nil
}

// send gives the table to the running server, else to the database itself.
func (c *tripImportCmd) send(e *env, name string, text []byte) (response.TripBatch, error) {
	var rep response.TripBatch
	cfg, err := c.config()
	if err != nil {
		return rep, err
	}
	if socket := runningServer(e.ctx, cfg); socket != "" {
		var body bytes.Buffer
		w := multipart.NewWriter(&body)
		if err := w.WriteField("carrier", c.Carrier); err != nil {
			return rep, err
		}
		f, err := w.CreateFormFile("file", name)
		if err != nil {
			return rep, err
		}
		if _, err := f.Write(text); err != nil {
			return rep, err
		}
		if err := w.Close(); err != nil {
			return rep, err
		}
		err = (&remote{socket: socket, lang: e.lang}).call(e.ctx, http.MethodPost, "/trips/file", w.FormDataContentType(), &body, &rep)
		return rep, err
	}
	a, err := app.Open(e.ctx, cfg, app.Options{Version: e.version, Log: logger(e, cfg)})
	if err != nil {
		return rep, err
	}
	defer a.Close()
	return a.Main.TripsFile(e.ctx, operator(), seawall.CarrierID(c.Carrier), name, text)
}

// Run prints the board.
func (c *tripBoardCmd) Run(e *env) error {
	var b response.FreightBoard
	err := c.reach(e, http.MethodGet, "/freight/board"+query("area", c.Area), nil, &b, func(a *app.App) (err error) {
		b, err = a.Main.FreightBoard(e.ctx, operator(), seawall.AreaID(c.Area))
		return err
	})
	if err != nil {
		return err
	}
	if c.JSON {
		return json.NewEncoder(e.io.Out).Encode(b)
	}
	e.say("came %d  in %d  ended %d  p50 %.0f min  p95 %.0f min  positives %d  stranded %d  orphans %d  gaps %d", b.Throughput.Came, b.Throughput.In,
		b.Throughput.Ended, b.Waits.P50, b.Waits.P95, b.Positives, len(b.Stranded), len(b.Orphans), b.Gaps)
	sayFour(e, b.Four)
	return nil
}
