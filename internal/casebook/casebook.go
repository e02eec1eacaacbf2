// Package casebook owns the facts about people in an outbreak: persons by
// number, cases, laboratory results, contacts, stays, links and the daily
// follow-up records. Duties about them live in package loop.
package casebook

import (
	"time"

	"github.com/seawall-city/seawall"
)

// Person is what records know of somebody: a number, a mask and the grid of
// the home. The identity is in the vault.
type Person struct {
	No seawall.PersonNo `json:"no"`
	// Mask is the stored short form, "张*·男·45"; showing it is not a read.
	Mask string `json:"mask"`
	// Pinyin is the masked sort key (surname only), never the full name.
	Pinyin string `json:"pinyin"`
	Sex    string `json:"sex"` // "m", "f", ""
	// BirthYear is 0 when unknown.
	BirthYear int `json:"birthYear,omitempty"`
	// Home is the grid (or nearest known area) of residence.
	Home seawall.AreaPath `json:"home"`
	// MergedInto is set on the losing number of a merge.
	MergedInto seawall.PersonNo `json:"mergedInto,omitempty"`
	// Moved are the rows that a merge took from this number to the other one;
	// un-merging gives exactly these back.
	Moved []seawall.Ref `json:"moved,omitempty"`
	// Placeholder marks a person known only as the end of a link.
	Placeholder bool      `json:"placeholder,omitempty"`
	CreatedAt   time.Time `json:"createdAt"`
}

// Class is the certainty class of a case.
type Class string

// The case classes.
const (
	Suspected    Class = "suspected"
	Probable     Class = "probable"
	Confirmed    Class = "confirmed"
	Asymptomatic Class = "asymptomatic"
	Discarded    Class = "discarded"
)

// Origin is where a record came from: the key of idempotent import.
type Origin struct {
	Source   string           `json:"source,omitempty"`
	External string           `json:"external,omitempty"`
	Import   seawall.ImportID `json:"import,omitempty"`
}

// Case is one person's infection with one disease.
type Case struct {
	ID seawall.CaseID `json:"id"`
	// No is the visible number, unique in the city ("C-2022-0007").
	No      string           `json:"no"`
	Person  seawall.PersonNo `json:"person"`
	Mask    string           `json:"mask"`
	Disease string           `json:"disease"`
	// Regime is the rule set in force on the report day, "id@version"; "" if
	// none covers it.
	Regime string `json:"regime,omitempty"`
	Class  Class  `json:"class"`
	// State: "open", "closed" (history or finished) or "retracted".
	State    string      `json:"state"`
	Onset    seawall.Day `json:"onset"`
	Exposed  seawall.Day `json:"exposed"` // start of the likely exposure
	Sampled  seawall.Day `json:"sampled"` // first positive sample
	Diagnose seawall.Day `json:"diagnosed"`
	Reported time.Time   `json:"reported"`
	// Outcome: "", "recovered", "died", "transferred"; OutcomeDay its day.
	Outcome    string      `json:"outcome,omitempty"`
	OutcomeDay seawall.Day `json:"outcomeDay"`
	// Channel says how the case was found (requirements §2.8).
	Channel string `json:"channel,omitempty"`
	// Home, Stay and Exposure are the three places an owner is looked for, in
	// this order; Area is the one that answers.
	Home     seawall.AreaPath  `json:"home,omitempty"`
	Stay     seawall.AreaPath  `json:"stay,omitempty"`
	Exposure seawall.AreaPath  `json:"exposure,omitempty"`
	Area     seawall.AreaPath  `json:"area"`
	Facility string            `json:"facility,omitempty"`
	Setting  string            `json:"setting,omitempty"`
	Extra    map[string]string `json:"extra,omitempty"` // further columns of a form or file
	Origin   Origin            `json:"origin"`
	// Historic marks a fact that opens no duty.
	Historic bool `json:"historic,omitempty"`
	// Retraction is the reason given when State is "retracted".
	Retraction string    `json:"retraction,omitempty"`
	Version    int       `json:"version"`
	CreatedAt  time.Time `json:"createdAt"`
	UpdatedAt  time.Time `json:"updatedAt"`
}

// Result is one test of one person.
type Result struct {
	ID      seawall.ResultID  `json:"id"`
	Person  seawall.PersonNo  `json:"person"`
	Case    seawall.CaseID    `json:"case,omitempty"`
	Contact seawall.ContactID `json:"contact,omitempty"`
	Disease string            `json:"disease"`
	// Kind: "nat", "antigen", "culture", "serology", …
	Kind string `json:"kind"`
	// Accession is the sample's number; a result without one is refused.
	Accession string    `json:"accession"`
	Collected time.Time `json:"collected"`
	Resulted  time.Time `json:"resulted"`
	// Outcome: "negative", "positive", "grey", "invalid", "pending".
	Outcome string `json:"outcome"`
	Value   string `json:"value,omitempty"` // Ct and the like
	Lab     string `json:"lab,omitempty"`
	State   string `json:"state"` // "valid" or "retracted"
	// Extra keeps further columns of an imported file.
	Extra     map[string]string `json:"extra,omitempty"`
	Area      seawall.AreaPath  `json:"area"`
	Origin    Origin            `json:"origin"`
	Version   int               `json:"version"`
	CreatedAt time.Time         `json:"createdAt"`
}

// ContactState is where a contact stands.
type ContactState string

