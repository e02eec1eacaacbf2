package seawall_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// docs/requirements.md maps each phrase of the source text to where it is built.
// What it names must exist; what does not work yet must say so.
func TestRequirementsNameWhatExists(t *testing.T) {
	text := read(t, "docs/requirements.md")
	tests := testNames(t)
	screens := read(t, "web/src/router.ts")
	public := read(t, "internal/webui/webui.go")
	commands := regexp.MustCompile(`(?m)^\t[A-Z]`).ReplaceAllStringFunc(read(t, "internal/cli/cli.go"), strings.ToLower)
	rows := 0
	for line := range strings.SplitSeq(text, "\n") {
		cells := strings.Split(line, "|")
		if len(cells) != 8 || !regexp.MustCompile(`^ [A-Z]{3}-\d+ |^ [A-Z]{2}-\d+ `).MatchString(cells[1]) {
			continue
		}
		rows++
		for i := range cells {
			cells[i] = strings.TrimSpace(cells[i])
		}
		id, phrase, state, pkg, where, test := cells[1], cells[2], cells[3], cells[4], cells[5], cells[6]
		if phrase == "" || state == "" {
			t.Errorf("%s: phrase and state are needed", id)
		}
		built := strings.HasPrefix(state, "works") || strings.HasPrefix(state, "part")
		if built && (pkg == "" || where == "" || test == "") {
			t.Errorf("%s is said to work: name its package, its screen or command, and its test", id)
		}
		if !built && !strings.HasPrefix(state, "not yet") && !strings.HasPrefix(state, "context") {
			t.Errorf("%s: the state %q is none of works, part, not yet, context", id, state)
		}
		if pkg != "" && !isDir(pkg) {
			t.Errorf("%s: there is no package %s", id, pkg)
		}
		for _, w := range strings.Fields(where) {
			kind, name, _ := strings.Cut(w, ":")
			switch {
			case kind == "screen" && !strings.Contains(screens, "path: '"+name+"'"):
				t.Errorf("%s: there is no page %s in web/src/router.ts", id, name)
			case kind == "cmd" && !regexp.MustCompile(`(?m)^\t`+name+` +\w+Cmd +.cmd:|Cmd +.cmd:.*name:"`+name+`"`).MatchString(commands):
				t.Errorf("%s: there is no command %s", id, name)
			case kind == "page" && !strings.Contains(public, `"`+strings.TrimPrefix(name, "/")):
				t.Errorf("%s: internal/webui serves no page %s", id, name)
			case kind != "screen" && kind != "cmd" && kind != "page":
				t.Errorf("%s: %q is none of screen:…, page:… and cmd:…", id, w)
			}
		}
		for _, name := range strings.Fields(test) {
			if !tests[name] {
				t.Errorf("%s: there is no test %s", id, name)
			}
		}
	}
	if rows != 111 {
		t.Errorf("the table has %d rows, want one for each of the 111 phrases", rows)
	}
}

func read(t *testing.T, path string) string {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func isDir(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}

// testNames lists every Go test of the repository.
func testNames(t *testing.T) map[string]bool {
	t.Helper()
	names := map[string]bool{}
	decl := regexp.MustCompile(`(?m)^func (Test\w+|Fuzz\w+)\(`)
	err := filepath.WalkDir(".", func(path string, d os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (d.Name() == "node_modules" || d.Name() == ".git") {
			return filepath.SkipDir
		}
		if strings.HasSuffix(path, "_test.go") {
			for _, m := range decl.FindAllStringSubmatch(read(t, path), -1) {
				names[m[1]] = true
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return names
}
