package response

import (
	"context"
	"slices"
	"strings"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/auth"
	"github.com/seawall-city/seawall/internal/casebook"
	"github.com/seawall-city/seawall/internal/gate"
	"github.com/seawall-city/seawall/internal/loop"
)

// timerHold is the clock of a hold: past its maximum the vehicle passes.
const timerHold = "gate_hold"

// traceKind is the protocol of the duty to find out what a gate could not.
const traceKind = "gate-trace"

// Why a pass is traced, as the protocol's form has it.
const (
	traceHoldOver = "hold_over" // a hold's maximum was over
	traceOffline  = "offline"   // decided without a network, otherwise than the server would have
)

// follow does what follows from a decision: a hold's clock starts, the vehicle's
// trip moves on, a maximum that is over opens a trace.
func (s *Service) follow(ctx context.Context, tx seawall.Tx, p *passing) error {
	r := &p.row
	if r.HoldState == gate.Held && p.device != "" && !r.Left.IsZero() {
		// Decided offline, and driven off before this came here.
		r.HoldState, r.HoldEnded, r.Outcome = gate.Ended, r.Left, gate.Go
	}
	if r.HoldState == gate.Held {
		if err := s.engine.StartTimer(ctx, tx, loop.Loop{}, timerHold, string(r.ID), r.HoldUntil); err != nil {
			return err
		}
	}
	if p.told.Ceiling {
		if err := s.trace(ctx, tx, r, p.site, traceHoldOver); err != nil {
			return err
		}
	}
	if p.device != "" && p.ruled.Outcome == gate.Refer && passes(r.Decision) {
		if err := s.trace(ctx, tx, r, p.site, traceOffline); err != nil {
			return err
		}
	}
	if err := s.watchWaits(ctx, tx, *r, p.site); err != nil {
		return err
	}
	return s.gateMoved(ctx, tx, *r, p.site, passes(r.Decision))
}

// passes reports whether a vehicle goes on after a decision.
func passes(decision string) bool { return decision == gate.Go || decision == gate.SampleGo }

// gateMoved says on the trip of a vehicle that it was at the gate, and whether it
// was let in.
func (s *Service) gateMoved(ctx context.Context, tx seawall.Tx, r gate.Pass, site gate.Site, in bool) error {
	if r.Trip == "" {
		return nil
	}
	at := r.Decided
	if !r.HoldEnded.IsZero() {
		at = r.HoldEnded
	}
	return s.tripPassed(ctx, tx, tripPass{Trip: seawall.TripID(r.Trip), Place: site.Name.ZH, Area: site.Area, Arrived: r.Arrived, At: at, In: in, Pass: r.ID})
}

// EndHold ends a hold before its maximum: let go, with a sample or without, or
// referred. To refer needs a reason and a second officer; letting go a reason.
func (s *Service) EndHold(ctx context.Context, who Who, at seawall.SiteID, id seawall.PassID, in HoldEnd) (gate.Pass, error) {
	const op = "response.EndHold"
	var out gate.Pass
	err := s.write(ctx, who, op, func(tx seawall.Tx) error {
		site, err := s.siteFor(ctx, tx, who, auth.GateDecide, at)
		if err != nil {
			return err
		}
		p, err := s.d.Gates.Pass(ctx, tx, id)
		if err == nil && p.Site != at {
			err = seawall.E(op, seawall.NotFound, "not_found", "kind", string(seawall.KindPass), "id", string(id))
		}
		if err != nil {
			return err
		}
		if p.HoldState != gate.Held {
			return seawall.E(op, seawall.Conflict, "gate_hold_over")
		}
		second, err := s.holdEnd(ctx, tx, who, op, site, in)
		if err != nil {
			return err
		}
		p.HoldState, p.HoldEnded, p.Outcome, p.Note = gate.Ended, tx.Now(), in.Outcome, strings.TrimSpace(in.Note)
		if p, err = s.saveHold(ctx, tx, p, site, "gate.hold_ended", map[string]string{"outcome": in.Outcome, "note": p.Note, "second": second}); err != nil {
			return err
		}
		out = p
		return nil
	})
	return out, err
}

// holdEnd checks how somebody ends a hold and gives the second officer's name.
func (s *Service) holdEnd(ctx context.Context, tx seawall.Tx, who Who, op string, site gate.Site, in HoldEnd) (string, error) {
	var bad []seawall.FieldError
	if in.Outcome == gate.Hold || !slices.Contains(gate.Outcomes(), in.Outcome) {
		bad = append(bad, seawall.FieldError{Field: "outcome", Code: "not_a_choice", Args: map[string]string{"value": in.Outcome}})
	}
	if strings.TrimSpace(in.Note) == "" {
		bad = append(bad, seawall.FieldError{Field: "note", Code: "gate_override_reason"})
	}
	name := ""
	if in.Outcome == gate.Refer {
		second, err := s.d.Accounts.Principal(ctx, tx, in.Second)
		switch {
		case in.Second == "":
			bad = append(bad, seawall.FieldError{Field: "second", Code: "gate_override_second"})
		case seawall.Is(err, seawall.NotFound) || err == nil && (second.Disabled || second.ID == who.Principal.ID):
			bad = append(bad, seawall.FieldError{Field: "second", Code: "gate_override_same"})
		case err != nil:
			return "", err
		default:
			if err := s.maySecond(second, site, "second"); err != nil {
				return "", err
			}
		}
		name = second.WorkName
	}
	return name, invalid(op, "gate_invalid", bad)
}

