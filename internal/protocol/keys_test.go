package protocol

import (
	"reflect"

	"github.com/seawall-city/seawall/internal/strictyaml"
)

// fileKeys gives every key that a file of this shape may have.
func fileKeys(t reflect.Type) []string { return strictyaml.FileKeys(t) }
