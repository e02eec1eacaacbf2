package loop_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/loop"
)

// answering makes a bench whose duty depends on what "check" says: only after a
// "yes" is there "more" to do and does the daily report go on; a "no" does away
// with "dose", which is open from the beginning. "visit" is a duty of its own.
func answering(now time.Time) *bench {
	b := newBench(now)
	c := b.e.Config
	c.Rules = func(context.Context, seawall.Tx, string) (loop.Rule, error) {
		return loop.Rule{Again: true, ReopenDays: 30}, nil
	}
	c.Again = func(ctx context.Context, tx seawall.Tx, l loop.Loop, steps []loop.Step) (loop.Opening, error) {
		if l.Parent != "" {
			return loop.Opening{}, nil
		}
		return b.plan(b.answer(steps), slices.ContainsFunc(steps, func(s loop.Step) bool { return s.Key == "visit" })), nil
	}
	c.Child = func(_ context.Context, _ seawall.Tx, parent loop.Loop, s loop.Step) (loop.Opening, error) {
		o := opening(step("inside", s.Due, "note"))
		o.Subject, o.Fact, o.Protocol = parent.Subject, parent.Fact, "child@1"
		return o, nil
	}
	b.e = loop.New(c)
	return b
}

// answer is what "check" said last, "" while it is open.
func (b *bench) answer(steps []loop.Step) string {
	at := slices.IndexFunc(steps, func(s loop.Step) bool { return s.Key == "check" })
	if at < 0 || steps[at].State == loop.Open || steps[at].State == loop.Waiting {
		return ""
	}
	said := ""
	for _, e := range b.m.evidence {
		if e.Step == steps[at].ID && e.Kind == "note" {
			said = e.Text
		}
	}
	return said
}

// plan is what the duty asks after an answer.
func (b *bench) plan(answer string, visit bool) loop.Opening {
	check, more := step("check", march(28, 20), "note"), step("more", march(29, 12), "note")
	more.After, more.Waiting = []string{"check"}, answer == ""
	o := opening(check)
	o.Protocol = "p@1"
	if answer == "no" {
		o.Gone = []string{"more", "dose"}
	} else {
		o.Steps = append(o.Steps, more, step("dose", march(30, 12), "note"))
		o.Series = []loop.SeriesPlan{{Key: "daily", Title: seawall.Text{ZH: "日报", EN: "Daily"}, From: day(28), To: day(31), DueHour: 20, PerDay: 1, Needs: "note", Rule: "r"}}
	}
	if visit {
		v := step("visit", march(31, 12), "")
		v.Child = "child"
		o.Steps = append(o.Steps, v)
	}
	return o
}

// parent is the duty that no other one waits for.
func (b *bench) parent() loop.Loop {
	for _, l := range b.m.loops {
		if l.Parent == "" {
			return l
		}
	}
	return loop.Loop{}
}

// say completes the newest step of a key with words.
func (b *bench) say(t interface{ Fatal(...any) }, key, words string) {
	if _, err := b.e.Complete(b.ctx, b.tx, b.newest(key).ID, 0, loop.Evidence{Text: words}); err != nil {
		t.Fatal(err)
	}
}

// newest is the step of a key that was made last.
func (b *bench) newest(key string) loop.Step {
	all := list(b.m.steps, func(s loop.Step) bool { return s.Key == key }, func(s loop.Step) string { return string(s.ID) })
	if len(all) == 0 {
		return loop.Step{}
	}
	return all[len(all)-1]
}

// left is what is still to be done in the duty; reports of days that are over,
// which nobody can make good, are left out. Whether "more" waits is not said while
// "check" is open: where that was opened again, its turn comes anew.
func (b *bench) left() (out []string) {
	l := b.parent()
	for _, s := range b.m.steps {
		live := s.State == loop.Open || s.State == loop.Waiting
		if s.Loop == l.ID && live && !(s.Series && seawall.DayOf(s.Due, b.loc) < seawall.DayOf(b.tx.now, b.loc)) {
			if s.Key == "more" && b.answer(list(b.m.steps, func(o loop.Step) bool { return o.Loop == l.ID }, func(o loop.Step) string { return string(o.ID) })) == "" {
				s.State = loop.Waiting
			}
			out = append(out, fmt.Sprintf("%s %s %s required %v", s.Key, s.State, s.Day, s.Required))
		}
	}
	for _, s := range b.m.series {
		if s.Loop == l.ID && s.State == loop.Open {
			out = append(out, fmt.Sprintf("series %s %s to %s", s.Key, s.Next, s.To))
		}
	}
	slices.Sort(out)
	return out
}

