package httpapi_test

import (
	"bytes"
	"mime/multipart"
	"net/http"
	"strings"
	"testing"
	"time"
)

// Freight as drivers, carriers, gates and service areas do it. FRT-01 to FRT-08.
func freightMoves(t *testing.T, c *city) {
	b, me := c.as("duty"), c.anonymous()
	now := c.app.Clock.Now()
	b.ok("POST", "service-areas", map[string]any{"id": "g15-test", "name": map[string]string{"zh": "测试服务区", "en": "Test Service Area"}, "road": "G15",
		"area": "320924", "spaces": 3})
	b.ok("POST", "service-areas/g15-test/status", map[string]any{"open": []string{"fuel", "toilet", "water", "shop"}, "control": "no_dine_in"})
	b.refused(http.StatusUnprocessableEntity, "service_area_invalid", "POST", "service-areas/g15-test/status", map[string]any{"open": []string{}, "control": "closed"})
	trip := map[string]any{"request": c.request(), "plate": "苏J54321", "crew": []any{map[string]any{"identity": map[string]any{"name": "某司机"}}},
		"cargo": "蔬菜", "cargoKind": "food", "consignee": "批发市场", "consigneeArea": "320924", "planned": now.Add(30 * time.Hour)}
	type mine struct{ No, Code, QR, State string }
	first, again := decode[mine](t, me.ok("POST", "public/trips", trip)), decode[mine](t, me.ok("POST", "public/trips", trip))
	if first.Code == "" || first.Code != again.Code || first.No != again.No || !strings.HasPrefix(first.QR, "<svg ") {
		t.Errorf("declared twice: %+v, %+v", first, again)
	}
	shown := me.ok("GET", "public/cards/"+first.Code, nil)
	if strings.Contains(string(shown.body), "某司机") || strings.Contains(string(shown.body), "54321") {
		t.Errorf("the card names somebody: %s", shown.body)
	}
	me.ok("POST", "public/cards/"+first.Code+"/requests", map[string]any{"request": c.request(), "kind": "water"})
	me.refused(http.StatusNotFound, "code_unknown", "GET", "public/cards/T-0000-0000-0000-0000", nil)
	me.ok("GET", "public/exposures", nil)
	id := b.list("trips?sort=newest").Items[0].ID
	tripWork(t, c, b, id)
	carriersSend(t, c, b, me, now)
	made := decode[row](t, b.ok("POST", "road-closures", map[string]any{"kind": "segment", "name": "S18 某段", "basis": "公路法", "document": "盐交〔2022〕1号",
		"level": "city", "announced": now.Add(-time.Hour), "from": now, "until": now.Add(time.Hour), "reason": map[string]string{"zh": "路面抢修", "en": "road works"}}))
	b.ok("GET", "road-closures", nil)
	b.ok("POST", "road-closures/"+made.ID+"/lift", map[string]any{"reason": "提前完工"})
	b.refused(http.StatusUnprocessableEntity, "closure_invalid", "POST", "road-closures", map[string]any{"kind": "main_line"})
	b.ok("GET", "freight/board", nil)
	b.ok("GET", "service-areas", nil)
	b.ok("GET", "service-areas/g15-test", nil)
}

