package response

import (
	"context"
	"encoding/json"
	"errors"
	"strconv"
	"strings"
	"time"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/auth"
	"github.com/seawall-city/seawall/internal/casebook"
	"github.com/seawall-city/seawall/internal/device"
	"github.com/seawall-city/seawall/internal/ledger"
	"github.com/seawall-city/seawall/internal/loop"
)

// The kinds of evidence that phones leave beside what closes a step.
const (
	evidenceFurther = "further" // values of the side of a conflict that did not count
	evidenceFormer  = "former"  // a report that the same person wrote over
	evidencePhoto   = "photo"
)

// apply carries an operation out in its transaction.
func (t *taking) apply(ctx context.Context, tx seawall.Tx) error {
	t.times(tx)
	t.row.Outcome, t.row.Made, t.row.After, t.base, t.own = device.Done, seawall.Ref{}, "", t.signed.Base, false
	if err := t.buildsOn(ctx, tx); err != nil {
		return err
	}
	var err error
	switch t.signed.Kind {
	case device.StepDone:
		err = t.stepDone(ctx, tx)
	case device.StepCannot:
		err = t.stepCannot(ctx, tx)
	case device.Report:
		err = t.report(ctx, tx)
	case device.Offer, device.AcceptOffer:
		err = t.handOver(ctx, tx)
	default:
		err = t.further(ctx, tx)
	}
	if err != nil {
		return err
	}
	return t.keep(ctx, tx)
}

// buildsOn takes the base from this device's earlier operation on the same target.
// One that waits for a person makes this one wait too.
func (t *taking) buildsOn(ctx context.Context, tx seawall.Tx) error {
	const op = "response.buildsOn"
	if t.signed.On == "" {
		return nil
	}
	prior, err := t.s.d.Field.Store.Operation(ctx, tx, string(t.device.ID)+"."+t.signed.On)
	if seawall.Is(err, seawall.NotFound) || err == nil && (prior.Target != t.row.Target || prior.Outcome != device.Done) {
		return seawall.E(op, seawall.Conflict, "op_builds_on")
	}
	t.base, t.own = prior.After, true
	return err
}

// body reads the operation's body. Errors: Invalid "op_body".
func (t *taking) body(into any) error {
	if len(t.signed.Body) == 0 {
		return nil
	}
	if err := json.Unmarshal(t.signed.Body, into); err != nil {
		return &seawall.Error{Op: "response.body", Kind: seawall.Invalid, Code: "op_body", Err: err}
	}
	return nil
}

// stepBase names what a step asks of whoever does it. Its climbing to the level
// above, or another owner, does not change what was asked; a change of its form or
// rule does.
func stepBase(st loop.Step, l loop.Loop) string {
	return "s" + device.Hash(strings.Join([]string{st.Key, st.Needs, st.Form, l.Protocol, st.Rule, st.Day.String()}, "\x00"))[:16]
}

// reportBase names the report of a contact's day as it stands: "r0" for none.
func reportBase(u casebook.FollowUp) string {
	return "r" + u.Day.String() + "." + strconv.Itoa(u.Version)
}

// changed is the conflict of a target that is not what the phone saw.
func changed(ref seawall.Ref) error {
	return seawall.E("response.changed", seawall.Conflict, "changed_meanwhile", "kind", string(ref.Kind), "id", ref.ID)
}

// step reads the step that an operation is about. Who has it no more, because it
// climbed or was handed on, may still tell what they did while it was theirs.
func (t *taking) step(ctx context.Context, tx seawall.Tx, a auth.Action) (loop.Step, loop.Loop, error) {
	st, l, err := t.s.stepFor(ctx, tx, t.who, seawall.StepID(t.row.Target.ID), a)
	if l.ID != "" {
		t.row.Area = l.Area
	}
	if !seawall.Is(err, seawall.Denied) {
		return st, l, err
	}
	was, of := t.s.wasOwner(ctx, tx, l.ID, t.who.Principal.ID, t.row.Fixed)
	if of != nil || !was {
		return st, l, errors.Join(err, of)
	}
	home, of := t.s.subjectArea(ctx, tx, l)
	if of != nil {
		return st, l, of
	}
	return st, l, t.s.allowAny(t.who, a, auth.Resource{Kind: seawall.KindStep, ID: string(st.ID), Owner: t.who.Principal.ID}, l.Area, home)
}

