package store

import (
	"database/sql/driver"
	"fmt"
	"math"
	"reflect"
	"strings"
	"time"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/casebook"
)

// Lists sort and compare days and due instants in SQL, where NULL stands first
// on one database and last on the other. The columns below therefore keep
// "unknown" as a number at that end of the scale where lists want it.

// civil keeps a day as its number; an unknown day is the smallest number, so it
// comes last where the newest comes first and is earlier than any day asked for.
func civil(d *seawall.Day) any { return (*civilCol)(d) }

type civilCol seawall.Day

func (d *civilCol) Value() (driver.Value, error) { return int64(*d), nil }

func (d *civilCol) Scan(v any) error {
	n, err := asInt(v)
	*d = civilCol(n)
	return err
}

// due keeps an instant like ts, but an unset one as the largest number: what
// has no due instant comes after everything that has one.
func due(t *time.Time) any { return (*dueCol)(t) }

type dueCol time.Time

func (d *dueCol) Value() (driver.Value, error) { return dueMicros(time.Time(*d)), nil }

func (d *dueCol) Scan(v any) error {
	n, err := asInt(v)
	if n == math.MaxInt64 {
		n = 0
	}
	*d = dueCol(timeOf(n))
	return err
}

// dueMicros is the number under which a due column keeps an instant.
func dueMicros(t time.Time) int64 {
	if t.IsZero() {
		return math.MaxInt64
	}
	return t.UnixMicro()
}

// ref keeps a reference in its text form "kind/id", "" for none.
func ref(r *seawall.Ref) any { return (*refCol)(r) }

type refCol seawall.Ref

func (r *refCol) Value() (driver.Value, error) { return seawall.Ref(*r).String(), nil }

func (r *refCol) Scan(v any) error {
	s, ok := v.(string)
	if !ok {
		return fmt.Errorf("store: reference column holds a %T", v)
	}
	kind, id, _ := strings.Cut(s, "/")
	*r = refCol{Kind: seawall.RefKind(kind), ID: id}
	return nil
}

// with puts single fields and groups of fields into one list.
func with(parts ...any) []any {
	out := make([]any, 0, len(parts)+8)
	for _, p := range parts {
		if group, ok := p.([]any); ok {
			out = append(out, group...)
			continue
		}
		out = append(out, p)
	}
	return out
}

// origin gives the columns source, external and import_id.
func origin(o *casebook.Origin) []any { return []any{&o.Source, &o.External, &o.Import} }

// words gives the columns …_zh and …_en.
func words(t *seawall.Text) []any { return []any{&t.ZH, &t.EN} }

// stretch gives the columns from_at and to_at.
func stretch(iv *seawall.Interval) []any { return []any{ts(&iv.From), ts(&iv.To)} }

// someJSON keeps anything as JSON text like asJSON, but nothing (nil, a zero
// struct) as the empty text: most rows have nothing there.
func someJSON[T any](p *T) any { return someCol[T]{p} }

type someCol[T any] struct{ p *T }

func (c someCol[T]) Value() (driver.Value, error) {
	if reflect.ValueOf(c.p).Elem().IsZero() {
		return "", nil
	}
	return jsonCol{c.p}.Value()
}

func (c someCol[T]) Scan(v any) error {
	if v == "" {
		*c.p = *new(T)
		return nil
	}
	return jsonCol{c.p}.Scan(v)
}

// names splits a list of column names written over several lines.
func names(s string) []string { return strings.Fields(s) }

// derived fills a column that lists need from the other fields of a row; what
// is read back is left aside.
func derived(make func() string) any { return derivedCol{make} }

type derivedCol struct{ make func() string }

func (d derivedCol) Value() (driver.Value, error) { return d.make(), nil }

func (d derivedCol) Scan(any) error { return nil }
