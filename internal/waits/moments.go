package waits

import (
	"math"
	"slices"
	"time"
)

// view is what newcomers of one moment find: the stages of work that each waits
// for, y[j] = P(j+1 stages), the rest waiting for none.
type view struct {
	weight float64 // share of the slot's vehicles
	at     float64 // seconds since the beginning
	y      []float64
	lo     int
	lane   bool // the work is done by one lane alone, not by all together
	c      int
}

// viewOf looks at state x.
func viewOf(ch *chain, x []float64, lo int, weight, at float64) view {
	v := view{weight: weight, at: at, lo: lo, c: ch.c}
	if !ch.separate {
		v.y = slices.Clone(x[ch.light:])
		return v
	}
	v.lane, v.lo = true, 0
	v.y = ch.laneWork(x)
	return v
}

// laneWork gives the work in the shortest lane where queues are separate: the
// rest of a service in progress, then a fresh service for every full round of
// vehicles that wait.
func (ch *chain) laneWork(x []float64) []float64 {
	rounds := make([]float64, 1+int(ch.ahead(len(x)-ch.light)+2)/ch.c+2)
	uneven := ch.uneven(x)
	for e := range ch.c {
		rounds[0] += x[ch.at(0, e)]
	}
	for s, p := range x[ch.light:] {
		e := ch.c + int(ch.ahead(s+1)+0.5)
		k := min(len(rounds)-1, e/ch.c)
		u := uneven[e%ch.c]
		rounds[k] += p * (1 - u)
		rounds[k-1] += p * u
	}
	for len(rounds) > 1 && rounds[len(rounds)-1] < 1e-12 {
		rounds = rounds[:len(rounds)-1]
	}
	rest, late := ch.st.residual(), ch.shortest()
	size := len(late) + len(rounds)*int(math.Ceil(8*max(1, ch.st.mean)))
	acc, next := make([]float64, size), make([]float64, size)
	// Horner: rest * (r0 + X*(r1 + X*(r2 + …))), the innermost as a point at zero.
	zero := 0.0
	for k := len(rounds) - 1; k >= 0; k-- {
		clear(next)
		if k < len(rounds)-1 {
			ch.st.add(acc, next)
			ch.st.alone(zero, next)
		}
		acc, next = next, acc
		zero = rounds[k]
	}
	clear(next)
	for j, q := range rest {
		next[j] += zero * q
	}
	for j, q := range late {
		for s := 0; s+j+1 < size && q > 1e-9; s++ {
			next[s+j+1] += q * acc[s]
		}
	}
	return next
}

// shortest gives the stages left of the service in progress in the shortest lane
// where all have a queue: half the time, one of c lanes is shortest because it has
// just taken its next vehicle.
func (ch *chain) shortest() []float64 {
	out := ch.st.residual()
	fresh, share := ch.st.fresh(), 0.5/float64(ch.c)
	for len(out) < len(fresh) {
		out = append(out, 0)
	}
	for j := range out {
		out[j] *= 1 - share
		if j < len(fresh) {
			out[j] += share * fresh[j]
		}
	}
	return out
}

// uneven tells, for j vehicles beyond one for each lane, how likely some lane is
// idle all the same. One level up it is as likely that a lane has one vehicle
// less than the even share.
func (ch *chain) uneven(x []float64) []float64 {
	all, idle := make([]float64, ch.c), make([]float64, ch.c)
	for i := range ch.c + 1 {
		for e := i; e < ch.c; e++ {
			all[e-i] += x[ch.at(i, e)]
			if i > 0 {
				idle[e-i] += x[ch.at(i, e)]
			}
		}
	}
	for j := range all {
		if all[j] > 1e-12 {
			idle[j] /= all[j]
		}
	}
	return idle
}

