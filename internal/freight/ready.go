package freight

import (
	"fmt"
	"slices"
	"time"

	"github.com/seawall-city/seawall"
)

// The four guarantees (四个到位) by key.
const (
	PeopleReady    = "people"    // 人员闭环管理到位
	ServiceReady   = "service"   // 服务保障措施到位
	AreaReady      = "area"      // 服务区管控到位
	CommunityReady = "community" // 社区托底到位
)

// Mark is one of the four guarantees, measured: Met of Of things that were due,
// Value their share from 0 to 1 (1 where nothing was due), and what lacks. How each
// is counted stands in docs/freight-trips.md.
type Mark struct {
	Value float64        `json:"value"`
	Met   int            `json:"met"`
	Of    int            `json:"of"`
	Lacks []seawall.Text `json:"lacks"`
}

// Four are the four guarantees of one trip or service area, or of many together.
type Four struct {
	People    Mark `json:"people"`
	Service   Mark `json:"service"`
	Area      Mark `json:"area"`
	Community Mark `json:"community"`
}

// count adds one thing that was due.
func (m *Mark) count(ok bool, zh, en string) {
	m.Of++
	if ok {
		m.Met++
	} else {
		m.Lacks = append(m.Lacks, seawall.Text{ZH: zh, EN: en})
	}
}

// mostLacks bounds what a sum of many names.
const mostLacks = 20

func (m *Mark) done() {
	if m.Lacks == nil {
		m.Lacks = []seawall.Text{}
	}
	if len(m.Lacks) > mostLacks {
		m.Lacks = m.Lacks[:mostLacks]
	}
	m.Value = 1
	if m.Of > 0 {
		m.Value = float64(m.Met) / float64(m.Of)
	}
}

// Sum puts the guarantees of many together: what was due and met is added.
func Sum(all []Four) Four {
	var out Four
	for _, f := range all {
		for _, p := range []struct{ to, from *Mark }{{&out.People, &f.People}, {&out.Service, &f.Service}, {&out.Area, &f.Area}, {&out.Community, &f.Community}} {
			p.to.Met, p.to.Of = p.to.Met+p.from.Met, p.to.Of+p.from.Of
			p.to.Lacks = append(p.to.Lacks, p.from.Lacks...)
		}
	}
	out.settle()
	return out
}

func (f *Four) settle() {
	for _, m := range []*Mark{&f.People, &f.Service, &f.Area, &f.Community} {
		m.done()
	}
}

// Need is something that the crew asked for.
type Need struct {
	No   string
	Kind string
	// By is until when help was to be there; Done when it was, zero before.
	By, Done time.Time
}

// Fall is one time that a trip fell to the community: stranded, or taken over by
// nobody.
type Fall struct {
	Kind string
	// Opened is when it was found, By until when somebody was to take it, Ended when
	// somebody had (zero while it is open).
	Opened, By, Ended time.Time
}

// Seen is a service area with how many lorries stood in it.
type Seen struct {
	Area ServiceArea
	In   int
}

// Facts is what the guarantees of a trip are measured on.
type Facts struct {
	Trip   Trip
	Legs   []Leg
	Needs  []Need
	Areas  []Seen
	Falls  []Fall
	Now    time.Time
	Accept time.Duration // how soon an offered hand-over is accepted
}

// MeasureTrip measures the four guarantees of a trip.
func MeasureTrip(in Facts) Four {
	var out Four
	out.People.legs(in)
	out.Service.needs(in.Needs, in.Now)
	for _, s := range in.Areas {
		out.Area.place(s, in.Now)
	}
	out.Community.falls(in.Falls, in.Now)
	out.settle()
	return out
}

// AreaFacts is what the guarantees of a service area are measured on.
type AreaFacts struct {
	Seen
	// Visits are those of the last day, Needs what was asked for from there, Falls
	// the trips that were stranded or taken over by nobody there.
	Visits []Visit
	Needs  []Need
	Falls  []Fall
	Now    time.Time
}

