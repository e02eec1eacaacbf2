package intake

import (
	"sort"
	"strings"
	"time"

	"github.com/goccy/go-yaml"

	"github.com/seawall-city/seawall"
)

// Mapping says which column means what. It is what people edit and what a
// mapping file holds.
type Mapping struct {
	Kind Kind `json:"kind" yaml:"kind"`
	// Columns gives the field of each column; a column with "" or without an
	// entry is kept as further data of the record.
	Columns map[string]string `json:"columns" yaml:"columns"`
	// DateOrder decides "3/4/2020" for a column: "dmy" or "mdy".
	DateOrder map[string]string `json:"dateOrder,omitempty" yaml:"dateOrder,omitempty"`
	// Values adds meanings for a field's codes: field → code → meaning.
	Values map[string]map[string]string `json:"values,omitempty" yaml:"values,omitempty"`
	// Constants are values of fields for all rows whose own value is empty.
	Constants map[string]string `json:"constants,omitempty" yaml:"constants,omitempty"`
}

// Suggestion explains one column's part of a suggested mapping.
type Suggestion struct {
	Column string `json:"column"`
	Field  string `json:"field,omitempty"`
	// Score is 0–100; Why is "name", "name_date", "contains", "similar", or ""
	// where nothing fitted.
	Score int    `json:"score"`
	Why   string `json:"why,omitempty"`
	// Fit is the share of filled sample cells (in per cent) that read as the
	// field's type; Filled how many sample cells hold anything.
	Fit    int `json:"fit"`
	Filled int `json:"filled"`
	// Examples are a few different values; none for sealed fields.
	Examples []string `json:"examples,omitempty"`
}

// sampleRows bounds the rows a suggestion looks at.
const sampleRows = 500

// candidate is one possible pairing of a column with a field.
type candidate struct {
	col   int
	field Field
	Suggestion
	weight float64
}

// Suggest proposes a mapping from the columns' names and the values in them.
// Each field takes its best column and each column one field.
func (c *Catalog) Suggest(k Kind, t *Table) (Mapping, []Suggestion) {
	m := Mapping{Kind: k, Columns: map[string]string{}}
	var all []candidate
	for i, col := range t.Columns {
		for _, f := range c.fields[k] {
			if cand, ok := c.rate(t, i, col, f); ok {
				all = append(all, cand)
			}
		}
	}
	sort.SliceStable(all, func(i, j int) bool { return all[i].weight > all[j].weight })
	taken, chosen := map[string]bool{}, map[int]candidate{}
	for _, cand := range all {
		if _, done := chosen[cand.col]; done || taken[cand.field.Field] {
			continue
		}
		taken[cand.field.Field] = true
		chosen[cand.col] = cand
		m.Columns[cand.Column] = cand.field.Field
	}
	out := make([]Suggestion, len(t.Columns))
	for i, col := range t.Columns {
		s, ok := chosen[i]
		if !ok {
			s.Suggestion = Suggestion{Column: col}
			_, s.Filled = c.fit(t, i, "text")
		}
		if !s.field.Sealed {
			s.Examples = examples(t, i)
		}
		out[i] = s.Suggestion
	}
	m.Constants = defaults(k, m)
	return m, out
}

// rate scores one pairing by its best alias; values that do not read as the
// field's type rule it out.
func (c *Catalog) rate(t *Table, i int, col string, f Field) (candidate, bool) {
	dated := f.Type == "day" || f.Type == "instant"
	best := candidate{col: i, field: f, Suggestion: Suggestion{Column: col, Field: f.Field}}
	for n, alias := range f.Alias {
		p, why := nameMatch(col, alias, dated)
		if w := float64(p) - float64(n)*0.1; p > 0 && w > best.weight {
			best.Score, best.Why, best.weight = p, why, w
		}
	}
	if best.weight == 0 {
		return best, false
	}
	best.Fit, best.Filled = c.fit(t, i, f.Type)
	if best.Filled > 0 && best.Fit < 50 {
		return best, false
	}
	if best.Filled == 0 {
		best.Score -= 20
		best.weight -= 20
	}
	return best, true
}

// fit gives the share of filled sample cells that read as a type, in per cent,
// and the number of filled ones.
func (c *Catalog) fit(t *Table, col int, typ string) (percent, n int) {
	good := 0
	for i, r := range t.Rows {
		if i >= sampleRows || r.Bad {
			continue
		}
		v := r.Cells[col]
		if v == "" || c.saysNothing(v) && c.vocabularyOf(typ) == "" {
			continue
		}
		n++
		if c.reads(typ, v) {
			good++
		}
	}
	if n == 0 {
		return 100, 0
	}
	return 100 * good / n, n
}

// reads reports whether a value has the form of a type.
func (c *Catalog) reads(typ, v string) bool {
	switch typ {
	case "day", "instant":
		_, ok := parseDate(v)
		return ok
	case "age":
		_, _, ok := parseAge(v)
		return ok
	case "ageclass":
		return strings.ContainsAny(v, "0123456789") || c.saysNothing(v)
	case "number":
		_, ok := parseNumberValue(v)
		return ok
	case "phone":
		return digits(v) >= 5
	case "document":
		return digits(v) >= 4
	}
	if voc := c.vocabularyOf(typ); voc != "" {
		_, ok := c.Meaning(voc, v)
		return ok
	}
	return true
}

