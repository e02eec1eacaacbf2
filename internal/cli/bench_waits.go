package cli

import (
	"encoding/json"
	"errors"
	"time"

	"github.com/seawall-city/seawall/internal/app"
	"github.com/seawall-city/seawall/internal/waits"
)

// benchWaits holds the forecast of waits against the simulation.
type benchWaits struct {
	Small bool   `help:"Only the small grid, as the tests have it."`
	Days  int    `default:"4000" help:"Days simulated for a gate with one lane; with more lanes, so many fewer."`
	Seed  uint64 `default:"1" help:"Makes the simulated days."`
	JSON  bool   `name:"json" help:"Print the figures as JSON."`
}

// Run prints p95 of every case, predicted and simulated; the exit code is 1 when one
// is not within 10 %.
func (c *benchWaits) Run(e *env) error {
	var all []waits.Compared
	for _, k := range waits.Cases(!c.Small) {
		r, err := waits.Compare(k, c.Days/k.Lanes, c.Seed)
		if err != nil {
			return err
		}
		all = append(all, r)
		if !c.JSON {
			mark := ""
			if !r.Within {
				mark = "  > 10 %"
			}
			e.say("%-24s %6.1f %%  predicted %v  simulated %v  ± %v%s", r.String(), 100*r.Off, minutes(r.Predicted), minutes(r.Simulated), minutes(r.Half95), mark)
		}
	}
	day, plan, err := app.TimeWaits()
	if err != nil {
		return err
	}
	if c.JSON {
		return json.NewEncoder(e.io.Out).Encode(map[string]any{"cases": all, "day": day, "plan": plan})
	}
	off, worst := 0, 0.0
	for _, r := range all {
		if !r.Within {
			off++
		}
		worst = max(worst, r.Off, -r.Off)
	}
	e.say("cases %d, not within 10 %%: %d, largest difference %.1f %%; forecast of a day %v, its plan %v", len(all), off, 100*worst,
		day.Round(100*time.Microsecond), plan.Round(time.Millisecond))
	if off > 0 {
		return errors.New("the forecast is off")
	}
	return nil
}

// minutes shortens durations for a line.
func minutes(list []time.Duration) []float64 {
	out := make([]float64, len(list))
	for i, d := range list {
		out[i] = float64(int(d.Minutes()*10+0.5)) / 10
	}
	return out
}
