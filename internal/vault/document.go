package vault

import (
	"strings"
	"time"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"github.com/seawall-city/seawall"
)

// The document types that the vault tells apart; others are kept as given.
const (
	DocResidentID = "cn-id"    // resident identity card, also the card of residents from Hong Kong, Macao, Taiwan
	DocPassport   = "passport" // any country's
)

// DocState says what a document number is worth for matching.
type DocState uint8

// The states of a document number.
const (
	// DocNone: no number.
	DocNone DocState = iota
	// DocValid: complete, and its checksum holds where the type has one.
	DocValid
	// DocPartial: masked with asterisks, or only its end is known.
	DocPartial
	// DocFailed: a resident number whose checksum, length or date is wrong.
	DocFailed
)

// Document is a document number in its normal form and what it tells.
type Document struct {
	Type string
	// Number is upper case without separators; a 15-digit resident number is
	// written in its 18-digit form.
	Number string
	State  DocState
	// Birth and Sex follow from a valid resident number, else NoDay and "".
	Birth seawall.Day
	Sex   string
}

// CheckDocument normalises a document number and checks it. Without a type, a
// number of 15 or 18 characters that could be a resident number is taken for
// one. Resident numbers: GB 11643-1999, ISO 7064 MOD 11-2 over 17 digits, the
// 15-digit numbers of before 1999 by their date alone (they carry no check).
func CheckDocument(docType, number string) Document {
	d := Document{Type: strings.ToLower(strings.TrimSpace(docType)), Number: normalDocument(number), Birth: seawall.NoDay}
	if d.Number == "" {
		return d
	}
	if d.Type == "" && looksResident(d.Number) {
		d.Type = DocResidentID
	}
	switch n := len([]rune(d.Number)); {
	case strings.Contains(d.Number, "*") || n <= 4:
		d.State = DocPartial
	case d.Type == DocResidentID:
		d.checkResident()
	case n < 6 || filler(d.Number) || !strings.ContainsFunc(d.Number, unicode.IsDigit):
		d.State = DocPartial // too short to point to one person
	default:
		d.State = DocValid
	}
	return d
}

// normalDocument keeps letters, digits and the asterisks of a masked number.
func normalDocument(s string) string {
	for range 2 { // upper-casing may undo the composition of exotic letters
		s = strings.ToUpper(norm.NFKC.String(s))
	}
	return strings.Map(func(r rune) rune {
		if r == '*' || unicode.IsLetter(r) || unicode.IsDigit(r) {
			return r
		}
		return -1
	}, s)
}

// looksResident reports the shape of a resident number: 15 digits, or 17 digits
// and a digit or X.
func looksResident(s string) bool {
	if len(s) != 15 && len(s) != 18 {
		return false
	}
	body := strings.TrimSuffix(s, "X")
	if len(s) == 15 || len(s)-len(body) > 1 {
		body = s
	}
	return !strings.ContainsFunc(body, func(r rune) bool { return r < '0' || r > '9' })
}

func (d *Document) checkResident() {
	d.State = DocFailed
	if !looksResident(d.Number) {
		return
	}
	full := d.Number
	if len(full) == 15 {
		full = full[:6] + "19" + full[6:]
		full += string(residentCheck(full))
	}
	birth, ok := residentBirth(full)
	if !ok || full[0] == '0' || residentCheck(full[:17]) != full[17] {
		return
	}
	d.State, d.Number, d.Birth, d.Sex = DocValid, full, birth, "f"
	if (full[16]-'0')%2 == 1 {
		d.Sex = "m"
	}
}

// residentCheck gives the 18th character for 17 digits: ISO 7064 MOD 11-2. The
// weights are 2^(17-i) mod 11.
func residentCheck(digits string) byte {
	sum := 0
	for i := range 17 {
		sum = (sum + int(digits[i]-'0')) * 2 % 11
	}
	return "10X98765432"[sum]
}

// residentBirth reads the day of birth at digits 7 to 14; it must exist and lie
// within the years that living people were born in.
func residentBirth(s string) (seawall.Day, bool) {
	t, err := time.Parse("20060102", s[6:14])
	if err != nil || t.Year() < 1880 || t.Year() > 2100 {
		return seawall.NoDay, false
	}
	return seawall.DateOf(t.Date()), true
}

// tail gives the last four characters of a number as written, "" where one of
// them is unknown.
func tail(s string) string {
	r := []rune(s)
	if len(r) < 4 {
		return ""
	}
	end := string(r[len(r)-4:])
	if strings.Contains(end, "*") {
		return ""
	}
	return end
}
