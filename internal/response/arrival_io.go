package response

import (
	"time"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/border"
	"github.com/seawall-city/seawall/internal/ledger"
	"github.com/seawall-city/seawall/internal/loop"
	"github.com/seawall-city/seawall/internal/regime"
	"github.com/seawall-city/seawall/internal/vault"
)

// NewOrigin is a place that somebody comes from.
type NewOrigin struct {
	// Code is a GB/T 2260 division code of 2 to 12 digits or an ISO 3166 alpha-2
	// country code.
	Code string `json:"code"`
	// Left is the day they left it: day 0.
	Left seawall.Day `json:"left"`
	// Crossing says that their track crossed a case's there.
	Crossing bool `json:"crossing,omitempty"`
}

// Journey is what those who travel together have in common.
type Journey struct {
	// Disease may be left empty: the one whose arrival matrix is in force.
	Disease string      `json:"disease,omitempty"`
	Origins []NewOrigin `json:"origins" doc:"the latest first"`
	Mode    string      `json:"mode" enum:"air,rail,coach,ship,car,other"`
	Vehicle string      `json:"vehicle,omitempty" doc:"flight, train or plate"`
	Booking string      `json:"booking,omitempty" doc:"order or passenger list they share"`
	Entry   string      `json:"entry,omitempty" doc:"station, port or gate"`
	// Expected is the day of arrival; Arrived the instant, when they are here.
	Expected seawall.Day    `json:"expected"`
	Arrived  time.Time      `json:"arrived"`
	Stay     seawall.AreaID `json:"stay,omitempty"`
	StayText string         `json:"stayText,omitempty"`
	// Size is how many travel; 0 means as many as are named.
	Size int `json:"size,omitempty"`
}

// NewArrivals is a group as staff record it.
type NewArrivals struct {
	// Request is minted by the caller, at least 16 characters: the same request
	// makes nothing twice.
	Request string `json:"request"`
	Journey
	// People are those of the group who are named, the one who declares first.
	People []DeclaredPerson `json:"people"`
	// Channel is "declared" (taken down by staff for the traveller), "gate" or
	// "found".
	Channel string `json:"channel" enum:"declared,gate,found"`
	// From is another city that hands them over to this one, with its letter.
	From   string `json:"from,omitempty"`
	Letter string `json:"letter,omitempty"`
}

// DeclaredPerson is one traveller.
type DeclaredPerson struct {
	// Person is a number that is known already; else the identity is sealed.
	Person   seawall.PersonNo `json:"person,omitempty"`
	Identity Identity         `json:"identity"`
	Seat     string           `json:"seat,omitempty"`
}

// RecordedArrivals says what became of a group that was recorded.
type RecordedArrivals struct {
	Group border.Group     `json:"group"`
	Items []border.Arrival `json:"items"`
	// Known counts those of whom another channel had told before.
	Known int `json:"known"`
	// Undeclared are companions whom nobody had declared.
	Undeclared int `json:"undeclared"`
	// Duplicates may be the same persons; they stop nothing.
	Duplicates []vault.Candidate `json:"duplicates,omitempty"`
	// channel is the one reported by.
	channel string
}

// FeedRow is one line of a feed: one passenger, or one vehicle's occupant.
type FeedRow struct {
	// External is the feed's own id of the row; with the feed's name it is the key.
	External string `json:"external"`
	// At is when it happened or was booked, as the feed says.
	At       time.Time `json:"at"`
	Identity Identity  `json:"identity"`
	Journey
	Seat string `json:"seat,omitempty"`
	// Cancelled says that the passenger did not travel.
	Cancelled bool `json:"cancelled,omitempty"`
}

// FeedBatch is what a feed sends at once.
type FeedBatch struct {
	// Feed names the sender ("rail", "airport", "g15-dafeng", "city-3206").
	Feed string    `json:"feed"`
	Rows []FeedRow `json:"rows"`
}

// FeedFate says what became of one row.
type FeedFate struct {
	External string            `json:"external"`
	Arrival  seawall.ArrivalID `json:"arrival,omitempty"`
	No       string            `json:"no,omitempty"`
	// Fate: "new", "known" (its channel was added), "companion" (undeclared),
	// "corrected", "unchanged" or "rejected".
	Fate string `json:"fate"`
	// Code and Args are the reason of a rejection, as in an error.
	Code string            `json:"code,omitempty"`
	Args map[string]string `json:"args,omitempty"`
}

// FeedReport counts a batch: Rows = Accepted + Rejected, and the accepted ones are
// New + Known + Companions + Corrected + Unchanged.
type FeedReport struct {
	Rows       int        `json:"rows"`
	Accepted   int        `json:"accepted"`
	Rejected   int        `json:"rejected"`
	New        int        `json:"new"`
	Known      int        `json:"known"`
	Companions int        `json:"companions"`
	Corrected  int        `json:"corrected"`
	Unchanged  int        `json:"unchanged"`
	Fates      []FeedFate `json:"fates"`
}

