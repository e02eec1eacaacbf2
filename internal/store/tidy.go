package store

import (
	"context"

	"github.com/seawall-city/seawall"
)

// Tidy brings a database into shape after much was loaded at once: PostgreSQL
// learns what the data looks like and which pages need no second look, SQLite
// moves its log into the file.
func (db *DB) Tidy(ctx context.Context) error {
	text := "PRAGMA wal_checkpoint(TRUNCATE)"
	if db.driver.Name() == "postgres" {
		text = "VACUUM (ANALYZE)"
	}
	if _, err := db.driver.Writer().ExecContext(ctx, text); err != nil {
		return &seawall.Error{Op: "store.Tidy", Kind: seawall.Unavailable, Code: "database_away", Err: err}
	}
	return nil
}
