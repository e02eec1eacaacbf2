package scenario

import (
	"fmt"
	"strings"

	"github.com/seawall-city/seawall"
)

// expect looks at what must be so. What differs is noted and the scenario goes
// on, so that one run shows all of it.
func (r *run) expect(s *Step) error {
	if len(s.Words) == 0 && len(s.Block) == 0 {
		return r.fail(s.Pos, seawall.E("scenario.expect", seawall.Invalid, "scenario_argument_missing", "word", "expect", "usage", usageOf("expect")))
	}
	if len(s.Words) == 0 {
		return r.expectAnswer(s)
	}
	w := s.Words[0]
	if w.Key != "" {
		return r.expectAnswer(s)
	}
	switch {
	case w.bare("refused"):
		return r.expectRefused(s)
	case w.bare("no"), w.bare("event"), w.bare("notice"):
		return r.expectTold(s)
	case w.bare("page"):
		return r.expectPage(s)
	case w.bare("output"):
		return r.expectOutput(s)
	case w.bare("rows"):
		return r.expectRows(s)
	case w.bare("steps"):
		return r.expectSteps(s)
	case strings.HasPrefix(w.Text, "$") && !w.Quoted:
		return r.expectRecord(s)
	}
	if _, ok := r.spec.Ops[w.Text]; ok {
		return r.expectOperation(s)
	}
	return r.fail(w.Pos, seawall.E("scenario.expect", seawall.Invalid, "scenario_expect", "text", clip(w.Text),
		"near", nearest(w.Text, append(expectForms(), r.spec.IDs()...))))
}

func expectForms() []string {
	return []string{"refused", "event", "notice", "no", "page", "output", "rows", "steps"}
}

// conditions reads the words PATH OP VALUE of a line and of the lines below it.
func (r *run) conditions(words []Word, block []Line) ([]Word, *Problem) {
	out := append([]Word{}, words...)
	for _, l := range block {
		if t := strings.TrimSpace(l.Text); t == "" || strings.HasPrefix(t, "#") {
			continue
		}
		more, p := lex(l)
		if p != nil {
			return nil, r.script.problem(p.Pos, p.Err)
		}
		out = append(out, more...)
	}
	for _, w := range out {
		if w.Key == "" {
			return nil, r.script.problem(w.Pos, seawall.E("scenario.expect", seawall.Invalid, "scenario_field_form", "text", clip(w.Text)))
		}
	}
	return out, nil
}

// expectAnswer looks at the last answer.
func (r *run) expectAnswer(s *Step) error {
	words, p := r.conditions(s.Words, s.Block)
	if p != nil {
		return r.stop(p)
	}
	if r.last == nil {
		return r.fail(s.Pos, seawall.E("scenario.expect", seawall.Invalid, "scenario_no_answer"))
	}
	return r.meet(words, r.last.what, r.last.body)
}

// meet holds conditions against values; the first value that has a path answers
// for it.
func (r *run) meet(words []Word, what string, values ...any) error {
	for _, w := range words {
		var got any
		var known []string
		found := false
		for _, v := range values {
			var k []string
			if got, k, found = look(v, cutPath(w.Key)); found {
				break
			}
			known = union(known, k)
		}
		absent := w.Text == "" && w.Op == "=" || w.Op == "!=" || w.Op == "!~"
		if !found && !absent && !r.omitted(w, values) {
			return r.fail(w.Pos, seawall.E("scenario.expect", seawall.NotFound, "scenario_path", "path", w.Key, "known", clipList(known)))
		}
		ok, err := r.holds(w, got)
		if err != nil {
			return r.fail(w.ValuePos, err)
		}
		if ok || r.mend(w, got) {
			continue
		}
		want := w.Text
		if w.Op != "=" {
			want = w.Op + " " + w.Text
		}
		r.differ(w.Pos, w.Key+": "+want, r.show(got), seawall.E("scenario.expect", seawall.Invalid, "scenario_differs", "what", what, "path", w.Key))
	}
	return nil
}

// union adds the names that are not there yet.
func union(a, b []string) []string {
	for _, x := range b {
		if !has(a, x) {
			a = append(a, x)
		}
	}
	return a
}

