package response

import (
	"context"
	"time"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/border"
	"github.com/seawall-city/seawall/internal/loop"
	"github.com/seawall-city/seawall/internal/regime"
)

// arrivalLoop is the kind of the duty about somebody's coming; the protocol of the
// same name describes it.
const arrivalLoop loop.Kind = "arrival"

// The keys of the steps of an arrival beside the four checks.
const (
	stepArrive  = "arrive"  // an announced person has come, or will not
	stepReceipt = "receipt" // another city has said that it took over
	stepStage   = "stage-"  // the next place of a longer chain has taken over
)

// needsCheck is the evidence of a step that only the check of the same key closes.
const needsCheck = "check"

// usualCheckHours is how soon after arrival a check is due where the matrix in
// force names no hours. Source: the twelve hours in which an arrival reports to the
// community (requirements §2.2, Yancheng, February 2022).
const usualCheckHours = 12

// outcomes of arrivals' loops.
const (
	outcomeHandedOn  = "handed_on"
	outcomeNotComing = "not_coming"
	outcomeMoved     = "moved"
)

// matrix gives the arrival matrix that governs an arrival: the one cited, else the
// one in force on its day.
func (s *Service) matrix(a border.Arrival) (*regime.Regime, bool) {
	if a.Regime != "" {
		if r, ok := s.d.Rules.ByID(a.Regime); ok && len(r.Tiers()) > 0 {
			return r, true
		}
	}
	return s.d.Rules.ArrivalsInForce(a.Disease, s.d.Jurisdiction, a.Day(s.d.Zone))
}

// dues gives an arrival with the due instants of its four checks.
func (s *Service) dues(a border.Arrival) border.Arrival {
	hours := map[string]int{}
	r, ok := s.matrix(a)
	for _, k := range border.Keys() {
		hours[k] = usualCheckHours
		if ok && r.Arrivals != nil && r.Arrivals.Checks[k] > 0 {
			hours[k] = r.Arrivals.Checks[k]
		}
	}
	return a.SetDue(hours)
}

// openArrival opens the duty about an arrival, or brings an open one to where the
// arrival stands. An announced one waits for its day; who is here has the missing
// checks as steps. Where no rule is in force there is no duty.
func (s *Service) openArrival(ctx context.Context, tx seawall.Tx, a border.Arrival) (border.Arrival, error) {
	if !border.Standing(a.State) {
		return a, nil
	}
	if a.State != border.Expected {
		if a.FirstDue().IsZero() {
			var err error
			if a, err = s.border.Change(ctx, tx, s.dues(a), "arrival.due", nil); err != nil {
				return a, err
			}
		}
		if a.Loop != "" {
			return s.advanceArrival(ctx, tx, a)
		}
	} else if a.Loop != "" {
		return a, nil
	}
	return s.startArrival(ctx, tx, a)
}

// startArrival opens the duty with the steps that are open now.
func (s *Service) startArrival(ctx context.Context, tx seawall.Tx, a border.Arrival) (border.Arrival, error) {
	r, rule := s.arrivalRule(a)
	steps := s.arrivalSteps(a)
	if r == nil || len(steps) == 0 {
		return a, nil
	}
	unit := a.Entry
	if a.StayText != "" {
		unit = a.StayText
	}
	p, err := s.parties(ctx, tx, a.Area, arrivalLoop, unit, a.Mask)
	if err != nil {
		return a, err
	}
	o := loop.Opening{Kind: arrivalLoop, Subject: a.Ref(), Person: a.Person, Mask: a.Mask, Fact: a.Ref(), Disease: a.Disease,
		Regime: r.Ref(), Rule: rule, Places: owners("", a.Stay, ""), Parties: p, Steps: steps,
		Title: seawall.Text{ZH: "来返人员 " + a.No + " 四个查清", EN: "Arrival " + a.No + ": the four checks"}}
	if a.Undeclared {
		o.Title = seawall.Text{ZH: "未申报同行人 " + a.No + " 四个查清", EN: "Undeclared companion " + a.No + ": the four checks"}
	}
	if _, err := s.engine.Open(ctx, tx, o); err != nil {
		return a, err
	}
	return s.d.Border.Arrival(ctx, tx, a.ID)
}

// arrivalRule gives the rule file that a duty about an arrival cites and the rule in
// it: the row that applies, else the checks as such, else the disease's regime.
func (s *Service) arrivalRule(a border.Arrival) (*regime.Regime, string) {
	if r, ok := s.matrix(a); ok {
		if a.Rule != "" {
			return r, a.Rule
		}
		return r, "checks"
	}
	return s.inForce(a.Disease, a.Day(s.d.Zone)), "arrivals"
}

// arrivalSteps are the steps that an arrival waits for.
func (s *Service) arrivalSteps(a border.Arrival) []loop.StepPlan {
	rule := a.Regime + "#" + a.Rule
	if a.State == border.Expected {
		return []loop.StepPlan{{Key: stepArrive, Title: seawall.Text{ZH: "确认是否到达", EN: "Find out whether they have come"}, Needs: "note",
			Rule: rule, Due: loop.EndOf(a.Expected, s.d.Zone), Day: a.Expected}}
	}
	var out []loop.StepPlan
	for _, c := range a.Checks {
		if !c.Made() {
			out = append(out, s.checkStep(a, c, rule))
		}
	}
	return out
}