func examples(t *Table, col int) []string {
	var out []string
	seen := map[string]bool{}
	for i, r := range t.Rows {
		if i >= sampleRows || len(out) == 3 {
			break
		}
		if v := r.Cells[col]; v != "" && !seen[v] {
			seen[v] = true
			out = append(out, v)
		}
	}
	return out
}

// defaults are the constants that a file without such a column needs; they show
// in the mapping and can be changed there.
func defaults(k Kind, m Mapping) map[string]string {
	mapped := func(field string) string {
		for col, f := range m.Columns {
			if f == field {
				return col
			}
		}
		return ""
	}
	switch {
	case k == LineList && mapped("class") == "":
		return map[string]string{"class": "confirmed"}
	case k == Links && mapped("kind") == "":
		for _, w := range []string{"infector", "传染", "感染者", "上代"} {
			if strings.Contains(strings.ToLower(mapped("from")), w) {
				return map[string]string{"kind": "infection"}
			}
		}
		return map[string]string{"kind": "exposure"}
	case k == Results && mapped("kind") == "":
		return map[string]string{"kind": "nat"}
	}
	return nil
}

// ParseMapping reads a mapping file strictly. Errors: Invalid with the place.
func ParseMapping(b []byte) (Mapping, error) {
	var m Mapping
	if err := yaml.UnmarshalWithOptions(b, &m, yaml.Strict()); err != nil {
		return m, &seawall.Error{Op: "intake.ParseMapping", Kind: seawall.Invalid, Code: "import_map_malformed",
			Args: map[string]string{"detail": yaml.FormatError(err, false, true)}, Err: err}
	}
	return m, nil
}

// Over lays o over m: a column named in o takes o's field, and a field that o
// gives to another column leaves the one it had.
func (m Mapping) Over(o Mapping) Mapping {
	out := Mapping{Kind: m.Kind, Columns: map[string]string{}, DateOrder: m.DateOrder, Values: m.Values, Constants: m.Constants}
	given := map[string]bool{}
	for _, f := range o.Columns {
		given[f] = true
	}
	for col, f := range m.Columns {
		if !given[f] {
			out.Columns[col] = f
		}
	}
	for col, f := range o.Columns {
		out.Columns[col] = f
	}
	if o.DateOrder != nil {
		out.DateOrder = o.DateOrder
	}
	if o.Values != nil {
		out.Values = o.Values
	}
	if o.Constants != nil {
		out.Constants = o.Constants
	}
	return out
}

// Check tells what is wrong with a mapping for a table, all at once: unknown
// columns and fields, a field given twice, constants and orders that mean
// nothing. Errors: Invalid with one FieldError for each.
func (c *Catalog) Check(m Mapping, t *Table) error {
	e := &seawall.Error{Op: "intake.Check", Kind: seawall.Invalid, Code: "import_map_wrong"}
	add := func(field, code string, args ...string) {
		e.Fields = append(e.Fields, seawall.FieldError{Field: field, Code: code, Args: pairs(args)})
	}
	if !m.Kind.Valid() || m.Kind == Areas {
		add("kind", "not_a_choice", "value", string(m.Kind))
	}
	has := map[string]bool{}
	for _, col := range t.Columns {
		has[col] = true
	}
	owner := map[string]string{}
	for _, col := range sortedKeys(m.Columns) {
		f := m.Columns[col]
		switch _, known := c.Field(m.Kind, f); {
		case !has[col]:
			add(col, "import_map_no_column", "column", col)
		case f == "":
		case !known:
			add(col, "import_map_no_field", "field", f)
		case owner[f] != "":
			add(col, "import_map_twice", "field", f, "column", owner[f])
		default:
			owner[f] = col
		}
	}
	for _, col := range sortedKeys(m.DateOrder) {
		if o := m.DateOrder[col]; o != DayFirst && o != MonthFirst {
			add(col, "not_a_choice", "value", o)
		}
	}
	for _, f := range sortedKeys(m.Constants) {
		if _, ok := c.Field(m.Kind, f); !ok {
			add(f, "import_map_no_field", "field", f)
		}
	}
	if len(owner) == 0 && len(t.Columns) > 0 {
		// Rows of which nothing is understood are no persons.
		add("columns", "import_map_nothing")
	}
	for _, f := range c.fields[m.Kind] {
		if f.Required && owner[f.Field] == "" && m.Constants[f.Field] == "" {
			add(f.Field, "import_map_missing", "field", f.Field)
		}
	}
	if len(e.Fields) > 0 {
		return e
	}
	return nil
}

func sortedKeys(m map[string]string) []string {
	out := make([]string, 0, len(m))
	for k := range m {
		out = append(out, k)
	}
	sort.Strings(out)
	return out
}

func pairs(kv []string) map[string]string {
	if len(kv) == 0 {
		return nil
	}
	out := map[string]string{}
	for i := 0; i+1 < len(kv); i += 2 {
		out[kv[i]] = kv[i+1]
	}
	return out
}

// Options are what evaluating a file needs from outside.
type Options struct {
	// Today is the day on the server's clock, in the city's time.
	Today seawall.Day
	Zone  *time.Location
}
