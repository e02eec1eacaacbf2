package gate

import (
	"fmt"
	"slices"
)

// A rule of which every case is decided by those before it says something that
// never happens; whoever wrote it meant something else. All facts have few values
// that rules tell apart (the words they name and the stretches between the bounds
// they name), so that it can be decided: a rule is a box over those values, and
// the boxes before it are taken away from it.

// box gives for each fact which of its values are in, by their place; a fact that
// is missing is free.
type box map[string][]bool

// grid is what the rules of a file tell apart.
type grid struct {
	facts  []known
	words  map[string][]string
	bounds map[string][]float64
}

// checkReached finds rules that decide nothing.
func (f *file) checkReached() {
	g := newGrid(f.rules())
	var before []box
	for i, r := range f.rules().Rules {
		b := g.box(r)
		at := fmt.Sprintf("rules[%d]", i)
		switch {
		case empty(b):
			f.problem(at+".if", "规则“%s”的条件互相矛盾，永远不会成立", "the conditions of rule %q contradict each other: it never holds", r.Key)
		case !g.left(b, before):
			f.problem(at, "规则“%s”永远轮不到：它的情形已由前面的规则全部决定", "rule %q is never reached: the rules before it decide all its cases", r.Key)
		}
		before = append(before, b)
	}
}

func newGrid(r *Rules) *grid {
	g := &grid{facts: vocabulary(), words: map[string][]string{}, bounds: map[string][]float64{}}
	for _, k := range g.facts {
		switch k.sort {
		case truth:
			g.words[k.key] = []string{"true", "false"}
		case word:
			g.words[k.key] = append([]string{""}, k.words...)
		case open:
			// "?" stands for every value that the file does not name.
			g.words[k.key] = []string{"", "?"}
		}
	}
	for _, w := range r.Exemptions {
		g.words["exemption"] = append(g.words["exemption"], w.Key)
	}
	g.words["origin"] = append(g.words["origin"], r.Grades...)
	// An exemption that the file does not name is refused with the facts.
	g.words["exemption"] = slices.DeleteFunc(g.words["exemption"], func(w string) bool { return w == "?" })
	for _, rule := range r.Rules {
		for _, c := range rule.If {
			for _, n := range []*float64{c.Gt, c.Ge, c.Lt, c.Le} {
				if n != nil {
					g.bounds[c.Fact] = append(g.bounds[c.Fact], *n)
				}
			}
		}
	}
	for fact, ns := range g.bounds {
		ns = append(ns, 0)
		slices.Sort(ns)
		g.bounds[fact] = slices.Compact(ns)
	}
	return g
}

// box gives the cases of a rule.
func (g *grid) box(r Rule) box {
	b := box{}
	for _, c := range r.If {
		if len(c.In) > 0 {
			for _, w := range g.words[c.Fact] {
				b[c.Fact] = append(b[c.Fact], slices.Contains(c.In, w))
			}
			continue
		}
		// Each bound itself, and the stretch up to the next one or for ever.
		ns := g.bounds[c.Fact]
		for i, n := range ns {
			between := n + 1
			if i+1 < len(ns) {
				between = (n + ns[i+1]) / 2
			}
			b[c.Fact] = append(b[c.Fact], c.within(n), c.within(between))
		}
	}
	return b
}

// within reports whether a number meets the bounds.
func (c Condition) within(n float64) bool {
	return (c.Gt == nil || n > *c.Gt) && (c.Ge == nil || n >= *c.Ge) && (c.Lt == nil || n < *c.Lt) && (c.Le == nil || n <= *c.Le)
}

// left reports whether anything of a box is in none of others.
func (g *grid) left(b box, others []box) bool {
	if empty(b) {
		return false
	}
	if len(others) == 0 {
		return true
	}
	o := others[0]
	for _, k := range g.facts {
		in, restricted := o[k.key]
		if !restricted {
			continue
		}
		mine := b[k.key]
		if mine == nil {
			mine = slices.Repeat([]bool{true}, len(in))
		}
		inside, outside := make([]bool, len(in)), make([]bool, len(in))
		for i := range in {
			inside[i], outside[i] = mine[i] && in[i], mine[i] && !in[i]
		}
		if slices.Contains(outside, true) && g.left(b.with(k.key, outside), others[1:]) {
			return true
		}
		if !slices.Contains(inside, true) {
			return false // nothing of it is in the other box: all was looked at
		}
		b = b.with(k.key, inside)
	}
	return false
}

func (b box) with(fact string, in []bool) box {
	out := box{fact: in}
	for k, v := range b {
		if k != fact {
			out[k] = v
		}
	}
	return out
}

func empty(b box) bool {
	for _, in := range b {
		if !slices.Contains(in, true) {
			return true
		}
	}
	return false
}
