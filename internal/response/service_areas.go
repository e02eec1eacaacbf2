package response

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/auth"
	"github.com/seawall-city/seawall/internal/freight"
)

// NewServiceArea is a service area as it is entered or changed.
type NewServiceArea struct {
	ID       seawall.ServiceAreaID `json:"id" doc:"given by the office, for example g15-dafeng-e"`
	Name     seawall.Text          `json:"name"`
	Road     string                `json:"road"`
	Area     seawall.AreaID        `json:"area"`
	Spaces   int                   `json:"spaces" doc:"parking spaces for lorries"`
	Open     []string              `json:"open,omitempty" doc:"fuel, toilet, water, shop, dine_in, rest, doctor"`
	Invented bool                  `json:"invented,omitempty"`
	Version  int                   `json:"version,omitempty"`
}

// AreaStatus is what staff tell of a service area.
type AreaStatus struct {
	Open    []string `json:"open" doc:"the services that are open"`
	Control string   `json:"control" doc:"open, no_dine_in or closed"`
	Note    string   `json:"note,omitempty"`
	Version int      `json:"version,omitempty"`
}

// NewVisit is a vehicle's stay as it is recorded; with Visit the end of one.
type NewVisit struct {
	Visit  string         `json:"visit,omitempty" doc:"the visit that ends"`
	Plate  string         `json:"plate,omitempty"`
	Trip   seawall.TripID `json:"trip,omitempty"`
	People int            `json:"people,omitempty"`
	In     time.Time      `json:"in,omitzero"`
	Out    time.Time      `json:"out,omitzero"`
	Where  string         `json:"where,omitempty" doc:"for example: shop, east side"`
	Source string         `json:"source,omitempty" doc:"staff, camera, letter or driver"`
}

// ServiceAreaLine is a service area in a list.
type ServiceAreaLine struct {
	Area     freight.ServiceArea `json:"area"`
	AreaName seawall.Text        `json:"areaName"`
	In       int                 `json:"in" doc:"lorries there now"`
	People   int                 `json:"people"`
	Free     int                 `json:"free"`
	Missing  []string            `json:"missing" doc:"basic services that are closed"`
	Stranded int                 `json:"stranded"`
	Four     freight.Four        `json:"four"`
}

// ServiceAreaView is a service area with its visits.
type ServiceAreaView struct {
	ServiceAreaLine
	Visits  []freight.Visit  `json:"visits" doc:"of the last two days, newest first"`
	Notices []ExposureNotice `json:"notices"`
}

// SetServiceArea enters or changes a service area.
func (s *Service) SetServiceArea(ctx context.Context, who Who, in NewServiceArea) (freight.ServiceArea, error) {
	const op = "response.SetServiceArea"
	var out freight.ServiceArea
	err := s.write(ctx, who, op, func(tx seawall.Tx) error {
		p := places{s: s, ctx: ctx, tx: tx}
		at := p.path(in.Area, "area")
		if p.err != nil {
			return p.err
		}
		for field, bad := range map[string]bool{"id": in.ID == "", "name": in.Name.ZH == "" || in.Name.EN == "", "area": in.Area == "", "spaces": in.Spaces < 1} {
			if bad {
				p.bad = append(p.bad, seawall.FieldError{Field: field, Code: "required"})
			}
		}
		for _, x := range in.Open {
			if !slices.Contains(freight.Services(), x) {
				p.bad = append(p.bad, seawall.FieldError{Field: "open", Code: "not_a_choice", Args: map[string]string{"value": x}})
			}
		}
		if err := invalid(op, "service_area_invalid", p.bad); err != nil {
			return err
		}
		if err := s.allow(who, auth.ServiceAreaManage, auth.Resource{Kind: seawall.KindServiceArea, ID: string(in.ID), Area: at}); err != nil {
			return err
		}
		a, err := s.d.Freight.ServiceArea(ctx, tx, in.ID)
		switch {
		case seawall.Is(err, seawall.NotFound):
			a = freight.ServiceArea{ID: in.ID, Control: freight.ControlNoDine, Open: slices.Clone(freight.Basics())}
		case err != nil:
			return err
		case in.Version != 0 && in.Version != a.Version:
			return seawall.E(op, seawall.Conflict, "changed_meanwhile", "kind", string(seawall.KindServiceArea), "id", string(in.ID))
		}
		a.Name, a.Road, a.Area, a.Spaces, a.Invented, a.Version = in.Name, in.Road, at, in.Spaces, in.Invented, a.Version+1
		if len(in.Open) > 0 {
			a.Open = in.Open
		}
		if err := s.d.Freight.SaveServiceArea(ctx, tx, a); err != nil {
			return err
		}
		out = a
		return s.trips.Record(ctx, tx, "service_area.set", a.Ref(), a.Area, map[string]string{"name": a.Name.ZH})
	})
	return out, err
}

