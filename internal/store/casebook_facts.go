package store

import (
	"cmp"
	"context"
	"slices"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/casebook"
)

// SaveResult writes a result.
func (db *DB) SaveResult(ctx context.Context, tx seawall.Tx, r casebook.Result) error {
	return results().put(ctx, tx, r)
}

// Result reads a result.
func (db *DB) Result(ctx context.Context, tx seawall.Tx, id seawall.ResultID) (casebook.Result, error) {
	return results().get(ctx, tx, string(id))
}

// ResultByOrigin reads a result by the key of idempotent import.
func (db *DB) ResultByOrigin(ctx context.Context, tx seawall.Tx, disease, source, external string) (casebook.Result, error) {
	return the(ctx, tx, results(), external, byOrigin, disease, source, external)
}

// ResultsOfPerson reads the results of a person in the order of collection.
func (db *DB) ResultsOfPerson(ctx context.Context, tx seawall.Tx, no seawall.PersonNo) ([]casebook.Result, error) {
	return results().list(ctx, tx, "WHERE person = $1 ORDER BY collected, id", string(no))
}

// SaveStay writes a stay.
func (db *DB) SaveStay(ctx context.Context, tx seawall.Tx, s casebook.Stay) error {
	return stays().put(ctx, tx, s)
}

// Stay reads a stay.
func (db *DB) Stay(ctx context.Context, tx seawall.Tx, id seawall.StayID) (casebook.Stay, error) {
	return stays().get(ctx, tx, string(id))
}

// StaysOfCase reads the stays of a case in the order of their beginning.
func (db *DB) StaysOfCase(ctx context.Context, tx seawall.Tx, id seawall.CaseID) ([]casebook.Stay, error) {
	return stays().list(ctx, tx, "WHERE case_id = $1 AND case_id <> '' ORDER BY from_at, id", string(id))
}

// StaysOfPerson reads the stays of a person in the order of their beginning.
func (db *DB) StaysOfPerson(ctx context.Context, tx seawall.Tx, no seawall.PersonNo) ([]casebook.Stay, error) {
	return stays().list(ctx, tx, "WHERE person = $1 AND person <> '' ORDER BY from_at, id", string(no))
}

// StayByOrigin reads a stay by the key of idempotent import.
func (db *DB) StayByOrigin(ctx context.Context, tx seawall.Tx, source, external string) (casebook.Stay, error) {
	return the(ctx, tx, stays(), external, "source = $1 AND external = $2 AND external <> ''", source, external)
}

// SaveLink writes an edge.
func (db *DB) SaveLink(ctx context.Context, tx seawall.Tx, l casebook.Link) error {
	return links().put(ctx, tx, l)
}

// Link reads an edge.
func (db *DB) Link(ctx context.Context, tx seawall.Tx, id seawall.LinkID) (casebook.Link, error) {
	return links().get(ctx, tx, string(id))
}

// LinkByOrigin reads an edge by the key of idempotent import.
func (db *DB) LinkByOrigin(ctx context.Context, tx seawall.Tx, disease, source, external string) (casebook.Link, error) {
	return the(ctx, tx, links(), external, byOrigin, disease, source, external)
}

// LinksOfPersons reads the edges that have any of the persons at an end, by id.
func (db *DB) LinksOfPersons(ctx context.Context, tx seawall.Tx, nos []seawall.PersonNo) ([]casebook.Link, error) {
	out, err := among(ctx, tx, links(), "from_person", nos)
	if err != nil {
		return nil, err
	}
	more, err := among(ctx, tx, links(), "to_person", nos)
	if err != nil {
		return nil, err
	}
	out = append(out, more...)
	slices.SortFunc(out, func(a, b casebook.Link) int { return cmp.Compare(a.ID, b.ID) })
	return slices.CompactFunc(out, func(a, b casebook.Link) bool { return a.ID == b.ID }), nil
}

// SaveFollowUp writes a follow-up record.
func (db *DB) SaveFollowUp(ctx context.Context, tx seawall.Tx, f casebook.FollowUp) error {
	return followUps().put(ctx, tx, f)
}

// FollowUpOn reads the last follow-up record of a contact on a day.
func (db *DB) FollowUpOn(ctx context.Context, tx seawall.Tx, id seawall.ContactID, d seawall.Day) (casebook.FollowUp, error) {
	return the(ctx, tx, followUps(), string(id)+" "+d.String(),
		"contact = $1 AND day = $2 ORDER BY at DESC, id DESC LIMIT 1", string(id), int64(d))
}

// FollowUpByOrigin reads a follow-up record by the key of idempotent import.
func (db *DB) FollowUpByOrigin(ctx context.Context, tx seawall.Tx, source, external string) (casebook.FollowUp, error) {
	return the(ctx, tx, followUps(), external, "source = $1 AND external = $2 AND external <> ''", source, external)
}

// FollowUpsOf reads the follow-up records of a contact by day.
func (db *DB) FollowUpsOf(ctx context.Context, tx seawall.Tx, id seawall.ContactID) ([]casebook.FollowUp, error) {
	return followUps().list(ctx, tx, "WHERE contact = $1 ORDER BY day, at, id", string(id))
}

// FollowUpsOfPerson reads the follow-up records of a person by day.
func (db *DB) FollowUpsOfPerson(ctx context.Context, tx seawall.Tx, no seawall.PersonNo) ([]casebook.FollowUp, error) {
	return followUps().list(ctx, tx, "WHERE person = $1 ORDER BY day, id", string(no))
}
