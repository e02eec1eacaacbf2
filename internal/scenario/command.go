package scenario

import (
	"bytes"
	"fmt"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/seawall-city/seawall"
)

// argument is one word of a command: quoted or bare.
var argument = regexp.MustCompile(`"[^"]*"|\S+`)

// volatile is what differs from run to run in what commands print.
var volatile = regexp.MustCompile(`@[0-9a-f]{12}\b`)

// command runs "seawall …" and holds what it prints against the lines below:
// standard output, lines of standard error behind "2> ", and "exit N" where the
// command failed. A line "…" stands for any number of lines. $DIR is the
// directory of the scenario's files, @NAME one of them, $DATA the data directory
// by which the command finds the running instance.
func (r *run) command(s *Step) error {
	args := argument.FindAllString(s.Rest, -1)
	if len(args) == 0 || args[0] != "seawall" {
		return r.fail(s.Pos, seawall.E("scenario.command", seawall.Invalid, "scenario_command", "text", clip(s.Rest)))
	}
	if r.o.Command == nil {
		return r.fail(s.Pos, seawall.E("scenario.command", seawall.Unavailable, "scenario_no_commands"))
	}
	dir := filepath.Join(r.dir, "files")
	if err := r.write("files", ".keep", ""); err != nil {
		return err
	}
	for i, a := range args {
		a = strings.Trim(a, `"`)
		a = strings.ReplaceAll(a, "$DIR", dir)
		if strings.Contains(a, "$DATA") {
			data, err := r.data(s)
			if err != nil {
				return err
			}
			a = strings.ReplaceAll(a, "$DATA", data)
		}
		if name, ok := strings.CutPrefix(a, "@"); ok && r.files[name] != "" {
			a = filepath.Join(dir, name)
		}
		text, _, err := r.expand(Word{Text: a, Quoted: true})
		if err != nil {
			return r.fail(s.Pos, err)
		}
		args[i] = text
	}
	if !strings.HasPrefix(strings.Join(args[1:], " "), "--lang") {
		args = append([]string{"seawall", "--lang", r.o.Lang}, args[1:]...)
	}
	var out, errs bytes.Buffer
	code := r.o.Command(r.ctx, args[1:], &out, &errs)
	came := r.transcript(out.String(), errs.String(), code, dir)
	r.last = &answer{status: 200, what: "seawall " + strings.Join(args[3:], " "), text: strings.Join(came, "\n")}
	return r.printed(s, came, code)
}

// data opens the instance and the door by which a command reaches it.
func (r *run) data(s *Step) (string, error) {
	if err := r.open(s); err != nil {
		return "", err
	}
	dir, err := r.door()
	if err != nil {
		return "", r.machineFault(s.Pos, err)
	}
	return dir, nil
}

// transcript gives what a command did as lines.
func (r *run) transcript(out, errs string, code int, dir string) []string {
	text := strings.TrimRight(out, "\n")
	for line := range strings.SplitSeq(strings.TrimRight(errs, "\n"), "\n") {
		if line != "" {
			text += "\n2> " + line
		}
	}
	if code != 0 {
		text += fmt.Sprintf("\nexit %d", code)
	}
	text = strings.ReplaceAll(text, dir, "$DIR")
	if r.doorDir != "" {
		text = strings.ReplaceAll(text, r.doorDir, "$DATA")
	}
	text = volatile.ReplaceAllString(text, "@HASH")
	var lines []string
	for l := range strings.SplitSeq(strings.TrimLeft(text, "\n"), "\n") {
		lines = append(lines, strings.TrimRight(l, " \t"))
	}
	return lines
}

// printed compares.
func (r *run) printed(s *Step, came []string, code int) error {
	var want []string
	for _, l := range s.Block {
		want = append(want, strings.TrimRight(l.Text, " \t"))
	}
	if len(want) == 0 && !r.o.Rewrite {
		if code != 0 {
			r.differ(s.Pos, "", strings.Join(came, "\n"), seawall.E("scenario.command", seawall.Invalid, "scenario_command_failed", "code", itoa(code)))
		}
		return nil
	}
	if fits(want, came) {
		return nil
	}
	if r.o.Rewrite && !r.looping {
		var lines []string
		for _, l := range came {
			if l != "" {
				l = "  " + l
			}
			lines = append(lines, l)
		}
		last := s.Pos.Line
		if n := len(s.Block); n > 0 {
			last = s.Block[n-1].Pos.Line
		}
		r.edits = append(r.edits, edit{line: s.Pos.Line + 1, last: last, lines: lines})
		return nil
	}
	r.differ(s.Pos, strings.Join(want, "\n"), strings.Join(came, "\n"), seawall.E("scenario.command", seawall.Invalid, "scenario_output"))
	return nil
}

// fits compares lines; "…" and "..." stand for any number of lines.
func fits(want, came []string) bool {
	if len(want) == 0 {
		return len(came) == 0
	}
	if w := strings.TrimSpace(want[0]); w == "…" || w == "..." {
		for i := range len(came) + 1 {
			if fits(want[1:], came[i:]) {
				return true
			}
		}
		return false
	}
	return len(came) > 0 && strings.TrimSpace(want[0]) == strings.TrimSpace(came[0]) && fits(want[1:], came[1:])
}
