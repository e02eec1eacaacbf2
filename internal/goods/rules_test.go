package goods

import (
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/seawall-city/seawall"
	files "github.com/seawall-city/seawall/goods"
)

func shipped(t *testing.T, day seawall.Day) *Rules {
	t.Helper()
	set, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	r, ok := set.InForce("CN-JS-YC", day)
	if !ok {
		t.Fatalf("no rules on %s", day)
	}
	return r
}

// Non-cold imports need no record after the file's date; cold chain always does.
// IMP-06, requirements §2.6.
func TestRecordsAreDated(t *testing.T) {
	before, after := shipped(t, day(t, "2022-03-28")), shipped(t, day(t, "2022-08-01"))
	n := func(r *Rules, kind string) int { return len(r.Needs(Lot{Kind: kind, State: Held})) }
	for _, c := range []struct {
		kind         string
		early, later int
	}{{"cold_chain", 2, 2}, {"non_cold", 2, 0}, {"parcel", 1, 1}, {"intl_mail", 2, 2}} {
		if n(before, c.kind) != c.early || n(after, c.kind) != c.later {
			t.Errorf("%s: %d then %d records", c.kind, n(before, c.kind), n(after, c.kind))
		}
	}
	set, _ := Load()
	if _, ok := set.InForce("CN-JS-YC", day(t, "2023-01-08")); ok {
		t.Error("rules hold after their last day")
	}
	if r, ok := set.ByID(before.Ref); !ok || r.ID != before.ID || before.Clocks[0].Key != "report" {
		t.Errorf("the rules of %s are %v", before.Ref, r)
	}
}

// The disinfection of cold chain comes before the first contact with people, the
// sample has its spots and its result, the mail its rest. IMP-06.
func TestChecks(t *testing.T) {
	r := shipped(t, day(t, "2022-03-28"))
	t0 := time.Date(2022, 3, 28, 8, 0, 0, 0, time.UTC)
	at := func(h int) time.Time { return t0.Add(time.Duration(h) * time.Hour) }
	lacks := func(f Filed) string {
		var keys []string
		for _, c := range Lacking(r.Checks(f)) {
			keys = append(keys, c.Key)
		}
		return strings.Join(keys, " ")
	}
	cold := Lot{Kind: "cold_chain", State: Held, ArrivedAt: t0}
	outer := Treatment{ID: "d1", What: Outer, At: at(1)}
	swab := Sample{ID: "s1", What: Outer, Spots: 3, Collected: at(2), Resulted: at(8), Outcome: Negative}
	touched := cold
	touched.TouchedAt = at(0)
	sealed := cold
	sealed.State, sealed.Positive, sealed.SealedAt = Sealed, "s2", at(9)
	bad := Sample{ID: "s2", What: Inner, Spots: 3, Collected: at(3), Resulted: at(9), Outcome: Positive}
	mail := Lot{Kind: "intl_mail", State: Held, ArrivedAt: t0}
	with := func(s Sample, f func(*Sample)) Sample { f(&s); return s }
	for name, c := range map[string]struct {
		f    Filed
		want string
	}{
		"nothing":           {Filed{Lot: cold}, "disinfect negative"},
		"complete":          {Filed{Lot: cold, Samples: []Sample{swab}, Treatments: []Treatment{outer}}, ""},
		"touched first":     {Filed{Lot: touched, Samples: []Sample{swab}, Treatments: []Treatment{outer}}, "disinfect"},
		"wrong part":        {Filed{Lot: cold, Samples: []Sample{swab}, Treatments: []Treatment{{ID: "d", What: Vehicle, At: at(1)}}}, "disinfect"},
		"no result":         {Filed{Lot: cold, Samples: []Sample{with(swab, func(s *Sample) { s.Resulted, s.Outcome = time.Time{}, "" })}, Treatments: []Treatment{outer}}, "negative"},
		"too few spots":     {Filed{Lot: cold, Samples: []Sample{with(swab, func(s *Sample) { s.Spots = 2 })}, Treatments: []Treatment{outer}}, "negative"},
		"retracted":         {Filed{Lot: cold, Samples: []Sample{with(swab, func(s *Sample) { s.State = Retracted })}, Treatments: []Treatment{outer}}, "negative"},
		"sealed":            {Filed{Lot: sealed, Samples: []Sample{swab, bad}, Treatments: []Treatment{outer}}, "disinfect_again negative_again"},
		"sampled too early": {Filed{Lot: sealed, Samples: []Sample{swab, bad, with(swab, func(s *Sample) { s.ID, s.Collected = "s3", at(10) })}, Treatments: []Treatment{outer, {ID: "d2", What: Inner, At: at(12)}}}, "negative_again"},
		"sealed, clean": {Filed{Lot: sealed, Samples: []Sample{swab, bad, with(swab, func(s *Sample) { s.ID, s.Collected = "s3", at(13) })},
			Treatments: []Treatment{outer, {ID: "d2", What: Inner, At: at(12)}}}, ""},
		"mail unrested": {Filed{Lot: mail, Now: at(23), Treatments: []Treatment{outer}}, "rest"},
		"mail rested":   {Filed{Lot: mail, Now: at(24), Treatments: []Treatment{outer}}, ""},
	} {
		if got := lacks(c.f); got != c.want {
			t.Errorf("%s: lacks %q, want %q", name, got, c.want)
		}
	}
	if c := r.Checks(Filed{Lot: touched, Treatments: []Treatment{outer}}); !c[0].Late {
		t.Error("a disinfection after the first contact is not told as late")
	}
	if s, ok := Standing([]Sample{swab, bad}); !ok || s.ID != "s2" {
		t.Errorf("standing %v", s)
	}
}

// A file is refused with its place for whatever would let goods out unseen. IMP-06.
func TestFilesAreStrict(t *testing.T) {
	src, err := files.Files.ReadFile("yc-goods-2021-05-14.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string][2]string{
		"unknown key":   {"disease:", "diseases: x\ndisease:"},
		"no need":       {"need: disinfect", "need: pray"},
		"no part":       {"what: [outer]", "what: [lid]"},
		"rest for ever": {"hours: 24\n        text: {zh: 静置", "hours: 9999\n        text: {zh: 静置"},
		"no source":     {"source: 需求 §2.2 两小时", "source: ''"},
		"clock before":  {"after: discovered", "after: review"},
		"twice":         {"key: negative\n", "key: disinfect\n"},
		"one language":  {"en: imported cold chain food", "en: ''"},
		"overlap":       {"id: YC-GOODS-2021-05-14", "id: OTHER"},
		"days":          {"to: 2022-07-27", "to: 2020-01-01"},
	} {
		text := strings.Replace(string(src), c[0], c[1], 1)
		if text == string(src) {
			t.Fatalf("%s changes nothing", name)
		}
		_, err := Load(fstest.MapFS{"x.yaml": {Data: []byte(text)}})
		if !seawall.Is(err, seawall.Invalid) || !strings.Contains(err.Error(), "x.yaml") && !strings.Contains(err.Error(), "2021") {
			t.Errorf("%s: %v", name, err)
		}
	}
	if s, err := Load(fstest.MapFS{"x.yaml": {Data: src}}); err != nil || len(s.All()) != 2 {
		t.Errorf("a file that takes the other's place: %v", err)
	}
}

func day(t *testing.T, s string) seawall.Day {
	t.Helper()
	d, err := seawall.ParseDay(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}
