package response

import (
	"time"

	"github.com/seawall-city/seawall"
)

// MyMeasure is one measure on somebody as they read it.
type MyMeasure struct {
	ID     seawall.RestrictionID `json:"id"`
	Mask   string                `json:"mask"`
	Kind   string                `json:"kind"`
	From   time.Time             `json:"from"`
	To     time.Time             `json:"to"`
	Reason seawall.Text          `json:"reason"`
	Rule   string                `json:"rule"`
	// Source is the published document behind the rule.
	Source seawall.Text `json:"source"`
	State  string       `json:"state"`
	// AppealHours is how long a decision on an objection may take; Appeal is the
	// number of the last one and AppealState how it stands.
	AppealHours int    `json:"appealHours"`
	Appeal      string `json:"appeal,omitempty"`
	AppealState string `json:"appealState,omitempty"`
}

// MyDuties is what a key opens: what, until when, why, whom to call.
type MyDuties struct {
	// FollowUp is set for a personal link, Declaration for a declaration's code.
	FollowUp    *MyFollowUp  `json:"followUp,omitempty"`
	Declaration *Declaration `json:"declaration,omitempty"`
	Measures    []MyMeasure  `json:"measures"`
	Call        string       `json:"call"`
	CallPlace   seawall.Text `json:"callPlace"`
}

// Look asks what applies to somebody who comes from some places, the latest first.
type Look struct {
	// Disease may be left empty: the one whose arrival matrix is in force.
	Disease string
	Origins []NewOrigin
	Arrive  seawall.Day
}
