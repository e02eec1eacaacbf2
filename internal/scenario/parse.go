package scenario

import (
	"strings"
	"unicode/utf8"

	"github.com/seawall-city/seawall"
)

// Script is one parsed scenario.
type Script struct {
	// Name is the file's name as problems show it.
	Name string
	// Lines is the text as it stands.
	Lines []string
	Steps []*Step
}

// Step is one line and what is indented below it.
type Step struct {
	Pos  Pos
	Verb string
	// Rest is the line behind the verb as it stands; Words is it in words.
	Rest  string
	Words []Word
	// Bind is the variable behind "->", without its $; "" for none.
	Bind string
	// Block is what is indented below, Body the same parsed as steps.
	Block []Line
	Body  []*Step
	// Own marks "as LOGIN:" before the step: it acts for this line alone.
	Own *Step
}

// Line is one line of a block; Col is where its text begins.
type Line struct {
	Pos  Pos
	Text string
}

// maxLines and maxDepth bound a scenario.
const (
	maxLines = 20_000
	maxDepth = 4
)

// Parse reads a scenario. All problems are given, not the first alone; what is
// left of the script is what could be read.
func Parse(name, text string) (*Script, []*Problem) {
	s := &Script{Name: name}
	p := &parser{script: s}
	text = strings.TrimPrefix(strings.ReplaceAll(text, "\r\n", "\n"), "\ufeff")
	if !utf8.ValidString(text) {
		text = strings.ToValidUTF8(text, "\ufffd")
		s.Lines = strings.Split(text, "\n")
		line := 1 + strings.Count(text[:strings.Index(text, "\ufffd")], "\n")
		p.wrong(Pos{line, 1}, seawall.E("scenario.Parse", seawall.Invalid, "scenario_encoding"))
		return s, p.problems
	}
	s.Lines = strings.Split(text, "\n")
	if len(s.Lines) > maxLines {
		p.wrong(Pos{1, 1}, seawall.E("scenario.Parse", seawall.Invalid, "scenario_too_long"))
		return s, p.problems
	}
	var lines []Line
	for i, l := range s.Lines {
		lines = append(lines, Line{Pos{i + 1, 1}, l})
	}
	s.Steps = p.steps(lines, 0)
	if len(s.Steps) == 0 && len(p.problems) == 0 {
		p.wrong(Pos{1, 1}, seawall.E("scenario.Parse", seawall.Invalid, "scenario_empty"))
	}
	return s, p.problems
}

type parser struct {
	script   *Script
	problems []*Problem
}

func (p *parser) wrong(at Pos, err *seawall.Error) {
	p.problems = append(p.problems, p.script.problem(at, err))
}

// problem is what is wrong at a place of the script.
func (s *Script) problem(at Pos, err *seawall.Error) *Problem {
	out := &Problem{File: s.Name, Pos: at, Err: err}
	if at.Line >= 1 && at.Line <= len(s.Lines) {
		out.Source = s.Lines[at.Line-1]
	}
	return out
}

// indent counts the blanks before a line's text; a tab is one.
func indent(s string) int { return len(s) - len(strings.TrimLeft(s, " \t")) }

func blank(s string) bool { return strings.TrimSpace(s) == "" }

// steps reads lines that stand at the same depth.
func (p *parser) steps(lines []Line, depth int) []*Step {
	var out []*Step
	for i := 0; i < len(lines); {
		text := lines[i].Text
		if blank(text) || strings.HasPrefix(strings.TrimSpace(text), "#") {
			i++
			continue
		}
		if n := indent(text); n > 0 {
			p.wrong(Pos{lines[i].Pos.Line, lines[i].Pos.Col + n}, seawall.E("scenario.Parse", seawall.Invalid, "scenario_indent"))
			i++
			continue
		}
		end := i + 1
		for end < len(lines) && (blank(lines[end].Text) || indent(lines[end].Text) > 0) {
			end++
		}
		if step := p.step(lines[i], dedent(lines[i+1:end])); step != nil {
			if step.Verb == "each" && depth < maxDepth {
				step.Body = p.steps(step.Block, depth+1)
			}
			out = append(out, step)
		}
		i = end
	}
	return out
}

