package protocol

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/seawall-city/seawall"
)

// tryOut plans a protocol of a test's own.
func tryOut(t *testing.T, src string, s Subject) Plan {
	t.Helper()
	p, problems := shipped(t).Check("x.yaml", []byte(src))
	if p == nil {
		t.Fatal(problems)
	}
	plan, err := p.Plan(context.Background(), s)
	if err != nil {
		t.Fatal(err)
	}
	return plan
}

// sketch writes a protocol with these steps.
func sketch(steps string) string {
	return `id: sketch
title: {zh: 草图, en: Sketch}
name: {zh: "草图 {no}", en: "Sketch {no}"}
subject: entry
places: [area]
parties: {department: {zh: 某科, en: A department}}
entry: bite
forms:
  - key: bite
    title: {zh: 登记, en: Record}
    fields:
      - {key: on, type: date, label: {zh: 日期, en: Day}, required: true}
      - {key: deep, type: yes_no, label: {zh: 深, en: Deep}}
      - {key: n, type: integer, label: {zh: 数, en: Number}}
  - key: dose
    title: {zh: 接种, en: Dose}
    fields:
      - {key: given_on, type: date, label: {zh: 日期, en: Day}, required: true}
      - {key: more, type: yes_no, label: {zh: 继续, en: More}, required: true}
steps:
` + steps + `close: {rule: all_done, outcome: done}
source: {zh: 例子, en: example}
`
}

// lastStep uses the form that other steps leave unused.
const lastStep = `  - {key: z, title: {zh: 末, en: Z}, due: {after: opened, hours: 1}, needs: form, form: dose}
`

func bitten() Subject {
	return Subject{Now: time.Date(2022, 3, 28, 9, 0, 0, 0, shanghai()), Zone: shanghai(), No: "1", Values: map[string]any{"on": "2022-03-27"}}
}

// due words the steps of a plan: key, due time, w for waiting.
func due(plan Plan) string {
	var out []string
	for _, s := range plan.Steps {
		line := s.Key
		if !s.Due.IsZero() {
			line += " " + s.Due.In(shanghai()).Format("01-02 15:04")
		}
		if s.Waiting {
			line += " w:" + strings.Join(s.After, "+")
		}
		out = append(out, line)
	}
	for _, s := range plan.Series {
		out = append(out, fmt.Sprintf("%s %s..%s", s.Key, s.From, s.To))
	}
	return strings.Join(out, ", ")
}

const doses = `  - {key: first, title: {zh: 甲, en: A}, due: {after: form.on, days: 0}, needs: form, form: dose}
  - {key: second, title: {zh: 乙, en: B}, due: {after: step.first.given_on, days: 3}, needs: form, form: dose}
  - {key: third, title: {zh: 丙, en: C}, when: step.second.more, due: {after: step.first, hours: 36}, needs: note}
  - {key: watch, title: {zh: 丁, en: D}, when: step.first.more, daily: {from: step.first.given_on+1, to: step.first.given_on+10, per_day: "2", hour: 18}, needs: note}
  - {key: last, title: {zh: 戊, en: E}, due: {after: opened, hours: 1}, after: [third], needs: note}
`

// A step that counts from another waits for it; when its turn comes it counts from
// the day that was really given, not from the day planned. A condition on an
// answer that is still to come keeps the step waiting, and takes it away or lets
// it stand once the answer is there.
func TestStepsThatDependOnOthers(t *testing.T) {
	s := bitten()
	want := "first 03-27 23:59, second w:first, third w:first+second, last 03-28 10:00 w:third"
	if got := due(tryOut(t, sketch(doses), s)); got != want {
		t.Errorf("at first:\n got %s\nwant %s", got, want)
	}
	given := time.Date(2022, 3, 30, 11, 0, 0, 0, shanghai())
	s.Steps = map[string]Settled{"first": {Done: given, Data: map[string]any{"given_on": "2022-03-29", "more": true}}}
	want = "first 03-27 23:59, second 04-01 23:59, third 03-31 23:00 w:first+second, last 03-28 10:00 w:third, watch 2022-03-30..2022-04-08"
	if got := due(tryOut(t, sketch(doses), s)); got != want {
		t.Errorf("after the first:\n got %s\nwant %s", got, want)
	}
	s.Steps["second"] = Settled{Done: given, Data: map[string]any{"given_on": "2022-04-01", "more": false}}
	want = "first 03-27 23:59, second 04-01 23:59, last 03-28 10:00, watch 2022-03-30..2022-04-08"
	if got := due(tryOut(t, sketch(doses), s)); got != want {
		t.Errorf("after the second, no more:\n got %s\nwant %s", got, want)
	}
	p, _ := shipped(t).Check("x.yaml", []byte(sketch(doses)))
	again, _ := shipped(t).ByID("followup")
	if !p.Again() || again.Again() {
		t.Error("who has to be planned again")
	}
}

