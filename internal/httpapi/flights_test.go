package httpapi

import (
	"sync"
	"sync/atomic"
	"testing"
)

// Nobody gets what was read before they asked, and many who ask at once share.
func TestFlightsAreNeverOlderThanTheQuestion(t *testing.T) {
	var f flights[int64]
	var now, reads atomic.Int64
	var all sync.WaitGroup
	for range 64 {
		all.Go(func() {
			for range 500 {
				asked := now.Add(1)
				got, err := f.do("session", func() (int64, error) {
					reads.Add(1)
					return now.Add(1), nil
				})
				if err != nil || got < asked {
					t.Errorf("read at %d what was asked at %d (%v)", got, asked, err)
				}
			}
		})
	}
	all.Wait()
	if n := reads.Load(); n >= 64*500 {
		t.Logf("%d readings for %d questions: none was shared on this machine", n, 64*500)
	}
	if len(f.flying) != 0 {
		t.Errorf("%d readings never ended", len(f.flying))
	}
}

// A reading that fails fails those who waited for it and nobody else.
func TestAFailedFlight(t *testing.T) {
	var f flights[int]
	begun, goOn := make(chan struct{}), make(chan struct{})
	go f.do("a", func() (int, error) { close(begun); <-goOn; return 1, nil })
	<-begun
	waiting := make(chan error, 2)
	for range 2 {
		go func() {
			_, err := f.do("a", func() (int, error) { return 0, errFlight })
			waiting <- err
		}()
	}
	if v, err := f.do("b", func() (int, error) { return 2, nil }); v != 2 || err != nil {
		t.Errorf("another key: %d, %v", v, err)
	}
	close(goOn)
	for range 2 {
		if err := <-waiting; err != errFlight {
			t.Errorf("a failed reading gave %v", err)
		}
	}
}

// errFlight is what the failing readings of the tests give.
const errFlight = flightError("no reading")

type flightError string

func (e flightError) Error() string { return string(e) }
