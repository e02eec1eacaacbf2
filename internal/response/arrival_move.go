package response

import (
	"context"
	"strings"
	"time"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/auth"
	"github.com/seawall-city/seawall/internal/border"
	"github.com/seawall-city/seawall/internal/casebook"
	"github.com/seawall-city/seawall/internal/loop"
)

// receiptHours is how soon another city has to confirm that it took somebody over.
// Source: our own choice, of the order of the 24 hours in which persons of an
// assistance letter are registered (requirements §2.2).
const receiptHours = 24

// moveArrival runs one change of where an arrival stands.
func (s *Service) moveArrival(ctx context.Context, op string, who Who, id seawall.ArrivalID, version int, act auth.Action,
	fn func(tx seawall.Tx, a border.Arrival) error) (border.Arrival, error) {
	var out border.Arrival
	err := s.write(ctx, who, op, func(tx seawall.Tx) error {
		a, err := s.arrivalFor(ctx, tx, who, id, version, act)
		if err != nil {
			return err
		}
		if err := fn(tx, a); err != nil {
			return err
		}
		out, err = s.d.Border.Arrival(ctx, tx, id)
		return err
	})
	return out, err
}

// Arrive records that somebody who was announced has come. The due instants of the
// four checks count from then.
func (s *Service) Arrive(ctx context.Context, who Who, id seawall.ArrivalID, in Move) (border.Arrival, error) {
	const op = "response.Arrive"
	return s.moveArrival(ctx, op, who, id, in.Version, auth.ArrivalRecord, func(tx seawall.Tx, a border.Arrival) error {
		if a.State != border.Expected && a.State != border.NotComing {
			return seawall.E(op, seawall.Conflict, "arrival_here_already")
		}
		at := whenOr(in.At, tx)
		if at.After(tx.Now()) {
			return invalid(op, "arrival_invalid", []seawall.FieldError{{Field: "at", Code: "in_future"}})
		}
		a, err := s.here(ctx, tx, a, at)
		if err != nil {
			return err
		}
		return s.countGroup(ctx, tx, a.Group, 0, "") // who comes again is one more
	})
}

// NotComing records that somebody did not travel, or has left again; what was
// asked of them here ends.
func (s *Service) NotComing(ctx context.Context, who Who, id seawall.ArrivalID, in Move) (border.Arrival, error) {
	const op = "response.NotComing"
	if err := reasonGiven(op, in.Reason); err != nil {
		return border.Arrival{}, err
	}
	return s.moveArrival(ctx, op, who, id, in.Version, auth.ArrivalRecord, func(tx seawall.Tx, a border.Arrival) error {
		if !border.Standing(a.State) {
			return seawall.E(op, seawall.Conflict, "arrival_ended", "state", a.State)
		}
		if err := s.mayEnd(who, a); err != nil {
			return err
		}
		return s.notComing(ctx, tx, a, strings.TrimSpace(in.Reason))
	})
}

// mayEnd refuses to end a confirmed measure by the way, as somebody who left or is
// another city's now, to who may not decide about measures.
func (s *Service) mayEnd(who Who, a border.Arrival) error {
	if a.ConfirmedBy == "" {
		return nil
	}
	return s.allow(who, auth.ArrivalConfirm, auth.Resource{Kind: seawall.KindArrival, ID: string(a.ID), Area: a.Area, Owner: a.Owner})
}

func (s *Service) notComing(ctx context.Context, tx seawall.Tx, a border.Arrival, reason string) error {
	if err := s.endArrival(ctx, tx, a, outcomeNotComing, reason); err != nil {
		return err
	}
	a, err := s.d.Border.Arrival(ctx, tx, a.ID)
	if err != nil {
		return err
	}
	a.State, a.Reason = border.NotComing, reason
	if a, err = s.border.Change(ctx, tx, a, "arrival.not_coming", map[string]string{"reason": reason}); err != nil {
		return err
	}
	if err := s.standAlone(ctx, tx, a.ID); err != nil {
		return err
	}
	return s.shrinkGroup(ctx, tx, a)
}

