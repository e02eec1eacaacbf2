package response_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/casebook"
	"github.com/seawall-city/seawall/internal/device"
	"github.com/seawall-city/seawall/internal/loop"
	"github.com/seawall-city/seawall/internal/response"
)

// field is an office with followed contacts and two phones that have fetched their
// day.
type field struct {
	o        *office
	contacts []casebook.Contact
	a, b     *phone
	base     string
	report   response.FieldStep
}

func newField(o *office, n int) *field {
	c := o.positive(grid1)
	f := &field{o: o, contacts: o.candidates(c.Case, n, "close", "")}
	o.confirm(f.contacts)
	f.a, f.b = o.phone(o.grid, "甲"), o.phone(o.countyDesk, "乙")
	f.report = f.a.step(f.a.day(), "monitor")
	f.base = f.report.Report.Base
	return f
}

func wellWith(note string) map[string]any {
	return map[string]any{"day": "2022-03-28", "status": "well", "temperature": 36.6, "note": note}
}

// Two phones that edit the same follow-up for a day lose nothing: the second one is
// a conflict with both sides, and a person decides. GOV-08, NF-04.
func TestTwoPhonesOneFollowUp(t *testing.T) {
	for _, keep := range []string{device.KeepMine, device.KeepTheirs, device.KeepBoth} {
		t.Run(keep, func(t *testing.T) {
			each(t, func(t *testing.T, o *office) { decided(t, newField(o, 1), keep) })
		})
	}
}

func decided(t *testing.T, f *field, keep string) {
	o, id := f.o, f.contacts[0].ID
	target := "contact/" + string(id)
	f.a.op(device.Report, target, f.base, "", wellWith("甲看到的"))
	f.b.op(device.Report, target, f.base, "", map[string]any{"day": "2022-03-28", "status": "well", "temperature": 37.1, "note": "乙看到的"})
	o.clock.Set(o.clock.Now().Add(3 * time.Hour))
	f.a.only(device.Done, "")
	r := f.b.only(device.Clash, "changed_meanwhile")
	c, err := o.main.Conflict(o.ctx, o.epi, r.Conflict)
	o.ok(err)
	want := map[string][2]any{"note": {"乙看到的", "甲看到的"}, "temperature": {37.1, 36.6}, "status": {"well", "well"}}
	for _, p := range c.Fields {
		if w, ok := want[p.Field]; ok && (p.Mine != w[0] || p.Theirs != w[1] || p.Same != (w[0] == w[1]) || p.Label.ZH == "") {
			t.Errorf("side by side: %+v", p)
		}
		delete(want, p.Field)
	}
	if len(want) > 0 || c.TheirsBy != o.grid.Principal.WorkName || c.Mask == "" {
		t.Errorf("the conflict lacks %v: %+v", want, c)
	}
	_, err = o.main.DecideConflict(o.ctx, o.lab, c.ID, response.Verdict{Keep: keep})
	o.refuse(err, seawall.Denied, "")
	_, err = o.main.DecideConflict(o.ctx, o.epi, c.ID, response.Verdict{Keep: "whoever"})
	o.refuse(err, seawall.Invalid, "conflict_keep")
	c, err = o.main.DecideConflict(o.ctx, o.epi, c.ID, response.Verdict{Keep: keep, Note: "已向双方核实"})
	o.ok(err)
	if c.State != device.Decided || c.DecidedBy != o.epi.Principal.WorkName {
		t.Errorf("%+v", c)
	}
	_, err = o.main.DecideConflict(o.ctx, o.epi, c.ID, response.Verdict{Keep: keep})
	o.refuse(err, seawall.Conflict, "conflict_decided")
	v := o.contact(id)
	stands := map[string]string{device.KeepMine: "乙看到的"}[keep]
	if stands == "" {
		stands = "甲看到的"
	}
	if len(v.FollowUps) != 1 || v.FollowUps[0].Note != stands {
		t.Errorf("what stands is %+v, want %s", v.FollowUps, stands)
	}
	evidence := f.evidence()
	if found := strings.Contains(evidence, "甲看到的"); found != (keep == device.KeepMine) {
		t.Errorf("what was written over is evidence: %v", found)
	}
	if found := strings.Contains(evidence, "乙看到的"); found != (keep == device.KeepBoth) {
		t.Errorf("further evidence: %v", found)
	}
}

// evidence gives all evidence of the field's duties as text.
func (f *field) evidence() string {
	f.o.t.Helper()
	var all []loop.Evidence
	f.o.read(func(tx seawall.Tx) error {
		for _, c := range f.contacts {
			k, err := f.o.db.Contact(f.o.ctx, tx, c.ID)
			if err != nil {
				return err
			}
			ev, err := f.o.db.EvidenceOf(f.o.ctx, tx, k.Loop)
			if err != nil {
				return err
			}
			all = append(all, ev...)
		}
		return nil
	})
	b, err := json.Marshal(all)
	f.o.ok(err)
	return string(b)
}

