package response

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/border"
	"github.com/seawall-city/seawall/internal/casebook"
	"github.com/seawall-city/seawall/internal/loop"
	"github.com/seawall-city/seawall/internal/regime"
)

// mover is somebody under a rule whose duty can be planned anew: a contact or an
// arrival.
type mover struct {
	subject subject
	// announced marks an arrival whose measure nobody has confirmed yet.
	announced bool
	// under reports whether they still stand under a rule.
	under func(r *regime.Regime) bool
	// order is what their restrictions have in common.
	order loop.Order
	// keep writes the new rule to their row, taking a room where one is needed.
	keep func(ctx context.Context, tx seawall.Tx, b *regime.Regime, plan regime.Plan, until seawall.Day, rs []loop.Restriction) error
	// of names the steps that the rule is the cause of.
	of func(plan regime.Plan) func(key string) bool
	// steps and series are what the plan asks, without what is done already.
	steps  func(b *regime.Regime, plan regime.Plan, have []loop.Step, today seawall.Day) []loop.StepPlan
	series func(plan regime.Plan) []loop.SeriesPlan
	// release lets them go where every condition holds.
	release func(ctx context.Context, tx seawall.Tx) (bool, error)
}

// mover finds the one behind a reference.
func (s *Service) mover(ctx context.Context, tx seawall.Tx, ref seawall.Ref) (mover, error) {
	if ref.Kind == seawall.KindArrival {
		a, err := s.d.Border.Arrival(ctx, tx, seawall.ArrivalID(ref.ID))
		if err != nil {
			return mover{}, err
		}
		return s.arrivalMover(a), nil
	}
	c, err := s.d.Cases.Contact(ctx, tx, seawall.ContactID(ref.ID))
	if err != nil {
		return mover{}, err
	}
	return s.contactMover(c), nil
}

// contactSubject is a contact as a change of rules sees it.
func (s *Service) contactSubject(c casebook.Contact) subject {
	return subject{ref: c.Ref(), no: c.No, mask: c.Mask, area: c.Area, person: c.Person, loop: c.Loop, row: c.Class, until: c.Until,
		plans: func(r *regime.Regime, t planTime) (regime.Plan, bool, error) {
			a := wholePlan(c, s.d.Zone)
			a.Discovered, a.NoText = t.now, t.counting
			plan, err := r.ContactPlan(c.Class, a)
			if seawall.Is(err, seawall.NotFound) {
				return plan, false, nil // the class was done away with
			}
			return plan, err == nil, err
		}}
}

func (s *Service) contactMover(c casebook.Contact) mover {
	return mover{subject: s.contactSubject(c), order: loop.Order{Subject: casebook.PersonRef(c.Person), Fact: c.Ref()},
		under: func(r *regime.Regime) bool {
			return c.State == casebook.Following && c.Loop != "" && isUnder(s.d.Rules, c.Regime, r)
		},
		keep: func(ctx context.Context, tx seawall.Tx, b *regime.Regime, plan regime.Plan, until seawall.Day, rs []loop.Restriction) error {
			c.Regime, c.Until = b.Ref(), until
			room, err := s.roomFor(ctx, tx, c.Room, c.Area, rs)
			if err != nil {
				return err
			}
			c.Room = room
			_, err = s.book.KeepContact(ctx, tx, c)
			return err
		},
		of: func(plan regime.Plan) func(string) bool {
			return func(key string) bool { return ofRule(key) || key == stepTransfer && !movesAnywhere(plan) }
		},
		steps:  s.stepsOf,
		series: s.seriesOf,
		release: func(ctx context.Context, tx seawall.Tx) (bool, error) {
			return s.tryRelease(ctx, tx, c.ID)
		}}
}

