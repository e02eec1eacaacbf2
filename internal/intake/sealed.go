package intake

import (
	"slices"
	"strings"
)

// namesPeople reports whether a column seems to tell who somebody is, by its
// name or by what stands in it: numbers of resident cards or mobile phones.
func (e *Evaluation) namesPeople(i int, col string) bool {
	if !e.used(i) {
		return false
	}
	for _, f := range e.cat.fields[e.m.Kind] {
		for _, alias := range f.Alias {
			// A birth day that cannot be read is no date, but still a birth day.
			if p, _ := nameMatch(col, alias, true); f.Sealed && p > 0 {
				return true
			}
		}
	}
	words := columnWords(col)
	for _, w := range []string{"phone", "telephone", "mobile", "email", "mail", "passport", "surname", "firstname", "lastname",
		"fullname", "address", "street", "wechat", "whatsapp"} {
		if slices.Contains(words, w) {
			return true
		}
	}
	joined := strings.Join(words, " ")
	for _, w := range []string{"first name", "last name", "family name", "full name", "middle name", "national id", "id card", "id number",
		"姓名", "电话", "手机", "身份证", "证件号", "住址", "地址", "邮箱", "微信", "联系方式", "监护人", "家长"} {
		if strings.Contains(joined, w) {
			return true
		}
	}
	return e.holdsNumbers(i)
}

// holdsNumbers reports whether most of a column's cells are resident card or
// mainland mobile numbers.
func (e *Evaluation) holdsNumbers(i int) bool {
	filled, personal := 0, 0
	for n, r := range e.table.Rows {
		if n == sampleRows {
			break
		}
		v := strings.TrimPrefix(strings.NewReplacer(" ", "", "-", "").Replace(r.Cells[i]), "+86")
		if v == "" {
			continue
		}
		filled++
		if isMobile(v) || isResidentCard(v) {
			personal++
		}
	}
	return personal > 0 && 2*personal >= filled
}

func isMobile(v string) bool {
	return len(v) == 11 && v[0] == '1' && v[1] >= '3' && onlyDigits(v)
}

// isResidentCard looks at the form: 17 digits with a plausible birth year and a
// last place of a digit or X.
func isResidentCard(v string) bool {
	if len(v) != 18 || !onlyDigits(v[:17]) || !strings.ContainsAny(v[17:], "0123456789Xx") {
		return false
	}
	century := v[6:8]
	return century == "19" || century == "20"
}

func onlyDigits(v string) bool { return strings.Trim(v, "0123456789") == "" }
