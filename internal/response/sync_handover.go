package response

import (
	"context"
	"time"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/auth"
	"github.com/seawall-city/seawall/internal/device"
	"github.com/seawall-city/seawall/internal/ledger"
	"github.com/seawall-city/seawall/internal/ticket"
)

// handOverBody is what an operation about a hand-over says: an offer as at a desk
// (to), its acceptance (handOver), or the two tickets that two phones signed.
type handOverBody struct {
	To       seawall.PrincipalID `json:"to"`
	Note     string              `json:"note"`
	HandOver string              `json:"handOver"`
	Given    string              `json:"given"`
	Taken    string              `json:"taken"`
}

// handOver carries out an operation about a hand-over.
func (t *taking) handOver(ctx context.Context, tx seawall.Tx) error {
	const op = "response.handOver"
	var in handOverBody
	if err := t.body(&in); err != nil {
		return err
	}
	id := seawall.LoopID(t.row.Target.ID)
	l, err := t.s.d.Loops.Loop(ctx, tx, id)
	if err != nil {
		return err
	}
	t.row.Area = l.Area
	switch {
	case in.Given != "" && in.Taken != "":
		return t.signedHandOver(ctx, tx, in.Given, in.Taken)
	case in.Given != "" || in.Taken != "":
		return seawall.E(op, seawall.Invalid, "transfer_half")
	case t.signed.Kind == device.Offer:
		h, err := t.s.handOver(ctx, tx, t.who, id, in.To, in.Note)
		t.row.Made = h.Ref()
		return err
	}
	_, err = t.s.engine.Accept(ctx, tx, id, in.HandOver, t.who.Principal.ID)
	t.row.Made = seawall.Ref{Kind: seawall.KindHandOver, ID: in.HandOver}
	return err
}

// pair is a hand-over's two tickets, opened with the registered keys.
type pair struct {
	given           device.Given
	taken           device.Taken
	giver, receiver device.Device
	texts           [2]string
}

// signedHandOver passes a duty on by the signatures of two phones. Either of them
// may bring both tickets; the second one that does is a repetition.
func (t *taking) signedHandOver(ctx context.Context, tx seawall.Tx, given, taken string) error {
	const op = "response.signedHandOver"
	p, err := t.s.openPair(ctx, tx, given, taken)
	if err != nil {
		return err
	}
	switch {
	case p.given.Loop != seawall.LoopID(t.row.Target.ID):
		return seawall.E(op, seawall.Invalid, "transfer_mismatch")
	case t.device.ID != p.giver.ID && t.device.ID != p.receiver.ID:
		return seawall.E(op, seawall.Denied, "transfer_not_yours")
	}
	old, err := t.s.d.Field.Store.Transfer(ctx, tx, p.given.Nonce)
	if err == nil {
		if head(old.Given) != head(given) || head(old.Taken) != head(taken) {
			return seawall.E(op, seawall.Denied, "transfer_replayed")
		}
		t.row.Outcome, t.row.Made = device.Repeated, old.Ref()
		return nil
	}
	if !seawall.Is(err, seawall.NotFound) {
		return err
	}
	if err := p.count(tx.Now()); err != nil {
		return err
	}
	tr, err := t.s.transfer(ctx, tx, p, t.device.ID, t.row.ID)
	t.row.Made = tr.Ref()
	return err
}

