package protocol

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"cel.dev/cel-go/cel"

	"github.com/seawall-city/seawall"
)

var (
	idForm          = regexp.MustCompile(`^[a-z][a-z0-9-]{0,39}$`)
	keyForm         = regexp.MustCompile(`^[a-z][a-z0-9_]{0,59}$`)
	optionForm      = regexp.MustCompile(`^[^\s"'\x00-\x1f]{1,60}$`)
	placeholderForm = regexp.MustCompile(`\{[^}]*\}`)
)

// check finds what is wrong inside one file and compiles its conditions.
func (f *file) check(known Known, env *cel.Env) {
	f.built.rules = map[string]*condition{}
	f.speak()
	f.checkHead(known)
	f.checkFigures()
	for i := range f.built.Forms {
		f.checkForm(i, env)
	}
	f.checkUse()
	switch n := len(f.built.Steps); {
	case n == 0:
		f.problem("steps", text("缺少环节 steps", "steps are missing"))
	case n > maxSteps:
		f.problem("steps", textf("环节超过 %d 个", "there are more than %d steps", maxSteps))
		return
	}
	for i := range f.built.Steps {
		f.checkStep(i, env)
	}
	f.checkClose()
	f.checkAround(known)
}

// speak counts the texts whose Chinese half is still the English one, where the
// file says that it is written so, and lets the English stand in for it.
func (f *file) speak() {
	switch f.doc.Language {
	case "":
		return
	case languageEN:
	default:
		f.problem("language", textf("“%s”不在可选值之中：%s", "%q is not one of: %s", f.doc.Language, languageEN))
		return
	}
	n := 0
	f.built.eachText(func(t *seawall.Text) {
		if t.ZH == "" && t.EN != "" {
			t.ZH = t.EN
			n++
		}
	})
	if n > 0 {
		f.warn("language", textf("%d 处文字还没有中文，暂以英文代替", "texts without Chinese so far: %d; the English stands in for it", n))
	}
}

// eachText visits every text of the protocol.
func (p *Protocol) eachText(visit func(*seawall.Text)) {
	for _, t := range []*seawall.Text{&p.Title, &p.Name, &p.Source, &p.Notes, &p.Parties.Department, &p.Parties.Unit, &p.Parties.Individual} {
		visit(t)
	}
	for i := range p.Forms {
		f := &p.Forms[i]
		visit(&f.Title)
		for j := range f.Fields {
			x := &f.Fields[j]
			visit(&x.Label)
			visit(&x.Help)
			for k := range x.Options {
				visit(&x.Options[k].Text)
			}
		}
	}
	for i := range p.Steps {
		s := &p.Steps[i]
		visit(&s.Title)
		visit(&s.Help)
		for j := range s.TitleIf {
			visit(&s.TitleIf[j].Title)
		}
		if s.Restrict != nil {
			visit(&s.Restrict.Reason)
		}
	}
	if p.Custody != nil {
		visit(&p.Custody.Text)
	}
	if p.Cancel != nil {
		for i := range p.Cancel.Reasons {
			visit(&p.Cancel.Reasons[i].Text)
		}
	}
	for i := range p.Notices {
		visit(&p.Notices[i].Text)
	}
}

