package regime

import (
	"fmt"
	"slices"
	"strings"

	"github.com/seawall-city/seawall"
)

// Sections of the description of an arrival matrix; a row makes a section of
// its own.
const (
	sectionArrivals = "arrivals"
	sectionLawful   = "lawful"
	tierPrefix      = "tiers."
)

// arrivals lists what a matrix says for everybody, then its rows.
func (l *lister) arrivals() {
	m := l.r.Arrivals
	if m == nil {
		return
	}
	l.section = sectionArrivals
	if h := m.ReportHours; h != nil {
		l.add("report_h", text("抵达后报告", "Report after arrival"), text(fmt.Sprintf("%d 小时内", *h), "within "+plural(*h, "hour")), m.ReportWhy)
	}
	for _, c := range checkWords() {
		if h, ok := m.Checks[c.key]; ok {
			l.add("checks."+c.key+"_h", c.t, text(fmt.Sprintf("抵达后 %d 小时内查清", h), "within "+plural(h, "hour")+" of arrival"), m.ChecksWhy)
		}
	}
	for _, t := range m.Tiers {
		l.tier(t)
	}
}

// checkWords are the four checks (四个查清).
func checkWords() []word {
	return []word{
		{"headcount", text("人数", "Headcount")},
		{"identity", text("人头", "Identity")},
		{"location", text("位置", "Location")},
		{"measure", text("管控情况", "Measure")},
	}
}

func (l *lister) tier(t Tier) {
	path := tierPrefix + t.Key
	l.section = path
	l.add(path+".when", text("适用", "For"), l.r.fitsValue(t.When), t.Why)
	if t.Who != (seawall.Text{}) {
		l.add(path+".who", text("说明", "Who"), t.Who, t.Why)
	}
	l.add(path+".plan", text("管理措施", "Plan"), planValue(t.Plan), t.Why)
	if length(t.Plan) > 0 {
		l.add(path+".clock", text("起算", "Counted from"), clockWord(t.Clock), t.Why)
	}
	if v, ok := testsValue(t.Plan); ok {
		l.add(path+".tests", text("检测", "Tests"), v, t.Why)
	}
	if g := t.Gate; g != nil {
		l.add(path+".gate", text("抵达检测", "Tests on arrival"), gateValue(*g), t.Why)
	}
	if h := t.ReportHours; h != nil {
		l.add(path+".report_h", text("抵达后报告", "Report after arrival"), text(fmt.Sprintf("%d 小时内", *h), "within "+plural(*h, "hour")), t.Why)
	}
	if h := t.TransferHours; h != nil {
		l.add(path+".transfer_h", text("转运", "Transfer"), text(fmt.Sprintf("抵达后 %d 小时内", *h), "within "+plural(*h, "hour")+" of arrival"), t.Why)
	}
	if len(t.ReleaseIf) > 0 {
		l.add(path+".release_if", text("解除条件", "Released when"), l.conditions(t.ReleaseIf), t.Why)
	}
}

// fitsValue words whom a row is for.
func (r *Regime) fitsValue(w Fits) seawall.Text {
	var parts []seawall.Text
	for _, key := range w.Grades {
		g, ok := r.Grade(key)
		if !ok {
			g.Name = seawall.Text{ZH: key, EN: key}
		}
		parts = append(parts, g.Name)
	}
	if w.Crossing {
		parts = append(parts, text("轨迹交叉", "track crossing"))
	}
	if w.Abroad {
		parts = append(parts, text("境外", "abroad"))
	}
	return join(parts, "、", ", ")
}

// gateValue words the tests on arrival.
func gateValue(g GateRule) seawall.Text {
	v := text(fmt.Sprintf("抵达后 %d 小时内%s一次", g.WithinHours, testKind(g.Kind).ZH),
		fmt.Sprintf("one %s within %s of arrival", testKind(g.Kind).EN, plural(g.WithinHours, "hour")))
	if g.AgainTo > 0 {
		v = text(fmt.Sprintf("%s，%d 至 %d 小时之间再一次（间隔不少于 %d 小时）", v.ZH, g.AgainFrom, g.AgainTo, g.Apart),
			fmt.Sprintf("%s, another between hours %d and %d (at least %s apart)", v.EN, g.AgainFrom, g.AgainTo, plural(g.Apart, "hour")))
	}
	if g.FreeHours > 0 {
		v = text(fmt.Sprintf("持 %d 小时内阴性结果的免检；否则%s", g.FreeHours, v.ZH),
			fmt.Sprintf("free with a negative result of the last %s, else %s", plural(g.FreeHours, "hour"), v.EN))
	}
	return v
}

// lawful lists the ways out: appeal, zones, limits, waivers.
func (l *lister) lawful() {
	l.section = sectionLawful
	if a := l.r.Appeal; a != nil {
		l.add("appeal.decide_h", text("申诉", "Appeal"), text(fmt.Sprintf("%d 小时内作出决定", a.DecideHours), "decided within "+plural(a.DecideHours, "hour")), a.Why)
	}
	for _, z := range l.r.Zones {
		l.add("zones."+z.Level, z.Name, text(fmt.Sprintf("连续 %d 天无新增感染者后解除", z.ReleaseDays),
			"ends after "+plural(z.ReleaseDays, "day")+" without a new infection"), z.Why)
	}
	for _, key := range sortedKeys(l.r.Limits) {
		l.add("limits."+key, seawall.Text{ZH: key, EN: key}, seawall.Text{ZH: l.r.Limits[key], EN: l.r.Limits[key]}, l.r.selfWhy("limits."+key))
	}
	for i, w := range l.r.Waivers {
		name := w.Name
		if name == (seawall.Text{}) {
			name = seawall.Text{ZH: w.Dimension, EN: w.Dimension}
		}
		l.add(fmt.Sprintf("waivers[%d]", i), text("豁免："+name.ZH, "Waiver: "+name.EN),
			text(fmt.Sprintf("%s；%s于 %s 批准，%s 失效；适用：%s", w.Reason.ZH, w.ApprovedBy.ZH, w.ApprovedOn, w.Expires, rowsOr(w.Rows, "全部")),
				fmt.Sprintf("%s; approved by %s on %s, expires %s; for: %s", w.Reason.EN, w.ApprovedBy.EN, w.ApprovedOn, w.Expires, rowsOr(w.Rows, "all"))), w.Why)
	}
}

func rowsOr(rows []string, all string) string {
	if len(rows) == 0 {
		return all
	}
	return strings.Join(rows, ", ")
}

func sortedKeys(m map[string]string) []string {
	var out []string
	for k := range m {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}

// TierWords are the words of one row of a matrix.
type TierWords struct {
	For, Measure, Tests, Gate, Clock seawall.Text
	// Days counts those that limit movement.
	Days int
}

// TierWords words a row for a table of the matrix.
func (r *Regime) TierWords(t Tier) TierWords {
	w := TierWords{For: r.fitsValue(t.When), Measure: planValue(t.Plan), Clock: clockWord(t.Clock), Days: restricted(t.Plan)}
	w.Tests, _ = testsValue(t.Plan)
	if t.Gate != nil {
		w.Gate = gateValue(*t.Gate)
	}
	return w
}
