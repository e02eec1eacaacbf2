package httpapi

import (
	"context"
	"time"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/area"
	"github.com/seawall-city/seawall/internal/auth"
	"github.com/seawall-city/seawall/internal/response"
)

// themes are the themes that the pages ask about.
func themes() []string { return []string{"investigation", "followup", "appeal", "help"} }

func (s *Server) areaRoutes() {
	handle(s, signedIn, "GET", "/areas", "list-areas", "Areas under a parent",
		func(ctx context.Context, who response.Who, in *struct {
			Parent    string `query:"parent"`
			Hierarchy string `query:"hierarchy" enum:"statistical,command" default:"statistical"`
		}) (response.List[area.Area], error) {
			out := response.List[area.Area]{Items: []area.Area{}}
			err := s.areaRead(ctx, who, func(tx seawall.Tx) error {
				as, err := s.d.Areas.Children(ctx, tx, seawall.AreaID(in.Parent), area.Hierarchy(in.Hierarchy))
				out.Items, out.Total = as, len(as)
				return err
			})
			return out, err
		})
	handle(s, signedIn, "GET", "/areas/search", "search-areas", "Areas by name, pinyin or code",
		func(ctx context.Context, who response.Who, in *struct {
			Q     string `query:"q"`
			Limit int    `query:"limit" default:"20" minimum:"1" maximum:"100"`
		}) (response.List[area.Area], error) {
			out := response.List[area.Area]{Items: []area.Area{}}
			err := s.areaRead(ctx, who, func(tx seawall.Tx) error {
				as, err := s.d.Areas.Search(ctx, tx, in.Q, seawall.Scope{s.d.City.Path}, in.Limit)
				out.Items, out.Total = as, len(as)
				return err
			})
			return out, err
		})
	handle(s, signedIn, "GET", "/areas/{id}", "get-area", "An area with its roster and capacity", s.areaDetail)
	s.rosterRoutes()
}

func (s *Server) rosterRoutes() {
	handle(s, signedIn, "GET", "/roster", "list-roster", "The duty roster of an area and below",
		func(ctx context.Context, who response.Who, in *struct {
			Paging
			Area string `query:"area"`
		}) (response.List[area.DutyRow], error) {
			out := response.List[area.DutyRow]{Items: []area.DutyRow{}}
			scope, err := s.narrow(ctx, who, in.Area)
			if err != nil {
				return out, err
			}
			if err := s.allow(who, auth.RosterRead, resourceOf(scope, "")); err != nil {
				return out, err
			}
			err = s.d.Work.Read(ctx, func(tx seawall.Tx) (err error) {
				out.Items, out.Next, err = s.d.Areas.Roster(ctx, tx, scope, in.page())
				return err
			})
			out.Total = len(out.Items)
			return out, err
		})
	handle(s, signedIn, "PUT", "/roster/{id}", "save-duty", "Put somebody on the roster, or change a row; id new makes one", s.saveDuty)
	handle(s, signedIn, "DELETE", "/roster/{id}", "delete-duty", "Take a row off the roster",
		func(ctx context.Context, who response.Who, in *IDPath) (empty, error) {
			var holder seawall.PrincipalID
			err := s.withDuty(ctx, who, in.ID, auth.RosterManage, func(tx seawall.Tx, d area.DutyRow) error {
				holder = d.Principal
				return s.d.Areas.Remove(ctx, tx, d.ID)
			})
			if err == nil { // their open duties go to whoever answers now
				_, err = s.d.Main.FollowRoster(ctx, who, holder)
			}
			return empty{}, err
		})
	handle(s, signedIn, "POST", "/roster/{id}/absence", "report-absence", "The holder is away for a time; deputies step in",
		func(ctx context.Context, who response.Who, in *struct {
			IDPath
			Body seawall.Interval
		}) (out area.DutyRow, err error) {
			err = s.withDuty(ctx, who, in.ID, auth.RosterAbsence, func(tx seawall.Tx, d area.DutyRow) (err error) {
				out, err = s.d.Areas.Absence(ctx, tx, d.ID, in.Body)
				return err
			})
			if err == nil {
				_, err = s.d.Main.FollowRoster(ctx, who, out.Principal)
			}
			return out, err
		})
	handle(s, signedIn, "GET", "/roster/answer", "who-answers", "Who answers for an area and theme at an instant", s.whoAnswers)
	s.capacityRoutes()
}

func (s *Server) areaRead(ctx context.Context, who response.Who, fn func(tx seawall.Tx) error) error {
	if err := s.allow(who, auth.AreaRead, auth.Resource{Kind: seawall.KindArea}); err != nil {
		return err
	}
	return s.d.Work.Read(ctx, fn)
}

// resourceOf is the resource of a list: its first area, or nothing.
func resourceOf(scope seawall.Scope, owner seawall.PrincipalID) auth.Resource {
	r := auth.Resource{Kind: seawall.KindArea, Owner: owner}
	if len(scope) > 0 {
		r.Area = scope[0]
	}
	return r
}

func (s *Server) areaDetail(ctx context.Context, who response.Who, in *IDPath) (out area.Detail, err error) {
	err = s.areaRead(ctx, who, func(tx seawall.Tx) (err error) {
		out, err = s.d.Areas.Detail(ctx, tx, seawall.AreaID(in.ID), themes())
		return err
	})
	return out, err
}

// saveDuty writes a roster row after asking about the area it is for.
func (s *Server) saveDuty(ctx context.Context, who response.Who, in *struct {
	IDPath
	Body area.DutyRow
}) (out area.DutyRow, err error) {
	d := in.Body
	if d.ID = in.ID; d.ID == "new" {
		d.ID = ""
	}
	err = s.d.Work.Write(ctx, who.Actor, func(tx seawall.Tx) error {
		a, err := s.d.Areas.Get(ctx, tx, d.Area)
		if err != nil {
			return err
		}
		if err := s.allow(who, auth.RosterManage, auth.Resource{Kind: seawall.KindDuty, ID: d.ID, Area: a.Path}); err != nil {
			return err
		}
		out, err = s.d.Areas.Assign(ctx, tx, d)
		return err
	})
	return out, err
}

// withDuty runs a change of a roster row after asking about its area and holder.
func (s *Server) withDuty(ctx context.Context, who response.Who, id string, a auth.Action, fn func(tx seawall.Tx, d area.DutyRow) error) error {
	return s.d.Work.Write(ctx, who.Actor, func(tx seawall.Tx) error {
		d, err := s.d.Areas.Duty(ctx, tx, id)
		if err != nil {
			return err
		}
		if err := s.allow(who, a, auth.Resource{Kind: seawall.KindDuty, ID: d.ID, Area: d.Path, Owner: d.Principal}); err != nil {
			return err
		}
		return fn(tx, d)
	})
}

func (s *Server) whoAnswers(ctx context.Context, who response.Who, in *struct {
	Area  string    `query:"area" required:"true"`
	Theme string    `query:"theme"`
	At    time.Time `query:"at"`
}) (out area.Answer, err error) {
	err = s.areaRead(ctx, who, func(tx seawall.Tx) error {
		a, err := s.d.Areas.Get(ctx, tx, seawall.AreaID(in.Area))
		if err != nil {
			return err
		}
		at := in.At
		if at.IsZero() {
			at = tx.Now()
		}
		out, err = s.d.Areas.WhoAnswers(ctx, tx, a.Path, in.Theme, at)
		return err
	})
	return out, err
}
