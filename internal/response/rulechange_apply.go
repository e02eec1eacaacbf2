package response

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/auth"
	"github.com/seawall-city/seawall/internal/loop"
	"github.com/seawall-city/seawall/internal/regime"
)

// The events of a change of rules, one for each person.
const (
	eventRuleChanged = "rule.changed" // the person's plan was made anew
	eventRuleKept    = "rule.kept"    // the old rule stays theirs
)

// planTime is the instant at which plans are compared, and where.
type planTime struct {
	now  time.Time
	zone *time.Location
	// counting leaves the words of the plans out.
	counting bool
}

// ChangeResult says what applying a change of rules did.
type ChangeResult struct {
	Option string `json:"option"`
	// Changed plans were made anew, of them Released end now; Kept stay under the
	// old rule; Before were decided by an earlier run.
	Changed  int `json:"changed"`
	Released int `json:"released"`
	Kept     int `json:"kept"`
	Before   int `json:"before"`
	// Failed tells for whom it could not be done and why; a further run takes them
	// up again.
	Failed []Outcome `json:"failed"`
}

// ApplyRuleChange brings everybody in somebody's areas who is under the rule from
// to what the rule to asks, by an option: "grandfather" leaves them under the old
// one, "convert" puts the new one in its place, "min" (the default) asks on no day
// more than either. Each person is one transaction with one event, told what
// changed and why; what was done stays done. It may be run again after a break:
// who was decided before is left alone. Errors: as Affected; Invalid for an
// unknown option.
func (s *Service) ApplyRuleChange(ctx context.Context, who Who, from, to, option string) (ChangeResult, error) {
	const op = "response.ApplyRuleChange"
	out := ChangeResult{Option: option, Failed: []Outcome{}}
	if option == "" {
		out.Option = regime.Min
	}
	switch out.Option {
	case regime.Grandfather, regime.Convert, regime.Min:
	default:
		return out, seawall.E(op, seawall.Invalid, "rule_option_unknown", "option", option)
	}
	a, b, err := s.pair(from, to)
	if err != nil {
		return out, err
	}
	if err := s.allow(who, auth.RuleApply, auth.Resource{Kind: seawall.KindContact}); err != nil {
		return out, err
	}
	if today := seawall.DayOf(s.d.Clock.Now(), s.d.Zone); !b.Covers(today) {
		return out, seawall.E(op, seawall.Invalid, "rule_not_in_force", "regime", b.ID, "day", today.String())
	}
	var refs []seawall.Ref
	err = s.read(ctx, op, func(tx seawall.Tx) error {
		return s.eachUnder(ctx, tx, who, a, func(x subject) error {
			refs = append(refs, x.ref)
			return nil
		})
	})
	if err != nil {
		return out, err
	}
	for _, ref := range refs {
		if err := ctx.Err(); err != nil {
			return out, seawall.Wrap(op, err)
		}
		did := ""
		err := s.write(ctx, who, op, func(tx seawall.Tx) (err error) {
			did, err = s.changeRule(ctx, tx, who, ref, a, b, out.Option)
			return err
		})
		if err := out.count(ref, did, err); err != nil {
			return out, err
		}
	}
	return out, nil
}

// What changeRule did for one person.
const (
	didChange  = "changed"
	didRelease = "released"
	didKeep    = "kept"
	didNothing = ""
)

// count adds one person's outcome; an error that is not about the person ends
// the run.
func (r *ChangeResult) count(ref seawall.Ref, did string, err error) error {
	if err != nil {
		o, ok := refused(ref.ID, err)
		if !ok {
			return err
		}
		r.Failed = append(r.Failed, o)
		return nil
	}
	switch did {
	case didChange:
		r.Changed++
	case didRelease:
		r.Changed++
		r.Released++
	case didKeep:
		r.Kept++
	case didNothing:
		r.Before++
	}
	return nil
}

// evidenceRule is the kind of evidence that says what a change of rules did to a
// duty; its data names both rules and the option.
const evidenceRule = "rule"

// keptBefore reports whether the old rule was kept for somebody against the new
// one already. The duty itself says so: the log is numbered a moment later.
func (s *Service) keptBefore(ctx context.Context, tx seawall.Tx, id seawall.LoopID, to *regime.Regime) (bool, error) {
	if id == "" {
		return false, nil
	}
	all, err := s.d.Loops.EvidenceOf(ctx, tx, id)
	if err != nil {
		return false, err
	}
	for _, e := range all {
		if e.Kind == evidenceRule && e.Data["to"] == to.ID && e.Data["kept"] == true {
			return true, nil
		}
	}
	return false, nil
}

