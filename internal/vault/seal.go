package vault

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"io"
	"sync/atomic"

	"github.com/tink-crypto/tink-go/v2/aead"
	"github.com/tink-crypto/tink-go/v2/aead/subtle"
	"github.com/tink-crypto/tink-go/v2/keyset"
	"github.com/tink-crypto/tink-go/v2/mac"
	"github.com/tink-crypto/tink-go/v2/tink"

	"github.com/seawall-city/seawall"
)

// The names of the two keysets in the vault's database. They are apart so that
// who can compute tokens cannot therefore decrypt, and the reverse.
const (
	dataKeyset  = "data"
	blindKeyset = "blind"
)

// sealer encrypts identities in an envelope of three layers: the root key wraps
// the data keyset, the data keyset wraps a key of each person's own, and that
// key seals the identity. Deleting the wrapped person key forgets the person.
type sealer struct {
	keys   *Keys
	store  Store
	random io.Reader
	// data is replaced as a whole when the keyset is rotated here or elsewhere.
	data  atomic.Pointer[dataKeys]
	blind tink.MAC
}

// dataKeys is one version of the data keyset.
type dataKeys struct {
	handle  *keyset.Handle
	aead    tink.AEAD
	version int
}

// openSealer loads both keysets, making them at the first start.
func openSealer(ctx context.Context, store Store, keys *Keys, random io.Reader) (*sealer, error) {
	const op = "vault.openSealer"
	s := &sealer{keys: keys, store: store, random: random}
	h, _, err := s.loadOrMake(ctx, blindKeyset, freshMAC)
	if err != nil {
		return nil, seawall.Wrap(op, err)
	}
	if s.blind, err = mac.New(h); err != nil {
		return nil, &seawall.Error{Op: op, Kind: seawall.Corrupt, Code: "vault_key_corrupt", Err: err}
	}
	h, v, err := s.loadOrMake(ctx, dataKeyset, freshAEAD)
	if err != nil {
		return nil, seawall.Wrap(op, err)
	}
	return s, seawall.Wrap(op, s.setData(h, v))
}

func (s *sealer) setData(h *keyset.Handle, version int) error {
	a, err := aead.New(h)
	if err != nil {
		return &seawall.Error{Op: "vault.setData", Kind: seawall.Corrupt, Code: "vault_key_corrupt", Err: err}
	}
	s.data.Store(&dataKeys{handle: h, aead: a, version: version})
	return nil
}

// loadOrMake reads a keyset from the store; where there is none it files a
// fresh one, and where another node was quicker, takes that one's.
func (s *sealer) loadOrMake(ctx context.Context, name string, fresh func(io.Reader) (*keyset.Handle, error)) (*keyset.Handle, int, error) {
	h, v, err := s.load(ctx, name)
	if err != nil || h != nil {
		return h, v, err
	}
	if h, err = fresh(s.random); err != nil {
		return nil, 0, err
	}
	if err := s.save(ctx, name, h, 1); err != nil && !seawall.Is(err, seawall.Conflict) {
		return nil, 0, err
	}
	return s.load(ctx, name)
}

func (s *sealer) load(ctx context.Context, name string) (*keyset.Handle, int, error) {
	wrapped, version, err := s.store.Keyset(ctx, name)
	if err != nil || version == 0 {
		return nil, 0, err
	}
	h, err := keyset.ReadWithAssociatedData(keyset.NewBinaryReader(bytes.NewReader(wrapped)), s.keys.root, keysetAD(name))
	if err != nil {
		// The usual cause: the databases were restored beside another root key.
		return nil, 0, &seawall.Error{Op: "vault.load", Kind: seawall.Corrupt, Code: "vault_key_mismatch", Err: err}
	}
	return h, version, nil
}

func (s *sealer) save(ctx context.Context, name string, h *keyset.Handle, version int) error {
	var b bytes.Buffer
	if err := h.WriteWithAssociatedData(keyset.NewBinaryWriter(&b), s.keys.root, keysetAD(name)); err != nil {
		return &seawall.Error{Op: "vault.save", Err: err}
	}
	return s.store.SaveKeyset(ctx, name, b.Bytes(), version)
}

