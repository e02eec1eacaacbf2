package store

import (
	"cmp"
	"context"
	"slices"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/area"
)

// SaveDuty writes a line of the roster.
func (db *DB) SaveDuty(ctx context.Context, tx seawall.Tx, d area.DutyRow) error {
	return duties().put(ctx, tx, d)
}

// SaveDuties writes many lines of the roster, each id once.
func (db *DB) SaveDuties(ctx context.Context, tx seawall.Tx, ds []area.DutyRow) error {
	return duties().putAll(ctx, tx, ds)
}

// Duty reads a line of the roster.
func (db *DB) Duty(ctx context.Context, tx seawall.Tx, id string) (area.DutyRow, error) {
	return duties().get(ctx, tx, id)
}

// DeleteDuty deletes a line of the roster.
func (db *DB) DeleteDuty(ctx context.Context, tx seawall.Tx, id string) error {
	return duties().remove(ctx, tx, id)
}

// DutiesOn reads the roster of exactly these areas, by rank.
func (db *DB) DutiesOn(ctx context.Context, tx seawall.Tx, ids []seawall.AreaID) ([]area.DutyRow, error) {
	rows, err := among(ctx, tx, duties(), "area", ids)
	slices.SortFunc(rows, func(a, b area.DutyRow) int { return cmp.Or(cmp.Compare(a.Rank, b.Rank), cmp.Compare(a.ID, b.ID)) })
	return rows, err
}

// DutiesOf reads the roster lines of an account, by id.
func (db *DB) DutiesOf(ctx context.Context, tx seawall.Tx, id seawall.PrincipalID) ([]area.DutyRow, error) {
	return duties().list(ctx, tx, "WHERE principal = $1 ORDER BY id", string(id))
}

// DutiesIn gives a page of the roster of a scope by path, theme and rank, and
// the next cursor.
func (db *DB) DutiesIn(ctx context.Context, tx seawall.Tx, within seawall.Scope, p seawall.Page) ([]area.DutyRow, string, error) {
	return dutyList(within).page(ctx, tx, p)
}

func dutyList(within seawall.Scope) *listing[area.DutyRow] {
	l := &listing[area.DutyRow]{from: duties(), pageIndex: "duty_place", order: order[area.DutyRow]{
		name: "place", col: "place", value: func(d *area.DutyRow) any { return placeOf(d) }}}
	parts, limited := reaches(within)
	if !limited {
		l.ranges = []string{""}
		return l
	}
	for _, h := range hulls(parts, maxRanges) {
		parts := h.parts
		if parts == nil {
			parts = []reach{h.reach}
		}
		meant := make([]reach, len(parts))
		for i, r := range parts {
			if r.alone { // the places of one area are those that its path begins
				r = reach{from: r.from + "!", to: r.from + "\""}
			}
			meant[i] = r
		}
		l.ranges = append(l.ranges, all(l.common.area("place", subtree(h.from)), l.common.areas("place", meant)))
	}
	if len(l.ranges) == 0 {
		l.ranges = []string{"1 = 0"}
	}
	return l
}

// SaveCapacity writes what an area has and uses of a resource.
func (db *DB) SaveCapacity(ctx context.Context, tx seawall.Tx, c area.Capacity) error {
	return capacities().put(ctx, tx, c)
}

// Capacities reads the resources of a scope by path and kind. In a writing
// transaction the rows stay locked until it ends, so that two decisions cannot
// take the same room.
func (db *DB) Capacities(ctx context.Context, tx seawall.Tx, within seawall.Scope) ([]area.Capacity, error) {
	parts, limited := reaches(within)
	var w where
	if limited {
		w.conds = append(w.conds, w.areas("path", parts))
	}
	lock := ""
	if of(tx).write {
		lock = " {{for_update}}"
	}
	return capacities().list(ctx, tx, "WHERE "+all(w.conds...)+" ORDER BY path, kind, id"+lock, w.args...)
}
