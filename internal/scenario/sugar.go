package scenario

import (
	"encoding/json"
	"strings"

	"github.com/seawall-city/seawall"
)

// The short forms. Each fills an operation's form with what an everyday use
// leaves unsaid; what a line says itself always holds.

// shorts are the operations behind the short forms, by verb; the first that the
// API has is meant.
func shorts(verb string) []string {
	return map[string][]string{
		"case": {"record-case"}, "contact": {"propose-contacts"}, "confirm": {"confirm-contacts"}, "dismiss": {"dismiss-contacts"},
		"result": {"record-result"}, "report": {"record-followup"}, "done": {"complete-step"}, "impossible": {"step-impossible"},
		"declare": {"declare-travel"}, "feed": {"feed-arrivals"}, "check": {"check-arrival"},
		"appeal": {"object"}, "decide": {"decide-appeal"}, "help": {"ask-help"}, "entry": {"new-entry", "record-entry", "create-entry"},
		"grades": {"import-grades"},
	}[verb]
}

// short gives the operation of a verb.
func (r *run) short(s *Step) (*Operation, error) {
	op, ok := r.spec.first(shorts(s.Verb)...)
	if !ok {
		return nil, r.fail(s.Pos, r.unknownOperation(strings.Join(shorts(s.Verb), ", ")))
	}
	return op, nil
}

// named cuts the $NAME words at the front off.
func named(words []Word) (names []Word, rest []Word) {
	for i, w := range words {
		text := strings.TrimSuffix(w.Text, ",")
		if w.Key != "" || w.Quoted || !strings.HasPrefix(text, "$") {
			return names, words[i:]
		}
		w.Text = text
		names = append(names, w)
	}
	return names, nil
}

// fill puts defaults under the fields of a step: NAME to the value as it would be
// written.
func (r *run) fill(s *Step, op *Operation, words []Word, defaults map[string]any) (input, error) {
	fields, p := r.script.fieldsOf(words, s.Block)
	if p != nil {
		return input{}, r.stop(p)
	}
	for i, f := range fields { // a person's fields need no prefix
		if long, ok := r.longer(op, f.path); ok {
			fields[i].path = long
		}
	}
	in, p := r.prepare(op, fields)
	if p != nil {
		return in, r.stop(p)
	}
	for _, k := range sortedKeys(defaults) {
		path := cutPath(k)
		w, unknown, _ := op.find(path)
		if unknown != "" {
			continue
		}
		if w.in != "body" {
			dst := map[string]map[string]any{"path": in.path, "query": in.query, "header": in.query}[w.in]
			if dst[path[0]] == nil {
				dst[path[0]] = defaults[k]
			}
			continue
		}
		if _, _, there := look(plainDoc(in.body), path); !there {
			place(in.body, path, defaults[k])
		}
	}
	return in, nil
}

// plainDoc gives a document as JSON reads it.
func plainDoc(doc map[string]any) any {
	b, err := json.Marshal(doc)
	if err != nil {
		return nil
	}
	var v any
	if json.Unmarshal(b, &v) != nil {
		return nil
	}
	return v
}

// longer finds a field below the parts that a short form leaves out: name= is
// subject.identity.name=.
func (r *run) longer(op *Operation, path []string) ([]string, bool) {
	if _, unknown, _ := op.find(path); unknown == "" {
		return nil, false
	}
	for _, prefix := range []string{"subject.identity", "subject", "identity", "contacts.0", "contacts.0.subject.identity", "people.0.identity", "people.0",
		"origins.0", "result", "declaration", "arrival"} {
		long := append(strings.Split(prefix, "."), path...)
		if _, unknown, _ := op.find(long); unknown == "" {
			return long, true
		}
	}
	return nil, false
}

// request mints the number of something sent in, so that a repeated scenario
// sends the same.
func (r *run) request() string {
	r.serial++
	return "scenario-request-" + strings.Repeat("0", max(0, 6-len(itoa(r.serial)))) + itoa(r.serial)
}

// person invents somebody as the API's forms describe an identity.
func (r *run) person() map[string]any {
	r.people++
	b, err := json.Marshal(r.o.Host.Person(int64(r.set.seed)*1000 + r.people))
	if err != nil {
		return nil
	}
	var out map[string]any
	if json.Unmarshal(b, &out) != nil {
		return nil
	}
	for k, v := range out {
		if v == nil || v == "" {
			delete(out, k)
		}
	}
	return out
}

// identity puts an invented person at a path into defaults.
func (r *run) identity(defaults map[string]any, at string) {
	for k, v := range r.person() {
		defaults[at+"."+k] = v
	}
}

