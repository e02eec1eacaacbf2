package response

import (
	"context"
	"slices"
	"strings"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/border"
	"github.com/seawall-city/seawall/internal/casebook"
	"github.com/seawall-city/seawall/internal/vault"
)

// traveller is one person of one report, on the way from what the report says to
// who it is.
type traveller struct {
	in DeclaredPerson
	// request seals the identity once, however often the report comes.
	request string
	day     seawall.Day
	// person is who it is: a number alone for somebody known, with a mask for
	// somebody just sealed, empty for a number without a name.
	person   casebook.Person
	document string
	// phones are people who gave the same telephone under another name: one
	// household.
	phones []seawall.PersonNo
	// public marks a declaration without an account: somebody alike who is on
	// record is noted in like and taken for nobody.
	public  bool
	like    seawall.ArrivalID
	doubles []vault.Candidate
}

// named reports whether anything is told by which somebody can be known.
func (t *traveller) named() bool {
	return t.in.Person != "" || strings.TrimSpace(t.in.Identity.Name) != "" || t.in.Identity.DocNumber != ""
}

// identify finds out who the travellers are: the same document number and name is
// the same person; the same document, or the same telephone with the same sound
// of the name, is the same person where that person's coming is on record for
// these days. Everybody else is sealed as new, with possible doubles named.
func (s *Service) identify(ctx context.Context, ts []*traveller) error {
	var ask []*traveller
	var ids []vault.Identity
	for _, t := range ts {
		t.in.Identity.Birth = known(t.in.Identity.Birth)
		t.document = documentOf(t.in.Identity)
		if t.in.Person != "" {
			t.person = casebook.Person{No: t.in.Person}
		} else if t.named() {
			ask, ids = append(ask, t), append(ids, t.in.Identity)
		}
	}
	if len(ask) == 0 {
		return nil
	}
	found, err := s.d.Vault.Match(ctx, ids)
	if err != nil {
		return err
	}
	cands, err := s.d.Vault.CandidatesOf(ctx, ids, 3)
	if err != nil {
		return err
	}
	err = s.d.Work.Read(ctx, func(tx seawall.Tx) error {
		for i, t := range ask {
			if err := s.settleWho(ctx, tx, t, found[i], cands[i]); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	return s.sealNew(ctx, ask)
}

// settleWho takes a match or a candidate for a traveller.
func (s *Service) settleWho(ctx context.Context, tx seawall.Tx, t *traveller, match seawall.PersonNo, cands []vault.Candidate) error {
	if match != "" {
		p, err := s.book.Person(ctx, tx, match)
		if err == nil {
			t.person = casebook.Person{No: p.No}
			return nil
		}
		if !seawall.Is(err, seawall.NotFound) {
			return err
		}
		return nil // sealed before an interruption: sealing again gives the same number
	}
	for _, c := range cands {
		codes := make([]string, 0, len(c.Reasons))
		for _, r := range c.Reasons {
			codes = append(codes, r.Code)
		}
		called := slices.Contains(codes, "name") || slices.Contains(codes, "pinyin")
		document, phone := slices.Contains(codes, "document"), slices.Contains(codes, "phone")
		switch {
		case document, phone && called:
			came, err := s.hereAbout(ctx, tx, c.Person, t.day)
			if err != nil {
				return err
			}
			switch {
			case came == "":
			case t.public:
				t.like = came
			default:
				t.person = casebook.Person{No: c.Person}
				return nil
			}
		case phone:
			t.phones = append(t.phones, c.Person)
		}
	}
	t.doubles = cands
	return nil
}

// hereAbout gives the coming of somebody that is on record for these days, "" for
// none.
func (s *Service) hereAbout(ctx context.Context, tx seawall.Tx, no seawall.PersonNo, day seawall.Day) (seawall.ArrivalID, error) {
	rows, err := s.d.Border.ArrivalsOfPerson(ctx, tx, no)
	for _, a := range rows {
		if _, ok := border.Same(a, border.Told{Person: no, Day: day}, a.Day(s.d.Zone)); ok {
			return a.ID, err
		}
	}
	return "", err
}

// sealNew seals those who are nobody known.
func (s *Service) sealNew(ctx context.Context, ts []*traveller) error {
	var reqs []vault.Request
	var fresh []*traveller
	year := s.d.Clock.Now().In(s.d.Zone).Year()
	for _, t := range ts {
		if t.person.No == "" {
			reqs = append(reqs, vault.Request{ID: t.request, Identity: t.in.Identity, Year: year})
			fresh = append(fresh, t)
		}
	}
	if len(reqs) == 0 {
		return nil
	}
	sealed, err := s.d.Vault.Seal(ctx, reqs)
	if err != nil {
		return err
	}
	for i, t := range fresh {
		t.person = personOf(sealed[i], t.in.Identity, "")
		if sealed[i].DocFailed {
			t.document = border.DocFailed
		}
		t.doubles = without(t.doubles, t.person.No)
	}
	return nil
}

// commitSealed tells the vault that the records of these travellers are kept.
func (s *Service) commitSealed(ctx context.Context, ts []*traveller) error {
	var ids []string
	for _, t := range ts {
		if t.in.Person == "" && t.named() && t.person.Mask != "" {
			ids = append(ids, t.request)
		}
	}
	if len(ids) == 0 {
		return nil
	}
	return s.d.Vault.Commit(ctx, ids)
}

// documentOf says what is known of a document number before it is sealed.
func documentOf(id Identity) string {
	if strings.TrimSpace(id.DocNumber) == "" {
		return ""
	}
	if vault.CheckDocument(id.DocType, id.DocNumber).State == vault.DocFailed {
		return border.DocFailed
	}
	return border.DocValid
}

// cameWith reads who of the same telephone is on record for these days.
func (s *Service) cameWith(ctx context.Context, tx seawall.Tx, t *traveller) ([]border.Arrival, error) {
	var out []border.Arrival
	for _, no := range t.phones {
		rows, err := s.d.Border.ArrivalsOfPerson(ctx, tx, no)
		if err != nil {
			return nil, err
		}
		out = append(out, rows...)
	}
	return out, nil
}
