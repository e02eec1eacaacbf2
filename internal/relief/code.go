package relief

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"strings"
)

// alphabet is Crockford's base 32: no I, L, O and U, so that a code survives a
// telephone and a pencil.
const alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

// codeLength is the number of characters of a code, 5 bits each: 80 bits, which
// nobody finds by trying.
const codeLength = 16

// Code gives the code under which a person reads what they filed: a letter for
// the kind and sixteen characters, "A-7K3M-9QX2-…". It follows from the instance's
// key and the request that the caller minted, so that the same request sent twice
// (a network that died before the answer) gets the same code, and nothing but its
// hash is kept.
func Code(key []byte, letter, request string) string {
	sum := mac(key, "seawall code 1 "+letter, request)
	var b strings.Builder
	b.WriteString(letter)
	for i := range codeLength {
		if i%4 == 0 {
			b.WriteByte('-')
		}
		b.WriteByte(alphabet[sum[i]&31])
	}
	return b.String()
}

// Secret gives the hash under which a code is kept. Upper and lower case, spaces
// and hyphens do not matter; the letters that look like digits count as them.
func Secret(key []byte, code string) string {
	sum := mac(key, "seawall code hash 1", Plain(code))
	return hex.EncodeToString(sum[:16])
}

// Plain is a code as it is compared: capitals and digits only.
func Plain(code string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == 'O':
			return '0'
		case r == 'I' || r == 'L':
			return '1'
		case r >= '0' && r <= '9' || r >= 'A' && r <= 'Z':
			return r
		}
		return -1
	}, strings.ToUpper(code))
}

func mac(key []byte, use, text string) [sha256.Size]byte {
	h := hmac.New(sha256.New, key)
	h.Write([]byte(use + "\x00" + text))
	return [sha256.Size]byte(h.Sum(nil))
}
