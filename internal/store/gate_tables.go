package store

import (
	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/gate"
)

var _ gate.Store = (*DB)(nil)

func sites() *table[gate.Site] {
	return &table[gate.Site]{
		kind: seawall.KindSite, name: "site",
		cols: names("id kind name_zh name_en area road lat lon lanes can_sample next closed invented source version"),
		fields: func(s *gate.Site) []any {
			return with(&s.ID, &s.Kind, words(&s.Name), &s.Area, &s.Road, &s.Lat, &s.Lon, asJSON(&s.Lanes), flag(&s.CanSample),
				&s.Next, flag(&s.Closed), flag(&s.Invented), &s.Source, &s.Version)
		},
		id:      func(s *gate.Site) string { return string(s.ID) },
		version: func(s *gate.Site) int { return s.Version },
	}
}

func shifts() *table[gate.Shift] {
	return &table[gate.Shift]{
		kind: seawall.KindShift, name: "gate_shift",
		cols: names("id site lead lead_name from_at to_at lanes officers version"),
		fields: func(s *gate.Shift) []any {
			return with(&s.ID, &s.Site, &s.Lead, &s.LeadName, ts(&s.From), ts(&s.To), &s.Lanes, &s.Officers, &s.Version)
		},
		id:      func(s *gate.Shift) string { return s.ID },
		version: func(s *gate.Shift) int { return s.Version },
	}
}

func passes() *table[gate.Pass] {
	return &table[gate.Pass]{
		kind: seawall.KindPass, name: "gate_pass",
		cols: names(`id site area lane arrived served decided left_at plate mask trip permit arrival facts decision rule rules ruled
			override offline device officer by_name hold_state hold_until hold_ended outcome note complaint next trace received version`),
		fields: func(p *gate.Pass) []any {
			return with(&p.ID, &p.Site, &p.Area, &p.Lane, ts(&p.Arrived), ts(&p.Served), ts(&p.Decided), ts(&p.Left), &p.Plate, &p.Mask,
				&p.Trip, &p.Permit, &p.Arrival, asJSON(&p.Facts), &p.Decision, &p.Rule, &p.Rules, &p.Ruled, someJSON(&p.Override),
				flag(&p.Offline), &p.Device, &p.Officer, &p.By, &p.HoldState, ts(&p.HoldUntil), ts(&p.HoldEnded), &p.Outcome, &p.Note,
				&p.Complaint, &p.Next, &p.Trace, ts(&p.Received), &p.Version)
		},
		id:      func(p *gate.Pass) string { return string(p.ID) },
		version: func(p *gate.Pass) int { return p.Version },
		behind:  allBehind,
	}
}
