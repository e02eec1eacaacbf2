package store_test

import (
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/area"
	"github.com/seawall-city/seawall/internal/auth"
	"github.com/seawall-city/seawall/internal/casebook"
	"github.com/seawall-city/seawall/internal/loop"
	"github.com/seawall-city/seawall/internal/store"
	"github.com/seawall-city/seawall/internal/store/storetest"
)

// wants fails unless err is of the kind.
func wants(t *testing.T, what string, err error, k seawall.Kind) {
	t.Helper()
	if !seawall.Is(err, k) {
		t.Errorf("%s: %v, want %s", what, err, k)
	}
}

// TestOriginIsUnique: an import that runs twice cannot make a record twice;
// records without an external id are not bound.
func TestOriginIsUnique(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB, _ *storetest.Clock) {
		ctx := t.Context()
		o := casebook.Origin{Source: "hospital", External: "7"}
		saves := map[string]func(tx seawall.Tx, id string, o casebook.Origin) error{
			"case": func(tx seawall.Tx, id string, o casebook.Origin) error {
				return db.SaveCase(ctx, tx, casebook.Case{ID: seawall.CaseID(id), No: id, Disease: "mers", State: "open", Origin: o, Version: 1})
			},
			"result": func(tx seawall.Tx, id string, o casebook.Origin) error {
				return db.SaveResult(ctx, tx, casebook.Result{ID: seawall.ResultID(id), Disease: "mers", Origin: o, Version: 1})
			},
			"contact": func(tx seawall.Tx, id string, o casebook.Origin) error {
				return db.SaveContact(ctx, tx, casebook.Contact{ID: seawall.ContactID(id), No: id, Disease: "mers", State: "lost", Origin: o, Version: 1})
			},
			"stay": func(tx seawall.Tx, id string, o casebook.Origin) error {
				return db.SaveStay(ctx, tx, casebook.Stay{ID: seawall.StayID(id), Origin: o, Version: 1})
			},
			"link": func(tx seawall.Tx, id string, o casebook.Origin) error {
				return db.SaveLink(ctx, tx, casebook.Link{ID: seawall.LinkID(id), Disease: "mers", Origin: o, Version: 1})
			},
			"followup": func(tx seawall.Tx, id string, o casebook.Origin) error {
				return db.SaveFollowUp(ctx, tx, casebook.FollowUp{ID: seawall.FollowUpID(id), Origin: o, Version: 1})
			},
		}
		for name, save := range saves {
			try := func(id string, o casebook.Origin) error {
				return write(t, db, func(tx seawall.Tx) error { return save(tx, id, o) })
			}
			must(t, try("a", o))
			wants(t, name+" with the same origin", try("b", o), seawall.Conflict)
			must(t, try("c", casebook.Origin{Source: "other", External: "7"}))
			must(t, try("d", casebook.Origin{Source: "hospital"}))
			must(t, try("e", casebook.Origin{Source: "hospital"}))
		}
		read(t, db, func(tx seawall.Tx) error {
			if c, err := db.CaseByOrigin(ctx, tx, "mers", "other", "7"); err != nil || c.ID != "c" {
				t.Errorf("case by origin = %q, %v", c.ID, err)
			}
			if c, err := db.ContactByOrigin(ctx, tx, "mers", "hospital", "7"); err != nil || c.ID != "a" {
				t.Errorf("contact by origin = %q, %v", c.ID, err)
			}
			if r, err := db.ResultByOrigin(ctx, tx, "mers", "hospital", "7"); err != nil || r.ID != "a" {
				t.Errorf("result by origin = %q, %v", r.ID, err)
			}
			if s, err := db.StayByOrigin(ctx, tx, "hospital", "7"); err != nil || s.ID != "a" {
				t.Errorf("stay by origin = %q, %v", s.ID, err)
			}
			if l, err := db.LinkByOrigin(ctx, tx, "mers", "hospital", "7"); err != nil || l.ID != "a" {
				t.Errorf("link by origin = %q, %v", l.ID, err)
			}
			if f, err := db.FollowUpByOrigin(ctx, tx, "hospital", "7"); err != nil || f.ID != "a" {
				t.Errorf("follow-up by origin = %q, %v", f.ID, err)
			}
			_, err := db.CaseByOrigin(ctx, tx, "mers", "hospital", "")
			wants(t, "an empty external id", err, seawall.NotFound)
			_, err = db.CaseByOrigin(ctx, tx, "measles", "hospital", "7")
			wants(t, "the origin under another disease", err, seawall.NotFound)
			return nil
		})
	})
}

