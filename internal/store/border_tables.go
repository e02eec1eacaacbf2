package store

import (
	"database/sql/driver"
	"slices"
	"time"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/border"
)

var _ border.Store = (*DB)(nil)

func travelGroups() *table[border.Group] {
	return &table[border.Group]{
		kind: seawall.KindGroup, name: "travel_group",
		cols: names("id no size known declared channel mode vehicle booking at request secret version"),
		fields: func(g *border.Group) []any {
			return with(&g.ID, &g.No, &g.Size, &g.Known, &g.Declared, &g.Channel, &g.Mode, &g.Vehicle, &g.Booking, ts(&g.At), &g.Request, &g.Secret, &g.Version)
		},
		id:      func(g *border.Group) string { return string(g.ID) },
		version: func(g *border.Group) int { return g.Version },
	}
}

func arrivals() *table[border.Arrival] {
	return &table[border.Arrival]{
		kind: seawall.KindArrival, name: "arrival",
		cols: names(`id no group_id head person mask document channels disease origins mode vehicle seat entry
			expected arrived stay stay_text area checks missing tier regime rule kind since until_day confirmed_by
			undeclared found_by stage holder room next_due reason loop_id owner owner_name state created_at updated_at version
			origin by_declared by_feed by_gate by_found headcount_at identity_at location_at measure_at check_due complete_at came same_as`),
		fields: func(a *border.Arrival) []any {
			return with(&a.ID, &a.No, &a.Group, flag(&a.Head), &a.Person, &a.Mask, &a.Document, asJSON(&a.Channels), &a.Disease, asJSON(&a.Origins),
				&a.Mode, &a.Vehicle, &a.Seat, &a.Entry, civil(&a.Expected), ts(&a.Arrived), &a.Stay, &a.StayText, &a.Area,
				asJSON(&a.Checks), &a.Missing, &a.Tier, &a.Regime, &a.Rule, &a.Kind, ts(&a.Since), civil(&a.Until), &a.ConfirmedBy,
				flag(&a.Undeclared), &a.FoundBy, &a.Stage, &a.Holder, &a.Room, due(&a.NextDue), &a.Reason, &a.Loop, &a.Owner, &a.OwnerName,
				&a.State, ts(&a.CreatedAt), ts(&a.UpdatedAt), &a.Version, arrivalKeys(a), &a.SameAs)
		},
		id:      func(a *border.Arrival) string { return string(a.ID) },
		version: func(a *border.Arrival) int { return a.Version },
	}
}

// arrivalKeys are the columns by which lists ask; they follow from the others.
func arrivalKeys(a *border.Arrival) []any {
	by := func(channel string) any {
		return derivedNumber{func() int64 {
			if slices.Contains(a.Channels, channel) {
				return 1
			}
			return 0
		}}
	}
	made := func(key string) any { return derivedNumber{func() int64 { return microsOf(a.Check(key).Done) }} }
	return []any{
		derived(func() string {
			if len(a.Origins) == 0 {
				return ""
			}
			return a.Origins[0].Code
		}),
		by(border.Declared), by(border.Feed), by(border.Gate), by(border.Found),
		made(border.Headcount), made(border.Identity), made(border.Location), made(border.Measure),
		derivedNumber{func() int64 { return dueMicros(a.FirstDue()) }},
		derivedNumber{func() int64 { return microsOf(a.Complete()) }},
		derivedNumber{func() int64 { return came(*a) }},
	}
}

// came is the instant by which arrivals are sorted: that of the arrival, else noon
// in UTC of the day on which it is expected, which lies on that very day in every
// zone from UTC-12 to UTC+11.
func came(a border.Arrival) int64 {
	if !a.Arrived.IsZero() {
		return microsOf(a.Arrived)
	}
	if !a.Expected.Known() {
		return 0
	}
	return microsOf(a.Expected.Start(time.UTC).Add(12 * time.Hour))
}

// derivedNumber fills a numeric column from the other fields of a row; what is
// read back is left aside.
type derivedNumber struct{ make func() int64 }

func (d derivedNumber) Value() (driver.Value, error) { return d.make(), nil }

func (d derivedNumber) Scan(any) error { return nil }

func reports() *table[border.Report] {
	return &table[border.Report]{
		kind: seawall.KindReport, name: "arrival_report",
		cols: names("id arrival channel feed external print at received why version"),
		fields: func(r *border.Report) []any {
			return with(&r.ID, &r.Arrival, &r.Channel, &r.Feed, &r.External, &r.Print, ts(&r.At), ts(&r.Received), &r.Why, &r.Version)
		},
		id:      func(r *border.Report) string { return r.ID },
		version: func(r *border.Report) int { return r.Version },
	}
}

func custodies() *table[border.Custody] {
	return &table[border.Custody]{
		kind: seawall.KindCustody, name: "arrival_custody",
		cols: names("id arrival stage holder code area offered accepted ended by_name letter note version name_zh name_en"),
		fields: func(c *border.Custody) []any {
			return with(&c.ID, &c.Arrival, &c.Stage, &c.Holder, &c.Code, &c.Area, ts(&c.Offered), ts(&c.Accepted), ts(&c.Ended),
				&c.By, &c.Letter, &c.Note, &c.Version, words(&c.Name))
		},
		id:      func(c *border.Custody) string { return c.ID },
		version: func(c *border.Custody) int { return c.Version },
	}
}

func grades() *table[border.Grade] {
	return &table[border.Grade]{
		kind: seawall.KindGrade, name: "grade",
		cols: names("id disease code name level from_day to_day source invented withdrawn version"),
		fields: func(g *border.Grade) []any {
			return with(&g.ID, &g.Disease, &g.Code, &g.Name, &g.Level, civil(&g.From), civil(&g.To), &g.Source, flag(&g.Invented),
				flag(&g.Withdrawn), &g.Version)
		},
		id:      func(g *border.Grade) string { return g.ID },
		version: func(g *border.Grade) int { return g.Version },
	}
}
