// Package border keeps who and what comes into the city: arrivals with their
// four checks (四个查清), the groups they travel in, and the feeds that report
// them. It owns the facts; duties are loops under the protocol "arrival".
package border

import (
	"context"
	"time"

	"github.com/seawall-city/seawall"
)

// The channels by which an arrival becomes known.
const (
	Declared = "declared" // by the traveller, before or after
	Feed     = "feed"     // a station, airport, motorway exit or partner city
	Gate     = "gate"     // at a gate, by staff
	Found    = "found"    // later, by the community
)

// The four checks.
const (
	Headcount = "headcount" // 人数: the group is complete
	Identity  = "identity"  // 人头: who each one is
	Location  = "location"  // 位置: where they are now
	Measure   = "measure"   // 管控情况: which measure, since when
)

// The states of an arrival.
const (
	Expected  = "expected"   // announced, not here yet
	Arrived   = "arrived"    // here; checks or measure open
	Managed   = "managed"    // all four checks made; the measure runs
	Released  = "released"   // the measure is over
	HandedOn  = "handed_on"  // another city has taken over
	NotComing = "not_coming" // did not travel, or left again
	Retracted = "retracted"  // recorded by mistake
	// Claimed is a public declaration about somebody of whose coming others have
	// told already: it says what its declarer said, changes and opens nothing of
	// what the others told, counts nowhere, and waits for somebody who sees them.
	Claimed = "claimed"
)

// Check is one of the four, with its time.
type Check struct {
	Key string `json:"key"`
	// Done is when it was made; zero while it is missing.
	Done time.Time `json:"done"`
	By   string    `json:"by,omitempty"`
	// Source: "feed", "gate", "staff" or "system"; a declaration alone makes none.
	Source string `json:"source,omitempty"`
	// Due is until when it must be made; it counts from the arrival and is zero
	// while nobody has arrived.
	Due time.Time `json:"due"`
	// Note says in words what was found.
	Note string `json:"note,omitempty"`
}

// Made reports whether the check was made.
func (c Check) Made() bool { return !c.Done.IsZero() }

// Origin is where somebody comes from.
type Origin struct {
	// Code is the division code of 2, 4 or 6 digits, or the ISO 3166 alpha-2 code
	// of a country.
	Code   string `json:"code"`
	Abroad bool   `json:"abroad,omitempty"`
	// Name as it stands in the table of origins.
	Name seawall.Text `json:"name"`
	// Left is the day they left it: day 0 of every measure.
	Left seawall.Day `json:"left"`
	// Crossing marks a track that crossed the one of a case there, instead of a
	// stay.
	Crossing bool `json:"crossing,omitempty"`
	// Grade is the level that was in force there on the day they left, GradeCode
	// the area it was given to and GradeSource the document, all as cited facts.
	Grade       string `json:"grade,omitempty"`
	GradeCode   string `json:"gradeCode,omitempty"`
	GradeSource string `json:"gradeSource,omitempty"`
}

