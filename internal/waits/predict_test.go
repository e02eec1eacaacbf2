package waits_test

import (
	"errors"
	"math"
	"testing"
	"time"

	"github.com/seawall-city/seawall/internal/waits"
)

// FRT-07: predicted and simulated p95 agree within 10 % over the small grid; the
// full one is `seawall bench waits`.
func TestPredictedAgainstSimulated(t *testing.T) {
	for _, c := range waits.Cases(false) {
		r, err := waits.Compare(c, 1200/c.Lanes, 7)
		if err != nil {
			t.Fatal(err)
		}
		if !r.Within {
			t.Errorf("%s: predicted %v, simulated %v ± %v", c, r.Predicted, r.Simulated, r.Half95)
		}
	}
}

// steady gives a day of equal hours, long enough to settle.
func steady(c int, cv2, load float64) waits.Model {
	m := waits.Model{Slot: time.Hour, Service: waits.Service{Mean: time.Minute, CV2: cv2}, Target: time.Minute}
	for range 24 {
		m.Arrivals, m.Lanes = append(m.Arrivals, load*60*float64(c)), append(m.Lanes, c)
	}
	return m
}

// With exponential services the settled chain is Erlang's: the share that waits
// at all, its mean, and P(W > t) = C·exp(−(c−a)t).
func TestErlangC(t *testing.T) {
	for _, c := range []int{1, 2, 5, 10} {
		load := 0.8
		a := load * float64(c)
		term, sum := 1.0, 0.0
		for k := range c {
			sum += term
			term *= a / float64(k+1)
		}
		wait := term / (1 - load) / (sum + term/(1-load))
		m := steady(c, 1, load)
		out, err := waits.Predict(m)
		if err != nil {
			t.Fatal(err)
		}
		last := out[23]
		near(t, "mean", last.Mean.Seconds(), 60*wait/(float64(c)-a), 0.01)
		near(t, "above", last.Above, wait*math.Exp(-(float64(c)-a)), 0.01)
		near(t, "p95", last.P95.Seconds(), 60*math.Log(wait/0.05)/(float64(c)-a), 0.01)
		near(t, "queue", last.Queue, wait*a/(float64(c)-a), 0.01)
	}
}

// With one lane the settled mean is Pollaczek's and Khinchine's, for any cv².
func TestPollaczekKhinchine(t *testing.T) {
	for _, cv2 := range []float64{0.1, 0.25, 0.6, 1, 1.5, 2, 4} {
		out, err := waits.Predict(steady(1, cv2, 0.7))
		if err != nil {
			t.Fatal(err)
		}
		near(t, "mean", out[23].Mean.Seconds(), 60*0.7*(1+cv2)/2/0.3, 0.01)
	}
}

func near(t *testing.T, what string, got, want, rel float64) {
	t.Helper()
	if math.Abs(got-want) > rel*want {
		t.Errorf("%s: %v, want %v", what, got, want)
	}
}

// A queue that builds up, lanes that open and close, and days that differ are
// followed as the simulation has them.
func TestLanesChange(t *testing.T) {
	for _, spread := range []float64{0, 0.05} {
		m := waits.Model{Slot: time.Hour, Service: waits.Service{Mean: 3 * time.Minute, CV2: 0.6}, Target: 10 * time.Minute, Spread: spread, Waiting: 12,
			Arrivals: []float64{40, 60, 80, 100, 70, 40, 20, 30, 50}, Lanes: []int{2, 4, 4, 4, 6, 3, 2, 2, 4}}
		p, err := waits.Predict(m)
		if err != nil {
			t.Fatal(err)
		}
		s, err := waits.Simulate(m, waits.Simulation{Days: 1500, Seed: 3, Name: "lanes"})
		if err != nil {
			t.Fatal(err)
		}
		for i := range p {
			if d := math.Abs(p[i].P95.Seconds() - s[i].P95.Seconds()); d > 0.1*s[i].P95.Seconds()+s[i].Half95.Seconds() {
				t.Errorf("spread %v, hour %d: p95 %v, simulated %v ± %v", spread, i, p[i].P95, s[i].P95, s[i].Half95)
			}
			if math.Abs(p[i].Above-s[i].Above) > 0.03 || math.Abs(p[i].Queue-s[i].Queue) > 0.08*s[i].Queue+0.3 {
				t.Errorf("spread %v, hour %d: above %.3f, queue %.2f, simulated %.3f and %.2f", spread, i, p[i].Above, p[i].Queue, s[i].Above, s[i].Queue)
			}
		}
	}
}

