package store_test

import (
	"cmp"
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/casebook"
	"github.com/seawall-city/seawall/internal/loop"
	"github.com/seawall-city/seawall/internal/store"
	"github.com/seawall-city/seawall/internal/store/postgres"
	"github.com/seawall-city/seawall/internal/store/storetest"
)

// The list tests keep a model of what a list must give, in plain Go with texts
// compared by bytes, and ask every database the same random questions: SQLite,
// a PostgreSQL with a Chinese ICU locale and one with C. What agrees with the
// model agrees with each other.
func everyLocale(t *testing.T, f func(t *testing.T, db *store.DB)) {
	open := map[string]func(t *testing.T) store.Driver{
		"sqlite": func(t *testing.T) store.Driver { return storetest.Driver(t, "sqlite") },
	}
	for name, options := range map[string]string{
		"icu": "TEMPLATE template0 LOCALE_PROVIDER icu ICU_LOCALE 'zh-CN'",
		"c":   "TEMPLATE template0 LOCALE 'C'",
	} {
		open["postgres-"+name] = func(t *testing.T) store.Driver {
			d, err := postgres.Open(storetest.PostgresURL(t, options), 4)
			must(t, err)
			return d
		}
	}
	for _, name := range []string{"sqlite", "postgres-icu", "postgres-c"} {
		t.Run(name, func(t *testing.T) {
			clock := storetest.NewClock(storetest.Start())
			db := store.New(open[name](t), store.Options{Clock: clock, IDs: storetest.NewIDs(clock)})
			t.Cleanup(func() { db.Close() })
			must(t, db.Migrate(t.Context()))
			f(t, db)
		})
	}
}

// pick gives one of vs.
func pick[T any](r *rand.Rand, vs ...T) T { return vs[r.IntN(len(vs))] }

// paths are areas of every depth; "10" and "9" sort otherwise as numbers, "A2"
// and "a/1" otherwise in a locale.
func paths() []seawall.AreaPath {
	out := []seawall.AreaPath{"32/", "32/3209/"}
	for _, county := range []string{"320902", "320903", "A2", "a"} {
		c := "32/3209/" + county + "/"
		out = append(out, seawall.AreaPath(c))
		for _, town := range []string{"1", "10", "9", "盐", "Ä"} {
			out = append(out, seawall.AreaPath(c+town+"/"), seawall.AreaPath(c+town+"/07/"))
		}
	}
	return out
}

// scope gives a random scope, sometimes none, empty, nested or very long.
func scope(r *rand.Rand) seawall.Scope {
	all := paths()
	switch r.IntN(8) {
	case 0, 1:
		return nil
	case 2:
		return pick(r, seawall.Scope{}, seawall.Scope{""})
	case 3: // more parts than one statement walks as ranges
		s := seawall.Scope{}
		for _, p := range all {
			if p.Depth() > 3 {
				s = append(s, p.Alone(), p)
			}
		}
		for i := range 60 {
			s = append(s, seawall.AreaPath(fmt.Sprintf("32/3209/320902/x%d/", i)))
		}
		return s
	}
	s := seawall.Scope{}
	for range 1 + r.IntN(4) {
		p := pick(r, all...)
		if r.IntN(4) == 0 {
			p = p.Alone()
		}
		s = append(s, p)
	}
	return s
}

// seen is Scope.Contains with the rule that no scope limits nothing.
func seen(s seawall.Scope, p seawall.AreaPath) bool { return s == nil || s.Contains(p) }

// sameList pages through a list with a random page size and compares it with
// the rows of the model.
func sameList[T any](t *testing.T, what string, limit int, id func(T) string, want []T, page func(seawall.Page) ([]T, string, int, error)) {
	t.Helper()
	var got, expected []string
	for _, w := range want {
		expected = append(expected, id(w))
	}
	cursor := ""
	for n := 0; ; n++ {
		rows, next, total, err := page(seawall.Page{Cursor: cursor, Limit: limit})
		if err != nil {
			t.Fatalf("%s: %v", what, err)
		}
		if total != len(want) {
			t.Fatalf("%s: total %d on page %d, want %d", what, total, n, len(want))
		}
		if len(rows) > limit || next != "" && len(rows) != limit {
			t.Fatalf("%s: a page of %d rows, limit %d, next %q", what, len(rows), limit, next)
		}
		for _, row := range rows {
			got = append(got, id(row))
		}
		if next == "" {
			break
		}
		cursor = next
	}
	if !slices.Equal(got, expected) {
		t.Fatalf("%s:\n got %v\nwant %v", what, got, expected)
	}
}

