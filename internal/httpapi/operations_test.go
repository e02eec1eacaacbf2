package httpapi_test

import (
	"bytes"
	"mime/multipart"
	"net/http"
	"strings"
	"testing"
	"time"
)

// An evening's work through the API alone, as the pages do it. At the end every
// operation of the description has done its work at least once, so that none
// exists on paper only.
func TestEveryOperationWorks(t *testing.T) {
	each(t, func(t *testing.T, c *city) {
		for _, part := range []func(t *testing.T, c *city){lookAround, rulesRead, factsIn, dutiesOff, kindsWorked, peopleMerged, filesIn, groundKept, accountsKept, arrivalsCome, residents, freightMoves, goodsMove, gatesWorked, waitsWorked, phonesUsed, clockMoved} {
			part(t, c)
		}
		spec := decode[struct {
			Paths map[string]map[string]struct{ OperationID string }
		}](t, c.anonymous().ok("GET", "/api/openapi.json", nil))
		for path, methods := range spec.Paths {
			for method, op := range methods {
				if !c.didWork(strings.ToUpper(method), path) {
					t.Errorf("%s (%s %s) has not been seen to work", op.OperationID, method, path)
				}
			}
		}
	})
}

// didWork reports whether a request to the path of the description succeeded.
func (c *city) didWork(method, path string) bool {
	want := strings.Split(path, "/")
next:
	for seen := range c.worked {
		m, p, _ := strings.Cut(seen, " ")
		got := strings.Split(p, "/")
		if m != method || len(got) != len(want) {
			continue
		}
		open := 0
		for i := range want {
			if strings.HasPrefix(want[i], "{") {
				open++
			} else if want[i] != got[i] {
				continue next
			}
		}
		if last := got[len(got)-1]; open > 0 && (last == "curve" || last == "search" || last == "answer" || last == "diff") {
			continue // the fixed path beside {id}
		}
		return true
	}
	return false
}

func lookAround(t *testing.T, c *city) {
	b := c.as("duty")
	for _, path := range []string{"session", "tonight?scope=all", "tonight?scope=mine", "steps?kind=followup", "cases", "cases/curve", "contacts?due=tonight",
		"areas?parent=3209&hierarchy=command", "areas/search?q=sheyang", "areas/320924", "roster?area=320924",
		"roster/answer?area=320924100007-03&theme=followup", "capacity", "regimes", "regimes/CN-COVID-8", "diseases",
		"regimes/CN-COVID-8/explain?class=close&lastExposure=2022-03-26", "regimes/diff?a=CN-COVID-8&b=CN-COVID-9",
		"events", "log", "notices", "roles", "colleagues?q=射阳", "search?q=C-2022", "imports", "demo/clock", "instance"} {
		if got := b.ok("GET", path, nil); len(got.body) < 3 {
			t.Errorf("%s: %s", path, got.body)
		}
	}
	b.ok("POST", "regimes/lint", map[string]string{"name": "x.yaml", "text": "id: X\n"})
	b.ok("POST", "log/verify", map[string]string{})
}

// request mints the id of an identity sent in.
func (c *city) request() string { return "operation-" + c.app.IDs.NewID() }

func (c *city) newcomer(name string) map[string]any {
	return map[string]any{"request": c.request(), "identity": map[string]any{"name": name, "sex": "f", "birth": "1988-08-08"}}
}

