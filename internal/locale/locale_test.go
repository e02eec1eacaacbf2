package locale

import (
	"errors"
	"fmt"
	"os"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"github.com/seawall-city/seawall"
)

func load(t *testing.T) *Catalogue {
	t.Helper()
	c, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// Both languages say the same things with the same figures.
func TestCataloguesMatch(t *testing.T) {
	c := load(t)
	for code, zh := range c.byLang[ZH] {
		en, ok := c.byLang[EN][code]
		if !ok {
			t.Errorf("%s: in zh.yaml, missing in en.yaml", code)
			continue
		}
		if !reflect.DeepEqual(placeholders(zh), placeholders(en)) {
			t.Errorf("%s: placeholders differ: zh %v, en %v", code, placeholders(zh), placeholders(en))
		}
		if strings.TrimSpace(zh) == "" || strings.TrimSpace(en) == "" {
			t.Errorf("%s: empty text", code)
		}
	}
	for code := range c.byLang[EN] {
		if _, ok := c.byLang[ZH][code]; !ok {
			t.Errorf("%s: in en.yaml, missing in zh.yaml", code)
		}
	}
}

// Every kind of error has a message of its own.
func TestEveryKindHasAMessage(t *testing.T) {
	c := load(t)
	for k := seawall.Other; k <= seawall.Gone; k++ {
		if !c.Has("kind_" + k.String()) {
			t.Errorf("kind %s has no message", k)
		}
	}
}

// Every code that the sources use has a message, and every placeholder of that
// message gets a value where the code is used with literal arguments.
func TestEveryCodeHasAMessage(t *testing.T) {
	c := load(t)
	uses, err := scanCodes(os.DirFS("../.."))
	if err != nil {
		t.Fatal(err)
	}
	if len(uses) == 0 {
		t.Fatal("no codes found: the scan looks in the wrong place")
	}
	for _, u := range uses {
		if !c.Has(u.code) {
			t.Errorf("%s: code %q has no message in zh.yaml and en.yaml", u.where, u.code)
			continue
		}
		if !u.argsKnown {
			continue
		}
		for _, p := range placeholders(c.byLang[ZH][u.code]) {
			if !u.args[p] && !(u.args[p+".zh"] && u.args[p+".en"]) {
				t.Errorf("%s: message %q wants {%s}, which is not given here", u.where, u.code, p)
			}
		}
	}
}

func TestRender(t *testing.T) {
	c := load(t)
	args := map[string]string{"value": "31 Feb"}
	what := map[string]string{"what.zh": "消毒", "what.en": "disinfection"}
	if zh, en := c.Render("zh", "lot_lacks_record", what), c.Render("en", "lot_lacks_record", what); zh != "缺：消毒" || en != "Missing: disinfection" {
		t.Errorf("a value in two languages reads %q and %q", zh, en)
	}
	for _, tc := range []struct{ lang, code, want string }{
		{"en", "day_malformed", "“31 Feb” is not a day of the form 2006-01-02"},
		{"zh", "day_malformed", "“31 Feb”不是日期，应写成 2006-01-02"},
		{"fr", "required", "必填"},
		{"en", "no_such_code", "no_such_code"},
		{"en", "regime_not_found", "There is no regime “–”"},
	} {
		if got := c.Render(tc.lang, tc.code, args); got != tc.want {
			t.Errorf("Render(%s, %s) = %q, want %q", tc.lang, tc.code, got, tc.want)
		}
	}
}

// The outermost message wins; without one the kind speaks; the cause stays out.
func TestMessage(t *testing.T) {
	c := load(t)
	inner := seawall.E("regime.ByID", seawall.NotFound, "regime_not_found", "id", "X")
	for _, tc := range []struct {
		err  error
		want string
	}{
		{fmt.Errorf("while: %w", seawall.Wrap("outer", inner)), "There is no regime “X”"},
		{&seawall.Error{Op: "o", Kind: seawall.Denied, Err: errors.New("secret")}, "You do not have the right to do this"},
		{errors.New("disk on fire"), "Something went wrong inside the system; it has been recorded"},
	} {
		if got := c.Message(EN, tc.err); got != tc.want {
			t.Errorf("Message(%v) = %q, want %q", tc.err, got, tc.want)
		}
	}
}

func TestNegotiate(t *testing.T) {
	for header, want := range map[string]string{
		"":                            ZH,
		"en":                          EN,
		"en-GB,en;q=0.9":              EN,
		"zh-CN,zh;q=0.9,en;q=0.8":     ZH,
		"fr, en;q=0.4, zh-Hans;q=0.3": EN,
		"fr":                          ZH,
		"en;q=0":                      ZH,
		"EN-us":                       EN,
		"en;q=nonsense":               ZH,
	} {
		if got := Negotiate(header); got != want {
			t.Errorf("Negotiate(%q) = %s, want %s", header, got, want)
		}
	}
}

// Chinese sentences carry Chinese punctuation.
func TestChinesePunctuation(t *testing.T) {
	c := load(t)
	half := regexp.MustCompile(`[\p{Han}》”][,;:!?(]|[,;:!?)]\p{Han}`)
	for code, zh := range c.byLang[ZH] {
		if m := half.FindString(zh); m != "" {
			t.Errorf("%s: half-width punctuation at %q", code, m)
		}
	}
}
