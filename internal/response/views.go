package response

import (
	"context"
	"sort"
	"time"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/auth"
	"github.com/seawall-city/seawall/internal/casebook"
	"github.com/seawall-city/seawall/internal/ledger"
	"github.com/seawall-city/seawall/internal/loop"
)

// A page shows this much of what can be long; the lists show all of it.
const (
	shownContacts = 200
	shownEvents   = 200
	shownChain    = 60
)

// CaseView gives everything on the page of a case.
func (s *Service) CaseView(ctx context.Context, who Who, id seawall.CaseID) (CaseView, error) {
	const op = "response.CaseView"
	var out CaseView
	err := s.read(ctx, op, func(tx seawall.Tx) error {
		c, err := s.d.Cases.Case(ctx, tx, id)
		if err != nil {
			return err
		}
		if err := s.allow(who, auth.CaseRead, auth.Resource{Kind: seawall.KindCase, ID: string(id), Area: c.Area}); err != nil {
			return err
		}
		out = CaseView{Case: c, ByState: map[casebook.ContactState]int{}}
		for _, part := range []func(context.Context, seawall.Tx, casebook.Case, *CaseView) error{
			s.caseFacts, s.caseContacts, s.caseDuties, s.caseRule} {
			if err := part(ctx, tx, c, &out); err != nil {
				return err
			}
		}
		if out.Events, err = s.events(ctx, tx, c.Ref()); err != nil {
			return err
		}
		out.Timeline = timeline(out)
		out.Chain, err = s.chain(ctx, tx, who, c.Person, c.Disease, shownChain)
		return err
	})
	return out, err
}

func (s *Service) caseFacts(ctx context.Context, tx seawall.Tx, c casebook.Case, v *CaseView) (err error) {
	if v.AreaName, err = s.areaName(ctx, tx, c.Area); err != nil {
		return err
	}
	if v.Stays, err = s.d.Cases.StaysOfCase(ctx, tx, c.ID); err != nil {
		return err
	}
	all, err := s.d.Cases.ResultsOfPerson(ctx, tx, c.Person)
	v.Results = []casebook.Result{}
	for _, r := range all {
		if r.Disease == c.Disease {
			v.Results = append(v.Results, r)
		}
	}
	return err
}

func (s *Service) caseContacts(ctx context.Context, tx seawall.Tx, c casebook.Case, v *CaseView) error {
	rows, err := s.d.Cases.ContactsOfCase(ctx, tx, c.ID)
	if err != nil {
		return err
	}
	for _, k := range rows {
		v.ByState[k.State]++
	}
	v.ContactsTotal = len(rows)
	v.Contacts = rows[:min(len(rows), shownContacts)]
	return nil
}

func (s *Service) caseDuties(ctx context.Context, tx seawall.Tx, c casebook.Case, v *CaseView) (err error) {
	if v.Loops, err = s.d.Loops.LoopsAbout(ctx, tx, c.Ref()); err != nil {
		return err
	}
	v.Steps, v.Clocks = []loop.Step{}, []CaseClock{}
	for _, l := range v.Loops {
		steps, err := s.d.Loops.StepsOf(ctx, tx, l.ID)
		if err != nil {
			return err
		}
		v.Steps = append(v.Steps, steps...)
		for _, st := range steps {
			v.Clocks = append(v.Clocks, CaseClock{Key: st.Key, Title: st.Title, From: l.OpenedAt, Due: st.Due, DoneAt: st.DoneAt,
				State: st.State, Step: string(st.ID), Rule: st.Rule})
		}
	}
	return s.transferClock(ctx, tx, v)
}

// transferClock adds the bar of the contacts' transfer: from the first that
// opened to the last that is due, done when none is open.
func (s *Service) transferClock(ctx context.Context, tx seawall.Tx, v *CaseView) error {
	var bar CaseClock
	open := false
	for _, k := range v.Contacts {
		if k.Loop == "" {
			continue
		}
		steps, err := s.d.Loops.StepsOf(ctx, tx, k.Loop)
		if err != nil {
			return err
		}
		for _, st := range steps {
			if st.Key != stepTransfer {
				continue
			}
			if bar.Key == "" {
				bar = CaseClock{Key: stepTransfer, Title: seawall.Text{ZH: "密接转运", EN: "Contacts' transfer"}, From: st.Opened, Due: st.Due, Rule: st.Rule}
			}
			if st.Opened.Before(bar.From) {
				bar.From = st.Opened
			}
			if st.Due.After(bar.Due) {
				bar.Due = st.Due
			}
			if st.DoneAt.After(bar.DoneAt) {
				bar.DoneAt = st.DoneAt
			}
			open = open || st.State == loop.Open
		}
	}
	if bar.Key == "" {
		return nil
	}
	if bar.State = loop.Done; open {
		bar.State, bar.DoneAt = loop.Open, time.Time{}
	}
	v.Clocks = append(v.Clocks, bar)
	return nil
}

