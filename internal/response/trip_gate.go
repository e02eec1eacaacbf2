package response

import (
	"context"
	"strings"
	"time"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/freight"
	"github.com/seawall-city/seawall/internal/ticket"
)

// tripAsk is what a gate asks about the trip of a vehicle.
type tripAsk struct {
	// Ticket is the permit's signed text, Code that of the driver's card, Trip its id;
	// without any the newest trip of the plate that goes on is meant.
	Ticket, Code string
	Trip         seawall.TripID
	freight.Shown
}

// tripKnown is the answer. Trip is nil where nothing is known.
type tripKnown struct {
	Trip   *freight.Trip
	Permit freight.Permit
	// Fit is one of the Permit… words of package freight.
	Fit         string
	Whitelisted bool
}

// Word gives the state of the trip in the words of a gate's rules: "declared",
// "permitted", "cancelled" or "".
func (k tripKnown) Word() string {
	switch {
	case k.Trip == nil:
		return ""
	case k.Trip.State == freight.Cancelled || k.Trip.State == freight.Retracted:
		return "cancelled"
	case k.Trip.Permit != "":
		return "permitted"
	}
	return "declared"
}

// tripAtGate finds the trip and the permit of what stands at a gate, and says
// whether they fit. A permit that somebody carries is checked by its signature
// first; then by what is on record, because it may have been revoked since.
func (s *Service) tripAtGate(ctx context.Context, tx seawall.Tx, ask tripAsk) (tripKnown, error) {
	var out tripKnown
	var carried PermitTicket
	if strings.TrimSpace(ask.Ticket) != "" {
		if err := s.d.Tickets.Public().Open(ask.Ticket, ticket.Permit, &carried); err != nil {
			out.Fit = freight.PermitForged
		} else {
			ask.Trip = seawall.TripID(carried.Trip)
		}
	}
	t, err := s.tripAsked(ctx, tx, ask)
	if err != nil || t == nil {
		return out, err
	}
	out.Trip = t
	if t.Carrier != "" {
		c, err := s.d.Freight.Carrier(ctx, tx, t.Carrier)
		if err != nil {
			return out, err
		}
		out.Whitelisted = c.Whitelisted(seawall.DayOf(ask.At, s.d.Zone))
	}
	if out.Fit == freight.PermitForged {
		return out, nil
	}
	id := t.Permit
	if carried.ID != "" {
		id = seawall.PermitID(carried.ID)
	}
	if id == "" {
		return out, s.lastRevoked(ctx, tx, t.ID, &out)
	}
	if out.Permit, err = s.d.Freight.Permit(ctx, tx, id); err != nil {
		return out, err
	}
	out.Fit = out.Permit.Fit(ask.Shown)
	return out, nil
}

// lastRevoked says of a trip without a permit whether it had one.
func (s *Service) lastRevoked(ctx context.Context, tx seawall.Tx, id seawall.TripID, out *tripKnown) error {
	old, err := s.d.Freight.PermitsOf(ctx, tx, id)
	if err == nil && len(old) > 0 {
		out.Permit, out.Fit = old[len(old)-1], freight.PermitRevoked
	}
	return err
}

// tripAsked finds the trip that is asked about, nil where there is none.
func (s *Service) tripAsked(ctx context.Context, tx seawall.Tx, ask tripAsk) (*freight.Trip, error) {
	var t freight.Trip
	var err error
	switch {
	case ask.Trip != "":
		t, err = s.d.Freight.Trip(ctx, tx, ask.Trip)
	case ask.Code != "":
		t, err = s.tripByCode(ctx, tx, ask.Code)
	case ask.Plate != "":
		return s.tripOfPlate(ctx, tx, ask.Plate)
	default:
		return nil, nil
	}
	if seawall.Is(err, seawall.NotFound) || seawall.Is(err, seawall.Gone) {
		return nil, nil // an old card keeps nobody from being decided about
	}
	return &t, err
}

// tripOfPlate gives the newest trip of a plate that goes on, else one that was
// cancelled within a day.
func (s *Service) tripOfPlate(ctx context.Context, tx seawall.Tx, plate string) (*freight.Trip, error) {
	rows, err := s.d.Freight.TripsByPlate(ctx, tx, plate, 10)
	if err != nil {
		return nil, err
	}
	for i := range rows {
		if freight.Running(rows[i].State) {
			return &rows[i], nil
		}
	}
	if len(rows) > 0 && rows[0].State == freight.Cancelled && tx.Now().Sub(rows[0].EndedAt) < 24*time.Hour {
		return &rows[0], nil
	}
	return nil, nil
}

// tripPass is a gate's word about a vehicle's trip.
type tripPass struct {
	Trip  seawall.TripID
	Place string
	Area  seawall.AreaPath
	// Arrived is when it came to the gate, In whether it was let in, At when.
	Arrived, At time.Time
	In          bool
	Pass        seawall.PassID
}

// tripPassed records a gate's pass on the trip: at the gate, and in where it was
// let in. A trip that has ended is left as it is.
func (s *Service) tripPassed(ctx context.Context, tx seawall.Tx, p tripPass) error {
	t, err := s.d.Freight.Trip(ctx, tx, p.Trip)
	if err != nil || !freight.Running(t.State) {
		return err
	}
	ref := seawall.Ref{Kind: seawall.KindPass, ID: string(p.Pass)}
	if _, ok := freight.After(t.State, freight.MoveGate); ok {
		at := p.Arrived
		if at.IsZero() {
			at = p.At
		}
		if t, err = s.moveTrip(ctx, tx, t, freight.Move{Kind: freight.MoveGate, At: at, Place: p.Place, Area: p.Area, Ref: ref, Source: "gate"}); err != nil {
			return err
		}
	}
	// A vehicle that is unloading in the city and comes to a gate meanwhile stays
	// what it is: the gate's record never fails for what the trip's says.
	if _, ok := freight.After(t.State, freight.MoveIn); !p.In || !ok {
		return nil
	}
	_, err = s.moveTrip(ctx, tx, t, freight.Move{Kind: freight.MoveIn, At: p.At, Place: p.Place, Area: p.Area, Ref: ref, Source: "gate"})
	return err
}
