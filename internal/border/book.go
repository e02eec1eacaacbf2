package border

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/ledger"
)

// Book records comings: it checks them, gives them numbers and versions and puts
// their events on the log. Every method works inside the caller's transaction.
type Book struct {
	store Store
	log   ledger.Recorder
	zone  *time.Location
}

// New makes a Book; zone is the city's time zone, in which days are read.
func New(store Store, log ledger.Recorder, zone *time.Location) *Book {
	return &Book{store: store, log: log, zone: zone}
}

// number gives the next visible number of a kind in a year: "L-2022-00007".
func (b *Book) number(ctx context.Context, tx seawall.Tx, letter, series string) (string, error) {
	year := tx.Now().In(b.zone).Year()
	n, err := b.store.NextNo(ctx, tx, fmt.Sprintf("%s/%d", series, year))
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("%s-%d-%05d", letter, year, n), nil
}

// AddGroup records those who travel together.
func (b *Book) AddGroup(ctx context.Context, tx seawall.Tx, g Group) (Group, error) {
	const op = "border.AddGroup"
	no, err := b.number(ctx, tx, "G", "group")
	if err != nil {
		return g, seawall.Wrap(op, err)
	}
	g.ID, g.No, g.At, g.Version = seawall.GroupID(tx.NewID()), no, tx.Now(), 1
	g.Vehicle = NormalVehicle(g.Vehicle)
	return g, seawall.Wrap(op, b.store.SaveGroup(ctx, tx, g))
}

// KeepGroup saves a changed group; the event that the caller records carries it.
func (b *Book) KeepGroup(ctx context.Context, tx seawall.Tx, g Group) (Group, error) {
	g.Version++
	return g, seawall.Wrap("border.KeepGroup", b.store.SaveGroup(ctx, tx, g))
}

// Add records a coming with its event. Group, mask and area must be set; ID,
// number, checks, state and version are given here. Errors: Invalid with all
// fields.
func (b *Book) Add(ctx context.Context, tx seawall.Tx, a Arrival, event string) (Arrival, error) {
	const op = "border.Add"
	if err := invalid(op, "arrival_invalid", a.Faults()); err != nil {
		return a, err
	}
	no, err := b.number(ctx, tx, "L", "arrival")
	if err != nil {
		return a, seawall.Wrap(op, err)
	}
	a.ID, a.No, a.Version = seawall.ArrivalID(tx.NewID()), no, 1
	a.CreatedAt, a.UpdatedAt = tx.Now(), tx.Now()
	a.Vehicle = NormalVehicle(a.Vehicle)
	if len(a.Checks) == 0 {
		a.Checks = NewChecks()
	}
	a = a.Set(a.Check(Headcount))
	if a.State == "" {
		a.State = Expected
		if !a.Arrived.IsZero() {
			a.State = Arrived
		}
	}
	if err := b.store.SaveArrival(ctx, tx, a); err != nil {
		return a, seawall.Wrap(op, err)
	}
	return a, seawall.Wrap(op, b.record(ctx, tx, event, a.Ref(), a.Area, a.Person, map[string]string{"no": a.No}, groupRef(a)))
}

// Keep saves a changed coming; the event that the caller records carries it.
func (b *Book) Keep(ctx context.Context, tx seawall.Tx, a Arrival) (Arrival, error) {
	a.UpdatedAt, a.Version = tx.Now(), a.Version+1
	a.Vehicle = NormalVehicle(a.Vehicle)
	return a, seawall.Wrap("border.Keep", b.store.SaveArrival(ctx, tx, a))
}

// Change saves a changed coming with its event.
func (b *Book) Change(ctx context.Context, tx seawall.Tx, a Arrival, event string, data map[string]string, related ...seawall.Ref) (Arrival, error) {
	const op = "border.Change"
	if err := invalid(op, "arrival_invalid", a.Faults()); err != nil {
		return a, err
	}
	a, err := b.Keep(ctx, tx, a)
	if err != nil {
		return a, seawall.Wrap(op, err)
	}
	return a, seawall.Wrap(op, b.record(ctx, tx, event, a.Ref(), a.Area, a.Person, data, append(related, groupRef(a))...))
}

