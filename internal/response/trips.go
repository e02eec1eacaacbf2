package response

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/auth"
	"github.com/seawall-city/seawall/internal/casebook"
	"github.com/seawall-city/seawall/internal/freight"
	"github.com/seawall-city/seawall/internal/relief"
	"github.com/seawall-city/seawall/internal/vault"
)

// declaring is one trip on its way into the records.
type declaring struct {
	in      NewTrip
	carrier freight.Carrier
	channel string
	// request is the one under which crew and trip are kept; secret the hash of the
	// card's code.
	request, secret string
	crew            []*traveller
}

// RecordTrip records a trip that staff take down, or find afterwards. The same
// request gives the same trip.
func (s *Service) RecordTrip(ctx context.Context, who Who, carrier seawall.CarrierID, in NewTrip) (DeclaredTrip, error) {
	const op = "response.RecordTrip"
	at := s.d.City
	if who.Principal.Path.Within(s.d.City) {
		at = who.Principal.Path
	}
	if err := s.allow(who, auth.TripRecord, auth.Resource{Kind: seawall.KindTrip, Area: at}); err != nil {
		return DeclaredTrip{}, err
	}
	return s.declareTrip(ctx, who, op, declaring{in: in, channel: freight.ByStaff, request: string(who.Principal.ID) + " " + in.Request}, carrier)
}

// DeclareTrip records a trip as its driver declares it, a day ahead or with the
// reason why not, without an account. The answer carries the code of the driver's
// card, of which only a keyed hash is kept.
func (s *Service) DeclareTrip(ctx context.Context, in NewTrip) (MyTrip, error) {
	const op = "response.DeclareTrip"
	for i := range in.Crew {
		in.Crew[i].Person = "" // a number is no proof of being somebody
	}
	in.External, in.Invented = "", false
	out, err := s.declareTrip(ctx, travellerSelf(), op, declaring{in: in, channel: freight.BySelf, request: "self " + in.Request}, "")
	if err != nil {
		return MyTrip{}, err
	}
	mine, err := s.MyTrip(ctx, out.Code)
	mine.Code = out.Code
	return mine, err
}

// declareTrip checks a trip, seals its crew and records it with its duty.
func (s *Service) declareTrip(ctx context.Context, who Who, op string, d declaring, carrier seawall.CarrierID) (DeclaredTrip, error) {
	var out DeclaredTrip
	t, err := s.readTrip(ctx, op, &d, carrier)
	if err != nil {
		return out, err
	}
	code := relief.Code(s.d.LinkKey, "T", d.request)
	d.secret = relief.Secret(s.d.LinkKey, code)
	for i, c := range d.in.Crew {
		d.crew = append(d.crew, &traveller{in: DeclaredPerson{Person: c.Person, Identity: c.Identity},
			request: fmt.Sprintf("trip %s/%d", d.secret, i), day: seawall.DayOf(t.Planned, s.d.Zone)})
	}
	if err := s.identify(ctx, d.crew); err != nil {
		return out, seawall.Wrap(op, err)
	}
	err = s.write(ctx, who, op, func(tx seawall.Tx) error {
		out = DeclaredTrip{}
		old, err := s.d.Freight.TripBySecret(ctx, tx, d.secret)
		if err == nil {
			out.Trip = old
			return nil
		}
		if !seawall.Is(err, seawall.NotFound) {
			return err
		}
		out.Trip, out.Permit, err = s.keepTrip(ctx, tx, d, t)
		return err
	})
	if err != nil {
		return out, err
	}
	for _, c := range d.crew {
		out.Duplicates = append(out.Duplicates, c.doubles...)
	}
	out.Trip, out.Code = shownTrip(out.Trip), code
	return out, seawall.Wrap(op, s.commitSealed(ctx, d.crew))
}

// shownTrip is a trip without the secret of its card.
func shownTrip(t freight.Trip) freight.Trip {
	t.Secret = ""
	return t
}

