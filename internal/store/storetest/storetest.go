// Package storetest runs the same test on every database that Seawall supports,
// so that two databases keep one behaviour.
package storetest

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/hex"
	"net/url"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/oklog/ulid/v2"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/store"
	"github.com/seawall-city/seawall/internal/store/postgres"
	"github.com/seawall-city/seawall/internal/store/sqlite"
)

// EnvPostgres names the environment variable with the URL of a PostgreSQL
// server on which tests may create databases. Without it the PostgreSQL half of
// a test is skipped, or fails where EnvStrict is set.
const EnvPostgres = "SEAWALL_TEST_POSTGRES"

// EnvStrict makes a missing PostgreSQL a failure; make test sets it.
const EnvStrict = "SEAWALL_TEST_STRICT"

// Clock is a clock that tests move by hand; it is safe for many goroutines.
type Clock struct {
	mu  sync.Mutex
	now time.Time
}

// NewClock starts a clock at t.
func NewClock(t time.Time) *Clock { return &Clock{now: t} }

// Now gives the instant the test has set.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

// Advance moves the clock on.
func (c *Clock) Advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// Set puts the clock to an instant.
func (c *Clock) Set(t time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = t
}

// IDs mints monotonic ULIDs on a clock.
type IDs struct {
	mu      sync.Mutex
	clock   seawall.Clock
	entropy *ulid.MonotonicEntropy
}

// NewIDs makes a source on the clock.
func NewIDs(c seawall.Clock) *IDs {
	return &IDs{clock: c, entropy: ulid.Monotonic(rand.Reader, 0)}
}

// NewID gives a fresh ULID.
func (s *IDs) NewID() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return ulid.MustNew(ulid.Timestamp(s.clock.Now()), s.entropy).String()
}

// Start is the instant at which a test's clock starts: the afternoon of
// 28 March 2022 in Yancheng (16:00 in Asia/Shanghai).
func Start() time.Time { return time.Date(2022, 3, 28, 8, 0, 0, 0, time.UTC) }

// Each runs f as one subtest on SQLite and one on PostgreSQL, each with an
// empty, migrated database of its own and a clock at Start.
func Each(t *testing.T, f func(t *testing.T, db *store.DB, clock *Clock)) {
	t.Helper()
	for _, kind := range []string{"sqlite", "postgres"} {
		t.Run(kind, func(t *testing.T) {
			d := Driver(t, kind)
			clock := NewClock(Start())
			db := store.New(d, store.Options{Clock: clock, IDs: NewIDs(clock)})
			t.Cleanup(func() { db.Close() })
			if err := db.Migrate(context.Background()); err != nil {
				t.Fatalf("migrate: %v", err)
			}
			f(t, db, clock)
		})
	}
}

// Driver opens an empty database of the kind; PostgreSQL databases are dropped
// when the test ends.
func Driver(t testing.TB, kind string) store.Driver {
	t.Helper()
	if kind == "sqlite" {
		d, err := sqlite.Open(filepath.Join(t.TempDir(), "test.db"))
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	d, err := postgres.Open(PostgresURL(t, ""), 0)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// PostgresURL creates an empty database, by default in the server's locale,
// with options such as "TEMPLATE template0 LOCALE_PROVIDER icu ICU_LOCALE 'zh'"
// otherwise, and gives its URL.
func PostgresURL(t testing.TB, options string) string {
	t.Helper()
	server := os.Getenv(EnvPostgres)
	if server == "" {
		if os.Getenv(EnvStrict) != "" {
			t.Fatalf("%s is not set: run make test, which starts a PostgreSQL", EnvPostgres)
		}
		t.Skipf("%s is not set: set it to the URL of a PostgreSQL server where tests may create databases", EnvPostgres)
	}
	u, err := url.Parse(server)
	if err != nil {
		t.Fatalf("%s: %v", EnvPostgres, err)
	}
	admin, err := sql.Open("pgx", server)
	if err != nil {
		t.Fatal(err)
	}
	var b [6]byte
	rand.Read(b[:])
	name := "seawall_test_" + hex.EncodeToString(b[:])
	if _, err := admin.Exec("CREATE DATABASE " + name + " " + options); err != nil {
		t.Fatalf("create a test database: %v", err)
	}
	t.Cleanup(func() {
		admin.Exec("DROP DATABASE IF EXISTS " + name + " WITH (FORCE)")
		admin.Close()
	})
	u.Path = "/" + name
	return u.String()
}