// later gives P(a newcomer of the view waits longer than w seconds), of all.
func (d *course) later(v view, w float64) float64 {
	y := d.work(v, w) * d.st.rate
	sum := 0.0
	// Σ y[s−1]·P(Poisson(y) < s): the probabilities are added up from where they
	// begin to count.
	from := max(0, int(y-12*math.Sqrt(y)-20))
	lg, _ := math.Lgamma(float64(from + 1))
	p := math.Exp(float64(from)*logOf(y) - y - lg)
	if y == 0 {
		p = 1
	}
	below := 0.0
	for s := from; s < len(v.y); s++ {
		below += p
		if below > 1-1e-13 {
			for ; s < len(v.y); s++ {
				sum += v.y[s]
			}
			break
		}
		sum += v.y[s] * below
		p *= y / float64(s+1)
	}
	return sum
}

func logOf(y float64) float64 {
	if y <= 0 {
		return 0
	}
	return math.Log(y)
}

// course is a model with what its slots do in time.
type course struct {
	m  Model
	st stages
	cs *chains
}

func newCourse(m Model) *course {
	st := stagesOf(m.Service.CV2)
	return &course{m: m, st: st, cs: &chains{st: st, separate: m.Separate}}
}

// work is how many mean services are done between the view's moment and w
// seconds later. Lanes that open take so many vehicles at once.
func (d *course) work(v view, w float64) float64 {
	slot, mean := d.m.Slot.Seconds(), d.m.Service.Mean.Seconds()
	n, t, end, done := len(d.m.Lanes), v.at, v.at+w, 0.0
	i := min(n-1, int(t/slot))
	c := v.c
	for {
		border := float64(i+1) * slot
		if i == n-1 || border >= end {
			return done + d.pace(v, c)*(end-t)/mean
		}
		done += d.pace(v, c) * (border - t) / mean
		i++
		if next := d.m.Lanes[i]; next != c {
			if !v.lane {
				done += float64(max(0, next-c))
			}
			c = next
		}
		t = border
	}
}

// pace is how many services are in progress on the work ahead with c lanes.
func (d *course) pace(v view, c int) float64 {
	if v.lane {
		return float64(c) / float64(v.c)
	}
	return float64(c)
}

// quantile finds the wait that the share q of the views' newcomers do not exceed,
// to a hundredth of a mean service. Waits that the slots do not end are as long
// as the rest of the slots and a day.
func (d *course) quantile(views []view, q, weight float64) time.Duration {
	over := func(w float64) bool {
		sum := 0.0
		for _, v := range views {
			sum += v.weight * d.later(v, w)
		}
		return sum > (1-q)*weight
	}
	if weight == 0 || !over(0) {
		return 0
	}
	mean := d.m.Service.Mean.Seconds()
	longest := d.m.Slot.Seconds()*float64(len(d.m.Lanes)) + 86400
	lo, hi := 0.0, mean
	for over(hi) && hi < longest {
		lo, hi = hi, hi*2
	}
	for hi-lo > mean/200+hi/2000 {
		if mid := (lo + hi) / 2; over(mid) {
			lo = mid
		} else {
			hi = mid
		}
	}
	return seconds(min((lo+hi)/2, longest))
}

// mean is the mean wait of the views' newcomers: each stage takes its mean time.
func (d *course) mean(views []view, weight float64) time.Duration {
	if weight == 0 {
		return 0
	}
	sum := 0.0
	for _, v := range views {
		t, done, step := 0.0, 0.0, d.m.Service.Mean.Seconds()/4
		pace := d.pace(v, v.c)
		limit := d.m.Slot.Seconds()*float64(len(d.m.Lanes)) + 86400
		steady := d.steady(v)
		for s, p := range v.y {
			need := float64(s+1) / d.st.rate
			if steady && pace > 0 {
				t = need / pace * d.m.Service.Mean.Seconds()
			}
			for !steady && done < need && t < limit {
				t += step
				done = d.work(v, t)
			}
			sum += v.weight * p * t
		}
	}
	return seconds(sum / weight)
}

// steady reports whether the lanes stay as they are from the view on.
func (d *course) steady(v view) bool {
	for i := int(v.at / d.m.Slot.Seconds()); i < len(d.m.Lanes); i++ {
		if d.m.Lanes[i] != v.c {
			return false
		}
	}
	return v.c > 0
}
