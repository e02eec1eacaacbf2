package response

import (
	"context"
	"encoding/json"
	"slices"
	"strings"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/auth"
	"github.com/seawall-city/seawall/internal/device"
	"github.com/seawall-city/seawall/internal/ledger"
	"github.com/seawall-city/seawall/internal/loop"
	"github.com/seawall-city/seawall/internal/protocol"
)

// conflictWords are the names of the fields of a conflict that no form names.
func conflictWords() map[string]seawall.Text {
	return map[string]seawall.Text{
		"state": {ZH: "状态", EN: "State"}, "text": {ZH: "说明", EN: "Words"}, "reason": {ZH: "原因", EN: "Reason"},
		"ref": {ZH: "依据", EN: "Refers to"}, "day": {ZH: "日期", EN: "Day"}, "status": {ZH: "情况", EN: "Status"},
		"temperature": {ZH: "体温（℃）", EN: "Temperature (°C)"}, "symptoms": {ZH: "症状", EN: "Symptoms"}, "note": {ZH: "备注", EN: "Note"},
		"owner": {ZH: "负责人", EN: "Owner"}, "place": {ZH: "地点", EN: "Place"}, "at": {ZH: "时间", EN: "Time"}, "photo": {ZH: "照片", EN: "Photo"},
		"contact": {ZH: "接触者状态", EN: "State of the contact"},
	}
}

// unanswerable are refusals that another side has no part in: there is nothing to
// decide between.
func unanswerable(code string) bool {
	return slices.Contains([]string{"op_id_reused", "step_required", "release_blocked", "result_used", "appeal_decide_there", "form_unknown",
		"conflict_decided"}, code)
}

// clash makes the conflict of an operation that met somebody else's work, nil
// where it is a plain refusal.
func (t *taking) clash(ctx context.Context, tx seawall.Tx, kind seawall.Kind) (*device.Conflict, error) {
	if t.row.Target.IsZero() || unanswerable(t.row.Problem) {
		return nil, nil
	}
	c := &device.Conflict{ID: seawall.ConflictID(tx.NewID()), Operation: t.row.ID, Device: t.row.Device, Owner: t.row.Owner, OwnerName: t.row.OwnerName,
		Kind: t.row.Kind, Target: t.row.Target, Area: t.row.Area, Why: t.row.Problem, Args: t.row.Args, MineAt: t.row.Fixed, At: tx.Now(),
		State: device.Open, Version: 1}
	mine, order, labels, theirs, err := t.sides(ctx, tx, c)
	if seawall.Is(err, seawall.NotFound) {
		return nil, nil // it was never there
	}
	if err != nil {
		return nil, err
	}
	if kind != seawall.Conflict {
		// what used to be theirs and climbed, or was taken over, is a person's to decide
		if kind != seawall.Denied || c.Loop == "" {
			return nil, nil
		}
		was, err := t.s.hadIt(ctx, tx, c.Loop, t.who.Principal.ID)
		if err != nil || !was || strings.HasPrefix(t.row.Problem, "transfer_") || strings.HasPrefix(t.row.Problem, "signature_") ||
			strings.HasPrefix(t.row.Problem, "ticket_") {
			return nil, err
		}
	}
	c.Fields = device.Compare(mine, theirs, order, labels)
	t.row.Area = c.Area
	return c, nil
}

// hadIt reports whether somebody ever answered for a duty.
func (s *Service) hadIt(ctx context.Context, tx seawall.Tx, id seawall.LoopID, who seawall.PrincipalID) (bool, error) {
	hs, err := s.d.Loops.HandOversOf(ctx, tx, id)
	return err == nil && slices.ContainsFunc(hs, func(h loop.HandOver) bool { return h.From == who || h.To == who }), err
}

