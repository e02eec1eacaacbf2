package response

import (
	"context"
	"strconv"
	"time"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/casebook"
	"github.com/seawall-city/seawall/internal/loop"
	"github.com/seawall-city/seawall/internal/regime"
)

// appealHours is how long a decision on an appeal may take where the regime of an
// old record does not say; today's files all do, or they are refused. Source: our
// own default (requirements §2.10, appeals).
const appealHours = 8

// appealIn is how soon an objection to a measure of a regime is decided, in hours.
func appealIn(r *regime.Regime) int {
	if h := r.AppealHours(); h > 0 {
		return h
	}
	return appealHours
}

// monitorHour is the local hour by which the day's health report is due. Source:
// our own choice, so that staff can look for the silent before the cut-off.
const monitorHour = 20

// The keys of steps that the main path itself looks for.
const (
	stepTransfer = "transfer"
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
	return s.openLoop(ctx, tx, string(loop.Investigation), s.aboutCase(c, r))
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
	// cited says of which goods a measure speaks whose fact is a sample of them.
	cited seawall.Text
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
	d := s.aboutContact(c, f.rule, f.plan, f.found)
	d.Fact = f.fact
	o, err := s.planLoop(ctx, tx, string(loop.FollowUp), d)
	if err != nil {
		return c, loop.Loop{}, err
	}
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
			Subject: casebook.PersonRef(f.contact.Person), Kind: string(seg.Kind), Fact: f.fact, Cited: f.cited,
			Regime: f.rule.Ref(), Rule: seg.Why.Rule,
			During: seawall.Interval{From: from.UTC(), To: seg.To.Add(1).Start(s.d.Zone).UTC()},
			Reason: seg.Text, AppealHours: appealIn(f.rule), DecidedBy: f.by.id, DecidedName: f.by.name})
		if err != nil {
			return nil, err
		}
		out = append(out, r)
	}
	return out, nil
}

// exposureOf is where a contact was exposed, as far as an owner is looked for.
func exposureOf(c casebook.Contact) seawall.AreaPath {
	if c.Area != c.Home && c.Area != c.Stay {
		return c.Area
	}
	return ""
}

// dualMark marks the step of a dual test's second sample.
const dualMark = "b"

// testStep is the step of one planned test, for plans that change under an open
// duty; opening one takes it from the protocol.
func (s *Service) testStep(t regime.PlannedTest, mark string) loop.StepPlan {
	n := strconv.Itoa(t.N)
	title := seawall.Text{ZH: "第 " + n + " 天检测", EN: "Test on day " + n}
	if mark != "" {
		title = seawall.Text{ZH: title.ZH + "（第二份样本，另一实验室）", EN: title.EN + " (second sample, another laboratory)"}
	}
	return loop.StepPlan{Key: t.Key + mark, Title: title, Needs: "result", Rule: t.Why.String(),
		Due: loop.EndOf(t.Day, s.d.Zone), Day: t.Day}
}
