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

// surnameTable holds the surnames that are read otherwise than in words (Modern
// Chinese Dictionary, 现代汉语词典, entries marked 姓): "|surname reading reading|".
const surnameTable = "|欧阳 ouyang|歐陽 ouyang|尉迟 yuchi|尉遲 yuchi|长孙 zhangsun|長孫 zhangsun|万俟 moqi" +
	"|澹台 tantai|澹臺 tantai|令狐 linghu|单 shan dan|單 shan dan|曾 zeng|解 xie|仇 qiu" +
	"|任 ren|朴 piao pu|查 zha|盖 ge gai|蓋 ge gai|乐 yue le|樂 yue le|翟 zhai di" +
	"|缪 miao|繆 miao|覃 qin tan|区 ou|區 ou|召 shao zhao|冼 xian|洗 xian|黑 he hei" +
	"|员 yun yuan|員 yun yuan|贾 jia|賈 jia|种 chong|繁 po|能 nai|隗 kui wei" +
	"|牟 mou mu|祭 zhai|折 she|车 che|車 che|石 shi|盛 sheng|逄 pang|秘 bi|晁 chao" +
	"|郗 xi chi|"

// surnameReadings gives the readings of a surname: those of the table, else the
// dictionary's first of each character.
func surnameReadings(s string) []string {
	if _, rest, ok := strings.Cut(surnameTable, "|"+s+" "); ok {
		list, _, _ := strings.Cut(rest, "|")
		return strings.Fields(list)
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
