package response_test

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/gate"
	"github.com/seawall-city/seawall/internal/loop"
	"github.com/seawall-city/seawall/internal/response"
	"github.com/seawall-city/seawall/internal/ticket"
)

const theGate seawall.SiteID = "g15-test"

// gates gives an office a gate with two lanes, an officer at it and a second one.
func (o *office) gates() (officer, second response.Who) {
	rules, err := gate.Load()
	o.ok(err)
	key, err := ticket.LoadOrCreateKey(filepath.Join(o.t.TempDir(), "ticket.key"), rand.Reader)
	o.ok(err)
	o.deps.Freight, o.deps.Gates, o.deps.GateRules, o.deps.Tickets = o.db, o.db, rules, key
	o.main = response.New(o.deps)
	for _, s := range []response.NewSite{{ID: theGate, Kind: gate.Checkpoint, Name: seawall.Text{ZH: "甲卡口", EN: "Gate A"}, Area: county, Lanes: 2, CanSample: true, Next: "g15-next"},
		{ID: "g15-next", Kind: gate.Checkpoint, Name: seawall.Text{ZH: "乙卡口", EN: "Gate B"}, Area: county, Lanes: 1}} {
		_, err = o.main.KeepSite(o.ctx, o.cityDesk, s)
		o.ok(err)
	}
	return o.account("gate", "卡口值守员", county, "gate_officer"), o.account("second", "卡口带班", county, "gate_officer")
}

// vehicle is one with a fresh test.
func (o *office) vehicle(plate string) response.NewPass {
	return response.NewPass{ID: seawall.PassID(o.ids.NewID()), Lane: 1, GateAsk: response.GateAsk{Plate: plate},
		Facts: gate.Facts{Declared: true, Mode: gate.Freight, Test: gate.Test{Kind: "nat", Result: "negative", AgeHours: 20}}}
}

func (o *office) passes() (out []gate.Pass) {
	o.read(func(tx seawall.Tx) (err error) {
		out, _, _, err = o.db.Passes(o.ctx, tx, gate.Query{Site: theGate, Page: seawall.Page{Limit: 500}})
		return err
	})
	return out
}

// Two hundred vehicles at once share transactions; one that cannot be kept fails no
// other, and one that is sent by ten phones is one. IMP-07.
func TestPassesAtOnce(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		officer, _ := o.gates()
		first := o.vehicle("苏J00000")
		_, err := o.main.Pass(o.ctx, officer, theGate, first)
		o.ok(err)
		stolen := o.vehicle("苏J99999")
		stolen.ID = first.ID
		same := o.vehicle("苏J77777")
		all := []response.NewPass{stolen}
		for range 10 {
			all = append(all, same)
		}
		for i := range 200 {
			all = append(all, o.vehicle(fmt.Sprintf("苏J%05d", i+1)))
		}
		errs, told := make([]error, len(all)), make([]response.Passed, len(all))
		var done sync.WaitGroup
		for i, in := range all {
			done.Go(func() { told[i], errs[i] = o.main.Pass(o.ctx, officer, theGate, in) })
		}
		done.Wait()
		o.refuse(errs[0], seawall.Conflict, "gate_pass_used")
		fresh := 0
		for i := range all[1:] {
			if errs[i+1] != nil || told[i+1].Pass.ID != all[i+1].ID || told[i+1].Decision.Outcome != gate.Go {
				t.Fatalf("pass %d: %+v, %v", i+1, told[i+1], errs[i+1])
			}
			if !told[i+1].Repeated {
				fresh++
			}
		}
		if rows := o.passes(); len(rows) != 202 || fresh != 201 {
			t.Errorf("%d passes on record, %d told as new, want 202 and 201", len(rows), fresh)
		}
		o.place()
		o.refolds()
	})
}

