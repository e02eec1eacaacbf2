package waits

import (
	"hash/fnv"
	"math"
	"math/rand/v2"
	"slices"
	"time"
)

// Simulation says how Simulate draws.
type Simulation struct {
	// Days is how often the day is played.
	Days int
	// Seed and Name make the stream: the same two give the same days.
	Seed uint64
	Name string
	// LogNormal draws services from a log-normal distribution instead of a gamma
	// one, with the same mean and cv²: real services follow neither.
	LogNormal bool
}

// Simulated is what became of one slot in all the days played. Half95 is half the
// width of the 95 % interval of P95: from 20 groups of days, ±2.09 standard
// errors of their mean.
type Simulated struct {
	Slot
	Half95 time.Duration `json:"half95"`
	// Vehicles is how many arrived in the slot, over all days.
	Vehicles int `json:"vehicles"`
}

// stream gives a generator of its own to each purpose, by name.
func stream(seed uint64, name string) *rand.Rand {
	h := fnv.New64a()
	h.Write([]byte(name))
	return rand.New(rand.NewPCG(seed, h.Sum64()))
}

// Simulate plays a model vehicle by vehicle: it draws when each one comes and how
// long it takes, and moves it through the queue. It knows nothing of the chain
// behind Predict. A lane that closes finishes its vehicle; with separate queues,
// those who wait behind it go to the shortest other queue, and when a lane opens,
// the last of the longest queues come over until none is more than one longer.
//
// Errors: ErrModel.
func Simulate(m Model, how Simulation) ([]Simulated, error) {
	if err := m.Check(); err != nil {
		return nil, err
	}
	const groups = 20
	d := &day{m: m, arrivals: stream(how.Seed, how.Name+"/arrivals"), services: stream(how.Seed, how.Name+"/services"),
		days: stream(how.Seed, how.Name+"/days"), logNormal: how.LogNormal}
	n := len(m.Arrivals)
	all, part := make([][]float64, n), make([][]float64, n)
	p95 := make([][]float64, n)
	queue, end := make([]float64, n), make([]float64, n)
	days := max(how.Days, groups)
	for k := range days {
		d.play(part, queue, end)
		if (k+1)*groups/days == k*groups/days {
			continue
		}
		for i := range part {
			slices.Sort(part[i])
			if len(part[i]) > 0 {
				p95[i] = append(p95[i], quantile(part[i], 0.95))
			}
			all[i] = append(all[i], part[i]...)
			part[i] = part[i][:0]
		}
	}
	out := make([]Simulated, n)
	for i := range out {
		out[i] = summary(m, i, all[i], p95[i])
		out[i].Queue, out[i].QueueEnd = queue[i]/float64(days), end[i]/float64(days)
		out[i].Arrivals = float64(len(all[i])) / float64(days)
	}
	return out, nil
}

func summary(m Model, i int, waits, p95 []float64) Simulated {
	s := Simulated{Slot: Slot{Lanes: m.Lanes[i], Load: m.load(i)}, Vehicles: len(waits)}
	if len(waits) == 0 {
		return s
	}
	slices.Sort(waits)
	sum, above := 0.0, 0
	for _, w := range waits {
		sum += w
		if w > m.Target.Seconds() {
			above++
		}
	}
	s.Mean = seconds(sum / float64(len(waits)))
	s.P50, s.P95 = seconds(quantile(waits, 0.5)), seconds(quantile(waits, 0.95))
	s.Above = float64(above) / float64(len(waits))
	if len(p95) > 1 {
		mean, v := 0.0, 0.0
		for _, x := range p95 {
			mean += x / float64(len(p95))
		}
		for _, x := range p95 {
			v += (x - mean) * (x - mean) / float64(len(p95)-1)
		}
		s.Half95 = seconds(2.09 * math.Sqrt(v/float64(len(p95))))
	}
	return s
}

// quantile of a sorted list: the smallest value that at least the share q does
// not exceed.
func quantile(sorted []float64, q float64) float64 {
	return sorted[min(len(sorted)-1, max(0, int(math.Ceil(q*float64(len(sorted))))-1))]
}

func seconds(s float64) time.Duration { return time.Duration(s * float64(time.Second)) }

