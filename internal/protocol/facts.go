package protocol

import (
	"reflect"
	"strconv"
	"strings"
	"time"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/loop"
	"github.com/seawall-city/seawall/internal/regime"
)

// item is one entry of a list that a step repeats over.
type item struct {
	key   string
	text  seawall.Text
	kind  seawall.Text
	n     int
	due   time.Time
	day   seawall.Day
	rule  string
	facts map[string]any
}

// keyOf gives the key of the step for the item: clocks keep their own.
func (it item) keyOf(st Step) string {
	switch {
	case it.key == "":
		return st.Key
	case st.Each == eachClocks:
		return it.key
	}
	return st.Key + "-" + it.key
}

// with adds the item's facts to the others.
func (it item) with(facts map[string]any) map[string]any {
	if len(it.facts) == 0 {
		return facts
	}
	out := make(map[string]any, len(facts)+len(it.facts))
	for k, v := range facts {
		out[k] = v
	}
	for k, v := range it.facts {
		out["item."+k] = v
	}
	return out
}

// items gives the entries of a list of the regime for the subject.
func (b *planner) items(list string) []item {
	if list == eachClocks {
		return b.clocks()
	}
	plan := b.s.Plan
	if plan == nil {
		return nil
	}
	var out []item
	switch list {
	case eachTests:
		for _, t := range plan.Tests {
			out = append(out, b.test(t, false))
			if t.Dual {
				out = append(out, b.test(t, true))
			}
		}
	case eachProphylaxis:
		for _, x := range plan.Prophylaxis {
			out = append(out, item{key: x.Key, text: x.Text, due: x.Until, day: seawall.DayOf(x.Until, b.s.Zone),
				rule: x.Why.String(), facts: map[string]any{"key": x.Key}})
		}
	case eachSegments:
		for i, x := range plan.Segments {
			out = append(out, b.segment(i, x))
		}
	case eachHandOvers:
		for i, x := range plan.Segments {
			if i > 0 && stage(x.Kind) != stage(plan.Segments[i-1].Kind) && x.Kind != regime.Inform {
				it := b.segment(i, x)
				it.key = stage(x.Kind)
				out = append(out, it)
			}
		}
	}
	return out
}

// segment gives one stretch of a plan; it is due on its first day.
func (b *planner) segment(i int, x regime.Segment) item {
	return item{key: strconv.Itoa(i + 1), n: i + 1, text: x.Text, kind: x.Kind.Name(), day: x.From,
		due: loop.EndOf(x.From, b.s.Zone), rule: x.Why.String(), facts: map[string]any{"n": int64(i + 1), "stage": stage(x.Kind),
			"kind": string(x.Kind), "days": int64(x.To-x.From) + 1, "restricts": x.Kind.Restricts()}}
}

// stage is the place of a longer chain that a stretch belongs to: whoever answers
// for the person changes where it does.
func stage(k regime.StayKind) string {
	switch k {
	case regime.Central:
		return "central"
	case regime.Home, regime.HomeMonitoring:
		return "home"
	}
	return "followup"
}

// clocks gives the clocks of a case: those after the report count from it, all
// others from now, when the case was recorded.
func (b *planner) clocks() []item {
	var out []item
	for _, k := range b.s.Clocks {
		from := b.s.Now
		if reported := b.s.Events["reported"]; k.After == "report" && !reported.IsZero() {
			from = reported
		}
		out = append(out, item{key: k.Key, text: k.Text, due: from.Add(time.Duration(k.Hours) * time.Hour),
			day: seawall.DayOf(from, b.s.Zone), rule: k.Why.String(),
			facts: map[string]any{"key": k.Key, "hours": int64(k.Hours)}})
	}
	return out
}

// test gives one planned test; the second sample of a dual one is a step of its
// own, marked with b.
func (b *planner) test(t regime.PlannedTest, second bool) item {
	it := item{key: strings.TrimPrefix(t.Key, "test-"), n: t.N, text: t.Text, due: loop.EndOf(t.Day, b.s.Zone), day: t.Day,
		rule: t.Why.String(), facts: map[string]any{"n": int64(t.N), "kind": t.Kind, "second": second}}
	if !t.Until.IsZero() {
		it.due = t.Until
	}
	if second {
		it.key += "b"
	}
	return it
}

// event gives the moment of an event of the subject, its forms and its steps.
func (b *planner) event(name string) (time.Time, bool) {
	if t, ok := b.s.Events[name]; ok && !t.IsZero() {
		return t, true
	}
	if name == "opened" {
		return b.s.Now, true
	}
	if rest, ok := strings.CutPrefix(name, "plan."); ok {
		return b.planDay(rest)
	}
	if key, field, ok := stepField(name); ok && field == "" {
		done := b.s.Steps[key].Done
		return done, !done.IsZero()
	}
	t, ok := b.facts[name].(time.Time)
	return t, ok
}

