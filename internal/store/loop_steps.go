package store

import (
	"context"
	"strings"
	"time"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/loop"
)

// SaveStep writes a step.
func (db *DB) SaveStep(ctx context.Context, tx seawall.Tx, s loop.Step) error {
	return steps().put(ctx, tx, s)
}

// Step reads a step.
func (db *DB) Step(ctx context.Context, tx seawall.Tx, id seawall.StepID) (loop.Step, error) {
	return steps().get(ctx, tx, string(id))
}

// StepsOf reads the steps of a loop in their order.
func (db *DB) StepsOf(ctx context.Context, tx seawall.Tx, id seawall.LoopID) ([]loop.Step, error) {
	return steps().list(ctx, tx, "WHERE loop_id = $1 ORDER BY ord, due, id", string(id))
}

// Steps gives a page of steps by due instant, the next cursor and the total.
func (db *DB) Steps(ctx context.Context, tx seawall.Tx, q loop.StepQuery) ([]loop.Step, string, int, error) {
	// What a filter makes rare is sooner found inside the scope.
	ordered := q.Kind == "" && q.Disease == "" && oneCounty(q.Scope)
	rows, next, err := stepList(q, ordered).page(ctx, tx, q.Page)
	switch {
	case err != nil || q.NoTotal:
		return rows, next, 0, err
	case q.Page.Cursor == "" && next == "":
		return rows, "", len(rows), nil
	}
	total, err := stepList(q, false).total(ctx, tx)
	return rows, next, total, err
}

// stepList gives the list of a query; ordered walks the order and filters the
// scope even where the scope is narrow.
func stepList(q loop.StepQuery, ordered bool) *listing[loop.Step] {
	l := &listing[loop.Step]{from: steps(), order: order[loop.Step]{name: "due", col: "due",
		value: func(s *loop.Step) any { return dueMicros(s.Due) }}}
	states := distinct(q.States)
	if len(states) == 0 {
		states = []string{string(loop.Open)}
	}
	w := &l.common
	subject := q.Subject.String()
	switch {
	case subject != "":
		l.pageIndex = "step_subject"
		w.add("subject = ?", subject)
		w.within(states, q.Scope)
		l.ranges = []string{""}
	case q.Kind != "" && len(q.Keys) > 0:
		l.pageIndex = "step_by_kind"
		for _, state := range states {
			for _, key := range distinct(q.Keys) {
				l.ranges = append(l.ranges, w.text("kind = ? AND state = ? AND step_key = ?", string(q.Kind), state, key))
			}
		}
		if parts, limited := reaches(q.Scope); limited {
			w.conds = append(w.conds, w.areas("area", parts))
		}
	case ordered && q.Owner == "" && !q.Escalated:
		l.ranges, l.pageIndex = w.stateRanges(states, q.Scope), "step_by_due"
	default:
		l.ranges, l.pageIndex = stepRanges(w, states, q.Scope, q.Owner, q.Escalated)
	}
	l.countIndex = l.pageIndex
	if subject == "" && len(q.Keys) == 0 && q.Owner == "" && !q.Escalated && q.Kind == "" && q.Disease == "" && q.DueFrom == 0 && q.DueTo == 0 {
		l.countIndex = "step_by_area"
	}
	w.eq("owner", string(q.Owner))
	w.eq("kind", string(q.Kind))
	w.eq("disease", q.Disease)
	if q.DueFrom != 0 {
		w.add("due >= ?", q.DueFrom)
	}
	if q.DueTo != 0 {
		w.add("due < ?", q.DueTo)
	}
	if q.Escalated {
		w.add("escalations > 0")
	}
	return l
}