// The answer that ends a duty takes away what it takes away: opening the duty
// again asks for what is missing and for nothing that the answer had ended.
func TestReopeningDoesNotUndoAnAnswer(t *testing.T) {
	b := answering(march(28, 16))
	l := must[loop.Loop](t)(b.e.Open(b.ctx, b.tx, b.plan("", false)))
	b.say(t, "check", "no") // "more" waited, "dose" was open, the series ran: all of it goes, and the duty closes
	if got := b.m.loops[l.ID]; got.State != loop.Done {
		t.Fatalf("the duty is %s, left is %v", got.State, b.left())
	}
	b.tx.now = march(28, 18)
	must[loop.Loop](t)(b.e.ReopenLoop(b.ctx, b.tx, l.ID, "复核"))
	if got := b.left(); len(got) != 1 || b.newest("reopened").State != loop.Open {
		t.Errorf("opened again with %v", got)
	}
}

// Another answer brings back what the first one had taken away: the step that
// waited, the one that was open, the series with today's report.
func TestAnotherAnswerBringsBack(t *testing.T) {
	b := answering(march(28, 16))
	o := b.plan("", false)
	o.Steps = append(o.Steps, step("kept", march(31, 12), "note"))
	must[loop.Loop](t)(b.e.Open(b.ctx, b.tx, o))
	b.say(t, "check", "no")
	if got := b.left(); len(got) != 1 {
		t.Fatalf("after no: %v", got)
	}
	must[loop.Step](t)(b.e.Reopen(b.ctx, b.tx, b.newest("check").ID, seawall.Ref{Kind: seawall.KindResult, ID: "r"}, "填错"))
	b.say(t, "check", "yes")
	want := []string{"daily open 2022-03-28 required false", "dose open 2022-03-30 required false", "kept open 2022-03-31 required false",
		"more open 2022-03-29 required false", "series daily 2022-03-29 to 2022-03-31"}
	if got := b.left(); len(got) != len(want) {
		t.Errorf("after yes: %v, want %v", got, want)
	}
	if s := b.newest("more"); s.State != loop.Open || !s.DoneAt.IsZero() || s.Due.IsZero() {
		t.Errorf("more is %+v", s)
	}
}

// A step that was opened again and then cut off by the end of its duty comes back
// with it; one that was declared impossible does not.
func TestWhatWasReopenedAndCutOffComesBack(t *testing.T) {
	b := answering(march(28, 16))
	l := must[loop.Loop](t)(b.e.Open(b.ctx, b.tx, b.plan("", false)))
	b.say(t, "dose", "given")
	must[loop.Step](t)(b.e.Reopen(b.ctx, b.tx, b.newest("dose").ID, seawall.Ref{Kind: seawall.KindResult, ID: "r"}, "结果撤回"))
	must[loop.Step](t)(b.e.Impossible(b.ctx, b.tx, b.newest("daily").ID, 0, "不在家"))
	must[loop.Ended](t)(b.e.Cancel(b.ctx, b.tx, l.ID, "误报"))
	must[loop.Loop](t)(b.e.ReopenLoop(b.ctx, b.tx, l.ID, "并非误报"))
	if s := b.newest("dose"); s.State != loop.Open || s.Owner == "" {
		t.Errorf("dose is %s of %q", s.State, s.Owner)
	}
	if s := b.newest("daily"); s.State != loop.Cancelled {
		t.Errorf("what was impossible is %s", s.State)
	}
}

// A child that is opened again is waited for again, also where its end had settled
// the parent's step without being done.
func TestAReopenedChildIsWaitedForAgain(t *testing.T) {
	for _, how := range []string{"cancel", "close"} {
		b := answering(march(28, 16))
		l := must[loop.Loop](t)(b.e.Open(b.ctx, b.tx, b.plan("", true)))
		child := b.newest("visit").ChildLoop
		if how == "cancel" {
			must[loop.Ended](t)(b.e.Cancel(b.ctx, b.tx, child, "误报"))
		} else {
			b.say(t, "inside", "消毒完成")
		}
		if s := b.newest("visit"); s.State == loop.Open {
			t.Fatalf("%s: the step still waits", how)
		}
		must[loop.Loop](t)(b.e.ReopenLoop(b.ctx, b.tx, child, "并非误报"))
		s := b.newest("visit")
		if s.State != loop.Open || s.ChildLoop != child || !s.DoneAt.IsZero() {
			t.Errorf("%s: the step is %s with %s", how, s.State, s.ChildLoop)
		}
		if _, err := b.e.Complete(b.ctx, b.tx, s.ID, 0, loop.Evidence{Text: "x"}); !seawall.Is(err, seawall.Conflict) {
			t.Errorf("%s: the step closes before its own duty: %v", how, err)
		}
		if got := b.m.loops[l.ID]; got.State != loop.Open {
			t.Errorf("%s: the parent is %s", how, got.State)
		}
	}
}

