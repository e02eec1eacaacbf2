package cli_test

import (
	"regexp"
	"strings"
	"testing"
	"time"
)

// A form is filled in from the command line once, however often it is sent, and
// read again there: its answers, its duty, and the boards that it stands on.
// FLW-01: a capability has a screen, a command and an operation.
func TestEntryFromTheCommandLine(t *testing.T) {
	dir := t.TempDir()
	run := func(line string) string { return transcript(strings.Fields(line), dir) }
	hurt := time.Now().Add(-time.Hour).UTC().Format(time.RFC3339)
	fill := "entry new --data $DIR/city needlestick hurt_at=" + hurt + " hurt_on=" + hurt[:10] + " depth=deep source=unknown immune:=false --area 3209 --request entry-of-a-test-02"
	first := run(fill)
	m := regexp.MustCompile(`^(\S+)  (\S+)  (\S+)\n$`).FindStringSubmatch(first)
	if m == nil {
		t.Fatalf("filled in:\n%s", first)
	}
	if again := run(fill); again != first {
		t.Errorf("again:\n%s", again)
	}
	for line, want := range map[string]string{
		"entry list --data $DIR/city needlestick":                          m[1],
		"entry show --data $DIR/city " + m[2]:                              "unknown",
		"board list --data $DIR/city needlestick":                          m[1],
		"board pipeline --data $DIR/city needlestick":                      "open 1",
		"board load --data $DIR/city needlestick --json":                   `"n":`,
		"entry list --data $DIR/city --json needlestick":                   `"total":1`,
		"entry show --data $DIR/city --lang zh " + m[2]:                    "针刺",
		"board calendar --data $DIR/city needlestick":                      "due ",
		"entry list --data $DIR/city needlestick --limit 1 --state closed": "total 0",
	} {
		if got := run(line); !strings.Contains(got, want) {
			t.Errorf("%s: no %q in\n%s", line, want, got)
		}
	}
}
