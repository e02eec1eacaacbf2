package protocol

import (
	"reflect"
	"strconv"
	"testing"
	"time"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/loop"
	"github.com/seawall-city/seawall/internal/regime"
)

// An arrival's file gives the four checks with the hours of the matrix in force,
// counted from the arrival (IMP-04), and twelve hours where the matrix says
// nothing; a check that is made is not asked again.
func TestArrivalChecks(t *testing.T) {
	arrived := time.Date(2022, 5, 27, 10, 0, 0, 0, shanghai())
	s := Subject{Now: arrived.Add(time.Hour), Zone: shanghai(), No: "Y-1", Class: text("来返人员", "Arrival"),
		Facts:   map[string]any{"state": "arrived", "made": []string{}, "confirmed": false},
		Events:  map[string]time.Time{"arrived": arrived},
		Figures: map[string]int{"headcount_hours": 4, "identity_hours": 4, "location_hours": 8}}
	plan := mustPlan(t, shipped(t), "arrival", s)
	want := []loop.StepPlan{
		{Key: "headcount", Title: text("查清人数", "Check the headcount"), Due: arrived.Add(4 * time.Hour)},
		{Key: "identity", Title: text("查清人头", "Check who they are"), Due: arrived.Add(4 * time.Hour)},
		{Key: "location", Title: text("查清位置", "Check where they stay"), Due: arrived.Add(8 * time.Hour)},
		{Key: "measure", Title: text("查清管控情况", "Check and explain the measure"), Due: arrived.Add(12 * time.Hour)},
	}
	for i, w := range want {
		got := plan.Steps[i]
		if got.Key != w.Key || got.Title != w.Title || !got.Due.Equal(w.Due) || got.Needs != "check" || got.Day != seawall.DayOf(w.Due, shanghai()) || got.Waiting {
			t.Errorf("%+v, want %+v", got, w)
		}
	}
	if len(plan.Steps) != 4 || plan.Title.ZH != "来返人员 Y-1 四个查清" || plan.Title.EN != "Arrival Y-1: the four checks" {
		t.Errorf("%d steps, %v", len(plan.Steps), plan.Title)
	}
	s.Facts["made"] = []string{"headcount", "identity", "location"}
	if left := mustPlan(t, shipped(t), "arrival", s); len(left.Steps) != 1 || left.Steps[0].Key != "measure" {
		t.Errorf("%+v", left.Steps)
	}
	s.Facts["state"], s.Events = "expected", map[string]time.Time{"expected": arrived.AddDate(0, 0, 2)}
	if wait := mustPlan(t, shipped(t), "arrival", s); len(wait.Steps) != 1 || wait.Steps[0].Key != "arrive" ||
		wait.Steps[0].Due.In(shanghai()).Format(time.DateTime) != "2022-05-29 23:59:00" {
		t.Errorf("%+v", wait.Steps)
	}
}

// What a confirmed row of every matrix asks is in the loop: each test on its day,
// each change of place with its receipt, the daily report, the release; nothing of
// it counts from the arrival where the row counts from leaving (§2.3).
func TestArrivalMeasureOfEveryRow(t *testing.T) {
	set := shipped(t)
	rules, err := regime.Load()
	if err != nil {
		t.Fatal(err)
	}
	zone, rows := shanghai(), 0
	left := seawall.DateOf(2022, 5, 26)
	arrived := left.Start(zone).Add(58 * time.Hour)
	for _, r := range rules.All() {
		for _, tier := range r.Tiers() {
			plan, err := r.ArrivalPlan(tier.Key, regime.ArrivalAnchors{Left: left, Entered: left, Arrived: arrived, Loc: zone})
			if err != nil {
				t.Fatal(err)
			}
			if plan.Over {
				continue
			}
			rows++
			s := Subject{Now: arrived, Zone: zone, No: "Y-1", Class: text("来返人员", "Arrival"), Rule: tier.Why.Rule, Plan: &plan,
				Facts:  map[string]any{"state": "arrived", "made": []string{"headcount", "identity", "location", "measure"}, "confirmed": true},
				Events: map[string]time.Time{"arrived": arrived, "left": left.Start(zone)}}
			p, _ := set.ByID("arrival")
			got, err := p.Plan(t.Context(), s)
			if want := measureByHand(plan); !reflect.DeepEqual(plain(got.Steps), want) || err != nil != (len(want) == 0) {
				t.Errorf("%s %s:\n got %+v %v\nwant %+v", r.ID, tier.Key, got.Steps, err, want)
			}
			if per := len(got.Series); per != min(plan.MonitorPerDay, 1) {
				t.Errorf("%s %s: %d series for %d reports a day", r.ID, tier.Key, per, plan.MonitorPerDay)
			}
		}
	}
	if rows < 30 {
		t.Errorf("only %d rows", rows)
	}
}

// measureByHand lays out what the plan of a row asks.
func measureByHand(plan regime.Plan) []loop.StepPlan {
	var out []loop.StepPlan
	title := map[string]seawall.Text{"central": text("集中隔离点接收", "Quarantine facility takes over"),
		"home": text("社区接回居家", "Community takes over at home"), "followup": text("转入随访", "Pass on to follow-up")}
	for _, x := range plan.Tests {
		n := strconv.Itoa(x.N)
		st := loop.StepPlan{Key: x.Key, Title: text("第 "+n+" 天检测", "Test on day "+n), Needs: "result", Rule: x.Why.String(),
			Due: loop.EndOf(x.Day, shanghai()), Day: x.Day}
		if !x.Until.IsZero() {
			st.Due = x.Until
		}
		out = append(out, st)
		if x.Dual {
			st.Key += "b"
			st.Title = text(st.Title.ZH+"（第二份样本，另一实验室）", st.Title.EN+" (second sample, another laboratory)")
			out = append(out, st)
		}
	}
	for i, x := range plan.Segments {
		if i == 0 || stage(x.Kind) == stage(plan.Segments[i-1].Kind) || x.Kind == regime.Inform {
			continue
		}
		out = append(out, loop.StepPlan{Key: "stage-" + stage(x.Kind), Title: title[stage(x.Kind)], Needs: "receipt", Rule: x.Why.String(),
			Due: loop.EndOf(x.From, shanghai()), Day: x.From})
	}
	if plan.Release.Known() {
		out = append(out, loop.StepPlan{Key: "release", Title: text("解除管理", "Release"), Needs: "note", Rule: plan.Why.String(),
			Due: loop.EndOf(plan.Release, shanghai()), Day: plan.Release.Add(-1)})
	}
	return out
}
