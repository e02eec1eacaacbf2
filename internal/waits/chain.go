package waits

import "math"

// chain is the Markov chain of one queue while c lanes are open. Its states are
// those in which nobody waits ("light"), then 1, 2, … stages of work ahead of a
// newcomer ("heavy"). Time is counted in mean services.
type chain struct {
	st       stages
	c        int
	separate bool
	arrive   float64   // arrivals per mean service
	light    int       // number of light states
	entry    []float64 // stages until the first lane is free when the last one has become busy, P(j+1 stages)
	edges    []edge    // between light states, without arrivals
	to       []int32   // where an arrival leads from a light state; −1: to the heavy ones
}

// edge is a transition by the end of a service.
type edge struct {
	from, to int32
	rate     float64
}

// chains keeps the chains that were built, by the number of lanes. Their arrive is
// set on a copy.
type chains struct {
	st       stages
	separate bool
	built    [MaxLanes + 1]*chain
}

// of gives a chain of its own for c lanes.
func (cs *chains) of(c int) *chain {
	if cs.built[c] == nil {
		cs.built[c] = newChain(cs.st, c, cs.separate)
	}
	own := *cs.built[c]
	return &own
}

// newChain builds the chain for c lanes; arrive is set by the caller.
func newChain(st stages, c int, separate bool) *chain {
	ch := &chain{st: st, c: c, separate: separate && c > 1}
	ch.entry = st.first(max(c, 1), !ch.separate)
	if ch.separate {
		ch.buildSeparate()
		return ch
	}
	ch.light = max(c, 1)
	ch.to = make([]int32, ch.light)
	for n := range ch.light {
		ch.to[n] = int32(n + 1)
		if n > 0 {
			ch.edges = append(ch.edges, edge{int32(n), int32(n - 1), float64(n)})
		}
	}
	ch.to[ch.light-1] = -1
	return ch
}

// at is the place of the light state with idle lanes and vehicles that wait
// although others are idle, all in separate queues.
func (ch *chain) at(idle, extra int) int { return idle*ch.c + extra }

// buildSeparate makes the light states of separate queues: (idle lanes, vehicles
// beyond one for each busy lane). A lane with one vehicle becomes idle when that
// one leaves; vehicles are spread evenly, so of b busy lanes b − extra have one.
func (ch *chain) buildSeparate() {
	c := ch.c
	ch.light = (c + 1) * c
	ch.to = make([]int32, ch.light)
	for idle := range c + 1 {
		for extra := range c {
			from, busy := ch.at(idle, extra), c-idle
			single := max(0, busy-extra)
			switch {
			case idle > 0:
				ch.to[from] = int32(ch.at(idle-1, extra))
			case extra+1 < c:
				ch.to[from] = int32(ch.at(0, extra+1))
			default:
				ch.to[from] = -1
			}
			one, more := float64(single), float64(busy-single)/ch.st.left()*ch.st.mean
			if scale := float64(busy) / max(1, one+more); busy > 0 {
				one, more = one*scale, more*scale
			}
			if single > 0 {
				ch.edges = append(ch.edges, edge{int32(from), int32(ch.at(idle+1, extra)), one})
			}
			if busy > single && extra > 0 {
				ch.edges = append(ch.edges, edge{int32(from), int32(ch.at(idle, extra-1)), more})
			}
		}
	}
}

// full is the light state from which the next arrival leads to the heavy ones.
func (ch *chain) full() int {
	if ch.separate {
		return ch.at(0, ch.c-1)
	}
	return ch.light - 1
}

// apply writes (I + Q/rate)·x to out. Both have light states first; of the heavy
// ones those from lo on are looked at. What would leave the end stays in it.
func (ch *chain) apply(x, out []float64, lo int, rate float64) {
	L, inv := ch.light, 1/rate
	copy(out[:L], x[:L])
	for i, to := range ch.to {
		if p := x[i] * ch.arrive * inv; p != 0 {
			out[i] -= p
			if to >= 0 {
				out[to] += p
			}
		}
	}
	for _, e := range ch.edges {
		p := x[e.from] * e.rate * inv
		out[e.from] -= p
		out[e.to] += p
	}
	h, oh := x[L:], out[L:]
	clear(oh[:lo])
	ch.waitingPart(h, oh, lo, inv)
	if lo == 0 {
		out[ch.full()] += ch.st.rate * float64(ch.c) * inv * h[0]
		if p := x[ch.full()] * ch.arrive * inv; p > 0 {
			last := len(oh) - 1
			for s, q := range ch.entry {
				oh[min(s, last)] += p * q
			}
		}
	}
}

