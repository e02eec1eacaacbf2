package intake

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/seawall-city/seawall"
)

// parseCSV splits text as RFC 4180 says, forgiving what programs get wrong: a
// quotation mark inside an unquoted cell is a character, text after a closing
// one belongs to the cell, lines end in LF, CRLF or CR. One thing is not
// forgiven, because it would swallow rows silently: a quotation that never
// closes. Then the records before it come with an error that names its line.
func parseCSV(text string, comma rune) ([]record, error) {
	p := csvParser{text: text, comma: string(comma), line: 1}
	var out []record
	for p.pos < len(p.text) {
		r, err := p.record()
		if err != nil {
			return out, err
		}
		out = append(out, r)
	}
	return out, nil
}

type csvParser struct {
	text  string
	comma string
	pos   int
	line  int
}

// record reads to the end of a line that is not inside a quotation.
func (p *csvParser) record() (record, error) {
	r := record{line: p.line}
	for {
		cell, err := p.cell()
		if err != nil {
			return r, err
		}
		r.cells = append(r.cells, cell)
		if strings.HasPrefix(p.text[p.pos:], p.comma) {
			p.pos += len(p.comma)
			continue
		}
		p.newline()
		return r, nil
	}
}

// newline steps over one line end, if there is one.
func (p *csvParser) newline() {
	if p.pos < len(p.text) && p.text[p.pos] == '\r' {
		p.pos++
		if p.pos >= len(p.text) || p.text[p.pos] != '\n' {
			p.line++
			return
		}
	}
	if p.pos < len(p.text) && p.text[p.pos] == '\n' {
		p.pos++
		p.line++
	}
}

func (p *csvParser) cell() (string, error) {
	if p.pos >= len(p.text) || p.text[p.pos] != '"' {
		return p.plain(), nil
	}
	opened := p.line
	p.pos++
	var b strings.Builder
	for {
		i := strings.IndexByte(p.text[p.pos:], '"')
		if i < 0 {
			return "", seawall.E("intake.parseCSV", seawall.Invalid, "import_quote_open", "line", strconv.Itoa(opened))
		}
		part := p.text[p.pos : p.pos+i]
		p.line += strings.Count(part, "\n")
		b.WriteString(part)
		p.pos += i + 1
		if p.pos < len(p.text) && p.text[p.pos] == '"' {
			b.WriteByte('"')
			p.pos++
			continue
		}
		b.WriteString(p.plain())
		return b.String(), nil
	}
}

// plain reads up to the next separator or line end.
func (p *csvParser) plain() string {
	start := p.pos
	c, _ := utf8.DecodeRuneInString(p.comma)
	i := strings.IndexFunc(p.text[start:], func(r rune) bool { return r == c || r == '\n' || r == '\r' })
	if i < 0 {
		p.pos = len(p.text)
	} else {
		p.pos = start + i
	}
	return p.text[start:p.pos]
}
