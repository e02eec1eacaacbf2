package waits

import "math"

// solver holds the rows that one step needs, so that a day makes few of them.
type solver struct {
	y, f, sum []float64
}

// step moves x on by tau mean services by uniformisation (Jensen 1953): with a
// rate Λ above all rates of the chain, x(τ) = Σ e^(−Λτ) (Λτ)^k/k! · (I + Q/Λ)^k x.
// Every term is a probability; the sum is cut where less than 1e-9 is left.
func (s *solver) step(ch *chain, x []float64, lo int, tau float64) {
	rate := ch.radius()
	n := len(x)
	s.size(n)
	copy(s.y, x)
	y := rate * tau
	from := max(0, int(y-6*math.Sqrt(y)))
	lg, _ := math.Lgamma(float64(from + 1))
	p := math.Exp(float64(from)*logOf(y) - y - lg)
	left := 1.0
	for k := 0; ; k++ {
		if k >= from {
			if k > from {
				p *= y / float64(k)
			}
			sum := s.sum[:len(s.y)]
			for i, v := range s.y {
				sum[i] += p * v
			}
			if left -= p; left < 1e-9 && float64(k) > y || float64(k) > y+12*math.Sqrt(y)+40 {
				break
			}
		}
		ch.apply(s.y, s.f, lo, rate)
		s.y, s.f = s.f, s.y
		lo = max(0, lo-1)
	}
	copy(x, s.sum)
	tidy(x)
}

// size makes the rows fit, empty.
func (s *solver) size(n int) {
	for _, row := range []*[]float64{&s.y, &s.f, &s.sum} {
		if cap(*row) < n {
			*row = make([]float64, n, n+n/2)
		}
		*row = (*row)[:n]
		clear(*row)
	}
}

// tidy makes the probabilities sum to one again after the cut.
func tidy(x []float64) {
	total := mass(x)
	for i := range x {
		x[i] /= total
	}
}
