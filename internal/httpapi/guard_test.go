package httpapi_test

import (
	"bufio"
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/seawall-city/seawall/internal/config"
)

// What every answer carries, and what is refused before anybody is known. The
// port counts as one that speaks TLS with a certificate of an authority.
func TestGuards(t *testing.T) {
	cfg := config.Default(t.TempDir())
	cfg.TLS = config.TLS{Certificate: "cert.pem", Key: "cert.key"}
	c := open(t, cfg)
	for name, f := range map[string]func(t *testing.T, c *city){
		"headers": guardHeaders, "sign-in from another site": strangeSignIn,
		"a long self-report": longSelfReport, "what the keeper of accounts hears": accountsOnly, "many streams": manyStreams,
	} {
		t.Run(name, func(t *testing.T) { x := *c; x.t = t; f(t, &x) })
	}
}

func guardHeaders(t *testing.T, c *city) {
	b := c.anonymous()
	for _, path := range []string{"/", "/f/x", "/healthz", "/metrics", "/log/checkpoint", "/log/tile/9/000", "/api/openapi.json",
		"instance", "session", "nothing/here", "public/followup/x"} {
		got := b.do("GET", path, nil)
		for header, want := range map[string]string{"Content-Security-Policy": "frame-ancestors 'none'", "X-Content-Type-Options": "nosniff",
			"Referrer-Policy": "no-referrer", "Strict-Transport-Security": "max-age=", "Cache-Control": "no-"} {
			if !strings.Contains(got.header.Get(header), want) {
				t.Errorf("%s (%d): %s is %q", path, got.status, header, got.header.Get(header))
			}
		}
	}
	b = c.as("duty")
	if b.cookie.Name != "__Host-seawall_session" || !b.cookie.Secure || !b.cookie.HttpOnly || b.cookie.Path != "/" || b.cookie.Domain != "" {
		t.Errorf("session cookie %s, secure %v", b.cookie.Name, b.cookie.Secure)
	}
}

// Another site can make a browser post a login that is the attacker's own.
func strangeSignIn(t *testing.T, c *city) {
	for header, value := range map[string]string{"Sec-Fetch-Site": "cross-site", "Origin": "https://elsewhere.example"} {
		req, err := http.NewRequest("POST", c.url+"/api/v1/session", strings.NewReader(`{"login":"duty","password":"seawall-demo-2022"}`))
		check(t, err)
		req.Header.Set(header, value)
		if got := c.anonymous().send(req); got.status != http.StatusForbidden || got.header.Get("Set-Cookie") != "" {
			t.Errorf("%s: %d", header, got.status)
		}
	}
}

func longSelfReport(t *testing.T, c *city) {
	body := map[string]any{"well": true, "symptoms": strings.Repeat("x", 40<<10)}
	c.anonymous().refused(http.StatusRequestEntityTooLarge, "input_too_large", "POST", "public/followup/x", body)
}

// The administrator of accounts sees no records, nor that they change.
func accountsOnly(t *testing.T, c *city) {
	admin := c.as("admin")
	ctx, stop := context.WithTimeout(context.Background(), 30*time.Second)
	defer stop()
	req, err := http.NewRequestWithContext(ctx, "GET", c.url+"/api/v1/events/stream", nil)
	check(t, err)
	req.AddCookie(admin.cookie)
	req.Header.Set("Last-Event-ID", "0") // the whole story
	res, err := http.DefaultClient.Do(req)
	check(t, err)
	defer res.Body.Close()
	admin.ok("POST", "accounts", map[string]any{"login": "last-one", "workName": "值班员", "roles": []string{"tracer"}, "area": "320924"})
	n := 0
	for lines := bufio.NewScanner(res.Body); lines.Scan(); {
		line := lines.Text()
		if !strings.HasPrefix(line, "data: ") {
			continue
		}
		n++
		if !strings.Contains(line, `"subject":"principal/`) && !strings.Contains(line, `"kind":"principal"`) {
			t.Fatalf("the administrator hears %s", line)
		}
		if n >= 3 {
			return
		}
	}
	t.Fatalf("%d changes of accounts were heard", n)
}

// One account cannot hold connections without end.
func manyStreams(t *testing.T, c *city) {
	b := c.as("tinghu")
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	for n := 1; ; n++ {
		req, err := http.NewRequestWithContext(ctx, "GET", c.url+"/api/v1/events/stream", nil)
		check(t, err)
		req.AddCookie(b.cookie)
		res, err := http.DefaultClient.Do(req)
		check(t, err)
		defer res.Body.Close()
		if res.StatusCode == http.StatusTooManyRequests && n > 10 {
			return
		}
		if res.StatusCode != http.StatusOK || n > 100 {
			t.Fatalf("stream %d: %d", n, res.StatusCode)
		}
	}
}