func factsIn(t *testing.T, c *city) {
	b := c.as("duty")
	now := c.app.Clock.Now()
	made := decode[struct{ Case row }](t, b.ok("POST", "cases", map[string]any{"disease": "covid-19", "class": "confirmed", "onset": "2022-03-27",
		"sampled": "2022-03-28", "home": "320924100", "subject": c.newcomer("某丁"), "result": map[string]any{"kind": "nat", "accession": "OP-1",
			"collected": now.Add(-5 * time.Hour), "resulted": now.Add(-time.Hour), "outcome": "positive", "lab": "L1"}}))
	id := made.Case.ID
	changed := decode[row](t, b.ok("PATCH", "cases/"+id, map[string]any{"version": made.Case.Version, "facility": "某厂"}))
	if changed.Version != made.Case.Version+1 {
		t.Errorf("a changed case has version %d", changed.Version)
	}
	b.ok("POST", "cases/"+id+"/stays", map[string]any{"place": "某市场", "kind": "market", "area": "320924100",
		"from": now.Add(-30 * time.Hour), "to": now.Add(-29 * time.Hour)})
	var contacts []any
	for range 4 {
		contacts = append(contacts, map[string]any{"subject": c.newcomer("某戊"), "class": "close", "firstExposure": "2022-03-27",
			"lastExposure": "2022-03-28", "home": "320924100"})
	}
	got := decode[struct{ Contacts []row }](t, b.ok("POST", "cases/"+id+"/contacts", map[string]any{"contacts": contacts})).Contacts
	if len(got) != 4 {
		t.Fatalf("%d candidates", len(got))
	}
	ids := []string{got[0].ID, got[1].ID, got[2].ID}
	if p := decode[struct{ People int }](t, b.ok("POST", "contacts/preview", map[string]any{"ids": ids})); p.People != 3 {
		t.Errorf("the preview counts %d people", p.People)
	}
	if n := decode[struct{ Done int }](t, b.ok("POST", "contacts/confirm", map[string]any{"ids": ids})); n.Done != 3 {
		t.Errorf("%d confirmed", n.Done)
	}
	b.ok("POST", "contacts/dismiss", map[string]any{"ids": []string{got[3].ID}, "reason": "没有共同停留"})
	b.ok("POST", "contacts/bulk", map[string]any{"ids": ids[:2], "action": "followup", "followup": map[string]any{"status": "well", "temperature": 36.4}})
	b.ok("POST", "contacts/"+ids[2]+"/followups", map[string]any{"status": "well", "temperature": 36.6})
	link := decode[struct{ URL, Token string }](t, b.ok("POST", "contacts/"+ids[0]+"/link", nil))
	mine := c.anonymous().ok("GET", "public/followup/"+link.Token, nil)
	if strings.Contains(string(mine.body), "某戊") || !strings.HasSuffix(link.URL, link.Token) {
		t.Errorf("the personal page: %s at %s", mine.body, link.URL)
	}
	c.anonymous().ok("POST", "public/followup/"+link.Token, map[string]any{"well": true, "temperature": 36.5})
	result := decode[struct{ Result row }](t, b.ok("POST", "results", map[string]any{"contact": ids[1], "disease": "covid-19", "kind": "nat", "accession": "OP-2",
		"collected": now.Add(-3 * time.Hour), "resulted": now, "outcome": "negative", "lab": "L1"}))
	b.ok("POST", "results/"+result.Result.ID+"/retract", map[string]string{"reason": "样本混淆"})
	b.ok("GET", "contacts/"+ids[0], nil)
	b.ok("GET", "cases/"+id, nil)
	b.ok("GET", "cases/"+id+"/chain", nil)
	b.ok("POST", "persons/candidates", map[string]any{"name": "某丁", "sex": "f", "birth": "1988-08-08"})
	b.ok("POST", "persons/"+made.Case.Person+"/identity", map[string]string{"purpose": "case_investigation", "subject": "case/" + id})
	back := decode[struct{ Cases, Contacts, Loops int }](t, b.ok("POST", "cases/"+id+"/retract", map[string]string{"reason": "复检为假阳性"}))
	if back.Cases != 1 || back.Contacts != 3 || back.Loops != 4 {
		t.Errorf("taken back: %+v", back)
	}
}

