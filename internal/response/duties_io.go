package response

import (
	"time"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/area"
	"github.com/seawall-city/seawall/internal/casebook"
	"github.com/seawall-city/seawall/internal/ledger"
	"github.com/seawall-city/seawall/internal/loop"
	"github.com/seawall-city/seawall/internal/protocol"
	"github.com/seawall-city/seawall/internal/regime"
	"github.com/seawall-city/seawall/internal/vault"
)

// NewEvidence shows that something was done.
type NewEvidence struct {
	// Version is the version of the step as it was read; 0 does not check.
	Version int         `json:"version,omitempty"`
	Kind    string      `json:"kind"` // "note", "result", "report"
	Text    string      `json:"text,omitempty"`
	Ref     seawall.Ref `json:"ref"`
	// Data are the values of the step's form where it has one.
	Data map[string]any `json:"data,omitempty"`
}

// TonightView is the first page.
type TonightView struct {
	Now time.Time `json:"now"`
	// CutOff is the end of tonight; what is due and open then climbs.
	CutOff     time.Time       `json:"cutOff"`
	Counts     loop.StepCounts `json:"counts"`
	MostUrgent *loop.Step      `json:"mostUrgent,omitempty"`
	// Place names the most urgent step's area.
	Place  seawall.Text   `json:"place"`
	Groups []TonightGroup `json:"groups"`
	// AreaNames are the names of the areas in the groups, by path.
	AreaNames map[seawall.AreaPath]seawall.Text `json:"areaNames"`
}

// TonightGroup is one band of the first page.
type TonightGroup struct {
	Key string `json:"key"` // "late", "soon", "tonight", "later"
	// Total counts all of the band, Items are its first ones.
	Total int         `json:"total"`
	Items []loop.Step `json:"items"`
}

// LoopView is a duty with all its parts.
type LoopView struct {
	Loop         loop.Loop          `json:"loop"`
	AreaName     seawall.Text       `json:"areaName"`
	Steps        []loop.Step        `json:"steps"`
	Series       []loop.Series      `json:"series"`
	Clocks       []loop.Clock       `json:"clocks"`
	HandOvers    []loop.HandOver    `json:"handOvers"`
	Evidence     []loop.Evidence    `json:"evidence"`
	Restrictions []loop.Restriction `json:"restrictions"`
	Events       []ledger.Event     `json:"events"`
	// Source is the published document behind the loop's rule.
	Source string `json:"source"`
	// Text says under which text of its protocol it runs, and whether that has changed
	// since; nil for a duty without protocol.
	Text *DutyText `json:"text,omitempty"`
	// Limits are what ending its open steps would confirm.
	Limits []StepLimit `json:"limits,omitempty"`
	// Forms are those of its steps, by key; Help tells how to do a step, by its key.
	Forms map[string]protocol.Form `json:"forms,omitempty"`
	Help  map[string]seawall.Text  `json:"help,omitempty"`
	// Parent is the duty that waits for this one, Children those that it waits for.
	Parent   *loop.Loop  `json:"parent,omitempty"`
	Children []loop.Loop `json:"children,omitempty"`
	// MayReopen and MayCancel say what its protocol allows, Reasons the reasons for
	// cancelling that it lists.
	MayReopen bool              `json:"mayReopen,omitempty"`
	MayCancel bool              `json:"mayCancel,omitempty"`
	Reasons   []protocol.Option `json:"reasons,omitempty"`
	// AsOf is set where the parts are as they were at an hour.
	AsOf *AsOf `json:"asOf,omitempty"`
}

// AsOf says how far a duty could be shown as it was.
type AsOf struct {
	At time.Time `json:"at"`
	// Events is how many entries of the log it was put together from.
	Events int `json:"events"`
	// Incomplete is set where entries of that time were forgotten: their key was
	// destroyed, so that rows may be missing or older than they were.
	Incomplete bool `json:"incomplete,omitempty"`
}

// CaseClock is one bar on the head of a case: a step of its investigation as a
// stretch of time.
type CaseClock struct {
	Key    string       `json:"key"`
	Title  seawall.Text `json:"title"`
	From   time.Time    `json:"from"`
	Due    time.Time    `json:"due"`
	DoneAt time.Time    `json:"doneAt"`
	State  loop.State   `json:"state"`
	Step   string       `json:"step"`
	Rule   string       `json:"rule"`
}

// TimelineItem is one thing on the timeline of a case or person.
type TimelineItem struct {
	At time.Time `json:"at"`
	// Day is set, and At zero, for what is known to the day only.
	Day  seawall.Day `json:"day"`
	Kind string      `json:"kind"` // "onset", "sampled", "reported", "stay", "result", "event", …
	// Event is the type of the log entry where Kind is "event".
	Event string            `json:"event,omitempty"`
	Ref   seawall.Ref       `json:"ref"`
	Text  string            `json:"text,omitempty"`
	Until time.Time         `json:"until"`
	Data  map[string]string `json:"data,omitempty"`
	By    string            `json:"by,omitempty"`
}

