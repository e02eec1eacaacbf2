package httpapi_test

import (
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/seawall-city/seawall/internal/app"
)

// Who signs in, how, and what is refused until then.
func TestSessions(t *testing.T) {
	each(t, func(t *testing.T, c *city) {
		for name, f := range map[string]func(t *testing.T, c *city){
			"in and out":         signInAndOut,
			"cross-site":         crossSite,
			"signed out":         signedOut,
			"one-time password":  oneTimePassword,
			"locked":             locked,
			"two languages":      twoLanguages,
			"disabled meanwhile": disabledMeanwhile,
		} {
			t.Run(name, func(t *testing.T) { x := *c; x.t = t; f(t, &x) })
		}
	})
}

func signInAndOut(t *testing.T, c *city) {
	b := c.anonymous()
	b.refused(http.StatusUnauthorized, "auth_failed", "POST", "session", map[string]string{"login": "duty", "password": "wrong-password-1"})
	b.refused(http.StatusUnauthorized, "auth_failed", "POST", "session", map[string]string{"login": "nobody", "password": "wrong-password-1"})
	got := b.signIn("duty", app.DemoPassword)
	cookie := got.header.Get("Set-Cookie")
	for _, part := range []string{"HttpOnly", "SameSite=Strict", "Path=/"} {
		if !strings.Contains(cookie, part) {
			t.Errorf("the session cookie %q lacks %s", strings.SplitAfter(cookie, ";")[1:], part)
		}
	}
	info := decode[struct {
		Principal struct{ Login string }
		Actions   []string
		Demo      bool
	}](t, b.ok("GET", "session", nil))
	if info.Principal.Login != "duty" || len(info.Actions) < 10 || !info.Demo {
		t.Errorf("who is signed in: %+v", info)
	}
	old := *b.cookie
	b.ok("DELETE", "session", nil)
	b.cookie = &old
	b.refused(http.StatusUnauthorized, "sign_in", "GET", "session", nil)
}

// A request that another site makes the browser send carries the cookie but not
// the value that only our pages know.
func crossSite(t *testing.T, c *city) {
	b := c.as("duty")
	right := b.csrf
	id := b.list("cases").Items[0].ID
	for _, csrf := range []string{"", "guess", right + "x"} {
		b.csrf = csrf
		b.refused(http.StatusForbidden, "csrf", "POST", "cases/"+id+"/retract", map[string]string{"reason": "another site says so"})
	}
	b.csrf = ""
	b.ok("GET", "cases/"+id, nil)
	b.csrf = right
	if got := b.list("cases?state=retracted"); got.Total != 0 {
		t.Errorf("%d cases were retracted", got.Total)
	}
}

// Every operation of the description, also those added later, is closed to who
// is not signed in; the few that are open are named here.
func signedOut(t *testing.T, c *city) {
	open := map[string]bool{"sign-in": true, "sign-out": true, "my-followup": true, "self-report": true, "get-instance": true,
		"my-duties": true, "public-areas": true, "public-origins": true, "what-applies": true, "public-waivers": true,
		"declare-travel": true, "my-declaration": true, "change-declaration": true, "report-my-day": true,
		"object": true, "my-appeal": true, "ask-help": true, "my-help": true,
		// freight: a driver's own card and trip, a carrier's key, what a phone or anybody checks
		"carrier-trips": true, "declare-trip": true, "my-trip": true, "ask-by-card": true, "public-exposures": true,
		"my-pass": true, "complain-at-gate": true, "device-state": true, "ticket-key": true}
	b := c.anonymous()
	spec := decode[struct {
		Paths map[string]map[string]struct {
			OperationID string
			Parameters  []struct{ Name, In string }
		}
	}](t, b.ok("GET", "/api/openapi.json", nil))
	n := 0
	for path, methods := range spec.Paths {
		for method, op := range methods {
			if open[op.OperationID] {
				continue
			}
			n++
			for _, part := range regexp.MustCompile(`{(\w+)}`).FindAllStringSubmatch(path, -1) {
				if !slices.ContainsFunc(op.Parameters, func(p struct{ Name, In string }) bool { return p.Name == part[1] && p.In == "path" }) {
					t.Errorf("%s %s does not read its {%s}", method, path, part[1])
				}
			}
			path := strings.NewReplacer("{id}", "x", "{no}", "x", "{token}", "x").Replace(path)
			var body any
			if method != "get" && method != "delete" {
				body = map[string]string{}
			}
			b.refused(http.StatusUnauthorized, "sign_in", strings.ToUpper(method), path, body)
		}
	}
	if n < 50 {
		t.Errorf("%d closed operations found, want at least 50", n)
	}
	b.refused(http.StatusUnauthorized, "sign_in", "GET", "events/stream", nil)
	b.refused(http.StatusNotFound, "no_such_page", "GET", "nothing/here", nil)
}