// dedent takes the indentation that all lines share away, and the empty lines
// around them.
func dedent(lines []Line) []Line {
	for len(lines) > 0 && blank(lines[len(lines)-1].Text) {
		lines = lines[:len(lines)-1]
	}
	for len(lines) > 0 && blank(lines[0].Text) {
		lines = lines[1:]
	}
	least := -1
	for _, l := range lines {
		if n := indent(l.Text); !blank(l.Text) && (least < 0 || n < least) {
			least = n
		}
	}
	out := make([]Line, len(lines))
	for i, l := range lines {
		n := min(least, indent(l.Text))
		out[i] = Line{Pos{l.Pos.Line, l.Pos.Col + n}, l.Text[n:]}
	}
	return out
}

// step reads one line; nil when it has no verb.
func (p *parser) step(l Line, block []Line) *Step {
	if rest, ok := strings.CutPrefix(l.Text, "$ "); ok {
		return &Step{Pos: l.Pos, Verb: "$", Rest: strings.TrimSpace(rest), Block: block}
	}
	words, err := lex(l)
	if err != nil {
		p.problems = append(p.problems, p.script.problem(err.Pos, err.Err))
		return nil
	}
	if len(words) == 0 {
		return nil
	}
	s := &Step{Pos: words[0].Pos, Verb: words[0].Text, Words: words[1:], Block: block, Rest: behind(l, words)}
	if words[0].Key != "" || words[0].Quoted {
		p.wrong(s.Pos, seawall.E("scenario.Parse", seawall.Invalid, "scenario_verb_missing", "text", clip(l.Text)))
		return nil
	}
	if n := len(s.Words); n >= 2 && s.Words[n-2].bare("->") {
		name, ok := strings.CutPrefix(s.Words[n-1].Text, "$")
		if !ok || !isName(name) {
			p.wrong(s.Words[n-1].Pos, seawall.E("scenario.Parse", seawall.Invalid, "scenario_name", "text", clip(s.Words[n-1].Text)))
			return nil
		}
		s.Bind, s.Words = name, s.Words[:n-2]
	}
	if s.Verb == "as" {
		return p.own(s)
	}
	return s
}

// own reads "as LOGIN: VERB …", which acts for one line.
func (p *parser) own(s *Step) *Step {
	for i, w := range s.Words {
		if w.Key != "" || w.Quoted || !strings.HasSuffix(w.Text, ":") {
			continue
		}
		who := &Step{Pos: s.Pos, Verb: "as", Words: append([]Word{}, s.Words[:i+1]...)}
		who.Words[i].Text = strings.TrimSuffix(w.Text, ":")
		if i+1 == len(s.Words) {
			p.wrong(w.Pos, seawall.E("scenario.Parse", seawall.Invalid, "scenario_argument_missing", "word", "as", "usage", usageOf("as")))
			return nil
		}
		verb := s.Words[i+1]
		return &Step{Pos: verb.Pos, Verb: verb.Text, Words: s.Words[i+2:], Block: s.Block, Bind: s.Bind, Own: who, Rest: ""}
	}
	return s
}

// behind is the text of a line behind its first word.
func behind(l Line, words []Word) string {
	if len(words) < 2 {
		return ""
	}
	r := []rune(l.Text)
	return strings.TrimSpace(string(r[min(len(r), words[1].Pos.Col-l.Pos.Col):]))
}

// clip bounds a text that a message quotes.
func clip(s string) string {
	if r := []rune(strings.TrimSpace(s)); len(r) > 60 {
		return string(r[:60]) + "…"
	}
	return strings.TrimSpace(s)
}
