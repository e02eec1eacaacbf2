package response

import (
	"cmp"
	"context"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/area"
	"github.com/seawall-city/seawall/internal/auth"
	"github.com/seawall-city/seawall/internal/casebook"
	"github.com/seawall-city/seawall/internal/device"
	"github.com/seawall-city/seawall/internal/loop"
)

// A phone takes this many steps and people with it: what one person does in a day
// is some dozens.
const (
	fieldSteps  = 300
	fieldPeople = 200
)

// earthRadius is the mean radius of the Earth in km (IUGG).
const earthRadius = 6371.0088

// FieldDay gives what a phone needs for a day without a network: the open steps of
// who asks by deadline and nearness, with their forms and what they are compared
// with when they come back; to whom a duty may be handed, with the keys of their
// phones; what others offered. lat and lon are where the phone is, 0 where it does
// not say. Errors: Gone "device_wipe" for a lost phone.
func (s *Service) FieldDay(ctx context.Context, who Who, id seawall.DeviceID, lat, lon float64) (FieldDay, error) {
	const op = "response.FieldDay"
	who, err := s.replaying(ctx, who, id)
	if err != nil {
		return FieldDay{}, seawall.Wrap(op, err)
	}
	d, err := s.contact(ctx, who, id, time.Time{}, false)
	if err != nil {
		return FieldDay{}, seawall.Wrap(op, err)
	}
	out := FieldDay{Device: d, Steps: []FieldStep{}, People: []FieldPerson{}, Offers: []FieldOffer{}}
	err = s.read(ctx, op, func(tx seawall.Tx) error {
		out.Now = tx.Now()
		out.Until = out.Now.Add(time.Duration(s.d.Field.DayHours) * time.Hour)
		steps, _, total, err := s.d.Loops.Steps(ctx, tx, loop.StepQuery{Scope: seawall.Scope{s.d.City}, Owner: who.Principal.ID,
			Page: seawall.Page{Limit: fieldSteps}})
		if err != nil {
			return err
		}
		out.More = total - len(steps)
		if out.Steps, err = s.fieldSteps(ctx, tx, steps, point{path: who.Principal.Path, lat: lat, lon: lon}); err != nil {
			return err
		}
		order(out.Steps)
		if out.People, err = s.fieldPeople(ctx, tx, who); err != nil {
			return err
		}
		if out.Offers, err = s.fieldOffers(ctx, tx, who.Principal.ID); err != nil {
			return err
		}
		_, _, out.Conflicts, err = s.d.Field.Store.Conflicts(ctx, tx, device.Query{Owner: who.Principal.ID, State: device.Open, Page: seawall.Page{Limit: 1}})
		return err
	})
	return out, err
}

// order sorts a day: what is late first, then by band, within a band what is near,
// then what is due first.
func order(steps []FieldStep) {
	rank := map[string]int{"late": 0, "soon": 1, "tonight": 2, "later": 3}
	slices.SortStableFunc(steps, func(a, b FieldStep) int {
		return cmp.Or(cmp.Compare(rank[a.Band], rank[b.Band]), cmp.Compare(a.Near.Km, b.Near.Km),
			cmp.Compare(a.Near.Steps, b.Near.Steps), a.Due.Compare(b.Due), cmp.Compare(a.Step, b.Step))
	})
}

// point is where somebody stands: an area, and coordinates where they are known.
type point struct {
	path     seawall.AreaPath
	lat, lon float64
}

// fieldSteps lays steps out for a phone.
func (s *Service) fieldSteps(ctx context.Context, tx seawall.Tx, steps []loop.Step, from point) ([]FieldStep, error) {
	var ids []seawall.LoopID
	var paths []seawall.AreaPath
	for _, st := range steps {
		ids, paths = append(ids, st.Loop), append(paths, st.Area)
	}
	loops, err := s.d.Loops.LoopsByID(ctx, tx, ids)
	if err != nil {
		return nil, err
	}
	others, err := s.d.Loops.StepsOfLoops(ctx, tx, ids)
	if err != nil {
		return nil, err
	}
	byID := map[seawall.LoopID]loop.Loop{}
	for _, l := range loops {
		byID[l.ID] = l
	}
	beside := map[seawall.LoopID][]FieldOtherState{}
	for _, o := range others {
		beside[o.Loop] = append(beside[o.Loop], FieldOtherState{Key: o.Key, Title: o.Title, State: string(o.State)})
	}
	g, err := s.ground(ctx, tx, paths)
	if err != nil {
		return nil, err
	}
	out := make([]FieldStep, 0, len(steps))
	for _, st := range steps {
		f, err := s.fieldStep(ctx, tx, st, byID[st.Loop])
		if err != nil {
			return nil, err
		}
		if len(beside[st.Loop]) > 1 {
			f.Others = beside[st.Loop]
		}
		f.Place = g.names[st.Area]
		f.Lat, f.Lon, f.Near = g.near(st.Area, from)
		out = append(out, f)
	}
	return out, nil
}

