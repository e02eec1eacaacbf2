package response_test

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/ledger"
	"github.com/seawall-city/seawall/internal/protocol"
	"github.com/seawall-city/seawall/internal/relief"
	"github.com/seawall-city/seawall/internal/response"
	"github.com/seawall-city/seawall/internal/vault"
)

// Somebody who was in a graded place before the last one is graded by it, and the
// sentence cites that place with the level in words. IMP-03, GOV-07.
func TestEveryPlaceOfTheLastDaysCounts(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		j := o.journey()
		j.Origins = []response.NewOrigin{{Code: "320106", Left: o.day(-1)}, {Code: shanghai, Left: o.day(-4)}}
		dec, err := o.main.DeclareTravel(o.ctx, response.NewDeclaration{Request: o.request(), Journey: j,
			People: []response.DeclaredPerson{{Identity: traveller("某甲", 41)}}})
		o.ok(err)
		id := dec.People[0].ID
		if a := o.arrival(id); a.Tier != "" {
			t.Fatalf("graded before any grade: %+v", a)
		}
		rep, err := o.main.ImportGrades(o.ctx, o.cityDesk, "covid-19", "code,level,from,source,invented\n"+shanghai+",medium,"+o.day(-10).String()+",公告 7 号,yes\n", false)
		o.ok(err)
		o.place()
		v, err := o.main.ArrivalView(o.ctx, o.cityDesk, id)
		o.ok(err)
		if rep.Affected != 1 || v.Arrival.Tier != "risk" {
			t.Errorf("%d affected, tier %q", rep.Affected, v.Arrival.Tier)
		}
		if !strings.Contains(v.Why.ZH, "中风险地区（公告 7 号）") || !strings.Contains(v.Why.EN, "a medium-risk area") || strings.Contains(v.Why.EN, "medium (") {
			t.Errorf("why: %+v", v.Why)
		}
		at := slices.IndexFunc(v.Events, func(e ledger.Event) bool { return e.Type == "arrival.regraded" })
		if at < 0 {
			t.Fatalf("no event: %+v", v.Events)
		}
		if e := v.Events[at]; e.Data["origin"] != shanghai || e.Data["source"] != "公告 7 号" {
			t.Errorf("cited: %+v", e.Data)
		}
	})
}

// A chain of custody names each holder in both languages: another city as the
// table of origins has it, an own community as the table of areas has it.
func TestCustodyIsNamedInBothLanguages(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		a := o.come("某甲", 42)
		_, err := o.main.HandOnArrival(o.ctx, o.cityDesk, a.ID, response.HandOn{To: "南通市", Letter: "1号"})
		o.ok(err)
		v, err := o.main.ArrivalView(o.ctx, o.cityDesk, a.ID)
		o.ok(err)
		want := []seawall.Text{{ZH: "一村1网格", EN: "1网格, 一村"}, {ZH: "南通市", EN: "Nantong City"}}
		for i, c := range v.Custody {
			if c.Name != want[i] {
				t.Errorf("stretch %d: %+v", i, c.Name)
			}
		}
		if step := v.Loop.Steps[len(v.Loop.Steps)-1]; step.Title.EN != "Get the receipt of Nantong City" {
			t.Errorf("the step reads %q", step.Title.EN)
		}
	})
}

// Merging two numbers of one person brings what they asked of the city along, and
// taking it back takes that back.
func TestMergingBringsWhatTheyAsked(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		c := o.positive(grid1).Case
		h := o.hold(c, o.epi)
		mine := o.object(h, relief.WrongPerson)
		asked, err := o.main.AskHelp(o.ctx, response.NewHelp{Request: "asked-for-medicine-2", Kind: relief.Medicine, Words: "药", Key: h.token})
		o.ok(err)
		other := o.come("某乙", 43).Person
		both := func(want seawall.PersonNo) {
			t.Helper()
			a, q := o.appeal(mine.No), o.help(asked.No)
			if a.Person != want || q.Person != want {
				t.Errorf("the objection is %s's, the request %s's, not %s's", a.Person, q.Person, want)
			}
			for _, id := range []seawall.LoopID{a.Loop, q.Loop} {
				if v, err := o.main.LoopView(o.ctx, o.cityDesk, id); err != nil || v.Loop.Person != want {
					t.Errorf("the duty is %s's: %v", v.Loop.Person, err)
				}
			}
		}
		both(h.contact.Person)
		_, err = o.main.Merge(o.ctx, o.epi, response.MergeRequest{Loser: h.contact.Person, Winner: other, Reason: "同一人"})
		o.ok(err)
		both(other)
		_, err = o.main.Unmerge(o.ctx, o.epi, h.contact.Person, "不是同一人")
		o.ok(err)
		both(h.contact.Person)
		o.place()
		o.refolds()
	})
}

