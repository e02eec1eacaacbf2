package scenario_test

import (
	"context"
	"flag"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/seawall-city/seawall/internal/app"
	"github.com/seawall-city/seawall/internal/cli"
	"github.com/seawall-city/seawall/internal/locale"
	"github.com/seawall-city/seawall/internal/scenario"
	"github.com/seawall-city/seawall/internal/store/storetest"
	"github.com/seawall-city/seawall/internal/webui"
)

var update = flag.Bool("update", false, "write what came into testdata and into the example scenarios")

// examples are the scenarios that ship.
func examples(t testing.TB) []string {
	t.Helper()
	files, err := filepath.Glob("../../examples/scenarios/*.txt")
	if err != nil || len(files) < 4 {
		t.Fatalf("%d scenarios: %v", len(files), err)
	}
	return files
}

func spec(t testing.TB) *scenario.Spec {
	t.Helper()
	b, err := app.OpenAPI("test")
	if err != nil {
		t.Fatal(err)
	}
	s, err := scenario.ReadSpec(b)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func wording(t testing.TB, lang string) scenario.Wording {
	t.Helper()
	texts, err := locale.Load()
	if err != nil {
		t.Fatal(err)
	}
	return func(code string, args map[string]string) string {
		if !texts.Has(code) {
			t.Errorf("code %q has no message", code)
		}
		return texts.Render(lang, code, args)
	}
}

// options run a scenario as the command does. Pages are looked at on SQLite,
// where a Chromium is installed and the pages are built.
func options(t testing.TB, database string) scenario.Options {
	t.Helper()
	o := scenario.Options{Host: app.ScenarioHost{}, Lang: "en", Version: "test", Say: wording(t, "en"), Database: database, PageWait: 30 * time.Second, Rewrite: *update,
		Command: func(ctx context.Context, args []string, out, errs io.Writer) int {
			return cli.Run(ctx, args, cli.Streams{In: strings.NewReader(""), Out: out, Err: errs}, "test")
		}}
	if path, err := exec.LookPath("chromium"); err == nil && database == "" && webui.Built() {
		o.Browser = path
	}
	return o
}

// play runs one scenario file.
func play(t *testing.T, file string, o scenario.Options) *scenario.Outcome {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	out, err := scenario.Run(context.Background(), file, string(text), spec(t), o)
	if err != nil {
		t.Fatal(err)
	}
	if out.Rewritten != "" {
		if err := os.WriteFile(file, []byte(out.Rewritten), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return out
}

// Every scenario that ships holds on both databases. S2, S4, S6, S8, IMP-04,
// RES-02, GOV-08.
func TestScenarios(t *testing.T) {
	seen, pages := nothing(), options(t, "").Browser != ""
	for _, file := range examples(t) {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) {
			for _, kind := range []string{"sqlite", "postgres"} {
				t.Run(kind, func(t *testing.T) {
					database := ""
					if kind == "postgres" {
						database = storetest.PostgresURL(t, "")
					}
					out := play(t, file, options(t, database))
					for _, p := range out.Problems {
						t.Error(p.Render(wording(t, "en")))
					}
					if out.Steps < 5 {
						t.Errorf("%d steps", out.Steps)
					}
					union(seen, out.Seen)
				})
			}
		})
	}
	reached(t, seen, pages)
}

// A scenario repeats itself: the same seed gives the same text twice.
func TestAScenarioRepeatsItself(t *testing.T) {
	const text = "clock 2022-03-28 16:00\nseed 7\nas epidemiologist\ncase $a home=320924100\n" +
		"expect $a no= id= mask=\nwait 3h\nexpect clocks=\n"
	o := options(t, "")
	o.Rewrite = true
	var first string
	for range 2 {
		out, err := scenario.Run(context.Background(), "twice.txt", text, spec(t), o)
		if err != nil || len(out.Problems) > 0 || out.Rewritten == "" {
			t.Fatalf("%v %v %q", err, out.Problems, out.Rewritten)
		}
		if first != "" && out.Rewritten != first {
			t.Errorf("first\n%s\nthen\n%s", first, out.Rewritten)
		}
		first = out.Rewritten
	}
}
