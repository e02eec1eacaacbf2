package response_test

import (
	"testing"
	"time"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/device"
	"github.com/seawall-city/seawall/internal/loop"
	"github.com/seawall-city/seawall/internal/response"
)

// A day offline: the phone fetches its day, works without a network with a clock
// that is wrong by an hour, and everything counts by the server's time. GOV-08, NF-04.
func TestADayOfflineCounts(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		c := o.positive(grid1)
		ks := o.candidates(c.Case, 2, "close", "")
		o.confirm(ks)
		p := o.phone(o.grid, "网格手机")
		p.ahead = time.Hour
		d := p.day()
		if len(d.Steps) == 0 || d.More != 0 || !d.Until.After(d.Now.Add(24*time.Hour)) || len(d.People) == 0 {
			t.Fatalf("a day with %d steps, %d people, until %s", len(d.Steps), len(d.People), d.Until)
		}
		report := p.step(d, "monitor")
		if report.Report == nil || report.Base == "" || report.Mask == "" || report.Why.Rule == "" || report.Place == (seawall.Text{}) {
			t.Fatalf("a step that cannot be done without a network: %+v", report)
		}
		for i := 1; i < len(d.Steps); i++ {
			if late := d.Steps[i].Band == "late"; late && d.Steps[i-1].Band != "late" {
				t.Errorf("a late step stands behind one that is not")
			}
		}
		o.at("2022-03-28 20:30") // no network from here on
		worked := o.clock.Now()
		id := p.op(device.Report, "contact/"+string(report.Report.Contact), report.Report.Base, "", map[string]any{
			"day": report.Report.Day.String(), "status": "well", "temperature": 36.6, "note": "在家，精神好"})
		p.op(device.Note, "step/"+string(report.Step), "", "", map[string]any{"text": "邻居代收快递"})
		queue := append([]string(nil), p.queue...)
		o.at("2022-03-28 22:45")
		out := p.sync()
		if out.Done != 2 || out.Offset != time.Hour.Milliseconds() {
			t.Fatalf("%+v", out)
		}
		if out.Results[0].ID != id || out.Results[0].Made.Kind != seawall.KindFollowUp {
			t.Errorf("%+v", out.Results[0])
		}
		v := o.contact(report.Report.Contact)
		if len(v.FollowUps) != 1 || !v.FollowUps[0].At.Equal(worked) || v.FollowUps[0].Temperature != 36.6 {
			t.Errorf("the report: %+v, made at %s", v.FollowUps, worked)
		}
		again, err := p.send(queue)
		o.ok(err)
		if again.Repeated != 2 || again.Results[0].First != device.Done {
			t.Errorf("sent again: %+v", again)
		}
		if v = o.contact(report.Report.Contact); len(v.FollowUps) != 1 {
			t.Errorf("a repetition counted twice")
		}
	})
}

// What cannot be taken is refused and kept: a forged signature, another phone's, a
// number used again, a form that is wrong. NF-04.
func TestWhatCannotBeTakenIsKept(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		c := o.positive(grid1)
		ks := o.candidates(c.Case, 1, "close", "")
		o.confirm(ks)
		p, other := o.phone(o.grid, "一号"), o.phone(o.grid, "二号")
		target := "contact/" + string(ks[0].ID)
		good := map[string]any{"status": "well", "temperature": 36.5}
		signed := other.sign("0123456789abcdef", device.Report, target, "", "", good)
		for _, x := range []struct{ op, problem string }{
			{signed, "ticket_forged"}, {"nonsense", "ticket_unreadable"},
			{p.sign("short", device.Report, target, "", "", good), "op_id"},
			{p.sign("0123456789abcdef", "step.eat", target, "", "", good), "op_kind"},
			{p.sign("0123456789abcdef", device.Note, target, "", "", good), "op_target"},
			{p.sign("0123456789abcde1", device.Report, target, "", "", map[string]any{"status": "splendid"}), "followup_invalid"},
			{p.sign("0123456789abcde2", device.Report, "contact/none", "", "", good), "not_found"},
		} {
			p.queue = []string{x.op}
			p.only(device.Refused, x.problem)
			p.queue = []string{x.op}
			p.only(device.Repeated, x.problem)
		}
		p.queue = []string{p.sign("0123456789abcdef", device.Report, target, "", "", good)}
		p.only(device.Done, "")
		p.queue = []string{p.sign("0123456789abcdef", device.Report, target, "", "", map[string]any{"status": "symptoms"})}
		p.only(device.Refused, "op_id_reused")
		l, err := o.main.Operations(o.ctx, o.grid, "", p.device.ID, true, seawall.Page{Limit: 50})
		o.ok(err)
		if l.Total != 9 {
			t.Errorf("%d operations are kept, want 9", l.Total)
		}
		for _, x := range l.Items {
			if x.Ticket == "" || x.Received.IsZero() {
				t.Errorf("kept without its content: %+v", x)
			}
		}
		if _, err := o.main.Sync(o.ctx, o.lab, response.Batch{Device: p.device.ID}); !seawall.Is(err, seawall.Denied) {
			t.Errorf("another account sends for the phone: %v", err)
		}
		long := make([]string, device.MaxBatch+1)
		_, err = p.send(long)
		o.refuse(err, seawall.Invalid, "batch_long")
	})
}

