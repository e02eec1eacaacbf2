package store

import (
	"context"
	"reflect"

	"github.com/seawall-city/seawall"
)

// RandomRow puts or removes a random row of the nth current-state table (modulo
// their number). fill fills a row; draw draws a number below n. versions
// remembers the version of the rows that a versioned table holds. Rows live
// under few keys, so that they are written again and again.
func RandomRow(ctx context.Context, tx seawall.Tx, n int, fill func(row any), draw func(n int) int, versions map[seawall.Ref]int) error {
	all := tables()
	return all[n%len(all)].(interface {
		random(context.Context, seawall.Tx, func(any), func(int) int, map[seawall.Ref]int) error
	}).random(ctx, tx, fill, draw, versions)
}

// StateTables counts the current-state tables.
func StateTables() int { return len(tables()) }

func (d *table[T]) random(ctx context.Context, tx seawall.Tx, fill func(any), draw func(int) int, versions map[seawall.Ref]int) error {
	id := string(rune('a' + draw(6)))
	at := seawall.Ref{Kind: d.kind}
	var row T
	fill(&row)
	if key := reflect.ValueOf(d.fields(&row)[0]); key.Kind() == reflect.Pointer && key.Elem().Kind() == reflect.String {
		key.Elem().SetString(id)
	}
	id = d.id(&row) // some keys are made of several fields
	at.ID = id
	version := versions[at]
	if version != 0 && draw(8) == 0 {
		versions[at] = 0
		return d.remove(ctx, tx, id)
	}
	versions[at] = version + 1
	if d.version != nil {
		reflect.ValueOf(&row).Elem().FieldByName("Version").SetInt(int64(version + 1))
	}
	return d.put(ctx, tx, row)
}

// RemovePerson deletes a person's row, as a purge does.
func RemovePerson(ctx context.Context, tx seawall.Tx, no string) error {
	return persons().remove(ctx, tx, no)
}
