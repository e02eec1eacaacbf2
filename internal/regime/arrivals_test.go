package regime

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/seawall-city/seawall"
)

const yancheng = "CN-JS-YC"

// noon is midday of a day in the city.
func noon(d seawall.Day) time.Time { return d.Start(shanghai()).Add(12 * time.Hour) }

// IMP-09, §2.3: what each of Yancheng's dated matrices asked of people from
// somewhere, read off the table of the published notices by hand. They leave on
// the day of arrival, so that whole plans show.
func TestYanchengMatrices(t *testing.T) {
	s := shipped(t)
	for _, tc := range []struct{ day, from, id, tier, stays, tests, release string }{
		{"2022-02-17", "medium", "YC-ARR-2022-02-17", "risk", "central 0..14, home_monitoring 15..21", "", "22"},
		{"2022-02-17", "crossing", "YC-ARR-2022-02-17", "risk", "central 0..14, home_monitoring 15..21", "", "22"},
		{"2022-02-17", "cases_county", "YC-ARR-2022-02-17", "cases_county", "home_monitoring 0..7", "1 3 7", "8"},
		{"2022-02-17", "affected_prefecture", "YC-ARR-2022-02-17", "affected_prefecture", "inform 0..0", "gate-1", ""},
		{"2022-02-17", "low", "YC-ARR-2022-02-17", "low", "inform 0..0", "", ""},
		{"2022-03-28", "high", "YC-ARR-2022-03-15", "risk", "central 0..14, home_monitoring 15..21", "1 4 7 14 16 21", "22"},
		{"2022-03-28", "affected_prefecture", "YC-ARR-2022-03-15", "other_cities", "home_monitoring 0..3, monitor 4..14", "1 2 3 4 5 6 7 10 14", "15"},
		{"2022-03-28", "abroad", "YC-ARR-2022-03-15", "abroad", "central 0..14, home_monitoring 15..28, monitor 29..56", "1 4 7 10 14 16 21 28 31 36 41 46 51 56", "57"},
		{"2022-05-11", "cluster_county", "YC-ARR-2022-05-11", "cluster_county", "central 0..7, home_monitoring 8..14", "", "15"},
		{"2022-05-13", "affected_prefecture", "YC-ARR-2022-05-11", "rest_of_prefecture", "home_monitoring 0..3, monitor 4..14", "1 2 3 4 5 6 7 10 14", "15"},
		{"2022-05-14", "low", "YC-ARR-2022-05-14", "low", "inform 0..0", "gate-1 gate-2", ""},
		{"2022-05-14", "high", "YC-ARR-2022-05-14", "risk", "central 0..14, home_monitoring 15..21", "1 4 7 14 16 21", "22"},
		{"2022-05-26", "cluster_county", "YC-ARR-2022-05-26", "cluster_county", "central 0..7, monitor 8..14", "1 2 3 4 5 6 7 10 14", "15"},
		{"2022-07-03", "cases_county", "YC-ARR-2022-05-26", "cases_county", "central 0..3, monitor 4..7", "", "8"},
		{"2022-07-04", "high", "YC-ARR-2022-07-04", "high", "central 0..7", "1 2 3 5 7", "8"},
		{"2022-07-04", "medium", "YC-ARR-2022-07-04", "medium", "home 0..7", "1 4 7", "8"},
		{"2022-09-08", "cases_county", "YC-ARR-2022-07-04", "low_affected", "monitor 0..3", "1 3", "4"},
		{"2022-09-09", "abroad", "YC-ARR-2022-09-09", "abroad", "central 0..7, home_monitoring 8..10", "1 2 3 5 7 10", "11"},
		{"2022-11-11", "high", "CN-ARR-20", "high", "home 0..7", "1 3 5 7", "8"},
		{"2022-12-07", "high", "CN-ARR-10", "anywhere", "inform 0..0", "", ""},
		{"2022-12-07", "abroad", "CN-ARR-10", "abroad", "central 0..5, home 6..8", "1 2 3 5 6 8", "9"},
	} {
		day := mustDay(t, tc.day)
		r, ok := s.ArrivalsInForce("covid-19", yancheng, day)
		if !ok || r.ID != tc.id {
			t.Errorf("%s: %v in force, want %s", tc.day, r, tc.id)
			continue
		}
		tier, ok := r.TierFor(factsOf(tc.from))
		if !ok || tier.Key != tc.tier {
			t.Errorf("%s from %s: row %q, want %s", tc.day, tc.from, tier.Key, tc.tier)
			continue
		}
		p, err := r.ArrivalPlan(tier.Key, ArrivalAnchors{Left: day, Entered: day, Arrived: noon(day), Loc: shanghai()})
		if err != nil {
			t.Errorf("%s from %s: %v", tc.day, tc.from, err)
			continue
		}
		if got := []string{spans(p), keysOf(p), releaseOf(p)}; !slices.Equal(got, []string{tc.stays, tc.tests, tc.release}) {
			t.Errorf("%s from %s:\n got %q\nwant %q", tc.day, tc.from, got, []string{tc.stays, tc.tests, tc.release})
		}
	}
}

