package store_test

import (
	"context"
	"database/sql"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/area"
	"github.com/seawall-city/seawall/internal/casebook"
	"github.com/seawall-city/seawall/internal/loop"
	"github.com/seawall-city/seawall/internal/store"
	"github.com/seawall-city/seawall/internal/store/storetest"
)

// plan gives the lines with which a database says how it would run a statement.
type plan func(ctx context.Context, conn *sql.Conn, text string) ([]string, error)

func sqlitePlan(ctx context.Context, conn *sql.Conn, text string) (out []string, err error) {
	rows, err := conn.QueryContext(ctx, "EXPLAIN QUERY PLAN "+text, make([]any, marks(text))...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var id, parent, unused int
		var detail string
		if err := rows.Scan(&id, &parent, &unused, &detail); err != nil {
			return nil, err
		}
		out = append(out, detail)
	}
	return out, rows.Err()
}

// postgresPlan asks for the plan that serves any values; tables of a test are
// small, so sequential scans are made dear and stand only where nothing else is
// possible.
func postgresPlan(ctx context.Context, conn *sql.Conn, text string) (out []string, err error) {
	args := strings.TrimSuffix(strings.Repeat("NULL, ", marks(text)), ", ")
	execute := "EXPLAIN EXECUTE q"
	if args != "" {
		execute += "(" + args + ")"
	}
	for _, s := range []string{"SET enable_seqscan = off", "SET plan_cache_mode = force_generic_plan", "PREPARE q AS " + text} {
		if _, err := conn.ExecContext(ctx, s); err != nil {
			return nil, fmt.Errorf("%s: %w", s, err)
		}
	}
	rows, err := conn.QueryContext(ctx, execute)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var line string
		if err := rows.Scan(&line); err != nil {
			return nil, err
		}
		out = append(out, line)
	}
	rows.Close()
	_, err = conn.ExecContext(ctx, "DEALLOCATE q")
	return out, err
}

var mark = regexp.MustCompile(`[$?]([0-9]+)`)

// marks counts the values of a statement.
func marks(text string) int {
	n := 0
	for _, m := range mark.FindAllStringSubmatch(text, -1) {
		var k int
		fmt.Sscan(m[1], &k)
		n = max(n, k)
	}
	if n == 0 { // SQLite's bare question marks
		n = strings.Count(text, "?")
	}
	return n
}

// big are the tables that no query may read whole.
const big = `area|duty|person|case_record|result|contact|stay|link|follow_up|loop|step|series|clock|hand_over|evidence|restriction|notice|principal|session|import|import_key|import_problem`

var (
	wholeSQLite   = regexp.MustCompile(`^SCAN (` + big + `|t)\b(.*)$`)
	wholePostgres = regexp.MustCompile(`Seq Scan on (` + big + `)\b`)
)

// TestNoQueryReadsAWholeTable: issue 2, "no query scans a whole table". Walking
// an index in the list's order until a page is full is no such scan.
func TestNoQueryReadsAWholeTable(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB, _ *storetest.Clock) {
		askEverything(t, db)
		texts := store.Texts(db)
		if len(texts) < 300 {
			t.Fatalf("only %d statements were run", len(texts))
		}
		conn, err := db.Driver().Reader().Conn(t.Context())
		must(t, err)
		defer conn.Close()
		explain := plan(sqlitePlan)
		if db.Driver().Name() == "postgres" {
			explain = postgresPlan
		}
		for _, text := range texts {
			if !strings.HasPrefix(text, "SELECT") && !strings.HasPrefix(text, "WITH") {
				continue
			}
			lines, err := explain(t.Context(), conn, text)
			if err != nil {
				t.Fatalf("%v\n%s", err, text)
			}
			for _, line := range lines {
				m := wholeSQLite.FindStringSubmatch(line)
				if m != nil && !strings.Contains(m[2], "USING") || wholePostgres.MatchString(line) {
					t.Errorf("%s\n%s\n%s", line, text, strings.Join(lines, "\n"))
				}
			}
		}
	})
}

// scopes are one of each kind: none, the city, a county, a town, a zone's
// pieces, a district less a zone.
func scopes() []seawall.Scope {
	var district seawall.Scope
	for i := range 25 {
		district = append(district, seawall.AreaPath(fmt.Sprintf("32/3209/320903/%d/", i)))
	}
	return []seawall.Scope{nil, {"32/3209/"}, {"32/3209/320924/"}, {"32/3209/320924/320924103/"},
		{"32/3209/320903/001/", "32/3209/320903/002/"}, append(district, "32/3209/320903/.")}
}

