package response

import (
	"context"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/auth"
	"github.com/seawall-city/seawall/internal/casebook"
	"github.com/seawall-city/seawall/internal/loop"
)

// Retract takes a case or a result back. Everything that hung on it goes with
// it, however far: duties with their steps and clocks, restrictions, candidates,
// rooms. The owners and the persons concerned are told. A person who had stopped
// being a contact because of the false case is a contact again.
func (s *Service) Retract(ctx context.Context, who Who, in Retraction) (Retracted, error) {
	const op = "response.Retract"
	if err := reasonGiven(op, in.Reason); err != nil {
		return Retracted{}, err
	}
	var out Retracted
	err := s.write(ctx, who, op, func(tx seawall.Tx) error {
		w := s.withdrawing(in.Reason)
		if err := w.start(ctx, tx, who, in.Ref); err != nil {
			return err
		}
		if err := w.tellAll(ctx, tx, in.Ref); err != nil {
			return err
		}
		out = w.n
		return nil
	})
	return out, err
}

// withdrawal is one retraction in progress.
type withdrawal struct {
	s      *Service
	reason string
	n      Retracted
	// owners counts the duties withdrawn from each, people are those concerned.
	owners map[seawall.PrincipalID]int
	people map[seawall.PersonNo]bool
	// retest are people whose test counts as not done any more: their measures
	// stay, so that they must not read that everything has ended.
	retest map[seawall.PersonNo]bool
}

func (s *Service) withdrawing(reason string) *withdrawal {
	return &withdrawal{s: s, reason: reason, owners: map[seawall.PrincipalID]int{}, people: map[seawall.PersonNo]bool{},
		retest: map[seawall.PersonNo]bool{}}
}

func (w *withdrawal) start(ctx context.Context, tx seawall.Tx, who Who, ref seawall.Ref) error {
	const op = "response.Retract"
	switch ref.Kind {
	case seawall.KindCase:
		c, err := w.s.d.Cases.Case(ctx, tx, seawall.CaseID(ref.ID))
		if err != nil {
			return err
		}
		if err := w.s.allow(who, auth.CaseRetract, auth.Resource{Kind: ref.Kind, ID: ref.ID, Area: c.Area}); err != nil {
			return err
		}
		if c.State == casebook.CaseRetracted {
			return seawall.E(op, seawall.Conflict, "already_retracted")
		}
		return w.retractCase(ctx, tx, c)
	case seawall.KindResult:
		r, err := w.s.d.Cases.Result(ctx, tx, seawall.ResultID(ref.ID))
		if err != nil {
			return err
		}
		if err := w.s.allow(who, auth.ResultRetract, auth.Resource{Kind: ref.Kind, ID: ref.ID, Area: r.Area}); err != nil {
			return err
		}
		if r.State == casebook.Retracted {
			return seawall.E(op, seawall.Conflict, "already_retracted")
		}
		return w.retractResult(ctx, tx, r)
	}
	if ref.Kind == seawall.KindSample {
		return w.startSample(ctx, tx, who, ref)
	}
	if ref.Kind == seawall.KindEntry {
		return w.startEntry(ctx, tx, who, ref)
	}
	return seawall.E(op, seawall.Invalid, "retract_what", "kind", string(ref.Kind))
}

// retractCase takes a case back with all that hung on it.
func (w *withdrawal) retractCase(ctx context.Context, tx seawall.Tx, c casebook.Case) error {
	c.State, c.Retraction = casebook.CaseRetracted, w.reason
	c, err := w.s.book.ChangeCase(ctx, tx, c, "case.retracted", map[string]string{"reason": w.reason, "no": c.No})
	if err != nil {
		return err
	}
	w.n.Cases++
	if err := w.hanging(ctx, tx, c); err != nil {
		return err
	}
	return w.links(ctx, tx, c)
}

// hanging withdraws all that hung on a case.
func (w *withdrawal) hanging(ctx context.Context, tx seawall.Tx, c casebook.Case) error {
	w.people[c.Person] = true
	facts := []seawall.Ref{c.Ref()}
	results, err := w.s.d.Cases.ResultsOfPerson(ctx, tx, c.Person)
	if err != nil {
		return err
	}
	twin, err := w.twin(ctx, tx, c)
	if err != nil {
		return err
	}
	for _, r := range results {
		if r.Outcome == positive && (r.Case == c.ID || r.Case == "" && r.Disease == c.Disease && !twin) {
			facts = append(facts, r.Ref())
		}
	}
	for _, f := range facts {
		if err := w.fact(ctx, tx, f); err != nil {
			return err
		}
	}
	if err := w.candidates(ctx, tx, c); err != nil {
		return err
	}
	return w.contactAgain(ctx, tx, c)
}

