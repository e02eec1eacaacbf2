package border

import (
	"slices"
	"time"

	"github.com/seawall-city/seawall"
)

// The sources of a check. A traveller's own declaration announces and makes no
// check; it is no source.
const (
	ByFeed   = "feed"
	ByGate   = "gate"
	ByStaff  = "staff"
	BySystem = "system"
)

// The states of a document number.
const (
	DocValid  = "valid"  // its check digit is right, or it has none to check
	DocFailed = "failed" // its check digit is wrong
)

// Keys are the four checks in the order of the page: 人数、人头、位置、管控情况.
func Keys() []string { return []string{Headcount, Identity, Location, Measure} }

// States are all states of an arrival.
func States() []string {
	return []string{Expected, Arrived, Managed, Released, HandedOn, NotComing, Retracted, Claimed}
}

// Modes are the ways of travelling.
func Modes() []string { return []string{"air", "rail", "coach", "ship", "car", "other"} }

// Standing reports whether an arrival in this state is one at all: announced,
// here, or cared for.
func Standing(state string) bool { return state == Expected || state == Arrived || state == Managed }

// NewChecks gives the four checks, all missing and without a due instant.
func NewChecks() []Check {
	out := make([]Check, 0, 4)
	for _, k := range Keys() {
		out = append(out, Check{Key: k})
	}
	return out
}

// Check gives one of the four, the zero Check for another key.
func (a Arrival) Check(key string) Check {
	for _, c := range a.Checks {
		if c.Key == key {
			return c
		}
	}
	return Check{}
}

// Set gives the arrival with one check replaced; the checks of the row that was
// read stay as they are.
func (a Arrival) Set(c Check) Arrival {
	a.Checks = slices.Clone(a.Checks)
	for i := range a.Checks {
		if a.Checks[i].Key == c.Key {
			a.Checks[i] = c
		}
	}
	a.Missing, a.NextDue = 0, time.Time{}
	for _, k := range a.Checks {
		if k.Made() {
			continue
		}
		a.Missing++
		if !k.Due.IsZero() && (a.NextDue.IsZero() || k.Due.Before(a.NextDue)) {
			a.NextDue = k.Due
		}
	}
	return a
}

// Make gives the arrival with one check made at an instant. One that is made
// already keeps its first time: it was known since then.
func (a Arrival) Make(key string, at time.Time, by, source, note string) Arrival {
	c := a.Check(key)
	if c.Key == "" || c.Made() {
		return a
	}
	c.Done, c.By, c.Source, c.Note = at, by, source, note
	return a.Set(c)
}

// Unmake gives the arrival with one check missing again, because what it stood on
// has changed.
func (a Arrival) Unmake(key string) Arrival {
	c := a.Check(key)
	if !c.Made() {
		return a
	}
	return a.Set(Check{Key: key, Due: c.Due})
}

// SetDue gives the arrival with the due instants of its checks, in hours from the
// arrival; a key that the map does not name keeps its own.
func (a Arrival) SetDue(hours map[string]int) Arrival {
	for _, k := range Keys() {
		h, ok := hours[k]
		if !ok || a.Arrived.IsZero() {
			continue
		}
		c := a.Check(k)
		c.Due = a.Arrived.Add(time.Duration(h) * time.Hour)
		a = a.Set(c)
	}
	return a
}

// Late reports whether a missing check was due before an instant.
func (a Arrival) Late(now time.Time) bool {
	for _, c := range a.Checks {
		if !c.Made() && !c.Due.IsZero() && c.Due.Before(now) {
			return true
		}
	}
	return false
}

// Complete gives when the fourth check was made, zero while one is missing.
func (a Arrival) Complete() time.Time {
	var last time.Time
	for _, c := range a.Checks {
		if !c.Made() {
			return time.Time{}
		}
		if c.Done.After(last) {
			last = c.Done
		}
	}
	return last
}

// Day is the day of the arrival in a zone: of its instant, else the expected one.
func (a Arrival) Day(zone *time.Location) seawall.Day {
	if a.Arrived.IsZero() {
		return a.Expected
	}
	return seawall.DayOf(a.Arrived, zone)
}

// Counted reports whether the number of a group is settled without anybody going
// there: a feed or gate counted it, everybody of it is on record by name, and it is
// the number that was declared, where one was. Where they differ, somebody has to
// count.
func Counted(g Group, people []Arrival) bool {
	named, counted := 0, false
	for _, a := range people {
		if !Standing(a.State) && a.State != Released && a.State != HandedOn {
			continue
		}
		if a.Person != "" {
			named++
		}
		for _, ch := range a.Channels {
			counted = counted || ch == Feed || ch == Gate
		}
	}
	return counted && g.Size > 0 && named == g.Size && (g.Declared == 0 || g.Declared == g.Size)
}

// Located reports whether a stay is known well enough to look for somebody there:
// a village or a place below it inside the city, or an address in words beside a
// town. The city's own path has depth 2, its county 3, a town 4, a village 5.
func (a Arrival) Located() bool {
	const town, village = 4, 5
	d := a.Stay.Depth()
	return d >= village || d >= town && a.StayText != ""
}

// FirstDue gives when the first of the missing checks is due, zero where none is
// missing or none has a due instant yet.
func (a Arrival) FirstDue() time.Time {
	var first time.Time
	for _, c := range a.Checks {
		if !c.Made() && !c.Due.IsZero() && (first.IsZero() || c.Due.Before(first)) {
			first = c.Due
		}
	}
	return first
}