// saveHold saves a hold that has ended, with its event, and lets the trip go on.
func (s *Service) saveHold(ctx context.Context, tx seawall.Tx, p gate.Pass, site gate.Site, kind string, data map[string]string) (gate.Pass, error) {
	p.Version++
	if err := s.d.Gates.SavePass(ctx, tx, p); err != nil {
		return p, err
	}
	related := []seawall.Ref{site.Ref()}
	if p.Trip != "" {
		related = append(related, seawall.Ref{Kind: seawall.KindTrip, ID: p.Trip})
	}
	if err := s.record(ctx, tx, kind, p.Ref(), p.Area, "", data, related...); err != nil {
		return p, err
	}
	return p, s.gateMoved(ctx, tx, p, site, passes(p.Outcome))
}

// holdOver does what a hold's clock asks for: whoever is still held passes, the
// duty to find out the rest opens, the shift's lead is told. A hold that has ended
// is left as it is, so that firing twice does nothing.
func (s *Service) holdOver(ctx context.Context, tx seawall.Tx, id seawall.PassID) error {
	p, err := s.d.Gates.Pass(ctx, tx, id)
	if err != nil || p.HoldState != gate.Held {
		return err
	}
	site, err := s.d.Gates.Site(ctx, tx, p.Site)
	if err != nil {
		return err
	}
	p.HoldState, p.HoldEnded, p.Outcome = gate.Ceiling, tx.Now(), gate.Go
	if p.Next == "" {
		p.Next = site.Next
	}
	if err := s.trace(ctx, tx, &p, site, traceHoldOver); err != nil {
		return err
	}
	if p, err = s.saveHold(ctx, tx, p, site, "gate.hold_over", map[string]string{"until": p.HoldUntil.UTC().Format("2006-01-02T15:04:05Z")}); err != nil {
		return err
	}
	return s.tellShift(ctx, tx, site, p.Ref(), seawall.Text{
		ZH: site.Name.ZH + "：" + p.Mask + " 已到最长等候时限，请立即放行，后续由追踪任务查清。",
		EN: site.Name.EN + ": the longest wait of " + p.Mask + " is over. Let it pass now; the trace finds out the rest."})
}

// tellShift tells whoever leads a site's shift now, else the site's area.
func (s *Service) tellShift(ctx context.Context, tx seawall.Tx, site gate.Site, about seawall.Ref, text seawall.Text) error {
	now := tx.Now()
	shifts, err := s.d.Gates.Shifts(ctx, tx, site.ID, seawall.Interval{From: now, To: now.Add(1)})
	if err != nil {
		return err
	}
	to := seawall.Ref{Kind: seawall.KindArea, ID: string(site.Area)}
	for _, sh := range shifts {
		if sh.Lead != "" {
			to = seawall.Ref{Kind: seawall.KindPrincipal, ID: string(sh.Lead)}
		}
	}
	return s.tell(ctx, tx, to, about, true, text)
}

// trace opens the duty to find out what the gate could not, at the next place
// where there is one, and notes it on the pass.
func (s *Service) trace(ctx context.Context, tx seawall.Tx, r *gate.Pass, site gate.Site, why string) error {
	p, ok := s.d.Protocols.ByID(traceKind)
	if !ok {
		return seawall.E("response.trace", seawall.NotFound, "protocol_unknown", "kind", traceKind)
	}
	at, next := r.Area, site.Name.ZH
	if to, err := s.d.Gates.Site(ctx, tx, r.Next); err == nil {
		at, next = to.Area, to.Name.ZH
	} else if r.Next != "" && !seawall.Is(err, seawall.NotFound) {
		return err
	}
	e := casebook.Entry{Request: "gate trace " + string(r.ID), Protocol: p.Ref(), Kind: p.ID, Disease: p.Disease, State: casebook.EntryOpen,
		Area: at, By: r.By, Version: 1, Values: map[string]any{"pass": string(r.ID), "vehicle": r.Mask, "site": site.Name.ZH, "why": why, "rule": r.Rule, "next": next}}
	row, err := s.keepEntry(ctx, tx, p, e, casebook.Person{})
	r.Trace = row.Loop
	return err
}
