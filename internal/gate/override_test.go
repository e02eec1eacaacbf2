package gate_test

import (
	"testing"
	"time"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/gate"
)

// Nobody refuses an emergency; everything else against the rule needs a reason and
// a second officer. §2.11.
func TestOverrides(t *testing.T) {
	pass := gate.Decision{Outcome: gate.Go, Rule: "fresh_test"}
	for _, tc := range []struct {
		name  string
		d     gate.Decision
		f     gate.Facts
		o     gate.Override
		want  string
		codes []string
	}{
		{"refusing with reason and second", pass, gate.Facts{}, gate.Override{To: gate.Refer, Reason: "发热", Second: "b"}, gate.Refer, nil},
		{"refusing alone", pass, gate.Facts{}, gate.Override{To: gate.Refer, Reason: "发热"}, "", []string{"gate_override_second"}},
		{"oneself as the second", pass, gate.Facts{}, gate.Override{To: gate.Refer, Reason: "发热", Second: "a"}, "", []string{"gate_override_same"}},
		{"without saying why", pass, gate.Facts{}, gate.Override{To: gate.Hold, Second: "b"}, "", []string{"gate_override_reason"}},
		{"refusing an emergency", pass, gate.Facts{Emergency: true}, gate.Override{To: gate.Hold, Reason: "x", Second: "b"}, "", []string{"gate_override_emergency"}},
		{"the same as the rule", pass, gate.Facts{}, gate.Override{To: gate.Go}, gate.Go, nil},
		{"no such outcome", pass, gate.Facts{}, gate.Override{To: "turn_back"}, "", []string{"not_a_choice"}},
		{"letting pass what is held", gate.Decision{Outcome: gate.Hold, HoldMinutes: 30}, gate.Facts{}, gate.Override{To: gate.Go, Reason: "核实", Second: "b"}, gate.Go, nil},
	} {
		got, bad := gate.Overridden(tc.d, tc.f, tc.o, "a")
		var codes []string
		for _, b := range bad {
			codes = append(codes, b.Code)
		}
		if len(codes) != len(tc.codes) || len(codes) > 0 && codes[0] != tc.codes[0] || len(codes) == 0 && got.Outcome != tc.want {
			t.Errorf("%s: %+v, %v", tc.name, got, codes)
		}
	}
	if got, _ := gate.Overridden(pass, gate.Facts{}, gate.Override{To: gate.Hold, Reason: "x", Second: "b"}, "a"); got.HoldMinutes <= 0 || got.HoldMinutes > gate.MaxHold {
		t.Errorf("an officer's hold lasts %d minutes", got.HoldMinutes)
	}
}

// A pass has an id of its own, a lane that is there, and instants in order.
func TestPassFaults(t *testing.T) {
	now := time.Date(2022, 3, 28, 8, 0, 0, 0, time.UTC)
	site := gate.Site{ID: "a", Lanes: []gate.Lane{{No: 1}}}
	good := gate.Pass{ID: "01FZ8YQ6V3H6T4N2R0W9K5M7PX", Lane: 1, Arrived: now.Add(-time.Hour), Served: now.Add(-time.Minute), Decided: now}
	if bad := good.Faults(site, now); len(bad) > 0 {
		t.Errorf("a good pass: %v", bad)
	}
	for name, change := range map[string]func(*gate.Pass){
		"gate_pass_id":      func(p *gate.Pass) { p.ID = "x" },
		"gate_lane_unknown": func(p *gate.Pass) { p.Lane = 9 },
		"gate_time_order":   func(p *gate.Pass) { p.Left = now.Add(-2 * time.Hour) },
	} {
		p := good
		change(&p)
		if bad := p.Faults(site, now); len(bad) != 1 || bad[0].Code != name {
			t.Errorf("%s: %v", name, bad)
		}
	}
	ahead := good
	ahead.Decided = now.Add(time.Hour)
	if bad := ahead.Faults(site, now); len(bad) != 1 || bad[0].Code != "gate_time_order" {
		t.Errorf("a phone whose clock is an hour ahead: %v", bad)
	}
	if got := gate.ComplaintCode(good.ID); got != "R0W9K5M7PX" {
		t.Errorf("the code of the slip is %q", got)
	}
	if gate.ComplaintCode("01fz8yq6v3h6t4n2rowIk5m7pl") != "R0W1K5M7P1" {
		t.Errorf("letters that look like digits: %q", gate.ComplaintCode("01fz8yq6v3h6t4n2rowIk5m7pl"))
	}
}

// A site's id is short and plain; its kind is one of the seven.
func TestSiteFaults(t *testing.T) {
	good := gate.Site{ID: "g15-dafeng", Kind: gate.Checkpoint, Name: seawall.Text{ZH: "大丰", EN: "Dafeng"}}
	if bad := good.Faults(); len(bad) > 0 {
		t.Errorf("a good site: %v", bad)
	}
	if bad := (gate.Site{ID: "G15/1", Kind: "ferry", Lat: 99}).Faults(); len(bad) != 4 {
		t.Errorf("everything wrong: %v", bad)
	}
}
