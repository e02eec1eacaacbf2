package regime

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/seawall-city/seawall"
)

var (
	idForm          = regexp.MustCompile(`^[A-Z0-9][A-Z0-9-]*$`)
	keyForm         = regexp.MustCompile(`^[a-z0-9][a-z0-9_-]*$`)
	placeholderForm = regexp.MustCompile(`\{[^}]*\}`)
)

// check finds what is wrong inside one file, before its parent is known.
func (f *file) check() {
	d := &f.doc
	if !idForm.MatchString(d.ID) {
		f.problem("id", textf("编号“%s”应由大写字母、数字和连字符组成", "id %q must be capitals, digits and hyphens", d.ID))
	}
	f.both("title", d.Title, true)
	f.checkHead(d)
	f.checkDisease(d)
	for id, c := range d.Classes {
		f.checkClass("contact_classes."+id, id, c)
	}
	f.checkClocks(d)
	f.checkCluster(d)
	f.checkScope(d)
	f.checkArrivals(d)
	f.checkMustNots(d)
	f.checkWaivers(d)
	for key, t := range d.Texts {
		f.checkTemplate("texts."+key, t, true)
		if !knownText(key) {
			f.problem("texts."+key, textf("没有名为“%s”的文字", "there is no text called %q", key))
		}
	}
	for key, t := range d.Conditions {
		f.both("conditions."+key, t, true)
	}
	f.both("notes", d.Notes, false)
}

// checkHead checks validity and sources.
func (f *file) checkHead(d *document) {
	if d.Valid != nil {
		from, err1 := seawall.ParseDay(d.Valid.From)
		to, err2 := seawall.ParseDay(d.Valid.To)
		if err1 != nil {
			f.problem("valid.from", textf("“%s”不是日期", "%q is not a day", d.Valid.From))
		}
		if err2 != nil {
			f.problem("valid.to", textf("“%s”不是日期", "%q is not a day", d.Valid.To))
		}
		if err1 == nil && err2 == nil && to.Known() && to < from {
			f.problem("valid.to", text("失效日期早于生效日期", "valid.to lies before valid.from"))
		}
	}
	if !d.Abstract && (d.Valid == nil || d.Valid.From == "") {
		f.problem("valid", text("缺少生效日期 valid.from", "valid.from is missing"))
	}
	if d.Source == "" && !d.Abstract {
		f.problem("source", text("缺少来源 source", "source is missing"))
	}
	f.checkSource("source", d.Source)
	for key, s := range d.Sources {
		path := "sources." + key
		f.both(path+".title", s.Title, true)
		f.oneOf(path+".basis", s.Basis, "document", "knowledge", "design")
	}
}

// checkSource checks that a source key names a source of this file.
func (f *file) checkSource(path, key string) {
	if _, ok := f.doc.Sources[key]; !ok && key != "" {
		f.problem(path, textf("sources 中没有来源“%s”", "sources has no %q", key))
	}
}

// checkDisease checks the figures of the disease.
func (f *file) checkDisease(d *document) {
	if dis := d.Disease; dis != nil {
		f.both("disease", seawall.Text{ZH: dis.ZH, EN: dis.EN}, true)
		if !keyForm.MatchString(dis.ID) {
			f.problem("disease.id", textf("病种“%s”应由小写字母、数字和连字符组成", "disease id %q must be small letters, digits and hyphens", dis.ID))
		}
	}
	for i, t := range d.Transmission {
		f.oneOf(fmt.Sprintf("transmission[%d]", i), t, transmissions()...)
	}
	if in := d.Incubation; in != nil {
		f.checkSource("incubation.source", in.Source)
		if in.Min != nil && in.Max != nil && *in.Min > *in.Max {
			f.problem("incubation.max_d", text("最长潜伏期短于最短潜伏期", "max_d is less than min_d"))
		}
		if n := len(in.Typical); n > 0 && (n != 2 || in.Typical[0] > in.Typical[1]) {
			f.problem("incubation.typical_d", text("常见潜伏期应写成 [起, 止]", "typical_d must be [from, to]"))
		}
	}
	if in := d.Infectious; in != nil {
		f.checkSource("infectious.source", in.Source)
		f.both("infectious.end", in.End, false)
		f.both("infectious.onset_means", in.OnsetMeans, false)
		f.notNegative("infectious.before_onset_d", in.BeforeOnset)
		f.notNegative("infectious.before_sample_d", in.BeforeSample)
		f.notNegative("infectious.after_onset_d", in.AfterOnset)
	}
	if iso := d.CaseIsolation; iso != nil {
		f.checkSource("case_isolation.source", iso.Source)
		f.notNegative("case_isolation.after_onset_d", iso.AfterOnset)
		f.notNegative("case_isolation.home_monitoring_d", iso.HomeDays)
	}
}

