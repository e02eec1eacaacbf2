package vault

import (
	"context"
	"encoding/base64"

	"github.com/seawall-city/seawall"
)

// Coffer keeps what holds identities without being one: a file on its way in,
// and the print of a row by which a second telling is recognised.
type Coffer interface {
	// SealBytes encrypts content under the vault's data key, tied to a name;
	// OpenBytes gives it back under the same name. Errors: Corrupt.
	SealBytes(ctx context.Context, name string, plain []byte) ([]byte, error)
	OpenBytes(ctx context.Context, name string, sealed []byte) ([]byte, error)
	// Prints gives a keyed hash of each text. Equal texts have equal prints;
	// without the vault's key nobody can test a guess against one.
	Prints(ctx context.Context, texts []string) ([]string, error)
}

var _ Coffer = (*Service)(nil)

// printPrefix keeps prints apart from the blind tokens under the same key.
const printPrefix = "print\x00"

func cofferAD(name string) []byte { return []byte("vault_coffer/" + name) }

// SealBytes encrypts content; see Coffer.
func (s *Service) SealBytes(_ context.Context, name string, plain []byte) ([]byte, error) {
	sealed, err := s.sealer.data.Load().aead.Encrypt(plain, cofferAD(name))
	if err != nil {
		return nil, &seawall.Error{Op: "vault.SealBytes", Err: err}
	}
	return sealed, nil
}

// OpenBytes decrypts content; see Coffer.
func (s *Service) OpenBytes(ctx context.Context, name string, sealed []byte) ([]byte, error) {
	plain, err := s.sealer.unwrap(ctx, sealed, cofferAD(name))
	return plain, seawall.Wrap("vault.OpenBytes", err)
}

// Prints gives keyed hashes; see Coffer.
func (s *Service) Prints(_ context.Context, texts []string) ([]string, error) {
	out := make([]string, len(texts))
	for i, t := range texts {
		tag, err := s.sealer.blind.ComputeMAC([]byte(printPrefix + t))
		if err != nil {
			return nil, &seawall.Error{Op: "vault.Prints", Err: err}
		}
		out[i] = base64.RawURLEncoding.EncodeToString(tag)
	}
	return out, nil
}
