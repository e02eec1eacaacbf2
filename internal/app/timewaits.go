package app

import (
	"time"

	"github.com/seawall-city/seawall/internal/waits"
)

// TimeWaits times the forecast of a busy gate's day (644 vehicles, three lanes) and
// the search for its cheapest plan: the fastest of five.
func TimeWaits() (day, plan time.Duration, err error) {
	m := waits.Model{Slot: time.Hour, Service: waits.Service{Mean: 150 * time.Second, CV2: 0.6}, Target: 15 * time.Minute, Separate: true,
		Arrivals: []float64{6, 4, 4, 5, 8, 10, 14, 18, 22, 24, 25, 22, 20, 22, 26, 34, 48, 60, 72, 66, 48, 30, 18, 10}}
	l := waits.Limits{Target: m.Target}
	for range m.Arrivals {
		m.Lanes, l.Min, l.Max = append(m.Lanes, 3), append(l.Min, 1), append(l.Max, 6)
	}
	best := func(what func() error) (time.Duration, error) {
		least := time.Hour
		for range 5 {
			from := time.Now()
			if err := what(); err != nil {
				return 0, err
			}
			least = min(least, time.Since(from))
		}
		return least, nil
	}
	if day, err = best(func() error { _, err := waits.Predict(m); return err }); err != nil {
		return 0, 0, err
	}
	plan, err = best(func() error { _, err := waits.Plan(m, l); return err })
	return day, plan, err
}