func factsOf(from string) OriginFacts {
	switch from {
	case "abroad":
		return OriginFacts{Abroad: true}
	case "crossing":
		return OriginFacts{Grade: "low", Crossing: true}
	}
	return OriginFacts{Grade: from}
}

// spans writes the stretches by days after the base.
func spans(p Plan) string {
	var out []string
	for _, s := range p.Segments {
		out = append(out, fmt.Sprintf("%s %d..%d", s.Kind, s.From-p.Base, s.To-p.Base))
	}
	return strings.Join(out, ", ")
}

func keysOf(p Plan) string {
	var out []string
	for _, x := range p.Tests {
		out = append(out, strings.TrimPrefix(x.Key, "test-"))
	}
	return strings.Join(out, " ")
}

func releaseOf(p Plan) string {
	if !p.Release.Known() {
		return ""
	}
	return fmt.Sprint(int(p.Release - p.Base))
}

// A matrix never answers for contacts, nor a plan for contacts for arrivals.
func TestArrivalsAreNoContacts(t *testing.T) {
	s := shipped(t)
	day := mustDay(t, "2022-03-28")
	if r, _ := s.InForce("covid-19", yancheng, day); r == nil || r.ID != "CN-COVID-8" {
		t.Errorf("contacts fall under %v", r)
	}
	if r, _ := s.ArrivalsInForce("covid-19", "CN", day); r == nil || r.ID != "CN-ARR-8" {
		t.Errorf("arrivals elsewhere fall under %v", r)
	}
	if _, ok := s.ArrivalsInForce("measles", yancheng, day); ok {
		t.Error("a matrix for measles was made up")
	}
	var ids []string
	for _, r := range s.ArrivalVersions("covid-19", yancheng) {
		ids = append(ids, strings.TrimPrefix(r.ID, "YC-ARR-"))
	}
	want := "CN-ARR-8 2022-02-17 2022-03-15 2022-05-11 2022-05-14 2022-05-26 CN-ARR-9 2022-07-04 2022-09-09 CN-ARR-20 CN-ARR-10"
	if got := strings.Join(ids, " "); got != want {
		t.Errorf("versions\n got %s\nwant %s", got, want)
	}
	if _, err := byID(t, s, "YC-ARR-2022-03-15").ArrivalPlan("nobody", ArrivalAnchors{}); !seawall.Is(err, seawall.NotFound) {
		t.Errorf("unknown row: %v", err)
	}
	if _, err := byID(t, s, "YC-ARR-2022-03-15").ArrivalPlan("risk", ArrivalAnchors{Left: seawall.NoDay, Arrived: noon(day)}); !seawall.Is(err, seawall.Invalid) {
		t.Errorf("unknown day of leaving: %v", err)
	}
}

