package store

import (
	"context"
	"time"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/gate"
)

var _ gate.WaitStore = (*DB)(nil)

func gateWaits() *table[gate.Wait] {
	return &table[gate.Wait]{
		kind: seawall.KindWait, name: "gate_wait",
		cols: names("site area plan plan_for plan_from plan_by watching loop since p95 target hopeless version"),
		fields: func(w *gate.Wait) []any {
			return with(&w.Site, &w.Area, asJSON(&w.Plan), &w.PlanFor, ts(&w.PlanFrom), &w.PlanBy, flag(&w.Watching), &w.Loop, ts(&w.Since), &w.P95, &w.Target, flag(&w.Hopeless), &w.Version)
		},
		id:      func(w *gate.Wait) string { return string(w.Site) },
		version: func(w *gate.Wait) int { return w.Version },
	}
}

// SaveWait writes what is kept about the waits at a site.
func (db *DB) SaveWait(ctx context.Context, tx seawall.Tx, w gate.Wait) error {
	return gateWaits().put(ctx, tx, w)
}

// Wait reads what is kept about the waits at a site.
func (db *DB) Wait(ctx context.Context, tx seawall.Tx, id seawall.SiteID) (gate.Wait, error) {
	return gateWaits().get(ctx, tx, string(id))
}

// Stamps reads when the vehicles of a site came and went.
func (db *DB) Stamps(ctx context.Context, tx seawall.Tx, id seawall.SiteID, since time.Time) ([]gate.Stamp, error) {
	const op = "store.Stamps"
	t, out := of(tx), []gate.Stamp{}
	rows, err := t.query(ctx, op, "SELECT lane, trip, arrived, served, decided FROM gate_pass"+by("gate_pass_by_site")+
		" WHERE site = $1 AND decided >= $2 ORDER BY decided, id", string(id), microsOf(since))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var s gate.Stamp
		var trip string
		var arrived, served, decided int64
		if err := rows.Scan(&s.Lane, &trip, &arrived, &served, &decided); err != nil {
			return nil, t.fail(op, err)
		}
		s.Declared = trip != ""
		s.Arrived, s.Served, s.Decided = timeOf(arrived), timeOf(served), timeOf(decided)
		out = append(out, s)
	}
	return out, t.fail(op, rows.Err())
}
