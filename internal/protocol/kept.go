package protocol

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"time"

	"github.com/seawall-city/seawall"
)

// Kept is the text of a protocol as an office has worked with it. The content is
// its identity: another text has another Ref, whatever the file is called.
type Kept struct {
	// Ref is the "id@version" that loops keep; Version is the beginning of Hash.
	Ref     string `json:"ref"`
	ID      string `json:"id"`
	Version string `json:"version"`
	// Hash is the SHA-256 of Text, in hex.
	Hash string    `json:"hash"`
	File string    `json:"file"`
	Text string    `json:"text"`
	At   time.Time `json:"at"`
}

// Use counts the open loops that run under one text.
type Use struct {
	Ref  string `json:"ref"`
	Open int    `json:"open"`
}

// Keeper keeps the texts of protocols for as long as the records are kept. A text
// is written once and never changed; its row goes with the next event.
type Keeper interface {
	SaveProtocol(ctx context.Context, tx seawall.Tx, k Kept) error
	// Protocol gives one text by its Ref. Errors: NotFound.
	Protocol(ctx context.Context, tx seawall.Tx, ref string) (Kept, error)
	// ProtocolRefs names the texts that are kept, of one protocol or with "" of all,
	// in the order in which they came into use.
	ProtocolRefs(ctx context.Context, tx seawall.Tx, id string) ([]string, error)
	// ProtocolUse counts the open loops by their text.
	ProtocolUse(ctx context.Context, tx seawall.Tx) ([]Use, error)
}

// Text gives the text of a protocol of the set, to be kept.
func (s *Set) Text(id string) (Kept, bool) {
	f, ok := s.byID[id]
	if !ok {
		return Kept{}, false
	}
	return Kept{Ref: f.built.Ref(), ID: id, Version: f.built.Version, Hash: hashOf(f.Src), File: f.Name, Text: string(f.Src)}, true
}

// Read gives the protocol of a text that was kept. What today's rules for files
// have against it keeps nobody from ending the duties that were opened under it;
// a condition that cannot be asked any more does. Errors: Corrupt where the text is
// not the one that was kept; Invalid where it cannot be read.
func (s *Set) Read(k Kept) (*Protocol, error) {
	const op = "protocol.Read"
	f := parse(k.File, []byte(k.Text))
	if hashOf(f.Src) != k.Hash || !strings.HasPrefix(k.Hash, k.Version) {
		return nil, seawall.E(op, seawall.Corrupt, "protocol_text_altered", "ref", k.Ref)
	}
	if f.Wrong() {
		return nil, seawall.E(op, seawall.Invalid, "protocol_text_unreadable", "ref", k.Ref)
	}
	f.check(Known{}, s.env)
	for _, p := range f.Problems {
		if !p.Warning && strings.HasSuffix(p.Path, "when") {
			return nil, seawall.E(op, seawall.Invalid, "protocol_text_unreadable", "ref", k.Ref)
		}
	}
	return f.built, nil
}

// hashOf gives the SHA-256 of a text in hex.
func hashOf(src []byte) string {
	sum := sha256.Sum256(src)
	return hex.EncodeToString(sum[:])
}
