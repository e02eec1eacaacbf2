// Package bench fills a database to the size of a large outbreak and times
// every list that a page shows, the way the page asks for it: the figures of
// `seawall bench lists`. The records are synthetic and drawn from a seed; the
// areas are the real tree of the shipped city with four grids in each village.
package bench

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/store"
)

// Goal is the time within which 95 of 100 answers of every list must come.
const Goal = 200 * time.Millisecond

// Config says how much to load and how often to ask.
type Config struct {
	Persons, Cases, Contacts int
	// Rounds is how often each list is asked after the first time (0: 40).
	Rounds int
	// Seed makes the records and the questions; the report repeats it.
	Seed uint64
	// Stopwatch tells the time passed since some fixed instant.
	Stopwatch func() time.Duration
	// Log records the events of what is loaded; Place gives all of them their
	// place in it.
	Log   *store.Log
	Place func(context.Context) error
	// More are questions that need what this package must not know, such as
	// the search for people in the vault.
	More []Question
}

// Question is one list as a page asks for it; Ask gives the number of rows.
type Question struct {
	Name string
	Ask  func(ctx context.Context, r *rand.Rand) (rows int, err error)
}

// Figure is how long the answers of one list took.
type Figure struct {
	Name string `json:"name"`
	// Rows is the largest number of rows in an answer.
	Rows int `json:"rows"`
	// First is the first answer, with nothing of the list in memory yet.
	First time.Duration `json:"first"`
	P50   time.Duration `json:"p50"`
	P95   time.Duration `json:"p95"`
	Max   time.Duration `json:"max"`
}

// Report is the outcome on one database.
type Report struct {
	Database string         `json:"database"`
	Seed     uint64         `json:"seed"`
	Loaded   map[string]int `json:"loaded"`
	Loading  time.Duration  `json:"loading"`
	Lists    []Figure       `json:"lists"`
}

// Slow gives the lists that miss the goal.
func (r Report) Slow() (out []Figure) {
	for _, f := range r.Lists {
		if f.P95 > Goal {
			out = append(out, f)
		}
	}
	return out
}

// Lists loads an empty, migrated database, asks every list and writes a table
// to out. Missing the goal is no error: the report says so.
func Lists(ctx context.Context, db *store.DB, out io.Writer, c Config) (Report, error) {
	const op = "bench.Lists"
	rep := Report{Database: db.Driver().Name(), Seed: c.Seed}
	begin := c.Stopwatch()
	fmt.Fprintf(out, "%s: loading %d persons, %d cases, %d contacts (seed %d)\n", rep.Database, c.Persons, c.Cases, c.Contacts, c.Seed)
	w, err := load(ctx, db, c)
	if err != nil {
		return rep, seawall.Wrap(op, err)
	}
	rep.Loaded, rep.Loading = w.loaded, c.Stopwatch()-begin
	fmt.Fprintf(out, "loaded in %.0f s: %s\n", rep.Loading.Seconds(), counted(w.loaded))
	r := rand.New(rand.NewPCG(c.Seed, 2))
	for _, q := range append(w.questions(), c.More...) {
		f, err := measure(ctx, q, r, cmp.Or(c.Rounds, 40), c.Stopwatch)
		if err != nil {
			return rep, &seawall.Error{Op: op, Args: map[string]string{"list": q.Name}, Err: err}
		}
		rep.Lists = append(rep.Lists, f)
	}
	rep.print(out)
	return rep, nil
}

func measure(ctx context.Context, q Question, r *rand.Rand, rounds int, stopwatch func() time.Duration) (Figure, error) {
	f := Figure{Name: q.Name}
	took := make([]time.Duration, 0, rounds)
	for i := range rounds + 1 {
		begin := stopwatch()
		rows, err := q.Ask(ctx, r)
		d := stopwatch() - begin
		if err != nil {
			return f, err
		}
		f.Rows = max(f.Rows, rows)
		if i == 0 {
			f.First = d
			continue
		}
		took = append(took, d)
	}
	slices.Sort(took)
	at := func(share float64) time.Duration { return took[min(len(took)-1, int(share*float64(len(took))))] }
	f.P50, f.P95, f.Max = at(0.5), at(0.95), took[len(took)-1]
	return f, nil
}

func counted(m map[string]int) string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	s := ""
	for i, k := range keys {
		if i > 0 {
			s += ", "
		}
		s += fmt.Sprintf("%d %s", m[k], k)
	}
	return s
}

func (r Report) print(out io.Writer) {
	fmt.Fprintf(out, "\n%-44s %8s %9s %9s %9s %9s\n", r.Database+", ms", "rows", "first", "p50", "p95", "max")
	ms := func(d time.Duration) string { return fmt.Sprintf("%.1f", float64(d)/float64(time.Millisecond)) }
	for _, f := range r.Lists {
		note := ""
		if f.P95 > Goal {
			note = "  over the goal"
		}
		fmt.Fprintf(out, "%-44s %8d %9s %9s %9s %9s%s\n", f.Name, f.Rows, ms(f.First), ms(f.P50), ms(f.P95), ms(f.Max), note)
	}
	fmt.Fprintf(out, "%d lists, %d over %d ms at p95\n\n", len(r.Lists), len(r.Slow()), Goal.Milliseconds())
}
