package waits_test

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/seawall-city/seawall/internal/waits"
)

// limits allows one to most lanes in every slot.
func limits(n, most int, target time.Duration) waits.Limits {
	l := waits.Limits{Target: target}
	for range n {
		l.Min, l.Max = append(l.Min, 1), append(l.Max, most)
	}
	return l
}

// keeps reports whether a plan keeps the target in every slot.
func keeps(t *testing.T, m waits.Model, lanes []int) bool {
	t.Helper()
	m.Lanes = lanes
	p, err := waits.Predict(m)
	if err != nil {
		t.Fatal(err)
	}
	return !slices.ContainsFunc(p, func(s waits.Slot) bool { return s.Above > 0.05 })
}

// FRT-07: the plan found costs what the best of all plans costs.
func TestPlanAgainstEveryPlan(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	const hours, most = 4, 3
	for range 12 {
		m := waits.Model{Slot: time.Hour, Service: waits.Service{Mean: 3 * time.Minute, CV2: []float64{0.3, 1, 2}[r.IntN(3)]}, Target: 15 * time.Minute}
		for range hours {
			m.Arrivals = append(m.Arrivals, 5+45*r.Float64())
		}
		p, err := waits.Plan(m, limits(hours, most, m.Target))
		if err != nil {
			t.Fatal(err)
		}
		best := 0
		for k := range 81 {
			lanes, sum := make([]int, hours), 0
			for i, v := 0, k; i < hours; i, v = i+1, v/most {
				lanes[i] = 1 + v%most
				sum += lanes[i]
			}
			if (best == 0 || sum < best) && keeps(t, m, lanes) {
				best = sum
			}
		}
		if p.Kept != (best > 0) || p.Kept && int(p.LaneHours) != best {
			t.Errorf("%v: found %v kept %v, the best costs %d", m.Arrivals, p.Lanes, p.Kept, best)
		}
		if p.Kept && !keeps(t, m, p.Lanes) {
			t.Errorf("%v: %v does not keep the target", m.Arrivals, p.Lanes)
		}
	}
}

// Where no plan within the lanes keeps the target, the plan says which hours.
func TestPlanThatCannotBeKept(t *testing.T) {
	m := waits.Model{Slot: time.Hour, Service: waits.Service{Mean: 3 * time.Minute, CV2: 1}, Arrivals: []float64{10, 90, 10, 10}}
	p, err := waits.Plan(m, limits(4, 2, 30*time.Minute))
	if err != nil {
		t.Fatal(err)
	}
	if p.Kept || !slices.Contains(p.Broken, 1) || p.Lanes[1] != 2 || p.Slots[1].P95 <= 30*time.Minute {
		t.Errorf("%+v", p)
	}
}

// Advice says what a lane and a moved shift do: it computes, it does not guess.
func TestAdvise(t *testing.T) {
	m := waits.Model{Slot: time.Hour, Service: waits.Service{Mean: 3 * time.Minute, CV2: 0.5}, Target: 15 * time.Minute,
		Arrivals: []float64{15, 20, 55, 30, 10}, Lanes: []int{1, 2, 2, 1, 1}}
	list, err := waits.Advise(m, []int{3, 3, 3, 3, 3}, []waits.Block{{From: 1, To: 3, Lanes: 1}})
	if err != nil {
		t.Fatal(err)
	}
	now, err := waits.Predict(m)
	if err != nil {
		t.Fatal(err)
	}
	var kinds []string
	for _, a := range list {
		kinds = append(kinds, a.Kind)
		next := m
		next.Lanes = a.Lanes
		p, err := waits.Predict(next)
		if err != nil {
			t.Fatal(err)
		}
		if a.Worst != waits.Worst(p) || a.Saved != waits.Total(now)-waits.Total(p) || a.LaneHours != next.LaneHours()-m.LaneHours() {
			t.Errorf("%+v", a)
		}
	}
	if best := list[0]; best.Worst >= waits.Worst(now) || best.Saved <= 0 {
		t.Errorf("the best advice is %+v, now %v", best, waits.Worst(now))
	}
	if !slices.Contains(kinds, waits.MoveShift) || !slices.Contains(kinds, waits.OneLane) {
		t.Error(kinds)
	}
	later := slices.IndexFunc(list, func(a waits.Advice) bool { return a.Kind == waits.MoveShift && a.By == 1 })
	if later < 0 || !slices.Equal(list[later].Lanes, []int{1, 1, 2, 2, 1}) || list[later].LaneHours != 0 {
		t.Errorf("%+v", list)
	}
}
