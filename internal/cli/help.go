package cli

import (
	"bytes"
	"maps"
	"os"
	"slices"
	"strings"

	"github.com/alecthomas/kong"
)

// helpLanguage finds the language of the help before the command line is
// parsed: what cannot be parsed gets help too.
func helpLanguage(args []string) string {
	asked := os.Getenv("SEAWALL_LANG")
	for i, a := range args {
		if v, ok := strings.CutPrefix(a, "--lang="); ok {
			asked = v
		} else if a == "--lang" && i+1 < len(args) {
			asked = args[i+1]
		}
	}
	return language(asked)
}

// askedForHelp makes "seawall help COMMAND" the same as "seawall COMMAND --help",
// and "seawall" alone a question for help.
func askedForHelp(args []string) []string {
	at := 0 // of the command, behind the language
	if len(args) > 0 && strings.HasPrefix(args[0], "--lang=") {
		at = 1
	} else if len(args) > 1 && args[0] == "--lang" {
		at = 2
	}
	switch {
	case len(args) == at:
		return append(slices.Clone(args), "--help")
	case args[at] == "help":
		return append(slices.Delete(slices.Clone(args), at, at+1), "--help")
	}
	return args
}

// helpPrinter prints kong's help with its headings in the reader's language.
func helpPrinter(lang string) kong.HelpPrinter {
	return func(o kong.HelpOptions, k *kong.Context) error {
		if lang != "zh" {
			return kong.DefaultHelpPrinter(o, k)
		}
		out := k.Stdout
		var b bytes.Buffer
		k.Stdout = &b
		err := kong.DefaultHelpPrinter(o, k)
		k.Stdout = out
		if err != nil {
			return err
		}
		_, err = strings.NewReplacer("Usage: ", "用法：", "\nArguments:\n", "\n参数：\n", "\nFlags:\n", "\n选项：\n", "\nCommands:\n", "\n命令：\n",
			"<command>", "<命令>", "[flags]", "[选项]", `Run "`, "运行“", ` --help" for more information on a command.`, " --help”了解一个命令。",
			` --help" for more information.`, " --help”了解更多。").WriteString(out, b.String())
		return err
	}
}

// translateHelp puts the help of every command, argument and flag into Chinese.
func translateHelp(n *kong.Node) {
	zh := helpZH()
	maps.Copy(zh, protocolHelp())
	maps.Copy(zh, officeHelp())
	maps.Copy(zh, gateHelp())
	maps.Copy(zh, freightHelp())
	maps.Copy(zh, lotHelp())
	put := func(help *string) {
		if t, ok := zh[*help]; ok {
			*help = t
		}
	}
	put(&n.Help)
	for _, f := range n.Flags {
		put(&f.Help)
		f.OrigHelp = f.Help
	}
	for _, p := range n.Positional {
		put(&p.Help)
		p.OrigHelp = p.Help
	}
	for _, c := range n.Children {
		translateHelp(c)
	}
}

