package response

import (
	"context"
	"slices"
	"strings"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/auth"
	"github.com/seawall-city/seawall/internal/goods"
)

// longestGoods bounds a free text of goods in characters.
const longestGoods = 200

// RecordLot records a lot or parcel that is announced. A mark of the same kind that
// is on record and not released gives the lot that is there. Errors: Invalid with
// all fields.
func (s *Service) RecordLot(ctx context.Context, who Who, in NewLot) (goods.Lot, error) {
	const op = "response.RecordLot"
	var out goods.Lot
	err := s.write(ctx, who, op, func(tx seawall.Tx) error {
		l, err := s.readLot(ctx, tx, in)
		if err != nil {
			return err
		}
		if err := s.allow(who, auth.LotRecord, auth.Resource{Kind: seawall.KindLot, Area: l.Area}); err != nil {
			return err
		}
		if old, err := s.d.Goods.LotByMark(ctx, tx, l.Kind, l.Mark); err == nil && (old.State == goods.Expected || goods.Here(old.State)) {
			out = old
			return s.allow(who, auth.LotRead, auth.Resource{Kind: seawall.KindLot, ID: string(old.ID), Area: old.Area})
		} else if err != nil && !seawall.Is(err, seawall.NotFound) {
			return err
		}
		if l, err = s.goods.AddLot(ctx, tx, l); err != nil {
			return err
		}
		if _, err = s.openLoop(ctx, tx, string(lotLoop), s.aboutLot(l)); err != nil {
			return err
		}
		out, err = s.d.Goods.Lot(ctx, tx, l.ID)
		return err
	})
	return out, err
}

// readLot checks a lot before anything of it is kept.
func (s *Service) readLot(ctx context.Context, tx seawall.Tx, in NewLot) (goods.Lot, error) {
	const op = "response.RecordLot"
	l := goods.Lot{Kind: in.Kind, Name: strings.TrimSpace(in.Name), Quantity: max(in.Quantity, 1), Unit: strings.TrimSpace(in.Unit),
		Origin: strings.TrimSpace(in.Origin), Mark: strings.ToUpper(strings.TrimSpace(in.Mark)), Consignee: strings.TrimSpace(in.Consignee),
		Place: strings.TrimSpace(in.Place), Trip: in.Trip, State: goods.Expected, Invented: in.Invented}
	var bad []seawall.FieldError
	for _, f := range [][2]string{{"name", l.Name}, {"origin", l.Origin}} {
		if f[1] == "" {
			bad = append(bad, seawall.FieldError{Field: f[0], Code: "required"})
		}
	}
	for _, f := range [][2]string{{"name", l.Name}, {"unit", l.Unit}, {"origin", l.Origin}, {"mark", l.Mark}, {"consignee", l.Consignee}, {"place", l.Place}} {
		if len([]rune(f[1])) > longestGoods {
			bad = append(bad, seawall.FieldError{Field: f[0], Code: "too_long", Args: map[string]string{"max": itoa(longestGoods)}})
		}
	}
	if !slices.ContainsFunc(s.d.GoodsRules.All(), func(r *goods.Rules) bool { _, ok := r.Kind(in.Kind); return ok }) {
		bad = append(bad, seawall.FieldError{Field: "kind", Code: "not_a_choice", Args: map[string]string{"value": in.Kind}})
	}
	p := places{s: s, ctx: ctx, tx: tx}
	at := p.path(in.Area, "area")
	if p.err != nil {
		return l, p.err
	}
	if in.Parent != "" {
		up, err := s.d.Goods.Lot(ctx, tx, in.Parent)
		if err != nil {
			return l, err
		}
		if up.State == goods.Sealed || up.State == goods.Disposed {
			return l, seawall.E(op, seawall.Conflict, "lot_sealed", "no", up.No)
		}
		l.Parent, l.Root, at = up.ID, up.Root, s.answering(at, up.Area)
	}
	if in.Trip != "" {
		t, err := s.d.Freight.Trip(ctx, tx, in.Trip)
		if err != nil {
			return l, err
		}
		at = s.answering(at, t.ConsigneeArea, t.Area)
	}
	l.Area = s.answering(at)
	return l, invalid(op, "lot_invalid", append(bad, p.bad...))
}

