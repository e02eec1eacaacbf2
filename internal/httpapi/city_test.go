package httpapi_test

import (
	"bufio"
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/seawall-city/seawall/internal/ledger"
)

// The told evening over HTTP: what each desk sees of it, and what nobody sees.
func TestTheCityOverHTTP(t *testing.T) {
	each(t, func(t *testing.T, c *city) {
		for _, part := range []struct {
			name string
			f    func(t *testing.T, c *city)
		}{
			{"each area its own", areaScope},
			{"pages of a list", pages},
			{"identity", identity},
			{"nothing told in passing", nothingInPassing},
			{"live changes", liveChanges},
			{"public log", publicLog},
			{"health and figures", health},
			{"a step done twice", doneTwice},
		} {
			t.Run(part.name, func(t *testing.T) { x := *c; x.t = t; part.f(t, &x) })
		}
	})
}

// A county sees its own; what belongs to another is in no list, behind no id,
// in no search and in no saved address. GOV-06.
func areaScope(t *testing.T, c *city) {
	duty, sheyang := c.as("duty"), c.as("sheyang")
	in := func(area string, rows []row) (own, others []row) {
		for _, r := range rows {
			if strings.Contains(r.Area+r.Path, area) {
				own = append(own, r)
			} else {
				others = append(others, r)
			}
		}
		return own, others
	}
	theirs, _ := in("/320902/", duty.list("cases").Items)
	people, _ := in("/320902/", duty.list("contacts?limit=500").Items)
	steps, _ := in("/320902/", duty.list("steps?limit=500&state=all").Items)
	if len(theirs) == 0 || len(people) == 0 || len(steps) == 0 {
		t.Fatalf("the story has %d cases, %d contacts, %d steps in Tinghu", len(theirs), len(people), len(steps))
	}
	for _, path := range []string{"cases", "contacts?limit=500", "steps?limit=500&state=all", "roster"} {
		if _, strange := in("/320924/", sheyang.list(path).Items); len(strange) > 0 {
			t.Errorf("%s shows Sheyang %+v", path, strange[0])
		}
	}
	sheyang.refused(http.StatusForbidden, "", "GET", "accounts", nil)
	for _, path := range []string{"cases?area=320902", "contacts?area=320902", "steps?area=320902&state=all", "roster?area=320902",
		"capacity?area=320902", "events?area=320902&subject=case/" + theirs[0].ID, "events?subject=case/" + theirs[0].ID,
		"steps?state=all&subject=case/" + theirs[0].ID, "contacts?case=" + theirs[0].ID} {
		got := sheyang.do("GET", path, nil)
		if got.status == http.StatusOK && len(decode[list[row]](t, got).Items) > 0 {
			t.Errorf("%s shows Sheyang %.300s", path, got.body)
		}
	}
	for _, path := range []string{"cases/" + theirs[0].ID, "cases/" + theirs[0].ID + "/chain", "contacts/" + people[0].ID,
		"persons/" + people[0].Person, "persons/" + theirs[0].Person} {
		duty.ok("GET", path, nil)
		if p := sheyang.do("GET", path, nil); p.status != http.StatusForbidden && p.status != http.StatusNotFound {
			t.Errorf("GET %s as Sheyang: %d %.300s", path, p.status, p.body)
		} else if strings.Contains(string(p.body), people[0].Mask) || strings.Contains(string(p.body), theirs[0].Mask) {
			t.Errorf("the refusal of %s tells a mask: %s", path, p.body)
		}
	}
	for _, x := range []struct {
		path string
		body any
	}{
		{"cases/" + theirs[0].ID + "/retract", map[string]string{"reason": "not ours to say"}},
		{"steps/" + steps[0].ID + "/done", map[string]string{"kind": "note", "text": "done elsewhere"}},
		{"contacts/" + people[0].ID + "/link", nil},
		{"persons/" + people[0].Person + "/identity", map[string]string{"purpose": "contact_tracing", "subject": "contact/" + people[0].ID}},
	} {
		if p := sheyang.do("POST", x.path, x.body); p.status != http.StatusForbidden && p.status != http.StatusNotFound {
			t.Errorf("POST %s as Sheyang: %d %.300s", x.path, p.status, p.body)
		}
	}
	found := sheyang.ok("GET", "search?q="+theirs[0].No, nil)
	if strings.Contains(string(found.body), theirs[0].ID) || strings.Contains(string(found.body), theirs[0].Mask) {
		t.Errorf("the search finds %s for Sheyang: %s", theirs[0].No, found.body)
	}
}

