package response

import (
	"context"
	"slices"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/auth"
	"github.com/seawall-city/seawall/internal/border"
	"github.com/seawall-city/seawall/internal/casebook"
	"github.com/seawall-city/seawall/internal/freight"
	"github.com/seawall-city/seawall/internal/goods"
	"github.com/seawall-city/seawall/internal/loop"
)

// stands refuses to open a duty again that something else has taken the place of,
// or whose ground is gone since it ended: the fact was taken back, the contact is a
// case or a mere candidate now, the arrival left or was handed on.
func (s *Service) stands(ctx context.Context, tx seawall.Tx, l loop.Loop) error {
	const op = "response.stands"
	if slices.Contains([]string{outcomeCase, outcomeReplaced, outcomeMoved, outcomeHandedOn, outcomeNotComing}, l.Outcome) {
		return seawall.E(op, seawall.Conflict, "loop_went_over", "outcome", l.Outcome)
	}
	for _, ref := range []seawall.Ref{l.Fact, l.Subject} {
		holds, err := s.holdsStill(ctx, tx, ref)
		if err != nil {
			return err
		}
		if !holds {
			return seawall.E(op, seawall.Conflict, "loop_withdrawn")
		}
	}
	return nil
}

// holdsStill reports whether a fact, or what a duty is about, still is what a duty
// can hang on.
func (s *Service) holdsStill(ctx context.Context, tx seawall.Tx, ref seawall.Ref) (bool, error) {
	switch ref.Kind {
	case seawall.KindCase:
		c, err := s.d.Cases.Case(ctx, tx, seawall.CaseID(ref.ID))
		return c.State != casebook.CaseRetracted && c.Class != casebook.Discarded, err
	case seawall.KindResult:
		r, err := s.d.Cases.Result(ctx, tx, seawall.ResultID(ref.ID))
		return r.State == casebook.Valid, err
	case seawall.KindContact:
		c, err := s.d.Cases.Contact(ctx, tx, seawall.ContactID(ref.ID))
		return c.State != casebook.Candidate && c.State != casebook.Dismissed && c.State != casebook.BecameCase, err
	case seawall.KindArrival:
		a, err := s.d.Border.Arrival(ctx, tx, seawall.ArrivalID(ref.ID))
		return a.State != border.HandedOn && a.State != border.NotComing && a.State != border.Retracted, err
	case seawall.KindSample:
		sm, err := s.d.Goods.Sample(ctx, tx, ref.ID)
		return sm.State != goods.Retracted, err
	case seawall.KindEntry:
		e, err := s.d.Entries.Entry(ctx, tx, seawall.EntryID(ref.ID))
		return e.State != casebook.EntryRetracted, err
	case seawall.KindTrip:
		t, err := s.d.Freight.Trip(ctx, tx, seawall.TripID(ref.ID))
		return t.State != freight.Cancelled && t.State != freight.Retracted, err
	}
	return true, nil
}

// planRelease starts the clock of a release that has not come yet, for a duty that
// is about to be opened again; the event that opens it carries the clock.
func (s *Service) planRelease(ctx context.Context, tx seawall.Tx, l loop.Loop) error {
	until := seawall.NoDay
	switch l.Kind {
	case loop.FollowUp:
		c, err := s.d.Cases.Contact(ctx, tx, seawall.ContactID(l.Subject.ID))
		if err != nil {
			return err
		}
		until = c.Until
	case arrivalLoop:
		a, err := s.d.Border.Arrival(ctx, tx, seawall.ArrivalID(l.Subject.ID))
		if err != nil {
			return err
		}
		until = a.Until
	}
	if !until.Known() || !until.Add(1).Start(s.d.Zone).After(tx.Now()) {
		return nil
	}
	return s.engine.StartRelease(ctx, tx, l, until.Add(1).Start(s.d.Zone))
}

// mayLift refuses to end a measure in force by cancelling its duty to who may not
// decide about that measure.
func (s *Service) mayLift(ctx context.Context, tx seawall.Tx, who Who, l loop.Loop, home seawall.AreaPath) error {
	action := auth.ContactConfirm
	switch l.Subject.Kind {
	case seawall.KindContact, seawall.KindCase:
	case seawall.KindArrival:
		action = auth.ArrivalConfirm
	default:
		return nil
	}
	for _, subject := range []seawall.Ref{l.Subject, casebook.PersonRef(l.Person)} {
		rs, err := s.d.Loops.RestrictionsOn(ctx, tx, subject)
		if err != nil {
			return err
		}
		if slices.ContainsFunc(rs, func(r loop.Restriction) bool { return r.Loop == l.ID && r.State == loop.RestrictionActive }) {
			return s.allowAny(who, action, auth.Resource{Kind: l.Subject.Kind, ID: l.Subject.ID, Owner: l.Owner}, l.Area, home)
		}
	}
	return nil
}
