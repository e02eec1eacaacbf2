package response_test

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/border"
	"github.com/seawall-city/seawall/internal/response"
)

// plainAnswer is an answer without what is minted for each declaration.
func plainAnswer(t *testing.T, d response.Declaration) string {
	t.Helper()
	d.Code, d.People = "", slices.Clone(d.People)
	for i := range d.People {
		d.People[i].ID = ""
	}
	b, err := json.Marshal(d)
	if err != nil {
		t.Fatal(err)
	}
	return regexp.MustCompile(`[GL]-2022-\d+`).ReplaceAllString(string(b), "no")
}

// twoDeclarations declares the same journey for somebody of whom a feed has told
// and for somebody of whom nobody has.
func (o *office) twoDeclarations(ch func(*response.NewDeclaration)) (known, unknown response.Declaration) {
	o.t.Helper()
	for i, n := range []int{61, 71} {
		in := response.NewDeclaration{Request: o.request(), Journey: o.journey(), People: []response.DeclaredPerson{{Identity: traveller("某甲", n)}}}
		ch(&in)
		d, err := o.main.DeclareTravel(o.ctx, in)
		o.ok(err)
		if i == 0 {
			known = d
		} else {
			unknown = d
		}
	}
	return known, unknown
}

// Who declares somebody's journey with their name and document number is answered
// the same whether or not they are on record, at once and under the code later: no
// word tells that others know of them. APP-02, design §6.
func TestADeclarationTellsNotWhoIsKnown(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		o.graded(shanghai, "high", o.day(-10).String())
		row := o.row("1", traveller("某甲", 61))
		row.Vehicle, row.Seat = "D5521", "05A"
		o.feed("rail", row)
		for name, ch := range map[string]func(*response.NewDeclaration){
			"the very journey": func(*response.NewDeclaration) {},
			"another one":      func(in *response.NewDeclaration) { in.Origins[0].Code, in.Vehicle = "320106", "G7002" },
			"here already":     func(in *response.NewDeclaration) { in.Arrived = o.clock.Now().Add(-time.Minute) },
		} {
			known, unknown := o.twoDeclarations(ch)
			if known.Code == "" || plainAnswer(t, known) != plainAnswer(t, unknown) {
				t.Fatalf("%s: known\n%s\nunknown\n%s", name, plainAnswer(t, known), plainAnswer(t, unknown))
			}
			o.clock.Advance(time.Hour)
			at := o.clock.Now()
			for _, change := range []response.DeclarationChange{{}, {Arrived: &at}} {
				a, err := o.main.ChangeDeclaration(o.ctx, known.Code, change)
				o.ok(err)
				b, err := o.main.ChangeDeclaration(o.ctx, unknown.Code, change)
				o.ok(err)
				if plainAnswer(t, a) != plainAnswer(t, b) {
					t.Fatalf("%s, changed: known\n%s\nunknown\n%s", name, plainAnswer(t, a), plainAnswer(t, b))
				}
			}
			for _, d := range []response.Declaration{known, unknown} {
				got, err := o.main.ReportMyDay(o.ctx, d.Code, d.People[0].ID, response.SelfReport{Well: false, Symptoms: "发热"})
				if err != nil {
					t.Fatalf("%s %+v: %v", name, o.arrival(d.People[0].ID), err)
				}
				if n := len(got.People[0].Duties); n == 0 || got.People[0].Duties[n-1].Key != "symptoms" {
					t.Errorf("%s: nobody is asked to look after %+v", name, got.People[0].Duties)
				}
			}
		}
	})
}

// Who knows somebody's train, origin and day takes nothing of theirs over by a
// declaration. What the feed told stays until staff see the person and their slip;
// then the two are one, and the code opens it. Found not to be so, the claim is
// withdrawn.
func TestAClaimWaitsForAnIdentityCheck(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		o.graded(shanghai, "high", o.day(-10).String())
		id := o.feed("rail", o.row("1", traveller("某甲", 63))).Fates[0].Arrival
		before := o.arrival(id)
		j := o.journey()
		j.Vehicle, j.StayText = before.Vehicle, "别处 1 号"
		mine, err := o.main.DeclareTravel(o.ctx, response.NewDeclaration{Request: o.request(), Journey: j,
			People: []response.DeclaredPerson{{Identity: traveller("某甲", 63)}, {Identity: traveller("某乙", 64)}}})
		o.ok(err)
		v, err := o.main.ArrivalView(o.ctx, o.cityDesk, id)
		o.ok(err)
		if a := v.Arrival; a.Group != before.Group || a.StayText != before.StayText || len(a.Channels) != 1 {
			t.Errorf("taken over: %+v", a)
		}
		if len(v.Claims) != 1 || v.Claims[0].Declaration != mine.No || v.Claims[0].Arrival.StayText != "别处 1 号" {
			t.Fatalf("staff read no claim: %+v", v.Claims)
		}
		view, err := o.main.ArrivalChecks(o.ctx, o.cityDesk, city)
		o.ok(err)
		list, err := o.main.Arrivals(o.ctx, o.cityDesk, response.ArrivalFilter{}, seawall.Page{Limit: 50})
		o.ok(err)
		if view.Total.Arrivals != 1 || list.Total != 2 {
			t.Errorf("a claim counts: %d here, %d listed", view.Total.Arrivals, list.Total)
		}
		_, err = o.main.RecordCheck(o.ctx, o.cityDesk, v.Claims[0].Arrival.ID, response.NewCheck{Check: border.Identity, Note: "x"})
		o.refuse(err, seawall.Conflict, "arrival_claimed")
		_, err = o.main.RecordCheck(o.ctx, o.cityDesk, id, response.NewCheck{Check: border.Identity, Declaration: "G-2022-99999"})
		o.refuse(err, seawall.NotFound, "claim_unknown")
		a, err := o.main.RecordCheck(o.ctx, o.cityDesk, id, response.NewCheck{Check: border.Identity, Declaration: mine.No})
		o.ok(err)
		opened, err := o.main.MyDeclaration(o.ctx, mine.Code)
		o.ok(err)
		if len(a.Channels) != 2 || len(opened.People) != 2 || !hasPerson(opened, id) {
			t.Errorf("confirmed: %+v, %+v", a, opened.People)
		}
	})
}

