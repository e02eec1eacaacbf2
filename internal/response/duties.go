package response

import (
	"context"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/auth"
	"github.com/seawall-city/seawall/internal/casebook"
	"github.com/seawall-city/seawall/internal/loop"
)

// CompleteStep closes a step with its evidence. A test step is closed only by a
// valid negative result of that very person that the laboratory has given; the
// release step only when its conditions hold.
func (s *Service) CompleteStep(ctx context.Context, who Who, id seawall.StepID, ev NewEvidence) (loop.Step, error) {
	const op = "response.CompleteStep"
	var out loop.Step
	err := s.write(ctx, who, op, func(tx seawall.Tx) (err error) {
		out, err = s.completeStep(ctx, tx, who, id, ev)
		return err
	})
	return out, err
}

func (s *Service) completeStep(ctx context.Context, tx seawall.Tx, who Who, id seawall.StepID, ev NewEvidence) (loop.Step, error) {
	st, l, err := s.stepFor(ctx, tx, who, id, auth.StepComplete)
	if err != nil {
		return loop.Step{}, err
	}
	return s.completeFor(ctx, tx, who, l, st, ev)
}

// completeFor is completeStep for who may.
func (s *Service) completeFor(ctx context.Context, tx seawall.Tx, who Who, l loop.Loop, st loop.Step, ev NewEvidence) (loop.Step, error) {
	if st.Needs == "result" {
		if err := s.checkResultFor(ctx, tx, l, st, ev.Ref); err != nil {
			return loop.Step{}, err
		}
	}
	if st.Needs == "report" {
		if err := s.checkReportFor(ctx, tx, l, st, ev.Ref); err != nil {
			return loop.Step{}, err
		}
	}
	if l.Subject.Kind == seawall.KindAppeal {
		return loop.Step{}, seawall.E("response.completeFor", seawall.Conflict, "appeal_decide_there")
	}
	if closed, err := s.arrivalStep(ctx, tx, l, st, ev); err != nil || closed {
		return s.reread(ctx, tx, st, err)
	}
	if err := s.checkForm(ctx, tx, l, st, &ev); err != nil {
		return loop.Step{}, err
	}
	if l.Kind == loop.FollowUp && st.Key == stepRelease {
		return s.releaseByHand(ctx, tx, l, st, ev)
	}
	if err := s.confirmLimit(ctx, tx, who, l, st); err != nil {
		return loop.Step{}, err
	}
	done, err := s.engine.Complete(ctx, tx, st.ID, ev.Version, loop.Evidence{Kind: ev.Kind, Text: ev.Text, Ref: ev.Ref, Data: ev.Data})
	if err != nil || l.Kind != loop.FollowUp {
		return done, err
	}
	_, err = s.tryRelease(ctx, tx, seawall.ContactID(l.Subject.ID))
	return done, err
}

// stepFor reads a step somebody wants to work on, with its loop.
func (s *Service) stepFor(ctx context.Context, tx seawall.Tx, who Who, id seawall.StepID, a auth.Action) (loop.Step, loop.Loop, error) {
	st, err := s.d.Loops.Step(ctx, tx, id)
	if err != nil {
		return st, loop.Loop{}, err
	}
	l, err := s.d.Loops.Loop(ctx, tx, st.Loop)
	if err != nil {
		return st, l, err
	}
	home, err := s.subjectArea(ctx, tx, l)
	if err != nil {
		return st, l, err
	}
	return st, l, s.allowAny(who, a, auth.Resource{Kind: seawall.KindStep, ID: string(id), Owner: l.Owner}, l.Area, home)
}

// subjectArea is the area of the record a duty is about; the duty itself may
// have climbed above it.
func (s *Service) subjectArea(ctx context.Context, tx seawall.Tx, l loop.Loop) (seawall.AreaPath, error) {
	switch l.Subject.Kind {
	case seawall.KindContact:
		c, err := s.d.Cases.Contact(ctx, tx, seawall.ContactID(l.Subject.ID))
		return c.Area, err
	case seawall.KindEntry:
		e, err := s.d.Entries.Entry(ctx, tx, seawall.EntryID(l.Subject.ID))
		return e.Area, err
	case seawall.KindArrival:
		a, err := s.d.Border.Arrival(ctx, tx, seawall.ArrivalID(l.Subject.ID))
		return a.Area, err
	case seawall.KindSite:
		g, err := s.d.Gates.Site(ctx, tx, seawall.SiteID(l.Subject.ID))
		return g.Area, err
	case seawall.KindLot, seawall.KindPoint:
		return s.goodsArea(ctx, tx, l.Subject)
	case seawall.KindAppeal, seawall.KindHelp, seawall.KindTrip:
		return l.Area, nil // they move with their duty: below, nobody decides any more
	}
	c, err := s.d.Cases.Case(ctx, tx, seawall.CaseID(l.Subject.ID))
	return c.Area, err
}

