package ledger

import (
	"bytes"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/tlog"
	"pgregory.net/rapid"

	"github.com/seawall-city/seawall"
)

// Canonical bytes must not depend on the order in which maps or rows were
// written, and reading them must give back the event.
func TestCanonical(t *testing.T) {
	ev := Event{ID: "01A", At: time.Date(2022, 3, 28, 16, 0, 0, 123456789, time.FixedZone("", 8*3600)),
		Type: "case.recorded", Subject: seawall.Ref{Kind: seawall.KindCase, ID: "c1"}, Seq: 9, Forgotten: true,
		Data:    map[string]string{"z": "1", "a": "<&>", "é": "引号\"和\\"},
		Changes: []Change{{Kind: seawall.KindCase, ID: "c1", Row: json.RawMessage(`{"b": [1, {"y":2,"x":1}], "a":1e3, "B":null}`)}}}
	got, err := Canonical(ev)
	if err != nil {
		t.Fatal(err)
	}
	want := `{"actor":{"kind":""},"at":"2022-03-28T08:00:00.123456Z","changes":[{"id":"c1","kind":"case",` +
		`"row":{"B":null,"a":1e3,"b":[1,{"x":1,"y":2}]}}],"data":{"a":"\u003c\u0026\u003e","z":"1","é":"引号\"和\\"},` +
		`"id":"01A","subject":{"id":"c1","kind":"case"},"type":"case.recorded"}`
	if string(got) != want {
		t.Fatalf("canonical bytes\n%s\nwant\n%s", got, want)
	}
	back, err := Decode(got)
	if err != nil {
		t.Fatal(err)
	}
	again, err := Canonical(back)
	if err != nil || !bytes.Equal(again, got) {
		t.Fatalf("not stable after reading: %s, %v", again, err)
	}
}

func TestSortKeysKeepsMeaning(t *testing.T) {
	value := rapid.Custom(func(t *rapid.T) any { return drawJSON(t, 3) })
	rapid.Check(t, func(t *rapid.T) {
		v := value.Draw(t, "value")
		raw, err := json.MarshalIndent(v, "", "  ")
		if err != nil {
			t.Fatal(err)
		}
		sorted, err := SortKeys(raw)
		if err != nil {
			t.Fatal(err)
		}
		var back any
		if err := json.Unmarshal(sorted, &back); err != nil {
			t.Fatalf("%s: %v", sorted, err)
		}
		// encoding/json sorts the keys of maps, so both must agree.
		want, _ := json.Marshal(v)
		if !bytes.Equal(sorted, want) || !reflect.DeepEqual(back, v) {
			t.Fatalf("got %s, want %s", sorted, want)
		}
	})
}

func drawJSON(t *rapid.T, depth int) any {
	// Names are letters only: encoding/json sorts by decoded name, this package
	// by written name, which differ for escaped characters.
	names := rapid.StringMatching(`[a-zA-Z_é中]{0,4}`)
	switch rapid.IntRange(0, 5).Draw(t, "sort") {
	case 0:
		return rapid.String().Draw(t, "text")
	case 1:
		return float64(rapid.IntRange(-1000, 1000).Draw(t, "number"))
	case 2:
		return rapid.Bool().Draw(t, "bool")
	case 3:
		return nil
	case 4:
		out := []any{}
		for range rapid.IntRange(0, min(depth, 3)).Draw(t, "members") {
			out = append(out, drawJSON(t, depth-1))
		}
		return out
	}
	out := map[string]any{}
	for range rapid.IntRange(0, depth).Draw(t, "members") {
		out[names.Draw(t, "name")] = drawJSON(t, depth-1)
	}
	return out
}

func TestSortKeysRefusesWhatIsNotJSON(t *testing.T) {
	for _, s := range []string{"", "{", `{"a":}`, `{"a":1}x`, `[1,]`, `{"a":1,}`} {
		if _, err := SortKeys([]byte(s)); !seawall.Is(err, seawall.Corrupt) {
			t.Errorf("SortKeys(%q) = %v, want a Corrupt error", s, err)
		}
	}
}

