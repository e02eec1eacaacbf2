package response_test

import (
	"testing"
	"time"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/freight"
	"github.com/seawall-city/seawall/internal/gate"
	"github.com/seawall-city/seawall/internal/response"
)

// What a trip's record says, or a card that is long over, keeps no vehicle from
// being recorded at a gate. IMP-07, FRT-01.
func TestATripNeverFailsAPass(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		officer, _ := o.gates()
		id, _ := o.lorry("苏J00031", true)
		_, err := o.main.RecordMove(o.ctx, o.countyDesk, id, response.NewMove{Kind: freight.MoveUnloadStart, Place: "批发市场", Area: county})
		o.ok(err)
		got, err := o.main.Pass(o.ctx, officer, theGate, o.vehicle("苏J00031"))
		o.ok(err)
		if now := o.trip(id).Trip; got.Pass.Trip != string(id) || now.State != freight.Unloading {
			t.Errorf("unloading, and at a gate: %+v, the trip %s", got.Pass, now.State)
		}
		old, code := o.lorry("苏J00032", true)
		_, err = o.main.RecordMove(o.ctx, o.countyDesk, old, response.NewMove{Kind: freight.MoveExit, Place: "北收费站", Area: county})
		o.ok(err)
		o.clock.Advance(20 * 24 * time.Hour)
		in := o.vehicle("苏J00032")
		in.Code = code
		got, err = o.main.Pass(o.ctx, officer, theGate, in)
		o.ok(err)
		if got.Pass.Trip != "" || got.Decision.Outcome != gate.Go {
			t.Errorf("with a card that is over: %+v", got)
		}
		o.place()
		o.refolds()
	})
}

// A fresh sample without a result takes no positive one back. IMP-07.
func TestAPendingSampleHidesNoPositive(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		officer, _ := o.gates()
		dec, err := o.main.DeclareTravel(o.ctx, response.NewDeclaration{Request: o.request(), Journey: o.journey(), People: []response.DeclaredPerson{{Identity: response.Identity{Name: "某甲"}}}})
		o.ok(err)
		person := response.Subject{Person: o.arrival(dec.People[0].ID).Person}
		now := o.clock.Now()
		for _, r := range []response.NewResult{
			{Accession: "P-1", Collected: now.Add(-20 * time.Hour), Resulted: now.Add(-8 * time.Hour), Outcome: "positive"},
			{Accession: "P-2", Collected: now.Add(-2 * time.Hour), Outcome: "pending"}} {
			r.Subject, r.Disease, r.Kind, r.Lab = person, "covid-19", "nat", "L1"
			_, err = o.main.RecordResult(o.ctx, o.lab, r)
			o.ok(err)
		}
		look, err := o.main.LookAtGate(o.ctx, officer, theGate, response.GateAsk{Code: dec.Code}, gate.Facts{})
		o.ok(err)
		if look.Facts.Test.Result != "positive" || look.Decision.Outcome != gate.Refer {
			t.Errorf("positive yesterday, sampled again today: %+v, %+v", look.Facts.Test, look.Decision)
		}
	})
}

// A hold of the server's is not ended by what the same message says of driving off,
// and no second record of the vehicle begins the longest wait anew. IMP-07.
func TestNobodyIsHeldTwice(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		officer, _ := o.gates()
		hold := func() response.Passed {
			in := o.vehicle("皖B00009")
			in.Ticket, in.Left = "SW1.P.e30.AAAA", o.clock.Now().Add(time.Second)
			got, err := o.main.Pass(o.ctx, officer, theGate, in)
			o.ok(err)
			return got
		}
		first := hold()
		if first.Pass.HoldState != gate.Held {
			t.Fatalf("said to have driven off: %+v", first.Pass)
		}
		o.clock.Advance(45 * time.Minute)
		_, err := o.main.EndHold(o.ctx, officer, theGate, first.Pass.ID, response.HoldEnd{Outcome: gate.Go, Note: "误登"})
		o.ok(err)
		second := hold()
		if left := second.Pass.HoldUntil.Sub(o.clock.Now()); second.Pass.HoldState != gate.Held || left != 15*time.Minute {
			t.Errorf("held again after 45 minutes for %s: %+v", left, second.Decision)
		}
		o.after(15 * time.Minute)
		if third := hold(); third.Decision.Outcome != gate.Go || !third.Decision.Ceiling || third.Pass.Trace == "" {
			t.Errorf("after an hour: %+v", third.Decision)
		}
		o.clock.Advance(3 * time.Hour)
		if later := hold(); later.Decision.HoldMinutes != 60 {
			t.Errorf("back after three hours: %+v", later.Decision)
		}
	})
}

// The second officer is one who may decide there: nobody else's name stands beside a
// decision against the rule. IMP-07.
func TestTheSecondOfficerMayDecideThere(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		officer, second := o.gates()
		away := o.account("far", "外县值守员", other, "gate_officer")
		for _, who := range []response.Who{o.lab, away} {
			in := o.vehicle("苏J00041")
			in.Override = &gate.Override{To: gate.Refer, Reason: "x", Second: who.Principal.ID}
			_, err := o.main.Pass(o.ctx, officer, theGate, in)
			o.refuse(err, seawall.Invalid, "gate_invalid")
		}
		in := o.vehicle("皖B00042")
		in.Ticket = "SW1.P.e30.AAAA"
		got, err := o.main.Pass(o.ctx, officer, theGate, in)
		o.ok(err)
		_, err = o.main.EndHold(o.ctx, officer, theGate, got.Pass.ID, response.HoldEnd{Outcome: gate.Refer, Note: "x", Second: o.lab.Principal.ID})
		o.refuse(err, seawall.Invalid, "gate_invalid")
		_, err = o.main.EndHold(o.ctx, officer, theGate, got.Pass.ID, response.HoldEnd{Outcome: gate.Refer, Note: "发热", Second: second.Principal.ID})
		o.ok(err)
	})
}

// Where a vehicle was is asked by who works with it, not by everybody who may see a
// gate; and a phone that was reported lost brings no shift. IMP-07.
func TestWhoAsksForAPlate(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		officer, _ := o.gates()
		viewer := o.account("view", "查看人员", county, "viewer")
		_, err := o.main.Pass(o.ctx, officer, theGate, o.vehicle("苏J00051"))
		o.ok(err)
		_, err = o.main.Passes(o.ctx, viewer, theGate, response.PassFilter{}, seawall.Page{Limit: 10})
		o.ok(err)
		_, err = o.main.Passes(o.ctx, viewer, theGate, response.PassFilter{Plate: "苏J00051"}, seawall.Page{Limit: 10})
		o.refuse(err, seawall.Denied, "")
		l, err := o.main.Passes(o.ctx, officer, theGate, response.PassFilter{Plate: "苏J00051"}, seawall.Page{Limit: 10})
		o.ok(err)
		if l.Total != 1 {
			t.Errorf("%d passes of the plate", l.Total)
		}
		p := o.phone(officer, "平板")
		_, err = o.main.LoseDevice(o.ctx, officer, p.device.ID, response.LostDevice{})
		o.ok(err)
		in := o.vehicle("苏J00052")
		in.Decided, in.Decision, in.Rule = o.clock.Now().Add(-time.Hour), gate.Go, "fresh_test"
		_, err = o.main.Reconcile(o.ctx, officer, theGate, response.Reconciliation{Device: string(p.device.ID), Passes: []response.NewPass{in}})
		o.refuse(err, seawall.Gone, "device_wipe")
		if n := len(o.passes()); n != 1 {
			t.Errorf("%d passes, want the one", n)
		}
	})
}
