package response_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/casebook"
	"github.com/seawall-city/seawall/internal/loop"
	"github.com/seawall-city/seawall/internal/response"
)

// S5: fifty people cannot be restricted without evidence: without a case behind
// them, by somebody without the post, or by nobody in particular.
func TestNoRestrictionWithoutEvidence(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		var rows []casebook.Contact
		book := casebook.New(o.db, o.log, time.UTC)
		o.write(func(tx seawall.Tx) error {
			for i := range 50 {
				p, err := book.AddPerson(o.ctx, tx, casebook.Person{No: seawall.PersonNo(fmt.Sprintf("P-%d", i)), Mask: "储*·男·50", Home: grid1Path})
				if err != nil {
					return err
				}
				c, err := book.AddContact(o.ctx, tx, casebook.Contact{Person: p.No, Mask: p.Mask, Disease: "covid-19", Class: "close",
					LastExposure: day("2022-03-27"), FirstExposure: seawall.NoDay, Until: seawall.NoDay, LastReport: seawall.NoDay, Area: grid1Path})
				if err != nil {
					return err
				}
				rows = append(rows, c)
			}
			return nil
		})
		cut := response.Cut{Selection: response.Selection{IDs: ids(rows)}}
		b, err := o.main.ConfirmContacts(o.ctx, o.epi, cut)
		o.ok(err)
		if b.Done != 0 || b.Refused != 50 || b.Outcomes[0].Code != "contact_without_case" {
			t.Fatalf("confirmed without a case: %+v", b)
		}
		c := o.positive(grid1)
		rows = o.candidates(c.Case, 50, "close", "")
		cut.IDs = ids(rows)
		if _, err = o.main.ConfirmContacts(o.ctx, response.Who{Actor: seawall.System("score")}, cut); !seawall.Is(err, seawall.Denied) {
			t.Fatalf("a machine confirmed: %v", err)
		}
		_, err = o.main.ConfirmContacts(o.ctx, response.Who{Actor: seawall.Actor{Kind: seawall.ActorOperator}}, cut)
		o.refuse(err, seawall.Denied, "decider_unnamed")
		if _, err = o.main.ConfirmContacts(o.ctx, o.countyDesk, cut); !seawall.Is(err, seawall.Denied) {
			t.Fatalf("a duty officer confirmed: %v", err)
		}
		o.noRestrictions(append(rows, rows...))
		_, err = o.main.Retract(o.ctx, o.epi, response.Retraction{Ref: c.Case.Ref(), Reason: "复核阴性"})
		o.ok(err)
		b, err = o.main.ConfirmContacts(o.ctx, o.epi, cut)
		o.ok(err)
		if b.Done != 0 {
			t.Fatalf("confirmed on a retracted case: %+v", b)
		}
		o.noRestrictions(rows)
	})
}

func (o *office) noRestrictions(rows []casebook.Contact) {
	o.t.Helper()
	o.read(func(tx seawall.Tx) error {
		for _, c := range rows {
			rs, err := o.db.RestrictionsOn(o.ctx, tx, casebook.PersonRef(c.Person))
			if err != nil || len(rs) > 0 {
				o.t.Fatalf("%s is restricted: %+v %v", c.Mask, rs, err)
			}
		}
		return nil
	})
}

// Two workers race over one cut-off: each clock fires once, nothing climbs twice.
func TestTwoWorkersFireEachClockOnce(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		c := o.positive(grid1)
		o.confirm(o.candidates(c.Case, 30, "close", ""))
		before, err := o.main.Tonight(o.ctx, o.epi, false)
		o.ok(err)
		o.clock.Set(before.CutOff)
		var wg sync.WaitGroup
		var mu sync.Mutex
		total := response.Fired{}
		for range 4 {
			wg.Add(1)
			go func() {
				defer wg.Done()
				f, err := o.main.Tick(o.ctx)
				mu.Lock()
				defer mu.Unlock()
				total.Escalated += f.Escalated
				if err != nil {
					t.Error(err)
				}
			}()
		}
		wg.Wait()
		if total.Escalated != before.Counts.Open {
			t.Fatalf("%d climbed, %d were open", total.Escalated, before.Counts.Open)
		}
		o.overnight()
		o.read(func(tx seawall.Tx) error {
			steps, _, _, err := o.db.Steps(o.ctx, tx, loop.StepQuery{Scope: seawall.Scope{cityPath}, Escalated: true, Page: seawall.Page{Limit: 500}})
			for _, s := range steps {
				if s.Escalations != 1 {
					t.Errorf("step %s climbed %d times at one cut-off", s.Key, s.Escalations)
				}
			}
			return err
		})
	})
}

