package store

import (
	"context"
	"fmt"
	"strings"
)

// Statements over many rows come in a few fixed sizes, so that the databases see
// few different texts and can keep them prepared.

// rowSizes are the numbers of rows of one INSERT, largest first.
var rowSizes = [...]int{256, 64, 16, 4, 1}

// insertRows inserts rows, in order, with as few statements as the fixed sizes
// allow.
func (t *Tx) insertRows(ctx context.Context, table string, cols []string, rows [][]any) error {
	if err := t.line.wait(); err != nil {
		return err
	}
	return t.insertNow(ctx, table, cols, rows)
}

// insertNow is insertRows for the line itself, or for who has waited for it.
func (t *Tx) insertNow(ctx context.Context, table string, cols []string, rows [][]any) error {
	for len(rows) > 0 {
		n := 1
		for _, size := range rowSizes {
			if size <= len(rows) {
				n = size
				break
			}
		}
		args := make([]any, 0, n*len(cols))
		for _, row := range rows[:n] {
			args = append(args, row...)
		}
		q := "INSERT INTO " + table + " (" + strings.Join(cols, ", ") + ") VALUES " + valueMarks(n, len(cols))
		if err := readable("store.insert "+table, args); err != nil {
			return err
		}
		if _, err := t.run(ctx, "store.insert "+table, q, args); err != nil {
			return err
		}
		rows = rows[n:]
	}
	return nil
}

func valueMarks(rows, cols int) string {
	var b strings.Builder
	for r := range rows {
		if r > 0 {
			b.WriteString(", ")
		}
		b.WriteString("(" + marksFrom(r*cols+1, cols) + ")")
	}
	return b.String()
}

// marksFrom gives n placeholders from $first on.
func marksFrom(first, n int) string {
	marks := make([]string, n)
	for i := range marks {
		marks[i] = fmt.Sprintf("$%d", first+i)
	}
	return strings.Join(marks, ", ")
}

// listSizes are the lengths of an IN list, smallest first; a shorter list is
// filled up by repeating its last member.
var listSizes = [...]int{1, 8, 64, 500}

// chunks calls f with stretches of a list, the placeholders of an IN over them
// and the arguments.
func chunks[T any](list []T, f func(part []T, marks string, args []any) error) error {
	for len(list) > 0 {
		size := listSizes[len(listSizes)-1]
		for _, s := range listSizes {
			if s >= len(list) {
				size = s
				break
			}
		}
		part := list[:min(size, len(list))]
		args := make([]any, size)
		for i := range args {
			args[i] = part[min(i, len(part)-1)]
		}
		if err := f(part, marksFrom(1, size), args); err != nil {
			return err
		}
		list = list[len(part):]
	}
	return nil
}
