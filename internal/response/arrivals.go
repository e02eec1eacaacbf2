package response

import (
	"context"
	"fmt"
	"slices"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/auth"
	"github.com/seawall-city/seawall/internal/border"
)

// RecordArrivals records a group that comes, or has come, to the city: taken down
// by staff for the traveller, at a gate, or found later. Identity is sealed first;
// somebody of whom another channel has told is not recorded twice. The same
// request gives the same group.
func (s *Service) RecordArrivals(ctx context.Context, who Who, in NewArrivals) (RecordedArrivals, error) {
	const op = "response.RecordArrivals"
	if !slices.Contains([]string{border.Declared, border.Gate, border.Found}, in.Channel) {
		return RecordedArrivals{}, invalid(op, "arrival_invalid", []seawall.FieldError{{Field: "channel", Code: "not_a_choice", Args: map[string]string{"value": in.Channel}}})
	}
	j, err := s.checkArrivals(ctx, op, in.Request, in.Journey, in.People)
	if err != nil {
		return RecordedArrivals{}, err
	}
	if err := s.allow(who, auth.ArrivalRecord, auth.Resource{Kind: seawall.KindArrival, Area: s.recordedAt(who, j)}); err != nil {
		return RecordedArrivals{}, err
	}
	g := border.Group{Channel: in.Channel, Request: in.Request}
	out, err := s.recordGroup(ctx, who, op, g, j, in.People)
	if err == nil && in.From != "" {
		err = s.write(ctx, who, op, func(tx seawall.Tx) error { return s.receivedFrom(ctx, tx, out.Items, in.From, in.Letter) })
	}
	return s.shownTo(who, out), err
}

// shownTo gives what was recorded as somebody may read it: of a person whose number
// they named and who is another area's, what the count needs and no more.
func (s *Service) shownTo(who Who, r RecordedArrivals) RecordedArrivals {
	for i, a := range r.Items {
		if !s.scope(who).Contains(a.Area) {
			r.Items[i] = elsewhere(a)
		}
	}
	return r
}

// recordedAt is where the right to record is asked: the stay where it lies in the
// city, else the recorder's own area, because a gate knows no stay.
func (s *Service) recordedAt(who Who, j journey) seawall.AreaPath {
	if j.stay.Within(s.d.City) && s.scope(who).Contains(j.stay) {
		return j.stay
	}
	if who.Principal.Path.Within(s.d.City) {
		return who.Principal.Path
	}
	return s.d.City
}

// checkArrivals checks a group before anything of it is kept.
func (s *Service) checkArrivals(ctx context.Context, op, request string, in Journey, people []DeclaredPerson) (journey, error) {
	var j journey
	var bad []seawall.FieldError
	if len(request) < shortestRequest {
		bad = append(bad, seawall.FieldError{Field: "request", Code: "request_id_short", Args: map[string]string{"min": "16"}})
	}
	if len(people) == 0 {
		bad = append(bad, seawall.FieldError{Field: "people", Code: "required"})
	}
	if len(people) > mostTogether {
		bad = append(bad, seawall.FieldError{Field: "people", Code: "group_size", Args: map[string]string{"max": fmt.Sprint(mostTogether)}})
	}
	for i, p := range people {
		if t := (traveller{in: p}); !t.named() {
			bad = append(bad, seawall.FieldError{Field: fmt.Sprintf("people[%d].identity.name", i), Code: "required"})
		}
	}
	err := s.read(ctx, op, func(tx seawall.Tx) error {
		var more []seawall.FieldError
		var err error
		j, more, err = s.readJourney(ctx, tx, in)
		bad = append(bad, more...)
		return err
	})
	if err != nil {
		return j, err
	}
	j.size = max(j.size, len(people))
	return j, invalid(op, "arrival_invalid", bad)
}

// recordGroup seals the people of a group and records them together.
func (s *Service) recordGroup(ctx context.Context, who Who, op string, g border.Group, j journey, people []DeclaredPerson) (RecordedArrivals, error) {
	ts := make([]*traveller, len(people))
	for i, p := range people {
		ts[i] = &traveller{in: p, request: fmt.Sprintf("%s/%d", g.Request, i), day: j.day(s.d.Zone), public: g.Secret != ""}
	}
	if err := s.identify(ctx, ts); err != nil {
		return RecordedArrivals{}, seawall.Wrap(op, err)
	}
	var out RecordedArrivals
	err := s.write(ctx, who, op, func(tx seawall.Tx) error {
		out = RecordedArrivals{Items: []border.Arrival{}, channel: g.Channel}
		old, err := s.d.Border.GroupByRequest(ctx, tx, g.Request)
		if err == nil {
			return s.recordedGroup(ctx, tx, old, &out)
		}
		if !seawall.Is(err, seawall.NotFound) {
			return err
		}
		return s.comeTogether(ctx, tx, g, j, ts, &out)
	})
	if err != nil {
		return RecordedArrivals{}, err
	}
	for _, t := range ts {
		out.Duplicates = append(out.Duplicates, t.doubles...)
	}
	return out, seawall.Wrap(op, s.commitSealed(ctx, ts))
}

