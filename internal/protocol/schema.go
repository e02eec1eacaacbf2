package protocol

import "github.com/seawall-city/seawall"

// document is a protocol file as it is written. Pointers keep "not said" apart
// from zero.
type document struct {
	ID      string       `yaml:"id"`
	Title   seawall.Text `yaml:"title"`
	Name    seawall.Text `yaml:"name"`
	Subject string       `yaml:"subject"`
	Theme   string       `yaml:"theme"`
	Disease string       `yaml:"disease"`
	Places  []string     `yaml:"places"`
	Parties partiesDoc   `yaml:"parties"`
	Entry   string       `yaml:"entry"`
	// Figures are numbers that no regime gives, their unit in the key.
	Figures  map[string]int `yaml:"figures"`
	Forms    []formDoc      `yaml:"forms"`
	Steps    []stepDoc      `yaml:"steps"`
	Close    *closeDoc      `yaml:"close"`
	Custody  *custodyDoc    `yaml:"custody"`
	Reopen   *reopenDoc     `yaml:"reopen"`
	Cancel   *cancelDoc     `yaml:"cancel"`
	Notices  []noticeDoc    `yaml:"notices"`
	Source   seawall.Text   `yaml:"source"`
	Notes    seawall.Text   `yaml:"notes"`
	Language string         `yaml:"language"`
}

type partiesDoc struct {
	Department seawall.Text `yaml:"department"`
	Unit       seawall.Text `yaml:"unit"`
	Individual seawall.Text `yaml:"individual"`
}

type formDoc struct {
	Key    string       `yaml:"key"`
	Title  seawall.Text `yaml:"title"`
	Fields []fieldDoc   `yaml:"fields"`
}

type fieldDoc struct {
	Key       string       `yaml:"key"`
	Type      string       `yaml:"type"`
	Label     seawall.Text `yaml:"label"`
	Help      seawall.Text `yaml:"help"`
	Unit      string       `yaml:"unit"`
	Required  bool         `yaml:"required"`
	Options   []optionDoc  `yaml:"options"`
	Min       *float64     `yaml:"min"`
	Max       *float64     `yaml:"max"`
	MaxLen    int          `yaml:"max_len"`
	NotFuture bool         `yaml:"not_future"`
	NotBefore string       `yaml:"not_before"`
	When      string       `yaml:"when"`
}

type optionDoc struct {
	Key string `yaml:"key"`
	ZH  string `yaml:"zh"`
	EN  string `yaml:"en"`
}

type stepDoc struct {
	Key      string       `yaml:"key"`
	Title    seawall.Text `yaml:"title"`
	TitleIf  []titleDoc   `yaml:"title_if"`
	Help     seawall.Text `yaml:"help"`
	Each     string       `yaml:"each"`
	InTurn   bool         `yaml:"in_turn"`
	Daily    *dailyDoc    `yaml:"daily"`
	Due      *dueDoc      `yaml:"due"`
	After    []string     `yaml:"after"`
	When     string       `yaml:"when"`
	Needs    string       `yaml:"needs"`
	Form     string       `yaml:"form"`
	Child    string       `yaml:"child"`
	Restrict *restrictDoc `yaml:"restrict"`
}

type titleDoc struct {
	When string `yaml:"when"`
	ZH   string `yaml:"zh"`
	EN   string `yaml:"en"`
}

type dueDoc struct {
	After     string `yaml:"after"`
	Minutes   *int   `yaml:"minutes"`
	Hours     *int   `yaml:"hours"`
	Days      *int   `yaml:"days"`
	Figure    string `yaml:"figure"`
	ElseHours *int   `yaml:"else_hours"`
	EndOfDay  bool   `yaml:"end_of_day"`
	DayShift  int    `yaml:"day_shift"`
}

type dailyDoc struct {
	From   string `yaml:"from"`
	To     string `yaml:"to"`
	PerDay string `yaml:"per_day"`
	Hour   int    `yaml:"hour"`
}

