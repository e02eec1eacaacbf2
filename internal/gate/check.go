package gate

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/strictyaml"
)

// isKey reports a key of a rule or an exemption: small letters, digits and _.
func isKey(s string) bool {
	for i, c := range s {
		if !(c >= 'a' && c <= 'z' || i > 0 && (c == '_' || c >= '0' && c <= '9')) {
			return false
		}
	}
	return s != "" && len(s) <= 40
}

// check looks at everything that one file says.
func (f *file) check() {
	d := &f.doc
	if d.ID == "" || strings.ContainsAny(d.ID, "@/ ") {
		f.problem("id", "规则须有编号，不含空格、/ 和 @", "a file has an id without blanks, / and @")
	}
	f.both("title", d.Title)
	if d.Jurisdiction == "" {
		f.problem("jurisdiction", "须写明适用地区，例如 CN-JS-YC", "say where it holds, for example CN-JS-YC")
	}
	f.checkValid()
	f.checkHold()
	for i, w := range d.Exemptions {
		at := fmt.Sprintf("exemptions[%d]", i)
		if !isKey(w.Key) || w.ZH == "" || w.EN == "" {
			f.problem(at, "豁免事项须有 key、zh 和 en", "an exemption has key, zh and en")
		}
		if slices.ContainsFunc(d.Exemptions[:i], func(o Word) bool { return o.Key == w.Key }) {
			f.problem(at, "豁免事项“%s”重复", "exemption %q stands here twice", w.Key)
		}
	}
	if len(d.Rules) == 0 {
		f.problem("rules", "至少要有一条规则", "there is at least one rule")
		return
	}
	for i := range d.Rules {
		f.checkRule(i)
	}
	f.checkOrder()
	if len(f.Problems) == 0 {
		f.checkReached()
	}
}

func (f *file) checkValid() {
	from, err := seawall.ParseDay(f.doc.Valid.From)
	if err != nil || !from.Known() {
		f.problem("valid", "须写明起始日期，例如 from: 2022-03-28", "say from which day, for example from: 2022-03-28")
	}
	to, err := seawall.ParseDay(f.doc.Valid.To)
	if err != nil || to.Known() && to < from {
		f.problem("valid", "结束日期有误", "the last day is none, or before the first")
	}
}

// checkHold keeps every hold bounded: the ceiling is the file's, and no file may
// lift it above an hour.
func (f *file) checkHold() {
	d, holds := &f.doc, false
	for i, r := range d.Rules {
		holds = holds || r.Then == Hold
		at := fmt.Sprintf("rules[%d].minutes", i)
		switch {
		case r.Minutes != 0 && r.Then != Hold:
			f.problem(at, "只有扣留（hold）才有时限", "minutes belong to a hold only")
		case r.Minutes < 0 || r.Minutes > d.HoldMaxMinutes:
			f.problem(at, "扣留时限不得超过 hold_max_minutes", "no hold is longer than hold_max_minutes")
		}
	}
	switch {
	case d.HoldMaxMinutes > MaxHold:
		f.problem("hold_max_minutes", "最长扣留不得超过 %d 分钟", "nobody is held for more than %d minutes", MaxHold)
	case d.HoldMaxMinutes < 0, holds && d.HoldMaxMinutes == 0:
		f.problem("hold_max_minutes", "扣留必须有最长时限（hold_max_minutes，不超过 %d）", "a hold has a maximum (hold_max_minutes, at most %d)", MaxHold)
	}
	if holds {
		f.both("hold_over", d.HoldOver)
	}
}

// both asks for a text in both languages.
func (f *file) both(path string, t seawall.Text) {
	if strings.TrimSpace(t.ZH) == "" || strings.TrimSpace(t.EN) == "" {
		f.problem(path, "须有中文（zh）和英文（en）", "there is a text in both languages, zh and en")
	}
}

func (f *file) checkRule(i int) {
	r, at := f.doc.Rules[i], fmt.Sprintf("rules[%d]", i)
	if !isKey(r.Key) {
		f.problem(at+".key", "规则须有 key：小写字母、数字和下划线", "a rule has a key of small letters, digits and _")
	}
	if slices.ContainsFunc(f.doc.Rules[:i], func(o ruleDoc) bool { return o.Key == r.Key }) {
		f.problem(at+".key", "规则“%s”重复", "rule %q stands here twice", r.Key)
	}
	if !slices.Contains(Outcomes(), r.Then) {
		f.problem(at+".then", "结论应为 pass、sample_go、hold 或 refer", "then is pass, sample_go, hold or refer")
	}
	if r.Trace != "" && r.Trace != NextNode {
		f.problem(at+".trace", "trace 只能是 next_node", "trace is next_node or nothing")
	}
	f.both(at+".reason", r.Reason)
	f.both(at+".source", r.Source)
	list, bad := conditions(r.If)
	for _, b := range bad {
		f.Add(at+".if", strictyaml.Words(b))
	}
	for _, c := range list {
		f.checkCondition(at+".if", c)
	}
}

