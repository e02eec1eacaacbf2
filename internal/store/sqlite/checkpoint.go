package sqlite

import (
	"database/sql"
	"sync"
	"sync/atomic"
)

// checkpoints bring the write-ahead log back into the file, on a connection of
// their own, while the writer goes on.
type checkpoints struct {
	pool    *sql.DB
	wanted  chan struct{}
	done    sync.WaitGroup
	commits atomic.Int64
}

// between is how many small transactions commit from one checkpoint to the next.
const between = 500

// start opens the connection and waits for what Committed asks for.
func (c *checkpoints) start(path string) (err error) {
	if c.pool, err = sql.Open("sqlite", dsn(path, true)); err != nil {
		return err
	}
	c.pool.SetMaxOpenConns(1)
	c.wanted = make(chan struct{}, 1)
	c.done.Go(func() {
		for range c.wanted {
			// It takes what no reader still needs and never waits. What it leaves, and
			// an error, is for the next one, or for the writer itself.
			_, _ = c.pool.Exec("PRAGMA wal_checkpoint(PASSIVE)")
		}
	})
	return nil
}

// end waits for the one that runs and closes the connection.
func (c *checkpoints) end() error {
	if c.wanted == nil {
		return nil
	}
	close(c.wanted)
	c.done.Wait()
	return c.pool.Close()
}

// Committed tells that a transaction has committed, large where it wrote many
// rows. It never waits.
func (d *Driver) Committed(large bool) {
	c := &d.checkpoints
	if c.wanted == nil || !large && c.commits.Add(1)%between != 0 {
		return
	}
	select {
	case c.wanted <- struct{}{}:
	default: // one stands in line already
	}
}
