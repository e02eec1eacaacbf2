package cli

import (
	"bytes"
	"time"

	"github.com/goccy/go-yaml"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/waits"
)

// evening is a queue written down by hand: what is expected of each hour, to
// be computed and simulated without any records.
type evening struct {
	From     int           `yaml:"from"` // hour of the first slot
	Arrivals []float64     `yaml:"arrivals"`
	Lanes    []int         `yaml:"lanes"`
	Most     int           `yaml:"most"`
	Service  int           `yaml:"service_seconds"`
	CV2      float64       `yaml:"cv2"`
	Spread   float64       `yaml:"spread"`
	Separate bool          `yaml:"separate"`
	Waiting  int           `yaml:"waiting"`
	Target   int           `yaml:"target_minutes"`
	Officers int           `yaml:"officers_per_lane"`
	Shifts   []waits.Block `yaml:"shifts"`
	Days     int           `yaml:"days"`
}

// model gives the engine's model of it.
func (v evening) model() waits.Model {
	return waits.Model{Slot: time.Hour, Arrivals: v.Arrivals, Lanes: v.Lanes, Spread: v.Spread, Separate: v.Separate, Waiting: v.Waiting,
		Service: waits.Service{Mean: time.Duration(v.Service) * time.Second, CV2: v.CV2}, Target: time.Duration(v.Target) * time.Minute}
}

// written computes a written evening: as planned, each advice, and the cheapest plan,
// the first and the last simulated too.
func (c *waitsCmd) written(e *env) error {
	b, err := e.fileOf(c.Model)
	if err != nil {
		return err
	}
	v := evening{Days: 2000}
	if err := yaml.NewDecoder(bytes.NewReader(b), yaml.Strict()).Decode(&v); err != nil {
		return seawall.E("cli.waits", seawall.Invalid, "wait_invalid")
	}
	m := v.model()
	if err := c.evening(e, "as planned", v, m); err != nil {
		return err
	}
	l := waits.Limits{Target: m.Target}
	for range m.Arrivals {
		l.Min, l.Max = append(l.Min, 1), append(l.Max, v.Most)
	}
	advice, err := waits.Advise(m, l.Max, v.Shifts)
	if err != nil {
		return err
	}
	for _, a := range advice[:min(len(advice), 5)] {
		e.say("%-5s at %02d:00 by %+d  lanes %v  worst p95 %s  saved %.1f h  staff hours %+.0f", a.Kind, (v.From+hourOf(a, v.Shifts))%24, a.By, a.Lanes, clockOf(int(a.Worst.Seconds())),
			a.Saved.Hours(), a.LaneHours*float64(v.Officers))
	}
	p, err := waits.Plan(m, l)
	if err != nil {
		return err
	}
	m.Lanes = p.Lanes
	what := "cheapest that keeps the target"
	if !p.Kept {
		what = "nearest to the target, which no plan keeps"
	}
	return c.evening(e, what, v, m)
}

// hourOf is the slot that an advice is about.
func hourOf(a waits.Advice, shifts []waits.Block) int {
	if a.Kind == waits.MoveShift {
		return shifts[a.Shift].From
	}
	return a.Slot
}

// evening prints one plan, predicted and simulated.
func (c *waitsCmd) evening(e *env, what string, v evening, m waits.Model) error {
	slots, err := waits.Predict(m)
	if err != nil {
		return err
	}
	truth, err := waits.Simulate(m, waits.Simulation{Days: v.Days, Seed: 1, Name: what})
	if err != nil {
		return err
	}
	e.say("%s: lanes %v  worst p95 %s  all wait %.1f h together  staff hours %.0f", what, m.Lanes, clockOf(int(waits.Worst(slots).Seconds())), waits.Total(slots).Hours(),
		m.LaneHours()*float64(v.Officers))
	for i, s := range slots {
		e.say("  %02d:00  expected %5.1f  lanes %d  load %.2f  p50 %s  p95 %s  simulated %s ± %s  over %2.0f %%  queue %.1f", (v.From+i)%24, s.Arrivals, s.Lanes, s.Load,
			clockOf(int(s.P50.Seconds())), clockOf(int(s.P95.Seconds())), clockOf(int(truth[i].P95.Seconds())), clockOf(int(truth[i].Half95.Seconds())), 100*s.Above, s.Queue)
	}
	return nil
}
