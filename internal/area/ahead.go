package area

import (
	"context"
	"slices"

	"github.com/seawall-city/seawall"
)

// Ahead gives a Book that has read, in a few statements, what Up and WhoAnswers
// need for many paths. It is for the transaction it was made in and for reading:
// it does not see what is changed afterwards.
func (b *Book) Ahead(ctx context.Context, tx seawall.Tx, paths []seawall.AreaPath) (*Book, error) {
	const op = "area.Ahead"
	a := &ahead{Store: b.store, areas: map[seawall.AreaID]Area{}, asked: map[seawall.AreaID]bool{}, duties: map[seawall.AreaID][]DutyRow{}}
	var ids []seawall.AreaID
	for _, p := range paths {
		for _, id := range pathIDs(p) {
			if !a.asked[id] {
				a.asked[id] = true
				ids = append(ids, id)
			}
		}
	}
	rows, err := b.store.Areas(ctx, tx, ids)
	if err != nil {
		return nil, seawall.Wrap(op, err)
	}
	for _, r := range rows {
		a.areas[r.ID] = r
	}
	if err := a.readDuties(ctx, tx, ids); err != nil {
		return nil, seawall.Wrap(op, err)
	}
	return New(a, b.rec, b.loc), nil
}

// ahead answers from what it has read and leaves the rest to the store behind it.
type ahead struct {
	Store
	areas map[seawall.AreaID]Area
	// asked are the areas that were looked for, those that are not there too.
	asked  map[seawall.AreaID]bool
	duties map[seawall.AreaID][]DutyRow
}

func (a *ahead) readDuties(ctx context.Context, tx seawall.Tx, ids []seawall.AreaID) error {
	if len(ids) == 0 {
		return nil
	}
	rows, err := a.Store.DutiesOn(ctx, tx, ids)
	if err != nil {
		return err
	}
	for _, id := range ids {
		a.duties[id] = nil
	}
	for _, r := range rows {
		a.duties[r.Area] = append(a.duties[r.Area], r)
	}
	return nil
}

// Area implements Store.
func (a *ahead) Area(ctx context.Context, tx seawall.Tx, id seawall.AreaID) (Area, error) {
	if r, ok := a.areas[id]; ok {
		return r, nil
	}
	r, err := a.Store.Area(ctx, tx, id)
	if err == nil {
		a.areas[id], a.asked[id] = r, true
	}
	return r, err
}

// Areas implements Store.
func (a *ahead) Areas(ctx context.Context, tx seawall.Tx, ids []seawall.AreaID) ([]Area, error) {
	if slices.ContainsFunc(ids, func(id seawall.AreaID) bool { return !a.asked[id] }) {
		return a.Store.Areas(ctx, tx, ids)
	}
	var out []Area
	for _, id := range ids {
		if r, ok := a.areas[id]; ok {
			out = append(out, r)
		}
	}
	return out, nil
}

// DutiesOn implements Store.
func (a *ahead) DutiesOn(ctx context.Context, tx seawall.Tx, ids []seawall.AreaID) ([]DutyRow, error) {
	var missing []seawall.AreaID
	for _, id := range ids {
		if _, ok := a.duties[id]; !ok {
			missing = append(missing, id)
		}
	}
	if err := a.readDuties(ctx, tx, missing); err != nil {
		return nil, err
	}
	var out []DutyRow
	for _, id := range ids {
		out = append(out, a.duties[id]...)
	}
	return out, nil
}