// sides gives what the device brought and what is there, by field.
func (t *taking) sides(ctx context.Context, tx seawall.Tx, c *device.Conflict) (mine map[string]any, order []string, labels map[string]seawall.Text, theirs map[string]any, err error) {
	labels = conflictWords()
	order = []string{"state", "day", "status", "temperature", "symptoms", "note", "text", "reason"}
	mine = t.mine()
	switch t.row.Target.Kind {
	case seawall.KindStep:
		var form *protocol.Form
		if theirs, form, err = t.s.stepSide(ctx, tx, c); form != nil {
			for _, f := range form.Fields {
				order, labels[f.Key] = append(order, f.Key), f.Label
			}
		}
	case seawall.KindContact:
		day := seawall.NoDay
		if s, ok := mine["day"].(string); ok {
			if d, bad := seawall.ParseDay(s); bad == nil {
				day = d
			}
		}
		theirs, err = t.s.reportSide(ctx, tx, c, day)
	default:
		theirs, err = t.s.ownerSide(ctx, tx, c)
	}
	return mine, order, labels, theirs, err
}

// mine gives what the device brought, by field.
func (t *taking) mine() map[string]any {
	out := map[string]any{}
	for k, v := range t.row.Body {
		switch k {
		case "data":
			if data, ok := v.(map[string]any); ok {
				for f, x := range data {
					out[f] = x
				}
			}
		case "kind", "version", "given", "taken", "handOver":
		case "ref":
			if r, ok := v.(map[string]any); ok {
				out["ref"] = refText(r["kind"], r["id"])
			}
		case "to":
			out["owner"] = v
		default:
			out[k] = v
		}
	}
	switch t.row.Kind {
	case device.StepDone:
		out["state"] = string(loop.Done)
	case device.StepCannot:
		out["state"] = string(loop.Cancelled)
	case device.Report:
		if out["day"] == nil || out["day"] == "" {
			out["day"] = seawall.DayOf(t.row.Fixed, t.s.d.Zone).String()
		}
		if out["temperature"] == 0.0 {
			delete(out, "temperature")
		}
	case device.Offer, device.AcceptOffer:
		t.tickets(out)
	}
	return out
}

// tickets adds what two phones signed.
func (t *taking) tickets(out map[string]any) {
	var g device.Given
	var k device.Taken
	given, _ := t.row.Body["given"].(string)
	taken, _ := t.row.Body["taken"].(string)
	if peek(given, &g) && peek(taken, &k) {
		out["owner"], out["place"], out["at"] = string(k.To), g.Place, k.At
	}
}

// refText writes a reference from a body.
func refText(kind, id any) string {
	k, _ := kind.(string)
	i, _ := id.(string)
	if k == "" || i == "" {
		return ""
	}
	return k + "/" + i
}

// stepSide gives what stands at a step and the form by which it is done.
func (s *Service) stepSide(ctx context.Context, tx seawall.Tx, c *device.Conflict) (map[string]any, *protocol.Form, error) {
	st, err := s.d.Loops.Step(ctx, tx, seawall.StepID(c.Target.ID))
	if err != nil {
		return nil, nil, err
	}
	l, err := s.d.Loops.Loop(ctx, tx, st.Loop)
	if err != nil {
		return nil, nil, err
	}
	c.Loop, c.Step, c.Title, c.Mask, c.Area, c.TheirsBy, c.TheirsAt = l.ID, st.ID, st.Title, st.Mask, l.Area, st.DoneBy, st.DoneAt
	out := map[string]any{"state": string(st.State)}
	evidence, err := s.d.Loops.EvidenceOf(ctx, tx, l.ID)
	for _, ev := range evidence {
		if ev.Step != st.ID {
			continue
		}
		for k, v := range ev.Data {
			out[k] = v
		}
		if key := "text"; ev.Text != "" {
			if ev.Kind == "reason" {
				key = "reason"
			}
			out[key] = ev.Text
		}
		if !ev.Ref.IsZero() {
			out["ref"] = ev.Ref.String()
		}
	}
	if err != nil {
		return nil, nil, err
	}
	p, ok, err := s.protocolOf(ctx, tx, l)
	if err != nil || !ok {
		return out, nil, err
	}
	form, _ := p.Form(st.Form)
	return out, form, nil
}

