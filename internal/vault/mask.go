package vault

import "strconv"

// The mask is what lists show instead of a name: "张*·男·45" where the name is
// written in Chinese, "K*·M·45" where it is not, "?·F·63" for somebody without
// a name. Parts that are unknown are left out. The same text stands in both
// languages of the screens, because it is stored with every record.

// maxAge is the age above which a birth year is taken for a slip.
const maxAge = 130

// maskOf makes the mask of an identity as of a calendar year. The age is the
// year's difference, which is what a year of birth alone can give.
func maskOf(n normal, year int) string {
	mask := "?"
	if n.name.initial != "" {
		mask = n.name.initial + "*"
	}
	if s := sexLabel(n); s != "" {
		mask += "·" + s
	}
	if age := year - n.birthYear; n.birthYear > 0 && year > 0 && age >= 0 && age <= maxAge {
		mask += "·" + strconv.Itoa(age)
	}
	return mask
}

func sexLabel(n normal) string {
	switch {
	case n.sex == "m" && n.name.han:
		return "男"
	case n.sex == "f" && n.name.han:
		return "女"
	case n.sex == "m":
		return "M"
	case n.sex == "f":
		return "F"
	}
	return ""
}

// sortKeyOf gives the key by which lists sort: the surname's reading of a
// Chinese name, only the initial of another, "" without a name.
func sortKeyOf(n normal) string {
	switch {
	case n.name.han && len(n.name.surnames) > 0:
		return n.name.surnames[0]
	case !n.name.han && n.name.initial != "":
		if w := foldedWords(n.name.initial); len(w) > 0 {
			return w[0]
		}
	}
	return ""
}