// 缺几天补几天 (IMP-09, IMP-05): the clock starts on leaving, or on entering the
// country. Found after the days of central quarantine, only the home part is
// asked; after everything, nothing.
func TestArrivalRemainder(t *testing.T) {
	r := byID(t, shipped(t), "YC-ARR-2022-03-15")
	left := mustDay(t, "2022-03-20")
	for _, tc := range []struct {
		tier          string
		after         int
		stays, tests  string
		missed        int
		over, entered bool
	}{
		{"risk", 3, "central 3..14, home_monitoring 15..21", "4 7 14 16 21", 3, false, false},
		{"risk", 15, "home_monitoring 15..21", "16 21", 15, false, false},
		{"risk", 22, "inform 22..22", "", 22, true, false},
		{"abroad", 15, "home_monitoring 15..28, monitor 29..56", "16 21 28 31 36 41 46 51 56", 15, false, true},
		{"abroad", 30, "monitor 30..56", "31 36 41 46 51 56", 30, false, true},
		{"abroad", 15, "central 0..14, home_monitoring 15..28, monitor 29..56", "1 4 7 10 14 16 21 28 31 36 41 46 51 56", 0, false, false},
	} {
		a := ArrivalAnchors{Left: left, Entered: seawall.NoDay, Arrived: noon(left.Add(tc.after)), Loc: shanghai()}
		if tc.entered {
			a.Entered = left
		}
		p, err := r.ArrivalPlan(tc.tier, a)
		if err != nil {
			t.Fatal(err)
		}
		got := fmt.Sprintf("%s | %s | %d %v", spans(p), keysOf(p), p.Missed, p.Over)
		if want := fmt.Sprintf("%s | %s | %d %v", tc.stays, tc.tests, tc.missed, tc.over); got != want {
			t.Errorf("%s found on day %d:\n got %s\nwant %s", tc.tier, tc.after, got, want)
		}
	}
	// Here since the 22nd, found by the community on the 27th.
	p, err := r.ArrivalPlan("risk", ArrivalAnchors{Left: left, Arrived: noon(left.Add(2)), Found: noon(left.Add(7)), Loc: shanghai()})
	if err != nil || p.Missed != 7 || p.Base != left || spans(p) != "central 7..14, home_monitoring 15..21" {
		t.Errorf("found late: %v %s", err, spans(p))
	}
}

// The gate of May 2022: a sample of the last 48 hours frees; else one test within
// 24 hours and another between 48 and 72.
func TestGate(t *testing.T) {
	r := byID(t, shipped(t), "YC-ARR-2022-05-11")
	arrived := time.Date(2022, 5, 12, 9, 30, 0, 0, shanghai())
	for _, tc := range []struct {
		before time.Duration
		free   bool
	}{{0, false}, {47 * time.Hour, true}, {48 * time.Hour, true}, {48*time.Hour + time.Second, false}, {-time.Hour, false}} {
		a := ArrivalAnchors{Left: mustDay(t, "2022-05-12"), Arrived: arrived, Loc: shanghai()}
		if tc.before != 0 {
			a.NegativeAt = arrived.Add(-tc.before)
		}
		p, err := r.ArrivalPlan("low", a)
		if err != nil || p.Gate == nil || p.Restricts() {
			t.Fatalf("%v %+v", err, p)
		}
		if p.Gate.Free != tc.free || (len(p.Tests) == 0) != tc.free {
			t.Errorf("sample %v before arrival: %+v, %d tests", tc.before, p.Gate, len(p.Tests))
		}
		if tc.free {
			continue
		}
		if one, two := p.Tests[0], p.Tests[1]; !one.Until.Equal(arrived.Add(24*time.Hour)) || !two.From.Equal(arrived.Add(48*time.Hour)) || !two.Until.Equal(arrived.Add(72*time.Hour)) {
			t.Errorf("hours %+v %+v", one, two)
		}
	}
}

// Of several rows the strictest answers, whatever the order of the places; an
// unknown grade gets no row and an honest word.
func TestApplies(t *testing.T) {
	s := shipped(t)
	day := mustDay(t, "2022-03-28")
	ask := func(day seawall.Day, from ...OriginFacts) Applies {
		return s.Applies(AppliesQuery{Disease: "covid-19", Jurisdiction: yancheng, From: from, Left: []seawall.Day{day.Add(-2), day.Add(-5)},
			Entered: seawall.NoDay, Arrive: day, Loc: shanghai()})
	}
	for _, from := range [][]OriginFacts{{{Grade: "low"}, {Grade: "high"}}, {{Grade: "high"}, {Grade: "low"}}, {{Grade: ""}, {Grade: "high"}}} {
		if a := ask(day, from...); !a.Known || a.Tier != "risk" || a.Plan == nil || a.Since != mustDay(t, "2022-03-15") || a.Source.EN == "" || !a.Secondary {
			t.Errorf("from %v: %+v", from, a)
		}
	}
	if a := ask(day, OriginFacts{Grade: "low"}, OriginFacts{Grade: "high"}); a.Plan.Base != day.Add(-5) {
		t.Errorf("counted from %s, not from leaving the place that led to the row", a.Plan.Base)
	}
	for why, a := range map[string]Applies{
		GradeUnknown: ask(day, OriginFacts{Code: "310000"}),
		NoRow:        ask(day, OriginFacts{Grade: "nonsense"}),
		NoMatrix:     ask(mustDay(t, "2019-01-01"), OriginFacts{Grade: "low"}),
	} {
		if a.Known || a.Why != why || a.Text.ZH == "" || a.Text.EN == "" || a.Plan != nil {
			t.Errorf("want %s: %+v", why, a)
		}
	}
	a := s.Applies(AppliesQuery{Disease: "covid-19", Jurisdiction: yancheng, From: []OriginFacts{{Grade: "high"}}, Arrive: day})
	if !a.Known || a.Why != DayUnknown || a.Plan != nil || !strings.Contains(a.Text.EN, "14 d central quarantine") {
		t.Errorf("without the day of leaving: %+v", a)
	}
}

