package scenario

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/seawall-city/seawall"
)

func (r *run) title(s *Step) error {
	r.out.Title = strings.Trim(s.Rest, `"`)
	return nil
}

// late refuses what must be known before the instance is opened.
func (r *run) late(s *Step) error {
	if !r.opened() {
		return nil
	}
	return r.fail(s.Pos, seawall.E("scenario.setup", seawall.Invalid, "scenario_late", "word", s.Verb))
}

func (r *run) seed(s *Step) error {
	if err := r.late(s); err != nil {
		return err
	}
	n, err := strconv.ParseUint(s.Words[0].Text, 10, 63)
	if err != nil {
		return r.fail(s.Words[0].Pos, wrongValue("0…9223372036854775807", s.Words[0].Text))
	}
	r.set.seed = n
	return nil
}

func (r *run) city(s *Step) error {
	if err := r.late(s); err != nil {
		return err
	}
	for _, w := range s.Words {
		switch w.Key {
		case "root":
			r.set.root = w.Text
		case "jurisdiction":
			r.set.jurisdiction = w.Text
		}
	}
	return nil
}

// clock sets the clock before anything has happened; later it is a wait.
func (r *run) clock(s *Step) error {
	text, at := joined(s.Words)
	m, ok := parseMoment(text, r.now(), r.zone)
	if !ok {
		return r.fail(at, seawall.E("scenario.clock", seawall.Invalid, "scenario_time", "text", clip(text)))
	}
	if r.opened() {
		return r.waitTo(at, m.at)
	}
	r.set.start = m.at
	return nil
}

// joined puts bare words together as one text.
func joined(words []Word) (string, Pos) {
	var parts []string
	for _, w := range words {
		parts = append(parts, w.Text)
	}
	if len(words) == 0 {
		return "", Pos{}
	}
	return strings.Join(parts, " "), words[0].Pos
}

// story tells a demonstration: a shipped one, one from a file, or the text below.
func (r *run) story(s *Step) error {
	if err := r.late(s); err != nil {
		return err
	}
	id, text := "", blockText(s.Block)
	var err error
	if len(s.Block) == 0 {
		if id = s.Words[0].Text; strings.ContainsAny(id, "./") {
			text, err = r.read(id)
		}
	}
	if err != nil {
		return r.machineFault(s.Words[0].Pos, err)
	}
	told, err := r.o.Host.Story(id, text, r.zone)
	if err != nil {
		return r.machineFault(s.Pos, err)
	}
	r.set.start = told.Begins
	if err := r.compose(); err != nil {
		return r.machineFault(s.Pos, err)
	}
	if err := told.Tell(r.ctx, r.app); err != nil {
		return r.machineFault(s.Pos, err)
	}
	for _, a := range told.Accounts {
		r.logins = append(r.logins, &session{login: a.Login, roles: a.Roles, area: a.Area})
	}
	return r.app.Settle(r.ctx)
}

// row reads a table's row by its head.
func (r *run) row(t table, i int) (func(name string) string, *Problem) {
	cells := map[string]string{}
	for j, h := range t.head {
		text, _, err := r.expand(t.rows[i][j])
		if err != nil {
			return nil, r.script.problem(t.rows[i][j].Pos, err)
		}
		cells[h.Text] = text
	}
	return func(name string) string { return cells[name] }, nil
}

// eachRow calls fn with every row of a step's table.
func (r *run) eachRow(s *Step, fn func(at Pos, cell func(string) string) error) error {
	t, p := r.script.readTable(s.Block)
	for i := range t.rows {
		if p != nil {
			break
		}
		var cell func(string) string
		if cell, p = r.row(t, i); p == nil {
			if err := fn(t.rows[i][0].Pos, cell); err != nil {
				return err
			}
		}
	}
	if p != nil {
		r.out.Problems = append(r.out.Problems, p)
		return errStop
	}
	return nil
}

func splitList(s string) []string {
	var out []string
	for part := range strings.SplitSeq(s, ",") {
		if part = strings.TrimSpace(part); part != "" {
			out = append(out, part)
		}
	}
	return out
}

