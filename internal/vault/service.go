package vault

import (
	"context"
	"io"
	"time"

	"github.com/seawall-city/seawall"
)

// Options are what a Service is given from outside.
type Options struct {
	Clock seawall.Clock
	IDs   seawall.IDSource
	// Random is the source of key material.
	Random io.Reader
	// Witness puts openings on the log; without one nothing can be opened.
	Witness Witness
	// Matching configures duplicate candidates; zero means DefaultMatching.
	Matching Matching
}

// Service is the Vault over a Store.
type Service struct {
	store    Store
	sealer   *sealer
	clock    seawall.Clock
	ids      seawall.IDSource
	witness  Witness
	matching Matching
}

var _ Vault = (*Service)(nil)

// New opens the vault: it loads the wrapped keysets from the store and makes
// them at the first start. Errors: Corrupt when the keysets were wrapped by
// another root key.
func New(ctx context.Context, store Store, keys *Keys, o Options) (*Service, error) {
	s, err := openSealer(ctx, store, keys, o.Random)
	if err != nil {
		return nil, seawall.Wrap("vault.New", err)
	}
	if o.Matching == (Matching{}) {
		o.Matching = DefaultMatching()
	}
	return &Service{store: store, sealer: s, clock: o.Clock, ids: o.IDs, witness: o.Witness, matching: o.Matching}, nil
}

// Limits on what may be sealed, in characters.
const (
	maxField   = 200
	maxAddress = 500
)

// Seal stores identities; see Vault.
func (s *Service) Seal(ctx context.Context, reqs []Request) ([]Sealed, error) {
	const op = "vault.Seal"
	for _, r := range reqs {
		if err := validate(r); err != nil {
			return nil, seawall.Wrap(op, err)
		}
	}
	known, err := s.knownRequests(ctx, reqs)
	if err != nil {
		return nil, seawall.Wrap(op, err)
	}
	var fresh []Record
	for _, r := range reqs {
		if _, ok := known[r.ID]; ok {
			continue
		}
		rec, err := s.record(r)
		if err != nil {
			return nil, seawall.Wrap(op, err)
		}
		known[r.ID] = Record{}
		fresh = append(fresh, rec)
	}
	if len(fresh) > 0 {
		stored, err := s.store.Insert(ctx, fresh)
		if err != nil {
			return nil, seawall.Wrap(op, err)
		}
		for _, rec := range stored {
			known[rec.Request] = rec
		}
	}
	out := make([]Sealed, len(reqs))
	for i, r := range reqs {
		rec := known[r.ID]
		out[i] = rec.shown()
		rec.Fresh = false // a second request with the id in the batch made nothing
		known[r.ID] = rec
	}
	return out, nil
}

func (s *Service) knownRequests(ctx context.Context, reqs []Request) (map[string]Record, error) {
	ids := make([]string, len(reqs))
	for i, r := range reqs {
		ids[i] = r.ID
	}
	recs, err := s.store.ByRequest(ctx, ids)
	if err != nil {
		return nil, err
	}
	known := make(map[string]Record, len(reqs))
	for _, rec := range recs {
		known[rec.Request] = rec
	}
	return known, nil
}

// validate names every field that cannot be sealed.
func validate(r Request) error {
	var fields []seawall.FieldError
	if r.ID == "" {
		fields = append(fields, seawall.FieldError{Field: "id", Code: "required"})
	}
	id := r.Identity
	for _, f := range []struct {
		name, value string
		max         int
		limit       string
	}{
		{"name", id.Name, maxField, "200"}, {"docType", id.DocType, maxField, "200"}, {"docNumber", id.DocNumber, maxField, "200"},
		{"phone", id.Phone, maxField, "200"}, {"address", id.Address, maxAddress, "500"},
	} {
		if len([]rune(f.value)) > f.max {
			fields = append(fields, seawall.FieldError{Field: f.name, Code: "too_long", Args: map[string]string{"max": f.limit}})
		}
	}
	if id.Sex != "" && normalSex(id.Sex) == "" {
		fields = append(fields, seawall.FieldError{Field: "sex", Code: "vault_sex_unknown"})
	}
	if len(fields) == 0 {
		return nil
	}
	return &seawall.Error{Op: "vault.validate", Kind: seawall.Invalid, Code: "kind_invalid", Fields: fields}
}

