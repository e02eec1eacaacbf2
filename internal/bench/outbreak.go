package bench

import (
	"context"
	"fmt"
	"time"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/casebook"
	"github.com/seawall-city/seawall/internal/ledger"
	"github.com/seawall-city/seawall/internal/loop"
)

// perBatch is how many records one transaction saves.
const perBatch = 200

// batches runs fn for the stretches of n things, each in one transaction.
func (w *world) batches(ctx context.Context, event string, n int, fn func(tx seawall.Tx, from, to int) error) error {
	for from := 0; from < n; from += perBatch {
		to := min(from+perBatch, n)
		if err := w.batch(ctx, event, func(tx seawall.Tx) error { return fn(tx, from, to) }); err != nil {
			return err
		}
	}
	return nil
}

func (w *world) loadPersons(ctx context.Context) error {
	w.loaded["persons"] = w.c.Persons
	return w.batches(ctx, "person.imported", w.c.Persons, func(tx seawall.Tx, from, to int) error {
		rows := make([]casebook.Person, to-from)
		for i := range rows {
			no := seawall.PersonNo(tx.NewID())
			w.persons = append(w.persons, no)
			rows[i] = casebook.Person{No: no, Mask: "李*·女·45", Pinyin: "li", Sex: "f", BirthYear: 1977, Home: w.grid(), CreatedAt: w.now}
		}
		return w.db.SavePersons(ctx, tx, rows)
	})
}

// rows are what one batch saves.
type rows struct {
	cases     []casebook.Case
	contacts  []casebook.Contact
	results   []casebook.Result
	followUps []casebook.FollowUp
	links     []casebook.Link
	loops     []loop.Loop
	steps     []loop.Step
	clocks    []loop.Clock
	events    []ledger.Event
}

func (w *world) save(ctx context.Context, tx seawall.Tx, b *rows) error {
	for _, f := range []func() error{
		func() error { return w.db.SaveCases(ctx, tx, b.cases) },
		func() error { return w.db.SaveContacts(ctx, tx, b.contacts) },
		func() error { return w.db.SaveResults(ctx, tx, b.results) },
		func() error { return w.db.SaveFollowUps(ctx, tx, b.followUps) },
		func() error { return w.db.SaveLinks(ctx, tx, b.links) },
		func() error { return w.db.SaveLoops(ctx, tx, b.loops) },
		func() error { return w.db.SaveSteps(ctx, tx, b.steps) },
		func() error { return w.db.SaveClocks(ctx, tx, b.clocks) },
	} {
		if err := f(); err != nil {
			return err
		}
	}
	for _, ev := range b.events {
		if err := w.c.Log.Record(ctx, tx, ev); err != nil {
			return err
		}
	}
	for name, n := range map[string]int{"cases": len(b.cases), "contacts": len(b.contacts), "results": len(b.results), "follow-ups": len(b.followUps),
		"links": len(b.links), "loops": len(b.loops), "steps": len(b.steps), "clocks": len(b.clocks), "events": len(b.events)} {
		w.loaded[name] += n
	}
	return nil
}

func (w *world) loadCases(ctx context.Context) error {
	return w.batches(ctx, "case.imported", w.c.Cases, func(tx seawall.Tx, from, to int) error {
		b := &rows{}
		for i := from; i < to; i++ {
			w.addCase(tx, b, i)
		}
		return w.save(ctx, tx, b)
	})
}

