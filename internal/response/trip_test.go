package response_test

import (
	"strings"
	"testing"
	"time"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/freight"
	"github.com/seawall-city/seawall/internal/loop"
	"github.com/seawall-city/seawall/internal/response"
)

// lorry declares a trip to the county and lets it in; it gives its id and card.
func (o *office) lorry(plate string, in bool) (seawall.TripID, string) {
	o.t.Helper()
	o.seq++
	id := o.someone()
	made, err := o.main.RecordTrip(o.ctx, o.countyDesk, "", response.NewTrip{Request: id.Request, Plate: plate,
		Crew: []response.NewCrew{{Identity: id.Identity}}, Cargo: "蔬菜", CargoKind: "food", Consignee: "批发市场", ConsigneeArea: county,
		Planned: o.clock.Now().Add(time.Hour), Route: []response.NewStop{{Kind: freight.StopGate, Name: "北收费站", Area: county}}})
	o.ok(err)
	if in {
		for _, kind := range []string{freight.MoveGate, freight.MoveIn} {
			_, err := o.main.RecordMove(o.ctx, o.countyDesk, made.Trip.ID, response.NewMove{Kind: kind, Place: "北收费站", Area: county})
			o.ok(err)
		}
	}
	return made.Trip.ID, made.Code
}

func (o *office) trip(id seawall.TripID) response.TripView {
	o.t.Helper()
	v, err := o.main.TripView(o.ctx, o.cityDesk, id)
	o.ok(err)
	return v
}

// after moves the clock on and fires what is due.
func (o *office) after(d time.Duration) {
	o.t.Helper()
	o.tickAt(o.clock.Now().Add(d))
}

// A trip is one chain from its declaration to its end: an offer that nobody takes
// is a gap that is told once, and the giver answers until then; what is kept names
// nobody and no plate. FRT-01, FRT-02.
func TestTripIsOneChain(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		id, code := o.lorry("苏J·12345", true)
		v := o.trip(id)
		if v.Holder == nil || v.Holder.Role != "gate" || len(v.Legs) != 3 || v.Trip.State != freight.Inside || v.Loop == nil {
			t.Fatalf("let in: holder %+v, %d legs, %s", v.Holder, len(v.Legs), v.Trip.State)
		}
		o.after(2*time.Hour + time.Second)
		o.after(time.Minute)
		if v = o.trip(id); v.Legs[2].GapAt.IsZero() || v.Four.People.Value != 0.75 || v.Holder.Role != "gate" {
			t.Errorf("after two hours: %+v, %+v", v.Legs[2], v.Four.People)
		}
		o.place()
		gaps := 0
		for _, e := range o.trip(id).Events {
			if e.Type == "trip.gap" {
				gaps++
			}
			for _, secret := range []string{"12345", "测试", code, freight.NormalPlate("苏J·12345")} {
				for k, x := range e.Data {
					if strings.Contains(x, secret) {
						t.Errorf("event %s says %s in %s", e.Type, secret, k)
					}
				}
			}
		}
		if gaps != 1 {
			t.Errorf("the gap was told %d times", gaps)
		}
		_, err := o.main.AcceptTrip(o.ctx, o.countyDesk, id, response.TakeLeg{By: "收货部"})
		o.ok(err)
		_, err = o.main.AcceptTrip(o.ctx, o.countyDesk, id, response.TakeLeg{})
		o.refuse(err, seawall.Conflict, "trip_no_offer")
		for _, kind := range []string{freight.MoveUnloadStart, freight.MoveUnloadEnd, freight.MoveExit} {
			_, err := o.main.RecordMove(o.ctx, o.countyDesk, id, response.NewMove{Kind: kind, Place: "批发市场"})
			o.ok(err)
		}
		v = o.trip(id)
		if v.Trip.State != freight.Left || v.Loop.Loop.State != loop.Done || v.Loop.Loop.Outcome != freight.Left || v.Holder != nil {
			t.Errorf("at its end: %s, %s %s, %+v", v.Trip.State, v.Loop.Loop.State, v.Loop.Loop.Outcome, v.Holder)
		}
		_, err = o.main.RecordMove(o.ctx, o.countyDesk, id, response.NewMove{Kind: freight.MoveSeen, Place: "x"})
		o.refuse(err, seawall.Conflict, "trip_move")
		o.place()
		o.refolds()
	})
}

