package scenario

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/url"
	"path/filepath"
	"slices"
	"strings"

	"github.com/seawall-city/seawall"
)

func asError(err error) *seawall.Error {
	var e *seawall.Error
	if errors.As(err, &e) {
		return e
	}
	return nil
}

// input is what an operation is called with.
type input struct {
	path, query map[string]any
	body        map[string]any
}

// fields are the words NAME=VALUE of a step and of the lines below it, with the
// tables and texts below NAME: lines.
type field struct {
	at   Pos
	path []string
	word Word
	// rows is a table, text a text below the name.
	rows *table
	text *string
}

// fieldsOf reads the fields of a step's line and block.
func (s *Script) fieldsOf(words []Word, block []Line) ([]field, *Problem) {
	var out []field
	for _, w := range words {
		if w.Key == "" {
			return nil, s.problem(w.Pos, seawall.E("scenario.fields", seawall.Invalid, "scenario_field_form", "text", clip(w.Text)))
		}
		if w.Op != "=" {
			return nil, s.problem(w.Pos, seawall.E("scenario.fields", seawall.Invalid, "scenario_field_form", "text", clip(w.Key+w.Op+w.Text)))
		}
		out = append(out, field{at: w.Pos, path: cutPath(w.Key), word: w})
	}
	for i := 0; i < len(block); i++ {
		text := block[i].Text
		if blank(text) || strings.HasPrefix(strings.TrimSpace(text), "#") {
			continue
		}
		if name, ok := strings.CutSuffix(strings.TrimSpace(text), ":"); ok && !strings.ContainsAny(name, " =|\"") {
			end := i + 1
			for end < len(block) && (blank(block[end].Text) || indent(block[end].Text) > indent(text)) {
				end++
			}
			f, p := s.below(block[i], name, dedent(block[i+1:end]))
			if p != nil {
				return nil, p
			}
			out, i = append(out, f), end-1
			continue
		}
		words, p := lex(block[i])
		if p != nil {
			return nil, s.problem(p.Pos, p.Err)
		}
		more, p := s.fieldsOf(words, nil)
		if p != nil {
			return nil, p
		}
		out = append(out, more...)
	}
	return out, nil
}

// below reads what stands below a NAME: line.
func (s *Script) below(l Line, name string, block []Line) (field, *Problem) {
	at := Pos{l.Pos.Line, l.Pos.Col + indent(l.Text)}
	f := field{at: at, path: cutPath(name), word: Word{Pos: at, ValuePos: at}}
	if len(f.path) == 0 {
		return f, s.problem(at, seawall.E("scenario.fields", seawall.Invalid, "scenario_field_form", "text", clip(l.Text)))
	}
	if isTable(block) {
		t, p := s.readTable(block)
		f.rows = &t
		return f, p
	}
	text := blockText(block)
	f.text = &text
	return f, nil
}

// prepare makes an operation's input of fields.
func (r *run) prepare(op *Operation, fields []field) (input, *Problem) {
	in := input{map[string]any{}, map[string]any{}, map[string]any{}}
	for _, f := range fields {
		w, unknown, known := op.find(f.path)
		if unknown != "" {
			return in, r.script.problem(f.at, unknownField(op, unknown, known))
		}
		v, p := r.value(op, f, w)
		if p != nil {
			return in, p
		}
		switch w.in {
		case "path":
			in.path[f.path[0]] = v
		case "query", "header":
			in.query[f.path[0]] = v
		default:
			path := f.path
			if path[0] == "body" && len(path) > 1 {
				path = path[1:]
			}
			place(in.body, path, v)
		}
	}
	return in, nil
}

func unknownField(op *Operation, unknown string, known []string) *seawall.Error {
	return seawall.E("scenario.fields", seawall.Invalid, "scenario_field", "operation", op.ID, "field", unknown,
		"near", nearest(unknown, known), "known", clipList(known))
}

// clipList joins names for a message.
func clipList(list []string) string {
	if len(list) > 24 {
		list = append(append([]string{}, list[:24]...), "…")
	}
	return strings.Join(list, ", ")
}