// The first step said to be impossible gives no day: whoever counts from it waits
// for ever, and is not made to start at another day.
func TestImpossibleStepGivesNoDay(t *testing.T) {
	s := bitten()
	s.Steps = map[string]Settled{"first": {}}
	for _, st := range tryOut(t, sketch(doses), s).Steps {
		if st.Key == "second" && !st.Due.IsZero() {
			t.Errorf("due %s though the first dose was never given", st.Due)
		}
	}
}

// What nobody knows makes a condition false, and the trace says what was missing;
// a condition that breaks leaves the duty there and takes a restriction away.
func TestConditionsOnTheUnknown(t *testing.T) {
	steps := `  - {key: a, title: {zh: 甲, en: A}, when: form.deep, due: {after: opened, hours: 1}}
  - {key: b, title: {zh: 乙, en: B}, when: "!form.deep.given", due: {after: opened, hours: 1}}
  - {key: c, title: {zh: 丙, en: C}, when: "form.deep || days(form.on, now) == 1", due: {after: opened, hours: 1}}
  - {key: d, title: {zh: 丁, en: D}, when: "10 / form.n == 5", due: {after: opened, hours: 1}}
` + lastStep
	s := bitten()
	s.Values["n"] = 0
	plan := tryOut(t, sketch(steps), s)
	var keys []string
	for _, st := range plan.Steps {
		keys = append(keys, st.Key)
	}
	if !slices.Equal(keys, []string{"b", "c", "d", "z"}) {
		t.Errorf("%v", keys)
	}
	for key, want := range map[string]string{"a": "form.deep is not known", "d": "cannot be computed"} {
		at := slices.IndexFunc(plan.Trace, func(l Line) bool { return l.Step == key })
		if !strings.Contains(plan.Trace[at].Why.EN, want) || plan.Trace[at].Why.ZH == "" {
			t.Errorf("%s: %v", key, plan.Trace[at])
		}
	}
}

// A condition that would cost too much is stopped, whatever it is given, and
// takes no step away, also where something else in it is unknown.
func TestConditionsAreBounded(t *testing.T) {
	list := "[" + strings.TrimSuffix(strings.Repeat("1,", 60), ",") + "]"
	costly := list + ".exists(a, " + list + ".exists(b, " + list + ".exists(c, a + b + c == form.n)))"
	for _, when := range []string{costly, costly + " || form.deep"} {
		steps := `  - {key: a, title: {zh: 甲, en: A}, when: "` + when + `", due: {after: opened, hours: 1}}
` + lastStep
		s := bitten()
		s.Values["n"] = 99
		plan := tryOut(t, sketch(steps), s)
		if len(plan.Steps) != 2 || !strings.Contains(plan.Trace[0].Why.EN, "cannot be computed") {
			t.Errorf("%v", plan.Trace)
		}
	}
}

// The same subject gives the same plan, for many at once.
func TestPlansAreRepeatable(t *testing.T) {
	p, _ := shipped(t).ByID("needlestick")
	s := bitten()
	s.Values = map[string]any{"hurt_at": "2022-03-27T13:30:00Z", "hurt_on": "2022-03-27", "depth": "deep", "source": "unknown", "immune": false}
	first, err := p.Plan(context.Background(), s)
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan string)
	for range 8 {
		go func() {
			got, err := p.Plan(context.Background(), s)
			done <- fmt.Sprint(due(got), got.Trace, err)
		}()
	}
	for range 8 {
		if got, want := <-done, fmt.Sprint(due(first), first.Trace, nil); got != want {
			t.Errorf("%s\nwant %s", got, want)
		}
	}
}

