package response_test

import (
	"strings"
	"testing"
	"time"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/loop"
	"github.com/seawall-city/seawall/internal/response"
	"github.com/seawall-city/seawall/internal/store"
	"github.com/seawall-city/seawall/internal/store/storetest"
)

// A hand-over that nobody takes within the hours of its protocol is a gap: the
// level above is told once, the giver goes on answering, and the offer may still
// be accepted. One taken in time alarms nobody. FRT-02, GOV-08.
func TestAnOfferNobodyTakesAlarmsTheLevelAbove(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		e := o.illness()
		v, _ := o.duty(e.Loop)
		if v.Loop.Owner != o.grid.Principal.ID {
			t.Fatalf("the duty is %s's", v.Loop.OwnerName)
		}
		h, err := o.main.HandOver(o.ctx, o.grid, e.Loop, o.countyDesk.Principal.ID, "交班")
		o.ok(err)
		before := o.noticesOf(o.countyDesk)
		o.clock.Advance(4*time.Hour - time.Minute)
		_, err = o.main.Tick(o.ctx)
		o.ok(err)
		if v, _ = o.duty(e.Loop); !v.HandOvers[0].GapAt.IsZero() {
			t.Fatal("a gap before its time")
		}
		o.clock.Advance(time.Minute)
		for range 2 {
			_, err = o.main.Tick(o.ctx)
			o.ok(err)
		}
		v, _ = o.duty(e.Loop)
		if v.HandOvers[0].GapAt.IsZero() || v.Loop.Owner != o.grid.Principal.ID {
			t.Errorf("gap at %s, owner %s", v.HandOvers[0].GapAt, v.Loop.OwnerName)
		}
		told := o.noticesOf(o.countyDesk)
		if len(told) != len(before)+1 || !told[0].Urgent || told[0].About != v.Loop.Ref() {
			t.Errorf("the level above was told %d times: %+v", len(told)-len(before), told[0])
		}
		o.sequence()
		if v, _ = o.duty(e.Loop); !happened(v, "custody.gap") {
			t.Error("the log does not know of the gap")
		}
		_, err = o.main.AcceptHandOver(o.ctx, o.countyDesk, e.Loop, h.ID)
		o.ok(err)
		if v, _ = o.duty(e.Loop); v.Loop.Owner != o.countyDesk.Principal.ID {
			t.Errorf("taken late, the owner is %s", v.Loop.OwnerName)
		}

		second := o.illness()
		h, err = o.main.HandOver(o.ctx, o.grid, second.Loop, o.countyDesk.Principal.ID, "")
		o.ok(err)
		_, err = o.main.AcceptHandOver(o.ctx, o.countyDesk, second.Loop, h.ID)
		o.ok(err)
		o.clock.Advance(5 * time.Hour)
		_, err = o.main.Tick(o.ctx)
		o.ok(err)
		if v, _ = o.duty(second.Loop); !v.HandOvers[0].GapAt.IsZero() {
			t.Error("a gap where the offer was taken in time")
		}
	})
}

func (o *office) noticesOf(who response.Who) []loop.Notice {
	o.t.Helper()
	l, err := o.main.Notices(o.ctx, who, seawall.Page{Limit: 200})
	o.ok(err)
	return l.Items
}

func happened(v response.LoopView, kind string) bool {
	for _, ev := range v.Events {
		if ev.Type == kind {
			return true
		}
	}
	return false
}

