package response_test

import (
	"crypto/rand"
	"strings"
	"testing"
	"time"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/ledger"
	"github.com/seawall-city/seawall/internal/loop"
	"github.com/seawall-city/seawall/internal/response"
)

// illness is a cluster at a school, recorded by the county's desk.
func (o *office) illness() response.RecordedEntry {
	o.t.Helper()
	o.seq++
	e, err := o.main.NewEntry(o.ctx, o.countyDesk, response.NewEntry{Request: "cluster-request-" + string(rune('a'+o.seq%26)) + "0001",
		Protocol: "cluster", Area: grid1, Values: map[string]any{"place": "合德小学", "setting": "school", "class": "三（2）班",
			"first_ill": "2022-03-27", "ill": 6, "signs": []any{"vomiting"}}})
	o.ok(err)
	return e
}

// duty gives a duty with its steps by key.
func (o *office) duty(id seawall.LoopID) (response.LoopView, map[string]loop.Step) {
	o.t.Helper()
	v, err := o.main.LoopView(o.ctx, o.epi, id)
	o.ok(err)
	steps := map[string]loop.Step{}
	for _, s := range v.Steps {
		steps[s.Key] = s
	}
	return v, steps
}

// fill closes a step with the values of its form.
func (o *office) fill(id seawall.StepID, data map[string]any) {
	o.t.Helper()
	_, err := o.main.CompleteStep(o.ctx, o.epi, id, response.NewEvidence{Kind: "form", Data: data})
	o.ok(err)
}

// note closes a step with words.
func (o *office) note(id seawall.StepID) {
	o.t.Helper()
	_, err := o.main.CompleteStep(o.ctx, o.epi, id, response.NewEvidence{Kind: "note", Text: "已办"})
	o.ok(err)
}

// sequence gives the events of the log their places, as the server does.
func (o *office) sequence() {
	o.t.Helper()
	signer, err := ledger.LoadOrCreateSigner(o.t.TempDir(), ledger.Origin("3209"), rand.Reader)
	o.ok(err)
	seq := ledger.NewSequencer(o.db, o.log, signer, "test", ledger.NewFeed(), func(err error) { o.t.Error(err) })
	for n := 1; n > 0; {
		n, err = seq.Step(o.ctx)
		o.ok(err)
	}
}

// A form of a kind that no Go knows opens its duty: the first step is open, what
// depends on it waits, the form is checked field by field, and the same request
// gives the same entry. RES-02, GOV-08.
func TestAFormOpensADuty(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		bad := response.NewEntry{Protocol: "cluster", Values: map[string]any{"ill": 0, "setting": "pub", "shoe": 44}}
		_, err := o.main.NewEntry(o.ctx, o.countyDesk, bad)
		o.refuse(err, seawall.Invalid, "entry_invalid")
		for _, field := range []string{"values.ill", "values.setting", "values.shoe", "values.place", "area", "request"} {
			if !strings.Contains(err.Error(), "["+field+":") {
				t.Errorf("%s is not named in %v", field, err)
			}
		}
		_, err = o.main.NewEntry(o.ctx, o.countyDesk, response.NewEntry{Protocol: "followup", Area: grid1, Request: "a-request-of-sixteen"})
		o.refuse(err, seawall.Invalid, "entry_protocol")

		e := o.illness()
		o.seq--
		if again := o.illness(); again.Entry.ID != e.Entry.ID {
			t.Errorf("the same request made %s and %s", e.Entry.No, again.Entry.No)
		}
		v, steps := o.duty(e.Loop)
		if v.Loop.Subject != e.Entry.Ref() || v.Loop.No != e.Entry.No || !strings.HasPrefix(v.Loop.Protocol, "cluster@") || v.Loop.Owner == "" {
			t.Errorf("the duty %+v", v.Loop)
		}
		if steps["check"].State != loop.Open || steps["report"].State != loop.Waiting || steps["cleaning"].State != loop.Waiting || !steps["report"].Due.IsZero() {
			t.Errorf("steps %+v", steps)
		}
		_, err = o.main.CompleteStep(o.ctx, o.epi, steps["report"].ID, response.NewEvidence{Kind: "note", Text: "已报"})
		o.refuse(err, seawall.Conflict, "step_waits")
		_, err = o.main.CompleteStep(o.ctx, o.epi, steps["check"].ID, response.NewEvidence{Kind: "note", Text: "是的"})
		o.refuse(err, seawall.Invalid, "form_invalid")
		_, err = o.main.StepImpossible(o.ctx, o.epi, steps["check"].ID, 0, "没空")
		o.refuse(err, seawall.Conflict, "step_required")
		list, err := o.main.Entries(o.ctx, o.epi, response.EntryFilter{Kind: "cluster"})
		o.ok(err)
		if list.Total != 1 || list.Items[0].Values["ill"] == nil {
			t.Errorf("entries %+v", list)
		}
	})
}