// Past its maximum a held vehicle passes by itself, a duty to find out the rest
// opens at the next place, the shift's lead is told, and all of that once. IMP-07.
func TestAHoldEndsByItself(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		officer, lead := o.gates()
		now := o.clock.Now()
		_, err := o.main.KeepShift(o.ctx, o.cityDesk, theGate, response.NewShift{Lead: lead.Principal.ID, From: now.Add(-time.Hour), To: now.Add(8 * time.Hour), Lanes: 2, Officers: 3})
		o.ok(err)
		in := o.vehicle("皖B00001")
		in.Ticket = "SW1.P.e30.AAAA"
		got, err := o.main.Pass(o.ctx, officer, theGate, in)
		o.ok(err)
		if got.Decision.Outcome != gate.Hold || got.Pass.HoldUntil.Sub(got.Pass.Decided) != time.Hour {
			t.Fatalf("a forged permit: %+v until %s", got.Decision, got.Pass.HoldUntil)
		}
		next, err := o.main.NextClock(o.ctx)
		o.ok(err)
		if !next.Equal(got.Pass.HoldUntil) {
			t.Errorf("the next clock is at %s, the hold's is at %s", next, got.Pass.HoldUntil)
		}
		o.clock.Advance(59 * time.Minute)
		_, err = o.main.Tick(o.ctx)
		o.ok(err)
		if p := o.passes()[0]; p.HoldState != gate.Held {
			t.Errorf("a minute before: %s", p.HoldState)
		}
		o.clock.Advance(time.Minute)
		for range 2 {
			_, err = o.main.Tick(o.ctx)
			o.ok(err)
		}
		p := o.passes()[0]
		if p.HoldState != gate.Ceiling || p.Outcome != gate.Go || p.Trace == "" || p.Next != "g15-next" {
			t.Fatalf("past the maximum: %+v", p)
		}
		o.read(func(tx seawall.Tx) error {
			l, err := o.db.Loop(o.ctx, tx, p.Trace)
			if err == nil && (l.Kind != "gate-trace" || l.State != loop.Open) {
				t.Errorf("the trace: %+v", l)
			}
			return err
		})
		if n := len(o.noticesOf(lead)); n != 1 {
			t.Errorf("the shift's lead was told %d times", n)
		}
		mine, err := o.main.MyPass(o.ctx, p.Complaint)
		o.ok(err)
		if mine.Decision != gate.Go || mine.Reason.ZH == "" || mine.Ended.IsZero() {
			t.Errorf("what the driver reads: %+v", mine)
		}
		_, err = o.main.EndHold(o.ctx, officer, theGate, p.ID, response.HoldEnd{Outcome: gate.Go, Note: "x"})
		o.refuse(err, seawall.Conflict, "gate_hold_over")
		o.place()
		o.refolds()
	})
}

// What the server knows of the people goes before what somebody says: a result on
// record, the grade of where they come from. IMP-07, IMP-01.
func TestFactsThatTheServerKnows(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		officer, _ := o.gates()
		o.graded(shanghai, "high", "2022-03-20")
		dec, err := o.main.DeclareTravel(o.ctx, response.NewDeclaration{Request: o.request(), Journey: o.journey(), People: []response.DeclaredPerson{{Identity: response.Identity{Name: "某乙"}}}})
		o.ok(err)
		ask := response.GateAsk{Plate: "沪A12345", Code: dec.Code}
		look, err := o.main.LookAtGate(o.ctx, officer, theGate, ask, gate.Facts{Mode: gate.Car, Test: gate.Test{Kind: "nat", Result: "negative", AgeHours: 3}})
		o.ok(err)
		if !look.Facts.Declared || look.Facts.Origin != "high" || look.Decision.Rule != "graded_origin" || len(look.People) != 1 || len(look.Why) < 2 {
			t.Errorf("declared from a graded area: %+v", look)
		}
		_, err = o.main.RecordResult(o.ctx, o.lab, response.NewResult{Subject: response.Subject{Person: o.arrival(dec.People[0].ID).Person}, Disease: "covid-19", Kind: "nat",
			Accession: "G-1", Collected: o.clock.Now().Add(-6 * time.Hour), Resulted: o.clock.Now(), Outcome: "positive", Lab: "L1"})
		o.ok(err)
		in := o.vehicle("沪A12345")
		in.GateAsk, in.Facts.Test.AgeHours = ask, 1
		got, err := o.main.Pass(o.ctx, officer, theGate, in)
		o.ok(err)
		if got.Decision.Outcome != gate.Refer || got.Pass.Arrival != dec.People[0].ID || got.Pass.Facts.Test.Result != "positive" {
			t.Errorf("a positive result on record: %+v, %+v", got.Decision, got.Pass.Facts)
		}
		look, err = o.main.LookAtGate(o.ctx, officer, theGate, response.GateAsk{Code: "Z-NOTH-INGA-TALL", Stops: []string{shanghai + "001"}}, gate.Facts{})
		o.ok(err)
		if look.Facts.Declared || !look.Facts.RiskStop {
			t.Errorf("a code that opens nothing, and a stop in a graded place: %+v", look.Facts)
		}
	})
}

