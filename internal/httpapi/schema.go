package httpapi

import (
	"path"
	"reflect"
	"strings"

	"github.com/danielgtaylor/huma/v2"
)

// schemas is the registry of the API's types. Two packages may use one word
// (a link of the casebook, a personal link): the second one met carries its
// package's name, so names do not depend on anything but the operations' order.
func schemas() huma.Registry {
	owner := map[string]reflect.Type{}
	return huma.NewMapRegistry("#/components/schemas/", func(t reflect.Type, hint string) string {
		for t.Kind() == reflect.Pointer {
			t = t.Elem()
		}
		name := huma.DefaultSchemaNamer(t, hint)
		if had, ok := owner[name]; ok && had != t && t.Name() != "" {
			pkg := path.Base(t.PkgPath())
			name = strings.ToUpper(pkg[:1]) + pkg[1:] + name
		}
		owner[name] = t
		return name
	})
}
