package intake

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/seawall-city/seawall/internal/locale"
)

// Every reason that a row can get has a message in both languages.
func TestEveryReasonHasAMessage(t *testing.T) {
	cat, err := locale.Load()
	if err != nil {
		t.Fatal(err)
	}
	files, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, f := range files {
		if !strings.HasSuffix(f.Name(), ".go") || strings.HasSuffix(f.Name(), "_test.go") {
			continue
		}
		b, err := os.ReadFile(f.Name())
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range regexp.MustCompile(`"(import_[a-z_]+)"`).FindAllStringSubmatch(string(b), -1) {
			n++
			if !cat.Has(m[1]) {
				t.Errorf("%s: %s has no message", f.Name(), m[1])
			}
		}
	}
	if n < 40 {
		t.Errorf("only %d codes were found in the sources", n)
	}
}
