package store

import (
	"context"
	"strings"
	"time"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/casebook"
)

// SavePerson writes a person; there is no version, the last writer wins.
func (db *DB) SavePerson(ctx context.Context, tx seawall.Tx, p casebook.Person) error {
	return persons().put(ctx, tx, p)
}

// Person reads a person by number.
func (db *DB) Person(ctx context.Context, tx seawall.Tx, no seawall.PersonNo) (casebook.Person, error) {
	return persons().get(ctx, tx, string(no))
}

// Persons reads several persons, by number; unknown numbers are left out.
func (db *DB) Persons(ctx context.Context, tx seawall.Tx, nos []seawall.PersonNo) ([]casebook.Person, error) {
	return among(ctx, tx, persons(), "no", nos)
}

// PersonsMergedInto reads the numbers that were merged into no.
func (db *DB) PersonsMergedInto(ctx context.Context, tx seawall.Tx, no seawall.PersonNo) ([]casebook.Person, error) {
	return persons().list(ctx, tx, "WHERE merged_into = $1 AND merged_into <> '' ORDER BY no", string(no))
}

// SaveCase writes a case.
func (db *DB) SaveCase(ctx context.Context, tx seawall.Tx, c casebook.Case) error {
	return cases().put(ctx, tx, c)
}

// Case reads a case.
func (db *DB) Case(ctx context.Context, tx seawall.Tx, id seawall.CaseID) (casebook.Case, error) {
	return cases().get(ctx, tx, string(id))
}

// CaseByNo reads a case by its visible number.
func (db *DB) CaseByNo(ctx context.Context, tx seawall.Tx, no string) (casebook.Case, error) {
	return the(ctx, tx, cases(), no, "no = $1", no)
}

// CaseByOrigin reads a case by the key of idempotent import.
func (db *DB) CaseByOrigin(ctx context.Context, tx seawall.Tx, disease, source, external string) (casebook.Case, error) {
	return the(ctx, tx, cases(), external, byOrigin, disease, source, external)
}

// byOrigin repeats the condition of the unique partial indexes, so that both
// databases use them.
const byOrigin = "disease = $1 AND source = $2 AND external = $3 AND external <> ''"

// CasesOfPerson reads the cases of a person, oldest first.
func (db *DB) CasesOfPerson(ctx context.Context, tx seawall.Tx, no seawall.PersonNo) ([]casebook.Case, error) {
	return cases().list(ctx, tx, "WHERE person = $1 ORDER BY id", string(no))
}

// caseStates are all states of a case; the schema admits no other.
func caseStates() []string { return []string{"open", "closed", "retracted"} }

// Cases gives a page of the line list, the next cursor and the true total.
func (db *DB) Cases(ctx context.Context, tx seawall.Tx, q casebook.CaseQuery) ([]casebook.Case, string, int, error) {
	l, err := db.caseList(q)
	if err != nil {
		return nil, "", 0, err
	}
	return l.all(ctx, tx, q.Page)
}

func (db *DB) caseList(q casebook.CaseQuery) (*listing[casebook.Case], error) {
	o, index := caseOrder(q.Sort)
	if o.col == "" {
		return nil, seawall.E("store.Cases", seawall.Invalid, "sort_unknown", "sort", q.Sort)
	}
	l := &listing[casebook.Case]{from: cases(), order: o, pageIndex: index, countIndex: "case_record_by_reported"}
	var special string
	l.ranges, special = db.caseRanges(&l.common, q, caseStates())
	if special != "" {
		l.pageIndex, l.countIndex = special, special
	}
	return l, nil
}

// caseRanges gives the index ranges of a query and, where one index serves it
// whatever the order, its name. states are those that a query without a state
// means.
func (db *DB) caseRanges(w *where, q casebook.CaseQuery, states []string) (ranges []string, index string) {
	if q.State != "" {
		states = []string{q.State}
	}
	switch {
	case q.Person != "":
		index = "case_record_person"
	case q.Text != "":
		index = "sqlite_autoindex_case_record_1"
	default:
		var narrow bool
		if ranges, narrow = w.ranges(states, q.Scope); narrow {
			index = "case_record_by_area"
		}
	}
	w.eq("disease", q.Disease)
	if len(q.Classes) > 0 {
		w.conds = append(w.conds, in(w, "class", q.Classes))
	}
	if q.From != 0 && q.From.Known() {
		w.add("reported >= ?", microsOf(q.From.Start(db.zone)))
	}
	if q.To != 0 && q.To.Known() {
		w.add("reported < ?", microsOf(q.To.Add(1).Start(db.zone)))
	}
	w.eq("person", string(q.Person))
	if q.Text != "" {
		w.conds = append(w.conds, w.find("case_record", "facility", q.Text))
	}
	if ranges == nil {
		w.within(states, q.Scope)
		ranges = []string{""}
	}
	return ranges, index
}

