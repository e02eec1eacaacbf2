package protocol

import (
	"slices"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/strictyaml"
)

// Name is one thing that a protocol may refer to by name: an event, a figure, a
// fact.
type Name struct {
	Key string `json:"key"`
	// Type is "text", "number", "integer", "yes_no", "time" or "list".
	Type string       `json:"type"`
	Text seawall.Text `json:"text"`
	// From is the event that a figure of hours counts from.
	From string `json:"from,omitempty"`
}

// Subjects gives the things that a protocol may be about.
func Subjects() []Name {
	return []Name{
		{Key: SubjectCase, Text: text("病例", "a case")},
		{Key: SubjectContact, Text: text("接触者", "a contact")},
		{Key: SubjectArrival, Text: text("来返人员", "somebody who arrives")},
		{Key: SubjectAppeal, Text: text("申诉", "an objection")},
		{Key: SubjectHelp, Text: text("求助", "a request for help")},
		{Key: SubjectTrip, Text: text("货运行程", "a freight trip")},
		{Key: SubjectSite, Text: text("卡口等场站", "a gate or another site")},
		{Key: SubjectLot, Text: text("货物", "a lot of goods or a parcel")},
		{Key: SubjectEntry, Text: text("登记表", "a form filled in by hand")},
	}
}

// Events gives the moments that a clock may count from for a subject, beside
// "form.FIELD" and "step.KEY".
func Events(subject string) []Name {
	out := []Name{{Key: "opened", Text: text("闭环建立", "the loop was opened")}}
	planned := []Name{
		{Key: "plan.release", Text: text("方案结束后的第一天", "the first day after the plan")},
		{Key: "plan.monitor_from", Text: text("健康报告首日", "the first day with a health report")},
		{Key: "plan.monitor_to", Text: text("健康报告末日", "the last day with a health report")},
		{Key: "plan.watch_from", Text: text("不限制外出的健康监测首日", "the first day of monitoring without restriction")},
		{Key: "plan.watch_to", Text: text("不限制外出的健康监测末日", "the last day of monitoring without restriction")},
	}
	switch subject {
	case SubjectCase:
		out = append(out, Name{Key: "reported", Text: text("报告", "the case was reported")},
			Name{Key: "discovered", Text: text("发现", "it was discovered")},
			Name{Key: "onset", Text: text("发病日", "the day of falling ill")},
			Name{Key: "sampled", Text: text("首次阳性采样日", "the day of the first positive sample")})
	case SubjectContact:
		out = append(out, Name{Key: "discovered", Text: text("发现", "the contact was found")},
			Name{Key: "first_exposure", Text: text("首次接触日", "the day of first exposure")},
			Name{Key: "last_exposure", Text: text("末次接触日", "the day of last exposure")})
		out = append(out, planned...)
	case SubjectArrival:
		out = append(out, Name{Key: "discovered", Text: text("发现", "the arrival became known")},
			Name{Key: "left", Text: text("离开来源地之日", "the day of leaving")},
			Name{Key: "entered", Text: text("入境日", "the day of entering the country")},
			Name{Key: "expected", Text: text("预计到达日", "the day on which they are expected")},
			Name{Key: "arrived", Text: text("到达", "they arrived")})
		out = append(out, planned...)
	case SubjectTrip:
		out = append(out, tripEvents()...)
	case SubjectLot:
		out = append(out, lotEvents()...)
	case SubjectAppeal:
		out = append(out, Name{Key: "filed", Text: text("提出申诉", "the objection was made")},
			Name{Key: "decide_by", Text: text("应作出决定之时", "when it must be decided")},
			Name{Key: "ceiling", Text: text("最后时限", "when it lapses whatever the evidence")})
	case SubjectHelp:
		out = append(out, Name{Key: "asked", Text: text("求助", "help was asked for")},
			Name{Key: "answer_by", Text: text("应回电之时", "when somebody must call back")},
			Name{Key: "help_by", Text: text("应到位之时", "when help must be there")})
	}
	return out
}

