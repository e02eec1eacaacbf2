package regime

import (
	"time"

	"github.com/seawall-city/seawall"
)

// Why nothing can be said about somebody's journey.
const (
	NoMatrix     = "no_matrix"     // no matrix of arrivals is in force on that day
	GradeUnknown = "grade_unknown" // nobody knows how the origin is graded
	NoRow        = "no_row"        // the matrix has no row for it
	DayUnknown   = "day_unknown"   // the day that the row counts from is missing
)

// AppliesQuery asks what applies to somebody who comes from some places.
type AppliesQuery struct {
	Disease, Jurisdiction string
	// From are the places with their grades, the latest first.
	From []OriginFacts
	// Left is the day of leaving the place of the same index; a shorter list
	// leaves the others unknown.
	Left []seawall.Day
	// Entered is the day of entering the country, for who comes from abroad.
	Entered seawall.Day
	// Arrive is the day of arrival, on which the matrix is taken.
	Arrive seawall.Day
	// NegativeAt is when the sample of a negative test was taken; zero for none.
	NegativeAt time.Time
	Loc        *time.Location
}

// Applies is the answer for a resident: what is asked, for how long, by which
// document, since when. Text is an honest sentence in every case.
type Applies struct {
	// Known is false where nothing can be said; Why says which thing is missing.
	Known bool         `json:"known"`
	Why   string       `json:"why,omitempty"`
	Text  seawall.Text `json:"text"`
	// Tier is the key of the row, Name its words.
	Tier string       `json:"tier,omitempty"`
	Name seawall.Text `json:"name,omitzero"`
	// Measure words the stretches ("7 d central quarantine + 3 d …"), Tests the
	// test days, Gate the tests on arrival.
	Measure seawall.Text `json:"measure,omitzero"`
	Tests   seawall.Text `json:"tests,omitzero"`
	Gate    seawall.Text `json:"gate,omitzero"`
	// Clock words what day 0 is.
	Clock seawall.Text `json:"clock,omitzero"`
	// Plan has the days on the calendar.
	Plan *Plan `json:"plan,omitempty"`
	// ReportHours is how soon after arrival to report to the community; 0 for no
	// figure.
	ReportHours int `json:"reportHours,omitempty"`
	// Regime and Rule cite the row; Source is its document, Secondary marks a
	// copy not yet verified. Since and Until are the days of the matrix.
	Regime    string       `json:"regime,omitempty"`
	Rule      string       `json:"rule,omitempty"`
	Source    seawall.Text `json:"source,omitzero"`
	Secondary bool         `json:"secondary,omitempty"`
	Since     seawall.Day  `json:"since"`
	Until     seawall.Day  `json:"until"`
}

// Applies answers what applies to somebody. Of several places the one with the
// strictest row counts; a place whose grade nobody knows is told as such, unless
// another one of the journey leads to a row.
func (s *Set) Applies(q AppliesQuery) Applies {
	unknown := Applies{Since: seawall.NoDay, Until: seawall.NoDay}
	r, ok := s.ArrivalsInForce(q.Disease, q.Jurisdiction, q.Arrive)
	if !ok {
		unknown.Why, unknown.Text = NoMatrix, textf("%s没有生效的来返政策，没有要求。", "No rules for arrivals are in force on %s; nothing is asked.", q.Arrive)
		return unknown
	}
	best, at, found := Tier{}, 0, false
	graded := false
	for i, f := range q.From {
		graded = graded || f.Grade != "" || f.Abroad || f.Crossing
		if t, fits := r.TierFor(f); fits {
			if !found || Strictest(best, t).Key != best.Key {
				best, at = t, i
			}
			found = true
		}
	}
	unknown.Regime, unknown.Since, unknown.Until = r.Ref(), r.From, r.To
	unknown.Source, unknown.Secondary = r.Source.Title, r.Source.Secondary
	switch {
	case !found && !graded:
		unknown.Why, unknown.Text = GradeUnknown, text("还不知道您所来地区在这一天的风险等级，因此不能告诉您适用哪一条。请联系目的地社区；没有依据，谁也不能限制您。",
			"The risk grade of the place you come from is not known for that day, so we cannot say which row applies. Ask the community you are going to; without a ground nobody may restrict you.")
		return unknown
	case !found:
		unknown.Why, unknown.Text = NoRow, text("现行来返政策没有适用于您的规定，没有要求。", "The rules for arrivals have no row for your journey; nothing is asked.")
		return unknown
	}
	return r.applies(best, at, q)
}

// applies lays one row out for the reader.
func (r *Regime) applies(t Tier, at int, q AppliesQuery) Applies {
	out := Applies{Known: true, Tier: t.Key, Name: t.Name, Measure: planValue(t.Plan), Clock: clockWord(t.Clock), ReportHours: r.reportHours(t),
		Regime: r.Ref(), Rule: t.Why.Rule, Source: r.sourceTitle(t.Why), Secondary: t.Why.Secondary, Since: r.From, Until: r.To}
	out.Tests, _ = testsValue(t.Plan)
	if t.Gate != nil {
		out.Gate = gateValue(*t.Gate)
	}
	loc := q.Loc
	if loc == nil {
		loc = time.UTC
	}
	a := ArrivalAnchors{Left: seawall.NoDay, Entered: q.Entered, Arrived: q.Arrive.Start(loc).Add(12 * time.Hour), NegativeAt: q.NegativeAt, Loc: loc}
	if at < len(q.Left) {
		a.Left = q.Left[at]
	}
	plan, err := r.ArrivalPlan(t.Key, a)
	if err != nil { // the row is known, its days are not
		out.Why, out.Text = DayUnknown, text(out.Measure.ZH+"，自"+out.Clock.ZH+"起计算；请填写日期。", "It asks for "+out.Measure.EN+", counted from "+out.Clock.EN+"; please give the day.")
		return out
	}
	out.Plan, out.Text = &plan, plan.Text
	return out
}
