package intake

import (
	"strings"
	"unicode"
)

// columnWords splits a column's name into lower-case words: at separators, at a
// capital after a small letter, and between Chinese and other writing. What
// stands in brackets is a remark and falls ("姓名(必填)").
func columnWords(name string) []string {
	var words []string
	var b strings.Builder
	flush := func() {
		if b.Len() > 0 {
			words = append(words, strings.ToLower(b.String()))
			b.Reset()
		}
	}
	depth := 0
	var last rune
	for _, r := range name {
		switch {
		case strings.ContainsRune("((【[", r):
			depth++
		case strings.ContainsRune("))】]", r):
			depth = max(0, depth-1)
		case depth > 0:
		case !unicode.IsLetter(r) && !unicode.IsDigit(r):
			flush()
		default:
			if unicode.IsUpper(r) && unicode.IsLower(last) || unicode.Is(unicode.Han, r) != unicode.Is(unicode.Han, last) && b.Len() > 0 {
				flush()
			}
			b.WriteRune(r)
		}
		last = r
	}
	flush()
	return words
}

// withoutDateWords drops the words that only say "this is a date".
func withoutDateWords(words []string) []string {
	var out []string
	for _, w := range words {
		switch w {
		case "date", "dt", "of", "the", "day", "on", "time", "datetime":
			continue
		}
		out = append(out, w)
	}
	return out
}

// nameMatch says how well a column's name fits an alias: points and the reason,
// 0 for no fit at all.
func nameMatch(column, alias string, dated bool) (int, string) {
	cw, aw := columnWords(column), columnWords(alias)
	c, a := strings.Join(cw, " "), strings.Join(aw, " ")
	switch {
	case c == "" || a == "":
		return 0, ""
	case c == a, strings.ReplaceAll(c, " ", "") == strings.ReplaceAll(a, " ", ""):
		return 100, "name"
	}
	if dated {
		cc, ac := strings.Join(withoutDateWords(cw), " "), strings.Join(withoutDateWords(aw), " ")
		if cc != "" && cc == ac {
			return 95, "name_date"
		}
	}
	cr, ar := []rune(c), []rune(a)
	switch {
	case unicode.Is(unicode.Han, ar[0]) && len(ar) >= 2 && strings.Contains(c, a) && !somebodyElse(c, a):
		return 60 + min(20, 4*len(ar)), "contains"
	case len(ar) >= 6 && len(cr) >= 6 && nearlySame(cr, ar):
		return 70, "similar"
	}
	return 0, ""
}

// somebodyElse reports whether a column speaks of another person than the row's
// own ("监护人姓名" is no patient's name), by a word that the alias lacks.
func somebodyElse(column, alias string) bool {
	for _, w := range []string{"监护人", "家长", "联系人", "报告人", "填报人", "填卡", "医生", "医师", "调查", "父亲", "母亲", "配偶", "陪同", "随访人", "采样人", "检测人", "审核"} {
		if strings.Contains(column, w) && !strings.Contains(alias, w) {
			return true
		}
	}
	return false
}

// nearlySame reports whether one typing error parts a from b: a letter wrong,
// missing, added, or two swapped.
func nearlySame(a, b []rune) bool {
	if len(a) > len(b) {
		a, b = b, a
	}
	if len(b)-len(a) > 1 {
		return false
	}
	i := 0
	for i < len(a) && a[i] == b[i] {
		i++
	}
	if len(a) < len(b) {
		return string(a[i:]) == string(b[i+1:])
	}
	if i == len(a) || string(a[i+1:]) == string(b[i+1:]) {
		return true
	}
	return i+1 < len(a) && a[i] == b[i+1] && a[i+1] == b[i] && string(a[i+2:]) == string(b[i+2:])
}
