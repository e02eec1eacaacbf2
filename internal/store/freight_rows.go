package store

import (
	"context"
	"strings"
	"time"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/freight"
	"github.com/seawall-city/seawall/internal/relief"
)

// SaveTrip writes a trip.
func (db *DB) SaveTrip(ctx context.Context, tx seawall.Tx, t freight.Trip) error {
	return trips().put(ctx, tx, t)
}

// Trip reads a trip.
func (db *DB) Trip(ctx context.Context, tx seawall.Tx, id seawall.TripID) (freight.Trip, error) {
	return trips().get(ctx, tx, string(id))
}

// TripBySecret reads the trip whose card a code opens.
func (db *DB) TripBySecret(ctx context.Context, tx seawall.Tx, secret string) (freight.Trip, error) {
	return the(ctx, tx, trips(), "", "secret = $1 AND secret <> ''", secret)
}

// TripByExternal reads the trip of a carrier's own row.
func (db *DB) TripByExternal(ctx context.Context, tx seawall.Tx, carrier seawall.CarrierID, external string) (freight.Trip, error) {
	return the(ctx, tx, trips(), external, "carrier = $1 AND external = $2 AND external <> ''", string(carrier), external)
}

// TripsByPlate reads the trips of a plate, the newest first.
func (db *DB) TripsByPlate(ctx context.Context, tx seawall.Tx, plate string, limit int) ([]freight.Trip, error) {
	if plate == "" {
		return []freight.Trip{}, nil
	}
	return trips().list(ctx, tx, "WHERE plate = $1 ORDER BY created_at DESC, id DESC LIMIT $2", plate, limit)
}

// TripsOfPerson reads the trips of somebody, oldest first.
func (db *DB) TripsOfPerson(ctx context.Context, tx seawall.Tx, no seawall.PersonNo) ([]freight.Trip, error) {
	return trips().joined(ctx, tx, "trip_crew AS c JOIN trip AS t ON t.id = c.trip WHERE c.person = $1 AND c.person <> '' ORDER BY t.id", string(no))
}

// tripFlags are the conditions of a query's flag.
func tripFlags() map[string]string {
	return map[string]string{"stranded": "stranded = 1", "orphan": "orphan = 1", "positive": "positive <> ''", "transit": "transit = 1", "short": "short <> ''"}
}

// Trips gives a page of trips, the next cursor and the true total.
func (db *DB) Trips(ctx context.Context, tx seawall.Tx, q freight.Query) ([]freight.Trip, string, int, error) {
	o := order[freight.Trip]{name: "planned", col: "planned", value: func(t *freight.Trip) any { return microsOf(t.Planned) }}
	l := listing[freight.Trip]{from: trips(), pageIndex: "trip_by_planned", countIndex: "trip_by_area"}
	switch q.Sort {
	case "", "planned":
	case "newest":
		o = order[freight.Trip]{name: q.Sort, col: "created_at", desc: true, value: func(t *freight.Trip) any { return microsOf(t.CreatedAt) }}
		l.pageIndex = "trip_newest"
	case "seen":
		o = order[freight.Trip]{name: q.Sort, col: "seen_at", value: func(t *freight.Trip) any { return microsOf(t.SeenAt) }}
		l.pageIndex = "trip_by_seen"
	default:
		return nil, "", 0, seawall.E("store.Trips", seawall.Invalid, "sort_unknown", "sort", q.Sort)
	}
	l.order = o
	states := q.States
	if len(states) == 0 {
		for _, s := range freight.States() {
			if freight.Running(s) {
				states = append(states, s)
			}
		}
	}
	w := &l.common
	narrow := false
	if l.ranges, narrow = w.ranges(states, q.Scope); narrow {
		l.pageIndex = "trip_by_area"
	}
	w.eq("carrier", string(q.Carrier))
	if q.Flag != "" {
		cond, ok := tripFlags()[q.Flag]
		if !ok {
			return nil, "", 0, seawall.E("store.Trips", seawall.Invalid, "not_a_choice", "value", q.Flag)
		}
		w.conds = append(w.conds, cond)
	}
	if q.Text != "" {
		w.conds = append(w.conds, w.prefixed("no", strings.ToUpper(q.Text)))
		l.pageIndex, l.countIndex = "", ""
	}
	if q.Plate != "" {
		w.add("plate = ?", q.Plate)
		l.pageIndex, l.countIndex = "", ""
	}
	return l.all(ctx, tx, q.Page)
}

