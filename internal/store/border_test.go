package store_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/border"
	"github.com/seawall-city/seawall/internal/store"
	"github.com/seawall-city/seawall/internal/store/storetest"
)

// Every field of what comes into the city comes back, on both databases.
func TestEveryFieldOfABorderRowComesBack(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB, _ *storetest.Clock) {
		no := seawall.NoDay
		runRows(t, db, "arrival", rowSuite[border.Arrival]{save: (*store.DB).SaveArrival, versioned: true,
			read: func(db *store.DB, ctx context.Context, tx seawall.Tx, a border.Arrival) (border.Arrival, error) {
				return db.Arrival(ctx, tx, a.ID)
			}, unset: func() border.Arrival { return border.Arrival{ID: "empty", Expected: no, Until: no, Version: 1} }})
		runRows(t, db, "group", rowSuite[border.Group]{save: (*store.DB).SaveGroup, versioned: true,
			read: func(db *store.DB, ctx context.Context, tx seawall.Tx, g border.Group) (border.Group, error) {
				return db.Group(ctx, tx, g.ID)
			}, unset: func() border.Group { return border.Group{ID: "empty", Version: 1} }})
		runRows(t, db, "report", rowSuite[border.Report]{save: (*store.DB).SaveReport, versioned: true,
			read: func(db *store.DB, ctx context.Context, tx seawall.Tx, r border.Report) (border.Report, error) {
				return sole(db.Reports(ctx, tx, []string{r.ID}))
			}, unset: func() border.Report { return border.Report{ID: "empty", Version: 1} }})
		runRows(t, db, "custody", rowSuite[border.Custody]{save: (*store.DB).SaveCustody, versioned: true,
			read: func(db *store.DB, ctx context.Context, tx seawall.Tx, c border.Custody) (border.Custody, error) {
				rows, err := db.CustodyOf(ctx, tx, c.Arrival)
				for _, r := range rows {
					if r.ID == c.ID {
						return r, err
					}
				}
				return c, seawall.E("test", seawall.NotFound, "not_found")
			}, unset: func() border.Custody { return border.Custody{ID: "empty", Version: 1} }})
		runRows(t, db, "grade", rowSuite[border.Grade]{save: (*store.DB).SaveGrade, versioned: true,
			read: func(db *store.DB, ctx context.Context, tx seawall.Tx, g border.Grade) (border.Grade, error) {
				rows, err := db.GradesOf(ctx, tx, []string{g.Code})
				for _, r := range rows {
					if r.ID == g.ID {
						return r, err
					}
				}
				return g, seawall.E("test", seawall.NotFound, "not_found")
			}, unset: func() border.Grade { return border.Grade{ID: "empty", From: no, To: no, Version: 1} }})
	})
}

// IMP-04: lists and counts of arrivals agree with the rows, whatever is asked.
func TestArrivalsAreListedAndCounted(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB, clock *storetest.Clock) {
		now := clock.Now().UTC().Truncate(time.Microsecond)
		rows := someArrivals(now)
		must(t, write(t, db, func(tx seawall.Tx) error {
			for _, a := range rows {
				if err := db.SaveArrival(t.Context(), tx, a); err != nil {
					return err
				}
			}
			return nil
		}))
		read(t, db, func(tx seawall.Tx) error {
			for _, sort := range []string{"", "due", "area", "no"} {
				for _, q := range []border.Query{{}, {Missing: "any"}, {Missing: border.Identity}, {Channel: border.Feed}, {Origin: "31"},
					{States: []string{border.Arrived}}, {Scope: seawall.Scope{"32/3209/320924/"}}, {Late: now}, {Text: "L-2022-0000"}, {Group: "g1"},
					{From: seawall.DayOf(now, china()), To: seawall.DayOf(now, china())}} {
					q.Sort = sort
					asListed(t, db, tx, rows, q, now)
				}
			}
			if _, _, _, err := db.Arrivals(t.Context(), tx, border.Query{Missing: "nose"}); !seawall.Is(err, seawall.Invalid) {
				t.Errorf("an unknown check: %v", err)
			}
			got, err := db.CheckCounts(t.Context(), tx, nil, "32/3209/", now)
			if err != nil || len(got) != 2 || got[0].Arrivals+got[1].Arrivals != 12 {
				t.Errorf("by area: %+v %v", got, err)
			}
			sum, err := db.CheckTotal(t.Context(), tx, nil, "32/3209/", now)
			if sum.Complete != 4 || sum.Late != 8 || sum.MedianHours != 3 || sum.Done[border.Headcount] != 12 || sum.Done[border.Measure] != 4 {
				t.Errorf("in total: %+v", sum)
			}
			return err
		})
	})
}

