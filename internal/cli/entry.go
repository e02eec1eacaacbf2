package cli

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/app"
	"github.com/seawall-city/seawall/internal/casebook"
	"github.com/seawall-city/seawall/internal/response"
)

// entryCmd fills in forms that open duties and looks at them: through the running
// server where there is one, else on the database itself.
type entryCmd struct {
	New  entryNewCmd  `cmd:"" help:"Fill in the form that opens a duty of a kind."`
	List entryListCmd `cmd:"" help:"List what was filled in, the newest first."`
	Show entryShowCmd `cmd:"" help:"Show one with its answers and its duty."`
}

type entryNewCmd struct {
	place
	Protocol string   `arg:"" help:"The kind of duty: the id of its protocol."`
	Answers  []string `arg:"" optional:"" help:"Answers: FIELD=TEXT, or FIELD:=JSON for a number, yes or no (true, false) or a list."`
	Area     string   `required:"" help:"Area where it is."`
	Request  string   `required:"" help:"Id of your own, at least 16 characters: sent twice it is filed once."`
	Person   string   `help:"Number of the person it is about, who is on record."`
	Name     string   `help:"Name of the person it is about; it goes into the vault."`
	Phone    string   `help:"Telephone number; it goes into the vault."`
	JSON     bool     `name:"json" help:"Print as JSON."`
}

type entryListCmd struct {
	place
	Protocol string `arg:"" help:"The kind of duty: the id of its protocol."`
	State    string `help:"open, closed or retracted. Default: all."`
	Area     string `help:"Only below this area."`
	Limit    int    `default:"50" help:"How many lines."`
	JSON     bool   `name:"json" help:"Print as JSON."`
}

type entryShowCmd struct {
	place
	ID   string `arg:"" help:"The entry's id."`
	JSON bool   `name:"json" help:"Print as JSON."`
}

// answers reads "field=text" and "field:=json". Errors: Invalid for anything else.
func answers(given []string) (map[string]any, error) {
	out := map[string]any{}
	for _, s := range given {
		key, text, ok := strings.Cut(s, "=")
		field, typed := strings.CutSuffix(key, ":")
		if !ok || field == "" {
			return nil, seawall.E("cli.answers", seawall.Invalid, "answer_form", "value", s)
		}
		if !typed {
			out[field] = text
			continue
		}
		var v any
		if err := json.Unmarshal([]byte(text), &v); err != nil {
			return nil, &seawall.Error{Op: "cli.answers", Kind: seawall.Invalid, Code: "answer_form", Args: map[string]string{"value": s}, Err: err}
		}
		out[field] = v
	}
	return out, nil
}

// Run fills a form in and prints the entry's number.
func (c *entryNewCmd) Run(e *env) error {
	values, err := answers(c.Answers)
	if err != nil {
		return err
	}
	in := response.NewEntry{Request: c.Request, Protocol: c.Protocol, Area: seawall.AreaID(c.Area), Values: values}
	if c.Person != "" || c.Name != "" {
		in.Person = &response.Subject{Person: seawall.PersonNo(c.Person), Request: c.Request + "/person",
			Identity: response.Identity{Name: c.Name, Phone: c.Phone, Birth: seawall.NoDay}}
	}
	var out response.RecordedEntry
	err = c.reach(e, http.MethodPost, "/entries", in, &out, func(a *app.App) (err error) {
		out, err = a.Main.NewEntry(e.ctx, operator(), in)
		return err
	})
	if err != nil {
		return err
	}
	if c.JSON {
		return json.NewEncoder(e.io.Out).Encode(out)
	}
	e.say("%s  %s  %s", out.Entry.No, out.Entry.ID, out.Loop)
	return nil
}

// Run lists entries of a kind.
func (c *entryListCmd) Run(e *env) error {
	var l response.List[casebook.Entry]
	path := "/entries" + query("kind", c.Protocol, "state", c.State, "area", c.Area, "limit", strconv.Itoa(c.Limit))
	err := c.reach(e, http.MethodGet, path, nil, &l, func(a *app.App) error {
		f := response.EntryFilter{Kind: c.Protocol, State: c.State, Page: seawall.Page{Limit: c.Limit}}
		err := a.DB.Read(e.ctx, func(tx seawall.Tx) error {
			if c.Area == "" {
				return nil
			}
			at, err := a.DB.Area(e.ctx, tx, seawall.AreaID(c.Area))
			f.Scope = seawall.Scope{at.Path}
			return err
		})
		if err == nil {
			l, err = a.Main.Entries(e.ctx, operator(), f)
		}
		return err
	})
	if err != nil {
		return err
	}
	if c.JSON {
		return json.NewEncoder(e.io.Out).Encode(l)
	}
	for _, x := range l.Items {
		e.say("%s  %s  %-9s  %s  %s  %s", x.No, x.ID, x.State, time.UnixMicro(x.At).UTC().Format(time.RFC3339), x.Area.Leaf(), x.Mask)
	}
	e.say("total %d", l.Total)
	return nil
}

