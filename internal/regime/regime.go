package regime

import (
	"maps"
	"slices"
	"strings"

	"github.com/seawall-city/seawall"
)

// Disease names a disease; ID is its key everywhere ("covid-19").
type Disease struct {
	ID   string       `json:"id"`
	Name seawall.Text `json:"name"`
}

// Source is a document that figures come from.
type Source struct {
	Key   string       `json:"key"`
	Title seawall.Text `json:"title"`
	// Basis: "document" (read in it), "knowledge" (established practice of the
	// field, without a document at hand) or "design" (Seawall's own choice).
	Basis string `json:"basis"`
	// Secondary marks a document read in a public copy, to be verified before
	// it is quoted as law.
	Secondary bool `json:"secondary,omitempty"`
}

// Incubation gives the incubation period in days; nil pointers are unknown.
type Incubation struct {
	Min     *float64  `json:"min,omitempty"`
	Max     *float64  `json:"max,omitempty"`
	Typical []float64 `json:"typical,omitempty"` // from, to
	Why     Citation  `json:"why"`
}

// Infectious says when a case infects others. Days are counted before or after
// the onset (or the first positive sample); nil pointers are unknown.
type Infectious struct {
	BeforeOnset  *int `json:"beforeOnset,omitempty"`
	BeforeSample *int `json:"beforeSample,omitempty"`
	AfterOnset   *int `json:"afterOnset,omitempty"`
	// End says what ends it where no number of days does.
	End seawall.Text `json:"end,omitzero"`
	// OnsetMeans says what counts as the onset where it is not the first
	// symptom (the rash of measles).
	OnsetMeans seawall.Text `json:"onsetMeans,omitzero"`
	Why        Citation     `json:"why"`
}

// Window is the stretch of days in which a case was infectious and in which
// contacts are looked for. To is NoDay where a condition ends it.
type Window struct {
	From seawall.Day  `json:"from"`
	To   seawall.Day  `json:"to"`
	End  seawall.Text `json:"end,omitzero"`
	Why  Citation     `json:"why"`
}

// Isolation is how long a case is kept apart.
type Isolation struct {
	AfterOnset *int `json:"afterOnset,omitempty"` // days after onset; nil: by ReleaseIf alone
	// ReleaseIf are condition keys that must all hold.
	ReleaseIf []string `json:"releaseIf,omitempty"`
	// HomeDays is home monitoring after release; nil where none is asked.
	HomeDays *int     `json:"homeDays,omitempty"`
	Why      Citation `json:"why"`
}

// Cluster is the number of cases in some days at one place that makes an event.
type Cluster struct {
	Count       int          `json:"count"`
	Days        int          `json:"days"`
	Scope       seawall.Text `json:"scope"`
	ReportHours *int         `json:"reportHours,omitempty"`
	Why         Citation     `json:"why"`
}

// TestRule is one test of a stay; Day counts from the end of the stay before.
type TestRule struct {
	Day  int    `json:"day"`
	Kind string `json:"kind"`
	Dual bool   `json:"dual,omitempty"`
}

// Stay is one stretch of a class's plan in days; the first begins on the day of
// the last exposure (day 0), each other one on the day after the one before.
type Stay struct {
	Kind  StayKind     `json:"kind"`
	Days  int          `json:"days"`
	Tests []TestRule   `json:"tests,omitempty"`
	Text  seawall.Text `json:"text,omitzero"` // own reason text; else the file's for the kind
	Why   Citation     `json:"why"`
}

// Monitoring asks for health reports: PerDay a day, for Days after the last
// exposure (the whole plan where Days is nil).
type Monitoring struct {
	PerDay int  `json:"perDay"`
	Days   *int `json:"days,omitempty"`
}

// ProphylaxisRule is a measure that helps within some hours of exposure.
type ProphylaxisRule struct {
	Key         string       `json:"key"`
	WithinHours int          `json:"withinHours"`
	From        string       `json:"from"` // "first_exposure" or "last_exposure"
	Text        seawall.Text `json:"text"`
	Why         Citation     `json:"why"`
}

// Class is a class of contacts and what it asks of them.
type Class struct {
	ID   string       `json:"id"`
	Name seawall.Text `json:"name"`
	Who  seawall.Text `json:"who,omitzero"`
	Plan []Stay       `json:"plan"`
	// IfSusceptible replaces Plan for a person known to be susceptible.
	IfSusceptible []Stay      `json:"ifSusceptible,omitempty"`
	Monitoring    *Monitoring `json:"monitoring,omitempty"`
	// TransferHours is nil where the file gives no figure.
	TransferHours *int              `json:"transferHours,omitempty"`
	Prophylaxis   []ProphylaxisRule `json:"prophylaxis,omitempty"`
	ReleaseIf     []string          `json:"releaseIf,omitempty"`
	// PromoteTo is the class of those for whom ReleaseIf fails; "" for none.
	PromoteTo string   `json:"promoteTo,omitempty"`
	Why       Citation `json:"why"`
}