// omitted reports whether the path leads to a field that an answer leaves out when
// it is empty: all but its last part exist.
func (r *run) omitted(w Word, values []any) bool {
	path := cutPath(w.Key)
	for _, v := range values {
		holder, _, ok := look(v, path[:len(path)-1])
		if m, isMap := holder.(map[string]any); ok && isMap && w.Text != "" && len(path) > 1 {
			return len(m) > 0
		}
	}
	return false
}

// expectRecord looks at records, read anew.
func (r *run) expectRecord(s *Step) error {
	names, rest := named(s.Words)
	words, p := r.conditions(rest, s.Block)
	if p != nil {
		return r.stop(p)
	}
	for _, n := range names {
		values, err := r.reread(n)
		if err != nil {
			return err
		}
		if err := r.meet(words, n.Text, values...); err != nil {
			return err
		}
	}
	return nil
}

// reread gives a named record as it is now: its own fields, then the whole view.
func (r *run) reread(n Word) ([]any, error) {
	v, known := r.vars[strings.SplitN(n.Text[1:], ".", 2)[0]]
	_, whole, e := r.expand(n)
	if e != nil {
		return nil, r.fail(n.Pos, e)
	}
	if !known || v.kind == "" || strings.Contains(n.Text, ".") {
		return []any{whole}, nil
	}
	op, ok := r.spec.first(kinds()[v.kind]...)
	if !ok {
		return []any{whole}, nil
	}
	id, _ := idOf(whole)
	ans, err := r.seen(n.Pos, op, input{path: map[string]any{op.pathParam(): id}, query: map[string]any{}})
	if err != nil {
		return nil, err
	}
	if !ans.ok() {
		r.refused = &pending{n.Pos, ans}
		return nil, r.unexpected()
	}
	r.vars[n.Text[1:]] = variable{v.kind, inner(ans.body, v.kind)}
	return []any{inner(ans.body, v.kind), ans.body}, nil
}

// seen asks a reading operation as the machine's operator, who sees the whole
// city: an expectation is about what is, not about who may look. Where the
// operator may not, it is asked as who acts.
func (r *run) seen(at Pos, op *Operation, in input) (ans *answer, err error) {
	who, err := r.operator()
	if err != nil {
		return nil, err
	}
	err = r.asked(who, func() error {
		ans, err = r.ask(at, op, in)
		return err
	})
	if err == nil && ans.status == 403 {
		return r.ask(at, op, in)
	}
	return ans, err
}

// pathParam is the name of an operation's first part of the path.
func (o *Operation) pathParam() string {
	for _, p := range o.Params {
		if p.In == "path" {
			return p.Name
		}
	}
	return "id"
}

// expectOperation asks a reading operation and looks at the answer.
func (r *run) expectOperation(s *Step) error {
	op := r.spec.Ops[s.Words[0].Text]
	words := s.Words[1:]
	has, at := false, ""
	var params []Word
	for _, w := range words {
		switch {
		case w.bare("has"):
			has = true
		case w.Key == "" && !w.Quoted && at == "":
			at = w.Text
		default:
			params = append(params, w)
		}
	}
	fields, p := r.script.fieldsOf(params, nil)
	if p != nil {
		return r.stop(p)
	}
	in, p := r.prepare(op, fields)
	if p != nil {
		return r.stop(p)
	}
	ans, err := r.call(s.Pos, op, in)
	if err != nil || !ans.ok() {
		return err
	}
	r.bind(s.Bind, kindOf(op.ID), r.kept(ans))
	if isTable(s.Block) {
		return r.rows(s, op.ID, ans.body, at, has)
	}
	conditions, p := r.conditions(nil, s.Block)
	if p != nil {
		return r.stop(p)
	}
	return r.meet(conditions, op.ID, inner(ans.body, "item"), ans.body)
}

// expectRows looks at a list of the last answer.
func (r *run) expectRows(s *Step) error {
	if r.last == nil {
		return r.fail(s.Pos, seawall.E("scenario.expect", seawall.Invalid, "scenario_no_answer"))
	}
	has, at := false, ""
	for _, w := range s.Words[1:] {
		if w.bare("has") {
			has = true
			continue
		}
		at = w.Text
	}
	return r.rows(s, r.last.what, r.last.body, at, has)
}