// eachArrivalUnder visits every arrival in somebody's areas under a matrix.
func (s *Service) eachArrivalUnder(ctx context.Context, tx seawall.Tx, who Who, r *regime.Regime, visit func(subject) error) error {
	q := border.Query{Scope: s.scope(who), States: []string{border.Expected, border.Arrived, border.Managed}, From: seawall.NoDay, To: seawall.NoDay,
		Sort: "no", Page: seawall.Page{Limit: mostListed}}
	for {
		as, next, _, err := s.d.Border.Arrivals(ctx, tx, q)
		if err != nil {
			return err
		}
		for _, a := range as {
			if a.Disease != r.Disease.ID || !isUnder(s.d.Rules, a.Regime, r) {
				continue
			}
			if err := visit(s.arrivalSubject(a)); err != nil {
				return err
			}
		}
		if next == "" {
			return nil
		}
		q.Page.Cursor = next
	}
}

// arrivalSubject is an arrival as a change of rules sees it. Under each rule they
// have the strictest row that their origins lead to there.
func (s *Service) arrivalSubject(a border.Arrival) subject {
	until := a.Until
	return subject{ref: a.Ref(), no: a.No, mask: a.Mask, area: a.Area, person: a.Person, loop: a.Loop, row: a.Tier, until: until,
		plans: func(r *regime.Regime, t planTime) (regime.Plan, bool, error) {
			tier, from, ok := tierOf(r, a.Origins)
			if own, known := r.Tier(a.Tier); known && isUnder(s.d.Rules, a.Regime, r) && a.ConfirmedBy != "" {
				tier, ok = own, true
			}
			if !ok {
				return regime.Plan{}, false, nil
			}
			found := t.now
			if a.State == border.Expected {
				found = a.Arrived // not here yet: the whole plan
			}
			anchors := s.anchors(a, from, found)
			anchors.NoText = t.counting
			plan, err := r.ArrivalPlan(tier.Key, anchors)
			return plan, err == nil, err
		}}
}

func (s *Service) arrivalMover(a border.Arrival) mover {
	managed := a.ConfirmedBy != "" && a.State == border.Managed && a.Loop != ""
	return mover{subject: s.arrivalSubject(a), announced: !managed, order: loop.Order{Subject: casebook.PersonRef(a.Person), Fact: a.Ref()},
		under: func(r *regime.Regime) bool {
			return isUnder(s.d.Rules, a.Regime, r) && slices.Contains([]string{border.Expected, border.Arrived, border.Managed}, a.State)
		},
		keep: func(ctx context.Context, tx seawall.Tx, b *regime.Regime, plan regime.Plan, until seawall.Day, rs []loop.Restriction) error {
			a.Regime, a.Tier, a.Rule = b.Ref(), plan.Class, plan.Why.Rule
			if managed {
				a.Until, a.Kind = until, string(regime.Inform)
				if len(plan.Segments) > 0 && !plan.Over {
					a.Kind = string(plan.Segments[0].Kind)
				}
				room, err := s.roomFor(ctx, tx, a.Room, a.Area, rs)
				if err != nil {
					return err
				}
				a.Room = room
			}
			_, err := s.border.Keep(ctx, tx, a)
			return err
		},
		of: func(plan regime.Plan) func(string) bool {
			return func(key string) bool { return ofRule(key) || strings.HasPrefix(key, stepStage) }
		},
		steps: s.arrivalStepsOf,
		series: func(plan regime.Plan) []loop.SeriesPlan {
			out := s.seriesOf(plan)
			for i := range out {
				out[i].Needs = "note" // an arrival's report has no follow-up record
			}
			return out
		},
		release: func(ctx context.Context, tx seawall.Tx) (bool, error) {
			return s.tryReleaseArrival(ctx, tx, a.ID)
		}}
}

// movesAnywhere reports whether a plan begins in a place that somebody has to be
// brought to; else an open transfer falls away with the old rule.
func movesAnywhere(p regime.Plan) bool {
	return !p.Over && len(p.Segments) > 0 && (p.Segments[0].Kind == regime.Central || p.Segments[0].Kind == regime.Home)
}

// ofRule names the steps and series that follow from a plan's days.
func ofRule(key string) bool {
	return strings.HasPrefix(key, testPrefix) || key == stepRelease || key == stepMonitor
}