// checkResultFor asks that a cited result shows what a test step needs: one
// sample answers for one test, is not older than its day, and the second of a
// dual test comes from another laboratory.
func (s *Service) checkResultFor(ctx context.Context, tx seawall.Tx, l loop.Loop, st loop.Step, ref seawall.Ref) error {
	const op = "response.checkResultFor"
	if ref.Kind != seawall.KindResult {
		return seawall.E(op, seawall.Invalid, "evidence_needed", "needs", "result")
	}
	r, err := s.d.Cases.Result(ctx, tx, seawall.ResultID(ref.ID))
	if err != nil {
		return err
	}
	switch {
	case r.Person != l.Person || r.Disease != l.Disease:
		return seawall.E(op, seawall.Invalid, "result_of_another")
	case r.State != casebook.Valid || r.Outcome != negative || r.Resulted.IsZero() || r.Kind == antigen:
		return seawall.E(op, seawall.Invalid, "result_not_negative")
	case isTest(st) && s.sampleDay(r) < st.Day:
		return seawall.E(op, seawall.Invalid, "result_too_early", "day", st.Day.String())
	}
	return s.checkUnused(ctx, tx, l, st, r)
}

// checkUnused refuses a result whose sample has closed another test, and a dual
// test's second one of the same laboratory.
func (s *Service) checkUnused(ctx context.Context, tx seawall.Tx, l loop.Loop, st loop.Step, r casebook.Result) error {
	const op = "response.checkUnused"
	if l.Kind != loop.FollowUp || !isTest(st) {
		return nil
	}
	steps, err := s.d.Loops.StepsOf(ctx, tx, l.ID)
	if err != nil {
		return err
	}
	evidence, err := s.d.Loops.EvidenceOf(ctx, tx, l.ID)
	if err != nil {
		return err
	}
	done := map[seawall.StepID]bool{}
	for _, o := range steps {
		done[o.ID] = o.State == loop.Done && o.ID != st.ID
	}
	for _, ev := range evidence {
		if done[ev.Step] && ev.Ref == r.Ref() {
			return seawall.E(op, seawall.Conflict, "result_used")
		}
	}
	other, dual := sibling(steps, st)
	if !dual || other.State != loop.Done {
		return nil
	}
	same, err := s.sameLab(ctx, tx, casebook.Contact{Loop: l.ID}, other, r)
	if err == nil && same {
		err = seawall.E(op, seawall.Invalid, "result_same_lab")
	}
	return err
}

// checkReportFor asks that a cited follow-up record is this contact's of that day.
func (s *Service) checkReportFor(ctx context.Context, tx seawall.Tx, l loop.Loop, st loop.Step, ref seawall.Ref) error {
	ups, err := s.d.Cases.FollowUpsOf(ctx, tx, seawall.ContactID(l.Subject.ID))
	if err != nil {
		return err
	}
	for _, u := range ups {
		if ref.Kind == seawall.KindFollowUp && ref.ID == string(u.ID) && u.Day == st.Day {
			return nil
		}
	}
	return seawall.E("response.checkReportFor", seawall.Invalid, "evidence_needed", "needs", "report")
}

// releaseByHand releases a contact on somebody's word where only a condition
// that the program cannot decide, or a silent day, is left. Tests, the end of
// the stay and open symptoms are never overridden.
func (s *Service) releaseByHand(ctx context.Context, tx seawall.Tx, l loop.Loop, st loop.Step, ev NewEvidence) (loop.Step, error) {
	const op = "response.releaseByHand"
	c, err := s.d.Cases.Contact(ctx, tx, seawall.ContactID(l.Subject.ID))
	if err != nil {
		return loop.Step{}, err
	}
	if ev.Version != 0 && ev.Version != st.Version {
		return loop.Step{}, seawall.E(op, seawall.Conflict, "changed_meanwhile", "kind", "step", "id", string(st.ID))
	}
	steps, err := s.d.Loops.StepsOf(ctx, tx, l.ID)
	if err != nil {
		return loop.Step{}, err
	}
	blocked, err := s.blockers(ctx, tx, c, steps)
	if err != nil {
		return loop.Step{}, err
	}
	for _, key := range blocked {
		if !undecidable(key) && key != blockSilent {
			return loop.Step{}, seawall.E(op, seawall.Conflict, "release_blocked", "condition", key)
		}
	}
	if err := reasonGiven(op, ev.Text); err != nil {
		return loop.Step{}, err
	}
	if err := s.release(ctx, tx, c, st, ev.Text); err != nil {
		return loop.Step{}, err
	}
	return s.d.Loops.Step(ctx, tx, st.ID)
}

