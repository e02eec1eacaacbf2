package protocol

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/loop"
)

// Plan lays out the loop that the subject opens, or has by now. Steps whose
// condition does not hold are not there; a condition on something that nobody
// knows does not hold; one that cannot be computed leaves a step there and a
// restriction away. Errors: Invalid where the protocol gives no step at all.
func (p *Protocol) Plan(ctx context.Context, s Subject) (Plan, error) {
	if s.Zone == nil {
		s.Zone = time.UTC
	}
	b := &planner{p: p, s: s, ctx: ctx, facts: p.facts(s), made: map[string][]string{}}
	b.out = Plan{Kind: loop.Kind(p.ID), Protocol: p.Ref(), Title: b.words(p.Name, item{}), Rule: s.Rule, Places: p.Places, Parties: p.Parties}
	if b.out.Rule == "" {
		b.out.Rule = b.ground()
	}
	for i := range p.Steps {
		b.step(i)
	}
	b.order()
	if len(b.out.Steps)+len(b.out.Series) == 0 {
		return b.out, seawall.E("protocol.Plan", seawall.Invalid, "protocol_nothing_to_do", "protocol", p.ID, "no", s.No)
	}
	return b.out, nil
}

// planner computes one plan.
type planner struct {
	p     *Protocol
	s     Subject
	ctx   context.Context
	facts map[string]any
	out   Plan
	// made are the keys of the planned steps by the key of the step in the file,
	// src the place in the file of each.
	made map[string][]string
	src  []int
}

// step plans one step of the file.
func (b *planner) step(i int) {
	st := b.p.Steps[i]
	if st.Each == "" {
		b.one(i, st, item{})
		return
	}
	items := b.items(st.Each)
	if len(items) == 0 {
		b.trace(st.Key, false, text("规则没有给出这一列表的内容", "the regime gives nothing of this list"), "")
	}
	previous := ""
	for _, it := range items {
		key := b.one(i, st, it)
		if key == "" {
			continue
		}
		if st.InTurn && previous != "" {
			last := &b.out.Steps[len(b.out.Steps)-1]
			last.After = append(last.After, previous)
		}
		previous = key
	}
}

// one plans one step for one item, the zero item for a step that stands alone,
// and gives its key, "" where it is not there.
func (b *planner) one(i int, st Step, it item) string {
	key := it.keyOf(st)
	facts := it.with(b.facts)
	there, why, wait := b.holds(stepPath(i)+".when", st, facts)
	if lost := b.lost(st); lost != "" {
		there, why = false, textf("它从环节 %s 算起，而这里没有那个环节", "it counts from step %s, which is not there", lost)
	}
	rule := b.rule(st, it)
	if !there {
		if strings.Contains(st.When, "step.") {
			b.out.Gone = append(b.out.Gone, key)
		}
		b.trace(key, false, why, rule)
		return ""
	}
	title := st.Title
	for n, alt := range st.TitleIf {
		if b.p.rules[titlePath(i, n)].judge(b.ctx, facts).holds {
			title = alt.Title
			break
		}
	}
	if st.Daily != nil && len(wait) > 0 {
		b.trace(key, false, why, rule)
		return ""
	}
	if st.Daily != nil {
		return b.series(st, key, title, why, rule)
	}
	sp := loop.StepPlan{Key: key, Title: headed(b.words(title, it)), Needs: st.Needs, Rule: rule, Form: st.Form, Child: st.Child, After: wait}
	reason := b.due(&sp, st, it)
	b.trace(key, true, join(why, reason), rule)
	b.out.Steps, b.src = append(b.out.Steps, sp), append(b.src, i)
	b.made[st.Key] = append(b.made[st.Key], key)
	if st.Restrict != nil {
		b.restrict(st)
	}
	return key
}

// holds asks the condition of a step; wait are the steps that still have to say.
func (b *planner) holds(path string, st Step, facts map[string]any) (there bool, why seawall.Text, wait []string) {
	c := b.p.rules[path]
	if c == nil {
		return true, text("总是需要", "always needed"), nil
	}
	v := c.judge(b.ctx, facts)
	if wait = b.pending(v.unknown); len(wait) > 0 {
		return true, textf("要看环节 %s 的结果：%s", "depends on step %s: %s", strings.Join(wait, ", "), c.source), wait
	}
	switch {
	case v.failed != nil:
		return st.Restrict == nil, textf("条件无法计算（%s）", "the condition cannot be computed (%s)", c.source), nil
	case len(v.unknown) > 0:
		return false, textf("条件不成立，因为不知道 %s（%s）", "the condition does not hold: %s is not known (%s)", strings.Join(v.unknown, ", "), c.source), nil
	case v.holds:
		return true, textf("条件成立：%s", "the condition holds: %s", c.source), nil
	}
	return false, textf("条件不成立：%s", "the condition does not hold: %s", c.source), nil
}

// lost gives the step that a step counts from and that is not there, "" for none.
func (b *planner) lost(st Step) string {
	for _, k := range st.implied() {
		if len(b.made[k]) == 0 {
			return k
		}
	}
	return ""
}

