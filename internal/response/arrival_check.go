package response

import (
	"context"
	"strconv"
	"strings"
	"time"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/auth"
	"github.com/seawall-city/seawall/internal/border"
	"github.com/seawall-city/seawall/internal/loop"
)

// RecordCheck makes one of the four checks. Headcount: as many were counted as are
// on record. Identity: the person is known by a valid document, or somebody says
// how they were known. Location: the place where they stay is known down to the
// community. Measure: the measure was explained to the person; whoever makes this
// check is the named decider of what restricts in it, and nobody else's
// declaration or feed is. The fourth check makes the arrival managed.
func (s *Service) RecordCheck(ctx context.Context, who Who, id seawall.ArrivalID, in NewCheck) (border.Arrival, error) {
	const op = "response.RecordCheck"
	t := &traveller{request: in.Request}
	if in.Check == border.Identity && in.Identity != nil {
		var err error
		if t, err = s.newName(ctx, op, who, id, in); err != nil {
			return border.Arrival{}, err
		}
	}
	var out border.Arrival
	err := s.write(ctx, who, op, func(tx seawall.Tx) error {
		a, err := s.arrivalFor(ctx, tx, who, id, in.Version, checkAction(in.Check))
		if err != nil {
			return err
		}
		if a.State == border.Claimed {
			return seawall.E(op, seawall.Conflict, "arrival_claimed", "no", a.No)
		}
		if !border.Standing(a.State) {
			return seawall.E(op, seawall.Conflict, "arrival_ended", "state", a.State)
		}
		if a.Arrived.IsZero() {
			return seawall.E(op, seawall.Conflict, "arrival_not_here")
		}
		if err := s.makeCheck(ctx, tx, who, a, in, t); err != nil {
			return err
		}
		out, err = s.d.Border.Arrival(ctx, tx, id)
		return err
	})
	if err != nil {
		return out, err
	}
	return out, seawall.Wrap(op, s.commitSealed(ctx, []*traveller{t}))
}

// checkAction is the right that a check needs: the measure is a decision.
func checkAction(key string) auth.Action {
	if key == border.Measure {
		return auth.ArrivalConfirm
	}
	return auth.ArrivalCheck
}

// arrivalFor reads an arrival that somebody wants to work on.
func (s *Service) arrivalFor(ctx context.Context, tx seawall.Tx, who Who, id seawall.ArrivalID, version int, act auth.Action) (border.Arrival, error) {
	const op = "response.arrivalFor"
	a, err := s.d.Border.Arrival(ctx, tx, id)
	if err != nil {
		return a, err
	}
	if err := s.allow(who, act, auth.Resource{Kind: seawall.KindArrival, ID: string(id), Area: a.Area, Owner: a.Owner}); err != nil {
		return a, err
	}
	if version != 0 && version != a.Version {
		return a, seawall.E(op, seawall.Conflict, "changed_meanwhile", "kind", "arrival", "id", string(id))
	}
	return a, nil
}

// newName finds out who the identity given with a check is, before the
// transaction; the right is asked first, so that nobody is sealed in vain.
func (s *Service) newName(ctx context.Context, op string, who Who, id seawall.ArrivalID, in NewCheck) (*traveller, error) {
	var day seawall.Day
	err := s.read(ctx, op, func(tx seawall.Tx) error {
		a, err := s.arrivalFor(ctx, tx, who, id, in.Version, auth.ArrivalCheck)
		day = a.Day(s.d.Zone)
		return err
	})
	if err != nil {
		return nil, err
	}
	if len(in.Request) < shortestRequest {
		return nil, invalid(op, "arrival_invalid", []seawall.FieldError{{Field: "request", Code: "request_id_short", Args: map[string]string{"min": "16"}}})
	}
	t := &traveller{in: DeclaredPerson{Identity: *in.Identity}, request: in.Request, day: day}
	if !t.named() {
		return nil, invalid(op, "arrival_invalid", []seawall.FieldError{{Field: "identity.name", Code: "required"}})
	}
	return t, seawall.Wrap(op, s.identify(ctx, []*traveller{t}))
}

func (s *Service) makeCheck(ctx context.Context, tx seawall.Tx, who Who, a border.Arrival, in NewCheck, t *traveller) error {
	switch in.Check {
	case border.Headcount:
		return s.checkHeadcount(ctx, tx, a, in)
	case border.Identity:
		return s.checkIdentity(ctx, tx, a, in, t)
	case border.Location:
		return s.checkLocation(ctx, tx, a, in)
	case border.Measure:
		return s.checkMeasure(ctx, tx, who, a, in)
	}
	return invalid("response.makeCheck", "arrival_invalid", []seawall.FieldError{{Field: "check", Code: "not_a_choice", Args: map[string]string{"value": in.Check}}})
}