// endArrival closes the open duty of an arrival with its restrictions.
func (s *Service) endArrival(ctx context.Context, tx seawall.Tx, a border.Arrival, outcome, reason string) error {
	if a.Loop == "" {
		return nil
	}
	_, err := s.engine.Close(ctx, tx, a.Loop, outcome, reason, a.Ref())
	return err
}

// HandOnArrival offers an arrival to another city. Until that city's receipt is
// in, this one answers: the duty stays open and is chased.
func (s *Service) HandOnArrival(ctx context.Context, who Who, id seawall.ArrivalID, in HandOn) (border.Arrival, error) {
	const op = "response.HandOnArrival"
	return s.moveArrival(ctx, op, who, id, in.Version, auth.ArrivalRecord, func(tx seawall.Tx, a border.Arrival) error {
		if !border.Standing(a.State) {
			return seawall.E(op, seawall.Conflict, "arrival_ended", "state", a.State)
		}
		if strings.TrimSpace(in.To) == "" {
			return invalid(op, "arrival_invalid", []seawall.FieldError{{Field: "to", Code: "required"}})
		}
		chain, err := s.chainOf(ctx, tx, a)
		if err != nil {
			return err
		}
		if _, waits := border.Offered(chain); waits {
			return seawall.E(op, seawall.Conflict, "handon_waits")
		}
		offer := border.Custody{Arrival: a.ID, Stage: border.StageAway, Holder: strings.TrimSpace(in.To), Name: s.cityName(in.To, in.Code), Code: in.Code, Offered: tx.Now(),
			By: tx.Actor().Name, Letter: in.Letter, Note: in.Note}
		if err := s.border.KeepCustody(ctx, tx, offer); err != nil {
			return err
		}
		if err := s.border.Note(ctx, tx, a, "arrival.handed_on", map[string]string{"to": offer.Holder, "letter": in.Letter}); err != nil || a.Loop == "" {
			return err
		}
		due := tx.Now().Add(receiptHours * time.Hour)
		_, err = s.engine.AddStep(ctx, tx, a.Loop, loop.StepPlan{Key: stepReceipt, Needs: stepReceipt, Rule: a.Regime + "#" + a.Rule, Due: due,
			Day: seawall.DayOf(due, s.d.Zone), Title: seawall.Text{ZH: "取得" + offer.Name.ZH + "接收回执", EN: "Get the receipt of " + offer.Name.EN}})
		return err
	})
}

// cityName gives another city's name in both languages, by its code or its name,
// where the table of origins has it; else as it was written.
func (s *Service) cityName(written, code string) seawall.Text {
	written = strings.TrimSpace(written)
	if p, ok := s.d.Origins.Called(written); ok {
		return p.Name
	}
	if p, ok := s.d.Origins.Place(code); ok {
		return seawall.Text{ZH: written, EN: p.Name.EN}
	}
	return seawall.Text{ZH: written, EN: written}
}

// chainOf gives the chain of custody of an arrival; the first time, it begins with
// this city's own stretch since the arrival.
func (s *Service) chainOf(ctx context.Context, tx seawall.Tx, a border.Arrival) ([]border.Custody, error) {
	chain, err := s.d.Border.CustodyOf(ctx, tx, a.ID)
	if err != nil || len(chain) > 0 {
		return chain, err
	}
	from := a.Arrived
	if from.IsZero() {
		from = a.CreatedAt
	}
	name, err := s.areaName(ctx, tx, a.Area)
	if err != nil {
		return nil, err
	}
	own := border.Custody{Arrival: a.ID, Stage: pick(a.Stage, border.StageHome), Holder: name.ZH, Name: name, Area: a.Area, Offered: from, Accepted: from, By: tx.Actor().Name}
	if err := s.border.KeepCustody(ctx, tx, own); err != nil {
		return nil, err
	}
	if err := s.border.Note(ctx, tx, a, "custody.begun", map[string]string{"holder": own.Holder}); err != nil {
		return nil, err
	}
	return s.d.Border.CustodyOf(ctx, tx, a.ID)
}

