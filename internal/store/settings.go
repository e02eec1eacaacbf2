package store

import (
	"context"

	"github.com/seawall-city/seawall"
)

// Setting gives a value that the instance keeps about itself (how far a
// demonstration's clock is ahead), "" when there is none. Settings are no facts
// about anybody and no part of the log.
func (db *DB) Setting(ctx context.Context, tx seawall.Tx, name string) (value string, err error) {
	_, err = of(tx).one(ctx, "store.Setting", "SELECT value FROM setting WHERE name = $1", []any{name}, &value)
	return value, err
}

// SetSetting keeps a value.
func (db *DB) SetSetting(ctx context.Context, tx seawall.Tx, name, value string) error {
	_, err := of(tx).exec(ctx, "store.SetSetting",
		"INSERT INTO setting (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value", name, value)
	return err
}