// day is one day in the making. Times are seconds from its beginning.
type day struct {
	m                        Model
	arrivals, services, days *rand.Rand
	logNormal                bool

	lanes []lane
	queue []float64 // the shared queue: when each one came
	open  int
}

// lane is one lane: until when its vehicle takes (0: idle), and its own queue.
type lane struct {
	busy   bool
	until  float64
	closed bool
	queue  []float64
}

// play draws one day and adds the waits of those who arrived, by slot.
func (d *day) play(waits [][]float64, queue, end []float64) {
	slot, n := d.m.Slot.Seconds(), len(d.m.Arrivals)
	factor := 1.0
	if d.m.Spread > 0 {
		factor = gamma(d.days, 1/d.m.Spread) * d.m.Spread
	}
	var come []float64
	for i, a := range d.m.Arrivals {
		from := len(come)
		for range poisson(d.arrivals, a*factor) {
			come = append(come, (float64(i)+d.arrivals.Float64())*slot)
		}
		slices.Sort(come[from:])
	}
	d.lanes, d.queue, d.open = d.lanes[:0], d.queue[:0], 0
	record := func(came, now float64) {
		if i := int(came / slot); came >= 0 && i < n {
			waits[i] = append(waits[i], now-came)
		}
		for i := max(0, int(came/slot)); i < n && float64(i)*slot < now; i++ {
			from, to := max(came, float64(i)*slot), min(now, float64(i+1)*slot)
			queue[i] += max(0, to-from) / slot
			if now > float64(i+1)*slot {
				end[i]++
			}
		}
	}
	d.setLanes(0, d.m.Lanes[0], record)
	d.begin(record)
	next, border := 0, 1
	for {
		l := d.nextEnd()
		switch {
		case border < n && (next == len(come) || float64(border)*slot <= come[next]) && (l < 0 || float64(border)*slot <= d.lanes[l].until):
			d.setLanes(float64(border)*slot, d.m.Lanes[border], record)
			border++
		case next < len(come) && (l < 0 || come[next] <= d.lanes[l].until):
			d.join(come[next], come[next], record)
			next++
		case l >= 0:
			d.finish(l, record)
		default:
			d.stranded(float64(n)*slot, record)
			return
		}
	}
}

// stranded counts those who still wait when the last slot had no lane open: they
// waited at least until the end.
func (d *day) stranded(now float64, record func(came, now float64)) {
	for _, came := range d.queue {
		record(came, now)
	}
	for i := range d.lanes {
		for _, came := range d.lanes[i].queue {
			record(came, now)
		}
		d.lanes[i].queue = nil
	}
	d.queue = d.queue[:0]
}

// begin puts those in place who are there at the beginning.
func (d *day) begin(record func(came, now float64)) {
	busy := d.m.Busy
	if d.m.Waiting > 0 {
		busy = d.open
	}
	for l := range min(busy, len(d.lanes)) {
		d.serve(l, -1, 0, func(float64, float64) {})
	}
	const before = -1e-9 // so that their wait is nobody's of the first slot
	for range d.m.Waiting {
		d.join(before, 0, record)
	}
}

func (d *day) nextEnd() int {
	best := -1
	for l := range d.lanes {
		if d.lanes[l].busy && (best < 0 || d.lanes[l].until < d.lanes[best].until) {
			best = l
		}
	}
	return best
}

// serve takes a vehicle into a lane.
func (d *day) serve(l int, came, now float64, record func(came, now float64)) {
	record(came, now)
	d.lanes[l].busy, d.lanes[l].until = true, now+d.draw()
}

// join puts a newcomer where the rule says.
func (d *day) join(came, now float64, record func(came, now float64)) {
	best, least := -1, math.MaxInt
	for l := range d.lanes {
		q := &d.lanes[l]
		if q.closed {
			continue
		}
		size := len(q.queue)
		if q.busy {
			size++
		}
		if size < least {
			best, least = l, size
		}
	}
	switch {
	case least == 0:
		d.serve(best, came, now, record)
	case d.m.Separate && best >= 0:
		d.lanes[best].queue = append(d.lanes[best].queue, came)
	default:
		d.queue = append(d.queue, came)
	}
}