// waitingPart is apply's part where somebody waits: one stage less, or a newcomer's
// stages more.
func (ch *chain) waitingPart(h, oh []float64, lo int, inv float64) {
	st, last := ch.st, len(h)-1
	down, up := st.rate*float64(ch.c)*inv, ch.arrive*inv
	stay := 1 - down - up
	for s := lo; s < last; s++ {
		oh[s] = stay*h[s] + down*h[s+1]
	}
	oh[last] = (1 - down - up) * h[last]
	if up == 0 {
		return
	}
	shift(h, oh, lo, st.short, up*st.pShort)
	shift(h, oh, lo, st.long, up*st.pLong)
	if st.pGeo > 0 {
		geometric(h, oh, lo, st.geo, up*st.pGeo)
	}
}

// shift adds w·h, moved by so many states, to out; the last one takes the rest.
func shift(h, out []float64, lo, by int, w float64) {
	if w == 0 {
		return
	}
	last := len(h) - 1
	n := max(lo, last+1-by)
	from := h[lo:n]
	if lo+by <= last {
		to := out[lo+by:]
		to = to[:len(from)]
		for s, p := range from {
			to[s] += w * p
		}
	}
	for _, p := range h[n:] {
		out[last] += w * p
	}
}

// geometric adds w·h, moved by a geometric number of states with success
// probability g, to out: a recursion instead of a sum.
func geometric(h, out []float64, lo int, g, w float64) {
	acc, keep, wg := 0.0, 1-g, w*g
	for s := lo; s < len(h); s++ {
		out[s] += wg * acc
		acc = keep*acc + h[s]
	}
	out[len(h)-1] += w * acc
}

// alone adds one fresh service's stages to an empty row.
func (st stages) alone(p float64, dh []float64) {
	last := len(dh) - 1
	dh[min(st.short-1, last)] += p * st.pShort
	dh[min(st.long-1, last)] += p * st.pLong
	if st.pGeo == 0 {
		return
	}
	g := p * st.pGeo * st.geo
	for s := range dh {
		if s == last || g < p*1e-13 {
			dh[s] += g / st.geo
			return
		}
		dh[s] += g
		g *= 1 - st.geo
	}
}

// add writes what is left to do after one more service, X stages, into out.
func (st stages) add(h, out []float64) {
	shift(h, out, 0, st.short, st.pShort)
	shift(h, out, 0, st.long, st.pLong)
	if st.pGeo > 0 {
		geometric(h, out, 0, st.geo, st.pGeo)
	}
}

// radius is above the rate at which any state is left.
func (ch *chain) radius() float64 {
	return ch.arrive + float64(ch.c)*max(1, ch.st.rate)
}

// waiting is the mean number of vehicles that wait in state x.
func (ch *chain) waiting(x []float64) float64 {
	sum, base := 0.0, 0.0
	if ch.separate {
		for i, p := range x[:ch.light] {
			sum += float64(i%ch.c) * p
		}
		base = float64(ch.c)
	}
	for s, p := range x[ch.light:] {
		sum += p * (base + ch.ahead(s+1))
	}
	return sum
}

// ahead turns s stages of work into vehicles that wait behind those in the
// lanes: the one whose end comes next has, in the mean, E[X(X+1)]/2E[X] stages
// left when s is large; for small s none wait.
func (ch *chain) ahead(s int) float64 {
	return max(0, float64(s)-ch.st.left()) / ch.st.mean
}

// left is the mean number of stages left of a service in progress.
func (st stages) left() float64 {
	second := st.pShort*float64(st.short*st.short) + st.pLong*float64(st.long*st.long)
	if st.pGeo > 0 {
		second += st.pGeo * (2 - st.geo) / (st.geo * st.geo)
	}
	return (second + st.mean) / (2 * st.mean)
}

// mass is what the light states and the heavy ones hold together.
func mass(x []float64) float64 {
	sum := 0.0
	for _, p := range x {
		sum += p
	}
	return sum
}

// trim cuts what is negligible at the end and gives room for what may come, and
// tells below which heavy state nothing is left.
func (ch *chain) trim(x []float64, room int) ([]float64, int) {
	const tiny = 1e-11
	L := ch.light
	end := len(x)
	for sum := 0.0; end > L+1; end-- {
		if sum += math.Abs(x[end-1]); sum > tiny {
			break
		}
	}
	out := make([]float64, max(end, L+1)+room)
	copy(out, x[:end])
	lo, sum := 0, 0.0
	for i := range L {
		sum += math.Abs(x[i])
	}
	for sum < tiny && L+lo < end-1 {
		sum += math.Abs(x[L+lo])
		lo++
	}
	if lo > 0 {
		lo--
		clear(out[:L+lo])
	}
	return out, lo
}
