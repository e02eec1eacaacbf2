package regime

import (
	"fmt"
	"io"

	"github.com/seawall-city/seawall"
)

// DiffRow is one rule that two regimes have differently; an empty side does not
// have it.
type DiffRow struct {
	Path    string       `json:"path"`
	Section seawall.Text `json:"section"`
	Label   seawall.Text `json:"label"`
	A       seawall.Text `json:"a"`
	B       seawall.Text `json:"b"`
}

// DiffRows compares two regimes rule by rule, in a's order and then what only b
// has. Their names and citations are not compared.
func DiffRows(a, b *Regime) []DiffRow {
	other := map[string]Row{}
	for _, row := range b.Rows() {
		other[row.Path] = row
	}
	out := []DiffRow{validityRow(a, b)}
	if out[0].A == out[0].B {
		out = nil
	}
	for _, row := range a.Rows() {
		theirs, ok := other[row.Path]
		delete(other, row.Path)
		if !ok || theirs.Value != row.Value {
			out = append(out, DiffRow{Path: row.Path, Section: a.sectionTitle(row.Section), Label: row.Label, A: row.Value, B: theirs.Value})
		}
	}
	for _, row := range b.Rows() {
		if _, only := other[row.Path]; only {
			out = append(out, DiffRow{Path: row.Path, Section: b.sectionTitle(row.Section), Label: row.Label, B: row.Value})
		}
	}
	return out
}

func validityRow(a, b *Regime) DiffRow {
	span := func(r *Regime) seawall.Text { return text(validIn("zh", r), validIn("en", r)) }
	return DiffRow{Path: "valid", Section: text("有效期", "Validity"), Label: text("有效期", "Valid"), A: span(a), B: span(b)}
}

// validIn words the days on which r is in force.
func validIn(lang string, r *Regime) string {
	switch {
	case lang == "en" && !r.To.Known():
		return "from " + r.From.String()
	case lang == "en":
		return r.From.String() + " to " + r.To.String()
	case !r.To.Known():
		return r.From.String() + " 起"
	}
	return r.From.String() + " 至 " + r.To.String()
}

// Diff writes what two regimes have differently, for a reader of lang. Errors
// are w's.
func Diff(w io.Writer, lang string, a, b *Regime) error {
	p := &printer{w: w, lang: lang}
	p.line("- %s  %s", a.Ref(), a.Title.In(lang))
	p.line("+ %s  %s", b.Ref(), b.Title.In(lang))
	if a.Scope == ScopeArrivals && b.Scope == ScopeArrivals {
		arrivalsDiff(p, a, b)
		return p.err
	}
	rows := DiffRows(a, b)
	if len(rows) == 0 {
		p.line("%s", text("没有不同", "no difference").In(lang))
	}
	for _, row := range rows {
		p.line("")
		p.line("%s · %s  [%s]", row.Section.In(lang), row.Label.In(lang), row.Path)
		p.line("- %s", p.or(row.A))
		p.line("+ %s", p.or(row.B))
	}
	return p.err
}

// printer writes lines until the first error, which it keeps.
type printer struct {
	w    io.Writer
	lang string
	err  error
}

func (p *printer) line(format string, args ...any) {
	if p.err == nil {
		_, p.err = fmt.Fprintf(p.w, format+"\n", args...)
	}
}

// or gives the text, or a word for "none".
func (p *printer) or(t seawall.Text) string {
	if s := t.In(p.lang); s != "" {
		return s
	}
	return text("（无）", "(none)").In(p.lang)
}
