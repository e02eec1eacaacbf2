package regime

import (
	"fmt"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"pgregory.net/rapid"

	"github.com/seawall-city/seawall"
)

// The same contact under each date, checked by hand against the tables of the
// published plans: the stays, the test days counted from the last exposure, the
// first free day and the hours of transfer.
func TestCovidPlanByDate(t *testing.T) {
	s := shipped(t)
	for _, tc := range []struct{ last, class, id, stays, tests, release, transfer string }{
		{"2022-03-27", "close", "CN-COVID-8", "central 2022-03-27..2022-04-10, home_monitoring 2022-04-11..2022-04-17", "1 4 7 14! 16 21", "2022-04-18", "12"},
		{"2022-03-27", "sub", "CN-COVID-8", "central 2022-03-27..2022-04-03", "1 4 7", "2022-04-04", "12"},
		{"2022-03-27", "general", "CN-COVID-8", "inform 2022-03-27..2022-03-27", "", "", "0"},
		{"2022-07-10", "close", "CN-COVID-9", "central 2022-07-10..2022-07-17, home_monitoring 2022-07-18..2022-07-20", "1 2 3 5 7 10", "2022-07-21", "8"},
		{"2022-07-10", "sub", "CN-COVID-9", "home 2022-07-10..2022-07-17", "1 4 7", "2022-07-18", "12"},
		{"2022-11-20", "close", "CN-COVID-20", "central 2022-11-20..2022-11-25, home 2022-11-26..2022-11-28", "1 2 3 5 6 8", "2022-11-29", "8"},
		{"2022-12-20", "close", "CN-COVID-10", "home 2022-12-20..2022-12-25", "5", "2022-12-26", "0"},
	} {
		r, ok := s.InForce("covid-19", "CN", mustDay(t, tc.last))
		if !ok || r.ID != tc.id {
			t.Errorf("%s: regime %v, want %s", tc.last, r, tc.id)
			continue
		}
		p, err := r.ContactPlan(tc.class, Anchors{LastExposure: mustDay(t, tc.last), Loc: shanghai()})
		if err != nil {
			t.Errorf("%s %s: %v", tc.last, tc.class, err)
			continue
		}
		if restricts := tc.class != "general"; p.Restricts() != restricts {
			t.Errorf("%s %s: restricts %v", tc.last, tc.class, p.Restricts())
		}
		got := []string{staysOf(p), testsOf(p), p.Release.String(), fmt.Sprint(p.TransferHours)}
		if want := []string{tc.stays, tc.tests, tc.release, tc.transfer}; !slices.Equal(got, want) {
			t.Errorf("%s %s:\n got %q\nwant %q", tc.last, tc.class, got, want)
		}
	}
}

func staysOf(p Plan) string {
	var out []string
	for _, s := range p.Segments {
		out = append(out, fmt.Sprintf("%s %s..%s", s.Kind, s.From, s.To))
	}
	return strings.Join(out, ", ")
}

func testsOf(p Plan) string {
	var out []string
	for _, x := range p.Tests {
		mark := ""
		if x.Dual {
			mark = "!"
		}
		out = append(out, fmt.Sprint(x.N)+mark)
	}
	return strings.Join(out, " ")
}