// Figures gives the figures of the regime in force that a clock may take, all in
// hours, each with the event that it counts from.
func Figures(subject string) []Name {
	transfer := text("转运到位时限", "hours until somebody is in place")
	switch subject {
	case SubjectContact:
		return []Name{{Key: "transfer_hours", From: "discovered", Text: transfer}}
	case SubjectArrival:
		return []Name{
			{Key: "transfer_hours", From: "arrived", Text: transfer},
			{Key: "report_hours", From: "arrived", Text: text("向社区报告时限", "hours until they report to the community")},
			{Key: "headcount_hours", From: "arrived", Text: text("查清人数时限", "hours until the group is counted")},
			{Key: "identity_hours", From: "arrived", Text: text("查清人头时限", "hours until each is known")},
			{Key: "location_hours", From: "arrived", Text: text("查清位置时限", "hours until the place is known")},
			{Key: "measure_hours", From: "arrived", Text: text("查清管控情况时限", "hours until the measure is in place")},
		}
	case SubjectAppeal:
		return []Name{{Key: "decide_hours", From: "filed", Text: text("作出决定的时限", "hours until an objection is decided")}}
	}
	return nil
}

// Facts gives the typed facts of a subject that conditions may ask about, as
// "subject.KEY".
func Facts(subject string) []Name {
	class := Name{Key: "class", Type: "text", Text: text("类别", "its class")}
	setting := Name{Key: "setting", Type: "text", Text: text("场所类型", "the kind of place")}
	switch subject {
	case SubjectCase:
		return []Name{class, setting,
			{Key: "facility", Type: "text", Text: text("所在单位", "the facility")},
			{Key: "channel", Type: "text", Text: text("发现渠道", "how it was found")}}
	case SubjectContact:
		return []Name{class, setting,
			{Key: "relation", Type: "text", Text: text("与病例的关系", "the relation to the case")},
			{Key: "susceptible", Type: "yes_no", Text: text("已知易感", "known to be susceptible")},
			{Key: "symptomatic", Type: "yes_no", Text: text("有症状", "has symptoms")}}
	case SubjectArrival:
		return []Name{
			{Key: "tier", Type: "text", Text: text("适用的档次", "the row of the matrix")},
			{Key: "mode", Type: "text", Text: text("交通方式", "how they travel")},
			{Key: "channel", Type: "text", Text: text("首个渠道", "the first channel")},
			{Key: "abroad", Type: "yes_no", Text: text("来自境外", "comes from abroad")},
			{Key: "crossing", Type: "yes_no", Text: text("行程交叉", "the track crosses a case's")},
			{Key: "state", Type: "text", Text: text("状态（expected、arrived、managed）", "its state: expected, arrived, managed")},
			{Key: "made", Type: "list", Text: text("已查清的各项", "the checks that are made")},
			{Key: "confirmed", Type: "yes_no", Text: text("措施已由专人确认", "an officer has confirmed the measure")},
			{Key: "undeclared", Type: "yes_no", Text: text("未申报的同行人", "a companion whom nobody declared")},
			{Key: "group_size", Type: "integer", Text: text("同行人数", "how many travel together")}}
	case SubjectTrip:
		return tripFacts()
	case SubjectSite:
		return siteFacts()
	case SubjectLot:
		return lotFacts()
	case SubjectAppeal:
		return []Name{
			{Key: "level", Type: "integer", Text: text("第几次申诉", "which level of objection")},
			{Key: "reason", Type: "text", Text: text("理由", "the reason given")},
			{Key: "measure", Type: "text", Text: text("所针对的措施", "the measure")},
			{Key: "confirmed", Type: "yes_no", Text: text("实验室或医生已确认", "a laboratory or a clinician has confirmed")}}
	case SubjectHelp:
		return []Name{
			{Key: "kind", Type: "text", Text: text("求助类型", "the kind of help")},
			{Key: "urgent", Type: "yes_no", Text: text("紧急", "urgent")},
			{Key: "people", Type: "integer", Text: text("人数", "how many people")}}
	}
	return []Name{{Key: "person", Type: "yes_no", Text: text("涉及具体个人", "a person is named")}}
}

