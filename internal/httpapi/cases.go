package httpapi

import (
	"context"
	"strings"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/casebook"
	"github.com/seawall-city/seawall/internal/response"
)

type casesIn struct {
	Paging
	Disease string `query:"disease"`
	State   string `query:"state" doc:"open, closed or retracted"`
	Class   string `query:"class" doc:"one or several, separated by commas"`
	Area    string `query:"area"`
	Q       string `query:"q" doc:"number, external id or place, by its beginning"`
	From    string `query:"from" doc:"first report day, 2006-01-02"`
	To      string `query:"to" doc:"last report day"`
	Sort    string `query:"sort" doc:"reported, onset, no or area"`
}

func (s *Server) caseQuery(ctx context.Context, who response.Who, in *casesIn) (casebook.CaseQuery, error) {
	q := casebook.CaseQuery{Disease: in.Disease, State: in.State, Text: strings.TrimSpace(in.Q), Sort: in.Sort, Page: in.page()}
	for _, c := range split(in.Class) {
		q.Classes = append(q.Classes, casebook.Class(c))
	}
	var err error
	if q.From, err = seawall.ParseDay(in.From); err != nil {
		return q, err
	}
	if q.To, err = seawall.ParseDay(in.To); err != nil {
		return q, err
	}
	q.Scope, err = s.narrow(ctx, who, in.Area)
	return q, err
}

func split(s string) []string {
	if s == "" {
		return nil
	}
	return strings.Split(s, ",")
}

func (s *Server) caseRoutes() {
	handle(s, signedIn, "GET", "/cases", "list-cases", "Line list",
		func(ctx context.Context, who response.Who, in *casesIn) (response.List[casebook.Case], error) {
			q, err := s.caseQuery(ctx, who, in)
			if err != nil {
				return response.List[casebook.Case]{}, err
			}
			return s.d.Main.Cases(ctx, who, q)
		})
	handle(s, signedIn, "GET", "/cases/curve", "case-curve", "Epidemic curve by day and class",
		func(ctx context.Context, who response.Who, in *casesIn) ([]casebook.DayCount, error) {
			q, err := s.caseQuery(ctx, who, in)
			if err != nil {
				return nil, err
			}
			return s.d.Main.Curve(ctx, who, q)
		})
	handle(s, signedIn, "POST", "/cases", "record-case", "Record a case",
		func(ctx context.Context, who response.Who, in *struct{ Body response.NewCase }) (response.RecordedCase, error) {
			return s.d.Main.RecordCase(ctx, who, in.Body)
		})
	handle(s, signedIn, "GET", "/cases/{id}", "get-case", "A case with all that hangs on it",
		func(ctx context.Context, who response.Who, in *IDPath) (response.CaseView, error) {
			return s.d.Main.CaseView(ctx, who, seawall.CaseID(in.ID))
		})
	handle(s, signedIn, "PATCH", "/cases/{id}", "update-case", "Change fields of a case",
		func(ctx context.Context, who response.Who, in *struct {
			IDPath
			Body response.CaseChange
		}) (casebook.Case, error) {
			return s.d.Main.UpdateCase(ctx, who, seawall.CaseID(in.ID), in.Body)
		})
	handle(s, signedIn, "POST", "/cases/{id}/retract", "retract-case", "Retract a false case and all that hung on it",
		func(ctx context.Context, who response.Who, in *retractIn) (response.Retracted, error) {
			return s.retract(ctx, who, seawall.KindCase, in)
		})
	handle(s, signedIn, "POST", "/cases/{id}/contacts", "propose-contacts", "Lay candidates before an epidemiologist",
		func(ctx context.Context, who response.Who, in *struct {
			IDPath
			Body struct {
				Contacts []response.NewContact `json:"contacts" nullable:"false"`
			}
		}) (response.Proposed, error) {
			return s.d.Main.ProposeContacts(ctx, who, response.Proposal{Case: seawall.CaseID(in.ID), Contacts: in.Body.Contacts})
		})
	handle(s, signedIn, "POST", "/cases/{id}/stays", "record-stay", "Record where the person was",
		func(ctx context.Context, who response.Who, in *struct {
			IDPath
			Body response.NewStay
		}) (casebook.Stay, error) {
			in.Body.Case = seawall.CaseID(in.ID)
			return s.d.Main.RecordStay(ctx, who, in.Body)
		})
	handle(s, signedIn, "GET", "/cases/{id}/chain", "get-chain", "Chain of transmission around a case",
		func(ctx context.Context, who response.Who, in *struct {
			IDPath
			Limit int `query:"limit" default:"200" minimum:"1" maximum:"2000"`
		}) (response.ChainView, error) {
			return s.d.Main.Chain(ctx, who, seawall.CaseID(in.ID), in.Limit)
		})
	handle(s, signedIn, "POST", "/results", "record-result", "Record a laboratory or antigen result",
		func(ctx context.Context, who response.Who, in *struct{ Body response.NewResult }) (response.RecordedResult, error) {
			return s.d.Main.RecordResult(ctx, who, in.Body)
		})
	handle(s, signedIn, "POST", "/results/{id}/retract", "retract-result", "Retract a false result",
		func(ctx context.Context, who response.Who, in *retractIn) (response.Retracted, error) {
			return s.retract(ctx, who, seawall.KindResult, in)
		})
}

type retractIn struct {
	IDPath
	Body struct {
		Reason string `json:"reason"`
	}
}

func (s *Server) retract(ctx context.Context, who response.Who, kind seawall.RefKind, in *retractIn) (response.Retracted, error) {
	return s.d.Main.Retract(ctx, who, response.Retraction{Ref: seawall.Ref{Kind: kind, ID: in.ID}, Reason: in.Body.Reason})
}