// checkStep is the step of one missing check.
func (s *Service) checkStep(a border.Arrival, c border.Check, rule string) loop.StepPlan {
	due := c.Due
	if due.IsZero() {
		due = a.Arrived.Add(usualCheckHours * time.Hour)
	}
	return loop.StepPlan{Key: c.Key, Title: checkTitle(c.Key), Needs: needsCheck, Rule: rule, Due: due, Day: seawall.DayOf(due, s.d.Zone)}
}

// checkTitle names a check.
func checkTitle(key string) seawall.Text {
	switch key {
	case border.Headcount:
		return seawall.Text{ZH: "查清人数", EN: "Check the headcount"}
	case border.Identity:
		return seawall.Text{ZH: "查清人头", EN: "Check who they are"}
	case border.Location:
		return seawall.Text{ZH: "查清位置", EN: "Check where they stay"}
	}
	return seawall.Text{ZH: "查清管控情况", EN: "Check and explain the measure"}
}

// advanceArrival brings the open duty of somebody who is here up to date: the
// missing checks are steps of it, and the wait for their coming is over.
func (s *Service) advanceArrival(ctx context.Context, tx seawall.Tx, a border.Arrival) (border.Arrival, error) {
	l, err := s.d.Loops.Loop(ctx, tx, a.Loop)
	if err != nil {
		return a, err
	}
	if l.State != loop.Open {
		return s.startArrival(ctx, tx, a)
	}
	steps, err := s.d.Loops.StepsOf(ctx, tx, l.ID)
	if err != nil {
		return a, err
	}
	for _, p := range s.arrivalSteps(a) {
		if at := stepOf(steps, p.Key); at == nil {
			if _, err := s.engine.AddStep(ctx, tx, l.ID, p); err != nil {
				return a, err
			}
		}
	}
	if st := stepOf(steps, stepArrive); st != nil && st.State == loop.Open && a.State != border.Expected {
		if _, err := s.engine.Complete(ctx, tx, st.ID, 0, loop.Evidence{Kind: "note", Text: "已到达 arrived", Ref: a.Ref()}); err != nil {
			return a, err
		}
	}
	return s.d.Border.Arrival(ctx, tx, a.ID)
}

// stepOf gives the last step with a key, nil where there is none.
func stepOf(steps []loop.Step, key string) *loop.Step {
	for i := len(steps) - 1; i >= 0; i-- {
		if steps[i].Key == key {
			return &steps[i]
		}
	}
	return nil
}

// relocate moves the duty to the community of the stay when that has changed: the
// old owner's ends, the new one's opens with what is still missing.
func (s *Service) relocate(ctx context.Context, tx seawall.Tx, was, a border.Arrival) (border.Arrival, error) {
	if was.Area == a.Area || a.Loop == "" {
		return a, nil
	}
	return s.reopenFor(ctx, tx, a, outcomeMoved)
}

// reopenFor ends the open duty of an arrival and opens it anew where it stands
// now. Measures that are in force go on: they hang on the arrival.
func (s *Service) reopenFor(ctx context.Context, tx seawall.Tx, a border.Arrival, why string) (border.Arrival, error) {
	l, err := s.d.Loops.Loop(ctx, tx, a.Loop)
	if err != nil || l.State != loop.Open {
		return a, err
	}
	if a.ConfirmedBy != "" { // the plan's tests and restrictions hang on this duty; it stays where it is
		return a, nil
	}
	if _, err := s.engine.Close(ctx, tx, l.ID, outcomeMoved, why, a.Ref()); err != nil {
		return a, err
	}
	if a, err = s.d.Border.Arrival(ctx, tx, a.ID); err != nil {
		return a, err
	}
	return s.startArrival(ctx, tx, a)
}

// mirrorArrival keeps an arrival's row in step with its duty: owner, next due, and
// where it stands when the duty has ended.
func (s *Service) mirrorArrival(ctx context.Context, tx seawall.Tx, l loop.Loop, steps []loop.Step) error {
	a, err := s.d.Border.Arrival(ctx, tx, seawall.ArrivalID(l.Subject.ID))
	if err != nil {
		return err
	}
	if l.Kind != arrivalLoop || a.Loop != "" && a.Loop != l.ID && l.State != loop.Open {
		return nil
	}
	was := a
	a.Loop, a.Owner, a.OwnerName, a.NextDue = l.ID, l.Owner, l.OwnerName, nextDue(steps)
	if l.State != loop.Open {
		a.Owner, a.OwnerName = "", ""
		if a.State == border.Managed && (l.Outcome == outcomeReleased || l.Outcome == "done") {
			a.State = border.Released
		}
	}
	if a.Room != "" && l.State != loop.Open {
		k := s.stock(ctx, tx)
		if err := k.giveBack(a.Room); err != nil {
			return err
		}
		a.Room = ""
		if err := s.keepStock(ctx, tx, k); err != nil {
			return err
		}
	}
	if was.Loop == a.Loop && was.Owner == a.Owner && was.OwnerName == a.OwnerName && was.State == a.State && was.NextDue.Equal(a.NextDue) {
		return nil
	}
	_, err = s.border.Keep(ctx, tx, a)
	return err
}