// IMP-09: a new version says what changes for whom.
func TestDiffArrivals(t *testing.T) {
	s := shipped(t)
	got := map[string]string{}
	for _, c := range DiffArrivals(byID(t, s, "YC-ARR-2022-05-14"), byID(t, s, "YC-ARR-2022-05-26")) {
		got[c.Facts.Grade] += fmt.Sprintf("%s %s>%s %d>%d", c.Change, c.TierA, c.TierB, c.DaysA, c.DaysB)
	}
	for grade, want := range map[string]string{
		"cluster_county":      "mixed cluster_county>cluster_county 14>7",
		"cases_county":        "mixed rest_of_prefecture>cases_county 3>3",
		"affected_prefecture": "same rest_of_prefecture>rest_of_prefecture 3>3",
		"high":                "same risk>risk 21>21",
	} {
		if got[grade] != want {
			t.Errorf("%s: %s, want %s", grade, got[grade], want)
		}
	}
	for _, c := range DiffArrivals(byID(t, s, "YC-ARR-2022-05-26"), byID(t, s, "YC-ARR-2022-07-04")) {
		if c.Change == ChangeStrict {
			t.Errorf("stricter for %s in July: %+v", c.Whom.EN, c)
		}
	}
}

// For every row, day of leaving and day of being found: no clock starts at the
// discovery where the file says leaving or entry; nothing is asked before it, and
// nobody who is found later is kept longer.
func TestArrivalPlanProperties(t *testing.T) {
	var all []*Regime
	for _, r := range shipped(t).All() {
		if r.Scope == ScopeArrivals {
			all = append(all, r)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		r := rapid.SampledFrom(all).Draw(t, "regime")
		tier := rapid.SampledFrom(r.Tiers()).Draw(t, "row")
		left := seawall.DateOf(2022, 3, 20).Add(rapid.IntRange(0, 200).Draw(t, "left"))
		days := rapid.IntRange(0, 70).Draw(t, "days")
		late := rapid.IntRange(0, 70).Draw(t, "late")
		a := ArrivalAnchors{Left: left, Entered: left, Arrived: noon(left.Add(days)), Loc: shanghai()}
		onTime, err := r.ArrivalPlan(tier.Key, a)
		if err != nil {
			t.Fatal(err)
		}
		a.Found = noon(left.Add(days + late))
		p, err := r.ArrivalPlan(tier.Key, a)
		if err != nil {
			t.Fatal(err)
		}
		if tier.Clock != ClockArrival && p.Base != left {
			t.Fatalf("%s/%s counts from %s, left on %s", r.ID, tier.Key, p.Base, left)
		}
		if p.Release != onTime.Release {
			t.Fatalf("found %d days late, released on %s instead of %s", late, p.Release, onTime.Release)
		}
		for _, s := range p.Segments {
			if s.From < left.Add(days+late) || s.Kind.Restricts() && s.To >= p.Release {
				t.Fatalf("asked outside the days that are left: %+v", s)
			}
			if s.Text.ZH == "" || s.Text.EN == "" || strings.ContainsAny(s.Text.ZH+s.Text.EN, "{}") {
				t.Fatalf("the reason is not complete: %q", s.Text)
			}
		}
	})
}