// listening notes under which ids identities are sealed.
type listening struct {
	vault.Vault
	ids []string
}

func (l *listening) Seal(ctx context.Context, rs []vault.Request) ([]vault.Sealed, error) {
	for _, r := range rs {
		l.ids = append(l.ids, r.ID)
	}
	return l.Vault.Seal(ctx, rs)
}

// The request that gives a code stands nowhere: not in the records, and not as the
// id under which the vault seals who asked.
func TestTheVaultKeepsNoRequest(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		l := &listening{Vault: o.flaky.Vault}
		o.flaky.Vault = l
		request := "asked-for-medicine-3"
		for range 2 {
			_, err := o.main.AskHelp(o.ctx, response.NewHelp{Request: request, Kind: relief.Medicine, Words: "药", Name: "测试甲", Phone: "13900000124"})
			o.ok(err)
		}
		if len(l.ids) != 2 || l.ids[0] != l.ids[1] || strings.Contains(l.ids[0], request) {
			t.Errorf("sealed under %q", l.ids)
		}
	})
}

// A medical request is read as far as it can be; any other one is asked again for
// what it wrote in another form.
func TestMedicalRequestsAreReadAsFarAsTheyGo(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		read := func(s string) (in response.NewHelp) {
			t.Helper()
			o.ok(json.Unmarshal([]byte(s), &in))
			return in
		}
		mine, err := o.main.AskHelp(o.ctx, read(`{"kind":"medical","people":"three","words":["胸痛"],"newField":{"a":1},"area":7}`))
		o.ok(err)
		if !mine.Urgent || mine.Code == "" {
			t.Errorf("taken: %+v", mine)
		}
		_, err = o.main.AskHelp(o.ctx, read(`{"request":"asked-for-food-00001","kind":"food","people":"three","newField":1}`))
		o.refuse(err, seawall.Invalid, "help_invalid")
		_, err = o.main.AskHelp(o.ctx, read(`{"request":"asked-for-food-00001","kind":"food","newField":1}`))
		o.ok(err)
	})
}

// The clocks of help and the ceiling of objections are the protocol files'.
func TestReliefRunsByItsFiles(t *testing.T) {
	if want := relief.Kinds(); len(protocol.HelpKinds()) != len(want) {
		t.Errorf("kinds: %v, %v", protocol.HelpKinds(), want)
	}
	for _, k := range relief.Kinds() {
		if !slices.Contains(protocol.HelpKinds(), k) {
			t.Errorf("a protocol gives no clock of %s", k)
		}
	}
	files, err := protocol.Load(protocol.Known{})
	if err != nil {
		t.Fatal(err)
	}
	help, _ := files.ByID("help")
	object, _ := files.ByID("appeal")
	each(t, func(t *testing.T, o *office) {
		for _, k := range relief.Kinds() {
			asked, err := o.main.AskHelp(o.ctx, response.NewHelp{Request: "asked-for-something-" + k, Kind: k, Words: "药"})
			o.ok(err)
			answer, there := asked.AnswerBy.Sub(asked.At), asked.HelpBy.Sub(asked.At)
			if answer != time.Duration(help.Figures[k+"_answer_minutes"])*time.Minute || there != time.Duration(help.Figures[k+"_help_minutes"])*time.Minute || answer == 0 {
				t.Errorf("%s: %s, %s", k, answer, there)
			}
		}
		mine := o.object(o.hold(o.positive(grid1).Case, o.epi), relief.WrongPerson)
		if n := object.Figures["ceiling_levels"]; n == 0 || mine.Ceiling.Sub(mine.At) != time.Duration(n)*mine.DecideBy.Sub(mine.At) {
			t.Errorf("objected: %+v", mine)
		}
	})
}