// twin reports whether another case of the same person and disease stands.
func (w *withdrawal) twin(ctx context.Context, tx seawall.Tx, gone casebook.Case) (bool, error) {
	rows, err := w.s.d.Cases.CasesOfPerson(ctx, tx, gone.Person)
	for _, c := range rows {
		if c.ID != gone.ID && c.Disease == gone.Disease && c.State == casebook.CaseOpen && c.Class != casebook.Discarded {
			return true, err
		}
	}
	return false, err
}

// fact withdraws the loops and restrictions that hang on one fact.
func (w *withdrawal) fact(ctx context.Context, tx seawall.Tx, f seawall.Ref) error {
	ls, err := w.s.d.Loops.LoopsOfFact(ctx, tx, f)
	if err != nil {
		return err
	}
	for _, l := range ls {
		if l.State == loop.Open {
			if err := w.loop(ctx, tx, l, f); err != nil {
				return err
			}
		}
	}
	rs, err := w.s.d.Loops.RestrictionsOfFact(ctx, tx, f)
	if err != nil {
		return err
	}
	for _, r := range rs {
		ended, err := w.s.engine.WithdrawRestriction(ctx, tx, r)
		if err != nil {
			return err
		}
		if !ended {
			continue
		}
		w.n.Restrictions++
		if err := w.s.record(ctx, tx, "restriction.withdrawn", r.Ref(), "", seawall.PersonNo(r.Subject.ID),
			map[string]string{"reason": w.reason}, r.Subject, f); err != nil {
			return err
		}
	}
	return nil
}

// loop withdraws one duty and, where it followed somebody up for a promoted
// class, gives them back the class they were confirmed in.
func (w *withdrawal) loop(ctx context.Context, tx seawall.Tx, l loop.Loop, f seawall.Ref) error {
	by, c := decider{}, casebook.Contact{}
	if l.Subject.Kind == seawall.KindContact {
		var err error
		if c, err = w.s.d.Cases.Contact(ctx, tx, seawall.ContactID(l.Subject.ID)); err != nil {
			return err
		}
		if by, err = w.s.deciderOf(ctx, tx, c); err != nil {
			return err
		}
	}
	n, err := w.s.engine.Withdraw(ctx, tx, l.ID, f, w.reason)
	if err != nil {
		return err
	}
	w.n.Loops++
	w.n.Steps += n.Steps
	w.n.Clocks += n.Clocks
	w.n.Restrictions += n.Restrictions
	w.owners[l.Owner]++
	if l.Person != "" {
		w.people[l.Person] = true
	}
	if c.ID == "" {
		return nil
	}
	w.n.Contacts++
	if c.Room != "" {
		w.n.Rooms++
	}
	return w.classAgain(ctx, tx, c, by)
}

// classAgain reopens a promoted contact's follow-up in its former class when the
// result that promoted it is gone and its case still stands.
func (w *withdrawal) classAgain(ctx context.Context, tx seawall.Tx, c casebook.Contact, by decider) error {
	before := c.Extra[classBefore]
	if before == "" {
		return nil
	}
	ok, err := w.caseStands(ctx, tx, c.Case)
	if err != nil || !ok {
		return err
	}
	if c, err = w.s.d.Cases.Contact(ctx, tx, c.ID); err != nil {
		return err
	}
	c.Extra = withExtra(c.Extra, classBefore, "")
	w.n.Reopened++
	return w.s.reopen(ctx, tx, c, before, seawall.Ref{Kind: seawall.KindCase, ID: string(c.Case)}, by, "contact.reopened")
}

func (w *withdrawal) caseStands(ctx context.Context, tx seawall.Tx, id seawall.CaseID) (bool, error) {
	if id == "" {
		return false, nil
	}
	c, err := w.s.d.Cases.Case(ctx, tx, id)
	return err == nil && c.State != casebook.CaseRetracted && c.Class != casebook.Discarded, err
}

