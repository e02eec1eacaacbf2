package loop_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/loop"
)

// zones are cities whose clocks change: by an hour in the night, by half an hour
// (Lord Howe), at midnight itself, so that a day has no first hour (Santiago,
// Beirut) or has it twice (Santiago, Azores), and one whose clocks do not.
func zones() []string {
	return []string{"Asia/Shanghai", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "America/Santiago", "Asia/Beirut", "Atlantic/Azores"}
}

// change draws an instant near a change of a zone's clocks, or any one where
// they never change.
func change(rt *rapid.T, zone *time.Location) time.Time {
	at := time.Date(rapid.IntRange(2018, 2026).Draw(rt, "year"), 1, 1, 12, 0, 0, 0, zone)
	var changes []time.Time
	for d := range 366 {
		a, b := at.AddDate(0, 0, d), at.AddDate(0, 0, d+1)
		_, x := a.Zone()
		if _, y := b.Zone(); x != y {
			changes = append(changes, a)
		}
	}
	if len(changes) == 0 {
		changes = []time.Time{at.AddDate(0, 0, rapid.IntRange(0, 360).Draw(rt, "day"))}
	}
	at = rapid.SampledFrom(changes).Draw(rt, "change").AddDate(0, 0, -rapid.IntRange(0, 3).Draw(rt, "days before"))
	return time.Date(at.Year(), at.Month(), at.Day(), rapid.IntRange(8, 19).Draw(rt, "hour"), rapid.IntRange(0, 59).Draw(rt, "minute"), 0, 0, zone)
}

// midnights gives the first instants of the days after from until to, found by
// walking: they do not come from the code under test.
func midnights(from, to time.Time, zone *time.Location) (out []time.Time) {
	last := from.In(zone).YearDay()
	for t := from.Truncate(time.Minute); !t.After(to); t = t.Add(time.Minute) {
		if d := t.In(zone).YearDay(); d != last {
			out, last = append(out, t), d
		}
	}
	return out
}

// RES-02: the cut-off fires once a night and misses none, a series makes each of
// its days once, whatever the clocks of the city do meanwhile and however the
// machine sleeps.
func TestDaylightChanges(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		zone := must[*time.Location](t)(time.LoadLocation(rapid.SampledFrom(zones()).Draw(rt, "zone")))
		opened := change(rt, zone)
		b := newBench(opened)
		b.e.Zone = zone
		due := opened.Add(time.Duration(rapid.IntRange(1, 60*60).Draw(rt, "due in minutes")) * time.Minute)
		today := seawall.DayOf(opened, zone)
		s := loop.SeriesPlan{Key: "monitor", From: today.Add(rapid.IntRange(0, 2).Draw(rt, "from")), DueHour: rapid.IntRange(9, 23).Draw(rt, "due hour"),
			PerDay: rapid.IntRange(1, 2).Draw(rt, "a day")}
		s.To = s.From.Add(rapid.IntRange(0, 5).Draw(rt, "days"))
		o := opening(step("a", due, ""))
		o.Series = []loop.SeriesPlan{s}
		must[loop.Loop](t)(b.e.Open(b.ctx, b.tx, o))
		v := &nights{bench: b, rt: rt, s: s, opened: opened, due: due}
		for range rapid.IntRange(1, 12).Draw(rt, "ticks") {
			v.awake(b.tx.now.Add(time.Duration(rapid.IntRange(1, 1500).Draw(rt, "minutes")) * time.Minute))
			v.check()
		}
	})
}

// nights is a duty that nobody works on while days pass.
type nights struct {
	*bench
	rt          *rapid.T
	s           loop.SeriesPlan
	opened, due time.Time
	climbs      []time.Time
}

// awake fires each clock at its own instant until at.
func (v *nights) awake(at time.Time) {
	for {
		next, _ := v.m.NextClock(v.ctx, v.tx)
		if next.IsZero() || next.After(at) {
			break
		}
		if next.Before(v.tx.now) {
			v.rt.Fatalf("a clock was set to %s, which is past at %s", next, v.tx.now)
		}
		before := v.only("a")
		v.tick(v.rt, next)
		if s := v.only("a"); s.Escalations != before.Escalations {
			v.climbs = append(v.climbs, s.EscalatedAt)
		}
	}
	v.tx.now = at
}

func (v *nights) check() {
	zone := v.e.Zone
	var want []time.Time
	for _, m := range midnights(v.opened, v.tx.now, zone) {
		if !m.Before(v.due) {
			want = append(want, m)
		}
	}
	if !slices.EqualFunc(v.climbs, want, time.Time.Equal) {
		v.rt.Fatalf("%s: due %s, climbed at %s, the midnights since are %s", zone, v.due, v.climbs, want)
	}
	perDay := map[seawall.Day]int{}
	for _, st := range v.m.steps {
		if st.Key != v.s.Key {
			continue
		}
		perDay[st.Day]++
		if got := seawall.DayOf(st.Due, zone); got != st.Day {
			v.rt.Fatalf("%s: a report of %s is due on %s", zone, st.Day, got)
		}
	}
	today := seawall.DayOf(v.tx.now, zone)
	for d := v.s.From; d <= v.s.To; d++ {
		switch n := perDay[d]; {
		case d > today && n != 0:
			v.rt.Fatalf("%s: %s has its reports already on %s", zone, d, today)
		case d <= today && (n == 0 || n > v.s.PerDay || d != seawall.DayOf(v.opened, zone) && n != v.s.PerDay):
			v.rt.Fatalf("%s: %s has %d reports, want %d", zone, d, n, v.s.PerDay)
		}
		delete(perDay, d)
	}
	if len(perDay) > 0 {
		v.rt.Fatalf("reports of days outside the series: %v", perDay)
	}
	v.lastOfDay()
}

// lastOfDay asserts that the day's last report is due at the hour on the wall,
// where that hour exists and had not passed.
func (v *nights) lastOfDay() {
	zone := v.e.Zone
	last := map[seawall.Day]time.Time{}
	for _, st := range v.m.steps {
		if st.Key == v.s.Key && st.Due.After(last[st.Day]) {
			last[st.Day] = st.Due
		}
	}
	for d, due := range last {
		if l := due.In(zone); d != seawall.DayOf(v.opened, zone) && (l.Hour() != v.s.DueHour || l.Minute() != 0) {
			v.rt.Fatalf("%s: the report of %s is due at %s, not at %d o'clock", zone, d, l, v.s.DueHour)
		}
	}
}

// The end of a day is its last minute, in every zone and on every day.
func TestEndOfDay(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		zone := must[*time.Location](t)(time.LoadLocation(rapid.SampledFrom(zones()).Draw(rt, "zone")))
		day := seawall.DayOf(change(rt, zone), zone).Add(rapid.IntRange(-1, 4).Draw(rt, "off"))
		end := loop.EndOf(day, zone)
		if got := seawall.DayOf(end, zone); got != day {
			rt.Fatalf("%s: the end of %s lies on %s (%s)", zone, day, got, end.In(zone))
		}
		if next := seawall.DayOf(end.Add(time.Minute), zone); next != day.Add(1) {
			rt.Fatalf("%s: a minute after the end of %s it is %s", zone, day, next)
		}
		if start := day.Start(zone); seawall.DayOf(start, zone) != day || seawall.DayOf(start.Add(-time.Nanosecond), zone) != day.Add(-1) {
			rt.Fatalf("%s: the first instant of %s is not %s", zone, day, fmt.Sprint(start.In(zone)))
		}
	})
}
