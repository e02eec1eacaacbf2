package response

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/auth"
	"github.com/seawall-city/seawall/internal/gate"
)

// mostLanes bounds a site; the largest toll plaza of the province has some thirty.
const mostLanes = 40

// longestShift is how long one shift may last.
const longestShift = 24 * time.Hour

// Gates lists the sites in somebody's area with what happened there today.
func (s *Service) Gates(ctx context.Context, who Who, f GateFilter) (Gates, error) {
	const op = "response.Gates"
	out := Gates{Items: []GateLine{}, Kinds: map[string]int{}}
	if err := s.allow(who, auth.GateRead, auth.Resource{Kind: seawall.KindSite}); err != nil {
		return out, err
	}
	err := s.read(ctx, op, func(tx seawall.Tx) error {
		sites, err := s.d.Gates.Sites(ctx, tx, s.scope(who))
		if err != nil {
			return err
		}
		sites = slices.DeleteFunc(sites, func(g gate.Site) bool {
			return f.Kind != "" && g.Kind != f.Kind || f.Area != "" && !slices.Contains(strings.Split(string(g.Area), "/"), string(f.Area))
		})
		out.Items, err = s.gateLines(ctx, tx, sites)
		for _, l := range out.Items {
			out.Kinds[l.Site.Kind]++
			out.Total.add(l)
		}
		return err
	})
	return out, err
}

// add sums what happened at several sites.
func (l *GateLine) add(o GateLine) {
	l.Passed += o.Passed
	l.Sampled += o.Sampled
	l.Held += o.Held
	l.Referred += o.Referred
	l.Waiting += o.Waiting
}

// gateLines counts what happened at sites since midnight.
func (s *Service) gateLines(ctx context.Context, tx seawall.Tx, sites []gate.Site) ([]GateLine, error) {
	out := make([]GateLine, len(sites))
	at, ids, areas := map[seawall.SiteID]*GateLine{}, []seawall.SiteID{}, []seawall.AreaPath{}
	for i, g := range sites {
		out[i].Site = g
		at[g.ID] = &out[i]
		ids, areas = append(ids, g.ID), append(areas, g.Area)
	}
	counts, err := s.d.Gates.PassCounts(ctx, tx, ids, s.today(tx).Start(s.d.Zone))
	if err != nil {
		return out, err
	}
	for _, c := range counts {
		l := at[c.Site]
		switch c.Decision {
		case gate.Go:
			l.Passed += c.N
		case gate.SampleGo:
			l.Sampled += c.N
		case gate.Hold:
			l.Held += c.N
		case gate.Refer:
			l.Referred += c.N
		}
	}
	holds, err := s.d.Gates.Holds(ctx, tx, ids)
	if err != nil {
		return out, err
	}
	for _, p := range holds {
		at[p.Site].Waiting++
	}
	names, err := s.areaNames(ctx, tx, areas...)
	for i := range out {
		out[i].AreaName = names[out[i].Site.Area]
	}
	return out, err
}

// GateView gives one site with its shifts, its holds and the rules of today.
func (s *Service) GateView(ctx context.Context, who Who, id seawall.SiteID) (v GateView, err error) {
	err = s.read(ctx, "response.GateView", func(tx seawall.Tx) error {
		site, err := s.siteFor(ctx, tx, who, auth.GateRead, id)
		if err != nil {
			return err
		}
		v, err = s.gateView(ctx, tx, site)
		return err
	})
	return v, err
}

func (s *Service) gateView(ctx context.Context, tx seawall.Tx, site gate.Site) (v GateView, err error) {
	lines, err := s.gateLines(ctx, tx, []gate.Site{site})
	if err != nil {
		return v, err
	}
	v.GateLine = lines[0]
	today := s.today(tx)
	v.Shifts, err = s.d.Gates.Shifts(ctx, tx, site.ID, seawall.Interval{From: today.Start(s.d.Zone), To: today.Add(2).Start(s.d.Zone)})
	if err != nil {
		return v, err
	}
	v.Rules, _ = s.gateRules(today)
	v.Holds, err = s.d.Gates.Holds(ctx, tx, []seawall.SiteID{site.ID})
	return v, err
}

// siteFor reads a site that somebody may do something at.
func (s *Service) siteFor(ctx context.Context, tx seawall.Tx, who Who, a auth.Action, id seawall.SiteID) (gate.Site, error) {
	site, err := s.d.Gates.Site(ctx, tx, id)
	if err != nil {
		return site, err
	}
	return site, s.allow(who, a, auth.Resource{Kind: seawall.KindSite, ID: string(id), Area: site.Area})
}