// candidates withdraws the candidates of a case; they had no effect, and will
// have none.
func (w *withdrawal) candidates(ctx context.Context, tx seawall.Tx, c casebook.Case) error {
	rows, err := w.s.d.Cases.ContactsOfCase(ctx, tx, c.ID)
	if err != nil {
		return err
	}
	for _, k := range rows {
		if k.State != casebook.Candidate {
			continue
		}
		k.State = casebook.Withdrawn
		if _, err := w.s.book.ChangeContact(ctx, tx, k, "contact.withdrawn", map[string]string{"reason": w.reason}); err != nil {
			return err
		}
		w.n.Candidates++
	}
	return nil
}

// links takes back the edges that start or end at a case, and those by which its
// sub-contacts hang on its close contacts.
func (w *withdrawal) links(ctx context.Context, tx seawall.Tx, c casebook.Case) error {
	contacts, err := w.s.d.Cases.ContactsOfCase(ctx, tx, c.ID)
	if err != nil {
		return err
	}
	people, subs := []seawall.PersonNo{c.Person}, map[seawall.ContactID]bool{}
	for _, k := range contacts {
		if k.Via != "" && k.State == casebook.Withdrawn {
			people, subs[k.ID] = append(people, k.Person), true
		}
	}
	rows, err := w.s.d.Cases.LinksOfPersons(ctx, tx, people)
	if err != nil {
		return err
	}
	for _, l := range rows {
		if l.State != casebook.Valid || l.FromCase != c.ID && l.ToCase != c.ID && !subs[l.ToContact] {
			continue
		}
		l.State, l.Version = casebook.Retracted, l.Version+1
		if err := w.s.d.Cases.SaveLink(ctx, tx, l); err != nil {
			return err
		}
		if err := w.s.record(ctx, tx, "link.retracted", seawall.Ref{Kind: seawall.KindLink, ID: string(l.ID)}, c.Area, l.To,
			map[string]string{"reason": w.reason}, c.Ref()); err != nil {
			return err
		}
	}
	return nil
}

// contactAgain opens the follow-up of somebody who had stopped being a contact
// because of the case that is gone now: the exposure was real. Where another case
// of theirs stands (the one gone was its double), they stay a case.
func (w *withdrawal) contactAgain(ctx context.Context, tx seawall.Tx, c casebook.Case) error {
	if twin, err := w.twin(ctx, tx, c); err != nil || twin {
		return err
	}
	rows, err := w.s.d.Cases.ContactsOfPerson(ctx, tx, c.Person)
	if err != nil {
		return err
	}
	for _, k := range rows {
		if k.State != casebook.BecameCase || k.Disease != c.Disease {
			continue
		}
		ok, err := w.caseStands(ctx, tx, k.Case)
		if err != nil {
			return err
		}
		if !ok {
			continue
		}
		by, err := w.s.deciderOf(ctx, tx, k)
		if err != nil {
			return err
		}
		w.n.Reopened++
		if err := w.s.reopen(ctx, tx, k, k.Class, seawall.Ref{Kind: seawall.KindCase, ID: string(k.Case)}, by, "contact.reopened"); err != nil {
			return err
		}
	}
	return nil
}

// retractResult takes a result back: a negative one opens the test that it had
// closed, a positive one takes with it what hung on it, and the case that stood
// on it alone.
func (w *withdrawal) retractResult(ctx context.Context, tx seawall.Tx, r casebook.Result) error {
	r.State = casebook.Retracted
	r, err := w.s.book.ChangeResult(ctx, tx, r, "result.retracted", map[string]string{"reason": w.reason})
	if err != nil {
		return err
	}
	w.n.Results++
	if r.Outcome == positive {
		w.people[r.Person] = true
	}
	if err := w.fact(ctx, tx, r.Ref()); err != nil {
		return err
	}
	if err := w.steps(ctx, tx, r); err != nil {
		return err
	}
	if r.Case == "" || r.Outcome != positive {
		return nil
	}
	c, err := w.s.d.Cases.Case(ctx, tx, r.Case)
	if err != nil || c.State == casebook.CaseRetracted {
		return err
	}
	stands, err := w.standsWithout(ctx, tx, c, r)
	if err != nil || stands {
		return err
	}
	return w.retractCase(ctx, tx, c)
}