// TripCounts counts the trips that go on by state and by flag.
func (db *DB) TripCounts(ctx context.Context, tx seawall.Tx, scope seawall.Scope) (map[string]int, error) {
	var w where
	if parts, limited := reaches(scope); limited {
		w.conds = append(w.conds, w.areas("area", parts))
	}
	t, op := of(tx), "store.TripCounts"
	rows, err := t.query(ctx, op, "SELECT state, stranded, orphan, CASE WHEN positive <> '' THEN 1 ELSE 0 END, CAST(COUNT(*) AS BIGINT) FROM trip WHERE "+
		all(w.conds...)+" GROUP BY 1, 2, 3, 4", w.args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	out := map[string]int{}
	for rows.Next() {
		var state string
		var stranded, orphan, positive, n int
		if err := rows.Scan(&state, &stranded, &orphan, &positive, &n); err != nil {
			return nil, t.fail(op, err)
		}
		out[state] += n
		out["stranded"] += stranded * n
		out["orphan"] += orphan * n
		if freight.Here(state) || state == freight.Travelling {
			out["positive"] += positive * n
		}
	}
	return out, t.fail(op, rows.Err())
}

// TripsSince reads the trips that came to a gate from an instant on, oldest first.
func (db *DB) TripsSince(ctx context.Context, tx seawall.Tx, scope seawall.Scope, since time.Time) ([]freight.Trip, error) {
	var w where
	w.add("arrived_at >= ? AND arrived_at > ?", microsOf(since), int64(0))
	if parts, limited := reaches(scope); limited {
		w.conds = append(w.conds, w.areas("area", parts))
	}
	return trips().list(ctx, tx, "WHERE "+all(w.conds...)+" ORDER BY arrived_at, id", w.args...)
}

// SaveCrew writes one of a crew.
func (db *DB) SaveCrew(ctx context.Context, tx seawall.Tx, c freight.Crew) error {
	return tripCrews().put(ctx, tx, c)
}

// CrewOf reads the crew of a trip, the driver first.
func (db *DB) CrewOf(ctx context.Context, tx seawall.Tx, id seawall.TripID) ([]freight.Crew, error) {
	return tripCrews().list(ctx, tx, "WHERE trip = $1 ORDER BY id", string(id))
}

// SaveMove writes a movement.
func (db *DB) SaveMove(ctx context.Context, tx seawall.Tx, m freight.Move) error {
	return tripMoves().put(ctx, tx, m)
}

// MovesOf reads the movements of a trip in their order.
func (db *DB) MovesOf(ctx context.Context, tx seawall.Tx, id seawall.TripID) ([]freight.Move, error) {
	return tripMoves().list(ctx, tx, "WHERE trip = $1 ORDER BY at, id", string(id))
}

// SaveLeg writes a stretch of custody.
func (db *DB) SaveLeg(ctx context.Context, tx seawall.Tx, l freight.Leg) error {
	return tripLegs().put(ctx, tx, l)
}

// LegsOf reads the chain of a trip in its order.
func (db *DB) LegsOf(ctx context.Context, tx seawall.Tx, id seawall.TripID) ([]freight.Leg, error) {
	return tripLegs().list(ctx, tx, "WHERE trip = $1 ORDER BY offered, id", string(id))
}

// SavePermit writes a permit.
func (db *DB) SavePermit(ctx context.Context, tx seawall.Tx, p freight.Permit) error {
	return permits().put(ctx, tx, p)
}

// Permit reads a permit.
func (db *DB) Permit(ctx context.Context, tx seawall.Tx, id seawall.PermitID) (freight.Permit, error) {
	return permits().get(ctx, tx, string(id))
}

// PermitsOf reads the permits of a trip in the order of their issue.
func (db *DB) PermitsOf(ctx context.Context, tx seawall.Tx, id seawall.TripID) ([]freight.Permit, error) {
	return permits().list(ctx, tx, "WHERE trip = $1 ORDER BY issued_at, id", string(id))
}

// PermitsOn reads the permits that touch a day, by id.
func (db *DB) PermitsOn(ctx context.Context, tx seawall.Tx, day seawall.Day) ([]freight.Permit, error) {
	return permits().list(ctx, tx, "WHERE until_at > $1 AND from_at < $2 ORDER BY id", microsOf(day.Start(db.zone)), microsOf(day.Add(1).Start(db.zone)))
}

// HelpsAbout reads the requests for help about something, the first one first.
func (db *DB) HelpsAbout(ctx context.Context, tx seawall.Tx, about seawall.Ref) ([]relief.Help, error) {
	return helps().list(ctx, tx, "WHERE about = $1 AND about <> '' ORDER BY at, id", about.String())
}
