package httpapi

import (
	"context"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/casebook"
	"github.com/seawall-city/seawall/internal/response"
)

type entriesIn struct {
	Paging
	Kind  string `query:"kind" required:"true" doc:"the protocol"`
	State string `query:"state" doc:"open, closed or retracted; empty is all"`
	Area  string `query:"area"`
}

func (s *Server) entryRoutes() {
	handle(s, signedIn, "POST", "/entries", "record-entry", "Fill in a form that opens a duty",
		func(ctx context.Context, who response.Who, in *struct{ Body response.NewEntry }) (response.RecordedEntry, error) {
			return s.d.Main.NewEntry(ctx, who, in.Body)
		})
	handle(s, signedIn, "GET", "/entries", "list-entries", "Entries of a kind, newest first",
		func(ctx context.Context, who response.Who, in *entriesIn) (response.List[casebook.Entry], error) {
			scope, err := s.narrow(ctx, who, in.Area)
			if err != nil {
				return response.List[casebook.Entry]{}, err
			}
			return s.d.Main.Entries(ctx, who, response.EntryFilter{Kind: in.Kind, State: in.State, Scope: scope, Page: in.page()})
		})
	handle(s, signedIn, "GET", "/entries/{id}", "get-entry", "An entry with its duty",
		func(ctx context.Context, who response.Who, in *IDPath) (response.EntryView, error) {
			return s.d.Main.EntryView(ctx, who, seawall.EntryID(in.ID))
		})
	handle(s, signedIn, "POST", "/entries/{id}/retract", "retract-entry", "Take an entry back with the duty that hangs on it",
		func(ctx context.Context, who response.Who, in *struct {
			IDPath
			Body struct {
				Reason string `json:"reason"`
			}
		}) (response.Retracted, error) {
			ref := seawall.Ref{Kind: seawall.KindEntry, ID: in.ID}
			return s.d.Main.Retract(ctx, who, response.Retraction{Ref: ref, Reason: in.Body.Reason})
		})
}