// Note records something about a coming that changes other rows only.
func (b *Book) Note(ctx context.Context, tx seawall.Tx, a Arrival, event string, data map[string]string, related ...seawall.Ref) error {
	return seawall.Wrap("border.Note", b.record(ctx, tx, event, a.Ref(), a.Area, a.Person, data, append(related, groupRef(a))...))
}

// KeepReport saves who told of a coming; the caller's event carries it.
func (b *Book) KeepReport(ctx context.Context, tx seawall.Tx, r Report) error {
	r.Version++
	return seawall.Wrap("border.KeepReport", b.store.SaveReport(ctx, tx, r))
}

// KeepCustody saves a stretch of custody; the caller's event carries it.
func (b *Book) KeepCustody(ctx context.Context, tx seawall.Tx, c Custody) error {
	if c.ID == "" {
		c.ID = tx.NewID()
	}
	c.Version++
	return seawall.Wrap("border.KeepCustody", b.store.SaveCustody(ctx, tx, c))
}

func groupRef(a Arrival) seawall.Ref {
	return seawall.Ref{Kind: seawall.KindGroup, ID: string(a.Group)}
}

func (b *Book) record(ctx context.Context, tx seawall.Tx, event string, about seawall.Ref, at seawall.AreaPath, person seawall.PersonNo,
	data map[string]string, related ...seawall.Ref) error {
	refs := slices.DeleteFunc(related, func(r seawall.Ref) bool { return r.ID == "" })
	return b.log.Record(ctx, tx, ledger.Event{Type: event, Subject: about, Related: refs, Person: person, Area: at, Data: data})
}

// longest bounds a free text field in characters.
const longest = 500

// Faults says what is wrong with a coming, all at once.
func (a Arrival) Faults() []seawall.FieldError {
	var f faults
	f.need(a.Group != "", "group")
	f.need(a.Disease != "", "disease")
	f.need(strings.TrimSpace(a.Mask) != "", "mask")
	f.need(len(a.Origins) > 0, "origins")
	f.need(a.Expected.Known() || !a.Arrived.IsZero(), "expected")
	f.need(len(a.Channels) > 0, "channels")
	if !slices.Contains(Modes(), a.Mode) {
		f.add("mode", "not_a_choice", "value", a.Mode)
	}
	for i, o := range a.Origins {
		field := fmt.Sprintf("origins[%d]", i)
		if !codeForm(o.Code) {
			f.add(field+".code", "origin_code", "value", o.Code)
		}
		f.need(o.Left.Known(), field+".left")
	}
	for field, s := range map[string]string{"stayText": a.StayText, "vehicle": a.Vehicle, "seat": a.Seat, "entry": a.Entry, "reason": a.Reason} {
		if len([]rune(s)) > longest {
			f.add(field, "too_long", "max", fmt.Sprint(longest))
		}
	}
	return f
}

// faults gathers what is wrong with an input, all at once.
type faults []seawall.FieldError

func (f *faults) add(field, code string, args ...string) {
	e := seawall.FieldError{Field: field, Code: code}
	for i := 0; i+1 < len(args); i += 2 {
		if e.Args == nil {
			e.Args = map[string]string{}
		}
		e.Args[args[i]] = args[i+1]
	}
	*f = append(*f, e)
}

func (f *faults) need(ok bool, field string) {
	if !ok {
		f.add(field, "required")
	}
}

// invalid makes the error of an input with these faults, nil without any.
func invalid(op, code string, bad []seawall.FieldError) error {
	if len(bad) == 0 {
		return nil
	}
	return &seawall.Error{Op: op, Kind: seawall.Invalid, Code: code, Fields: bad}
}
