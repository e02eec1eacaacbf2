package goods

import (
	"slices"
	"time"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/regime"
)

// Rules is one dated file of what goods need before they are released.
type Rules struct {
	ID    string       `json:"id"`
	Title seawall.Text `json:"title"`
	// Ref is "id@hash" of the file's text; lots cite it.
	Ref string `json:"ref"`
	// Jurisdiction is hyphenated ("CN-JS-YC"); From and To are the first and the
	// last day, NoDay for an open end.
	Jurisdiction string      `json:"jurisdiction"`
	From         seawall.Day `json:"from"`
	To           seawall.Day `json:"to"`
	// Disease is what samples are tested for; ExposedClass the class in which those
	// who worked on positive goods are proposed.
	Disease      string `json:"disease"`
	ExposedClass string `json:"exposedClass"`
	Kinds        []Kind `json:"kinds"`
	// AfterPositive is what a sealed lot needs before it may be released after all.
	AfterPositive []Record `json:"afterPositive"`
	// Clocks are those of the investigation that a positive opens.
	Clocks []regime.ClockRule `json:"clocks"`
}

// Kind is one kind of goods with the records that it needs before release.
type Kind struct {
	Key     string       `json:"key"`
	Name    seawall.Text `json:"name"`
	Records []Record     `json:"records"`
	Source  seawall.Text `json:"source"`
}

// What a record is.
const (
	NeedDisinfect = "disinfect" // a disinfection of What
	NeedSample    = "sample"    // a negative sample of What
	NeedRest      = "rest"      // Hours of rest since it arrived
)

// Record is one thing that has to be on file before a release.
type Record struct {
	Key string `json:"key"`
	// Need is disinfect, sample or rest.
	Need string `json:"need"`
	// What is disinfected or sampled; any of them. Empty: whatever.
	What []string `json:"what,omitempty"`
	// BeforeContact asks that it was done before the first contact with people.
	BeforeContact bool `json:"beforeContact,omitempty"`
	// Hours of rest; Spots is how many spots a sample has at least.
	Hours int          `json:"hours,omitempty"`
	Spots int          `json:"spots,omitempty"`
	Text  seawall.Text `json:"text"`
	Why   seawall.Text `json:"why"`
}

// Kind gives a kind of goods by its key.
func (r *Rules) Kind(key string) (Kind, bool) {
	for _, k := range r.Kinds {
		if k.Key == key {
			return k, true
		}
	}
	return Kind{}, false
}

// Needs gives what a lot needs before it is released: the records of its kind, and
// after a positive those that a sealed lot needs as well.
func (r *Rules) Needs(l Lot) []Record {
	k, _ := r.Kind(l.Kind)
	if l.State != Sealed || l.Positive == "" {
		return k.Records
	}
	return append(slices.Clone(k.Records), r.AfterPositive...)
}

// Filed is what is on file about a lot.
type Filed struct {
	Lot        Lot
	Samples    []Sample
	Treatments []Treatment
	Now        time.Time
}

// Check is one record that is needed, and whether it is there.
type Check struct {
	Record
	Done bool `json:"done"`
	// At is when it was there, or when a rest is over.
	At time.Time `json:"at,omitzero"`
	// Ref is the sample or disinfection that is the record.
	Ref seawall.Ref `json:"ref,omitzero"`
	// Late says that it was done, and too late: after the first contact.
	Late bool `json:"late,omitempty"`
}

// Checks holds what is on file against what is needed. After a positive, what was
// done before it counts for nothing of AfterPositive: the disinfection comes after
// the positive sample was taken, and the negative sample after that disinfection.
func (r *Rules) Checks(f Filed) []Check {
	out := []Check{}
	if k, ok := r.Kind(f.Lot.Kind); ok {
		for _, n := range k.Records {
			out = append(out, f.check(n, time.Time{}))
		}
	}
	if f.Lot.State != Sealed || f.Lot.Positive == "" {
		return out // sealed by hand: an officer's decision ends it
	}
	since := f.positiveSince()
	for _, n := range r.AfterPositive {
		c := f.check(n, since)
		if c.Done && n.Need == NeedDisinfect && c.At.After(since) {
			since = c.At
		}
		out = append(out, c)
	}
	return out
}

// Lacking gives the checks of a list that are not done.
func Lacking(checks []Check) []Check {
	return slices.DeleteFunc(slices.Clone(checks), func(c Check) bool { return c.Done })
}

// positiveSince is when the sample was taken for which the lot is sealed; where it
// was another lot's, when this one was sealed.
func (f Filed) positiveSince() time.Time {
	for _, s := range f.Samples {
		if s.ID == f.Lot.Positive {
			return s.Collected
		}
	}
	return f.Lot.SealedAt
}

// check looks for one record after an instant.
func (f Filed) check(n Record, since time.Time) Check {
	c := Check{Record: n}
	switch n.Need {
	case NeedRest:
		if !f.Lot.ArrivedAt.IsZero() {
			c.At = f.Lot.ArrivedAt.Add(time.Duration(n.Hours) * time.Hour)
			c.Done = !c.At.After(f.Now)
		}
	case NeedDisinfect:
		for _, t := range f.Treatments {
			if c.Done || len(n.What) > 0 && !slices.Contains(n.What, t.What) || !since.IsZero() && !t.At.After(since) {
				continue
			}
			if n.BeforeContact && !f.Lot.TouchedAt.IsZero() && f.Lot.TouchedAt.Before(t.At) {
				c.Late = true
				continue
			}
			c.Done, c.Late, c.At, c.Ref = true, false, t.At, seawall.Ref{Kind: seawall.KindTreatment, ID: t.ID}
		}
	case NeedSample:
		for _, s := range f.Samples {
			if !s.Stands() || s.Outcome != Negative || s.Spots < n.Spots || len(n.What) > 0 && !slices.Contains(n.What, s.What) ||
				!since.IsZero() && !s.Collected.After(since) {
				continue
			}
			c.Done, c.At, c.Ref = true, s.Resulted, s.Ref()
		}
	}
	return c
}

// Standing gives the positive sample among some that stands, the first one taken.
func Standing(samples []Sample) (Sample, bool) {
	for _, s := range samples {
		if s.Stands() && s.Outcome == Positive {
			return s, true
		}
	}
	return Sample{}, false
}
