package response_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/border"
	"github.com/seawall-city/seawall/internal/ledger"
	"github.com/seawall-city/seawall/internal/relief"
	"github.com/seawall-city/seawall/internal/response"
)

// Whoever knows somebody's name and number changes nothing on record of them by a
// public declaration: neither the origin, nor that they are here, nor their group.
func TestAStrangersDeclarationChangesNobody(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		o.graded(shanghai, "high", o.day(-10).String())
		j := o.journey()
		j.Origins[0].Code = "320106"
		own, err := o.main.DeclareTravel(o.ctx, response.NewDeclaration{Request: o.request(), Journey: j,
			People: []response.DeclaredPerson{{Identity: traveller("某甲", 91)}}})
		o.ok(err)
		before := o.arrival(own.People[0].ID)
		j.Origins, j.Arrived, j.Size = []response.NewOrigin{{Code: shanghai, Left: o.day(-1)}}, o.clock.Now(), 5
		other, err := o.main.DeclareTravel(o.ctx, response.NewDeclaration{Request: o.request(), Journey: j,
			People: []response.DeclaredPerson{{Identity: traveller("某乙", 92)}, {Identity: traveller("某甲", 91)}}})
		o.ok(err)
		_, err = o.main.ChangeDeclaration(o.ctx, other.Code, response.DeclarationChange{Request: o.request(),
			Add: []response.DeclaredPerson{{Identity: traveller("某甲", 91)}}})
		o.ok(err)
		after := o.arrival(before.ID)
		if after.State != border.Expected || len(after.Origins) != 1 || after.Tier != before.Tier || after.Group != before.Group {
			t.Errorf("changed by a stranger: %+v", after)
		}
		if mine, err := o.main.MyDeclaration(o.ctx, own.Code); err != nil || mine.Size != 1 {
			t.Errorf("the own declaration: %+v %v", mine, err)
		}
	})
}

// What a feed has told is not taken back by the declaration's code, two who change
// it at once are told, and nobody adds people without end.
func TestADeclarationChangesOnlyItsOwn(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		o.graded(shanghai, "high", o.day(-10).String())
		request := o.request()
		dec, err := o.main.DeclareTravel(o.ctx, response.NewDeclaration{Request: request, Journey: o.journey(),
			People: []response.DeclaredPerson{{Identity: traveller("某甲", 93)}}})
		o.ok(err)
		id := dec.People[0].ID
		o.ok(o.db.Read(o.ctx, func(tx seawall.Tx) error {
			if _, err := o.db.GroupByRequest(o.ctx, tx, "public/"+request); !seawall.Is(err, seawall.NotFound) {
				t.Errorf("the request, which gives the code, is on record: %v", err)
			}
			return nil
		}))
		o.feed("rail", o.row("1", traveller("某甲", 93)))
		day := o.day(1)
		_, err = o.main.ChangeDeclaration(o.ctx, dec.Code, response.DeclarationChange{Version: 0, Expected: &day,
			Origins: []response.NewOrigin{{Code: "320106", Left: o.day(-2)}}})
		o.ok(err)
		if a := o.arrival(id); a.Tier == "" || len(a.Origins) != 2 {
			t.Errorf("what the feed told is gone: %+v", a.Origins)
		}
		mine, err := o.main.MyDeclaration(o.ctx, dec.Code)
		o.ok(err)
		text := "另一处"
		_, err = o.main.ChangeDeclaration(o.ctx, dec.Code, response.DeclarationChange{Version: mine.Version, StayText: &text})
		o.ok(err)
		_, err = o.main.ChangeDeclaration(o.ctx, dec.Code, response.DeclarationChange{Version: mine.Version, StayText: &text})
		o.refuse(err, seawall.Conflict, "changed_meanwhile")
		many := make([]response.DeclaredPerson, 101)
		for i := range many {
			many[i].Identity.Name = "某人"
		}
		if _, err = o.main.ChangeDeclaration(o.ctx, dec.Code, response.DeclarationChange{Request: o.request(), Add: many}); !seawall.Is(err, seawall.Invalid) {
			t.Errorf("101 people added: %v", err)
		}
	})
}

