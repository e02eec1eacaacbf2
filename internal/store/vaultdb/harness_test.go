package vaultdb_test

import (
	"context"
	"crypto/rand"
	"path/filepath"
	"sync"
	"testing"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/store"
	"github.com/seawall-city/seawall/internal/store/storetest"
	"github.com/seawall-city/seawall/internal/store/vaultdb"
	"github.com/seawall-city/seawall/internal/vault"
)

// witness notes openings; with err it refuses them.
type witness struct {
	mu   sync.Mutex
	err  error
	seen []string
	// before runs before the answer, as a caller's transaction would.
	before func()
}

func (w *witness) WitnessOpening(_ context.Context, actor seawall.Actor, no seawall.PersonNo, purpose, subject string) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.before != nil {
		w.before()
	}
	if w.err != nil {
		return w.err
	}
	w.seen = append(w.seen, string(actor.Principal)+" "+string(no)+" "+purpose+" "+subject)
	return nil
}

// rig is a vault on one database.
type rig struct {
	*vault.Service
	db      *vaultdb.DB
	keys    *vault.Keys
	clock   *storetest.Clock
	witness *witness
}

// open starts a second node on the same database and root key.
func (r *rig) open(t testing.TB) *vault.Service {
	t.Helper()
	s, err := vault.New(context.Background(), r.db, r.keys, vault.Options{
		Clock: r.clock, IDs: storetest.NewIDs(r.clock), Random: rand.Reader, Witness: r.witness})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func newRig(t testing.TB, d store.Driver) *rig {
	t.Helper()
	db, err := vaultdb.Open(context.Background(), d)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	keys, err := vault.LoadOrCreateKeys(filepath.Join(t.TempDir(), "keys"), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	r := &rig{db: db, keys: keys, clock: storetest.NewClock(storetest.Start()), witness: &witness{}}
	r.Service = r.open(t)
	return r
}

// each runs a test on both databases.
func each(t *testing.T, f func(t *testing.T, v *rig)) {
	t.Helper()
	for _, kind := range []string{"sqlite", "postgres"} {
		t.Run(kind, func(t *testing.T) { f(t, newRig(t, storetest.Driver(t, kind))) })
	}
}

// must gives the value of a call that has to succeed; the panic fails the test
// at the line that called it.
func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func ok(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// sealOne seals one identity and gives its number.
func (r *rig) sealOne(t testing.TB, request string, id vault.Identity) seawall.PersonNo {
	t.Helper()
	if id.Birth == 0 {
		id.Birth = seawall.NoDay
	}
	out, err := r.Seal(context.Background(), []vault.Request{{ID: request, Identity: id, Year: 2022}})
	if err != nil {
		t.Fatal(err)
	}
	return out[0].Person
}

// day reads a date of a test.
func day(s string) seawall.Day { return must(seawall.ParseDay(s)) }
