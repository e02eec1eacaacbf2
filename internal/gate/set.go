package gate

import (
	"cmp"
	"errors"
	"io/fs"
	"slices"
	"strings"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/gates"
	"github.com/seawall-city/seawall/internal/strictyaml"
)

// Set is all files of gate rules that an office works with. It is read-only and
// safe for concurrent use.
type Set struct {
	files []*file
	rules []*Rules
}

// Load reads the shipped rule files and those of further directories, in order;
// a file with an id that is there already takes the other's place. Errors:
// Invalid with every problem of every file in the cause.
func Load(extra ...fs.FS) (*Set, error) {
	const op = "gate.Load"
	s := &Set{}
	var problems []Problem
	for _, fsys := range append([]fs.FS{gates.Files}, extra...) {
		more, bad, err := read(fsys)
		if err != nil {
			return nil, seawall.Wrap(op, err)
		}
		problems = append(problems, bad...)
		for _, f := range more {
			s.files = slices.DeleteFunc(s.files, func(old *file) bool { return old.doc.ID == f.doc.ID })
			s.files = append(s.files, f)
		}
	}
	s.link()
	if problems = append(problems, s.overlaps()...); len(problems) == 0 {
		return s, nil
	}
	errs := make([]error, len(problems))
	for i, p := range problems {
		errs[i] = p
	}
	return nil, &seawall.Error{Op: op, Kind: seawall.Invalid, Code: "gate_file_invalid",
		Args: map[string]string{"file": problems[0].File}, Err: errors.Join(errs...)}
}

// read parses every *.yaml of a directory tree.
func read(fsys fs.FS) (files []*file, bad []Problem, err error) {
	err = fs.WalkDir(fsys, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".yaml") {
			return err
		}
		src, err := fs.ReadFile(fsys, path)
		if err != nil {
			return err
		}
		f := checked(path, src)
		if i := slices.IndexFunc(files, func(o *file) bool { return o.doc.ID == f.doc.ID }); i >= 0 {
			f.problem("id", "编号 %s 已在 %s 中使用", "id %s is used in %s already", f.doc.ID, files[i].Name)
		}
		bad = append(bad, f.Problems...)
		if len(f.Problems) == 0 {
			files = append(files, f)
		}
		return nil
	})
	return files, bad, err
}

func checked(name string, src []byte) *file {
	f := parse(name, src)
	if !f.Wrong() {
		f.check()
	}
	strictyaml.InOrder(f.Problems)
	return f
}

// link builds the rules in the order of their jurisdictions and days.
func (s *Set) link() {
	s.rules = nil
	for _, f := range s.files {
		s.rules = append(s.rules, f.rules())
	}
	slices.SortStableFunc(s.rules, func(a, b *Rules) int {
		return cmp.Or(cmp.Compare(a.Jurisdiction, b.Jurisdiction), cmp.Compare(a.From, b.From), cmp.Compare(a.ID, b.ID))
	})
}

// overlaps finds two files that hold in one place on one day; the later one is told,
// or the one that is asked about.
func (s *Set) overlaps() (bad []Problem) {
	for i, f := range s.files {
		bad = append(bad, f.overlap(s.files[:i])...)
	}
	return bad
}

// overlap says which of others hold where and when this file does.
func (f *file) overlap(others []*file) []Problem {
	mine := f.rules()
	told := &file{File: f.Fresh()}
	for _, o := range others {
		r := o.rules()
		if r.Jurisdiction == mine.Jurisdiction && r.ID != mine.ID && (!r.To.Known() || r.To >= mine.From) && (!mine.To.Known() || mine.To >= r.From) {
			told.problem("valid", "与 %s 的有效期重叠", "its days overlap those of %s", r.ID)
		}
	}
	return told.Problems
}

// Check reports what is wrong with one further file, as if it were added to the
// set (or took the place of the file with its id).
func (s *Set) Check(name string, src []byte) []Problem {
	f := checked(name, src)
	if len(f.Problems) > 0 {
		return f.Problems
	}
	return f.overlap(s.files)
}

// All gives every file's rules, by jurisdiction and day.
func (s *Set) All() []*Rules { return slices.Clone(s.rules) }

// ByID gives rules by their id, or by the "id@hash" that passes keep.
func (s *Set) ByID(id string) (*Rules, bool) {
	id, _, _ = strings.Cut(id, "@")
	for _, r := range s.rules {
		if r.ID == id {
			return r, true
		}
	}
	return nil, false
}

// InForce gives the rules that hold in a jurisdiction on a day; the nearest one
// above with rules in force answers. false where none covers the day.
func (s *Set) InForce(jurisdiction string, day seawall.Day) (*Rules, bool) {
	for at := jurisdiction; at != ""; {
		for _, r := range s.rules {
			if r.Jurisdiction == at && r.From <= day && (!r.To.Known() || day <= r.To) {
				return r, true
			}
		}
		i := strings.LastIndexByte(at, '-')
		if i < 0 {
			break
		}
		at = at[:i]
	}
	return nil, false
}
