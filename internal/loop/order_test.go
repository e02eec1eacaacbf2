package loop_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/loop"
)

// act is one thing somebody does with a duty; name says which, so that two
// orders of the same acts can be compared.
type act struct {
	name string
	do   func(b *bench) error
}

// acts draws what is done with a duty of some steps: each is done with evidence
// or impossible, some steps are added, the duty is offered, its person is merged.
func acts(rt *rapid.T, keys []string, needs map[string]string) []act {
	var out []act
	for _, key := range keys {
		if key == "kept" {
			continue
		}
		if rapid.IntRange(0, 4).Draw(rt, "fate") == 0 {
			out = append(out, act{"impossible " + key, func(b *bench) error {
				_, err := b.e.Impossible(b.ctx, b.tx, b.only(key).ID, 0, "不在家")
				return err
			}})
			continue
		}
		out = append(out, act{"done " + key, func(b *bench) error {
			_, err := b.e.Complete(b.ctx, b.tx, b.only(key).ID, 0, evidenceFor(needs[key], key))
			return err
		}})
	}
	if rapid.Bool().Draw(rt, "added") {
		out = append(out, act{"add", func(b *bench) error {
			_, err := b.e.AddStep(b.ctx, b.tx, b.theLoop().ID, step("added", march(29, 12), ""))
			return err
		}})
	}
	if rapid.Bool().Draw(rt, "merged") {
		out = append(out, act{"merge", func(b *bench) error {
			_, err := b.e.MovePerson(b.ctx, b.tx, []seawall.Ref{b.theLoop().Subject}, "P1", "P2", "张**", nil)
			return err
		}})
	}
	return out
}

// evidenceFor is evidence of the kind that a step needs.
func evidenceFor(needs, key string) loop.Evidence {
	switch needs {
	case "result":
		return loop.Evidence{Kind: "result", Ref: seawall.Ref{Kind: seawall.KindResult, ID: key}}
	case "report":
		return loop.Evidence{Kind: "report", Ref: seawall.Ref{Kind: seawall.KindFollowUp, ID: key}}
	}
	return loop.Evidence{Kind: "note", Text: key}
}

// theLoop is the only duty of a bench.
func (b *bench) theLoop() loop.Loop {
	for _, l := range b.m.loops {
		return l
	}
	return loop.Loop{}
}

// outcome is what a duty came to, in words that do not depend on the order in
// which things were written.
func (b *bench) outcome() string {
	l := b.theLoop()
	lines := []string{fmt.Sprintf("loop %s %s %s level %d owner %s area %s person %s", l.State, l.Outcome, l.ClosedAt, l.Level, l.Owner, l.Area, l.Person)}
	key := map[seawall.StepID]string{}
	for _, s := range b.m.steps {
		key[s.ID] = s.Key
		lines = append(lines, fmt.Sprintf("step %s %s %s %s %d %s %s", s.Key, s.State, s.DoneBy, s.DoneAt, s.Escalations, s.Owner, s.Mask))
	}
	for _, e := range b.m.evidence {
		lines = append(lines, fmt.Sprintf("evidence of %q %s %s %s", key[e.Step], e.Kind, e.Text, e.Ref))
	}
	for _, c := range b.m.clocks {
		lines = append(lines, fmt.Sprintf("clock of %q %s %s %s", key[c.Step], c.Kind, c.State, c.FireAt))
	}
	slices.Sort(lines)
	return fmt.Sprint(lines)
}

// Any order of the same things, done within one instant, comes to the same: the
// same duties done, the same evidence, the same clocks left. One step stays open
// (kept) so that every order is allowed.
func TestAnyOrderComesToTheSame(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		keys := []string{"kept"}
		needs := map[string]string{"kept": "note"}
		for i := range rapid.IntRange(2, 5).Draw(rt, "steps") {
			keys = append(keys, fmt.Sprint("s", i))
			needs[fmt.Sprint("s", i)] = rapid.SampledFrom([]string{"", "note", "result", "report"}).Draw(rt, "needs")
		}
		list := acts(rt, keys, needs)
		orders := [][]act{list, rapid.Permutation(list).Draw(rt, "order"), rapid.Permutation(list).Draw(rt, "order")}
		ends := rapid.Bool().Draw(rt, "ends")
		first := ""
		for _, order := range orders {
			b := newBench(march(28, 16))
			var plans []loop.StepPlan
			for i, key := range keys {
				plans = append(plans, step(key, march(28, 17+i%6), needs[key]))
			}
			must[loop.Loop](t)(b.e.Open(b.ctx, b.tx, opening(plans...)))
			b.tx.now = march(28, 20)
			for _, a := range order {
				if err := a.do(b); err != nil {
					rt.Fatalf("%s: %v", a.name, err)
				}
			}
			b.tick(rt, march(29, 0))
			if ends {
				b.endKept(rt)
			}
			got := b.outcome()
			if first == "" {
				first = got
			}
			if got != first {
				rt.Fatalf("in the order %v:\n%s\nbefore:\n%s", called(order), got, first)
			}
		}
	})
}

