package httpapi

import (
	"context"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/freight"
	"github.com/seawall-city/seawall/internal/response"
)

// serviceAreaRoutes are motorway service areas: what is open, who stays there.
func (s *Server) serviceAreaRoutes() {
	handle(s, signedIn, "GET", "/service-areas", "list-service-areas", "Service areas: occupancy, what is open, the four guarantees",
		func(ctx context.Context, who response.Who, _ *none) (response.List[response.ServiceAreaLine], error) {
			return s.d.Main.ServiceAreas(ctx, who)
		})
	handle(s, signedIn, "POST", "/service-areas", "set-service-area", "Enter or change a service area",
		func(ctx context.Context, who response.Who, in *struct{ Body response.NewServiceArea }) (freight.ServiceArea, error) {
			return s.d.Main.SetServiceArea(ctx, who, in.Body)
		})
	handle(s, signedIn, "GET", "/service-areas/{id}", "get-service-area", "A service area with the visits of the last two days",
		func(ctx context.Context, who response.Who, in *IDPath) (response.ServiceAreaView, error) {
			return s.d.Main.ServiceAreaView(ctx, who, seawall.ServiceAreaID(in.ID))
		})
	handle(s, signedIn, "POST", "/service-areas/{id}/status", "tell-service-area", "Tell what is open; fuel and toilets stay open",
		func(ctx context.Context, who response.Who, in *struct {
			IDPath
			Body response.AreaStatus
		}) (response.ServiceAreaView, error) {
			return s.d.Main.SetAreaStatus(ctx, who, seawall.ServiceAreaID(in.ID), in.Body)
		})
	handle(s, signedIn, "POST", "/service-areas/{id}/visits", "record-visit", "A lorry comes to a service area, or drives on",
		func(ctx context.Context, who response.Who, in *struct {
			IDPath
			Body response.NewVisit
		}) (freight.Visit, error) {
			return s.d.Main.RecordVisit(ctx, who, seawall.ServiceAreaID(in.ID), in.Body)
		})
}
