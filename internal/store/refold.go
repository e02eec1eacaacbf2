package store

import (
	"context"
	"database/sql"
	"fmt"
	"reflect"
	"strings"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/ledger"
)

// refoldPage is how many events one transaction of a refold replays.
const refoldPage = 500

// Refold rebuilds every current-state table from the log into another database,
// which must be migrated and without records. Forgotten events leave no rows:
// whoever forgets deletes the rows too, under the tombstone. It gives the number
// of events folded. progress may be nil. Errors: Corrupt for an event that does
// not open or carries a row of no known table.
func (l *Log) Refold(ctx context.Context, into *DB, progress func(done, size int64)) (int64, error) {
	const op = "store.Refold"
	byKind := map[seawall.RefKind]refolder{}
	for _, d := range tables() {
		byKind[d.kindName()] = d
	}
	var done int64
	for {
		var page []ledger.Event
		var size int64
		err := l.db.Read(ctx, func(tx seawall.Tx) (err error) {
			if size, _, err = l.Size(ctx, tx); err == nil {
				page, err = l.Events(ctx, tx, ledger.Query{After: done, Limit: refoldPage})
			}
			return err
		})
		if err != nil || len(page) == 0 {
			return done, seawall.Wrap(op, err)
		}
		err = into.Write(ctx, seawall.System("refold"), func(tx seawall.Tx) error {
			for _, ev := range page {
				if err := replayEvent(ctx, of(tx), byKind, ev); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return done, seawall.Wrap(op, err)
		}
		done = page[len(page)-1].Seq
		if progress != nil {
			progress(done, size)
		}
	}
}

func replayEvent(ctx context.Context, t *Tx, byKind map[seawall.RefKind]refolder, ev ledger.Event) error {
	for _, c := range ev.Changes {
		d := byKind[c.Kind]
		if d == nil {
			return seawall.E("store.replayEvent", seawall.Corrupt, "log_kind_unknown",
				"seq", fmt.Sprint(ev.Seq), "kind", string(c.Kind))
		}
		if err := d.replay(ctx, t, c.ID, c.Row); err != nil {
			return err
		}
	}
	return nil
}

// Differences compares the current-state tables of two databases row by row and
// describes at most 20 differences.
func Differences(ctx context.Context, a, b *DB) ([]string, error) {
	var out []string
	for _, d := range tables() {
		found, err := tableDifferences(ctx, a, b, d)
		if err != nil {
			return nil, seawall.Wrap("store.Differences", err)
		}
		if out = append(out, found...); len(out) >= 20 {
			return out[:20], nil
		}
	}
	return out, nil
}

func tableDifferences(ctx context.Context, a, b *DB, d refolder) (out []string, err error) {
	err = a.Read(ctx, func(atx seawall.Tx) error {
		return b.Read(ctx, func(btx seawall.Tx) error {
			left, err := openCursor(ctx, of(atx), d)
			if err != nil {
				return err
			}
			defer left.rows.Close()
			right, err := openCursor(ctx, of(btx), d)
			if err != nil {
				return err
			}
			defer right.rows.Close()
			out, err = compare(d, left, right)
			return err
		})
	})
	return out, err
}

// cursor walks over a table in the order of its key.
type cursor struct {
	rows *sql.Rows
	row  []any
}

func openCursor(ctx context.Context, t *Tx, d refolder) (*cursor, error) {
	cols := d.columnNames()
	rows, err := t.query(ctx, "store.Differences", "SELECT "+strings.Join(cols, ", ")+" FROM "+d.tableName()+" ORDER BY "+cols[0])
	return &cursor{rows: rows, row: make([]any, len(cols))}, err
}

// next reads a row; false at the end.
func (c *cursor) next() (bool, error) {
	if !c.rows.Next() {
		return false, c.rows.Err()
	}
	into := make([]any, len(c.row))
	for i := range into {
		c.row[i] = nil
		into[i] = &c.row[i]
	}
	if err := c.rows.Scan(into...); err != nil {
		return false, err
	}
	for i, v := range c.row {
		if b, ok := v.([]byte); ok {
			c.row[i] = string(b)
		}
	}
	return true, nil
}

func compare(d refolder, left, right *cursor) ([]string, error) {
	var out []string
	l, err := left.next()
	if err != nil {
		return nil, err
	}
	r, err := right.next()
	for err == nil && (l || r) && len(out) < 20 {
		order := 0
		switch {
		case !r:
			order = -1
		case !l:
			order = 1
		default:
			order = strings.Compare(fmt.Sprint(left.row[0]), fmt.Sprint(right.row[0]))
		}
		switch {
		case order < 0:
			out = append(out, fmt.Sprintf("%s %v: only in the first", d.tableName(), left.row[0]))
		case order > 0:
			out = append(out, fmt.Sprintf("%s %v: only in the second", d.tableName(), right.row[0]))
		default:
			out = append(out, columnDifferences(d, left.row, right.row)...)
		}
		if order <= 0 {
			l, err = left.next()
		}
		if order >= 0 && err == nil {
			r, err = right.next()
		}
	}
	return out, err
}

func columnDifferences(d refolder, l, r []any) (out []string) {
	for i, name := range d.columnNames() {
		if !reflect.DeepEqual(l[i], r[i]) {
			out = append(out, fmt.Sprintf("%s %v: %s is %v and %v", d.tableName(), l[0], name, l[i], r[i]))
		}
	}
	return out
}
