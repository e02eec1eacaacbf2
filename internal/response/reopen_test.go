package response_test

import (
	"testing"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/border"
	"github.com/seawall-city/seawall/internal/casebook"
	"github.com/seawall-city/seawall/internal/loop"
	"github.com/seawall-city/seawall/internal/response"
)

// A follow-up that was ended by mistake is opened again: the contact is followed by
// whoever answers there, the tests and reports that are left are asked for, today's
// report too, nothing restricts anybody without a new decision, and the last day
// still lets them go by itself (RES-02, GOV-08).
func TestAFollowUpIsOpenedAgain(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		c := o.candidates(o.positive(grid1).Case, 1, "close", "")[0]
		o.confirm([]casebook.Contact{c})
		id := o.contact(c.ID).Loop.Loop.ID
		_, err := o.main.CancelLoop(o.ctx, o.countyDesk, id, response.Decision{Key: "not_exposed"})
		o.refuse(err, seawall.Denied, "") // the measure was an epidemiologist's decision
		_, err = o.main.CancelLoop(o.ctx, o.epi, id, response.Decision{Key: "not_exposed", Reason: "核实无接触"})
		o.ok(err)
		v := o.contact(c.ID)
		if v.Contact.State != casebook.Withdrawn || v.Contact.Room != "" || v.Contact.Owner != "" {
			t.Fatalf("cancelled: %+v", v.Contact)
		}
		o.at("2022-03-30 10:00")
		_, err = o.main.ReopenLoop(o.ctx, o.epi, id, response.Decision{Reason: "确有接触"})
		o.ok(err)
		v = o.contact(c.ID)
		if v.Contact.State != casebook.Following || v.Contact.Owner == "" || v.Contact.Loop != id || v.Contact.NextDue.IsZero() {
			t.Errorf("opened again: %+v", v.Contact)
		}
		for _, r := range v.Loop.Restrictions {
			if r.State == loop.RestrictionActive {
				t.Errorf("opening a duty again restricts: %+v", r)
			}
		}
		steps := o.steps(c.ID)
		if steps["release"].State != loop.Open || steps["monitor@2022-03-30"].State != loop.Open || steps["test-7"].State != loop.Open {
			t.Errorf("steps after opening again: %+v", steps)
		}
		o.note(steps["transfer"].ID)
		o.days("2022-03-30", v.Contact.Until.String(), []seawall.ContactID{c.ID}, func(d string) {
			for _, s := range o.steps(c.ID) {
				if s.Needs == "result" && s.State == loop.Open && s.Day.String() <= d {
					o.tested(c.ID, "negative", "L-"+s.Key)
				}
			}
		})
		o.at(v.Contact.Until.Add(1).String() + " 00:10")
		if st := o.contact(c.ID); st.Contact.State != casebook.Completed {
			t.Errorf("after the last day %s, blocked by %v", st.Contact.State, st.Blockers)
		}
		// released, it may be opened again: one step asks for what is missing
		_, err = o.main.ReopenLoop(o.ctx, o.epi, id, response.Decision{Reason: "漏报一次检测"})
		o.ok(err)
		if st := o.contact(c.ID).Contact.State; st != casebook.Following || o.steps(c.ID)["reopened"].State != loop.Open {
			t.Errorf("opened again after its release: %s", st)
		}
		o.note(o.steps(c.ID)["reopened"].ID)
		if st := o.contact(c.ID).Contact.State; st != casebook.Completed {
			t.Errorf("once that is there: %s", st)
		}
	})
}

// What became something else is not opened again under it: a contact who became a
// case, a class that was replaced, a case that was taken back after the end.
func TestADutyWhoseGroundIsGoneStaysClosed(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		source := o.positive(grid1)
		cs := o.candidates(source.Case, 2, "close", "")
		o.confirm(cs)
		became, cancelled := o.contact(cs[0].ID).Loop.Loop.ID, o.contact(cs[1].ID).Loop.Loop.ID
		sub := o.candidates(source.Case, 1, "sub", cs[0].ID)
		o.confirm(sub)
		replaced := o.contact(sub[0].ID).Loop.Loop.ID
		r := o.tested(cs[0].ID, "positive", "L1") // promotes the sub-contact
		if len(r.Promoted) != 1 {
			t.Fatalf("%+v", r)
		}
		_, err := o.main.RecordCase(o.ctx, o.epi, response.NewCase{Subject: response.Subject{Person: o.contact(cs[0].ID).Contact.Person}, Disease: "covid-19", Class: casebook.Confirmed,
			Onset: day("2022-03-28"), Home: grid1})
		o.ok(err)
		again := response.Decision{Reason: "再看一次"}
		_, err = o.main.ReopenLoop(o.ctx, o.epi, became, again)
		o.refuse(err, seawall.Conflict, "loop_went_over")
		_, err = o.main.ReopenLoop(o.ctx, o.epi, replaced, again)
		o.refuse(err, seawall.Conflict, "loop_went_over")
		_, err = o.main.CancelLoop(o.ctx, o.epi, cancelled, response.Decision{Key: "not_exposed"})
		o.ok(err)
		_, err = o.main.Retract(o.ctx, o.epi, response.Retraction{Ref: source.Case.Ref(), Reason: "复核阴性"})
		o.ok(err)
		_, err = o.main.ReopenLoop(o.ctx, o.epi, cancelled, again)
		o.refuse(err, seawall.Conflict, "loop_withdrawn")
	})
}

// An arrival whose measure was over is managed again while its duty is open again.
func TestAnArrivalIsOpenedAgain(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		o.graded(shanghai, "high", o.day(-10).String())
		id := o.came(1)
		o.makeAll(t, id)
		o.serveOut(t, id)
		a := o.arrival(id)
		v, err := o.main.ReopenLoop(o.ctx, o.epi, a.Loop, response.Decision{Reason: "漏报一次检测"})
		o.ok(err)
		if got := o.arrival(id); got.State != border.Managed || got.Owner == "" || got.NextDue.IsZero() {
			t.Errorf("opened again: %+v", got)
		}
		for _, st := range v.Steps {
			if st.State == loop.Open {
				o.note(st.ID)
			}
		}
		if got := o.arrival(id); got.State != border.Released {
			t.Errorf("once that is there: %+v", got)
		}
	})
}
