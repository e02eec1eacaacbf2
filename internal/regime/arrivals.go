package regime

import (
	"slices"
	"strings"
	"time"

	"github.com/seawall-city/seawall"
)

// What a rule file is about.
const (
	ScopeDisease  = "disease"   // cases, contacts, clocks; the default
	ScopeArrivals = "arrivals"  // people who come from elsewhere
	scopeMustNots = "must_nots" // what no local rule may do
)

// What day 0 of a row of the arrival matrix is.
const (
	ClockLeaving = "leaving" // the day of leaving the area
	ClockEntry   = "entry"   // the day of entering the country
	ClockArrival = "arrival" // the day of arriving here
)

// The risk that a grade of an origin stands for.
const (
	riskZone     = "risk"     // a medium- or high-risk area
	riskAffected = "affected" // a low-risk area near local cases
	riskLow      = "low"      // a low-risk area
)

// Grade is one grade that an origin may have; grading rows name it by Key.
type Grade struct {
	Key  string       `json:"key"`
	Name seawall.Text `json:"name"`
	// Risk is "risk" (medium or high), "affected" (low-risk, near local cases)
	// or "low".
	Risk string `json:"risk"`
}

// Fits says whom a row is for: people from an area of one of the grades, from
// abroad, or whose track crossed a case's. Any of what is set is enough.
type Fits struct {
	Grades   []string `json:"grades,omitempty"`
	Abroad   bool     `json:"abroad,omitempty"`
	Crossing bool     `json:"crossing,omitempty"`
}

// GateRule asks for tests on arrival instead of a stay. Hours count from the
// arrival.
type GateRule struct {
	Kind string `json:"kind"`
	// FreeHours: a negative result whose sample is at most so old on arrival frees
	// from the tests; 0 frees nobody.
	FreeHours int `json:"freeHours,omitempty"`
	// WithinHours is until when the first test is taken.
	WithinHours int `json:"withinHours"`
	// AgainFrom..AgainTo are the hours of a second test, at least Apart hours
	// after the first; all 0 where one test is enough.
	AgainFrom int `json:"againFrom,omitempty"`
	AgainTo   int `json:"againTo,omitempty"`
	Apart     int `json:"apart,omitempty"`
}

// Tier is one row of the arrival matrix.
type Tier struct {
	Key  string       `json:"key"`
	Name seawall.Text `json:"name"`
	Who  seawall.Text `json:"who,omitzero"`
	When Fits         `json:"when"`
	// Clock says what day 0 is: "leaving", "entry" or "arrival".
	Clock      string      `json:"clock"`
	Plan       []Stay      `json:"plan"`
	Monitoring *Monitoring `json:"monitoring,omitempty"`
	Gate       *GateRule   `json:"gate,omitempty"`
	// ReportHours is how soon after arrival they report to the community; nil
	// takes the file's figure.
	ReportHours   *int     `json:"reportHours,omitempty"`
	TransferHours *int     `json:"transferHours,omitempty"`
	ReleaseIf     []string `json:"releaseIf,omitempty"`
	Why           Citation `json:"why"`
}

// Matrix is what a file of ScopeArrivals holds.
type Matrix struct {
	Grades []Grade `json:"grades"`
	Tiers  []Tier  `json:"tiers"`
	// ReportHours is how soon after arrival people report to the community; nil
	// where the file gives no figure.
	ReportHours *int `json:"reportHours,omitempty"`
	// Checks are the hours from arrival to each of the four checks, by its key.
	Checks    map[string]int `json:"checks,omitempty"`
	ChecksWhy Citation       `json:"checksWhy"`
	ReportWhy Citation       `json:"reportWhy"`
}

// Appeal is how an objection to a restriction is decided.
type Appeal struct {
	DecideHours int      `json:"decideHours"`
	Why         Citation `json:"why"`
}

// Zone says how long an area of a level stays under control.
type Zone struct {
	Level string       `json:"level"`
	Name  seawall.Text `json:"name"`
	// ReleaseDays without a new infection after which control ends.
	ReleaseDays int          `json:"releaseDays"`
	Text        seawall.Text `json:"text"`
	Why         Citation     `json:"why"`
}

// OriginFacts are what is known of where somebody comes from.
type OriginFacts struct {
	// Code is the division code or country; it is carried for the reader, the
	// row is chosen by the rest.
	Code string `json:"code,omitempty"`
	// Grade is the key of the origin's grade, "" while it is unknown.
	Grade    string `json:"grade,omitempty"`
	Abroad   bool   `json:"abroad,omitempty"`
	Crossing bool   `json:"crossing,omitempty"`
}

