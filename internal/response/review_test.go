package response_test

import (
	"strings"
	"testing"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/casebook"
	"github.com/seawall-city/seawall/internal/ledger"
	"github.com/seawall-city/seawall/internal/loop"
	"github.com/seawall-city/seawall/internal/response"
)

// What comes again under one request about somebody else is no repetition: nobody
// is shown another's entry (GOV-08).
func TestARequestIsAboutOnePerson(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		first, second := o.someone(), o.someone()
		in := response.NewEntry{Request: "one-request-for-two-people", Protocol: "disinfection", Person: &first, Area: grid1, Values: map[string]any{"place": "一村 3 组"}}
		a, err := o.main.NewEntry(o.ctx, o.countyDesk, in)
		o.ok(err)
		again, err := o.main.NewEntry(o.ctx, o.countyDesk, in)
		o.ok(err)
		if again.Entry.ID != a.Entry.ID {
			t.Errorf("the same again made %s and %s", a.Entry.No, again.Entry.No)
		}
		in.Person = &second
		got, err := o.main.NewEntry(o.ctx, o.countyDesk, in)
		o.refuse(err, seawall.Conflict, "request_used")
		if got.Entry.No != "" {
			t.Errorf("another's entry is shown: %+v", got.Entry)
		}
		in.Person = nil
		_, err = o.main.NewEntry(o.ctx, o.countyDesk, in)
		o.refuse(err, seawall.Conflict, "request_used")
	})
}

// An area that is chosen in a form is one of the tree (GOV-08).
func TestAnAreaInAFormIsThere(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		o.main = o.restart(true, o.edited("cluster.yaml", "      - key: signs\n", "      - {key: grid, type: area, label: {zh: 网格, en: Grid}}\n      - key: signs\n"))
		in := response.NewEntry{Request: "an-area-in-a-form-0001", Protocol: "cluster", Area: grid1, Values: map[string]any{"place": "合德小学", "setting": "school",
			"first_ill": "2022-03-27", "ill": 6, "grid": "999999999"}}
		_, err := o.main.NewEntry(o.ctx, o.countyDesk, in)
		o.refuse(err, seawall.Invalid, "entry_invalid")
		if !strings.Contains(err.Error(), "values.grid") {
			t.Errorf("the field is not named: %v", err)
		}
		in.Values["grid"] = string(grid1)
		_, err = o.main.NewEntry(o.ctx, o.countyDesk, in)
		o.ok(err)
	})
}

// Where a change of rules has given somebody an earlier last day than the rule that
// is cited, planning the duty anew asks for nothing beyond it.
func TestPlanningAnewNeverAsksForMore(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		o.main = o.restart(true, o.edited("followup.yaml", "    due: {after: plan.release, days: 0, day_shift: -1}\n", "    due: {after: plan.release, days: 0, day_shift: -1}\n    after: [transfer]\n"))
		c := o.candidates(o.positive(grid1).Case, 1, "close", "")[0]
		o.confirm([]casebook.Contact{c})
		until := o.day(3)
		o.write(func(tx seawall.Tx) error { // as "min" leaves it: an earlier last day, later tests withdrawn with the rule
			row, err := o.db.Contact(o.ctx, tx, c.ID)
			o.ok(err)
			row.Until, row.Version = until, row.Version+1
			if err := o.db.SaveContact(o.ctx, tx, row); err != nil {
				return err
			}
			steps, err := o.db.StepsOf(o.ctx, tx, row.Loop)
			o.ok(err)
			for _, s := range steps {
				if s.Needs == "result" && s.Day > until {
					s.Key, s.State, s.DoneAt, s.Version = "gone-"+s.Key, loop.Withdrawn, tx.Now(), s.Version+1
					if err := o.db.SaveStep(o.ctx, tx, s); err != nil {
						return err
					}
				}
			}
			return o.log.Record(o.ctx, tx, ledger.Event{Type: "test", Subject: row.Ref()})
		})
		o.note(o.steps(c.ID)["transfer"].ID)
		for key, s := range o.steps(c.ID) {
			if s.State == loop.Open && s.Needs == "result" && s.Day > until {
				t.Errorf("%s on %s is asked for, the last day is %s", key, s.Day, until)
			}
		}
	})
}
