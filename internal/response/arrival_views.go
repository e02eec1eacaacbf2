package response

import (
	"context"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/auth"
	"github.com/seawall-city/seawall/internal/border"
	"github.com/seawall-city/seawall/internal/casebook"
	"github.com/seawall-city/seawall/internal/loop"
)

// Arrivals gives a page of arrivals in what somebody may see.
func (s *Service) Arrivals(ctx context.Context, who Who, f ArrivalFilter, p seawall.Page) (List[border.Arrival], error) {
	const op = "response.Arrivals"
	var out List[border.Arrival]
	if err := s.allow(who, auth.ArrivalRead, auth.Resource{Kind: seawall.KindArrival}); err != nil {
		return out, err
	}
	q := f.Query
	q.Page = p
	err := s.read(ctx, op, func(tx seawall.Tx) (err error) {
		if q.Scope, err = s.within(ctx, tx, who, f.Area); err != nil {
			return err
		}
		if f.Late {
			q.Late, q.States = tx.Now(), []string{border.Arrived}
		}
		out.Items, out.Next, out.Total, err = s.d.Border.Arrivals(ctx, tx, q)
		return err
	})
	return out, err
}

// within gives what of an area somebody may see; "" is all they may.
func (s *Service) within(ctx context.Context, tx seawall.Tx, who Who, id seawall.AreaID) (seawall.Scope, error) {
	if id == "" {
		return s.scope(who), nil
	}
	a, err := s.d.Areas.Area(ctx, tx, id)
	if err != nil {
		return nil, err
	}
	return s.narrow(who, seawall.Scope{a.Path}), nil
}

// Unresolved gives the arrivals that are here and lack a check, the ones due first
// in front: every one of them is a leak.
func (s *Service) Unresolved(ctx context.Context, who Who, f ArrivalFilter, p seawall.Page) (List[border.Arrival], error) {
	f.States, f.Sort = []string{border.Arrived, border.Managed}, "due"
	if f.Missing == "" {
		f.Missing = "any"
	}
	return s.Arrivals(ctx, who, f, p)
}

// ArrivalChecks gives the four checks by area below one, "" for the city.
func (s *Service) ArrivalChecks(ctx context.Context, who Who, parent seawall.AreaID) (ChecksView, error) {
	const op = "response.ArrivalChecks"
	out := ChecksView{Items: []border.AreaChecks{}}
	if err := s.allow(who, auth.ArrivalRead, auth.Resource{Kind: seawall.KindArrival}); err != nil {
		return out, err
	}
	err := s.read(ctx, op, func(tx seawall.Tx) error {
		at := s.d.City
		if parent != "" {
			a, err := s.d.Areas.Area(ctx, tx, parent)
			if err != nil {
				return err
			}
			at = a.Path
		}
		out.Now = tx.Now()
		rows, err := s.d.Border.CheckCounts(ctx, tx, s.narrow(who, seawall.Scope{at}), at, tx.Now())
		if err != nil {
			return err
		}
		paths := []seawall.AreaPath{at}
		for _, r := range rows {
			paths = append(paths, r.Area)
		}
		names, err := s.areaNames(ctx, tx, paths...)
		if err != nil {
			return err
		}
		for i := range rows {
			rows[i].Name = names[rows[i].Area]
		}
		out.Items = append(out.Items, rows...)
		out.Total, err = s.d.Border.CheckTotal(ctx, tx, s.narrow(who, seawall.Scope{at}), at, tx.Now())
		out.Total.Name = names[at]
		return err
	})
	return out, err
}

// ArrivalView gives everything on the page of an arrival.
func (s *Service) ArrivalView(ctx context.Context, who Who, id seawall.ArrivalID) (ArrivalView, error) {
	const op = "response.ArrivalView"
	var out ArrivalView
	err := s.read(ctx, op, func(tx seawall.Tx) error {
		a, err := s.arrivalFor(ctx, tx, who, id, 0, auth.ArrivalRead)
		if err != nil {
			return err
		}
		out = ArrivalView{Arrival: a, Restrictions: []loop.Restriction{}}
		if out.AreaName, err = s.areaName(ctx, tx, a.Area); err != nil {
			return err
		}
		if err := s.arrivalGroup(ctx, tx, who, a, &out); err != nil {
			return err
		}
		s.arrivalMeasure(a, &out)
		return s.arrivalDuty(ctx, tx, a, &out)
	})
	return out, err
}

// arrivalGroup fills who travels together and who told of it.
func (s *Service) arrivalGroup(ctx context.Context, tx seawall.Tx, who Who, a border.Arrival, v *ArrivalView) error {
	g, err := s.d.Border.Group(ctx, tx, a.Group)
	if err != nil {
		return err
	}
	v.Group = shownGroup(g)
	if v.People, err = s.d.Border.ArrivalsOfGroup(ctx, tx, a.Group); err != nil {
		return err
	}
	for i, p := range v.People {
		if !s.scope(who).Contains(p.Area) && p.ID != a.ID {
			v.People[i] = elsewhere(p)
		}
	}
	if v.Claims, err = s.shownClaims(ctx, tx, who, a.ID); err != nil {
		return err
	}
	if v.Reports, err = s.d.Border.ReportsOf(ctx, tx, a.ID); err != nil {
		return err
	}
	v.Custody, err = s.d.Border.CustodyOf(ctx, tx, a.ID)
	v.Gaps = border.Gaps(v.Custody)
	return err
}

// elsewhere is somebody of a group who stays where the reader answers for nobody:
// what the count needs, and not who they are or where.
func elsewhere(a border.Arrival) border.Arrival {
	return border.Arrival{ID: a.ID, No: a.No, Group: a.Group, Head: a.Head, Mask: a.Mask, Channels: a.Channels, Disease: a.Disease,
		Origins: []border.Origin{}, Mode: a.Mode, Vehicle: a.Vehicle, Expected: a.Expected, Arrived: a.Arrived, Area: a.Area, Checks: border.NewChecks(),
		Missing: a.Missing, Until: seawall.NoDay, Undeclared: a.Undeclared, State: a.State, Version: a.Version}
}

// arrivalMeasure fills what applies and why.
func (s *Service) arrivalMeasure(a border.Arrival, v *ArrivalView) {
	if v.Measure, v.MeasureError = s.measureView(a); v.Measure == nil {
		return
	}
	v.Plan = v.Measure.Plan
	if r, ok := s.matrix(a); ok {
		if t, ok := r.Tier(v.Measure.Tier); ok {
			v.Tier = &t
		}
		if _, from, ok := tierOf(r, a.Origins); ok {
			v.Why = cited(r, from)
		}
	}
}

// arrivalDuty fills the duty, the restrictions and the history.
func (s *Service) arrivalDuty(ctx context.Context, tx seawall.Tx, a border.Arrival, v *ArrivalView) error {
	if a.Loop != "" {
		lv, err := s.loopView(ctx, tx, a.Loop)
		if err != nil {
			return err
		}
		v.Loop = &lv
	}
	if a.Person != "" {
		rs, err := s.d.Loops.RestrictionsOn(ctx, tx, casebook.PersonRef(a.Person))
		if err != nil {
			return err
		}
		for _, r := range rs {
			if r.Fact == a.Ref() {
				v.Restrictions = append(v.Restrictions, r)
			}
		}
	}
	var err error
	v.Events, err = s.events(ctx, tx, a.Ref())
	return err
}
