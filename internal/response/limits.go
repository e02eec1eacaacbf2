package response

import (
	"context"
	"slices"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/auth"
	"github.com/seawall-city/seawall/internal/casebook"
	"github.com/seawall-city/seawall/internal/loop"
	"github.com/seawall-city/seawall/internal/protocol"
)

// StepLimit says that ending a step confirms a limit that the protocol itself gives.
type StepLimit struct {
	// Step is the key of the step, Kind the kind of stay.
	Step string `json:"step"`
	Kind string `json:"kind"`
	// MaxDays is how long it lasts at most, AppealHours how soon an objection to it
	// is decided.
	MaxDays     int `json:"maxDays"`
	AppealHours int `json:"appealHours"`
}

// limitOf gives the limit that ending a step confirms, nil where the protocol gives
// none of its own: the regime's plan is confirmed elsewhere.
func limitOf(p *protocol.Protocol, key string) *protocol.Restrict {
	if st, ok := p.Step(key); ok && st.Restrict != nil && !st.Restrict.Plan {
		return st.Restrict
	}
	return nil
}

// limitsOf lists the limits that the open steps of a duty would confirm.
func limitsOf(p *protocol.Protocol, steps []loop.Step) []StepLimit {
	var out []StepLimit
	for _, st := range steps {
		if x := limitOf(p, st.Key); x != nil && (st.State == loop.Open || st.State == loop.Waiting) {
			out = append(out, StepLimit{Step: st.Key, Kind: x.Kind, MaxDays: x.MaxDays, AppealHours: x.AppealHours})
		}
	}
	return out
}

// confirmLimit puts the limit of a step in force on the word of the named officer
// who ends it. Whoever is limited is told until when, why, and how to object.
// Nothing happens for a step without one, or once its days are over. Errors: Denied
// for who may not confirm measures; Conflict when the fact was taken back; Invalid
// when something that makes a limit lawful is missing.
func (s *Service) confirmLimit(ctx context.Context, tx seawall.Tx, who Who, l loop.Loop, st loop.Step) error {
	const op = "response.confirmLimit"
	p, ok, err := s.protocolOf(ctx, tx, l)
	if err != nil || !ok || limitOf(p, st.Key) == nil {
		return err
	}
	if who.Actor.Kind != seawall.ActorUser || who.Principal.ID == "" || who.Principal.WorkName == "" {
		return seawall.E(op, seawall.Denied, "decider_unnamed")
	}
	home, err := s.subjectArea(ctx, tx, l)
	if err != nil {
		return err
	}
	if err := s.allowAny(who, auth.ContactConfirm, auth.Resource{Kind: seawall.KindContact, ID: l.Subject.ID, Owner: l.Owner}, l.Area, home); err != nil {
		return err
	}
	planned, err := s.plannedNow(ctx, tx, p, l)
	if err != nil {
		return err
	}
	for _, r := range planned.Restrictions {
		if r.Own && r.Step == st.Key {
			if err := s.limit(ctx, tx, who, l, r); err != nil {
				return err
			}
		}
	}
	return nil
}

// limit makes one restriction of a protocol by the one constructor.
func (s *Service) limit(ctx context.Context, tx seawall.Tx, who Who, l loop.Loop, r protocol.RestrictionPlan) error {
	subject := casebook.PersonRef(l.Person)
	fact, err := s.groundOf(ctx, tx, l)
	if err != nil {
		return err
	}
	old, err := s.d.Loops.RestrictionsOn(ctx, tx, subject)
	if err != nil {
		return err
	}
	same := func(x loop.Restriction) bool {
		return x.Loop == l.ID && x.Rule == r.Rule && x.State == loop.RestrictionActive
	}
	if slices.ContainsFunc(old, same) {
		return nil // the step was opened again and ended again
	}
	from := r.From.Start(s.d.Zone)
	if from.Before(tx.Now()) {
		from = tx.Now()
	}
	made, err := loop.NewRestriction(seawall.RestrictionID(tx.NewID()), loop.Order{Subject: subject, Kind: r.Kind, Fact: fact,
		Regime: l.Regime, Rule: r.Rule, During: seawall.Interval{From: from.UTC(), To: r.To.Add(1).Start(s.d.Zone).UTC()}, Reason: r.Reason,
		AppealHours: r.AppealHours, DecidedBy: who.Principal.ID, DecidedName: who.Principal.WorkName, Loop: l.ID})
	if err != nil {
		return err
	}
	if err := s.engine.Impose(ctx, tx, made); err != nil {
		return err
	}
	n, until := itoa(r.AppealHours), r.To.String()
	return s.tell(ctx, tx, subject, l.Ref(), true, seawall.Text{
		ZH: r.Reason.ZH + "（至 " + until + "）。如有异议可以申诉，" + n + " 小时内作出决定。",
		EN: r.Reason.EN + " (until " + until + "). You can object; the objection is decided within " + n + " hours."})
}

// groundOf gives the case or result that a duty rests on. Errors: Conflict when it
// was taken back.
func (s *Service) groundOf(ctx context.Context, tx seawall.Tx, l loop.Loop) (seawall.Ref, error) {
	fact := l.Fact
	if fact.Kind == seawall.KindContact {
		c, err := s.d.Cases.Contact(ctx, tx, seawall.ContactID(fact.ID))
		if err != nil {
			return fact, err
		}
		fact = exposureFact(c)
	}
	holds, err := s.holdsStill(ctx, tx, fact)
	if err == nil && !holds {
		err = seawall.E("response.groundOf", seawall.Conflict, "case_retracted")
	}
	return fact, err
}
