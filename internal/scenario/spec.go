package scenario

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/seawall-city/seawall"
)

// Spec is what the API's description says of its operations.
type Spec struct {
	Ops     map[string]*Operation
	schemas map[string]*schema
}

// Operation is one operation of the API.
type Operation struct {
	ID, Method, Path, Summary string
	Params                    []param
	// body is nil for operations without one; multipart marks a form with files.
	body      *schema
	multipart bool
	spec      *Spec
}

// param is a part of the address.
type param struct {
	Name, In string
	Schema   *schema
}

// schema is the part of JSON Schema that the API's description uses.
type schema struct {
	Ref                  string             `json:"$ref"`
	Type                 any                `json:"type"`
	Format               string             `json:"format"`
	Description          string             `json:"description"`
	Properties           map[string]*schema `json:"properties"`
	Items                *schema            `json:"items"`
	AdditionalProperties json.RawMessage    `json:"additionalProperties"`
}

// ReadSpec reads an OpenAPI 3.1 description in JSON. Errors: Corrupt.
func ReadSpec(b []byte) (*Spec, error) {
	const op = "scenario.ReadSpec"
	var doc struct {
		Paths map[string]map[string]*struct {
			OperationID, Summary string
			Parameters           []param
			RequestBody          *struct {
				Content map[string]struct{ Schema *schema }
			}
		}
		Components struct{ Schemas map[string]*schema }
	}
	if err := json.Unmarshal(b, &doc); err != nil {
		return nil, &seawall.Error{Op: op, Kind: seawall.Corrupt, Code: "kind_corrupt", Err: err}
	}
	s := &Spec{Ops: map[string]*Operation{}, schemas: doc.Components.Schemas}
	for path, methods := range doc.Paths {
		for method, in := range methods {
			o := &Operation{ID: in.OperationID, Method: strings.ToUpper(method), Path: path, Summary: in.Summary, Params: in.Parameters, spec: s}
			if in.RequestBody != nil {
				for kind, c := range in.RequestBody.Content {
					o.body, o.multipart = c.Schema, kind == "multipart/form-data"
				}
			}
			s.Ops[o.ID] = o
		}
	}
	return s, nil
}

// IDs gives the operations' ids, sorted.
func (s *Spec) IDs() []string {
	var out []string
	for id := range s.Ops {
		out = append(out, id)
	}
	slices.Sort(out)
	return out
}

// first gives the first of some operations that there is: a directive works with
// whatever name the API gives its operation.
func (s *Spec) first(ids ...string) (*Operation, bool) {
	for _, id := range ids {
		if op, ok := s.Ops[id]; ok {
			return op, true
		}
	}
	return nil, false
}

func (s *Spec) resolve(x *schema) *schema {
	for i := 0; x != nil && x.Ref != "" && i < 8; i++ {
		x = s.schemas[strings.TrimPrefix(x.Ref, "#/components/schemas/")]
	}
	return x
}

// kind is the type of a schema: string, integer, number, boolean, array, object,
// file, or any.
func (x *schema) kind() string {
	if x == nil {
		return "any"
	}
	if x.Format == "binary" {
		return "file"
	}
	switch t := x.Type.(type) {
	case string:
		return t
	case []any:
		for _, v := range t {
			if s, ok := v.(string); ok && s != "null" {
				return s
			}
		}
	}
	return "any"
}

// open gives the schema of keys that have no name in the description; ok is
// false where there may be none.
func (x *schema) open() (*schema, bool) {
	raw := strings.TrimSpace(string(x.AdditionalProperties))
	if raw == "" && len(x.Properties) == 0 || raw == "true" {
		return nil, true
	}
	if raw == "" || raw == "false" {
		return nil, false
	}
	var inner schema
	if json.Unmarshal(x.AdditionalProperties, &inner) != nil {
		return nil, false
	}
	return &inner, true
}

// where is a place in an operation's input.
type where struct {
	// in is path, query, header or body.
	in     string
	schema *schema
}

// find looks a field up: first in the address, then in the body. unknown is the
// part of the name that leads nowhere, with the names that would.
func (o *Operation) find(path []string) (w where, unknown string, known []string) {
	if len(path) == 1 {
		for _, p := range o.Params {
			if p.Name == path[0] {
				return where{p.In, o.spec.resolve(p.Schema)}, "", nil
			}
		}
	}
	if path[0] == "body" && len(path) > 1 {
		path = path[1:]
	}
	at := o.spec.resolve(o.body)
	if at == nil {
		return w, path[0], o.names()
	}
	for _, part := range path {
		if at == nil { // anything goes
			return where{"body", nil}, "", nil
		}
		if at.kind() == "array" {
			if isIndex(part) {
				at = o.spec.resolve(at.Items)
				continue
			}
			return w, part, []string{"0", "1", "…"}
		}
		next, ok := at.Properties[part]
		if !ok {
			inner, open := at.open()
			if at.kind() == "any" {
				inner, open = nil, true
			}
			if !open {
				return w, part, keysOf(at.Properties)
			}
			next = inner
		}
		at = o.spec.resolve(next)
	}
	return where{"body", at}, "", nil
}

func isIndex(s string) bool {
	return s != "" && len(s) < 5 && strings.Trim(s, "0123456789") == ""
}

func keysOf(m map[string]*schema) []string {
	var out []string
	for k := range m {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}

// names gives the fields of the first level.
func (o *Operation) names() []string {
	var out []string
	for _, p := range o.Params {
		out = append(out, p.Name)
	}
	if b := o.spec.resolve(o.body); b != nil {
		out = append(out, keysOf(b.Properties)...)
	}
	return out
}

// Fields describes the input, one line for each field.
func (o *Operation) Fields() []string {
	var out []string
	for _, p := range o.Params {
		out = append(out, fmt.Sprintf("%s: %s (%s)", p.Name, o.spec.typeOf(p.Schema), p.In))
	}
	if b := o.spec.resolve(o.body); b != nil {
		out = append(out, o.spec.describe("", b, 0)...)
	}
	return out
}

// typeOf names a schema's type for the list of words.
func (s *Spec) typeOf(x *schema) string {
	x = s.resolve(x)
	switch k := x.kind(); {
	case k == "array":
		return "list of " + s.typeOf(x.Items)
	case k == "string" && x.Format == "date-time":
		return "time"
	default:
		return k
	}
}

// describe lists the fields of an object, nested ones by their path.
func (s *Spec) describe(prefix string, x *schema, depth int) []string {
	var out []string
	for _, k := range keysOf(x.Properties) {
		at, name := s.resolve(x.Properties[k]), prefix+k
		if at.kind() == "array" {
			if in := s.resolve(at.Items); in != nil && in.kind() == "object" && len(in.Properties) > 0 && depth < 3 {
				out = append(out, s.describe(name+"[0].", in, depth+1)...)
				continue
			}
		}
		if at.kind() == "object" && len(at.Properties) > 0 && depth < 3 {
			out = append(out, s.describe(name+".", at, depth+1)...)
			continue
		}
		out = append(out, name+": "+s.typeOf(at))
	}
	return out
}
