package regime

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/seawall-city/seawall"
)

// Row is one figure or rule of a regime with its words and its path.
type Row struct {
	Path    string       `json:"path"` // "contact_classes.close.plan"
	Section string       `json:"section"`
	Label   seawall.Text `json:"label"`
	Value   seawall.Text `json:"value"`
	Why     Citation     `json:"why"`
}

// Description is a regime laid out for reading in one language.
type Description struct {
	ID           string               `json:"id"`
	Version      string               `json:"version"`
	Parent       string               `json:"parent,omitempty"`
	Title        string               `json:"title"`
	Disease      string               `json:"disease"`
	DiseaseName  string               `json:"diseaseName"`
	Jurisdiction string               `json:"jurisdiction"`
	From         seawall.Day          `json:"from"`
	To           seawall.Day          `json:"to"`
	Source       string               `json:"source"`
	Secondary    bool                 `json:"secondary"`
	Notes        string               `json:"notes,omitempty"`
	Sections     []DescriptionSection `json:"sections"`
}

// DescriptionSection is a titled group of rows.
type DescriptionSection struct {
	Key   string           `json:"key"`
	Title string           `json:"title"`
	Rows  []DescriptionRow `json:"rows"`
}

// DescriptionRow is a label, its value, and where the value comes from.
type DescriptionRow struct {
	Path   string `json:"path"`
	Label  string `json:"label"`
	Value  string `json:"value"`
	Regime string `json:"regime"` // the file the figure stands in, maybe a parent
	Source string `json:"source"`
	// Secondary marks a figure read in a copy that is still to be verified.
	Secondary bool `json:"secondary,omitempty"`
}

// Describe lays the regime out in the language lang.
func (r *Regime) Describe(lang string) Description {
	d := Description{ID: r.ID, Version: r.Version, Parent: r.Parent, Title: r.Title.In(lang), Disease: r.Disease.ID,
		DiseaseName: r.Disease.Name.In(lang), Jurisdiction: r.Jurisdiction, From: r.From, To: r.To,
		Source: r.Source.Title.In(lang), Secondary: r.Source.Secondary, Notes: r.Notes.In(lang)}
	for _, row := range r.Rows() {
		n := len(d.Sections)
		if n == 0 || d.Sections[n-1].Key != row.Section {
			d.Sections = append(d.Sections, DescriptionSection{Key: row.Section, Title: r.sectionTitle(row.Section).In(lang)})
			n++
		}
		s := &d.Sections[n-1]
		s.Rows = append(s.Rows, DescriptionRow{Path: row.Path, Label: row.Label.In(lang), Value: row.Value.In(lang),
			Regime: row.Why.Regime, Source: r.sourceTitle(row.Why).In(lang), Secondary: row.Why.Secondary})
	}
	return d
}

// Sections of a description; a contact class makes a section of its own.
const (
	sectionDisease = "disease"
	sectionCase    = "case"
	classPrefix    = "contact_classes."
)

func (r *Regime) sectionTitle(key string) seawall.Text {
	switch key {
	case sectionDisease:
		return text("疾病", "The disease")
	case sectionCase:
		return text("病例与处置时限", "Cases and clocks")
	case sectionArrivals:
		return text("来返人员", "Arrivals")
	case sectionLawful:
		return text("期限、申诉与豁免", "Ends, appeals and waivers")
	}
	if t, ok := r.Tier(strings.TrimPrefix(key, tierPrefix)); ok {
		return t.Name
	}
	if c, ok := r.Class(strings.TrimPrefix(key, classPrefix)); ok {
		return c.Name
	}
	return seawall.Text{ZH: key, EN: key}
}

// Rows gives every figure and rule of the regime in reading order. What the
// file gives no figure for has no row.
func (r *Regime) Rows() []Row {
	l := &lister{r: r}
	l.disease()
	l.cases()
	for _, c := range r.Classes {
		l.class(c)
	}
	l.arrivals()
	l.lawful()
	return l.rows
}

// lister collects rows.
type lister struct {
	r       *Regime
	section string
	rows    []Row
}

func (l *lister) add(path string, label, value seawall.Text, why Citation) {
	l.rows = append(l.rows, Row{Path: path, Section: l.section, Label: label, Value: value, Why: why})
}

