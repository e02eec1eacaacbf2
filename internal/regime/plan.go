package regime

import (
	"time"

	"github.com/seawall-city/seawall"
)

// StayKind is the kind of a segment of a stay.
type StayKind string

// The kinds of stay. Only Inform and Monitor restrict nobody.
const (
	Central        StayKind = "central"         // central quarantine 集中隔离
	Home           StayKind = "home"            // home isolation 居家隔离
	HomeMonitoring StayKind = "home_monitoring" // home health monitoring 居家健康监测
	Monitor        StayKind = "monitor"         // daily monitoring without restriction
	Inform         StayKind = "inform"          // informed only
)

// Restricts reports whether a stay of this kind limits somebody's movement.
func (k StayKind) Restricts() bool {
	return k == Central || k == Home || k == HomeMonitoring
}

// Citation names the rule a figure comes from: regime id, version (content
// hash) and the path inside the file ("contact_classes.close.plan[0]").
type Citation struct {
	Regime  string `json:"regime"`
	Version string `json:"version"`
	Rule    string `json:"rule"`
	// Source is the published document; Secondary marks a copy not yet verified.
	Source string `json:"source,omitempty"`
}

// String gives "id@version#rule".
func (c Citation) String() string { return c.Regime + "@" + c.Version + "#" + c.Rule }

// Segment is one typed stretch of a stay, both days inclusive.
type Segment struct {
	Kind StayKind     `json:"kind"`
	From seawall.Day  `json:"from"`
	To   seawall.Day  `json:"to"`
	Why  Citation     `json:"why"`
	Text seawall.Text `json:"text"` // the reason as the person reads it
}

// PlannedTest is one test that must be *resulted* negative before release.
type PlannedTest struct {
	Key  string      `json:"key"` // "test-4"
	N    int         `json:"n"`   // day of the plan, counted from the clock's base
	Day  seawall.Day `json:"day"`
	Kind string      `json:"kind"` // "nat", "antigen"
	// Dual asks for two samples with two kits, by different laboratories.
	Dual bool         `json:"dual,omitempty"`
	Why  Citation     `json:"why"`
	Text seawall.Text `json:"text"`
}

// Prophylaxis is a window after exposure in which a measure helps.
type Prophylaxis struct {
	Key   string       `json:"key"` // "mmr", "ig"
	Until time.Time    `json:"until"`
	Text  seawall.Text `json:"text"`
	Why   Citation     `json:"why"`
}

// Plan is what the regime asks of one contact. Everything counts from the last
// exposure unless the regime says otherwise.
type Plan struct {
	Class string `json:"class"`
	// Base is day 0 of the plan.
	Base     seawall.Day   `json:"base"`
	Segments []Segment     `json:"segments"`
	Tests    []PlannedTest `json:"tests"`
	// MonitorFrom..MonitorTo are the days with a health report; MonitorPerDay
	// says how many a day. NoDay when there is none.
	MonitorFrom   seawall.Day   `json:"monitorFrom"`
	MonitorTo     seawall.Day   `json:"monitorTo"`
	MonitorPerDay int           `json:"monitorPerDay"`
	Prophylaxis   []Prophylaxis `json:"prophylaxis,omitempty"`
	// Release is the first day after the plan.
	Release seawall.Day `json:"release"`
	// TransferHours is how soon the person must be in the place of the first
	// segment after discovery; 0 when there is nothing to move to.
	TransferHours int          `json:"transferHours"`
	ReleaseRules  []string     `json:"releaseRules,omitempty"` // AND of conditions
	Text          seawall.Text `json:"text"`
	Why           Citation     `json:"why"`
}

// Restricts reports whether any segment limits movement.
func (p Plan) Restricts() bool {
	for _, s := range p.Segments {
		if s.Kind.Restricts() {
			return true
		}
	}
	return false
}

// ClockRule is one clock of a kind of duty: so many hours after an event.
type ClockRule struct {
	Key   string       `json:"key"`   // "report", "core", "full"
	After string       `json:"after"` // "recorded", "report", "discovered"
	Hours int          `json:"hours"`
	Text  seawall.Text `json:"text"`
	Why   Citation     `json:"why"`
}

// CutOff is the no-overnight rule (事不过夜).
type CutOff struct {
	// Hour is the local hour of the cut-off, 24 for midnight.
	Hour int `json:"hour"`
	// LateOpenHour and MaxAgeHours: what opens at or after LateOpenHour may take
	// MaxAgeHours instead.
	LateOpenHour int      `json:"lateOpenHour"`
	MaxAgeHours  int      `json:"maxAgeHours"`
	Why          Citation `json:"why"`
}

// EscalateAt gives the instant at which something opened at opened and due at
// due climbs if it is still open: the first cut-off at or after its due time,
// or opened + MaxAgeHours where it opened late and that is later than its due.
func (c CutOff) EscalateAt(opened, due time.Time, loc *time.Location) time.Time {
	cut := c.next(due, loc)
	if opened.In(loc).Hour() < c.LateOpenHour {
		return cut
	}
	late := opened.Add(time.Duration(c.MaxAgeHours) * time.Hour)
	if c.next(opened, loc).Before(cut) || late.Before(cut) {
		return cut // due on a later day, or the ordinary cut-off is kinder
	}
	return late
}

// Next gives the first cut-off strictly after t.
func (c CutOff) Next(t time.Time, loc *time.Location) time.Time { return c.next(t.Add(1), loc) }

// next gives the first cut-off at or after t.
func (c CutOff) next(t time.Time, loc *time.Location) time.Time {
	l := t.In(loc)
	cut := time.Date(l.Year(), l.Month(), l.Day(), c.Hour, 0, 0, 0, loc)
	if cut.Before(t) {
		cut = time.Date(l.Year(), l.Month(), l.Day()+1, c.Hour, 0, 0, 0, loc)
	}
	return cut
}
