package casebook

import (
	"context"
	"strings"

	"github.com/seawall-city/seawall"
)

// The two ends of a link as a moved row names them ("01J…#from").
const (
	endFrom = "#from"
	endTo   = "#to"
)

// MovePerson repoints every record of one person to another and lists the rows
// it touched. Duties and restrictions are package loop's. only, when not nil,
// names the rows to move and leaves all others: that is how un-merging gives
// back exactly what a merge took. The caller records the event.
func (b *Book) MovePerson(ctx context.Context, tx seawall.Tx, from, to Person, only []seawall.Ref) ([]seawall.Ref, error) {
	m := mover{b: b, from: from, to: to}
	if only != nil {
		m.only = map[seawall.Ref]bool{}
		for _, r := range only {
			m.only[r] = true
		}
	}
	for _, step := range []func(context.Context, seawall.Tx) error{m.cases, m.contacts, m.results, m.stays, m.links} {
		if err := step(ctx, tx); err != nil {
			return nil, seawall.Wrap("casebook.MovePerson", err)
		}
	}
	return m.moved, nil
}

// mover is one run of MovePerson.
type mover struct {
	b        *Book
	from, to Person
	only     map[seawall.Ref]bool
	moved    []seawall.Ref
}

// takes reports whether a row is to be moved, and notes it.
func (m *mover) takes(kind seawall.RefKind, id string) bool {
	r := seawall.Ref{Kind: kind, ID: id}
	if m.only != nil && !m.only[r] {
		return false
	}
	m.moved = append(m.moved, r)
	return true
}

func (m *mover) cases(ctx context.Context, tx seawall.Tx) error {
	rows, err := m.b.store.CasesOfPerson(ctx, tx, m.from.No)
	if err != nil {
		return err
	}
	for _, c := range rows {
		if c.Person != m.from.No || !m.takes(seawall.KindCase, string(c.ID)) {
			continue
		}
		c.Person, c.Mask, c.Version, c.UpdatedAt = m.to.No, m.to.Mask, c.Version+1, tx.Now()
		if err := m.b.store.SaveCase(ctx, tx, c); err != nil {
			return err
		}
	}
	return nil
}

func (m *mover) contacts(ctx context.Context, tx seawall.Tx) error {
	rows, err := m.b.store.ContactsOfPerson(ctx, tx, m.from.No)
	if err != nil {
		return err
	}
	for _, c := range rows {
		if c.Person != m.from.No || !m.takes(seawall.KindContact, string(c.ID)) {
			continue
		}
		c.Person, c.Mask = m.to.No, m.to.Mask
		if c, err = m.b.KeepContact(ctx, tx, c); err != nil {
			return err
		}
		ups, err := m.b.store.FollowUpsOf(ctx, tx, c.ID)
		if err != nil {
			return err
		}
		for _, u := range ups {
			u.Person, u.Version = m.to.No, u.Version+1
			if err := m.b.store.SaveFollowUp(ctx, tx, u); err != nil {
				return err
			}
		}
	}
	return nil
}

func (m *mover) results(ctx context.Context, tx seawall.Tx) error {
	rows, err := m.b.store.ResultsOfPerson(ctx, tx, m.from.No)
	if err != nil {
		return err
	}
	for _, r := range rows {
		if r.Person != m.from.No || !m.takes(seawall.KindResult, string(r.ID)) {
			continue
		}
		r.Person, r.Version = m.to.No, r.Version+1
		if err := m.b.store.SaveResult(ctx, tx, r); err != nil {
			return err
		}
	}
	return nil
}

func (m *mover) stays(ctx context.Context, tx seawall.Tx) error {
	rows, err := m.b.store.StaysOfPerson(ctx, tx, m.from.No)
	if err != nil {
		return err
	}
	for _, s := range rows {
		if s.Person != m.from.No || !m.takes(seawall.KindStay, string(s.ID)) {
			continue
		}
		s.Person, s.Version = m.to.No, s.Version+1
		if err := m.b.store.SaveStay(ctx, tx, s); err != nil {
			return err
		}
	}
	return nil
}

func (m *mover) links(ctx context.Context, tx seawall.Tx) error {
	rows, err := m.b.store.LinksOfPersons(ctx, tx, []seawall.PersonNo{m.from.No})
	if err != nil {
		return err
	}
	for _, l := range rows {
		changed := false
		if l.From == m.from.No && m.takes(seawall.KindLink, string(l.ID)+endFrom) {
			l.From, changed = m.to.No, true
		}
		if l.To == m.from.No && m.takes(seawall.KindLink, string(l.ID)+endTo) {
			l.To, changed = m.to.No, true
		}
		if !changed {
			continue
		}
		l.Version++
		if err := m.b.store.SaveLink(ctx, tx, l); err != nil {
			return err
		}
	}
	return nil
}

// LinkOf gives the link behind a moved row's reference.
func LinkOf(r seawall.Ref) seawall.LinkID {
	id, _, _ := strings.Cut(r.ID, "#")
	return seawall.LinkID(id)
}
