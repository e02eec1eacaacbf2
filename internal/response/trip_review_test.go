package response_test

import (
	"testing"
	"time"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/freight"
	"github.com/seawall-city/seawall/internal/gate"
	"github.com/seawall-city/seawall/internal/response"
)

// A carrier's row that names a place nobody knows is rejected and loses no row behind
// it. FRT-01.
func TestARowWithAnUnknownStopLosesNoOther(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		made, err := o.main.AddCarrier(o.ctx, o.cityDesk, response.NewCarrier{Name: "（虚构）车队"})
		o.ok(err)
		row := func(ext, ref string) response.NewTrip {
			return response.NewTrip{External: ext, Plate: "苏J00061", Crew: []response.NewCrew{{Identity: o.someone().Identity}}, Cargo: "米", CargoKind: "food",
				Consignee: "仓库", ConsigneeArea: county, Planned: o.clock.Now().Add(48 * time.Hour),
				Route: []response.NewStop{{Kind: freight.StopServiceArea, Ref: ref, Name: "某服务区", Area: county}}}
		}
		out, err := o.main.CarrierTrips(o.ctx, made.Key, []response.NewTrip{row("x-1", ""), row("x-2", "nowhere"), row("x-3", "")})
		o.ok(err)
		if out.Accepted != 2 || out.Rejected != 1 || out.Items[1].Fate != "rejected" || out.Items[1].Code != "not_a_choice" {
			t.Errorf("taken: %+v", out)
		}
		_, err = o.main.CarrierTrips(o.ctx, " ", nil)
		o.refuse(err, seawall.Unauthenticated, "carrier_key")
	})
}

// A trip that was cancelled declares nobody, on the page at the gate and here. FRT-01,
// IMP-07.
func TestACancelledTripDeclaresNobody(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		officer, _ := o.gates()
		id, _ := o.lorry("苏J00064", false)
		_, err := o.main.CancelTrip(o.ctx, o.cityDesk, id, response.TripEnd{Reason: "不来了"})
		o.ok(err)
		look, err := o.main.LookAtGate(o.ctx, officer, theGate, response.GateAsk{Plate: "苏J00064"}, gate.Facts{Mode: gate.Freight})
		o.ok(err)
		if look.Facts.Declared || look.Facts.Trip != "cancelled" {
			t.Errorf("cancelled: %+v", look.Facts)
		}
	})
}

// Whether somebody is of a lorry's crew is asked by who checks lorries. FRT-01.
func TestWhoChecksAPermit(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		id, _ := o.lorry("苏J00062", false)
		viewer := o.account("look", "查看人员", county, "viewer")
		_, err := o.main.CheckPermit(o.ctx, viewer, response.PermitAsk{Trip: id})
		o.refuse(err, seawall.Denied, "")
		for _, who := range []response.Who{o.countyDesk, o.account("g", "卡口值守员", county, "gate_officer")} {
			_, err := o.main.CheckPermit(o.ctx, who, response.PermitAsk{Trip: id})
			o.ok(err)
		}
	})
}

// A place is told again when the positive it was told for was none and another one
// is; each positive of a crew has its own stay, and the place is told once for both.
// A trip that was recorded by mistake exposes nobody and is not opened again.
// FRT-04, RES-06.
func TestThePositiveOfATripTakenBack(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		_, err := o.main.SetServiceArea(o.ctx, o.cityDesk, response.NewServiceArea{ID: "sa", Name: seawall.Text{ZH: "某服务区", EN: "Some Area"}, Road: "G15", Area: county, Spaces: 9})
		o.ok(err)
		a, b := o.someone(), o.someone()
		made, err := o.main.RecordTrip(o.ctx, o.countyDesk, "", response.NewTrip{Request: a.Request, Plate: "苏J00063",
			Crew: []response.NewCrew{{Identity: a.Identity}, {Identity: b.Identity}}, Cargo: "蔬菜", CargoKind: "food", Consignee: "批发市场", ConsigneeArea: county,
			Planned: o.clock.Now().Add(time.Hour)})
		o.ok(err)
		id := made.Trip.ID
		_, err = o.main.RecordVisit(o.ctx, o.countyDesk, "sa", response.NewVisit{Plate: "苏J00063", Where: "超市"})
		o.ok(err)
		o.after(time.Hour)
		found := func(n int) (response.TripPositive, seawall.Ref) {
			c, err := o.main.RecordCase(o.ctx, o.epi, response.NewCase{Subject: response.Subject{Person: o.trip(id).Crew[n].Person}, Disease: "covid-19",
				Class: "asymptomatic", Sampled: day("2022-03-28"), Exposure: county})
			o.ok(err)
			out, err := o.main.TripPositive(o.ctx, o.epi, id, response.NewPositive{Case: c.Case.ID})
			o.ok(err)
			return out, c.Case.Ref()
		}
		shown := func(want int, when string) {
			t.Helper()
			if l, err := o.main.Exposures(o.ctx); err != nil || l.Total != want {
				t.Errorf("%s: %d notices, want %d (%v)", when, l.Total, want, err)
			}
		}
		_, wrong := found(0)
		shown(1, "told")
		_, err = o.main.Retract(o.ctx, o.epi, response.Retraction{Ref: wrong, Reason: "复核阴性"})
		o.ok(err)
		shown(0, "taken back")
		right, ref := found(1)
		if len(right.Stays) != 1 || len(right.Notices) != 1 {
			t.Errorf("the other one of the crew: %+v", right)
		}
		shown(1, "the right one")
		both, _ := found(0)
		if len(both.Stays) != 1 || len(both.Notices) != 0 {
			t.Errorf("and the first one after all: %+v", both)
		}
		again, err := o.main.TripPositive(o.ctx, o.epi, id, response.NewPositive{Case: seawall.CaseID(ref.ID)})
		o.ok(err)
		if len(again.Stays) != 0 {
			t.Errorf("told again: %+v", again.Stays)
		}
		loopID := o.trip(id).Trip.Loop
		_, err = o.main.CancelTrip(o.ctx, o.cityDesk, id, response.TripEnd{Reason: "记错车辆", Mistake: true})
		o.ok(err)
		shown(0, "the lorry was another")
		_, err = o.main.ReopenLoop(o.ctx, o.cityDesk, loopID, response.Decision{Reason: "再看"})
		o.refuse(err, seawall.Conflict, "")
		o.place()
		o.refolds()
	})
}
