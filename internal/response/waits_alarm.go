package response

import (
	"context"
	"slices"
	"time"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/gate"
	"github.com/seawall-city/seawall/internal/loop"
	"github.com/seawall-city/seawall/internal/protocol"
)

// timerWait is the clock that looks at the waits of a site.
const timerWait = "gate_wait"

// firstLook is how long after the first late vehicle its site is looked at, so that
// the others of the same minute count.
const firstLook = time.Minute

// stepLetPass is the step of the alarm's protocol that lets vehicles pass.
const stepLetPass = "let_pass"

// lateWait is how old a decision may be to say something about the waits now.
const lateWait = time.Hour

// watchWaits starts the clock that looks at a site when a vehicle waited there
// longer than the target. Vehicles that did not cost nothing.
func (s *Service) watchWaits(ctx context.Context, tx seawall.Tx, p gate.Pass, site gate.Site) error {
	if p.Arrived.IsZero() || p.Served.IsZero() || tx.Now().Sub(p.Decided) > lateWait {
		return nil
	}
	f, err := s.waitFigures()
	if err != nil || p.Served.Sub(p.Arrived) <= f.target {
		return err
	}
	w, err := s.waitRow(ctx, tx, site)
	if err != nil || w.Watching {
		return err
	}
	w.Watching = true
	w.Version++
	if err := s.d.Waits.SaveWait(ctx, tx, w); err != nil {
		return err
	}
	return s.engine.StartTimer(ctx, tx, loop.Loop{}, timerWait, string(site.ID), tx.Now().Add(firstLook))
}

// waitDue looks at the waits of a site: above the target the alarm opens, back at it
// the alarm ends; as long as one is open the site is looked at again and again.
func (s *Service) waitDue(ctx context.Context, tx seawall.Tx, id seawall.SiteID) error {
	site, err := s.d.Gates.Site(ctx, tx, id)
	if err != nil {
		return err
	}
	f, err := s.waitFigures()
	if err != nil {
		return err
	}
	w, err := s.waitRow(ctx, tx, site)
	if err != nil {
		return err
	}
	queues, err := s.gateQueues(ctx, tx, site, f, usualHours)
	if err != nil {
		return err
	}
	worst := 0
	for i, q := range queues {
		if q.last.P95 > queues[worst].last.P95 {
			worst = i
		}
	}
	over := queues[worst].last.P95 > secondsOf(f.target)
	switch {
	case over && w.Loop == "":
		err = s.openAlarm(ctx, tx, site, queues[worst], f, &w)
	case over:
		err = s.lookAlarm(ctx, tx, site, queues[worst], f, &w)
	case w.Loop != "":
		err = s.endAlarm(ctx, tx, site, &w)
	}
	if err != nil {
		return err
	}
	w.Watching = over
	w.Version++
	if err := s.d.Waits.SaveWait(ctx, tx, w); err != nil {
		return err
	}
	if over {
		if err := s.engine.StartTimer(ctx, tx, loop.Loop{}, timerWait, string(id), tx.Now().Add(f.look)); err != nil {
			return err
		}
	}
	return s.record(ctx, tx, "waits.looked", site.Ref(), site.Area, "", map[string]string{"p95": itoa(queues[worst].last.P95), "target": itoa(secondsOf(f.target)),
		"passed": itoa(queues[worst].last.Passed)}, w.Ref())
}

// openAlarm opens the duty to shorten the waits and tells whoever leads the shift,
// with what would help.
func (s *Service) openAlarm(ctx context.Context, tx seawall.Tx, site gate.Site, q gateQueue, f waitFigures, w *gate.Wait) error {
	plan, err := q.compare(planAsk{most: q.most, longest: s.longestHold(s.today(tx)), noFewer: true}, f)
	if err != nil {
		return notComputed("response.openAlarm", err)
	}
	w.Since, w.P95, w.Target, w.Hopeless = tx.Now(), (q.last.P95+59)/60, secondsOf(f.target)/60, plan.Hopeless
	w.Version++
	if err := s.d.Waits.SaveWait(ctx, tx, *w); err != nil {
		return err
	}
	d := s.aboutWaits(site, *w)
	d.ID = seawall.LoopID(tx.NewID())
	w.Loop = d.ID
	l, err := s.openLoop(ctx, tx, waitKind, d)
	if err != nil {
		return err
	}
	text := seawall.Text{
		ZH: site.Name.ZH + "近一小时等候 p95 " + itoa(w.P95) + " 分钟，超过目标 " + itoa(w.Target) + " 分钟。" + plan.Text.ZH,
		EN: "Waits at " + site.Name.EN + " are at a p95 of " + itoa(w.P95) + " minutes over the last hour, above the target of " + itoa(w.Target) + ". " + plan.Text.EN}
	if err := s.tellLead(ctx, tx, site, l, text); err != nil {
		return err
	}
	return s.record(ctx, tx, "waits.alarm", site.Ref(), site.Area, "", map[string]string{"p95": itoa(w.P95), "target": itoa(w.Target), "advice": plan.Text.ZH,
		"adviceEn": plan.Text.EN, "hopeless": yesNo(w.Hopeless)}, l.Ref())
}