// checkHeadcount takes the number counted on the spot for the whole group.
func (s *Service) checkHeadcount(ctx context.Context, tx seawall.Tx, a border.Arrival, in NewCheck) error {
	const op = "response.checkHeadcount"
	g, err := s.d.Border.Group(ctx, tx, a.Group)
	if err != nil {
		return err
	}
	people, err := s.d.Border.ArrivalsOfGroup(ctx, tx, a.Group)
	if err != nil {
		return err
	}
	size := in.Size
	if size == 0 {
		size = g.Size
	}
	present := border.Present(people)
	switch {
	case size < 1 || size > mostTogether:
		return invalid(op, "arrival_invalid", []seawall.FieldError{{Field: "size", Code: "group_size", Args: map[string]string{"max": strconv.Itoa(mostTogether)}}})
	case size < present:
		return seawall.E(op, seawall.Conflict, "headcount_below", "counted", strconv.Itoa(size), "known", strconv.Itoa(present))
	}
	g.Size, g.Known = size, size
	if _, err := s.border.KeepGroup(ctx, tx, g); err != nil {
		return err
	}
	if err := s.border.Note(ctx, tx, a, "group.counted", map[string]string{"size": strconv.Itoa(size), "known": strconv.Itoa(present)}, g.Ref()); err != nil {
		return err
	}
	for range size - present {
		if err := s.addUnnamed(ctx, tx, g, people, border.Found); err != nil {
			return err
		}
	}
	if people, err = s.d.Border.ArrivalsOfGroup(ctx, tx, a.Group); err != nil {
		return err
	}
	for _, p := range people {
		if border.Standing(p.State) && !p.Arrived.IsZero() && !p.Check(border.Headcount).Made() {
			if err := s.checkMade(ctx, tx, p, border.Headcount, border.ByStaff, in.Note); err != nil {
				return err
			}
		}
	}
	return nil
}

// checkIdentity settles who somebody is.
func (s *Service) checkIdentity(ctx context.Context, tx seawall.Tx, a border.Arrival, in NewCheck, t *traveller) error {
	const op = "response.checkIdentity"
	if t.person.No != "" {
		p, err := s.person(ctx, tx, t.person)
		if err != nil {
			return err
		}
		switch {
		case a.Person == "":
			t.person = p
			if a, err = s.nameUnnamed(ctx, tx, a, t); err != nil {
				return err
			}
		case a.Person != p.No:
			return seawall.E(op, seawall.Conflict, "arrival_another_person", "person", string(p.No))
		case t.document != "" && t.document != a.Document:
			a.Document = t.document
			if a, err = s.border.Change(ctx, tx, a, "arrival.document", map[string]string{"document": a.Document}); err != nil {
				return err
			}
		}
	}
	if a.Person == "" {
		return invalid(op, "arrival_invalid", []seawall.FieldError{{Field: "identity.name", Code: "required"}})
	}
	if a.Document != border.DocValid && strings.TrimSpace(in.Note) == "" {
		return invalid(op, "arrival_invalid", []seawall.FieldError{{Field: "note", Code: "identity_note"}})
	}
	if in.Declaration != "" {
		var err error
		if a, err = s.confirmClaim(ctx, tx, a, in.Declaration); err != nil {
			return err
		}
	}
	return s.checkMade(ctx, tx, a, border.Identity, border.ByStaff, in.Note)
}

// checkLocation settles where somebody stays.
func (s *Service) checkLocation(ctx context.Context, tx seawall.Tx, a border.Arrival, in NewCheck) error {
	const op = "response.checkLocation"
	was := a
	p := places{s: s, ctx: ctx, tx: tx}
	if at := p.path(in.Stay, "stay"); at != "" {
		a.Stay, a.Area = at, s.answering(at)
	}
	if p.err != nil {
		return p.err
	}
	if text := strings.TrimSpace(in.StayText); text != "" {
		a.StayText = text
	}
	if !a.Located() {
		p.bad = append(p.bad, seawall.FieldError{Field: "stay", Code: "location_incomplete"})
	}
	if err := invalid(op, "arrival_invalid", p.bad); err != nil {
		return err
	}
	if was.Stay != a.Stay || was.StayText != a.StayText {
		var err error
		if a, err = s.border.Change(ctx, tx, a, "arrival.located", nil); err != nil {
			return err
		}
		if a, err = s.relocate(ctx, tx, was, a); err != nil {
			return err
		}
	}
	return s.checkMade(ctx, tx, a, border.Location, border.ByStaff, in.Note)
}

