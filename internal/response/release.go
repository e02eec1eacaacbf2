package response

import (
	"context"
	"slices"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/casebook"
	"github.com/seawall-city/seawall/internal/loop"
)

// The conditions of release. The regime names the ones in a class's release_if;
// the first three hold for everybody.
const (
	blockTests    = "tests"        // a planned test is not resulted negative
	blockMissing  = "test_missing" // a planned test was declared impossible and none came after it
	blockStay     = "stay"         // the last day of the plan has not come
	blockSymptoms = "symptoms"     // the last report told of symptoms, or nobody looked yet
	blockSilent   = "silent"       // a day's report is missing

	allTests   = "all_tests_negative"
	ownTests   = "own_tests_negative"
	noSymptoms = "no_symptoms"
	indexTests = "index_contact_first_two_negative"
)

// firstTests is how many of the index contact's tests a sub-contact waits for.
// Source: 次密接规则, requirements §2.1.
const firstTests = 2

// blockers names the conditions of release that do not hold yet for a contact
// under follow-up.
func (s *Service) blockers(ctx context.Context, tx seawall.Tx, c casebook.Contact, steps []loop.Step) ([]string, error) {
	var out []string
	if !c.Until.Known() || s.today(tx) < c.Until {
		out = append(out, blockStay)
	}
	add := func(key string) {
		if !slices.Contains(out, key) {
			out = append(out, key)
		}
	}
	for _, st := range steps {
		open := st.State == loop.Open || st.State == loop.Waiting
		switch {
		case isTest(st) && open:
			add(blockTests)
		case isTest(st) && st.State == loop.Cancelled && !testedSince(steps, st.Day):
			add(blockMissing)
		case open && (st.Key == stepSymptoms || st.Key == stepPositive || st.Key == stepAntigen):
			add(blockSymptoms)
		case st.Key == stepMonitor && (open || st.State == loop.Cancelled && unheardSince(c, st.Day)):
			add(blockSilent)
		}
	}
	if c.Symptomatic {
		add(blockSymptoms)
	}
	more, err := s.ruleBlockers(ctx, tx, c)
	for _, key := range more {
		add(key)
	}
	return out, err
}

// unheardSince reports whether a contact was not heard on a day or after it: the
// day's report was settled as missed, and nobody knows how they are.
func unheardSince(c casebook.Contact, day seawall.Day) bool {
	return !c.LastReport.Known() || c.LastReport < day
}

// testedSince reports whether a planned test of that day or later is done.
func testedSince(steps []loop.Step, day seawall.Day) bool {
	return slices.ContainsFunc(steps, func(st loop.Step) bool { return isTest(st) && st.State == loop.Done && st.Day >= day })
}

// ruleBlockers names the conditions of the regime's own release rule that do not
// hold. A condition that this program cannot decide is left to a person: it
// blocks the automatic release only.
func (s *Service) ruleBlockers(ctx context.Context, tx seawall.Tx, c casebook.Contact) ([]string, error) {
	r, ok := s.d.Rules.ByID(c.Regime)
	if !ok {
		return nil, nil
	}
	class, ok := r.Class(c.Class)
	if !ok {
		return nil, nil
	}
	var out []string
	for _, key := range class.ReleaseIf {
		switch key {
		case allTests, ownTests, noSymptoms: // blockTests and blockSymptoms say these
		case indexTests:
			holds, err := s.indexNegative(ctx, tx, c)
			if err != nil {
				return nil, err
			}
			if !holds {
				out = append(out, key)
			}
		default:
			out = append(out, key)
		}
	}
	return out, nil
}

// undecidable reports whether only a person can decide a condition.
func undecidable(key string) bool {
	switch key {
	case blockTests, blockStay, blockSymptoms, blockSilent, indexTests:
		return false
	}
	return true
}

// indexNegative reports whether the first two tests of the close contact through
// whom c was exposed are resulted negative. Nothing known of that contact, or
// their duty withdrawn, speaks against nobody.
func (s *Service) indexNegative(ctx context.Context, tx seawall.Tx, c casebook.Contact) (bool, error) {
	if c.Via == "" {
		return true, nil
	}
	via, err := s.d.Cases.Contact(ctx, tx, c.Via)
	if err != nil {
		return false, err
	}
	switch via.State {
	case casebook.Following, casebook.BecameCase:
	default: // released among them: found late, they had fewer than two tests left
		return true, nil
	}
	return s.testedNegative(ctx, tx, via)
}

