package regime

import (
	"time"

	"github.com/seawall-city/seawall"
)

// CutOff is the no-overnight rule (事不过夜).
type CutOff struct {
	// Hour is the local hour of the cut-off, 1 to 24; 24 is midnight.
	Hour int `json:"hour"`
	// LateOpenHour and MaxAgeHours: what opens from LateOpenHour on until the
	// cut-off may take MaxAgeHours instead.
	LateOpenHour int      `json:"lateOpenHour"`
	MaxAgeHours  int      `json:"maxAgeHours"`
	Why          Citation `json:"why"`
}

// EscalateAt gives the instant at which something opened at opened and due at
// due climbs if it is still open. That is the first cut-off at or after its due
// time. What was opened late in the evening and falls due within MaxAgeHours
// climbs MaxAgeHours after opening instead, though never before tonight's
// cut-off: nobody is measured against a midnight one hour away, and nothing
// small waits for the midnight after. What was overdue when it was opened
// counts as due at its opening.
func (c CutOff) EscalateAt(opened, due time.Time, loc *time.Location) time.Time {
	if due.Before(opened) {
		due = opened
	}
	if c.openedLate(opened, loc) {
		late := opened.Add(time.Duration(c.MaxAgeHours) * time.Hour)
		if tonight := c.atOrAfter(opened, loc); late.Before(tonight) {
			late = tonight
		}
		if !due.After(late) {
			return late
		}
	}
	return c.atOrAfter(due, loc)
}

// Next gives the first cut-off strictly after t.
func (c CutOff) Next(t time.Time, loc *time.Location) time.Time {
	return c.atOrAfter(t.Add(1), loc)
}

// openedLate reports whether t lies between the late-open hour and the cut-off
// of its day.
func (c CutOff) openedLate(t time.Time, loc *time.Location) bool {
	h := t.In(loc).Hour()
	return h >= c.LateOpenHour && h < c.Hour
}

// atOrAfter gives the first cut-off at or after t. It starts with yesterday's,
// because the cut-off of hour 24 falls on the first instant of the next day.
func (c CutOff) atOrAfter(t time.Time, loc *time.Location) time.Time {
	today := seawall.DayOf(t, loc)
	for days := -1; ; days++ {
		cut := c.of(today.Add(days), loc)
		if !cut.Before(t) {
			return cut
		}
	}
}

// of gives the cut-off of a day. Midnight is the first instant of the next day,
// which in some zones is not always twelve o'clock.
func (c CutOff) of(day seawall.Day, loc *time.Location) time.Time {
	if c.Hour == 24 {
		return day.Add(1).Start(loc)
	}
	return day.Hour(c.Hour, loc)
}