// PlanFacts gives what conditions may ask about the regime's plan, as "plan.KEY".
func PlanFacts(subject string) []Name {
	if subject != SubjectContact && subject != SubjectArrival {
		return nil
	}
	return []Name{
		{Key: "class", Type: "text", Text: text("类别或档次", "the class or row")},
		{Key: "restricts", Type: "yes_no", Text: text("限制活动", "it limits movement")},
		{Key: "over", Type: "yes_no", Text: text("已经结束", "it is over")},
		{Key: "ends", Type: "yes_no", Text: text("有解除日", "there is a day of release")},
		{Key: "missed", Type: "integer", Text: text("已过天数", "days that had gone by")},
		{Key: "transfer_hours", Type: "integer", Text: text("转运时限（0 为没有）", "hours to be in place, 0 for none")},
		{Key: "monitor_per_day", Type: "integer", Text: text("每天报告次数（0 为没有）", "health reports a day, 0 for none")},
		{Key: "first", Type: "text", Text: text("第一段的类型", "the kind of its first stretch")},
		{Key: "kinds", Type: "list", Text: text("各段的类型", "the kinds of its stretches")},
		{Key: "tests", Type: "integer", Text: text("检测次数", "how many tests")},
		{Key: "gate", Type: "yes_no", Text: text("到达后检测代替隔离", "tests on arrival instead of a stay")},
	}
}

// Lists gives the lists of the regime that a step may repeat over; a condition
// of such a step may ask about the item.
func Lists(subject string) []Name {
	switch subject {
	case SubjectCase:
		return []Name{{Key: eachClocks, Text: text("病例时限", "the clocks of a case")}}
	case SubjectContact, SubjectArrival:
		return []Name{
			{Key: eachTests, Text: text("方案的各次检测", "the tests of the plan")},
			{Key: eachProphylaxis, Text: text("暴露后预防的各个时间窗", "the windows of prophylaxis")},
			{Key: eachSegments, Text: text("方案的各段", "the stretches of the plan")},
			{Key: eachHandOvers, Text: text("方案中换地方的各次交接", "the changes of place in the plan")},
		}
	}
	return nil
}

// The lists by name.
const (
	eachClocks      = "case_clocks"
	eachTests       = "plan.tests"
	eachProphylaxis = "plan.prophylaxis"
	eachSegments    = "plan.segments"
	eachHandOvers   = "plan.hand_overs"
)

// itemFacts gives what a condition may ask about an item of a list.
func itemFacts(list string) []Name {
	switch list {
	case eachClocks:
		return []Name{{Key: "key", Type: "text", Text: text("时限的键", "the clock's key")},
			{Key: "hours", Type: "integer", Text: text("小时数", "its hours")}}
	case eachTests:
		return []Name{{Key: "n", Type: "integer", Text: text("第几天", "the day of the plan")},
			{Key: "kind", Type: "text", Text: text("检测方法", "the kind of test")},
			{Key: "second", Type: "yes_no", Text: text("第二份样本", "the second sample of a dual test")}}
	case eachProphylaxis:
		return []Name{{Key: "key", Type: "text", Text: text("措施的键", "the measure's key")}}
	case eachSegments, eachHandOvers:
		return []Name{{Key: "n", Type: "integer", Text: text("第几段", "its place in the plan, from 1")},
			{Key: "kind", Type: "text", Text: text("类型", "its kind")},
			{Key: "stage", Type: "text", Text: text("所在的一站（central、home、followup）", "its place in the chain: central, home, followup")},
			{Key: "days", Type: "integer", Text: text("天数", "its days")},
			{Key: "restricts", Type: "yes_no", Text: text("限制活动", "it limits movement")}}
	}
	return nil
}

// fieldTypes gives the types of a field.
func fieldTypes() []string {
	return []string{FieldText, FieldLong, FieldNumber, FieldInteger, FieldChoice, FieldMany, FieldYes, FieldDate, FieldTime, FieldArea, FieldPhoto}
}

// needs gives the kinds of evidence that a subject can bring.
func needs(subject string) []string {
	out := []string{"note", "form"}
	if subject == SubjectCase || subject == SubjectContact || subject == SubjectArrival {
		out = append(out, "result")
	}
	switch subject {
	case SubjectContact:
		out = append(out, "report")
	case SubjectArrival:
		out = append(out, "check", "receipt")
	}
	return out
}

// keys gives the keys of names in order.
func keys(names []Name) []string {
	out := make([]string, len(names))
	for i, n := range names {
		out[i] = n.Key
	}
	return out
}

// named finds one name by its key.
func named(names []Name, key string) (Name, bool) {
	i := slices.IndexFunc(names, func(n Name) bool { return n.Key == key })
	if i < 0 {
		return Name{}, false
	}
	return names[i], true
}

// meant ends a message with the word that was probably meant.
func meant(written string, list []string) seawall.Text {
	return seawall.Text(strictyaml.Meant(written, list))
}
