package regime

import (
	"fmt"
	"slices"

	"github.com/seawall-city/seawall"
)

// checkScope checks that a file holds what its scope allows and nothing else.
func (f *file) checkScope(d *document) {
	if d.Scope != "" {
		f.oneOf("scope", d.Scope, ScopeDisease, ScopeArrivals, scopeMustNots)
	}
	contacts := d.Scope == "" || d.Scope == ScopeDisease
	for _, part := range []struct {
		key  string
		has  bool
		fits bool
	}{
		{"contact_classes", len(d.Classes) > 0, contacts}, {"case_clocks", len(d.CaseClocks) > 0, contacts},
		{"case_isolation", d.CaseIsolation != nil, contacts}, {"infectious", d.Infectious != nil, contacts},
		{"incubation", d.Incubation != nil, contacts}, {"cluster", d.Cluster != nil, contacts},
		{"tiers", len(d.Tiers) > 0, d.Scope == ScopeArrivals}, {"grades", len(d.Grades) > 0, d.Scope == ScopeArrivals},
		{"checks", d.Checks != nil, d.Scope == ScopeArrivals}, {"report_h", d.ReportHours != nil, d.Scope == ScopeArrivals},
		{"dimensions", len(d.Dimensions) > 0, d.Scope == scopeMustNots}, {"waiver_max_d", d.WaiverMax != nil, d.Scope == scopeMustNots},
		{"waivers", len(d.Waivers) > 0, d.Scope != scopeMustNots},
	} {
		if part.has && !part.fits {
			f.problem(part.key, textf("%s 不属于这种规则（scope）", "%s does not belong into a file of this scope", part.key))
		}
	}
}

// checkArrivals checks an arrival matrix, the appeal and the zones.
func (f *file) checkArrivals(d *document) {
	f.positive("report_h", d.ReportHours)
	if c := d.Checks; c != nil {
		f.checkSource("checks.source", c.Source)
		for _, k := range c.all() {
			f.positive("checks."+k.key+"_h", k.hours)
		}
	}
	var seen []string
	for i, g := range d.Grades {
		at := fmt.Sprintf("grades[%d]", i)
		f.both(at, seawall.Text{ZH: g.ZH, EN: g.EN}, true)
		f.oneOf(at+".risk", g.Risk, riskZone, riskAffected, riskLow)
		if !keyForm.MatchString(g.Key) || slices.Contains(seen, g.Key) {
			f.problem(at+".key", textf("等级的键“%s”不合格或重复", "grade key %q is malformed or repeated", g.Key))
		}
		seen = append(seen, g.Key)
	}
	for _, key := range f.Keys("tiers") {
		f.checkTier(tierPrefix+key, key, d.Tiers[key])
	}
	if a := d.Appeal; a != nil {
		f.checkSource("appeal.source", a.Source)
		if a.DecideHours == nil {
			f.problem("appeal", text("缺少 decide_h", "decide_h is missing"))
		}
		f.positive("appeal.decide_h", a.DecideHours)
	}
	for i, z := range d.Zones {
		at := fmt.Sprintf("zones[%d]", i)
		f.both(at+".name", z.Name, true)
		f.both(at+".text", z.Text, true)
		f.checkSource(at+".source", z.Source)
		if !keyForm.MatchString(z.Level) {
			f.problem(at+".level", textf("区域等级“%s”应由小写字母、数字和下划线组成", "zone level %q must be small letters, digits and underscores", z.Level))
		}
		if z.Release == nil {
			f.problem(at, text("缺少最长管控天数 release_d", "release_d is missing: a zone must have an end"))
		}
		f.positive(at+".release_d", z.Release)
	}
}

// checkTier checks one row of the matrix.
func (f *file) checkTier(path, key string, t tierDoc) {
	if !keyForm.MatchString(key) {
		f.problem(path, textf("行“%s”应由小写字母、数字和下划线组成", "row %q must be small letters, digits and underscores", key))
	}
	f.both(path+".name", t.Name, true)
	f.both(path+".who", t.Who, false)
	f.checkSource(path+".source", t.Source)
	f.oneOf(path+".clock", t.Clock, clocks()...)
	if len(t.When.Grades) == 0 && !t.When.Abroad && !t.When.Crossing {
		f.problem(path+".when", text("没有说明适用于谁（grades、abroad 或 crossing）", "nobody is named (grades, abroad or crossing)"))
	}
	if len(t.Plan) == 0 {
		f.problem(path, text("缺少 plan", "plan is missing"))
	}
	f.checkStays(path+".plan", t.Plan)
	f.positive(path+".report_h", t.ReportHours)
	f.positive(path+".transfer_h", t.TransferHours)
	if m := t.Monitoring; m != nil {
		f.positive(path+".monitoring.per_day", &m.PerDay)
		f.positive(path+".monitoring.days", m.Days)
	}
	if g := t.Gate; g != nil {
		f.checkGate(path+".gate", g)
	}
}

func (f *file) checkGate(path string, g *gateDoc) {
	f.oneOf(path+".kind", g.Kind, testKinds()...)
	f.positive(path+".free_if_negative_h", g.Free)
	if g.Within == nil {
		f.problem(path, text("缺少首次检测的时限 within_h", "within_h, the limit of the first test, is missing"))
		return
	}
	f.positive(path+".within_h", g.Within)
	if a := g.Again; a != nil && (a.From < *g.Within || a.To <= a.From || a.Apart < 0 || a.Apart > a.To) {
		f.problem(path+".again", text("第二次检测应在首次检测时限之后（from_h < to_h，apart_h 不超过 to_h）",
			"the second test must come after the first one's limit (from_h < to_h, apart_h at most to_h)"))
	}
}

// checkArrivalsWhole checks the rows of a matrix once it stands on its parent.
func (f *file) checkArrivalsWhole(r *Regime) {
	if r.Scope != ScopeArrivals {
		return
	}
	if len(r.Tiers()) == 0 {
		f.problem("tiers", text("没有任何一行", "there is no row"))
	}
	for _, key := range f.Keys("tiers") {
		t, path := f.doc.Tiers[key], tierPrefix+key
		for i, g := range t.When.Grades {
			if _, ok := r.Grade(g); !ok {
				f.problem(fmt.Sprintf("%s.when.grades[%d]", path, i), textf("grades 中没有等级“%s”", "grades has no %q", g))
			}
		}
		f.checkReasons(path+".plan", t.Plan, r)
		f.checkConditions(path+".release_if", t.ReleaseIf, r)
		if t.Gate == nil {
			continue
		}
		for _, key := range []string{textGate, textGateFree} {
			if _, ok := r.texts[key]; !ok {
				f.problem(path+".gate", textf("缺少文字 texts.%s", "texts.%s is missing", key))
			}
		}
	}
}

// checkAppeal checks that whoever is restricted by this file can object.
func (f *file) checkAppeal(r *Regime) {
	if r.Appeal != nil {
		return
	}
	at := ""
	for _, c := range r.Classes {
		if restricted(c.Plan)+restricted(c.IfSusceptible) > 0 {
			at = classPrefix + c.ID
		}
	}
	for _, t := range r.Tiers() {
		if restricted(t.Plan) > 0 {
			at = tierPrefix + t.Key
		}
	}
	if len(r.Zones) > 0 {
		at = "zones"
	}
	if at != "" {
		f.problem(at, text("有限制措施而没有申诉途径：缺少 appeal.decide_h", "it restricts people and gives no way to appeal: appeal.decide_h is missing"))
	}
}
