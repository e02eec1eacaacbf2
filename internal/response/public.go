package response

import (
	"context"
	"slices"
	"strings"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/casebook"
	"github.com/seawall-city/seawall/internal/loop"
	"github.com/seawall-city/seawall/internal/relief"
)

// MyDuties shows somebody what is asked of them: what, until when, why, whom to
// call, and every measure with the way to object. key is a personal link's token
// or the code of a declaration. Errors: NotFound, Gone.
func (s *Service) MyDuties(ctx context.Context, key string) (MyDuties, error) {
	var out MyDuties
	err := s.read(ctx, "response.MyDuties", func(tx seawall.Tx) error {
		mine, err := s.reach(ctx, tx, key)
		if err != nil {
			return err
		}
		return s.myDuties(ctx, tx, mine, key, &out)
	})
	return out, err
}

func (s *Service) myDuties(ctx context.Context, tx seawall.Tx, mine reached, key string, out *MyDuties) (err error) {
	out.Measures = []MyMeasure{}
	for _, r := range mine.measures {
		m, err := s.myMeasure(ctx, tx, r)
		if err != nil {
			return err
		}
		out.Measures = append(out.Measures, m)
	}
	if out.CallPlace, err = s.areaName(ctx, tx, mine.area); err != nil {
		return err
	}
	a, err := s.d.Roster.WhoAnswers(ctx, tx, mine.area, string(loop.FollowUp), tx.Now())
	if err != nil {
		return err
	}
	out.Call = a.WorkName
	if !strings.Contains(key, ".") {
		return nil
	}
	c, err := s.linked(ctx, tx, key)
	if err != nil {
		return err
	}
	f, err := s.mine(ctx, tx, c)
	out.FollowUp = &f
	return err
}

// myMeasure shows a measure to the person it is on.
func (s *Service) myMeasure(ctx context.Context, tx seawall.Tx, r loop.Restriction) (MyMeasure, error) {
	m := MyMeasure{ID: r.ID, Kind: r.Kind, From: r.During.From, To: r.During.To, Reason: r.Reason, Rule: r.Regime + " " + r.Rule,
		State: r.State, AppealHours: r.AppealHours}
	if rule, ok := s.d.Rules.ByID(r.Regime); ok {
		m.Source = rule.Source.Title
	}
	if r.Subject.Kind == seawall.KindPerson {
		p, err := s.d.Cases.Person(ctx, tx, seawall.PersonNo(r.Subject.ID))
		if err != nil {
			return m, err
		}
		m.Mask = p.Mask
	}
	as, err := s.d.Relief.AppealsAgainst(ctx, tx, r.ID)
	if n := len(as); n > 0 {
		m.Appeal, m.AppealState = as[n-1].No, as[n-1].State
	}
	return m, err
}

// reach finds what a key opens: a personal link's token has two dots, a code
// none. Errors: NotFound for one that was never given, Gone for one that is over.
func (s *Service) reach(ctx context.Context, tx seawall.Tx, key string) (reached, error) {
	key = strings.TrimSpace(key)
	if !strings.Contains(key, ".") {
		return s.reachCode(ctx, tx, key)
	}
	c, err := s.linked(ctx, tx, key)
	if err != nil {
		return reached{}, err
	}
	out := reached{about: c.Ref(), area: c.Area, person: c.Person, mask: c.Mask}
	rs, err := s.d.Loops.RestrictionsOn(ctx, tx, casebook.PersonRef(c.Person))
	out.measures = slices.DeleteFunc(rs, func(r loop.Restriction) bool { return r.Loop != c.Loop })
	return out, err
}

// reachCode finds what a code opens: the objection's own measure, so that who has
// nothing but that code can go to the next level.
func (s *Service) reachCode(ctx context.Context, tx seawall.Tx, code string) (reached, error) {
	a, err := s.d.Relief.AppealBySecret(ctx, tx, relief.Secret(s.d.LinkKey, code))
	if err != nil {
		return reached{}, err
	}
	r, err := s.d.Loops.Restriction(ctx, tx, a.Restriction)
	if err != nil {
		return reached{}, err
	}
	at, err := s.measureArea(ctx, tx, r)
	return reached{about: a.Subject, area: at, person: a.Person, mask: a.Mask, measures: []loop.Restriction{r}}, err
}

// reliefDue does what follows from the clock of an objection or of somebody in
// need: it gives the climb that is to be told, if any, and how many measures
// ended.
func (s *Service) reliefDue(ctx context.Context, tx seawall.Tx, f loop.Firing) (*loop.Climb, int, error) {
	if f.Urgent != "" {
		c, err := s.urgentDue(ctx, tx, f.Urgent)
		return c, 0, err
	}
	if f.Appeal != "" {
		return s.appealDue(ctx, tx, f.Appeal)
	}
	return nil, 0, nil
}
