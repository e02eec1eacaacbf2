package ticket

import (
	"encoding/json"
	"os"
	"testing"
)

// The pages read the tickets of this package and the other way round: both sides
// test the same file (web/test/device.test.ts). QT-10.
func TestTicketOfThePages(t *testing.T) {
	b, err := os.ReadFile("../../web/test/data/ticket.json")
	if err != nil {
		t.Fatal(err)
	}
	var f struct {
		Key    Public `json:"key"`
		Ticket string `json:"ticket"`
	}
	if err := json.Unmarshal(b, &f); err != nil {
		t.Fatal(err)
	}
	var payload struct{ No, Cargo string }
	if err := f.Key.Open(f.Ticket, Permit, &payload); err != nil {
		t.Fatal(err)
	}
	if payload.No != "P-0001" || payload.Cargo != "蔬菜" {
		t.Errorf("the payload reads %+v", payload)
	}
}
