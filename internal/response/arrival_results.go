package response

import (
	"context"
	"slices"
	"time"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/border"
	"github.com/seawall-city/seawall/internal/casebook"
	"github.com/seawall-city/seawall/internal/loop"
)

// underMeasure gives the person's arrivals whose duty is open, for a disease; ""
// for any.
func (s *Service) underMeasure(ctx context.Context, tx seawall.Tx, no seawall.PersonNo, disease string) ([]border.Arrival, error) {
	rows, err := s.d.Border.ArrivalsOfPerson(ctx, tx, no)
	return slices.DeleteFunc(rows, func(a border.Arrival) bool {
		return a.Loop == "" || !border.Standing(a.State) || disease != "" && a.Disease != disease
	}), err
}

// arrivalResult does what a result means for somebody who came from elsewhere: a
// negative one that the laboratory has given closes the earliest open test of the
// plan on or before its day; a positive one puts them before staff at once.
func (s *Service) arrivalResult(ctx context.Context, tx seawall.Tx, r casebook.Result, out *RecordedResult) error {
	rows, err := s.underMeasure(ctx, tx, r.Person, r.Disease)
	if err != nil || r.Resulted.IsZero() {
		return err
	}
	for _, a := range rows {
		steps, err := s.d.Loops.StepsOf(ctx, tx, a.Loop)
		if err != nil {
			return err
		}
		switch {
		case r.Outcome == negative && r.Kind != antigen:
			if err := s.closeTest(ctx, tx, a, steps, r, out); err != nil {
				return err
			}
		case r.Outcome == positive:
			out.ConfirmFirst, out.ProposeCase = r.Kind == antigen, r.Kind != antigen
			if err := s.alarmArrival(ctx, tx, a, steps, r); err != nil {
				return err
			}
		}
	}
	return nil
}

// closeTest closes the latest test that a negative sample answers: the plan's day
// must not lie after the sample's. Gate tests come before days.
func (s *Service) closeTest(ctx context.Context, tx seawall.Tx, a border.Arrival, steps []loop.Step, r casebook.Result, out *RecordedResult) error {
	day := s.sampleDay(r)
	var at *loop.Step
	for i, st := range steps {
		if isTest(st) && st.State == loop.Open && st.Day <= day && (at == nil || st.Day > at.Day) {
			at = &steps[i]
		}
	}
	if at == nil {
		return nil
	}
	done, err := s.engine.Complete(ctx, tx, at.ID, 0, loop.Evidence{Kind: "result", Ref: r.Ref()})
	if err != nil {
		return err
	}
	out.ClosedSteps = append(out.ClosedSteps, done)
	released, err := s.tryReleaseArrival(ctx, tx, a.ID)
	out.Released = out.Released || released
	return err
}

// alarmArrival opens the urgent step of a positive result, once.
func (s *Service) alarmArrival(ctx context.Context, tx seawall.Tx, a border.Arrival, steps []loop.Step, r casebook.Result) error {
	if st := stepOf(steps, stepPositive); st != nil && st.State == loop.Open {
		return nil
	}
	due := tx.Now().Add(urgentHours * time.Hour)
	_, err := s.engine.AddStep(ctx, tx, a.Loop, loop.StepPlan{Key: stepPositive, Needs: "note", Rule: a.Regime + "#" + a.Rule, Due: due,
		Day: seawall.DayOf(due, s.d.Zone), Title: seawall.Text{ZH: "检测阳性，立即处置", EN: "Positive result: act now"}})
	return err
}

// tryReleaseArrival lets somebody go when the last day of their measure has passed,
// every planned test is resulted negative, the hand-overs from place to place are
// receipted and nothing urgent is open.
func (s *Service) tryReleaseArrival(ctx context.Context, tx seawall.Tx, id seawall.ArrivalID) (bool, error) {
	a, err := s.d.Border.Arrival(ctx, tx, id)
	if err != nil || a.State != border.Managed || a.Loop == "" || !a.Until.Known() || s.today(tx) <= a.Until {
		return false, err
	}
	steps, err := s.d.Loops.StepsOf(ctx, tx, a.Loop)
	if err != nil {
		return false, err
	}
	var last *loop.Step
	for i, st := range steps {
		open := st.State == loop.Open || st.State == loop.Waiting
		switch {
		case st.Key == stepRelease && open:
			last = &steps[i]
		case isTest(st) && st.State == loop.Cancelled && !testedSince(steps, st.Day):
			return false, nil
		case open && st.Key != stepMonitor:
			return false, nil
		}
	}
	if last == nil {
		return false, nil
	}
	return true, s.releaseArrival(ctx, tx, a, *last, "检测均为阴性，管理期满。All tests negative, measure over.")
}

// releaseArrival ends the measure of an arrival.
func (s *Service) releaseArrival(ctx context.Context, tx seawall.Tx, a border.Arrival, st loop.Step, note string) error {
	if _, err := s.engine.Complete(ctx, tx, st.ID, 0, loop.Evidence{Kind: "note", Text: note}); err != nil {
		return err
	}
	if _, err := s.engine.Close(ctx, tx, a.Loop, outcomeReleased, note, a.Ref()); err != nil {
		return err
	}
	return s.tell(ctx, tx, casebook.PersonRef(a.Person), a.Ref(), false, seawall.Text{
		ZH: "您的管理措施已解除，感谢配合。", EN: "Your measure has ended and every restriction with it. Thank you."})
}

// arrivalStep guards the steps of an arrival that have their own way to be closed:
// a check by RecordCheck, a receipt by ReceiptArrival, the release by its
// conditions. closed is set where the step was closed here.
func (s *Service) arrivalStep(ctx context.Context, tx seawall.Tx, l loop.Loop, st loop.Step, ev NewEvidence) (closed bool, err error) {
	const op = "response.arrivalStep"
	if l.Kind != arrivalLoop {
		return false, nil
	}
	switch {
	case st.Needs == needsCheck:
		return false, seawall.E(op, seawall.Conflict, "step_by_check", "check", st.Key)
	case st.Needs == stepReceipt:
		return false, seawall.E(op, seawall.Conflict, "step_by_receipt")
	case st.Key == stepArrive:
		return false, seawall.E(op, seawall.Conflict, "step_by_arrival")
	case st.Key == stepRelease:
		a, err := s.d.Border.Arrival(ctx, tx, seawall.ArrivalID(l.Subject.ID))
		if err != nil {
			return false, err
		}
		if !a.Until.Known() || s.today(tx) <= a.Until {
			return false, seawall.E(op, seawall.Conflict, "release_blocked", "condition", blockStay)
		}
		if ok, err := s.tryReleaseArrival(ctx, tx, a.ID); err != nil || ok {
			return ok, err
		}
		return false, seawall.E(op, seawall.Conflict, "release_blocked", "condition", blockTests)
	}
	return false, nil
}
