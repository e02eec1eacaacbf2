// Package store keeps records in SQL. Statements are visible text beside their
// scan, the same text for SQLite and PostgreSQL; the packages store/sqlite and
// store/postgres hold only what differs. It implements the Store interface of
// every domain package on one type, DB, and the unit of work they share.
package store

import (
	"context"
	"database/sql"
	"regexp"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/seawall-city/seawall"
)

// Driver is what differs between the two databases.
type Driver interface {
	// Name is "sqlite" or "postgres".
	Name() string
	// Writer and Reader are the pools; PostgreSQL uses one for both.
	Writer() *sql.DB
	Reader() *sql.DB
	// Macro gives the dialect's text for a {{name}} in a statement.
	Macro(name string) (string, bool)
	// Numbered tells whether $n placeholders stay as they are.
	Numbered() bool
	// ReadOptions opens a read transaction on one consistent snapshot.
	ReadOptions() *sql.TxOptions
	// IsUnique reports a violated unique key; IsRetry a serialisation failure
	// or deadlock after which the transaction may run again.
	IsUnique(error) bool
	IsRetry(error) bool
	// Close releases the pools and the process lock.
	Close() error
}

// Options are what a DB is given from outside.
type Options struct {
	Clock seawall.Clock
	IDs   seawall.IDSource
	// Zone is the city's time zone, in which instants fall on days; nil is
	// China's, eight hours ahead of UTC.
	Zone *time.Location
}

// DB is the records' database. It implements seawall.UnitOfWork and the Store
// interfaces of the domain packages.
type DB struct {
	driver Driver
	clock  seawall.Clock
	ids    seawall.IDSource
	zone   *time.Location
	// texts caches statements in the driver's dialect, at most maxTexts.
	texts  sync.Map
	cached atomic.Int32
	writer *statements
	reader *statements
}

// New makes a DB over an opened driver. Run Migrate before using it.
func New(d Driver, o Options) *DB {
	if o.Zone == nil {
		o.Zone = time.FixedZone("CST", 8*60*60)
	}
	return &DB{driver: d, clock: o.Clock, ids: o.IDs, zone: o.Zone,
		writer: newStatements(d.Writer()), reader: newStatements(d.Reader())}
}

// Driver gives the driver, for maintenance (backup, doctor).
func (db *DB) Driver() Driver { return db.driver }

// Close closes the prepared statements and the driver.
func (db *DB) Close() error {
	db.writer.close()
	db.reader.close()
	return db.driver.Close()
}

// Ping asks both pools for a sign of life.
func (db *DB) Ping(ctx context.Context) error {
	if err := db.driver.Writer().PingContext(ctx); err != nil {
		return &seawall.Error{Op: "store.Ping", Kind: seawall.Unavailable, Code: "database_away", Err: err}
	}
	return nil
}

var (
	placeholder = regexp.MustCompile(`\$([0-9]+)`)
	macro       = regexp.MustCompile(`\{\{([a-z0-9_]+)\}\}`)
)

// text gives the statement in the driver's dialect: macros expanded and, for
// SQLite, $n written ?n (which it numbers explicitly; $n would be numbered by
// first use).
func (db *DB) text(q string) string {
	if t, ok := db.texts.Load(q); ok {
		return t.(string)
	}
	t := Render(db.driver, q)
	if db.cached.Add(1) <= maxTexts {
		db.texts.Store(q, t)
	}
	return t
}

// maxTexts bounds the cache of texts: what people filter by makes more of them
// than are worth keeping.
const maxTexts = 2000

// Render expands the macros and placeholders of a statement for a driver.
func Render(d Driver, q string) string {
	t := macro.ReplaceAllStringFunc(q, func(m string) string {
		if s, ok := d.Macro(m[2 : len(m)-2]); ok {
			return s
		}
		return m
	})
	if d.Numbered() {
		return t
	}
	// SQLite looks numbered parameters up one by one at each binding: a statement
	// of a thousand spends most of its time there. Where every number stands once
	// and in order, a plain question mark means the same and costs nothing.
	if inOrder(placeholder.FindAllStringSubmatch(t, -1)) {
		return placeholder.ReplaceAllLiteralString(t, "?")
	}
	return placeholder.ReplaceAllString(t, "?$1")
}

// inOrder reports whether placeholders are numbered 1, 2, 3 and so on.
func inOrder(found [][]string) bool {
	for i, m := range found {
		if m[1] != strconv.Itoa(i+1) {
			return false
		}
	}
	return true
}

// statements keeps prepared handles of one pool. A statement is prepared after
// the first transaction that used it has ended, because a pool of one
// connection cannot prepare while that connection is busy.
type statements struct {
	pool *sql.DB
	mu   sync.RWMutex
	byQ  map[string]*sql.Stmt
}

// maxStatements bounds the prepared handles of a pool; list queries with many
// filter combinations beyond it run unprepared.
const maxStatements = 400

func newStatements(pool *sql.DB) *statements {
	return &statements{pool: pool, byQ: map[string]*sql.Stmt{}}
}

func (s *statements) get(q string) *sql.Stmt {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.byQ[q]
}

// prepare prepares statements. It holds no lock while it waits for a connection:
// with a pool of one, the transaction that has it asks for statements meanwhile.
func (s *statements) prepare(ctx context.Context, qs map[string]bool) {
	for q := range qs {
		s.mu.RLock()
		full := s.byQ[q] != nil || len(s.byQ) >= maxStatements
		s.mu.RUnlock()
		if full {
			continue
		}
		// The lock is free meanwhile: who has the pool's only connection may be
		// asking for a statement.
		st, err := s.pool.PrepareContext(ctx, q)
		if err != nil {
			continue
		}
		s.mu.Lock()
		if s.byQ[q] == nil {
			s.byQ[q], st = st, nil
		}
		s.mu.Unlock()
		if st != nil {
			st.Close()
		}
	}
}

func (s *statements) close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for q, st := range s.byQ {
		st.Close()
		delete(s.byQ, q)
	}
}

// micro rounds an instant to the precision the database keeps.
func micro(t time.Time) time.Time { return t.UTC().Truncate(time.Microsecond) }
