package regime

import "github.com/seawall-city/seawall"

// word is an entry of a small bilingual list.
type word struct {
	key string
	t   seawall.Text
}

// find gives the words of key, the key itself where it has none.
func find(list []word, key string) seawall.Text {
	for _, w := range list {
		if w.key == key {
			return w.t
		}
	}
	return seawall.Text{ZH: key, EN: key}
}

// keys gives the keys of a list in order.
func keys(list []word) []string {
	out := make([]string, len(list))
	for i, w := range list {
		out[i] = w.key
	}
	return out
}

func stayWords() []word {
	return []word{
		{string(Central), text("集中隔离", "central quarantine")},
		{string(Home), text("居家隔离", "home isolation")},
		{string(HomeMonitoring), text("居家健康监测", "home health monitoring")},
		{string(Monitor), text("健康监测（不限制外出）", "health monitoring without restriction")},
		{string(Inform), text("仅告知", "informed only")},
	}
}

// Name gives the words for a kind of stay.
func (k StayKind) Name() seawall.Text { return find(stayWords(), string(k)) }

func testWords() []word {
	return []word{
		{"nat", text("核酸检测", "nucleic acid test")},
		{"antigen", text("抗原检测", "antigen test")},
		{"culture", text("粪便培养", "stool culture")},
	}
}

// testKind gives the words for a kind of test.
func testKind(kind string) seawall.Text { return find(testWords(), kind) }

func testKinds() []string { return keys(testWords()) }

func transmissionWords() []word {
	return []word{
		{"person", text("人传人", "person to person")},
		{"fomite", text("物品", "objects")},
		{"airborne", text("空气", "air")},
		{"vector", text("媒介生物", "vector")},
		{"food-water", text("食物和水", "food and water")},
		{"animal", text("动物", "animals")},
	}
}

func transmissions() []string { return keys(transmissionWords()) }

func basisWords() []word {
	return []word{
		{"document", text("文件", "document")},
		{"knowledge", text("业内通行做法，未附文件", "established practice, no document at hand")},
		{"design", text("本系统的选择", "Seawall's own choice")},
	}
}

func clockWords() []word {
	return []word{
		{ClockLeaving, text("离开该地区之日", "the day of leaving the area")},
		{ClockEntry, text("入境之日", "the day of entering the country")},
		{ClockArrival, text("抵达之日", "the day of arrival")},
	}
}

// clockWord words what day 0 of a row is.
func clockWord(key string) seawall.Text { return find(clockWords(), key) }

func clocks() []string { return keys(clockWords()) }

// placeholders are the names that texts of a file may hold in braces.
func placeholders() []string {
	return []string{"{disease}", "{class}", "{source}", "{base}", "{from}", "{to}", "{release}", "{days}", "{n}", "{test}", "{clock}"}
}

// knownText reports whether a file may give a text of that key.
func knownText(key string) bool {
	switch key {
	case textPlan, textTest, textOver, textGate, textGateFree:
		return true
	}
	for _, w := range stayWords() {
		if w.key == key {
			return true
		}
	}
	return false
}
