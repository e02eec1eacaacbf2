package response

import (
	"context"
	"errors"
	"slices"
	"sort"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/auth"
	"github.com/seawall-city/seawall/internal/casebook"
	"github.com/seawall-city/seawall/internal/loop"
	"github.com/seawall-city/seawall/internal/regime"
)

// chunk is how many contacts one transaction of a bulk action holds: few enough
// that nobody else waits long, many enough that hundreds take seconds.
const chunk = 100

// mostSelected bounds one bulk action; the work-list of a large outbreak is
// 60,000 (design §8), a decision about more than this at once is none.
const mostSelected = 5000

// selected gives the ids of a selection.
func (s *Service) selected(ctx context.Context, who Who, sel Selection) ([]seawall.ContactID, error) {
	const op = "response.selected"
	if len(sel.IDs) > 0 || sel.Query == nil {
		if len(sel.IDs) == 0 {
			return nil, seawall.E(op, seawall.Invalid, "selection_empty")
		}
		if len(sel.IDs) > mostSelected {
			return nil, seawall.E(op, seawall.Invalid, "selection_too_large", "max", "5000")
		}
		return sel.IDs, nil
	}
	var ids []seawall.ContactID
	page := seawall.Page{Limit: 500}
	for {
		l, err := s.Contacts(ctx, who, *sel.Query, page)
		if err != nil {
			return nil, err
		}
		if l.Total > mostSelected {
			return nil, seawall.E(op, seawall.Invalid, "selection_too_large", "max", "5000")
		}
		for _, c := range l.Items {
			ids = append(ids, c.ID)
		}
		if l.Next == "" {
			return ids, nil
		}
		page.Cursor = l.Next
	}
}

// PreviewConfirm says what confirming a cut would do: how many people, where,
// and what it takes of the rooms and teams that are free. Nothing is changed.
func (s *Service) PreviewConfirm(ctx context.Context, who Who, in Cut) (Preview, error) {
	const op = "response.PreviewConfirm"
	ids, err := s.selected(ctx, who, in.Selection)
	if err != nil {
		return Preview{}, err
	}
	out := Preview{ByClass: map[string]int{}, Needs: []Need{}, ByArea: []AreaCount{}}
	err = s.read(ctx, op, func(tx seawall.Tx) error {
		byArea, inRooms := map[seawall.AreaPath]int{}, map[seawall.AreaPath]int{}
		for _, id := range ids {
			c, r, plan, err := s.candidate(ctx, tx, who, id, in.Class, auth.ContactRead)
			if err != nil {
				o, ok := refused(string(id), err)
				if !ok {
					return err
				}
				out.Problems = append(out.Problems, o)
				continue
			}
			if err := out.count(ctx, s, c, r, plan, byArea, inRooms); err != nil {
				return err
			}
		}
		var err error
		if out.Needs, err = s.needs(ctx, tx, s.stock(ctx, tx), inRooms, byArea); err != nil {
			return err
		}
		return s.countAreas(ctx, tx, byArea, &out)
	})
	return out, err
}

// count adds one candidate to a preview.
func (p *Preview) count(ctx context.Context, s *Service, c casebook.Contact, r *regime.Regime, plan regime.Plan, byArea, inRooms map[seawall.AreaPath]int) error {
	p.People++
	p.ByClass[plan.Class]++
	if plan.Over {
		p.History++
		return nil
	}
	byArea[c.Area]++
	if plan.Restricts() {
		p.Restricted++
	}
	for _, seg := range plan.Segments {
		if seg.Kind == regime.Central {
			inRooms[c.Area]++
			break
		}
	}
	return s.countSteps(ctx, s.aboutContact(c, r, plan, s.d.Clock.Now()), p)
}

// countSteps adds the steps of the follow-up that somebody would get.
func (s *Service) countSteps(ctx context.Context, d dutyAbout, p *Preview) error {
	file, ok := s.d.Protocols.ByID(string(loop.FollowUp))
	if !ok {
		return seawall.E("response.countSteps", seawall.NotFound, "protocol_unknown", "kind", string(loop.FollowUp))
	}
	d.Given.Zone, d.Given.No = s.d.Zone, d.No
	o, err := file.Plan(ctx, d.Given)
	if err != nil {
		return err
	}
	p.Steps += len(o.Steps)
	for _, series := range o.Series {
		p.Steps += (int(series.To-series.From) + 1) * max(series.PerDay, 1)
	}
	return nil
}

// countAreas names the counties and towns of a preview's people.
func (s *Service) countAreas(ctx context.Context, tx seawall.Tx, byArea map[seawall.AreaPath]int, out *Preview) error {
	paths := make([]seawall.AreaPath, 0, len(byArea))
	for p := range byArea {
		paths = append(paths, p)
	}
	names, err := s.areaNames(ctx, tx, paths...)
	if err != nil {
		return err
	}
	for p, n := range byArea {
		out.ByArea = append(out.ByArea, AreaCount{Area: p, Name: names[p], N: n})
	}
	sort.Slice(out.ByArea, func(i, j int) bool {
		a, b := out.ByArea[i], out.ByArea[j]
		return a.N > b.N || a.N == b.N && a.Area < b.Area
	})
	return nil
}

