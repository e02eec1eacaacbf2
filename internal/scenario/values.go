package scenario

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/seawall-city/seawall"
)

// expand puts variables into a text. whole is the value of a text that is one
// variable and nothing else.
func (r *run) expand(w Word) (text string, whole any, err *seawall.Error) {
	var value any
	single := false
	text = reference.ReplaceAllStringFunc(w.Text, func(ref string) string {
		if ref == "$$" {
			return "$"
		}
		v, e := r.variable(ref)
		if e != nil && err == nil {
			err = e
		}
		value, single = v, ref == w.Text
		return textOf(v)
	})
	if err != nil || !single {
		return text, nil, err
	}
	return text, value, nil
}

// variable follows "$name.path".
func (r *run) variable(ref string) (any, *seawall.Error) {
	m := reference.FindStringSubmatch(ref)
	v, ok := r.vars[m[1]]
	if !ok {
		return nil, seawall.E("scenario.variable", seawall.NotFound, "scenario_variable", "name", m[1], "near", nearest(m[1], r.varNames()))
	}
	got, known, ok := look(v.value, cutPath(m[2]))
	if !ok {
		return nil, seawall.E("scenario.variable", seawall.NotFound, "scenario_path", "path", ref, "known", strings.Join(known, ", "))
	}
	return got, nil
}

func (r *run) varNames() []string {
	var out []string
	for k := range r.vars {
		out = append(out, k)
	}
	return out
}

// textOf is a JSON value inside a text: the id of a record.
func textOf(v any) string {
	switch x := v.(type) {
	case nil:
		return ""
	case string:
		return x
	case json.Number:
		return x.String()
	case bool:
		return strconv.FormatBool(x)
	}
	if id, ok := idOf(v); ok {
		return id
	}
	b, _ := json.Marshal(v)
	return string(b)
}

// coerce makes the JSON value that a field wants of what was written.
func (r *run) coerce(w Word, x *schema, spec *Spec) (any, *seawall.Error) {
	text, whole, err := r.expand(w)
	if err != nil {
		return nil, err
	}
	x = spec.resolve(x)
	kind := x.kind()
	if whole != nil {
		if id, ok := idOf(whole); ok && (kind == "string" || kind == "any" && !isMap(whole)) {
			return id, nil
		}
		if _, list := whole.([]any); kind == "array" && !list {
			return r.list(text, x, spec)
		}
		return whole, nil
	}
	if w.JSON {
		var v any
		if json.Unmarshal([]byte(text), &v) != nil {
			return nil, wrongValue("JSON", text)
		}
		return v, nil
	}
	switch kind {
	case "array":
		return r.list(text, x, spec)
	case "boolean":
		b, ok := map[string]bool{"true": true, "yes": true, "false": false, "no": false}[text]
		if !ok {
			return nil, wrongValue("true, false", text)
		}
		return b, nil
	case "integer", "number":
		if _, e := strconv.ParseFloat(text, 64); e != nil {
			return nil, wrongValue("number", text)
		}
		return json.Number(text), nil
	case "object":
		return nil, wrongValue("{…}, NAME.FIELD=…", text)
	}
	return r.scalar(text, w.Quoted, x)
}

func isMap(v any) bool { _, ok := v.(map[string]any); return ok }

func wrongValue(want, got string) *seawall.Error {
	return seawall.E("scenario.coerce", seawall.Invalid, "scenario_value", "want", want, "got", clip(got))
}

// list reads "a, b, c" for a list.
func (r *run) list(text string, x *schema, spec *Spec) (any, *seawall.Error) {
	out := []any{}
	for part := range strings.SplitSeq(text, ",") {
		if part = strings.TrimSpace(part); part == "" {
			continue
		}
		v, err := r.coerce(Word{Text: part}, x.Items, spec)
		if err != nil {
			return nil, err
		}
		out = append(out, v)
	}
	return out, nil
}

