package httpapi

import (
	"context"
	"strconv"
	"strings"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/area"
	"github.com/seawall-city/seawall/internal/auth"
	"github.com/seawall-city/seawall/internal/response"
)

// capacityTaken says what became of the rows of a capacity file.
type capacityTaken struct {
	area.Report
	// Problems are the rejected rows and the warnings as sentences.
	Problems []string `json:"problems"`
}

func (s *Server) capacityRoutes() {
	handle(s, signedIn, "GET", "/capacity", "list-capacity", "Rooms, teams and other means", s.capacity)
	handle(s, signedIn, "POST", "/capacity", "import-capacity", "Take rooms, teams and other means from a CSV: area, kind, total, used", s.importCapacity)
}

func (s *Server) capacity(ctx context.Context, who response.Who, in *struct {
	Area string `query:"area"`
}) (response.List[area.Capacity], error) {
	out := response.List[area.Capacity]{Items: []area.Capacity{}}
	scope, err := s.narrow(ctx, who, in.Area)
	if err != nil {
		return out, err
	}
	if err := s.allow(who, auth.CapacityRead, resourceOf(scope, "")); err != nil {
		return out, err
	}
	err = s.d.Work.Read(ctx, func(tx seawall.Tx) (err error) {
		out.Items, err = s.d.Areas.Capacities(ctx, tx, scope)
		return err
	})
	out.Total = len(out.Items)
	return out, err
}

// importCapacity takes a file whole: it may name any area of the city, so it
// needs the right for the city.
func (s *Server) importCapacity(ctx context.Context, who response.Who, in *struct {
	Body struct {
		CSV    string `json:"csv"`
		DryRun bool   `json:"dryRun"`
	}
}) (out capacityTaken, err error) {
	out.Problems = []string{}
	if err := s.allow(who, auth.CapacityManage, auth.Resource{Kind: seawall.KindCapacity, ID: "file", Area: s.d.City.Path}); err != nil {
		return out, err
	}
	err = s.d.Work.Write(ctx, who.Actor, func(tx seawall.Tx) (err error) {
		out.Report, err = s.d.Areas.ImportCapacity(ctx, tx, strings.NewReader(in.Body.CSV), in.Body.DryRun)
		return err
	})
	lang := requestOf(ctx).lang
	for _, r := range append(out.Rejects, out.Notes...) {
		out.Problems = append(out.Problems, s.d.Texts.Render(lang, "capacity_line", map[string]string{
			"line": strconv.Itoa(r.Line), "why": s.d.Texts.Render(lang, r.Code, r.Args)}))
	}
	return out, err
}
