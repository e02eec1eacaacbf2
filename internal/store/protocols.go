package store

import (
	"context"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/protocol"
)

var _ protocol.Keeper = (*DB)(nil)

// kindProtocol is the kind under which events carry the text of a protocol.
const kindProtocol seawall.RefKind = "protocol"

func protocolTexts() *table[protocol.Kept] {
	return &table[protocol.Kept]{
		kind: kindProtocol, name: "protocol_text",
		cols: names("ref id version hash file body at"),
		fields: func(k *protocol.Kept) []any {
			return with(&k.Ref, &k.ID, &k.Version, &k.Hash, &k.File, &k.Text, ts(&k.At))
		},
		id: func(k *protocol.Kept) string { return k.Ref },
	}
}

// SaveProtocol keeps the text of a protocol.
func (db *DB) SaveProtocol(ctx context.Context, tx seawall.Tx, k protocol.Kept) error {
	return protocolTexts().put(ctx, tx, k)
}

// Protocol reads the text of a protocol.
func (db *DB) Protocol(ctx context.Context, tx seawall.Tx, ref string) (protocol.Kept, error) {
	return protocolTexts().get(ctx, tx, ref)
}

// ProtocolRefs names the texts that are kept, in the order in which they came into
// use.
func (db *DB) ProtocolRefs(ctx context.Context, tx seawall.Tx, id string) ([]string, error) {
	const op = "store.list protocol_text"
	t := of(tx)
	rows, err := t.query(ctx, op, "SELECT ref FROM protocol_text WHERE id = $1 OR $1 = '' ORDER BY at, ref", id)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	out := []string{}
	for rows.Next() {
		var ref string
		if err := rows.Scan(&ref); err != nil {
			return nil, t.fail(op, err)
		}
		out = append(out, ref)
	}
	return out, t.fail(op, rows.Err())
}

// ProtocolUse counts the open loops by the text that they run under; it reads all
// of them and is for the doctor and the start of a server.
func (db *DB) ProtocolUse(ctx context.Context, tx seawall.Tx) ([]protocol.Use, error) {
	const op = "store.count protocol use"
	t := of(tx)
	rows, err := t.query(ctx, op, "SELECT protocol, COUNT(*) FROM loop WHERE state = 'open' AND protocol <> '' GROUP BY protocol ORDER BY protocol")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	out := []protocol.Use{}
	for rows.Next() {
		var u protocol.Use
		if err := rows.Scan(&u.Ref, &u.Open); err != nil {
			return nil, t.fail(op, err)
		}
		out = append(out, u)
	}
	return out, t.fail(op, rows.Err())
}