// askEverything asks every read of every Store, the lists with every filter.
func askEverything(t *testing.T, db *store.DB) {
	ctx := t.Context()
	read(t, db, func(tx seawall.Tx) error {
		askCases(t, ctx, db, tx)
		askContacts(t, ctx, db, tx)
		askSteps(t, ctx, db, tx)
		askRows(t, ctx, db, tx)
		askBoards(t, ctx, db, tx)
		askImports(t, ctx, db, tx)
		return nil
	})
	must(t, write(t, db, func(tx seawall.Tx) error {
		_, err := db.ClaimClocks(ctx, tx, "w", time.Unix(1, 0), time.Unix(2, 0), 5)
		return err
	}))
}

// after is a cursor of each order, so that the following pages are asked too.
func after(t *testing.T, page func(seawall.Page) (string, error)) {
	t.Helper()
	next, err := page(seawall.Page{Limit: 1})
	must(t, err)
	if next != "" {
		_, err = page(seawall.Page{Limit: 1, Cursor: next})
		must(t, err)
	}
}

func askCases(t *testing.T, ctx context.Context, db *store.DB, tx seawall.Tx) {
	for _, s := range scopes() {
		for _, sort := range []string{"reported", "onset", "no", "area"} {
			for _, q := range []casebook.CaseQuery{{}, {Disease: "d"}, {State: "open"}, {Classes: []casebook.Class{"a", "b"}}, {Text: "x"}, {Person: "p"},
				{From: 1, To: 2}, {State: "open", Disease: "d", Classes: []casebook.Class{"a"}, From: 1, To: 2}} {
				q.Scope, q.Sort = s, sort
				after(t, func(p seawall.Page) (string, error) {
					q.Page = p
					_, next, _, err := db.Cases(ctx, tx, q)
					return next, err
				})
				_, err := db.EpidemicCurve(ctx, tx, q)
				must(t, err)
			}
		}
	}
}

func askContacts(t *testing.T, ctx context.Context, db *store.DB, tx seawall.Tx) {
	two := []casebook.ContactState{casebook.Candidate, casebook.Following}
	for _, s := range scopes() {
		for _, sort := range []string{"due", "last_exposure", "no", "area"} {
			for _, q := range []casebook.ContactQuery{{}, {Disease: "d"}, {States: two[:1]}, {States: two}, {Class: "c"}, {Owner: "o"}, {Text: "x"}, {Person: "p"}, {Case: "c"},
				{Symptomatic: true}, {SilentSince: 5}, {DueBefore: 5}, {States: two, Owner: "o", Class: "c", Disease: "d"}, {States: two, Symptomatic: true, DueBefore: 9}} {
				q.Scope, q.Sort = s, sort
				after(t, func(p seawall.Page) (string, error) {
					q.Page = p
					_, next, _, err := db.Contacts(ctx, tx, q)
					return next, err
				})
			}
		}
	}
}

func askSteps(t *testing.T, ctx context.Context, db *store.DB, tx seawall.Tx) {
	for _, s := range scopes() {
		for _, q := range []loop.StepQuery{{}, {Owner: "o"}, {Kind: loop.FollowUp}, {Disease: "d"}, {DueFrom: 1, DueTo: 2}, {Escalated: true}, {Owner: "o", Escalated: true},
			{Subject: seawall.Ref{Kind: "contact", ID: "x"}}, {States: []loop.State{loop.Open, loop.Done, loop.Waiting}}, {Owner: "o", DueTo: 2, Kind: loop.Investigation}} {
			q.Scope = s
			after(t, func(p seawall.Page) (string, error) {
				q.Page = p
				_, next, _, err := db.Steps(ctx, tx, q)
				return next, err
			})
		}
		_, err := db.CountSteps(ctx, tx, s, "o", time.Unix(1, 0), time.Unix(2, 0), time.Unix(3, 0))
		must(t, err)
		_, err = db.CountSteps(ctx, tx, s, "", time.Unix(1, 0), time.Unix(2, 0), time.Unix(3, 0))
		must(t, err)
		_, err = db.AreaCounts(ctx, tx, s)
		must(t, err)
		_, _, err = db.DutiesIn(ctx, tx, s, seawall.Page{})
		must(t, err)
		_, err = db.SearchAreas(ctx, tx, "x", s, 5)
		must(t, err)
	}
}