// candidate reads a contact that may be confirmed, with the plan it would get.
func (s *Service) candidate(ctx context.Context, tx seawall.Tx, who Who, id seawall.ContactID, class string, a auth.Action) (casebook.Contact, *regime.Regime, regime.Plan, error) {
	const op = "response.candidate"
	c, err := s.d.Cases.Contact(ctx, tx, id)
	if err != nil {
		return c, nil, regime.Plan{}, err
	}
	if err := s.allow(who, a, auth.Resource{Kind: seawall.KindContact, ID: string(id), Area: c.Area, Owner: c.Owner}); err != nil {
		return c, nil, regime.Plan{}, err
	}
	if c.State != casebook.Candidate {
		return c, nil, regime.Plan{}, seawall.E(op, seawall.Conflict, "not_a_candidate", "state", string(c.State))
	}
	if exposureFact(c).IsZero() {
		return c, nil, regime.Plan{}, seawall.E(op, seawall.Invalid, "contact_without_case")
	}
	if class == "" {
		if class, err = s.classNow(ctx, tx, c); err != nil {
			return c, nil, regime.Plan{}, err
		}
	}
	r, plan, err := s.planFor(c, class, tx.Now())
	return c, r, plan, err
}

// classNow is the class a candidate is confirmed in: the one proposed, unless the
// close contact through whom they were exposed has become a case meanwhile
// without two negative tests; then the rule's "else" holds from the beginning.
func (s *Service) classNow(ctx context.Context, tx seawall.Tx, c casebook.Contact) (string, error) {
	r := s.inForce(c.Disease, s.today(tx))
	if r == nil || c.Via == "" {
		return c.Class, nil
	}
	class, ok := r.Class(c.Class)
	if !ok || class.PromoteTo == "" || !slices.Contains(class.ReleaseIf, indexTests) {
		return c.Class, nil
	}
	via, err := s.d.Cases.Contact(ctx, tx, c.Via)
	if err != nil || via.State != casebook.BecameCase {
		return c.Class, err
	}
	passed, err := s.testedNegative(ctx, tx, via)
	if err != nil || passed {
		return c.Class, err
	}
	return class.PromoteTo, nil
}

// ConfirmContacts is the decision of a named epidemiologist: each candidate of
// the cut becomes a contact under follow-up, with its duty, its restrictions and
// its room. Each contact is decided for itself; those that cannot be confirmed
// are refused with the reason.
func (s *Service) ConfirmContacts(ctx context.Context, who Who, in Cut) (BulkResult, error) {
	const op = "response.ConfirmContacts"
	if who.Actor.Kind != seawall.ActorUser || who.Principal.ID == "" || who.Principal.WorkName == "" {
		return BulkResult{}, seawall.E(op, seawall.Denied, "decider_unnamed")
	}
	if err := s.allow(who, auth.ContactConfirm, auth.Resource{Kind: seawall.KindContact}); err != nil {
		return BulkResult{}, err
	}
	by := decider{id: who.Principal.ID, name: who.Principal.WorkName}
	return s.each(ctx, who, op, in.Selection, func(ctx context.Context, tx seawall.Tx, id seawall.ContactID, k *stock) error {
		c, r, plan, err := s.candidate(ctx, tx, who, id, in.Class, auth.ContactConfirm)
		if err != nil {
			return err
		}
		fact := exposureFact(c)
		if err := s.factStands(ctx, tx, c); err != nil {
			return err
		}
		cited, err := s.citedSample(ctx, tx, fact)
		if err != nil {
			return err
		}
		c, _, err = s.openFollowUp(ctx, tx, following{contact: c, rule: r, plan: plan, fact: fact, by: by, found: tx.Now(), cited: cited}, k)
		if err != nil {
			return err
		}
		return s.record(ctx, tx, "contact.confirmed", c.Ref(), c.Area, c.Person,
			map[string]string{"class": plan.Class, "state": string(c.State), "rule": plan.Why.String()}, fact)
	})
}

// factStands refuses to confirm on a case that was taken back meanwhile.
func (s *Service) factStands(ctx context.Context, tx seawall.Tx, c casebook.Contact) error {
	holds, err := s.holdsStill(ctx, tx, exposureFact(c))
	if err != nil {
		return err
	}
	if !holds {
		return seawall.E("response.factStands", seawall.Conflict, "case_retracted")
	}
	return nil
}

// DismissContacts sets candidates aside with a reason; they had no effect and
// have none now.
func (s *Service) DismissContacts(ctx context.Context, who Who, in Selection, reason string) (BulkResult, error) {
	const op = "response.DismissContacts"
	if err := reasonGiven(op, reason); err != nil {
		return BulkResult{}, err
	}
	return s.each(ctx, who, op, in, func(ctx context.Context, tx seawall.Tx, id seawall.ContactID, _ *stock) error {
		c, err := s.d.Cases.Contact(ctx, tx, id)
		if err != nil {
			return err
		}
		if err := s.allow(who, auth.ContactDismiss, auth.Resource{Kind: seawall.KindContact, ID: string(id), Area: c.Area}); err != nil {
			return err
		}
		if c.State != casebook.Candidate {
			return seawall.E(op, seawall.Conflict, "not_a_candidate", "state", string(c.State))
		}
		c.State = casebook.Dismissed
		_, err = s.book.ChangeContact(ctx, tx, c, "contact.dismissed", map[string]string{"reason": reason})
		return err
	})
}

// refused turns the error about one record into its outcome; false for an error
// that is nobody's own fault and ends the whole action.
func refused(id string, err error) (Outcome, bool) {
	var e *seawall.Error
	if !errors.As(err, &e) {
		return Outcome{}, false
	}
	switch e.KindOf() {
	case seawall.Invalid, seawall.NotFound, seawall.Conflict, seawall.Denied, seawall.Limited:
	default:
		return Outcome{}, false
	}
	o := Outcome{ID: id, Result: "refused"}
	for e != nil {
		if e.Code != "" {
			o.Code, o.Args = e.Code, e.Args
			return o, true
		}
		var inner *seawall.Error
		if !errors.As(e.Err, &inner) {
			break
		}
		e = inner
	}
	o.Code = "kind_" + e.KindOf().String()
	return o, true
}