// value makes the value of one field.
func (r *run) value(op *Operation, f field, w where) (any, *Problem) {
	if f.rows != nil {
		return r.tableValue(op, f)
	}
	if f.text != nil {
		text, _, err := r.expandBlock(*f.text)
		if err != nil {
			return nil, r.script.problem(f.at, err)
		}
		if w.schema.kind() == "file" {
			return upload{f.path[len(f.path)-1] + ".txt", text}, nil
		}
		return text, nil
	}
	if name, ok := strings.CutPrefix(f.word.Text, "@"); ok && !f.word.Quoted && (w.schema.kind() == "file" || w.schema.kind() == "string") {
		text, err := r.read(name)
		if err != nil {
			return nil, r.script.problem(f.word.ValuePos, asError(err))
		}
		if w.schema.kind() == "file" {
			return upload{filepath.Base(name), text}, nil
		}
		return text, nil
	}
	v, err := r.coerce(f.word, w.schema, op.spec)
	if err != nil {
		return nil, r.script.problem(f.word.ValuePos, err)
	}
	return v, nil
}

// expandBlock leaves a text as it is but for $name of known variables: a file may
// have dollar signs of its own.
func (r *run) expandBlock(text string) (string, any, *seawall.Error) {
	return reference.ReplaceAllStringFunc(text, func(ref string) string {
		if v, err := r.variable(ref); err == nil && ref != "$$" {
			return textOf(v)
		}
		return ref
	}), nil, nil
}

// tableValue makes a list of objects of a table below a field.
func (r *run) tableValue(op *Operation, f field) (any, *Problem) {
	out := []any{}
	for _, row := range f.rows.rows {
		doc := map[string]any{}
		for j, h := range f.rows.head {
			if row[j].Text == "" && !row[j].Quoted {
				continue
			}
			path := cutPath(h.Text)
			w, unknown, known := op.find(append(append(append([]string{}, f.path...), "0"), path...))
			if unknown != "" {
				return nil, r.script.problem(h.Pos, unknownField(op, unknown, known))
			}
			v, err := r.coerce(row[j], w.schema, op.spec)
			if err != nil {
				return nil, r.script.problem(row[j].Pos, err)
			}
			place(doc, path, v)
		}
		out = append(out, doc)
	}
	return out, nil
}

// do runs any operation.
func (r *run) do(s *Step) error {
	op, ok := r.spec.Ops[s.Words[0].Text]
	if !ok {
		return r.fail(s.Words[0].Pos, r.unknownOperation(s.Words[0].Text))
	}
	fields, p := r.script.fieldsOf(s.Words[1:], s.Block)
	if p != nil {
		return r.stop(p)
	}
	in, p := r.prepare(op, fields)
	if p != nil {
		return r.stop(p)
	}
	ans, err := r.call(s.Pos, op, in)
	if err != nil {
		return err
	}
	if ans.ok() {
		r.bind(s.Bind, kindOf(op.ID), r.kept(ans))
	}
	return nil
}

// kept is what a name remembers of an answer: the JSON, else the text.
func (r *run) kept(a *answer) any {
	if a.body == nil {
		return a.text
	}
	return a.body
}

func (r *run) unknownOperation(name string) *seawall.Error {
	return seawall.E("scenario.do", seawall.NotFound, "scenario_operation", "name", name, "near", nearest(name, r.spec.IDs()))
}

func (r *run) stop(p *Problem) error {
	r.out.Problems = append(r.out.Problems, p)
	return errStop
}

// call sends an operation as who acts, and lets the background do its part. A
// refusal waits for the next step to expect it.
func (r *run) call(at Pos, op *Operation, in input) (*answer, error) {
	ans, err := r.ask(at, op, in)
	if err != nil {
		return nil, err
	}
	if err := r.app.Settle(r.ctx); err != nil {
		return nil, r.machineFault(at, err)
	}
	r.last = ans
	if !ans.ok() {
		r.refused = &pending{at, ans}
		return ans, nil
	}
	return ans, nil
}

