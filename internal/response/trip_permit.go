package response

import (
	"context"
	"strings"
	"time"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/auth"
	"github.com/seawall-city/seawall/internal/freight"
	"github.com/seawall-city/seawall/internal/ticket"
)

// permitDays is how many days after its planned arrival a permit is good where
// nobody says otherwise. Source: our own choice; a trip that lasts longer gets
// another one.
const permitDays = 2

// PermitTicket is what stands in a permit's signed text: tokens, never a name or a
// plate.
type PermitTicket struct {
	No    string    `json:"no"`
	ID    string    `json:"id"`
	Trip  string    `json:"trip"`
	Plate string    `json:"plate"`
	Mask  string    `json:"mask"`
	Crew  []string  `json:"crew"`
	Route []string  `json:"route"`
	From  time.Time `json:"from"`
	Until time.Time `json:"until"`
}

// IssuePermit issues a trip's permit: crew, vehicle, route and dates are those of
// its declaration. An earlier one of the same trip is revoked by it.
func (s *Service) IssuePermit(ctx context.Context, who Who, id seawall.TripID, in NewPermit) (freight.Permit, error) {
	const op = "response.IssuePermit"
	var out freight.Permit
	_, err := s.changeTrip(ctx, who, op, id, in.Version, auth.TripPermit, func(tx seawall.Tx, t freight.Trip) error {
		if err := running(op, t); err != nil {
			return err
		}
		var err error
		out, err = s.issuePermit(ctx, tx, t, in)
		return err
	})
	return out, err
}

func (s *Service) issuePermit(ctx context.Context, tx seawall.Tx, t freight.Trip, in NewPermit) (freight.Permit, error) {
	const op = "response.IssuePermit"
	p := freight.Permit{ID: seawall.PermitID(tx.NewID()), Trip: t.ID, Plate: t.Plate, PlateMask: t.PlateMask, Crew: []string{}, Route: in.Gates,
		From: micros(in.From), Until: micros(in.Until), IssuedBy: tx.Actor().Name, IssuedAt: tx.Now(), Version: 1}
	if p.From.IsZero() {
		p.From = tx.Now()
	}
	if p.Until.IsZero() {
		p.Until = seawall.DayOf(t.Planned, s.d.Zone).Add(permitDays + 1).Start(s.d.Zone).UTC()
	}
	if !p.Until.After(p.From) {
		return p, invalid(op, "trip_invalid", []seawall.FieldError{{Field: "until", Code: "permit_until"}})
	}
	if len(p.Route) == 0 {
		p.Route = []string{}
		for _, x := range t.Route {
			if x.Kind == freight.StopGate {
				p.Route = append(p.Route, pick(x.Ref, x.Name))
			}
		}
	}
	crew, err := s.d.Freight.CrewOf(ctx, tx, t.ID)
	if err != nil {
		return p, err
	}
	for _, c := range crew {
		p.Crew = append(p.Crew, c.Token)
	}
	if p.No, err = s.trips.Number(ctx, tx, "P", "permit"); err != nil {
		return p, err
	}
	if p.Ticket, err = s.permitText(p); err != nil {
		return p, err
	}
	if err := s.revokeOld(ctx, tx, t, "以新证为准 replaced by "+p.No); err != nil {
		return p, err
	}
	if err := s.d.Freight.SavePermit(ctx, tx, p); err != nil {
		return p, err
	}
	t.Permit = p.ID
	if t.State == freight.Declared {
		t.State = freight.Permitted
	}
	if t, err = s.trips.Change(ctx, tx, t, "trip.permitted", map[string]string{"permit": p.No, "until": p.Until.UTC().Format(time.RFC3339)}, p.Ref()); err != nil {
		return p, err
	}
	return p, s.closeTripStep(ctx, tx, t, stepPermit, p.No)
}

// permitText signs a permit.
func (s *Service) permitText(p freight.Permit) (string, error) {
	return s.d.Tickets.Sign(ticket.Permit, PermitTicket{No: p.No, ID: string(p.ID), Trip: string(p.Trip), Plate: p.Plate, Mask: p.PlateMask,
		Crew: p.Crew, Route: p.Route, From: p.From.UTC(), Until: p.Until.UTC()})
}

