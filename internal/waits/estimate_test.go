package waits_test

import (
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/seawall-city/seawall/internal/waits"
)

// Few services say little and say so; many say what they were.
func TestEstimateService(t *testing.T) {
	prior := waits.Prior{Service: waits.Service{Mean: 2 * time.Minute, CV2: 1}, Weight: 10}
	none := waits.EstimateService(nil, prior)
	if none.Mean != 2*time.Minute || math.Abs(none.CV2-1) > 1e-9 || !none.Few || none.N != 0 {
		t.Errorf("%+v", none)
	}
	few := waits.EstimateService([]time.Duration{5 * time.Minute, 5 * time.Minute}, prior)
	if few.Mean != 150*time.Second || !few.Few || few.High < 4*time.Minute {
		t.Errorf("%+v", few)
	}
	r := rand.New(rand.NewPCG(4, 4))
	var many []time.Duration
	for range 2000 {
		many = append(many, time.Duration((r.ExpFloat64()+r.ExpFloat64())*float64(time.Minute)))
	}
	e := waits.EstimateService(many, prior)
	if e.Few || e.Low > 2*time.Minute || e.High < 2*time.Minute || math.Abs(e.CV2-0.5) > 0.07 || e.High-e.Low > 10*time.Second {
		t.Errorf("%+v", e)
	}
}

// past makes weeks in which the hour h brings 2h vehicles, Sundays half.
func past(from time.Time, days int, r *rand.Rand) []waits.Coming {
	var out []waits.Coming
	for d := range days {
		for h := range 24 {
			at := from.Add(time.Duration(24*d+h) * time.Hour)
			mean := float64(2 * h)
			if at.Weekday() == time.Sunday {
				mean /= 2
			}
			n := 0
			for s := r.ExpFloat64(); s < mean; s += r.ExpFloat64() {
				n++
			}
			for range n {
				out = append(out, waits.Coming{At: at.Add(time.Duration(r.Int64N(int64(time.Hour)))), Declared: r.IntN(2) == 0})
			}
		}
	}
	return out
}

func TestForecast(t *testing.T) {
	zone := time.FixedZone("CST", 8*3600)
	from := time.Date(2022, 2, 28, 0, 0, 0, 0, zone)
	now := from.AddDate(0, 0, 28)
	p := waits.Past{From: from, Now: now, Zone: zone, Came: past(from, 28, rand.New(rand.NewPCG(9, 9)))}
	f := waits.Forecast(p, now, time.Hour, 24)
	for h := 4; h < 24; h++ {
		if e := f.Rates[h].Expected; math.Abs(e-2*float64(h)) > 0.3*2*float64(h)+1 {
			t.Errorf("hour %d: %v", h, e)
		}
	}
	if f.Few || f.Days != 28 || f.Today != 1 || f.Spread <= 0 || f.Spread > 0.1 {
		t.Errorf("%+v", f)
	}

	// Thirty more than usual are declared for six in the evening.
	for range 45 {
		p.Declared = append(p.Declared, now.Add(18*time.Hour+30*time.Minute))
	}
	more := waits.Forecast(p, now, time.Hour, 24)
	if d := more.Rates[18].Expected - f.Rates[18].Expected; d < 2 || d > 15 {
		t.Errorf("declared add %v at 18", d)
	}
	if more.Rates[3].Expected != f.Rates[3].Expected {
		t.Error("declared at 18 change 3")
	}

	// A morning twice as heavy makes a heavy afternoon likely, and surer.
	noon := now.Add(12 * time.Hour)
	busy := p
	busy.Now, busy.Declared = noon, nil
	busy.Came = append(busy.Came, past(now, 1, rand.New(rand.NewPCG(1, 1)))...)
	busy.Came = append(busy.Came, past(now, 1, rand.New(rand.NewPCG(2, 2)))...)
	heavy := waits.Forecast(busy, noon, time.Hour, 6)
	if heavy.Today < 1.1 || heavy.Spread >= f.Spread {
		t.Errorf("today %v, spread %v", heavy.Today, heavy.Spread)
	}
}

// A gate that was opened yesterday has a forecast that says what it rests on.
func TestForecastWithoutHistory(t *testing.T) {
	now := time.Date(2022, 3, 28, 18, 0, 0, 0, time.UTC)
	f := waits.Forecast(waits.Past{From: now.Add(-5 * time.Hour), Now: now, Zone: time.UTC,
		Came: []waits.Coming{{At: now.Add(-2 * time.Hour)}, {At: now.Add(-time.Hour)}}}, now, time.Hour, 3)
	if !f.Few || f.Days != 0 || f.Rates[0].Expected <= 0 || f.Spread <= 0 {
		t.Errorf("%+v", f)
	}
	empty := waits.Forecast(waits.Past{From: now, Now: now, Zone: time.UTC, Declared: []time.Time{now.Add(30 * time.Minute)}}, now, time.Hour, 2)
	if math.Abs(empty.Rates[0].Expected+empty.Rates[1].Expected-0.75) > 0.01 {
		t.Errorf("%+v", empty)
	}
}