// TestRowsOfAPerson: what a merge has to move is found from the person.
func TestRowsOfAPerson(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB, _ *storetest.Clock) {
		ctx := t.Context()
		subject := seawall.Ref{Kind: seawall.KindPerson, ID: "p1"}
		must(t, write(t, db, func(tx seawall.Tx) error {
			for i, p := range []seawall.PersonNo{"p1", "p2", "p1"} {
				id := fmt.Sprintf("%d", i)
				must(t, db.SavePerson(ctx, tx, casebook.Person{No: p}))
				must(t, db.SaveCase(ctx, tx, casebook.Case{ID: seawall.CaseID(id), No: id, Person: p, State: "open", Version: 1}))
				must(t, db.SaveContact(ctx, tx, casebook.Contact{ID: seawall.ContactID(id), No: id, Person: p, Case: "0", Via: "9", State: "lost", Version: 1}))
				must(t, db.SaveResult(ctx, tx, casebook.Result{ID: seawall.ResultID(id), Person: p, Version: 1}))
				must(t, db.SaveStay(ctx, tx, casebook.Stay{ID: seawall.StayID(id), Person: p, Case: "0", Version: 1}))
				must(t, db.SaveLink(ctx, tx, casebook.Link{ID: seawall.LinkID(id), From: p, To: "p1", Version: 1}))
				must(t, db.SaveFollowUp(ctx, tx, casebook.FollowUp{ID: seawall.FollowUpID(id), Contact: "k", Person: p, Version: 1}))
				must(t, db.SaveLoop(ctx, tx, loop.Loop{ID: seawall.LoopID(id), Person: p, Subject: subject, Fact: subject, State: "open", Version: 1}))
				must(t, db.SaveRestriction(ctx, tx, loop.Restriction{ID: seawall.RestrictionID(id), Subject: subject, Fact: subject, Version: 1}))
			}
			return nil
		}))
		read(t, db, func(tx seawall.Tx) error {
			counted := map[string]int{}
			tally(t, counted, "cases")(db.CasesOfPerson(ctx, tx, "p1"))
			tally(t, counted, "contacts")(db.ContactsOfPerson(ctx, tx, "p1"))
			tally(t, counted, "results")(db.ResultsOfPerson(ctx, tx, "p1"))
			tally(t, counted, "stays")(db.StaysOfPerson(ctx, tx, "p1"))
			tally(t, counted, "followups")(db.FollowUpsOfPerson(ctx, tx, "p1"))
			tally(t, counted, "loops")(db.LoopsOfPerson(ctx, tx, "p1"))
			tally(t, counted, "links")(db.LinksOfPersons(ctx, tx, []seawall.PersonNo{"p1", "p1", "nobody"}))
			tally(t, counted, "persons")(db.Persons(ctx, tx, []seawall.PersonNo{"p2", "p1", "nobody", "p1"}))
			tally(t, counted, "of case")(db.ContactsOfCase(ctx, tx, "0"))
			tally(t, counted, "via")(db.ContactsVia(ctx, tx, "9"))
			tally(t, counted, "stays of case")(db.StaysOfCase(ctx, tx, "0"))
			tally(t, counted, "about")(db.LoopsAbout(ctx, tx, subject))
			tally(t, counted, "of fact")(db.LoopsOfFact(ctx, tx, subject))
			tally(t, counted, "on")(db.RestrictionsOn(ctx, tx, subject))
			tally(t, counted, "restrictions of fact")(db.RestrictionsOfFact(ctx, tx, subject))
			want := map[string]int{"cases": 2, "contacts": 2, "results": 2, "stays": 2, "followups": 2, "loops": 2, "links": 3, "persons": 2,
				"of case": 3, "via": 3, "stays of case": 3, "about": 3, "of fact": 3, "on": 3, "restrictions of fact": 3}
			if fmt.Sprint(counted) != fmt.Sprint(want) {
				t.Errorf("rows %v, want %v", counted, want)
			}
			return nil
		})
	})
}

