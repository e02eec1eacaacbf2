package response

import (
	"context"
	"sync/atomic"
	"testing"

	"github.com/seawall-city/seawall"
)

// A panic while passes are written is an error of theirs and stops nobody behind
// them; a database that does not answer is asked once for a group. IMP-07.
func TestGateGroupGoesOn(t *testing.T) {
	bad := &passing{}
	g := gateGroup{write: func(_ context.Context, ps []*passing) error {
		for _, p := range ps {
			if p == bad {
				panic("a fault in a rule")
			}
		}
		return nil
	}}
	if err := g.keep(t.Context(), bad); err == nil {
		t.Error("a panic is told as a success")
	}
	if err := g.keep(t.Context(), &passing{}); err != nil {
		t.Errorf("the one after it: %v", err)
	}
	var asked atomic.Int32
	g.write = func(context.Context, []*passing) error {
		asked.Add(1)
		return seawall.E("test", seawall.Unavailable, "database_away")
	}
	group := make([]*waiting, 8)
	for i := range group {
		group[i] = &waiting{p: &passing{}}
	}
	g.settle(t.Context(), group)
	for _, w := range group {
		if !seawall.Is(w.err, seawall.Unavailable) {
			t.Errorf("told %v", w.err)
		}
	}
	if n := asked.Load(); n != 1 {
		t.Errorf("asked %d times for one group", n)
	}
}
