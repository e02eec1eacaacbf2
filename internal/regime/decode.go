package regime

import (
	"fmt"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/strictyaml"
)

// Problem is one thing wrong with a rule file, where, and in words.
type Problem = strictyaml.Problem

// file is a rule file that has been read: its text, what is wrong with it, and its
// content.
type file struct {
	*strictyaml.File
	doc document
}

// parse reads one rule file strictly: unknown and repeated keys are errors.
func parse(name string, src []byte) *file {
	f := &file{}
	f.File = strictyaml.Read(name, src, &f.doc, strictyaml.Limits{Bytes: 256 << 10, Levels: 40,
		One: strictyaml.Words{ZH: "一个文件只能有一份规则", EN: "a file holds one regime only"}})
	return f
}

// problem records something wrong at path.
func (f *file) problem(path string, t seawall.Text) { f.Add(path, strictyaml.Words(t)) }

// text puts the two languages together.
func text(zh, en string) seawall.Text { return seawall.Text{ZH: zh, EN: en} }

// textf is text with the same arguments for both.
func textf(zh, en string, args ...any) seawall.Text {
	return seawall.Text{ZH: fmt.Sprintf(zh, args...), EN: fmt.Sprintf(en, args...)}
}
