package response_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/loop"
	"github.com/seawall-city/seawall/internal/regime"
	"github.com/seawall-city/seawall/internal/response"
)

// No clock starts at discovery where the regime says exposure: in every class of
// every shipped regime, whoever is found later has the same days as who is found
// at once, less those that have gone by, and never one more.
func TestPlansCountFromExposure(t *testing.T) {
	rules, err := regime.Load()
	if err != nil {
		t.Fatal(err)
	}
	zone := time.FixedZone("city", 8*60*60)
	classes := 0
	for _, r := range rules.All() {
		for _, class := range r.Classes {
			if r.Disease.ID == "" {
				continue
			}
			classes++
			rapid.Check(t, func(rt *rapid.T) {
				exposed := seawall.DateOf(2022, 3, 1).Add(rapid.IntRange(0, 500).Draw(rt, "exposed"))
				a := regime.Anchors{FirstExposure: exposed.Add(-rapid.IntRange(0, 3).Draw(rt, "first")), LastExposure: exposed,
					Susceptible: rapid.Bool().Draw(rt, "susceptible"), Loc: zone}
				whole, err := r.ContactPlan(class.ID, a)
				if err != nil {
					rt.Skip()
				}
				a.Discovered = exposed.Start(zone).Add(time.Duration(rapid.IntRange(0, 40*24*60).Draw(rt, "found after minutes")) * time.Minute)
				late, err := r.ContactPlan(class.ID, a)
				if err != nil {
					rt.Fatal(err)
				}
				if bad := laterThan(whole, late, seawall.DayOf(a.Discovered, zone)); bad != "" {
					rt.Fatalf("%s, class %s, exposed %s, found %s: %s", r.ID, class.ID, exposed, a.Discovered, bad)
				}
			})
		}
	}
	if classes < 20 {
		t.Errorf("only %d classes were looked at", classes)
	}
}

// laterThan says what a plan of somebody found late has that the whole plan has
// not, "" for nothing.
func laterThan(whole, late regime.Plan, found seawall.Day) string {
	if late.Over {
		if whole.Release.Known() && found < whole.Release {
			return fmt.Sprintf("it is over on %s, before its release on %s", found, whole.Release)
		}
		return ""
	}
	if late.Base != whole.Base || late.Release != whole.Release || late.MonitorTo != whole.MonitorTo {
		return fmt.Sprintf("day 0 %s, release %s, monitored to %s; at once: %s, %s, %s", late.Base, late.Release, late.MonitorTo, whole.Base, whole.Release, whole.MonitorTo)
	}
	for _, test := range late.Tests {
		same := func(o regime.PlannedTest) bool { return o.Day == test.Day && o.Kind == test.Kind }
		if !slices.ContainsFunc(whole.Tests, same) {
			return fmt.Sprintf("a test on %s", test.Day)
		}
	}
	for _, p := range late.Prophylaxis {
		same := func(o regime.Prophylaxis) bool { return o.Key == p.Key && o.Until.Equal(p.Until) }
		if !slices.ContainsFunc(whole.Prophylaxis, same) {
			return fmt.Sprintf("%s until %s", p.Key, p.Until)
		}
	}
	if n := len(late.Segments); whole.Release.Known() && n > 0 && late.Segments[n-1].To != whole.Segments[len(whole.Segments)-1].To {
		return fmt.Sprintf("the last stay ends on %s", late.Segments[n-1].To)
	}
	return ""
}

// The duty keeps to it: whenever a contact is confirmed, the tests stand on their
// days after the exposure, the restrictions and the plan end on theirs, and the
// clock of the end fires then.
func TestDutiesCountFromExposure(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		c := o.positive(grid1)
		zone := time.FixedZone("city", 8*60*60)
		for late := range 12 {
			exposed := seawall.DayOf(o.clock.Now(), zone).Add(-late)
			out, err := o.main.ProposeContacts(o.ctx, o.epi, response.Proposal{Case: c.Case.ID, Contacts: []response.NewContact{
				{Subject: o.someone(), Class: "close", FirstExposure: exposed.Add(-1), LastExposure: exposed, Home: grid1, Relation: "household"}}})
			o.ok(err)
			o.confirm(out.Contacts)
			v := o.contact(out.Contacts[0].ID)
			days := []seawall.Day{}
			for _, s := range v.Loop.Steps {
				if strings.HasPrefix(s.Key, "test-") && !slices.Contains(days, s.Day) {
					days = append(days, s.Day)
				}
			}
			// days 1, 4, 7, 14 of quarantine and 2, 7 of monitoring (8th edition)
			for i, k := range []int{1, 4, 7, 14, 16, 21} {
				if day := exposed.Add(k); day >= seawall.DayOf(o.clock.Now(), zone) && !slices.Contains(days, day) {
					t.Errorf("exposed %s, found %d days later: test %d is not on %s: %v", exposed, late, i, day, days)
				}
			}
			if want := exposed.Add(21); v.Contact.Until != want {
				t.Errorf("exposed %s, found %d days later: until %s, want %s", exposed, late, v.Contact.Until, want)
			}
			o.read(func(tx seawall.Tx) error {
				clocks, err := o.db.ClocksOf(o.ctx, tx, v.Contact.Loop)
				for _, k := range clocks {
					if want := exposed.Add(22).Start(zone); k.Kind == loop.KindRelease && !k.FireAt.Equal(want) {
						t.Errorf("exposed %s, found %d days later: the plan ends at %s, want %s", exposed, late, k.FireAt, want)
					}
				}
				return err
			})
			o.clock.Advance(5 * time.Hour)
		}
	})
}
