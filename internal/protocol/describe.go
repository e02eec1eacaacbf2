package protocol

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/seawall-city/seawall"
)

// Row is one line of a protocol in words, for explaining and comparing.
type Row struct {
	Path    string       `json:"path"`
	Section seawall.Text `json:"section"`
	Label   seawall.Text `json:"label"`
	Value   seawall.Text `json:"value"`
}

// Rows lays a protocol out in words, in the order of the file.
func (p *Protocol) Rows() []Row {
	r := &rows{}
	r.head(p)
	for _, f := range p.Forms {
		r.form(f)
	}
	for _, s := range p.Steps {
		r.step(s)
	}
	r.end(p)
	return r.out
}

// rows collects rows of one section after the other.
type rows struct {
	out     []Row
	path    string
	section seawall.Text
}

func (r *rows) open(path string, t seawall.Text) { r.path, r.section = path, t }

// add adds a row unless it says nothing.
func (r *rows) add(key string, label, value seawall.Text) {
	if value == (seawall.Text{}) {
		return
	}
	path := key
	if r.path != "" {
		path = r.path + "." + key
	}
	r.out = append(r.out, Row{Path: path, Section: r.section, Label: label, Value: value})
}

// same is a value that reads alike in both languages.
func same(s string) seawall.Text { return text(s, s) }

func yes() seawall.Text { return text("是", "yes") }

// head writes what stands before the forms.
func (r *rows) head(p *Protocol) {
	r.open("", text("流程", "The protocol"))
	r.add("title", text("名称", "Title"), p.Title)
	r.add("name", text("每个闭环的标题", "Title of each"), p.Name)
	subject, _ := named(Subjects(), p.Subject)
	r.add("subject", text("对象", "About"), subject.Text)
	r.add("disease", text("病种", "Disease"), same(p.Disease))
	r.add("theme", text("值守主题", "Duty roster's theme"), same(p.Theme))
	r.add("places", text("依次到哪里找责任人", "Where an owner is looked for"), places(p.Places))
	r.add("parties.department", text("部门", "Department"), p.Parties.Department)
	r.add("parties.unit", text("单位", "Unit"), p.Parties.Unit)
	r.add("parties.individual", text("个人", "Individual"), p.Parties.Individual)
	r.add("entry", text("登记表单", "Form that opens it"), same(p.Entry))
	r.add("source", text("来源", "Source"), p.Source)
	r.add("notes", text("说明", "Notes"), p.Notes)
}

func places(keys []string) seawall.Text {
	words := map[string]seawall.Text{"home": text("居住地", "home"), "stay": text("停留地", "place of stay"),
		"exposure": text("暴露地", "place of exposure"), "area": text("所在区域", "its area")}
	var zh, en []string
	for _, k := range keys {
		zh, en = append(zh, words[k].ZH), append(en, words[k].EN)
	}
	return text(strings.Join(zh, "、"), strings.Join(en, ", "))
}

// form writes one form.
func (r *rows) form(f Form) {
	r.open("forms."+f.Key, text("表单："+f.Title.ZH, "Form: "+f.Title.EN))
	for _, x := range f.Fields {
		r.add(x.Key, x.Label, x.describe())
	}
}

// describe words what may be answered.
func (x Field) describe() seawall.Text {
	out := fieldWord(x.Type)
	if len(x.Options) > 0 {
		var zh, en []string
		for _, o := range x.Options {
			zh, en = append(zh, o.Key+" "+o.Text.ZH), append(en, o.Key+" "+o.Text.EN)
		}
		out = text(out.ZH+"："+strings.Join(zh, "、"), out.EN+": "+strings.Join(en, ", "))
	}
	put := func(zh, en string) { out = text(out.ZH+"，"+zh, out.EN+", "+en) }
	if x.Unit != "" {
		put("单位 "+x.Unit, "in "+x.Unit)
	}
	if x.Min != nil || x.Max != nil {
		put(bound(x.Min)+" 至 "+bound(x.Max), bound(x.Min)+" to "+bound(x.Max))
	}
	if x.MaxLen > 0 {
		put(fmt.Sprintf("最多 %d 个字", x.MaxLen), fmt.Sprintf("at most %d characters", x.MaxLen))
	}
	if x.Required {
		put("必填", "required")
	}
	if x.NotFuture {
		put("不晚于现在", "not in the future")
	}
	if x.NotBefore != "" {
		put("不早于 "+x.NotBefore, "not before "+x.NotBefore)
	}
	if x.When != "" {
		put("仅当 "+x.When, "only where "+x.When)
	}
	return out
}

// fieldWord words a type.
func fieldWord(t string) seawall.Text {
	switch t {
	case FieldText:
		return text("一行文字", "one line")
	case FieldLong:
		return text("多行文字", "several lines")
	case FieldNumber:
		return text("数字", "a number")
	case FieldInteger:
		return text("整数", "a whole number")
	case FieldChoice:
		return text("单选", "one of")
	case FieldMany:
		return text("多选", "any of")
	case FieldYes:
		return text("是或否", "yes or no")
	case FieldDate:
		return text("日期", "a day")
	case FieldTime:
		return text("时刻", "a moment")
	case FieldArea:
		return text("区域", "an area")
	}
	return text("照片", "a picture")
}

