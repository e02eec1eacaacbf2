package ledger

import (
	"context"
	"time"

	"github.com/seawall-city/seawall"
)

// Waiting is a committed event that has no place yet.
type Waiting struct {
	// Arrival orders events so that of two changes to one row the later comes
	// later: it is drawn after the row was written, under the row's lock. The
	// clock's time would not do, since a transaction may wait after it began.
	Arrival int64
	ID      seawall.EventID
	Type    string
	Area    seawall.AreaPath
	// Refs are the things on whose page the event belongs, without repeats.
	Refs  []seawall.Ref
	Entry Hash
}

// Batch gives events their places and grows the tree in one step.
type Batch struct {
	// First is the Seq of Events[0]; the tree had First-1 leaves before.
	First      int64
	Events     []Waiting
	Tiles      []Tile
	Checkpoint Checkpoint
	// At is when the checkpoint was signed.
	At time.Time
}

// Stored is one sequenced event as the database holds it, for verification.
type Stored struct {
	// Envelope holds the columns kept in clear.
	Envelope Event
	Entry    Hash
	// Salt and Canonical are nil for a forgotten payload or a broken one.
	Salt, Canonical []byte
	// Key names the key of the payload; Forgotten that it was shredded.
	Key       string
	Forgotten bool
	// Broken says why a payload that should open does not.
	Broken error
}

// Store is what the log needs of the database.
type Store interface {
	// Lease takes or renews the named lease for a holder until ttl from now;
	// false while another holder's has not run out.
	Lease(ctx context.Context, tx seawall.Tx, name, holder string, ttl time.Duration) (bool, error)
	// Release gives the holder's lease back.
	Release(ctx context.Context, tx seawall.Tx, name, holder string) error
	// Waiting gives the first events without a place, in order of arrival.
	Waiting(ctx context.Context, tx seawall.Tx, limit int) ([]Waiting, error)
	// WaitingCount counts them.
	WaitingCount(ctx context.Context, tx seawall.Tx) (int64, error)
	// Size gives the number of sequenced events, and the newest checkpoint's
	// text ("" while the log is empty).
	Size(ctx context.Context, tx seawall.Tx) (int64, string, error)
	// Place stores a batch. Conflict when the log is not First-1 long: two
	// sequencers cannot give one place twice even if both think they lead.
	Place(ctx context.Context, tx seawall.Tx, b Batch) error
	// Tile gives a tile as stored, as long as it has grown; NotFound.
	Tile(ctx context.Context, tx seawall.Tx, level int, n int64) ([]byte, error)
	// Entries gives the entries of Seq first … first+n-1, fewer at the end.
	Entries(ctx context.Context, tx seawall.Tx, first int64, n int) ([]Hash, error)
	// Checkpoints gives the kept checkpoints, oldest first.
	Checkpoints(ctx context.Context, tx seawall.Tx) ([]string, error)
	// Stored gives sequenced events with Seq > after for verification.
	Stored(ctx context.Context, tx seawall.Tx, after int64, limit int) ([]Stored, error)
	// Counts gives the number of stored events and of those waiting; places are
	// unique, so events = size + waiting holds in a sound log.
	Counts(ctx context.Context, tx seawall.Tx) (events, waiting int64, err error)
	// Tombstones gives the tombstone events, sequenced or waiting.
	Tombstones(ctx context.Context, tx seawall.Tx) ([]Event, error)
}

// Reader reads events.
type Reader interface {
	// Events gives at most q.Limit (default 100, at most 1,000) sequenced events.
	Events(ctx context.Context, tx seawall.Tx, q Query) ([]Event, error)
	// Event gives one event by its ID, sequenced or not (Seq 0); NotFound.
	Event(ctx context.Context, tx seawall.Tx, id seawall.EventID) (Event, error)
}

// Shredder forgets payloads.
type Shredder interface {
	// Shred destroys the keys of a group, blanks what its events hold in clear
	// except ID, Seq, At and Type, and records a tombstone that carries tx's
	// pending changes (the state rows that the caller deleted with it). It gives
	// the number of events forgotten. Conflict for the current day and GroupLog.
	Shred(ctx context.Context, tx seawall.Tx, group, reason string) (int64, error)
	// Bury shreds again the keys that tombstones name; a restore from a backup
	// older than a tombstone runs it. It gives the number of events forgotten.
	Bury(ctx context.Context, tx seawall.Tx, tombstones []Event) (int64, error)
}