// someCases makes cases with few values, so that filters and ties meet often.
func someCases(r *rand.Rand, n int) []casebook.Case {
	out := make([]casebook.Case, n)
	for i := range out {
		out[i] = casebook.Case{ID: seawall.CaseID(fmt.Sprintf("c%03d", i)), No: fmt.Sprintf("%s%03d", pick(r, "C-2022-", "C-2023-", "Ä-"), i),
			Person: pick(r, seawall.PersonNo("p1"), "p2"), Disease: pick(r, "measles", "covid-19"),
			Class: pick(r, casebook.Suspected, casebook.Confirmed, casebook.Discarded), State: pick(r, "open", "closed", "retracted"),
			Onset: pick(r, seawall.NoDay, 19070, 19071), Sampled: pick(r, seawall.NoDay, 19072), Exposed: seawall.NoDay, Diagnose: seawall.NoDay, OutcomeDay: seawall.NoDay,
			Reported: storetest.Start().Add(time.Duration(r.IntN(9)) * 6 * time.Hour), Area: pick(r, paths()...),
			Facility: pick(r, "", "射阳服务区", "射阳", "a b"), Version: 1}
		if r.IntN(2) == 0 {
			out[i].Origin = casebook.Origin{Source: "s", External: fmt.Sprintf("%s%d", pick(r, "x", "X", "射"), i)}
		}
	}
	return out
}

func caseMatches(c casebook.Case, q casebook.CaseQuery, loc *time.Location) bool {
	d := seawall.DayOf(c.Reported, loc)
	begins := func(s, text string) bool { return s != "" && strings.HasPrefix(s, text) }
	return seen(q.Scope, c.Area) && (q.Disease == "" || c.Disease == q.Disease) && (q.State == "" || c.State == q.State) &&
		(len(q.Classes) == 0 || slices.Contains(q.Classes, c.Class)) && (q.Person == "" || c.Person == q.Person) &&
		(q.From == 0 || d >= q.From) && (q.To == 0 || d <= q.To) &&
		(q.Text == "" || begins(c.No, strings.ToUpper(q.Text)) || begins(c.Origin.External, q.Text) || begins(c.Facility, q.Text))
}

func caseLess(sort string) func(a, b casebook.Case) int {
	return func(a, b casebook.Case) int {
		switch sort {
		case "onset":
			return cmp.Or(cmp.Compare(b.Onset, a.Onset), cmp.Compare(b.ID, a.ID))
		case "no":
			return cmp.Compare(a.No, b.No)
		case "area":
			return cmp.Or(cmp.Compare(a.Area, b.Area), cmp.Compare(a.ID, b.ID))
		}
		return cmp.Or(b.Reported.Compare(a.Reported), cmp.Compare(b.ID, a.ID))
	}
}

func caseQuery(r *rand.Rand) casebook.CaseQuery {
	q := casebook.CaseQuery{Scope: scope(r), Sort: pick(r, "", "reported", "onset", "no", "area")}
	q.Disease = pick(r, "", "", "measles", "none")
	q.State = pick(r, "", "", "open", "retracted")
	q.Classes = pick(r, nil, nil, []casebook.Class{casebook.Confirmed}, []casebook.Class{casebook.Confirmed, casebook.Suspected})
	q.Person = pick(r, "", "", "", seawall.PersonNo("p1"))
	q.Text = pick(r, "", "", "", "c-2022", "射阳", "x", "Ä", "%")
	q.From = pick(r, 0, 0, seawall.DayOf(storetest.Start(), time.UTC))
	q.To = pick(r, 0, 0, seawall.DayOf(storetest.Start(), time.UTC))
	return q
}