// On each day of the four policies exactly one is in force, and none before or
// after: such a case opens no duty.
func TestInForce(t *testing.T) {
	s := shipped(t)
	for _, tc := range []struct{ disease, jurisdiction, day, want string }{
		{"covid-19", "CN", "2020-02-01", ""},
		{"covid-19", "CN", "2021-05-13", ""},
		{"covid-19", "CN", "2021-05-14", "CN-COVID-8"},
		{"covid-19", "CN", "2022-06-27", "CN-COVID-8"},
		{"covid-19", "CN", "2022-06-28", "CN-COVID-9"},
		{"covid-19", "CN", "2022-11-10", "CN-COVID-9"},
		{"covid-19", "CN", "2022-11-11", "CN-COVID-20"},
		{"covid-19", "CN", "2022-12-07", "CN-COVID-10"},
		{"covid-19", "CN", "2023-01-07", "CN-COVID-10"},
		{"covid-19", "CN", "2023-01-08", ""},
		{"covid-19", "CN-JS-YC", "2022-03-28", "CN-COVID-8"},
		{"covid-19", "KR", "2022-03-28", ""},
		{"measles", "CN", "1861-10-30", ""},
		{"measles", "CN", "2022-03-28", "CN-MEASLES"},
		{"unheard-of", "CN", "2022-03-28", ""},
	} {
		got := ""
		if r, ok := s.InForce(tc.disease, tc.jurisdiction, mustDay(t, tc.day)); ok {
			got = r.ID
		}
		if got != tc.want {
			t.Errorf("%s %s on %s: %q, want %q", tc.disease, tc.jurisdiction, tc.day, got, tc.want)
		}
	}
	if _, ok := s.InForce("covid-19", "CN", seawall.NoDay); ok {
		t.Error("a regime covers the unknown day")
	}
}

// 缺几天补几天: who is found late has the days that are left and no more; who is
// found after the end is only informed.
func TestRemainder(t *testing.T) {
	r := byID(t, shipped(t), "CN-COVID-8")
	for _, tc := range []struct {
		found, stays, tests string
		missed, transfer    int
		over                bool
	}{
		{"2022-03-28 00:30", "central 2022-03-28..2022-04-10, home_monitoring 2022-04-11..2022-04-17", "1 4 7 14! 16 21", 1, 12, false},
		{"2022-04-02 12:00", "central 2022-04-02..2022-04-10, home_monitoring 2022-04-11..2022-04-17", "7 14! 16 21", 6, 12, false},
		{"2022-04-10 23:59", "central 2022-04-10..2022-04-10, home_monitoring 2022-04-11..2022-04-17", "14! 16 21", 14, 12, false},
		{"2022-04-11 08:00", "home_monitoring 2022-04-11..2022-04-17", "16 21", 15, 12, false},
		{"2022-04-17 08:00", "home_monitoring 2022-04-17..2022-04-17", "21", 21, 12, false},
		{"2022-04-18 00:00", "inform 2022-04-18..2022-04-18", "", 22, 0, true},
	} {
		found, err := time.ParseInLocation("2006-01-02 15:04", tc.found, shanghai())
		if err != nil {
			t.Fatal(err)
		}
		p, err := r.ContactPlan("close", Anchors{LastExposure: mustDay(t, "2022-03-27"), Discovered: found, Loc: shanghai()})
		if err != nil {
			t.Fatal(err)
		}
		got := fmt.Sprint(staysOf(p), "|", testsOf(p), "|", p.Missed, p.TransferHours, p.Over)
		want := fmt.Sprint(tc.stays, "|", tc.tests, "|", tc.missed, tc.transfer, tc.over)
		if got != want {
			t.Errorf("found %s:\n got %s\nwant %s", tc.found, got, want)
		}
		if p.OverOn(seawall.DayOf(found, shanghai())) != tc.over {
			t.Errorf("found %s: OverOn disagrees with Over", tc.found)
		}
	}
}