// invent remembers an invented person, to be named in several forms.
func (r *run) invent(s *Step) error {
	names, rest := named(s.Words)
	if err := r.only(s, names, 1); err != nil {
		return err
	}
	fields, p := r.script.fieldsOf(rest, s.Block)
	if p != nil {
		return r.stop(p)
	}
	for _, n := range names {
		who := r.person()
		for _, f := range fields {
			v, err := r.coerce(f.word, &schema{Type: "string"}, r.spec)
			if err != nil {
				return r.fail(f.word.ValuePos, err)
			}
			if place(who, f.path, v); v == "" {
				delete(who, f.path[0])
			}
		}
		r.bind(n.Text[1:], "", who)
	}
	return nil
}

// only complains where a step's names are not as many as wanted.
func (r *run) only(s *Step, names []Word, least int) error {
	if len(names) >= least {
		return nil
	}
	return r.fail(s.Pos, seawall.E("scenario.short", seawall.Invalid, "scenario_argument_missing", "word", s.Verb, "usage", usageOf(s.Verb)))
}

func (r *run) recordCase(s *Step) error {
	names, rest := named(s.Words)
	if err := r.only(s, names, 1); err != nil {
		return err
	}
	op, err := r.short(s)
	if err != nil {
		return err
	}
	today := seawall.DayOf(r.now(), r.zone)
	defaults := map[string]any{"disease": "covid-19", "class": "confirmed", "onset": today.Add(-1).String(), "subject.request": r.request()}
	if !mentions(rest, s.Block, "person") && !mentions(rest, s.Block, "identity") {
		r.identity(defaults, "subject.identity")
	}
	in, err := r.fill(s, op, rest, defaults)
	if err != nil {
		return err
	}
	ans, err := r.call(s.Pos, op, in)
	if err == nil && ans.ok() {
		r.bind(names[0].Text[1:], "case", inner(ans.body, "case"))
	}
	return err
}

// mentions reports whether a step names a field.
func mentions(words []Word, block []Line, name string) bool {
	for _, w := range words {
		if path := cutPath(w.Key); len(path) > 0 && path[len(path)-1] == name {
			return true
		}
	}
	for _, l := range block {
		if strings.Contains(l.Text, name+"=") {
			return true
		}
	}
	return false
}

// inner gives the part of an answer of a name, else the answer.
func inner(v any, name string) any {
	if m, ok := v.(map[string]any); ok && m[name] != nil {
		return m[name]
	}
	return v
}

// contacts proposes people, one for each name, all with the same exposure.
func (r *run) contacts(s *Step) error {
	names, rest := named(s.Words)
	if len(rest) < 2 || !rest[0].bare("of") || !strings.HasPrefix(rest[1].Text, "$") {
		names = nil
	}
	if err := r.only(s, names, 1); err != nil {
		return err
	}
	op, err := r.short(s)
	if err != nil {
		return err
	}
	about, _, e := r.expand(rest[1])
	if e != nil {
		return r.fail(rest[1].Pos, e)
	}
	fields, p := r.script.fieldsOf(rest[2:], s.Block)
	if p != nil {
		return r.stop(p)
	}
	yesterday := seawall.DayOf(r.now(), r.zone).Add(-1).String()
	list := []any{}
	for range names {
		one := []field{}
		for _, f := range fields {
			f.path = append([]string{"contacts", "0"}, f.path...)
			if long, ok := r.longer(op, f.path[2:]); ok && len(long) > 2 {
				f.path = long
			}
			one = append(one, f)
		}
		in, p := r.prepare(op, one)
		if p != nil {
			return r.stop(p)
		}
		doc := plainDoc(in.body)
		first, _, _ := look(doc, []string{"contacts", "0"})
		c, _ := first.(map[string]any)
		if c == nil {
			c = map[string]any{}
		}
		r.contactDefaults(c, yesterday, op)
		list = append(list, c)
	}
	in := input{path: map[string]any{"id": about}, query: map[string]any{}, body: map[string]any{"contacts": list}}
	ans, err := r.call(s.Pos, op, in)
	if err != nil || !ans.ok() {
		return err
	}
	got, _, _ := look(ans.body, []string{"contacts"})
	for i, c := range asList(got) {
		if i < len(names) {
			r.bind(names[i].Text[1:], "contact", c)
		}
	}
	return nil
}

