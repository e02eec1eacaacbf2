package protocol

// siteFacts is what a protocol about a gate or another site may ask about.
func siteFacts() []Name {
	return []Name{
		{Key: "kind", Type: "text", Text: text("场站类型", "the kind of site")},
		{Key: "p95", Type: "integer", Text: text("近一小时等候 p95（分钟）", "p95 of the last hour's waits in minutes")},
		{Key: "target", Type: "integer", Text: text("等候目标（分钟）", "the target in minutes")},
		{Key: "hopeless", Type: "yes_no", Text: text("开满车道也压不到最长等候时限", "not even all lanes keep the longest wait")}}
}

// siteFigures are the numbers that waits at a site are measured and forecast by.
func siteFigures() []Figure {
	figure := func(key string, least, most int, zh, en string) Figure {
		return Figure{Min: least, Max: most, Name: Name{Key: key, Text: text(zh, en)}}
	}
	return []Figure{
		figure("target_minutes", 1, 240, "等候目标：每小时 95% 的车辆不超过几分钟", "95 of 100 vehicles of every hour wait no longer than this"),
		figure("look_minutes", 1, 240, "告警后隔几分钟再看", "minutes after which an alarm is looked at again"),
		figure("weeks", 1, 26, "按过去几周预测", "how many weeks of passes the forecast looks back"),
		figure("service_seconds", 5, 3600, "无实测时一辆车验放几秒", "seconds that a vehicle takes in its lane before any was timed"),
		figure("service_cv2_percent", 0, 1000, "无实测时验放时间的离散程度（变异系数平方，百分数）", "how much that varies: cv² in per cent"),
		figure("service_weight", 0, 1000, "上两项抵几次实测", "how many timed vehicles these two are worth"),
		figure("officers_per_lane", 1, 20, "一条车道几个人", "people who work one open lane"),
		figure("separate_queues", 0, 1, "1：每条车道各自排队；0：合并排队", "1: each lane has its own queue; 0: one queue for all"),
	}
}
