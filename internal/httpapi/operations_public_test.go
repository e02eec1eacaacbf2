package httpapi_test

import (
	"strings"
	"testing"
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
	done := decode[struct{ Appeal row }](t, duty.ok("POST", "appeals/"+a.ID+"/decide", map[string]any{"uphold": false,
		"answer": map[string]string{"zh": "日期按规定计算无误", "en": "The days are counted as the rule says"}}))
	if done.Appeal.State != "rejected" {
		t.Errorf("decided: %+v", done)
	}
	in["request"] = c.request()
	if duty.do("POST", "appeals", in).status == 409 { // the city itself had decided: another measure of the same duty
		delete(in, "key")
		in["restriction"] = my.Measures[len(my.Measures)-1].ID
	}
	delete(in, "key")
	duty.do("POST", "appeals", in)
	for _, k := range duty.list("contacts?state=following&limit=100").Items {
		token := decode[struct{ Token string }](t, duty.ok("POST", "contacts/"+k.ID+"/link", nil)).Token
		other := decode[mine](t, me.ok("GET", "public/duties/"+token, nil))
		if len(other.Measures) == 0 || other.Measures[0].State != "active" || other.Measures[0].ID == my.Measures[0].ID {
			continue
		}
		in["request"], in["restriction"] = c.request(), other.Measures[0].ID
		duty.ok("POST", "appeals", in)
		break
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
