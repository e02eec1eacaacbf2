package regime

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/seawall-city/seawall"
)

// county is S6's file: everybody from low-risk areas into quarantine.
const county = `id: SY-ARR-1
scope: arrivals
parent: YC-ARR-2022-05-26
title: {zh: 县, en: County}
jurisdiction: CN-JS-YC-SY
valid: {from: 2022-06-06, to: 2022-06-30}
source: s
sources: {s: {title: {zh: 文, en: doc}, basis: design}}
tiers:
  low:
    name: {zh: 低风险地区, en: a low-risk area}
    when: {grades: [low]}
    clock: leaving
    plan: [{type: central, days: 7}]
`

const countyWaiver = `waivers:
  - dimension: low_risk_arrivals
    rows: [low]
    reason: {zh: 因为, en: because}
    approver: CN-JS-YC
    approved_by: {zh: 市指挥部, en: city command}
    approved_on: 2022-06-06
    expires: 2022-06-30
`

// S6: an installation does not start with the county's rule, and says which line;
// with a waiver from above that names the dimension it does, and everybody can
// read what was waived, on the days of the rule and no other.
func TestCountyRuleNeedsAWaiver(t *testing.T) {
	_, err := Load(fstest.MapFS{"county.yaml": {Data: []byte(county)}})
	if !seawall.Is(err, seawall.Invalid) || !strings.Contains(err.Error(), "county.yaml:14:") || !strings.Contains(err.Error(), "low_risk_arrivals") {
		t.Fatalf("loaded: %v", err)
	}
	s, err := Load(fstest.MapFS{"county.yaml": {Data: []byte(county + countyWaiver)}})
	if err != nil {
		t.Fatal(err)
	}
	if r, _ := s.ArrivalsInForce("covid-19", "CN-JS-YC-SY", mustDay(t, "2022-06-10")); r == nil || r.ID != "SY-ARR-1" {
		t.Errorf("in force in the county: %v", r)
	}
	if r, _ := s.ArrivalsInForce("covid-19", yancheng, mustDay(t, "2022-06-10")); r == nil || r.ID != "YC-ARR-2022-05-26" {
		t.Errorf("in force in the city: %v", r)
	}
	if r, _ := s.ArrivalsInForce("covid-19", "CN-JS-YC-SY", mustDay(t, "2022-07-01")); r == nil || r.ID != "YC-ARR-2022-05-26" {
		t.Errorf("the rule outlived its waiver: %v", r)
	}
	for day, want := range map[string]int{"2022-06-05": 0, "2022-06-06": 1, "2022-06-30": 1, "2022-07-01": 0} {
		n := 0
		for _, w := range s.Waivers(mustDay(t, day)) {
			if w.Regime == "SY-ARR-1" {
				n++
				if len(w.Waived) == 0 || w.Waived[0].Above.EN != "informed only" || w.Waived[0].Here.EN != "7 d central quarantine" || w.Name.ZH == "" {
					t.Errorf("%s: %+v", day, w)
				}
			}
		}
		if n != want {
			t.Errorf("%s: %d waivers of the county, want %d", day, n, want)
		}
	}
}

