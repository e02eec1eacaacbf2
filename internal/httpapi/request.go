package httpapi

import (
	"cmp"
	"context"
	"log/slog"
	"net"
	"net/http"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/auth"
	"github.com/seawall-city/seawall/internal/locale"
	"github.com/seawall-city/seawall/internal/response"
	"github.com/seawall-city/seawall/internal/webui"
)

// SessionCookie is the name of the cookie that carries the session token. Over
// TLS it has the prefix with which browsers take it from this host alone, over
// TLS alone.
const (
	SessionCookie = "seawall_session"
	hostPrefix    = "__Host-"
)

// CSRFHeader must carry the session's CSRF value on every request that changes
// something and was authenticated by the cookie.
const CSRFHeader = "X-CSRF-Token"

// request is what the middleware found out about a request.
type request struct {
	id, lang, remote string
	who              response.Who
	session          auth.Session
	token            string
	// signed is set when somebody is signed in; operator when the request came
	// over the local socket.
	signed, operator bool
}

type requestKey struct{}

func requestOf(ctx context.Context) *request {
	if rq, ok := ctx.Value(requestKey{}).(*request); ok {
		return rq
	}
	return &request{lang: "zh"}
}

type operatorKey struct{}

// Operator marks the contexts of connections over the local socket: whoever can
// open that socket is the machine's own operator.
func Operator(ctx context.Context, _ net.Conn) context.Context {
	return context.WithValue(ctx, operatorKey{}, true)
}

// statusWriter remembers the status for the log and the metrics.
type statusWriter struct {
	http.ResponseWriter
	status int
}

func (w *statusWriter) WriteHeader(code int) {
	if w.status == 0 {
		w.status = code
	}
	w.ResponseWriter.WriteHeader(code)
}

func (w *statusWriter) Write(b []byte) (int, error) {
	if w.status == 0 {
		w.status = http.StatusOK
	}
	return w.ResponseWriter.Write(b)
}

// Unwrap lets http.ResponseController reach the flusher of server-sent events.
func (w *statusWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// outer is the middleware of every request: number, language, recovery, log.
// The log holds no identity: no query text, no body, no person number.
func (s *Server) outer(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		took := s.d.Stopwatch()
		rq := &request{id: s.d.IDs.NewID(), remote: hostOf(r.RemoteAddr),
			lang: locale.Negotiate(r.Header.Get("Accept-Language"))}
		if l := r.URL.Query().Get("lang"); l == "zh" || l == "en" {
			rq.lang = l
		}
		rq.operator = r.Context().Value(operatorKey{}) != nil
		ctx := context.WithValue(r.Context(), requestKey{}, rq)
		sw := &statusWriter{ResponseWriter: w}
		sw.Header().Set("X-Request-ID", rq.id)
		s.secure(sw.Header())
		defer func() {
			if p := recover(); p != nil {
				s.d.Log.Error("panic", "request", rq.id, "panic", p, "stack", string(debug.Stack()))
				if sw.status == 0 {
					s.write(sw, ctx, seawall.E("httpapi", seawall.Other, "internal"))
				}
			}
			s.metrics.observe(methodOf(r), s.known.of(r.URL.Path), sw.status, took())
			s.d.Log.LogAttrs(ctx, slog.LevelDebug, "request", slog.String("request", rq.id), slog.String("method", methodOf(r)),
				slog.String("route", s.known.of(r.URL.Path)), slog.Int("status", sw.status), slog.Duration("took", took()))
		}()
		next.ServeHTTP(sw, r.WithContext(ctx))
	})
}

// secure sets what every answer carries, errors and figures included; the pages
// and the tiles then say how long they may be kept.
func (s *Server) secure(h http.Header) {
	webui.SetSecurityHeaders(h)
	h.Set("Cache-Control", "no-store")
	if s.d.StrictTransport {
		h.Set("Strict-Transport-Security", "max-age=31536000")
	}
}

