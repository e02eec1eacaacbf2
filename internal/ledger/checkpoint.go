package ledger

import (
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"github.com/seawall-city/seawall"
)

// Origin gives the origin line of an instance's checkpoints; it is also the
// name of its key.
func Origin(instance string) string { return "seawall.city/" + instance }

// Signer signs the checkpoints of one log (Ed25519, signed-note format).
type Signer struct {
	signer note.Signer
	key    string
}

// Key gives the public verifier key ("seawall.city/yancheng+…"), to be handed to
// whoever checks the log.
func (s *Signer) Key() string { return s.key }

// LoadOrCreateSigner reads "log-sign.key" of the keys directory, or makes a key
// for the origin from rand; the public half is laid beside it as
// "log-sign.pub". Errors: Corrupt for a broken file or one of another origin.
func LoadOrCreateSigner(dir, origin string, rand io.Reader) (*Signer, error) {
	const op = "ledger.LoadOrCreateSigner"
	path := filepath.Join(dir, "log-sign.key")
	b, err := loadOrCreate(path, func() ([]byte, error) {
		secret, public, err := note.GenerateKey(rand, origin)
		return []byte(secret + "\n" + public + "\n"), err
	})
	if err != nil {
		return nil, seawall.Wrap(op, err)
	}
	secret, public, _ := strings.Cut(strings.TrimSpace(string(b)), "\n")
	signer, err := note.NewSigner(secret)
	if err == nil && signer.Name() != origin {
		err = fmt.Errorf("the key belongs to %q, not to %q", signer.Name(), origin)
	}
	if err == nil {
		_, err = note.NewVerifier(public)
	}
	if err != nil {
		return nil, &seawall.Error{Op: op, Kind: seawall.Corrupt, Code: "log_key_unreadable",
			Args: map[string]string{"file": path}, Err: err}
	}
	pub := filepath.Join(dir, "log-sign.pub")
	if have, err := os.ReadFile(pub); err != nil || string(have) != public+"\n" {
		if err := os.WriteFile(pub, []byte(public+"\n"), 0o644); err != nil {
			return nil, keyFile(pub, err)
		}
	}
	return &Signer{signer: signer, key: public}, nil
}

// Checkpoint is a signed statement: the log had this size and this root.
type Checkpoint struct {
	Origin string `json:"origin"`
	Size   int64  `json:"size"`
	Root   Hash   `json:"root"`
	// Note is the signed text as published.
	Note string `json:"note"`
}

// sign makes the checkpoint of a tree (C2SP tlog-checkpoint: origin, size, root
// in base64, each on a line, then the signature).
func (s *Signer) sign(size int64, root Hash) (Checkpoint, error) {
	c := Checkpoint{Origin: s.signer.Name(), Size: size, Root: root}
	text := fmt.Sprintf("%s\n%d\n%s\n", c.Origin, size, base64.StdEncoding.EncodeToString(root[:]))
	signed, err := note.Sign(&note.Note{Text: text}, s.signer)
	if err != nil {
		return Checkpoint{}, &seawall.Error{Op: "ledger.sign", Err: err}
	}
	c.Note = string(signed)
	return c, nil
}

// OpenCheckpoint checks the signature of a published checkpoint against a
// verifier key and reads it. Errors: Corrupt.
func OpenCheckpoint(signed, key string) (Checkpoint, error) {
	c, err := openCheckpoint(signed, key)
	if err != nil {
		return Checkpoint{}, &seawall.Error{Op: "ledger.OpenCheckpoint", Kind: seawall.Corrupt, Code: "log_checkpoint_invalid", Err: err}
	}
	return c, nil
}

func openCheckpoint(signed, key string) (Checkpoint, error) {
	verifier, err := note.NewVerifier(strings.TrimSpace(key))
	if err != nil {
		return Checkpoint{}, err
	}
	n, err := note.Open([]byte(signed), note.VerifierList(verifier))
	if err != nil {
		return Checkpoint{}, err
	}
	lines := strings.Split(n.Text, "\n")
	if len(lines) < 4 {
		return Checkpoint{}, errors.New("a checkpoint has three lines")
	}
	if lines[0] != verifier.Name() {
		return Checkpoint{}, fmt.Errorf("origin %q does not match key %q", lines[0], verifier.Name())
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil || size < 0 || strconv.FormatInt(size, 10) != lines[1] {
		return Checkpoint{}, fmt.Errorf("size %q is not a number", lines[1])
	}
	root, err := tlog.ParseHash(lines[2])
	if err != nil {
		return Checkpoint{}, err
	}
	return Checkpoint{Origin: lines[0], Size: size, Root: root, Note: signed}, nil
}
