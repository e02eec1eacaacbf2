package waits

import (
	"math"
	"slices"
	"time"
)

// Limits say what a plan of lanes must keep.
type Limits struct {
	// Target is the wait that 95 of 100 vehicles of every slot must not exceed.
	Target time.Duration
	// Min and Max are the lanes that may be open in each slot; Max is what lanes and
	// staff allow.
	Min, Max []int
}

// Planned is a plan of lanes by slot. Where Kept is false, no plan within Max
// keeps the target: Broken are the slots in which more than five of 100 vehicles
// wait longer, even with all lanes that help.
type Planned struct {
	Lanes     []int   `json:"lanes"`
	Slots     []Slot  `json:"slots"`
	LaneHours float64 `json:"laneHours"`
	Kept      bool    `json:"kept"`
	Broken    []int   `json:"broken"`
	// Tried is how many partial days were computed.
	Tried int `json:"tried"`
}

// Plan looks for the cheapest lanes by slot, in lane-hours, that keep the target.
//
// Forward, every slot gets the fewest lanes with which its own vehicles keep it;
// where even the most do not, earlier slots get more, the nearest first, so that
// a queue is worked off before. Backward, every slot gives up lanes as long as
// all slots keep the target; then one lane is added and two taken away within
// three slots of it, as long as that saves. What is accepted was computed with
// the whole model. The result is not always the cheapest there is: compared with
// every plan on small cases it is so in most, see docs/freight.md.
//
// Errors: ErrModel, ErrTooLarge.
func Plan(m Model, l Limits) (Planned, error) {
	n := len(m.Arrivals)
	m.Target = l.Target
	if len(l.Min) != n || len(l.Max) != n {
		return Planned{}, ErrModel
	}
	m.Lanes = slices.Clone(l.Max)
	if err := m.Check(); err != nil {
		return Planned{}, err
	}
	s := newSearch(m, l)
	if err := s.forward(); err != nil {
		return Planned{}, err
	}
	if len(s.broken) == 0 {
		if err := s.drop(); err != nil {
			return Planned{}, err
		}
		if err := s.swap(); err != nil {
			return Planned{}, err
		}
	}
	m.Lanes = s.lanes
	slots, err := Predict(m)
	if err != nil {
		return Planned{}, err
	}
	return Planned{Lanes: s.lanes, Slots: slots, LaneHours: m.LaneHours(), Kept: len(s.broken) == 0, Broken: s.broken, Tried: s.tried}, nil
}

// search is a plan in the making. Before each slot the state of every kind of day
// is kept, so that a change costs only what comes after it.
type search struct {
	m      Model
	course *course
	l      Limits
	days   []factor
	lanes  []int
	before [][]walk // before[i]: the states at the beginning of slot i
	reach  int      // slots that the target looks ahead
	broken []int
	tried  int
}

func newSearch(m Model, l Limits) *search {
	s := &search{m: m, course: newCourse(m), l: l, days: factors(m.Spread), lanes: slices.Clone(l.Max), before: make([][]walk, len(m.Arrivals)+1)}
	s.reach = int(math.Ceil(l.Target.Seconds() / m.Slot.Seconds()))
	s.before[0] = make([]walk, len(s.days))
	return s
}

// slot computes slot i with the given lanes from the states before it, and tells
// the share of vehicles that wait longer than the target and the states after.
func (s *search) slot(lanes []int, i int, before []walk) (float64, []walk, error) {
	s.tried++
	d := *s.course
	d.m.Lanes = lanes
	after := make([]walk, len(before))
	var views []view
	for k, f := range s.days {
		w := walk{d: &d, ch: before[k].ch, x: slices.Clone(before[k].x)}
		if w.ch != nil {
			own := *w.ch
			w.ch = &own
		}
		var out Slot
		if err := w.slot(i, f, &out, &views); err != nil {
			return 0, nil, err
		}
		after[k] = w
	}
	weight, above := 0.0, 0.0
	for _, v := range views {
		weight += v.weight
		above += v.weight * d.later(v, s.l.Target.Seconds())
	}
	if d.m.Arrivals[i] == 0 {
		return 0, after, nil
	}
	return above / weight, after, nil
}

