package response

import (
	"context"
	"strings"
	"time"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/area"
	"github.com/seawall-city/seawall/internal/casebook"
	"github.com/seawall-city/seawall/internal/loop"
)

// places resolves the areas of an input to paths and gathers the unknown ones.
type places struct {
	s   *Service
	ctx context.Context
	tx  seawall.Tx
	bad []seawall.FieldError
	err error
}

// path gives the path of an area, "" for none. An unknown id is a fault of the
// field.
func (p *places) path(id seawall.AreaID, field string) seawall.AreaPath {
	if id == "" || p.err != nil {
		return ""
	}
	a, err := p.s.d.Areas.Area(p.ctx, p.tx, id)
	if seawall.Is(err, seawall.NotFound) {
		p.bad = append(p.bad, seawall.FieldError{Field: field, Code: "area_not_found", Args: map[string]string{"id": string(id)}})
		return ""
	}
	if err != nil {
		p.err = err
	}
	return a.Path
}

// answering gives the first place inside the city, in the order in which an
// owner is looked for, else the city itself.
func (s *Service) answering(in ...seawall.AreaPath) seawall.AreaPath {
	for _, p := range in {
		if p.Within(s.d.City) {
			return p
		}
	}
	return s.d.City
}

// owners names the places of a case or contact for the search of an owner.
func owners(home, stay, exposure seawall.AreaPath) []loop.Place {
	var out []loop.Place
	for _, p := range []loop.Place{{Path: home, Why: "home"}, {Path: stay, Why: "stay"}, {Path: exposure, Why: "exposure"}} {
		if p.Path != "" {
			out = append(out, p)
		}
	}
	return out
}

// areaNames gives the names of areas by path, the leaf's with its parent's
// before it below the county ("合德镇7网格").
func (s *Service) areaNames(ctx context.Context, tx seawall.Tx, paths ...seawall.AreaPath) (map[seawall.AreaPath]seawall.Text, error) {
	ids := map[seawall.AreaID]bool{}
	for _, p := range paths {
		for _, id := range tail(p) {
			ids[id] = true
		}
	}
	list := make([]seawall.AreaID, 0, len(ids))
	for id := range ids {
		list = append(list, id)
	}
	rows, err := s.d.Areas.Areas(ctx, tx, list)
	if err != nil {
		return nil, err
	}
	byID := make(map[seawall.AreaID]area.Area, len(rows))
	for _, a := range rows {
		byID[a.ID] = a
	}
	out := make(map[seawall.AreaPath]seawall.Text, len(paths))
	for _, p := range paths {
		out[p] = nameOf(byID, tail(p))
	}
	return out, nil
}

// tail gives the last two areas of a path, the upper one first.
func tail(p seawall.AreaPath) []seawall.AreaID {
	parts := strings.Split(strings.Trim(string(p), "/"), "/")
	if len(parts) > 2 {
		parts = parts[len(parts)-2:]
	}
	out := make([]seawall.AreaID, 0, 2)
	for _, id := range parts {
		if id != "" {
			out = append(out, seawall.AreaID(id))
		}
	}
	return out
}

// nameOf joins the names of an area and, below the county, its parent.
func nameOf(byID map[seawall.AreaID]area.Area, ids []seawall.AreaID) seawall.Text {
	if len(ids) == 0 {
		return seawall.Text{}
	}
	leaf, ok := byID[ids[len(ids)-1]]
	if !ok {
		return seawall.Text{ZH: string(ids[len(ids)-1]), EN: string(ids[len(ids)-1])}
	}
	switch leaf.Level {
	case area.Province, area.City, area.County, area.Zone:
		return leaf.Name
	}
	up, ok := byID[ids[0]]
	if !ok || len(ids) < 2 {
		return leaf.Name
	}
	return seawall.Text{ZH: up.Name.ZH + leaf.Name.ZH, EN: leaf.Name.In("en") + ", " + up.Name.In("en")}
}

// areaName gives one area's name.
func (s *Service) areaName(ctx context.Context, tx seawall.Tx, p seawall.AreaPath) (seawall.Text, error) {
	m, err := s.areaNames(ctx, tx, p)
	return m[p], err
}

