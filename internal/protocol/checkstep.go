package protocol

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"cel.dev/cel-go/cel"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/regime"
)

// checkStep checks one step and compiles its conditions.
func (f *file) checkStep(i int, env *cel.Env) {
	s, at := f.built.Steps[i], stepPath(i)
	f.key(at+".key", s.Key, keyForm)
	if n := slices.IndexFunc(f.built.Steps, func(o Step) bool { return o.Key == s.Key }); n < i {
		f.problem(at+".key", textf("键“%s”重复", "key %q is repeated", s.Key))
	}
	f.template(at+".title", s.Title, true, stepHolders(s)...)
	f.both(at+".help", s.Help, false)
	f.checkShape(at, s)
	f.checkEvidence(at, s)
	f.checkAfter(at, i)
	if s.Due != nil {
		f.checkDue(at+".due", i, *s.Due)
	}
	if s.Daily != nil {
		f.checkDaily(at, i, *s.Daily)
	}
	if s.Restrict != nil {
		f.checkRestrict(at+".restrict", i, *s.Restrict)
	}
	f.checkWhen(i, env)
	f.checkReach(i)
}

// stepHolders gives the placeholders that a step's title may hold.
func stepHolders(s Step) []string {
	out := []string{"{no}", "{class}", "{disease}"}
	switch s.Each {
	case eachTests:
		out = append(out, "{text}", "{n}")
	case eachSegments, eachHandOvers:
		out = append(out, "{text}", "{n}", "{kind}")
	case eachClocks, eachProphylaxis:
		out = append(out, "{text}")
	}
	return out
}

// checkWhen compiles the conditions of a step.
func (f *file) checkWhen(i int, env *cel.Env) {
	s := f.built.Steps[i]
	var vars []variable
	if s.When != "" || len(s.TitleIf) > 0 {
		vars = f.vars(i)
	}
	if s.When != "" {
		f.built.rules[stepPath(i)+".when"] = f.condition(stepPath(i)+".when", s.When, env, vars)
		f.warnUnanswered(i)
	}
	for n, t := range s.TitleIf {
		path := titlePath(i, n)
		f.template(strings.TrimSuffix(path, ".when"), t.Title, true, stepHolders(s)...)
		f.built.rules[path] = f.condition(path, t.When, env, vars)
	}
}

// vars gives what the conditions of a step may ask about: its subject, the entry
// form, the plan, the item, and the steps above it with their forms.
func (f *file) vars(i int) []variable {
	p := f.built
	out := []variable{{name: "now", typ: cel.TimestampType}, {name: "disease", typ: cel.StringType}}
	out = append(out, nameVars("subject.", Facts(p.Subject))...)
	out = append(out, nameVars("plan.", PlanFacts(p.Subject))...)
	out = append(out, nameVars("item.", itemFacts(p.Steps[i].Each))...)
	if form, ok := p.form(p.Entry); ok {
		out = append(out, fieldVars("form.", form.Fields)...)
	}
	for _, above := range p.Steps[:i] {
		if above.Each != "" || above.Daily != nil {
			continue
		}
		out = append(out, variable{name: "step." + above.Key + ".done", typ: cel.BoolType})
		if form, ok := p.form(above.Form); ok {
			out = append(out, fieldVars("step."+above.Key+".", form.Fields)...)
		}
	}
	return out
}

