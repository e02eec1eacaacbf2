package regime

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"

	"github.com/seawall-city/seawall"
)

// versionDigits is how many hex digits of the content hash make the version.
const versionDigits = 12

// build makes the regime of a file on top of its parent (nil for none). What
// the file leaves out is the parent's and keeps citing the parent; contact
// classes, clocks, texts, conditions and sources are taken over one by one,
// other parts whole. The file must have passed check.
func build(f *file, parent *Regime) *Regime {
	d := &f.doc
	r := &Regime{texts: map[string]seawall.Text{}, conditions: map[string]seawall.Text{}, sources: map[string]Source{}}
	h := sha256.New()
	h.Write(f.Src)
	if parent != nil {
		*r = *parent
		r.texts, r.conditions, r.sources = maps.Clone(parent.texts), maps.Clone(parent.conditions), maps.Clone(parent.sources)
		r.Classes, r.CaseClocks = slices.Clone(parent.Classes), slices.Clone(parent.CaseClocks)
		r.Notes, r.Waivers = seawall.Text{}, nil // a waiver holds for the file it stands in
		r.Zones, r.Limits = slices.Clone(parent.Zones), maps.Clone(parent.Limits)
		h.Write([]byte(parent.Version))
	}
	r.ID, r.Parent, r.File, r.abstract = d.ID, d.Parent, f.Name, d.Abstract
	r.Version = hex.EncodeToString(h.Sum(nil))[:versionDigits]
	r.Title, r.Abolished = d.Title, d.Abolished
	maps.Copy(r.texts, d.Texts)
	maps.Copy(r.conditions, d.Conditions)
	b := builder{f: f, r: r, local: map[string]Source{}}
	b.head(d)
	b.disease(d)
	b.classes(d)
	b.duties(d)
	b.arrivals(d)
	b.lawful(d)
	return r
}

// builder turns the parts of one document into those of a regime.
type builder struct {
	f     *file
	r     *Regime
	local map[string]Source // the sources this file names, by key
}

// head sets identity, validity and sources.
func (b *builder) head(d *document) {
	for key, s := range d.Sources {
		src := Source{Key: key, Title: s.Title, Basis: s.Basis, Secondary: s.Secondary}
		b.local[key] = src
		b.r.sources[s.Title.ZH] = src
	}
	b.r.Source = b.local[d.Source]
	if d.Jurisdiction != "" {
		b.r.Jurisdiction = d.Jurisdiction
	}
	b.r.From, b.r.To = seawall.NoDay, seawall.NoDay
	if d.Valid != nil {
		b.r.From, b.r.To = day(d.Valid.From), day(d.Valid.To)
	}
	if d.Notes != (seawall.Text{}) {
		b.r.Notes = d.Notes
	}
}

// disease sets what is known of the disease itself.
func (b *builder) disease(d *document) {
	if d.Disease != nil {
		b.r.Disease = Disease{ID: d.Disease.ID, Name: seawall.Text{ZH: d.Disease.ZH, EN: d.Disease.EN}}
	}
	if d.Transmission != nil {
		b.r.Transmission = d.Transmission
	}
	if in := d.Incubation; in != nil {
		b.r.Incubation = &Incubation{Min: in.Min, Max: in.Max, Typical: in.Typical, Why: b.why("incubation", in.Source)}
	}
	if in := d.Infectious; in != nil {
		b.r.Infectious = &Infectious{BeforeOnset: in.BeforeOnset, BeforeSample: in.BeforeSample, AfterOnset: in.AfterOnset,
			End: in.End, OnsetMeans: in.OnsetMeans, Why: b.why("infectious", in.Source)}
	}
	if iso := d.CaseIsolation; iso != nil {
		b.r.Isolation = &Isolation{AfterOnset: iso.AfterOnset, ReleaseIf: iso.ReleaseIf, HomeDays: iso.HomeDays,
			Why: b.why("case_isolation", iso.Source)}
	}
}