// Regime is one dated rule file with what it takes over from its parent. It is
// read-only once loaded and safe for concurrent use.
type Regime struct {
	ID string `json:"id"`
	// Scope is what the file is about: ScopeDisease or ScopeArrivals.
	Scope string `json:"scope"`
	// Version is the first 12 hex digits of the SHA-256 of the file's bytes and
	// its parent's version.
	Version      string       `json:"version"`
	Parent       string       `json:"parent,omitempty"`
	File         string       `json:"file"`
	Title        seawall.Text `json:"title"`
	Disease      Disease      `json:"disease"`
	Jurisdiction string       `json:"jurisdiction"`
	// From..To are the days on which it is in force, inclusive; To is NoDay
	// while no end is set.
	From         seawall.Day `json:"from"`
	To           seawall.Day `json:"to"`
	Source       Source      `json:"source"`
	Transmission []string    `json:"transmission,omitempty"`
	Incubation   *Incubation `json:"incubation,omitempty"`
	Infectious   *Infectious `json:"infectious,omitempty"`
	Isolation    *Isolation  `json:"isolation,omitempty"`
	Classes      []Class     `json:"classes"`
	// Abolished are classes of the parent that this file does away with.
	Abolished []string `json:"abolished,omitempty"`
	// CaseClocks are the clocks of a case investigation, in the file's order.
	CaseClocks []ClockRule `json:"caseClocks,omitempty"`
	CutOff     CutOff      `json:"cutOff"`
	Cluster    *Cluster    `json:"cluster,omitempty"`
	// Appeal is how soon an objection to a restriction must be decided; every
	// file that restricts anybody has it.
	Appeal *Appeal `json:"appeal,omitempty"`
	// Zones say how long areas of a level are kept under control.
	Zones []Zone `json:"zones,omitempty"`
	// Arrivals is the matrix of a file of ScopeArrivals, nil in others.
	Arrivals *Matrix `json:"arrivals,omitempty"`
	// Limits are levels of what the office closes or refuses, by dimension of
	// the must-nots; what is not named is at its mildest level.
	Limits map[string]string `json:"limits,omitempty"`
	// Waivers let this file be stricter than the one above it.
	Waivers []Waiver     `json:"waivers,omitempty"`
	Notes   seawall.Text `json:"notes,omitzero"`

	abstract   bool
	texts      map[string]seawall.Text
	conditions map[string]seawall.Text
	sources    map[string]Source // by Chinese title, as citations give it
}

// Ref names the regime with its version as records keep it: "id@version".
func (r *Regime) Ref() string { return r.ID + "@" + r.Version }

// Covers reports whether the regime is in force on day.
func (r *Regime) Covers(day seawall.Day) bool {
	return day.Known() && day >= r.From && (!r.To.Known() || day <= r.To)
}

// Class gives the contact class of that id.
func (r *Regime) Class(id string) (Class, bool) {
	for _, c := range r.Classes {
		if c.ID == id {
			return c, true
		}
	}
	return Class{}, false
}

// Condition gives the words of a release condition, its key where it has none.
func (r *Regime) Condition(key string) seawall.Text {
	if t, ok := r.conditions[key]; ok {
		return t
	}
	return seawall.Text{ZH: key, EN: key}
}

// Sources gives the documents that the regime's figures come from, in the order
// of their titles.
func (r *Regime) Sources() []Source {
	cited := map[string]Source{}
	for _, row := range r.Rows() {
		if s, ok := r.sources[row.Why.Source]; ok {
			cited[s.Title.ZH] = s
		}
	}
	out := slices.Collect(maps.Values(cited))
	slices.SortFunc(out, func(a, b Source) int { return strings.Compare(a.Title.ZH, b.Title.ZH) })
	return out
}

// sourceTitle gives the title of the document that c cites, in both languages.
func (r *Regime) sourceTitle(c Citation) seawall.Text {
	if s, ok := r.sources[c.Source]; ok {
		return s.Title
	}
	return r.Source.Title
}

// InfectiousWindow gives the days in which a case with this onset and first
// positive sample was infectious. Where both days are known the earlier start
// counts: who tests positive before falling ill was infectious before that
// test. It reports false where the file or the days do not say.
func (r *Regime) InfectiousWindow(onset, sampled seawall.Day) (Window, bool) {
	in := r.Infectious
	if in == nil {
		return Window{}, false
	}
	w := Window{From: seawall.NoDay, To: seawall.NoDay, End: in.End, Why: in.Why}
	if onset.Known() && in.BeforeOnset != nil {
		w.From = onset.Add(-*in.BeforeOnset)
	}
	if sampled.Known() && in.BeforeSample != nil {
		if s := sampled.Add(-*in.BeforeSample); !w.From.Known() || s < w.From {
			w.From = s
		}
	}
	if onset.Known() && in.AfterOnset != nil {
		w.To = onset.Add(*in.AfterOnset)
	}
	return w, w.From.Known()
}

// LongestPlan is the number of days after the last exposure that the longest
// plan of any class takes.
func (r *Regime) LongestPlan() int {
	longest := 0
	for _, c := range r.Classes {
		longest = max(longest, length(c.Plan), length(c.IfSusceptible))
	}
	return longest
}

// CaseIsHistory reports whether a case whose latest known day is last opens no
// duty any more on today: whoever it could have infected until then is past the
// longest follow-up. An unknown day is not history.
func (r *Regime) CaseIsHistory(last, today seawall.Day) bool {
	if !last.Known() {
		return false
	}
	infectious := 0
	if r.Infectious != nil && r.Infectious.AfterOnset != nil {
		infectious = *r.Infectious.AfterOnset
	}
	return last.Add(infectious+r.LongestPlan()) < today
}
