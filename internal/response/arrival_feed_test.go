package response_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/seawall-city/seawall/internal/border"
	"github.com/seawall-city/seawall/internal/response"
)

// row is one line of a rail feed, of somebody who has arrived.
func (o *office) row(ext string, id response.Identity) response.FeedRow {
	j := o.journey()
	j.Arrived, j.Vehicle = o.clock.Now().Add(-time.Hour), "D5521"
	return response.FeedRow{External: ext, At: o.clock.Now().Add(-2 * time.Hour), Identity: id, Journey: j}
}

func (o *office) feed(name string, rows ...response.FeedRow) response.FeedReport {
	o.t.Helper()
	rep, err := o.main.ReceiveFeed(o.ctx, o.cityDesk, response.FeedBatch{Feed: name, Rows: rows})
	o.ok(err)
	if rep.Rows != rep.Accepted+rep.Rejected || rep.Accepted != rep.New+rep.Known+rep.Companions+rep.Corrected+rep.Unchanged || len(rep.Fates) != rep.Rows {
		o.t.Errorf("the counts do not add up: %+v", rep)
	}
	return rep
}

// IMP-04: a row counts once however often it comes, a bad one loses no other, a
// second feed about the same coming adds its channel and never a second arrival.
func TestAFeedCountsEachComingOnce(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		bad, future := o.row("3", traveller("某丙", 13)), o.row("4", traveller("某丁", 14))
		bad.Origins[0].Code, future.Arrived = "99", o.clock.Now().Add(time.Hour)
		nobody := o.row("", traveller("某戊", 15))
		rows := []response.FeedRow{o.row("1", traveller("某甲", 11)), o.row("2", traveller("某乙", 12)), bad, future, nobody}
		first := o.feed("rail", rows...)
		if first.New != 2 || first.Rejected != 3 || first.Fates[2].Code != "origin_code" || first.Fates[3].Code != "in_future" || first.Fates[4].Code != "feed_external" {
			t.Fatalf("first: %+v", first)
		}
		if again := o.feed("rail", rows...); again.Unchanged != 2 || again.New != 0 || again.Rejected != 3 {
			t.Errorf("again: %+v", again)
		}
		other := o.feed("exit-g15", o.row("x9", traveller("某甲", 11)))
		if other.Known != 1 || other.Fates[0].Arrival != first.Fates[0].Arrival {
			t.Errorf("another feed about the same coming: %+v", other)
		}
		// three rows about one person in one batch, one of them with the number only
		same := []response.FeedRow{o.row("7", traveller("某己", 16)), o.row("8", traveller("某己", 16)), o.row("9", traveller("", 16))}
		if rep := o.feed("rail", same...); rep.New != 1 || rep.Known != 2 {
			t.Errorf("one person three times: %+v", rep)
		}
		list, err := o.main.Arrivals(o.ctx, o.cityDesk, response.ArrivalFilter{}, seawallPage(100))
		o.ok(err)
		if list.Total != 3 {
			t.Errorf("%d arrivals, want 3", list.Total)
		}
		v, err := o.main.ArrivalView(o.ctx, o.cityDesk, first.Fates[0].Arrival)
		o.ok(err)
		if len(v.Reports) != 2 {
			t.Errorf("%d reports", len(v.Reports))
		}
	})
}

// IMP-04, IMP-09: a late and corrected row changes what the first said; the origin
// that it names decides the row of the matrix, and the days count from leaving.
func TestACorrectedRowCorrects(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		o.graded(shanghai, "high", o.day(-10).String())
		r := o.row("1", traveller("某甲", 21))
		r.Origins[0].Code = "320106"
		id := o.feed("rail", r).Fates[0].Arrival
		if a := o.arrival(id); a.Tier != "" {
			t.Errorf("an ungraded origin has the row %q", a.Tier)
		}
		r.Origins = []response.NewOrigin{{Code: shanghai, Left: o.day(-3)}}
		r.Arrived = r.Arrived.Add(-30 * time.Minute)
		if rep := o.feed("rail", r); rep.Corrected != 1 {
			t.Fatalf("corrected: %+v", rep)
		}
		a := o.arrival(id)
		if a.Tier == "" || a.Origins[0].Grade != "high" || a.Origins[0].GradeSource != "test" || a.Origins[0].Left != o.day(-3) || !a.Arrived.Equal(r.Arrived) {
			t.Errorf("after the correction: %+v", a)
		}
		off := o.row("2", traveller("某乙", 22))
		off.Arrived, off.Expected = time.Time{}, o.day(1)
		next := o.feed("rail", off).Fates[0].Arrival
		off.Cancelled = true
		o.feed("rail", off)
		if a := o.arrival(next); a.State != border.NotComing {
			t.Errorf("a cancelled seat leaves %s", a.State)
		}
		here := o.row("77", traveller("某乙", 22)) // came by another train after all
		if rep := o.feed("exit", here); rep.Known != 1 || o.arrival(next).State != border.Arrived {
			t.Errorf("who came after all: %+v %s", rep, o.arrival(next).State)
		}
	})
}

