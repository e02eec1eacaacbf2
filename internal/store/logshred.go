package store

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/ledger"
)

// Shred forgets a group of events; see ledger.Shredder.
func (l *Log) Shred(ctx context.Context, tx seawall.Tx, group, reason string) (int64, error) {
	const op = "store.Shred"
	t := of(tx)
	if group == ledger.GroupLog {
		return 0, seawall.E(op, seawall.Conflict, "log_never_forgotten")
	}
	// Keys of running days are cached for writing, on every node: only days that
	// no transaction still belongs to may go.
	if day, ok := strings.CutPrefix(group, "day/"); ok && day >= t.now.Add(-24*time.Hour).Format(time.DateOnly) {
		return 0, seawall.E(op, seawall.Conflict, "log_day_running", "day", day)
	}
	keys, err := l.keysOf(ctx, t, group)
	if err != nil {
		return 0, err
	}
	n, err := l.destroy(ctx, t, keys)
	if err != nil {
		return 0, err
	}
	return n, l.Record(ctx, tx, ledger.Event{Type: ledger.TypeForgotten, Subject: seawall.Ref{Kind: seawall.KindSystem, ID: "log"},
		Data: map[string]string{"group": group, "keys": strings.Join(keys, " "), "events": fmt.Sprint(n), "reason": reason}})
}

// Bury shreds what tombstones name; see ledger.Shredder.
func (l *Log) Bury(ctx context.Context, tx seawall.Tx, tombstones []ledger.Event) (int64, error) {
	var keys []string
	for _, ev := range tombstones {
		if ev.Type == ledger.TypeForgotten {
			keys = append(keys, strings.Fields(ev.Data["keys"])...)
		}
	}
	return l.destroy(ctx, of(tx), keys)
}

func (l *Log) keysOf(ctx context.Context, t *Tx, group string) ([]string, error) {
	const op = "store.keysOf"
	rows, err := t.query(ctx, op, "SELECT id FROM event_key WHERE grp = $1 ORDER BY id {{for_update}}", group)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var keys []string
	for rows.Next() {
		var id string
		if err := rows.Scan(&id); err != nil {
			return nil, t.fail(op, err)
		}
		keys = append(keys, id)
	}
	return keys, t.fail(op, rows.Err())
}

// destroy deletes keys and blanks the events sealed with them; it gives the
// number of events. Events recorded earlier in the same transaction are not yet
// written and keep their key or get a new one.
func (l *Log) destroy(ctx context.Context, t *Tx, keys []string) (int64, error) {
	const op = "store.destroy"
	if err := lockLog(ctx, t); err != nil {
		return 0, err
	}
	var n int64
	err := chunks(keys, func(part []string, marks string, args []any) error {
		if err := l.unlink(ctx, t, marks, args); err != nil {
			return err
		}
		if _, err := t.exec(ctx, op, "DELETE FROM event_key WHERE id IN ("+marks+")", args...); err != nil {
			return err
		}
		empty := fmt.Sprintf("$%d", len(args)+1)
		hit, err := t.exec(ctx, op, `UPDATE event SET sealed = `+empty+`, subject_kind = '', subject_id = '', refs = '',
			person = '', area = '', actor_kind = '', principal = '' WHERE key_id IN (`+marks+")", append(slices.Clone(args), []byte{})...)
		n += hit
		return err
	})
	return n, err
}

// unlink removes what the events of some keys are found by.
func (l *Log) unlink(ctx context.Context, t *Tx, marks string, args []any) error {
	const op = "store.unlink"
	rows, err := t.query(ctx, op, `SELECT l.seq, e.type, e.refs, e.area FROM event e JOIN log_entry l ON l.event_id = e.id
		WHERE e.key_id IN (`+marks+")", args...)
	if err != nil {
		return err
	}
	type link struct {
		kind, id string
		seq      int64
	}
	var links []link
	for rows.Next() {
		var seq int64
		var typ, refs string
		var area seawall.AreaPath
		if err := rows.Scan(&seq, &typ, &refs, &area); err != nil {
			rows.Close()
			return t.fail(op, err)
		}
		for _, r := range parseRefs(refs) {
			links = append(links, link{string(r.Kind), r.ID, seq})
		}
		for _, id := range areaRefs(area, typ) {
			links = append(links, link{refArea, id, seq})
		}
	}
	rows.Close()
	if err := rows.Err(); err != nil {
		return t.fail(op, err)
	}
	for _, k := range links {
		if _, err := t.exec(ctx, op, "DELETE FROM event_ref WHERE kind = $1 AND id = $2 AND seq = $3", k.kind, k.id, k.seq); err != nil {
			return err
		}
	}
	return nil
}

// Tombstones gives the tombstone events; see ledger.Store.
func (l *Log) Tombstones(ctx context.Context, tx seawall.Tx) ([]ledger.Event, error) {
	list, err := l.stored(ctx, of(tx), "store.Tombstones", `SELECT COALESCE(l.seq, 0), `+eventColumns+`
		FROM (SELECT event_id FROM log_entry WHERE type = $1 UNION ALL
			SELECT n.event_id FROM event_new n JOIN event f ON f.id = n.event_id WHERE f.type = $1) s
		JOIN event e ON e.id = s.event_id LEFT JOIN log_entry l ON l.event_id = e.id
		LEFT JOIN event_key k ON k.id = e.key_id ORDER BY e.id`, ledger.TypeForgotten)
	if err != nil {
		return nil, err
	}
	out := make([]ledger.Event, 0, len(list))
	for _, s := range list {
		ev, err := event(s)
		if err != nil {
			return nil, err
		}
		out = append(out, ev)
	}
	return out, nil
}
