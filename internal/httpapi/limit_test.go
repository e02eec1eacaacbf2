package httpapi

import (
	"testing"
	"time"

	"github.com/seawall-city/seawall"
)

// A personal link may be asked so often in a minute, then not until the next.
func TestPublicPagesAreBounded(t *testing.T) {
	var l limiter
	now := time.Date(2022, 3, 28, 12, 0, 0, 0, time.UTC)
	for i := range perLink {
		if err := l.allow(now, map[string]int{"link a": perLink}); err != nil {
			t.Fatalf("request %d: %v", i+1, err)
		}
	}
	if err := l.allow(now.Add(50*time.Second), map[string]int{"link a": perLink}); !seawall.Is(err, seawall.Limited) {
		t.Errorf("one more in the same minute: %v, want Limited", err)
	}
	if err := l.allow(now.Add(50*time.Second), map[string]int{"link b": perLink}); err != nil {
		t.Errorf("another link in the same minute: %v", err)
	}
	if err := l.allow(now.Add(time.Minute), map[string]int{"link a": perLink}); err != nil {
		t.Errorf("the next minute: %v", err)
	}
}
