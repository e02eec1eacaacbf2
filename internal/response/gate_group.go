package response

import (
	"context"
	"fmt"
	"runtime/debug"
	"slices"
	"sync"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/gate"
	"github.com/seawall-city/seawall/internal/ledger"
)

// gateTogether is how many passes share a transaction at most. What a disk takes
// for one it takes for all of them.
const gateTogether = 256

// gateGroup gathers passes that come at the same time into one transaction. Who
// comes while nobody writes, writes; who comes while somebody does, waits, and the
// next writer takes all who wait: the more come at once, the larger the groups, and
// nobody waits for more than the transaction before and their own. keep answers
// when the pass is committed, not before.
type gateGroup struct {
	write func(ctx context.Context, ps []*passing) error
	mu    sync.Mutex
	queue []*waiting
	busy  bool
}

// waiting is a pass in the queue. Its turn comes as true when it has to write the
// next group, as false when it is done.
type waiting struct {
	p    *passing
	err  error
	turn chan bool
}

// keep records a pass with whoever else comes.
func (g *gateGroup) keep(ctx context.Context, p *passing) error {
	w := &waiting{p: p, turn: make(chan bool, 1)}
	g.mu.Lock()
	g.queue = append(g.queue, w)
	if g.busy {
		g.mu.Unlock()
		if !<-w.turn {
			return w.err
		}
		g.mu.Lock()
	}
	g.busy = true
	group := slices.Clone(g.queue[:min(len(g.queue), gateTogether)])
	g.queue = slices.Delete(g.queue, 0, len(group))
	g.mu.Unlock()
	// Whoever writes writes for others too: their going away ends nothing.
	g.settle(context.WithoutCancel(ctx), group)
	g.mu.Lock()
	if g.busy = len(g.queue) > 0; g.busy {
		g.queue[0].turn <- true
	}
	g.mu.Unlock()
	for _, o := range group {
		if o != w {
			o.turn <- false
		}
	}
	return w.err
}

// attempt writes a group. A panic in it is an error of the group: whoever waits
// behind it is still served.
func (g *gateGroup) attempt(ctx context.Context, ps []*passing) (err error) {
	defer func() {
		if cause := recover(); cause != nil {
			err = &seawall.Error{Op: "response.gateGroup", Err: fmt.Errorf("panic: %v\n%s", cause, debug.Stack())}
		}
	}()
	return g.write(ctx, ps)
}

// away reports an error that smaller groups would meet too: the database does not
// answer. Asked again and again for each half it would only keep everybody waiting.
func away(err error) bool { return seawall.Is(err, seawall.Unavailable) }

// settle writes a group; if that fails, each half by itself, so that a pass that
// cannot be kept fails no other.
func (g *gateGroup) settle(ctx context.Context, group []*waiting) {
	ps := make([]*passing, len(group))
	for i, w := range group {
		ps[i] = w.p
	}
	err := g.attempt(ctx, ps)
	if err == nil || len(group) == 1 || away(err) {
		for _, w := range group {
			w.err = err
		}
		return
	}
	half := len(group) / 2
	g.settle(ctx, group[:half])
	g.settle(ctx, group[half:])
}

// writePasses keeps passes of several officers in one transaction. Each row names
// its officer; the events are the recorder's.
func (s *Service) writePasses(ctx context.Context, ps []*passing) error {
	actor := seawall.System("gate")
	if len(ps) == 1 {
		actor = ps[0].who.Actor
	}
	return s.d.Work.Write(ctx, actor, func(tx seawall.Tx) error { return s.keepPassings(ctx, tx, ps) })
}

// savePassings saves what is decided: one event for each site of the group, which
// carries the rows, and one of its own for what a rule or an officer wants on the
// log (an exemption, a hold, a referral, a decision against the rule).
func (s *Service) savePassings(ctx context.Context, tx seawall.Tx, ps []*passing) error {
	bySite := map[seawall.SiteID][]*passing{}
	var order []seawall.SiteID
	for _, p := range ps {
		if p.told.Log || p.row.Override.To != "" || p.row.HoldState != "" || p.row.Decision == gate.Refer {
			if err := s.saveAlone(ctx, tx, p); err != nil {
				return err
			}
			continue
		}
		if bySite[p.site.ID] == nil {
			order = append(order, p.site.ID)
		}
		bySite[p.site.ID] = append(bySite[p.site.ID], p)
	}
	for _, id := range order {
		var trips []seawall.Ref
		for _, p := range bySite[id] {
			if err := s.d.Gates.SavePass(ctx, tx, p.row); err != nil {
				return err
			}
			trips = append(trips, p.refs()...)
		}
		ev := ledger.Event{Type: "gate.passed", Subject: bySite[id][0].site.Ref(), Related: trips, Area: bySite[id][0].site.Area,
			Data: map[string]string{"passes": itoa(len(bySite[id]))}}
		if err := s.d.Log.Record(ctx, tx, ev); err != nil {
			return err
		}
	}
	return nil
}

// refs are what else a pass is about.
func (p *passing) refs() (out []seawall.Ref) {
	if p.row.Trip != "" {
		out = append(out, seawall.Ref{Kind: seawall.KindTrip, ID: p.row.Trip})
	}
	if p.row.Arrival != "" {
		out = append(out, seawall.Ref{Kind: seawall.KindArrival, ID: string(p.row.Arrival)})
	}
	return out
}

// saveAlone saves a pass with an event of its own.
func (s *Service) saveAlone(ctx context.Context, tx seawall.Tx, p *passing) error {
	if err := s.d.Gates.SavePass(ctx, tx, p.row); err != nil {
		return err
	}
	r, kind := p.row, "gate.logged"
	switch {
	case r.Override.To != "":
		kind = "gate.overridden"
	case r.HoldState != "":
		kind = "gate.held"
	case r.Decision == gate.Refer:
		kind = "gate.referred"
	}
	data := map[string]string{"decision": r.Decision, "rule": r.Rule, "officer": string(r.Officer), "by": r.By}
	if r.Override.To != "" {
		data["ruled"], data["reason"], data["second"] = r.Ruled, r.Override.Reason, r.Override.SecondName
	}
	return s.record(ctx, tx, kind, r.Ref(), r.Area, "", data, append(p.refs(), p.site.Ref())...)
}
