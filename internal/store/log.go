package store

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"runtime"
	"slices"
	"strings"
	"sync"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/ledger"
)

// Log keeps the one log in the records' database. It implements
// ledger.Recorder, ledger.Store, ledger.Reader and ledger.Shredder.
//
// An event is written once (event, event_new) with the rows it speaks of and
// never changed; the sequencer adds its place and what it is found by
// (log_entry, event_ref) and takes it out of the queue event_new.
type Log struct {
	db       *DB
	root     *ledger.RootKey
	rand     io.Reader
	onCommit func()
	// days caches keys of day groups for writing; they are shredded only long
	// after their day is over, so a cached one cannot be a destroyed one.
	mu   sync.Mutex
	days map[string]ledger.GroupKey
}

// maxDayKeys bounds the cache of unwrapped keys.
const maxDayKeys = 8

// OpenLog opens the log of a database. rand must be safe for many goroutines,
// as crypto/rand.Reader is.
func (db *DB) OpenLog(root *ledger.RootKey, rand io.Reader) *Log {
	return &Log{db: db, root: root, rand: rand, onCommit: func() {}, days: map[string]ledger.GroupKey{}}
}

// OnCommit sets what is called after a transaction with events has committed
// (the sequencer's Wake). Set it before the first transaction.
func (l *Log) OnCommit(f func()) { l.onCommit = f }

// recorded is an event on its way into the database. Its bytes are made beside
// the transaction, which meanwhile waits for its statements; ready ends the wait.
type recorded struct {
	ev        ledger.Event
	ready     chan struct{}
	canonical []byte
	err       error
}

// make writes the canonical bytes.
func (r *recorded) make() {
	r.canonical, r.err = ledger.Canonical(r.ev)
	close(r.ready)
}

// Record adds an event to the transaction; see ledger.Recorder. The events of a
// transaction are sealed and written together when it ends.
func (l *Log) Record(ctx context.Context, tx seawall.Tx, ev ledger.Event) error {
	const op = "store.Record"
	t := of(tx)
	if !t.write {
		return &seawall.Error{Op: op, Err: fmt.Errorf("event %s in a read transaction", ev.Type)}
	}
	ev.ID, ev.At, ev.Actor = seawall.EventID(t.NewID()), t.now, t.actor
	ev.Changes = t.takePending()
	// What the caller may still change is its own.
	ev.Data, ev.Related = maps.Clone(ev.Data), slices.Clone(ev.Related)
	if len(t.recorded) == 0 {
		t.before = append(t.before, func(ctx context.Context) error { return l.flush(ctx, t) })
		t.afterCommit(l.onCommit)
	}
	r := &recorded{ev: ev, ready: make(chan struct{})}
	t.recorded = append(t.recorded, r)
	go r.make()
	if len(t.recorded)-t.flushed < ahead {
		return nil
	}
	part := t.recorded[t.flushed:]
	t.flushed = len(t.recorded)
	ids := t.newIDs(groupsOf(part))
	return t.line.put(ctx, func(ctx context.Context) error { return l.write(ctx, t, part, ids) })
}

// flush writes the events of a transaction that are left. The number that orders
// them is drawn here, after the last row was written and thus under the locks of
// all of them.
func (l *Log) flush(ctx context.Context, t *Tx) error {
	if err := t.line.wait(); err != nil {
		return err
	}
	part := t.recorded[t.flushed:]
	if err := l.write(ctx, t, part, t.NewID); err != nil {
		return err
	}
	queue := make([][]any, len(t.recorded))
	for i, r := range t.recorded {
		queue[i] = []any{string(r.ev.ID)}
	}
	return t.insertRows(ctx, "event_new", []string{"event_id"}, queue)
}

// write seals some events and writes them; newID names the keys it makes.
func (l *Log) write(ctx context.Context, t *Tx, part []*recorded, newID func() string) error {
	keys, err := l.groupKeys(ctx, t, part, newID)
	if err != nil {
		return err
	}
	rows, err := l.seal(part, keys)
	if err != nil {
		return err
	}
	return t.insertNow(ctx, "event", []string{"id", "at", "type", "subject_kind", "subject_id", "refs", "person", "area",
		"actor_kind", "principal", "key_id", "entry", "sealed"}, rows)
}

// groupsOf counts the groups of events.
func groupsOf(part []*recorded) int {
	groups := map[string]bool{}
	for _, r := range part {
		groups[ledger.GroupOf(r.ev)] = true
	}
	return len(groups)
}

// newIDs mints n identifiers in the order of the transaction's work and gives
// them out one by one.
func (t *Tx) newIDs(n int) func() string {
	ids := make([]string, n)
	for i := range ids {
		ids[i] = t.NewID()
	}
	return func() string {
		id := ids[0]
		ids = ids[1:]
		return id
	}
}