// changeLot runs one change of a lot for somebody.
func (s *Service) changeLot(ctx context.Context, who Who, op string, id seawall.LotID, version int, act auth.Action,
	fn func(tx seawall.Tx, l goods.Lot) error) (goods.Lot, error) {
	var out goods.Lot
	err := s.write(ctx, who, op, func(tx seawall.Tx) error {
		l, err := s.lotFor(ctx, tx, who, id, act)
		if err != nil {
			return err
		}
		if version != 0 && version != l.Version {
			return seawall.E(op, seawall.Conflict, "changed_meanwhile", "kind", string(seawall.KindLot), "id", l.No)
		}
		if err := fn(tx, l); err != nil {
			return err
		}
		out, err = s.d.Goods.Lot(ctx, tx, id)
		return err
	})
	return out, err
}

// lotFor reads a lot that somebody wants to see or work on.
func (s *Service) lotFor(ctx context.Context, tx seawall.Tx, who Who, id seawall.LotID, act auth.Action) (goods.Lot, error) {
	l, err := s.d.Goods.Lot(ctx, tx, id)
	if err != nil {
		return l, err
	}
	return l, s.allow(who, act, auth.Resource{Kind: seawall.KindLot, ID: string(id), Area: l.Area, Owner: l.Owner})
}

// ArriveLot says that a lot has come: it is held until the records are there that
// the rules of this day ask for.
func (s *Service) ArriveLot(ctx context.Context, who Who, id seawall.LotID, in LotArrival) (goods.Lot, error) {
	const op = "response.ArriveLot"
	return s.changeLot(ctx, who, op, id, in.Version, auth.LotRecord, func(tx seawall.Tx, l goods.Lot) error {
		if l.State != goods.Expected {
			return seawall.E(op, seawall.Conflict, "lot_state", "state", l.State)
		}
		at, err := whenGiven(op, in.At, tx)
		if err != nil {
			return err
		}
		p := places{s: s, ctx: ctx, tx: tx}
		area := p.path(in.Area, "area")
		if p.err != nil {
			return p.err
		}
		if strings.TrimSpace(in.Place) == "" {
			p.bad = append(p.bad, seawall.FieldError{Field: "place", Code: "required"})
		}
		if err := invalid(op, "lot_invalid", p.bad); err != nil {
			return err
		}
		l.State, l.ArrivedAt, l.Place, l.Area = goods.Held, at, strings.TrimSpace(in.Place), s.answering(area, l.Area)
		if r, ok := s.d.GoodsRules.InForce(s.d.Jurisdiction, seawall.DayOf(at, s.d.Zone)); ok {
			l.Rules = r.Ref
		}
		if l, err = s.goods.ChangeLot(ctx, tx, l, "lot.arrived", map[string]string{"place": l.Place, "rules": l.Rules}); err != nil {
			return err
		}
		leg := goods.Leg{Giver: pick(l.Origin, "来源"), Receiver: pick(in.By, l.Place), Place: l.Place, Area: l.Area, Offered: at, Accepted: at}
		if err := s.keepLotLeg(ctx, tx, l, leg, "lot.leg"); err != nil {
			return err
		}
		return s.closeLotStep(ctx, tx, l, stepArrive, l.Place)
	})
}

