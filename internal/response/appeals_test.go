package response_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/casebook"
	"github.com/seawall-city/seawall/internal/ledger"
	"github.com/seawall-city/seawall/internal/loop"
	"github.com/seawall-city/seawall/internal/relief"
	"github.com/seawall-city/seawall/internal/response"
)

// held is somebody under a measure, with the key that opens it.
type held struct {
	contact casebook.Contact
	token   string
	stays   []loop.Restriction
}

// hold puts a contact of a case under a measure. by decides it.
func (o *office) hold(c casebook.Case, by response.Who) held {
	o.t.Helper()
	k := o.candidates(c, 1, "close", "")[0]
	b, err := o.main.ConfirmContacts(o.ctx, by, response.Cut{Selection: response.Selection{IDs: []seawall.ContactID{k.ID}}})
	o.ok(err)
	if b.Done != 1 {
		o.t.Fatalf("confirmed %+v", b)
	}
	link, err := o.main.SelfReportLink(o.ctx, o.epi, k.ID)
	o.ok(err)
	h := held{contact: o.contact(k.ID).Contact, token: link.Token}
	h.stays = o.measures(h.contact.Person)
	if len(h.stays) == 0 {
		o.t.Fatal("nothing to object to")
	}
	return h
}

func (o *office) measures(no seawall.PersonNo) (out []loop.Restriction) {
	o.t.Helper()
	o.read(func(tx seawall.Tx) (err error) {
		out, err = o.db.RestrictionsOn(o.ctx, tx, casebook.PersonRef(no))
		return err
	})
	return out
}

// active counts the measures in force on a person.
func (o *office) active(no seawall.PersonNo) (n int) {
	o.t.Helper()
	for _, r := range o.measures(no) {
		if r.State == loop.RestrictionActive {
			n++
		}
	}
	return n
}

// object files an objection as the person.
func (o *office) object(h held, reason string) response.MyAppeal {
	o.t.Helper()
	o.seq++
	a, err := o.main.Object(o.ctx, response.Objection{Key: h.token, NewAppeal: response.NewAppeal{
		Request: fmt.Sprintf("objection-%09d", o.seq), Restriction: h.stays[0].ID, Reason: reason}})
	o.ok(err)
	return a
}

// appeal finds the row of a number.
func (o *office) appeal(no string) relief.Appeal {
	o.t.Helper()
	l, err := o.main.Appeals(o.ctx, o.cityDesk, response.AppealFilter{Text: no}, seawall.Page{})
	o.ok(err)
	if len(l.Items) != 1 {
		o.t.Fatalf("%d objections numbered %s", len(l.Items), no)
	}
	return l.Items[0]
}

func answer(zh, en string) seawall.Text { return seawall.Text{ZH: zh, EN: en} }

