package response

import (
	"context"
	"time"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/border"
	"github.com/seawall-city/seawall/internal/loop"
	"github.com/seawall-city/seawall/internal/protocol"
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

// startArrival opens the duty with the steps that its protocol asks for at this point.
func (s *Service) startArrival(ctx context.Context, tx seawall.Tx, a border.Arrival) (border.Arrival, error) {
	o, err := s.planLoop(ctx, tx, string(arrivalLoop), s.aboutArrival(a, nil))
	if seawall.Is(err, seawall.Invalid) || err == nil && len(o.Steps)+len(o.Series) == 0 {
		return a, nil // nothing to do
	}
	if err != nil {
		return a, err
	}
	if _, err := s.engine.Open(ctx, tx, o); err != nil {
		return a, err
	}
	return s.d.Border.Arrival(ctx, tx, a.ID)
}

// aboutArrival is what duties about an arrival depend on; plan is what a confirmed
// measure asks, nil before that.
func (s *Service) aboutArrival(a border.Arrival, plan *regime.Plan) dutyAbout {
	r, rule := s.arrivalRule(a)
	unit := a.Entry
	if a.StayText != "" {
		unit = a.StayText
	}
	d := dutyAbout{Subject: a.Ref(), No: a.No, Person: a.Person, Mask: a.Mask, Disease: a.Disease, Regime: r, Rule: rule, Area: a.Area,
		Places: append(owners("", a.Stay, ""), loop.Place{Path: a.Area, Why: "area"}), Unit: unit}
	class := seawall.Text{ZH: "来返人员", EN: "Arrival"}
	if a.Undeclared {
		class = seawall.Text{ZH: "未申报同行人", EN: "Undeclared companion"}
	}
	d.Given = protocol.Subject{Class: class, Plan: plan, Facts: arrivalFacts(a, plan != nil), Figures: s.checkFigures(a),
		Events: s.moments(map[string]time.Time{"discovered": a.CreatedAt, "arrived": a.Arrived}, map[string]seawall.Day{"expected": a.Expected, "left": leftOf(a)})}
	return d
}

// aboutArrivalLoop is what the duty about an arrival depends on as it stands now.
func (s *Service) aboutArrivalLoop(ctx context.Context, tx seawall.Tx, id seawall.ArrivalID) (dutyAbout, error) {
	a, err := s.d.Border.Arrival(ctx, tx, id)
	if err != nil || a.ConfirmedBy == "" {
		return s.aboutArrival(a, nil), err
	}
	_, _, plan, err := s.measureOf(a, a.Since)
	if seawall.Is(err, seawall.NotFound) {
		return s.aboutArrival(a, nil), nil
	}
	return s.aboutArrival(a, &plan), err
}

// arrivalFacts are the facts that the protocol's conditions may ask about.
func arrivalFacts(a border.Arrival, confirmed bool) map[string]any {
	made := []string{}
	for _, c := range a.Checks {
		if c.Made() {
			made = append(made, c.Key)
		}
	}
	abroad, crossing := false, false
	for _, o := range a.Origins {
		abroad, crossing = abroad || o.Abroad, crossing || o.Crossing
	}
	return map[string]any{"tier": a.Tier, "mode": a.Mode, "channel": firstOf(a.Channels), "abroad": abroad, "crossing": crossing, "state": a.State,
		"made": made, "confirmed": confirmed, "undeclared": a.Undeclared}
}

// firstOf gives the first of some texts, "" of none.
func firstOf(s []string) string {
	if len(s) == 0 {
		return ""
	}
	return s[0]
}

// leftOf is the day on which the latest place of origin was left.
func leftOf(a border.Arrival) seawall.Day {
	if len(a.Origins) == 0 {
		return seawall.NoDay
	}
	return a.Origins[0].Left
}

// checkFigures are the hours to each check, as the matrix gives them.
func (s *Service) checkFigures(a border.Arrival) map[string]int {
	out := map[string]int{}
	if r, ok := s.matrix(a); ok && r.Arrivals != nil {
		for _, k := range border.Keys() {
			if h := r.Arrivals.Checks[k]; h > 0 {
				out[k+"_hours"] = h
			}
		}
	}
	return out
}

// arrivalRule gives the rule file that a duty about an arrival cites and the rule
// in it: the row that applies, else the checks as such; without a matrix in force
// the disease's regime, or nothing but the protocol.
func (s *Service) arrivalRule(a border.Arrival) (*regime.Regime, string) {
	if r, ok := s.matrix(a); ok {
		if a.Rule != "" {
			return r, a.Rule
		}
		return r, "checks"
	}
	return s.inForce(a.Disease, a.Day(s.d.Zone)), "arrivals"
}

// arrivalSteps are the steps and series that the protocol asks for at this point; plan is a
// confirmed measure's.
func (s *Service) arrivalSteps(ctx context.Context, tx seawall.Tx, a border.Arrival, plan *regime.Plan) (loop.Opening, error) {
	ref := string(arrivalLoop)
	if a.Loop != "" { // by the text that the duty was opened with
		l, err := s.d.Loops.Loop(ctx, tx, a.Loop)
		if err != nil {
			return loop.Opening{}, err
		}
		ref = pick(l.Protocol, ref)
	}
	t, ok, err := s.lawOf(ctx, tx, ref)
	if err != nil {
		return loop.Opening{}, err
	}
	if !ok {
		return loop.Opening{}, seawall.E("response.arrivalSteps", seawall.NotFound, "protocol_unknown", "kind", ref)
	}
	o, err := s.planBy(ctx, tx, t.p, s.aboutArrival(a, plan))
	if seawall.Is(err, seawall.Invalid) {
		return loop.Opening{}, nil
	}
	return o, err
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
	o, err := s.arrivalSteps(ctx, tx, a, nil)
	if err != nil {
		return a, err
	}
	if err := s.addMissing(ctx, tx, l.ID, steps, o); err != nil {
		return a, err
	}
	if st := stepOf(steps, stepArrive); st != nil && st.State == loop.Open && a.State != border.Expected {
		if _, err := s.engine.Complete(ctx, tx, st.ID, 0, loop.Evidence{Kind: "note", Text: "已到达 arrived", Ref: a.Ref()}); err != nil {
			return a, err
		}
	}
	return s.d.Border.Arrival(ctx, tx, a.ID)
}

// addMissing adds to an open duty the planned steps and series that it does not
// have yet.
func (s *Service) addMissing(ctx context.Context, tx seawall.Tx, id seawall.LoopID, steps []loop.Step, o loop.Opening) error {
	for _, p := range o.Steps {
		if stepOf(steps, p.Key) != nil {
			continue
		}
		if _, err := s.engine.AddStep(ctx, tx, id, p); err != nil {
			return err
		}
	}
	for _, p := range o.Series {
		if stepOf(steps, p.Key) != nil {
			continue
		}
		if err := s.engine.AddSeries(ctx, tx, id, p); err != nil {
			return err
		}
	}
	return nil
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
	if l.State == loop.Open && !l.ReopenedAt.IsZero() && a.State == border.Released {
		a.State = border.Managed
	}
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