// testedNegative reports whether a contact has negative results of samples from
// two days after their last exposure, the laboratory having given both.
func (s *Service) testedNegative(ctx context.Context, tx seawall.Tx, c casebook.Contact) (bool, error) {
	results, err := s.d.Cases.ResultsOfPerson(ctx, tx, c.Person)
	if err != nil {
		return false, err
	}
	days := map[seawall.Day]bool{}
	for _, r := range results {
		if r.State != casebook.Valid || r.Disease != c.Disease || r.Outcome != negative || r.Kind == antigen || r.Resulted.IsZero() {
			continue
		}
		if day := s.sampleDay(r); day > c.LastExposure {
			days[day] = true
		}
	}
	return len(days) >= firstTests, nil
}

// sampleDay is the day a result speaks about: its sample's, else its own.
func (s *Service) sampleDay(r casebook.Result) seawall.Day {
	if r.Collected.IsZero() {
		return seawall.DayOf(r.Resulted, s.d.Zone)
	}
	return seawall.DayOf(r.Collected, s.d.Zone)
}

// tryRelease lets a contact go when every condition holds: the release step is
// done, the loop closes, restrictions end, the room is free, the person is told.
func (s *Service) tryRelease(ctx context.Context, tx seawall.Tx, id seawall.ContactID) (bool, error) {
	c, err := s.d.Cases.Contact(ctx, tx, id)
	if err != nil || c.State != casebook.Following || c.Loop == "" {
		return false, err
	}
	steps, err := s.d.Loops.StepsOf(ctx, tx, c.Loop)
	if err != nil {
		return false, err
	}
	blocked, err := s.blockers(ctx, tx, c, steps)
	if err != nil || len(blocked) > 0 {
		return false, err
	}
	for _, st := range steps {
		if st.Key == stepRelease && st.State == loop.Open {
			return true, s.release(ctx, tx, c, st, "")
		}
	}
	return false, nil
}

// release completes the release step and closes the loop.
func (s *Service) release(ctx context.Context, tx seawall.Tx, c casebook.Contact, step loop.Step, note string) error {
	if note == "" {
		note = "检测结果均为阴性，管理期满。All tests negative, plan ended."
	}
	if _, err := s.engine.Complete(ctx, tx, step.ID, 0, loop.Evidence{Kind: "note", Text: note}); err != nil {
		return err
	}
	if _, err := s.engine.Close(ctx, tx, c.Loop, outcomeReleased, note, c.Ref()); err != nil {
		return err
	}
	if err := s.tell(ctx, tx, casebook.PersonRef(c.Person), c.Ref(), false, seawall.Text{
		ZH: "您的随访管理已解除，感谢配合。", EN: "Your follow-up has ended and every restriction with it. Thank you."}); err != nil {
		return err
	}
	return s.tryReleaseSubs(ctx, tx, c.ID)
}

// tryReleaseSubs looks again at the people who waited for this contact's tests.
func (s *Service) tryReleaseSubs(ctx context.Context, tx seawall.Tx, id seawall.ContactID) error {
	subs, err := s.d.Cases.ContactsVia(ctx, tx, id)
	if err != nil {
		return err
	}
	for _, sub := range subs {
		if _, err := s.tryRelease(ctx, tx, sub.ID); err != nil {
			return err
		}
	}
	return nil
}

// promoteSubs applies the regime's "else" to the sub-contacts of somebody who
// turned positive before their first two tests were negative: they get the class
// that their rule names, with its plan and restrictions, decided by whoever
// confirmed them under that rule.
func (s *Service) promoteSubs(ctx context.Context, tx seawall.Tx, via casebook.Contact, fact seawall.Ref) ([]seawall.ContactID, error) {
	if passed, err := s.testedNegative(ctx, tx, via); err != nil || passed {
		return nil, err
	}
	subs, err := s.d.Cases.ContactsVia(ctx, tx, via.ID)
	if err != nil {
		return nil, err
	}
	var out []seawall.ContactID
	for _, sub := range subs {
		ok, err := s.promote(ctx, tx, sub, fact)
		if err != nil {
			return nil, err
		}
		if ok {
			out = append(out, sub.ID)
		}
	}
	return out, nil
}

// classBefore is where a promoted contact keeps the class it was confirmed in.
const classBefore = "class_before"

