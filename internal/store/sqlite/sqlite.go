// Package sqlite opens the default database: one file, one process, one writer
// and a pool of readers.
package sqlite

import (
	"context"
	"database/sql"
	sqldriver "database/sql/driver"
	"errors"
	"fmt"
	"net/url"
	"os"
	"runtime"
	"strings"
	"syscall"

	driver "modernc.org/sqlite"
	lib "modernc.org/sqlite/lib"

	"github.com/seawall-city/seawall"
)

// Driver is an opened SQLite database; it implements store.Driver.
type Driver struct {
	path           string
	writer, reader *sql.DB
	lock           *os.File
	checkpoints    checkpoints
}

// Open opens or creates the database file at path for this process alone; a
// second process is refused with Conflict. Commits are on disk when they
// return (WAL, synchronous FULL).
func Open(path string) (*Driver, error) {
	const op = "sqlite.Open"
	lock, err := os.OpenFile(path+".lock", os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, &seawall.Error{Op: op, Kind: seawall.Unavailable, Code: "database_path", Args: map[string]string{"path": path}, Err: err}
	}
	if err := syscall.Flock(int(lock.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		lock.Close()
		return nil, &seawall.Error{Op: op, Kind: seawall.Conflict, Code: "database_in_use", Args: map[string]string{"path": path}, Err: err}
	}
	if err := private(path); err != nil {
		lock.Close()
		return nil, &seawall.Error{Op: op, Kind: seawall.Unavailable, Code: "database_path", Args: map[string]string{"path": path}, Err: err}
	}
	d := &Driver{path: path, lock: lock}
	if d.writer, err = sql.Open("sqlite", dsn(path, true)); err == nil {
		d.writer.SetMaxOpenConns(1)
		err = d.writer.Ping()
	}
	if err == nil {
		if d.reader, err = sql.Open("sqlite", dsn(path, false)); err == nil {
			n := max(4, runtime.NumCPU())
			d.reader.SetMaxOpenConns(n)
			d.reader.SetMaxIdleConns(n)
			err = d.reader.Ping()
		}
	}
	if err == nil {
		err = d.checkpoints.start(path)
	}
	if err != nil {
		d.Close()
		return nil, &seawall.Error{Op: op, Kind: seawall.Unavailable, Code: "database_path", Args: map[string]string{"path": path}, Err: err}
	}
	return d, nil
}

// private makes the database file, and what SQLite puts beside it with the
// file's own mode, this user's alone, wherever it lies.
func private(path string) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	for _, p := range []string{path, path + "-wal", path + "-shm"} {
		if err := os.Chmod(p, 0o600); err != nil && !errors.Is(err, os.ErrNotExist) {
			return err
		}
	}
	return nil
}

// OpenSnapshot opens an existing database for reading beside the process that
// owns it: a backup of a running server. Nothing can be written through it.
func OpenSnapshot(path string) (*Driver, error) {
	const op = "sqlite.OpenSnapshot"
	if _, err := os.Stat(path); err != nil {
		return nil, &seawall.Error{Op: op, Kind: seawall.NotFound, Code: "database_path", Args: map[string]string{"path": path}, Err: err}
	}
	pool, err := sql.Open("sqlite", dsn(path, false))
	if err == nil {
		err = pool.Ping()
	}
	if err != nil {
		return nil, &seawall.Error{Op: op, Kind: seawall.Unavailable, Code: "database_path", Args: map[string]string{"path": path}, Err: err}
	}
	return &Driver{path: path, writer: pool, reader: pool}, nil
}

