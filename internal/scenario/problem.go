package scenario

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/seawall-city/seawall"
)

// Pos is a place in a file: line and column from 1, the column in characters.
type Pos struct{ Line, Col int }

// Problem is what is wrong at one place of a scenario.
type Problem struct {
	File string
	Pos  Pos
	// Source is the line as it stands.
	Source string
	// Err carries the message's code and arguments.
	Err *seawall.Error
	// Want and Got are what was expected and what came, "" where the message says
	// it all; several lines where they are blocks.
	Want, Got string
}

// Error gives the place and the code, for logs.
func (p *Problem) Error() string {
	return fmt.Sprintf("%s:%d:%d: %s", p.File, p.Pos.Line, p.Pos.Col, p.Err)
}

// Wording gives a message in the reader's language.
type Wording func(code string, args map[string]string) string

// Render gives the problem for people: file, line and column, the message, the
// line with a caret under the place, what was expected and what came.
func (p *Problem) Render(say Wording) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s:%d:%d: %s\n", p.File, p.Pos.Line, p.Pos.Col, say(p.Err.Code, p.Err.Args))
	for _, f := range p.Err.Fields {
		fmt.Fprintf(&b, "    %s: %s\n", f.Field, say(f.Code, f.Args))
	}
	gutter := fmt.Sprintf("%5d | ", p.Pos.Line)
	fmt.Fprintf(&b, "%s%s\n%s%s^\n", gutter, p.Source, strings.Repeat(" ", len(gutter)-2)+"| ", under(p.Source, p.Pos.Col))
	for _, part := range []struct{ code, text string }{{"scenario_expected", p.Want}, {"scenario_came", p.Got}} {
		if part.text == "" {
			continue
		}
		head := say(part.code, nil)
		if !strings.Contains(part.text, "\n") {
			fmt.Fprintf(&b, "    %s %s\n", head, part.text)
			continue
		}
		fmt.Fprintf(&b, "    %s\n      %s\n", head, strings.ReplaceAll(strings.TrimRight(part.text, "\n"), "\n", "\n      "))
	}
	return b.String()
}

// under gives the blanks that lead to a column: a wide character takes two, a tab
// stays one.
func under(line string, col int) string {
	var b strings.Builder
	for i, r := range []rune(line) {
		if i >= col-1 {
			break
		}
		switch {
		case r == '\t':
			b.WriteByte('\t')
		default:
			b.WriteString(strings.Repeat(" ", width(r)))
		}
	}
	return b.String()
}

// width is how many columns a character takes in a fixed-width font: the East
// Asian wide and full-width blocks (Unicode UAX #11) take two.
func width(r rune) int {
	switch {
	case r >= 0x1100 && r <= 0x115F, r >= 0x2E80 && r <= 0xA4CF, r >= 0xAC00 && r <= 0xD7A3, r >= 0xF900 && r <= 0xFAFF,
		r >= 0xFE30 && r <= 0xFE6F, r >= 0xFF00 && r <= 0xFF60, r >= 0xFFE0 && r <= 0xFFE6, r >= 0x20000 && r <= 0x3FFFD:
		return 2
	}
	return 1
}

// widthOf is the width of a text.
func widthOf(s string) (n int) {
	for _, r := range s {
		n += width(r)
	}
	return n
}

// nearest gives what somebody may have meant: up to three of the known words that
// begin alike or differ in few letters, the nearest first, joined for a message.
func nearest(word string, known []string) string {
	type guess struct {
		word string
		far  int
	}
	var out []guess
	low := strings.ToLower(word)
	for _, k := range known {
		far := distance(low, strings.ToLower(k))
		if len(low) >= 3 && (strings.Contains(strings.ToLower(k), low) || strings.Contains(low, strings.ToLower(k))) {
			far = min(far, 2)
		}
		if far <= max(2, utf8.RuneCountInString(low)*2/5) {
			out = append(out, guess{k, far})
		}
	}
	slices.SortStableFunc(out, func(a, b guess) int { return cmp.Or(cmp.Compare(a.far, b.far), cmp.Compare(a.word, b.word)) })
	var words []string
	for _, g := range out[:min(3, len(out))] {
		words = append(words, g.word)
	}
	return strings.Join(words, ", ")
}

// distance is the number of letters to put in, take out or change between two
// words (Levenshtein 1966); words of more than 64 letters are cut there.
func distance(a, b string) int {
	x, y := []rune(a), []rune(b)
	x, y = x[:min(64, len(x))], y[:min(64, len(y))]
	row := make([]int, len(y)+1)
	for j := range row {
		row[j] = j
	}
	for i := 1; i <= len(x); i++ {
		last := row[0]
		row[0] = i
		for j := 1; j <= len(y); j++ {
			change := last
			if x[i-1] != y[j-1] {
				change++
			}
			last = row[j]
			row[j] = min(change, row[j]+1, row[j-1]+1)
		}
	}
	return row[len(y)]
}
