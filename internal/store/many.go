package store

import (
	"cmp"
	"context"
	"slices"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/casebook"
	"github.com/seawall-city/seawall/internal/loop"
)

// the reads the one row that meets a condition; NotFound names what was asked.
func the[T any](ctx context.Context, tx seawall.Tx, d *table[T], asked, cond string, args ...any) (T, error) {
	row, found, err := d.first(ctx, tx, cond, args...)
	if err == nil && !found {
		err = seawall.E("store.get "+d.name, seawall.NotFound, "not_found", "kind", string(d.kind), "id", asked)
	}
	return row, err
}

// among reads the rows whose column holds any of the values, by key.
func among[T any, S ~string](ctx context.Context, tx seawall.Tx, d *table[T], col string, values []S) ([]T, error) {
	values = slices.Clone(values)
	slices.Sort(values)
	out := []T{}
	err := chunks(distinct(slices.Compact(values)), func(_ []string, marks string, args []any) error {
		rows, err := d.list(ctx, tx, "WHERE "+col+" IN ("+marks+")", args...)
		out = append(out, rows...)
		return err
	})
	slices.SortFunc(out, func(a, b T) int { return cmp.Compare(d.id(&a), d.id(&b)) })
	return out, err
}

// distinct gives values as plain texts, each once, in their order.
func distinct[S ~string](vs []S) []string {
	out, seen := make([]string, 0, len(vs)), make(map[S]bool, len(vs))
	for _, v := range vs {
		if !seen[v] {
			seen[v] = true
			out = append(out, string(v))
		}
	}
	return out
}

// putAll writes rows many at a time and hands their after-images to the next
// event. Rows with versions must be new (version 1), the others are upserted
// and must differ in their key.
func (d *table[T]) putAll(ctx context.Context, tx seawall.Tx, rows []T) error {
	t, op := of(tx), "store.putAll "+d.name
	conflict := ""
	if d.version == nil {
		conflict = " ON CONFLICT (" + d.cols[0] + ") DO UPDATE SET " + d.assignments("excluded")
	}
	for rest := rows; len(rest) > 0; {
		n := 1
		for _, size := range rowSizes {
			if size <= len(rest) && size*len(d.cols) <= maxValues {
				n = size
				break
			}
		}
		args := make([]any, 0, n*len(d.cols))
		for i := range rest[:n] {
			if d.version != nil && d.version(&rest[i]) > 1 {
				return seawall.E(op, seawall.Conflict, "changed_meanwhile", "kind", string(d.kind), "id", d.id(&rest[i]))
			}
			a, err := bind(d.fields(&rest[i]))
			if err != nil {
				return &seawall.Error{Op: op, Err: err}
			}
			args = append(args, a...)
		}
		q := "INSERT INTO " + d.name + " (" + d.columns("") + ") VALUES " + valueMarks(n, len(d.cols)) + conflict
		if _, err := t.exec(ctx, op, q, args...); err != nil {
			return err
		}
		rest = rest[n:]
	}
	for i := range rows {
		if err := t.changed(d.kind, d.id(&rows[i]), rows[i]); err != nil {
			return err
		}
	}
	return nil
}

// maxValues bounds the values of one statement; both databases take more, but
// gain nothing from it.
const maxValues = 12000

// SavePersons writes many persons, each number once; one event may carry them
// all, as the bulk work of an import or a confirmation needs.
func (db *DB) SavePersons(ctx context.Context, tx seawall.Tx, ps []casebook.Person) error {
	return persons().putAll(ctx, tx, ps)
}

// SaveCases inserts many new cases.
func (db *DB) SaveCases(ctx context.Context, tx seawall.Tx, cs []casebook.Case) error {
	return cases().putAll(ctx, tx, cs)
}

// SaveContacts inserts many new contacts.
func (db *DB) SaveContacts(ctx context.Context, tx seawall.Tx, cs []casebook.Contact) error {
	return contacts().putAll(ctx, tx, cs)
}

// SaveResults inserts many new results.
func (db *DB) SaveResults(ctx context.Context, tx seawall.Tx, rs []casebook.Result) error {
	return results().putAll(ctx, tx, rs)
}

// SaveLinks inserts many new edges.
func (db *DB) SaveLinks(ctx context.Context, tx seawall.Tx, ls []casebook.Link) error {
	return links().putAll(ctx, tx, ls)
}

// SaveFollowUps inserts many new follow-up records.
func (db *DB) SaveFollowUps(ctx context.Context, tx seawall.Tx, fs []casebook.FollowUp) error {
	return followUps().putAll(ctx, tx, fs)
}

// SaveLoops inserts many new loops.
func (db *DB) SaveLoops(ctx context.Context, tx seawall.Tx, ls []loop.Loop) error {
	return loops().putAll(ctx, tx, ls)
}

// SaveSteps inserts many new steps.
func (db *DB) SaveSteps(ctx context.Context, tx seawall.Tx, ss []loop.Step) error {
	return steps().putAll(ctx, tx, ss)
}

// SaveClocks inserts many new clocks.
func (db *DB) SaveClocks(ctx context.Context, tx seawall.Tx, cs []loop.Clock) error {
	return clocks().putAll(ctx, tx, cs)
}
