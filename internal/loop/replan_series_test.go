package loop_test

import (
	"testing"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/loop"
)

// A series that had run out goes on as the same series where a new rule asks for
// more days, a day is not asked for twice, and a series that is not the rule's is
// left alone.
func TestAChangedRuleProlongsASeriesThatHadRunOut(t *testing.T) {
	b := newBench(march(28, 16))
	daily := loop.SeriesPlan{Key: "monitor", Title: seawall.Text{ZH: "日报", EN: "Daily"}, From: day(28), To: day(29), DueHour: 20, PerDay: 1, Needs: "report", Rule: "old"}
	o := opening(step("release", march(31, 22), "note"))
	o.Series = []loop.SeriesPlan{daily}
	l := must[loop.Loop](t)(b.e.Open(b.ctx, b.tx, o))
	b.tick(t, march(29, 1))
	if s := b.theSeries("monitor"); len(s) != 1 || s[0].State != loop.Done {
		t.Fatalf("the series is %+v", s)
	}
	longer, other := daily, daily
	longer.To, longer.Rule, other.Key = day(31), "new", "other"
	_, err := b.e.Replan(b.ctx, b.tx, l.ID, loop.Replan{Regime: "r@2", Rule: "new", Reason: "规则变更", Of: func(key string) bool { return key == "monitor" },
		Series: []loop.SeriesPlan{longer, other}})
	if err != nil {
		t.Fatal(err)
	}
	s := b.theSeries("monitor")
	if len(s) != 1 || s[0].State != loop.Open || s[0].Next != day(30) || s[0].To != day(31) || s[0].Rule != "new" {
		t.Errorf("prolonged it is %+v", s)
	}
	if got := b.theSeries("other"); len(got) != 0 {
		t.Errorf("the rule opened what is not its own: %+v", got)
	}
	b.tick(t, march(30, 1))
	b.tick(t, march(31, 1))
	days := map[seawall.Day]int{}
	for _, st := range b.m.steps {
		if st.Series {
			days[st.Day]++
		}
	}
	for d := 28; d <= 31; d++ {
		if days[day(d)] != 1 {
			t.Errorf("the report of day %d was asked for %d times", d, days[day(d)])
		}
	}
}

// theSeries are the series of a key.
func (b *bench) theSeries(key string) []loop.Series {
	return list(b.m.series, func(s loop.Series) bool { return s.Key == key }, func(s loop.Series) string { return s.ID })
}
