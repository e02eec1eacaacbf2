package ledger

import (
	"crypto/aes"
	"crypto/cipher"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/seawall-city/seawall"
)

// keySize is the length of every AES-256 key, in bytes.
const keySize = 32

// GroupLog is the group of the entries that are never forgotten: tombstones.
const GroupLog = "log"

// TypeForgotten is the type of a tombstone event: its Data name the group and
// the identifiers of the keys that were shredded.
const TypeForgotten = "log.forgotten"

// GroupOf gives the group of events whose payload is forgotten together: those
// that carry one person's data ("person/<no>"), else those of one UTC day
// ("day/2022-03-28"); tombstones belong to GroupLog.
func GroupOf(ev Event) string {
	switch {
	case ev.Type == TypeForgotten:
		return GroupLog
	case ev.Person != "":
		return "person/" + string(ev.Person)
	}
	return "day/" + ev.At.UTC().Format(time.DateOnly)
}

// RootKey wraps the keys of the groups. It lies in the keys directory, never in
// the database, so a copy of the database alone opens nothing.
type RootKey struct{ aead cipher.AEAD }

// LoadOrCreateRootKey reads "log-root.key" of the keys directory or makes it
// from rand. Errors: Corrupt for a file that holds no key.
func LoadOrCreateRootKey(dir string, rand io.Reader) (*RootKey, error) {
	const op = "ledger.LoadOrCreateRootKey"
	path := filepath.Join(dir, "log-root.key")
	b, err := loadOrCreate(path, func() ([]byte, error) {
		key := make([]byte, keySize)
		if _, err := io.ReadFull(rand, key); err != nil {
			return nil, err
		}
		return []byte(hex.EncodeToString(key) + "\n"), nil
	})
	if err != nil {
		return nil, seawall.Wrap(op, err)
	}
	key, err := hex.DecodeString(strings.TrimSpace(string(b)))
	if err != nil || len(key) != keySize {
		return nil, &seawall.Error{Op: op, Kind: seawall.Corrupt, Code: "log_key_unreadable",
			Args: map[string]string{"file": path}, Err: errors.New("expected 64 hexadecimal digits")}
	}
	return &RootKey{aead: gcm(key)}, nil
}

// loadOrCreate reads a secret file, or writes what fresh gives so that of two
// processes starting at once only one wins and both read the same.
func loadOrCreate(path string, fresh func() ([]byte, error)) ([]byte, error) {
	b, err := os.ReadFile(path)
	if err == nil || !errors.Is(err, fs.ErrNotExist) {
		return b, keyFile(path, err)
	}
	if b, err = fresh(); err != nil {
		return nil, keyFile(path, err)
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, keyFile(path, err)
	}
	tmp, err := os.CreateTemp(filepath.Dir(path), "new-key-*")
	if err != nil {
		return nil, keyFile(path, err)
	}
	defer os.Remove(tmp.Name())
	if err = errors.Join(writeSynced(tmp, b), tmp.Close()); err == nil {
		err = os.Link(tmp.Name(), path)
	}
	if errors.Is(err, fs.ErrExist) {
		b, err = os.ReadFile(path)
	}
	return b, keyFile(path, err)
}

func writeSynced(f *os.File, b []byte) error {
	if _, err := f.Write(b); err != nil {
		return err
	}
	return f.Sync()
}

func keyFile(path string, err error) error {
	if err == nil {
		return nil
	}
	return &seawall.Error{Op: "ledger.keyFile", Kind: seawall.Unavailable, Code: "log_key_file",
		Args: map[string]string{"file": path}, Err: err}
}

// GroupKey seals the payloads of one group of events.
type GroupKey struct {
	// ID names the key; the sealed event points to it.
	ID   string
	aead cipher.AEAD
}

// NewGroupKey makes a key for a group and its wrapped form for the database.
func (r *RootKey) NewGroupKey(id, group string, rand io.Reader) (GroupKey, []byte, error) {
	key := make([]byte, keySize)
	if _, err := io.ReadFull(rand, key); err != nil {
		return GroupKey{}, nil, &seawall.Error{Op: "ledger.NewGroupKey", Err: err}
	}
	wrapped, err := seal(r.aead, rand, key, "key/"+id+"/"+group)
	if err != nil {
		return GroupKey{}, nil, &seawall.Error{Op: "ledger.NewGroupKey", Err: err}
	}
	return GroupKey{ID: id, aead: gcm(key)}, wrapped, nil
}

// Unwrap opens a key from the database. Errors: Corrupt for another root key or
// a row moved to another group.
func (r *RootKey) Unwrap(id, group string, wrapped []byte) (GroupKey, error) {
	key, err := open(r.aead, wrapped, "key/"+id+"/"+group)
	if err != nil {
		return GroupKey{}, &seawall.Error{Op: "ledger.Unwrap", Kind: seawall.Corrupt, Code: "log_key_foreign", Err: err}
	}
	return GroupKey{ID: id, aead: gcm(key)}, nil
}

// Seal gives salt and canonical bytes of an event in the form that is stored:
// nonce, then AES-256-GCM over salt || canonical bound to the event's ID. The
// salt is sealed too, or it would help to guess what was forgotten.
func (k GroupKey) Seal(id seawall.EventID, rand io.Reader, salt, canonical []byte) ([]byte, error) {
	plain := make([]byte, 0, len(salt)+len(canonical))
	plain = append(append(plain, salt...), canonical...)
	b, err := seal(k.aead, rand, plain, "event/"+string(id))
	if err != nil {
		return nil, &seawall.Error{Op: "ledger.Seal", Err: err}
	}
	return b, nil
}

// Open gives back salt and canonical bytes. Errors: Corrupt.
func (k GroupKey) Open(id seawall.EventID, sealed []byte) (salt, canonical []byte, err error) {
	plain, err := open(k.aead, sealed, "event/"+string(id))
	if err == nil && len(plain) < SaltSize {
		err = io.ErrUnexpectedEOF
	}
	if err != nil {
		return nil, nil, &seawall.Error{Op: "ledger.Open", Kind: seawall.Corrupt, Code: "log_payload_unreadable",
			Args: map[string]string{"id": string(id)}, Err: err}
	}
	return plain[:SaltSize], plain[SaltSize:], nil
}

// gcm makes the cipher of a key of keySize bytes; with that size it cannot fail.
func gcm(key []byte) cipher.AEAD {
	block, err := aes.NewCipher(key)
	if err != nil {
		panic(err)
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		panic(err)
	}
	return aead
}

func seal(aead cipher.AEAD, rand io.Reader, plain []byte, about string) ([]byte, error) {
	out := make([]byte, aead.NonceSize(), aead.NonceSize()+len(plain)+aead.Overhead())
	if _, err := io.ReadFull(rand, out); err != nil {
		return nil, err
	}
	return aead.Seal(out, out, plain, []byte(about)), nil
}

func open(aead cipher.AEAD, sealed []byte, about string) ([]byte, error) {
	n := aead.NonceSize()
	if len(sealed) < n {
		return nil, io.ErrUnexpectedEOF
	}
	return aead.Open(nil, sealed[:n], sealed[n:], []byte(about))
}
