// Package waits predicts how long vehicles wait at a gate, hour by hour, also
// while a queue builds up or drains, and says which lanes to open when.
//
// A day is cut into slots. Vehicles arrive as a Poisson stream whose rate
// changes from slot to slot, each is served by one lane, lanes open and close at
// the slots' borders. The forecast is a Markov chain integrated through the day:
//
//   - A service is a random number X of stages, each exponential with rate ν: a
//     mixture of two Erlang distributions for cv² ≤ 1, of two exponential ones
//     for cv² > 1 (Tijms 2003, appendix B; see Service).
//   - While k < c of c lanes are busy, they finish at the rate k/m (m the mean).
//     While all are busy, together they finish like one lane that is c times as
//     fast: Tijms, van Hoorn and Federgruen 1981, "Approximations for the
//     steady-state probabilities in the M/G/c queue", there for equilibrium,
//     here for any moment. With one lane, and with exponential services, this is
//     exact. The state is then one number: lanes busy, or stages of work ahead.
//   - Separate queues, each vehicle joining the shortest, add the number of lanes
//     that stand idle while others have somebody waiting.
//   - The chain is carried through the day by uniformisation (Jensen 1953).
//   - Somebody with s stages ahead waits longer than w when a Poisson number with
//     mean ν·∫c(u)du/m over [t, t+w] is below s: lanes that open later count.
//
// How well that fits is measured against Simulate, a discrete-event simulation
// that shares nothing with the chain; docs/freight.md has the table and says
// which other methods were weighed.
//
// The package knows no clock, no database and no gate: whoever calls it says
// what a slot is.
package waits

import (
	"errors"
	"fmt"
	"math"
	"time"
)

// MaxLanes is the largest number of lanes of one queue that is computed.
const MaxLanes = 40

// Errors of a model that cannot be computed.
var (
	ErrModel    = errors.New("waits: impossible model")
	ErrTooLarge = errors.New("waits: the queue grows beyond what is computed")
)

// Model is one queue through a day or any other row of slots.
type Model struct {
	// Slot is the length of a slot (an hour at a gate).
	Slot time.Duration
	// Arrivals are the vehicles expected in each slot; within a slot they come
	// evenly.
	Arrivals []float64
	// Spread is the variance of a factor by which the whole day is heavier or
	// lighter than expected (mean 1, gamma); 0 means that only chance within the
	// day moves the numbers. With it, arrivals in a slot have the variance
	// a + Spread·a².
	Spread float64
	// Service is how long one vehicle takes in its lane.
	Service Service
	// Lanes are open in each slot. A lane that closes finishes its vehicle.
	Lanes []int
	// Separate says that every lane has a queue of its own and vehicles join the
	// shortest; otherwise there is one queue for all lanes.
	Separate bool
	// Busy lanes and vehicles Waiting at the beginning. Waiting vehicles keep all
	// lanes busy.
	Busy, Waiting int
	// Target is the wait above which Above counts.
	Target time.Duration
}

// Slot is the forecast, or the simulated truth, of one slot. Waits are those of
// the vehicles that arrive in the slot, from joining the queue to the lane.
type Slot struct {
	Lanes    int     `json:"lanes"`
	Arrivals float64 `json:"arrivals"`
	// Load is arrivals over what the lanes can serve in the slot; above 1 a queue
	// builds up; 0 where no lane is open.
	Load float64       `json:"load"`
	Mean time.Duration `json:"mean"`
	P50  time.Duration `json:"p50"`
	P95  time.Duration `json:"p95"`
	// Above is the share of vehicles that wait longer than the target.
	Above float64 `json:"above"`
	// Queue is the mean number of vehicles waiting over the slot, QueueEnd that at
	// its end.
	Queue    float64 `json:"queue"`
	QueueEnd float64 `json:"queueEnd"`
}

// Check reports why a model cannot be computed.
//
// Errors: ErrModel.
func (m Model) Check() error {
	switch {
	case m.Slot <= 0:
		return fmt.Errorf("%w: a slot takes time", ErrModel)
	case len(m.Arrivals) == 0 || len(m.Arrivals) != len(m.Lanes):
		return fmt.Errorf("%w: %d slots have arrivals, %d have lanes", ErrModel, len(m.Arrivals), len(m.Lanes))
	case m.Service.Mean <= 0 || m.Service.CV2 < 0 || math.IsNaN(m.Service.CV2) || m.Service.CV2 > 20:
		return fmt.Errorf("%w: a service takes time and its cv² is between 0 and 20", ErrModel)
	case m.Spread < 0 || m.Spread > 4 || math.IsNaN(m.Spread):
		return fmt.Errorf("%w: the spread of days is between 0 and 4", ErrModel)
	case m.Busy < 0 || m.Waiting < 0:
		return fmt.Errorf("%w: fewer than nobody", ErrModel)
	}
	for i, a := range m.Arrivals {
		if a < 0 || math.IsNaN(a) || math.IsInf(a, 0) {
			return fmt.Errorf("%w: %v arrivals in slot %d", ErrModel, a, i)
		}
		if c := m.Lanes[i]; c < 0 || c > MaxLanes {
			return fmt.Errorf("%w: %d lanes in slot %d, at most %d", ErrModel, c, i, MaxLanes)
		}
	}
	return nil
}

// LaneHours is how long lanes are open in all.
func (m Model) LaneHours() float64 {
	n := 0
	for _, c := range m.Lanes {
		n += c
	}
	return float64(n) * m.Slot.Hours()
}

// load is what comes in a slot over what can be served in it.
func (m Model) load(i int) float64 {
	if m.Lanes[i] == 0 {
		return 0
	}
	return m.Arrivals[i] * m.Service.Mean.Seconds() / (m.Slot.Seconds() * float64(m.Lanes[i]))
}