// SetAreaStatus tells what is open in a service area. Fuel and toilets cannot be
// closed from here, nor the whole of it: that takes a closure with provincial
// approval.
func (s *Service) SetAreaStatus(ctx context.Context, who Who, id seawall.ServiceAreaID, in AreaStatus) (ServiceAreaView, error) {
	const op = "response.SetAreaStatus"
	err := s.write(ctx, who, op, func(tx seawall.Tx) error {
		a, err := s.serviceAreaFor(ctx, tx, who, id, auth.ServiceAreaWork)
		if err != nil {
			return err
		}
		if in.Version != 0 && in.Version != a.Version {
			return seawall.E(op, seawall.Conflict, "changed_meanwhile", "kind", string(seawall.KindServiceArea), "id", string(id))
		}
		closed, err := s.closedBy(ctx, tx, id)
		if err != nil {
			return err
		}
		if err := invalid(op, "service_area_invalid", freight.CheckStatus(in.Open, in.Control, closed)); err != nil {
			return err
		}
		a.Open, a.Control, a.Note, a.Told, a.ToldBy, a.Version = in.Open, in.Control, strings.TrimSpace(in.Note), tx.Now(), tx.Actor().Name, a.Version+1
		if a.Open == nil {
			a.Open = []string{}
		}
		if err := s.d.Freight.SaveServiceArea(ctx, tx, a); err != nil {
			return err
		}
		return s.trips.Record(ctx, tx, "service_area.told", a.Ref(), a.Area, map[string]string{"control": a.Control, "open": strings.Join(a.Open, ",")})
	})
	if err != nil {
		return ServiceAreaView{}, err
	}
	return s.ServiceAreaView(ctx, who, id)
}

// closedBy reports whether a closure of a service area is in force.
func (s *Service) closedBy(ctx context.Context, tx seawall.Tx, id seawall.ServiceAreaID) (bool, error) {
	rows, err := s.d.Freight.Closures(ctx, tx, tx.Now())
	return slices.ContainsFunc(rows, func(c freight.Closure) bool {
		return c.Kind == freight.CloseArea && c.Ref == string(id) && c.State(tx.Now()) == "in_force"
	}), err
}

func (s *Service) serviceAreaFor(ctx context.Context, tx seawall.Tx, who Who, id seawall.ServiceAreaID, act auth.Action) (freight.ServiceArea, error) {
	a, err := s.d.Freight.ServiceArea(ctx, tx, id)
	if err != nil {
		return a, err
	}
	return a, s.allow(who, act, auth.Resource{Kind: seawall.KindServiceArea, ID: string(id), Area: a.Area})
}

// RecordVisit records that a vehicle has come to a service area, or ends a visit.
// The trip is found by the plate; a vehicle without one is taken down all the same.
func (s *Service) RecordVisit(ctx context.Context, who Who, id seawall.ServiceAreaID, in NewVisit) (freight.Visit, error) {
	const op = "response.RecordVisit"
	var out freight.Visit
	err := s.write(ctx, who, op, func(tx seawall.Tx) error {
		a, err := s.serviceAreaFor(ctx, tx, who, id, auth.ServiceAreaWork)
		if err != nil {
			return err
		}
		if in.Visit != "" {
			out, err = s.endVisit(ctx, tx, a, in)
			return err
		}
		out, err = s.beginVisit(ctx, tx, a, in)
		return err
	})
	return out, err
}

