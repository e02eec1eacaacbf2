package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/bench"
	"github.com/seawall-city/seawall/internal/config"
)

// LoopsSize says how much `seawall bench loops` loads and does.
type LoopsSize struct {
	Loops, Contacts, Due, Opened, Closed, Rounds int
	// Seed makes the records; 0 means 1, so that runs compare.
	Seed uint64
	// JSON prints the reports as JSON instead of tables.
	JSON bool
}

// BenchLoops measures the engine of duties on fresh instances whose databases
// stand beside the given ones, as BenchLists makes them.
func BenchLoops(ctx context.Context, out io.Writer, urls []string, size LoopsSize) ([]bench.LoopsReport, error) {
	const op = "app.BenchLoops"
	tables := out
	if size.JSON {
		tables = io.Discard
	}
	var reports []bench.LoopsReport
	for _, u := range urls {
		r, err := benchLoops(ctx, tables, u, size)
		if err != nil {
			return reports, seawall.Wrap(op, err)
		}
		reports = append(reports, r)
	}
	if size.JSON {
		e := json.NewEncoder(out)
		e.SetIndent("", "  ")
		return reports, e.Encode(reports)
	}
	return reports, nil
}

// SlowLoops gives the error of a measurement in which figures missed their
// goals, nil when none did.
func SlowLoops(reports []bench.LoopsReport) error {
	missed := 0
	for _, r := range reports {
		missed += r.Missed()
	}
	if missed == 0 {
		return nil
	}
	return seawall.E("app.SlowLoops", seawall.Other, "bench_loops_slow", "count", fmt.Sprint(missed))
}

// benchLoops measures on one database. The instance is composed as the server's,
// with a clock that stands until it is moved; nothing runs in the background.
func benchLoops(ctx context.Context, out io.Writer, at string, size LoopsSize) (rep bench.LoopsReport, err error) {
	dir, err := os.MkdirTemp("", "seawall-bench-loops-")
	if err != nil {
		return rep, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	url, drop, err := freshDatabase(ctx, at, "loops")
	if err != nil {
		return rep, err
	}
	defer func() { err = errors.Join(err, drop()) }()
	rules, err := bench.Rules()
	if err != nil {
		return rep, err
	}
	c := config.Default(dir)
	c.Database, c.Vault, c.Regimes = url, "sqlite:"+filepath.Join(dir, "vault.db"), filepath.Join(dir, "rules")
	if err := os.CopyFS(c.Regimes, rules); err != nil {
		return rep, err
	}
	zone, err := time.LoadLocation(c.City.TimeZone)
	if err != nil {
		return rep, err
	}
	a, err := Open(ctx, c, Options{Story: time.Date(2022, 3, 28, 16, 0, 0, 0, zone), Still: true, Seed: size.Seed})
	if err != nil {
		return rep, err
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	return bench.Loops(ctx, out, bench.LoopsConfig{Loops: size.Loops, Contacts: size.Contacts, Due: size.Due, Opened: size.Opened, Closed: size.Closed,
		Rounds: size.Rounds, Seed: max(1, size.Seed), Stopwatch: stopwatch(), Machine: machine(), DB: a.DB, Log: a.Journal, Main: a.Main, Zone: a.Zone,
		Advance: a.story.AdvanceTo})
}

// machine names what a measurement ran on: processors and memory.
func machine() string {
	s := fmt.Sprintf("%d cores", runtime.GOMAXPROCS(0))
	b, err := os.ReadFile("/proc/meminfo")
	if err != nil {
		return s
	}
	var kib int64
	for line := range strings.Lines(string(b)) {
		if _, err := fmt.Sscanf(line, "MemTotal: %d kB", &kib); err == nil {
			return fmt.Sprintf("%s, %d GiB", s, kib>>20)
		}
	}
	return s
}
