package response_test

import (
	"testing"
	"time"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/casebook"
	"github.com/seawall-city/seawall/internal/ledger"
	"github.com/seawall-city/seawall/internal/loop"
	"github.com/seawall-city/seawall/internal/regime"
	"github.com/seawall-city/seawall/internal/response"
)

// S8: measles in a school runs under another file: 21 days from the last
// exposure, prophylaxis in its window, no restriction for the immune.
func TestMeaslesInASchool(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		c, err := o.main.RecordCase(o.ctx, o.epi, response.NewCase{Subject: o.someone(), Disease: "measles", Class: casebook.Confirmed,
			Onset: day("2022-03-27"), Home: grid1, Facility: "合德镇小学"})
		o.ok(err)
		if c.Loop.Parties.Unit != "合德镇小学" {
			t.Fatalf("the unit is %q", c.Loop.Parties.Unit)
		}
		out, err := o.main.ProposeContacts(o.ctx, o.epi, response.Proposal{Case: c.Case.ID, Contacts: []response.NewContact{
			{Subject: o.someone(), Class: "close", LastExposure: day("2022-03-27"), Home: grid1},
			{Subject: o.someone(), Class: "close", LastExposure: day("2022-03-27"), Home: grid1, Extra: map[string]string{"susceptible": "yes"}}}})
		o.ok(err)
		o.confirm(out.Contacts)
		immune, open := o.contact(out.Contacts[0].ID), o.contact(out.Contacts[1].ID)
		if len(immune.Loop.Restrictions) != 0 || immune.Contact.Until != day("2022-04-17") {
			t.Fatalf("the immune: %+v until %s", immune.Loop.Restrictions, immune.Contact.Until)
		}
		if len(open.Loop.Restrictions) == 0 {
			t.Fatal("the susceptible one is not kept apart")
		}
		steps := o.steps(out.Contacts[0].ID)
		if p, ok := steps["prophylaxis-mmr"]; !ok || p.Due.Sub(day("2022-03-27").Start(time.FixedZone("", 8*3600))) != 72*time.Hour {
			t.Fatalf("prophylaxis %+v", p)
		}
	})
}

// A disease that is only monitored releases itself on its last day once the last
// report is in; a silent one needs somebody's word.
func TestMonitoringEndsByItself(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		c, err := o.main.RecordCase(o.ctx, o.epi, response.NewCase{Subject: o.someone(), Disease: "mers", Class: casebook.Confirmed,
			Onset: day("2022-03-27"), Home: grid1})
		o.ok(err)
		cs := o.candidates(c.Case, 2, "close", "")
		o.confirm(cs)
		until := o.contact(cs[0].ID).Contact.Until
		o.days("2022-03-28", until.String(), ids(cs[:1]), func(string) {})
		if st := o.contact(cs[0].ID); st.Contact.State != casebook.Completed {
			t.Fatalf("on %s the first is %q: %v %+v", until, st.Contact.State, st.Blockers, o.steps(cs[0].ID))
		}
		silent := o.contact(cs[1].ID)
		if silent.Contact.State != casebook.Following || len(silent.Blockers) == 0 {
			t.Fatalf("the silent one is %q: %v", silent.Contact.State, silent.Blockers)
		}
		release := o.steps(cs[1].ID)["release"]
		_, err = o.main.CompleteStep(o.ctx, o.countyDesk, release.ID, response.NewEvidence{Kind: "note", Text: "电话联系,无症状"})
		o.ok(err)
		if st := o.contact(cs[1].ID).Contact.State; st != casebook.Completed {
			t.Fatalf("after release by hand: %q", st)
		}
	})
}

// The same request id gives the same case; a repeated answer opens nothing new.
func TestRecordingTwiceIsOnce(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		in := response.NewCase{Subject: o.someone(), Disease: "covid-19", Class: casebook.Suspected, Onset: day("2022-03-27"), Home: grid1}
		a, err := o.main.RecordCase(o.ctx, o.epi, in)
		o.ok(err)
		b, err := o.main.RecordCase(o.ctx, o.epi, in)
		o.ok(err)
		if a.Case.ID != b.Case.ID || a.Loop.ID != b.Loop.ID || b.Case.Version != 1 {
			t.Fatalf("twice: %s and %s", a.Case.No, b.Case.No)
		}
		bad := response.NewCase{Subject: response.Subject{Request: "x"}, Disease: "nothing", Onset: day("2022-04-27"), Home: "999"}
		_, err = o.main.RecordCase(o.ctx, o.epi, bad)
		for _, field := range []string{"class", "onset", "disease", "subject.request", "home"} {
			o.refuse(err, seawall.Invalid, field)
		}
	})
}