type restrictDoc struct {
	Plan        bool         `yaml:"plan"`
	Kind        string       `yaml:"kind"`
	After       string       `yaml:"after"`
	MaxDays     int          `yaml:"max_days"`
	Reason      seawall.Text `yaml:"reason"`
	AppealHours int          `yaml:"appeal_hours"`
}

type closeDoc struct {
	Rule    string   `yaml:"rule"`
	Outcome string   `yaml:"outcome"`
	Needs   []string `yaml:"needs"`
}

type custodyDoc struct {
	AcceptWithinHours int          `yaml:"accept_within_hours"`
	Text              seawall.Text `yaml:"text"`
}

type reopenDoc struct {
	WithinDays int `yaml:"within_days"`
}

type cancelDoc struct {
	Reasons []optionDoc `yaml:"reasons"`
}

type noticeDoc struct {
	On   string       `yaml:"on"`
	To   string       `yaml:"to"`
	Text seawall.Text `yaml:"text"`
}

// languageEN marks a file whose Chinese halves are still the English words: the
// linter warns of each instead of taking them for a translation.
const languageEN = "en"

// protocol gives the file's content in the form that others use.
func (d *document) protocol(name, version string) *Protocol {
	p := &Protocol{ID: d.ID, Version: version, File: name, Title: d.Title, Name: d.Name, Subject: d.Subject,
		Theme: d.Theme, Disease: d.Disease, Places: d.Places, Entry: d.Entry, Parties: PartyRule(d.Parties),
		Figures: d.Figures, Source: d.Source, Notes: d.Notes, Forms: []Form{}, Steps: []Step{}, Notices: []NoticeRule{}}
	if p.Theme == "" {
		p.Theme = p.ID
	}
	if p.Places == nil {
		p.Places = []string{}
	}
	for _, f := range d.Forms {
		p.Forms = append(p.Forms, f.form())
	}
	for _, s := range d.Steps {
		p.Steps = append(p.Steps, s.step())
	}
	if c := d.Close; c != nil {
		p.Close = Close(*c)
	}
	if c := d.Custody; c != nil {
		p.Custody = &Custody{AcceptWithinHours: c.AcceptWithinHours, Text: c.Text}
	}
	if r := d.Reopen; r != nil {
		p.Reopen = &Reopen{WithinDays: r.WithinDays}
	}
	if c := d.Cancel; c != nil {
		p.Cancel = &Cancel{Reasons: options(c.Reasons)}
	}
	for _, n := range d.Notices {
		p.Notices = append(p.Notices, NoticeRule(n))
	}
	return p
}

func (d formDoc) form() Form {
	f := Form{Key: d.Key, Title: d.Title, Fields: []Field{}}
	for _, x := range d.Fields {
		f.Fields = append(f.Fields, Field{Key: x.Key, Type: x.Type, Label: x.Label, Help: x.Help, Unit: x.Unit,
			Required: x.Required, Options: options(x.Options), Min: x.Min, Max: x.Max, MaxLen: x.MaxLen,
			NotFuture: x.NotFuture, NotBefore: x.NotBefore, When: x.When})
	}
	return f
}

func options(docs []optionDoc) []Option {
	var out []Option
	for _, o := range docs {
		out = append(out, Option{Key: o.Key, Text: seawall.Text{ZH: o.ZH, EN: o.EN}})
	}
	return out
}

func (d stepDoc) step() Step {
	s := Step{Key: d.Key, Title: d.Title, Help: d.Help, Each: d.Each, InTurn: d.InTurn, After: d.After, When: d.When,
		Needs: d.Needs, Form: d.Form, Child: d.Child}
	for _, t := range d.TitleIf {
		s.TitleIf = append(s.TitleIf, TitleRule{When: t.When, Title: seawall.Text{ZH: t.ZH, EN: t.EN}})
	}
	if x := d.Due; x != nil {
		due := Due(*x)
		s.Due = &due
	}
	if x := d.Daily; x != nil {
		daily := Daily(*x)
		s.Daily = &daily
	}
	if x := d.Restrict; x != nil {
		restrict := Restrict(*x)
		s.Restrict = &restrict
	}
	return s
}