// For every class of every regime and any day of discovery: nothing is asked
// before discovery, nothing outside the plan as it would have been in time, the
// stays follow each other without hole, and every restriction has its reason in
// both languages with no placeholder left in it.
func TestPlanProperties(t *testing.T) {
	all := slices.DeleteFunc(shipped(t).All(), func(r *Regime) bool { return r.Scope != ScopeDisease })
	rapid.Check(t, func(t *rapid.T) {
		r := rapid.SampledFrom(all).Draw(t, "regime")
		c := rapid.SampledFrom(r.Classes).Draw(t, "class")
		base := seawall.DateOf(2022, 3, 27)
		late := rapid.IntRange(0, 40).Draw(t, "late")
		a := Anchors{LastExposure: base, Susceptible: rapid.Bool().Draw(t, "susceptible"), Loc: shanghai()}
		inTime, err := r.ContactPlan(c.ID, a)
		if err != nil {
			t.Fatal(err)
		}
		found := base.Add(late)
		a.Discovered = found.Start(shanghai()).Add(9 * time.Hour)
		p, err := r.ContactPlan(c.ID, a)
		if err != nil {
			t.Fatal(err)
		}
		if p.Base != base || p.Release != inTime.Release {
			t.Fatalf("found %s: counted from %s instead of the last exposure, released on %s instead of %s", found, p.Base, p.Release, inTime.Release)
		}
		if p.Over != (inTime.Release.Known() && inTime.Release <= found) {
			t.Fatalf("found %s, release %s, over=%v", found, inTime.Release, p.Over)
		}
		if p.Release != inTime.Release {
			t.Fatalf("found late, the release moved from %s to %s", inTime.Release, p.Release)
		}
		for i, s := range p.Segments {
			if s.From < found || s.To < s.From || !p.Over && inTime.Release.Known() && s.To >= p.Release {
				t.Fatalf("segment %v found %s release %s", s, found, p.Release)
			}
			if i > 0 && s.From != p.Segments[i-1].To+1 {
				t.Fatalf("a hole before %v", s)
			}
			if s.Text.ZH == "" || s.Text.EN == "" || strings.ContainsAny(s.Text.ZH+s.Text.EN, "{}") || s.Why.Regime == "" {
				t.Fatalf("segment without reason or source: %+v", s)
			}
		}
		for _, x := range p.Tests {
			if x.Day < found || x.Day >= p.Release || x.Day != base.Add(x.N) {
				t.Fatalf("test %+v", x)
			}
		}
		if p.MonitorPerDay > 0 && (p.MonitorFrom < found || p.MonitorTo >= p.Release) {
			t.Fatalf("monitoring %s..%s", p.MonitorFrom, p.MonitorTo)
		}
	})
}

func TestPlanErrors(t *testing.T) {
	s := shipped(t)
	_, err := byID(t, s, "CN-COVID-20").ContactPlan("sub", Anchors{LastExposure: mustDay(t, "2022-11-20")})
	if !seawall.Is(err, seawall.NotFound) {
		t.Errorf("the abolished class: %v", err)
	}
	_, err = byID(t, s, "CN-COVID-8").ContactPlan("close", Anchors{LastExposure: seawall.NoDay})
	if !seawall.Is(err, seawall.Invalid) {
		t.Errorf("unknown last exposure: %v", err)
	}
}

// MMR within 72 hours and immune globulin within 6 days of the first exposure.
func TestProphylaxis(t *testing.T) {
	r := byID(t, shipped(t), "CN-MEASLES")
	for found, want := range map[string]string{
		"2022-03-28 09:00": "mmr 03-30 00:00 ig 04-02 00:00",
		"2022-03-29 23:59": "mmr 03-30 00:00 ig 04-02 00:00",
		"2022-03-30 00:00": "ig 04-02 00:00",
		"2022-04-05 00:00": "",
	} {
		at, err := time.ParseInLocation("2006-01-02 15:04", found, shanghai())
		if err != nil {
			t.Fatal(err)
		}
		p, err := r.ContactPlan("close", Anchors{FirstExposure: mustDay(t, "2022-03-27"),
			LastExposure: mustDay(t, "2022-03-28"), Discovered: at, Loc: shanghai()})
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, x := range p.Prophylaxis {
			got = append(got, x.Key+" "+x.Until.Format("01-02 15:04"))
		}
		if s := strings.Join(got, " "); s != want {
			t.Errorf("found %s: %q, want %q", found, s, want)
		}
	}
}

