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
func (d *table[T]) hold(t *Tx, row T, args []any) error {
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
	for _, h := range t.held {
		if err := h.write(ctx, t); err != nil {
			return err
		}
	}
	return nil
}

func (h *held[T]) write(ctx context.Context, t *Tx) error {
	ids, rows := h.ids, h.rows
	h.ids, h.rows = nil, map[string]*heldRow[T]{}
	var fresh, changed []*heldRow[T]
	for _, id := range ids {
		if r := rows[id]; r.was == 0 {
			fresh = append(fresh, r)
		} else {
			changed = append(changed, r)
		}
	}
	if err := h.d.insertHeld(ctx, t, fresh); err != nil {
		return err
	}
	// In the order of their keys, so that two transactions that change the same
	// rows seldom wait for each other crosswise.
	slices.SortFunc(changed, func(a, b *heldRow[T]) int { return strings.Compare(h.d.id(&a.row), h.d.id(&b.row)) })
	return h.d.updateHeld(ctx, t, changed)
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
		q := "INSERT INTO " + d.name + " (" + d.columns("") + ") VALUES " + valueMarks(len(part), len(d.cols)) + conflict
		_, err := t.run(ctx, "store.put "+d.name, q, args)
		return err
	})
}

// updateHeld replaces rows whose version in the database is the one they were
// read at. Errors: Conflict, naming the first row that has another one.
func (d *table[T]) updateHeld(ctx context.Context, t *Tx, rows []*heldRow[T]) error {
	return inSizes(rows, len(d.cols)+1, func(part []*heldRow[T]) error {
		types, ok := columnTypes(part[0].args)
		if len(part) == 1 || !ok {
			for _, r := range part {
				if err := d.updateOne(ctx, t, r.row, r.args, r.was); err != nil {
					return err
				}
			}
			return nil
		}
		args := make([]any, 0, len(part)*(len(d.cols)+1))
		for _, r := range part {
			args = append(append(args, r.args...), int64(r.was))
		}
		return d.updateMany(ctx, t, part, d.updateText(len(part), types), args)
	})
}

func (d *table[T]) updateMany(ctx context.Context, t *Tx, part []*heldRow[T], q string, args []any) error {
	op := "store.put " + d.name
	rows, err := t.ask(ctx, op, q, args)
	if err != nil {
		return err
	}
	defer rows.Close()
	done := make(map[string]bool, len(part))
	for rows.Next() {
		var id string
		if err := rows.Scan(&id); err != nil {
			return t.fail(op, err)
		}
		done[id] = true
	}
	if err := rows.Err(); err != nil {
		return t.fail(op, err)
	}
	for _, r := range part {
		if id := d.id(&r.row); !done[id] {
			return seawall.E(op, seawall.Conflict, "changed_meanwhile", "kind", string(d.kind), "id", id)
		}
	}
	return nil
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

// updateText gives the statement that replaces n rows. Its list of values has
// the columns and, last, the version that each row was read at; the first of the
// list tells the types, which one of the databases would else take for text.
func (d *table[T]) updateText(n int, types []string) string {
	sets := make([]string, 0, len(d.cols))
	for i, c := range d.cols[1:] {
		sets = append(sets, fmt.Sprintf("%s = v.column%d", c, i+2))
	}
	width := len(d.cols) + 1
	first := make([]string, width)
	for i := range first {
		kind := "BIGINT"
		if i < len(types) {
			kind = types[i]
		}
		first[i] = fmt.Sprintf("CAST($%d AS %s)", i+1, kind)
	}
	var b strings.Builder
	b.WriteString("UPDATE " + d.name + " SET " + strings.Join(sets, ", ") + " FROM (VALUES (" + strings.Join(first, ", ") + ")")
	for r := 1; r < n; r++ {
		b.WriteString(", (" + marksFrom(r*width+1, width) + ")")
	}
	fmt.Fprintf(&b, ") AS v WHERE %s.%s = v.column1 AND %s.version = v.column%d RETURNING %s.%s",
		d.name, d.cols[0], d.name, width, d.name, d.cols[0])
	return b.String()
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
