package store_test

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/casebook"
	"github.com/seawall-city/seawall/internal/store"
	"github.com/seawall-city/seawall/internal/store/storetest"
)

func someContacts(r *rand.Rand, n int) []casebook.Contact {
	out := make([]casebook.Contact, n)
	for i := range out {
		out[i] = casebook.Contact{ID: seawall.ContactID(fmt.Sprintf("k%03d", i)), No: fmt.Sprintf("%s%03d", pick(r, "K-2022-", "K-2023-"), i),
			Person: pick(r, seawall.PersonNo("p1"), "p2"), Case: pick(r, seawall.CaseID("c1"), "c2", ""), Disease: pick(r, "measles", "covid-19"),
			Class: pick(r, "close", "sub"), State: pick(r, casebook.Candidate, casebook.Following, casebook.Following, casebook.Lost, casebook.History),
			FirstExposure: seawall.NoDay, LastExposure: pick(r, seawall.NoDay, 19070, 19071, 19072), Until: seawall.NoDay,
			Place: pick(r, "", "射阳服务区", "射阳"), Area: pick(r, paths()...), Owner: pick(r, seawall.PrincipalID("o1"), "o2", ""),
			NextDue:    pick(r, time.Time{}, storetest.Start(), storetest.Start().Add(time.Hour), storetest.Start().Add(-time.Hour)),
			LastReport: pick(r, seawall.NoDay, 19078, 19079), Symptomatic: r.IntN(3) == 0, Version: 1}
	}
	return out
}

func contactMatches(c casebook.Contact, q casebook.ContactQuery) bool {
	begins := func(s, text string) bool { return s != "" && strings.HasPrefix(s, text) }
	return seen(q.Scope, c.Area) && (q.Disease == "" || c.Disease == q.Disease) && (q.Case == "" || c.Case == q.Case) &&
		(q.Person == "" || c.Person == q.Person) && (len(q.States) == 0 || slices.Contains(q.States, c.State)) &&
		(q.Class == "" || c.Class == q.Class) && (q.Owner == "" || c.Owner == q.Owner) && (!q.Symptomatic || c.Symptomatic) &&
		(q.SilentSince == 0 || c.LastReport < q.SilentSince) &&
		(q.DueBefore == 0 || !c.NextDue.IsZero() && c.NextDue.UnixMicro() < q.DueBefore) &&
		(q.Text == "" || begins(c.No, strings.ToUpper(q.Text)) || begins(c.Place, q.Text))
}

func contactLess(sort string) func(a, b casebook.Contact) int {
	return func(a, b casebook.Contact) int {
		switch sort {
		case "last_exposure":
			return cmp.Or(cmp.Compare(b.LastExposure, a.LastExposure), cmp.Compare(b.ID, a.ID))
		case "no":
			return cmp.Compare(a.No, b.No)
		case "area":
			return cmp.Or(cmp.Compare(a.Area, b.Area), cmp.Compare(a.ID, b.ID))
		}
		return cmp.Or(compareDue(a.NextDue, b.NextDue), cmp.Compare(a.ID, b.ID))
	}
}

func contactQuery(r *rand.Rand) casebook.ContactQuery {
	q := casebook.ContactQuery{Scope: scope(r), Sort: pick(r, "", "due", "last_exposure", "no", "area"), Symptomatic: r.IntN(4) == 0}
	q.Disease = pick(r, "", "", "measles", "none")
	q.Case = pick(r, "", "", "", seawall.CaseID("c1"))
	q.Person = pick(r, "", "", "", seawall.PersonNo("p2"))
	q.States = pick(r, nil, nil, []casebook.ContactState{casebook.Following}, []casebook.ContactState{casebook.Lost, casebook.Candidate, casebook.Lost})
	q.Class = pick(r, "", "", "close")
	q.Owner = pick(r, "", "", seawall.PrincipalID("o1"))
	q.Text = pick(r, "", "", "", "k-2023", "射阳", "_")
	q.SilentSince = pick(r, 0, 0, seawall.Day(19079))
	q.DueBefore = pick(r, 0, 0, storetest.Start().Add(time.Minute).UnixMicro())
	return q
}