// tally counts the rows of a read under a name.
func tally(t *testing.T, into map[string]int, name string) func(rows any, err error) {
	return func(rows any, err error) {
		t.Helper()
		must(t, err)
		into[name] = lenOf(rows)
	}
}

// TestNumbersAreGivenOnce: many callers of one series at the same time.
func TestNumbersAreGivenOnce(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB, _ *storetest.Clock) {
		const workers, each = 8, 20
		var mu sync.Mutex
		var got []int
		var wg sync.WaitGroup
		for range workers {
			wg.Go(func() {
				for range each {
					var n int
					err := db.Write(t.Context(), seawall.System("test"), func(tx seawall.Tx) (err error) {
						n, err = db.NextNo(t.Context(), tx, "case/2022")
						store.Settle(tx)
						return err
					})
					mu.Lock()
					if err != nil {
						t.Error(err)
					}
					got = append(got, n)
					mu.Unlock()
				}
			})
		}
		wg.Wait()
		slices.Sort(got)
		for i, n := range got {
			if n != i+1 {
				t.Fatalf("the numbers given are %v, want 1 to %d", got, workers*each)
			}
		}
	})
}

// TestBulkSavesAreOneEventsChanges: many rows, one event, no row twice.
func TestBulkSavesAreOneEventsChanges(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB, _ *storetest.Clock) {
		ctx := t.Context()
		rows := make([]casebook.Person, 700)
		for i := range rows {
			rows[i] = casebook.Person{No: seawall.PersonNo(fmt.Sprintf("p%04d", i)), Mask: "李*"}
		}
		must(t, db.Write(ctx, seawall.System("test"), func(tx seawall.Tx) error {
			must(t, db.SavePersons(ctx, tx, rows[:500]))
			must(t, db.SavePersons(ctx, tx, rows))
			if n := store.Settle(tx); n != 1200 {
				t.Errorf("%d changes for the event, want 1200", n)
			}
			return nil
		}))
		c := []casebook.Case{{ID: "a", No: "a", State: "open", Version: 1}, {ID: "b", No: "b", State: "open", Version: 2}}
		wants(t, "a bulk row that is not new", write(t, db, func(tx seawall.Tx) error { return db.SaveCases(ctx, tx, c) }), seawall.Conflict)
		read(t, db, func(tx seawall.Tx) error {
			nos := make([]seawall.PersonNo, len(rows))
			for i := range rows {
				nos[len(rows)-1-i] = rows[i].No
			}
			got, err := db.Persons(ctx, tx, nos)
			if !slices.EqualFunc(got, rows, func(a, b casebook.Person) bool { return a.No == b.No && a.Mask == b.Mask }) {
				t.Errorf("%d persons came back, want %d by number", len(got), len(rows))
			}
			return err
		})
	})
}

func TestNoticesNewestFirst(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB, clock *storetest.Clock) {
		ctx := t.Context()
		to := seawall.Ref{Kind: seawall.KindPrincipal, ID: "a"}
		must(t, write(t, db, func(tx seawall.Tx) error {
			for i := range 9 {
				n := loop.Notice{ID: fmt.Sprintf("n%d", i), To: to, At: clock.Now().Add(time.Duration(i/2) * time.Hour), Version: 1}
				if i == 4 {
					n.To.ID = "b"
				}
				must(t, db.SaveNotice(ctx, tx, n))
			}
			return nil
		}))
		var got []string
		for cursor := ""; ; {
			read(t, db, func(tx seawall.Tx) error {
				rows, next, err := db.NoticesFor(ctx, tx, to, seawall.Page{Cursor: cursor, Limit: 3})
				for _, n := range rows {
					got = append(got, n.ID)
				}
				cursor = next
				return err
			})
			if cursor == "" {
				break
			}
		}
		if want := []string{"n8", "n7", "n6", "n5", "n3", "n2", "n1", "n0"}; !slices.Equal(got, want) {
			t.Errorf("notices %v, want %v", got, want)
		}
	})
}