// OfferLot offers a lot to somebody; until they accept, the one who has it answers.
// A sealed lot stays where it is.
func (s *Service) OfferLot(ctx context.Context, who Who, id seawall.LotID, in NewLotLeg) (goods.Lot, error) {
	const op = "response.OfferLot"
	return s.changeLot(ctx, who, op, id, in.Version, auth.LotRecord, func(tx seawall.Tx, l goods.Lot) error {
		if l.State != goods.Held && l.State != goods.Released {
			return seawall.E(op, seawall.Conflict, "lot_state", "state", l.State)
		}
		p := places{s: s, ctx: ctx, tx: tx}
		area := p.path(in.Area, "area")
		if p.err != nil {
			return p.err
		}
		for _, f := range [][2]string{{"receiver", in.Receiver}, {"place", in.Place}} {
			if strings.TrimSpace(f[1]) == "" {
				p.bad = append(p.bad, seawall.FieldError{Field: f[0], Code: "required"})
			}
		}
		if err := invalid(op, "lot_invalid", p.bad); err != nil {
			return err
		}
		legs, err := s.d.Goods.LotLegsOf(ctx, tx, l.ID)
		if err != nil {
			return err
		}
		for _, x := range legs { // a newer offer replaces the one that nobody took
			if x.Accepted.IsZero() && x.Ended.IsZero() {
				x.Ended, x.Version = tx.Now(), x.Version+1
				if err := s.d.Goods.SaveLotLeg(ctx, tx, x); err != nil {
					return err
				}
			}
		}
		return s.keepLotLeg(ctx, tx, l, goods.Leg{Giver: lotHolder(legs), Receiver: strings.TrimSpace(in.Receiver), Place: strings.TrimSpace(in.Place),
			Area: area, Offered: tx.Now(), Note: strings.TrimSpace(in.Note)}, "lot.offered")
	})
}

// AcceptLot takes a lot over that was offered: from here on the receiver answers.
func (s *Service) AcceptLot(ctx context.Context, who Who, id seawall.LotID, in TakeLeg) (goods.Lot, error) {
	const op = "response.AcceptLot"
	return s.changeLot(ctx, who, op, id, in.Version, auth.LotRecord, func(tx seawall.Tx, l goods.Lot) error {
		legs, err := s.d.Goods.LotLegsOf(ctx, tx, l.ID)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(legs, func(x goods.Leg) bool {
			return x.Accepted.IsZero() && x.Ended.IsZero() && (in.Leg == "" || x.ID == in.Leg)
		})
		if i < 0 || l.State != goods.Held && l.State != goods.Released {
			return seawall.E(op, seawall.Conflict, "lot_no_offer")
		}
		for _, x := range legs {
			if !x.Accepted.IsZero() && x.Ended.IsZero() {
				x.Ended, x.Version = tx.Now(), x.Version+1
				if err := s.d.Goods.SaveLotLeg(ctx, tx, x); err != nil {
					return err
				}
			}
		}
		leg := legs[i]
		leg.Accepted, leg.By, leg.Note = tx.Now(), in.By, pick(in.Note, leg.Note)
		l.Place = leg.Place
		if leg.Area.Within(s.d.City) {
			l.Area = leg.Area
		}
		if l, err = s.goods.KeepLot(ctx, tx, l); err != nil {
			return err
		}
		return s.keepLotLeg(ctx, tx, l, leg, "lot.leg")
	})
}

// keepLotLeg keeps a stretch of custody with its event.
func (s *Service) keepLotLeg(ctx context.Context, tx seawall.Tx, l goods.Lot, leg goods.Leg, event string) error {
	if leg.ID == "" {
		leg.ID, leg.Lot = tx.NewID(), l.ID
	}
	leg.By, leg.Version = pick(leg.By, tx.Actor().Name), leg.Version+1
	if err := s.d.Goods.SaveLotLeg(ctx, tx, leg); err != nil {
		return err
	}
	return s.goods.Note(ctx, tx, l, event, map[string]string{"from": leg.Giver, "to": leg.Receiver, "place": leg.Place})
}

// lotHolder is who has a lot now.
func lotHolder(legs []goods.Leg) string {
	for i := len(legs) - 1; i >= 0; i-- {
		if !legs[i].Accepted.IsZero() && legs[i].Ended.IsZero() {
			return legs[i].Receiver
		}
	}
	return ""
}