// openPair opens both tickets with the keys of the devices that they name, and
// checks that they belong together. Errors: Denied for a signature that does not
// hold, Invalid.
func (s *Service) openPair(ctx context.Context, tx seawall.Tx, given, taken string) (pair, error) {
	const op = "response.openPair"
	p := pair{texts: [2]string{given, taken}}
	for i, raw := range p.texts {
		kind, into, of := ticket.HandOver, any(&p.given), &p.giver
		if i == 1 {
			kind, into, of = ticket.Receipt, any(&p.taken), &p.receiver
		}
		var named struct {
			Device seawall.DeviceID `json:"d"`
		}
		if !peek(raw, &named) {
			return p, seawall.E(op, seawall.Invalid, "ticket_unreadable")
		}
		d, err := s.d.Field.Store.Device(ctx, tx, named.Device)
		if seawall.Is(err, seawall.NotFound) {
			return p, seawall.E(op, seawall.Denied, "ticket_forged")
		}
		if err != nil {
			return p, err
		}
		if err := ticket.Public(d.Key).Open(raw, kind, into); err != nil {
			return p, err
		}
		*of = d
	}
	if fault := device.Fits(p.given, p.taken, given); fault != "" {
		return p, seawall.E(op, seawall.Invalid, fault)
	}
	if p.giver.Owner != p.given.From || p.receiver.Owner != p.taken.To {
		return p, seawall.E(op, seawall.Denied, "transfer_mismatch")
	}
	return p, nil
}

// count says whether both signatures still count. Errors: Denied "signature_lost"
// for one made after the phone went missing, Conflict "signature_doubtful" for one
// that says to be older but came after the loss was reported.
func (p pair) count(now time.Time) error {
	const op = "response.count"
	for _, x := range []struct {
		by device.Device
		at time.Time
	}{{p.giver, p.given.At}, {p.receiver, p.taken.At}} {
		counts, doubtful := x.by.Signs(device.Corrected(x.at, x.by.Offset, now), now)
		switch {
		case doubtful:
			return seawall.E(op, seawall.Conflict, "signature_doubtful", "device", x.by.Name)
		case !counts:
			return seawall.E(op, seawall.Denied, "signature_lost", "device", x.by.Name)
		}
	}
	return nil
}

// transfer passes the duty from the giver to the receiver and keeps both tickets.
func (s *Service) transfer(ctx context.Context, tx seawall.Tx, p pair, by seawall.DeviceID, operation string) (device.Transfer, error) {
	g, k := p.given, p.taken
	tr := device.Transfer{ID: g.Nonce, Loop: g.Loop, From: g.From, To: k.To, Giver: p.giver.ID, Receiver: p.receiver.ID,
		Given: p.texts[0], Taken: p.texts[1], GivenAt: device.Corrected(g.At, p.giver.Offset, tx.Now()),
		TakenAt: device.Corrected(k.At, p.receiver.Offset, tx.Now()), Place: g.Place, Told: tx.Now(), ToldBy: by, Operation: operation, Version: 1}
	l, err := s.d.Loops.Loop(ctx, tx, g.Loop)
	if err != nil {
		return tr, err
	}
	if l.Owner != g.From {
		return tr, changed(l.Ref())
	}
	giver, err := s.d.Accounts.Principal(ctx, tx, g.From)
	if err != nil {
		return tr, err
	}
	h, err := s.handOver(ctx, tx, Asked(giver), g.Loop, k.To, g.Place)
	if err != nil {
		return tr, err
	}
	if l, err = s.engine.Accept(ctx, tx, g.Loop, h.ID, k.To); err != nil {
		return tr, err
	}
	tr.HandOver = h.ID
	if err := s.d.Field.Store.SaveTransfer(ctx, tx, tr); err != nil {
		return tr, err
	}
	return tr, s.d.Log.Record(ctx, tx, ledger.Event{Type: "handover.signed", Subject: l.Ref(), Person: l.Person, Area: l.Area,
		Related: []seawall.Ref{h.Ref(), tr.Ref(), p.giver.Ref(), p.receiver.Ref()},
		Data:    map[string]string{"from": h.FromName, "to": h.ToName, "place": g.Place, "at": tr.TakenAt.Format(time.RFC3339)}})
}

// mayDecideConflict lets whoever may work on the duty, or report about the contact, decide
// between two sides.
func (s *Service) mayDecideConflict(ctx context.Context, tx seawall.Tx, who Who, c device.Conflict) error {
	if c.Loop != "" {
		_, _, err := s.mayWork(ctx, tx, who, c.Loop, auth.StepComplete)
		return err
	}
	return s.allow(who, auth.FollowUpRecord, auth.Resource{Kind: c.Target.Kind, ID: c.Target.ID, Area: c.Area})
}