func dutiesOff(t *testing.T, c *city) {
	duty, yandu := c.as("duty"), c.as("yandu")
	steps := decode[list[struct{ ID, Loop, Key, State, Needs, OwnerName string }]](t, yandu.ok("GET", "steps?limit=200&kind=investigation", nil)).Items
	if len(steps) < 2 {
		t.Fatalf("%d steps of investigations in Yandu: %+v", len(steps), steps)
	}
	first := steps[0]
	v := decode[struct {
		Loop     row
		Parties  any
		Evidence []any
	}](t, yandu.ok("GET", "loops/"+first.Loop, nil))
	yandu.ok("POST", "steps/"+first.ID+"/done", map[string]any{"kind": "note", "text": "已查清"})
	yandu.ok("POST", "steps/"+steps[1].ID+"/impossible", map[string]any{"reason": "本人已转往外省，无法联系"})
	to := decode[list[struct{ ID, WorkName string }]](t, yandu.ok("GET", "colleagues?q=值班长", nil)).Items
	if len(to) == 0 || v.Loop.ID != first.Loop {
		t.Fatalf("whom to hand %s to: %v", v.Loop.ID, to)
	}
	open := decode[list[struct{ ID, Loop string }]](t, yandu.ok("GET", "steps?limit=200&owner=me", nil)).Items
	offer := decode[struct{ ID string }](t, yandu.ok("POST", "loops/"+open[0].Loop+"/handover", map[string]string{"to": to[0].ID, "note": "夜班交接"}))
	duty.ok("POST", "loops/"+open[0].Loop+"/accept", map[string]string{"handOver": offer.ID})
	notices := duty.list("notices").Items
	if len(notices) == 0 {
		t.Fatal("the receiver of a hand-over was not told")
	}
	duty.ok("POST", "notices/"+notices[0].ID+"/read", nil)
}

func peopleMerged(t *testing.T, c *city) {
	b := c.as("duty")
	var people []string
	for range 2 {
		people = append(people, decode[struct{ Case row }](t, b.ok("POST", "cases", map[string]any{"disease": "measles", "class": "suspected", "onset": "2022-03-26",
			"home": "320902", "subject": c.newcomer("某己")})).Case.Person)
	}
	b.ok("POST", "persons/merge", map[string]string{"winner": people[0], "loser": people[1], "reason": "同一证件"})
	if v := decode[struct{ Cases []row }](t, b.ok("GET", "persons/"+people[0], nil)); len(v.Cases) != 2 {
		t.Errorf("the merged person has %d cases", len(v.Cases))
	}
	b.ok("POST", "persons/unmerge", map[string]string{"loser": people[1], "reason": "核对后是两人"})
	if v := decode[struct{ Cases []row }](t, b.ok("GET", "persons/"+people[1], nil)); len(v.Cases) != 1 {
		t.Errorf("the separated person has %d cases", len(v.Cases))
	}
}

// upload sends a file as the import page does and gives the import's id.
func (b *client) upload(kind, name, text string) string {
	b.c.t.Helper()
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	for k, v := range map[string]string{"kind": kind, "disease": "covid-19", "source": name} {
		check(b.c.t, w.WriteField(k, v))
	}
	f, err := w.CreateFormFile("file", name)
	check(b.c.t, err)
	_, err = f.Write([]byte(text))
	check(b.c.t, err)
	check(b.c.t, w.Close())
	req, err := http.NewRequest("POST", b.c.url+"/api/v1/imports", &body)
	check(b.c.t, err)
	req.Header.Set("Content-Type", w.FormDataContentType())
	got := b.send(req)
	if got.status != http.StatusOK {
		b.c.t.Fatalf("upload: %d %s", got.status, got.body)
	}
	return decode[struct{ Import row }](b.c.t, got).Import.ID
}

