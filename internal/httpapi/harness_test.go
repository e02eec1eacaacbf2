package httpapi_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/seawall-city/seawall/internal/app"
	"github.com/seawall-city/seawall/internal/config"
	"github.com/seawall-city/seawall/internal/httpapi"
	"github.com/seawall-city/seawall/internal/store/storetest"
	"github.com/seawall-city/seawall/internal/story"
)

// city is a whole server over a told story, as `seawall demo` runs it, with its
// log kept for looking at.
type city struct {
	t    *testing.T
	app  *app.App
	face *httpapi.Server
	url  string
	logs *transcript
	// worked are the requests that succeeded, as "METHOD path".
	worked map[string]bool
}

// transcript keeps what a server logs.
type transcript struct {
	mu sync.Mutex
	b  bytes.Buffer
}

// Write appends a line.
func (l *transcript) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(b)
}

// String gives all lines.
func (l *transcript) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// each tells the evening of 28 March on both databases and runs f over it.
func each(t *testing.T, f func(t *testing.T, c *city)) {
	t.Helper()
	for _, kind := range []string{"sqlite", "postgres"} {
		t.Run(kind, func(t *testing.T) {
			cfg := config.Default(t.TempDir())
			if kind == "postgres" {
				cfg.Database = storetest.PostgresURL(t, "")
			}
			f(t, open(t, cfg))
		})
	}
}

func open(t *testing.T, cfg config.Config) *city {
	t.Helper()
	ctx, stop := context.WithCancel(context.Background())
	c := &city{t: t, logs: &transcript{}, worked: map[string]bool{}}
	s, err := story.Load("yancheng")
	check(t, err)
	zone, err := time.LoadLocation(cfg.City.TimeZone)
	check(t, err)
	c.app, err = app.Open(ctx, cfg, app.Options{Version: "test", Story: s.Begins(zone),
		Log: slog.New(slog.NewJSONHandler(c.logs, &slog.HandlerOptions{Level: slog.LevelDebug}))})
	check(t, err)
	check(t, c.app.Tell(ctx, s, nil))
	c.app.Start(ctx)
	c.face = c.app.Handler()
	srv := httptest.NewServer(c.face.Handler())
	c.url = srv.URL
	t.Cleanup(func() {
		c.face.EndStreams()
		srv.Close()
		stop()
		c.app.Wait()
		if err := c.app.Close(); err != nil {
			t.Error(err)
		}
	})
	return c
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// client is one browser.
type client struct {
	c      *city
	csrf   string
	cookie *http.Cookie
	lang   string
}

// anonymous is a browser that nobody signed in with.
func (c *city) anonymous() *client { return &client{c: c, lang: "en"} }

// as signs in with a login of the story.
func (c *city) as(login string) *client {
	c.t.Helper()
	b := c.anonymous()
	if got := b.signIn(login, app.DemoPassword); got.status != http.StatusOK {
		c.t.Fatalf("sign in as %s: %d %s", login, got.status, got.body)
	}
	return b
}

// answer is what a server said.
type answer struct {
	status int
	header http.Header
	body   []byte
}

// problem is an error answer.
type problem struct {
	Type, Title, Detail, Code, Request string
	Status                             int
	Errors                             []struct{ Field, Code, Message string }
}

// do sends a request as the browser would; a string body goes as it is, anything
// else as JSON.
func (b *client) do(method, path string, body any) answer {
	b.c.t.Helper()
	var r io.Reader
	switch x := body.(type) {
	case nil:
	case string:
		r = strings.NewReader(x)
	default:
		raw, err := json.Marshal(x)
		check(b.c.t, err)
		r = bytes.NewReader(raw)
	}
	if !strings.HasPrefix(path, "/") {
		path = "/api/v1/" + path
	}
	req, err := http.NewRequest(method, b.c.url+path, r)
	check(b.c.t, err)
	if r != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	return b.send(req)
}

// send sends a request with the session and its CSRF value.
func (b *client) send(req *http.Request) answer {
	b.c.t.Helper()
	req.Header.Set("Accept-Language", b.lang)
	if b.cookie != nil {
		req.AddCookie(b.cookie)
	}
	if b.csrf != "" && req.Method != http.MethodGet {
		req.Header.Set(httpapi.CSRFHeader, b.csrf)
	}
	res, err := http.DefaultClient.Do(req)
	check(b.c.t, err)
	defer res.Body.Close()
	got := answer{status: res.StatusCode, header: res.Header}
	got.body, err = io.ReadAll(res.Body)
	check(b.c.t, err)
	if got.status/100 == 2 {
		b.c.worked[req.Method+" "+req.URL.Path] = true
	}
	for _, k := range res.Cookies() {
		if strings.HasSuffix(k.Name, httpapi.SessionCookie) {
			b.cookie = k
		}
	}
	return got
}

// signIn posts the login and keeps the session's CSRF value.
func (b *client) signIn(login, password string) answer {
	b.c.t.Helper()
	got := b.do("POST", "session", map[string]string{"login": login, "password": password})
	if got.status == http.StatusOK {
		b.csrf = decode[struct{ CSRF string }](b.c.t, got).CSRF
	}
	return got
}

// ok asserts success and gives the answer.
func (b *client) ok(method, path string, body any) answer {
	b.c.t.Helper()
	got := b.do(method, path, body)
	if got.status/100 != 2 {
		b.c.t.Fatalf("%s %s: %d %s", method, path, got.status, got.body)
	}
	return got
}

// refused asserts an error answer of RFC 9457 with a status and code and gives
// it.
func (b *client) refused(status int, code, method, path string, body any) problem {
	b.c.t.Helper()
	got := b.do(method, path, body)
	if got.status != status {
		b.c.t.Fatalf("%s %s: %d %s, want %d", method, path, got.status, got.body, status)
	}
	if ct := got.header.Get("Content-Type"); ct != "application/problem+json" {
		b.c.t.Fatalf("%s %s: an error of type %q: %s", method, path, ct, got.body)
	}
	p := decode[problem](b.c.t, got)
	if p.Status != status || p.Title == "" || p.Detail == "" || p.Request == "" || code != "" && p.Code != code {
		b.c.t.Fatalf("%s %s: problem %+v, want code %q and nothing empty", method, path, p, code)
	}
	return p
}

func decode[T any](t *testing.T, a answer) T {
	t.Helper()
	var v T
	if err := json.Unmarshal(a.body, &v); err != nil {
		t.Fatalf("%v in %s", err, a.body)
	}
	return v
}

// list is a page of a list.
type list[T any] struct {
	Items []T
	Next  string
	Total int
}

// row is what the tests look at in the rows of any list.
type row struct {
	ID, No, Person, Area, Path, Mask, Type, State string
	Version                                       int
}

func (b *client) list(path string) list[row] {
	b.c.t.Helper()
	return decode[list[row]](b.c.t, b.ok("GET", path, nil))
}
