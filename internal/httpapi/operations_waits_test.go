package httpapi_test

import (
	"slices"
	"testing"
	"time"

	"github.com/seawall-city/seawall/internal/response"
)

// Waits at a gate: measured, forecast, planned. FRT-07.
func waitsWorked(t *testing.T, c *city) {
	duty := c.as("duty")
	now := c.app.Clock.Now()
	duty.ok("POST", "gates", map[string]any{"id": "wait-gate", "kind": "checkpoint", "name": map[string]string{"zh": "等候试验卡口", "en": "Gate of waits"},
		"area": "320924", "lanes": 4, "freight": 3, "canSample": true})
	duty.ok("POST", "gates/wait-gate/shifts", map[string]any{"from": now.Add(-time.Hour), "to": now.Add(8 * time.Hour), "lanes": 2, "officers": 4})
	fresh := map[string]any{"declared": true, "mode": "freight", "test": map[string]any{"kind": "nat", "result": "negative", "ageHours": 20}}
	for i := range 6 {
		duty.ok("POST", "gates/wait-gate/passes", map[string]any{"id": c.passID(), "lane": 1, "facts": fresh,
			"arrived": now.Add(-50 * time.Minute), "served": now.Add(-time.Duration(10-i) * time.Minute)})
	}
	v := decode[response.GateWaits](t, duty.ok("GET", "gates/wait-gate/waits?hours=4", nil))
	if len(v.Queues) != 2 || v.Queues[0].For != "freight" || v.Queues[0].Last.Passed != 6 || v.Queues[0].Last.P95 < 40*60 || len(v.Queues[0].Hours) != 4 {
		t.Fatalf("the waits: %+v", v)
	}
	if q := v.Queues[0]; q.Service.N != 6 || !q.Service.Few || q.Hours[0].Lanes == 0 || v.Target == 0 || v.Longest != 60*60 {
		t.Errorf("what it rests on: %+v", q)
	}
	duty.refused(422, "wait_invalid", "GET", "gates/wait-gate/waits?hours=99", nil)
	all := decode[response.Waits](t, duty.ok("GET", "waits", nil))
	at := slices.IndexFunc(all.Items, func(l response.WaitLine) bool { return l.Site == "wait-gate" })
	if all.Over != 1 || all.Passed < 6 || at < 0 || all.Items[at].P95 < 40*60 {
		t.Errorf("all waits: over %d of %d, ours at %d: %+v", all.Over, len(all.Items), at, all.Items)
	}
	// the worst first, measured or ahead
	if !slices.IsSortedFunc(all.Items, func(a, b response.WaitLine) int { return max(b.P95, b.Ahead) - max(a.P95, a.Ahead) }) {
		t.Errorf("the waits are not sorted: %+v", all.Items)
	}
	plan := decode[response.WaitPlanned](t, duty.ok("POST", "gates/wait-gate/waits/plan", map[string]any{"for": "freight", "lanes": []int{3, 2, 1}, "keep": true}))
	if plan.Given == nil || len(plan.InForce) != 3 || plan.Given.StaffHours != 12 || len(plan.Best.Hours) != 3 {
		t.Errorf("the plan: %+v", plan)
	}
	after := decode[response.GateWaits](t, duty.ok("GET", "gates/wait-gate/waits?hours=3", nil))
	if h := after.Queues[0].Hours; h[0].Lanes != 3 || h[1].Lanes != 2 || h[2].Lanes != 1 {
		t.Errorf("the plan is not in force: %+v", h)
	}
	duty.refused(422, "wait_invalid", "POST", "gates/wait-gate/waits/plan", map[string]any{"hours": 30, "lanes": []int{-1}})
}