// accounts makes posts.
func (r *run) accounts(s *Step) error {
	return r.eachRow(s, func(at Pos, cell func(string) string) error {
		return r.post(at, cell("login"), cell("area"), splitList(cell("roles")), cell("post"))
	})
}

// post makes one account, with the password that every demonstration has.
func (r *run) post(at Pos, login, area string, roles []string, name string) error {
	if name == "" {
		name = login
	}
	if area == "" {
		area = r.set.root
	}
	if err := r.app.Post(r.ctx, Account{Login: login, Name: name, Area: area, Roles: roles}); err != nil {
		return r.machineFault(at, err)
	}
	r.logins = append(r.logins, &session{login: login, roles: roles, area: area})
	return nil
}

// roster puts posts on duty.
func (r *run) roster(s *Step) error {
	return r.eachRow(s, func(at Pos, cell func(string) string) error {
		rank, _ := strconv.Atoi(cell("rank"))
		return r.machineFaultOrNil(at, r.app.OnDuty(r.ctx, cell("login"), cell("area"), cell("theme"), rank))
	})
}

func (r *run) machineFaultOrNil(at Pos, err error) error {
	if err == nil {
		return nil
	}
	return r.machineFault(at, err)
}

// capacity notes what areas have.
func (r *run) capacity(s *Step) error {
	return r.eachRow(s, func(at Pos, cell func(string) string) error {
		total, e1 := strconv.Atoi(cell("total"))
		used, e2 := strconv.Atoi("0" + cell("used"))
		if e1 != nil || e2 != nil {
			return r.fail(at, wrongValue("total, used", cell("total")+" "+cell("used")))
		}
		return r.machineFaultOrNil(at, r.app.Means(r.ctx, cell("area"), cell("kind"), total, used))
	})
}

// blockText gives a block as a text.
func blockText(block []Line) string {
	var b strings.Builder
	for _, l := range block {
		b.WriteString(l.Text + "\n")
	}
	return b.String()
}

// file remembers a file for uploads and commands.
func (r *run) file(s *Step) error {
	name := filepath.Base(s.Words[0].Text)
	r.files[name] = blockText(s.Block)
	return r.write("files", name, r.files[name])
}

// write puts a text into a file of the scenario's own directory.
func (r *run) write(dir, name, text string) error {
	if err := os.MkdirAll(filepath.Join(r.dir, dir), 0o700); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(r.dir, dir, filepath.Base(name)), []byte(text), 0o600)
}

// read gives a file: one of the scenario's own, else one beside the scenario.
func (r *run) read(name string) (string, error) {
	if text, ok := r.files[filepath.Base(name)]; ok {
		return text, nil
	}
	path := name
	if !filepath.IsAbs(path) {
		path = filepath.Join(r.base, name)
	}
	b, err := os.ReadFile(path)
	if err != nil {
		return "", seawall.E("scenario.read", seawall.NotFound, "scenario_file", "path", name)
	}
	return string(b), nil
}

func (r *run) ruleFile(s *Step) error     { return r.overlay(s, r.cfg.Regimes) }
func (r *run) protocolFile(s *Step) error { return r.overlay(s, r.cfg.Protocols) }

// overlay puts a file over the shipped ones and starts the server again with it.
// A file that is refused is taken away; the refusal is the step's answer.
func (r *run) overlay(s *Step, dir string) error {
	name := s.Words[0].Text
	text := blockText(s.Block)
	if len(s.Block) == 0 {
		var err error
		if text, err = r.read(name); err != nil {
			return r.machineFault(s.Words[0].Pos, err)
		}
	}
	path := filepath.Join(dir, filepath.Base(name))
	old, missing := os.ReadFile(path)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		return err
	}
	r.last = &answer{status: 200, what: s.Verb + " " + name, body: map[string]any{"name": name}}
	err := r.app.CheckFiles()
	if err == nil {
		return r.machineFaultOrNil(s.Pos, r.reopen())
	}
	if missing != nil {
		err = orFirst(os.Remove(path), err)
	} else {
		err = orFirst(os.WriteFile(path, old, 0o600), err)
	}
	r.last = refusal(s.Verb+" "+name, err, r.o.Say)
	r.refused = &pending{s.Pos, r.last}
	return nil
}