// gateRules gives the rules of a day.
func (s *Service) gateRules(day seawall.Day) (*gate.Rules, bool) {
	return s.d.GateRules.InForce(s.d.Jurisdiction, day)
}

// GateRules lists the files of rules.
func (s *Service) GateRules(_ context.Context, who Who) ([]*gate.Rules, error) {
	if err := s.allow(who, auth.RegimeRead, auth.Resource{Kind: seawall.KindSite}); err != nil {
		return nil, err
	}
	return s.d.GateRules.All(), nil
}

// KeepSite enters a site or changes one; Version is the one that was seen.
func (s *Service) KeepSite(ctx context.Context, who Who, in NewSite) (gate.Site, error) {
	const op = "response.KeepSite"
	var out gate.Site
	err := s.write(ctx, who, op, func(tx seawall.Tx) error {
		site, err := s.newSite(ctx, tx, in)
		if err != nil {
			return err
		}
		if err := s.allow(who, auth.GateManage, auth.Resource{Kind: seawall.KindSite, ID: string(site.ID), Area: site.Area}); err != nil {
			return err
		}
		kind := "site.recorded"
		if in.Version > 0 {
			kind = "site.changed"
			old, err := s.siteFor(ctx, tx, who, auth.GateManage, site.ID)
			if err != nil {
				return err
			}
			site.Lanes = keptLanes(old, site)
		}
		out, err = site, s.d.Gates.SaveSite(ctx, tx, site)
		if err != nil {
			return err
		}
		return s.record(ctx, tx, kind, site.Ref(), site.Area, "", map[string]string{"kind": site.Kind})
	})
	s.sites.put(gate.Site{ID: in.ID}, time.Time{})
	return out, err
}

// keptLanes keeps what was said of single lanes where their number stays.
func keptLanes(old, site gate.Site) []gate.Lane {
	if len(old.Lanes) == len(site.Lanes) {
		return old.Lanes
	}
	return site.Lanes
}

// newSite checks what was entered.
func (s *Service) newSite(ctx context.Context, tx seawall.Tx, in NewSite) (gate.Site, error) {
	at := places{s: s, ctx: ctx, tx: tx}
	site := gate.Site{ID: in.ID, Kind: in.Kind, Name: in.Name, Area: at.path(in.Area, "area"), Road: strings.TrimSpace(in.Road), Lat: in.Lat, Lon: in.Lon,
		CanSample: in.CanSample, Next: in.Next, Closed: in.Closed, Invented: in.Invented, Source: strings.TrimSpace(in.Source), Version: in.Version + 1}
	for n := range min(in.Lanes, mostLanes) {
		l := gate.Lane{No: n + 1}
		if in.Freight > 0 {
			l.For = gate.Car
			if n < in.Freight {
				l.For = gate.Freight
			}
		}
		site.Lanes = append(site.Lanes, l)
	}
	bad := site.Faults()
	if in.Lanes < 0 || in.Lanes > mostLanes || in.Freight < 0 || in.Freight > in.Lanes {
		bad = append(bad, seawall.FieldError{Field: "lanes", Code: "gate_number"})
	}
	if in.Area == "" {
		bad = append(bad, seawall.FieldError{Field: "area", Code: "required"})
	}
	if at.err != nil {
		return site, at.err
	}
	return site, invalid("response.KeepSite", "gate_invalid", append(bad, at.bad...))
}

