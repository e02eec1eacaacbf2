package response_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/casebook"
	"github.com/seawall-city/seawall/internal/loop"
	"github.com/seawall-city/seawall/internal/regime"
	"github.com/seawall-city/seawall/internal/response"
)

// underEight puts close contacts of 20 June 2022 under the 8th edition, followed
// and tested until the last evening before the 9th comes into force, and a
// sub-contact of the 24th.
func (o *office) underEight(close int) (cs []casebook.Contact, sub casebook.Contact) {
	o.t.Helper()
	o.at("2022-06-21 09:00")
	c, err := o.main.RecordCase(o.ctx, o.epi, response.NewCase{Subject: o.someone(), Disease: "covid-19", Class: casebook.Confirmed,
		Onset: day("2022-06-20"), Home: grid1})
	o.ok(err)
	propose := func(n int, class string, last string, via seawall.ContactID) []casebook.Contact {
		p := response.Proposal{Case: c.Case.ID}
		for range n {
			p.Contacts = append(p.Contacts, response.NewContact{Subject: o.someone(), Class: class, Via: via,
				FirstExposure: day(last), LastExposure: day(last), Home: grid1, Relation: "household"})
		}
		out, err := o.main.ProposeContacts(o.ctx, o.epi, p)
		o.ok(err)
		o.confirm(out.Contacts)
		return out.Contacts
	}
	cs = propose(close, "close", "2022-06-20", "")
	o.test(ids(cs)) // day 1
	all := ids(cs)
	o.days("2022-06-22", "2022-06-27", all, func(d string) {
		if d == "2022-06-24" || d == "2022-06-27" {
			o.test(ids(cs)) // days 4 and 7
		}
		if d == "2022-06-25" {
			sub = propose(1, "sub", "2022-06-24", cs[0].ID)[0]
		}
	})
	return cs, sub
}

// limits gives what restricts somebody from now on: "kind from..to regime".
func (o *office) limits(person seawall.PersonNo) []string {
	o.t.Helper()
	var out []string
	o.read(func(tx seawall.Tx) error {
		rs, err := o.db.RestrictionsOn(o.ctx, tx, casebook.PersonRef(person))
		for _, r := range rs {
			if r.State == loop.RestrictionActive {
				out = append(out, fmt.Sprintf("%s until %s %s", r.Kind, seawall.DayOf(r.During.To.Add(-1), time.FixedZone("", 8*3600)), strings.SplitN(r.Regime, "@", 2)[0]))
			}
			if r.Reason.ZH == "" || r.Reason.EN == "" || r.AppealHours < 1 || r.DecidedBy == "" || r.During.To.IsZero() {
				o.t.Errorf("not a lawful restriction: %+v", r)
			}
		}
		return err
	})
	slices.Sort(out)
	return out
}

// changes counts what changes of rules did to somebody's duty.
func (o *office) changes(id seawall.ContactID) int {
	o.t.Helper()
	n := 0
	o.read(func(tx seawall.Tx) error {
		all, err := o.db.EvidenceOf(o.ctx, tx, o.contact(id).Contact.Loop)
		for _, e := range all {
			if e.Kind == "rule" && e.Data["from"] != "" && e.Text != "" {
				n++
			}
		}
		return err
	})
	return n
}

// openSteps gives the keys of the open steps of a contact with their days.
func (o *office) openSteps(id seawall.ContactID) string {
	var out []string
	for _, st := range o.steps(id) {
		if st.State == loop.Open && !st.Series {
			out = append(out, st.Key+"@"+st.Day.String())
		}
	}
	slices.Sort(out)
	return strings.Join(out, " ")
}

