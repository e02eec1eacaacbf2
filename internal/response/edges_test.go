package response_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/casebook"
	"github.com/seawall-city/seawall/internal/response"
)

// A result cited by hand is held to the same rules as one that comes in: one
// sample for one test, not older than its day, two laboratories for a dual test.
func TestResultsCitedByHand(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		cs := o.candidates(o.positive(grid1).Case, 1, "close", "")
		o.confirm(cs)
		id := cs[0].ID
		cite := func(key string, r response.RecordedResult) error {
			_, err := o.main.CompleteStep(o.ctx, o.epi, o.steps(id)[key].ID, response.NewEvidence{Kind: "result", Ref: r.Result.Ref()})
			return err
		}
		first := o.tested(id, "negative", "L1")
		o.refuse(cite("test-4", first), seawall.Invalid, "result_too_early")
		o.at("2022-04-10 10:00")
		a := o.tested(id, "negative", "L1")
		o.refuse(cite("test-14b", a), seawall.Conflict, "result_used")
		o.refuse(cite("test-14b", o.tested(id, "negative", "L1")), seawall.Invalid, "result_same_lab")
	})
}

// A close contact found so late that one test was left is released with it; a
// sub-contact of theirs must not wait for a second one for ever.
func TestSubContactOfOneFoundLate(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		c := o.positive(grid1).Case
		p, err := o.main.ProposeContacts(o.ctx, o.epi, response.Proposal{Case: c.ID, Contacts: []response.NewContact{{Subject: o.someone(),
			Class: "close", FirstExposure: day("2022-03-08"), LastExposure: day("2022-03-08"), Home: grid1}}})
		o.ok(err)
		o.confirm(p.Contacts)
		via := p.Contacts[0].ID
		sub := o.candidates(c, 1, "sub", via)
		o.confirm(sub)
		subs := []seawall.ContactID{sub[0].ID}
		o.days("2022-03-28", "2022-04-03", subs, func(d string) {
			switch d {
			case "2022-03-29":
				_, err := o.main.RecordFollowUp(o.ctx, o.epi, via, response.NewFollowUp{Status: "well"})
				o.ok(err)
				if r := o.tested(via, "negative", "L1"); !r.Released {
					t.Fatalf("the close contact waits for %v", o.contact(via).Blockers)
				}
			case "2022-03-28", "2022-03-31", "2022-04-03":
				o.test(subs)
			}
		})
		if v := o.contact(sub[0].ID); v.Contact.State != casebook.Completed {
			t.Fatalf("the sub-contact is %q, blocked by %v", v.Contact.State, v.Blockers)
		}
	})
}

// A sub-contact who is confirmed only after their close contact became a case
// gets the class of the rule's "else" from the beginning.
func TestSubContactConfirmedAfterThePositive(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		c := o.positive(grid1).Case
		via := o.candidates(c, 1, "close", "")
		o.confirm(via)
		sub := o.candidates(c, 1, "sub", via[0].ID)
		o.tested(via[0].ID, "positive", "L1")
		_, err := o.main.RecordCase(o.ctx, o.epi, response.NewCase{Subject: response.Subject{Person: via[0].Person}, Disease: "covid-19",
			Class: casebook.Confirmed, Sampled: day("2022-03-28"), Home: grid1})
		o.ok(err)
		pre, err := o.main.PreviewConfirm(o.ctx, o.epi, response.Cut{Selection: response.Selection{IDs: ids(sub)}})
		o.ok(err)
		o.confirm(sub)
		if v := o.contact(sub[0].ID); v.Contact.Class != "close" || pre.ByClass["close"] != 1 {
			t.Fatalf("confirmed as %q, previewed %v", v.Contact.Class, pre.ByClass)
		}
	})
}