// A history whose follow-up is over, or that no regime covers, opens no duty.
func TestHistoryOpensNoDuty(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		old, err := o.main.RecordCase(o.ctx, o.epi, response.NewCase{Subject: o.someone(), Disease: "covid-19", Class: casebook.Confirmed,
			Onset: day("2020-01-20"), Reported: day("2020-01-22").Start(time.UTC), Home: grid1})
		o.ok(err)
		if !old.Case.Historic || old.Case.State != casebook.CaseClosed || old.Loop.ID != "" {
			t.Fatalf("history %+v %+v", old.Case, old.Loop)
		}
		c := o.positive(grid1)
		out, err := o.main.ProposeContacts(o.ctx, o.epi, response.Proposal{Case: c.Case.ID, Contacts: []response.NewContact{
			{Subject: o.someone(), Class: "close", LastExposure: day("2022-02-20"), Home: grid1}}})
		o.ok(err)
		o.confirm(out.Contacts)
		if v := o.contact(out.Contacts[0].ID); v.Contact.State != casebook.History || v.Loop != nil {
			t.Fatalf("late-found contact %+v", v.Contact)
		}
	})
}

// A suspected case that turns out to be none takes its contacts' duties with it.
func TestDiscardingACase(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		c := o.positive(grid1)
		cs := o.candidates(c.Case, 2, "close", "")
		o.confirm(cs[:1])
		none := casebook.Discarded
		_, err := o.main.UpdateCase(o.ctx, o.countyDesk, c.Case.ID, response.CaseChange{Class: &none})
		if !seawall.Is(err, seawall.Denied) {
			t.Fatalf("discarded without the right: %v", err)
		}
		got, err := o.main.UpdateCase(o.ctx, o.epi, c.Case.ID, response.CaseChange{Version: c.Case.Version, Class: &none})
		o.ok(err)
		if got.State != casebook.CaseClosed || o.contact(cs[0].ID).Contact.State != casebook.Withdrawn || o.contact(cs[1].ID).Contact.State != casebook.Withdrawn {
			t.Fatalf("after discarding: %+v", got)
		}
		_, err = o.main.UpdateCase(o.ctx, o.epi, c.Case.ID, response.CaseChange{Version: 1, Class: &none})
		o.refuse(err, seawall.Conflict, "changed_meanwhile")
	})
}

// The giver answers until the receiver accepts, and nobody gets what they may
// not work on.
func TestHandingOver(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		c := o.positive(grid1)
		away := o.account("away", "亭湖区 流调员", other, "tracer")
		_, err := o.main.HandOver(o.ctx, o.grid, c.Loop.ID, away.Principal.ID, "")
		o.refuse(err, seawall.Invalid, "handover_receiver")
		h, err := o.main.HandOver(o.ctx, o.grid, c.Loop.ID, o.countyDesk.Principal.ID, "下班")
		o.ok(err)
		v, err := o.main.LoopView(o.ctx, o.epi, c.Loop.ID)
		o.ok(err)
		if v.Loop.Owner != o.grid.Principal.ID || len(v.HandOvers) != 1 {
			t.Fatalf("before accepting: %+v", v.Loop)
		}
		_, err = o.main.AcceptHandOver(o.ctx, o.cityDesk, c.Loop.ID, h.ID)
		o.refuse(err, seawall.Denied, "handover_not_yours")
		l, err := o.main.AcceptHandOver(o.ctx, o.countyDesk, c.Loop.ID, h.ID)
		o.ok(err)
		mine, err := o.main.Tonight(o.ctx, o.countyDesk, true)
		o.ok(err)
		if l.Owner != o.countyDesk.Principal.ID || mine.Counts.Mine != mine.Counts.Open || mine.Counts.Open < 2 {
			t.Fatalf("after accepting: %+v, tonight %+v", l, mine.Counts)
		}
	})
}

// One box finds areas, numbers and masked people, each only where the asker may
// look; the chain shows who met whom.
func TestSearchAndChain(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		c := o.positive(grid1)
		cs := o.candidates(c.Case, 2, "close", "")
		got, err := o.main.Search(o.ctx, o.epi, c.Case.No)
		o.ok(err)
		if len(got.Cases) != 1 || got.Cases[0].Ref != c.Case.Ref() {
			t.Fatalf("by number: %+v", got)
		}
		phone := "13900000001"
		if got, err = o.main.Search(o.ctx, o.epi, phone); err != nil || len(got.People) != 1 || got.People[0].Title.ZH != c.Case.Mask {
			t.Fatalf("by phone: %+v %v", got.People, err)
		}
		away := o.account("away", "亭湖区 流调员", other, "tracer")
		if got, err = o.main.Search(o.ctx, away, phone); err != nil || len(got.People)+len(got.Cases) != 0 {
			t.Fatalf("from another county: %+v %v", got, err)
		}
		if got, err = o.main.Search(o.ctx, o.epi, "合德"); err != nil || len(got.Areas) == 0 {
			t.Fatalf("areas: %+v %v", got, err)
		}
		chain, err := o.main.Chain(o.ctx, o.epi, c.Case.ID, 2)
		o.ok(err)
		if len(chain.Nodes) != 2 || !chain.Truncated {
			t.Fatalf("chain of two: %+v", chain)
		}
		v, err := o.main.CaseView(o.ctx, o.epi, c.Case.ID)
		o.ok(err)
		if len(v.Chain.Nodes) != 3 || len(v.Chain.Edges) != 2 || len(v.Clocks) != 3 || v.ByState[casebook.Candidate] != 2 || v.InfectiousFrom != day("2022-03-25") {
			t.Fatalf("case view: %d nodes, %d edges, clocks %+v", len(v.Chain.Nodes), len(v.Chain.Edges), v.Clocks)
		}
		_, err = o.main.CaseView(o.ctx, away, c.Case.ID)
		if !seawall.Is(err, seawall.Denied) {
			t.Fatalf("seen from another county: %v", err)
		}
		_ = cs
	})
}

