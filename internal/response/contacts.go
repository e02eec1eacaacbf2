package response

import (
	"context"
	"strconv"
	"strings"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/auth"
	"github.com/seawall-city/seawall/internal/casebook"
	"github.com/seawall-city/seawall/internal/vault"
)

// ProposeContacts lays down candidates for a case. A candidate has no effect on
// anybody until a named epidemiologist confirms it.
func (s *Service) ProposeContacts(ctx context.Context, who Who, in Proposal) (Proposed, error) {
	const op = "response.ProposeContacts"
	var c casebook.Case
	var homes []seawall.AreaPath
	err := s.read(ctx, op, func(tx seawall.Tx) (err error) {
		if c, err = s.d.Cases.Case(ctx, tx, in.Case); err != nil {
			return err
		}
		homes, err = s.checkProposal(ctx, tx, c, in)
		return err
	})
	if err != nil {
		return Proposed{}, err
	}
	if err := s.allow(who, auth.ContactPropose, auth.Resource{Kind: seawall.KindContact, Area: c.Area}); err != nil {
		return Proposed{}, err
	}
	people, doubles, err := s.sealAll(ctx, in.Contacts, homes)
	if err != nil {
		return Proposed{}, seawall.Wrap(op, err)
	}
	var out Proposed
	err = s.write(ctx, who, op, func(tx seawall.Tx) error {
		out = Proposed{Duplicates: doubles}
		return s.propose(ctx, tx, in, people, &out)
	})
	if err != nil {
		return Proposed{}, err
	}
	subjects := make([]Subject, len(in.Contacts))
	for i, k := range in.Contacts {
		subjects[i] = k.Subject
	}
	return out, seawall.Wrap(op, s.sealed(ctx, subjects...))
}

// checkProposal checks every contact of a proposal before anything is kept and
// gives their home areas.
func (s *Service) checkProposal(ctx context.Context, tx seawall.Tx, c casebook.Case, in Proposal) ([]seawall.AreaPath, error) {
	const op = "response.ProposeContacts"
	if c.State == casebook.CaseRetracted {
		return nil, seawall.E(op, seawall.Conflict, "case_retracted")
	}
	var bad []seawall.FieldError
	if len(in.Contacts) == 0 {
		bad = append(bad, seawall.FieldError{Field: "contacts", Code: "required"})
	}
	homes := make([]seawall.AreaPath, len(in.Contacts))
	p := places{s: s, ctx: ctx, tx: tx}
	for i, k := range in.Contacts {
		at := "contacts[" + strconv.Itoa(i) + "]."
		homes[i] = p.path(k.Home, at+"home")
		p.path(k.Stay, at+"stay")
		row := s.contactRow(c, k)
		if row.Person == "" {
			row.Person = "new"
		}
		for _, f := range append(row.Check(s.today(tx)), k.Subject.check()...) {
			f.Field = at + f.Field
			bad = append(bad, f)
		}
		if via, err := s.viaOf(ctx, tx, k.Via); err != nil {
			return nil, err
		} else if k.Via != "" && via.Disease != c.Disease {
			bad = append(bad, seawall.FieldError{Field: at + "via", Code: "not_a_choice", Args: map[string]string{"value": string(k.Via)}})
		}
		if r := s.inForce(c.Disease, s.today(tx)); r != nil && k.Class != "" {
			if _, ok := r.Class(k.Class); !ok {
				bad = append(bad, seawall.FieldError{Field: at + "class", Code: "regime_class_unknown",
					Args: map[string]string{"regime": r.ID, "class": k.Class}})
			}
		}
	}
	if p.err != nil {
		return nil, p.err
	}
	return homes, invalid(op, "contact_invalid", append(bad, p.bad...))
}

// viaOf reads the close contact through whom somebody was exposed, the zero
// contact where there is none of that id.
func (s *Service) viaOf(ctx context.Context, tx seawall.Tx, id seawall.ContactID) (casebook.Contact, error) {
	if id == "" {
		return casebook.Contact{}, nil
	}
	via, err := s.d.Cases.Contact(ctx, tx, id)
	if seawall.Is(err, seawall.NotFound) {
		return casebook.Contact{}, nil
	}
	return via, err
}

