package protocol

import (
	"slices"
	"strconv"
	"strings"
)

// stepPath and titlePath are the paths of keys in the file; conditions are kept
// under them.
func stepPath(i int) string { return "steps[" + strconv.Itoa(i) + "]" }

func titlePath(i, n int) string { return stepPath(i) + ".title_if[" + strconv.Itoa(n) + "].when" }

func quoted(s string) string { return strconv.Quote(s) }

// implied are the steps that a step waits for because its clock counts from
// them, or because its condition asks about them.
func (s Step) implied() []string {
	if s.Due == nil {
		return nil
	}
	if key, _, ok := stepField(s.Due.After); ok {
		return []string{key}
	}
	return nil
}

// stepField takes "step.KEY" and "step.KEY.FIELD" apart.
func stepField(name string) (key, field string, ok bool) {
	rest, ok := strings.CutPrefix(name, "step.")
	if !ok {
		return "", "", false
	}
	key, field, _ = strings.Cut(rest, ".")
	return key, field, key != ""
}

// stepOf gives the step that a fact comes from.
func stepOf(name string) (string, bool) {
	key, _, ok := stepField(name)
	return key, ok
}

// form gives a form of the protocol by its key.
func (p *Protocol) form(key string) (*Form, bool) {
	i := slices.IndexFunc(p.Forms, func(f Form) bool { return f.Key == key })
	if i < 0 {
		return nil, false
	}
	return &p.Forms[i], true
}

// Form gives a form of the protocol by its key.
func (p *Protocol) Form(key string) (*Form, bool) { return p.form(key) }

// Step gives a step of the file by the key of a planned step: its own, or that
// of the list it repeats over.
func (p *Protocol) Step(key string) (Step, bool) {
	for _, s := range p.Steps {
		if s.Key == key {
			return s, true
		}
	}
	for _, s := range p.Steps {
		if s.Each == eachClocks || s.Each != "" && strings.HasPrefix(key, s.Key+"-") {
			return s, true
		}
	}
	return Step{}, false
}

// field gives a field of the form by its key.
func (f *Form) field(key string) (Field, bool) {
	i := slices.IndexFunc(f.Fields, func(x Field) bool { return x.Key == key })
	if i < 0 {
		return Field{}, false
	}
	return f.Fields[i], true
}

// Again reports whether a loop has to be planned again after each step that ends,
// because a condition or a day depends on what steps gave.
func (p *Protocol) Again() bool {
	for _, c := range p.rules {
		if c != nil && slices.ContainsFunc(c.uses, func(name string) bool { return strings.HasPrefix(name, "step.") }) {
			return true
		}
	}
	for _, s := range p.Steps {
		if len(s.implied()) > 0 {
			return true
		}
		if s.Daily != nil && (strings.HasPrefix(s.Daily.From, "step.") || strings.HasPrefix(s.Daily.To, "step.")) {
			return true
		}
	}
	return false
}