// Services of another shape with the same mean and cv² wait about as long.
func TestShapeMattersLittle(t *testing.T) {
	m := waits.Case{Lanes: 4, CV2: 0.8, Load: 0.9}.Model()
	p, err := waits.Predict(m)
	if err != nil {
		t.Fatal(err)
	}
	s, err := waits.Simulate(m, waits.Simulation{Days: 1000, Seed: 5, Name: "shape", LogNormal: true})
	if err != nil {
		t.Fatal(err)
	}
	for i := 1; i < len(p); i++ {
		if math.Abs(p[i].P95.Seconds()-s[i].P95.Seconds()) > 0.1*s[i].P95.Seconds()+s[i].Half95.Seconds() {
			t.Errorf("hour %d: p95 %v, log-normal %v ± %v", i, p[i].P95, s[i].P95, s[i].Half95)
		}
	}
}

// The same seed and name give the same days, another name others.
func TestStreamsRepeat(t *testing.T) {
	m := waits.Case{Lanes: 2, CV2: 1, Load: 0.8}.Model()
	get := func(seed uint64, name string) time.Duration {
		s, err := waits.Simulate(m, waits.Simulation{Days: 40, Seed: seed, Name: name})
		if err != nil {
			t.Fatal(err)
		}
		return s[3].Mean
	}
	if get(1, "a") != get(1, "a") || get(1, "a") == get(2, "a") || get(1, "a") == get(1, "b") {
		t.Error("streams do not go by seed and name")
	}
}

// Whatever cannot be is refused.
func TestImpossibleModels(t *testing.T) {
	good := waits.Case{Lanes: 2, CV2: 1, Load: 0.8}.Model
	for name, spoil := range map[string]func(*waits.Model){
		"no slot":       func(m *waits.Model) { m.Slot = 0 },
		"other lengths": func(m *waits.Model) { m.Lanes = m.Lanes[1:] },
		"no service":    func(m *waits.Model) { m.Service.Mean = 0 },
		"negative":      func(m *waits.Model) { m.Arrivals[2] = -1 },
		"not a number":  func(m *waits.Model) { m.Arrivals[2] = math.NaN() },
		"lanes":         func(m *waits.Model) { m.Lanes[0] = waits.MaxLanes + 1 },
		"spread":        func(m *waits.Model) { m.Spread = -1 },
		"waiting":       func(m *waits.Model) { m.Waiting = -1 },
	} {
		m := good()
		spoil(&m)
		_, err := waits.Predict(m)
		_, err2 := waits.Simulate(m, waits.Simulation{Days: 20})
		if !errors.Is(err, waits.ErrModel) || !errors.Is(err2, waits.ErrModel) {
			t.Errorf("%s: %v, %v", name, err, err2)
		}
	}
}

// A gate without lanes lets its queue grow and keeps nobody from being counted.
func TestClosedGate(t *testing.T) {
	m := waits.Model{Slot: time.Hour, Service: waits.Service{Mean: time.Minute, CV2: 1}, Arrivals: []float64{20, 20}, Lanes: []int{0, 0}, Target: 10 * time.Minute}
	p, err := waits.Predict(m)
	if err != nil {
		t.Fatal(err)
	}
	near(t, "queue", p[1].QueueEnd, 40, 0.02)
	if p[0].Above < 0.999 || p[0].Load != 0 {
		t.Errorf("%+v", p[0])
	}
}

// A whole day of a gate is computed fast enough to be asked for at every look.
func BenchmarkDay(b *testing.B) {
	m := day()
	for b.Loop() {
		if _, err := waits.Predict(m); err != nil {
			b.Fatal(err)
		}
	}
}

// A whole day's lanes are planned.
func BenchmarkPlan(b *testing.B) {
	m, l := day(), waits.Limits{Target: 15 * time.Minute}
	for range m.Arrivals {
		l.Min, l.Max = append(l.Min, 1), append(l.Max, 6)
	}
	for b.Loop() {
		if p, err := waits.Plan(m, l); err != nil || !p.Kept {
			b.Fatal(p, err)
		}
	}
}

// day is a gate with 644 vehicles, most of them in the evening.
func day() waits.Model {
	m := waits.Model{Slot: time.Hour, Service: waits.Service{Mean: 150 * time.Second, CV2: 0.6}, Target: 15 * time.Minute,
		Arrivals: []float64{6, 4, 4, 5, 8, 10, 14, 18, 22, 24, 25, 22, 20, 22, 26, 34, 48, 60, 72, 66, 48, 30, 18, 10}}
	for range m.Arrivals {
		m.Lanes = append(m.Lanes, 3)
	}
	return m
}