func (l *lister) disease() {
	l.section = sectionDisease
	r := l.r
	if len(r.Transmission) > 0 {
		var ways []seawall.Text
		for _, t := range r.Transmission {
			ways = append(ways, find(transmissionWords(), t))
		}
		l.add("transmission", text("传播途径", "Transmission"), join(ways, "、", ", "), r.selfWhy("transmission"))
	}
	if in := r.Incubation; in != nil {
		if span, ok := daySpan(in.Min, in.Max); ok {
			l.add("incubation", text("潜伏期", "Incubation"), span, in.Why)
		}
		if len(in.Typical) == 2 {
			span, _ := daySpan(&in.Typical[0], &in.Typical[1])
			l.add("incubation.typical_d", text("常见潜伏期", "Usual incubation"), span, in.Why)
		}
	}
	in := r.Infectious
	if in == nil {
		return
	}
	onset := r.onset()
	if n := in.BeforeOnset; n != nil {
		l.add("infectious.before_onset_d", text("传染期起点", "Infectious from"), fromDay(*n, onset), in.Why)
	}
	if n := in.BeforeSample; n != nil {
		l.add("infectious.before_sample_d", text("传染期起点（无症状）", "Infectious from (no symptoms)"),
			fromDay(*n, text("首次阳性采样", "the first positive sample")), in.Why)
	}
	if n := in.AfterOnset; n != nil {
		l.add("infectious.after_onset_d", text("传染期终点", "Infectious until"),
			text(fmt.Sprintf("%s后 %d 天", onset.ZH, *n), fmt.Sprintf("%s after %s", plural(*n, "day"), onset.EN)), in.Why)
	}
	if in.End != (seawall.Text{}) {
		l.add("infectious.end", text("传染期终点", "Infectious until"), in.End, in.Why)
	}
}

// onset gives the word for what counts as the onset.
func (r *Regime) onset() seawall.Text {
	if r.Infectious != nil && r.Infectious.OnsetMeans != (seawall.Text{}) {
		return r.Infectious.OnsetMeans
	}
	return text("发病", "onset")
}

// fromDay words "n days before the event".
func fromDay(n int, event seawall.Text) seawall.Text {
	if n == 0 {
		return text(event.ZH+"当天", "the day of "+event.EN)
	}
	return text(fmt.Sprintf("%s前 %d 天", event.ZH, n), fmt.Sprintf("%s before %s", plural(n, "day"), event.EN))
}

func (l *lister) cases() {
	l.section = sectionCase
	r := l.r
	for _, c := range r.CaseClocks {
		l.add("case_clocks."+c.Key, c.Text, clockValue(r.CaseClocks, c), c.Why)
	}
	l.add("no_overnight", text("事不过夜", "Nothing overnight"),
		textf("每天 %d 时未办结的升一级；%d 时以后开始的，给 %d 小时",
			"open at %d:00 climbs a level; what is opened from %d:00 on has %d hours",
			r.CutOff.Hour, r.CutOff.LateOpenHour, r.CutOff.MaxAgeHours), r.CutOff.Why)
	if c := r.Cluster; c != nil {
		v := textf("%[2]d 天内 %[1]d 例", "%[1]d cases in %[2]d days", c.Count, c.Days)
		v = text(v.ZH+"，"+c.Scope.ZH, v.EN+", "+c.Scope.EN)
		if c.ReportHours != nil {
			v = text(fmt.Sprintf("%s，%d 小时内报告", v.ZH, *c.ReportHours), fmt.Sprintf("%s; report within %s", v.EN, plural(*c.ReportHours, "hour")))
		}
		l.add("cluster", text("聚集性疫情", "Cluster"), v, c.Why)
	}
	iso := r.Isolation
	if iso == nil {
		return
	}
	if n := iso.AfterOnset; n != nil {
		l.add("case_isolation.after_onset_d", text("病例隔离", "Isolation of the case"),
			text(fmt.Sprintf("至%s后第 %d 天", r.onset().ZH, *n), fmt.Sprintf("until day %d after %s", *n, r.onset().EN)), iso.Why)
	}
	if len(iso.ReleaseIf) > 0 {
		l.add("case_isolation.release_if", text("解除隔离条件", "Released when"), l.conditions(iso.ReleaseIf), iso.Why)
	}
	if n := iso.HomeDays; n != nil {
		l.add("case_isolation.home_monitoring_d", text("解除后居家健康监测", "Home monitoring afterwards"),
			text(fmt.Sprintf("%d 天", *n), plural(*n, "day")), iso.Why)
	}
}

// clockValue words a clock: so many hours after what.
func clockValue(all []ClockRule, c ClockRule) seawall.Text {
	after := text("登记", "recording")
	switch i := slices.IndexFunc(all, func(o ClockRule) bool { return o.Key == c.After }); {
	case i >= 0:
		after = text("“"+all[i].Text.ZH+"”", "“"+all[i].Text.EN+"”")
	case c.After == afterDiscovered:
		after = text("发现", "discovery")
	}
	return text(fmt.Sprintf("%s后 %d 小时内", after.ZH, c.Hours), fmt.Sprintf("within %s of %s", plural(c.Hours, "hour"), after.EN))
}

