package vault

import (
	"cmp"
	"context"
	"runtime"
	"slices"

	"github.com/seawall-city/seawall"
)

// BulkLoad seals n identities into an empty vault at full speed, for measuring
// at the size of a city: at gives the request of each index and must be safe for
// several goroutines; each is told the answers in order. The records count as
// committed. It keeps about 200 bytes of memory an identity until it ends,
// because the tokens are sorted before they are written. An interrupted load
// leaves a database that is to be thrown away. Errors: Conflict when the vault
// is not empty, Invalid when the store cannot do it.
func (s *Service) BulkLoad(ctx context.Context, n int, at func(i int) Request, each func(i int, sealed Sealed) error) error {
	const op = "vault.BulkLoad"
	store, ok := s.store.(BulkStore)
	if !ok {
		return seawall.E(op, seawall.Invalid, "vault_no_bulk")
	}
	count, err := store.Count(ctx)
	if err != nil {
		return seawall.Wrap(op, err)
	}
	if count != 0 {
		return seawall.E(op, seawall.Conflict, "vault_not_empty")
	}
	if err := store.BeginBulk(ctx); err != nil {
		return seawall.Wrap(op, err)
	}
	buckets, err := s.bulkRecords(ctx, store, n, at, each)
	if err != nil {
		return seawall.Wrap(op, err)
	}
	if err := bulkTokens(ctx, store, buckets); err != nil {
		return seawall.Wrap(op, err)
	}
	return seawall.Wrap(op, store.EndBulk(ctx))
}

// bulkChunk is how many records travel together from sealing to writing.
const bulkChunk = 2000

// bulkPart is a chunk on its way: numbers drawn in order, sealed by a worker.
type bulkPart struct {
	first int
	recs  []Record
	err   error
	done  chan struct{}
}

// bulkRecords seals on all processors but writes in order, and gives the tokens
// in buckets of ascending value.
func (s *Service) bulkRecords(ctx context.Context, store BulkStore, n int, at func(int) Request, each func(int, Sealed) error) (*tokenBuckets, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	workers := runtime.GOMAXPROCS(0)
	order, work := make(chan *bulkPart, 2*workers), make(chan *bulkPart)
	go s.feedBulk(ctx, n, order, work)
	for range workers {
		go func() {
			for p := range work {
				p.err = s.sealPart(p, at)
				close(p.done)
			}
		}()
	}
	buckets := &tokenBuckets{}
	for p := range order {
		select {
		case <-p.done:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
		if p.err != nil {
			return nil, p.err
		}
		if err := store.BulkRecords(ctx, p.recs); err != nil {
			return nil, err
		}
		for i, r := range p.recs {
			buckets.add(r)
			if err := each(p.first+i, r.shown()); err != nil {
				return nil, err
			}
		}
	}
	return buckets, ctx.Err()
}

// feedBulk cuts the work into parts and draws the person numbers in order; it
// ends when all is handed out or ctx does.
func (s *Service) feedBulk(ctx context.Context, n int, order, work chan<- *bulkPart) {
	defer close(order)
	defer close(work)
	for first := 0; first < n; first += bulkChunk {
		p := &bulkPart{first: first, recs: make([]Record, min(bulkChunk, n-first)), done: make(chan struct{})}
		for i := range p.recs {
			p.recs[i].No = seawall.PersonNo(s.ids.NewID())
		}
		for _, to := range []chan<- *bulkPart{order, work} {
			select {
			case to <- p:
			case <-ctx.Done():
				return
			}
		}
	}
}

func (s *Service) sealPart(p *bulkPart, at func(int) Request) error {
	now := s.now()
	for i := range p.recs {
		req := at(p.first + i)
		if err := validate(req); err != nil {
			return err
		}
		r := &p.recs[i]
		r.ID, r.Request, r.SealedAt, r.Committed, r.Fresh = int64(p.first+i)+1, req.ID, now, true, true
		if err := s.fill(r, req.Identity, req.Year); err != nil {
			return err
		}
	}
	return nil
}

// tokenBuckets holds tokens apart by their highest byte, so that each bucket is
// sorted alone, one while the one before is being written.
type tokenBuckets [256][]TokenRow

func (b *tokenBuckets) add(r Record) {
	for _, t := range r.Tokens {
		i := (uint64(t) ^ 1<<63) >> 56 // ascending as signed numbers
		b[i] = append(b[i], TokenRow{t, r.ID})
	}
}

func bulkTokens(ctx context.Context, store BulkStore, buckets *tokenBuckets) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	sorted := make(chan []TokenRow)
	go func() {
		defer close(sorted)
		for i, rows := range buckets {
			slices.SortFunc(rows, func(a, b TokenRow) int {
				return cmp.Or(cmp.Compare(a.Token, b.Token), cmp.Compare(a.ID, b.ID))
			})
			buckets[i] = nil
			select {
			case sorted <- rows:
			case <-ctx.Done():
				return
			}
		}
	}()
	for rows := range sorted {
		if err := store.BulkTokens(ctx, rows); err != nil {
			return err
		}
	}
	return ctx.Err()
}
