package bench

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/url"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/gate"
	"github.com/seawall-city/seawall/internal/response"
)

// The goals of issue 4 for a gate, on two cores.
const (
	goalDecisions = 3000 // a second
	goalP99       = 100 * time.Millisecond
	goalOffline   = 10 * time.Second
)

// GateSession is an officer who is signed in.
type GateSession struct {
	Cookie *http.Cookie
	CSRF   string
}

// GateConfig says how the gates are measured: every lane of every site sends the
// next vehicle as soon as the one before is answered.
type GateConfig struct {
	// Handler is the server's whole handler, with sessions, CSRF and the API.
	Handler http.Handler
	Sites   []seawall.SiteID
	// Officers is one for each site.
	Officers []GateSession
	Lanes    int
	// For is how long the lanes send, after WarmUp; Offline how many passes a phone
	// then brings in.
	For, WarmUp time.Duration
	Offline     int
	Seed        uint64
	Stopwatch   func() time.Duration
	// Now is the instance's clock, NewID mints the ids of passes.
	Now      func() time.Time
	NewID    func() string
	Database string
	Machine  string
	// Plates gives the plates that have a declared trip; every tenth vehicle is one.
	Plates []string
}

// GateReport is the outcome on one database.
type GateReport struct {
	Database  string `json:"database"`
	Machine   string `json:"machine"`
	Seed      uint64 `json:"seed"`
	Lanes     int    `json:"lanes"`
	Decisions int    `json:"decisions"`
	// Busy are the answers while every lane sends as fast as it can, Paced while the
	// goal's number of vehicles comes each second.
	Busy     Spread         `json:"busy"`
	Paced    Spread         `json:"paced"`
	Outcomes map[string]int `json:"outcomes"`
	Offline  int            `json:"offline"`
	Replay   time.Duration  `json:"replay"`
	Again    time.Duration  `json:"again"`
}

// Spread is how long answers took.
type Spread struct {
	PerSecond float64       `json:"perSecond"`
	P50       time.Duration `json:"p50"`
	P95       time.Duration `json:"p95"`
	P99       time.Duration `json:"p99"`
	Max       time.Duration `json:"max"`
}

// spread sorts times and reads the percentiles off.
func spread(took []time.Duration, over time.Duration) Spread {
	slices.Sort(took)
	if len(took) == 0 {
		return Spread{}
	}
	at := func(share float64) time.Duration { return took[min(len(took)-1, int(share*float64(len(took))))] }
	return Spread{PerSecond: float64(len(took)) / over.Seconds(), P50: at(0.5), P95: at(0.95), P99: at(0.99), Max: took[len(took)-1]}
}

// Missed counts the figures that miss their goals.
func (r GateReport) Missed() (n int) {
	for _, bad := range []bool{r.Busy.PerSecond < goalDecisions, r.Paced.P99 > goalP99, r.Replay > goalOffline} {
		if bad {
			n++
		}
	}
	return n
}

// Gate measures decisions a second through the server's handler, each answered when
// it is on disk, and a shift that a phone brings in. A missed goal is no error, the
// report says so; a pass that is lost, doubled or refused is one.
func Gate(ctx context.Context, out io.Writer, c GateConfig) (GateReport, error) {
	const op = "bench.Gate"
	rep := GateReport{Database: c.Database, Machine: c.Machine, Seed: c.Seed, Lanes: len(c.Sites) * c.Lanes}
	fmt.Fprintf(out, "%s, %s: %d gates with %d lanes each, %.0f s after %.0f s (seed %d)\n", c.Database, c.Machine, len(c.Sites), c.Lanes,
		c.For.Seconds(), c.WarmUp.Seconds(), c.Seed)
	r := &gateRun{GateConfig: c, ctx: ctx}
	rep.Outcomes = map[string]int{}
	var err error
	if rep.Busy, err = r.lanes(&rep, 0); err != nil {
		return rep, seawall.Wrap(op, err)
	}
	if rep.Paced, err = r.lanes(&rep, time.Second*time.Duration(rep.Lanes)/goalDecisions); err != nil {
		return rep, seawall.Wrap(op, err)
	}
	if err := r.offline(&rep); err != nil {
		return rep, seawall.Wrap(op, err)
	}
	rep.print(out)
	return rep, nil
}