// A lorry that stands and that nobody looks after finds itself after the hours of
// the file, and again; a service counts like a movement; whoever takes over
// withdraws what it had fallen to. FRT-03, FRT-05.
func TestStrandedAndOrphan(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		id, code := o.lorry("苏J00002", true)
		o.after(3 * time.Hour)
		mine, err := o.main.AskByCard(o.ctx, code, response.CardRequest{Request: "card-request-00001", Kind: "toilet"})
		o.ok(err)
		h := o.help(mine.No)
		hv, err := o.main.HelpView(o.ctx, o.cityDesk, h.ID)
		o.ok(err)
		for _, st := range hv.Loop.Steps {
			_, err := o.main.CompleteStep(o.ctx, o.countyDesk, st.ID, response.NewEvidence{Kind: "note", Text: "已办"})
			o.ok(err)
		}
		o.after(time.Hour + time.Minute)
		if v := o.trip(id); v.Trip.Stranded || len(v.Falls) != 0 {
			t.Errorf("an hour after it was served: %+v", v.Trip)
		}
		o.after(3 * time.Hour)
		v := o.trip(id)
		if !v.Trip.Stranded || !v.Trip.Orphan || len(v.Falls) != 2 || v.Falls[0].Loop.Owner != o.countyDesk.Principal.ID {
			t.Fatalf("seven hours after: %+v", v.Trip)
		}
		o.after(5 * time.Hour)
		if v = o.trip(id); len(v.Falls) != 2 || v.Four.Community.Value != 0 {
			t.Errorf("it falls once: %d, %+v", len(v.Falls), v.Four.Community)
		}
		_, err = o.main.AcceptTrip(o.ctx, o.countyDesk, id, response.TakeLeg{By: "收货部"})
		o.ok(err)
		v = o.trip(id)
		if v.Trip.Stranded || v.Trip.Orphan || v.Falls[0].Loop.State != loop.Withdrawn || v.Falls[1].Loop.State != loop.Withdrawn {
			t.Errorf("taken over: %+v", v.Trip)
		}
		o.after(4*time.Hour + time.Minute)
		if v = o.trip(id); !v.Trip.Stranded || v.Trip.Orphan {
			t.Errorf("it may strand again, and is no orphan: %+v", v.Trip)
		}
		_, err = o.main.RecordMove(o.ctx, o.countyDesk, id, response.NewMove{Kind: freight.MoveServe, Place: "批发市场"})
		o.ok(err)
		if o.trip(id).Trip.Stranded {
			t.Error("a service withdraws it")
		}
		o.place()
		o.refolds()
	})
}

// A positive found after passing tells the next node and the service areas, names
// nobody, and undoes no pass; a case of somebody else is refused; a retracted one
// takes its notices along. FRT-02, FRT-04, RES-06.
func TestPositiveAfterPassing(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		_, err := o.main.SetServiceArea(o.ctx, o.cityDesk, response.NewServiceArea{ID: "sa", Name: seawall.Text{ZH: "某服务区", EN: "Some Area"}, Road: "G15", Area: county, Spaces: 9})
		o.ok(err)
		id, _ := o.lorry("苏J00003", true)
		_, err = o.main.RecordVisit(o.ctx, o.countyDesk, "sa", response.NewVisit{Plate: "苏J 00003", Where: "超市"})
		o.ok(err)
		o.after(time.Hour)
		stranger := o.positive(grid1)
		_, err = o.main.TripPositive(o.ctx, o.epi, id, response.NewPositive{Case: stranger.Case.ID})
		o.refuse(err, seawall.Invalid, "trip_invalid")
		crew := o.trip(id).Crew[0].Person
		c, err := o.main.RecordCase(o.ctx, o.epi, response.NewCase{Subject: response.Subject{Person: crew}, Disease: "covid-19", Class: "asymptomatic",
			Sampled: day("2022-03-28"), Exposure: county})
		o.ok(err)
		out, err := o.main.TripPositive(o.ctx, o.epi, id, response.NewPositive{Case: c.Case.ID})
		o.ok(err)
		if len(out.Stays) != 1 || out.Stays[0].Place != "某服务区" || len(out.Notices) != 1 || len(out.Told) != 2 || !out.Told[1].Ahead || out.Trip.State != freight.Inside {
			t.Errorf("told: %+v", out)
		}
		mask := o.trip(id).Crew[0].Mask
		for _, told := range out.Told {
			if strings.Contains(told.Text.ZH+told.Text.EN, mask) || strings.Contains(told.Text.ZH, string(crew)) {
				t.Errorf("somebody is named: %+v", told)
			}
		}
		again, err := o.main.TripPositive(o.ctx, o.epi, id, response.NewPositive{Case: c.Case.ID})
		o.ok(err)
		if len(again.Stays) != 0 {
			t.Errorf("a stay is made once: %+v", again.Stays)
		}
		if l, err := o.main.Exposures(o.ctx); err != nil || l.Total != 1 {
			t.Errorf("notices %+v %v", l, err)
		}
		_, err = o.main.Retract(o.ctx, o.epi, response.Retraction{Ref: c.Case.Ref(), Reason: "复核阴性"})
		o.ok(err)
		if l, err := o.main.Exposures(o.ctx); err != nil || l.Total != 0 {
			t.Errorf("notices of a retracted case %+v %v", l, err)
		}
		o.place()
		o.refolds()
	})
}