// dsn gives the connection text; the reader's connections refuse to write. The
// write-ahead log goes back into the file beside the writer (checkpoints); the
// writer does it itself only where that falls behind by 256 MiB. The writer may
// keep 256 MiB of pages, the inner ones of every index of a large database.
func dsn(path string, write bool) string {
	q := url.Values{}
	for _, p := range []string{"journal_mode(WAL)", "synchronous(FULL)", "busy_timeout(10000)", "foreign_keys(1)",
		"wal_autocheckpoint(65536)", "temp_store(MEMORY)", "mmap_size(2147418112)"} {
		q.Add("_pragma", p)
	}
	cache := 64 << 10
	if write {
		cache = 256 << 10
	}
	q.Add("_pragma", fmt.Sprintf("cache_size(-%d)", cache))
	if write {
		q.Set("_txlock", "immediate")
	} else {
		q.Add("_pragma", "query_only(1)")
	}
	return fmt.Sprintf("file:%s?%s", (&url.URL{Path: path}).EscapedPath(), q.Encode())
}

// Name is "sqlite".
func (d *Driver) Name() string { return "sqlite" }

// Path is the database file.
func (d *Driver) Path() string { return d.path }

// Writer is the pool of one writing connection.
func (d *Driver) Writer() *sql.DB { return d.writer }

// BeginAgain opens a write transaction that is not on disk when its commit
// returns, but with the next one that is: a power failure may take back what has
// committed so, the last first and never a part. end gives the connection back.
func (d *Driver) BeginAgain(ctx context.Context) (tx *sql.Tx, end func(), err error) {
	conn, err := d.writer.Conn(ctx)
	if err != nil {
		return nil, nil, err
	}
	end = func() {
		if _, err := conn.ExecContext(context.WithoutCancel(ctx), "PRAGMA synchronous = FULL"); err != nil {
			_ = conn.Raw(func(any) error { return sqldriver.ErrBadConn }) // never used again
		}
		_ = conn.Close()
	}
	if _, err = conn.ExecContext(ctx, "PRAGMA synchronous = NORMAL"); err == nil {
		tx, err = conn.BeginTx(ctx, nil)
	}
	if err != nil {
		end()
		return nil, nil, err
	}
	return tx, end, nil
}

// Reader is the pool of reading connections.
func (d *Driver) Reader() *sql.DB { return d.reader }

// Macro gives SQLite's text of a macro; {{by_name}} makes it use that index.
func (d *Driver) Macro(name string) (string, bool) {
	if index, ok := strings.CutPrefix(name, "by_"); ok {
		return "INDEXED BY " + index, true
	}
	m := map[string]string{
		"skip_locked": "",
		// A statement that fails ends its transaction: it need not be able to be
		// taken back by itself, which costs a copy of every page it writes.
		"or_fail":    "OR FAIL",
		"for_update": "",
		"bytes":      "BLOB",
		"bigint":     "INTEGER",
		"text":       "TEXT",
		"real":       "REAL",
		"strict":     "STRICT",
		// A table that is its own index.
		"keyed":         "STRICT, WITHOUT ROWID",
		"for_key_share": "",
		"serial":        "INTEGER PRIMARY KEY AUTOINCREMENT",
	}
	s, ok := m[name]
	return s, ok
}

// Numbered is false: $n becomes ?n.
func (d *Driver) Numbered() bool { return false }

// ReadOptions opens an ordinary transaction; WAL gives it one snapshot.
func (d *Driver) ReadOptions() *sql.TxOptions { return nil }

// IsUnique reports a violated unique or primary key.
func (d *Driver) IsUnique(err error) bool {
	var e *driver.Error
	return errors.As(err, &e) && (e.Code() == lib.SQLITE_CONSTRAINT_UNIQUE || e.Code() == lib.SQLITE_CONSTRAINT_PRIMARYKEY)
}

// IsRetry reports a busy database: a checkpoint or a reader's snapshot in the way.
func (d *Driver) IsRetry(err error) bool {
	var e *driver.Error
	return errors.As(err, &e) && e.Code()&0xff == lib.SQLITE_BUSY
}

// Close closes the pools and gives the file free for another process.
func (d *Driver) Close() error {
	errs := []error{d.checkpoints.end()}
	if d.reader != nil {
		errs = append(errs, d.reader.Close())
	}
	if d.writer != nil {
		errs = append(errs, d.writer.Close())
	}
	if d.lock != nil {
		errs = append(errs, d.lock.Close())
	}
	return errors.Join(errs...)
}