// fieldStep lays one step out, without its place.
func (s *Service) fieldStep(ctx context.Context, tx seawall.Tx, st loop.Step, l loop.Loop) (FieldStep, error) {
	f := FieldStep{Step: st.ID, Loop: st.Loop, Kind: string(st.Kind), Key: st.Key, Title: st.Title, LoopTitle: l.Title, Subject: st.Subject,
		No: l.No, Mask: st.Mask, Due: st.Due, Day: st.Day, Needs: st.Needs, Cannot: !st.Required, Area: st.Area, Base: stepBase(st, l),
		Band: s.band4(tx.Now(), st.Due), Why: FieldWhy{Rule: st.Rule, Regime: l.Regime, Owner: l.OwnerWhy}}
	if r, ok := s.d.Rules.ByID(l.Regime); ok && l.Regime != "" {
		f.Why.Source = r.Source.Title.ZH
	}
	p, ok, err := s.protocolOf(ctx, tx, l)
	if err != nil {
		return f, err
	}
	if ok {
		if form, has := p.Form(st.Form); has {
			f.Form = form
		}
		if file, has := p.Step(st.Key); has {
			f.Help = file.Help
		}
	}
	if st.Needs == "report" && st.Subject.Kind == seawall.KindContact {
		f.Report = &FieldReport{Contact: seawall.ContactID(st.Subject.ID), Day: st.Day, Statuses: []string{well, ill, "missed", "not_performed", "refused"}}
		u, err := s.d.Cases.FollowUpOn(ctx, tx, f.Report.Contact, st.Day)
		if seawall.Is(err, seawall.NotFound) {
			u, err = casebook.FollowUp{Day: st.Day}, nil
		}
		if err != nil {
			return f, err
		}
		f.Report.Base = reportBase(u)
	}
	return f, nil
}

// band4 says in which band of the day something is due.
func (s *Service) band4(now, due time.Time) string {
	switch {
	case due.IsZero():
		return "later"
	case due.Before(now):
		return "late"
	case due.Before(now.Add(soonWithin)):
		return "soon"
	case due.Before(s.tonightEnd(now)):
		return "tonight"
	}
	return "later"
}

// groundOf is the part of the tree that a day's work lies in.
type groundOf struct {
	byID  map[seawall.AreaID]area.Area
	names map[seawall.AreaPath]seawall.Text
}

// ground reads the areas of some paths with their ancestors.
func (s *Service) ground(ctx context.Context, tx seawall.Tx, paths []seawall.AreaPath) (groundOf, error) {
	g := groundOf{byID: map[seawall.AreaID]area.Area{}}
	var ids []seawall.AreaID
	for _, p := range paths {
		ids = append(ids, chainOf(p)...)
	}
	slices.Sort(ids)
	rows, err := s.d.Areas.Areas(ctx, tx, slices.Compact(ids))
	if err != nil {
		return g, err
	}
	for _, a := range rows {
		g.byID[a.ID] = a
	}
	g.names, err = s.areaNames(ctx, tx, paths...)
	return g, err
}

// chainOf gives the areas of a path, the root first.
func chainOf(p seawall.AreaPath) []seawall.AreaID {
	var out []seawall.AreaID
	for part := range strings.SplitSeq(strings.TrimSuffix(string(p), "/"), "/") {
		if part != "" {
			out = append(out, seawall.AreaID(part))
		}
	}
	return out
}

// near says where a place lies and how far from somebody: by the coordinates of the
// smallest area around it that has any below the city, else by the tree.
func (g groundOf) near(at seawall.AreaPath, from point) (lat, lon float64, n Nearness) {
	chain := chainOf(at)
	n.Steps = apart(chain, chainOf(from.path))
	path := at
	for i := len(chain) - 1; i > 0; i-- {
		a := g.byID[chain[i]]
		if a.Level == area.City || a.Level == area.Province {
			break
		}
		if a.Lat != 0 || a.Lon != 0 {
			lat, lon, n.Of = a.Lat, a.Lon, a.Path
			if from.lat != 0 || from.lon != 0 {
				n.Km = distance(from.lat, from.lon, lat, lon)
			}
			return lat, lon, n
		}
		path = seawall.AreaPath(strings.TrimSuffix(string(path), string(chain[i])+"/"))
	}
	return 0, 0, n
}