// A permit's ticket holds without a network and against what is on record since; a
// forged one, another vehicle's and a revoked one do not. It names nobody. FRT-01.
func TestPermitTicket(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		id, _ := o.lorry("苏J00004", false)
		p, err := o.main.IssuePermit(o.ctx, o.cityDesk, id, response.NewPermit{})
		o.ok(err)
		for _, c := range []struct {
			ask  response.PermitAsk
			want string
		}{
			{response.PermitAsk{Ticket: p.Ticket, Plate: "苏j 00004", Gate: []string{"北收费站"}}, freight.PermitValid},
			{response.PermitAsk{Ticket: p.Ticket, Plate: "苏J00005"}, freight.PermitVehicle},
			{response.PermitAsk{Ticket: p.Ticket, Gate: []string{"南收费站"}}, freight.PermitRoute},
			{response.PermitAsk{Ticket: p.Ticket, Crew: []response.Identity{{Name: "别人", DocNumber: "X1"}}}, freight.PermitCrew},
			{response.PermitAsk{Ticket: p.Ticket, At: o.clock.Now().Add(-time.Hour)}, freight.PermitEarly},
			{response.PermitAsk{Ticket: p.Ticket, At: o.clock.Now().AddDate(0, 0, 9)}, freight.PermitExpired},
			{response.PermitAsk{Ticket: p.Ticket[:len(p.Ticket)-4] + "AAAA"}, freight.PermitForged},
			{response.PermitAsk{Trip: id}, freight.PermitValid},
			{response.PermitAsk{Plate: "苏J99999"}, freight.PermitNone},
		} {
			fit, err := o.main.CheckPermit(o.ctx, o.cityDesk, c.ask)
			if err != nil || fit.Permit != c.want || fit.Why.ZH == "" || fit.Why.EN == "" {
				t.Errorf("%+v: %+v %v, want %q", c.ask, fit, err, c.want)
			}
		}
		_, err = o.main.RevokePermit(o.ctx, o.cityDesk, id, 0, "货物不符")
		o.ok(err)
		fit, err := o.main.CheckPermit(o.ctx, o.cityDesk, response.PermitAsk{Ticket: p.Ticket})
		if err != nil || fit.Permit != freight.PermitRevoked {
			t.Errorf("revoked: %+v %v", fit, err)
		}
		_, err = o.main.CancelTrip(o.ctx, o.cityDesk, id, response.TripEnd{Reason: "重复登记", Mistake: true})
		o.ok(err)
		if v := o.trip(id); v.Trip.State != freight.Retracted || v.Loop.Loop.State != loop.Withdrawn {
			t.Errorf("taken back: %s %s", v.Trip.State, v.Loop.Loop.State)
		}
	})
}

