package app

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	mrand "math/rand/v2"
	"os"
	"path/filepath"
	"strings"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/bench"
	"github.com/seawall-city/seawall/internal/ledger"
	"github.com/seawall-city/seawall/internal/store"
	"github.com/seawall-city/seawall/internal/store/postgres"
	"github.com/seawall-city/seawall/internal/store/vaultdb"
	"github.com/seawall-city/seawall/internal/vault"
	"github.com/seawall-city/seawall/internal/vault/vaulttest"
)

// BenchSize says how much `seawall bench lists` loads and asks.
type BenchSize struct {
	Persons, Cases, Contacts, Rounds int
	// Identities is how many people the vault keeps; 0 means as many as Persons.
	Identities int
	// Seed makes the records; 0 means 1, so that runs compare.
	Seed uint64
	// JSON prints the reports as JSON instead of tables.
	JSON bool
}

// BenchLists times every list on fresh databases beside the given ones: a
// SQLite URL names a file that must not exist, a PostgreSQL URL a server on
// which databases may be created; they are dropped at the end. The reports say
// which lists miss the goal.
func BenchLists(ctx context.Context, out io.Writer, urls []string, size BenchSize) ([]bench.Report, error) {
	const op = "app.BenchLists"
	tables := out
	if size.JSON {
		tables = io.Discard
	}
	var reports []bench.Report
	for _, u := range urls {
		r, err := benchOne(ctx, tables, u, size)
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

// SlowLists gives the error of a measurement in which lists missed the goal, nil
// when none did.
func SlowLists(reports []bench.Report) error {
	slow := 0
	for _, r := range reports {
		slow += len(r.Slow())
	}
	if slow == 0 {
		return nil
	}
	return seawall.E("app.SlowLists", seawall.Other, "bench_slow", "count", fmt.Sprint(slow), "goal", fmt.Sprint(bench.Goal.Milliseconds()))
}

func benchOne(ctx context.Context, out io.Writer, at string, size BenchSize) (rep bench.Report, err error) {
	var closers []func() error
	defer func() {
		for i := len(closers) - 1; i >= 0; i-- {
			err = errors.Join(err, closers[i]())
		}
	}()
	keys, err := os.MkdirTemp("", "seawall-bench-keys-")
	if err != nil {
		return rep, err
	}
	closers = append(closers, func() error { return os.RemoveAll(keys) })
	open := func(part string) (store.Driver, error) {
		u, drop, err := freshDatabase(ctx, at, part)
		if err != nil {
			return nil, err
		}
		closers = append(closers, drop)
		d, err := Driver(u)
		if err == nil {
			closers = append(closers, d.Close)
		}
		return d, err
	}
	records, err := open("records")
	if err != nil {
		return rep, err
	}
	people, err := open("vault")
	if err != nil {
		return rep, err
	}
	c := bench.Config{Persons: size.Persons, Cases: size.Cases, Contacts: size.Contacts, Rounds: size.Rounds, Seed: max(1, size.Seed), Stopwatch: stopwatch()}
	identities := size.Identities
	if identities == 0 {
		identities = size.Persons
	}
	if c.More, err = benchVault(ctx, out, people, keys, identities, c); err != nil {
		return rep, err
	}
	db := store.New(records, store.Options{Clock: wallClock{}, IDs: newIDs(wallClock{}, rand.Reader)})
	if err := db.Migrate(ctx); err != nil {
		return rep, err
	}
	if err := benchLog(db, keys, &c); err != nil {
		return rep, err
	}
	return bench.Lists(ctx, db, out, c)
}

// benchLog gives the measurement a log and the means to place its events.
func benchLog(db *store.DB, keys string, c *bench.Config) error {
	root, err := ledger.LoadOrCreateRootKey(keys, rand.Reader)
	if err != nil {
		return err
	}
	signer, err := ledger.LoadOrCreateSigner(keys, ledger.Origin("bench"), rand.Reader)
	if err != nil {
		return err
	}
	c.Log = db.OpenLog(root, rand.Reader)
	seq := ledger.NewSequencer(db, c.Log, signer, holder(), ledger.NewFeed(), func(error) {})
	c.Place = func(ctx context.Context) error {
		for {
			if n, err := seq.Step(ctx); n == 0 || err != nil {
				return err
			}
		}
	}
	return nil
}

// benchVault fills a vault with synthetic people and gives the questions that
// the search box and the entry form ask of it.
func benchVault(ctx context.Context, out io.Writer, d store.Driver, keys string, n int, c bench.Config) ([]bench.Question, error) {
	begin := c.Stopwatch()
	v, err := vaultdb.Open(ctx, d)
	if err != nil {
		return nil, err
	}
	k, err := vault.LoadOrCreateKeys(keys, rand.Reader)
	if err != nil {
		return nil, err
	}
	s, err := vault.New(ctx, v, k, vault.Options{Clock: wallClock{}, IDs: newIDs(wallClock{}, rand.Reader), Random: rand.Reader})
	if err != nil {
		return nil, err
	}
	city := vaulttest.City{Seed: c.Seed}
	if err := s.BulkLoad(ctx, n, city.Request, func(int, vault.Sealed) error { return nil }); err != nil {
		return nil, err
	}
	fmt.Fprintf(out, "%s: %d identities sealed in %.0f s\n", d.Name(), n, (c.Stopwatch() - begin).Seconds())
	find := func(name string, text func(vault.Identity) string) bench.Question {
		return bench.Question{Name: "people by " + name, Ask: func(ctx context.Context, r *mrand.Rand) (int, error) {
			found, err := s.Find(ctx, text(city.At(r.IntN(n))), 20)
			return len(found), err
		}}
	}
	return []bench.Question{
		find("document number", func(id vault.Identity) string { return id.DocNumber }),
		find("phone", func(id vault.Identity) string { return id.Phone }),
		find("last four digits", func(id vault.Identity) string { return id.DocNumber[len(id.DocNumber)-4:] }),
		find("name", func(id vault.Identity) string { return id.Name }),
		{Name: "duplicate candidates at entry", Ask: func(ctx context.Context, r *mrand.Rand) (int, error) {
			found, err := s.Candidates(ctx, city.At(r.IntN(n)), 10)
			return len(found), err
		}},
	}, nil
}

// freshDatabase gives the URL of an empty database and what removes it.
func freshDatabase(ctx context.Context, at, part string) (string, func() error, error) {
	var b [6]byte
	if _, err := rand.Read(b[:]); err != nil {
		return "", nil, err
	}
	name := "seawall_bench_" + part + "_" + hex.EncodeToString(b[:])
	if path, ok := strings.CutPrefix(at, "sqlite:"); ok {
		path = filepath.Join(filepath.Dir(path), name+".db")
		return "sqlite:" + path, func() error {
			var errs []error
			for _, end := range []string{"", "-wal", "-shm", ".lock"} {
				if err := os.Remove(path + end); err != nil && !errors.Is(err, os.ErrNotExist) {
					errs = append(errs, err)
				}
			}
			return errors.Join(errs...)
		}, nil
	}
	return postgres.CreateDatabase(ctx, at, name)
}
