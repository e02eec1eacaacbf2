package response_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/border"
	"github.com/seawall-city/seawall/internal/casebook"
	"github.com/seawall-city/seawall/internal/loop"
	"github.com/seawall-city/seawall/internal/response"
)

// came records an arrival by car who is here since an hour.
func (o *office) came(n int) seawall.ArrivalID {
	o.t.Helper()
	j := o.journey()
	j.Mode, j.Vehicle, j.Arrived = "car", "沪A1234"+string(rune('0'+n)), o.clock.Now().Add(-time.Hour)
	rep, err := o.main.ReceiveFeed(o.ctx, o.cityDesk, response.FeedBatch{Feed: "g15", Rows: []response.FeedRow{
		{External: string(rune('a' + n)), At: o.clock.Now(), Identity: traveller("某甲", n), Journey: j}}})
	o.ok(err)
	if rep.Accepted != 1 {
		o.t.Fatalf("the feed: %+v", rep)
	}
	return rep.Fates[0].Arrival
}

// IMP-09, GOV-13: on 4 July 2022 Yancheng's matrix follows the 9th edition. Who
// came from a high-risk area three days before is free on day 7 after leaving, not
// after three weeks; who has no measure yet gets the new row.
func TestNewMatrixReachesThoseWhoAreHere(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		o.at("2022-07-01 10:00")
		o.graded(shanghai, "high", "2022-06-20")
		managed := o.came(1)
		o.makeAll(t, managed)
		open := o.came(2)
		before := o.arrival(managed)
		if before.Until != day("2022-07-20") || !strings.HasPrefix(before.Regime, "YC-ARR-2022-05-26@") || before.Tier != "risk" {
			t.Fatalf("under the old matrix: %s %s %s", before.Until, before.Regime, before.Tier)
		}
		o.at("2022-07-04 09:00")
		view, err := o.main.Affected(o.ctx, o.epi, "YC-ARR-2022-05-26", "YC-ARR-2022-07-04")
		o.ok(err)
		if view.Total != 2 || len(view.Origins) == 0 || view.Longer != 0 {
			t.Fatalf("affected %d, longer %d: %+v", view.Total, view.Longer, view.People)
		}
		for _, p := range view.People {
			if p.Ref == before.Ref() && (p.OldEnd != day("2022-07-20") || p.NewEnd != day("2022-07-06") || p.MinEnd != day("2022-07-06") || p.Now != "high" || p.Change != "milder") {
				t.Errorf("what changes: %+v", p)
			}
		}
		done, err := o.main.ApplyRuleChange(o.ctx, o.epi, "YC-ARR-2022-05-26", "YC-ARR-2022-07-04", "")
		o.ok(err)
		if done.Changed != 2 || len(done.Failed) != 0 {
			t.Fatalf("applied %+v", done)
		}
		now := o.arrival(managed)
		if now.Until != day("2022-07-06") || !strings.HasPrefix(now.Regime, "YC-ARR-2022-07-04@") || now.Tier != "high" || now.Kind != "central" {
			t.Errorf("under the new matrix: %s %s %s %s", now.Until, now.Regime, now.Tier, now.Kind)
		}
		if got := o.limits(now.Person); !slices.Equal(got, []string{"central until 2022-07-06 CN-ARR-9"}) {
			t.Errorf("restricted by %v", got)
		}
		if got := o.arrivalSteps(managed); !slices.Equal(got, []string{"release@2022-07-06", "test-5@2022-07-04", "test-7@2022-07-06"}) {
			t.Errorf("asked for %v", got)
		}
		if other := o.arrival(open); other.Tier != "high" || other.State != border.Arrived || len(o.limits(other.Person)) != 0 {
			t.Errorf("the one without a measure: %+v", other)
		}
		o.read(func(tx seawall.Tx) error {
			told, _, err := o.db.NoticesFor(o.ctx, tx, casebook.PersonRef(now.Person), seawall.Page{Limit: 9})
			if !slices.ContainsFunc(told, func(n loop.Notice) bool { return strings.Contains(n.Text.ZH, "现定至 2022-07-06") }) {
				t.Errorf("the person was told %+v", told)
			}
			return err
		})
		again, err := o.main.ApplyRuleChange(o.ctx, o.epi, "YC-ARR-2022-05-26", "YC-ARR-2022-07-04", "")
		o.ok(err)
		if again.Changed+again.Kept+again.Before != 0 {
			t.Errorf("a second run did %+v", again)
		}
		o.place()
		o.refolds()
	})
}

// arrivalSteps gives the open steps that follow from a measure.
func (o *office) arrivalSteps(id seawall.ArrivalID) []string {
	o.t.Helper()
	v, err := o.main.ArrivalView(o.ctx, o.epi, id)
	o.ok(err)
	var out []string
	for _, st := range v.Loop.Steps {
		if st.State == loop.Open && !st.Series {
			out = append(out, st.Key+"@"+st.Day.String())
		}
	}
	slices.Sort(out)
	return out
}

// A change of rules answers no objection: it goes on against the measure that took
// the old one's place, and undecided it ends that one. Safeguards §6.
func TestARuleChangeLeavesAnObjection(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		o.at("2022-07-01 10:00")
		o.graded(shanghai, "high", "2022-06-20")
		id := o.came(1)
		o.makeAll(t, id)
		v, err := o.main.ArrivalView(o.ctx, o.cityDesk, id)
		o.ok(err)
		o.at("2022-07-04 09:00")
		mine, err := o.main.FileAppeal(o.ctx, o.grid, response.NewAppeal{Request: o.request(), Restriction: v.Restrictions[0].ID, Reason: "wrong_days"})
		o.ok(err)
		_, err = o.main.ApplyRuleChange(o.ctx, o.epi, "YC-ARR-2022-05-26", "YC-ARR-2022-07-04", "")
		o.ok(err)
		if o.active(v.Arrival.Person) == 0 {
			t.Fatal("the new matrix restricts nobody here")
		}
		o.tickAt(mine.DecideBy.Add(time.Second))
		read, err := o.main.MyAppeal(o.ctx, mine.Code)
		o.ok(err)
		if read.State != "lapsed" || o.active(v.Arrival.Person) != 0 {
			t.Errorf("undecided: %s, %d measures in force", read.State, o.active(v.Arrival.Person))
		}
	})
}
