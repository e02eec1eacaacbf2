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
	"github.com/seawall-city/seawall/internal/ledger"
	"github.com/seawall-city/seawall/internal/store"
)

// world is the loaded city and what questions draw from.
type world struct {
	db     *store.DB
	c      Config
	r      *rand.Rand
	now    time.Time
	today  seawall.Day
	loaded map[string]int

	city                     seawall.AreaPath
	counties, towns, grids   []seawall.AreaPath
	inHot                    []seawall.AreaPath // grids of the county where the outbreak is
	persons                  []seawall.PersonNo
	cases                    []caseOf
	contacts                 []seawall.ContactID
	contactNos, names, codes []string
	loops                    []seawall.LoopID
}

// caseOf is what contacts need of their case.
type caseOf struct {
	id   seawall.CaseID
	no   string
	area seawall.AreaPath
}

// gridsPerVillage makes about ten thousand grids of the city's 2,494 villages.
const gridsPerVillage = 4

// hotCounty (射阳县) has four of ten records: an outbreak is not spread evenly,
// and the list of one county must be quick for the county that has it.
const hotCounty = "/320924/"

// desk is the owner of what no grid worker answers for.
const desk seawall.PrincipalID = "u-desk"

func load(ctx context.Context, db *store.DB, c Config) (*world, error) {
	w := &world{db: db, c: c, r: rand.New(rand.NewPCG(c.Seed, 1)), loaded: map[string]int{}}
	for _, step := range []func(context.Context) error{w.loadAreas, w.loadRoster, w.loadPersons, w.loadCases, w.loadContacts} {
		if err := step(ctx); err != nil {
			return nil, err
		}
	}
	if err := c.Place(ctx); err != nil {
		return nil, err
	}
	return w, db.Tidy(ctx)
}

// batch runs fn in one transaction with one event for all rows it saves.
func (w *world) batch(ctx context.Context, event string, fn func(tx seawall.Tx) error) error {
	return w.db.Write(ctx, seawall.System("bench"), func(tx seawall.Tx) error {
		if err := fn(tx); err != nil {
			return err
		}
		w.loaded["events"]++
		return w.c.Log.Record(ctx, tx, ledger.Event{Type: event, Subject: seawall.Ref{Kind: seawall.KindSystem, ID: "bench"}, Area: w.city})
	})
}

func (w *world) loadAreas(ctx context.Context) error {
	tree, err := area.Yancheng()
	if err != nil {
		return err
	}
	all := tree.Areas
	for _, a := range tree.Areas {
		w.names, w.codes = append(w.names, a.Name.ZH), append(w.codes, string(a.ID))
		switch a.Level {
		case area.City:
			w.city = a.Path
		case area.County:
			w.counties = append(w.counties, a.Path)
		case area.Town:
			w.towns = append(w.towns, a.Path)
		case area.Village:
			for i := range gridsPerVillage {
				id := seawall.AreaID(fmt.Sprintf("%s-%02d", a.ID, i+1))
				g := area.Area{ID: id, Name: seawall.Text{ZH: fmt.Sprintf("%s%d网格", a.Name.ZH, i+1), EN: fmt.Sprintf("Grid %d", i+1)}, Level: area.Grid,
					Pinyin: a.Pinyin, Parent: a.ID, Path: a.Path + seawall.AreaPath(id+"/"), ValidFrom: seawall.NoDay, ValidTo: seawall.NoDay}
				all = append(all, g)
				w.grids = append(w.grids, g.Path)
				if strings.Contains(string(g.Path), hotCounty) {
					w.inHot = append(w.inHot, g.Path)
				}
			}
		}
	}
	w.loaded["areas"] = len(all)
	return w.batch(ctx, "area.imported", func(tx seawall.Tx) error {
		w.now = tx.Now()
		w.today = seawall.DayOf(w.now, time.UTC)
		for _, p := range tree.Parentages {
			if err := w.db.SaveParentage(ctx, tx, p); err != nil {
				return err
			}
		}
		return w.db.SaveAreas(ctx, tx, all)
	})
}

// worker is the account that answers for an area.
func worker(p seawall.AreaPath) seawall.PrincipalID { return seawall.PrincipalID("u-" + p.Leaf()) }

func (w *world) loadRoster(ctx context.Context) error {
	places := append(append([]seawall.AreaPath{w.city}, w.counties...), w.towns...)
	return w.batch(ctx, "roster.imported", func(tx seawall.Tx) error {
		var rows []area.DutyRow
		for _, p := range append(places, w.grids...) {
			for rank := range 2 {
				rows = append(rows, area.DutyRow{ID: fmt.Sprintf("d-%s-%d", p.Leaf(), rank), Area: p.Leaf(), Path: p, Principal: worker(p),
					WorkName: string(p.Leaf()) + " 值班", Rank: rank, During: seawall.Interval{From: w.now}})
			}
		}
		for _, p := range places {
			a := auth.Principal{ID: worker(p), Login: "duty" + string(p.Leaf()), WorkName: "值班", Roles: []string{"grid"}, Area: p.Leaf(), Path: p, CreatedAt: w.now, Version: 1}
			if err := w.db.SavePrincipal(ctx, tx, a); err != nil {
				return err
			}
			for _, kind := range []string{"rooms", "teams"} {
				c := area.Capacity{ID: "c-" + kind + string(p.Leaf()), Area: p.Leaf(), Path: p, Kind: kind, Total: 100, AsOf: w.now}
				if err := w.db.SaveCapacity(ctx, tx, c); err != nil {
					return err
				}
			}
		}
		w.loaded["roster lines"], w.loaded["accounts"] = len(rows), len(places)
		return w.db.SaveDuties(ctx, tx, rows)
	})
}

// grid draws where somebody lives: four of ten in the hot county.
func (w *world) grid() seawall.AreaPath {
	if w.r.IntN(10) < 4 {
		return w.inHot[w.r.IntN(len(w.inHot))]
	}
	return w.grids[w.r.IntN(len(w.grids))]
}