// A duty as it was at an hour has the rows of that hour, whatever became of them
// since; before it was opened the log knows nothing of it. GOV-07.
func TestADutyAsItWas(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		start := o.clock.Now()
		o.clock.Advance(time.Hour)
		e := o.illness()
		o.clock.Advance(time.Hour)
		_, steps := o.duty(e.Loop)
		o.fill(steps["check"].ID, map[string]any{"true_cluster": true})
		between := o.clock.Now()
		o.clock.Advance(time.Hour)
		_, steps = o.duty(e.Loop)
		o.note(steps["report"].ID)
		_, err := o.main.CancelLoop(o.ctx, o.epi, e.Loop, response.Decision{Key: "elsewhere"})
		o.ok(err)
		o.sequence()

		_, err = o.main.LoopAsOf(o.ctx, o.epi, e.Loop, start)
		o.refuse(err, seawall.NotFound, "asof_unknown")
		first, err := o.main.LoopAsOf(o.ctx, o.epi, e.Loop, between.Add(-time.Minute))
		o.ok(err)
		then, err := o.main.LoopAsOf(o.ctx, o.epi, e.Loop, between)
		o.ok(err)
		now, err := o.main.LoopAsOf(o.ctx, o.epi, e.Loop, o.clock.Now())
		o.ok(err)
		at := func(v response.LoopView, key string) loop.State {
			for _, s := range v.Steps {
				if s.Key == key {
					return s.State
				}
			}
			return ""
		}
		if at(first, "check") != loop.Open || at(first, "report") != loop.Waiting || len(first.Evidence) != 0 {
			t.Errorf("at first: check %s, report %s", at(first, "check"), at(first, "report"))
		}
		if then.Loop.State != loop.Open || at(then, "check") != loop.Done || at(then, "report") != loop.Open || len(then.Evidence) != 1 {
			t.Errorf("then: %s, check %s, report %s", then.Loop.State, at(then, "check"), at(then, "report"))
		}
		live, _ := o.duty(e.Loop)
		if now.Loop != live.Loop || len(now.Steps) != len(live.Steps) || len(now.Clocks) != len(live.Clocks) || len(now.Evidence) != len(live.Evidence) {
			t.Errorf("now: %+v\nlive %+v", now.Loop, live.Loop)
		}
		if then.AsOf == nil || then.AsOf.Incomplete || !then.AsOf.At.Equal(between) {
			t.Errorf("as of %+v", then.AsOf)
		}
		_, err = o.main.LoopAsOf(o.ctx, o.lab, e.Loop, between)
		if err != nil && !seawall.Is(err, seawall.Denied) {
			t.Error(err)
		}
	})
}

// Every row that forms, turns, children, gaps and reopening leave behind folds
// again from the log alone (design §5), on both databases.
func TestKindsRefoldFromTheLog(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		e := o.illness()
		_, steps := o.duty(e.Loop)
		_, err := o.main.HandOver(o.ctx, o.grid, e.Loop, o.countyDesk.Principal.ID, "")
		o.ok(err)
		o.fill(steps["check"].ID, map[string]any{"true_cluster": true, "samples": 2})
		o.clock.Advance(5 * time.Hour)
		_, err = o.main.Tick(o.ctx)
		o.ok(err)
		_, err = o.main.CancelLoop(o.ctx, o.epi, e.Loop, response.Decision{Key: "duplicate"})
		o.ok(err)
		_, err = o.main.ReopenLoop(o.ctx, o.epi, e.Loop, response.Decision{Reason: "并非重复"})
		o.ok(err)
		_, err = o.main.Retract(o.ctx, o.epi, response.Retraction{Ref: o.illness().Entry.Ref(), Reason: "误报"})
		o.ok(err)
		o.at("2022-03-30 01:00")
		o.sequence()
		into := store.New(storetest.Driver(t, o.db.Driver().Name()), store.Options{Clock: o.clock, IDs: storetest.NewIDs(o.clock)})
		t.Cleanup(func() { into.Close() })
		o.ok(into.Migrate(o.ctx))
		_, err = o.log.Refold(o.ctx, into, nil)
		o.ok(err)
		found, err := store.Differences(o.ctx, o.db, into)
		o.ok(err)
		if len(found) > 0 {
			t.Error(strings.Join(found, "\n"))
		}
	})
}

