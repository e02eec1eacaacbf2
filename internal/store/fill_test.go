package store_test

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"time"

	"github.com/seawall-city/seawall"
)

// filler fills rows by reflection with values that differ in every field, so
// that a column which is forgotten or exchanged with another shows.
type filler struct{ r *rand.Rand }

// newFiller starts from a seed that a failing test prints.
func newFiller(seed uint64) *filler { return &filler{r: rand.New(rand.NewPCG(seed, 1))} }

// row fills v (a pointer to a row); fields named in set get that value instead.
func (f *filler) row(v any, set map[string]any) {
	rv := reflect.ValueOf(v).Elem()
	f.fill(rv)
	for name, x := range set {
		field := rv.FieldByName(name)
		field.Set(reflect.ValueOf(x).Convert(field.Type()))
	}
}

// fill gives v a random value that its column can hold.
func (f *filler) fill(v reflect.Value) {
	switch x := v.Addr().Interface().(type) {
	case *time.Time:
		*x = time.UnixMicro(1_600_000_000_000_000 + f.r.Int64N(1e14)).UTC()
		return
	case *seawall.Ref:
		*x = seawall.Ref{Kind: "kind" + seawall.RefKind(f.word()), ID: f.word() + "/" + f.word()}
		return
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString(f.word())
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int, reflect.Int32, reflect.Int64:
		v.SetInt(1 + f.r.Int64N(1<<20))
	case reflect.Float64:
		v.SetFloat(float64(f.r.IntN(1<<20)) / 64)
	case reflect.Interface:
		v.Set(reflect.ValueOf(f.word()))
	case reflect.Map:
		v.Set(reflect.MakeMap(v.Type()))
		for range 2 {
			v.SetMapIndex(reflect.ValueOf(f.word()), reflect.ValueOf(f.word()))
		}
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		for i := range 2 {
			f.fill(v.Index(i))
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).Tag.Get("json") != "-" {
				f.fill(v.Field(i))
			}
		}
	default:
		panic(fmt.Sprintf("no random value for a %s", v.Type()))
	}
}

// word gives a text of Chinese, Latin and the signs that break careless SQL.
func (f *filler) word() string {
	signs := []rune(`盐城射阳合德镇网格员ÄéZz09-_'"%\?$1{}` + "\n\t𠮷")
	out := make([]rune, 6+f.r.IntN(8))
	for i := range out {
		out[i] = signs[f.r.IntN(len(signs))]
	}
	return string(out) + fmt.Sprintf("%x", f.r.Uint64())
}
