package goods

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/ledger"
)

// Book records what happens to goods and places: it gives numbers and versions and
// puts the events on the log. Every method works inside the caller's transaction.
type Book struct {
	store Store
	log   ledger.Recorder
	zone  *time.Location
}

// New makes a Book; zone is the city's time zone, in which years are read.
func New(store Store, log ledger.Recorder, zone *time.Location) *Book {
	return &Book{store: store, log: log, zone: zone}
}

// number gives the next visible number of a kind in a year: "L-2022-00007".
func (b *Book) number(ctx context.Context, tx seawall.Tx, letter, series string) (string, error) {
	year := tx.Now().In(b.zone).Year()
	n, err := b.store.NextNo(ctx, tx, fmt.Sprintf("%s/%d", series, year))
	return fmt.Sprintf("%s-%d-%05d", letter, year, n), seawall.Wrap("goods.number", err)
}

// AddLot records a lot with its event; ID, number and version are given here.
func (b *Book) AddLot(ctx context.Context, tx seawall.Tx, l Lot) (Lot, error) {
	const op = "goods.AddLot"
	no, err := b.number(ctx, tx, "L", "lot")
	if err != nil {
		return l, seawall.Wrap(op, err)
	}
	l.ID, l.No, l.Version, l.CreatedAt = seawall.LotID(tx.NewID()), no, 1, tx.Now()
	if l.Root == "" {
		l.Root = l.ID
	}
	if err := b.store.SaveLot(ctx, tx, l); err != nil {
		return l, seawall.Wrap(op, err)
	}
	return l, b.Note(ctx, tx, l, "lot.recorded", map[string]string{"no": l.No, "kind": l.Kind, "origin": l.Origin},
		seawall.Ref{Kind: seawall.KindTrip, ID: string(l.Trip)}, seawall.Ref{Kind: seawall.KindLot, ID: string(l.Parent)})
}

// AddPoint records a place with its event.
func (b *Book) AddPoint(ctx context.Context, tx seawall.Tx, p Point) (Point, error) {
	const op = "goods.AddPoint"
	no, err := b.number(ctx, tx, "E", "point")
	if err != nil {
		return p, seawall.Wrap(op, err)
	}
	p.ID, p.No, p.Version, p.CreatedAt = seawall.PointID(tx.NewID()), no, 1, tx.Now()
	if err := b.store.SavePoint(ctx, tx, p); err != nil {
		return p, seawall.Wrap(op, err)
	}
	return p, b.Record(ctx, tx, "point.recorded", p.Ref(), p.Area, map[string]string{"no": p.No, "kind": p.Kind})
}

// KeepLot saves a changed lot; the event that the caller records carries it.
func (b *Book) KeepLot(ctx context.Context, tx seawall.Tx, l Lot) (Lot, error) {
	l.Version++
	return l, seawall.Wrap("goods.KeepLot", b.store.SaveLot(ctx, tx, l))
}

// KeepPoint saves a changed place; the event that the caller records carries it.
func (b *Book) KeepPoint(ctx context.Context, tx seawall.Tx, p Point) (Point, error) {
	p.Version++
	return p, seawall.Wrap("goods.KeepPoint", b.store.SavePoint(ctx, tx, p))
}

// ChangeLot saves a changed lot with its event.
func (b *Book) ChangeLot(ctx context.Context, tx seawall.Tx, l Lot, event string, data map[string]string, related ...seawall.Ref) (Lot, error) {
	l, err := b.KeepLot(ctx, tx, l)
	if err != nil {
		return l, err
	}
	return l, b.Note(ctx, tx, l, event, data, related...)
}

// Note puts an event about a lot on the log; it carries the rows saved before.
func (b *Book) Note(ctx context.Context, tx seawall.Tx, l Lot, event string, data map[string]string, related ...seawall.Ref) error {
	return b.Record(ctx, tx, event, l.Ref(), l.Area, data, related...)
}

// Record puts an event about any of this package's things on the log.
func (b *Book) Record(ctx context.Context, tx seawall.Tx, event string, about seawall.Ref, at seawall.AreaPath, data map[string]string, related ...seawall.Ref) error {
	refs := slices.DeleteFunc(related, func(r seawall.Ref) bool { return r.ID == "" })
	return seawall.Wrap("goods.Record", b.log.Record(ctx, tx, ledger.Event{Type: event, Subject: about, Related: refs, Area: at, Data: data}))
}
