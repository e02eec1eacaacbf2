package vault

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/tink-crypto/tink-go/v2/aead"
	"github.com/tink-crypto/tink-go/v2/aead/aesgcm"
	"github.com/tink-crypto/tink-go/v2/insecurecleartextkeyset"
	"github.com/tink-crypto/tink-go/v2/insecuresecretdataaccess"
	"github.com/tink-crypto/tink-go/v2/key"
	"github.com/tink-crypto/tink-go/v2/keyset"
	"github.com/tink-crypto/tink-go/v2/mac/hmac"
	"github.com/tink-crypto/tink-go/v2/secretdata"
	"github.com/tink-crypto/tink-go/v2/tink"

	"github.com/seawall-city/seawall"
)

// RootKeyFile is the name of the root key file in the keys directory. A backup
// of the databases is worthless without it and must never travel together with
// them: back it up apart.
const RootKeyFile = "vault-root.json"

// Keys is the root key: it stays outside every database and wraps the keysets
// that the vault's database holds.
type Keys struct {
	root tink.AEAD
}

// LoadOrCreateKeys reads the root key from dir, or makes one at the first start
// from random (the directory is then 0700 and the file 0600). Errors: Denied
// when others may read the file, Corrupt when it is no key.
func LoadOrCreateKeys(dir string, random io.Reader) (*Keys, error) {
	const op = "vault.LoadOrCreateKeys"
	path := filepath.Join(dir, RootKeyFile)
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		if err := createRoot(dir, path, random); err != nil {
			return nil, seawall.Wrap(op, err)
		}
	case err != nil:
		return nil, &seawall.Error{Op: op, Kind: seawall.Unavailable, Code: "vault_key_unreadable", Err: err}
	case info.Mode().Perm()&0o077 != 0:
		return nil, &seawall.Error{Op: op, Kind: seawall.Denied, Code: "vault_key_open_to_others"}
	}
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, &seawall.Error{Op: op, Kind: seawall.Unavailable, Code: "vault_key_unreadable", Err: err}
	}
	handle, err := insecurecleartextkeyset.Read(keyset.NewJSONReader(bytes.NewReader(b)))
	if err != nil {
		return nil, &seawall.Error{Op: op, Kind: seawall.Corrupt, Code: "vault_key_corrupt", Err: err}
	}
	root, err := aead.New(handle)
	if err != nil {
		return nil, &seawall.Error{Op: op, Kind: seawall.Corrupt, Code: "vault_key_corrupt", Err: err}
	}
	return &Keys{root: root}, nil
}

// createRoot writes a fresh root key to path. The file appears whole or not at
// all, and an existing one is never replaced: losing it loses every identity.
func createRoot(dir, path string, random io.Reader) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return &seawall.Error{Op: "vault.createRoot", Kind: seawall.Unavailable, Code: "vault_key_unwritable", Err: err}
	}
	handle, err := freshAEAD(random)
	if err != nil {
		return err
	}
	var b bytes.Buffer
	if err := insecurecleartextkeyset.Write(handle, keyset.NewJSONWriter(&b)); err != nil {
		return &seawall.Error{Op: "vault.createRoot", Err: err}
	}
	if err := writeOnce(dir, path, b.Bytes()); err != nil {
		return &seawall.Error{Op: "vault.createRoot", Kind: seawall.Unavailable, Code: "vault_key_unwritable", Err: err}
	}
	return nil
}

// writeOnce puts content on disk under path; another process that was first
// keeps its file.
func writeOnce(dir, path string, content []byte) error {
	tmp, err := os.CreateTemp(dir, ".root-*") // 0600 from the start
	if err != nil {
		return err
	}
	defer os.Remove(tmp.Name())
	_, err = tmp.Write(content)
	err = errors.Join(err, tmp.Sync(), tmp.Close())
	if err != nil {
		return err
	}
	if err := os.Link(tmp.Name(), path); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// freshAEAD makes a keyset of one AES-256-GCM key.
func freshAEAD(random io.Reader) (*keyset.Handle, error) {
	m := keyset.NewManager()
	if err := addAEAD(m, random); err != nil {
		return nil, err
	}
	h, err := m.Handle()
	return h, seawall.Wrap("vault.freshAEAD", err)
}

// addAEAD adds a new AES-256-GCM key and makes it the one that encrypts from
// now on; the older ones go on decrypting.
func addAEAD(m *keyset.Manager, random io.Reader) error {
	const op = "vault.addAEAD"
	secret, id, err := randomKey(random)
	if err != nil {
		return seawall.Wrap(op, err)
	}
	params, err := aesgcm.NewParameters(aesgcm.ParametersOpts{
		KeySizeInBytes: keyBytes, IVSizeInBytes: 12, TagSizeInBytes: 16, Variant: aesgcm.VariantTink})
	if err != nil {
		return seawall.Wrap(op, err)
	}
	k, err := aesgcm.NewKey(secret, id, params)
	if err != nil {
		return seawall.Wrap(op, err)
	}
	return seawall.Wrap(op, addPrimary(m, k))
}

// freshMAC makes a keyset of one HMAC-SHA256 key for blind tokens.
func freshMAC(random io.Reader) (*keyset.Handle, error) {
	const op = "vault.freshMAC"
	secret, _, err := randomKey(random)
	if err != nil {
		return nil, seawall.Wrap(op, err)
	}
	params, err := hmac.NewParameters(hmac.ParametersOpts{
		KeySizeInBytes: keyBytes, TagSizeInBytes: 16, HashType: hmac.SHA256, Variant: hmac.VariantNoPrefix})
	if err != nil {
		return nil, seawall.Wrap(op, err)
	}
	k, err := hmac.NewKey(secret, params, 0)
	if err != nil {
		return nil, seawall.Wrap(op, err)
	}
	m := keyset.NewManager()
	if err := addPrimary(m, k); err != nil {
		return nil, seawall.Wrap(op, err)
	}
	h, err := m.Handle()
	return h, seawall.Wrap(op, err)
}

// keyBytes is the length of every key: 256 bits.
const keyBytes = 32

// randomKey draws key material and a keyset id.
func randomKey(random io.Reader) (secretdata.Bytes, uint32, error) {
	var b [keyBytes + 4]byte
	if _, err := io.ReadFull(random, b[:]); err != nil {
		return secretdata.Bytes{}, 0, &seawall.Error{Op: "vault.randomKey", Kind: seawall.Unavailable, Err: err}
	}
	id := binary.BigEndian.Uint32(b[keyBytes:]) | 1 // never the reserved 0
	return secretdata.NewBytesFromData(b[:keyBytes], insecuresecretdataaccess.Token{}), id, nil
}

func addPrimary(m *keyset.Manager, k key.Key) error {
	id, err := m.AddKey(k)
	if err != nil {
		return err
	}
	return m.SetPrimary(id)
}
