package vaultdb

import (
	"context"
	"database/sql"
	"slices"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"

	"github.com/seawall-city/seawall/internal/vault"
)

// BeginBulk prepares for filling an empty vault. SQLite gives up waiting for
// the disk at each commit until EndBulk: whatever is interrupted is thrown away.
func (db *DB) BeginBulk(ctx context.Context) error {
	return db.pragmas(ctx, "PRAGMA synchronous = OFF", "PRAGMA wal_autocheckpoint = 20000")
}

// EndBulk makes the database ordinary again and brings its statistics up to date.
func (db *DB) EndBulk(ctx context.Context) error {
	const op = "vaultdb.EndBulk"
	if db.driver.Name() == "sqlite" {
		return db.pragmas(ctx, "PRAGMA synchronous = FULL", "PRAGMA wal_autocheckpoint = 1000", "PRAGMA wal_checkpoint(TRUNCATE)")
	}
	for _, q := range []string{
		"SELECT setval(pg_get_serial_sequence('vault_person', 'id'), (SELECT COALESCE(MAX(id), 1) FROM vault_person))",
		"VACUUM ANALYZE vault_person", "VACUUM ANALYZE vault_token",
	} {
		if _, err := db.driver.Writer().ExecContext(ctx, q); err != nil {
			return db.fail(op, err)
		}
	}
	return nil
}

func (db *DB) pragmas(ctx context.Context, list ...string) error {
	if db.driver.Name() != "sqlite" {
		return nil
	}
	for _, q := range list {
		if _, err := db.driver.Writer().ExecContext(ctx, q); err != nil {
			return db.fail("vaultdb.pragmas", err)
		}
	}
	return nil
}

// BulkRecords appends records with their numbers.
func (db *DB) BulkRecords(ctx context.Context, recs []vault.Record) error {
	const op = "vaultdb.BulkRecords"
	rows := make([][]any, len(recs))
	for i, r := range recs {
		rows[i] = append([]any{r.ID}, insertArgs(r)...)
	}
	cols := []string{"id", "no", "request", "mask", "pinyin", "doc_failed", "wrapped", "sealed", "tokens",
		"merged_into", "sealed_at", "committed", "forgotten_at"}
	return db.write(ctx, op, func(tx *sql.Tx) error {
		if db.driver.Name() == "sqlite" {
			if err := db.append(ctx, tx, "INSERT INTO vault_person (id, "+insertCols+") VALUES ", rows, 50); err != nil {
				return err
			}
		}
		if db.driver.Name() == "postgres" {
			if err := db.copyIn(ctx, "vault_person", cols, rows); err != nil {
				return err
			}
		}
		return db.tally(ctx, tx, len(recs))
	})
}

// bulkTokensEach is how many tokens one transaction appends.
const bulkTokensEach = 100_000

// BulkTokens appends tokens in the order of their key, which keeps the index
// full and its writes in line.
func (db *DB) BulkTokens(ctx context.Context, tokens []vault.TokenRow) error {
	const op = "vaultdb.BulkTokens"
	for part := range slices.Chunk(tokens, bulkTokensEach) {
		rows, flat := make([][]any, len(part)), make([]any, 2*len(part))
		for i, t := range part {
			flat[2*i], flat[2*i+1] = t.Token, t.ID
			rows[i] = flat[2*i : 2*i+2]
		}
		var err error
		if db.driver.Name() == "postgres" {
			err = db.fail(op, db.copyIn(ctx, "vault_token", []string{"token", "person"}, rows))
		} else {
			err = db.write(ctx, op, func(tx *sql.Tx) error {
				return db.append(ctx, tx, "INSERT INTO vault_token (token, person) VALUES ", rows, 500)
			})
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// append inserts rows with one prepared statement of each rows, and the rest
// with a shorter one.
func (db *DB) append(ctx context.Context, tx *sql.Tx, head string, rows [][]any, each int) error {
	if len(rows) == 0 {
		return nil
	}
	cols := len(rows[0])
	args := make([]any, 0, each*cols)
	var full *sql.Stmt
	for part := range slices.Chunk(rows, each) {
		args = args[:0]
		for _, r := range part {
			args = append(args, r...)
		}
		if len(part) == each && full == nil {
			var err error
			if full, err = tx.PrepareContext(ctx, db.text(head+marks(each, cols, 1))); err != nil {
				return err
			}
			defer full.Close()
		}
		var err error
		if len(part) == each {
			_, err = full.ExecContext(ctx, args...)
		} else {
			_, err = tx.ExecContext(ctx, db.text(head+marks(len(part), cols, 1)), args...)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// copyIn sends rows by PostgreSQL's COPY on a connection of its own.
func (db *DB) copyIn(ctx context.Context, table string, cols []string, rows [][]any) error {
	conn, err := db.driver.Writer().Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	return conn.Raw(func(c any) error {
		_, err := c.(*stdlib.Conn).Conn().CopyFrom(ctx, pgx.Identifier{table}, cols, pgx.CopyFromRows(rows))
		return err
	})
}
