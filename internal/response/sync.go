package response

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"strings"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/device"
	"github.com/seawall-city/seawall/internal/ledger"
	"github.com/seawall-city/seawall/internal/ticket"
)

// opKind is the letter of the tickets in which operations come.
const opKind = "O"

// Sync takes a batch of operations from a phone, in order, each in a transaction
// of its own with the same use case as at a desk. Sent again, an operation is
// repeated and its first outcome holds. What cannot be taken is kept with its
// content: rows in = done + repeated + conflict + refused. Errors concern the
// whole batch (nothing of it is lost, it is to be sent again): Gone "device_wipe"
// for a lost phone, Denied for another's, Invalid for one that is too long.
func (s *Service) Sync(ctx context.Context, who Who, in Batch) (Synced, error) {
	const op = "response.Sync"
	if len(in.Ops) > device.MaxBatch {
		return Synced{}, seawall.E(op, seawall.Invalid, "batch_long", "max", itoa(device.MaxBatch))
	}
	who, err := s.replaying(ctx, who, in.Device)
	if err != nil {
		return Synced{}, seawall.Wrap(op, err)
	}
	d, err := s.contact(ctx, who, in.Device, in.SentAt, true)
	if err != nil {
		return Synced{}, seawall.Wrap(op, err)
	}
	out := Synced{Now: d.SyncedAt, Offset: d.Offset, In: len(in.Ops), Results: []OpResult{}}
	for n, raw := range in.Ops {
		r, err := s.takeOperation(ctx, who, d, raw)
		if err != nil {
			return Synced{}, seawall.Wrap(op, err)
		}
		r.N = n
		switch r.Outcome {
		case device.Done:
			out.Done++
		case device.Repeated:
			out.Repeated++
		case device.Clash:
			out.Conflicts++
		default:
			out.Refused++
		}
		out.Results = append(out.Results, r)
	}
	return out, nil
}

// replaying makes of the server's own machine the account whose phone it replays;
// anybody else stays who they are.
func (s *Service) replaying(ctx context.Context, who Who, id seawall.DeviceID) (Who, error) {
	if who.Actor.Kind != seawall.ActorOperator {
		return who, nil
	}
	var d device.Device
	err := s.read(ctx, "response.replaying", func(tx seawall.Tx) (err error) {
		d, err = s.d.Field.Store.Device(ctx, tx, id)
		return err
	})
	if err != nil {
		return who, err
	}
	return s.holder(ctx, who, d.Owner)
}

// taking is one operation on its way in.
type taking struct {
	s      *Service
	who    Who
	device device.Device
	signed device.Signed
	row    device.Operation
	// base is what the target is compared with: the one that the phone saw, or the
	// one behind the operation that this one builds on; own is set for the latter.
	base string
	own  bool
}

// takeOperation takes one operation. Errors are those that a later try may not meet.
func (s *Service) takeOperation(ctx context.Context, who Who, d device.Device, raw string) (OpResult, error) {
	t := &taking{s: s, who: who, device: d}
	t.row = device.Operation{Device: d.ID, Owner: d.Owner, OwnerName: who.Principal.WorkName, Area: who.Principal.Path, Offset: d.Offset,
		Ticket: raw, Hash: device.Hash(raw), Version: 1}
	problem := t.read(raw)
	if problem != "" {
		return t.refuseUnread(ctx, problem)
	}
	old, found, err := t.before(ctx)
	switch {
	case err != nil:
		return OpResult{}, err
	case found && t.sameAs(old):
		return repeated(old), nil
	case found:
		t.row.ID += "~" + t.row.Hash[:12]
		return t.refuse(ctx, seawall.E("response.take", seawall.Conflict, "op_id_reused"))
	}
	err = s.write(ctx, who, "response.take", func(tx seawall.Tx) error { return t.apply(ctx, tx) })
	if err == nil {
		return t.result(), nil
	}
	if old, found, again := t.before(ctx); again == nil && found && t.sameAs(old) {
		return repeated(old), nil // the same operation came on two lines at once
	}
	return t.refuse(ctx, err)
}

// read opens a ticket with the device's key and lays the row out; a message key
// for what cannot be read.
func (t *taking) read(raw string) string {
	if len(raw) > device.MaxOp {
		t.row.Ticket = raw[:1024]
		return "op_long"
	}
	err := ticket.Public(t.device.Key).Open(raw, opKind, &t.signed)
	if err != nil {
		t.signed = unchecked(raw)
		var e *seawall.Error
		if errors.As(err, &e) && e.Code != "" {
			return e.Code
		}
		return "ticket_unreadable"
	}
	if t.signed.Device != t.device.ID {
		return "op_other_device"
	}
	if fault := t.signed.Fault(); fault != "" {
		return fault
	}
	var body map[string]any
	dec := json.NewDecoder(bytes.NewReader(t.signed.Body))
	if len(t.signed.Body) > 0 && dec.Decode(&body) != nil {
		return "op_body"
	}
	x := t.signed
	t.row.ID, t.row.Kind, t.row.Target, t.row.Base, t.row.On = string(t.device.ID)+"."+x.ID, x.Kind, x.Ref(), x.Base, x.On
	t.row.At, t.row.Body = x.At.UTC(), body
	t.base = x.Base
	return ""
}

// unchecked reads what an operation says of itself where its signature does not
// hold, so that the phone knows which one was meant; nothing of it counts.
func unchecked(raw string) device.Signed {
	var out device.Signed
	if !peek(raw, &out) {
		return device.Signed{}
	}
	return out
}

