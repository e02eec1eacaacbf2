package store

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/ledger"
)

// refArea is the kind under which event_ref finds the events of an area: rows for
// the county and the town of an event, each alone and with the family of its
// type ("32/3209/320924/" and "32/3209/320924/step."), and for an event that lies
// in a town or higher, not below, its own area alone ("32/3209/320924/." and
// "32/3209/320924/.step."). A wider scope is the whole city, which needs no
// index, and a narrower one filters its town's events.
const (
	refArea     = "~area"
	countyDepth = 3
	townDepth   = 4
	alone       = "."
)

// familyOf gives the family of a type, its part up to the first dot.
func familyOf(typ string) string {
	before, _, _ := strings.Cut(typ, ".")
	return before + "."
}

// areaRefs gives the identifiers under which event_ref holds an event's area.
func areaRefs(area seawall.AreaPath, typ string) (ids []string) {
	for _, depth := range [...]int{countyDepth, townDepth} {
		if p := string(cutPath(area, depth)); p != "" {
			ids = append(ids, p, p+familyOf(typ))
		}
	}
	if area != "" && area.Depth() <= townDepth {
		ids = append(ids, string(area)+alone, string(area)+alone+familyOf(typ))
	}
	return ids
}

// cutPath gives the first depth areas of a path, "" when it is shorter.
func cutPath(p seawall.AreaPath, depth int) seawall.AreaPath {
	at := 0
	for range depth {
		i := strings.IndexByte(string(p[at:]), '/')
		if i < 0 {
			return ""
		}
		at += i + 1
	}
	return p[:at]
}

// Lease takes or renews a lease; see ledger.Store. SQLite has one process, which
// always leads, so that a restart after a crash waits for nobody. A lease that
// ends later than ttl from now was written under another clock and counts as
// run out.
func (l *Log) Lease(ctx context.Context, tx seawall.Tx, name, holder string, ttl time.Duration) (bool, error) {
	t := of(tx)
	if l.db.driver.Name() == "sqlite" {
		return true, nil
	}
	until := t.now.Add(ttl)
	n, err := t.exec(ctx, "store.Lease", `INSERT INTO lease (name, holder, until) VALUES ($1, $2, $3)
		ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, until = excluded.until
		WHERE lease.holder = excluded.holder OR lease.until < $4 OR lease.until > $3`,
		name, holder, microsOf(until), microsOf(t.now))
	if err != nil || n == 0 {
		return false, err
	}
	return true, lockLog(ctx, t)
}

// lockLog keeps placing and shredding apart, so that no event is found by what
// it was just made to forget.
func lockLog(ctx context.Context, t *Tx) error {
	var size int64
	_, err := t.one(ctx, "store.lockLog", "SELECT size FROM log_state WHERE id = 1 {{for_update}}", nil, &size)
	return err
}

// Release gives a lease back; see ledger.Store.
func (l *Log) Release(ctx context.Context, tx seawall.Tx, name, holder string) error {
	_, err := of(tx).exec(ctx, "store.Release", "DELETE FROM lease WHERE name = $1 AND holder = $2", name, holder)
	return err
}

// Waiting gives events without a place; see ledger.Store.
func (l *Log) Waiting(ctx context.Context, tx seawall.Tx, limit int) ([]ledger.Waiting, error) {
	const op = "store.Waiting"
	t := of(tx)
	rows, err := t.query(ctx, op, `SELECT n.n, e.id, e.type, e.area, e.refs, e.entry
		FROM event_new n JOIN event e ON e.id = n.event_id ORDER BY n.n LIMIT $1`, limit)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []ledger.Waiting
	for rows.Next() {
		var w ledger.Waiting
		var refs string
		var entry []byte
		if err := rows.Scan(&w.Arrival, &w.ID, &w.Type, &w.Area, &refs, &entry); err != nil {
			return nil, t.fail(op, err)
		}
		if len(entry) != len(w.Entry) {
			return nil, brokenRow(op, string(w.ID))
		}
		w.Entry = ledger.Hash(entry)
		w.Refs = parseRefs(refs)
		out = append(out, w)
	}
	return out, t.fail(op, rows.Err())
}

func brokenRow(op, id string) error {
	return seawall.E(op, seawall.Corrupt, "log_payload_unreadable", "id", id)
}

// WaitingCount counts events without a place.
func (l *Log) WaitingCount(ctx context.Context, tx seawall.Tx) (n int64, err error) {
	_, err = of(tx).one(ctx, "store.WaitingCount", "SELECT COUNT(*) FROM event_new", nil, &n)
	return n, err
}

// Size gives the log's size and newest checkpoint; see ledger.Store.
func (l *Log) Size(ctx context.Context, tx seawall.Tx) (size int64, checkpoint string, err error) {
	_, err = of(tx).one(ctx, "store.Size", "SELECT size, checkpoint FROM log_state WHERE id = 1", nil, &size, &checkpoint)
	return size, checkpoint, err
}

