package bench

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/area"
	"github.com/seawall-city/seawall/internal/auth"
	"github.com/seawall-city/seawall/internal/casebook"
	"github.com/seawall-city/seawall/internal/ledger"
	"github.com/seawall-city/seawall/internal/loop"
	"github.com/seawall-city/seawall/internal/response"
)

// measured is the disease of the plan of twenty steps (rules/measurement.yaml).
const measured = "measurement"

// loadDuties fills the instance by the bulk path: many rows in a transaction,
// but one event for each duty, because every person's events have their own key
// and firing needs it.
func loadDuties(ctx context.Context, c LoopsConfig) (*duties, error) {
	d := &duties{c: c, world: &world{db: c.DB, c: Config{Log: c.Log, Seed: c.Seed}, r: rand.New(rand.NewPCG(c.Seed, 1)), loaded: map[string]int{}}}
	tree, err := area.Yancheng()
	if err != nil {
		return nil, err
	}
	d.settle(tree.WithGrids())
	err = c.DB.Read(ctx, func(tx seawall.Tx) error {
		d.now, d.today = tx.Now(), seawall.DayOf(tx.Now(), c.Zone)
		return nil
	})
	d.midnight = d.today.Add(1).Start(c.Zone)
	d.epi = response.Asked(auth.Principal{ID: "u-epi", WorkName: "流行病学专家", Roles: []string{"epidemiologist"}, Area: d.city.Leaf(), Path: d.city})
	for _, step := range []func(context.Context) error{d.loadRoster, d.loadLoops, d.loadCandidates, c.DB.Tidy} {
		if err == nil {
			err = step(ctx)
		}
	}
	return d, err
}

// settle remembers the areas of the instance's own tree.
func (d *duties) settle(tree area.Tree) {
	for _, a := range tree.Areas {
		switch a.Level {
		case area.City:
			d.city = a.Path
		case area.County:
			d.counties = append(d.counties, a.Path)
		case area.Town:
			d.towns = append(d.towns, a.Path)
		case area.Grid:
			d.grids = append(d.grids, a.Path)
			if strings.Contains(string(a.Path), hotCounty) {
				d.inHot = append(d.inHot, a.Path)
			}
		}
	}
}

// loadLoops makes the open duties. One in every few is due at the cut-off: three
// in five of these by a step that is still open, the others by a series whose
// next day begins.
func (d *duties) loadLoops(ctx context.Context) error {
	contact, due := every(d.c.Loops, d.c.Contacts), every(d.c.Loops, d.c.Due)
	made := 0
	return d.batches(ctx, "loops.loaded", d.c.Loops, func(tx seawall.Tx, from, to int) error {
		b := &rows{}
		var series []loop.Series
		for i := from; i < to; i++ {
			late := ""
			if due > 0 && i%due == 0 && made < d.c.Due {
				if made++; made%5 < 3 {
					late = loop.KindEscalate
				} else {
					late = loop.KindSeries
				}
			}
			l := d.loop(tx, b, i, contact > 0 && i%contact == 0)
			series = append(series, d.clocks(tx, b, l, late))
		}
		for _, s := range series {
			if err := d.db.SaveSeries(ctx, tx, s); err != nil {
				return err
			}
		}
		return d.save(ctx, tx, b)
	})
}

// loop makes one duty, with its contact where it is a follow-up; the others are
// checks of travellers, which nothing mirrors.
func (d *duties) loop(tx seawall.Tx, b *rows, i int, followUp bool) loop.Loop {
	at := d.grid()
	person := seawall.PersonNo(tx.NewID())
	l := loop.Loop{ID: seawall.LoopID(tx.NewID()), Kind: "check", Subject: casebook.PersonRef(person), Person: person, Mask: "李*·女·45",
		Fact: casebook.PersonRef(person), Disease: "covid-19", Regime: "CN-COVID-8", Rule: "contact_classes.close",
		Title: seawall.Text{ZH: "来盐返盐人员核查", EN: "Check of a traveller"}, Area: at, Owner: worker(at), OwnerName: string(at.Leaf()) + " 值班", OwnerWhy: "home:roster",
		Parties: loop.Parties{Territory: "某村", Department: "市指挥部", Unit: "某单位", Individual: "李*"},
		State:   loop.Open, OpenedAt: d.now, Version: 1}
	if followUp {
		c := casebook.Contact{ID: seawall.ContactID(tx.NewID()), No: fmt.Sprintf("K-2022-%07d", i+1), Person: person, Mask: l.Mask, Case: "c-bench", CaseNo: "C-2022-00001",
			Disease: l.Disease, Regime: l.Regime, Class: "close", State: casebook.Following, FirstExposure: d.today.Add(-2), LastExposure: d.today.Add(-1),
			Until: d.today.Add(20), Setting: "household", Home: at, Area: at, Loop: l.ID, Owner: l.Owner, OwnerName: l.OwnerName, LastReport: seawall.NoDay,
			Version: 1, CreatedAt: d.now, UpdatedAt: d.now}
		b.contacts = append(b.contacts, c)
		l.Kind, l.Subject, l.Title = loop.FollowUp, c.Ref(), seawall.Text{ZH: "密切接触者 " + c.No + " 随访", EN: "Follow-up of close contact " + c.No}
	}
	b.loops = append(b.loops, l)
	b.events = append(b.events, ledger.Event{Type: "loop.opened", Subject: l.Ref(), Related: []seawall.Ref{l.Subject}, Person: person, Area: at})
	return l
}

