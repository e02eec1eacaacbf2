package loop_test

import (
	"context"
	"slices"
	"testing"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/loop"
)

// A duty that climbs changes its owner; its steps, the new ones too, stay in the
// lists of the place where it opened, for who may still act on it there. One that
// may be acted on only above climbs with all of them.
func TestStepsStayListedWhereTheDutyOpened(t *testing.T) {
	for _, stays := range []bool{true, false} {
		b := newBench(march(28, 16))
		c := b.e.Config
		c.Stays = func(loop.Loop) bool { return stays }
		c.Rules = func(context.Context, seawall.Tx, string) (loop.Rule, error) { return loop.Rule{ReopenDays: 9}, nil }
		b.e = loop.New(c)
		o := opening(step("a", march(28, 18), ""))
		o.Protocol = "p@1"
		o.Series = []loop.SeriesPlan{{Key: "m", Title: o.Title, From: day(28), To: day(31), DueHour: 20, PerDay: 1, Needs: "report"}}
		l := must[loop.Loop](t)(b.e.Open(b.ctx, b.tx, o))
		b.tick(t, b.at(29, 0, 1))
		must[loop.Step](t)(b.e.AddStep(b.ctx, b.tx, l.ID, step("new", march(29, 18), "")))
		must[loop.Ended](t)(b.e.Cancel(b.ctx, b.tx, l.ID, "误报"))
		must[loop.Loop](t)(b.e.ReopenLoop(b.ctx, b.tx, l.ID, "并非误报"))
		up := b.m.loops[l.ID]
		if up.Area == grid || up.Level == 0 {
			t.Fatalf("the duty did not climb: %+v", up)
		}
		for _, s := range b.m.steps {
			want := up.Area
			if stays {
				want = grid
			}
			if s.State == loop.Open && (s.Area != want || s.Owner != up.Owner) {
				t.Errorf("stays %v: %s of %s stands in %s of %s, want %s of %s", stays, s.Key, s.Day, s.Area, s.Owner, want, up.Owner)
			}
		}
	}
}

// The title of a step follows the answers, also once the step is open.
func TestATitleFollowsTheAnswers(t *testing.T) {
	b := answering(march(28, 16))
	c := b.e.Config
	again := c.Again
	c.Again = func(ctx context.Context, tx seawall.Tx, l loop.Loop, steps []loop.Step) (loop.Opening, error) {
		o, err := again(ctx, tx, l, steps)
		at := slices.IndexFunc(o.Steps, func(p loop.StepPlan) bool { return p.Key == "dose" })
		if b.answer(steps) == "yes" && at >= 0 {
			o.Steps[at].Title = seawall.Text{ZH: "加倍剂量", EN: "Double dose"}
		}
		return o, err
	}
	b.e = loop.New(c)
	must[loop.Loop](t)(b.e.Open(b.ctx, b.tx, b.plan("", false)))
	clocks := len(b.m.clocks)
	b.say(t, "check", "yes")
	s := b.newest("dose")
	if s.Title.EN != "Double dose" || s.State != loop.Open {
		t.Errorf("the open step is called %q, %s", s.Title.EN, s.State)
	}
	if got := len(b.m.clocks); got != clocks+1 { // that of "more"
		t.Errorf("%d clocks, were %d", got, clocks)
	}
}
