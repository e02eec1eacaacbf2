package response_test

import (
	"strings"
	"testing"
	"time"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/casebook"
	"github.com/seawall-city/seawall/internal/loop"
	"github.com/seawall-city/seawall/internal/response"
)

// S4: of three people exposed through one close contact, one is promoted when
// that contact turns positive before the first two tests were negative.
func TestSubContactIsPromoted(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		c := o.positive(grid1)
		close1 := o.candidates(c.Case, 1, "close", "")
		o.confirm(close1)
		sub := o.candidates(c.Case, 1, "sub", close1[0].ID)
		o.confirm(sub)
		if got := len(o.contact(sub[0].ID).Loop.Restrictions); got != 1 {
			t.Fatalf("%d restrictions of a sub-contact, want 7 days central", got)
		}
		r := o.tested(close1[0].ID, "positive", "L1")
		if !r.ProposeCase || len(r.Promoted) != 1 || r.Promoted[0] != sub[0].ID {
			t.Fatalf("after the index contact's positive: %+v", r)
		}
		v := o.contact(sub[0].ID)
		if v.Contact.Class != "close" || v.Contact.State != casebook.Following || v.Loop.Loop.Fact != r.Result.Ref() || v.Contact.Room == "" {
			t.Fatalf("promoted contact %+v on fact %s", v.Contact, v.Loop.Loop.Fact)
		}
		if d := v.Loop.Restrictions[0].DecidedBy; d != o.epi.Principal.ID {
			t.Fatalf("decided by %q", d)
		}
		// the positive was false: the sub-contact is a sub-contact again
		back, err := o.main.Retract(o.ctx, o.epi, response.Retraction{Ref: r.Result.Ref(), Reason: "复核阴性"})
		o.ok(err)
		v = o.contact(sub[0].ID)
		if back.Loops != 1 || v.Contact.Class != "sub" || v.Contact.State != casebook.Following || len(v.Loop.Restrictions) != 1 {
			t.Fatalf("after retraction %+v: %+v", back, v.Contact)
		}
		if _, open := o.steps(close1[0].ID)["positive"]; open && o.steps(close1[0].ID)["positive"].State == loop.Open {
			t.Fatal("the false alarm is still open")
		}
	})
}

// S4: another is released on day 7 with their own tests and the index contact's
// first two negative; a third waits for the index contact's tests.
func TestSubContactIsReleased(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		c := o.positive(grid1)
		index := o.candidates(c.Case, 2, "close", "")
		o.confirm(index)
		ready := o.candidates(c.Case, 1, "sub", index[0].ID)
		waits := o.candidates(c.Case, 1, "sub", index[1].ID)
		o.confirm(append(ready, waits...))
		subs := []seawall.ContactID{ready[0].ID, waits[0].ID}
		o.tested(index[0].ID, "negative", "L1") // day 1
		o.days("2022-03-28", "2022-04-03", subs, func(d string) {
			switch d {
			case "2022-03-28", "2022-04-03":
				o.test(subs)
			case "2022-03-31":
				o.test(subs)
				o.tested(index[0].ID, "negative", "L1") // day 4: the first two of index 0 are negative
			}
		})
		if st := o.contact(ready[0].ID).Contact.State; st != casebook.Completed {
			t.Fatalf("on day 7 the first is %q, blocked by %v", st, o.contact(ready[0].ID).Blockers)
		}
		v := o.contact(waits[0].ID)
		if v.Contact.State != casebook.Following || len(v.Blockers) != 1 || v.Blockers[0] != "index_contact_first_two_negative" {
			t.Fatalf("the other is %q, blocked by %v", v.Contact.State, v.Blockers)
		}
		o.tested(index[1].ID, "negative", "L1")
		o.at("2022-04-04 09:00")
		_, err := o.main.RecordFollowUp(o.ctx, o.epi, waits[0].ID, response.NewFollowUp{Status: "well"})
		o.ok(err)
		o.tested(index[1].ID, "negative", "L1")
		if st := o.contact(waits[0].ID).Contact.State; st != casebook.Completed {
			t.Fatalf("after the index contact's tests the other is %q: %v", st, o.contact(waits[0].ID).Blockers)
		}
		for _, r := range o.contact(waits[0].ID).Loop.Restrictions {
			if r.State == loop.RestrictionActive {
				t.Fatalf("restriction outlives the release: %+v", r)
			}
		}
	})
}

