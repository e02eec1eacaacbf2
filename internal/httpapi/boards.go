package httpapi

import (
	"context"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/loop"
	"github.com/seawall-city/seawall/internal/response"
)

type boardIn struct {
	Paging
	Kind  string `path:"kind"`
	View  string `query:"view" doc:"list (default), pipeline, calendar or load"`
	Area  string `query:"area"`
	Owner string `query:"owner" doc:"a principal, or me"`
	State string `query:"state" doc:"of the list: open (default), done, cancelled, withdrawn or all"`
	From  string `query:"from" doc:"first day of the calendar; empty is today"`
	Days  int    `query:"days" minimum:"0" maximum:"42" doc:"days of the calendar; 0 is six weeks"`
}

func (s *Server) boardRoutes() {
	handle(s, signedIn, "GET", "/boards/{kind}", "get-board", "The duties of one kind as a list, pipeline, calendar or load by owner",
		func(ctx context.Context, who response.Who, in *boardIn) (response.BoardView, error) {
			q := response.BoardQuery{View: in.View, Area: seawall.AreaID(in.Area), Owner: seawall.PrincipalID(in.Owner),
				State: loop.State(in.State), Days: in.Days, Page: in.page()}
			if in.Owner == "me" {
				q.Owner = who.Principal.ID
			}
			var err error
			if q.From, err = seawall.ParseDay(in.From); err != nil {
				return response.BoardView{}, err
			}
			return s.d.Main.Board(ctx, who, in.Kind, q)
		})
}
