package response

import (
	"time"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/loop"
	"github.com/seawall-city/seawall/internal/relief"
)

// NewAppeal is an objection to a measure as it is filed.
type NewAppeal struct {
	Request string `json:"request" doc:"id minted by the caller, at least 16 characters: sent twice it is filed once"`
	// Restriction may be left empty by who has exactly one measure in force.
	Restriction seawall.RestrictionID `json:"restriction,omitempty"`
	Reason      string                `json:"reason" doc:"wrong_person, wrong_place, wrong_test, wrong_days, hardship or other"`
	Words       string                `json:"words,omitempty"`
	Channel     string                `json:"channel,omitempty" doc:"self, kiosk, phone or desk"`
}

// Objection is an objection by the person, who proves by a key that the measure
// is theirs: a personal link's token or the code of a declaration.
type Objection struct {
	Key string `json:"key"`
	NewAppeal
}

// AppealDecision decides an objection. Answer is the reason that the person
// reads, in both languages.
type AppealDecision struct {
	Version int          `json:"version" doc:"the version read, 0 does not check"`
	Uphold  bool         `json:"uphold"`
	Answer  seawall.Text `json:"answer"`
	// Only ends this measure alone; else every measure of the same duty ends.
	Only bool `json:"only,omitempty"`
}

// MyAppeal is an objection as the person reads it: no name, no post but the one
// that decides.
type MyAppeal struct {
	No string `json:"no"`
	// Code opens it again; it is given in the answer to filing alone.
	Code    string `json:"code,omitempty"`
	State   string `json:"state"`
	Level   int    `json:"level"`
	Measure string `json:"measure"`
	// Why is what the measure itself says, MeasureState and Until how it stands.
	Why          seawall.Text          `json:"why"`
	MeasureState string                `json:"measureState"`
	Restriction  seawall.RestrictionID `json:"restriction"`
	Until        time.Time             `json:"until"`
	Mask         string                `json:"mask"`
	Reason       string                `json:"reason"`
	Words        string                `json:"words,omitempty"`
	At           time.Time             `json:"at"`
	DecideBy     time.Time             `json:"decideBy"`
	Ceiling      time.Time             `json:"ceiling"`
	// Decides is the post that decides and Place its area; never the one that
	// made the measure. Undecided says what follows when time runs out.
	Decides   string        `json:"decides"`
	Place     seawall.Text  `json:"place"`
	Undecided seawall.Text  `json:"undecided"`
	Answer    seawall.Text  `json:"answer"`
	Next      seawall.Text  `json:"next"`
	Trail     []relief.Mark `json:"trail"`
	// Again is set where a rejection may be taken to the next level.
	Again bool `json:"again,omitempty"`
}

// AppealFilter selects objections for staff.
type AppealFilter struct {
	States []string
	Reason string
	Mine   bool
	Area   seawall.AreaID
	Text   string
	Sort   string
}

// AppealView is an objection with the measure it is about and its own duty.
type AppealView struct {
	Appeal   relief.Appeal    `json:"appeal"`
	AreaName seawall.Text     `json:"areaName"`
	Measure  loop.Restriction `json:"measure"`
	// Evidence says who confirmed the fact behind the measure: "laboratory",
	// "clinician" or "" for nobody.
	Evidence relief.Evidence `json:"evidence"`
	// MayDecide is false for who made the measure or rejected it before.
	MayDecide bool            `json:"mayDecide"`
	Earlier   []relief.Appeal `json:"earlier"`
	Loop      *LoopView       `json:"loop,omitempty"`
}
