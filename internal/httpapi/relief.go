package httpapi

import (
	"context"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/relief"
	"github.com/seawall-city/seawall/internal/response"
)

type appealsIn struct {
	Paging
	State  string `query:"state" doc:"one or several of pending, upheld, rejected, lapsed, moot"`
	Reason string `query:"reason"`
	Area   string `query:"area"`
	Mine   bool   `query:"mine"`
	Q      string `query:"q" doc:"the number, by its beginning"`
	Sort   string `query:"sort" enum:"due,newest" default:"due"`
}

type helpIn struct {
	Paging
	State string `query:"state" doc:"one or several of open, answered, done, closed"`
	Kind  string `query:"kind"`
	Area  string `query:"area"`
	Mine  bool   `query:"mine"`
	Q     string `query:"q" doc:"the number, by its beginning"`
	Sort  string `query:"sort" enum:"due,newest" default:"due"`
}

// reliefRoutes are the staff's side of objections and requests for help.
func (s *Server) reliefRoutes() {
	handle(s, signedIn, "GET", "/appeals", "list-appeals", "Objections to measures, the most urgent first",
		func(ctx context.Context, who response.Who, in *appealsIn) (response.List[relief.Appeal], error) {
			return s.d.Main.Appeals(ctx, who, response.AppealFilter{States: split(in.State), Reason: in.Reason, Mine: in.Mine,
				Area: seawall.AreaID(in.Area), Text: in.Q, Sort: in.Sort}, in.page())
		})
	handle(s, signedIn, "POST", "/appeals", "file-appeal", "File an objection for somebody",
		func(ctx context.Context, who response.Who, in *struct{ Body response.NewAppeal }) (response.MyAppeal, error) {
			return s.d.Main.FileAppeal(ctx, who, in.Body)
		})
	handle(s, signedIn, "GET", "/appeals/{id}", "get-appeal", "An objection with its measure and duty",
		func(ctx context.Context, who response.Who, in *IDPath) (response.AppealView, error) {
			return s.d.Main.AppealView(ctx, who, seawall.AppealID(in.ID))
		})
	handle(s, signedIn, "POST", "/appeals/{id}/decide", "decide-appeal", "Decide an objection; never by who made the measure",
		func(ctx context.Context, who response.Who, in *struct {
			IDPath
			Body response.AppealDecision
		}) (response.AppealView, error) {
			return s.d.Main.DecideAppeal(ctx, who, seawall.AppealID(in.ID), in.Body)
		})
	handle(s, signedIn, "GET", "/help", "list-help", "Requests for help, the most urgent first",
		func(ctx context.Context, who response.Who, in *helpIn) (response.List[relief.Help], error) {
			return s.d.Main.Helps(ctx, who, response.HelpFilter{States: split(in.State), Kind: in.Kind, Mine: in.Mine,
				Area: seawall.AreaID(in.Area), Text: in.Q, Sort: in.Sort}, in.page())
		})
	handle(s, signedIn, "POST", "/help", "file-help", "Take down a request for help for somebody",
		func(ctx context.Context, who response.Who, in *struct{ Body response.NewHelp }) (response.MyHelp, error) {
			return s.d.Main.FileHelp(ctx, who, in.Body)
		})
	handle(s, signedIn, "GET", "/help/{id}", "get-help", "A request for help with its duty",
		func(ctx context.Context, who response.Who, in *IDPath) (response.HelpView, error) {
			return s.d.Main.HelpView(ctx, who, seawall.HelpID(in.ID))
		})
}
