package area

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/ledger"
)

// The kinds of capacity that the main path asks for. Others may be imported.
const (
	Rooms = "rooms" // isolation rooms
	Teams = "teams" // investigation teams
)

// Capacities gives the rows in a scope.
func (b *Book) Capacities(ctx context.Context, tx seawall.Tx, within seawall.Scope) ([]Capacity, error) {
	cs, err := b.store.Capacities(ctx, tx, within)
	return cs, seawall.Wrap("area.Capacities", err)
}

// SetCapacity records how much of a kind an area has and uses; a row for the
// same area and kind is replaced. AsOf zero means now.
func (b *Book) SetCapacity(ctx context.Context, tx seawall.Tx, c Capacity) (Capacity, error) {
	const op = "area.SetCapacity"
	c.Kind = strings.TrimSpace(c.Kind)
	if fields := c.wrongFields(); len(fields) > 0 {
		return Capacity{}, &seawall.Error{Op: op, Kind: seawall.Invalid, Code: "kind_invalid", Fields: fields}
	}
	a, err := b.Get(ctx, tx, c.Area)
	if err != nil {
		return Capacity{}, seawall.Wrap(op, err)
	}
	c.ID, c.Path = capacityID(c.Area, c.Kind), a.Path
	if c.AsOf.IsZero() {
		c.AsOf = tx.Now()
	}
	if err := b.store.SaveCapacity(ctx, tx, c); err != nil {
		return Capacity{}, seawall.Wrap(op, err)
	}
	err = b.rec.Record(ctx, tx, ledger.Event{Type: "capacity.set", Area: c.Path,
		Subject: seawall.Ref{Kind: seawall.KindCapacity, ID: c.ID}, Related: []seawall.Ref{a.Ref()}})
	return c, seawall.Wrap(op, err)
}

// capacityID names the one row of an area and kind.
func capacityID(id seawall.AreaID, kind string) string { return string(id) + ":" + kind }

// wrongFields checks a row by itself.
func (c Capacity) wrongFields() []seawall.FieldError {
	var out []seawall.FieldError
	if c.Area == "" {
		out = append(out, seawall.FieldError{Field: "area", Code: "required"})
	}
	if c.Kind == "" {
		out = append(out, seawall.FieldError{Field: "kind", Code: "required"})
	}
	if c.Total < 0 {
		out = append(out, seawall.FieldError{Field: "total", Code: "capacity_negative"})
	}
	if c.Used < 0 || c.Used > c.Total {
		out = append(out, seawall.FieldError{Field: "used", Code: "capacity_used"})
	}
	return out
}

// Free is how much is left; it is never negative.
func (c Capacity) Free() int { return max(0, c.Total-c.Used) }

// Demand is how much of a kind the people of an area need.
type Demand struct {
	Area seawall.AreaPath `json:"area"`
	Kind string           `json:"kind"`
	Need int              `json:"need"`
}

// Balance is a demand against what there is. Demands on the same store of
// capacity are added up, so Short is true for the sum.
type Balance struct {
	// Area is the area whose capacity serves: the nearest one up the chain of
	// command that has told a figure.
	Area  seawall.AreaPath `json:"area"`
	Kind  string           `json:"kind"`
	Need  int              `json:"need"`
	Total int              `json:"total"`
	Used  int              `json:"used"`
	Free  int              `json:"free"`
	Short int              `json:"short"`
	// Known is false where no area up to the root has told a figure.
	Known bool `json:"known"`
}

// Balances compares demands with the capacities known, one answer for each area
// that serves and kind, by area and kind.
func (b *Book) Balances(ctx context.Context, tx seawall.Tx, demands []Demand) ([]Balance, error) {
	const op = "area.Balances"
	roots := seawall.Scope{}
	chains := map[seawall.AreaPath][]seawall.AreaPath{}
	for _, d := range demands {
		if ids := pathIDs(d.Area); len(ids) > 0 {
			roots = append(roots, seawall.AreaPath(ids[0])+"/")
		}
		if _, done := chains[d.Area]; done {
			continue
		}
		chain, err := b.Chain(ctx, tx, d.Area)
		if err != nil {
			return nil, seawall.Wrap(op, err)
		}
		paths := []seawall.AreaPath{d.Area}
		for _, a := range chain {
			paths = append(paths, a.Path)
		}
		chains[d.Area] = paths
	}
	slices.Sort(roots)
	rows, err := b.store.Capacities(ctx, tx, slices.Compact(roots))
	if err != nil {
		return nil, seawall.Wrap(op, err)
	}
	return balance(demands, chains, rows), nil
}

// balance adds demands up at the first area of their chains that has a figure.
func balance(demands []Demand, chains map[seawall.AreaPath][]seawall.AreaPath, rows []Capacity) []Balance {
	type key struct {
		area seawall.AreaPath
		kind string
	}
	have := map[key]Capacity{}
	for _, c := range rows {
		have[key{c.Path, c.Kind}] = c
	}
	sum := map[key]*Balance{}
	for _, d := range demands {
		serves, known := key{d.Area, d.Kind}, false
		for _, p := range chains[d.Area] {
			if _, known = have[key{p, d.Kind}]; known {
				serves.area = p
				break
			}
		}
		if sum[serves] == nil {
			c := have[serves]
			sum[serves] = &Balance{Area: serves.area, Kind: d.Kind, Total: c.Total, Used: c.Used, Free: c.Free(), Known: known}
		}
		sum[serves].Need += d.Need
	}
	out := make([]Balance, 0, len(sum))
	for _, s := range sum {
		if s.Known {
			s.Short = max(0, s.Need-s.Free)
		}
		out = append(out, *s)
	}
	slices.SortFunc(out, func(x, y Balance) int {
		return cmp.Or(cmp.Compare(x.Area, y.Area), cmp.Compare(x.Kind, y.Kind))
	})
	return out
}
