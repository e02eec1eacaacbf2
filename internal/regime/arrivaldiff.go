package regime

import (
	"fmt"
	"io"

	"github.com/seawall-city/seawall"
)

// How a rule changes for people of one origin.
const (
	ChangeNone   = "same"
	ChangeMilder = "milder"
	ChangeStrict = "stricter"
	ChangeMixed  = "mixed" // shorter in one thing, longer in another
)

// ArrivalChange is what a new matrix changes for people of one origin.
type ArrivalChange struct {
	// Facts are the people; Whom words them.
	Facts OriginFacts  `json:"facts"`
	Whom  seawall.Text `json:"whom"`
	// TierA and TierB are the keys of the rows, "" where a matrix has none.
	TierA string `json:"tierA,omitempty"`
	TierB string `json:"tierB,omitempty"`
	// A and B word the measures with their tests.
	A seawall.Text `json:"a"`
	B seawall.Text `json:"b"`
	// DaysA and DaysB count restricted days, CentralA and CentralB those away
	// from home.
	DaysA    int `json:"daysA"`
	DaysB    int `json:"daysB"`
	CentralA int `json:"centralA"`
	CentralB int `json:"centralB"`
	// Change is "same", "milder", "stricter" or "mixed", from a to b.
	Change string   `json:"change"`
	WhyA   Citation `json:"whyA"`
	WhyB   Citation `json:"whyB"`
}

// DiffArrivals compares two matrices origin by origin: every grade that either
// knows, then people from abroad and those with a crossing track. Origins for
// which neither asks anything different are given too, as "same".
func DiffArrivals(a, b *Regime) []ArrivalChange {
	var facts []OriginFacts
	seen := map[string]bool{}
	for _, g := range append(a.Grades(), b.Grades()...) {
		if !seen[g.Key] {
			seen[g.Key] = true
			facts = append(facts, OriginFacts{Grade: g.Key})
		}
	}
	out := []ArrivalChange{}
	for _, f := range append(facts, OriginFacts{Abroad: true}, OriginFacts{Crossing: true}) {
		ta, okA := a.TierFor(f)
		tb, okB := b.TierFor(f)
		if !okA && !okB {
			continue
		}
		c := ArrivalChange{Facts: f, Whom: a.whom(f), TierA: ta.Key, TierB: tb.Key, A: ta.words(okA), B: tb.words(okB),
			DaysA: restricted(ta.Plan), DaysB: restricted(tb.Plan), CentralA: central(ta.Plan), CentralB: central(tb.Plan), WhyA: ta.Why, WhyB: tb.Why}
		if _, ok := a.Grade(f.Grade); !ok && f.Grade != "" {
			c.Whom = b.whom(f)
		}
		c.Change = change(ta, tb, c.A == c.B)
		out = append(out, c)
	}
	return out
}

// change says which way a row goes.
func change(a, b Tier, same bool) string {
	if same {
		return ChangeNone
	}
	less, more := false, false
	wa, wb := a.weight(), b.weight()
	for i := range wa {
		less, more = less || wb[i] < wa[i], more || wb[i] > wa[i]
	}
	switch {
	case less && more:
		return ChangeMixed
	case less:
		return ChangeMilder
	case more:
		return ChangeStrict
	}
	return ChangeMixed
}

// words gives a row in one line: its stretches, tests and gate.
func (t Tier) words(there bool) seawall.Text {
	if !there {
		return text("没有规定", "nothing")
	}
	parts := []seawall.Text{planValue(t.Plan)}
	if v, ok := testsValue(t.Plan); ok {
		parts = append(parts, v)
	}
	if t.Gate != nil {
		parts = append(parts, gateValue(*t.Gate))
	}
	if t.ReportHours != nil {
		parts = append(parts, textf("抵达后 %d 小时内报告", "report within %d hours of arrival", *t.ReportHours))
	}
	return join(parts, "；", "; ")
}

// changeWords words the direction of a change.
func changeWords() []word {
	return []word{
		{ChangeNone, text("不变", "same")},
		{ChangeMilder, text("放宽", "milder")},
		{ChangeStrict, text("加严", "stricter")},
		{ChangeMixed, text("有宽有严", "mixed")},
	}
}

// arrivalsDiff writes what changes for whom, before the rows.
func arrivalsDiff(p *printer, a, b *Regime) {
	for _, c := range DiffArrivals(a, b) {
		p.line("")
		p.line("%s · %s", c.Whom.In(p.lang), find(changeWords(), c.Change).In(p.lang))
		if c.Change == ChangeNone {
			p.line("  %s", c.A.In(p.lang))
			continue
		}
		p.line("- %s", c.A.In(p.lang))
		p.line("+ %s", c.B.In(p.lang))
	}
}

// ExplainArrival writes, for a reader of lang, what a matrix asks of somebody
// with these facts and anchors, every rule cited. Errors: those of ArrivalPlan,
// NotFound where no row fits, and w's.
func ExplainArrival(w io.Writer, lang string, r *Regime, f OriginFacts, a ArrivalAnchors) error {
	t, ok := r.TierFor(f)
	if !ok {
		return seawall.E("regime.ExplainArrival", seawall.NotFound, "regime_no_row", "regime", r.ID, "grade", f.Grade)
	}
	plan, err := r.ArrivalPlan(t.Key, a)
	if err != nil {
		return seawall.Wrap("regime.ExplainArrival", err)
	}
	p := &printer{w: w, lang: lang}
	p.heading(r)
	p.line("")
	p.line("%s (%s)", t.Name.In(lang), t.Key)
	p.line("%s", plan.Text.In(lang))
	if plan.Missed > 0 && !plan.Over {
		p.line("%s", textf("抵达或发现时已过 %d 天，只管理剩余天数。", "Days gone by on arrival or discovery: %d. Only the days that are left count.", plan.Missed).In(lang))
	}
	if plan.Gate != nil {
		p.line("%s", plan.Gate.Text.In(lang))
	}
	p.plan(r, plan, a.Loc)
	if plan.ReportHours > 0 {
		p.line("  %s", textf("抵达后 %d 小时内向社区报告", "report to the community within %d hours of arrival", plan.ReportHours).In(lang))
	}
	return p.err
}

// WriteWaivers writes what is waived, for a reader of lang. Errors are w's.
func WriteWaivers(w io.Writer, lang string, waivers []Waiver) error {
	p := &printer{w: w, lang: lang}
	for i, v := range waivers {
		if i > 0 {
			p.line("")
		}
		p.line("%s  %s  %s", v.Jurisdiction, v.Regime, v.Title.In(lang))
		p.line("  %s  (%s: %s)", v.Name.In(lang), v.Dimension, rowsOr(v.Rows, "*"))
		for _, x := range v.Waived {
			p.line("  %s: %s  |  %s: %s", x.Whom.In(lang), x.Here.In(lang), x.Parent, x.Above.In(lang))
		}
		p.line("  %s", v.Reason.In(lang))
		p.line("  %s", fmt.Sprintf(text("%s（%s）于 %s 批准，%s 失效  [%s]", "approved by %s (%s) on %s, expires %s  [%s]").In(lang),
			v.ApprovedBy.In(lang), v.Approver, v.ApprovedOn, v.Expires, v.Why))
	}
	if len(waivers) == 0 {
		p.line("%s", text("没有豁免", "nothing is waived").In(lang))
	}
	return p.err
}