// Hundreds at once in seconds, each answered for itself (bulk over hundreds
// under 5 s).
func TestBulkOverHundreds(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		c := o.positive(grid1)
		cs := o.candidates(c.Case, 300, "close", "")
		_, err := o.main.DismissContacts(o.ctx, o.epi, response.Selection{IDs: ids(cs[:1])}, "不是接触者")
		o.ok(err)
		began := time.Now()
		b, err := o.main.BulkContacts(o.ctx, o.epi, response.Bulk{Action: "confirm", Selection: response.Selection{IDs: ids(cs)}})
		o.ok(err)
		took := time.Since(began)
		if b.Done != 299 || b.Refused != 1 || b.Outcomes[0].Code != "not_a_candidate" {
			t.Fatalf("done %d refused %d: %+v", b.Done, b.Refused, b.Outcomes[0])
		}
		t.Logf("300 contacts confirmed in %s", took)
		if limit := 5 * time.Second; took > limit && !testing.Short() {
			t.Errorf("took %s, want less than %s", took, limit)
		}
		began = time.Now()
		b, err = o.main.BulkContacts(o.ctx, o.epi, response.Bulk{Action: "followup", FollowUp: &response.NewFollowUp{Status: "well"},
			Selection: response.Selection{Query: &response.ContactFilter{States: []casebook.ContactState{casebook.Following}}}})
		o.ok(err)
		if b.Done != 299 {
			t.Fatalf("follow-ups %+v", b.Outcomes[:3])
		}
		t.Logf("299 follow-ups in %s", time.Since(began))
		b, err = o.main.BulkContacts(o.ctx, o.epi, response.Bulk{Action: "step", Step: "transfer", Evidence: &response.NewEvidence{Kind: "note", Text: "车辆 3 号"},
			Selection: response.Selection{IDs: ids(cs[:5])}})
		o.ok(err)
		if b.Done != 4 || b.Unchanged != 1 {
			t.Fatalf("transfers %+v", b)
		}
		began = time.Now()
		f := o.at("2022-03-29 00:00")
		t.Logf("cut-off over %d clocks, %d climbed, in %s", f.Clocks, f.Escalated, time.Since(began))
		l, err := o.main.Notices(o.ctx, o.countyDesk, seawall.Page{Limit: 200})
		o.ok(err)
		if len(l.Items) == 0 || len(l.Items) > 40 {
			t.Fatalf("the county reads %d notices for one midnight", len(l.Items))
		}
		v, err := o.main.PreviewConfirm(o.ctx, o.epi, response.Cut{Selection: response.Selection{IDs: ids(cs[:1])}})
		o.ok(err)
		if len(v.Problems) != 1 {
			t.Fatalf("preview of a dismissed one %+v", v)
		}
		began = time.Now()
		back, err := o.main.Retract(o.ctx, o.epi, response.Retraction{Ref: c.Case.Ref(), Reason: "假阳性"})
		o.ok(err)
		t.Logf("%d duties withdrawn in %s", back.Loops, time.Since(began))
		if back.Loops != 300 {
			t.Fatalf("withdrawn %+v", back)
		}
	})
}

// A merge takes everything that hangs on a person along, an un-merge gives back
// exactly that.
func TestMergeAndBack(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		c := o.positive(grid1)
		cs := o.candidates(c.Case, 2, "close", "")
		o.confirm(cs)
		o.tested(cs[0].ID, "negative", "L1")
		loser, winner := cs[0].Person, cs[1].Person
		before, err := o.main.PersonView(o.ctx, o.epi, loser)
		o.ok(err)
		m, err := o.main.Merge(o.ctx, o.epi, response.MergeRequest{Loser: loser, Winner: winner, Reason: "同一人"})
		o.ok(err)
		// contact, result, link, loop, two restrictions
		if m.Moved != 6 {
			t.Fatalf("moved %d rows", m.Moved)
		}
		v := o.contact(cs[0].ID)
		if v.Contact.Person != winner || v.Loop.Loop.Person != winner || len(v.Loop.Restrictions) != 2 || len(v.Results) != 1 {
			t.Fatalf("after the merge %+v", v.Contact)
		}
		_, err = o.main.Merge(o.ctx, o.epi, response.MergeRequest{Loser: winner, Winner: loser, Reason: "x"})
		o.refuse(err, seawall.Conflict, "merge_not_possible")
		// work goes on under the winner's number
		o.tested(cs[1].ID, "negative", "L1")
		back, err := o.main.Unmerge(o.ctx, o.epi, loser, "不是同一人")
		o.ok(err)
		after, err := o.main.PersonView(o.ctx, o.epi, loser)
		o.ok(err)
		if back.Moved != 6 || len(after.Contacts) != len(before.Contacts) || len(after.Results) != 1 || len(after.Links) != len(before.Links) {
			t.Fatalf("un-merged %+v: %+v", back, after)
		}
		if w, _ := o.main.PersonView(o.ctx, o.epi, winner); len(w.Results) != 1 || len(w.Contacts) != 1 {
			t.Fatalf("the winner keeps %d results and %d contacts", len(w.Results), len(w.Contacts))
		}
		if v = o.contact(cs[0].ID); v.Contact.Person != loser || len(v.Loop.Restrictions) != 2 {
			t.Fatalf("contact %+v", v.Contact)
		}
	})
}

// Opening an identity takes a purpose and leaves an entry in the log first.
func TestOpeningAnIdentity(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		c := o.positive(grid1)
		ask := response.Opening{Person: c.Case.Person, Purpose: "case_investigation", Subject: c.Case.Ref().String()}
		id, err := o.main.OpenIdentity(o.ctx, o.epi, ask)
		o.ok(err)
		if id.Name == "" {
			t.Fatal("no name")
		}
		if len(o.opened) != 1 || o.opened[0] != "case_investigation "+ask.Subject {
			t.Fatalf("on the log: %q", o.opened)
		}
		ask.Purpose = ""
		_, err = o.main.OpenIdentity(o.ctx, o.epi, ask)
		o.refuse(err, seawall.Invalid, "purpose_needed")
		ask.Purpose = "law_enforcement"
		if _, err = o.main.OpenIdentity(o.ctx, o.epi, ask); !seawall.Is(err, seawall.Denied) {
			t.Fatalf("an unknown purpose: %v", err)
		}
		ask.Purpose = "case_investigation"
		if _, err = o.main.OpenIdentity(o.ctx, o.grid, ask); !seawall.Is(err, seawall.Denied) {
			t.Fatalf("a grid worker: %v", err)
		}
		ask.Subject = strings.Repeat("x", 10_000)
		_, err = o.main.OpenIdentity(o.ctx, o.epi, ask)
		o.refuse(err, seawall.Invalid, "")
		if len(o.opened) != 1 {
			t.Fatalf("a refused opening reached the vault: %q", o.opened)
		}
	})
}