// Who had left again and comes back begins anew: the checks and the measure of the
// first time count no longer. Who was cancelled and books again is awaited again.
func TestWhoComesAgainIsCheckedAgain(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		o.graded(shanghai, "high", o.day(-10).String())
		a := o.come("某甲", 94)
		for _, c := range []response.NewCheck{{Check: border.Location, Stay: grid1}, {Check: border.Measure, Told: true}} {
			_, err := o.main.RecordCheck(o.ctx, o.epi, a.ID, c)
			o.ok(err)
		}
		_, err := o.main.NotComing(o.ctx, o.cityDesk, a.ID, response.Move{Reason: "又离开"})
		o.ok(err)
		_, err = o.main.ReceiptArrival(o.ctx, o.cityDesk, a.ID, response.Receipt{Stage: border.StageHome})
		o.refuse(err, seawall.Conflict, "arrival_ended")
		o.clock.Advance(time.Hour)
		_, err = o.main.Arrive(o.ctx, o.cityDesk, a.ID, response.Move{})
		o.ok(err)
		v, err := o.main.ArrivalView(o.ctx, o.cityDesk, a.ID)
		o.ok(err)
		if b := v.Arrival; b.State != border.Arrived || b.ConfirmedBy != "" || b.Missing < 3 || b.Owner == "" || v.Group.Size != 1 || v.Group.Known != 1 {
			t.Errorf("came again: %+v in %+v", b, v.Group)
		}
		off := o.row("1", traveller("某乙", 95))
		off.Arrived, off.Expected, off.Cancelled = time.Time{}, o.day(1), false
		next := o.feed("rail", off).Fates[0].Arrival
		off.Cancelled = true
		o.feed("rail", off)
		off.Cancelled = false
		off.Seat = "05F"
		o.feed("rail", off)
		if b := o.arrival(next); b.State != border.Expected || b.Owner == "" {
			t.Errorf("travels after all: %+v", b)
		}
		off.Cancelled = true
		o.feed("rail", off)
		j := o.journey()
		j.Expected, j.Vehicle = o.day(2), "D5521"
		dec, err := o.main.DeclareTravel(o.ctx, response.NewDeclaration{Request: o.request(), Journey: j,
			People: []response.DeclaredPerson{{Identity: traveller("某乙", 95)}}})
		o.ok(err)
		if b := o.arrival(dec.People[0].ID); b.State != border.Expected || b.Owner == "" || b.Expected != o.day(2) || b.ID == next {
			t.Errorf("declared again: %+v", b)
		}
		if b := o.arrival(next); b.State != border.NotComing {
			t.Errorf("what the feed told was overwritten: %+v", b)
		}
	})
}

// Of several people whom another city hands over, each has a chain of custody, also
// where one's had begun before.
func TestEverybodyReceivedHasAChain(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		j := o.journey()
		j.Arrived = o.clock.Now().Add(-time.Hour)
		one := response.NewArrivals{Request: o.request(), Journey: j, Channel: border.Gate, From: "上海市", Letter: "1号",
			People: []response.DeclaredPerson{{Identity: traveller("某甲", 96)}}}
		_, err := o.main.RecordArrivals(o.ctx, o.cityDesk, one)
		o.ok(err)
		one.Request, one.People = o.request(), append(one.People, response.DeclaredPerson{Identity: traveller("某乙", 97)})
		both, err := o.main.RecordArrivals(o.ctx, o.cityDesk, one)
		o.ok(err)
		for _, a := range both.Items {
			v, err := o.main.ArrivalView(o.ctx, o.cityDesk, a.ID)
			o.ok(err)
			if len(v.Custody) != 2 {
				t.Errorf("%s has %d stretches", a.No, len(v.Custody))
			}
		}
	})
}

