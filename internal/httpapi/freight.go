package httpapi

import (
	"context"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/response"
)

// freightRoutes are the board, the roads, and what drivers do without an account.
func (s *Server) freightRoutes() {
	handle(s, signedIn, "GET", "/freight/board", "freight-board", "What flows and what it brings: throughput, waits, positives, the four guarantees, stranded and orphans",
		func(ctx context.Context, who response.Who, in *struct {
			Area string `query:"area"`
		}) (response.FreightBoard, error) {
			return s.d.Main.FreightBoard(ctx, who, seawall.AreaID(in.Area))
		})
	handle(s, signedIn, "GET", "/road-closures", "list-closures", "Road closures: announced, in force, ended in the last month",
		func(ctx context.Context, who response.Who, _ *none) (response.List[response.ClosureLine], error) {
			return s.d.Main.Closures(ctx, who)
		})
	handle(s, signedIn, "POST", "/road-closures", "order-closure", "Record a closure with its legal basis, approval, announcement and end",
		func(ctx context.Context, who response.Who, in *struct{ Body response.NewClosure }) (response.ClosureLine, error) {
			return s.d.Main.OrderClosure(ctx, who, in.Body)
		})
	handle(s, signedIn, "POST", "/road-closures/{id}/lift", "lift-closure", "End a closure before its time",
		func(ctx context.Context, who response.Who, in *struct {
			IDPath
			Body Reason
		}) (response.ClosureLine, error) {
			return s.d.Main.LiftClosure(ctx, who, seawall.ClosureID(in.ID), in.Body.Version, in.Body.Reason)
		})
	s.driverRoutes()
}

// driverRoutes are the driver's side: declaring, and the card behind a code.
func (s *Server) driverRoutes() {
	handle(s, anybody, "POST", "/public/trips", "declare-trip", "Declare a freight trip, a day ahead or with the reason why not",
		func(ctx context.Context, _ response.Who, in *struct{ Body response.NewTrip }) (response.MyTrip, error) {
			if err := s.filing(ctx); err != nil {
				return response.MyTrip{}, err
			}
			t, err := s.d.Main.DeclareTrip(ctx, in.Body)
			return s.drawn(t, t.Code), err
		})
	handle(s, anybody, "GET", "/public/cards/{key}", "my-trip", "My trip, by the code of its card",
		func(ctx context.Context, _ response.Who, in *KeyPath) (response.MyTrip, error) {
			t, err := byKey(ctx, s, in.Key, s.d.Main.MyTrip)
			return s.drawn(t, in.Key), err
		})
	handle(s, anybody, "POST", "/public/cards/{key}/requests", "ask-by-card", "Ask for food, water, a toilet, medicine, rest or a doctor, or complain",
		func(ctx context.Context, _ response.Who, in *struct {
			KeyPath
			Body response.CardRequest
		}) (response.MyHelp, error) {
			if in.Body.Kind == "doctor" { // never refused, not by a limit either
				return s.d.Main.AskByCard(ctx, in.Key, in.Body)
			}
			if err := s.filing(ctx); err != nil {
				return response.MyHelp{}, err
			}
			return byKey(ctx, s, in.Key, func(ctx context.Context, key string) (response.MyHelp, error) {
				return s.d.Main.AskByCard(ctx, key, in.Body)
			})
		})
	handle(s, anybody, "GET", "/public/exposures", "public-exposures", "Places and times where somebody positive was: no names",
		func(ctx context.Context, _ response.Who, _ *none) (response.List[response.ExposureNotice], error) {
			if err := s.looking(ctx); err != nil {
				return response.List[response.ExposureNotice]{Items: []response.ExposureNotice{}}, err
			}
			return s.d.Main.Exposures(ctx)
		})
}

// drawn adds the pictures of a driver's card: the address that opens it, and the
// permit as a gate scans it. One that cannot be drawn is left out; its text stands
// beside it.
func (s *Server) drawn(t response.MyTrip, code string) response.MyTrip {
	if t.No == "" {
		return t
	}
	if svg, err := qrSVG(s.d.PublicURL + "/me/trip/" + code); err == nil {
		t.QR = svg
	}
	if t.Ticket != "" {
		if svg, err := qrSVG(t.Ticket); err == nil {
			t.TicketQR = svg
		}
	}
	return t
}
