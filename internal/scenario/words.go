package scenario

import (
	"fmt"
	"io"
	"strings"

	"github.com/seawall-city/seawall"
)

// block says what may stand below a directive.
type block int

const (
	noBlock     block = iota
	maybeFields       // lines of NAME=VALUE, and NAME: with a table or a text below
	needsTable
	needsText
	maybeText
	maybeTable
	needsSteps
	maybeAny
)

// Directive is one verb of the language.
type Directive struct {
	Verb, Usage string
	Text        seawall.Text
	block       block
	// ready marks a directive that works before the instance is opened.
	ready bool
}

// Directives gives the verbs of the language in the order of the reference.
func Directives() []Directive {
	return []Directive{
		{Verb: "title", Usage: "title TEXT", ready: true, Text: seawall.Text{EN: "What the scenario is about.", ZH: "场景的标题。"}},
		{Verb: "seed", Usage: "seed NUMBER", ready: true, Text: seawall.Text{EN: "Draws people, identifiers and codes; default 1.", ZH: "决定虚构人员、编号和代码；默认 1。"}},
		{Verb: "city", Usage: "city root=AREA jurisdiction=CODE", ready: true, Text: seawall.Text{EN: "Which city this is; default Yancheng.", ZH: "哪一座城市；默认盐城。"}},
		{Verb: "clock", Usage: "clock 2022-03-28 16:00", ready: true, Text: seawall.Text{EN: "Where the clock stands at the start, local time.", ZH: "开始时的时间（当地时间）。"}},
		{Verb: "story", Usage: "story ID | story FILE | story + text", block: maybeText, ready: true, Text: seawall.Text{EN: "Tells a demonstration first; the clock stands at its end.", ZH: "先讲一个演示故事；时间停在故事结束时。"}},
		{Verb: "accounts", Usage: "accounts + table: login area roles [post]", block: needsTable, Text: seawall.Text{EN: "Posts that may be acted as.", ZH: "可以扮演的岗位。"}},
		{Verb: "roster", Usage: "roster + table: login area [theme] [rank]", block: needsTable, Text: seawall.Text{EN: "Who is on duty where.", ZH: "哪里由谁值班。"}},
		{Verb: "capacity", Usage: "capacity + table: area kind total [used]", block: needsTable, Text: seawall.Text{EN: "Rooms, teams and other means.", ZH: "房间、队伍等资源。"}},
		{Verb: "grades", Usage: "grades + table with the columns of the grades file", block: needsTable, Text: seawall.Text{EN: "Dated risk grades of areas, published by who acts.", ZH: "风险地区等级，由当前岗位发布。"}},
		{Verb: "rules", Usage: "rules NAME.yaml + text | rules FILE", block: maybeText, Text: seawall.Text{EN: "Puts a rule file of one's own over the shipped ones.", ZH: "在自带规则之上加一份规则文件。"}},
		{Verb: "protocol", Usage: "protocol NAME.yaml + text | protocol FILE", block: maybeText, Text: seawall.Text{EN: "Puts a protocol of one's own over the shipped ones.", ZH: "在自带流程之上加一份流程文件。"}},
		{Verb: "file", Usage: "file NAME + text", block: needsText, ready: true, Text: seawall.Text{EN: "A file, for uploads (@NAME) and commands.", ZH: "一个文件，供上传（@NAME）和命令使用。"}},
		{Verb: "restart", Usage: "restart", Text: seawall.Text{EN: "Stops the server and starts it again on the same data.", ZH: "停止服务器，再以同样的数据启动。"}},

		{Verb: "as", Usage: "as LOGIN | as ROLE [in AREA] | as nobody | as operator [: DIRECTIVE]", Text: seawall.Text{EN: "Who acts from here on; with a colon, for one line.", ZH: "从这里起由谁操作；加冒号则只管一行。"}},
		{Verb: "do", Usage: "do OPERATION [FIELD=VALUE …] [-> $NAME]", block: maybeFields, Text: seawall.Text{EN: "Any operation of the API with its form.", ZH: "带表单执行任何一个接口操作。"}},
		{Verb: "fetch", Usage: "fetch /PATH", Text: seawall.Text{EN: "Gets an address outside of the API (/readyz, /log/…).", ZH: "读取接口以外的地址（/readyz、/log/…）。"}},
		{Verb: "$", Usage: "$ seawall COMMAND … + expected output", block: maybeText, ready: true, Text: seawall.Text{EN: "Runs a command; what it prints must stand below.", ZH: "运行命令；输出须与下面的内容一致。"}},
		{Verb: "person", Usage: "person $NAME … [FIELD=VALUE …]", block: maybeFields, Text: seawall.Text{EN: "Invents somebody, to be named in forms: identity=$NAME.", ZH: "虚构一个人，供表单引用：identity=$NAME。"}},
		{Verb: "case", Usage: "case $NAME [FIELD=VALUE …]", block: maybeFields, Text: seawall.Text{EN: "Records a case of an invented person (record-case).", ZH: "登记一名虚构人员的病例（record-case）。"}},
		{Verb: "contact", Usage: "contact $NAME … of $CASE [FIELD=VALUE …]", block: maybeFields, Text: seawall.Text{EN: "Proposes invented people as contacts of a case (propose-contacts).", ZH: "为病例登记虚构的接触者（propose-contacts）。"}},
		{Verb: "confirm", Usage: "confirm $CONTACT …", Text: seawall.Text{EN: "Confirms contacts (confirm-contacts).", ZH: "判定接触者（confirm-contacts）。"}},
		{Verb: "dismiss", Usage: "dismiss $CONTACT … reason=TEXT", Text: seawall.Text{EN: "Dismisses contacts (dismiss-contacts).", ZH: "排除接触者（dismiss-contacts）。"}},
		{Verb: "result", Usage: "result $WHO … negative|positive [FIELD=VALUE …]", block: maybeFields, Text: seawall.Text{EN: "Records a test taken and resulted now (record-result).", ZH: "登记此刻采样并出结果的检测（record-result）。"}},
		{Verb: "report", Usage: "report $CONTACT … well|symptoms [FIELD=VALUE …]", block: maybeFields, Text: seawall.Text{EN: "Records today's follow-up (record-followup).", ZH: "登记当天随访（record-followup）。"}},
		{Verb: "done", Usage: "done $WHO KEY[@DAY] … [text=…] [data.FIELD=VALUE …]", block: maybeFields, Text: seawall.Text{EN: "Closes open steps of somebody by key (complete-step).", ZH: "按环节名完成某人未完成的环节（complete-step）。"}},
		{Verb: "impossible", Usage: "impossible $WHO KEY[@DAY] … reason=TEXT", Text: seawall.Text{EN: "Says that steps cannot be done (step-impossible).", ZH: "申明环节无法完成（step-impossible）。"}},
		{Verb: "retract", Usage: "retract $CASE|$RESULT|$ARRIVAL reason=TEXT", Text: seawall.Text{EN: "Takes a fact back with all that hung on it.", ZH: "撤销一项事实及由它产生的一切。"}},
		{Verb: "import", Usage: "import KIND FILE [disease=…]", Text: seawall.Text{EN: "Sends a file and runs it to its end (preview-import, run-import).", ZH: "上传文件并导入完毕（preview-import、run-import）。"}},
		{Verb: "declare", Usage: "declare $NAME from=CODE left=DAY [FIELD=VALUE …]", block: maybeFields, Text: seawall.Text{EN: "Declares a journey on the public page (declare-travel).", ZH: "在公众页面申报行程（declare-travel）。"}},
		{Verb: "feed", Usage: "feed NAME + table of rows", block: needsTable, Text: seawall.Text{EN: "Receives rows of a station, airport or motorway exit.", ZH: "接收车站、机场或高速出口的数据。"}},
		{Verb: "check", Usage: "check $ARRIVAL … CHECK [FIELD=VALUE …]", block: maybeFields, Text: seawall.Text{EN: "Records one of the four checks of an arrival.", ZH: "登记“四个查清”之一。"}},
		{Verb: "appeal", Usage: "appeal $NAME [FIELD=VALUE …]", block: maybeFields, Text: seawall.Text{EN: "Objects to a measure on the public page.", ZH: "在公众页面对措施提出异议。"}},
		{Verb: "decide", Usage: "decide $APPEAL [FIELD=VALUE …]", block: maybeFields, Text: seawall.Text{EN: "Decides an objection.", ZH: "对异议作出决定。"}},
		{Verb: "help", Usage: "help $NAME [FIELD=VALUE …]", block: maybeFields, Text: seawall.Text{EN: "Asks for help on the public page.", ZH: "在公众页面求助。"}},
		{Verb: "entry", Usage: "entry $NAME PROTOCOL [FIELD=VALUE …]", block: maybeFields, Text: seawall.Text{EN: "Records a fact that a protocol's form alone describes.", ZH: "登记一项只由流程表单描述的事实。"}},
		{Verb: "let", Usage: "let $NAME = PATH | let $NAME = VALUE", Text: seawall.Text{EN: "Remembers a part of the last answer, or a value.", ZH: "记住上一个回答的一部分，或一个值。"}},

		{Verb: "wait", Usage: "wait 2h30m | wait 3d | wait until [DAY] HH:MM | wait until cutoff", Text: seawall.Text{EN: "Lets time pass; every clock on the way fires at its instant.", ZH: "让时间过去；途中的时限逐一到点触发。"}},
		{Verb: "each", Usage: "each day until DAY at HH:MM + directives", block: needsSteps, Text: seawall.Text{EN: "Does the lines below now and on every day that follows.", ZH: "现在及以后每天执行下面各行。"}},

		{Verb: "expect", Usage: "expect … (see the forms below)", block: maybeAny, Text: seawall.Text{EN: "What must be so.", ZH: "必须成立的情况。"}},
	}
}