// A measure is objected to by the person's own link, acknowledged at once with
// its number, clock and who decides; upheld, the measure ends with its reason,
// and the person reads every step under the code. APP-02, safeguards (design §6).
func TestAppealUpheld(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		h := o.hold(o.positive(grid1).Case, o.epi)
		in := response.Objection{Key: h.token, NewAppeal: response.NewAppeal{Request: "objection-sent-twice", Reason: relief.WrongPlace, Words: "那天我在南京"}}
		mine, err := o.main.Object(o.ctx, in)
		o.ok(err)
		again, err := o.main.Object(o.ctx, in)
		o.ok(err)
		if again.Code != mine.Code || again.No != mine.No {
			t.Errorf("sent twice: %s %s, then %s %s", mine.No, mine.Code, again.No, again.Code)
		}
		want := o.clock.Now().Add(time.Duration(h.stays[0].AppealHours) * time.Hour)
		if mine.State != relief.Pending || !mine.DecideBy.Equal(want) || mine.Decides == "" || mine.Decides == o.epi.Principal.WorkName {
			t.Errorf("acknowledged: %+v, want by %s", mine, want)
		}
		_, err = o.main.Object(o.ctx, response.Objection{Key: h.token, NewAppeal: response.NewAppeal{Request: "objection-another-one", Reason: relief.WrongPlace}})
		o.refuse(err, seawall.Conflict, "appeal_pending")
		a := o.appeal(mine.No)
		if a.Secret != "" {
			t.Error("a list gives the hash of the code away")
		}
		in2 := response.AppealDecision{Uphold: true, Version: a.Version, Answer: answer("核实当日不在现场", "You were not there that day")}
		_, err = o.main.DecideAppeal(o.ctx, o.epi, a.ID, in2)
		o.refuse(err, seawall.Denied, "appeal_own_decision")
		_, err = o.main.DecideAppeal(o.ctx, o.countyDesk, a.ID, response.AppealDecision{Uphold: true, Answer: answer("行", "")})
		o.refuse(err, seawall.Invalid, "appeal_answer_needed")
		v, err := o.main.DecideAppeal(o.ctx, o.countyDesk, a.ID, in2)
		o.ok(err)
		if v.Appeal.State != relief.Upheld || v.Measure.State != loop.RestrictionReleased || v.Loop.Loop.State != loop.Done {
			t.Errorf("decided: %+v", v)
		}
		if n := o.active(h.contact.Person); n != 0 {
			t.Errorf("%d measures still in force", n)
		}
		read, err := o.main.MyAppeal(o.ctx, strings.ToLower(strings.ReplaceAll(mine.Code, "-", " ")))
		o.ok(err)
		if read.State != relief.Upheld || read.Answer != in2.Answer || len(read.Trail) != 2 || read.Code != "" {
			t.Errorf("read under the code: %+v", read)
		}
		if f, err := o.main.MyFollowUp(o.ctx, h.token); err != nil || len(f.Notices) == 0 {
			t.Errorf("the person is not told: %+v %v", f.Notices, err)
		}
		if c := o.contact(h.contact.ID).Contact; c.Room != "" {
			t.Error("the room of a lifted measure is not free")
		}
		_, err = o.main.DecideAppeal(o.ctx, o.cityDesk, a.ID, in2)
		o.refuse(err, seawall.Conflict, "appeal_decided")
		_, err = o.main.MyAppeal(o.ctx, "A-0000-0000-0000-0000")
		o.refuse(err, seawall.NotFound, "code_unknown")
	})
}

// A rejection gives its reason and names the next level; there somebody else
// decides, and after the city the law's own ways are named. Safeguards §6.
func TestAppealRejectedGoesUp(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		h := o.hold(o.positive(grid1).Case, o.epi)
		no := response.AppealDecision{Answer: answer("现场登记有您的签名", "Your signature is on the list")}
		first := o.object(h, relief.WrongPerson)
		a := o.appeal(first.No)
		_, err := o.main.DecideAppeal(o.ctx, o.countyDesk, a.ID, no)
		o.ok(err)
		read, err := o.main.MyAppeal(o.ctx, first.Code)
		o.ok(err)
		if read.State != relief.Rejected || !read.Again || read.Next.ZH == "" || o.active(h.contact.Person) == 0 {
			t.Errorf("rejected: %+v", read)
		}
		// the objection's own code is key enough to go on
		o.seq++
		second, err := o.main.Object(o.ctx, response.Objection{Key: first.Code, NewAppeal: response.NewAppeal{Request: "the-next-level-please", Reason: relief.WrongPerson}})
		o.ok(err)
		b := o.appeal(second.No)
		if b.Level != 2 || b.Prior != a.ID || b.Area == a.Area || b.MayDecide(o.countyDesk.Principal.ID) || b.MayDecide(o.epi.Principal.ID) {
			t.Errorf("the second one: %+v", b)
		}
		for b.Area != cityPath {
			_, err = o.main.DecideAppeal(o.ctx, o.cityDesk, b.ID, no)
			o.ok(err)
			o.seq++
			second, err = o.main.Object(o.ctx, response.Objection{Key: h.token, NewAppeal: response.NewAppeal{
				Request: fmt.Sprintf("and-another-level-%03d", o.seq), Restriction: h.stays[0].ID, Reason: relief.WrongPerson}})
			o.ok(err)
			b = o.appeal(second.No)
		}
		other := o.account("other", "市防控办 复核岗", city, "duty_officer")
		_, err = o.main.DecideAppeal(o.ctx, other, b.ID, no)
		o.ok(err)
		_, err = o.main.Object(o.ctx, response.Objection{Key: h.token, NewAppeal: response.NewAppeal{
			Request: "once-more-after-the-city", Restriction: h.stays[0].ID, Reason: relief.WrongPerson}})
		o.refuse(err, seawall.Conflict, "appeal_exhausted")
	})
}

