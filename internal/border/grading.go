package border

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/seawall-city/seawall"
)

// Grade is the level of one area for a stretch of days, as a published document
// gave it. The words of the levels belong to the regime.
type Grade struct {
	// ID is "code/disease/from": a place has one level from a day on.
	ID      string `json:"id"`
	Disease string `json:"disease"`
	// Code is the division code of 2 to 12 digits, or a country's.
	Code string `json:"code"`
	// Name is the place as the document wrote it, where it is below a county.
	Name  string `json:"name,omitempty"`
	Level string `json:"level"` // "high", "medium", "low", or another word of the regime
	// From and To are the first and the last day, NoDay for an open end.
	From seawall.Day `json:"from"`
	To   seawall.Day `json:"to"`
	// Source is the document; Invented marks a grade of a demonstration.
	Source   string `json:"source"`
	Invented bool   `json:"invented,omitempty"`
	// Withdrawn marks a grade that was published in error.
	Withdrawn bool `json:"withdrawn,omitempty"`
	Version   int  `json:"version"`
}

// Ref points to the grade.
func (g Grade) Ref() seawall.Ref { return seawall.Ref{Kind: seawall.KindGrade, ID: g.ID} }

// GradeID is the key of a grade.
func GradeID(disease, code string, from seawall.Day) string {
	return code + "/" + disease + "/" + from.String()
}

// On reports whether the grade is in force on a day.
func (g Grade) On(day seawall.Day) bool {
	return !g.Withdrawn && day.Known() && g.From <= day && (!g.To.Known() || day <= g.To)
}

// Grading is a list of grades, of one disease or of several.
type Grading []Grade

// InForce gives the grades of a day, by code.
func (gs Grading) InForce(day seawall.Day) Grading {
	var out Grading
	for _, g := range gs {
		if g.On(day) {
			out = append(out, g)
		}
	}
	slices.SortFunc(out, func(a, b Grade) int { return cmp.Or(cmp.Compare(a.Code, b.Code), cmp.Compare(a.From, b.From)) })
	return out
}

// At gives the grade of a place on a day: the most specific area that contains
// it, and of two for the same area the one published last. false where nothing
// is graded: that is no level of its own.
func (gs Grading) At(disease, code string, day seawall.Day) (Grade, bool) {
	var best Grade
	found := false
	for _, g := range gs {
		if g.Disease != disease || !g.On(day) || !covers(g.Code, code) {
			continue
		}
		if !found || len(g.Code) > len(best.Code) || len(g.Code) == len(best.Code) && g.From > best.From {
			best, found = g, true
		}
	}
	return best, found
}

// FromAny reports whether any place of origin lies in one of some graded areas.
func (a Arrival) FromAny(codes []string) bool {
	return slices.ContainsFunc(a.Origins, func(o Origin) bool {
		return slices.ContainsFunc(codes, func(c string) bool { return covers(c, o.Code) })
	})
}

// Within reports whether a part of a place is graded on a day, and gives the
// grades below it: somebody who names a whole prefecture may come from a graded
// county of it.
func (gs Grading) Within(disease, code string, day seawall.Day) Grading {
	var out Grading
	for _, g := range gs.InForce(day) {
		if g.Disease == disease && len(g.Code) > len(code) && covers(code, g.Code) {
			out = append(out, g)
		}
	}
	return out
}

// covers reports whether an area contains a place: the code of a division begins
// with its parent's, of which 2, 4, 6, 9 and 12 digits are whole levels.
func covers(area, place string) bool {
	if abroad(area) || abroad(place) {
		return area == place
	}
	return area != "" && strings.HasPrefix(place, area)
}

// abroad reports a country's code: letters, where a division has digits.
func abroad(code string) bool { return code != "" && (code[0] < '0' || code[0] > '9') }

// Lineage gives a code and those of the areas above it, the place itself first.
func Lineage(code string) []string {
	if abroad(code) {
		return []string{code}
	}
	var out []string
	for _, n := range []int{12, 9, 6, 4, 2} {
		if len(code) >= n {
			out = append(out, code[:n])
		}
	}
	return out
}

// AddGrade records a grade, or the correction of one. The earlier open-ended
// grade of the same area ends on the day before. changed is false where the row
// is there already as it is.
func (b *Book) AddGrade(ctx context.Context, tx seawall.Tx, g Grade) (changed bool, err error) {
	const op = "border.AddGrade"
	if err := invalid(op, "grade_invalid", g.check()); err != nil {
		return false, err
	}
	g.ID = GradeID(g.Disease, g.Code, g.From)
	old, err := b.store.GradesOf(ctx, tx, []string{g.Code})
	if err != nil {
		return false, seawall.Wrap(op, err)
	}
	g.Version = 1
	for _, o := range old {
		if o.Disease != g.Disease {
			continue
		}
		if o.ID == g.ID {
			g.Version = o.Version
			if g == o {
				return false, nil
			}
			g.Version++
			continue
		}
		if o.From < g.From && o.On(g.From) && !o.To.Known() {
			o.To, o.Version = g.From.Add(-1), o.Version+1
			if err := b.store.SaveGrade(ctx, tx, o); err != nil {
				return false, seawall.Wrap(op, err)
			}
		}
	}
	if err := b.store.SaveGrade(ctx, tx, g); err != nil {
		return false, seawall.Wrap(op, err)
	}
	return true, seawall.Wrap(op, b.record(ctx, tx, "grade.published", g.Ref(), "", "",
		map[string]string{"code": g.Code, "level": g.Level, "from": g.From.String(), "to": g.To.String(), "source": g.Source}))
}

// check says what is wrong with a grade.
func (g Grade) check() []seawall.FieldError {
	var f faults
	f.need(g.Disease != "", "disease")
	f.need(g.Code != "", "code")
	f.need(g.Level != "", "level")
	f.need(g.From.Known(), "from")
	f.need(strings.TrimSpace(g.Source) != "", "source")
	if g.To.Known() && g.To < g.From {
		f.add("to", "grade_ends_early")
	}
	if g.Code != "" && !codeForm(g.Code) {
		f.add("code", "origin_code", "value", g.Code)
	}
	return f
}

// codeForm reports a code of 2, 4, 6, 9 or 12 digits or of two capital letters.
func codeForm(code string) bool {
	if abroad(code) {
		return len(code) == 2 && strings.Trim(code, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == ""
	}
	return strings.Trim(code, "0123456789") == "" && slices.Contains([]int{2, 4, 6, 9, 12}, len(code))
}
