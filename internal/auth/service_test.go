package auth_test

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/auth"
)

const goodPassword = "haidi-fangong-1024"

// code gives the message code of an error.
func code(err error) string {
	var e *seawall.Error
	for errors.As(err, &e) {
		if e.Code != "" {
			return e.Code
		}
		err = e.Err
	}
	return ""
}

// office is a service with an administrator of the city and a tracer.
type office struct {
	*auth.Service
	m             *memory
	admin, tracer auth.Principal
}

func newOffice(t *testing.T, limits auth.Limits) *office {
	t.Helper()
	m := newMemory()
	o := &office{Service: service(t, m, limits), m: m}
	ctx := context.Background()
	for _, a := range []struct {
		into *auth.Principal
		acc  auth.NewAccount
	}{
		{&o.admin, auth.NewAccount{Login: "office", WorkName: "账号管理岗", Roles: []string{"admin"}, Area: "3209", Password: goodPassword}},
		{&o.tracer, auth.NewAccount{Login: "tracer", WorkName: "射阳 流调岗", Roles: []string{"tracer"}, Area: "320924", Password: goodPassword}},
	} {
		p, shown, err := o.Bootstrap(ctx, seawall.Actor{Kind: seawall.ActorOperator}, a.acc)
		if err != nil || shown != "" {
			t.Fatalf("%v %q", err, shown)
		}
		*a.into = p
	}
	return o
}

func TestSignInAndOut(t *testing.T) {
	o, ctx := newOffice(t, auth.Limits{}), context.Background()
	n := len(o.m.events)
	in, err := o.Login(ctx, " Tracer ", goodPassword, "10.0.0.1")
	if err != nil {
		t.Fatal(err)
	}
	if in.Principal.ID != o.tracer.ID || len(in.Principal.Scope) != 1 || in.Principal.Scope[0] != county {
		t.Errorf("signed in as %+v", in.Principal)
	}
	p, ses, err := o.Session(ctx, in.Token)
	if err != nil || p.ID != o.tracer.ID || !p.Scope.Contains(town) {
		t.Fatalf("%+v %v", p, err)
	}
	if err := ses.CheckCSRF(in.Session.CSRF); err != nil {
		t.Error(err)
	}
	for _, h := range []string{"", "x", in.Token} {
		if err := ses.CheckCSRF(h); code(err) != "auth_csrf" {
			t.Errorf("CSRF %q: %v", h, err)
		}
	}
	if err := o.Logout(ctx, in.Token); err != nil {
		t.Fatal(err)
	}
	if _, _, err := o.Session(ctx, in.Token); code(err) != "auth_sign_in" || !seawall.Is(err, seawall.Unauthenticated) {
		t.Errorf("after the end: %v", err)
	}
	if err := o.Logout(ctx, in.Token); err != nil {
		t.Errorf("ending twice: %v", err)
	}
	if got := o.m.types(n); got != "[session.opened session.closed]" {
		t.Errorf("events %s", got)
	}
	for _, token := range []string{"", "x", strings.Repeat("A", 43)} {
		if _, _, err := o.Session(ctx, token); code(err) != "auth_sign_in" {
			t.Errorf("token %q: %v", token, err)
		}
	}
}

func TestSessionEnds(t *testing.T) {
	ctx := context.Background()
	for name, c := range map[string]struct {
		every time.Duration // a request each time
		until time.Duration
		alive bool
	}{
		"used through a shift":   {50 * time.Minute, 11 * time.Hour, true},
		"twelve hours are over":  {50 * time.Minute, 12*time.Hour + time.Minute, false},
		"an hour without use":    {61 * time.Minute, 62 * time.Minute, false},
		"just before the hour":   {59 * time.Minute, 58 * time.Minute, true},
		"used all the time":      {time.Minute, 90 * time.Minute, true},
		"twelve hours to second": {40 * time.Minute, 12 * time.Hour, false},
	} {
		o := newOffice(t, auth.Limits{})
		in, err := o.Login(ctx, "tracer", goodPassword, "")
		if err != nil {
			t.Fatal(err)
		}
		start := o.m.now
		for o.m.now.Sub(start) < c.until && err == nil {
			o.m.now = o.m.now.Add(c.every)
			if end := start.Add(c.until); o.m.now.After(end) && c.every < time.Hour {
				o.m.now = end
			}
			// Listening does not keep it from ending, and sees it end.
			alive, broken := o.Alive(ctx, in.Token)
			if _, _, err = o.Session(ctx, in.Token); alive != (err == nil) || broken != nil {
				t.Errorf("%s: alive %v (%v), but %v", name, alive, broken, err)
			}
		}
		if (err == nil) != c.alive {
			t.Errorf("%s: %v", name, err)
		}
		if err != nil && len(o.m.sessions) != 0 {
			t.Errorf("%s: the ended session is still kept", name)
		}
	}
}