// peek reads the payload of a ticket without checking its signature.
func peek(raw string, into any) bool {
	parts := strings.Split(strings.TrimSpace(raw), ".")
	if len(parts) != 4 {
		return false
	}
	b, err := base64.RawURLEncoding.DecodeString(parts[2])
	return err == nil && json.Unmarshal(b, into) == nil
}

// before finds the operation if it came before.
func (t *taking) before(ctx context.Context) (old device.Operation, found bool, err error) {
	err = t.s.read(ctx, "response.before", func(tx seawall.Tx) error {
		old, err = t.s.d.Field.Store.Operation(ctx, tx, t.row.ID)
		if found = err == nil; seawall.Is(err, seawall.NotFound) {
			err = nil
		}
		return err
	})
	return old, found, err
}

// sameAs compares with an operation of the same id: WebCrypto signs the same text
// differently each time, so what was signed decides, not the signature.
func (t *taking) sameAs(old device.Operation) bool {
	return head(old.Ticket) == head(t.row.Ticket)
}

// head is a ticket without its signature.
func head(ticket string) string {
	if i := strings.LastIndexByte(ticket, '.'); i > 0 {
		return ticket[:i]
	}
	return ticket
}

// refuseUnread keeps what could not be read under a name of its own.
func (t *taking) refuseUnread(ctx context.Context, problem string) (OpResult, error) {
	t.row.ID = string(t.device.ID) + ".unread-" + device.Hash(head(t.row.Ticket))[:24]
	old, found, err := t.before(ctx)
	if err != nil {
		return OpResult{}, err
	}
	if found {
		r := repeated(old)
		r.ID = t.signed.ID
		return r, nil
	}
	r, err := t.refuse(ctx, seawall.E("response.take", seawall.Invalid, problem))
	r.ID = t.signed.ID
	return r, err
}

// refuse decides what an error makes of an operation: a conflict that a person
// decides, or a refusal; either is kept in a transaction of its own. Errors that
// may pass are given back.
func (t *taking) refuse(ctx context.Context, cause error) (OpResult, error) {
	var e *seawall.Error
	if !errors.As(cause, &e) {
		return OpResult{}, cause
	}
	kind := e.KindOf()
	if kind == seawall.Other || kind == seawall.Unavailable || kind == seawall.Corrupt || kind == seawall.Limited {
		return OpResult{}, cause
	}
	code := reasonOf(cause)
	t.row.Problem, t.row.Args, t.row.Faults = code.Code, code.Args, code.Fields
	err := t.s.write(ctx, t.who, "response.refuse", func(tx seawall.Tx) error {
		t.row.Conflict, t.row.Made, t.row.After = "", seawall.Ref{}, ""
		t.times(tx)
		clash, err := t.clash(ctx, tx, kind)
		if err != nil {
			return err
		}
		switch {
		case clash == nil:
			t.row.Outcome = device.Refused
		case device.Alike(clash.Fields) && clash.Why == "changed_meanwhile":
			t.row.Outcome, t.row.Problem, t.row.Args = device.Done, "", nil // both say the same: there is nothing to decide
		default:
			t.row.Outcome, t.row.Conflict = device.Clash, clash.ID
			if err := t.s.saveConflict(ctx, tx, *clash, "conflict.found"); err != nil {
				return err
			}
		}
		return t.keep(ctx, tx)
	})
	return t.result(), err
}

// reasonOf finds the innermost error that says something to a reader.
func reasonOf(err error) *seawall.Error {
	out := &seawall.Error{Code: "internal"}
	for err != nil {
		var e *seawall.Error
		if !errors.As(err, &e) {
			break
		}
		if e.Code != "" {
			out = e
			break
		}
		err = e.Err
	}
	return out
}

// times fills the times in by the server's clock.
func (t *taking) times(tx seawall.Tx) {
	t.row.Received = tx.Now()
	t.row.Fixed = device.Corrected(t.row.At, t.row.Offset, tx.Now())
}

// keep saves the row with its event.
func (t *taking) keep(ctx context.Context, tx seawall.Tx) error {
	if err := t.s.d.Field.Store.SaveOperation(ctx, tx, t.row); err != nil {
		return err
	}
	data := map[string]string{"kind": t.row.Kind, "outcome": t.row.Outcome, "device": string(t.row.Device)}
	if t.row.Problem != "" {
		data["problem"] = t.row.Problem
	}
	related := []seawall.Ref{t.device.Ref()}
	if !t.row.Target.IsZero() {
		related = append(related, t.row.Target)
	}
	return t.s.d.Log.Record(ctx, tx, ledger.Event{Type: "operation." + t.row.Outcome, Subject: t.row.Ref(), Related: related, Area: t.row.Area, Data: data})
}

// result tells the phone what came of it.
func (t *taking) result() OpResult {
	r := t.row
	return OpResult{ID: t.signed.ID, Outcome: r.Outcome, Problem: r.Problem, Args: r.Args, Faults: r.Faults, Conflict: r.Conflict, Base: r.After, Made: r.Made}
}

// repeated tells what came of an operation that came before.
func repeated(o device.Operation) OpResult {
	_, id, _ := strings.Cut(o.ID, ".")
	return OpResult{ID: id, Outcome: device.Repeated, First: o.Outcome, Problem: o.Problem, Args: o.Args, Faults: o.Faults,
		Conflict: o.Conflict, Base: o.After, Made: o.Made}
}
