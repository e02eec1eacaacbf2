package loop

import (
	"context"

	"github.com/seawall-city/seawall"
)

// AddSeries opens a series of daily steps in an open loop, as AddStep does one
// step. Errors: Conflict when the loop has ended.
func (e *Engine) AddSeries(ctx context.Context, tx seawall.Tx, id seawall.LoopID, p SeriesPlan) error {
	const op = "loop.AddSeries"
	l, steps, err := e.load(ctx, tx, id)
	if err != nil {
		return seawall.Wrap(op, err)
	}
	made, err := e.openSeries(ctx, tx, l, p, len(steps))
	if err != nil {
		return seawall.Wrap(op, err)
	}
	return seawall.Wrap(op, e.record(ctx, tx, l, append(steps, made...), "series.opened", l.Ref(), map[string]string{"key": p.Key}))
}
