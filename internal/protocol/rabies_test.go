package protocol

import (
	"context"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
	"time"
)

// Bites of animals were added from docs/protocols.md alone: a file, no Go. Each
// branch gives the doses it must; who has nobody to say that the animal is well
// keeps every dose.
func TestRabiesBitesAreAFile(t *testing.T) {
	src, err := os.ReadFile("../../examples/protocols/rabies-bite.yaml")
	if err != nil {
		t.Fatal(err)
	}
	p, problems := shipped(t).Check("rabies-bite.yaml", src)
	for _, pr := range problems {
		if !pr.Warning {
			t.Error(pr.Format("en"))
		}
	}
	if p == nil {
		t.Fatal("no protocol")
	}
	zone := shanghai()
	now := time.Date(2022, 3, 28, 9, 0, 0, 0, zone)
	whole := []string{"advise", "animal_end", "dose_d0", "dose_d14", "dose_d28", "dose_d3", "dose_d7", "immunoglobulin", "wash"}
	without := func(keys ...string) []string {
		return slices.DeleteFunc(slices.Clone(whole), func(k string) bool { return slices.Contains(keys, k) })
	}
	for name, c := range map[string]struct {
		change  map[string]any
		healthy any
		want    []string
	}{
		"category III":                   {nil, nil, whole},
		"category II":                    {map[string]any{"category": "ii"}, nil, without("immunoglobulin")},
		"category I":                     {map[string]any{"category": "i"}, nil, []string{"advise"}},
		"nobody can watch the animal":    {map[string]any{"animal_held": false}, nil, without("animal_end")},
		"the animal is well":             {nil, true, without("dose_d14", "dose_d28")},
		"the animal is ill":              {nil, false, whole},
		"vaccinated before":              {map[string]any{"vaccinated": true}, nil, without("immunoglobulin", "dose_d7", "dose_d14", "dose_d28")},
		"a wild animal, no one watching": {map[string]any{"animal": "other"}, nil, without("animal_end")},
	} {
		form, _ := p.Form("bite")
		answers := map[string]any{"bitten_on": "2022-03-27", "seen_at": "2022-03-28T08:40:00+08:00", "animal": "dog",
			"animal_held": true, "category": "iii", "vaccinated": false}
		maps.Copy(answers, c.change)
		values, bad := form.Check(context.Background(), answers, now)
		if len(bad) > 0 {
			t.Fatalf("%s: %v", name, bad)
		}
		s := Subject{Now: now, Zone: zone, No: "B-1", Values: values, Steps: map[string]Settled{}}
		if c.healthy != nil {
			s.Steps["animal_end"] = Settled{Done: now, Data: map[string]any{"healthy": c.healthy}}
		}
		plan, err := p.Plan(context.Background(), s)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, st := range plan.Steps {
			got = append(got, st.Key)
		}
		slices.Sort(got)
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}

// A condition that forgets those without an answer gets a warning: it would take
// their doses away.
func TestForgottenAnswersAreWarnedOf(t *testing.T) {
	src, err := os.ReadFile("../../examples/protocols/rabies-bite.yaml")
	if err != nil {
		t.Fatal(err)
	}
	set := shipped(t)
	about := func(body []byte) (n int) {
		_, problems := set.Check("rabies-bite.yaml", body)
		for _, p := range problems {
			if p.Warning && strings.Contains(p.Text.EN, "step.animal_end.healthy.given") {
				n++
			}
		}
		return n
	}
	if n := about(src); n != 0 {
		t.Errorf("%d warnings of a file that asks", n)
	}
	careless := strings.ReplaceAll(string(src), "!(step.animal_end.healthy.given && step.animal_end.healthy)", "!step.animal_end.healthy")
	if n := about([]byte(careless)); n != 2 {
		t.Errorf("%d warnings, want one for each of the two doses", n)
	}
}
