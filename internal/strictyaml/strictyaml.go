// Package strictyaml reads the YAML that health offices write, rules and protocols,
// and says of everything that is wrong where it stands, in both languages, with the
// lines around and a caret. It is strict: unknown and repeated keys, tags, anchors
// and references are errors, and a text is bounded in size, in depth and in what is
// said of it. It knows nothing of what the files mean, and nobody of ours.
package strictyaml

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
)

// Words are a text in Chinese and in English.
type Words struct {
	ZH string `json:"zh"`
	EN string `json:"en"`
}

// In gives the text in a language ("zh" or "en").
func (w Words) In(lang string) string {
	if lang == "en" {
		return w.EN
	}
	return w.ZH
}

// Problem is one thing wrong with a file, where, and in words.
type Problem struct {
	File   string `json:"file"`
	Line   int    `json:"line"`           // from 1
	Column int    `json:"column"`         // in characters, from 1
	Path   string `json:"path,omitempty"` // "steps[2].due.after"
	Text   Words  `json:"text"`
	// Warning marks what keeps nobody from using the file.
	Warning bool `json:"warning,omitempty"`
	// Excerpt shows the lines around with a caret under the place.
	Excerpt string `json:"excerpt,omitempty"`
}

// Format writes the problem for a reader of lang: place, words, excerpt.
func (p Problem) Format(lang string) string {
	mark := ""
	if p.Warning {
		mark = text("提醒：", "warning: ").In(lang)
	}
	s := fmt.Sprintf("%s:%d:%d: %s%s", p.File, p.Line, p.Column, mark, p.Text.In(lang))
	if p.Excerpt != "" {
		s += "\n" + strings.TrimRight(p.Excerpt, "\n")
	}
	return s
}

// Error gives the English form, for the log.
func (p Problem) Error() string { return p.Format("en") }

// InOrder sorts problems by file and place.
func InOrder(problems []Problem) []Problem {
	slices.SortStableFunc(problems, func(a, b Problem) int {
		return cmp.Or(strings.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column), strings.Compare(a.Path, b.Path))
	})
	return problems
}

// Limits say what is read at all: the YAML reader takes time by the square of the
// depth, and no such file needs depth or size.
type Limits struct {
	Bytes, Levels int
	// One words the refusal of a file with several documents.
	One Words
}

// exceeded says whether a text goes beyond the limits, and in words how.
func (l Limits) exceeded(src []byte) (Words, bool) {
	return textf("文件超过 %d 字节，或嵌套超过 %d 层", "the file has more than %d bytes or %d levels", l.Bytes, l.Levels), len(src) > l.Bytes || nesting(src) > l.Levels
}

// MaxProblems is how many problems are said of one file.
const MaxProblems = 100

// File is a text that has been read, with what is wrong with it so far.
type File struct {
	Name     string
	Src      []byte
	Problems []Problem
	tree     *ast.File
	lines    []string // of Src, once an excerpt was asked for
}

// Read reads a text into a pointer to a struct. Whatever is wrong stands in the
// file's problems; into holds what could be read.
func Read(name string, src []byte, into any, l Limits) *File {
	f := &File{Name: name, Src: src}
	if t, bad := l.exceeded(src); bad {
		f.Add("", t)
		return f
	}
	tree, err := readTree(src)
	if err != nil {
		f.addYAML(err, into)
		return f
	}
	f.tree = tree
	if len(tree.Docs) > 1 {
		f.Add("", l.One)
		return f
	}
	for _, doc := range tree.Docs {
		if doc.Body != nil {
			ast.Walk(&plainOnly{f: f}, doc.Body)
		}
	}
	if f.Wrong() {
		return f
	}
	switch err := decode(src, into); {
	case errors.Is(err, io.EOF):
		f.Add("", text("文件是空的", "the file is empty"))
	case err != nil:
		f.addYAML(err, into)
	}
	return f
}

// Decode reads a text that is no file of the program's, strictly and within the
// limits, into a pointer; an empty text leaves it as it is. Errors: in English,
// with line and caret.
func Decode(src []byte, into any, l Limits) error {
	if _, bad := l.exceeded(src); bad {
		return errors.New("too long or too deep")
	}
	err := decode(src, into)
	var at yaml.Error
	switch {
	case errors.Is(err, io.EOF):
		return nil
	case errors.As(err, &at):
		return errors.New(at.FormatError(false, true))
	}
	return err
}

// readTree reads the text as YAML. Errors: the reader's, also where it gives up in
// the middle of something that it should have refused.
func readTree(src []byte) (tree *ast.File, err error) {
	defer givenUp(&err)
	return parser.ParseBytes(src, 0)
}

// decode reads the text into a document, as readTree does.
func decode(src []byte, into any) (err error) {
	defer givenUp(&err)
	return yaml.NewDecoder(strings.NewReader(string(src)), yaml.Strict()).Decode(into)
}

// givenUp makes an error of a panic of the YAML reader.
func givenUp(err *error) {
	if cause := recover(); cause != nil {
		*err = fmt.Errorf("cannot be read: %v", cause)
	}
}

// plainOnly refuses what YAML has beyond keys, lists and values: tags, anchors and
// the references to them. Nobody needs them here, and they can blow up a small
// file into a large one.
type plainOnly struct{ f *File }

// Visit looks at one node.
func (v *plainOnly) Visit(n ast.Node) ast.Visitor {
	switch n.Type() {
	case ast.TagType, ast.AnchorType, ast.AliasType, ast.MergeKeyType:
		p := Problem{File: v.f.Name, Line: 1, Column: 1, Text: text("这里不用 !、&、* 和 << 这些记号；要写成文字请加引号", "the marks !, &, * and << are not used here; put a text that has them into quotes")}
		if at := n.GetToken().Position; at != nil {
			p.Line, p.Column = max(1, at.Line), max(1, at.Column)
		}
		p.Excerpt = v.f.excerpt(p.Line, p.Column)
		if len(v.f.Problems) < MaxProblems {
			v.f.Problems = append(v.f.Problems, p)
		}
		return nil
	}
	return v
}

// nesting gives an upper bound of the levels that a text opens: brackets over
// all lines, list dashes in each.
func nesting(src []byte) int {
	deepest, open, dashes := 0, 0, 0
	for _, c := range src {
		switch c {
		case '[', '{':
			open++
		case ']', '}':
			open = max(0, open-1)
		case '-':
			dashes++
		case '\n':
			dashes = 0
		}
		deepest = max(deepest, open, dashes)
	}
	return deepest
}

// text puts the two languages together.
func text(zh, en string) Words { return Words{ZH: zh, EN: en} }

// textf is text with the same arguments for both.
func textf(zh, en string, args ...any) Words {
	return Words{ZH: fmt.Sprintf(zh, args...), EN: fmt.Sprintf(en, args...)}
}