// clocks adds the steps, the series and the five clocks of a duty; late names
// the kind of the one that is due at the cut-off.
func (d *duties) clocks(tx seawall.Tx, b *rows, l loop.Loop, late string) loop.Series {
	start := func(c loop.Clock) {
		c.ID, c.Loop, c.State, c.Version = seawall.ClockID(tx.NewID()), l.ID, loop.Open, 1
		b.clocks = append(b.clocks, c)
	}
	for i, key := range []string{"notify", "test-1", "release"} {
		days := 1 + i + d.r.IntN(10)
		if i == 0 && late == loop.KindEscalate {
			days = 0
		}
		s := loop.Step{ID: seawall.StepID(tx.NewID()), Loop: l.ID, Kind: l.Kind, Key: key, Order: i, Title: seawall.Text{ZH: "核查", EN: "Check"}, State: loop.Open,
			Opened: d.now, Due: d.midnight.AddDate(0, 0, days).Add(-time.Duration(1+d.r.IntN(5)) * time.Hour), Day: d.today.Add(days), Needs: "note", Rule: "step",
			Subject: l.Subject, Mask: l.Mask, Disease: l.Disease, Area: l.Area, Owner: l.Owner, OwnerName: l.OwnerName, Version: 1}
		b.steps = append(b.steps, s)
		start(loop.Clock{Step: s.ID, Kind: loop.KindEscalate, FireAt: d.midnight.AddDate(0, 0, days)})
	}
	next := d.today.Add(2)
	if late == loop.KindSeries {
		next = d.today.Add(1)
	}
	s := loop.Series{ID: tx.NewID(), Loop: l.ID, Key: "monitor", Title: seawall.Text{ZH: "健康监测", EN: "Health report"}, From: d.today, To: d.today.Add(13),
		Next: next, DueHour: 20, PerDay: 1, Needs: "report", Rule: "step", State: loop.Open, Version: 1}
	start(loop.Clock{Series: s.ID, Kind: loop.KindSeries, FireAt: next.Start(d.c.Zone)})
	start(loop.Clock{Kind: loop.KindRelease, FireAt: d.midnight.AddDate(0, 0, 14)})
	return s
}

// loadCandidates makes one case and the candidates that open and close confirm.
func (d *duties) loadCandidates(ctx context.Context) error {
	n := d.c.Opened*d.c.Rounds + d.c.Closed
	return d.batches(ctx, "candidates.loaded", n, func(tx seawall.Tx, from, to int) error {
		b := &rows{}
		if from == 0 {
			at := d.grid()
			b.cases = append(b.cases, casebook.Case{ID: "c-bench", No: "C-2022-00001", Person: seawall.PersonNo(tx.NewID()), Mask: "张*·男·45", Disease: measured,
				Regime: "SEAWALL-MEASUREMENT", Class: casebook.Confirmed, State: casebook.CaseOpen, Onset: d.today.Add(-1), Exposed: seawall.NoDay, Sampled: d.today,
				Diagnose: seawall.NoDay, OutcomeDay: seawall.NoDay, Reported: d.now, Home: at, Area: at, Version: 1, CreatedAt: d.now, UpdatedAt: d.now})
		}
		for i := from; i < to; i++ {
			at, id := d.grid(), seawall.ContactID(tx.NewID())
			d.candidates = append(d.candidates, id)
			b.contacts = append(b.contacts, casebook.Contact{ID: id, No: fmt.Sprintf("M-2022-%05d", i+1), Person: seawall.PersonNo(tx.NewID()), Mask: "王*·男·31",
				Case: "c-bench", CaseNo: "C-2022-00001", Disease: measured, Class: "close", State: casebook.Candidate, FirstExposure: d.today.Add(-1),
				LastExposure: d.today, Until: seawall.NoDay, Setting: "household", Home: at, Area: at, LastReport: seawall.NoDay, Version: 1, CreatedAt: d.now, UpdatedAt: d.now})
		}
		return d.save(ctx, tx, b)
	})
}
