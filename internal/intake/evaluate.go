package intake

import (
	"strconv"
	"strings"
	"time"

	"github.com/seawall-city/seawall"
)

// Evaluation is a file under a mapping: its rows as records, on demand, and
// what is doubtful about the file as a whole.
type Evaluation struct {
	cat    *Catalog
	table  *Table
	m      Mapping
	o      Options
	cols   map[string]int // field → column
	orders map[int]string // column → order of day and month
	extra  []int          // columns kept as they are
	sealed []int          // columns without a field that seem to hold identities
	// keys tells, for each row, which occurrence of its key and content it is.
	nth      []int
	repeated []repetition
	// own marks rows whose visible id belongs to another row of the file.
	own []bool
	// File are the problems of the whole file (Line 0).
	File []Problem
}

// repetition says how a row's key relates to an earlier row of the file.
type repetition uint8

const (
	first     repetition = iota
	sameAgain            // same key and same content as an earlier row
	otherSame            // same key, other content
	conflict             // same system id, other content
)

// Evaluate checks the mapping and prepares the rows. It is deterministic: the
// same file, mapping and options give the same records, so that an interrupted
// import can go on where it stopped. Errors: Invalid.
func (c *Catalog) Evaluate(t *Table, m Mapping, o Options) (*Evaluation, error) {
	if err := c.Check(m, t); err != nil {
		return nil, err
	}
	if o.Zone == nil {
		o.Zone = time.UTC
	}
	e := &Evaluation{cat: c, table: t, m: m, o: o, cols: map[string]int{}, orders: map[int]string{}}
	for i, col := range t.Columns {
		f := m.Columns[col]
		if f == "" {
			e.keepColumn(i, col)
			continue
		}
		e.cols[f] = i
		field, _ := c.Field(m.Kind, f)
		if field.Type == "day" || field.Type == "instant" {
			e.decideOrder(i, col)
		}
		if field.Sealed && (m.Kind == FollowUps) && e.used(i) {
			e.File = append(e.File, Problem{Column: col, Severity: Warning, Code: "import_sealed_not_kept"})
		}
	}
	e.fileWarnings()
	e.countKeys()
	return e, nil
}

// keepColumn decides where a column without a field is kept: with the record,
// or in the vault where it seems to tell who somebody is. Files that bring no
// persons have no place for it there, and say so.
func (e *Evaluation) keepColumn(i int, col string) {
	if !e.namesPeople(i, col) {
		e.extra = append(e.extra, i)
		return
	}
	code := "import_column_sealed"
	if e.m.Kind == Links || e.m.Kind == FollowUps {
		code = "import_sealed_not_kept"
	} else {
		e.sealed = append(e.sealed, i)
	}
	e.File = append(e.File, Problem{Column: col, Severity: Warning, Code: code})
}

// Rows counts the rows.
func (e *Evaluation) Rows() int { return len(e.table.Rows) }

func (e *Evaluation) used(col int) bool {
	for _, r := range e.table.Rows {
		if r.Cells[col] != "" {
			return true
		}
	}
	return false
}

func (e *Evaluation) decideOrder(i int, col string) {
	if o := e.m.DateOrder[col]; o != "" {
		e.orders[i] = o
		return
	}
	order, sure := dateOrder(func(yield func(string) bool) {
		for _, r := range e.table.Rows {
			if !yield(r.Cells[i]) {
				return
			}
		}
	})
	e.orders[i] = order
	if !sure {
		e.File = append(e.File, Problem{Column: col, Severity: Warning, Code: "import_date_order", Args: pairs([]string{"order", order})})
	}
}

// fileWarnings says which constants stand in for a column that is not there.
func (e *Evaluation) fileWarnings() {
	for _, f := range sortedKeys(e.m.Constants) {
		if _, has := e.cols[f]; !has && (f == "class" && e.m.Kind == LineList || f == "kind" && e.m.Kind == Results) {
			e.File = append(e.File, Problem{Severity: Warning, Code: "import_constant",
				Args: pairs([]string{"field", f, "value", e.m.Constants[f]})})
		}
	}
}

// countKeys finds rows that share a key with an earlier one.
func (e *Evaluation) countKeys() {
	e.nth = make([]int, e.Rows())
	e.repeated = make([]repetition, e.Rows())
	e.own = make([]bool, e.Rows())
	numbers := map[string]string{}
	seen := map[string]int{}
	contents := map[string]bool{}
	for i := range e.table.Rows {
		r := e.build(i)
		if r.Rejected() != nil {
			continue
		}
		content := r.External + "\x00" + r.Content
		switch {
		case seen[r.External] == 0:
		case contents[content] && !r.ByContent:
			e.repeated[i] = sameAgain
			continue
		case r.ByUUID:
			e.repeated[i] = conflict
			continue
		default:
			e.repeated[i] = otherSame
			e.nth[i] = seen[r.External]
		}
		seen[r.External]++
		contents[content] = true
		if r.Visible != "" {
			holder, taken := numbers[r.Visible]
			e.own[i] = taken && (holder != r.External || e.nth[i] > 0)
			if !taken {
				numbers[r.Visible] = r.External
			}
		}
	}
}

// Record gives row i.
func (e *Evaluation) Record(i int) Record {
	r := e.build(i)
	if r.Rejected() != nil {
		return r
	}
	r.Nth = e.nth[i]
	switch e.repeated[i] {
	case sameAgain:
		r.Again = true
		r.warn("", "import_row_again", "id", e.shown(r))
	case otherSame:
		if r.ByContent {
			r.warn("", "import_row_alike")
		} else {
			r.warn("", "import_id_repeated", "id", e.shown(r))
		}
	case conflict:
		r.reject("", "import_id_conflict", "id", r.External)
		return r
	}
	e.number(i, &r)
	return r
}

