package vault

import (
	"context"
	"strings"

	"github.com/seawall-city/seawall"
)

// Find looks people up by a document number, a phone number, four last digits,
// a full name, or the pinyin of one; see Vault. The closest kind of match comes
// first, then the order of sealing. A limit of 0 or less means 20.
func (s *Service) Find(ctx context.Context, text string, limit int) ([]Sealed, error) {
	const op = "vault.Find"
	if limit <= 0 {
		limit = 20
	}
	keys := searchKeys(text)
	tokens := make([]int64, len(keys))
	for i, k := range keys {
		t, err := s.sealer.token(k.kind, k.value)
		if err != nil {
			return nil, seawall.Wrap(op, err)
		}
		tokens[i] = t
	}
	hits, err := s.store.Hits(ctx, tokens, limit)
	if err != nil {
		return nil, seawall.Wrap(op, err)
	}
	var order []int64
	for _, t := range tokens {
		order = append(order, hits[t]...)
	}
	recs, err := s.store.ByID(ctx, order)
	if err != nil {
		return nil, seawall.Wrap(op, err)
	}
	winners, err := s.winners(ctx, recs)
	if err != nil {
		return nil, seawall.Wrap(op, err)
	}
	byID := make(map[int64]Record, len(recs))
	for _, r := range recs {
		byID[r.ID] = winnerOf(r, winners)
	}
	out, seen := []Sealed{}, map[seawall.PersonNo]bool{"": true}
	for _, id := range order {
		if r := byID[id]; !seen[r.No] && len(out) < limit {
			seen[r.No] = true
			out = append(out, r.shown())
		}
	}
	return out, nil
}

// searchKeys gives the values that a search text may stand for, the most telling
// first.
func searchKeys(text string) []keyed {
	var out []keyed
	doc := CheckDocument("", text)
	if doc.State == DocValid {
		out = append(out, keyed{tokDocument, doc.Number})
	}
	phone := NormalPhone(text)
	if len(phone) >= 7 && len(letters(text)) == 0 && !strings.Contains(phone, "*") {
		out = append(out, keyed{tokPhone, phone})
	}
	if t := doc.Number; len(t) == 4 && looksTail(t) {
		out = append(out, keyed{tokPhoneTail, t}, keyed{tokDocTail, t})
	}
	f := formsOf(text)
	if f.text == "" {
		return out
	}
	out = append(out, keyed{tokName, f.key})
	for _, r := range f.full {
		out = append(out, keyed{tokPinyin, r})
	}
	return out
}

// looksTail reports three digits and a digit or X, the end of a number.
func looksTail(s string) bool {
	for i, r := range s {
		if (r < '0' || r > '9') && !(i == 3 && r == 'X') {
			return false
		}
	}
	return true
}
