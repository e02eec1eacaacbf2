package vault

import (
	"strings"

	"github.com/mozillazg/go-pinyin"
)

// maxReadings bounds how many full readings of one name are filed; a name whose
// characters have more keeps the usual ones.
const maxReadings = 4

// readingsOf gives the readings of a surname and those of the whole name,
// lower-case letters without tones, the usual one first.
func readingsOf(surname string, given []rune) (surnames, full []string) {
	surnames = surnameReadings(surname)
	full = append([]string(nil), surnames...)
	for _, r := range given {
		rs := givenReadings(r)
		next := make([]string, 0, maxReadings)
		// The usual reading of every character comes before any rare one.
		for _, reading := range rs {
			for _, head := range full {
				if len(next) < maxReadings {
					next = append(next, head+reading)
				}
			}
		}
		if len(next) > 0 {
			full = next
		}
	}
	return surnames, unique(full)
}

// surnameOf gives the surname of a Chinese name: two characters where they are
// a known compound surname and a given name follows, else one.
func surnameOf(name []rune) string {
	if len(name) >= 3 && compoundSurname(string(name[:2])) {
		return string(name[:2])
	}
	return string(name[:1])
}

// compoundSurname lists the two-character surnames in use.
func compoundSurname(s string) bool {
	switch s {
	case "欧阳", "太史", "端木", "上官", "司马", "东方", "独孤", "南宫", "万俟", "闻人", "夏侯", "诸葛", "尉迟",
		"公羊", "赫连", "澹台", "皇甫", "宗政", "濮阳", "公冶", "太叔", "申屠", "公孙", "慕容", "仲孙", "钟离",
		"长孙", "宇文", "司徒", "鲜于", "司空", "闾丘", "子车", "亓官", "司寇", "巫马", "公西", "颛孙", "壤驷",
		"公良", "漆雕", "乐正", "宰父", "谷梁", "拓跋", "夹谷", "轩辕", "令狐", "段干", "百里", "呼延", "东郭",
		"南门", "羊舌", "微生", "梁丘", "左丘", "东门", "西门", "第五", "歐陽", "司馬", "東方", "獨孤", "諸葛",
		"尉遲", "長孫", "鮮于", "軒轅", "鍾離", "澹臺", "赫連", "濮陽", "公孫":
		return true
	}
	return false
}

// surnameReadings gives the readings of a surname. As surnames many characters
// are read otherwise than in words; those are listed (Modern Chinese Dictionary,
// 现代汉语词典, entries marked 姓), all others take the dictionary's first.
func surnameReadings(s string) []string {
	switch s {
	case "欧阳", "歐陽":
		return []string{"ouyang"}
	case "尉迟", "尉遲":
		return []string{"yuchi"}
	case "长孙", "長孫":
		return []string{"zhangsun"}
	case "万俟":
		return []string{"moqi"}
	case "澹台", "澹臺":
		return []string{"tantai"}
	case "令狐":
		return []string{"linghu"}
	case "单", "單":
		return []string{"shan", "dan"}
	case "曾":
		return []string{"zeng"}
	case "解":
		return []string{"xie"}
	case "仇":
		return []string{"qiu"}
	case "任":
		return []string{"ren"}
	case "朴":
		return []string{"piao", "pu"}
	case "查":
		return []string{"zha"}
	case "盖", "蓋":
		return []string{"ge", "gai"}
	case "乐", "樂":
		return []string{"yue", "le"}
	case "翟":
		return []string{"zhai", "di"}
	case "缪", "繆":
		return []string{"miao"}
	case "覃":
		return []string{"qin", "tan"}
	case "区", "區":
		return []string{"ou"}
	case "召":
		return []string{"shao", "zhao"}
	case "冼", "洗":
		return []string{"xian"}
	case "黑":
		return []string{"he", "hei"}
	case "员", "員":
		return []string{"yun", "yuan"}
	case "贾", "賈":
		return []string{"jia"}
	case "种":
		return []string{"chong"}
	case "繁":
		return []string{"po"}
	case "能":
		return []string{"nai"}
	case "隗":
		return []string{"kui", "wei"}
	case "牟":
		return []string{"mou", "mu"}
	case "祭":
		return []string{"zhai"}
	case "折":
		return []string{"she"}
	case "车", "車":
		return []string{"che"}
	case "石":
		return []string{"shi"}
	case "盛":
		return []string{"sheng"}
	case "逄":
		return []string{"pang"}
	case "秘":
		return []string{"bi"}
	case "晁":
		return []string{"chao"}
	case "郗":
		return []string{"xi", "chi"}
	}
	var b strings.Builder
	for _, r := range s {
		if rs := readings(r); len(rs) > 0 {
			b.WriteString(rs[0])
		}
	}
	return unique([]string{b.String()})
}

// givenReadings gives at most two readings of a character in a given name. Some
// frequent name characters have a second reading that no name uses (明 mèng, 平
// pián); leaving it out halves the tokens of common names.
func givenReadings(r rune) []string {
	rs := readings(r)
	switch r {
	case '明', '平', '英', '超', '强', '洋', '王', '红', '伯', '大', '浩', '敏', '信', '金', '海', '文', '方', '宏',
		'志', '国', '成', '家', '阳', '雨', '玉', '小', '子', '水', '木', '林', '万', '中', '正', '会', '石', '广':
		return rs[:min(1, len(rs))]
	}
	return rs[:min(2, len(rs))]
}

// readings gives the dictionary's readings of a character without tones, the
// first one first, nothing for a character that it does not know.
func readings(r rune) []string {
	entry, ok := pinyin.PinyinDict[int(r)]
	if !ok {
		return nil
	}
	out := make([]string, 0, 2)
	for entry != "" {
		var one string
		one, entry, _ = strings.Cut(entry, ",")
		if plain := toneless(one); plain != "" && !contains(out, plain) {
			out = append(out, plain)
		}
	}
	return out
}

// toneless drops the tone marks of a syllable; ü becomes v.
func toneless(s string) string {
	var b [8]byte
	out := b[:0]
	for _, r := range s {
		switch r {
		case 'ā', 'á', 'ǎ', 'à':
			r = 'a'
		case 'ē', 'é', 'ě', 'è', 'ê', 'ế', 'ề':
			r = 'e'
		case 'ī', 'í', 'ǐ', 'ì':
			r = 'i'
		case 'ō', 'ó', 'ǒ', 'ò':
			r = 'o'
		case 'ū', 'ú', 'ǔ', 'ù':
			r = 'u'
		case 'ü', 'ǖ', 'ǘ', 'ǚ', 'ǜ':
			r = 'v'
		case 'ń', 'ň', 'ǹ':
			r = 'n'
		case 'ḿ':
			r = 'm'
		}
		if r >= 'a' && r <= 'z' {
			out = append(out, byte(r))
		}
	}
	return string(out)
}
