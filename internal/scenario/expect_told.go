package scenario

import (
	"cmp"
	"slices"
	"strings"

	"github.com/seawall-city/seawall"
)

// sortSteps puts steps into the order in which people read them: by day, due
// time, order and key.
func sortSteps(list []any) {
	get := func(v any, k string) string {
		m, _ := v.(map[string]any)
		return textOf(m[k])
	}
	slices.SortStableFunc(list, func(a, b any) int {
		return cmp.Or(cmp.Compare(get(a, "due"), get(b, "due")), cmp.Compare(get(a, "day"), get(b, "day")), cmp.Compare(get(a, "key"), get(b, "key")),
			cmp.Compare(get(a, "id"), get(b, "id")))
	})
}

// expectTold looks for an event on the log or a notice.
func (r *run) expectTold(s *Step) error {
	words, no := s.Words, false
	if words[0].bare("no") {
		words, no = words[1:], true
	}
	switch {
	case len(words) > 1 && words[0].bare("event") && words[1].Key == "":
		return r.expectEvent(s, words[1:], no)
	case len(words) > 0 && words[0].bare("notice"):
		return r.expectNotice(s, words[1:], no)
	}
	return r.fail(s.Pos, seawall.E("scenario.expect", seawall.Invalid, "scenario_argument_missing", "word", "expect",
		"usage", "expect [no] event TYPE … | expect [no] notice …"))
}

// machine is the session of the machine's operator, who sees the whole log.
func (r *run) operator() (*session, error) {
	if got, ok := r.sessions["operator "]; ok {
		return got, nil
	}
	got, err := newSession("operator", inProcess{r.operatorFace})
	if err == nil {
		r.sessions["operator "] = got
	}
	return got, err
}

// asked runs fn as another session.
func (r *run) asked(who *session, fn func() error) error {
	defer func(was *session) { r.who = was }(r.who)
	r.who = who
	return fn()
}

// expectEvent looks for an event of a type, about a record where one is named,
// with the conditions given.
func (r *run) expectEvent(s *Step, words []Word, no bool) error {
	kind := words[0].Text
	query := map[string]any{"type": kind, "limit": "500"}
	rest := words[1:]
	if len(rest) >= 2 && rest[0].bare("of") && strings.HasPrefix(rest[1].Text, "$") {
		ref, err := r.subjectRef(rest[1])
		if err != nil {
			return err
		}
		query["subject"], rest = ref, rest[2:]
	}
	conditions, p := r.conditions(rest, s.Block)
	if p != nil {
		return r.stop(p)
	}
	who, err := r.operator()
	if err != nil {
		return err
	}
	var list []any
	err = r.asked(who, func() error {
		ans, err := r.ask(s.Pos, r.spec.Ops["list-events"], input{path: map[string]any{}, query: query})
		if err == nil {
			list, err = r.listIn(s.Pos, ans, "items")
		}
		return err
	})
	if err != nil {
		return err
	}
	found := false
	for _, e := range list {
		ok, p := r.all(conditions, e)
		if p != nil {
			return r.stop(p)
		}
		found = found || ok
	}
	if found != no {
		return nil
	}
	if no {
		r.differ(words[0].Pos, "", "", seawall.E("scenario.expect", seawall.Invalid, "scenario_event_there", "type", kind))
		return nil
	}
	types, err := r.eventTypes(s.Pos, query)
	if err != nil {
		return err
	}
	r.differ(words[0].Pos, "", "", seawall.E("scenario.expect", seawall.Invalid, "scenario_event_missing", "type", kind, "known", clipList(types)))
	return nil
}

// eventTypes lists the types of the last events, for a message.
func (r *run) eventTypes(at Pos, query map[string]any) (types []string, err error) {
	delete(query, "type")
	who, err := r.operator()
	if err != nil {
		return nil, err
	}
	err = r.asked(who, func() error {
		ans, err := r.ask(at, r.spec.Ops["list-events"], input{path: map[string]any{}, query: query})
		if err != nil {
			return err
		}
		list, err := r.listIn(at, ans, "items")
		for _, e := range list {
			m, _ := e.(map[string]any)
			if t := textOf(m["type"]); !slices.Contains(types, t) {
				types = append(types, t)
			}
		}
		return err
	})
	slices.Sort(types)
	return types, err
}

