package response

import (
	"time"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/casebook"
	"github.com/seawall-city/seawall/internal/vault"
)

// NewContact is one exposed person as entered or proposed.
type NewContact struct {
	Subject Subject `json:"subject"`
	// Class is a contact class of the regime ("close", "sub", "general").
	Class string `json:"class"`
	// Via is the close contact through whom a sub-contact was exposed.
	Via           seawall.ContactID `json:"via,omitempty"`
	FirstExposure seawall.Day       `json:"firstExposure"`
	LastExposure  seawall.Day       `json:"lastExposure"`
	Setting       string            `json:"setting,omitempty"`
	Relation      string            `json:"relation,omitempty"`
	Place         string            `json:"place,omitempty"`
	Home          seawall.AreaID    `json:"home,omitempty"`
	Stay          seawall.AreaID    `json:"stay,omitempty"`
	Extra         map[string]string `json:"extra,omitempty"`
}

// Proposal lays candidates before an epidemiologist.
type Proposal struct {
	Case     seawall.CaseID `json:"case"`
	Contacts []NewContact   `json:"contacts"`
}

// Proposed is the answer: the candidates, and people who may be known already.
type Proposed struct {
	Contacts []casebook.Contact `json:"contacts"`
	// Duplicates are possible doubles by the index of the contact in the proposal.
	Duplicates map[int][]vault.Candidate `json:"duplicates,omitempty"`
	// Skipped are indexes of people who are contacts of this case already.
	Skipped []int `json:"skipped,omitempty"`
}

// Selection picks contacts by their ids, or by a query over all pages.
type Selection struct {
	IDs   []seawall.ContactID `json:"ids,omitempty"`
	Query *ContactFilter      `json:"query,omitempty"`
}

// ContactFilter is the work-list's filter in the form of an address.
type ContactFilter struct {
	Disease     string                  `json:"disease,omitempty"`
	Case        seawall.CaseID          `json:"case,omitempty"`
	Person      seawall.PersonNo        `json:"person,omitempty"`
	States      []casebook.ContactState `json:"states,omitempty"`
	Class       string                  `json:"class,omitempty"`
	Area        seawall.AreaID          `json:"area,omitempty"`
	Mine        bool                    `json:"mine,omitempty"`
	Owner       seawall.PrincipalID     `json:"owner,omitempty"`
	Text        string                  `json:"text,omitempty"`
	Symptomatic bool                    `json:"symptomatic,omitempty"`
	// SilentDays n selects those without a record in the last n days.
	SilentDays int `json:"silentDays,omitempty"`
	// Due: "late" or "tonight".
	Due  string `json:"due,omitempty"`
	Sort string `json:"sort,omitempty"`
}

// Cut is a selection that is about to be confirmed.
type Cut struct {
	Selection
	// Class replaces the candidates' own class when set.
	Class string `json:"class,omitempty"`
}

// Need compares what a cut takes with what an area has.
type Need struct {
	Area seawall.AreaPath `json:"area"`
	Name seawall.Text     `json:"name"`
	Kind string           `json:"kind"` // "rooms" or "teams"
	Need int              `json:"need"`
	Free int              `json:"free"`
	// Known is false where the area has told no figure; then Free says nothing.
	Known bool `json:"known"`
}

// AreaCount is a number of people in one area.
type AreaCount struct {
	Area seawall.AreaPath `json:"area"`
	Name seawall.Text     `json:"name"`
	N    int              `json:"n"`
}

// Preview is what confirming a cut would do, before it is done.
type Preview struct {
	People     int            `json:"people"`
	Restricted int            `json:"restricted"` // of them, people whose movement is limited
	History    int            `json:"history"`    // of them, people whose follow-up is over
	ByClass    map[string]int `json:"byClass"`
	ByArea     []AreaCount    `json:"byArea"`
	Needs      []Need         `json:"needs"`
	Steps      int            `json:"steps"` // duties' steps that would open
	// Problems are candidates that cannot be confirmed, with the reason.
	Problems []Outcome `json:"problems,omitempty"`
}

// Outcome is the answer for one record of a bulk action.
type Outcome struct {
	ID string `json:"id"`
	// Result: "done", "unchanged" or "refused".
	Result string `json:"result"`
	// Code and Args say why it was refused, as in an error.
	Code string            `json:"code,omitempty"`
	Args map[string]string `json:"args,omitempty"`
}

