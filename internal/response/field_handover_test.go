package response_test

import (
	"testing"
	"time"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/device"
	"github.com/seawall-city/seawall/internal/response"
	"github.com/seawall-city/seawall/internal/ticket"
)

// give shows an offer as a QR code would carry it.
func (p *phone) give(loop seawall.LoopID, nonce string) string {
	p.t.Helper()
	text, err := p.key.Sign(ticket.HandOver, device.Given{Device: p.device.ID, Loop: loop, From: p.who.Principal.ID,
		At: p.o.clock.Now().Add(p.ahead), Place: "村口", Nonce: nonce})
	p.o.ok(err)
	return text
}

// receive checks an offer with the keys that the phone took along and signs the
// receipt.
func (p *phone) receive(d response.FieldDay, given string, from seawall.PrincipalID, loop seawall.LoopID, nonce string) string {
	p.t.Helper()
	known := false
	for _, x := range d.People {
		for _, k := range x.Devices {
			var g device.Given
			known = known || x.ID == from && ticket.Public(k.Key).Open(given, ticket.HandOver, &g) == nil
		}
	}
	if !known {
		p.t.Errorf("the offer cannot be checked without a network")
	}
	text, err := p.key.Sign(ticket.Receipt, device.Taken{Device: p.device.ID, Loop: loop, To: p.who.Principal.ID,
		At: p.o.clock.Now().Add(p.ahead), Nonce: nonce, Of: device.Hash(given)})
	p.o.ok(err)
	return text
}

// handed is a duty that two phones have handed over without a network.
type handed struct {
	o            *office
	a, b         *phone
	loop         seawall.LoopID
	given, taken string
}

const nonce = "nonce-0123456789"

func newHanded(t *testing.T, o *office) handed {
	c := o.positive(grid1)
	ks := o.candidates(c.Case, 1, "close", "")
	o.confirm(ks)
	h := handed{o: o, a: o.phone(o.grid, "甲"), b: o.phone(o.countyDesk, "乙"), loop: o.steps(ks[0].ID)["monitor@2022-03-28"].Loop}
	d := h.b.day()
	d.People = append(d.People, response.FieldPerson{ID: o.grid.Principal.ID, Devices: []response.FieldKey{{Device: h.a.device.ID, Key: h.a.device.Key}}})
	h.given = h.a.give(h.loop, nonce)
	h.taken = h.b.receive(d, h.given, o.grid.Principal.ID, h.loop, nonce)
	return h
}

func (h handed) body() map[string]any { return map[string]any{"given": h.given, "taken": h.taken} }

func (h handed) owner() seawall.PrincipalID {
	v, err := h.o.main.LoopView(h.o.ctx, h.o.epi, h.loop)
	h.o.ok(err)
	return v.Loop.Owner
}

// Either phone's upload hands the duty over; the other's is a repetition; the same
// offer counts once. GOV-08, NF-04.
func TestAHandOverBetweenTwoPhones(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		h := newHanded(t, o)
		target := "loop/" + string(h.loop)
		h.b.op(device.AcceptOffer, target, "", "", h.body())
		h.b.only(device.Done, "")
		if h.owner() != o.countyDesk.Principal.ID {
			t.Fatalf("the duty belongs to %s", h.owner())
		}
		h.a.op(device.Offer, target, "", "", h.body())
		h.a.only(device.Repeated, "")
		c := o.phone(o.epi, "丙")
		again, err := c.key.Sign(ticket.Receipt, device.Taken{Device: c.device.ID, Loop: h.loop, To: o.epi.Principal.ID, At: o.clock.Now(),
			Nonce: nonce, Of: device.Hash(h.given)})
		o.ok(err)
		c.op(device.AcceptOffer, target, "", "", map[string]any{"given": h.given, "taken": again})
		c.only(device.Refused, "transfer_replayed")
		h.a.op(device.Offer, target, "", "", map[string]any{"given": h.given})
		h.a.only(device.Refused, "transfer_half")
		c.op(device.AcceptOffer, target, "", "", h.body())
		c.only(device.Refused, "transfer_not_yours")
		other, err := h.b.key.Sign(ticket.HandOver, device.Given{Device: h.a.device.ID, Loop: h.loop, From: o.grid.Principal.ID, At: o.clock.Now(), Nonce: nonce + "x"})
		o.ok(err)
		h.b.op(device.AcceptOffer, target, "", "", map[string]any{"given": other, "taken": h.taken})
		h.b.only(device.Refused, "ticket_forged")
	})
}

// What the giver did before handing over counts although the receiver's phone
// told of the hand-over first.
func TestWhatTheGiverDidBeforeCounts(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		h := newHanded(t, o)
		st := h.a.step(h.a.day(), "transfer")
		h.a.op(device.StepDone, "step/"+string(st.Step), st.Base, "", map[string]any{"kind": "note", "text": "已转运"})
		o.clock.Set(o.clock.Now().Add(10 * time.Minute))
		h.b.op(device.AcceptOffer, "loop/"+string(h.loop), "", "", h.body())
		h.b.only(device.Done, "")
		h.a.only(device.Done, "")
	})
}

// The signature of a lost phone counts no more; one that says to be older but came
// after the report is a person's to decide.
func TestTheSignatureOfALostPhone(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		h := newHanded(t, o)
		signed := o.clock.Now()
		o.clock.Set(signed.Add(time.Hour))
		_, err := o.main.LoseDevice(o.ctx, o.countyDesk, h.a.device.ID, response.LostDevice{Since: signed.Add(30 * time.Minute)})
		o.ok(err)
		target := "loop/" + string(h.loop)
		h.b.op(device.AcceptOffer, target, "", "", h.body())
		r := h.b.only(device.Clash, "signature_doubtful")
		if h.owner() != o.grid.Principal.ID {
			t.Fatalf("a doubtful signature moved the duty")
		}
		late := h.a.give(h.loop, nonce+"-2")
		taken := h.b.receive(response.FieldDay{People: []response.FieldPerson{{ID: o.grid.Principal.ID,
			Devices: []response.FieldKey{{Device: h.a.device.ID, Key: h.a.device.Key}}}}}, late, o.grid.Principal.ID, h.loop, nonce+"-2")
		h.b.op(device.AcceptOffer, target, "", "", map[string]any{"given": late, "taken": taken})
		h.b.only(device.Refused, "signature_lost")
		_, err = o.main.DecideConflict(o.ctx, o.cityDesk, r.Conflict, response.Verdict{Keep: device.KeepMine, Note: "当面核实"})
		o.ok(err)
		if h.owner() != o.countyDesk.Principal.ID {
			t.Errorf("decided, the duty belongs to %s", h.owner())
		}
	})
}
