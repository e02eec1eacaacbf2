package store

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/border"
)

// SaveArrival writes a coming.
func (db *DB) SaveArrival(ctx context.Context, tx seawall.Tx, a border.Arrival) error {
	return arrivals().put(ctx, tx, a)
}

// Arrival reads a coming.
func (db *DB) Arrival(ctx context.Context, tx seawall.Tx, id seawall.ArrivalID) (border.Arrival, error) {
	return arrivals().get(ctx, tx, string(id))
}

// ArrivalByNo reads a coming by its visible number.
func (db *DB) ArrivalByNo(ctx context.Context, tx seawall.Tx, no string) (border.Arrival, error) {
	return the(ctx, tx, arrivals(), no, "no = $1", no)
}

// ArrivalsOfPerson reads the comings of a person, oldest first.
func (db *DB) ArrivalsOfPerson(ctx context.Context, tx seawall.Tx, no seawall.PersonNo) ([]border.Arrival, error) {
	return arrivals().list(ctx, tx, "WHERE person = $1 AND person <> '' ORDER BY id", string(no))
}

// ArrivalsOfGroup reads those of a group, oldest first.
func (db *DB) ArrivalsOfGroup(ctx context.Context, tx seawall.Tx, id seawall.GroupID) ([]border.Arrival, error) {
	return arrivals().list(ctx, tx, "WHERE group_id = $1 ORDER BY id", string(id))
}

// ClaimsOf reads the public declarations that are probably about a coming.
func (db *DB) ClaimsOf(ctx context.Context, tx seawall.Tx, id seawall.ArrivalID) ([]border.Arrival, error) {
	return arrivals().list(ctx, tx, "WHERE same_as = $1 AND same_as <> '' ORDER BY id", string(id))
}

// ArrivalsAboard reads those on one vehicle between two days by seat or stay.
func (db *DB) ArrivalsAboard(ctx context.Context, tx seawall.Tx, vehicle, seat, stay string, from, to seawall.Day) ([]border.Arrival, error) {
	vehicle = border.NormalVehicle(vehicle)
	out := []border.Arrival{}
	if vehicle == "" || !from.Known() || !to.Known() {
		return out, nil
	}
	since, until := microsOf(from.Start(db.zone)), microsOf(to.Add(1).Start(db.zone))
	if seat != "" {
		rows, err := arrivals().list(ctx, tx, "WHERE vehicle = $1 AND vehicle <> '' AND seat = $2 AND seat <> '' AND came >= $3 AND came < $4 ORDER BY came, id",
			vehicle, seat, since, until)
		if err != nil {
			return nil, err
		}
		out = append(out, rows...)
	}
	if stay == "" {
		return out, nil
	}
	rows, err := arrivals().list(ctx, tx, "WHERE vehicle = $1 AND vehicle <> '' AND stay_text = $2 AND stay_text <> '' AND came >= $3 AND came < $4 ORDER BY came, id",
		vehicle, stay, since, until)
	for _, a := range rows {
		if !slices.ContainsFunc(out, func(b border.Arrival) bool { return b.ID == a.ID }) {
			out = append(out, a)
		}
	}
	return out, err
}

// Arrivals gives a page of the list, the next cursor and the true total.
func (db *DB) Arrivals(ctx context.Context, tx seawall.Tx, q border.Query) ([]border.Arrival, string, int, error) {
	o, index := arrivalOrder(q.Sort)
	if o.col == "" {
		return nil, "", 0, seawall.E("store.Arrivals", seawall.Invalid, "sort_unknown", "sort", q.Sort)
	}
	l := &listing[border.Arrival]{from: arrivals(), order: o, pageIndex: index, countIndex: "arrival_by_came"}
	states := q.States
	if len(states) == 0 {
		states = slices.DeleteFunc(border.States(), func(s string) bool { return s == border.Retracted || s == border.Claimed })
	}
	w := &l.common
	switch {
	case q.Group != "":
		w.add("group_id = ?", string(q.Group))
		l.pageIndex, l.countIndex = "arrival_group", "arrival_group"
	case q.Text != "":
		text := strings.ToUpper(strings.TrimSpace(q.Text))
		w.conds = append(w.conds, "id IN (SELECT id FROM arrival WHERE "+w.prefixed("no", text)+
			" UNION ALL SELECT id FROM arrival WHERE vehicle <> '' AND "+w.prefixed("vehicle", border.NormalVehicle(text))+")")
		l.pageIndex, l.countIndex = "sqlite_autoindex_arrival_1", "sqlite_autoindex_arrival_1"
	default:
		var narrow bool
		if l.ranges, narrow = w.ranges(states, q.Scope); narrow {
			l.pageIndex, l.countIndex = "arrival_by_area", "arrival_by_area"
		}
	}
	if err := arrivalFilter(w, q, db.zone); err != nil {
		return nil, "", 0, err
	}
	if l.ranges == nil {
		w.within(states, q.Scope)
		l.ranges = []string{""}
	}
	return l.all(ctx, tx, q.Page)
}

