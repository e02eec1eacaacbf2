package auth_test

import (
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/auth"
	"github.com/seawall-city/seawall/internal/ledger"
)

// memory is a unit of work, a store and a recorder in maps. A failed write
// leaves nothing behind, and a saved account without an event is refused, as in
// the real store.
type memory struct {
	mu       sync.Mutex
	now      time.Time
	ids      int
	accounts map[seawall.PrincipalID]auth.Principal
	hashes   map[seawall.PrincipalID]string
	sessions map[string]auth.Session
	events   []ledger.Event
	pending  int
	// before runs once before the next write, as another node would.
	before func()
}

type memoryTx struct {
	m     *memory
	actor seawall.Actor
}

func (t memoryTx) Now() time.Time       { return t.m.now }
func (t memoryTx) Actor() seawall.Actor { return t.actor }
func (t memoryTx) NewID() string {
	t.m.ids++
	return fmt.Sprintf("%026d", t.m.ids)
}

func newMemory() *memory {
	return &memory{now: time.Date(2022, 3, 28, 8, 0, 0, 0, time.UTC),
		accounts: map[seawall.PrincipalID]auth.Principal{}, hashes: map[seawall.PrincipalID]string{},
		sessions: map[string]auth.Session{}}
}

func (m *memory) Now() time.Time { return m.now }

func (m *memory) Write(ctx context.Context, actor seawall.Actor, fn func(seawall.Tx) error) error {
	if f := m.before; f != nil {
		m.before = nil
		f()
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	accounts, hashes, sessions, events := maps.Clone(m.accounts), maps.Clone(m.hashes), maps.Clone(m.sessions), len(m.events)
	m.pending = 0
	err := fn(memoryTx{m, actor})
	if err == nil && m.pending > 0 {
		err = fmt.Errorf("%d accounts saved without an event", m.pending)
	}
	if err != nil {
		m.accounts, m.hashes, m.sessions, m.events = accounts, hashes, sessions, m.events[:events]
	}
	return err
}

func (m *memory) Read(ctx context.Context, fn func(seawall.Tx) error) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	return fn(memoryTx{m, seawall.Actor{}})
}

func (m *memory) Record(ctx context.Context, tx seawall.Tx, ev ledger.Event) error {
	ev.Actor = tx.Actor()
	m.events = append(m.events, ev)
	m.pending = 0
	return nil
}

func notFound() error { return &seawall.Error{Op: "memory", Kind: seawall.NotFound} }

func (m *memory) SavePrincipal(ctx context.Context, tx seawall.Tx, p auth.Principal) error {
	if was := m.accounts[p.ID]; was.Version != p.Version-1 {
		return &seawall.Error{Op: "memory", Kind: seawall.Conflict}
	}
	p.Scope = nil
	m.accounts[p.ID] = p
	m.pending++
	return nil
}

func (m *memory) Principal(ctx context.Context, tx seawall.Tx, id seawall.PrincipalID) (auth.Principal, error) {
	p, ok := m.accounts[id]
	if !ok {
		return p, notFound()
	}
	return p, nil
}

func (m *memory) PrincipalByLogin(ctx context.Context, tx seawall.Tx, login string) (auth.Principal, error) {
	for _, p := range m.accounts {
		if p.Login == login {
			return p, nil
		}
	}
	return auth.Principal{}, notFound()
}

func (m *memory) Principals(ctx context.Context, tx seawall.Tx, within seawall.Scope, page seawall.Page) ([]auth.Principal, string, int, error) {
	var out []auth.Principal
	for _, p := range m.accounts {
		if within.Contains(p.Path) {
			out = append(out, p)
		}
	}
	slices.SortFunc(out, func(a, b auth.Principal) int { return int(a.CreatedAt.Sub(b.CreatedAt)) })
	return out, "", len(out), nil
}

func (m *memory) SetPasswordHash(ctx context.Context, tx seawall.Tx, id seawall.PrincipalID, hash string) error {
	m.hashes[id] = hash
	return nil
}

func (m *memory) PasswordHash(ctx context.Context, tx seawall.Tx, id seawall.PrincipalID) (string, error) {
	h, ok := m.hashes[id]
	if !ok {
		return "", notFound()
	}
	return h, nil
}

func (m *memory) SaveSession(ctx context.Context, tx seawall.Tx, s auth.Session) error {
	m.sessions[s.TokenHash] = s
	return nil
}

func (m *memory) SessionByHash(ctx context.Context, tx seawall.Tx, hash string) (auth.Session, error) {
	s, ok := m.sessions[hash]
	if !ok {
		return s, notFound()
	}
	return s, nil
}

func (m *memory) DeleteSession(ctx context.Context, tx seawall.Tx, hash string) error {
	delete(m.sessions, hash)
	return nil
}

func (m *memory) DeleteSessionsOf(ctx context.Context, tx seawall.Tx, id seawall.PrincipalID) error {
	maps.DeleteFunc(m.sessions, func(_ string, s auth.Session) bool { return s.Principal == id })
	return nil
}

func (m *memory) DeleteSessionsBefore(ctx context.Context, tx seawall.Tx, t time.Time) error {
	maps.DeleteFunc(m.sessions, func(_ string, s auth.Session) bool { return s.Expires.Before(t) })
	return nil
}

// types gives the types of the events since n.
func (m *memory) types(n int) string {
	var out []string
	for _, e := range m.events[n:] {
		out = append(out, e.Type)
	}
	return fmt.Sprint(out)
}

// service makes a service on the memory with reproducible randomness.
func service(t testing.TB, m *memory, limits auth.Limits) *auth.Service {
	t.Helper()
	s, err := auth.NewService(auth.Config{
		Work: m, Store: m, Log: m, Policies: policies(t), Clock: m,
		Random: rand.NewChaCha8([32]byte{1}),
		Place: func(_ context.Context, _ seawall.Tx, id seawall.AreaID) (seawall.AreaPath, error) {
			path, ok := map[seawall.AreaID]seawall.AreaPath{"3209": city, "320924": county, "320924100": town}[id]
			if !ok {
				return "", seawall.E("test", seawall.NotFound, "area_not_found", "id", string(id))
			}
			return path, nil
		},
		Scope: func(_ context.Context, _ seawall.Tx, id seawall.AreaID) (seawall.Scope, error) {
			return map[seawall.AreaID]seawall.Scope{"3209": {city}, "320924": {county}, "320924100": {town}}[id], nil
		},
		Zone: time.FixedZone("CST", 8*3600), Limits: limits,
	})
	if err != nil {
		t.Fatal(err)
	}
	return s
}
