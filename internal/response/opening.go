package response

import (
	"context"
	"strconv"
	"strings"
	"time"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/casebook"
	"github.com/seawall-city/seawall/internal/loop"
	"github.com/seawall-city/seawall/internal/regime"
)

// appealHours is how long a decision on an appeal may take. Source: our own
// default (requirements §2.10, appeals).
const appealHours = 8

// monitorHour is the local hour by which the day's health report is due. Source:
// our own choice, so that staff can look for the silent before the cut-off.
const monitorHour = 20

// The keys of steps that the main path itself looks for.
const (
	stepTransfer = "transfer"
	stepNotify   = "notify"
	stepMonitor  = "monitor"
	stepRelease  = "release"
	stepSymptoms = "symptoms"
	stepPositive = "positive"
	stepAntigen  = "antigen" // a positive antigen test waits for its nucleic acid test
	stepExposure = "exposure"
	testPrefix   = "test-"
)

// openInvestigation opens the investigation of a case under the regime in force
// on its report day. A historic case, or one that no regime covers, opens
// nothing: the answer is then the zero Loop.
func (s *Service) openInvestigation(ctx context.Context, tx seawall.Tx, c casebook.Case) (loop.Loop, error) {
	r, ok := s.d.Rules.ByID(c.Regime)
	if c.Historic || c.Regime == "" || !ok || len(r.CaseClocks) == 0 || c.State != casebook.CaseOpen || c.Class == casebook.Discarded {
		return loop.Loop{}, nil
	}
	p, err := s.parties(ctx, tx, c.Area, loop.Investigation, c.Facility, c.Mask)
	if err != nil {
		return loop.Loop{}, err
	}
	o := loop.Opening{Kind: loop.Investigation, Subject: c.Ref(), Person: c.Person, Mask: c.Mask, Fact: c.Ref(),
		Disease: c.Disease, Regime: r.Ref(), Rule: r.CaseClocks[0].Why.Rule,
		Title:  seawall.Text{ZH: "病例 " + c.No + " 流行病学调查", EN: "Investigation of case " + c.No},
		Places: owners(c.Home, c.Stay, c.Exposure), Parties: p}
	for _, k := range r.CaseClocks {
		from := tx.Now()
		if k.After == "report" {
			from = c.Reported
		}
		o.Steps = append(o.Steps, loop.StepPlan{Key: k.Key, Title: headed(k.Text), Needs: "note", Rule: k.Why.String(),
			Due: from.Add(time.Duration(k.Hours) * time.Hour), Day: seawall.DayOf(from, s.d.Zone)})
	}
	return s.engine.Open(ctx, tx, o)
}

// headed gives a text as a title: the English begins with a capital.
func headed(t seawall.Text) seawall.Text {
	if t.EN != "" {
		t.EN = strings.ToUpper(t.EN[:1]) + t.EN[1:]
	}
	return t
}

// historic reports whether a case opens no duty any more on this day, and the
// regime of its report day ("" where none covers it).
func (s *Service) historic(c casebook.Case, today seawall.Day) (ref string, over bool) {
	r := s.inForce(c.Disease, seawall.DayOf(c.Reported, s.d.Zone))
	if r == nil {
		return "", true
	}
	last := seawall.NoDay
	for _, d := range []seawall.Day{c.Onset, c.Sampled, c.Diagnose, seawall.DayOf(c.Reported, s.d.Zone)} {
		if d.Known() && d > last {
			last = d
		}
	}
	return r.Ref(), r.CaseIsHistory(last, today)
}

// decider is the named epidemiologist behind a restriction.
type decider struct {
	id   seawall.PrincipalID
	name string
}

// following is one contact whose follow-up is to open.
type following struct {
	contact casebook.Contact
	rule    *regime.Regime
	plan    regime.Plan
	// fact is what the duty hangs on: the case, or the result that promoted.
	fact seawall.Ref
	by   decider
	// found is when the contact was discovered; deadlines count from it.
	found time.Time
}

