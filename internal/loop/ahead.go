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
	// Beside runs a function in a transaction of its own that reads what has been
	// committed when this one had begun; with it the rows of the next clocks are
	// read while the former ones fire. nil reads everything first, in this one.
	Beside func(ctx context.Context, fn func(tx seawall.Tx) error) error
	// Then decides what Fire leaves to its caller (a release, an appeal, a cry for
	// help) before the next clock fires.
	Then func(Firing) error
}

// together is how many clocks have their rows read together, while those before
// them fire.
const together = 500

// FireAll fires clocks as Fire would one after the other, and reads what they
// need beforehand, together. The first error ends it; the caller gives the
// transaction up.
func (e *Engine) FireAll(ctx context.Context, tx seawall.Tx, batch Batch) error {
	const op = "loop.FireAll"
	a := &ahead{Store: e.Store, clocks: map[seawall.ClockID]Clock{}, loops: map[seawall.LoopID]*known{}, changed: map[seawall.LoopID]bool{}}
	size := max(len(batch.Clocks), 1)
	if batch.Beside != nil {
		size = together
	}
	parts := slices.Collect(slices.Chunk(batch.Clocks, size))
	var next *reading
	defer func() { next.wait() }()
	for i, ids := range parts {
		f, err := next.wait()
		if err == nil && (f == nil || a.all) {
			f, err = e.find(ctx, tx, batch, ids)
		}
		if err != nil {
			return seawall.Wrap(op, err)
		}
		a.take(f)
		if next = nil; batch.Beside != nil && i+1 < len(parts) {
			next = e.readBeside(ctx, batch, parts[i+1])
		}
		b := *e
		b.Store, b.Assign, b.Up = a, remembered(f.assign), rememberedUp(f.up)
		if err := b.fireEach(ctx, tx, batch, ids, a); err != nil {
			return err
		}
	}
	return nil
}

// fireEach fires clocks whose rows are known.
func (e *Engine) fireEach(ctx context.Context, tx seawall.Tx, batch Batch, ids []seawall.ClockID, a *ahead) error {
	for _, id := range ids {
		f, err := e.Fire(ctx, tx, id)
		if err != nil {
			return seawall.Wrap("loop.FireAll", err)
		}
		if err := batch.Then(f); err != nil {
			return err
		}
		switch { // the caller may have changed rows without this store
		case f.Appeal != "" || f.Urgent != "" || f.Timer.Kind != "":
			a.forgetAll()
		case f.Release != "":
			a.forget(f.Release)
		}
	}
	return nil
}

// found is what the database holds for some clocks.
type found struct {
	clocks []Clock
	loops  map[seawall.LoopID]*known
	assign Assigner
	up     Climber
}

// known is what is known of one loop.
type known struct {
	loop   Loop
	steps  []Step
	series []Series
}

// reading is a find beside the transaction.
type reading struct {
	done  chan struct{}
	found *found
	err   error
}

// readBeside starts one.
func (e *Engine) readBeside(ctx context.Context, batch Batch, ids []seawall.ClockID) *reading {
	r := &reading{done: make(chan struct{})}
	go func() {
		defer close(r.done)
		r.err = batch.Beside(ctx, func(tx seawall.Tx) (err error) {
			r.found, err = e.find(ctx, tx, batch, ids)
			return err
		})
	}()
	return r
}

// wait gives what was read, nil where nothing was begun.
func (r *reading) wait() (*found, error) {
	if r == nil {
		return nil, nil
	}
	<-r.done
	return r.found, r.err
}

// find reads clocks with their loops, and who answers where these are.
func (e *Engine) find(ctx context.Context, tx seawall.Tx, batch Batch, ids []seawall.ClockID) (*found, error) {
	f := &found{loops: map[seawall.LoopID]*known{}, assign: e.Assign, up: e.Up}
	if err := f.read(ctx, tx, e.Store, ids); err != nil || batch.Ahead == nil {
		return f, err
	}
	var at []seawall.AreaPath
	for _, k := range f.loops {
		at = append(at, k.loop.Area)
	}
	slices.Sort(at)
	var err error
	f.assign, f.up, err = batch.Ahead(ctx, tx, slices.Compact(at))
	return f, err
}

// read reads clocks with their loops.
func (f *found) read(ctx context.Context, tx seawall.Tx, store Many, ids []seawall.ClockID) (err error) {
	if f.clocks, err = store.ClocksByID(ctx, tx, ids); err != nil {
		return err
	}
	var of []seawall.LoopID
	for _, c := range f.clocks {
		if c.Loop != "" && f.loops[c.Loop] == nil {
			f.loops[c.Loop] = &known{}
			of = append(of, c.Loop)
		}
	}
	loops, err := store.LoopsByID(ctx, tx, of)
	if err != nil {
		return err
	}
	for _, l := range loops {
		f.loops[l.ID].loop = l
	}
	steps, err := store.StepsOfLoops(ctx, tx, of)
	if err != nil {
		return err
	}
	for _, s := range steps {
		k := f.loops[s.Loop]
		k.steps = append(k.steps, s)
	}
	series, err := store.SeriesOfLoops(ctx, tx, of)
	for _, s := range series {
		k := f.loops[s.Loop]
		k.series = append(k.series, s)
	}
	for id, k := range f.loops { // a clock of a loop that is not there
		if k.loop.ID == "" {
			delete(f.loops, id)
		}
	}
	return err
}

// ahead is a Store that has read some loops beforehand. It answers for them from
// memory and passes every change on; what it has not read it leaves to the store
// behind it.
type ahead struct {
	Store
	clocks map[seawall.ClockID]Clock
	loops  map[seawall.LoopID]*known
	// changed are loops that this transaction has changed: what was read of them
	// beside it is not as they are. all says so of every loop.
	changed map[seawall.LoopID]bool
	all     bool
}

// take adds what was read to what is known, which is newer where it is known.
func (a *ahead) take(f *found) {
	for id, k := range f.loops {
		if a.loops[id] == nil && !a.changed[id] {
			a.loops[id] = k
		}
	}
	for _, c := range f.clocks {
		if _, ok := a.clocks[c.ID]; !ok && !a.changed[c.Loop] {
			a.clocks[c.ID] = c
		}
	}
	a.all = false
}

// forget lets go of what is known of a loop.
func (a *ahead) forget(id seawall.LoopID) {
	a.changed[id] = true
	delete(a.loops, id)
	maps.DeleteFunc(a.clocks, func(_ seawall.ClockID, c Clock) bool { return c.Loop == id })
}

// forgetAll lets go of everything, also of what is being read.
func (a *ahead) forgetAll() {
	clear(a.loops)
	clear(a.clocks)
	a.all = true
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
	a.changed[l.ID] = true
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
	a.changed[s.Loop] = true
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
	a.changed[s.Loop] = true
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
