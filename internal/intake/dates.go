package intake

import (
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/seawall-city/seawall"
)

// The bounds of Excel serials taken for dates: 1954-10-03 and 2119-01-22. In a
// date column a smaller number is more likely a year or a count.
const (
	minSerial = 20000
	maxSerial = 80000
)

// serialDay converts an Excel serial (day 1 = 1900-01-01, with Excel's 29
// February 1900) to a day; it holds from serial 61 on.
func serialDay(v float64) seawall.Day {
	return seawall.DateOf(1899, time.December, 30).Add(int(math.Floor(v)))
}

// The orders of day and month where a date leaves them open ("3/4/2020").
const (
	DayFirst   = "dmy"
	MonthFirst = "mdy"
)

// parsedDate is a date as written, before an ambiguous order is decided.
type parsedDate struct {
	y, a, b int // a/b: month/day when fixed, else the two in the order written
	fixed   bool
	clock   time.Duration
	zoned   bool
	instant time.Time // set when zoned
}

// parseDate reads one date or timestamp in any of the usual writings; ok is
// false for anything else (a week, a month, a word).
func parseDate(s string) (parsedDate, bool) {
	s = strings.TrimSpace(s)
	if s == "" || len(s) > 40 {
		return parsedDate{}, false
	}
	if v, err := strconv.ParseFloat(s, 64); err == nil && !strings.ContainsAny(s, "eExXpP_") {
		return parseNumber(s, v)
	}
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04:05.999Z0700", "2006-01-02 15:04:05Z07:00", "2006-01-02T15:04Z07:00"} {
		if t, err := time.Parse(layout, s); err == nil && plausibleYear(t.Year()) {
			return parsedDate{zoned: true, instant: t}, true
		}
	}
	date, clock := splitClock(s)
	d, ok := parseParts(date)
	if !ok {
		return d, false
	}
	if clock != "" {
		c, ok := parseClock(clock)
		if !ok {
			return d, false
		}
		d.clock = c
	}
	return d, true
}

// parseNumber takes compact dates (20220328) and Excel serials.
func parseNumber(s string, v float64) (parsedDate, bool) {
	if len(s) == 8 && !strings.ContainsAny(s, ".+-") {
		n := int(v)
		return fixedDate(n/10000, n/100%100, n%100)
	}
	if !(v >= minSerial && v <= maxSerial) { // NaN included
		return parsedDate{}, false
	}
	t := time.Unix(int64(serialDay(v))*86400, 0).UTC()
	d, ok := fixedDate(t.Year(), int(t.Month()), t.Day())
	d.clock = time.Duration(math.Round((v-math.Floor(v))*86400)) * time.Second
	return d, ok
}

// splitClock parts "2022-03-28 14:05" or "2022-03-28T14:05"; the Chinese forms
// 14时05分 and 14点05分 count.
func splitClock(s string) (date, clock string) {
	s = strings.NewReplacer("时", ":", "点", ":", "分", ":", "秒", "").Replace(s)
	i := strings.IndexAny(s, " T")
	if i < 0 {
		if j := strings.IndexRune(s, '日'); j > 0 && j+len("日") < len(s) {
			return s[:j+len("日")], strings.TrimSpace(s[j+len("日"):])
		}
		return s, ""
	}
	if c := strings.TrimSpace(s[i+1:]); strings.Contains(c, ":") {
		return strings.TrimSpace(s[:i]), strings.TrimSuffix(c, ":")
	}
	return s, ""
}

func parseClock(s string) (time.Duration, bool) {
	for _, layout := range []string{"15:4:5.999999", "15:4:5", "15:4", "15", "3:4:5 PM", "3:4 PM", "3:4:5PM", "3:4PM"} {
		if t, err := time.Parse(layout, strings.ToUpper(strings.TrimSuffix(s, "Z"))); err == nil {
			return t.Sub(time.Date(0, 1, 1, 0, 0, 0, 0, time.UTC)), true
		}
	}
	return 0, false
}