// A step's turn comes with its clock when those before it are settled; one that
// counts from another is due so many hours after that was done; the loop that a
// step opens closes it. Only then the duty may end. RES-02.
func TestStepsTakeTheirTurnAndOpenDuties(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		e := o.illness()
		o.clock.Advance(90 * time.Minute)
		_, steps := o.duty(e.Loop)
		o.fill(steps["check"].ID, map[string]any{"true_cluster": true, "samples": 4})
		v, steps := o.duty(e.Loop)
		if want := o.clock.Now().Add(2 * time.Hour); steps["report"].State != loop.Open || !steps["report"].Due.Equal(want) {
			t.Errorf("report %s due %s, want open and %s", steps["report"].State, steps["report"].Due, want)
		}
		if len(v.Children) != 1 || v.Children[0].Kind != "disinfection" || v.Children[0].Parent != e.Loop {
			t.Fatalf("children %+v", v.Children)
		}
		if ev := v.Evidence[len(v.Evidence)-1]; ev.Kind != "form" || ev.Data["true_cluster"] != true {
			t.Errorf("evidence %+v", ev)
		}
		_, err := o.main.CompleteStep(o.ctx, o.epi, steps["cleaning"].ID, response.NewEvidence{Kind: "note", Text: "已消毒"})
		o.refuse(err, seawall.Conflict, "step_child_open")
		o.note(steps["report"].ID)
		child, inner := o.duty(v.Children[0].ID)
		o.fill(inner["disinfect"].ID, map[string]any{"agent": "含氯消毒液", "strength": 500})
		_, inner = o.duty(child.Loop.ID)
		o.note(inner["check"].ID)
		child, _ = o.duty(child.Loop.ID)
		_, steps = o.duty(e.Loop)
		if child.Loop.State != loop.Done || steps["cleaning"].State != loop.Done || steps["review"].State != loop.Open {
			t.Errorf("child %s, cleaning %s, review %s", child.Loop.State, steps["cleaning"].State, steps["review"].State)
		}
		if child.Parent == nil || child.Parent.ID != e.Loop {
			t.Errorf("the child knows no parent: %+v", child.Parent)
		}
	})
}

// What the first step finds drops what is not needed any more: the duty ends by
// itself when nothing is left, and never before its evidence is in. RES-02.
func TestWhatIsNotNeededIsDropped(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		e := o.illness()
		_, steps := o.duty(e.Loop)
		o.fill(steps["check"].ID, map[string]any{"true_cluster": false, "words": "两人为旧病"})
		v, steps := o.duty(e.Loop)
		for _, key := range []string{"report", "cleaning", "review"} {
			if steps[key].State != loop.Withdrawn {
				t.Errorf("%s is %s", key, steps[key].State)
			}
		}
		if v.Loop.State != loop.Done || v.Loop.Outcome != "done" {
			t.Errorf("the duty is %s %s", v.Loop.State, v.Loop.Outcome)
		}
		for _, c := range v.Clocks {
			if c.State == loop.Open {
				t.Errorf("clock %s of an ended duty is open", c.Kind)
			}
		}
		view, err := o.main.EntryView(o.ctx, o.epi, e.Entry.ID)
		o.ok(err)
		if view.Entry.State != "closed" || view.Form == nil {
			t.Errorf("the entry is %s", view.Entry.State)
		}
	})
}