// A list read page by page gives each row once and ends.
func pages(t *testing.T, c *city) {
	b := c.as("duty")
	for _, path := range []string{"contacts?sort=due", "contacts?sort=no", "cases?sort=onset", "steps?state=all", "events?oldest=true", "events?"} {
		size := "7"
		if strings.HasPrefix(path, "events") {
			size = "90"
		}
		sep := "&"
		if !strings.Contains(path, "?") {
			sep = "?"
		}
		seen, total, cursor := map[string]bool{}, 0, ""
		for n := 0; ; n++ {
			page := b.list(path + sep + "limit=" + size + "&cursor=" + cursor)
			for _, r := range page.Items {
				if seen[r.ID] {
					t.Fatalf("%s: %s comes twice", path, r.ID)
				}
				seen[r.ID] = true
			}
			if n == 0 {
				total = page.Total
			}
			if cursor = page.Next; cursor == "" {
				break
			}
			if n > 200 {
				t.Fatalf("%s does not end", path)
			}
		}
		if !strings.HasPrefix(path, "events") && len(seen) != total || len(seen) < 4 {
			t.Errorf("%s: %d rows in pages, total %d", path, len(seen), total)
		}
	}
	b.refused(http.StatusUnprocessableEntity, "", "GET", "contacts?limit=100000", nil)
}

// Opening an identity needs a purpose the role has and what it is about, and is
// on the log before it is shown.
func identity(t *testing.T, c *city) {
	b := c.as("duty")
	one := b.list("contacts?limit=1&state=following").Items[0]
	path, about := "persons/"+one.Person+"/identity", "contact/"+one.ID
	b.refused(http.StatusUnprocessableEntity, "purpose_needed", "POST", path, map[string]string{"subject": about})
	b.refused(http.StatusUnprocessableEntity, "subject_needed", "POST", path, map[string]string{"purpose": "contact_tracing"})
	b.refused(http.StatusForbidden, "", "POST", path, map[string]string{"purpose": "curiosity", "subject": about})
	opened := func() list[row] { return b.list("events?type=identity.opened&subject=person/" + one.Person) }
	if n := len(opened().Items); n != 0 {
		t.Fatalf("%d openings on the log before any", n)
	}
	purposes := decode[struct{ Purposes []struct{ ID string } }](t, b.ok("GET", "session", nil)).Purposes
	if len(purposes) == 0 {
		t.Fatal("the duty officer has no purpose")
	}
	who := decode[struct{ Name, Phone string }](t, b.ok("POST", path, map[string]string{"purpose": purposes[0].ID, "subject": about}))
	if who.Name == "" || !strings.HasPrefix(one.Mask, string([]rune(who.Name)[0])) {
		t.Errorf("opened %q behind the mask %q", who.Name, one.Mask)
	}
	until(t, "the opening on the log", func() bool { return len(opened().Items) == 1 })
	// The event is about the contact too, and the log holds no name.
	got := b.ok("GET", "events?type=identity.opened&subject="+about, nil)
	if !strings.Contains(string(got.body), purposes[0].ID) || strings.Contains(string(got.body), who.Name) {
		t.Errorf("the opening on the log: %s", got.body)
	}
	// A grid worker of another place, the auditor and the administrator do not open it.
	for _, login := range []string{"audit", "admin"} {
		c.as(login).refused(http.StatusForbidden, "", "POST", path, map[string]string{"purpose": purposes[0].ID, "subject": about})
	}
}

