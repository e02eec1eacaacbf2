package store

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/area"
)

var _ area.Store = (*DB)(nil)

func areas() *table[area.Area] {
	return &table[area.Area]{
		kind: seawall.KindArea, name: "area",
		cols: names(`id name_zh name_en level pinyin parent path command_parent
			population population_kind population_source lat lon valid_from valid_to pinyin_key name_key`),
		fields: func(a *area.Area) []any {
			return with(&a.ID, words(&a.Name), &a.Level, &a.Pinyin, &a.Parent, &a.Path, &a.CommandParent,
				&a.Population, &a.PopulationKind, &a.PopulationSource, &a.Lat, &a.Lon, civil(&a.ValidFrom), civil(&a.ValidTo),
				derived(func() string { return searchKey(a.Pinyin) }), derived(func() string { return searchKey(a.Name.EN) }))
		},
		id: func(a *area.Area) string { return string(a.ID) },
	}
}

// searchKey is how names and pinyin are compared: small letters, no spaces.
func searchKey(s string) string {
	return strings.ToLower(strings.Join(strings.Fields(s), ""))
}

// kindParentage is the kind under which events carry a dated parent.
const kindParentage seawall.RefKind = "parentage"

func parentages() *table[area.Parentage] {
	key := func(p *area.Parentage) string {
		return fmt.Sprintf("%s %s %d", p.Area, p.Hierarchy, p.From)
	}
	return &table[area.Parentage]{
		kind: kindParentage, name: "parentage",
		cols: names("id area hierarchy parent from_day to_day"),
		fields: func(p *area.Parentage) []any {
			return with(derived(func() string { return key(p) }), &p.Area, &p.Hierarchy, &p.Parent, civil(&p.From), civil(&p.To))
		},
		id: key,
	}
}

func duties() *table[area.DutyRow] {
	return &table[area.DutyRow]{
		kind: seawall.KindDuty, name: "duty",
		cols: names(`id area path theme principal work_name rank from_at to_at from_hour to_hour absent_from absent_to place`),
		fields: func(d *area.DutyRow) []any {
			return with(&d.ID, &d.Area, &d.Path, &d.Theme, &d.Principal, &d.WorkName, &d.Rank, stretch(&d.During),
				&d.FromHour, &d.ToHour, stretch(&d.Absent), derived(func() string { return placeOf(d) }))
		},
		id: func(d *area.DutyRow) string { return d.ID },
	}
}

// placeOf is a row's place in the roster's order. It begins with the path, so
// the range of a subtree is one of places too, and goes on with a character
// that sorts before every code, so that an area stands above its children.
func placeOf(d *area.DutyRow) string { return fmt.Sprintf("%s!%s!%04d", d.Path, d.Theme, d.Rank) }

func capacities() *table[area.Capacity] {
	return &table[area.Capacity]{
		kind: seawall.KindCapacity, name: "capacity",
		cols: names("id area path kind total used as_of"),
		fields: func(c *area.Capacity) []any {
			return with(&c.ID, &c.Area, &c.Path, &c.Kind, &c.Total, &c.Used, ts(&c.AsOf))
		},
		id: func(c *area.Capacity) string { return c.ID },
	}
}

// SaveArea writes an area.
func (db *DB) SaveArea(ctx context.Context, tx seawall.Tx, a area.Area) error {
	return areas().put(ctx, tx, a)
}

// SaveAreas writes many areas, each id once.
func (db *DB) SaveAreas(ctx context.Context, tx seawall.Tx, as []area.Area) error {
	return areas().putAll(ctx, tx, as)
}

// Area reads an area.
func (db *DB) Area(ctx context.Context, tx seawall.Tx, id seawall.AreaID) (area.Area, error) {
	return areas().get(ctx, tx, string(id))
}

// Areas reads several areas, by code; unknown ones are left out.
func (db *DB) Areas(ctx context.Context, tx seawall.Tx, ids []seawall.AreaID) ([]area.Area, error) {
	return among(ctx, tx, areas(), "id", ids)
}