// wasOwner reports whether somebody answered for a duty at an instant and has it no
// more: it went from them after that.
func (s *Service) wasOwner(ctx context.Context, tx seawall.Tx, id seawall.LoopID, who seawall.PrincipalID, at time.Time) (bool, error) {
	hs, err := s.d.Loops.HandOversOf(ctx, tx, id)
	if err != nil {
		return false, err
	}
	for _, h := range hs {
		if h.From == who && !h.Accepted.IsZero() && h.Accepted.After(at) {
			return true, nil
		}
	}
	return false, nil
}

// stepDone closes a step, or adds to what this very device closed it with.
func (t *taking) stepDone(ctx context.Context, tx seawall.Tx) error {
	var in NewEvidence
	if err := t.body(&in); err != nil {
		return err
	}
	st, l, err := t.step(ctx, tx, auth.StepComplete)
	if err != nil {
		return err
	}
	if t.own && st.State != loop.Open && st.State != loop.Waiting {
		if t.base != "v"+strconv.Itoa(st.Version) {
			return changed(t.row.Target)
		}
		t.row.After = t.base
		return t.amend(ctx, tx, l, st, in)
	}
	if open := st.State == loop.Open || st.State == loop.Waiting; open && !t.own && t.base != "" && t.base != stepBase(st, l) {
		return changed(t.row.Target)
	}
	in.Version = 0
	done, err := t.s.completeFor(ctx, tx, t.who, l, st, in)
	if err != nil {
		return err
	}
	t.row.Made, t.row.After = done.Ref(), "v"+strconv.Itoa(done.Version)
	return nil
}

// amend keeps what somebody adds to a step that they closed themselves.
func (t *taking) amend(ctx context.Context, tx seawall.Tx, l loop.Loop, st loop.Step, in NewEvidence) error {
	ev := loop.Evidence{Kind: evidenceFurther, Text: in.Text, Data: in.Data, Ref: st.Ref()}
	return t.evidence(ctx, tx, l, ev, "step.amended")
}

// stepCannot says why a step cannot be done.
func (t *taking) stepCannot(ctx context.Context, tx seawall.Tx) error {
	var in struct {
		Reason string `json:"reason"`
	}
	if err := t.body(&in); err != nil {
		return err
	}
	st, l, err := t.step(ctx, tx, auth.StepImpossible)
	if err != nil {
		return err
	}
	if open := st.State == loop.Open || st.State == loop.Waiting; open && !t.own && t.base != "" && t.base != stepBase(st, l) {
		return changed(t.row.Target)
	}
	done, err := t.s.impossibleFor(ctx, tx, st, 0, in.Reason)
	if err != nil {
		return err
	}
	t.row.Made, t.row.After = done.Ref(), "v"+strconv.Itoa(done.Version)
	return nil
}

// report records a day's follow-up of a contact at the time when it was made. One
// that is there already is written over only by who saw it; what stood there
// before stays as evidence.
func (t *taking) report(ctx context.Context, tx seawall.Tx) error {
	var in NewFollowUp
	if err := t.body(&in); err != nil {
		return err
	}
	c, err := t.s.d.Cases.Contact(ctx, tx, seawall.ContactID(t.row.Target.ID))
	if err != nil {
		return err
	}
	t.row.Area = c.Area
	if err := t.s.allow(t.who, auth.FollowUpRecord, auth.Resource{Kind: seawall.KindFollowUp, ID: string(c.ID), Area: c.Area, Owner: c.Owner}); err != nil {
		return err
	}
	u := t.followUp(in)
	old, err := t.s.d.Cases.FollowUpOn(ctx, tx, c.ID, u.Day)
	switch {
	case seawall.Is(err, seawall.NotFound):
	case err != nil:
		return err
	case t.base != reportBase(old):
		return changed(t.row.Target)
	default:
		if err := t.s.formerReport(ctx, tx, c, old); err != nil {
			return err
		}
	}
	made, err := t.s.report(ctx, tx, c, u)
	if err != nil {
		return err
	}
	t.row.Made, t.row.After = seawall.Ref{Kind: seawall.KindFollowUp, ID: string(made.ID)}, reportBase(made)
	return nil
}

