package proof

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/cookiejar"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// site is a demonstration city whose server is started and killed.
type site struct {
	bin, dir string
	// database is a postgres:// URL, "" for SQLite in dir.
	database string
	cmd      *exec.Cmd
	said     *bytes.Buffer
	base     string
	mu       sync.Mutex
	csrf     string
	http     *http.Client
}

func newSite(t *testing.T, bin, database string) *site {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &site{bin: bin, dir: t.TempDir(), database: database, http: &http.Client{Jar: jar, Timeout: time.Minute}}
}

// binary gives the program under test, built when the environment names none.
func binary(t *testing.T) string {
	t.Helper()
	if bin := os.Getenv("SEAWALL_BIN"); bin != "" {
		if _, err := os.Stat(bin); err == nil {
			return bin
		}
	}
	bin := filepath.Join(t.TempDir(), "seawall")
	cmd := exec.Command("go", "build", "-o", bin, "./cmd/seawall")
	cmd.Dir = "../.."
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("build: %v\n%s", err, out)
	}
	return bin
}

// start starts the server and waits for the line that names its address.
func (s *site) start(t *testing.T) {
	t.Helper()
	args := []string{"--lang", "en", "demo", "--data", s.dir, "--listen", "127.0.0.1:0"}
	if s.database != "" {
		args = append(args, "--database", s.database)
	}
	s.said = &bytes.Buffer{}
	s.cmd = exec.Command(s.bin, args...)
	s.cmd.Stderr = s.said
	out, err := s.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := s.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	address := make(chan string, 1)
	go func() {
		in := bufio.NewScanner(out)
		for in.Scan() {
			if _, base, ok := strings.Cut(in.Text(), "open:"); ok {
				address <- strings.TrimSpace(base)
			}
		}
		close(address)
	}()
	select {
	case base, ok := <-address:
		if !ok {
			s.cmd.Wait()
			t.Fatalf("the server ended before it was ready:\n%s", s.said)
		}
		s.base = base + "/api/v1"
	case <-time.After(90 * time.Second):
		s.kill(t)
		t.Fatalf("the server was not ready in 90 s:\n%s", s.said)
	}
}

// kill kills the server with SIGKILL and waits until it is gone.
func (s *site) kill(t *testing.T) {
	t.Helper()
	if err := s.cmd.Process.Kill(); err != nil {
		t.Fatalf("the server was gone before it was killed: %v\n%s", err, s.said)
	}
	s.cmd.Wait()
}

// gone says that the server did not answer.
type gone struct{ err error }

func (g *gone) Error() string { return "the server is gone: " + g.err.Error() }

// refusal is an answer that is an error.
type refusal struct {
	Status int    `json:"status"`
	Code   string `json:"code"`
	Detail string `json:"detail"`
}

func (r *refusal) Error() string { return fmt.Sprintf("%d %s: %s", r.Status, r.Code, r.Detail) }

// login signs the duty officer in; the session outlives a restart.
func (s *site) login(ctx context.Context) error {
	var answer struct {
		CSRF string `json:"csrf"`
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	err := s.send(ctx, "POST", "/session", "application/json", "",
		[]byte(`{"login": "duty", "password": "seawall-demo-2022"}`), &answer)
	s.csrf = answer.CSRF
	return err
}

func (s *site) token() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.csrf
}

// call asks the API; a body goes as JSON. Errors: *gone, *refusal.
func (s *site) call(ctx context.Context, method, path string, body, answer any) error {
	var b []byte
	if body != nil {
		var err error
		if b, err = json.Marshal(body); err != nil {
			return err
		}
	}
	return s.signed(ctx, method, path, "application/json", b, answer)
}

// signed sends a request and signs in again when the session ran out, as it does
// when the story's clock is moved on.
func (s *site) signed(ctx context.Context, method, path, kind string, body []byte, answer any) error {
	for again := false; ; again = true {
		err := s.send(ctx, method, path, kind, s.token(), body, answer)
		var no *refusal
		if again || !errors.As(err, &no) || no.Status != http.StatusUnauthorized && no.Code != "csrf" {
			return err
		}
		if err := s.login(ctx); err != nil {
			return err
		}
	}
}

func (s *site) send(ctx context.Context, method, path, kind, token string, body []byte, answer any) error {
	req, err := http.NewRequestWithContext(ctx, method, s.base+path, bytes.NewReader(body))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", kind)
	req.Header.Set("Accept-Language", "en")
	req.Header.Set("X-CSRF-Token", token)
	res, err := s.http.Do(req)
	if err != nil {
		return &gone{err}
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		return &gone{err}
	}
	if res.StatusCode >= 400 {
		r := &refusal{Status: res.StatusCode}
		if err := json.Unmarshal(b, r); err != nil {
			r.Detail = string(b)
		}
		return r
	}
	if answer == nil || len(b) == 0 {
		return nil
	}
	return json.Unmarshal(b, answer)
}

// upload sends an import file and gives its id.
func (s *site) upload(ctx context.Context, kind, source, name, text string) (string, error) {
	var form bytes.Buffer
	w := multipart.NewWriter(&form)
	for k, v := range map[string]string{"kind": kind, "disease": "covid-19", "source": source} {
		if err := w.WriteField(k, v); err != nil {
			return "", err
		}
	}
	f, err := w.CreateFormFile("file", name)
	if err != nil {
		return "", err
	}
	if _, err := io.WriteString(f, text); err != nil {
		return "", err
	}
	if err := w.Close(); err != nil {
		return "", err
	}
	var answer struct {
		Import struct {
			ID string `json:"id"`
		} `json:"import"`
	}
	err = s.signed(ctx, "POST", "/imports", w.FormDataContentType(), form.Bytes(), &answer)
	return answer.Import.ID, err
}
