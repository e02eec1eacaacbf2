package response

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/casebook"
	"github.com/seawall-city/seawall/internal/loop"
	"github.com/seawall-city/seawall/internal/protocol"
	"github.com/seawall-city/seawall/internal/regime"
)

// dutyAbout is whom or what a duty is about, with all that its protocol's plan
// depends on.
type dutyAbout struct {
	// ID is minted when empty.
	ID      seawall.LoopID
	Subject seawall.Ref
	// Fact is what the duty hangs on; zero is the subject itself.
	Fact   seawall.Ref
	Person seawall.PersonNo
	// No is the visible number, for the title; Mask stands in lists.
	No, Mask, Disease string
	// Regime is the one in force, nil where none speaks; Rule the rule that is
	// cited, "" leaves it to the plan.
	Regime *regime.Regime
	Rule   string
	// Area is the territory; Places are where an owner is looked for, the
	// protocol's order decides.
	Area   seawall.AreaPath
	Places []loop.Place
	// Unit is the subject's own employer or facility.
	Unit   string
	Given  protocol.Subject
	Parent seawall.LoopID
}

// openLoop opens a duty of a kind. Errors: NotFound for a kind without protocol,
// Invalid when its plan has nothing to do.
func (s *Service) openLoop(ctx context.Context, tx seawall.Tx, kind string, d dutyAbout) (loop.Loop, error) {
	o, err := s.planLoop(ctx, tx, kind, d)
	if err != nil {
		return loop.Loop{}, err
	}
	return s.engine.Open(ctx, tx, o)
}

// planLoop gives the duty that openLoop would open.
func (s *Service) planLoop(ctx context.Context, tx seawall.Tx, kind string, d dutyAbout) (loop.Opening, error) {
	p, ok := s.d.Protocols.ByID(kind)
	if !ok {
		return loop.Opening{}, seawall.E("response.planLoop", seawall.NotFound, "protocol_unknown", "kind", kind)
	}
	return s.planBy(ctx, tx, p, d)
}

// planBy gives the duty that one text of a protocol asks for.
func (s *Service) planBy(ctx context.Context, tx seawall.Tx, p *protocol.Protocol, d dutyAbout) (loop.Opening, error) {
	plan, err := p.Plan(ctx, s.given(tx, d))
	if err != nil {
		return loop.Opening{}, err
	}
	o := loop.Opening{ID: d.ID, Kind: plan.Kind, Protocol: plan.Protocol, Parent: d.Parent, Subject: d.Subject, Person: d.Person,
		Mask: d.Mask, No: d.No, Fact: d.Fact, Disease: d.Disease, Rule: plan.Rule, Title: plan.Title,
		Places: inOrder(d.Places, plan.Places), Steps: required(p, plan.Steps), Series: plan.Series}
	if o.Fact.IsZero() {
		o.Fact = d.Subject
	}
	if o.Disease == "" {
		o.Disease = p.Disease
	}
	if d.Regime != nil {
		o.Regime = d.Regime.Ref()
	}
	o.Parties, err = s.partiesOf(ctx, tx, p, d)
	return o, err
}

// given fills what every subject has.
func (s *Service) given(tx seawall.Tx, d dutyAbout) protocol.Subject {
	g := d.Given
	g.Zone, g.No = s.d.Zone, d.No
	if g.Now.IsZero() {
		g.Now = tx.Now()
	}
	if d.Rule != "" {
		g.Rule = d.Rule
	}
	return g
}

// required marks the planned steps without which the protocol's loop cannot close.
func required(p *protocol.Protocol, steps []loop.StepPlan) []loop.StepPlan {
	for i := range steps {
		if st, ok := p.Step(steps[i].Key); ok && slices.Contains(p.Close.Needs, st.Key) {
			steps[i].Required = true
		}
	}
	return steps
}

// inOrder puts the places of a subject into the protocol's order; the ones that
// the protocol does not name are not asked.
func inOrder(places []loop.Place, order []string) []loop.Place {
	var out []loop.Place
	for _, why := range order {
		for _, p := range places {
			if p.Why == why && p.Path != "" {
				out = append(out, p)
			}
		}
	}
	return out
}

