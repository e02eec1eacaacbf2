package scenario_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/seawall-city/seawall/internal/scenario"
)

// What is wrong with a scenario, and the message that it gets in both languages,
// stands in testdata/bad: NAME.txt and NAME.want. Run with -update after a wanted
// change and read the difference.
func TestBadScenarios(t *testing.T) {
	files, err := filepath.Glob("testdata/bad/*.txt")
	if err != nil || len(files) < 30 {
		t.Fatalf("%d bad scenarios: %v", len(files), err)
	}
	s := spec(t)
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			o := options(t, "")
			o.Rewrite, o.Browser = false, ""
			out, err := scenario.Run(context.Background(), filepath.Base(file), string(text), s, o)
			if err != nil {
				t.Fatal(err)
			}
			got := ""
			for _, lang := range []string{"en", "zh"} {
				for _, p := range out.Problems {
					got += p.Render(wording(t, lang))
				}
			}
			if got == "" {
				t.Fatal("nothing is wrong with it")
			}
			want := strings.TrimSuffix(file, ".txt") + ".want"
			if *update {
				if err := os.WriteFile(want, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			b, err := os.ReadFile(want)
			if err != nil {
				t.Fatal(err)
			}
			if got != string(b) {
				t.Errorf("got\n%s\nwant\n%s", got, b)
			}
		})
	}
}

// Rewriting puts what came in the place of what was expected and changes nothing
// else; what it wrote then holds.
func TestRewrite(t *testing.T) {
	text, err := os.ReadFile("testdata/rewrite/before.txt")
	if err != nil {
		t.Fatal(err)
	}
	o := options(t, "")
	o.Rewrite, o.Browser = true, ""
	out, err := scenario.Run(context.Background(), "rewrite.txt", string(text), spec(t), o)
	if err != nil || len(out.Problems) > 0 {
		t.Fatalf("%v %v", err, out.Problems)
	}
	if *update {
		if err := os.WriteFile("testdata/rewrite/after.txt", []byte(out.Rewritten), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile("testdata/rewrite/after.txt")
	if err != nil {
		t.Fatal(err)
	}
	if out.Rewritten != string(want) {
		t.Errorf("rewritten\n%s\nwant\n%s", out.Rewritten, want)
	}
	o.Rewrite = false
	if out, err = scenario.Run(context.Background(), "rewrite.txt", string(want), spec(t), o); err != nil || len(out.Problems) > 0 {
		t.Errorf("what was rewritten does not hold: %v %v", err, out.Problems)
	}
}

// Whatever a file holds, reading it neither panics nor stays silent: it gives
// steps, or problems that say where and what in both languages.
func FuzzParse(f *testing.F) {
	for _, pattern := range []string{"testdata/bad/*.txt", "../../examples/scenarios/*.txt"} {
		files, _ := filepath.Glob(pattern)
		for _, file := range files {
			if b, err := os.ReadFile(file); err == nil {
				f.Add(string(b))
			}
		}
	}
	s := spec(f)
	en, zh := wording(f, "en"), wording(f, "zh")
	f.Fuzz(func(t *testing.T, text string) {
		script, problems := scenario.Parse("x.txt", text)
		if len(problems) == 0 {
			problems = scenario.Check(script, s)
		}
		if len(problems) == 0 && len(script.Steps) == 0 {
			t.Fatalf("neither steps nor problems: %q", text)
		}
		for _, p := range problems {
			if p.Pos.Line < 1 || p.Pos.Line > len(script.Lines) || p.Pos.Col < 1 || p.Pos.Col > len([]rune(p.Source))+1 {
				t.Fatalf("%q: place %v of %d lines, %q", text, p.Pos, len(script.Lines), p.Source)
			}
			for _, say := range []scenario.Wording{en, zh} {
				if r := p.Render(say); len(r) < 20 || !strings.Contains(r, "^") {
					t.Fatalf("%q explains nothing: %q", text, r)
				}
			}
		}
	})
}
