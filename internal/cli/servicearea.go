package cli

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/app"
	"github.com/seawall-city/seawall/internal/response"
)

// serviceAreaCmd looks at motorway service areas and tells what is open in one.
type serviceAreaCmd struct {
	List   areaListCmd   `cmd:"" help:"List service areas: occupancy, what is closed, the four guarantees."`
	Status areaStatusCmd `cmd:"" help:"Tell what is open in a service area; fuel and toilets stay open."`
}

type areaListCmd struct {
	place
	JSON bool `name:"json" help:"Print as JSON."`
}

type areaStatusCmd struct {
	place
	ID      string `arg:"" help:"The service area's id."`
	Open    string `required:"" help:"What is open, separated by commas: fuel, toilet, water, shop, dine_in, rest, doctor."`
	Control string `default:"no_dine_in" help:"open, no_dine_in or closed."`
	Note    string `help:"What else to know."`
}

// Run lists service areas.
func (c *areaListCmd) Run(e *env) error {
	var l response.List[response.ServiceAreaLine]
	err := c.reach(e, http.MethodGet, "/service-areas", nil, &l, func(a *app.App) (err error) {
		l, err = a.Main.ServiceAreas(e.ctx, operator())
		return err
	})
	if err != nil {
		return err
	}
	if c.JSON {
		return json.NewEncoder(e.io.Out).Encode(l)
	}
	for _, a := range l.Items {
		e.say("%-16s  %s  %d/%d  %-10s  %.2f %.2f %.2f %.2f  %s", a.Area.ID, a.Area.Name.In(e.lang), a.In, a.Area.Spaces, a.Area.Control,
			a.Four.People.Value, a.Four.Service.Value, a.Four.Area.Value, a.Four.Community.Value, strings.Join(a.Missing, ","))
	}
	e.say("total %d", l.Total)
	return nil
}

// Run tells what is open.
func (c *areaStatusCmd) Run(e *env) error {
	var v response.ServiceAreaView
	in := response.AreaStatus{Open: parts(c.Open), Control: c.Control, Note: c.Note}
	err := c.reach(e, http.MethodPost, "/service-areas/"+url.PathEscape(c.ID)+"/status", in, &v, func(a *app.App) (err error) {
		v, err = a.Main.SetAreaStatus(e.ctx, operator(), seawall.ServiceAreaID(c.ID), in)
		return err
	})
	if err != nil {
		return err
	}
	e.say("%s  %s  %s  %s", v.Area.ID, v.Area.Control, strings.Join(v.Area.Open, ","), v.Area.Told.Format(time.RFC3339))
	return nil
}
