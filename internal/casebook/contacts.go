package casebook

import (
	"context"
	"strings"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/ledger"
)

// AddContact records a contact as a candidate, or as history where it comes
// with that state. Errors: Invalid with all fields.
func (b *Book) AddContact(ctx context.Context, tx seawall.Tx, c Contact) (Contact, error) {
	const op = "casebook.AddContact"
	if err := faults(c.Check(b.today(tx))).err(op, "contact_invalid"); err != nil {
		return Contact{}, err
	}
	if c.ID == "" {
		c.ID = seawall.ContactID(tx.NewID())
	}
	if c.State == "" {
		c.State = Candidate
	}
	if err := b.numberContact(ctx, tx, &c); err != nil {
		return Contact{}, seawall.Wrap(op, err)
	}
	c.Extra, c.Version, c.CreatedAt, c.UpdatedAt = filled(c.Extra), 1, tx.Now(), tx.Now()
	if err := b.store.SaveContact(ctx, tx, c); err != nil {
		return Contact{}, seawall.Wrap(op, err)
	}
	return c, seawall.Wrap(op, b.contactEvent(ctx, tx, c, "contact.proposed", map[string]string{"no": c.No, "class": c.Class, "state": string(c.State)}))
}

func (b *Book) numberContact(ctx context.Context, tx seawall.Tx, c *Contact) error {
	if c.No = strings.TrimSpace(c.No); c.No != "" {
		_, err := b.store.ContactByNo(ctx, tx, c.No)
		if seawall.Is(err, seawall.NotFound) {
			return nil
		}
		if err != nil {
			return err
		}
	}
	no, err := b.number(ctx, tx, "K", "contact", tx.Now())
	c.No = no
	return err
}

// ChangeContact saves a changed contact under its next version. Version is the
// one that was read.
func (b *Book) ChangeContact(ctx context.Context, tx seawall.Tx, c Contact, event string, data map[string]string) (Contact, error) {
	const op = "casebook.ChangeContact"
	c, err := b.KeepContact(ctx, tx, c)
	if err != nil {
		return Contact{}, seawall.Wrap(op, err)
	}
	return c, seawall.Wrap(op, b.contactEvent(ctx, tx, c, event, data))
}

// KeepContact saves a changed contact and leaves the event to the caller.
func (b *Book) KeepContact(ctx context.Context, tx seawall.Tx, c Contact) (Contact, error) {
	c.Extra, c.Version, c.UpdatedAt = filled(c.Extra), c.Version+1, tx.Now()
	return c, b.store.SaveContact(ctx, tx, c)
}

func (b *Book) contactEvent(ctx context.Context, tx seawall.Tx, c Contact, kind string, data map[string]string) error {
	related := []seawall.Ref{PersonRef(c.Person)}
	if c.Case != "" {
		related = append(related, seawall.Ref{Kind: seawall.KindCase, ID: string(c.Case)})
	}
	return b.log.Record(ctx, tx, ledger.Event{Type: kind, Subject: c.Ref(), Related: related, Person: c.Person, Area: c.Area, Data: data})
}

// RecordStay records a new stay. Errors: Invalid with all fields.
func (b *Book) RecordStay(ctx context.Context, tx seawall.Tx, s Stay) (Stay, error) {
	const op = "casebook.RecordStay"
	if err := faults(s.Check(tx.Now())).err(op, "stay_invalid"); err != nil {
		return Stay{}, err
	}
	if s.ID == "" {
		s.ID = seawall.StayID(tx.NewID())
	}
	s.State, s.Version = Valid, 1
	if err := b.store.SaveStay(ctx, tx, s); err != nil {
		return Stay{}, seawall.Wrap(op, err)
	}
	var related []seawall.Ref
	if s.Person != "" {
		related = append(related, PersonRef(s.Person))
	}
	if s.Case != "" {
		related = append(related, seawall.Ref{Kind: seawall.KindCase, ID: string(s.Case)})
	}
	return s, seawall.Wrap(op, b.log.Record(ctx, tx, ledger.Event{Type: "stay.recorded",
		Subject: seawall.Ref{Kind: seawall.KindStay, ID: string(s.ID)}, Related: related, Person: s.Person, Area: s.Area,
		Data: map[string]string{"place": s.Place}}))
}

