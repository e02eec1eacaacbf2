// Package httpapi speaks HTTP: the typed API (OpenAPI 3.1), its errors in the
// reader's language, sessions and CSRF, live changes, the public log tiles,
// health and metrics. It decides nothing; package response does.
package httpapi

import (
	"context"
	"crypto/subtle"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/area"
	"github.com/seawall-city/seawall/internal/auth"
	"github.com/seawall-city/seawall/internal/ledger"
	"github.com/seawall-city/seawall/internal/locale"
	"github.com/seawall-city/seawall/internal/regime"
	"github.com/seawall-city/seawall/internal/response"
)

// DemoClock is the demonstration's movable clock.
type DemoClock interface {
	seawall.Clock
	// AdvanceTo moves the clock forward to t; it never goes back.
	AdvanceTo(ctx context.Context, t time.Time) error
}

// Deps are what the HTTP layer speaks for.
type Deps struct {
	Log   *slog.Logger
	Clock seawall.Clock
	IDs   seawall.IDSource
	// Stopwatch starts measuring real time, whatever the Clock says (the
	// demonstration's clock jumps); what it gives tells the time since.
	Stopwatch func() func() time.Duration
	Zone      *time.Location
	Texts     *locale.Catalogue
	Work      seawall.UnitOfWork
	Main      *response.Service
	Accounts  *auth.Service
	Areas     *area.Book
	Regimes   *regime.Set
	// Auth decides what the HTTP layer serves itself; use cases ask on their own.
	Auth   auth.Authorizer
	Policy *auth.Policies
	// Ledger, Events, Tiles, Feed and LogKey are the one log.
	Ledger ledger.Store
	Events ledger.Reader
	Tiles  *ledger.TileServer
	Feed   *ledger.Feed
	LogKey string
	// OperatorWho gives the identity of requests over the local socket.
	OperatorWho func(ctx context.Context) (response.Who, error)
	// City describes the instance to the client.
	City Instance
	// Demo is nil outside the demonstration.
	Demo DemoClock
	// AfterJump runs the clocks that a moved demonstration clock made due.
	AfterJump func(ctx context.Context) (response.Fired, error)
	// Ready reports what keeps the server from serving, nil when nothing does.
	Ready func(ctx context.Context) error
	// Pages serves everything that is not the API.
	Pages http.Handler
	// PublicURL is the address under which phones reach the server, without a slash
	// at its end; printed slips and cards carry it.
	PublicURL string
	// SecureCookies is set where the port speaks TLS.
	SecureCookies bool
	// StrictTransport is set where the certificate is one that browsers trust by
	// themselves; they then refuse to come back without TLS.
	StrictTransport bool
	Version         string
}

// Instance is what the pages know about the installation.
type Instance struct {
	Name         seawall.Text     `json:"name"`
	Root         seawall.AreaID   `json:"root"`
	Path         seawall.AreaPath `json:"path"`
	Jurisdiction string           `json:"jurisdiction"`
	TimeZone     string           `json:"timeZone"`
	Contact      string           `json:"contact"`
}

// Server is the HTTP face of one instance.
type Server struct {
	d       Deps
	api     huma.API
	metrics *metrics
	known   routes
	limits  limiter
	// sessions are the accounts that are looked up right now.
	sessions flights[standing]
	// listening bounds the streams of live changes.
	listening listeners
	handler   http.Handler
	// ending is closed when the server stops: streams of live changes end.
	ending  chan struct{}
	endOnce sync.Once
}

// New builds the server with all its operations.
func New(d Deps) *Server {
	s := &Server{d: d, metrics: newMetrics(), ending: make(chan struct{})}
	mux := http.NewServeMux()
	cfg := huma.DefaultConfig("Seawall", d.Version)
	cfg.Components = &huma.Components{Schemas: schemas()}
	cfg.CreateHooks = nil // no $schema links in answers
	cfg.OpenAPIPath, cfg.DocsPath, cfg.SchemasPath = "/api/openapi", "", ""
	cfg.FieldsOptionalByDefault = true
	cfg.Info.Description = "A city's working system for outbreak prevention and control."
	cfg.Transformers = append(cfg.Transformers, s.localise)
	apiMux := http.NewServeMux()
	s.api = humago.New(apiMux, cfg)
	s.routes()
	s.known = routesOf(s.api.OpenAPI())
	apiMux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		s.write(w, r.Context(), seawall.E("httpapi", seawall.NotFound, "no_such_page"))
	})
	mux.Handle("/api/v1/events/stream", s.inner(http.HandlerFunc(s.stream)))
	mux.Handle("/api/", s.inner(apiMux))
	mux.HandleFunc("GET /healthz", s.healthz)
	mux.HandleFunc("GET /readyz", s.readyz)
	mux.Handle("GET /metrics", s.metrics.handler())
	mux.HandleFunc("GET /log/{path...}", s.tile)
	if d.Pages != nil {
		mux.Handle("/", d.Pages)
	}
	s.handler = s.outer(mux)
	return s
}