// What is typed in — a name, a telephone — is in no answer but the opened
// identity, in no log line and in no metric, whatever happens to the request.
func nothingInPassing(t *testing.T, c *city) {
	const name, phone, doc, place = "欧阳试验", "13912345678", "320924199001011234", "测试小区七栋"
	b := c.as("duty")
	id := map[string]any{"name": name, "sex": "m", "birth": "1990-01-01", "phone": phone, "docType": "cn-id", "docNumber": doc, "address": place}
	made := decode[struct{ Case row }](t, b.ok("POST", "cases", map[string]any{"disease": "covid-19", "class": "suspected", "onset": "2022-03-28",
		"home": "320924100", "subject": map[string]any{"request": "passing-0000000001", "identity": id}}))
	b.refused(http.StatusUnprocessableEntity, "", "POST", "cases", map[string]any{"disease": "no-such", "class": "suspected",
		"subject": map[string]any{"request": "passing-0000000002", "identity": id}})
	b.do("POST", "cases", map[string]any{"disease": 5, "subject": map[string]any{"identity": id}})
	answers := []answer{
		b.ok("POST", "persons/candidates", id), b.ok("GET", "search?q="+phone, nil), b.ok("GET", "search?q="+name, nil),
		b.ok("GET", "cases/"+made.Case.ID, nil), b.ok("GET", "persons/"+made.Case.Person, nil), b.ok("GET", "cases", nil),
		b.ok("GET", "events?limit=1000", nil), b.do("GET", "cases?from="+phone, nil), b.do("GET", "areas/"+phone, nil),
		b.do("GET", "cases/"+phone, nil), b.do("GET", "persons/"+phone, nil),
		c.anonymous().do("POST", "session", map[string]string{"login": phone, "password": name}),
		c.anonymous().do("GET", "public/followup/"+phone, nil),
		c.anonymous().do("GET", "/log/"+phone, nil), b.do("GET", "areas/"+name, nil), b.do("GET", name, nil),
		b.do("GET", "/"+name+"?q="+place, nil), b.do("POST", "cases/"+place+"/"+name, map[string]any{}),
	}
	for i, a := range answers[:7] {
		for _, secret := range []string{name, phone, doc, place} {
			if strings.Contains(string(a.body), secret) {
				t.Errorf("answer %d tells %q: %.400s", i, secret, a.body)
			}
		}
	}
	figures := string(c.anonymous().ok("GET", "/metrics", nil).body)
	lines := c.logs.String()
	if !strings.Contains(lines, `"route":"/api/v1/cases"`) {
		t.Fatalf("the log has no requests: %.300s", lines)
	}
	for _, secret := range []string{name, phone, doc, place, made.Case.Person, made.Case.ID, "1990-01-01"} {
		for where, text := range map[string]string{"log": lines, "metrics": figures} {
			if i := strings.Index(text, secret); i >= 0 {
				t.Errorf("the %s holds %q: …%s…", where, secret, text[max(0, i-120):min(len(text), i+80)])
			}
		}
	}
}

// A change reaches the open pages, without its content, and a stop of the
// server ends the stream.
func liveChanges(t *testing.T, c *city) {
	b, sheyang := c.as("duty"), c.as("sheyang")
	ctx, stop := context.WithTimeout(context.Background(), time.Minute)
	defer stop()
	mine, theirs := b.listen(ctx), sheyang.listen(ctx)
	made := decode[struct{ Case row }](t, b.ok("POST", "cases", map[string]any{"disease": "covid-19", "class": "suspected", "onset": "2022-03-28",
		"home": "320902108", "subject": map[string]any{"request": "live-000000000001", "identity": map[string]any{"name": "某甲", "sex": "f"}}}))
	ours := decode[struct{ Case row }](t, b.ok("POST", "cases", map[string]any{"disease": "covid-19", "class": "suspected", "onset": "2022-03-28",
		"home": "320924100", "subject": map[string]any{"request": "live-000000000002", "identity": map[string]any{"name": "某乙", "sex": "f"}}}))
	for _, id := range []string{made.Case.ID, ours.Case.ID} {
		if data := awaitChange(t, mine, id); strings.Contains(data, "某") {
			t.Errorf("the stream tells %s", data)
		}
	}
	// Sheyang hears of its own case and, up to there, of none in Tinghu.
	for {
		line, ok := <-theirs
		if !ok {
			t.Fatal("the stream of Sheyang ended")
		}
		if strings.Contains(line, made.Case.ID) {
			t.Fatalf("Sheyang hears of Tinghu: %s", line)
		}
		if strings.Contains(line, ours.Case.ID) {
			break
		}
	}
	c.face.EndStreams()
	for range mine {
	}
	if ctx.Err() != nil {
		t.Error("the stream did not end with the server")
	}
}