// parties names the four responsible parties of a duty about somebody at a
// place: the territory, the city's desk for the theme, the employer or facility
// (where none is known the community stands in), and the person.
func (s *Service) parties(ctx context.Context, tx seawall.Tx, at seawall.AreaPath, kind loop.Kind, unit, mask string) (loop.Parties, error) {
	name, err := s.areaName(ctx, tx, at)
	if err != nil {
		return loop.Parties{}, err
	}
	desk, err := s.d.Roster.WhoAnswers(ctx, tx, s.d.City, string(kind), tx.Now())
	if err != nil {
		return loop.Parties{}, err
	}
	p := loop.Parties{Territory: name.ZH, Department: desk.WorkName, Unit: unit, Individual: mask}
	if p.Department == "" {
		p.Department = "市指挥部"
	}
	if strings.TrimSpace(p.Unit) == "" {
		p.Unit = name.ZH + "（代）"
	}
	if p.Individual == "" {
		p.Individual = "本人"
	}
	return p, nil
}

// mirror keeps the contact's row in step with its follow-up loop: owner, next
// due, state, and the room that is free again when nobody is held in it.
func (s *Service) mirror(ctx context.Context, tx seawall.Tx, l loop.Loop, steps []loop.Step) error {
	switch l.Subject.Kind {
	case seawall.KindContact:
		if l.Kind != loop.FollowUp {
			return nil // a duty of another kind about the same contact
		}
	case seawall.KindEntry:
		return s.mirrorEntry(ctx, tx, l)
	case seawall.KindArrival:
		return s.mirrorArrival(ctx, tx, l, steps)
	case seawall.KindAppeal:
		return s.mirrorAppeal(ctx, tx, l)
	case seawall.KindTrip:
		return s.mirrorTrip(ctx, tx, l)
	case seawall.KindLot, seawall.KindPoint:
		return s.mirrorGoods(ctx, tx, l)
	case seawall.KindSite:
		return s.mirrorSite(ctx, tx, l)
	case seawall.KindHelp:
		return s.mirrorHelp(ctx, tx, l, steps)
	default:
		return nil
	}
	c, err := s.d.Cases.Contact(ctx, tx, seawall.ContactID(l.Subject.ID))
	if err != nil {
		return err
	}
	if c.Loop != "" && c.Loop != l.ID && l.State != loop.Open {
		return nil // an earlier duty of the same contact
	}
	was := c
	c.Loop, c.Owner, c.OwnerName = l.ID, l.Owner, l.OwnerName
	c.NextDue = nextDue(steps)
	switch {
	case l.State != loop.Open:
		c.Owner, c.OwnerName = "", ""
		c.State = stateAfter(l)
	case !l.ReopenedAt.IsZero() && c.State != casebook.Candidate:
		c.State = casebook.Following
	}
	if err := s.freeRoom(ctx, tx, l, &c); err != nil {
		return err
	}
	if same(was, c) {
		return nil
	}
	_, err = s.book.KeepContact(ctx, tx, c)
	return err
}

// same reports whether a contact's mirror fields are as they were.
func same(a, b casebook.Contact) bool {
	return a.Loop == b.Loop && a.Owner == b.Owner && a.OwnerName == b.OwnerName && a.State == b.State &&
		a.Room == b.Room && a.NextDue.Equal(b.NextDue)
}

// stateAfter is where a contact stands after its loop ended.
func stateAfter(l loop.Loop) casebook.ContactState {
	switch {
	case l.State == loop.Withdrawn, l.State == loop.Cancelled:
		return casebook.Withdrawn
	case l.Outcome == outcomeCase:
		return casebook.BecameCase
	case l.Outcome == outcomeLost:
		return casebook.Lost
	}
	return casebook.Completed
}

// The outcomes of follow-up loops.
const (
	outcomeReleased = "released"
	outcomeCase     = "became_case"
	outcomeLost     = "lost"
	outcomeReplaced = "reclassified"
)

// nextDue is the earliest due instant among open steps, zero without any.
func nextDue(steps []loop.Step) time.Time {
	var at time.Time
	for _, st := range steps {
		if st.State == loop.Open && !st.Due.IsZero() && (at.IsZero() || st.Due.Before(at)) {
			at = st.Due
		}
	}
	return at
}