// The tree grown by tiles is the tree of RFC 6962 as x/mod/sumdb/tlog computes
// it, at every size and whatever the batches were.
func TestTreeAgainstTlog(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var reference []Hash
		read := tlog.HashReaderFunc(func(ix []int64) ([]Hash, error) {
			out := make([]Hash, len(ix))
			for i, x := range ix {
				out[i] = reference[x]
			}
			return out, nil
		})
		stored := map[string][]byte{}
		tile := func(level int, n int64, width int) ([]byte, error) {
			b := stored[fmt.Sprint(level, "/", n)]
			if len(b) < width*tlog.HashSize {
				return nil, fmt.Errorf("tile %d/%d has %d bytes, want width %d", level, n, len(b), width)
			}
			return b, nil
		}
		e := &edge{}
		for range rapid.IntRange(1, 6).Draw(t, "batches") {
			var leaves []Hash
			for range rapid.IntRange(1, 700).Draw(t, "batch") {
				leaf := tlog.RecordHash([]byte(fmt.Sprint(e.size + int64(len(leaves)))))
				hashes, err := tlog.StoredHashesForRecordHash(e.size+int64(len(leaves)), leaf, read)
				if err != nil {
					t.Fatal(err)
				}
				reference = append(reference, hashes...)
				leaves = append(leaves, leaf)
			}
			if rapid.Bool().Draw(t, "reload") {
				var err error
				if e, err = loadEdge(e.size, tile); err != nil {
					t.Fatal(err)
				}
			}
			for _, x := range e.grow(leaves) {
				key := fmt.Sprint(x.Level, "/", x.N)
				if !bytes.HasPrefix(x.Bytes(), stored[key]) {
					t.Fatalf("tile %s changed in its old part", key)
				}
				stored[key] = x.Bytes()
			}
			want, err := tlog.TreeHash(e.size, read)
			if err != nil || e.root() != want {
				t.Fatalf("root at %d: %v, want %v, %v", e.size, e.root(), want, err)
			}
			n := rapid.Int64Range(0, e.size-1).Draw(t, "record")
			proof, err := tlog.ProveRecord(e.size, n, hashReader(tile))
			if err != nil {
				t.Fatal(err)
			}
			if err := tlog.CheckRecord(proof, e.size, want, n, tlog.RecordHash([]byte(fmt.Sprint(n)))); err != nil {
				t.Fatal(err)
			}
		}
	})
}

func TestEmptyTree(t *testing.T) {
	want, _ := tlog.TreeHash(0, nil)
	if got := (&edge{}).root(); got != want {
		t.Fatalf("empty root %v, want %v", got, want)
	}
}

func TestTilePaths(t *testing.T) {
	cases := map[string]tilePath{
		"tile/0/000":                  {0, 0, 256},
		"tile/0/000.p/1":              {0, 0, 1},
		"tile/3/x001/x234/067.p/255":  {3, 1234067, 255},
		"tile/entries/x001/000":       {-1, 1000, 256},
		"tile/entries/999.p/17":       {-1, 999, 17},
		"tile/entries/x010/x000/0000": {},
		"tile/0/1":                    {},
		"tile/0/001.p/256":            {},
		"tile/0/001.p/0":              {},
		"tile/0/x000/001":             {},
		"tile/8/000":                  {},
		"tile/data/000":               {},
		"tile/0/../000":               {},
		"tile/-1/000":                 {},
		"tile/0/-01":                  {},
		"checkpoint":                  {},
		"":                            {},
	}
	for path, want := range cases {
		got, ok := parseTilePath(path)
		if ok != (want.width != 0) || ok && got != want {
			t.Errorf("parseTilePath(%q) = %+v, %v, want %+v", path, got, ok, want)
		}
		if ok && got.String() != path {
			t.Errorf("%q reads back as %q", path, got.String())
		}
	}
}