// checkClass checks one contact class.
func (f *file) checkClass(path, id string, c classDoc) {
	if !keyForm.MatchString(id) {
		f.problem(path, textf("类别“%s”应由小写字母、数字和下划线组成", "class %q must be small letters, digits and underscores", id))
	}
	f.both(path+".name", c.Name, true)
	f.both(path+".who", c.Who, false)
	f.checkSource(path+".source", c.Source)
	f.oneOf(path+".clock", c.Clock, lastExposure)
	if len(c.Plan) == 0 {
		f.problem(path, text("缺少 plan", "plan is missing"))
	}
	f.checkStays(path+".plan", c.Plan)
	f.checkStays(path+".plan_if_susceptible", c.IfSusceptible)
	f.positive(path+".transfer_h", c.TransferHours)
	if m := c.Monitoring; m != nil {
		f.positive(path+".monitoring.per_day", &m.PerDay)
		f.positive(path+".monitoring.days", m.Days)
	}
	for i, p := range c.Prophylaxis {
		at := fmt.Sprintf("%s.prophylaxis[%d]", path, i)
		f.positive(at+".within_h", &p.Within)
		f.oneOf(at+".from", p.From, firstExposure, lastExposure)
		f.checkSource(at+".source", p.Source)
		f.checkTemplate(at+".text", p.Text, true)
	}
	if c.Else != nil && len(c.ReleaseIf) == 0 {
		f.problem(path+".else", text("有 else 而没有 release_if", "else without release_if"))
	}
}

// longestStay bounds one stay, in days: no restriction is without a maximum.
// Source: our own choice, twice the longest period of any shipped regime and more.
const longestStay = 180

// checkStays checks the stretches of a plan and their tests.
func (f *file) checkStays(path string, stays []stayDoc) {
	for i, s := range stays {
		at := fmt.Sprintf("%s[%d]", path, i)
		f.oneOf(at+".type", s.Type, string(Central), string(Home), string(HomeMonitoring), string(Monitor), string(Inform))
		f.checkTemplate(at+".text", s.Text, false)
		days := 0
		switch informs := s.Type == string(Inform); {
		case informs && (s.Days != nil || len(stays) > 1):
			f.problem(at, text("inform 不占天数，也不能与其他阶段并列", "inform takes no days and stands alone"))
		case !informs && (s.Days == nil || *s.Days < 1):
			f.problem(at, text("缺少天数 days（至少 1 天）", "days is missing (at least 1)"))
		case !informs && *s.Days > longestStay:
			f.problem(at+".days", textf("%d 天太长，一个阶段最多 %d 天", "%d days are too many: a stay lasts at most %d", *s.Days, longestStay))
		case s.Days != nil:
			days = *s.Days
		}
		if s.Tests != nil {
			f.checkTests(at+".tests", s.Tests, days, i == 0)
		}
	}
}

// checkTests checks that test days rise and lie inside their stay.
func (f *file) checkTests(path string, t *testsDoc, days int, first bool) {
	f.oneOf(path+".kind", t.Kind, testKinds()...)
	lowest := 1
	if first {
		lowest = 0
	}
	for i, n := range t.Days {
		at := fmt.Sprintf("%s.days[%d]", path, i)
		if n < lowest || n > days {
			f.problem(at, textf("第 %d 天的检测不在这一阶段（%d 至 %d 天）之内", "test day %d lies outside this stay (days %d to %d)", n, lowest, days))
		}
		if i > 0 && n <= t.Days[i-1] {
			f.problem(at, textf("检测日应递增：%[2]d 之后是 %[1]d", "test days must rise: %[1]d follows %[2]d", n, t.Days[i-1]))
		}
	}
	for i, n := range t.Dual {
		if !slices.Contains(t.Days, n) {
			f.problem(fmt.Sprintf("%s.dual[%d]", path, i), textf("第 %d 天没有检测", "there is no test on day %d", n))
		}
	}
}

