package store

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/border"
)

// CheckCounts gives the four checks by area one level below parent. The rows of
// the subtree come as six numbers each and are added up here: the median needs
// them one by one, and neither database has one that both understand.
func (db *DB) CheckCounts(ctx context.Context, tx seawall.Tx, scope seawall.Scope, parent seawall.AreaPath, now time.Time) ([]border.AreaChecks, error) {
	sums := map[seawall.AreaPath]*tally{}
	err := checkRows(ctx, tx, scope, parent, func(area string, n [9]int64) {
		at := seawall.AreaPath(above(area, parent.Depth()+1))
		s := sums[at]
		if s == nil {
			s = newTally(at)
			sums[at] = s
		}
		s.add(n, microsOf(now))
	})
	out := make([]border.AreaChecks, 0, len(sums))
	for _, s := range sums {
		out = append(out, s.closed())
	}
	slices.SortFunc(out, func(a, b border.AreaChecks) int { return cmp.Compare(a.Area, b.Area) })
	return out, err
}

// CheckTotal gives the four checks of an area as a whole.
func (db *DB) CheckTotal(ctx context.Context, tx seawall.Tx, scope seawall.Scope, parent seawall.AreaPath, now time.Time) (border.AreaChecks, error) {
	s := newTally(parent)
	err := checkRows(ctx, tx, scope, parent, func(_ string, n [9]int64) { s.add(n, microsOf(now)) })
	return s.closed(), err
}

// checkRows reads, for each arrival of a subtree that counts, its area and nine
// numbers: arrived, the four checks, the first due of a missing one, the last
// made, undeclared, here.
func checkRows(ctx context.Context, tx seawall.Tx, scope seawall.Scope, parent seawall.AreaPath, each func(area string, n [9]int64)) error {
	const op = "store.CheckCounts"
	t := of(tx)
	var w where
	w.within([]string{border.Arrived, border.Managed, border.Released, border.HandedOn}, scope)
	w.conds = append(w.conds, w.area("area", subtree(string(parent))))
	rows, err := t.query(ctx, op, `SELECT area, arrived, headcount_at, identity_at, location_at, measure_at, check_due, complete_at, undeclared,
		CASE WHEN state = 'arrived' THEN 1 ELSE 0 END FROM arrival WHERE `+all(w.conds...), w.args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var area string
		var n [9]int64
		if err := rows.Scan(&area, &n[0], &n[1], &n[2], &n[3], &n[4], &n[5], &n[6], &n[7], &n[8]); err != nil {
			return t.fail(op, err)
		}
		each(area, n)
	}
	return t.fail(op, rows.Err())
}

func newTally(at seawall.AreaPath) *tally {
	return &tally{AreaChecks: border.AreaChecks{Area: at, Done: map[string]int{}, MedianHours: -1}}
}

// tally adds up one area.
type tally struct {
	border.AreaChecks
	hours []float64
}

// add takes the numbers of one row: arrived, the four checks, the first due of a
// missing one, the last made, undeclared, here.
func (s *tally) add(n [9]int64, now int64) {
	s.Arrivals++
	for i, key := range border.Keys() {
		if n[1+i] != 0 {
			s.Done[key]++
		}
	}
	if n[8] != 0 && n[5] < now { // who has been handed on is late no more
		s.Late++
	}
	if n[6] != 0 {
		s.Complete++
		if h := float64(n[6]-n[0]) / float64(time.Hour/time.Microsecond); n[0] != 0 {
			s.hours = append(s.hours, max(h, 0))
		}
	}
	s.Undeclared += int(n[7])
}

// closed gives the sum with its median: the mean of the two in the middle for an
// even number.
func (s *tally) closed() border.AreaChecks {
	if n := len(s.hours); n > 0 {
		slices.Sort(s.hours)
		s.MedianHours = (s.hours[(n-1)/2] + s.hours[n/2]) / 2
	}
	return s.AreaChecks
}
