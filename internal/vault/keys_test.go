package vault

import (
	"bytes"
	"crypto/rand"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/seawall-city/seawall"
)

func TestRootKeyIsMadeOnceAndKeptFromOthers(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data", "keys")
	first, err := LoadOrCreateKeys(dir, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, RootKeyFile)
	for p, want := range map[string]os.FileMode{dir: 0o700, path: 0o600} {
		info, err := os.Stat(p)
		if err != nil || info.Mode().Perm() != want {
			t.Errorf("%s: mode %v, %v, want %v", filepath.Base(p), info.Mode().Perm(), err, want)
		}
	}
	sealed, err := first.root.Encrypt([]byte("keyset"), nil)
	if err != nil {
		t.Fatal(err)
	}
	again, err := LoadOrCreateKeys(dir, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	if plain, err := again.root.Decrypt(sealed, nil); err != nil || string(plain) != "keyset" {
		t.Errorf("the second start has another key: %q, %v", plain, err)
	}
	if left, _ := filepath.Glob(filepath.Join(dir, ".root-*")); len(left) != 0 {
		t.Errorf("left behind: %v", left)
	}
	if err := createRoot(dir, path, rand.Reader); err != nil {
		t.Fatal(err)
	}
	if k, err := LoadOrCreateKeys(dir, rand.Reader); err != nil {
		t.Error(err)
	} else if _, err := k.root.Decrypt(sealed, nil); err != nil {
		t.Error("a second creation replaced the root key")
	}
}

func TestBadRootKeysAreRefused(t *testing.T) {
	good := t.TempDir()
	if _, err := LoadOrCreateKeys(good, rand.Reader); err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(filepath.Join(good, RootKeyFile))
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		content []byte
		mode    os.FileMode
		kind    seawall.Kind
	}{
		"readable by others": {b, 0o644, seawall.Denied},
		"cut off":            {b[:len(b)/2], 0o600, seawall.Corrupt},
		"empty":              {nil, 0o600, seawall.Corrupt},
		"other JSON":         {[]byte(`{"a":1}`), 0o600, seawall.Corrupt},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			path := filepath.Join(dir, RootKeyFile)
			if err := errors.Join(os.WriteFile(path, c.content, c.mode), os.Chmod(path, c.mode)); err != nil {
				t.Fatal(err)
			}
			if _, err := LoadOrCreateKeys(dir, rand.Reader); !seawall.Is(err, c.kind) {
				t.Errorf("got %v, want kind %s", err, c.kind)
			}
			if after, err := os.ReadFile(path); err != nil || !bytes.Equal(after, c.content) {
				t.Error("the file was touched")
			}
		})
	}
	if _, err := LoadOrCreateKeys(t.TempDir(), bytes.NewReader(nil)); err == nil {
		t.Error("a key was made without randomness")
	}
}
