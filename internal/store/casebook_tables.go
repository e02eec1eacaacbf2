package store

import (
	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/casebook"
)

var _ casebook.Store = (*DB)(nil)

func persons() *table[casebook.Person] {
	return &table[casebook.Person]{
		kind: seawall.KindPerson, name: "person",
		cols: names("no mask pinyin sex birth_year home merged_into moved placeholder created_at"),
		fields: func(p *casebook.Person) []any {
			return with(&p.No, &p.Mask, &p.Pinyin, &p.Sex, &p.BirthYear, &p.Home, &p.MergedInto, asJSON(&p.Moved),
				flag(&p.Placeholder), ts(&p.CreatedAt))
		},
		id: func(p *casebook.Person) string { return string(p.No) },
	}
}

func cases() *table[casebook.Case] {
	return &table[casebook.Case]{
		kind: seawall.KindCase, name: "case_record",
		cols: names(`id no person mask disease regime class state
			onset exposed sampled diagnosed reported outcome outcome_day channel
			home stay exposure area facility setting extra source external import_id
			historic retraction version created_at updated_at`),
		fields: func(c *casebook.Case) []any {
			return with(&c.ID, &c.No, &c.Person, &c.Mask, &c.Disease, &c.Regime, &c.Class, &c.State,
				civil(&c.Onset), civil(&c.Exposed), civil(&c.Sampled), civil(&c.Diagnose), ts(&c.Reported), &c.Outcome, civil(&c.OutcomeDay), &c.Channel,
				&c.Home, &c.Stay, &c.Exposure, &c.Area, &c.Facility, &c.Setting, asJSON(&c.Extra), origin(&c.Origin),
				flag(&c.Historic), &c.Retraction, &c.Version, ts(&c.CreatedAt), ts(&c.UpdatedAt))
		},
		id:      func(c *casebook.Case) string { return string(c.ID) },
		version: func(c *casebook.Case) int { return c.Version },
	}
}

func results() *table[casebook.Result] {
	return &table[casebook.Result]{
		kind: seawall.KindResult, name: "result",
		cols: names(`id person case_id contact disease kind accession collected resulted
			outcome value lab state extra area source external import_id version created_at`),
		fields: func(r *casebook.Result) []any {
			return with(&r.ID, &r.Person, &r.Case, &r.Contact, &r.Disease, &r.Kind, &r.Accession, ts(&r.Collected), ts(&r.Resulted),
				&r.Outcome, &r.Value, &r.Lab, &r.State, asJSON(&r.Extra), &r.Area, origin(&r.Origin), &r.Version, ts(&r.CreatedAt))
		},
		id:      func(r *casebook.Result) string { return string(r.ID) },
		version: func(r *casebook.Result) int { return r.Version },
	}
}

func contacts() *table[casebook.Contact] {
	return &table[casebook.Contact]{
		kind: seawall.KindContact, name: "contact", behind: onlyChanged,
		cols: names(`id no person mask case_id case_no via disease regime class state
			first_exposure last_exposure until_day setting relation place
			home stay area loop_id owner owner_name next_due last_report symptomatic
			confirmed_by room link_serial extra source external import_id
			historic version created_at updated_at`),
		fields: func(c *casebook.Contact) []any {
			return with(&c.ID, &c.No, &c.Person, &c.Mask, &c.Case, &c.CaseNo, &c.Via, &c.Disease, &c.Regime, &c.Class, &c.State,
				civil(&c.FirstExposure), civil(&c.LastExposure), civil(&c.Until), &c.Setting, &c.Relation, &c.Place,
				&c.Home, &c.Stay, &c.Area, &c.Loop, &c.Owner, &c.OwnerName, due(&c.NextDue), civil(&c.LastReport), flag(&c.Symptomatic),
				&c.ConfirmedBy, &c.Room, &c.LinkSerial, asJSON(&c.Extra), origin(&c.Origin),
				flag(&c.Historic), &c.Version, ts(&c.CreatedAt), ts(&c.UpdatedAt))
		},
		id:      func(c *casebook.Contact) string { return string(c.ID) },
		version: func(c *casebook.Contact) int { return c.Version },
	}
}

func stays() *table[casebook.Stay] {
	return &table[casebook.Stay]{
		kind: seawall.KindStay, name: "stay",
		cols: names("id person case_id place kind area from_at to_at note state source external import_id version"),
		fields: func(s *casebook.Stay) []any {
			return with(&s.ID, &s.Person, &s.Case, &s.Place, &s.Kind, &s.Area, stretch(&s.During), &s.Note, &s.State,
				origin(&s.Origin), &s.Version)
		},
		id:      func(s *casebook.Stay) string { return string(s.ID) },
		version: func(s *casebook.Stay) int { return s.Version },
	}
}

func links() *table[casebook.Link] {
	return &table[casebook.Link]{
		kind: seawall.KindLink, name: "link",
		cols: names(`id from_person to_person from_case to_case to_contact disease kind setting certainty day state
			extra source external import_id version`),
		fields: func(l *casebook.Link) []any {
			return with(&l.ID, &l.From, &l.To, &l.FromCase, &l.ToCase, &l.ToContact, &l.Disease, &l.Kind, &l.Setting, &l.Certainty,
				civil(&l.Day), &l.State, asJSON(&l.Extra), origin(&l.Origin), &l.Version)
		},
		id:      func(l *casebook.Link) string { return string(l.ID) },
		version: func(l *casebook.Link) int { return l.Version },
	}
}

func followUps() *table[casebook.FollowUp] {
	return &table[casebook.FollowUp]{
		kind: seawall.KindFollowUp, name: "follow_up",
		cols: names(`id contact person day status temperature symptoms reporter at note
			extra source external import_id version`),
		fields: func(f *casebook.FollowUp) []any {
			return with(&f.ID, &f.Contact, &f.Person, civil(&f.Day), &f.Status, &f.Temperature, &f.Symptoms, &f.By, ts(&f.At), &f.Note,
				asJSON(&f.Extra), origin(&f.Origin), &f.Version)
		},
		id:      func(f *casebook.FollowUp) string { return string(f.ID) },
		version: func(f *casebook.FollowUp) int { return f.Version },
	}
}
