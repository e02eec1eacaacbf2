package ticket

import (
	"crypto"
	"encoding/asn1"
	"math/big"
)

// hash names SHA-256 to the standard library's signer.
type hash struct{}

// HashFunc gives SHA-256.
func (hash) HashFunc() crypto.Hash { return crypto.SHA256 }

// integers takes r and s out of the form in which the standard library signs
// (RFC 3279: an ASN.1 sequence of two integers).
func integers(der []byte) (r, s *big.Int, err error) {
	var both struct{ R, S *big.Int }
	if _, err := asn1.Unmarshal(der, &both); err != nil {
		return nil, nil, err
	}
	return both.R, both.S, nil
}
