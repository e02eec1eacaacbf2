package vault

import (
	"cmp"
	"context"
	"slices"

	"github.com/seawall-city/seawall"
)

// group is how many identities are looked up together.
const group = 64

// Candidates gives possible duplicates of an identity, best first. People who
// were merged are shown as the person they were merged into. A limit of 0 or
// less means 10. The work is bounded by Matching whatever the name: people who
// share only a common name are not even compared.
func (s *Service) Candidates(ctx context.Context, id Identity, limit int) ([]Candidate, error) {
	all, err := s.CandidatesOf(ctx, []Identity{id}, limit)
	if err != nil {
		return nil, seawall.Wrap("vault.Candidates", err)
	}
	return all[0], nil
}

// CandidatesOf is Candidates for many identities, in order.
func (s *Service) CandidatesOf(ctx context.Context, ids []Identity, limit int) ([][]Candidate, error) {
	const op = "vault.CandidatesOf"
	if limit <= 0 {
		limit = 10
	}
	out := make([][]Candidate, 0, len(ids))
	for part := range slices.Chunk(ids, group) {
		qs, err := s.questions(part)
		if err != nil {
			return nil, seawall.Wrap(op, err)
		}
		found, err := s.candidates(ctx, qs, limit)
		if err != nil {
			return nil, seawall.Wrap(op, err)
		}
		out = append(out, found...)
	}
	return out, nil
}

// question is one identity sought, with the tokens to seek by.
type question struct {
	normal normal
	tokens []tokenOf
}

type tokenOf struct {
	kind  tokenKind
	token int64
}

func (s *Service) questions(ids []Identity) ([]question, error) {
	out := make([]question, len(ids))
	for i, id := range ids {
		out[i].normal = normalOf(id)
		for _, k := range keysOf(out[i].normal) {
			t, err := s.sealer.token(k.kind, k.value)
			if err != nil {
				return nil, err
			}
			out[i].tokens = append(out[i].tokens, tokenOf{k.kind, t})
		}
	}
	return out, nil
}

func (s *Service) candidates(ctx context.Context, qs []question, limit int) ([][]Candidate, error) {
	var tokens []int64
	for _, q := range qs {
		for _, t := range q.tokens {
			tokens = append(tokens, t.token)
		}
	}
	hits, err := s.store.Hits(ctx, tokens, s.matching.TokenRows)
	if err != nil {
		return nil, err
	}
	chosen := make([][]int64, len(qs))
	var need []int64
	for i, q := range qs {
		shared := q.sharedKinds(hits)
		if err := s.settleCommon(ctx, q, hits, shared); err != nil {
			return nil, err
		}
		chosen[i] = s.matching.worthComparing(q, shared)
		need = append(need, chosen[i]...)
	}
	people, err := s.readPeople(ctx, need)
	if err != nil {
		return nil, err
	}
	out := make([][]Candidate, len(qs))
	for i, q := range qs {
		out[i] = s.matching.rank(q, chosen[i], people, limit)
	}
	return out, nil
}

// sharedKinds gives for each row hit the kinds of token it shares.
func (q question) sharedKinds(hits map[int64][]int64) map[int64]uint8 {
	shared := map[int64]uint8{}
	for _, t := range q.tokens {
		for _, id := range hits[t.token] {
			shared[id] |= kindBit(t.kind)
		}
	}
	return shared
}

// settleCommon looks after the tokens that more people share than were fetched:
// whether somebody hit by another token holds them too is asked for by row, so
// that the one 张伟 with this phone is found however many 张伟 there are.
func (s *Service) settleCommon(ctx context.Context, q question, hits map[int64][]int64, shared map[int64]uint8) error {
	for _, t := range q.tokens {
		if len(hits[t.token]) < s.matching.TokenRows {
			continue
		}
		bit := kindBit(t.kind)
		var open []int64
		for id, kinds := range shared {
			if kinds&bit == 0 && s.matching.bound(kinds|bit, q.normal) >= s.matching.Offer {
				open = append(open, id)
			}
		}
		slices.Sort(open)
		holders, err := s.store.Holders(ctx, t.token, open)
		if err != nil {
			return err
		}
		for _, id := range holders {
			shared[id] |= bit
		}
	}
	return nil
}

// worthComparing gives the rows whose shared tokens could add up to an offer,
// the likeliest first, at most Compare.
func (m Matching) worthComparing(q question, shared map[int64]uint8) []int64 {
	type row struct {
		id    int64
		bound int
	}
	var rows []row
	for id, kinds := range shared {
		if b := m.bound(kinds, q.normal); b >= m.Offer {
			rows = append(rows, row{id, b})
		}
	}
	slices.SortFunc(rows, func(a, b row) int {
		return cmp.Or(cmp.Compare(b.bound, a.bound), cmp.Compare(a.id, b.id))
	})
	ids := make([]int64, 0, min(len(rows), m.Compare))
	for _, r := range rows[:min(len(rows), m.Compare)] {
		ids = append(ids, r.id)
	}
	return ids
}

func kindBit(k tokenKind) uint8 {
	switch k {
	case tokDocument:
		return 1
	case tokPhone:
		return 2
	case tokName:
		return 4
	case tokPinyin:
		return 8
	case tokDocTail:
		return 16
	case tokPhoneTail:
		return 32
	}
	return 64 // tokBirth
}

