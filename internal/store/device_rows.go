package store

import (
	"context"
	"time"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/device"
	"github.com/seawall-city/seawall/internal/loop"
)

// SaveDevice writes a device.
func (db *DB) SaveDevice(ctx context.Context, tx seawall.Tx, d device.Device) error {
	return fieldDevices().put(ctx, tx, d)
}

// Device reads a device.
func (db *DB) Device(ctx context.Context, tx seawall.Tx, id seawall.DeviceID) (device.Device, error) {
	return fieldDevices().get(ctx, tx, string(id))
}

// DevicesOf reads the devices of some accounts, the newest first for each.
func (db *DB) DevicesOf(ctx context.Context, tx seawall.Tx, owners []seawall.PrincipalID) ([]device.Device, error) {
	return among(ctx, tx, fieldDevices(), "owner", owners)
}

// Devices lists devices, the newest first.
func (db *DB) Devices(ctx context.Context, tx seawall.Tx, q device.Query) ([]device.Device, string, int, error) {
	l := listing[device.Device]{from: fieldDevices(), ranges: []string{""}, order: order[device.Device]{name: "newest", col: "enrolled_at", desc: true,
		value: func(d *device.Device) any { return microsOf(d.EnrolledAt) }}}
	l.common.selects(q, "state")
	return l.all(ctx, tx, q.Page)
}

// selects adds the conditions of a query; state is the column that its State means.
func (w *where) selects(q device.Query, state string) {
	if parts, limited := reaches(q.Scope); limited && q.Owner == "" {
		w.conds = append(w.conds, w.areas("area", parts))
	}
	w.eq("owner", string(q.Owner))
	w.eq(state, q.State)
}

// SaveOperation writes an operation.
func (db *DB) SaveOperation(ctx context.Context, tx seawall.Tx, o device.Operation) error {
	return operations().put(ctx, tx, o)
}

// Operation reads an operation.
func (db *DB) Operation(ctx context.Context, tx seawall.Tx, id string) (device.Operation, error) {
	return operations().get(ctx, tx, id)
}

// Operations lists what devices sent, the newest first.
func (db *DB) Operations(ctx context.Context, tx seawall.Tx, q device.Query) ([]device.Operation, string, int, error) {
	l := listing[device.Operation]{from: operations(), ranges: []string{""}, order: order[device.Operation]{name: "received", col: "received", desc: true,
		value: func(o *device.Operation) any { return microsOf(o.Received) }}}
	l.common.selects(q, "outcome")
	l.common.eq("device", string(q.Device))
	l.common.eq("target", q.Target.String())
	return l.all(ctx, tx, q.Page)
}

// SaveConflict writes a conflict.
func (db *DB) SaveConflict(ctx context.Context, tx seawall.Tx, c device.Conflict) error {
	return conflicts().put(ctx, tx, c)
}

// Conflict reads a conflict.
func (db *DB) Conflict(ctx context.Context, tx seawall.Tx, id seawall.ConflictID) (device.Conflict, error) {
	return conflicts().get(ctx, tx, string(id))
}

// Conflicts lists conflicts, the newest first.
func (db *DB) Conflicts(ctx context.Context, tx seawall.Tx, q device.Query) ([]device.Conflict, string, int, error) {
	l := listing[device.Conflict]{from: conflicts(), ranges: []string{""}, order: order[device.Conflict]{name: "newest", col: "at", desc: true,
		value: func(c *device.Conflict) any { return microsOf(c.At) }}}
	l.common.selects(q, "state")
	l.common.eq("device", string(q.Device))
	l.common.eq("target", q.Target.String())
	return l.all(ctx, tx, q.Page)
}

// SaveTransfer writes a hand-over that two phones signed.
func (db *DB) SaveTransfer(ctx context.Context, tx seawall.Tx, t device.Transfer) error {
	return transfers().put(ctx, tx, t)
}

// Transfer reads a hand-over by its nonce.
func (db *DB) Transfer(ctx context.Context, tx seawall.Tx, nonce string) (device.Transfer, error) {
	return transfers().get(ctx, tx, nonce)
}

// OffersTo reads the hand-overs that were offered to somebody and not accepted.
func (db *DB) OffersTo(ctx context.Context, tx seawall.Tx, to seawall.PrincipalID) ([]loop.HandOver, error) {
	return handOvers().list(ctx, tx, "WHERE to_owner = $1 AND accepted = 0 ORDER BY at, id", string(to))
}

// SavePhoto writes a photo's row.
func (db *DB) SavePhoto(ctx context.Context, tx seawall.Tx, p device.Photo) error {
	return photos().put(ctx, tx, p)
}

// Photo reads a photo's row.
func (db *DB) Photo(ctx context.Context, tx seawall.Tx, id seawall.PhotoID) (device.Photo, error) {
	return photos().get(ctx, tx, string(id))
}

// PhotosBefore reads the photos whose time is over and that are not gone, the
// oldest first.
func (db *DB) PhotosBefore(ctx context.Context, tx seawall.Tx, t time.Time, limit int) ([]device.Photo, error) {
	return photos().list(ctx, tx, "WHERE until_at < $1 AND state <> 'gone' ORDER BY until_at, id LIMIT $2", microsOf(t), limit)
}

// SavePaper writes a paper form.
func (db *DB) SavePaper(ctx context.Context, tx seawall.Tx, p device.Paper) error {
	return papers().put(ctx, tx, p)
}

// Paper reads a paper form by the hash of its code.
func (db *DB) Paper(ctx context.Context, tx seawall.Tx, id string) (device.Paper, error) {
	return papers().get(ctx, tx, id)
}