// TestCaseListsEqualTheModel: design §5 (the same pages on every database).
func TestCaseListsEqualTheModel(t *testing.T) {
	seed := rand.Uint64()
	china := time.FixedZone("CST", 8*60*60)
	everyLocale(t, func(t *testing.T, db *store.DB) {
		r := rand.New(rand.NewPCG(seed, 2))
		all := someCases(r, 80)
		must(t, write(t, db, func(tx seawall.Tx) error { return db.SaveCases(t.Context(), tx, all) }))
		for n := range 300 {
			q := caseQuery(r)
			want := slices.DeleteFunc(slices.Clone(all), func(c casebook.Case) bool { return !caseMatches(c, q, china) })
			slices.SortFunc(want, caseLess(q.Sort))
			sameList(t, fmt.Sprintf("seed %d, question %d, %+v", seed, n, q), 1+r.IntN(30), func(c casebook.Case) string { return string(c.ID) },
				want, func(p seawall.Page) (rows []casebook.Case, next string, total int, err error) {
					q.Page = p
					err = db.Read(t.Context(), func(tx seawall.Tx) error {
						rows, next, total, err = db.Cases(t.Context(), tx, q)
						return err
					})
					return rows, next, total, err
				})
			read(t, db, func(tx seawall.Tx) error {
				curve, err := db.EpidemicCurve(t.Context(), tx, q)
				if want := curveOf(want, q.State == "", china); !slices.Equal(curve, want) {
					t.Fatalf("seed %d, question %d: curve\n got %v\nwant %v", seed, n, curve, want)
				}
				return err
			})
		}
	})
}

func curveOf(cs []casebook.Case, leaveRetracted bool, loc *time.Location) []casebook.DayCount {
	cells := map[casebook.DayCount]int{}
	for _, c := range cs {
		if leaveRetracted && c.State == "retracted" {
			continue
		}
		d := c.Onset
		if !d.Known() {
			d = c.Sampled
		}
		if !d.Known() {
			d = seawall.DayOf(c.Reported, loc)
		}
		cells[casebook.DayCount{Day: d, Class: c.Class}]++
	}
	var out []casebook.DayCount
	for c, n := range cells {
		c.N = n
		out = append(out, c)
	}
	slices.SortFunc(out, func(a, b casebook.DayCount) int {
		return cmp.Or(cmp.Compare(a.Day, b.Day), cmp.Compare(a.Class, b.Class))
	})
	return out
}

// someSteps makes steps of few owners, states and instants.
func someSteps(r *rand.Rand, n int) []loop.Step {
	out := make([]loop.Step, n)
	for i := range out {
		out[i] = loop.Step{ID: seawall.StepID(fmt.Sprintf("s%03d", i)), Loop: pick(r, seawall.LoopID("l1"), "l2"),
			Kind: pick(r, loop.Investigation, loop.FollowUp), State: pick(r, loop.Open, loop.Open, loop.Done, loop.Waiting, loop.Withdrawn),
			Due: storetest.Start().Add(time.Duration(r.IntN(10)-3) * time.Hour), Day: seawall.NoDay, Escalations: pick(r, 0, 0, 1, 2),
			Subject: seawall.Ref{Kind: seawall.KindContact, ID: pick(r, "a", "b")}, Disease: pick(r, "measles", "covid-19"),
			Area: pick(r, paths()...), Owner: pick(r, seawall.PrincipalID("o1"), "o2", ""), Version: 1}
		if r.IntN(6) == 0 {
			out[i].Due = time.Time{}
		}
	}
	return out
}

func stepMatches(s loop.Step, q loop.StepQuery) bool {
	states := q.States
	if len(states) == 0 {
		states = []loop.State{loop.Open}
	}
	due := s.Due.UnixMicro()
	return seen(q.Scope, s.Area) && slices.Contains(states, s.State) && (q.Owner == "" || s.Owner == q.Owner) &&
		(q.Kind == "" || s.Kind == q.Kind) && (q.Disease == "" || s.Disease == q.Disease) &&
		(q.DueFrom == 0 || s.Due.IsZero() || due >= q.DueFrom) && (q.DueTo == 0 || !s.Due.IsZero() && due < q.DueTo) &&
		(q.Subject.IsZero() || s.Subject == q.Subject) && (!q.Escalated || s.Escalations > 0)
}

