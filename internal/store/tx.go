package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/ledger"
)

// Tx is one transaction; it implements seawall.Tx.
type Tx struct {
	db    *DB
	sql   *sql.Tx
	now   time.Time
	actor seawall.Actor
	write bool
	// pending are after-images of rows written since the last event.
	pending []ledger.Change
	// recorded are events to be written when fn has returned; before does it.
	recorded []*recorded
	// flushed are how many of them were handed over to be written.
	flushed int
	before  []func(context.Context) error
	// held are rows to be written, by table in the order of the first one; line
	// writes them beside the transaction where they are many.
	held []holder
	line line
	// seen are the rows that were read, by table, nil where nobody will ask;
	// beside those that were read beside the transaction, under mu.
	seen   map[string]any
	mu     sync.Mutex
	beside []map[string]any
	// spoilt is why the transaction cannot commit, though its function may.
	spoilt error
	// fresh are statements to prepare once the transaction has ended.
	fresh map[string]bool
	// after runs once the transaction has committed.
	after []func()
}

// Now is the one instant of this transaction.
func (t *Tx) Now() time.Time { return t.now }

// NewID mints an identifier.
func (t *Tx) NewID() string { return t.db.ids.NewID() }

// Actor is who the transaction acts for.
func (t *Tx) Actor() seawall.Actor { return t.actor }

// attempts bounds how often a transaction runs again after a serialisation
// failure before the caller is told to try later.
const attempts = 8

// Write runs fn in a read-write transaction; see seawall.UnitOfWork.
func (db *DB) Write(ctx context.Context, actor seawall.Actor, fn func(tx seawall.Tx) error) error {
	const op = "store.Write"
	for n := 1; ; n++ {
		err := db.once(ctx, op, true, actor, fn)
		if err == nil || n == attempts || !db.driver.IsRetry(err) {
			return err
		}
	}
}

// Read runs fn on one consistent snapshot.
func (db *DB) Read(ctx context.Context, fn func(tx seawall.Tx) error) error {
	return db.once(ctx, "store.Read", false, seawall.Actor{}, fn)
}

func (db *DB) once(ctx context.Context, op string, write bool, actor seawall.Actor, fn func(tx seawall.Tx) error) (err error) {
	sts := db.reader
	if write {
		sts = db.writer
	}
	raw, end, err := db.begin(ctx, write)
	if err != nil {
		return &seawall.Error{Op: op, Kind: seawall.Unavailable, Code: "database_away", Err: err}
	}
	t := &Tx{db: db, sql: raw, now: micro(db.clock.Now()), actor: actor, write: write, fresh: map[string]bool{}}
	if write {
		t.seen = map[string]any{}
	}
	done := false
	defer func() {
		t.line.end()
		if !done { // an error or a panic in fn: nothing of it remains
			raw.Rollback()
			end()
		}
	}()
	if err := fn(t); err != nil {
		return err
	}
	if len(t.pending) > 0 {
		return &seawall.Error{Op: op, Kind: seawall.Other, Err: fmt.Errorf(
			"%d changed rows (first %s/%s) have no event: record one before the transaction ends",
			len(t.pending), t.pending[0].Kind, t.pending[0].ID)}
	}
	if err := t.settleAll(ctx); err != nil {
		return err
	}
	for _, f := range t.before {
		if err := f(ctx); err != nil {
			return err
		}
	}
	if t.spoilt != nil {
		return t.spoilt
	}
	done = true
	err = raw.Commit()
	if err != nil {
		raw.Rollback()
	}
	end()
	if err != nil {
		return &seawall.Error{Op: op, Kind: seawall.Unavailable, Code: "database_away", Err: err}
	}
	if d, ok := db.driver.(interface{ Committed(large bool) }); ok && write {
		d.Committed(t.line.jobs != nil)
	}
	sts.prepare(context.WithoutCancel(ctx), t.fresh)
	for _, f := range t.after {
		f()
	}
	return nil
}

// begin opens a transaction; end gives its connection back where it was taken out
// of the pool, once it has ended.
func (db *DB) begin(ctx context.Context, write bool) (raw *sql.Tx, end func(), err error) {
	end = func() {}
	d, can := db.driver.(interface {
		BeginAgain(ctx context.Context) (*sql.Tx, func(), error)
	})
	switch {
	case !write:
		raw, err = db.driver.Reader().BeginTx(ctx, db.driver.ReadOptions())
	case can && seawall.DoneAgain(ctx):
		raw, end, err = d.BeginAgain(ctx)
	default:
		raw, err = db.driver.Writer().BeginTx(ctx, nil)
	}
	return raw, end, err
}

