package response

import (
	"context"
	"strings"
	"time"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/auth"
	"github.com/seawall-city/seawall/internal/casebook"
	"github.com/seawall-city/seawall/internal/loop"
)

// The outcomes of a result that something follows from.
const (
	negative = "negative"
	positive = "positive"
	antigen  = "antigen"
)

// urgentHours is how soon somebody must look at symptoms or a positive result of
// a person under follow-up. Source: the two hours of a direct report
// (requirements §2.2).
const urgentHours = 2

// RecordResult records a test result. A negative one that the laboratory has
// given closes the matching test of the follow-up; a positive one asks a person
// to decide whether the contact is a case. A positive antigen test never
// confirms: it asks for a nucleic acid test.
func (s *Service) RecordResult(ctx context.Context, who Who, in NewResult) (RecordedResult, error) {
	const op = "response.RecordResult"
	person, home, err := s.resultPerson(ctx, in)
	if err != nil {
		return RecordedResult{}, seawall.Wrap(op, err)
	}
	if err := s.allow(who, auth.ResultRecord, auth.Resource{Kind: seawall.KindResult, Area: home}); err != nil {
		return RecordedResult{}, err
	}
	if person == "" {
		if err := invalid(op, "result_invalid", s.checkResult(in)); err != nil {
			return RecordedResult{}, err
		}
	}
	p := casebook.Person{No: person}
	if person == "" {
		if p, _, err = s.seal(ctx, in.Subject, "", s.d.Clock.Now().In(s.d.Zone).Year()); err != nil {
			return RecordedResult{}, seawall.Wrap(op, err)
		}
	}
	var out RecordedResult
	err = s.write(ctx, who, op, func(tx seawall.Tx) error {
		row, err := s.person(ctx, tx, p)
		if err != nil {
			return err
		}
		out, err = s.recordResult(ctx, tx, in, row.No)
		return err
	})
	if err != nil {
		return RecordedResult{}, err
	}
	return out, seawall.Wrap(op, s.sealed(ctx, in.Subject))
}

// checkResult checks a result of a new person before the vault keeps anybody.
func (s *Service) checkResult(in NewResult) []seawall.FieldError {
	r := in.row()
	r.Person = "new"
	return append(r.Check(s.d.Clock.Now()), in.Subject.check()...)
}

// row is the input as a result row.
func (in NewResult) row() casebook.Result {
	return casebook.Result{Case: in.Case, Contact: in.Contact, Disease: in.Disease, Kind: in.Kind,
		Accession: strings.TrimSpace(in.Accession), Collected: micros(in.Collected), Resulted: micros(in.Resulted),
		Outcome: in.Outcome, Value: in.Value, Lab: strings.TrimSpace(in.Lab)}
}

// resultPerson finds whose result it is and where that is decided; "" for
// somebody new.
func (s *Service) resultPerson(ctx context.Context, in NewResult) (no seawall.PersonNo, at seawall.AreaPath, err error) {
	err = s.d.Work.Read(ctx, func(tx seawall.Tx) error {
		switch {
		case in.Contact != "":
			c, err := s.d.Cases.Contact(ctx, tx, in.Contact)
			no, at = c.Person, c.Area
			if err != nil || in.Case == "" {
				return err
			}
			k, err := s.d.Cases.Case(ctx, tx, in.Case)
			if err == nil && k.Person != c.Person {
				err = seawall.E("response.resultPerson", seawall.Invalid, "result_of_another")
			}
			return err
		case in.Case != "":
			c, err := s.d.Cases.Case(ctx, tx, in.Case)
			no, at = c.Person, c.Area
			return err
		case in.Subject.Person != "":
			p, err := s.book.Person(ctx, tx, in.Subject.Person)
			no, at = p.No, s.answering(p.Home)
			return err
		}
		at = ""
		return nil
	})
	return no, at, err
}