// inner is the middleware of the API: body limit, session, CSRF.
func (s *Server) inner(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ctx := r.Context()
		rq := requestOf(ctx)
		w.Header().Set("X-Seawall-Now", s.d.Clock.Now().UTC().Format(time.RFC3339Nano))
		r.Body = http.MaxBytesReader(w, r.Body, maxUpload)
		if err := s.identify(ctx, r, rq); err != nil {
			s.write(w, ctx, err)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// maxUpload bounds a file, and with it any request body: a line list of 100,000 rows is about 20 MB.
const maxUpload = 64 << 20

// maxBody bounds a document: thousands of contacts in one request are about 2 MB.
const maxBody = 8 << 20

// maxPublic bounds the body of a request that needs no account: a self-report is
// some hundred bytes.
const maxPublic = 32 << 10

// sessionPath is where somebody signs in and out.
const sessionPath = "/api/v1/session"

// standing is an account with the session that it is signed in by.
type standing struct {
	who     auth.Principal
	session auth.Session
}

// identify finds out who asks. A missing or dead session is not an error here:
// the operation decides whether it needs one.
func (s *Server) identify(ctx context.Context, r *http.Request, rq *request) error {
	if rq.operator {
		who, err := s.d.OperatorWho(ctx)
		if err != nil {
			return err
		}
		rq.who, rq.signed = who, true
		return nil
	}
	// Signing in needs no CSRF value, so another site must not do it for somebody.
	if r.URL.Path == sessionPath && http.NewCrossOriginProtection().Check(r) != nil {
		return seawall.E("httpapi.identify", seawall.Denied, "csrf")
	}
	c, err := r.Cookie(s.cookieName())
	if err != nil || c.Value == "" {
		return nil
	}
	got, err := s.sessions.do(c.Value, func() (standing, error) {
		p, ses, err := s.d.Accounts.Session(context.WithoutCancel(ctx), c.Value)
		return standing{p, ses}, err
	})
	p, ses := got.who, got.session
	if err != nil {
		if seawall.Is(err, seawall.Unauthenticated) || seawall.Is(err, seawall.NotFound) {
			return nil
		}
		return err
	}
	if r.Method != http.MethodGet && r.Method != http.MethodHead && !sameSecret(r.Header.Get(CSRFHeader), ses.CSRF) {
		if r.URL.Path != sessionPath && !strings.HasPrefix(r.URL.Path, "/api/v1/public/") {
			return seawall.E("httpapi.identify", seawall.Denied, "csrf")
		}
		return nil
	}
	rq.session, rq.signed, rq.token = ses, true, c.Value
	rq.who = response.Asked(p)
	return nil
}

// write sends an error outside of huma.
func (s *Server) write(w http.ResponseWriter, ctx context.Context, err error) {
	p := s.problem(ctx, err)
	w.Header().Set("Content-Type", "application/problem+json")
	w.WriteHeader(p.Status)
	writeJSON(w, p)
}

func hostOf(addr string) string {
	if h, _, err := net.SplitHostPort(addr); err == nil {
		return h
	}
	return addr
}

// methodOf gives the request's method where it is one that exists: the client
// may write any word there.
func methodOf(r *http.Request) string {
	if slices.Contains([]string{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}, r.Method) {
		return r.Method
	}
	return "other"
}

// routes are the paths of the API's description, cut into their parts.
type routes [][]string

// routesOf lists the paths of an API, those with more fixed parts first, so that
// /cases/curve is not taken for /cases/{id}.
func routesOf(api *huma.OpenAPI) routes {
	var rs routes
	for path := range api.Paths {
		rs = append(rs, strings.Split(path, "/"))
	}
	open := func(parts []string) (n int) {
		for _, p := range parts {
			if strings.HasPrefix(p, "{") {
				n++
			}
		}
		return n
	}
	slices.SortFunc(rs, func(a, b []string) int {
		return cmp.Or(cmp.Compare(open(a), open(b)), slices.Compare(a, b))
	})
	return rs
}

// of gives the route of a request's path for logs and metrics: never the path
// itself, into which anybody may write anything.
func (rs routes) of(path string) string {
	switch {
	case path == "/healthz" || path == "/readyz" || path == "/metrics" || path == "/api/v1/events/stream":
		return path
	case strings.HasPrefix(path, "/log/"):
		return "/log/"
	case !strings.HasPrefix(path, "/api/"):
		return "/"
	}
	parts := strings.Split(path, "/")
	for _, r := range rs {
		if slices.EqualFunc(r, parts, func(have, got string) bool { return have == got || strings.HasPrefix(have, "{") }) {
			return strings.Join(r, "/")
		}
	}
	return "/api/"
}