func (s *Service) beginVisit(ctx context.Context, tx seawall.Tx, a freight.ServiceArea, in NewVisit) (freight.Visit, error) {
	const op = "response.RecordVisit"
	v := freight.Visit{ID: tx.NewID(), ServiceArea: a.ID, Name: a.Name, Area: a.Area, Plate: s.plateToken(in.Plate), PlateMask: freight.MaskPlate(in.Plate),
		People: max(1, in.People), In: micros(in.In), Out: micros(in.Out), Where: strings.TrimSpace(in.Where), Source: pick(in.Source, "staff"), Version: 1}
	if v.In.IsZero() {
		v.In = tx.Now()
	}
	var bad []seawall.FieldError
	if v.In.After(tx.Now()) || v.Out.After(tx.Now()) {
		bad = append(bad, seawall.FieldError{Field: "in", Code: "in_future"})
	}
	if !v.Out.IsZero() && !v.Out.After(v.In) {
		bad = append(bad, seawall.FieldError{Field: "out", Code: "visit_out"})
	}
	if in.Plate == "" && in.Trip == "" {
		bad = append(bad, seawall.FieldError{Field: "plate", Code: "required"})
	}
	if !slices.Contains([]string{"staff", "camera", "letter", "driver"}, v.Source) {
		bad = append(bad, seawall.FieldError{Field: "source", Code: "not_a_choice", Args: map[string]string{"value": v.Source}})
	}
	if err := invalid(op, "visit_invalid", bad); err != nil {
		return v, err
	}
	t, err := s.tripOfVisit(ctx, tx, in, v)
	if err != nil {
		return v, err
	}
	if t != nil {
		v.Trip, v.Plate, v.PlateMask = t.ID, t.Plate, t.PlateMask
		if in.People == 0 {
			v.People = t.People
		}
	}
	if err := s.d.Freight.SaveVisit(ctx, tx, v); err != nil {
		return v, err
	}
	if err := s.trips.Record(ctx, tx, "visit.recorded", v.Ref(), v.Area, map[string]string{"place": a.Name.ZH, "plate": v.PlateMask, "source": v.Source},
		a.Ref(), seawall.Ref{Kind: seawall.KindTrip, ID: string(v.Trip)}); err != nil {
		return v, err
	}
	if t == nil || !freight.Running(t.State) {
		return v, nil
	}
	_, err = s.moveTrip(ctx, tx, *t, freight.Move{Kind: freight.MoveSeen, At: v.In, Place: a.Name.ZH, Area: a.Area, Ref: a.Ref(), Source: v.Source, Note: v.Where})
	return v, err
}

// tripOfVisit finds the trip of a visit: the one named, else the plate's that was
// on its way then.
func (s *Service) tripOfVisit(ctx context.Context, tx seawall.Tx, in NewVisit, v freight.Visit) (*freight.Trip, error) {
	if in.Trip != "" {
		t, err := s.d.Freight.Trip(ctx, tx, in.Trip)
		return &t, err
	}
	rows, err := s.d.Freight.TripsByPlate(ctx, tx, v.Plate, 10)
	if err != nil {
		return nil, err
	}
	day := seawall.DayOf(v.In, s.d.Zone)
	for i := range rows {
		t := rows[i]
		if t.State != freight.Cancelled && t.State != freight.Retracted && s.tripOn(t, day.Add(-1), day.Add(1)) {
			return &t, nil
		}
	}
	return nil, nil
}

func (s *Service) endVisit(ctx context.Context, tx seawall.Tx, a freight.ServiceArea, in NewVisit) (freight.Visit, error) {
	const op = "response.RecordVisit"
	v, err := s.d.Freight.Visit(ctx, tx, in.Visit)
	if err != nil {
		return v, err
	}
	if v.ServiceArea != a.ID {
		return v, seawall.E(op, seawall.NotFound, "not_found", "kind", "visit", "id", in.Visit)
	}
	if !v.Out.IsZero() {
		return v, seawall.E(op, seawall.Conflict, "visit_over")
	}
	if v.Out, err = whenGiven(op, in.Out, tx); err != nil {
		return v, err
	}
	if !v.Out.After(v.In) {
		return v, invalid(op, "visit_invalid", []seawall.FieldError{{Field: "out", Code: "visit_out"}})
	}
	v.Version++
	if err := s.d.Freight.SaveVisit(ctx, tx, v); err != nil {
		return v, err
	}
	if err := s.trips.Record(ctx, tx, "visit.ended", v.Ref(), v.Area, map[string]string{"place": a.Name.ZH}, a.Ref()); err != nil || v.Trip == "" {
		return v, err
	}
	t, err := s.d.Freight.Trip(ctx, tx, v.Trip)
	if err != nil || !freight.Running(t.State) {
		return v, err
	}
	_, err = s.moveTrip(ctx, tx, t, freight.Move{Kind: freight.MoveSeen, At: v.Out, Place: a.Name.ZH, Area: a.Area, Ref: a.Ref(), Source: v.Source, Note: "驶离 leaves"})
	return v, err
}

// occupancy counts the lorries in a service area now.
func (s *Service) occupancy(ctx context.Context, tx seawall.Tx, id seawall.ServiceAreaID) (int, error) {
	rows, err := s.d.Freight.VisitsAt(ctx, tx, id, tx.Now(), tx.Now().Add(time.Microsecond))
	return len(rows), err
}