// RecordLink records a new edge. Errors: Invalid with all fields.
func (b *Book) RecordLink(ctx context.Context, tx seawall.Tx, l Link) (Link, error) {
	const op = "casebook.RecordLink"
	if err := faults(l.Check()).err(op, "link_invalid"); err != nil {
		return Link{}, err
	}
	if l.ID == "" {
		l.ID = seawall.LinkID(tx.NewID())
	}
	l.State, l.Extra, l.Version = Valid, filled(l.Extra), 1
	if err := b.store.SaveLink(ctx, tx, l); err != nil {
		return Link{}, seawall.Wrap(op, err)
	}
	related := []seawall.Ref{PersonRef(l.From), PersonRef(l.To)}
	if l.FromCase != "" {
		related = append(related, seawall.Ref{Kind: seawall.KindCase, ID: string(l.FromCase)})
	}
	if l.ToCase != "" {
		related = append(related, seawall.Ref{Kind: seawall.KindCase, ID: string(l.ToCase)})
	}
	return l, seawall.Wrap(op, b.log.Record(ctx, tx, ledger.Event{Type: "link.recorded",
		Subject: seawall.Ref{Kind: seawall.KindLink, ID: string(l.ID)}, Related: related, Person: l.To,
		Data: map[string]string{"kind": l.Kind}}))
}

// RecordFollowUp keeps one day's record of a contact: a second one of the same
// day replaces the first and keeps its place. c is the contact as read; it comes
// back with its mirror fields set and saved. Errors: Invalid with all fields.
func (b *Book) RecordFollowUp(ctx context.Context, tx seawall.Tx, c Contact, u FollowUp) (FollowUp, Contact, error) {
	const op = "casebook.RecordFollowUp"
	u.Contact, u.Person = c.ID, c.Person
	if err := faults(u.Check(b.today(tx))).err(op, "followup_invalid"); err != nil {
		return FollowUp{}, c, err
	}
	old, err := b.store.FollowUpOn(ctx, tx, c.ID, u.Day)
	switch {
	case err == nil:
		u.ID, u.Version = old.ID, old.Version+1
		if u.Origin == (Origin{}) {
			u.Origin = old.Origin
		}
	case seawall.Is(err, seawall.NotFound):
		if u.ID == "" {
			u.ID = seawall.FollowUpID(tx.NewID())
		}
		u.Version = 1
	default:
		return FollowUp{}, c, seawall.Wrap(op, err)
	}
	if u.At.IsZero() {
		u.At = tx.Now()
	}
	u.Extra = filled(u.Extra)
	if err := b.store.SaveFollowUp(ctx, tx, u); err != nil {
		return FollowUp{}, c, seawall.Wrap(op, err)
	}
	heard := u.Status == "well" || u.Status == "symptoms"
	if heard && (!c.LastReport.Known() || u.Day >= c.LastReport) {
		c.LastReport, c.Symptomatic = u.Day, u.Status == "symptoms"
		if c, err = b.KeepContact(ctx, tx, c); err != nil {
			return FollowUp{}, c, seawall.Wrap(op, err)
		}
	}
	related := []seawall.Ref{c.Ref(), PersonRef(c.Person)}
	err = b.log.Record(ctx, tx, ledger.Event{Type: "followup.recorded",
		Subject: seawall.Ref{Kind: seawall.KindFollowUp, ID: string(u.ID)}, Related: related, Person: c.Person, Area: c.Area,
		Data: map[string]string{"day": u.Day.String(), "status": u.Status}})
	return u, c, seawall.Wrap(op, err)
}
