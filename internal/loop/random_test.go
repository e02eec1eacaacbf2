package loop_test

import (
	"context"
	crand "crypto/rand"
	"errors"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/ledger"
	"github.com/seawall-city/seawall/internal/loop"
	"github.com/seawall-city/seawall/internal/store"
	"github.com/seawall-city/seawall/internal/store/storetest"
)

// play does random things with duties on a real database.
type play struct {
	t     *testing.T
	ctx   context.Context
	r     *rand.Rand
	db    *store.DB
	log   *store.Log
	clock *storetest.Clock
	e     *loop.Engine
	loops []seawall.LoopID
	done  map[string]int
}

// errRegret gives a transaction up after everything in it was done.
var errRegret = errors.New("given up")

// After any sequence of everything that the engine can do, some of it refused
// and some given up half way, the rows folded from the log are the rows of the
// database (design §5). Random; the seed is printed.
func TestAnySequenceRefolds(t *testing.T) {
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	storetest.Each(t, func(t *testing.T, db *store.DB, clock *storetest.Clock) {
		root, err := ledger.LoadOrCreateRootKey(t.TempDir(), crand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		p := &play{t: t, ctx: t.Context(), r: rand.New(rand.NewPCG(seed, 1)), db: db, log: db.OpenLog(root, crand.Reader), clock: clock, done: map[string]int{}}
		b := newBench(clock.Now())
		c := b.e.Config
		c.Store, c.Log = db, p.log
		c.Rules = func(_ context.Context, _ seawall.Tx, protocol string) (loop.Rule, error) {
			return loop.Rule{Again: protocol == "q@1", AcceptWithin: 3 * time.Hour, Gap: seawall.Text{ZH: "无人接手", EN: "nobody took it"}, ReopenDays: 30}, nil
		}
		c.Child = func(_ context.Context, _ seawall.Tx, parent loop.Loop, s loop.Step) (loop.Opening, error) {
			o := opening(step("of the child", s.Due, ""))
			o.Subject, o.Fact = parent.Subject, parent.Fact
			return o, nil
		}
		c.Again = p.again
		p.e = loop.New(c)
		for range 600 {
			p.something()
		}
		t.Logf("done: %v", p.done)
		if len(p.done) < 12 || p.done["open"] == 0 || p.done["fire"] == 0 {
			t.Errorf("only %d kinds of things went through", len(p.done))
		}
		p.refolds()
	})
}

// something does one thing in one transaction, now and then given up at its end.
func (p *play) something() {
	all := p.things()
	name := of(p.r, sorted(all))
	if len(p.loops) < 3 {
		name = "open"
	}
	regret := p.r.IntN(8) == 0
	opened := len(p.loops)
	err := p.db.Write(p.ctx, seawall.Actor{Kind: seawall.ActorUser, Principal: "u1", Name: "值班员"}, func(tx seawall.Tx) error {
		p.loops = p.loops[:opened]
		if err := all[name](tx); err != nil {
			return err
		}
		if regret {
			return errRegret
		}
		return nil
	})
	switch {
	case err == nil:
		p.done[name]++
		return
	case errors.Is(err, errRegret):
	case seawall.Is(err, seawall.Conflict), seawall.Is(err, seawall.Invalid), seawall.Is(err, seawall.Denied), seawall.Is(err, seawall.NotFound):
	default:
		p.t.Fatalf("%s: %v", name, err)
	}
	p.loops = p.loops[:opened]
}

// things are everything that the engine can do, each to a duty drawn at random.
func (p *play) things() map[string]func(tx seawall.Tx) error {
	if len(p.loops) == 0 {
		return map[string]func(seawall.Tx) error{"open": p.open}
	}
	id := of(p.r, p.loops[max(0, len(p.loops)-8):])
	reason := of(p.r, []string{"", "复核", "误报", "到期"})
	return map[string]func(tx seawall.Tx) error{
		"open":       p.open,
		"open 2":     p.open,
		"complete":   func(tx seawall.Tx) error { return p.onStep(tx, id, p.complete) },
		"complete 2": func(tx seawall.Tx) error { return p.onStep(tx, id, p.complete) },
		"impossible": func(tx seawall.Tx) error {
			return p.onStep(tx, id, func(tx seawall.Tx, s loop.Step) error {
				_, err := p.e.Impossible(p.ctx, tx, s.ID, 0, reason)
				return err
			})
		},
		"step again": func(tx seawall.Tx) error {
			return p.onStep(tx, id, func(tx seawall.Tx, s loop.Step) error {
				_, err := p.e.Reopen(p.ctx, tx, s.ID, s.Ref(), "结果撤回")
				return err
			})
		},
		"raise": func(tx seawall.Tx) error {
			return p.onStep(tx, id, func(tx seawall.Tx, s loop.Step) error {
				_, err := p.e.Raise(p.ctx, tx, id, s.Key, tx.Now().Add(time.Hour))
				return err
			})
		},
		"add step": func(tx seawall.Tx) error {
			_, err := p.e.AddStep(p.ctx, tx, id, step(fmt.Sprint("added ", p.r.IntN(9)), tx.Now().Add(p.hours(40)), ""))
			return err
		},
		"add series": func(tx seawall.Tx) error { return p.e.AddSeries(p.ctx, tx, id, p.series(tx)) },
		"offer": func(tx seawall.Tx) error {
			_, err := p.e.Offer(p.ctx, tx, id, of(p.r, []seawall.PrincipalID{"u1", "u2", "p6"}), "同事", "")
			return err
		},
		"accept":   func(tx seawall.Tx) error { return p.accept(tx, id) },
		"roster":   func(tx seawall.Tx) error { _, _, err := p.e.FollowRoster(p.ctx, tx, id); return err },
		"move":     func(tx seawall.Tx) error { return p.move(tx, id) },
		"withdraw": func(tx seawall.Tx) error { _, err := p.e.Withdraw(p.ctx, tx, id, seawall.Ref{}, reason); return err },
		"cancel":   func(tx seawall.Tx) error { _, err := p.e.Cancel(p.ctx, tx, id, reason); return err },
		"close": func(tx seawall.Tx) error {
			_, err := p.e.Close(p.ctx, tx, id, "released", reason, seawall.Ref{})
			return err
		},
		"reopen": func(tx seawall.Tx) error { _, err := p.e.ReopenLoop(p.ctx, tx, id, reason); return err },
		"cancel child": func(tx seawall.Tx) error {
			return p.onChild(tx, id, func(child seawall.LoopID) error { _, err := p.e.Cancel(p.ctx, tx, child, reason); return err })
		},
		"reopen child": func(tx seawall.Tx) error {
			return p.onChild(tx, id, func(child seawall.LoopID) error { _, err := p.e.ReopenLoop(p.ctx, tx, child, reason); return err })
		},
		"impose": func(tx seawall.Tx) error { return p.impose(tx, id) },
		"lift":   func(tx seawall.Tx) error { return p.lift(tx, id) },
		"timer": func(tx seawall.Tx) error {
			l, err := p.db.Loop(p.ctx, tx, id)
			if err == nil {
				err = p.e.StartTimer(p.ctx, tx, l, loop.KindAppeal, "a1", tx.Now().Add(p.hours(9)))
			}
			return p.noted(tx, l, err)
		},
		"fire":   p.fire,
		"fire 2": p.fire,
		"fire 3": p.fire,
	}
}

func (p *play) hours(n int) time.Duration { return time.Duration(p.r.IntN(n*60)) * time.Minute }

func of[T any](r *rand.Rand, list []T) T { return list[r.IntN(len(list))] }

func sorted(m map[string]func(seawall.Tx) error) (out []string) {
	for _, k := range []string{"open", "open 2", "complete", "complete 2", "impossible", "step again", "raise", "add step", "add series", "offer", "accept", "roster", "move",
		"withdraw", "cancel", "close", "reopen", "cancel child", "reopen child", "impose", "lift", "timer", "fire", "fire 2", "fire 3"} {
		if m[k] != nil {
			out = append(out, k)
		}
	}
	return out
}

// noted records what the engine leaves to its caller to record.
func (p *play) noted(tx seawall.Tx, l loop.Loop, err error) error {
	if err != nil {
		return err
	}
	return p.log.Record(p.ctx, tx, ledger.Event{Type: "test.noted", Subject: l.Ref(), Person: l.Person, Area: l.Area})
}

func (p *play) open(tx seawall.Tx) error {
	o := opening()
	o.Subject.ID, o.Protocol = fmt.Sprint("k", p.r.IntN(6)), of(p.r, []string{"p@1", "q@1"})
	for i := range 1 + p.r.IntN(4) {
		s := step(fmt.Sprint("s", i), tx.Now().Add(p.hours(60)-10*time.Hour), of(p.r, []string{"", "note", "result"}))
		switch p.r.IntN(6) {
		case 0:
			s.Waiting = true
		case 1:
			s.Child = "child"
		case 2:
			if i > 0 {
				s.After = []string{"s0"}
			}
		}
		o.Steps = append(o.Steps, s)
	}
	if p.r.IntN(2) == 0 {
		o.Series = append(o.Series, p.series(tx))
	}
	l, err := p.e.Open(p.ctx, tx, o)
	if err == nil {
		p.loops = append(p.loops, l.ID)
	}
	if err == nil && p.r.IntN(3) == 0 {
		err = p.noted(tx, l, p.e.StartRelease(p.ctx, tx, l, tx.Now().Add(p.hours(90))))
	}
	return err
}

func (p *play) series(tx seawall.Tx) loop.SeriesPlan {
	today := seawall.DayOf(tx.Now(), p.e.Zone)
	return loop.SeriesPlan{Key: "monitor", Title: seawall.Text{ZH: "监测", EN: "Monitoring"}, From: today.Add(p.r.IntN(2)), To: today.Add(1 + p.r.IntN(5)),
		DueHour: 20, PerDay: 1 + p.r.IntN(2), Needs: "report"}
}

// again plans a duty anew as answers might: of what it has some is asked for, some
// not any more, and some of that was done away with.
func (p *play) again(ctx context.Context, tx seawall.Tx, l loop.Loop, steps []loop.Step) (o loop.Opening, err error) {
	seen := map[string]bool{}
	for _, s := range steps {
		if s.Series || seen[s.Key] {
			continue
		}
		seen[s.Key] = true
		if p.r.IntN(4) == 0 {
			o.Gone = append(o.Gone, s.Key)
			continue
		}
		n := step(s.Key, s.Due, s.Needs)
		n.After, n.Child, n.Waiting = s.After, s.Child, p.r.IntN(2) == 0
		o.Steps = append(o.Steps, n)
	}
	all, err := p.db.SeriesOf(ctx, tx, l.ID)
	for _, s := range all {
		if p.r.IntN(3) > 0 {
			o.Series = append(o.Series, loop.SeriesPlan{Key: s.Key, Title: s.Title, From: s.From, To: s.To, DueHour: s.DueHour, PerDay: s.PerDay, Needs: s.Needs, Rule: s.Rule})
		}
	}
	return o, err
}

// onChild does something with a duty that a step of another one opened.
func (p *play) onChild(tx seawall.Tx, id seawall.LoopID, do func(seawall.LoopID) error) error {
	return p.onStep(tx, id, func(_ seawall.Tx, s loop.Step) error {
		if s.ChildLoop == "" {
			return nil
		}
		return do(s.ChildLoop)
	})
}

// onStep does something with a step of a duty.
func (p *play) onStep(tx seawall.Tx, id seawall.LoopID, do func(seawall.Tx, loop.Step) error) error {
	steps, err := p.db.StepsOf(p.ctx, tx, id)
	if err != nil || len(steps) == 0 {
		return err
	}
	return do(tx, of(p.r, steps))
}

func (p *play) complete(tx seawall.Tx, s loop.Step) error {
	needs := s.Needs
	if p.r.IntN(5) == 0 {
		needs = "note"
	}
	_, err := p.e.Complete(p.ctx, tx, s.ID, 0, evidenceFor(needs, s.Key))
	return err
}

func (p *play) accept(tx seawall.Tx, id seawall.LoopID) error {
	all, err := p.db.HandOversOf(p.ctx, tx, id)
	if err != nil || len(all) == 0 {
		return err
	}
	h := all[len(all)-1]
	_, err = p.e.Accept(p.ctx, tx, id, h.ID, h.To)
	return err
}

func (p *play) move(tx seawall.Tx, id seawall.LoopID) error {
	l, err := p.db.Loop(p.ctx, tx, id)
	if err != nil {
		return err
	}
	_, err = p.e.MovePerson(p.ctx, tx, []seawall.Ref{l.Subject}, l.Person, of(p.r, []seawall.PersonNo{"P1", "P2"}), "张**", nil)
	return p.noted(tx, l, err)
}

func (p *play) impose(tx seawall.Tx, id seawall.LoopID) error {
	l, err := p.db.Loop(p.ctx, tx, id)
	if err != nil {
		return err
	}
	r, err := loop.NewRestriction(seawall.RestrictionID(tx.NewID()), loop.Order{Subject: seawall.Ref{Kind: seawall.KindPerson, ID: string(l.Person)}, Kind: "home", Fact: l.Fact,
		Regime: l.Regime, Rule: l.Rule, During: seawall.Interval{From: tx.Now(), To: tx.Now().Add(time.Hour + p.hours(40))},
		Reason: seawall.Text{ZH: "接触", EN: "contact"}, AppealHours: 8, DecidedBy: "u1", DecidedName: "值班员", Loop: id})
	if err != nil {
		return err
	}
	return p.noted(tx, l, p.e.Impose(p.ctx, tx, r))
}

func (p *play) lift(tx seawall.Tx, id seawall.LoopID) error {
	l, err := p.db.Loop(p.ctx, tx, id)
	if err != nil {
		return err
	}
	rs, err := p.db.RestrictionsOfFact(p.ctx, tx, l.Fact)
	if err != nil || len(rs) == 0 {
		return err
	}
	_, err = p.e.Lift(p.ctx, tx, of(p.r, rs).ID, l.Fact, "申诉成立")
	return err
}

// fire lets some hours pass and fires what is due, together.
func (p *play) fire(tx seawall.Tx) error {
	p.clock.Advance(p.hours(5))
	due, err := p.db.ClaimClocks(p.ctx, tx, "w", tx.Now(), tx.Now().Add(time.Minute), 1+p.r.IntN(40))
	if err != nil {
		return err
	}
	var ids []seawall.ClockID
	for _, c := range due {
		ids = append(ids, c.ID)
	}
	return p.e.FireAll(p.ctx, tx, loop.Batch{Clocks: ids, Then: func(f loop.Firing) error {
		if f.Release == "" {
			return nil
		}
		_, err := p.e.Close(p.ctx, tx, f.Release, "released", "到期", seawall.Ref{})
		return err
	}})
}

// refolds folds the log into an empty database and compares every table.
func (p *play) refolds() {
	t := p.t
	ok := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	signer, err := ledger.LoadOrCreateSigner(t.TempDir(), ledger.Origin("3209"), crand.Reader)
	ok(err)
	seq := ledger.NewSequencer(p.db, p.log, signer, "test", ledger.NewFeed(), func(err error) { t.Error(err) })
	for n := 1; n > 0; {
		n, err = seq.Step(p.ctx)
		ok(err)
	}
	into := store.New(storetest.Driver(t, p.db.Driver().Name()), store.Options{Clock: p.clock, IDs: storetest.NewIDs(p.clock)})
	t.Cleanup(func() { into.Close() })
	ok(into.Migrate(p.ctx))
	_, err = p.log.Refold(p.ctx, into, nil)
	ok(err)
	found, err := store.Differences(p.ctx, p.db, into)
	ok(err)
	for _, line := range found {
		t.Error(line)
	}
}
