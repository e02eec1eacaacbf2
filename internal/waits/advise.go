package waits

import (
	"slices"
	"time"
)

// Block is a shift: so many lanes from one slot up to another, exclusive.
type Block struct {
	From  int `yaml:"from"`
	To    int `yaml:"to"`
	Lanes int `yaml:"lanes"`
}

// The kinds of advice.
const (
	OneLane   = "lane"  // one lane more in one slot
	MoveShift = "shift" // a shift begins and ends an hour earlier or later
)

// Advice is one change and what it does.
type Advice struct {
	Kind string `json:"kind" enum:"lane,shift" doc:"one lane more in a slot, or a shift moved by a slot"`
	// Slot is the slot that gets a lane; Shift the number of the shift that moves, By
	// the slots by which it does.
	Slot  int `json:"slot"`
	Shift int `json:"shift"`
	By    int `json:"by"`
	// Lanes is the plan that results.
	Lanes []int `json:"lanes"`
	// Worst is the longest p95 of any slot after the change, Saved the time that all
	// vehicles together wait less, LaneHours what it costs more.
	Worst     time.Duration `json:"worst"`
	Saved     time.Duration `json:"saved"`
	LaneHours float64       `json:"laneHours"`
}

// Worst is the longest p95 of slots in which somebody comes.
func Worst(slots []Slot) time.Duration {
	var w time.Duration
	for _, s := range slots {
		if s.Arrivals > 0 {
			w = max(w, s.P95)
		}
	}
	return w
}

// Total is the time that all vehicles of the slots together wait.
func Total(slots []Slot) time.Duration {
	sum := 0.0
	for _, s := range slots {
		sum += s.Arrivals * s.Mean.Seconds()
	}
	return seconds(sum)
}

// Advise computes what one more lane does in each slot that has room for one, and
// what moving each shift by a slot does. The best come first: those that lower
// the worst p95 most, then those that save most waiting.
//
// Errors: ErrModel, ErrTooLarge.
func Advise(m Model, most []int, shifts []Block) ([]Advice, error) {
	now, err := Predict(m)
	if err != nil {
		return nil, err
	}
	var out []Advice
	try := func(a Advice) error {
		next := m
		next.Lanes = a.Lanes
		slots, err := Predict(next)
		if err != nil {
			return err
		}
		a.Worst, a.Saved, a.LaneHours = Worst(slots), Total(now)-Total(slots), next.LaneHours()-m.LaneHours()
		out = append(out, a)
		return nil
	}
	for i, c := range m.Lanes {
		if i >= len(most) || c >= most[i] || m.Arrivals[i] == 0 && now[i].Queue < 0.5 {
			continue
		}
		lanes := slices.Clone(m.Lanes)
		lanes[i]++
		if err := try(Advice{Kind: OneLane, Slot: i, Lanes: lanes}); err != nil {
			return nil, err
		}
	}
	for k, b := range shifts {
		for _, by := range []int{-1, 1} {
			lanes, ok := moved(m.Lanes, most, b, by)
			if !ok {
				continue
			}
			if err := try(Advice{Kind: MoveShift, Shift: k, By: by, Lanes: lanes}); err != nil {
				return nil, err
			}
		}
	}
	slices.SortStableFunc(out, func(a, b Advice) int {
		if a.Worst != b.Worst {
			return compare(a.Worst, b.Worst)
		}
		return compare(b.Saved, a.Saved)
	})
	return out, nil
}

func compare(a, b time.Duration) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

// moved gives the lanes with a shift moved; not where it would leave the slots or
// open more lanes than there are.
func moved(lanes, most []int, b Block, by int) ([]int, bool) {
	if b.From+by < 0 || b.To+by > len(lanes) || b.From >= b.To {
		return nil, false
	}
	out := slices.Clone(lanes)
	for i := b.From; i < b.To; i++ {
		out[i] -= b.Lanes
	}
	for i := b.From + by; i < b.To+by; i++ {
		out[i] += b.Lanes
	}
	for i, c := range out {
		if c < 0 || i < len(most) && c > most[i] {
			return nil, false
		}
	}
	return out, true
}