// someArrivals are twelve who are here, every third with all checks made, and two
// who are expected tomorrow.
func someArrivals(now time.Time) []border.Arrival {
	var out []border.Arrival
	for i := range 14 {
		a := border.Arrival{ID: seawall.ArrivalID(fmt.Sprintf("a%02d", i)), No: fmt.Sprintf("L-2022-%05d", i), Group: seawall.GroupID(fmt.Sprintf("g%d", i/3)),
			Mask: "某*", Channels: []string{[]string{border.Declared, border.Feed, border.Gate}[i%3]}, Disease: "covid-19", Mode: "rail", Vehicle: fmt.Sprintf("D%d", i),
			Origins: []border.Origin{{Code: []string{"310115", "3201", "KR"}[i%3], Left: 100}}, Expected: seawall.DayOf(now, china()),
			Area: []seawall.AreaPath{"32/3209/320924/320924100/", "32/3209/320903/"}[i%2], Checks: border.NewChecks(), Until: seawall.NoDay, State: border.Arrived, Version: 1}
		a.Arrived = now.Add(-5 * time.Hour)
		if i >= 12 {
			a.State, a.Arrived, a.Expected = border.Expected, time.Time{}, a.Expected.Add(1)
			out = append(out, a)
			continue
		}
		a = a.SetDue(map[string]int{border.Headcount: 1, border.Identity: 2, border.Location: 3, border.Measure: 4})
		a = a.Make(border.Headcount, now.Add(-4*time.Hour), "x", border.ByStaff, "")
		if i%3 == 0 {
			for _, k := range border.Keys() {
				a = a.Make(k, now.Add(-2*time.Hour), "x", border.ByStaff, "")
			}
			a.State = border.Managed
		}
		out = append(out, a)
	}
	return out
}

// asListed pages through a query and compares it with the rows it should have.
func asListed(t *testing.T, db *store.DB, tx seawall.Tx, rows []border.Arrival, q border.Query, now time.Time) {
	t.Helper()
	want := map[seawall.ArrivalID]bool{}
	for _, a := range rows {
		ok := q.Missing == "" || q.Missing == "any" && a.Missing > 0 || q.Missing == border.Identity && !a.Check(border.Identity).Made()
		ok = ok && (q.Channel == "" || a.Channels[0] == q.Channel) && (q.Origin == "" || a.Origins[0].Code[:2] == q.Origin)
		ok = ok && (len(q.States) == 0 || a.State == q.States[0]) && (q.Scope == nil || q.Scope.Contains(a.Area)) && (q.Group == "" || a.Group == q.Group)
		ok = ok && strings.HasPrefix(a.No, q.Text) && (q.Late.IsZero() || a.Late(q.Late)) && (!(q.From != 0) || a.Day(china()) == q.From)
		if q.Missing == "any" && a.State == border.Expected {
			ok = a.Missing > 0
		}
		if ok {
			want[a.ID] = true
		}
	}
	q.Page.Limit = 5
	for n := 0; n < 10; n++ {
		got, next, total, err := db.Arrivals(t.Context(), tx, q)
		if err != nil {
			t.Fatalf("%+v: %v", q, err)
		}
		if n == 0 && total != len(want) {
			t.Errorf("%+v: total %d, want %d", q, total, len(want))
		}
		for _, a := range got {
			if !want[a.ID] {
				t.Errorf("%+v: %s does not belong, or came twice", q, a.ID)
			}
			delete(want, a.ID)
		}
		if q.Page.Cursor = next; next == "" {
			break
		}
	}
	if len(want) > 0 {
		t.Errorf("%+v: missing %v", q, want)
	}
}
