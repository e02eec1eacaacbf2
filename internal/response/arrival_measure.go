package response

import (
	"context"
	"time"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/border"
	"github.com/seawall-city/seawall/internal/casebook"
	"github.com/seawall-city/seawall/internal/loop"
	"github.com/seawall-city/seawall/internal/regime"
)

// applyTier writes to an arrival the row of the matrix in force on its day: the
// strictest one that any of its origins leads to. It informs and restricts
// nobody. A measure that was confirmed stays under the rule it was confirmed by;
// a change of rules is another path (rulechange.go).
func (s *Service) applyTier(_ context.Context, _ seawall.Tx, a border.Arrival) (border.Arrival, error) {
	if a.ConfirmedBy != "" {
		return a, nil
	}
	a.Tier, a.Regime, a.Rule = "", "", ""
	r, ok := s.d.Rules.ArrivalsInForce(a.Disease, s.d.Jurisdiction, a.Day(s.d.Zone))
	if !ok {
		return a, nil
	}
	a.Regime = r.Ref()
	if t, _, ok := tierOf(r, a.Origins); ok {
		a.Tier, a.Rule = t.Key, t.Why.Rule
	}
	return a, nil
}

// tierOf gives the strictest row for several origins, and the origin that led to
// it.
func tierOf(r *regime.Regime, origins []border.Origin) (best regime.Tier, from border.Origin, ok bool) {
	for _, o := range origins {
		t, fits := r.TierFor(regime.OriginFacts{Code: o.Code, Grade: o.Grade, Abroad: o.Abroad, Crossing: o.Crossing})
		if !fits {
			continue
		}
		if !ok || regime.Strictest(best, t).Key != best.Key {
			best, from = t, o
		}
		ok = true
	}
	return best, from, ok
}

// measureOf computes what the matrix asks of an arrival, and the regime it stands
// in. Errors: NotFound where no row applies.
func (s *Service) measureOf(a border.Arrival, found time.Time) (*regime.Regime, border.Origin, regime.Plan, error) {
	const op = "response.measureOf"
	r, ok := s.matrix(a)
	if !ok {
		return nil, border.Origin{}, regime.Plan{}, seawall.E(op, seawall.NotFound, "arrival_no_matrix", "day", a.Day(s.d.Zone).String())
	}
	t, from, ok := tierOf(r, a.Origins)
	if a.ConfirmedBy != "" && a.Tier != "" {
		t, ok = r.Tier(a.Tier)
	}
	if !ok {
		return r, from, regime.Plan{}, seawall.E(op, seawall.NotFound, "arrival_no_tier")
	}
	plan, err := r.ArrivalPlan(t.Key, s.anchors(a, from, found))
	return r, from, plan, seawall.Wrap(op, err)
}

// anchors are the days a plan counts from: leaving the place that led to the row,
// entering the country on arrival at the port, and being found.
func (s *Service) anchors(a border.Arrival, from border.Origin, found time.Time) regime.ArrivalAnchors {
	return regime.ArrivalAnchors{Left: from.Left, Arrived: a.Arrived, Found: found, Loc: s.d.Zone}
}

// measureView is what somebody reads about their measure: from the first day, not
// only what is left.
func (s *Service) measureView(a border.Arrival) (*ArrivalMeasure, string) {
	r, from, plan, err := s.measureOf(a, time.Time{})
	if err != nil {
		return nil, codeOf(err)
	}
	t, _ := r.Tier(plan.Class)
	m := &ArrivalMeasure{Tier: t.Key, Name: t.Name, Text: plan.Text, Regime: r.Ref(), Rule: t.Why.Rule, Source: t.Why.Source,
		Grade: from.Grade, GradeSource: from.GradeSource, Plan: &plan, Confirmed: a.ConfirmedBy != ""}
	if a.Arrived.IsZero() {
		m.Plan = nil
	}
	return m, ""
}

// gradeWords names a level as the matrix does; a level that it has no word for
// stands as it is.
func gradeWords(r *regime.Regime, key string) seawall.Text {
	if g, ok := r.Grade(key); ok && g.Name != (seawall.Text{}) {
		return g.Name
	}
	return seawall.Text{ZH: key, EN: key}
}

// cited says in words which fact a measure stands on.
func cited(r *regime.Regime, o border.Origin) seawall.Text {
	zh, en := "来自"+o.Name.ZH+"（"+o.Code+"），"+o.Left.String()+" 离开", "came from "+o.Name.EN+" ("+o.Code+"), left on "+o.Left.String()
	switch {
	case o.Abroad:
		zh, en = zh+"，境外", en+", abroad"
	case o.Grade != "":
		grade := gradeWords(r, o.Grade)
		zh, en = zh+"；当日为"+grade.ZH+"（"+o.GradeSource+"）", en+"; on that day "+grade.EN+" ("+o.GradeSource+")"
	}
	if o.Crossing {
		zh, en = zh+"；与病例轨迹交叉", en+"; track crossed a case's"
	}
	return seawall.Text{ZH: zh, EN: en}
}