func (r GateReport) print(out io.Writer) {
	note := func(bad bool) string {
		if bad {
			return "  misses the goal"
		}
		return ""
	}
	fmt.Fprintf(out, "\n%-52s %12s %12s\n", r.Database+", "+r.Machine, "measured", "goal")
	fmt.Fprintf(out, "%-52s %10.0f/s %10d/s%s\n", fmt.Sprintf("decisions of %d lanes, each on disk when answered", r.Lanes), r.Busy.PerSecond, goalDecisions, note(r.Busy.PerSecond < goalDecisions))
	fmt.Fprintf(out, "%-52s %12s\n", "  median, 95th and 99th percentile at that rate", short(r.Busy.P50)+", "+short(r.Busy.P95)+", "+short(r.Busy.P99))
	fmt.Fprintf(out, "%-52s %12s %12s%s\n", fmt.Sprintf("answered at %.0f/s, 99th percentile", r.Paced.PerSecond), short(r.Paced.P99), short(goalP99), note(r.Paced.P99 > goalP99))
	fmt.Fprintf(out, "%-52s %12s\n", "  median and 95th percentile at that rate", short(r.Paced.P50)+", "+short(r.Paced.P95))
	fmt.Fprintf(out, "%-52s %12s %12s%s\n", fmt.Sprintf("a shift of %d passes taken in from offline", r.Offline), short(r.Replay), short(goalOffline), note(r.Replay > goalOffline))
	fmt.Fprintf(out, "%-52s %12s\n", "the same shift sent again", short(r.Again))
	fmt.Fprintf(out, "decided: %s\n\n", counted(r.Outcomes))
}

// gateRun is a measurement under way.
type gateRun struct {
	GateConfig
	ctx        context.Context
	begin, end time.Duration
	// every is how long after a vehicle the next one comes to a lane; 0 sends the
	// next one as soon as the one before is answered.
	every time.Duration
	sent  atomic.Int64
}

// lane is what one lane saw.
type lane struct {
	took     []time.Duration
	outcomes map[string]int
	err      error
}

// lanes lets every lane work at once and looks afterwards whether everything that
// was answered is on record, once.
func (r *gateRun) lanes(rep *GateReport, every time.Duration) (Spread, error) {
	r.begin = r.Stopwatch() + r.WarmUp
	r.end, r.every = r.begin+r.For, every
	all := make([]lane, len(r.Sites)*r.Lanes)
	var done sync.WaitGroup
	for i := range all {
		done.Go(func() { all[i] = r.lane(i) })
	}
	done.Wait()
	var took []time.Duration
	for _, l := range all {
		if l.err != nil {
			return Spread{}, l.err
		}
		took = append(took, l.took...)
		for k, n := range l.outcomes {
			rep.Outcomes[k] += n
		}
	}
	if len(took) == 0 {
		return Spread{}, wrong("decisions", 0, 1)
	}
	rep.Decisions += len(took)
	return spread(took, r.Stopwatch()-r.begin), r.counted()
}

// counted compares what is on record with what was answered.
func (r *gateRun) counted() error {
	n := 0
	for i, site := range r.Sites {
		var list response.List[gate.Pass]
		if err := r.send(i, http.MethodGet, "/gates/"+string(site)+"/passes?limit=1", nil, &list); err != nil {
			return err
		}
		n += list.Total
	}
	if want := int(r.sent.Load()); n != want {
		return wrong("passes on record", n, want)
	}
	return nil
}

// lane sends one vehicle after the other until the time is over; those of the warm-
// up do not count. With a pace, a vehicle that had to wait for the one before has
// waited since it came.
func (r *gateRun) lane(i int) lane {
	l := lane{outcomes: map[string]int{}}
	random := rand.New(rand.NewPCG(r.Seed, uint64(i)))
	site := i / r.Lanes
	due := r.begin - r.WarmUp + time.Duration(i)*r.every/time.Duration(len(r.Sites)*r.Lanes)
	for n := 0; r.ctx.Err() == nil; n++ {
		started := r.Stopwatch()
		if r.every > 0 {
			r.await(due - started)
			started, due = due, due+r.every
		}
		if started >= r.end {
			break
		}
		var got response.Passed
		in := r.vehicle(random, i, n)
		if l.err = r.send(site, http.MethodPost, "/gates/"+string(r.Sites[site])+"/passes", in, &got); l.err != nil {
			break
		}
		r.sent.Add(1)
		if got.Pass.ID != in.ID || got.Repeated {
			l.err = wrong("passes answered under "+string(in.ID), 0, 1)
			break
		}
		if started >= r.begin {
			l.took = append(l.took, r.Stopwatch()-started)
			l.outcomes[got.Decision.Outcome]++
		}
	}
	return l
}

// await waits for the next vehicle to come.
func (r *gateRun) await(d time.Duration) {
	if d <= 0 {
		return
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-r.ctx.Done():
	}
}