// bound gives the most points that a person sharing these tokens can reach. A
// birth day shared under the same surname is itself a token, so where the name
// agrees and that token is missing, at most the year agrees.
func (m Matching) bound(kinds uint8, q normal) int {
	p, sum := m.Points, 0
	has := func(k tokenKind) bool { return kinds&kindBit(k) != 0 }
	if has(tokDocument) {
		sum += p.Document
	}
	if has(tokPhone) {
		sum += p.Phone
	}
	switch {
	case has(tokName):
		sum += p.Name
	case has(tokPinyin):
		sum += p.Pinyin
	}
	if has(tokDocTail) && !has(tokDocument) {
		sum += p.LastFour
	}
	if has(tokPhoneTail) && !has(tokPhone) {
		sum += p.LastFour
	}
	switch named := has(tokName) || has(tokPinyin); {
	case has(tokBirth), !named && q.birth.Known():
		sum += p.Birth
	case q.birthYear != 0:
		sum += p.BirthYear
	}
	return sum
}

// person is a sealed person opened inside the vault for comparison; it never
// leaves this package.
type person struct {
	normal normal
	// shown is the record that stands for the person after merges.
	shown Record
}

// readPeople opens rows for comparison and follows merges to who is shown.
func (s *Service) readPeople(ctx context.Context, ids []int64) (map[int64]person, error) {
	slices.Sort(ids)
	recs, err := s.store.ByID(ctx, slices.Compact(ids))
	if err != nil {
		return nil, err
	}
	winners, err := s.winners(ctx, recs)
	if err != nil {
		return nil, err
	}
	out := make(map[int64]person, len(recs))
	for _, r := range recs {
		if !r.Forgotten.IsZero() {
			continue
		}
		id, err := s.sealer.open(ctx, r)
		if err != nil {
			return nil, err
		}
		out[r.ID] = person{normal: normalOf(id), shown: winnerOf(r, winners)}
	}
	return out, nil
}

// winners reads the records that merged ones lead to, however long the chain.
func (s *Service) winners(ctx context.Context, recs []Record) (map[seawall.PersonNo]Record, error) {
	out, asked := map[seawall.PersonNo]Record{}, map[seawall.PersonNo]bool{"": true}
	for {
		var next []seawall.PersonNo
		for _, r := range recs {
			if !asked[r.MergedInto] {
				asked[r.MergedInto] = true
				next = append(next, r.MergedInto)
			}
		}
		if len(next) == 0 {
			return out, nil
		}
		var err error
		if recs, err = s.store.ByNo(ctx, next); err != nil {
			return nil, err
		}
		for _, r := range recs {
			out[r.No] = r
		}
	}
}

func winnerOf(r Record, winners map[seawall.PersonNo]Record) Record {
	for range len(winners) {
		w, ok := winners[r.MergedInto]
		if !ok {
			break
		}
		r = w
	}
	return r
}

// rank compares and gives the candidates that reach the offer, best first, each
// person once with the best of their records.
func (m Matching) rank(q question, ids []int64, people map[int64]person, limit int) []Candidate {
	best := map[seawall.PersonNo]Candidate{}
	for _, id := range ids {
		p, ok := people[id]
		if !ok {
			continue
		}
		score, reasons := m.Points.compare(q.normal, p.normal)
		no := p.shown.No
		if score >= m.Offer && score > best[no].Score {
			best[no] = Candidate{Person: no, Mask: p.shown.Mask, Score: score, Reasons: reasons}
		}
	}
	out := make([]Candidate, 0, len(best))
	for _, c := range best {
		out = append(out, c)
	}
	slices.SortFunc(out, func(a, b Candidate) int {
		return cmp.Or(cmp.Compare(b.Score, a.Score), cmp.Compare(a.Person, b.Person))
	})
	return out[:min(limit, len(out))]
}

// perDocument bounds the rows read for one document number: more people than
// that under one number is no identity but a placeholder.
const perDocument = 16

// Match gives who carries the same valid document number and the same name; see
// Vault. Among several the earliest sealed is taken.
func (s *Service) Match(ctx context.Context, ids []Identity) ([]seawall.PersonNo, error) {
	const op = "vault.Match"
	out := make([]seawall.PersonNo, 0, len(ids))
	for part := range slices.Chunk(ids, 8*group) {
		found, err := s.match(ctx, part)
		if err != nil {
			return nil, seawall.Wrap(op, err)
		}
		out = append(out, found...)
	}
	return out, nil
}

func (s *Service) match(ctx context.Context, ids []Identity) ([]seawall.PersonNo, error) {
	normals, byRow := make([]normal, len(ids)), make([]int64, len(ids))
	var tokens []int64
	for i, id := range ids {
		normals[i] = normalOf(id)
		if normals[i].doc.State != DocValid || exactName(normals[i]) == "" {
			continue
		}
		t, err := s.sealer.token(tokDocument, normals[i].doc.Number)
		if err != nil {
			return nil, err
		}
		byRow[i], tokens = t, append(tokens, t)
	}
	hits, err := s.store.Hits(ctx, tokens, perDocument)
	if err != nil {
		return nil, err
	}
	var need []int64
	for _, rows := range hits {
		need = append(need, rows...)
	}
	people, err := s.readPeople(ctx, need)
	if err != nil {
		return nil, err
	}
	out := make([]seawall.PersonNo, len(ids))
	for i, n := range normals {
		for _, row := range hits[byRow[i]] {
			p, ok := people[row]
			if ok && out[i] == "" && sameDocument(n, p.normal) && exactName(n) == exactName(p.normal) {
				out[i] = p.shown.No
			}
		}
	}
	return out, nil
}
