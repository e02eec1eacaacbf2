package waits

import (
	"math"
	"time"
)

// Coming is one vehicle that came, or that is declared to come.
type Coming struct {
	At       time.Time
	Declared bool
}

// Past is what is known about arrivals at one queue when a forecast is made.
type Past struct {
	// From is since when passes were noted, Now the moment of the forecast.
	From, Now time.Time
	// Came are the vehicles of that stretch, in any order.
	Came []Coming
	// Declared are those whose declared time lies ahead.
	Declared []time.Time
	// Zone is the clock by which hours and days repeat.
	Zone *time.Location
}

// Rate is the forecast of arrivals in one slot.
type Rate struct {
	From time.Time `json:"from"`
	// Expected is the forecast; Usual is what the last weeks say, Declared how many
	// are declared for the slot.
	Expected float64 `json:"expected"`
	Usual    float64 `json:"usual"`
	Declared float64 `json:"declared"`
}

// Arrivals is a forecast of arrivals.
type Arrivals struct {
	Rates []Rate `json:"rates"`
	// Spread is the variance of how heavy a day is, Model.Spread.
	Spread float64 `json:"spread"`
	// Today is how heavy today is so far: the rates are multiplied by it.
	Today float64 `json:"today"`
	// Days is how many whole days the forecast rests on; Few when under seven.
	Days int  `json:"days"`
	Few  bool `json:"few"`
}

// usualSpread is the spread assumed before seven days were seen: days differ by a
// quarter of the mean. Seen days replace it.
const usualSpread = 0.0625

// Forecast says how many vehicles come in each of n slots from start on.
//
// The usual number of a slot is the mean of the slots at the same hour, those on
// the same day of the week counting twice, a week ago half as much as today;
// half an observation of the whole stretch's mean rate is added, so that an hour
// without any history is not an hour without vehicles (of the last three hours' rate
// where no whole day was seen). How heavy today is comes
// from today's vehicles so far: with a gamma distribution of mean 1 and variance
// Spread it is (1/Spread + came)/(1/Spread + expected), and the spread left is
// 1/(1/Spread + expected). Declared vehicles are spread evenly over the hour
// before and after their time; where they are more than the usual share of
// declared ones, the difference is added. Fewer take nothing away: many declare
// late.
func Forecast(p Past, start time.Time, slot time.Duration, n int) Arrivals {
	u := newUsual(p, slot)
	out := Arrivals{Days: u.days, Few: u.days < 7, Today: 1}
	out.Spread = u.spread()
	midnight := startOfDay(p.Now, p.Zone)
	if p.From.After(midnight) {
		midnight = p.Now // the whole history is today's: it is not usual or unusual by itself
	}
	came, expected := 0.0, 0.0
	for _, c := range p.Came {
		if !c.At.Before(midnight) && c.At.Before(p.Now) {
			came++
		}
	}
	for at := midnight; at.Before(p.Now); at = at.Add(slot) {
		expected += u.at(at) * math.Min(1, p.Now.Sub(at).Seconds()/slot.Seconds())
	}
	if out.Spread > 0 {
		k := 1 / out.Spread
		out.Today = (k + came) / (k + expected)
		out.Spread = 1 / (k + expected)
	}
	share := u.declaredShare()
	for i := range n {
		from := start.Add(time.Duration(i) * slot)
		r := Rate{From: from, Usual: u.at(from)}
		for _, d := range p.Declared {
			r.Declared += overlap(d.Add(-time.Hour), d.Add(time.Hour), from, from.Add(slot)).Hours() / 2
		}
		r.Expected = r.Usual * out.Today
		r.Expected += max(0, r.Declared-share*r.Expected)
		out.Rates = append(out.Rates, r)
	}
	return out
}

func overlap(a, b, from, to time.Time) time.Duration {
	if from.After(a) {
		a = from
	}
	if to.Before(b) {
		b = to
	}
	return max(0, b.Sub(a))
}

func startOfDay(t time.Time, zone *time.Location) time.Time {
	y, m, d := t.In(zone).Date()
	return time.Date(y, m, d, 0, 0, 0, 0, zone)
}

// usual is the past in slots.
type usual struct {
	p     Past
	slot  time.Duration
	first time.Time
	n     []float64 // vehicles in each past slot, whole ones only
	days  int
	mean  float64 // per slot
}

func newUsual(p Past, slot time.Duration) *usual {
	u := &usual{p: p, slot: slot, first: startOfDay(p.From, p.Zone)}
	if u.first.Before(p.From) {
		u.first = u.first.Add((p.From.Sub(u.first) + slot - 1) / slot * slot)
	}
	if whole := int(p.Now.Sub(u.first) / slot); whole > 0 {
		u.n = make([]float64, whole)
	}
	total := 0.0
	for _, c := range p.Came {
		if i := int(c.At.Sub(u.first) / slot); !c.At.Before(u.first) && i < len(u.n) {
			u.n[i]++
		}
		if c.At.Before(p.Now) {
			total++
		}
	}
	u.mean = total * slot.Seconds() / max(p.Now.Sub(p.From), slot).Seconds()
	if p.Now.Sub(p.From) < 24*time.Hour {
		u.mean = u.recent()
	}
	u.days = int(startOfDay(p.Now, p.Zone).Sub(u.first) / (24 * time.Hour))
	return u
}

// recent is the rate of the last three hours, for a gate that has not seen a whole
// day: it knows nothing of other hours.
func (u *usual) recent() float64 {
	since := u.p.Now.Add(-3 * time.Hour)
	if u.p.From.After(since) {
		since = u.p.From
	}
	n := 0.0
	for _, c := range u.p.Came {
		if !c.At.Before(since) && c.At.Before(u.p.Now) {
			n++
		}
	}
	return n * u.slot.Seconds() / max(u.p.Now.Sub(since), u.slot).Seconds()
}

// at is the usual number in the slot that begins at t.
func (u *usual) at(t time.Time) float64 {
	const own = 0.5
	sum, weight := own*u.mean, own
	local := t.In(u.p.Zone)
	for i, n := range u.n {
		past := u.first.Add(time.Duration(i) * u.slot).In(u.p.Zone)
		if past.Hour() != local.Hour() || past.Minute()/max(1, int(u.slot.Minutes())) != local.Minute()/max(1, int(u.slot.Minutes())) {
			continue
		}
		w := math.Exp2(-u.p.Now.Sub(past).Hours() / (7 * 24))
		if past.Weekday() == local.Weekday() {
			w *= 2
		}
		sum += w * n
		weight += w
	}
	return sum / weight
}

// spread estimates how much whole days differ beyond chance: the variance of
// total over the mean total, less the Poisson part.
func (u *usual) spread() float64 {
	perDay := int(24 * time.Hour / u.slot)
	var totals []float64
	sum := 0.0
	for d := range u.days {
		t := 0.0
		for i := d * perDay; i < min((d+1)*perDay, len(u.n)); i++ {
			t += u.n[i]
		}
		totals = append(totals, t)
		sum += t
	}
	if len(totals) < 7 || sum == 0 {
		return usualSpread
	}
	mean, v := sum/float64(len(totals)), 0.0
	for _, t := range totals {
		v += (t - mean) * (t - mean) / float64(len(totals)-1)
	}
	return min(1, max(0, (v-mean)/(mean*mean)))
}

// declaredShare is the share of the last weeks' vehicles that had been declared.
func (u *usual) declaredShare() float64 {
	d := 0.0
	for _, c := range u.p.Came {
		if c.Declared {
			d++
		}
	}
	return d / max(1, float64(len(u.p.Came)))
}