func (s *Service) caseRule(_ context.Context, _ seawall.Tx, c casebook.Case, v *CaseView) error {
	v.InfectiousFrom, v.InfectiousTo = seawall.NoDay, seawall.NoDay
	r, ok := s.d.Rules.ByID(c.Regime)
	if !ok || c.Regime == "" {
		return nil
	}
	v.Source = r.Source.Title.ZH
	if w, ok := r.InfectiousWindow(c.Onset, c.Sampled); ok {
		v.InfectiousFrom, v.InfectiousTo = w.From, w.To
	}
	return nil
}

// events gives the latest log entries about a thing, newest first.
func (s *Service) events(ctx context.Context, tx seawall.Tx, about seawall.Ref) ([]ledger.Event, error) {
	evs, err := s.d.Past.Events(ctx, tx, ledger.Query{Subject: about, Newest: true, Limit: shownEvents})
	for i := range evs {
		evs[i].Changes = nil // after-images are for rebuilding, not for reading
	}
	return evs, err
}

// timeline puts a case's days, stays, results and log into one order.
func timeline(v CaseView) []TimelineItem {
	c := v.Case
	out := []TimelineItem{}
	day := func(d seawall.Day, kind string) {
		if d.Known() {
			out = append(out, TimelineItem{Day: d, Kind: kind, Ref: c.Ref()})
		}
	}
	day(c.Exposed, "exposed")
	day(c.Onset, "onset")
	day(c.Sampled, "sampled")
	day(c.Diagnose, "diagnosed")
	day(c.OutcomeDay, "outcome")
	out = append(out, TimelineItem{At: c.Reported, Day: seawall.NoDay, Kind: "reported", Ref: c.Ref(), Text: c.Channel})
	for _, st := range v.Stays {
		out = append(out, TimelineItem{At: st.During.From, Until: st.During.To, Day: seawall.NoDay, Kind: "stay",
			Ref: seawall.Ref{Kind: seawall.KindStay, ID: string(st.ID)}, Text: st.Place})
	}
	for _, r := range v.Results {
		at := r.Resulted
		if at.IsZero() {
			at = r.Collected
		}
		out = append(out, TimelineItem{At: at, Day: seawall.NoDay, Kind: "result", Ref: r.Ref(),
			Data: map[string]string{"kind": r.Kind, "outcome": r.Outcome, "value": r.Value, "lab": r.Lab, "state": r.State}})
	}
	for _, e := range v.Events {
		out = append(out, TimelineItem{At: e.At, Day: seawall.NoDay, Kind: "event", Event: e.Type, Ref: e.Subject, Data: e.Data, By: e.Actor.Name})
	}
	sort.SliceStable(out, func(i, j int) bool { return out[i].micros() < out[j].micros() })
	return out
}

// micros places an item on the time axis; a day counts from its beginning (UTC).
func (t TimelineItem) micros() int64 {
	if t.At.IsZero() {
		return int64(t.Day) * 86400e6
	}
	return t.At.UnixMicro()
}

// LoopView gives a duty with all its parts.
func (s *Service) LoopView(ctx context.Context, who Who, id seawall.LoopID) (LoopView, error) {
	const op = "response.LoopView"
	var out LoopView
	err := s.read(ctx, op, func(tx seawall.Tx) error {
		if _, _, err := s.mayWork(ctx, tx, who, id, auth.LoopRead); err != nil {
			return err
		}
		var err error
		out, err = s.loopView(ctx, tx, id)
		return err
	})
	return out, err
}

func (s *Service) loopView(ctx context.Context, tx seawall.Tx, id seawall.LoopID) (v LoopView, err error) {
	if v.Loop, err = s.d.Loops.Loop(ctx, tx, id); err != nil {
		return v, err
	}
	if v.AreaName, err = s.areaName(ctx, tx, v.Loop.Area); err != nil {
		return v, err
	}
	if v.Steps, err = s.d.Loops.StepsOf(ctx, tx, id); err != nil {
		return v, err
	}
	if v.Series, err = s.d.Loops.SeriesOf(ctx, tx, id); err != nil {
		return v, err
	}
	if v.Clocks, err = s.d.Loops.ClocksOf(ctx, tx, id); err != nil {
		return v, err
	}
	if v.HandOvers, err = s.d.Loops.HandOversOf(ctx, tx, id); err != nil {
		return v, err
	}
	if v.Evidence, err = s.d.Loops.EvidenceOf(ctx, tx, id); err != nil {
		return v, err
	}
	v.Restrictions = []loop.Restriction{}
	if v.Loop.Person != "" {
		rs, err := s.d.Loops.RestrictionsOn(ctx, tx, casebook.PersonRef(v.Loop.Person))
		if err != nil {
			return v, err
		}
		for _, r := range rs {
			if r.Loop == id {
				v.Restrictions = append(v.Restrictions, r)
			}
		}
	}
	if r, ok := s.d.Rules.ByID(v.Loop.Regime); ok {
		v.Source = r.Source.Title.ZH
	}
	if err = s.kindOf(ctx, tx, &v); err != nil {
		return v, err
	}
	v.Events, err = s.events(ctx, tx, v.Loop.Ref())
	return v, err
}

