package protocol

import (
	"context"
	"slices"

	"cel.dev/cel-go/cel"
)

// maxCombinations bounds how many combinations of answers are tried to find a step
// that nobody ever reaches.
const maxCombinations = 512

// maxTogether bounds how many conditions are held against each other.
const maxTogether = 6

// checkReach finds a step that is never there whatever is answered: its condition
// holds for no answers, or none that the steps it counts from are there for. Only
// conditions about choices and yes or no are tried; others are taken at their word.
func (f *file) checkReach(i int) {
	path, s := stepPath(i), f.built.Steps[i]
	conditions := f.above(i, nil)
	if len(conditions) > maxTogether {
		return
	}
	var finite []variable
	combinations := 1
	for _, c := range conditions {
		vars := f.vars(i)
		for _, use := range c.uses {
			at := slices.IndexFunc(vars, func(v variable) bool { return v.name == use })
			if at < 0 || c.never {
				return
			}
			v := vars[at]
			if slices.ContainsFunc(finite, func(o variable) bool { return o.name == v.name }) {
				continue
			}
			n := len(v.answers())
			if combinations *= n; n == 0 || combinations > maxCombinations {
				return
			}
			finite = append(finite, v)
		}
	}
	if len(finite) == 0 || f.someHold(conditions, finite, map[string]any{}) {
		return
	}
	if s.When != "" {
		path += ".when"
	}
	f.problem(path, textf("环节“%s”永远不会出现：没有哪种回答能使它的条件成立", "step %q is never there: no answers make its condition hold", s.Key))
}

// above gives the conditions of a step and of those that it counts from.
func (f *file) above(i int, seen []int) []*condition {
	if slices.Contains(seen, i) {
		return nil
	}
	var out []*condition
	if c := f.built.rules[stepPath(i)+".when"]; c != nil {
		out = append(out, c)
	}
	for _, key := range f.built.Steps[i].implied() {
		j := slices.IndexFunc(f.built.Steps, func(s Step) bool { return s.Key == key })
		if j >= 0 {
			out = append(out, f.above(j, append(seen, i))...)
		}
	}
	return out
}

// answers gives the values of a variable where they can be counted.
func (v variable) answers() []any {
	switch {
	case v.typ == cel.BoolType:
		return []any{true, false}
	case v.typ == cel.StringType:
		out := make([]any, len(v.options))
		for i, o := range v.options {
			out[i] = o
		}
		return out
	}
	return nil
}

// someHold reports whether all conditions hold for some answers to the variables.
func (f *file) someHold(conditions []*condition, vars []variable, facts map[string]any) bool {
	if len(vars) == 0 {
		return !slices.ContainsFunc(conditions, func(c *condition) bool {
			v := c.judge(context.Background(), facts)
			return !v.holds && v.failed == nil
		})
	}
	for _, a := range vars[0].answers() {
		facts[vars[0].name] = a
		if f.someHold(conditions, vars[1:], facts) {
			return true
		}
	}
	delete(facts, vars[0].name)
	return false
}