// checkMeasure settles which measure holds, since when, and that the person knows.
func (s *Service) checkMeasure(ctx context.Context, tx seawall.Tx, who Who, a border.Arrival, in NewCheck) error {
	const op = "response.checkMeasure"
	if a.Check(border.Measure).Made() {
		return seawall.E(op, seawall.Conflict, "check_made", "check", in.Check)
	}
	if !in.Told {
		return invalid(op, "arrival_invalid", []seawall.FieldError{{Field: "told", Code: "measure_told"}})
	}
	since := micros(in.Since)
	if since.IsZero() {
		since = tx.Now()
	}
	if since.Before(a.Arrived) || since.After(tx.Now()) {
		return invalid(op, "arrival_invalid", []seawall.FieldError{{Field: "since", Code: "measure_since"}})
	}
	_, _, plan, err := s.measureOf(a, since)
	none := seawall.Is(err, seawall.NotFound)
	if err != nil && !none {
		return err
	}
	if none { // no row applies: said by somebody, with the reason
		if strings.TrimSpace(in.Note) == "" {
			return invalid(op, "arrival_invalid", []seawall.FieldError{{Field: "note", Code: "measure_none_note"}})
		}
		a.Kind, a.Since, a.ConfirmedBy = "inform", since, who.Principal.ID
		if a, err = s.border.Change(ctx, tx, a, "arrival.measure", map[string]string{"tier": "", "by": who.Principal.WorkName}); err != nil {
			return err
		}
		return s.checkMade(ctx, tx, a, border.Measure, border.ByStaff, in.Note)
	}
	if plan.Restricts() && (!a.Check(border.Identity).Made() || who.Principal.ID == "") {
		return seawall.E(op, seawall.Conflict, "measure_identity_first")
	}
	if a, err = s.confirmMeasure(ctx, tx, who, a, since); err != nil {
		return err
	}
	if a, err = s.d.Border.Arrival(ctx, tx, a.ID); err != nil {
		return err
	}
	return s.checkMade(ctx, tx, a, border.Measure, border.ByStaff, in.Note)
}

// checkMade makes a check on the row and closes its step; with the fourth one the
// arrival is managed.
func (s *Service) checkMade(ctx context.Context, tx seawall.Tx, a border.Arrival, key, source, note string) error {
	by := tx.Actor().Name
	a = a.Make(key, tx.Now(), by, source, strings.TrimSpace(note))
	if a.Missing == 0 && a.State == border.Arrived {
		a.State = border.Managed
	}
	a, err := s.border.Change(ctx, tx, a, "arrival.checked", map[string]string{"check": key, "source": source})
	if err != nil || a.Loop == "" {
		return err
	}
	st, err := s.openStep(ctx, tx, a.Loop, key)
	if err != nil || st == nil {
		return err
	}
	_, err = s.engine.Complete(ctx, tx, st.ID, 0, loop.Evidence{Kind: needsCheck, Text: note, Ref: a.Ref()})
	return err
}

// checkUnmade opens a check again because what it stood on has changed.
func (s *Service) checkUnmade(ctx context.Context, tx seawall.Tx, a border.Arrival, key string, why seawall.Ref, reason string) error {
	a = a.Unmake(key)
	if a.State == border.Managed {
		a.State = border.Arrived
	}
	a, err := s.border.Change(ctx, tx, a, "arrival.unchecked", map[string]string{"check": key, "reason": reason}, why)
	if err != nil || a.Loop == "" {
		return err
	}
	l, err := s.d.Loops.Loop(ctx, tx, a.Loop)
	if err != nil {
		return err
	}
	if l.State != loop.Open {
		_, err = s.startArrival(ctx, tx, a)
		return err
	}
	steps, err := s.d.Loops.StepsOf(ctx, tx, l.ID)
	if err != nil {
		return err
	}
	if st := stepOf(steps, key); st != nil {
		_, err = s.engine.Reopen(ctx, tx, st.ID, why, reason)
		return err
	}
	o, err := s.arrivalSteps(ctx, tx, a, nil)
	if err != nil {
		return err
	}
	return s.addMissing(ctx, tx, l.ID, steps, o)
}

// openStep gives the open step of a loop with a key, nil where there is none.
func (s *Service) openStep(ctx context.Context, tx seawall.Tx, id seawall.LoopID, key string) (*loop.Step, error) {
	l, err := s.d.Loops.Loop(ctx, tx, id)
	if err != nil || l.State != loop.Open {
		return nil, err
	}
	steps, err := s.d.Loops.StepsOf(ctx, tx, id)
	if err != nil {
		return nil, err
	}
	if st := stepOf(steps, key); st != nil && (st.State == loop.Open || st.State == loop.Waiting) {
		return st, nil
	}
	return nil, nil
}

// whenOr gives an instant of an input, else the transaction's.
func whenOr(at time.Time, tx seawall.Tx) time.Time {
	if at.IsZero() {
		return tx.Now()
	}
	return micros(at)
}