// Cancelling takes the duties along that a duty waits for, with the reason of the
// protocol's list; opening it again within its limit goes on where it was.
// GOV-08.
func TestCancelAndReopen(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		e := o.illness()
		_, steps := o.duty(e.Loop)
		o.fill(steps["check"].ID, map[string]any{"true_cluster": true})
		v, _ := o.duty(e.Loop)
		_, err := o.main.CancelLoop(o.ctx, o.epi, e.Loop, response.Decision{Reason: "不办了"})
		o.refuse(err, seawall.Invalid, "cancel_reason_unknown")
		_, err = o.main.CancelLoop(o.ctx, o.grid, e.Loop, response.Decision{Key: "duplicate", Reason: "重复"})
		o.refuse(err, seawall.Denied, "")
		ended, err := o.main.CancelLoop(o.ctx, o.epi, e.Loop, response.Decision{Version: v.Loop.Version, Key: "duplicate", Reason: "与上报重复"})
		o.ok(err)
		child, _ := o.duty(v.Children[0].ID)
		if ended.Loop.State != loop.Cancelled || child.Loop.State != loop.Cancelled {
			t.Fatalf("parent %s, child %s", ended.Loop.State, child.Loop.State)
		}
		o.clock.Advance(24 * time.Hour)
		_, err = o.main.ReopenLoop(o.ctx, o.epi, e.Loop, response.Decision{})
		o.refuse(err, seawall.Invalid, "reason_needed")
		again, err := o.main.ReopenLoop(o.ctx, o.epi, e.Loop, response.Decision{Reason: "并非重复"})
		o.ok(err)
		_, steps = o.duty(e.Loop)
		if again.Loop.State != loop.Open || again.Loop.ReopenedAt.IsZero() || steps["check"].State != loop.Done || steps["report"].State != loop.Open {
			t.Errorf("opened again as %+v with %+v", again.Loop, steps)
		}
		if len(again.Children) != 1 || again.Children[0].State != loop.Open || again.Children[0].ID == child.Loop.ID {
			t.Errorf("the step's own duty: %+v", again.Children)
		}
		_, err = o.main.ReopenLoop(o.ctx, o.epi, e.Loop, response.Decision{Reason: "再一次"})
		o.refuse(err, seawall.Conflict, "loop_open")
		_, err = o.main.CancelLoop(o.ctx, o.epi, e.Loop, response.Decision{Key: "duplicate"})
		o.ok(err)
		o.clock.Advance(61 * 24 * time.Hour)
		_, err = o.main.ReopenLoop(o.ctx, o.epi, e.Loop, response.Decision{Reason: "太晚"})
		o.refuse(err, seawall.Conflict, "loop_reopen_late")
	})
}

// An entry that is taken back withdraws its duty and the one below it.
func TestRetractedEntryWithdrawsItsDuty(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		e := o.illness()
		_, steps := o.duty(e.Loop)
		o.fill(steps["check"].ID, map[string]any{"true_cluster": true})
		n, err := o.main.Retract(o.ctx, o.epi, response.Retraction{Ref: e.Entry.Ref(), Reason: "记错了学校"})
		o.ok(err)
		v, _ := o.duty(e.Loop)
		if n.Entries != 1 || v.Loop.State != loop.Withdrawn || v.Children[0].State != loop.Withdrawn {
			t.Errorf("%+v, duty %s, below %s", n, v.Loop.State, v.Children[0].State)
		}
		_, err = o.main.ReopenLoop(o.ctx, o.epi, e.Loop, response.Decision{Reason: "再开"})
		o.refuse(err, seawall.Conflict, "loop_withdrawn")
	})
}

// A form about a person seals the identity first, keeps the number and mask only,
// and moves with the person when two numbers turn out to be one. GOV-08.
func TestAFormAboutAPerson(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		record := func(who response.Subject) response.RecordedEntry {
			e, err := o.main.NewEntry(o.ctx, o.countyDesk, response.NewEntry{Protocol: "disinfection", Person: &who, Area: grid1,
				Values: map[string]any{"place": "一村 3 组"}})
			o.ok(err)
			return e
		}
		a, b := record(o.someone()), record(o.someone())
		if a.Entry.Person == "" || a.Entry.Mask == "" || a.Entry.Person == b.Entry.Person {
			t.Fatalf("%+v and %+v", a.Entry, b.Entry)
		}
		v, _ := o.duty(a.Loop)
		if v.Loop.Person != a.Entry.Person || v.Loop.Parties.Individual != a.Entry.Mask {
			t.Errorf("the duty %+v", v.Loop)
		}
		_, err := o.main.Merge(o.ctx, o.epi, response.MergeRequest{Loser: b.Entry.Person, Winner: a.Entry.Person, Reason: "同一人"})
		o.ok(err)
		view, err := o.main.EntryView(o.ctx, o.epi, b.Entry.ID)
		o.ok(err)
		if view.Entry.Person != a.Entry.Person || view.Loop.Loop.Person != a.Entry.Person {
			t.Errorf("after the merge the entry is about %s, its duty about %s", view.Entry.Person, view.Loop.Loop.Person)
		}
		_, err = o.main.Unmerge(o.ctx, o.epi, b.Entry.Person, "不是")
		o.ok(err)
		if view, err = o.main.EntryView(o.ctx, o.epi, b.Entry.ID); err != nil || view.Entry.Person != b.Entry.Person {
			t.Errorf("after taking it back the entry is about %s: %v", view.Entry.Person, err)
		}
	})
}