func TestAccounts(t *testing.T) {
	o, ctx := newOffice(t, auth.Limits{}), context.Background()
	p, once, err := o.CreatePrincipal(ctx, o.admin, auth.NewAccount{Login: "Grid-7", WorkName: "合德镇 7 网格 网格员", Roles: []string{"grid_worker"}, Area: "320924100"})
	if err != nil {
		t.Fatal(err)
	}
	if p.Login != "grid-7" || p.Path != town || !p.MustChange || len(once) != 19 {
		t.Errorf("%+v %q", p, once)
	}
	in, err := o.Login(ctx, "grid-7", once, "")
	if err != nil {
		t.Fatal(err)
	}
	if err := o.Policies.Authorize(in.Principal, auth.StepRead, auth.Resource{Kind: seawall.KindStep}, ""); code(err) != "auth_must_change_password" {
		t.Errorf("works with a one-time password: %v", err)
	}
	next, err := o.ChangePassword(ctx, p.ID, once, goodPassword, "")
	if err != nil || next.Principal.MustChange {
		t.Fatalf("%v %+v", err, next.Principal)
	}
	if _, _, err := o.Session(ctx, in.Token); code(err) != "auth_sign_in" {
		t.Errorf("the session from before the change lives: %v", err)
	}
	if q, _, err := o.Session(ctx, next.Token); err != nil || q.MustChange {
		t.Errorf("%+v %v", q, err)
	}
	// A change of rights ends the sessions.
	roles := []string{"viewer"}
	p, err = o.Update(ctx, o.admin, p.ID, auth.AccountChange{Version: next.Principal.Version, Roles: &roles})
	if err != nil || p.Roles[0] != "viewer" {
		t.Fatal(err)
	}
	if _, _, err := o.Session(ctx, next.Token); code(err) != "auth_sign_in" {
		t.Errorf("the session from before the change of roles lives: %v", err)
	}
	if _, err := o.Update(ctx, o.admin, p.ID, auth.AccountChange{Version: 1, Roles: &roles}); !seawall.Is(err, seawall.Conflict) {
		t.Errorf("a stale change: %v", err)
	}
	p, err = o.Disable(ctx, o.admin, p.ID, p.Version)
	if err != nil || !p.Disabled {
		t.Fatal(err)
	}
	if _, err := o.Login(ctx, "grid-7", goodPassword, ""); code(err) != "auth_failed" {
		t.Errorf("a disabled account: %v", err)
	}
	if ps, _, total, err := o.List(ctx, o.admin, seawall.Page{}); err != nil || total != 3 || len(ps) != 3 {
		t.Errorf("%d %v", total, err)
	}
	if got, err := o.Get(ctx, o.admin, p.ID); err != nil || got.Login != "grid-7" {
		t.Errorf("%+v %v", got, err)
	}
}

func TestColleagues(t *testing.T) {
	o, ctx := newOffice(t, auth.Limits{}), context.Background()
	for q, want := range map[string]int{"流调": 1, " OFFICE ": 1, "岗": 2, "nobody": 0, "": 2} {
		if got, err := o.Colleagues(ctx, seawall.Scope{city}, q, 10); err != nil || len(got) != want {
			t.Errorf("%q finds %d: %v", q, len(got), err)
		}
	}
	if got, err := o.Colleagues(ctx, seawall.Scope{county}, "", 10); err != nil || len(got) != 1 {
		t.Errorf("in the county: %d %v", len(got), err)
	}
	if got, err := o.Colleagues(ctx, seawall.Scope{city}, "", 1); err != nil || len(got) != 1 {
		t.Errorf("at most one: %d %v", len(got), err)
	}
	if _, err := o.Disable(ctx, o.admin, o.tracer.ID, 1); err != nil {
		t.Fatal(err)
	}
	if got, err := o.Colleagues(ctx, seawall.Scope{city}, "流调", 10); err != nil || len(got) != 0 {
		t.Errorf("a disabled account is offered: %v %v", got, err)
	}
}

func TestResetPassword(t *testing.T) {
	o, ctx := newOffice(t, auth.Limits{Failures: 1}), context.Background()
	in, err := o.Login(ctx, "tracer", goodPassword, "")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := o.Login(ctx, "tracer", "wrong-password", ""); code(err) != "auth_locked" {
		t.Fatal(err)
	}
	once, err := o.ResetPassword(ctx, o.admin, o.tracer.ID)
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := o.Session(ctx, in.Token); code(err) != "auth_sign_in" {
		t.Errorf("an old session lives: %v", err)
	}
	again, err := o.Login(ctx, "tracer", once, "")
	if err != nil || !again.Principal.MustChange {
		t.Errorf("the one-time password: %v", err)
	}
	other, err := o.ResetPassword(ctx, o.admin, o.tracer.ID)
	if err != nil || other == once {
		t.Errorf("%q after %q: %v", other, once, err)
	}
}

