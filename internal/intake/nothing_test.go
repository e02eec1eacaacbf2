package intake_test

import (
	"testing"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/intake"
)

// A file of which no column is understood is refused, not taken as so many
// persons about whom nothing is known.
func TestAFileOfUnknownColumnsIsRefused(t *testing.T) {
	c, err := intake.Load()
	if err != nil {
		t.Fatal(err)
	}
	for _, kind := range []intake.Kind{intake.LineList, intake.Contacts} {
		table, err := intake.Read("foo.csv", []byte("foo,bar\n1,2\n3,4\n"), intake.ReadOptions{})
		if err != nil {
			t.Fatal(err)
		}
		m, _ := c.Suggest(kind, table)
		if err := c.Check(m, table); !seawall.Is(err, seawall.Invalid) {
			t.Errorf("%s: %v, want Invalid", kind, err)
		}
	}
}
