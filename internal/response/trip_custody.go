package response

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/auth"
	"github.com/seawall-city/seawall/internal/freight"
	"github.com/seawall-city/seawall/internal/loop"
)

// OfferTrip offers a trip to whoever takes it over. Until they accept, the one who
// has it answers; nobody accepting in the hours of the protocol is a gap, of which
// the level above hears.
func (s *Service) OfferTrip(ctx context.Context, who Who, id seawall.TripID, in NewLeg) (freight.Trip, error) {
	const op = "response.OfferTrip"
	var bad []seawall.FieldError
	for field, v := range map[string]string{"receiver": in.Receiver, "place": in.Place} {
		if strings.TrimSpace(v) == "" {
			bad = append(bad, seawall.FieldError{Field: field, Code: "required"})
		}
	}
	if !slices.Contains(freight.Roles(), in.Role) {
		bad = append(bad, seawall.FieldError{Field: "role", Code: "not_a_choice", Args: map[string]string{"value": in.Role}})
	}
	if err := invalid(op, "trip_invalid", bad); err != nil {
		return freight.Trip{}, err
	}
	return s.changeTrip(ctx, who, op, id, in.Version, auth.TripMove, func(tx seawall.Tx, t freight.Trip) error {
		if err := running(op, t); err != nil {
			return err
		}
		p := places{s: s, ctx: ctx, tx: tx}
		at := p.path(in.Area, "area")
		if p.err != nil {
			return p.err
		}
		if err := invalid(op, "trip_invalid", p.bad); err != nil {
			return err
		}
		legs, err := s.d.Freight.LegsOf(ctx, tx, t.ID)
		if err != nil {
			return err
		}
		for _, l := range legs { // a newer offer replaces the one that nobody took
			if l.Accepted.IsZero() && l.Ended.IsZero() {
				l.Ended, l.Version = tx.Now(), l.Version+1
				if err := s.d.Freight.SaveLeg(ctx, tx, l); err != nil {
					return err
				}
			}
		}
		return s.offer(ctx, tx, t, legs, freight.Leg{Receiver: strings.TrimSpace(in.Receiver), Role: in.Role, Place: strings.TrimSpace(in.Place), Area: at,
			Offered: tx.Now(), Note: in.Note})
	})
}

// offer keeps an offer and starts the clock of its acceptance.
func (s *Service) offer(ctx context.Context, tx seawall.Tx, t freight.Trip, legs []freight.Leg, l freight.Leg) error {
	l.Giver = giver(t, legs)
	l.ID, l.Trip, l.By, l.Version = tx.NewID(), t.ID, tx.Actor().Name, 1
	if err := s.d.Freight.SaveLeg(ctx, tx, l); err != nil {
		return err
	}
	if within := s.acceptWithin(); within > 0 && t.Loop != "" {
		d, err := s.d.Loops.Loop(ctx, tx, t.Loop)
		if err != nil {
			return err
		}
		if d.State == loop.Open {
			if err := s.engine.StartTimer(ctx, tx, d, timerTrip, lookHandOff+l.ID, l.Offered.Add(within)); err != nil {
				return err
			}
		}
	}
	return s.trips.Note(ctx, tx, t, "trip.offered", map[string]string{"from": l.Giver, "to": l.Receiver, "role": l.Role, "place": l.Place})
}

// giver is who has the trip now.
func giver(t freight.Trip, legs []freight.Leg) string {
	if now, ok := freight.Holding(legs); ok {
		return now.Receiver
	}
	return pick(t.CarrierName, "驾驶员 "+t.Mask)
}

// take lets somebody take a trip over at once: the stretch before ends where this
// one begins.
func (s *Service) take(ctx context.Context, tx seawall.Tx, t freight.Trip, legs []freight.Leg, l freight.Leg) error {
	if l.Giver == "" {
		l.Giver = giver(t, legs)
	}
	if now, ok := freight.Holding(legs); ok {
		now.Ended, now.Version = l.Accepted, now.Version+1
		if err := s.d.Freight.SaveLeg(ctx, tx, now); err != nil {
			return err
		}
	}
	if l.ID == "" {
		l.ID, l.Trip = tx.NewID(), t.ID
	}
	l.By, l.Version = pick(l.By, tx.Actor().Name), l.Version+1
	if err := s.d.Freight.SaveLeg(ctx, tx, l); err != nil {
		return err
	}
	return s.trips.Note(ctx, tx, t, "trip.leg", map[string]string{"from": l.Giver, "to": l.Receiver, "role": l.Role, "place": l.Place})
}

