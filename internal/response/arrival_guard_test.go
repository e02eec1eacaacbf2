package response_test

import (
	"testing"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/border"
	"github.com/seawall-city/seawall/internal/response"
)

// Whoever knows somebody's name and number changes nothing on record of them by a
// public declaration: neither the origin, nor that they are here, nor their group.
func TestAStrangersDeclarationChangesNobody(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		o.graded(shanghai, "high", o.day(-10).String())
		j := o.journey()
		j.Origins[0].Code = "320106"
		own, err := o.main.DeclareTravel(o.ctx, response.NewDeclaration{Request: o.request(), Journey: j,
			People: []response.DeclaredPerson{{Identity: traveller("某甲", 91)}}})
		o.ok(err)
		before := o.arrival(own.People[0].ID)
		j.Origins, j.Arrived, j.Size = []response.NewOrigin{{Code: shanghai, Left: o.day(-1)}}, o.clock.Now(), 5
		other, err := o.main.DeclareTravel(o.ctx, response.NewDeclaration{Request: o.request(), Journey: j,
			People: []response.DeclaredPerson{{Identity: traveller("某乙", 92)}, {Identity: traveller("某甲", 91)}}})
		o.ok(err)
		_, err = o.main.ChangeDeclaration(o.ctx, other.Code, response.DeclarationChange{Request: o.request(),
			Add: []response.DeclaredPerson{{Identity: traveller("某甲", 91)}}})
		o.ok(err)
		after := o.arrival(before.ID)
		if after.State != border.Expected || len(after.Origins) != 1 || after.Tier != before.Tier || after.Group != before.Group {
			t.Errorf("changed by a stranger: %+v", after)
		}
		if mine, err := o.main.MyDeclaration(o.ctx, own.Code); err != nil || mine.Size != 1 {
			t.Errorf("the own declaration: %+v %v", mine, err)
		}
	})
}

// What a feed has told is not taken back by the declaration's code, two who change
// it at once are told, and nobody adds people without end.
func TestADeclarationChangesOnlyItsOwn(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		o.graded(shanghai, "high", o.day(-10).String())
		request := o.request()
		dec, err := o.main.DeclareTravel(o.ctx, response.NewDeclaration{Request: request, Journey: o.journey(),
			People: []response.DeclaredPerson{{Identity: traveller("某甲", 93)}}})
		o.ok(err)
		id := dec.People[0].ID
		o.ok(o.db.Read(o.ctx, func(tx seawall.Tx) error {
			if _, err := o.db.GroupByRequest(o.ctx, tx, "public/"+request); !seawall.Is(err, seawall.NotFound) {
				t.Errorf("the request, which gives the code, is on record: %v", err)
			}
			return nil
		}))
		o.feed("rail", o.row("1", traveller("某甲", 93)))
		day := o.day(1)
		_, err = o.main.ChangeDeclaration(o.ctx, dec.Code, response.DeclarationChange{Version: 0, Expected: &day,
			Origins: []response.NewOrigin{{Code: "320106", Left: o.day(-2)}}})
		o.ok(err)
		if a := o.arrival(id); a.Tier == "" || len(a.Origins) != 2 {
			t.Errorf("what the feed told is gone: %+v", a.Origins)
		}
		mine, err := o.main.MyDeclaration(o.ctx, dec.Code)
		o.ok(err)
		text := "另一处"
		_, err = o.main.ChangeDeclaration(o.ctx, dec.Code, response.DeclarationChange{Version: mine.Version, StayText: &text})
		o.ok(err)
		_, err = o.main.ChangeDeclaration(o.ctx, dec.Code, response.DeclarationChange{Version: mine.Version, StayText: &text})
		o.refuse(err, seawall.Conflict, "changed_meanwhile")
		many := make([]response.DeclaredPerson, 101)
		for i := range many {
			many[i].Identity.Name = "某人"
		}
		if _, err = o.main.ChangeDeclaration(o.ctx, dec.Code, response.DeclarationChange{Request: o.request(), Add: many}); !seawall.Is(err, seawall.Invalid) {
			t.Errorf("101 people added: %v", err)
		}
	})
}