// reportSide gives the report of a contact's day that is there.
func (s *Service) reportSide(ctx context.Context, tx seawall.Tx, c *device.Conflict, day seawall.Day) (map[string]any, error) {
	k, err := s.d.Cases.Contact(ctx, tx, seawall.ContactID(c.Target.ID))
	if err != nil {
		return nil, err
	}
	c.Loop, c.Mask, c.Area = k.Loop, k.Mask, k.Area
	c.Title = seawall.Text{ZH: "随访 " + day.String(), EN: "Follow-up of " + day.String()}
	u, err := s.d.Cases.FollowUpOn(ctx, tx, k.ID, day)
	if seawall.Is(err, seawall.NotFound) {
		return map[string]any{"contact": string(k.State)}, nil
	}
	c.TheirsBy, c.TheirsAt = s.nameOf(ctx, tx, u.By), u.At
	return reportValues(u), err
}

// nameOf gives the post of an account, or what stands there where it is none.
func (s *Service) nameOf(ctx context.Context, tx seawall.Tx, id string) string {
	p, err := s.d.Accounts.Principal(ctx, tx, seawall.PrincipalID(id))
	if err != nil {
		return id
	}
	return p.WorkName
}

// ownerSide gives who answers for a duty.
func (s *Service) ownerSide(ctx context.Context, tx seawall.Tx, c *device.Conflict) (map[string]any, error) {
	l, err := s.d.Loops.Loop(ctx, tx, seawall.LoopID(c.Target.ID))
	if err != nil {
		return nil, err
	}
	c.Loop, c.Title, c.Mask, c.Area, c.TheirsBy = l.ID, l.Title, l.Mask, l.Area, l.OwnerName
	return map[string]any{"owner": string(l.Owner), "state": string(l.State)}, nil
}

// saveConflict saves a conflict with its event and tells those whose it is.
func (s *Service) saveConflict(ctx context.Context, tx seawall.Tx, c device.Conflict, event string) error {
	if err := s.d.Field.Store.SaveConflict(ctx, tx, c); err != nil {
		return err
	}
	data := map[string]string{"why": c.Why, "kind": c.Kind}
	if c.Keep != "" {
		data["keep"], data["note"] = c.Keep, c.Text
	}
	return s.d.Log.Record(ctx, tx, ledger.Event{Type: event, Subject: c.Ref(), Related: []seawall.Ref{c.Target,
		{Kind: seawall.KindOperation, ID: c.Operation}}, Area: c.Area, Data: data})
}

// Conflicts lists what waits for a person, or was decided, the newest first:
// within one's area and one's own.
func (s *Service) Conflicts(ctx context.Context, who Who, state string, target seawall.Ref, mine bool, p seawall.Page) (List[device.Conflict], error) {
	const op = "response.Conflicts"
	var out List[device.Conflict]
	if err := s.allow(who, auth.StepRead, auth.Resource{Kind: seawall.KindConflict}); err != nil {
		return out, err
	}
	q := device.Query{State: state, Target: target, Scope: s.scope(who), Page: p}
	if mine {
		q.Owner = who.Principal.ID
	}
	err := s.read(ctx, op, func(tx seawall.Tx) (err error) {
		out.Items, out.Next, out.Total, err = s.d.Field.Store.Conflicts(ctx, tx, q)
		return err
	})
	return out, err
}

// Operations lists what phones sent and what came of it, the newest first: within
// one's area, or one's own.
func (s *Service) Operations(ctx context.Context, who Who, outcome string, of seawall.DeviceID, mine bool, p seawall.Page) (List[device.Operation], error) {
	const op = "response.Operations"
	var out List[device.Operation]
	q := device.Query{State: outcome, Device: of, Scope: s.scope(who), Page: p}
	if mine || s.allow(who, auth.DeviceManage, auth.Resource{Kind: seawall.KindDevice}) != nil {
		q.Owner = who.Principal.ID
	}
	err := s.read(ctx, op, func(tx seawall.Tx) (err error) {
		out.Items, out.Next, out.Total, err = s.d.Field.Store.Operations(ctx, tx, q)
		return err
	})
	return out, err
}

