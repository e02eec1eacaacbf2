package response_test

import (
	"testing"
	"time"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/border"
	"github.com/seawall-city/seawall/internal/loop"
	"github.com/seawall-city/seawall/internal/response"
)

func seawallPage(n int) seawall.Page { return seawall.Page{Limit: n} }

// come records one person who has arrived from a graded county.
func (o *office) come(name string, n int, origins ...response.NewOrigin) border.Arrival {
	o.t.Helper()
	j := o.journey()
	j.Arrived = o.clock.Now().Add(-time.Hour)
	if len(origins) > 0 {
		j.Origins = origins
	}
	rec, err := o.main.RecordArrivals(o.ctx, o.cityDesk, response.NewArrivals{Request: o.request(), Journey: j, Channel: border.Gate,
		People: []response.DeclaredPerson{{Identity: traveller(name, n)}}})
	o.ok(err)
	return rec.Items[0]
}

// IMP-04, IMP-09: nothing restricts before a named officer confirms; before the
// identity is checked nobody can confirm a restricting measure.
func TestADeclarationRestrictsNobody(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		o.graded(shanghai, "high", o.day(-10).String())
		dec, err := o.main.DeclareTravel(o.ctx, response.NewDeclaration{Request: o.request(), Journey: o.journey(),
			People: []response.DeclaredPerson{{Identity: response.Identity{Name: "某甲"}}}})
		o.ok(err)
		now := o.clock.Now()
		code := dec.Code
		dec, err = o.main.ChangeDeclaration(o.ctx, code, response.DeclarationChange{Arrived: &now})
		o.ok(err)
		one := dec.People[0]
		if one.State != border.Arrived || one.Applies == nil || one.Applies.Confirmed || len(one.Restrictions) > 0 {
			t.Fatalf("declared as arrived: %+v", one)
		}
		for _, c := range one.Checks {
			if !c.Done.IsZero() {
				t.Errorf("the declaration made the check %s", c.Key)
			}
		}
		told := response.NewCheck{Check: border.Measure, Told: true}
		if _, err := o.main.RecordCheck(o.ctx, o.epi, one.ID, told); !seawall.Is(err, seawall.Conflict) {
			t.Errorf("a measure before the identity: %v", err)
		}
		if _, err := o.main.RecordCheck(o.ctx, o.grid, one.ID, response.NewCheck{Check: border.Identity}); !seawall.Is(err, seawall.Invalid) {
			t.Errorf("an identity without document and word: %v", err)
		}
		_, err = o.main.RecordCheck(o.ctx, o.grid, one.ID, response.NewCheck{Check: border.Identity, Note: "邻居作证"})
		o.ok(err)
		_, err = o.main.RecordCheck(o.ctx, o.epi, one.ID, told)
		o.ok(err)
		dec, err = o.main.MyDeclaration(o.ctx, code)
		o.ok(err)
		if r := dec.People[0].Restrictions; len(r) == 0 || r[0].Reason.ZH == "" || r[0].During.To.IsZero() || r[0].DecidedBy != "" {
			t.Errorf("what the person reads: %+v", r)
		}
		steps, err := o.main.Steps(o.ctx, o.cityDesk, loop.StepQuery{Subject: seawall.Ref{Kind: seawall.KindArrival, ID: string(one.ID)}})
		o.ok(err)
		for _, st := range steps.Items {
			if st.Key != border.Headcount {
				continue
			}
			if _, err := o.main.CompleteStep(o.ctx, o.cityDesk, st.ID, response.NewEvidence{Kind: "note", Text: "ok"}); !seawall.Is(err, seawall.Conflict) {
				t.Errorf("a check was closed as a mere step: %v", err)
			}
		}
	})
}

// IMP-05: until the other city receipts, this one answers; the chain of custody
// has no gap.
func TestHandedOnWithReceipt(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		a := o.come("某甲", 41)
		_, err := o.main.HandOnArrival(o.ctx, o.cityDesk, a.ID, response.HandOn{To: "南通市", Code: "3206"})
		o.ok(err)
		if a = o.arrival(a.ID); a.State != border.Arrived || a.Owner == "" {
			t.Errorf("before the receipt: %+v", a)
		}
		if _, err := o.main.HandOnArrival(o.ctx, o.cityDesk, a.ID, response.HandOn{To: "苏州市"}); !seawall.Is(err, seawall.Conflict) {
			t.Errorf("handed on twice: %v", err)
		}
		o.clock.Advance(3 * time.Hour)
		_, err = o.main.ReceiptArrival(o.ctx, o.cityDesk, a.ID, response.Receipt{Letter: "通函〔2022〕9号"})
		o.ok(err)
		v, err := o.main.ArrivalView(o.ctx, o.cityDesk, a.ID)
		o.ok(err)
		if v.Arrival.State != border.HandedOn || v.Arrival.Holder != "南通市" || len(v.Custody) != 2 || len(v.Gaps) != 0 || v.Loop.Loop.State != loop.Done {
			t.Errorf("after the receipt: %+v gaps %+v", v.Arrival, v.Gaps)
		}
	})
}