// record seals one request under a fresh person number.
func (s *Service) record(r Request) (Record, error) {
	rec := Record{No: seawall.PersonNo(s.ids.NewID()), Request: r.ID, SealedAt: s.now()}
	return rec, s.fill(&rec, r.Identity, r.Year)
}

// fill puts an identity into a record: ciphertext, tokens and what is shown.
func (s *Service) fill(rec *Record, id Identity, year int) error {
	id.Name, id.Sex = NormalName(id.Name), normalSex(id.Sex)
	n := normalOf(id)
	if !id.Birth.Known() && n.birth.Known() {
		id.Birth = n.birth
	}
	if id.Sex == "" {
		id.Sex = n.sex
	}
	if id.DocType == "" {
		id.DocType = n.doc.Type
	}
	var err error
	if rec.Tokens, err = s.sealer.tokensOf(n); err != nil {
		return err
	}
	rec.Mask, rec.Pinyin, rec.DocFailed = maskOf(n, year), sortKeyOf(n), n.doc.State == DocFailed
	rec.Key, rec.Sealed, err = s.sealer.seal(rec.No, id)
	return err
}

// now is the current instant in the precision that databases keep.
func (s *Service) now() time.Time { return s.clock.Now().UTC().Truncate(time.Microsecond) }

func (r Record) shown() Sealed {
	return Sealed{Person: r.No, Mask: r.Mask, Pinyin: r.Pinyin, Created: r.Fresh, DocFailed: r.DocFailed}
}

// Amend replaces what is known of a person, under a fresh key. Errors: NotFound,
// Gone when the person was forgotten, Invalid.
func (s *Service) Amend(ctx context.Context, person seawall.PersonNo, id Identity, year int) (Sealed, error) {
	const op = "vault.Amend"
	if err := validate(Request{ID: string(person), Identity: id}); err != nil {
		return Sealed{}, seawall.Wrap(op, err)
	}
	old, err := s.kept(ctx, person)
	if err != nil {
		return Sealed{}, seawall.Wrap(op, err)
	}
	rec := old
	if err := s.fill(&rec, id, year); err != nil {
		return Sealed{}, seawall.Wrap(op, err)
	}
	if err := s.store.Replace(ctx, old, rec); err != nil {
		return Sealed{}, seawall.Wrap(op, err)
	}
	return rec.shown(), nil
}

// one reads the record of a number. Errors: NotFound.
func (s *Service) one(ctx context.Context, person seawall.PersonNo) (Record, error) {
	recs, err := s.store.ByNo(ctx, []seawall.PersonNo{person})
	if err != nil {
		return Record{}, err
	}
	if len(recs) == 0 {
		return Record{}, seawall.E("vault.one", seawall.NotFound, "vault_person_not_found", "id", string(person))
	}
	return recs[0], nil
}

// kept reads the record of somebody who was not forgotten. Errors: NotFound, Gone.
func (s *Service) kept(ctx context.Context, person seawall.PersonNo) (Record, error) {
	rec, err := s.one(ctx, person)
	if err == nil && !rec.Forgotten.IsZero() {
		err = seawall.E("vault.kept", seawall.Gone, "vault_person_forgotten", "id", string(person), "at", rec.Forgotten.Format(time.RFC3339))
	}
	return rec, err
}

// Open gives an identity once the opening is on the log; see Vault. It opens
// the number asked for, also after a merge: each number keeps its own identity.
// Errors: Invalid without a purpose, NotFound, Gone; an opening that cannot be
// witnessed fails with the witness's error and nothing is decrypted.
func (s *Service) Open(ctx context.Context, actor seawall.Actor, person seawall.PersonNo, purpose, subject string) (Identity, error) {
	const op = "vault.Open"
	if purpose == "" {
		return Identity{}, seawall.E(op, seawall.Invalid, "vault_purpose_missing")
	}
	if s.witness == nil {
		return Identity{}, seawall.E(op, seawall.Unavailable, "vault_no_witness")
	}
	if _, err := s.kept(ctx, person); err != nil {
		return Identity{}, seawall.Wrap(op, err)
	}
	if err := s.witness.WitnessOpening(ctx, actor, person, purpose, subject); err != nil {
		return Identity{}, seawall.Wrap(op, err)
	}
	// Read again: whoever was forgotten meanwhile stays forgotten.
	rec, err := s.kept(ctx, person)
	if err != nil {
		return Identity{}, seawall.Wrap(op, err)
	}
	id, err := s.sealer.open(ctx, rec)
	return id, seawall.Wrap(op, err)
}

