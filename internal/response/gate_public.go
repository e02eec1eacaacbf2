package response

import (
	"context"
	"strings"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/gate"
	"github.com/seawall-city/seawall/internal/relief"
)

// MyPass shows a driver what was decided about them at a gate and why, under the
// code of the slip.
func (s *Service) MyPass(ctx context.Context, code string) (MyPass, error) {
	const op = "response.MyPass"
	var out MyPass
	err := s.read(ctx, op, func(tx seawall.Tx) error {
		p, site, err := s.passOfCode(ctx, tx, code)
		if err != nil {
			return err
		}
		d := s.toldBefore(p)
		out = MyPass{Site: site.Name, At: p.Decided, Mask: p.Mask, Decision: p.Decision, Reason: d.Reason, Source: d.Source, Until: p.HoldUntil, Ended: p.HoldEnded}
		if p.HoldState == gate.Ceiling {
			if rules, ok := s.d.GateRules.ByID(p.Rules); ok {
				out.Decision, out.Reason = gate.Go, rules.HoldOver
			}
		} else if p.Outcome != "" {
			out.Decision = p.Outcome
		}
		return nil
	})
	return out, err
}

// passOfCode finds a pass by the code of its slip.
func (s *Service) passOfCode(ctx context.Context, tx seawall.Tx, code string) (gate.Pass, gate.Site, error) {
	p, err := s.d.Gates.PassByComplaint(ctx, tx, relief.Plain(code))
	if err != nil {
		return p, gate.Site{}, err
	}
	site, err := s.d.Gates.Site(ctx, tx, p.Site)
	return p, site, err
}

// Complain takes a driver's complaint about a decision: a request for help about
// it, which is answered like any other.
func (s *Service) Complain(ctx context.Context, code string, in Complaint) (MyHelp, error) {
	const op = "response.Complain"
	var help NewHelp
	err := s.read(ctx, op, func(tx seawall.Tx) error {
		p, site, err := s.passOfCode(ctx, tx, code)
		if err != nil {
			return err
		}
		help = NewHelp{Request: in.Request, Kind: relief.Other, Words: strings.TrimSpace(in.Text), Phone: in.Phone, People: p.Facts.People,
			Place: site.Name.ZH + " " + p.Complaint, Area: site.Area.Leaf(), Channel: relief.Self}
		if p.HoldState == gate.Held {
			help.Kind = relief.Stuck
		}
		return nil
	})
	if err != nil {
		return MyHelp{}, err
	}
	return s.AskHelp(ctx, help)
}