// Forms gives the forms of expect in the order of the reference.
func Forms() []Directive {
	return []Directive{
		{Usage: "expect PATH=VALUE …", Text: seawall.Text{EN: "In the last answer. Also != ~ (contains) !~ > < >= <=.", ZH: "上一个回答中的字段。也可用 != ~（包含）!~ > < >= <=。"}},
		{Usage: "expect $NAME … PATH=VALUE …", Text: seawall.Text{EN: "In a record, read anew.", ZH: "重新读取的记录中的字段。"}},
		{Usage: "expect rows [PATH] [has] + table", Text: seawall.Text{EN: "A list in the last answer; has: these rows among others.", ZH: "上一个回答中的列表；has 表示至少包含这些行。"}},
		{Usage: "expect steps of $NAME [has] + table", Text: seawall.Text{EN: "The steps of somebody's duties, done ones included.", ZH: "某人的全部环节，包括已完成的。"}},
		{Usage: "expect OPERATION [PARAM=VALUE …] [has] + table or fields", Text: seawall.Text{EN: "What a reading operation answers to who acts.", ZH: "查询操作对当前岗位的回答。"}},
		{Usage: "expect refused [CODE] [status=N] [field=NAME] [\"words\" …]", Text: seawall.Text{EN: "The line above was refused.", ZH: "上一行被拒绝。"}},
		{Usage: "expect [no] event TYPE [of $NAME] [PATH=VALUE …]", Text: seawall.Text{EN: "On the one log.", ZH: "日志中的事件。"}},
		{Usage: "expect [no] notice [to LOGIN] [\"words\" …]", Text: seawall.Text{EN: "In somebody's notices.", ZH: "某岗位的通知。"}},
		{Usage: "expect page PATH [\"words\" …] [not \"words\" …] [in zh|en]", Text: seawall.Text{EN: "On a page in a browser, signed in as who acts.", ZH: "浏览器页面上的文字，以当前岗位登录。"}},
		{Usage: "expect output \"words\" …", Text: seawall.Text{EN: "In what the last command or fetch gave.", ZH: "上一个命令或读取的输出。"}},
	}
}

// directive finds a verb.
func directive(verb string) (Directive, bool) {
	for _, d := range Directives() {
		if d.Verb == verb {
			return d, true
		}
	}
	return Directive{}, false
}

// usageOf gives how a verb is written.
func usageOf(verb string) string {
	d, _ := directive(verb)
	return d.Usage
}

func verbs() []string {
	var out []string
	for _, d := range Directives() {
		out = append(out, d.Verb)
	}
	return out
}

// PrintWords lists the verbs and every operation with its fields.
func PrintWords(w io.Writer, lang string, spec *Spec) error {
	var b strings.Builder
	for _, list := range [][]Directive{Directives(), Forms()} {
		for _, d := range list {
			fmt.Fprintf(&b, "%s\n    %s\n", d.Usage, d.Text.In(lang))
		}
		b.WriteString("\n")
	}
	for _, id := range spec.IDs() {
		op := spec.Ops[id]
		fmt.Fprintf(&b, "%s  (%s %s)\n    %s\n", id, op.Method, op.Path, op.Summary)
		for _, f := range op.Fields() {
			fmt.Fprintf(&b, "    %s\n", f)
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}
