package device

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"strings"

	"github.com/seawall-city/seawall"
)

// alphabet is Crockford's base 32: no I, L, O and U, so that a code survives a
// pencil.
const alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

// codeLength is the number of characters of a paper's code without its last one,
// which checks the others: 45 bits, enough that a hundred thousand papers share
// none. The code finds a paper and gives no right: who keys it in is signed in.
const codeLength = 9

// PaperCode gives the code of a step's paper form: "7K3M9-QX2A4". It follows from
// the instance's key, so that the same step printed again has the same code; turn
// counts up where two steps would share one.
func PaperCode(key []byte, step seawall.StepID, turn int) string {
	sum := mac(key, "seawall paper 1", string(step)+"\x00"+string(rune('0'+turn)))
	var b strings.Builder
	for i := range codeLength {
		b.WriteByte(alphabet[sum[i]&31])
	}
	code := b.String() + string(alphabet[check(b.String())])
	return code[:5] + "-" + code[5:]
}

// check gives the number of the last character: with odd weights every single
// wrong character shows.
func check(code string) int {
	sum := 0
	for i, r := range code {
		sum += strings.IndexRune(alphabet, r) * (2*i + 1)
	}
	return sum % 32
}

// PaperID gives the hash under which a paper is kept, from its code as somebody
// typed it. ok is false where it cannot be a code: a character is wrong or missing.
func PaperID(key []byte, code string) (id string, ok bool) {
	plain := strings.Map(func(r rune) rune {
		switch {
		case r == 'O':
			return '0'
		case r == 'I' || r == 'L':
			return '1'
		case strings.ContainsRune(alphabet, r):
			return r
		case r == '-' || r == ' ' || r == '－' || r == '　':
			return -1
		}
		return '?'
	}, strings.ToUpper(code))
	if len(plain) != codeLength+1 || strings.Contains(plain, "?") || rune(plain[codeLength]) != rune(alphabet[check(plain[:codeLength])]) {
		return "", false
	}
	sum := mac(key, "seawall paper hash 1", plain)
	return hex.EncodeToString(sum[:16]), true
}

func mac(key []byte, use, text string) [sha256.Size]byte {
	h := hmac.New(sha256.New, key)
	h.Write([]byte(use + "\x00" + text))
	return [sha256.Size]byte(h.Sum(nil))
}