// promote gives one sub-contact the class of its rule's "else".
func (s *Service) promote(ctx context.Context, tx seawall.Tx, c casebook.Contact, fact seawall.Ref) (bool, error) {
	r, ok := s.d.Rules.ByID(c.Regime)
	if !ok || c.State != casebook.Following {
		return false, nil
	}
	class, ok := r.Class(c.Class)
	if !ok || class.PromoteTo == "" || !slices.Contains(class.ReleaseIf, indexTests) {
		return false, nil
	}
	by, err := s.deciderOf(ctx, tx, c)
	if err != nil {
		return false, err
	}
	was := c.Class
	if _, err := s.engine.Close(ctx, tx, c.Loop, outcomeReplaced, "reclassified as "+class.PromoteTo, fact); err != nil {
		return false, err
	}
	if c, err = s.d.Cases.Contact(ctx, tx, c.ID); err != nil {
		return false, err
	}
	c.Extra = withExtra(c.Extra, classBefore, was)
	if err := s.reopen(ctx, tx, c, class.PromoteTo, fact, by, "contact.promoted"); err != nil {
		return false, err
	}
	return true, s.tell(ctx, tx, casebook.PersonRef(c.Person), c.Ref(), true, seawall.Text{
		ZH: "您接触的密接者检测阳性，按规定您的管理方式有变化，请查看新的期限和理由。",
		EN: "The person you met has tested positive. Under the rules your follow-up changes; see the new dates and the reason."})
}

// reopen opens a contact's follow-up anew in a class and on a fact. Who was never
// confirmed, or for whom today's rules have no such class, is a candidate again.
func (s *Service) reopen(ctx context.Context, tx seawall.Tx, c casebook.Contact, class string, fact seawall.Ref, by decider, event string) error {
	r, plan, err := s.planFor(c, class, tx.Now())
	// no rule in force any more, or none with that class: taking a false fact back
	// must not fail on it
	noRule := seawall.Is(err, seawall.Invalid) || seawall.Is(err, seawall.NotFound)
	if err != nil && !noRule {
		return err
	}
	if noRule || by.id == "" && (plan.Restricts() || c.ConfirmedBy == "") {
		// nobody is named who decided: an epidemiologist has to, anew
		c.State, c.Class, c.Loop = casebook.Candidate, class, ""
		_, err := s.book.ChangeContact(ctx, tx, c, "contact.proposed", map[string]string{"class": class, "because": fact.String()})
		return err
	}
	k := s.stock(ctx, tx)
	c, _, err = s.openFollowUp(ctx, tx, following{contact: c, rule: r, plan: plan, fact: fact, by: by, found: tx.Now()}, k)
	if err != nil {
		return err
	}
	if err := s.keepStock(ctx, tx, k); err != nil {
		return err
	}
	return s.record(ctx, tx, event, c.Ref(), c.Area, c.Person, map[string]string{"class": class, "because": fact.String()}, fact)
}

// deciderOf finds who confirmed a contact: the decider of the restrictions of
// its present loop, the zero decider where nothing was restricted.
func (s *Service) deciderOf(ctx context.Context, tx seawall.Tx, c casebook.Contact) (decider, error) {
	rs, err := s.d.Loops.RestrictionsOn(ctx, tx, casebook.PersonRef(c.Person))
	if err != nil {
		return decider{}, err
	}
	for _, r := range rs {
		if r.Loop == c.Loop {
			return decider{id: r.DecidedBy, name: r.DecidedName}, nil
		}
	}
	return decider{}, nil
}

// withExtra gives a copy of a map with one more entry; the row that was read
// stays as it is.
func withExtra(in map[string]string, key, value string) map[string]string {
	out := map[string]string{}
	for k, v := range in {
		out[k] = v
	}
	if value == "" {
		delete(out, key)
		return out
	}
	out[key] = value
	return out
}

// becomeCase ends the follow-up of somebody who is a case now, and looks at the
// people who were exposed through them.
func (s *Service) becomeCase(ctx context.Context, tx seawall.Tx, c casebook.Case) error {
	if c.Historic || c.Class == casebook.Discarded {
		return nil
	}
	contacts, err := s.d.Cases.ContactsOfPerson(ctx, tx, c.Person)
	if err != nil {
		return err
	}
	for _, k := range contacts {
		if k.Disease != c.Disease || k.State != casebook.Following && k.State != casebook.Candidate {
			continue
		}
		if _, err := s.promoteSubs(ctx, tx, k, c.Ref()); err != nil {
			return err
		}
		if k.Loop != "" && k.State == casebook.Following {
			if _, err := s.engine.Close(ctx, tx, k.Loop, outcomeCase, "case "+c.No, c.Ref()); err != nil {
				return err
			}
			continue
		}
		k.State = casebook.BecameCase
		if _, err := s.book.ChangeContact(ctx, tx, k, "contact.became_case", map[string]string{"case": c.No}); err != nil {
			return err
		}
	}
	return nil
}