// NewCheck is one of the four checks as it is made.
type NewCheck struct {
	Version int    `json:"version,omitempty"`
	Check   string `json:"check" enum:"headcount,identity,location,measure"`
	Note    string `json:"note,omitempty"`
	// Size is the number counted (headcount).
	Size int `json:"size,omitempty"`
	// Identity names somebody who was a number only, or completes who they are; with
	// Request it is sealed once (identity).
	Identity *Identity `json:"identity,omitempty"`
	Request  string    `json:"request,omitempty"`
	// Declaration is the number on the slip that the person holds: it confirms that
	// this public declaration is theirs (identity).
	Declaration string `json:"declaration,omitempty"`
	// Stay and StayText are where they are now (location).
	Stay     seawall.AreaID `json:"stay,omitempty"`
	StayText string         `json:"stayText,omitempty"`
	// Told says that the measure was explained to the person (measure); with a
	// restricting one whoever makes this check is its named decider.
	Told bool `json:"told,omitempty"`
	// Since is when the measure began; zero means now.
	Since time.Time `json:"since"`
}

// Move is a change of where an arrival stands.
type Move struct {
	Version int `json:"version,omitempty"`
	// At is when it happened; zero means now.
	At time.Time `json:"at"`
	// Reason is needed for not coming and retracting.
	Reason string `json:"reason,omitempty"`
}

// HandOn hands an arrival to another city, which has to receipt it.
type HandOn struct {
	Version int `json:"version,omitempty"`
	// To names the other city, Code is its division code.
	To     string `json:"to"`
	Code   string `json:"code,omitempty"`
	Letter string `json:"letter,omitempty"`
	Note   string `json:"note,omitempty"`
}

// Receipt is the other side's word that it has taken over, or a stage of a longer
// chain that somebody inside the city has taken over.
type Receipt struct {
	Version int    `json:"version,omitempty"`
	Letter  string `json:"letter,omitempty"`
	// Stage and Holder name the next place of a chain inside the city ("central",
	// "home", "followup"); empty for another city's receipt.
	Stage  string         `json:"stage,omitempty"`
	Holder string         `json:"holder,omitempty"`
	Area   seawall.AreaID `json:"area,omitempty"`
	Note   string         `json:"note,omitempty"`
}

// ArrivalMeasure is what the arrival matrix asks of somebody.
type ArrivalMeasure struct {
	Tier string       `json:"tier"`
	Name seawall.Text `json:"name"`
	Text seawall.Text `json:"text"`
	// Regime and Rule cite the row, Source the document, Grade the level of the
	// origin that led to it, with GradeSource.
	Regime      string `json:"regime"`
	Rule        string `json:"rule"`
	Source      string `json:"source"`
	Grade       string `json:"grade,omitempty"`
	GradeSource string `json:"gradeSource,omitempty"`
	// Plan is nil before the day of arrival is known.
	Plan *regime.Plan `json:"plan,omitempty"`
	// Confirmed says that a named officer has confirmed it; before that it informs.
	Confirmed bool `json:"confirmed"`
}

// ArrivalView is everything on the page of an arrival.
type ArrivalView struct {
	Arrival  border.Arrival   `json:"arrival"`
	AreaName seawall.Text     `json:"areaName"`
	Group    border.Group     `json:"group"`
	People   []border.Arrival `json:"people"`
	// Claims are public declarations that are probably about them and wait for an
	// identity check.
	Claims  []Claim         `json:"claims,omitempty"`
	Measure *ArrivalMeasure `json:"measure,omitempty"`
	// Plan and Tier are the measure's, for the page.
	Plan *regime.Plan `json:"plan,omitempty"`
	Tier *regime.Tier `json:"tier,omitempty"`
	// Why says in one sentence which fact and rule the measure stands on.
	Why seawall.Text `json:"why"`
	// MeasureError is the message key of why none could be computed.
	MeasureError string             `json:"measureError,omitempty"`
	Loop         *LoopView          `json:"loop,omitempty"`
	Reports      []border.Report    `json:"reports"`
	Custody      []border.Custody   `json:"custody"`
	Gaps         []border.Gap       `json:"gaps"`
	Restrictions []loop.Restriction `json:"restrictions"`
	Events       []ledger.Event     `json:"events"`
}

// Claim is a public declaration that is probably about an arrival, by the number
// on its slip, with what its declarer said.
type Claim struct {
	Declaration string         `json:"declaration"`
	Arrival     border.Arrival `json:"arrival"`
}

// ArrivalFilter selects arrivals as a page asks for them.
type ArrivalFilter struct {
	border.Query
	Area seawall.AreaID
	// Late selects those with a check overdue.
	Late bool
}

// ChecksView is the net's first layer by area.
type ChecksView struct {
	Now   time.Time           `json:"now"`
	Total border.AreaChecks   `json:"total"`
	Items []border.AreaChecks `json:"items"`
}

// GradesView is the grading as it was in force on a day.
type GradesView struct {
	Day   seawall.Day    `json:"day"`
	Items []border.Grade `json:"items"`
	// Place is the grade of the place that was asked for, the most specific first.
	Place *border.Grade `json:"place,omitempty"`
}

// GradesReport says what became of a file of grades.
type GradesReport struct {
	Rows      int             `json:"rows"`
	Accepted  int             `json:"accepted"`
	Rejected  int             `json:"rejected"`
	Unchanged int             `json:"unchanged"`
	DryRun    bool            `json:"dryRun,omitempty"`
	Rejects   []border.Reject `json:"rejects"`
	// Affected counts arrivals whose row of the matrix is another one now.
	Affected int `json:"affected"`
}
