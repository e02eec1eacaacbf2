package cli_test

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/seawall-city/seawall/internal/cli"
)

var update = flag.Bool("update", false, "write what the commands print into testdata")

// What commands print, in both languages, and how they end stands in
// testdata/*.txt: a line "$ seawall …" and below it standard output, lines of
// standard error after "2>", and the exit code where it is not 0. $DIR is an
// empty directory. Run with -update after a wanted change and read the
// difference.
func TestCommandsPrint(t *testing.T) {
	for _, name := range []string{"SEAWALL_LANG", "SEAWALL_CONFIG", "SEAWALL_DATABASE"} {
		t.Setenv(name, "")
		os.Unsetenv(name)
	}
	t.Setenv("LANG", "C")
	files, err := filepath.Glob("testdata/*.txt")
	if err != nil || len(files) < 4 {
		t.Fatalf("%d files in testdata: %v", len(files), err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			dir, got, n := t.TempDir(), "", 0
			for line := range strings.SplitSeq(string(want), "\n") {
				args, ok := strings.CutPrefix(line, "$ seawall")
				if !ok {
					continue
				}
				n++
				got += line + "\n" + transcript(strings.Fields(args), dir) + "\n"
			}
			if n == 0 {
				t.Fatal("no command")
			}
			if got = strings.TrimRight(got, "\n") + "\n"; *update {
				if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if got != string(want) {
				t.Errorf("the commands print\n%s\nwant\n%s", got, want)
			}
		})
	}
}

// transcript runs a command and gives what it did as testdata has it, what
// differs from machine to machine replaced.
func transcript(args []string, dir string) string {
	for i := range args {
		args[i] = strings.ReplaceAll(args[i], "$DIR", dir)
	}
	var out, errs bytes.Buffer
	code := cli.Run(context.Background(), args, cli.Streams{In: strings.NewReader(""), Out: &out, Err: &errs}, "1.2.3")
	text := out.String()
	for line := range strings.SplitSeq(strings.TrimRight(errs.String(), "\n"), "\n") {
		if line != "" {
			text += "2> " + line + "\n"
		}
	}
	if code != 0 {
		text += fmt.Sprintf("exit %d\n", code)
	}
	text = strings.ReplaceAll(text, dir, "$DIR")
	text = regexp.MustCompile(`. pages  .*`).ReplaceAllString(text, "· pages       as built")
	text = regexp.MustCompile(`@[0-9a-f]{12}\b`).ReplaceAllString(text, "@HASH")
	return regexp.MustCompile(`\d+ MiB`).ReplaceAllString(text, "N MiB")
}

// Every command, argument and flag has help, and it is there in Chinese too.
func TestHelpInChinese(t *testing.T) {
	var help func(path string)
	han := regexp.MustCompile(`\p{Han}`)
	row := regexp.MustCompile(`^ +(?:-\w, )?(?:--[\w-]+\S*|<\S+>|[a-z]+(?: [a-z]+)?)(?: \.\.\.)?(?:  +(.*))?$`)
	seen := 0
	help = func(path string) {
		text := transcript(append([]string{"--lang", "zh", "help"}, strings.Fields(path)...), "$DIR")
		lines := strings.Split(text, "\n")
		for i, line := range lines {
			m := row.FindStringSubmatch(line)
			if m == nil {
				continue
			}
			seen++
			words := m[1]
			if words == "" && i+1 < len(lines) {
				words = lines[i+1]
			}
			if !han.MatchString(words) && !strings.Contains(line, "=") && !strings.Contains(line, "<a>") && !strings.Contains(line, "<b>") && !strings.Contains(line, "<login>") {
				t.Errorf("%s: %q has no help in Chinese", path, line)
			}
			if path == "" && !strings.Contains(line, "-") && !strings.Contains(line, "<") {
				help(strings.TrimSpace(strings.SplitN(strings.TrimSpace(line), "  ", 2)[0]))
			}
		}
	}
	help("")
	if seen < 80 {
		t.Errorf("%d lines of help looked at", seen)
	}
}
