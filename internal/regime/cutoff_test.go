package regime

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

// noOvernight is the shipped rule: midnight, late from 20:00 on, 12 hours.
func noOvernight() CutOff { return CutOff{Hour: 24, LateOpenHour: 20, MaxAgeHours: 12} }

func shanghai() *time.Location { return time.FixedZone("UTC+8", 8*60*60) }

// RES-02, the cases one can check by hand.
func TestEscalateAt(t *testing.T) {
	for _, tc := range []struct{ name, opened, due, want string }{
		{"due tonight", "28 10:00", "28 14:00", "29 00:00"},
		{"due at the cut-off itself", "28 10:00", "29 00:00", "29 00:00"},
		{"due one minute after it", "28 10:00", "29 00:01", "30 00:00"},
		{"24 hours: the cut-off of its due day", "28 10:00", "29 10:00", "30 00:00"},
		{"opened at 19:59 is not late", "28 19:59", "28 21:59", "29 00:00"},
		{"opened at 20:00 is late: 12 hours", "28 20:00", "28 22:00", "29 08:00"},
		{"late, due after midnight: still 12 hours", "28 21:00", "29 01:00", "29 09:00"},
		{"late, due on the dot of its 12 hours", "28 21:00", "29 09:00", "29 09:00"},
		{"late, due beyond 12 hours: the cut-off of its due day", "28 21:00", "29 21:00", "30 00:00"},
		{"opened after midnight belongs to the new day", "29 00:30", "29 02:30", "30 00:00"},
		{"overdue when opened: tonight", "28 10:00", "25 10:00", "29 00:00"},
	} {
		opened, due, want := at(t, tc.opened), at(t, tc.due), at(t, tc.want)
		if got := noOvernight().EscalateAt(opened, due, shanghai()); !got.Equal(want) {
			t.Errorf("%s: opened %s due %s climbs at %s, want %s", tc.name, tc.opened, tc.due,
				got.In(shanghai()).Format("02 15:04"), tc.want)
		}
	}
}

func at(t *testing.T, s string) time.Time {
	t.Helper()
	v, err := time.ParseInLocation("2006-01 02 15:04", "2022-03 "+s, shanghai())
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// A step that stays open climbs at the cut-off of its due day, and then once at
// each cut-off: walking the clock from firing to firing meets every cut-off
// once and no other instant but the one of a late opening (RES-02).
func TestEscalationProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := CutOff{Hour: rapid.IntRange(1, 24).Draw(t, "hour")}
		c.LateOpenHour = rapid.IntRange(1, c.Hour).Draw(t, "late")
		c.MaxAgeHours = rapid.IntRange(1, 24).Draw(t, "max age")
		loc := shanghai()
		start := time.Date(2022, 3, 1, 0, 0, 0, 0, loc)
		opened := start.Add(time.Duration(rapid.Int64Range(0, 60*24*30).Draw(t, "opened")) * time.Minute)
		due := opened.Add(time.Duration(rapid.Int64Range(0, 60*24*20).Draw(t, "due")) * time.Minute)

		first := c.EscalateAt(opened, due, loc)
		late := opened.Hour() >= c.LateOpenHour && opened.Hour() < c.Hour
		onCutOff := isCutOff(c, first, loc)
		switch {
		case first.Before(due):
			t.Fatalf("climbs at %s before it is due", first)
		case first.Sub(due) > 24*time.Hour:
			t.Fatalf("climbs at %s, more than 24 h after it was due", first)
		case !late && !onCutOff:
			t.Fatalf("opened in good time, climbs at %s, which is no cut-off", first)
		case late && !onCutOff && first.Sub(opened) != time.Duration(c.MaxAgeHours)*time.Hour:
			t.Fatalf("opened late, climbs after %s", first.Sub(opened))
		case !late && first.Add(-24*time.Hour).After(due):
			t.Fatalf("a cut-off between due and %s was missed", first)
		}
		at := first
		for range 5 {
			next := c.Next(at, loc)
			if !next.After(at) || next.Sub(at) > 24*time.Hour || !isCutOff(c, next, loc) {
				t.Fatalf("after %s comes %s", at, next)
			}
			if skipped := next.Add(-24 * time.Hour); skipped.After(at) {
				t.Fatalf("the cut-off %s was skipped", skipped)
			}
			at = next
		}
	})
}

// isCutOff reports whether t is a cut-off, told without the code under test.
func isCutOff(c CutOff, t time.Time, loc *time.Location) bool {
	l := t.In(loc)
	return l.Hour() == c.Hour%24 && l.Minute() == 0 && l.Second() == 0 && l.Nanosecond() == 0
}

// Where clocks change, the cut-off stays at its hour on the wall.
func TestCutOffOverClockChange(t *testing.T) {
	loc, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Skip("no time zone data on this machine")
	}
	c := noOvernight()
	cut := c.Next(time.Date(2022, 3, 26, 12, 0, 0, 0, loc), loc)
	for range 3 {
		if !isCutOff(c, cut, loc) {
			t.Fatalf("cut-off at %s", cut)
		}
		cut = c.Next(cut, loc)
	}
	if want := time.Date(2022, 3, 30, 0, 0, 0, 0, loc); !cut.Equal(want) {
		t.Errorf("fourth cut-off %s, want %s", cut, want)
	}
}
