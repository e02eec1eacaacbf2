package bench

import (
	"context"
	"math/rand/v2"
	"strings"
	"time"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/area"
	"github.com/seawall-city/seawall/internal/casebook"
	"github.com/seawall-city/seawall/internal/ledger"
	"github.com/seawall-city/seawall/internal/loop"
)

// ask makes a question of a read; each runs on a snapshot of its own, like the
// answer to one request.
func (w *world) ask(name string, fn func(ctx context.Context, tx seawall.Tx, r *rand.Rand) (int, error)) Question {
	return Question{Name: name, Ask: func(ctx context.Context, r *rand.Rand) (n int, err error) {
		err = w.db.Read(ctx, func(tx seawall.Tx) error {
			n, err = fn(ctx, tx, r)
			return err
		})
		return n, err
	}}
}

func of[T any](r *rand.Rand, vs []T) T { return vs[r.IntN(len(vs))] }

// place is one kind of scope that somebody asks with.
type place struct {
	name  string
	scope func(r *rand.Rand) seawall.Scope
}

// places are the scopes of the city's desk, the county with the outbreak, any
// county, a town, a grid, and a district cut up by a zone.
func (w *world) places() []place {
	hot := func(p seawall.AreaPath) bool { return strings.Contains(string(p), hotCounty) }
	var busy seawall.AreaPath
	var cut seawall.Scope
	for _, c := range w.counties {
		if hot(c) {
			busy = c
			cut = append(cut, c.Alone())
		}
	}
	for _, t := range w.towns {
		if hot(t) && len(cut) > 0 && t != w.towns[0] {
			cut = append(cut, t)
		}
	}
	return []place{
		{"city", func(*rand.Rand) seawall.Scope { return seawall.Scope{w.city} }},
		{"busiest county", func(*rand.Rand) seawall.Scope { return seawall.Scope{busy} }},
		{"county", func(r *rand.Rand) seawall.Scope { return seawall.Scope{of(r, w.counties)} }},
		{"county in pieces", func(*rand.Rand) seawall.Scope { return cut }},
		{"town", func(r *rand.Rand) seawall.Scope { return seawall.Scope{of(r, w.towns)} }},
		{"grid", func(r *rand.Rand) seawall.Scope { return seawall.Scope{of(r, w.grids)} }},
	}
}

func (w *world) questions() []Question {
	var out []Question
	for _, p := range w.places() {
		out = append(out, w.tonight(p)...)
		out = append(out, w.caseLists(p)...)
		out = append(out, w.contactLists(p)...)
		out = append(out, w.ground(p)...)
	}
	out = append(out, w.records()...)
	return append(out, w.log()...)
}

func (w *world) tonight(p place) []Question {
	end := w.now.Add(8 * time.Hour)
	steps := func(name string, q func(r *rand.Rand) loop.StepQuery) Question {
		return w.ask("steps, "+p.name+name, func(ctx context.Context, tx seawall.Tx, r *rand.Rand) (int, error) {
			x := q(r)
			x.Scope = p.scope(r)
			rows, _, _, err := w.db.Steps(ctx, tx, x)
			return len(rows), err
		})
	}
	return []Question{
		w.ask("tonight's figures, "+p.name, func(ctx context.Context, tx seawall.Tx, r *rand.Rand) (int, error) {
			n, err := w.db.CountSteps(ctx, tx, p.scope(r), worker(of(r, w.grids)), w.now, w.now.Add(2*time.Hour), end)
			return n.Open, err
		}),
		w.ask("tonight's whole page, "+p.name, func(ctx context.Context, tx seawall.Tx, r *rand.Rand) (int, error) {
			return w.tonightPage(ctx, tx, p.scope(r), end)
		}),
		steps(": tonight", func(*rand.Rand) loop.StepQuery { return loop.StepQuery{DueTo: end.UnixMicro()} }),
		steps(": open", func(*rand.Rand) loop.StepQuery { return loop.StepQuery{} }),
		steps(": escalated", func(*rand.Rand) loop.StepQuery { return loop.StepQuery{Escalated: true} }),
		steps(": mine", func(r *rand.Rand) loop.StepQuery {
			return loop.StepQuery{Owner: worker(of(r, w.grids)), DueTo: end.UnixMicro()}
		}),
		steps(": the desk's", func(*rand.Rand) loop.StepQuery { return loop.StepQuery{Owner: desk} }),
		steps(": a kind and disease", func(*rand.Rand) loop.StepQuery {
			return loop.StepQuery{Kind: loop.Investigation, Disease: "measles"}
		}),
		steps(": every state", func(*rand.Rand) loop.StepQuery {
			return loop.StepQuery{States: []loop.State{loop.Open, loop.Done, loop.Waiting, loop.Cancelled, loop.Withdrawn}}
		}),
	}
}

// tonightPage asks what the first page shows: the figures and the first steps of
// the four bands late, soon, tonight and later.
func (w *world) tonightPage(ctx context.Context, tx seawall.Tx, scope seawall.Scope, end time.Time) (int, error) {
	soon := w.now.Add(2 * time.Hour)
	if _, err := w.db.CountSteps(ctx, tx, scope, desk, w.now, soon, end); err != nil {
		return 0, err
	}
	bounds := []int64{0, w.now.UnixMicro(), soon.UnixMicro(), end.UnixMicro(), 0}
	rows := 0
	for i := range 4 {
		got, _, _, err := w.db.Steps(ctx, tx, loop.StepQuery{Scope: scope, DueFrom: bounds[i], DueTo: bounds[i+1], NoTotal: true, Page: seawall.Page{Limit: 200}})
		if err != nil {
			return 0, err
		}
		rows += len(got)
	}
	return rows, nil
}