// fine drops the rows of a read whose statement alone matters.
func fine(t *testing.T) func(rows any, err error) {
	return func(_ any, err error) {
		t.Helper()
		if err != nil && !seawall.Is(err, seawall.NotFound) {
			t.Fatal(err)
		}
	}
}

func askRows(t *testing.T, ctx context.Context, db *store.DB, tx seawall.Tx) {
	ok, ref := fine(t), seawall.Ref{Kind: "case", ID: "x"}
	ok(db.Person(ctx, tx, "x"))
	ok(db.Persons(ctx, tx, []seawall.PersonNo{"x", "y"}))
	ok(db.PersonsMergedInto(ctx, tx, "x"))
	ok(db.Case(ctx, tx, "x"))
	ok(db.CaseByNo(ctx, tx, "x"))
	ok(db.CaseByOrigin(ctx, tx, "d", "s", "x"))
	ok(db.CasesOfPerson(ctx, tx, "x"))
	ok(db.Result(ctx, tx, "x"))
	ok(db.ResultByOrigin(ctx, tx, "d", "s", "x"))
	ok(db.ResultsOfPerson(ctx, tx, "x"))
	ok(db.Contact(ctx, tx, "x"))
	ok(db.ContactByNo(ctx, tx, "x"))
	ok(db.ContactByOrigin(ctx, tx, "d", "s", "x"))
	ok(db.ContactsOfCase(ctx, tx, "x"))
	ok(db.ContactsVia(ctx, tx, "x"))
	ok(db.ContactsOfPerson(ctx, tx, "x"))
	ok(db.StaysOfCase(ctx, tx, "x"))
	ok(db.StaysOfPerson(ctx, tx, "x"))
	ok(db.StayByOrigin(ctx, tx, "s", "x"))
	ok(db.LinkByOrigin(ctx, tx, "d", "s", "x"))
	ok(db.LinksOfPersons(ctx, tx, []seawall.PersonNo{"x"}))
	ok(db.FollowUpOn(ctx, tx, "x", 5))
	ok(db.FollowUpByOrigin(ctx, tx, "s", "x"))
	ok(db.FollowUpsOf(ctx, tx, "x"))
	ok(db.FollowUpsOfPerson(ctx, tx, "x"))
	ok(db.LoopsOfFact(ctx, tx, ref))
	ok(db.LoopsAbout(ctx, tx, ref))
	ok(db.LoopsOfPerson(ctx, tx, "x"))
	ok(db.StepsOf(ctx, tx, "x"))
	ok(db.SeriesOf(ctx, tx, "x"))
	ok(db.ClocksOf(ctx, tx, "x"))
	ok(db.NextClock(ctx, tx))
	ok(db.HandOversOf(ctx, tx, "x"))
	ok(db.EvidenceOf(ctx, tx, "x"))
	ok(db.RestrictionsOfFact(ctx, tx, ref))
	ok(db.RestrictionsOn(ctx, tx, ref))
	_, _, err := db.NoticesFor(ctx, tx, ref, seawall.Page{})
	ok(nil, err)
	ok(db.Area(ctx, tx, "x"))
	ok(db.Areas(ctx, tx, []seawall.AreaID{"x"}))
	ok(db.Children(ctx, tx, "x", area.Statistical))
	ok(db.Children(ctx, tx, "x", area.Command))
	ok(db.Commanded(ctx, tx))
	ok(db.Parentages(ctx, tx, "x"))
	ok(db.DutiesOn(ctx, tx, []seawall.AreaID{"x"}))
	ok(db.DutiesOf(ctx, tx, "x"))
	ok(db.PrincipalByLogin(ctx, tx, "x"))
	_, _, _, err = db.Principals(ctx, tx, seawall.Scope{"32/"}, seawall.Page{})
	ok(nil, err)
	_, _, _, err = db.Principals(ctx, tx, nil, seawall.Page{Limit: 1})
	ok(nil, err)
	ok(db.PasswordHash(ctx, tx, "x"))
	ok(db.SessionByHash(ctx, tx, "x"))
}
