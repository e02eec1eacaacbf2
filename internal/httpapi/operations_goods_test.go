package httpapi_test

import (
	"net/http"
	"strings"
	"testing"
)

// Goods and sampled places as those who hold them, the laboratory and the officer
// work on them. IMP-02, IMP-06.
func goodsMove(t *testing.T, c *city) {
	b := c.as("duty")
	now := c.app.Clock.Now()
	b.ok("GET", "goods-rules", nil)
	b.refused(http.StatusUnprocessableEntity, "lot_invalid", "POST", "lots", map[string]any{"kind": "contraband", "name": "", "origin": "EC"})
	lot := decode[row](t, b.ok("POST", "lots", map[string]any{"kind": "cold_chain", "name": "（虚构）冻虾", "origin": "EC", "mark": "ABCU1", "area": "320924"}))
	if again := decode[row](t, b.ok("POST", "lots", map[string]any{"kind": "cold_chain", "name": "（虚构）冻虾", "origin": "EC", "mark": "abcu1", "area": "320924"})); again.ID != lot.ID {
		t.Errorf("told twice it is %s and %s", lot.ID, again.ID)
	}
	at := "lots/" + lot.ID
	b.refused(http.StatusConflict, "lot_state", "POST", at+"/release", map[string]any{})
	b.ok("POST", at+"/arrive", map[string]any{"place": "某冷库", "at": now})
	if refusal := b.refused(http.StatusConflict, "lot_lacks", "POST", at+"/release", map[string]any{}); len(refusal.Errors) != 2 {
		t.Errorf("the refusal does not name what is missing: %+v", refusal)
	}
	b.ok("POST", at+"/disinfect", map[string]any{"what": "outer", "agent": "过氧乙酸", "strength": 2000, "minutes": 30})
	b.ok("POST", at+"/samples", map[string]any{"accession": "GT-1", "what": "outer", "spots": 5})
	b.refused(http.StatusNotFound, "lot_accession_unknown", "POST", at+"/results", map[string]any{"accession": "GT-9", "outcome": "negative"})
	b.ok("POST", at+"/workers", map[string]any{"request": c.request(), "workers": []any{map[string]any{"identity": map[string]any{"name": "某搬运工"}, "work": "卸货"}}})
	told := decode[struct {
		Sample             row
		Sealed, Candidates []row
	}](t, b.ok("POST", at+"/results", map[string]any{"accession": "GT-1", "outcome": "positive", "lab": "市疾控"}))
	if len(told.Sealed) != 1 || len(told.Candidates) != 1 {
		t.Errorf("a positive: %+v", told)
	}
	if shown := b.ok("GET", at, nil); strings.Contains(string(shown.body), "某搬运工") {
		t.Error("the page of a lot names somebody")
	}
	b.ok("POST", "samples/"+told.Sample.ID+"/retract", map[string]any{"reason": "样本混淆"})
	b.ok("POST", at+"/hand-over", map[string]any{"receiver": "某批发市场", "place": "市场一号库"})
	b.ok("POST", at+"/accept", map[string]any{"by": "市场管理员"})
	b.ok("POST", at+"/samples", map[string]any{"accession": "GT-2", "what": "outer", "spots": 5})
	b.ok("POST", at+"/results", map[string]any{"accession": "GT-2", "outcome": "negative"})
	b.ok("POST", at+"/release", map[string]any{})
	bad := decode[row](t, b.ok("POST", "lots", map[string]any{"kind": "parcel", "name": "（虚构）包裹", "origin": "KR", "area": "320924"}))
	b.ok("POST", "lots/"+bad.ID+"/arrive", map[string]any{"place": "某分拨中心"})
	b.ok("POST", "lots/"+bad.ID+"/seal", map[string]any{"reason": "外省通报同批阳性"})
	b.ok("POST", "lots/"+bad.ID+"/dispose", map[string]any{"reason": "退运"})
	b.ok("GET", "lots?state=released,disposed", nil)
	goodsPoint(t, c, b)
}

// goodsPoint works on a place that is sampled.
func goodsPoint(t *testing.T, c *city, b *client) {
	b.refused(http.StatusUnprocessableEntity, "lot_invalid", "POST", "points", map[string]any{"kind": "moon", "name": "", "everyDays": 0, "area": "320924"})
	p := decode[row](t, b.ok("POST", "points", map[string]any{"kind": "cold_store", "name": "（虚构）一号冷库", "area": "320924", "everyDays": 7}))
	at := "points/" + p.ID
	b.ok("POST", at+"/samples", map[string]any{"accession": "PT-1", "what": "surface", "spots": 10})
	b.ok("POST", at+"/workers", map[string]any{"request": c.request(), "workers": []any{map[string]any{"identity": map[string]any{"name": "某装卸工"}, "work": "装卸"}}})
	b.ok("POST", at+"/results", map[string]any{"accession": "PT-1", "outcome": "positive"})
	b.ok("POST", at+"/disinfect", map[string]any{"what": "surface", "agent": "含氯消毒剂", "minutes": 30})
	b.ok("GET", at, nil)
	if rows := b.list("points"); rows.Total == 0 {
		t.Error("no places are listed")
	}
}
