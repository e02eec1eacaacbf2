package response_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/relief"
	"github.com/seawall-city/seawall/internal/response"
	"github.com/seawall-city/seawall/internal/vault"
)

// Seal fails once where the test says so.
func (f *flakyVault) Seal(ctx context.Context, rs []vault.Request) ([]vault.Sealed, error) {
	if err := f.down(); err != nil {
		return nil, err
	}
	return f.Vault.Seal(ctx, rs)
}

func (o *office) help(no string) relief.Help {
	o.t.Helper()
	l, err := o.main.Helps(o.ctx, o.cityDesk, response.HelpFilter{Text: no}, seawall.Page{})
	o.ok(err)
	if len(l.Items) != 1 {
		o.t.Fatalf("%d requests numbered %s", len(l.Items), no)
	}
	return l.Items[0]
}

// Somebody in need is answered by the one on the spot; each step is read under
// the code, and who asked twice in a dead network asked once. SVC-01, APP-02.
func TestHelpIsGiven(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		in := response.NewHelp{Request: "asked-for-medicine-1", Kind: relief.Medicine, Words: "透析药只剩一天", Area: grid1, Name: "测试甲",
			Phone: "13900000123", Address: "一村 5 号"}
		mine, err := o.main.AskHelp(o.ctx, in)
		o.ok(err)
		again, err := o.main.AskHelp(o.ctx, in)
		o.ok(err)
		if mine.Code != again.Code || mine.No != again.No || mine.State != relief.HelpOpen || mine.Who != o.grid.Principal.WorkName || mine.NoPhone {
			t.Errorf("asked: %+v, again %+v", mine, again)
		}
		h := o.help(mine.No)
		if h.Owner != o.grid.Principal.ID || h.Secret != "" || strings.Contains(h.Mask+h.Words+h.Place, "13900000123") {
			t.Errorf("kept: %+v", h)
		}
		v, err := o.main.HelpView(o.ctx, o.grid, h.ID)
		o.ok(err)
		id, err := o.main.OpenIdentity(o.ctx, o.grid, response.Opening{Person: h.Person, Purpose: "medical_care", Subject: h.Ref().String()})
		o.ok(err)
		if id.Phone == "" || id.Address == "" {
			t.Errorf("the vault has %+v", id)
		}
		for i, want := range []string{relief.HelpAnswered, relief.HelpDone} {
			_, err := o.main.CompleteStep(o.ctx, o.grid, v.Loop.Steps[i].ID, response.NewEvidence{Kind: "note", Text: "已办"})
			o.ok(err)
			read, err := o.main.MyHelp(o.ctx, mine.Code)
			o.ok(err)
			if read.State != want || len(read.Trail) != i+2 {
				t.Errorf("after step %d: %+v", i, read)
			}
		}
		o.place()
		o.refolds()
		_, err = o.main.AskHelp(o.ctx, response.NewHelp{Request: "asked-for-nothing-11", Kind: "company"})
		o.refuse(err, seawall.Invalid, "help_invalid")
		_, err = o.main.MyHelp(o.ctx, "H-0000")
		o.refuse(err, seawall.NotFound, "code_unknown")
	})
}

// A medical emergency is never refused: without a name, a place, an id, with the
// vault away. It goes up a level every few minutes until somebody answers. SVC-01,
// safeguards (design §6: medical emergencies pass every gate).
func TestEmergencyIsNeverBlocked(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		bare, err := o.main.AskHelp(o.ctx, response.NewHelp{Kind: relief.Medical, Area: "no such place", Words: strings.Repeat("痛", 9000), Key: "nonsense"})
		o.ok(err)
		if bare.No == "" || !bare.Urgent || bare.Code == "" {
			t.Errorf("bare: %+v", bare)
		}
		o.flaky.fail = true
		mine, err := o.main.AskHelp(o.ctx, response.NewHelp{Request: "chest-pain-request-1", Kind: relief.Medical, Area: grid1, Phone: "13900000999"})
		o.ok(err)
		if !mine.NoPhone || mine.Who != o.grid.Principal.WorkName || mine.AnswerBy.Sub(o.clock.Now()) > 15*time.Minute {
			t.Errorf("with the vault away: %+v", mine)
		}
		o.tickAt(mine.AnswerBy.Add(-time.Second))
		if h := o.help(mine.No); h.Climbs != 0 {
			t.Errorf("too early: %+v", h)
		}
		o.tickAt(mine.AnswerBy.Add(time.Second))
		o.tickAt(mine.AnswerBy.Add(2 * time.Second))
		h := o.help(mine.No)
		if h.Climbs != 1 || h.Owner == o.grid.Principal.ID {
			t.Errorf("after the first minutes: %+v", h)
		}
		o.tickAt(h.AnswerBy.Add(time.Second))
		o.tickAt(o.help(mine.No).AnswerBy.Add(time.Second))
		if h = o.help(mine.No); h.Climbs != 3 || h.Owner != o.cityDesk.Principal.ID {
			t.Errorf("at the city: %+v", h)
		}
		v, err := o.main.HelpView(o.ctx, o.cityDesk, h.ID)
		o.ok(err)
		for _, st := range v.Loop.Steps {
			_, err := o.main.CompleteStep(o.ctx, o.cityDesk, st.ID, response.NewEvidence{Kind: "note", Text: "120 已到"})
			o.ok(err)
		}
		o.tickAt(o.clock.Now().Add(3 * time.Hour))
		if h = o.help(mine.No); h.Climbs != 3 || h.State != relief.HelpDone {
			t.Errorf("after it was over: %+v", h)
		}
	})
}

// A key shows what is asked and where to object. APP-02.
func TestMyDutiesByLink(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		h := o.hold(o.positive(grid1).Case, o.epi)
		d, err := o.main.MyDuties(context.Background(), h.token)
		o.ok(err)
		if d.FollowUp == nil || len(d.Measures) != len(h.stays) || d.Measures[0].AppealHours == 0 || d.Measures[0].Source.ZH == "" || d.Call == "" {
			t.Errorf("my duties: %+v", d)
		}
		a := o.object(h, relief.WrongDays)
		if d, err = o.main.MyDuties(o.ctx, h.token); err != nil || d.Measures[0].Appeal != a.No || d.Measures[0].AppealState != relief.Pending {
			t.Errorf("with an objection: %+v %v", d.Measures[0], err)
		}
		_, err = o.main.MyDuties(o.ctx, "no-such-code")
		o.refuse(err, seawall.NotFound, "")
	})
}