// scalar reads a text or a time. Words of time stand for themselves in quotation
// marks, unless an instant is wanted.
func (r *run) scalar(text string, quoted bool, x *schema) (any, *seawall.Error) {
	instant := x != nil && x.Format == "date-time"
	if instant {
		m, ok := parseMoment(text, r.now(), r.zone)
		if !ok {
			return nil, seawall.E("scenario.coerce", seawall.Invalid, "scenario_time", "text", clip(text))
		}
		return m.at.Format(time.RFC3339Nano), nil
	}
	if quoted {
		return text, nil
	}
	if relative.MatchString(text) {
		m, ok := parseMoment(text, r.now(), r.zone)
		if ok && m.day {
			return seawall.DayOf(m.at, r.zone).String(), nil
		}
		if ok {
			return m.at.In(r.zone).Format(time.RFC3339), nil
		}
	}
	if x.kind() == "any" {
		return plain(text), nil
	}
	return text, nil
}

// plain reads a value whose type nothing says: a number, true or false, a text.
func plain(text string) any {
	switch text {
	case "true":
		return true
	case "false":
		return false
	}
	if _, err := strconv.ParseFloat(text, 64); err == nil && (text == "0" || !strings.HasPrefix(text, "0") || strings.HasPrefix(text, "0.")) && !strings.ContainsAny(text, "xXnN_") && len(text) < 12 {
		return json.Number(text)
	}
	return text
}

// place puts a value at a path in a document of objects and lists.
func place(doc map[string]any, path []string, v any) {
	var at any = doc
	for i, part := range path {
		end := i == len(path)-1
		switch x := at.(type) {
		case map[string]any:
			if end {
				x[part] = v
				return
			}
			if x[part] == nil {
				x[part] = container(path[i+1])
			}
			if list, ok := x[part].(*[]any); ok {
				at = list
				continue
			}
			at = x[part]
		case *[]any:
			n, _ := strconv.Atoi(part)
			for len(*x) <= n && len(*x) < 1000 {
				*x = append(*x, nil)
			}
			if n >= len(*x) {
				return
			}
			if end {
				(*x)[n] = v
				return
			}
			if (*x)[n] == nil {
				(*x)[n] = container(path[i+1])
			}
			at = (*x)[n]
		default:
			return
		}
	}
}

func container(next string) any {
	if isIndex(next) {
		return &[]any{}
	}
	return map[string]any{}
}

// show gives a JSON value as people read it and as tables are filled: instants in
// local time, texts in the reader's language, a known record as its variable.
func (r *run) show(v any) string {
	switch x := v.(type) {
	case nil:
		return ""
	case bool:
		return strconv.FormatBool(x)
	case json.Number:
		return x.String()
	case string:
		return r.showText(x)
	case []any:
		var parts []string
		for _, e := range x {
			parts = append(parts, r.show(e))
		}
		return strings.Join(parts, ", ")
	case map[string]any:
		return r.showMap(x)
	}
	return fmt.Sprint(v)
}

func (r *run) showText(x string) string {
	if t, err := time.Parse(time.RFC3339Nano, x); err == nil {
		if t.Year() <= 1 {
			return ""
		}
		return local(t, r.zone)
	}
	if name, ok := r.names[x]; ok && x != "" {
		return "$" + name
	}
	if strings.HasSuffix(x, "/") && strings.Count(x, "/") > 1 && !strings.ContainsAny(x, " :") {
		return string(seawall.AreaPath(x).Leaf())
	}
	return strings.ReplaceAll(x, r.url, "$$URL")
}

func (r *run) showMap(x map[string]any) string {
	zh, isZH := x["zh"].(string)
	en, isEN := x["en"].(string)
	if isZH || isEN {
		return seawall.Text{ZH: zh, EN: en}.In(r.o.Lang)
	}
	if kind, ok := x["kind"].(string); ok && len(x) == 2 {
		if id, ok := x["id"].(string); ok {
			if name, known := r.names[id]; known {
				return "$" + name
			}
			return kind + "/" + id
		}
	}
	b, _ := json.Marshal(x)
	return string(b)
}