// partiesOf names the four parties of a duty: the protocol's words stand where
// the subject and the roster have none.
func (s *Service) partiesOf(ctx context.Context, tx seawall.Tx, p *protocol.Protocol, d dutyAbout) (loop.Parties, error) {
	unit, mask := d.Unit, d.Mask
	if strings.TrimSpace(unit) == "" {
		unit = p.Parties.Unit.ZH
	}
	if mask == "" {
		mask = p.Parties.Individual.ZH
	}
	return s.parties(ctx, tx, d.Area, loop.Kind(p.Theme), unit, mask)
}

// ruleOf turns what a protocol says of its loops into the engine's words.
func ruleOf(p *protocol.Protocol) loop.Rule {
	r := loop.Rule{Theme: p.Theme, Outcome: p.Close.Outcome, Again: dependent(p)}
	if p.Custody != nil {
		r.AcceptWithin, r.Gap = time.Duration(p.Custody.AcceptWithinHours)*time.Hour, p.Custody.Text
	}
	if p.Reopen != nil {
		r.ReopenDays = p.Reopen.WithinDays
	}
	for _, n := range p.Notices {
		r.Notices = append(r.Notices, loop.NoticeRule{On: n.On, To: n.To, Text: n.Text})
	}
	return r
}

// dependent reports whether steps of a protocol depend on what other steps gave.
func dependent(p *protocol.Protocol) bool {
	return slices.ContainsFunc(p.Steps, func(st protocol.Step) bool {
		due := st.Due != nil && strings.HasPrefix(st.Due.After, "step.")
		daily := st.Daily != nil && (strings.HasPrefix(st.Daily.From, "step.") || strings.HasPrefix(st.Daily.To, "step."))
		named := slices.ContainsFunc(st.TitleIf, func(t protocol.TitleRule) bool { return strings.Contains(t.When, "step.") })
		return due || daily || named || strings.Contains(st.When, "step.") || len(st.After) > 0
	})
}

// holders names the accounts with a role at an area or above it in the city, all of
// them, of the nearest level that has any.
func (s *Service) holders(ctx context.Context, tx seawall.Tx, role string, at seawall.AreaPath) ([]seawall.PrincipalID, error) {
	var out []seawall.PrincipalID
	best := -1
	above := seawall.Scope{}
	for p := at; p.Within(s.d.City) && p != ""; p = p[:len(p)-len(p.Leaf())-1] {
		above = append(above, p.Alone())
	}
	page := seawall.Page{Limit: 500}
	for {
		some, next, _, err := s.d.Accounts.Principals(ctx, tx, above, page)
		if err != nil {
			return nil, err
		}
		for _, p := range some {
			if p.Disabled || !slices.Contains(p.Roles, role) || !at.Within(p.Path) || p.Path.Depth() < best {
				continue
			}
			if p.Path.Depth() > best {
				out, best = nil, p.Path.Depth()
			}
			out = append(out, p.ID)
		}
		if page.Cursor = next; next == "" {
			return out, nil
		}
	}
}

// staysListed reports whether the steps of a duty that climbed stay in the lists of
// the place that it is about: whoever works there may still act on them. An
// objection, a request for help and a trip move with their duty.
func staysListed(l loop.Loop) bool {
	switch l.Subject.Kind {
	case seawall.KindCase, seawall.KindContact, seawall.KindArrival, seawall.KindEntry:
		return true
	}
	return false
}

// planAgain plans an open duty anew after one of its steps ended, by the text that
// it was opened with. Where nobody kept that, it goes on as it was planned.
func (s *Service) planAgain(ctx context.Context, tx seawall.Tx, l loop.Loop, steps []loop.Step) (loop.Opening, error) {
	t, ok, err := s.lawOf(ctx, tx, l.Protocol)
	if err != nil || !ok || !t.own {
		return loop.Opening{}, err
	}
	plan, err := s.planNow(ctx, tx, t.p, l, steps)
	return loop.Opening{Steps: required(t.p, plan.Steps), Series: plan.Series, Gone: plan.Gone}, err
}

