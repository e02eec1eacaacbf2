package area_test

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/area"
)

// In any tree with any areas under another's command, the scope of an area is
// exactly what climbs to it: nobody sees a duty that cannot reach them, and
// nobody is passed over.
func TestScopeIsWhatClimbs(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		ctx, m := context.Background(), newMemory()
		b := area.New(m, m, china())
		levels := []area.Level{area.Province, area.City, area.County, area.Town, area.Village}
		ids := []seawall.AreaID{"0"}
		m.areas["0"] = area.Area{ID: "0", Level: area.Province, Path: "0/"}
		for i := 1; i <= rapid.IntRange(1, 25).Draw(t, "areas"); i++ {
			up := m.areas[rapid.SampledFrom(ids).Draw(t, "parent")]
			depth := up.Path.Depth()
			if depth >= len(levels) {
				continue
			}
			id := seawall.AreaID(fmt.Sprintf("%s%c", up.ID, 'a'+i))
			m.areas[id] = area.Area{ID: id, Level: levels[depth], Parent: up.ID, Path: up.Path + seawall.AreaPath(id) + "/"}
			ids = append(ids, id)
		}
		today := seawall.DayOf(m.now, china())
		for range rapid.IntRange(0, 6).Draw(t, "moves") {
			id, to := rapid.SampledFrom(ids).Draw(t, "moved"), rapid.SampledFrom(ids).Draw(t, "to")
			h := rapid.SampledFrom([]area.Hierarchy{area.Command, area.Command, area.Statistical}).Draw(t, "hierarchy")
			today++ // each move on a day of its own
			m.now = m.now.AddDate(0, 0, 1)
			if _, err := b.Move(ctx, m, id, h, to, today); err != nil && !seawall.Is(err, seawall.Invalid) {
				t.Fatal(err)
			}
		}
		for _, root := range ids {
			scope, err := b.ScopeOf(ctx, m, root, area.Command)
			if err != nil {
				t.Fatal(err)
			}
			for _, id := range ids {
				chain, err := b.Chain(ctx, m, m.areas[id].Path)
				if err != nil || len(chain) == 0 || chain[0].ID != id {
					t.Fatalf("chain of %s: %v %v", id, chain, err)
				}
				climbs := slices.ContainsFunc(chain, func(a area.Area) bool { return a.ID == root })
				if scope.Contains(m.areas[id].Path) != climbs {
					t.Fatalf("%s climbs to %s: %v, but the scope says otherwise: %v", id, root, climbs, scope)
				}
			}
		}
	})
}
