package protocol

// lotEvents are the moments of a lot of goods.
func lotEvents() []Name {
	return []Name{
		{Key: "recorded", Text: text("登记", "it was recorded")},
		{Key: "arrived", Text: text("到达", "it arrived")},
	}
}

// lotFacts are the facts of a lot of goods.
func lotFacts() []Name {
	return []Name{
		{Key: "kind", Type: "text", Text: text("货物类别", "the kind of goods")},
		{Key: "state", Type: "text", Text: text("状态（expected、held、sealed）", "its state: expected, held, sealed")},
		{Key: "sample", Type: "yes_no", Text: text("放行前须采样阴性", "it needs a negative sample before release")},
		{Key: "disinfect", Type: "yes_no", Text: text("放行前须消毒", "it needs a disinfection before release")},
		{Key: "rest", Type: "yes_no", Text: text("放行前须静置", "it has to rest before release")},
	}
}