// IMP-04: a gate counts more than were declared; the others have no name yet and
// are tasks all the same, and naming them makes no further arrival.
func TestTheGateCountsMoreThanDeclared(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		dec, err := o.main.DeclareTravel(o.ctx, response.NewDeclaration{Request: o.request(), Journey: o.journey(),
			People: []response.DeclaredPerson{{Identity: traveller("某甲", 31)}}})
		o.ok(err)
		gate := o.journey()
		gate.Arrived, gate.Size, gate.Stay = o.clock.Now().Add(-time.Minute), 3, ""
		rec, err := o.main.RecordArrivals(o.ctx, o.grid, response.NewArrivals{Request: o.request(), Journey: gate, Channel: border.Gate,
			People: []response.DeclaredPerson{{Identity: traveller("某甲", 31)}}})
		o.ok(err)
		if rec.Known != 1 {
			t.Errorf("the gate: %+v", rec)
		}
		head := o.arrival(dec.People[0].ID)
		v, err := o.main.ArrivalView(o.ctx, o.cityDesk, head.ID)
		o.ok(err)
		if len(v.People) != 3 || v.Group.Size != 3 || head.Check(border.Headcount).Made() {
			t.Fatalf("three were counted: %d people, group %+v", len(v.People), v.Group)
		}
		named, err := o.main.AddCompanions(o.ctx, o.grid, head.ID, o.request(), []response.DeclaredPerson{{Identity: traveller("某乙", 32)}})
		o.ok(err)
		if len(named.Items) != 1 || !named.Items[0].Undeclared || named.Items[0].Person == "" {
			t.Errorf("named: %+v", named)
		}
		v, err = o.main.ArrivalView(o.ctx, o.cityDesk, head.ID)
		o.ok(err)
		if len(v.People) != 3 {
			t.Errorf("naming somebody made %d of three", len(v.People))
		}
		steps, err := o.main.Unresolved(o.ctx, o.grid, response.ArrivalFilter{}, seawallPage(50))
		o.ok(err)
		if steps.Total != 3 {
			t.Errorf("%d unresolved, want 3", steps.Total)
		}
	})
}

// IMP-04: a thousand rows of a feed in one call, with the rate on the record.
func TestAFeedOfAThousandRows(t *testing.T) {
	if testing.Short() {
		t.Skip("short")
	}
	each(t, func(t *testing.T, o *office) {
		const n = 1000
		rows := make([]response.FeedRow, n)
		for i := range rows {
			rows[i] = o.row(fmt.Sprint(i), response.Identity{Name: fmt.Sprintf("某%c%c", 0x4e00+i%900, 0x5000+i/7), DocType: "passport", DocNumber: fmt.Sprintf("E%08d", 10000000+i)})
			rows[i].Vehicle, rows[i].StayText = fmt.Sprintf("苏J%05d", i), fmt.Sprintf("小区 %d 号", i)
		}
		start := time.Now()
		rep := o.feed("rail", rows...)
		took := time.Since(start)
		t.Logf("%d rows in %v: %.0f rows/s", n, took.Round(time.Millisecond), n/took.Seconds())
		if rep.New != n {
			t.Errorf("%+v", rep.Rejected)
		}
		start = time.Now()
		if again := o.feed("rail", rows...); again.Unchanged != n {
			t.Errorf("again: %d unchanged", again.Unchanged)
		}
		t.Logf("sent again: %v", time.Since(start).Round(time.Millisecond))
		start = time.Now()
		view, err := o.main.ArrivalChecks(o.ctx, o.cityDesk, city)
		o.ok(err)
		t.Logf("checks by area over %d: %v", view.Total.Arrivals, time.Since(start).Round(time.Millisecond))
	})
}