// checkShape checks that the keys of a step go together.
func (f *file) checkShape(at string, s Step) {
	switch lists := keys(Lists(f.built.Subject)); {
	case s.Each != "" && len(lists) == 0:
		f.problem(at+".each", textf("对象 %s 没有可以重复的列表", "about %s there is no list to repeat over", f.built.Subject))
	case s.Each != "":
		f.oneOf(at+".each", s.Each, lists...)
	}
	switch {
	case s.Each != "" && s.Daily != nil:
		f.problem(at+".daily", text("each 和 daily 不能同时用", "each and daily do not go together"))
	case s.Each != "" && s.Due != nil:
		f.problem(at+".due", text("each 的每一项自带时限，不写 due", "the items of each bring their own due times: leave out due"))
	case s.Daily != nil && s.Due != nil:
		f.problem(at+".due", text("daily 自带时限，不写 due", "daily brings its own due times: leave out due"))
	case s.Daily != nil && len(s.After) > 0:
		f.problem(at+".after", text("daily 从某一天开始，不能等待其他环节", "daily begins on a day and waits for no step"))
	case s.Each == "" && s.Daily == nil && s.Due == nil && s.Child == "":
		f.warn(at, textf("环节“%s”没有时限，到期不会提醒任何人", "step %q has no clock: nobody is ever reminded of it", s.Key))
	}
	if s.InTurn && s.Each == "" {
		f.problem(at+".in_turn", text("in_turn 只与 each 一起用", "in_turn goes with each only"))
	}
	if s.Child != "" && (s.Needs != "" || s.Daily != nil || s.Each != "") {
		f.problem(at+".child", text("有 child 的环节由下级闭环办结，不写 needs、daily、each", "a step with a child ends with the child's loop: leave out needs, daily and each"))
	}
}

// checkEvidence checks that what closes a step can be had.
func (f *file) checkEvidence(at string, s Step) {
	if s.Needs != "" {
		f.checkNeeds(at+".needs", s.Needs)
	}
	if checks := []string{"headcount", "identity", "location", "measure"}; s.Needs == "check" && !slices.Contains(checks, s.Key) {
		f.problem(at+".key", textf("needs: check 的环节由同名的查清项办结，键应为 %s 之一", "a step with needs: check ends with the check of its name: its key is one of %s", strings.Join(checks, ", ")))
	}
	_, known := f.built.form(s.Form)
	switch {
	case s.Needs == "form" && s.Form == "":
		f.problem(at+".needs", text("needs: form 还需要 form：填哪张表单", "needs: form asks for form too: which one is filled in"))
	case s.Needs != "form" && s.Form != "":
		f.problem(at+".form", text("有 form 的环节应写 needs: form", "a step with a form has needs: form"))
	case s.Form != "" && !known:
		f.missingForm(at+".form", s.Form)
	}
}

// checkNeeds checks that a subject can bring the evidence at all; else the step
// could never be closed.
func (f *file) checkNeeds(path, kind string) {
	can := needs(f.built.Subject)
	if slices.Contains([]string{"result", "report", "check", "receipt"}, kind) && !slices.Contains(can, kind) {
		f.problem(path, textf("对象 %s 没有 %s，这一环节永远无法办结；可选值：%s",
			"about %s there is no %s, so the step could never be closed; its values: %s", f.built.Subject, kind, strings.Join(can, ", ")))
		return
	}
	f.oneOf(path, kind, can...)
}

// checkAfter checks that a step waits only for steps above it; a circle is told
// as one.
func (f *file) checkAfter(at string, i int) {
	s := f.built.Steps[i]
	for n, key := range s.After {
		path := fmt.Sprintf("%s.after[%d]", at, n)
		j := slices.IndexFunc(f.built.Steps, func(o Step) bool { return o.Key == key })
		switch {
		case j < 0:
			f.missingStep(path, key)
		case f.waits(key, s.Key, nil):
			f.problem(path, textf("环节“%s”与“%s”互相等待", "steps %q and %q wait for each other", s.Key, key))
		case j > i:
			f.problem(path, textf("环节“%s”写在后面；请把它移到本环节之前", "step %q stands further down; move it above this one", key))
		case f.built.Steps[j].Daily != nil:
			f.problem(path, textf("环节“%s”每天一次，不能作为先后次序", "step %q is daily; nothing can wait for it", key))
		}
	}
}

// waits reports whether one step waits for another, by any way.
func (f *file) waits(from, to string, seen []string) bool {
	if from == to {
		return true
	}
	if slices.Contains(seen, from) {
		return false
	}
	for _, s := range f.built.Steps {
		if s.Key != from {
			continue
		}
		for _, next := range append(s.implied(), s.After...) {
			if f.waits(next, to, append(seen, from)) {
				return true
			}
		}
	}
	return false
}

