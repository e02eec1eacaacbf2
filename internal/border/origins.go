package border

import (
	"bytes"
	"cmp"
	"compress/gzip"
	_ "embed" // the table of origins
	"encoding/csv"
	"slices"
	"strings"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/area"
)

//go:embed origins.csv.gz
var originTable []byte

// Place is one entry of the table of origins.
type Place struct {
	Code string       `json:"code"`
	Name seawall.Text `json:"name"`
	// Full is the name with those of the areas above it.
	Full seawall.Text `json:"full"`
	// Level: "province", "prefecture", "county" or "country".
	Level  string `json:"level"`
	Abroad bool   `json:"abroad,omitempty"`
}

// Origins is the table of places somebody may come from; see SOURCE.md.
type Origins struct {
	places []entry
	byCode map[string]int
}

// entry is a place with what it is found by.
type entry struct {
	Place
	pinyin, full string
}

// LoadOrigins reads the table that ships with the program. Errors: Corrupt.
func LoadOrigins() (*Origins, error) {
	const op = "border.LoadOrigins"
	z, err := gzip.NewReader(bytes.NewReader(originTable))
	if err != nil {
		return nil, &seawall.Error{Op: op, Kind: seawall.Corrupt, Err: err}
	}
	rows, err := csv.NewReader(z).ReadAll()
	if err != nil {
		return nil, &seawall.Error{Op: op, Kind: seawall.Corrupt, Err: err}
	}
	o := &Origins{byCode: make(map[string]int, len(rows))}
	for _, r := range rows {
		p := Place{Code: r[0], Name: seawall.Text{ZH: r[1], EN: r[2]}, Abroad: abroad(r[0])}
		p.Level = map[bool]string{true: "country", false: map[int]string{2: "province", 4: "prefecture"}[len(r[0])]}[p.Abroad]
		if p.Level == "" {
			p.Level = "county"
		}
		if p.Name.EN == "" {
			p.Name.EN = englishOf(p.Name.ZH)
		}
		p.Full = p.Name
		if up, ok := o.byCode[above(p.Code)]; ok {
			p.Full = seawall.Text{ZH: o.places[up].Full.ZH + p.Name.ZH, EN: p.Name.EN + ", " + o.places[up].Full.EN}
		}
		o.byCode[p.Code] = len(o.places)
		o.places = append(o.places, entry{Place: p, pinyin: strings.ReplaceAll(readingOf(p.Name.ZH), " ", ""), full: strings.ToLower(p.Name.EN)})
	}
	return o, nil
}

// above gives the code of the area above a division, "" at the top.
func above(code string) string {
	if abroad(code) || len(code) <= 2 {
		return ""
	}
	return code[:len(code)-2]
}

// Place gives the place of a code; one below the county, or one the table does
// not have, gives the nearest above it with the code as asked. false where
// nothing above is known either.
func (o *Origins) Place(code string) (Place, bool) {
	code = strings.ToUpper(strings.TrimSpace(code))
	for _, c := range Lineage(code) {
		if i, ok := o.byCode[c]; ok {
			p := o.places[i].Place
			p.Code = code
			return p, true
		}
	}
	return Place{}, false
}

// Search gives places by the beginning of their name, its pinyin, its English or
// its code; the shorter name and the wider place come first. limit 0 means 20.
func (o *Origins) Search(q string, limit int) []Place {
	q = strings.ToLower(strings.Join(strings.Fields(q), ""))
	if q == "" {
		return []Place{}
	}
	if limit <= 0 || limit > 100 {
		limit = 20
	}
	type hit struct {
		at, rank int
	}
	var hits []hit
	for i, e := range o.places {
		switch {
		case strings.HasPrefix(strings.ToLower(e.Code), q):
			hits = append(hits, hit{i, 0})
		case strings.HasPrefix(e.Name.ZH, q), strings.HasPrefix(e.Full.ZH, q):
			hits = append(hits, hit{i, 1})
		case strings.HasPrefix(e.pinyin, q), strings.HasPrefix(strings.ReplaceAll(e.full, " ", ""), q):
			hits = append(hits, hit{i, 2})
		}
	}
	slices.SortStableFunc(hits, func(a, b hit) int {
		return cmp.Or(cmp.Compare(a.rank, b.rank), cmp.Compare(len(o.places[a.at].Code), len(o.places[b.at].Code)),
			cmp.Compare(a.at, b.at))
	})
	out := []Place{}
	for _, h := range hits[:min(limit, len(hits))] {
		out = append(out, o.places[h.at].Place)
	}
	return out
}

// Called gives the place of the table that has a name, in either language and with
// or without the areas above it; the widest of several. false where none has.
func (o *Origins) Called(name string) (Place, bool) {
	name = strings.TrimSpace(name)
	best := -1
	for i, e := range o.places {
		same := name != "" && (e.Name.ZH == name || e.Full.ZH == name || strings.EqualFold(e.Name.EN, name) || strings.EqualFold(e.Full.EN, name))
		if same && (best < 0 || len(e.Code) < len(o.places[best].Code)) {
			best = i
		}
	}
	if best < 0 {
		return Place{}, false
	}
	return o.places[best].Place, true
}

