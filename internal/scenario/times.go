package scenario

import (
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/seawall-city/seawall"
)

func itoa(n int) string { return strconv.Itoa(n) }

// relative is a word of time: now or today, and a distance.
var relative = regexp.MustCompile(`^(now|today|tomorrow|yesterday)(?:([+-])(\d+[dhms0-9]*))?(?: (\d{1,2}:\d{2}))?$`)

// duration is 2h30m, 3d, 1d12h, 45m or 90s, and the same in words: 3 days, 2 hours.
var duration = regexp.MustCompile(`^(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?$`)

// units are the words for d, h, m and s.
var units = regexp.MustCompile(`\s*(days?|天|hours?|小时|minutes?|分钟|seconds?|秒)\s*`)

// asciiHead is the first letter of an English word, a Chinese word whole.
func asciiHead(word string) string {
	if word[0] < 128 {
		return word[:1]
	}
	return word
}

func isDuration(s string) bool { _, ok := parseDuration(s); return ok }

// parseDuration reads a duration; a day is 24 hours.
func parseDuration(s string) (time.Duration, bool) {
	s = units.ReplaceAllStringFunc(s, func(word string) string {
		word = strings.TrimSpace(word)
		return map[string]string{"天": "d", "小时": "h", "分钟": "m", "秒": "s", "d": "d", "h": "h", "m": "m", "s": "s"}[asciiHead(word)]
	})
	m := duration.FindStringSubmatch(s)
	if s == "" || m == nil {
		return 0, false
	}
	var total time.Duration
	for i, unit := range []time.Duration{24 * time.Hour, time.Hour, time.Minute, time.Second} {
		if m[i+1] == "" {
			continue
		}
		n, err := strconv.Atoi(m[i+1])
		if err != nil || n > 100_000 {
			return 0, false
		}
		total += time.Duration(n) * unit
	}
	return total, true
}

// moment is an instant or a day that a word of time stands for.
type moment struct {
	at time.Time
	// day marks a day without an hour.
	day bool
}

// parseMoment reads "now", "now-6h", "today", "today+3", "tomorrow 09:00",
// "2022-03-28", "2022-03-28 16:00", "2022-03-28T16:00", "16:00" and RFC 3339,
// at an instant in a zone.
func parseMoment(s string, now time.Time, zone *time.Location) (moment, bool) {
	s = strings.TrimSpace(s)
	if m := relative.FindStringSubmatch(s); m != nil {
		return relativeMoment(m, now, zone)
	}
	if t, err := time.ParseInLocation(time.DateOnly, s, zone); err == nil {
		return moment{t, true}, true
	}
	for _, form := range []string{"2006-01-02 15:04", "2006-01-02T15:04", "2006-01-02 15:04:05", "2006-01-02T15:04:05"} {
		if t, err := time.ParseInLocation(form, s, zone); err == nil {
			return moment{at: t}, true
		}
	}
	if t, err := time.Parse(time.RFC3339Nano, s); err == nil {
		return moment{at: t}, true
	}
	if h, ok := parseHour(s); ok {
		return moment{at: seawall.DayOf(now, zone).Start(zone).Add(h)}, true
	}
	return moment{}, false
}

// parseHour reads "9:00" and "24:00" as a distance from midnight.
func parseHour(s string) (time.Duration, bool) {
	h, m, ok := strings.Cut(s, ":")
	if !ok || len(h) > 2 || len(m) != 2 {
		return 0, false
	}
	hour, err1 := strconv.Atoi(h)
	minute, err2 := strconv.Atoi(m)
	if err1 != nil || err2 != nil || hour < 0 || hour > 24 || minute < 0 || minute > 59 || hour == 24 && minute > 0 {
		return 0, false
	}
	return time.Duration(hour)*time.Hour + time.Duration(minute)*time.Minute, true
}

func relativeMoment(m []string, now time.Time, zone *time.Location) (moment, bool) {
	base, sign, dist, hour := m[1], m[2], m[3], m[4]
	if base == "now" {
		if dist == "" {
			return moment{at: now}, hour == ""
		}
		d, ok := parseDuration(dist)
		if sign == "-" {
			d = -d
		}
		return moment{at: now.Add(d)}, ok && hour == ""
	}
	day := seawall.DayOf(now, zone) + map[string]seawall.Day{"yesterday": -1, "tomorrow": 1}[base]
	if dist != "" {
		n, err := strconv.Atoi(strings.TrimSuffix(dist, "d"))
		if err != nil || n > 100_000 {
			return moment{}, false
		}
		if sign == "-" {
			n = -n
		}
		day = day.Add(n)
	}
	start := day.Start(zone)
	if hour == "" {
		return moment{start, true}, true
	}
	h, ok := parseHour(hour)
	return moment{at: start.Add(h)}, ok
}

// local gives an instant as people of the city read it, to the minute; seconds
// show where there are some.
func local(t time.Time, zone *time.Location) string {
	t = t.In(zone)
	if t.Second() != 0 {
		return t.Format("2006-01-02 15:04:05")
	}
	return t.Format("2006-01-02 15:04")
}
