package httpapi_test

import (
	"crypto/sha256"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/seawall-city/seawall/internal/gate"
	"github.com/seawall-city/seawall/internal/response"
	"github.com/seawall-city/seawall/internal/ticket"
)

// passed is the answer to a pass as the page reads it.
type passed struct {
	Pass     gate.Pass
	Decision gate.Decision
	Repeated bool
}

// What happens at a gate: sites and lanes kept, vehicles looked at and decided
// about, holds ended, a shift without a network taken in. IMP-07, IMP-08.
func gatesWorked(t *testing.T, c *city) {
	duty := c.as("duty")
	all := decode[response.Gates](t, duty.ok("GET", "gates", nil))
	if n := all.Kinds[gate.Checkpoint]; n != 27 {
		t.Errorf("%d motorway gates are seeded, want 27", n)
	}
	for _, kind := range gate.Kinds() {
		if all.Kinds[kind] == 0 {
			t.Errorf("no %s is seeded", kind)
		}
	}
	site := decode[gate.Site](t, duty.ok("POST", "gates", map[string]any{"id": "test-gate", "kind": "checkpoint", "name": map[string]string{"zh": "试验卡口", "en": "Test gate"},
		"area": "320924", "lanes": 4, "freight": 2, "canSample": true, "next": all.Items[0].Site.ID}))
	site = decode[gate.Site](t, duty.ok("POST", "gates/test-gate/lanes", map[string]any{"no": 4, "closed": true, "version": site.Version}))
	if l, ok := site.Lane(4); !ok || !l.Closed {
		t.Errorf("lane 4: %+v", site.Lanes)
	}
	now := c.app.Clock.Now()
	duty.ok("POST", "gates/test-gate/shifts", map[string]any{"from": now.Add(-time.Hour), "to": now.Add(8 * time.Hour), "lanes": 3, "officers": 6})
	if v := decode[response.GateView](t, duty.ok("GET", "gates/test-gate", nil)); len(v.Shifts) != 1 || v.Rules == nil || v.Rules.Rules[0].Key != "emergency" {
		t.Errorf("the site: %+v", v)
	}
	duty.ok("GET", "gate-rules", nil)
	decided(t, c, duty)
	heldAndFree(t, c, duty)
	offline(t, c, duty)
}

func (c *city) passID() string { return c.app.IDs.NewID() }

func decided(t *testing.T, c *city, duty *client) {
	fresh := map[string]any{"declared": true, "mode": "freight", "test": map[string]any{"kind": "nat", "result": "negative", "ageHours": 20}}
	look := decode[response.GateLook](t, duty.ok("POST", "gates/test-gate/look", map[string]any{"plate": "苏J 12345", "facts": fresh}))
	if look.Decision.Outcome != gate.Go || look.Mask != "苏J·**345" {
		t.Errorf("looked at: %+v", look)
	}
	in := map[string]any{"id": c.passID(), "lane": 1, "plate": "苏J12345", "facts": fresh, "arrived": c.app.Clock.Now().Add(-time.Minute)}
	first, again := decode[passed](t, duty.ok("POST", "gates/test-gate/passes", in)), decode[passed](t, duty.ok("POST", "gates/test-gate/passes", in))
	if first.Decision.Rule != "fresh_test" || first.Repeated || !again.Repeated || again.Pass.ID != first.Pass.ID || again.Decision.Outcome != gate.Go {
		t.Errorf("passed twice: %+v, then %+v", first, again)
	}
	if strings.Contains(fmt.Sprint(first), "12345") {
		t.Errorf("the plate stands in the answer: %+v", first)
	}
	in["plate"] = "苏J99999"
	duty.refused(409, "gate_pass_used", "POST", "gates/test-gate/passes", in)
	emergency := map[string]any{"id": c.passID(), "plate": "沪A00001", "facts": map[string]any{"emergency": true, "symptoms": true},
		"override": map[string]any{"to": "refer", "reason": "x", "second": "y"}}
	duty.refused(422, "", "POST", "gates/test-gate/passes", emergency)
	delete(emergency, "override")
	if got := decode[passed](t, duty.ok("POST", "gates/test-gate/passes", emergency)); got.Decision.Outcome != gate.Go || got.Decision.Rule != "emergency" {
		t.Errorf("an emergency: %+v", got.Decision)
	}
	duty.refused(422, "gate_invalid", "POST", "gates/test-gate/passes", map[string]any{"id": "short", "lane": 99, "facts": map[string]any{"mode": "sledge"}})
	duty.refused(422, "gate_invalid", "POST", "gates/test-gate/passes", map[string]any{"id": c.passID(), "facts": fresh, "override": map[string]any{"to": "hold", "reason": "x"}})
	other := decode[list[struct{ ID, Login string }]](t, c.as("admin").ok("GET", "accounts", nil)).Items
	for _, a := range other {
		if a.Login == "sheyang" {
			got := decode[passed](t, duty.ok("POST", "gates/test-gate/passes", map[string]any{"id": c.passID(), "facts": fresh,
				"override": map[string]any{"to": "sample_go", "reason": "同车有发热史", "second": a.ID}}))
			if got.Pass.Ruled != gate.Go || got.Pass.Override.SecondName == "" || got.Decision.Outcome != gate.SampleGo {
				t.Errorf("decided against the rule: %+v", got)
			}
		}
	}
	if l := decode[list[gate.Pass]](t, duty.ok("GET", "gates/test-gate/passes?plate=苏J12345", nil)); l.Total != 1 {
		t.Errorf("%d passes of the plate", l.Total)
	}
}

