package response

import (
	"context"
	"slices"
	"time"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/freight"
	"github.com/seawall-city/seawall/internal/gate"
	"github.com/seawall-city/seawall/internal/waits"
)

// waitKind is the kind of duty that alarms about waits are, and the protocol whose
// figures waits are measured and forecast by.
const waitKind = "wait-alarm"

// longestService is how long one check may take before it counts as a break.
const longestService = time.Hour

// waitFigures are the figures of the protocol about waits.
type waitFigures struct {
	target, look time.Duration
	weeks        int
	prior        waits.Prior
	officers     int
	separate     bool
}

func (s *Service) waitFigures() (waitFigures, error) {
	p, ok := s.d.Protocols.ByID(waitKind)
	if !ok {
		return waitFigures{}, seawall.E("response.waitFigures", seawall.NotFound, "protocol_unknown", "kind", waitKind)
	}
	n := p.Figures
	return waitFigures{target: time.Duration(n["target_minutes"]) * time.Minute, look: time.Duration(n["look_minutes"]) * time.Minute, weeks: n["weeks"],
		prior: waits.Prior{Service: waits.Service{Mean: time.Duration(n["service_seconds"]) * time.Second, CV2: float64(n["service_cv2_percent"]) / 100},
			Weight: float64(n["service_weight"])},
		officers: n["officers_per_lane"], separate: n["separate_queues"] == 1}, nil
}

// gateQueue is one queue of a site with all that its forecast rests on.
type gateQueue struct {
	lane     string // what its lanes are for
	most     int    // lanes that there are
	shifts   []gate.Shift
	start    time.Time // of the first hour
	last     WaitLast
	service  waits.Estimated
	arrivals waits.Arrivals
	model    waits.Model
}

// gateQueues reads one site's queues and forecasts so many hours.
func (s *Service) gateQueues(ctx context.Context, tx seawall.Tx, site gate.Site, f waitFigures, hours int) ([]gateQueue, error) {
	now := tx.Now()
	stamps, err := s.d.Waits.Stamps(ctx, tx, site.ID, now.AddDate(0, 0, -7*f.weeks))
	if err != nil {
		return nil, err
	}
	w, err := s.waitRow(ctx, tx, site)
	if err != nil {
		return nil, err
	}
	start := now.In(s.d.Zone).Truncate(time.Hour)
	shifts, err := s.d.Gates.Shifts(ctx, tx, site.ID, seawall.Interval{From: start, To: start.Add(time.Duration(hours) * time.Hour)})
	if err != nil {
		return nil, err
	}
	declared, err := s.comingTo(ctx, tx, site, start)
	if err != nil {
		return nil, err
	}
	var out []gateQueue
	for _, kind := range laneKinds(site) {
		q := gateQueue{lane: kind, most: lanesFor(site, kind, false), shifts: shifts, start: start}
		mine := stampsOf(site, kind, stamps)
		q.measure(mine, now, f)
		past := waits.Past{From: firstStamp(mine, now), Now: now, Zone: s.d.Zone, Came: comings(mine)}
		if kind != gate.Car {
			past.Declared = declared
		}
		q.arrivals = waits.Forecast(past, start, time.Hour, hours)
		q.plan(site, w, f)
		out = append(out, q)
	}
	return out, nil
}

// waitRow reads what is kept about the waits at a site; a fresh row where nothing is.
func (s *Service) waitRow(ctx context.Context, tx seawall.Tx, site gate.Site) (gate.Wait, error) {
	w, err := s.d.Waits.Wait(ctx, tx, site.ID)
	if seawall.Is(err, seawall.NotFound) {
		return gate.Wait{Site: site.ID, Area: site.Area, Plan: []int{}}, nil
	}
	return w, err
}

// comingTo gives when declared trips are expected at a site.
func (s *Service) comingTo(ctx context.Context, tx seawall.Tx, site gate.Site, from time.Time) ([]time.Time, error) {
	q := freight.Query{States: []string{freight.Declared, freight.Permitted, freight.Travelling}, Page: seawall.Page{Limit: 500}}
	var out []time.Time
	for {
		rows, next, _, err := s.d.Freight.Trips(ctx, tx, q)
		if err != nil {
			return nil, err
		}
		for _, t := range rows {
			through := slices.ContainsFunc(t.Route, func(p freight.Stop) bool { return p.Kind == freight.StopGate && p.Ref == string(site.ID) })
			if through && !t.Planned.Before(from) {
				out = append(out, t.Planned)
			}
		}
		if q.Page.Cursor = next; next == "" {
			return out, nil
		}
	}
}

// laneKinds gives what the lanes of a site are for: lorries and cars where it has
// lanes of their own, else one kind for all.
func laneKinds(site gate.Site) []string {
	var out []string
	for _, kind := range []string{gate.Freight, gate.Car, ""} {
		if slices.ContainsFunc(site.Lanes, func(l gate.Lane) bool { return l.For == kind }) {
			out = append(out, kind)
		}
	}
	if len(out) == 0 {
		out = []string{""}
	}
	return out
}

// lanesFor counts the lanes of a kind, open ones only or all.
func lanesFor(site gate.Site, kind string, open bool) int {
	n := 0
	for _, l := range site.Lanes {
		if l.For == kind && (!open || !l.Closed) {
			n++
		}
	}
	return n
}

