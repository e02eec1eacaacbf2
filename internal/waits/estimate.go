package waits

import (
	"math"
	"time"
)

// Prior is what is assumed about services before any was timed, worth as many
// observations as Weight says.
type Prior struct {
	Service
	Weight float64 `json:"weight"`
}

// Few is the number of observations below which an estimate says that it rests
// on few.
const Few = 30

// Estimated is a service as timed, drawn towards the prior while few were timed.
// Low and High bound the mean with 95 %.
type Estimated struct {
	Service
	Low  time.Duration `json:"low"`
	High time.Duration `json:"high"`
	N    int           `json:"n"`
	// Few says that the estimate rests more on what was assumed than on what was
	// timed, or on fewer than 30 services.
	Few bool `json:"few"`
}

// EstimateService estimates mean and cv² from services that were timed. With w
// the prior's weight and n times x: mean = (w·m0 + Σx)/(w+n), variance =
// (w·cv0²·m0² + w(m0−mean)² + Σ(x−mean)²)/(w+n): the moments of both together. The
// interval is log-normal: mean·exp(±1.96·√(cv²/(w+n))).
func EstimateService(times []time.Duration, prior Prior) Estimated {
	w, m0 := prior.Weight, prior.Mean.Seconds()
	sum, n := 0.0, 0
	for _, t := range times {
		if t > 0 {
			sum += t.Seconds()
			n++
		}
	}
	all := w + float64(n)
	if all == 0 {
		return Estimated{Few: true}
	}
	mean := (w*m0 + sum) / all
	second := w * (prior.CV2*m0*m0 + (m0-mean)*(m0-mean))
	for _, t := range times {
		if t > 0 {
			second += (t.Seconds() - mean) * (t.Seconds() - mean)
		}
	}
	e := Estimated{N: n, Few: n < Few || float64(n) < w}
	e.Mean, e.CV2 = seconds(mean), second/all/(mean*mean)
	half := 1.96 * math.Sqrt(e.CV2/all)
	e.Low, e.High = seconds(mean*math.Exp(-half)), seconds(mean*math.Exp(half))
	return e
}
