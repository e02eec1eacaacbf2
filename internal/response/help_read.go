package response

import (
	"context"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/auth"
	"github.com/seawall-city/seawall/internal/relief"
)

// Helps lists the requests for help in somebody's areas.
func (s *Service) Helps(ctx context.Context, who Who, f HelpFilter, p seawall.Page) (List[relief.Help], error) {
	const op = "response.Helps"
	var out List[relief.Help]
	if err := s.allow(who, auth.HelpRead, auth.Resource{Kind: seawall.KindHelp}); err != nil {
		return out, err
	}
	q := relief.Query{States: f.States, Kind: f.Kind, Text: f.Text, Sort: f.Sort, Page: p}
	if f.Mine {
		q.Owner = who.Principal.ID
	}
	err := s.read(ctx, op, func(tx seawall.Tx) (err error) {
		if q.Scope, err = s.seen(ctx, tx, who, f.Area); err != nil {
			return err
		}
		out.Items, out.Next, out.Total, err = s.d.Relief.Helps(ctx, tx, q)
		for i := range out.Items {
			out.Items[i].Secret = ""
		}
		return err
	})
	return out, err
}

// HelpView gives a request for help to staff.
func (s *Service) HelpView(ctx context.Context, who Who, id seawall.HelpID) (HelpView, error) {
	var out HelpView
	err := s.read(ctx, "response.HelpView", func(tx seawall.Tx) (err error) {
		if out.Help, err = s.d.Relief.Help(ctx, tx, id); err != nil {
			return err
		}
		h := out.Help
		if err := s.allow(who, auth.HelpRead, auth.Resource{Kind: seawall.KindHelp, ID: string(id), Area: h.Area, Owner: h.Owner}); err != nil {
			return err
		}
		out.Help.Secret = ""
		if out.AreaName, err = s.areaName(ctx, tx, h.Area); err != nil {
			return err
		}
		out.Loop, err = s.dutyOf(ctx, tx, h.Loop)
		return err
	})
	if err != nil {
		return HelpView{}, err
	}
	return out, nil
}