// arrivalFilter adds the conditions of a query besides state and scope.
func arrivalFilter(w *where, q border.Query, zone *time.Location) error {
	switch q.Missing {
	case "":
	case "any":
		w.add("missing > ?", 0)
	case border.Headcount, border.Identity, border.Location, border.Measure:
		w.add(q.Missing+"_at = ?", 0)
	default:
		return seawall.E("store.Arrivals", seawall.Invalid, "not_a_choice", "value", q.Missing)
	}
	switch q.Channel {
	case "":
	case border.Declared, border.Feed, border.Gate, border.Found:
		w.add("by_"+q.Channel+" = ?", 1)
	default:
		return seawall.E("store.Arrivals", seawall.Invalid, "not_a_choice", "value", q.Channel)
	}
	w.eq("tier", q.Tier)
	if q.Origin != "" {
		w.conds = append(w.conds, w.prefixed("origin", strings.ToUpper(q.Origin)))
	}
	if q.From != 0 && q.From.Known() {
		w.add("came >= ?", microsOf(q.From.Start(zone)))
	}
	if q.To != 0 && q.To.Known() {
		w.add("came < ?", microsOf(q.To.Add(1).Start(zone)))
	}
	if !q.Late.IsZero() {
		w.add("check_due < ?", microsOf(q.Late))
	}
	return nil
}

func arrivalOrder(sort string) (o order[border.Arrival], index string) {
	switch sort {
	case "", "arrived":
		return order[border.Arrival]{name: "arrived", col: "came", desc: true,
			value: func(a *border.Arrival) any { return came(*a) }}, "arrival_by_came"
	case "due":
		return order[border.Arrival]{name: sort, col: "next_due",
			value: func(a *border.Arrival) any { return dueMicros(a.NextDue) }}, "arrival_by_due"
	case "area":
		return order[border.Arrival]{name: sort, col: "area",
			value: func(a *border.Arrival) any { return string(a.Area) }}, "arrival_by_area"
	case "no":
		return order[border.Arrival]{name: sort, col: "no",
			value: func(a *border.Arrival) any { return a.No }}, "arrival_by_no"
	}
	return o, ""
}

// SaveGroup writes those who travel together.
func (db *DB) SaveGroup(ctx context.Context, tx seawall.Tx, g border.Group) error {
	return travelGroups().put(ctx, tx, g)
}

// Group reads them.
func (db *DB) Group(ctx context.Context, tx seawall.Tx, id seawall.GroupID) (border.Group, error) {
	return travelGroups().get(ctx, tx, string(id))
}

// GroupBySecret reads the group whose declaration a code opens.
func (db *DB) GroupBySecret(ctx context.Context, tx seawall.Tx, secret string) (border.Group, error) {
	return the(ctx, tx, travelGroups(), "", "secret = $1 AND secret <> ''", secret)
}

// GroupByRequest reads the group that a request made.
func (db *DB) GroupByRequest(ctx context.Context, tx seawall.Tx, request string) (border.Group, error) {
	return the(ctx, tx, travelGroups(), request, "request = $1 AND request <> ''", request)
}

// GroupByBooking reads the latest group of a booking.
func (db *DB) GroupByBooking(ctx context.Context, tx seawall.Tx, booking string) (border.Group, error) {
	return the(ctx, tx, travelGroups(), booking, "booking = $1 AND booking <> '' ORDER BY id DESC", booking)
}

// SaveReport writes who told of a coming.
func (db *DB) SaveReport(ctx context.Context, tx seawall.Tx, r border.Report) error {
	return reports().put(ctx, tx, r)
}

// Reports reads reports by id.
func (db *DB) Reports(ctx context.Context, tx seawall.Tx, ids []string) ([]border.Report, error) {
	return among(ctx, tx, reports(), "id", ids)
}

// ReportsOf reads the reports of a coming, the first received first.
func (db *DB) ReportsOf(ctx context.Context, tx seawall.Tx, id seawall.ArrivalID) ([]border.Report, error) {
	return reports().list(ctx, tx, "WHERE arrival = $1 ORDER BY received, id", string(id))
}

// SaveCustody writes a stretch of custody.
func (db *DB) SaveCustody(ctx context.Context, tx seawall.Tx, c border.Custody) error {
	return custodies().put(ctx, tx, c)
}

// CustodyOf reads the chain of a coming, oldest first.
func (db *DB) CustodyOf(ctx context.Context, tx seawall.Tx, id seawall.ArrivalID) ([]border.Custody, error) {
	return custodies().list(ctx, tx, "WHERE arrival = $1 ORDER BY offered, id", string(id))
}

// SaveGrade writes a grade.
func (db *DB) SaveGrade(ctx context.Context, tx seawall.Tx, g border.Grade) error {
	return grades().put(ctx, tx, g)
}

// Grades reads the grades in force on a day, by code.
func (db *DB) Grades(ctx context.Context, tx seawall.Tx, day seawall.Day) ([]border.Grade, error) {
	return grades().list(ctx, tx, "WHERE from_day <= $1 AND (to_day >= $1 OR to_day = $2) AND withdrawn = 0 ORDER BY code, from_day, id",
		int64(day), int64(seawall.NoDay))
}

// GradesOf reads every grade that places had, by id.
func (db *DB) GradesOf(ctx context.Context, tx seawall.Tx, codes []string) ([]border.Grade, error) {
	return among(ctx, tx, grades(), "code", codes)
}
