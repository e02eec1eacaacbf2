package gate_test

import (
	"encoding/json"
	"errors"
	"flag"
	"math/rand/v2"
	"os"
	"reflect"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/gate"
)

var update = flag.Bool("update", false, "write testdata/cases.json anew")

// corpus is testdata/cases.json: rule files as phones get them and what they decide
// of many facts. The page at the gate runs the same file.
type corpus struct {
	Seed  uint64        `json:"seed"`
	Rules []*gate.Rules `json:"rules"`
	Cases []sample      `json:"cases"`
}

// sample is one case; Rules is the id of a file.
type sample struct {
	Name  string     `json:"name,omitempty"`
	Rules string     `json:"rules"`
	Facts gate.Facts `json:"facts"`
	Want  want       `json:"want"`
}

// want is what a decision must be, without its texts.
type want struct {
	Outcome     string `json:"outcome"`
	Rule        string `json:"rule"`
	HoldMinutes int    `json:"holdMinutes,omitempty"`
	Log         bool   `json:"log,omitempty"`
	Trace       string `json:"trace,omitempty"`
	Ceiling     bool   `json:"ceiling,omitempty"`
}

const (
	corpusFile  = "testdata/cases.json"
	corpusSeed  = 20220328
	corpusCases = 2000
)

func load(t *testing.T) *gate.Set {
	t.Helper()
	s, err := gate.Load()
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func decided(r *gate.Rules, f gate.Facts) want {
	d := r.Decide(f)
	return want{Outcome: d.Outcome, Rule: d.Rule, HoldMinutes: d.HoldMinutes, Log: d.Log, Trace: d.Trace, Ceiling: d.Ceiling}
}

// written are the cases that somebody thought of.
func written() []sample {
	nat := func(result string, age float64) gate.Test {
		return gate.Test{Kind: "nat", Result: result, AgeHours: age}
	}
	yc, cn := "YC-GATE-2022-03-28", "CN-GATE-2022-04-11"
	return []sample{
		{Name: "an emergency goes before a positive test", Rules: yc, Facts: gate.Facts{Emergency: true, Symptoms: true, Test: nat("positive", 3), Permit: "forged"}, Want: want{Outcome: gate.Go, Rule: "emergency", Log: true}},
		{Name: "an exemption goes before the checks", Rules: yc, Facts: gate.Facts{Exemption: "fire", Test: nat("positive", 3)}, Want: want{Outcome: gate.Go, Rule: "exempt", Log: true}},
		{Name: "48 h to the second is fresh", Rules: yc, Facts: gate.Facts{Declared: true, Test: nat("negative", 48), CanSample: true, Mode: gate.Freight}, Want: want{Outcome: gate.Go, Rule: "fresh_test"}},
		{Name: "a hundredth of an hour more is not", Rules: yc, Facts: gate.Facts{Declared: true, Test: nat("negative", 48.01), CanSample: true, Mode: gate.Freight}, Want: want{Outcome: gate.SampleGo, Rule: "sample_here", Trace: gate.NextNode}},
		{Name: "a forged permit is held for an hour", Rules: yc, Facts: gate.Facts{Permit: "forged", Test: nat("negative", 1), CanSample: true}, Want: want{Outcome: gate.Hold, Rule: "forged", HoldMinutes: 60, Log: true, Trace: gate.NextNode}},
		{Name: "half an hour of it is left", Rules: yc, Facts: gate.Facts{Permit: "forged", HeldMinutes: 30}, Want: want{Outcome: gate.Hold, Rule: "forged", HoldMinutes: 30, Log: true, Trace: gate.NextNode}},
		{Name: "past the maximum it passes and is traced", Rules: yc, Facts: gate.Facts{Permit: "forged", HeldMinutes: 60}, Want: want{Outcome: gate.Go, Rule: "forged", Log: true, Trace: gate.NextNode, Ceiling: true}},
		{Name: "the shorter maximum of a rule holds", Rules: yc, Facts: gate.Facts{Permit: "crew", HeldMinutes: 30}, Want: want{Outcome: gate.Go, Rule: "mismatch", Trace: gate.NextNode, Ceiling: true}},
		{Name: "no sampling and no test: a wait with an end", Rules: yc, Facts: gate.Facts{Declared: true}, Want: want{Outcome: gate.Hold, Rule: "no_sampling", HoldMinutes: 30, Trace: gate.NextNode}},
		{Name: "sealed transit passes", Rules: yc, Facts: gate.Facts{Transit: true, Test: nat("negative", 70)}, Want: want{Outcome: gate.Go, Rule: "transit", Trace: gate.NextNode}},
		{Name: "a stop in a graded area: two samples", Rules: yc, Facts: gate.Facts{RiskStop: true, Transit: true, CanSample: true, Test: nat("negative", 5)}, Want: want{Outcome: gate.SampleGo, Rule: "stopped_in_risk_area", Trace: gate.NextNode}},
		{Name: "a graded origin with a fresh test gives a sample and goes", Rules: yc, Facts: gate.Facts{Declared: true, Origin: "high", CanSample: true, Test: nat("negative", 5)}, Want: want{Outcome: gate.SampleGo, Rule: "graded_origin", Trace: gate.NextNode}},
		{Name: "an origin that is not graded changes nothing", Rules: cn, Facts: gate.Facts{Origin: "high", CanSample: true, Test: nat("negative", 5)}, Want: want{Outcome: gate.Go, Rule: "fresh_test"}},
		{Name: "antigen negative: go without waiting for the NAT", Rules: cn, Facts: gate.Facts{CanSample: true, Test: gate.Test{Kind: "antigen", Result: "negative"}}, Want: want{Outcome: gate.SampleGo, Rule: "antigen_negative", Trace: gate.NextNode}},
		{Name: "antigen positive", Rules: cn, Facts: gate.Facts{CanSample: true, Test: gate.Test{Kind: "antigen", Result: "positive"}}, Want: want{Outcome: gate.Refer, Rule: "positive", Log: true}},
		{Name: "nothing is known of an empty car", Rules: cn, Facts: gate.Facts{}, Want: want{Outcome: gate.Hold, Rule: "no_sampling", HoldMinutes: 20, Trace: gate.NextNode}},
	}
}

// drawn draws facts so that every rule has its turn.
func drawn(r *rand.Rand) gate.Facts {
	pick := func(share int, words ...string) string {
		if r.IntN(100) >= share {
			return ""
		}
		return words[r.IntN(len(words))]
	}
	often := func(percent int) bool { return r.IntN(100) < percent }
	ages := []float64{0, 0.01, 12, 23.99, 24, 24.01, 47.99, 48, 48.01, 72, 100}
	f := gate.Facts{Emergency: often(4), Exemption: pick(5, "relief", "fire", "police_duty", "ambulance", "blood", "supply"), Declared: often(60),
		Trip: pick(50, "declared", "permitted", "cancelled"), Permit: pick(60, "valid", "valid", "valid", "expired", "early", "forged", "crew", "vehicle", "route", "revoked"),
		Origin: pick(40, "high", "medium", "low", "cluster_county", "cases_county", "affected_prefecture"), RiskStop: often(10), Transit: often(12), Symptoms: often(5),
		Whitelisted: often(20), People: r.IntN(5), HeldMinutes: []int{0, 0, 0, 0, 19, 20, 29, 30, 31, 59, 60, 61}[r.IntN(12)], CanSample: often(65),
		Mode: pick(90, gate.Freight, gate.Freight, gate.Freight, gate.Car, gate.Bus, gate.Train, gate.Air, gate.Ship, gate.OnFoot)}
	if often(80) {
		f.Test = gate.Test{Kind: []string{"nat", "nat", "nat", "antigen"}[r.IntN(4)], Result: []string{"negative", "negative", "negative", "negative", "positive", "pending", "pending"}[r.IntN(7)], AgeHours: ages[r.IntN(len(ages))]}
	}
	return f
}

// made gives the corpus as the files decide today.
func made(t *testing.T) corpus {
	s := load(t)
	c := corpus{Seed: corpusSeed, Rules: s.All(), Cases: written()}
	r := rand.New(rand.NewPCG(corpusSeed, 1))
	for range corpusCases {
		f := drawn(r)
		for _, rules := range s.All() {
			c.Cases = append(c.Cases, sample{Rules: rules.ID, Facts: f, Want: decided(rules, f)})
		}
	}
	c.Cases = c.Cases[:len(written())+corpusCases]
	return c
}

// The corpus says what the files decide, and every rule decides something in it.
// `go test ./internal/gate -update` writes it anew after a change of rules. IMP-07.
func TestCorpus(t *testing.T) {
	c := made(t)
	byID := map[string]*gate.Rules{}
	for _, r := range c.Rules {
		byID[r.ID] = r
	}
	used := map[string]int{}
	for _, k := range c.Cases {
		if got := decided(byID[k.Rules], k.Facts); got != k.Want {
			t.Errorf("%s: %s: decided %+v, want %+v", k.Rules, k.Name, got, k.Want)
		}
		used[k.Rules+" "+k.Want.Rule]++
	}
	for _, r := range c.Rules {
		for _, rule := range r.Rules {
			if used[r.ID+" "+rule.Key] == 0 {
				t.Errorf("%s: rule %s decides nothing in the corpus", r.ID, rule.Key)
			}
		}
	}
	if *update {
		write(t, c)
	}
	b, err := os.ReadFile(corpusFile)
	if err != nil {
		t.Fatal(err)
	}
	var kept corpus
	if err := json.Unmarshal(b, &kept); err != nil {
		t.Fatal(err)
	}
	fresh, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	var again corpus
	if err := json.Unmarshal(fresh, &again); err != nil || !reflect.DeepEqual(kept, again) {
		t.Errorf("%s is not what the rules decide now (%v); run go test ./internal/gate -update", corpusFile, err)
	}
}

// write writes the corpus with one case on a line.
func write(t *testing.T, c corpus) {
	var b strings.Builder
	line := func(v any) string {
		raw, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		return string(raw)
	}
	b.WriteString("{\"seed\": " + line(c.Seed) + ",\n\"rules\": [\n")
	for i, r := range c.Rules {
		b.WriteString(line(r) + ending(i, len(c.Rules)))
	}
	b.WriteString("],\n\"cases\": [\n")
	for i, k := range c.Cases {
		b.WriteString(line(k) + ending(i, len(c.Cases)))
	}
	b.WriteString("]}\n")
	if err := os.WriteFile(corpusFile, []byte(b.String()), 0o644); err != nil {
		t.Fatal(err)
	}
}

func ending(i, n int) string {
	if i == n-1 {
		return "\n"
	}
	return ",\n"
}

// The nearest rules above hold on a day; none holds before the first. IMP-07.
func TestRulesInForce(t *testing.T) {
	s := load(t)
	for _, tc := range []struct{ at, day, want string }{
		{"CN-JS-YC", "2022-03-28", "YC-GATE-2022-03-28"},
		{"CN-JS-YC-SY", "2022-04-10", "YC-GATE-2022-03-28"},
		{"CN-JS-YC", "2022-04-11", "CN-GATE-2022-04-11"},
		{"CN-SD", "2022-03-28", ""},
		{"CN-JS-YC", "2022-03-27", ""},
		{"CN-JS-YC", "2022-12-07", ""},
	} {
		day, err := seawall.ParseDay(tc.day)
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		if r, ok := s.InForce(tc.at, day); ok {
			got = r.ID
		}
		if got != tc.want {
			t.Errorf("%s on %s: %q, want %q", tc.at, tc.day, got, tc.want)
		}
	}
}

// bad gives a rule file with one thing changed.
func bad(t *testing.T, old, new string) (*gate.Set, []gate.Problem) {
	t.Helper()
	const file = `id: TEST-GATE
title: {zh: 试, en: test}
jurisdiction: XX
valid: {from: 2022-01-01}
hold_max_minutes: 45
hold_over: {zh: 到时, en: over}
exemptions: [{key: fire, zh: 消防, en: fire}]
grades: [high]
rules:
  - {key: emergency, if: {emergency: true}, then: pass, reason: {zh: 急, en: e}, source: {zh: 源, en: s}}
  - {key: young, if: {test.ageHours: {le: 48}, test.kind: nat}, then: pass, reason: {zh: 新, en: y}, source: {zh: 源, en: s}}
  - {key: held, if: {permit: [forged, revoked]}, then: hold, minutes: 30, reason: {zh: 扣, en: h}, source: {zh: 源, en: s}}
  - {key: rest, then: sample_go, reason: {zh: 余, en: r}, source: {zh: 源, en: s}}
`
	if !strings.Contains(file, old) {
		t.Fatalf("the file has no %q", old)
	}
	s := load(t)
	return s, s.Check("test.yaml", []byte(strings.Replace(file, old, new, 1)))
}

// What a rule file may not say is refused at its line, in both languages. §2.7,
// §2.11: neither plate origin nor registration decides anything, and a hold ends.
func TestBadRuleFiles(t *testing.T) {
	if _, p := bad(t, "XX", "YY"); len(p) > 0 {
		t.Fatalf("the good file is refused: %v", p)
	}
	for _, tc := range []struct {
		name, old, new, want string
		line                 int
	}{
		{"not first", "if: {emergency: true}, then: pass", "if: {symptoms: true}, then: refer", "lets a medical emergency pass", 10},
		{"asks for more", "{emergency: true}", "{emergency: true, declared: true}", "lets a medical emergency pass", 10},
		{"plate origin", "{permit: [forged, revoked]}", "{plate_origin: [沪]}", "the origin of a plate", 12},
		{"registration", "{permit: [forged, revoked]}", "{hukou: local}", "household registration", 12},
		{"no such value", "[forged, revoked]", "[forged, stolen]", `permit is never "stolen"`, 12},
		{"no such exemption", "{permit: [forged, revoked]}", "{exemption: boss}", `exemption is never "boss"`, 12},
		{"hold without maximum", "hold_max_minutes: 45\n", "", "a hold has a maximum", 1},
		{"more than an hour", "hold_max_minutes: 45", "hold_max_minutes: 90", "more than 60 minutes", 5},
		{"longer than the file's", "minutes: 30", "minutes: 50", "no hold is longer", 12},
		{"never reached", "{permit: [forged, revoked]}", "{test.kind: nat, test.ageHours: {lt: 24}}", `rule "held" is never reached`, 12},
		{"reached by nobody together", "{permit: [forged, revoked]}", "{emergency: true, symptoms: true}", "never reached", 12},
		{"contradiction", "{permit: [forged, revoked]}", "{people: {gt: 5, lt: 5}}", "contradict each other", 12},
		{"condition on the last", "{key: rest,", "{key: rest, if: {declared: true},", "the last rule has no condition", 13},
		{"no condition before the last", "if: {permit: [forged, revoked]}, ", "", "comes last", 12},
		{"a number as a word", "{le: 48}", "48", "is a number", 11},
		{"unknown bound", "{le: 48}", "{below: 48}", "is no bound", 11},
		{"unknown key", "minutes: 30", "minuten: 30", "minuten", 12},
		{"one language", "{zh: 扣, en: h}", "{zh: 扣}", "both languages", 12},
		{"twice", "key: held", "key: young", "twice", 12},
		{"outcome", "then: sample_go", "then: turn_back", "pass, sample_go, hold or refer", 13},
		{"day", "from: 2022-01-01", "from: soon", "from which day", 4},
		{"overlap", "jurisdiction: XX", "jurisdiction: CN-JS-YC", "overlap", 4},
		{"not YAML", "rules:\n", "rules: [\n", "", 0},
	} {
		_, problems := bad(t, tc.old, tc.new)
		if len(problems) == 0 {
			t.Errorf("%s: accepted", tc.name)
			continue
		}
		p := problems[0]
		if !strings.Contains(p.Text.EN, tc.want) || tc.line > 0 && p.Line != tc.line || p.Text.ZH == "" {
			t.Errorf("%s: %s, want line %d and %q", tc.name, p.Format("en"), tc.line, tc.want)
		}
		if tc.line > 1 && !strings.Contains(p.Excerpt, "^") {
			t.Errorf("%s: no caret in %q", tc.name, p.Excerpt)
		}
	}
}

// A rule whose cases two earlier ones share out is never reached either.
func TestReachedByNobodyOfTwo(t *testing.T) {
	_, problems := bad(t, "  - {key: held, if: {permit: [forged, revoked]}, then: hold, minutes: 30,", `  - {key: a, if: {declared: true, canSample: true}, then: pass, reason: {zh: 一, en: a}, source: {zh: 源, en: s}}
  - {key: b, if: {declared: false}, then: pass, reason: {zh: 二, en: b}, source: {zh: 源, en: s}}
  - {key: held, if: {canSample: true}, then: hold, minutes: 30,`)
	if len(problems) != 1 || !strings.Contains(problems[0].Text.EN, `"held" is never reached`) {
		t.Errorf("%v", problems)
	}
}

// A configured file takes the place of the shipped one with its id, and a broken one
// keeps the program from starting.
func TestConfiguredFiles(t *testing.T) {
	b, err := os.ReadFile("../../gates/yc-gate-2022-03-28.yaml")
	if err != nil {
		t.Fatal(err)
	}
	text := strings.Replace(string(b), "hold_max_minutes: 60", "hold_max_minutes: 60 # 市里改过", 1)
	s, err := gate.Load(fstest.MapFS{"own.yaml": {Data: []byte(text)}})
	if err != nil {
		t.Fatal(err)
	}
	shipped, _ := load(t).ByID("YC-GATE-2022-03-28")
	own, ok := s.ByID(shipped.Ref)
	if !ok || own.Ref == shipped.Ref || len(s.All()) != len(load(t).All()) {
		t.Errorf("own %v, shipped %v", own, shipped)
	}
	_, err = gate.Load(fstest.MapFS{"own.yaml": {Data: []byte("id: X\nwhatever: 1\n")}})
	var e *seawall.Error
	if !errors.As(err, &e) || !seawall.Is(err, seawall.Invalid) {
		t.Errorf("a broken file: %v", err)
	}
}
