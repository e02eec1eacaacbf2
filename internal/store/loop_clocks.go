package store

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/loop"
)

// SaveClock writes a clock and gives it free, so that a clock set anew can be
// claimed at once.
func (db *DB) SaveClock(ctx context.Context, tx seawall.Tx, c loop.Clock) error {
	if err := clocks().put(ctx, tx, c); err != nil || c.Version <= 1 || c.State != loop.Open {
		return err
	}
	_, err := of(tx).exec(ctx, "store.SaveClock", "UPDATE clock SET lease_by = '', lease_until = 0 WHERE id = $1", string(c.ID))
	return err
}

// Clock reads a clock.
func (db *DB) Clock(ctx context.Context, tx seawall.Tx, id seawall.ClockID) (loop.Clock, error) {
	return clocks().get(ctx, tx, string(id))
}

// ClocksOf reads the clocks of a loop by the instant they fire at.
func (db *DB) ClocksOf(ctx context.Context, tx seawall.Tx, id seawall.LoopID) ([]loop.Clock, error) {
	return clocks().list(ctx, tx, "WHERE loop_id = $1 ORDER BY fire_at, id", string(id))
}

// ClaimClocks leases the earliest open clocks due at or before now that nobody
// else has in hand, and gives them by the instant they fire at. A lease is no
// change of the record: no event carries it. A worker that dies leaves its
// clocks to others when the lease ends, so firing must be idempotent; SaveClock
// refuses the second one.
func (db *DB) ClaimClocks(ctx context.Context, tx seawall.Tx, worker string, now, leaseUntil time.Time, limit int) ([]loop.Clock, error) {
	const op = "store.ClaimClocks"
	t, d := of(tx), clocks()
	rows, err := t.query(ctx, op, `WITH due AS MATERIALIZED (
			SELECT id FROM clock
			WHERE state = 'open' AND fire_at <= $1 AND lease_until <= $1
			ORDER BY fire_at, id LIMIT $2 {{skip_locked}})
		UPDATE clock SET lease_by = $3, lease_until = $4
		WHERE id IN (SELECT id FROM due)
		RETURNING `+d.columns(""), microsOf(now), limit, worker, microsOf(leaseUntil))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	out := []loop.Clock{}
	for rows.Next() {
		var c loop.Clock
		if err := rows.Scan(d.fields(&c)...); err != nil {
			return nil, t.fail(op, err)
		}
		out = append(out, c)
	}
	slices.SortFunc(out, func(a, b loop.Clock) int {
		return cmp.Or(a.FireAt.Compare(b.FireAt), cmp.Compare(a.ID, b.ID))
	})
	return out, t.fail(op, rows.Err())
}

// NextClock gives the earliest instant at which an open clock fires.
func (db *DB) NextClock(ctx context.Context, tx seawall.Tx) (time.Time, error) {
	var at time.Time
	_, err := of(tx).one(ctx, "store.NextClock",
		"SELECT fire_at FROM clock WHERE state = 'open' ORDER BY fire_at, id LIMIT 1", nil, ts(&at))
	return at, err
}