// Len is how many places the table has.
func (o *Origins) Len() int { return len(o.places) }

// readingOf gives the pinyin of a place name, with the readings that names of
// places have against the dictionary's first one.
func readingOf(name string) string {
	for _, w := range []struct{ zh, read string }{{"重庆", "chongqing"}, {"厦门", "xiamen"}, {"西藏", "xizang"}, {"长", "chang"},
		{"六安", "luan"}, {"六合", "luhe"}, {"蚌埠", "bengbu"}, {"台州", "taizhou"}, {"丽水", "lishui"}, {"大同", "datong"},
		{"乐清", "yueqing"}, {"乐山", "leshan"}, {"朝阳", "chaoyang"}, {"东阿", "donge"}, {"番禺", "panyu"}, {"尉犁", "yuli"}} {
		if rest, ok := strings.CutPrefix(name, w.zh); ok {
			return w.read + area.PinyinKey(rest)
		}
	}
	return area.PinyinKey(name)
}

// englishOf makes the English of a division's name by rule.
func englishOf(name string) string {
	if en, ok := wellKnown()[name]; ok {
		return en
	}
	stem, ending := name, ""
	for _, e := range [][2]string{{"特别行政区", "Special Administrative Region"}, {"自治州", "Autonomous Prefecture"}, {"自治县", "Autonomous County"},
		{"自治旗", "Autonomous Banner"}, {"自治区", "Autonomous Region"}, {"地区", "Prefecture"}, {"林区", "Forestry District"},
		{"特区", "Special District"}, {"盟", "League"}, {"旗", "Banner"}} {
		if s, ok := strings.CutSuffix(name, e[0]); ok && s != "" {
			stem, ending = s, e[1]
			break
		}
	}
	if ending == "" {
		return capital(area.EnglishName(name))
	}
	var peoples []string
	for cut := true; cut; {
		cut = false
		for _, p := range nationalities() {
			if s, ok := strings.CutSuffix(stem, p[0]); ok && s != "" {
				stem, peoples, cut = s, append([]string{p[1]}, peoples...), true
				break
			}
		}
	}
	words := []string{capital(strings.ReplaceAll(readingOf(stem), " ", ""))}
	if len(peoples) > 0 {
		words = append(words, strings.Join(peoples, " and "))
	}
	return strings.Join(append(words, ending), " ")
}

func capital(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

// wellKnown are names whose English is not their pinyin.
func wellKnown() map[string]string {
	return map[string]string{"内蒙古自治区": "Inner Mongolia", "西藏自治区": "Tibet (Xizang)", "新疆维吾尔自治区": "Xinjiang",
		"宁夏回族自治区": "Ningxia", "广西壮族自治区": "Guangxi", "陕西省": "Shaanxi", "重庆市": "Chongqing", "市辖区": "Urban districts",
		"县": "Counties", "省直辖县级行政区划": "Counties under the province", "自治区直辖县级行政区划": "Counties under the region",
		"厦门市": "Xiamen City", "长春市": "Changchun City", "长沙市": "Changsha City", "长治市": "Changzhi City",
		"六安市": "Lu'an City", "蚌埠市": "Bengbu City"}
}

// nationalities are the peoples that stand in the names of autonomous areas.
func nationalities() [][2]string {
	return [][2]string{{"土家族", "Tujia"}, {"布依族", "Bouyei"}, {"蒙古族", "Mongol"}, {"蒙古", "Mongol"}, {"朝鲜族", "Korean"}, {"哈尼族", "Hani"},
		{"景颇族", "Jingpo"}, {"傈僳族", "Lisu"}, {"维吾尔", "Uygur"}, {"哈萨克族", "Kazakh"}, {"哈萨克", "Kazakh"}, {"柯尔克孜", "Kirgiz"}, {"仡佬族", "Gelao"},
		{"毛南族", "Maonan"}, {"仫佬族", "Mulao"}, {"纳西族", "Naxi"}, {"独龙族", "Derung"}, {"普米族", "Pumi"}, {"拉祜族", "Lahu"},
		{"布朗族", "Blang"}, {"东乡族", "Dongxiang"}, {"撒拉族", "Salar"}, {"保安族", "Bonan"}, {"裕固族", "Yugur"}, {"塔吉克", "Tajik"},
		{"锡伯", "Xibe"}, {"达斡尔族", "Daur"}, {"鄂伦春", "Oroqen"}, {"鄂温克族", "Ewenki"}, {"各族", "Multi-ethnic"}, {"苗族", "Miao"},
		{"藏族", "Tibetan"}, {"彝族", "Yi"}, {"羌族", "Qiang"}, {"侗族", "Dong"}, {"壮族", "Zhuang"}, {"回族", "Hui"}, {"满族", "Manchu"},
		{"傣族", "Dai"}, {"白族", "Bai"}, {"瑶族", "Yao"}, {"畲族", "She"}, {"黎族", "Li"}, {"水族", "Shui"}, {"怒族", "Nu"}, {"佤族", "Va"}, {"土族", "Tu"}}
}