// IMP-05: a returnee from abroad goes port, central, home, follow-up; each place
// takes over by its receipt, the tests close by results, and the end releases.
func TestReturnedFromAbroad(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		j := o.journey()
		j.Origins, j.Mode, j.Arrived = []response.NewOrigin{{Code: "KR", Left: o.day(0)}}, "air", o.clock.Now().Add(-time.Hour)
		rec, err := o.main.RecordArrivals(o.ctx, o.cityDesk, response.NewArrivals{Request: o.request(), Journey: j, Channel: border.Gate, From: "上海市口岸专班", Letter: "沪移〔2022〕3号",
			People: []response.DeclaredPerson{{Identity: traveller("某甲", 51)}}})
		o.ok(err)
		id := rec.Items[0].ID
		for _, c := range []string{border.Headcount, border.Identity, border.Location} {
			if !o.arrival(id).Check(c).Made() {
				_, err := o.main.RecordCheck(o.ctx, o.grid, id, response.NewCheck{Check: c})
				o.ok(err)
			}
		}
		a, err := o.main.RecordCheck(o.ctx, o.epi, id, response.NewCheck{Check: border.Measure, Told: true})
		o.ok(err)
		if a.State != border.Managed || a.Kind != "central" || a.Room == "" {
			t.Fatalf("managed: %+v", a)
		}
		v, err := o.main.ArrivalView(o.ctx, o.epi, id)
		o.ok(err)
		stages := []string{}
		for _, st := range v.Loop.Steps {
			if st.Needs == "receipt" {
				stages = append(stages, st.Key)
			}
		}
		if len(stages) != 2 || len(v.Custody) != 2 || v.Custody[0].Holder != "上海市口岸专班" {
			t.Errorf("stages %v, custody %+v", stages, v.Custody)
		}
		o.serveOut(t, id)
	})
}

// serveOut lets the days pass: every test is resulted negative, every report is
// made, each stage is taken over; then nothing is left of the measure.
func (o *office) serveOut(t *testing.T, id seawall.ArrivalID) {
	t.Helper()
	for range 70 {
		a := o.arrival(id)
		if a.State == border.Released {
			break
		}
		v, err := o.main.ArrivalView(o.ctx, o.epi, id)
		o.ok(err)
		for _, st := range v.Loop.Steps {
			if st.State != loop.Open || st.Day > o.day(0) {
				continue
			}
			switch {
			case st.Needs == "result":
				_, err = o.main.RecordResult(o.ctx, o.lab, response.NewResult{Subject: response.Subject{Person: a.Person}, Disease: "covid-19", Kind: "nat",
					Accession: o.request(), Collected: o.clock.Now().Add(-time.Hour), Resulted: o.clock.Now(), Outcome: "negative", Lab: "L" + st.Key})
			case st.Needs == "receipt":
				_, err = o.main.ReceiptArrival(o.ctx, o.cityDesk, id, response.Receipt{Stage: st.Key[len("stage-"):]})
			case st.Key == "monitor":
				_, err = o.main.CompleteStep(o.ctx, o.epi, st.ID, response.NewEvidence{Kind: "note", Text: "36.5"})
			}
			o.ok(err)
		}
		o.clock.Advance(24 * time.Hour)
		_, err = o.main.Tick(o.ctx)
		o.ok(err)
	}
	a := o.arrival(id)
	v, err := o.main.ArrivalView(o.ctx, o.epi, id)
	o.ok(err)
	for _, r := range v.Restrictions {
		if r.State == loop.RestrictionActive {
			t.Errorf("still restricted: %+v", r)
		}
	}
	if a.State != border.Released || a.Room != "" || len(v.Gaps) > 0 {
		t.Errorf("at the end: %+v, gaps %v", a, v.Gaps)
		for _, st := range v.Loop.Steps {
			if st.State == loop.Open {
				t.Logf("open: %s %s due %s", st.Key, st.Needs, st.Day)
			}
		}
	}
}

