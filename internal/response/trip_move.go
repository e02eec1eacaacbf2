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

// RecordMove records a movement of a trip.
func (s *Service) RecordMove(ctx context.Context, who Who, id seawall.TripID, in NewMove) (freight.Trip, error) {
	const op = "response.RecordMove"
	if strings.TrimSpace(in.Place) == "" {
		return freight.Trip{}, invalid(op, "trip_invalid", []seawall.FieldError{{Field: "place", Code: "required"}})
	}
	return s.changeTrip(ctx, who, op, id, in.Version, auth.TripMove, func(tx seawall.Tx, t freight.Trip) error {
		at, err := whenGiven(op, in.At, tx)
		if err != nil {
			return err
		}
		p := places{s: s, ctx: ctx, tx: tx}
		m := freight.Move{Kind: in.Kind, At: at, Place: strings.TrimSpace(in.Place), Area: p.path(in.Area, "area"), Ref: in.Ref, Source: "staff", Note: in.Note}
		if p.err != nil {
			return p.err
		}
		if err := invalid(op, "trip_invalid", p.bad); err != nil {
			return err
		}
		_, err = s.moveTrip(ctx, tx, t, m)
		return err
	})
}

// moveTrip keeps a movement and does what follows from it. Errors: Invalid for a kind
// that does not exist, Conflict where it makes no sense.
func (s *Service) moveTrip(ctx context.Context, tx seawall.Tx, t freight.Trip, m freight.Move) (freight.Trip, error) {
	const op = "response.RecordMove"
	if !slices.Contains(freight.Moves(), m.Kind) {
		return t, invalid(op, "trip_invalid", []seawall.FieldError{{Field: "kind", Code: "not_a_choice", Args: map[string]string{"value": m.Kind}}})
	}
	next, ok := freight.After(t.State, m.Kind)
	if !ok {
		return t, seawall.E(op, seawall.Conflict, "trip_move", "kind", m.Kind, "state", t.State)
	}
	m.ID, m.Trip, m.Version = tx.NewID(), t.ID, 1
	m.Off = m.Kind == freight.MoveSeen && t.OffRoute(stopOf(m), m.Ref.ID, m.Place)
	if err := s.d.Freight.SaveMove(ctx, tx, m); err != nil {
		return t, err
	}
	was := t
	t.State = next
	if m.Off {
		t.Deviations++
	}
	if m.At.After(t.SeenAt) {
		t.SeenAt, t.SeenPlace = m.At, m.Place
		if m.Area.Within(s.d.City) {
			t.Area = m.Area
		}
	}
	if freight.Here(next) && t.ArrivedAt.IsZero() {
		t.ArrivedAt = m.At
	}
	if (next == freight.Inside || next == freight.Unloading) && t.EnteredAt.IsZero() {
		t.EnteredAt = m.At
	}
	if next == freight.Left {
		t.EndedAt = m.At
	}
	t, err := s.trips.Change(ctx, tx, t, "trip.moved", map[string]string{"kind": m.Kind, "place": m.Place, "state": t.State, "at": m.At.UTC().Format(time.RFC3339)}, m.Ref)
	if err != nil {
		return t, err
	}
	if err := s.afterMove(ctx, tx, was, t, m); err != nil {
		return t, err
	}
	return s.d.Freight.Trip(ctx, tx, t.ID)
}

// stopOf is the kind of stop that a movement makes.
func stopOf(m freight.Move) string {
	switch m.Ref.Kind {
	case seawall.KindServiceArea:
		return freight.StopServiceArea
	case seawall.KindSite, seawall.KindPass:
		return freight.StopGate
	}
	return freight.StopPoint
}

// afterMove does what follows from a movement: hand-overs at the gate, clocks,
// steps that it closes, alarms that it ends.
func (s *Service) afterMove(ctx context.Context, tx seawall.Tx, was, t freight.Trip, m freight.Move) error {
	if m.Off {
		if err := s.tellOff(ctx, tx, t, m); err != nil {
			return err
		}
	}
	if t.Stranded && m.At.After(was.SeenAt) {
		if err := s.takenOver(ctx, tx, t, m.Place, strandedLoop); err != nil {
			return err
		}
	}
	switch m.Kind {
	case freight.MoveGate:
		if err := s.atGate(ctx, tx, t, m); err != nil {
			return err
		}
	case freight.MoveIn:
		if err := s.entered(ctx, tx, t, m); err != nil {
			return err
		}
	case freight.MoveUnloadEnd:
		if err := s.closeTripStep(ctx, tx, t, stepUnload, m.Place); err != nil {
			return err
		}
	case freight.MoveExit:
		return s.left(ctx, tx, t, m)
	}
	first := freight.Here(t.State) && !freight.Here(was.State)
	in := !t.EnteredAt.IsZero() && was.EnteredAt.IsZero()
	if first {
		if err := s.closeTripStep(ctx, tx, t, stepGate, m.Place); err != nil {
			return err
		}
	}
	if !first && !in {
		return nil
	}
	t, err := s.d.Freight.Trip(ctx, tx, t.ID)
	if err != nil {
		return err
	}
	return s.watchTrip(ctx, tx, t, first, in)
}

