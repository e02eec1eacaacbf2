package ledger

import (
	"bytes"
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"golang.org/x/mod/sumdb/note"
)

// Sorted JSON means what the text meant, and sorting it again changes nothing.
func FuzzSortKeys(f *testing.F) {
	for _, s := range []string{`{}`, `[]`, `"a\"b"`, `-1.5e3`, ` { "b" : [1, {"d":null,"c":true}] , "a":"\\" } `, `{"a":1,"a":2}`, `{"a":}`, `{"a b":{}}`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		sorted, err := SortKeys(raw)
		if json.Valid(raw) != (err == nil) {
			t.Fatalf("SortKeys(%q) = %v, but valid is %v", raw, err, json.Valid(raw))
		}
		if err != nil {
			return
		}
		again, err := SortKeys(sorted)
		if err != nil || !bytes.Equal(again, sorted) {
			t.Fatalf("%q sorts to %q and then to %q (%v)", raw, sorted, again, err)
		}
		if before, after := read(t, raw), read(t, sorted); !reflect.DeepEqual(before, after) {
			t.Fatalf("%q became %q", raw, sorted)
		}
	})
}

func read(t *testing.T, raw []byte) any {
	var v any
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	if err := d.Decode(&v); err != nil {
		t.Fatalf("%q: %v", raw, err)
	}
	return v
}

// A path has one spelling: what is read is written the same way.
func FuzzTilePath(f *testing.F) {
	for _, s := range []string{"tile/0/000", "tile/entries/x001/234.p/7", "tile/7/x999/x999/999.p/255", "tile/00/000", "tile/0/000.p/000"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, path string) {
		tile, ok := parseTilePath(path)
		if ok && tile.String() != path {
			t.Fatalf("%q is read as %+v, which is written %q", path, tile, tile.String())
		}
	})
}

// Whatever is put around a signed checkpoint, what is read of it is what was
// signed.
func FuzzOpenCheckpoint(f *testing.F) {
	secret, key, err := note.GenerateKey(strings.NewReader(strings.Repeat("seawall ", 8)), Origin("test"))
	if err != nil {
		f.Fatal(err)
	}
	signer, err := note.NewSigner(secret)
	if err != nil {
		f.Fatal(err)
	}
	cp, err := (&Signer{signer: signer, key: key}).sign(1234, Hash{7})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(cp.Note)
	f.Add(strings.Replace(cp.Note, "1234", "01234", 1))
	f.Add(cp.Note + cp.Note)
	f.Fuzz(func(t *testing.T, text string) {
		got, err := OpenCheckpoint(text, key)
		if err == nil && (got.Size != cp.Size || got.Root != cp.Root || got.Origin != cp.Origin) {
			t.Fatalf("%q passes as %+v", text, got)
		}
	})
}
