package response

import (
	"bufio"
	"encoding/csv"
	"errors"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/border"
)

// feedColumns maps the headings of a feed's file, in lower case without blanks and
// underlines, to the fields of a row.
func feedColumns() map[string]string {
	return map[string]string{
		"external": "external", "id": "external", "编号": "external", "流水号": "external",
		"at": "at", "time": "at", "时间": "at",
		"name": "name", "姓名": "name", "sex": "sex", "gender": "sex", "性别": "sex", "birth": "birth", "birthday": "birth", "出生日期": "birth",
		"doctype": "docType", "证件类型": "docType", "doc": "doc", "docnumber": "doc", "idnumber": "doc", "证件号": "doc", "证件号码": "doc", "身份证号": "doc",
		"phone": "phone", "mobile": "phone", "电话": "phone", "手机": "phone", "手机号": "phone",
		"origin": "origin", "from": "origin", "来源地代码": "origin", "出发地代码": "origin", "left": "left", "departed": "left", "离开日期": "left",
		"crossing": "crossing", "轨迹交叉": "crossing",
		"mode": "mode", "方式": "mode", "vehicle": "vehicle", "train": "vehicle", "flight": "vehicle", "plate": "vehicle", "车次": "vehicle", "航班": "vehicle", "车牌": "vehicle",
		"seat": "seat", "座位": "seat", "booking": "booking", "order": "booking", "订单": "booking", "订单号": "booking",
		"entry": "entry", "station": "entry", "到站": "entry", "入口": "entry",
		"expected": "expected", "预计到达": "expected", "到达日期": "expected", "arrived": "arrived", "到达时间": "arrived",
		"stay": "stay", "住处代码": "stay", "staytext": "stayText", "address": "stayText", "住址": "stayText", "住处": "stayText",
		"size": "size", "party": "size", "人数": "size", "cancelled": "cancelled", "取消": "cancelled",
	}
}

// ReadFeed reads the CSV file of a feed in UTF-8: one line for each traveller, the
// columns external, origin, left and expected or arrived, and what else is known.
// A line that cannot be read is rejected by its number and loses no other. Times
// without a zone are the city's. Errors: Invalid when a column is missing or the
// file is no CSV.
func ReadFeed(r io.Reader, zone *time.Location) ([]FeedRow, []border.Reject, error) {
	const op = "response.ReadFeed"
	br := bufio.NewReader(r)
	if bom, err := br.Peek(3); err == nil && string(bom) == "\xef\xbb\xbf" {
		if _, err := br.Discard(3); err != nil {
			return nil, nil, seawall.Wrap(op, err)
		}
	}
	cr := csv.NewReader(br)
	cr.FieldsPerRecord = -1
	head, err := cr.Read()
	if err != nil {
		return nil, nil, &seawall.Error{Op: op, Kind: seawall.Invalid, Code: "grades_not_csv", Err: err}
	}
	fields, have := make([]string, len(head)), map[string]bool{}
	for i, h := range head {
		fields[i] = feedColumns()[strings.NewReplacer(" ", "", "_", "", "-", "").Replace(strings.ToLower(strings.TrimSpace(h)))]
		have[fields[i]] = true
	}
	for _, n := range []string{"external", "origin", "left"} {
		if !have[n] {
			return nil, nil, seawall.E(op, seawall.Invalid, "grades_column_missing", "column", n)
		}
	}
	var rows []FeedRow
	var bad []border.Reject
	for {
		cells, err := cr.Read()
		if errors.Is(err, io.EOF) {
			return rows, bad, nil
		}
		var syntax *csv.ParseError
		if errors.As(err, &syntax) {
			bad = append(bad, border.Reject{Line: syntax.Line, Code: "area_row_malformed"})
			continue
		}
		if err != nil {
			return nil, nil, seawall.Wrap(op, err)
		}
		line, _ := cr.FieldPos(0)
		if len(cells) != len(head) {
			bad = append(bad, border.Reject{Line: line, Code: "area_row_cells",
				Args: map[string]string{"got": strconv.Itoa(len(cells)), "want": strconv.Itoa(len(head))}})
			continue
		}
		row, reject := readFeedLine(cells, fields, zone)
		if reject != nil {
			reject.Line = line
			bad = append(bad, *reject)
			continue
		}
		rows = append(rows, row)
	}
}

// feedCells reads the cells of a line and keeps the first that cannot be read.
type feedCells struct {
	cells map[string]string
	zone  *time.Location
	bad   *border.Reject
}

func (c *feedCells) fail(code, value string) {
	if c.bad == nil {
		c.bad = &border.Reject{ID: c.cells["external"], Code: code, Args: map[string]string{"value": value}}
	}
}

func (c *feedCells) day(field string) seawall.Day {
	d, err := seawall.ParseDay(c.cells[field])
	if err != nil {
		c.fail("day_malformed", c.cells[field])
	}
	return d
}

func (c *feedCells) time(field string) time.Time {
	s := c.cells[field]
	if s == "" {
		return time.Time{}
	}
	for _, form := range []string{time.RFC3339, "2006-01-02 15:04:05", "2006-01-02 15:04"} {
		if t, err := time.ParseInLocation(form, s, c.zone); err == nil {
			return t
		}
	}
	c.fail("feed_time", s)
	return time.Time{}
}

func (c *feedCells) yes(field string) bool {
	switch strings.ToLower(c.cells[field]) {
	case "1", "yes", "true", "是", "y":
		return true
	}
	return false
}

// readFeedLine reads one line.
func readFeedLine(cells, fields []string, zone *time.Location) (FeedRow, *border.Reject) {
	c := feedCells{cells: map[string]string{}, zone: zone}
	for i, f := range fields {
		if f != "" {
			c.cells[f] = strings.TrimSpace(cells[i])
		}
	}
	v := c.cells
	row := FeedRow{External: v["external"], At: c.time("at"), Seat: v["seat"], Cancelled: c.yes("cancelled"),
		Identity: Identity{Name: v["name"], Sex: v["sex"], Birth: c.day("birth"), DocType: v["docType"], DocNumber: v["doc"], Phone: v["phone"]},
		Journey: Journey{Origins: []NewOrigin{{Code: v["origin"], Left: c.day("left"), Crossing: c.yes("crossing")}}, Mode: v["mode"], Vehicle: v["vehicle"],
			Booking: v["booking"], Entry: v["entry"], Expected: c.day("expected"), Arrived: c.time("arrived"), Stay: seawall.AreaID(v["stay"]), StayText: v["stayText"]}}
	if v["size"] != "" {
		n, err := strconv.Atoi(v["size"])
		if err != nil {
			c.fail("feed_number", v["size"])
		}
		row.Size = n
	}
	return row, c.bad
}
