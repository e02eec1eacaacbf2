package protocol

import (
	"fmt"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/strictyaml"
)

// Problem is one thing wrong with a protocol file, where, and in words.
type Problem = strictyaml.Problem

// file is a protocol file that has been read: its text, what is wrong with it, its
// content, and the protocol of it.
type file struct {
	*strictyaml.File
	doc   document
	built *Protocol
}

// limits are what is read of a protocol at all.
func limits() strictyaml.Limits {
	return strictyaml.Limits{Bytes: 128 << 10, Levels: 40, One: strictyaml.Words{ZH: "一个文件只能有一个流程", EN: "a file holds one protocol only"}}
}

// parse reads one file strictly: unknown and repeated keys are errors.
func parse(name string, src []byte) *file {
	f := &file{}
	f.File = strictyaml.Read(name, src, &f.doc, limits())
	if !f.Wrong() {
		f.built = f.doc.protocol(name, hashOf(src)[:12])
	}
	return f
}

// problem records something wrong at path, or at the nearest place above it
// that the file has.
func (f *file) problem(path string, t seawall.Text) { f.Add(path, strictyaml.Words(t)) }

// warn records what keeps nobody from using the file.
func (f *file) warn(path string, t seawall.Text) { f.Warn(path, strictyaml.Words(t)) }

// text puts the two languages together.
func text(zh, en string) seawall.Text { return seawall.Text{ZH: zh, EN: en} }

// textf is text with the same arguments for both.
func textf(zh, en string, args ...any) seawall.Text {
	return seawall.Text{ZH: fmt.Sprintf(zh, args...), EN: fmt.Sprintf(en, args...)}
}