// IMP-04: an arrival recorded by mistake goes with its duty and restrictions; one
// of two people merged into the other takes their arrivals along.
func TestArrivalsAreTakenBackAndMerged(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		o.graded(shanghai, "high", o.day(-10).String())
		a, b := o.come("某甲", 61), o.come("某乙", 62)
		for _, c := range []string{border.Identity, border.Location} {
			_, err := o.main.RecordCheck(o.ctx, o.grid, a.ID, response.NewCheck{Check: c})
			o.ok(err)
		}
		_, err := o.main.RecordCheck(o.ctx, o.epi, a.ID, response.NewCheck{Check: border.Measure, Told: true})
		o.ok(err)
		n, err := o.main.RetractArrival(o.ctx, o.epi, a.ID, response.Move{Reason: "登记到别人名下"})
		o.ok(err)
		if n.Arrivals != 1 || n.Loops != 1 || n.Restrictions == 0 {
			t.Errorf("taken back: %+v", n)
		}
		if got := o.arrival(a.ID); got.State != border.Retracted || got.Owner != "" {
			t.Errorf("after: %+v", got)
		}
		_, err = o.main.Merge(o.ctx, o.epi, response.MergeRequest{Loser: b.Person, Winner: a.Person, Reason: "同一人"})
		o.ok(err)
		if got := o.arrival(b.ID); got.Person != a.Person {
			t.Errorf("the arrival stayed with %s", got.Person)
		}
		_, err = o.main.Unmerge(o.ctx, o.epi, b.Person, "不是同一人")
		o.ok(err)
		if got := o.arrival(b.ID); got.Person != b.Person {
			t.Errorf("the arrival did not come back: %s", got.Person)
		}
	})
}

// IMP-04: a check that nobody makes climbs at the cut-off.
func TestAMissingCheckClimbs(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		a := o.come("某甲", 71)
		if a.Owner != o.grid.Principal.ID {
			t.Fatalf("the community of the stay does not answer: %+v", a)
		}
		o.clock.Advance(48 * time.Hour)
		f, err := o.main.Tick(o.ctx)
		o.ok(err)
		if got := o.arrival(a.ID); f.Escalated == 0 || got.Owner == o.grid.Principal.ID {
			t.Errorf("fired %+v, owner %s", f, got.OwnerName)
		}
		list, err := o.main.Arrivals(o.ctx, o.cityDesk, response.ArrivalFilter{Late: true}, seawallPage(10))
		o.ok(err)
		if list.Total != 1 {
			t.Errorf("%d late", list.Total)
		}
	})
}

// Every row that arrivals leave behind folds again from the log alone (design §5).
func TestArrivalsRefoldFromTheLog(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		o.graded(shanghai, "high", o.day(-10).String())
		dec, err := o.main.DeclareTravel(o.ctx, response.NewDeclaration{Request: o.request(), Journey: o.journey(),
			People: []response.DeclaredPerson{{Identity: traveller("某甲", 81)}}})
		o.ok(err)
		r := o.row("1", traveller("某甲", 81))
		r.Size = 2
		o.feed("rail", r)
		r.Seat = "03C"
		o.feed("rail", r)
		id := dec.People[0].ID
		for _, c := range []response.NewCheck{{Check: border.Headcount, Size: 2}, {Check: border.Location, Stay: grid2, StayText: "迁到二网格"}} {
			_, err := o.main.RecordCheck(o.ctx, o.cityDesk, id, c)
			o.ok(err)
		}
		_, err = o.main.RecordCheck(o.ctx, o.epi, id, response.NewCheck{Check: border.Measure, Told: true})
		o.ok(err)
		b := o.come("某乙", 82)
		_, err = o.main.HandOnArrival(o.ctx, o.cityDesk, b.ID, response.HandOn{To: "南通市", Letter: "1号"})
		o.ok(err)
		_, err = o.main.ReceiptArrival(o.ctx, o.cityDesk, b.ID, response.Receipt{})
		o.ok(err)
		c := o.come("某丙", 83)
		_, err = o.main.RetractArrival(o.ctx, o.epi, c.ID, response.Move{Reason: "重复"})
		o.ok(err)
		if a := o.arrival(id); a.Area == grid1Path || a.ConfirmedBy == "" {
			t.Errorf("moved and confirmed: %+v", a)
		}
		o.place()
		o.refolds()
	})
}