// tolerated is the share that may wait longer than the target.
const tolerated = 0.05

// forward gives each slot the fewest lanes that keep the target for those who
// come in it; a slot that not even the most keep asks for more before it.
func (s *search) forward() error {
	n := len(s.lanes)
	for i := 0; i < n; i++ {
		kept := false
		for c := s.l.Min[i]; c <= s.l.Max[i] && !kept; c++ {
			for j := i; j < n; j++ {
				s.lanes[j] = min(max(c, s.l.Min[j]), s.l.Max[j])
			}
			above, after, err := s.slot(s.lanes, i, s.before[i])
			if err != nil {
				return err
			}
			s.before[i+1] = after
			kept = above <= tolerated
		}
		if kept {
			continue
		}
		back, err := s.prepare(i)
		if err != nil {
			return err
		}
		if !back {
			s.broken = append(s.broken, i)
		}
	}
	_, err := s.check(s.lanes, 0, true)
	return err
}

// prepare opens more lanes before slot i, the nearest slot first, until slot i
// keeps the target, and reports whether it does.
func (s *search) prepare(i int) (bool, error) {
	for j := i - 1; j >= 0; j-- {
		for s.lanes[j] < s.l.Max[j] {
			s.lanes[j]++
			states, above := s.before[j], 0.0
			for k := j; k <= i; k++ {
				var err error
				if above, states, err = s.slot(s.lanes, k, states); err != nil {
					return false, err
				}
				s.before[k+1] = states
			}
			if above <= tolerated {
				return true, nil
			}
		}
		if s.lanes[j] == s.l.Max[j] && len(s.broken) > 0 && s.broken[len(s.broken)-1] >= j {
			break
		}
	}
	return false, nil
}

// check computes the plan from slot from on and reports whether every slot keeps
// the target; with keep, the states are kept and the broken slots noted.
func (s *search) check(lanes []int, from int, keep bool) (bool, error) {
	from = max(0, from)
	states, ok := s.before[from], true
	all := make([][]walk, 0, len(lanes)-from)
	var broken []int
	for i := from; i < len(lanes); i++ {
		above, after, err := s.slot(lanes, i, states)
		if err != nil {
			return false, err
		}
		if above > tolerated {
			if ok = false; !keep {
				return false, nil
			}
			broken = append(broken, i)
		}
		all = append(all, after)
		states = after
	}
	copy(s.before[from+1:], all)
	if keep {
		s.broken = broken
	}
	return ok, nil
}

// try takes a changed plan over if it keeps the target.
func (s *search) try(lanes []int, first int) (bool, error) {
	ok, err := s.check(lanes, first-s.reach, false)
	if ok {
		s.lanes = lanes
	}
	return ok, err
}

// drop closes lanes, the last slots first, as long as the target is kept.
func (s *search) drop() error {
	for i := len(s.lanes) - 1; i >= 0; i-- {
		for s.lanes[i] > s.l.Min[i] {
			next := slices.Clone(s.lanes)
			next[i]--
			if ok, err := s.try(next, i); err != nil {
				return err
			} else if !ok {
				break
			}
		}
	}
	return nil
}

// swap opens one lane more where that lets two be closed nearby.
func (s *search) swap() error {
	const near = 3
	n := len(s.lanes)
	for again := true; again; {
		again = false
		for i := range n {
			if s.lanes[i] >= s.l.Max[i] || s.m.Arrivals[i] == 0 {
				continue
			}
			saved, err := s.around(i, near)
			if err != nil {
				return err
			}
			again = again || saved
		}
	}
	return nil
}

// around tries one lane more in slot i and one less in two slots near it.
func (s *search) around(i, near int) (bool, error) {
	for a := max(0, i-near); a <= min(len(s.lanes)-1, i+near); a++ {
		for b := a; b <= min(len(s.lanes)-1, i+near); b++ {
			next := slices.Clone(s.lanes)
			next[i]++
			next[a]--
			next[b]--
			if a == i || b == i || next[a] < s.l.Min[a] || next[b] < s.l.Min[b] {
				continue
			}
			if ok, err := s.try(next, min(i, a)); ok || err != nil {
				return ok, err
			}
		}
	}
	return false, nil
}