// KeepLane opens, closes or dedicates a lane; a number that is not there is added.
func (s *Service) KeepLane(ctx context.Context, who Who, id seawall.SiteID, in NewLane) (gate.Site, error) {
	const op = "response.KeepLane"
	var out gate.Site
	err := s.write(ctx, who, op, func(tx seawall.Tx) error {
		site, err := s.siteFor(ctx, tx, who, auth.GateManage, id)
		if err != nil {
			return err
		}
		if in.No < 1 || in.No > mostLanes || !slices.Contains([]string{"", gate.Freight, gate.Car}, in.For) {
			return invalid(op, "gate_invalid", []seawall.FieldError{{Field: "no", Code: "gate_number"}})
		}
		if in.Version != site.Version {
			return seawall.E(op, seawall.Conflict, "changed_meanwhile", "kind", string(seawall.KindSite), "id", string(id))
		}
		lane := gate.Lane{No: in.No, For: in.For, Closed: in.Closed}
		site.Lanes = slices.Clone(site.Lanes)
		if i := slices.IndexFunc(site.Lanes, func(l gate.Lane) bool { return l.No == in.No }); i >= 0 {
			site.Lanes[i] = lane
		} else {
			site.Lanes = append(site.Lanes, lane)
			slices.SortFunc(site.Lanes, func(a, b gate.Lane) int { return a.No - b.No })
		}
		site.Version++
		out = site
		if err := s.d.Gates.SaveSite(ctx, tx, site); err != nil {
			return err
		}
		return s.record(ctx, tx, "lane.changed", site.Ref(), site.Area, "", map[string]string{"lane": itoa(in.No), "for": in.For, "closed": yesNo(in.Closed)})
	})
	s.sites.put(gate.Site{ID: id}, time.Time{})
	return out, err
}

// yesNo writes a truth into the data of an event.
func yesNo(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}

// KeepShift puts people on a site for some hours.
func (s *Service) KeepShift(ctx context.Context, who Who, id seawall.SiteID, in NewShift) (gate.Shift, error) {
	const op = "response.KeepShift"
	var out gate.Shift
	err := s.write(ctx, who, op, func(tx seawall.Tx) error {
		site, err := s.siteFor(ctx, tx, who, auth.GateManage, id)
		if err != nil {
			return err
		}
		out = gate.Shift{ID: in.ID, Site: site.ID, Lead: in.Lead, From: micros(in.From), To: micros(in.To), Lanes: in.Lanes, Officers: in.Officers, Version: in.Version + 1}
		if in.Version == 0 {
			out.ID = tx.NewID()
		}
		var bad []seawall.FieldError
		if d := out.To.Sub(out.From); in.From.IsZero() || d <= 0 || d > longestShift {
			bad = append(bad, seawall.FieldError{Field: "to", Code: "gate_shift_time"})
		}
		if in.Lanes < 0 || in.Lanes > mostLanes || in.Officers < 0 || in.Officers > 1000 {
			bad = append(bad, seawall.FieldError{Field: "lanes", Code: "gate_number"})
		}
		if in.Lead != "" {
			p, err := s.d.Accounts.Principal(ctx, tx, in.Lead)
			if err != nil {
				return err
			}
			out.LeadName = p.WorkName
		}
		if err := invalid(op, "gate_invalid", bad); err != nil {
			return err
		}
		if err := s.d.Gates.SaveShift(ctx, tx, out); err != nil {
			return err
		}
		return s.record(ctx, tx, "shift.kept", out.Ref(), site.Area, "", map[string]string{"lanes": itoa(out.Lanes), "officers": itoa(out.Officers)}, site.Ref())
	})
	return out, err
}

// Passes lists the passes of a site, the newest first.
func (s *Service) Passes(ctx context.Context, who Who, id seawall.SiteID, f PassFilter, page seawall.Page) (List[gate.Pass], error) {
	var out List[gate.Pass]
	err := s.read(ctx, "response.Passes", func(tx seawall.Tx) error {
		site, err := s.siteFor(ctx, tx, who, auth.GateRead, id)
		if err == nil && f.Plate != "" { // where a vehicle was is for who works with it
			at := auth.Resource{Kind: seawall.KindSite, ID: string(id), Area: site.Area}
			if s.allow(who, auth.GateDecide, at) != nil {
				err = s.allow(who, auth.TripFind, at)
			}
		}
		if err != nil {
			return err
		}
		out.Items, out.Next, out.Total, err = s.d.Gates.Passes(ctx, tx, gate.Query{Site: site.ID, From: f.From, To: f.To, Decision: f.Decision,
			Plate: s.plateToken(f.Plate), HoldState: f.Hold, Page: page})
		return err
	})
	return out, err
}

// Holds lists who is held at a site, the first to end first.
func (s *Service) Holds(ctx context.Context, who Who, id seawall.SiteID) (List[gate.Pass], error) {
	var out List[gate.Pass]
	err := s.read(ctx, "response.Holds", func(tx seawall.Tx) error {
		site, err := s.siteFor(ctx, tx, who, auth.GateRead, id)
		if err != nil {
			return err
		}
		out.Items, err = s.d.Gates.Holds(ctx, tx, []seawall.SiteID{site.ID})
		out.Total = len(out.Items)
		return err
	})
	return out, err
}
