package freight

import (
	"testing"
	"time"

	"github.com/seawall-city/seawall"
)

// The four guarantees of a trip are shares of what was due, with what lacks named;
// what is still in time is not counted, and where nothing was due nothing lacks.
// QT-10, FRT-02 to FRT-05.
func TestFourGuarantees(t *testing.T) {
	area := ServiceArea{Name: seawall.Text{ZH: "某", EN: "X"}, Spaces: 2, Open: []string{Fuel, Toilet, Water}, Told: noon(-1)}
	leg := func(to string, offered, accepted, ended int) Leg {
		l := Leg{Giver: "g", Receiver: to, Place: "p", Offered: noon(offered)}
		if accepted >= 0 {
			l.Accepted = noon(accepted)
		}
		if ended > 0 {
			l.Ended = noon(ended)
		}
		return l
	}
	for _, c := range []struct {
		name string
		in   Facts
		want [4][2]int // met and of: people, service, area, community
	}{
		{"nothing was due", Facts{Trip: Trip{State: Declared}}, [4][2]int{}},
		{"whole", Facts{Trip: Trip{State: Inside}, Legs: []Leg{leg("a", 0, 0, 1), leg("b", 1, 1, 0)}}, [4][2]int{{3, 3}}},
		{"an offer in time is not counted", Facts{Trip: Trip{State: Inside}, Legs: []Leg{leg("a", 0, 0, 0), leg("b", 9, -1, 0)}}, [4][2]int{{2, 2}}},
		{"one past its time lacks", Facts{Trip: Trip{State: Inside}, Legs: []Leg{leg("a", 0, 0, 0), leg("b", 1, -1, 0)}}, [4][2]int{{2, 3}}},
		{"a hole between two", Facts{Trip: Trip{State: Inside}, Legs: []Leg{leg("a", 0, 0, 1), leg("b", 3, 3, 0)}}, [4][2]int{{3, 4}}},
		{"nobody answers, and a stop off the route", Facts{Trip: Trip{State: Inside, Deviations: 1}, Legs: []Leg{leg("a", 0, 0, 1)}}, [4][2]int{{1, 3}}},
		{"needs", Facts{Needs: []Need{{By: noon(1), Done: noon(1)}, {By: noon(1), Done: noon(2)}, {By: noon(1)}, {By: noon(99)}}}, [4][2]int{{}, {1, 3}}},
		{"a shop that is shut", Facts{Areas: []Seen{{Area: area, In: 2}}}, [4][2]int{{}, {}, {5, 6}}},
		{"shut, full and silent", Facts{Areas: []Seen{{Area: ServiceArea{Spaces: 1}, In: 2}}}, [4][2]int{{}, {}, {0, 6}}},
		{"falls", Facts{Falls: []Fall{{Kind: "stranded", By: noon(2), Ended: noon(2)}, {Kind: "orphan", By: noon(2), Ended: noon(3)}, {Kind: "orphan", By: noon(2)},
			{Kind: "orphan", By: noon(50)}}}, [4][2]int{{}, {}, {}, {1, 3}}},
	} {
		c.in.Now, c.in.Accept = noon(10), 2*time.Hour
		got := MeasureTrip(c.in)
		for i, m := range []Mark{got.People, got.Service, got.Area, got.Community} {
			if m.Met != c.want[i][0] || m.Of != c.want[i][1] || len(m.Lacks) != m.Of-m.Met {
				t.Errorf("%s, %d: %+v, want %v", c.name, i, m, c.want[i])
			}
			if want := 1.0; m.Of == 0 && m.Value != want || m.Of > 0 && m.Value != float64(m.Met)/float64(m.Of) {
				t.Errorf("%s, %d: value %v", c.name, i, m.Value)
			}
			for _, l := range m.Lacks {
				if l.ZH == "" || l.EN == "" {
					t.Errorf("%s: a lack without words: %+v", c.name, l)
				}
			}
		}
	}
}

// The sum over many adds what was due and met; it is not the mean of the shares.
func TestSumOfGuarantees(t *testing.T) {
	a := MeasureTrip(Facts{Needs: []Need{{By: noon(0)}}, Now: noon(1)})
	b := MeasureTrip(Facts{Needs: []Need{{By: noon(0), Done: noon(0)}, {By: noon(0), Done: noon(0)}, {By: noon(0), Done: noon(0)}}, Now: noon(1)})
	got := Sum([]Four{a, b})
	if got.Service.Value != 0.75 || len(got.Service.Lacks) != 1 || got.People.Value != 1 {
		t.Errorf("sum %+v", got)
	}
	if none := Sum(nil); none.People.Value != 1 || none.People.Lacks == nil {
		t.Errorf("sum of none %+v", none)
	}
}

// A service area is measured on who stands in it, what they need, what is open and
// who is stuck there. FRT-04.
func TestGuaranteesOfAServiceArea(t *testing.T) {
	got := MeasureArea(AreaFacts{Seen: Seen{Area: ServiceArea{Spaces: 5, Open: Basics(), Told: noon(0)}, In: 1}, Now: noon(1),
		Visits: []Visit{{Trip: "t", PlateMask: "苏J·**1"}, {PlateMask: "苏J·**2"}}, Falls: []Fall{{Kind: "stranded", By: noon(0)}}})
	if got.People.Value != 0.5 || got.Area.Value != 1 || got.Community.Value != 0 || got.Service.Of != 0 {
		t.Errorf("%+v", got)
	}
}

// Whoever is told ahead is the first stop behind the place of the last sign; a
// sealed truck's stop off its route is seen, anybody else stops where they need to.
// FRT-02.
func TestRoute(t *testing.T) {
	trip := Trip{Transit: true, Route: []Stop{{Kind: StopGate, Name: "北"}, {Kind: StopServiceArea, Ref: "sa", Name: "服务区"}, {Kind: StopGate, Name: "南"}}}
	for _, c := range []struct {
		seen    string
		entered time.Time
		next    string
	}{{"", time.Time{}, "北"}, {"北", noon(0), "服务区"}, {"服务区", noon(0), "南"}, {"别处", noon(0), "服务区"}, {"南", noon(0), ""}} {
		trip.SeenPlace, trip.EnteredAt = c.seen, c.entered
		if s, ok := trip.NextStop(); s.Name != c.next || ok != (c.next != "") {
			t.Errorf("after %q: %q", c.seen, s.Name)
		}
	}
	for _, c := range []struct {
		kind, ref, name string
		off             bool
	}{{StopServiceArea, "sa", "other name", false}, {StopServiceArea, "", " 服务区 ", false}, {StopPoint, "", "加油站", true}, {StopServiceArea, "sb", "x", true}} {
		if got := trip.OffRoute(c.kind, c.ref, c.name); got != c.off {
			t.Errorf("%+v: %v", c, got)
		}
	}
	trip.Transit = false
	if trip.OffRoute(StopPoint, "", "加油站") {
		t.Error("nobody but a sealed truck has to keep to its stops")
	}
}
