package httpapi_test

import (
	"testing"
	"time"
)

// Arrivals from the announcement to the hand-over, as the pages do it. IMP-04,
// IMP-09, APP-02.
func arrivalsCome(t *testing.T, c *city) {
	b := c.as("duty")
	now := c.app.Clock.Now()
	day := func(n int) string { return now.AddDate(0, 0, n).Format(time.DateOnly) }
	grades := "code,level,from,source,invented\n310115,high," + day(-10) + ",演示数据,yes\n999999,high," + day(-10) + ",x,yes\n"
	got := decode[struct {
		Accepted, Rejected int
		Problems           []string
	}](t, b.ok("POST", "grades", map[string]any{"csv": grades, "disease": "covid-19"}))
	if got.Accepted != 1 || got.Rejected != 1 || len(got.Problems) != 1 {
		t.Errorf("grades: %+v", got)
	}
	if g := decode[struct{ Place *struct{ Level string } }](t, b.ok("GET", "grades?place=310115002&day="+day(-1), nil)); g.Place == nil || g.Place.Level != "high" {
		t.Errorf("the grade of a street of a graded county: %+v", g.Place)
	}
	if p := decode[list[struct{ Code string }]](t, b.ok("GET", "origins?q=shanghai", nil)); len(p.Items) == 0 || p.Items[0].Code != "31" {
		t.Errorf("origins: %+v", p)
	}
	journey := func(more map[string]any) map[string]any {
		out := map[string]any{"origins": []any{map[string]any{"code": "310115", "left": day(-1)}}, "mode": "car", "vehicle": "沪A12345",
			"expected": day(0), "stay": "320924100", "stayText": "人民路 1 号"}
		for k, v := range more {
			out[k] = v
		}
		return out
	}
	type recorded struct{ Items []row }
	one := decode[recorded](t, b.ok("POST", "arrivals", journey(map[string]any{"request": c.request(), "channel": "declared",
		"people": []any{map[string]any{"identity": map[string]any{"name": "某己", "sex": "f"}}}}))).Items[0]
	b.ok("POST", "arrivals/"+one.ID+"/arrive", map[string]any{"at": now.Add(-time.Minute)})
	b.ok("POST", "arrivals/"+one.ID+"/companions", map[string]any{"request": c.request(), "people": []any{map[string]any{"identity": map[string]any{"name": "某庚"}}}})
	b.ok("POST", "arrivals/"+one.ID+"/checks", map[string]any{"check": "identity", "note": "户口簿"})
	seen := decode[struct{ Measure, Loop any }](t, b.ok("GET", "arrivals/"+one.ID, nil))
	if seen.Measure == nil || seen.Loop == nil {
		t.Errorf("the page of an arrival: %+v", seen)
	}
	b.ok("POST", "arrivals/"+one.ID+"/hand-on", map[string]any{"to": "南通市", "code": "3206", "letter": "盐函〔2022〕7号"})
	b.ok("POST", "arrivals/"+one.ID+"/receipt", map[string]any{"letter": "通函〔2022〕9号"})
	gate := decode[recorded](t, b.ok("POST", "arrivals/gate", journey(map[string]any{"request": c.request(), "vehicle": "沪B99999", "size": 2, "arrived": now.Add(-time.Hour),
		"people": []any{map[string]any{"identity": map[string]any{"name": "某辛"}}}}))).Items[0]
	b.ok("POST", "arrivals/"+gate.ID+"/retract", map[string]any{"reason": "登记到别人名下"})
	off := decode[recorded](t, b.ok("POST", "arrivals", journey(map[string]any{"request": c.request(), "channel": "declared", "vehicle": "沪C11111",
		"people": []any{map[string]any{"identity": map[string]any{"name": "某壬"}}}}))).Items[0]
	b.ok("POST", "arrivals/"+off.ID+"/not-coming", map[string]any{"reason": "行程取消"})
	fed := decode[struct{ Rows, Accepted, Rejected int }](t, b.ok("POST", "arrivals/feed", map[string]any{"feed": "g15", "rows": []any{
		journey(map[string]any{"external": "1", "at": now, "arrived": now.Add(-time.Hour), "vehicle": "沪D22222", "identity": map[string]any{"name": "某癸"}}),
		journey(map[string]any{"external": "", "identity": map[string]any{"name": "某癸"}})}}))
	if fed.Rows != 2 || fed.Accepted != 1 || fed.Rejected != 1 {
		t.Errorf("the feed: %+v", fed)
	}
	for _, path := range []string{"arrivals?state=arrived&missing=any&sort=due", "arrivals/unresolved", "arrivals/checks?parent=3209"} {
		b.ok("GET", path, nil)
	}
}