// fits reports whether a row is for somebody with these facts.
func (w Fits) fits(f OriginFacts) bool {
	return w.Abroad && f.Abroad || w.Crossing && f.Crossing || f.Grade != "" && !f.Abroad && slices.Contains(w.Grades, f.Grade)
}

// facts gives one set of facts for each thing that a row fits.
func (w Fits) facts() []OriginFacts {
	var out []OriginFacts
	for _, g := range w.Grades {
		out = append(out, OriginFacts{Grade: g})
	}
	if w.Abroad {
		out = append(out, OriginFacts{Abroad: true})
	}
	if w.Crossing {
		out = append(out, OriginFacts{Crossing: true})
	}
	return out
}

// Grades gives the grades of an arrival matrix, worst first; none for a regime
// of a disease.
func (r *Regime) Grades() []Grade {
	if r.Arrivals == nil {
		return nil
	}
	return slices.Clone(r.Arrivals.Grades)
}

// Grade gives one grade by its key.
func (r *Regime) Grade(key string) (Grade, bool) {
	for _, g := range r.Grades() {
		if g.Key == key {
			return g, true
		}
	}
	return Grade{}, false
}

// Tiers gives the rows of an arrival matrix in reading order; none for a regime
// of a disease.
func (r *Regime) Tiers() []Tier {
	if r.Arrivals == nil {
		return nil
	}
	return slices.Clone(r.Arrivals.Tiers)
}

// Tier gives one row by its key.
func (r *Regime) Tier(key string) (Tier, bool) {
	for _, t := range r.Tiers() {
		if t.Key == key {
			return t, true
		}
	}
	return Tier{}, false
}

// TierFor gives the strictest row that fits. It reports false where none does,
// as for an origin whose grade nobody knows.
func (r *Regime) TierFor(f OriginFacts) (Tier, bool) {
	var fit []Tier
	for _, t := range r.Tiers() {
		if t.When.fits(f) {
			fit = append(fit, t)
		}
	}
	return Strictest(fit...), len(fit) > 0
}

// Strictest gives the row that restricts longest, of equal ones the one with
// more days of central quarantine, then of monitoring, then of tests, then the
// first. It serves somebody who comes from several places. Without rows it is
// the zero Tier.
func Strictest(tiers ...Tier) Tier {
	var best Tier
	for i, t := range tiers {
		if i == 0 || slices.Compare(t.weight(), best.weight()) > 0 {
			best = t
		}
	}
	return best
}

// weight orders rows by what they ask of people.
func (t Tier) weight() []int {
	tests := 0
	for _, s := range t.Plan {
		tests += len(s.Tests)
	}
	if t.Gate != nil {
		tests++
	}
	return []int{restricted(t.Plan), central(t.Plan), length(t.Plan), tests}
}

// restricted counts the days of a plan that limit movement.
func restricted(stays []Stay) int {
	days := 0
	for _, s := range stays {
		if s.Kind.Restricts() {
			days += s.Days
		}
	}
	return days
}

// central counts the days of a plan away from home.
func central(stays []Stay) int {
	days := 0
	for _, s := range stays {
		if s.Kind == Central {
			days += s.Days
		}
	}
	return days
}

// ArrivalAnchors are the facts about a journey that a plan is computed from.
type ArrivalAnchors struct {
	// Left is the day of leaving the area; Entered that of entering the country,
	// for who comes from abroad.
	Left    seawall.Day
	Entered seawall.Day
	// Arrived is when they came here; zero before they have.
	Arrived time.Time
	// Found is when the office learnt of them; zero means on arrival. Days before
	// it cannot be asked for any more.
	Found time.Time
	// NegativeAt is when the sample of their last negative test was taken.
	NegativeAt time.Time
	// Loc is the office's time zone; nil reads as UTC.
	Loc *time.Location
	// NoText leaves the words out, for who counts many plans.
	NoText bool
}

