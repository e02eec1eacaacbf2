package freight

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/ledger"
)

// Book records what happens to trips and places: it gives numbers and versions and
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

// Number gives the next visible number of a kind in a year: "T-2022-00007".
func (b *Book) Number(ctx context.Context, tx seawall.Tx, letter, series string) (string, error) {
	year := tx.Now().In(b.zone).Year()
	n, err := b.store.NextNo(ctx, tx, fmt.Sprintf("%s/%d", series, year))
	return fmt.Sprintf("%s-%d-%05d", letter, year, n), seawall.Wrap("freight.Number", err)
}

// Add records a trip with its crew and its event; ID, number and version are given
// here.
func (b *Book) Add(ctx context.Context, tx seawall.Tx, t Trip, crew []Crew) (Trip, error) {
	const op = "freight.Add"
	no, err := b.Number(ctx, tx, "T", "trip")
	if err != nil {
		return t, seawall.Wrap(op, err)
	}
	t.ID, t.No, t.Version, t.CreatedAt = seawall.TripID(tx.NewID()), no, 1, tx.Now()
	if t.State == "" {
		t.State = Declared
	}
	if err := b.store.SaveTrip(ctx, tx, t); err != nil {
		return t, seawall.Wrap(op, err)
	}
	var people []seawall.Ref
	for _, c := range crew {
		c.ID, c.Trip, c.Version = tx.NewID(), t.ID, 1
		if err := b.store.SaveCrew(ctx, tx, c); err != nil {
			return t, seawall.Wrap(op, err)
		}
		people = append(people, seawall.Ref{Kind: seawall.KindPerson, ID: string(c.Person)})
	}
	return t, seawall.Wrap(op, b.Note(ctx, tx, t, "trip.declared", map[string]string{"no": t.No, "channel": t.Channel, "plate": t.PlateMask}, people...))
}

// Keep saves a changed trip; the event that the caller records carries it.
func (b *Book) Keep(ctx context.Context, tx seawall.Tx, t Trip) (Trip, error) {
	t.Version++
	return t, seawall.Wrap("freight.Keep", b.store.SaveTrip(ctx, tx, t))
}

// Change saves a changed trip with its event.
func (b *Book) Change(ctx context.Context, tx seawall.Tx, t Trip, event string, data map[string]string, related ...seawall.Ref) (Trip, error) {
	t, err := b.Keep(ctx, tx, t)
	if err != nil {
		return t, err
	}
	return t, seawall.Wrap("freight.Change", b.Note(ctx, tx, t, event, data, related...))
}

// Note puts an event about a trip on the log; it carries the rows saved before.
func (b *Book) Note(ctx context.Context, tx seawall.Tx, t Trip, event string, data map[string]string, related ...seawall.Ref) error {
	return b.Record(ctx, tx, event, t.Ref(), t.Area, data, related...)
}

// Record puts an event about any of this package's things on the log.
func (b *Book) Record(ctx context.Context, tx seawall.Tx, event string, about seawall.Ref, at seawall.AreaPath, data map[string]string, related ...seawall.Ref) error {
	refs := slices.DeleteFunc(related, func(r seawall.Ref) bool { return r.ID == "" })
	return b.log.Record(ctx, tx, ledger.Event{Type: event, Subject: about, Related: refs, Area: at, Data: data})
}