// plannedNow gives the plan of an open duty as its text has it now.
func (s *Service) plannedNow(ctx context.Context, tx seawall.Tx, p *protocol.Protocol, l loop.Loop) (protocol.Plan, error) {
	steps, err := s.d.Loops.StepsOf(ctx, tx, l.ID)
	if err != nil {
		return protocol.Plan{}, err
	}
	return s.planNow(ctx, tx, p, l, steps)
}

// planNow plans a duty with what its steps gave so far; the zero Plan where nothing
// can be planned about its subject.
func (s *Service) planNow(ctx context.Context, tx seawall.Tx, p *protocol.Protocol, l loop.Loop, steps []loop.Step) (protocol.Plan, error) {
	d, err := s.aboutLoop(ctx, tx, l)
	if err != nil || d.Subject.IsZero() {
		return protocol.Plan{}, err
	}
	g := s.given(tx, d)
	g.Now = tx.Now()
	if g.Events == nil {
		g.Events = map[string]time.Time{}
	}
	g.Events["opened"] = l.OpenedAt
	if g.Steps, err = s.settledSteps(ctx, tx, l, steps); err != nil {
		return protocol.Plan{}, err
	}
	return p.Plan(ctx, g)
}

// settledSteps gives what the steps of a loop gave so far, as plans ask for it.
func (s *Service) settledSteps(ctx context.Context, tx seawall.Tx, l loop.Loop, steps []loop.Step) (map[string]protocol.Settled, error) {
	evidence, err := s.d.Loops.EvidenceOf(ctx, tx, l.ID)
	if err != nil {
		return nil, err
	}
	series, err := s.d.Loops.SeriesOf(ctx, tx, l.ID)
	if err != nil {
		return nil, err
	}
	out, open := map[string]protocol.Settled{}, map[string]bool{}
	for _, x := range series {
		open[x.Key] = x.State == loop.Open
	}
	for _, st := range steps {
		if st.State == loop.Open || st.State == loop.Waiting {
			open[st.Key] = true
			continue
		}
		d := protocol.Settled{}
		if st.State == loop.Done {
			d.Done = st.DoneAt
		}
		for _, ev := range evidence {
			if ev.Step == st.ID && len(ev.Data) > 0 {
				d.Data = ev.Data
			}
		}
		out[st.Key] = d
	}
	for key, is := range open {
		if is {
			delete(out, key)
		}
	}
	return out, nil
}

// planChild plans the loop that a step of another one opens: about the same
// subject, on the same fact.
func (s *Service) planChild(ctx context.Context, tx seawall.Tx, parent loop.Loop, step loop.Step) (loop.Opening, error) {
	d, err := s.aboutLoop(ctx, tx, parent)
	if err != nil {
		return loop.Opening{}, err
	}
	if d.Subject.IsZero() {
		return loop.Opening{}, seawall.E("response.planChild", seawall.Invalid, "protocol_unknown", "kind", step.Child)
	}
	d.Fact = parent.Fact
	return s.planLoop(ctx, tx, step.Child, d)
}

// aboutLoop gives what an open duty is about, for planning it anew and for the
// loops that its steps open. The answer has no subject for a kind of subject that
// nothing can be planned about.
func (s *Service) aboutLoop(ctx context.Context, tx seawall.Tx, l loop.Loop) (dutyAbout, error) {
	switch l.Subject.Kind {
	case seawall.KindCase:
		c, err := s.d.Cases.Case(ctx, tx, seawall.CaseID(l.Subject.ID))
		if err != nil {
			return dutyAbout{}, err
		}
		r, _ := s.d.Rules.ByID(l.Regime)
		return s.aboutCase(c, r), nil
	case seawall.KindContact:
		c, err := s.d.Cases.Contact(ctx, tx, seawall.ContactID(l.Subject.ID))
		if err != nil {
			return dutyAbout{}, err
		}
		r, ok := s.d.Rules.ByID(l.Regime)
		if !ok {
			return dutyAbout{}, nil
		}
		a := wholePlan(c, s.d.Zone)
		a.Discovered = l.OpenedAt
		plan, err := r.ContactPlan(c.Class, a)
		return s.aboutContact(c, r, cutShort(plan, c.Until), l.OpenedAt), err
	case seawall.KindArrival:
		return s.aboutArrivalLoop(ctx, tx, seawall.ArrivalID(l.Subject.ID))
	case seawall.KindTrip:
		t, err := s.d.Freight.Trip(ctx, tx, seawall.TripID(l.Subject.ID))
		return s.aboutTrip(t), err
	case seawall.KindLot, seawall.KindPoint:
		return s.aboutGoods(ctx, tx, l)
	case seawall.KindSite:
		return s.aboutAlarm(ctx, tx, l)
	case seawall.KindEntry:
		e, err := s.d.Entries.Entry(ctx, tx, seawall.EntryID(l.Subject.ID))
		return s.aboutEntry(e), err
	}
	return dutyAbout{}, nil
}