// tripWork walks one trip from its permit to the positive that was found later.
func tripWork(t *testing.T, c *city, b *client, id string) {
	permit := decode[struct{ Ticket string }](t, b.ok("POST", "trips/"+id+"/permit", map[string]any{}))
	fit := decode[struct{ Permit string }](t, b.ok("POST", "permits/check", map[string]any{"ticket": permit.Ticket, "plate": "苏J54321"}))
	if fit.Permit != "valid" {
		t.Errorf("the permit is %q", fit.Permit)
	}
	b.ok("POST", "trips/"+id+"/moves", map[string]any{"kind": "gate", "place": "某收费站"})
	b.ok("POST", "trips/"+id+"/moves", map[string]any{"kind": "in", "place": "某收费站"})
	b.ok("POST", "service-areas/g15-test/visits", map[string]any{"plate": "苏J 54321"})
	b.ok("POST", "trips/"+id+"/hand-over", map[string]any{"receiver": "批发市场", "role": "consignee", "place": "某收费站"})
	b.ok("POST", "trips/"+id+"/accept", map[string]any{"by": "收货部"})
	found := decode[list[struct {
		Trip row
		Crew []struct{ Person string }
	}]](t, b.ok("POST", "trips/find", map[string]any{"plate": "苏J54321"}))
	if len(found.Items) != 1 || found.Items[0].Trip.ID != id {
		t.Fatalf("found %+v", found)
	}
	kase := decode[struct{ Case row }](t, b.ok("POST", "cases", map[string]any{"subject": map[string]any{"person": found.Items[0].Crew[0].Person},
		"disease": "covid-19", "class": "asymptomatic", "sampled": c.app.Clock.Now().Format(time.DateOnly), "exposure": "320924", "home": "320924"})).Case
	told := decode[struct{ Stays, Notices []any }](t, b.ok("POST", "trips/"+id+"/positive", map[string]any{"case": kase.ID}))
	if len(told.Stays) != 1 || len(told.Notices) != 1 {
		t.Errorf("told: %+v", told)
	}
	b.ok("POST", "trips/"+id+"/revoke", map[string]any{"reason": "重新核发"})
	b.ok("GET", "trips/"+id, nil)
}

// carriersSend lets a carrier's system and its table send trips.
func carriersSend(t *testing.T, c *city, b, me *client, now time.Time) {
	made := decode[struct {
		Key     string
		Carrier row
	}](t, b.ok("POST", "carriers", map[string]any{"name": "（虚构）测试车队"}))
	b.ok("POST", "carriers/"+made.Carrier.ID+"/whitelist", map[string]any{"reason": "food", "until": now.AddDate(0, 0, 7).Format(time.DateOnly)})
	b.ok("GET", "carriers", nil)
	raw := `{"rows":[{"external":"x-1","plate":"苏J1","crew":[{"identity":{"name":"某甲"}}],"cargo":"米","cargoKind":"food","consignee":"仓库","planned":"` +
		now.Add(48*time.Hour).UTC().Format(time.RFC3339) + `"}]}`
	req, err := http.NewRequest("POST", c.url+"/api/v1/carrier/trips", strings.NewReader(raw))
	check(t, err)
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("X-Carrier-Key", made.Key)
	if got := decode[struct{ Rows, New int }](t, me.send(req)); got.New != 1 {
		t.Errorf("the carrier's row: %+v", got)
	}
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	check(t, w.WriteField("carrier", made.Carrier.ID))
	f, err := w.CreateFormFile("file", "trips.csv")
	check(t, err)
	_, err = f.Write([]byte("external,plate,driver,cargo,consignee,planned\nf-1,苏J2,某乙,油,仓库," + now.AddDate(0, 0, 2).Format("2006-01-02 15:04") + "\nf-2,,某丙,油,仓库,soon\n"))
	check(t, err)
	check(t, w.Close())
	if req, err = http.NewRequest("POST", c.url+"/api/v1/trips/file", &body); err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", w.FormDataContentType())
	if got := decode[struct{ Rows, Accepted, Rejected int }](t, b.send(req)); got.Accepted != 1 || got.Rejected != 1 {
		t.Errorf("the table: %+v", got)
	}
	taken := decode[struct{ Trip row }](t, b.ok("POST", "trips", map[string]any{"request": c.request(), "plate": "苏J9", "cargoKind": "empty",
		"crew": []any{map[string]any{"identity": map[string]any{"name": "某丁"}}}, "consignee": "停车场", "planned": now})).Trip
	b.ok("POST", "trips/"+taken.ID+"/cancel", map[string]any{"reason": "不再前来"})
}
