package vaulttest

// surname is a surname and how many of 10,000 people bear it.
type surname struct {
	name  string
	share int
}

// surnames lists frequent surnames with rounded shares (order of the Ministry
// of Public Security's name reports); a few compound ones stand for the rest.
func surnames() []surname {
	return []surname{{"王", 720}, {"李", 710}, {"张", 680}, {"刘", 540}, {"陈", 450}, {"杨", 310}, {"黄", 220}, {"赵", 210},
		{"吴", 200}, {"周", 190}, {"徐", 145}, {"孙", 140}, {"马", 130}, {"朱", 128}, {"胡", 120}, {"郭", 118}, {"何", 116},
		{"林", 114}, {"高", 110}, {"罗", 100}, {"郑", 95}, {"梁", 90}, {"谢", 80}, {"宋", 78}, {"唐", 75}, {"许", 72}, {"韩", 70},
		{"邓", 66}, {"冯", 64}, {"曹", 62}, {"彭", 60}, {"曾", 58}, {"肖", 57}, {"田", 55}, {"董", 54}, {"潘", 53}, {"袁", 52},
		{"蔡", 51}, {"蒋", 50}, {"余", 49}, {"于", 48}, {"杜", 47}, {"叶", 46}, {"程", 45}, {"魏", 44}, {"苏", 43}, {"吕", 42},
		{"丁", 41}, {"任", 40}, {"卢", 39}, {"姚", 38}, {"沈", 37}, {"钟", 36}, {"姜", 35}, {"崔", 34}, {"谭", 33}, {"陆", 32},
		{"范", 31}, {"汪", 30}, {"廖", 29}, {"石", 28}, {"金", 27}, {"韦", 26}, {"贾", 25}, {"夏", 24}, {"付", 23}, {"方", 22},
		{"邹", 21}, {"熊", 20}, {"白", 19}, {"孟", 18}, {"秦", 17}, {"邱", 16}, {"侯", 15}, {"江", 14}, {"尹", 13}, {"薛", 12},
		{"闫", 11}, {"段", 10}, {"雷", 10}, {"单", 9}, {"解", 8}, {"仇", 8}, {"乐", 4}, {"欧阳", 8}, {"司马", 2}, {"诸葛", 2}}
}

// givenRunes lists characters of given names, each sex's own first, then those
// of both.
func givenRunes(sex string) []rune {
	both := []rune("明华平玉春晓文小云林新海红志金永国清兰雨思子佳欣宇晨一诗涵")
	if sex == "m" {
		return append([]rune("伟强磊军勇涛超杰刚峰鹏飞龙辉斌波建东俊浩毅健宁亮胜"), both...)
	}
	return append([]rune("芳娜敏静丽艳娟秀霞燕玲桂英梅婷雪琴洁颖萍莉蓉倩琳媛"), both...)
}

func streets() []string {
	return []string{"解放", "人民", "建军", "开放", "黄海", "盐渎", "范公", "毓龙", "迎宾", "新都", "世纪", "青年", "大庆", "东进"}
}

// name draws a surname by its share and a given name of one character (three in
// ten people) or two.
func name(d *draw, sex string) string {
	list, total := surnames(), 0
	for _, s := range list {
		total += s.share
	}
	n := d.below(total)
	family := ""
	for _, s := range list {
		if n -= s.share; n < 0 {
			family = s.name
			break
		}
	}
	runes := givenRunes(sex)
	given := string(pick(d, runes))
	if d.below(10) >= 3 {
		given += string(pick(d, runes))
	}
	return family + given
}
