package protocol

// tripEvents are the moments of a freight trip.
func tripEvents() []Name {
	return []Name{
		{Key: "planned", Text: text("预计到达关口", "it is expected at the gate")},
		{Key: "arrived", Text: text("到达关口", "it came to the gate")},
		{Key: "entered", Text: text("入城", "it was let in")},
		{Key: "seen", Text: text("最近一次有动静", "the last sign of it")},
		{Key: "found", Text: text("发现滞留或无人接管", "it was found stranded or without anybody who took over")},
	}
}

// tripFacts are the facts of a freight trip.
func tripFacts() []Name {
	return []Name{
		{Key: "state", Type: "text", Text: text("状态（declared、permitted、travelling、at_gate、inside、unloading）", "its state: declared, permitted, travelling, at_gate, inside, unloading")},
		{Key: "transit", Type: "yes_no", Text: text("过境", "it only passes")},
		{Key: "permitted", Type: "yes_no", Text: text("有通行证", "it has a permit")},
		{Key: "cargo", Type: "text", Text: text("货类", "the kind of load")},
		{Key: "escort", Type: "text", Text: text("专人引导或点对点（escort、point）", "how it is led: escort, point")},
		{Key: "people", Type: "integer", Text: text("人数", "how many people")},
	}
}