// AcceptTrip accepts an offer: from here on the receiver answers. Who takes over a
// trip that had fallen to the community withdraws that task. Another city's taking
// over ends the trip here.
func (s *Service) AcceptTrip(ctx context.Context, who Who, id seawall.TripID, in TakeLeg) (freight.Trip, error) {
	const op = "response.AcceptTrip"
	return s.changeTrip(ctx, who, op, id, in.Version, auth.TripMove, func(tx seawall.Tx, t freight.Trip) error {
		if err := running(op, t); err != nil {
			return err
		}
		legs, err := s.d.Freight.LegsOf(ctx, tx, t.ID)
		if err != nil {
			return err
		}
		l, ok := freight.Waiting(legs)
		if in.Leg != "" {
			i := slices.IndexFunc(legs, func(x freight.Leg) bool { return x.ID == in.Leg })
			if i < 0 {
				return seawall.E(op, seawall.NotFound, "not_found", "kind", "leg", "id", in.Leg)
			}
			l, ok = legs[i], legs[i].Accepted.IsZero() && legs[i].Ended.IsZero()
		}
		if !ok {
			return seawall.E(op, seawall.Conflict, "trip_no_offer")
		}
		l.Accepted, l.By = tx.Now(), in.By
		if in.Note != "" {
			l.Note = in.Note
		}
		if err := s.take(ctx, tx, t, legs, l); err != nil {
			return err
		}
		return s.afterTaking(ctx, tx, t, l)
	})
}

// afterTaking does what follows when somebody has taken a trip over.
func (s *Service) afterTaking(ctx context.Context, tx seawall.Tx, t freight.Trip, l freight.Leg) error {
	t.SeenAt = l.Accepted
	if l.Area.Within(s.d.City) {
		t.Area = l.Area
	}
	t, err := s.trips.Change(ctx, tx, t, "trip.taken_over", map[string]string{"by": l.Receiver, "role": l.Role})
	if err != nil {
		return err
	}
	if l.Role == "city" {
		t.State, t.EndedAt = freight.HandedOn, l.Accepted
		if t, err = s.trips.Change(ctx, tx, t, "trip.handed_on", map[string]string{"to": l.Receiver}); err != nil {
			return err
		}
		return s.endTrip(ctx, tx, t, freight.HandedOn, l.Receiver)
	}
	if l.Role == "carrier" || l.Role == "gate" {
		return nil
	}
	if err := s.takenOver(ctx, tx, t, l.Receiver, strandedLoop, orphanLoop); err != nil {
		return err
	}
	return s.closeTripStep(ctx, tx, t, stepTakeOver, l.Receiver)
}

// legDue alarms the level above when nobody accepted an offer in time. The giver
// goes on answering; the offer stands.
func (s *Service) legDue(ctx context.Context, tx seawall.Tx, d loop.Loop, t freight.Trip, id string) error {
	legs, err := s.d.Freight.LegsOf(ctx, tx, t.ID)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(legs, func(l freight.Leg) bool { return l.ID == id })
	if i < 0 || !legs[i].Accepted.IsZero() || !legs[i].Ended.IsZero() || !legs[i].GapAt.IsZero() {
		return nil
	}
	l := legs[i]
	l.GapAt, l.Version = tx.Now(), l.Version+1
	if err := s.d.Freight.SaveLeg(ctx, tx, l); err != nil {
		return err
	}
	if err := s.trips.Note(ctx, tx, t, "trip.gap", map[string]string{"from": l.Giver, "to": l.Receiver, "place": l.Place,
		"offered": l.Offered.UTC().Format(time.RFC3339)}); err != nil {
		return err
	}
	text := seawall.Text{ZH: "货车 " + t.PlateMask + "（" + t.No + "）由" + l.Giver + "移交给" + l.Receiver + "，超时无人接收。",
		EN: "Lorry " + t.PlateMask + " (" + t.No + ") was offered by " + l.Giver + " to " + l.Receiver + "; nobody accepted in time."}
	told := map[seawall.PrincipalID]bool{"": true}
	up, err := s.levelAbove(ctx, tx, d)
	if err != nil {
		return err
	}
	for _, p := range []seawall.PrincipalID{d.Owner, up} {
		if told[p] {
			continue
		}
		told[p] = true
		if err := s.tell(ctx, tx, seawall.Ref{Kind: seawall.KindPrincipal, ID: string(p)}, t.Ref(), true, text); err != nil {
			return err
		}
	}
	return nil
}

// levelAbove is who answers one level above a duty, "" for nobody.
func (s *Service) levelAbove(ctx context.Context, tx seawall.Tx, d loop.Loop) (seawall.PrincipalID, error) {
	up, ok, err := s.d.Roster.Up(ctx, tx, d.Area)
	if err != nil {
		return "", err
	}
	if !ok || !up.Within(s.d.City) {
		up = s.d.City
	}
	a, err := s.d.Roster.WhoAnswers(ctx, tx, up, string(d.Kind), tx.Now())
	return a.Principal, err
}
