package goods

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"github.com/seawall-city/seawall"
	files "github.com/seawall-city/seawall/goods"
	"github.com/seawall-city/seawall/internal/regime"
	"github.com/seawall-city/seawall/internal/strictyaml"
)

// document is a file as it is written.
type document struct {
	ID           string       `yaml:"id"`
	Title        seawall.Text `yaml:"title"`
	Jurisdiction string       `yaml:"jurisdiction"`
	Valid        struct {
		From string `yaml:"from"`
		To   string `yaml:"to"`
	} `yaml:"valid"`
	Disease       string      `yaml:"disease"`
	ExposedClass  string      `yaml:"exposed_class"`
	Kinds         []kindDoc   `yaml:"kinds"`
	AfterPositive []recordDoc `yaml:"after_positive"`
	Clocks        []clockDoc  `yaml:"clocks"`
}

type kindDoc struct {
	Key     string       `yaml:"key"`
	Name    seawall.Text `yaml:"name"`
	Records []recordDoc  `yaml:"records"`
	Source  seawall.Text `yaml:"source"`
}

type recordDoc struct {
	Key           string       `yaml:"key"`
	Need          string       `yaml:"need"`
	What          []string     `yaml:"what"`
	BeforeContact bool         `yaml:"before_contact"`
	Hours         int          `yaml:"hours"`
	Spots         int          `yaml:"spots"`
	Text          seawall.Text `yaml:"text"`
	Source        seawall.Text `yaml:"source"`
}

type clockDoc struct {
	Key    string       `yaml:"key"`
	After  string       `yaml:"after"`
	Hours  int          `yaml:"hours"`
	Text   seawall.Text `yaml:"text"`
	Source string       `yaml:"source"`
}

// file is a file that has been read.
type file struct {
	*strictyaml.File
	doc document
}

// Set is all files that an office works with. It is read-only and safe for
// concurrent use.
type Set struct{ rules []*Rules }

// Load reads the shipped files and those of further directories, in order; a file
// with an id that is there already takes the other's place. Errors: Invalid with
// every problem of every file in the cause.
func Load(extra ...fs.FS) (*Set, error) {
	const op = "goods.Load"
	var all []*file
	var bad []strictyaml.Problem
	for _, fsys := range append([]fs.FS{files.Files}, extra...) {
		err := fs.WalkDir(fsys, ".", func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || !strings.HasSuffix(path, ".yaml") {
				return err
			}
			src, err := fs.ReadFile(fsys, path)
			if err != nil {
				return err
			}
			f := parse(path, src)
			bad = append(bad, f.Problems...)
			all = append(slices.DeleteFunc(all, func(o *file) bool { return o.doc.ID == f.doc.ID }), f)
			return nil
		})
		if err != nil {
			return nil, seawall.Wrap(op, err)
		}
	}
	s := &Set{}
	if len(bad) == 0 {
		bad = s.link(all)
	}
	if len(bad) == 0 {
		return s, nil
	}
	errs := make([]error, len(bad))
	for i, p := range bad {
		errs[i] = p
	}
	return nil, &seawall.Error{Op: op, Kind: seawall.Invalid, Code: "goods_file_invalid",
		Args: map[string]string{"file": bad[0].File}, Err: errors.Join(errs...)}
}

// parse reads and checks one file.
func parse(name string, src []byte) *file {
	f := &file{}
	f.File = strictyaml.Read(name, src, &f.doc, strictyaml.Limits{Bytes: 64 << 10, Levels: 20,
		One: strictyaml.Words{ZH: "一个文件只能有一份规定", EN: "a file holds one set of rules only"}})
	if !f.Wrong() {
		f.check()
	}
	return f
}

// link builds the rules and finds two that hold in one place on one day.
func (s *Set) link(all []*file) (bad []strictyaml.Problem) {
	slices.SortStableFunc(all, func(a, b *file) int {
		return cmp.Or(cmp.Compare(a.doc.Jurisdiction, b.doc.Jurisdiction), cmp.Compare(dayOf(a.doc.Valid.From), dayOf(b.doc.Valid.From)))
	})
	for _, f := range all {
		r := f.rules()
		for _, o := range s.rules {
			if o.Jurisdiction == r.Jurisdiction && (!o.To.Known() || o.To >= r.From) {
				f.say("valid", "与 %s 的有效期重叠", "its days overlap those of %s", o.ID)
				bad = append(bad, f.Problems...)
			}
		}
		s.rules = append(s.rules, r)
	}
	return bad
}

// All gives every file's rules, by jurisdiction and day.
func (s *Set) All() []*Rules { return slices.Clone(s.rules) }

// ByID gives rules by their id, or by the "id@hash" that lots keep.
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

// rules builds what a checked file says.
func (f *file) rules() *Rules {
	sum := sha256.Sum256(f.Src)
	d := f.doc
	version := hex.EncodeToString(sum[:6])
	r := &Rules{ID: d.ID, Title: d.Title, Ref: d.ID + "@" + version, Jurisdiction: d.Jurisdiction,
		From: dayOf(d.Valid.From), To: dayOf(d.Valid.To), Disease: d.Disease, ExposedClass: d.ExposedClass, AfterPositive: records(d.AfterPositive)}
	for _, k := range d.Kinds {
		r.Kinds = append(r.Kinds, Kind{Key: k.Key, Name: k.Name, Records: records(k.Records), Source: k.Source})
	}
	for _, c := range d.Clocks {
		r.Clocks = append(r.Clocks, regime.ClockRule{Key: c.Key, After: c.After, Hours: c.Hours, Text: c.Text,
			Why: regime.Citation{Regime: d.ID, Version: version, Rule: "goods.clocks." + c.Key, Source: c.Source}})
	}
	return r
}

func records(docs []recordDoc) []Record {
	out := []Record{}
	for _, d := range docs {
		out = append(out, Record{Key: d.Key, Need: d.Need, What: d.What, BeforeContact: d.BeforeContact, Hours: d.Hours, Spots: d.Spots,
			Text: d.Text, Why: d.Source})
	}
	return out
}

// dayOf reads a day, NoDay for none; check has seen to its form.
func dayOf(s string) seawall.Day {
	d, err := seawall.ParseDay(s)
	if err != nil {
		return seawall.NoDay
	}
	return d
}

// say records something wrong at a path; args fill both texts.
func (f *file) say(path, zh, en string, args ...any) {
	f.Add(path, strictyaml.Words{ZH: fmt.Sprintf(zh, args...), EN: fmt.Sprintf(en, args...)})
}