// checkClocks checks case clocks and the cut-off.
func (f *file) checkClocks(d *document) {
	var keys []string
	for i, c := range d.CaseClocks {
		at := fmt.Sprintf("case_clocks[%d]", i)
		f.both(at+".text", c.Text, true)
		f.checkSource(at+".source", c.Source)
		if !keyForm.MatchString(c.Key) || slices.Contains(keys, c.Key) {
			f.problem(at+".key", textf("时限的键“%s”不合格或重复", "clock key %q is malformed or repeated", c.Key))
		}
		if c.Hours == nil || *c.Hours < 1 {
			f.problem(at, text("缺少小时数 hours（至少 1）", "hours is missing (at least 1)"))
		}
		f.oneOf(at+".after", c.After, append([]string{afterRecorded, afterDiscovered}, keys...)...)
		keys = append(keys, c.Key)
	}
	n := d.NoOvernight
	if n == nil {
		return
	}
	f.checkSource("no_overnight.source", n.Source)
	f.within("no_overnight.cut_off_h", n.CutOff, 1, 24)
	f.within("no_overnight.late_open_h", n.LateOpen, 1, n.CutOff)
	f.within("no_overnight.max_age_h", n.MaxAge, 1, 24)
}

// checkCluster checks the cluster rule.
func (f *file) checkCluster(d *document) {
	c := d.Cluster
	if c == nil {
		return
	}
	f.checkSource("cluster.source", c.Source)
	f.both("cluster.scope", c.Scope, true)
	f.within("cluster.count", c.Count, 2, 1000)
	f.within("cluster.days", c.Days, 1, 365)
	f.positive("cluster.report_h", c.ReportHours)
}

// both checks that a text is there in both languages or, if it may be left
// out, in neither.
func (f *file) both(path string, t seawall.Text, must bool) {
	switch {
	case t == (seawall.Text{}) && must:
		f.problem(path, text("缺少文字（zh 和 en）", "the text is missing (zh and en)"))
	case t == (seawall.Text{}):
	case t.ZH == "":
		f.problem(path, text("缺少中文文字（zh）", "the Chinese text (zh) is missing"))
	case t.EN == "":
		f.problem(path, text("缺少英文文字（en）", "the English text (en) is missing"))
	}
}

// checkTemplate checks a text that may hold placeholders: known ones, the same
// in both languages.
func (f *file) checkTemplate(path string, t seawall.Text, must bool) {
	f.both(path, t, must)
	if t.ZH == "" || t.EN == "" {
		return
	}
	zh, en := holders(t.ZH), holders(t.EN)
	for _, h := range slices.Compact(slices.Sorted(slices.Values(append(slices.Clone(zh), en...)))) {
		if !slices.Contains(placeholders(), h) {
			f.problem(path, textf("没有占位符 %s", "there is no placeholder %s", h))
		}
	}
	if !slices.Equal(zh, en) {
		f.problem(path, textf("两种语言的占位符不同：%s 与 %s", "the placeholders of the languages differ: %s and %s",
			strings.Join(zh, " "), strings.Join(en, " ")))
	}
}

// holders gives the distinct placeholders of a text, sorted.
func holders(s string) []string {
	return slices.Compact(slices.Sorted(slices.Values(placeholderForm.FindAllString(s, -1))))
}

func (f *file) oneOf(path, v string, choices ...string) {
	if !slices.Contains(choices, v) {
		all := strings.Join(choices, ", ")
		f.problem(path, textf("“%s”不在可选值之中：%s", "%q is not one of: %s", v, all))
	}
}

func (f *file) positive(path string, n *int) {
	if n != nil && *n < 1 {
		f.problem(path, textf("%d 应至少为 1", "%d must be at least 1", *n))
	}
}

func (f *file) notNegative(path string, n *int) {
	if n != nil && *n < 0 {
		f.problem(path, textf("%d 不能为负", "%d must not be negative", *n))
	}
}

func (f *file) within(path string, n, lo, hi int) {
	if n < lo || n > hi {
		f.problem(path, textf("%d 应在 %d 与 %d 之间", "%d must lie between %d and %d", n, lo, hi))
	}
}
