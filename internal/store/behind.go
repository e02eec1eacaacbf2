package store

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/seawall-city/seawall"
)

// A write transaction keeps the rows of some tables in hand and writes them many
// at a time: before a statement that could see them, and before it commits. What
// a caller can tell is as if each row had been written when it was saved, with
// one exception: that somebody else changed a row meanwhile (Conflict, with its
// kind and id) may only show when the rows are written, and ends the transaction
// then as it would have before.

// holder is the rows of one table that a transaction has in hand.
type holder interface {
	tableName() string
	empty() bool
	// write writes the rows and lets go of them.
	write(ctx context.Context, t *Tx) error
}

// held are the rows of one table in the order in which they were first saved.
type held[T any] struct {
	d    *table[T]
	rows map[string]*heldRow[T]
	ids  []string
}

// heldRow is the newest state of one row.
type heldRow[T any] struct {
	row  T
	args []any
	// was is the version that the database must hold, 0 where the row is new.
	was int
	// before are the columns as the database holds them, nil where this
	// transaction has not read them.
	before []any
}

func (h *held[T]) tableName() string { return h.d.name }
func (h *held[T]) empty() bool       { return len(h.ids) == 0 }

// heldBy gives the rows of a table that a transaction has in hand, nil if none.
func heldBy[T any](t *Tx, d *table[T]) *held[T] {
	for _, h := range t.held {
		if h.tableName() == d.name {
			return h.(*held[T])
		}
	}
	return nil
}

// hold takes a row in hand. Saved again in the same transaction it must be one
// version on, as the database would ask.
func (d *table[T]) hold(ctx context.Context, t *Tx, row T, args []any) error {
	op, id := "store.put "+d.name, d.id(&row)
	if err := readable(op, args); err != nil {
		return err
	}
	h := heldBy(t, d)
	if h == nil {
		h = &held[T]{d: d, rows: map[string]*heldRow[T]{}}
		t.held = append(t.held, h)
	}
	version := 0
	if d.version != nil {
		version = d.version(&row)
	}
	old, again := h.rows[id]
	switch {
	case !again:
		h.rows[id] = &heldRow[T]{row: row, args: args, was: max(version-1, 0)}
		h.ids = append(h.ids, id)
		if len(h.ids) >= ahead {
			return t.line.put(ctx, h.take(t))
		}
		return nil
	case d.version == nil:
	case version <= 1:
		return seawall.E(op, seawall.Conflict, "already_there")
	case version != d.version(&old.row)+1:
		return seawall.E(op, seawall.Conflict, "changed_meanwhile", "kind", string(d.kind), "id", id)
	}
	old.row, old.args = row, args
	return nil
}

// inHand gives the row with the key if the transaction has it in hand.
func (d *table[T]) inHand(t *Tx, id string) (row T, ok bool) {
	if h := heldBy(t, d); h != nil {
		if r, found := h.rows[id]; found {
			return r.row, true
		}
	}
	return row, false
}

// settle writes what is in hand of the tables that a statement names. The test
// is by the letters of the name, so it may write more than the statement sees,
// and never less.
func (t *Tx) settle(ctx context.Context, q string) error {
	if err := t.line.wait(); err != nil {
		return err
	}
	for _, h := range t.held {
		if !h.empty() && strings.Contains(q, h.tableName()) {
			if err := h.write(ctx, t); err != nil {
				return err
			}
		}
	}
	return nil
}

// settleAll writes everything in hand.
func (t *Tx) settleAll(ctx context.Context) error {
	if err := t.line.wait(); err != nil {
		return err
	}
	for _, h := range t.held {
		if err := h.write(ctx, t); err != nil {
			return err
		}
	}
	return nil
}

func (h *held[T]) write(ctx context.Context, t *Tx) error {
	job := h.take(t)
	return t.spoil(job(ctx))
}

// take lets go of the rows and gives what writes them.
func (h *held[T]) take(t *Tx) func(context.Context) error {
	ids, rows := h.ids, h.rows
	h.ids, h.rows = nil, map[string]*heldRow[T]{}
	seen := seenBy(t, h.d)
	var fresh, changed []*heldRow[T]
	for _, id := range ids {
		r := rows[id]
		if r.was == 0 {
			fresh = append(fresh, r)
		} else {
			r.before = seen.columns(r.row, r.was)
			changed = append(changed, r)
		}
		seen.written(r.row)
	}
	// In the order of their keys, so that two transactions that change the same
	// rows seldom wait for each other crosswise.
	slices.SortFunc(changed, func(a, b *heldRow[T]) int { return strings.Compare(h.d.id(&a.row), h.d.id(&b.row)) })
	return func(ctx context.Context) error {
		if err := h.d.insertHeld(ctx, t, fresh); err != nil {
			return err
		}
		return h.d.updateHeld(ctx, t, changed)
	}
}

// insertHeld inserts new rows; rows without versions take the place of older ones.
func (d *table[T]) insertHeld(ctx context.Context, t *Tx, rows []*heldRow[T]) error {
	conflict := ""
	if d.version == nil {
		conflict = " ON CONFLICT (" + d.cols[0] + ") DO UPDATE SET " + d.assignments("excluded")
	}
	return inSizes(rows, len(d.cols), func(part []*heldRow[T]) error {
		args := make([]any, 0, len(part)*len(d.cols))
		for _, r := range part {
			args = append(args, r.args...)
		}
		q := "INSERT {{or_fail}} INTO " + d.name + " (" + d.columns("") + ") VALUES " + valueMarks(len(part), len(d.cols)) + conflict
		_, err := t.run(ctx, "store.put "+d.name, q, args)
		return err
	})
}

// updateOne replaces one row.
func (d *table[T]) updateOne(ctx context.Context, t *Tx, row T, args []any, was int) error {
	op := "store.put " + d.name
	q := fmt.Sprintf("UPDATE %s SET %s WHERE %s = $1 AND version = $%d", d.name, d.assignments(""), d.cols[0], len(args)+1)
	n, err := t.run(ctx, op, q, append(slices.Clone(args), was))
	if err == nil && n == 0 {
		err = seawall.E(op, seawall.Conflict, "changed_meanwhile", "kind", string(d.kind), "id", d.id(&row))
	}
	return err
}

// columnTypes gives the SQL types of bound values, false when one is NULL and
// cannot tell.
func columnTypes(args []any) ([]string, bool) {
	types := make([]string, len(args))
	for i, a := range args {
		switch a.(type) {
		case int64:
			types[i] = "BIGINT"
		case string:
			types[i] = "TEXT"
		case float64:
			types[i] = "DOUBLE PRECISION"
		default:
			return nil, false
		}
	}
	return types, true
}

// inSizes calls f with stretches of rows in the fixed sizes.
func inSizes[R any](rows []R, width int, f func(part []R) error) error {
	for len(rows) > 0 {
		n := 1
		for _, size := range rowSizes {
			if size <= len(rows) && size*width <= maxValues {
				n = size
				break
			}
		}
		if err := f(rows[:n]); err != nil {
			return err
		}
		rows = rows[n:]
	}
	return nil
}
