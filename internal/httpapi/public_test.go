package httpapi_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/seawall-city/seawall/internal/config"
)

// The public page is bounded without knowing anybody: codes cannot be guessed at,
// filings come at a human pace, and an emergency passes whatever came before it.
// APP-02, SVC-01, safeguards (design §6).
func TestPublicRoutesAreBounded(t *testing.T) {
	c := open(t, config.Default(t.TempDir()))
	me := c.anonymous()
	missed, refused := 0, 0
	for range 60 {
		switch got := me.do("GET", "public/help/H-0000-0000-0000-0001", nil); got.status {
		case http.StatusNotFound:
			missed++
		case http.StatusTooManyRequests:
			refused++
		default:
			t.Fatalf("%d %s", got.status, got.body)
		}
	}
	if missed == 0 || refused == 0 {
		t.Errorf("%d wrong codes were looked up, %d refused", missed, refused)
	}
	me.refused(http.StatusUnprocessableEntity, "", "POST", "public/help", map[string]any{"request": c.request(), "kind": "food", "people": "three"})
	limited := false
	for range 300 {
		got := me.do("POST", "public/help", map[string]any{"request": c.request(), "kind": "food"})
		limited = limited || got.status == http.StatusTooManyRequests
		if limited {
			break
		}
	}
	if !limited {
		t.Error("three hundred requests in a moment")
	}
	got := me.ok("POST", "public/help", map[string]any{"kind": "medical", "area": "nowhere"})
	if h := decode[struct {
		No, Code string
		Urgent   bool
	}](t, got); !h.Urgent || h.No == "" {
		t.Errorf("an emergency: %s", got.body)
	}
	odd := me.ok("POST", "public/help", map[string]any{"kind": "medical", "newField": true, "people": "three", "words": []string{"胸痛"}})
	if !strings.Contains(string(odd.body), `"urgent":true`) {
		t.Errorf("an emergency in another form: %s", odd.body)
	}
	c.as("duty").ok("POST", "help", map[string]any{"kind": "medical", "newField": 1})
	if len(got.header.Values("Set-Cookie")) != 0 {
		t.Error("the public page sets a cookie")
	}
	me.refused(http.StatusRequestEntityTooLarge, "", "POST", "public/appeals", map[string]any{"key": "x", "words": strings.Repeat("x", 40<<10)})
	if strings.Contains(c.logs.String(), "127.0.0.1") {
		t.Error("an address stands in the log")
	}
}
