package scenario

import (
	"strings"

	"github.com/seawall-city/seawall"
)

// report records today's follow-up of each named contact.
func (r *run) report(s *Step) error {
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
	ids, err := r.ids(names)
	if err != nil {
		return err
	}
	for _, id := range ids {
		in, err := r.fill(s, op, rest[1:], map[string]any{"id": id, "status": rest[0].Text})
		if err != nil {
			return err
		}
		if _, err := r.call(s.Pos, op, in); err != nil || r.refused != nil {
			return err
		}
	}
	return nil
}

// done closes the open steps of somebody that have one of the keys.
func (r *run) done(s *Step) error {
	return r.onSteps(s, map[string]any{"kind": "note", "text": "已完成"})
}

func (r *run) impossible(s *Step) error { return r.onSteps(s, nil) }

// onSteps runs an operation on steps named by subject and key.
func (r *run) onSteps(s *Step, defaults map[string]any) error {
	names, rest := named(s.Words)
	n := 0
	for n < len(rest) && rest[n].Key == "" {
		n++
	}
	if n == 0 {
		names = nil
	}
	if err := r.only(s, names, 1); err != nil {
		return err
	}
	op, err := r.short(s)
	if err != nil {
		return err
	}
	for _, who := range names {
		for _, key := range rest[:n] {
			step, err := r.openStep(who, key)
			if err != nil {
				return err
			}
			with := map[string]any{"id": textOf(step["id"]), "version": step["version"]}
			for k, v := range defaults {
				with[k] = v
			}
			if textOf(step["needs"]) == "form" {
				with["kind"] = "form"
			}
			in, err := r.fill(s, op, rest[n:], with)
			if err != nil {
				return err
			}
			if _, err := r.call(s.Pos, op, in); err != nil || r.refused != nil {
				return err
			}
		}
	}
	return nil
}

// subjectRef gives the kind/id of a named record.
func (r *run) subjectRef(w Word) (string, error) {
	v, ok := r.vars[strings.SplitN(w.Text[1:], ".", 2)[0]]
	id, _, e := r.expand(w)
	if e != nil {
		return "", r.fail(w.Pos, e)
	}
	if !ok || v.kind == "" {
		return "", r.fail(w.Pos, seawall.E("scenario.subject", seawall.Invalid, "scenario_kind", "name", w.Text))
	}
	return v.kind + "/" + id, nil
}

// stepsOf gives the steps of a record's duties, as ask sees them.
func (r *run) stepsOf(w Word, state string, ask func(Pos, *Operation, input) (*answer, error)) ([]any, error) {
	ref, err := r.subjectRef(w)
	if err != nil {
		return nil, err
	}
	query := map[string]any{"state": state, "limit": "500"}
	if kind, id, _ := strings.Cut(ref, "/"); kind == "loop" {
		op := r.spec.Ops["get-loop"]
		ans, err := ask(w.Pos, op, input{path: map[string]any{"id": id}, query: map[string]any{}})
		if err != nil {
			return nil, err
		}
		return r.listIn(w.Pos, ans, "steps")
	}
	query["subject"] = ref
	op, ok := r.spec.Ops["list-steps"]
	if !ok {
		return nil, r.fail(w.Pos, r.unknownOperation("list-steps"))
	}
	ans, err := ask(w.Pos, op, input{path: map[string]any{}, query: query})
	if err != nil {
		return nil, err
	}
	return r.listIn(w.Pos, ans, "items")
}

// listIn gives a list of an answer; a refusal ends the scenario.
func (r *run) listIn(at Pos, ans *answer, name string) ([]any, error) {
	if !ans.ok() {
		r.refused = &pending{at, ans}
		return nil, r.unexpected()
	}
	got, _, _ := look(ans.body, []string{name})
	list, _ := got.([]any)
	return list, nil
}

// openStep finds the open step of a key, with @DAY of that day, the earliest due
// of several.
func (r *run) openStep(who, key Word) (map[string]any, error) {
	text, _, e := r.expand(key)
	if e != nil {
		return nil, r.fail(key.Pos, e)
	}
	name, day, dated := strings.Cut(text, "@")
	if m, ok := parseMoment(day, r.now(), r.zone); dated && ok {
		day = seawall.DayOf(m.at, r.zone).String()
	}
	list, err := r.stepsOf(who, "open", r.ask)
	if err != nil {
		return nil, err
	}
	var best map[string]any
	var known []string
	for _, e := range list {
		st, ok := e.(map[string]any)
		if !ok || textOf(st["state"]) != "open" {
			continue
		}
		known = append(known, textOf(st["key"]))
		if st["key"] != name || dated && st["day"] != day {
			continue
		}
		if best == nil || textOf(st["due"]) < textOf(best["due"]) {
			best = st
		}
	}
	if best == nil {
		return nil, r.fail(key.Pos, seawall.E("scenario.openStep", seawall.NotFound, "scenario_step", "key", text, "name", who.Text,
			"near", nearest(name, known), "known", clipList(known)))
	}
	return best, nil
}