// A carrier's rows are taken or refused one by one, and once; a whitelisted one's
// trips have their permit at once; the approval is somebody's by name. FRT-01.
func TestCarriersRows(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		made, err := o.main.AddCarrier(o.ctx, o.cityDesk, response.NewCarrier{Name: "某车队"})
		o.ok(err)
		operator := response.Who{Actor: seawall.Actor{Kind: seawall.ActorOperator, Name: "operator"}}
		white := response.WhiteList{Reason: "food", Until: day("2022-04-10")}
		_, err = o.main.Whitelist(o.ctx, operator, made.Carrier.ID, white)
		o.refuse(err, seawall.Denied, "whitelist_named")
		_, err = o.main.Whitelist(o.ctx, o.cityDesk, made.Carrier.ID, white)
		o.ok(err)
		rows := []response.NewTrip{}
		for _, x := range []string{"a", "b"} {
			rows = append(rows, response.NewTrip{External: x, Plate: "苏J8888" + x, Crew: []response.NewCrew{{Identity: response.Identity{Name: "某" + x, Birth: seawall.NoDay}}},
				Cargo: "米", CargoKind: "food", Consignee: "仓库", Planned: o.clock.Now().Add(30 * time.Hour)})
		}
		rows = append(rows, response.NewTrip{External: "c", Plate: "苏J1"})
		for i, want := range []response.TripBatch{{Rows: 3, Accepted: 2, Rejected: 1, New: 2}, {Rows: 3, Accepted: 2, Rejected: 1, Unchanged: 2}} {
			got, err := o.main.CarrierTrips(o.ctx, made.Key, rows)
			o.ok(err)
			if got.Rows != want.Rows || got.Accepted != want.Accepted || got.Rejected != want.Rejected || got.New != want.New || got.Unchanged != want.Unchanged {
				t.Errorf("time %d: %+v", i+1, got)
			}
			if i == 0 && o.trip(got.Items[0].Trip).PermitNow != freight.PermitValid {
				t.Error("a whitelisted carrier's trip has its permit at once")
			}
		}
		_, err = o.main.CarrierTrips(o.ctx, made.Key+"x", rows)
		o.refuse(err, seawall.Unauthenticated, "carrier_key")
		l, err := o.main.Carriers(o.ctx, o.cityDesk)
		if err != nil || l.Items[0].Key != "" || l.Items[0].White.By != o.cityDesk.Principal.WorkName {
			t.Errorf("the list: %+v %v", l.Items, err)
		}
		file := "external,plate,driver,planned,cargo,consignee\nf1,苏J7,某丁," + o.clock.Now().AddDate(0, 0, 2).Format("2006-01-02 15:04") + ",油,仓库\nf2,苏J8,某戊,soon,油,仓库\n"
		got, err := o.main.TripsFile(o.ctx, o.cityDesk, made.Carrier.ID, "t.csv", []byte(file))
		if err != nil || got.Accepted != 1 || got.Rejected != 1 || got.Items[1].Code != "feed_time" {
			t.Errorf("the table: %+v %v", got, err)
		}
	})
}

// A letter finds the trip by plate, by somebody on board, by days; who looked is on
// the log without the plate. JNT-02.
func TestTripOfALetter(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		id, _ := o.lorry("苏J00006", true)
		o.lorry("苏J00007", true)
		found := func(in response.FindTrip) []response.FoundTrip {
			l, err := o.main.FindTrips(o.ctx, o.countyDesk, in)
			o.ok(err)
			return l.Items
		}
		today := seawall.DayOf(o.clock.Now(), time.FixedZone("", 8*3600))
		if got := found(response.FindTrip{Plate: "苏J00006", From: today, To: today}); len(got) != 1 || got[0].Trip.ID != id || len(got[0].Crew) != 1 {
			t.Errorf("by plate: %+v", got)
		}
		if got := found(response.FindTrip{Plate: "苏J00006", From: today.Add(2), To: today.Add(3)}); len(got) != 0 {
			t.Errorf("on other days: %+v", got)
		}
		if got := found(response.FindTrip{Plate: "苏J99999"}); len(got) != 0 {
			t.Errorf("another plate: %+v", got)
		}
		_, err := o.main.FindTrips(o.ctx, o.countyDesk, response.FindTrip{})
		o.refuse(err, seawall.Invalid, "trip_invalid")
		_, err = o.main.FindTrips(o.ctx, o.lab, response.FindTrip{Plate: "苏J00006"})
		o.refuse(err, seawall.Denied, "")
	})
}
