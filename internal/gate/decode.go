package gate

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"

	"github.com/seawall-city/seawall"
)

// document is a rule file as it is written.
type document struct {
	ID           string       `yaml:"id"`
	Title        seawall.Text `yaml:"title"`
	Jurisdiction string       `yaml:"jurisdiction"`
	Valid        struct {
		From string `yaml:"from"`
		To   string `yaml:"to"`
	} `yaml:"valid"`
	HoldMaxMinutes int          `yaml:"hold_max_minutes"`
	HoldOver       seawall.Text `yaml:"hold_over"`
	Exemptions     []Word       `yaml:"exemptions"`
	Grades         []string     `yaml:"grades"`
	Rules          []ruleDoc    `yaml:"rules"`
	Notes          seawall.Text `yaml:"notes"`
}

type ruleDoc struct {
	Key     string         `yaml:"key"`
	If      map[string]any `yaml:"if"`
	Then    string         `yaml:"then"`
	Minutes int            `yaml:"minutes"`
	Reason  seawall.Text   `yaml:"reason"`
	Source  seawall.Text   `yaml:"source"`
	Log     bool           `yaml:"log"`
	Trace   string         `yaml:"trace"`
}

// file is a rule file that has been read.
type file struct {
	name     string
	src      []byte
	tree     *ast.File
	doc      document
	problems []Problem
}

// Problem is one thing wrong with a rule file, where, and in words.
type Problem struct {
	File   string       `json:"file"`
	Line   int          `json:"line"`
	Column int          `json:"column"`
	Path   string       `json:"path,omitempty"`
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

// What is read at all; the YAML reader takes time by the square of the depth.
const (
	maxSize    = 128 << 10
	maxNesting = 20
)

// parse reads one file strictly: unknown and repeated keys are errors. The YAML
// reader gives up with a panic on some texts; that is one more way of being badly
// written.
func parse(name string, src []byte) (f *file) {
	f = &file{name: name, src: src}
	defer func() {
		if recover() != nil {
			f.tree = nil
			f.problem("", "语法有误，无法读取", "not well written; it cannot be read")
		}
	}()
	if len(src) > maxSize || strings.Count(string(src), "[")+strings.Count(string(src), "{") > maxSize/10 || deep(src) {
		f.problem("", "文件过大或嵌套过深", "the file is too large or nested too deeply")
		return f
	}
	tree, err := parser.ParseBytes(src, 0)
	if err != nil {
		f.addYAML(err)
		return f
	}
	f.tree = tree
	err = yaml.NewDecoder(strings.NewReader(string(src)), yaml.Strict()).Decode(&f.doc)
	switch {
	case errors.Is(err, io.EOF):
		f.problem("", "文件是空的", "the file is empty")
	case err != nil:
		f.addYAML(err)
	}
	return f
}

// deep reports more open brackets at once than any rule file needs.
func deep(src []byte) bool {
	n := 0
	for _, c := range src {
		switch c {
		case '[', '{':
			n++
		case ']', '}':
			n--
		}
		if n > maxNesting {
			return true
		}
	}
	return false
}

// addYAML records an error of the YAML reader.
func (f *file) addYAML(err error) {
	p := Problem{File: f.name, Line: 1, Column: 1, Text: seawall.Text{ZH: "语法有误：" + err.Error(), EN: "not well written: " + err.Error()}}
	var at yaml.Error
	if errors.As(err, &at) {
		p.Text = yamlText(at)
		if tok := at.GetToken(); tok != nil && tok.Position != nil {
			p.Line, p.Column = tok.Position.Line, tok.Position.Column
		}
		if _, excerpt, ok := strings.Cut(at.FormatError(false, true), "\n"); ok {
			p.Excerpt = excerpt
		}
	}
	f.problems = append(f.problems, p)
}

// yamlText words an error of the YAML reader.
func yamlText(err yaml.Error) seawall.Text {
	key := ""
	if tok := err.GetToken(); tok != nil {
		key = tok.Value
	}
	var unknown *yaml.UnknownFieldError
	var repeated *yaml.DuplicateKeyError
	switch {
	case errors.As(err, &unknown):
		return seawall.Text{ZH: "没有名为“" + key + "”的键", EN: "there is no key " + strconv.Quote(key) + " here"}
	case errors.As(err, &repeated):
		return seawall.Text{ZH: "键“" + key + "”重复", EN: "key " + strconv.Quote(key) + " is repeated"}
	}
	return seawall.Text{ZH: "语法有误：" + err.GetMessage(), EN: "not well written: " + err.GetMessage()}
}

// problem records something wrong at path ("rules[3].then"), or at the nearest
// place above it that the file has. args fill both texts.
func (f *file) problem(path, zh, en string, args ...any) {
	f.tell(path, seawall.Text{ZH: fmt.Sprintf(zh, args...), EN: fmt.Sprintf(en, args...)})
}

// tell is problem with words that are ready.
func (f *file) tell(path string, t seawall.Text) {
	p := Problem{File: f.name, Line: 1, Column: 1, Path: path, Text: t}
	for at := path; f.tree != nil && at != ""; at = above(at) {
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

// above cuts the last step off "a.b[0].c".
func above(path string) string {
	if i := strings.LastIndexAny(path, ".["); i >= 0 {
		return path[:i]
	}
	return ""
}

// rules builds what the file says; it has been checked.
func (f *file) rules() *Rules {
	sum := sha256.Sum256(f.src)
	d := f.doc
	r := &Rules{ID: d.ID, Title: d.Title, Ref: d.ID + "@" + hex.EncodeToString(sum[:6]), Jurisdiction: d.Jurisdiction,
		From: dayOf(d.Valid.From), To: dayOf(d.Valid.To), HoldMaxMinutes: d.HoldMaxMinutes, HoldOver: d.HoldOver,
		Exemptions: d.Exemptions, Grades: d.Grades}
	for _, x := range d.Rules {
		conditions, _ := conditions(x.If) // check has told of what is wrong
		r.Rules = append(r.Rules, Rule{Key: x.Key, If: conditions, Then: x.Then, HoldMinutes: x.Minutes, Reason: x.Reason,
			Source: x.Source, Log: x.Log, Trace: x.Trace})
	}
	return r
}

// dayOf reads a day, NoDay for none; check has seen to its form.
func dayOf(s string) seawall.Day {
	d, err := seawall.ParseDay(s)
	if err != nil {
		return seawall.NoDay
	}
	return d
}
