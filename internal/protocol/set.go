package protocol

import (
	"errors"
	"io/fs"
	"maps"
	"slices"
	"strings"

	"cel.dev/cel-go/cel"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/strictyaml"
	"github.com/seawall-city/seawall/protocols"
)

// Set is all protocols that an office works with. It is read-only and safe for
// concurrent use.
type Set struct {
	known Known
	env   *cel.Env
	byID  map[string]*file
	order []*Protocol
	// warnings are what the linter would say of the files.
	warnings []Problem
}

// Load reads the shipped protocols and those of further directories, in order; a
// file with an id that is there already takes the other's place. Errors: Invalid
// with every problem of every file in the cause.
func Load(known Known, extra ...fs.FS) (*Set, error) {
	const op = "protocol.Load"
	s, problems, err := load(known, extra)
	if err != nil {
		return nil, seawall.Wrap(op, err)
	}
	var errs []error
	for _, p := range problems {
		if !p.Warning {
			errs = append(errs, p)
		}
	}
	if len(errs) == 0 {
		return s, nil
	}
	return nil, &seawall.Error{Op: op, Kind: seawall.Invalid, Code: "protocol_file_invalid",
		Args: map[string]string{"file": firstWrong(problems)}, Err: errors.Join(errs...)}
}

func firstWrong(problems []Problem) string {
	for _, p := range problems {
		if !p.Warning {
			return p.File
		}
	}
	return ""
}

// load reads the shipped files and those of extra and puts them together.
func load(known Known, extra []fs.FS) (*Set, []Problem, error) {
	env, err := baseEnv()
	if err != nil {
		return nil, nil, err
	}
	s := &Set{known: known, env: env, byID: map[string]*file{}}
	var problems []Problem
	for _, fsys := range append([]fs.FS{protocols.Files}, extra...) {
		bad, err := s.read(fsys)
		if err != nil {
			return nil, nil, err
		}
		problems = append(problems, bad...)
	}
	s.link()
	for _, f := range s.byID {
		problems = append(problems, f.Problems...)
	}
	return s, strictyaml.InOrder(problems), nil
}

// read parses every *.yaml of a directory tree. The problems of files that cannot
// be used at all come back; those of the others stay with them.
func (s *Set) read(fsys fs.FS) ([]Problem, error) {
	var bad []Problem
	seen := map[string]string{} // ids of this directory
	err := fs.WalkDir(fsys, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".yaml") {
			return err
		}
		src, err := fs.ReadFile(fsys, path)
		if err != nil {
			return err
		}
		f := s.file(path, src)
		if other, ok := seen[f.doc.ID]; ok && !f.Wrong() {
			f.problem("id", textf("编号 %s 已在 %s 中使用", "id %s is used in %s already", f.doc.ID, other))
		}
		if f.Wrong() {
			bad = append(bad, f.Problems...)
			return nil
		}
		seen[f.doc.ID] = path
		s.byID[f.doc.ID] = f
		return nil
	})
	return bad, err
}

// file reads and checks one file by itself.
func (s *Set) file(name string, src []byte) *file {
	f := parse(name, src)
	if !f.Wrong() {
		f.check(s.known, s.env)
	}
	return f
}

// link checks what files say about each other and puts them in order.
func (s *Set) link() {
	s.order = nil
	for _, id := range slices.Sorted(maps.Keys(s.byID)) {
		f := s.byID[id]
		s.checkChildren(f)
		s.order = append(s.order, f.built)
		for _, p := range f.Problems {
			if p.Warning {
				s.warnings = append(s.warnings, p)
			}
		}
	}
}

// All gives every protocol by id.
func (s *Set) All() []*Protocol { return slices.Clone(s.order) }

// ByID gives a protocol by its id, or by the "id@version" that loops keep; the
// answer is today's text, whose Ref tells whether it has changed.
func (s *Set) ByID(id string) (*Protocol, bool) {
	id, _, _ = strings.Cut(id, "@")
	f, ok := s.byID[id]
	if !ok {
		return nil, false
	}
	return f.built, true
}

// Warnings gives what the linter would say of the files that are in use.
func (s *Set) Warnings() []Problem { return slices.Clone(s.warnings) }

// Check reports what is wrong with one further file, as if it were added to the
// set (or took the place of the file with its id), and gives the protocol where
// nothing keeps it from being used.
func (s *Set) Check(name string, src []byte) (*Protocol, []Problem) {
	f := s.file(name, src)
	if f.Wrong() {
		return nil, strictyaml.InOrder(f.Problems)
	}
	with := &Set{known: s.known, env: s.env, byID: maps.Clone(s.byID)}
	with.byID[f.doc.ID] = f
	with.checkChildren(f)
	if f.Wrong() {
		return nil, strictyaml.InOrder(f.Problems)
	}
	return f.built, strictyaml.InOrder(f.Problems)
}

// checkChildren checks that the protocols that a file's steps open exist, are
// about the same subject and lead to no circle.
func (s *Set) checkChildren(f *file) {
	for i, step := range f.built.Steps {
		if step.Child == "" {
			continue
		}
		at := stepPath(i) + ".child"
		child, ok := s.byID[step.Child]
		switch {
		case !ok:
			hint := meant(step.Child, slices.Sorted(maps.Keys(s.byID)))
			f.problem(at, text("没有流程“"+step.Child+"”"+hint.ZH, "there is no protocol "+quoted(step.Child)+hint.EN))
		case child.built.Subject != f.built.Subject:
			f.problem(at, textf("流程“%s”的对象是 %s，与本流程（%s）不同", "protocol %q is about %s, this one about %s", step.Child, child.built.Subject, f.built.Subject))
		case s.leadsTo(step.Child, f.built.ID, nil):
			f.problem(at, textf("流程“%s”又会引出本流程", "protocol %q leads back to this one", step.Child))
		}
	}
}

// leadsTo reports whether the children of a protocol lead to another.
func (s *Set) leadsTo(from, to string, seen []string) bool {
	if from == to {
		return true
	}
	f, ok := s.byID[from]
	if !ok || slices.Contains(seen, from) {
		return false
	}
	for _, step := range f.built.Steps {
		if step.Child != "" && s.leadsTo(step.Child, to, append(seen, from)) {
			return true
		}
	}
	return false
}