// planDay gives the beginning of a day of the regime's plan.
func (b *planner) planDay(name string) (time.Time, bool) {
	day := seawall.NoDay
	if p := b.s.Plan; p != nil {
		switch name {
		case "release":
			day = p.Release
		case "monitor_from":
			day = p.MonitorFrom
		case "monitor_to":
			day = p.MonitorTo
		case "watch_from", "watch_to":
			for _, seg := range p.Segments {
				if seg.Kind == regime.Monitor && name == "watch_from" && !day.Known() {
					day = seg.From
				} else if seg.Kind == regime.Monitor && name == "watch_to" {
					day = seg.To
				}
			}
		}
	}
	if !day.Known() {
		return time.Time{}, false
	}
	return day.Start(b.s.Zone), true
}

// figure gives a figure of the regime in hours.
func (b *planner) figure(name string) (int, bool) {
	if n, ok := b.s.Figures[name]; ok {
		return n, true
	}
	p := b.s.Plan
	switch {
	case p != nil && name == "transfer_hours":
		return p.TransferHours, p.TransferHours > 0
	case p != nil && name == "report_hours":
		return p.ReportHours, p.ReportHours > 0
	}
	return 0, false
}

// ground cites the rule that a loop rests on where the caller names none.
func (b *planner) ground() string {
	switch {
	case b.s.Plan != nil:
		return b.s.Plan.Why.Rule
	case len(b.s.Clocks) > 0:
		return b.s.Clocks[0].Why.Rule
	}
	return b.p.Ref()
}

// series plans the daily steps of a step and gives their key, "" where there are
// none.
func (b *planner) series(st Step, key string, title, why seawall.Text, rule string) string {
	from, ok1 := b.day(st.Daily.From)
	to, ok2 := b.day(st.Daily.To)
	per, ok3 := b.perDay(st.Daily.PerDay)
	if (!ok1 || !ok2) && b.later(st.Daily.From, st.Daily.To) {
		b.trace(key, false, textf("要等之前的环节给出日期：%s", "waits for a day that an earlier step gives: %s", st.Daily.From), rule)
		return ""
	}
	if !ok1 || !ok2 || !ok3 || to < from {
		b.trace(key, false, textf("没有这样的日子：从 %s 到 %s", "there are no such days: from %s to %s", st.Daily.From, st.Daily.To), rule)
		return ""
	}
	b.out.Series = append(b.out.Series, loop.SeriesPlan{Key: key, Title: headed(b.words(title, item{})), From: from, To: to,
		DueHour: st.Daily.Hour, PerDay: per, Needs: st.Needs, Rule: rule, Form: st.Form})
	b.trace(key, true, join(why, textf("每天 %d 次，%s 至 %s", "%d a day, %s to %s", per, from, to)), rule)
	return key
}

// later reports whether one of the days comes from a step that is still to do.
func (b *planner) later(days ...string) bool {
	for _, d := range days {
		name, _, _ := dayOffset(d)
		if len(b.pending([]string{name})) > 0 {
			return true
		}
	}
	return false
}

// day reads "EVENT" or "EVENT+N".
func (b *planner) day(s string) (seawall.Day, bool) {
	name, n, ok := dayOffset(s)
	if !ok {
		return seawall.NoDay, false
	}
	t, known := b.event(name)
	if !known {
		return seawall.NoDay, false
	}
	return seawall.DayOf(t, b.s.Zone).Add(n), true
}

// dayOffset takes "EVENT+N" apart.
func dayOffset(s string) (string, int, bool) {
	name, plus, has := strings.Cut(s, "+")
	if !has {
		return name, 0, true
	}
	n, err := strconv.Atoi(strings.TrimSpace(plus))
	return strings.TrimSpace(name), n, err == nil && n >= 0
}

// perDay reads a number or a figure of the plan.
func (b *planner) perDay(s string) (int, bool) {
	if s == "plan.monitor_per_day" {
		return b.monitorPerDay(), b.monitorPerDay() > 0
	}
	n, err := strconv.Atoi(s)
	return n, err == nil
}

func (b *planner) monitorPerDay() int {
	if b.s.Plan == nil {
		return 0
	}
	return b.s.Plan.MonitorPerDay
}

