package auth

import (
	"context"
	"crypto/subtle"
	_ "embed"
	"encoding/base64"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"

	"golang.org/x/crypto/argon2"

	"github.com/seawall-city/seawall"
)

// The cost of one password check: OWASP's argon2id setting of 19 MiB, two
// passes, one lane (Password Storage Cheat Sheet).
const (
	hashMemoryKiB = 19 * 1024
	hashPasses    = 2
	hashLanes     = 1
	hashBytes     = 32
	saltBytes     = 16
)

// The bounds of a password.
const (
	minPassword = 10  // characters
	maxPassword = 128 // bytes; what is hashed must not be a way to burn time
	minDistinct = 4   // different characters
)

//go:embed badpasswords.txt
var badPasswords string

// hasher computes password hashes, a bounded number at a time: each takes
// 19 MiB and some 30 ms of a core, and anybody may ask for one.
type hasher struct {
	random io.Reader
	slots  chan struct{}
	queue  chan struct{}
	// dummy is compared against where there is no account, so that an unknown
	// login takes as long as a wrong password.
	dummy string
}

// newHasher makes a hasher with n slots and eight times as many places to wait.
func newHasher(random io.Reader, n int) (*hasher, error) {
	h := &hasher{random: random, slots: make(chan struct{}, n), queue: make(chan struct{}, 9*n)}
	dummy, err := h.hash(context.Background(), "nobody signs in with this")
	h.dummy = dummy
	return h, err
}

// enter takes a slot. Errors: Limited when too many wait already.
func (h *hasher) enter(ctx context.Context) (leave func(), err error) {
	select {
	case h.queue <- struct{}{}:
	default:
		return nil, seawall.E("auth.hash", seawall.Limited, "auth_busy")
	}
	select {
	case h.slots <- struct{}{}:
		return func() { <-h.slots; <-h.queue }, nil
	case <-ctx.Done():
		<-h.queue
		return nil, &seawall.Error{Op: "auth.hash", Kind: seawall.Unavailable, Code: "auth_busy", Err: ctx.Err()}
	}
}

// hash gives the PHC text of a password under a fresh salt.
func (h *hasher) hash(ctx context.Context, password string) (string, error) {
	leave, err := h.enter(ctx)
	if err != nil {
		return "", err
	}
	defer leave()
	salt := make([]byte, saltBytes)
	if _, err := io.ReadFull(h.random, salt); err != nil {
		return "", seawall.Wrap("auth.hash", err)
	}
	key := argon2.IDKey([]byte(password), salt, hashPasses, hashMemoryKiB, hashLanes, hashBytes)
	b64 := base64.RawStdEncoding
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, hashMemoryKiB, hashPasses, hashLanes,
		b64.EncodeToString(salt), b64.EncodeToString(key)), nil
}

// verify compares a password with a PHC text; the empty text stands for "no
// account" and never matches, after the same work.
func (h *hasher) verify(ctx context.Context, phc, password string) (bool, error) {
	leave, err := h.enter(ctx)
	if err != nil {
		return false, err
	}
	defer leave()
	known := phc != ""
	if !known {
		phc = h.dummy
	}
	var memory, passes uint32
	var lanes uint8
	parts := strings.Split(phc, "$")
	if len(parts) != 6 || parts[1] != "argon2id" {
		return false, corruptHash(fmt.Errorf("not an argon2id text"))
	}
	if _, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &memory, &passes, &lanes); err != nil {
		return false, corruptHash(err)
	}
	salt, err := base64.RawStdEncoding.DecodeString(parts[4])
	if err != nil {
		return false, corruptHash(err)
	}
	want, err := base64.RawStdEncoding.DecodeString(parts[5])
	if err != nil || len(want) == 0 || passes == 0 || lanes == 0 {
		return false, corruptHash(err)
	}
	got := argon2.IDKey([]byte(password), salt, passes, memory, lanes, uint32(len(want)))
	return subtle.ConstantTimeCompare(got, want) == 1 && known, nil
}

// corruptHash reports a stored hash that cannot be read.
func corruptHash(err error) error {
	return &seawall.Error{Op: "auth.verify", Kind: seawall.Corrupt, Err: err}
}

// checkPassword refuses a password that is too short, too long, too plain, on
// the list of common ones or made of the login.
func checkPassword(login, password string) error {
	const op = "auth.checkPassword"
	lower := strings.ToLower(password)
	distinct := map[rune]bool{}
	for _, r := range lower {
		distinct[r] = true
	}
	switch {
	case utf8.RuneCountInString(password) < minPassword:
		return seawall.E(op, seawall.Invalid, "auth_password_short", "min", strconv.Itoa(minPassword))
	case len(password) > maxPassword:
		return seawall.E(op, seawall.Invalid, "auth_password_long", "max", strconv.Itoa(maxPassword))
	case len(login) > 2 && strings.Contains(lower, login):
		return seawall.E(op, seawall.Invalid, "auth_password_login")
	case len(distinct) < minDistinct || isCommon(lower):
		return seawall.E(op, seawall.Invalid, "auth_password_common")
	}
	return nil
}

// isCommon reports whether a lower-case password is on the embedded list.
func isCommon(lower string) bool {
	for line := range strings.Lines(badPasswords) {
		if line = strings.TrimSpace(line); line != "" && line[0] != '#' && line == lower {
			return true
		}
	}
	return false
}

// oneTimeAlphabet has 31 characters that nobody mistakes for each other.
const oneTimeAlphabet = "abcdefghjkmnpqrstuvwxyz23456789"

// oneTimePassword makes a password of 79 random bits in four groups of four
// ("kx7m-…"), to be read out once and changed at the first sign-in.
func oneTimePassword(random io.Reader) (string, error) {
	const n = byte(len(oneTimeAlphabet))
	var out strings.Builder
	one := make([]byte, 1)
	for chars := 0; chars < 16; {
		if _, err := io.ReadFull(random, one); err != nil {
			return "", seawall.Wrap("auth.oneTimePassword", err)
		}
		if one[0] >= 255/n*n {
			continue // keeps every character equally likely
		}
		if chars > 0 && chars%4 == 0 {
			out.WriteByte('-')
		}
		out.WriteByte(oneTimeAlphabet[one[0]%n])
		chars++
	}
	return out.String(), nil
}