// A row twice in one call counts once, an older one that comes late takes nothing
// back, and a row that turns out to be about somebody else loses neither of them.
func TestAFeedRowOfAnother(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		bus := response.FeedRow{External: "b1", At: o.clock.Now().Add(-time.Hour), Journey: o.journey()}
		bus.Vehicle, bus.Arrived = "苏J12345", o.clock.Now().Add(-time.Hour)
		if rep := o.feed("exit", bus, bus); rep.New != 1 || rep.Unchanged != 1 {
			t.Errorf("a row twice: %+v", rep)
		}
		first := o.row("1", traveller("某甲", 98))
		first.Arrived, first.Expected = time.Time{}, o.day(1)
		late := first
		a := o.feed("rail", first).Fates[0].Arrival
		first.At, first.Seat = first.At.Add(time.Hour), "06A"
		o.feed("rail", first)
		late.Seat = "01A"
		if rep := o.feed("rail", late); rep.Unchanged != 1 || o.arrival(a).Seat != "06A" {
			t.Errorf("an older row: %+v, seat %s", rep, o.arrival(a).Seat)
		}
		first.At, first.Identity = first.At.Add(time.Minute), traveller("某乙", 99)
		rep := o.feed("rail", first)
		b := rep.Fates[0].Arrival
		if rep.Corrected != 1 || b == a || o.arrival(b).State != border.Expected || o.arrival(a).State != border.NotComing {
			t.Fatalf("another person: %+v; %s is %s", rep, a, o.arrival(a).State)
		}
		first.Cancelled = true
		if rep := o.feed("rail", first); rep.Fates[0].Arrival != b || o.arrival(b).State != border.NotComing {
			t.Errorf("cancelled: %+v", rep)
		}
		bus.Identity = traveller("某丙", 90)
		c := o.feed("exit", bus)
		if c.Corrected != 1 || o.arrival(c.Fates[0].Arrival).Person == "" {
			t.Errorf("a number got no name: %+v", c)
		}
	})
}

// Who has been handed on is another city's and late no more, in the sums as in the
// list.
func TestHandedOnIsNotLate(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		a := o.come("某甲", 88)
		_, err := o.main.HandOnArrival(o.ctx, o.cityDesk, a.ID, response.HandOn{To: "南通市", Letter: "1号"})
		o.ok(err)
		_, err = o.main.ReceiptArrival(o.ctx, o.cityDesk, a.ID, response.Receipt{})
		o.ok(err)
		o.clock.Advance(72 * time.Hour)
		view, err := o.main.ArrivalChecks(o.ctx, o.cityDesk, city)
		o.ok(err)
		if view.Total.Arrivals != 1 || view.Total.Late != 0 {
			t.Errorf("%d late of %d", view.Total.Late, view.Total.Arrivals)
		}
	})
}

// A county reads of a family's member who stays in another one what the count
// needs, and not who they are or where; the traveller reads no note of staff.
func TestAGroupOverTwoCounties(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		dec, err := o.main.DeclareTravel(o.ctx, response.NewDeclaration{Request: o.request(), Journey: o.journey(),
			People: []response.DeclaredPerson{{Identity: traveller("某甲", 85)}, {Identity: traveller("某乙", 86)}}})
		o.ok(err)
		now := o.clock.Now()
		_, err = o.main.ChangeDeclaration(o.ctx, dec.Code, response.DeclarationChange{Arrived: &now})
		o.ok(err)
		here, there := dec.People[0].ID, dec.People[1].ID
		o.write(func(tx seawall.Tx) error { return o.moved(tx, there, cityPath) })
		v, err := o.main.ArrivalView(o.ctx, o.countyDesk, here)
		o.ok(err)
		for _, p := range v.People {
			if p.ID == there && (p.Person != "" || p.StayText != "" || p.Stay != "") || p.ID == here && p.Person == "" {
				t.Errorf("the county reads %+v", p)
			}
		}
		_, err = o.main.RecordCheck(o.ctx, o.grid, here, response.NewCheck{Check: border.Identity, Note: "邻居说的"})
		o.ok(err)
		mine, err := o.main.MyDeclaration(o.ctx, dec.Code)
		o.ok(err)
		for _, c := range mine.People[0].Checks {
			if c.Note != "" || c.By != "" {
				t.Errorf("the traveller reads %+v", c)
			}
		}
		if c := o.arrival(here).Check(border.Identity); c.Note == "" {
			t.Error("the note is gone from the record")
		}
	})
}