// expectSteps looks at all steps of somebody's duties.
func (r *run) expectSteps(s *Step) error {
	if len(s.Words) < 3 || !s.Words[1].bare("of") || !strings.HasPrefix(s.Words[2].Text, "$") || !isTable(s.Block) {
		return r.fail(s.Pos, seawall.E("scenario.expect", seawall.Invalid, "scenario_argument_missing", "word", "expect steps", "usage", "expect steps of $NAME [has] + table"))
	}
	list, err := r.stepsOf(s.Words[2], "all", r.seen)
	if err != nil {
		return err
	}
	sortSteps(list)
	return r.rows(s, "steps", list, "", len(s.Words) > 3 && s.Words[3].bare("has"))
}

// rows holds a table against a list.
func (r *run) rows(s *Step, what string, body any, at string, has bool) error {
	t, p := r.script.readTable(s.Block)
	if p != nil {
		return r.stop(p)
	}
	list, known, ok := listAt(body, at)
	if !ok || t.head == nil {
		return r.fail(s.Pos, seawall.E("scenario.expect", seawall.NotFound, "scenario_path", "path", orText(at, "items"), "known", clipList(known)))
	}
	if has {
		return r.among(t, what, list)
	}
	same := len(t.rows) == len(list)
	for i := 0; same && i < len(list); i++ {
		ok, err := r.rowIs(t, i, list[i], false)
		if err != nil {
			return r.stop(err)
		}
		same = ok
	}
	if same {
		return nil
	}
	came := r.filled(t, list)
	if r.o.Rewrite && !r.looping {
		r.edits = append(r.edits, edit{line: t.first, last: t.last, lines: format(t, came)})
		return nil
	}
	r.differ(t.head[0].Pos, strings.Join(format(plainTable(t), texts(t)), "\n"), strings.Join(format(plainTable(t), came), "\n"),
		seawall.E("scenario.expect", seawall.Invalid, "scenario_rows", "what", what, "want", itoa(len(t.rows)), "got", itoa(len(list))))
	return nil
}

func orText(a, b string) string {
	if a == "" {
		return b
	}
	return a
}

// listAt finds a list in an answer: at a path, else its items, else itself, else
// its only list.
func listAt(body any, at string) (list []any, known []string, ok bool) {
	if at != "" {
		got, known, found := look(body, cutPath(at))
		if got == nil && found {
			return nil, nil, true
		}
		list, ok = got.([]any)
		return list, known, found && ok
	}
	if list, ok = body.([]any); ok {
		return list, nil, true
	}
	m, _ := body.(map[string]any)
	if list, ok = m["items"].([]any); ok {
		return list, nil, true
	}
	for _, k := range mapKeys(m) {
		if l, isList := m[k].([]any); isList {
			list, known = l, append(known, k)
		}
	}
	return list, mapKeys(m), len(known) == 1
}

// rowIs reports whether a row of a list is a row of the table; where the table
// names some rows of many, an empty cell asks nothing.
func (r *run) rowIs(t table, i int, got any, has bool) (bool, *Problem) {
	for j, h := range t.head {
		if has && t.rows[i][j].Text == "" && !t.rows[i][j].Quoted {
			continue
		}
		v, _, _ := look(got, cutPath(h.Text))
		ok, err := r.equal(t.rows[i][j], v)
		if err != nil {
			return false, r.script.problem(t.rows[i][j].Pos, err)
		}
		if !ok {
			return false, nil
		}
	}
	return true, nil
}

// among looks for each row of the table anywhere in the list.
func (r *run) among(t table, what string, list []any) error {
	for i, row := range t.rows {
		found := false
		for _, got := range list {
			ok, p := r.rowIs(t, i, got, true)
			if p != nil {
				return r.stop(p)
			}
			found = found || ok
		}
		if !found {
			r.differ(row[0].Pos, strings.Join(texts(t)[i], " | "), strings.Join(format(plainTable(t), r.filled(t, list)), "\n"),
				seawall.E("scenario.expect", seawall.Invalid, "scenario_row_missing", "what", what))
		}
	}
	return nil
}