// ContactView gives everything on the page of a contact, its plan computed anew
// with the citations that explain it.
func (s *Service) ContactView(ctx context.Context, who Who, id seawall.ContactID) (ContactView, error) {
	const op = "response.ContactView"
	var out ContactView
	err := s.read(ctx, op, func(tx seawall.Tx) error {
		c, err := s.d.Cases.Contact(ctx, tx, id)
		if err != nil {
			return err
		}
		if err := s.allow(who, auth.ContactRead, auth.Resource{Kind: seawall.KindContact, ID: string(id), Area: c.Area, Owner: c.Owner}); err != nil {
			return err
		}
		out, err = s.contactView(ctx, tx, c)
		return err
	})
	return out, err
}

func (s *Service) contactView(ctx context.Context, tx seawall.Tx, c casebook.Contact) (v ContactView, err error) {
	v = ContactView{Contact: c, Results: []casebook.Result{}, Blockers: []string{}}
	if v.AreaName, err = s.areaName(ctx, tx, c.Area); err != nil {
		return v, err
	}
	s.planOf(tx, c, &v)
	if c.Loop != "" {
		l, err := s.loopView(ctx, tx, c.Loop)
		if err != nil {
			return v, err
		}
		v.Loop = &l
		if c.State == casebook.Following {
			if v.Blockers, err = s.blockers(ctx, tx, c, l.Steps); err != nil {
				return v, err
			}
		}
	}
	if v.FollowUps, err = s.d.Cases.FollowUpsOf(ctx, tx, c.ID); err != nil {
		return v, err
	}
	results, err := s.d.Cases.ResultsOfPerson(ctx, tx, c.Person)
	if err != nil {
		return v, err
	}
	for _, r := range results {
		if r.Disease == c.Disease {
			v.Results = append(v.Results, r)
		}
	}
	if v.Sub, err = s.d.Cases.ContactsVia(ctx, tx, c.ID); err != nil {
		return v, err
	}
	if c.Via != "" {
		via, err := s.d.Cases.Contact(ctx, tx, c.Via)
		if err != nil {
			return v, err
		}
		v.Index = &via
	}
	v.Events, err = s.events(ctx, tx, c.Ref())
	return v, err
}

// planOf explains what the regime asks of a contact: the whole plan from the
// last exposure on, under the regime it was confirmed by, else today's.
func (s *Service) planOf(tx seawall.Tx, c casebook.Contact, v *ContactView) {
	r, ok := s.d.Rules.ByID(c.Regime)
	if !ok || c.Regime == "" {
		r = s.inForce(c.Disease, s.today(tx))
	}
	if r == nil {
		v.PlanError = "regime_none_in_force"
		return
	}
	p, err := r.ContactPlan(c.Class, wholePlan(c, s.d.Zone))
	if err != nil {
		o, _ := refused(string(c.ID), err)
		v.PlanError = o.Code
		return
	}
	v.Plan = &p
}

// PersonView gives what records hold about one person number.
func (s *Service) PersonView(ctx context.Context, who Who, no seawall.PersonNo) (PersonView, error) {
	const op = "response.PersonView"
	var out PersonView
	err := s.read(ctx, op, func(tx seawall.Tx) error {
		p, err := s.d.Cases.Person(ctx, tx, no)
		if err != nil {
			return err
		}
		at, err := s.placesOf(ctx, tx, p)
		if err != nil {
			return err
		}
		if err := s.allowAny(who, auth.PersonRead, auth.Resource{Kind: seawall.KindPerson, ID: string(no)}, at...); err != nil {
			return err
		}
		out.Person = p
		if out.Cases, err = s.d.Cases.CasesOfPerson(ctx, tx, no); err != nil {
			return err
		}
		if out.Contacts, err = s.d.Cases.ContactsOfPerson(ctx, tx, no); err != nil {
			return err
		}
		if out.Results, err = s.d.Cases.ResultsOfPerson(ctx, tx, no); err != nil {
			return err
		}
		if out.Stays, err = s.d.Cases.StaysOfPerson(ctx, tx, no); err != nil {
			return err
		}
		out.Links, err = s.d.Cases.LinksOfPersons(ctx, tx, []seawall.PersonNo{no})
		return err
	})
	return out, err
}