// Conflict shows one conflict to who may decide it, to the phone's owner and to who
// may see its area.
func (s *Service) Conflict(ctx context.Context, who Who, id seawall.ConflictID) (device.Conflict, error) {
	const op = "response.Conflict"
	var out device.Conflict
	err := s.read(ctx, op, func(tx seawall.Tx) (err error) {
		if out, err = s.d.Field.Store.Conflict(ctx, tx, id); err != nil {
			return err
		}
		if out.Owner == who.Principal.ID {
			return nil
		}
		return s.allow(who, auth.StepRead, auth.Resource{Kind: seawall.KindConflict, ID: string(id), Area: out.Area})
	})
	return out, err
}

// DecideConflict decides between two sides: mine (what the phone brought counts),
// theirs (what was there counts) or both (theirs counts, mine is further
// evidence). Whoever may do the step may decide; the decision is on the log, and
// both sides stay with it.
func (s *Service) DecideConflict(ctx context.Context, who Who, id seawall.ConflictID, v Verdict) (device.Conflict, error) {
	const op = "response.DecideConflict"
	var out device.Conflict
	err := s.write(ctx, who, op, func(tx seawall.Tx) error {
		c, err := s.d.Field.Store.Conflict(ctx, tx, id)
		if err != nil {
			return err
		}
		if err := s.mayDecideConflict(ctx, tx, who, c); err != nil {
			return err
		}
		if c.State != device.Open {
			return seawall.E(op, seawall.Conflict, "conflict_decided")
		}
		o, err := s.d.Field.Store.Operation(ctx, tx, c.Operation)
		if err != nil {
			return err
		}
		switch v.Keep {
		case device.KeepTheirs:
		case device.KeepMine:
			c.Made, err = s.keepMine(ctx, tx, who, c, o, v.Note)
		case device.KeepBoth:
			c.Made, err = s.keepBoth(ctx, tx, c, o)
		default:
			err = &seawall.Error{Op: op, Kind: seawall.Invalid, Code: "conflict_keep", Fields: []seawall.FieldError{{Field: "keep", Code: "conflict_keep"}}}
		}
		if err != nil {
			return err
		}
		c.State, c.Keep, c.Text, c.DecidedBy, c.DecidedAt, c.Version = device.Decided, v.Keep, strings.TrimSpace(v.Note), who.Actor.Name, tx.Now(), c.Version+1
		out = c
		return s.saveConflict(ctx, tx, c, "conflict.decided")
	})
	return out, err
}

// keepMine carries out what the phone brought, by the right of who decides. What it
// takes the place of stays as evidence.
func (s *Service) keepMine(ctx context.Context, tx seawall.Tx, who Who, c device.Conflict, o device.Operation, note string) (seawall.Ref, error) {
	body, err := json.Marshal(o.Body)
	if err != nil {
		return seawall.Ref{}, &seawall.Error{Op: "response.keepMine", Err: err}
	}
	switch o.Kind {
	case device.StepDone, device.StepCannot:
		return s.keepStep(ctx, tx, who, c, o, body, note)
	case device.Report:
		return s.keepPhoneReport(ctx, tx, c, o, body)
	case device.Offer, device.AcceptOffer:
		return s.keepHandOver(ctx, tx, who, o, body)
	}
	return s.keepBoth(ctx, tx, c, o)
}

// keepStep does a step as the phone told it; one that somebody else has done is
// opened again for it.
func (s *Service) keepStep(ctx context.Context, tx seawall.Tx, who Who, c device.Conflict, o device.Operation, body []byte, note string) (seawall.Ref, error) {
	const op = "response.keepStep"
	st, err := s.d.Loops.Step(ctx, tx, c.Step)
	if err != nil {
		return seawall.Ref{}, err
	}
	if st.State == loop.Done {
		if st, err = s.engine.Reopen(ctx, tx, st.ID, c.Ref(), note); err != nil {
			return seawall.Ref{}, err
		}
	}
	if st.State != loop.Open && st.State != loop.Waiting {
		return seawall.Ref{}, seawall.E(op, seawall.Conflict, "conflict_mine_closed", "state", string(st.State))
	}
	l, err := s.d.Loops.Loop(ctx, tx, st.Loop)
	if err != nil {
		return seawall.Ref{}, err
	}
	if o.Kind == device.StepCannot {
		var in struct{ Reason string }
		if err := json.Unmarshal(body, &in); err != nil {
			return seawall.Ref{}, &seawall.Error{Op: op, Kind: seawall.Invalid, Code: "op_body", Err: err}
		}
		st, err = s.impossibleFor(ctx, tx, st, 0, in.Reason)
		return st.Ref(), err
	}
	var in NewEvidence
	if err := json.Unmarshal(body, &in); err != nil {
		return seawall.Ref{}, &seawall.Error{Op: op, Kind: seawall.Invalid, Code: "op_body", Err: err}
	}
	in.Version = 0
	st, err = s.completeFor(ctx, tx, who, l, st, in)
	return st.Ref(), err
}