// parseParts reads the date itself.
func parseParts(s string) (parsedDate, bool) {
	parts := strings.FieldsFunc(s, func(r rune) bool {
		return strings.ContainsRune("-/. ,年月日", r)
	})
	if len(parts) != 3 {
		return parsedDate{}, false
	}
	nums, months := make([]int, 3), 0
	for i, p := range parts {
		if m := monthNamed(p); m > 0 && months == 0 && i < 2 {
			nums[i], months = m, i+1
			continue
		}
		n, err := strconv.Atoi(p)
		if err != nil || n < 0 || len(p) > 4 {
			return parsedDate{}, false
		}
		nums[i] = n
	}
	switch {
	case months == 1: // Mar 28, 2020
		return fixedDate(fullYear(parts[2], nums[2]), nums[0], nums[1])
	case months == 2 && len(parts[0]) == 4: // 2020-Mar-28
		return fixedDate(nums[0], nums[1], nums[2])
	case months == 2: // 28 Mar 2020
		return fixedDate(fullYear(parts[2], nums[2]), nums[1], nums[0])
	case len(parts[0]) == 4:
		return fixedDate(nums[0], nums[1], nums[2])
	case len(parts[2]) == 4 || len(parts[2]) == 2:
		return openDate(fullYear(parts[2], nums[2]), nums[0], nums[1], strings.Contains(s, "."))
	}
	return parsedDate{}, false
}

// openDate keeps both readings where both are dates; a dotted date is written
// day first everywhere.
func openDate(y, a, b int, dotted bool) (parsedDate, bool) {
	dm, okDM := fixedDate(y, b, a)
	md, okMD := fixedDate(y, a, b)
	switch {
	case okDM && (dotted || a == b || !okMD):
		return dm, true
	case okMD && !okDM && !dotted:
		return md, true
	case okDM && okMD:
		return parsedDate{y: y, a: a, b: b}, true
	}
	return parsedDate{}, false
}

func fixedDate(y, m, d int) (parsedDate, bool) {
	if !plausibleYear(y) || m < 1 || m > 12 || d < 1 || d > daysIn(y, m) {
		return parsedDate{}, false
	}
	return parsedDate{y: y, a: m, b: d, fixed: true}, true
}

// plausibleYear holds for 1800 to 2199: history files go back that far, a
// later year is a typing error.
func plausibleYear(y int) bool { return y >= 1800 && y < 2200 }

func daysIn(y, m int) int { return time.Date(y, time.Month(m)+1, 0, 0, 0, 0, 0, time.UTC).Day() }

// fullYear completes a year of two digits: 70–99 lie in the last century.
func fullYear(text string, n int) int {
	if len(text) > 2 {
		return n
	}
	if n >= 70 {
		return 1900 + n
	}
	return 2000 + n
}

func monthNamed(s string) int {
	if len(s) < 3 {
		return 0
	}
	names := []string{"january", "february", "march", "april", "may", "june", "july",
		"august", "september", "october", "november", "december"}
	s = strings.ToLower(s)
	for i, n := range names {
		if strings.HasPrefix(n, s) || s == "sept" && i == 8 {
			return i + 1
		}
	}
	return 0
}

// day settles the date with the order of its column.
func (p parsedDate) day(order string, loc *time.Location) seawall.Day {
	if p.zoned {
		return seawall.DayOf(p.instant, loc)
	}
	m, d := p.a, p.b
	if !p.fixed && order != MonthFirst {
		m, d = p.b, p.a
	}
	return seawall.DateOf(p.y, time.Month(m), d)
}

// at settles the instant in the city's time.
func (p parsedDate) at(order string, loc *time.Location) time.Time {
	if p.zoned {
		return p.instant.UTC()
	}
	y, m, d := time.Unix(int64(p.day(order, loc))*86400, 0).UTC().Date()
	h := int(p.clock / time.Hour)
	rest := p.clock - time.Duration(h)*time.Hour
	return time.Date(y, m, d, h, int(rest/time.Minute), int(rest%time.Minute/time.Second), 0, loc).UTC()
}

// dateOrder decides day or month first for a column by its unambiguous cells;
// sure is false when none settles it, though some leave it open.
func dateOrder(values func(yield func(string) bool)) (order string, sure bool) {
	first, second, open := 0, 0, 0
	for s := range values {
		date, _ := splitClock(strings.TrimSpace(s))
		parts := strings.FieldsFunc(date, func(r rune) bool { return r == '/' || r == '-' })
		if len(parts) != 3 || len(parts[0]) > 2 {
			continue
		}
		a, errA := strconv.Atoi(parts[0])
		b, errB := strconv.Atoi(parts[1])
		switch {
		case errA != nil || errB != nil || a == b:
		case a > 12 && b <= 12:
			first++
		case b > 12 && a <= 12:
			second++
		case a <= 12 && b <= 12:
			open++
		}
	}
	switch {
	case second > first:
		return MonthFirst, true
	case first > 0:
		return DayFirst, true
	}
	return DayFirst, open == 0
}
