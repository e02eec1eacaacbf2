package loop_test

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/ledger"
	"github.com/seawall-city/seawall/internal/loop"
	"github.com/seawall-city/seawall/internal/regime"
)

// memory is a Store in memory with the optimistic lock of the real ones.
type memory struct {
	loops        map[seawall.LoopID]loop.Loop
	steps        map[seawall.StepID]loop.Step
	series       map[string]loop.Series
	clocks       map[seawall.ClockID]loop.Clock
	handOvers    map[string]loop.HandOver
	evidence     []loop.Evidence
	restrictions map[seawall.RestrictionID]loop.Restriction
	notices      []loop.Notice
	events       []ledger.Event
}

func newMemory() *memory {
	return &memory{loops: map[seawall.LoopID]loop.Loop{}, steps: map[seawall.StepID]loop.Step{}, series: map[string]loop.Series{},
		clocks: map[seawall.ClockID]loop.Clock{}, handOvers: map[string]loop.HandOver{}, restrictions: map[seawall.RestrictionID]loop.Restriction{}}
}

// save keeps a row under its version.
func save[K comparable, V any](m map[K]V, key K, row V, version func(V) int) error {
	old, there := m[key]
	if want := version(row); there && version(old) != want-1 || !there && want != 1 {
		return seawall.E("memory.save", seawall.Conflict, "changed_meanwhile", "id", fmt.Sprint(key))
	}
	m[key] = row
	return nil
}

func get[K comparable, V any](m map[K]V, key K) (V, error) {
	v, ok := m[key]
	if !ok {
		return v, seawall.E("memory.get", seawall.NotFound, "not_found", "id", fmt.Sprint(key))
	}
	return v, nil
}

// list gives the rows that a test picks, by a key.
func list[K comparable, V any](m map[K]V, pick func(V) bool, key func(V) string) []V {
	var out []V
	for _, v := range m {
		if pick(v) {
			out = append(out, v)
		}
	}
	slices.SortFunc(out, func(a, b V) int { return cmp.Compare(key(a), key(b)) })
	return out
}