// checkHead checks what stands before the forms.
func (f *file) checkHead(known Known) {
	p := f.built
	if !idForm.MatchString(p.ID) {
		f.problem("id", textf("编号“%s”应由小写字母、数字和连字符组成，以字母开头，不超过 40 个字符",
			"id %q must be small letters, digits and hyphens, begin with a letter and have at most 40 characters", p.ID))
	}
	f.both("title", p.Title, true)
	f.template("name", p.Name, true, "{no}", "{class}", "{disease}")
	if p.Name.ZH != "" && !strings.Contains(p.Name.ZH, "{no}") {
		f.problem("name", text("名称应含 {no}，否则同类闭环无法区分", "the name must hold {no}, or nobody can tell two of them apart"))
	}
	f.oneOf("subject", p.Subject, keys(Subjects())...)
	if f.doc.Theme != "" {
		f.key("theme", p.Theme, idForm)
	}
	if len(p.Places) == 0 {
		f.problem("places", text("缺少 places：到哪里找责任人", "places are missing: where an owner is looked for"))
	}
	for i, x := range p.Places {
		f.oneOf(fmt.Sprintf("places[%d]", i), x, "home", "stay", "exposure", "area")
	}
	f.both("parties.department", p.Parties.Department, true)
	f.both("parties.unit", p.Parties.Unit, false)
	f.both("parties.individual", p.Parties.Individual, false)
	f.both("source", p.Source, true)
	f.both("notes", p.Notes, false)
	f.checkEntry()
	if p.Disease != "" && known.Diseases != nil && !slices.Contains(known.Diseases, p.Disease) {
		f.warn("disease", textf("没有哪份防控规则提到病种“%s”", "no regime knows the disease %q", p.Disease))
	}
}

// checkEntry checks the form that opens a loop by hand.
func (f *file) checkEntry() {
	p := f.built
	switch _, ok := p.form(p.Entry); {
	case p.Subject == SubjectEntry && p.Entry == "":
		f.problem("subject", text("对象为 entry 的流程需要 entry：登记用的表单", "a protocol about an entry needs entry: the form that is filled in"))
	case p.Subject != SubjectEntry && p.Entry != "":
		f.problem("entry", textf("只有对象为 entry 的流程才有 entry，这里的对象是 %s", "only a protocol about an entry has one; this one is about %s", p.Subject))
	case p.Entry != "" && !ok:
		f.missingForm("entry", p.Entry)
	}
	if p.Subject != SubjectEntry && p.Disease != "" {
		f.problem("disease", text("只有对象为 entry 的流程才写病种，其他对象自带病种", "only a protocol about an entry says the disease; others bring their own"))
	}
}

func (f *file) missingForm(path, key string) {
	var all []string
	for _, x := range f.built.Forms {
		all = append(all, x.Key)
	}
	hint := meant(key, all)
	f.problem(path, text("没有表单“"+key+"”"+hint.ZH, "there is no form "+quoted(key)+hint.EN))
}

// checkUse finds forms that nobody fills in.
func (f *file) checkUse() {
	p := f.built
	for i, x := range p.Forms {
		used := x.Key == p.Entry || slices.ContainsFunc(p.Steps, func(s Step) bool { return s.Form == x.Key })
		if !used {
			f.problem(fmt.Sprintf("forms[%d].key", i), textf("表单“%s”没有任何环节使用", "form %q is used by no step", x.Key))
		}
	}
}

// checkClose checks how a loop ends.
func (f *file) checkClose() {
	c := f.built.Close
	if f.doc.Close == nil {
		f.problem("close", text("缺少 close：闭环何时办结", "close is missing: when a loop ends"))
		return
	}
	f.oneOf("close.rule", c.Rule, "all_done", "release")
	f.key("close.outcome", c.Outcome, keyForm)
	if s := f.built.Subject; c.Rule == "release" && s != SubjectContact && s != SubjectArrival {
		f.problem("close.rule", textf("release 只用于接触者和来返人员，这里的对象是 %s", "release is for contacts and arrivals; this protocol is about %s", s))
	}
	for i, key := range c.Needs {
		at := fmt.Sprintf("close.needs[%d]", i)
		n := slices.IndexFunc(f.built.Steps, func(s Step) bool { return s.Key == key })
		switch {
		case n < 0:
			f.missingStep(at, key)
		case f.built.Steps[n].Needs == "" && f.built.Steps[n].Child == "":
			f.problem(at, textf("环节“%s”不需要佐证，没有什么可以证明它已完成", "step %q needs no evidence: nothing can show that it was done", key))
		}
	}
}

