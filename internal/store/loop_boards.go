package store

import (
	"context"
	"strings"
	"time"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/loop"
)

var _ loop.Boards = (*DB)(nil)

// Loops gives a page of the loops of a kind, newest first, and their total.
func (db *DB) Loops(ctx context.Context, tx seawall.Tx, q loop.LoopQuery) ([]loop.Loop, string, int, error) {
	l := &listing[loop.Loop]{from: loops(), pageIndex: "loop_by_kind", countIndex: "loop_by_kind",
		order: order[loop.Loop]{name: "opened", col: "opened_at", desc: true, value: func(l *loop.Loop) any { return microsOf(l.OpenedAt) }}}
	states := distinct(q.States)
	if len(states) == 0 {
		states = []string{string(loop.Open)}
	}
	w := &l.common
	for _, s := range states {
		l.ranges = append(l.ranges, w.text("kind = ? AND state = ?", string(q.Kind), s))
	}
	w.eq("owner", string(q.Owner))
	if parts, limited := reaches(q.Scope); limited {
		w.conds = append(w.conds, loopsOf(w, q, parts))
	}
	return l.all(ctx, tx, q.Page)
}

// loopsOf gives the condition on loops in parts of the tree: they lie there, or they
// climbed and have a step that stayed in the lists there. A scope as wide as a city
// holds what climbed within it anyway.
func loopsOf(w *where, q loop.LoopQuery, parts []reach) string {
	there := w.areas("area", parts)
	for _, p := range parts {
		if p.depth < narrowDepth {
			return there
		}
	}
	open := w.text("escalations > 0 AND state = 'open' AND kind = ?", string(q.Kind))
	return "(" + there + " OR id IN (SELECT loop_id FROM step WHERE " + open + " AND " + w.areas("area", parts) + "))"
}

// board gives the conditions of a board on the steps of a kind in a state.
func board(w *where, q loop.BoardQuery, states ...string) {
	w.add("kind = ?", string(q.Kind))
	w.conds = append(w.conds, in(w, "state", states))
	w.eq("owner", string(q.Owner))
	if parts, limited := reaches(q.Scope); limited {
		w.conds = append(w.conds, w.areas("area", parts))
	}
}

// late and climbed are sums over the steps of a group.
const (
	sumLate    = "CAST(SUM(CASE WHEN state = 'open' AND due < ? THEN 1 ELSE 0 END) AS BIGINT)"
	sumClimbed = "CAST(SUM(CASE WHEN escalations > 0 THEN 1 ELSE 0 END) AS BIGINT)"
)

// CountByKey counts the open and waiting steps of a kind by key and state.
func (db *DB) CountByKey(ctx context.Context, tx seawall.Tx, q loop.BoardQuery) ([]loop.KeyCount, error) {
	const op = "store.CountByKey"
	t := of(tx)
	var w where
	late := w.text(sumLate, microsOf(q.Now))
	board(&w, q, string(loop.Open), string(loop.Waiting))
	rows, err := t.query(ctx, op, "SELECT step_key, state, COUNT(*), "+late+", "+sumClimbed+" FROM step"+by("step_by_kind")+
		" WHERE "+all(w.conds...)+" GROUP BY step_key, state ORDER BY step_key, state", w.args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	out := []loop.KeyCount{}
	for rows.Next() {
		var k loop.KeyCount
		if err := rows.Scan(&k.Key, &k.State, &k.N, &k.Late, &k.Escalated); err != nil {
			return nil, t.fail(op, err)
		}
		out = append(out, k)
	}
	return out, t.fail(op, rows.Err())
}

// CountByDay counts the open steps of a kind that are due between each two
// neighbouring bounds.
func (db *DB) CountByDay(ctx context.Context, tx seawall.Tx, q loop.BoardQuery, bounds []time.Time) ([]loop.DayDue, error) {
	const op = "store.CountByDay"
	out := make([]loop.DayDue, max(len(bounds)-1, 0))
	if len(out) == 0 {
		return out, nil
	}
	t := of(tx)
	var w where
	now := w.mark(microsOf(q.Now))
	board(&w, q, string(loop.Open))
	marks := make([]string, len(bounds))
	for i, b := range bounds {
		marks[i] = w.mark(microsOf(b))
	}
	var cols []string
	var into []any
	for i := range out {
		within := "due >= " + marks[i] + " AND due < " + marks[i+1]
		cols = append(cols, "CAST(COALESCE(SUM(CASE WHEN "+within+" THEN 1 ELSE 0 END), 0) AS BIGINT)",
			"CAST(COALESCE(SUM(CASE WHEN "+within+" AND due < "+now+" THEN 1 ELSE 0 END), 0) AS BIGINT)")
		into = append(into, &out[i].N, &out[i].Late)
	}
	conds := append(w.conds, "due >= "+marks[0], "due < "+marks[len(marks)-1])
	_, err := t.one(ctx, op, "SELECT "+strings.Join(cols, ", ")+" FROM step"+by("step_by_kind")+" WHERE "+all(conds...), w.args, into...)
	return out, err
}

// CountByOwner counts the open steps of a kind by owner, the fullest first.
func (db *DB) CountByOwner(ctx context.Context, tx seawall.Tx, q loop.BoardQuery, limit int) ([]loop.OwnerLoad, error) {
	const op = "store.CountByOwner"
	t := of(tx)
	var w where
	late := w.text(sumLate, microsOf(q.Now))
	board(&w, q, string(loop.Open))
	rows, err := t.query(ctx, op, "SELECT owner, owner_name, COUNT(*), "+late+", "+sumClimbed+" FROM step"+by("step_by_kind")+
		" WHERE "+all(w.conds...)+" GROUP BY owner, owner_name ORDER BY COUNT(*) DESC, owner, owner_name LIMIT "+w.mark(limit), w.args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	out := []loop.OwnerLoad{}
	for rows.Next() {
		var o loop.OwnerLoad
		if err := rows.Scan(&o.Owner, &o.Name, &o.N, &o.Late, &o.Escalated); err != nil {
			return nil, t.fail(op, err)
		}
		out = append(out, o)
	}
	return out, t.fail(op, rows.Err())
}
