package response

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/auth"
	"github.com/seawall-city/seawall/internal/casebook"
	"github.com/seawall-city/seawall/internal/loop"
	"github.com/seawall-city/seawall/internal/relief"
)

// DecideAppeal decides a pending objection: upheld, the measure ends; rejected,
// the person reads the reason and where to turn next. Errors: Denied for who made
// the measure or rejected it before, and for who has no name; Conflict when it is
// decided already.
func (s *Service) DecideAppeal(ctx context.Context, who Who, id seawall.AppealID, in AppealDecision) (AppealView, error) {
	const op = "response.DecideAppeal"
	var out AppealView
	err := s.write(ctx, who, op, func(tx seawall.Tx) error {
		a, err := s.d.Relief.Appeal(ctx, tx, id)
		if err != nil {
			return err
		}
		if err := s.mayDecide(who, a, in); err != nil {
			return err
		}
		if !in.Uphold && !tx.Now().Before(a.DecideBy) { // undecided in time: it lapses or climbs, as the person was told
			return seawall.E(op, seawall.Conflict, "appeal_time_over", "no", a.No)
		}
		a.DecidedAt, a.DecidedBy, a.DecidedName, a.Answer = tx.Now(), who.Principal.ID, who.Principal.WorkName, in.Answer
		if in.Uphold {
			err = s.uphold(ctx, tx, a, in.Only)
		} else {
			err = s.reject(ctx, tx, a)
		}
		if err != nil {
			return err
		}
		if err := s.closeDecided(ctx, tx, a); err != nil {
			return err
		}
		out, err = s.appealView(ctx, tx, who, id)
		return err
	})
	return out, err
}

// mayDecide refuses a decision by the wrong one, about the wrong thing or without
// a reason.
func (s *Service) mayDecide(who Who, a relief.Appeal, in AppealDecision) error {
	const op = "response.mayDecide"
	if err := s.allow(who, auth.AppealDecide, auth.Resource{Kind: seawall.KindAppeal, ID: string(a.ID), Area: a.Area, Owner: a.Owner}); err != nil {
		return err
	}
	switch {
	case !a.MayDecide(who.Principal.ID):
		return seawall.E(op, seawall.Denied, "appeal_own_decision", "no", a.No)
	case a.State != relief.Pending:
		return seawall.E(op, seawall.Conflict, "appeal_decided", "no", a.No, "state", a.State)
	case in.Version != 0 && in.Version != a.Version:
		return seawall.E(op, seawall.Conflict, "changed_meanwhile", "kind", string(seawall.KindAppeal), "id", string(a.ID))
	}
	var bad []seawall.FieldError
	for field, text := range map[string]string{"answer.zh": in.Answer.ZH, "answer.en": in.Answer.EN} {
		if strings.TrimSpace(text) == "" {
			bad = append(bad, seawall.FieldError{Field: field, Code: "required"})
		}
	}
	slices.SortFunc(bad, func(a, b seawall.FieldError) int { return strings.Compare(a.Field, b.Field) })
	return invalid(op, "appeal_answer_needed", bad)
}

// uphold ends the measure, or all of its duty that rest on the same fact.
func (s *Service) uphold(ctx context.Context, tx seawall.Tx, a relief.Appeal, only bool) error {
	a.State = relief.Upheld
	text := seawall.Text{ZH: "申诉成立，限制措施自现在起解除。理由：" + a.Answer.ZH, EN: "Your objection is upheld: the measure ends now. Reason: " + a.Answer.EN}
	a = marked(a, tx.Now(), relief.Upheld, a.DecidedName, text)
	if err := s.d.Relief.SaveAppeal(ctx, tx, a); err != nil {
		return err
	}
	if _, err := s.lift(ctx, tx, a, only, a.Answer.ZH+" / "+a.Answer.EN); err != nil {
		return err
	}
	if err := s.appealEvent(ctx, tx, a, "appeal.upheld"); err != nil {
		return err
	}
	return s.tellPerson(ctx, tx, a, text)
}

// reject leaves the measure and names the next level.
func (s *Service) reject(ctx context.Context, tx seawall.Tx, a relief.Appeal) (err error) {
	a.State = relief.Rejected
	if a.Next, err = s.nextLevel(ctx, tx, a.Area); err != nil {
		return err
	}
	text := seawall.Text{ZH: "申诉未获支持。理由：" + a.Answer.ZH, EN: "Your objection is not upheld. Reason: " + a.Answer.EN}
	a = marked(a, tx.Now(), relief.Rejected, a.DecidedName, text)
	if err := s.d.Relief.SaveAppeal(ctx, tx, a); err != nil {
		return err
	}
	if err := s.appealEvent(ctx, tx, a, "appeal.rejected"); err != nil {
		return err
	}
	return s.tellPerson(ctx, tx, a, seawall.Text{ZH: text.ZH + " " + a.Next.ZH, EN: text.EN + " " + a.Next.EN})
}

