package strictyaml

import (
	"fmt"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
)

// around is how many lines an excerpt shows before and after its own, widest how
// many characters of each.
const (
	around = 3
	widest = 600
)

// Add records something wrong at path, or at the nearest place above it that the
// file has; "" is the file as a whole.
func (f *File) Add(path string, t Words) { f.note(path, t, false) }

// Warn records what keeps nobody from using the file.
func (f *File) Warn(path string, t Words) { f.note(path, t, true) }

// Wrong reports whether anything keeps the file from being used.
func (f *File) Wrong() bool {
	return slices.ContainsFunc(f.Problems, func(p Problem) bool { return !p.Warning })
}

// Fresh gives the same text read, with nothing said of it.
func (f *File) Fresh() *File { return &File{Name: f.Name, Src: f.Src, tree: f.tree, lines: f.lines} }

func (f *File) note(path string, t Words, warning bool) {
	if len(f.Problems) > MaxProblems {
		return
	}
	if len(f.Problems) == MaxProblems {
		path, t, warning = "", text("问题太多，其余从略", "there are too many problems; the others are left out"), false
	}
	p := Problem{File: f.Name, Line: 1, Column: 1, Path: path, Text: t, Warning: warning}
	for at := path; at != ""; at = parentPath(at) {
		node := f.node(at)
		if node == nil {
			continue
		}
		if pos := node.GetToken().Position; pos != nil {
			p.Line, p.Column = max(1, pos.Line), max(1, pos.Column)
		}
		break
	}
	if !warning {
		p.Excerpt = f.excerpt(p.Line, p.Column)
	}
	f.Problems = append(f.Problems, p)
}

// node gives what stands at a path, nil where nothing does.
func (f *File) node(path string) ast.Node {
	if f.tree == nil {
		return nil
	}
	yp, err := yaml.PathString("$." + path)
	if err != nil {
		return nil
	}
	node, err := yp.FilterFile(f.tree)
	if err != nil {
		return nil
	}
	return node
}

// Keys gives the keys of a mapping of the file in the order they are written.
func (f *File) Keys(path string) []string {
	var keys []string
	switch n := f.node(path).(type) {
	case *ast.MappingNode:
		for _, v := range n.Values {
			keys = append(keys, v.Key.String())
		}
	case *ast.MappingValueNode:
		keys = append(keys, n.Key.String())
	}
	return keys
}

// Line gives a line of the file, from 1; false where it has none such.
func (f *File) Line(n int) (string, bool) {
	if f.lines == nil {
		f.lines = strings.Split(strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(string(f.Src)), "\n")
	}
	if n < 1 || n > len(f.lines) {
		return "", false
	}
	return f.lines[n-1], true
}

// Move puts the last problem, and its caret, at another column of its line.
func (f *File) Move(column int) {
	p := &f.Problems[len(f.Problems)-1]
	p.Column = column
	p.Excerpt = f.excerpt(p.Line, p.Column)
}

// excerpt shows a line with its neighbours and a caret under a column; "" where
// the file has no such line.
func (f *File) excerpt(line, column int) string {
	if _, ok := f.Line(line); !ok {
		return ""
	}
	var b strings.Builder
	for n := max(1, line-around); n <= min(len(f.lines), line+around); n++ {
		shown, mark := []rune(f.lines[n-1]), " "
		if n == line {
			mark = ">"
		}
		if n == len(f.lines) && len(shown) == 0 && n != line {
			break
		}
		head := fmt.Sprintf("%s %2d | ", mark, n)
		b.WriteString(strings.TrimRight(head+string(shown[:min(len(shown), widest)]), " ") + "\n")
		if n == line && column <= min(len(shown), widest)+1 {
			b.WriteString(blank(head+string(shown[:column-1])) + "^\n")
		}
	}
	return b.String()
}

// blank gives as many blanks as a text is wide; tabs stay, and what takes two
// columns gets two.
func blank(s string) string {
	var b strings.Builder
	for _, r := range s {
		switch {
		case r == '\t':
			b.WriteRune(r)
		case r >= 0x2E80 && r < 0xFFE7:
			b.WriteString("  ")
		default:
			b.WriteByte(' ')
		}
	}
	return b.String()
}

// parentPath cuts the last step off "a.b[0].c".
func parentPath(path string) string {
	if i := strings.LastIndexAny(path, ".["); i >= 0 {
		return path[:i]
	}
	return ""
}
