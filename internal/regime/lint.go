package regime

import (
	"io"
	"io/fs"
	"strconv"

	"github.com/seawall-city/seawall"
)

// Lint checks the rule files of the directories on top of the shipped ones and
// writes each problem for a reader of lang: place, words, and the lines around
// with a caret. Errors: Invalid when there is any problem; w's; the reading of a
// directory.
func Lint(w io.Writer, lang string, extra ...fs.FS) error {
	const op = "regime.Lint"
	set, problems, err := load(extra)
	if err != nil {
		return seawall.Wrap(op, err)
	}
	p := &printer{w: w, lang: lang}
	for _, problem := range problems {
		p.line("%s", problem.Format(lang))
	}
	if p.err != nil {
		return seawall.Wrap(op, p.err)
	}
	if len(problems) > 0 {
		return seawall.E(op, seawall.Invalid, "regime_lint_failed", "n", strconv.Itoa(len(problems)))
	}
	p.line("%s", textf("%d 份规则，没有问题", "%d regimes, no problem", len(set.order)).In(lang))
	return p.err
}