// days lets mornings come and people report well each day; each does more.
func (o *office) days(from, to string, who []seawall.ContactID, each func(day string)) {
	o.t.Helper()
	for d := day(from); d <= day(to); d = d.Add(1) {
		if d > day(from) {
			o.at(d.String() + " 09:00")
		}
		for _, id := range who {
			_, err := o.main.RecordFollowUp(o.ctx, o.grid, id, response.NewFollowUp{Status: "well", Temperature: 36.5})
			if seawall.Is(err, seawall.Denied) { // climbed over a night: the county answers
				_, err = o.main.RecordFollowUp(o.ctx, o.countyDesk, id, response.NewFollowUp{Status: "well", Temperature: 36.5})
			}
			o.ok(err)
		}
		each(d.String())
	}
}

func (o *office) test(who []seawall.ContactID) {
	o.t.Helper()
	for _, id := range who {
		if r := o.tested(id, "negative", "L1"); len(r.ClosedSteps) != 1 {
			o.t.Fatalf("on %s closed %+v of %v", o.clock.Now(), r.ClosedSteps, o.steps(id))
		}
	}
}

// Tests count when resulted, a dual test takes two laboratories, an antigen
// never confirms (requirements §2.1, §2.4).
func TestOnlyResultedTestsCount(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		c := o.positive(grid1)
		cs := o.candidates(c.Case, 1, "close", "")
		o.confirm(cs)
		id := cs[0].ID
		now := o.clock.Now()
		pending, err := o.main.RecordResult(o.ctx, o.lab, response.NewResult{Contact: id, Disease: "covid-19", Kind: "nat",
			Accession: "P-1", Collected: now, Outcome: "pending"})
		o.ok(err)
		if len(pending.ClosedSteps) != 0 {
			t.Fatal("a sample without a result closed a test")
		}
		_, err = o.main.RecordResult(o.ctx, o.lab, response.NewResult{Contact: id, Disease: "covid-19", Kind: "nat",
			Collected: now, Resulted: now, Outcome: "negative"})
		o.refuse(err, seawall.Invalid, "accession")
		anti, err := o.main.RecordResult(o.ctx, o.lab, response.NewResult{Contact: id, Disease: "covid-19", Kind: "antigen",
			Accession: "AG-1", Collected: now, Resulted: now, Outcome: "positive"})
		o.ok(err)
		if anti.ProposeCase || !anti.ConfirmFirst {
			t.Fatalf("positive antigen: %+v", anti)
		}
		step := o.steps(id)["test-1"]
		_, err = o.main.CompleteStep(o.ctx, o.grid, step.ID, response.NewEvidence{Kind: "note", Text: "阴性"})
		o.refuse(err, seawall.Invalid, "evidence_needed")
		_, err = o.main.CompleteStep(o.ctx, o.grid, step.ID, response.NewEvidence{Kind: "result", Ref: pending.Result.Ref()})
		o.refuse(err, seawall.Invalid, "result_not_negative")

		neg := o.tested(id, "negative", "L1")
		if neg.ClosedSteps[0].Key != "test-1" {
			t.Fatalf("closed %+v", neg.ClosedSteps)
		}
		back, err := o.main.Retract(o.ctx, o.lab, response.Retraction{Ref: neg.Result.Ref(), Reason: "样本混淆"})
		o.ok(err)
		if back.Reopened != 1 || o.steps(id)["test-1"].State != loop.Open {
			t.Fatalf("the test did not open again: %+v", back)
		}
		o.at("2022-04-10 10:00")
		a := o.tested(id, "negative", "L1")
		same := o.tested(id, "negative", "L1")
		other := o.tested(id, "negative", "L2")
		if a.ClosedSteps[0].Key != "test-14" || len(same.ClosedSteps) != 0 || len(other.ClosedSteps) != 1 || other.ClosedSteps[0].Key != "test-14b" {
			t.Fatalf("the dual test: %v, same laboratory %v, other %v", a.ClosedSteps, same.ClosedSteps, other.ClosedSteps)
		}
		if st := o.steps(id)["test-7"]; st.State != loop.Cancelled || st.Escalations == 0 {
			t.Fatalf("the missed test of day 7: %+v", st)
		}
	})
}

