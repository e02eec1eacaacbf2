package area

import (
	"bytes"
	"compress/gzip"
	_ "embed"
	"encoding/csv"
	"fmt"
	"strconv"
	"strings"

	"github.com/seawall-city/seawall"
)

//go:embed yancheng.csv.gz
var yanchengTable []byte

// Tree is a set of areas ready to be put into a database, parents before
// children, with the dated parents that differ from the rows.
type Tree struct {
	Areas      []Area
	Parentages []Parentage
}

// The city that ships with Seawall and its zone without statistical territory.
const (
	YanchengCity   seawall.AreaID = "3209"
	YannanZone     seawall.AreaID = "3209-yannan"
	YanchengEDZone seawall.AreaID = "320971"
)

// Yancheng gives the real tree of the shipped city down to villages; SOURCE.md
// tells where it is from. Its rows have no beginning and no end, because the
// table is the state of one day (2023-06-30) and says nothing about others.
// Errors: Corrupt when the embedded table is damaged, which a test rules out.
func Yancheng() (Tree, error) {
	const op = "area.Yancheng"
	z, err := gzip.NewReader(bytes.NewReader(yanchengTable))
	if err != nil {
		return Tree{}, &seawall.Error{Op: op, Kind: seawall.Corrupt, Err: err}
	}
	rows, err := csv.NewReader(z).ReadAll()
	if err != nil {
		return Tree{}, &seawall.Error{Op: op, Kind: seawall.Corrupt, Err: err}
	}
	t := Tree{Areas: make([]Area, 0, len(rows)+1)}
	paths := map[string]seawall.AreaPath{"": ""}
	figures := yanchengFigures()
	for i, row := range rows {
		level, up := divisionOf(row[0])
		above, ok := paths[up]
		if level == "" || !ok {
			return Tree{}, &seawall.Error{Op: op, Kind: seawall.Corrupt, Err: fmt.Errorf("row %d: code %q has no place", i+1, row[0])}
		}
		path := above + seawall.AreaPath(row[0]+"/")
		paths[row[0]] = path
		a := newArea(seawall.AreaID(row[0]), row[1], level, seawall.AreaID(up), path)
		f := figures[row[0]]
		a.Population, a.PopulationKind, a.PopulationSource, a.Lat, a.Lon = f.population, f.kind, f.source, f.lat, f.lon
		t.Areas = append(t.Areas, a)
	}
	t.command(paths)
	return t, nil
}

// newArea makes an open-ended area with its names.
func newArea(id seawall.AreaID, name string, level Level, parent seawall.AreaID, path seawall.AreaPath) Area {
	return Area{ID: id, Name: seawall.Text{ZH: name, EN: EnglishName(name)}, Level: level, Pinyin: PinyinKey(name),
		Parent: parent, Path: path, ValidFrom: seawall.NoDay, ValidTo: seawall.NoDay}
}

// divisionOf tells the level and the parent from the length of a code.
func divisionOf(code string) (Level, string) {
	switch len(code) {
	case 2:
		return Province, ""
	case 4:
		return City, code[:2]
	case 6:
		return County, code[:4]
	case 9:
		return Town, code[:6]
	case 12:
		return Village, code[:9]
	}
	return "", ""
}

// command adds the command hierarchy: both zones answer to the city.
// 盐城经济技术开发区 stands under the city in the table already.
// 盐南高新区 does not: its sub-districts are counted under 亭湖区 and 盐都区. That it
// runs these five is an assumption taken from how the city reports them; no
// table with an open licence says so. Neither beginning is dated here.
func (t *Tree) command(paths map[string]seawall.AreaPath) {
	zone := newArea(YannanZone, "盐南高新区", Zone, YanchengCity,
		paths[string(YanchengCity)]+seawall.AreaPath(YannanZone)+"/")
	under := func(id, parent seawall.AreaID) {
		t.Parentages = append(t.Parentages, Parentage{Area: id, Hierarchy: Command, Parent: parent, From: seawall.NoDay, To: seawall.NoDay})
	}
	under(YanchengEDZone, YanchengCity)
	under(YannanZone, YanchengCity)
	for _, id := range []seawall.AreaID{
		"320902050", // 伍佑街道
		"320902051", // 黄海街道
		"320902052", // 新河街道
		"320903050", // 新都街道
		"320903051", // 科城街道
	} {
		under(id, YannanZone)
		for i := range t.Areas {
			if t.Areas[i].ID == id {
				t.Areas[i].CommandParent = YannanZone
			}
		}
	}
	// Behind the city and its counties, before the towns.
	for i, a := range t.Areas {
		if a.Level == Town {
			t.Areas = append(t.Areas[:i], append([]Area{zone}, t.Areas[i:]...)...)
			break
		}
	}
}

// figure is what is known of a county beyond its name.
type figure struct {
	population   int
	kind, source string
	lat, lon     float64
}

// yanchengFigures are residents and centroids by county. Residents: 7th census
// of 1 November 2020 (figures as given by en.wikipedia.org/wiki/Yancheng and the
// county pages); three counties are estimates and say how. Centroids: computed
// from OpenStreetMap outlines (© OpenStreetMap contributors, ODbL) as in
// xmc811/mapchina, rounded to four decimals. 320971 has neither: its people are
// counted in 亭湖区.
func yanchengFigures() map[string]figure {
	const (
		census   = "2020 census"
		residual = "residual of the 2020 city total, split by the 2010 census shares"
		proxy    = "end-2021 residents by the county's statistical communique, as a proxy for 2020"
	)
	return map[string]figure{
		"3209":   {6709629, "census", census, 0, 0},
		"320902": {901007, "census", census, 33.4280, 120.2840},
		"320903": {832584, "census", census, 33.2649, 119.9602},
		"320904": {645603, "census", census, 33.1948, 120.5586},
		"320921": {459156, "census", census, 34.2270, 119.7858},
		"320922": {820084, "census", census, 34.0858, 120.0127},
		"320923": {794036, "census", census, 33.7079, 119.6931},
		"320924": {749018, "estimate", residual, 33.7706, 120.2488},
		"320925": {619341, "estimate", residual, 33.4841, 119.8235},
		"320981": {888800, "estimate", proxy, 32.7892, 120.5854},
	}
}

// WithGrids adds grids below every village, for the demonstration: no public
// table has them. Residents' communities get six to eight, villages two to four,
// by their code, so that every run makes the same ones. A grid is known by its
// village and two digits: "320924100001-07" is grid 7.
func (t Tree) WithGrids() Tree {
	out := Tree{Areas: append([]Area(nil), t.Areas...), Parentages: t.Parentages}
	for _, a := range t.Areas {
		if a.Level != Village {
			continue
		}
		n := 2
		if strings.HasSuffix(a.Name.EN, " Community") {
			n = 6
		}
		n += int(a.ID[len(a.ID)-1]-'0') % 3
		for i := 1; i <= n; i++ {
			id := GridID(a.ID, i)
			out.Areas = append(out.Areas, Area{ID: id, Level: Grid, Parent: a.ID, Path: a.Path + seawall.AreaPath(id) + "/",
				Name:   seawall.Text{ZH: strconv.Itoa(i) + " 网格", EN: "Grid " + strconv.Itoa(i)},
				Pinyin: fmt.Sprintf("%02d wangge", i), ValidFrom: seawall.NoDay, ValidTo: seawall.NoDay})
		}
	}
	return out
}

// GridID names the n-th grid of a village.
func GridID(village seawall.AreaID, n int) seawall.AreaID {
	return seawall.AreaID(fmt.Sprintf("%s-%02d", village, n))
}
