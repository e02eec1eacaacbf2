package webui

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/fstest"
)

func tree() http.Handler {
	return handler{files: fstest.MapFS{
		"index.html":          {Data: []byte("app")},
		"followup.html":       {Data: []byte("followup")},
		"field.html":          {Data: []byte("phone")},
		"gate.html":           {Data: []byte("tablet")},
		"field.webmanifest":   {Data: []byte("{}")},
		"mark.svg":            {Data: []byte("<svg/>")},
		"assets/a-123.js":     {Data: []byte("plain")},
		"assets/a-123.js.br":  {Data: []byte("brotli")},
		"assets/a-123.js.gz":  {Data: []byte("gzip")},
		"assets/only-5.css":   {Data: []byte("css")},
		"assets/only-5.woff2": {Data: []byte{0}},
	}}
}

func ask(t *testing.T, method, path, encoding string) *http.Response {
	t.Helper()
	r := httptest.NewRequest(method, path, nil)
	r.Header.Set("Accept-Encoding", encoding)
	w := httptest.NewRecorder()
	tree().ServeHTTP(w, r)
	return w.Result()
}

func body(t *testing.T, res *http.Response) string {
	t.Helper()
	var b strings.Builder
	if err := res.Write(&b); err != nil {
		t.Fatal(err)
	}
	_, after, _ := strings.Cut(b.String(), "\r\n\r\n")
	return after
}

func TestWhichFileAnswersAPath(t *testing.T) {
	for _, c := range []struct {
		path, want string
		status     int
	}{
		{"/", "app", 200},
		{"/cases/01J", "app", 200},         // the browser's router takes over
		{"/f/AbC123", "followup", 200},     // the public page, without account
		{"/field/", "phone", 200},          // the pages that work without a network
		{"/gate/today", "tablet", 200},     // and every address below them
		{"/gates", "app", 200},             // the staff's list is not the tablet's page
		{"/field", "/field/", 302},         // a service worker answers below its slash
		{"/mark.svg", "<svg/>", 200},       // a file of its own
		{"/assets/gone.js", "", 404},       // an old tab asks for a former build
		{"/assets/a-123.js.br", "", 404},   // twins are not addresses
		{"/../../etc/passwd", "app", 200},  // cleaned; never leaves the tree
		{"/assets/a-123.js", "plain", 200}, // no encoding accepted
	} {
		res := ask(t, "GET", c.path, "")
		if res.StatusCode != c.status {
			t.Errorf("%s: status %d, want %d", c.path, res.StatusCode, c.status)
			continue
		}
		if got := body(t, res); c.status == 200 && !strings.Contains(got, c.want) {
			t.Errorf("%s: got %q, want %q", c.path, got, c.want)
		}
	}
}

func TestCompressionFollowsWhatTheBrowserAccepts(t *testing.T) {
	for _, c := range []struct{ accept, encoding, want string }{
		{"gzip, deflate, br", "br", "brotli"},
		{"gzip", "gzip", "gzip"},
		{"br;q=0, gzip", "gzip", "gzip"},
		{"identity", "", "plain"},
	} {
		res := ask(t, "GET", "/assets/a-123.js", c.accept)
		if got := res.Header.Get("Content-Encoding"); got != c.encoding {
			t.Errorf("%q: encoding %q, want %q", c.accept, got, c.encoding)
		}
		if got := body(t, res); !strings.Contains(got, c.want) {
			t.Errorf("%q: body %q, want %q", c.accept, got, c.want)
		}
		if kind := res.Header.Get("Content-Type"); !strings.Contains(kind, "javascript") {
			t.Errorf("%q: content type %q", c.accept, kind)
		}
	}
}

func TestHeadersOfPagesAndAssets(t *testing.T) {
	page, asset := ask(t, "GET", "/tonight", ""), ask(t, "GET", "/assets/only-5.css", "")
	if got := page.Header.Get("Cache-Control"); got != "no-cache" {
		t.Errorf("page: Cache-Control %q", got)
	}
	if got := asset.Header.Get("Cache-Control"); !strings.Contains(got, "immutable") {
		t.Errorf("asset: Cache-Control %q", got)
	}
	csp := page.Header.Get("Content-Security-Policy")
	for _, want := range []string{"default-src 'none'", "script-src 'self';", "frame-ancestors 'none'"} {
		if !strings.Contains(csp, want) {
			t.Errorf("policy lacks %q: %s", want, csp)
		}
	}
	if page.Header.Get("X-Content-Type-Options") != "nosniff" {
		t.Error("nosniff is missing")
	}
	if res := ask(t, "POST", "/", ""); res.StatusCode != http.StatusMethodNotAllowed {
		t.Errorf("POST: status %d", res.StatusCode)
	}
}

// A clean clone has no dist; the package must still build and say what to do.
func TestTheEmbeddedTreeAlwaysHasAStartPage(t *testing.T) {
	w := httptest.NewRecorder()
	Handler().ServeHTTP(w, httptest.NewRequest("GET", "/", nil))
	if w.Code != 200 || !strings.Contains(w.Body.String(), "<html") {
		t.Fatalf("status %d, body %.80q", w.Code, w.Body.String())
	}
}

// A page that reads codes by WebAssembly may run it, every other page may not.
func TestOnlyPagesThatScanRunWebAssembly(t *testing.T) {
	for path, want := range map[string]bool{"/field/": true, "/gate/": true, "/": false, "/gates": false, "/f/x": false} {
		got := strings.Contains(ask(t, "GET", path, "").Header.Get("Content-Security-Policy"), "wasm-unsafe-eval")
		if got != want {
			t.Errorf("%s: may run WebAssembly: %t, want %t", path, got, want)
		}
	}
	if got := ask(t, "GET", "/field.webmanifest", "").Header.Get("Content-Type"); got != "application/manifest+json" {
		t.Errorf("the manifest is %s", got)
	}
}
