package scenario

import (
	"strings"

	"github.com/seawall-city/seawall"
)

// checker looks at a script without running it.
type checker struct {
	script   *Script
	spec     *Spec
	problems []*Problem
	vars     map[string]bool
}

// Check looks for what can be known wrong without running the scenario: verbs,
// operations, fields, blocks, variables that nothing has set.
func Check(s *Script, spec *Spec) []*Problem {
	c := &checker{script: s, spec: spec, vars: map[string]bool{}}
	c.steps(s.Steps)
	return c.problems
}

func (c *checker) wrong(at Pos, err *seawall.Error) {
	c.problems = append(c.problems, c.script.problem(at, err))
}

func (c *checker) steps(list []*Step) {
	for _, s := range list {
		c.step(s)
		c.steps(s.Body)
	}
}

func (c *checker) step(s *Step) {
	d, ok := directive(s.Verb)
	if !ok {
		c.wrong(s.Pos, seawall.E("scenario.Check", seawall.Invalid, "scenario_verb", "word", clip(s.Verb), "near", nearest(s.Verb, verbs())))
		return
	}
	c.block(s, d)
	c.words(s)
	switch s.Verb {
	case "do":
		c.operation(s)
	case "expect":
		c.expect(s)
	case "wait":
		c.wait(s)
	case "person", "case", "contact", "declare", "appeal", "help", "entry":
		names, _ := named(s.Words)
		for _, n := range names {
			c.vars[strings.TrimPrefix(n.Text, "$")] = true
			if !isName(strings.TrimPrefix(n.Text, "$")) {
				c.wrong(n.Pos, seawall.E("scenario.Check", seawall.Invalid, "scenario_name", "text", clip(n.Text)))
			}
		}
	case "let":
		c.let(s)
	}
	if s.Bind != "" {
		c.vars[s.Bind] = true
	}
}

// block looks at what stands below a line.
func (c *checker) block(s *Step, d Directive) {
	at := s.Pos
	if len(s.Block) > 0 {
		at = s.Block[0].Pos
	}
	missing := seawall.E("scenario.Check", seawall.Invalid, "scenario_argument_missing", "word", s.Verb, "usage", d.Usage)
	switch {
	case d.block == noBlock && len(s.Block) > 0:
		c.wrong(at, seawall.E("scenario.Check", seawall.Invalid, "scenario_block", "word", s.Verb))
	case (d.block == needsTable || d.block == needsText || d.block == needsSteps) && len(s.Block) == 0:
		c.wrong(s.Pos, missing)
	case d.block == needsTable && !isTable(s.Block):
		c.wrong(at, seawall.E("scenario.Check", seawall.Invalid, "scenario_table_row"))
	}
	if isTable(s.Block) && d.block != needsText && d.block != maybeText {
		if _, p := c.script.readTable(s.Block); p != nil {
			c.problems = append(c.problems, p)
		}
	}
	least := map[string]int{"title": 1, "seed": 1, "city": 1, "clock": 1, "file": 1, "rules": 1, "protocol": 1, "as": 1, "do": 1, "fetch": 1, "person": 1,
		"case": 1, "contact": 3, "confirm": 1, "dismiss": 1, "result": 2, "report": 2, "done": 2, "impossible": 2, "retract": 1, "import": 2,
		"declare": 1, "feed": 1, "check": 2, "appeal": 1, "decide": 1, "help": 1, "entry": 2, "wait": 1, "each": 5}
	if len(s.Words) < least[s.Verb] || s.Verb == "story" && len(s.Words) == 0 && len(s.Block) == 0 {
		c.wrong(s.Pos, missing)
	}
}