// A permit is its own vehicle's, crew's and route's; taken back it holds no more,
// and the trip knows that it stood at the gate. FRT-01, IMP-07.
func TestPermitsAtTheGate(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		officer, _ := o.gates()
		crew := response.Identity{Name: "某丙", DocNumber: residentNo(71)}
		trip, err := o.main.RecordTrip(o.ctx, o.cityDesk, "", response.NewTrip{Request: o.request(), Plate: "鲁Q11111", Crew: []response.NewCrew{{Identity: crew}},
			Cargo: "蔬菜", CargoKind: "food", Consignee: "某市场", ConsigneeArea: county, Planned: o.clock.Now().Add(2 * time.Hour), Short: "临时调运"})
		o.ok(err)
		permit, err := o.main.IssuePermit(o.ctx, o.cityDesk, trip.Trip.ID, response.NewPermit{})
		o.ok(err)
		look := func(ask response.GateAsk) response.GateLook {
			got, err := o.main.LookAtGate(o.ctx, officer, theGate, ask, gate.Facts{Mode: gate.Freight})
			o.ok(err)
			return got
		}
		for _, tc := range []struct {
			name, want string
			ask        response.GateAsk
		}{
			{"its own", "valid", response.GateAsk{Plate: "鲁Q·11111", Ticket: permit.Ticket, Docs: []string{crew.DocNumber}}},
			{"by the plate alone", "valid", response.GateAsk{Plate: "鲁Q11111"}},
			{"another vehicle", "vehicle", response.GateAsk{Plate: "鲁Q22222", Ticket: permit.Ticket}},
			{"another driver", "crew", response.GateAsk{Plate: "鲁Q11111", Ticket: permit.Ticket, Docs: []string{residentNo(72)}}},
			{"a changed text", "forged", response.GateAsk{Plate: "鲁Q11111", Ticket: permit.Ticket[:len(permit.Ticket)-4] + "AAAA"}},
		} {
			if got := look(tc.ask); got.Facts.Permit != tc.want {
				t.Errorf("%s: permit %q, want %q", tc.name, got.Facts.Permit, tc.want)
			}
		}
		shot, err := o.main.GateSnapshot(o.ctx, officer, theGate)
		o.ok(err)
		key, err := base64.RawURLEncoding.DecodeString(shot.Data.PlateKey)
		o.ok(err)
		mac := hmac.New(sha256.New, key)
		mac.Write([]byte("seawall plate 1\x00鲁Q11111"))
		if len(shot.Data.Permits) != 1 || shot.Data.Permits[0].Plate != hex.EncodeToString(mac.Sum(nil)[:16]) || len(shot.Data.Trips) != 1 {
			t.Errorf("what the phone takes along: %+v", shot.Data)
		}
		in := o.vehicle("鲁Q11111")
		in.Ticket = permit.Ticket
		got, err := o.main.Pass(o.ctx, officer, theGate, in)
		o.ok(err)
		if got.Pass.Trip != string(trip.Trip.ID) || got.Decision.Outcome != gate.Go {
			t.Errorf("the trip's pass: %+v", got)
		}
		o.read(func(tx seawall.Tx) error {
			now, err := o.db.Trip(o.ctx, tx, trip.Trip.ID)
			if err == nil && now.State != "inside" {
				t.Errorf("the trip is %s after the gate", now.State)
			}
			return err
		})
		o.place()
		o.refolds()
	})
}