// readTrip checks a trip before anything of it is kept.
func (s *Service) readTrip(ctx context.Context, op string, d *declaring, carrier seawall.CarrierID) (freight.Trip, error) {
	in := d.in
	t := freight.Trip{Plate: s.plateToken(in.Plate), PlateMask: freight.MaskPlate(in.Plate), People: len(in.Crew), Cargo: strings.TrimSpace(in.Cargo),
		CargoKind: pick(in.CargoKind, "other"), Consignee: strings.TrimSpace(in.Consignee), Origin: strings.ToUpper(strings.TrimSpace(in.Origin)),
		Left: known(in.Left), Planned: micros(in.Planned), Short: strings.TrimSpace(in.Short), Transit: in.Transit, Seal: strings.TrimSpace(in.Seal),
		Escort: in.Escort, Channel: d.channel, External: in.External, Invented: in.Invented, Route: []freight.Stop{}}
	var bad []seawall.FieldError
	if len(in.Request) < shortestRequest && d.channel != freight.ByCarrier && d.channel != freight.ByFile {
		bad = append(bad, seawall.FieldError{Field: "request", Code: "request_id_short", Args: map[string]string{"min": itoa(shortestRequest)}})
	}
	if !slices.Contains([]string{"", "escort", "point"}, in.Escort) {
		bad = append(bad, seawall.FieldError{Field: "escort", Code: "not_a_choice", Args: map[string]string{"value": in.Escort}})
	}
	for i, c := range in.Crew {
		if t := (traveller{in: DeclaredPerson{Person: c.Person, Identity: c.Identity}}); !t.named() {
			bad = append(bad, seawall.FieldError{Field: fmt.Sprintf("crew[%d].identity.name", i), Code: "required"})
		}
	}
	err := s.read(ctx, op, func(tx seawall.Tx) error {
		p := places{s: s, ctx: ctx, tx: tx}
		t.ConsigneeArea = p.path(in.ConsigneeArea, "consigneeArea")
		for i, x := range in.Route {
			stop := freight.Stop{Kind: x.Kind, Ref: x.Ref, Name: strings.TrimSpace(x.Name), Area: p.path(x.Area, fmt.Sprintf("route[%d].area", i))}
			if err := s.knownStop(ctx, tx, &stop); seawall.Is(err, seawall.NotFound) {
				bad = append(bad, seawall.FieldError{Field: fmt.Sprintf("route[%d].ref", i), Code: "not_a_choice", Args: map[string]string{"value": x.Ref}})
			} else if err != nil {
				return err
			}
			t.Route = append(t.Route, stop)
		}
		if carrier != "" {
			c, err := s.d.Freight.Carrier(ctx, tx, carrier)
			if err != nil {
				return err
			}
			d.carrier, t.Carrier, t.CarrierName = c, c.ID, c.Name
		}
		bad = append(bad, p.bad...)
		bad = append(bad, t.Faults(tx.Now(), s.hoursOf(tripLoop))...)
		return p.err
	})
	if err != nil {
		return t, err
	}
	t.Area = s.answering(t.ConsigneeArea, areaOfRoute(t.Route))
	return t, invalid(op, "trip_invalid", bad)
}

// knownStop fills the name and the area of a stop that is one of the city's own.
func (s *Service) knownStop(ctx context.Context, tx seawall.Tx, stop *freight.Stop) error {
	if stop.Ref == "" || stop.Kind != freight.StopServiceArea {
		return nil
	}
	a, err := s.d.Freight.ServiceArea(ctx, tx, seawall.ServiceAreaID(stop.Ref))
	if err != nil {
		return err
	}
	if stop.Name == "" {
		stop.Name = a.Name.ZH
	}
	stop.Area = a.Area
	return nil
}

// areaOfRoute is the first known place of a route.
func areaOfRoute(route []freight.Stop) seawall.AreaPath {
	for _, s := range route {
		if s.Area != "" {
			return s.Area
		}
	}
	return ""
}