// ReceiptArrival records that somebody has taken an arrival over: another city to
// which it was handed on, or the next place of a longer chain in this one (the
// quarantine facility, the community at home, the follow-up). The one before
// answers up to this instant, so no gap opens.
func (s *Service) ReceiptArrival(ctx context.Context, who Who, id seawall.ArrivalID, in Receipt) (border.Arrival, error) {
	const op = "response.ReceiptArrival"
	return s.moveArrival(ctx, op, who, id, in.Version, auth.ArrivalRecord, func(tx seawall.Tx, a border.Arrival) error {
		if !border.Standing(a.State) && a.State != border.Released {
			return seawall.E(op, seawall.Conflict, "arrival_ended", "state", a.State)
		}
		chain, err := s.chainOf(ctx, tx, a)
		if err != nil {
			return err
		}
		if in.Stage != "" {
			return s.nextStage(ctx, tx, a, chain, in)
		}
		offer, waits := border.Offered(chain)
		if !waits {
			return seawall.E(op, seawall.Conflict, "handon_none")
		}
		if err := s.mayEnd(who, a); err != nil {
			return err
		}
		offer.Accepted, offer.Letter = tx.Now(), pick(in.Letter, offer.Letter)
		if offer.Letter == "" {
			return invalid(op, "arrival_invalid", []seawall.FieldError{{Field: "letter", Code: "required"}})
		}
		if err := s.passCustody(ctx, tx, chain, offer); err != nil {
			return err
		}
		if err := s.border.Note(ctx, tx, a, "arrival.receipted", map[string]string{"by": offer.Holder, "letter": offer.Letter}); err != nil {
			return err
		}
		if err := s.endArrival(ctx, tx, a, outcomeHandedOn, offer.Holder+" "+offer.Letter); err != nil {
			return err
		}
		if a, err = s.d.Border.Arrival(ctx, tx, a.ID); err != nil {
			return err
		}
		a.State, a.Stage, a.Holder = border.HandedOn, border.StageAway, offer.Holder
		_, err = s.border.Change(ctx, tx, a, "arrival.left", map[string]string{"to": offer.Holder})
		return err
	})
}

// passCustody ends the stretch that holds and saves the one that takes over.
func (s *Service) passCustody(ctx context.Context, tx seawall.Tx, chain []border.Custody, next border.Custody) error {
	if now, ok := border.Holding(chain); ok {
		now.Ended = next.Accepted
		if err := s.border.KeepCustody(ctx, tx, now); err != nil {
			return err
		}
	}
	return s.border.KeepCustody(ctx, tx, next)
}

// nextStage passes an arrival on to the next place inside the city.
func (s *Service) nextStage(ctx context.Context, tx seawall.Tx, a border.Arrival, chain []border.Custody, in Receipt) error {
	const op = "response.nextStage"
	switch in.Stage {
	case border.StagePort, border.StageCentral, border.StageHome, border.StageFollowUp:
	default:
		return invalid(op, "arrival_invalid", []seawall.FieldError{{Field: "stage", Code: "not_a_choice", Args: map[string]string{"value": in.Stage}}})
	}
	p := places{s: s, ctx: ctx, tx: tx}
	at := p.path(in.Area, "area")
	if p.err != nil {
		return p.err
	}
	if err := invalid(op, "arrival_invalid", p.bad); err != nil {
		return err
	}
	holder := strings.TrimSpace(in.Holder)
	name := seawall.Text{ZH: holder, EN: holder}
	if holder == "" {
		var err error
		if name, err = s.areaName(ctx, tx, s.answering(at, a.Area)); err != nil {
			return err
		}
		holder = name.ZH
	}
	next := border.Custody{Arrival: a.ID, Stage: in.Stage, Holder: holder, Name: name, Area: at, Offered: tx.Now(), Accepted: tx.Now(),
		By: tx.Actor().Name, Letter: in.Letter, Note: in.Note}
	if err := s.passCustody(ctx, tx, chain, next); err != nil {
		return err
	}
	a.Stage, a.Holder = in.Stage, ""
	a, err := s.border.Change(ctx, tx, a, "arrival.stage", map[string]string{"stage": in.Stage, "holder": holder})
	if err != nil || a.Loop == "" {
		return err
	}
	st, err := s.openStep(ctx, tx, a.Loop, stepStage+in.Stage)
	if err != nil || st == nil {
		return err
	}
	if _, err = s.engine.Complete(ctx, tx, st.ID, 0, loop.Evidence{Kind: stepReceipt, Text: holder + " " + in.Letter, Ref: a.Ref()}); err != nil {
		return err
	}
	_, err = s.tryReleaseArrival(ctx, tx, a.ID)
	return err
}

