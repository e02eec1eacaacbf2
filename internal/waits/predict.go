package waits

import "math"

// views per slot at which newcomers are looked at, and steps of the solver in
// between.
const (
	viewsPerSlot = 4
	stepsPerView = 2
)

// Predict computes the waits of every slot.
//
// Errors: ErrModel, ErrTooLarge where the queue outgrows what is computed.
func Predict(m Model) ([]Slot, error) {
	if err := m.Check(); err != nil {
		return nil, err
	}
	d := newCourse(m)
	out := make([]Slot, len(m.Arrivals))
	views := make([][]view, len(out))
	for _, f := range factors(m.Spread) {
		if err := d.run(f, out, views); err != nil {
			return nil, err
		}
	}
	for i := range out {
		d.fill(&out[i], i, views[i])
	}
	return out, nil
}

// fill takes the figures of one slot from what its newcomers find.
func (d *course) fill(s *Slot, i int, views []view) {
	s.Lanes, s.Arrivals, s.Load = d.m.Lanes[i], d.m.Arrivals[i], d.m.load(i)
	weight := 0.0
	for _, v := range views {
		weight += v.weight
		s.Above += v.weight * d.later(v, d.m.Target.Seconds())
	}
	if weight > 0 {
		s.Above /= weight
	}
	s.Mean = d.mean(views, weight)
	s.P50, s.P95 = d.quantile(views, 0.5, weight), d.quantile(views, 0.95, weight)
}

// factor is one kind of day: how heavy, how often.
type factor struct{ by, share float64 }

// run integrates one kind of day through all slots and collects what newcomers
// find; queue lengths are added to out.
func (d *course) run(f factor, out []Slot, views [][]view) error {
	w := &walk{d: d}
	for i := range out {
		if err := w.slot(i, f, &out[i], &views[i]); err != nil {
			return err
		}
	}
	return nil
}

// walk is the state on its way through the slots.
type walk struct {
	d  *course
	ch *chain
	x  []float64
	s  solver
}

// slot integrates slot i and collects its views.
func (w *walk) slot(i int, f factor, out *Slot, views *[]view) error {
	d := w.d
	slot, mean := d.m.Slot.Seconds(), d.m.Service.Mean.Seconds()
	w.lanes(d.m.Lanes[i])
	w.ch.arrive = d.m.Arrivals[i] * f.by * mean / slot
	tau := slot / mean / (viewsPerSlot * stepsPerView)
	lo := 0
	for k := range viewsPerSlot * stepsPerView {
		w.x, lo = w.ch.trim(w.x, w.room(tau))
		if len(w.x) > 400_000 {
			return ErrTooLarge
		}
		if k%stepsPerView == stepsPerView/2 {
			at := (float64(i) + float64(k)/(viewsPerSlot*stepsPerView)) * slot
			*views = append(*views, viewOf(w.ch, w.x, lo, f.share*f.by/viewsPerSlot, at))
			out.Queue += f.share * w.ch.waiting(w.x) / viewsPerSlot
		}
		w.s.step(w.ch, w.x, lo, tau)
	}
	out.QueueEnd += f.share * w.ch.waiting(w.x)
	return nil
}

// room is how many more stages a step may come to need: five standard deviations
// of what comes less what goes. More is not lost, it stays in the last state.
func (w *walk) room(tau float64) int {
	st, c := w.ch.st, float64(w.ch.c)
	drift := max(0, w.ch.arrive-c) * tau
	swing := math.Sqrt((w.ch.arrive + min(c, w.ch.arrive)) * tau * (1 + w.d.m.Service.CV2) / 2)
	return 20 + int((drift+5*swing+3)*st.mean) + int(5*st.pGeo/max(st.geo, 0.01))
}

// lanes changes the number of lanes and carries the state over.
func (w *walk) lanes(c int) {
	if w.ch != nil && w.ch.c == c {
		return
	}
	old, before := w.ch, w.x
	w.ch = w.d.cs.of(c)
	if old == nil {
		w.x = make([]float64, w.ch.light+1)
		busy, waiting := float64(w.d.m.Busy), float64(w.d.m.Waiting)
		if waiting > 0 {
			busy = float64(c)
		}
		w.put(1, min(busy, float64(c)), waiting, w.d.st.left())
		return
	}
	w.x = make([]float64, w.ch.light+1)
	for i, p := range before {
		if p == 0 {
			continue
		}
		busy, waiting, left := old.holds(i)
		w.put(p, min(busy, float64(c)), waiting, left)
	}
}

