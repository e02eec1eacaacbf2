package httpapi

import (
	"crypto/sha256"
	"sync"
	"time"

	"github.com/seawall-city/seawall"
)

// The public pages need no account, so their use is bounded here: by personal
// link, which one person uses, and loosely by address, which a whole isolation
// site may share. Nothing about a visitor is kept beyond the minute.
const (
	perLink    = 30  // requests a minute through one personal link
	perAddress = 900 // requests a minute from one address
	limitAfter = time.Minute
)

// maxCounted bounds the memory of a minute.
const maxCounted = 50_000

// perAccount is how many streams of live changes an account may hold: each is a
// connection, and a browser opens one for each page.
const perAccount = 32

// listeners counts the open streams of each account.
type listeners struct {
	mu   sync.Mutex
	open map[seawall.PrincipalID]int
}

// enter counts one stream until leave. Errors: Limited when there are too many.
func (l *listeners) enter(id seawall.PrincipalID) (leave func(), err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.open == nil {
		l.open = map[seawall.PrincipalID]int{}
	}
	if l.open[id] >= perAccount {
		return nil, seawall.E("httpapi.listen", seawall.Limited, "too_many_requests")
	}
	l.open[id]++
	return func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		if l.open[id]--; l.open[id] == 0 {
			delete(l.open, id)
		}
	}, nil
}

// limiter counts requests in the current minute under hashed keys.
type limiter struct {
	mu     sync.Mutex
	minute time.Time
	counts map[[sha256.Size]byte]int
}

// allow counts one request under each key. Errors: Limited when a key is over
// its bound.
func (l *limiter) allow(now time.Time, bounds map[string]int) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if minute := now.Truncate(limitAfter); !minute.Equal(l.minute) || len(l.counts) > maxCounted {
		l.minute, l.counts = minute, map[[sha256.Size]byte]int{}
	}
	for key, most := range bounds {
		k := sha256.Sum256([]byte(key))
		if l.counts[k]++; l.counts[k] > most {
			return seawall.E("httpapi.limit", seawall.Limited, "too_many_requests")
		}
	}
	return nil
}

// counted gives how often a key was counted in this minute.
func (l *limiter) counted(now time.Time, key string) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !now.Truncate(limitAfter).Equal(l.minute) {
		return 0
	}
	return l.counts[sha256.Sum256([]byte(key))]
}
