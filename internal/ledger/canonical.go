package ledger

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/seawall-city/seawall"
)

// SaltSize is the length of the random salt hashed with each event, in bytes.
// It keeps outsiders from guessing an event and finding its leaf.
const SaltSize = 32

// Hash is a SHA-256 hash: an entry, a leaf or an inner node of the tree.
type Hash = tlog.Hash

// Canonical gives the bytes of an event that are hashed and stored: JSON without
// space outside strings, the members of every object sorted by the bytes of
// their names, instants in UTC microseconds. Seq and Forgotten are left out:
// they are not part of what happened.
func Canonical(ev Event) ([]byte, error) {
	ev.Seq, ev.Forgotten = 0, false
	ev.At = ev.At.UTC().Truncate(time.Microsecond)
	raw, err := json.Marshal(ev)
	if err != nil {
		return nil, &seawall.Error{Op: "ledger.Canonical", Err: err}
	}
	return sortCompact(raw) // Marshal leaves no space
}

// Decode reads the bytes of Canonical. Errors: Corrupt.
func Decode(canonical []byte) (Event, error) {
	var ev Event
	if err := json.Unmarshal(canonical, &ev); err != nil {
		return Event{}, &seawall.Error{Op: "ledger.Decode", Kind: seawall.Corrupt, Code: "log_payload_unreadable",
			Args: map[string]string{"id": string(ev.ID)}, Err: err}
	}
	return ev, nil
}

// Entry gives what the log publishes of an event: SHA-256 over salt and
// canonical bytes.
func Entry(salt, canonical []byte) Hash {
	h := sha256.New()
	h.Write(salt)
	h.Write(canonical)
	return Hash(h.Sum(nil))
}

// Leaf gives the Merkle leaf of an entry (RFC 6962: SHA-256 over 0x00 || entry).
func Leaf(entry Hash) Hash { return tlog.RecordHash(entry[:]) }

// SortKeys rewrites JSON so that the members of every object stand in the order
// of their names and no space is left outside strings. Numbers and strings stay
// as they are written. Errors: Corrupt for text that is not JSON.
func SortKeys(raw []byte) ([]byte, error) {
	var compact bytes.Buffer
	if err := json.Compact(&compact, raw); err != nil {
		return nil, &seawall.Error{Op: "ledger.SortKeys", Kind: seawall.Corrupt, Err: err}
	}
	return sortCompact(compact.Bytes())
}

// sortCompact is SortKeys for JSON that has no space outside strings.
func sortCompact(raw []byte) ([]byte, error) {
	s := sorter{in: raw, out: make([]byte, 0, len(raw))}
	s.value()
	if s.at != len(s.in) {
		return nil, &seawall.Error{Op: "ledger.SortKeys", Kind: seawall.Corrupt,
			Err: fmt.Errorf("text goes on after offset %d", s.at)}
	}
	return s.out, nil
}

// sorter walks over compact, valid JSON and writes it sorted.
type sorter struct {
	in  []byte
	at  int
	out []byte
}

func (s *sorter) value() {
	switch s.in[s.at] {
	case '{':
		s.object()
	case '[':
		s.array()
	case '"':
		s.text()
	default:
		start := s.at
		for s.at < len(s.in) && s.in[s.at] != ',' && s.in[s.at] != ']' && s.in[s.at] != '}' {
			s.at++
		}
		s.out = append(s.out, s.in[start:s.at]...)
	}
}

func (s *sorter) text() {
	start := s.at
	for s.at++; s.in[s.at] != '"'; s.at++ {
		if s.in[s.at] == '\\' {
			s.at++
		}
	}
	s.at++
	s.out = append(s.out, s.in[start:s.at]...)
}

func (s *sorter) array() {
	s.take() // [
	for s.in[s.at] != ']' {
		s.value()
		if s.in[s.at] == ',' {
			s.take()
		}
	}
	s.take()
}

// member is one "name":value of an object: its span in out, and where its name
// ends.
type member struct{ from, name, to int }

func (s *sorter) object() {
	s.take() // {
	first := len(s.out)
	var members []member
	for s.in[s.at] != '}' {
		m := member{from: len(s.out)}
		s.text()
		m.name = len(s.out)
		s.take() // :
		s.value()
		m.to = len(s.out)
		members = append(members, m)
		if s.in[s.at] == ',' {
			s.at++
		}
	}
	byName := func(a, b member) int {
		return bytes.Compare(s.out[a.from+1:a.name-1], s.out[b.from+1:b.name-1])
	}
	slices.SortStableFunc(members, byName)
	written := bytes.Clone(s.out[first:])
	s.out = s.out[:first]
	for i, m := range members {
		if i > 0 {
			s.out = append(s.out, ',')
		}
		s.out = append(s.out, written[m.from-first:m.to-first]...)
	}
	s.take() // }
}

func (s *sorter) take() {
	s.out = append(s.out, s.in[s.at])
	s.at++
}