// CaseView is everything on the page of a case.
type CaseView struct {
	Case          casebook.Case      `json:"case"`
	AreaName      seawall.Text       `json:"areaName"`
	Clocks        []CaseClock        `json:"clocks"`
	Timeline      []TimelineItem     `json:"timeline"`
	Stays         []casebook.Stay    `json:"stays"`
	Results       []casebook.Result  `json:"results"`
	Contacts      []casebook.Contact `json:"contacts"`
	ContactsTotal int                `json:"contactsTotal"`
	// ByState counts the contacts by state.
	ByState map[casebook.ContactState]int `json:"byState"`
	Loops   []loop.Loop                   `json:"loops"`
	Steps   []loop.Step                   `json:"steps"`
	Chain   ChainView                     `json:"chain"`
	Events  []ledger.Event                `json:"events"`
	// Infectious is the window in which contacts count, by the regime.
	InfectiousFrom seawall.Day `json:"infectiousFrom"`
	InfectiousTo   seawall.Day `json:"infectiousTo"`
	Source         string      `json:"source"`
}

// ContactView is everything on the page of a contact.
type ContactView struct {
	Contact  casebook.Contact `json:"contact"`
	AreaName seawall.Text     `json:"areaName"`
	// Plan is computed anew from the regime, with its citations.
	Plan      *regime.Plan        `json:"plan,omitempty"`
	PlanError string              `json:"planError,omitempty"` // a message key
	Loop      *LoopView           `json:"loop,omitempty"`
	FollowUps []casebook.FollowUp `json:"followups"`
	Results   []casebook.Result   `json:"results"`
	Sub       []casebook.Contact  `json:"sub"` // sub-contacts through this one
	Index     *casebook.Contact   `json:"index,omitempty"`
	// Blockers are the conditions of release that do not hold yet: "tests",
	// "stay", "symptoms", "index_tests".
	Blockers []string       `json:"blockers"`
	Events   []ledger.Event `json:"events"`
}

// PersonView is what records hold about one person number.
type PersonView struct {
	Person   casebook.Person    `json:"person"`
	Cases    []casebook.Case    `json:"cases"`
	Contacts []casebook.Contact `json:"contacts"`
	Results  []casebook.Result  `json:"results"`
	Stays    []casebook.Stay    `json:"stays"`
	Links    []casebook.Link    `json:"links"`
}

// ChainNode is one person in the chain of transmission.
type ChainNode struct {
	Person seawall.PersonNo `json:"person"`
	Mask   string           `json:"mask"`
	// Case or Contact is set where the person has such a record.
	Case    seawall.CaseID    `json:"case,omitempty"`
	CaseNo  string            `json:"caseNo,omitempty"`
	Contact seawall.ContactID `json:"contact,omitempty"`
	State   string            `json:"state"`
	Class   string            `json:"class"`
	// Day places the node on the time axis: onset, else sample, else report,
	// else last exposure.
	Day  seawall.Day      `json:"day"`
	Area seawall.AreaPath `json:"area"`
	// Household groups people of the same home grid and relation "household".
	Household string `json:"household,omitempty"`
	Focus     bool   `json:"focus,omitempty"`
}

// ChainEdge is one exposure or infection between two nodes.
type ChainEdge struct {
	From      seawall.PersonNo `json:"from"`
	To        seawall.PersonNo `json:"to"`
	Kind      string           `json:"kind"` // "exposure" or "infection"
	Certainty string           `json:"certainty,omitempty"`
	Setting   string           `json:"setting,omitempty"`
	Day       seawall.Day      `json:"day"`
}

// ChainView is a chain of transmission around somebody.
type ChainView struct {
	Nodes []ChainNode `json:"nodes"`
	Edges []ChainEdge `json:"edges"`
	// Truncated is set when there is more than was asked for.
	Truncated bool `json:"truncated"`
}

// SearchHit is one thing that a search found.
type SearchHit struct {
	Ref   seawall.Ref      `json:"ref"`
	Title seawall.Text     `json:"title"`
	Note  string           `json:"note,omitempty"`
	Area  seawall.AreaPath `json:"area,omitempty"`
}

// SearchResult groups hits by kind.
type SearchResult struct {
	Areas    []SearchHit `json:"areas"`
	Cases    []SearchHit `json:"cases"`
	Contacts []SearchHit `json:"contacts"`
	People   []SearchHit `json:"people"`
}

// Opening asks for an identity.
type Opening struct {
	Person  seawall.PersonNo `json:"person"`
	Purpose string           `json:"purpose"`
	// Subject is the record it is about, "case/01J…".
	Subject string `json:"subject"`
}

// MergeRequest says that two numbers are one person.
type MergeRequest struct {
	Loser  seawall.PersonNo `json:"loser"`
	Winner seawall.PersonNo `json:"winner"`
	Reason string           `json:"reason"`
}

// Merged says what a merge or its undoing moved.
type Merged struct {
	Person casebook.Person `json:"person"` // the winner, or the one given back
	Moved  int             `json:"moved"`
}

// Doubles is the answer to Duplicates.
type Doubles struct {
	Candidates []vault.Candidate `json:"candidates"`
}

// Fired says what one tick did.
type Fired struct {
	Clocks    int `json:"clocks"`
	Escalated int `json:"escalated"`
	Made      int `json:"made"` // steps that series made
	Released  int `json:"released"`
	Ended     int `json:"ended"` // restrictions that expired
	Failed    int `json:"failed"`
}

// List is one page of anything.
type List[T any] struct {
	Items []T    `json:"items"`
	Next  string `json:"next"`
	Total int    `json:"total"`
}

// Answerer is who would answer, for the roster page.
type Answerer = area.Answer
