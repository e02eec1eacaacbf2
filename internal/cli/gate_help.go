package cli

// gateHelp is the Chinese of the help of gates; see helpZH.
func gateHelp() map[string]string {
	return map[string]string{
		"Look at gates, try their rules, take in a shift without a network.":              "查看卡口、试算规则、接收离线班次。",
		"List gates and other transport sites with what happened there today.":            "列出卡口和其他交通场所及今日情况。",
		"Say what would be decided about some facts, and by which rule; nothing is kept.": "按给定情况试算结论和所依据的规则，不作登记。",
		"List the passes of a site, the newest first.":                                    "列出一个卡口的通行记录，最新的在前。",
		"Take in a shift that a phone worked without a network.":                          "接收手持设备离线工作的一个班次。",
		"Files of gate rules.": "卡口规则文件。",
		"Only this kind: port, wharf, rail, airport, coach, checkpoint or shoreline.": "只看这一类：port（口岸）、wharf（码头）、rail（火车站）、airport（机场）、coach（客运站）、checkpoint（交通卡口）或 shoreline（岸线）。",
		"Only in this area.":                                                          "只看这个区域。",
		"File of facts as JSON, or - for standard input.":                             "JSON 格式的情况文件；- 表示标准输入。",
		"Day on which it is decided. Default: today.":                                 "判定日期；默认今天。",
		"The site's id.":                                                              "卡口编号。",
		"Only this decision: pass, sample_go, hold or refer.":                         "只看这一种结论：pass（放行）、sample_go（采样即走）、hold（等候）或 refer（转介）。",
		"File as the phone wrote it (JSON: device, passes), or - for standard input.": "手持设备写出的文件（JSON：device、passes）；- 表示标准输入。",
		"List the files of gate rules.":                                               "列出卡口规则文件。",
		"Check files of gate rules without installing them.":                          "检查卡口规则文件，不安装。",
		"Rule files.": "规则文件。",
		"Decisions at gates: how many a second, each on disk when answered, and a shift brought in from offline; on the same databases.": "测量卡口验放：每秒多少次（答复时已落盘），以及补传一个离线班次；使用同样的数据库。",
		"Gates.":                                              "卡口数。",
		"Lanes of each gate.":                                 "每个卡口的车道数。",
		"How long the lanes send.":                            "持续发送多少秒。",
		"Seconds before that count for nothing.":              "此前不计入的秒数。",
		"Passes that a phone brings in afterwards.":           "随后由手持设备补传的条数。",
		"Declared trips; every tenth vehicle is one of them.": "已申报行程数；每十辆车有一辆属于其中。",
		"Makes the vehicles.":                                 "用于生成车辆。",
	}
}
