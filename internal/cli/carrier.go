package cli

import (
	"encoding/json"
	"net/http"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/app"
	"github.com/seawall-city/seawall/internal/freight"
	"github.com/seawall-city/seawall/internal/response"
)

// carrierCmd enters carriers. The white list is approved by somebody by name, on
// the page: never from here.
type carrierCmd struct {
	List carrierListCmd `cmd:"" help:"List carriers and who is on the white list, why and until when."`
	Add  carrierAddCmd  `cmd:"" help:"Enter a carrier and print the key of its system, once."`
}

type carrierListCmd struct {
	place
	JSON bool `name:"json" help:"Print as JSON."`
}

type carrierAddCmd struct {
	place
	Name string `arg:"" help:"The carrier's name."`
	Area string `help:"Area where it is based."`
	Post string `help:"The post to call there, not a person."`
}

// Run lists carriers.
func (c *carrierListCmd) Run(e *env) error {
	var l response.List[freight.Carrier]
	err := c.reach(e, http.MethodGet, "/carriers", nil, &l, func(a *app.App) (err error) {
		l, err = a.Main.Carriers(e.ctx, operator())
		return err
	})
	if err != nil {
		return err
	}
	if c.JSON {
		return json.NewEncoder(e.io.Out).Encode(l)
	}
	for _, x := range l.Items {
		white := ""
		if x.White.Reason != "" {
			white = x.White.Reason + "  " + x.White.Until.String() + "  " + x.White.By
		}
		e.say("%s  %s  %s  %s", x.ID, x.Name, x.Area.Leaf(), white)
	}
	e.say("total %d", l.Total)
	return nil
}

// Run enters a carrier.
func (c *carrierAddCmd) Run(e *env) error {
	var m response.MadeCarrier
	in := response.NewCarrier{Name: c.Name, Area: seawall.AreaID(c.Area), Post: c.Post}
	err := c.reach(e, http.MethodPost, "/carriers", in, &m, func(a *app.App) (err error) {
		m, err = a.Main.AddCarrier(e.ctx, operator(), in)
		return err
	})
	if err != nil {
		return err
	}
	e.say("%s  %s", m.Carrier.ID, m.Key)
	return nil
}

// freightHelp is the Chinese of the help of trips, service areas and carriers.
func freightHelp() map[string]string {
	return map[string]string{
		"Look at freight trips and take in a carrier's table.":        "查看货运行程，导入承运人的表格。",
		"Look at motorway service areas and tell what is open.":       "查看高速服务区，登记开放情况。",
		"Enter carriers and look at the white list.":                  "登记承运人，查看白名单。",
		"List freight trips, the next expected first.":                "列出货运行程，最近将到的在前。",
		"Show one trip: hand-overs, movements, the four guarantees.":  "显示一个行程：交接、动向、四个到位。",
		"Find the trips of a plate.":                                  "按车牌查找行程。",
		"Take in a carrier's workbook or CSV.":                        "导入承运人的 XLSX 或 CSV 表格。",
		"Print throughput, waits, positives and the four guarantees.": "输出通行量、等候、阳性和四个到位。",
		"Only stranded, orphan, positive, transit or short.":          "只看 stranded（滞留）、orphan（无人接管）、positive（阳性）、transit（过境）或 short（未提前申报）。",
		"The trip's id.": "行程编号。",
		"The plate; it is put on the log as a mask only.": "车牌，日志中只留掩码。",
		"First day.": "起始日。",
		"Last day.":  "截止日。",
		"XLSX or CSV with the columns external, plate, driver, planned, and what else is known.": "XLSX 或 CSV，列为 external、plate、driver、planned，以及其他已知内容。",
		"The carrier's id.": "承运人编号。",
		"List service areas: occupancy, what is closed, the four guarantees.": "列出服务区：车位、未开放项目、四个到位。",
		"Tell what is open in a service area; fuel and toilets stay open.":    "登记服务区开放情况；加油和厕所必须保留。",
		"The service area's id.": "服务区编号。",
		"What is open, separated by commas: fuel, toilet, water, shop, dine_in, rest, doctor.": "开放项目，以逗号分隔：fuel、toilet、water、shop、dine_in、rest、doctor。",
		"open, no_dine_in or closed.": "open、no_dine_in（限制堂食）或 closed。",
		"What else to know.":          "其他说明。",
		"List carriers and who is on the white list, why and until when.": "列出承运人，以及白名单的理由和期限。",
		"Enter a carrier and print the key of its system, once.":          "登记承运人，输出其系统密钥（仅一次）。",
		"The carrier's name.":                   "承运人名称。",
		"Area where it is based.":               "所在区域。",
		"The post to call there, not a person.": "联系岗位，不写人名。",
	}
}
