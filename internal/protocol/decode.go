package protocol

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"

	"github.com/seawall-city/seawall"
)

// Problem is one thing wrong with a protocol file, where, and in words.
type Problem struct {
	File   string       `json:"file"`
	Line   int          `json:"line"`
	Column int          `json:"column"`
	Path   string       `json:"path,omitempty"` // "steps[2].due.after"
	Text   seawall.Text `json:"text"`
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

// file is a protocol file that has been read.
type file struct {
	name     string
	src      []byte
	tree     *ast.File
	doc      document
	built    *Protocol
	problems []Problem
	lines    []string // of src, once an excerpt was asked for
}

// What is read at all: the YAML reader takes time by the square of the depth,
// and a protocol needs neither depth nor size.
const (
	maxSize    = 128 << 10
	maxNesting = 40
)

// What is said at all: so many problems of one file, so many characters of a line.
const (
	maxProblems = 100
	widest      = 600
)

// parse reads one file strictly: unknown and repeated keys are errors.
func parse(name string, src []byte) *file {
	f := &file{name: name, src: src}
	if len(src) > maxSize || nesting(src) > maxNesting {
		f.problem("", textf("文件超过 %d 字节，或嵌套超过 %d 层", "the file has more than %d bytes or %d levels", maxSize, maxNesting))
		return f
	}
	tree, err := readTree(src)
	if err != nil {
		f.addYAML(err)
		return f
	}
	f.tree = tree
	if len(tree.Docs) > 1 {
		f.problem("", text("一个文件只能有一个流程", "a file holds one protocol only"))
		return f
	}
	for _, doc := range tree.Docs {
		if doc.Body != nil {
			ast.Walk(&plainOnly{f: f}, doc.Body)
		}
	}
	if f.wrong() {
		return f
	}
	switch err := decode(src, &f.doc); {
	case errors.Is(err, io.EOF):
		f.problem("", text("文件是空的", "the file is empty"))
	case err != nil:
		f.addYAML(err)
	default:
		f.built = f.doc.protocol(name, hashOf(src)[:12])
	}
	return f
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
// the references to them. No protocol needs them, and they can blow up a small
// file into a large one.
type plainOnly struct{ f *file }

// Visit looks at one node.
func (v *plainOnly) Visit(n ast.Node) ast.Visitor {
	switch n.Type() {
	case ast.TagType, ast.AnchorType, ast.AliasType, ast.MergeKeyType:
		at := n.GetToken().Position
		p := Problem{File: v.f.name, Line: 1, Column: 1, Text: text("流程文件不用 !、&、* 和 << 这些记号；要写成文字请加引号", "a protocol does not use the marks !, &, * and <<; put a text that has them into quotes")}
		if at != nil {
			p.Line, p.Column = max(1, at.Line), max(1, at.Column)
		}
		p.Excerpt = v.f.excerpt(p.Line, p.Column)
		if len(v.f.problems) < maxProblems {
			v.f.problems = append(v.f.problems, p)
		}
		return nil
	}
	return v
}

// addYAML records an error of the YAML reader.
func (f *file) addYAML(err error) {
	p := Problem{File: f.name, Line: 1, Column: 1}
	p.Text = text("语法有误："+err.Error(), "not well written: "+err.Error())
	var at yaml.Error
	if errors.As(err, &at) {
		p.Text = yamlText(at)
		if tok := at.GetToken(); tok != nil && tok.Position != nil {
			p.Line, p.Column = max(1, tok.Position.Line), max(1, tok.Position.Column)
		}
		if _, excerpt, ok := strings.Cut(at.FormatError(false, true), "\n"); ok {
			p.Excerpt = excerpt
		}
	}
	f.problems = append(f.problems, p)
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

// yamlText words an error of the YAML reader for somebody who writes protocols.
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
		hint := meant(key, fileKeys(reflect.TypeFor[document]()))
		return text("没有名为“"+key+"”的键"+hint.ZH, "there is no key "+quoted(key)+" here"+hint.EN)
	case errors.As(err, &repeated):
		return textf("键“%s”重复", "key %q is repeated", key)
	case errors.As(err, &wrong):
		want := kindText(wrong.DstType.Kind())
		return text("“"+key+"”应为"+want.ZH, strconv.Quote(key)+" should be "+want.EN)
	}
	message := err.GetMessage()
	if m := keyTwice.FindStringSubmatch(message); m != nil {
		return textf("键“%s”重复", "key %q is repeated", m[1])
	}
	for _, w := range yamlWords() {
		if strings.Contains(message, w.EN) {
			return text("语法有误："+w.ZH, "not well written: "+message)
		}
	}
	return text("语法有误："+message, "not well written: "+message)
}

var keyTwice = regexp.MustCompile(`^mapping key "([^"]*)" already defined`)

// yamlWords are what the YAML reader says most often, with the Chinese of it.
func yamlWords() []seawall.Text {
	return []seawall.Text{
		text("这里应为列表，写成 [甲, 乙] 或每行以“- ”开头", "where sequence is expected"),
		text("这里应为一组键值", "where mapping is expected"),
		text("缺少逗号或右括号", "must be specified"),
		text("缩进请用空格，不用制表符", "that cannot start any token"),
		text("冒号之后的文字含有冒号等符号，请加引号", "mapping value is not allowed in this context"),
		text("缩进不对", "value is not allowed in this context"),
		text("引号没有成对", "could not find end character"),
	}
}

// fileKeys gives every key that a file may have anywhere.
func fileKeys(t reflect.Type) []string {
	for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice {
		t = t.Elem()
	}
	if t.Kind() != reflect.Struct {
		return nil
	}
	var out []string
	for i := range t.NumField() {
		out = append(out, t.Field(i).Tag.Get("yaml"))
		out = append(out, fileKeys(t.Field(i).Type)...)
	}
	return out
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
func (f *file) problem(path string, t seawall.Text) { f.note(path, t, false) }

// warn records what keeps nobody from using the file.
func (f *file) warn(path string, t seawall.Text) { f.note(path, t, true) }

func (f *file) note(path string, t seawall.Text, warning bool) {
	if len(f.problems) > maxProblems {
		return
	}
	if len(f.problems) == maxProblems {
		path, t, warning = "", text("问题太多，其余从略", "there are too many problems; the others are left out"), false
	}
	p := Problem{File: f.name, Line: 1, Column: 1, Path: path, Text: t, Warning: warning}
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
			p.Line, p.Column = max(1, pos.Line), max(1, pos.Column)
		}
		break
	}
	if !warning {
		p.Excerpt = f.excerpt(p.Line, p.Column)
	}
	f.problems = append(f.problems, p)
}

// around is how many lines an excerpt shows before and after its own.
const around = 3

// excerpt shows a line with its neighbours and a caret under a column; "" where
// the file has no such line.
func (f *file) excerpt(line, column int) string {
	if f.lines == nil {
		f.lines = strings.Split(strings.ReplaceAll(string(f.src), "\r\n", "\n"), "\n")
	}
	if line < 1 || line > len(f.lines) {
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

// wrong reports whether anything keeps the file from being used.
func (f *file) wrong() bool {
	return slices.ContainsFunc(f.problems, func(p Problem) bool { return !p.Warning })
}

// inOrder sorts problems by file and place.
func inOrder(problems []Problem) []Problem {
	slices.SortStableFunc(problems, func(a, b Problem) int {
		return cmp.Or(strings.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column), strings.Compare(a.Path, b.Path))
	})
	return problems
}

// text puts the two languages together.
func text(zh, en string) seawall.Text { return seawall.Text{ZH: zh, EN: en} }

// textf is text with the same arguments for both.
func textf(zh, en string, args ...any) seawall.Text {
	return seawall.Text{ZH: fmt.Sprintf(zh, args...), EN: fmt.Sprintf(en, args...)}
}
