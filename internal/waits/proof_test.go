package waits_test

import (
	"math"
	"os"
	"strconv"
	"testing"

	"github.com/seawall-city/seawall/internal/waits"
)

// FRT-07: every case of the full grid is within 10 %, at the size of the table in
// docs/freight.md. A shard takes every seventh case, another one each day.
func TestProofWaits(t *testing.T) {
	if os.Getenv("SEAWALL_PROOF") == "" {
		t.Skip("a long proof: make proof")
	}
	days, step, shard := 20000, 7, 0
	if os.Getenv("SEAWALL_PROOF_FULL") != "" {
		days, step = 40000, 1
	}
	if n, err := strconv.Atoi(os.Getenv("SEAWALL_PROOF_SHARD")); err == nil {
		shard = n
	}
	cases, off, worst := 0, 0, 0.0
	for i, c := range waits.Cases(true) {
		if i%step != shard%step {
			continue
		}
		r, err := waits.Compare(c, days/c.Lanes, uint64(shard+1))
		if err != nil {
			t.Fatal(err)
		}
		cases++
		worst = max(worst, math.Abs(r.Off))
		if !r.Within {
			off++
			t.Errorf("%s: predicted %v, simulated %v ± %v", c, r.Predicted, r.Simulated, r.Half95)
		}
	}
	t.Logf("%d cases, %d off, largest difference of a point %.1f %%", cases, off, 100*worst)
}
