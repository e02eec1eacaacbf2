package store

import (
	"context"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/casebook"
)

// SaveContact writes a contact.
func (db *DB) SaveContact(ctx context.Context, tx seawall.Tx, c casebook.Contact) error {
	return contacts().put(ctx, tx, c)
}

// Contact reads a contact.
func (db *DB) Contact(ctx context.Context, tx seawall.Tx, id seawall.ContactID) (casebook.Contact, error) {
	return contacts().get(ctx, tx, string(id))
}

// ContactByNo reads a contact by its visible number.
func (db *DB) ContactByNo(ctx context.Context, tx seawall.Tx, no string) (casebook.Contact, error) {
	return the(ctx, tx, contacts(), no, "no = $1", no)
}

// ContactByOrigin reads a contact by the key of idempotent import.
func (db *DB) ContactByOrigin(ctx context.Context, tx seawall.Tx, disease, source, external string) (casebook.Contact, error) {
	return the(ctx, tx, contacts(), external, byOrigin, disease, source, external)
}

// ContactsOfCase reads the contacts of a case, by number.
func (db *DB) ContactsOfCase(ctx context.Context, tx seawall.Tx, id seawall.CaseID) ([]casebook.Contact, error) {
	return contacts().list(ctx, tx, "WHERE case_id = $1 ORDER BY no", string(id))
}

// ContactsVia reads the sub-contacts of a close contact, by number.
func (db *DB) ContactsVia(ctx context.Context, tx seawall.Tx, id seawall.ContactID) ([]casebook.Contact, error) {
	return contacts().list(ctx, tx, "WHERE via = $1 AND via <> '' ORDER BY no", string(id))
}

// ContactsOfPerson reads the contacts that a person is, oldest first.
func (db *DB) ContactsOfPerson(ctx context.Context, tx seawall.Tx, no seawall.PersonNo) ([]casebook.Contact, error) {
	return contacts().list(ctx, tx, "WHERE person = $1 ORDER BY id", string(no))
}

// contactStates are all states of a contact; the schema admits no other.
func contactStates() []casebook.ContactState {
	return []casebook.ContactState{casebook.Candidate, casebook.Dismissed, casebook.Following, casebook.Completed,
		casebook.BecameCase, casebook.Lost, casebook.Withdrawn, casebook.History}
}

// Contacts gives a page of the work-list, the next cursor and the true total.
func (db *DB) Contacts(ctx context.Context, tx seawall.Tx, q casebook.ContactQuery) ([]casebook.Contact, string, int, error) {
	l, err := contactList(q)
	if err != nil {
		return nil, "", 0, err
	}
	return l.all(ctx, tx, q.Page)
}

func contactList(q casebook.ContactQuery) (*listing[casebook.Contact], error) {
	o, index := contactOrder(q.Sort)
	if o.col == "" {
		return nil, seawall.E("store.Contacts", seawall.Invalid, "sort_unknown", "sort", q.Sort)
	}
	l := &listing[casebook.Contact]{from: contacts(), order: o, pageIndex: index, countIndex: "contact_by_due"}
	var special string
	if l.ranges, special = contactRanges(&l.common, q); special != "" {
		l.pageIndex, l.countIndex = special, special
	}
	return l, nil
}

// contactRanges gives the index ranges of a query and, where one index serves
// it whatever the order, its name.
func contactRanges(w *where, q casebook.ContactQuery) (ranges []string, index string) {
	states := q.States
	if len(states) == 0 {
		states = contactStates()
	}
	switch {
	case q.Person != "":
		index = "contact_person"
	case q.Case != "":
		index = "contact_case"
	case q.Text != "":
		index = "sqlite_autoindex_contact_1"
	case q.Owner != "":
		ranges, index = w.stateRanges(distinct(states), q.Scope), "contact_by_owner"
	default:
		var narrow bool
		if ranges, narrow = w.ranges(distinct(states), q.Scope); narrow {
			index = "contact_by_area"
		}
	}
	contactFilter(w, q)
	if ranges == nil {
		w.within(distinct(q.States), q.Scope)
		ranges = []string{""}
	}
	return ranges, index
}

// contactFilter adds what a contact query asks beyond states and scope.
func contactFilter(w *where, q casebook.ContactQuery) {
	w.eq("owner", string(q.Owner))
	w.eq("disease", q.Disease)
	w.eq("class", q.Class)
	if q.Symptomatic {
		w.add("symptomatic = 1")
	}
	if q.SilentSince != 0 && q.SilentSince.Known() {
		w.add("last_report < ?", int64(q.SilentSince))
	}
	if q.DueBefore != 0 {
		w.add("next_due < ?", q.DueBefore)
	}
	w.eq("case_id", string(q.Case))
	w.eq("person", string(q.Person))
	if q.Text != "" {
		w.conds = append(w.conds, w.find("contact", "place", q.Text))
	}
}

func contactOrder(sort string) (o order[casebook.Contact], index string) {
	switch sort {
	case "", "due":
		return order[casebook.Contact]{name: "due", col: "next_due",
			value: func(c *casebook.Contact) any { return dueMicros(c.NextDue) }}, "contact_by_due"
	case "last_exposure":
		return order[casebook.Contact]{name: sort, col: "last_exposure", desc: true,
			value: func(c *casebook.Contact) any { return int64(c.LastExposure) }}, "contact_by_exposure"
	case "no":
		return order[casebook.Contact]{name: sort, col: "no",
			value: func(c *casebook.Contact) any { return c.No }}, "contact_by_no"
	case "area":
		return order[casebook.Contact]{name: sort, col: "area",
			value: func(c *casebook.Contact) any { return string(c.Area) }}, "contact_by_area"
	}
	return o, ""
}