// heldAndFree holds two vehicles for a forged permit: one is let go, the other
// waits for its maximum.
func heldAndFree(t *testing.T, c *city, duty *client) {
	me := c.anonymous()
	var ids []gate.Pass
	for range 2 {
		got := decode[passed](t, duty.ok("POST", "gates/test-gate/passes", map[string]any{"id": c.passID(), "plate": "皖B00002", "ticket": "SW1.P.e30.AAAA",
			"facts": map[string]any{"mode": "freight", "declared": true}}))
		if got.Decision.Outcome != gate.Hold || got.Decision.Rule != "forged" || got.Decision.HoldMinutes != 60 {
			t.Fatalf("a forged permit: %+v", got.Decision)
		}
		ids = append(ids, got.Pass)
	}
	if l := decode[list[gate.Pass]](t, duty.ok("GET", "gates/test-gate/holds", nil)); l.Total != 2 {
		t.Errorf("%d held", l.Total)
	}
	mine := decode[response.MyPass](t, me.ok("GET", "public/passes/"+ids[0].Complaint, nil))
	if mine.Decision != gate.Hold || mine.Reason.ZH == "" || mine.Until.IsZero() || strings.Contains(mine.Mask, "00002") {
		t.Errorf("what the driver reads: %+v", mine)
	}
	me.ok("POST", "public/passes/"+ids[0].Complaint+"/complaint", map[string]any{"request": c.request(), "text": "通行证是真的，等了一小时"})
	path := "gates/test-gate/holds/" + string(ids[0].ID) + "/end"
	duty.refused(422, "gate_invalid", "POST", path, map[string]any{"outcome": "refer", "note": "x"})
	if got := decode[gate.Pass](t, duty.ok("POST", path, map[string]any{"outcome": "pass", "note": "签发方确认有效"})); got.HoldState != gate.Ended {
		t.Errorf("let go: %+v", got)
	}
	duty.refused(409, "gate_hold_over", "POST", path, map[string]any{"outcome": "pass", "note": "again"})
}

// offline takes a shift in twice, in another order: every pass is there once.
func offline(t *testing.T, c *city, duty *client) {
	key := decode[ticket.Public](t, c.anonymous().ok("GET", "public/ticket-key", nil))
	shot := decode[response.GateSnapshot](t, duty.ok("GET", "gates/test-gate/snapshot", nil))
	var inside response.SnapshotData
	if err := key.Open(shot.Text, ticket.Snapshot, &inside); err != nil || inside.Rules == nil || inside.Site.ID != "test-gate" {
		t.Errorf("the snapshot: %v, %+v", err, inside.Site)
	}
	now := c.app.Clock.Now()
	var rows []map[string]any
	for i := range 40 {
		rows = append(rows, map[string]any{"id": fmt.Sprintf("%x", sha256.Sum256([]byte{byte(i)}))[:26], "plate": fmt.Sprintf("鲁C%05d", i), "decided": now.Add(-time.Hour + time.Duration(i)*time.Second),
			"decision": "pass", "rule": "fresh_test", "rules": inside.Rules.Ref, "facts": map[string]any{"declared": true, "test": map[string]any{"kind": "nat", "result": "negative", "ageHours": 10}}})
	}
	rows[7]["facts"] = map[string]any{"symptoms": true}
	rows[9]["decision"] = "fly"
	send := func(rows []map[string]any) response.Reconciled {
		return decode[response.Reconciled](t, duty.ok("POST", "gates/test-gate/reconcile", map[string]any{"device": "tablet-1", "passes": rows}))
	}
	one := send(rows)
	for i := range len(rows) / 2 {
		rows[i], rows[len(rows)-1-i] = rows[len(rows)-1-i], rows[i]
	}
	two := send(rows)
	if one.In != 40 || one.Accepted != 39 || len(one.Rejected) != 1 || one.Rejected[0].Row != 9 || one.Rejected[0].Why == "" || len(one.Different) != 1 ||
		one.Different[0].Now != gate.Refer || one.Different[0].Trace == "" {
		t.Errorf("taken in: %+v", one)
	}
	if two.Accepted != 0 || two.Repeated != 39 || len(two.Rejected) != 1 || len(two.Different) != 0 {
		t.Errorf("taken in again: %+v", two)
	}
}