// oneCounty reports whether a scope is one county or zone, whole or in pieces:
// a good part of the city's steps, so its first ones by due instant are sooner
// found in the order than by sorting all of the county's.
func oneCounty(scope seawall.Scope) bool {
	parts, limited := reaches(scope)
	shallow := limited && len(parts) > 0
	for _, r := range parts {
		shallow = shallow && r.depth >= narrowDepth && above(r.from, narrowDepth) == above(parts[0].from, narrowDepth)
	}
	// One town or grid is small enough to be sorted.
	return shallow && (len(parts) > 4 || parts[0].depth == narrowDepth)
}

// stepRanges gives the ranges of states in a scope and the index that serves
// them: the owner's, that of the steps that climbed, the area's or the order's.
func stepRanges(w *where, states []string, scope seawall.Scope, owner seawall.PrincipalID, climbed bool) (ranges []string, index string) {
	switch {
	case owner != "":
		return w.stateRanges(states, scope), "step_by_owner"
	case climbed:
		return w.stateRanges(states, scope), "step_climbed"
	}
	ranges, narrow := w.ranges(states, scope)
	if narrow {
		return ranges, "step_by_area"
	}
	return ranges, "step_by_due"
}

// CountSteps counts the open steps due before the end of tonight in one walk
// of an index, then those that climbed, the open loops and all open steps.
func (db *DB) CountSteps(ctx context.Context, tx seawall.Tx, scope seawall.Scope, owner seawall.PrincipalID,
	now, soon, tonight time.Time) (loop.StepCounts, error) {
	const op = "store.CountSteps"
	t := of(tx)
	var n loop.StepCounts
	var w where
	open := []string{string(loop.Open)}
	ranges, index := stepRanges(&w, open, scope, "", false)
	late, near := w.mark(microsOf(now)), w.mark(microsOf(soon))
	mine := "0"
	if owner != "" {
		mine = "CASE WHEN owner = " + w.mark(string(owner)) + " THEN 1 ELSE 0 END"
	}
	w.add("due < ?", microsOf(tonight))
	q := sums(ranges, w.conds, "step"+by(index), "1",
		"CASE WHEN due < "+late+" THEN 1 ELSE 0 END",
		"CASE WHEN due >= "+late+" AND due < "+near+" THEN 1 ELSE 0 END",
		"CASE WHEN due >= "+near+" AND due >= "+late+" THEN 1 ELSE 0 END", mine)
	if _, err := t.one(ctx, op, q, w.args, &n.Open, &n.Late, &n.Soon, &n.Tonight, &n.Mine); err != nil {
		return n, err
	}
	var c where
	ranges, index = stepRanges(&c, open, scope, "", true)
	if _, err := t.one(ctx, op, sums(ranges, []string{"escalations > 0"}, "step"+by(index), "1"), c.args, &n.Escalated); err != nil {
		return n, err
	}
	var o where
	ranges, _ = o.ranges(open, scope)
	if _, err := t.one(ctx, op, sums(ranges, nil, "loop"+by("loop_by_area"), "1"), o.args, &n.Loops); err != nil {
		return n, err
	}
	var all int
	_, err := t.one(ctx, op, sums(ranges, nil, "step"+by("step_by_area"), "1"), o.args, &all)
	n.Later = all - n.Open
	return n, err
}

// sums gives a statement that adds expressions over disjoint ranges.
func sums(ranges, conds []string, from string, exprs ...string) string {
	inner, outer := make([]string, len(exprs)), make([]string, len(exprs))
	for i, e := range exprs {
		name := string(rune('a' + i))
		inner[i] = "SUM(" + e + ") AS " + name
		outer[i] = "CAST(COALESCE(SUM(" + name + "), 0) AS BIGINT)"
	}
	parts := make([]string, len(ranges))
	for i, r := range ranges {
		parts[i] = "SELECT " + strings.Join(inner, ", ") + " FROM " + from + " WHERE " + all(append([]string{r}, conds...)...)
	}
	return "SELECT " + strings.Join(outer, ", ") + " FROM (" + strings.Join(parts, " UNION ALL ") + ") AS u"
}
