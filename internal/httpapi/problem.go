package httpapi

import (
	"context"
	"errors"
	"log/slog"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/seawall-city/seawall"
)

// Problem is an error answer (RFC 9457) in the reader's language.
type Problem struct {
	Type   string `json:"type"`
	Title  string `json:"title"`
	Status int    `json:"status"`
	Detail string `json:"detail"`
	// Code is the message key: stable, for programs.
	Code string `json:"code"`
	// Request is the request's number, to be found in the server's log.
	Request string         `json:"request,omitempty"`
	Errors  []FieldProblem `json:"errors,omitempty"`
}

// FieldProblem says what is wrong with one field.
type FieldProblem struct {
	Field   string `json:"field"`
	Code    string `json:"code"`
	Message string `json:"message"`
}

// Error gives the detail.
func (p *Problem) Error() string { return p.Detail }

// GetStatus gives the HTTP status.
func (p *Problem) GetStatus() int { return p.Status }

// ContentType is the media type of RFC 9457.
func (p *Problem) ContentType(string) string { return "application/problem+json" }

// statusOf is the one table from kinds of error to HTTP statuses.
func statusOf(k seawall.Kind) int {
	switch k {
	case seawall.Invalid:
		return http.StatusUnprocessableEntity
	case seawall.NotFound:
		return http.StatusNotFound
	case seawall.Conflict:
		return http.StatusConflict
	case seawall.Denied:
		return http.StatusForbidden
	case seawall.Unauthenticated:
		return http.StatusUnauthorized
	case seawall.Limited:
		return http.StatusTooManyRequests
	case seawall.Unavailable:
		return http.StatusServiceUnavailable
	case seawall.Gone:
		return http.StatusGone
	}
	return http.StatusInternalServerError
}

// problem turns any error into an answer; what is not a *seawall.Error, or is a
// defect, is logged in full and told in general words.
func (s *Server) problem(ctx context.Context, err error) *Problem {
	rq := requestOf(ctx)
	var e *seawall.Error
	kind, code := seawall.Other, "internal"
	var args map[string]string
	var fields []seawall.FieldError
	if errors.As(err, &e) {
		kind = e.KindOf()
		for x := e; x != nil; {
			if x.Code != "" {
				code, args = x.Code, x.Args
			}
			if len(x.Fields) > 0 {
				fields = x.Fields
			}
			var inner *seawall.Error
			if x.Code != "" || !errors.As(x.Err, &inner) {
				break
			}
			x = inner
		}
	}
	if errors.Is(err, context.Canceled) {
		kind, code = seawall.Unavailable, "stopped"
	}
	p := &Problem{Status: statusOf(kind), Code: code, Request: rq.id, Type: "about:blank"}
	p.Title = s.d.Texts.Render(rq.lang, "kind_"+kind.String(), nil)
	p.Detail = s.d.Texts.Render(rq.lang, code, args)
	if p.Status >= 500 {
		s.d.Log.LogAttrs(ctx, slog.LevelError, "request failed", slog.String("request", rq.id), slog.String("error", err.Error()))
		if kind != seawall.Unavailable {
			p.Detail = s.d.Texts.Render(rq.lang, "internal", nil)
		}
	}
	for _, f := range fields {
		p.Errors = append(p.Errors, FieldProblem{Field: f.Field, Code: f.Code, Message: s.d.Texts.Render(rq.lang, f.Code, f.Args)})
	}
	return p
}

// localise gives huma's own refusals (a body that does not fit the schema) our
// form and language.
func (s *Server) localise(hc huma.Context, _ string, v any) (any, error) {
	m, ok := v.(*huma.ErrorModel)
	if !ok {
		return v, nil
	}
	rq := requestOf(hc.Context())
	code := "input_malformed"
	switch m.Status {
	case http.StatusRequestEntityTooLarge:
		code = "input_too_large"
	case http.StatusNotFound:
		code = "no_such_page"
	}
	p := &Problem{Type: "about:blank", Status: m.Status, Code: code, Request: rq.id,
		Title: s.d.Texts.Render(rq.lang, "kind_invalid", nil), Detail: s.d.Texts.Render(rq.lang, code, nil)}
	for _, e := range m.Errors {
		p.Errors = append(p.Errors, FieldProblem{Field: e.Location, Code: code, Message: e.Message})
	}
	return p, nil
}
