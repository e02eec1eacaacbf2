package vaultdb

import (
	"context"
	"time"

	"github.com/seawall-city/seawall/internal/vault"
)

// Uncommitted gives records sealed before an instant whose request nobody has
// committed, by row number after the given one, at most limit.
func (db *DB) Uncommitted(ctx context.Context, before time.Time, after int64, limit int) ([]vault.Record, error) {
	const op = "vaultdb.Uncommitted"
	rows, err := db.driver.Reader().QueryContext(ctx, db.text(selectRecord+
		" WHERE committed = 0 AND sealed_at < $1 AND id > $2 ORDER BY id LIMIT $3"), micros(before), after, limit)
	if err != nil {
		return nil, db.fail(op, err)
	}
	defer rows.Close()
	var out []vault.Record
	for rows.Next() {
		r, err := scanRecord(rows)
		if err != nil {
			return nil, db.fail(op, err)
		}
		out = append(out, r)
	}
	return out, db.fail(op, rows.Err())
}
