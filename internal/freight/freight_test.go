package freight

import (
	"slices"
	"testing"
	"time"

	"github.com/seawall-city/seawall"
)

func noon(h int) time.Time { return time.Date(2022, 3, 28, 12+h, 0, 0, 0, time.UTC) }

func codes(f []seawall.FieldError) []string {
	out := []string{}
	for _, x := range f {
		out = append(out, x.Field+":"+x.Code)
	}
	slices.Sort(out)
	return out
}

// Lists show where a plate is registered and its last three signs, and never the
// plate; however it is written it is the same one. FRT-01.
func TestPlates(t *testing.T) {
	for in, want := range map[string]string{"苏J12345": "苏J·**345", "苏j·12 345": "苏J·**345", "沪AD12345": "沪A·***345", "苏J·00A01": "苏J·**A01", "AB1": "A·*1", "": ""} {
		if got := MaskPlate(in); got != want {
			t.Errorf("%q shows as %q, want %q", in, got, want)
		}
	}
	if NormalPlate(" 苏j·12-345") != "苏J12345" {
		t.Errorf("normal %q", NormalPlate(" 苏j·12-345"))
	}
}

// The states of a trip follow its movements; one that has ended moves no more, and
// who was seen unloading has come in though no gate wrote it. FRT-01.
func TestMovements(t *testing.T) {
	for _, c := range []struct {
		state, move, next string
		ok                bool
	}{
		{Declared, MoveGate, AtGate, true}, {Permitted, MoveSeen, Travelling, true}, {AtGate, MoveIn, Inside, true},
		{Declared, MoveUnloadStart, Unloading, true}, {Unloading, MoveUnloadEnd, Inside, true}, {Inside, MoveExit, Left, true},
		{Inside, MoveGate, AtGate, false}, {Left, MoveSeen, Left, false}, {Cancelled, MoveGate, Cancelled, false}, {Declared, MoveUnloadEnd, Inside, false},
		{Unloading, MoveIn, Inside, false}, {Inside, "fly", Inside, false},
	} {
		if next, ok := After(c.state, c.move); ok != c.ok || ok && next != c.next {
			t.Errorf("%s after %s: %s %v", c.state, c.move, next, ok)
		}
	}
}