// A candidate whom nobody confirmed stays one when the case that they had become
// is taken back, also where the rule restricts nobody.
func TestRetractionConfirmsNobody(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		record := func(who response.Subject) response.RecordedCase {
			c, err := o.main.RecordCase(o.ctx, o.epi, response.NewCase{Subject: who, Disease: "ebola", Class: casebook.Confirmed,
				Onset: day("2022-03-27"), Home: grid1})
			o.ok(err)
			return c
		}
		k := o.candidates(record(o.someone()).Case, 1, "close", "")[0]
		made := record(response.Subject{Person: k.Person})
		_, err := o.main.Retract(o.ctx, o.epi, response.Retraction{Ref: made.Case.Ref(), Reason: "误报"})
		o.ok(err)
		if v := o.contact(k.ID); v.Contact.State != casebook.Candidate || v.Loop != nil {
			t.Fatalf("the candidate is %q now", v.Contact.State)
		}
	})
}

// A result cannot be hung on somebody else's case, however it is asked for:
// retracting it would take that case back.
func TestResultOfAnothersCase(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		c := o.positive(grid1).Case
		k := o.candidates(c, 1, "close", "")
		o.confirm(k)
		now := o.clock.Now()
		_, err := o.main.RecordResult(o.ctx, o.lab, response.NewResult{Contact: k[0].ID, Case: c.ID, Disease: "covid-19", Kind: "nat",
			Accession: "X-1", Collected: now, Resulted: now, Outcome: "positive"})
		o.refuse(err, seawall.Invalid, "result_of_another")
		_, err = o.main.RecordResult(o.ctx, o.lab, response.NewResult{Case: c.ID, Disease: "measles", Kind: "nat",
			Accession: "X-2", Collected: now, Resulted: now, Outcome: "positive"})
		o.refuse(err, seawall.Invalid, "result_of_another")
	})
}

// Who has to be tested again must not read that everything has ended.
func TestRetractedNegativeTellsTheTruth(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		k := o.candidates(o.positive(grid1).Case, 1, "close", "")
		o.confirm(k)
		r := o.tested(k[0].ID, "negative", "L1")
		_, err := o.main.Retract(o.ctx, o.lab, response.Retraction{Ref: r.Result.Ref(), Reason: "样本混淆"})
		o.ok(err)
		o.read(func(tx seawall.Tx) error {
			told, _, err := o.db.NoticesFor(o.ctx, tx, casebook.PersonRef(k[0].Person), seawall.Page{Limit: 9})
			if err == nil && (len(told) != 1 || !strings.Contains(told[0].Text.EN, "sampled again") || strings.Contains(told[0].Text.EN, "has ended")) {
				t.Fatalf("told %+v", told)
			}
			return err
		})
	})
}

// Of one case entered twice the double is taken back: the person stays a case.
func TestRetractingADouble(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		k := o.candidates(o.positive(grid1).Case, 1, "close", "")
		o.confirm(k)
		var made []response.RecordedCase
		for range 2 {
			c, err := o.main.RecordCase(o.ctx, o.epi, response.NewCase{Subject: response.Subject{Person: k[0].Person}, Disease: "covid-19",
				Class: casebook.Confirmed, Sampled: day("2022-03-28"), Home: grid1})
			o.ok(err)
			made = append(made, c)
		}
		for i, want := range []casebook.ContactState{casebook.BecameCase, casebook.Following} {
			_, err := o.main.Retract(o.ctx, o.epi, response.Retraction{Ref: made[i].Case.Ref(), Reason: "重复录入"})
			o.ok(err)
			if st := o.contact(k[0].ID).Contact.State; st != want {
				t.Fatalf("after %d of two cases the contact is %q, want %q", i+1, st, want)
			}
		}
	})
}