// standing gives the reports that stand, as text.
func (f *field) standing() string {
	var all []casebook.FollowUp
	for _, c := range f.contacts {
		all = append(all, f.o.contact(c.ID).FollowUps...)
	}
	b, err := json.Marshal(all)
	f.o.ok(err)
	return string(b)
}

// conflicts gives the conflicts of a state with their text.
func (f *field) conflicts(state string) ([]device.Conflict, string) {
	l, err := f.o.main.Conflicts(f.o.ctx, f.o.epi, state, seawall.Ref{}, false, seawall.Page{Limit: 500})
	f.o.ok(err)
	b, err := json.Marshal(l.Items)
	f.o.ok(err)
	return l.Items, string(b)
}

// In whatever order two phones work without a network and send, in whatever pieces,
// every value that somebody typed is afterwards found in what stands, in evidence
// or in an open conflict; and still when all conflicts have been decided. GOV-08, NF-04.
func TestNothingThatWasTypedIsLost(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		first := newField(o, 2)
		rapid.Check(t, func(r *rapid.T) {
			c := o.positive(grid1)
			f := &field{o: o, contacts: o.candidates(c.Case, 2, "close", ""), a: first.a, b: first.b, base: first.base}
			o.confirm(f.contacts)
			offline(t, r, f)
		})
	})
}

// typed is what one phone typed and where it was about.
type typed struct{ last map[string]string }

// offline lets two phones work and send in random order.
func offline(t *testing.T, r *rapid.T, f *field) {
	var values []string
	mine := map[*phone]*typed{f.a: {map[string]string{}}, f.b: {map[string]string{}}}
	for range rapid.IntRange(4, 14).Draw(r, "operations") {
		p := rapid.SampledFrom([]*phone{f.a, f.b}).Draw(r, "phone")
		if rapid.IntRange(0, 3).Draw(r, "send") == 0 {
			p.some(r)
		}
		f.o.clock.Set(f.o.clock.Now().Add(time.Duration(rapid.IntRange(0, 9).Draw(r, "seconds")) * time.Second))
		c := f.contacts[rapid.IntRange(0, len(f.contacts)-1).Draw(r, "contact")]
		values = append(values, fmt.Sprintf("值%d号", len(values)))
		f.type1(r, p, mine[p], c, values[len(values)-1])
	}
	for len(f.a.queue)+len(f.b.queue) > 0 {
		rapid.SampledFrom([]*phone{f.a, f.b}).Draw(r, "last").some(r)
	}
	_, open := f.conflicts(device.Open)
	f.found(t, values, f.standing()+f.evidence()+open)
	list, _ := f.conflicts(device.Open)
	for _, c := range list {
		keep := rapid.SampledFrom([]string{device.KeepMine, device.KeepTheirs, device.KeepBoth}).Draw(r, "keep")
		if _, err := f.o.main.DecideConflict(f.o.ctx, f.o.epi, c.ID, response.Verdict{Keep: keep}); err != nil {
			_, err = f.o.main.DecideConflict(f.o.ctx, f.o.epi, c.ID, response.Verdict{Keep: device.KeepBoth})
			f.o.ok(err)
		}
	}
	list, left := f.conflicts(device.Open)
	if len(list) > 0 {
		t.Fatalf("%d conflicts are left: %s", len(list), left)
	}
	_, told := f.conflicts(device.Decided)
	f.found(t, values, f.standing()+f.evidence()+told)
}

// type1 types one value into a report, a note or the transfer of a contact.
func (f *field) type1(r *rapid.T, p *phone, mine *typed, c casebook.Contact, value string) {
	steps := f.o.steps(c.ID)
	switch rapid.IntRange(0, 3).Draw(r, "what") {
	case 0:
		st := steps["transfer"]
		target := "step/" + string(st.ID)
		mine.last[target] = p.op(device.StepDone, target, "", mine.last[target], map[string]any{"kind": "note", "text": value})
	case 1:
		p.op(device.Note, "step/"+string(steps["transfer"].ID), "", "", map[string]any{"text": value})
	default:
		target := "contact/" + string(c.ID)
		mine.last[target] = p.op(device.Report, target, f.base, mine.last[target], wellWith(value))
	}
}

// some sends the first operations of the queue, and sometimes sends them again.
func (p *phone) some(r *rapid.T) {
	n := rapid.IntRange(0, len(p.queue)).Draw(r, "how many")
	part := p.queue[:n]
	out, err := p.send(part)
	p.o.ok(err)
	if out.Refused > 0 {
		p.t.Fatalf("refused: %+v", out.Results)
	}
	if n > 0 && rapid.Bool().Draw(r, "again") {
		again, err := p.send(part)
		p.o.ok(err)
		if again.Repeated != n {
			p.t.Fatalf("sent again: %+v", again)
		}
	}
	p.queue = p.queue[n:]
}

func (f *field) found(t *testing.T, values []string, in string) {
	t.Helper()
	for _, v := range values {
		if !strings.Contains(in, v) {
			t.Fatalf("%s was typed and is nowhere: %s", v, in)
		}
	}
}