// Undecided in time it climbs where a laboratory confirmed what the measure rests
// on, each time once, and at the ceiling it ends by itself; where the evidence is
// a suspicion it ends at the first instant. Safeguards §6.
func TestAppealUndecided(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		confirmed := o.hold(o.positive(grid1).Case, o.epi)
		suspect, err := o.main.RecordCase(o.ctx, o.epi, response.NewCase{Subject: o.someone(), Disease: "covid-19", Class: casebook.Suspected,
			Onset: day("2022-03-27"), Home: grid1})
		o.ok(err)
		unconfirmed := o.hold(suspect.Case, o.epi)
		start := o.clock.Now()
		soft, hard := o.object(unconfirmed, relief.WrongTest), o.object(confirmed, relief.WrongPerson)
		hours := time.Duration(confirmed.stays[0].AppealHours) * time.Hour
		o.tickAt(start.Add(hours - time.Minute))
		if o.active(unconfirmed.contact.Person) == 0 || o.appeal(hard.No).Climbs != 0 {
			t.Error("something happened before the time was over")
		}
		o.tickAt(start.Add(hours + time.Second))
		o.tickAt(start.Add(hours + time.Minute))
		if a := o.appeal(soft.No); a.State != relief.Lapsed || o.active(unconfirmed.contact.Person) != 0 {
			t.Errorf("a suspicion keeps somebody: %+v", a)
		}
		a := o.appeal(hard.No)
		if a.State != relief.Pending || a.Climbs != 1 || o.active(confirmed.contact.Person) == 0 || !a.DecideBy.After(o.clock.Now()) {
			t.Errorf("confirmed: %+v", a)
		}
		for range 6 {
			o.tickAt(o.appeal(hard.No).DecideBy.Add(time.Second))
		}
		a = o.appeal(hard.No)
		if a.State != relief.Lapsed || a.DecidedAt.Sub(a.Ceiling) > time.Minute || o.active(confirmed.contact.Person) != 0 {
			t.Errorf("at the ceiling: %+v", a)
		}
		marks := map[string]int{}
		for _, m := range a.Trail {
			marks[m.What]++
		}
		if marks["filed"] != 1 || marks["climbed"] != a.Climbs || marks[relief.Lapsed] != 1 {
			t.Errorf("the trail: %v of %d climbs", marks, a.Climbs)
		}
		o.place()
		o.refolds()
	})
}

// tickAt puts the clock to an instant, unless it has passed, and fires what is due.
func (o *office) tickAt(at time.Time) {
	o.t.Helper()
	if at.After(o.clock.Now()) {
		o.clock.Set(at)
	}
	_, err := o.main.Tick(o.ctx)
	o.ok(err)
}

// A measure of the very desk that answers on the spot goes to the next level: the
// duty to decide an objection never lies with who made the measure. Safeguards §6.
func TestAppealNeverWithTheDecider(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		both := o.account("both", "一网格 驻点专家", city, "epidemiologist")
		h := o.hold(o.positive(grid1).Case, both)
		for _, id := range []seawall.PrincipalID{o.grid.Principal.ID, o.countyDesk.Principal.ID} {
			o.write(func(tx seawall.Tx) error { // the roster names the decider where others stood
				rows, err := o.db.DutiesOf(o.ctx, tx, id)
				if err != nil {
					return err
				}
				for _, d := range rows {
					d.Principal, d.WorkName = both.Principal.ID, both.Principal.WorkName
					if err := o.db.SaveDuty(o.ctx, tx, d); err != nil {
						return err
					}
				}
				return o.log.Record(o.ctx, tx, ledger.Event{Type: "test.roster", Subject: seawall.Ref{Kind: seawall.KindSystem, ID: string(id)}})
			})
		}
		a := o.appeal(o.object(h, relief.WrongDays).No)
		if a.Owner != o.cityDesk.Principal.ID {
			t.Errorf("owned by %s %q", a.Owner, a.OwnerName)
		}
		_, err := o.main.HandOver(o.ctx, o.cityDesk, a.Loop, both.Principal.ID, "")
		o.refuse(err, seawall.Invalid, "handover_receiver")
		v, err := o.main.AppealView(o.ctx, both, a.ID)
		o.ok(err)
		if v.MayDecide || v.Evidence != relief.Laboratory {
			t.Errorf("the decider's own view: %+v", v)
		}
		_, err = o.main.CompleteStep(o.ctx, o.cityDesk, v.Loop.Steps[0].ID, response.NewEvidence{Kind: "note", Text: "ok"})
		o.refuse(err, seawall.Conflict, "appeal_decide_there")
		_, err = o.main.StepImpossible(o.ctx, o.cityDesk, v.Loop.Steps[0].ID, 0, "no")
		o.refuse(err, seawall.Conflict, "appeal_decide_there")
	})
}