func orFirst(a, b error) error {
	if a != nil {
		return a
	}
	return b
}

func (r *run) restart(s *Step) error {
	r.last = &answer{status: 200, what: "restart", body: map[string]any{}}
	return r.machineFaultOrNil(s.Pos, r.reopen())
}

// refusal makes an answer of an error that no server sent.
func refusal(what string, err error, say Wording) *answer {
	body := map[string]any{"detail": err.Error()}
	for e := asError(err); e != nil; e = asError(e.Err) {
		if e.Code != "" {
			body["code"], body["detail"] = e.Code, say(e.Code, e.Args)
			var fields []any
			for _, f := range e.Fields {
				fields = append(fields, map[string]any{"field": f.Field, "code": f.Code, "message": say(f.Code, f.Args)})
			}
			body["errors"] = fields
			if e.Err != nil { // a rule file's line and caret
				body["detail"] = fmt.Sprintf("%s\n%s", body["detail"], e.Err)
			}
			break
		}
	}
	return &answer{status: 422, what: what, body: body, text: fmt.Sprint(body["detail"])}
}

// as changes who acts: a login, a role, nobody, or the machine's operator.
func (r *run) as(s *Step) error {
	who, area := s.Words[0].Text, ""
	if len(s.Words) == 3 && s.Words[1].bare("in") {
		area = s.Words[2].Text
	}
	if err := r.open(s); err != nil {
		return err
	}
	key := who + " " + area
	if got, ok := r.sessions[key]; ok {
		r.who = got
		return nil
	}
	got, err := r.actor(s, who, area)
	if err == nil {
		r.who, r.sessions[key] = got, got
	}
	return err
}

func (r *run) actor(s *Step, who, area string) (*session, error) {
	switch who {
	case "nobody":
		return newSession("nobody", nil)
	case "operator":
		return newSession("operator", inProcess{r.operatorFace})
	}
	for _, l := range r.logins {
		if l.login == who && area == "" {
			return r.signIn(s, l)
		}
	}
	known := r.roles()
	if !known[who] {
		var near []string
		for _, l := range r.logins {
			near = append(near, l.login)
		}
		return nil, r.fail(s.Words[0].Pos, seawall.E("scenario.as", seawall.NotFound, "scenario_login", "name", who,
			"near", nearest(who, append(near, sortedKeys(known)...))))
	}
	for _, l := range r.logins {
		if has(l.roles, who) && (area == "" || l.area == area) {
			return r.signIn(s, l)
		}
	}
	if area == "" {
		area = r.set.root
	}
	login := strings.ReplaceAll(who, "_", "-") + "-" + strings.ToLower(area)
	if err := r.post(s.Pos, login, area, []string{who}, login); err != nil {
		return nil, err
	}
	return r.signIn(s, r.logins[len(r.logins)-1])
}

func has(list []string, s string) bool {
	for _, x := range list {
		if x == s {
			return true
		}
	}
	return false
}

// roles are the roles of the installation.
func (r *run) roles() map[string]bool {
	out := map[string]bool{}
	for _, id := range r.app.Roles() {
		out[id] = true
	}
	return out
}

// signIn opens a browser and signs in.
func (r *run) signIn(s *Step, l *session) (*session, error) {
	got, err := newSession(l.login, nil)
	if err != nil {
		return nil, err
	}
	got.roles, got.area = l.roles, l.area
	body := strings.NewReader(fmt.Sprintf(`{"login":%q,"password":%q}`, l.login, r.app.Password()))
	ans, err := got.send(r.ctx, r.o.Lang, "POST", r.url+"/api/v1/session", "application/json", body)
	if err != nil {
		return nil, err
	}
	if !ans.ok() {
		_, detail, _ := ans.problemOf()
		return nil, r.fail(s.Pos, seawall.E("scenario.as", seawall.Denied, "scenario_sign_in", "name", l.login, "detail", detail))
	}
	return got, nil
}