// contactRow is an input as a contact row, without its places.
func (s *Service) contactRow(c casebook.Case, k NewContact) casebook.Contact {
	row := casebook.Contact{Person: k.Subject.Person, Case: c.ID, CaseNo: c.No, Via: k.Via, Disease: c.Disease, Class: k.Class,
		FirstExposure: known(k.FirstExposure), LastExposure: known(k.LastExposure), Until: seawall.NoDay, LastReport: seawall.NoDay,
		Setting: strings.TrimSpace(k.Setting), Relation: k.Relation, Place: strings.TrimSpace(k.Place), Extra: k.Extra}
	if k.Subject.Person == "" {
		row.Origin = casebook.Origin{Source: entered, External: k.Subject.Request}
	}
	return row
}

// sealAll seals the people of a proposal in one batch.
func (s *Service) sealAll(ctx context.Context, in []NewContact, homes []seawall.AreaPath) ([]casebook.Person, map[int][]vault.Candidate, error) {
	year := s.d.Clock.Now().In(s.d.Zone).Year()
	people := make([]casebook.Person, len(in))
	doubles := map[int][]vault.Candidate{}
	var reqs []vault.Request
	var ids []vault.Identity
	var at []int
	for i, k := range in {
		if k.Subject.Person != "" {
			people[i] = casebook.Person{No: k.Subject.Person}
			continue
		}
		ids = append(ids, k.Subject.Identity)
		reqs = append(reqs, vault.Request{ID: k.Subject.Request, Identity: k.Subject.Identity, Year: year})
		at = append(at, i)
	}
	if len(reqs) == 0 {
		return people, doubles, nil
	}
	found, err := s.d.Vault.CandidatesOf(ctx, ids, 3)
	if err != nil {
		return nil, nil, err
	}
	sealed, err := s.d.Vault.Seal(ctx, reqs)
	if err != nil {
		return nil, nil, err
	}
	for n, v := range sealed {
		if others := without(found[n], v.Person); len(others) > 0 {
			doubles[at[n]] = others
		}
		people[at[n]] = personOf(v, in[at[n]].Subject.Identity, homes[at[n]])
	}
	return people, doubles, nil
}

// propose is ProposeContacts inside its transaction.
func (s *Service) propose(ctx context.Context, tx seawall.Tx, in Proposal, people []casebook.Person, out *Proposed) error {
	c, err := s.d.Cases.Case(ctx, tx, in.Case)
	if err != nil {
		return err
	}
	if c.State == casebook.CaseRetracted { // since it was checked
		return seawall.E("response.propose", seawall.Conflict, "case_retracted")
	}
	p := places{s: s, ctx: ctx, tx: tx}
	for i, k := range in.Contacts {
		person, err := s.person(ctx, tx, people[i])
		if err != nil {
			return err
		}
		there, err := s.contactThere(ctx, tx, person.No, c.ID)
		if err != nil {
			return err
		}
		if there {
			out.Skipped = append(out.Skipped, i)
			continue
		}
		row := s.contactRow(c, k)
		row.Person, row.Mask = person.No, person.Mask
		row.Home, row.Stay = p.path(k.Home, "home"), p.path(k.Stay, "stay")
		if row.Home == "" {
			row.Home = person.Home
		}
		row.Area = s.answering(row.Home, row.Stay, c.Exposure, c.Stay, c.Area)
		if row, err = s.book.AddContact(ctx, tx, row); err != nil {
			return err
		}
		kind := casebook.Link{From: c.Person, To: person.No, FromCase: c.ID, ToContact: row.ID, Disease: c.Disease,
			Kind: "exposure", Setting: row.Setting, Day: row.LastExposure}
		if via, ok, err := s.viaPerson(ctx, tx, k.Via); err != nil {
			return err
		} else if ok {
			kind.From, kind.FromCase = via, ""
		}
		if kind.From != kind.To {
			if _, err := s.book.RecordLink(ctx, tx, kind); err != nil {
				return err
			}
		}
		out.Contacts = append(out.Contacts, row)
	}
	return p.err
}

// viaPerson is the person of the close contact through whom somebody was exposed.
func (s *Service) viaPerson(ctx context.Context, tx seawall.Tx, id seawall.ContactID) (seawall.PersonNo, bool, error) {
	if id == "" {
		return "", false, nil
	}
	v, err := s.d.Cases.Contact(ctx, tx, id)
	return v.Person, err == nil, err
}

// contactThere reports whether a person is a contact of that case already.
func (s *Service) contactThere(ctx context.Context, tx seawall.Tx, no seawall.PersonNo, id seawall.CaseID) (bool, error) {
	rows, err := s.d.Cases.ContactsOfPerson(ctx, tx, no)
	if err != nil {
		return false, err
	}
	for _, c := range rows {
		if c.Case == id && c.State != casebook.Withdrawn && c.State != casebook.Dismissed {
			return true, nil
		}
	}
	return false, nil
}
