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
	Source    string `json:"source,omitempty"`
	Secondary bool   `json:"secondary,omitempty"`
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
	Dual bool `json:"dual,omitempty"`
	// From and Until bound a test that has hours (one at the gate); zero means
	// the whole Day.
	From  time.Time    `json:"from,omitzero"`
	Until time.Time    `json:"until,omitzero"`
	Why   Citation     `json:"why"`
	Text  seawall.Text `json:"text"`
}

// GatePlan says what a row of the arrival matrix asks for on arrival.
type GatePlan struct {
	// Free is set where a recent negative result frees from the tests.
	Free bool         `json:"free,omitempty"`
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
	// Release is the first day after the plan; NoDay when the class is informed
	// only and there is nothing to be released from.
	Release seawall.Day `json:"release"`
	// Missed is how many days had gone by between Base and discovery: the plan
	// holds only the days that are left (缺几天补几天).
	Missed int `json:"missed,omitempty"`
	// Over marks a plan whose last day lay before discovery: nothing is asked
	// any more, the one segment informs.
	Over bool `json:"over,omitempty"`
	// TransferHours is how soon the person must be in the place of the first
	// segment after discovery; 0 when there is nothing to move to.
	TransferHours int `json:"transferHours"`
	// ReportHours is how soon after arrival the person reports to the community;
	// 0 for a contact and where the file gives no figure.
	ReportHours int `json:"reportHours,omitempty"`
	// Gate is set for an arrival whose row asks for tests on arrival.
	Gate         *GatePlan `json:"gate,omitempty"`
	ReleaseRules []string  `json:"releaseRules,omitempty"` // AND of conditions
	// PromoteTo is the class this contact gets when the release rules fail;
	// "" where the file names none.
	PromoteTo string       `json:"promoteTo,omitempty"`
	Text      seawall.Text `json:"text"`
	Why       Citation     `json:"why"`
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

// OverOn reports whether nothing of the plan is left on day: a contact recorded
// that late is history and opens no duty.
func (p Plan) OverOn(day seawall.Day) bool {
	return p.Over || p.Release.Known() && p.Release <= day
}
