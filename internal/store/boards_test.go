package store_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/casebook"
	"github.com/seawall-city/seawall/internal/loop"
	"github.com/seawall-city/seawall/internal/store"
	"github.com/seawall-city/seawall/internal/store/storetest"
)

// Boards count what a model in plain Go counts, for random steps, scopes and
// owners, on both databases (GOV-08).
func TestBoardsCountAsAModelDoes(t *testing.T) {
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	storetest.Each(t, func(t *testing.T, db *store.DB, clock *storetest.Clock) {
		r := rand.New(rand.NewPCG(seed, 3))
		areas := []seawall.AreaPath{"32/3209/1/", "32/3209/1/a/", "32/3209/2/", "32/3209/2/b/"}
		var steps []loop.Step
		must(t, write(t, db, func(tx seawall.Tx) error {
			for i := range 300 {
				s := loop.Step{ID: seawall.StepID(fmt.Sprintf("s%03d", i)), Loop: "l", Kind: loop.Kind([]string{"bite", "cluster"}[r.IntN(2)]),
					Key: fmt.Sprintf("k%d", r.IntN(4)), State: []loop.State{loop.Open, loop.Waiting, loop.Done}[r.IntN(3)], Day: seawall.NoDay,
					Due: clock.Now().Add(time.Duration(r.IntN(200)-100) * time.Hour), Escalations: r.IntN(2), Area: areas[r.IntN(len(areas))],
					Owner: seawall.PrincipalID(fmt.Sprintf("p%d", r.IntN(3))), Version: 1}
				s.OwnerName = "级别 " + string(s.Owner)
				steps = append(steps, s)
				if err := db.SaveStep(t.Context(), tx, s); err != nil {
					return err
				}
			}
			return nil
		}))
		for range 40 {
			q := loop.BoardQuery{Kind: "bite", Scope: seawall.Scope{areas[r.IntN(len(areas))]}, Now: clock.Now()}
			if r.IntN(2) == 0 {
				q.Owner = "p1"
			}
			read(t, db, func(tx seawall.Tx) error { return boardAgrees(t, db, tx, q, steps) })
		}
	})
}

// boardAgrees compares the three counts with the model's.
func boardAgrees(t *testing.T, db *store.DB, tx seawall.Tx, q loop.BoardQuery, all []loop.Step) error {
	t.Helper()
	var mine []loop.Step
	for _, s := range all {
		if s.Kind == q.Kind && q.Scope.Contains(s.Area) && (q.Owner == "" || s.Owner == q.Owner) && s.State != loop.Done {
			mine = append(mine, s)
		}
	}
	byKey, byOwner := map[string]int{}, map[seawall.PrincipalID]int{}
	bounds := []time.Time{q.Now.Add(-48 * time.Hour), q.Now.Add(-24 * time.Hour), q.Now, q.Now.Add(24 * time.Hour)}
	days := make([]int, len(bounds)-1)
	for _, s := range mine {
		byKey[s.Key+"/"+string(s.State)]++
		if s.State != loop.Open {
			continue
		}
		byOwner[s.Owner]++
		for i := range days {
			if !s.Due.Before(bounds[i]) && s.Due.Before(bounds[i+1]) {
				days[i]++
			}
		}
	}
	keys, err := db.CountByKey(t.Context(), tx, q)
	if err != nil {
		return err
	}
	for _, k := range keys {
		if byKey[k.Key+"/"+string(k.State)] != k.N || k.State == loop.Waiting && k.Late != 0 || k.Late > k.N || k.Escalated > k.N {
			t.Errorf("%+v: %+v, the model has %d", q, k, byKey[k.Key+"/"+string(k.State)])
		}
	}
	if len(keys) != len(byKey) {
		t.Errorf("%d keys, the model has %d", len(keys), len(byKey))
	}
	due, err := db.CountByDay(t.Context(), tx, q, bounds)
	if err != nil {
		return err
	}
	for i := range days {
		if past := i < 2; due[i].N != days[i] || past && due[i].Late != days[i] || !past && due[i].Late != 0 {
			t.Errorf("%+v: day %d has %+v, the model %d", q, i, due[i], days[i])
		}
	}
	owners, err := db.CountByOwner(t.Context(), tx, q, 10)
	for _, o := range owners {
		if byOwner[o.Owner] != o.N {
			t.Errorf("%+v: %+v, the model has %d", q, o, byOwner[o.Owner])
		}
	}
	if !slices.IsSortedFunc(owners, func(a, b loop.OwnerLoad) int { return b.N - a.N }) || len(owners) != len(byOwner) {
		t.Errorf("owners %+v, the model has %v", owners, byOwner)
	}
	return err
}

// askBoards asks everything that boards and entries ask, for the plans.
func askBoards(t *testing.T, ctx context.Context, db *store.DB, tx seawall.Tx) {
	ok := fine(t)
	for _, scope := range []seawall.Scope{{"32/3209/"}, {"32/3209/320924/320924103/"}} {
		for _, owner := range []seawall.PrincipalID{"", "p"} {
			q := loop.BoardQuery{Kind: "bite", Scope: scope, Owner: owner, Now: tx.Now()}
			ok(db.CountByKey(ctx, tx, q))
			ok(db.CountByDay(ctx, tx, q, []time.Time{tx.Now(), tx.Now().Add(time.Hour)}))
			ok(db.CountByOwner(ctx, tx, q, 10))
			_, _, _, err := db.Loops(ctx, tx, loop.LoopQuery{Kind: "bite", Scope: scope, Owner: owner, States: []loop.State{loop.Open, loop.Done}})
			ok(nil, err)
			_, _, _, err = db.Steps(ctx, tx, loop.StepQuery{Kind: "bite", Keys: []string{"a", "b"}, Scope: scope, Owner: owner, NoTotal: true})
			ok(nil, err)
		}
		_, _, _, err := db.Entries(ctx, tx, casebook.EntryQuery{Kind: "bite", State: "open", Scope: scope})
		ok(nil, err)
	}
	ok(db.EntriesOfPerson(ctx, tx, "x"))
	ok(db.EntryByRequest(ctx, tx, "x"))
}
