package cli_test

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	vocabulary "github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/app"
	"github.com/seawall-city/seawall/internal/auth"
	"github.com/seawall-city/seawall/internal/cli"
	"github.com/seawall-city/seawall/internal/config"
	"github.com/seawall-city/seawall/internal/store/storetest"
	"github.com/seawall-city/seawall/internal/story"
)

// process is a server started by its command line; stop is its SIGTERM.
type process struct {
	t    *testing.T
	out  *screen
	stop context.CancelFunc
	code chan int
}

// screen is what a running command has printed so far.
type screen struct {
	mu sync.Mutex
	b  bytes.Buffer
	// more is told about each write.
	more chan struct{}
}

// Write prints.
func (s *screen) Write(b []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	select {
	case s.more <- struct{}{}:
	default:
	}
	return s.b.Write(b)
}

// String gives everything printed.
func (s *screen) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}

// start runs a command in the background.
func start(t *testing.T, args ...string) *process {
	t.Helper()
	ctx, stop := context.WithCancel(context.Background())
	p := &process{t: t, out: &screen{more: make(chan struct{}, 1)}, stop: stop, code: make(chan int, 1)}
	go func() {
		p.code <- cli.Run(ctx, append([]string{"--lang", "en"}, args...), cli.Streams{In: strings.NewReader(""), Out: p.out, Err: p.out}, "test")
	}()
	t.Cleanup(stop)
	return p
}

// says waits until the process has printed something of a form and gives its
// parts.
func (p *process) says(form string) []string {
	p.t.Helper()
	re := regexp.MustCompile(form)
	late := time.After(time.Minute)
	for {
		if m := re.FindStringSubmatch(p.out.String()); m != nil {
			return m
		}
		select {
		case <-p.out.more:
		case code := <-p.code:
			p.t.Fatalf("it ended with %d and printed\n%s", code, p.out)
		case <-late:
			p.t.Fatalf("not within a minute: %s\n%s", form, p.out)
		}
	}
}

// ends stops the process and gives its exit code and how long it took.
func (p *process) ends() (code int, took time.Duration) {
	p.t.Helper()
	started := time.Now()
	p.stop()
	select {
	case code = <-p.code:
	case <-time.After(time.Minute):
		p.t.Fatal("it does not end")
	}
	return code, time.Since(started)
}

// A server from a configuration file: local TLS, the first administrator's
// one-time password, refused to a second process where the database is a file,
// and down within seconds although a page listens.
func TestServeFromAFile(t *testing.T) {
	for _, kind := range []string{"sqlite", "postgres"} {
		t.Run(kind, func(t *testing.T) {
			dir := t.TempDir()
			text := "listen: 127.0.0.1:0\ndata: data\ntls: {local: [localhost, 127.0.0.1]}\nlog: {format: json, level: warn}\n"
			if kind == "postgres" {
				text += "database: " + storetest.PostgresURL(t, "") + "\n"
			}
			file := filepath.Join(dir, "seawall.yaml")
			if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
			p := start(t, "serve", "--config", file)
			password := p.says(`First account: admin +one-time password: (\S+)`)[1]
			addr := p.says(`\((127\.0\.0\.1:\d+)\)`)[1]
			browser := trusting(t, filepath.Join(dir, "data", "tls-local.pem"))
			body := fmt.Sprintf(`{"login":"admin","password":%q}`, password)
			res, err := browser.Post("https://"+addr+"/api/v1/session", "application/json", strings.NewReader(body))
			if err != nil {
				t.Fatal(err)
			}
			var in struct {
				Principal struct{ MustChange bool }
				CSRF      string
			}
			err = json.NewDecoder(res.Body).Decode(&in)
			res.Body.Close()
			if err != nil || res.StatusCode != http.StatusOK || !in.Principal.MustChange || !strings.Contains(res.Header.Get("Set-Cookie"), "Secure") {
				t.Fatalf("%d, %v, must change %v, secure cookie %v", res.StatusCode, err, in.Principal.MustChange,
					strings.Contains(res.Header.Get("Set-Cookie"), "Secure"))
			}
			if kind == "sqlite" {
				code, _, errs := seawall(t, "serve", "--config", file)
				if code != 1 || !strings.Contains(errs, "in use by another process") {
					t.Errorf("a second process: %d %s", code, errs)
				}
			}
			cookie := changed(t, browser, "https://"+addr, res.Cookies()[0], in.CSRF, password)
			lines := listening(t, browser, "https://"+addr, cookie)
			code, took := p.ends()
			if code != 0 || took > 5*time.Second {
				t.Errorf("it ended with %d after %v\n%s", code, took, p.out)
			}
			for range lines {
			}
			again := start(t, "serve", "--config", file)
			again.says(`\((127\.0\.0\.1:\d+)\)`)
			if strings.Contains(again.out.String(), "one-time") {
				t.Error("a second start makes a second administrator")
			}
			again.ends()
		})
	}
}

// trusting is a browser that trusts the server's own certificate.
func trusting(t *testing.T, pem string) *http.Client {
	t.Helper()
	b, err := os.ReadFile(pem)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(b)
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool}, ForceAttemptHTTP2: true}
	t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: transport}
}