// StepImpossible closes a step that cannot be done, with the reason; version 0
// does not check. The release cannot be talked away, and a test that was leaves
// the release to somebody's own word.
func (s *Service) StepImpossible(ctx context.Context, who Who, id seawall.StepID, version int, reason string) (loop.Step, error) {
	const op = "response.StepImpossible"
	var out loop.Step
	err := s.write(ctx, who, op, func(tx seawall.Tx) error {
		st, _, err := s.stepFor(ctx, tx, who, id, auth.StepImpossible)
		if err == nil {
			out, err = s.impossibleFor(ctx, tx, st, version, reason)
		}
		return err
	})
	return out, err
}

// impossibleFor is StepImpossible for who may.
func (s *Service) impossibleFor(ctx context.Context, tx seawall.Tx, st loop.Step, version int, reason string) (loop.Step, error) {
	const op = "response.impossibleFor"
	if st.Kind == loop.FollowUp && st.Key == stepRelease {
		return loop.Step{}, seawall.E(op, seawall.Conflict, "release_blocked", "condition", blockStay)
	}
	if st.Subject.Kind == seawall.KindAppeal {
		return loop.Step{}, seawall.E(op, seawall.Conflict, "appeal_decide_there")
	}
	return s.engine.Impossible(ctx, tx, st.ID, version, reason)
}

// HandOver offers a duty to another account; the giver answers until it is
// accepted.
func (s *Service) HandOver(ctx context.Context, who Who, id seawall.LoopID, to seawall.PrincipalID, note string) (loop.HandOver, error) {
	const op = "response.HandOver"
	var out loop.HandOver
	err := s.write(ctx, who, op, func(tx seawall.Tx) (err error) {
		out, err = s.handOver(ctx, tx, who, id, to, note)
		return err
	})
	return out, err
}

func (s *Service) handOver(ctx context.Context, tx seawall.Tx, who Who, id seawall.LoopID, to seawall.PrincipalID, note string) (loop.HandOver, error) {
	const op = "response.handOver"
	l, home, err := s.mayWork(ctx, tx, who, id, auth.LoopHandOver)
	if err != nil {
		return loop.HandOver{}, err
	}
	p, err := s.d.Accounts.Principal(ctx, tx, to)
	if seawall.Is(err, seawall.NotFound) || err == nil && p.Disabled {
		return loop.HandOver{}, &seawall.Error{Op: op, Kind: seawall.Invalid, Code: "handover_receiver",
			Fields: []seawall.FieldError{{Field: "to", Code: "handover_receiver"}}}
	}
	if err != nil {
		return loop.HandOver{}, err
	}
	// whoever takes it over must be able to work on it there
	step := auth.Resource{Kind: seawall.KindStep, ID: string(id), Owner: to}
	if err := s.allowAny(Asked(p), auth.StepComplete, step, l.Area, home); err != nil {
		return loop.HandOver{}, &seawall.Error{Op: op, Kind: seawall.Invalid, Code: "handover_receiver", Err: err,
			Fields: []seawall.FieldError{{Field: "to", Code: "handover_receiver"}}}
	}
	return s.engine.Offer(ctx, tx, id, to, p.WorkName, note)
}

// mayWork decides whether somebody may do something with a duty, and gives it
// with the area of the record it is about.
func (s *Service) mayWork(ctx context.Context, tx seawall.Tx, who Who, id seawall.LoopID, a auth.Action) (loop.Loop, seawall.AreaPath, error) {
	l, err := s.d.Loops.Loop(ctx, tx, id)
	if err != nil {
		return l, "", err
	}
	home, err := s.subjectArea(ctx, tx, l)
	if err != nil {
		return l, "", err
	}
	return l, home, s.allowAny(who, a, auth.Resource{Kind: seawall.KindLoop, ID: string(id), Owner: l.Owner}, l.Area, home)
}

// AcceptHandOver takes an offered duty over. Whoever it was offered to may, in
// whatever area the duty lies.
func (s *Service) AcceptHandOver(ctx context.Context, who Who, id seawall.LoopID, handOver string) (loop.Loop, error) {
	const op = "response.AcceptHandOver"
	var out loop.Loop
	err := s.write(ctx, who, op, func(tx seawall.Tx) (err error) {
		if who.Principal.Disabled || who.Principal.ID == "" {
			return seawall.E(op, seawall.Denied, "handover_not_yours")
		}
		out, err = s.engine.Accept(ctx, tx, id, handOver, who.Principal.ID)
		return err
	})
	return out, err
}