// Run shows an entry.
func (c *entryShowCmd) Run(e *env) error {
	var v response.EntryView
	err := c.reach(e, http.MethodGet, "/entries/"+url.PathEscape(c.ID), nil, &v, func(a *app.App) (err error) {
		v, err = a.Main.EntryView(e.ctx, operator(), seawall.EntryID(c.ID))
		return err
	})
	if err != nil {
		return err
	}
	if c.JSON {
		return json.NewEncoder(e.io.Out).Encode(v)
	}
	e.say("%s  %s  %s  %s  %s", v.Entry.No, v.Title.In(e.lang), v.Entry.State, v.AreaName.In(e.lang), v.Entry.Mask)
	for _, key := range slices.Sorted(maps.Keys(v.Entry.Values)) {
		label := key
		if v.Form != nil {
			for _, f := range v.Form.Fields {
				if f.Key == key {
					label = f.Label.In(e.lang)
				}
			}
		}
		e.say("  %s: %s", label, fmt.Sprint(v.Entry.Values[key]))
	}
	if v.Loop == nil {
		return nil
	}
	for _, s := range v.Loop.Steps {
		e.say("  %-9s  %s  %s  %s", s.State, instant(s.Due), s.Title.In(e.lang), s.OwnerName)
	}
	return nil
}

// officeHelp is the Chinese of what boards and entries say of themselves.
func officeHelp() map[string]string {
	return map[string]string{
		"Look at the duties of one kind: list, pipeline, calendar, load by owner.":             "查看一类任务：列表、流程、日历、各责任人的任务量。",
		"List the duties of a kind, the soonest due first.":                                    "列出一类任务，最先到期的在前。",
		"Count what is open and waiting in each step of a kind.":                               "统计一类任务各环节的未办和等待数。",
		"Count what is due on each day.":                                                       "统计每天到期数。",
		"Count what each owner answers for.":                                                   "统计各责任人的任务量。",
		"The kind of duty: the id of its protocol.":                                            "任务种类，即流程文件的编号。",
		"open, done, cancelled, withdrawn or all.":                                             "open（未办）、done（办结）、cancelled（取消）、withdrawn（撤回）或 all（全部）。",
		"First day, 2006-01-02. Default: today.":                                               "第一天，如 2006-01-02；默认为今天。",
		"How many days.":                                                                       "天数。",
		"Fill in forms that open duties, and look at them.":                                    "填写和查看登记表。",
		"Fill in the form that opens a duty of a kind.":                                        "填写一类任务的登记表。",
		"List what was filled in, the newest first.":                                           "列出登记表，最新的在前。",
		"Show one with its answers and its duty.":                                              "显示一份登记表的内容和任务。",
		"Answers: FIELD=TEXT, or FIELD:=JSON for a number, yes or no (true, false) or a list.": "各项内容：字段=文字；数字、是否（true、false）或列表写作 字段:=JSON。",
		"Area where it is.":                                                                    "所在区域。",
		"Number of the person it is about, who is on record.":                                  "所涉及人员的编号（已登记的人）。",
		"Name of the person it is about; it goes into the vault.":                              "所涉及人员的姓名，存入身份库。",
		"open, closed or retracted. Default: all.":                                             "open（未结）、closed（已结）或 retracted（已撤销）；默认全部。",
		"The entry's id.": "登记表的编号。",
		"The feed of arrivals: rows a second on SQLite and, where SEAWALL_TEST_POSTGRES is set, on PostgreSQL.": "测量来返数据接收速度（每秒行数）：SQLite，以及设置了 SEAWALL_TEST_POSTGRES 时的 PostgreSQL。",
		"Rows that one feed sends.": "一个来源发送的行数。",
	}
}
