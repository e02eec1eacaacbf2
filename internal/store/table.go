package store

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/seawall-city/seawall"
)

// table describes one current-state table: its columns and the fields of the
// row that they hold, in the same order, the key first.
type table[T any] struct {
	kind seawall.RefKind
	name string
	// cols are the column names, the primary key first.
	cols []string
	// fields gives pointers or adapters for the columns of a row.
	fields func(*T) []any
	// id gives the row's key, version its version (nil: rows are upserted
	// without an optimistic lock).
	id      func(*T) string
	version func(*T) int
	// behind lets a transaction keep saved rows in hand and write them together
	// (behind.go); new ones only where no other key than the first is unique.
	behind lag
}

// lag says which rows of a table are written together.
type lag int

const (
	atOnce      lag = iota // none: each when it is saved
	allBehind              // new and changed ones
	onlyChanged            // changed ones
)

// columns gives the select list, each name prefixed when a prefix is given.
func (d *table[T]) columns(prefix string) string {
	if prefix == "" {
		return strings.Join(d.cols, ", ")
	}
	out := make([]string, len(d.cols))
	for i, c := range d.cols {
		out[i] = prefix + "." + c
	}
	return strings.Join(out, ", ")
}

func (d *table[T]) insertText() string {
	marks := make([]string, len(d.cols))
	for i := range d.cols {
		marks[i] = fmt.Sprintf("$%d", i+1)
	}
	return "INSERT INTO " + d.name + " (" + d.columns("") + ") VALUES (" + strings.Join(marks, ", ") + ")"
}

func (d *table[T]) assignments(from string) string {
	sets := make([]string, 0, len(d.cols))
	for i, c := range d.cols[1:] {
		if from != "" {
			sets = append(sets, c+" = "+from+"."+c)
		} else {
			sets = append(sets, fmt.Sprintf("%s = $%d", c, i+2))
		}
	}
	return strings.Join(sets, ", ")
}

func (d *table[T]) upsertText() string {
	return d.insertText() + " ON CONFLICT (" + d.cols[0] + ") DO UPDATE SET " + d.assignments("excluded")
}

// put writes a row and hands its after-image to the next event. With versions,
// version 1 inserts and version n replaces n-1; anything else is a Conflict.
func (d *table[T]) put(ctx context.Context, tx seawall.Tx, row T) error {
	t, op := of(tx), "store.put "+d.name
	args, err := bind(d.fields(&row))
	if err != nil {
		return &seawall.Error{Op: op, Err: err}
	}
	old := d.version != nil && d.version(&row) > 1
	switch {
	case d.behind == allBehind, d.behind == onlyChanged && old:
		err = d.hold(ctx, t, row, args)
	case d.version == nil:
		_, err = t.exec(ctx, op, d.upsertText(), args...)
	case !old:
		_, err = t.exec(ctx, op, d.insertText(), args...)
	default:
		if err = readable(op, args); err == nil {
			err = t.line.wait()
		}
		if err == nil {
			err = d.updateOne(ctx, t, row, args, d.version(&row)-1)
		}
	}
	if err != nil {
		return err
	}
	return t.changed(d.kind, d.id(&row), row)
}

// get reads the row with the key; NotFound names it.
func (d *table[T]) get(ctx context.Context, tx seawall.Tx, id string) (T, error) {
	if row, ok := d.inHand(of(tx), id); ok {
		return row, nil
	}
	row, found, err := d.byKey(ctx, of(tx), id)
	if err == nil && !found {
		err = seawall.E("store.get "+d.name, seawall.NotFound, "not_found", "kind", string(d.kind), "id", id)
	}
	return row, err
}

// first reads the first row that meets a condition.
func (d *table[T]) first(ctx context.Context, tx seawall.Tx, where string, args ...any) (row T, found bool, err error) {
	found, err = of(tx).one(ctx, "store.get "+d.name,
		"SELECT "+d.columns("")+" FROM "+d.name+" WHERE "+where, args, d.fields(&row)...)
	return row, found, err
}

// byKey reads a row that is not in hand; the ones that are can stay there.
func (d *table[T]) byKey(ctx context.Context, t *Tx, id string) (row T, found bool, err error) {
	op := "store.get " + d.name
	if err := readable(op, []any{id}); err != nil {
		return row, false, err
	}
	if err := t.line.wait(); err != nil {
		return row, false, err
	}
	rows, err := t.ask(ctx, op, "SELECT "+d.columns("")+" FROM "+d.name+" WHERE "+d.cols[0]+" = $1", []any{id})
	if err != nil {
		return row, false, err
	}
	defer rows.Close()
	if !rows.Next() {
		return row, false, t.fail(op, rows.Err())
	}
	if err := rows.Scan(d.fields(&row)...); err != nil {
		return row, false, t.fail(op, err)
	}
	seenBy(t, d).read(row)
	return row, true, t.fail(op, rows.Err())
}

// list reads all rows that meet the tail of a statement ("WHERE … ORDER BY …").
func (d *table[T]) list(ctx context.Context, tx seawall.Tx, tail string, args ...any) ([]T, error) {
	t, op := of(tx), "store.list "+d.name
	rows, err := t.query(ctx, op, "SELECT "+d.columns("")+" FROM "+d.name+" "+tail, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	out, seen := []T{}, seenBy(t, d)
	for rows.Next() {
		var row T
		if err := rows.Scan(d.fields(&row)...); err != nil {
			return nil, t.fail(op, err)
		}
		seen.read(row)
		out = append(out, row)
	}
	return out, t.fail(op, rows.Err())
}

// remove deletes a row; the next event says so.
func (d *table[T]) remove(ctx context.Context, tx seawall.Tx, id string) error {
	t, op := of(tx), "store.remove "+d.name
	n, err := t.exec(ctx, op, "DELETE FROM "+d.name+" WHERE "+d.cols[0]+" = $1", id)
	if err != nil {
		return err
	}
	if n == 0 {
		return seawall.E(op, seawall.NotFound, "not_found", "kind", string(d.kind), "id", id)
	}
	return t.changed(d.kind, id, nil)
}

// refolder is the part of a table that rebuilding from the log needs.
type refolder interface {
	kindName() seawall.RefKind
	tableName() string
	columnNames() []string
	// replay writes an after-image as it is (nil deletes), without a new event.
	replay(ctx context.Context, t *Tx, id string, image json.RawMessage) error
}

func (d *table[T]) kindName() seawall.RefKind { return d.kind }
func (d *table[T]) tableName() string         { return d.name }
func (d *table[T]) columnNames() []string     { return d.cols }

func (d *table[T]) replay(ctx context.Context, t *Tx, id string, image json.RawMessage) error {
	op := "store.replay " + d.name
	if len(image) == 0 || string(image) == "null" {
		_, err := t.exec(ctx, op, "DELETE FROM "+d.name+" WHERE "+d.cols[0]+" = $1", id)
		return err
	}
	var row T
	if err := json.Unmarshal(image, &row); err != nil {
		return &seawall.Error{Op: op, Kind: seawall.Corrupt, Err: err}
	}
	args, err := bind(d.fields(&row))
	if err != nil {
		return &seawall.Error{Op: op, Err: err}
	}
	_, err = t.exec(ctx, op, d.upsertText(), args...)
	return err
}