// GOV-13, §2.1 hint (d): on 28 June 2022 the 9th edition takes the place of the
// 8th. Before anything changes, the office sees who is affected; applied by the
// default, nobody is kept longer than by either.
func TestRuleChangeMidQuarantine(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		cs, sub := o.underEight(2)
		o.at("2022-06-28 09:00")
		rooms := o.freeRooms()
		view, err := o.main.Affected(o.ctx, o.epi, "CN-COVID-8", "CN-COVID-9")
		o.ok(err)
		if view.Total != 3 || view.Shorter != 2 || view.Same != 1 || view.Longer != 0 || len(view.Rules) == 0 {
			t.Fatalf("affected %d, longer %d: %+v", view.Total, view.Longer, view.People)
		}
		for _, p := range view.People {
			want := "2022-07-11 2022-06-30 2022-06-30 milder"
			if p.Ref == sub.Ref() {
				want = "2022-07-01 2022-07-01 2022-07-01 milder"
			}
			if got := fmt.Sprintf("%s %s %s %s", p.OldEnd, p.NewEnd, p.MinEnd, p.Change); got != want {
				t.Errorf("%s: %s, want %s", p.Was, got, want)
			}
		}
		if got := o.limits(cs[0].Person); !slices.Equal(got, []string{"central until 2022-07-04 CN-COVID-8", "home_monitoring until 2022-07-11 CN-COVID-8"}) {
			t.Fatalf("looking changed something: %v", got)
		}
		o.refusedChanges()
		done, err := o.main.ApplyRuleChange(o.ctx, o.epi, "CN-COVID-8", "CN-COVID-9", "")
		o.ok(err)
		if done.Option != regime.Min || done.Changed != 3 || done.Released != 0 || len(done.Failed) != 0 {
			t.Fatalf("applied %+v", done)
		}
		for _, c := range cs {
			if got := o.limits(c.Person); !slices.Equal(got, []string{"home_monitoring until 2022-06-30 CN-COVID-9"}) {
				t.Errorf("a close contact has %v", got)
			}
			if got := o.openSteps(c.ID); got != "release@2022-06-30 test-10@2022-06-30" {
				t.Errorf("a close contact's steps: %s", got)
			}
			if v := o.contact(c.ID).Contact; v.Until != day("2022-06-30") || !strings.HasPrefix(v.Regime, "CN-COVID-9@") || v.Room != "" {
				t.Errorf("row %s %s %q", v.Until, v.Regime, v.Room)
			}
			if n := o.changes(c.ID); n != 1 {
				t.Errorf("the duty says %d times that its rule changed", n)
			}
		}
		if got := o.limits(sub.Person); !slices.Equal(got, []string{"home until 2022-07-01 CN-COVID-9"}) {
			t.Errorf("the sub-contact has %v", got)
		}
		if now := o.freeRooms(); now != rooms+3 {
			t.Errorf("%d rooms free, before %d", now, rooms)
		}
		o.read(func(tx seawall.Tx) error {
			told, _, err := o.db.NoticesFor(o.ctx, tx, casebook.PersonRef(cs[0].Person), seawall.Page{Limit: 9})
			if err != nil || !slices.ContainsFunc(told, func(n loop.Notice) bool {
				return strings.Contains(n.Text.ZH, "第九版") && strings.Contains(n.Text.ZH, "2022-06-30") && strings.Contains(n.Text.EN, "9th edition")
			}) {
				t.Errorf("the person was told %+v", told)
			}
			return err
		})
		again, err := o.main.ApplyRuleChange(o.ctx, o.epi, "CN-COVID-8", "CN-COVID-9", "")
		o.ok(err)
		if again.Changed+again.Kept+again.Before != 0 || o.changes(cs[0].ID) != 1 {
			t.Errorf("a second run did %+v", again)
		}
		o.toTheEnd(cs)
		o.place()
		o.refolds()
	})
}

// toTheEnd goes the rest of the way: the last test, and release by itself.
func (o *office) toTheEnd(cs []casebook.Contact) {
	o.t.Helper()
	o.days("2022-06-28", "2022-06-30", ids(cs), func(d string) {
		if d == "2022-06-30" {
			o.test(ids(cs))
		}
	})
	o.at("2022-07-01 00:05")
	for _, c := range cs {
		if v := o.contact(c.ID); v.Contact.State != casebook.Completed || len(o.limits(c.Person)) != 0 {
			o.t.Errorf("on 1 July %q, blocked by %v, steps %s", v.Contact.State, v.Blockers, o.openSteps(c.ID))
		}
	}
}

// refusedChanges asks for changes of rules that may not be.
func (o *office) refusedChanges() {
	o.t.Helper()
	_, err := o.main.ApplyRuleChange(o.ctx, o.grid, "CN-COVID-8", "CN-COVID-9", "")
	o.refuse(err, seawall.Denied, "")
	_, err = o.main.ApplyRuleChange(o.ctx, o.epi, "CN-COVID-8", "CN-COVID-9", "harsher")
	o.refuse(err, seawall.Invalid, "rule_option_unknown")
	_, err = o.main.ApplyRuleChange(o.ctx, o.epi, "CN-COVID-8", "CN-COVID-20", "")
	o.refuse(err, seawall.Invalid, "rule_not_in_force")
	_, err = o.main.ApplyRuleChange(o.ctx, o.epi, "CN-COVID-8", "CN-MEASLES", "")
	o.refuse(err, seawall.Invalid, "rule_change_pair")
}

