package intake

import (
	"math"
	"strconv"
	"strings"
	"unicode"
)

// parseAge reads an age in years: a number, one with its unit ("45岁",
// "45 years"), months or days (which are 0 or so many whole years), or a band
// of ages ("60-69", "80+", "<5"). For a band, years is -1 and band is true.
func parseAge(s string) (years int, band, ok bool) {
	s = strings.ToLower(strings.TrimSpace(s))
	num := s
	for num != "" && !isDigit(num[len(num)-1]) {
		num = num[:len(num)-1]
	}
	unit := strings.TrimSpace(s[len(num):])
	if v, err := strconv.ParseFloat(num, 64); err == nil && !math.IsNaN(v) {
		switch unit {
		case "", "岁", "周岁", "y", "yr", "yrs", "year", "years":
			return int(math.Floor(v)), false, v >= 0 && v <= 150
		case "月", "个月", "月龄", "m", "mo", "month", "months":
			return int(v) / 12, false, v >= 0 && v <= 600
		case "天", "日", "日龄", "d", "day", "days", "周", "week", "weeks":
			return 0, false, v >= 0 && v <= 3650
		case "+":
			return -1, true, true
		}
		return 0, false, false
	}
	lo, hi, cut := strings.Cut(strings.TrimRight(num, "岁 "), "-")
	_, errLo := strconv.Atoi(strings.TrimSpace(lo))
	_, errHi := strconv.Atoi(strings.TrimSpace(hi))
	if cut && errLo == nil && errHi == nil {
		return -1, true, true
	}
	if rest := strings.TrimLeft(s, "<>≥≤= "); rest != s {
		_, err := strconv.Atoi(rest)
		return -1, true, err == nil
	}
	return 0, false, false
}

func isDigit(b byte) bool { return b >= '0' && b <= '9' }

// parseNumberValue reads a figure with an optional unit behind it ("37.2 ℃").
func parseNumberValue(s string) (float64, bool) {
	s = strings.TrimSpace(strings.TrimRight(strings.ReplaceAll(s, ",", "."), "℃°cC 度"))
	v, err := strconv.ParseFloat(s, 64)
	return v, err == nil && !math.IsNaN(v) && !math.IsInf(v, 0)
}

func digits(s string) int {
	n := 0
	for _, r := range s {
		if unicode.IsDigit(r) || r == '*' {
			n++
		}
	}
	return n
}

// fullName joins the parts of a name: Chinese ones family name first and
// without a space, others in the order given, middle, family.
func fullName(given, middle, family string) string {
	han := func(s string) bool {
		for _, r := range s {
			if !unicode.Is(unicode.Han, r) {
				return false
			}
		}
		return s != ""
	}
	if han(family) && (given == "" || han(given)) && middle == "" {
		return family + given
	}
	return strings.Join(strings.Fields(given+" "+middle+" "+family), " ")
}
