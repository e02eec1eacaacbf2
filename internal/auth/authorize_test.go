package auth_test

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/auth"
)

var rewrite = flag.Bool("rewrite", false, "write testdata/matrix.txt anew")

const (
	city   = seawall.AreaPath("32/3209/")
	county = seawall.AreaPath("32/3209/320924/")
	town   = seawall.AreaPath("32/3209/320924/320924100/")
	other  = seawall.AreaPath("32/3209/320903/320903100/")
)

func policies(t testing.TB) *auth.Policies {
	t.Helper()
	p, err := auth.Load(nil)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func holder(role string, area seawall.AreaPath) auth.Principal {
	return auth.Principal{ID: "me", Roles: []string{role}, Path: area}
}

// bestPurpose is a purpose that the account may name, "" when it has none.
func bestPurpose(p *auth.Policies, who auth.Principal) string {
	if list := p.Purposes(who); len(list) > 0 {
		return list[0].ID
	}
	return ""
}

// The whole table role × action, as a file that a reviewer can read: "yes" for
// any thing in the area, "own" for things the account itself answers for.
func TestMatrix(t *testing.T) {
	p := policies(t)
	var b strings.Builder
	for _, a := range p.Actions() {
		fmt.Fprintf(&b, "%s:", a.ID)
		for _, r := range p.Roles() {
			who := holder(r.ID, county)
			thing := auth.Resource{Kind: seawall.KindCase, ID: "1", Area: town}
			mine := thing
			mine.Owner = who.ID
			purpose := bestPurpose(p, who)
			switch {
			case p.Authorize(who, a.ID, thing, purpose) == nil:
				fmt.Fprintf(&b, " %s", r.ID)
			case p.Authorize(who, a.ID, mine, purpose) == nil:
				fmt.Fprintf(&b, " %s(own)", r.ID)
			}
		}
		b.WriteByte('\n')
	}
	const file = "testdata/matrix.txt"
	if *rewrite {
		if err := os.WriteFile(file, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if b.String() != string(want) {
		t.Errorf("who may do what has changed; if that is meant, run go test -rewrite\ngot:\n%s\nwant:\n%s", b.String(), want)
	}
}

// Lines that hold whatever the table says.
func TestNeverAllowed(t *testing.T) {
	p := policies(t)
	person := auth.Resource{Kind: seawall.KindPerson, ID: "1", Area: town}
	for _, role := range []string{"admin", "inspector", "auditor", "viewer"} {
		for _, a := range p.Actions() {
			if a.ID != auth.IdentityOpen {
				continue
			}
			who := auth.Principal{ID: "me", Roles: []string{role, "epidemiologist"}, Path: city}
			for _, u := range p.Purposes(who) {
				if p.Authorize(who, a.ID, person, u.ID) == nil {
					t.Errorf("%s opens an identity for %s", role, u.ID)
				}
			}
		}
	}
	for _, r := range p.Roles() {
		if r.ID != "epidemiologist" && p.Authorize(holder(r.ID, city), auth.ContactConfirm, person, "") == nil {
			t.Errorf("%s confirms contacts", r.ID)
		}
	}
}

func TestArea(t *testing.T) {
	p := policies(t)
	scoped := func(s ...seawall.AreaPath) auth.Principal {
		return auth.Principal{ID: "me", Roles: []string{"duty_officer"}, Path: s[0], Scope: s}
	}
	at := func(a seawall.AreaPath) auth.Resource {
		return auth.Resource{Kind: seawall.KindCase, ID: "1", Area: a}
	}
	for name, c := range map[string]struct {
		who  auth.Principal
		what auth.Resource
		ok   bool
	}{
		"own county":                    {scoped(county), at(county), true},
		"below the county":              {scoped(county), at(town + "320924100001/320924100001-07/"), true},
		"another county":                {scoped(county), at(other), false},
		"above the county":              {scoped(county), at(city), false},
		"a like-named prefix":           {scoped("32/3209/3209/"), at(county), false},
		"whole list":                    {scoped(county), auth.Resource{Kind: seawall.KindCase}, true},
		"unplaced thing for a county":   {scoped(county), at(""), false},
		"unplaced thing for the city":   {scoped(city), at(""), true},
		"area alone":                    {scoped(county.Alone()), at(county), true},
		"below an area alone":           {scoped(county.Alone()), at(town), false},
		"second of several":             {scoped(other, town), at(town), true},
		"account without area or scope": {auth.Principal{ID: "me", Roles: []string{"duty_officer"}}, at(town), false},
	} {
		err := p.Authorize(c.who, auth.CaseRead, c.what, "")
		if (err == nil) != c.ok {
			t.Errorf("%s: %v", name, err)
		}
		if inScope := c.who.Scope.Contains(c.what.Area); c.what.Area != "" && inScope != c.ok {
			t.Errorf("%s: the list filter says %v, the decision %v", name, inScope, c.ok)
		}
		if err != nil && !strings.Contains(err.Error(), "auth_denied_area") {
			t.Errorf("%s: %v does not name the area", name, err)
		}
	}
}

func TestRefusalSaysWhy(t *testing.T) {
	p := policies(t)
	thing := auth.Resource{Kind: seawall.KindPerson, ID: "1", Area: town}
	for _, c := range []struct {
		who     auth.Principal
		action  auth.Action
		purpose string
		code    string
	}{
		{holder("viewer", county), auth.CaseRecord, "", "auth_denied "},
		{holder("tracer", county), auth.IdentityOpen, "", "auth_purpose_needed"},
		{holder("tracer", county), auth.IdentityOpen, "medical_care", "auth_purpose_needed"},
		{auth.Principal{ID: "me", Roles: []string{"tracer"}, Path: county, Disabled: true}, auth.CaseRead, "", `policy="disabled"`},
		{auth.Principal{ID: "me", Roles: []string{"tracer"}, Path: county, MustChange: true}, auth.CaseRead, "", "auth_must_change_password"},
		{holder("no_such_role", county), auth.CaseRead, "", "auth_denied "},
	} {
		err := p.Authorize(c.who, c.action, thing, c.purpose)
		if !seawall.Is(err, seawall.Denied) || !strings.Contains(err.Error()+" ", c.code) {
			t.Errorf("%v %s: got %v, want %s", c.who.Roles, c.action, err, c.code)
		}
	}
	err := p.Authorize(auth.Principal{ID: "me", Roles: []string{"admin"}, Path: city}, auth.AccountManage,
		auth.Resource{Kind: seawall.KindPrincipal, ID: "me", Area: city, Owner: "me"}, "")
	if err == nil || !strings.Contains(err.Error(), "own_account") {
		t.Errorf("an administrator changes their own account: %v", err)
	}
	if err := p.Authorize(holder("tracer", city), "case.raed", thing, ""); err == nil || seawall.Is(err, seawall.Denied) {
		t.Errorf("a misspelt action is a defect, not a refusal: %v", err)
	}
}

// A deployment may add a purpose or a role by file, but not cross the lines:
// "law enforcement" is not a purpose (design §6).
func TestOverrides(t *testing.T) {
	purpose := func(id, zh, en, role string) fstest.MapFS {
		return fstest.MapFS{"purposes.yaml": {Data: fmt.Appendf(nil,
			"purposes:\n  - {id: %s, zh: %s, en: %q, roles: [%s]}\n", id, zh, en, role)}}
	}
	cedar := func(text string) fstest.MapFS { return fstest.MapFS{"local.cedar": {Data: []byte(text)}} }
	for name, c := range map[string]struct {
		files fstest.MapFS
		want  string // "" = loads
	}{
		"another purpose":          {purpose("supplies", "生活物资保障", "Bringing supplies", "grid_worker"), ""},
		"law enforcement, id":      {purpose("law_enforcement", "其他", "Other", "inspector"), "auth_purpose_forbidden"},
		"law enforcement, English": {purpose("assist", "协助", "Assisting Law Enforcement", "tracer"), "auth_purpose_forbidden"},
		"law enforcement, Chinese": {purpose("assist", "协助公安机关", "Assistance", "tracer"), "auth_purpose_forbidden"},
		"petitioners":              {purpose("assist", "信访稳控", "Assistance", "tracer"), "auth_purpose_forbidden"},
		"in a policy":              {cedar(`@id("x") permit(principal in Role::"tracer", action == Action::"identity.open", resource) when { context.purpose == "police" };`), "auth_purpose_forbidden"},
		"role unknown":             {purpose("supplies", "物资", "Supplies", "grid_wroker"), "does not exist"},
		"role unknown in a policy": {cedar(`@id("x") forbid(principal in Role::"vewer", action, resource);`), "does not exist"},
		"action unknown":           {cedar(`@id("x") forbid(principal, action == Action::"case.raed", resource);`), "does not exist"},
		"everybody may":            {cedar(`@id("x") permit(principal, action, resource);`), "without a role"},
		"no id":                    {cedar(`forbid(principal, action, resource);`), "no @id"},
		"same id":                  {cedar(`@id("facts") forbid(principal, action, resource);`), "stands twice"},
		"syntax":                   {cedar(`@id("x") permit(principal`), "local.cedar"},
		"purpose not asked for": {fstest.MapFS{"limits.cedar": {Data: []byte(
			`@id("a") forbid(principal in Role::"admin", action == Action::"identity.open", resource);`)}}, "not on the list"},
		"administrators unbound": {fstest.MapFS{"limits.cedar": {Data: []byte(
			`@id("a") forbid(principal, action == Action::"identity.open", resource) unless { principal.purposes.contains(context.purpose) };`)}}, "administrator opens"},
		"unknown key":  {fstest.MapFS{"roles.yaml": {Data: []byte("rolls: []\n")}}, "roles.yaml"},
		"unknown file": {fstest.MapFS{"extra.yaml": {Data: []byte("a: 1\n")}}, "extra.yaml"},
	} {
		_, err := auth.Load(c.files)
		switch {
		case c.want == "" && err != nil:
			t.Errorf("%s: %v", name, err)
		case c.want != "" && err == nil:
			t.Errorf("%s: was accepted", name)
		case c.want != "" && (!seawall.Is(err, seawall.Invalid) || !strings.Contains(err.Error(), c.want)):
			t.Errorf("%s: got %v, want %s", name, err, c.want)
		}
	}
}

// A policy that fails while it is evaluated refuses instead of being passed over.
func TestFailingPolicyRefuses(t *testing.T) {
	p, err := auth.Load(fstest.MapFS{"local.cedar": {Data: []byte(
		`@id("broken") forbid(principal, action == Action::"case.read", resource) when { resource.colour == "red" };`)}})
	if err != nil {
		t.Fatal(err)
	}
	err = p.Authorize(holder("tracer", county), auth.CaseRead, auth.Resource{Kind: seawall.KindCase, ID: "1", Area: town}, "")
	if !seawall.Is(err, seawall.Denied) || !strings.Contains(err.Error(), "broken") {
		t.Errorf("got %v", err)
	}
}

// Constants and file name the same actions.
func TestActionsEqualFile(t *testing.T) {
	src, err := os.ReadFile("action.go")
	if err != nil {
		t.Fatal(err)
	}
	p := policies(t)
	for _, a := range p.Actions() {
		if !strings.Contains(string(src), fmt.Sprintf("%q", a.ID)) {
			t.Errorf("%s has no constant", a.ID)
		}
	}
	if n := strings.Count(string(src), "Action = \""); n != len(p.Actions()) {
		t.Errorf("action.go has %d constants, the file %d actions", n, len(p.Actions()))
	}
}

func TestGranted(t *testing.T) {
	p := policies(t)
	got := fmt.Sprint(p.Granted(holder("admin", city)))
	if want := "[area.read roster.read account.read account.manage demo.clock]"; got != want {
		t.Errorf("admin: %s, want %s", got, want)
	}
	if g := p.Granted(holder("tracer", county)); !strings.Contains(fmt.Sprint(g), "identity.open") {
		t.Errorf("tracer: %v lacks identity.open", g)
	}
	if g := p.Granted(auth.Principal{ID: "me", Roles: []string{"tracer"}, Path: county, MustChange: true}); len(g) != 0 {
		t.Errorf("before the password is changed: %v", g)
	}
}

// BenchmarkAuthorize keeps the decision under 100 µs on one core.
func BenchmarkAuthorize(b *testing.B) {
	p := policies(b)
	who := auth.Principal{ID: "me", Roles: []string{"epidemiologist", "duty_officer"}, Path: county}
	for i := range 15 {
		who.Scope = append(who.Scope, seawall.AreaPath(fmt.Sprintf("32/3209/320903/%d/", 320903100+i)))
	}
	thing := auth.Resource{Kind: seawall.KindContact, ID: "1", Area: "32/3209/320903/320903114/320903114001/320903114001-07/"}
	for b.Loop() {
		if err := p.Authorize(who, auth.ContactConfirm, thing, ""); err != nil {
			b.Fatal(err)
		}
	}
}
