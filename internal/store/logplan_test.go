package store_test

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/ledger"
	"github.com/seawall-city/seawall/internal/store"
	"github.com/seawall-city/seawall/internal/store/storetest"
)

// eventQueries are one of each kind that a page or a cursor asks.
func eventQueries() map[string]ledger.Query {
	county := seawall.Scope{"32/3209/320924/", "32/3209/320925/."}
	return map[string]ledger.Query{
		"newest":           {Newest: true},
		"cursor":           {After: 3},
		"subject":          {Subject: seawall.Ref{Kind: seawall.KindStep, ID: "s1"}, Newest: true},
		"subject and type": {Subject: seawall.Ref{Kind: seawall.KindStep, ID: "s1"}, Type: "step."},
		"person":           {Person: "P1", Newest: true},
		"person and scope": {Person: "P1", Scope: county},
		"type":             {Type: "identity.opened", Newest: true},
		"family":           {Type: "step.", Newest: true, After: 900},
		"county":           {Scope: county, Newest: true},
		"town":             {Scope: seawall.Scope{town}},
		"city":             {Scope: seawall.Scope{"32/3209/"}, Newest: true},
		"family in county": {Scope: county, Type: "step.", Newest: true},
		"many towns":       {Scope: manyTowns(), Newest: true},
		"nothing there":    {Scope: seawall.Scope{"32/3209/320999/"}, Newest: true},
	}
}

func manyTowns() (s seawall.Scope) {
	for n := range 40 {
		s = append(s, seawall.AreaPath(fmt.Sprintf("32/3209/320903/%d/", n)))
	}
	return s
}

// No query of the log reads a table whole (issue 2).
func TestEventQueriesWalkIndexes(t *testing.T) {
	tables := `event|event_new|event_key|event_ref|log_entry|log_tile|log_type`
	whole := regexp.MustCompile(`^SCAN (x|y|e|f|k|l|` + tables + `)\b|Seq Scan on (` + tables + `)\b`)
	storetest.Each(t, func(t *testing.T, db *store.DB, clock *storetest.Clock) {
		b := openLog(t, db, clock)
		b.fill(t, 10)
		b.place(t)
		for _, q := range eventQueries() {
			b.events(t, q)
		}
		conn, err := db.Driver().Reader().Conn(t.Context())
		must(t, err)
		defer conn.Close()
		explain := plan(sqlitePlan)
		if db.Driver().Name() == "postgres" {
			explain = postgresPlan
		}
		seen := 0
		for _, text := range store.Texts(db) {
			if !strings.HasPrefix(text, "SELECT") || !strings.Contains(text, "event") || strings.Contains(text, "COUNT(*)") {
				continue
			}
			seen++
			lines, err := explain(t.Context(), conn, text)
			if err != nil {
				t.Fatalf("%v\n%s", err, text)
			}
			for _, line := range lines {
				// The queue is read whole on purpose: what stands in it is waiting.
				if whole.MatchString(line) && !strings.Contains(text, "FROM event_new n JOIN") {
					t.Errorf("%s\n%s\n%s", line, text, strings.Join(lines, "\n"))
				}
			}
		}
		if seen < len(eventQueries()) {
			t.Fatalf("only %d statements were run", seen)
		}
	})
}

// Pages of a log of 200,000 events; the slowest of 40 readings is reported.
func BenchmarkEvents(b *testing.B) {
	for _, kind := range []string{"sqlite", "postgres"} {
		clock := storetest.NewClock(storetest.Start())
		db := store.New(storetest.Driver(b, kind), store.Options{Clock: clock, IDs: storetest.NewIDs(clock)})
		b.Cleanup(func() { db.Close() })
		if err := db.Migrate(b.Context()); err != nil {
			b.Fatal(err)
		}
		log := openLog(b, db, clock)
		types := []string{"step.done", "step.escalated", "case.recorded", "contact.confirmed", "followup.recorded"}
		for n := 0; n < 200_000; {
			batch := make([]ledger.Event, 500)
			for i := range batch {
				batch[i] = ledger.Event{Type: types[n%5], Person: seawall.PersonNo(fmt.Sprint("P", n%5000)),
					Subject: seawall.Ref{Kind: seawall.KindStep, ID: fmt.Sprint("s", n%20000)},
					Area:    seawall.AreaPath(fmt.Sprintf("32/3209/3209%02d/%d/", n%11+20, n%150))}
				if n%10_000 == 0 {
					batch[i].Type = "identity.opened"
				}
				n++
			}
			log.record(b, batch...)
		}
		log.place(b)
		if kind == "postgres" { // as its own housekeeping would have done by then
			if _, err := db.Driver().Writer().Exec("ANALYZE"); err != nil {
				b.Fatal(err)
			}
		}
		for name, q := range eventQueries() {
			b.Run(kind+"/"+strings.ReplaceAll(name, " ", "_"), func(b *testing.B) {
				var took []time.Duration
				for range b.N {
					for range 40 {
						started := time.Now()
						log.events(b, q)
						took = append(took, time.Since(started))
					}
				}
				b.ReportMetric(float64(slices.Max(took).Microseconds())/1000, "ms-slowest")
			})
		}
	}
}
