package gate_test

import (
	"testing"

	"github.com/seawall-city/seawall/internal/gate"
)

func TestTmp(t *testing.T) {
	s, err := gate.Load()
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range s.All() {
		t.Log(r.ID, r.Ref, len(r.Rules))
	}
}
