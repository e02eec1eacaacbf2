package store

import (
	"context"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/loop"
)

var _ loop.Many = (*DB)(nil)

// ClocksByID reads many clocks, by key.
func (db *DB) ClocksByID(ctx context.Context, tx seawall.Tx, ids []seawall.ClockID) ([]loop.Clock, error) {
	return among(ctx, tx, clocks(), "id", ids)
}

// LoopsByID reads many loops, by key.
func (db *DB) LoopsByID(ctx context.Context, tx seawall.Tx, ids []seawall.LoopID) ([]loop.Loop, error) {
	return among(ctx, tx, loops(), "id", ids)
}

// StepsOfLoops reads the steps of many loops, those of each in their order.
func (db *DB) StepsOfLoops(ctx context.Context, tx seawall.Tx, ids []seawall.LoopID) ([]loop.Step, error) {
	return manyOf(ctx, tx, steps(), ids, "loop_id, ord, due, id")
}

// SeriesOfLoops reads the series of many loops, those of each oldest first.
func (db *DB) SeriesOfLoops(ctx context.Context, tx seawall.Tx, ids []seawall.LoopID) ([]loop.Series, error) {
	return manyOf(ctx, tx, seriesRows(), ids, "loop_id, id")
}

// manyOf reads the rows of many loops; order begins with the loop, so that each
// one's rows stand together.
func manyOf[T any](ctx context.Context, tx seawall.Tx, d *table[T], ids []seawall.LoopID, order string) ([]T, error) {
	out := []T{}
	err := chunks(distinct(ids), func(_ []string, marks string, args []any) error {
		rows, err := d.list(ctx, tx, "WHERE loop_id IN ("+marks+") ORDER BY "+order, args...)
		out = append(out, rows...)
		return err
	})
	return out, err
}
