package app

import (
	"bytes"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/seawall-city/seawall/internal/bench"
	"github.com/seawall-city/seawall/internal/store/storetest"
)

// benchURLs are the databases to measure on.
func benchURLs(t *testing.T) []string {
	t.Helper()
	postgres := os.Getenv(storetest.EnvPostgres)
	if postgres == "" && os.Getenv(storetest.EnvStrict) != "" {
		t.Fatalf("%s is not set", storetest.EnvPostgres)
	}
	urls := []string{"sqlite:" + filepath.Join(t.TempDir(), "records.db")}
	if postgres != "" {
		urls = append(urls, postgres)
	}
	return urls
}

// TestBenchListsLeavesNothingBehind: a small measurement from end to end.
func TestBenchListsLeavesNothingBehind(t *testing.T) {
	urls := benchURLs(t)
	var out bytes.Buffer
	if _, err := BenchLists(t.Context(), &out, urls, BenchSize{Persons: 1500, Cases: 20, Contacts: 400, Rounds: 1, JSON: true}); err != nil {
		t.Fatalf("%v\n%s", err, out.String())
	}
	if n := bytes.Count(out.Bytes(), []byte(`"people by phone"`)); n != len(urls) {
		t.Errorf("%d of %d reports name the search for people", n, len(urls))
	}
	left, err := filepath.Glob(filepath.Join(filepath.Dir(urls[0][len("sqlite:"):]), "*"))
	if err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

// TestProofListsAtTheSizeOfACity: issue 2, p95 under 200 ms for every list with
// 200,000 persons, 2,000 cases and 60,000 contacts, and with the 6.7 million
// identities of a whole city in the vault. A shard measures one database a day,
// PostgreSQL with a million identities because loading more takes longer than a
// shard may; a full proof measures both with all of them.
func TestProofListsAtTheSizeOfACity(t *testing.T) {
	if os.Getenv("SEAWALL_PROOF") == "" {
		t.Skip("run by make proof")
	}
	urls, identities := benchURLs(t), 6_710_000
	if os.Getenv("SEAWALL_PROOF_FULL") == "" {
		shard, err := strconv.Atoi(os.Getenv("SEAWALL_PROOF_SHARD"))
		if err != nil {
			t.Fatalf("SEAWALL_PROOF_SHARD: %v", err)
		}
		urls = urls[shard%len(urls):][:1]
		if !strings.HasPrefix(urls[0], "sqlite:") {
			identities = 1_000_000
		}
	}
	var out bytes.Buffer
	reports, err := BenchLists(t.Context(), &out, urls, BenchSize{Persons: 200_000, Cases: 2_000, Contacts: 60_000, Rounds: 20, Identities: identities})
	t.Log(out.String())
	if err != nil {
		t.Fatal(err)
	}
	// The figures above are the result. What fails is a list that no busy machine
	// explains: one that reads a whole table takes many times the goal.
	for _, r := range reports {
		for _, f := range r.Slow() {
			if f.P95 > 3*bench.Goal {
				t.Errorf("%s: %s took %v at p95, the goal is %v", r.Database, f.Name, f.P95, bench.Goal)
			}
		}
	}
}