// A parent is dated: the same county rule is held against each version of the
// city's and of the must-nots that comes into force while it lasts.
func TestParentsAreDated(t *testing.T) {
	// Two weeks of 3 + 11 for the rest of a prefecture are what the city asks until
	// 3 July, and more than it asks from 4 July on.
	long := strings.NewReplacer("  low:", "  rest_of_prefecture:", "[low]", "[affected_prefecture]", "{type: central, days: 7}",
		"{type: home_monitoring, days: 3}", "2022-06-30", "2022-07-03").Replace(county)
	if _, err := Load(fstest.MapFS{"a.yaml": {Data: []byte(long)}}); err != nil {
		t.Errorf("no stricter than the city on any day: %v", err)
	}
	longer := strings.Replace(long, "2022-07-03", "2022-07-04", 1)
	if _, err := Load(fstest.MapFS{"a.yaml": {Data: []byte(longer)}}); err == nil || !strings.Contains(err.Error(), "on 2022-07-04") || !strings.Contains(err.Error(), "travel_limits") {
		t.Errorf("one day too long: %v", err)
	}
	// Before the nine must-nots four dimensions were nobody's business.
	limits := "id: YC-COVID-1\nparent: CN-COVID-8\ntitle: {zh: 市, en: City}\njurisdiction: CN-JS-YC\nvalid: {from: 2022-04-01, to: 2022-06-04}\n" +
		"source: s\nsources: {s: {title: {zh: 文, en: doc}, basis: design}}\nlimits: {checkpoints: stopped}\n"
	if _, err := Load(fstest.MapFS{"a.yaml": {Data: []byte(limits)}}); err == nil || !strings.Contains(err.Error(), "no limit called") {
		t.Errorf("a ladder that no list of the time knows: %v", err)
	}
	s := shipped(t)
	for day, want := range map[string]string{"2019-12-31": "", "2022-06-04": "SEAWALL-MUST-NOTS", "2022-06-05": "CN-NINE-MUST-NOTS", "2023-01-01": "CN-NINE-MUST-NOTS"} {
		m, _ := s.MustNots(yancheng, mustDay(t, day))
		if m.ID != want {
			t.Errorf("%s: %q, want %q", day, m.ID, want)
		}
	}
	if m, _ := s.MustNots("CN", mustDay(t, "2022-06-05")); len(m.Dimensions) != 9 {
		t.Errorf("%d must-nots", len(m.Dimensions))
	}
}

// History had waivers on both sides of 5 June 2022, and none from 4 July on.
func TestHistoryHadWaivers(t *testing.T) {
	s := shipped(t)
	for day, want := range map[string]int{"2022-02-16": 0, "2022-02-17": 3, "2022-03-28": 3, "2022-05-12": 3, "2022-05-20": 3, "2022-06-04": 3, "2022-06-05": 3, "2022-07-03": 3, "2022-07-04": 0} {
		got := s.Waivers(mustDay(t, day))
		if len(got) != want {
			t.Errorf("%s: %d waivers, want %d", day, len(got), want)
		}
		for _, w := range got {
			if w.Reason.ZH == "" || w.Reason.EN == "" || w.Source.ZH == "" || w.Source.EN == "" || w.ApprovedBy.ZH == "" || w.Expires < mustDay(t, day) || len(w.Waived) == 0 || w.Approver != "CN-JS" {
				t.Errorf("%s: %+v", day, w)
			}
		}
	}
}

// Whatever file an office puts into its directory: it is refused with a place and
// words, or every restriction in it has an end, a reason and an appeal.
func FuzzLoadRegime(f *testing.F) {
	for _, pattern := range []string{"testdata/bad/*.yaml", "../../regimes/*arr*.yaml", "../../regimes/must*.yaml", "../../regimes/cn-covid-8.yaml"} {
		files, err := filepath.Glob(pattern)
		if err != nil {
			f.Fatal(err)
		}
		for _, name := range files {
			src, err := os.ReadFile(name)
			if err != nil {
				f.Fatal(err)
			}
			f.Add(src)
		}
	}
	f.Add([]byte(county + countyWaiver))
	base, err := Load()
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, src []byte) {
		if problems := base.Check("x.yaml", src); len(problems) > 0 {
			for _, p := range problems {
				if p.Line < 1 || p.Text.ZH == "" || p.Text.EN == "" {
					t.Errorf("refused without a place or words: %+v", p)
				}
			}
			return // most end here, without reading every file anew
		}
		s, err := Load(fstest.MapFS{"x.yaml": {Data: src}})
		if err != nil {
			t.Fatalf("the linter has nothing to say, and yet: %v", err)
		}
		left := seawall.DateOf(2022, 6, 10)
		for _, r := range s.All() {
			for _, tier := range r.Tiers() {
				p, err := r.ArrivalPlan(tier.Key, ArrivalAnchors{Left: left, Entered: left, Arrived: noon(left), Loc: shanghai()})
				if err != nil {
					t.Fatalf("%s %s: %v", r.ID, tier.Key, err)
				}
				for _, seg := range p.Segments {
					if seg.Kind.Restricts() && (seg.Text.ZH == "" || seg.Text.EN == "" || seg.To < seg.From || r.AppealHours() < 1) {
						t.Errorf("%s %s: %+v", r.ID, tier.Key, seg)
					}
				}
			}
		}
	})
}
