package response

import (
	"context"
	"slices"
	"strings"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/casebook"
	"github.com/seawall-city/seawall/internal/loop"
	"github.com/seawall-city/seawall/internal/regime"
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
	if out.Declaration = mine.declaration; !strings.Contains(key, ".") {
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

// reachCode finds what a code opens: a declaration with its people's measures, or
// an objection with its own measure, so that who has nothing but that code can go
// to the next level.
func (s *Service) reachCode(ctx context.Context, tx seawall.Tx, code string) (reached, error) {
	a, err := s.d.Relief.AppealBySecret(ctx, tx, relief.Secret(s.d.LinkKey, code))
	if seawall.Is(err, seawall.NotFound) {
		return s.reachGroup(ctx, tx, code)
	}
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

// reachGroup finds what a declaration's code opens; who declared it comes first.
func (s *Service) reachGroup(ctx context.Context, tx seawall.Tx, code string) (reached, error) {
	g, err := s.declared(ctx, tx, code)
	if seawall.Is(err, seawall.NotFound) {
		if trip, failed := s.reachTrip(ctx, tx, code); failed == nil || !seawall.Is(failed, seawall.NotFound) {
			return trip, failed
		}
	}
	if err != nil {
		return reached{}, err
	}
	d, err := s.declaration(ctx, tx, g)
	if err != nil {
		return reached{}, err
	}
	out := reached{about: seawall.Ref{Kind: seawall.KindGroup, ID: string(g.ID)}, area: s.answering(d.CallArea), declaration: &d}
	for _, p := range d.People {
		if out.person == "" {
			out.person, out.mask = p.Person, p.Mask
		}
		out.measures = append(out.measures, p.Restrictions...)
	}
	return out, nil
}

// Applies answers what applies to a journey, by the grading and the matrix of
// those days; where something is not known it says so. Errors: Invalid for a place
// that is in no table.
func (s *Service) Applies(ctx context.Context, in Look) (regime.Applies, error) {
	const op = "response.Applies"
	q := regime.AppliesQuery{Disease: in.Disease, Jurisdiction: s.d.Jurisdiction, Entered: seawall.NoDay, Arrive: known(in.Arrive), Loc: s.d.Zone}
	var out regime.Applies
	err := s.read(ctx, op, func(tx seawall.Tx) error {
		if !q.Arrive.Known() {
			q.Arrive = s.today(tx)
		}
		if q.Disease == "" {
			q.Disease = s.arrivalDisease(q.Arrive)
		}
		var bad []seawall.FieldError
		for _, o := range in.Origins {
			place, ok := s.d.Origins.Place(strings.ToUpper(strings.TrimSpace(o.Code)))
			if !ok {
				bad = append(bad, seawall.FieldError{Field: "origin", Code: "origin_code", Args: map[string]string{"value": o.Code}})
				continue
			}
			left := known(o.Left)
			f := regime.OriginFacts{Code: place.Code, Abroad: place.Abroad, Crossing: o.Crossing}
			if !f.Abroad && left.Known() {
				g, ok, err := s.gradeAt(ctx, tx, q.Disease, place.Code, left)
				if err != nil {
					return err
				}
				if ok {
					f.Grade = g.Level
				}
			}
			q.From, q.Left = append(q.From, f), append(q.Left, left)
		}
		out = s.d.Rules.Applies(q)
		return invalid(op, "kind_invalid", bad)
	})
	return out, err
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
