package store

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"github.com/seawall-city/seawall"
)

// order is one way to sort a list: a column, then the key in the same direction.
type order[T any] struct {
	name string
	col  string
	desc bool
	// value gives the column's value in a row: a string or an int64.
	value func(*T) any
}

// listing is a page of a table by keyset: conditions shared by all rows, and
// the disjoint index ranges that the rows come from. Each range gives its first
// rows in order; the page is the first of them all, joined to the full rows
// last, so that filtering and sorting touch the index alone.
type listing[T any] struct {
	from  *table[T]
	order order[T]
	// common is shared by all ranges; its args hold the arguments of everything.
	common where
	ranges []string
	// pageIndex and countIndex are the indexes that SQLite has to use, because
	// without statistics it guesses; PostgreSQL plans by itself. "" leaves both
	// free.
	pageIndex, countIndex string
}

// by names the index that SQLite must use; the macro is empty on PostgreSQL.
func by(index string) string {
	if index == "" {
		return ""
	}
	return " {{by_" + index + "}}"
}

// page gives the rows after the cursor and the cursor of the following page.
func (l *listing[T]) page(ctx context.Context, tx seawall.Tx, p seawall.Page) ([]T, string, error) {
	w := where{conds: append([]string(nil), l.common.conds...), args: append([]any(nil), l.common.args...)}
	key, dir, after := l.from.cols[0], "", ">"
	if l.order.desc {
		dir, after = " DESC", "<"
	}
	if p.Cursor != "" {
		v, id, err := l.order.open(p.Cursor)
		if err != nil {
			return nil, "", err
		}
		w.add("("+l.order.col+", "+key+") "+after+" (?, ?)", v, id)
	}
	limit := limitOf(p)
	tail := fmt.Sprintf(" ORDER BY %s%s, %s%s LIMIT %s", l.order.col, dir, key, dir, w.mark(limit+1))
	parts := make([]string, len(l.ranges))
	for i, r := range l.ranges {
		parts[i] = "SELECT * FROM (SELECT " + key + ", " + l.order.col + " FROM " + l.from.name + by(l.pageIndex) +
			" WHERE " + all(append([]string{r}, w.conds...)...) + tail + ") AS r" + strconv.Itoa(i)
	}
	// The merge of the ranges and the join of the page with its rows.
	found := strings.Join(parts, " UNION ALL ")
	if len(parts) > 1 {
		found = "SELECT * FROM (" + found + ") AS u" + tail
	}
	order := strings.ReplaceAll(fmt.Sprintf(" ORDER BY p.%s%s, p.%s%s", l.order.col, dir, key, dir), "  ", " ")
	rows, err := l.from.joined(ctx, tx, "("+found+") AS p JOIN "+l.from.name+" AS t ON t."+key+" = p."+key+order, w.args...)
	if err != nil || len(rows) <= limit {
		return rows, "", err
	}
	rows = rows[:limit]
	end := &rows[limit-1]
	return rows, l.order.cursor(end, l.from.id(end)), nil
}

// total counts the rows of the whole list.
func (l *listing[T]) total(ctx context.Context, tx seawall.Tx) (int, error) {
	parts := make([]string, len(l.ranges))
	for i, r := range l.ranges {
		parts[i] = "SELECT COUNT(*) AS n FROM " + l.from.name + by(l.countIndex) + " WHERE " +
			all(append([]string{r}, l.common.conds...)...)
	}
	q := parts[0]
	if len(parts) > 1 {
		q = "SELECT CAST(SUM(n) AS BIGINT) FROM (" + strings.Join(parts, " UNION ALL ") + ") AS u"
	}
	var n int
	_, err := of(tx).one(ctx, "store.count "+l.from.name, q, l.common.args, &n)
	return n, err
}

// all gives a page, its following cursor and the total.
func (l *listing[T]) all(ctx context.Context, tx seawall.Tx, p seawall.Page) ([]T, string, int, error) {
	rows, next, err := l.page(ctx, tx, p)
	if err != nil {
		return nil, "", 0, err
	}
	if p.Cursor == "" && next == "" {
		return rows, "", len(rows), nil
	}
	n, err := l.total(ctx, tx)
	return rows, next, n, err
}

// joined reads full rows, as alias t, of a FROM text.
func (d *table[T]) joined(ctx context.Context, tx seawall.Tx, from string, args ...any) ([]T, error) {
	t, op := of(tx), "store.list "+d.name
	rows, err := t.query(ctx, op, "SELECT "+d.columns("t")+" FROM "+from, args...)
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

// cursor is opaque to callers: the order it belongs to and the place in it.
func (o order[T]) cursor(row *T, id string) string {
	b, err := json.Marshal([]any{o.name, o.value(row), id})
	if err != nil { // strings and integers always have a JSON form
		return ""
	}
	return base64.RawURLEncoding.EncodeToString(b)
}

// open reads a cursor of the same order. Errors: Invalid.
func (o order[T]) open(cursor string) (value any, id string, err error) {
	bad := func(cause error) error {
		return &seawall.Error{Op: "store.cursor", Kind: seawall.Invalid, Code: "cursor_invalid", Err: cause}
	}
	b, err := base64.RawURLEncoding.DecodeString(cursor)
	if err != nil {
		return nil, "", bad(err)
	}
	var parts [3]json.RawMessage
	var name string
	if err := json.Unmarshal(b, &parts); err != nil {
		return nil, "", bad(err)
	}
	if err := json.Unmarshal(parts[0], &name); err != nil || name != o.name {
		return nil, "", bad(fmt.Errorf("the cursor belongs to the order %q, not %q", name, o.name))
	}
	if err := json.Unmarshal(parts[2], &id); err != nil {
		return nil, "", bad(err)
	}
	var zero T
	if _, number := o.value(&zero).(int64); number {
		var n int64
		err = json.Unmarshal(parts[1], &n)
		value = n
	} else {
		var s string
		err = json.Unmarshal(parts[1], &s)
		value = s
	}
	if err != nil {
		return nil, "", bad(err)
	}
	return value, id, nil
}
