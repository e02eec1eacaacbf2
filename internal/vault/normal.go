package vault

import (
	"sort"
	"strings"
	"time"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"github.com/seawall-city/seawall"
)

// normal is an identity in the form in which it is compared: every value that
// two clerks may write differently is brought to one writing.
type normal struct {
	name nameForms
	doc  Document
	// phone is the full normalised number, "" where it is masked or too short.
	phone string
	// docTail and phoneTail are the last four characters, "" if unknown.
	docTail, phoneTail string
	birth              seawall.Day
	birthYear          int
	sex                string
}

// normalOf brings an identity to its normal form. A valid resident number fills
// in a birth day and sex that were not stated, and never overrules them.
func normalOf(id Identity) normal {
	n := normal{name: formsOf(id.Name), doc: CheckDocument(id.DocType, id.DocNumber),
		birth: id.Birth, birthYear: id.BirthYear, sex: normalSex(id.Sex)}
	phone := NormalPhone(id.Phone)
	if !filler(n.doc.Number) {
		n.docTail = tail(n.doc.Number)
	}
	if !filler(phone) {
		n.phoneTail = tail(phone)
	}
	if !strings.Contains(phone, "*") && len(phone) >= 7 && !filler(phone) {
		n.phone = phone
	}
	if !n.birth.Known() && n.birthYear == 0 {
		n.birth = n.doc.Birth
	}
	if n.birth.Known() {
		n.birthYear = yearOf(n.birth)
	}
	if n.sex == "" {
		n.sex = n.doc.Sex
	}
	return n
}

func yearOf(d seawall.Day) int { return d.Start(time.UTC).Year() }

// normalSex gives "m", "f" or "" for what lists write.
func normalSex(s string) string {
	switch strings.ToLower(strings.TrimSpace(s)) {
	case "m", "male", "男", "男性", "1":
		return "m"
	case "f", "female", "女", "女性", "2":
		return "f"
	}
	return ""
}

// NormalPhone brings a telephone number to digits: separators fall, the prefix
// of mainland China falls before an 11-digit mobile number, another country's
// prefix is written "+", the asterisks of a masked number stay.
func NormalPhone(s string) string {
	s = norm.NFKC.String(s)
	plus := strings.HasPrefix(strings.TrimLeft(s, " (\t"), "+")
	digits := strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' || r == '*' {
			return r
		}
		return -1
	}, s)
	if !plus && strings.HasPrefix(digits, "00") {
		digits, plus = strings.TrimPrefix(digits, "00"), true
	}
	if rest, ok := strings.CutPrefix(digits, "86"); ok && len(rest) == 11 && rest[0] == '1' {
		return rest
	}
	if plus && digits != "" {
		return "+" + digits
	}
	return digits
}

// NormalName brings a name to one writing: full-width letters narrowed, spaces
// collapsed, invisible characters dropped.
func NormalName(s string) string {
	s = strings.Map(visible, s)
	s = strings.Map(visible, norm.NFKC.String(s))
	return norm.NFKC.String(strings.Join(strings.Fields(s), " "))
}

func visible(r rune) rune {
	if unicode.IsSpace(r) {
		return ' '
	}
	if unicode.Is(unicode.Cf, r) || unicode.IsControl(r) || r == unicode.ReplacementChar {
		return -1
	}
	return r
}

// nameForms are the forms in which a name is compared and shown.
type nameForms struct {
	// han says that the name is written in Chinese characters.
	han bool
	// text is the name normalised, "" for none.
	text string
	// key is the form for exact comparison: Chinese without spaces and middle
	// dots; other scripts folded, their words sorted, because lists write the
	// surname first or last.
	key string
	// surname is as written (Chinese only); initial is what a mask may show.
	surname, initial string
	// surnames are the readings under which the surname is filed; full are the
	// readings of the whole name, letters only.
	surnames, full []string
}

// formsOf analyses a name.
func formsOf(name string) (f nameForms) {
	f = nameForms{text: NormalName(name)}
	runes := letters(f.text)
	if len(runes) == 0 || fillsTheField(string(runes)) {
		f.text = ""
		return f
	}
	if len(runes) == 1 { // a surname or an initial alone is no name to compare
		defer func() { f.full = nil }()
	}
	for _, r := range runes {
		f.han = f.han || unicode.Is(unicode.Han, r)
	}
	if f.han {
		f.key = string(runes)
		f.surname = surnameOf(runes)
		f.initial = f.surname
		f.surnames, f.full = readingsOf(f.surname, runes[len([]rune(f.surname)):])
		return f
	}
	f.initial = string(unicode.ToUpper(runes[0]))
	words := foldedWords(f.text)
	f.full = orders(words)
	f.surnames = unique(words[:min(1, len(words))], words[max(0, len(words)-1):])
	sort.Strings(words)
	f.key = strings.Join(words, " ")
	return f
}

// fillsTheField lists what clerks write where there is no name; it must neither
// match nor show as one.
func fillsTheField(letters string) bool {
	switch strings.ToLower(letters) {
	case "不详", "未知", "不明", "无", "无名", "无名氏", "待查", "某某", "匿名", "姓名不详",
		"unknown", "na", "nil", "none", "null", "anonymous", "anon", "noname", "notknown", "unk":
		return true
	}
	return false
}

// filler reports a number of one repeated digit, which clerks type to get past
// a required field.
func filler(s string) bool {
	s = strings.TrimPrefix(s, "+")
	return len(s) > 0 && strings.Trim(s, s[:1]) == ""
}

// letters gives the letters of a name; spaces, dots and digits are no part of
// how somebody is called.
func letters(s string) []rune {
	var out []rune
	for _, r := range s {
		if unicode.IsLetter(r) {
			out = append(out, r)
		}
	}
	return out
}

// foldedWords gives the words of a name in lower case without accents, hyphens
// and apostrophes; the two passport writings of ü become "v".
func foldedWords(s string) []string {
	var b strings.Builder
	for _, r := range norm.NFD.String(s) {
		switch {
		case r == '\u0308': // diaeresis: lü, nü
			b.WriteString("\u0308")
		case unicode.Is(unicode.Mn, r) || r == '\'' || r == '’' || r == '-' || r == '‐':
		case unicode.IsLetter(r):
			b.WriteRune(unicode.ToLower(r))
		default:
			b.WriteByte(' ')
		}
	}
	s = strings.NewReplacer("lu\u0308", "lv", "nu\u0308", "nv", "\u0308", "").Replace(b.String())
	words := strings.Fields(s)
	for i, w := range words {
		switch w {
		case "lyu":
			words[i] = "lv"
		case "nyu":
			words[i] = "nv"
		}
	}
	return words
}

// orders gives the words joined as written and with the last word first, so
// that "Xiaoming Wang" meets 王小明.
func orders(words []string) []string {
	if len(words) == 0 {
		return nil
	}
	n := len(words) - 1
	return unique([]string{strings.Join(words, "")}, []string{words[n] + strings.Join(words[:n], "")},
		[]string{strings.Join(words[1:], "") + words[0]})
}

// unique joins lists without repeats, in order.
func unique(lists ...[]string) []string {
	var out []string
	for _, l := range lists {
		for _, s := range l {
			if s != "" && !contains(out, s) {
				out = append(out, s)
			}
		}
	}
	return out
}

func contains(list []string, s string) bool {
	for _, x := range list {
		if x == s {
			return true
		}
	}
	return false
}

// meet reports whether two lists share an entry.
func meet(a, b []string) bool {
	for _, s := range a {
		if contains(b, s) {
			return true
		}
	}
	return false
}
