package protocol

import (
	"context"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/loop"
	"github.com/seawall-city/seawall/internal/regime"
)

func shanghai() *time.Location { return time.FixedZone("UTC+8", 8*60*60) }

func shipped(t testing.TB) *Set {
	t.Helper()
	s, err := Load(Known{})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func mustPlan(t *testing.T, s *Set, id string, subject Subject) Plan {
	t.Helper()
	p, ok := s.ByID(id)
	if !ok {
		t.Fatalf("no protocol %s", id)
	}
	plan, err := p.Plan(context.Background(), subject)
	if err != nil {
		t.Fatal(err)
	}
	return plan
}

// What the files investigation.yaml and followup.yaml open is, for every regime,
// class and state of a contact, what the two duties asked for before they were
// files (RES-02, GOV-08): the same keys, titles, due times, days, evidence, rules
// and series in the same order.
func TestFollowUpOpensWhatItAlwaysDid(t *testing.T) {
	set := shipped(t)
	rules, err := regime.Load()
	if err != nil {
		t.Fatal(err)
	}
	found := time.Date(2022, 3, 28, 21, 40, 0, 0, shanghai())
	n := 0
	for _, r := range rules.All() {
		for _, class := range r.Classes {
			for days := range 25 {
				for _, susceptible := range []bool{false, true} {
					last := seawall.DayOf(found, shanghai()).Add(-days)
					plan, err := r.ContactPlan(class.ID, regime.Anchors{FirstExposure: last.Add(-1), LastExposure: last,
						Discovered: found, Susceptible: susceptible, Loc: shanghai()})
					if err != nil {
						t.Fatal(err)
					}
					if plan.Over {
						continue
					}
					n++
					got := mustPlan(t, set, "followup", Subject{Now: found, Zone: shanghai(), No: "K-2022-0001", Class: class.Name,
						Plan: &plan, Events: map[string]time.Time{"discovered": found, "last_exposure": last.Start(shanghai())}})
					want := followUpOfOld(class, plan, found)
					if !reflect.DeepEqual(plain(got.Steps), want.Steps) || !reflect.DeepEqual(got.Series, want.Series) || got.Title != want.Title || got.Rule != want.Rule {
						t.Fatalf("%s %s day %d:\n got %+v %+v %v\nwant %+v %+v %v", r.ID, class.ID, days, plain(got.Steps), got.Series, got.Title, want.Steps, want.Series, want.Title)
					}
				}
			}
		}
	}
	if n < 500 {
		t.Errorf("only %d plans compared", n)
	}
}

func TestInvestigationOpensWhatItAlwaysDid(t *testing.T) {
	set := shipped(t)
	rules, err := regime.Load()
	if err != nil {
		t.Fatal(err)
	}
	now := time.Date(2022, 3, 28, 21, 40, 0, 0, shanghai())
	reported := now.Add(-5 * time.Hour)
	for _, r := range rules.All() {
		if len(r.CaseClocks) == 0 {
			continue
		}
		got := mustPlan(t, set, "investigation", Subject{Now: now, Zone: shanghai(), No: "C-2022-0007", Clocks: r.CaseClocks,
			Events: map[string]time.Time{"reported": reported}})
		var want []loop.StepPlan
		for _, k := range r.CaseClocks {
			from := now
			if k.After == "report" {
				from = reported
			}
			want = append(want, loop.StepPlan{Key: k.Key, Title: headedOfOld(k.Text), Needs: "note", Rule: k.Why.String(),
				Due: from.Add(time.Duration(k.Hours) * time.Hour), Day: seawall.DayOf(from, shanghai())})
		}
		title := seawall.Text{ZH: "病例 C-2022-0007 流行病学调查", EN: "Investigation of case C-2022-0007"}
		if !reflect.DeepEqual(plain(got.Steps), want) || got.Title != title || got.Rule != r.CaseClocks[0].Why.Rule {
			t.Errorf("%s:\n got %+v\nwant %+v", r.ID, plain(got.Steps), want)
		}
	}
}

// plain makes an absent list of steps to wait for nil.
func plain(steps []loop.StepPlan) []loop.StepPlan {
	for i := range steps {
		if len(steps[i].After) == 0 {
			steps[i].After = nil
		}
	}
	return steps
}

func headedOfOld(t seawall.Text) seawall.Text {
	t.EN = strings.ToUpper(t.EN[:1]) + t.EN[1:]
	return t
}

// followUpOfOld lays out a follow-up by hand, as the main path did before
// protocols were files.
func followUpOfOld(class regime.Class, plan regime.Plan, found time.Time) loop.Opening {
	zone := shanghai()
	o := loop.Opening{Rule: plan.Why.Rule, Title: seawall.Text{ZH: class.Name.ZH + " K-2022-0001 随访", EN: "Follow-up of " + class.Name.EN + " K-2022-0001"}}
	o.Steps = append(o.Steps, firstOfOld(plan, found))
	for _, p := range plan.Tests {
		n := strings.TrimPrefix(p.Key, "test-")
		st := loop.StepPlan{Key: p.Key, Title: seawall.Text{ZH: "第 " + n + " 天检测", EN: "Test on day " + n}, Needs: "result",
			Rule: p.Why.String(), Due: loop.EndOf(p.Day, zone), Day: p.Day}
		o.Steps = append(o.Steps, st)
		if p.Dual {
			st.Key += "b"
			st.Title = seawall.Text{ZH: st.Title.ZH + "（第二份样本，另一实验室）", EN: st.Title.EN + " (second sample, another laboratory)"}
			o.Steps = append(o.Steps, st)
		}
	}
	for _, p := range plan.Prophylaxis {
		o.Steps = append(o.Steps, loop.StepPlan{Key: "prophylaxis-" + p.Key, Title: p.Text, Needs: "note", Rule: p.Why.String(),
			Due: p.Until, Day: seawall.DayOf(p.Until, zone)})
	}
	if plan.MonitorFrom.Known() && plan.MonitorPerDay > 0 {
		o.Series = append(o.Series, loop.SeriesPlan{Key: "monitor", Title: seawall.Text{ZH: "健康监测", EN: "Health report"},
			From: plan.MonitorFrom, To: plan.MonitorTo, DueHour: 20, PerDay: plan.MonitorPerDay, Needs: "report", Rule: plan.Why.String()})
	}
	if plan.Release.Known() {
		o.Steps = append(o.Steps, loop.StepPlan{Key: "release", Title: seawall.Text{ZH: "解除管理", EN: "Release"}, Needs: "note",
			Rule: plan.Why.String(), Due: loop.EndOf(plan.Release, zone), Day: plan.Release.Add(-1)})
	}
	return o
}

func firstOfOld(plan regime.Plan, found time.Time) loop.StepPlan {
	today := seawall.DayOf(found, shanghai())
	p := loop.StepPlan{Key: "notify", Title: seawall.Text{ZH: "告知本人", EN: "Tell the person"}, Needs: "note",
		Rule: plan.Why.String(), Due: loop.EndOf(today, shanghai()), Day: today}
	if len(plan.Segments) > 0 && plan.TransferHours > 0 {
		p.Key, p.Title = "transfer", seawall.Text{ZH: "居家落实", EN: "Settle in at home"}
		if plan.Segments[0].Kind == regime.Central {
			p.Title = seawall.Text{ZH: "转运至集中隔离点", EN: "Transfer to quarantine"}
		}
		p.Due = found.Add(time.Duration(plan.TransferHours) * time.Hour)
		p.Day = seawall.DayOf(p.Due, shanghai())
	}
	return p
}