// recordResult records a result of a known person and does what follows from it.
func (s *Service) recordResult(ctx context.Context, tx seawall.Tx, in NewResult, no seawall.PersonNo) (RecordedResult, error) {
	r := in.row()
	r.Person = no
	if err := s.caseOfResult(ctx, tx, &r); err != nil {
		return RecordedResult{}, err
	}
	followed, err := s.followed(ctx, tx, no, in)
	if err != nil {
		return RecordedResult{}, err
	}
	if r.Contact == "" && len(followed) > 0 && r.Case == "" {
		r.Contact = followed[0].ID
	}
	if r.Disease == "" && len(followed) > 0 {
		r.Disease = followed[0].Disease
	}
	if len(followed) > 0 {
		r.Area = followed[0].Area
	} else if r.Area, err = s.resultArea(ctx, tx, r); err != nil {
		return RecordedResult{}, err
	}
	if r, err = s.book.RecordResult(ctx, tx, r); err != nil {
		return RecordedResult{}, err
	}
	out := RecordedResult{Result: r}
	if r.Case != "" && r.Outcome == positive {
		return out, nil // it belongs to a case already
	}
	for _, c := range followed {
		if err := s.applyResult(ctx, tx, c, r, &out); err != nil {
			return RecordedResult{}, err
		}
	}
	err = s.arrivalResult(ctx, tx, r, &out)
	return out, err
}

// caseOfResult holds a result to the disease of the case it cites.
func (s *Service) caseOfResult(ctx context.Context, tx seawall.Tx, r *casebook.Result) error {
	if r.Case == "" {
		return nil
	}
	c, err := s.d.Cases.Case(ctx, tx, r.Case)
	if err != nil {
		return err
	}
	if r.Disease == "" {
		r.Disease = c.Disease
	}
	if r.Disease != c.Disease || r.Person != c.Person {
		return seawall.E("response.caseOfResult", seawall.Invalid, "result_of_another")
	}
	return nil
}

// resultArea is where the result of somebody outside follow-up belongs.
func (s *Service) resultArea(ctx context.Context, tx seawall.Tx, r casebook.Result) (seawall.AreaPath, error) {
	if r.Case != "" {
		c, err := s.d.Cases.Case(ctx, tx, r.Case)
		return c.Area, err
	}
	p, err := s.book.Person(ctx, tx, r.Person)
	return s.answering(p.Home), err
}

// followed gives the person's contacts under follow-up that a result counts for.
func (s *Service) followed(ctx context.Context, tx seawall.Tx, no seawall.PersonNo, in NewResult) ([]casebook.Contact, error) {
	all, err := s.d.Cases.ContactsOfPerson(ctx, tx, no)
	if err != nil {
		return nil, err
	}
	var out []casebook.Contact
	for _, c := range all {
		if c.State == casebook.Following && (in.Disease == "" || c.Disease == in.Disease) && (in.Contact == "" || c.ID == in.Contact) {
			out = append(out, c)
		}
	}
	return out, nil
}

// applyResult does what a result means for one contact under follow-up.
func (s *Service) applyResult(ctx context.Context, tx seawall.Tx, c casebook.Contact, r casebook.Result, out *RecordedResult) error {
	switch {
	case r.Resulted.IsZero():
		return nil // sampled is not resulted
	case r.Outcome == negative && r.Kind != antigen:
		return s.applyNegative(ctx, tx, c, r, out)
	case r.Outcome == positive:
		out.ConfirmFirst = r.Kind == antigen
		out.ProposeCase = r.Kind != antigen
		if err := s.alarmPositive(ctx, tx, c, r); err != nil {
			return err
		}
		if r.Kind != antigen {
			promoted, err := s.promoteSubs(ctx, tx, c, r.Ref())
			out.Promoted = append(out.Promoted, promoted...)
			return err
		}
	}
	return nil
}

// applyNegative closes the test step that the result answers, and lets people go
// whose conditions hold with it.
func (s *Service) applyNegative(ctx context.Context, tx seawall.Tx, c casebook.Contact, r casebook.Result, out *RecordedResult) error {
	steps, err := s.d.Loops.StepsOf(ctx, tx, c.Loop)
	if err != nil {
		return err
	}
	step, ok, err := s.matchTest(ctx, tx, c, steps, r)
	if err != nil {
		return err
	}
	if !ok { // no test waits for it, yet somebody else's release may
		return s.tryReleaseSubs(ctx, tx, c.ID)
	}
	done, err := s.engine.Complete(ctx, tx, step.ID, 0, loop.Evidence{Kind: "result", Ref: r.Ref(), Text: r.Accession})
	if err != nil {
		return err
	}
	out.ClosedSteps = append(out.ClosedSteps, done)
	if err := s.passMissed(ctx, tx, steps, done); err != nil {
		return err
	}
	released, err := s.tryRelease(ctx, tx, c.ID)
	if err != nil {
		return err
	}
	out.Released = out.Released || released
	return s.tryReleaseSubs(ctx, tx, c.ID)
}