// TestAreasAreFound: children in both hierarchies, search best first, counts.
func TestAreasAreFound(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB, _ *storetest.Clock) {
		ctx := t.Context()
		must(t, write(t, db, func(tx seawall.Tx) error {
			return db.SaveAreas(ctx, tx, []area.Area{
				{ID: "3209", Name: seawall.Text{ZH: "盐城市", EN: "Yancheng"}, Level: area.City, Pinyin: "yan cheng shi", Path: "32/3209/"},
				{ID: "320903", Name: seawall.Text{ZH: "盐都区", EN: "Yandu District"}, Level: area.County, Pinyin: "yan du qu", Parent: "3209", Path: "32/3209/320903/"},
				{ID: "32zone", Name: seawall.Text{ZH: "盐南高新区", EN: "Yannan Zone"}, Level: area.Zone, Pinyin: "yan nan gao xin qu", Parent: "3209", Path: "32/3209/32zone/"},
				{ID: "320903001", Name: seawall.Text{ZH: "新都街道", EN: "Xindu"}, Level: area.Town, Pinyin: "xin du jie dao", Parent: "320903", CommandParent: "32zone", Path: "32/3209/320903/320903001/"},
				{ID: "320903002", Name: seawall.Text{ZH: "盐都", EN: "Yandu"}, Level: area.Town, Pinyin: "yan du", Parent: "320903", Path: "32/3209/320903/320903002/"},
			})
		}))
		ids := func(as []area.Area, err error) string {
			t.Helper()
			must(t, err)
			out := []seawall.AreaID{}
			for _, a := range as {
				out = append(out, a.ID)
			}
			return fmt.Sprint(out)
		}
		read(t, db, func(tx seawall.Tx) error {
			for _, c := range []struct{ what, got, want string }{
				{"statistical children", ids(db.Children(ctx, tx, "320903", area.Statistical)), "[320903001 320903002]"},
				{"command children", ids(db.Children(ctx, tx, "320903", area.Command)), "[320903002]"},
				{"the zone's territory", ids(db.Children(ctx, tx, "32zone", area.Command)), "[320903001]"},
				{"commanded", ids(db.Commanded(ctx, tx)), "[320903001]"},
				{"several", ids(db.Areas(ctx, tx, []seawall.AreaID{"x", "3209", "320903"})), "[3209 320903]"},
				{"by whole name first", ids(db.SearchAreas(ctx, tx, "盐都", nil, 9)), "[320903002 320903]"},
				{"by pinyin", ids(db.SearchAreas(ctx, tx, "Yan Du", nil, 9)), "[320903002 320903]"},
				{"by pinyin in one word", ids(db.SearchAreas(ctx, tx, "xindujie", nil, 9)), "[320903001]"},
				{"by code in a scope", ids(db.SearchAreas(ctx, tx, "3209", seawall.Scope{"32/3209/320903/"}, 9)), "[320903 320903001 320903002]"},
				{"nothing within no area", ids(db.SearchAreas(ctx, tx, "3209", seawall.Scope{}, 9)), "[]"},
				{"an empty text", ids(db.SearchAreas(ctx, tx, " ", nil, 9)), "[]"},
			} {
				if c.got != c.want {
					t.Errorf("%s: %s, want %s", c.what, c.got, c.want)
				}
			}
			n, err := db.AreaCounts(ctx, tx, seawall.Scope{"32/3209/320903/", "32/3209/."})
			if fmt.Sprint(n) != "map[city:1 county:1 town:2]" {
				t.Errorf("counts %v", n)
			}
			return err
		})
	})
}

