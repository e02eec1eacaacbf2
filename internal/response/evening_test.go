package response_test

import (
	"testing"
	"time"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/casebook"
	"github.com/seawall-city/seawall/internal/loop"
	"github.com/seawall-city/seawall/internal/response"
)

// The whole evening (S1, RES-02, RES-03): a positive opens its investigation,
// candidates wait for a named epidemiologist, duties open, a result closes a
// test, a false case takes everything back, and what is still open at midnight
// climbs one level, once.
func TestTheEvening(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		first := o.positive(grid1)
		if first.Loop.Owner != o.grid.Principal.ID || first.Loop.OwnerWhy != "home:roster" {
			t.Fatalf("owner %q why %q: want the home grid's", first.Loop.OwnerName, first.Loop.OwnerWhy)
		}
		cs := o.candidates(first.Case, 3, "close", "")
		if n := len(o.steps(cs[0].ID)); n != 0 {
			t.Fatalf("a candidate has %d steps; it must have no effect", n)
		}
		pre, err := o.main.PreviewConfirm(o.ctx, o.epi, response.Cut{Selection: response.Selection{IDs: ids(cs)}})
		o.ok(err)
		if pre.People != 3 || pre.Restricted != 3 || len(pre.Needs) != 2 || pre.Needs[0].Kind != "rooms" || pre.Needs[0].Need != 3 || pre.Needs[0].Free != 40 {
			t.Fatalf("preview %+v", pre)
		}
		o.confirm(cs)
		o.dutiesOf(cs[0].ID)
		second := o.positive(grid1)
		o.confirm(o.candidates(second.Case, 2, "close", ""))
		back, err := o.main.Retract(o.ctx, o.epi, response.Retraction{Ref: second.Case.Ref(), Reason: "复核阴性"})
		o.ok(err)
		if back.Loops != 3 || back.Restrictions != 4 || back.Rooms != 2 || back.Candidates != 0 {
			t.Fatalf("withdrawn %+v", back)
		}
		o.midnight(cs)
	})
}

// dutiesOf checks what confirming a close contact opened under the 8th edition.
func (o *office) dutiesOf(id seawall.ContactID) {
	o.t.Helper()
	v := o.contact(id)
	if v.Contact.State != casebook.Following || v.Contact.Room == "" || v.Contact.Owner != o.grid.Principal.ID {
		o.t.Fatalf("contact %+v", v.Contact)
	}
	if got := len(v.Loop.Restrictions); got != 2 {
		o.t.Fatalf("%d restrictions, want central and home monitoring", got)
	}
	for _, r := range v.Loop.Restrictions {
		if r.DecidedBy != o.epi.Principal.ID || r.Fact.Kind != seawall.KindCase || r.Reason.ZH == "" || r.During.To.IsZero() || r.AppealHours == 0 {
			o.t.Fatalf("restriction %+v lacks what makes it lawful", r)
		}
	}
	if p := v.Loop.Loop.Parties; p.Territory == "" || p.Department == "" || p.Unit == "" || p.Individual == "" { // GOV-07
		o.t.Fatalf("parties %+v", p)
	}
	steps := o.steps(id)
	for _, key := range []string{"transfer", "test-1", "test-4", "test-7", "test-14", "test-14b", "test-16", "test-21", "release", "monitor@2022-03-28"} {
		if _, ok := steps[key]; !ok {
			o.t.Fatalf("no step %q in %v", key, steps)
		}
	}
}

// midnight closes one test, moves to the cut-off and looks at what climbed.
func (o *office) midnight(cs []casebook.Contact) {
	o.t.Helper()
	r := o.tested(cs[0].ID, "negative", "L1")
	if len(r.ClosedSteps) != 1 || r.ClosedSteps[0].Key != "test-1" {
		o.t.Fatalf("closed %+v, want test-1", r.ClosedSteps)
	}
	before, err := o.main.Tonight(o.ctx, o.epi, false)
	o.ok(err)
	// report, core of the case; transfer is due after midnight; test-1 twice, monitoring thrice
	if before.Counts.Open == 0 || before.CutOff.Sub(o.clock.Now()) != 8*time.Hour {
		o.t.Fatalf("tonight %+v", before)
	}
	f := o.at("2022-03-29 00:00")
	if f.Escalated != before.Counts.Open {
		o.t.Fatalf("%d climbed, %d were open and due", f.Escalated, before.Counts.Open)
	}
	again, err := o.main.Tick(o.ctx)
	o.ok(err)
	if again.Clocks != 0 {
		o.t.Fatalf("a second tick fired %+v", again)
	}
	o.overnight()
	st := o.steps(cs[1].ID)["test-1"]
	// one level up, and still in the grid's lists: who works there may go on
	up := o.contact(cs[1].ID).Loop.Loop
	if st.Escalations != 1 || st.Owner != o.countyDesk.Principal.ID || st.Area != grid1Path || up.Area == grid1Path || !grid1Path.Within(up.Area) {
		o.t.Fatalf("after the cut-off %+v in a duty of %s: want one level up", st, up.Area)
	}
	if got := o.steps(cs[0].ID)["test-1"]; got.Escalations != 0 || got.State != loop.Done {
		o.t.Fatalf("a done step climbed: %+v", got)
	}
	n, err := o.main.Notices(o.ctx, o.countyDesk, seawall.Page{Limit: 50})
	o.ok(err)
	if len(n.Items) == 0 {
		o.t.Fatal("the new owner was not told")
	}
}

// overnight asserts RES-02: whatever is open and was due before the cut-off has
// climbed.
func (o *office) overnight() {
	o.t.Helper()
	l, err := o.main.Steps(o.ctx, o.epi, loop.StepQuery{DueTo: o.clock.Now().UnixMicro(), Page: seawall.Page{Limit: 500}})
	o.ok(err)
	for _, s := range l.Items {
		if s.Escalations == 0 {
			o.t.Fatalf("step %s of %s lay overnight without climbing", s.Key, s.Mask)
		}
	}
}