// apart counts the steps from one place of the tree to another.
func apart(a, b []seawall.AreaID) int {
	same := 0
	for same < len(a) && same < len(b) && a[same] == b[same] {
		same++
	}
	return len(a) + len(b) - 2*same
}

// distance is the great-circle distance in km, to 10 m (haversine).
func distance(lat1, lon1, lat2, lon2 float64) float64 {
	rad := func(x float64) float64 { return x * math.Pi / 180 }
	a := math.Pow(math.Sin(rad(lat2-lat1)/2), 2) + math.Cos(rad(lat1))*math.Cos(rad(lat2))*math.Pow(math.Sin(rad(lon2-lon1)/2), 2)
	return math.Round(200*earthRadius*math.Asin(math.Sqrt(a))) / 100
}

// fieldPeople gives the colleagues of the same town, and of its county's own level,
// with the keys of their phones.
func (s *Service) fieldPeople(ctx context.Context, tx seawall.Tx, who Who) ([]FieldPerson, error) {
	chain := chainOf(who.Principal.Path)
	at := seawall.AreaPath("")
	for i := range min(len(chain), townDepth) {
		at += seawall.AreaPath(string(chain[i]) + "/")
	}
	ps, _, _, err := s.d.Accounts.Principals(ctx, tx, seawall.Scope{at}, seawall.Page{Limit: fieldPeople})
	if err != nil {
		return nil, err
	}
	if up := seawall.AreaPath(strings.TrimSuffix(string(at), string(at.Leaf())+"/")); len(chain) >= townDepth {
		above, _, _, err := s.d.Accounts.Principals(ctx, tx, seawall.Scope{up.Alone()}, seawall.Page{Limit: fieldPeople})
		if err != nil {
			return nil, err
		}
		ps = append(ps, above...)
	}
	ids := make([]seawall.PrincipalID, 0, len(ps))
	for _, p := range ps {
		ids = append(ids, p.ID)
	}
	devices, err := s.d.Field.Store.DevicesOf(ctx, tx, ids)
	if err != nil {
		return nil, err
	}
	keys := map[seawall.PrincipalID][]FieldKey{}
	for _, d := range devices {
		if d.State == device.Active {
			keys[d.Owner] = append(keys[d.Owner], FieldKey{Device: d.ID, Key: d.Key})
		}
	}
	out := []FieldPerson{}
	for _, p := range ps {
		worker := Asked(p)
		may := s.allow(worker, auth.LoopAccept, auth.Resource{Kind: seawall.KindLoop, Owner: p.ID, Area: p.Path}) == nil
		if p.Disabled || p.ID == who.Principal.ID || !may {
			continue
		}
		f := FieldPerson{ID: p.ID, WorkName: p.WorkName, Devices: keys[p.ID]}
		if f.Devices == nil {
			f.Devices = []FieldKey{}
		}
		out = append(out, f)
	}
	return out, nil
}

// townDepth is the depth of a town's path: province, city, county, town.
const townDepth = 4

// fieldOffers gives the duties that others offered and that were not taken over.
func (s *Service) fieldOffers(ctx context.Context, tx seawall.Tx, to seawall.PrincipalID) ([]FieldOffer, error) {
	hs, err := s.d.Field.Store.OffersTo(ctx, tx, to)
	if err != nil {
		return nil, err
	}
	var ids []seawall.LoopID
	for _, h := range hs {
		ids = append(ids, h.Loop)
	}
	loops, err := s.d.Loops.LoopsByID(ctx, tx, ids)
	if err != nil {
		return nil, err
	}
	out := []FieldOffer{}
	for _, h := range hs {
		i := slices.IndexFunc(loops, func(l loop.Loop) bool { return l.ID == h.Loop })
		if i < 0 || loops[i].State != loop.Open || loops[i].Owner != h.From {
			continue
		}
		out = append(out, FieldOffer{HandOver: h.ID, Loop: h.Loop, From: h.FromName, Title: loops[i].Title, Mask: loops[i].Mask, At: h.At})
	}
	return out, nil
}