// roomFor takes a room where the new restrictions need one and none is held;
// where none is needed any more, the mirror of the duty gives it back.
func (s *Service) roomFor(ctx context.Context, tx seawall.Tx, held string, at seawall.AreaPath, rs []loop.Restriction) (string, error) {
	central := holds(rs, regime.Central)
	if central == (held != "") {
		return held, nil
	}
	k := s.stock(ctx, tx)
	var err error
	if central {
		held, err = k.take(rooms, at)
	} else {
		err, held = k.giveBack(held), ""
	}
	return held, errors.Join(err, s.keepStock(ctx, tx, k))
}

// stepsOf lays out the tests and the release of a plan, without the tests that
// are done. An overdue test of the old rule stays where the new one asks for a
// test on that day too.
func (s *Service) stepsOf(b *regime.Regime, plan regime.Plan, have []loop.Step, today seawall.Day) []loop.StepPlan {
	done := map[string]bool{}
	days := map[seawall.Day]bool{}
	for _, st := range have {
		if st.State == loop.Done {
			done[st.Key] = true
			days[st.Day] = days[st.Day] || isTest(st)
		}
	}
	var out []loop.StepPlan
	add := func(p loop.StepPlan) {
		if !done[p.Key] && !(days[p.Day] && strings.HasPrefix(p.Key, testPrefix)) {
			out = append(out, p)
		}
	}
	for _, t := range plan.Tests {
		p := s.testStep(t, "")
		if !t.Until.IsZero() {
			p.Due = t.Until
		}
		add(p)
		if t.Dual {
			add(s.testStep(t, dualMark))
		}
	}
	for _, st := range have {
		if st.State == loop.Open && isTest(st) && st.Day < today && asksOn(b, plan, st.Day) {
			out = append(out, loop.StepPlan{Key: st.Key, Title: st.Title, Due: st.Due, Day: st.Day, Needs: st.Needs, Rule: st.Rule})
		}
	}
	last, due := today, loop.EndOf(today, s.d.Zone)
	if until := lastDay(plan); until.Known() {
		last, due = until, loop.EndOf(plan.Release, s.d.Zone)
	}
	return append(out, loop.StepPlan{Key: stepRelease, Title: seawall.Text{ZH: "解除管理", EN: "Release"}, Needs: "note",
		Rule: plan.Why.String(), Due: due, Day: last})
}

// asksOn reports whether the rule itself, from its first day, asks for a test on
// a day.
func asksOn(b *regime.Regime, plan regime.Plan, day seawall.Day) bool {
	if !plan.Base.Known() {
		return false
	}
	return slices.Contains(b.TestDays(plan.Class), int(day-plan.Base))
}

// seriesOf lays out the daily report of a plan.
func (s *Service) seriesOf(plan regime.Plan) []loop.SeriesPlan {
	if plan.Over || !plan.MonitorFrom.Known() || plan.MonitorPerDay < 1 {
		return nil
	}
	return []loop.SeriesPlan{{Key: stepMonitor, Title: seawall.Text{ZH: "健康监测", EN: "Health report"}, From: plan.MonitorFrom, To: plan.MonitorTo,
		DueHour: monitorHour, PerDay: plan.MonitorPerDay, Needs: "report", Rule: plan.Why.String()}}
}

// arrivalStepsOf adds the hand-overs from place to place to those of stepsOf.
func (s *Service) arrivalStepsOf(b *regime.Regime, plan regime.Plan, have []loop.Step, today seawall.Day) []loop.StepPlan {
	out := s.stepsOf(b, plan, have, today)
	for i, seg := range plan.Segments {
		if i == 0 || seg.Kind == plan.Segments[i-1].Kind || seg.Kind == regime.Inform {
			continue
		}
		key := stepStage + stageOf(seg.Kind)
		if slices.ContainsFunc(have, func(st loop.Step) bool { return st.Key == key && st.State == loop.Done }) {
			continue
		}
		out = append(out, loop.StepPlan{Key: key, Title: stageTitle(seg.Kind), Needs: stepReceipt, Rule: seg.Why.String(),
			Due: loop.EndOf(seg.From, s.d.Zone), Day: seg.From})
	}
	return out
}