func (m *memory) SaveLoop(_ context.Context, _ seawall.Tx, l loop.Loop) error {
	return save(m.loops, l.ID, l, func(l loop.Loop) int { return l.Version })
}
func (m *memory) Loop(_ context.Context, _ seawall.Tx, id seawall.LoopID) (loop.Loop, error) {
	return get(m.loops, id)
}
func (m *memory) LoopsOfFact(_ context.Context, _ seawall.Tx, fact seawall.Ref) ([]loop.Loop, error) {
	return list(m.loops, func(l loop.Loop) bool { return l.Fact == fact }, func(l loop.Loop) string { return string(l.ID) }), nil
}
func (m *memory) LoopsAbout(_ context.Context, _ seawall.Tx, subject seawall.Ref) ([]loop.Loop, error) {
	return list(m.loops, func(l loop.Loop) bool { return l.Subject == subject }, func(l loop.Loop) string { return string(l.ID) }), nil
}
func (m *memory) LoopsOfPerson(_ context.Context, _ seawall.Tx, no seawall.PersonNo) ([]loop.Loop, error) {
	return list(m.loops, func(l loop.Loop) bool { return l.Person == no }, func(l loop.Loop) string { return string(l.ID) }), nil
}
func (m *memory) SaveStep(_ context.Context, _ seawall.Tx, s loop.Step) error {
	return save(m.steps, s.ID, s, func(s loop.Step) int { return s.Version })
}
func (m *memory) Step(_ context.Context, _ seawall.Tx, id seawall.StepID) (loop.Step, error) {
	return get(m.steps, id)
}
func (m *memory) StepsOf(_ context.Context, _ seawall.Tx, id seawall.LoopID) ([]loop.Step, error) {
	return list(m.steps, func(s loop.Step) bool { return s.Loop == id }, func(s loop.Step) string { return fmt.Sprintf("%06d %s", s.Order, s.ID) }), nil
}
func (m *memory) Steps(context.Context, seawall.Tx, loop.StepQuery) ([]loop.Step, string, int, error) {
	return list(m.steps, func(s loop.Step) bool { return s.State == loop.Open }, func(s loop.Step) string { return string(s.ID) }), "", len(m.steps), nil
}
func (m *memory) CountSteps(context.Context, seawall.Tx, seawall.Scope, seawall.PrincipalID, time.Time, time.Time, time.Time) (loop.StepCounts, error) {
	return loop.StepCounts{Open: len(m.steps)}, nil
}
func (m *memory) SaveSeries(_ context.Context, _ seawall.Tx, s loop.Series) error {
	return save(m.series, s.ID, s, func(s loop.Series) int { return s.Version })
}
func (m *memory) SeriesOf(_ context.Context, _ seawall.Tx, id seawall.LoopID) ([]loop.Series, error) {
	return list(m.series, func(s loop.Series) bool { return s.Loop == id }, func(s loop.Series) string { return s.ID }), nil
}
func (m *memory) SaveClock(_ context.Context, _ seawall.Tx, c loop.Clock) error {
	return save(m.clocks, c.ID, c, func(c loop.Clock) int { return c.Version })
}
func (m *memory) ClocksOf(_ context.Context, _ seawall.Tx, id seawall.LoopID) ([]loop.Clock, error) {
	return list(m.clocks, func(c loop.Clock) bool { return c.Loop == id }, func(c loop.Clock) string { return string(c.ID) }), nil
}
func (m *memory) ClaimClocks(_ context.Context, _ seawall.Tx, _ string, now, _ time.Time, limit int) ([]loop.Clock, error) {
	due := list(m.clocks, func(c loop.Clock) bool { return c.State == loop.Open && !c.FireAt.After(now) },
		func(c loop.Clock) string { return fmt.Sprintf("%020d %s", c.FireAt.UnixMicro(), c.ID) })
	return due[:min(limit, len(due))], nil
}
func (m *memory) Clock(_ context.Context, _ seawall.Tx, id seawall.ClockID) (loop.Clock, error) {
	return get(m.clocks, id)
}
func (m *memory) NextClock(context.Context, seawall.Tx) (time.Time, error) {
	var at time.Time
	for _, c := range m.clocks {
		if c.State == loop.Open && (at.IsZero() || c.FireAt.Before(at)) {
			at = c.FireAt
		}
	}
	return at, nil
}
func (m *memory) SaveHandOver(_ context.Context, _ seawall.Tx, h loop.HandOver) error {
	return save(m.handOvers, h.ID, h, func(h loop.HandOver) int { return h.Version })
}
func (m *memory) HandOversOf(_ context.Context, _ seawall.Tx, id seawall.LoopID) ([]loop.HandOver, error) {
	return list(m.handOvers, func(h loop.HandOver) bool { return h.Loop == id }, func(h loop.HandOver) string { return h.ID }), nil
}
func (m *memory) SaveEvidence(_ context.Context, _ seawall.Tx, e loop.Evidence) error {
	m.evidence = append(m.evidence, e)
	return nil
}
func (m *memory) EvidenceOf(_ context.Context, _ seawall.Tx, id seawall.LoopID) ([]loop.Evidence, error) {
	return slices.DeleteFunc(slices.Clone(m.evidence), func(e loop.Evidence) bool { return e.Loop != id }), nil
}
func (m *memory) SaveRestriction(_ context.Context, _ seawall.Tx, r loop.Restriction) error {
	return save(m.restrictions, r.ID, r, func(r loop.Restriction) int { return r.Version })
}
func (m *memory) Restriction(_ context.Context, _ seawall.Tx, id seawall.RestrictionID) (loop.Restriction, error) {
	return get(m.restrictions, id)
}
func (m *memory) RestrictionsOfFact(_ context.Context, _ seawall.Tx, fact seawall.Ref) ([]loop.Restriction, error) {
	return list(m.restrictions, func(r loop.Restriction) bool { return r.Fact == fact }, func(r loop.Restriction) string { return string(r.ID) }), nil
}
func (m *memory) RestrictionsOn(_ context.Context, _ seawall.Tx, subject seawall.Ref) ([]loop.Restriction, error) {
	return list(m.restrictions, func(r loop.Restriction) bool { return r.Subject == subject }, func(r loop.Restriction) string { return string(r.ID) }), nil
}
func (m *memory) SaveNotice(_ context.Context, _ seawall.Tx, n loop.Notice) error {
	m.notices = append(m.notices, n)
	return nil
}
func (m *memory) NoticesFor(_ context.Context, _ seawall.Tx, to seawall.Ref, _ seawall.Page) ([]loop.Notice, string, error) {
	return slices.DeleteFunc(slices.Clone(m.notices), func(n loop.Notice) bool { return n.To != to }), "", nil
}
func (m *memory) Notice(context.Context, seawall.Tx, string) (loop.Notice, error) {
	return loop.Notice{}, seawall.E("memory.Notice", seawall.NotFound, "not_found")
}
func (m *memory) Record(_ context.Context, _ seawall.Tx, ev ledger.Event) error {
	m.events = append(m.events, ev)
	return nil
}