// revokeOld revokes the permits of a trip that are good.
func (s *Service) revokeOld(ctx context.Context, tx seawall.Tx, t freight.Trip, reason string) error {
	old, err := s.d.Freight.PermitsOf(ctx, tx, t.ID)
	if err != nil {
		return err
	}
	for _, p := range old {
		if !p.Revoked.IsZero() {
			continue
		}
		p.Revoked, p.Reason, p.Version = tx.Now(), reason, p.Version+1
		if err := s.d.Freight.SavePermit(ctx, tx, p); err != nil {
			return err
		}
	}
	return nil
}

// RevokePermit takes a trip's permit back. Vehicles with it are asked at the gate;
// nobody is punished by it.
func (s *Service) RevokePermit(ctx context.Context, who Who, id seawall.TripID, version int, reason string) (freight.Trip, error) {
	const op = "response.RevokePermit"
	if err := reasonGiven(op, reason); err != nil {
		return freight.Trip{}, err
	}
	return s.changeTrip(ctx, who, op, id, version, auth.TripPermit, func(tx seawall.Tx, t freight.Trip) error {
		if t.Permit == "" {
			return seawall.E(op, seawall.Conflict, "permit_none")
		}
		if err := s.revokeOld(ctx, tx, t, strings.TrimSpace(reason)); err != nil {
			return err
		}
		gone := t.Permit
		t.Permit = ""
		if t.State == freight.Permitted {
			t.State = freight.Declared
		}
		_, err := s.trips.Change(ctx, tx, t, "trip.permit_revoked", map[string]string{"reason": strings.TrimSpace(reason)},
			seawall.Ref{Kind: seawall.KindPermit, ID: string(gone)})
		return err
	})
}

// CheckPermit says whether a permit fits what stands at a gate: crew, vehicle,
// route and dates must match. It changes nothing.
func (s *Service) CheckPermit(ctx context.Context, who Who, in PermitAsk) (PermitFit, error) {
	const op = "response.CheckPermit"
	var out PermitFit
	// Whether somebody is of a crew is asked by who checks lorries, not by everybody
	// who may see that they drive.
	if s.allow(who, auth.GateDecide, auth.Resource{Kind: seawall.KindSite}) != nil {
		if err := s.allow(who, auth.TripMove, auth.Resource{Kind: seawall.KindTrip}); err != nil {
			return out, err
		}
	}
	shown := freight.Shown{Plate: s.plateToken(in.Plate), Gate: in.Gate, At: micros(in.At)}
	for _, c := range in.Crew {
		shown.Crew = append(shown.Crew, s.crewToken(c))
	}
	err := s.read(ctx, op, func(tx seawall.Tx) error {
		if shown.At.IsZero() {
			shown.At = tx.Now()
		}
		ask := tripAsk{Ticket: in.Ticket, Trip: in.Trip, Shown: shown}
		at, err := s.tripAtGate(ctx, tx, ask)
		out = PermitFit{Permit: at.Fit, Why: permitWhy(at.Fit), No: at.Permit.No, ID: at.Permit.ID}
		if at.Trip != nil {
			out.Trip = at.Trip.ID
		}
		return err
	})
	return out, err
}

// permitWhy says in words what a permit's answer means.
func permitWhy(fit string) seawall.Text {
	words := map[string]seawall.Text{
		freight.PermitNone:    {ZH: "没有通行证", EN: "there is no permit"},
		freight.PermitValid:   {ZH: "人、车、路线、日期相符", EN: "crew, vehicle, route and dates match"},
		freight.PermitExpired: {ZH: "通行证已过期", EN: "the permit has expired"},
		freight.PermitEarly:   {ZH: "通行证尚未生效", EN: "the permit is not good yet"},
		freight.PermitForged:  {ZH: "签名不符，不是本市签发", EN: "the signature does not hold: it was not issued here"},
		freight.PermitCrew:    {ZH: "驾乘人员与通行证不符", EN: "somebody on board is not on the permit"},
		freight.PermitVehicle: {ZH: "车辆与通行证不符", EN: "it is the permit of another vehicle"},
		freight.PermitRoute:   {ZH: "不在通行证的路线上", EN: "this gate is not on the permit's route"},
		freight.PermitRevoked: {ZH: "通行证已撤销", EN: "the permit was revoked"},
	}
	return words[fit]
}
