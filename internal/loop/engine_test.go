package loop_test

import (
	"errors"
	"testing"
	"time"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/loop"
)

func march(day, hour int) time.Time {
	return time.Date(2022, 3, day, hour, 0, 0, 0, time.FixedZone("city", zone8))
}

func step(key string, due time.Time, needs string) loop.StepPlan {
	return loop.StepPlan{Key: key, Title: seawall.Text{ZH: key, EN: key}, Due: due, Needs: needs, Rule: "r"}
}

func must[T any](t *testing.T) func(v T, err error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

// GOV-07 and the law of every duty: subject, fact, rule, title and four parties.
func TestOpenRefusesWhatIsIncomplete(t *testing.T) {
	cases := map[string]func(*loop.Opening){
		"kind":               func(o *loop.Opening) { o.Kind = "" },
		"subject":            func(o *loop.Opening) { o.Subject = seawall.Ref{} },
		"fact":               func(o *loop.Opening) { o.Fact = seawall.Ref{} },
		"regime":             func(o *loop.Opening) { o.Regime = "" },
		"rule":               func(o *loop.Opening) { o.Rule = "" },
		"title":              func(o *loop.Opening) { o.Title.EN = "" },
		"steps":              func(o *loop.Opening) { o.Steps = nil },
		"parties.department": func(o *loop.Opening) { o.Parties.Department = "" },
		"parties.unit":       func(o *loop.Opening) { o.Parties.Unit = "" },
		"parties.individual": func(o *loop.Opening) { o.Parties.Individual = "" },
	}
	for field, spoil := range cases {
		b := newBench(march(28, 16))
		o := opening(step("transfer", march(28, 22), ""))
		spoil(&o)
		_, err := b.e.Open(b.ctx, b.tx, o)
		if !names(err, field) {
			t.Errorf("without %s: %v", field, err)
		}
		if len(b.m.loops) != 0 {
			t.Errorf("without %s something was saved", field)
		}
	}
}

// names reports whether an Invalid error names a field.
func names(err error, field string) bool {
	var e *seawall.Error
	if !errors.As(err, &e) || e.KindOf() != seawall.Invalid {
		return false
	}
	for _, f := range e.Fields {
		if f.Field == field {
			return true
		}
	}
	return false
}

// The owner is looked for at home, the place of stay, the place of exposure, the
// city's desk, in this order; places outside the city are passed over.
func TestOwnerOrder(t *testing.T) {
	outside := seawall.AreaPath("31/3101/310115/")
	stay, exposure := city+"320981/", city+"320925/320925100/"
	for _, c := range []struct {
		places []loop.Place
		area   seawall.AreaPath
		why    string
	}{
		{[]loop.Place{{Path: grid, Why: "home"}, {Path: stay, Why: "stay"}}, grid, "home:roster"},
		{[]loop.Place{{Path: outside, Why: "home"}, {Path: stay, Why: "stay"}, {Path: exposure, Why: "exposure"}}, stay, "stay:roster"},
		{[]loop.Place{{Path: outside, Why: "home"}, {Path: exposure, Why: "exposure"}}, exposure, "exposure:roster"},
		{[]loop.Place{{Path: outside, Why: "home"}}, city, "desk:roster"},
		{nil, city, "desk:roster"},
	} {
		b := newBench(march(28, 16))
		o := opening(step("transfer", march(28, 22), ""))
		o.Places = c.places
		l := must[loop.Loop](t)(b.e.Open(b.ctx, b.tx, o))
		if l.Area != c.area || l.OwnerWhy != c.why || l.Owner == "" {
			t.Errorf("places %v: area %s why %s", c.places, l.Area, l.OwnerWhy)
		}
	}
}

func TestEvidenceMustBeWhatTheStepNeeds(t *testing.T) {
	result := seawall.Ref{Kind: seawall.KindResult, ID: "r1"}
	report := seawall.Ref{Kind: seawall.KindFollowUp, ID: "f1"}
	for _, c := range []struct {
		needs string
		ev    loop.Evidence
		ok    bool
	}{
		{"", loop.Evidence{}, true},
		{"note", loop.Evidence{Kind: "note", Text: "已转运"}, true},
		{"note", loop.Evidence{Kind: "note", Text: "  "}, false},
		{"result", loop.Evidence{Kind: "result", Ref: result}, true},
		{"result", loop.Evidence{Kind: "note", Text: "阴性"}, false},
		{"result", loop.Evidence{Kind: "result", Ref: report}, false},
		{"report", loop.Evidence{Kind: "report", Ref: report}, true},
		{"report", loop.Evidence{Kind: "report", Text: "well"}, false},
		{"photo", loop.Evidence{Kind: "photo", Ref: seawall.Ref{Kind: "photo", ID: "1"}}, true},
		{"photo", loop.Evidence{Kind: "note", Text: "x"}, false},
	} {
		b := newBench(march(28, 16))
		must[loop.Loop](t)(b.e.Open(b.ctx, b.tx, opening(step("s", march(28, 22), c.needs))))
		_, err := b.e.Complete(b.ctx, b.tx, b.only("s").ID, 0, c.ev)
		if (err == nil) != c.ok {
			t.Errorf("needs %q, given %+v: %v", c.needs, c.ev, err)
		}
	}
}

// only gives the one step of a key.
func (b *bench) only(key string) loop.Step {
	for _, s := range b.m.steps {
		if s.Key == key {
			return s
		}
	}
	return loop.Step{}
}

func TestLoopClosesWithItsLastStep(t *testing.T) {
	b := newBench(march(28, 16))
	l := must[loop.Loop](t)(b.e.Open(b.ctx, b.tx, opening(step("a", march(28, 18), ""), step("b", march(28, 22), ""))))
	a := b.only("a")
	done := must[loop.Step](t)(b.e.Complete(b.ctx, b.tx, a.ID, a.Version, loop.Evidence{Text: "ok"}))
	if done.State != loop.Done || done.DoneBy != "worker" || b.m.loops[l.ID].State != loop.Open {
		t.Fatalf("after the first: %+v", done)
	}
	if _, err := b.e.Complete(b.ctx, b.tx, a.ID, 0, loop.Evidence{}); !seawall.Is(err, seawall.Conflict) {
		t.Fatalf("done twice: %v", err)
	}
	if _, err := b.e.Impossible(b.ctx, b.tx, b.only("b").ID, 0, " "); !seawall.Is(err, seawall.Invalid) {
		t.Fatalf("impossible without a reason: %v", err)
	}
	must[loop.Step](t)(b.e.Impossible(b.ctx, b.tx, b.only("b").ID, 0, "道路封闭"))
	if got := b.m.loops[l.ID]; got.State != loop.Done || got.ClosedAt.IsZero() {
		t.Fatalf("loop %+v", got)
	}
	for _, c := range b.m.clocks {
		if c.State == loop.Open {
			t.Fatalf("clock %+v still runs", c)
		}
	}
}

// Hand-over: the giver answers until it is accepted; only the receiver accepts;
// a newer offer replaces the older.
func TestCustodyHasNoGap(t *testing.T) {
	b := newBench(march(28, 16))
	l := must[loop.Loop](t)(b.e.Open(b.ctx, b.tx, opening(step("a", march(28, 22), ""))))
	giver := l.Owner
	if _, err := b.e.Offer(b.ctx, b.tx, l.ID, giver, "same", ""); !seawall.Is(err, seawall.Invalid) {
		t.Fatalf("offered to the owner: %v", err)
	}
	first := must[loop.HandOver](t)(b.e.Offer(b.ctx, b.tx, l.ID, "anna", "转运组", ""))
	if b.m.loops[l.ID].Owner != giver || b.only("a").Owner != giver {
		t.Fatal("an offer alone moved the duty")
	}
	b.tx.now = b.tx.now.Add(time.Minute)
	second := must[loop.HandOver](t)(b.e.Offer(b.ctx, b.tx, l.ID, "bert", "隔离点", ""))
	if _, err := b.e.Accept(b.ctx, b.tx, l.ID, first.ID, "anna"); !seawall.Is(err, seawall.Conflict) {
		t.Fatalf("accepted a replaced offer: %v", err)
	}
	if _, err := b.e.Accept(b.ctx, b.tx, l.ID, second.ID, "anna"); !seawall.Is(err, seawall.Denied) {
		t.Fatalf("accepted what was offered to somebody else: %v", err)
	}
	got := must[loop.Loop](t)(b.e.Accept(b.ctx, b.tx, l.ID, second.ID, "bert"))
	if got.Owner != "bert" || b.only("a").Owner != "bert" {
		t.Fatalf("after accepting: %+v", got)
	}
	if _, err := b.e.Accept(b.ctx, b.tx, l.ID, second.ID, "bert"); !seawall.Is(err, seawall.Conflict) {
		t.Fatalf("accepted twice: %v", err)
	}
}

// Withdrawing takes the open steps, the series, every clock and the loop's own
// restrictions, and leaves what was done.
func TestWithdrawTakesEverythingOpen(t *testing.T) {
	b := newBench(march(28, 16))
	o := opening(step("a", march(28, 18), ""), step("b", march(28, 22), ""))
	o.Series = []loop.SeriesPlan{{Key: "monitor", From: day(28), To: day(30), DueHour: 20, PerDay: 1}}
	l := must[loop.Loop](t)(b.e.Open(b.ctx, b.tx, o))
	order := lawful()
	order.Loop = l.ID
	r := must[loop.Restriction](t)(loop.NewRestriction("x1", order))
	if err := b.e.Impose(b.ctx, b.tx, r); err != nil {
		t.Fatal(err)
	}
	must[loop.Step](t)(b.e.Complete(b.ctx, b.tx, b.only("a").ID, 0, loop.Evidence{Text: "ok"}))
	n := must[loop.Ended](t)(b.e.Withdraw(b.ctx, b.tx, l.ID, l.Fact, "假阳性"))
	if n.Steps != 2 || n.Restrictions != 1 || n.Clocks != 4 {
		t.Fatalf("withdrawn %+v", n)
	}
	if b.only("a").State != loop.Done || b.only("b").State != loop.Withdrawn || b.m.restrictions["x1"].State != loop.RestrictionWithdrawn {
		t.Fatal("the wrong things were withdrawn")
	}
	b.tick(t, b.at(31, 1, 0))
	if len(b.m.steps) != 3 {
		t.Fatal("a withdrawn series made another step")
	}
}

func day(d int) seawall.Day { return seawall.DateOf(2022, 3, d) }

// tick moves the clock and fires what is due, as the main path does.
func (b *bench) tick(t interface {
	Helper()
	Fatal(...any)
}, at time.Time) (n loop.Firing) {
	t.Helper()
	b.tx.now = at
	for {
		due, _ := b.m.ClaimClocks(b.ctx, b.tx, "w", at, at, 1)
		if len(due) == 0 {
			return n
		}
		f, err := b.e.Fire(b.ctx, b.tx, due[0].ID)
		if err != nil {
			t.Fatal(err)
		}
		if !f.Fired {
			t.Fatal("a claimed clock did not fire")
		}
		n.Escalated += f.Escalated
		n.Made += f.Made
		n.Ended += f.Ended
		if f.Climb != nil {
			n.Climb = f.Climb
		}
	}
}

func TestSeriesMakesEachDayOnce(t *testing.T) {
	b := newBench(march(28, 16))
	o := opening()
	o.Series = []loop.SeriesPlan{{Key: "monitor", From: day(27), To: day(30), DueHour: 20, PerDay: 2}}
	must[loop.Loop](t)(b.e.Open(b.ctx, b.tx, o))
	for _, want := range []struct{ day, steps int }{{28, 1}, {29, 3}, {30, 5}, {31, 5}} {
		b.tick(t, later(b.tx.now, b.at(want.day, 0, 30)))
		if len(b.m.steps) != want.steps {
			t.Fatalf("on day %d there are %d steps, want %d", want.day, len(b.m.steps), want.steps)
		}
	}
}

func TestRestrictionEndsAtItsExpiry(t *testing.T) {
	b := newBench(march(28, 16))
	l := must[loop.Loop](t)(b.e.Open(b.ctx, b.tx, opening(step("release", march(31, 12), "note"))))
	o := lawful()
	o.Loop = l.ID
	r := must[loop.Restriction](t)(loop.NewRestriction("x1", o))
	if err := b.e.Impose(b.ctx, b.tx, r); err != nil {
		t.Fatal(err)
	}
	if b.tick(t, o.During.To.Add(-time.Second)).Ended != 0 {
		t.Fatal("ended before its time")
	}
	if b.tick(t, o.During.To).Ended != 1 || b.m.restrictions["x1"].State != loop.RestrictionReleased {
		t.Fatal("no hold outlives its expiry, whatever else is open")
	}
}

// lawful is an order that lacks nothing.
func lawful() loop.Order {
	return loop.Order{Subject: seawall.Ref{Kind: seawall.KindPerson, ID: "P1"}, Kind: "central",
		Fact: seawall.Ref{Kind: seawall.KindCase, ID: "c1"}, Regime: "CN-COVID-8@abc", Rule: "contact_classes.close.plan[0]",
		During:      seawall.Interval{From: march(28, 16), To: march(30, 0)},
		Reason:      seawall.Text{ZH: "您与病例有过接触", EN: "You met a case"},
		AppealHours: 8, DecidedBy: "epi", DecidedName: "流行病学专家"}
}

// S5 and design §6: a restriction cannot be made without any one of these.
func TestRestrictionAsksForEverything(t *testing.T) {
	cases := map[string]func(*loop.Order){
		"subject":     func(o *loop.Order) { o.Subject = seawall.Ref{} },
		"kind":        func(o *loop.Order) { o.Kind = "" },
		"fact":        func(o *loop.Order) { o.Fact = seawall.Ref{} },
		"regime":      func(o *loop.Order) { o.Regime = "" },
		"rule":        func(o *loop.Order) { o.Rule = "" },
		"during.from": func(o *loop.Order) { o.During.From = time.Time{} },
		"during.to":   func(o *loop.Order) { o.During.To = time.Time{} },
		"reason.zh":   func(o *loop.Order) { o.Reason.ZH = " " },
		"reason.en":   func(o *loop.Order) { o.Reason.EN = "" },
		"appealHours": func(o *loop.Order) { o.AppealHours = 0 },
		"decidedBy":   func(o *loop.Order) { o.DecidedBy = "" },
		"decidedName": func(o *loop.Order) { o.DecidedName = "" },
	}
	for field, spoil := range cases {
		o := lawful()
		spoil(&o)
		if _, err := loop.NewRestriction("x1", o); !names(err, field) {
			t.Errorf("without %s: %v", field, err)
		}
	}
	if _, err := loop.NewRestriction("", lawful()); !names(err, "id") {
		t.Errorf("without an id: %v", err)
	}
	soft := lawful()
	soft.Fact = seawall.Ref{Kind: seawall.KindPerson, ID: "P1"}
	if _, err := loop.NewRestriction("x1", soft); !names(err, "fact") {
		t.Errorf("a person is no fact: %v", err)
	}
	backwards := lawful()
	backwards.During.To = backwards.During.From
	if _, err := loop.NewRestriction("x1", backwards); !names(err, "during.to") {
		t.Errorf("an end that is no end: %v", err)
	}
	if r, err := loop.NewRestriction("x1", lawful()); err != nil || r.State != loop.RestrictionActive {
		t.Errorf("a lawful one: %v", err)
	}
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}
