package waits

import (
	"fmt"
	"math"
	"time"
)

// Case is one situation in which Predict is held against Simulate: six hours that
// begin empty, with services of two minutes. Load 0 is the rush: loads of 0.6,
// 0.8, 1.3, 1.3, 1.0 and 0.6, hour by hour.
type Case struct {
	Lanes    int     `json:"lanes"`
	CV2      float64 `json:"cv2"`
	Load     float64 `json:"load"`
	Separate bool    `json:"separate"`
}

// String names the case; it names its random streams too.
func (c Case) String() string {
	load, queues := fmt.Sprintf("%.2f", c.Load), "shared"
	if c.Load == 0 {
		load = "rush"
	}
	if c.Separate {
		queues = "separate"
	}
	return fmt.Sprintf("%s/%d/%.2f/%s", queues, c.Lanes, c.CV2, load)
}

// rush are the loads of a case that overflows for two hours.
func rush() []float64 { return []float64{0.6, 0.8, 1.3, 1.3, 1.0, 0.6} }

// Model gives the case's six hours.
func (c Case) Model() Model {
	m := Model{Slot: time.Hour, Service: Service{Mean: 2 * time.Minute, CV2: c.CV2}, Separate: c.Separate, Target: 10 * time.Minute}
	for _, load := range rush() {
		if c.Load > 0 {
			load = c.Load
		}
		m.Arrivals = append(m.Arrivals, load*float64(c.Lanes)*m.Slot.Seconds()/m.Service.Mean.Seconds())
		m.Lanes = append(m.Lanes, c.Lanes)
	}
	return m
}

// Cases gives the grid: loads of 0.5 to 0.95 and the rush, one to twelve lanes,
// cv² of 0.25, 1 and 2, one queue and separate ones. The small grid is a part of
// it.
func Cases(full bool) []Case {
	lanes, loads, cv2s := []int{1, 2, 3, 4, 6, 8, 12}, []float64{0.5, 0.7, 0.8, 0.9, 0.95, 0}, []float64{0.25, 1, 2}
	if !full {
		lanes, loads = []int{1, 3, 8}, []float64{0.7, 0.9, 0}
	}
	var out []Case
	for _, separate := range []bool{false, true} {
		for _, c := range lanes {
			if separate && c == 1 {
				continue
			}
			for _, cv2 := range cv2s {
				for _, load := range loads {
					out = append(out, Case{Lanes: c, CV2: cv2, Load: load, Separate: separate})
				}
			}
		}
	}
	return out
}

// Compared is p95 of the hours of one case, predicted and simulated.
type Compared struct {
	Case
	Predicted []time.Duration `json:"predicted"`
	Simulated []time.Duration `json:"simulated"`
	Half95    []time.Duration `json:"half95"`
	// Off is the largest relative error of an hour in which the difference is more
	// than a twentieth of a mean service (six seconds here), sign kept; 0 if none.
	Off float64 `json:"off"`
	// Within says that every hour's prediction is within 10 %, or a twentieth of a
	// mean service, of a p95 that the simulation allows: its own, give or take four
	// standard errors, since the full grid has 1,404 hours to compare.
	Within bool `json:"within"`
}

// Compare predicts and simulates one case.
//
// Errors: those of Predict and Simulate.
func Compare(c Case, days int, seed uint64) (Compared, error) {
	out := Compared{Case: c, Within: true}
	m := c.Model()
	p, err := Predict(m)
	if err != nil {
		return out, err
	}
	s, err := Simulate(m, Simulation{Days: days, Seed: seed, Name: c.String()})
	if err != nil {
		return out, err
	}
	least := m.Service.Mean.Seconds() / 20
	for i := range p {
		a, b, h := p[i].P95.Seconds(), s[i].P95.Seconds(), s[i].Half95.Seconds()
		out.Predicted, out.Simulated, out.Half95 = append(out.Predicted, p[i].P95), append(out.Simulated, s[i].P95), append(out.Half95, s[i].Half95)
		if off := a/b - 1; math.Abs(a-b) > least && math.Abs(off) > math.Abs(out.Off) {
			out.Off = off
		}
		low, high := b-2*h, b+2*h
		if a < low-max(0.1*low, least) || a > high+max(0.1*high, least) {
			out.Within = false
		}
	}
	return out, nil
}