// Handler gives the server's handler.
func (s *Server) Handler() http.Handler { return s.handler }

// EndStreams ends the streams of live changes, so that a stop need not wait for
// browsers.
func (s *Server) EndStreams() { s.endOnce.Do(func() { close(s.ending) }) }

// OpenAPI gives the description of the API as JSON.
func (s *Server) OpenAPI() ([]byte, error) {
	return json.MarshalIndent(s.api.OpenAPI(), "", "  ")
}

func (s *Server) routes() {
	s.sessionRoutes()
	s.dutyRoutes()
	s.decisionRoutes()
	s.protocolRoutes()
	s.caseRoutes()
	s.contactRoutes()
	s.personRoutes()
	s.importRoutes()
	s.areaRoutes()
	s.regimeRoutes()
	s.logRoutes()
	s.accountRoutes()
	s.publicRoutes()
	s.arrivalRoutes()
	s.reliefRoutes()
	s.residentRoutes()
	s.gateRoutes()
	s.waitRoutes()
	s.tripRoutes()
	s.goodsRoutes()
	s.freightRoutes()
	s.carrierRoutes()
	s.serviceAreaRoutes()
	s.deviceRoutes()
	s.fieldRoutes()
	s.paperRoutes()
	s.demoRoutes()
}

// reply wraps an answer's body in the form huma wants.
type reply[T any] struct{ Body T }

// openTo says who may call an operation.
type openTo int

const (
	signedIn openTo = iota
	anybody
)

// handle registers one operation. Operations for signed-in accounts answer
// Unauthenticated to everybody else; whether this account may is decided by the
// use case through Authorize.
func handle[I, O any](s *Server, to openTo, method, path, id, summary string,
	h func(ctx context.Context, who response.Who, in *I) (O, error)) {
	op := huma.Operation{OperationID: id, Method: method, Path: "/api/v1" + path, Summary: summary,
		MaxBodyBytes: maxBody, BodyReadTimeout: 2 * time.Minute}
	switch to {
	case signedIn:
		op.Middlewares = huma.Middlewares{s.gate(id)}
		if id == "preview-import" || id == "import-trips" {
			op.MaxBodyBytes = maxUpload
		}
	case anybody:
		op.MaxBodyBytes, op.BodyReadTimeout = maxPublic, 30*time.Second
		if id == "carrier-trips" { // a whole batch, behind a key
			op.MaxBodyBytes = maxBody
		}
	}
	// Whoever is in danger is not refused for form: the use case reads what can be
	// read and says what else it needs of the others.
	op.SkipValidateBody = id == "ask-help" || id == "file-help"
	huma.Register(s.api, op, func(ctx context.Context, in *I) (*reply[O], error) {
		out, err := h(ctx, requestOf(ctx).who, in)
		if err != nil {
			return nil, s.problem(ctx, err)
		}
		return &reply[O]{Body: out}, nil
	})
}

// gate lets only signed-in accounts through, before anything of the request's
// body is read. Who has a one-time password may only change it.
func (s *Server) gate(id string) func(huma.Context, func(huma.Context)) {
	op := "httpapi." + id
	return func(hc huma.Context, next func(huma.Context)) {
		rq := requestOf(hc.Context())
		switch {
		case !rq.signed:
			s.refuse(hc, seawall.E(op, seawall.Unauthenticated, "sign_in"))
		case rq.who.Principal.MustChange && id != "change-password" && id != "get-session":
			s.refuse(hc, seawall.E(op, seawall.Denied, "password_must_change"))
		default:
			next(hc)
		}
	}
}

// refuse answers a request with an error before its operation runs.
func (s *Server) refuse(hc huma.Context, err error) {
	p := s.problem(hc.Context(), err)
	hc.SetHeader("Content-Type", p.ContentType(""))
	hc.SetStatus(p.Status)
	writeJSON(hc.BodyWriter(), p)
}

// empty is the answer of operations that have nothing to say.
type empty struct{}

// none is the input of operations that take nothing.
type none struct{}

// IDPath is the input of operations on one thing.
type IDPath struct {
	ID string `path:"id"`
}

func sameSecret(a, b string) bool {
	return a != "" && subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1
}

func writeJSON(w io.Writer, v any) {
	// The connection may be gone; there is nobody left to tell.
	_ = json.NewEncoder(w).Encode(v)
}