// After its time an objection is rejected no more: it lapses as the person was
// told. And the request of one person opens nothing to another. Safeguards §6.
func TestAnObjectionAfterItsTime(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		c := o.positive(grid1).Case
		h, other := o.hold(c, o.epi), o.hold(c, o.epi)
		mine := o.object(h, relief.WrongPerson)
		same := fmt.Sprintf("objection-%09d", o.seq)
		if h.contact.Person != other.contact.Person {
			_, err := o.main.Object(o.ctx, response.Objection{Key: other.token, NewAppeal: response.NewAppeal{Request: same,
				Restriction: other.stays[0].ID, Reason: relief.WrongPerson}})
			o.refuse(err, seawall.NotFound, "appeal_no_measure")
		} else {
			t.Error("two people are needed")
		}
		o.clock.Advance(mine.DecideBy.Sub(o.clock.Now()) + time.Second)
		no := response.AppealDecision{Answer: answer("维持", "It stays")}
		_, err := o.main.DecideAppeal(o.ctx, o.countyDesk, o.appeal(mine.No).ID, no)
		o.refuse(err, seawall.Conflict, "appeal_time_over")
		no.Uphold = true
		_, err = o.main.DecideAppeal(o.ctx, o.countyDesk, o.appeal(mine.No).ID, no)
		o.ok(err)
	})
}

// Whoever may not decide about a measure does not end one by saying that somebody
// has left, or that another city has them.
func TestAMeasureIsNotEndedByTheWay(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		o.graded(shanghai, "high", o.day(-10).String())
		a := o.come("某甲", 84)
		_, err := o.main.NotComing(o.ctx, o.grid, o.come("某乙", 83).ID, response.Move{Reason: "已离开"})
		o.ok(err) // nobody had decided anything about this one
		for _, c := range []response.NewCheck{{Check: border.Location, Stay: grid1}, {Check: border.Measure, Told: true}} {
			_, err := o.main.RecordCheck(o.ctx, o.epi, a.ID, c)
			o.ok(err)
		}
		_, err = o.main.NotComing(o.ctx, o.grid, a.ID, response.Move{Reason: "已离开"})
		o.refuse(err, seawall.Denied, "")
		_, err = o.main.HandOnArrival(o.ctx, o.grid, a.ID, response.HandOn{To: "南通市", Letter: "1号"})
		o.ok(err)
		_, err = o.main.ReceiptArrival(o.ctx, o.grid, a.ID, response.Receipt{})
		o.refuse(err, seawall.Denied, "")
		if o.active(o.arrival(a.ID).Person) == 0 {
			t.Error("the measure has ended")
		}
		_, err = o.main.ReceiptArrival(o.ctx, o.epi, a.ID, response.Receipt{})
		o.ok(err)
	})
}

// moved puts an arrival where another area answers.
func (o *office) moved(tx seawall.Tx, id seawall.ArrivalID, to seawall.AreaPath) error {
	a, err := o.db.Arrival(o.ctx, tx, id)
	if err != nil {
		return err
	}
	a.Area, a.Stay, a.Version = to, to, a.Version+1
	if err := o.db.SaveArrival(o.ctx, tx, a); err != nil {
		return err
	}
	return o.log.Record(o.ctx, tx, ledger.Event{Type: "arrival.located", Subject: a.Ref(), Area: a.Area})
}