// A permit fits only where crew, vehicle, route and dates do; revoked goes before
// everything. FRT-01, IMP-07.
func TestPermitFits(t *testing.T) {
	p := Permit{ID: "p", Plate: "v1", Crew: []string{"c1", "c2"}, Route: []string{"g15"}, From: noon(0), Until: noon(10)}
	whole := Shown{Plate: "v1", Crew: []string{"c2"}, Gate: []string{"g15", "G15 北"}, At: noon(1)}
	with := func(change func(*Permit, *Shown)) string {
		q, s := p, whole
		change(&q, &s)
		return q.Fit(s)
	}
	for want, change := range map[string]func(*Permit, *Shown){
		PermitValid:   func(*Permit, *Shown) {},
		PermitEarly:   func(_ *Permit, s *Shown) { s.At = noon(-1) },
		PermitExpired: func(_ *Permit, s *Shown) { s.At = noon(10) },
		PermitVehicle: func(_ *Permit, s *Shown) { s.Plate = "v2" },
		PermitCrew:    func(_ *Permit, s *Shown) { s.Crew = []string{"c1", "c3"} },
		PermitRoute:   func(_ *Permit, s *Shown) { s.Gate = []string{"s18"} },
		PermitRevoked: func(q *Permit, s *Shown) { q.Revoked, s.Plate = noon(0), "v2" },
		PermitNone:    func(q *Permit, _ *Shown) { q.ID = "" },
	} {
		if got := with(change); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
	if got := with(func(_ *Permit, s *Shown) { s.Plate, s.Crew, s.Gate = "", nil, nil }); got != PermitValid {
		t.Errorf("what nobody looked at is not compared: %q", got)
	}
}

// The white list goes by what is carried: never by a firm's size, never without an
// end. Requirements §2.7 (permit only for firms above a turnover: a failure).
func TestWhiteList(t *testing.T) {
	today := seawall.DateOf(2022, 3, 28)
	good := White{Reason: "food", From: today, Until: today.Add(14)}
	for _, c := range []struct {
		change func(*White)
		want   []string
	}{
		{func(*White) {}, []string{}},
		{func(w *White) { w.Reason = "large" }, []string{"reason:whitelist_reason"}},
		{func(w *White) { w.Words = "年营业收入一千万元以上" }, []string{"words:whitelist_size"}},
		{func(w *White) { w.Words = "Turnover above 10 M" }, []string{"words:whitelist_size"}},
		{func(w *White) { w.Until = today.Add(-1) }, []string{"until:date_past"}},
		{func(w *White) { w.Until = today.Add(91) }, []string{"until:whitelist_long"}},
		{func(w *White) { w.Until = seawall.NoDay }, []string{"until:required"}},
	} {
		w := good
		c.change(&w)
		if got := codes(CheckWhite(w, today)); !slices.Equal(got, c.want) {
			t.Errorf("%+v: %v, want %v", w, got, c.want)
		}
	}
	k := Carrier{White: good}
	if !k.Whitelisted(today.Add(14)) || k.Whitelisted(today.Add(15)) || (Carrier{}).Whitelisted(today) {
		t.Error("an approval holds from its first to its last day")
	}
}

// A closure has a legal basis, an approver, an announcement and an end; what only
// the province may close, and what is never closed. FRT-08, requirements §2.7.
func TestClosures(t *testing.T) {
	good := Closure{Kind: CloseArea, Name: "某服务区", Basis: "x", Document: "y", Level: Province, Announced: noon(-2), From: noon(0), Until: noon(5),
		Reason: seawall.Text{ZH: "x", EN: "x"}, Keeps: []string{Fuel, Toilet}}
	for _, c := range []struct {
		change func(*Closure)
		want   []string
	}{
		{func(*Closure) {}, []string{}},
		{func(c *Closure) { c.Kind = CloseMainLine }, []string{"kind:closure_main_line"}},
		{func(c *Closure) { c.Level = City }, []string{"level:closure_province"}},
		{func(c *Closure) { c.Keeps = []string{Fuel} }, []string{"keeps:closure_keeps"}},
		{func(c *Closure) { c.Keeps = nil }, []string{"keeps:closure_keeps", "keeps:closure_keeps"}},
		{func(c *Closure) { c.Kind, c.Level, c.Keeps = CloseStation, Province, []string{Toilet} }, []string{}},
		{func(c *Closure) { c.Kind, c.Level, c.Keeps = CloseSegment, County, nil }, []string{}},
		{func(c *Closure) { c.Announced = c.From }, []string{"announced:closure_announced"}},
		{func(c *Closure) { c.Announced = time.Time{} }, []string{"announced:closure_announced"}},
		{func(c *Closure) { c.Until = c.From }, []string{"until:closure_until"}},
		{func(c *Closure) { c.Until = c.From.Add(15 * 24 * time.Hour) }, []string{"until:closure_long"}},
		{func(c *Closure) { c.Basis, c.Document = "", " " }, []string{"basis:required", "document:required"}},
	} {
		x := good
		c.change(&x)
		if got := codes(CheckClosure(x)); !slices.Equal(got, c.want) {
			t.Errorf("%+v: %v, want %v", x, got, c.want)
		}
	}
	for at, want := range map[int]string{-1: "announced", 0: "in_force", 5: "ended"} {
		if got := good.State(noon(at)); got != want {
			t.Errorf("at %d %s, want %s", at, got, want)
		}
	}
}

// Basic services stay open: nobody closes a service area by ticking a box. FRT-04.
func TestStatusOfAServiceArea(t *testing.T) {
	for _, c := range []struct {
		open    []string
		control string
		closed  bool
		want    []string
	}{
		{Basics(), ControlNoDine, false, []string{}},
		{[]string{Water, Shop}, ControlOpen, false, []string{}}, // out of order: it lacks, and shows
		{Basics(), ControlClosed, false, []string{"control:service_area_closure"}},
		{[]string{Fuel}, ControlClosed, true, []string{"open:closure_keeps"}},
		{[]string{Fuel, Toilet}, ControlClosed, true, []string{}},
		{[]string{Fuel, DineIn}, ControlNoDine, false, []string{"open:service_area_dine"}},
		{[]string{"casino"}, "shut", false, []string{"control:not_a_choice", "open:not_a_choice"}},
	} {
		if got := codes(CheckStatus(c.open, c.control, c.closed)); !slices.Equal(got, c.want) {
			t.Errorf("%v %s: %v, want %v", c.open, c.control, got, c.want)
		}
	}
}
