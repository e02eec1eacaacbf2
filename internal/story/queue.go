package story

import (
	"context"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/gate"
	"github.com/seawall-city/seawall/internal/response"
)

// QueueBeat is the day so far at one gate: its shifts, and the lorries that queued
// and were checked there. Who they are is invented; they pass as a shift that was
// worked without a network and comes in now.
type QueueBeat struct {
	Site   seawall.SiteID `yaml:"site"`
	Shifts []QueueShift   `yaml:"shifts"`
	// From is when the first hour begins; Hours are the lorries of each.
	From  Instant `yaml:"from"`
	Hours []int   `yaml:"hours"`
	// Lanes were open, of the gate's first ones; a check takes Seconds on average.
	Lanes   int `yaml:"lanes"`
	Seconds int `yaml:"seconds"`
}

// QueueShift is who works the gate.
type QueueShift struct {
	From     Instant `yaml:"from"`
	To       Instant `yaml:"to"`
	Lanes    int     `yaml:"lanes"`
	Officers int     `yaml:"officers"`
	Lead     string  `yaml:"lead"` // a login
}

// queue tells a beat about a gate's day.
func (t *teller) queue(ctx context.Context, who response.Who, q *QueueBeat, now time.Time) error {
	for _, sh := range q.Shifts {
		in := response.NewShift{From: sh.From.In(t.Zone), To: sh.To.In(t.Zone), Lanes: sh.Lanes, Officers: sh.Officers, Lead: t.who[sh.Lead].Principal.ID}
		if _, err := t.Main.KeepShift(ctx, who, q.Site, in); err != nil {
			return err
		}
	}
	done, err := t.Main.Reconcile(ctx, who, q.Site, response.Reconciliation{Device: "story", Passes: q.passes(t.story, t.Zone, now)})
	if err == nil && len(done.Rejected) > 0 {
		err = fmt.Errorf("the queue at %s: %+v", q.Site, done.Rejected[0])
	}
	return err
}

// passes lets lorries come, wait for the first free lane and be checked, until now:
// the same ones every time, by the story's seed.
func (q *QueueBeat) passes(s *Story, zone *time.Location, now time.Time) []response.NewPass {
	r := rand.New(rand.NewPCG(uint64(s.Seed), uint64(len(q.Hours))))
	free := make([]time.Time, q.Lanes)
	var out []response.NewPass
	for h, n := range q.Hours {
		hour := q.From.In(zone).Add(time.Duration(h) * time.Hour)
		for i := range n {
			// Evenly spread with some chance, so that they come in order.
			came := hour.Add(time.Duration((float64(i) + r.Float64()) / float64(n) * float64(time.Hour))).Truncate(time.Second)
			lane := 0
			for l := range free {
				if free[l].Before(free[lane]) {
					lane = l
				}
			}
			served := came
			if free[lane].After(served) {
				served = free[lane]
			}
			took := time.Duration(float64(q.Seconds)*(0.4+0.3*(r.ExpFloat64()+r.ExpFloat64()))) * time.Second
			free[lane] = served.Add(took)
			if free[lane].After(now) {
				continue
			}
			out = append(out, response.NewPass{ID: seawall.PassID(fmt.Sprintf("story-%s-%06d", q.Site, len(out)+1)), Lane: lane + 1,
				Arrived: came, Served: served, Decided: free[lane], Left: free[lane], Decision: gate.Go,
				Facts: gate.Facts{Declared: true, Mode: gate.Freight, People: 1, Test: gate.Test{Kind: "nat", Result: "negative", AgeHours: 20}}})
		}
	}
	return out
}