// holds tells what a state stands for: busy lanes, vehicles that wait, and the
// stages left until the first lane is free.
func (ch *chain) holds(i int) (busy, waiting, left float64) {
	c := float64(ch.c)
	if i < ch.light {
		if ch.separate {
			return c - float64(i/ch.c), float64(i % ch.c), 0
		}
		return float64(i), 0, 0
	}
	s := i - ch.light + 1
	switch {
	case ch.c == 0:
		return 0, float64(s) / ch.st.mean, 0
	case ch.separate:
		return c, c + ch.ahead(s), 0
	}
	return c, ch.ahead(s), min(float64(s), ch.st.left())
}

// put adds p to the states in which so many lanes are busy and vehicles wait;
// those who wait take idle lanes first. Broken numbers are shared between the
// neighbours.
func (w *walk) put(p, busy, waiting, left float64) {
	ch, c := w.ch, float64(w.ch.c)
	fill := min(waiting, c-busy)
	busy, waiting = busy+fill, waiting-fill
	switch {
	case ch.separate && busy < c:
		w.share(p, c-busy, func(i int) int { return ch.at(i, 0) })
	case ch.separate && waiting <= c-1:
		w.share(p, waiting, func(i int) int { return ch.at(0, i) })
	case ch.separate:
		w.share(p, max(1, (waiting-c)*ch.st.mean+ch.st.left()), w.heavy)
	case ch.c > 0 && busy < c:
		w.share(p, min(busy, c-1), func(i int) int { return i })
	case waiting == 0 && left == 0 && ch.c == 0:
		w.share(p, 0, func(i int) int { return i })
	case waiting == 0 && left == 0:
		for s, q := range ch.entry {
			w.share(p*q, float64(s+1), w.heavy)
		}
	default:
		w.share(p, max(1, waiting*ch.st.mean+left), w.heavy)
	}
}

func (w *walk) heavy(s int) int { return w.ch.light + s - 1 }

// share gives p to the two states next to a broken number.
func (w *walk) share(p, at float64, place func(int) int) {
	low := math.Floor(at)
	high := at - low
	w.give(p*(1-high), place(int(low)))
	if high > 1e-12 {
		w.give(p*high, place(int(low)+1))
	}
}

func (w *walk) give(p float64, at int) {
	for len(w.x) <= at {
		w.x = append(w.x, make([]float64, at+1-len(w.x))...)
	}
	w.x[at] += p
}

// factors cuts a gamma distribution with mean 1 into kinds of days, finer where
// it is heavy: each has the mean of its part.
func factors(spread float64) []factor {
	if spread == 0 {
		return []factor{{1, 1}}
	}
	cut := []float64{0.25, 0.5, 0.7, 0.85, 0.94, 0.985, 1}
	shape := 1 / spread
	lg, _ := math.Lgamma(shape)
	const steps = 4000
	width := 1 + 12*math.Sqrt(spread) + 12*spread
	var total float64
	density := make([]float64, steps)
	for i := range density {
		z := (float64(i) + 0.5) / steps * width
		density[i] = math.Exp((shape-1)*math.Log(z) - z*shape + shape*math.Log(shape) - lg)
		total += density[i]
	}
	out := make([]factor, len(cut))
	k, below := 0, 0.0
	for i, p := range density {
		p /= total
		z := (float64(i) + 0.5) / steps * width
		if below += p; below > cut[k] && k < len(cut)-1 {
			k++
		}
		out[k].share += p
		out[k].by += p * z
	}
	sum := 0.0
	for i := range out {
		if out[i].share > 0 {
			out[i].by /= out[i].share
		}
		sum += out[i].by * out[i].share
	}
	for i := range out {
		out[i].by /= sum
	}
	return out
}
