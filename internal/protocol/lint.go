package protocol

import (
	"fmt"
	"io"
	"io/fs"
	"strconv"

	"github.com/seawall-city/seawall"
)

// Lint checks the protocol files of the directories on top of the shipped ones and
// writes each problem for a reader of lang: place, words, and the lines around
// with a caret; warnings are marked. Errors: Invalid when anything keeps a file
// from being used; w's; the reading of a directory.
func Lint(w io.Writer, lang string, known Known, extra ...fs.FS) error {
	const op = "protocol.Lint"
	set, problems, err := load(known, extra)
	if err != nil {
		return seawall.Wrap(op, err)
	}
	return seawall.Wrap(op, report(w, lang, len(set.byID), problems))
}

// LintFile checks one file as if it were added to the set, as Lint does.
func (s *Set) LintFile(w io.Writer, lang, name string, src []byte) error {
	_, problems := s.Check(name, src)
	return seawall.Wrap("protocol.LintFile", report(w, lang, 1, problems))
}

// report writes problems and sums up.
func report(w io.Writer, lang string, files int, problems []Problem) error {
	p := &printer{w: w, lang: lang}
	wrong := 0
	for _, problem := range problems {
		p.line("%s", problem.Format(lang))
		if !problem.Warning {
			wrong++
		}
	}
	switch warnings := len(problems) - wrong; {
	case p.err != nil:
		return p.err
	case wrong > 0:
		return seawall.E("protocol.report", seawall.Invalid, "protocol_lint_failed", "n", strconv.Itoa(wrong))
	case warnings > 0:
		p.line("%s", textf("%d 个流程，没有错误，%d 处提醒", "protocols: %d, no errors, warnings: %d", files, warnings).In(lang))
	default:
		p.line("%s", textf("%d 个流程，没有问题", "protocols: %d, no problem", files).In(lang))
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

// say writes a line in the reader's language.
func (p *printer) say(t seawall.Text) { p.line("%s", t.In(p.lang)) }
