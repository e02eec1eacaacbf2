// Package vaultdb keeps the vault's sealed records in a database of their own:
// an SQLite file beside the records' file, or a schema or database on a
// PostgreSQL server. It implements vault.Store with the same statements on both.
package vaultdb

import (
	"context"
	"database/sql"
	"embed"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/store"
	"github.com/seawall-city/seawall/internal/vault"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Schema is the PostgreSQL schema that PostgresURL leads to.
const Schema = "vault"

// DB is the vault's database; it implements vault.BulkStore.
type DB struct {
	driver store.Driver
	// texts caches statements in the driver's dialect.
	texts sync.Map
	// hits are the prepared token lookups by number of tokens.
	mu   sync.Mutex
	hits map[int]*sql.Stmt
}

var _ vault.BulkStore = (*DB)(nil)

// PostgresURL makes the URL of a records' database lead to the vault's own
// schema in it; give the vault a role that alone may enter it.
func PostgresURL(raw string) (string, error) {
	u, err := url.Parse(raw)
	if err != nil {
		return "", &seawall.Error{Op: "vaultdb.PostgresURL", Kind: seawall.Invalid, Code: "database_away", Err: err}
	}
	q := u.Query()
	q.Set("search_path", Schema)
	u.RawQuery = q.Encode()
	return u.String(), nil
}

// Open takes over an opened driver, brings the tables to their newest shape and
// makes deletions overwrite what they delete where the database can.
func Open(ctx context.Context, d store.Driver) (*DB, error) {
	const op = "vaultdb.Open"
	db := &DB{driver: d, hits: map[int]*sql.Stmt{}}
	prepare := []string{"PRAGMA secure_delete = ON"}
	if d.Name() == "postgres" {
		var path string
		if err := d.Writer().QueryRowContext(ctx, "SHOW search_path").Scan(&path); err != nil {
			return nil, db.fail(op, err)
		}
		prepare = nil
		if path == Schema {
			prepare = []string{"CREATE SCHEMA IF NOT EXISTS " + Schema}
		}
	}
	for _, q := range prepare {
		if _, err := d.Writer().ExecContext(ctx, q); err != nil {
			return nil, db.fail(op, err)
		}
	}
	if err := store.Migrate(ctx, dialect{d}, migrations, "migrations", "vault_version"); err != nil {
		return nil, seawall.Wrap(op, err)
	}
	return db, nil
}

// dialect adds the vault's own macro: a table kept in the order of its key.
type dialect struct{ store.Driver }

// Macro gives the text of a macro.
func (d dialect) Macro(name string) (string, bool) {
	if name != "clustered" {
		return d.Driver.Macro(name)
	}
	if d.Name() == "sqlite" {
		return "STRICT, WITHOUT ROWID", true
	}
	return "", true
}

// Driver gives the driver, for maintenance (backup, doctor).
func (db *DB) Driver() store.Driver { return db.driver }

// Close closes the database.
func (db *DB) Close() error {
	db.mu.Lock()
	defer db.mu.Unlock()
	for n, st := range db.hits {
		st.Close()
		delete(db.hits, n)
	}
	return db.driver.Close()
}

// text gives a statement in the driver's dialect.
func (db *DB) text(q string) string {
	if t, ok := db.texts.Load(q); ok {
		return t.(string)
	}
	t := store.Render(db.driver, q)
	db.texts.Store(q, t)
	return t
}

// attempts bounds how often a transaction runs again after a serialisation
// failure or deadlock.
const attempts = 8

// write runs fn in one transaction, again when the database asks for it.
func (db *DB) write(ctx context.Context, op string, fn func(*sql.Tx) error) error {
	for n := 1; ; n++ {
		err := db.once(ctx, fn)
		if err == nil || n == attempts || !db.driver.IsRetry(err) {
			return db.fail(op, err)
		}
	}
}

func (db *DB) once(ctx context.Context, fn func(*sql.Tx) error) error {
	tx, err := db.driver.Writer().BeginTx(ctx, nil)
	if err != nil {
		return &seawall.Error{Op: "vaultdb.begin", Kind: seawall.Unavailable, Code: "database_away", Err: err}
	}
	defer tx.Rollback() // does nothing after a commit
	if err := fn(tx); err != nil {
		return err
	}
	return tx.Commit()
}

// fail gives a database error its operation and kind; nil stays nil.
func (db *DB) fail(op string, err error) error {
	if err == nil {
		return nil
	}
	if db.driver.IsUnique(err) {
		return &seawall.Error{Op: op, Kind: seawall.Conflict, Code: "already_there", Err: err}
	}
	return seawall.Wrap(op, err)
}

// marks writes the placeholders of rows with cols columns, numbered on from
// first: "($1, $2), ($3, $4)".
func marks(rows, cols, first int) string {
	var b strings.Builder
	for i := range rows * cols {
		switch {
		case i == 0:
			b.WriteByte('(')
		case i%cols == 0:
			b.WriteString("), (")
		default:
			b.WriteString(", ")
		}
		b.WriteByte('$')
		b.WriteString(strconv.Itoa(first + i))
	}
	b.WriteByte(')')
	return b.String()
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}

// micros and instant convert between instants and the stored microseconds.
func micros(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMicro()
}

func instant(n int64) time.Time {
	if n == 0 {
		return time.Time{}
	}
	return time.UnixMicro(n).UTC()
}