// lookAlarm looks again at an alarm that goes on: where by now not even all lanes keep
// the longest wait, or do so again, its duty is changed and whoever leads is told.
func (s *Service) lookAlarm(ctx context.Context, tx seawall.Tx, site gate.Site, q gateQueue, f waitFigures, w *gate.Wait) error {
	plan, err := q.compare(planAsk{most: q.most, longest: s.longestHold(s.today(tx)), noFewer: true}, f)
	if err != nil {
		return notComputed("response.lookAlarm", err)
	}
	if plan.Hopeless == w.Hopeless {
		return nil
	}
	w.Hopeless = plan.Hopeless
	o, err := s.planLoop(ctx, tx, waitKind, s.aboutWaits(site, *w))
	if err != nil {
		return err
	}
	l, err := s.d.Loops.Loop(ctx, tx, w.Loop)
	if err != nil {
		return err
	}
	w.Version++
	if err := s.d.Waits.SaveWait(ctx, tx, *w); err != nil {
		return err
	}
	asked := func(key string) bool { return key == stepLetPass }
	steps := slices.DeleteFunc(o.Steps, func(st loop.StepPlan) bool { return !asked(st.Key) })
	if l, err = s.engine.Replan(ctx, tx, l.ID, loop.Replan{Regime: l.Regime, Rule: l.Rule, Of: asked, Steps: steps, Reason: plan.Text.ZH}); err != nil {
		return err
	}
	return s.tellLead(ctx, tx, site, l, seawall.Text{ZH: site.Name.ZH + "：" + plan.Text.ZH, EN: site.Name.EN + ": " + plan.Text.EN})
}

// tellLead tells whoever leads the shift, else whoever answers for the alarm.
func (s *Service) tellLead(ctx context.Context, tx seawall.Tx, site gate.Site, l loop.Loop, text seawall.Text) error {
	now := tx.Now()
	shifts, err := s.d.Gates.Shifts(ctx, tx, site.ID, seawall.Interval{From: now, To: now.Add(1)})
	if err != nil {
		return err
	}
	led := slices.ContainsFunc(shifts, func(sh gate.Shift) bool { return sh.Lead != "" })
	if led || l.Owner == "" {
		return s.tellShift(ctx, tx, site, l.Ref(), text)
	}
	return s.tell(ctx, tx, seawall.Ref{Kind: seawall.KindPrincipal, ID: string(l.Owner)}, l.Ref(), true, text)
}

// endAlarm ends the alarm's duty because the waits are back at the target.
func (s *Service) endAlarm(ctx context.Context, tx seawall.Tx, site gate.Site, w *gate.Wait) error {
	l, err := s.d.Loops.Loop(ctx, tx, w.Loop)
	if err != nil {
		return err
	}
	w.Loop, w.Since, w.Hopeless = "", time.Time{}, false
	if l.State != loop.Open {
		return nil
	}
	w.Version++
	if err := s.d.Waits.SaveWait(ctx, tx, *w); err != nil {
		return err
	}
	if _, err := s.engine.Withdraw(ctx, tx, l.ID, site.Ref(), "等候已回到目标以内"); err != nil {
		return err
	}
	return s.tellLead(ctx, tx, site, l, seawall.Text{ZH: site.Name.ZH + "的等候已回到目标以内，告警解除。",
		EN: "The waits at " + site.Name.EN + " are back within the target; the alarm is over."})
}

// mirrorSite lets go of an alarm whose duty has ended, so that the next one can
// open.
func (s *Service) mirrorSite(ctx context.Context, tx seawall.Tx, l loop.Loop) error {
	if l.Kind != waitKind || l.State == loop.Open {
		return nil
	}
	w, err := s.d.Waits.Wait(ctx, tx, seawall.SiteID(l.Subject.ID))
	if err != nil || w.Loop != l.ID {
		return err
	}
	w.Loop, w.Since, w.Hopeless = "", time.Time{}, false
	w.Version++
	return s.d.Waits.SaveWait(ctx, tx, w)
}

// aboutAlarm is what the duty of an alarm depends on.
func (s *Service) aboutAlarm(ctx context.Context, tx seawall.Tx, l loop.Loop) (dutyAbout, error) {
	site, err := s.d.Gates.Site(ctx, tx, seawall.SiteID(l.Subject.ID))
	if err != nil {
		return dutyAbout{}, err
	}
	w, err := s.waitRow(ctx, tx, site)
	return s.aboutWaits(site, w), err
}

func (s *Service) aboutWaits(site gate.Site, w gate.Wait) dutyAbout {
	return dutyAbout{Subject: site.Ref(), No: string(site.ID), Mask: site.Name.ZH, Area: site.Area, Unit: site.Name.ZH,
		Places: []loop.Place{{Path: site.Area, Why: "area"}},
		Given:  protocol.Subject{Class: site.Name, Facts: map[string]any{"kind": site.Kind, "p95": w.P95, "target": w.Target, "hopeless": w.Hopeless}}}
}