// The personal link: what, until when, why, whom to call; well closes the day,
// symptoms put the person before staff; a newer link ends the older.
func TestSelfReport(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		c := o.positive(grid1)
		cs := o.candidates(c.Case, 2, "close", "")
		o.confirm(cs)
		link, err := o.main.SelfReportLink(o.ctx, o.grid, cs[0].ID)
		o.ok(err)
		me, err := o.main.MyFollowUp(o.ctx, link.Token)
		o.ok(err)
		if me.Until != day("2022-04-17") || me.Source == "" || me.Call != o.grid.Principal.WorkName || len(me.Stays) != 2 || me.AppealHours == 0 || me.PerDay != 1 {
			t.Fatalf("my follow-up %+v", me)
		}
		if strings.Contains(me.Mask, "测试") {
			t.Fatalf("the page shows a name: %q", me.Mask)
		}
		me, err = o.main.SelfReport(o.ctx, link.Token, response.SelfReport{Well: true, Temperature: 36.4})
		o.ok(err)
		if me.DoneToday != 1 || o.steps(cs[0].ID)["monitor@2022-03-28"].State != loop.Done {
			t.Fatalf("a well report did not close the day: %+v", me)
		}
		me, err = o.main.SelfReport(o.ctx, link.Token, response.SelfReport{Well: true, Temperature: 38.2})
		o.ok(err)
		urgent := o.steps(cs[0].ID)["symptoms"]
		if urgent.State != loop.Open || urgent.Due.Sub(o.clock.Now()) != 2*time.Hour || !o.contact(cs[0].ID).Contact.Symptomatic {
			t.Fatalf("fever opened %+v", urgent)
		}
		if me, err = o.main.SelfReport(o.ctx, link.Token, response.SelfReport{Well: true}); err != nil || me.Reports[0].Status != "symptoms" {
			t.Fatalf("a later well took the symptoms back: %+v %v", me.Reports, err)
		}
		_, err = o.main.MyFollowUp(o.ctx, link.Token[:len(link.Token)-2]+"AA")
		o.refuse(err, seawall.NotFound, "link_unknown")
		_, err = o.main.SelfReportLink(o.ctx, o.grid, cs[0].ID)
		o.ok(err)
		_, err = o.main.MyFollowUp(o.ctx, link.Token)
		o.refuse(err, seawall.Gone, "link_replaced")
		// the silent are found: only the second has not reported
		l, err := o.main.Contacts(o.ctx, o.epi, response.ContactFilter{States: []casebook.ContactState{casebook.Following}, SilentDays: 1}, seawall.Page{Limit: 10})
		o.ok(err)
		if l.Total != 1 || l.Items[0].ID != cs[1].ID {
			t.Fatalf("silent: %+v", l)
		}
	})
}

// A contact who becomes a case stops being followed up; when the case was false
// they are a contact again for the days that are left.
func TestContactBecomesCaseAndBack(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		c := o.positive(grid1)
		cs := o.candidates(c.Case, 1, "close", "")
		o.confirm(cs)
		pos := o.tested(cs[0].ID, "positive", "L1")
		made, err := o.main.RecordCase(o.ctx, o.epi, response.NewCase{Subject: response.Subject{Person: cs[0].Person}, Disease: "covid-19",
			Class: casebook.Confirmed, Sampled: day("2022-03-28"), Home: grid1})
		o.ok(err)
		if st := o.contact(cs[0].ID).Contact; st.State != casebook.BecameCase || st.Room != "" {
			t.Fatalf("contact %+v", st)
		}
		if made.Case.Mask == "" || made.Loop.ID == "" {
			t.Fatalf("case %+v", made)
		}
		_, err = o.main.Retract(o.ctx, o.epi, response.Retraction{Ref: made.Case.Ref(), Reason: "假阳性"})
		o.ok(err)
		v := o.contact(cs[0].ID)
		if v.Contact.State != casebook.Following || v.Contact.Class != "close" || len(v.Loop.Restrictions) != 2 {
			t.Fatalf("contact after retraction %+v", v.Contact)
		}
		_ = pos
	})
}
