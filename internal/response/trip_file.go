package response

import (
	"context"
	"strings"
	"time"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/auth"
	"github.com/seawall-city/seawall/internal/freight"
	"github.com/seawall-city/seawall/internal/intake"
)

// tripColumns maps the headings of a carrier's table, in lower case without
// blanks, to the fields of a trip.
func tripColumns() map[string]string {
	return map[string]string{
		"external": "external", "id": "external", "编号": "external", "运单号": "external", "单号": "external",
		"plate": "plate", "车牌": "plate", "车牌号": "plate", "车号": "plate",
		"driver": "driver", "name": "driver", "驾驶员": "driver", "司机": "driver", "姓名": "driver",
		"doc": "doc", "docnumber": "doc", "idnumber": "doc", "证件号": "doc", "证件号码": "doc", "身份证号": "doc",
		"phone": "phone", "mobile": "phone", "电话": "phone", "手机": "phone", "手机号": "phone",
		"second": "second", "副驾驶": "second", "随车人员": "second", "seconddoc": "secondDoc", "随车证件号": "secondDoc", "副驾驶证件号": "secondDoc",
		"cargo": "cargo", "货物": "cargo", "货名": "cargo", "cargokind": "cargoKind", "货类": "cargoKind",
		"consignee": "consignee", "收货方": "consignee", "收货单位": "consignee", "consigneearea": "consigneeArea", "收货地代码": "consigneeArea",
		"origin": "origin", "出发地代码": "origin", "left": "left", "离开日期": "left", "出发日期": "left",
		"planned": "planned", "arrival": "planned", "预计到达": "planned", "预计到达时间": "planned",
		"gate": "gate", "入口": "gate", "关口": "gate", "serviceareas": "areas", "服务区": "areas",
		"transit": "transit", "过境": "transit", "seal": "seal", "封签": "seal", "封签号": "seal", "short": "short", "未提前原因": "short",
	}
}

// TripsFile records the trips of a table that a carrier sent: a workbook or CSV
// with one trip a row. Rows in = accepted + rejected; sent again, nothing is
// doubled. Errors: Invalid for a file that cannot be read or that lacks the columns
// external and plate.
func (s *Service) TripsFile(ctx context.Context, who Who, carrier seawall.CarrierID, name string, data []byte) (TripBatch, error) {
	const op = "response.TripsFile"
	at := s.d.City
	if who.Principal.Path.Within(s.d.City) {
		at = who.Principal.Path
	}
	if err := s.allow(who, auth.TripRecord, auth.Resource{Kind: seawall.KindTrip, Area: at}); err != nil {
		return TripBatch{}, err
	}
	table, err := intake.Read(name, data, intake.ReadOptions{})
	if err != nil {
		return TripBatch{}, seawall.Wrap(op, err)
	}
	fields, have := make([]string, len(table.Columns)), map[string]bool{}
	for i, h := range table.Columns {
		fields[i] = tripColumns()[strings.NewReplacer(" ", "", "_", "", "-", "").Replace(strings.ToLower(h))]
		have[fields[i]] = true
	}
	for _, n := range []string{"external", "plate", "driver", "planned"} {
		if !have[n] {
			return TripBatch{}, seawall.E(op, seawall.Invalid, "grades_column_missing", "column", n)
		}
	}
	var c freight.Carrier
	err = s.read(ctx, op, func(tx seawall.Tx) (err error) {
		c, err = s.d.Freight.Carrier(ctx, tx, carrier)
		return err
	})
	if err != nil {
		return TripBatch{}, err
	}
	rows, bad := make([]NewTrip, len(table.Rows)), map[int]error{}
	for i, r := range table.Rows {
		if rows[i], err = tripOfRow(fields, r.Cells, s.d.Zone); err != nil {
			bad[i] = err
		}
	}
	return s.takeTrips(ctx, who, c, freight.ByFile, rows, bad)
}

// tripOfRow reads one row.
func tripOfRow(fields, cells []string, zone *time.Location) (NewTrip, error) {
	v := map[string]string{}
	for i, f := range fields {
		if f != "" && i < len(cells) {
			v[f] = strings.TrimSpace(cells[i])
		}
	}
	c := feedCells{cells: v, zone: zone}
	t := NewTrip{External: v["external"], Plate: v["plate"], Cargo: v["cargo"], CargoKind: pick(v["cargoKind"], "other"), Consignee: v["consignee"],
		ConsigneeArea: seawall.AreaID(v["consigneeArea"]), Origin: v["origin"], Left: c.day("left"), Planned: c.time("planned"), Transit: c.yes("transit"),
		Seal: v["seal"], Short: v["short"]}
	for _, p := range [][3]string{{v["driver"], v["doc"], v["phone"]}, {v["second"], v["secondDoc"], ""}} {
		if p[0] == "" {
			continue
		}
		id := Identity{Name: p[0], DocNumber: p[1], Phone: p[2], Birth: seawall.NoDay}
		if id.DocNumber != "" {
			id.DocType = "cn-id"
		}
		t.Crew = append(t.Crew, NewCrew{Identity: id})
	}
	if v["gate"] != "" {
		t.Route = append(t.Route, NewStop{Kind: freight.StopGate, Name: v["gate"]})
	}
	for _, a := range strings.FieldsFunc(v["areas"], func(r rune) bool { return strings.ContainsRune("、,，;；", r) }) {
		t.Route = append(t.Route, NewStop{Kind: freight.StopServiceArea, Name: strings.TrimSpace(a)})
	}
	if c.bad != nil {
		return t, &seawall.Error{Op: "response.TripsFile", Kind: seawall.Invalid, Code: c.bad.Code, Args: c.bad.Args}
	}
	return t, nil
}
