package scenario

import (
	"encoding/csv"
	"strings"

	"github.com/seawall-city/seawall"
)

// grades publishes dated grades of areas: the table goes as the file's text.
func (r *run) grades(s *Step) error {
	op, err := r.short(s)
	if err != nil {
		return err
	}
	text, p := r.csv(s)
	if p != nil {
		return r.stop(p)
	}
	in, err := r.fill(&Step{Pos: s.Pos, Verb: s.Verb}, op, nil, map[string]any{"csv": text, "text": text})
	if err != nil {
		return err
	}
	_, err = r.call(s.Pos, op, in)
	return err
}

// csv gives a step's table as a CSV file.
func (r *run) csv(s *Step) (string, *Problem) {
	t, p := r.script.readTable(s.Block)
	if p != nil {
		return "", p
	}
	var b strings.Builder
	w := csv.NewWriter(&b)
	var head []string
	for _, h := range t.head {
		head = append(head, h.Text)
	}
	rows := [][]string{head}
	for _, row := range t.rows {
		var line []string
		for _, c := range row {
			v, err := r.coerce(Word{Text: c.Text, Quoted: c.Quoted}, &schema{Type: "string"}, r.spec)
			if err != nil {
				return "", r.script.problem(c.Pos, err)
			}
			line = append(line, textOf(v))
		}
		rows = append(rows, line)
	}
	if err := w.WriteAll(rows); err != nil {
		return "", r.script.problem(s.Pos, wrongValue("CSV", err.Error()))
	}
	return b.String(), nil
}

// feed receives rows of a feed, by the columns of its form.
func (r *run) feed(s *Step) error {
	op, err := r.short(s)
	if err != nil {
		return err
	}
	if len(s.Words) == 0 {
		return r.only(s, nil, 1)
	}
	t, p := r.script.readTable(s.Block)
	if p != nil {
		return r.stop(p)
	}
	rows, p := r.tableValue(op, field{at: s.Pos, path: []string{"rows"}, rows: &t})
	if p != nil {
		return r.stop(p)
	}
	in, err := r.fill(&Step{Pos: s.Pos, Verb: s.Verb}, op, s.Words[1:], map[string]any{"feed": s.Words[0].Text, "rows": rows})
	if err != nil {
		return err
	}
	ans, err := r.call(s.Pos, op, in)
	if err == nil && ans.ok() {
		r.bind(s.Bind, "", r.kept(ans))
	}
	return err
}

// asNobody runs fn as a resident without an account.
func (r *run) asNobody(s *Step, fn func() error) error {
	who, ok := r.sessions["nobody "]
	if !ok {
		var err error
		if who, err = newSession("nobody", nil); err != nil {
			return err
		}
		r.sessions["nobody "] = who
	}
	return r.asked(who, fn)
}

// declare declares a journey on the public page.
func (r *run) declare(s *Step) error {
	names, rest := named(s.Words)
	if err := r.only(s, names, 1); err != nil {
		return err
	}
	op, err := r.short(s)
	if err != nil {
		return err
	}
	words := append([]Word{}, rest...)
	today := seawall.DayOf(r.now(), r.zone).String()
	defaults := map[string]any{"request": r.request(), "expected": today, "mode": "rail"}
	for i, w := range words {
		switch w.Key {
		case "from":
			words[i].Key = "origins[0].code"
		case "left":
			words[i].Key = "origins[0].left"
		}
	}
	if !mentions(words, s.Block, "people:") && !strings.Contains(blockText(s.Block), "people:") {
		r.identity(defaults, "people.0.identity")
	}
	in, err := r.fill(s, op, words, defaults)
	if err != nil {
		return err
	}
	return r.asNobody(s, func() error {
		ans, err := r.call(s.Pos, op, in)
		if err == nil && ans.ok() {
			r.bind(names[0].Text[1:], "", r.kept(ans))
		}
		return err
	})
}

// check records one of the four checks.
func (r *run) check(s *Step) error {
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
		in, err := r.fill(s, op, rest[1:], map[string]any{op.pathParam(): id, "check": rest[0].Text})
		if err != nil {
			return err
		}
		if _, err := r.call(s.Pos, op, in); err != nil || r.refused != nil {
			return err
		}
	}
	return nil
}

func (r *run) appeal(s *Step) error { return r.public(s, "appeal") }
func (r *run) help(s *Step) error   { return r.public(s, "help") }

// public runs a resident's operation and remembers the answer.
func (r *run) public(s *Step, kind string) error {
	names, rest := named(s.Words)
	if err := r.only(s, names, 1); err != nil {
		return err
	}
	op, err := r.short(s)
	if err != nil {
		return err
	}
	in, err := r.fill(s, op, rest, map[string]any{"request": r.request()})
	if err != nil {
		return err
	}
	return r.asNobody(s, func() error {
		ans, err := r.call(s.Pos, op, in)
		if err == nil && ans.ok() {
			r.bind(names[0].Text[1:], kind, inner(ans.body, kind))
		}
		return err
	})
}

// decide decides an objection.
func (r *run) decide(s *Step) error {
	names, rest := named(s.Words)
	if err := r.only(s, names, 1); err != nil {
		return err
	}
	op, err := r.short(s)
	if err != nil {
		return err
	}
	id, err := r.ids(names[:1])
	if err != nil {
		return err
	}
	in, err := r.fill(s, op, rest, map[string]any{op.pathParam(): id[0]})
	if err != nil {
		return err
	}
	_, err = r.call(s.Pos, op, in)
	return err
}

// entry records a fact that a protocol's form alone describes; a field that is
// none of the operation's own is one of the form's.
func (r *run) entry(s *Step) error {
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
	words := append([]Word{}, rest[1:]...)
	for i, w := range words {
		if _, unknown, _ := op.find(cutPath(w.Key)); w.Key != "" && unknown != "" {
			words[i].Key = "values." + w.Key
		}
	}
	in, err := r.fill(s, op, words, map[string]any{"protocol": rest[0].Text, "area": r.set.root, "request": r.request()})
	if err != nil {
		return err
	}
	ans, err := r.call(s.Pos, op, in)
	if err == nil && ans.ok() {
		r.bind(names[0].Text[1:], "entry", inner(ans.body, "entry"))
	}
	return err
}