// checkDue checks a clock: one length, from an event that there is.
func (f *file) checkDue(path string, i int, d Due) {
	given := 0
	for _, there := range []bool{d.Minutes != nil, d.Hours != nil, d.Days != nil, d.Figure != ""} {
		if there {
			given++
		}
	}
	if given != 1 {
		f.problem(path, text("时限应恰好写 minutes、hours、days、figure 之一", "a clock has exactly one of minutes, hours, days, figure"))
	}
	if d.ElseHours != nil && d.Figure == "" {
		f.problem(path+".else_hours", text("else_hours 只与 figure 一起用", "else_hours goes with figure only"))
	}
	for key, n := range map[string]*int{"minutes": d.Minutes, "hours": d.Hours, "days": d.Days, "else_hours": d.ElseHours} {
		if n != nil && (*n < 0 || *n > 20000) {
			f.problem(path+"."+key, textf("%d 应在 %d 与 %d 之间", "%d must lie between %d and %d", *n, 0, 20000))
		}
	}
	f.within(path+".day_shift", d.DayShift, -30, 30)
	f.checkEvent(path+".after", i, d.After)
	if d.Figure != "" {
		f.checkFigure(path, d)
	}
	if d.Days != nil && *d.Days > 0 {
		f.fromExposure(path+".after", d.After)
	}
}

// checkFigure checks that a figure is one of the regime's for this subject, and
// that the clock counts it from where the regime does.
func (f *file) checkFigure(path string, d Due) {
	all := Figures(f.built.Subject)
	fig, ok := named(all, d.Figure)
	if len(all) == 0 {
		f.problem(path+".figure", textf("对象 %s 没有规则给出的时限，请写 hours 或 days", "about %s the regime gives no figures: write hours or days", f.built.Subject))
		return
	}
	if !ok {
		hint := meant(d.Figure, keys(all))
		f.problem(path+".figure", text("防控规则没有给出“"+d.Figure+"”；可选值："+strings.Join(keys(all), ", ")+hint.ZH,
			"the regime gives no "+quoted(d.Figure)+"; its values: "+strings.Join(keys(all), ", ")+hint.EN))
		return
	}
	if d.After != fig.From {
		f.problem(path+".after", textf("%s 按规则从 %s 算起，这里写的是 %s", "the regime counts %s from %s, this clock from %s", d.Figure, fig.From, d.After))
	}
}

// fromExposure refuses days that count from when somebody was found, where the
// regime counts them from the exposure or from leaving (§2.3, §2.15).
func (f *file) fromExposure(path, event string) {
	found := slices.Contains([]string{"opened", "discovered", "reported", "arrived", "expected"}, event)
	switch s := f.built.Subject; {
	case found && s == SubjectContact:
		f.problem(path, textf("天数按规则从末次接触算起，不能从 %s 算起；请用 last_exposure 或 plan 的日子",
			"the regime counts days from the last exposure, not from %s; use last_exposure or a day of the plan", event))
	case found && s == SubjectArrival:
		f.problem(path, textf("天数按规则从离开来源地算起，不能从 %s 算起；请用 left 或 plan 的日子",
			"the regime counts days from leaving, not from %s; use left or a day of the plan", event))
	}
}

// checkEvent checks that an event exists for step i.
func (f *file) checkEvent(path string, i int, name string) {
	all := keys(Events(f.built.Subject))
	if slices.Contains(all, name) {
		return
	}
	if name == "" {
		f.problem(path, textf("缺少 after：从哪个时刻算起；可选值：%s", "after is missing: the moment it counts from; its values: %s", strings.Join(all, ", ")))
		return
	}
	if key, ok := strings.CutPrefix(name, "form."); ok && f.built.Entry != "" {
		if form, there := f.built.form(f.built.Entry); there {
			f.checkDateField(path, *form, key, name)
			return
		}
	}
	if key, field, ok := stepField(name); ok {
		f.checkStepEvent(path, i, key, field)
		return
	}
	hint := meant(name, all)
	f.problem(path, text("没有“"+name+"”这个时刻；可选值："+strings.Join(all, ", ")+hint.ZH,
		"there is no moment "+quoted(name)+"; its values: "+strings.Join(all, ", ")+hint.EN))
}