func hasPerson(d response.Declaration, id seawall.ArrivalID) bool {
	for _, p := range d.People {
		if p.ID == id {
			return true
		}
	}
	return false
}

// Of whom a feed told wrongly, a declaration that waited beside it stands by
// itself; and a document number with another name opens nothing of its owner.
func TestAClaimStandsAlone(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		row := o.row("1", traveller("张某甲", 65))
		row.Arrived, row.Expected = time.Time{}, o.day(1)
		id := o.feed("rail", row).Fates[0].Arrival
		j := o.journey()
		j.Expected = o.day(1)
		mine, err := o.main.DeclareTravel(o.ctx, response.NewDeclaration{Request: o.request(), Journey: j,
			People: []response.DeclaredPerson{{Identity: traveller("李某乙", 65)}}})
		o.ok(err)
		if strings.Contains(mine.People[0].Mask, "张") {
			t.Errorf("the name on record is told: %s", mine.People[0].Mask)
		}
		if v, err := o.main.ArrivalView(o.ctx, o.cityDesk, id); err != nil || len(v.Claims) != 1 {
			t.Fatalf("no claim: %+v %v", v.Claims, err)
		}
		row.Cancelled = true
		o.feed("rail", row)
		if a := o.arrival(mine.People[0].ID); a.State != border.Expected || a.Loop == "" {
			t.Errorf("nobody awaits the one who declared: %+v", a)
		}
	})
}

// One of a group has arrived, the others do not come: that is said once for all of
// them, and counts for those who are not here.
func TestNotComingIsForThoseNotHere(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		mine, err := o.main.DeclareTravel(o.ctx, response.NewDeclaration{Request: o.request(), Journey: o.journey(),
			People: []response.DeclaredPerson{{Identity: traveller("某甲", 66)}, {Identity: traveller("某乙", 67)}}})
		o.ok(err)
		_, err = o.main.Arrive(o.ctx, o.cityDesk, mine.People[0].ID, response.Move{})
		o.ok(err)
		got, err := o.main.ChangeDeclaration(o.ctx, mine.Code, response.DeclarationChange{NotComing: true})
		o.ok(err)
		if got.People[0].State != border.Arrived || got.People[1].State != border.NotComing {
			t.Errorf("%s, %s", got.People[0].State, got.People[1].State)
		}
		_, err = o.main.ChangeDeclaration(o.ctx, mine.Code, response.DeclarationChange{NotComing: true})
		o.refuse(err, seawall.Conflict, "arrival_here_already")
	})
}

// Staff who have counted a group with a number nobody has a name for yet are asked
// to count again when more turn up, and not because they were right.
func TestACountWithNumbersStands(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		dec, err := o.main.DeclareTravel(o.ctx, response.NewDeclaration{Request: o.request(), Journey: o.journey(),
			People: []response.DeclaredPerson{{Identity: traveller("某甲", 68)}}})
		o.ok(err)
		now := o.clock.Now()
		_, err = o.main.ChangeDeclaration(o.ctx, dec.Code, response.DeclarationChange{Arrived: &now})
		o.ok(err)
		head := dec.People[0].ID
		_, err = o.main.RecordCheck(o.ctx, o.cityDesk, head, response.NewCheck{Check: border.Headcount, Size: 2, Note: "两人"})
		o.ok(err)
		o.clock.Advance(time.Hour)
		o.feed("rail", o.row("1", traveller("某甲", 68)))
		if c := o.arrival(head).Check(border.Headcount); !c.Made() {
			t.Errorf("counted, and to be counted again: %+v", c)
		}
	})
}

// Whoever names a person number reads of somebody who is another county's what the
// count needs, and no more.
func TestANumberOpensNoRow(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		a := o.come("某甲", 69)
		o.write(func(tx seawall.Tx) error { return o.moved(tx, a.ID, cityPath) })
		j := o.journey()
		j.Arrived = o.clock.Now()
		got, err := o.main.RecordArrivals(o.ctx, o.grid, response.NewArrivals{Request: o.request(), Journey: j, Channel: border.Found,
			People: []response.DeclaredPerson{{Person: a.Person}}})
		o.ok(err)
		for _, b := range got.Items {
			if b.ID == a.ID && (b.Person != "" || b.StayText != "" || len(b.Origins) > 0) {
				t.Errorf("a grid worker reads %+v", b)
			}
		}
	})
}