// filled gives the list as rows of the table; a cell that is as expected keeps
// the words in which it was expected.
func (r *run) filled(t table, list []any) [][]string {
	var out [][]string
	for i, got := range list {
		var row []string
		for j, h := range t.head {
			v, _, _ := look(got, cutPath(h.Text))
			text := r.show(v)
			if i < len(t.rows) {
				if ok, err := r.equal(t.rows[i][j], v); ok && err == nil {
					text = written(t.rows[i][j])
				}
			}
			row = append(row, text)
		}
		out = append(out, row)
	}
	return out
}

// written gives a cell as it stands in the file.
func written(w Word) string {
	if w.Quoted {
		return `"` + w.Text + `"`
	}
	return w.Text
}

func texts(t table) [][]string {
	var out [][]string
	for _, row := range t.rows {
		var cells []string
		for _, c := range row {
			cells = append(cells, written(c))
		}
		out = append(out, cells)
	}
	return out
}

// expectRefused looks at the refusal of the step above.
func (r *run) expectRefused(s *Step) error {
	p := r.refused
	if r.refused = nil; p == nil {
		if r.last == nil {
			return r.fail(s.Pos, seawall.E("scenario.expect", seawall.Invalid, "scenario_no_answer"))
		}
		return r.fail(s.Pos, seawall.E("scenario.expect", seawall.Invalid, "scenario_not_refused", "what", r.last.what))
	}
	code, detail, fields := p.ans.problemOf()
	all := detail + " " + p.ans.text
	for _, f := range fields {
		all += " " + textOf(f["field"]) + " " + textOf(f["code"]) + " " + textOf(f["message"])
	}
	came := fmt.Sprintf("%d %s: %s", p.ans.status, code, strings.TrimSpace(all))
	bare := true
	for _, w := range s.Words[1:] {
		bare = false
		ok, want := false, w.Text
		switch {
		case w.Key == "status":
			ok = itoa(p.ans.status) == w.Text
		case w.Key == "field":
			ok = hasField(fields, w.Text)
		case w.Quoted:
			text, _, err := r.expand(w)
			if err != nil {
				return r.fail(w.Pos, err)
			}
			ok = strings.Contains(all, text)
		default:
			ok = w.Text == code || hasCode(fields, w.Text)
			if !ok && r.o.Rewrite && !r.looping && code != "" {
				r.edits = append(r.edits, edit{line: w.Pos.Line, from: w.Pos.Col, to: w.End, lines: []string{code}})
				ok = true
			}
		}
		if !ok {
			r.differ(w.Pos, want, came, seawall.E("scenario.expect", seawall.Invalid, "scenario_refused_else", "what", p.ans.what))
		}
	}
	if bare && r.o.Rewrite && !r.looping && code != "" {
		end := s.Words[0].End
		r.edits = append(r.edits, edit{line: s.Pos.Line, from: end, to: end, lines: []string{" " + code}})
	}
	return nil
}

// hasField finds a field among those refused: its name as the API gives it, or
// the end of it.
func hasField(fields []map[string]any, name string) bool {
	for _, f := range fields {
		got := textOf(f["field"])
		if got == name || strings.HasSuffix(got, "."+name) {
			return true
		}
	}
	return false
}

func hasCode(fields []map[string]any, code string) bool {
	for _, f := range fields {
		if textOf(f["code"]) == code {
			return true
		}
	}
	return false
}

// mend puts what came in the place of what was expected, where rewriting is
// asked for and the condition is an equation.
func (r *run) mend(w Word, got any) bool {
	if !r.o.Rewrite || r.looping || w.Op != "=" {
		return false
	}
	text := r.show(got)
	if text == "" || strings.ContainsAny(text, " \t\"#“[{") || w.Quoted {
		text = `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`).Replace(text) + `"`
	}
	r.edits = append(r.edits, edit{line: w.Pos.Line, from: w.ValuePos.Col, to: w.End, lines: []string{text}})
	return true
}
