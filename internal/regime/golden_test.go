package regime

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/seawall-city/seawall"
)

var update = flag.Bool("update", false, "rewrite the expected text in testdata")

func shipped(t *testing.T) *Set {
	t.Helper()
	s, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// The text files hold commands and, after "----", what they must print. Run the
// test with -update after a change that is meant, and read the difference.
//
//	explain DISEASE CLASS last=DAY [first=DAY] [found="DAY HH:MM"] [lang=en] [susceptible]
//	whole ID [lang=en]
//	diff ID ID [lang=en]
//
// The regime is the one in force in CN on the day of discovery (else of the
// last exposure). Versions are blanked: they change with every edit of a file.
func TestGolden(t *testing.T) {
	s := shipped(t)
	version := regexp.MustCompile(`@[0-9a-f]{12}`)
	for _, name := range []string{"plans.txt", "texts.txt"} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join("testdata", name)
			b, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			var out strings.Builder
			for block := range strings.SplitSeq(strings.TrimSpace(string(b)), "\n\n====\n\n") {
				command, _, _ := strings.Cut(block, "\n----\n")
				command = strings.TrimSuffix(strings.TrimSpace(command), "\n----")
				got := version.ReplaceAllString(run(t, s, command), "@…")
				if out.Len() > 0 {
					out.WriteString("\n\n====\n\n")
				}
				out.WriteString(command + "\n----\n" + strings.TrimSpace(got))
			}
			out.WriteByte('\n')
			compare(t, path, out.String())
		})
	}
}

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
	if got == string(want) {
		return
	}
	g, w := strings.Split(got, "\n"), strings.Split(string(want), "\n")
	for i := range max(len(g), len(w)) {
		if i >= len(g) || i >= len(w) || g[i] != w[i] {
			t.Fatalf("%s:%d differs\n got: %s\nwant: %s", path, i+1, strings.Join(g[min(i, len(g)):min(i+3, len(g))], "\n      "),
				strings.Join(w[min(i, len(w)):min(i+3, len(w))], "\n      "))
		}
	}
}

// run carries out the last line of a block; lines before it are comments.
func run(t *testing.T, s *Set, block string) string {
	lines := strings.Split(block, "\n")
	command := lines[len(lines)-1]
	var words []string
	opt := map[string]string{"lang": "zh"}
	for _, m := range regexp.MustCompile(`(\w+)="([^"]*)"|(\S+)`).FindAllStringSubmatch(command, -1) {
		if m[1] != "" {
			opt[m[1]] = m[2]
		} else if k, v, ok := strings.Cut(m[3], "="); ok {
			opt[k] = v
		} else {
			words = append(words, m[3])
		}
	}
	var b strings.Builder
	var err error
	switch words[0] {
	case "explain":
		err = explain(t, &b, s, words[1:], opt)
	case "whole":
		err = Explain(&b, opt["lang"], byID(t, s, words[1]), "", Anchors{})
	case "diff":
		err = Diff(&b, opt["lang"], byID(t, s, words[1]), byID(t, s, words[2]))
	default:
		t.Fatalf("unknown command %q", command)
	}
	if err != nil {
		fmt.Fprintf(&b, "error: %v", err)
	}
	return b.String()
}

func explain(t *testing.T, b *strings.Builder, s *Set, words []string, opt map[string]string) error {
	a := Anchors{LastExposure: mustDay(t, opt["last"]), FirstExposure: mustDay(t, opt["first"]), Loc: shanghai(),
		Susceptible: len(words) > 2 && words[2] == "susceptible"}
	on := a.LastExposure
	if opt["found"] != "" {
		found, err := time.ParseInLocation("2006-01-02 15:04", opt["found"], shanghai())
		if err != nil {
			t.Fatal(err)
		}
		a.Discovered, on = found, seawall.DayOf(found, shanghai())
	}
	r, ok := s.InForce(words[0], "CN", on)
	if !ok {
		b.WriteString("no regime in force on " + on.String())
		return nil
	}
	return Explain(b, opt["lang"], r, words[1], a)
}

func byID(t *testing.T, s *Set, id string) *Regime {
	t.Helper()
	r, ok := s.ByID(id)
	if !ok {
		t.Fatalf("no regime %s", id)
	}
	return r
}

func mustDay(t *testing.T, s string) seawall.Day {
	t.Helper()
	d, err := seawall.ParseDay(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// Whatever somebody pastes into the linter, it answers: no panic, and each
// problem names a place in a file.
func FuzzCheck(f *testing.F) {
	s, err := Load()
	if err != nil {
		f.Fatal(err)
	}
	for _, pattern := range []string{"testdata/bad/*.yaml", "../../regimes/*.yaml"} {
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
		for _, p := range s.Check("x.yaml", src) {
			if p.File == "" || p.Line < 1 || p.Text.ZH == "" || p.Text.EN == "" {
				t.Errorf("%+v", p)
			}
		}
	})
}

// Every file of testdata/bad is refused with exactly the messages beside it, in
// both languages, each with its line and a caret.
func TestBadFiles(t *testing.T) {
	s := shipped(t)
	files, err := filepath.Glob("testdata/bad/*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatalf("no bad files: %v", err)
	}
	for _, path := range files {
		name := filepath.Base(path)
		t.Run(name, func(t *testing.T) {
			src, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			problems := s.Check(name, src)
			if len(problems) == 0 {
				t.Fatal("nothing found wrong with it")
			}
			var b strings.Builder
			for _, p := range problems {
				zh := p
				zh.Excerpt = ""
				b.WriteString(p.Format("en") + "\n" + zh.Format("zh") + "\n\n")
			}
			compare(t, strings.TrimSuffix(path, ".yaml")+".want", b.String())
			// The same file is refused on its way in from an office's directory.
			_, err = Load(fstest.MapFS{name: {Data: src}})
			if !seawall.Is(err, seawall.Invalid) || !strings.Contains(err.Error(), problems[0].Format("en")) {
				t.Errorf("Load: %v", err)
			}
			var out strings.Builder
			if err := Lint(&out, "en", fstest.MapFS{name: {Data: src}}); !seawall.Is(err, seawall.Invalid) {
				t.Errorf("Lint took it: %v", err)
			}
		})
	}
}