// A board counts the duties of any kind as a list, pipeline, calendar and load by
// owner; who may not see an area finds nothing of it there. GOV-08.
func TestBoardsOfAnyKind(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		a, b := o.illness(), o.illness()
		_, steps := o.duty(a.Loop)
		o.fill(steps["check"].ID, map[string]any{"true_cluster": true})
		o.clock.Advance(5 * time.Hour)
		get := func(who response.Who, q response.BoardQuery) response.BoardView {
			v, err := o.main.Board(o.ctx, who, "cluster", q)
			o.ok(err)
			return v
		}
		list := get(o.epi, response.BoardQuery{})
		if list.Loops == nil || list.Loops.Total != 2 || list.Loops.Items[0].ID != b.Loop {
			t.Errorf("list %+v", list.Loops)
		}
		col := map[string]response.BoardColumn{}
		for _, c := range get(o.epi, response.BoardQuery{View: response.BoardPipeline}).Columns {
			col[c.Key] = c
		}
		if c := col["check"]; c.Open != 1 || c.Late != 1 || len(c.Items) != 1 || c.Items[0].Loop != b.Loop {
			t.Errorf("check %+v", c)
		}
		if c := col["report"]; c.Open != 1 || c.Waiting != 1 {
			t.Errorf("report %+v", c)
		}
		cal := get(o.epi, response.BoardQuery{View: response.BoardCalendar, Days: 3})
		sum := cal.Late
		for _, d := range cal.Days {
			sum += d.N
		}
		if len(cal.Days) != 3 || cal.Days[0].Day != day("2022-03-28") || sum == 0 {
			t.Errorf("calendar %+v late %d", cal.Days, cal.Late)
		}
		load := get(o.epi, response.BoardQuery{View: response.BoardLoad})
		n := 0
		for _, w := range load.Owners {
			n += w.N
		}
		open := 0
		for _, c := range col {
			open += c.Open
		}
		if n != open || n == 0 {
			t.Errorf("load %+v, the pipeline has %d", load.Owners, open)
		}
		elsewhere := o.account("yandu", "盐都区 值班员", other, "duty_officer")
		if v := get(elsewhere, response.BoardQuery{}); v.Loops.Total != 0 {
			t.Errorf("another county sees %d", v.Loops.Total)
		}
		_, err := o.main.Board(o.ctx, o.epi, "plague", response.BoardQuery{})
		o.refuse(err, seawall.NotFound, "protocol_unknown")
		_, err = o.main.Board(o.ctx, o.epi, "cluster", response.BoardQuery{View: "spiral"})
		o.refuse(err, seawall.Invalid, "board_view_unknown")
	})
}

// Protocols are read with their forms and in words; a bad file is told what is
// wrong, with its line. GOV-07.
func TestProtocolsAreReadable(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		list, err := o.main.Protocols(o.ctx, o.epi)
		o.ok(err)
		kinds := map[string]response.ProtocolItem{}
		for _, p := range list {
			kinds[p.ID] = p
		}
		if kinds["investigation"].Version == "" || !kinds["cluster"].MayEnter || kinds["followup"].MayEnter {
			t.Errorf("protocols %+v", kinds)
		}
		v, err := o.main.ProtocolView(o.ctx, o.epi, "cluster", "en")
		o.ok(err)
		if len(v.Protocol.Forms) != 2 || !strings.Contains(v.Explain, "Check on site") {
			t.Errorf("cluster in words:\n%s", v.Explain)
		}
		d, err := o.main.DiffProtocols(o.ctx, o.epi, "cluster", "disinfection")
		o.ok(err)
		if len(d.Rows) == 0 {
			t.Error("two protocols differ in nothing")
		}
		l, err := o.main.LintProtocol(o.ctx, o.epi, "x.yaml", "id: x\nsteps:\n  - key: a\n    wen: true\n", "en")
		o.ok(err)
		if l.OK || len(l.Problems) == 0 || !strings.Contains(l.Text, "x.yaml:4") || !strings.Contains(l.Text, "^") {
			t.Errorf("lint says %+v\n%s", l.Problems, l.Text)
		}
	})
}