func TestInfectiousWindow(t *testing.T) {
	s := shipped(t)
	for _, tc := range []struct{ id, onset, sampled, want string }{
		{"CN-COVID-8", "2022-03-25", "", "2022-03-23.."},
		{"CN-COVID-8", "", "2022-03-28", "2022-03-26.."},
		{"CN-COVID-8", "2022-03-25", "2022-03-28", "2022-03-23.."},
		{"CN-COVID-8", "2022-03-29", "2022-03-28", "2022-03-26.."},
		{"CN-COVID-8", "", "", "none"},
		{"CN-MEASLES", "2022-03-25", "2022-03-28", "2022-03-21..2022-03-29"},
		{"CN-MEASLES", "", "2022-03-28", "none"},
		{"CN-H7N9", "2022-03-25", "", "2022-03-25..2022-04-01"},
	} {
		got := "none"
		if w, ok := byID(t, s, tc.id).InfectiousWindow(mustDay(t, tc.onset), mustDay(t, tc.sampled)); ok {
			got = w.From.String() + ".." + w.To.String()
		}
		if got != tc.want {
			t.Errorf("%s onset %s sampled %s: %s, want %s", tc.id, tc.onset, tc.sampled, got, tc.want)
		}
	}
}

// The case clocks of the 8th edition reach the last of the COVID regimes by
// inheritance and keep citing the file they stand in.
func TestInheritance(t *testing.T) {
	s := shipped(t)
	r := byID(t, s, "CN-COVID-10")
	var got []string
	for _, c := range r.CaseClocks {
		got = append(got, fmt.Sprintf("%s %s+%d %s#%s", c.Key, c.After, c.Hours, c.Why.Regime, c.Why.Rule))
	}
	want := "report recorded+2 CN-COVID-8#case_clocks[0], core report+4 CN-COVID-8#case_clocks[1], full recorded+24 CN-COVID-8#case_clocks[2]"
	if j := strings.Join(got, ", "); j != want {
		t.Errorf("clocks\n got %s\nwant %s", j, want)
	}
	if c := r.CutOff; c.Hour != 24 || c.LateOpenHour != 20 || c.MaxAgeHours != 12 || c.Why.Regime != "SEAWALL-BASE" {
		t.Errorf("cut-off %+v", c)
	}
	if s.CutOff() != r.CutOff {
		t.Errorf("cut-off without a regime %+v", s.CutOff())
	}
	if r.Cluster == nil || r.Cluster.Count != 2 || r.Cluster.Why.Regime != "CN-COVID-9" {
		t.Errorf("cluster %+v", r.Cluster)
	}
	if _, ok := r.Class("sub"); ok {
		t.Error("the sub-contact came back")
	}
	if _, ok := r.Class("general"); !ok {
		t.Error("the general contact was lost")
	}
	if in := byID(t, s, "CN-COVID-9").Incubation; in.Min != nil || in.Max != nil {
		t.Error("an unknown figure was made up: the 9th edition names only the usual incubation")
	}
}

// The description of the schema names every key that a file may have.
func TestReadmeNamesEveryKey(t *testing.T) {
	readme, err := os.ReadFile("../../regimes/README.md")
	if err != nil {
		t.Fatal(err)
	}
	var visit func(reflect.Type)
	visit = func(typ reflect.Type) {
		switch typ.Kind() {
		case reflect.Pointer, reflect.Slice, reflect.Map:
			visit(typ.Elem())
		case reflect.Struct:
			for f := range typ.Fields() {
				if key := f.Tag.Get("yaml"); key != "zh" && key != "en" && !strings.Contains(string(readme), "`"+key+"`") {
					t.Errorf("regimes/README.md does not mention `%s` (%s)", key, typ.Name())
				}
				visit(f.Type)
			}
		}
	}
	visit(reflect.TypeFor[document]())
	for _, list := range [][]string{placeholders(), testKinds(), transmissions()} {
		for _, word := range list {
			if !strings.Contains(string(readme), "`"+word+"`") {
				t.Errorf("regimes/README.md does not mention `%s`", word)
			}
		}
	}
}

