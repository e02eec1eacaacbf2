package loop_test

import (
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/loop"
)

// What is open at the cut-off climbs one level, to the owner there, and says so;
// at the top the area stays.
func TestClimbing(t *testing.T) {
	b := newBench(march(28, 16))
	l := must[loop.Loop](t)(b.e.Open(b.ctx, b.tx, opening(step("a", march(28, 18), ""), step("b", march(28, 22), ""), step("late", march(30, 12), ""))))
	if f := b.tick(t, b.at(28, 23, 59)); f.Escalated != 0 {
		t.Fatalf("%d climbed before the cut-off", f.Escalated)
	}
	f := b.tick(t, b.at(29, 0, 0))
	if f.Escalated != 2 {
		t.Fatalf("%d climbed at the cut-off, want the two that were due", f.Escalated)
	}
	got := b.m.loops[l.ID]
	if got.Level != 1 || got.Area != city+"320924/320924103/320924103001/" || got.Owner != "p5" {
		t.Fatalf("two steps took the loop more than one level: %+v", got)
	}
	if s := b.only("late"); s.Owner != got.Owner || s.Escalations != 0 {
		t.Fatalf("the step that was not due: %+v", s)
	}
	if len(b.m.handOvers) != 1 || f.Climb == nil || f.Climb.From != "p6" || f.Climb.Loop.Owner != "p5" {
		t.Fatalf("the climb says %+v, hand-overs %+v", f.Climb, b.m.handOvers)
	}
	for d := 30; d <= 31; d++ {
		b.tick(t, b.at(d, 0, 0))
	}
	for d := range 4 {
		b.tick(t, time.Date(2022, 4, 1+d, 0, 0, 0, 0, b.loc))
	}
	if got = b.m.loops[l.ID]; got.Area != city || b.only("a").Escalations != 7 {
		t.Fatalf("after a week: area %s, %d climbs", got.Area, b.only("a").Escalations)
	}
}

// A machine that slept over three cut-offs lets a step climb once when it wakes:
// nobody above had a chance to act on the others.
func TestSleepingOverCutOffsClimbsOnce(t *testing.T) {
	b := newBench(march(28, 16))
	must[loop.Loop](t)(b.e.Open(b.ctx, b.tx, opening(step("a", march(28, 18), ""))))
	if f := b.tick(t, b.at(31, 9, 0)); f.Escalated != 1 || b.only("a").Escalations != 1 {
		t.Fatalf("climbed %d times", f.Escalated)
	}
}

// evening is a random evening: steps open at random hours with random dues,
// some are done, clocks are fired out of order and more than once.
type evening struct {
	*bench
	rt    *rapid.T
	fired map[seawall.ClockID]int
	// climbed counts the climbs of a step at one cut-off.
	climbed map[string]int
}

// RES-02: each clock fires once however often it is asked to, no step climbs
// twice at one cut-off, and after a cut-off the overnight list holds only steps
// that have climbed.
func TestCutOffProperties(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		v := &evening{bench: newBench(march(28, rapid.IntRange(0, 19).Draw(rt, "opened"))), rt: rt,
			fired: map[seawall.ClockID]int{}, climbed: map[string]int{}}
		for i := range rapid.IntRange(1, 4).Draw(rt, "loops") {
			o := opening()
			o.Subject.ID = fmt.Sprint("k", i)
			for j := range rapid.IntRange(1, 3).Draw(rt, "steps") {
				o.Steps = append(o.Steps, step(fmt.Sprint("s", j), v.tx.now.Add(time.Duration(rapid.IntRange(-5, 60).Draw(rt, "due"))*time.Hour), ""))
			}
			if _, err := v.e.Open(v.ctx, v.tx, o); err != nil {
				rt.Fatal(err)
			}
		}
		for range rapid.IntRange(1, 6).Draw(rt, "moves") {
			v.tx.now = v.tx.now.Add(time.Duration(rapid.IntRange(1, 20*60).Draw(rt, "minutes")) * time.Minute)
			v.fireInAnyOrder()
			v.overnight()
			v.completeSome()
		}
	})
}

// fireInAnyOrder asks every clock, due or not, in a random order, twice.
func (v *evening) fireInAnyOrder() {
	for more := true; more; {
		more = false
		var ids []seawall.ClockID
		for _, c := range list(v.m.clocks, func(loop.Clock) bool { return true }, func(c loop.Clock) string { return string(c.ID) }) {
			ids = append(ids, c.ID)
		}
		for _, id := range rapid.Permutation(ids).Draw(v.rt, "order") {
			before := v.m.clocks[id]
			for range 2 {
				f, err := v.e.Fire(v.ctx, v.tx, id)
				if err != nil {
					v.rt.Fatal(err)
				}
				if !f.Fired {
					continue
				}
				more = true
				if v.fired[id]++; v.fired[id] > 1 {
					v.rt.Fatalf("clock %s fired twice", id)
				}
				if f.Escalated > 0 {
					key := fmt.Sprint(before.Step, before.FireAt)
					if v.climbed[key]++; v.climbed[key] > 1 {
						v.rt.Fatalf("step %s climbed twice at %s", before.Step, before.FireAt)
					}
				}
			}
		}
	}
}

// overnight asserts that every open step that was due before the last cut-off
// has climbed, and that a loop stands where its highest step is.
func (v *evening) overnight() {
	l := v.tx.now.In(v.loc)
	cut := time.Date(l.Year(), l.Month(), l.Day(), 0, 0, 0, 0, v.loc)
	for _, s := range v.m.steps {
		if s.State == loop.Open && s.Due.Before(cut) && s.Opened.Before(cut) && s.Escalations == 0 {
			v.rt.Fatalf("step %s due %s lies overnight at %s", s.Key, s.Due, v.tx.now)
		}
		if s.State == loop.Open && (s.Owner == "" || s.Owner != v.m.loops[s.Loop].Owner) {
			v.rt.Fatalf("step %s is owned by %q, its loop by %q", s.Key, s.Owner, v.m.loops[s.Loop].Owner)
		}
	}
	for id, l := range v.m.loops {
		highest := 0
		for _, s := range v.m.steps {
			if s.Loop == id {
				highest = max(highest, s.Escalations)
			}
		}
		if l.Level != highest {
			v.rt.Fatalf("loop at level %d, its highest step at %d", l.Level, highest)
		}
	}
}

// completeSome does some of what is open.
func (v *evening) completeSome() {
	for _, s := range list(v.m.steps, func(s loop.Step) bool { return s.State == loop.Open }, func(s loop.Step) string { return string(s.ID) }) {
		if !rapid.Bool().Draw(v.rt, "done") {
			continue
		}
		if _, err := v.e.Complete(v.ctx, v.tx, s.ID, 0, loop.Evidence{Text: "done"}); err != nil {
			v.rt.Fatal(err)
		}
	}
}