// step writes one step.
func (r *rows) step(s Step) {
	r.open("steps."+s.Key, text("环节："+s.Title.ZH, "Step: "+s.Title.EN))
	r.add("title", text("名称", "Title"), s.Title)
	for i, t := range s.TitleIf {
		r.add("title_if."+strconv.Itoa(i+1), text("名称，仅当 "+t.When, "Title where "+t.When), t.Title)
	}
	r.add("help", text("怎样做", "How"), s.Help)
	r.add("when", text("仅当", "Only where"), same(s.When))
	r.add("each", text("逐项重复", "Repeated over"), same(s.Each))
	if s.InTurn {
		r.add("in_turn", text("一项接一项", "One after the other"), yes())
	}
	r.add("after", text("等待", "Waits for"), same(strings.Join(s.After, ", ")))
	if s.Due != nil {
		r.add("due", text("时限", "Due"), s.Due.describe())
	}
	if d := s.Daily; d != nil {
		r.add("daily", text("每天", "Daily"), textf("%s 至 %s，每天 %s 次，%d 时前", "%s to %s, %s a day, by %d:00", d.From, d.To, d.PerDay, d.Hour))
	}
	r.add("needs", text("佐证", "Evidence"), evidence(s.Needs))
	r.add("form", text("填写", "Fills in"), same(s.Form))
	r.add("child", text("引出流程", "Opens"), same(s.Child))
	if x := s.Restrict; x != nil {
		r.add("restrict", text("限制", "Restricts"), x.describe())
	}
}

// describe words a clock.
func (d Due) describe() seawall.Text {
	out := text("", "")
	switch {
	case d.Minutes != nil:
		out = textf("%s 之后 %d 分钟", "%[2]d minutes after %[1]s", d.After, *d.Minutes)
	case d.Hours != nil:
		out = textf("%s 之后 %d 小时", "%[2]d hours after %[1]s", d.After, *d.Hours)
	case d.Days != nil && *d.Days == 0:
		out = textf("%s 当天结束前", "by the end of the day of %s", d.After)
	case d.Days != nil:
		out = textf("%s 之后第 %d 天结束前", "by the end of day %[2]d after %[1]s", d.After, *d.Days)
	default:
		out = textf("%s 之后，小时数按规则的 %s", "after %s, hours by the regime's %s", d.After, d.Figure)
	}
	if d.ElseHours != nil {
		out = text(out.ZH+fmt.Sprintf("，没有则 %d 小时", *d.ElseHours), out.EN+fmt.Sprintf(", else %d hours", *d.ElseHours))
	}
	if d.EndOfDay && d.Days == nil {
		out = text(out.ZH+"，延到当天结束", out.EN+", moved to the end of that day")
	}
	return out
}

// describe words what limits somebody.
func (x Restrict) describe() seawall.Text {
	if x.Plan {
		return text("按规则的方案", "as the regime's plan says")
	}
	return textf("%s，%s 起最多 %d 天，申诉 %d 小时内作出决定", "%s from %s for at most %d days; an objection is decided within %d hours",
		x.Kind, x.After, x.MaxDays, x.AppealHours)
}

// evidence words what closes a step.
func evidence(kind string) seawall.Text {
	switch kind {
	case "note":
		return text("文字说明", "a note")
	case "form":
		return text("填好的表单", "a form filled in")
	case "result":
		return text("检测结果", "a test result")
	case "report":
		return text("随访记录", "a follow-up record")
	case "check":
		return text("查清的记录", "the check itself")
	case "receipt":
		return text("接收方确认", "whoever takes over confirms it")
	}
	return text("不需要", "none")
}

// end writes how a loop ends and who hears of it.
func (r *rows) end(p *Protocol) {
	r.open("close", text("办结", "How it ends"))
	rule := text("所有环节办完", "when everything is done")
	if p.Close.Rule == "release" {
		rule = text("规则的解除条件全部满足", "when every condition of release holds")
	}
	r.add("rule", text("何时办结", "When"), rule)
	r.add("outcome", text("结果", "Outcome"), same(p.Close.Outcome))
	r.add("needs", text("必须完成", "Must be done"), same(strings.Join(p.Close.Needs, ", ")))
	if own := OwnFigures(p.Subject); len(own) > 0 {
		r.open("figures", text("数字", "Figures"))
		for _, x := range own {
			r.add(x.Key, x.Text, textf("%d", "%d", p.Figures[x.Key]))
		}
	}
	r.open("", text("办结之外", "Around it"))
	if c := p.Custody; c != nil {
		r.add("custody", text("移交", "Hand-over"), textf("%d 小时内接手，否则通知上一级", "taken within %d hours, else the level above hears of it", c.AcceptWithinHours))
	}
	if x := p.Reopen; x != nil {
		r.add("reopen", text("重新打开", "Opened again"), textf("办结后 %d 天内", "within %d days of its end", x.WithinDays))
	}
	if c := p.Cancel; c != nil {
		for _, o := range c.Reasons {
			r.add("cancel."+o.Key, text("取消理由", "Reason to cancel"), o.Text)
		}
	}
	for i, n := range p.Notices {
		r.add("notices."+strconv.Itoa(i+1), text("通知："+n.On+" → "+n.To, "Notice: "+n.On+" → "+n.To), n.Text)
	}
}