// checkStepEvent checks an event that a step gives.
func (f *file) checkStepEvent(path string, i int, key, field string) {
	j := slices.IndexFunc(f.built.Steps, func(s Step) bool { return s.Key == key })
	switch {
	case j < 0:
		f.missingStep(path, key)
		return
	case f.waits(key, f.built.Steps[i].Key, nil):
		f.problem(path, textf("环节“%s”与“%s”互相等待", "steps %q and %q wait for each other", f.built.Steps[i].Key, key))
		return
	case j > i:
		f.problem(path, textf("环节“%s”写在后面；请把它移到本环节之前", "step %q stands further down; move it above this one", key))
		return
	case f.built.Steps[j].Daily != nil || f.built.Steps[j].Each != "":
		f.problem(path, textf("环节“%s”会重复，不能作为起点", "step %q repeats; nothing can count from it", key))
		return
	}
	if field == "" {
		return
	}
	form, ok := f.built.form(f.built.Steps[j].Form)
	if !ok {
		f.problem(path, textf("环节“%s”没有表单，给不出“%s”", "step %q has no form that could give %q", key, field))
		return
	}
	f.checkDateField(path, *form, field, "step."+key+"."+field)
}

// checkDateField checks that a field is a date that will be there.
func (f *file) checkDateField(path string, form Form, key, name string) {
	x, ok := form.field(key)
	var all []string
	for _, d := range form.Fields {
		if d.Type == FieldDate || d.Type == FieldTime {
			all = append(all, d.Key)
		}
	}
	switch {
	case !ok:
		hint := meant(key, all)
		f.problem(path, text("表单“"+form.Key+"”没有日期栏目“"+key+"”"+hint.ZH, "form "+quoted(form.Key)+" has no date called "+quoted(key)+hint.EN))
	case x.Type != FieldDate && x.Type != FieldTime:
		f.problem(path, textf("“%s”不是日期或时刻，而是 %s", "%q is no date or moment but %s", name, x.Type))
	case !x.Required:
		f.warn(path, textf("“%s”不是必填；没有填时时限不会开始", "%q may be left empty; then the clock never starts", name))
	}
}

// checkDaily checks the days of a daily step.
func (f *file) checkDaily(at string, i int, d Daily) {
	for key, v := range map[string]string{"from": d.From, "to": d.To} {
		path := at + ".daily." + key
		name, _, ok := dayOffset(v)
		if !ok {
			f.problem(path, textf("“%s”应为一个时刻，或时刻加天数（form.bitten_on+10）", "%q should be a moment, or one with days added (form.bitten_on+10)", v))
			continue
		}
		f.checkEvent(path, i, name)
		f.fromExposure(path, name)
	}
	from, a, ok1 := dayOffset(d.From)
	to, b, ok2 := dayOffset(d.To)
	if ok1 && ok2 && from == to && b < a {
		f.problem(at+".daily.to", text("结束早于开始", "it ends before it begins"))
	}
	f.within(at+".daily.hour", d.Hour, 1, 23)
	if d.PerDay == "plan.monitor_per_day" && PlanFacts(f.built.Subject) != nil {
		return
	}
	if n, err := strconv.Atoi(d.PerDay); err != nil || n < 1 || n > 4 {
		f.problem(at+".daily.per_day", textf("“%s”应为 1 至 4，或 plan.monitor_per_day（接触者和来返人员）", "%q must be 1 to 4, or plan.monitor_per_day for contacts and arrivals", d.PerDay))
	}
}