// BulkResult counts and lists what a bulk action did.
type BulkResult struct {
	Done      int       `json:"done"`
	Unchanged int       `json:"unchanged"`
	Refused   int       `json:"refused"`
	Outcomes  []Outcome `json:"outcomes"`
}

// Bulk is one action over many contacts.
type Bulk struct {
	Selection
	// Action: "confirm", "dismiss", "handover", "followup", "step", "lost".
	Action string `json:"action"`
	// Class for "confirm".
	Class string `json:"class,omitempty"`
	// Reason for "dismiss" and "lost".
	Reason string `json:"reason,omitempty"`
	// To and Note for "handover".
	To   seawall.PrincipalID `json:"to,omitempty"`
	Note string              `json:"note,omitempty"`
	// FollowUp for "followup".
	FollowUp *NewFollowUp `json:"followup,omitempty"`
	// Step is the key of the step for "step" ("transfer"), with its Evidence.
	Step     string       `json:"step,omitempty"`
	Evidence *NewEvidence `json:"evidence,omitempty"`
}

// NewFollowUp is one day's record of a contact as entered by staff.
type NewFollowUp struct {
	// Day is the day it is about; empty means today.
	Day         seawall.Day `json:"day"`
	Status      string      `json:"status"` // "well", "symptoms", "missed", "not_performed", "refused"
	Temperature float64     `json:"temperature,omitempty"`
	Symptoms    string      `json:"symptoms,omitempty"`
	Note        string      `json:"note,omitempty"`
}

// SelfReport is what a person says about themselves through their link.
type SelfReport struct {
	Well        bool    `json:"well"`
	Temperature float64 `json:"temperature,omitempty"`
	Symptoms    string  `json:"symptoms,omitempty"`
}

// Link is a personal link to My follow-up; it is shown once.
type Link struct {
	URL   string      `json:"url"`
	Token string      `json:"token"`
	Until seawall.Day `json:"until"`
}

// MyFollowUp is what a person sees about themselves: what, until when, why,
// whom to call. It carries no name.
type MyFollowUp struct {
	Mask    string       `json:"mask"`
	Disease string       `json:"disease"`
	State   string       `json:"state"` // a casebook.ContactState
	What    seawall.Text `json:"what"`
	Why     seawall.Text `json:"why"`
	// Rule is the citation, Source the published document behind it.
	Rule   string      `json:"rule"`
	Source string      `json:"source"`
	From   seawall.Day `json:"from"`
	Until  seawall.Day `json:"until"`
	Today  seawall.Day `json:"today"`
	// PerDay is how many reports a day are asked; DoneToday how many are in.
	PerDay    int              `json:"perDay"`
	DoneToday int              `json:"doneToday"`
	Stays     []MyStay         `json:"stays"`
	Tests     []MyTest         `json:"tests"`
	Reports   []MyReport       `json:"reports"`
	Notices   []MyNotice       `json:"notices"`
	Call      string           `json:"call"` // the post that answers
	CallArea  seawall.AreaPath `json:"callArea"`
	CallPlace seawall.Text     `json:"callPlace"`
	// AppealHours is how long a decision on an appeal may take; 0 without restriction.
	AppealHours int `json:"appealHours"`
}

// MyStay is one stretch of the stay as the person reads it.
type MyStay struct {
	Kind   string       `json:"kind"`
	From   time.Time    `json:"from"`
	To     time.Time    `json:"to"`
	Reason seawall.Text `json:"reason"`
	State  string       `json:"state"`
}

// MyTest is one test day as the person reads it.
type MyTest struct {
	Day   seawall.Day  `json:"day"`
	Title seawall.Text `json:"title"`
	State string       `json:"state"`
}

// MyReport is one report in the history.
type MyReport struct {
	Day         seawall.Day `json:"day"`
	Status      string      `json:"status"`
	Temperature float64     `json:"temperature,omitempty"`
	At          time.Time   `json:"at"`
	By          string      `json:"by"` // "self" or "staff"
}

// MyNotice is one notice to the person.
type MyNotice struct {
	Text seawall.Text `json:"text"`
	At   time.Time    `json:"at"`
}
