package httpapi

import (
	"context"
	"io"

	"github.com/danielgtaylor/huma/v2"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/freight"
	"github.com/seawall-city/seawall/internal/response"
)

type tripsIn struct {
	Paging
	State   string `query:"state" doc:"one or several of declared, permitted, travelling, at_gate, inside, unloading, left, handed_on, cancelled, retracted; those that go on where it is left out"`
	Flag    string `query:"flag" doc:"stranded, orphan, positive, transit or short"`
	Carrier string `query:"carrier"`
	Area    string `query:"area"`
	Q       string `query:"q" doc:"the number, by its beginning"`
	Sort    string `query:"sort" enum:"planned,newest,seen" default:"planned"`
}

// StaffTrip is a trip as staff take it down.
type StaffTrip struct {
	Carrier seawall.CarrierID `json:"carrier,omitempty"`
	response.NewTrip
}

// Reason says why something is taken back; Version is the one that was read.
type Reason struct {
	Version int    `json:"version,omitempty"`
	Reason  string `json:"reason"`
}

// tripForm is a carrier's table.
type tripForm struct {
	File    huma.FormFile `form:"file" required:"true"`
	Carrier string        `form:"carrier" required:"true"`
}

// tripRoutes are the staff's side of freight trips.
func (s *Server) tripRoutes() {
	handle(s, signedIn, "GET", "/trips", "list-trips", "Freight trips, the next expected first",
		func(ctx context.Context, who response.Who, in *tripsIn) (response.List[freight.Trip], error) {
			return s.d.Main.Trips(ctx, who, response.TripFilter{States: split(in.State), Flag: in.Flag, Carrier: seawall.CarrierID(in.Carrier),
				Area: seawall.AreaID(in.Area), Text: in.Q, Sort: in.Sort}, in.page())
		})
	handle(s, signedIn, "POST", "/trips", "record-trip", "Take down a trip for its driver, or one that is found later",
		func(ctx context.Context, who response.Who, in *struct{ Body StaffTrip }) (response.DeclaredTrip, error) {
			return s.d.Main.RecordTrip(ctx, who, in.Body.Carrier, in.Body.NewTrip)
		})
	handle(s, signedIn, "POST", "/trips/find", "find-trips", "Find the trip of a letter: by plate, by one of the crew, by days",
		func(ctx context.Context, who response.Who, in *struct{ Body response.FindTrip }) (response.List[response.FoundTrip], error) {
			return s.d.Main.FindTrips(ctx, who, in.Body)
		})
	handle(s, signedIn, "POST", "/trips/file", "import-trips", "Trips from a carrier's workbook or CSV",
		func(ctx context.Context, who response.Who, in *struct {
			RawBody huma.MultipartFormFiles[tripForm]
		}) (response.TripBatch, error) {
			f := in.RawBody.Data()
			defer f.File.Close()
			b, err := io.ReadAll(f.File)
			if err != nil {
				return response.TripBatch{}, seawall.E("httpapi.import-trips", seawall.Invalid, "input_malformed")
			}
			return s.d.Main.TripsFile(ctx, who, seawall.CarrierID(f.Carrier), f.File.Filename, b)
		})
	handle(s, signedIn, "GET", "/trips/{id}", "get-trip", "A trip with its hand-overs, movements, permit, requests and the four guarantees",
		func(ctx context.Context, who response.Who, in *IDPath) (response.TripView, error) {
			v, err := s.d.Main.TripView(ctx, who, seawall.TripID(in.ID))
			if v.Permit != nil && v.Permit.Ticket != "" && v.PermitNow != freight.PermitRevoked {
				if svg, err := qrSVG(v.Permit.Ticket); err == nil { // else its text stands beside it
					v.TicketQR = svg
				}
			}
			return v, err
		})
	handle(s, signedIn, "POST", "/permits/check", "check-permit", "Does a permit fit crew, vehicle, route and date",
		func(ctx context.Context, who response.Who, in *struct{ Body response.PermitAsk }) (response.PermitFit, error) {
			return s.d.Main.CheckPermit(ctx, who, in.Body)
		})
	s.tripWorkRoutes()
}

// tripWorkRoutes are what is done on one trip.
func (s *Server) tripWorkRoutes() {
	handle(s, signedIn, "POST", "/trips/{id}/permit", "issue-permit", "Issue a trip's permit",
		func(ctx context.Context, who response.Who, in *struct {
			IDPath
			Body response.NewPermit
		}) (freight.Permit, error) {
			return s.d.Main.IssuePermit(ctx, who, seawall.TripID(in.ID), in.Body)
		})
	handle(s, signedIn, "POST", "/trips/{id}/revoke", "revoke-permit", "Take a trip's permit back",
		func(ctx context.Context, who response.Who, in *struct {
			IDPath
			Body Reason
		}) (freight.Trip, error) {
			return s.d.Main.RevokePermit(ctx, who, seawall.TripID(in.ID), in.Body.Version, in.Body.Reason)
		})
	handle(s, signedIn, "POST", "/trips/{id}/moves", "record-move", "Record a movement: gate, in, unloading, exit, seen, served",
		func(ctx context.Context, who response.Who, in *struct {
			IDPath
			Body response.NewMove
		}) (freight.Trip, error) {
			return s.d.Main.RecordMove(ctx, who, seawall.TripID(in.ID), in.Body)
		})
	handle(s, signedIn, "POST", "/trips/{id}/hand-over", "hand-over-trip", "Offer a trip to whoever takes it over",
		func(ctx context.Context, who response.Who, in *struct {
			IDPath
			Body response.NewLeg
		}) (freight.Trip, error) {
			return s.d.Main.OfferTrip(ctx, who, seawall.TripID(in.ID), in.Body)
		})
	handle(s, signedIn, "POST", "/trips/{id}/accept", "accept-trip", "Take a trip over that was offered",
		func(ctx context.Context, who response.Who, in *struct {
			IDPath
			Body response.TakeLeg
		}) (freight.Trip, error) {
			return s.d.Main.AcceptTrip(ctx, who, seawall.TripID(in.ID), in.Body)
		})
	handle(s, signedIn, "POST", "/trips/{id}/cancel", "cancel-trip", "Cancel a trip, or take back one recorded by mistake",
		func(ctx context.Context, who response.Who, in *struct {
			IDPath
			Body response.TripEnd
		}) (freight.Trip, error) {
			return s.d.Main.CancelTrip(ctx, who, seawall.TripID(in.ID), in.Body)
		})
	handle(s, signedIn, "POST", "/trips/{id}/positive", "trip-positive", "One of the crew was found positive after passing: the next node is told ahead",
		func(ctx context.Context, who response.Who, in *struct {
			IDPath
			Body response.NewPositive
		}) (response.TripPositive, error) {
			return s.d.Main.TripPositive(ctx, who, seawall.TripID(in.ID), in.Body)
		})
}