// nextLevel says where somebody may turn after a rejection at a place.
func (s *Service) nextLevel(ctx context.Context, tx seawall.Tx, at seawall.AreaPath) (seawall.Text, error) {
	if at == s.d.City {
		return seawall.Text{ZH: "您仍可依法申请行政复议或提起行政诉讼，也可拨打 12345。",
			EN: "You may still apply for administrative review or go to court, or call 12345."}, nil
	}
	up, err := s.above(ctx, tx, at)
	if err != nil {
		return seawall.Text{}, err
	}
	name, err := s.areaName(ctx, tx, up)
	return seawall.Text{ZH: "如不服，可向上一级（" + name.ZH + "）再次申诉，由另外的人决定。",
		EN: "If you disagree you may object again, to " + name.EN + ", where somebody else decides."}, err
}

// closeDecided closes the duty of a decided objection with the decision as its
// evidence.
func (s *Service) closeDecided(ctx context.Context, tx seawall.Tx, a relief.Appeal) error {
	steps, err := s.d.Loops.StepsOf(ctx, tx, a.Loop)
	if err != nil {
		return err
	}
	for _, st := range steps {
		if st.Key == decideStep && st.State == loop.Open {
			_, err = s.engine.Complete(ctx, tx, st.ID, 0, loop.Evidence{Kind: "note", Text: a.Answer.ZH + " / " + a.Answer.EN, Ref: a.Ref()})
		}
	}
	return err
}

// marked adds a mark to an objection's trail and moves its version.
func marked(a relief.Appeal, at time.Time, what, by string, text seawall.Text) relief.Appeal {
	a.Trail = append(slices.Clone(a.Trail), relief.Mark{At: at, What: what, By: by, Text: text})
	a.Version++
	return a
}

// lift ends the measure of an objection; unless only is set, all measures of the
// same duty that rest on the same fact end with it. It counts them.
func (s *Service) lift(ctx context.Context, tx seawall.Tx, a relief.Appeal, only bool, reason string) (int, error) {
	r, err := s.d.Loops.Restriction(ctx, tx, a.Restriction)
	if err != nil {
		return 0, err
	}
	rs, err := s.d.Loops.RestrictionsOn(ctx, tx, r.Subject)
	if err != nil {
		return 0, err
	}
	n, only := 0, only && r.State == loop.RestrictionActive
	for _, o := range rs {
		if o.ID != r.ID && (only || o.Loop != r.Loop || o.Fact != r.Fact) {
			continue
		}
		ended, err := s.engine.Lift(ctx, tx, o.ID, a.Ref(), reason)
		if err != nil {
			return n, err
		}
		if ended {
			n++
		}
	}
	return n, nil
}

// stillHeld reports whether a measure is in force, or another one of the same duty
// on the same fact has taken its place: a change of rules makes new measures, and
// an objection to the old one does not end by it.
func (s *Service) stillHeld(ctx context.Context, tx seawall.Tx, r loop.Restriction) (bool, error) {
	if r.State == loop.RestrictionActive {
		return true, nil
	}
	rs, err := s.d.Loops.RestrictionsOn(ctx, tx, r.Subject)
	return slices.ContainsFunc(rs, func(o loop.Restriction) bool {
		return o.Loop == r.Loop && o.Fact == r.Fact && o.State == loop.RestrictionActive
	}), err
}

// appealEvent puts what became of an objection on the log.
func (s *Service) appealEvent(ctx context.Context, tx seawall.Tx, a relief.Appeal, kind string) error {
	return s.record(ctx, tx, kind, a.Ref(), a.Area, a.Person, map[string]string{"no": a.No, "reason": a.Answer.EN},
		seawall.Ref{Kind: seawall.KindRestriction, ID: string(a.Restriction)}, seawall.Ref{Kind: seawall.KindLoop, ID: string(a.Duty)})
}

// tellPerson tells the person concerned.
func (s *Service) tellPerson(ctx context.Context, tx seawall.Tx, a relief.Appeal, text seawall.Text) error {
	if a.Person == "" {
		return nil
	}
	return s.tell(ctx, tx, casebook.PersonRef(a.Person), a.Ref(), true, text)
}