// freeRooms counts the rooms that nobody lives in.
func (o *office) freeRooms() int {
	o.t.Helper()
	free := 0
	o.read(func(tx seawall.Tx) error {
		all, err := o.db.Capacities(o.ctx, tx, seawall.Scope{cityPath})
		for _, c := range all {
			if c.Kind == "rooms" {
				free += c.Total - c.Used
			}
		}
		return err
	})
	return free
}

// Grandfathered people stay under the old rule and are not asked again; a run
// that broke off is taken up where it stopped.
func TestRuleChangeGrandfatherAndResume(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		cs, _ := o.underEight(2)
		o.at("2022-06-28 09:00")
		broken, cancel := context.WithCancel(o.ctx)
		cancel()
		if _, err := o.main.ApplyRuleChange(broken, o.epi, "CN-COVID-8", "CN-COVID-9", regime.Grandfather); err == nil {
			t.Fatal("a run that was stopped says it is done")
		}
		done, err := o.main.ApplyRuleChange(o.ctx, o.epi, "CN-COVID-8", "CN-COVID-9", regime.Grandfather)
		o.ok(err)
		if done.Kept != 3 || done.Changed != 0 {
			t.Fatalf("kept %+v", done)
		}
		if got := o.limits(cs[0].Person); len(got) != 2 || !strings.Contains(got[0], "CN-COVID-8") {
			t.Errorf("the old rule is gone: %v", got)
		}
		again, err := o.main.ApplyRuleChange(o.ctx, o.epi, "CN-COVID-8", "CN-COVID-9", regime.Convert)
		o.ok(err)
		if again.Before != 3 || again.Changed != 0 || o.changes(cs[0].ID) != 1 {
			t.Errorf("who was grandfathered was asked again: %+v", again)
		}
		view, err := o.main.Affected(o.ctx, o.epi, "CN-COVID-8", "CN-COVID-9")
		o.ok(err)
		if len(view.People) != 3 || !view.People[0].Decided {
			t.Errorf("the list does not say that it is decided: %+v", view.People)
		}
	})
}

// On 11 November 2022 nobody is a sub-contact any more: they are free that day,
// without waiting for the tests that the old rule had planned.
func TestRuleChangeAbolishesAClass(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		o.at("2022-11-08 09:00")
		c, err := o.main.RecordCase(o.ctx, o.epi, response.NewCase{Subject: o.someone(), Disease: "covid-19", Class: casebook.Confirmed,
			Onset: day("2022-11-07"), Home: grid1})
		o.ok(err)
		out, err := o.main.ProposeContacts(o.ctx, o.epi, response.Proposal{Case: c.Case.ID, Contacts: []response.NewContact{
			{Subject: o.someone(), Class: "sub", LastExposure: day("2022-11-07"), Home: grid1}}})
		o.ok(err)
		o.confirm(out.Contacts)
		sub := out.Contacts[0]
		o.days("2022-11-08", "2022-11-10", ids(out.Contacts), func(d string) {
			if d == "2022-11-08" {
				o.test(ids(out.Contacts))
			}
		})
		o.at("2022-11-11 08:00")
		view, err := o.main.Affected(o.ctx, o.epi, "CN-COVID-9", "CN-COVID-20")
		o.ok(err)
		if view.Total != 1 || view.Released != 1 || view.People[0].Now != "" || view.People[0].NewEnd.Known() {
			t.Fatalf("affected %d, longer %d: %+v", view.Total, view.Longer, view.People)
		}
		done, err := o.main.ApplyRuleChange(o.ctx, o.epi, "CN-COVID-9", "CN-COVID-20", "")
		o.ok(err)
		if done.Released != 1 || len(done.Failed) != 0 {
			t.Fatalf("applied %+v", done)
		}
		if v := o.contact(sub.ID); v.Contact.State != casebook.Completed || len(o.limits(sub.Person)) != 0 {
			t.Errorf("still %q, blocked by %v, steps %s, %v", v.Contact.State, v.Blockers, o.openSteps(sub.ID), o.limits(sub.Person))
		}
	})
}
