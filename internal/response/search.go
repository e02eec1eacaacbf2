package response

import (
	"context"
	"strings"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/auth"
	"github.com/seawall-city/seawall/internal/casebook"
)

// shownHits is how many of each kind a search shows.
const shownHits = 8

// shortestName is how many characters make a search among people; one alone
// would list a surname.
const shortestName = 2

// Search looks for a text everywhere the asker may see: areas by name and code,
// cases and contacts by number and external id, people by document, phone, last
// four digits, name or pinyin. People are shown by their mask only.
func (s *Service) Search(ctx context.Context, who Who, text string) (SearchResult, error) {
	const op = "response.Search"
	out := SearchResult{Areas: []SearchHit{}, Cases: []SearchHit{}, Contacts: []SearchHit{}, People: []SearchHit{}}
	if err := s.allow(who, auth.SearchRun, auth.Resource{Kind: seawall.KindSystem}); err != nil {
		return out, err
	}
	text = strings.TrimSpace(text)
	if text == "" {
		return out, nil
	}
	mayCase := s.allow(who, auth.CaseRead, auth.Resource{Kind: seawall.KindCase}) == nil
	mayContact := s.allow(who, auth.ContactRead, auth.Resource{Kind: seawall.KindContact}) == nil
	mayPerson := s.allow(who, auth.PersonRead, auth.Resource{Kind: seawall.KindPerson}) == nil
	err := s.read(ctx, op, func(tx seawall.Tx) error {
		areas, err := s.d.Areas.SearchAreas(ctx, tx, text, s.scope(who), shownHits)
		if err != nil {
			return err
		}
		for _, a := range areas {
			out.Areas = append(out.Areas, SearchHit{Ref: a.Ref(), Title: a.Name, Note: string(a.ID), Area: a.Path})
		}
		if mayCase {
			if err := s.searchCases(ctx, tx, who, text, &out); err != nil {
				return err
			}
		}
		if mayContact {
			return s.searchContacts(ctx, tx, who, text, &out)
		}
		return nil
	})
	if err != nil || !mayPerson || len([]rune(text)) < shortestName {
		return out, err
	}
	return out, s.searchPeople(ctx, who, text, &out)
}

func (s *Service) searchCases(ctx context.Context, tx seawall.Tx, who Who, text string, out *SearchResult) error {
	rows, _, _, err := s.d.Cases.Cases(ctx, tx, casebook.CaseQuery{Scope: s.scope(who), Text: text, Page: seawall.Page{Limit: shownHits}})
	for _, c := range rows {
		out.Cases = append(out.Cases, SearchHit{Ref: c.Ref(), Title: plain(c.No + " " + c.Mask), Note: c.Disease, Area: c.Area})
	}
	return err
}

func (s *Service) searchContacts(ctx context.Context, tx seawall.Tx, who Who, text string, out *SearchResult) error {
	rows, _, _, err := s.d.Cases.Contacts(ctx, tx, casebook.ContactQuery{Scope: s.scope(who), Text: text, Page: seawall.Page{Limit: shownHits}})
	for _, c := range rows {
		out.Contacts = append(out.Contacts, SearchHit{Ref: c.Ref(), Title: plain(c.No + " " + c.Mask), Note: c.CaseNo, Area: c.Area})
	}
	return err
}

// searchPeople asks the vault and shows those whose records the asker may see.
func (s *Service) searchPeople(ctx context.Context, who Who, text string, out *SearchResult) error {
	const op = "response.Search"
	found, err := s.d.Vault.Find(ctx, text, 4*shownHits)
	if err != nil {
		return seawall.Wrap(op, err)
	}
	return s.read(ctx, op, func(tx seawall.Tx) error {
		seen := map[seawall.PersonNo]bool{}
		for _, f := range found {
			p, err := s.book.Person(ctx, tx, f.Person)
			if seawall.Is(err, seawall.NotFound) {
				continue // sealed, and no record came of it
			}
			if err != nil {
				return err
			}
			at, err := s.placesOf(ctx, tx, p)
			if err != nil {
				return err
			}
			if seen[p.No] || len(out.People) >= shownHits || !s.inScope(who, at...) {
				continue
			}
			seen[p.No] = true
			out.People = append(out.People, SearchHit{Ref: casebook.PersonRef(p.No), Title: plain(p.Mask), Note: string(p.No), Area: s.answering(p.Home)})
		}
		return nil
	})
}

// plain is a text that reads the same in both languages.
func plain(t string) seawall.Text { return seawall.Text{ZH: t, EN: t} }
