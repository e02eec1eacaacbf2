package loop

import (
	"cmp"
	"context"
	"maps"
	"math"
	"slices"
	"time"

	"github.com/seawall-city/seawall"
)

// Many reads the rows of many loops in a few statements; the rules of Store
// hold. Rows that are not there are left out.
type Many interface {
	ClocksByID(ctx context.Context, tx seawall.Tx, ids []seawall.ClockID) ([]Clock, error)
	LoopsByID(ctx context.Context, tx seawall.Tx, ids []seawall.LoopID) ([]Loop, error)
	// StepsOfLoops and SeriesOfLoops give each loop's rows in the order of
	// StepsOf and SeriesOf.
	StepsOfLoops(ctx context.Context, tx seawall.Tx, ids []seawall.LoopID) ([]Step, error)
	SeriesOfLoops(ctx context.Context, tx seawall.Tx, ids []seawall.LoopID) ([]Series, error)
}

// Batch is what is fired together.
type Batch struct {
	// Clocks are fired in this order.
	Clocks []seawall.ClockID
	// Ahead gives the answers of roster and tree for many places, read together;
	// nil asks for each place when it comes up.
	Ahead func(ctx context.Context, tx seawall.Tx, at []seawall.AreaPath) (Assigner, Climber, error)
	// Then decides what Fire leaves to its caller (a release, an appeal, a cry for
	// help) before the next clock fires.
	Then func(Firing) error
}

// FireAll fires clocks as Fire would one after the other, and reads what they
// need beforehand, together. The first error ends it; the caller gives the
// transaction up.
func (e *Engine) FireAll(ctx context.Context, tx seawall.Tx, batch Batch) error {
	const op = "loop.FireAll"
	a := &ahead{Store: e.Store}
	if err := a.read(ctx, tx, batch.Clocks); err != nil {
		return seawall.Wrap(op, err)
	}
	b := *e
	b.Store = a
	if batch.Ahead != nil {
		var at []seawall.AreaPath
		for _, k := range a.loops {
			at = append(at, k.loop.Area)
		}
		slices.Sort(at)
		var err error
		if b.Assign, b.Up, err = batch.Ahead(ctx, tx, slices.Compact(at)); err != nil {
			return seawall.Wrap(op, err)
		}
	}
	b.Assign, b.Up = remembered(b.Assign), rememberedUp(b.Up)
	for _, id := range batch.Clocks {
		f, err := b.Fire(ctx, tx, id)
		if err != nil {
			return seawall.Wrap(op, err)
		}
		if err := batch.Then(f); err != nil {
			return err
		}
		switch { // the caller may have changed rows without this store
		case f.Appeal != "" || f.Urgent != "" || f.Timer.Kind != "":
			a.forget(func(seawall.LoopID) bool { return true })
		case f.Release != "":
			a.forget(func(id seawall.LoopID) bool { return id == f.Release })
		}
	}
	return nil
}

// ahead is a Store that has read some loops beforehand. It answers for them from
// memory and passes every change on; what it has not read it leaves to the store
// behind it.
type ahead struct {
	Store
	clocks map[seawall.ClockID]Clock
	loops  map[seawall.LoopID]*known
}

// known is what is known of one loop.
type known struct {
	loop   Loop
	steps  []Step
	series []Series
}

// read reads clocks with their loops.
func (a *ahead) read(ctx context.Context, tx seawall.Tx, ids []seawall.ClockID) error {
	a.clocks, a.loops = map[seawall.ClockID]Clock{}, map[seawall.LoopID]*known{}
	clocks, err := a.ClocksByID(ctx, tx, ids)
	if err != nil {
		return err
	}
	var of []seawall.LoopID
	for _, c := range clocks {
		a.clocks[c.ID] = c
		if c.Loop != "" && a.loops[c.Loop] == nil {
			a.loops[c.Loop] = &known{}
			of = append(of, c.Loop)
		}
	}
	loops, err := a.LoopsByID(ctx, tx, of)
	if err != nil {
		return err
	}
	for _, l := range loops {
		a.loops[l.ID].loop = l
	}
	steps, err := a.StepsOfLoops(ctx, tx, of)
	if err != nil {
		return err
	}
	for _, s := range steps {
		k := a.loops[s.Loop]
		k.steps = append(k.steps, s)
	}
	series, err := a.SeriesOfLoops(ctx, tx, of)
	for _, s := range series {
		k := a.loops[s.Loop]
		k.series = append(k.series, s)
	}
	for id, k := range a.loops { // a clock of a loop that is not there
		if k.loop.ID == "" {
			delete(a.loops, id)
		}
	}
	return err
}

// forget lets go of what is known of some loops.
func (a *ahead) forget(which func(seawall.LoopID) bool) {
	maps.DeleteFunc(a.loops, func(id seawall.LoopID, _ *known) bool { return which(id) })
	maps.DeleteFunc(a.clocks, func(_ seawall.ClockID, c Clock) bool { return which(c.Loop) })
}

