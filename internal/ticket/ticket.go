// Package ticket makes short signed documents that a phone checks without a
// network: permits, snapshots of a gate's rules, receipts of a hand-over. A
// ticket is one line of text,
//
//	SW1.<kind>.<payload>.<signature>
//
// payload being JSON and signature ECDSA over P-256 and SHA-256 in the raw form
// r‖s (64 bytes, as WebCrypto and JOSE have it), both in base64url without
// padding. Signed are the bytes of the text before the last dot. A kind is one
// capital letter; its meaning and its payload belong to whoever issues it.
package ticket

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/big"
	"os"
	"strings"

	"github.com/seawall-city/seawall"
)

// The kinds of tickets and who issues them.
const (
	Permit   = "P" // a trip's permit
	Snapshot = "S" // what a gate needs for a shift without a network
	HandOver = "H" // a duty offered, signed by the giver's device
	Receipt  = "R" // the same taken over, signed by the receiver's
)

const (
	// version begins every ticket.
	version = "SW1"
	// half is the length of r and of s in bytes.
	half = 32
	// longest bounds a ticket that is looked at, in bytes: a snapshot with the
	// permits of a busy day is some hundred thousand.
	longest = 8 << 20
)

// Public is a public key as WebCrypto reads it: a JSON Web Key (RFC 7517).
type Public struct {
	Kty string `json:"kty"` // "EC"
	Crv string `json:"crv"` // "P-256"
	X   string `json:"x"`
	Y   string `json:"y"`
	// Kid is the beginning of the key's RFC 7638 thumbprint.
	Kid string `json:"kid,omitempty"`
}

// Key signs tickets.
type Key struct {
	private *ecdsa.PrivateKey
	public  Public
}

// NewKey draws a key. Errors: of the source.
func NewKey(random io.Reader) (*Key, error) {
	private, err := ecdsa.GenerateKey(elliptic.P256(), random)
	if err != nil {
		return nil, &seawall.Error{Op: "ticket.NewKey", Err: err}
	}
	return withPublic(private)
}

// LoadOrCreateKey reads the key in the file at path, or draws one and keeps it
// there. Errors: Corrupt for a file that holds none, Unavailable.
func LoadOrCreateKey(path string, random io.Reader) (*Key, error) {
	const op = "ticket.LoadOrCreateKey"
	b, err := os.ReadFile(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		k, err := NewKey(random)
		if err != nil {
			return nil, err
		}
		raw, err := k.private.Bytes()
		if err == nil {
			err = os.WriteFile(path, []byte(hex.EncodeToString(raw)+"\n"), 0o600)
		}
		if err != nil {
			return nil, &seawall.Error{Op: op, Kind: seawall.Unavailable, Code: "key_unreadable", Args: map[string]string{"path": path}, Err: err}
		}
		return k, nil
	case err != nil:
		return nil, &seawall.Error{Op: op, Kind: seawall.Unavailable, Code: "key_unreadable", Args: map[string]string{"path": path}, Err: err}
	}
	raw, err := hex.DecodeString(strings.TrimSpace(string(b)))
	if err == nil {
		var private *ecdsa.PrivateKey
		if private, err = ecdsa.ParseRawPrivateKey(elliptic.P256(), raw); err == nil {
			return withPublic(private)
		}
	}
	return nil, &seawall.Error{Op: op, Kind: seawall.Corrupt, Code: "key_unreadable", Args: map[string]string{"path": path}, Err: err}
}

// withPublic writes the public half down as it is published.
func withPublic(private *ecdsa.PrivateKey) (*Key, error) {
	point, err := private.PublicKey.Bytes() // 4, x, y
	if err != nil {
		return nil, &seawall.Error{Op: "ticket.withPublic", Err: err}
	}
	p := Public{Kty: "EC", Crv: "P-256", X: text(point[1 : 1+half]), Y: text(point[1+half:])}
	sum := sha256.Sum256([]byte(`{"crv":"P-256","kty":"EC","x":"` + p.X + `","y":"` + p.Y + `"}`))
	p.Kid = text(sum[:9])
	return &Key{private: private, public: p}, nil
}