func filesIn(t *testing.T, c *city) {
	b := c.as("duty")
	const text = "id,name,sex,class,onset,home\n1,某庚,m,confirmed,2022-03-26,320924\n2,某辛,f,confirmed,2022-03-25,320924,one,cell,too,many\n"
	id := b.upload("linelist", "cases.csv", text)
	b.ok("POST", "imports/"+id+"/dry-run", map[string]any{})
	b.ok("POST", "imports/"+id+"/run", map[string]any{})
	type state struct {
		Import struct {
			State                    string
			Rows, Accepted, Rejected int
		}
	}
	var got state
	until(t, "the import", func() bool {
		got = decode[state](t, b.ok("GET", "imports/"+id, nil))
		return got.Import.State == "done"
	})
	if got.Import.Rows != 2 || got.Import.Accepted != 1 || got.Import.Rejected != 1 {
		t.Errorf("imported: %+v", got.Import)
	}
	rejects := b.ok("GET", "imports/"+id+"/rejects.csv", nil)
	if ct := rejects.header.Get("Content-Type"); !strings.HasPrefix(ct, "text/csv") {
		t.Errorf("the rejects are %s", ct)
	}
	b.ok("POST", "imports/"+b.upload("linelist", "more.csv", text)+"/cancel", nil)
}

func groundKept(t *testing.T, c *city) {
	b, now := c.as("duty"), c.app.Clock.Now()
	who := decode[struct{ Principal struct{ ID, WorkName string } }](t, c.as("sheyang").ok("GET", "session", nil)).Principal
	admin := c.as("admin")
	saver := b
	row := map[string]any{"area": "320924100", "theme": "investigation", "rank": 3, "principal": who.ID, "workName": who.WorkName,
		"during": map[string]any{"from": now.Add(-time.Hour)}}
	if got := saver.do("PUT", "roster/new", row); got.status == http.StatusForbidden {
		saver = admin
	}
	made := decode[struct{ ID string }](t, saver.ok("PUT", "roster/new", row))
	saver.ok("POST", "roster/"+made.ID+"/absence", map[string]any{"from": now, "to": now.Add(8 * time.Hour)})
	saver.ok("DELETE", "roster/"+made.ID, nil)
	const means = "area,kind,total,used\n320924,rooms,200,150\n"
	if got := b.do("POST", "capacity", map[string]any{"csv": means}); got.status != http.StatusOK {
		admin.ok("POST", "capacity", map[string]any{"csv": means})
	}
}

func accountsKept(t *testing.T, c *city) {
	admin := c.as("admin")
	made := decode[struct {
		Principal row
		Password  string
	}](t, admin.ok("POST", "accounts", map[string]any{"login": "later", "workName": "夜班", "roles": []string{"tracer"}, "area": "320924"}))
	admin.ok("GET", "accounts", nil)
	admin.ok("PATCH", "accounts/"+made.Principal.ID, map[string]any{"version": made.Principal.Version, "workName": "夜班值班员"})
	once := decode[struct{ Password string }](t, admin.ok("POST", "accounts/"+made.Principal.ID+"/reset", nil)).Password
	b := c.anonymous()
	b.signIn("later", once)
	b.csrf = decode[struct{ CSRF string }](t, b.ok("POST", "session/password", map[string]string{"old": once, "new": "another-long-phrase-5"})).CSRF
	b.ok("DELETE", "session", nil)
}

// Whoever holds the demonstration's first login moves its clock; what that made
// due has climbed when the answer comes. RES-02.
func clockMoved(t *testing.T, c *city) {
	b := c.as("duty")
	b.refused(http.StatusUnprocessableEntity, "clock_advance", "POST", "demo/clock", map[string]string{"advance": "-1h"})
	b.ok("POST", "demo/clock", map[string]string{"advance": "1h"})
	before := decode[struct{ Counts struct{ Open, Escalated int } }](t, b.ok("GET", "tonight", nil)).Counts
	got := decode[struct {
		Now   time.Time
		Fired struct{ Escalated int }
	}](t, b.ok("POST", "demo/clock", map[string]string{"advance": "cutoff"}))
	if got.Now.UTC().Hour() != 16 || before.Open == 0 {
		t.Errorf("at the cut-off it is %s, %d were open", got.Now, before.Open)
	}
	until(t, "the steps on the level above", func() bool {
		return len(b.list("steps?escalated=true&limit=500").Items) >= before.Open
	})
}
