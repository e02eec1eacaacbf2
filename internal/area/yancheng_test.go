package area_test

import (
	"encoding/csv"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/area"
)

func yancheng(t testing.TB) area.Tree {
	t.Helper()
	tree, err := area.Yancheng()
	if err != nil {
		t.Fatal(err)
	}
	return tree
}

func byID(tree area.Tree) map[seawall.AreaID]area.Area {
	m := map[seawall.AreaID]area.Area{}
	for _, a := range tree.Areas {
		m[a.ID] = a
	}
	return m
}

// GOV-03: the whole tree, every node under its parent, nothing twice.
func TestYanchengTree(t *testing.T) {
	tree := yancheng(t).WithGrids()
	counts := map[area.Level]int{}
	seen := map[seawall.AreaID]area.Area{}
	for _, a := range tree.Areas {
		counts[a.Level]++
		if _, twice := seen[a.ID]; twice {
			t.Errorf("%s stands twice", a.ID)
		}
		if up := seen[a.Parent]; a.Path != up.Path+seawall.AreaPath(a.ID)+"/" {
			t.Errorf("%s: path %s under %q", a.ID, a.Path, up.Path)
		}
		if a.Name.ZH == "" || a.Name.EN == "" || a.Pinyin == "" || strings.Contains(string(a.ID), "/") {
			t.Errorf("%+v", a)
		}
		seen[a.ID] = a
	}
	for level, want := range map[area.Level]int{area.Province: 1, area.City: 1, area.County: 10, area.Zone: 1, area.Town: 154, area.Village: 2494} {
		if counts[level] != want {
			t.Errorf("%s: %d, want %d", level, counts[level], want)
		}
	}
	if n := counts[area.Grid]; n < 9_500 || n > 10_500 {
		t.Errorf("%d grids, want about 10,000", n)
	}
	if g := seen["320924100001-07"]; g.Name.ZH != "7 网格" || g.Path != "32/3209/320924/320924100/320924100001/320924100001-07/" {
		t.Errorf("grid 7: %+v", g)
	}
}

// English only has Latin letters, and the names that matter read as people write them.
func TestYanchengNames(t *testing.T) {
	areas := byID(yancheng(t))
	for id, want := range map[seawall.AreaID]string{
		"32": "Jiangsu Province", "3209": "Yancheng City", "320902": "Tinghu District", "320903": "Yandu District",
		"320904": "Dafeng District", "320921": "Xiangshui County", "320922": "Binhai County", "320923": "Funing County",
		"320924": "Sheyang County", "320925": "Jianhu County", "320981": "Dongtai City",
		"320971":        "Yancheng Economic and Technological Development Zone",
		area.YannanZone: "Yannan High-tech Zone",
		"320924100":     "Hede Town",
		"320924111":     "Changdang Town",
		"320903050":     "Xindu Subdistrict",
		"320923101":     "Chenliang Town",
		"320981109":     "Nanshenzao Town",
		"320922405":     "Binhai County Modern Agriculture Park",
		"320924400":     "County Economic Development Zone",
		"320921401":     "Provincial Huanghai Farm",
		"320981400":     "Jiangsu Xincao Farm",
		"320924404":     "Saltworks",
		"320981413":     "Huanghai Forest Park",
		"320902051001":  "Nanyuan Community",
		"320902051202":  "Dongzha Village",
		"320971001006":  "Hexin Community",
		"320924402501":  "Yi Subfarm Residents",
		"320981401501":  "Di'er Production Team",
		"320904400598":  "Dazhongnongchang Residents",
		"320902050":     "Wuyou Subdistrict",
		"320981112":     "Tangyang Town",
		"320921103":     "Huangwei Town",
		"320904403":     "Dafeng Economic Development Zone",
		"320922403":     "Kaifaqu Coastal Industrial Park",
		"320903403":     "Dazonghu Tourist Resort",
		"320981409":     "Development Zone",
		"320924401002":  "Chengdong Community",
		"320902052006":  "Nanxinhe Community",
		"320922404":     "Binhaigang Economic Zone",
		"320903404":     "Taiwan Farmers' Business Park",
		"320902402":     "Environmental Industry Park",
	} {
		if got := areas[id].Name.EN; got != want {
			t.Errorf("%s %s: %q, want %q", id, areas[id].Name.ZH, got, want)
		}
	}
	latin := regexp.MustCompile(`^[A-Z0-9][A-Za-z0-9' -]*$`)
	for id, a := range areas {
		if !latin.MatchString(a.Name.EN) {
			t.Errorf("%s %s: English %q", id, a.Name.ZH, a.Name.EN)
		}
	}
	for id, want := range map[seawall.AreaID]string{"320924100": "hede zhen", "320902051202": "dongzha cunweihui", "320924404": "yanchang"} {
		if got := areas[id].Pinyin; got != want {
			t.Errorf("%s: pinyin key %q, want %q", id, got, want)
		}
	}
}

// Populations by county add up to the city and say what they are.
func TestYanchengPopulations(t *testing.T) {
	areas := byID(yancheng(t))
	sum, census := 0, 0
	for _, a := range areas {
		if a.Population > 0 && (a.PopulationKind == "" || a.PopulationSource == "") {
			t.Errorf("%s: a figure without kind or source", a.ID)
		}
		if a.Level == area.County {
			sum += a.Population
			if a.PopulationKind == "census" {
				census++
			}
		}
	}
	if city := areas[area.YanchengCity]; sum != city.Population || city.Population != 6_709_629 || census != 6 {
		t.Errorf("counties %d, city %d, %d by census", sum, city.Population, census)
	}
}

// The embedded table is the shared one, row by row.
func TestYanchengEqualsSource(t *testing.T) {
	f, err := os.Open(filepath.Join(dataDir(), "admin", "yancheng_to_village.csv"))
	if err != nil {
		t.Skipf("no shared data (set SEAWALL_DATA): %v", err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	areas := byID(yancheng(t))
	for _, r := range rows[1:] {
		a := areas[seawall.AreaID(r[0])]
		if a.Name.ZH != r[1] || string(a.Level) != r[2] || string(a.Parent) != r[3] {
			t.Errorf("%v: %+v", r, a)
		}
	}
	if len(rows)-1 != len(areas)-1 { // the zone is ours
		t.Errorf("%d rows, %d areas", len(rows)-1, len(areas))
	}
}

// dataDir is where the shared data lies.
func dataDir() string {
	if dir := os.Getenv("SEAWALL_DATA"); dir != "" {
		return dir
	}
	return filepath.Join("..", "..", "..", "shared", "data")
}