// restrict adds the restrictions of a step.
func (b *planner) restrict(st Step) {
	x := st.Restrict
	if x.Plan {
		if b.s.Plan == nil {
			return
		}
		for _, seg := range b.s.Plan.Segments {
			if seg.Kind.Restricts() {
				b.out.Restrictions = append(b.out.Restrictions, RestrictionPlan{Step: st.Key, Kind: string(seg.Kind), From: seg.From,
					To: seg.To, Reason: seg.Text, Rule: seg.Why.Rule})
			}
		}
		return
	}
	at, known := b.event(x.After)
	if !known {
		return
	}
	from, today := seawall.DayOf(at, b.s.Zone), seawall.DayOf(b.s.Now, b.s.Zone)
	to := from.Add(x.MaxDays)
	if plan := b.s.Plan; plan != nil { // never longer than the regime's own plan
		if plan.Over || !plan.Release.Known() {
			return
		}
		to = min(to, plan.Release.Add(-1))
	}
	if to < today {
		return
	}
	reason := strings.NewReplacer("{from}", max(from, today).String(), "{to}", to.String())
	b.out.Restrictions = append(b.out.Restrictions, RestrictionPlan{Step: st.Key, Own: true, Kind: x.Kind, From: max(from, today), To: to,
		Reason:      text(reason.Replace(x.Reason.ZH), reason.Replace(x.Reason.EN)),
		AppealHours: x.AppealHours, Rule: b.p.Ref() + "#steps." + st.Key + ".restrict"})
}

// facts gives everything that conditions may ask about, by its full name. What is
// unknown is not there.
func (p *Protocol) facts(s Subject) map[string]any {
	out := map[string]any{"now": s.Now}
	if p.Disease != "" {
		out["disease"] = p.Disease
	}
	for k, v := range s.Facts {
		name := "subject." + k
		if k == "disease" {
			name = "disease"
		}
		if c, ok := celValue(v); ok {
			out[name] = c
		}
	}
	if f, ok := p.form(p.Entry); ok {
		f.facts(out, "form.", s.Values, s.Zone)
	}
	for _, st := range p.Steps {
		done, ok := s.Steps[st.Key]
		if !ok {
			continue
		}
		out["step."+st.Key+".done"] = !done.Done.IsZero()
		if f, ok := p.form(st.Form); ok {
			f.facts(out, "step."+st.Key+".", done.Data, s.Zone)
		}
	}
	planFacts(out, s.Plan)
	return out
}

// planFacts adds what conditions may ask about the regime's plan.
func planFacts(out map[string]any, p *regime.Plan) {
	if p == nil {
		return
	}
	kinds := []string{}
	for _, s := range p.Segments {
		kinds = append(kinds, string(s.Kind))
	}
	first := ""
	if len(kinds) > 0 {
		first = kinds[0]
	}
	for k, v := range map[string]any{"class": p.Class, "restricts": p.Restricts(), "over": p.Over, "ends": p.Release.Known(),
		"missed": int64(p.Missed), "transfer_hours": int64(p.TransferHours), "monitor_per_day": int64(p.MonitorPerDay),
		"first": first, "kinds": kinds, "tests": int64(len(p.Tests)), "gate": p.Gate != nil} {
		out["plan."+k] = v
	}
}

// celValue gives a Go value in the form that conditions compute with; empty texts
// and zero times are unknown.
func celValue(v any) (any, bool) {
	switch x := v.(type) {
	case nil:
		return nil, false
	case time.Time:
		return x, !x.IsZero()
	case []string:
		return x, true
	}
	r := reflect.ValueOf(v)
	switch {
	case r.Kind() == reflect.String:
		return r.String(), r.String() != ""
	case r.CanInt():
		return r.Int(), true
	case r.CanUint():
		return int64(min(r.Uint(), 1<<62)), true
	case r.CanFloat():
		return r.Float(), true
	case r.Kind() == reflect.Bool:
		return r.Bool(), true
	}
	return nil, false
}

// words fills the placeholders of a title.
func (b *planner) words(t seawall.Text, it item) seawall.Text {
	in := func(lang string) string {
		src := t.ZH
		if lang == "en" {
			src = t.EN
		}
		return strings.TrimSpace(strings.NewReplacer("{no}", b.s.No, "{class}", b.s.Class.In(lang), "{disease}", b.s.Disease.In(lang),
			"{text}", it.text.In(lang), "{kind}", it.kind.In(lang), "{n}", strconv.Itoa(it.n)).Replace(src))
	}
	return text(in("zh"), in("en"))
}

// headed gives a text as a title: the English begins with a capital.
func headed(t seawall.Text) seawall.Text {
	if t.EN != "" {
		t.EN = strings.ToUpper(t.EN[:1]) + t.EN[1:]
	}
	return t
}

// join puts two reasons into one.
func join(a, b seawall.Text) seawall.Text {
	return text(a.ZH+"；"+b.ZH, a.EN+"; "+b.EN)
}
