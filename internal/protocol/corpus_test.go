package protocol

import (
	"context"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/seawall-city/seawall"
)

var update = flag.Bool("update", false, "rewrite the expected text in testdata")

// roles are those that the tests' files may name.
func roles() Known { return Known{Roles: []string{"duty_officer", "epidemiologist"}} }

// compare checks got against the file, or rewrites the file under -update.
func compare(t *testing.T, path, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	g, w := strings.Split(got, "\n"), strings.Split(string(want), "\n")
	for i := range max(len(g), len(w)) {
		if i >= len(g) || i >= len(w) || g[i] != w[i] {
			t.Fatalf("%s:%d differs\n got: %s\nwant: %s", path, i+1, strings.Join(g[min(i, len(g)):min(i+3, len(g))], "\n      "),
				strings.Join(w[min(i, len(w)):min(i+3, len(w))], "\n      "))
		}
	}
}

// Every file of testdata/bad is refused with exactly the messages beside it, in
// both languages, each with its place and a caret, by the linter and on its way in
// from an office's directory.
func TestBadFiles(t *testing.T) {
	s, err := Load(roles())
	if err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob("testdata/bad/*.yaml")
	if err != nil || len(files) < 90 {
		t.Fatalf("%d bad files: %v", len(files), err)
	}
	for _, path := range files {
		name := filepath.Base(path)
		t.Run(name, func(t *testing.T) {
			src, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			p, problems := s.Check(name, src)
			if p != nil || len(problems) == 0 {
				t.Fatal("nothing found wrong with it")
			}
			var b strings.Builder
			for _, p := range problems {
				zh := p
				zh.Excerpt = ""
				b.WriteString(p.Format("en") + "\n" + zh.Format("zh") + "\n\n")
				if p.Excerpt == "" && p.Path != "" && !p.Warning {
					t.Errorf("no excerpt: %s", p.Format("en"))
				}
			}
			compare(t, strings.TrimSuffix(path, ".yaml")+".want", b.String())
			if _, err = Load(roles(), fstest.MapFS{name: {Data: src}}); !seawall.Is(err, seawall.Invalid) {
				t.Errorf("Load: %v", err)
			}
			var out strings.Builder
			if err := s.LintFile(&out, "zh", name, src); !seawall.Is(err, seawall.Invalid) {
				t.Errorf("the linter took it: %v", err)
			}
		})
	}
}

// Whatever somebody pastes into the linter, it answers: no panic, each problem
// names a place and words in both languages, and what it takes can be explained,
// compared and planned.
func FuzzLoad(f *testing.F) {
	s, err := Load(roles())
	if err != nil {
		f.Fatal(err)
	}
	for _, pattern := range []string{"testdata/bad/*.yaml", "../../protocols/*.yaml"} {
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
	f.Fuzz(func(t *testing.T, src []byte) {
		p, problems := s.Check("x.yaml", src)
		wrong := false
		for _, x := range problems {
			wrong = wrong || !x.Warning
			if x.File == "" || x.Line < 1 || x.Column < 1 || x.Text.ZH == "" || x.Text.EN == "" {
				t.Errorf("%+v", x)
			}
		}
		if wrong != (p == nil) {
			t.Fatalf("taken: %v, problems: %v", p != nil, problems)
		}
		if p == nil {
			return
		}
		var b strings.Builder
		if err := Explain(&b, "zh", p); err != nil {
			t.Error(err)
		}
		if rows := DiffRows(p, p); len(rows) != 0 {
			t.Errorf("differs from itself: %v", rows)
		}
		if _, err := p.Plan(context.Background(), Subject{}); err != nil && !seawall.Is(err, seawall.Invalid) {
			t.Error(err)
		}
	})
}