// equal reports whether a value is what was written: as it is shown, as it is, in
// either language, as the record of that id, as a number or an instant. "*" is
// anything but nothing.
func (r *run) equal(want Word, got any) (bool, *seawall.Error) {
	text, whole, err := r.expand(want)
	if err != nil {
		return false, err
	}
	shown := r.show(got)
	if want.Text == "*" && !want.Quoted {
		return shown != "", nil
	}
	if whole != nil && textOf(whole) == textOf(got) || shown == text || textOf(got) == text {
		return true, nil
	}
	if want.Text == shown { // "$name" as it is shown
		return true, nil
	}
	switch x := got.(type) {
	case map[string]any:
		return x["zh"] == text || x["en"] == text || x["id"] == text && text != "", nil
	case json.Number:
		a, e1 := x.Float64()
		b, e2 := strconv.ParseFloat(text, 64)
		return e1 == nil && e2 == nil && a == b, nil
	case bool:
		return text == "yes" && x || text == "no" && !x, nil
	case []any:
		return r.equalList(text, x)
	case string:
		if !want.Quoted {
			return r.sameTime(text, x), nil
		}
	}
	return false, nil
}

func (r *run) equalList(text string, got []any) (bool, *seawall.Error) {
	parts := strings.Split(text, ",")
	if strings.TrimSpace(text) == "" {
		return len(got) == 0, nil
	}
	if len(parts) != len(got) {
		return false, nil
	}
	for i, p := range parts {
		if ok, err := r.equal(Word{Text: strings.TrimSpace(p)}, got[i]); !ok || err != nil {
			return false, err
		}
	}
	return true, nil
}

// sameTime compares words of time with an instant (to the minute, or the day
// where only a day is named) or a day.
func (r *run) sameTime(text, got string) bool {
	m, ok := parseMoment(text, r.now(), r.zone)
	if !ok {
		return false
	}
	if t, err := time.Parse(time.RFC3339Nano, got); err == nil {
		if m.day {
			return seawall.DayOf(t, r.zone) == seawall.DayOf(m.at, r.zone)
		}
		return t.Truncate(time.Minute).Equal(m.at.Truncate(time.Minute))
	}
	return m.day && seawall.DayOf(m.at, r.zone).String() == got
}

// holds reports whether KEY OP VALUE is so.
func (r *run) holds(w Word, got any) (bool, *seawall.Error) {
	switch w.Op {
	case "=", "":
		return r.equal(w, got)
	case "!=":
		ok, err := r.equal(w, got)
		return !ok, err
	case "~", "!~":
		text, _, err := r.expand(w)
		ok := strings.Contains(r.show(got), text) || strings.Contains(textOf(got), text)
		return ok == (w.Op == "~"), err
	}
	text, _, err := r.expand(w)
	if err != nil {
		return false, err
	}
	n, known := r.compare(textOf(got), text)
	if !known {
		return false, nil
	}
	return map[string]bool{">": n > 0, "<": n < 0, ">=": n >= 0, "<=": n <= 0}[w.Op], nil
}

// compare orders two values: as numbers, else as times, else not at all.
func (r *run) compare(got, want string) (n int, known bool) {
	a, e1 := strconv.ParseFloat(got, 64)
	b, e2 := strconv.ParseFloat(want, 64)
	if e1 == nil && e2 == nil {
		switch {
		case a < b:
			return -1, true
		case a > b:
			return 1, true
		}
		return 0, true
	}
	x, ok1 := parseMoment(got, r.now(), r.zone)
	y, ok2 := parseMoment(want, r.now(), r.zone)
	return x.at.Compare(y.at), ok1 && ok2
}