// seal gives the rows of events, sealed with the keys of their groups on as many
// processors as there are.
func (l *Log) seal(list []*recorded, keys map[string]ledger.GroupKey) ([][]any, error) {
	rows, errs := make([][]any, len(list)), make([]error, runtime.GOMAXPROCS(0))
	var all sync.WaitGroup
	for w := range errs {
		all.Go(func() {
			for i := w; i < len(list) && errs[w] == nil; i += len(errs) {
				rows[i], errs[w] = l.sealed(list[i], keys[ledger.GroupOf(list[i].ev)])
			}
		})
	}
	all.Wait()
	return rows, errors.Join(errs...)
}

// sealed gives the row of one event.
func (l *Log) sealed(r *recorded, key ledger.GroupKey) ([]any, error) {
	<-r.ready
	if r.err != nil {
		return nil, r.err
	}
	ev := r.ev
	salt := make([]byte, ledger.SaltSize)
	if _, err := io.ReadFull(l.rand, salt); err != nil {
		return nil, &seawall.Error{Op: "store.sealed", Err: err}
	}
	sealed, err := key.Seal(ev.ID, l.rand, salt, r.canonical)
	if err != nil {
		return nil, err
	}
	entry := ledger.Entry(salt, r.canonical)
	return []any{string(ev.ID), microsOf(ev.At), ev.Type, string(ev.Subject.Kind), ev.Subject.ID,
		refsText(ev), string(ev.Person), string(ev.Area), string(ev.Actor.Kind), string(ev.Actor.Principal),
		key.ID, entry[:], sealed}, nil
}

// refsText gives the things on whose page an event belongs, one a line: its
// subject, what is related, and the person whose data it carries.
func refsText(ev ledger.Event) string {
	refs := append([]seawall.Ref{ev.Subject}, ev.Related...)
	if ev.Person != "" {
		refs = append(refs, seawall.Ref{Kind: seawall.KindPerson, ID: string(ev.Person)})
	}
	seen := map[seawall.Ref]bool{{}: true}
	var lines []string
	for _, r := range refs {
		if !seen[r] {
			seen[r] = true
			lines = append(lines, r.String())
		}
	}
	return strings.Join(lines, "\n")
}

// parseRefs reads the text of refsText.
func parseRefs(s string) []seawall.Ref {
	var out []seawall.Ref
	for line := range strings.SplitSeq(s, "\n") {
		if kind, id, ok := strings.Cut(line, "/"); ok {
			out = append(out, seawall.Ref{Kind: seawall.RefKind(kind), ID: id})
		}
	}
	return out
}

// groupKeys gives the keys that the transaction's events are sealed with, making
// those that are missing. Two transactions that start a group at once make a key
// each; a group may have several.
func (l *Log) groupKeys(ctx context.Context, t *Tx, part []*recorded, newID func() string) (map[string]ledger.GroupKey, error) {
	keys := map[string]ledger.GroupKey{}
	var ask []string
	for _, r := range part {
		group := ledger.GroupOf(r.ev)
		if _, known := keys[group]; known {
			continue
		}
		keys[group] = ledger.GroupKey{}
		l.mu.Lock()
		key, cached := l.days[group]
		l.mu.Unlock()
		if cached {
			keys[group] = key
		} else {
			ask = append(ask, group)
		}
	}
	if err := l.readKeys(ctx, t, ask, keys); err != nil {
		return nil, err
	}
	var fresh [][]any
	for _, group := range ask {
		if keys[group].ID != "" {
			continue
		}
		key, wrapped, err := l.root.NewGroupKey(newID(), group, l.rand)
		if err != nil {
			return nil, err
		}
		keys[group] = key
		fresh = append(fresh, []any{key.ID, group, wrapped})
	}
	return keys, t.insertNow(ctx, "event_key", []string{"id", "grp", "wrapped"}, fresh)
}

// readKeys reads the keys of groups from the database and holds them until the
// transaction ends, so that nobody shreds a key while an event is sealed with it.
func (l *Log) readKeys(ctx context.Context, t *Tx, groups []string, keys map[string]ledger.GroupKey) error {
	const op = "store.readKeys"
	return chunks(groups, func(part []string, marks string, args []any) error {
		rows, err := t.ask(ctx, op, "SELECT id, grp, wrapped FROM event_key WHERE grp IN ("+marks+") ORDER BY grp, id {{for_key_share}}", args)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var id, group string
			var wrapped []byte
			if err := rows.Scan(&id, &group, &wrapped); err != nil {
				return t.fail(op, err)
			}
			if keys[group].ID != "" {
				continue
			}
			key, err := l.root.Unwrap(id, group, wrapped)
			if err != nil {
				return err
			}
			keys[group] = key
			if strings.HasPrefix(group, "day/") {
				l.cacheDay(group, key)
			}
		}
		return t.fail(op, rows.Err())
	})
}

func (l *Log) cacheDay(group string, key ledger.GroupKey) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.days) >= maxDayKeys {
		clear(l.days)
	}
	l.days[group] = key
}