// find gives the condition that a row's visible number, external id or place
// begins with a text; numbers are written in capitals.
func (w *where) find(table, place, text string) string {
	return "id IN (SELECT id FROM " + table + " WHERE " + w.prefixed("no", strings.ToUpper(text)) +
		" UNION ALL SELECT id FROM " + table + " WHERE external <> '' AND " + w.prefixed("external", text) +
		" UNION ALL SELECT id FROM " + table + " WHERE " + place + " <> '' AND " + w.prefixed(place, text) + ")"
}

func caseOrder(sort string) (o order[casebook.Case], index string) {
	switch sort {
	case "", "reported":
		return order[casebook.Case]{name: "reported", col: "reported", desc: true,
			value: func(c *casebook.Case) any { return microsOf(c.Reported) }}, "case_record_by_reported"
	case "onset":
		return order[casebook.Case]{name: sort, col: "onset", desc: true,
			value: func(c *casebook.Case) any { return int64(c.Onset) }}, "case_record_by_onset"
	case "no":
		return order[casebook.Case]{name: sort, col: "no",
			value: func(c *casebook.Case) any { return c.No }}, "case_record_by_no"
	case "area":
		return order[casebook.Case]{name: sort, col: "area",
			value: func(c *casebook.Case) any { return string(c.Area) }}, "case_record_by_area"
	}
	return o, ""
}

// EpidemicCurve counts cases by onset (else sampled, else report) day and
// class. Retracted cases count only when the query asks for their state.
func (db *DB) EpidemicCurve(ctx context.Context, tx seawall.Tx, q casebook.CaseQuery) ([]casebook.DayCount, error) {
	const op = "store.EpidemicCurve"
	t := of(tx)
	var w where
	ranges, index := db.caseRanges(&w, q, []string{"open", "closed"})
	if index == "" {
		index = "case_record_by_onset"
	}
	// The report day is the instant's day in the city's zone, whose distance
	// from UTC is that of this moment (China keeps one all year).
	_, ahead := t.now.In(db.zone).Zone()
	day := w.text("CASE WHEN onset > ? THEN onset WHEN sampled > ? THEN sampled ELSE (reported + ?) / 86400000000 END",
		int64(seawall.NoDay), int64(seawall.NoDay), int64(ahead)*int64(time.Second/time.Microsecond))
	parts := make([]string, len(ranges))
	for i, r := range ranges {
		parts[i] = "SELECT " + day + " AS day, class, COUNT(*) AS n FROM case_record" + by(index) +
			" WHERE " + all(append([]string{r}, w.conds...)...) + " GROUP BY 1, 2"
	}
	rows, err := t.query(ctx, op, "SELECT day, class, CAST(SUM(n) AS BIGINT) FROM ("+strings.Join(parts, " UNION ALL ")+
		") AS u GROUP BY day, class ORDER BY day, class", w.args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	out := []casebook.DayCount{}
	for rows.Next() {
		var c casebook.DayCount
		if err := rows.Scan(&c.Day, &c.Class, &c.N); err != nil {
			return nil, t.fail(op, err)
		}
		out = append(out, c)
	}
	return out, t.fail(op, rows.Err())
}

// kindCounter is the kind of a series of numbers in the changes of events.
const kindCounter seawall.RefKind = "counter"

// counter is how far a series of numbers has got.
type counter struct {
	Series string `json:"series"`
	N      int    `json:"n"`
}

func counters() *table[counter] {
	return &table[counter]{
		kind: kindCounter, name: "counter", cols: names("series n"),
		fields: func(c *counter) []any { return with(&c.Series, &c.N) },
		id:     func(c *counter) string { return c.Series },
	}
}

// NextNo gives the next number of a series. Callers of one series take turns:
// the row stays locked until their transaction ends, so a number that was given
// and rolled back is given again. It is a change like any other: the event of
// what bears the number carries it.
func (db *DB) NextNo(ctx context.Context, tx seawall.Tx, series string) (int, error) {
	c := counter{Series: series}
	_, err := of(tx).one(ctx, "store.NextNo", `INSERT INTO counter (series, n) VALUES ($1, 1)
		ON CONFLICT (series) DO UPDATE SET n = counter.n + 1 RETURNING n`, []any{series}, &c.N)
	if err != nil {
		return 0, err
	}
	return c.N, of(tx).changed(kindCounter, series, c)
}