// A shift without a network, sent by two phones in parts that overlap: everything
// once, as it happened. IMP-07.
func TestAShiftWithoutANetwork(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		officer, _ := o.gates()
		var all []response.NewPass
		for i := range 600 {
			in := o.vehicle(fmt.Sprintf("苏J%05d", i))
			in.Decided, in.Decision, in.Rule = o.clock.Now().Add(-8*time.Hour+time.Duration(i)*time.Second), gate.Go, "fresh_test"
			all = append(all, in)
		}
		all[5].Decision, all[5].Rule, all[5].Left = gate.Hold, "forged", all[5].Decided.Add(10*time.Minute) // let go by hand
		all[6].Decision, all[6].Rule = gate.Hold, "forged"                                                  // still held when the phone was put away
		all[7].Lane = 9
		var done sync.WaitGroup
		out := make([]response.Reconciled, 2)
		for i, part := range [][]response.NewPass{all[:400], all[200:]} {
			done.Go(func() {
				var err error
				out[i], err = o.main.Reconcile(o.ctx, officer, theGate, response.Reconciliation{Device: fmt.Sprint("phone-", i), Passes: part})
				if err != nil {
					t.Error(err)
				}
			})
		}
		done.Wait()
		if n := out[0].Accepted + out[1].Accepted; n != 599 || out[0].Repeated+out[1].Repeated != 200 || len(out[0].Rejected) != 1 || out[0].Rejected[0].Row != 7 {
			t.Errorf("accepted %d, repeated %d+%d, rejected %+v", n, out[0].Repeated, out[1].Repeated, out[0].Rejected)
		}
		for _, r := range out {
			if r.In != r.Accepted+r.Repeated+len(r.Rejected) {
				t.Errorf("in %d = %d + %d + %d", r.In, r.Accepted, r.Repeated, len(r.Rejected))
			}
		}
		_, err := o.main.Tick(o.ctx)
		o.ok(err)
		holds := map[string]int{}
		for _, p := range o.all() {
			if !p.Offline || p.Device == "" {
				t.Fatalf("not marked as offline: %+v", p)
			}
			holds[p.HoldState]++
		}
		if holds[gate.Ended] != 1 || holds[gate.Ceiling] != 1 || holds[""] != 597 {
			t.Errorf("holds: %v", holds)
		}
	})
}

// all gives every pass of the test's gate.
func (o *office) all() (out []gate.Pass) {
	for cursor := ""; ; {
		o.read(func(tx seawall.Tx) error {
			rows, next, _, err := o.db.Passes(o.ctx, tx, gate.Query{Site: theGate, Page: seawall.Page{Limit: 500, Cursor: cursor}})
			out, cursor = append(out, rows...), next
			return err
		})
		if cursor == "" {
			return out
		}
	}
}

// Only who stands at the gate decides there; another county's officer does not.
func TestWhoDecidesAtAGate(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		officer, second := o.gates()
		away := o.account("away", "外县值守员", other, "gate_officer")
		for _, who := range []response.Who{away, o.lab, o.grid} {
			_, err := o.main.Pass(o.ctx, who, theGate, o.vehicle("苏J00001"))
			o.refuse(err, seawall.Denied, "")
		}
		in := o.vehicle("苏J00001")
		in.Override = &gate.Override{To: gate.Refer, Reason: "剧烈咳嗽", Second: second.Principal.ID}
		got, err := o.main.Pass(o.ctx, officer, theGate, in)
		o.ok(err)
		if got.Decision.Outcome != gate.Refer || got.Pass.Ruled != gate.Go || got.Pass.Override.SecondName != "卡口带班" {
			t.Errorf("two officers against the rule: %+v", got.Pass)
		}
		in = o.vehicle("苏J00002")
		in.Facts.Emergency, in.Override = true, &gate.Override{To: gate.Hold, Reason: "x", Second: second.Principal.ID}
		_, err = o.main.Pass(o.ctx, officer, theGate, in)
		o.refuse(err, seawall.Invalid, "gate_invalid")
	})
}
