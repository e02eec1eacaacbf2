package bench

import (
	"context"
	"math/rand/v2"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/area"
	"github.com/seawall-city/seawall/internal/casebook"
	"github.com/seawall-city/seawall/internal/ledger"
)

// records are the pages of one case, contact, duty and person, and of areas.
func (w *world) records() []Question {
	return []Question{
		w.ask("page of a case", w.casePage),
		w.ask("page of a contact", w.contactPage),
		w.ask("page of a duty", w.dutyPage),
		w.ask("page of a person", w.personPage),
		w.ask("children of an area", func(ctx context.Context, tx seawall.Tx, r *rand.Rand) (int, error) {
			as, err := w.db.Children(ctx, tx, seawall.AreaID(of(r, w.codes)), area.Statistical)
			return len(as), err
		}),
		w.ask("area search by code", func(ctx context.Context, tx seawall.Tx, r *rand.Rand) (int, error) {
			as, err := w.db.SearchAreas(ctx, tx, of(r, w.codes)[:6], nil, 20)
			return len(as), err
		}),
		w.ask("area search by pinyin", func(ctx context.Context, tx seawall.Tx, r *rand.Rand) (int, error) {
			as, err := w.db.SearchAreas(ctx, tx, string(rune('a'+r.IntN(26))), nil, 20)
			return len(as), err
		}),
		w.ask("who is on the roster up the tree", func(ctx context.Context, tx seawall.Tx, r *rand.Rand) (int, error) {
			var ids []seawall.AreaID
			for p := of(r, w.grids); p.Depth() > 1; p = seawall.AreaPath(string(p)[:len(p)-len(p.Leaf())-1]) {
				ids = append(ids, p.Leaf())
			}
			rows, err := w.db.DutiesOn(ctx, tx, ids)
			return len(rows), err
		}),
		w.ask("3,000 persons by number", func(ctx context.Context, tx seawall.Tx, r *rand.Rand) (int, error) {
			first := r.IntN(max(1, len(w.persons)-3000))
			ps, err := w.db.Persons(ctx, tx, w.persons[first:min(len(w.persons), first+3000)])
			return len(ps), err
		}),
		w.ask("case search by number", func(ctx context.Context, tx seawall.Tx, r *rand.Rand) (int, error) {
			rows, _, _, err := w.db.Cases(ctx, tx, casebook.CaseQuery{Text: of(r, w.cases).no[:9]})
			return len(rows), err
		}),
		w.ask("next clock", func(ctx context.Context, tx seawall.Tx, _ *rand.Rand) (int, error) {
			_, err := w.db.NextClock(ctx, tx)
			return 1, err
		}),
	}
}

// sum adds the rows of several reads and keeps the first error.
type sum struct {
	n   int
	err error
}

func add[T any](s *sum, rows []T, err error) {
	s.n += len(rows)
	if s.err == nil {
		s.err = err
	}
}

func (w *world) casePage(ctx context.Context, tx seawall.Tx, r *rand.Rand) (int, error) {
	s, of := &sum{}, of(r, w.cases)
	c, err := w.db.Case(ctx, tx, of.id)
	if err != nil {
		return 0, err
	}
	ref := seawall.Ref{Kind: seawall.KindCase, ID: string(of.id)}
	cs, err := w.db.ContactsOfCase(ctx, tx, of.id)
	add(s, cs, err)
	st, err := w.db.StaysOfCase(ctx, tx, of.id)
	add(s, st, err)
	ls, err := w.db.LoopsOfFact(ctx, tx, ref)
	add(s, ls, err)
	ends := []seawall.PersonNo{c.Person}
	for _, k := range cs {
		ends = append(ends, k.Person)
	}
	edges, err := w.db.LinksOfPersons(ctx, tx, ends)
	add(s, edges, err)
	evs, err := w.c.Log.Events(ctx, tx, ledger.Query{Newest: true, Subject: ref, Limit: 100})
	add(s, evs, err)
	return s.n, s.err
}

func (w *world) contactPage(ctx context.Context, tx seawall.Tx, r *rand.Rand) (int, error) {
	s, id := &sum{}, of(r, w.contacts)
	c, err := w.db.Contact(ctx, tx, id)
	if err != nil {
		return 0, err
	}
	ref := seawall.Ref{Kind: seawall.KindContact, ID: string(id)}
	steps, err := w.db.StepsOf(ctx, tx, c.Loop)
	add(s, steps, err)
	fs, err := w.db.FollowUpsOf(ctx, tx, id)
	add(s, fs, err)
	rs, err := w.db.ResultsOfPerson(ctx, tx, c.Person)
	add(s, rs, err)
	on, err := w.db.RestrictionsOn(ctx, tx, ref)
	add(s, on, err)
	evs, err := w.c.Log.Events(ctx, tx, ledger.Query{Newest: true, Subject: ref, Limit: 100})
	add(s, evs, err)
	return s.n, s.err
}

func (w *world) dutyPage(ctx context.Context, tx seawall.Tx, r *rand.Rand) (int, error) {
	s, id := &sum{}, of(r, w.loops)
	if _, err := w.db.Loop(ctx, tx, id); err != nil {
		return 0, err
	}
	steps, err := w.db.StepsOf(ctx, tx, id)
	add(s, steps, err)
	series, err := w.db.SeriesOf(ctx, tx, id)
	add(s, series, err)
	clocks, err := w.db.ClocksOf(ctx, tx, id)
	add(s, clocks, err)
	over, err := w.db.HandOversOf(ctx, tx, id)
	add(s, over, err)
	ev, err := w.db.EvidenceOf(ctx, tx, id)
	add(s, ev, err)
	return s.n, s.err
}

func (w *world) personPage(ctx context.Context, tx seawall.Tx, r *rand.Rand) (int, error) {
	s, no := &sum{}, w.persons[r.IntN(min(len(w.persons), w.c.Cases+w.c.Contacts))]
	cases, err := w.db.CasesOfPerson(ctx, tx, no)
	add(s, cases, err)
	contacts, err := w.db.ContactsOfPerson(ctx, tx, no)
	add(s, contacts, err)
	rs, err := w.db.ResultsOfPerson(ctx, tx, no)
	add(s, rs, err)
	evs, err := w.c.Log.Events(ctx, tx, ledger.Query{Newest: true, Person: no, Limit: 100})
	add(s, evs, err)
	return s.n, s.err
}

// log are the log page's filters and the cursor of live changes.
func (w *world) log() []Question {
	ask := func(name string, q func(r *rand.Rand) ledger.Query) Question {
		return w.ask("log, "+name, func(ctx context.Context, tx seawall.Tx, r *rand.Rand) (int, error) {
			evs, err := w.c.Log.Events(ctx, tx, q(r))
			return len(evs), err
		})
	}
	return []Question{
		ask("a family of types", func(*rand.Rand) ledger.Query { return ledger.Query{Newest: true, Type: "case.", Limit: 50} }),
		ask("a type in a town", func(r *rand.Rand) ledger.Query {
			return ledger.Query{Newest: true, Type: "case.recorded", Scope: seawall.Scope{of(r, w.towns)}, Limit: 50}
		}),
		ask("an absent type", func(*rand.Rand) ledger.Query { return ledger.Query{Newest: true, Type: "identity.opened", Limit: 50} }),
		ask("from a place on", func(r *rand.Rand) ledger.Query {
			return ledger.Query{After: int64(r.IntN(w.loaded["events"])), Limit: 100}
		}),
	}
}
