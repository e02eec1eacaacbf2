package response_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/auth"
	"github.com/seawall-city/seawall/internal/ledger"
	"github.com/seawall-city/seawall/internal/loop"
	"github.com/seawall-city/seawall/internal/response"
)

// A duty that climbed above a county stays in the county's lists, on its board and
// in its counts: the county may still act on it, and does. Another county sees
// nothing of it (RES-02).
func TestAClimbedDutyStaysInTheListsBelow(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		e := o.illness()
		for range 5 { // up to the city
			o.clock.Advance(24 * time.Hour)
			_, err := o.main.Tick(o.ctx)
			o.ok(err)
		}
		v, steps := o.duty(e.Loop)
		if v.Loop.Area != cityPath || steps["check"].Escalations == 0 {
			t.Fatalf("the duty lies in %s after %d climbs", v.Loop.Area, steps["check"].Escalations)
		}
		stranger := o.account("stranger", "亭湖区 值班长", other, "duty_officer")
		for _, c := range []struct {
			who  response.Who
			sees int
		}{{o.countyDesk, 1}, {o.cityDesk, 1}, {stranger, 0}} {
			list, err := o.main.Steps(o.ctx, c.who, loop.StepQuery{Subject: e.Entry.Ref()})
			o.ok(err)
			board, err := o.main.Board(o.ctx, c.who, "cluster", response.BoardQuery{})
			o.ok(err)
			if len(list.Items) != c.sees || board.Loops.Total != c.sees {
				t.Errorf("%s sees %d steps and %d duties, want %d", c.who.Principal.WorkName, len(list.Items), board.Loops.Total, c.sees)
			}
		}
		_, err := o.main.CompleteStep(o.ctx, o.countyDesk, steps["check"].ID, response.NewEvidence{Kind: "form", Data: map[string]any{"true_cluster": true}})
		o.ok(err)
		list, err := o.main.Steps(o.ctx, o.countyDesk, loop.StepQuery{Subject: e.Entry.Ref()})
		o.ok(err)
		if !slices.ContainsFunc(list.Items, func(s loop.Step) bool { return s.Key == "report" }) {
			t.Errorf("what opened after the climb is not in the county's list: %+v", list.Items)
		}
	})
}

// A duty as it was shows the duties around it as they were, its forms, and entries
// that took their place in the log later than their instant (RES-02, GOV-08).
func TestADutyAsItWasShowsWhatStoodAroundIt(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		e := o.illness()
		_, steps := o.duty(e.Loop)
		o.fill(steps["check"].ID, map[string]any{"true_cluster": true})
		v, _ := o.duty(e.Loop)
		child := v.Children[0].ID
		then := o.clock.Now()
		// an instant later the clock of this node is set back: what follows has an
		// earlier instant and a later place
		o.clock.Advance(2 * time.Hour)
		_, err := o.main.CancelLoop(o.ctx, o.epi, child, response.Decision{Key: "not_needed", Reason: "不需要"})
		o.ok(err)
		o.clock.Set(then.Add(time.Minute))
		_, steps = o.duty(e.Loop)
		o.note(steps["report"].ID)
		o.clock.Set(then.Add(3 * time.Hour))
		o.sequence()
		old, err := o.main.LoopAsOf(o.ctx, o.epi, e.Loop, then.Add(10*time.Minute))
		o.ok(err)
		if len(old.Children) != 1 || old.Children[0].ID != child || old.Children[0].State != loop.Open {
			t.Errorf("below it stood %+v", old.Children)
		}
		if _, ok := old.Forms["finding"]; !ok || old.Text == nil || old.Text.Ref != v.Loop.Protocol {
			t.Errorf("its forms %v, its text %+v", old.Forms, old.Text)
		}
		at := slices.IndexFunc(old.Steps, func(s loop.Step) bool { return s.Key == "report" })
		if at < 0 || old.Steps[at].State != loop.Done {
			t.Errorf("what came late is missing: %+v", old.Steps)
		}
		up, err := o.main.LoopAsOf(o.ctx, o.epi, child, then.Add(10*time.Minute))
		o.ok(err)
		if up.Parent == nil || up.Parent.ID != e.Loop {
			t.Errorf("above the child stood %+v", up.Parent)
		}
	})
}

// A notice to a role reaches every account that has it, however many there are.
func TestANoticeReachesEveryHolderOfARole(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		const many = 620
		var holders []seawall.PrincipalID
		o.write(func(tx seawall.Tx) error {
			for i := range many {
				p := auth.Principal{ID: seawall.PrincipalID(o.ids.NewID()), Login: fmt.Sprintf("h%04d", i), WorkName: fmt.Sprint("检查员 ", i), Roles: []string{"inspector"},
					Area: county, Path: countyPath, PasswordSet: o.clock.Now(), CreatedAt: o.clock.Now(), Version: 1}
				if err := o.db.SavePrincipal(o.ctx, tx, p); err != nil {
					return err
				}
				holders = append(holders, p.ID)
			}
			return o.log.Record(o.ctx, tx, ledger.Event{Type: "accounts.made", Subject: seawall.Ref{Kind: seawall.KindSystem, ID: "test"}})
		})
		o.main = o.restart(true, o.edited("cluster.yaml", "notices:\n", "notices:\n  - {on: opened, to: \"role:inspector\", text: {zh: \"新的 {no}\", en: \"New {no}\"}}\n"))
		o.illness()
		told := 0
		o.read(func(tx seawall.Tx) error {
			for _, id := range holders {
				all, _, err := o.db.NoticesFor(o.ctx, tx, seawall.Ref{Kind: seawall.KindPrincipal, ID: string(id)}, seawall.Page{Limit: 5})
				if err != nil {
					return err
				}
				told += len(all)
			}
			return nil
		})
		if told != many {
			t.Errorf("%d of %d were told", told, many)
		}
	})
}
