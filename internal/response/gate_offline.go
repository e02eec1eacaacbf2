package response

import (
	"context"
	"encoding/base64"
	"errors"
	"strings"
	"time"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/auth"
	"github.com/seawall-city/seawall/internal/device"
	"github.com/seawall-city/seawall/internal/freight"
	"github.com/seawall-city/seawall/internal/gate"
	"github.com/seawall-city/seawall/internal/ticket"
)

const (
	// snapshotHolds is how long a phone decides on a snapshot before it says that it
	// is old: a shift of twelve hours and the way to it.
	snapshotHolds = 14 * time.Hour
	// mostReconciled bounds one call; a phone with more calls again.
	mostReconciled = 5000
	// reconciledTogether is how many passes of a phone share a transaction.
	reconciledTogether = 250
)

// GateSnapshot gives what a phone needs to decide for a shift without a network:
// the rules, the permits and trips of the days around as tokens, the grades, and
// all of it signed.
func (s *Service) GateSnapshot(ctx context.Context, who Who, id seawall.SiteID) (GateSnapshot, error) {
	const op = "response.GateSnapshot"
	var out GateSnapshot
	err := s.read(ctx, op, func(tx seawall.Tx) error {
		site, err := s.siteFor(ctx, tx, who, auth.GateDecide, id)
		if err != nil {
			return err
		}
		now := tx.Now()
		out.Data = SnapshotData{Site: site, Issued: now, Until: now.Add(snapshotHolds), PlateKey: base64.RawURLEncoding.EncodeToString(s.plateKey()),
			Permits: []SnapshotPermit{}, Revoked: []string{}, Trips: []SnapshotTrip{}, Grades: map[string]string{}, Key: s.TicketKey(), Zone: s.d.Zone.String()}
		if out.Data.Rules, err = s.rulesAt(op, now); err != nil {
			return err
		}
		if err := s.snapshotFreight(ctx, tx, &out.Data); err != nil {
			return err
		}
		var t gateTable
		if err := s.readGrades(ctx, tx, now, &t); err != nil {
			return err
		}
		disease := s.arrivalDisease(t.day)
		for _, g := range t.grades {
			if g.Disease == disease && g.On(t.day) {
				out.Data.Grades[g.Code] = g.Level
			}
		}
		return nil
	})
	if err != nil {
		return out, err
	}
	out.Text, err = s.d.Tickets.Sign(ticket.Snapshot, out.Data)
	return out, seawall.Wrap(op, err)
}

// snapshotFreight puts the permits of today and tomorrow and the trips that go on
// into a snapshot.
func (s *Service) snapshotFreight(ctx context.Context, tx seawall.Tx, d *SnapshotData) error {
	seen := map[seawall.PermitID]bool{}
	for _, day := range []seawall.Day{s.today(tx), s.today(tx).Add(1)} {
		rows, err := s.d.Freight.PermitsOn(ctx, tx, day)
		if err != nil {
			return err
		}
		for _, p := range rows {
			switch {
			case seen[p.ID]:
			case !p.Revoked.IsZero():
				d.Revoked = append(d.Revoked, string(p.ID))
			default:
				d.Permits = append(d.Permits, SnapshotPermit{ID: string(p.ID), Plate: p.Plate, Crew: p.Crew, Route: p.Route, From: p.From, Until: p.Until})
			}
			seen[p.ID] = true
		}
	}
	carriers, err := s.d.Freight.Carriers(ctx, tx)
	if err != nil {
		return err
	}
	white := map[seawall.CarrierID]bool{}
	for _, c := range carriers {
		white[c.ID] = c.Whitelisted(s.today(tx))
	}
	for cursor := ""; ; {
		rows, next, _, err := s.d.Freight.Trips(ctx, tx, freight.Query{States: []string{freight.Declared, freight.Permitted, freight.Travelling},
			Page: seawall.Page{Limit: 500, Cursor: cursor}})
		if err != nil {
			return err
		}
		for i := range rows {
			t := rows[i]
			d.Trips = append(d.Trips, SnapshotTrip{Trip: string(t.ID), Plate: t.Plate, State: tripKnown{Trip: &rows[i]}.Word(), Permit: string(t.Permit),
				Transit: t.Transit, Whitelisted: white[t.Carrier], Origin: t.Origin})
		}
		if cursor = next; cursor == "" {
			return nil
		}
	}
}

// Reconcile takes in what a phone decided without a network, in any order, as often
// as it comes: in = accepted + repeated + rejected. What happened is kept as it
// happened; where the server would have decided otherwise it says so, and traces
// who should have been referred.
func (s *Service) Reconcile(ctx context.Context, who Who, id seawall.SiteID, in Reconciliation) (Reconciled, error) {
	const op = "response.Reconcile"
	out := Reconciled{In: len(in.Passes), Rejected: []ReconcileReject{}, Different: []ReconcileOther{}}
	if len(in.Passes) > mostReconciled {
		return out, invalid(op, "gate_invalid", []seawall.FieldError{{Field: "passes", Code: "gate_too_many", Args: map[string]string{"max": itoa(mostReconciled)}}})
	}
	in.Device = strings.TrimSpace(in.Device)
	if in.Device == "" || len(in.Device) > 64 {
		return out, invalid(op, "gate_invalid", []seawall.FieldError{{Field: "device", Code: "required"}})
	}
	if err := s.notLost(ctx, op, seawall.DeviceID(in.Device)); err != nil {
		return out, err
	}
	rows, err := s.readOffline(ctx, who, op, id, in, &out)
	if err != nil {
		return out, err
	}
	for len(rows) > 0 {
		n := min(len(rows), reconciledTogether)
		if err := s.reconcile(ctx, who, rows[:n], &out); err != nil {
			return out, seawall.Wrap(op, err)
		}
		rows = rows[n:]
	}
	return out, nil
}