// spoil notes an error after which a statement may have been done in part.
func (t *Tx) spoil(err error) error {
	if t.spoilt == nil {
		t.spoilt = err
	}
	return err
}

// of looks inside a transaction; a foreign one is a defect of the caller.
func of(tx seawall.Tx) *Tx { return tx.(*Tx) }

func (t *Tx) stmt(ctx context.Context, q string) *sql.Stmt {
	sts := t.db.reader
	if t.write {
		sts = t.db.writer
	}
	if st := sts.get(q); st != nil {
		return t.sql.StmtContext(ctx, st)
	}
	t.fresh[q] = true
	return nil
}

// exec runs a statement and gives the number of rows it touched.
func (t *Tx) exec(ctx context.Context, op, q string, args ...any) (int64, error) {
	if err := t.settle(ctx, q); err != nil {
		return 0, err
	}
	if err := readable(op, args); err != nil {
		return 0, err
	}
	return t.run(ctx, op, q, args)
}

// run is exec on the database as it is, whatever rows are in hand; it is for the
// line itself, or for who has waited for it.
func (t *Tx) run(ctx context.Context, op, q string, args []any) (int64, error) {
	q = t.db.text(q)
	var err error
	var res sql.Result
	if st := t.stmt(ctx, q); st != nil {
		res, err = st.ExecContext(ctx, args...)
	} else {
		res, err = t.sql.ExecContext(ctx, q, args...)
	}
	if err != nil {
		return 0, t.fail(op, err)
	}
	return res.RowsAffected()
}

// query runs a statement that gives rows; the caller closes them.
func (t *Tx) query(ctx context.Context, op, q string, args ...any) (*sql.Rows, error) {
	if err := t.settle(ctx, q); err != nil {
		return nil, err
	}
	if err := readable(op, args); err != nil {
		return nil, err
	}
	return t.ask(ctx, op, q, args)
}

// ask is query on the database as it is, whatever rows are in hand, as run is exec.
func (t *Tx) ask(ctx context.Context, op, q string, args []any) (*sql.Rows, error) {
	q = t.db.text(q)
	var err error
	var rows *sql.Rows
	if st := t.stmt(ctx, q); st != nil {
		rows, err = st.QueryContext(ctx, args...)
	} else {
		rows, err = t.sql.QueryContext(ctx, q, args...)
	}
	if err != nil {
		return nil, t.fail(op, err)
	}
	return rows, nil
}

// readable refuses texts that one database would keep and the other would not:
// broken UTF-8 and the character zero.
func readable(op string, args []any) error {
	for _, a := range args {
		if s, ok := a.(string); ok && (!utf8.ValidString(s) || strings.IndexByte(s, 0) >= 0) {
			return seawall.E(op, seawall.Invalid, "text_unreadable")
		}
	}
	return nil
}

// one runs a statement that gives at most one row and scans it into dest;
// found is false when there is none.
func (t *Tx) one(ctx context.Context, op, q string, args []any, dest ...any) (found bool, err error) {
	rows, err := t.query(ctx, op, q, args...)
	if err != nil {
		return false, err
	}
	defer rows.Close()
	if !rows.Next() {
		return false, t.fail(op, rows.Err())
	}
	if err := rows.Scan(dest...); err != nil {
		return false, t.fail(op, err)
	}
	return true, t.fail(op, rows.Err())
}

// fail gives a database error its operation and kind.
func (t *Tx) fail(op string, err error) error {
	if err == nil {
		return nil
	}
	var known *seawall.Error
	if errors.As(err, &known) {
		return seawall.Wrap(op, err)
	}
	if t.db.driver.IsUnique(err) {
		return &seawall.Error{Op: op, Kind: seawall.Conflict, Code: "already_there", Err: err}
	}
	return &seawall.Error{Op: op, Err: err}
}

// changed hands the after-image of a row to the next event; row nil means that
// the row was deleted.
func (t *Tx) changed(kind seawall.RefKind, id string, row any) error {
	c := ledger.Change{Kind: kind, ID: id}
	if row != nil {
		b, err := json.Marshal(row)
		if err != nil {
			return &seawall.Error{Op: "store.changed", Err: err}
		}
		c.Row = b
	}
	t.pending = append(t.pending, c)
	return nil
}

// takePending gives the changes that the next event carries and clears them.
func (t *Tx) takePending() []ledger.Change {
	p := t.pending
	t.pending = nil
	return p
}

// afterCommit runs f once the transaction has committed.
func (t *Tx) afterCommit(f func()) { t.after = append(t.after, f) }
