package store

import (
	"context"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/loop"
)

// SaveLoop writes a loop.
func (db *DB) SaveLoop(ctx context.Context, tx seawall.Tx, l loop.Loop) error {
	return loops().put(ctx, tx, l)
}

// Loop reads a loop.
func (db *DB) Loop(ctx context.Context, tx seawall.Tx, id seawall.LoopID) (loop.Loop, error) {
	return loops().get(ctx, tx, string(id))
}

// LoopsOfFact reads the loops that hang on a fact, oldest first.
func (db *DB) LoopsOfFact(ctx context.Context, tx seawall.Tx, fact seawall.Ref) ([]loop.Loop, error) {
	return loops().list(ctx, tx, "WHERE fact = $1 ORDER BY id", fact.String())
}

// LoopsAbout reads the loops about a subject, oldest first.
func (db *DB) LoopsAbout(ctx context.Context, tx seawall.Tx, subject seawall.Ref) ([]loop.Loop, error) {
	return loops().list(ctx, tx, "WHERE subject = $1 ORDER BY id", subject.String())
}

// LoopsOfPerson reads the loops about a person, oldest first.
func (db *DB) LoopsOfPerson(ctx context.Context, tx seawall.Tx, no seawall.PersonNo) ([]loop.Loop, error) {
	return loops().list(ctx, tx, "WHERE person = $1 AND person <> '' ORDER BY id", string(no))
}

// SaveSeries writes a series.
func (db *DB) SaveSeries(ctx context.Context, tx seawall.Tx, s loop.Series) error {
	return seriesRows().put(ctx, tx, s)
}

// SeriesOf reads the series of a loop, oldest first.
func (db *DB) SeriesOf(ctx context.Context, tx seawall.Tx, id seawall.LoopID) ([]loop.Series, error) {
	return seriesRows().list(ctx, tx, "WHERE loop_id = $1 ORDER BY id", string(id))
}

// SaveHandOver writes a hand-over.
func (db *DB) SaveHandOver(ctx context.Context, tx seawall.Tx, h loop.HandOver) error {
	return handOvers().put(ctx, tx, h)
}

// HandOver reads a hand-over.
func (db *DB) HandOver(ctx context.Context, tx seawall.Tx, id string) (loop.HandOver, error) {
	return handOvers().get(ctx, tx, id)
}

// HandOversOf reads the hand-overs of a loop in the order of their time.
func (db *DB) HandOversOf(ctx context.Context, tx seawall.Tx, id seawall.LoopID) ([]loop.HandOver, error) {
	return handOvers().list(ctx, tx, "WHERE loop_id = $1 ORDER BY at, id", string(id))
}

// SaveEvidence writes a piece of evidence.
func (db *DB) SaveEvidence(ctx context.Context, tx seawall.Tx, e loop.Evidence) error {
	return evidences().put(ctx, tx, e)
}

// EvidenceOf reads the evidence of a loop in the order of its time.
func (db *DB) EvidenceOf(ctx context.Context, tx seawall.Tx, id seawall.LoopID) ([]loop.Evidence, error) {
	return evidences().list(ctx, tx, "WHERE loop_id = $1 ORDER BY at, id", string(id))
}

// SaveRestriction writes a restriction.
func (db *DB) SaveRestriction(ctx context.Context, tx seawall.Tx, r loop.Restriction) error {
	return restrictions().put(ctx, tx, r)
}

// Restriction reads a restriction.
func (db *DB) Restriction(ctx context.Context, tx seawall.Tx, id seawall.RestrictionID) (loop.Restriction, error) {
	return restrictions().get(ctx, tx, string(id))
}

// RestrictionsOfFact reads the restrictions that cite a fact, oldest first.
func (db *DB) RestrictionsOfFact(ctx context.Context, tx seawall.Tx, fact seawall.Ref) ([]loop.Restriction, error) {
	return restrictions().list(ctx, tx, "WHERE fact = $1 ORDER BY id", fact.String())
}

// RestrictionsOn reads the restrictions on a subject, oldest first.
func (db *DB) RestrictionsOn(ctx context.Context, tx seawall.Tx, subject seawall.Ref) ([]loop.Restriction, error) {
	return restrictions().list(ctx, tx, "WHERE subject = $1 ORDER BY id", subject.String())
}

// SaveNotice writes a notice.
func (db *DB) SaveNotice(ctx context.Context, tx seawall.Tx, n loop.Notice) error {
	return notices().put(ctx, tx, n)
}

// Notice reads a notice.
func (db *DB) Notice(ctx context.Context, tx seawall.Tx, id string) (loop.Notice, error) {
	return notices().get(ctx, tx, id)
}

// NoticesFor gives a page of the notices to somebody, newest first, and the
// next cursor.
func (db *DB) NoticesFor(ctx context.Context, tx seawall.Tx, to seawall.Ref, p seawall.Page) ([]loop.Notice, string, error) {
	l := listing[loop.Notice]{from: notices(), pageIndex: "notice_addressee", order: order[loop.Notice]{
		name: "at", col: "at", desc: true, value: func(n *loop.Notice) any { return microsOf(n.At) }}}
	l.ranges = []string{l.common.text("addressee = ?", to.String())}
	return l.page(ctx, tx, p)
}