// keepTrip keeps a trip with its crew, its first stretch of custody and its duty;
// of a whitelisted carrier it gets its permit at once.
func (s *Service) keepTrip(ctx context.Context, tx seawall.Tx, d declaring, t freight.Trip) (freight.Trip, *freight.Permit, error) {
	t.Secret = d.secret
	var crew []freight.Crew
	for i, c := range d.crew {
		p, err := s.person(ctx, tx, c.person)
		if err != nil {
			return t, nil, err
		}
		role := d.in.Crew[i].Role
		if role == "" {
			role = "driver"
			if i > 0 {
				role = "second"
			}
		}
		crew = append(crew, freight.Crew{Person: p.No, Mask: p.Mask, Role: role, Token: s.crewToken(d.in.Crew[i].Identity)})
		if i == 0 {
			t.Mask = p.Mask
		}
	}
	t, err := s.trips.Add(ctx, tx, t, crew)
	if err != nil {
		return t, nil, err
	}
	if err := s.firstLeg(ctx, tx, t); err != nil {
		return t, nil, err
	}
	if t, err = s.openTrip(ctx, tx, t); err != nil {
		return t, nil, err
	}
	if !d.carrier.Whitelisted(s.today(tx)) {
		return t, nil, nil
	}
	p, err := s.issuePermit(ctx, tx, t, NewPermit{})
	if err != nil {
		return t, nil, err
	}
	t, err = s.d.Freight.Trip(ctx, tx, t.ID)
	return t, &p, err
}

// firstLeg begins the chain: whoever sends the vehicle answers for it.
func (s *Service) firstLeg(ctx context.Context, tx seawall.Tx, t freight.Trip) error {
	holder := t.CarrierName
	if holder == "" {
		holder = "驾驶员 " + t.Mask
	}
	place := t.Origin
	if p, ok := s.d.Origins.Place(t.Origin); ok {
		place = p.Full.ZH
	}
	if place == "" {
		place = "出发地"
	}
	l := freight.Leg{ID: tx.NewID(), Trip: t.ID, Giver: pick(t.CarrierName, "发货方"), Receiver: holder, Role: "carrier", Place: place, Offered: tx.Now(),
		Accepted: tx.Now(), By: tx.Actor().Name, Version: 1}
	if err := s.d.Freight.SaveLeg(ctx, tx, l); err != nil {
		return err
	}
	return s.trips.Note(ctx, tx, t, "trip.leg", map[string]string{"receiver": l.Receiver, "role": l.Role, "place": l.Place})
}

// tripFor reads a trip that somebody wants to work on: a trip concerns where it is,
// where it goes and every place on its way.
func (s *Service) tripFor(ctx context.Context, tx seawall.Tx, who Who, id seawall.TripID, version int, act auth.Action, more ...seawall.AreaPath) (freight.Trip, error) {
	t, err := s.d.Freight.Trip(ctx, tx, id)
	if err != nil {
		return t, err
	}
	areas := append([]seawall.AreaPath{t.Area, s.answering(t.ConsigneeArea)}, more...)
	for _, x := range t.Route {
		if x.Area != "" {
			areas = append(areas, x.Area)
		}
	}
	if err := s.allowAny(who, act, auth.Resource{Kind: seawall.KindTrip, ID: string(id), Owner: t.Owner}, areas...); err != nil {
		return t, err
	}
	if version != 0 && version != t.Version {
		return t, seawall.E("response.tripFor", seawall.Conflict, "changed_meanwhile", "kind", string(seawall.KindTrip), "id", t.No)
	}
	return t, nil
}

// changeTrip runs one change of a trip for somebody.
func (s *Service) changeTrip(ctx context.Context, who Who, op string, id seawall.TripID, version int, act auth.Action,
	fn func(tx seawall.Tx, t freight.Trip) error) (freight.Trip, error) {
	var out freight.Trip
	err := s.write(ctx, who, op, func(tx seawall.Tx) error {
		t, err := s.tripFor(ctx, tx, who, id, version, act)
		if err != nil {
			return err
		}
		if err := fn(tx, t); err != nil {
			return err
		}
		out, err = s.d.Freight.Trip(ctx, tx, id)
		return err
	})
	return shownTrip(out), err
}

// running refuses work on a trip that has ended.
func running(op string, t freight.Trip) error {
	if freight.Running(t.State) {
		return nil
	}
	return seawall.E(op, seawall.Conflict, "trip_ended", "state", t.State)
}