// recordedGroup answers a repeated request with what the first one made.
func (s *Service) recordedGroup(ctx context.Context, tx seawall.Tx, g border.Group, out *RecordedArrivals) (err error) {
	out.Group = shownGroup(g)
	out.Items, err = s.d.Border.ArrivalsOfGroup(ctx, tx, g.ID)
	return err
}

// comeTogether records the people of a group one after the other. A group that
// comes to a gate and was declared is the declared one; what a feed told of each
// alone becomes one group when they declare themselves.
func (s *Service) comeTogether(ctx context.Context, tx seawall.Tx, g border.Group, j journey, ts []*traveller, out *RecordedArrivals) error {
	g, err := s.groupFor(ctx, tx, g, j, ts)
	if err != nil {
		return err
	}
	channel := g.Channel
	if out.channel != "" {
		channel = out.channel
	}
	for i, t := range ts {
		a, fate, err := s.come(ctx, tx, coming{journey: j, who: t, channel: channel, head: i == 0, group: &g})
		if err != nil {
			return err
		}
		switch fate {
		case fateKnown:
			out.Known++
			if a, err = s.joinAlone(ctx, tx, a, &g); err != nil {
				return err
			}
		case fateCompanion:
			out.Undeclared++
		}
		out.Items = append(out.Items, a)
	}
	if err := s.countGroup(ctx, tx, g.ID, j.size, channel); err != nil {
		return err
	}
	if g, err = s.d.Border.Group(ctx, tx, g.ID); err != nil {
		return err
	}
	out.Group = shownGroup(g)
	out.Items, err = s.d.Border.ArrivalsOfGroup(ctx, tx, g.ID)
	return err
}

// groupFor gives the group that a report names: the one in which the first known
// of them was declared, where staff or a gate report; else a new one.
func (s *Service) groupFor(ctx context.Context, tx seawall.Tx, g border.Group, j journey, ts []*traveller) (border.Group, error) {
	for _, t := range ts {
		if g.Channel == border.Declared || t.person.No == "" {
			continue
		}
		old, why, err := s.sameComing(ctx, tx, coming{journey: j, who: t})
		if err != nil {
			return g, err
		}
		if why != "" {
			return s.d.Border.Group(ctx, tx, old.Group)
		}
	}
	g.Size, g.Mode, g.Vehicle, g.Booking = j.size, j.mode, j.vehicle, j.booking
	if g.Channel == border.Declared {
		g.Declared = j.size
	}
	g, err := s.border.AddGroup(ctx, tx, g)
	if err != nil {
		return g, err
	}
	return g, s.record(ctx, tx, "group.recorded", g.Ref(), "", "", map[string]string{"no": g.No, "channel": g.Channel})
}

// joinAlone brings somebody whom a feed had recorded alone into the group in which
// staff name them. Who stands in a declaration of their own stays there.
func (s *Service) joinAlone(ctx context.Context, tx seawall.Tx, a border.Arrival, g *border.Group) (border.Arrival, error) {
	was, err := s.d.Border.Group(ctx, tx, a.Group)
	if err != nil || was.Secret != "" {
		return a, err
	}
	return s.joinGroup(ctx, tx, a, g)
}

// joinGroup brings somebody into another group than the one they stood in.
func (s *Service) joinGroup(ctx context.Context, tx seawall.Tx, a border.Arrival, g *border.Group) (border.Arrival, error) {
	if a.Group == g.ID {
		return a, nil
	}
	was, err := s.d.Border.Group(ctx, tx, a.Group)
	if err != nil {
		return a, err
	}
	from := a.Group
	a.Group = g.ID
	if a, err = s.border.Change(ctx, tx, a, "arrival.joined", map[string]string{"group": g.No}); err != nil {
		return a, err
	}
	left, err := s.d.Border.ArrivalsOfGroup(ctx, tx, from)
	if err != nil {
		return a, err
	}
	was.Known, was.Size = border.Present(left), max(border.Present(left), 0)
	if was.Booking != "" && g.Booking == "" { // the booking goes with its people
		g.Booking, was.Booking = was.Booking, ""
		kept, err := s.border.KeepGroup(ctx, tx, *g)
		if err != nil {
			return a, err
		}
		*g = kept
	}
	if _, err = s.border.KeepGroup(ctx, tx, was); err != nil {
		return a, err
	}
	return a, s.border.Note(ctx, tx, a, "group.joined", map[string]string{"from": was.No}, was.Ref())
}