// rotate adds a data key that wraps from now on; the older stay for reading.
func (s *sealer) rotate(ctx context.Context) error {
	const op = "vault.rotate"
	h, v, err := s.load(ctx, dataKeyset)
	if err != nil {
		return seawall.Wrap(op, err)
	}
	m := keyset.NewManagerFromHandle(h)
	if err := addAEAD(m, s.random); err != nil {
		return seawall.Wrap(op, err)
	}
	if h, err = m.Handle(); err != nil {
		return &seawall.Error{Op: op, Err: err}
	}
	if err := s.save(ctx, dataKeyset, h, v+1); err != nil {
		return seawall.Wrap(op, err)
	}
	return s.setData(h, v+1)
}

// The associated data ties a ciphertext to its place as table/row/column: moved
// to another row, it does not open.
func keysetAD(name string) []byte { return []byte("vault_keyset/" + name + "/wrapped") }
func personAD(no seawall.PersonNo, col string) []byte {
	return []byte("vault_person/" + string(no) + "/" + col)
}

// seal encrypts an identity under a key of its own.
func (s *sealer) seal(no seawall.PersonNo, id Identity) (wrapped, sealed []byte, err error) {
	const op = "vault.seal"
	plain, err := json.Marshal(id)
	if err != nil {
		return nil, nil, &seawall.Error{Op: op, Err: err}
	}
	own := make([]byte, keyBytes)
	if _, err := io.ReadFull(s.random, own); err != nil {
		return nil, nil, &seawall.Error{Op: op, Kind: seawall.Unavailable, Err: err}
	}
	if wrapped, err = s.data.Load().aead.Encrypt(own, personAD(no, "key")); err != nil {
		return nil, nil, &seawall.Error{Op: op, Err: err}
	}
	box, err := subtle.NewAESGCM(own)
	if err != nil {
		return nil, nil, &seawall.Error{Op: op, Err: err}
	}
	if sealed, err = box.Encrypt(plain, personAD(no, "sealed")); err != nil {
		return nil, nil, &seawall.Error{Op: op, Err: err}
	}
	return wrapped, sealed, nil
}

// open decrypts a record's identity. Errors: Corrupt.
func (s *sealer) open(ctx context.Context, r Record) (Identity, error) {
	const op = "vault.open"
	own, err := s.unwrap(ctx, r.Key, personAD(r.No, "key"))
	if err != nil {
		return Identity{}, seawall.Wrap(op, err)
	}
	box, err := subtle.NewAESGCM(own)
	if err != nil {
		return Identity{}, &seawall.Error{Op: op, Kind: seawall.Corrupt, Code: "vault_record_corrupt", Err: err}
	}
	plain, err := box.Decrypt(r.Sealed, personAD(r.No, "sealed"))
	if err != nil {
		return Identity{}, &seawall.Error{Op: op, Kind: seawall.Corrupt, Code: "vault_record_corrupt", Err: err}
	}
	var id Identity
	if err := json.Unmarshal(plain, &id); err != nil {
		return Identity{}, &seawall.Error{Op: op, Kind: seawall.Corrupt, Code: "vault_record_corrupt", Err: err}
	}
	return id, nil
}

// unwrap decrypts what the data keyset sealed; a key that another node has
// rotated to is fetched when something first needs it. Errors: Corrupt.
func (s *sealer) unwrap(ctx context.Context, wrapped, ad []byte) ([]byte, error) {
	d := s.data.Load()
	plain, err := d.aead.Decrypt(wrapped, ad)
	if err == nil {
		return plain, nil
	}
	h, v, lerr := s.load(ctx, dataKeyset)
	if lerr != nil {
		return nil, lerr
	}
	if v > d.version {
		if serr := s.setData(h, v); serr != nil {
			return nil, serr
		}
		plain, err = s.data.Load().aead.Decrypt(wrapped, ad)
	}
	if err != nil {
		return nil, &seawall.Error{Op: "vault.unwrap", Kind: seawall.Corrupt, Code: "vault_record_corrupt", Err: err}
	}
	return plain, nil
}

// token gives the blind token of a value in its kind: the first 64 bits of a
// keyed hash, short on purpose. Among 60 million tokens two different values
// meet with probability 1e-4, and every hit is compared in plain anyway.
func (s *sealer) token(kind tokenKind, value string) (int64, error) {
	tag, err := s.blind.ComputeMAC(append([]byte{byte(kind), 0}, value...))
	if err != nil {
		return 0, &seawall.Error{Op: "vault.token", Err: err}
	}
	return int64(binary.BigEndian.Uint64(tag)), nil
}
