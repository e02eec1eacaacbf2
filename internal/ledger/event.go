// Package ledger is the one append-only log: events, the sequencer that gives
// them their place, the Merkle tree over them and its signed checkpoints. State
// rows are what the events left behind; the log is what proves them.
package ledger

import (
	"context"
	"encoding/json"
	"time"

	"github.com/seawall-city/seawall"
)

// Change is the after-image of one current-state row that an event wrote. The
// store collects changes as rows are saved and hangs them on the next event of
// the same transaction, so state can be refolded from the log alone.
type Change struct {
	Kind seawall.RefKind `json:"kind"`
	ID   string          `json:"id"`
	Row  json.RawMessage `json:"row"`
}

// Event is one entry of the log.
type Event struct {
	// ID is a ULID; Seq is the place in the log, 0 until the sequencer gave it.
	ID  seawall.EventID `json:"id"`
	Seq int64           `json:"seq,omitempty"`
	// At is the instant of the transaction.
	At time.Time `json:"at"`
	// Type is "thing.happened": "case.recorded", "step.done", "identity.opened".
	Type string `json:"type"`
	// Subject is what it happened to.
	Subject seawall.Ref `json:"subject"`
	// Related are further things on whose page the event belongs (the case of a
	// contact, the loop of a step).
	Related []seawall.Ref `json:"related,omitempty"`
	// Person is whose data the event carries; their key can be shredded.
	Person seawall.PersonNo `json:"person,omitempty"`
	// Area is where the subject belongs, for scoped reading.
	Area seawall.AreaPath `json:"area,omitempty"`
	// Actor is whose hand it was.
	Actor seawall.Actor `json:"actor"`
	// Data are the facts of the event that no row holds (a reason, a count).
	Data map[string]string `json:"data,omitempty"`
	// Changes are the after-images of the rows written with it.
	Changes []Change `json:"changes,omitempty"`
	// Forgotten is set on reading when the payload's key was shredded; then
	// only the envelope (ID, Seq, At, Type) remains.
	Forgotten bool `json:"forgotten,omitempty"`
}

// Recorder appends events inside the caller's transaction. ID, At and Actor are
// filled from tx; pending row changes are attached.
type Recorder interface {
	Record(ctx context.Context, tx seawall.Tx, ev Event) error
}

// Query selects sequenced events for reading. Zero fields do not filter.
type Query struct {
	// After gives events with Seq > After (ascending) or, with Newest, events
	// with Seq < After (descending; 0 = from the end).
	After  int64
	Newest bool
	// Subject selects events whose Subject or Related is this thing.
	Subject seawall.Ref
	// Type selects one type, or a family with a trailing dot ("case.").
	Type  string
	Scope seawall.Scope
	// Person selects events that carry this person's data.
	Person seawall.PersonNo
	Limit  int
}