// desk is a transaction over a movable instant.
type desk struct {
	now time.Time
	n   int
	who string
}

func (d *desk) Now() time.Time { return d.now }
func (d *desk) NewID() string  { d.n++; return fmt.Sprintf("id-%06d", d.n) }
func (d *desk) Actor() seawall.Actor {
	return seawall.Actor{Kind: seawall.ActorUser, Principal: seawall.PrincipalID(d.who), Name: d.who}
}

// The ladder of these tests: a grid under a village, a town, a county, the city.
const (
	city  = seawall.AreaPath("32/3209/")
	grid  = city + "320924/320924103/320924103001/320924103001-01/"
	zone8 = 8 * 60 * 60
)

// bench is an engine over memory.
type bench struct {
	m   *memory
	tx  *desk
	e   *loop.Engine
	ctx context.Context
	loc *time.Location
	cut regime.CutOff
}

// newBench makes an engine whose roster has somebody at every level, "p" and
// the depth of the area.
func newBench(now time.Time) *bench {
	b := &bench{m: newMemory(), tx: &desk{now: now, who: "worker"}, ctx: context.Background(), loc: time.FixedZone("city", zone8),
		cut: regime.CutOff{Hour: 24, LateOpenHour: 20, MaxAgeHours: 12}}
	b.e = loop.New(loop.Config{Store: b.m, Log: b.m, City: city, Zone: b.loc,
		CutOff: func(string) regime.CutOff { return b.cut },
		Assign: func(_ context.Context, _ seawall.Tx, at seawall.AreaPath, _ string, _ time.Time) (loop.Answer, error) {
			return loop.Answer{Area: at, Principal: seawall.PrincipalID(fmt.Sprintf("p%d", at.Depth())), WorkName: fmt.Sprintf("级别 %d", at.Depth()), Why: "roster"}, nil
		},
		Up: func(_ context.Context, _ seawall.Tx, from seawall.AreaPath) (seawall.AreaPath, bool, error) {
			if from.Depth() <= 1 {
				return from, false, nil
			}
			return from[:len(from)-len(string(from.Leaf()))-1], true, nil
		}})
	return b
}

// opening is a duty that lacks nothing.
func opening(steps ...loop.StepPlan) loop.Opening {
	return loop.Opening{Kind: loop.FollowUp, Subject: seawall.Ref{Kind: seawall.KindContact, ID: "k1"}, Person: "P1", Mask: "张*·男·45",
		Fact: seawall.Ref{Kind: seawall.KindCase, ID: "c1"}, Disease: "covid-19", Regime: "CN-COVID-8@abc", Rule: "contact_classes.close",
		Title: seawall.Text{ZH: "随访", EN: "Follow-up"}, Places: []loop.Place{{Path: grid, Why: "home"}},
		Parties: loop.Parties{Territory: "一村", Department: "疾控", Unit: "单位", Individual: "张*"}, Steps: steps}
}

// at is a local time of a day in March 2022.
func (b *bench) at(day, hour, minute int) time.Time {
	return time.Date(2022, 3, day, hour, minute, 0, 0, b.loc)
}
