package loop

import (
	"context"

	"github.com/seawall-city/seawall"
)

// Offer offers an open loop to another owner. Until they accept, the giver
// answers: the loop's owner does not change here. A newer offer replaces one
// that nobody accepted. Errors: Invalid without a receiver or to the owner.
func (e *Engine) Offer(ctx context.Context, tx seawall.Tx, id seawall.LoopID, to seawall.PrincipalID, toName, note string) (HandOver, error) {
	const op = "loop.Offer"
	l, _, err := e.load(ctx, tx, id)
	if err != nil {
		return HandOver{}, seawall.Wrap(op, err)
	}
	barred, err := e.isBarred(ctx, tx, l, to)
	if err != nil {
		return HandOver{}, seawall.Wrap(op, err)
	}
	if to == "" || to == l.Owner || barred {
		return HandOver{}, &seawall.Error{Op: op, Kind: seawall.Invalid, Code: "handover_receiver",
			Fields: []seawall.FieldError{{Field: "to", Code: "handover_receiver"}}}
	}
	h := HandOver{ID: tx.NewID(), Loop: id, From: l.Owner, FromName: l.OwnerName, To: to, ToName: toName,
		At: tx.Now(), Note: note, Why: "handover", Version: 1}
	if err := e.Store.SaveHandOver(ctx, tx, h); err != nil {
		return HandOver{}, seawall.Wrap(op, err)
	}
	if err := e.watchOffer(ctx, tx, l, h); err != nil {
		return HandOver{}, seawall.Wrap(op, err)
	}
	n := Notice{ID: tx.NewID(), To: seawall.Ref{Kind: seawall.KindPrincipal, ID: string(to)}, About: l.Ref(), At: tx.Now(), Version: 1,
		Text: seawall.Text{ZH: l.OwnerName + "请您接办：" + l.Mask + "「" + l.Title.ZH + "」。接受之前仍由对方负责。",
			EN: l.OwnerName + " offers you " + l.Title.EN + " for " + l.Mask + ". They answer for it until you accept."}}
	if err := e.Store.SaveNotice(ctx, tx, n); err != nil {
		return HandOver{}, seawall.Wrap(op, err)
	}
	return h, seawall.Wrap(op, e.event(ctx, tx, l, "handover.offered", h.Ref(), map[string]string{"to": toName, "note": note}))
}

// Accept takes an offered loop over. Errors: Denied for anybody but the
// receiver; Conflict when the offer was accepted, replaced by a newer one, or
// the loop has gone to somebody else meanwhile.
func (e *Engine) Accept(ctx context.Context, tx seawall.Tx, id seawall.LoopID, handOver string, by seawall.PrincipalID) (Loop, error) {
	const op = "loop.Accept"
	l, steps, err := e.load(ctx, tx, id)
	if err != nil {
		return Loop{}, seawall.Wrap(op, err)
	}
	all, err := e.Store.HandOversOf(ctx, tx, id)
	if err != nil {
		return Loop{}, seawall.Wrap(op, err)
	}
	h, newest := pickOffer(all, handOver)
	switch {
	case h.ID == "":
		return Loop{}, seawall.E(op, seawall.NotFound, "not_found", "kind", "handover", "id", handOver)
	case h.To != by:
		return Loop{}, seawall.E(op, seawall.Denied, "handover_not_yours")
	case !h.Accepted.IsZero() || !newest || h.From != l.Owner:
		return Loop{}, seawall.E(op, seawall.Conflict, "handover_stale")
	}
	h.Accepted, h.Version = tx.Now(), h.Version+1
	if err := e.Store.SaveHandOver(ctx, tx, h); err != nil {
		return Loop{}, seawall.Wrap(op, err)
	}
	if err := e.accepted(ctx, tx, l, h); err != nil {
		return Loop{}, seawall.Wrap(op, err)
	}
	l.Owner, l.OwnerName, l.OwnerWhy, l.Version = h.To, h.ToName, "handover", l.Version+1
	if err := e.Store.SaveLoop(ctx, tx, l); err != nil {
		return Loop{}, seawall.Wrap(op, err)
	}
	if err := e.spread(ctx, tx, l, steps, ""); err != nil {
		return Loop{}, seawall.Wrap(op, err)
	}
	return l, seawall.Wrap(op, e.record(ctx, tx, l, steps, "handover.accepted", h.Ref(), map[string]string{"from": h.FromName, "to": h.ToName}))
}