// ArrivalPlan gives what the matrix asks of somebody in a row of it. Days count
// from where the row says: who arrives or is found later has only the days that
// are left (缺几天补几天), which after the days of central quarantine are those
// at home. Errors: NotFound for a row that the regime does not have, Invalid
// when the day that the row counts from is unknown.
func (r *Regime) ArrivalPlan(tier string, a ArrivalAnchors) (Plan, error) {
	const op = "regime.ArrivalPlan"
	t, ok := r.Tier(tier)
	if !ok {
		return Plan{}, seawall.E(op, seawall.NotFound, "regime_tier_unknown", "regime", r.ID, "tier", tier)
	}
	if a.Loc == nil {
		a.Loc = time.UTC
	}
	base := a.base(t.Clock)
	if !base.Known() && length(t.Plan) > 0 {
		return Plan{}, seawall.E(op, seawall.Invalid, "regime_left_missing", "tier", t.Name.ZH)
	}
	from := a.Arrived
	if a.Found.After(from) {
		from = a.Found
	}
	if !base.Known() { // nothing counts from it: a row that informs or tests at the gate
		base = dayOr(from, a.Loc)
	}
	p := planner{r: r, class: t.asClass(), a: Anchors{FirstExposure: seawall.NoDay, LastExposure: base, Discovered: from, Loc: a.Loc, NoText: a.NoText},
		clock: clockWord(t.Clock)}
	out := p.plan()
	out.ReportHours = r.reportHours(t)
	if t.Gate != nil && !a.Arrived.IsZero() {
		p.gate(&out, *t.Gate, a)
	}
	return out, nil
}

// dayOr is the day of t, NoDay for the zero time.
func dayOr(t time.Time, loc *time.Location) seawall.Day {
	if t.IsZero() {
		return seawall.NoDay
	}
	return seawall.DayOf(t, loc)
}

// base is day 0 under a clock. A day of entry that nobody recorded is the day of
// arrival: it can only be earlier, and is corrected when it becomes known.
func (a ArrivalAnchors) base(clock string) seawall.Day {
	arrived := dayOr(a.Arrived, a.Loc)
	switch clock {
	case ClockArrival:
		return arrived
	case ClockEntry:
		if a.Entered.Known() && a.Entered != 0 {
			return a.Entered
		}
		return arrived
	}
	if a.Left == 0 {
		return seawall.NoDay
	}
	return a.Left
}

// asClass gives a row in the form that plans are computed from.
func (t Tier) asClass() Class {
	return Class{ID: t.Key, Name: t.Name, Who: t.Who, Plan: t.Plan, Monitoring: t.Monitoring,
		TransferHours: t.TransferHours, ReleaseIf: t.ReleaseIf, Why: t.Why}
}

// reportHours is how soon somebody in the row reports, 0 for no figure.
func (r *Regime) reportHours(t Tier) int {
	switch {
	case t.ReportHours != nil:
		return *t.ReportHours
	case r.Arrivals != nil && r.Arrivals.ReportHours != nil:
		return *r.Arrivals.ReportHours
	}
	return 0
}

// gate adds the tests on arrival, or says why there are none.
func (p *planner) gate(out *Plan, g GateRule, a ArrivalAnchors) {
	hours := func(h int) time.Time { return a.Arrived.Add(time.Duration(h) * time.Hour) }
	if !a.NegativeAt.IsZero() && !a.NegativeAt.After(a.Arrived) && !a.NegativeAt.Before(hours(-g.FreeHours)) && g.FreeHours > 0 {
		out.Gate = &GatePlan{Free: true, Text: p.fill(p.r.texts[textGateFree], words{days: g.FreeHours})}
		return
	}
	out.Gate = &GatePlan{Text: p.fill(p.r.texts[textGate], words{days: g.WithinHours})}
	add := func(n int, from, until time.Time) {
		day := seawall.DayOf(until, a.Loc)
		why := p.class.Why
		why.Rule += ".gate"
		out.Tests = append(out.Tests, PlannedTest{Key: "test-gate-" + string(rune('0'+n)), N: int(day - p.base), Day: day, From: from, Until: until,
			Kind: g.Kind, Why: why, Text: p.fill(p.r.texts[textTest], words{from: day, n: int(day - p.base), kind: testKind(g.Kind)})})
	}
	add(1, a.Arrived, hours(g.WithinHours))
	if g.AgainTo > 0 {
		add(2, hours(g.AgainFrom), hours(g.AgainTo))
	}
}

// ArrivalsInForce gives the arrival matrix of a disease in a jurisdiction on a
// day; the nearest jurisdiction above with one in force answers. It reports
// false where none covers the day.
func (s *Set) ArrivalsInForce(disease, jurisdiction string, day seawall.Day) (*Regime, bool) {
	return s.inForce(ScopeArrivals, disease, jurisdiction, day)
}

// ArrivalVersions gives every arrival matrix that may answer for a jurisdiction:
// its own and those of the ones above, by the day they came into force.
func (s *Set) ArrivalVersions(disease, jurisdiction string) []*Regime {
	var out []*Regime
	for _, r := range s.order {
		if r.Scope == ScopeArrivals && r.Disease.ID == disease && (r.Jurisdiction == jurisdiction || strings.HasPrefix(jurisdiction, r.Jurisdiction+"-")) {
			out = append(out, r)
		}
	}
	return out
}
