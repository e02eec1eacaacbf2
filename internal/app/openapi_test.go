package app

import (
	"encoding/json"
	"os"
	"reflect"
	"testing"
)

// The web client is generated from web/openapi.json: it must be what the server
// describes.
func TestTheWebClientsDescriptionIsTheServers(t *testing.T) {
	got, err := OpenAPI("any")
	if err != nil {
		t.Fatal(err)
	}
	kept, err := os.ReadFile("../../web/openapi.json")
	if err != nil {
		t.Fatal(err)
	}
	parse := func(b []byte) map[string]any {
		var m map[string]any
		if err := json.Unmarshal(b, &m); err != nil {
			t.Fatal(err)
		}
		delete(m["info"].(map[string]any), "version")
		return m
	}
	if !reflect.DeepEqual(parse(got), parse(kept)) {
		t.Error("web/openapi.json is not what the server describes: run make api and commit it")
	}
}
