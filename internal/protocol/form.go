package protocol

import (
	"context"
	"encoding/json"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/seawall-city/seawall"
)

// How long texts may be where the form does not say, in characters; how many
// fields and answers a form may have, how many forms and steps a protocol.
const (
	maxText    = 200
	maxLong    = 4000
	maxFields  = 200
	maxOptions = 500
	maxForms   = 30
	maxSteps   = 100
)

var (
	areaForm  = regexp.MustCompile(`^[0-9A-Za-z]+(-[0-9A-Za-z]+)*$`)
	photoForm = regexp.MustCompile(`^[0-9A-Za-z][0-9A-Za-z._-]{0,99}$`)
)

// Check reads the answers of a form and gives them in their normal form: texts
// trimmed, numbers as float64, whole numbers as int64, choices by their key, several
// choices as []string in the form's order, days as "2006-01-02", moments in UTC.
// now, in the city's zone, bounds what may not lie in the future. What was not
// answered is not in the result. Every problem comes back at once: an unknown
// field, one that is missing, one that is not asked here, a value that does not
// fit.
func (f *Form) Check(ctx context.Context, values map[string]any, now time.Time) (map[string]any, []seawall.FieldError) {
	c := &checker{form: f, now: now, out: map[string]any{}, facts: map[string]any{"now": now}}
	for _, x := range f.Fields {
		c.field(ctx, x, values[x.Key])
	}
	var strange []string
	for k := range values {
		if _, ok := f.field(k); !ok {
			strange = append(strange, k)
		}
	}
	slices.Sort(strange)
	for _, k := range strange {
		c.bad(k, "unknown_field", "field", k)
	}
	return c.out, c.errs
}

// checker reads one form.
type checker struct {
	form  *Form
	now   time.Time
	out   map[string]any
	facts map[string]any
	errs  []seawall.FieldError
}

func (c *checker) bad(field, code string, args ...string) {
	e := seawall.FieldError{Field: field, Code: code}
	for i := 0; i+1 < len(args); i += 2 {
		if e.Args == nil {
			e.Args = map[string]string{}
		}
		e.Args[args[i]] = args[i+1]
	}
	c.errs = append(c.errs, e)
}

// field reads one answer.
func (c *checker) field(ctx context.Context, x Field, v any) {
	if s, ok := v.(string); ok {
		if s = strings.TrimSpace(s); s == "" {
			v = nil
		} else {
			v = s
		}
	}
	asked := c.form.rules[x.Key].judge(ctx, c.facts)
	if !asked.holds && asked.failed == nil {
		if v != nil {
			c.bad(x.Key, "form_not_asked")
		}
		return
	}
	if v == nil {
		if x.Required {
			c.bad(x.Key, "required")
		}
		return
	}
	got, ok := c.value(x, v)
	if !ok {
		return
	}
	if many, is := got.([]string); is && len(many) == 0 {
		if x.Required {
			c.bad(x.Key, "required")
		}
		return
	}
	c.out[x.Key] = got
	if fact, ok := x.fact(got, c.now.Location()); ok {
		c.facts["form."+x.Key] = fact
	}
}

// value reads one answer by its type.
func (c *checker) value(x Field, v any) (any, bool) {
	switch x.Type {
	case FieldNumber, FieldInteger:
		return c.number(x, v)
	case FieldYes:
		return c.yes(x, v)
	case FieldMany:
		return c.many(x, v)
	}
	s, ok := v.(string)
	if !ok {
		c.bad(x.Key, "malformed", "value", short(v))
		return nil, false
	}
	switch x.Type {
	case FieldChoice:
		return s, c.known(x, s)
	case FieldDate, FieldTime:
		return c.moment(x, s)
	case FieldArea:
		return s, c.matches(x, s, areaForm)
	case FieldPhoto:
		return s, c.matches(x, s, photoForm)
	}
	return c.text(x, s)
}

// matches checks a reference by its form.
func (c *checker) matches(x Field, s string, form *regexp.Regexp) bool {
	if len(s) > maxText || !form.MatchString(s) {
		c.bad(x.Key, "malformed", "value", short(s))
		return false
	}
	return true
}

// text reads words: no control characters, one line unless it is a long text.
func (c *checker) text(x Field, s string) (any, bool) {
	limit := x.MaxLen
	switch {
	case limit == 0 && x.Type == FieldLong:
		limit = maxLong
	case limit == 0:
		limit = maxText
	}
	if n := utf8.RuneCountInString(s); n > limit {
		c.bad(x.Key, "too_long", "max", strconv.Itoa(limit))
		return nil, false
	}
	strange := strings.ContainsFunc(s, func(r rune) bool {
		return unicode.IsControl(r) && !(x.Type == FieldLong && (r == '\n' || r == '\r' || r == '\t'))
	})
	if strange || !utf8.ValidString(s) {
		c.bad(x.Key, "form_strange_characters")
		return nil, false
	}
	return s, true
}

// number reads a number within the field's bounds.
func (c *checker) number(x Field, v any) (any, bool) {
	n, ok := asNumber(v)
	if !ok || math.IsNaN(n) || math.IsInf(n, 0) {
		c.bad(x.Key, "form_number", "value", short(v))
		return nil, false
	}
	if x.Min != nil && n < *x.Min || x.Max != nil && n > *x.Max {
		c.bad(x.Key, "form_range", "min", bound(x.Min), "max", bound(x.Max))
		return nil, false
	}
	if x.Type == FieldNumber {
		return n, true
	}
	if n != math.Trunc(n) || math.Abs(n) > 1<<53 {
		c.bad(x.Key, "form_whole", "value", short(v))
		return nil, false
	}
	return int64(n), true
}