// Masks gives what may be shown of persons; see Vault.
func (s *Service) Masks(ctx context.Context, persons []seawall.PersonNo) ([]Sealed, error) {
	recs, err := s.store.ByNo(ctx, persons)
	if err != nil {
		return nil, seawall.Wrap("vault.Masks", err)
	}
	byNo := make(map[seawall.PersonNo]Record, len(recs))
	for _, r := range recs {
		byNo[r.No] = r
	}
	out := make([]Sealed, len(persons))
	for i, no := range persons {
		out[i] = byNo[no].shown()
	}
	return out, nil
}

// Commit marks request ids as used by a committed record.
func (s *Service) Commit(ctx context.Context, requestIDs []string) error {
	return seawall.Wrap("vault.Commit", s.store.Commit(ctx, requestIDs))
}

// Sweep deletes orphans: identities sealed before an instant whose request no
// record has committed. The instant must lie further back than any transaction
// of the caller can last; a day is safe.
func (s *Service) Sweep(ctx context.Context, before time.Time) (int, error) {
	n, err := s.store.Sweep(ctx, before)
	return n, seawall.Wrap("vault.Sweep", err)
}

// Forget shreds a person's identity: the wrapped key, the ciphertext, the mask
// and the tokens are deleted; the number stays and answers Gone. Copies in
// backups die with the backups.
func (s *Service) Forget(ctx context.Context, person seawall.PersonNo) error {
	const op = "vault.Forget"
	if _, err := s.one(ctx, person); err != nil {
		return seawall.Wrap(op, err)
	}
	return seawall.Wrap(op, s.store.Shred(ctx, person, s.now()))
}

// Merge makes the tokens of loser find winner. Merging the same pair twice is no
// error. Errors: NotFound, Invalid for one person with itself, Conflict when
// loser was merged elsewhere or winner was itself merged (into whomever).
func (s *Service) Merge(ctx context.Context, loser, winner seawall.PersonNo) error {
	const op = "vault.Merge"
	if loser == winner {
		return seawall.E(op, seawall.Invalid, "vault_merge_same_person", "id", string(loser))
	}
	l, err := s.one(ctx, loser)
	if err != nil {
		return seawall.Wrap(op, err)
	}
	w, err := s.one(ctx, winner)
	if err != nil {
		return seawall.Wrap(op, err)
	}
	switch {
	case l.MergedInto == winner:
		return nil
	case l.MergedInto != "":
		return seawall.E(op, seawall.Conflict, "vault_person_merged_already", "id", string(loser), "into", string(l.MergedInto))
	case w.MergedInto != "":
		return seawall.E(op, seawall.Conflict, "vault_person_merged_already", "id", string(winner), "into", string(w.MergedInto))
	}
	return seawall.Wrap(op, s.store.SetMerged(ctx, loser, winner))
}

// Unmerge takes a merge back; somebody who was not merged is left as is.
func (s *Service) Unmerge(ctx context.Context, loser seawall.PersonNo) error {
	const op = "vault.Unmerge"
	if _, err := s.one(ctx, loser); err != nil {
		return seawall.Wrap(op, err)
	}
	return seawall.Wrap(op, s.store.SetMerged(ctx, loser, ""))
}

// RotateDataKey makes a new data key that wraps from now on; identities sealed
// before stay readable under the older ones.
func (s *Service) RotateDataKey(ctx context.Context) error {
	return seawall.Wrap("vault.RotateDataKey", s.sealer.rotate(ctx))
}

// Count tells how many identities are kept.
func (s *Service) Count(ctx context.Context) (int, error) {
	n, err := s.store.Count(ctx)
	return n, seawall.Wrap("vault.Count", err)
}

// Close closes the vault's database.
func (s *Service) Close() error { return s.store.Close() }