// A retracted case takes the edges of its sub-contacts along, and a sub-contact
// hangs on a contact that exists.
func TestRetractionTakesTheWholeTree(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		c := o.positive(grid1).Case
		via := o.candidates(c, 1, "close", "")
		sub := o.candidates(c, 1, "sub", via[0].ID)
		_, err := o.main.ProposeContacts(o.ctx, o.epi, response.Proposal{Case: c.ID, Contacts: []response.NewContact{{Subject: o.someone(),
			Class: "sub", Via: "nobody", LastExposure: day("2022-03-27"), Home: grid1}}})
		o.refuse(err, seawall.Invalid, "contact_invalid")
		_, err = o.main.Retract(o.ctx, o.epi, response.Retraction{Ref: c.Ref(), Reason: "假阳性"})
		o.ok(err)
		v, err := o.main.PersonView(o.ctx, o.epi, sub[0].Person)
		o.ok(err)
		if len(v.Links) != 1 || v.Links[0].State != casebook.Retracted {
			t.Fatalf("links %+v", v.Links)
		}
	})
}

// Days settled as missed do not release anybody: nobody knows how they are.
func TestTheUnheardAreNotReleasedByThemselves(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		c, err := o.main.RecordCase(o.ctx, o.epi, response.NewCase{Subject: o.someone(), Disease: "ebola", Class: casebook.Confirmed,
			Onset: day("2022-03-27"), Home: grid1})
		o.ok(err)
		p, err := o.main.ProposeContacts(o.ctx, o.epi, response.Proposal{Case: c.Case.ID, Contacts: []response.NewContact{{Subject: o.someone(),
			Class: "close", LastExposure: day("2022-03-07"), Home: grid1}}})
		o.ok(err)
		o.confirm(p.Contacts)
		id := p.Contacts[0].ID
		for range 2 {
			_, err = o.main.RecordFollowUp(o.ctx, o.grid, id, response.NewFollowUp{Status: "missed"})
			o.ok(err)
		}
		o.at("2022-03-29 00:10")
		if v := o.contact(id); v.Contact.State != casebook.Following || !slices.Contains(v.Blockers, "silent") {
			t.Fatalf("the unheard contact is %q, blocked by %v", v.Contact.State, v.Blockers)
		}
	})
}

// The personal link takes no report after the follow-up ended, still shows why
// for a while, and then opens nothing.
func TestLinkEndsAfterTheFollowUp(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		c := o.positive(grid1).Case
		k := o.candidates(c, 1, "close", "")
		o.confirm(k)
		link, err := o.main.SelfReportLink(o.ctx, o.grid, k[0].ID)
		o.ok(err)
		_, err = o.main.Retract(o.ctx, o.epi, response.Retraction{Ref: c.Ref(), Reason: "假阳性"})
		o.ok(err)
		_, err = o.main.SelfReport(o.ctx, link.Token, response.SelfReport{Well: true})
		o.refuse(err, seawall.Conflict, "contact_not_followed")
		me, err := o.main.MyFollowUp(o.ctx, link.Token)
		o.ok(err)
		if me.State != "withdrawn" || len(me.Notices) == 0 {
			t.Fatalf("the page after the end: %+v", me)
		}
		o.at("2022-04-12 09:00")
		_, err = o.main.MyFollowUp(o.ctx, link.Token)
		o.refuse(err, seawall.Gone, "link_ended")
	})
}

// A positive antigen test asks for a nucleic acid test; when that is positive
// too, somebody is asked to decide, whatever is still open of the first.
func TestPositiveAfterAntigen(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		k := o.candidates(o.positive(grid1).Case, 1, "close", "")
		o.confirm(k)
		now := o.clock.Now()
		_, err := o.main.RecordResult(o.ctx, o.lab, response.NewResult{Contact: k[0].ID, Disease: "covid-19", Kind: "antigen",
			Accession: "AG-1", Collected: now, Resulted: now, Outcome: "positive"})
		o.ok(err)
		if steps := o.steps(k[0].ID); steps["antigen"].State != "open" || steps["positive"].State != "" {
			t.Fatalf("after the antigen test: %+v", steps)
		}
		o.tested(k[0].ID, "positive", "L1")
		if st := o.steps(k[0].ID)["positive"]; st.State != "open" || !strings.Contains(st.Title.EN, "decide") {
			t.Fatalf("after the nucleic acid test: %+v", st)
		}
	})
}
