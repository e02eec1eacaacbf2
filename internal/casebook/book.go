package casebook

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/ledger"
)

// Book records facts: it checks them, gives them numbers and versions and puts
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

func (b *Book) today(tx seawall.Tx) seawall.Day { return seawall.DayOf(tx.Now(), b.zone) }

// number gives the next visible number of a kind in a year: "C-2022-0007".
func (b *Book) number(ctx context.Context, tx seawall.Tx, letter, series string, at time.Time) (string, error) {
	year := at.In(b.zone).Year()
	n, err := b.store.NextNo(ctx, tx, fmt.Sprintf("%s/%d", series, year))
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("%s-%d-%04d", letter, year, n), nil
}

// CaseNumber gives the next number of the case series for a report at an
// instant, ContactNumber that of the contact series; for records that do not
// come through RecordCase and AddContact.
func (b *Book) CaseNumber(ctx context.Context, tx seawall.Tx, at time.Time) (string, error) {
	return b.number(ctx, tx, "C", "case", at)
}

// ContactNumber gives the next number of the contact series.
func (b *Book) ContactNumber(ctx context.Context, tx seawall.Tx) (string, error) {
	return b.number(ctx, tx, "K", "contact", tx.Now())
}

// filled gives nil for a map without entries: both mean the same, and a row must
// read the same from its table and from the log.
func filled(extra map[string]string) map[string]string {
	if len(extra) == 0 {
		return nil
	}
	return extra
}

// Ref points to the case.
func (c Case) Ref() seawall.Ref { return seawall.Ref{Kind: seawall.KindCase, ID: string(c.ID)} }

// Ref points to the contact.
func (c Contact) Ref() seawall.Ref { return seawall.Ref{Kind: seawall.KindContact, ID: string(c.ID)} }

// Ref points to the result.
func (r Result) Ref() seawall.Ref { return seawall.Ref{Kind: seawall.KindResult, ID: string(r.ID)} }

// Ref points to the person.
func (no Person) Ref() seawall.Ref { return PersonRef(no.No) }

// PersonRef points to a person by number.
func PersonRef(no seawall.PersonNo) seawall.Ref {
	return seawall.Ref{Kind: seawall.KindPerson, ID: string(no)}
}

// AddPerson keeps a person whose identity was sealed. A number that is known
// already is left as it is. The next event of the transaction carries the row.
func (b *Book) AddPerson(ctx context.Context, tx seawall.Tx, p Person) (Person, error) {
	const op = "casebook.AddPerson"
	old, err := b.store.Person(ctx, tx, p.No)
	if err == nil {
		return old, nil
	}
	if !seawall.Is(err, seawall.NotFound) {
		return Person{}, seawall.Wrap(op, err)
	}
	p.CreatedAt = tx.Now()
	return p, seawall.Wrap(op, b.store.SavePerson(ctx, tx, p))
}

// Person gives a person; a number that was merged away gives the one it went into.
func (b *Book) Person(ctx context.Context, tx seawall.Tx, no seawall.PersonNo) (Person, error) {
	const op = "casebook.Person"
	for range 8 { // merges of merges; more would be a ring
		p, err := b.store.Person(ctx, tx, no)
		if err != nil || p.MergedInto == "" {
			return p, seawall.Wrap(op, err)
		}
		no = p.MergedInto
	}
	return Person{}, seawall.E(op, seawall.Corrupt, "merge_ring", "person", string(no))
}

// RecordCase records a new case. Person and Mask must be set; ID, number, state
// and version are given here. Errors: Invalid with all fields.
func (b *Book) RecordCase(ctx context.Context, tx seawall.Tx, c Case) (Case, error) {
	const op = "casebook.RecordCase"
	if err := faults(c.Check(b.today(tx))).err(op, "case_invalid"); err != nil {
		return Case{}, err
	}
	if c.Reported.IsZero() {
		c.Reported = tx.Now()
	}
	c.Reported = c.Reported.UTC().Truncate(time.Microsecond)
	if c.ID == "" {
		c.ID = seawall.CaseID(tx.NewID())
	}
	if c.State == "" {
		c.State = CaseOpen
		if c.Historic {
			c.State = CaseClosed
		}
	}
	if err := b.numberCase(ctx, tx, &c); err != nil {
		return Case{}, seawall.Wrap(op, err)
	}
	c.Extra, c.Version, c.CreatedAt, c.UpdatedAt = filled(c.Extra), 1, tx.Now(), tx.Now()
	if err := b.store.SaveCase(ctx, tx, c); err != nil {
		return Case{}, seawall.Wrap(op, err)
	}
	return c, seawall.Wrap(op, b.caseEvent(ctx, tx, c, "case.recorded", map[string]string{"no": c.No, "class": string(c.Class)}))
}

