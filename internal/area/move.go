package area

import (
	"context"
	"slices"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/ledger"
)

// levelRank orders the levels from the root down; -1 for no level. A zone stands
// beside the counties.
func levelRank(l Level) int {
	if l == Zone {
		l = County
	}
	return slices.Index(levelsByDepth(), l)
}

// levelsByDepth are the levels in the order of the tree, one for each depth.
func levelsByDepth() []Level {
	return []Level{Province, City, County, Town, Village, Grid, Building, Shop, Household}
}

// Move puts an area under another parent from a day on, today at the latest. In
// the statistical hierarchy the paths of the whole subtree follow, with its duty
// roster and capacities; in command only the chain of who answers changes. The
// old parent stays on record with its days. Errors: Invalid for a parent inside
// the subtree or of a lower level and for a day to come or before the last move.
func (b *Book) Move(ctx context.Context, tx seawall.Tx, id seawall.AreaID, h Hierarchy, parent seawall.AreaID, from seawall.Day) (Area, error) {
	const op = "area.Move"
	a, err := b.Get(ctx, tx, id)
	if err != nil {
		return Area{}, seawall.Wrap(op, err)
	}
	to, err := b.Get(ctx, tx, parent)
	if err != nil {
		return Area{}, seawall.Wrap(op, err)
	}
	old := a.Parent
	if h == Command {
		old = a.commandParent()
	}
	if err := b.checkMove(ctx, tx, a, to, h, old); err != nil {
		return Area{}, seawall.Wrap(op, err)
	}
	if err := b.reparent(ctx, tx, a, h, old, parent, from); err != nil {
		return Area{}, seawall.Wrap(op, err)
	}
	moved := []Area{a}
	if h == Command {
		if moved[0].CommandParent = parent; parent == a.Parent {
			moved[0].CommandParent = ""
		}
	} else if moved, err = b.underNewParent(ctx, tx, a, to); err != nil {
		return Area{}, seawall.Wrap(op, err)
	}
	if err := b.store.SaveAreas(ctx, tx, moved); err != nil {
		return Area{}, seawall.Wrap(op, err)
	}
	err = b.rec.Record(ctx, tx, ledger.Event{Type: "area.moved", Subject: a.Ref(), Related: []seawall.Ref{to.Ref()}, Area: to.Path,
		Data: map[string]string{"hierarchy": string(h), "from": string(old), "to": string(parent), "day": from.String()}})
	return moved[0], seawall.Wrap(op, err)
}

// checkMove refuses a tree that would not be one.
func (b *Book) checkMove(ctx context.Context, tx seawall.Tx, a, to Area, h Hierarchy, old seawall.AreaID) error {
	const op = "area.checkMove"
	if to.ID == old {
		return seawall.E(op, seawall.Invalid, "area_move_nothing", "id", string(a.ID), "parent", string(to.ID))
	}
	if levelRank(to.Level) > levelRank(a.Level) {
		return seawall.E(op, seawall.Invalid, "area_parent_lower", "id", string(a.ID), "parent", string(to.ID))
	}
	cycle := to.Path.Within(a.Path)
	if h == Command && !cycle {
		chain, err := b.Chain(ctx, tx, to.Path)
		if err != nil {
			return err
		}
		cycle = slices.ContainsFunc(chain, func(c Area) bool { return c.ID == a.ID })
	}
	if cycle {
		return seawall.E(op, seawall.Invalid, "area_cycle", "id", string(a.ID))
	}
	return nil
}

// reparent closes the present dated parent and opens the new one.
func (b *Book) reparent(ctx context.Context, tx seawall.Tx, a Area, h Hierarchy, old, parent seawall.AreaID, from seawall.Day) error {
	const op = "area.reparent"
	if !from.Known() || from > seawall.DayOf(tx.Now(), b.loc) {
		return seawall.E(op, seawall.Invalid, "area_move_day", "day", from.String())
	}
	rows, err := b.store.Parentages(ctx, tx, a.ID)
	if err != nil {
		return err
	}
	present := Parentage{Area: a.ID, Hierarchy: h, Parent: old, From: a.ValidFrom, To: seawall.NoDay}
	for _, p := range rows {
		if p.Hierarchy == h && !p.To.Known() {
			present = p
		}
	}
	if present.From.Known() && from <= present.From {
		return seawall.E(op, seawall.Invalid, "area_move_day", "day", from.String())
	}
	present.To = from
	if err := b.store.SaveParentage(ctx, tx, present); err != nil {
		return err
	}
	return b.store.SaveParentage(ctx, tx, Parentage{Area: a.ID, Hierarchy: h, Parent: parent, From: from, To: seawall.NoDay})
}

// underNewParent gives the subtree of a with its paths under to, a first, and
// rewrites the roster rows and capacities that hang on it.
func (b *Book) underNewParent(ctx context.Context, tx seawall.Tx, a, to Area) ([]Area, error) {
	was := a.Path
	capacities, err := b.store.Capacities(ctx, tx, seawall.Scope{was})
	if err != nil {
		return nil, err
	}
	a.Parent = to.ID
	a.Path = to.Path + seawall.AreaPath(a.ID) + "/"
	moved := []Area{a}
	for i := 0; i < len(moved); i++ {
		children, err := b.store.Children(ctx, tx, moved[i].ID, Statistical)
		if err != nil {
			return nil, err
		}
		for _, c := range children {
			c.Path = moved[i].Path + seawall.AreaPath(c.ID) + "/"
			moved = append(moved, c)
		}
	}
	paths := make(map[seawall.AreaID]seawall.AreaPath, len(moved))
	ids := make([]seawall.AreaID, len(moved))
	for i, m := range moved {
		paths[m.ID], ids[i] = m.Path, m.ID
	}
	duties, err := b.store.DutiesOn(ctx, tx, ids)
	if err != nil {
		return nil, err
	}
	for _, d := range duties {
		d.Path = paths[d.Area]
		if err := b.store.SaveDuty(ctx, tx, d); err != nil {
			return nil, err
		}
	}
	for _, c := range capacities {
		c.Path = paths[c.Area]
		if err := b.store.SaveCapacity(ctx, tx, c); err != nil {
			return nil, err
		}
	}
	return moved, nil
}

// ParentOn gives the parent that an area had on a day in a hierarchy; "" before
// its first dated parent.
func (b *Book) ParentOn(ctx context.Context, tx seawall.Tx, id seawall.AreaID, h Hierarchy, day seawall.Day) (seawall.AreaID, error) {
	const op = "area.ParentOn"
	a, err := b.Get(ctx, tx, id)
	if err != nil {
		return "", seawall.Wrap(op, err)
	}
	rows, err := b.store.Parentages(ctx, tx, id)
	if err != nil {
		return "", seawall.Wrap(op, err)
	}
	dated := false
	for _, p := range rows {
		if p.Hierarchy != h {
			continue
		}
		dated = true
		if (!p.From.Known() || day >= p.From) && (!p.To.Known() || day < p.To) {
			return p.Parent, nil
		}
	}
	switch {
	case dated:
		return "", nil
	case h == Command:
		return b.ParentOn(ctx, tx, id, Statistical, day)
	default:
		return a.Parent, nil
	}
}
