package scenario

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
)

// csrfHeader is the header that every changing request of a session carries.
const csrfHeader = "X-CSRF-Token"

// answer is what the server said, or what waiting fired.
type answer struct {
	status int
	// body is the JSON of the answer, numbers kept as they are written; text is
	// the answer where it is something else.
	body any
	text string
	// what names the operation or command, for messages.
	what string
}

func (a *answer) ok() bool { return a.status/100 == 2 }

// problemOf gives the parts of an error answer (RFC 9457).
func (a *answer) problemOf() (code, detail string, fields []map[string]any) {
	m, _ := a.body.(map[string]any)
	code, _ = m["code"].(string)
	detail, _ = m["detail"].(string)
	list, _ := m["errors"].([]any)
	for _, e := range list {
		if f, ok := e.(map[string]any); ok {
			fields = append(fields, f)
		}
	}
	return code, detail, fields
}

// session is one browser: signed in with a login, nobody, or the machine's
// operator.
type session struct {
	login string
	http  *http.Client
	jar   *cookiejar.Jar
	csrf  string
	area  string
	roles []string
}

// newSession starts a browser; transport is nil for the open port.
func newSession(login string, transport http.RoundTripper) (*session, error) {
	jar, err := cookiejar.New(nil)
	if err != nil {
		return nil, err
	}
	return &session{login: login, jar: jar, http: &http.Client{Jar: jar, Transport: transport,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}, nil
}

// cookie gives the session's cookie for a real browser.
func (s *session) cookie(at string) *http.Cookie {
	u, err := url.Parse(at)
	if err != nil {
		return nil
	}
	for _, c := range s.jar.Cookies(u) {
		return c
	}
	return nil
}

// maxAnswer bounds what is read of an answer.
const maxAnswer = 64 << 20

// send sends a request, with more headers by name and value, and reads the answer.
func (s *session) send(ctx context.Context, lang, method, at, kind string, body io.Reader, head ...[2]string) (*answer, error) {
	req, err := http.NewRequestWithContext(ctx, method, at, body)
	if err != nil {
		return nil, err
	}
	req.Header.Set("Accept-Language", lang)
	if kind != "" {
		req.Header.Set("Content-Type", kind)
	}
	if s.csrf != "" && method != http.MethodGet {
		req.Header.Set(csrfHeader, s.csrf)
	}
	for _, h := range head {
		req.Header.Set(h[0], h[1])
	}
	res, err := s.http.Do(req)
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	raw, err := io.ReadAll(io.LimitReader(res.Body, maxAnswer))
	if err != nil {
		return nil, err
	}
	out := &answer{status: res.StatusCode, text: string(raw)}
	if strings.Contains(res.Header.Get("Content-Type"), "json") {
		d := json.NewDecoder(bytes.NewReader(raw))
		d.UseNumber()
		if d.Decode(&out.body) == nil {
			out.text = ""
		}
	}
	if m, ok := out.body.(map[string]any); ok && out.ok() {
		if csrf, ok := m["csrf"].(string); ok && csrf != "" {
			s.csrf = csrf
		}
	}
	return out, nil
}

// upload is a file in a form.
type upload struct{ name, text string }

// form writes a multipart body.
func form(fields map[string]any) (io.Reader, string, error) {
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	for _, k := range sortedKeys(fields) {
		f, isFile := fields[k].(upload)
		if !isFile {
			if err := w.WriteField(k, textOf(fields[k])); err != nil {
				return nil, "", err
			}
			continue
		}
		part, err := w.CreateFormFile(k, f.name)
		if err != nil {
			return nil, "", err
		}
		if _, err := io.WriteString(part, f.text); err != nil {
			return nil, "", err
		}
	}
	return &b, w.FormDataContentType(), w.Close()
}

// inProcess answers requests by a handler without a port.
type inProcess struct{ handler func() http.Handler }

// RoundTrip runs the handler.
func (t inProcess) RoundTrip(req *http.Request) (*http.Response, error) {
	rec := &recorder{header: http.Header{}, status: http.StatusOK}
	req.RemoteAddr = "127.0.0.1:1"
	if req.Body == nil {
		req.Body = http.NoBody
	}
	t.handler().ServeHTTP(rec, req)
	return &http.Response{StatusCode: rec.status, Header: rec.header, Body: io.NopCloser(&rec.body), Request: req,
		ProtoMajor: 1, ProtoMinor: 1}, nil
}

// recorder keeps what a handler answers.
type recorder struct {
	header http.Header
	status int
	body   bytes.Buffer
}

// Header gives the answer's header.
func (r *recorder) Header() http.Header { return r.header }

// WriteHeader keeps the status.
func (r *recorder) WriteHeader(code int) { r.status = code }

// Write keeps the body.
func (r *recorder) Write(b []byte) (int, error) { return r.body.Write(b) }