// checkCondition looks at one condition: the fact, and what is asked of it.
func (f *file) checkCondition(at string, c Condition) {
	k, ok := factOf(c.Fact)
	if !ok {
		f.problem(at, "没有事实“%s”可供判断；车牌归属地、户籍、行程卡星号等一律不在其内", "there is no fact %q to decide by; the origin of a plate, a household registration or the star of an itinerary card never is one", c.Fact)
		return
	}
	if k.sort == number {
		if len(c.In) > 0 {
			f.problem(at, "“%s”是数字，请用 gt、ge、lt、le", "%s is a number: use gt, ge, lt, le", c.Fact)
		}
		return
	}
	if len(c.In) == 0 {
		f.problem(at, "“%s”不是数字，请写出取值", "%s is no number: write its values", c.Fact)
	}
	for _, v := range c.In {
		if !f.allowed(k, v) {
			f.problem(at, "“%s”没有取值“%s”", "%s is never %q", c.Fact, v)
		}
	}
}

// allowed reports whether a fact can have a value.
func (f *file) allowed(k known, v string) bool {
	switch {
	case k.sort == truth:
		return v == "true" || v == "false"
	case v == "":
		return true
	case k.key == "exemption":
		return slices.ContainsFunc(f.doc.Exemptions, func(w Word) bool { return w.Key == v })
	case k.key == "origin":
		return slices.Contains(f.doc.Grades, v)
	}
	return slices.Contains(k.words, v)
}

// checkOrder sees that a medical emergency goes before everything and that
// something is decided about everybody.
func (f *file) checkOrder() {
	first, last := f.doc.Rules[0], len(f.doc.Rules)-1
	if len(first.If) != 1 || first.If["emergency"] != true || first.Then != Go {
		f.problem("rules[0]", "第一条规则必须是：医疗急救（emergency: true）一律放行", "the first rule lets a medical emergency pass (emergency: true) and asks for nothing else")
	}
	for i, r := range f.doc.Rules {
		at := fmt.Sprintf("rules[%d]", i)
		switch {
		case i == last && len(r.If) > 0:
			f.problem(at+".if", "最后一条规则不设条件，以便对其余情形作出结论", "the last rule has no condition: it decides about everybody else")
		case i < last && len(r.If) == 0:
			f.problem(at, "没有条件的规则只能放在最后", "a rule without conditions comes last")
		}
	}
}

// conditions reads what stands below "if", by fact.
func conditions(in map[string]any) (out []Condition, bad []seawall.Text) {
	for _, fact := range slices.Sorted(maps.Keys(in)) {
		c := Condition{Fact: fact}
		switch v := in[fact].(type) {
		case []any:
			for _, x := range v {
				c.In = append(c.In, plain(x))
			}
			if len(c.In) == 0 {
				bad = append(bad, seawall.Text{ZH: "“" + fact + "”的取值列表是空的", EN: "the list of values of " + fact + " is empty"})
			}
		case map[string]any:
			bad = append(bad, c.bounds(v)...)
		default:
			c.In = []string{plain(v)}
		}
		out = append(out, c)
	}
	return out, bad
}

// bounds reads {gt: n, le: n}.
func (c *Condition) bounds(in map[string]any) (bad []seawall.Text) {
	for _, key := range slices.Sorted(maps.Keys(in)) {
		n, ok := float(in[key])
		if !ok || n < 0 {
			bad = append(bad, seawall.Text{ZH: "“" + c.Fact + "”的界限须为非负数", EN: "the bound of " + c.Fact + " is a number from 0 on"})
			continue
		}
		switch key {
		case "gt":
			c.Gt = &n
		case "ge":
			c.Ge = &n
		case "lt":
			c.Lt = &n
		case "le":
			c.Le = &n
		default:
			bad = append(bad, seawall.Text{ZH: "“" + key + "”不是界限；请用 gt、ge、lt、le", EN: strconv.Quote(key) + " is no bound: use gt, ge, lt, le"})
		}
	}
	return bad
}

// plain writes a value of the file as conditions keep it.
func plain(v any) string {
	if v == nil {
		return ""
	}
	return fmt.Sprint(v)
}

func float(v any) (float64, bool) {
	switch n := v.(type) {
	case uint64:
		return float64(n), true
	case int64:
		return float64(n), true
	case int:
		return float64(n), true
	case float64:
		return n, true
	}
	return 0, false
}