func TestWhoManagesAccounts(t *testing.T) {
	o, ctx := newOffice(t, auth.Limits{}), context.Background()
	local := o.admin
	local.ID, local.Path, local.Scope = "local", county, seawall.Scope{county}
	if _, err := o.ResetPassword(ctx, o.tracer, o.admin.ID); !seawall.Is(err, seawall.Denied) {
		t.Errorf("a tracer resets a password: %v", err)
	}
	if _, err := o.ResetPassword(ctx, o.admin, o.admin.ID); !seawall.Is(err, seawall.Denied) {
		t.Errorf("an administrator resets their own password: %v", err)
	}
	if _, err := o.ResetPassword(ctx, local, o.admin.ID); code(err) != "auth_denied_area" {
		t.Errorf("a county's administrator resets the city's: %v", err)
	}
	area := seawall.AreaID("3209")
	if _, err := o.Update(ctx, local, o.tracer.ID, auth.AccountChange{Version: 1, Area: &area}); code(err) != "auth_denied_area" {
		t.Errorf("a county's administrator lifts an account to the city: %v", err)
	}
	if _, _, _, err := o.List(ctx, o.tracer, seawall.Page{}); !seawall.Is(err, seawall.Denied) {
		t.Errorf("a tracer lists accounts: %v", err)
	}
	if _, _, err := o.CreatePrincipal(ctx, o.admin, auth.NewAccount{Login: "x y", Roles: []string{"sheriff"}}); !seawall.Is(err, seawall.Invalid) ||
		!strings.Contains(err.Error(), "login") || !strings.Contains(err.Error(), "workName") || !strings.Contains(err.Error(), "auth_role_unknown") || !strings.Contains(err.Error(), "area") {
		t.Errorf("wrong fields are not all named: %v", err)
	}
	if _, _, err := o.CreatePrincipal(ctx, o.admin, auth.NewAccount{Login: "TRACER", WorkName: "x", Roles: []string{"viewer"}, Area: "3209"}); code(err) != "auth_login_taken" {
		t.Errorf("a second account of that name: %v", err)
	}
}

func TestPasswordRules(t *testing.T) {
	o, ctx := newOffice(t, auth.Limits{}), context.Background()
	for password, want := range map[string]string{
		"short":                  "auth_password_short",
		"盐城射阳合德一二三":              "auth_password_short", // nine characters, 27 bytes
		strings.Repeat("长城", 30): "auth_password_long",
		"woaini1314":             "auth_password_common",
		"WoAiNi1314":             "auth_password_common",
		"aaaaaaabbbbb":           "auth_password_common",
		"my-tracer-2022":         "auth_password_login",
		goodPassword:             "auth_password_same",
	} {
		if _, err := o.ChangePassword(ctx, o.tracer.ID, goodPassword, password, ""); code(err) != want {
			t.Errorf("%q: %v, want %s", password, err, want)
		}
	}
	if _, err := o.ChangePassword(ctx, o.tracer.ID, "not-the-old-one", "a-fresh-password-7", ""); code(err) != "auth_password_wrong" {
		t.Errorf("wrong old password: %v", err)
	}
	if o.m.accounts[o.tracer.ID].Failures != 1 {
		t.Error("a wrong old password does not count as a failure")
	}
	if _, err := o.ChangePassword(ctx, o.tracer.ID, goodPassword, "范公堤外浪千重一九", ""); code(err) != "auth_password_short" {
		t.Errorf("nine characters: %v", err)
	}
	if _, err := o.ChangePassword(ctx, o.tracer.ID, goodPassword, "范公堤外浪千重一九零", ""); err != nil {
		t.Errorf("ten Chinese characters: %v", err)
	}
}

// Neither passwords nor tokens nor hashes get into events (they are exported
// and read by others).
func TestEventsCarryNoSecret(t *testing.T) {
	o, ctx := newOffice(t, auth.Limits{}), context.Background()
	in, err := o.Login(ctx, "tracer", goodPassword, "10.0.0.1")
	if err != nil {
		t.Fatal(err)
	}
	once, err := o.ResetPassword(ctx, o.admin, o.tracer.ID)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := o.Login(ctx, "my secret typed into the wrong field", "x", ""); code(err) != "auth_failed" {
		t.Fatal(err)
	}
	text, err := json.Marshal(struct{ Events, Accounts any }{o.m.events, o.m.accounts})
	if err != nil {
		t.Fatal(err)
	}
	for what, secret := range map[string]string{"password": goodPassword, "one-time password": once, "token": in.Token,
		"CSRF value": in.Session.CSRF, "token hash": in.Session.TokenHash, "password hash": "argon2id", "typed login": "my secret"} {
		if strings.Contains(string(text), secret) {
			t.Errorf("%s stands in events or rows", what)
		}
	}
	for hash := range o.m.sessions {
		if strings.Contains(hash, in.Token) {
			t.Error("the token itself is kept")
		}
	}
}
