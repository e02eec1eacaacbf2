package ledger

import (
	"context"
	"sync"
)

// Feed tells whoever waits that the log has grown: live changes, webhooks and
// other cursors sleep on it instead of polling.
type Feed struct {
	mu   sync.Mutex
	size int64
	grew chan struct{}
}

// NewFeed makes a feed.
func NewFeed() *Feed { return &Feed{grew: make(chan struct{})} }

// Announce says that the log has a size; a smaller one than before is ignored.
func (f *Feed) Announce(size int64) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if size > f.size {
		f.size = size
		close(f.grew)
		f.grew = make(chan struct{})
	}
}

// Size gives the size announced last.
func (f *Feed) Size() int64 {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.size
}

// Wait returns the log's size as soon as it is greater than after, or ctx's
// error. The events are there to be read when it returns.
func (f *Feed) Wait(ctx context.Context, after int64) (int64, error) {
	for {
		f.mu.Lock()
		size, grew := f.size, f.grew
		f.mu.Unlock()
		if size > after {
			return size, nil
		}
		select {
		case <-ctx.Done():
			return size, ctx.Err()
		case <-grew:
		}
	}
}