// listen opens the stream of live changes; the channel closes when it ends.
func (b *client) listen(ctx context.Context) <-chan string {
	b.c.t.Helper()
	req, err := http.NewRequestWithContext(ctx, "GET", b.c.url+"/api/v1/events/stream", nil)
	check(b.c.t, err)
	req.AddCookie(b.cookie)
	res, err := http.DefaultClient.Do(req)
	check(b.c.t, err)
	if res.StatusCode != http.StatusOK || res.Header.Get("Content-Type") != "text/event-stream" {
		b.c.t.Fatalf("the stream: %d %s", res.StatusCode, res.Header.Get("Content-Type"))
	}
	lines := make(chan string, 1000)
	go func() {
		defer close(lines)
		defer res.Body.Close()
		for sc := bufio.NewScanner(res.Body); sc.Scan(); {
			if data, ok := strings.CutPrefix(sc.Text(), "data: "); ok {
				lines <- data
			}
		}
	}()
	return lines
}

func awaitChange(t *testing.T, lines <-chan string, id string) string {
	t.Helper()
	for line := range lines {
		if strings.Contains(line, id) {
			var ch struct{ Seq int64 }
			if err := json.Unmarshal([]byte(line), &ch); err != nil || ch.Seq == 0 {
				t.Fatalf("%v: %s", err, line)
			}
			return line
		}
	}
	t.Fatalf("the stream ended without %s", id)
	return ""
}

// until waits for something that the background does within moments.
func until(t *testing.T, what string, done func() bool) {
	t.Helper()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	late := time.After(20 * time.Second)
	for !done() {
		select {
		case <-late:
			t.Fatalf("not within 20 s: %s", what)
		case <-tick.C:
		}
	}
}

// Checkpoint and tiles are open to everybody and verify; the page that verifies
// agrees.
func publicLog(t *testing.T, c *city) {
	b := c.anonymous()
	cp := b.ok("GET", "/log/checkpoint", nil)
	if _, err := ledger.OpenCheckpoint(string(cp.body), c.app.Signer.Key()); err != nil {
		t.Fatalf("the checkpoint: %v\n%s", err, cp.body)
	}
	tile := b.ok("GET", "/log/tile/0/000", nil)
	if len(tile.body) != 256*32 || !strings.Contains(tile.header.Get("Cache-Control"), "immutable") {
		t.Errorf("the first tile: %d bytes, %s", len(tile.body), tile.header.Get("Cache-Control"))
	}
	b.refused(http.StatusNotFound, "", "GET", "/log/tile/0/999", nil)
	got := decode[struct {
		OK     bool
		Report struct{ Size int64 }
	}](t, c.as("audit").ok("POST", "log/verify", map[string]string{"earlier": string(cp.body)}))
	if !got.OK || got.Report.Size < 256 {
		t.Errorf("verified: %+v", got)
	}
}

func health(t *testing.T, c *city) {
	b := c.anonymous()
	for path, want := range map[string]string{"/healthz": `"alive"`, "/readyz": `"ready"`, "/metrics": "seawall_http_request_seconds_count"} {
		if got := b.ok("GET", path, nil); !strings.Contains(string(got.body), want) {
			t.Errorf("%s: %.300s", path, got.body)
		}
	}
	if got := string(b.ok("GET", "/metrics", nil).body); !strings.Contains(got, "seawall_log_size") {
		t.Error("the log's size is not among the figures")
	}
	now, err := time.Parse(time.RFC3339Nano, b.do("GET", "instance", nil).header.Get("X-Seawall-Now"))
	if d := c.app.Clock.Now().Sub(now); err != nil || d < 0 || d > time.Minute {
		t.Errorf("the server's time in the answers: %v %v, %v off", now, err, d)
	}
}

// Two people close the same step: the second is told, and nothing is lost. A
// version read earlier does not overwrite.
func doneTwice(t *testing.T, c *city) {
	b := c.as("duty")
	steps := b.list("steps?limit=500&kind=investigation").Items
	i := slices.IndexFunc(steps, func(r row) bool { return r.State == "open" })
	if i < 0 {
		t.Fatal("no open step of an investigation")
	}
	s := steps[i]
	b.refused(http.StatusConflict, "", "POST", "steps/"+s.ID+"/done", map[string]any{"version": s.Version + 3, "kind": "note", "text": "查清"})
	b.ok("POST", "steps/"+s.ID+"/done", map[string]any{"version": s.Version, "kind": "note", "text": "查清"})
	b.refused(http.StatusConflict, "", "POST", "steps/"+s.ID+"/done", map[string]any{"version": s.Version, "kind": "note", "text": "查清"})
}
