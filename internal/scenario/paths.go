package scenario

import (
	"encoding/json"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// variable is something remembered under a name.
type variable struct {
	// kind says which operation reads it anew: case, contact, arrival, …; "" for a
	// plain value.
	kind  string
	value any
}

// reference finds $name and $name.path inside a text; $$ is a dollar sign.
var reference = regexp.MustCompile(`\$\$|\$([\pL_][\pL\pN_]*)((?:\.[\pL_][\pL\pN_]*|\[[^\]\s]*\])*)`)

// cutPath cuts "a.b[0].c[key@day]" into its parts.
func cutPath(s string) []string {
	var out []string
	for part := range strings.SplitSeq(strings.ReplaceAll(strings.ReplaceAll(s, "[", ".["), "..[", ".["), ".") {
		if part != "" {
			out = append(out, part)
		}
	}
	return joinDots(out)
}

// joinDots puts together what a dot inside brackets cut apart.
func joinDots(parts []string) []string {
	var out []string
	for _, p := range parts {
		if n := len(out); n > 0 && strings.HasPrefix(out[n-1], "[") && !strings.HasSuffix(out[n-1], "]") {
			out[n-1] += "." + p
			continue
		}
		out = append(out, p)
	}
	for i, p := range out {
		if strings.HasPrefix(p, "[") && strings.HasSuffix(p, "]") {
			out[i] = p[1 : len(p)-1]
		}
	}
	return out
}

// look follows a path into a JSON value. In a list a part is a number from 0, or
// the key, id, no, kind, login, name, type, code or class of an element, with
// @DAY behind it for its day. "count" is a length. known are the names where the
// path ends in nothing.
func look(v any, path []string) (got any, known []string, ok bool) {
	for i, part := range path {
		switch x := v.(type) {
		case map[string]any:
			next, there := x[part]
			if !there && part == "count" && i == len(path)-1 {
				return json.Number(itoa(len(x))), nil, true
			}
			if !there {
				return nil, mapKeys(x), false
			}
			v = next
		case []any:
			if part == "count" && i == len(path)-1 {
				return json.Number(itoa(len(x))), nil, true
			}
			next, there := element(x, part)
			if !there {
				return nil, elementKeys(x), false
			}
			v = next
		case nil:
			if part == "count" {
				return json.Number("0"), nil, true
			}
			return nil, nil, false
		default:
			return nil, nil, false
		}
	}
	return v, nil, true
}

func mapKeys(m map[string]any) []string {
	var out []string
	for k := range m {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}

// marks are the fields by which an element of a list is named.
func marks() []string {
	return []string{"key", "id", "no", "kind", "login", "name", "type", "code", "class", "field"}
}

func element(list []any, part string) (any, bool) {
	if n, err := strconv.Atoi(part); err == nil && n < len(list) && n >= 0 && len(part) < 6 {
		return list[n], true
	}
	key, day, dated := strings.Cut(part, "@")
	for _, mark := range marks() {
		for _, e := range list {
			m, ok := e.(map[string]any)
			if !ok || m[mark] != key {
				continue
			}
			if !dated || m["day"] == day {
				return e, true
			}
		}
	}
	return nil, false
}

// elementKeys names the elements of a list for a message.
func elementKeys(list []any) []string {
	var out []string
	for i, e := range list {
		name := itoa(i)
		if m, ok := e.(map[string]any); ok {
			for _, mark := range marks()[:4] {
				if s, ok := m[mark].(string); ok && s != "" && mark != "id" {
					name = s
					break
				}
			}
		}
		if !slices.Contains(out, name) {
			out = append(out, name)
		}
	}
	return out
}

// idOf gives what stands for a value where an identifier is wanted: its id, the
// id of the one thing inside it, or itself.
func idOf(v any) (string, bool) {
	m, ok := v.(map[string]any)
	if !ok {
		return "", false
	}
	for _, key := range []string{"id", "token", "code"} {
		if s, ok := m[key].(string); ok && s != "" {
			return s, true
		}
	}
	for _, inner := range []string{"case", "contact", "result", "arrival", "loop", "step", "import", "principal", "entry", "appeal", "trip"} {
		if x, ok := m[inner].(map[string]any); ok {
			return idOf(x)
		}
	}
	return "", false
}
