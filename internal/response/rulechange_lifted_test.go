package response_test

import (
	"testing"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/relief"
	"github.com/seawall-city/seawall/internal/response"
)

// What an objection ended no change of rules puts back, whichever way it is
// applied (SVC-01, GOV-13).
func TestRuleChangeRestoresNothingLifted(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		cs, _ := o.underEight(1)
		o.at("2022-06-28 09:00")
		link, err := o.main.SelfReportLink(o.ctx, o.epi, cs[0].ID)
		o.ok(err)
		mine, err := o.main.Object(o.ctx, response.Objection{Key: link.Token,
			NewAppeal: response.NewAppeal{Request: "objection-before-change", Reason: relief.WrongPlace, Words: "那天不在场"}})
		o.ok(err)
		a := o.appeal(mine.No)
		_, err = o.main.DecideAppeal(o.ctx, o.countyDesk, a.ID, response.AppealDecision{Uphold: true, Version: a.Version,
			Answer: answer("核实当日不在现场", "You were not there that day")})
		o.ok(err)
		if n := o.active(cs[0].Person); n != 0 {
			t.Fatalf("%d measures after an upheld objection", n)
		}
		done, err := o.main.ApplyRuleChange(o.ctx, o.epi, "CN-COVID-8", "CN-COVID-9", "convert")
		o.ok(err)
		if len(done.Failed) != 0 {
			t.Fatalf("applied: %+v", done)
		}
		if n := o.active(cs[0].Person); n != 0 {
			t.Errorf("a change of rules put %d lifted measures back", n)
		}
	})
}

// An entry's request answers only who sends the very same form again: others
// neither read it nor have their own words dropped.
func TestAnEntryIsNotReadThroughItsRequest(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		in := response.NewEntry{Request: "cluster-request-once", Protocol: "cluster", Area: grid1, Values: map[string]any{"place": "合德小学",
			"setting": "school", "class": "三（2）班", "first_ill": "2022-03-27", "ill": 6, "signs": []any{"vomiting"}}}
		first, err := o.main.NewEntry(o.ctx, o.countyDesk, in)
		o.ok(err)
		again, err := o.main.NewEntry(o.ctx, o.countyDesk, in)
		o.ok(err)
		if again.Entry.ID != first.Entry.ID {
			t.Error("sent twice, recorded twice")
		}
		in.Values = map[string]any{"place": "合德小学", "setting": "school", "class": "三（2）班", "first_ill": "2022-03-27", "ill": 9, "signs": []any{"vomiting"}}
		_, err = o.main.NewEntry(o.ctx, o.countyDesk, in)
		o.refuse(err, seawall.Conflict, "request_used")
	})
}
