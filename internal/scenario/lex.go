package scenario

import (
	"encoding/json"
	"regexp"
	"strings"

	"github.com/seawall-city/seawall"
)

// Word is one word of a line: bare, quoted, or KEY OP VALUE without blanks
// between them.
type Word struct {
	Pos Pos
	// Key and Op are set for KEY=VALUE and its like; Text is the value.
	Key, Op, Text string
	// Quoted marks a text in quotation marks, JSON one in brackets.
	Quoted, JSON bool
	// ValuePos is where the value begins, End the column behind it.
	ValuePos Pos
	End      int
}

// bare reports whether the word is just this one, unquoted.
func (w Word) bare(text string) bool { return w.Key == "" && !w.Quoted && w.Text == text }

// assignment finds KEY OP at the start of a word. A key is a path: name, name.part,
// name[part].
var assignment = regexp.MustCompile(`^(\$?[\pL_][\pL\pN_]*(?:[.\-][\pL\pN_]+|\[[^\]\s=]*\])*)(!=|>=|<=|!~|=|~|>|<)`)

// name is what a variable may be called.
var name = regexp.MustCompile(`^[\pL_][\pL\pN_]*$`)

func isName(s string) bool { return name.MatchString(s) }

// lex cuts a line into words. A # behind a blank begins a comment.
func lex(l Line) ([]Word, *Problem) {
	x := lexer{line: l, text: []rune(l.Text)}
	var out []Word
	for {
		x.blanks()
		if x.at >= len(x.text) || x.text[x.at] == '#' {
			return out, nil
		}
		w, err := x.word()
		if err != nil {
			return nil, err
		}
		w.End = x.pos().Col
		out = append(out, w)
	}
}

type lexer struct {
	line Line
	text []rune
	at   int
}

func (x *lexer) blanks() {
	for x.at < len(x.text) && (x.text[x.at] == ' ' || x.text[x.at] == '\t' || x.text[x.at] == '\u3000') {
		x.at++
	}
}

func (x *lexer) pos() Pos { return Pos{x.line.Pos.Line, x.line.Pos.Col + x.at} }

func (x *lexer) wrong(at Pos, code *seawall.Error) *Problem { return &Problem{Pos: at, Err: code} }

// word reads one word.
func (x *lexer) word() (Word, *Problem) {
	w := Word{Pos: x.pos()}
	if m := assignment.FindStringSubmatch(string(x.text[x.at:])); m != nil && !strings.HasPrefix(string(x.text[x.at:]), "->") {
		w.Key, w.Op = m[1], m[2]
		x.at += len([]rune(m[0]))
	}
	w.ValuePos = x.pos()
	if x.at >= len(x.text) {
		return w, nil
	}
	switch c := x.text[x.at]; {
	case c == '"':
		return x.quoted(w, '"')
	case c == '“':
		return x.quoted(w, '”')
	case c == '[' || c == '{':
		return x.bracketed(w)
	}
	start := x.at
	for x.at < len(x.text) && x.text[x.at] != ' ' && x.text[x.at] != '\t' && x.text[x.at] != '\u3000' {
		x.at++
	}
	w.Text = string(x.text[start:x.at])
	return w, nil
}

// quoted reads up to the closing mark; \" \\ and \n are what they are in JSON.
func (x *lexer) quoted(w Word, end rune) (Word, *Problem) {
	open := x.pos()
	x.at++
	var b strings.Builder
	for ; x.at < len(x.text); x.at++ {
		switch c := x.text[x.at]; {
		case c == end:
			x.at++
			w.Text, w.Quoted = b.String(), true
			return w, nil
		case c == '\\' && x.at+1 < len(x.text):
			x.at++
			switch n := x.text[x.at]; n {
			case 'n':
				b.WriteByte('\n')
			case '"', '\\', '”':
				b.WriteRune(n)
			default:
				b.WriteRune('\\')
				b.WriteRune(n)
			}
		default:
			b.WriteRune(c)
		}
	}
	return w, x.wrong(open, seawall.E("scenario.lex", seawall.Invalid, "scenario_quote"))
}

// bracketed reads a JSON list or object.
func (x *lexer) bracketed(w Word) (Word, *Problem) {
	open, start := x.pos(), x.at
	d := json.NewDecoder(strings.NewReader(string(x.text[x.at:])))
	var v any
	if err := d.Decode(&v); err != nil {
		return w, x.wrong(open, seawall.E("scenario.lex", seawall.Invalid, "scenario_bracket"))
	}
	raw := string(x.text[start:])[:d.InputOffset()]
	x.at += len([]rune(raw))
	w.Text, w.JSON = raw, true
	if x.at < len(x.text) && x.text[x.at] != ' ' && x.text[x.at] != '\t' {
		return w, x.wrong(x.pos(), seawall.E("scenario.lex", seawall.Invalid, "scenario_bracket"))
	}
	return w, nil
}

// table is the rows of a block: a head and cells.
type table struct {
	head []Word
	rows [][]Word
	// first and last are the lines of the first and the last row, the head's for
	// none.
	first, last int
	column      int
}

// isTable reports whether a block is a table.
func isTable(block []Line) bool {
	return len(block) > 0 && strings.HasPrefix(strings.TrimSpace(block[0].Text), "|")
}

// readTable reads rows "| a | b |"; a \| is a bar inside a cell, a row of dashes
// is decoration.
func (s *Script) readTable(block []Line) (table, *Problem) {
	var t table
	for _, l := range block {
		text := strings.TrimSpace(l.Text)
		if text == "" || strings.HasPrefix(text, "#") {
			continue
		}
		at := Pos{l.Pos.Line, l.Pos.Col + indent(l.Text)}
		if !strings.HasPrefix(text, "|") || !strings.HasSuffix(text, "|") || len(text) < 2 {
			return t, s.problem(at, seawall.E("scenario.readTable", seawall.Invalid, "scenario_table_row"))
		}
		if strings.Trim(text, "|-: ") == "" && strings.Contains(text, "--") {
			continue
		}
		row := cells(l)
		if t.head == nil {
			t.head, t.first, t.last, t.column = row, at.Line, at.Line, at.Col
			continue
		}
		if len(row) != len(t.head) {
			return t, s.problem(at, seawall.E("scenario.readTable", seawall.Invalid, "scenario_table_cells",
				"cells", itoa(len(row)), "columns", itoa(len(t.head))))
		}
		t.rows, t.last = append(t.rows, row), at.Line
	}
	return t, nil
}

// cells cuts a row into its cells.
func cells(l Line) []Word {
	var out []Word
	r := []rune(l.Text)
	start := -1
	for i, c := range r {
		if c != '|' || i > 0 && r[i-1] == '\\' {
			continue
		}
		if start >= 0 {
			text := string(r[start:i])
			col := l.Pos.Col + start + len([]rune(text)) - len([]rune(strings.TrimLeft(text, " \t")))
			text = strings.ReplaceAll(strings.TrimSpace(text), `\|`, "|")
			w := Word{Pos: Pos{l.Pos.Line, col}, Text: text}
			if n := len(text); n >= 2 && text[0] == '"' && text[n-1] == '"' {
				w.Text, w.Quoted = text[1:n-1], true
			} else if n >= 2 && (text[0] == '[' || text[0] == '{') && json.Valid([]byte(text)) {
				w.JSON = true
			}
			w.ValuePos = w.Pos
			out = append(out, w)
		}
		start = i + 1
	}
	return out
}
