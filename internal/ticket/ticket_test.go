package ticket_test

import (
	"crypto/rand"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/ticket"
)

// An example from outside: the key pair of RFC 6979, A.2.5, says that
// curve and coordinates are the ones that others mean.
func TestAKeyOfOthers(t *testing.T) {
	file := filepath.Join(t.TempDir(), "key")
	if err := os.WriteFile(file, []byte("C9AFA9D845BA75166B5C215767B1D6934E50C3DB36E89B127B8A622B120F6721"), 0o600); err != nil {
		t.Fatal(err)
	}
	k, err := ticket.LoadOrCreateKey(file, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	if p := k.Public(); p.X != "YP7UuiVanTHJYet0xjVtaMBJuJI7Yfps5mliLmDyn7Y" || p.Y != "eQP-EAi4vJmkGunpVii8ZPLxsgwtfp9Rd6PClNRGIpk" {
		t.Errorf("the public half of RFC 6979's key is %+v", p)
	}
}

// A ticket opens with the issuer's key alone, as its own kind, unchanged. IMP-07.
func TestTicketsHoldOrNot(t *testing.T) {
	k, err := ticket.NewKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	other, err := ticket.NewKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	type permit struct{ Plate, Route string }
	in := permit{"a1b2", "G15 盐城北—大丰港"}
	text, err := k.Sign(ticket.Permit, in)
	if err != nil {
		t.Fatal(err)
	}
	again, err := k.Sign(ticket.Permit, in)
	if err != nil || again != text {
		t.Errorf("signed twice: %q, %q, %v", text, again, err)
	}
	var out permit
	if err := k.Public().Open(" "+text+"\n", ticket.Permit, &out); err != nil || out != in {
		t.Fatalf("opened: %+v, %v", out, err)
	}
	parts := strings.Split(text, ".")
	for _, tc := range []struct {
		name, text, kind string
		key              ticket.Public
		want             seawall.Kind
	}{
		{"another's key", text, ticket.Permit, other.Public(), seawall.Denied},
		{"another kind", text, ticket.Snapshot, k.Public(), seawall.Invalid},
		{"kind rewritten", "SW1.S." + parts[2] + "." + parts[3], ticket.Snapshot, k.Public(), seawall.Denied},
		{"payload rewritten", "SW1.P." + parts[2][:len(parts[2])-2] + "AA." + parts[3], ticket.Permit, k.Public(), seawall.Denied},
		{"no signature", "SW1.P." + parts[2] + ".", ticket.Permit, k.Public(), seawall.Denied},
		{"cut off", text[:20], ticket.Permit, k.Public(), seawall.Invalid},
		{"a plate", "苏J12345", ticket.Permit, k.Public(), seawall.Invalid},
		{"a broken key", text, ticket.Permit, ticket.Public{Kty: "EC", Crv: "P-256", X: "AA", Y: "AA"}, seawall.Invalid},
	} {
		if err := tc.key.Open(tc.text, tc.kind, &out); err == nil || !seawall.Is(err, tc.want) {
			t.Errorf("%s: %v, want kind %v", tc.name, err, tc.want)
		}
	}
}

// A key that was made is found again; a broken file is no reason to make another.
func TestTheKeyStays(t *testing.T) {
	file := filepath.Join(t.TempDir(), "ticket.key")
	a, err := ticket.LoadOrCreateKey(file, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	b, err := ticket.LoadOrCreateKey(file, rand.Reader)
	if err != nil || a.Public() != b.Public() {
		t.Errorf("%+v, %+v, %v", a.Public(), b.Public(), err)
	}
	if err := os.WriteFile(file, []byte("nothing"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := ticket.LoadOrCreateKey(file, rand.Reader); !seawall.Is(err, seawall.Corrupt) {
		t.Errorf("a broken file: %v", err)
	}
}
