package loop

import (
	"context"

	"github.com/seawall-city/seawall"
)

// KindCustody is the clock of an offered hand-over: if nobody has accepted when
// it fires, there is a gap in custody and the level above is told.
const KindCustody = "custody"

// watchOffer starts the clock of an offer and stops those of the ones it
// replaces.
func (e *Engine) watchOffer(ctx context.Context, tx seawall.Tx, l Loop, h HandOver) error {
	r, err := e.rule(ctx, tx, l)
	if err != nil || r.AcceptWithin <= 0 {
		return err
	}
	if _, err := e.stopClocks(ctx, tx, l.ID, func(c Clock) bool { return c.Kind == KindCustody }); err != nil {
		return err
	}
	return e.startClock(ctx, tx, Clock{Loop: l.ID, Kind: KindCustody, Target: h.ID, FireAt: tx.Now().Add(r.AcceptWithin)})
}

// accepted stops the clock of an offer that was taken.
func (e *Engine) accepted(ctx context.Context, tx seawall.Tx, l Loop, h HandOver) error {
	r, err := e.rule(ctx, tx, l)
	if err != nil || r.AcceptWithin <= 0 {
		return err
	}
	_, err = e.stopClocks(ctx, tx, l.ID, func(c Clock) bool { return c.Kind == KindCustody && c.Target == h.ID })
	return err
}

// gap alarms the level above when an offer was not accepted in time. The giver
// goes on answering; the offer stands and may still be accepted.
func (e *Engine) gap(ctx context.Context, tx seawall.Tx, c Clock, f *Firing) error {
	l, err := e.Store.Loop(ctx, tx, c.Loop)
	if err != nil {
		return err
	}
	all, err := e.Store.HandOversOf(ctx, tx, l.ID)
	if err != nil {
		return err
	}
	h, newest := pickOffer(all, c.Target)
	if l.State != Open || h.ID == "" || !h.Accepted.IsZero() || !newest || h.From != l.Owner {
		return e.quiet(ctx, tx, l, c, nil)
	}
	h.GapAt, h.Version = tx.Now(), h.Version+1
	if err := e.Store.SaveHandOver(ctx, tx, h); err != nil {
		return err
	}
	f.Gaps++
	if err := e.tellGap(ctx, tx, l, h); err != nil {
		return err
	}
	steps, err := e.Store.StepsOf(ctx, tx, l.ID)
	if err != nil {
		return err
	}
	return e.record(ctx, tx, l, steps, "custody.gap", h.Ref(), map[string]string{"from": h.FromName, "to": h.ToName})
}

// tellGap tells who answers one level up, the giver and the receiver.
func (e *Engine) tellGap(ctx context.Context, tx seawall.Tx, l Loop, h HandOver) error {
	up, err := e.above(ctx, tx, l)
	if err != nil {
		return err
	}
	r, err := e.rule(ctx, tx, l)
	if err != nil {
		return err
	}
	text := r.Gap
	if text == (seawall.Text{}) {
		text = seawall.Text{ZH: "{mask}「{title}」移交给" + h.ToName + "超时无人接收，仍由" + h.FromName + "负责，请督促交接。",
			EN: "The hand-over of {title} for {mask} to " + h.ToName + " was not accepted in time; " + h.FromName + " still answers for it. See that it is taken over."}
	}
	told := map[seawall.PrincipalID]bool{"": true}
	for _, id := range []seawall.PrincipalID{up, h.From, h.To} {
		if told[id] {
			continue
		}
		told[id] = true
		to := seawall.Ref{Kind: seawall.KindPrincipal, ID: string(id)}
		if err := e.give(ctx, tx, l, to, true, happening{}.fill(text, l)); err != nil {
			return err
		}
	}
	return e.notify(ctx, tx, l, happening{on: OnGap})
}