// planFor computes what the regime in force today asks of a contact.
func (s *Service) planFor(c casebook.Contact, class string, now time.Time) (*regime.Regime, regime.Plan, error) {
	const op = "response.planFor"
	r := s.inForce(c.Disease, seawall.DayOf(now, s.d.Zone))
	if r == nil {
		return nil, regime.Plan{}, seawall.E(op, seawall.Invalid, "regime_none_in_force",
			"disease", c.Disease, "day", seawall.DayOf(now, s.d.Zone).String())
	}
	a := wholePlan(c, s.d.Zone)
	a.Discovered = now
	p, err := r.ContactPlan(class, a)
	return r, p, seawall.Wrap(op, err)
}

// wholePlan are the anchors of a contact's plan as it is from its first day,
// for explaining; planFor asks only for the days that are left.
func wholePlan(c casebook.Contact, zone *time.Location) regime.Anchors {
	return regime.Anchors{FirstExposure: c.FirstExposure, LastExposure: c.LastExposure,
		Susceptible: c.Extra["susceptible"] == "yes", Loc: zone}
}

// openFollowUp opens the follow-up of a contact: its steps, its series, a
// restriction for each segment that limits movement, and a room where it is
// central. A plan that is over makes history without duty. The contact's row is
// saved; the caller records the event that decided it.
func (s *Service) openFollowUp(ctx context.Context, tx seawall.Tx, f following, k *stock) (casebook.Contact, loop.Loop, error) {
	c := f.contact
	c.Regime, c.Class, c.ConfirmedBy = f.rule.Ref(), f.plan.Class, f.by.name
	if f.plan.Over {
		c.State, c.Historic, c.NextDue = casebook.History, true, time.Time{}
		c, err := s.book.KeepContact(ctx, tx, c)
		return c, loop.Loop{}, err
	}
	c.State, c.Loop = casebook.Following, ""
	if f.plan.Release.Known() {
		c.Until = f.plan.Release.Add(-1)
	}
	restrictions, err := s.restrictions(tx, f)
	if err != nil {
		return c, loop.Loop{}, err
	}
	if holds(restrictions, regime.Central) {
		if c.Room, err = k.take(rooms, c.Area); err != nil {
			return c, loop.Loop{}, err
		}
	}
	if c, err = s.book.KeepContact(ctx, tx, c); err != nil {
		return c, loop.Loop{}, err
	}
	p, err := s.parties(ctx, tx, c.Area, loop.FollowUp, c.Place, c.Mask)
	if err != nil {
		return c, loop.Loop{}, err
	}
	o := s.followUpOpening(c, f)
	o.Parties = p
	// rooms are mirrored against restrictions, so these come first
	id := seawall.LoopID(tx.NewID())
	for i := range restrictions {
		restrictions[i].Loop = id
		if err := s.engine.Impose(ctx, tx, restrictions[i]); err != nil {
			return c, loop.Loop{}, err
		}
	}
	o.ID = id
	l, err := s.engine.Open(ctx, tx, o)
	if err != nil {
		return c, loop.Loop{}, err
	}
	if f.plan.Release.Known() {
		if err := s.engine.StartRelease(ctx, tx, l, f.plan.Release.Start(s.d.Zone)); err != nil {
			return c, loop.Loop{}, err
		}
	}
	c, err = s.d.Cases.Contact(ctx, tx, c.ID)
	return c, l, err
}

func holds(rs []loop.Restriction, kind regime.StayKind) bool {
	for _, r := range rs {
		if r.Kind == string(kind) {
			return true
		}
	}
	return false
}

// restrictions makes the restriction of each segment that limits movement.
// Errors: Invalid when something that makes one lawful is missing.
func (s *Service) restrictions(tx seawall.Tx, f following) ([]loop.Restriction, error) {
	var out []loop.Restriction
	for _, seg := range f.plan.Segments {
		if !seg.Kind.Restricts() {
			continue
		}
		from := seg.From.Start(s.d.Zone)
		if from.Before(f.found) {
			from = f.found
		}
		r, err := loop.NewRestriction(seawall.RestrictionID(tx.NewID()), loop.Order{
			Subject: casebook.PersonRef(f.contact.Person), Kind: string(seg.Kind), Fact: f.fact,
			Regime: f.rule.Ref(), Rule: seg.Why.Rule,
			During: seawall.Interval{From: from.UTC(), To: seg.To.Add(1).Start(s.d.Zone).UTC()},
			Reason: seg.Text, AppealHours: appealHours, DecidedBy: f.by.id, DecidedName: f.by.name})
		if err != nil {
			return nil, err
		}
		out = append(out, r)
	}
	return out, nil
}

