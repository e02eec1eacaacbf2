package intake

import (
	"strings"
	"testing"
	"time"

	"github.com/seawall-city/seawall"
)

func TestDates(t *testing.T) {
	want := seawall.DateOf(2020, time.March, 28)
	for _, s := range []string{"2020-03-28", "2020/3/28", "28.3.2020", "28/03/2020", "3/28/2020", "20200328", "43918", "43918.75",
		"2020年3月28日", "2020-03-28 14:05", "2020-03-28T14:05:09Z", "28 Mar 2020", "Mar 28, 2020", "28-Mar-20", "2020.3.28",
		"2020-03-28 14:05:09", "2020年3月28日 14时05分", "28.03.20"} {
		d, ok := parseDate(s)
		if !ok || d.day(DayFirst, shanghai()) != want {
			t.Errorf("%q: %v %v", s, ok, d)
		}
	}
	for _, s := range []string{"", "2015_21", "2020-03", "local", "?", "15", "2020-13-01", "30/02/2020", "NaN", "1e5", "Inf",
		"0x10", "+20200328", "-5", "99999999", "3月28日", "2020-03-28-01"} {
		if d, ok := parseDate(s); ok {
			t.Errorf("%q read as %v", s, d)
		}
	}
	// A timestamp belongs to the day in the city's time.
	d, _ := parseDate("2020-03-27T20:00:00Z")
	if got := d.day("", shanghai()); got != want {
		t.Errorf("zoned: %s", got)
	}
	d, _ = parseDate("2020-03-28 14:05")
	if got := d.at("", shanghai()); !got.Equal(time.Date(2020, 3, 28, 6, 5, 0, 0, time.UTC)) {
		t.Errorf("instant: %s", got)
	}
}

// The order of day and month is decided by the column, not by the cell.
func TestDateOrderByColumn(t *testing.T) {
	c := catalog(t)
	for _, f := range []struct {
		dates []string
		want  string
		warns int
	}{
		{[]string{"3/4/2020", "3/28/2020"}, "2020-03-04", 0},
		{[]string{"3/4/2020", "28/3/2020"}, "2020-04-03", 0},
		{[]string{"3/4/2020", "5/6/2020"}, "2020-04-03", 1},
		{[]string{"3/3/2020", "2020-04-01"}, "2020-03-03", 0},
	} {
		tab := read(t, "id,date of onset\n1,"+strings.Join(f.dates, "\n2,")+"\n")
		m, _ := c.Suggest(LineList, tab)
		ev, err := c.Evaluate(tab, m, Options{Today: testDay(), Zone: shanghai()})
		if err != nil {
			t.Fatal(err)
		}
		order := 0
		for _, p := range ev.File {
			if p.Code == "import_date_order" {
				order++
			}
		}
		if got := ev.Record(0).Case.Onset.String(); got != f.want || order != f.warns {
			t.Errorf("%v: %s with %d warnings, want %s with %d", f.dates, got, order, f.want, f.warns)
		}
	}
}

func TestMeanings(t *testing.T) {
	c := catalog(t)
	for _, w := range []struct{ vocabulary, code, want string }{
		{"class", "LNG_REFERENCE_DATA_CATEGORY_CASE_CLASSIFICATION_CONFIRMED", "confirmed"},
		{"class", "NOT_A_CASE_DISCARDED", "discarded"}, {"class", "无症状感染者", "asymptomatic"}, {"class", "SUSPECT", "suspected"},
		{"outcome", "Recover", "recovered"}, {"outcome", "Death", "died"}, {"outcome", "Alive", "?"}, {"outcome", "DECEASED", "died"},
		{"sex", "LNG_REFERENCE_DATA_CATEGORY_GENDER_FEMALE", "f"}, {"sex", "男", "m"},
		{"status", "SEEN_NOT_OK", "symptoms"}, {"status", "SEEN_OK", "well"}, {"status", "NOT_ATTEMPTED", "not_performed"}, {"status", "MISSED", "missed"},
		{"result", "阴性", "negative"}, {"result", "+", "positive"}, {"test", "RT-PCR", "nat"},
		{"certainty", "3 - High", "high"}, {"contactstatus", "LOST_TO_FOLLOW_UP", "lost"},
	} {
		if got, ok := c.Meaning(w.vocabulary, w.code); !ok || got != w.want {
			t.Errorf("%s %q: %q %v, want %q", w.vocabulary, w.code, got, ok, w.want)
		}
	}
	if m, ok := c.Meaning("class", "2"); ok {
		t.Errorf("a school class reads as case class %q", m)
	}
	if m, ok := c.Meaning("sex", "LNG_REFERENCE_DATA_CATEGORY_GENDER_NEITHER"); ok {
		t.Errorf("unknown code reads as %q", m)
	}
}

func TestAges(t *testing.T) {
	for s, want := range map[string]int{"45": 45, "45岁": 45, "6 months": 0, "18个月": 1, "3.5": 3, "0": 0, "45 years": 45} {
		if got, band, ok := parseAge(s); !ok || band || got != want {
			t.Errorf("%q: %d %v %v", s, got, band, ok)
		}
	}
	for _, s := range []string{"60-69", "80+", "<5", "60-69岁"} {
		if _, band, ok := parseAge(s); !ok || !band {
			t.Errorf("%q is a band of ages", s)
		}
	}
	for _, s := range []string{"unknown", "-3", "400", "", "4x"} {
		if got, band, ok := parseAge(s); ok {
			t.Errorf("%q: %d %v", s, got, band)
		}
	}
}

func TestNames(t *testing.T) {
	for _, n := range [][4]string{{"测试", "", "甲", "甲测试"}, {"Abou", "", "", "Abou"}, {"Ada", "B.", "Obi", "Ada B. Obi"}, {"", "", "甲", "甲"}} {
		if got := fullName(n[0], n[1], n[2]); got != n[3] {
			t.Errorf("%v: %q", n, got)
		}
	}
}
