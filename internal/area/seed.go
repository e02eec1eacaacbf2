package area

import (
	"context"
	"slices"
	"strconv"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/ledger"
)

// batch is how many areas one event carries; a whole city in one event would be
// a record of megabytes.
const batch = 500

// Empty reports whether no area is known yet, as in a fresh database.
func (b *Book) Empty(ctx context.Context, tx seawall.Tx) (bool, error) {
	roots, err := b.store.Children(ctx, tx, "", Statistical)
	return len(roots) == 0, seawall.Wrap("area.Empty", err)
}

// Seed puts a whole tree into the database, one event for every five hundred
// areas. Areas that exist already are overwritten with the same rows.
func (b *Book) Seed(ctx context.Context, tx seawall.Tx, t Tree) error {
	const op = "area.Seed"
	if len(t.Areas) == 0 {
		return nil
	}
	for _, p := range t.Parentages {
		if err := b.store.SaveParentage(ctx, tx, p); err != nil {
			return seawall.Wrap(op, err)
		}
	}
	return seawall.Wrap(op, b.saveAll(ctx, tx, "area.seeded", t.Areas))
}

// saveAll writes areas in batches, each with its event.
func (b *Book) saveAll(ctx context.Context, tx seawall.Tx, event string, as []Area) error {
	for part := range slices.Chunk(as, batch) {
		if err := b.store.SaveAreas(ctx, tx, part); err != nil {
			return err
		}
		err := b.rec.Record(ctx, tx, ledger.Event{Type: event, Subject: part[0].Ref(), Area: commonPath(part),
			Data: map[string]string{"areas": strconv.Itoa(len(part))}})
		if err != nil {
			return err
		}
	}
	return nil
}

// commonPath is the deepest area that contains all of the given ones, "" when
// they share none: who sees the event must see all of it.
func commonPath(as []Area) seawall.AreaPath {
	common := pathIDs(as[0].Path)
	for _, a := range as[1:] {
		ids := pathIDs(a.Path)
		n := 0
		for n < len(common) && n < len(ids) && common[n] == ids[n] {
			n++
		}
		common = common[:n]
	}
	var path seawall.AreaPath
	for _, id := range common {
		path += seawall.AreaPath(id) + "/"
	}
	return path
}
