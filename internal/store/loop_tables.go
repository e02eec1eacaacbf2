package store

import (
	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/loop"
)

var _ loop.Store = (*DB)(nil)

func loops() *table[loop.Loop] {
	return &table[loop.Loop]{
		kind: seawall.KindLoop, name: "loop", behind: allBehind,
		cols: names(`id kind subject person mask fact disease regime rule title_zh title_en
			area level owner owner_name owner_why parties state opened_at closed_at outcome version protocol parent reopened_at no`),
		fields: func(l *loop.Loop) []any {
			return with(&l.ID, &l.Kind, ref(&l.Subject), &l.Person, &l.Mask, ref(&l.Fact), &l.Disease, &l.Regime, &l.Rule, words(&l.Title),
				&l.Area, &l.Level, &l.Owner, &l.OwnerName, &l.OwnerWhy, asJSON(&l.Parties), &l.State, ts(&l.OpenedAt), ts(&l.ClosedAt),
				&l.Outcome, &l.Version, &l.Protocol, &l.Parent, ts(&l.ReopenedAt), &l.No)
		},
		id:      func(l *loop.Loop) string { return string(l.ID) },
		version: func(l *loop.Loop) int { return l.Version },
	}
}

func steps() *table[loop.Step] {
	return &table[loop.Step]{
		kind: seawall.KindStep, name: "step", behind: allBehind,
		cols: names(`id loop_id kind step_key ord title_zh title_en state opened due day
			done_at done_by escalations escalated_at series needs rule
			subject mask disease area owner owner_name version form after_keys child child_loop required`),
		fields: func(s *loop.Step) []any {
			return with(&s.ID, &s.Loop, &s.Kind, &s.Key, &s.Order, words(&s.Title), &s.State, ts(&s.Opened), due(&s.Due), civil(&s.Day),
				ts(&s.DoneAt), &s.DoneBy, &s.Escalations, ts(&s.EscalatedAt), flag(&s.Series), &s.Needs, &s.Rule,
				ref(&s.Subject), &s.Mask, &s.Disease, &s.Area, &s.Owner, &s.OwnerName, &s.Version,
				&s.Form, someJSON(&s.After), &s.Child, &s.ChildLoop, flag(&s.Required))
		},
		id:      func(s *loop.Step) string { return string(s.ID) },
		version: func(s *loop.Step) int { return s.Version },
	}
}

func seriesRows() *table[loop.Series] {
	return &table[loop.Series]{
		kind: kindSeries, name: "series", behind: allBehind,
		cols: names("id loop_id series_key title_zh title_en from_day to_day next_day due_hour per_day needs rule state version form"),
		fields: func(s *loop.Series) []any {
			return with(&s.ID, &s.Loop, &s.Key, words(&s.Title), civil(&s.From), civil(&s.To), civil(&s.Next), &s.DueHour, &s.PerDay,
				&s.Needs, &s.Rule, &s.State, &s.Version, &s.Form)
		},
		id:      func(s *loop.Series) string { return s.ID },
		version: func(s *loop.Series) int { return s.Version },
	}
}

// kindSeries is the kind under which events carry a series: no page points to
// one, so the vocabulary has no name for it.
const kindSeries seawall.RefKind = "series"

func clocks() *table[loop.Clock] {
	return &table[loop.Clock]{
		kind: seawall.KindClock, name: "clock", behind: allBehind,
		cols: names("id loop_id step series kind target fire_at fired_at state version"),
		fields: func(c *loop.Clock) []any {
			return with(&c.ID, &c.Loop, &c.Step, &c.Series, &c.Kind, &c.Target, ts(&c.FireAt), ts(&c.FiredAt), &c.State, &c.Version)
		},
		id:      func(c *loop.Clock) string { return string(c.ID) },
		version: func(c *loop.Clock) int { return c.Version },
	}
}

func handOvers() *table[loop.HandOver] {
	return &table[loop.HandOver]{
		kind: seawall.KindHandOver, name: "hand_over", behind: allBehind,
		cols: names("id loop_id from_owner from_name to_owner to_name at accepted note why version gap_at"),
		fields: func(h *loop.HandOver) []any {
			return with(&h.ID, &h.Loop, &h.From, &h.FromName, &h.To, &h.ToName, ts(&h.At), ts(&h.Accepted), &h.Note, &h.Why, &h.Version, ts(&h.GapAt))
		},
		id:      func(h *loop.HandOver) string { return h.ID },
		version: func(h *loop.HandOver) int { return h.Version },
	}
}

func evidences() *table[loop.Evidence] {
	return &table[loop.Evidence]{
		kind: seawall.KindEvidence, name: "evidence", behind: allBehind,
		cols: names("id loop_id step kind body ref author at form_values"),
		fields: func(e *loop.Evidence) []any {
			return with(&e.ID, &e.Loop, &e.Step, &e.Kind, &e.Text, ref(&e.Ref), &e.By, ts(&e.At), someJSON(&e.Data))
		},
		id: func(e *loop.Evidence) string { return e.ID },
	}
}

func restrictions() *table[loop.Restriction] {
	return &table[loop.Restriction]{
		kind: seawall.KindRestriction, name: "restriction", behind: allBehind,
		cols: names(`id subject kind fact cited_zh cited_en regime rule from_at to_at reason_zh reason_en
			appeal_hours decided_by decided_name loop_id state ended_at ended_by version`),
		fields: func(r *loop.Restriction) []any {
			return with(&r.ID, ref(&r.Subject), &r.Kind, ref(&r.Fact), words(&r.Cited), &r.Regime, &r.Rule, stretch(&r.During), words(&r.Reason),
				&r.AppealHours, &r.DecidedBy, &r.DecidedName, &r.Loop, &r.State, ts(&r.EndedAt), &r.EndedBy, &r.Version)
		},
		id:      func(r *loop.Restriction) string { return string(r.ID) },
		version: func(r *loop.Restriction) int { return r.Version },
	}
}

func notices() *table[loop.Notice] {
	return &table[loop.Notice]{
		kind: seawall.KindNotice, name: "notice", behind: allBehind,
		cols: names("id addressee about text_zh text_en at read_at urgent version"),
		fields: func(n *loop.Notice) []any {
			return with(&n.ID, ref(&n.To), ref(&n.About), words(&n.Text), ts(&n.At), ts(&n.ReadAt), flag(&n.Urgent), &n.Version)
		},
		id:      func(n *loop.Notice) string { return n.ID },
		version: func(n *loop.Notice) int { return n.Version },
	}
}