// changed changes the one-time password and gives the new session's cookie.
func changed(t *testing.T, browser *http.Client, url string, cookie *http.Cookie, csrf, old string) *http.Cookie {
	t.Helper()
	body := fmt.Sprintf(`{"old":%q,"new":"quite-a-long-phrase-77"}`, old)
	req, err := http.NewRequest("POST", url+"/api/v1/session/password", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.AddCookie(cookie)
	req.Header.Set("X-CSRF-Token", csrf)
	req.Header.Set("Content-Type", "application/json")
	res, err := browser.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK || len(res.Cookies()) != 1 {
		t.Fatalf("change the password: %d", res.StatusCode)
	}
	return res.Cookies()[0]
}

// listening opens a page's stream of live changes; the channel closes with it.
func listening(t *testing.T, browser *http.Client, url string, cookie *http.Cookie) <-chan struct{} {
	t.Helper()
	req, err := http.NewRequest("GET", url+"/api/v1/events/stream", nil)
	if err != nil {
		t.Fatal(err)
	}
	req.AddCookie(cookie)
	res, err := browser.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	if res.StatusCode != http.StatusOK {
		t.Fatalf("the stream: %d", res.StatusCode)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		defer res.Body.Close()
		// It ends when the server does; how is its own matter.
		_, _ = io.Copy(io.Discard, res.Body)
	}()
	return done
}

// A demonstration whose first start was killed while it told its story starts
// anew by itself; another story's data are left alone.
func TestADemonstrationRecovers(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "demo")
	cfg := config.Default(dir)
	s, err := story.Load("school")
	if err != nil {
		t.Fatal(err)
	}
	zone, err := time.LoadLocation(cfg.City.TimeZone)
	if err != nil {
		t.Fatal(err)
	}
	ctx, kill := context.WithCancel(context.Background())
	a, err := app.Open(ctx, cfg, app.Options{Version: "test", Story: s.Begins(zone)})
	if err != nil {
		t.Fatal(err)
	}
	err = a.Tell(ctx, s, func(done, of int) {
		if done == of/2 {
			kill()
		}
	})
	if err == nil {
		t.Fatal("the story was told to its end")
	}
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
	p := start(t, "demo", "--story", "school", "--data", dir, "--listen", "127.0.0.1:0")
	addr := p.says(`http://(127\.0\.0\.1:\d+)`)[1]
	p.says(`password: +` + app.DemoPassword)
	res, err := http.Post("http://"+addr+"/api/v1/session", "application/json",
		strings.NewReader(`{"login":"duty","password":"`+app.DemoPassword+`"}`))
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	if res.StatusCode != http.StatusOK {
		t.Errorf("sign in: %d", res.StatusCode)
	}
	if code, took := p.ends(); code != 0 || took > 5*time.Second {
		t.Errorf("it ended with %d after %v", code, took)
	}
	code, _, errs := seawall(t, "demo", "--story", "yancheng", "--data", dir, "--listen", "127.0.0.1:0")
	if code != 1 || !strings.Contains(errs, "school") || !strings.Contains(errs, "--fresh") {
		t.Errorf("another story over it: %d %s", code, errs)
	}
}

// A demonstration takes the place of nothing real, even when told to start anew,
// and is never served as if it were real.
func TestADemonstrationStaysApart(t *testing.T) {
	real, demo := t.TempDir(), t.TempDir()
	ctx := context.Background()
	a, err := app.Open(ctx, config.Default(real), app.Options{Version: "test"})
	if err != nil {
		t.Fatal(err)
	}
	_, _, err = a.Accounts.Bootstrap(ctx, vocabulary.System("test"), auth.NewAccount{Login: "admin", WorkName: "账号管理员", Roles: []string{"admin"}, Area: "3209"})
	if err := errors.Join(err, a.Close()); err != nil {
		t.Fatal(err)
	}
	for _, more := range [][]string{nil, {"--fresh"}} {
		code, _, errs := seawall(t, append([]string{"demo", "--data", real, "--listen", "127.0.0.1:0"}, more...)...)
		if code != 1 || !strings.Contains(errs, "demonstration") {
			t.Errorf("demo %v over real data: %d %s", more, code, errs)
		}
	}
	if a, err = app.Open(ctx, config.Default(real), app.Options{Version: "test"}); err != nil {
		t.Fatal(err)
	}
	if none, err := a.NoAccounts(ctx); err != nil || none {
		t.Errorf("the account is gone (%v)", err)
	}
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
	s, err := story.Load("school")
	if err != nil {
		t.Fatal(err)
	}
	cfg := config.Default(demo)
	if a, err = app.Open(ctx, cfg, app.Options{Version: "test", Story: s.Begins(time.UTC)}); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(a.Tell(ctx, s, nil), a.Close()); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "seawall.yaml")
	if err := os.WriteFile(file, []byte("listen: 127.0.0.1:0\ndata: "+demo+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if code, _, errs := seawall(t, "serve", "--config", file); code != 1 || !strings.Contains(errs, "demonstration") {
		t.Errorf("serving a demonstration: %d %s", code, errs)
	}
}