// stampsOf picks the passes of one kind of lanes; a pass without a lane is of the
// site's first kind.
func stampsOf(site gate.Site, kind string, all []gate.Stamp) []gate.Stamp {
	kinds := laneKinds(site)
	var out []gate.Stamp
	for _, p := range all {
		is := kinds[0]
		if l, ok := site.Lane(p.Lane); ok {
			is = l.For
		}
		if is == kind {
			out = append(out, p)
		}
	}
	return out
}

func firstStamp(list []gate.Stamp, now time.Time) time.Time {
	first := now
	for _, p := range list {
		if c := p.Came(); c.Before(first) {
			first = c
		}
	}
	return first
}

func comings(list []gate.Stamp) []waits.Coming {
	out := make([]waits.Coming, 0, len(list))
	for _, p := range list {
		out = append(out, waits.Coming{At: p.Came(), Declared: p.Declared})
	}
	return out
}

// measure fills what the last hour was like and how long services take.
func (q *gateQueue) measure(list []gate.Stamp, now time.Time, f waitFigures) {
	var waited, services []time.Duration
	var last gate.Stamp
	came := 0
	for _, p := range list {
		if d, ok := p.Service(); ok && d < longestService {
			services = append(services, d)
		}
		if p.Decided.Before(now.Add(-time.Hour)) || p.Decided.After(now) {
			continue
		}
		q.last.Passed++
		if d, ok := p.Wait(); ok {
			waited = append(waited, d)
			if p.Served.After(last.Served) {
				last = p
			}
		}
		if !p.Came().Before(now.Add(-time.Hour)) {
			came++
		}
	}
	q.service = waits.EstimateService(services, f.prior)
	q.last.Timed = len(waited)
	if len(waited) == 0 {
		return
	}
	slices.Sort(waited)
	sum, above := time.Duration(0), 0
	for _, d := range waited {
		sum += d
		if d > f.target {
			above++
		}
	}
	n := len(waited)
	q.last.Mean, q.last.P50, q.last.P95, q.last.Most = secondsOf(sum/time.Duration(n)), secondsOf(waited[(n-1)/2]), secondsOf(waited[(95*n+99)/100-1]), secondsOf(waited[n-1])
	q.last.Above = float64(above) / float64(n)
	if now.Sub(last.Served) < 30*time.Minute {
		// Whoever came since the one served last came still waits.
		d, _ := last.Wait()
		q.last.Waiting = float64(q.last.Passed) * min(d, time.Hour).Hours()
	}
}

func secondsOf(d time.Duration) int { return int(d.Round(time.Second) / time.Second) }

// plan says how many lanes are open in each hour: by the plan in force, else by the
// shifts, else as many as are open.
func (q *gateQueue) plan(site gate.Site, w gate.Wait, f waitFigures) {
	m := waits.Model{Slot: time.Hour, Spread: q.arrivals.Spread, Service: q.service.Service, Separate: f.separate, Target: f.target}
	for _, r := range q.arrivals.Rates {
		m.Arrivals = append(m.Arrivals, r.Expected)
		m.Lanes = append(m.Lanes, q.lanesAt(site, w, r.From))
	}
	m.Waiting = int(q.last.Waiting + 0.5)
	// The hour that runs is computed as a whole from the queue that is there now.
	m.Busy = min(m.Lanes[0], int(m.Arrivals[0]*m.Service.Mean.Hours()+0.5))
	q.model, q.last.Lanes = m, m.Lanes[0]
}

// lanesAt is how many lanes of the queue's kind are open in an hour.
func (q *gateQueue) lanesAt(site gate.Site, w gate.Wait, at time.Time) int {
	if n, ok := w.Planned(q.lane, at); ok {
		return min(n, waits.MaxLanes)
	}
	open := lanesFor(site, q.lane, true)
	staffed, known := 0, false
	for _, sh := range q.shifts {
		if sh.From.Before(at.Add(30*time.Minute)) && sh.To.After(at.Add(30*time.Minute)) {
			staffed, known = staffed+sh.Lanes, true
		}
	}
	if !known || len(site.Lanes) == 0 {
		return open
	}
	// A shift works the site's lanes of all kinds in their proportion.
	share := (staffed*q.most + len(site.Lanes) - 1) / len(site.Lanes)
	return min(open, max(1, share))
}

// predict gives the hours of a queue with the given lanes.
func (q *gateQueue) predict(lanes []int) ([]waits.Slot, error) {
	m := q.model
	m.Lanes = lanes
	return waits.Predict(m)
}

// hours words a forecast.
func (q *gateQueue) hours(slots []waits.Slot) []WaitHour {
	out := make([]WaitHour, len(slots))
	for i, s := range slots {
		r := q.arrivals.Rates[i]
		out[i] = WaitHour{From: r.From, Lanes: s.Lanes, Expected: round2(r.Expected), Usual: round2(r.Usual), Declared: round2(r.Declared), Load: round2(s.Load),
			Mean: secondsOf(s.Mean), P50: secondsOf(s.P50), P95: secondsOf(s.P95), Above: round2(s.Above), Queue: round2(s.Queue)}
	}
	return out
}

func round2(x float64) float64 { return float64(int64(x*100+0.5)) / 100 }

// worstHour finds the hour with the longest p95.
func worstHour(hours []WaitHour) (worst int, at time.Time) {
	for _, h := range hours {
		if h.P95 >= worst && h.Expected > 0 {
			worst, at = h.P95, h.From
		}
	}
	return worst, at
}
