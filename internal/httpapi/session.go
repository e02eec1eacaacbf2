package httpapi

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/auth"
	"github.com/seawall-city/seawall/internal/response"
)

// sessionInfo is what the pages know about who is signed in.
type sessionInfo struct {
	Principal auth.Principal `json:"principal"`
	CSRF      string         `json:"csrf"`
	// Actions are what the account may do somewhere in its area.
	Actions  []auth.Action  `json:"actions"`
	Purposes []auth.Purpose `json:"purposes" doc:"purposes for which it may open identities"`
	City     Instance       `json:"city"`
	Now      time.Time      `json:"now"`
	Demo     bool           `json:"demo"`
}

// withCookie is an answer that sets the session cookie.
type withCookie struct {
	Cookie http.Cookie `header:"Set-Cookie"`
	Body   sessionInfo
}

// cookieName is the session cookie's name on this port.
func (s *Server) cookieName() string {
	if s.d.SecureCookies {
		return hostPrefix + SessionCookie
	}
	return SessionCookie
}

func (s *Server) cookie(token string, expires time.Time) http.Cookie {
	c := http.Cookie{Name: s.cookieName(), Value: token, Path: "/", HttpOnly: true, Secure: s.d.SecureCookies,
		SameSite: http.SameSiteStrictMode, Expires: expires}
	if token == "" {
		c.MaxAge = -1
	}
	return c
}

func (s *Server) info(p auth.Principal, csrf string) sessionInfo {
	return sessionInfo{Principal: p, CSRF: csrf, Actions: s.d.Policy.Granted(p), Purposes: s.d.Policy.Purposes(p),
		City: s.d.City, Now: s.d.Clock.Now().UTC(), Demo: s.d.Demo != nil}
}

// signedInAs turns a fresh sign-in into its answer; the scope is resolved the
// same way as for every later request.
func (s *Server) signedInAs(ctx context.Context, in auth.SignIn) (*withCookie, error) {
	p, ses, err := s.d.Accounts.Session(ctx, in.Token)
	if err != nil {
		return nil, s.problem(ctx, err)
	}
	// The cookie lives on the reader's clock, the session on the server's: the
	// cookie simply ends with the browser and the server decides.
	return &withCookie{Cookie: s.cookie(in.Token, time.Time{}), Body: s.info(p, ses.CSRF)}, nil
}

func (s *Server) sessionRoutes() {
	op := func(method, path, id, summary string) huma.Operation {
		return huma.Operation{OperationID: id, Method: method, Path: "/api/v1" + path, Summary: summary, MaxBodyBytes: 4096}
	}
	huma.Register(s.api, op("POST", "/session", "sign-in", "Sign in"), func(ctx context.Context, in *struct {
		Body struct {
			Login    string `json:"login"`
			Password string `json:"password"`
		}
	}) (*withCookie, error) {
		got, err := s.d.Accounts.Login(ctx, in.Body.Login, in.Body.Password, requestOf(ctx).remote)
		if err != nil {
			return nil, s.problem(ctx, err)
		}
		return s.signedInAs(ctx, got)
	})
	change := op("POST", "/session/password", "change-password", "Change my password")
	change.Middlewares = huma.Middlewares{s.gate(change.OperationID)}
	huma.Register(s.api, change, func(ctx context.Context, in *struct {
		Body struct {
			Old string `json:"old"`
			New string `json:"new"`
		}
	}) (*withCookie, error) {
		rq := requestOf(ctx)
		if rq.operator { // a machine has no password
			return nil, s.problem(ctx, seawall.E("httpapi.change-password", seawall.Unauthenticated, "sign_in"))
		}
		got, err := s.d.Accounts.ChangePassword(ctx, rq.who.Principal.ID, in.Body.Old, in.Body.New, rq.remote)
		if err != nil {
			return nil, s.problem(ctx, err)
		}
		return s.signedInAs(ctx, got)
	})
	huma.Register(s.api, op("DELETE", "/session", "sign-out", "Sign out"), func(ctx context.Context, _ *none) (*struct {
		Cookie http.Cookie `header:"Set-Cookie"`
	}, error) {
		if rq := requestOf(ctx); rq.token != "" {
			if err := s.d.Accounts.Logout(ctx, rq.token); err != nil {
				return nil, s.problem(ctx, err)
			}
		}
		return &struct {
			Cookie http.Cookie `header:"Set-Cookie"`
		}{s.cookie("", time.Time{})}, nil
	})
	handle(s, signedIn, "GET", "/session", "get-session", "Who is signed in",
		func(ctx context.Context, who response.Who, _ *none) (sessionInfo, error) {
			return s.info(who.Principal, requestOf(ctx).session.CSRF), nil
		})
}

// madeAccount is a new account with its one-time password, shown once.
type madeAccount struct {
	Principal auth.Principal `json:"principal"`
	Password  string         `json:"password" doc:"one-time password; it is kept nowhere"`
}

// rights describes the roles, actions and purposes of the installation.
type rights struct {
	Roles   []auth.Role       `json:"roles"`
	Actions []auth.ActionInfo `json:"actions"`
}