// pickOffer finds an offer and tells whether it is the newest of its loop.
func pickOffer(all []HandOver, id string) (h HandOver, newest bool) {
	for _, o := range all {
		if o.ID == id {
			h, newest = o, true
		}
	}
	for _, o := range all {
		if o.Why == h.Why && o.At.After(h.At) || o.At.Equal(h.At) && o.ID > h.ID {
			newest = false
		}
	}
	return h, newest
}

// Ref points to the hand-over.
func (h HandOver) Ref() seawall.Ref { return seawall.Ref{Kind: seawall.KindHandOver, ID: h.ID} }

// MovePerson repoints the duties about one person to another number and lists
// the rows it touched: the loops about the given subjects (their cases and
// contacts) and the restrictions on the person. only, when not nil, names the
// rows to move. The caller records the event.
func (e *Engine) MovePerson(ctx context.Context, tx seawall.Tx, subjects []seawall.Ref, from, to seawall.PersonNo, mask string, only map[seawall.Ref]bool) ([]seawall.Ref, error) {
	const op = "loop.MovePerson"
	var moved []seawall.Ref
	for _, subject := range subjects {
		ls, err := e.Store.LoopsAbout(ctx, tx, subject)
		if err != nil {
			return nil, seawall.Wrap(op, err)
		}
		for _, l := range ls {
			if l.Person != from || only != nil && !only[l.Ref()] {
				continue
			}
			if err := e.rename(ctx, tx, l, to, mask); err != nil {
				return nil, seawall.Wrap(op, err)
			}
			moved = append(moved, l.Ref())
		}
	}
	was, is := seawall.Ref{Kind: seawall.KindPerson, ID: string(from)}, seawall.Ref{Kind: seawall.KindPerson, ID: string(to)}
	rs, err := e.Store.RestrictionsOn(ctx, tx, was)
	if err != nil {
		return nil, seawall.Wrap(op, err)
	}
	for _, r := range rs {
		if only != nil && !only[r.Ref()] {
			continue
		}
		r.Subject, r.Version = is, r.Version+1
		if err := e.Store.SaveRestriction(ctx, tx, r); err != nil {
			return nil, seawall.Wrap(op, err)
		}
		moved = append(moved, r.Ref())
	}
	return moved, nil
}

// rename gives a loop and its steps another person.
func (e *Engine) rename(ctx context.Context, tx seawall.Tx, l Loop, to seawall.PersonNo, mask string) error {
	l.Person, l.Mask, l.Version = to, mask, l.Version+1
	if l.Parties.Individual != "" {
		l.Parties.Individual = mask
	}
	if err := e.Store.SaveLoop(ctx, tx, l); err != nil {
		return err
	}
	steps, err := e.Store.StepsOf(ctx, tx, l.ID)
	if err != nil {
		return err
	}
	for _, s := range steps {
		s.Mask, s.Version = mask, s.Version+1
		if err := e.Store.SaveStep(ctx, tx, s); err != nil {
			return err
		}
	}
	return nil
}

// FollowRoster passes an open loop to whoever answers by the roster now, when
// that is somebody else than its owner: the owner is away, or their row has
// ended. It stays where it is when nobody else answers. It reports whether the
// loop moved.
func (e *Engine) FollowRoster(ctx context.Context, tx seawall.Tx, id seawall.LoopID) (Loop, bool, error) {
	const op = "loop.FollowRoster"
	l, steps, err := e.load(ctx, tx, id)
	if err != nil {
		return l, false, seawall.Wrap(op, err)
	}
	a, err := e.answers(ctx, tx, l, l.Area)
	if err != nil {
		return l, false, seawall.Wrap(op, err)
	}
	if a.Principal == "" || a.Principal == l.Owner {
		return l, false, nil
	}
	h := HandOver{ID: tx.NewID(), Loop: id, From: l.Owner, FromName: l.OwnerName, To: a.Principal, ToName: a.WorkName,
		At: tx.Now(), Accepted: tx.Now(), Why: "roster", Version: 1}
	if err := e.Store.SaveHandOver(ctx, tx, h); err != nil {
		return l, false, seawall.Wrap(op, err)
	}
	l.Owner, l.OwnerName, l.OwnerWhy, l.Version = a.Principal, a.WorkName, "roster:"+a.Why, l.Version+1
	if err := e.Store.SaveLoop(ctx, tx, l); err != nil {
		return l, false, seawall.Wrap(op, err)
	}
	if err := e.spread(ctx, tx, l, steps, ""); err != nil {
		return l, false, seawall.Wrap(op, err)
	}
	err = e.record(ctx, tx, l, steps, "handover.roster", h.Ref(), map[string]string{"from": h.FromName, "to": h.ToName})
	return l, true, seawall.Wrap(op, err)
}