// Place stores a batch; see ledger.Store.
func (l *Log) Place(ctx context.Context, tx seawall.Tx, b ledger.Batch) error {
	const op = "store.Place"
	t := of(tx)
	n, err := t.exec(ctx, op, "UPDATE log_state SET size = $1, checkpoint = $2 WHERE id = 1 AND size = $3",
		b.Checkpoint.Size, b.Checkpoint.Note, b.First-1)
	if err != nil {
		return err
	}
	if n == 0 || b.Checkpoint.Size != b.First-1+int64(len(b.Events)) {
		return seawall.E(op, seawall.Conflict, "changed_meanwhile", "kind", "log", "id", fmt.Sprint(b.First))
	}
	if err := placeEvents(ctx, t, b); err != nil {
		return err
	}
	for _, tile := range b.Tiles {
		if _, err := t.exec(ctx, op, `INSERT INTO log_tile (level, n, hashes) VALUES ($1, $2, $3)
			ON CONFLICT (level, n) DO UPDATE SET hashes = excluded.hashes`, tile.Level, tile.N, tile.Bytes()); err != nil {
			return err
		}
	}
	return keepCheckpoint(ctx, t, b)
}

// placeEvents writes the places, what events are found by, and empties the queue.
func placeEvents(ctx context.Context, t *Tx, b ledger.Batch) error {
	const op = "store.Place"
	places := make([][]any, len(b.Events))
	queue := make([]int64, len(b.Events))
	var refs [][]any
	types := map[string]bool{}
	for i, w := range b.Events {
		seq := b.First + int64(i)
		places[i] = []any{seq, string(w.ID), w.Type}
		queue[i] = w.Arrival
		for _, r := range w.Refs {
			refs = append(refs, []any{string(r.Kind), r.ID, seq})
		}
		for _, id := range areaRefs(w.Area, w.Type) {
			refs = append(refs, []any{refArea, id, seq})
		}
		if !types[w.Type] {
			types[w.Type] = true
			if _, err := t.exec(ctx, op, "INSERT INTO log_type (type) VALUES ($1) ON CONFLICT (type) DO NOTHING", w.Type); err != nil {
				return err
			}
		}
	}
	if err := t.insertRows(ctx, "log_entry", []string{"seq", "event_id", "type"}, places); err != nil {
		return err
	}
	if err := t.insertRows(ctx, "event_ref", []string{"kind", "id", "seq"}, refs); err != nil {
		return err
	}
	return chunks(queue, func(part []int64, marks string, args []any) error {
		n, err := t.exec(ctx, op, "DELETE FROM event_new WHERE n IN ("+marks+")", args...)
		if err == nil && n != int64(len(part)) {
			err = seawall.E(op, seawall.Conflict, "changed_meanwhile", "kind", "log", "id", fmt.Sprint(b.First))
		}
		return err
	})
}

// keepCheckpoint keeps the newest checkpoint of every hour.
func keepCheckpoint(ctx context.Context, t *Tx, b ledger.Batch) error {
	const op = "store.Place"
	hour := b.At.Truncate(time.Hour)
	if _, err := t.exec(ctx, op, `DELETE FROM log_checkpoint
		WHERE size = (SELECT MAX(size) FROM log_checkpoint) AND at >= $1 AND at < $2`,
		microsOf(hour), microsOf(hour.Add(time.Hour))); err != nil {
		return err
	}
	_, err := t.exec(ctx, op, "INSERT INTO log_checkpoint (size, at, note) VALUES ($1, $2, $3)",
		b.Checkpoint.Size, microsOf(b.At), b.Checkpoint.Note)
	return err
}

// Tile gives a tile as stored; see ledger.Store.
func (l *Log) Tile(ctx context.Context, tx seawall.Tx, level int, n int64) ([]byte, error) {
	const op = "store.Tile"
	var b []byte
	found, err := of(tx).one(ctx, op, "SELECT hashes FROM log_tile WHERE level = $1 AND n = $2", []any{level, n}, &b)
	if err == nil && !found {
		err = seawall.E(op, seawall.NotFound, "log_tile_unknown", "path", fmt.Sprintf("%d/%d", level, n))
	}
	return b, err
}

// Entries gives published entries; see ledger.Store.
func (l *Log) Entries(ctx context.Context, tx seawall.Tx, first int64, n int) ([]ledger.Hash, error) {
	const op = "store.Entries"
	t := of(tx)
	rows, err := t.query(ctx, op, `SELECT l.seq, e.entry FROM log_entry l JOIN event e ON e.id = l.event_id
		WHERE l.seq >= $1 AND l.seq < $2 ORDER BY l.seq`, first, first+int64(n))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []ledger.Hash
	for rows.Next() {
		var seq int64
		var entry []byte
		if err := rows.Scan(&seq, &entry); err != nil {
			return nil, t.fail(op, err)
		}
		if len(entry) != len(ledger.Hash{}) || seq != first+int64(len(out)) {
			return nil, brokenRow(op, fmt.Sprint(seq))
		}
		out = append(out, ledger.Hash(entry))
	}
	return out, t.fail(op, rows.Err())
}

// Checkpoints gives the kept checkpoints; see ledger.Store.
func (l *Log) Checkpoints(ctx context.Context, tx seawall.Tx) ([]string, error) {
	const op = "store.Checkpoints"
	t := of(tx)
	rows, err := t.query(ctx, op, "SELECT note FROM log_checkpoint ORDER BY size")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []string
	for rows.Next() {
		var note string
		if err := rows.Scan(&note); err != nil {
			return nil, t.fail(op, err)
		}
		out = append(out, note)
	}
	return out, t.fail(op, rows.Err())
}

// Counts counts events; see ledger.Store.
func (l *Log) Counts(ctx context.Context, tx seawall.Tx) (events, waiting int64, err error) {
	_, err = of(tx).one(ctx, "store.Counts", "SELECT (SELECT COUNT(*) FROM event), (SELECT COUNT(*) FROM event_new)",
		nil, &events, &waiting)
	return events, waiting, err
}
