package response

import (
	"context"
	"slices"
	"strings"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/auth"
	"github.com/seawall-city/seawall/internal/border"
)

// GradeOf gives the level of a place on a day with the first day of it and the
// document; ok is false where nothing is graded, which is no level of its own.
func (s *Service) GradeOf(ctx context.Context, tx seawall.Tx, disease, code string, day seawall.Day) (g border.Grade, ok bool, err error) {
	return s.gradeAt(ctx, tx, disease, strings.ToUpper(code), day)
}

// Grades gives the grading in force on a day, and the grade of one place of it;
// the zero day is today.
func (s *Service) Grades(ctx context.Context, who Who, disease, place string, day seawall.Day) (GradesView, error) {
	const op = "response.Grades"
	out := GradesView{Day: known(day), Items: []border.Grade{}}
	if err := s.allow(who, auth.GradeRead, auth.Resource{Kind: seawall.KindGrade}); err != nil {
		return out, err
	}
	err := s.read(ctx, op, func(tx seawall.Tx) error {
		if !out.Day.Known() {
			out.Day = s.today(tx)
		}
		rows, err := s.d.Border.Grades(ctx, tx, out.Day)
		if err != nil {
			return err
		}
		for _, g := range rows {
			if disease == "" || g.Disease == disease {
				out.Items = append(out.Items, g)
			}
		}
		if place == "" {
			return nil
		}
		if disease == "" {
			disease = s.arrivalDisease(out.Day)
		}
		g, ok, err := s.gradeAt(ctx, tx, disease, strings.ToUpper(place), out.Day)
		if ok {
			out.Place = &g
		}
		return err
	})
	return out, err
}

// ImportGrades takes a file of grades: CSV with the columns code, level, from, to
// and source. Rows without a disease are for the given one. A bad row is rejected
// with its line and stops no other; a dry run keeps nothing. Arrivals whose row of
// the matrix follows from a changed grade get the new row, unless a measure was
// confirmed already.
func (s *Service) ImportGrades(ctx context.Context, who Who, disease, csv string, dryRun bool) (GradesReport, error) {
	const op = "response.ImportGrades"
	out := GradesReport{Rejects: []border.Reject{}, DryRun: dryRun}
	if err := s.allow(who, auth.GradeManage, auth.Resource{Kind: seawall.KindGrade, Area: s.d.City}); err != nil {
		return out, err
	}
	if disease == "" {
		disease = s.arrivalDisease(seawall.DayOf(s.d.Clock.Now(), s.d.Zone))
	}
	lines, rejects, err := border.ReadGrades(strings.NewReader(csv), disease)
	if err != nil {
		return out, seawall.Wrap(op, err)
	}
	var fit []border.GradeLine
	for _, l := range lines {
		if code, args := s.gradeFits(l.Grade); code != "" {
			rejects = append(rejects, border.Reject{Line: l.Line, ID: l.Grade.Code, Code: code, Args: args})
			continue
		}
		fit = append(fit, l)
	}
	out.Rows, out.Rejected, out.Rejects = len(fit)+len(rejects), len(rejects), append(out.Rejects, rejects...)
	if dryRun {
		out.Accepted = len(fit)
		return out, nil
	}
	err = s.write(ctx, who, op, func(tx seawall.Tx) error {
		out.Accepted, out.Unchanged, out.Affected = 0, 0, 0
		var codes []string
		for _, l := range fit {
			changed, err := s.border.AddGrade(ctx, tx, l.Grade)
			if err != nil {
				return err
			}
			out.Accepted++
			if !changed {
				out.Unchanged++
				continue
			}
			codes = append(codes, l.Grade.Code)
		}
		var err error
		out.Affected, err = s.regrade(ctx, tx, codes)
		return err
	})
	return out, err
}

// gradeFits says what is wrong with a grade against the table of origins and the
// words of the matrix; "" for nothing.
func (s *Service) gradeFits(g border.Grade) (code string, args map[string]string) {
	if _, ok := s.d.Origins.Place(g.Code); !ok {
		return "origin_code", map[string]string{"value": g.Code}
	}
	if _, ok := s.d.Rules.Disease(g.Disease); !ok {
		return "regime_disease_unknown", map[string]string{"disease": g.Disease}
	}
	words := 0
	for _, r := range s.d.Rules.ArrivalVersions(g.Disease, s.d.Jurisdiction) {
		words += len(r.Grades())
		if _, ok := r.Grade(g.Level); ok {
			return "", nil
		}
	}
	if words == 0 {
		return "", nil
	}
	return "grade_level", map[string]string{"value": g.Level}
}

// regrade brings the arrivals that are not decided yet to the grades as they are
// now. Every place that somebody was in during the last days counts, not the latest
// alone: of several rows of the matrix the strictest applies, and it is cited.
func (s *Service) regrade(ctx context.Context, tx seawall.Tx, codes []string) (int, error) {
	n := 0
	if len(codes) == 0 {
		return n, nil
	}
	q := border.Query{States: []string{border.Expected, border.Arrived, border.Claimed}, Sort: "no", Page: seawall.Page{Limit: 500}}
	for {
		rows, next, _, err := s.d.Border.Arrivals(ctx, tx, q)
		if err != nil {
			return n, err
		}
		for _, a := range rows {
			if a.ConfirmedBy != "" || !a.FromAny(codes) {
				continue
			}
			changed, err := s.regradeOne(ctx, tx, a)
			if err != nil {
				return n, err
			}
			if changed && a.State != border.Claimed {
				n++
			}
		}
		if next == "" {
			return n, nil
		}
		q.Page.Cursor = next
	}
}

func (s *Service) regradeOne(ctx context.Context, tx seawall.Tx, a border.Arrival) (bool, error) {
	j := journey{disease: a.Disease, origins: append([]border.Origin(nil), a.Origins...)}
	if err := s.gradeOrigins(ctx, tx, &j); err != nil {
		return false, err
	}
	was, cited := a.Tier, a.Origins
	a.Origins = j.origins
	a, err := s.applyTier(ctx, tx, a)
	if err != nil || a.Tier == was && slices.Equal(cited, a.Origins) { // a new source of the same row is cited too
		return false, err
	}
	told := map[string]string{"from": was, "to": a.Tier}
	if r, ok := s.matrix(a); ok {
		if _, from, ok := tierOf(r, a.Origins); ok {
			told["origin"], told["grade"], told["source"] = from.Code, from.Grade, from.GradeSource
		}
	}
	_, err = s.border.Change(ctx, tx, a, "arrival.regraded", told)
	return a.Tier != was, err
}
