package response

import (
	"context"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/auth"
	"github.com/seawall-city/seawall/internal/casebook"
)

// mostInChain bounds a chain however much is asked for.
const mostInChain = 1000

// Chain gives the chain of transmission around a case: everybody linked to it,
// and to them, nearest first, at most limit people.
func (s *Service) Chain(ctx context.Context, who Who, id seawall.CaseID, limit int) (ChainView, error) {
	const op = "response.Chain"
	var out ChainView
	err := s.read(ctx, op, func(tx seawall.Tx) error {
		c, err := s.d.Cases.Case(ctx, tx, id)
		if err != nil {
			return err
		}
		if err := s.allow(who, auth.CaseRead, auth.Resource{Kind: seawall.KindCase, ID: string(id), Area: c.Area}); err != nil {
			return err
		}
		if limit <= 0 || limit > mostInChain {
			limit = mostInChain
		}
		out, err = s.chain(ctx, tx, who, c.Person, c.Disease, limit)
		return err
	})
	return out, err
}

// chain walks the links outwards from a person, one ring at a time.
func (s *Service) chain(ctx context.Context, tx seawall.Tx, who Who, from seawall.PersonNo, disease string, limit int) (ChainView, error) {
	out := ChainView{Nodes: []ChainNode{}, Edges: []ChainEdge{}}
	seen := map[seawall.PersonNo]bool{from: true}
	edges := map[seawall.LinkID]bool{}
	order, ring := []seawall.PersonNo{from}, []seawall.PersonNo{from}
	for len(ring) > 0 && !out.Truncated {
		links, err := s.d.Cases.LinksOfPersons(ctx, tx, ring)
		if err != nil {
			return out, err
		}
		ring = nil
		for _, l := range links {
			if edges[l.ID] || l.State != casebook.Valid || l.Disease != disease {
				continue
			}
			for _, end := range []seawall.PersonNo{l.From, l.To} {
				if seen[end] {
					continue
				}
				if len(order) >= limit {
					out.Truncated = true
					continue
				}
				seen[end] = true
				order, ring = append(order, end), append(ring, end)
			}
			if seen[l.From] && seen[l.To] {
				edges[l.ID] = true
				out.Edges = append(out.Edges, ChainEdge{From: l.From, To: l.To, Kind: l.Kind, Certainty: l.Certainty, Setting: l.Setting, Day: l.Day})
			}
		}
	}
	people, err := s.d.Cases.Persons(ctx, tx, order)
	if err != nil {
		return out, err
	}
	byNo := map[seawall.PersonNo]casebook.Person{}
	for _, p := range people {
		byNo[p.No] = p
	}
	for _, no := range order {
		n, err := s.node(ctx, tx, byNo[no], no, disease)
		if err != nil {
			return out, err
		}
		n.Focus = no == from
		if !s.inScope(who, n.Area) && !n.Focus { // somebody else's area: the shape, not the record
			n = ChainNode{Person: no, Mask: "·", Day: n.Day, State: "elsewhere"}
		}
		out.Nodes = append(out.Nodes, n)
	}
	return out, nil
}

// node is one person in the chain, as their case or contact record shows them.
func (s *Service) node(ctx context.Context, tx seawall.Tx, p casebook.Person, no seawall.PersonNo, disease string) (ChainNode, error) {
	n := ChainNode{Person: no, Mask: p.Mask, Day: seawall.NoDay, Area: s.answering(p.Home)}
	cases, err := s.d.Cases.CasesOfPerson(ctx, tx, no)
	if err != nil {
		return n, err
	}
	for _, c := range cases {
		if c.Disease != disease || c.State == casebook.CaseRetracted && n.Case != "" {
			continue
		}
		n.Case, n.CaseNo, n.State, n.Class, n.Area = c.ID, c.No, c.State, string(c.Class), c.Area
		n.Day = firstKnown(c.Onset, c.Sampled, seawall.DayOf(c.Reported, s.d.Zone))
	}
	contacts, err := s.d.Cases.ContactsOfPerson(ctx, tx, no)
	if err != nil {
		return n, err
	}
	for _, k := range contacts {
		if k.Disease != disease {
			continue
		}
		n.Contact = k.ID
		if k.Relation == "household" && k.Home != "" {
			n.Household = string(k.Case) + "@" + string(k.Home)
		}
		if n.Case == "" {
			n.State, n.Class, n.Area, n.Day = string(k.State), k.Class, k.Area, k.LastExposure
		}
	}
	return n, nil
}

// firstKnown gives the first day that is known.
func firstKnown(days ...seawall.Day) seawall.Day {
	for _, d := range days {
		if d.Known() {
			return d
		}
	}
	return seawall.NoDay
}
