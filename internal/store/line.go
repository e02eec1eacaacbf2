package store

import (
	"context"
	"fmt"
	"sync"

	"github.com/seawall-city/seawall"
)

// ahead is how many rows of a table, or events, a transaction has in hand before
// it begins to write them beside its work.
const ahead = 512

// line writes what a transaction hands over, one after the other, while the
// transaction goes on preparing the next rows on another processor. Nobody else
// uses the transaction's connection meanwhile: who wants it waits. A small
// transaction has no line.
type line struct {
	jobs chan func() error
	left sync.WaitGroup
	mu   sync.Mutex
	err  error
}

// waiting is how many jobs may stand in the line before the next one waits.
const waiting = 4

// put hands a job over. An error is that of an earlier one.
func (l *line) put(ctx context.Context, job func(context.Context) error) error {
	if err := l.failed(); err != nil {
		return err
	}
	if l.jobs == nil {
		l.jobs = make(chan func() error, waiting)
		go l.work(l.jobs)
	}
	l.left.Add(1)
	l.jobs <- func() error { return job(ctx) }
	return nil
}

// work does the jobs; after one that failed it only counts the others.
func (l *line) work(jobs <-chan func() error) {
	for job := range jobs {
		if l.failed() == nil {
			if err := guarded(job); err != nil {
				l.mu.Lock()
				l.err = err
				l.mu.Unlock()
			}
		}
		l.left.Done()
	}
}

// guarded does a job; one that panics has failed, as it would have ended the
// request and not the process in the transaction's own goroutine.
func guarded(job func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = seawall.Wrap("store.line", fmt.Errorf("a write panicked: %v", p))
		}
	}()
	return job()
}

func (l *line) failed() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.err
}

// wait returns when nothing is left in the line. An error is that of the first
// job that failed; it comes again each time.
func (l *line) wait() error {
	l.left.Wait()
	return l.failed()
}

// end lets the line go; nothing is put into it any more.
func (l *line) end() {
	l.left.Wait()
	if l.jobs != nil {
		close(l.jobs)
		l.jobs = nil
	}
}