// ApplyRuleChange's min, as arithmetic: whatever two rules, day of exposure and
// day of the change, nobody is kept longer, or more strictly on any day, than
// either rule alone would have it.
func TestMinIsNeverLonger(t *testing.T) {
	s := shipped(t)
	var rows []struct {
		r   *Regime
		key string
	}
	for _, r := range s.All() {
		if r.Disease.ID != "covid-19" {
			continue
		}
		for _, c := range r.Classes {
			rows = append(rows, struct {
				r   *Regime
				key string
			}{r, c.ID})
		}
		for _, x := range r.Tiers() {
			rows = append(rows, struct {
				r   *Regime
				key string
			}{r, x.Key})
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		base := seawall.DateOf(2022, 6, 1)
		today := base.Add(rapid.IntRange(0, 40).Draw(t, "today"))
		plan := func(label string) Ruled {
			row := rapid.SampledFrom(rows).Draw(t, label)
			if _, ok := row.r.Tier(row.key); ok {
				p, err := row.r.ArrivalPlan(row.key, ArrivalAnchors{Left: base, Entered: base, Arrived: noon(base), Found: noon(today), Loc: shanghai()})
				if err != nil {
					t.Fatal(err)
				}
				return Ruled{row.r, p}
			}
			p, err := row.r.ContactPlan(row.key, Anchors{FirstExposure: seawall.NoDay, LastExposure: base, Discovered: noon(today), Loc: shanghai()})
			if err != nil {
				t.Fatal(err)
			}
			return Ruled{row.r, p}
		}
		was, now := plan("was"), plan("now")
		got := MinPlan(was, now)
		for d := today; d < base.Add(80); d++ {
			g := level(got, d)
			if g > level(was.Plan, d) || g > level(now.Plan, d) {
				t.Fatalf("on %s: %d, old rule %d, new rule %d\n was %s\n now %s\n got %s", d, g, level(was.Plan, d), level(now.Plan, d), spans(was.Plan), spans(now.Plan), spans(got))
			}
		}
		if !got.Over && got.Release.Known() && (got.Release > was.Plan.releaseOr(farOff) || got.Release > now.Plan.releaseOr(farOff)) {
			t.Fatalf("released on %s; old rule %s, new rule %s", got.Release, was.Plan.Release, now.Plan.Release)
		}
		if len(got.Tests) > max(len(was.Plan.Tests), len(now.Plan.Tests)) {
			t.Fatalf("%d tests from %d and %d", len(got.Tests), len(was.Plan.Tests), len(now.Plan.Tests))
		}
		for _, x := range got.Segments {
			if strings.ContainsAny(x.Text.ZH+x.Text.EN, "{}") || x.Text.ZH == "" || x.Text.EN == "" {
				t.Fatalf("reason %q", x.Text)
			}
		}
	})
}

// level is what a plan takes from somebody on a day: nothing where it does not
// restrict.
func level(p Plan, d seawall.Day) int {
	s, ok := p.on(d)
	if !ok || !s.Kind.Restricts() {
		return 0
	}
	return severity(s.Kind)
}

// Every figure has a name by which a protocol may ask for it; one that the file
// does not give is unknown, not zero.
func TestFigures(t *testing.T) {
	s := shipped(t)
	for name, want := range map[string]int{"class_close_transfer_h": 12, "clock_report_h": 2, "clock_core_h": 4, "clock_full_h": 24, "appeal_h": 8,
		"incubation_max_d": 14, "infectious_before_onset_d": 2, "cluster_count": 5, "cut_off_h": 24, "class_close_d": 21} {
		if n, ok := byID(t, s, "CN-COVID-8").Figure(name); !ok || n != want {
			t.Errorf("%s = %d %v, want %d", name, n, ok, want)
		}
	}
	r := byID(t, s, "YC-ARR-2022-02-17")
	for name, want := range map[string]int{"check_headcount_h": 4, "check_location_h": 12, "tier_cases_county_report_h": 12, "tier_risk_d": 21} {
		if n, ok := r.Figure(name); !ok || n != want {
			t.Errorf("%s = %d %v, want %d", name, n, ok, want)
		}
	}
	if n, ok := r.Figure("report_h"); ok {
		t.Errorf("a figure was made up: %d", n)
	}
	if n, ok := byID(t, s, "CN-MEASLES").Figure("class_close_prophylaxis_mmr_h"); !ok || n != 72 {
		t.Errorf("window of the vaccine: %d %v", n, ok)
	}
	for _, name := range r.Figures() {
		if !slices.Contains(s.Figures(), name) {
			t.Errorf("the set does not know %s", name)
		}
	}
}
