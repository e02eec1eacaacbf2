package response_test

import (
	"testing"
	"testing/fstest"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/casebook"
	"github.com/seawall-city/seawall/internal/loop"
	"github.com/seawall-city/seawall/internal/response"
)

// limiting is the contacts' protocol of an office that asks those exposed at a
// school to stay at home for some days before the regime's plan is settled.
func (o *office) limiting() fstest.MapFS {
	return o.edited("followup.yaml", "  - key: test\n", `  - key: athome
    title: {zh: 请居家等待, en: Ask to wait at home}
    due: {after: discovered, hours: 4}
    needs: note
    restrict:
      kind: home_monitoring
      after: last_exposure
      max_days: 30
      reason: {zh: "请自{from}至{to}居家，等待检测", en: "Please stay at home from {from} to {to} and wait for the test"}
      appeal_hours: 6
  - key: test
`)
}

// A protocol's own limit restricts nobody until an officer who may confirm measures
// ends its step: then it has the fact, the rule with its version, an end that is
// never later than the regime's, the reason in both languages, the hours for an
// objection and the name of who decided; it ends with the duty (RES-02, GOV-07).
func TestAProtocolsOwnLimit(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		o.main = o.restart(true, o.limiting())
		source := o.positive(grid1)
		c := o.candidates(source.Case, 1, "close", "")[0]
		o.confirm([]casebook.Contact{c})
		v := o.contact(c.ID)
		before := len(v.Loop.Restrictions)
		duty, err := o.main.LoopView(o.ctx, o.epi, v.Loop.Loop.ID)
		o.ok(err)
		if len(duty.Limits) != 1 || duty.Limits[0].Step != "athome" || duty.Limits[0].MaxDays != 30 || duty.Limits[0].AppealHours != 6 {
			t.Errorf("the page says of limits %+v", duty.Limits)
		}
		st := o.steps(c.ID)["athome"]
		words := response.NewEvidence{Kind: "note", Text: "已告知"}
		_, err = o.main.CompleteStep(o.ctx, o.countyDesk, st.ID, words)
		o.refuse(err, seawall.Denied, "")
		if got := len(o.contact(c.ID).Loop.Restrictions); got != before {
			t.Fatalf("%d restrictions before anybody confirmed, were %d", got, before)
		}
		_, err = o.main.CompleteStep(o.ctx, o.epi, st.ID, words)
		o.ok(err)
		v = o.contact(c.ID)
		if len(v.Loop.Restrictions) != before+1 {
			t.Fatalf("%d restrictions, were %d", len(v.Loop.Restrictions), before)
		}
		var r loop.Restriction
		for _, x := range v.Loop.Restrictions {
			if x.AppealHours == 6 {
				r = x
			}
		}
		until := v.Contact.Until.Add(1)
		if r.Kind != "home_monitoring" || r.Fact != source.Case.Ref() || r.Regime == "" || r.Rule != o.ref("followup")+"#steps.athome.restrict" ||
			r.DecidedBy != o.epi.Principal.ID || r.DecidedName == "" || r.Reason.ZH == "" || r.Reason.EN == "" || r.State != loop.RestrictionActive {
			t.Errorf("the limit %+v", r)
		}
		if seawall.DayOf(r.During.To, o.deps.Zone) != until {
			t.Errorf("it ends on %s, the regime's plan on %s", seawall.DayOf(r.During.To, o.deps.Zone), until)
		}
		o.read(func(tx seawall.Tx) error {
			all, _, err := o.db.NoticesFor(o.ctx, tx, casebook.PersonRef(c.Person), seawall.Page{Limit: 50})
			if len(all) == 0 || all[0].Text.ZH == "" {
				t.Errorf("the person was told %+v", all)
			}
			return err
		})
		_, err = o.main.CancelLoop(o.ctx, o.epi, v.Loop.Loop.ID, response.Decision{Key: "not_exposed"})
		o.ok(err)
		for _, x := range o.contact(c.ID).Loop.Restrictions {
			if x.State == loop.RestrictionActive {
				t.Errorf("it outlives its duty: %+v", x)
			}
		}
	})
}

// What the step's officer does not confirm never restricts: a step that is declared
// impossible, and one whose case was taken back.
func TestALimitThatNobodyConfirms(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		o.main = o.restart(true, o.limiting())
		c := o.candidates(o.positive(grid1).Case, 1, "close", "")[0]
		o.confirm([]casebook.Contact{c})
		before := len(o.contact(c.ID).Loop.Restrictions)
		_, err := o.main.StepImpossible(o.ctx, o.epi, o.steps(c.ID)["athome"].ID, 0, "已在集中隔离")
		o.ok(err)
		if got := len(o.contact(c.ID).Loop.Restrictions); got != before {
			t.Errorf("%d restrictions, were %d", got, before)
		}
	})
}
