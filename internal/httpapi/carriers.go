package httpapi

import (
	"context"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/freight"
	"github.com/seawall-city/seawall/internal/response"
)

// perCarrier bounds the batches a minute of one carrier's system, or of somebody
// who guesses keys.
const perCarrier = 60

// CarrierBatch is what a carrier's system sends at once.
type CarrierBatch struct {
	Rows []response.NewTrip `json:"rows" doc:"at most 500; each with the carrier's own id in external"`
}

// carrierRoutes are carriers, the white list, and the carriers' own systems.
func (s *Server) carrierRoutes() {
	handle(s, signedIn, "GET", "/carriers", "list-carriers", "Carriers, with the white list",
		func(ctx context.Context, who response.Who, _ *none) (response.List[freight.Carrier], error) {
			return s.d.Main.Carriers(ctx, who)
		})
	handle(s, signedIn, "POST", "/carriers", "add-carrier", "Enter a carrier; the key of its system is shown once",
		func(ctx context.Context, who response.Who, in *struct{ Body response.NewCarrier }) (response.MadeCarrier, error) {
			return s.d.Main.AddCarrier(ctx, who, in.Body)
		})
	handle(s, signedIn, "POST", "/carriers/{id}/whitelist", "whitelist-carrier", "Approve a carrier for some days with a reason, or take it back; never by size",
		func(ctx context.Context, who response.Who, in *struct {
			IDPath
			Body response.WhiteList
		}) (freight.Carrier, error) {
			return s.d.Main.Whitelist(ctx, who, seawall.CarrierID(in.ID), in.Body)
		})
	handle(s, anybody, "POST", "/carrier/trips", "carrier-trips", "Trips from a carrier's own system: rows in = accepted + rejected, sent again nothing is doubled",
		func(ctx context.Context, _ response.Who, in *struct {
			Key  string `header:"X-Carrier-Key" required:"true" maxLength:"100"`
			Body CarrierBatch
		}) (response.TripBatch, error) {
			if err := s.limits.allow(s.d.Clock.Now(), map[string]int{"carrier " + requestOf(ctx).remote: perCarrier}); err != nil {
				return response.TripBatch{}, err
			}
			return s.d.Main.CarrierTrips(ctx, in.Key, in.Body.Rows)
		})
}