// An office may add its own file, or put its own in the place of a shipped one;
// a child's version follows its parent's content.
func TestOfficeDirectory(t *testing.T) {
	before := shipped(t)
	src, err := os.ReadFile("../../regimes/cn-covid-8.yaml")
	if err != nil {
		t.Fatal(err)
	}
	stricter := strings.Replace(string(src), "before_onset_d: 2", "before_onset_d: 4", 1)
	local := `id: CN-JS-YC-COVID
parent: CN-COVID-8
title: {zh: 盐城, en: Yancheng}
jurisdiction: CN-JS-YC
valid: {from: 2022-03-01, to: 2022-05-31}
source: own
sources: {own: {title: {zh: 本地, en: local}, basis: design}}
`
	s, err := Load(fstest.MapFS{"a/covid8.yaml": {Data: []byte(stricter)}, "local.yaml": {Data: []byte(local)}})
	if err != nil {
		t.Fatal(err)
	}
	day := mustDay(t, "2022-03-28")
	if r, _ := s.InForce("covid-19", "CN-JS-YC", day); r == nil || r.ID != "CN-JS-YC-COVID" || *r.Infectious.BeforeOnset != 4 {
		t.Errorf("in Yancheng: %+v", r)
	}
	if r, _ := s.InForce("covid-19", "CN-JS-YC", mustDay(t, "2022-06-01")); r == nil || r.ID != "CN-COVID-8" {
		t.Errorf("after the local rule: %+v", r)
	}
	for _, id := range []string{"CN-COVID-8", "CN-COVID-9", "CN-COVID-10"} {
		if byID(t, before, id).Version == byID(t, s, id).Version {
			t.Errorf("%s keeps its version though its text changed", id)
		}
	}
	if a, b := byID(t, before, "CN-MEASLES"), byID(t, s, "CN-MEASLES"); a.Version != b.Version {
		t.Error("measles changed its version without a change")
	}
	if r, ok := s.ByID("CN-COVID-8@0123456789ab"); !ok || r.ID != "CN-COVID-8" {
		t.Error("ByID does not take the reference that records keep")
	}
}

// A case is history once everyone it could have infected is past follow-up.
func TestCaseIsHistory(t *testing.T) {
	r := byID(t, shipped(t), "CN-MERS")
	last := mustDay(t, "2015-06-01")
	for days, want := range map[int]bool{0: false, 14: false, 15: true, 2400: true} {
		if got := r.CaseIsHistory(last, last.Add(days)); got != want {
			t.Errorf("after %d days: %v", days, got)
		}
	}
	if r.CaseIsHistory(seawall.NoDay, last) {
		t.Error("an undated case is history")
	}
}

func TestDiseases(t *testing.T) {
	var got []string
	for _, d := range shipped(t).Diseases() {
		got = append(got, d.ID)
		if d.Name.ZH == "" || d.Name.EN == "" {
			t.Errorf("%s lacks a name", d.ID)
		}
	}
	if d, ok := shipped(t).Disease("mers"); !ok || d.Name.EN != "MERS" {
		t.Errorf("mers: %+v", d)
	}
	if _, ok := shipped(t).Disease("unheard-of"); ok {
		t.Error("a disease that no file names")
	}
	want := "cholera covid-19 dengue ebola hfmd influenza-a-h7n9 measles mers mpox norovirus"
	if s := strings.Join(got, " "); s != want {
		t.Errorf("got %s, want %s", s, want)
	}
}

// The shipped files pass their own linter.
func TestLintShipped(t *testing.T) {
	var b strings.Builder
	if err := Lint(&b, "en"); err != nil {
		t.Fatalf("%v\n%s", err, b.String())
	}
	if b.String() != "24 regimes, no problem\n" {
		t.Error(b.String())
	}
}