// checkRestrict checks that what limits somebody has a fact, an end, a reason and
// an appeal.
func (f *file) checkRestrict(path string, i int, x Restrict) {
	switch f.built.Subject {
	case SubjectCase, SubjectContact, SubjectArrival:
	default:
		f.problem(path, textf("对象 %s 不能作为限制一个人的依据：限制只依据病例、检测结果和来返规定", "%s is no ground to limit anybody: only cases, results and the rules for arrivals are", f.built.Subject))
	}
	if x.Plan {
		if x.Kind != "" || x.After != "" || x.MaxDays != 0 || x.AppealHours != 0 || x.Reason != (seawall.Text{}) {
			f.problem(path+".plan", text("plan: true 时类型、天数、理由和申诉时限由防控规则给出，不写其他键", "with plan: true the regime gives kind, days, reason and the hours for objections: leave out the other keys"))
		}
		if PlanFacts(f.built.Subject) == nil {
			f.problem(path+".plan", textf("对象 %s 没有方案", "about %s there is no plan", f.built.Subject))
		}
		return
	}
	f.checkOwnRestrict(path, i)
	if x.AppealHours < 1 || x.AppealHours > 72 {
		f.problem(path+".appeal_hours", text("限制必须可以申诉：appeal_hours 应在 1 与 72 之间", "whatever limits somebody can be appealed: appeal_hours must lie between 1 and 72"))
	}
	f.oneOf(path+".kind", x.Kind, string(regime.Home), string(regime.HomeMonitoring))
	if x.MaxDays < 1 || x.MaxDays > 365 {
		f.problem(path+".max_days", text("限制必须有终点：max_days 应在 1 与 365 之间", "whatever limits somebody has an end: max_days must lie between 1 and 365"))
	}
	if x.Reason == (seawall.Text{}) {
		f.problem(path+".reason", text("限制必须告知理由：缺少 reason", "whoever is limited reads why: reason is missing"))
	} else {
		f.template(path+".reason", x.Reason, true, "{from}", "{to}")
	}
	f.checkEvent(path+".after", i, x.After)
	f.fromExposure(path+".after", x.After)
}

// checkOwnRestrict checks that a limit which the file itself gives can be confirmed:
// its step is done once, with evidence, by the officer who confirms it.
func (f *file) checkOwnRestrict(path string, i int) {
	s := f.built.Steps[i]
	if f.built.Subject == SubjectArrival {
		f.problem(path+".kind", text("来返人员只按来返规定的档次限制：请写 plan: true", "an arrival is limited by the row of the matrix alone: write plan: true"))
	}
	if s.Each != "" || s.Daily != nil || s.Child != "" {
		f.problem(path, text("限制在办结环节时由负责人确认，会重复的环节和有 child 的环节不能写", "the limit is confirmed by ending the step once: a step that repeats or has a child cannot carry it"))
	}
	if s.Needs == "" {
		f.problem(path, text("确认限制要有佐证：请给这一环节写 needs: note 或 form", "whoever confirms the limit says why: give the step needs: note or form"))
	}
}

// answerOf finds an answer of a step's form in a condition.
const answerOf = `step\.([a-z][a-z0-9_]*)\.([a-z][a-z0-9_]*)`

// warnUnanswered warns where a condition turns round, by ! or !=, the answer of a
// step that may not be there: what nobody knows makes the whole condition false,
// and a step that was to go on for everybody without that answer would be missing.
func (f *file) warnUnanswered(i int) {
	when := f.built.Steps[i].When
	if !strings.Contains(when, "!") {
		return
	}
	for _, m := range regexp.MustCompile(answerOf).FindAllStringSubmatch(when, -1) {
		at := slices.IndexFunc(f.built.Steps[:i], func(s Step) bool { return s.Key == m[1] && s.When != "" })
		if at < 0 || m[2] == "done" || strings.Contains(when, m[0]+".given") || strings.Contains(when, "step."+m[1]+".done") {
			continue
		}
		f.warn(stepPath(i)+".when", textf("环节 %s 不一定在：没有它的回答时这一条件不成立。要对没有回答的人也成立，先问 %s.given", "step %s may not be there: without its answer this condition does not hold. To hold for those as well, ask %s.given first", m[1], m[0]))
		return
	}
}
