package loop

import (
	"time"

	"github.com/seawall-city/seawall"
)

// Restriction is anything that limits a person, vehicle, lot or place. It can
// only be made by NewRestriction, which asks for everything that makes it
// lawful; there is no other constructor and no setter.
type Restriction struct {
	ID      seawall.RestrictionID `json:"id"`
	Subject seawall.Ref           `json:"subject"`
	// Kind is the stay of the plan: "central", "home", "home_monitoring", "facility".
	Kind string `json:"kind"`
	// Fact is the cited fact; Regime, Rule the rule and its version.
	Fact seawall.Ref `json:"fact"`
	// Cited says what of the fact counts, where it does not speak for itself.
	Cited  seawall.Text `json:"cited,omitzero"`
	Regime string       `json:"regime"`
	Rule   string       `json:"rule"`
	// During has always an end: the expiry.
	During seawall.Interval `json:"during"`
	// Reason is what the person reads, in both languages.
	Reason seawall.Text `json:"reason"`
	// AppealBy is how long an appeal may take to be decided.
	AppealHours int `json:"appealHours"`
	// DecidedBy is the named epidemiologist who confirmed the cut.
	DecidedBy   seawall.PrincipalID `json:"decidedBy"`
	DecidedName string              `json:"decidedName"`
	Loop        seawall.LoopID      `json:"loop,omitempty"`
	// State: "active", "released" (expired or fulfilled), "withdrawn".
	State   string    `json:"state"`
	EndedAt time.Time `json:"endedAt"`
	EndedBy string    `json:"endedBy,omitempty"`
	Version int       `json:"version"`
}
