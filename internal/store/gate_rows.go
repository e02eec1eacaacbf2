package store

import (
	"context"
	"strconv"
	"time"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/gate"
)

// SaveSite writes a site.
func (db *DB) SaveSite(ctx context.Context, tx seawall.Tx, s gate.Site) error {
	return sites().put(ctx, tx, s)
}

// Site reads a site.
func (db *DB) Site(ctx context.Context, tx seawall.Tx, id seawall.SiteID) (gate.Site, error) {
	return sites().get(ctx, tx, string(id))
}

// Sites reads the sites of a scope, by id.
func (db *DB) Sites(ctx context.Context, tx seawall.Tx, scope seawall.Scope) ([]gate.Site, error) {
	var w where
	if parts, limited := reaches(scope); limited {
		w.conds = append(w.conds, w.areas("area", parts))
	}
	return sites().list(ctx, tx, "WHERE "+all(w.conds...)+" ORDER BY id", w.args...)
}

// SaveShift writes a shift.
func (db *DB) SaveShift(ctx context.Context, tx seawall.Tx, s gate.Shift) error {
	return shifts().put(ctx, tx, s)
}

// Shifts reads the shifts of a site that touch a stretch of time.
func (db *DB) Shifts(ctx context.Context, tx seawall.Tx, site seawall.SiteID, during seawall.Interval) ([]gate.Shift, error) {
	return shifts().list(ctx, tx, "WHERE site = $1 AND from_at < $2 AND to_at > $3 ORDER BY from_at, id",
		string(site), microsOf(during.To), microsOf(during.From))
}

// SavePass writes a pass; those of a transaction are written together.
func (db *DB) SavePass(ctx context.Context, tx seawall.Tx, p gate.Pass) error {
	return passes().put(ctx, tx, p)
}

// Pass reads a pass.
func (db *DB) Pass(ctx context.Context, tx seawall.Tx, id seawall.PassID) (gate.Pass, error) {
	return passes().get(ctx, tx, string(id))
}

// PassesByID reads those that are there.
func (db *DB) PassesByID(ctx context.Context, tx seawall.Tx, ids []seawall.PassID) ([]gate.Pass, error) {
	return among(ctx, tx, passes(), "id", ids)
}

// PassByComplaint reads the pass that a complaint code opens.
func (db *DB) PassByComplaint(ctx context.Context, tx seawall.Tx, code string) (gate.Pass, error) {
	row, found, err := passes().first(ctx, tx, "complaint = $1 AND complaint <> '' ORDER BY id LIMIT 1", code)
	if err == nil && !found {
		err = seawall.E("store.PassByComplaint", seawall.NotFound, "code_unknown")
	}
	return row, err
}

// PassesOfPlate reads the passes of a plate, oldest first.
func (db *DB) PassesOfPlate(ctx context.Context, tx seawall.Tx, plate string, since time.Time) ([]gate.Pass, error) {
	return passes().list(ctx, tx, "WHERE plate = $1 AND plate <> '' AND decided >= $2 ORDER BY decided, id", plate, microsOf(since))
}

// Passes gives a page of a site's passes, the next cursor and the true total.
func (db *DB) Passes(ctx context.Context, tx seawall.Tx, q gate.Query) ([]gate.Pass, string, int, error) {
	l := listing[gate.Pass]{from: passes(), ranges: []string{""}, pageIndex: "gate_pass_by_site", countIndex: "gate_pass_by_site",
		order: order[gate.Pass]{name: "newest", col: "decided", desc: true, value: func(p *gate.Pass) any { return microsOf(p.Decided) }}}
	l.common.add("site = ?", string(q.Site))
	if !q.From.IsZero() {
		l.common.add("decided >= ?", microsOf(q.From))
	}
	if !q.To.IsZero() {
		l.common.add("decided < ?", microsOf(q.To))
	}
	l.common.eq("decision", q.Decision)
	l.common.eq("hold_state", q.HoldState)
	l.common.eq("plate", q.Plate)
	return l.all(ctx, tx, q.Page)
}

// PassCounts counts the passes of some sites.
func (db *DB) PassCounts(ctx context.Context, tx seawall.Tx, ids []seawall.SiteID, since time.Time) ([]gate.Count, error) {
	const op = "store.PassCounts"
	t, out := of(tx), []gate.Count{}
	err := chunks(distinct(ids), func(_ []string, marks string, args []any) error {
		args = append(args, microsOf(since))
		q := "SELECT site, decision, COUNT(*) FROM gate_pass" + by("gate_pass_by_site") + " WHERE site IN (" + marks + ") AND decided >= $" + strconv.Itoa(len(args)) +
			" GROUP BY site, decision ORDER BY site, decision"
		rows, err := t.query(ctx, op, q, args...)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var c gate.Count
			if err := rows.Scan(&c.Site, &c.Decision, &c.N); err != nil {
				return t.fail(op, err)
			}
			out = append(out, c)
		}
		return t.fail(op, rows.Err())
	})
	return out, err
}

// Holds reads who is held at some sites.
func (db *DB) Holds(ctx context.Context, tx seawall.Tx, ids []seawall.SiteID) ([]gate.Pass, error) {
	here := map[seawall.SiteID]bool{}
	for _, id := range ids {
		here[id] = true
	}
	all, err := passes().list(ctx, tx, "WHERE hold_state = 'held' ORDER BY hold_until, id")
	out := []gate.Pass{}
	for _, p := range all {
		if here[p.Site] {
			out = append(out, p)
		}
	}
	return out, err
}

// PlatesOnTrips gives which of some plates' tokens stand on a trip.
func (db *DB) PlatesOnTrips(ctx context.Context, tx seawall.Tx, plates []string) ([]string, error) {
	const op = "store.PlatesOnTrips"
	t, out := of(tx), []string{}
	err := chunks(distinct(plates), func(_ []string, marks string, args []any) error {
		rows, err := t.query(ctx, op, "SELECT DISTINCT plate FROM trip WHERE plate IN ("+marks+") ORDER BY plate", args...)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var plate string
			if err := rows.Scan(&plate); err != nil {
				return t.fail(op, err)
			}
			out = append(out, plate)
		}
		return t.fail(op, rows.Err())
	})
	return out, err
}
