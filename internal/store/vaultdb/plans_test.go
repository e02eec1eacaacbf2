package vaultdb

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/seawall-city/seawall/internal/store/storetest"
)

// No statement that meets a full vault reads a whole table. SQLite's plans say
// SCAN for that; PostgreSQL prefers a scan of a small table whatever the
// indexes, so it is forbidden to and must still find another way.
func TestNoStatementScansATable(t *testing.T) {
	ctx := context.Background()
	statements := map[string]string{
		"hits": hitsText(4), "holders": holdersText + marks(1, 3, 2), "by number": selectRecord + " WHERE no IN " + marks(1, 3, 1),
		"by request": selectRecord + " WHERE request IN " + marks(1, 3, 1), "by row": selectRecord + " WHERE id IN " + marks(1, 3, 1),
		"sweep": sweepText, "commit": commitText + marks(1, 3, 1),
	}
	for _, kind := range []string{"sqlite", "postgres"} {
		t.Run(kind, func(t *testing.T) {
			db, err := Open(ctx, storetest.Driver(t, kind))
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { db.Close() })
			for name, q := range statements {
				plan := explain(t, db, q)
				if strings.Contains(plan, "SCAN vault") || strings.Contains(plan, "Seq Scan on vault") {
					t.Errorf("%s:\n%s", name, plan)
				}
				if !strings.Contains(plan, "vault_") {
					t.Errorf("%s: no plan to judge: %q", name, plan)
				}
			}
		})
	}
}

func explain(t *testing.T, db *DB, q string) string {
	t.Helper()
	conn, err := db.driver.Writer().Conn(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	head, value := "EXPLAIN QUERY PLAN ", "%d"
	if db.driver.Name() == "postgres" {
		head, value = "EXPLAIN ", "'%d'"
		if _, err := conn.ExecContext(context.Background(), "SET enable_seqscan = off"); err != nil {
			t.Fatal(err)
		}
	}
	for i := strings.Count(q, "$") + 1; i > 0; i-- { // a plan is made for values
		q = strings.ReplaceAll(q, fmt.Sprintf("$%d", i), fmt.Sprintf(value, i))
	}
	rows, err := conn.QueryContext(context.Background(), head+db.text(q))
	if err != nil {
		t.Fatalf("%s: %v", q, err)
	}
	defer rows.Close()
	var plan strings.Builder
	for rows.Next() {
		var a, b, c int
		var line string
		if db.driver.Name() == "sqlite" {
			err = rows.Scan(&a, &b, &c, &line)
		} else {
			err = rows.Scan(&line)
		}
		if err != nil {
			t.Fatal(err)
		}
		plan.WriteString(line + "\n")
	}
	return plan.String()
}