// passMissed closes the earlier tests that were never taken: a later negative
// sample says what they would have said, and nobody is held for a missed day.
// That they were missed stays on the log.
func (s *Service) passMissed(ctx context.Context, tx seawall.Tx, steps []loop.Step, done loop.Step) error {
	for _, st := range steps {
		if !isTest(st) || st.State != loop.Open || st.Day >= done.Day {
			continue
		}
		if _, err := s.engine.Impossible(ctx, tx, st.ID, 0, "missed; a later sample is negative: "+done.Key); err != nil {
			return err
		}
	}
	return nil
}

// matchTest picks the open test step that a result answers: the one of its
// sample's day, else the latest one before. The second sample of a dual test
// must come from another laboratory than the first.
func (s *Service) matchTest(ctx context.Context, tx seawall.Tx, c casebook.Contact, steps []loop.Step, r casebook.Result) (loop.Step, bool, error) {
	day := s.sampleDay(r)
	best := -1
	for i, st := range steps {
		if !isTest(st) || st.State != loop.Open || st.Day > day {
			continue
		}
		if best >= 0 && st.Day <= steps[best].Day {
			continue
		}
		if other, isDual := sibling(steps, st); isDual && other.State == loop.Done {
			same, err := s.sameLab(ctx, tx, c, other, r)
			if err != nil {
				return loop.Step{}, false, err
			}
			if same {
				continue
			}
		}
		best = i
	}
	if best < 0 {
		return loop.Step{}, false, nil
	}
	return steps[best], true, nil
}

func isTest(st loop.Step) bool { return strings.HasPrefix(st.Key, testPrefix) }

// sibling gives the other step of a dual test.
func sibling(steps []loop.Step, st loop.Step) (loop.Step, bool) {
	key := st.Key + dualMark
	if k, ok := strings.CutSuffix(st.Key, dualMark); ok {
		key = k
	}
	for _, o := range steps {
		if o.Key == key {
			return o, true
		}
	}
	return loop.Step{}, false
}

// sameLab reports whether a done test step was answered by the laboratory of r,
// or by r's own sample.
func (s *Service) sameLab(ctx context.Context, tx seawall.Tx, c casebook.Contact, done loop.Step, r casebook.Result) (bool, error) {
	evidence, err := s.d.Loops.EvidenceOf(ctx, tx, c.Loop)
	if err != nil {
		return false, err
	}
	for _, ev := range evidence {
		if ev.Step != done.ID || ev.Kind != "result" {
			continue
		}
		first, err := s.d.Cases.Result(ctx, tx, seawall.ResultID(ev.Ref.ID))
		if err != nil {
			return false, err
		}
		if first.State == casebook.Valid && (first.Lab == r.Lab || first.Accession == r.Accession) {
			return true, nil
		}
	}
	return false, nil
}

// alarmPositive opens the urgent step that a positive result of a contact asks
// for, once.
func (s *Service) alarmPositive(ctx context.Context, tx seawall.Tx, c casebook.Contact, r casebook.Result) error {
	key, title := stepPositive, seawall.Text{ZH: "检测阳性：判定是否转为病例", EN: "Positive result: decide whether this is a case"}
	if r.Kind == antigen {
		key, title = stepAntigen, seawall.Text{ZH: "抗原阳性：立即采样做核酸复核", EN: "Positive antigen: take a nucleic acid sample at once"}
	}
	return s.urgent(ctx, tx, c, key, title)
}

// urgent opens an urgent step in a contact's loop unless one with that key is
// open already.
func (s *Service) urgent(ctx context.Context, tx seawall.Tx, c casebook.Contact, key string, title seawall.Text) error {
	steps, err := s.d.Loops.StepsOf(ctx, tx, c.Loop)
	if err != nil {
		return err
	}
	for _, st := range steps {
		if st.Key == key && st.State == loop.Open {
			return nil
		}
	}
	st, err := s.engine.AddStep(ctx, tx, c.Loop, loop.StepPlan{Key: key, Title: title, Needs: "note", Rule: c.Regime,
		Due: tx.Now().Add(urgentHours * time.Hour), Day: s.today(tx)})
	if err != nil || st.Owner == "" {
		return err
	}
	return s.tell(ctx, tx, seawall.Ref{Kind: seawall.KindPrincipal, ID: string(st.Owner)}, c.Ref(), true, seawall.Text{
		ZH: c.Mask + ":" + title.ZH, EN: c.Mask + ": " + title.EN})
}