// helpZH is the Chinese of each help text; a test keeps it whole.
func helpZH() map[string]string {
	return map[string]string{
		"A city's working system for outbreak prevention and control.":                        "城市疫情防控工作系统。",
		"Show context-sensitive help.":                                                        "显示帮助。",
		"Language of messages: zh or en.":                                                     "提示语言：zh 或 en。",
		"Start a demonstration city on this machine.":                                         "在本机启动演示城市。",
		"Start the server.":                                                                   "启动服务器。",
		"Look for what is wrong with an installation.":                                        "检查安装有什么问题。",
		"Write all records and identities into one file.":                                     "把全部记录和身份写入一个备份文件。",
		"Fill an empty installation from a backup.":                                           "用备份恢复一个空的安装。",
		"Import a file of areas, cases, contacts, links, follow-ups or results.":              "导入区域、病例、接触者、关系、随访或检测结果文件。",
		"Take rooms, teams and other means of areas from a CSV file.":                         "从 CSV 文件导入各区域的房间、队伍等资源。",
		"How long vehicles wait at gates, how long they will, and what other lanes would do.": "卡口等候：已等多久、还要等多久、增减车道会怎样。",
		"The site's id; without it all sites, the worst first.":                               "场站编号；不写则列出全部，最长的在前。",
		"Hours ahead, 1 to 24.":                                                               "往后几小时，1 到 24。",
		"Look for the cheapest lanes by hour that keep the target.":                           "求达标且最省人的逐小时车道数。",
		"Look at this plan too: lanes by hour from this one on, separated by commas.":         "同时计算这个方案：自本小时起逐小时的车道数，用逗号分隔。",
		"Only this queue: freight or car.":                                                    "只看这一种车道：freight（货车）或 car（小客车）。",
		"Target in minutes; the city's unless given.":                                         "目标（分钟）；不写则按本市规定。",
		"Lanes that can be staffed; all unless given.":                                        "能配上人的车道数；不写则为全部。",
		"File of an evening written by hand: arrivals, lanes and services by hour; computed and simulated without any records.": "手写的一晚：逐小时的到达、车道和验放时间；不用任何记录即可计算并仿真。",
		"Put the plan in force: the given lanes, else the cheapest.":                                                            "启用方案：给定的车道，否则最省的方案。",
		"The forecast of waits at gates beside a simulation of its own, over a grid of loads, lanes and services.":              "卡口等候预测与独立仿真对照，覆盖多种负荷、车道数和验放时间。",
		"Only the small grid, as the tests have it.":                                                                            "只算测试用的小网格。",
		"Days simulated for a gate with one lane; with more lanes, so many fewer.":                                              "单车道时仿真的天数；车道越多天数按比例减少。",
		"Makes the simulated days.":                                                                "决定仿真各天的随机种子。",
		"Look at phones of the field, report them lost, sign as one.":                              "查看外勤手机、报失，或以手机身份签名。",
		"Send a phone's queue of signed operations.":                                               "发送手机已签名的操作队列。",
		"Print the paper form of a step.":                                                          "打印环节的纸质表单。",
		"List phones, the newest first.":                                                           "列出手机，最新的在前。",
		"Show a phone with what it sent.":                                                          "查看一部手机及其发送的内容。",
		"Report a phone as lost: it is wiped at its next contact.":                                 "报失手机：下次联系时即被清除。",
		"Register a key in a file as the phone of an account.":                                     "把文件中的密钥登记为某账号的手机。",
		"Sign an operation and put it at the end of a queue.":                                      "签名一条操作并追加到队列。",
		"Sign the offer of a hand-over without a network.":                                         "离线签出交接凭证。",
		"Sign the receipt of a hand-over without a network.":                                       "离线签收交接凭证。",
		"Only these: active, lost or retired.":                                                     "只列 active（在用）、lost（遗失）或 retired（停用）。",
		"The phone's id.":                                                                          "手机编号。",
		"Since when it is missing (2022-03-28T17:00:00+08:00). Default: now.":                      "何时起遗失（2022-03-28T17:00:00+08:00）；不写则为现在。",
		"The account's id.":                                                                        "账号编号。",
		"What the phone is called.":                                                                "手机名称。",
		"File of the private key; it is made where there is none.":                                 "私钥文件；没有则新建。",
		"The phone's own time (2022-03-28T17:00:00+08:00).":                                        "手机自己的时间（2022-03-28T17:00:00+08:00）。",
		"step.done, step.cannot, followup.report, handover.offer, handover.accept, note or photo.": "操作种类：step.done、step.cannot、followup.report、handover.offer、handover.accept、note 或 photo。",
		"What it is about: step/ID, contact/ID or loop/ID.":                                        "操作对象：step/编号、contact/编号或 loop/编号。",
		"NAME=VALUE of its content; @FILE is a file's text, data.NAME a value of a form.":          "内容，写作 名称=值；@文件 取文件内容，data.名称 为表单的值。",
		"The operation's own id, 16 to 64 letters, digits and hyphens.":                            "操作自己的编号，16 至 64 个字母、数字或连字符。",
		"What My day gave for the target.":                                                         "「我的一天」给出的基准。",
		"Id of the earlier operation that it builds on.":                                           "所依据的前一条操作的编号。",
		"File to which the operation is added.":                                                    "操作追加到的文件。",
		"The duty's id.":                                                                           "闭环编号。",
		"The giver's account.":                                                                     "交出方的账号。",
		"Where it was handed over.":                                                                "交接地点。",
		"Drawn for this one hand-over, at least 16 characters.":                                    "专为这次交接生成，至少 16 个字符。",
		"File into which the text of the QR code is written.":                                      "写入二维码文本的文件。",
		"File with the text of the offer.":                                                         "含交接凭证文本的文件。",
		"The receiver's account.":                                                                  "接收方的账号。",
		"Operations as the phone signed them, one a line.":                                         "手机签名的操作，每行一条。",
		"The phone's own time at sending; its difference to the server's is measured.":             "发送时手机自己的时间，用于测量与服务器的时差。",
		"Write the paper form of a step, to print.":                                                "写出环节的纸质表单，供打印。",
		"The step's id.":                                                        "环节编号。",
		"Language of the form: zh or en.":                                       "表单语言：zh 或 en。",
		"File into which the page (HTML) is written.":                           "写入页面（HTML）的文件。",
		"Look at objections to measures and take them down.":                    "查看和代录对限制措施的申诉。",
		"Look at requests for help and take them down.":                         "查看和代录求助。",
		"List objections, the most urgent first.":                               "列出申诉，最急的在前。",
		"Take down an objection for somebody.":                                  "代为登记一件申诉。",
		"List requests for help, the most urgent first.":                        "列出求助，最急的在前。",
		"Take down a request for help for somebody.":                            "代为登记一件求助。",
		"The measure's id.":                                                     "限制措施的编号。",
		"Id of your own, at least 16 characters: sent twice it is filed once.":  "自拟编号，至少 16 个字符；重复提交只登记一次。",
		"wrong_person, wrong_place, wrong_test, wrong_days, hardship or other.": "wrong_person（认错人）、wrong_place（不在场）、wrong_test（检测有误）、wrong_days（天数有误）、hardship（特殊困难）或 other（其他）。",
		"What they say.": "本人所述。",
		"Only this kind: medical, medicine, food, care, stuck or other.": "只列这一类：medical、medicine、food、care、stuck 或 other。",
		"medical, medicine, food, care, stuck or other.":                 "medical（急救）、medicine（用药）、food（食品）、care（照料）、stuck（滞留）或 other（其他）。",
		"Area where they are.":                                                                      "所在区域。",
		"Telephone number; it goes into the vault.":                                                 "电话号码，存入身份库。",
		"Take in and look at arrivals and the grades of areas.":                                     "接收和查看来返人员、地区风险等级。",
		"Take in a file of a station, airport, motorway exit or partner city.":                      "接收车站、机场、高速出口或其他城市的来返数据文件。",
		"List arrivals with their checks.":                                                          "列出来返人员及四个查清。",
		"Print the four checks by area.":                                                            "按区域输出四个查清。",
		"Take grades of areas from a CSV file, or print those in force on a day.":                   "从 CSV 文件导入地区风险等级，或输出某日的等级。",
		"CSV with the columns external, origin, left, expected or arrived, and what else is known.": "CSV 文件，列为 external、origin、left、expected 或 arrived，以及其他已知内容。",
		"Name of the sender; with the row's own id it is the key.":                                  "来源名称；与每行自己的编号合为主键。",
		"Only those without this check: headcount, identity, location, measure or any.":             "只列缺这一项的：headcount、identity、location、measure 或 any。",
		"Only these states, separated by commas.":                                                   "只列这些状态，用逗号分隔。",
		"Only below this area.":                                                                     "只列这个区域以内的。",
		"How many lines.":                                                                           "行数。",
		"Print as JSON.":                                                                            "以 JSON 输出。",
		"Area whose parts are listed. Default: the city.":                                           "列出其下级的区域。默认为全市。",
		"CSV with the columns code, level, from, to and source.":                                    "CSV 文件，列为 code、level、from、to 和 source。",
		"Disease of rows that name none. Default: the one whose rules for arrivals are in force.":   "未写病种的行所属的病种。默认为来返规定生效的病种。",
		"Day whose grades are printed. Default: today.":                                             "输出哪一天的等级。默认为今天。",
		"Explain, compare and check rule files.":                                                    "解释、比较和检查防控规则文件。",
		"Verify and publish the log.":                                                               "核验和公布日志。",
		"Create an account on this machine.":                                                        "在本机创建账号。",
		"Run and check scenarios written as text.":                                                  "运行和检查以文本写成的场景。",
		"Run scenarios on an instance that is thrown away.":                                         "在用完即弃的实例上运行场景。",
		"Check scenarios without running them.":                                                     "检查场景而不运行。",
		"List the directives of a scenario and every operation with its fields.":                    "列出场景的全部指令，以及每个操作及其字段。",
		"PostgreSQL server on which a database is made and dropped; default SQLite.":                "PostgreSQL 服务器，在其上建库、用完删除；默认 SQLite。",
		"Put what came in the place of what was expected, in the files.":                            "用实际结果改写文件中的预期。",
		"Fail where a page cannot be looked at because there is no Chromium.":                       "没有 Chromium 而无法查看页面时视为失败。",
		"Look at no page.": "不查看页面。",
		"Directory in which the data of the runs stay.": "保留运行数据的目录。",
		"Scenario files.": "场景文件。",
		"Measure.":        "测量性能。",
		"Print the API's description (OpenAPI 3.1).":          "输出接口说明（OpenAPI 3.1）。",
		"Print the version.":                                  "输出版本。",
		"Configuration file.":                                 "配置文件。",
		"Data directory.":                                     "数据目录。",
		"Records database: sqlite:PATH or a postgres:// URL.": "记录数据库：sqlite:路径，或 postgres:// 地址。",
		"Records database: a postgres:// URL; by default a file in the data directory.": "记录数据库：postgres:// 地址；默认为数据目录里的文件。",
		"File to write.": "要写入的文件。",
		"File for the keys; keep it apart from the backup. Default FILE.keys.": "密钥文件；请与备份分开保管。默认为 FILE.keys。",
		"Backup to read.":                                                                                         "要读取的备份。",
		"File with the keys. Default FILE.keys.":                                                                  "密钥文件。默认为 FILE.keys。",
		"CSV with the columns area, kind, total and, where known, used.":                                          "CSV 文件，列为 area、kind、total，已知时还有 used。",
		"Say what would happen and write nothing.":                                                                "只说明会发生什么，不写入。",
		"Print the counts and problems as JSON.":                                                                  "以 JSON 输出计数和问题。",
		"Print the figures as JSON.":                                                                              "以 JSON 输出数据。",
		"How often each list is asked.":                                                                           "每个列表查询多少次。",
		"People in the vault; as many as persons unless given.":                                                   "身份库里的人数；默认与人员数相同。",
		"Makes the records and the questions.":                                                                    "决定生成的记录和查询。",
		"CSV or XLSX file.":                                                                                       "CSV 或 XLSX 文件。",
		"Disease that the rows are about, as in the rule files (covid-19, measles, …).":                           "数据所属的疾病，名称同规则文件（covid-19、measles……）。",
		"Whose numbers the ids in the file are. Default: the file's name.":                                        "文件中编号的来源。默认为文件名。",
		"YAML file that says which column is which field, over what is found by itself.":                          "说明列与字段对应关系的 YAML 文件，优先于自动识别。",
		"Character encoding, where the file is not read right: utf-8, gb18030, windows-1252, utf-16.":             "文件读取有误时指定编码：utf-8、gb18030、windows-1252、utf-16。",
		"Separator, where the file is not read right.":                                                            "文件读取有误时指定分隔符。",
		"Sheet of a workbook. Default: the first with content.":                                                   "工作簿的工作表。默认为第一个有内容的表。",
		"Say what would happen; needs no server and no database, and writes nothing.":                             "只说明会发生什么；不需要服务器和数据库，也不写入。",
		"Recompute the log from the stored events and compare.":                                                   "从保存的事件重新计算日志并比对。",
		"Write the log as tlog-tiles, for anyone's tool to verify.":                                               "以 tlog-tiles 格式输出日志，任何人的工具都能核验。",
		"Print the public key that verifies checkpoints.":                                                         "输出核验检查点的公钥。",
		"File with a checkpoint kept elsewhere; the log must continue it.":                                        "另处保存的检查点文件；日志必须与它接续。",
		"Directory to write to.":                                                                                  "要写入的目录。",
		"What a rule file asks of a contact or of somebody's coming, every rule cited.":                           "一份规则对接触者或来返人员的要求，逐条注明出处。",
		"Where local rules are stricter than the ones above, and who permitted it until when.":                    "地方规则在哪些方面比上级更严，由谁批准、到何时为止。",
		"Who stands under a rule and what another one would change for them.":                                     "谁在按一份规则管理，改用另一份会有什么变化。",
		"Bring those who stand under a rule to another one.":                                                      "把按一份规则管理的人改按另一份规则管理。",
		"Grade of the area they come from: high, medium, cluster_county, cases_county, affected_prefecture, low.": "来源地的等级：high、medium、cluster_county、cases_county、affected_prefecture、low。",
		"They come from abroad.":                                                                                  "从境外来。",
		"Their track crossed a case's.":                                                                           "轨迹与病例交叉。",
		"Day of leaving the area.":                                                                                "离开该地区的日期。",
		"Day of entering the country.":                                                                            "入境日期。",
		"Day of arrival; default the day of leaving or entry.":                                                    "抵达日期；默认为离开或入境之日。",
		"Day; without one every waiver there is.":                                                                 "日期；不给则列出全部豁免。",
		"The new rule.":                     "新规则。",
		"The rule that people stand under.": "现在据以管理的规则。",
		"grandfather, convert, or min: on no day more than either rule.":                                     "grandfather（按旧规则）、convert（改按新规则）或 min（任何一天都不比两者中任一更严）。",
		"What differs between two rule files.":                                                               "两份规则有何不同。",
		"Check rule files.":                                                                                  "检查规则文件。",
		"The rule files there are.":                                                                          "列出现有的规则文件。",
		"Directory whose files add to the shipped ones.":                                                     "目录，其中的文件加到自带文件之上。",
		"Regime; or give --disease and --on.":                                                                "规则编号；或给出 --disease 和 --on。",
		"Disease, to take the regime in force on a day.":                                                     "疾病，取某日生效的规则。",
		"Day on which the regime must be in force; default the last exposure.":                               "规则须在该日生效；默认为末次接触日。",
		"Contact class; without one the whole file is laid out.":                                             "接触者类别；不给则列出整份规则。",
		"Day of last exposure, 2006-01-02.":                                                                  "末次接触日，如 2006-01-02。",
		"Day on which the contact was found; default at once.":                                               "发现该接触者的日期；默认为立即。",
		"The person is known to be susceptible.":                                                             "已知此人易感。",
		"Directories to check on top of the shipped files.":                                                  "在自带文件之外还要检查的目录。",
		"Which story to tell: yancheng or school.":                                                           "演示哪个故事：yancheng 或 school。",
		"Address to listen on.":                                                                              "监听地址。",
		"Data directory; by default one for each story under seawall-data.":                                  "数据目录；默认在 seawall-data 下每个故事一个。",
		"Forget what was done in the demonstration before.":                                                  "清除以前演示的内容。",
		"The post that others see.":                                                                          "别人看到的岗位名称。",
		"Roles, separated by commas.":                                                                        "角色，用逗号分隔。",
		"Area that the account works in; default the city.":                                                  "账号所在区域；默认为全市。",
		"Create an account and print its one-time password. The server must be stopped when it uses SQLite.": "创建账号并输出一次性密码。使用 SQLite 时须先停止服务器。",
		"The engine of duties at the size of a large outbreak: what is due, firing it, lists, opening, closing; on the same databases.": "在大规模疫情的数据量下测量闭环引擎：到时、触发、列表、开立、办结；数据库同上。",
		"Open duties, each with five clocks.":                 "未办结的闭环数，每个有五个时限。",
		"How many of them are follow-ups of contacts.":        "其中多少是密切接触者随访。",
		"Clocks due at the cut-off.":                          "截止时刻到期的时限数。",
		"Contacts confirmed at once, each with twenty steps.": "一次确认的接触者数，每人二十个环节。",
		"Contacts closed in bulk.":                            "批量办结的接触者数。",
		"How often contacts are confirmed.":                   "确认的次数。",
		"Every list at the size of a large outbreak, on SQLite and, where SEAWALL_TEST_POSTGRES is set, on PostgreSQL.":   "在大规模疫情的数据量下测量每个列表：SQLite，以及设置了 SEAWALL_TEST_POSTGRES 时的 PostgreSQL。",
		"What the rows are: areas, linelist, contacts (persons), links (who met or infected whom), followups or results.": "每行是什么：areas 区域、linelist 病例、contacts 接触者、links 关系（谁接触或感染了谁）、followups 随访、results 检测结果。",
	}
}