// receivedFrom records that another city handed people over to this one: its
// stretch ends where this one's begins.
func (s *Service) receivedFrom(ctx context.Context, tx seawall.Tx, items []border.Arrival, from, letter string) error {
	for _, a := range items {
		old, err := s.d.Border.CustodyOf(ctx, tx, a.ID)
		if err != nil {
			return err
		}
		if len(old) > 0 { // this one's chain has begun; the others' may not
			continue
		}
		since := a.Origins[0].Left.Start(s.d.Zone).UTC()
		theirs := border.Custody{Arrival: a.ID, Stage: border.StagePort, Holder: strings.TrimSpace(from), Name: s.cityName(from, ""), Offered: since, Accepted: since,
			Ended: tx.Now(), By: tx.Actor().Name, Letter: letter}
		if err := s.border.KeepCustody(ctx, tx, theirs); err != nil {
			return err
		}
		name, err := s.areaName(ctx, tx, a.Area)
		if err != nil {
			return err
		}
		ours := border.Custody{Arrival: a.ID, Stage: pick(a.Stage, border.StageHome), Holder: name.ZH, Name: name, Area: a.Area, Offered: tx.Now(), Accepted: tx.Now(),
			By: tx.Actor().Name, Letter: letter}
		if err := s.border.KeepCustody(ctx, tx, ours); err != nil {
			return err
		}
		if err := s.border.Note(ctx, tx, a, "arrival.received", map[string]string{"from": theirs.Holder, "letter": letter}); err != nil {
			return err
		}
	}
	return nil
}

// RetractArrival takes back an arrival that was recorded by mistake, and what hung
// on it: its duty, its restrictions, the room, and the companions that stood in the
// count only because of it.
func (s *Service) RetractArrival(ctx context.Context, who Who, id seawall.ArrivalID, in Move) (Retracted, error) {
	const op = "response.RetractArrival"
	if err := reasonGiven(op, in.Reason); err != nil {
		return Retracted{}, err
	}
	var out Retracted
	_, err := s.moveArrival(ctx, op, who, id, in.Version, auth.ArrivalConfirm, func(tx seawall.Tx, a border.Arrival) error {
		if a.State == border.Retracted {
			return seawall.E(op, seawall.Conflict, "already_retracted")
		}
		w := s.withdrawing(strings.TrimSpace(in.Reason))
		if err := w.arrival(ctx, tx, a); err != nil {
			return err
		}
		people, err := s.d.Border.ArrivalsOfGroup(ctx, tx, a.Group)
		if err != nil {
			return err
		}
		named := 0
		for _, p := range people {
			if p.Person != "" && p.State != border.Retracted {
				named++
			}
		}
		for _, p := range people {
			if named == 0 && p.Person == "" && p.State != border.Retracted {
				if err := w.arrival(ctx, tx, p); err != nil {
					return err
				}
			}
		}
		if err := w.tellAll(ctx, tx, a.Ref()); err != nil {
			return err
		}
		out = w.n
		return s.shrinkGroup(ctx, tx, a)
	})
	return out, err
}

// arrival withdraws one arrival with what hung on it.
func (w *withdrawal) arrival(ctx context.Context, tx seawall.Tx, a border.Arrival) error {
	if a.Person != "" {
		w.people[a.Person] = true
	}
	if err := w.fact(ctx, tx, a.Ref()); err != nil {
		return err
	}
	a, err := w.s.d.Border.Arrival(ctx, tx, a.ID)
	if err != nil {
		return err
	}
	a.State, a.Reason = border.Retracted, w.reason
	w.n.Arrivals++
	if _, err = w.s.border.Change(ctx, tx, a, "arrival.retracted", map[string]string{"reason": w.reason, "no": a.No}, casebook.PersonRef(a.Person)); err != nil {
		return err
	}
	return w.s.standAlone(ctx, tx, a.ID)
}
