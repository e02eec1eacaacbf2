package store

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/ledger"
)

// The columns of an event as read, and its key; the place is read apart, since
// an event that waits has none.
const eventColumns = `e.id, e.at, e.type, e.subject_kind, e.subject_id, e.person, e.area, e.actor_kind, e.principal,
	e.key_id, e.entry, e.sealed, k.grp, k.wrapped`

// opener opens payloads and remembers the keys it unwrapped while it reads one
// page; it asks the database for each event whether its key is still there.
type opener struct {
	root *ledger.RootKey
	keys map[string]ledger.GroupKey
}

func (l *Log) opener() *opener {
	return &opener{root: l.root, keys: map[string]ledger.GroupKey{}}
}

// scan reads one row of seq and eventColumns.
func (o *opener) scan(scan func(...any) error) (ledger.Stored, error) {
	var s ledger.Stored
	var at int64
	var entry, sealed, wrapped []byte
	var group *string
	e := &s.Envelope
	if err := scan(&e.Seq, &e.ID, &at, &e.Type, &e.Subject.Kind, &e.Subject.ID, &e.Person, &e.Area,
		&e.Actor.Kind, &e.Actor.Principal, &s.Key, &entry, &sealed, &group, &wrapped); err != nil {
		return s, err
	}
	e.At = timeOf(at)
	if len(entry) != len(s.Entry) {
		return s, brokenRow("store.scan", string(e.ID))
	}
	s.Entry = ledger.Hash(entry)
	if s.Forgotten = group == nil; s.Forgotten {
		return s, nil
	}
	key, known := o.keys[s.Key]
	if !known {
		if key, s.Broken = o.root.Unwrap(s.Key, *group, wrapped); s.Broken != nil {
			return s, nil
		}
		o.keys[s.Key] = key
	}
	s.Salt, s.Canonical, s.Broken = key.Open(e.ID, sealed)
	return s, nil
}

// event gives what a reader sees of a stored event.
func event(s ledger.Stored) (ledger.Event, error) {
	if s.Forgotten {
		e := s.Envelope
		return ledger.Event{ID: e.ID, Seq: e.Seq, At: e.At, Type: e.Type, Forgotten: true}, nil
	}
	if s.Broken != nil {
		return ledger.Event{}, s.Broken
	}
	ev, err := ledger.Decode(s.Canonical)
	ev.Seq = s.Envelope.Seq
	return ev, err
}

