package vault

import (
	"testing"

	"pgregory.net/rapid"

	"github.com/seawall-city/seawall"
)

func TestDocumentNumbers(t *testing.T) {
	for _, c := range []struct {
		name, docType, in, number string
		state                     DocState
		birth, sex                string
	}{
		// The example of GB 11643-1999 itself.
		{"standard's example", "", "11010519491231002X", "11010519491231002X", DocValid, "1949-12-31", "f"},
		{"lower case and spaces", "cn-id", " 110105 19491231 002x", "11010519491231002X", DocValid, "1949-12-31", "f"},
		{"full width", "", "１１０１０５１９４９１２３１００２Ｘ", "11010519491231002X", DocValid, "1949-12-31", "f"},
		{"wrong check", "", "110105194912310021", "110105194912310021", DocFailed, "", ""},
		{"two digits swapped", "", "11010519491213002X", "11010519491213002X", DocFailed, "", ""},
		{"no such day", "", "110105194902300020", "110105194902300020", DocFailed, "", ""},
		{"15 digits of before 1999", "", "110105491231002", "11010519491231002X", DocValid, "1949-12-31", "f"},
		{"15 digits, no such day", "cn-id", "110105491331002", "110105491331002", DocFailed, "", ""},
		{"too short for its type", "cn-id", "1101051949", "1101051949", DocFailed, "", ""},
		{"masked", "cn-id", "3209**********002X", "3209**********002X", DocPartial, "", ""},
		{"last four only", "", "002x", "002X", DocPartial, "", ""},
		{"passport", "passport", "e-1234 5678", "E12345678", DocValid, "", ""},
		{"too short for a passport", "passport", "E1234", "E1234", DocPartial, "", ""},
		{"a word is no number", "passport", "UNKNOWN", "UNKNOWN", DocPartial, "", ""},
		{"typed past the field", "passport", "000000000", "000000000", DocPartial, "", ""},
		{"none", "passport", "  ", "", DocNone, "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := CheckDocument(c.docType, c.in)
			if d.Number != c.number || d.State != c.state || d.Birth.String() != c.birth || d.Sex != c.sex {
				t.Errorf("CheckDocument(%q, %q) = %+v, want %q state %d birth %q sex %q",
					c.docType, c.in, d, c.number, c.state, c.birth, c.sex)
			}
		})
	}
}

// Every single wrong digit and every swap of unequal neighbours is noticed: that
// is what MOD 11-2 promises.
func TestChecksumNoticesSlips(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		day := seawall.Day(rapid.IntRange(-20000, 20000).Draw(t, "day"))
		digits := "3209" + rapid.StringMatching(`[0-9]{2}`).Draw(t, "county") + compact(day) + rapid.StringMatching(`[0-9]{3}`).Draw(t, "serial")
		number := digits + string(residentCheck(digits))
		if d := CheckDocument("", number); d.State != DocValid || d.Birth != day {
			t.Fatalf("%s: %+v, want valid and born %s", number, d, day)
		}
		b := []byte(number)
		i := rapid.IntRange(0, 16).Draw(t, "position")
		if rapid.Bool().Draw(t, "swap") && i < 16 && b[i] != b[i+1] {
			b[i], b[i+1] = b[i+1], b[i]
		} else {
			b[i] = '0' + (b[i]-'0'+byte(rapid.IntRange(1, 9).Draw(t, "by")))%10
		}
		if d := CheckDocument(DocResidentID, string(b)); d.State == DocValid {
			t.Fatalf("%s passes, a slip in %s", b, number)
		}
	})
}

func compact(d seawall.Day) string {
	s := d.String()
	return s[:4] + s[5:7] + s[8:]
}
