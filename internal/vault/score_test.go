package vault

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/seawall-city/seawall"
)

// The valid numbers of two invented people born on one day, and one of a third.
const (
	docA = "32092419800101123X"
	docB = "320924198001012347"
)

func TestSampleDocumentsAreValid(t *testing.T) {
	for _, n := range []string{docA, docB} {
		if d := CheckDocument("", n); d.State != DocValid {
			t.Errorf("%s: state %d; its check digit would be %c", n, d.State, residentCheck(n[:17]))
		}
	}
}

// describe gives "65: phone +35, name +30".
func describe(score int, rs []Reason) string {
	parts := make([]string, len(rs))
	for i, r := range rs {
		parts[i] = fmt.Sprintf("%s %+d", r.Code, r.Points)
	}
	return fmt.Sprintf("%d: %s", score, strings.Join(parts, ", "))
}

func born(s string) seawall.Day {
	d, err := seawall.ParseDay(s)
	if err != nil {
		return seawall.NoDay
	}
	return d
}

func TestScoresAreExplained(t *testing.T) {
	none := seawall.NoDay
	for _, c := range []struct {
		name string
		a, b Identity
		want string
	}{
		{"a common name alone", Identity{Name: "张伟", Birth: none}, Identity{Name: "张伟", Birth: none}, "30: name +30"},
		{"a common name and an age", Identity{Name: "张伟", Sex: "m", Birth: none, BirthYear: 1980},
			Identity{Name: "张伟", Sex: "m", Birth: none, BirthYear: 1980}, "38: name +30, birth_year +8"},
		{"a name that sounds the same and the day of birth", Identity{Name: "王小明", Birth: born("1980-01-01")},
			Identity{Name: "王晓明", Birth: born("1980-01-01")}, "50: pinyin +25, birth +25"},
		{"the same, another sex", Identity{Name: "张伟", Sex: "m", Birth: born("1980-01-01")},
			Identity{Name: "张玮", Sex: "f", Birth: born("1980-01-01")}, "25: pinyin +25, birth +25, sex -25"},
		{"passport writing of the name, phone", Identity{Name: "Xiaoming Wang", Phone: "+86 154 0000 1234", Birth: none},
			Identity{Name: "王小明", Phone: "15400001234", Birth: none}, "60: phone +35, pinyin +25"},
		{"document, mistyped name and sex", Identity{Name: "张伟", Sex: "f", DocNumber: docA, Birth: none},
			Identity{Name: "弓长伟", Sex: "m", DocNumber: docA, Birth: none}, "95: document +70, birth +25"},
		{"old and new document number", Identity{DocNumber: "320924800101123", Birth: none},
			Identity{DocNumber: docA, Birth: none}, "95: document +70, birth +25"},
		{"twins of one name's sound", Identity{Name: "王小明", DocNumber: docA, Birth: none}, Identity{Name: "王晓鸣", DocNumber: docB, Birth: none},
			"0: document -40, pinyin +25, birth +25, sex -25"},
		{"a mistyped document does not match as one", Identity{Name: "张伟", DocNumber: "320924198001011231", Birth: none},
			Identity{Name: "张伟", DocNumber: "320924198001011231", Birth: none}, "50: name +30, last4 +20"},
		{"a masked document and a masked phone", Identity{Name: "张伟", DocNumber: "3209**********123X", Phone: "154****1234", Birth: none},
			Identity{Name: "张伟", DocNumber: docA, Phone: "15400001234", Birth: none}, "70: name +30, last4 +40"},
		{"a family's phone", Identity{Name: "张伟", Phone: "15400001234", Birth: none}, Identity{Name: "李娜", Phone: "15400001234", Birth: none}, "35: phone +35"},
		{"another day of birth", Identity{Name: "张伟", Birth: born("1980-01-01")}, Identity{Name: "张伟", Birth: born("1980-01-02")}, "10: name +30, birth -20"},
		{"ages a year apart say nothing", Identity{Name: "张伟", Birth: none, BirthYear: 1980}, Identity{Name: "张伟", Birth: none, BirthYear: 1981}, "30: name +30"},
		{"initials are no names", Identity{Name: "K", Birth: none}, Identity{Name: "K", Birth: none}, "0: "},
		{"fields filled with nothing", Identity{Name: "未知", Phone: "00000000000", DocNumber: "999999", Birth: none},
			Identity{Name: "未知", Phone: "00000000000", DocNumber: "999999", Birth: none}, "0: "},
		{"nobody", Identity{Birth: none}, Identity{Birth: none}, "0: "},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := describe(DefaultMatching().Points.compare(normalOf(c.a), normalOf(c.b))); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

// people draws identities that often share some field with each other.
func people() *rapid.Generator[Identity] {
	return rapid.Custom(func(t *rapid.T) Identity {
		return Identity{
			Name:      rapid.SampledFrom([]string{"", "张伟", "张玮", "王小明", "王晓明", "Xiaoming Wang", "单丹", "K"}).Draw(t, "name"),
			Sex:       rapid.SampledFrom([]string{"", "m", "f"}).Draw(t, "sex"),
			Birth:     rapid.SampledFrom([]seawall.Day{seawall.NoDay, born("1980-01-01"), born("1980-01-02"), born("1990-07-07")}).Draw(t, "birth"),
			BirthYear: rapid.SampledFrom([]int{0, 1979, 1980, 1990}).Draw(t, "year"),
			DocNumber: rapid.SampledFrom([]string{"", docA, docB, "3209**********123X", "320924198001011231", "E12345678", "123X"}).Draw(t, "doc"),
			Phone:     rapid.SampledFrom([]string{"", "15400001234", "+8615400001234", "154****1234", "15488881234", "1234"}).Draw(t, "phone"),
		}
	})
}

func TestScoresAreSymmetric(t *testing.T) {
	p := DefaultMatching().Points
	rapid.Check(t, func(t *rapid.T) {
		a, b := normalOf(people().Draw(t, "a")), normalOf(people().Draw(t, "b"))
		ab, ba := describe(p.compare(a, b)), describe(p.compare(b, a))
		if ab != ba {
			t.Fatalf("%q one way, %q the other", ab, ba)
		}
	})
}

// Whoever is passed over without comparison could not have reached the offer.
func TestBoundIsABound(t *testing.T) {
	m := DefaultMatching()
	rapid.Check(t, func(t *rapid.T) {
		a, b := normalOf(people().Draw(t, "a")), normalOf(people().Draw(t, "b"))
		var kinds uint8
		for _, ka := range keysOf(a) {
			if slices.Contains(keysOf(b), ka) {
				kinds |= kindBit(ka.kind)
			}
		}
		score, reasons := m.Points.compare(a, b)
		if bound := m.bound(kinds, a); score > bound {
			t.Fatalf("bound %d, yet %s", bound, describe(score, reasons))
		}
	})
}