func (w *world) addCase(tx seawall.Tx, b *rows, i int) {
	home, age := w.grid(), w.r.IntN(30)
	c := casebook.Case{ID: seawall.CaseID(tx.NewID()), No: fmt.Sprintf("C-2022-%05d", i+1), Person: w.persons[i], Mask: "李*·女·45", Disease: "covid-19",
		Regime: "CN-COVID-8", Class: casebook.Confirmed, State: "open", Onset: w.today.Add(-age - w.r.IntN(4)), Exposed: seawall.NoDay,
		Sampled: w.today.Add(-age), Diagnose: seawall.NoDay, OutcomeDay: seawall.NoDay, Reported: w.now.AddDate(0, 0, -age), Home: home, Area: home,
		Facility: "第一人民医院", Version: 1, CreatedAt: w.now, UpdatedAt: w.now}
	switch k := w.r.IntN(20); {
	case k < 7:
		c.Class, c.Onset = casebook.Asymptomatic, seawall.NoDay
	case k == 7:
		c.Disease, c.Class = "measles", casebook.Suspected
	case k == 8:
		c.State = "retracted"
	case age > 15:
		c.State = "closed"
	}
	if w.r.IntN(2) == 0 {
		c.Origin = casebook.Origin{Source: "hospital", External: fmt.Sprintf("H%06d", i)}
	}
	b.cases = append(b.cases, c)
	w.cases = append(w.cases, caseOf{c.ID, c.No, c.Area})
	if i > 0 {
		b.links = append(b.links, casebook.Link{ID: seawall.LinkID(tx.NewID()), From: w.persons[w.r.IntN(i)], To: c.Person, ToCase: c.ID,
			Disease: c.Disease, Kind: "infection", Day: c.Sampled, State: "valid", Version: 1})
	}
	l := w.addLoop(tx, b, loop.Investigation, seawall.Ref{Kind: seawall.KindCase, ID: string(c.ID)}, c.Person, c.Area, worker(c.Area), age < 2, c.Disease)
	for k, hours := range []int{2, 4, 24} {
		w.addStep(tx, b, l, k, fmt.Sprintf("part-%d", k), c.Reported.Add(time.Duration(hours)*time.Hour), c.Sampled)
	}
	b.events = append(b.events, ledger.Event{Type: "case.recorded", Subject: l.Subject, Related: []seawall.Ref{{Kind: seawall.KindLoop, ID: string(l.ID)}},
		Person: c.Person, Area: c.Area})
}

func (w *world) addLoop(tx seawall.Tx, b *rows, kind loop.Kind, subject seawall.Ref, person seawall.PersonNo, p seawall.AreaPath,
	owner seawall.PrincipalID, open bool, disease string) loop.Loop {
	l := loop.Loop{ID: seawall.LoopID(tx.NewID()), Kind: kind, Subject: subject, Person: person, Mask: "李*·女·45", Fact: subject, Disease: disease,
		Regime: "CN-COVID-8", Rule: "loop", Title: seawall.Text{ZH: "密切接触者管理", EN: "Close contact"}, Area: p, Owner: owner, OwnerName: "网格员", OwnerWhy: "home",
		State: loop.Done, OpenedAt: w.now, Version: 1}
	if open {
		l.State = loop.Open
	}
	b.loops = append(b.loops, l)
	w.loops = append(w.loops, l.ID)
	return l
}

// addStep adds a step of a loop: what was due is nearly always done, the rest
// is open and has a clock.
func (w *world) addStep(tx seawall.Tx, b *rows, l loop.Loop, order int, key string, due time.Time, day seawall.Day) (open bool) {
	s := loop.Step{ID: seawall.StepID(tx.NewID()), Loop: l.ID, Kind: l.Kind, Key: key, Order: order, Title: l.Title, State: loop.Open, Opened: w.now,
		Due: due, Day: day, Needs: "result", Rule: "step", Subject: l.Subject, Mask: l.Mask, Disease: l.Disease, Area: l.Area, Owner: l.Owner, OwnerName: l.OwnerName, Version: 1}
	if l.State != loop.Open || due.Before(w.now) && w.r.IntN(100) < 93 {
		s.State, s.DoneAt, s.DoneBy = loop.Done, due, string(l.Owner)
	} else if due.Before(w.now) {
		s.Escalations, s.EscalatedAt = 1+w.r.IntN(2), w.now
	}
	b.steps = append(b.steps, s)
	if s.State != loop.Open {
		return false
	}
	b.clocks = append(b.clocks, loop.Clock{ID: seawall.ClockID(tx.NewID()), Loop: l.ID, Step: s.ID, Kind: "escalate", FireAt: w.now.Add(8*time.Hour + time.Duration(order)*24*time.Hour),
		State: loop.Open, Version: 1})
	return true
}

func (w *world) loadContacts(ctx context.Context) error {
	return w.batches(ctx, "contact.imported", w.c.Contacts, func(tx seawall.Tx, from, to int) error {
		b := &rows{}
		for i := from; i < to; i++ {
			w.addContact(tx, b, i)
		}
		return w.save(ctx, tx, b)
	})
}