// retract takes a fact back: the operation is that of its kind.
func (r *run) retract(s *Step) error {
	names, rest := named(s.Words)
	if err := r.only(s, names, 1); err != nil {
		return err
	}
	ref, err := r.subjectRef(names[0])
	if err != nil {
		return err
	}
	kind, id, _ := strings.Cut(ref, "/")
	op, ok := r.spec.first("retract-" + kind)
	if !ok {
		return r.fail(s.Pos, r.unknownOperation("retract-"+kind))
	}
	in, err := r.fill(s, op, rest, map[string]any{"id": id, "reason": "复核后撤销"})
	if err != nil {
		return err
	}
	_, err = r.call(s.Pos, op, in)
	return err
}

// importFile sends a file and runs it to its end, in the background as always.
func (r *run) importFile(s *Step) error {
	send, ok := r.spec.Ops["preview-import"]
	if !ok {
		return r.fail(s.Pos, r.unknownOperation("preview-import"))
	}
	if len(s.Words) < 2 {
		return r.only(s, nil, 1)
	}
	text, err := r.read(s.Words[1].Text)
	if err != nil {
		return r.machineFault(s.Words[1].Pos, err)
	}
	in, err := r.fill(s, send, s.Words[2:], map[string]any{"kind": s.Words[0].Text, "disease": "covid-19", "source": s.Words[1].Text})
	if err != nil {
		return err
	}
	in.body["file"] = upload{s.Words[1].Text, text}
	ans, err := r.call(s.Pos, send, in)
	if err != nil || !ans.ok() {
		return err
	}
	id, _ := idOf(inner(ans.body, "import"))
	at := input{path: map[string]any{"id": id}, query: map[string]any{}, body: map[string]any{}}
	if ans, err = r.call(s.Pos, r.spec.Ops["run-import"], at); err != nil || !ans.ok() {
		return err
	}
	ans, err = r.call(s.Pos, r.spec.Ops["get-import"], at)
	if err == nil && ans.ok() {
		r.bind(s.Bind, "import", inner(ans.body, "import"))
	}
	return err
}

// kinds gives the operation that reads a record of a kind anew.
func kinds() map[string][]string {
	return map[string][]string{
		"case": {"get-case"}, "contact": {"get-contact"}, "arrival": {"get-arrival"}, "loop": {"get-loop"}, "import": {"get-import"},
		"entry": {"get-entry"}, "person": {"get-person"}, "area": {"get-area"}, "appeal": {"get-appeal"}, "help": {"get-help"},
		"trip": {"get-trip"},
	}
}

// kindOf guesses the kind of record that an operation's answer is.
func kindOf(operation string) string {
	for _, k := range sortedKeys(kinds()) {
		for _, read := range kinds()[k] {
			if operation == read {
				return k
			}
		}
	}
	return map[string]string{"record-case": "case", "record-result": "result", "update-case": "case"}[operation]
}

// listed gives the kind of record that an operation lists.
func listed(operation string) string {
	return map[string]string{"list-cases": "case", "list-contacts": "contact", "list-arrivals": "arrival", "unresolved-arrivals": "arrival",
		"list-appeals": "appeal", "list-help": "help", "list-entries": "entry", "list-imports": "import", "list-trips": "trip"}[operation]
}

// kindGuess tells a record by the fields that only its kind has.
func kindGuess(v any) string {
	m, ok := v.(map[string]any)
	if !ok {
		return ""
	}
	switch has := func(k string) bool { _, ok := m[k]; return ok }; {
	case has("caseNo") || has("lastExposure"):
		return "contact"
	case has("onset") && has("diagnosed"):
		return "case"
	case has("checks"):
		return "arrival"
	case has("accession"):
		return "result"
	case has("cargoKind"):
		return "trip"
	case has("parties"):
		return "loop"
	}
	return ""
}
