package cli

import (
	"os"
	"path/filepath"
	"strings"

	"github.com/seawall-city/seawall/internal/app"
)

// benchCmd measures.
type benchCmd struct {
	Lists benchLists `cmd:"" help:"Every list at the size of a large outbreak, on SQLite and, where SEAWALL_TEST_POSTGRES is set, on PostgreSQL."`
}

type benchLists struct {
	Persons  int `default:"200000"`
	Cases    int `default:"2000"`
	Contacts int `default:"60000"`
	Rounds   int `default:"40" help:"How often each list is asked."`
	// Identities in the vault; a whole city is 6710000.
	Identities int    `help:"People in the vault; as many as persons unless given."`
	Seed       uint64 `default:"1" help:"Makes the records and the questions."`
	JSON       bool   `help:"Print the figures as JSON."`
}

// Run loads synthetic records into fresh databases and times every list.
func (c *benchLists) Run(e *env) error {
	dir, err := os.MkdirTemp("", "seawall-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	urls := []string{"sqlite:" + filepath.Join(dir, "records.db")}
	if pg := os.Getenv("SEAWALL_TEST_POSTGRES"); strings.HasPrefix(pg, "postgres") {
		urls = append(urls, pg)
	}
	reports, err := app.BenchLists(e.ctx, e.io.Out, urls, app.BenchSize{Persons: c.Persons, Cases: c.Cases, Contacts: c.Contacts, Rounds: c.Rounds, Identities: c.Identities,
		Seed: c.Seed, JSON: c.JSON})
	if err != nil {
		return err
	}
	return app.SlowLists(reports)
}
