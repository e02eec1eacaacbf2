package regime

import (
	"strconv"
	"strings"
	"time"

	"github.com/seawall-city/seawall"
)

// Anchors are the facts about a contact that a plan is computed from.
type Anchors struct {
	// FirstExposure bounds the windows of prophylaxis; NoDay takes the last.
	FirstExposure seawall.Day
	// LastExposure is day 0 of the plan. It must be known.
	LastExposure seawall.Day
	// Discovered is when the contact became known to the office; days before it
	// cannot be asked for any more. Zero means "at once".
	Discovered time.Time
	// Susceptible says that the person is known to be susceptible (no vaccine,
	// no past disease); it matters only where the class tells them apart.
	Susceptible bool
	// Loc is the office's time zone; nil reads as UTC.
	Loc *time.Location
	// NoText leaves the words out, for who counts many plans.
	NoText bool
}

// ContactPlan gives what the regime asks of a contact of the class. Days count
// from the last exposure; who is found late has only the days that are left, and
// who is found after the end is informed and nothing else (Plan.Over).
// Errors: NotFound for a class that the regime does not have, Invalid when the
// last exposure is unknown.
func (r *Regime) ContactPlan(class string, a Anchors) (Plan, error) {
	const op = "regime.ContactPlan"
	c, ok := r.Class(class)
	if !ok {
		return Plan{}, seawall.E(op, seawall.NotFound, "regime_class_unknown", "regime", r.ID, "class", class)
	}
	if !a.LastExposure.Known() {
		return Plan{}, seawall.E(op, seawall.Invalid, "regime_anchor_missing")
	}
	p := planner{r: r, class: c, a: a}
	return p.plan(), nil
}

// planner computes one plan.
type planner struct {
	r     *Regime
	class Class
	a     Anchors
	base  seawall.Day
	found seawall.Day
	// clock words what day 0 is, for an arrival.
	clock seawall.Text
	out   Plan
}

func (p *planner) plan() Plan {
	if p.a.Loc == nil {
		p.a.Loc = time.UTC
	}
	p.base = p.a.LastExposure
	p.found = p.base
	if !p.a.Discovered.IsZero() {
		p.found = max(p.base, seawall.DayOf(p.a.Discovered, p.a.Loc))
	}
	p.out = Plan{Class: p.class.ID, Base: p.base, Missed: int(p.found - p.base), Release: seawall.NoDay,
		MonitorFrom: seawall.NoDay, MonitorTo: seawall.NoDay, Why: p.class.Why,
		ReleaseRules: p.class.ReleaseIf, PromoteTo: p.class.PromoteTo}
	stays := p.class.Plan
	if p.a.Susceptible && len(p.class.IfSusceptible) > 0 {
		stays = p.class.IfSusceptible
	}
	end := length(stays)
	if end > 0 {
		p.out.Release = p.base.Add(end + 1)
	}
	p.prophylaxis()
	p.stays(stays)
	if p.out.Release.Known() && p.out.Release <= p.found {
		p.over()
		return p.out
	}
	p.monitoring(end)
	if s := p.out.Segments; len(s) > 0 && s[0].Kind.Restricts() && p.class.TransferHours != nil {
		p.out.TransferHours = *p.class.TransferHours
	}
	p.out.Text = p.fill(p.r.texts[textPlan], words{})
	if end == 0 {
		p.out.Text = p.fill(p.r.texts[string(Inform)], words{})
	}
	return p.out
}

// length is the last day of a plan, counted from the base; 0 for one that only
// informs.
func length(stays []Stay) int {
	days := 0
	for _, s := range stays {
		days += s.Days
	}
	return days
}

// stays lays the stays out on the calendar and leaves out what is past.
func (p *planner) stays(stays []Stay) {
	end := 0
	for i, s := range stays {
		first, last := end+1, end+s.Days
		if i == 0 {
			first = 0
		}
		from, to := max(p.base.Add(first), p.found), p.base.Add(last)
		if s.Kind == Inform {
			from, to = p.found, p.found
		}
		if from <= to {
			text := s.Text
			if text == (seawall.Text{}) {
				text = p.r.texts[string(s.Kind)]
			}
			p.out.Segments = append(p.out.Segments, Segment{Kind: s.Kind, From: from, To: to, Why: s.Why,
				Text: p.fill(text, words{from: from, to: to, days: s.Days, n: last})})
		}
		p.tests(s, end)
		end = last
	}
}

