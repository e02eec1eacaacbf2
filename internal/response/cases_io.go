package response

import (
	"time"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/casebook"
	"github.com/seawall-city/seawall/internal/loop"
	"github.com/seawall-city/seawall/internal/vault"
)

// Identity is who somebody is, as it goes into the vault and nowhere else.
type Identity = vault.Identity

// Subject says whom a new record is about: a known person number, or an
// identity that is sealed under the request id (the same id never makes a second
// person).
type Subject struct {
	Person   seawall.PersonNo `json:"person,omitempty"`
	Request  string           `json:"request,omitempty" doc:"id minted by the caller, at least 16 characters"`
	Identity Identity         `json:"identity"`
}

// NewCase is a case as it is entered. Days that are not known are empty; a zero
// Day counts as not known too.
type NewCase struct {
	Subject   Subject        `json:"subject"`
	Disease   string         `json:"disease"`
	Class     casebook.Class `json:"class"`
	Onset     seawall.Day    `json:"onset"`
	Exposed   seawall.Day    `json:"exposed"`
	Sampled   seawall.Day    `json:"sampled"`
	Diagnosed seawall.Day    `json:"diagnosed"`
	// Reported is when it became known; zero means now.
	Reported   time.Time   `json:"reported"`
	Outcome    string      `json:"outcome,omitempty"`
	OutcomeDay seawall.Day `json:"outcomeDay"`
	Channel    string      `json:"channel,omitempty"`
	// Home, Stay and Exposure are areas; the first one known answers.
	Home     seawall.AreaID    `json:"home,omitempty"`
	Stay     seawall.AreaID    `json:"stay,omitempty"`
	Exposure seawall.AreaID    `json:"exposure,omitempty"`
	Facility string            `json:"facility,omitempty"`
	Setting  string            `json:"setting,omitempty"`
	Extra    map[string]string `json:"extra,omitempty"`
	// Historic marks a fact that opens no duty.
	Historic bool `json:"historic,omitempty"`
	// Result is the positive result behind the case, where it is known.
	Result *NewResult `json:"result,omitempty"`
	// Stays are the places the person was at.
	Stays []NewStay `json:"stays,omitempty"`
}

// RecordedCase is the answer to RecordCase.
type RecordedCase struct {
	Case casebook.Case `json:"case"`
	// Loop is the investigation that opened; its ID is empty where none did.
	Loop   loop.Loop        `json:"loop"`
	Result *casebook.Result `json:"result,omitempty"`
	// Duplicates may be the same person; they stop nothing.
	Duplicates []vault.Candidate `json:"duplicates,omitempty"`
}

// CaseChange changes the fields that are not nil. Version is the one read.
type CaseChange struct {
	Version    int               `json:"version"`
	Class      *casebook.Class   `json:"class,omitempty"`
	Onset      *seawall.Day      `json:"onset,omitempty"`
	Exposed    *seawall.Day      `json:"exposed,omitempty"`
	Sampled    *seawall.Day      `json:"sampled,omitempty"`
	Diagnosed  *seawall.Day      `json:"diagnosed,omitempty"`
	Outcome    *string           `json:"outcome,omitempty"`
	OutcomeDay *seawall.Day      `json:"outcomeDay,omitempty"`
	Channel    *string           `json:"channel,omitempty"`
	Home       *seawall.AreaID   `json:"home,omitempty"`
	Stay       *seawall.AreaID   `json:"stay,omitempty"`
	Exposure   *seawall.AreaID   `json:"exposure,omitempty"`
	Facility   *string           `json:"facility,omitempty"`
	Setting    *string           `json:"setting,omitempty"`
	Extra      map[string]string `json:"extra,omitempty"`
}

// NewResult is a laboratory or antigen result as it is entered.
type NewResult struct {
	// Subject may be left empty when Case or Contact says whose it is.
	Subject   Subject           `json:"subject"`
	Case      seawall.CaseID    `json:"case,omitempty"`
	Contact   seawall.ContactID `json:"contact,omitempty"`
	Disease   string            `json:"disease,omitempty"`
	Kind      string            `json:"kind"` // "nat", "antigen", "culture", "serology", "other"
	Accession string            `json:"accession"`
	Collected time.Time         `json:"collected"`
	// Resulted is when the laboratory gave it; a test counts from then on only.
	Resulted time.Time `json:"resulted"`
	Outcome  string    `json:"outcome"` // "negative", "positive", "grey", "invalid", "pending"
	Value    string    `json:"value,omitempty"`
	Lab      string    `json:"lab,omitempty"`
}

// RecordedResult is the answer to RecordResult and says what followed.
type RecordedResult struct {
	Result casebook.Result `json:"result"`
	// ClosedSteps are test steps that this negative result closed.
	ClosedSteps []loop.Step `json:"closedSteps,omitempty"`
	// Released is set when the follow-up ended with it.
	Released bool `json:"released,omitempty"`
	// ProposeCase asks a person to decide whether the contact is a case now:
	// post a case with this subject and result.
	ProposeCase bool `json:"proposeCase,omitempty"`
	// ConfirmFirst is set for a positive antigen test, which never confirms.
	ConfirmFirst bool `json:"confirmFirst,omitempty"`
	// Promoted are sub-contacts whose condition broke by this result.
	Promoted []seawall.ContactID `json:"promoted,omitempty"`
}

// NewStay is a stay as it is entered.
type NewStay struct {
	Case   seawall.CaseID   `json:"case,omitempty"`
	Person seawall.PersonNo `json:"person,omitempty"`
	Place  string           `json:"place"`
	Kind   string           `json:"kind,omitempty"`
	Area   seawall.AreaID   `json:"area,omitempty"`
	From   time.Time        `json:"from"`
	To     time.Time        `json:"to"`
	Note   string           `json:"note,omitempty"`
}

// Retraction says what is taken back and why.
type Retraction struct {
	// Ref is a case or a result.
	Ref    seawall.Ref `json:"ref"`
	Reason string      `json:"reason"`
}

// Retracted counts what was withdrawn with a fact.
type Retracted struct {
	Cases        int `json:"cases"`
	Arrivals     int `json:"arrivals,omitempty"`
	Entries      int `json:"entries,omitempty"`
	Results      int `json:"results"`
	Contacts     int `json:"contacts"`
	Candidates   int `json:"candidates"`
	Loops        int `json:"loops"`
	Steps        int `json:"steps"`
	Clocks       int `json:"clocks"`
	Restrictions int `json:"restrictions"`
	Rooms        int `json:"rooms"` // rooms given back
	Reopened     int `json:"reopened"`
	Notices      int `json:"notices"`
}