// endKept does what is still open, so that the duty closes.
func (b *bench) endKept(rt *rapid.T) {
	for _, key := range []string{"added", "kept"} {
		s := b.only(key)
		if s.ID == "" || s.State != loop.Open {
			continue
		}
		if _, err := b.e.Complete(b.ctx, b.tx, s.ID, 0, loop.Evidence{Text: "done"}); err != nil {
			rt.Fatal(err)
		}
	}
	if l := b.theLoop(); l.State != loop.Done || l.ClosedAt.IsZero() {
		rt.Fatalf("everything is settled and the duty is %s", l.State)
	}
}

func called(as []act) (out []string) {
	for _, a := range as {
		out = append(out, a.name)
	}
	return out
}

// No duty ends as done without its evidence: whatever people try, in any order
// and with evidence of the wrong kind, each done step has evidence of the kind
// it needs, and a duty is done only when nothing in it is open.
func TestNothingIsDoneWithoutItsEvidence(t *testing.T) {
	kinds := []string{"", "note", "result", "report", "photo"}
	rapid.Check(t, func(rt *rapid.T) {
		b := newBench(march(28, 16))
		o := opening()
		for i := range rapid.IntRange(1, 4).Draw(rt, "steps") {
			o.Steps = append(o.Steps, step(fmt.Sprint("s", i), march(28, 17+i), rapid.SampledFrom(kinds).Draw(rt, "needs")))
		}
		if rapid.Bool().Draw(rt, "series") {
			o.Series = []loop.SeriesPlan{{Key: "m", From: day(28), To: day(28 + rapid.IntRange(0, 2).Draw(rt, "days")), DueHour: 20, PerDay: 1, Needs: "report"}}
		}
		must[loop.Loop](t)(b.e.Open(b.ctx, b.tx, o))
		for range rapid.IntRange(1, 30).Draw(rt, "tries") {
			b.try(rt, kinds)
			b.proven(rt)
		}
	})
}

// try does one thing to any step, allowed or not.
func (b *bench) try(rt *rapid.T, kinds []string) {
	all := list(b.m.steps, func(loop.Step) bool { return true }, func(s loop.Step) string { return string(s.ID) })
	s := rapid.SampledFrom(all).Draw(rt, "step")
	var err error
	switch rapid.IntRange(0, 5).Draw(rt, "try") {
	case 0:
		b.tick(rt, b.tx.now.Add(time.Duration(rapid.IntRange(1, 900).Draw(rt, "minutes"))*time.Minute))
	case 1:
		_, err = b.e.Impossible(b.ctx, b.tx, s.ID, 0, rapid.SampledFrom([]string{"", " ", "不在家"}).Draw(rt, "reason"))
	case 2:
		_, err = b.e.Reopen(b.ctx, b.tx, s.ID, s.Ref(), "错")
	default:
		ev := loop.Evidence{Kind: rapid.SampledFrom(kinds).Draw(rt, "kind"), Text: rapid.SampledFrom([]string{"", " ", "好"}).Draw(rt, "text")}
		ev.Ref = rapid.SampledFrom([]seawall.Ref{{}, {Kind: seawall.KindResult, ID: "r"}, {Kind: seawall.KindFollowUp, ID: "f"}}).Draw(rt, "ref")
		_, err = b.e.Complete(b.ctx, b.tx, s.ID, 0, ev)
	}
	if err != nil && !seawall.Is(err, seawall.Invalid) && !seawall.Is(err, seawall.Conflict) {
		rt.Fatal(err)
	}
}

