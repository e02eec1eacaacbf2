package scenario

import (
	"cmp"
	"slices"
	"strings"
)

// edit is one change of the text: whole lines from line to last, or the columns
// from…to of one line.
type edit struct {
	line, last int
	from, to   int
	lines      []string
}

// plainTable is a table without its place, for messages.
func plainTable(t table) table { return table{head: t.head, column: 1} }

// format writes a table with its columns aligned, wide characters counted twice,
// indented as it was.
func format(t table, rows [][]string) []string {
	all := [][]string{nil}
	for _, h := range t.head {
		all[0] = append(all[0], written(h))
	}
	all = append(all, rows...)
	wide := make([]int, len(t.head))
	for _, row := range all {
		for j, c := range row {
			wide[j] = max(wide[j], widthOf(escapeCell(c)))
		}
	}
	var out []string
	for _, row := range all {
		line := strings.Repeat(" ", max(0, t.column-1)) + "|"
		for j, c := range row {
			c = escapeCell(c)
			line += " " + c + strings.Repeat(" ", wide[j]-widthOf(c)) + " |"
		}
		out = append(out, line)
	}
	return out
}

func escapeCell(s string) string {
	return strings.NewReplacer("|", `\|`, "\n", " ").Replace(s)
}

// rewritten gives the scenario's text with its edits, the last place first so
// that the others stay where they are.
func (r *run) rewritten() string {
	lines := slices.Clone(r.script.Lines)
	edits := slices.Clone(r.edits)
	slices.SortStableFunc(edits, func(a, b edit) int {
		return cmp.Or(cmp.Compare(b.line, a.line), cmp.Compare(b.from, a.from))
	})
	for _, e := range edits {
		if e.from > 0 {
			text := []rune(lines[e.line-1])
			lines[e.line-1] = string(text[:e.from-1]) + e.lines[0] + string(text[min(len(text), e.to-1):])
			continue
		}
		lines = slices.Concat(lines[:e.line-1], e.lines, lines[e.last:])
	}
	return strings.Join(lines, "\n")
}