// Arrival is one person's coming.
type Arrival struct {
	ID     seawall.ArrivalID `json:"id"`
	No     string            `json:"no"`
	Group  seawall.GroupID   `json:"group"`
	Head   bool              `json:"head,omitempty"` // declared for the group
	Person seawall.PersonNo  `json:"person,omitempty"`
	Mask   string            `json:"mask"`
	// Document: "valid", "failed" (its check digit is wrong) or "" for none.
	Document string `json:"document,omitempty"`
	// Channels that reported this arrival, the first one first.
	Channels []string `json:"channels"`
	Disease  string   `json:"disease"`
	Origins  []Origin `json:"origins"` // every place of the last days, the latest first
	Mode     string   `json:"mode"`    // "air", "rail", "coach", "ship", "car", "other"
	// Vehicle is the train, flight or plate; Seat where known.
	Vehicle  string      `json:"vehicle,omitempty"`
	Seat     string      `json:"seat,omitempty"`
	Entry    string      `json:"entry,omitempty"` // the station or gate
	Expected seawall.Day `json:"expected"`
	Arrived  time.Time   `json:"arrived"`
	// Stay is where they stay, down to the grid; StayText the words given.
	Stay     seawall.AreaPath `json:"stay"`
	StayText string           `json:"stayText,omitempty"`
	Area     seawall.AreaPath `json:"area"` // who answers: the stay, else the entry, else the city
	Checks   []Check          `json:"checks"`
	Missing  int              `json:"missing"` // how many checks are not made
	// Tier is the row of the arrival matrix that applies; Regime and Rule cite it.
	Tier   string      `json:"tier,omitempty"`
	Regime string      `json:"regime,omitempty"`
	Rule   string      `json:"rule,omitempty"`
	Kind   string      `json:"kind,omitempty"` // the measure in force: regime.StayKind
	Since  time.Time   `json:"since"`
	Until  seawall.Day `json:"until"`
	// ConfirmedBy is the officer who confirmed the measure; before that nothing
	// restricts.
	ConfirmedBy seawall.PrincipalID `json:"confirmedBy,omitempty"`
	// Undeclared marks a companion whom nobody declared, found by the system; By
	// what: see Found….
	Undeclared bool   `json:"undeclared,omitempty"`
	FoundBy    string `json:"foundBy,omitempty"`
	// Stage is where a longer chain stands and Holder who has custody: "" is this
	// city.
	Stage  string `json:"stage,omitempty"`
	Holder string `json:"holder,omitempty"`
	// Room is the capacity row whose room they take in central quarantine.
	Room string `json:"room,omitempty"`
	// NextDue is when the next missing check or open step is due.
	NextDue time.Time `json:"nextDue"`
	// Reason is why it was retracted or did not take place.
	Reason string `json:"reason,omitempty"`
	// SameAs is the coming that a claim is probably about.
	SameAs    seawall.ArrivalID   `json:"sameAs,omitempty"`
	Loop      seawall.LoopID      `json:"loop,omitempty"`
	Owner     seawall.PrincipalID `json:"owner,omitempty"`
	OwnerName string              `json:"ownerName"`
	State     string              `json:"state"`
	CreatedAt time.Time           `json:"createdAt"`
	UpdatedAt time.Time           `json:"updatedAt"`
	Version   int                 `json:"version"`
}

// Ref points to the arrival.
func (a Arrival) Ref() seawall.Ref { return seawall.Ref{Kind: seawall.KindArrival, ID: string(a.ID)} }

// Group is who travels together.
type Group struct {
	ID seawall.GroupID `json:"id"`
	No string          `json:"no"`
	// Size is the number declared or counted at the gate; Known how many are on
	// record.
	Size  int `json:"size"`
	Known int `json:"known"`
	// Declared is the number that the travellers declared; 0 where nobody did.
	Declared int    `json:"declared,omitempty"`
	Channel  string `json:"channel"`
	Mode     string `json:"mode"`
	Vehicle  string `json:"vehicle,omitempty"`
	// Booking is the ticket order or passenger list that they share.
	Booking string    `json:"booking,omitempty"`
	At      time.Time `json:"at"`
	// Request is the caller's id of the declaration: a repeated one makes nothing.
	Request string `json:"request,omitempty"`
	// Secret is the keyed hash of the code that opens the declaration again; it
	// stands in the log with the row and is left out of every answer.
	Secret  string `json:"secret,omitempty"`
	Version int    `json:"version"`
}

// Ref points to the group.
func (g Group) Ref() seawall.Ref { return seawall.Ref{Kind: seawall.KindGroup, ID: string(g.ID)} }

// Report is one row of a feed, or one declaration: the trace of who told of an
// arrival, by which a repeated, late or corrected row is known again. Nothing of
// an identity stands in it.
type Report struct {
	// ID is "feed/external".
	ID      string            `json:"id"`
	Arrival seawall.ArrivalID `json:"arrival"`
	Channel string            `json:"channel"`
	Feed    string            `json:"feed"`
	// External is the feed's own id of the row.
	External string `json:"external"`
	// Print is a keyed hash of what the row said: the same print changes nothing.
	Print string `json:"print"`
	// At is when it happened as the row says, Received when it came in first.
	At       time.Time `json:"at"`
	Received time.Time `json:"received"`
	// Why says how the arrival was found: "new", "person", "seat", "companion".
	Why     string `json:"why"`
	Version int    `json:"version"`
}

// Query selects arrivals.
type Query struct {
	Scope  seawall.Scope
	States []string
	// Missing selects those without this check ("any" for one at least).
	Missing string
	Tier    string
	Origin  string // by the beginning of a code
	Channel string // among the channels that reported it
	Text    string // number or vehicle, by its beginning
	// From and To bound the day of arrival (expected, where not here yet), both
	// inclusive.
	From, To seawall.Day
	Group    seawall.GroupID
	// Late selects those with a check overdue at this instant.
	Late time.Time
	Sort string // "arrived" (default, the latest first), "due", "area", "no"
	Page seawall.Page
}