func (l *lister) class(c Class) {
	path := classPrefix + c.ID
	l.section = path
	if c.Who != (seawall.Text{}) {
		l.add(path+".who", text("判定", "Who"), c.Who, c.Why)
	}
	l.add(path+".plan", text("管理措施", "Plan"), planValue(c.Plan), c.Why)
	if len(c.IfSusceptible) > 0 {
		l.add(path+".plan_if_susceptible", text("易感者的管理措施", "Plan for the susceptible"), planValue(c.IfSusceptible), c.Why)
	}
	if v, ok := testsValue(c.Plan); ok {
		l.add(path+".tests", text("检测（自末次暴露起）", "Tests, from the last exposure"), v, c.Why)
	}
	if m := c.Monitoring; m != nil {
		v := text(fmt.Sprintf("每天 %d 次", m.PerDay), fmt.Sprintf("%d a day", m.PerDay))
		if m.Days != nil {
			v = text(fmt.Sprintf("%s，共 %d 天", v.ZH, *m.Days), fmt.Sprintf("%s for %s", v.EN, plural(*m.Days, "day")))
		}
		l.add(path+".monitoring", text("健康报告", "Health reports"), v, c.Why)
	}
	if h := c.TransferHours; h != nil {
		l.add(path+".transfer_h", text("转运", "Transfer"),
			text(fmt.Sprintf("发现后 %d 小时内", *h), "within "+plural(*h, "hour")+" of discovery"), c.Why)
	}
	for _, p := range c.Prophylaxis {
		l.add(path+".prophylaxis."+p.Key, text("暴露后预防 "+p.Key, "Prophylaxis "+p.Key), prophylaxisValue(p), p.Why)
	}
	if len(c.ReleaseIf) > 0 {
		l.add(path+".release_if", text("解除条件", "Released when"), l.conditions(c.ReleaseIf), c.Why)
	}
	if to, ok := l.r.Class(c.PromoteTo); ok {
		l.add(path+".else", text("条件不满足时", "Otherwise"), text("转为"+to.Name.ZH, "becomes a "+to.Name.EN), c.Why)
	}
}

func prophylaxisValue(p ProphylaxisRule) seawall.Text {
	from := text("末次暴露", "the last exposure")
	if p.From == firstExposure {
		from = text("首次暴露", "the first exposure")
	}
	return text(fmt.Sprintf("%s后 %d 小时内", from.ZH, p.WithinHours), fmt.Sprintf("within %s of %s", plural(p.WithinHours, "hour"), from.EN))
}

// planValue words a plan: "14 d central quarantine + 7 d home monitoring".
func planValue(stays []Stay) seawall.Text {
	var parts []seawall.Text
	for _, s := range stays {
		name := s.Kind.Name()
		if s.Days > 0 {
			name = text(fmt.Sprintf("%d 天%s", s.Days, name.ZH), fmt.Sprintf("%d d %s", s.Days, name.EN))
		}
		parts = append(parts, name)
	}
	return join(parts, " + ", " + ")
}

// testsValue words the tests of a plan by day from the last exposure.
func testsValue(stays []Stay) (seawall.Text, bool) {
	var days []seawall.Text
	var kind seawall.Text
	offset := 0
	for _, s := range stays {
		for _, t := range s.Tests {
			n := strconv.Itoa(offset + t.Day)
			d := text(n, n)
			if t.Dual {
				d = text(n+"（双采双检）", n+" (two samples, two kits)")
			}
			days, kind = append(days, d), testKind(t.Kind)
		}
		offset += s.Days
	}
	if len(days) == 0 {
		return seawall.Text{}, false
	}
	v := join(days, "、", ", ")
	return text(kind.ZH+"：第 "+v.ZH+" 天", kind.EN+" on days "+v.EN), true
}

func (l *lister) conditions(keys []string) seawall.Text {
	var parts []seawall.Text
	for _, k := range keys {
		parts = append(parts, l.r.Condition(k))
	}
	return join(parts, "，且", ", and ")
}

// selfWhy cites the regime itself for a part that has no citation of its own.
func (r *Regime) selfWhy(rule string) Citation {
	return Citation{Regime: r.ID, Version: r.Version, Rule: rule, Source: r.Source.Title.ZH, Secondary: r.Source.Secondary}
}

// daySpan words a span of days of which either end may be unknown.
func daySpan(lo, hi *float64) (seawall.Text, bool) {
	f := func(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }
	switch {
	case lo != nil && hi != nil:
		return text(f(*lo)+" 至 "+f(*hi)+" 天", f(*lo)+" to "+f(*hi)+" days"), true
	case hi != nil:
		return text("不超过 "+f(*hi)+" 天", "up to "+f(*hi)+" days"), true
	case lo != nil:
		return text("至少 "+f(*lo)+" 天", "at least "+f(*lo)+" days"), true
	}
	return seawall.Text{}, false
}

// join puts texts together with each language's separator.
func join(parts []seawall.Text, zhSep, enSep string) seawall.Text {
	zh, en := make([]string, len(parts)), make([]string, len(parts))
	for i, p := range parts {
		zh[i], en[i] = p.ZH, p.EN
	}
	return text(strings.Join(zh, zhSep), strings.Join(en, enSep))
}

// plural words a count in English.
func plural(n int, unit string) string {
	if n == 1 {
		return "1 " + unit
	}
	return strconv.Itoa(n) + " " + unit + "s"
}
