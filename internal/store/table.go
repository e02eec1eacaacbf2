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
}

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
	switch {
	case d.version == nil:
		if _, err := t.exec(ctx, op, d.upsertText(), args...); err != nil {
			return err
		}
	case d.version(&row) <= 1:
		if _, err := t.exec(ctx, op, d.insertText(), args...); err != nil {
			return err
		}
	default:
		q := fmt.Sprintf("UPDATE %s SET %s WHERE %s = $1 AND version = $%d", d.name, d.assignments(""), d.cols[0], len(args)+1)
		n, err := t.exec(ctx, op, q, append(args, d.version(&row)-1)...)
		if err != nil {
			return err
		}
		if n == 0 {
			return seawall.E(op, seawall.Conflict, "changed_meanwhile", "kind", string(d.kind), "id", d.id(&row))
		}
	}
	return t.changed(d.kind, d.id(&row), row)
}

// get reads the row with the key; NotFound names it.
func (d *table[T]) get(ctx context.Context, tx seawall.Tx, id string) (T, error) {
	row, found, err := d.first(ctx, tx, d.cols[0]+" = $1", id)
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

// list reads all rows that meet the tail of a statement ("WHERE … ORDER BY …").
func (d *table[T]) list(ctx context.Context, tx seawall.Tx, tail string, args ...any) ([]T, error) {
	t, op := of(tx), "store.list "+d.name
	rows, err := t.query(ctx, op, "SELECT "+d.columns("")+" FROM "+d.name+" "+tail, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	out := []T{}
	for rows.Next() {
		var row T
		if err := rows.Scan(d.fields(&row)...); err != nil {
			return nil, t.fail(op, err)
		}
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