// Children reads the areas directly under parent in a hierarchy, by code. In
// command an area with a command parent stands under that one only.
func (db *DB) Children(ctx context.Context, tx seawall.Tx, parent seawall.AreaID, h area.Hierarchy) ([]area.Area, error) {
	d := areas()
	if h != area.Command {
		return d.list(ctx, tx, "WHERE parent = $1 ORDER BY id", string(parent))
	}
	own, err := d.list(ctx, tx, "WHERE parent = $1 AND command_parent = ''", string(parent))
	if err != nil {
		return nil, err
	}
	given, err := d.list(ctx, tx, "WHERE command_parent = $1 AND command_parent <> ''", string(parent))
	own = append(own, given...)
	slices.SortFunc(own, func(a, b area.Area) int { return cmp.Compare(a.ID, b.ID) })
	return own, err
}

// Commanded reads every area with a command parent of its own, by code.
func (db *DB) Commanded(ctx context.Context, tx seawall.Tx) ([]area.Area, error) {
	return areas().list(ctx, tx, "WHERE command_parent <> '' ORDER BY id")
}

// SearchAreas finds areas whose name, pinyin or code begins with q: the whole
// name first, then the larger areas.
func (db *DB) SearchAreas(ctx context.Context, tx seawall.Tx, q string, within seawall.Scope, limit int) ([]area.Area, error) {
	q = strings.TrimSpace(q)
	key := searchKey(q)
	if key == "" {
		return []area.Area{}, nil
	}
	var w where
	find := "id IN (SELECT id FROM area WHERE " + w.prefixed("name_zh", q) +
		" UNION ALL SELECT id FROM area WHERE " + w.prefixed("pinyin_key", key) +
		" UNION ALL SELECT id FROM area WHERE " + w.prefixed("name_key", key) +
		" UNION ALL SELECT id FROM area WHERE " + w.prefixed("id", q) + ")"
	w.conds = append(w.conds, find)
	if parts, limited := reaches(within); limited {
		w.conds = append(w.conds, w.areas("path", parts))
	}
	rank := w.text("CASE WHEN name_zh = ? OR name_key = ? OR pinyin_key = ? OR id = ? THEN 0 ELSE 1 END", q, key, key, q)
	return areas().list(ctx, tx, by("sqlite_autoindex_area_1")+" WHERE "+all(w.conds...)+
		" ORDER BY "+rank+", LENGTH(path), id LIMIT "+w.mark(limitOf(seawall.Page{Limit: limit})), w.args...)
}

// AreaCounts counts the areas of a scope by level.
func (db *DB) AreaCounts(ctx context.Context, tx seawall.Tx, within seawall.Scope) (map[area.Level]int, error) {
	const op = "store.AreaCounts"
	t, out := of(tx), map[area.Level]int{}
	parts, limited := reaches(within)
	if !limited {
		parts = []reach{{from: "", to: last}}
	}
	for _, r := range parts {
		var w where
		rows, err := t.query(ctx, op, "SELECT level, COUNT(*) FROM area"+by("area_path")+" WHERE "+w.area("path", r)+" GROUP BY level", w.args...)
		if err != nil {
			return nil, err
		}
		for rows.Next() {
			var level area.Level
			var n int
			if err = rows.Scan(&level, &n); err != nil {
				break
			}
			out[level] += n
		}
		if err := cmp.Or(err, rows.Err(), rows.Close()); err != nil {
			return nil, t.fail(op, err)
		}
	}
	return out, nil
}

// SaveParentage writes a dated parent; its key is area, hierarchy and first day.
func (db *DB) SaveParentage(ctx context.Context, tx seawall.Tx, p area.Parentage) error {
	return parentages().put(ctx, tx, p)
}

// Parentages reads the dated parents of an area by hierarchy and first day.
func (db *DB) Parentages(ctx context.Context, tx seawall.Tx, id seawall.AreaID) ([]area.Parentage, error) {
	return parentages().list(ctx, tx, "WHERE area = $1 ORDER BY hierarchy, from_day", string(id))
}