// tellOff tells who answers for a sealed transit truck that it stopped off its
// route. It is asked after: nobody is punished by a machine.
func (s *Service) tellOff(ctx context.Context, tx seawall.Tx, t freight.Trip, m freight.Move) error {
	if t.Owner == "" {
		return nil
	}
	return s.tell(ctx, tx, seawall.Ref{Kind: seawall.KindPrincipal, ID: string(t.Owner)}, t.Ref(), true, seawall.Text{
		ZH: "过境货车 " + t.PlateMask + "（" + t.No + "）停靠在规定路线之外：" + m.Place + "。先问是否需要帮助。",
		EN: "Transit lorry " + t.PlateMask + " (" + t.No + ") stopped off its route at " + m.Place + ". Ask first whether help is needed."})
}

// atGate hands the trip from whoever sent it to the gate.
func (s *Service) atGate(ctx context.Context, tx seawall.Tx, t freight.Trip, m freight.Move) error {
	legs, err := s.d.Freight.LegsOf(ctx, tx, t.ID)
	if err != nil {
		return err
	}
	if now, ok := freight.Holding(legs); ok && now.Role != "carrier" {
		return nil
	}
	return s.take(ctx, tx, t, legs, freight.Leg{Receiver: m.Place, Role: "gate", Place: m.Place, Area: m.Area, Offered: m.At, Accepted: m.At})
}

// entered offers the trip to whoever gets the load; the gate answers until they
// accept. A transit truck stays with the gate until it is out.
func (s *Service) entered(ctx context.Context, tx seawall.Tx, t freight.Trip, m freight.Move) error {
	if err := s.atGate(ctx, tx, t, m); err != nil || t.Transit {
		return err
	}
	legs, err := s.d.Freight.LegsOf(ctx, tx, t.ID)
	if err != nil || freight.TakenOver(legs, t.ArrivedAt) {
		return err
	}
	if _, waits := freight.Waiting(legs); waits {
		return nil
	}
	return s.offer(ctx, tx, t, legs, freight.Leg{Receiver: t.Consignee, Role: "consignee", Place: m.Place, Area: t.ConsigneeArea, Offered: m.At})
}

// left ends a trip that has driven out.
func (s *Service) left(ctx context.Context, tx seawall.Tx, t freight.Trip, m freight.Move) error {
	legs, err := s.d.Freight.LegsOf(ctx, tx, t.ID)
	if err != nil {
		return err
	}
	if err := s.endLegs(ctx, tx, legs, m.At); err != nil {
		return err
	}
	if err := s.closeTripStep(ctx, tx, t, stepLeave, m.Place); err != nil {
		return err
	}
	return s.endTrip(ctx, tx, t, freight.Left, m.Place)
}

// endLegs ends the stretch that holds and takes back the offers that wait.
func (s *Service) endLegs(ctx context.Context, tx seawall.Tx, legs []freight.Leg, at time.Time) error {
	for _, l := range legs {
		if !l.Ended.IsZero() {
			continue
		}
		l.Ended, l.Version = at, l.Version+1
		if err := s.d.Freight.SaveLeg(ctx, tx, l); err != nil {
			return err
		}
	}
	return nil
}

// CancelTrip cancels a trip that has not come, or takes one back that was recorded
// by mistake, with all that hung on it.
func (s *Service) CancelTrip(ctx context.Context, who Who, id seawall.TripID, in TripEnd) (freight.Trip, error) {
	const op = "response.CancelTrip"
	if err := reasonGiven(op, in.Reason); err != nil {
		return freight.Trip{}, err
	}
	return s.changeTrip(ctx, who, op, id, in.Version, auth.TripPermit, func(tx seawall.Tx, t freight.Trip) error {
		if t.State == freight.Retracted || !in.Mistake && !freight.Running(t.State) {
			return seawall.E(op, seawall.Conflict, "trip_ended", "state", t.State)
		}
		if freight.Here(t.State) && !in.Mistake {
			return seawall.E(op, seawall.Conflict, "trip_here")
		}
		return s.endBefore(ctx, tx, t, in)
	})
}

// endBefore ends a trip otherwise than by driving out.
func (s *Service) endBefore(ctx context.Context, tx seawall.Tx, t freight.Trip, in TripEnd) error {
	reason := strings.TrimSpace(in.Reason)
	if err := s.revokeOld(ctx, tx, t, reason); err != nil {
		return err
	}
	legs, err := s.d.Freight.LegsOf(ctx, tx, t.ID)
	if err != nil {
		return err
	}
	if err := s.endLegs(ctx, tx, legs, tx.Now()); err != nil {
		return err
	}
	t.State, t.Reason, t.EndedAt, t.Permit = freight.Cancelled, reason, tx.Now(), ""
	event := "trip.cancelled"
	if in.Mistake {
		t.State, event = freight.Retracted, "trip.retracted"
	}
	if t, err = s.trips.Change(ctx, tx, t, event, map[string]string{"reason": reason}); err != nil {
		return err
	}
	if in.Mistake {
		return s.takenOver(ctx, tx, t, reason, tripLoop, strandedLoop, orphanLoop)
	}
	if err := s.takenOver(ctx, tx, t, reason, strandedLoop, orphanLoop); err != nil || t.Loop == "" {
		return err
	}
	l, err := s.d.Loops.Loop(ctx, tx, t.Loop)
	if err != nil || l.State != loop.Open {
		return err
	}
	_, err = s.engine.Cancel(ctx, tx, l.ID, reason)
	return err
}