// number warns where a case or contact cannot carry the file's visible id.
func (e *Evaluation) number(i int, r *Record) {
	if r.Case == nil && r.Contact == nil {
		return
	}
	_, column := e.cell(i, "id")
	switch {
	case r.Visible == "" && column != "":
		r.warn(column, "import_number_missing")
	case e.own[i]:
		r.warn(column, "import_number_taken", "no", r.Visible)
		r.keep(column, r.Visible)
		r.Visible = ""
	}
}

// shown is an id as a message may show it.
func (e *Evaluation) shown(r Record) string {
	if r.Visible != "" {
		return r.Visible
	}
	return r.External
}

// build makes a record of row i without regard to other rows.
func (e *Evaluation) build(i int) Record {
	row := e.table.Rows[i]
	r := Record{Index: i, Line: row.Line}
	if row.Bad {
		r.reject("", "import_row_cells", "want", strconv.Itoa(len(e.table.Columns)), "got", strconv.Itoa(len(row.Cells)))
		return r
	}
	r.Content = e.content(row)
	for _, col := range e.extra {
		r.keep(e.table.Columns[col], row.Cells[col])
	}
	switch e.m.Kind {
	case LineList:
		e.caseRow(i, &r)
	case Contacts:
		e.contactRow(i, &r)
	case Links:
		e.linkRow(i, &r)
	case FollowUps:
		e.followUpRow(i, &r)
	case Results:
		e.resultRow(i, &r)
	}
	e.key(i, &r)
	return r
}

// content joins the filled cells under their columns' names.
func (e *Evaluation) content(row Row) string {
	var b strings.Builder
	for i, v := range row.Cells {
		if v != "" {
			b.WriteString(e.table.Columns[i])
			b.WriteByte(0x1F)
			b.WriteString(v)
			b.WriteByte(0x1E)
		}
	}
	return b.String()
}

// key fills External and Visible.
func (e *Evaluation) key(i int, r *Record) {
	id := e.text(i, "uuid")
	switch {
	case id != "":
		r.ByUUID = true
	case r.Visible != "":
		id = r.Visible
	case r.Link != nil:
		id = r.Link.From + ">" + r.Link.To
		if r.Link.Day.Known() {
			id += "@" + r.Link.Day.String()
		}
	case r.FollowUp != nil:
		who := r.FollowUp.Contact
		if who == "" {
			who = r.FollowUp.ContactNo
		}
		id = who + "@" + r.FollowUp.Day.String()
	case r.Result != nil:
		id = r.Result.Accession + "/" + r.Result.Kind
	default:
		id, r.ByContent = "", true
	}
	if r.ByContent {
		id = r.Content
	}
	r.External = id
	if len([]rune(id)) > longestKey && !r.ByContent {
		r.reject("", "import_value_long", "max", strconv.Itoa(longestKey))
	}
}

// longestKey bounds an id in characters.
const longestKey = 200

// cell gives a field's cell and its column's name.
func (e *Evaluation) cell(i int, field string) (value, column string) {
	col, ok := e.cols[field]
	if !ok {
		return "", ""
	}
	return e.table.Rows[i].Cells[col], e.table.Columns[col]
}

// text gives a field's value, "" where it says nothing.
func (e *Evaluation) text(i int, field string) string {
	v, _ := e.cell(i, field)
	if v == "" {
		v = e.m.Constants[field]
	}
	if e.cat.saysNothing(v) {
		return ""
	}
	return v
}

// plain is text for fields that records keep as they are; what only says
// "unknown" stays among the further data.
func (e *Evaluation) plain(i int, field string, r *Record) string {
	v := e.text(i, field)
	if raw, column := e.cell(i, field); v == "" {
		r.keep(column, raw)
	}
	return v
}

// code gives the meaning of a field's code in a vocabulary. An unknown code
// stays among the further data with a warning.
func (e *Evaluation) code(i int, field, vocabulary string, r *Record) string {
	v, column := e.cell(i, field)
	if v == "" {
		v, column = e.m.Constants[field], field
	}
	if v == "" {
		return ""
	}
	for code, meaning := range e.m.Values[field] {
		if codeKey(code) == codeKey(v) {
			return meaning
		}
	}
	m, ok := e.cat.Meaning(vocabulary, v)
	switch {
	case ok && m != "?":
		return m
	case ok, e.cat.saysNothing(v):
	default:
		r.warn(column, "import_code_unknown", "value", v)
	}
	r.keep(column, v)
	return ""
}

// date reads a field as a date; an unreadable one stays among the further data
// with a warning.
func (e *Evaluation) date(i int, field string, r *Record) (parsedDate, string, bool) {
	v, column := e.cell(i, field)
	if v == "" {
		return parsedDate{}, "", false
	}
	d, ok := parseDate(v)
	if f, _ := e.cat.Field(e.m.Kind, field); !ok && f.Sealed {
		r.warn(column, "import_date_unreadable") // a birth day stays out of messages
		return parsedDate{}, "", false
	}
	if !ok {
		if !e.cat.saysNothing(v) {
			r.warn(column, "import_date_unreadable", "value", v)
		}
		r.keep(column, v)
		return parsedDate{}, "", false
	}
	return d, e.orders[e.cols[field]], true
}

func (e *Evaluation) day(i int, field string, r *Record) seawall.Day {
	d, order, ok := e.date(i, field, r)
	if !ok {
		return seawall.NoDay
	}
	return d.day(order, e.o.Zone)
}

func (e *Evaluation) instant(i int, field string, r *Record) time.Time {
	d, order, ok := e.date(i, field, r)
	if !ok {
		return time.Time{}
	}
	return d.at(order, e.o.Zone)
}
