package httpapi_test

import (
	"testing"
)

// A form opens a duty of a kind that is only a file; its steps are done with
// values, it is shown as it was, cancelled and opened again, and the boards count
// it. RES-02, GOV-08.
func kindsWorked(t *testing.T, c *city) {
	b := c.as("duty")
	for _, path := range []string{"protocols", "protocols/cluster?lang=en", "protocols/diff?a=cluster&b=disinfection",
		"boards/followup?view=list&limit=5", "boards/followup?view=pipeline&owner=me", "boards/followup?view=calendar&days=7", "boards/investigation?view=load"} {
		if got := b.ok("GET", path, nil); len(got.body) < 20 {
			t.Errorf("%s: %s", path, got.body)
		}
	}
	lint := decode[struct {
		OK   bool
		Text string
	}](t, b.ok("POST", "protocols/lint", map[string]string{"text": "id: X\n"}))
	if lint.OK || lint.Text == "" {
		t.Errorf("lint: %+v", lint)
	}
	made := decode[struct {
		Entry struct{ ID, No string }
		Loop  string
	}](t, b.ok("POST", "entries", map[string]any{"request": c.request(), "protocol": "cluster", "area": "320924100",
		"values": map[string]any{"place": "合德幼儿园", "setting": "school", "first_ill": "2022-03-27", "ill": 5}}))
	if got := b.do("POST", "entries", map[string]any{"request": c.request(), "protocol": "cluster", "area": "320924100",
		"values": map[string]any{"ill": "many"}}); got.status != 422 && got.status != 400 {
		t.Errorf("a wrong form is answered %d: %s", got.status, got.body)
	}
	if n := b.list("entries?kind=cluster&area=320924").Total; n != 1 {
		t.Errorf("%d entries", n)
	}
	b.ok("GET", "entries/"+made.Entry.ID, nil)
	type duty struct {
		Loop  struct{ State string }
		Steps []struct{ ID, Key, State string }
	}
	before := decode[duty](t, b.ok("GET", "loops/"+made.Loop, nil))
	b.ok("POST", "steps/"+before.Steps[0].ID+"/done", map[string]any{"kind": "form", "data": map[string]any{"true_cluster": true}})
	b.ok("POST", "loops/"+made.Loop+"/cancel", map[string]string{"key": "duplicate", "reason": "重复"})
	again := decode[duty](t, b.ok("POST", "loops/"+made.Loop+"/reopen", map[string]string{"reason": "并非重复"}))
	if again.Loop.State != "open" {
		t.Errorf("opened again: %+v", again.Loop)
	}
	told := decode[list[struct{ Loop string }]](t, b.ok("GET", "steps?limit=1&kind=followup", nil)).Items[0].Loop
	path := "loops/" + told + "?at=2099-01-01T00:00:00Z"
	until(t, "the log has taken the duty in", func() bool { return b.do("GET", path, nil).status == 200 })
	then := decode[struct {
		AsOf  *struct{ Events int }
		Steps []any
	}](t, b.ok("GET", path, nil))
	if then.AsOf == nil || then.AsOf.Events == 0 || len(then.Steps) == 0 {
		t.Errorf("as it was: %+v", then)
	}
	b.ok("POST", "entries/"+made.Entry.ID+"/retract", map[string]string{"reason": "误报"})
}