func (f *file) missingStep(path, key string) {
	var all []string
	for _, s := range f.built.Steps {
		all = append(all, s.Key)
	}
	hint := meant(key, all)
	f.problem(path, text("没有环节“"+key+"”"+hint.ZH, "there is no step "+quoted(key)+hint.EN))
}

// checkAround checks custody, re-opening, cancelling and notices.
func (f *file) checkAround(known Known) {
	p := f.built
	if c := p.Custody; c != nil {
		f.within("custody.accept_within_hours", c.AcceptWithinHours, 1, 48)
		f.both("custody.text", c.Text, true)
	}
	if p.Reopen != nil {
		f.within("reopen.within_days", p.Reopen.WithinDays, 1, 3650)
	}
	if p.Cancel != nil {
		f.checkOptions("cancel.reasons", p.Cancel.Reasons)
	}
	for i, n := range p.Notices {
		at := fmt.Sprintf("notices[%d]", i)
		f.oneOf(at+".on", n.On, "opened", "escalated", "closed", "reopened", "cancelled", "gap")
		f.template(at+".text", n.Text, true, "{no}", "{class}", "{disease}")
		role, is := strings.CutPrefix(n.To, "role:")
		switch {
		case !is:
			f.oneOf(at+".to", n.To, "owner", "person", "area", "role:…")
		case known.Roles != nil && !slices.Contains(known.Roles, role):
			hint := meant(role, known.Roles)
			f.problem(at+".to", text("没有角色“"+role+"”"+hint.ZH, "there is no role "+quoted(role)+hint.EN))
		}
	}
}

// both checks that a text is there in both languages or, if it may be left out,
// in neither.
func (f *file) both(path string, t seawall.Text, must bool) {
	switch {
	case t == (seawall.Text{}) && must:
		f.problem(path, textf("缺少文字 %s（zh 和 en）", "the text %s is missing (zh and en)", last(path)))
	case t == (seawall.Text{}):
	case strings.TrimSpace(t.ZH) == "":
		f.problem(path, textf("%s 缺少中文文字（zh）", "%s: the Chinese text (zh) is missing", last(path)))
	case strings.TrimSpace(t.EN) == "":
		f.problem(path, textf("%s 缺少英文文字（en）", "%s: the English text (en) is missing", last(path)))
	}
}

// last gives the last key of a path.
func last(path string) string {
	return path[strings.LastIndexByte(path, '.')+1:]
}

// template checks a text that may hold placeholders: known ones, the same in both
// languages.
func (f *file) template(path string, t seawall.Text, must bool, allowed ...string) {
	f.both(path, t, must)
	if t.ZH == "" || t.EN == "" {
		return
	}
	zh, en := holders(t.ZH), holders(t.EN)
	for _, h := range slices.Compact(slices.Sorted(slices.Values(append(slices.Clone(zh), en...)))) {
		if !slices.Contains(allowed, h) {
			f.problem(path, textf("这里没有占位符 %s；可用：%s", "there is no placeholder %s here; there are: %s", h, strings.Join(allowed, " ")))
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
	if slices.Contains(choices, v) {
		return
	}
	all := strings.Join(choices, ", ")
	if v == "" {
		f.problem(path, textf("缺少键 %s；可选值：%s", "%s is missing; its values: %s", last(path), all))
		return
	}
	hint := meant(v, choices)
	f.problem(path, text("“"+v+"”不在可选值之中："+all+hint.ZH, quoted(v)+" is not one of: "+all+hint.EN))
}

func (f *file) key(path, v string, form *regexp.Regexp) {
	if !form.MatchString(v) {
		f.problem(path, textf("键“%s”应由小写字母、数字和下划线组成，以字母开头", "key %q must be small letters, digits and underscores and begin with a letter", v))
	}
}

func (f *file) within(path string, n, lo, hi int) {
	if n < lo || n > hi {
		f.problem(path, textf("%d 应在 %d 与 %d 之间", "%d must lie between %d and %d", n, lo, hi))
	}
}
