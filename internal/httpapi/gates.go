package httpapi

import (
	"context"
	"time"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/gate"
	"github.com/seawall-city/seawall/internal/response"
	"github.com/seawall-city/seawall/internal/ticket"
)

// GateLookIn is what an officer shows and states.
type GateLookIn struct {
	response.GateAsk
	Facts gate.Facts `json:"facts"`
}

// gateRuleList is every file of gate rules.
type gateRuleList struct {
	Items []*gate.Rules `json:"items"`
}

type passesIn struct {
	IDPath
	Paging
	Decision string    `query:"decision" doc:"pass, sample_go, hold or refer"`
	Plate    string    `query:"plate" doc:"the whole plate"`
	Hold     string    `query:"hold" doc:"held, ended or ceiling"`
	From     time.Time `query:"from"`
	To       time.Time `query:"to"`
}

// gateRoutes are sites, decisions, holds and shifts without a network.
func (s *Server) gateRoutes() {
	s.siteRoutes()
	handle(s, signedIn, "POST", "/gates/{id}/look", "look-at-gate", "What is known about a vehicle, and what would be decided; nothing is kept",
		func(ctx context.Context, who response.Who, in *struct {
			IDPath
			Body GateLookIn
		}) (response.GateLook, error) {
			return s.d.Main.LookAtGate(ctx, who, seawall.SiteID(in.ID), in.Body.GateAsk, in.Body.Facts)
		})
	handle(s, signedIn, "POST", "/gates/{id}/passes", "pass-gate", "Decide about one vehicle and record it; the same id twice is one pass",
		func(ctx context.Context, who response.Who, in *struct {
			IDPath
			Body response.NewPass
		}) (response.Passed, error) {
			return s.d.Main.Pass(ctx, who, seawall.SiteID(in.ID), in.Body)
		})
	handle(s, signedIn, "GET", "/gates/{id}/passes", "list-passes", "Passes of a site, the newest first",
		func(ctx context.Context, who response.Who, in *passesIn) (response.List[gate.Pass], error) {
			return s.d.Main.Passes(ctx, who, seawall.SiteID(in.ID), response.PassFilter{Decision: in.Decision, Plate: in.Plate, Hold: in.Hold,
				From: in.From, To: in.To}, in.page())
		})
	handle(s, signedIn, "GET", "/gates/{id}/holds", "list-holds", "Who is held at a site, the first to end first",
		func(ctx context.Context, who response.Who, in *IDPath) (response.List[gate.Pass], error) {
			return s.d.Main.Holds(ctx, who, seawall.SiteID(in.ID))
		})
	handle(s, signedIn, "POST", "/gates/{id}/holds/{pass}/end", "end-hold", "End a hold before its maximum",
		func(ctx context.Context, who response.Who, in *struct {
			IDPath
			Pass string `path:"pass"`
			Body response.HoldEnd
		}) (gate.Pass, error) {
			return s.d.Main.EndHold(ctx, who, seawall.SiteID(in.ID), seawall.PassID(in.Pass), in.Body)
		})
	handle(s, signedIn, "GET", "/gates/{id}/snapshot", "gate-snapshot", "What a phone needs for a shift without a network, signed",
		func(ctx context.Context, who response.Who, in *IDPath) (response.GateSnapshot, error) {
			return s.d.Main.GateSnapshot(ctx, who, seawall.SiteID(in.ID))
		})
	handle(s, signedIn, "POST", "/gates/{id}/reconcile", "reconcile-gate", "Take in a shift without a network: in = accepted + repeated + rejected",
		func(ctx context.Context, who response.Who, in *struct {
			IDPath
			Body response.Reconciliation
		}) (response.Reconciled, error) {
			out, err := s.d.Main.Reconcile(ctx, who, seawall.SiteID(in.ID), in.Body)
			for i, r := range out.Rejected {
				out.Rejected[i].Why = s.d.Texts.Render(requestOf(ctx).lang, r.Code, r.Args)
			}
			return out, err
		})
	s.gatePublicRoutes()
}

// siteRoutes keep sites, lanes and shifts.
func (s *Server) siteRoutes() {
	handle(s, signedIn, "GET", "/gates", "list-gates", "Sites in my area with what happened there today",
		func(ctx context.Context, who response.Who, in *struct {
			Kind string `query:"kind" doc:"port, wharf, rail, airport, coach, checkpoint or shoreline"`
			Area string `query:"area"`
		}) (response.Gates, error) {
			return s.d.Main.Gates(ctx, who, response.GateFilter{Kind: in.Kind, Area: seawall.AreaID(in.Area)})
		})
	handle(s, signedIn, "POST", "/gates", "keep-gate", "Enter a site or change one",
		func(ctx context.Context, who response.Who, in *struct{ Body response.NewSite }) (gate.Site, error) {
			return s.d.Main.KeepSite(ctx, who, in.Body)
		})
	handle(s, signedIn, "GET", "/gates/{id}", "get-gate", "A site with its shifts, its holds and today's rules",
		func(ctx context.Context, who response.Who, in *IDPath) (response.GateView, error) {
			return s.d.Main.GateView(ctx, who, seawall.SiteID(in.ID))
		})
	handle(s, signedIn, "POST", "/gates/{id}/lanes", "keep-lane", "Open, close or dedicate a lane",
		func(ctx context.Context, who response.Who, in *struct {
			IDPath
			Body response.NewLane
		}) (gate.Site, error) {
			return s.d.Main.KeepLane(ctx, who, seawall.SiteID(in.ID), in.Body)
		})
	handle(s, signedIn, "POST", "/gates/{id}/shifts", "keep-shift", "Put people on a site for some hours",
		func(ctx context.Context, who response.Who, in *struct {
			IDPath
			Body response.NewShift
		}) (gate.Shift, error) {
			return s.d.Main.KeepShift(ctx, who, seawall.SiteID(in.ID), in.Body)
		})
	handle(s, signedIn, "GET", "/gate-rules", "list-gate-rules", "The dated files of gate rules",
		func(ctx context.Context, who response.Who, _ *none) (out gateRuleList, err error) {
			out.Items, err = s.d.Main.GateRules(ctx, who)
			return out, err
		})
}

// gatePublicRoutes are a driver's, who holds the code of the slip, and the key by
// which anybody checks a ticket.
func (s *Server) gatePublicRoutes() {
	handle(s, anybody, "GET", "/public/ticket-key", "ticket-key", "The public key of this instance's tickets (JWK)",
		func(context.Context, response.Who, *none) (ticket.Public, error) { return s.d.Main.TicketKey(), nil })
	handle(s, anybody, "GET", "/public/passes/{key}", "my-pass", "What was decided about me at a gate, and why",
		func(ctx context.Context, _ response.Who, in *KeyPath) (response.MyPass, error) {
			return byKey(ctx, s, in.Key, s.d.Main.MyPass)
		})
	handle(s, anybody, "POST", "/public/passes/{key}/complaint", "complain-at-gate", "Complain about a decision at a gate",
		func(ctx context.Context, _ response.Who, in *struct {
			KeyPath
			Body response.Complaint
		}) (response.MyHelp, error) {
			if err := s.filing(ctx); err != nil {
				return response.MyHelp{}, err
			}
			return byKey(ctx, s, in.Key, func(ctx context.Context, key string) (response.MyHelp, error) {
				return s.d.Main.Complain(ctx, key, in.Body)
			})
		})
}
