package scenario_test

import (
	"context"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/seawall-city/seawall/internal/auth"
	"github.com/seawall-city/seawall/internal/scenario"
)

// elsewhere lists what no shipped scenario reaches, with the reason.
var elsewhere = map[string]string{
	"step investigation/clock":  "each clock of the rule file is a step of its own name: report, core, full",
	"step followup/test":        "each day is a step of its own name: test-1, test-4, …",
	"step followup/prophylaxis": "each window is a step of its own name: prophylaxis-mmr, …",
	"step arrival/test":         "each day is a step of its own name",
	"step arrival/stage":        "each change of place is a step of its own name: stage-home",
	"page /":                    "leads on to the first page of the role",
	"page /:rest(.*)*":          "any address that is no page; /nowhere is one",
}

// union adds what a scenario has reached.
func union(into, more scenario.Seen) {
	for _, pair := range [][2]map[string]bool{{into.Operations, more.Operations}, {into.Roles, more.Roles}, {into.Pages, more.Pages},
		{into.Steps, more.Steps}, {into.Clocks, more.Clocks}, {into.Protocols, more.Protocols}, {into.Verbs, more.Verbs}} {
		maps.Copy(pair[0], pair[1])
	}
}

func nothing() scenario.Seen {
	return scenario.Seen{Operations: map[string]bool{}, Roles: map[string]bool{}, Pages: map[string]bool{}, Steps: map[string]bool{},
		Clocks: map[string]bool{}, Protocols: map[string]bool{}, Verbs: map[string]bool{}}
}

// reached asserts that the shipped scenarios reach every directive, operation,
// role, protocol, step and, where a browser looked, every page.
func reached(t *testing.T, seen scenario.Seen, pages bool) {
	t.Helper()
	want := map[string]bool{}
	for _, d := range scenario.Directives() {
		want["directive "+d.Verb] = seen.Verbs[d.Verb]
	}
	for _, id := range spec(t).IDs() {
		want["operation "+id] = seen.Operations[id]
	}
	policies, err := auth.Load(nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range policies.Roles() {
		if !r.Abstract {
			want["role "+r.ID] = seen.Roles[r.ID]
		}
	}
	for _, c := range []string{"due", "climb"} {
		want["clock "+c] = seen.Clocks[c]
	}
	for id, keys := range protocols(t) {
		want["protocol "+id] = seen.Protocols[id]
		for _, k := range keys {
			want["step "+id+"/"+k] = seen.Steps[id+"/"+k]
		}
	}
	if pages {
		for _, p := range routes(t) {
			want["page "+p] = visited(seen.Pages, p)
		}
	}
	for what, ok := range want {
		if _, listed := elsewhere[what]; !ok && !listed {
			t.Errorf("%s: no scenario reaches it", what)
		}
	}
}

// protocols gives the shipped protocols with the keys of their steps.
func protocols(t *testing.T) map[string][]string {
	t.Helper()
	files, err := filepath.Glob("../../protocols/*.yaml")
	if err != nil || len(files) < 3 {
		t.Fatalf("%d protocols: %v", len(files), err)
	}
	id, key := regexp.MustCompile(`(?m)^id: (\S+)`), regexp.MustCompile(`(?m)^  - key: (\S+)`)
	out := map[string][]string{}
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		name := id.FindStringSubmatch(string(b))[1]
		_, steps, _ := strings.Cut(string(b), "\nsteps:\n")
		if i := regexp.MustCompile(`(?m)^\w`).FindStringIndex(steps); i != nil {
			steps = steps[:i[0]]
		}
		out[name] = nil
		for _, m := range key.FindAllStringSubmatch(steps, -1) {
			out[name] = append(out[name], m[1])
		}
	}
	return out
}

// routes gives the addresses of the staff's pages.
func routes(t *testing.T) []string {
	t.Helper()
	b, err := os.ReadFile("../../web/src/router.ts")
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, m := range regexp.MustCompile(`path: '([^']+)', component`).FindAllStringSubmatch(string(b), -1) {
		out = append(out, m[1])
	}
	return out
}

// visited reports whether a page of a route was looked at.
func visited(pages map[string]bool, route string) bool {
	form := regexp.MustCompile(`/:\w+\?`).ReplaceAllString(route, `(/[^/]+)?`)
	form = regexp.MustCompile(`:\w+`).ReplaceAllString(form, `[^/]+`)
	match, err := regexp.Compile("^" + form + `(\?.*)?$`)
	if err != nil {
		return false
	}
	for p := range pages {
		if match.MatchString(p) {
			return true
		}
	}
	return false
}

// The worked example of the documentation is filled in by rewriting and then
// holds.
func TestTheWorkedExample(t *testing.T) {
	b, err := os.ReadFile("../../docs/scenarios.md")
	if err != nil {
		t.Fatal(err)
	}
	_, text, ok := strings.Cut(string(b), "```\ntitle ")
	text, _, closed := strings.Cut(text, "```")
	if !ok || !closed {
		t.Fatal("no example")
	}
	o := options(t, "")
	o.Browser, o.Rewrite = "", true
	out, err := scenario.Run(context.Background(), "class.txt", "title "+text, spec(t), o)
	if err != nil || len(out.Problems) > 0 || out.Rewritten == "" {
		t.Fatalf("%v %v", err, out.Problems)
	}
	for _, want := range []string{"until=2022-04-18", "| prophylaxis-mmr | 2022-03-31 00:00 | open  |", "| prophylaxis-ig  | 2022-04-03 00:00 | open  |"} {
		if !strings.Contains(out.Rewritten, want) {
			t.Errorf("%q is not in\n%s", want, out.Rewritten)
		}
	}
	o.Rewrite = false
	if out, err = scenario.Run(context.Background(), "class.txt", out.Rewritten, spec(t), o); err != nil || len(out.Problems) > 0 {
		t.Errorf("it does not hold: %v %v", err, out.Problems)
	}
}
