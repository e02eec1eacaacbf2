package seawall

import (
	"fmt"
	"time"
)

// Clock tells the time. Nothing in Seawall reads the wall clock except the one
// Clock that cmd/seawall makes; tests and the demonstration pass their own.
type Clock interface {
	// Now gives the current instant.
	Now() time.Time
}

// IDSource mints identifiers that sort in the order of their making.
type IDSource interface {
	// NewID gives a fresh 26-character ULID.
	NewID() string
}

// Day is a civil day counted from 1970-01-01 (day 0), without a time zone: the
// day on a calendar on the wall. Duties count in days, clocks in instants.
type Day int32

// NoDay stands for "unknown"; its text form is empty.
const NoDay Day = -1 << 31

const secondsPerDay = 24 * 60 * 60

// DayOf gives the civil day of t in loc.
func DayOf(t time.Time, loc *time.Location) Day {
	y, m, d := t.In(loc).Date()
	return Day(time.Date(y, m, d, 0, 0, 0, 0, time.UTC).Unix() / secondsPerDay)
}

// DateOf gives the day of a calendar date; out-of-range values are normalised
// as time.Date does.
func DateOf(year int, month time.Month, day int) Day {
	u := time.Date(year, month, day, 0, 0, 0, 0, time.UTC).Unix()
	if u < 0 {
		u -= secondsPerDay - 1
	}
	return Day(u / secondsPerDay)
}

// ParseDay reads "2006-01-02"; the empty text is NoDay. Errors: Invalid.
func ParseDay(s string) (Day, error) {
	if s == "" {
		return NoDay, nil
	}
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return NoDay, &Error{Op: "seawall.ParseDay", Kind: Invalid, Code: "day_malformed",
			Args: map[string]string{"value": s}, Err: fmt.Errorf("%q is not a day of the form 2006-01-02", s)}
	}
	return DateOf(t.Date()), nil
}

// Known reports whether d is a day at all.
func (d Day) Known() bool { return d != NoDay }

// Add gives the day n days later; NoDay stays NoDay.
func (d Day) Add(n int) Day {
	if d == NoDay {
		return NoDay
	}
	return d + Day(n)
}

// String gives "2006-01-02", or "" for NoDay.
func (d Day) String() string {
	if d == NoDay {
		return ""
	}
	return time.Unix(int64(d)*secondsPerDay, 0).UTC().Format(time.DateOnly)
}

// Start gives the first instant of the day in loc. That is midnight but where the
// clocks change at midnight: a day may begin at one o'clock, or have its first
// hour twice.
func (d Day) Start(loc *time.Location) time.Time {
	y, m, dd := time.Unix(int64(d)*secondsPerDay, 0).UTC().Date()
	t := time.Date(y, m, dd, 0, 0, 0, 0, loc)
	changed, changes := t.ZoneBounds()
	switch {
	case DayOf(t, loc) < d: // there is no midnight
		return changes
	case DayOf(t.Add(-1), loc) == d: // there was one before the clocks went back
		_, now := t.Zone()
		_, before := changed.Add(-1).In(loc).Zone()
		return t.Add(-time.Duration(before-now) * time.Second)
	}
	return t
}

// Hour gives the instant at which a clock on the wall in loc shows the hour on
// this day; an hour that the clocks leave out is the one after it.
func (d Day) Hour(hour int, loc *time.Location) time.Time {
	y, m, dd := time.Unix(int64(d)*secondsPerDay, 0).UTC().Date()
	t := time.Date(y, m, dd, hour, 0, 0, 0, loc)
	if t.In(loc).Hour() < hour%24 {
		_, t = t.ZoneBounds()
	}
	return t
}

// MarshalText writes the form of String.
func (d Day) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads the form of ParseDay.
func (d *Day) UnmarshalText(b []byte) error {
	v, err := ParseDay(string(b))
	if err != nil {
		return err
	}
	*d = v
	return nil
}

// Interval is a half-open stretch of time [From, To). A zero To means "still
// going on"; a zero From means "since always".
type Interval struct {
	From time.Time `json:"from"`
	To   time.Time `json:"to"`
}

// Contains reports whether t lies in the interval.
func (iv Interval) Contains(t time.Time) bool {
	return !t.Before(iv.From) && (iv.To.IsZero() || t.Before(iv.To))
}

// Overlaps reports whether the two intervals share an instant.
func (iv Interval) Overlaps(o Interval) bool {
	return (iv.To.IsZero() || o.From.Before(iv.To)) && (o.To.IsZero() || iv.From.Before(o.To))
}