// proven looks at the evidence of every step that is done.
func (b *bench) proven(rt *rapid.T) {
	open := false
	for _, s := range b.m.steps {
		open = open || s.State == loop.Open || s.State == loop.Waiting
		if s.State == loop.Done && !slices.ContainsFunc(b.m.evidence, func(e loop.Evidence) bool { return e.Step == s.ID && shows(e, s.Needs) }) {
			rt.Fatalf("step %s needs %q and is done with %+v", s.Key, s.Needs, b.m.evidence)
		}
		if s.State == loop.Cancelled && !slices.ContainsFunc(b.m.evidence, func(e loop.Evidence) bool { return e.Step == s.ID && e.Kind == "reason" && e.Text != "" }) {
			rt.Fatalf("step %s is impossible without a reason", s.Key)
		}
	}
	for _, s := range b.m.series {
		open = open || s.State == loop.Open
	}
	if l := b.theLoop(); (l.State == loop.Done) == open {
		rt.Fatalf("the duty is %s, something in it is open: %v", l.State, open)
	}
}

// shows says by itself, and not by the code under test, what evidence a kind is.
func shows(e loop.Evidence, needs string) bool {
	words := e.Text != "" && e.Text != " "
	switch needs {
	case "":
		return true
	case "note":
		return words
	case "result":
		return e.Kind == "result" && e.Ref.Kind == seawall.KindResult
	case "report":
		return e.Kind == "report" && e.Ref.Kind == seawall.KindFollowUp
	}
	return e.Kind == needs && (words || !e.Ref.IsZero())
}

// Firing many clocks together comes to the same as firing them one by one, row
// by row and number by number.
func TestFiringTogetherIsFiringOneByOne(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		draw := func(b *bench, plan [][3]int) {
			for i, p := range plan {
				o := opening(step("a", b.tx.now.Add(time.Duration(p[0])*time.Minute), ""), step("b", b.tx.now.Add(time.Duration(p[1])*time.Minute), ""))
				o.Subject.ID = fmt.Sprint("k", i)
				o.Series = []loop.SeriesPlan{{Key: "m", From: day(28), To: day(28 + p[2]), DueHour: 20, PerDay: 1 + p[2]%2},
					{Key: "n", From: day(29), To: day(31), DueHour: 9, PerDay: 1}}
				l := must[loop.Loop](t)(b.e.Open(b.ctx, b.tx, o))
				if p[2]%2 == 0 {
					if err := b.e.StartRelease(b.ctx, b.tx, l, day(28+p[2]).Start(b.loc)); err != nil {
						rt.Fatal(err)
					}
				}
			}
		}
		plan := rapid.SliceOfN(rapid.Custom(func(rt *rapid.T) [3]int {
			return [3]int{rapid.IntRange(-200, 3000).Draw(rt, "due"), rapid.IntRange(-200, 3000).Draw(rt, "due"), rapid.IntRange(0, 3).Draw(rt, "days")}
		}), 1, 5).Draw(rt, "plan")
		single, many := newBench(march(28, 16)), newBench(march(28, 16))
		draw(single, plan)
		draw(many, plan)
		for range rapid.IntRange(1, 5).Draw(rt, "ticks") {
			at := single.tx.now.Add(time.Duration(rapid.IntRange(1, 3000).Draw(rt, "minutes")) * time.Minute)
			single.together(rt, at, false)
			many.together(rt, at, true)
			if a, b := single.everything(), many.everything(); a != b {
				rt.Fatalf("one by one:\n%s\ntogether:\n%s", a, b)
			}
		}
	})
}

// together fires what is due, all at once or one by one; a release closes its
// duty, as the main path may.
func (b *bench) together(rt *rapid.T, at time.Time, atOnce bool) {
	b.tx.now = at
	then := func(f loop.Firing) error {
		if f.Release == "" {
			return nil
		}
		_, err := b.e.Close(b.ctx, b.tx, f.Release, "released", "到期", seawall.Ref{})
		return err
	}
	for {
		due, _ := b.m.ClaimClocks(b.ctx, b.tx, "w", at, at, 1000)
		if len(due) == 0 {
			return
		}
		var ids []seawall.ClockID
		for _, c := range due {
			ids = append(ids, c.ID)
		}
		if atOnce {
			if err := b.e.FireAll(b.ctx, b.tx, loop.Batch{Clocks: ids, Then: then}); err != nil {
				rt.Fatal(err)
			}
			continue
		}
		for _, id := range ids {
			f, err := b.e.Fire(b.ctx, b.tx, id)
			if err == nil {
				err = then(f)
			}
			if err != nil {
				rt.Fatal(err)
			}
		}
	}
}

// everything is every row that the bench holds, and every event.
func (b *bench) everything() string {
	return fmt.Sprint(b.m.loops, b.m.steps, b.m.series, b.m.clocks, b.m.handOvers, b.m.evidence, b.m.events)
}
