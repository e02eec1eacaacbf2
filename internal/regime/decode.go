package regime

import (
	"errors"
	"fmt"
	"io"
	"reflect"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"

	"github.com/seawall-city/seawall"
)

// Problem is one thing wrong with a rule file, where, and in words.
type Problem struct {
	File   string       `json:"file"`
	Line   int          `json:"line"`
	Column int          `json:"column"`
	Path   string       `json:"path,omitempty"` // "contact_classes.close.plan[0]"
	Text   seawall.Text `json:"text"`
	// Excerpt shows the lines around with a caret under the place.
	Excerpt string `json:"excerpt,omitempty"`
}

// Format writes the problem for a reader of lang: place, words, excerpt.
func (p Problem) Format(lang string) string {
	s := fmt.Sprintf("%s:%d:%d: %s", p.File, p.Line, p.Column, p.Text.In(lang))
	if p.Excerpt != "" {
		s += "\n" + strings.TrimRight(p.Excerpt, "\n")
	}
	return s
}

// Error gives the English form, for the log.
func (p Problem) Error() string { return p.Format("en") }

// file is a rule file that has been read: its text, its tree and its content.
type file struct {
	name     string
	src      []byte
	tree     *ast.File
	doc      document
	problems []Problem
}

// parse reads one rule file strictly: unknown and repeated keys are errors.
// The YAML reader gives up with a panic on some texts (a tag where a list should
// be); that is one more way of being badly written.
func parse(name string, src []byte) (f *file) {
	f = &file{name: name, src: src}
	defer func() {
		if bad := recover(); bad != nil {
			f.tree = nil
			f.problem("", text("语法有误，无法读取", "not well written; it cannot be read"))
		}
	}()
	if len(src) > maxSize || nesting(src) > maxNesting {
		f.problem("", textf("文件超过 %d 字节，或嵌套超过 %d 层", "the file has more than %d bytes or %d levels", maxSize, maxNesting))
		return f
	}
	tree, err := parser.ParseBytes(src, 0)
	if err != nil {
		f.addYAML(err)
		return f
	}
	f.tree = tree
	if len(tree.Docs) > 1 {
		f.problem("", text("一个文件只能有一份规则", "a file holds one regime only"))
		return f
	}
	dec := yaml.NewDecoder(strings.NewReader(string(src)), yaml.Strict())
	switch err := dec.Decode(&f.doc); {
	case errors.Is(err, io.EOF):
		f.problem("", text("文件是空的", "the file is empty"))
	case err != nil:
		f.addYAML(err)
	}
	return f
}

// addYAML records an error of the YAML reader.
func (f *file) addYAML(err error) {
	p := Problem{File: f.name, Line: 1, Column: 1}
	p.Text = seawall.Text{ZH: err.Error(), EN: err.Error()}
	var at yaml.Error
	if errors.As(err, &at) {
		p.Text = yamlText(at)
		if tok := at.GetToken(); tok != nil && tok.Position != nil {
			p.Line, p.Column = tok.Position.Line, tok.Position.Column
		}
		full := at.FormatError(false, true)
		if _, excerpt, ok := strings.Cut(full, "\n"); ok {
			p.Excerpt = excerpt
		}
	}
	f.problems = append(f.problems, p)
}

// What is read at all: the YAML reader takes time by the square of the depth,
// and a rule file needs neither depth nor size.
const (
	maxSize    = 256 << 10
	maxNesting = 40
)

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

// yamlText words an error of the YAML reader for somebody who writes rules.
func yamlText(err yaml.Error) seawall.Text {
	key := ""
	if tok := err.GetToken(); tok != nil {
		key = tok.Value
	}
	var unknown *yaml.UnknownFieldError
	var repeated *yaml.DuplicateKeyError
	var wrong *yaml.TypeError
	switch {
	case errors.As(err, &unknown):
		return textf("没有名为“%s”的键", "there is no key %q here", key)
	case errors.As(err, &repeated):
		return textf("键“%s”重复", "key %q is repeated", key)
	case errors.As(err, &wrong):
		want := kindText(wrong.DstType.Kind())
		return text("“"+key+"”应为"+want.ZH, strconv.Quote(key)+" should be "+want.EN)
	}
	return text("语法有误："+err.GetMessage(), "not well written: "+err.GetMessage())
}

// kindText words what a key wants.
func kindText(k reflect.Kind) seawall.Text {
	switch k {
	case reflect.Int:
		return text("整数", "a whole number")
	case reflect.Float64:
		return text("数字", "a number")
	case reflect.Bool:
		return text(" true 或 false", "true or false")
	case reflect.Slice:
		return text("列表", "a list")
	case reflect.String:
		return text("文字", "text")
	}
	return text("一组键值", "keys with values")
}

// problem records something wrong at path, or at the nearest place above it
// that the file has.
func (f *file) problem(path string, t seawall.Text) {
	p := Problem{File: f.name, Line: 1, Column: 1, Path: path, Text: t}
	for at := path; f.tree != nil && at != ""; at = parentPath(at) {
		yp, err := yaml.PathString("$." + at)
		if err != nil {
			continue
		}
		node, err := yp.FilterFile(f.tree)
		if err != nil || node == nil {
			continue
		}
		if pos := node.GetToken().Position; pos != nil {
			p.Line, p.Column = pos.Line, pos.Column
		}
		if excerpt, err := yp.AnnotateSource(f.src, false); err == nil {
			p.Excerpt = string(excerpt)
		}
		break
	}
	f.problems = append(f.problems, p)
}

// parentPath cuts the last step off "a.b[0].c".
func parentPath(path string) string {
	if i := strings.LastIndexAny(path, ".["); i >= 0 {
		return path[:i]
	}
	return ""
}

// order gives the keys of a mapping of the file in the order they are written.
func (f *file) order(key string) []string {
	yp, err := yaml.PathString("$." + key)
	if err != nil {
		return nil
	}
	node, err := yp.FilterFile(f.tree)
	if err != nil {
		return nil
	}
	var keys []string
	switch n := node.(type) {
	case *ast.MappingNode:
		for _, v := range n.Values {
			keys = append(keys, v.Key.String())
		}
	case *ast.MappingValueNode:
		keys = append(keys, n.Key.String())
	}
	return keys
}

// text puts the two languages together.
func text(zh, en string) seawall.Text { return seawall.Text{ZH: zh, EN: en} }

// textf is text with the same arguments for both.
func textf(zh, en string, args ...any) seawall.Text {
	return seawall.Text{ZH: fmt.Sprintf(zh, args...), EN: fmt.Sprintf(en, args...)}
}
