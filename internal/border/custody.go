package border

import (
	"time"

	"github.com/seawall-city/seawall"
)

// The stages of a longer chain. A returnee from abroad goes through all of them;
// everybody else begins at home or centrally, as their tier says.
const (
	StagePort     = "port"     // at the port of entry, mostly another city's
	StageCentral  = "central"  // 集中隔离
	StageHome     = "home"     // 居家
	StageFollowUp = "followup" // 随访
	StageAway     = "away"     // handed on: another city's from here
)

// Custody is one stretch of who answers for an arrival. Until the receiver has
// accepted, whoever had it before answers: a chain therefore has no gap, and an
// offer without receipt is seen.
type Custody struct {
	ID      string            `json:"id"`
	Arrival seawall.ArrivalID `json:"arrival"`
	Stage   string            `json:"stage"`
	// Holder is the city, facility or community by its name; Code is the division
	// code of another city, Area the place inside this one.
	Holder string `json:"holder"`
	// Name is the holder in both languages where the table of origins or of areas
	// has it; else the name as it was written, in both.
	Name seawall.Text     `json:"name"`
	Code string           `json:"code,omitempty"`
	Area seawall.AreaPath `json:"area,omitempty"`
	// Offered is when it was handed to them, Accepted when they took it; zero while
	// they have not.
	Offered  time.Time `json:"offered"`
	Accepted time.Time `json:"accepted"`
	// Ended is when the next one took over.
	Ended time.Time `json:"ended"`
	By    string    `json:"by"`
	// Letter is the number of the letter or receipt that shows it.
	Letter  string `json:"letter,omitempty"`
	Note    string `json:"note,omitempty"`
	Version int    `json:"version"`
}

// Holding gives who answers at an instant after all of the chain: the last one
// that accepted and has not ended.
func Holding(chain []Custody) (Custody, bool) {
	for i := len(chain) - 1; i >= 0; i-- {
		if c := chain[i]; !c.Accepted.IsZero() && c.Ended.IsZero() {
			return c, true
		}
	}
	return Custody{}, false
}

// Offered gives the offer that waits for its receipt.
func Offered(chain []Custody) (Custody, bool) {
	for i := len(chain) - 1; i >= 0; i-- {
		if c := chain[i]; c.Accepted.IsZero() && c.Ended.IsZero() {
			return c, true
		}
	}
	return Custody{}, false
}

// Gap is a stretch of time in which nobody answered for an arrival.
type Gap struct {
	From time.Time `json:"from"`
	To   time.Time `json:"to"`
}

// Gaps gives the holes in a chain: an accepted stretch that begins after the one
// before it has ended.
func Gaps(chain []Custody) []Gap {
	var out []Gap
	var end time.Time
	for _, c := range chain {
		if c.Accepted.IsZero() {
			continue
		}
		if !end.IsZero() && c.Accepted.After(end) {
			out = append(out, Gap{From: end, To: c.Accepted})
		}
		end = c.Ended
	}
	return out
}
