package httpapi

import (
	"context"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/casebook"
	"github.com/seawall-city/seawall/internal/response"
)

type contactsIn struct {
	Paging
	Disease     string `query:"disease"`
	Case        string `query:"case"`
	Person      string `query:"person"`
	State       string `query:"state" doc:"one or several, separated by commas"`
	Class       string `query:"class"`
	Area        string `query:"area"`
	Mine        bool   `query:"mine"`
	Owner       string `query:"owner"`
	Q           string `query:"q"`
	Symptomatic bool   `query:"symptomatic"`
	SilentDays  int    `query:"silentDays"`
	Due         string `query:"due" doc:"late or tonight"`
	Sort        string `query:"sort" doc:"due, last_exposure, no or area"`
}

func (in *contactsIn) filter() response.ContactFilter {
	f := response.ContactFilter{Disease: in.Disease, Case: seawall.CaseID(in.Case), Person: seawall.PersonNo(in.Person),
		Class: in.Class, Area: seawall.AreaID(in.Area), Mine: in.Mine, Owner: seawall.PrincipalID(in.Owner), Text: in.Q,
		Symptomatic: in.Symptomatic, SilentDays: in.SilentDays, Due: in.Due, Sort: in.Sort}
	for _, st := range split(in.State) {
		f.States = append(f.States, casebook.ContactState(st))
	}
	return f
}

func (s *Server) contactRoutes() {
	handle(s, signedIn, "GET", "/contacts", "list-contacts", "The work-list of contacts",
		func(ctx context.Context, who response.Who, in *contactsIn) (response.List[casebook.Contact], error) {
			return s.d.Main.Contacts(ctx, who, in.filter(), in.page())
		})
	handle(s, signedIn, "GET", "/contacts/{id}", "get-contact", "A contact with plan, duty and records",
		func(ctx context.Context, who response.Who, in *IDPath) (response.ContactView, error) {
			return s.d.Main.ContactView(ctx, who, seawall.ContactID(in.ID))
		})
	handle(s, signedIn, "POST", "/contacts/preview", "preview-confirm", "What confirming these candidates would do",
		func(ctx context.Context, who response.Who, in *struct{ Body response.Cut }) (response.Preview, error) {
			return s.d.Main.PreviewConfirm(ctx, who, in.Body)
		})
	handle(s, signedIn, "POST", "/contacts/confirm", "confirm-contacts", "Confirm a cut; opens duties",
		func(ctx context.Context, who response.Who, in *struct{ Body response.Cut }) (response.BulkResult, error) {
			return s.d.Main.ConfirmContacts(ctx, who, in.Body)
		})
	handle(s, signedIn, "POST", "/contacts/dismiss", "dismiss-contacts", "Set candidates aside",
		func(ctx context.Context, who response.Who, in *struct {
			Body struct {
				response.Selection
				Reason string `json:"reason"`
			}
		}) (response.BulkResult, error) {
			return s.d.Main.DismissContacts(ctx, who, in.Body.Selection, in.Body.Reason)
		})
	handle(s, signedIn, "POST", "/contacts/bulk", "bulk-contacts", "One action over many contacts",
		func(ctx context.Context, who response.Who, in *struct{ Body response.Bulk }) (response.BulkResult, error) {
			return s.d.Main.BulkContacts(ctx, who, in.Body)
		})
	handle(s, signedIn, "POST", "/contacts/{id}/followups", "record-followup", "Record a day's follow-up",
		func(ctx context.Context, who response.Who, in *struct {
			IDPath
			Body response.NewFollowUp
		}) (casebook.FollowUp, error) {
			return s.d.Main.RecordFollowUp(ctx, who, seawall.ContactID(in.ID), in.Body)
		})
	handle(s, signedIn, "POST", "/contacts/{id}/link", "self-report-link", "A personal link for self-report",
		func(ctx context.Context, who response.Who, in *IDPath) (response.Link, error) {
			return s.d.Main.SelfReportLink(ctx, who, seawall.ContactID(in.ID))
		})
}

func (s *Server) personRoutes() {
	handle(s, signedIn, "GET", "/persons/{id}", "get-person", "What records hold about a person number",
		func(ctx context.Context, who response.Who, in *IDPath) (response.PersonView, error) {
			return s.d.Main.PersonView(ctx, who, seawall.PersonNo(in.ID))
		})
	handle(s, signedIn, "POST", "/persons/{id}/identity", "open-identity", "Open an identity for a purpose; the opening is logged",
		func(ctx context.Context, who response.Who, in *struct {
			IDPath
			Body struct {
				Purpose string `json:"purpose"`
				Subject string `json:"subject"`
			}
		}) (response.Identity, error) {
			return s.d.Main.OpenIdentity(ctx, who, response.Opening{Person: seawall.PersonNo(in.ID), Purpose: in.Body.Purpose, Subject: in.Body.Subject})
		})
	handle(s, signedIn, "POST", "/persons/candidates", "duplicates", "Who may be the same person",
		func(ctx context.Context, who response.Who, in *struct{ Body response.Identity }) (response.Doubles, error) {
			return s.d.Main.Duplicates(ctx, who, in.Body)
		})
	handle(s, signedIn, "POST", "/persons/merge", "merge-persons", "Two numbers are one person",
		func(ctx context.Context, who response.Who, in *struct{ Body response.MergeRequest }) (response.Merged, error) {
			return s.d.Main.Merge(ctx, who, in.Body)
		})
	handle(s, signedIn, "POST", "/persons/unmerge", "unmerge-persons", "Take a merge back",
		func(ctx context.Context, who response.Who, in *struct {
			Body struct {
				Loser  seawall.PersonNo `json:"loser"`
				Reason string           `json:"reason"`
			}
		}) (response.Merged, error) {
			return s.d.Main.Unmerge(ctx, who, in.Body.Loser, in.Body.Reason)
		})
}

func (s *Server) publicRoutes() {
	handle(s, anybody, "GET", "/public/followup/{token}", "my-followup", "My follow-up, by personal link",
		func(ctx context.Context, _ response.Who, in *struct {
			Token string `path:"token"`
		}) (response.MyFollowUp, error) {
			if err := s.bound(ctx, in.Token); err != nil {
				return response.MyFollowUp{}, err
			}
			return s.d.Main.MyFollowUp(ctx, in.Token)
		})
	handle(s, anybody, "POST", "/public/followup/{token}", "self-report", "Report how I am today",
		func(ctx context.Context, _ response.Who, in *struct {
			Token string `path:"token"`
			Body  response.SelfReport
		}) (response.MyFollowUp, error) {
			if err := s.bound(ctx, in.Token); err != nil {
				return response.MyFollowUp{}, err
			}
			return s.d.Main.SelfReport(ctx, in.Token, in.Body)
		})
	handle(s, anybody, "GET", "/instance", "get-instance", "Which city this is",
		func(context.Context, response.Who, *none) (Instance, error) { return s.d.City, nil })
}

// bound counts a request through a personal link.
func (s *Server) bound(ctx context.Context, token string) error {
	return s.limits.allow(s.d.Clock.Now(), map[string]int{"link " + token: perLink, "from " + requestOf(ctx).remote: perAddress})
}