// FindTrips finds the trips of a letter: of a plate, of one of the crew, between
// days. Who looks stands on the log, because a name was asked for. Errors: Invalid
// without anything to look by.
func (s *Service) FindTrips(ctx context.Context, who Who, in FindTrip) (List[FoundTrip], error) {
	const op = "response.FindTrips"
	out := List[FoundTrip]{Items: []FoundTrip{}}
	if err := s.allow(who, auth.TripFind, auth.Resource{Kind: seawall.KindTrip, Area: s.recordedAt(who, journey{})}); err != nil {
		return out, err
	}
	if strings.TrimSpace(in.Plate) == "" && in.Who == nil {
		return out, invalid(op, "trip_invalid", []seawall.FieldError{{Field: "plate", Code: "required"}})
	}
	var person seawall.PersonNo
	if in.Who != nil {
		id := *in.Who
		id.Birth = known(id.Birth)
		found, err := s.d.Vault.Match(ctx, []vault.Identity{id})
		if err != nil {
			return out, seawall.Wrap(op, err)
		}
		person = found[0]
	}
	err := s.write(ctx, who, op, func(tx seawall.Tx) error {
		out.Items = []FoundTrip{}
		hits, err := s.tripHits(ctx, tx, in, person)
		if err != nil {
			return err
		}
		for _, h := range hits {
			if h.Crew, err = s.d.Freight.CrewOf(ctx, tx, h.Trip.ID); err != nil {
				return err
			}
			if h.Visits, err = s.d.Freight.VisitsOfTrip(ctx, tx, h.Trip.ID); err != nil {
				return err
			}
			h.Trip = shownTrip(h.Trip)
			out.Items = append(out.Items, h)
		}
		out.Total = len(out.Items)
		return s.record(ctx, tx, "trip.looked_for", seawall.Ref{Kind: seawall.KindSystem, ID: "freight"}, "", person,
			map[string]string{"plate": freight.MaskPlate(in.Plate), "found": itoa(out.Total)})
	})
	return out, err
}

// mostFound bounds the trips that one look gives.
const mostFound = 50

// tripHits finds trips by plate and by person within the days.
func (s *Service) tripHits(ctx context.Context, tx seawall.Tx, in FindTrip, person seawall.PersonNo) ([]FoundTrip, error) {
	var hits []FoundTrip
	add := func(rows []freight.Trip, why string) {
		for _, t := range rows {
			if !s.tripOn(t, known(in.From), known(in.To)) {
				continue
			}
			i := slices.IndexFunc(hits, func(h FoundTrip) bool { return h.Trip.ID == t.ID })
			if i < 0 {
				hits, i = append(hits, FoundTrip{Trip: t}), len(hits)
			}
			hits[i].Why = append(hits[i].Why, why)
		}
	}
	if in.Plate != "" {
		rows, err := s.d.Freight.TripsByPlate(ctx, tx, s.plateToken(in.Plate), mostFound)
		if err != nil {
			return nil, err
		}
		add(rows, "plate")
	}
	if person != "" {
		rows, err := s.d.Freight.TripsOfPerson(ctx, tx, person)
		if err != nil {
			return nil, err
		}
		add(rows, "crew")
	}
	slices.SortStableFunc(hits, func(a, b FoundTrip) int { return len(b.Why) - len(a.Why) })
	return hits, nil
}

// tripOn reports whether a trip touched the days: from its planned arrival to its
// end, or to now.
func (s *Service) tripOn(t freight.Trip, from, to seawall.Day) bool {
	begin, end := t.Planned, t.EndedAt
	if !t.ArrivedAt.IsZero() && t.ArrivedAt.Before(begin) {
		begin = t.ArrivedAt
	}
	if end.IsZero() {
		end = s.d.Clock.Now()
	}
	if end.Before(begin) {
		end = begin
	}
	return (!from.Known() || seawall.DayOf(end, s.d.Zone) >= from) && (!to.Known() || seawall.DayOf(begin, s.d.Zone) <= to)
}

// crewRefs points to the people of a crew.
func crewRefs(crew []freight.Crew) []seawall.Ref {
	var out []seawall.Ref
	for _, c := range crew {
		out = append(out, casebook.PersonRef(c.Person))
	}
	return out
}

// whenGiven gives an instant that was told, else now; the future is refused.
func whenGiven(op string, at time.Time, tx seawall.Tx) (time.Time, error) {
	if at.IsZero() {
		return tx.Now(), nil
	}
	if at.After(tx.Now()) {
		return at, invalid(op, "trip_invalid", []seawall.FieldError{{Field: "at", Code: "in_future"}})
	}
	return micros(at), nil
}