// cutShort ends a plan on an earlier last day, where a change of rules has given one
// less than the rule itself asks: what is planned anew never asks for more.
func cutShort(p regime.Plan, until seawall.Day) regime.Plan {
	if !until.Known() || !p.Release.Known() || p.Release <= until.Add(1) {
		return p
	}
	p.Release = until.Add(1)
	p.Tests = slices.DeleteFunc(slices.Clone(p.Tests), func(t regime.PlannedTest) bool { return t.Day > until })
	p.Segments = slices.DeleteFunc(slices.Clone(p.Segments), func(s regime.Segment) bool { return s.From > until })
	for i := range p.Segments {
		p.Segments[i].To = min(p.Segments[i].To, until)
	}
	if p.MonitorTo.Known() && p.MonitorTo > until {
		if p.MonitorTo = until; p.MonitorFrom > until {
			p.MonitorFrom, p.MonitorTo, p.MonitorPerDay = seawall.NoDay, seawall.NoDay, 0
		}
	}
	return p
}

// aboutCase is what duties about a case depend on.
func (s *Service) aboutCase(c casebook.Case, r *regime.Regime) dutyAbout {
	d := dutyAbout{Subject: c.Ref(), No: c.No, Person: c.Person, Mask: c.Mask, Disease: c.Disease, Regime: r, Area: c.Area,
		Places: owners(c.Home, c.Stay, c.Exposure), Unit: c.Facility}
	d.Given = protocol.Subject{
		Facts: map[string]any{"class": string(c.Class), "setting": c.Setting, "facility": c.Facility, "channel": c.Channel, "disease": c.Disease},
		Events: s.moments(map[string]time.Time{"reported": c.Reported, "discovered": c.CreatedAt},
			map[string]seawall.Day{"onset": c.Onset, "sampled": c.Sampled})}
	if r != nil {
		d.Given.Clocks = r.CaseClocks
	}
	return d
}

// aboutContact is what duties about a contact depend on; found is when it was
// discovered.
func (s *Service) aboutContact(c casebook.Contact, r *regime.Regime, plan regime.Plan, found time.Time) dutyAbout {
	class, _ := r.Class(plan.Class)
	d := dutyAbout{Subject: c.Ref(), No: c.No, Person: c.Person, Mask: c.Mask, Disease: c.Disease, Regime: r, Area: c.Area,
		Places: owners(c.Home, c.Stay, exposureOf(c)), Unit: c.Place}
	d.Given = protocol.Subject{Now: found, Class: class.Name, Plan: &plan,
		Facts: map[string]any{"class": c.Class, "setting": c.Setting, "relation": c.Relation,
			"susceptible": c.Extra["susceptible"] == "yes", "symptomatic": c.Symptomatic, "disease": c.Disease},
		Events: s.moments(map[string]time.Time{"discovered": found},
			map[string]seawall.Day{"first_exposure": c.FirstExposure, "last_exposure": c.LastExposure})}
	return d
}

// moments puts the known days of a subject to its instants, each from its
// beginning.
func (s *Service) moments(at map[string]time.Time, days map[string]seawall.Day) map[string]time.Time {
	for k, day := range days {
		if day.Known() {
			at[k] = day.Start(s.d.Zone)
		}
	}
	return at
}
