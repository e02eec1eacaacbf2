package area_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/area"
	"github.com/seawall-city/seawall/internal/ledger"
)

// memory is a store, a transaction and a recorder in maps.
type memory struct {
	now        time.Time
	ids        int
	areas      map[seawall.AreaID]area.Area
	parents    []area.Parentage
	duties     map[string]area.DutyRow
	capacities map[string]area.Capacity
	events     []ledger.Event
}

func newMemory() *memory {
	return &memory{now: time.Date(2022, 3, 28, 8, 0, 0, 0, time.UTC), areas: map[seawall.AreaID]area.Area{},
		duties: map[string]area.DutyRow{}, capacities: map[string]area.Capacity{}}
}

func (m *memory) Now() time.Time       { return m.now }
func (m *memory) Actor() seawall.Actor { return seawall.System("test") }
func (m *memory) NewID() string        { m.ids++; return fmt.Sprintf("%026d", m.ids) }

func (m *memory) Record(_ context.Context, _ seawall.Tx, ev ledger.Event) error {
	m.events = append(m.events, ev)
	return nil
}

func notFound() error { return &seawall.Error{Op: "memory", Kind: seawall.NotFound} }

func (m *memory) SaveArea(_ context.Context, _ seawall.Tx, a area.Area) error {
	m.areas[a.ID] = a
	return nil
}

func (m *memory) SaveAreas(ctx context.Context, tx seawall.Tx, as []area.Area) error {
	for _, a := range as {
		m.areas[a.ID] = a
	}
	return nil
}

func (m *memory) Area(_ context.Context, _ seawall.Tx, id seawall.AreaID) (area.Area, error) {
	a, ok := m.areas[id]
	if !ok {
		return a, notFound()
	}
	return a, nil
}

// pick gives the areas that a test accepts, by id.
func (m *memory) pick(ok func(area.Area) bool) []area.Area {
	var out []area.Area
	for _, a := range m.areas {
		if ok(a) {
			out = append(out, a)
		}
	}
	slices.SortFunc(out, func(x, y area.Area) int { return strings.Compare(string(x.ID), string(y.ID)) })
	return out
}

func (m *memory) Children(_ context.Context, _ seawall.Tx, parent seawall.AreaID, h area.Hierarchy) ([]area.Area, error) {
	return m.pick(func(a area.Area) bool {
		if h == area.Command && a.CommandParent != "" {
			return a.CommandParent == parent
		}
		return a.Parent == parent
	}), nil
}

func (m *memory) Commanded(context.Context, seawall.Tx) ([]area.Area, error) {
	return m.pick(func(a area.Area) bool { return a.CommandParent != "" }), nil
}

func (m *memory) Areas(_ context.Context, _ seawall.Tx, ids []seawall.AreaID) ([]area.Area, error) {
	var out []area.Area
	for _, id := range ids {
		if a, ok := m.areas[id]; ok {
			out = append(out, a)
		}
	}
	return out, nil
}

func (m *memory) SearchAreas(_ context.Context, _ seawall.Tx, q string, within seawall.Scope, limit int) ([]area.Area, error) {
	out := m.pick(func(a area.Area) bool { return within.Contains(a.Path) && strings.HasPrefix(a.Pinyin, q) })
	return out[:min(limit, len(out))], nil
}

func (m *memory) AreaCounts(_ context.Context, _ seawall.Tx, within seawall.Scope) (map[area.Level]int, error) {
	n := map[area.Level]int{}
	for _, a := range m.areas {
		if within.Contains(a.Path) {
			n[a.Level]++
		}
	}
	return n, nil
}

func (m *memory) SaveParentage(_ context.Context, _ seawall.Tx, p area.Parentage) error {
	for i, o := range m.parents {
		if o.Area == p.Area && o.Hierarchy == p.Hierarchy && o.From == p.From {
			m.parents[i] = p
			return nil
		}
	}
	m.parents = append(m.parents, p)
	return nil
}

func (m *memory) Parentages(_ context.Context, _ seawall.Tx, id seawall.AreaID) ([]area.Parentage, error) {
	var out []area.Parentage
	for _, p := range m.parents {
		if p.Area == id {
			out = append(out, p)
		}
	}
	return out, nil
}

func (m *memory) SaveDuty(_ context.Context, _ seawall.Tx, d area.DutyRow) error {
	m.duties[d.ID] = d
	return nil
}

func (m *memory) Duty(_ context.Context, _ seawall.Tx, id string) (area.DutyRow, error) {
	d, ok := m.duties[id]
	if !ok {
		return d, notFound()
	}
	return d, nil
}

func (m *memory) DeleteDuty(_ context.Context, _ seawall.Tx, id string) error {
	delete(m.duties, id)
	return nil
}

func (m *memory) DutiesOn(_ context.Context, _ seawall.Tx, ids []seawall.AreaID) ([]area.DutyRow, error) {
	var out []area.DutyRow
	for _, d := range m.duties {
		if slices.Contains(ids, d.Area) {
			out = append(out, d)
		}
	}
	slices.SortFunc(out, func(x, y area.DutyRow) int { return x.Rank - y.Rank })
	return out, nil
}

func (m *memory) DutiesIn(_ context.Context, _ seawall.Tx, within seawall.Scope, _ seawall.Page) ([]area.DutyRow, string, error) {
	var out []area.DutyRow
	for _, d := range m.duties {
		if within.Contains(d.Path) {
			out = append(out, d)
		}
	}
	return out, "", nil
}

func (m *memory) SaveCapacity(_ context.Context, _ seawall.Tx, c area.Capacity) error {
	m.capacities[c.ID] = c
	return nil
}

func (m *memory) Capacities(_ context.Context, _ seawall.Tx, within seawall.Scope) ([]area.Capacity, error) {
	var out []area.Capacity
	for _, c := range m.capacities {
		if within == nil || within.Contains(c.Path) {
			out = append(out, c)
		}
	}
	return out, nil
}

// china is UTC+8.
func china() *time.Location { return time.FixedZone("CST", 8*3600) }

// seeded is a book over the whole city with grids.
func seeded(t *testing.T) (*area.Book, *memory) {
	t.Helper()
	m := newMemory()
	b := area.New(m, m, china())
	if empty, err := b.Empty(context.Background(), m); err != nil || !empty {
		t.Fatal(empty, err)
	}
	if err := b.Seed(context.Background(), m, yancheng(t).WithGrids()); err != nil {
		t.Fatal(err)
	}
	return b, m
}
