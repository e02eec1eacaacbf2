package regime

import (
	"slices"

	"github.com/seawall-city/seawall"
)

// What a change of rules does to people who are under the old one already.
const (
	Grandfather = "grandfather" // the old rule stays theirs
	Convert     = "convert"     // the new rule takes its place
	Min         = "min"         // never longer than either; the default
)

// Ruled is a plan with the regime it comes from.
type Ruled struct {
	Regime *Regime
	Plan   Plan
}

// severity orders the kinds of stay by what they take from somebody.
func severity(k StayKind) int {
	return slices.Index([]StayKind{Inform, Monitor, HomeMonitoring, Home, Central}, k)
}

// MinPlan gives, for somebody under the old plan, what is asked when the new
// rule comes: on each day the milder of the two, so that the whole is never
// longer than either and nowhere stricter. Days, tests and reports beyond the
// earlier end fall away; a test is asked only if the new rule asks it, or the old
// one where the new asks the same people for more. Both plans must have been
// computed for the same day of discovery.
func MinPlan(was, now Ruled) Plan {
	nothing := func(p Plan) bool { return p.Over || !p.Release.Known() }
	switch {
	case nothing(now.Plan):
		return now.Plan
	case nothing(was.Plan):
		return was.Plan
	}
	base := now // the rule that ends it, and whose words it has
	if was.Plan.releaseOr(farOff) < now.Plan.releaseOr(farOff) {
		base = was
	}
	out := base.Plan
	out.Tests, out.Segments = nil, milderDays(was, now)
	fewer := now
	if len(was.Plan.Tests) < len(now.Plan.Tests) {
		fewer = was
	}
	for _, t := range fewer.Plan.Tests {
		if !out.Release.Known() || t.Day < out.Release {
			out.Tests = append(out.Tests, t)
		}
	}
	out.ReleaseRules = now.Plan.ReleaseRules
	if out.MonitorTo.Known() {
		out.MonitorTo = min(was.Plan.monitorEnd(), now.Plan.monitorEnd())
		out.MonitorPerDay = min(was.Plan.MonitorPerDay, now.Plan.MonitorPerDay)
		if out.MonitorTo < out.MonitorFrom || out.MonitorPerDay == 0 {
			out.MonitorFrom, out.MonitorTo, out.MonitorPerDay = seawall.NoDay, seawall.NoDay, 0
		}
	}
	if h := was.Plan.TransferHours; h > 0 && (out.TransferHours == 0 || h > out.TransferHours) && len(out.Segments) > 0 && out.Segments[0].Kind.Restricts() {
		out.TransferHours = h
	}
	return out
}

// farOff lies after every day there is.
const farOff = seawall.Day(1 << 30)

// monitorEnd is the last day with a report, a day before every other where there
// is none.
func (p Plan) monitorEnd() seawall.Day {
	if !p.MonitorTo.Known() {
		return -farOff
	}
	return p.MonitorTo
}

// on gives the stretch of a plan that holds on a day.
func (p Plan) on(day seawall.Day) (Segment, bool) {
	for _, s := range p.Segments {
		if s.From <= day && day <= s.To {
			return s, true
		}
	}
	return Segment{}, false
}

// milderDays lays out, day by day, the milder stretch of two plans, in runs; of
// equal ones the new rule is cited. A day that either leaves free is free.
func milderDays(was, now Ruled) []Segment {
	from, to := farOff, seawall.NoDay
	for _, s := range now.Plan.Segments {
		from, to = min(from, s.From), max(to, s.To)
	}
	var out []Segment
	for d := from; to.Known() && d <= to; d++ {
		b, okB := now.Plan.on(d)
		a, okA := was.Plan.on(d)
		if !okA || !okB {
			continue
		}
		pick, by := b, now
		if severity(a.Kind) < severity(b.Kind) {
			pick, by = a, was
		}
		if n := len(out); n > 0 && out[n-1].Kind == pick.Kind && out[n-1].Why == pick.Why && out[n-1].To+1 == d {
			out[n-1].To = d
			out[n-1].Text = by.reason(out[n-1])
			continue
		}
		seg := Segment{Kind: pick.Kind, From: d, To: d, Why: pick.Why, Text: pick.Text}
		seg.Text = by.reason(seg)
		out = append(out, seg)
	}
	return out
}

// reason words a stretch whose days are not those of the rule any more: the
// rule's text with the days that are left.
func (r Ruled) reason(s Segment) seawall.Text {
	class, clock, ok := r.Regime.row(r.Plan.Class)
	if !ok || s.Text == (seawall.Text{}) { // computed without words
		return s.Text
	}
	template := r.Regime.texts[string(s.Kind)]
	for _, stays := range [][]Stay{class.Plan, class.IfSusceptible} {
		for _, st := range stays {
			if st.Why == s.Why && st.Text != (seawall.Text{}) {
				template = st.Text
			}
		}
	}
	p := planner{r: r.Regime, class: class, base: r.Plan.Base, clock: clock, out: r.Plan}
	return p.fill(template, words{from: s.From, to: s.To, days: int(s.To-s.From) + 1, n: int(s.To - r.Plan.Base)})
}

// row gives a contact class, or a row of a matrix in the form of one with the
// words of its day 0.
func (r *Regime) row(key string) (Class, seawall.Text, bool) {
	if c, ok := r.Class(key); ok {
		return c, seawall.Text{}, true
	}
	if t, ok := r.Tier(key); ok {
		return t.asClass(), clockWord(t.Clock), true
	}
	return Class{}, seawall.Text{}, false
}

// Compare says which way the coming days of somebody go from one plan to
// another: "same", "milder", "stricter" or, where some days become milder and
// others stricter, "mixed".
func Compare(was, now Plan) string {
	less, more := false, false
	last := max(was.releaseOr(seawall.NoDay), now.releaseOr(seawall.NoDay))
	first := last
	for _, p := range []Plan{was, now} {
		for _, s := range p.Segments {
			first = min(first, s.From)
		}
	}
	for d := first; last.Known() && d <= last; d++ {
		a, b := was.weightOn(d), now.weightOn(d)
		less, more = less || b < a, more || b > a
	}
	switch {
	case less && more:
		return ChangeMixed
	case less:
		return ChangeMilder
	case more:
		return ChangeStrict
	}
	return ChangeNone
}

// weightOn is what a plan takes from somebody on a day, 0 for nothing.
func (p Plan) weightOn(day seawall.Day) int {
	s, ok := p.on(day)
	if !ok || p.Over {
		return 0
	}
	return severity(s.Kind)
}
