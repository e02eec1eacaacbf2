package area_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/area"
)

// sum gives the counts of a report and checks that they add up.
func sum(t *testing.T, r area.Report) string {
	t.Helper()
	if r.Rows != r.Accepted+r.Rejected+r.Unchanged || r.Rejected != len(r.Rejects) || r.Warnings != len(r.Notes) {
		t.Errorf("the report does not add up: %+v", r)
	}
	return fmt.Sprintf("%d = %d + %d + %d", r.Rows, r.Accepted, r.Rejected, r.Unchanged)
}

func importText(t *testing.T, b *area.Book, m *memory, text string, dry bool) area.Report {
	t.Helper()
	r, err := b.Import(context.Background(), m, strings.NewReader(text), dry)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

const small = "\ufeff代码,名称,上级,级别,人口,来源\n" +
	"51,四川省,,province,,\n" +
	"510104001,督院街街道,510104,town,\"12,345\",社区统计\n" + // children may stand first
	"510104,锦江区,5101,county,900000,\n" +
	"5101,成都市,51,city,,\n"

func TestImport(t *testing.T) {
	m := newMemory()
	b := area.New(m, m, china())
	if got := sum(t, importText(t, b, m, small, true)); got != "4 = 4 + 0 + 0" || len(m.areas) != 0 || len(m.events) != 0 {
		t.Errorf("dry: %s, %d areas written", got, len(m.areas))
	}
	r := importText(t, b, m, small, false)
	if got := sum(t, r); got != "4 = 4 + 0 + 0" || r.Warnings != 1 || r.Notes[0].Line != 4 || r.Notes[0].Code != "area_population_source" {
		t.Errorf("%s %+v", got, r)
	}
	a := m.areas["510104001"]
	if a.Path != "51/5101/510104/510104001/" || a.Level != area.Town || a.Name.EN != "Duyuanjie Subdistrict" || a.Population != 12345 ||
		a.PopulationKind != "estimate" || a.PopulationSource != "社区统计" || a.ValidTo != seawall.NoDay {
		t.Errorf("%+v", a)
	}
	if len(m.events) != 1 || m.events[0].Type != "area.imported" || m.events[0].Area != "51/" {
		t.Errorf("%+v", m.events)
	}
	// The same file again changes nothing; a new figure changes one row.
	if got := sum(t, importText(t, b, m, small, false)); got != "4 = 0 + 0 + 4" || len(m.events) != 1 {
		t.Errorf("again: %s", got)
	}
	if got := sum(t, importText(t, b, m, strings.Replace(small, "900000", "910000", 1), false)); got != "4 = 1 + 0 + 3" || m.areas["510104"].Population != 910000 {
		t.Errorf("one change: %s %+v", got, m.areas["510104"])
	}
	// A file that says less takes nothing away; one that moves an area is refused.
	if got := sum(t, importText(t, b, m, "code,name,parent\n510104,锦江区,5101\n", false)); got != "1 = 0 + 0 + 1" {
		t.Errorf("fewer columns: %s", got)
	}
	r = importText(t, b, m, "code,name,parent\n510104,锦江区,51\n", false)
	if got := sum(t, r); got != "1 = 0 + 1 + 0" || r.Rejects[0].Code != "area_moved_by_file" {
		t.Errorf("a move by file: %+v", r)
	}
}

func TestImportRejects(t *testing.T) {
	m := newMemory()
	b := area.New(m, m, china())
	text := `name,parent,code,level,lat,lon,population
Root,,R,,,,
Child,R,C,,,,
Child,R,C,,,,
Other name,R,C,,,,
Orphan,missing,O,,,,
Below the orphan,O,O2,,,,
Ring 1,ring3,ring1,,,,
Ring 2,ring1,ring2,,,,
Ring 3,ring2,ring3,,,,
Itself,self,self,,,,
,R,noname,,,,
Slash,R,a/b,,,,
Level,R,lv,kingdom,,,
Latitude,R,lat,,95,,
Word,R,pop,,,,many
Above its parent,C,high,0,,,
Short row,R
"unclosed"quote,R,quote,,,,
Grandchild,C,G,,33.5,120.25,
`
	r := importText(t, b, m, text, false)
	if got := sum(t, r); got != "19 = 4 + 14 + 1" {
		t.Errorf("%s", got)
	}
	var got []string
	for _, j := range r.Rejects {
		got = append(got, fmt.Sprintf("%d %s", j.Line, strings.TrimPrefix(j.Code, "area_")))
	}
	want := []string{"5 repeat_differs", "6 parent_unknown", "7 parent_rejected", "8 parent_rejected", "9 parent_rejected", "10 cycle",
		"12 name_missing", "13 code_malformed", "14 level_unknown", "15 number", "16 number", "17 parent_lower", "18 row_cells", "19 row_malformed"}
	ring := 0
	for i, line := range got {
		if strings.HasPrefix(line, "8 ") || strings.HasPrefix(line, "9 ") || strings.HasPrefix(line, "10 ") {
			ring++ // where a ring is noticed first does not matter
			continue
		}
		if i >= len(want) || line != want[i] {
			t.Errorf("reject %d: %s", i, line)
		}
	}
	if len(got) != len(want) || ring != 3 {
		t.Errorf("%d rejects: %v", len(got), got)
	}
	if r.Warnings != 1 || r.Notes[0].Line != 11 || r.Notes[0].Code != "area_own_parent" || m.areas["self"].Path != "self/" {
		t.Errorf("%+v %+v", r.Notes, m.areas["self"])
	}
	if g := m.areas["G"]; g.Path != "R/C/G/" || g.Level != area.County || g.Lat != 33.5 || g.Name.EN != "Grandchild" {
		t.Errorf("%+v", g)
	}
	for _, bad := range []string{"", "name,parent\nx,y\n"} {
		if _, err := b.Import(context.Background(), m, strings.NewReader(bad), false); !seawall.Is(err, seawall.Invalid) {
			t.Errorf("%q: %v", bad, err)
		}
	}
}

// A tree deeper than the levels is refused where it ends, not cut.
func TestImportDepth(t *testing.T) {
	var text strings.Builder
	text.WriteString("code,name,parent\n")
	parent := ""
	for i := range 12 {
		id := fmt.Sprintf("n%d", i)
		fmt.Fprintf(&text, "%s,Level %d,%s\n", id, i, parent)
		parent = id
	}
	m := newMemory()
	r := importText(t, area.New(m, m, china()), m, text.String(), false)
	if got := sum(t, r); got != "12 = 9 + 3 + 0" || r.Rejects[0].Code != "area_too_deep" || m.areas["n8"].Level != area.Household {
		t.Errorf("%s %+v", got, r.Rejects)
	}
}

func sharedFile(t *testing.T, parts ...string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(append([]string{dataDir()}, parts...)...))
	if err != nil {
		t.Skipf("no shared data (set SEAWALL_DATA): %v", err)
	}
	return b
}

