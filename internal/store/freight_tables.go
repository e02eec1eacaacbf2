package store

import (
	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/freight"
)

var _ freight.Store = (*DB)(nil)

func trips() *table[freight.Trip] {
	return &table[freight.Trip]{
		kind: seawall.KindTrip, name: "trip",
		cols: names(`id no carrier carrier_name plate plate_mask people mask cargo cargo_kind consignee consignee_area origin left_day route
			planned short transit seal escort channel external secret state stranded orphan deviations seen_at seen_place
			arrived_at entered_at ended_at area positive found_at permit reason invented loop_id owner owner_name created_at version`),
		fields: func(t *freight.Trip) []any {
			return with(&t.ID, &t.No, &t.Carrier, &t.CarrierName, &t.Plate, &t.PlateMask, &t.People, &t.Mask, &t.Cargo, &t.CargoKind,
				&t.Consignee, &t.ConsigneeArea, &t.Origin, civil(&t.Left), asJSON(&t.Route), ts(&t.Planned), &t.Short, flag(&t.Transit),
				&t.Seal, &t.Escort, &t.Channel, &t.External, &t.Secret, &t.State, flag(&t.Stranded), flag(&t.Orphan),
				&t.Deviations, ts(&t.SeenAt), &t.SeenPlace, ts(&t.ArrivedAt), ts(&t.EnteredAt), ts(&t.EndedAt), &t.Area, &t.Positive,
				ts(&t.FoundAt), &t.Permit, &t.Reason, flag(&t.Invented), &t.Loop, &t.Owner, &t.OwnerName, ts(&t.CreatedAt), &t.Version)
		},
		id:      func(t *freight.Trip) string { return string(t.ID) },
		version: func(t *freight.Trip) int { return t.Version },
	}
}

func tripCrews() *table[freight.Crew] {
	return &table[freight.Crew]{
		kind: seawall.KindCrew, name: "trip_crew",
		cols: names("id trip person mask role token version"),
		fields: func(c *freight.Crew) []any {
			return with(&c.ID, &c.Trip, &c.Person, &c.Mask, &c.Role, &c.Token, &c.Version)
		},
		id:      func(c *freight.Crew) string { return c.ID },
		version: func(c *freight.Crew) int { return c.Version },
	}
}

func tripMoves() *table[freight.Move] {
	return &table[freight.Move]{
		kind: seawall.KindMove, name: "trip_move",
		cols: names("id trip kind at place area ref source note off version"),
		fields: func(m *freight.Move) []any {
			return with(&m.ID, &m.Trip, &m.Kind, ts(&m.At), &m.Place, &m.Area, ref(&m.Ref), &m.Source, &m.Note, flag(&m.Off), &m.Version)
		},
		id:      func(m *freight.Move) string { return m.ID },
		version: func(m *freight.Move) int { return m.Version },
	}
}

func tripLegs() *table[freight.Leg] {
	return &table[freight.Leg]{
		kind: seawall.KindLeg, name: "trip_leg",
		cols: names("id trip giver receiver role place area offered accepted ended gap_at by_name note version"),
		fields: func(l *freight.Leg) []any {
			return with(&l.ID, &l.Trip, &l.Giver, &l.Receiver, &l.Role, &l.Place, &l.Area, ts(&l.Offered), ts(&l.Accepted), ts(&l.Ended),
				ts(&l.GapAt), &l.By, &l.Note, &l.Version)
		},
		id:      func(l *freight.Leg) string { return l.ID },
		version: func(l *freight.Leg) int { return l.Version },
	}
}

func permits() *table[freight.Permit] {
	return &table[freight.Permit]{
		kind: seawall.KindPermit, name: "permit",
		cols: names("id no trip plate plate_mask crew route from_at until_at ticket issued_by issued_at revoked reason version"),
		fields: func(p *freight.Permit) []any {
			return with(&p.ID, &p.No, &p.Trip, &p.Plate, &p.PlateMask, asJSON(&p.Crew), asJSON(&p.Route), ts(&p.From), ts(&p.Until),
				&p.Ticket, &p.IssuedBy, ts(&p.IssuedAt), ts(&p.Revoked), &p.Reason, &p.Version)
		},
		id:      func(p *freight.Permit) string { return string(p.ID) },
		version: func(p *freight.Permit) int { return p.Version },
	}
}

func carriers() *table[freight.Carrier] {
	return &table[freight.Carrier]{
		kind: seawall.KindCarrier, name: "carrier",
		cols: names("id name area post key_hash white closed invented created_at version"),
		fields: func(c *freight.Carrier) []any {
			return with(&c.ID, &c.Name, &c.Area, &c.Post, &c.Key, asJSON(&c.White), flag(&c.Closed), flag(&c.Invented), ts(&c.CreatedAt), &c.Version)
		},
		id:      func(c *freight.Carrier) string { return string(c.ID) },
		version: func(c *freight.Carrier) int { return c.Version },
	}
}

func serviceAreas() *table[freight.ServiceArea] {
	return &table[freight.ServiceArea]{
		kind: seawall.KindServiceArea, name: "service_area",
		cols: names("id name_zh name_en road area spaces open_services control told told_by note invented version"),
		fields: func(a *freight.ServiceArea) []any {
			return with(&a.ID, words(&a.Name), &a.Road, &a.Area, &a.Spaces, asJSON(&a.Open), &a.Control, ts(&a.Told), &a.ToldBy, &a.Note,
				flag(&a.Invented), &a.Version)
		},
		id:      func(a *freight.ServiceArea) string { return string(a.ID) },
		version: func(a *freight.ServiceArea) int { return a.Version },
	}
}

func areaVisits() *table[freight.Visit] {
	return &table[freight.Visit]{
		kind: seawall.KindVisit, name: "service_area_visit",
		cols: names("id service_area name_zh name_en area trip plate plate_mask people in_at out_at where_text source case_id stay told version"),
		fields: func(v *freight.Visit) []any {
			return with(&v.ID, &v.ServiceArea, words(&v.Name), &v.Area, &v.Trip, &v.Plate, &v.PlateMask, &v.People, ts(&v.In), ts(&v.Out),
				&v.Where, &v.Source, &v.Case, &v.Stay, ts(&v.Told), &v.Version)
		},
		id:      func(v *freight.Visit) string { return v.ID },
		version: func(v *freight.Visit) int { return v.Version },
	}
}

func closures() *table[freight.Closure] {
	return &table[freight.Closure]{
		kind: seawall.KindClosure, name: "road_closure",
		cols: names(`id no kind name ref area basis document level announced from_at until_at reason_zh reason_en detour keeps by_name
			lifted why version`),
		fields: func(c *freight.Closure) []any {
			return with(&c.ID, &c.No, &c.Kind, &c.Name, &c.Ref, &c.Area, &c.Basis, &c.Document, &c.Level, ts(&c.Announced), ts(&c.From),
				ts(&c.Until), words(&c.Reason), &c.Detour, asJSON(&c.Keeps), &c.By, ts(&c.Lifted), &c.Why, &c.Version)
		},
		id:      func(c *freight.Closure) string { return string(c.ID) },
		version: func(c *freight.Closure) int { return c.Version },
	}
}
