package cli

import (
	"os"
	"path/filepath"
	"strings"

	"github.com/seawall-city/seawall/internal/app"
)

// benchCmd measures.
type benchCmd struct {
	Lists    benchLists    `cmd:"" help:"Every list at the size of a large outbreak, on SQLite and, where SEAWALL_TEST_POSTGRES is set, on PostgreSQL."`
	Gate     benchGate     `cmd:"" help:"Decisions at gates: how many a second, each on disk when answered, and a shift brought in from offline; on the same databases."`
	Loops    benchLoops    `cmd:"" help:"The engine of duties at the size of a large outbreak: what is due, firing it, lists, opening, closing; on the same databases."`
	Arrivals benchArrivals `cmd:"" help:"The feed of arrivals: rows a second on SQLite and, where SEAWALL_TEST_POSTGRES is set, on PostgreSQL."`
	Waits    benchWaits    `cmd:"" help:"The forecast of waits at gates beside a simulation of its own, over a grid of loads, lanes and services."`
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
	return onFresh(func(urls []string) error {
		reports, err := app.BenchLists(e.ctx, e.io.Out, urls, app.BenchSize{Persons: c.Persons, Cases: c.Cases, Contacts: c.Contacts, Rounds: c.Rounds, Identities: c.Identities,
			Seed: c.Seed, JSON: c.JSON})
		if err != nil {
			return err
		}
		return app.SlowLists(reports)
	})
}

type benchLoops struct {
	Loops    int    `default:"1000000" help:"Open duties, each with five clocks."`
	Contacts int    `default:"60000" help:"How many of them are follow-ups of contacts."`
	Due      int    `default:"100000" help:"Clocks due at the cut-off."`
	Open     int    `default:"30" help:"Contacts confirmed at once, each with twenty steps."`
	Close    int    `default:"500" help:"Contacts closed in bulk."`
	Rounds   int    `default:"5" help:"How often contacts are confirmed."`
	Seed     uint64 `default:"1" help:"Makes the records and the questions."`
	JSON     bool   `help:"Print the figures as JSON."`
}

// Run loads open duties into fresh databases and measures the engine on them.
func (c *benchLoops) Run(e *env) error {
	return onFresh(func(urls []string) error {
		reports, err := app.BenchLoops(e.ctx, e.io.Out, urls, app.LoopsSize{Loops: c.Loops, Contacts: c.Contacts, Due: c.Due, Opened: c.Open, Closed: c.Close,
			Rounds: c.Rounds, Seed: c.Seed, JSON: c.JSON})
		if err != nil {
			return err
		}
		return app.SlowLoops(reports)
	})
}

type benchGate struct {
	Gates   int    `default:"27" help:"Gates."`
	Lanes   int    `default:"10" help:"Lanes of each gate."`
	Seconds int    `default:"20" help:"How long the lanes send."`
	WarmUp  int    `default:"3" help:"Seconds before that count for nothing."`
	Offline int    `default:"2000" help:"Passes that a phone brings in afterwards."`
	Trips   int    `default:"0" help:"Declared trips; every tenth vehicle is one of them."`
	Seed    uint64 `default:"1" help:"Makes the vehicles."`
	JSON    bool   `help:"Print the figures as JSON."`
}

// Run measures decisions at gates on fresh databases.
func (c *benchGate) Run(e *env) error {
	return onFresh(func(urls []string) error {
		reports, err := app.BenchGate(e.ctx, e.io.Out, urls, app.GateSize{Gates: c.Gates, Lanes: c.Lanes, Seconds: c.Seconds, WarmUp: c.WarmUp,
			Offline: c.Offline, Trips: c.Trips, Seed: c.Seed, JSON: c.JSON})
		if err != nil {
			return err
		}
		return app.SlowGate(reports)
	})
}

// onFresh gives a measurement its databases: SQLite in a folder that is removed
// afterwards, and PostgreSQL where the environment names a server.
func onFresh(measure func(urls []string) error) error {
	dir, err := os.MkdirTemp("", "seawall-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	urls := []string{"sqlite:" + filepath.Join(dir, "records.db")}
	if pg := os.Getenv("SEAWALL_TEST_POSTGRES"); strings.HasPrefix(pg, "postgres") {
		urls = append(urls, pg)
	}
	return measure(urls)
}