// The contact states. A candidate has no effect on anybody.
const (
	Candidate  ContactState = "candidate"
	Dismissed  ContactState = "dismissed" // looked at and not confirmed
	Following  ContactState = "following"
	Completed  ContactState = "completed"
	BecameCase ContactState = "became_case"
	Lost       ContactState = "lost"
	Withdrawn  ContactState = "withdrawn" // the fact behind it was retracted
	History    ContactState = "history"   // follow-up was over when it came in
)

// Contact is one person exposed to one case.
type Contact struct {
	ID     seawall.ContactID `json:"id"`
	No     string            `json:"no"`
	Person seawall.PersonNo  `json:"person"`
	Mask   string            `json:"mask"`
	Case   seawall.CaseID    `json:"case,omitempty"`
	CaseNo string            `json:"caseNo,omitempty"`
	// Via is the close contact through whom a sub-contact was exposed.
	Via     seawall.ContactID `json:"via,omitempty"`
	Disease string            `json:"disease"`
	Regime  string            `json:"regime,omitempty"`
	// Class is a contact class of the regime ("close", "sub", "general", …).
	Class string       `json:"class"`
	State ContactState `json:"state"`
	// FirstExposure and LastExposure bound the exposure; clocks run from the last.
	FirstExposure seawall.Day `json:"firstExposure"`
	LastExposure  seawall.Day `json:"lastExposure"`
	// Until is the last day of follow-up by the plan.
	Until    seawall.Day `json:"until"`
	Setting  string      `json:"setting,omitempty"`
	Relation string      `json:"relation,omitempty"`
	// Place is the venue of exposure in words.
	Place string           `json:"place,omitempty"`
	Home  seawall.AreaPath `json:"home,omitempty"`
	Stay  seawall.AreaPath `json:"stay,omitempty"`
	Area  seawall.AreaPath `json:"area"`
	Loop  seawall.LoopID   `json:"loop,omitempty"`
	// Owner, OwnerName and NextDue mirror the open loop for the work-list.
	Owner     seawall.PrincipalID `json:"owner,omitempty"`
	OwnerName string              `json:"ownerName,omitempty"`
	NextDue   time.Time           `json:"nextDue"`
	// LastReport is the last day with a follow-up record; Symptomatic and
	// Silent are what the work-list puts first.
	LastReport  seawall.Day `json:"lastReport"`
	Symptomatic bool        `json:"symptomatic,omitempty"`
	ConfirmedBy string      `json:"confirmedBy,omitempty"`
	// Room is the capacity row from which this contact's room was taken.
	Room string `json:"room,omitempty"`
	// LinkSerial counts the personal links given out; only the last one opens.
	LinkSerial int               `json:"linkSerial,omitempty"`
	Extra      map[string]string `json:"extra,omitempty"`
	Origin     Origin            `json:"origin"`
	Historic   bool              `json:"historic,omitempty"`
	Version    int               `json:"version"`
	CreatedAt  time.Time         `json:"createdAt"`
	UpdatedAt  time.Time         `json:"updatedAt"`
}

// Stay is one stay of a person (or a vehicle's crew) at a place.
type Stay struct {
	ID     seawall.StayID   `json:"id"`
	Person seawall.PersonNo `json:"person,omitempty"`
	Case   seawall.CaseID   `json:"case,omitempty"`
	// Place is the venue in words ("射阳服务区"); Kind its type.
	Place   string           `json:"place"`
	Kind    string           `json:"kind,omitempty"`
	Area    seawall.AreaPath `json:"area"`
	During  seawall.Interval `json:"during"`
	Note    string           `json:"note,omitempty"`
	State   string           `json:"state"` // "valid" or "retracted"
	Origin  Origin           `json:"origin"`
	Version int              `json:"version"`
}

// Link is one edge: From met, or infected, To. Ends are persons.
type Link struct {
	ID   seawall.LinkID   `json:"id"`
	From seawall.PersonNo `json:"from"`
	To   seawall.PersonNo `json:"to"`
	// FromCase, ToCase and ToContact are set where the ends have such records.
	FromCase  seawall.CaseID    `json:"fromCase,omitempty"`
	ToCase    seawall.CaseID    `json:"toCase,omitempty"`
	ToContact seawall.ContactID `json:"toContact,omitempty"`
	Disease   string            `json:"disease"`
	// Kind: "exposure" or "infection".
	Kind      string            `json:"kind"`
	Setting   string            `json:"setting,omitempty"`
	Certainty string            `json:"certainty,omitempty"`
	Day       seawall.Day       `json:"day"`
	State     string            `json:"state"`
	Extra     map[string]string `json:"extra,omitempty"`
	Origin    Origin            `json:"origin"`
	Version   int               `json:"version"`
}

// FollowUp is one day's record of a contact.
type FollowUp struct {
	ID      seawall.FollowUpID `json:"id"`
	Contact seawall.ContactID  `json:"contact"`
	Person  seawall.PersonNo   `json:"person"`
	Day     seawall.Day        `json:"day"`
	// Status: "well", "symptoms", "missed", "not_performed", "refused".
	Status      string  `json:"status"`
	Temperature float64 `json:"temperature,omitempty"` // °C, 0 = not taken
	Symptoms    string  `json:"symptoms,omitempty"`
	// By: "self" or a principal.
	By   string    `json:"by"`
	At   time.Time `json:"at"`
	Note string    `json:"note,omitempty"`
	// Extra keeps further columns of an imported file.
	Extra   map[string]string `json:"extra,omitempty"`
	Origin  Origin            `json:"origin"`
	Version int               `json:"version"`
}