// followUp makes the record of a report; without a day it is the day on which it
// was made.
func (t *taking) followUp(in NewFollowUp) casebook.FollowUp {
	day := known(in.Day)
	if !day.Known() {
		day = seawall.DayOf(t.row.Fixed, t.s.d.Zone)
	}
	return casebook.FollowUp{Day: day, Status: in.Status, Temperature: in.Temperature, Symptoms: strings.TrimSpace(in.Symptoms),
		Note: strings.TrimSpace(in.Note), By: string(t.who.Principal.ID), At: t.row.Fixed}
}

// formerReport keeps a report that is about to be written over as evidence of its
// duty.
func (s *Service) formerReport(ctx context.Context, tx seawall.Tx, c casebook.Contact, u casebook.FollowUp) error {
	if c.Loop == "" {
		return nil
	}
	ev := loop.Evidence{ID: tx.NewID(), Loop: c.Loop, Kind: evidenceFormer, Ref: seawall.Ref{Kind: seawall.KindFollowUp, ID: string(u.ID)},
		Data: reportValues(u), By: u.By, At: tx.Now()}
	return s.d.Loops.SaveEvidence(ctx, tx, ev) // the report's own event carries it
}

// reportValues are a report's values by field, as conflicts show them.
func reportValues(u casebook.FollowUp) map[string]any {
	out := map[string]any{"day": u.Day.String(), "status": u.Status}
	if u.Temperature != 0 {
		out["temperature"] = u.Temperature
	}
	if u.Symptoms != "" {
		out["symptoms"] = u.Symptoms
	}
	if u.Note != "" {
		out["note"] = u.Note
	}
	return out
}

// further adds words or a picture to a step, whatever has become of it.
func (t *taking) further(ctx context.Context, tx seawall.Tx) error {
	const op = "response.further"
	var in struct {
		Text  string          `json:"text"`
		Photo seawall.PhotoID `json:"photo"`
	}
	if err := t.body(&in); err != nil {
		return err
	}
	st, l, err := t.step(ctx, tx, auth.StepComplete)
	if err != nil {
		return err
	}
	ev := loop.Evidence{Kind: "note", Text: strings.TrimSpace(in.Text), Ref: st.Ref()}
	if t.signed.Kind == device.PhotoOf {
		p, err := t.s.d.Field.Store.Photo(ctx, tx, in.Photo)
		switch {
		case seawall.Is(err, seawall.NotFound) || err == nil && p.Owner != t.who.Principal.ID:
			return seawall.E(op, seawall.Invalid, "photo_unknown")
		case err != nil:
			return err
		case p.State == device.Coming:
			return seawall.E(op, seawall.Invalid, "photo_coming")
		}
		ev.Kind, ev.Ref = evidencePhoto, p.Ref()
		ev.Data = map[string]any{"step": string(st.ID)}
	} else if ev.Text == "" {
		return &seawall.Error{Op: op, Kind: seawall.Invalid, Code: "op_body", Fields: []seawall.FieldError{{Field: "text", Code: "required"}}}
	}
	return t.evidence(ctx, tx, l, ev, "step.noted")
}

// evidence saves a piece of evidence of a duty with an event of the duty.
func (t *taking) evidence(ctx context.Context, tx seawall.Tx, l loop.Loop, ev loop.Evidence, event string) error {
	made, err := t.s.addEvidence(ctx, tx, l, ev, event)
	t.row.Made = made
	return err
}

// addEvidence saves a piece of evidence that closes nothing.
func (s *Service) addEvidence(ctx context.Context, tx seawall.Tx, l loop.Loop, ev loop.Evidence, event string) (seawall.Ref, error) {
	ev.ID, ev.Loop, ev.By, ev.At = tx.NewID(), l.ID, tx.Actor().Name, tx.Now()
	if err := s.d.Loops.SaveEvidence(ctx, tx, ev); err != nil {
		return seawall.Ref{}, err
	}
	made := seawall.Ref{Kind: seawall.KindEvidence, ID: ev.ID}
	related := []seawall.Ref{l.Subject}
	if !ev.Ref.IsZero() {
		related = append(related, ev.Ref)
	}
	return made, s.d.Log.Record(ctx, tx, ledger.Event{Type: event, Subject: l.Ref(), Related: related, Person: l.Person, Area: l.Area,
		Data: map[string]string{"evidence": ev.Kind}})
}