// finish ends a service and calls the next one.
func (d *day) finish(l int, record func(came, now float64)) {
	q := &d.lanes[l]
	now := q.until
	q.busy = false
	switch {
	case q.closed:
		return
	case len(q.queue) > 0:
		came := q.queue[0]
		q.queue = q.queue[1:]
		d.serve(l, came, now, record)
	case len(d.queue) > 0:
		came := d.queue[0]
		d.queue = d.queue[1:]
		d.serve(l, came, now, record)
	}
}

// setLanes opens or closes lanes at a border of slots: idle ones close first.
func (d *day) setLanes(now float64, c int, record func(came, now float64)) {
	for ; d.open > c; d.open-- {
		pick := -1
		for l := range d.lanes {
			if !d.lanes[l].closed && (pick < 0 || !d.lanes[l].busy && d.lanes[pick].busy) {
				pick = l
			}
		}
		d.lanes[pick].closed = true
	}
	for ; d.open < c; d.open++ {
		if i := slices.IndexFunc(d.lanes, func(q lane) bool { return q.closed && !q.busy }); i >= 0 {
			d.lanes[i].closed = false
			continue
		}
		d.lanes = append(d.lanes, lane{})
	}
	d.regroup(now, record)
}

// regroup sends those behind closed lanes to open ones and fills idle lanes.
func (d *day) regroup(now float64, record func(came, now float64)) {
	if d.m.Separate {
		for l := range d.lanes {
			if q := &d.lanes[l]; q.closed {
				d.queue = append(d.queue, q.queue...)
				q.queue = nil
			}
		}
		slices.Sort(d.queue)
		left := d.queue
		d.queue = nil
		for _, came := range left {
			d.join(came, now, record)
		}
		for d.balance(now, record) {
		}
		return
	}
	for l := range d.lanes {
		if q := &d.lanes[l]; !q.closed && !q.busy && len(d.queue) > 0 {
			came := d.queue[0]
			d.queue = d.queue[1:]
			d.serve(l, came, now, record)
		}
	}
}

// balance moves one vehicle from the longest queue to the shortest lane where that
// makes them more even, and reports whether it did.
func (d *day) balance(now float64, record func(came, now float64)) bool {
	long, short, most, least := -1, -1, 0, math.MaxInt
	for l := range d.lanes {
		q := &d.lanes[l]
		if q.closed {
			continue
		}
		size := len(q.queue)
		if q.busy {
			size++
		}
		if size > most && len(q.queue) > 0 {
			long, most = l, size
		}
		if size < least {
			short, least = l, size
		}
	}
	if long < 0 || most-least < 2 {
		return false
	}
	q := &d.lanes[long]
	came := q.queue[len(q.queue)-1]
	q.queue = q.queue[:len(q.queue)-1]
	if !d.lanes[short].busy {
		d.serve(short, came, now, record)
		return true
	}
	d.lanes[short].queue = append(d.lanes[short].queue, came)
	return true
}

// draw is one service time in seconds.
func (d *day) draw() float64 {
	mean, cv2 := d.m.Service.Mean.Seconds(), d.m.Service.CV2
	switch {
	case cv2 == 0:
		return mean
	case d.logNormal:
		v := math.Log(1 + cv2)
		return mean * math.Exp(math.Sqrt(v)*d.services.NormFloat64()-v/2)
	case cv2 == 1:
		return mean * d.services.ExpFloat64()
	}
	return mean * cv2 * gamma(d.services, 1/cv2)
}

// gamma draws with a shape and scale 1 (Marsaglia and Tsang 2000).
func gamma(r *rand.Rand, shape float64) float64 {
	if shape < 1 {
		return gamma(r, shape+1) * math.Pow(1-r.Float64(), 1/shape)
	}
	d := shape - 1.0/3
	c := 1 / math.Sqrt(9*d)
	for {
		x := r.NormFloat64()
		v := 1 + c*x
		if v <= 0 {
			continue
		}
		v = v * v * v
		u := 1 - r.Float64()
		if math.Log(u) < 0.5*x*x+d-d*v+d*math.Log(v) {
			return d * v
		}
	}
}

// poisson draws a number with the given mean, by the gaps of a unit stream.
func poisson(r *rand.Rand, mean float64) int {
	n := 0
	for t := r.ExpFloat64(); t < mean; t += r.ExpFloat64() {
		n++
	}
	return n
}
