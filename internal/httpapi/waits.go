package httpapi

import (
	"context"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/response"
)

// waitRoutes tell how long vehicles wait at gates, how long they will, and what
// another plan of lanes would do.
func (s *Server) waitRoutes() {
	handle(s, signedIn, "GET", "/waits", "list-waits", "Waits at the gates in my area: the last hour, the hours ahead, alarms",
		func(ctx context.Context, who response.Who, _ *none) (response.Waits, error) {
			return s.d.Main.Waits(ctx, who)
		})
	handle(s, signedIn, "GET", "/gates/{id}/waits", "gate-waits", "Waits at one gate: measured, forecast, advised",
		func(ctx context.Context, who response.Who, in *struct {
			IDPath
			Hours int `query:"hours" doc:"hours ahead, 1 to 24; 8 without it"`
		}) (response.GateWaits, error) {
			return s.d.Main.GateWaits(ctx, who, seawall.SiteID(in.ID), in.Hours)
		})
	handle(s, signedIn, "POST", "/gates/{id}/waits/plan", "plan-lanes", "What a plan of lanes does; the cheapest plan that keeps the target; put one in force",
		func(ctx context.Context, who response.Who, in *struct {
			IDPath
			Body response.WaitPlan
		}) (response.WaitPlanned, error) {
			return s.d.Main.PlanLanes(ctx, who, seawall.SiteID(in.ID), in.Body)
		})
}