// A lost phone is told to wipe, its owner is signed out, and what it sent since is
// marked. NF-04.
func TestALostPhone(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		c := o.positive(grid1)
		ks := o.candidates(c.Case, 2, "close", "")
		o.confirm(ks)
		p := o.phone(o.grid, "手机")
		p.op(device.Report, "contact/"+string(ks[0].ID), "", "", map[string]any{"status": "well"})
		p.only(device.Done, "")
		missing := o.clock.Now().Add(time.Minute)
		o.at("2022-03-28 20:00")
		p.op(device.Report, "contact/"+string(ks[1].ID), "", "", map[string]any{"status": "well"})
		p.only(device.Done, "")
		if _, err := o.main.LoseDevice(o.ctx, o.lab, p.device.ID, response.LostDevice{}); !seawall.Is(err, seawall.Denied) {
			t.Errorf("anybody reports a phone lost: %v", err)
		}
		v, err := o.main.LoseDevice(o.ctx, o.countyDesk, p.device.ID, response.LostDevice{Since: missing})
		o.ok(err)
		if v.Late != 1 || len(v.Operations) != 2 || v.Device.State != device.Lost {
			t.Errorf("late %d of %d, %s", v.Late, len(v.Operations), v.Device.State)
		}
		_, err = p.send([]string{p.sign("0123456789abcdef", device.Report, "contact/"+string(ks[0].ID), "", "", map[string]any{"status": "well"})})
		o.refuse(err, seawall.Gone, "device_wipe")
		_, err = o.main.FieldDay(o.ctx, o.grid, p.device.ID, 0, 0)
		o.refuse(err, seawall.Gone, "device_wipe")
		_, err = o.main.DeviceState(o.ctx, p.device.ID)
		o.refuse(err, seawall.Gone, "device_wipe")
		if v, err = o.main.DeviceView(o.ctx, o.countyDesk, p.device.ID); err != nil || v.Device.WipedAt.IsZero() {
			t.Errorf("it is not known that the phone was told: %v %+v", err, v.Device)
		}
	})
}

// What somebody did while a duty was theirs counts after it has climbed; what
// somebody else has done meanwhile is a conflict that a person decides. GOV-08, NF-04.
func TestAStepThatClimbedMeanwhile(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		c := o.positive(grid1)
		ks := o.candidates(c.Case, 1, "close", "")
		o.confirm(ks)
		p := o.phone(o.grid, "手机")
		st := p.step(p.day(), "transfer")
		p.op(device.StepDone, "step/"+string(st.Step), st.Base, "", map[string]any{"kind": "note", "text": "已转运"})
		o.at("2022-03-29 00:30") // the cut-off has passed
		now := o.steps(ks[0].ID)["transfer"]
		if now.Owner == o.grid.Principal.ID {
			t.Fatalf("the step did not climb: %+v", now)
		}
		p.only(device.Done, "")
		if now = o.steps(ks[0].ID)["transfer"]; now.State != loop.Done {
			t.Errorf("the step is %s", now.State)
		}
	})
}
