package store

import (
	"database/sql/driver"
	"encoding/json"
	"fmt"
	"reflect"
	"time"

	"github.com/seawall-city/seawall"
)

// The adapters below bind and scan one field: the same list of them serves for
// writing a row and for reading it, so the two cannot drift apart.

// ts keeps an instant as microseconds since 1970 in UTC, 0 for the zero time.
func ts(t *time.Time) any { return (*instant)(t) }

type instant time.Time

func (i *instant) Value() (driver.Value, error) { return microsOf(time.Time(*i)), nil }

func (i *instant) Scan(v any) error {
	n, err := asInt(v)
	if err != nil {
		return err
	}
	*i = instant(timeOf(n))
	return nil
}

// microsOf and timeOf convert between instants and the stored number.
func microsOf(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMicro()
}

func timeOf(n int64) time.Time {
	if n == 0 {
		return time.Time{}
	}
	return time.UnixMicro(n).UTC()
}

// day keeps a day as its number, NULL for an unknown one.
func day(d *seawall.Day) any { return (*dayCol)(d) }

type dayCol seawall.Day

func (d *dayCol) Value() (driver.Value, error) {
	if seawall.Day(*d) == seawall.NoDay {
		return nil, nil
	}
	return int64(*d), nil
}

func (d *dayCol) Scan(v any) error {
	if v == nil {
		*d = dayCol(seawall.NoDay)
		return nil
	}
	n, err := asInt(v)
	*d = dayCol(n)
	return err
}

// flag keeps a truth value as 0 or 1.
func flag(b *bool) any { return (*boolCol)(b) }

type boolCol bool

func (b *boolCol) Value() (driver.Value, error) {
	if *b {
		return int64(1), nil
	}
	return int64(0), nil
}

func (b *boolCol) Scan(v any) error {
	n, err := asInt(v)
	*b = n != 0
	return err
}

// asJSON keeps anything as JSON text; SQL never looks inside.
func asJSON(p any) any { return jsonCol{p} }

type jsonCol struct{ p any }

func (j jsonCol) Value() (driver.Value, error) {
	b, err := json.Marshal(j.p)
	return string(b), err
}

func (j jsonCol) Scan(v any) error {
	switch x := v.(type) {
	case string:
		return json.Unmarshal([]byte(x), j.p)
	case []byte:
		return json.Unmarshal(x, j.p)
	}
	return fmt.Errorf("store: JSON column holds a %T", v)
}

func asInt(v any) (int64, error) {
	switch x := v.(type) {
	case int64:
		return x, nil
	case nil:
		return 0, nil
	}
	return 0, fmt.Errorf("store: integer column holds a %T", v)
}

// bind turns the field list of a row into statement arguments: adapters give
// their value, plain pointers what they point to.
func bind(fields []any) ([]any, error) {
	out := make([]any, len(fields))
	for i, f := range fields {
		if v, ok := f.(driver.Valuer); ok {
			x, err := v.Value()
			if err != nil {
				return nil, err
			}
			out[i] = x
			continue
		}
		rv := reflect.ValueOf(f).Elem()
		switch rv.Kind() {
		case reflect.String:
			out[i] = rv.String()
		case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
			out[i] = rv.Int()
		case reflect.Float64:
			out[i] = rv.Float()
		case reflect.Slice:
			out[i] = rv.Bytes()
		default:
			return nil, fmt.Errorf("store: no column form for %s; use ts, day, flag or asJSON", rv.Type())
		}
	}
	return out, nil
}