// A duty that is opened again days later asks for today's report too, and for no
// day that is over.
func TestASeriesGoesOnOnTheDayOfReopening(t *testing.T) {
	b := answering(march(28, 16))
	l := must[loop.Loop](t)(b.e.Open(b.ctx, b.tx, b.plan("", false)))
	must[loop.Ended](t)(b.e.Cancel(b.ctx, b.tx, l.ID, "误报"))
	b.tx.now = march(30, 9)
	must[loop.Loop](t)(b.e.ReopenLoop(b.ctx, b.tx, l.ID, "并非误报"))
	if s := b.newest("daily"); s.State != loop.Open || s.Day != day(30) {
		t.Errorf("today's report is %s of %s", s.State, s.Day)
	}
	if got := b.left(); !slices.Contains(got, "series daily 2022-03-31 to 2022-03-31") {
		t.Errorf("left is %v", got)
	}
	b.tick(t, march(31, 0))
	if s := b.newest("daily"); s.Day != day(31) {
		t.Errorf("the next day's report is of %s", s.Day)
	}
}

// An end that is taken back in the same instant changes nothing of what is left to
// do, whatever was done, answered, declared impossible, opened again and let pass
// before, however often, by cancelling or by closing (RES-02).
func TestAnEndTakenBackChangesNothing(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		b := answering(march(28, 16))
		l, err := b.e.Open(b.ctx, b.tx, b.plan("", rapid.Bool().Draw(rt, "visit")))
		if err != nil {
			rt.Fatal(err)
		}
		for range rapid.IntRange(1, 25).Draw(rt, "acts") {
			if b.m.loops[l.ID].State != loop.Open {
				if _, err := b.e.ReopenLoop(b.ctx, b.tx, l.ID, "复核"); err != nil {
					rt.Fatal(err)
				}
			}
			b.meddle(rt)
			if b.m.loops[l.ID].State != loop.Open {
				continue
			}
			if !rapid.Bool().Draw(rt, "ends") {
				continue
			}
			before := b.left()
			if rapid.Bool().Draw(rt, "cancel") {
				_, err = b.e.Cancel(b.ctx, b.tx, l.ID, "误报")
			} else {
				_, err = b.e.Close(b.ctx, b.tx, l.ID, "released", "到期", seawall.Ref{})
			}
			if err == nil {
				_, err = b.e.ReopenLoop(b.ctx, b.tx, l.ID, "复核")
			}
			if err != nil {
				rt.Fatal(err)
			}
			after := b.left()
			if i := slices.IndexFunc(after, func(s string) bool { return len(before) == 0 && s[:8] == "reopened" }); i >= 0 {
				after = slices.Delete(after, i, i+1) // nothing of its own was left: one step asks for what is missing
			}
			if !slices.Equal(before, after) {
				rt.Fatalf("before the end:\n%q\nafter it was taken back:\n%q", before, after)
			}
		}
	})
}

// meddle does one thing to any step of any duty, or lets time pass.
func (b *bench) meddle(rt *rapid.T) {
	all := list(b.m.steps, func(loop.Step) bool { return true }, func(s loop.Step) string { return string(s.ID) })
	s := rapid.SampledFrom(all).Draw(rt, "step")
	var err error
	switch rapid.IntRange(0, 8).Draw(rt, "act") {
	case 0:
		b.tick(rt, b.tx.now.Add(time.Duration(rapid.IntRange(1, 1500).Draw(rt, "minutes"))*time.Minute))
	case 1:
		_, err = b.e.Impossible(b.ctx, b.tx, s.ID, 0, "不在家")
	case 2, 3:
		_, err = b.e.Reopen(b.ctx, b.tx, s.ID, s.Ref(), "撤回")
	case 4:
		if l := b.m.loops[s.Loop]; l.Parent != "" && l.State == loop.Open {
			_, err = b.e.Cancel(b.ctx, b.tx, l.ID, "误报")
		}
	case 5:
		if l := b.m.loops[s.Loop]; l.Parent != "" {
			_, err = b.e.ReopenLoop(b.ctx, b.tx, l.ID, "复核")
		}
	default:
		_, err = b.e.Complete(b.ctx, b.tx, s.ID, 0, loop.Evidence{Text: rapid.SampledFrom([]string{"yes", "no"}).Draw(rt, "words")})
	}
	if err != nil && !seawall.Is(err, seawall.Invalid) && !seawall.Is(err, seawall.Conflict) {
		rt.Fatal(err)
	}
}
