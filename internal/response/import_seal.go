package response

import (
	"context"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/casebook"
	"github.com/seawall-city/seawall/internal/vault"
)

// seal brings the people of a batch into the vault, all under idempotent request
// ids: a batch that is taken again seals nobody twice. Who carries the same
// valid document number and name as somebody known is that person; anything
// weaker is a new person with a warning.
func (b *batch) seal(ctx context.Context) error {
	if err := b.match(ctx); err != nil {
		return err
	}
	var reqs []vault.Request
	var fresh []*item
	ends := map[string]string{}
	for _, i := range b.items {
		if i.fate != rowFresh && i.fate != rowChanged {
			continue
		}
		switch {
		case i.rec.Link != nil:
			reqs = append(reqs, b.endRequests(i, ends)...)
		case i.rec.FollowUp != nil:
		case !i.found:
			i.request = requestID(b.r.imp.ID, i.n)
			reqs = append(reqs, vault.Request{ID: i.request, Identity: identityOf(i), Year: b.year(i)})
			fresh = append(fresh, i)
		case i.rec.Result == nil && (i.adopted || i.fate == rowChanged):
			if err := b.amend(ctx, i); err != nil {
				return err
			}
		}
	}
	sealed, err := b.r.s.d.Vault.Seal(ctx, reqs)
	if err != nil {
		return err
	}
	for n, v := range sealed {
		b.sealed[reqs[n].ID] = v
		b.requests = append(b.requests, reqs[n].ID)
	}
	for _, i := range fresh {
		v := b.sealed[i.request]
		i.person = personOf(v, identityOf(i), i.home)
		if v.DocFailed {
			i.warn("", "import_document_fails")
		}
	}
	return b.doubles(ctx, fresh)
}

// endRequests asks for placeholders for the unknown ends of a link, one for each
// unknown id of the batch.
func (b *batch) endRequests(i *item, ends map[string]string) []vault.Request {
	var out []vault.Request
	for _, e := range []*end{&i.from, &i.to} {
		if e.request == "" {
			continue
		}
		if first, made := ends[e.external]; made {
			e.request = first
			continue
		}
		ends[e.external] = e.request
		out = append(out, vault.Request{ID: e.request, Identity: vault.Identity{Birth: seawall.NoDay}, Year: b.year(i)})
	}
	return out
}

// match finds the people whom document number and name settle.
func (b *batch) match(ctx context.Context) error {
	var ask []*item
	var ids []vault.Identity
	for _, i := range b.items {
		if i.fate == rowFresh && !i.found && i.rec.Identity.DocNumber != "" {
			ask, ids = append(ask, i), append(ids, identityOf(i))
		}
	}
	if len(ask) == 0 {
		return nil
	}
	found, err := b.r.s.d.Vault.Match(ctx, ids)
	if err != nil {
		return err
	}
	if err := b.byDocumentAlone(ctx, ask, ids, found); err != nil {
		return err
	}
	return b.r.s.d.Work.Read(ctx, func(tx seawall.Tx) error {
		want := map[seawall.PersonNo]bool{}
		for _, no := range found {
			want[no] = true
		}
		if err := b.addPeople(ctx, tx, want); err != nil {
			return err
		}
		for n, i := range ask {
			// Without a row it is this very row's own person, sealed before an
			// interruption: sealing again gives the same number.
			i.person, i.found = b.standing(found[n])
		}
		return nil
	})
}

// byDocumentAlone settles results that tell a document number and no name: they
// are about whoever carries it, if that is one person.
func (b *batch) byDocumentAlone(ctx context.Context, ask []*item, ids []vault.Identity, found []seawall.PersonNo) error {
	for n, i := range ask {
		if found[n] != "" || i.rec.Result == nil || ids[n].Name != "" {
			continue
		}
		cands, err := b.r.s.d.Vault.Candidates(ctx, ids[n], 3)
		if err != nil {
			return err
		}
		var same []seawall.PersonNo
		for _, c := range cands {
			for _, why := range c.Reasons {
				if why.Code == "document" {
					same = append(same, c.Person)
				}
			}
		}
		if len(same) == 1 {
			found[n] = same[0]
		}
	}
	return nil
}

// amend tells the vault what a row says now about somebody who is known.
func (b *batch) amend(ctx context.Context, i *item) error {
	v, err := b.r.s.d.Vault.Amend(ctx, i.person.No, identityOf(i), b.year(i))
	if seawall.Is(err, seawall.Gone) || seawall.Is(err, seawall.NotFound) {
		return nil // forgotten on purpose: the facts stay without a name
	}
	if err != nil {
		return err
	}
	p := personOf(v, identityOf(i), i.home)
	i.person.Mask, i.person.Pinyin = v.Mask, v.Pinyin
	if p.Sex != "" {
		i.person.Sex = p.Sex
	}
	if p.BirthYear != 0 {
		i.person.BirthYear = p.BirthYear
	}
	if p.Home != "" {
		i.person.Home = p.Home
	}
	i.person.Placeholder = false
	return nil
}

// doubles warns of new people who may be known already.
func (b *batch) doubles(ctx context.Context, fresh []*item) error {
	var ask []*item
	var ids []vault.Identity
	for _, i := range fresh {
		if i.rec.Identity.Name != "" || i.rec.Identity.Phone != "" || i.rec.Identity.DocNumber != "" {
			ask, ids = append(ask, i), append(ids, identityOf(i))
		}
	}
	if len(ask) == 0 {
		return nil
	}
	found, err := b.r.s.d.Vault.CandidatesOf(ctx, ids, 2)
	if err != nil {
		return err
	}
	for n, i := range ask {
		for _, c := range found[n] {
			if c.Person != i.person.No {
				i.warn("", "import_possible_duplicate")
				break
			}
		}
	}
	return nil
}

func identityOf(i *item) vault.Identity {
	d := i.rec.Identity
	return vault.Identity{Name: d.Name, Sex: d.Sex, Birth: d.Birth, BirthYear: d.BirthYear, DocType: d.DocType,
		DocNumber: d.DocNumber, Phone: d.Phone, Address: d.Address}
}

// year is the calendar year in which the row's age was true.
func (b *batch) year(i *item) int {
	if i.rec.Year > 0 {
		return i.rec.Year
	}
	return b.r.imp.Day.Start(b.r.s.d.Zone).Year()
}

// personChanged reports whether a row told something new of a known person.
func (i *item) personChanged(was casebook.Person) bool {
	return was.Mask != i.person.Mask || was.Pinyin != i.person.Pinyin || was.Sex != i.person.Sex ||
		was.BirthYear != i.person.BirthYear || was.Home != i.person.Home || was.Placeholder != i.person.Placeholder
}