// shownGroup is a group without the secret of its declaration.
func shownGroup(g border.Group) border.Group {
	g.Secret, g.Request = "", ""
	return g
}

// AddCompanions names further people of a group: at the door, or afterwards. Who
// was a number without a name gets theirs first.
func (s *Service) AddCompanions(ctx context.Context, who Who, id seawall.ArrivalID, request string, people []DeclaredPerson) (RecordedArrivals, error) {
	const op = "response.AddCompanions"
	var a border.Arrival
	err := s.read(ctx, op, func(tx seawall.Tx) (err error) {
		a, err = s.arrivalFor(ctx, tx, who, id, 0, auth.ArrivalRecord)
		return err
	})
	if err != nil {
		return RecordedArrivals{}, err
	}
	out, err := s.addTo(ctx, who, op, a, request, border.Found, people)
	return s.shownTo(who, out), err
}

// checkNamed checks people who are named to a group before anything is kept.
func checkNamed(op, request string, people []DeclaredPerson) error {
	var bad []seawall.FieldError
	if len(request) < shortestRequest {
		bad = append(bad, seawall.FieldError{Field: "request", Code: "request_id_short", Args: map[string]string{"min": "16"}})
	}
	if len(people) > mostTogether {
		bad = append(bad, seawall.FieldError{Field: "people", Code: "group_size", Args: map[string]string{"max": fmt.Sprint(mostTogether)}})
	}
	for i, p := range people {
		if t := (traveller{in: p}); !t.named() {
			bad = append(bad, seawall.FieldError{Field: fmt.Sprintf("people[%d].identity.name", i), Code: "required"})
		}
	}
	return invalid(op, "arrival_invalid", bad)
}

// addTo records people into the group of an arrival, on its journey.
func (s *Service) addTo(ctx context.Context, who Who, op string, a border.Arrival, request, channel string, people []DeclaredPerson) (RecordedArrivals, error) {
	if err := checkNamed(op, request, people); err != nil {
		return RecordedArrivals{}, err
	}
	ts := make([]*traveller, len(people))
	for i, p := range people {
		ts[i] = &traveller{in: p, request: fmt.Sprintf("%s/%d", request, i), day: a.Day(s.d.Zone), public: who.Actor.Kind == seawall.ActorPublic}
	}
	if err := s.identify(ctx, ts); err != nil {
		return RecordedArrivals{}, seawall.Wrap(op, err)
	}
	j := journey{disease: a.Disease, origins: a.Origins, mode: a.Mode, vehicle: a.Vehicle, entry: a.Entry, stayText: a.StayText,
		expected: a.Expected, arrived: a.Arrived, stay: a.Stay}
	var out RecordedArrivals
	err := s.write(ctx, who, op, func(tx seawall.Tx) error {
		out = RecordedArrivals{Items: []border.Arrival{}}
		g, err := s.d.Border.Group(ctx, tx, a.Group)
		if err != nil {
			return err
		}
		if g.Known+len(ts) > mostTogether {
			return invalid(op, "arrival_invalid", []seawall.FieldError{{Field: "people", Code: "group_size", Args: map[string]string{"max": fmt.Sprint(mostTogether)}}})
		}
		for _, t := range ts {
			one, fate, err := s.come(ctx, tx, coming{journey: j, who: t, channel: channel, group: &g})
			if err != nil {
				return err
			}
			if one, err = s.joinAlone(ctx, tx, one, &g); err != nil {
				return err
			}
			switch fate {
			case fateKnown:
				out.Known++
			case fateCompanion:
				out.Undeclared++
			}
			out.Items = append(out.Items, one)
		}
		if g, err = s.d.Border.Group(ctx, tx, a.Group); err != nil {
			return err
		}
		out.Group = shownGroup(g)
		return nil
	})
	if err != nil {
		return RecordedArrivals{}, err
	}
	for _, t := range ts {
		out.Duplicates = append(out.Duplicates, t.doubles...)
	}
	return out, seawall.Wrap(op, s.commitSealed(ctx, ts))
}