func TestSignerAndCheckpoint(t *testing.T) {
	dir := t.TempDir()
	s, err := LoadOrCreateSigner(dir, Origin("yancheng"), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	cp, err := s.sign(7, Hash{1, 2, 3})
	if err != nil {
		t.Fatal(err)
	}
	again, err := LoadOrCreateSigner(dir, Origin("yancheng"), rand.Reader)
	if err != nil || again.Key() != s.Key() {
		t.Fatalf("second start has key %q (%v), want %q", again.Key(), err, s.Key())
	}
	got, err := OpenCheckpoint(cp.Note, s.Key())
	if err != nil || got != cp {
		t.Fatalf("read back %+v, %v, want %+v", got, err, cp)
	}
	if !strings.HasPrefix(cp.Note, "seawall.city/yancheng\n7\n") {
		t.Errorf("checkpoint text %q", cp.Note)
	}
	other, err := LoadOrCreateSigner(t.TempDir(), Origin("yancheng"), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		"foreign key": must(other.sign(7, Hash{1, 2, 3})).Note,
		"other size":  strings.Replace(cp.Note, "\n7\n", "\n8\n", 1),
		"no text":     "",
	} {
		if _, err := OpenCheckpoint(text, s.Key()); !seawall.Is(err, seawall.Corrupt) {
			t.Errorf("%s: %v, want a Corrupt error", name, err)
		}
	}
	if _, err := LoadOrCreateSigner(dir, Origin("elsewhere"), rand.Reader); !seawall.Is(err, seawall.Corrupt) {
		t.Errorf("a key of another origin: %v, want a Corrupt error", err)
	}
	pub, err := os.ReadFile(filepath.Join(dir, "log-sign.pub"))
	if err != nil || strings.TrimSpace(string(pub)) != s.Key() {
		t.Errorf("public key file %q, %v", pub, err)
	}
	if info, err := os.Stat(filepath.Join(dir, "log-sign.key")); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("secret key file: %v, %v; want mode 0600", info, err)
	}
}

func must(cp Checkpoint, err error) Checkpoint {
	if err != nil {
		panic(err)
	}
	return cp
}

func TestKeys(t *testing.T) {
	dir := t.TempDir()
	root, err := LoadOrCreateRootKey(dir, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	key, wrapped, err := root.NewGroupKey("k1", "person/P1", rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	salt := make([]byte, SaltSize)
	sealed, err := key.Seal("e1", rand.Reader, salt, []byte("text"))
	if err != nil {
		t.Fatal(err)
	}
	root, err = LoadOrCreateRootKey(dir, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	back, err := root.Unwrap("k1", "person/P1", wrapped)
	if err != nil {
		t.Fatal(err)
	}
	if _, text, err := back.Open("e1", sealed); err != nil || string(text) != "text" {
		t.Fatalf("opened %q, %v", text, err)
	}
	if _, _, err := back.Open("e2", sealed); !seawall.Is(err, seawall.Corrupt) {
		t.Errorf("a payload moved to another event: %v, want Corrupt", err)
	}
	if _, err := root.Unwrap("k1", "person/P2", wrapped); !seawall.Is(err, seawall.Corrupt) {
		t.Errorf("a key moved to another group: %v, want Corrupt", err)
	}
	foreign, err := LoadOrCreateRootKey(t.TempDir(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := foreign.Unwrap("k1", "person/P1", wrapped); !seawall.Is(err, seawall.Corrupt) {
		t.Errorf("a foreign root key: %v, want Corrupt", err)
	}
	if err := os.WriteFile(filepath.Join(dir, "log-root.key"), []byte("abc"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := LoadOrCreateRootKey(dir, rand.Reader); !seawall.Is(err, seawall.Corrupt) {
		t.Errorf("a broken key file: %v, want Corrupt", err)
	}
}

// Two processes that start at once must end up with the same key.
func TestKeyFileRace(t *testing.T) {
	dir := t.TempDir()
	keys := make(chan string)
	for i := range 8 {
		go func() {
			b, err := loadOrCreate(filepath.Join(dir, "k"), func() ([]byte, error) { return []byte(fmt.Sprint(i)), nil })
			if err != nil {
				b = []byte(err.Error())
			}
			keys <- string(b)
		}()
	}
	seen := map[string]bool{}
	for range 8 {
		seen[<-keys] = true
	}
	if len(seen) != 1 {
		t.Fatalf("keys %v, want one", maps.Keys(seen))
	}
}

func TestGroupOf(t *testing.T) {
	at := time.Date(2022, 3, 28, 16, 0, 0, 0, time.UTC)
	for want, ev := range map[string]Event{
		"person/P7":      {Person: "P7", At: at, Type: "case.recorded"},
		"day/2022-03-28": {At: at, Type: "login"},
		"log":            {At: at, Type: TypeForgotten, Person: "P7"},
	} {
		if got := GroupOf(ev); got != want {
			t.Errorf("GroupOf(%+v) = %q, want %q", ev, got, want)
		}
	}
}
