package store

import (
	"context"
	"strings"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/goods"
)

// SaveLot writes a lot.
func (db *DB) SaveLot(ctx context.Context, tx seawall.Tx, l goods.Lot) error {
	return lots().put(ctx, tx, l)
}

// Lot reads a lot.
func (db *DB) Lot(ctx context.Context, tx seawall.Tx, id seawall.LotID) (goods.Lot, error) {
	return lots().get(ctx, tx, string(id))
}

// LotByMark reads the newest lot of a kind with that mark. Errors: NotFound, also for no mark.
func (db *DB) LotByMark(ctx context.Context, tx seawall.Tx, kind, mark string) (goods.Lot, error) {
	return the(ctx, tx, lots(), mark, "kind = $1 AND mark = $2 AND mark <> '' ORDER BY id DESC LIMIT 1", kind, mark)
}

// LotsOfRoot reads a lot with all that was cut from it, oldest first.
func (db *DB) LotsOfRoot(ctx context.Context, tx seawall.Tx, root seawall.LotID) ([]goods.Lot, error) {
	return lots().list(ctx, tx, "WHERE root = $1 ORDER BY id", string(root))
}

// Lots gives a page of lots, the newest first, the next cursor and the true total.
func (db *DB) Lots(ctx context.Context, tx seawall.Tx, q goods.Query) ([]goods.Lot, string, int, error) {
	l := listing[goods.Lot]{from: lots(), pageIndex: "lot_newest", countIndex: "lot_by_area",
		order: order[goods.Lot]{name: "newest", col: "created_at", desc: true, value: func(l *goods.Lot) any { return microsOf(l.CreatedAt) }}}
	states := q.States
	if len(states) == 0 {
		states = []string{goods.Expected, goods.Held, goods.Sealed}
	}
	w := &l.common
	narrow := false
	if l.ranges, narrow = w.ranges(states, q.Scope); narrow {
		l.pageIndex = "lot_by_area"
	}
	w.eq("kind", q.Kind)
	if q.Text != "" {
		w.conds = append(w.conds, w.prefixed("no", strings.ToUpper(q.Text)))
		l.pageIndex, l.countIndex = "", ""
	}
	return l.all(ctx, tx, q.Page)
}

// LotCounts counts the lots of a scope by state.
func (db *DB) LotCounts(ctx context.Context, tx seawall.Tx, scope seawall.Scope) (map[string]int, error) {
	var w where
	if parts, limited := reaches(scope); limited {
		w.conds = append(w.conds, w.areas("area", parts))
	}
	t, op := of(tx), "store.LotCounts"
	rows, err := t.query(ctx, op, "SELECT state, CAST(COUNT(*) AS BIGINT) FROM lot WHERE "+all(w.conds...)+" GROUP BY state", w.args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	out := map[string]int{}
	for rows.Next() {
		var state string
		var n int
		if err := rows.Scan(&state, &n); err != nil {
			return nil, t.fail(op, err)
		}
		out[state] = n
	}
	return out, t.fail(op, rows.Err())
}

// SavePoint writes a place that is sampled.
func (db *DB) SavePoint(ctx context.Context, tx seawall.Tx, p goods.Point) error {
	return samplePoints().put(ctx, tx, p)
}

// Point reads a place that is sampled.
func (db *DB) Point(ctx context.Context, tx seawall.Tx, id seawall.PointID) (goods.Point, error) {
	return samplePoints().get(ctx, tx, string(id))
}

// Points reads the places of a scope that are sampled, by number.
func (db *DB) Points(ctx context.Context, tx seawall.Tx, scope seawall.Scope) ([]goods.Point, error) {
	var w where
	if parts, limited := reaches(scope); limited {
		w.conds = append(w.conds, w.areas("area", parts))
	}
	return samplePoints().list(ctx, tx, "WHERE "+all(w.conds...)+" ORDER BY no", w.args...)
}

// SaveSample writes a sample.
func (db *DB) SaveSample(ctx context.Context, tx seawall.Tx, s goods.Sample) error {
	return goodsSamples().put(ctx, tx, s)
}

// Sample reads a sample.
func (db *DB) Sample(ctx context.Context, tx seawall.Tx, id string) (goods.Sample, error) {
	return goodsSamples().get(ctx, tx, id)
}

// SampleByAccession reads a sample by the number that the laboratory knows.
func (db *DB) SampleByAccession(ctx context.Context, tx seawall.Tx, accession string) (goods.Sample, error) {
	return the(ctx, tx, goodsSamples(), accession, "accession = $1", accession)
}

// SamplesOf reads what was taken of a lot or at a place, the first taken first.
func (db *DB) SamplesOf(ctx context.Context, tx seawall.Tx, about seawall.Ref) ([]goods.Sample, error) {
	return goodsSamples().list(ctx, tx, "WHERE about = $1 ORDER BY collected, id", about.String())
}

// SaveTreatment writes a disinfection.
func (db *DB) SaveTreatment(ctx context.Context, tx seawall.Tx, t goods.Treatment) error {
	return treatments().put(ctx, tx, t)
}

// TreatmentsOf reads the disinfections of a lot or a place in their order.
func (db *DB) TreatmentsOf(ctx context.Context, tx seawall.Tx, about seawall.Ref) ([]goods.Treatment, error) {
	return treatments().list(ctx, tx, "WHERE about = $1 ORDER BY at, id", about.String())
}

// SaveLotLeg writes a stretch of custody of a lot.
func (db *DB) SaveLotLeg(ctx context.Context, tx seawall.Tx, l goods.Leg) error {
	return lotLegs().put(ctx, tx, l)
}

// LotLegsOf reads the chain of a lot in its order.
func (db *DB) LotLegsOf(ctx context.Context, tx seawall.Tx, id seawall.LotID) ([]goods.Leg, error) {
	return lotLegs().list(ctx, tx, "WHERE lot = $1 ORDER BY offered, id", string(id))
}

// SaveWorker writes one of those who worked on goods.
func (db *DB) SaveWorker(ctx context.Context, tx seawall.Tx, w goods.Worker) error {
	return goodsWorkers().put(ctx, tx, w)
}

// WorkersOf reads who worked on a lot or at a place.
func (db *DB) WorkersOf(ctx context.Context, tx seawall.Tx, about seawall.Ref) ([]goods.Worker, error) {
	return goodsWorkers().list(ctx, tx, "WHERE about = $1 ORDER BY id", about.String())
}

// WorkersOfPerson reads where somebody worked on goods.
func (db *DB) WorkersOfPerson(ctx context.Context, tx seawall.Tx, no seawall.PersonNo) ([]goods.Worker, error) {
	return goodsWorkers().list(ctx, tx, "WHERE person = $1 ORDER BY id", string(no))
}