// proveChange keeps with the duty what the change of rules did to it.
func (s *Service) proveChange(ctx context.Context, tx seawall.Tx, x subject, data map[string]string, kept bool, words string) error {
	if x.loop == "" {
		return nil
	}
	return s.d.Loops.SaveEvidence(ctx, tx, loop.Evidence{ID: tx.NewID(), Loop: x.loop, Kind: evidenceRule, Text: words,
		Data: map[string]any{"from": data["from"], "to": data["to"], "option": data["option"], "until": data["until"], "kept": kept},
		By:   tx.Actor().Name, At: tx.Now()})
}

// changeRule brings one person to the new rule.
func (s *Service) changeRule(ctx context.Context, tx seawall.Tx, who Who, ref seawall.Ref, a, b *regime.Regime, option string) (string, error) {
	m, err := s.mover(ctx, tx, ref)
	if err != nil {
		return didNothing, err
	}
	if !m.under(a) {
		return didNothing, nil // changed by an earlier run, or let go meanwhile
	}
	if err := s.allow(who, auth.RuleApply, auth.Resource{Kind: ref.Kind, ID: ref.ID, Area: m.subject.area}); err != nil {
		return didNothing, err
	}
	kept, err := s.keptBefore(ctx, tx, m.subject.loop, b)
	if err != nil || kept {
		return didNothing, err
	}
	t := planTime{now: tx.Now(), zone: s.d.Zone}
	was, now, err := m.subject.both(a, b, t)
	if err != nil {
		return didNothing, err
	}
	data := map[string]string{"from": a.ID, "to": b.ID, "option": option, "was": m.subject.row, "until": m.subject.until.String()}
	if option == regime.Grandfather {
		if err := s.proveChange(ctx, tx, m.subject, data, true, "按原规定继续执行。The former rule stays."); err != nil {
			return didNothing, err
		}
		if err := s.record(ctx, tx, eventRuleKept, ref, m.subject.area, m.subject.person, data); err != nil {
			return didNothing, err
		}
		return didKeep, s.tellChange(ctx, tx, m.subject, b, m.subject.until, seawall.Text{ZH: "按通知，您的管理仍按原规定执行，不作改变。",
			EN: "As the notice says, the former rule stays yours; nothing changes for you."})
	}
	if m.announced {
		return s.rewrite(ctx, tx, m, was, now, option, data)
	}
	plan := now.Plan
	if option == regime.Min {
		plan = regime.MinPlan(was, now)
	}
	return s.replan(ctx, tx, who, m, b, plan, data)
}

// rewrite brings somebody whose measure nobody has confirmed yet, so that nothing
// restricts them, to the row of the new rule; under "min" only where it does not
// ask for more.
func (s *Service) rewrite(ctx context.Context, tx seawall.Tx, m mover, was, now regime.Ruled, option string, data map[string]string) (string, error) {
	kind, did := eventRuleChanged, didChange
	if option == regime.Min && (lastDay(now.Plan) > lastDay(was.Plan) || regime.Compare(was.Plan, now.Plan) == regime.ChangeStrict) {
		kind, did = eventRuleKept, didKeep
		if err := s.proveChange(ctx, tx, m.subject, data, true, "新规定更严，按原规定继续执行。The new rule asks for more; the former one stays."); err != nil {
			return didNothing, err
		}
	} else if err := m.keep(ctx, tx, now.Regime, now.Plan, seawall.NoDay, nil); err != nil {
		return didNothing, err
	}
	data["now"] = now.Plan.Class
	return did, s.record(ctx, tx, kind, m.subject.ref, m.subject.area, m.subject.person, data)
}

// replan puts a plan in the place of somebody's former one.
func (s *Service) replan(ctx context.Context, tx seawall.Tx, who Who, m mover, b *regime.Regime, plan regime.Plan, data map[string]string) (string, error) {
	today := s.today(tx)
	until := lastDay(plan)
	nothing := !until.Known()
	if nothing {
		until = today.Add(-1)
	}
	steps, err := s.d.Loops.StepsOf(ctx, tx, m.subject.loop)
	if err != nil {
		return didNothing, err
	}
	restrictions, err := s.restrictAnew(ctx, tx, who, m, b, plan)
	if err != nil {
		return didNothing, err
	}
	if err := m.keep(ctx, tx, b, plan, until, restrictions); err != nil {
		return didNothing, err
	}
	p := loop.Replan{Regime: b.Ref(), Rule: plan.Why.Rule, Of: m.of(plan), Restrictions: restrictions, Data: data,
		Steps: m.steps(b, plan, steps, today), Series: m.series(plan),
		Reason: fmt.Sprintf("规则由 %s 改为 %s（%s）。The rule changed from %s to %s (%s).", data["from"], b.ID, data["option"], data["from"], b.ID, data["option"])}
	if err := s.proveChange(ctx, tx, m.subject, data, false, p.Reason); err != nil {
		return didNothing, err
	}
	p.Release = until.Add(1).Start(s.d.Zone)
	if p.Rule == "" {
		p.Rule = "valid"
	}
	if _, err := s.engine.Replan(ctx, tx, m.subject.loop, p); err != nil {
		return didNothing, err
	}
	data["now"], data["ends"] = plan.Class, until.String()
	if err := s.record(ctx, tx, eventRuleChanged, m.subject.ref, m.subject.area, m.subject.person, data, seawall.Ref{Kind: seawall.KindLoop, ID: string(m.subject.loop)}); err != nil {
		return didNothing, err
	}
	words := plan.Text
	if nothing {
		words = seawall.Text{ZH: "新规定不再要求您做任何事；待查项目了结后即解除。", EN: "The new rule asks nothing more of you; you are released once what is still open has been looked at."}
	}
	if err := s.tellChange(ctx, tx, m.subject, b, until, words); err != nil {
		return didNothing, err
	}
	if !nothing {
		return didChange, nil
	}
	_, err = m.release(ctx, tx)
	return didRelease, err
}

