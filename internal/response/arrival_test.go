package response_test

import (
	"slices"
	"testing"
	"time"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/border"
	"github.com/seawall-city/seawall/internal/loop"
	"github.com/seawall-city/seawall/internal/response"
)

// shanghai is graded for these tests; the grades are invented.
const shanghai = "310115"

// graded publishes an invented grade.
func (o *office) graded(code, level, from string) {
	o.t.Helper()
	rep, err := o.main.ImportGrades(o.ctx, o.cityDesk, "covid-19", "code,level,from,source,invented\n"+code+","+level+","+from+",test,yes\n", false)
	o.ok(err)
	if rep.Accepted != 1 || rep.Rejected != 0 {
		o.t.Fatalf("grades: %+v", rep)
	}
}

func (o *office) request() string {
	o.seq++
	return "arrival-test-" + o.ids.NewID()
}

// traveller is somebody with a valid resident number; n makes them differ.
func traveller(name string, n int) response.Identity {
	return response.Identity{Name: name, DocType: "cn-id", DocNumber: residentNo(n), Birth: seawall.NoDay}
}

// residentNo makes a resident number whose check digit holds. It belongs to a
// county code that no county has.
func residentNo(n int) string {
	body := "320999" + "19800101" + string([]byte{byte('0' + n/100%10), byte('0' + n/10%10), byte('0' + n%10)})
	weights := []int{7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2}
	sum := 0
	for i, w := range weights {
		sum += int(body[i]-'0') * w
	}
	return body + string("10X98765432"[sum%11])
}

// day gives a day of the tests, counted from today.
func (o *office) day(n int) seawall.Day {
	return seawall.DayOf(o.clock.Now(), time.FixedZone("CST", 8*3600)).Add(n)
}

// journey is a journey by rail from a place that was left two days ago.
func (o *office) journey() response.Journey {
	return response.Journey{Disease: "covid-19", Origins: []response.NewOrigin{{Code: shanghai, Left: o.day(-2)}}, Mode: "rail", Vehicle: "D5521",
		Expected: o.day(0), Stay: grid1, StayText: "幸福小区 3 幢"}
}

func (o *office) arrival(id seawall.ArrivalID) border.Arrival {
	o.t.Helper()
	v, err := o.main.ArrivalView(o.ctx, o.cityDesk, id)
	o.ok(err)
	return v.Arrival
}

// S2, IMP-04, APP-02: somebody declares their journey, the feed tells of them and
// of a companion on the same order whom nobody declared; the companion lands as a
// task of the community of the stay, and each of the four checks has its time.
func TestUndeclaredCompanionBecomesATask(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		o.graded(shanghai, "high", o.day(-10).String())
		j := o.journey()
		j.Booking = "E123456789"
		dec, err := o.main.DeclareTravel(o.ctx, response.NewDeclaration{Request: o.request(), Journey: j,
			People: []response.DeclaredPerson{{Identity: traveller("某甲", 1)}}})
		o.ok(err)
		if dec.Code == "" || len(dec.People) != 1 || dec.People[0].State != border.Expected || dec.People[0].Applies == nil {
			t.Fatalf("declared: %+v", dec)
		}
		again, err := o.main.MyDeclaration(o.ctx, " "+dec.Code+" ")
		o.ok(err)
		if again.No != dec.No || again.Code != "" {
			t.Errorf("opened again: %+v", again)
		}
		if _, err := o.main.MyDeclaration(o.ctx, "0000-0000-0000-0000"); !seawall.Is(err, seawall.NotFound) {
			t.Errorf("a code that was never given opens %v", err)
		}
		row := func(ext string, id response.Identity) response.FeedRow {
			k := j
			k.Arrived, k.Stay, k.StayText = o.clock.Now().Add(-time.Hour), "", ""
			return response.FeedRow{External: ext, At: o.clock.Now(), Identity: id, Journey: k, Seat: ext}
		}
		rep, err := o.main.ReceiveFeed(o.ctx, o.cityDesk, response.FeedBatch{Feed: "rail", Rows: []response.FeedRow{
			row("01A", traveller("某甲", 1)), row("01B", traveller("某乙", 2))}})
		o.ok(err)
		if rep.Known != 1 || rep.Companions != 1 || rep.Rejected != 0 {
			t.Fatalf("the feed: %+v", rep)
		}
		head, found := o.arrival(dec.People[0].ID), o.arrival(rep.Fates[1].Arrival)
		if !slices.Equal(head.Channels, []string{"declared", "feed"}) || head.State != border.Arrived || head.Loop == "" {
			t.Errorf("the one who declared: %+v", head)
		}
		if !found.Undeclared || found.FoundBy != border.FoundBooking || found.Group != head.Group || found.Area != grid1Path || found.Owner != o.grid.Principal.ID {
			t.Errorf("the companion: %+v", found)
		}
		steps, err := o.main.Steps(o.ctx, o.grid, loop.StepQuery{Kind: "arrival", Subject: found.Ref()})
		o.ok(err)
		if len(steps.Items) == 0 {
			t.Error("the companion is no task of the community")
		}
		o.makeAll(t, found.ID)
	})
}

// makeAll makes the checks that are missing, and looks at their times.
func (o *office) makeAll(t *testing.T, id seawall.ArrivalID) {
	t.Helper()
	for _, c := range []response.NewCheck{{Check: border.Headcount, Note: "两人"}, {Check: border.Identity, Note: "身份证"}, {Check: border.Location}} {
		if o.arrival(id).Check(c.Check).Made() {
			continue
		}
		o.clock.Advance(10 * time.Minute)
		_, err := o.main.RecordCheck(o.ctx, o.grid, id, c)
		o.ok(err)
	}
	if _, err := o.main.RecordCheck(o.ctx, o.grid, id, response.NewCheck{Check: border.Measure, Told: true}); !seawall.Is(err, seawall.Denied) {
		t.Errorf("a grid worker confirms a measure: %v", err)
	}
	a, err := o.main.RecordCheck(o.ctx, o.epi, id, response.NewCheck{Check: border.Measure, Told: true})
	o.ok(err)
	if a.State != border.Managed || a.Missing != 0 || a.ConfirmedBy != o.epi.Principal.ID || a.Kind != "central" || !a.Until.Known() {
		t.Errorf("managed: %+v", a)
	}
	for _, c := range a.Checks {
		if c.Done.IsZero() || c.Source == "" || c.Due.IsZero() {
			t.Errorf("check %+v", c)
		}
	}
	v, err := o.main.ArrivalView(o.ctx, o.epi, id)
	o.ok(err)
	if len(v.Restrictions) == 0 || v.Restrictions[0].Fact != a.Ref() || v.Restrictions[0].Cited.ZH == "" || v.Restrictions[0].DecidedBy != o.epi.Principal.ID {
		t.Errorf("restrictions: %+v", v.Restrictions)
	}
	if v.Plan == nil || v.Plan.Base != o.day(-2) {
		t.Errorf("the clock does not count from leaving: %+v", v.Plan)
	}
	view, err := o.main.ArrivalChecks(o.ctx, o.cityDesk, city)
	o.ok(err)
	if view.Total.Arrivals == 0 || view.Total.Complete == 0 || view.Total.MedianHours < 0 {
		t.Errorf("by area: %+v", view)
	}
}
