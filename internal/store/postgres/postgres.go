// Package postgres opens the production database; any number of processes may.
package postgres

import (
	"context"
	"database/sql"
	"errors"
	"net/url"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib" // also registers "pgx" with database/sql

	"github.com/seawall-city/seawall"
)

// Driver is an opened PostgreSQL database; it implements store.Driver.
type Driver struct{ pool *sql.DB }

// Open connects to the database of a postgres:// URL with at most conns
// connections (0: 16). Errors: Unavailable.
func Open(url string, conns int) (*Driver, error) {
	const op = "postgres.Open"
	away := func(err error) error {
		return &seawall.Error{Op: op, Kind: seawall.Unavailable, Code: "database_away", Err: err}
	}
	c, err := pgx.ParseConfig(url)
	if err != nil {
		return nil, away(err)
	}
	pool := stdlib.OpenDB(*c, stdlib.OptionAfterConnect(func(ctx context.Context, conn *pgx.Conn) error {
		_, err := conn.Exec(ctx, session)
		return err
	}))
	if conns == 0 {
		conns = 16
	}
	pool.SetMaxOpenConns(conns)
	pool.SetMaxIdleConns(conns)
	if err := pool.Ping(); err != nil {
		pool.Close()
		return nil, away(err)
	}
	return &Driver{pool: pool}, nil
}

// session is set on every connection: our lists read indexes, which the usual
// price of a random page (meant for spinning disks) makes the planner avoid;
// compiling a query takes longer than any of ours runs; and a plan that serves
// any values takes a county's range and the city's for the same.
const session = "SET random_page_cost = 1.1; SET jit = off; SET plan_cache_mode = force_custom_plan"

// Name is "postgres".
func (d *Driver) Name() string { return "postgres" }

// Writer is the pool.
func (d *Driver) Writer() *sql.DB { return d.pool }

// Reader is the same pool.
func (d *Driver) Reader() *sql.DB { return d.pool }

// Macro gives PostgreSQL's text of a macro; {{by_name}} is empty, because its
// planner knows the data.
func (d *Driver) Macro(name string) (string, bool) {
	if strings.HasPrefix(name, "by_") {
		return "", true
	}
	m := map[string]string{
		"skip_locked": "FOR UPDATE SKIP LOCKED",
		"or_fail":     "",
		"for_update":  "FOR UPDATE",
		"bytes":       "BYTEA",
		"bigint":      "BIGINT",
		// Every text compares by bytes, as in SQLite, whatever the locale.
		"text":   `TEXT COLLATE "C"`,
		"real":   "DOUBLE PRECISION",
		"strict": "",
		"keyed":  "",
		// Keeps a row from being deleted, without waiting for other writers.
		"for_key_share": "FOR KEY SHARE",
		"serial":        "BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY",
	}
	s, ok := m[name]
	return s, ok
}

// Numbered is true: $n is its own notation.
func (d *Driver) Numbered() bool { return true }

// BeginAgain opens a write transaction whose commit does not wait for the disk:
// a power failure may take it back, but none that committed before it.
func (d *Driver) BeginAgain(ctx context.Context) (tx *sql.Tx, end func(), err error) {
	if tx, err = d.Writer().BeginTx(ctx, nil); err != nil {
		return nil, nil, err
	}
	if _, err := tx.ExecContext(ctx, "SET LOCAL synchronous_commit = off"); err != nil {
		_ = tx.Rollback()
		return nil, nil, err
	}
	return tx, func() {}, nil
}

// ReadOptions opens a read-only transaction that sees one snapshot.
func (d *Driver) ReadOptions() *sql.TxOptions {
	return &sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true}
}

// IsUnique reports SQLSTATE 23505.
func (d *Driver) IsUnique(err error) bool {
	var e *pgconn.PgError
	return errors.As(err, &e) && e.Code == "23505"
}

// IsRetry reports a serialisation failure (40001) or a deadlock (40P01).
func (d *Driver) IsRetry(err error) bool {
	var e *pgconn.PgError
	return errors.As(err, &e) && (e.Code == "40001" || e.Code == "40P01")
}

// Close closes the pool.
func (d *Driver) Close() error { return d.pool.Close() }

// CreateDatabase creates an empty database of a plain name on the server of a
// URL and gives its URL and what drops it again: for measurements that must not
// touch anybody's data. Errors: Invalid, Unavailable.
func CreateDatabase(ctx context.Context, server, name string) (string, func() error, error) {
	const op = "postgres.CreateDatabase"
	u, err := url.Parse(server)
	if err != nil {
		return "", nil, &seawall.Error{Op: op, Kind: seawall.Invalid, Code: "database_url", Args: map[string]string{"value": "postgres://…"}, Err: err}
	}
	admin, err := sql.Open("pgx", server)
	if err == nil {
		_, err = admin.ExecContext(ctx, "CREATE DATABASE "+name)
	}
	if err != nil {
		return "", nil, &seawall.Error{Op: op, Kind: seawall.Unavailable, Code: "database_away", Err: err}
	}
	u.Path = "/" + name
	return u.String(), func() error {
		_, err := admin.ExecContext(context.WithoutCancel(ctx), "DROP DATABASE IF EXISTS "+name+" WITH (FORCE)")
		return errors.Join(err, admin.Close())
	}, nil
}