// pending gives the steps among unknown facts that may still be done.
func (b *planner) pending(unknown []string) []string {
	var out []string
	for _, name := range unknown {
		key, ok := stepOf(name)
		if _, settled := b.s.Steps[key]; ok && !settled && len(b.made[key]) > 0 && !slices.Contains(out, key) {
			out = append(out, key)
		}
	}
	return out
}

// rule cites what a step rests on: the item's rule, the plan's, else this file.
func (b *planner) rule(st Step, it item) string {
	switch {
	case it.rule != "":
		return it.rule
	case b.s.Plan != nil:
		return b.s.Plan.Why.String()
	case st.Due != nil && st.Due.Figure != "" && b.s.Rule != "":
		return b.s.Rule
	}
	return b.p.Ref() + "#steps." + st.Key
}

// due sets when a step is due and on what it waits, and says why.
func (b *planner) due(sp *loop.StepPlan, st Step, it item) seawall.Text {
	if st.Each != "" {
		sp.Due, sp.Day = it.due, it.day
		return b.dueText(sp.Due, text("由规则给出", "given by the regime"))
	}
	if st.Due == nil {
		sp.Day = seawall.DayOf(b.s.Now, b.s.Zone)
		return text("没有时限", "without a clock")
	}
	from, known := b.event(st.Due.After)
	if !known {
		sp.Waiting, sp.Day = true, seawall.NoDay
		return textf("等待 %s，时限届时计算", "waits for %s; its clock is computed then", st.Due.After)
	}
	due, how, ok := b.count(*st.Due, from)
	if !ok {
		sp.Day = seawall.DayOf(b.s.Now, b.s.Zone)
		return textf("规则没有给出 %s，没有时限", "the regime gives no %s; without a clock", st.Due.Figure)
	}
	sp.Due, sp.Day = due, seawall.DayOf(due, b.s.Zone).Add(st.Due.DayShift)
	return b.dueText(due, how)
}

// count adds a due's stretch to the moment it counts from.
func (b *planner) count(d Due, from time.Time) (time.Time, seawall.Text, bool) {
	hours, how := 0, seawall.Text{}
	switch {
	case d.Days != nil && *d.Days == 0:
		return loop.EndOf(seawall.DayOf(from, b.s.Zone), b.s.Zone), textf("%s 当天结束前", "by the end of the day of %s", d.After), true
	case d.Days != nil:
		day := seawall.DayOf(from, b.s.Zone).Add(*d.Days)
		return loop.EndOf(day, b.s.Zone), textf("%s 之后第 %d 天结束前", "by the end of day %[2]d after %[1]s", d.After, *d.Days), true
	case d.Minutes != nil:
		return b.end(d, from.Add(time.Duration(*d.Minutes)*time.Minute)),
			textf("%s 之后 %d 分钟", "%[2]d minutes after %[1]s", d.After, *d.Minutes), true
	case d.Hours != nil:
		hours, how = *d.Hours, textf("%s 之后 %d 小时", "%[2]d hours after %[1]s", d.After, *d.Hours)
	default:
		n, ok := b.figure(d.Figure)
		switch {
		case ok:
			hours, how = n, textf("%s 之后 %d 小时（规则的 %s）", "%[2]d hours after %[1]s (the regime's %[3]s)", d.After, n, d.Figure)
		case d.ElseHours != nil:
			hours, how = *d.ElseHours, textf("%s 之后 %d 小时（规则没有给出 %s）", "%[2]d hours after %[1]s (the regime gives no %[3]s)", d.After, *d.ElseHours, d.Figure)
		default:
			return time.Time{}, how, false
		}
	}
	return b.end(d, from.Add(time.Duration(hours)*time.Hour)), how, true
}

// end moves a due time to the end of its day where the file says so.
func (b *planner) end(d Due, at time.Time) time.Time {
	if d.EndOfDay {
		return loop.EndOf(seawall.DayOf(at, b.s.Zone), b.s.Zone)
	}
	return at
}

// dueText words a due time with how it was counted.
func (b *planner) dueText(due time.Time, how seawall.Text) seawall.Text {
	if due.IsZero() {
		return how
	}
	at := due.In(b.s.Zone).Format("2006-01-02 15:04")
	return text("时限 "+at+"（"+how.ZH+"）", "due "+at+" ("+how.EN+")")
}

// order turns the file's keys behind "after" into those of planned steps: an item
// for each, nothing for what is not there. Who waits for nobody has its turn.
func (b *planner) order() {
	for i := range b.out.Steps {
		sp := &b.out.Steps[i]
		st := b.p.Steps[b.src[i]]
		after := sp.After // the item before for steps in turn; whose answer it depends on
		for _, k := range append(st.implied(), st.After...) {
			after = append(after, b.made[k]...)
		}
		slices.Sort(after)
		sp.After = slices.Compact(after)
		sp.Required = slices.Contains(b.p.Close.Needs, st.Key)
		for _, k := range sp.After {
			if _, settled := b.s.Steps[k]; !settled {
				sp.Waiting = true
			}
		}
	}
}

func (b *planner) trace(key string, there bool, why seawall.Text, rule string) {
	b.out.Trace = append(b.out.Trace, Line{Step: key, There: there, Why: why, Rule: rule})
}
