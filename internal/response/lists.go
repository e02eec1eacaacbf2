package response

import (
	"context"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/area"
	"github.com/seawall-city/seawall/internal/auth"
	"github.com/seawall-city/seawall/internal/casebook"
	"github.com/seawall-city/seawall/internal/loop"
)

// narrow gives the part of a wanted scope that somebody may see; nil wants
// everything they may, an empty scope nothing.
func (s *Service) narrow(who Who, want seawall.Scope) seawall.Scope {
	mine := s.scope(who)
	if want == nil {
		return mine
	}
	out := seawall.Scope{}
	for _, w := range want {
		own, alone := w.IsAlone()
		if mine.Contains(own) && (alone || !onlyAlone(mine, own)) {
			out = append(out, w)
			continue
		}
		for _, m := range mine {
			if at, _ := m.IsAlone(); at.Within(w) {
				out = append(out, m)
			}
		}
	}
	return out
}

// onlyAlone reports whether a scope holds an area itself but not its subtree.
func onlyAlone(sc seawall.Scope, p seawall.AreaPath) bool {
	for _, root := range sc {
		if _, alone := root.IsAlone(); !alone && p.Within(root) {
			return false
		}
	}
	return true
}

// Steps gives a page of steps in what somebody may see. q.Scope narrows it.
func (s *Service) Steps(ctx context.Context, who Who, q loop.StepQuery) (List[loop.Step], error) {
	const op = "response.Steps"
	var out List[loop.Step]
	if err := s.allow(who, auth.StepRead, auth.Resource{Kind: seawall.KindStep}); err != nil {
		return out, err
	}
	q.Scope = s.narrow(who, q.Scope)
	err := s.read(ctx, op, func(tx seawall.Tx) (err error) {
		out.Items, out.Next, out.Total, err = s.d.Loops.Steps(ctx, tx, q)
		return err
	})
	return out, err
}

// Cases gives a page of the line list in what somebody may see.
func (s *Service) Cases(ctx context.Context, who Who, q casebook.CaseQuery) (List[casebook.Case], error) {
	const op = "response.Cases"
	var out List[casebook.Case]
	if err := s.allow(who, auth.CaseRead, auth.Resource{Kind: seawall.KindCase}); err != nil {
		return out, err
	}
	q.Scope = s.narrow(who, q.Scope)
	err := s.read(ctx, op, func(tx seawall.Tx) (err error) {
		out.Items, out.Next, out.Total, err = s.d.Cases.Cases(ctx, tx, q)
		return err
	})
	return out, err
}

// Curve gives the epidemic curve of the cases somebody may see.
func (s *Service) Curve(ctx context.Context, who Who, q casebook.CaseQuery) ([]casebook.DayCount, error) {
	const op = "response.Curve"
	var out []casebook.DayCount
	if err := s.allow(who, auth.CaseRead, auth.Resource{Kind: seawall.KindCase}); err != nil {
		return out, err
	}
	q.Scope = s.narrow(who, q.Scope)
	err := s.read(ctx, op, func(tx seawall.Tx) (err error) {
		out, err = s.d.Cases.EpidemicCurve(ctx, tx, q)
		return err
	})
	return out, err
}

// Contacts gives a page of the work-list in what somebody may see.
func (s *Service) Contacts(ctx context.Context, who Who, f ContactFilter, p seawall.Page) (List[casebook.Contact], error) {
	const op = "response.Contacts"
	var out List[casebook.Contact]
	if err := s.allow(who, auth.ContactRead, auth.Resource{Kind: seawall.KindContact}); err != nil {
		return out, err
	}
	err := s.read(ctx, op, func(tx seawall.Tx) error {
		q, err := s.contactQuery(ctx, tx, who, f)
		if err != nil {
			return err
		}
		q.Page = p
		out.Items, out.Next, out.Total, err = s.d.Cases.Contacts(ctx, tx, q)
		return err
	})
	return out, err
}

// contactQuery turns the work-list's filter into a query.
func (s *Service) contactQuery(ctx context.Context, tx seawall.Tx, who Who, f ContactFilter) (casebook.ContactQuery, error) {
	q := casebook.ContactQuery{Disease: f.Disease, Case: f.Case, Person: f.Person, States: f.States, Class: f.Class,
		Owner: f.Owner, Text: f.Text, Symptomatic: f.Symptomatic, Sort: f.Sort}
	if f.Mine {
		q.Owner = who.Principal.ID
	}
	if f.SilentDays > 0 {
		q.SilentSince = s.today(tx).Add(1 - f.SilentDays)
	}
	switch f.Due {
	case "late":
		q.DueBefore = tx.Now().UnixMicro()
	case "tonight":
		q.DueBefore = s.tonightEnd(tx.Now()).UnixMicro()
	}
	var want seawall.Scope
	if f.Area != "" {
		var err error
		if want, err = s.d.Roster.ScopeOf(ctx, tx, f.Area, area.Command); err != nil {
			return q, err
		}
	}
	q.Scope = s.narrow(who, want)
	return q, nil
}

// inScope reports whether somebody's lists show a record of these areas.
func (s *Service) inScope(who Who, areas ...seawall.AreaPath) bool {
	sc := s.scope(who)
	for _, a := range areas {
		if sc.Contains(a) {
			return true
		}
	}
	return false
}
