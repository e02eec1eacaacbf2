package gate

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/strictyaml"
)

// document is a rule file as it is written.
type document struct {
	ID           string       `yaml:"id"`
	Title        seawall.Text `yaml:"title"`
	Jurisdiction string       `yaml:"jurisdiction"`
	Valid        struct {
		From string `yaml:"from"`
		To   string `yaml:"to"`
	} `yaml:"valid"`
	HoldMaxMinutes int          `yaml:"hold_max_minutes"`
	HoldOver       seawall.Text `yaml:"hold_over"`
	Exemptions     []Word       `yaml:"exemptions"`
	Grades         []string     `yaml:"grades"`
	Rules          []ruleDoc    `yaml:"rules"`
	Notes          seawall.Text `yaml:"notes"`
}

type ruleDoc struct {
	Key     string         `yaml:"key"`
	If      map[string]any `yaml:"if"`
	Then    string         `yaml:"then"`
	Minutes int            `yaml:"minutes"`
	Reason  seawall.Text   `yaml:"reason"`
	Source  seawall.Text   `yaml:"source"`
	Log     bool           `yaml:"log"`
	Trace   string         `yaml:"trace"`
}

// file is a rule file that has been read.
type file struct {
	*strictyaml.File
	doc document
}

// Problem is one thing wrong with a rule file, where, and in words.
type Problem = strictyaml.Problem

// parse reads one file strictly: unknown and repeated keys are errors.
func parse(name string, src []byte) *file {
	f := &file{}
	f.File = strictyaml.Read(name, src, &f.doc, strictyaml.Limits{Bytes: 128 << 10, Levels: 20,
		One: strictyaml.Words{ZH: "一个文件只能有一份规则", EN: "a file holds one set of rules only"}})
	return f
}

// problem records something wrong at path ("rules[3].then"). args fill both texts.
func (f *file) problem(path, zh, en string, args ...any) {
	f.Add(path, strictyaml.Words{ZH: fmt.Sprintf(zh, args...), EN: fmt.Sprintf(en, args...)})
}

// rules builds what the file says; it has been checked.
func (f *file) rules() *Rules {
	sum := sha256.Sum256(f.Src)
	d := f.doc
	r := &Rules{ID: d.ID, Title: d.Title, Ref: d.ID + "@" + hex.EncodeToString(sum[:6]), Jurisdiction: d.Jurisdiction,
		From: dayOf(d.Valid.From), To: dayOf(d.Valid.To), HoldMaxMinutes: d.HoldMaxMinutes, HoldOver: d.HoldOver,
		Exemptions: d.Exemptions, Grades: d.Grades}
	for _, x := range d.Rules {
		conditions, _ := conditions(x.If) // check has told of what is wrong
		r.Rules = append(r.Rules, Rule{Key: x.Key, If: conditions, Then: x.Then, HoldMinutes: x.Minutes, Reason: x.Reason,
			Source: x.Source, Log: x.Log, Trace: x.Trace})
	}
	return r
}

// dayOf reads a day, NoDay for none; check has seen to its form.
func dayOf(s string) seawall.Day {
	d, err := seawall.ParseDay(s)
	if err != nil {
		return seawall.NoDay
	}
	return d
}
