package vault

import (
	"slices"

	"github.com/seawall-city/seawall"
)

// tokenKind keeps the values of different fields apart inside the keyed hash.
type tokenKind byte

// The kinds of blind tokens. The letters are part of the stored tokens: a
// changed letter would make the filed ones unfindable.
const (
	tokDocument  tokenKind = 'd' // a valid document number
	tokPhone     tokenKind = 'p' // a full phone number
	tokName      tokenKind = 'n' // the name, exactly
	tokPinyin    tokenKind = 'y' // one full reading of the name
	tokDocTail   tokenKind = 'D' // last four of the document number
	tokPhoneTail tokenKind = 'P' // last four of the phone number
	tokBirth     tokenKind = 'b' // birth day with a reading of the surname
)

// keyed is one value to be hashed as a token.
type keyed struct {
	kind  tokenKind
	value string
}

// keysOf gives the values under which an identity is filed and sought.
func keysOf(n normal) []keyed {
	out := make([]keyed, 0, 10)
	add := func(kind tokenKind, value string) {
		if value != "" {
			out = append(out, keyed{kind, value})
		}
	}
	if n.doc.State == DocValid {
		add(tokDocument, n.doc.Number)
	}
	add(tokPhone, n.phone)
	add(tokName, exactName(n))
	for _, r := range n.name.full {
		add(tokPinyin, r)
	}
	add(tokDocTail, n.docTail)
	add(tokPhoneTail, n.phoneTail)
	if n.birth.Known() {
		for _, r := range n.name.surnames {
			add(tokBirth, birthKey(n.birth, r))
		}
	}
	return out
}

// exactName gives the name for exact comparison; a single letter, as research
// lists write it, says too little to compare.
func exactName(n normal) string {
	if len([]rune(n.name.key)) < 2 {
		return ""
	}
	return n.name.key
}

func birthKey(d seawall.Day, surname string) string { return d.String() + "/" + surname }

// tokensOf gives the blind tokens of an identity, sorted, without repeats.
func (s *sealer) tokensOf(n normal) ([]int64, error) {
	keys := keysOf(n)
	out := make([]int64, 0, len(keys))
	for _, k := range keys {
		t, err := s.token(k.kind, k.value)
		if err != nil {
			return nil, err
		}
		out = append(out, t)
	}
	slices.Sort(out)
	return slices.Compact(out), nil
}