// keepPhoneReport puts the phone's report in the place of the one that is there, which
// stays as evidence. Whoever made it stays named.
func (s *Service) keepPhoneReport(ctx context.Context, tx seawall.Tx, c device.Conflict, o device.Operation, body []byte) (seawall.Ref, error) {
	var in NewFollowUp
	if err := json.Unmarshal(body, &in); err != nil {
		return seawall.Ref{}, &seawall.Error{Op: "response.keepPhoneReport", Kind: seawall.Invalid, Code: "op_body", Err: err}
	}
	k, err := s.d.Cases.Contact(ctx, tx, seawall.ContactID(c.Target.ID))
	if err != nil {
		return seawall.Ref{}, err
	}
	t := taking{s: s, row: o, who: Who{}}
	t.who.Principal.ID = o.Owner
	u := t.followUp(in)
	old, err := s.d.Cases.FollowUpOn(ctx, tx, k.ID, u.Day)
	if err == nil {
		err = s.formerReport(ctx, tx, k, old)
	} else if seawall.Is(err, seawall.NotFound) {
		err = nil
	}
	if err != nil {
		return seawall.Ref{}, err
	}
	u, err = s.report(ctx, tx, k, u)
	return seawall.Ref{Kind: seawall.KindFollowUp, ID: string(u.ID)}, err
}

// keepHandOver passes the duty on as the phones said.
func (s *Service) keepHandOver(ctx context.Context, tx seawall.Tx, who Who, o device.Operation, body []byte) (seawall.Ref, error) {
	const op = "response.keepHandOver"
	var in handOverBody
	if err := json.Unmarshal(body, &in); err != nil {
		return seawall.Ref{}, &seawall.Error{Op: op, Kind: seawall.Invalid, Code: "op_body", Err: err}
	}
	id := seawall.LoopID(o.Target.ID)
	to, note := in.To, in.Note
	if in.Given != "" {
		p, err := s.openPair(ctx, tx, in.Given, in.Taken)
		if err != nil {
			return seawall.Ref{}, err
		}
		to, note = p.taken.To, p.given.Place
	}
	if to == "" {
		return seawall.Ref{}, seawall.E(op, seawall.Conflict, "conflict_mine_closed", "state", "offer")
	}
	h, err := s.handOver(ctx, tx, who, id, to, note)
	if err == nil && in.Given != "" { // the receiver has signed for it already
		_, err = s.engine.Accept(ctx, tx, id, h.ID, to)
	}
	return h.Ref(), err
}

// keepBoth keeps what the phone brought as further evidence of the duty.
func (s *Service) keepBoth(ctx context.Context, tx seawall.Tx, c device.Conflict, o device.Operation) (seawall.Ref, error) {
	const op = "response.keepBoth"
	if c.Loop == "" {
		return seawall.Ref{}, seawall.E(op, seawall.Conflict, "conflict_no_duty")
	}
	l, err := s.d.Loops.Loop(ctx, tx, c.Loop)
	if err != nil {
		return seawall.Ref{}, err
	}
	ev := loop.Evidence{Kind: evidenceFurther, Ref: c.Target, Data: map[string]any{}}
	for _, f := range c.Fields {
		if f.Mine != nil {
			ev.Data[f.Field] = f.Mine
		}
	}
	if s, ok := ev.Data["text"].(string); ok {
		ev.Text = s
	}
	return s.addEvidence(ctx, tx, l, ev, "conflict.evidence")
}