// ask sends an operation and gives the answer.
func (r *run) ask(at Pos, op *Operation, in input) (*answer, error) {
	path := op.Path
	for _, p := range op.Params {
		if p.In != "path" {
			continue
		}
		v := textOf(in.path[p.Name])
		if v == "" {
			return nil, r.fail(at, seawall.E("scenario.call", seawall.Invalid, "scenario_field_missing", "operation", op.ID, "field", p.Name))
		}
		path = strings.ReplaceAll(path, "{"+p.Name+"}", url.PathEscape(v))
	}
	query, head := url.Values{}, headersOf(op, in)
	for k, v := range in.query {
		if slices.ContainsFunc(head, func(h [2]string) bool { return h[0] == k }) {
			continue
		}
		for _, one := range asList(v) {
			query.Add(k, textOf(one))
		}
	}
	if len(query) > 0 {
		path += "?" + query.Encode()
	}
	body, kind, err := encode(op, in.body)
	if err != nil {
		return nil, err
	}
	ans, err := r.who.send(r.ctx, r.o.Lang, op.Method, r.url+path, kind, body, head...)
	if err != nil {
		return nil, err
	}
	ans.what = op.ID
	if ans.ok() {
		r.out.Seen.Operations[op.ID] = true
		for _, role := range r.who.roles {
			r.out.Seen.Roles[role] = true
		}
	}
	return ans, nil
}

// headersOf takes from an input what goes into headers, such as a carrier's key.
func headersOf(op *Operation, in input) [][2]string {
	var out [][2]string
	for _, p := range op.Params {
		if v, ok := in.query[p.Name]; ok && p.In == "header" {
			out = append(out, [2]string{p.Name, textOf(v)})
		}
	}
	return out
}

// asList gives a list's elements, or the one value.
func asList(v any) []any {
	if list, ok := v.([]any); ok {
		return list
	}
	return []any{v}
}

// encode writes the body that an operation takes.
func encode(op *Operation, body map[string]any) (io.Reader, string, error) {
	switch {
	case op.body == nil:
		return nil, "", nil
	case op.multipart:
		return form(body)
	}
	b, err := json.Marshal(body)
	return bytes.NewReader(b), "application/json", err
}

// fetch gets an address outside of the API.
func (r *run) fetch(s *Step) error {
	path, _, err := r.expand(s.Words[0])
	if err != nil {
		return r.fail(s.Words[0].Pos, err)
	}
	ans, e := r.who.send(r.ctx, r.o.Lang, "GET", r.url+path, "", nil)
	if e != nil {
		return e
	}
	ans.what = "GET " + path
	if r.last = ans; !ans.ok() {
		r.refused = &pending{s.Pos, ans}
	}
	r.bind(s.Bind, "", r.kept(ans))
	return nil
}

// let remembers a part of the last answer, or a value.
func (r *run) let(s *Step) error {
	name, w := strings.TrimPrefix(s.Words[0].Text, "$"), Word{}
	if s.Words[0].Key != "" {
		name, w = strings.TrimPrefix(s.Words[0].Key, "$"), s.Words[0]
		w.Pos = w.ValuePos
	} else {
		w = s.Words[2]
	}
	text, whole, err := r.expand(w)
	switch {
	case err != nil:
		return r.fail(w.Pos, err)
	case w.JSON:
		if json.Unmarshal([]byte(text), &whole) != nil {
			return r.fail(w.Pos, wrongValue("JSON", text))
		}
	case whole != nil:
	case w.Quoted:
		whole = text
	case r.last != nil && r.last.body != nil:
		got, known, ok := look(r.last.body, cutPath(text))
		if _, isTime := parseMoment(text, r.now(), r.zone); !ok && isTime {
			got, ok = text, true
		}
		if !ok {
			return r.fail(w.Pos, seawall.E("scenario.let", seawall.NotFound, "scenario_path", "path", text, "known", clipList(known)))
		}
		whole = got
	default:
		whole = text
	}
	kind := kindGuess(whole)
	if kind == "" && isMap(whole) && r.last != nil {
		kind = listed(r.last.what)
	}
	r.bind(name, kind, whole)
	return nil
}
