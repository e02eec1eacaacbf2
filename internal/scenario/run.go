package scenario

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"time"

	"github.com/seawall-city/seawall"
)

// Options say how scenarios run.
type Options struct {
	// Host makes the instances.
	Host Host
	// Database is a postgres:// server on which a database of the scenario's own
	// is made and dropped; "" is SQLite in a directory that is thrown away.
	Database string
	// Keep is a directory in which the instance's data stay, one below it for each
	// scenario; "" throws them away.
	Keep string
	// Lang is the language of answers and pages that say nothing else: zh or en.
	Lang    string
	Version string
	// Rewrite puts what came in the place of what was expected.
	Rewrite bool
	// Browser is the Chromium that looks at pages, "" for none; StrictPages makes
	// its absence a failure.
	Browser     string
	StrictPages bool
	// Command runs "seawall ARGS…" as the shell would and gives its exit code.
	Command func(ctx context.Context, args []string, out, errs io.Writer) int
	Say     Wording
	// WallClock measures how long a page takes; pages are looked at until then.
	PageWait time.Duration
}

// Outcome is what became of one scenario.
type Outcome struct {
	File  string
	Title string
	Seed  uint64
	// Steps were run, Pages looked at, Skipped pages not.
	Steps, Pages, Skipped int
	Problems              []*Problem
	// Rewritten is the new text where rewriting changed it, else "".
	Rewritten string
	// Seen is what the scenario reached.
	Seen Seen
}

// Seen is what a scenario reached: operations that succeeded, roles that acted,
// pages looked at, keys of steps and kinds of clocks and protocols that ran.
type Seen struct {
	Operations, Roles, Pages, Steps, Clocks, Protocols, Verbs map[string]bool
}

func newSeen() Seen {
	return Seen{map[string]bool{}, map[string]bool{}, map[string]bool{}, map[string]bool{}, map[string]bool{}, map[string]bool{}, map[string]bool{}}
}

// errStop ends a scenario after a problem that makes what follows meaningless.
var errStop = errors.New("scenario stopped")

// run is one scenario under way.
type run struct {
	o      Options
	ctx    context.Context
	script *Script
	spec   *Spec
	out    *Outcome
	// dir holds the instance and what the scenario's files are written to.
	dir  string
	base string // the scenario's own directory, for files it names
	set  settings
	*stage
	vars map[string]variable
	// names gives the variable of a record's id.
	names map[string]string
	files map[string]string
	who   *session
	last  *answer
	// refused is an answer that the next step must expect.
	refused *pending
	people  int64 // invented so far
	serial  int   // numbers made so far
	edits   []edit
	browser *browser
	looping bool
}

// pending is a refusal that nothing has expected yet.
type pending struct {
	at  Pos
	ans *answer
}

// settings are what must be known before the instance is opened.
type settings struct {
	seed               uint64
	start              time.Time
	root, jurisdiction string
}

// Run runs one scenario's text; name is its file. The error is one of the
// machine's (a directory, a database); what is wrong with the scenario stands in
// the outcome.
func Run(ctx context.Context, name, text string, spec *Spec, o Options) (out *Outcome, err error) {
	const op = "scenario.Run"
	script, problems := Parse(name, text)
	out = &Outcome{File: name, Problems: problems, Seen: newSeen()}
	if len(problems) == 0 {
		out.Problems = Check(script, spec)
	}
	if len(out.Problems) > 0 {
		return out, nil
	}
	r := &run{o: o, ctx: ctx, script: script, spec: spec, out: out, base: filepath.Dir(name), vars: map[string]variable{},
		names: map[string]string{}, files: map[string]string{}, stage: &stage{}, set: settings{seed: 1, root: "3209"}}
	if r.dir, err = r.directory(); err != nil {
		return out, seawall.Wrap(op, err)
	}
	defer func() { err = errors.Join(err, r.close()) }()
	if r.zone, err = time.LoadLocation("Asia/Shanghai"); err != nil {
		return out, seawall.Wrap(op, err)
	}
	r.set.start = time.Date(2022, time.March, 28, 16, 0, 0, 0, r.zone)
	if err := r.steps(script.Steps); err != nil && !errors.Is(err, errStop) {
		return out, seawall.Wrap(op, err)
	}
	if err := r.unexpected(); err != nil && !errors.Is(err, errStop) {
		return out, seawall.Wrap(op, err)
	}
	r.out.Seed = r.set.seed
	if r.opened() {
		r.collect()
	}
	if o.Rewrite && len(r.edits) > 0 {
		out.Rewritten = r.rewritten()
	}
	return out, nil
}