// all reports whether a value meets every condition.
func (r *run) all(conditions []Word, v any) (bool, *Problem) {
	for _, w := range conditions {
		got, _, _ := look(v, cutPath(w.Key))
		ok, err := r.holds(w, got)
		if err != nil {
			return false, r.script.problem(w.ValuePos, err)
		}
		if !ok {
			return false, nil
		}
	}
	return true, nil
}

// expectNotice looks for a notice whose text has all the words.
func (r *run) expectNotice(s *Step, words []Word, no bool) error {
	who := r.who
	if len(words) >= 2 && words[0].bare("to") {
		before := r.who
		err := r.as(&Step{Pos: words[1].Pos, Verb: "as", Words: words[1:2]})
		who, r.who = r.who, before
		if err != nil {
			return err
		}
		words = words[2:]
	}
	var list []any
	err := r.asked(who, func() error {
		ans, err := r.ask(s.Pos, r.spec.Ops["list-notices"], input{path: map[string]any{}, query: map[string]any{"limit": "200"}})
		if err == nil {
			list, err = r.listIn(s.Pos, ans, "items")
		}
		return err
	})
	if err != nil {
		return err
	}
	found, seen := false, ""
	for _, n := range list {
		text := flatText(n)
		seen += r.noticeText(n) + "\n"
		ok := true
		for _, w := range words {
			want, _, e := r.expand(w)
			if e != nil {
				return r.fail(w.Pos, e)
			}
			ok = ok && strings.Contains(text, want)
		}
		found = found || ok
	}
	if found != no {
		return nil
	}
	code := seawall.E("scenario.expect", seawall.Invalid, "scenario_notice_missing", "login", who.login, "count", itoa(len(list)))
	if no {
		code = seawall.E("scenario.expect", seawall.Invalid, "scenario_notice_there", "login", who.login)
	}
	r.differ(s.Pos, quotedAll(words), strings.TrimSpace(seen), code)
	return nil
}

func quotedAll(words []Word) string {
	var out []string
	for _, w := range words {
		out = append(out, w.Text)
	}
	return strings.Join(out, " … ")
}

// noticeText is one notice in one line.
func (r *run) noticeText(n any) string {
	m, _ := n.(map[string]any)
	for _, k := range []string{"text", "title", "message"} {
		if m[k] != nil {
			return r.show(m[k])
		}
	}
	return r.show(n)
}

// flatText is all texts of a value, one behind the other.
func flatText(v any) string {
	switch x := v.(type) {
	case map[string]any:
		var b strings.Builder
		for _, k := range mapKeys(x) {
			b.WriteString(flatText(x[k]) + "\n")
		}
		return b.String()
	case []any:
		var b strings.Builder
		for _, e := range x {
			b.WriteString(flatText(e) + "\n")
		}
		return b.String()
	}
	return textOf(v)
}

// expectOutput looks for words in what the last command or fetch gave.
func (r *run) expectOutput(s *Step) error {
	if r.last == nil {
		return r.fail(s.Pos, seawall.E("scenario.expect", seawall.Invalid, "scenario_no_answer"))
	}
	text := r.last.text
	if text == "" {
		text = flatText(r.last.body)
	}
	for _, w := range s.Words[1:] {
		want, _, err := r.expand(w)
		if err != nil {
			return r.fail(w.Pos, err)
		}
		if !strings.Contains(text, want) {
			r.differ(w.Pos, want, clipLines(text), seawall.E("scenario.expect", seawall.Invalid, "scenario_words", "what", r.last.what))
		}
	}
	return nil
}

// clipLines bounds a text of several lines.
func clipLines(s string) string {
	lines := strings.Split(strings.TrimSpace(s), "\n")
	if len(lines) > 30 {
		lines = append(lines[:30], "…")
	}
	return strings.Join(lines, "\n")
}