func (s *Server) accountRoutes() {
	handle(s, signedIn, "GET", "/accounts", "list-accounts", "Accounts in my area",
		func(ctx context.Context, who response.Who, in *Paging) (out response.List[auth.Principal], err error) {
			out.Items, out.Next, out.Total, err = s.d.Accounts.List(ctx, who.Principal, in.page())
			return out, err
		})
	handle(s, signedIn, "POST", "/accounts", "create-account", "Create an account",
		func(ctx context.Context, who response.Who, in *struct{ Body auth.NewAccount }) (out madeAccount, err error) {
			out.Principal, out.Password, err = s.d.Accounts.CreatePrincipal(ctx, who.Principal, in.Body)
			return out, err
		})
	handle(s, signedIn, "PATCH", "/accounts/{id}", "update-account", "Change an account",
		func(ctx context.Context, who response.Who, in *struct {
			IDPath
			Body auth.AccountChange
		}) (auth.Principal, error) {
			return s.d.Accounts.Update(ctx, who.Principal, seawall.PrincipalID(in.ID), in.Body)
		})
	handle(s, signedIn, "POST", "/accounts/{id}/reset", "reset-password", "Give an account a one-time password",
		func(ctx context.Context, who response.Who, in *IDPath) (madeAccount, error) {
			password, err := s.d.Accounts.ResetPassword(ctx, who.Principal, seawall.PrincipalID(in.ID))
			if err != nil {
				return madeAccount{}, err
			}
			p, err := s.d.Accounts.Get(ctx, who.Principal, seawall.PrincipalID(in.ID))
			return madeAccount{Principal: p, Password: password}, err
		})
	handle(s, signedIn, "GET", "/roles", "list-roles", "Roles, and what there is to be allowed",
		func(context.Context, response.Who, *none) (rights, error) {
			return rights{Roles: s.d.Policy.Roles(), Actions: s.d.Policy.Actions()}, nil
		})
	handle(s, signedIn, "GET", "/colleagues", "list-colleagues", "Whom a duty may be handed to",
		func(ctx context.Context, who response.Who, in *struct {
			Q     string `query:"q"`
			Limit int    `query:"limit" default:"20" minimum:"1" maximum:"100"`
		}) (response.List[colleague], error) {
			return s.colleagues(ctx, who, in.Q, in.Limit)
		})
}

// colleague is an account as others see it: the post, not the login's owner.
type colleague struct {
	ID       seawall.PrincipalID `json:"id"`
	WorkName string              `json:"workName"`
	Roles    []string            `json:"roles"`
	Path     seawall.AreaPath    `json:"path"`
}

// colleagues finds enabled accounts of the city by a part of the post's name.
func (s *Server) colleagues(ctx context.Context, who response.Who, q string, limit int) (response.List[colleague], error) {
	out := response.List[colleague]{Items: []colleague{}}
	if err := s.allow(who, auth.RosterRead, auth.Resource{Kind: seawall.KindPrincipal, Area: who.Principal.Path}); err != nil {
		return out, err
	}
	found, err := s.d.Accounts.Colleagues(ctx, seawall.Scope{s.d.City.Path}, q, limit)
	for _, p := range found {
		out.Items = append(out.Items, colleague{ID: p.ID, WorkName: p.WorkName, Roles: p.Roles, Path: p.Path})
	}
	out.Total = len(out.Items)
	return out, err
}

func (s *Server) demoRoutes() {
	if s.d.Demo == nil {
		return
	}
	type clock struct {
		Now   time.Time      `json:"now"`
		Fired response.Fired `json:"fired" doc:"what the clocks did that the move made due"`
	}
	handle(s, signedIn, "GET", "/demo/clock", "demo-clock", "The demonstration's clock",
		func(context.Context, response.Who, *none) (clock, error) {
			return clock{Now: s.d.Demo.Now().UTC()}, nil
		})
	handle(s, signedIn, "POST", "/demo/clock", "move-demo-clock", "Move the demonstration's clock forward",
		func(ctx context.Context, who response.Who, in *struct {
			Body struct {
				Advance string `json:"advance" doc:"a duration such as 1h, or cutoff"`
			}
		}) (out clock, err error) {
			if err := s.allow(who, auth.DemoClock, auth.Resource{Kind: seawall.KindSystem}); err != nil {
				return out, err
			}
			to, err := s.target(ctx, who, in.Body.Advance)
			if err != nil {
				return out, err
			}
			if err := s.d.Demo.AdvanceTo(ctx, to); err != nil {
				return out, err
			}
			if out.Fired, err = s.d.AfterJump(ctx); err != nil {
				return out, err
			}
			out.Now = s.d.Demo.Now().UTC()
			return out, nil
		})
}

// maxAdvance bounds one move of the demonstration's clock.
const maxAdvance = 60 * 24 * time.Hour

// target gives the instant that a move of the clock asks for.
func (s *Server) target(ctx context.Context, who response.Who, advance string) (time.Time, error) {
	if advance == "cutoff" {
		v, err := s.d.Main.Tonight(ctx, who, false)
		return v.CutOff, err
	}
	d, err := time.ParseDuration(advance)
	if err != nil || d <= 0 || d > maxAdvance {
		return time.Time{}, seawall.E("httpapi.move-demo-clock", seawall.Invalid, "clock_advance", "value", advance)
	}
	return s.d.Demo.Now().Add(d), nil
}