// vehicle draws one: most have a fresh test, some give a sample, one in a hundred
// each is held, referred or exempt.
func (r *gateRun) vehicle(random *rand.Rand, lane, n int) response.NewPass {
	now := r.Now()
	in := response.NewPass{ID: seawall.PassID(r.NewID()), Lane: lane%r.Lanes + 1, Arrived: now.Add(-time.Duration(random.IntN(900)) * time.Second),
		GateAsk: response.GateAsk{Plate: fmt.Sprintf("苏%c%05d", 'A'+rune(random.IntN(20)), random.IntN(100000))},
		Facts: gate.Facts{Declared: true, Mode: gate.Freight, People: 1 + random.IntN(2),
			Test: gate.Test{Kind: "nat", Result: "negative", AgeHours: float64(random.IntN(60))}}}
	switch k := random.IntN(100); {
	case k == 0:
		in.Ticket = "SW1.P.e30.AAAA"
	case k == 1:
		in.Facts.Symptoms = true
	case k == 2:
		in.Facts.Exemption = "supply"
	case k < 13 && len(r.Plates) > 0:
		in.Plate = r.Plates[(lane*131+n)%len(r.Plates)]
	}
	return in
}

// send sends a request as the page does, straight into the handler.
func (r *gateRun) send(officer int, method, path string, in, into any) error {
	body, err := json.Marshal(in)
	if err != nil {
		return err
	}
	rq := (&http.Request{Method: method, Header: http.Header{}, Host: "seawall", RemoteAddr: "127.0.0.1:1", Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1}).WithContext(r.ctx)
	if rq.URL, err = url.Parse("/api/v1" + path); err != nil {
		return err
	}
	rq.RequestURI = rq.URL.RequestURI()
	rq.Body = http.NoBody
	if in != nil {
		rq.Body, rq.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
	}
	rq.Header.Set("Content-Type", "application/json")
	rq.Header.Set("X-CSRF-Token", r.Officers[officer].CSRF)
	rq.AddCookie(r.Officers[officer].Cookie)
	w := &answer{header: http.Header{}}
	r.Handler.ServeHTTP(w, rq)
	if w.status/100 != 2 {
		return &seawall.Error{Op: "bench.send", Kind: seawall.Unavailable, Err: fmt.Errorf("%s %s: %d %s", method, path, w.status, w.body.Bytes())}
	}
	return json.Unmarshal(w.body.Bytes(), into)
}

// answer is what the handler wrote.
type answer struct {
	header http.Header
	status int
	body   bytes.Buffer
}

// Header gives the answer's head.
func (a *answer) Header() http.Header { return a.header }

// WriteHeader keeps the status.
func (a *answer) WriteHeader(status int) {
	if a.status == 0 {
		a.status = status
	}
}

// Write keeps the body.
func (a *answer) Write(b []byte) (int, error) {
	a.WriteHeader(http.StatusOK)
	return a.body.Write(b)
}

// offline brings in a day of one gate twice: every pass is taken once.
func (r *gateRun) offline(rep *GateReport) error {
	random := rand.New(rand.NewPCG(r.Seed, 1<<32))
	in := response.Reconciliation{Device: "bench-tablet", Passes: make([]response.NewPass, r.Offline)}
	day := r.Now().Add(-12 * time.Hour)
	for i := range in.Passes {
		p := r.vehicle(random, 0, i)
		p.Ticket, p.Facts.Symptoms, p.Facts.Exemption = "", false, ""
		p.Decided = day.Add(time.Duration(i) * 12 * time.Hour / time.Duration(r.Offline))
		p.Arrived = p.Decided.Add(-time.Minute)
		p.Decision, p.Rule = gate.Go, "fresh_test"
		in.Passes[i] = p
	}
	var first, again response.Reconciled
	started := r.Stopwatch()
	if err := r.send(0, http.MethodPost, "/gates/"+string(r.Sites[0])+"/reconcile", in, &first); err != nil {
		return err
	}
	rep.Replay, rep.Offline = r.Stopwatch()-started, r.Offline
	started = r.Stopwatch()
	if err := r.send(0, http.MethodPost, "/gates/"+string(r.Sites[0])+"/reconcile", in, &again); err != nil {
		return err
	}
	rep.Again = r.Stopwatch() - started
	if first.Accepted != r.Offline || again.Repeated != r.Offline {
		return wrong("passes taken in, and known when sent again", first.Accepted+again.Repeated, 2*r.Offline)
	}
	return nil
}
