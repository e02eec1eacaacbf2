package webui

import (
	"bytes"
	"compress/gzip"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
)

// lightest bounds what the resident's page may weigh with everything it loads, as
// transferred. Source: issue 3, point 2 (60 KB).
const lightest = 60 << 10

// The resident's page weighs little, loads plain scripts only and answers under
// every address below /me. APP-02, NF-04.
func TestResidentPage(t *testing.T) {
	if !Built() {
		t.Skip("the pages are not built into this binary")
	}
	h := Handler()
	var page string
	for _, path := range []string{"/me", "/me/declare/from", "/me/duties/A-0000"} {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest("GET", path, nil))
		if page = w.Body.String(); w.Code != http.StatusOK || !strings.Contains(page, "盐之无疫") {
			t.Fatalf("%s: %d %.200s", path, w.Code, page)
		}
	}
	if strings.Contains(page, `type="module"`) || strings.Contains(page, "https://") {
		t.Errorf("a phone of 2016 does not run this: %s", page)
	}
	total := weigh(t, []byte(page))
	for _, m := range regexp.MustCompile(`(?:src|href)="/([^"]+)"`).FindAllStringSubmatch(page, -1) {
		body, err := fs.ReadFile(files, "dist/"+m[1])
		if err != nil {
			t.Fatal(err)
		}
		total += weigh(t, body)
		if strings.HasSuffix(m[1], ".js") {
			for _, young := range []string{"?.", "??=", ".replaceAll(", ".flatMap(", ".at(", "Object.fromEntries", "structuredClone", "replaceChildren", "=>{async", "static{"} {
				if young == "?." && !regexp.MustCompile(`\?\.[a-zA-Z_$(\[]`).Match(body) {
					continue
				}
				if bytes.Contains(body, []byte(young)) {
					t.Errorf("%s uses %q, which a browser of 2017 does not know", m[1], young)
				}
			}
		}
	}
	t.Logf("the resident's page weighs %d bytes", total)
	if total > lightest {
		t.Errorf("the resident's page weighs %d bytes, at most %d", total, lightest)
	}
}

// weigh gives the size of a body as it is sent.
func weigh(t *testing.T, body []byte) int {
	t.Helper()
	var b bytes.Buffer
	z, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := z.Write(body); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Len()
}
