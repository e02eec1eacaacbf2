package area

import (
	"strings"
	"unicode"

	"github.com/mozillazg/go-pinyin"
)

// syllable gives the reading of a Chinese character in place names of the
// Yancheng plain, where it differs from the dictionary's first one; "" where it
// does not.
func syllable(r rune) string {
	switch r {
	case '都':
		return "du" // 盐都, 新都
	case '长':
		return "chang" // 长荡
	case '仇':
		return "qiu"
	case '缪':
		return "miao"
	case '泊':
		return "bo"
	case '厦':
		return "xia"
	}
	return ""
}

// syllables reads a name: one lower-case syllable for each Chinese character,
// other text in words of its own.
func syllables(name string) []string {
	var out []string
	var word strings.Builder
	flush := func() {
		out = append(out, strings.Fields(strings.ToLower(word.String()))...)
		word.Reset()
	}
	args := pinyin.NewArgs()
	for _, r := range name {
		if !unicode.Is(unicode.Han, r) {
			word.WriteRune(r)
			continue
		}
		flush()
		s := syllable(r)
		if s == "" {
			if p := pinyin.SinglePinyin(r, args); len(p) > 0 {
				s = p[0]
			}
		}
		if s != "" {
			out = append(out, s)
		}
	}
	flush()
	return out
}

// PinyinKey gives the sort and search key of a name: "合德镇" is "hede zhen", the
// ending of a Chinese place name apart so that its stem can be typed alone.
func PinyinKey(name string) string {
	if !hasHan(name) {
		return strings.Join(syllables(name), " ")
	}
	for _, p := range endings() {
		if stem, ok := strings.CutSuffix(name, p.zh); ok {
			return strings.TrimSpace(strings.Join(syllables(stem), "") + " " + strings.Join(syllables(p.zh), ""))
		}
	}
	return strings.Join(syllables(name), "")
}

// hasHan reports whether a text has a Chinese character.
func hasHan(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool { return unicode.Is(unicode.Han, r) })
}

// part is a Chinese ending or beginning of a place name and its English.
type part struct{ zh, en string }

// endings are tried in this order; the longer stand first.
func endings() []part {
	return []part{
		{"经济技术开发区", "Economic and Technological Development Zone"},
		{"现代农业产业园区", "Modern Agriculture Park"},
		{"农副产品加工交易园区", "Farm Produce Park"},
		{"农民创业园", "Farmers' Business Park"},
		{"旅游度假区", "Tourist Resort"},
		{"沿海工业园", "Coastal Industrial Park"},
		{"沿海经济区", "Coastal Economic Zone"},
		{"经济开发区", "Economic Development Zone"},
		{"环保产业园", "Environmental Industry Park"},
		{"社区居民委员会", "Community"}, {"社区居居委员会", "Community"}, {"社区居委会", "Community"},
		{"村民委员会", "Village"}, {"居民委员会", "Community"}, {"虚拟社区", "Community"},
		{"社区村委会", "Village"}, {"村居委会", "Community"}, {"村委会", "Village"}, {"居委会", "Community"},
		{"虚拟生活区", "Residents"}, {"分场生活区", "Subfarm Residents"}, {"公司生活区", "Company Residents"},
		{"水产场生活区", "Fish Farm Residents"}, {"生活区", "Residents"}, {"生产队", "Production Team"},
		{"高新技术产业开发区", "High-tech Zone"}, {"高新区", "High-tech Zone"},
		{"森林公园", "Forest Park"}, {"经济区", "Economic Zone"}, {"开发区", "Development Zone"},
		{"街道", "Subdistrict"}, {"社区", "Community"}, {"农场", "Farm"}, {"盐场", "Saltworks"},
		{"新区", "New Area"}, {"景区", "Scenic Area"},
		{"省", "Province"}, {"市", "City"}, {"区", "District"}, {"县", "County"},
		{"镇", "Town"}, {"乡", "Township"}, {"村", "Village"},
	}
}

// EnglishName makes the English form of a Chinese place name by rule: the
// ending in words, the stem in pinyin ("合德镇" is "Hede Town"). Other names stay
// as they are.
func EnglishName(name string) string {
	if !hasHan(name) {
		return name
	}
	for _, p := range []part{{"江苏省", "Jiangsu"}, {"省属", "Provincial"}} {
		if rest, ok := strings.CutPrefix(name, p.zh); ok && rest != "" {
			return p.en + " " + EnglishName(rest)
		}
	}
	for _, p := range endings() {
		stem, ok := strings.CutSuffix(name, p.zh)
		if !ok {
			continue
		}
		if stem == "" {
			return p.en
		}
		return stemName(stem) + " " + p.en
	}
	return stemName(name)
}

// stemName joins the syllables of a stem into one capitalised word; a county in
// front of it keeps its own ("滨海县…").
func stemName(stem string) string {
	if before, after, ok := strings.Cut(stem, "县"); ok && !strings.HasPrefix(after, "前") {
		return strings.Join(strings.Fields(stemName(before)+" County "+stemName(after)), " ")
	}
	var b strings.Builder
	for _, s := range syllables(stem) {
		if b.Len() > 0 && strings.ContainsRune("aeo", rune(s[0])) {
			b.WriteByte('\'') // Xi'an, not Xian
		}
		b.WriteString(s)
	}
	s := b.String()
	if s == "" {
		return ""
	}
	return strings.ToUpper(s[:1]) + s[1:]
}