// A figure of the regime goes before the file's own, which stands in where the
// regime says nothing; a clock of neither is none.
func TestFiguresOfTheRegime(t *testing.T) {
	src := `id: sketch
title: {zh: 草图, en: Sketch}
name: {zh: "草图 {no}", en: "Sketch {no}"}
subject: arrival
places: [stay]
parties: {department: {zh: 某科, en: A department}}
steps:
  - {key: a, title: {zh: 甲, en: A}, due: {after: arrived, figure: report_hours, else_hours: 6}, needs: note}
  - {key: b, title: {zh: 乙, en: B}, due: {after: arrived, figure: location_hours}, needs: note}
close: {rule: all_done, outcome: done}
source: {zh: 例子, en: example}
`
	s := bitten()
	s.Events = map[string]time.Time{"arrived": s.Now}
	if got := due(tryOut(t, src, s)); got != "a 03-28 15:00, b" {
		t.Error(got)
	}
	s.Figures = map[string]int{"report_hours": 2, "location_hours": 8}
	if got := due(tryOut(t, src, s)); got != "a 03-28 11:00, b 03-28 17:00" {
		t.Error(got)
	}
	s.Events = nil
	if got := due(tryOut(t, src, s)); got != "a w:, b w:" {
		t.Error(got)
	}
}

// An office's file takes the place of the shipped one with its id, and its version
// is another one; two files of one directory with one id are refused.
func TestOfficeFilesTakeTheirPlace(t *testing.T) {
	own := strings.Replace(sketch(doses), "id: sketch", "id: cluster", 1)
	before, _ := shipped(t).ByID("cluster")
	set, err := Load(Known{}, fstest.MapFS{"mine.yaml": {Data: []byte(own)}})
	if err != nil {
		t.Fatal(err)
	}
	now, _ := set.ByID(before.Ref())
	if now.Title.EN != "Sketch" || now.Version == before.Version || len(set.All()) != len(shipped(t).All()) {
		t.Errorf("%s instead of %s", now.Ref(), before.Ref())
	}
	_, err = Load(Known{}, fstest.MapFS{"a.yaml": {Data: []byte(own)}, "b.yaml": {Data: []byte(own)}})
	if !seawall.Is(err, seawall.Invalid) || !strings.Contains(err.Error(), "used in a.yaml already") {
		t.Error(err)
	}
}

// The restriction of a step ends, says why and can be appealed; what lies in the
// past restricts nobody.
func TestRestrictionsEnd(t *testing.T) {
	src := `id: sketch
title: {zh: 草图, en: Sketch}
name: {zh: "草图 {no}", en: "Sketch {no}"}
subject: contact
places: [home]
parties: {department: {zh: 某科, en: A department}}
steps:
  - key: stay
    title: {zh: 居家, en: Stay at home}
    due: {after: discovered, hours: 4}
    needs: note
    restrict: {kind: home, after: last_exposure, max_days: 7, reason: {zh: "请自{from}至{to}居家", en: "Please stay at home from {from} to {to}"}, appeal_hours: 8}
close: {rule: all_done, outcome: done}
source: {zh: 例子, en: example}
`
	s := bitten()
	s.Events = map[string]time.Time{"discovered": s.Now, "last_exposure": s.Now.AddDate(0, 0, -3)}
	got := tryOut(t, src, s).Restrictions
	if len(got) != 1 || got[0].From.String() != "2022-03-28" || got[0].To.String() != "2022-04-01" || got[0].AppealHours != 8 ||
		got[0].Reason.EN != "Please stay at home from 2022-03-28 to 2022-04-01" {
		t.Errorf("%+v", got)
	}
	s.Events["last_exposure"] = s.Now.AddDate(0, 0, -9)
	if got := tryOut(t, src, s).Restrictions; len(got) != 0 {
		t.Errorf("%+v", got)
	}
}
