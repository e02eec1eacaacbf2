package casebook

import (
	"slices"
	"strings"
	"time"

	"github.com/seawall-city/seawall"
)

// The states of a case, and of results, stays and links.
const (
	CaseOpen      = "open"
	CaseClosed    = "closed"
	CaseRetracted = "retracted"
	Valid         = "valid"
	Retracted     = "retracted"
)

// Classes are the case classes a record may have.
func Classes() []Class { return []Class{Suspected, Probable, Confirmed, Asymptomatic, Discarded} }

// ResultKinds are the kinds of test a result may be of.
func ResultKinds() []string {
	return []string{"nat", "antigen", "culture", "serology", "sequencing", "other"}
}

// Outcomes are the outcomes a result may have.
func Outcomes() []string { return []string{"negative", "positive", "grey", "invalid", "pending"} }

// FollowUpStatuses are what a day's follow-up may say.
func FollowUpStatuses() []string {
	return []string{"well", "symptoms", "missed", "not_performed", "refused"}
}

// faults gathers what is wrong with an input, all at once.
type faults []seawall.FieldError

func (f *faults) add(field, code string, args ...string) {
	e := seawall.FieldError{Field: field, Code: code}
	for i := 0; i+1 < len(args); i += 2 {
		if e.Args == nil {
			e.Args = map[string]string{}
		}
		e.Args[args[i]] = args[i+1]
	}
	*f = append(*f, e)
}

func (f *faults) need(ok bool, field string) {
	if !ok {
		f.add(field, "required")
	}
}

func (f *faults) choice(field, v string, among []string) {
	if !slices.Contains(among, v) {
		f.add(field, "not_a_choice", "value", v)
	}
}

// future refuses what lies after now. A day later than today in any zone of the
// earth is in the future; finer is not decidable from a day alone.
func (f *faults) future(field string, d seawall.Day, today seawall.Day) {
	if d.Known() && d > today {
		f.add(field, "in_future")
	}
}

// err gives nil when nothing is wrong.
func (f faults) err(op, code string) error {
	if len(f) == 0 {
		return nil
	}
	return &seawall.Error{Op: op, Kind: seawall.Invalid, Code: code, Fields: f}
}

// longest bounds a free text field in characters.
const longest = 2000

func (f *faults) short(field, v string) {
	if len([]rune(v)) > longest {
		f.add(field, "too_long", "max", "2000")
	}
}

// Check names everything that is wrong with a case on that day, field by field.
func (c Case) Check(today seawall.Day) []seawall.FieldError {
	var f faults
	f.need(c.Person != "", "person")
	f.need(c.Disease != "", "disease")
	if c.Class == "" {
		f.add("class", "required")
	} else if !slices.Contains(Classes(), c.Class) {
		f.add("class", "not_a_choice", "value", string(c.Class))
	}
	f.future("onset", c.Onset, today)
	f.future("exposed", c.Exposed, today)
	f.future("sampled", c.Sampled, today)
	f.future("diagnosed", c.Diagnose, today)
	f.future("outcomeDay", c.OutcomeDay, today)
	f.short("facility", c.Facility)
	f.short("setting", c.Setting)
	return f
}

// Warnings names what is implausible in a case but may be true to its source.
func (c Case) Warnings() []seawall.FieldError {
	var f faults
	before := func(a, b seawall.Day, field, code string) {
		if a.Known() && b.Known() && a < b {
			f.add(field, code)
		}
	}
	before(c.OutcomeDay, c.Onset, "outcomeDay", "outcome_before_onset")
	before(c.Onset, c.Exposed, "onset", "onset_before_exposure")
	before(c.Diagnose, c.Onset, "diagnosed", "diagnosed_before_onset")
	if !c.Reported.IsZero() {
		before(seawall.DayOf(c.Reported, time.UTC).Add(1), c.Onset, "reported", "reported_before_onset")
	}
	return f
}

// Check names everything that is wrong with a result at that instant. A result
// without a sample number is refused: nobody can trace it to a sample.
func (r Result) Check(now time.Time) []seawall.FieldError {
	var f faults
	f.need(r.Person != "", "person")
	f.need(r.Disease != "", "disease")
	f.need(strings.TrimSpace(r.Accession) != "", "accession")
	f.choice("kind", r.Kind, ResultKinds())
	f.choice("outcome", r.Outcome, Outcomes())
	if r.Outcome != "pending" && r.Resulted.IsZero() {
		f.add("resulted", "required")
	}
	if r.Collected.After(now) {
		f.add("collected", "in_future")
	}
	if r.Resulted.After(now) {
		f.add("resulted", "in_future")
	}
	if !r.Resulted.IsZero() && !r.Collected.IsZero() && r.Resulted.Before(r.Collected) {
		f.add("resulted", "resulted_before_collected")
	}
	f.short("lab", r.Lab)
	return f
}

// Check names everything that is wrong with a contact on that day.
func (c Contact) Check(today seawall.Day) []seawall.FieldError {
	var f faults
	f.need(c.Person != "", "person")
	f.need(c.Disease != "", "disease")
	f.need(c.Class != "" || c.Historic, "class")
	f.future("firstExposure", c.FirstExposure, today)
	f.future("lastExposure", c.LastExposure, today)
	if c.FirstExposure.Known() && c.LastExposure.Known() && c.LastExposure < c.FirstExposure {
		f.add("lastExposure", "last_before_first")
	}
	f.short("place", c.Place)
	f.short("setting", c.Setting)
	return f
}

// Check names everything that is wrong with a stay at that instant.
func (s Stay) Check(now time.Time) []seawall.FieldError {
	var f faults
	f.need(s.Person != "" || s.Case != "", "person")
	f.need(strings.TrimSpace(s.Place) != "", "place")
	f.need(!s.During.From.IsZero(), "from")
	if !s.During.To.IsZero() && s.During.To.Before(s.During.From) {
		f.add("to", "ends_before_start")
	}
	if s.During.From.After(now) {
		f.add("from", "in_future")
	}
	f.short("place", s.Place)
	return f
}

// Check names everything that is wrong with a link.
func (l Link) Check() []seawall.FieldError {
	var f faults
	f.need(l.From != "", "from")
	f.need(l.To != "", "to")
	f.need(l.Disease != "", "disease")
	f.choice("kind", l.Kind, []string{"exposure", "infection"})
	return f
}

// lowestBody and highestBody bound a body temperature in °C that can be meant.
const (
	lowestBody  = 30
	highestBody = 45
)

// Check names everything that is wrong with a follow-up record on that day.
func (u FollowUp) Check(today seawall.Day) []seawall.FieldError {
	var f faults
	f.need(u.Contact != "", "contact")
	f.need(u.Day.Known(), "day")
	f.future("day", u.Day, today)
	f.choice("status", u.Status, FollowUpStatuses())
	if u.Temperature != 0 && (u.Temperature < lowestBody || u.Temperature > highestBody) {
		f.add("temperature", "out_of_range", "min", "30", "max", "45")
	}
	f.short("symptoms", u.Symptoms)
	f.short("note", u.Note)
	return f
}