// classes replaces, adds and abolishes contact classes.
func (b *builder) classes(d *document) {
	b.r.Classes = slices.DeleteFunc(b.r.Classes, func(c Class) bool { return slices.Contains(d.Abolished, c.ID) })
	for _, id := range b.f.Keys("contact_classes") {
		c := b.class(id, d.Classes[id])
		if i := slices.IndexFunc(b.r.Classes, func(o Class) bool { return o.ID == id }); i >= 0 {
			if c.Who == (seawall.Text{}) {
				c.Who = b.r.Classes[i].Who // words, not a figure
			}
			b.r.Classes[i] = c
			continue
		}
		b.r.Classes = append(b.r.Classes, c)
	}
}

func (b *builder) class(id string, d classDoc) Class {
	path := "contact_classes." + id
	c := Class{ID: id, Name: d.Name, Who: d.Who, TransferHours: d.TransferHours, ReleaseIf: d.ReleaseIf,
		Why:           b.why(path, d.Source),
		Plan:          b.stays(path+".plan", d.Source, d.Plan),
		IfSusceptible: b.stays(path+".plan_if_susceptible", d.Source, d.IfSusceptible)}
	if d.Monitoring != nil {
		c.Monitoring = &Monitoring{PerDay: d.Monitoring.PerDay, Days: d.Monitoring.Days}
	}
	if d.Else != nil {
		c.PromoteTo = d.Else.PromoteTo
	}
	for i, p := range d.Prophylaxis {
		c.Prophylaxis = append(c.Prophylaxis, ProphylaxisRule{Key: p.Key, WithinHours: p.Within, From: p.From, Text: p.Text,
			Why: b.why(fmt.Sprintf("%s.prophylaxis[%d]", path, i), p.Source)})
	}
	return c
}

func (b *builder) stays(path, source string, docs []stayDoc) []Stay {
	var out []Stay
	for i, d := range docs {
		s := Stay{Kind: StayKind(d.Type), Text: d.Text, Why: b.why(fmt.Sprintf("%s[%d]", path, i), source)}
		if d.Days != nil {
			s.Days = *d.Days
		}
		if d.Tests != nil {
			for _, n := range d.Tests.Days {
				s.Tests = append(s.Tests, TestRule{Day: n, Kind: d.Tests.Kind, Dual: slices.Contains(d.Tests.Dual, n)})
			}
		}
		out = append(out, s)
	}
	return out
}

// duties sets clocks, the cut-off and the cluster rule.
func (b *builder) duties(d *document) {
	for i, c := range d.CaseClocks {
		rule := ClockRule{Key: c.Key, After: c.After, Hours: *c.Hours, Text: c.Text,
			Why: b.why(fmt.Sprintf("case_clocks[%d]", i), c.Source)}
		if j := slices.IndexFunc(b.r.CaseClocks, func(o ClockRule) bool { return o.Key == c.Key }); j >= 0 {
			b.r.CaseClocks[j] = rule
			continue
		}
		b.r.CaseClocks = append(b.r.CaseClocks, rule)
	}
	if n := d.NoOvernight; n != nil {
		b.r.CutOff = CutOff{Hour: n.CutOff, LateOpenHour: n.LateOpen, MaxAgeHours: n.MaxAge,
			Why: b.why("no_overnight", n.Source)}
	}
	if c := d.Cluster; c != nil {
		b.r.Cluster = &Cluster{Count: c.Count, Days: c.Days, Scope: c.Scope, ReportHours: c.ReportHours,
			Why: b.why("cluster", c.Source)}
	}
}

// source gives the document of a key, the file's own for "".
func (b *builder) source(key string) Source {
	if key == "" {
		return b.r.Source
	}
	return b.local[key]
}

// why cites a part of this file; source is the key of the part's own document,
// "" for the file's.
func (b *builder) why(rule, source string) Citation {
	s := b.source(source)
	return Citation{Regime: b.r.ID, Version: b.r.Version, Rule: rule, Source: s.Title.ZH, Secondary: s.Secondary}
}

// day reads a day that check has found well formed; "" is NoDay.
func day(s string) seawall.Day {
	d, err := seawall.ParseDay(s)
	if err != nil {
		return seawall.NoDay
	}
	return d
}