// directory makes the instance's own directory.
func (r *run) directory() (string, error) {
	if r.o.Keep == "" {
		return os.MkdirTemp("", "seawall-scenario-")
	}
	dir := filepath.Join(r.o.Keep, filepath.Base(r.script.Name)+".d")
	if err := os.RemoveAll(dir); err != nil {
		return "", err
	}
	return dir, os.MkdirAll(dir, 0o700)
}

// close stops the instance and throws its data away.
func (r *run) close() error {
	errs := []error{r.browser.close(), r.shut()}
	if r.drop != nil && r.o.Keep == "" {
		errs = append(errs, r.drop())
	}
	if r.o.Keep == "" {
		errs = append(errs, os.RemoveAll(r.dir))
	}
	return errors.Join(errs...)
}

// steps runs steps in their order.
func (r *run) steps(list []*Step) error {
	for _, s := range list {
		if err := r.ctx.Err(); err != nil {
			return err
		}
		expects := s.Verb == "expect" && len(s.Words) > 0 && s.Words[0].bare("refused")
		if !expects {
			if err := r.unexpected(); err != nil {
				return err
			}
		}
		if err := r.step(s); err != nil {
			return err
		}
	}
	return nil
}

// unexpected complains about a refusal that nothing expected.
func (r *run) unexpected() error {
	p := r.refused
	if r.refused = nil; p == nil {
		return nil
	}
	code, detail, fields := p.ans.problemOf()
	if detail == "" {
		detail = clip(p.ans.text)
	}
	e := seawall.E("scenario.run", seawall.Invalid, "scenario_refused", "what", p.ans.what, "status", strconv.Itoa(p.ans.status),
		"code", code, "detail", detail)
	problem := r.script.problem(p.at, e)
	for _, f := range fields {
		problem.Got += textOf(f["field"]) + ": " + textOf(f["message"]) + "\n"
	}
	r.out.Problems = append(r.out.Problems, problem)
	return errStop
}

// step runs one step.
func (r *run) step(s *Step) error {
	r.out.Steps++
	r.out.Seen.Verbs[s.Verb] = true
	if d, ok := directive(s.Verb); ok && !d.ready {
		if err := r.open(s); err != nil {
			return err
		}
	}
	before := r.who
	if s.Own != nil {
		if err := r.as(s.Own); err != nil {
			return err
		}
	}
	err := r.perform(s)
	if s.Own != nil {
		r.who = before
	}
	return err
}

// perform does what a verb says.
func (r *run) perform(s *Step) error {
	do, ok := map[string]func(*Step) error{
		"title": r.title, "seed": r.seed, "city": r.city, "clock": r.clock, "story": r.story, "accounts": r.accounts, "roster": r.roster,
		"capacity": r.capacity, "grades": r.grades, "rules": r.ruleFile, "protocol": r.protocolFile, "file": r.file, "restart": r.restart,
		"as": r.as, "do": r.do, "fetch": r.fetch, "$": r.command, "person": r.invent, "case": r.recordCase, "contact": r.contacts, "confirm": r.confirm,
		"dismiss": r.dismiss, "result": r.result, "report": r.report, "done": r.done, "impossible": r.impossible, "retract": r.retract,
		"import": r.importFile, "declare": r.declare, "feed": r.feed, "check": r.check, "appeal": r.appeal, "decide": r.decide,
		"help": r.help, "entry": r.entry, "let": r.let, "wait": r.wait, "each": r.each, "expect": r.expect,
	}[s.Verb]
	if !ok {
		return r.fail(s.Pos, seawall.E("scenario.run", seawall.Invalid, "scenario_verb", "word", s.Verb, "near", nearest(s.Verb, verbs())))
	}
	return do(s)
}

// fail notes a problem that ends the scenario.
func (r *run) fail(at Pos, err *seawall.Error) error {
	r.out.Problems = append(r.out.Problems, r.script.problem(at, err))
	return errStop
}

// differ notes that something is not as expected and goes on.
func (r *run) differ(at Pos, want, got string, err *seawall.Error) {
	p := r.script.problem(at, err)
	p.Want, p.Got = want, got
	r.out.Problems = append(r.out.Problems, p)
}

// bind remembers a value under a name, and the name of its record.
func (r *run) bind(name, kind string, v any) {
	if name == "" {
		return
	}
	r.vars[name] = variable{kind, v}
	if id, ok := idOf(v); ok {
		r.names[id] = name
	}
}

func sortedKeys[V any](m map[string]V) []string {
	out := make([]string, 0, len(m))
	for k := range m {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}
