package protocol

import (
	"time"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/loop"
	"github.com/seawall-city/seawall/internal/regime"
)

// Known is what protocols refer to that is kept elsewhere. A nil list is not
// checked against.
type Known struct {
	// Roles are the roles of the policy that notices may go to.
	Roles []string
	// Diseases are the diseases that some regime knows.
	Diseases []string
}

// Subject is what a loop would be about, with everything that its plan depends
// on. The same subject gives the same plan.
type Subject struct {
	// Now is the instant of opening, or of looking again.
	Now  time.Time
	Zone *time.Location // the city's; nil reads as UTC
	// No is the subject's visible number, Class and Disease its words for titles.
	No      string
	Class   seawall.Text
	Disease seawall.Text
	// Facts are the typed facts by key, without "subject.": see Facts. Missing ones
	// are unknown, and a condition on them does not hold.
	Facts map[string]any
	// Values are the checked values of the entry form.
	Values map[string]any
	// Events by name, without those that forms and steps give: see Events. "opened"
	// is Now where it is missing.
	Events map[string]time.Time
	// Rule cites the rule that opens the loop; "" cites the protocol itself.
	Rule string
	// Clocks are the case clocks of the regime in force.
	Clocks []regime.ClockRule
	// Plan is what the regime asks; nil where it asks nothing.
	Plan *regime.Plan
	// Figures of the regime in hours, by name: see Figures. Those of the plan are
	// taken from it.
	Figures map[string]int
	// Steps are those settled so far, by key; nil when the loop opens.
	Steps map[string]Settled
}

// Settled is a step that is done or settled otherwise.
type Settled struct {
	// Done is when; zero for a step that was settled without being done.
	Done time.Time
	// Data are the checked values of its form.
	Data map[string]any
}

// Plan is the loop that a subject opens, or would have now: its steps in order,
// its series and the restrictions that go with it.
type Plan struct {
	Kind loop.Kind
	// Protocol is the "id@version" that the loop keeps.
	Protocol string
	Title    seawall.Text
	Rule     string
	Places   []string
	Parties  PartyRule
	// Steps whose turn has not come are Waiting, without a due time where that
	// depends on something that has not happened. Looking again once a step is
	// settled gives the due times of those whose turn it is; what is not there any
	// more is not needed any more.
	Steps        []loop.StepPlan
	Series       []loop.SeriesPlan
	Restrictions []RestrictionPlan
	// Gone are the keys of steps that the answers of other steps did away with: one
	// that is open already is not needed any more.
	Gone []string
	// Trace says why each step is there or not, in the file's order.
	Trace []Line
}

// RestrictionPlan is one restriction to be made by whoever decides.
type RestrictionPlan struct {
	Step string // the step it belongs to
	Kind string // regime.StayKind
	// From and To are days, both inclusive.
	From, To seawall.Day
	Reason   seawall.Text
	// AppealHours is how soon an objection is decided; 0 leaves it to the regime.
	AppealHours int
	Rule        string
	// Own says that the protocol itself gives it, not the regime's plan: whoever ends
	// its step confirms it.
	Own bool
}

// Line says of one step why it is there or not.
type Line struct {
	Step  string       `json:"step"`
	There bool         `json:"there"`
	Why   seawall.Text `json:"why"`
	Rule  string       `json:"rule,omitempty"`
}

// Step gives a planned step by its key.
func (p Plan) Step(key string) (loop.StepPlan, bool) {
	for _, s := range p.Steps {
		if s.Key == key {
			return s, true
		}
	}
	return loop.StepPlan{}, false
}