// asNumber takes numbers as JSON, YAML and input fields give them.
func asNumber(v any) (float64, bool) {
	switch x := v.(type) {
	case string:
		n, err := strconv.ParseFloat(x, 64)
		return n, err == nil
	case json.Number:
		n, err := x.Float64()
		return n, err == nil
	case bool:
		return 0, false
	}
	switch n, ok := celValue(v); x := n.(type) {
	case int64:
		return float64(x), ok
	case float64:
		return x, ok
	}
	return 0, false
}

// bound words one end of a range, "…" where there is none.
func bound(p *float64) string {
	if p == nil {
		return "…"
	}
	return strconv.FormatFloat(*p, 'f', -1, 64)
}

// yes reads true or false.
func (c *checker) yes(x Field, v any) (any, bool) {
	switch v {
	case true, "true", "yes":
		return true, true
	case false, "false", "no":
		return false, true
	}
	c.bad(x.Key, "form_yes_no", "value", short(v))
	return nil, false
}

// many reads several answers, each once, in the form's order.
func (c *checker) many(x Field, v any) (any, bool) {
	var said []string
	switch list := v.(type) {
	case string:
		said = []string{list}
	case []string:
		said = list
	case []any:
		for _, e := range list {
			s, ok := e.(string)
			if !ok {
				c.bad(x.Key, "malformed", "value", short(e))
				return nil, false
			}
			said = append(said, s)
		}
	default:
		c.bad(x.Key, "malformed", "value", short(v))
		return nil, false
	}
	for _, s := range said {
		if !c.known(x, s) {
			return nil, false
		}
	}
	out := []string{}
	for _, o := range x.Options {
		if slices.Contains(said, o.Key) {
			out = append(out, o.Key)
		}
	}
	return out, true
}

// known checks that an answer is one of the options.
func (c *checker) known(x Field, s string) bool {
	if slices.ContainsFunc(x.Options, func(o Option) bool { return o.Key == s }) {
		return true
	}
	c.bad(x.Key, "form_option", "value", short(s))
	return false
}

// moment reads a day or an instant and holds it against its bounds.
func (c *checker) moment(x Field, s string) (any, bool) {
	var at time.Time
	zone, out := c.now.Location(), s
	if x.Type == FieldDate {
		day, err := seawall.ParseDay(s)
		if err != nil {
			c.bad(x.Key, "day_malformed", "value", short(s))
			return nil, false
		}
		at = day.Start(zone)
	} else {
		var err error
		if at, err = time.Parse(time.RFC3339, s); err != nil {
			c.bad(x.Key, "form_time", "value", short(s))
			return nil, false
		}
		out = at.UTC().Format(time.RFC3339)
	}
	if y := at.Year(); y < 1800 || y > 2200 {
		c.bad(x.Key, "malformed", "value", short(s))
		return nil, false
	}
	if x.NotFuture && at.After(c.now) {
		c.bad(x.Key, "form_future")
		return nil, false
	}
	if earlier, ok := c.facts["form."+x.NotBefore].(time.Time); ok && c.before(x, at, earlier) {
		c.bad(x.Key, "form_not_before", "field", x.NotBefore)
		return nil, false
	}
	return out, true
}

// before compares two moments by the day where either is a day only.
func (c *checker) before(x Field, at, earlier time.Time) bool {
	zone := c.now.Location()
	if other, _ := c.form.field(x.NotBefore); x.Type == FieldDate || other.Type == FieldDate {
		return seawall.DayOf(at, zone) < seawall.DayOf(earlier, zone)
	}
	return at.Before(earlier)
}

// short gives what was written, cut, for a message.
func short(v any) string {
	var s string
	if said, ok := v.(string); ok {
		s = said
	} else if b, err := json.Marshal(v); err == nil {
		s = string(b)
	}
	if r := []rune(s); len(r) > 40 {
		s = string(r[:40]) + "…"
	}
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, s)
}

// fact gives a checked value in the form that conditions compute with.
func (x Field) fact(v any, zone *time.Location) (any, bool) {
	switch x.Type {
	case FieldDate:
		s, _ := v.(string)
		day, err := seawall.ParseDay(s)
		return day.Start(zone), err == nil && day.Known()
	case FieldTime:
		s, _ := v.(string)
		at, err := time.Parse(time.RFC3339, s)
		return at, err == nil
	case FieldNumber:
		return asNumber(v)
	case FieldInteger:
		n, ok := asNumber(v)
		return int64(n), ok
	case FieldYes:
		b, ok := v.(bool)
		return b, ok
	case FieldMany:
		if list, ok := v.([]any); ok {
			out := []string{}
			for _, e := range list {
				if s, ok := e.(string); ok {
					out = append(out, s)
				}
			}
			return out, true
		}
		list, ok := v.([]string)
		return list, ok
	}
	s, ok := v.(string)
	return s, ok && s != ""
}

// facts adds the values of a form to what conditions may ask about.
func (f *Form) facts(out map[string]any, prefix string, values map[string]any, zone *time.Location) {
	for _, x := range f.Fields {
		if v, ok := x.fact(values[x.Key], zone); ok && values[x.Key] != nil {
			out[prefix+x.Key] = v
		}
	}
}
