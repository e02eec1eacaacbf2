package config_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/seawall-city/seawall/internal/config"
)

// Each bad file in testdata carries in its first comment line the words that
// its error must have.
func TestBadFilesSayWhatToDo(t *testing.T) {
	files, err := filepath.Glob("testdata/bad_*.yaml")
	if err != nil || len(files) < 8 {
		t.Fatalf("found %d bad files (%v), want at least 8", len(files), err)
	}
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		first, _, _ := strings.Cut(string(b), "\n")
		want := strings.TrimSpace(strings.TrimPrefix(first, "#"))
		_, err = config.Parse(b)
		if err == nil {
			t.Errorf("%s: accepted", f)
		} else if !strings.Contains(err.Error(), want) {
			t.Errorf("%s: the error is\n%v\nwant it to say %q", f, err, want)
		}
	}
}

func TestAnEmptyFileIsTheLaptop(t *testing.T) {
	c, err := config.Parse(nil)
	if err != nil {
		t.Fatal(err)
	}
	if c.RecordsURL() != "sqlite:seawall-data/records.db" || c.Encrypted() {
		t.Errorf("records %q, encrypted %v", c.RecordsURL(), c.Encrypted())
	}
}

func TestRelativePathsCountFromTheFile(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "seawall.yaml")
	os.WriteFile(file, []byte("data: d\ndatabase: sqlite:x.db\n"), 0o600)
	c, err := config.Load(file)
	if err != nil {
		t.Fatal(err)
	}
	if c.Data != filepath.Join(dir, "d") || c.Database != "sqlite:"+filepath.Join(dir, "x.db") {
		t.Errorf("data %q, database %q", c.Data, c.Database)
	}
}