func oneTimePassword(t *testing.T, c *city) {
	admin := c.as("admin")
	made := decode[struct {
		Principal row
		Password  string
	}](t, admin.ok("POST", "accounts", map[string]any{"login": "newcomer", "workName": "值班员", "roles": []string{"tracer"}, "area": "320924"}))
	b := c.anonymous()
	if got := b.signIn("newcomer", made.Password); got.status != http.StatusOK {
		t.Fatalf("sign in: %d %s", got.status, got.body)
	}
	b.refused(http.StatusForbidden, "password_must_change", "GET", "tonight", nil)
	b.refused(http.StatusForbidden, "password_must_change", "POST", "imports", nil)
	b.refused(http.StatusForbidden, "password_must_change", "GET", "events/stream", nil)
	b.ok("GET", "session", nil)
	b.refused(http.StatusUnprocessableEntity, "", "POST", "session/password", map[string]string{"old": made.Password, "new": "short"})
	former := *b.cookie
	got := b.ok("POST", "session/password", map[string]string{"old": made.Password, "new": "a-long-enough-phrase-91"})
	b.csrf = decode[struct{ CSRF string }](t, got).CSRF
	b.ok("GET", "tonight", nil)
	// The session of the one-time password is over, and so is the password.
	b.cookie = &former
	b.refused(http.StatusUnauthorized, "sign_in", "GET", "tonight", nil)
	b.refused(http.StatusUnauthorized, "auth_failed", "POST", "session", map[string]string{"login": "newcomer", "password": made.Password})
	// An administrator resets it and it must be changed again.
	again := decode[struct{ Password string }](t, admin.ok("POST", "accounts/"+made.Principal.ID+"/reset", nil))
	b = c.anonymous()
	b.signIn("newcomer", again.Password)
	b.refused(http.StatusForbidden, "password_must_change", "GET", "cases", nil)
}

func locked(t *testing.T, c *city) {
	for _, login := range []string{"yandu", "no-such-login"} {
		b := c.anonymous()
		for range 4 {
			b.refused(http.StatusUnauthorized, "auth_failed", "POST", "session", map[string]string{"login": login, "password": "wrong-password-1"})
		}
		b.refused(http.StatusTooManyRequests, "auth_locked", "POST", "session", map[string]string{"login": login, "password": "wrong-password-1"})
		// The right password does not help while the account is locked.
		p := b.refused(http.StatusTooManyRequests, "auth_locked", "POST", "session", map[string]string{"login": login, "password": app.DemoPassword})
		if !strings.Contains(p.Detail, ":") {
			t.Errorf("the refusal does not say until when: %q", p.Detail)
		}
	}
}

// Errors are told in the reader's language, fields by name.
func twoLanguages(t *testing.T, c *city) {
	b := c.as("duty")
	details := map[string]string{}
	for lang, want := range map[string]string{"zh-CN,zh;q=0.9": "zh", "en-GB,en;q=0.8": "en", "fr": "zh"} {
		b.lang = lang
		p := b.refused(http.StatusNotFound, "", "GET", "cases/01NOSUCHCASE000000000000000", nil)
		if han := strings.ContainsFunc(p.Detail, func(r rune) bool { return r >= 0x4e00 && r <= 0x9fff }); han != (want == "zh") {
			t.Errorf("Accept-Language %s: %q", lang, p.Detail)
		}
		details[want] = p.Detail
	}
	if details["zh"] == details["en"] {
		t.Errorf("one text for both languages: %q", details["zh"])
	}
	b.lang = "en"
	p := b.refused(http.StatusUnprocessableEntity, "input_malformed", "POST", "cases", `{"disease": 7}`)
	if len(p.Errors) == 0 || !strings.Contains(p.Errors[0].Field, "disease") {
		t.Errorf("the field is not named: %+v", p.Errors)
	}
	b.refused(http.StatusBadRequest, "", "POST", "cases", `{"disease"`)
	b.refused(http.StatusUnprocessableEntity, "", "GET", "cases?cursor=nonsense", nil)
}

func disabledMeanwhile(t *testing.T, c *city) {
	admin, b := c.as("admin"), c.as("huangjian")
	b.ok("GET", "tonight", nil)
	accounts := decode[list[struct {
		ID, Login string
		Version   int
	}]](t, admin.ok("GET", "accounts?limit=500", nil))
	for _, a := range accounts.Items {
		if a.Login == "huangjian" {
			admin.ok("PATCH", "accounts/"+a.ID, map[string]any{"disabled": true, "version": a.Version})
		}
	}
	b.refused(http.StatusUnauthorized, "sign_in", "GET", "tonight", nil)
}