// confirmMeasure puts the measure of an arrival in force on the word of a named
// officer: restrictions for the segments that limit movement, tests, reports and
// the release as steps of its duty. What informs only restricts nobody.
func (s *Service) confirmMeasure(ctx context.Context, tx seawall.Tx, who Who, a border.Arrival, since time.Time) (border.Arrival, error) {
	r, from, plan, err := s.measureOf(a, since)
	if err != nil {
		return a, err
	}
	a.Tier, a.Regime, a.Rule, a.Since, a.Kind = plan.Class, r.Ref(), plan.Why.Rule, since, string(regime.Inform)
	a.ConfirmedBy, a.Until = who.Principal.ID, seawall.NoDay
	if plan.Release.Known() && !plan.Over {
		a.Until = plan.Release.Add(-1)
	}
	for i, seg := range plan.Segments {
		if i == 0 {
			a.Kind = string(seg.Kind)
		}
	}
	rs, err := s.arrivalRestrictions(tx, who, a, r, from, plan, since)
	if err != nil {
		return a, err
	}
	if holds(rs, regime.Central) {
		k := s.stock(ctx, tx)
		if a.Room, err = k.take(rooms, a.Area); err != nil {
			return a, err
		}
		if err := s.keepStock(ctx, tx, k); err != nil {
			return a, err
		}
	}
	for i := range rs {
		rs[i].Loop = a.Loop
		if err := s.engine.Impose(ctx, tx, rs[i]); err != nil {
			return a, err
		}
	}
	by := map[string]string{"tier": a.Tier, "by": who.Principal.WorkName, "cited": cited(r, from).ZH}
	if a, err = s.border.Change(ctx, tx, a, "arrival.measure", by); err != nil {
		return a, err
	}
	if err := s.planSteps(ctx, tx, a, plan); err != nil {
		return a, err
	}
	return a, s.tellMeasure(ctx, tx, a, plan)
}

// arrivalRestrictions makes the restriction of each segment that limits movement.
func (s *Service) arrivalRestrictions(tx seawall.Tx, who Who, a border.Arrival, r *regime.Regime, from border.Origin, plan regime.Plan, since time.Time) ([]loop.Restriction, error) {
	var out []loop.Restriction
	for _, seg := range plan.Segments {
		if !seg.Kind.Restricts() {
			continue
		}
		start := seg.From.Start(s.d.Zone)
		if start.Before(since) {
			start = since
		}
		one, err := loop.NewRestriction(seawall.RestrictionID(tx.NewID()), loop.Order{
			Subject: casebook.PersonRef(a.Person), Kind: string(seg.Kind), Fact: a.Ref(), Cited: cited(r, from), Regime: r.Ref(), Rule: seg.Why.Rule,
			During: seawall.Interval{From: start.UTC(), To: seg.To.Add(1).Start(s.d.Zone).UTC()},
			Reason: seg.Text, AppealHours: appealIn(r), DecidedBy: who.Principal.ID, DecidedName: who.Principal.WorkName})
		if err != nil {
			return nil, err
		}
		out = append(out, one)
	}
	return out, nil
}

// planSteps adds to the duty what the plan asks, as its protocol lays it out: the
// tests, the hand-overs from place to place, the daily report and the release.
func (s *Service) planSteps(ctx context.Context, tx seawall.Tx, a border.Arrival, plan regime.Plan) error {
	if a.Loop == "" || plan.Over {
		return nil
	}
	l, err := s.d.Loops.Loop(ctx, tx, a.Loop)
	if err != nil {
		return err
	}
	steps, err := s.d.Loops.StepsOf(ctx, tx, l.ID)
	if err != nil {
		return err
	}
	o, err := s.arrivalSteps(ctx, tx, a, &plan)
	if err != nil {
		return err
	}
	if err := s.addMissing(ctx, tx, l.ID, steps, o); err != nil {
		return err
	}
	if !plan.Release.Known() {
		return nil
	}
	if l, err = s.d.Loops.Loop(ctx, tx, a.Loop); err != nil {
		return err
	}
	return s.engine.StartRelease(ctx, tx, l, plan.Release.Start(s.d.Zone))
}

// stageOf is the stage of a chain that a kind of segment stands for.
func stageOf(k regime.StayKind) string {
	switch k {
	case regime.Central:
		return border.StageCentral
	case regime.Home, regime.HomeMonitoring:
		return border.StageHome
	}
	return border.StageFollowUp
}

// stageTitle names the hand-over to the next place of a chain.
func stageTitle(k regime.StayKind) seawall.Text {
	switch stageOf(k) {
	case border.StageCentral:
		return seawall.Text{ZH: "集中隔离点接收", EN: "Quarantine facility takes over"}
	case border.StageHome:
		return seawall.Text{ZH: "社区接回居家", EN: "Community takes over at home"}
	}
	return seawall.Text{ZH: "转入随访", EN: "Pass on to follow-up"}
}

// tellMeasure tells the person what applies to them and why.
func (s *Service) tellMeasure(ctx context.Context, tx seawall.Tx, a border.Arrival, plan regime.Plan) error {
	if a.Person == "" {
		return nil
	}
	return s.tell(ctx, tx, casebook.PersonRef(a.Person), a.Ref(), plan.Restricts(), plan.Text)
}
