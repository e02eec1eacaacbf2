package httpapi_test

import (
	"strings"
	"testing"
	"time"
)

// What residents ask and what staff do about it. APP-02, SVC-01.
func residents(t *testing.T, c *city) {
	duty, me := c.as("duty"), c.anonymous()
	if got := decode[list[struct{ ID, Level string }]](t, me.ok("GET", "public/areas?q=hede", nil)); len(got.Items) == 0 {
		t.Error("no area found by pinyin")
	}
	for _, a := range decode[list[struct{ ID, Level string }]](t, me.ok("GET", "public/areas", nil)).Items {
		if a.Level != "county" {
			t.Errorf("below the city: %+v", a)
		}
	}
	objected(t, c, duty, me)
	helped(t, c, duty, me)
	declaredOnline(t, c, me)
}

// declaredOnline walks a declaration: looked up, declared twice by one request,
// read, changed.
func declaredOnline(t *testing.T, c *city, me *client) {
	places := decode[list[struct{ Code string }]](t, me.ok("GET", "public/origins?q=pudong", nil)).Items
	if len(places) == 0 {
		t.Fatal("no origin found by pinyin")
	}
	day := c.app.Clock.Now().In(c.app.Zone).Format(time.DateOnly)
	got := decode[struct {
		Known bool
		Text  struct{ ZH, EN string }
	}](t, me.ok("GET", "public/applies?origin="+places[0].Code+"&left="+day+"&arrive="+day, nil))
	if got.Text.ZH == "" || got.Text.EN == "" {
		t.Errorf("what applies: %+v", got)
	}
	me.refused(422, "", "GET", "public/applies?origin=nowhere&left="+day, nil)
	in := map[string]any{"request": c.request(), "mode": "car", "vehicle": "苏J00001", "expected": day, "stay": "320924100", "stayText": "某小区 3 号楼",
		"origins": []any{map[string]any{"code": places[0].Code, "left": day}},
		"people":  []any{map[string]any{"identity": map[string]any{"name": "某己", "phone": "13900000222"}}, map[string]any{"identity": map[string]any{"name": "某庚"}}}}
	type mine struct {
		No, Code, State, QR string
		People              []struct{ ID, Mask string }
	}
	first, again := decode[mine](t, me.ok("POST", "public/declarations", in)), decode[mine](t, me.ok("POST", "public/declarations", in))
	if first.Code == "" || first.Code != again.Code || first.No != again.No || len(again.People) != 2 {
		t.Errorf("declared twice: %+v, %+v", first, again)
	}
	me.ok("GET", "public/declarations/"+first.Code, nil)
	me.ok("POST", "public/declarations/"+first.Code, map[string]any{"arrived": c.app.Clock.Now()})
	shown := me.ok("GET", "public/duties/"+first.Code, nil)
	if !strings.HasPrefix(first.QR, "<svg ") || !strings.Contains(string(shown.body), `"qr":`) {
		t.Error("the slip has no picture that opens the declaration")
	}
	if !strings.Contains(string(shown.body), first.No) || strings.Contains(string(shown.body), "某己") {
		t.Errorf("my duties: %s", shown.body)
	}
	reportOf(t, c, me, first.Code, first.People[0].ID)
}

// reportOf reports one traveller's day, where the measure asks for it.
func reportOf(t *testing.T, c *city, me *client, code, id string) {
	staff := c.as("duty")
	for _, check := range []map[string]any{{"check": "headcount", "size": 2}, {"check": "identity"}, {"check": "location", "stay": "320924100"}, {"check": "measure", "told": true}} {
		staff.do("POST", "arrivals/"+id+"/checks", check)
	}
	me.ok("POST", "public/declarations/"+code+"/report", map[string]any{"arrival": id, "well": true, "temperature": 36.5})
}

// objected walks an objection from the personal link to its decision.
func objected(t *testing.T, c *city, duty, me *client) {
	key := ""
	type mine struct {
		Measures []struct{ ID, State string }
		Call     string
	}
	var my mine
	for _, k := range duty.list("contacts?state=following&limit=100").Items {
		token := decode[struct{ Token string }](t, duty.ok("POST", "contacts/"+k.ID+"/link", nil)).Token
		if my = decode[mine](t, me.ok("GET", "public/duties/"+token, nil)); len(my.Measures) > 0 && my.Measures[0].State == "active" {
			key = token
			break
		}
	}
	if key == "" {
		t.Fatal("nobody of the story is under a measure")
	}
	in := map[string]any{"key": key, "request": c.request(), "restriction": my.Measures[0].ID, "reason": "wrong_days", "words": "日期算多了一天"}
	filed := decode[struct{ No, Code, Decides, State string }](t, me.ok("POST", "public/appeals", in))
	if filed.No == "" || filed.Code == "" || filed.Decides == "" || filed.State != "pending" {
		t.Errorf("filed: %+v", filed)
	}
	read := me.ok("GET", "public/appeals/"+filed.Code, nil)
	if strings.Contains(string(read.body), filed.Code) || strings.Contains(string(read.body), "secret") {
		t.Errorf("the code goes round: %s", read.body)
	}
	a := duty.list("appeals?state=pending&q=" + filed.No).Items[0]
	if v := duty.ok("GET", "appeals/"+a.ID, nil); strings.Contains(string(v.body), `"secret":`) {
		t.Error("staff read the hash of the code")
	}
	duty.refused(403, "appeal_own_decision", "POST", "appeals/"+a.ID+"/decide", map[string]any{"uphold": false})
	desk := c.as("appeals")
	done := decode[struct{ Appeal row }](t, desk.ok("POST", "appeals/"+a.ID+"/decide", map[string]any{"uphold": false,
		"answer": map[string]string{"zh": "日期按规定计算无误", "en": "The days are counted as the rule says"}}))
	if done.Appeal.State != "rejected" {
		t.Errorf("decided: %+v", done)
	}
	delete(in, "key")
	in["request"] = c.request()
	if next := decode[struct{ Level int }](t, desk.ok("POST", "appeals", in)); next.Level != 2 {
		t.Errorf("the next level: %+v", next)
	}
}

// helped walks a request for help.
func helped(t *testing.T, c *city, duty, me *client) {
	asked := decode[struct{ No, Code string }](t, me.ok("POST", "public/help", map[string]any{"request": c.request(), "kind": "food",
		"words": "老人独居，米面用完", "area": "320924100", "phone": "13900000111"}))
	if got := decode[struct{ State string }](t, me.ok("GET", "public/help/"+asked.Code, nil)); got.State != "open" {
		t.Errorf("asked: %+v", got)
	}
	h := duty.list("help?state=open&q=" + asked.No).Items[0]
	v := decode[struct {
		Loop struct {
			Steps []struct{ ID, Key string }
		}
	}](t, duty.ok("GET", "help/"+h.ID, nil))
	for _, s := range v.Loop.Steps {
		duty.ok("POST", "steps/"+s.ID+"/done", map[string]any{"kind": "note", "text": "已送到"})
	}
	if got := decode[struct{ State string }](t, me.ok("GET", "public/help/"+asked.Code, nil)); got.State != "done" {
		t.Errorf("helped: %+v", got)
	}
	duty.ok("POST", "help", map[string]any{"request": c.request(), "kind": "care", "channel": "phone", "words": "幼儿无人看护"})
}
