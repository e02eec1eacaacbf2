package store

import (
	"context"
	"database/sql/driver"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/seawall-city/seawall"
)

// A changed row whose former state this transaction has read is written by its
// changed columns alone: SQLite rewrites every index over a column that an UPDATE
// names, also where the value stays.

// maxSeen bounds the rows of a table that a transaction remembers.
const maxSeen = 20000

// seen are the rows of one table as a write transaction read them.
type seen[T any] struct {
	d    *table[T]
	rows map[string]T
}

// seenBy gives what a transaction has read of a table, nil where nothing is
// remembered: it only reads, or the table's rows are not written together.
func seenBy[T any](t *Tx, d *table[T]) *seen[T] {
	if t.seen == nil || d.behind != allBehind || d.version == nil {
		return nil
	}
	s, ok := t.seen[d.name].(*seen[T])
	if !ok {
		s = &seen[T]{d: d, rows: map[string]T{}}
		t.seen[d.name] = s
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, b := range t.beside {
		if other, ok := b[d.name].(*seen[T]); ok {
			s.add(other)
			delete(b, d.name)
		}
	}
	return s
}

// add takes over what was read beside the transaction; what it has itself is
// newer.
func (s *seen[T]) add(other *seen[T]) {
	for id, row := range other.rows {
		if _, known := s.rows[id]; !known {
			s.read(row)
		}
	}
}

// Beside runs fn in a read transaction of its own while a write transaction goes
// on, and remembers there what it read: rows that the write transaction changes
// afterwards are still written by their changed columns alone. fn sees what was
// committed when it began.
func (db *DB) Beside(ctx context.Context, tx seawall.Tx, fn func(tx seawall.Tx) error) error {
	t := of(tx)
	return db.Read(ctx, func(own seawall.Tx) error {
		b := of(own)
		b.seen = map[string]any{}
		if err := fn(b); err != nil {
			return err
		}
		t.mu.Lock()
		defer t.mu.Unlock()
		t.beside = append(t.beside, b.seen)
		return nil
	})
}

// read remembers a row.
func (s *seen[T]) read(row T) {
	if s != nil && len(s.rows) < maxSeen {
		s.rows[s.d.id(&row)] = row
	}
}

// written replaces what is remembered of a row by its new state.
func (s *seen[T]) written(row T) {
	if s == nil {
		return
	}
	id := s.d.id(&row)
	if _, known := s.rows[id]; known {
		s.rows[id] = row
	}
}

// columns gives the columns of a row as they were read in its version was, nil if
// they were not. What may have been changed in place since, a list or a map, is
// no column that compares, and always counts as changed.
func (s *seen[T]) columns(row T, was int) []any {
	if s == nil {
		return nil
	}
	old, known := s.rows[s.d.id(&row)]
	if !known || s.d.version(&old) != was {
		return nil
	}
	fields := s.d.fields(&old)
	for i, f := range fields {
		if !plain(f) {
			fields[i] = unknown{}
		}
	}
	out, err := bind(fields)
	if err != nil {
		return nil
	}
	return out
}

// plain reports whether a column holds nothing but a value of the row itself.
func plain(field any) bool {
	switch field.(type) {
	case *instant, *dueCol, *civilCol, *dayCol, *boolCol, *refCol:
		return true
	}
	_, adapted := field.(driver.Valuer)
	return !adapted && reflect.TypeOf(field).Elem().Kind() != reflect.Slice
}

// unknown is a column that is not compared: it differs from every value.
type unknown struct{}

func (unknown) Value() (driver.Value, error) { return struct{}{}, nil }

// updateHeld replaces rows whose version in the database is the one they were
// read at. Errors: Conflict, naming the first row that has another one.
func (d *table[T]) updateHeld(ctx context.Context, t *Tx, rows []*heldRow[T]) error {
	known := make([]*heldRow[T], 0, len(rows))
	var others []*heldRow[T]
	for _, r := range rows {
		if r.before != nil {
			known = append(known, r)
		} else {
			others = append(others, r)
		}
	}
	if err := d.updateColumns(ctx, t, known, changedColumns(known)); err != nil {
		return err
	}
	all := make([]int, 0, len(d.cols)-1)
	for i := range d.cols[1:] {
		all = append(all, i+1)
	}
	return d.updateColumns(ctx, t, others, all)
}

// changedColumns gives the columns that differ in any of the rows.
func changedColumns[T any](rows []*heldRow[T]) []int {
	var out []int
	if len(rows) == 0 {
		return nil
	}
	for i := 1; i < len(rows[0].args); i++ {
		if slices.ContainsFunc(rows, func(r *heldRow[T]) bool { return r.args[i] != r.before[i] }) {
			out = append(out, i)
		}
	}
	return out
}

// updateColumns writes some columns of rows, many rows at a time.
func (d *table[T]) updateColumns(ctx context.Context, t *Tx, rows []*heldRow[T], cols []int) error {
	width := len(cols) + 2
	return inSizes(rows, width, func(part []*heldRow[T]) error {
		values := func(r *heldRow[T]) []any {
			out := append(make([]any, 0, width), r.args[0])
			for _, c := range cols {
				out = append(out, r.args[c])
			}
			return append(out, int64(r.was))
		}
		types, ok := columnTypes(values(part[0]))
		if len(part) == 1 || !ok {
			for _, r := range part {
				if err := d.updateOne(ctx, t, r.row, r.args, r.was); err != nil {
					return err
				}
			}
			return nil
		}
		args := make([]any, 0, len(part)*width)
		for _, r := range part {
			args = append(args, values(r)...)
		}
		return d.updateMany(ctx, t, part, d.updateText(len(part), cols, types), args)
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

// updateText gives the statement that writes some columns of n rows. Its list of
// values has the key, the columns and, last, the version that each row was read
// at; the first of the list tells the types, which one of the databases would
// else take for text. Where SQLite would keep a copy of every page to take the
// statement alone back, it need not: an error ends the whole transaction.
func (d *table[T]) updateText(n int, cols []int, types []string) string {
	sets := make([]string, len(cols))
	for i, c := range cols {
		sets[i] = fmt.Sprintf("%s = v.column%d", d.cols[c], i+2)
	}
	width := len(cols) + 2
	first := make([]string, width)
	for i := range first {
		first[i] = fmt.Sprintf("CAST($%d AS %s)", i+1, types[i])
	}
	var b strings.Builder
	b.WriteString("UPDATE {{or_fail}} " + d.name + " SET " + strings.Join(sets, ", ") + " FROM (VALUES (" + strings.Join(first, ", ") + ")")
	for r := 1; r < n; r++ {
		b.WriteString(", (" + marksFrom(r*width+1, width) + ")")
	}
	fmt.Fprintf(&b, ") AS v WHERE %s.%s = v.column1 AND %s.version = v.column%d RETURNING %s.%s",
		d.name, d.cols[0], d.name, width, d.name, d.cols[0])
	return b.String()
}