// S1 on the road: a driver from outside, found through a letter, is owned where
// he stayed; his stays stand on the page.
func TestTransitDriver(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		at := o.clock.Now().Add(-20 * time.Hour)
		c, err := o.main.RecordCase(o.ctx, o.epi, response.NewCase{Subject: o.someone(), Disease: "covid-19", Class: casebook.Asymptomatic,
			Sampled: day("2022-03-27"), Exposure: town, Channel: "assistance_letter", Stays: []response.NewStay{
				{Place: "射阳服务区", Kind: "service_area", Area: town, From: at, To: at.Add(40 * time.Minute)},
				{Place: "大丰服务区", Kind: "service_area", Area: other, From: at.Add(2 * time.Hour), To: at.Add(3 * time.Hour)}}})
		o.ok(err)
		if c.Case.Area != townPath || c.Loop.OwnerWhy != "exposure:ancestor" || c.Loop.Owner != o.countyDesk.Principal.ID {
			t.Fatalf("owned by %s in %s because %s", c.Loop.OwnerName, c.Loop.Area, c.Loop.OwnerWhy)
		}
		v, err := o.main.CaseView(o.ctx, o.epi, c.Case.ID)
		o.ok(err)
		if len(v.Stays) != 2 || len(v.Timeline) < 4 {
			t.Fatalf("%d stays, timeline %+v", len(v.Stays), v.Timeline)
		}
		// evening work: every clock of the investigation green
		for _, st := range v.Steps {
			_, err := o.main.CompleteStep(o.ctx, o.countyDesk, st.ID, response.NewEvidence{Kind: "note", Text: "已完成"})
			o.ok(err)
		}
		if v, err = o.main.CaseView(o.ctx, o.epi, c.Case.ID); err != nil || v.Loops[0].State != loop.Done {
			t.Fatalf("loop %+v %v", v.Loops, err)
		}
		if f := o.at("2022-03-29 00:00"); f.Escalated != 0 {
			t.Fatalf("%d climbed of a finished evening", f.Escalated)
		}
		if v.Loops[0].Regime == "" || !regimeKnown(o.rules, v.Loops[0].Regime) {
			t.Fatalf("regime %q", v.Loops[0].Regime)
		}
	})
}

func regimeKnown(s *regime.Set, ref string) bool {
	r, ok := s.ByID(ref)
	return ok && r.Ref() == ref
}

// Who reports absence hands the open duties to the deputy in the same moment;
// who cannot be found is lost, with a reason, and restricted no longer.
func TestAbsenceAndLoss(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		c := o.positive(grid1)
		cs := o.candidates(c.Case, 2, "close", "")
		o.confirm(cs)
		n, err := o.main.FollowRoster(o.ctx, o.grid, o.grid.Principal.ID)
		o.ok(err)
		if n != 0 {
			t.Fatalf("%d duties moved although the holder is on duty", n)
		}
		o.write(func(tx seawall.Tx) error {
			d, err := o.db.Duty(o.ctx, tx, "d2")
			if err != nil {
				return err
			}
			d.Absent = seawall.Interval{From: o.clock.Now().Add(-time.Minute), To: o.clock.Now().Add(8 * time.Hour)}
			if err := o.db.SaveDuty(o.ctx, tx, d); err != nil {
				return err
			}
			return o.log.Record(o.ctx, tx, ledger.Event{Type: "roster.absence", Subject: seawall.Ref{Kind: seawall.KindDuty, ID: d.ID}})
		})
		if n, err = o.main.FollowRoster(o.ctx, o.grid, o.grid.Principal.ID); err != nil || n != 3 {
			t.Fatalf("%d duties moved, want the case's and two contacts': %v", n, err)
		}
		v := o.contact(cs[0].ID)
		if v.Contact.Owner != o.countyDesk.Principal.ID || v.Loop.HandOvers[0].Why != "roster" || v.Loop.Loop.Area != grid1Path {
			t.Fatalf("contact %+v", v.Contact)
		}
		b, err := o.main.BulkContacts(o.ctx, o.epi, response.Bulk{Action: "lost", Reason: "多次联系未果", Selection: response.Selection{IDs: ids(cs[:1])}})
		o.ok(err)
		v = o.contact(cs[0].ID)
		if b.Done != 1 || v.Contact.State != casebook.Lost || v.Contact.Room != "" || v.Loop.Restrictions[0].State == loop.RestrictionActive {
			t.Fatalf("lost: %+v", v.Contact)
		}
	})
}
