package auth

import (
	"crypto/sha256"
	"hash/fnv"
	"sync"
	"time"

	"github.com/seawall-city/seawall"
)

// Limits are the bounds of signing in. The zero value of a field takes the
// figure of DefaultLimits.
type Limits struct {
	// Failures in a row lock an account for Lock; each further Failures double
	// the time up to MaxLock.
	Failures int
	Lock     time.Duration
	MaxLock  time.Duration
	// RemoteFailures from one address within RemoteWindow shut that address out
	// until the window has passed.
	RemoteFailures int
	RemoteWindow   time.Duration
	// Session bounds a session in all, Idle without a request.
	Session time.Duration
	Idle    time.Duration
	// Hashes is how many passwords are checked at the same time.
	Hashes int
}

// DefaultLimits are the shipped bounds: five failures lock for a quarter of an
// hour, a session lasts a shift of twelve hours and an hour without use.
func DefaultLimits() Limits {
	return Limits{
		Failures: 5, Lock: 15 * time.Minute, MaxLock: 24 * time.Hour,
		RemoteFailures: 100, RemoteWindow: 15 * time.Minute,
		Session: 12 * time.Hour, Idle: time.Hour, Hashes: 2,
	}
}

// filled replaces zero fields by the shipped figures.
func (l Limits) filled() Limits {
	d := DefaultLimits()
	for _, f := range []struct{ have, usual *time.Duration }{
		{&l.Lock, &d.Lock}, {&l.MaxLock, &d.MaxLock}, {&l.RemoteWindow, &d.RemoteWindow},
		{&l.Session, &d.Session}, {&l.Idle, &d.Idle},
	} {
		if *f.have == 0 {
			*f.have = *f.usual
		}
	}
	for _, f := range []struct{ have, usual *int }{
		{&l.Failures, &d.Failures}, {&l.RemoteFailures, &d.RemoteFailures}, {&l.Hashes, &d.Hashes},
	} {
		if *f.have == 0 {
			*f.have = *f.usual
		}
	}
	return l
}

// lockAfter gives how long the n-th failure in a row locks; 0 for not at all.
func (l Limits) lockAfter(n int) time.Duration {
	if n == 0 || n%l.Failures != 0 {
		return 0
	}
	d := l.Lock
	for range n/l.Failures - 1 {
		if d *= 2; d >= l.MaxLock {
			return l.MaxLock
		}
	}
	return d
}

// maxTracked bounds the memory of failures: a flood of made-up logins or
// addresses cannot fill it.
const maxTracked = 10_000

// failures counts failed attempts under keys that no account row holds: the
// addresses attempts come from and logins that do not exist. Unknown logins are
// locked like known ones, so that a lock tells nothing about what exists. Keys
// are hashed because people type passwords into the wrong field.
type failures struct {
	mu  sync.Mutex
	at  map[[sha256.Size]byte]failure
	max int
}

type failure struct {
	count int
	last  time.Time
	until time.Time
}

func newFailures() *failures {
	return &failures{at: map[[sha256.Size]byte]failure{}, max: maxTracked}
}

// lockedUntil gives until when the key is shut out; zero when it is not.
func (f *failures) lockedUntil(key string, now time.Time) time.Time {
	f.mu.Lock()
	defer f.mu.Unlock()
	if e := f.at[sha256.Sum256([]byte(key))]; e.until.After(now) {
		return e.until
	}
	return time.Time{}
}

// add counts one failure. lock gives for how long the n-th one shuts the key
// out; counting starts anew after window without one.
func (f *failures) add(key string, now time.Time, window time.Duration, lock func(n int) time.Duration) time.Time {
	f.mu.Lock()
	defer f.mu.Unlock()
	k := sha256.Sum256([]byte(key))
	e := f.at[k]
	if now.Sub(e.last) > window && !e.until.After(now) {
		e = failure{}
	}
	e.count++
	e.last = now
	if d := lock(e.count); d > 0 {
		e.until = now.Add(d)
	}
	f.at[k] = e
	if len(f.at) > f.max {
		f.evict(now, window)
	}
	if e.until.After(now) {
		return e.until
	}
	return time.Time{}
}

// evict forgets what has expired, and everything when that is not enough.
func (f *failures) evict(now time.Time, window time.Duration) {
	for k, e := range f.at {
		if now.Sub(e.last) > window && !e.until.After(now) {
			delete(f.at, k)
		}
	}
	if len(f.at) > f.max {
		clear(f.at)
	}
}

// ground is where an account stands: its area's path and what it answers for.
type ground struct {
	path  seawall.AreaPath
	scope seawall.Scope
	until time.Time
}

// grounds keeps resolved areas for a short while: every request needs one, and
// areas move a few times a year.
type grounds struct {
	mu sync.Mutex
	at map[seawall.AreaID]ground
}

// groundTTL bounds how long a move of areas may go unnoticed by sessions.
const groundTTL = 30 * time.Second

func (g *grounds) get(id seawall.AreaID, now time.Time) (ground, bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	e, ok := g.at[id]
	return e, ok && now.Before(e.until)
}

func (g *grounds) put(id seawall.AreaID, e ground, now time.Time) {
	g.mu.Lock()
	defer g.mu.Unlock()
	e.until = now.Add(groundTTL)
	g.at[id] = e
}

// queues let the sign-ins of one account settle one after the other, so that a
// burst of guesses counts each of them instead of meeting conflicts. Accounts
// share a fixed number of places.
type queues struct {
	places [64]sync.Mutex
}

// enter waits for the account's turn and gives what ends it.
func (q *queues) enter(id seawall.PrincipalID) (leave func()) {
	h := fnv.New32a()
	h.Write([]byte(id))
	m := &q.places[h.Sum32()%uint32(len(q.places))]
	m.Lock()
	return m.Unlock
}
