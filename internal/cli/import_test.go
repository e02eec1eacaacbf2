package cli_test

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/seawall-city/seawall/internal/cli"
	"github.com/seawall-city/seawall/internal/store/storetest"
)

// seawall runs the command line and gives its exit code and what it printed.
func seawall(t *testing.T, args ...string) (code int, out, errs string) {
	t.Helper()
	var o, e bytes.Buffer
	code = cli.Run(context.Background(), append([]string{"--lang", "en"}, args...), cli.Streams{In: strings.NewReader(""), Out: &o, Err: &e}, "test")
	return code, o.String(), e.String()
}

func writeFile(t *testing.T, name, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

type summary struct {
	Rows, Accepted, Rejected, Unchanged, Warnings *int
	Problems                                      []struct{ Code string }
}

func decode(t *testing.T, out string) summary {
	t.Helper()
	var s summary
	if err := json.Unmarshal([]byte(out), &s); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if s.Rows == nil || s.Accepted == nil || s.Rejected == nil || s.Unchanged == nil || s.Warnings == nil {
		t.Fatalf("a key is missing: %s", out)
	}
	if *s.Rows != *s.Accepted+*s.Rejected+*s.Unchanged {
		t.Fatalf("rows are lost: %s", out)
	}
	return s
}

// A dry run needs neither server nor database and leaves no trace.
func TestImportDryRun(t *testing.T) {
	file := writeFile(t, "links.csv", "from,to\na,b\na,a\na,b\n")
	dir := filepath.Join(t.TempDir(), "nowhere")
	code, out, errs := seawall(t, "import", "links", file, "--disease", "mers", "--dry-run", "--json", "--data", dir)
	s := decode(t, out)
	if code != 3 || *s.Accepted != 1 || *s.Rejected != 1 || *s.Unchanged != 1 || errs != "" {
		t.Errorf("%d %s %s", code, out, errs)
	}
	if _, err := os.Stat(dir); !os.IsNotExist(err) {
		t.Error("the dry run made a data directory")
	}
	code, out, _ = seawall(t, "import", "links", file, "--disease", "mers", "--dry-run")
	if code != 3 || !strings.Contains(out, "rows 3  accepted 1  rejected 1  unchanged 1") || !strings.Contains(out, "a link to itself") {
		t.Errorf("%d %s", code, out)
	}
}

func TestImportMistakes(t *testing.T) {
	good := writeFile(t, "list.csv", "case_id\n1\n")
	for _, c := range []struct {
		args []string
		code int
		says string
	}{
		{[]string{"import", "linelist", good, "--dry-run"}, 1, "Say which disease"},
		{[]string{"import", "cases", good, "--disease", "mers"}, 2, "must be one of"},
		{[]string{"import", "linelist", good + "x", "--disease", "mers"}, 2, "no such file"},
		{[]string{"import", "linelist", writeFile(t, "a.csv", "id\n\"1\n"), "--disease", "mers", "--dry-run"}, 1, "line 2"},
		{[]string{"import", "linelist", writeFile(t, "a.xls", "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"), "--disease", "mers", "--dry-run"}, 1, ".xlsx"},
		{[]string{"import", "linelist", good, "--disease", "mers", "--dry-run", "--map", writeFile(t, "m.yaml", "colums: {}")}, 1, "mapping file"},
		{[]string{"import", "linelist", good, "--disease", "mers", "--dry-run", "--map", writeFile(t, "m.yaml", "columns: {nope: id}")}, 1, "mapping"},
		{[]string{"import", "linelist", good, "--disease", "nonsense", "--data", t.TempDir()}, 1, "no disease"},
	} {
		code, out, errs := seawall(t, c.args...)
		if code != c.code || !strings.Contains(out+errs, c.says) {
			t.Errorf("%v: code %d, %s%s; want %d and %q", c.args, code, out, errs, c.code, c.says)
		}
	}
}

// Without a server the file goes into the database; the second time nothing
// changes; a mapping file overrules what is found by itself.
func TestImportIntoDatabase(t *testing.T) {
	file := writeFile(t, "list.csv", "nr,who,发病日期,kode\n7,测试甲,2021-03-01,K\n8,测试乙,2021-03-02,K\n")
	m := writeFile(t, "m.yaml", "columns: {who: name, kode: class}\nvalues: {class: {K: confirmed}}\n")
	for _, kind := range []string{"sqlite", "postgres"} {
		t.Run(kind, func(t *testing.T) {
			at := []string{"--data", t.TempDir()}
			if kind == "postgres" {
				at = append(at, "--database", storetest.PostgresURL(t, ""))
			}
			args := append([]string{"import", "linelist", file, "--disease", "covid-19", "--source", "h", "--map", m, "--json"}, at...)
			code, out, errs := seawall(t, args...)
			if s := decode(t, out); code != 0 || *s.Accepted != 2 {
				t.Fatalf("%d %s %s", code, out, errs)
			}
			code, out, errs = seawall(t, args...)
			if s := decode(t, out); code != 0 || *s.Unchanged != 2 {
				t.Fatalf("%d %s %s", code, out, errs)
			}
		})
	}
}

func TestImportAreas(t *testing.T) {
	file := writeFile(t, "areas.csv", "code,name,parent\n320924100-77,第77社区,320924100\n999,孤岛,998\n")
	at := []string{"--data", t.TempDir()}
	code, out, errs := seawall(t, append([]string{"import", "areas", file, "--json"}, at...)...)
	if s := decode(t, out); code != 3 || *s.Accepted != 1 || *s.Rejected != 1 {
		t.Errorf("%d %s %s", code, out, errs)
	}
	code, out, errs = seawall(t, append([]string{"import", "areas", file, "--json"}, at...)...)
	if s := decode(t, out); code != 3 || *s.Unchanged != 1 {
		t.Errorf("%d %s %s", code, out, errs)
	}
	code, out, _ = seawall(t, "import", "areas", file, "--json", "--dry-run")
	if s := decode(t, out); code != 0 || *s.Accepted != 2 || *s.Warnings != 2 { // parents it cannot know
		t.Errorf("%d %s", code, out)
	}
}
