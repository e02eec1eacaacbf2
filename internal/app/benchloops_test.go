package app

import (
	"bytes"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/seawall-city/seawall/internal/store/storetest"
)

// Issue 3: the measurement of the engine does what it measures, on both
// databases; it refuses itself when a clock is missed or fires twice. Whether
// the goals are met is asked where nothing else runs, by the proof.
func TestBenchLoopsDoesWhatItMeasures(t *testing.T) {
	for _, kind := range []string{"sqlite", "postgres"} {
		t.Run(kind, func(t *testing.T) {
			url := "sqlite:" + filepath.Join(t.TempDir(), "x.db")
			if kind == "postgres" {
				url = storetest.PostgresURL(t, "")
			}
			var out bytes.Buffer
			reports, err := BenchLoops(t.Context(), &out, []string{url}, LoopsSize{Loops: benchSize("LOOPS", 1200), Contacts: 100,
				Due: benchSize("DUE", 700), Opened: 5, Closed: 20, Rounds: 2})
			if err != nil {
				t.Fatalf("%v\n%s", err, out.String())
			}
			t.Log(out.String())
			if len(reports) != 1 || len(reports[0].Figures) != 5 || reports[0].Loaded["clocks"] != 5*benchSize("LOOPS", 1200) {
				t.Errorf("report %+v", reports)
			}
			for _, f := range reports[0].Figures {
				if f.Took <= 0 || f.Goal <= 0 || !strings.Contains(out.String(), f.Name) {
					t.Errorf("figure %+v", f)
				}
			}
		})
	}
}

// benchSize gives a number from the environment, so that the same test runs at
// the size of a large outbreak.
func benchSize(name string, usual int) int {
	if n, err := strconv.Atoi(os.Getenv("SEAWALL_BENCH_" + name)); err == nil {
		return n
	}
	return usual
}

// TestProofLoopsAtTheSizeOfAnOutbreak: issue 3, the engine with a million open
// duties and five million clocks. A shard measures one database a day at a tenth
// of that; a full proof both at full size.
func TestProofLoopsAtTheSizeOfAnOutbreak(t *testing.T) {
	if os.Getenv("SEAWALL_PROOF") == "" {
		t.Skip("run by make proof")
	}
	urls := benchURLs(t)
	size := LoopsSize{Loops: 1_000_000, Contacts: 60_000, Due: 100_000, Opened: 30, Closed: 500, Rounds: 5}
	if os.Getenv("SEAWALL_PROOF_FULL") == "" {
		shard, err := strconv.Atoi(os.Getenv("SEAWALL_PROOF_SHARD"))
		if err != nil {
			t.Fatalf("SEAWALL_PROOF_SHARD: %v", err)
		}
		urls = urls[shard%len(urls):][:1]
		size.Loops, size.Contacts, size.Due = size.Loops/10, size.Contacts/10, size.Due/10
	}
	var out bytes.Buffer
	reports, err := BenchLoops(t.Context(), &out, urls, size)
	t.Log(out.String())
	if err != nil {
		t.Fatal(err)
	}
	// As with the lists: what fails is what no busy machine explains.
	for _, r := range reports {
		for _, f := range r.Figures {
			if f.Took > 3*f.Goal {
				t.Errorf("%s: %s took %v, the goal is %v", r.Database, f.Name, f.Took, f.Goal)
			}
		}
	}
}