// stored runs a statement whose rows are seq and eventColumns.
func (l *Log) stored(ctx context.Context, t *Tx, op, q string, args ...any) ([]ledger.Stored, error) {
	rows, err := t.query(ctx, op, q, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	o := l.opener()
	var out []ledger.Stored
	for rows.Next() {
		s, err := o.scan(rows.Scan)
		if err != nil {
			return nil, t.fail(op, err)
		}
		out = append(out, s)
	}
	return out, t.fail(op, rows.Err())
}

// Stored gives events for verification; see ledger.Store.
func (l *Log) Stored(ctx context.Context, tx seawall.Tx, after int64, limit int) ([]ledger.Stored, error) {
	return l.stored(ctx, of(tx), "store.Stored", `SELECT l.seq, `+eventColumns+`
		FROM log_entry l JOIN event e ON e.id = l.event_id LEFT JOIN event_key k ON k.id = e.key_id
		WHERE l.seq > $1 ORDER BY l.seq LIMIT $2`, after, limit)
}

// Event gives one event by its ID; see ledger.Reader.
func (l *Log) Event(ctx context.Context, tx seawall.Tx, id seawall.EventID) (ledger.Event, error) {
	const op = "store.Event"
	list, err := l.stored(ctx, of(tx), op, `SELECT COALESCE(l.seq, 0), `+eventColumns+`
		FROM event e LEFT JOIN log_entry l ON l.event_id = e.id LEFT JOIN event_key k ON k.id = e.key_id
		WHERE e.id = $1`, string(id))
	if err != nil {
		return ledger.Event{}, err
	}
	if len(list) == 0 {
		return ledger.Event{}, seawall.E(op, seawall.NotFound, "not_found", "kind", "event", "id", string(id))
	}
	return event(list[0])
}

// Limits of a page of events.
const (
	defaultEvents = 100
	maxEvents     = 1000
)

// Events gives sequenced events; see ledger.Reader. It walks the index of the
// narrowest filter and tests the others row by row; several index ranges (the
// types of a family, the areas of a scope) are each read up to the limit.
func (l *Log) Events(ctx context.Context, tx seawall.Tx, q ledger.Query) ([]ledger.Event, error) {
	const op = "store.Events"
	t := of(tx)
	b := eventQuery{q: q}
	if b.parts, b.limited = reaches(q.Scope); b.limited && len(b.parts) == 0 {
		return []ledger.Event{}, nil
	}
	b.areas, b.exact = indexedAreas(b.parts)
	types, err := l.types(ctx, t, q.Type)
	if err != nil || q.Type != "" && len(types) == 0 {
		return []ledger.Event{}, err
	}
	text := b.statement(types)
	list, err := l.stored(ctx, t, op, text, b.args...)
	if err != nil {
		return nil, err
	}
	out := make([]ledger.Event, 0, len(list))
	for _, s := range list {
		ev, err := event(s)
		if err != nil {
			return nil, err
		}
		out = append(out, ev)
	}
	return out, nil
}

// types gives the types that a filter selects: one, or those of a family.
func (l *Log) types(ctx context.Context, t *Tx, filter string) ([]string, error) {
	const op = "store.types"
	if !strings.HasSuffix(filter, ".") {
		if filter == "" {
			return nil, nil
		}
		return []string{filter}, nil
	}
	rows, err := t.query(ctx, op, "SELECT type FROM log_type WHERE type >= $1 AND type < $2 ORDER BY type",
		filter, strings.TrimSuffix(filter, ".")+"/")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []string
	for rows.Next() {
		var s string
		if err := rows.Scan(&s); err != nil {
			return nil, t.fail(op, err)
		}
		out = append(out, s)
	}
	return out, t.fail(op, rows.Err())
}

// eventQuery builds the statement of a query.
type eventQuery struct {
	where
	q ledger.Query
	// parts is the scope as SQL compares it; limited whether there is one.
	parts   []reach
	limited bool
	// areas are the counties and towns whose events cover the scope, nil when it
	// is wider; exact tells that they cover nothing else.
	areas []string
	exact bool
}

// statement gives the SQL: the places found through an index, then the events.
func (b *eventQuery) statement(types []string) string {
	q := b.q
	limit := q.Limit
	if limit <= 0 {
		limit = defaultEvents
	}
	top := " LIMIT " + b.mark(min(limit, maxEvents))
	order, cond := " ORDER BY seq", ""
	switch {
	case !q.Newest:
		cond = "x.seq > " + b.mark(q.After)
	case q.After > 0:
		order, cond = " ORDER BY seq DESC", "x.seq < "+b.mark(q.After)
	default:
		order, cond = " ORDER BY seq DESC", "x.seq > 0"
	}
	cond = all(cond, b.filter())
	var parts []string
	for i, from := range b.ranges(types) {
		parts = append(parts, fmt.Sprintf("SELECT seq FROM (SELECT x.seq AS seq FROM %s AND %s%s%s) p%d",
			from, cond, strings.Replace(order, "seq", "x.seq", 1), top, i))
	}
	return "SELECT l.seq, " + eventColumns + " FROM (SELECT seq FROM (" + strings.Join(parts, " UNION ") + ") u" + order + top +
		`) s JOIN log_entry l ON l.seq = s.seq
		JOIN event e ON e.id = l.event_id LEFT JOIN event_key k ON k.id = e.key_id` + strings.Replace(order, "seq", "l.seq", 1)
}

// ranges gives "table x … WHERE condition" for each index range to walk.
func (b *eventQuery) ranges(types []string) []string {
	q := b.q
	refs, entries := "event_ref x", "log_entry x"
	if b.filtered() {
		refs += " JOIN log_entry y ON y.seq = x.seq JOIN event f ON f.id = y.event_id"
		entries += " JOIN event f ON f.id = x.event_id"
	}
	ref := func(kind seawall.RefKind, id string) string {
		return refs + " WHERE " + b.text("x.kind = ? AND x.id = ?", string(kind), id)
	}
	var out []string
	switch {
	case !q.Subject.IsZero():
		return []string{ref(q.Subject.Kind, q.Subject.ID)}
	case q.Person != "":
		return []string{ref(seawall.KindPerson, string(q.Person))}
	case b.areas != nil:
		family := ""
		if q.Type != "" {
			family = familyOf(q.Type)
		}
		for _, p := range b.areas {
			out = append(out, ref(refArea, p+family))
		}
	case len(types) > 0:
		for _, t := range types {
			out = append(out, entries+" WHERE "+b.text("x.type = ?", t))
		}
	default:
		out = []string{entries + " WHERE 1 = 1"}
	}
	return out
}

// indexedAreas gives the counties and towns whose events cover a scope, and
// whether they cover nothing else; nil when it is wider than counties.
func indexedAreas(parts []reach) (areas []string, exact bool) {
	exact = true
	for _, r := range parts {
		p := r.from
		switch {
		case r.depth > townDepth:
			p, exact = string(cutPath(seawall.AreaPath(p), townDepth)), false
		case r.alone:
			p += alone
		case r.depth < countyDepth:
			return nil, false
		}
		if !slices.Contains(areas, p) {
			areas = append(areas, p)
		}
	}
	return areas, exact
}

// byRef tells whether the events of a thing or person are walked, byArea those
// of areas.
func (b *eventQuery) byRef() bool  { return !b.q.Subject.IsZero() || b.q.Person != "" }
func (b *eventQuery) byArea() bool { return !b.byRef() && b.areas != nil }

// typeFiltered and areaFiltered tell what the index range leaves to be tested.
func (b *eventQuery) typeFiltered() bool {
	return b.q.Type != "" && (b.byRef() || b.byArea() && !strings.HasSuffix(b.q.Type, "."))
}

func (b *eventQuery) areaFiltered() bool { return b.limited && !(b.byArea() && b.exact) }

// filtered tells whether the event row must be looked at to select it.
func (b *eventQuery) filtered() bool {
	return b.q.Person != "" || b.areaFiltered() || b.typeFiltered()
}

// filter gives the conditions beyond the index range.
func (b *eventQuery) filter() string {
	q := b.q
	if !b.filtered() {
		return ""
	}
	var conds []string
	if q.Person != "" {
		conds = append(conds, b.text("f.person = ?", string(q.Person)))
	}
	if family, ok := strings.CutSuffix(q.Type, "."); ok && b.typeFiltered() {
		conds = append(conds, b.text("f.type >= ? AND f.type < ?", q.Type, family+"/"))
	} else if b.typeFiltered() {
		conds = append(conds, b.text("f.type = ?", q.Type))
	}
	if b.areaFiltered() {
		conds = append(conds, b.where.areas("f.area", b.parts))
	}
	return all(conds...)
}