// AreaChecks are the four checks of one area.
type AreaChecks struct {
	Area     seawall.AreaPath `json:"area"`
	Name     seawall.Text     `json:"name"`
	Arrivals int              `json:"arrivals"`
	// Done counts the checks made, by key.
	Done map[string]int `json:"done"`
	// Complete counts arrivals with all four; Late those with a check overdue.
	Complete int `json:"complete"`
	Late     int `json:"late"`
	// Undeclared counts companions whom nobody had declared.
	Undeclared int `json:"undeclared"`
	// MedianHours from arrival to the fourth check of the complete ones; -1 where
	// there is none.
	MedianHours float64 `json:"medianHours"`
}

// Store is what this package needs of the database; the rules of casebook.Store
// hold (versions, hand-over of rows to the next event).
type Store interface {
	SaveArrival(ctx context.Context, tx seawall.Tx, a Arrival) error
	Arrival(ctx context.Context, tx seawall.Tx, id seawall.ArrivalID) (Arrival, error)
	ArrivalByNo(ctx context.Context, tx seawall.Tx, no string) (Arrival, error)
	// ArrivalsOfPerson and ArrivalsOfGroup give them oldest first.
	ArrivalsOfPerson(ctx context.Context, tx seawall.Tx, no seawall.PersonNo) ([]Arrival, error)
	ArrivalsOfGroup(ctx context.Context, tx seawall.Tx, id seawall.GroupID) ([]Arrival, error)
	// ClaimsOf gives the public declarations that are probably about an arrival,
	// the first one first.
	ClaimsOf(ctx context.Context, tx seawall.Tx, id seawall.ArrivalID) ([]Arrival, error)
	// ArrivalsAboard gives those on one vehicle expected or arrived between two days,
	// both inclusive, who have a seat or whose stay is written in some words; an
	// empty seat or stay finds nobody. A train has hundreds, a seat few.
	ArrivalsAboard(ctx context.Context, tx seawall.Tx, vehicle, seat, stay string, from, to seawall.Day) ([]Arrival, error)
	Arrivals(ctx context.Context, tx seawall.Tx, q Query) ([]Arrival, string, int, error)
	// CheckCounts gives the four checks by area one level below parent; arrivals
	// that lie at parent itself count under parent. Retracted ones and those who
	// did not come count nowhere, those not here yet not either.
	CheckCounts(ctx context.Context, tx seawall.Tx, scope seawall.Scope, parent seawall.AreaPath, now time.Time) ([]AreaChecks, error)

	// CheckTotal gives the same sum over parent as a whole.
	CheckTotal(ctx context.Context, tx seawall.Tx, scope seawall.Scope, parent seawall.AreaPath, now time.Time) (AreaChecks, error)

	SaveGroup(ctx context.Context, tx seawall.Tx, g Group) error
	Group(ctx context.Context, tx seawall.Tx, id seawall.GroupID) (Group, error)
	// GroupBySecret, GroupByRequest and GroupByBooking give NotFound where there
	// is none; an empty value finds nothing.
	GroupBySecret(ctx context.Context, tx seawall.Tx, secret string) (Group, error)
	GroupByRequest(ctx context.Context, tx seawall.Tx, request string) (Group, error)
	GroupByBooking(ctx context.Context, tx seawall.Tx, booking string) (Group, error)

	SaveReport(ctx context.Context, tx seawall.Tx, r Report) error
	// Reports gives the reports with these ids; unknown ones are left out.
	Reports(ctx context.Context, tx seawall.Tx, ids []string) ([]Report, error)
	ReportsOf(ctx context.Context, tx seawall.Tx, id seawall.ArrivalID) ([]Report, error)

	SaveCustody(ctx context.Context, tx seawall.Tx, c Custody) error
	// CustodyOf gives the chain of an arrival, oldest first.
	CustodyOf(ctx context.Context, tx seawall.Tx, id seawall.ArrivalID) ([]Custody, error)

	SaveGrade(ctx context.Context, tx seawall.Tx, g Grade) error
	// Grades gives the grades in force on a day, by code.
	Grades(ctx context.Context, tx seawall.Tx, day seawall.Day) ([]Grade, error)
	// GradesOf gives every grade that the places of these codes had.
	GradesOf(ctx context.Context, tx seawall.Tx, codes []string) ([]Grade, error)

	NextNo(ctx context.Context, tx seawall.Tx, series string) (int, error)
}