// standsWithout reports whether a case stands without a result: on another valid
// positive one, or on a clinical class.
func (w *withdrawal) standsWithout(ctx context.Context, tx seawall.Tx, c casebook.Case, gone casebook.Result) (bool, error) {
	if c.Class != casebook.Confirmed && c.Class != casebook.Asymptomatic {
		return true, nil
	}
	results, err := w.s.d.Cases.ResultsOfPerson(ctx, tx, c.Person)
	if err != nil {
		return false, err
	}
	for _, r := range results {
		if r.ID != gone.ID && r.State == casebook.Valid && r.Outcome == positive && r.Kind != antigen && r.Disease == c.Disease {
			return true, nil
		}
	}
	return false, nil
}

// steps puts the steps right that a result had closed or opened.
func (w *withdrawal) steps(ctx context.Context, tx seawall.Tx, r casebook.Result) error {
	contacts, err := w.s.d.Cases.ContactsOfPerson(ctx, tx, r.Person)
	if err != nil {
		return err
	}
	for _, c := range contacts {
		if c.State != casebook.Following || c.Disease != r.Disease || c.Loop == "" {
			continue
		}
		evidence, err := w.s.d.Loops.EvidenceOf(ctx, tx, c.Loop)
		if err != nil {
			return err
		}
		for _, ev := range evidence {
			if ev.Kind != "result" || ev.Ref != r.Ref() {
				continue
			}
			if _, err := w.s.engine.Reopen(ctx, tx, ev.Step, r.Ref(), w.reason); err != nil {
				return err
			}
			w.n.Reopened++
			w.retest[r.Person] = true
		}
		if r.Outcome == positive {
			key := stepPositive
			if r.Kind == antigen {
				key = stepAntigen
			}
			if err := w.dropAlarm(ctx, tx, c, key); err != nil {
				return err
			}
		}
	}
	return nil
}

// dropAlarm closes the urgent step that a false positive had opened.
func (w *withdrawal) dropAlarm(ctx context.Context, tx seawall.Tx, c casebook.Contact, key string) error {
	steps, err := w.s.d.Loops.StepsOf(ctx, tx, c.Loop)
	if err != nil {
		return err
	}
	for _, st := range steps {
		if st.Key != key || st.State != loop.Open {
			continue
		}
		if _, err := w.s.engine.Impossible(ctx, tx, st.ID, 0, w.reason); err != nil {
			return err
		}
		w.n.Steps++
	}
	return nil
}

// tellAll tells each owner once how many duties are gone, and each person that
// nothing is asked of them any more because of this.
func (w *withdrawal) tellAll(ctx context.Context, tx seawall.Tx, about seawall.Ref) error {
	for _, owner := range sortedKeys(w.owners) {
		if owner == "" {
			continue
		}
		n := itoa(w.owners[owner])
		w.n.Notices++
		if err := w.s.tell(ctx, tx, seawall.Ref{Kind: seawall.KindPrincipal, ID: string(owner)}, about, false, seawall.Text{
			ZH: "依据的事实已撤回，您名下 " + n + " 件闭环随之撤销，无需再办。原因：" + w.reason,
			EN: "The fact behind them was taken back: " + n + " of your duties are withdrawn and need no more work. Reason: " + w.reason}); err != nil {
			return err
		}
	}
	for _, no := range sortedKeys(w.people) {
		w.n.Notices++
		if err := w.s.tell(ctx, tx, casebook.PersonRef(no), about, true, seawall.Text{
			ZH: "此前据以管理您的一项检测或病例信息有误，现已撤回；由此产生的要求和限制同时取消。给您带来不便，我们致歉。",
			EN: "A test or case on which measures about you were based was wrong and has been taken back. What it asked of you and every restriction from it has ended. We apologise."}); err != nil {
			return err
		}
	}
	for _, no := range sortedKeys(w.retest) {
		w.n.Notices++
		if err := w.s.tell(ctx, tx, casebook.PersonRef(no), about, true, seawall.Text{
			ZH: "您的一次检测结果有误，现已撤回，需要重新采样；其余要求不变。给您带来不便，我们致歉。",
			EN: "One of your test results was wrong and has been taken back. It has to be sampled again; everything else stays as it was. We apologise."}); err != nil {
			return err
		}
	}
	return nil
}