// stateOf draws a contact's state from how long the exposure is past.
func (w *world) stateOf(past int) casebook.ContactState {
	rare := []casebook.ContactState{casebook.Candidate, casebook.Dismissed, casebook.BecameCase, casebook.Lost, casebook.Withdrawn, casebook.History}
	switch k := w.r.IntN(100); {
	case k < 12:
		return rare[k%len(rare)]
	case past <= 14:
		return casebook.Following
	}
	return casebook.Completed
}

// testDays are the days after exposure on which a contact is tested.
func testDays() []int { return []int{1, 2, 3, 5, 7, 10, 14} }

func (w *world) addContact(tx seawall.Tx, b *rows, i int) {
	of, past, home := w.cases[w.r.IntN(len(w.cases))], w.r.IntN(26), w.grid()
	c := casebook.Contact{ID: seawall.ContactID(tx.NewID()), No: fmt.Sprintf("K-2022-%06d", i+1), Person: w.persons[(w.c.Cases+i)%len(w.persons)], Mask: "王*·男·31",
		Case: of.id, CaseNo: of.no, Disease: "covid-19", Regime: "CN-COVID-8", Class: "close", State: w.stateOf(past), FirstExposure: w.today.Add(-past - 1),
		LastExposure: w.today.Add(-past), Until: w.today.Add(14 - past), Setting: "household", Place: w.names[w.r.IntN(len(w.names))], Home: home, Area: home,
		Owner: worker(home), OwnerName: "网格员", LastReport: seawall.NoDay, Version: 1, CreatedAt: w.now, UpdatedAt: w.now}
	if w.r.IntN(5) == 0 {
		c.Class = "sub"
	}
	if w.r.IntN(10) == 0 {
		c.Owner = desk
	}
	if c.State == casebook.Following {
		c.LastReport = w.today.Add(-w.r.IntN(3))
		c.Symptomatic = w.r.IntN(60) == 0
	}
	subject := seawall.Ref{Kind: seawall.KindContact, ID: string(c.ID)}
	l := w.addLoop(tx, b, loop.FollowUp, subject, c.Person, c.Area, c.Owner, c.State == casebook.Following, c.Disease)
	c.Loop = l.ID
	w.addFollowUp(tx, b, l, &c)
	b.contacts = append(b.contacts, c)
	w.contacts, w.contactNos = append(w.contacts, c.ID), append(w.contactNos, c.No)
	b.events = append(b.events, ledger.Event{Type: "contact.confirmed", Subject: subject,
		Related: []seawall.Ref{{Kind: seawall.KindCase, ID: string(c.Case)}, {Kind: seawall.KindLoop, ID: string(l.ID)}}, Person: c.Person, Area: c.Area})
}

// addFollowUp adds the steps of a contact's duty (transfer, tests, today's
// report, release: ten), two results and two daily records.
func (w *world) addFollowUp(tx seawall.Tx, b *rows, l loop.Loop, c *casebook.Contact) {
	midnight := c.LastExposure.Add(1).Start(time.UTC)
	order := 0
	add := func(key string, days int) {
		due := midnight.AddDate(0, 0, days).Add(time.Duration(w.r.IntN(8)) * time.Hour)
		if w.addStep(tx, b, l, order, key, due, c.LastExposure.Add(days)) && (c.NextDue.IsZero() || due.Before(c.NextDue)) {
			c.NextDue = due
		}
		order++
	}
	add("transfer", 0)
	for _, d := range testDays() {
		add(fmt.Sprintf("test-%d", d), d)
	}
	add("monitor", int(w.today-c.LastExposure))
	add("release", 14)
	for k := range 2 {
		day := c.LastExposure.Add(k + 1)
		b.results = append(b.results, casebook.Result{ID: seawall.ResultID(tx.NewID()), Person: c.Person, Contact: c.ID, Disease: c.Disease, Kind: "nat",
			Accession: fmt.Sprintf("%s-%d", c.No, k), Collected: day.Start(time.UTC), Resulted: day.Add(1).Start(time.UTC), Outcome: "negative", State: "valid",
			Area: c.Area, Version: 1, CreatedAt: w.now})
		b.followUps = append(b.followUps, casebook.FollowUp{ID: seawall.FollowUpID(tx.NewID()), Contact: c.ID, Person: c.Person, Day: day, Status: "well",
			Temperature: 36.5, By: "self", At: day.Start(time.UTC), Version: 1})
	}
}
