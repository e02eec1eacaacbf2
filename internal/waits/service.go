package waits

import (
	"math"
	"time"
)

// Service is the time that one vehicle takes in its lane, by its mean and its
// squared coefficient of variation, variance over mean squared: 0 when all take
// the same, 1 for an exponential time, above 1 when a few take very long.
type Service struct {
	Mean time.Duration `json:"mean"`
	CV2  float64       `json:"cv2"`
}

// stages is a service as a random number X ≥ 1 of exponential stages of one
// rate, with mean 1. X is short or long with fixed probabilities, or geometric.
//
//   - cv² < 1: X is k−1 or k, with k = ⌈1/cv²⌉ at most 12,
//     p = (k·cv² − √(k(1+cv²) − k²cv²)) / (1+cv²) the share of k−1, rate k−p.
//   - cv² ≥ 1: exponential with rate ν1 (one stage) with probability q, else with
//     rate ν2 (a geometric number of stages), where
//     ν1,2 = 2(1 ± √((cv²−½)/(cv²+1))), q = ν1(ν2−1)/(ν2−ν1): the first three
//     moments are those of a gamma distribution.
type stages struct {
	rate        float64 // of one stage, per mean service
	short, long int     // numbers of stages
	pShort      float64
	pLong       float64
	pGeo, geo   float64 // weight and success probability of the geometric part
	mean        float64 // of X
}

// maxStages bounds k: services more even than cv² = 1/12 are computed as such.
const maxStages = 12

func stagesOf(cv2 float64) stages {
	if cv2 >= 1 {
		root := math.Sqrt((cv2 - 0.5) / (cv2 + 1))
		fast, slow := 2*(1+root), 2*(1-root)
		q := fast * (slow - 1) / (slow - fast)
		if cv2 == 1 {
			fast, slow, q = 1, 1, 1
		}
		st := stages{rate: fast, short: 1, pShort: q, long: 1, pGeo: 1 - q, geo: slow / fast}
		st.mean = fast
		return st
	}
	cv2 = max(cv2, 1.0/maxStages)
	k := math.Ceil(1/cv2 - 1e-9)
	p := (k*cv2 - math.Sqrt(max(0, k*(1+cv2)-k*k*cv2))) / (1 + cv2)
	return stages{rate: k - p, short: max(1, int(k)-1), pShort: p, long: int(k), pLong: 1 - p, mean: k - p}
}

// least gives P(X ≥ n).
func (st stages) least(n int) float64 {
	p := 0.0
	if n <= st.short {
		p += st.pShort
	}
	if n <= st.long {
		p += st.pLong
	}
	if st.pGeo > 0 {
		p += st.pGeo * math.Pow(1-st.geo, float64(n-1))
	}
	return p
}

// residual gives the distribution of the stages that are left of a service in
// progress that one comes upon: P(R = j) = P(X ≥ j) / E[X], j from 1.
func (st stages) residual() []float64 {
	var out []float64
	for j := 1; j < 4000; j++ {
		p := st.least(j) / st.mean
		if p < 1e-12 {
			break
		}
		out = append(out, p)
	}
	return out
}

// survival gives P(T > t) for t = 0, h, 2h, … of a time that consists of a random
// number of stages, P(j stages) = of[j−1].
func (st stages) survival(of []float64, h float64, n int) []float64 {
	out := make([]float64, n)
	tail := make([]float64, len(of)) // tail[j] = P(more than j stages)
	sum := 0.0
	for j := len(of) - 1; j >= 0; j-- {
		sum += of[j]
		tail[j] = sum
	}
	for i := range out {
		y := st.rate * h * float64(i)
		p, s := math.Exp(-y), 0.0
		for j := range tail {
			s += p * tail[j]
			p *= y / float64(j+1)
		}
		out[i] = s
	}
	return out
}

// fresh gives the distribution of X itself.
func (st stages) fresh() []float64 {
	n := max(st.short, st.long)
	for st.pGeo > 0 && st.least(n+1) > 1e-12 && n < 4000 {
		n++
	}
	out := make([]float64, n)
	for j := range out {
		out[j] = st.least(j+1) - st.least(j+2)
	}
	return out
}

// first gives the number of stages, done by c lanes together, until the first of
// them is free, when one has just begun (fresh) or all are in progress: two
// numbers with the mean and the variance of the smallest of c times.
func (st stages) first(c int, fresh bool) []float64 {
	if c == 1 && fresh {
		return st.fresh()
	}
	const h, n = 0.01, 3000
	rest := st.survival(st.residual(), h, n)
	one := rest
	if fresh {
		one = st.survival(st.fresh(), h, n)
	}
	var mean, second float64
	for i := range rest {
		w := h
		if i == 0 {
			w = h / 2
		}
		s := one[i] * math.Pow(rest[i], float64(c-1))
		mean += w * s
		second += 2 * w * s * h * float64(i)
	}
	rate := st.rate * float64(c)
	m := max(1, rate*mean)
	v := max(0, rate*rate*(second-mean*mean)-m)
	low, high, share := m-math.Sqrt(v), m+math.Sqrt(v), 0.5
	if low < 1 {
		low, high, share = 1, m, 0
		if m > 1.001 {
			high = m + v/(m-1)
			share = (high - m) / (high - 1)
		}
	}
	out := make([]float64, int(high)+2)
	spread := func(at, p float64) {
		f := math.Floor(at)
		out[int(f)-1] += p * (1 - at + f)
		out[int(f)] += p * (at - f)
	}
	spread(low, share)
	spread(high, 1-share)
	return out
}
