package bench

import (
	"context"
	"fmt"
	"io"
	"time"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/response"
)

// GoalArrivals is how many rows of a feed a second must be taken in on two cores.
// Source: our own choice; a railway's arrivals of a day in under a minute.
const GoalArrivals = 1000

// ArrivalsConfig says what of a feed is measured and on what.
type ArrivalsConfig struct {
	Rows    int
	Driver  string
	Machine string
	// Now is the instant at which the rows arrived; Stopwatch gives the real time
	// since the measurement began.
	Now       time.Time
	Zone      *time.Location
	Stopwatch func() time.Duration
	Main      *response.Service
	// Who sends the feed; Stays are grids in which the travellers stay.
	Who   response.Who
	Stays []seawall.AreaID
}

// ArrivalsReport is what was measured of one database.
type ArrivalsReport struct {
	Driver  string `json:"driver"`
	Machine string `json:"machine"`
	Rows    int    `json:"rows"`
	// Seconds and PerSecond are of the first sending, Again of the same rows sent
	// a second time.
	Seconds   float64 `json:"seconds"`
	PerSecond float64 `json:"perSecond"`
	Again     float64 `json:"againSeconds"`
	Goal      float64 `json:"goal"`
}

// Missed reports whether the goal was missed.
func (r ArrivalsReport) Missed() bool { return r.PerSecond < r.Goal }

// Arrivals sends a feed of travellers who each come alone, as a railway reports
// them, and the same feed again. Errors: the feed's own; Other where a row was
// not taken in.
func Arrivals(ctx context.Context, out io.Writer, c ArrivalsConfig) (ArrivalsReport, error) {
	rep := ArrivalsReport{Driver: c.Driver, Machine: c.Machine, Rows: c.Rows, Goal: GoalArrivals}
	rows := make([]response.FeedRow, c.Rows)
	today := seawall.DayOf(c.Now, c.Zone)
	for i := range rows {
		id := response.Identity{Name: fmt.Sprintf("某%c%c", 0x4e00+i%900, 0x5000+i/7), DocType: "passport", DocNumber: fmt.Sprintf("E%08d", 10000000+i), Birth: seawall.NoDay}
		rows[i] = response.FeedRow{External: fmt.Sprint(i), At: c.Now, Identity: id, Seat: fmt.Sprintf("%02d%c", i/5%90, 'A'+i%5), Journey: response.Journey{
			Disease: "covid-19", Origins: []response.NewOrigin{{Code: "320106", Left: today.Add(-1)}}, Mode: "rail", Vehicle: fmt.Sprintf("D%04d", 1000+i/450),
			Expected: today, Arrived: c.Now.Add(-time.Minute), Stay: c.Stays[i%len(c.Stays)], StayText: fmt.Sprintf("小区 %d 号", i)}}
	}
	send := func() (time.Duration, error) {
		start := c.Stopwatch()
		for from := 0; from < len(rows); from += 1000 {
			got, err := c.Main.ReceiveFeed(ctx, c.Who, response.FeedBatch{Feed: "rail", Rows: rows[from:min(from+1000, len(rows))]})
			if err != nil {
				return 0, err
			}
			if got.Rejected > 0 {
				return 0, seawall.E("bench.Arrivals", seawall.Other, "bench_rows_rejected", "count", fmt.Sprint(got.Rejected))
			}
		}
		return c.Stopwatch() - start, nil
	}
	first, err := send()
	if err != nil {
		return rep, err
	}
	again, err := send()
	if err != nil {
		return rep, err
	}
	rep.Seconds, rep.Again = first.Seconds(), again.Seconds()
	rep.PerSecond = float64(c.Rows) / first.Seconds()
	_, err = fmt.Fprintf(out, "%s, %s: %d rows in %.1f s: %.0f rows/s (goal %.0f); sent again %.1f s\n",
		rep.Driver, rep.Machine, rep.Rows, rep.Seconds, rep.PerSecond, rep.Goal, rep.Again)
	return rep, err
}