// appealDue looks at an objection whose time has run out. It gives the climb
// that is to be told, if it went up, and how many measures ended.
func (s *Service) appealDue(ctx context.Context, tx seawall.Tx, id seawall.AppealID) (*loop.Climb, int, error) {
	a, err := s.d.Relief.Appeal(ctx, tx, id)
	if err != nil || a.State != relief.Pending || a.DecideBy.After(tx.Now()) {
		return nil, 0, err
	}
	r, err := s.d.Loops.Restriction(ctx, tx, a.Restriction)
	if err != nil {
		return nil, 0, err
	}
	held, err := s.stillHeld(ctx, tx, r)
	if err != nil {
		return nil, 0, err
	}
	if !held {
		_, err := s.engine.Close(ctx, tx, a.Loop, relief.Moot, "the measure had ended", r.Ref())
		return nil, 0, err
	}
	e, err := s.evidence(ctx, tx, r.Fact)
	if err != nil {
		return nil, 0, err
	}
	if fate := a.Undecided(e, tx.Now()); !fate.Lapse {
		c, err := s.climbAppeal(ctx, tx, a, fate)
		return c, 0, err
	}
	n, err := s.lapse(ctx, tx, a)
	return nil, n, err
}

// lapse ends a measure because nobody decided about it in time. Whoever should
// have decided is told as well as the person.
func (s *Service) lapse(ctx context.Context, tx seawall.Tx, a relief.Appeal) (int, error) {
	a.State, a.DecidedAt = relief.Lapsed, tx.Now()
	a.Answer = seawall.Text{ZH: "申诉在期限内没有作出决定，限制措施自动解除。", EN: "Nobody decided your objection in time, so the measure has ended by itself."}
	a = marked(a, tx.Now(), relief.Lapsed, "", a.Answer)
	if err := s.d.Relief.SaveAppeal(ctx, tx, a); err != nil {
		return 0, err
	}
	n, err := s.lift(ctx, tx, a, false, a.Answer.ZH+" / "+a.Answer.EN)
	if err != nil {
		return 0, err
	}
	if err := s.appealEvent(ctx, tx, a, "appeal.lapsed"); err != nil {
		return 0, err
	}
	if err := s.tellPerson(ctx, tx, a, a.Answer); err != nil {
		return 0, err
	}
	if a.Owner != "" {
		err := s.tell(ctx, tx, seawall.Ref{Kind: seawall.KindPrincipal, ID: string(a.Owner)}, a.Ref(), true, seawall.Text{
			ZH: "申诉 " + a.No + " 在期限内未作决定，限制措施已自动解除。", EN: "Objection " + a.No + " was not decided in time; the measure has ended by itself."})
		if err != nil {
			return 0, err
		}
	}
	_, err = s.engine.Close(ctx, tx, a.Loop, relief.Lapsed, a.Answer.EN, a.Ref())
	return n, err
}

// climbAppeal takes an undecided objection one level up, with a new clock.
func (s *Service) climbAppeal(ctx context.Context, tx seawall.Tx, a relief.Appeal, fate relief.Fate) (*loop.Climb, error) {
	c, err := s.engine.Raise(ctx, tx, a.Loop, decideStep, fate.DecideBy)
	if err != nil {
		return nil, err
	}
	if a, err = s.d.Relief.Appeal(ctx, tx, a.ID); err != nil {
		return nil, err
	}
	name, err := s.areaName(ctx, tx, c.Loop.Area)
	if err != nil {
		return nil, err
	}
	a.Climbs, a.DecideBy = a.Climbs+1, fate.DecideBy
	at := s.clockTime(fate.DecideBy)
	text := seawall.Text{ZH: "期限内未作决定，已上报" + name.ZH + "，最迟 " + at + " 决定。", EN: "Not decided in time. " + name.EN + " decides it now, by " + at + "."}
	a = marked(a, tx.Now(), "climbed", "", text)
	if err := s.d.Relief.SaveAppeal(ctx, tx, a); err != nil {
		return nil, err
	}
	if err := s.engine.StartTimer(ctx, tx, c.Loop, loop.KindAppeal, string(a.ID), a.DecideBy); err != nil {
		return nil, err
	}
	if err := s.appealEvent(ctx, tx, a, "appeal.climbed"); err != nil {
		return nil, err
	}
	return &c, s.tellPerson(ctx, tx, a, text)
}