// contactPages reads pages of a query, each on a snapshot of its own.
func contactPages(t *testing.T, db *store.DB, q casebook.ContactQuery) func(seawall.Page) ([]casebook.Contact, string, int, error) {
	return func(p seawall.Page) (rows []casebook.Contact, next string, total int, err error) {
		q.Page = p
		err = db.Read(t.Context(), func(tx seawall.Tx) error {
			rows, next, total, err = db.Contacts(t.Context(), tx, q)
			return err
		})
		return rows, next, total, err
	}
}

// TestContactListsEqualTheModel: design §5 (the same pages on every database).
func TestContactListsEqualTheModel(t *testing.T) {
	seed := rand.Uint64()
	everyLocale(t, func(t *testing.T, db *store.DB) {
		r := rand.New(rand.NewPCG(seed, 4))
		all := someContacts(r, 100)
		must(t, write(t, db, func(tx seawall.Tx) error { return db.SaveContacts(t.Context(), tx, all) }))
		for n := range 400 {
			q := contactQuery(r)
			want := slices.DeleteFunc(slices.Clone(all), func(c casebook.Contact) bool { return !contactMatches(c, q) })
			slices.SortFunc(want, contactLess(q.Sort))
			sameList(t, fmt.Sprintf("seed %d, question %d, %+v", seed, n, q), 1+r.IntN(30),
				func(c casebook.Contact) string { return string(c.ID) }, want, contactPages(t, db, q))
		}
	})
}

// TestPagingWhileRowsArrive: rows that were there at the first page come
// exactly once, whatever is inserted meanwhile, in every order.
func TestPagingWhileRowsArrive(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB, _ *storetest.Clock) {
		seed := rand.Uint64()
		r := rand.New(rand.NewPCG(seed, 5))
		for _, sort := range []string{"due", "last_exposure", "no", "area"} {
			all := someContacts(r, 60)
			for i := range all {
				all[i].ID = seawall.ContactID(fmt.Sprintf("%s-%03d", sort, 2*i))
				all[i].No, all[i].Disease = string(all[i].ID), sort
			}
			must(t, write(t, db, func(tx seawall.Tx) error { return db.SaveContacts(t.Context(), tx, all) }))
			page := contactPages(t, db, casebook.ContactQuery{Disease: sort, Sort: sort})
			count := map[seawall.ContactID]int{}
			for cursor, n := "", 0; ; n++ {
				rows, next, _, err := page(seawall.Page{Cursor: cursor, Limit: 7})
				must(t, err)
				for _, c := range rows {
					count[c.ID]++
				}
				if cursor = next; next == "" {
					break
				}
				late := someContacts(r, 3)
				for i := range late {
					late[i].ID = seawall.ContactID(fmt.Sprintf("%s-%03d", sort, 6*n+2*i+1))
					late[i].No, late[i].Disease = string(late[i].ID), sort
				}
				must(t, write(t, db, func(tx seawall.Tx) error { return db.SaveContacts(t.Context(), tx, late) }))
			}
			for _, c := range all {
				if count[c.ID] != 1 {
					t.Errorf("seed %d, order %s: %s came %d times", seed, sort, c.ID, count[c.ID])
				}
			}
			for id, n := range count {
				if n > 1 {
					t.Errorf("seed %d, order %s: %s came %d times", seed, sort, id, n)
				}
			}
		}
	})
}

// TestCursorsOfOtherListsAreRefused: a cursor is opaque but checked.
func TestCursorsOfOtherListsAreRefused(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB, _ *storetest.Clock) {
		all := someContacts(rand.New(rand.NewPCG(1, 6)), 10)
		must(t, write(t, db, func(tx seawall.Tx) error { return db.SaveContacts(t.Context(), tx, all) }))
		_, next, _, err := contactPages(t, db, casebook.ContactQuery{Sort: "no"})(seawall.Page{Limit: 2})
		must(t, err)
		for _, bad := range []string{next, "x", "!!", "W10", "WyJkdWUiLCJ4IiwieSJd", "WyJkdWUiLDEuNSwieSJd"} {
			_, _, _, err := contactPages(t, db, casebook.ContactQuery{Sort: "due"})(seawall.Page{Cursor: bad})
			if !seawall.Is(err, seawall.Invalid) {
				t.Errorf("cursor %q: %v, want invalid", bad, err)
			}
		}
		if _, _, _, err := contactPages(t, db, casebook.ContactQuery{Sort: "shoe size"})(seawall.Page{}); !seawall.Is(err, seawall.Invalid) {
			t.Errorf("an unknown order: %v, want invalid", err)
		}
	})
}