// tests adds the tests of a stay that begins after day offset of the plan.
func (p *planner) tests(s Stay, offset int) {
	for _, t := range s.Tests {
		n := offset + t.Day
		day := p.base.Add(n)
		if day < p.found {
			continue
		}
		why := s.Why
		why.Rule += ".tests"
		p.out.Tests = append(p.out.Tests, PlannedTest{Key: "test-" + strconv.Itoa(n), N: n, Day: day,
			Kind: t.Kind, Dual: t.Dual, Why: why,
			Text: p.fill(p.r.texts[textTest], words{from: day, n: n, kind: testKind(t.Kind)})})
	}
}

// monitoring sets the days with a health report.
func (p *planner) monitoring(end int) {
	m := p.class.Monitoring
	if m == nil || end == 0 {
		return
	}
	if m.Days != nil {
		end = *m.Days
	}
	if to := p.base.Add(end); p.found <= to {
		p.out.MonitorFrom, p.out.MonitorTo, p.out.MonitorPerDay = p.found, to, m.PerDay
	}
}

// prophylaxis adds the measures whose window is still open at discovery. An
// exposure is known by its day; the window counts from that day's beginning, so
// that it is never promised longer than it lasts.
func (p *planner) prophylaxis() {
	for _, rule := range p.class.Prophylaxis {
		day := p.base
		if rule.From == firstExposure && p.a.FirstExposure.Known() {
			day = min(day, p.a.FirstExposure)
		}
		until := day.Start(p.a.Loc).Add(time.Duration(rule.WithinHours) * time.Hour)
		if !p.a.Discovered.IsZero() && !p.a.Discovered.Before(until) {
			continue
		}
		p.out.Prophylaxis = append(p.out.Prophylaxis, Prophylaxis{Key: rule.Key, Until: until, Why: rule.Why,
			Text: p.fill(rule.Text, words{to: seawall.DayOf(until, p.a.Loc)})})
	}
}

// over turns the plan into the one that asks for nothing.
func (p *planner) over() {
	p.out.Over = true
	p.out.Tests, p.out.ReleaseRules, p.out.PromoteTo = nil, nil, ""
	p.out.Text = p.fill(p.r.texts[textOver], words{})
	p.out.Segments = []Segment{{Kind: Inform, From: p.found, To: p.found, Why: p.class.Why, Text: p.out.Text}}
}

// words are the values of a text's placeholders that differ from place to place.
type words struct {
	from, to seawall.Day
	days, n  int
	kind     seawall.Text
}

// fill puts the days of the plan into a text of the file.
func (p *planner) fill(t seawall.Text, w words) seawall.Text {
	if p.a.NoText {
		return seawall.Text{}
	}
	return seawall.Text{ZH: p.fillIn("zh", t.ZH, w), EN: p.fillIn("en", t.EN, w)}
}

func (p *planner) fillIn(lang, text string, w words) string {
	return strings.NewReplacer(
		"{disease}", p.r.Disease.Name.In(lang),
		"{class}", p.class.Name.In(lang),
		"{source}", p.r.sourceTitle(p.class.Why).In(lang),
		"{base}", dateIn(lang, p.base),
		"{from}", dateIn(lang, w.from),
		"{to}", dateIn(lang, w.to),
		"{release}", dateIn(lang, p.out.releaseOr(p.base)),
		"{days}", strconv.Itoa(w.days),
		"{n}", strconv.Itoa(w.n),
		"{test}", w.kind.In(lang),
		"{clock}", p.clock.In(lang),
	).Replace(text)
}

// releaseOr gives the release day, or day where there is none.
func (p Plan) releaseOr(day seawall.Day) seawall.Day {
	if p.Release.Known() {
		return p.Release
	}
	return day
}

// dateIn writes a day as the reader of lang does: 2022年3月28日, 28 March 2022.
func dateIn(lang string, d seawall.Day) string {
	if !d.Known() {
		return "–"
	}
	layout := "2006年1月2日"
	if lang == "en" {
		layout = "2 January 2006"
	}
	return d.Start(time.UTC).Format(layout)
}
