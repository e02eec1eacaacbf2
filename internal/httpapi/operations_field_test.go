package httpapi_test

import (
	"crypto/rand"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/device"
	"github.com/seawall-city/seawall/internal/ticket"
)

// handset is a phone that a test uses.
type handset struct {
	c   *city
	b   *client
	key *ticket.Key
	id  string
}

func (c *city) handset(b *client, name string) *handset {
	key, err := ticket.NewKey(rand.Reader)
	check(c.t, err)
	p := key.Public()
	made := decode[struct{ ID string }](c.t, b.ok("POST", "devices", map[string]any{"request": c.request(), "name": name,
		"publicKey": map[string]string{"kty": p.Kty, "crv": p.Crv, "x": p.X, "y": p.Y}}))
	return &handset{c: c, b: b, key: key, id: made.ID}
}

// send signs one operation and sends it.
func (h *handset) send(id, kind, target, base string, body any) (outcome, problem, conflict string) {
	raw, err := json.Marshal(body)
	check(h.c.t, err)
	text, err := h.key.Sign("O", device.Signed{Device: seawall.DeviceID(h.id), ID: id, Kind: kind, Target: target, Base: base, At: h.c.app.Clock.Now(), Body: raw})
	check(h.c.t, err)
	out := decode[struct {
		In, Done, Repeated, Conflicts, Refused int
		Results                                []struct{ Outcome, Problem, Message, Conflict string }
	}](h.c.t, h.b.ok("POST", "sync", map[string]any{"device": h.id, "sentAt": h.c.app.Clock.Now(), "ops": []string{text}}))
	if out.In != 1 || len(out.Results) != 1 || out.In != out.Done+out.Repeated+out.Conflicts+out.Refused {
		h.c.t.Fatalf("rows do not add up: %+v", out)
	}
	r := out.Results[0]
	if (r.Problem == "") != (r.Message == "") {
		h.c.t.Errorf("a problem without words: %+v", r)
	}
	return r.Outcome, r.Problem, r.Conflict
}

// phonesUsed walks a phone's day: registered, fetched, sent, in conflict, decided; a
// picture, a paper form, a loss. GOV-08, NF-04.
func phonesUsed(t *testing.T, c *city) {
	b := c.as("duty")
	one, two := c.handset(b, "一号机"), c.handset(b, "二号机")
	if n := b.list("devices").Total; n != 2 {
		t.Errorf("%d phones", n)
	}
	b.ok("GET", "field/day?device="+one.id+"&lat=33.4&lon=120.2", nil)
	type step struct {
		ID, Key string
		Day     string
		Subject struct{ Kind, ID string }
	}
	var st step
	for _, s := range decode[list[step]](t, b.ok("GET", "steps?kind=followup&limit=500", nil)).Items {
		if s.Key == "monitor" {
			st = s
		}
	}
	if st.ID == "" {
		t.Fatal("nobody is followed")
	}
	target := "contact/" + st.Subject.ID
	report := func(note string) map[string]any { return map[string]any{"day": st.Day, "status": "well", "note": note} }
	if got, why, _ := one.send("operation-0000000001", device.Report, target, "", report("一号")); got != device.Done {
		t.Fatalf("%s %s", got, why)
	}
	got, why, conflict := two.send("operation-0000000001", device.Report, target, "", report("二号"))
	if got != device.Clash || why != "changed_meanwhile" || conflict == "" {
		t.Fatalf("%s %s %s", got, why, conflict)
	}
	if n := b.list("field/conflicts?state=open&mine=true&target=" + target).Total; n != 1 {
		t.Errorf("%d conflicts", n)
	}
	if body := string(b.ok("GET", "field/conflicts/"+conflict, nil).body); !strings.Contains(body, "一号") || !strings.Contains(body, "二号") {
		t.Errorf("one side is missing: %s", body)
	}
	b.ok("POST", "field/conflicts/"+conflict+"/decide", map[string]string{"keep": "both", "note": "核实"})
	if n := b.list("field/operations?device=" + one.id).Total; n != 1 {
		t.Errorf("%d operations", n)
	}
	b.ok("GET", "devices/"+one.id, nil)
	c.anonymous().ok("GET", "public/devices/"+one.id, nil)
	pictured(t, one)
	papered(t, b)
	b.ok("POST", "devices/"+two.id+"/retire", nil)
	desk := c.as("yandu")
	mine := c.handset(desk, "丢失的手机")
	b.ok("POST", "devices/"+mine.id+"/lost", map[string]any{"since": c.app.Clock.Now().Add(-time.Minute)})
	desk.refused(401, "sign_in", "GET", "field/day?device="+mine.id, nil)
	c.anonymous().refused(410, "device_wipe", "GET", "public/devices/"+mine.id, nil)
	c.as("yandu").refused(410, "device_wipe", "POST", "sync", map[string]any{"device": mine.id, "ops": []string{}})
}

// pictured sends a picture in one part.
func pictured(t *testing.T, h *handset) {
	step := decode[list[struct{ ID string }]](t, h.b.ok("GET", "steps?limit=1", nil)).Items[0].ID
	data := []byte("a picture")
	id := "photo-00000000000001"
	h.b.ok("POST", "field/photos", map[string]any{"id": id, "device": h.id, "step": step, "hash": device.Hash(string(data)), "type": "image/png",
		"size": len(data), "parts": 1, "taken": h.c.app.Clock.Now()})
	h.b.ok("PUT", "field/photos/"+id+"/parts/0", map[string]any{"device": h.id, "hash": device.Hash(string(data)), "data": data})
	if got := decode[struct{ Data []byte }](t, h.b.ok("GET", "field/photos/"+id, nil)); string(got.Data) != string(data) {
		t.Errorf("the picture came back as %q", got.Data)
	}
}

// papered prints a step's form and keys it in.
func papered(t *testing.T, b *client) {
	type step struct{ ID, Key, Needs, Form string }
	for _, s := range decode[list[step]](t, b.ok("GET", "steps?limit=200", nil)).Items {
		if s.Needs != "note" || s.Key == "release" {
			continue
		}
		f := decode[struct{ Code, Page, QR string }](t, b.ok("GET", "steps/"+s.ID+"/paper?lang=zh", nil))
		if !strings.Contains(f.Page, f.Code) || !strings.Contains(f.Page, "<svg") || strings.Contains(f.Page, "http://www.w3.org/1999") || strings.Contains(f.Page, "<script") {
			t.Errorf("the page: %.200s", f.Page)
		}
		b.ok("GET", "paper/"+f.Code, nil)
		if got := decode[struct{ State string }](t, b.ok("POST", "paper/"+f.Code, map[string]string{"text": "纸质录入"})); got.State != "done" {
			t.Errorf("keyed in: %+v", got)
		}
		b.refused(410, "paper_dead", "POST", "paper/"+f.Code, map[string]string{"text": "再次录入"})
		return
	}
	t.Error("no step is closed with a note")
}