// words looks for variables that nothing has set. A name that a line sets is
// there from the next line on.
func (c *checker) words(s *Step) {
	set := map[string]bool{}
	if has([]string{"person", "case", "contact", "declare", "appeal", "help", "entry"}, s.Verb) {
		names, _ := named(s.Words)
		for _, n := range names {
			set[strings.TrimPrefix(n.Text, "$")] = true
		}
	}
	if s.Verb == "let" && len(s.Words) > 0 {
		set[strings.TrimPrefix(orText(s.Words[0].Key, s.Words[0].Text), "$")] = true
	}
	words := s.Words
	if s.Verb != "file" && s.Verb != "rules" && s.Verb != "protocol" && s.Verb != "story" && s.Verb != "$" && s.Verb != "each" {
		for _, l := range s.Block {
			words = append(words, Word{Pos: l.Pos, ValuePos: l.Pos, Text: l.Text})
		}
	}
	for _, w := range words {
		for _, m := range reference.FindAllStringSubmatchIndex(w.Text, -1) {
			if m[2] < 0 {
				continue
			}
			v := w.Text[m[2]:m[3]]
			if c.vars[v] || set[v] || v == "URL" || v == "DIR" {
				continue
			}
			at := Pos{w.ValuePos.Line, w.ValuePos.Col + len([]rune(w.Text[:m[0]]))}
			if w.Quoted {
				at.Col++
			}
			c.wrong(at, seawall.E("scenario.Check", seawall.NotFound, "scenario_variable", "name", v, "near", nearest(v, sortedKeys(c.vars))))
			set[v] = true
		}
	}
}

// operation looks at the fields of a do line.
func (c *checker) operation(s *Step) {
	if len(s.Words) == 0 {
		return
	}
	op, ok := c.spec.Ops[s.Words[0].Text]
	if !ok {
		c.wrong(s.Words[0].Pos, seawall.E("scenario.Check", seawall.NotFound, "scenario_operation", "name", clip(s.Words[0].Text),
			"near", nearest(s.Words[0].Text, c.spec.IDs())))
		return
	}
	fields, p := c.script.fieldsOf(s.Words[1:], s.Block)
	if p != nil {
		c.problems = append(c.problems, p)
		return
	}
	given := map[string]bool{}
	for _, f := range fields {
		given[f.path[0]] = true
		if _, unknown, known := op.find(f.path); unknown != "" {
			c.wrong(f.at, unknownField(op, unknown, known))
		}
	}
	for _, p := range op.Params {
		if p.In == "path" && !given[p.Name] {
			c.wrong(s.Words[0].Pos, seawall.E("scenario.Check", seawall.Invalid, "scenario_field_missing", "operation", op.ID, "field", p.Name))
		}
	}
}

// expect looks at the form of an expectation.
func (c *checker) expect(s *Step) {
	if len(s.Words) == 0 || s.Words[0].Key != "" || strings.HasPrefix(s.Words[0].Text, "$") {
		if len(s.Words) == 0 && len(s.Block) == 0 {
			c.wrong(s.Pos, seawall.E("scenario.Check", seawall.Invalid, "scenario_argument_missing", "word", "expect", "usage", usageOf("expect")))
		}
		return
	}
	w := s.Words[0]
	for _, form := range expectForms() {
		if w.bare(form) {
			return
		}
	}
	if _, ok := c.spec.Ops[w.Text]; !ok {
		c.wrong(w.Pos, seawall.E("scenario.Check", seawall.Invalid, "scenario_expect", "text", clip(w.Text),
			"near", nearest(w.Text, append(expectForms(), c.spec.IDs()...))))
	}
}

// wait looks at the length of a wait.
func (c *checker) wait(s *Step) {
	if len(s.Words) == 0 || s.Words[0].bare("until") {
		return
	}
	if text, _ := joined(s.Words); !isDuration(text) {
		c.wrong(s.Words[0].Pos, seawall.E("scenario.Check", seawall.Invalid, "scenario_duration", "text", clip(s.Words[0].Text)))
	}
}

// let looks at "$NAME = VALUE".
func (c *checker) let(s *Step) {
	w := s.Words
	name := ""
	switch {
	case len(w) == 1 && strings.HasPrefix(w[0].Key, "$") && w[0].Op == "=":
		name = w[0].Key
	case len(w) == 3 && strings.HasPrefix(w[0].Text, "$") && w[1].Op == "" && w[1].Text == "=":
		name = w[0].Text
	}
	if !isName(strings.TrimPrefix(name, "$")) {
		c.wrong(s.Pos, seawall.E("scenario.Check", seawall.Invalid, "scenario_argument_missing", "word", "let", "usage", usageOf("let")))
		return
	}
	c.vars[name[1:]] = true
}