// When the fact is taken back there is nothing left to decide, and staff may file
// for somebody who calls. Safeguards §6.
func TestAppealMootAndByTelephone(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		c := o.positive(grid1)
		h := o.hold(c.Case, o.epi)
		in := response.NewAppeal{Request: "told-on-the-telephone", Restriction: h.stays[0].ID, Reason: relief.Hardship, Words: "家中有三岁孩子", Channel: relief.Phone}
		_, err := o.main.FileAppeal(o.ctx, o.lab, in)
		o.refuse(err, seawall.Denied, "")
		mine, err := o.main.FileAppeal(o.ctx, o.grid, in)
		o.ok(err)
		_, err = o.main.Retract(o.ctx, o.epi, response.Retraction{Ref: c.Case.Ref(), Reason: "复检为假阳性"})
		o.ok(err)
		read, err := o.main.MyAppeal(o.ctx, mine.Code)
		o.ok(err)
		if read.State != relief.Moot || read.MeasureState != loop.RestrictionWithdrawn {
			t.Errorf("after the retraction: %+v", read)
		}
		_, err = o.main.FileAppeal(o.ctx, o.grid, response.NewAppeal{Request: "told-on-the-telephone-2", Restriction: h.stays[0].ID, Reason: relief.WrongDays})
		o.refuse(err, seawall.Conflict, "appeal_measure_ended")
	})
}

// A traveller objects by the code of their declaration alone; where they come from
// is nobody's laboratory finding, so undecided the measure ends. APP-02, IMP-04,
// safeguards §6.
func TestAppealByDeclarationCode(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		o.graded(shanghai, "high", o.day(-10).String())
		j := o.journey()
		j.Arrived = o.clock.Now()
		in := response.NewDeclaration{Request: o.request(), Journey: j, People: []response.DeclaredPerson{{Identity: traveller("测试旅客", 41)}}}
		dec, err := o.main.DeclareTravel(o.ctx, in)
		o.ok(err)
		again, err := o.main.DeclareTravel(o.ctx, in)
		o.ok(err)
		if dec.Code == "" || again.Code != dec.Code {
			t.Errorf("sent twice: %q, then %q", dec.Code, again.Code)
		}
		_, err = o.main.Object(o.ctx, response.Objection{Key: dec.Code, NewAppeal: response.NewAppeal{Request: o.request(), Reason: relief.WrongDays}})
		o.refuse(err, seawall.NotFound, "appeal_no_measure")
		for _, c := range []response.NewCheck{{Check: "headcount", Size: 1}, {Check: "identity"}, {Check: "location", Stay: grid1}, {Check: "measure", Told: true}} {
			_, err := o.main.RecordCheck(o.ctx, o.epi, dec.People[0].ID, c)
			o.ok(err)
		}
		d, err := o.main.MyDuties(o.ctx, dec.Code)
		o.ok(err)
		if d.Declaration == nil || len(d.Measures) == 0 || d.Measures[0].State != loop.RestrictionActive {
			t.Fatalf("what the code opens: %+v", d)
		}
		mine, err := o.main.Object(o.ctx, response.Objection{Key: dec.Code, NewAppeal: response.NewAppeal{Request: o.request(), Reason: relief.WrongDays}})
		o.ok(err)
		o.tickAt(mine.DecideBy.Add(time.Second))
		read, err := o.main.MyAppeal(o.ctx, mine.Code)
		o.ok(err)
		if read.State != relief.Lapsed || read.MeasureState != loop.RestrictionReleased {
			t.Errorf("undecided: %+v", read)
		}
	})
}