func stepQuery(r *rand.Rand) loop.StepQuery {
	q := loop.StepQuery{Scope: scope(r), Escalated: r.IntN(4) == 0, Disease: pick(r, "", "", "measles"), Kind: pick(r, "", "", loop.FollowUp)}
	q.States = pick(r, nil, nil, []loop.State{loop.Done, loop.Withdrawn}, []loop.State{loop.Open, loop.Open, loop.Waiting})
	q.Owner = pick(r, "", "", seawall.PrincipalID("o1"))
	q.DueFrom = pick(r, 0, 0, storetest.Start().UnixMicro())
	q.DueTo = pick(r, 0, 0, storetest.Start().Add(3*time.Hour).UnixMicro())
	if r.IntN(5) == 0 {
		q.Subject = seawall.Ref{Kind: seawall.KindContact, ID: "a"}
	}
	return q
}

// TestStepListsAndCountsEqualTheModel: the first page's figures are true,
// never sampled.
func TestStepListsAndCountsEqualTheModel(t *testing.T) {
	seed := rand.Uint64()
	everyLocale(t, func(t *testing.T, db *store.DB) {
		r := rand.New(rand.NewPCG(seed, 3))
		all := someSteps(r, 120)
		must(t, write(t, db, func(tx seawall.Tx) error { return db.SaveSteps(t.Context(), tx, all) }))
		for n := range 300 {
			q := stepQuery(r)
			want := slices.DeleteFunc(slices.Clone(all), func(s loop.Step) bool { return !stepMatches(s, q) })
			slices.SortFunc(want, func(a, b loop.Step) int {
				return cmp.Or(compareDue(a.Due, b.Due), cmp.Compare(a.ID, b.ID))
			})
			sameList(t, fmt.Sprintf("seed %d, question %d, %+v", seed, n, q), 1+r.IntN(30), func(s loop.Step) string { return string(s.ID) },
				want, func(p seawall.Page) (rows []loop.Step, next string, total int, err error) {
					q.Page = p
					err = db.Read(t.Context(), func(tx seawall.Tx) error {
						rows, next, total, err = db.Steps(t.Context(), tx, q)
						return err
					})
					return rows, next, total, err
				})
			sameCounts(t, db, seed, q.Scope, q.Owner, all)
		}
	})
}

// compareDue puts what has no due instant last.
func compareDue(a, b time.Time) int {
	switch {
	case a.IsZero() && b.IsZero():
		return 0
	case a.IsZero():
		return 1
	case b.IsZero():
		return -1
	}
	return a.Compare(b)
}

func sameCounts(t *testing.T, db *store.DB, seed uint64, sc seawall.Scope, owner seawall.PrincipalID, all []loop.Step) {
	t.Helper()
	now := storetest.Start()
	soon, tonight := now.Add(2*time.Hour), now.Add(4*time.Hour)
	var want loop.StepCounts
	for _, s := range all {
		if s.State != loop.Open || !seen(sc, s.Area) {
			continue
		}
		if s.Escalations > 0 {
			want.Escalated++
		}
		if s.Due.IsZero() || !s.Due.Before(tonight) {
			want.Later++
			continue
		}
		want.Open++
		if owner != "" && s.Owner == owner {
			want.Mine++
		}
		switch {
		case s.Due.Before(now):
			want.Late++
		case s.Due.Before(soon):
			want.Soon++
		default:
			want.Tonight++
		}
	}
	read(t, db, func(tx seawall.Tx) error {
		got, err := db.CountSteps(context.Background(), tx, sc, owner, now, soon, tonight)
		if got != want {
			t.Fatalf("seed %d, scope %v, owner %q: counts %+v, want %+v", seed, sc, owner, got, want)
		}
		return err
	})
}
