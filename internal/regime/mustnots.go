package regime

import (
	"cmp"
	"slices"
	"strings"

	"github.com/seawall-city/seawall"
)

// The dimensions that are measured on the rows of a file; every other one is a
// ladder of levels that the must-nots file gives itself.
const (
	dimTravel  = "travel_limits"      // limits on people from outside medium- and high-risk areas
	dimLowRisk = "low_risk_arrivals"  // limits on people from low-risk areas
	dimTime    = "control_time"       // how long areas stay under control
	dimGroups  = "quarantined_groups" // who is quarantined at all
	dimLength  = "quarantine_length"  // how long, and how much of it away from home
)

func measured() []string { return []string{dimTravel, dimLowRisk, dimTime, dimGroups, dimLength} }

// Dimension is one thing that a local rule must not do more strictly than the
// one above it.
type Dimension struct {
	Key  string       `json:"key"`
	Name seawall.Text `json:"name"`
	// Levels from mild to strict, for what is no number of days; a file that
	// names none stands at the first.
	Levels []Level  `json:"levels,omitempty"`
	Why    Citation `json:"why"`
}

// Level is one step of a ladder.
type Level struct {
	Key  string       `json:"key"`
	Name seawall.Text `json:"name"`
}

// MustNots is a dated file of what no local rule may do without a waiver (九不准).
type MustNots struct {
	ID      string       `json:"id"`
	Version string       `json:"version"`
	Title   seawall.Text `json:"title"`
	From    seawall.Day  `json:"from"`
	To      seawall.Day  `json:"to"`
	Source  Source       `json:"source"`
	// WaiverDays is the longest that a waiver may last; 0 sets no limit.
	WaiverDays int         `json:"waiverDays,omitempty"`
	Dimensions []Dimension `json:"dimensions"`

	jurisdiction string
}

// Dimension gives one dimension by its key.
func (m MustNots) Dimension(key string) (Dimension, bool) {
	i := slices.IndexFunc(m.Dimensions, func(d Dimension) bool { return d.Key == key })
	if i < 0 {
		return Dimension{}, false
	}
	return m.Dimensions[i], true
}

// Waiver is the permission, given one level above, to be stricter than the rule
// there in one dimension until a day.
type Waiver struct {
	Regime       string       `json:"regime"`
	Title        seawall.Text `json:"title"`
	Jurisdiction string       `json:"jurisdiction"`
	Dimension    string       `json:"dimension"`
	// Name is the dimension in words.
	Name seawall.Text `json:"name"`
	// Rows are the keys of the rows or classes that it is for; none means all.
	Rows   []string     `json:"rows,omitempty"`
	Reason seawall.Text `json:"reason"`
	// ApprovedBy is the post that gave it, Approver its jurisdiction.
	ApprovedBy seawall.Text `json:"approvedBy"`
	Approver   string       `json:"approver"`
	ApprovedOn seawall.Day  `json:"approvedOn"`
	Expires    seawall.Day  `json:"expires"`
	// From and To are the days of the rule that needs it.
	From seawall.Day `json:"from"`
	To   seawall.Day `json:"to"`
	Why  Citation    `json:"why"`
	// Source is the title of the document behind it in both languages.
	Source seawall.Text `json:"source"`
	// Waived is what is stricter, in words: this rule's value and the one above.
	Waived []Excess `json:"waived,omitempty"`
}

// Excess is one thing in which a rule is stricter than the one above it.
type Excess struct {
	Dimension string `json:"dimension"`
	// Row is the key of the row, class, zone or limit.
	Row string `json:"row"`
	// Here and Above are the two values, Whom says for whom.
	Here  seawall.Text `json:"here"`
	Above seawall.Text `json:"above"`
	Whom  seawall.Text `json:"whom"`
	// Parent is the rule above.
	Parent string `json:"parent"`

	path string
}

// MustNots gives what no local rule may do on a day. It reports false before the
// first such file.
func (s *Set) MustNots(jurisdiction string, day seawall.Day) (MustNots, bool) {
	for at := jurisdiction; at != ""; at = above(at) {
		for _, m := range s.mustNots {
			if m.jurisdiction == at && m.covers(day) {
				return m, true
			}
		}
	}
	return MustNots{}, false
}

func (m MustNots) covers(day seawall.Day) bool {
	return day.Known() && day >= m.From && (!m.To.Known() || day <= m.To)
}

// Waivers gives what is waived on a day by rules in force on it, by jurisdiction
// and regime, for everybody to read.
func (s *Set) Waivers(day seawall.Day) []Waiver {
	out := []Waiver{}
	for _, r := range s.order {
		if !r.Covers(day) {
			continue
		}
		for _, w := range r.Waivers {
			if day >= w.ApprovedOn && day <= w.Expires {
				out = append(out, w)
			}
		}
	}
	slices.SortStableFunc(out, func(a, b Waiver) int {
		return cmp.Or(strings.Compare(a.Jurisdiction, b.Jurisdiction), strings.Compare(a.Regime, b.Regime))
	})
	return out
}

// above gives the jurisdiction one level up, "" at the top.
func above(jurisdiction string) string {
	i := strings.LastIndexByte(jurisdiction, '-')
	if i < 0 {
		return ""
	}
	return jurisdiction[:i]
}

// mustNotsOf makes the must-nots of a built file.
func mustNotsOf(f *file, r *Regime) MustNots {
	m := MustNots{ID: r.ID, Version: r.Version, Title: r.Title, From: r.From, To: r.To, Source: r.Source,
		WaiverDays: figure(f.doc.WaiverMax), jurisdiction: r.Jurisdiction}
	for _, key := range f.Keys("dimensions") {
		d := f.doc.Dimensions[key]
		dim := Dimension{Key: key, Name: d.Name, Why: r.selfWhy("dimensions." + key)}
		for _, l := range d.Levels {
			dim.Levels = append(dim.Levels, Level{Key: l.Key, Name: seawall.Text{ZH: l.ZH, EN: l.EN}})
		}
		m.Dimensions = append(m.Dimensions, dim)
	}
	return m
}