// restrictAnew makes the restriction of each stretch of the new plan, with the
// new citation. Who applies the change decides it; where the operator's machine
// does, whoever decided the former one.
func (s *Service) restrictAnew(ctx context.Context, tx seawall.Tx, who Who, m mover, b *regime.Regime, plan regime.Plan) ([]loop.Restriction, error) {
	by := decider{id: who.Principal.ID, name: who.Principal.WorkName}
	rs, err := s.d.Loops.RestrictionsOn(ctx, tx, seawall.Ref{Kind: seawall.KindPerson, ID: string(m.subject.person)})
	if err != nil {
		return nil, err
	}
	order, active := m.order, false
	for _, r := range rs {
		if r.Loop != m.subject.loop {
			continue
		}
		active = active || r.State == loop.RestrictionActive
		if by.id == "" {
			by = decider{id: r.DecidedBy, name: r.DecidedName}
		}
		order.Fact, order.Cited = r.Fact, r.Cited
	}
	if !active {
		lifted, err := s.liftedByObjection(ctx, tx, m.subject.loop)
		if err != nil || lifted {
			return nil, err
		}
	}
	var out []loop.Restriction
	for _, seg := range plan.Segments {
		if !seg.Kind.Restricts() || plan.Over {
			continue
		}
		from := seg.From.Start(s.d.Zone)
		if from.Before(tx.Now()) {
			from = tx.Now()
		}
		o := order
		o.Kind, o.Regime, o.Rule, o.Reason = string(seg.Kind), seg.Why.Regime+"@"+seg.Why.Version, seg.Why.Rule, seg.Text
		o.During = seawall.Interval{From: from.UTC(), To: seg.To.Add(1).Start(s.d.Zone).UTC()}
		o.DecidedBy, o.DecidedName, o.AppealHours = by.id, by.name, appealIn(b)
		r, err := loop.NewRestriction(seawall.RestrictionID(tx.NewID()), o)
		if err != nil {
			return nil, err
		}
		out = append(out, r)
	}
	return out, nil
}

// tellChange tells somebody what changed for them, until when, and by which
// document.
func (s *Service) tellChange(ctx context.Context, tx seawall.Tx, x subject, b *regime.Regime, until seawall.Day, words seawall.Text) error {
	if x.person == "" {
		return nil
	}
	zh := fmt.Sprintf("防控规则有变化，自 %s 起执行《%s》。您的管理原定至 %s", b.From, b.Source.Title.ZH, orUnset(x.until))
	en := fmt.Sprintf("The rules have changed: “%s” holds from %s. Your follow-up was to end on %s", b.Source.Title.EN, b.From, orUnset(x.until))
	if until.Known() && until != x.until && until >= s.today(tx) {
		zh, en = zh+fmt.Sprintf("，现定至 %s", until), en+fmt.Sprintf(" and now ends on %s", until)
	}
	return s.tell(ctx, tx, seawall.Ref{Kind: seawall.KindPerson, ID: string(x.person)}, x.ref, true,
		seawall.Text{ZH: strings.TrimSpace(zh + "。" + words.ZH), EN: strings.TrimSpace(en + ". " + words.EN)})
}

// orUnset words a day that may not be set.
func orUnset(d seawall.Day) string {
	if !d.Known() {
		return "–"
	}
	return d.String()
}

// liftedByObjection reports whether an objection ended a measure of a duty: no
// change of rules puts it back.
func (s *Service) liftedByObjection(ctx context.Context, tx seawall.Tx, id seawall.LoopID) (bool, error) {
	evidence, err := s.d.Loops.EvidenceOf(ctx, tx, id)
	return slices.ContainsFunc(evidence, func(e loop.Evidence) bool { return e.Ref.Kind == seawall.KindAppeal }), err
}
