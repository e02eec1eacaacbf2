package regime

import (
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/seawall-city/seawall"
)

// Explain writes, for a reader of lang, what the regime asks of a contact of
// the class with these anchors, and the rule behind each line. With class "" it
// writes the whole regime instead. Errors: those of ContactPlan, and w's.
func Explain(w io.Writer, lang string, r *Regime, class string, a Anchors) error {
	p := &printer{w: w, lang: lang}
	p.heading(r)
	if class == "" {
		p.whole(r)
		return p.err
	}
	plan, err := r.ContactPlan(class, a)
	if err != nil {
		return seawall.Wrap("regime.Explain", err)
	}
	c, _ := r.Class(class)
	p.line("")
	p.line("%s (%s)", c.Name.In(lang), c.ID)
	p.line("%s", plan.Text.In(lang))
	if plan.Missed > 0 && !plan.Over {
		p.line("%s", textf("发现时已过 %d 天，只管理剩余天数。", "Days gone by at discovery: %d. Only the days that are left count.", plan.Missed).In(lang))
	}
	p.plan(r, plan, a.Loc)
	return p.err
}

// heading names the regime, its days and its source.
func (p *printer) heading(r *Regime) {
	p.line("%s  %s", r.Ref(), r.Title.In(p.lang))
	p.line("%s · %s", r.Disease.Name.In(p.lang), validIn(p.lang, r))
	p.line("%s%s", text("来源：", "Source: ").In(p.lang), p.source(r.Source.Title, r.Source.Basis, r.Source.Secondary))
}

// source words a document with what it is worth.
func (p *printer) source(title seawall.Text, basis string, secondary bool) string {
	s := title.In(p.lang)
	if secondary {
		return s + text("（转引，待核）", " (secondary copy, to be verified)").In(p.lang)
	}
	if basis != "document" {
		b := find(basisWords(), basis)
		return s + text("（"+b.ZH+"）", " ("+b.EN+")").In(p.lang)
	}
	return s
}

// plan writes stays, tests, reports, prophylaxis and conditions, each with its
// citation.
func (p *printer) plan(r *Regime, plan Plan, loc *time.Location) {
	p.line("")
	for _, s := range plan.Segments {
		p.line("  %s – %s  %s  [%s]", s.From, s.To, s.Kind.Name().In(p.lang), s.Why)
		p.line("    %s", s.Text.In(p.lang))
	}
	for _, t := range plan.Tests {
		dual := ""
		if t.Dual {
			dual = text("（双采双检）", " (two samples, two kits)").In(p.lang)
		}
		p.line("  %s  %s%s  [%s]", t.Day, t.Text.In(p.lang), dual, t.Why)
	}
	if plan.MonitorPerDay > 0 {
		p.line("  %s – %s  %s", plan.MonitorFrom, plan.MonitorTo,
			textf("每天报告健康状况 %d 次", "health reports a day: %d", plan.MonitorPerDay).In(p.lang))
	}
	if loc == nil {
		loc = time.UTC
	}
	for _, x := range plan.Prophylaxis {
		p.line("  %s %s  %s  [%s]", text("截至", "until").In(p.lang), x.Until.In(loc).Format("2006-01-02 15:04"), x.Text.In(p.lang), x.Why)
	}
	if plan.TransferHours > 0 {
		p.line("  %s", textf("发现后 %d 小时内转运到位", "in place within %d hours of discovery", plan.TransferHours).In(p.lang))
	}
	if plan.Release.Known() {
		p.line("  %s  %s", plan.Release, text("解除", "release").In(p.lang))
	}
	for _, key := range plan.ReleaseRules {
		p.line("    %s%s", text("条件：", "if ").In(p.lang), r.Condition(key).In(p.lang))
	}
	if c, ok := r.Class(plan.PromoteTo); ok {
		p.line("    %s%s", text("否则转为", "else becomes a ").In(p.lang), c.Name.In(p.lang))
	}
}

// whole writes every row of the regime.
func (p *printer) whole(r *Regime) {
	d := r.Describe(p.lang)
	for _, s := range d.Sections {
		p.line("")
		p.line("%s", s.Title)
		for _, row := range s.Rows {
			from := ""
			if row.Regime != r.ID {
				from = " ← " + row.Regime
			}
			p.line("  %s: %s  [%s%s]", row.Label, row.Value, row.Path, from)
		}
	}
	if d.Notes != "" {
		p.line("")
		p.line("%s", d.Notes)
	}
	p.line("")
	for i, s := range r.Sources() {
		p.line("  (%s) %s", strconv.Itoa(i+1), strings.TrimSpace(p.source(s.Title, s.Basis, s.Secondary)))
	}
}