// Clock implements Store.
func (a *ahead) Clock(ctx context.Context, tx seawall.Tx, id seawall.ClockID) (Clock, error) {
	if c, ok := a.clocks[id]; ok {
		return c, nil
	}
	return a.Store.Clock(ctx, tx, id)
}

// SaveClock implements Store.
func (a *ahead) SaveClock(ctx context.Context, tx seawall.Tx, c Clock) error {
	if err := a.Store.SaveClock(ctx, tx, c); err != nil {
		return err
	}
	a.clocks[c.ID] = c
	return nil
}

// Loop implements Store.
func (a *ahead) Loop(ctx context.Context, tx seawall.Tx, id seawall.LoopID) (Loop, error) {
	if k := a.loops[id]; k != nil {
		return k.loop, nil
	}
	return a.Store.Loop(ctx, tx, id)
}

// SaveLoop implements Store.
func (a *ahead) SaveLoop(ctx context.Context, tx seawall.Tx, l Loop) error {
	if err := a.Store.SaveLoop(ctx, tx, l); err != nil {
		return err
	}
	if k := a.loops[l.ID]; k != nil {
		k.loop = l
	}
	return nil
}

// StepsOf implements Store.
func (a *ahead) StepsOf(ctx context.Context, tx seawall.Tx, id seawall.LoopID) ([]Step, error) {
	if k := a.loops[id]; k != nil {
		return slices.Clone(k.steps), nil
	}
	return a.Store.StepsOf(ctx, tx, id)
}

// SaveStep implements Store.
func (a *ahead) SaveStep(ctx context.Context, tx seawall.Tx, s Step) error {
	if err := a.Store.SaveStep(ctx, tx, s); err != nil {
		return err
	}
	if k := a.loops[s.Loop]; k != nil {
		k.steps = kept(k.steps, s, func(a, b Step) int {
			return cmp.Or(cmp.Compare(a.Order, b.Order), cmp.Compare(dueOrder(a.Due), dueOrder(b.Due)), cmp.Compare(a.ID, b.ID))
		}, func(s Step) string { return string(s.ID) })
	}
	return nil
}

// dueOrder puts what has no due instant last, as lists do.
func dueOrder(t time.Time) int64 {
	if t.IsZero() {
		return math.MaxInt64
	}
	return t.UnixMicro()
}

// SeriesOf implements Store.
func (a *ahead) SeriesOf(ctx context.Context, tx seawall.Tx, id seawall.LoopID) ([]Series, error) {
	if k := a.loops[id]; k != nil {
		return slices.Clone(k.series), nil
	}
	return a.Store.SeriesOf(ctx, tx, id)
}

// SaveSeries implements Store.
func (a *ahead) SaveSeries(ctx context.Context, tx seawall.Tx, s Series) error {
	if err := a.Store.SaveSeries(ctx, tx, s); err != nil {
		return err
	}
	if k := a.loops[s.Loop]; k != nil {
		byID := func(a, b Series) int { return cmp.Compare(a.ID, b.ID) }
		k.series = kept(k.series, s, byID, func(s Series) string { return s.ID })
	}
	return nil
}

// kept puts a row in the place of its former state, or among the others.
func kept[T any](rows []T, row T, order func(a, b T) int, id func(T) string) []T {
	for i := range rows {
		if id(rows[i]) == id(row) {
			rows[i] = row
			return rows
		}
	}
	rows = append(rows, row)
	slices.SortStableFunc(rows, order)
	return rows
}

// remembered asks who answers once for each place and theme; the roster does not
// change while clocks fire in one transaction.
func remembered(ask Assigner) Assigner {
	type question struct {
		at    seawall.AreaPath
		theme string
	}
	known := map[question]Answer{}
	return func(ctx context.Context, tx seawall.Tx, at seawall.AreaPath, theme string, now time.Time) (Answer, error) {
		q := question{at, theme}
		if a, ok := known[q]; ok {
			return a, nil
		}
		a, err := ask(ctx, tx, at, theme, now)
		if err == nil {
			known[q] = a
		}
		return a, err
	}
}

// rememberedUp asks once for each area which one is above it.
func rememberedUp(ask Climber) Climber {
	type answer struct {
		path seawall.AreaPath
		ok   bool
	}
	known := map[seawall.AreaPath]answer{}
	return func(ctx context.Context, tx seawall.Tx, from seawall.AreaPath) (seawall.AreaPath, bool, error) {
		if a, found := known[from]; found {
			return a.path, a.ok, nil
		}
		up, ok, err := ask(ctx, tx, from)
		if err == nil {
			known[from] = answer{up, ok}
		}
		return up, ok, err
	}
}