// ServiceAreas lists the service areas with what is open and how full they are.
func (s *Service) ServiceAreas(ctx context.Context, who Who) (List[ServiceAreaLine], error) {
	const op = "response.ServiceAreas"
	out := List[ServiceAreaLine]{Items: []ServiceAreaLine{}}
	if err := s.allow(who, auth.ServiceAreaRead, auth.Resource{Kind: seawall.KindServiceArea}); err != nil {
		return out, err
	}
	err := s.read(ctx, op, func(tx seawall.Tx) error {
		rows, err := s.d.Freight.ServiceAreas(ctx, tx)
		if err != nil {
			return err
		}
		for _, a := range rows {
			if !s.scope(who).Contains(a.Area) {
				continue
			}
			v, err := s.serviceAreaView(ctx, tx, a)
			if err != nil {
				return err
			}
			out.Items = append(out.Items, v.ServiceAreaLine)
		}
		out.Total = len(out.Items)
		return nil
	})
	return out, err
}

// ServiceAreaView gives a service area with the visits of the last two days.
func (s *Service) ServiceAreaView(ctx context.Context, who Who, id seawall.ServiceAreaID) (ServiceAreaView, error) {
	var out ServiceAreaView
	err := s.read(ctx, "response.ServiceAreaView", func(tx seawall.Tx) error {
		a, err := s.serviceAreaFor(ctx, tx, who, id, auth.ServiceAreaRead)
		if err != nil {
			return err
		}
		out, err = s.serviceAreaView(ctx, tx, a)
		return err
	})
	return out, err
}

// visitDays is how far back the page of a service area shows visits.
const visitDays = 2

func (s *Service) serviceAreaView(ctx context.Context, tx seawall.Tx, a freight.ServiceArea) (ServiceAreaView, error) {
	out := ServiceAreaView{ServiceAreaLine: ServiceAreaLine{Area: a, Missing: a.Missing()}, Notices: []ExposureNotice{}}
	if out.Missing == nil {
		out.Missing = []string{}
	}
	var err error
	if out.AreaName, err = s.areaName(ctx, tx, a.Area); err != nil {
		return out, err
	}
	if out.Visits, err = s.d.Freight.VisitsAt(ctx, tx, a.ID, tx.Now().Add(-visitDays*24*time.Hour), tx.Now().Add(time.Microsecond)); err != nil {
		return out, err
	}
	f := freight.AreaFacts{Seen: freight.Seen{Area: a}, Now: tx.Now()}
	seen := map[seawall.TripID]bool{"": true}
	for _, v := range out.Visits {
		if v.Out.IsZero() {
			f.In++
			out.People += v.People
		}
		if !v.Told.IsZero() {
			out.Notices = append(out.Notices, s.exposure(v))
		}
		if v.In.After(tx.Now().Add(-24 * time.Hour)) {
			f.Visits = append(f.Visits, v)
		}
		if seen[v.Trip] {
			continue
		}
		seen[v.Trip] = true
		if err := s.areaTrip(ctx, tx, a, v.Trip, &f, &out); err != nil {
			return out, err
		}
	}
	out.In, out.Free, out.Four = f.In, max(0, a.Spaces-f.In), freight.MeasureArea(f)
	return out, nil
}

// areaTrip adds what a trip asked for and fell to in a service area.
func (s *Service) areaTrip(ctx context.Context, tx seawall.Tx, a freight.ServiceArea, id seawall.TripID, f *freight.AreaFacts, out *ServiceAreaView) error {
	t, err := s.d.Freight.Trip(ctx, tx, id)
	if err != nil {
		return err
	}
	helps, err := s.d.Relief.HelpsAbout(ctx, tx, t.Ref())
	if err != nil {
		return err
	}
	for _, h := range helps {
		if h.Place == a.Name.ZH || h.Place == a.Name.EN {
			f.Needs = append(f.Needs, freight.Need{No: h.No, Kind: h.Kind, By: h.HelpBy, Done: helpedAt(h)})
		}
	}
	if t.SeenPlace != a.Name.ZH {
		return nil
	}
	if t.Stranded {
		out.Stranded++
	}
	ls, err := s.d.Loops.LoopsAbout(ctx, tx, t.Ref())
	if err != nil {
		return err
	}
	falls, err := s.fallsOf(ctx, tx, ls)
	f.Falls = append(f.Falls, falls...)
	return err
}
