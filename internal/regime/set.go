package regime

import (
	"errors"
	"io/fs"
	"maps"
	"slices"
	"strings"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/strictyaml"
	"github.com/seawall-city/seawall/regimes"
)

// Set is all regimes that an office works with. It is read-only and safe for
// concurrent use.
type Set struct {
	regimes map[string]*Regime
	order   []*Regime
	files   map[string]*file
	cutOff  CutOff
	// mustNots are what no local rule may do, by the day they came into force.
	mustNots []MustNots
}

// Load reads the shipped rule files and those of further directories, in order;
// a file with an id that is there already takes the other's place. Errors:
// Invalid with every problem of every file in the cause.
func Load(extra ...fs.FS) (*Set, error) {
	const op = "regime.Load"
	s, problems, err := load(extra)
	if err != nil {
		return nil, seawall.Wrap(op, err)
	}
	if len(problems) == 0 {
		return s, nil
	}
	errs := make([]error, len(problems))
	for i, p := range problems {
		errs[i] = p
	}
	return nil, &seawall.Error{Op: op, Kind: seawall.Invalid, Code: "regime_file_invalid",
		Args: map[string]string{"file": problems[0].File}, Err: errors.Join(errs...)}
}

// load reads the shipped files and those of extra and puts them together; the
// set is nil where a file is so wrong that it cannot stand beside the others.
func load(extra []fs.FS) (*Set, []Problem, error) {
	files := map[string]*file{}
	var problems []Problem
	for _, fsys := range append([]fs.FS{regimes.Files}, extra...) {
		more, bad, err := read(fsys)
		if err != nil {
			return nil, nil, err
		}
		problems = append(problems, bad...)
		maps.Copy(files, more)
	}
	if len(problems) > 0 {
		return nil, problems, nil
	}
	s := link(files)
	return s, s.problems(), nil
}

// read parses every *.yaml of a directory tree. Files without a usable id come
// back as problems only.
func read(fsys fs.FS) (map[string]*file, []Problem, error) {
	files := map[string]*file{}
	var bad []Problem
	err := fs.WalkDir(fsys, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".yaml") {
			return err
		}
		src, err := fs.ReadFile(fsys, path)
		if err != nil {
			return err
		}
		f := parse(path, src)
		if len(f.Problems) == 0 {
			f.check()
		}
		if other, ok := files[f.doc.ID]; ok {
			f.problem("id", textf("编号 %s 已在 %s 中使用", "id %s is used in %s already", f.doc.ID, other.Name))
		}
		if len(f.Problems) > 0 {
			bad = append(bad, strictyaml.InOrder(f.Problems)...)
			return nil
		}
		files[f.doc.ID] = f
		return nil
	})
	return files, bad, err
}

// link builds every file on its parent and checks the whole; problems stay
// with their files.
func link(files map[string]*file) *Set {
	s := &Set{regimes: map[string]*Regime{}, files: files}
	built := map[string]*Regime{}
	for _, id := range slices.Sorted(maps.Keys(files)) {
		s.build(id, built, nil)
	}
	maps.DeleteFunc(built, func(_ string, r *Regime) bool { return r == nil })
	checkOverlaps(files, built)
	for _, id := range slices.Sorted(maps.Keys(built)) {
		if r := built[id]; r.Scope == scopeMustNots {
			s.mustNots = append(s.mustNots, mustNotsOf(files[id], r))
			delete(built, id)
		}
	}
	for _, id := range slices.Sorted(maps.Keys(built)) {
		r := built[id]
		switch {
		case !r.abstract:
			s.regimes[id] = r
			s.order = append(s.order, r)
		case s.cutOff.Hour == 0:
			s.cutOff = r.CutOff
		}
	}
	slices.SortStableFunc(s.order, func(a, b *Regime) int {
		if c := strings.Compare(a.Disease.ID, b.Disease.ID); c != 0 {
			return c
		}
		return int(a.From) - int(b.From)
	})
	s.bind()
	return s
}

// build gives the regime of id, building its parents first; nil where the file
// or an ancestor is wrong. below are the children that led here.
func (s *Set) build(id string, built map[string]*Regime, below []string) *Regime {
	if r, ok := built[id]; ok {
		return r
	}
	f := s.files[id]
	built[id] = nil
	var parent *Regime
	if p := f.doc.Parent; p != "" {
		switch {
		case s.files[p] == nil:
			f.problem("parent", textf("没有上级规则“%s”", "there is no parent %q", p))
			return nil
		case p == id || slices.Contains(below, p):
			f.problem("parent", textf("上级规则“%s”又以本规则为上级", "parent %q has this file for a parent in turn", p))
			return nil
		}
		if parent = s.build(p, built, append(below, id)); parent == nil {
			return nil // the parent's problem is told once, at the parent
		}
	}
	r := build(f, parent)
	f.checkWhole(r, parent)
	built[id] = r
	return r
}

// problems gives what is wrong with any file, in reading order.
func (s *Set) problems() []Problem {
	var out []Problem
	for _, id := range slices.Sorted(maps.Keys(s.files)) {
		out = append(out, s.files[id].Problems...)
	}
	return strictyaml.InOrder(out)
}

// All gives every regime, by disease and then by the day it came into force.
func (s *Set) All() []*Regime { return slices.Clone(s.order) }

// CutOff gives the no-overnight rule of the common ground, for duties that hang
// on no regime.
func (s *Set) CutOff() CutOff { return s.cutOff }

// ByID gives a regime by its id, or by the "id@version" that records keep; the
// answer is today's text of the rule, whose Ref tells whether it has changed.
func (s *Set) ByID(id string) (*Regime, bool) {
	id, _, _ = strings.Cut(id, "@")
	r, ok := s.regimes[id]
	return r, ok
}

// InForce gives the regime of a disease in a jurisdiction on a day. Jurisdictions
// are hyphenated ("CN-JS-YC"); the nearest one above with a regime in force
// answers. It reports false where none covers the day.
func (s *Set) InForce(disease, jurisdiction string, day seawall.Day) (*Regime, bool) {
	return s.inForce(ScopeDisease, disease, jurisdiction, day)
}

// inForce looks in one scope; a matrix of arrivals never answers for contacts.
func (s *Set) inForce(scope, disease, jurisdiction string, day seawall.Day) (*Regime, bool) {
	for at := jurisdiction; at != ""; {
		for _, r := range s.order {
			if r.Scope == scope && r.Disease.ID == disease && r.Jurisdiction == at && r.Covers(day) {
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

// Diseases gives every disease that some regime knows, by id.
func (s *Set) Diseases() []Disease {
	var out []Disease
	for _, r := range s.order {
		if len(out) == 0 || out[len(out)-1].ID != r.Disease.ID {
			out = append(out, r.Disease)
		}
	}
	return out
}

// Disease gives one disease by its id.
func (s *Set) Disease(id string) (Disease, bool) {
	for _, r := range s.order {
		if r.Disease.ID == id {
			return r.Disease, true
		}
	}
	return Disease{}, false
}

// Check reports what is wrong with one further file, as if it were added to the
// set (or took the place of the file with its id).
func (s *Set) Check(name string, src []byte) []Problem {
	f := parse(name, src)
	if len(f.Problems) == 0 {
		f.check()
	}
	if len(f.Problems) > 0 {
		return strictyaml.InOrder(f.Problems)
	}
	files := map[string]*file{}
	for id, old := range s.files {
		files[id] = &file{File: old.Fresh(), doc: old.doc}
	}
	files[f.doc.ID] = f
	return link(files).problems()
}