// MeasureArea measures the four guarantees of a service area: that each lorry in
// it belongs to a trip, that needs are met in time, that its basic services are
// open, it is not full and somebody has told so today, and that whoever is stuck
// there is taken over.
func MeasureArea(in AreaFacts) Four {
	var out Four
	for _, v := range in.Visits {
		out.People.count(v.Trip != "", v.PlateMask+" 未关联行程", v.PlateMask+" belongs to no trip")
	}
	out.Service.needs(in.Needs, in.Now)
	out.Area.place(in.Seen, in.Now)
	out.Community.falls(in.Falls, in.Now)
	out.settle()
	return out
}

// legs counts the hand-overs: each with giver, receiver, place and time, accepted
// in time, and none with a hole before it; a trip in the city has somebody who
// answers; each stop off a prescribed route lacks.
func (m *Mark) legs(in Facts) {
	var end time.Time
	for _, l := range in.Legs {
		if l.Accepted.IsZero() && in.Now.Sub(l.Offered) <= in.Accept {
			continue // still in time
		}
		whole := l.Giver != "" && l.Receiver != "" && l.Place != "" && !l.Accepted.IsZero() && l.Accepted.Sub(l.Offered) <= in.Accept
		m.count(whole, l.Giver+" → "+l.Receiver+" 交接不完整或超时", l.Giver+" → "+l.Receiver+": incomplete or late")
		if !l.Accepted.IsZero() {
			if !end.IsZero() && l.Accepted.After(end) {
				m.count(false, l.Receiver+" 接手前有空档", "nobody answered before "+l.Receiver)
			}
			end = l.Ended
		}
	}
	if Here(in.Trip.State) {
		_, held := Holding(in.Legs)
		m.count(held, "当前无人负责", "nobody answers now")
	}
	for range in.Trip.Deviations {
		m.count(false, "偏离规定路线停靠", "a stop off the prescribed route")
	}
}

// needs counts what was asked for and is due or done.
func (m *Mark) needs(needs []Need, now time.Time) {
	for _, n := range needs {
		if n.Done.IsZero() && now.Before(n.By) {
			continue
		}
		m.count(!n.Done.IsZero() && !n.Done.After(n.By), "需求 "+n.No+" 未按时到位", "request "+n.No+" was not met in time")
	}
}

// fresh is how long what staff told of a service area counts.
const fresh = 24 * time.Hour

// place counts six things of a service area: four basic services open, not full,
// told of within a day.
func (m *Mark) place(s Seen, now time.Time) {
	a := s.Area
	zh := map[string]string{Fuel: "加油", Toilet: "厕所", Water: "饮水", Shop: "小卖部"}
	for _, b := range Basics() {
		m.count(slices.Contains(a.Open, b), a.Name.ZH+" "+zh[b]+"未开放", a.Name.EN+": "+b+" is closed")
	}
	m.count(s.In <= a.Spaces, fmt.Sprintf("%s 车位已满（%d/%d）", a.Name.ZH, s.In, a.Spaces), fmt.Sprintf("%s is full (%d of %d)", a.Name.EN, s.In, a.Spaces))
	m.count(!a.Told.IsZero() && now.Sub(a.Told) <= fresh, a.Name.ZH+" 一天内无人报告", a.Name.EN+": nobody has told of it for a day")
}

// falls counts each time that a trip fell to the community and was due.
func (m *Mark) falls(falls []Fall, now time.Time) {
	zh, en := map[string]string{"stranded": "滞留", "orphan": "无人接管"}, map[string]string{"stranded": "stranded", "orphan": "taken over by nobody"}
	for _, f := range falls {
		if f.Ended.IsZero() && now.Before(f.By) {
			continue
		}
		m.count(!f.Ended.IsZero() && !f.Ended.After(f.By), zh[f.Kind]+"行程未按时有人接手", en[f.Kind]+": nobody took it over in time")
	}
}
