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
	Expected  = "expected"   // declared, not here yet
	Arrived   = "arrived"    // here; checks or measure open
	Managed   = "managed"    // all four checks made; the measure runs
	Released  = "released"   // the measure is over
	HandedOn  = "handed_on"  // another city has taken over
	NotComing = "not_coming" // did not travel, or left again
	Retracted = "retracted"  // recorded by mistake
)

// Check is one of the four, with its time.
type Check struct {
	Key string `json:"key"`
	// Done is when it was made; zero while it is missing.
	Done time.Time `json:"done"`
	By   string    `json:"by,omitempty"`
	// Source: "declared", "feed", "staff", "system".
	Source string `json:"source,omitempty"`
	// Due is until when it must be made; it counts from the arrival.
	Due time.Time `json:"due"`
}

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
}

// Arrival is one person's coming.
type Arrival struct {
	ID     seawall.ArrivalID `json:"id"`
	No     string            `json:"no"`
	Group  seawall.GroupID   `json:"group"`
	Head   bool              `json:"head,omitempty"` // declared for the group
	Person seawall.PersonNo  `json:"person,omitempty"`
	Mask   string            `json:"mask"`
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
	// Undeclared marks a companion whom nobody declared, found by the system.
	Undeclared bool                `json:"undeclared,omitempty"`
	Loop       seawall.LoopID      `json:"loop,omitempty"`
	Owner      seawall.PrincipalID `json:"owner,omitempty"`
	OwnerName  string              `json:"ownerName"`
	State      string              `json:"state"`
	UpdatedAt  time.Time           `json:"updatedAt"`
	Version    int                 `json:"version"`
}

// Group is who travels together.
type Group struct {
	ID seawall.GroupID `json:"id"`
	No string          `json:"no"`
	// Size is the number declared or counted at the gate; Known how many are on
	// record.
	Size    int       `json:"size"`
	Known   int       `json:"known"`
	Channel string    `json:"channel"`
	Mode    string    `json:"mode"`
	Vehicle string    `json:"vehicle,omitempty"`
	At      time.Time `json:"at"`
	// Secret is the hash of the code that opens the declaration again.
	Secret  string `json:"-"`
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
	Channel string
	Text    string // number, vehicle, by its beginning
	From    seawall.Day
	To      seawall.Day
	Group   seawall.GroupID
	Sort    string // "arrived" (default), "due", "area"
	Page    seawall.Page
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
	// MedianHours from arrival to the fourth check of the complete ones; -1 where
	// there is none.
	MedianHours float64 `json:"medianHours"`
}

// Store is what this package needs of the database.
type Store interface {
	SaveArrival(ctx context.Context, tx seawall.Tx, a Arrival) error
	Arrival(ctx context.Context, tx seawall.Tx, id seawall.ArrivalID) (Arrival, error)
	ArrivalsOfPerson(ctx context.Context, tx seawall.Tx, no seawall.PersonNo) ([]Arrival, error)
	ArrivalsOfGroup(ctx context.Context, tx seawall.Tx, id seawall.GroupID) ([]Arrival, error)
	Arrivals(ctx context.Context, tx seawall.Tx, q Query) ([]Arrival, string, int, error)
	// CheckCounts gives the four checks by area one level below parent.
	CheckCounts(ctx context.Context, tx seawall.Tx, scope seawall.Scope, parent seawall.AreaPath, now time.Time) ([]AreaChecks, error)
	SaveGroup(ctx context.Context, tx seawall.Tx, g Group) error
	Group(ctx context.Context, tx seawall.Tx, id seawall.GroupID) (Group, error)
}