// notLost tells a registered phone that was reported as lost to wipe itself: what
// comes from it is nobody's word. One that is not registered is only a name.
func (s *Service) notLost(ctx context.Context, op string, id seawall.DeviceID) error {
	var d device.Device
	err := s.read(ctx, op, func(tx seawall.Tx) (err error) {
		d, err = s.d.Field.Store.Device(ctx, tx, id)
		return err
	})
	switch {
	case seawall.Is(err, seawall.NotFound):
		return nil
	case err == nil && d.State == device.Lost:
		return s.wipe(ctx, d.ID)
	}
	return err
}

// offlineRow is one pass of a phone with its place in what was sent.
type offlineRow struct {
	*passing
	at int
}

// readOffline checks every pass; those that cannot be taken have their fate.
func (s *Service) readOffline(ctx context.Context, who Who, op string, id seawall.SiteID, in Reconciliation, out *Reconciled) (rows []offlineRow, err error) {
	err = s.read(ctx, op, func(tx seawall.Tx) error {
		site, err := s.siteFor(ctx, tx, who, auth.GateDecide, id)
		if err != nil {
			return err
		}
		site.Closed = false // what happened there happened
		for i, np := range in.Passes {
			p := &passing{who: who, in: np, site: site, device: in.Device}
			err := s.secondOfficer(ctx, tx, p)
			if err == nil {
				err = s.checkPassing(op, p, tx.Now())
			}
			if err != nil {
				out.reject(i, np.ID, err)
				continue
			}
			rows = append(rows, offlineRow{p, i})
		}
		return nil
	})
	return rows, err
}

// reject counts a pass that could not be taken, with its first fault.
func (r *Reconciled) reject(at int, id seawall.PassID, err error) {
	bad := ReconcileReject{ID: id, Row: at, Code: "internal"}
	var e *seawall.Error
	for cause := err; errors.As(cause, &e); cause = e.Err {
		if len(e.Fields) > 0 {
			bad.Code, bad.Args, bad.Field = e.Fields[0].Code, e.Fields[0].Args, e.Fields[0].Field
			break
		}
		if e.Code != "" {
			bad.Code, bad.Args = e.Code, e.Args
			break
		}
	}
	r.Rejected = append(r.Rejected, bad)
}

// reconcile keeps some passes together; if that fails, each half by itself. Errors
// are those that a later try may not meet: nothing is told as rejected for them,
// because a phone would not send it again.
func (s *Service) reconcile(ctx context.Context, who Who, rows []offlineRow, out *Reconciled) error {
	ps := make([]*passing, len(rows))
	for i, r := range rows {
		ps[i] = r.passing
	}
	err := s.d.Work.Write(ctx, who.Actor, func(tx seawall.Tx) error { return s.keepPassings(ctx, tx, ps) })
	if err != nil && ctx.Err() != nil {
		return ctx.Err()
	}
	if err != nil && away(err) {
		return err
	}
	if err != nil && len(rows) > 1 {
		half := len(rows) / 2
		if err := s.reconcile(ctx, who, rows[:half], out); err != nil {
			return err
		}
		return s.reconcile(ctx, who, rows[half:], out)
	}
	if err != nil {
		out.reject(rows[0].at, rows[0].in.ID, err)
		return nil
	}
	for _, p := range ps {
		if p.old {
			out.Repeated++
			continue
		}
		out.Accepted++
		if p.ruled.Outcome != p.row.Decision && p.row.Override.To == "" {
			out.Different = append(out.Different, ReconcileOther{ID: p.row.ID, Then: p.row.Decision, Now: p.ruled.Outcome, Rule: p.ruled.Rule, Trace: p.row.Trace})
		}
	}
	return nil
}

// offlineFaults names what is wrong with a decision that a phone made.
func (p *passing) offlineFaults() (bad []seawall.FieldError) {
	d := gate.Decision{Outcome: p.in.Decision}
	if !d.Known() {
		bad = append(bad, seawall.FieldError{Field: "decision", Code: "not_a_choice", Args: map[string]string{"value": p.in.Decision}})
	}
	if p.in.Decided.IsZero() {
		bad = append(bad, seawall.FieldError{Field: "decided", Code: "required"})
	}
	return bad
}

// offlineDecision is what a phone decided, in the words of the rule that it names.
func (p *passing) offlineDecision() gate.Decision {
	d := gate.Decision{Outcome: p.in.Decision, Rule: p.in.Rule, Rules: p.in.Rules}
	if d.Rules == "" {
		d.Rules = p.c.rules.Ref
	}
	minutes := gate.MaxHold
	if r, ok := p.c.rules.Rule(p.in.Rule); ok {
		d.Reason, d.Source, d.Log, d.Trace = r.Reason, r.Source, r.Log, r.Trace
		d.Ceiling = r.Then == gate.Hold && d.Outcome == gate.Go && p.in.Override == nil
		if minutes = p.c.rules.HoldMaxMinutes; r.HoldMinutes > 0 {
			minutes = r.HoldMinutes
		}
	}
	if d.Outcome == gate.Hold {
		d.HoldMinutes = minutes
	}
	return d
}