// TestRosterPages: by path, theme and rank, an area above its children; a
// scope's single areas stay single.
func TestRosterPages(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB, _ *storetest.Clock) {
		ctx := t.Context()
		var rows []area.DutyRow
		for _, p := range []seawall.AreaPath{"32/3209/", "32/3209/1/", "32/3209/1/7/", "32/3209/10/"} {
			for rank := range 2 {
				rows = append(rows, area.DutyRow{ID: fmt.Sprintf("%s %d", p, rank), Area: p.Leaf(), Path: p, Rank: 1 - rank})
			}
		}
		must(t, write(t, db, func(tx seawall.Tx) error { return db.SaveDuties(ctx, tx, rows) }))
		for _, c := range []struct {
			scope seawall.Scope
			want  string
		}{
			{nil, "[32/3209/ 1 32/3209/ 0 32/3209/1/ 1 32/3209/1/ 0 32/3209/1/7/ 1 32/3209/1/7/ 0 32/3209/10/ 1 32/3209/10/ 0]"},
			{seawall.Scope{"32/3209/1/."}, "[32/3209/1/ 1 32/3209/1/ 0]"},
			{seawall.Scope{"32/3209/1/", "32/3209/."}, "[32/3209/ 1 32/3209/ 0 32/3209/1/ 1 32/3209/1/ 0 32/3209/1/7/ 1 32/3209/1/7/ 0]"},
			{seawall.Scope{}, "[]"},
		} {
			got := []string{}
			for cursor := ""; ; {
				read(t, db, func(tx seawall.Tx) error {
					page, next, err := db.DutiesIn(ctx, tx, c.scope, seawall.Page{Cursor: cursor, Limit: 3})
					for _, d := range page {
						got = append(got, d.ID)
					}
					cursor = next
					return err
				})
				if cursor == "" {
					break
				}
			}
			if fmt.Sprint(got) != c.want {
				t.Errorf("roster of %v: %v, want %s", c.scope, got, c.want)
			}
		}
		must(t, write(t, db, func(tx seawall.Tx) error { return db.DeleteDuty(ctx, tx, "32/3209/1/ 0") }))
		wants(t, "deleting it again", write(t, db, func(tx seawall.Tx) error { return db.DeleteDuty(ctx, tx, "32/3209/1/ 0") }), seawall.NotFound)
		read(t, db, func(tx seawall.Tx) error {
			on, err := db.DutiesOn(ctx, tx, []seawall.AreaID{"1", "7"})
			if len(on) != 3 || on[0].Rank > on[1].Rank || on[1].Rank > on[2].Rank {
				t.Errorf("duties on two areas: %+v, want 3 by rank", on)
			}
			return err
		})
	})
}

func TestLoginsAreUnique(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB, _ *storetest.Clock) {
		ctx := t.Context()
		save := func(p auth.Principal) error {
			return write(t, db, func(tx seawall.Tx) error { return db.SavePrincipal(ctx, tx, p) })
		}
		must(t, save(auth.Principal{ID: "a", Login: "duty", Path: "32/3209/", Version: 1}))
		wants(t, "the same login", save(auth.Principal{ID: "b", Login: "duty", Version: 1}), seawall.Conflict)
		must(t, save(auth.Principal{ID: "b", Login: "desk", Path: "32/3209/1/", Version: 1}))
		read(t, db, func(tx seawall.Tx) error {
			page, next, n, err := db.Principals(ctx, tx, seawall.Scope{"32/3209/"}, seawall.Page{Limit: 1})
			if len(page) != 1 || page[0].ID != "b" || next == "" || n != 2 {
				t.Errorf("first page %+v, next %q, total %d", page, next, n)
			}
			must(t, err)
			page, _, n, err = db.Principals(ctx, tx, nil, seawall.Page{Cursor: next})
			if len(page) != 1 || page[0].ID != "a" || n != 2 {
				t.Errorf("second page %+v, total %d", page, n)
			}
			return err
		})
	})
}

// TestBrokenTextIsRefusedByBoth: what PostgreSQL cannot keep, SQLite must not.
func TestBrokenTextIsRefusedByBoth(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB, _ *storetest.Clock) {
		for _, bad := range []string{"a\x00b", "a\xffb"} {
			err := write(t, db, func(tx seawall.Tx) error { return db.SavePerson(t.Context(), tx, casebook.Person{No: "p", Mask: bad}) })
			wants(t, "saving broken text", err, seawall.Invalid)
			_, _, _, err = contactPages(t, db, casebook.ContactQuery{Text: bad})(seawall.Page{})
			wants(t, "searching broken text", err, seawall.Invalid)
		}
	})
}
