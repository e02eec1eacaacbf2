package protocol

import (
	"io"
	"strings"

	"github.com/seawall-city/seawall"
)

// Explain writes a whole protocol in words for a reader of lang. Errors are w's.
func Explain(w io.Writer, lang string, p *Protocol) error {
	out := &printer{w: w, lang: lang}
	out.line("%s  %s", p.Ref(), p.Title.In(lang))
	last := seawall.Text{}
	for _, r := range p.Rows() {
		if r.Section != last {
			out.line("")
			out.say(r.Section)
			last = r.Section
		}
		out.line("  %s: %s  [%s]", r.Label.In(lang), r.Value.In(lang), r.Path)
	}
	return out.err
}

// DiffRow is one line that two protocols have differently; an empty side does not
// have it.
type DiffRow struct {
	Path    string       `json:"path"`
	Section seawall.Text `json:"section"`
	Label   seawall.Text `json:"label"`
	A       seawall.Text `json:"a"`
	B       seawall.Text `json:"b"`
}

// DiffRows compares two protocols line by line, in a's order and then what only b
// has.
func DiffRows(a, b *Protocol) []DiffRow {
	theirs := map[string]Row{}
	for _, r := range b.Rows() {
		theirs[r.Path] = r
	}
	out := []DiffRow{}
	for _, r := range a.Rows() {
		other, ok := theirs[r.Path]
		delete(theirs, r.Path)
		if !ok || other.Value != r.Value || other.Label != r.Label {
			out = append(out, DiffRow{Path: r.Path, Section: r.Section, Label: r.Label, A: r.Value, B: other.Value})
		}
	}
	for _, r := range b.Rows() {
		if _, only := theirs[r.Path]; only {
			out = append(out, DiffRow{Path: r.Path, Section: r.Section, Label: r.Label, B: r.Value})
		}
	}
	if a.order() != b.order() {
		out = append(out, DiffRow{Path: "steps", Section: text("环节", "Steps"), Label: text("次序", "Order"), A: same(a.order()), B: same(b.order())})
	}
	return out
}

// order gives the keys of the steps as they stand.
func (p *Protocol) order() string {
	var keys []string
	for _, s := range p.Steps {
		keys = append(keys, s.Key)
	}
	return strings.Join(keys, ", ")
}

// Diff writes what two protocols have differently, for a reader of lang. Errors
// are w's.
func Diff(w io.Writer, lang string, a, b *Protocol) error {
	p := &printer{w: w, lang: lang}
	p.line("- %s  %s", a.Ref(), a.Title.In(lang))
	p.line("+ %s  %s", b.Ref(), b.Title.In(lang))
	rows := DiffRows(a, b)
	if len(rows) == 0 {
		p.say(text("没有不同", "no difference"))
	}
	none := text("（无）", "(none)").In(lang)
	for _, r := range rows {
		p.line("")
		p.line("%s · %s  [%s]", r.Section.In(lang), r.Label.In(lang), r.Path)
		for _, side := range []struct{ mark, value string }{{"-", r.A.In(lang)}, {"+", r.B.In(lang)}} {
			if side.value == "" {
				side.value = none
			}
			p.line("%s %s", side.mark, side.value)
		}
	}
	return p.err
}