// GOV-03: any other city by CSV. The shared files pass whole.
func TestImportRealFiles(t *testing.T) {
	for _, c := range []struct {
		file      []string
		want      string
		id        seawall.AreaID
		path      seawall.AreaPath
		level     area.Level
		nameStart string
	}{
		{[]string{"admin", "jiangsu_to_town.csv"}, "1605 = 1605 + 0 + 0", "320924100", "32/3209/320924/320924100/", area.Town, "合德镇"},
		{[]string{"admin", "china_province_city_county.csv"}, "3351 = 3351 + 0 + 0", "320924", "32/3209/320924/", area.County, "射阳县"},
		{[]string{"admin", "yancheng_to_village.csv"}, "2660 = 2660 + 0 + 0", "320924100001", "32/3209/320924/320924100/320924100001/", area.Village, ""},
		// Go.Data exports 84 places four times each (another country code in
		// the repeats), and six are their own parent: 3,965 rows are 3,713 places.
		{[]string{"yardsticks", "godata_trainingland", "locations.csv"}, "3965 = 3713 + 0 + 252", "SN001014003000000000",
			"SN001000000000000000/SN001014000000000000/SN001014003000000000/", area.County, "Cornet"},
	} {
		text := sharedFile(t, c.file...)
		m := newMemory()
		b := area.New(m, m, china())
		r, err := b.Import(context.Background(), m, bytes.NewReader(text), false)
		if err != nil {
			t.Fatal(err)
		}
		if got := sum(t, r); got != c.want {
			t.Errorf("%v: %s, want %s; first rejects %+v", c.file, got, c.want, r.Rejects[:min(3, len(r.Rejects))])
		}
		if a := m.areas[c.id]; a.Path != c.path || a.Level != c.level || !strings.HasPrefix(a.Name.ZH, c.nameStart) {
			t.Errorf("%v: %+v", c.file, a)
		}
		again, err := b.Import(context.Background(), m, bytes.NewReader(text), false)
		if err != nil || again.Accepted != 0 || again.Rejected != 0 {
			t.Errorf("%v again: %s %v", c.file, sum(t, again), err)
		}
		// A dry run without a database says the same.
		rows, unread, err := area.ParseAreas(bytes.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		if _, dry := area.Plan(rows, unread, nil); sum(t, dry) != c.want {
			t.Errorf("%v: dry run %s, want %s", c.file, sum(t, dry), c.want)
		}
	}
}

func TestImportCapacity(t *testing.T) {
	b, m := seeded(t)
	text := "area,kind,total,used\n320924,rooms,100,20\n320924,teams,6\n320903,teams,6,7\n320903,teams,-1,0\nnowhere,rooms,5,0\n320903,rooms,\"1,200\",\n320904,,3,0\n"
	load := func(dry bool) area.Report {
		r, err := b.ImportCapacity(context.Background(), m, strings.NewReader(text), dry)
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	if got := sum(t, load(true)); got != "7 = 2 + 5 + 0" || len(m.capacities) != 0 {
		t.Errorf("dry: %s, %d written", got, len(m.capacities))
	}
	r := load(false)
	if got := sum(t, r); got != "7 = 2 + 5 + 0" || m.capacities["320903:rooms"].Total != 1200 || m.capacities["320924:rooms"].Free() != 80 {
		t.Errorf("%s %+v", got, m.capacities)
	}
	if got := sum(t, load(false)); got != "7 = 0 + 5 + 2" {
		t.Errorf("again: %s", got)
	}
}

// FuzzImport: whatever the file, the counts add up and no area lacks its parent.
func FuzzImport(f *testing.F) {
	f.Add(small)
	f.Add("code,name,parent\na,A,b\nb,B,a\n")
	f.Add("code,name,parent,level\na,A,,8\nb,B,a,0\n")
	f.Fuzz(func(t *testing.T, text string) {
		rows, unread, err := area.ParseAreas(strings.NewReader(text))
		if err != nil {
			return
		}
		write, r := area.Plan(rows, unread, nil)
		sum(t, r)
		placed := map[seawall.AreaID]seawall.AreaPath{"": ""}
		for _, a := range write {
			up, ok := placed[a.Parent]
			if !ok || a.Path != up+seawall.AreaPath(a.ID)+"/" {
				t.Errorf("%+v has no place", a)
			}
			placed[a.ID] = a.Path
		}
	})
}