// numberCase keeps a visible number that comes with the case if it is free.
func (b *Book) numberCase(ctx context.Context, tx seawall.Tx, c *Case) error {
	if c.No = strings.TrimSpace(c.No); c.No != "" {
		_, err := b.store.CaseByNo(ctx, tx, c.No)
		if seawall.Is(err, seawall.NotFound) {
			return nil
		}
		if err != nil {
			return err
		}
	}
	no, err := b.number(ctx, tx, "C", "case", c.Reported)
	c.No = no
	return err
}

// ChangeCase saves a changed case under its next version. The Version of c is
// the one that was read. Errors: Invalid, Conflict.
func (b *Book) ChangeCase(ctx context.Context, tx seawall.Tx, c Case, event string, data map[string]string) (Case, error) {
	const op = "casebook.ChangeCase"
	if c.State != CaseRetracted {
		if err := faults(c.Check(b.today(tx))).err(op, "case_invalid"); err != nil {
			return Case{}, err
		}
	}
	c.Extra, c.Version, c.UpdatedAt = filled(c.Extra), c.Version+1, tx.Now()
	if err := b.store.SaveCase(ctx, tx, c); err != nil {
		return Case{}, seawall.Wrap(op, err)
	}
	return c, seawall.Wrap(op, b.caseEvent(ctx, tx, c, event, data))
}

func (b *Book) caseEvent(ctx context.Context, tx seawall.Tx, c Case, kind string, data map[string]string) error {
	return b.log.Record(ctx, tx, ledger.Event{Type: kind, Subject: c.Ref(), Related: []seawall.Ref{PersonRef(c.Person)},
		Person: c.Person, Area: c.Area, Data: data})
}

// RecordResult records a new result. Errors: Invalid with all fields.
func (b *Book) RecordResult(ctx context.Context, tx seawall.Tx, r Result) (Result, error) {
	const op = "casebook.RecordResult"
	if err := faults(r.Check(tx.Now())).err(op, "result_invalid"); err != nil {
		return Result{}, err
	}
	if r.ID == "" {
		r.ID = seawall.ResultID(tx.NewID())
	}
	r.State, r.Extra, r.Version, r.CreatedAt = Valid, filled(r.Extra), 1, tx.Now()
	if err := b.store.SaveResult(ctx, tx, r); err != nil {
		return Result{}, seawall.Wrap(op, err)
	}
	return r, seawall.Wrap(op, b.resultEvent(ctx, tx, r, "result.recorded", map[string]string{"kind": r.Kind, "outcome": r.Outcome}))
}

// ChangeResult saves a changed result under its next version.
func (b *Book) ChangeResult(ctx context.Context, tx seawall.Tx, r Result, event string, data map[string]string) (Result, error) {
	const op = "casebook.ChangeResult"
	r.Version++
	if err := b.store.SaveResult(ctx, tx, r); err != nil {
		return Result{}, seawall.Wrap(op, err)
	}
	return r, seawall.Wrap(op, b.resultEvent(ctx, tx, r, event, data))
}

func (b *Book) resultEvent(ctx context.Context, tx seawall.Tx, r Result, kind string, data map[string]string) error {
	related := []seawall.Ref{PersonRef(r.Person)}
	if r.Case != "" {
		related = append(related, seawall.Ref{Kind: seawall.KindCase, ID: string(r.Case)})
	}
	if r.Contact != "" {
		related = append(related, seawall.Ref{Kind: seawall.KindContact, ID: string(r.Contact)})
	}
	return b.log.Record(ctx, tx, ledger.Event{Type: kind, Subject: r.Ref(), Related: related, Person: r.Person, Area: r.Area, Data: data})
}