// Public gives the public half.
func (k *Key) Public() Public { return k.public }

// Sign makes a ticket of a kind. The signature follows from key and payload
// alone (RFC 6979): the same document is the same text.
func (k *Key) Sign(kind string, payload any) (string, error) {
	const op = "ticket.Sign"
	if !isKind(kind) {
		return "", &seawall.Error{Op: op, Err: fmt.Errorf("a ticket of kind %q", kind)}
	}
	b, err := json.Marshal(payload)
	if err != nil {
		return "", &seawall.Error{Op: op, Err: err}
	}
	head := version + "." + kind + "." + text(b)
	r, s, err := k.sign(head)
	if err != nil {
		return "", &seawall.Error{Op: op, Err: err}
	}
	raw := make([]byte, 2*half)
	r.FillBytes(raw[:half])
	s.FillBytes(raw[half:])
	return head + "." + text(raw), nil
}

func (k *Key) sign(head string) (r, s *big.Int, err error) {
	sum := sha256.Sum256([]byte(head))
	der, err := k.private.Sign(nil, sum[:], hash{})
	if err != nil {
		return nil, nil, err
	}
	return integers(der)
}

// Open checks a ticket and reads its payload into what into points to. Errors:
// Invalid "ticket_unreadable" for what is no ticket, "ticket_kind" for one of
// another kind, Denied "ticket_forged" where the signature is not this key's.
func (p Public) Open(ticket, kind string, into any) error {
	const op = "ticket.Open"
	unreadable := func(err error) error {
		return &seawall.Error{Op: op, Kind: seawall.Invalid, Code: "ticket_unreadable", Err: err}
	}
	ticket = strings.TrimSpace(ticket)
	parts := strings.Split(ticket, ".")
	if len(ticket) > longest || len(parts) != 4 || parts[0] != version || !isKind(parts[1]) {
		return unreadable(errors.New("not of the form SW1.kind.payload.signature"))
	}
	if parts[1] != kind {
		return seawall.E(op, seawall.Invalid, "ticket_kind", "kind", parts[1], "want", kind)
	}
	payload, err := base64.RawURLEncoding.Strict().DecodeString(parts[2])
	if err != nil {
		return unreadable(err)
	}
	sig, err := base64.RawURLEncoding.Strict().DecodeString(parts[3])
	if err != nil {
		return unreadable(err)
	}
	key, err := p.key()
	if err != nil {
		return err
	}
	sum := sha256.Sum256([]byte(ticket[:len(ticket)-len(parts[3])-1]))
	if len(sig) != 2*half || !ecdsa.Verify(key, sum[:], new(big.Int).SetBytes(sig[:half]), new(big.Int).SetBytes(sig[half:])) {
		return seawall.E(op, seawall.Denied, "ticket_forged")
	}
	if err := json.Unmarshal(payload, into); err != nil {
		return unreadable(err)
	}
	return nil
}

// key reads the point. Errors: Invalid "ticket_key" for what is no P-256 key.
func (p Public) key() (*ecdsa.PublicKey, error) {
	x, errX := base64.RawURLEncoding.DecodeString(p.X)
	y, errY := base64.RawURLEncoding.DecodeString(p.Y)
	if err := errors.Join(errX, errY); err != nil || p.Kty != "EC" || p.Crv != "P-256" || len(x) != half || len(y) != half {
		return nil, &seawall.Error{Op: "ticket.key", Kind: seawall.Invalid, Code: "ticket_key", Err: err}
	}
	key, err := ecdsa.ParseUncompressedPublicKey(elliptic.P256(), append(append([]byte{4}, x...), y...))
	if err != nil {
		return nil, &seawall.Error{Op: "ticket.key", Kind: seawall.Invalid, Code: "ticket_key", Err: err}
	}
	return key, nil
}

// Check says whether a key can be used. Errors: Invalid "ticket_key".
func (p Public) Check() error {
	_, err := p.key()
	return err
}

// text writes bytes as they stand in tickets and keys.
func text(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }

// isKind reports one capital letter.
func isKind(s string) bool { return len(s) == 1 && s[0] >= 'A' && s[0] <= 'Z' }
