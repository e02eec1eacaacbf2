package httpapi

import (
	"context"
	"time"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/area"
	"github.com/seawall-city/seawall/internal/loop"
	"github.com/seawall-city/seawall/internal/response"
)

// Paging is the query of every list.
type Paging struct {
	Cursor string `query:"cursor" doc:"from a former answer"`
	Limit  int    `query:"limit" default:"50" minimum:"1" maximum:"500"`
}

func (p Paging) page() seawall.Page { return seawall.Page{Cursor: p.Cursor, Limit: p.Limit} }

type stepsIn struct {
	Paging
	State     string    `query:"state" doc:"open (default), done, cancelled, withdrawn, waiting or all"`
	Owner     string    `query:"owner" doc:"a principal, or me"`
	Kind      string    `query:"kind"`
	Disease   string    `query:"disease"`
	Area      string    `query:"area"`
	Subject   string    `query:"subject" doc:"kind/id"`
	Escalated bool      `query:"escalated"`
	DueFrom   time.Time `query:"dueFrom"`
	DueTo     time.Time `query:"dueTo"`
}

func (s *Server) dutyRoutes() {
	handle(s, signedIn, "GET", "/tonight", "tonight", "What must be done tonight",
		func(ctx context.Context, who response.Who, in *struct {
			Scope string `query:"scope" enum:"all,mine" default:"all"`
		}) (response.TonightView, error) {
			return s.d.Main.Tonight(ctx, who, in.Scope == "mine")
		})
	handle(s, signedIn, "GET", "/steps", "list-steps", "Steps of duties", s.listSteps)
	handle(s, signedIn, "POST", "/steps/{id}/done", "complete-step", "Close a step with evidence",
		func(ctx context.Context, who response.Who, in *struct {
			IDPath
			Body response.NewEvidence
		}) (loop.Step, error) {
			return s.d.Main.CompleteStep(ctx, who, seawall.StepID(in.ID), in.Body)
		})
	handle(s, signedIn, "POST", "/steps/{id}/impossible", "step-impossible", "Say why a step cannot be done",
		func(ctx context.Context, who response.Who, in *struct {
			IDPath
			Body struct {
				Version int    `json:"version"`
				Reason  string `json:"reason"`
			}
		}) (loop.Step, error) {
			return s.d.Main.StepImpossible(ctx, who, seawall.StepID(in.ID), in.Body.Version, in.Body.Reason)
		})
	handle(s, signedIn, "GET", "/loops/{id}", "get-loop", "A duty with all its parts",
		func(ctx context.Context, who response.Who, in *struct {
			IDPath
			At time.Time `query:"at" doc:"as it was at this instant; empty is now"`
		}) (response.LoopView, error) {
			if !in.At.IsZero() {
				return s.d.Main.LoopAsOf(ctx, who, seawall.LoopID(in.ID), in.At)
			}
			return s.d.Main.LoopView(ctx, who, seawall.LoopID(in.ID))
		})
	handle(s, signedIn, "POST", "/loops/{id}/handover", "hand-over", "Offer a duty to somebody else",
		func(ctx context.Context, who response.Who, in *struct {
			IDPath
			Body struct {
				To   seawall.PrincipalID `json:"to"`
				Note string              `json:"note"`
			}
		}) (loop.HandOver, error) {
			return s.d.Main.HandOver(ctx, who, seawall.LoopID(in.ID), in.Body.To, in.Body.Note)
		})
	handle(s, signedIn, "POST", "/loops/{id}/accept", "accept-hand-over", "Take over an offered duty",
		func(ctx context.Context, who response.Who, in *struct {
			IDPath
			Body struct {
				HandOver string `json:"handOver"`
			}
		}) (loop.Loop, error) {
			return s.d.Main.AcceptHandOver(ctx, who, seawall.LoopID(in.ID), in.Body.HandOver)
		})
	handle(s, signedIn, "GET", "/notices", "list-notices", "Notices to me",
		func(ctx context.Context, who response.Who, in *Paging) (response.List[loop.Notice], error) {
			return s.d.Main.Notices(ctx, who, in.page())
		})
	handle(s, signedIn, "POST", "/notices/{id}/read", "read-notice", "Mark a notice as read",
		func(ctx context.Context, who response.Who, in *IDPath) (loop.Notice, error) {
			return s.d.Main.ReadNotice(ctx, who, in.ID)
		})
	handle(s, signedIn, "GET", "/search", "search", "Find anything",
		func(ctx context.Context, who response.Who, in *struct {
			Q string `query:"q"`
		}) (response.SearchResult, error) {
			return s.d.Main.Search(ctx, who, in.Q)
		})
}

func (s *Server) listSteps(ctx context.Context, who response.Who, in *stepsIn) (response.List[loop.Step], error) {
	q := loop.StepQuery{Kind: loop.Kind(in.Kind), Disease: in.Disease, Escalated: in.Escalated, Page: in.page()}
	switch in.State {
	case "", "open":
		q.States = []loop.State{loop.Open}
	case "all":
		q.States = []loop.State{loop.Open, loop.Done, loop.Cancelled, loop.Withdrawn, loop.Waiting}
	default:
		q.States = []loop.State{loop.State(in.State)}
	}
	q.Owner = seawall.PrincipalID(in.Owner)
	if in.Owner == "me" {
		q.Owner = who.Principal.ID
	}
	if !in.DueFrom.IsZero() {
		q.DueFrom = in.DueFrom.UnixMicro()
	}
	if !in.DueTo.IsZero() {
		q.DueTo = in.DueTo.UnixMicro()
	}
	if in.Subject != "" {
		ref, err := seawall.ParseRef(in.Subject)
		if err != nil {
			return response.List[loop.Step]{}, err
		}
		q.Subject = ref
	}
	scope, err := s.narrow(ctx, who, in.Area)
	if err != nil {
		return response.List[loop.Step]{}, err
	}
	q.Scope = scope
	return s.d.Main.Steps(ctx, who, q)
}

// narrow gives the asker's scope, or the part of it under one area.
func (s *Server) narrow(ctx context.Context, who response.Who, id string) (seawall.Scope, error) {
	if id == "" {
		return who.Scope, nil
	}
	var under seawall.Scope
	err := s.d.Work.Read(ctx, func(tx seawall.Tx) (err error) {
		under, err = s.d.Areas.ScopeOf(ctx, tx, seawall.AreaID(id), area.Command)
		return err
	})
	if err != nil {
		return nil, err
	}
	return meet(who.Scope, under), nil
}

// meet is the intersection of two scopes; without one it is empty, not nil, and
// shows nothing.
func meet(a, b seawall.Scope) seawall.Scope {
	out := seawall.Scope{}
	for _, p := range a {
		for _, q := range b {
			own, alone := q.IsAlone()
			switch {
			case alone && own.Within(p):
				out = append(out, q)
			case !alone && p.Within(q):
				out = append(out, p)
			case !alone && q.Within(p):
				out = append(out, q)
			}
		}
	}
	return out
}