func (w *world) caseLists(p place) []Question {
	var out []Question
	add := func(name string, q casebook.CaseQuery) {
		out = append(out, w.ask("cases, "+p.name+name, func(ctx context.Context, tx seawall.Tx, r *rand.Rand) (int, error) {
			q := q
			q.Scope = p.scope(r)
			rows, _, _, err := w.db.Cases(ctx, tx, q)
			return len(rows), err
		}))
	}
	add("", casebook.CaseQuery{})
	add(", by onset", casebook.CaseQuery{Sort: "onset"})
	add(", by area", casebook.CaseQuery{Sort: "area"})
	add(", filtered", casebook.CaseQuery{Disease: "covid-19", Classes: []casebook.Class{casebook.Confirmed}, State: "open", From: w.today.Add(-7), To: w.today})
	return append(out, w.ask("epidemic curve, "+p.name, func(ctx context.Context, tx seawall.Tx, r *rand.Rand) (int, error) {
		cells, err := w.db.EpidemicCurve(ctx, tx, casebook.CaseQuery{Scope: p.scope(r), Disease: "covid-19"})
		return len(cells), err
	}))
}

func (w *world) contactLists(p place) []Question {
	var out []Question
	add := func(name string, q func(r *rand.Rand) casebook.ContactQuery) {
		out = append(out, w.ask("contacts, "+p.name+name, func(ctx context.Context, tx seawall.Tx, r *rand.Rand) (int, error) {
			x := q(r)
			x.Scope = p.scope(r)
			rows, _, _, err := w.db.Contacts(ctx, tx, x)
			return len(rows), err
		}))
	}
	fixed := func(q casebook.ContactQuery) func(*rand.Rand) casebook.ContactQuery {
		return func(*rand.Rand) casebook.ContactQuery { return q }
	}
	following := []casebook.ContactState{casebook.Following}
	add(", following", fixed(casebook.ContactQuery{States: following}))
	// A page far down: the cursor of one request is the place of the next.
	far := casebook.ContactQuery{States: following}
	out = append(out, w.ask("contacts, "+p.name+", page after page", func(ctx context.Context, tx seawall.Tx, r *rand.Rand) (int, error) {
		if far.Page.Cursor == "" {
			far.Scope = p.scope(r)
		}
		rows, next, _, err := w.db.Contacts(ctx, tx, far)
		far.Page.Cursor = next
		return len(rows), err
	}))
	add(", every state", fixed(casebook.ContactQuery{}))
	for _, sort := range []string{"last_exposure", "no", "area"} {
		add(", by "+sort, fixed(casebook.ContactQuery{States: []casebook.ContactState{casebook.Following, casebook.Candidate}, Sort: sort}))
	}
	add(", symptomatic", fixed(casebook.ContactQuery{States: following, Symptomatic: true}))
	add(", silent", fixed(casebook.ContactQuery{States: following, SilentSince: w.today}))
	add(", silent, every state, by number", fixed(casebook.ContactQuery{SilentSince: w.today.Add(-2), Sort: "no"}))
	add(", late", fixed(casebook.ContactQuery{States: following, DueBefore: w.now.UnixMicro()}))
	add(", a class and disease", fixed(casebook.ContactQuery{Class: "sub", Disease: "covid-19"}))
	add(", of an absent disease", fixed(casebook.ContactQuery{Disease: "measles", Sort: "last_exposure"}))
	add(", of the desk", fixed(casebook.ContactQuery{Owner: desk, States: following}))
	add(", of a case", func(r *rand.Rand) casebook.ContactQuery { return casebook.ContactQuery{Case: of(r, w.cases).id} })
	add(", number begins", func(r *rand.Rand) casebook.ContactQuery {
		return casebook.ContactQuery{Text: strings.ToLower(of(r, w.contactNos)[:10])}
	})
	add(", place begins", func(r *rand.Rand) casebook.ContactQuery { return casebook.ContactQuery{Text: of(r, w.names)} })
	add(", 1,000 rows", fixed(casebook.ContactQuery{States: following, Page: seawall.Page{Limit: 1000}}))
	return out
}

func (w *world) ground(p place) []Question {
	return []Question{
		w.ask("areas by level, "+p.name, func(ctx context.Context, tx seawall.Tx, r *rand.Rand) (int, error) {
			n, err := w.db.AreaCounts(ctx, tx, p.scope(r))
			return n[area.Grid], err
		}),
		w.ask("area search, "+p.name, func(ctx context.Context, tx seawall.Tx, r *rand.Rand) (int, error) {
			as, err := w.db.SearchAreas(ctx, tx, string([]rune(of(r, w.names))[:1]), p.scope(r), 20)
			return len(as), err
		}),
		w.ask("roster, "+p.name, func(ctx context.Context, tx seawall.Tx, r *rand.Rand) (int, error) {
			rows, _, err := w.db.DutiesIn(ctx, tx, p.scope(r), seawall.Page{Limit: 100})
			return len(rows), err
		}),
		w.ask("capacity, "+p.name, func(ctx context.Context, tx seawall.Tx, r *rand.Rand) (int, error) {
			rows, err := w.db.Capacities(ctx, tx, p.scope(r))
			return len(rows), err
		}),
		w.ask("accounts, "+p.name, func(ctx context.Context, tx seawall.Tx, r *rand.Rand) (int, error) {
			rows, _, _, err := w.db.Principals(ctx, tx, p.scope(r), seawall.Page{})
			return len(rows), err
		}),
		w.ask("log, newest, "+p.name, func(ctx context.Context, tx seawall.Tx, r *rand.Rand) (int, error) {
			evs, err := w.c.Log.Events(ctx, tx, ledger.Query{Newest: true, Scope: p.scope(r), Limit: 50})
			return len(evs), err
		}),
	}
}
