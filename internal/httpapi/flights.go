package httpapi

import "sync"

// flights lets requests that ask for the same thing at the same time share one
// reading of it. Nobody gets what was read before they asked: who comes while a
// reading is under way waits for the next one, which begins afterwards and serves
// all who wait by then. A gate's ten lanes are one officer, whose session would
// otherwise be read for every vehicle.
type flights[V any] struct {
	mu sync.Mutex
	// flying are the keys that are being read, each with those who wait.
	flying map[string]*round[V]
}

// round is one reading for all who wait for it.
type round[V any] struct {
	start, done chan struct{}
	value       V
	err         error
}

// do gives what read gives, from a reading that begins after the call.
func (f *flights[V]) do(key string, read func() (V, error)) (V, error) {
	f.mu.Lock()
	if f.flying == nil {
		f.flying = map[string]*round[V]{}
	}
	next, busy := f.flying[key]
	switch {
	case !busy:
		f.flying[key] = nil
		f.mu.Unlock()
		defer f.land(key)
		return read()
	case next != nil:
		f.mu.Unlock()
		<-next.done
		return next.value, next.err
	}
	next = &round[V]{start: make(chan struct{}), done: make(chan struct{})}
	f.flying[key] = next
	f.mu.Unlock()
	<-next.start
	defer f.land(key)
	defer close(next.done)
	next.value, next.err = read()
	return next.value, next.err
}

// land ends a reading and lets the next one begin.
func (f *flights[V]) land(key string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	next := f.flying[key]
	if next == nil {
		delete(f.flying, key)
		return
	}
	f.flying[key] = nil
	close(next.start)
}