// contactDefaults fills one proposed contact.
func (r *run) contactDefaults(c map[string]any, yesterday string, op *Operation) {
	put := func(path string, v any) {
		if _, _, there := look(c, cutPath(path)); !there {
			place(c, cutPath(path), v)
		}
	}
	put("class", "close")
	put("lastExposure", yesterday)
	put("firstExposure", c["lastExposure"])
	put("subject.request", r.request())
	if _, _, known := look(c, []string{"subject", "person"}); known {
		return
	}
	if _, _, known := look(c, []string{"subject", "identity", "name"}); known {
		return
	}
	for k, v := range r.person() {
		put("subject.identity."+k, v)
	}
}

// ids gives the records of names.
func (r *run) ids(names []Word) ([]any, error) {
	var out []any
	for _, n := range names {
		text, whole, err := r.expand(n)
		if err != nil {
			return nil, r.fail(n.Pos, err)
		}
		if list, ok := whole.([]any); ok {
			for _, e := range list {
				out = append(out, textOf(e))
			}
			continue
		}
		out = append(out, text)
	}
	return out, nil
}

func (r *run) confirm(s *Step) error { return r.many(s) }
func (r *run) dismiss(s *Step) error { return r.many(s) }

// many runs an operation that takes a list of ids.
func (r *run) many(s *Step) error {
	names, rest := named(s.Words)
	if err := r.only(s, names, 1); err != nil {
		return err
	}
	op, err := r.short(s)
	if err != nil {
		return err
	}
	ids, err := r.ids(names)
	if err != nil {
		return err
	}
	in, err := r.fill(s, op, rest, map[string]any{"ids": ids})
	if err != nil {
		return err
	}
	ans, err := r.call(s.Pos, op, in)
	if err != nil || !ans.ok() {
		return err
	}
	// A list of which some were refused is a refusal: nobody would look.
	if n, _, ok := look(ans.body, []string{"refused"}); ok && textOf(n) != "0" && textOf(n) != "" {
		r.refused = &pending{s.Pos, &answer{status: 422, what: op.ID, body: firstRefusal(ans.body)}}
		r.last = r.refused.ans
	}
	return nil
}

// firstRefusal makes a problem of the first refused row of a list.
func firstRefusal(body any) any {
	list, _, _ := look(body, []string{"outcomes"})
	for _, o := range asList(list) {
		m, ok := o.(map[string]any)
		if !ok {
			continue
		}
		if code := textOf(m["code"]); code != "" {
			return map[string]any{"code": code, "detail": textOf(m["message"]) + " " + textOf(m["no"])}
		}
	}
	return body
}

// result records a test of each named person.
func (r *run) result(s *Step) error {
	names, rest := named(s.Words)
	if len(rest) == 0 || rest[0].Key != "" {
		names = nil
	}
	if err := r.only(s, names, 1); err != nil {
		return err
	}
	op, err := r.short(s)
	if err != nil {
		return err
	}
	for _, n := range names {
		v := r.vars[strings.SplitN(n.Text[1:], ".", 2)[0]]
		id, whole, e := r.expand(n)
		if e != nil {
			return r.fail(n.Pos, e)
		}
		r.serial++
		now := r.now()
		defaults := map[string]any{"kind": "nat", "outcome": rest[0].Text, "lab": "L1", "accession": "S-" + itoa(r.serial),
			"collected": now.Format(rfc), "resulted": now.Format(rfc), "disease": diseaseOf(whole)}
		if err := r.tested(n, op, v.kind, id, defaults); err != nil {
			return err
		}
		in, err := r.fill(s, op, rest[1:], defaults)
		if err != nil {
			return err
		}
		ans, err := r.call(s.Pos, op, in)
		if err != nil {
			return err
		}
		if ans.ok() {
			r.bind(s.Bind, "result", inner(ans.body, "result"))
		}
		if r.refused != nil {
			return nil
		}
	}
	return nil
}

// tested says whose test it is: by the record, where the form has a place for it,
// else by the person whom the record is about.
func (r *run) tested(n Word, op *Operation, kind, id string, defaults map[string]any) error {
	if kind == "" {
		return nil
	}
	if _, unknown, _ := op.find([]string{kind}); unknown == "" {
		defaults[kind] = id
		return nil
	}
	values, err := r.reread(n)
	if err != nil {
		return err
	}
	person, _, _ := look(values[0], []string{"person"})
	defaults["subject.person"], defaults["disease"] = textOf(person), diseaseOf(values[0])
	return nil
}

// rfc is how instants are sent.
const rfc = "2006-01-02T15:04:05.999999999Z07:00"

func diseaseOf(v any) string {
	if d, _, ok := look(v, []string{"disease"}); ok && textOf(d) != "" {
		return textOf(d)
	}
	return "covid-19"
}
