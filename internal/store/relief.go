package store

import (
	"context"
	"strings"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/relief"
)

var _ relief.Store = (*DB)(nil)

func appeals() *table[relief.Appeal] {
	return &table[relief.Appeal]{
		kind: seawall.KindAppeal, name: "appeal",
		cols: names(`id no level prior restriction measure duty subject person mask area reason words channel filed_by
			at hours decide_by ceiling climbs barred state decided_at decided_by decided_name
			answer_zh answer_en next_zh next_en trail loop_id owner owner_name secret version`),
		fields: func(a *relief.Appeal) []any {
			return with(&a.ID, &a.No, &a.Level, &a.Prior, &a.Restriction, &a.Measure, &a.Duty, ref(&a.Subject), &a.Person, &a.Mask,
				&a.Area, &a.Reason, &a.Words, &a.Channel, &a.FiledBy, ts(&a.At), &a.Hours, ts(&a.DecideBy), ts(&a.Ceiling), &a.Climbs,
				asJSON(&a.Barred), &a.State, ts(&a.DecidedAt), &a.DecidedBy, &a.DecidedName, words(&a.Answer), words(&a.Next),
				asJSON(&a.Trail), &a.Loop, &a.Owner, &a.OwnerName, &a.Secret, &a.Version)
		},
		id:      func(a *relief.Appeal) string { return string(a.ID) },
		version: func(a *relief.Appeal) int { return a.Version },
	}
}

func helps() *table[relief.Help] {
	return &table[relief.Help]{
		kind: seawall.KindHelp, name: "help_request",
		cols: names(`id no kind urgent words place area people person mask about channel filed_by at answer_by help_by climbs
			state trail loop_id owner owner_name secret version`),
		fields: func(h *relief.Help) []any {
			return with(&h.ID, &h.No, &h.Kind, flag(&h.Urgent), &h.Words, &h.Place, &h.Area, &h.People, &h.Person, &h.Mask,
				ref(&h.About), &h.Channel, &h.FiledBy, ts(&h.At), ts(&h.AnswerBy), ts(&h.HelpBy), &h.Climbs, &h.State,
				asJSON(&h.Trail), &h.Loop, &h.Owner, &h.OwnerName, &h.Secret, &h.Version)
		},
		id:      func(h *relief.Help) string { return string(h.ID) },
		version: func(h *relief.Help) int { return h.Version },
	}
}

// SaveAppeal writes an objection.
func (db *DB) SaveAppeal(ctx context.Context, tx seawall.Tx, a relief.Appeal) error {
	return appeals().put(ctx, tx, a)
}

// Appeal reads an objection.
func (db *DB) Appeal(ctx context.Context, tx seawall.Tx, id seawall.AppealID) (relief.Appeal, error) {
	return appeals().get(ctx, tx, string(id))
}

// AppealBySecret finds an objection by the hash of its code.
func (db *DB) AppealBySecret(ctx context.Context, tx seawall.Tx, secret string) (relief.Appeal, error) {
	row, found, err := appeals().first(ctx, tx, "secret = $1 AND secret <> ''", secret)
	if err == nil && !found {
		err = seawall.E("store.AppealBySecret", seawall.NotFound, "code_unknown")
	}
	return row, err
}

// AppealsAgainst reads the objections to a measure, the first one first.
func (db *DB) AppealsAgainst(ctx context.Context, tx seawall.Tx, id seawall.RestrictionID) ([]relief.Appeal, error) {
	return appeals().list(ctx, tx, "WHERE restriction = $1 ORDER BY at, id", string(id))
}

// AppealsOfPerson reads the objections of a person, the first one first.
func (db *DB) AppealsOfPerson(ctx context.Context, tx seawall.Tx, no seawall.PersonNo) ([]relief.Appeal, error) {
	return appeals().list(ctx, tx, "WHERE person = $1 AND person <> '' ORDER BY at, id", string(no))
}

// Appeals lists objections.
func (db *DB) Appeals(ctx context.Context, tx seawall.Tx, q relief.Query) ([]relief.Appeal, string, int, error) {
	o := order[relief.Appeal]{name: "due", col: "decide_by", value: func(a *relief.Appeal) any { return microsOf(a.DecideBy) }}
	if q.Sort == "newest" {
		o = order[relief.Appeal]{name: q.Sort, col: "at", desc: true, value: func(a *relief.Appeal) any { return microsOf(a.At) }}
	}
	l := listing[relief.Appeal]{from: appeals(), order: o}
	l.common.eq("reason", q.Kind)
	states := q.States
	if len(states) == 0 {
		states = []string{relief.Pending, relief.Upheld, relief.Rejected, relief.Lapsed, relief.Moot}
	}
	return filed(ctx, tx, l, q, states, "appeal")
}

// SaveHelp writes a request for help.
func (db *DB) SaveHelp(ctx context.Context, tx seawall.Tx, h relief.Help) error {
	return helps().put(ctx, tx, h)
}

// Help reads a request for help.
func (db *DB) Help(ctx context.Context, tx seawall.Tx, id seawall.HelpID) (relief.Help, error) {
	return helps().get(ctx, tx, string(id))
}

// HelpBySecret finds a request by the hash of its code.
func (db *DB) HelpBySecret(ctx context.Context, tx seawall.Tx, secret string) (relief.Help, error) {
	row, found, err := helps().first(ctx, tx, "secret = $1 AND secret <> ''", secret)
	if err == nil && !found {
		err = seawall.E("store.HelpBySecret", seawall.NotFound, "code_unknown")
	}
	return row, err
}

// HelpsOfPerson reads the requests of a person, the first one first.
func (db *DB) HelpsOfPerson(ctx context.Context, tx seawall.Tx, no seawall.PersonNo) ([]relief.Help, error) {
	return helps().list(ctx, tx, "WHERE person = $1 AND person <> '' ORDER BY at, id", string(no))
}

// Helps lists requests for help.
func (db *DB) Helps(ctx context.Context, tx seawall.Tx, q relief.Query) ([]relief.Help, string, int, error) {
	o := order[relief.Help]{name: "due", col: "help_by", value: func(h *relief.Help) any { return microsOf(h.HelpBy) }}
	if q.Sort == "newest" {
		o = order[relief.Help]{name: q.Sort, col: "at", desc: true, value: func(h *relief.Help) any { return microsOf(h.At) }}
	}
	l := listing[relief.Help]{from: helps(), order: o}
	l.common.eq("kind", q.Kind)
	states := q.States
	if len(states) == 0 {
		states = []string{relief.HelpOpen, relief.HelpAnswered, relief.HelpDone, relief.HelpClosed}
	}
	return filed(ctx, tx, l, q, states, "help")
}

// filed gives a page of objections or requests; index is the beginning of the
// names of the table's indexes.
func filed[T any](ctx context.Context, tx seawall.Tx, l listing[T], q relief.Query, states []string, index string) ([]T, string, int, error) {
	l.common.eq("owner", string(q.Owner))
	if q.Text != "" {
		l.common.conds = append(l.common.conds, l.common.prefixed("no", strings.ToUpper(q.Text)))
	}
	narrow := false
	l.ranges, narrow = l.common.ranges(states, q.Scope)
	l.countIndex = index + "_by_area"
	switch {
	case q.Text != "":
		l.countIndex = "" // the number finds its few rows by itself
	case narrow:
		l.pageIndex = index + "_by_area"
	case q.Sort == "newest":
		l.pageIndex = index + "_newest"
	default:
		l.pageIndex = index + "_by_due"
	}
	return l.all(ctx, tx, q.Page)
}