// followUpOpening lays out the duty of a plan.
func (s *Service) followUpOpening(c casebook.Contact, f following) loop.Opening {
	class, _ := f.rule.Class(f.plan.Class)
	o := loop.Opening{Kind: loop.FollowUp, Subject: c.Ref(), Person: c.Person, Mask: c.Mask, Fact: f.fact,
		Disease: c.Disease, Regime: f.rule.Ref(), Rule: f.plan.Why.Rule,
		Title:  seawall.Text{ZH: class.Name.ZH + " " + c.No + " 随访", EN: "Follow-up of " + class.Name.EN + " " + c.No},
		Places: owners(c.Home, c.Stay, exposureOf(c))}
	o.Steps = append(o.Steps, s.firstStep(f))
	for _, t := range f.plan.Tests {
		o.Steps = append(o.Steps, s.testStep(t, ""))
		if t.Dual {
			o.Steps = append(o.Steps, s.testStep(t, dualMark))
		}
	}
	for _, p := range f.plan.Prophylaxis {
		o.Steps = append(o.Steps, loop.StepPlan{Key: "prophylaxis-" + p.Key, Title: p.Text, Needs: "note", Rule: p.Why.String(),
			Due: p.Until, Day: seawall.DayOf(p.Until, s.d.Zone)})
	}
	if f.plan.MonitorFrom.Known() && f.plan.MonitorPerDay > 0 {
		o.Series = append(o.Series, loop.SeriesPlan{Key: stepMonitor, Title: seawall.Text{ZH: "健康监测", EN: "Health report"},
			From: f.plan.MonitorFrom, To: f.plan.MonitorTo, DueHour: monitorHour, PerDay: f.plan.MonitorPerDay,
			Needs: "report", Rule: f.plan.Why.String()})
	}
	if f.plan.Release.Known() {
		last := f.plan.Release.Add(-1)
		o.Steps = append(o.Steps, loop.StepPlan{Key: stepRelease, Title: seawall.Text{ZH: "解除管理", EN: "Release"},
			Needs: "note", Rule: f.plan.Why.String(), Due: loop.EndOf(f.plan.Release, s.d.Zone), Day: last})
	}
	return o
}

// exposureOf is where a contact was exposed, as far as an owner is looked for.
func exposureOf(c casebook.Contact) seawall.AreaPath {
	if c.Area != c.Home && c.Area != c.Stay {
		return c.Area
	}
	return ""
}

// firstStep is what has to happen at once: the transfer where there is a place
// to move to, else the visit that tells the person and the reason.
func (s *Service) firstStep(f following) loop.StepPlan {
	today := seawall.DayOf(f.found, s.d.Zone)
	p := loop.StepPlan{Key: stepNotify, Title: seawall.Text{ZH: "告知本人", EN: "Tell the person"}, Needs: "note",
		Rule: f.plan.Why.String(), Due: loop.EndOf(today, s.d.Zone), Day: today}
	if len(f.plan.Segments) > 0 && f.plan.TransferHours > 0 {
		p.Key, p.Title = stepTransfer, seawall.Text{ZH: "居家落实", EN: "Settle in at home"}
		if f.plan.Segments[0].Kind == regime.Central {
			p.Title = seawall.Text{ZH: "转运至集中隔离点", EN: "Transfer to quarantine"}
		}
		p.Due = f.found.Add(time.Duration(f.plan.TransferHours) * time.Hour)
		p.Day = seawall.DayOf(p.Due, s.d.Zone)
	}
	return p
}

// dualMark marks the step of a dual test's second sample.
const dualMark = "b"

// testStep is the step of one planned test.
func (s *Service) testStep(t regime.PlannedTest, mark string) loop.StepPlan {
	n := strconv.Itoa(t.N)
	title := seawall.Text{ZH: "第 " + n + " 天检测", EN: "Test on day " + n}
	if mark != "" {
		title = seawall.Text{ZH: title.ZH + "（第二份样本，另一实验室）", EN: title.EN + " (second sample, another laboratory)"}
	}
	return loop.StepPlan{Key: t.Key + mark, Title: title, Needs: "result", Rule: t.Why.String(),
		Due: loop.EndOf(t.Day, s.d.Zone), Day: t.Day}
}
