// Package gate keeps the sites at which a city is entered, what is decided there
// about each vehicle and why: sites of six kinds and the shoreline, their lanes
// and shifts, the dated rules of a decision, passes, holds with their ceiling,
// and what a phone needs to decide for a whole shift without a network.
//
// Decide is a pure function of a rule file and of facts in one closed
// vocabulary; the page at the gate has the same function in TypeScript, and
// testdata/cases.json keeps the two together.
package gate

import (
	"context"
	"time"

	"github.com/seawall-city/seawall"
)

// The kinds of sites (口岸、码头、火车站、机场、客运站、交通卡口 and 岸线).
const (
	Port       = "port"
	Wharf      = "wharf"
	Rail       = "rail"
	Airport    = "airport"
	Coach      = "coach"
	Checkpoint = "checkpoint"
	Shoreline  = "shoreline"
)

// Kinds lists the kinds of sites in the order in which the source names them.
func Kinds() []string {
	return []string{Port, Wharf, Rail, Airport, Coach, Checkpoint, Shoreline}
}

// The outcomes of a decision, the mildest first.
const (
	Go       = "pass"
	SampleGo = "sample_go" // a sample is taken, the vehicle goes on, the result is traced
	Hold     = "hold"      // waits, at most so many minutes
	Refer    = "refer"     // to a facility: a person may be ill
)

// Outcomes lists them, the mildest first.
func Outcomes() []string { return []string{Go, SampleGo, Hold, Refer} }

// The modes by which somebody comes.
const (
	Freight = "freight"
	Car     = "car"
	Bus     = "coach"
	Train   = "rail"
	Air     = "air"
	Ship    = "sea"
	OnFoot  = "foot"
)

// MaxHold is the longest that any rule may hold a vehicle, in minutes
// (requirements §2.7: "hold ≤ 60 min").
const MaxHold = 60

// Lane is one lane of a site.
type Lane struct {
	No int `json:"no"`
	// For is what the lane is for: freight (货车专验), car or "" for all.
	For    string `json:"for,omitempty" enum:"freight,car," doc:"freight, car, or empty for all"`
	Closed bool   `json:"closed,omitempty"`
}

// Site is one gate or another place at which the city is entered.
type Site struct {
	// ID is given by the office ("g15-dafeng").
	ID   seawall.SiteID   `json:"id"`
	Kind string           `json:"kind" doc:"port, wharf, rail, airport, coach, checkpoint or shoreline"`
	Name seawall.Text     `json:"name"`
	Area seawall.AreaPath `json:"area"`
	// Road is the road, line or water it stands on ("G15").
	Road string `json:"road,omitempty"`
	// Lat and Lon are in degrees (WGS 84), 0 where unknown.
	Lat   float64 `json:"lat,omitempty"`
	Lon   float64 `json:"lon,omitempty"`
	Lanes []Lane  `json:"lanes"`
	// CanSample says whether samples are taken here.
	CanSample bool `json:"canSample"`
	// Next is the site that a vehicle comes to after this one, told ahead where a
	// rule says so; "" where there is none.
	Next   seawall.SiteID `json:"next,omitempty"`
	Closed bool           `json:"closed,omitempty"`
	// Invented marks a site of a demonstration; Source is where a real one's
	// name is from.
	Invented bool   `json:"invented,omitempty"`
	Source   string `json:"source,omitempty"`
	Version  int    `json:"version"`
}

// Ref points to the site.
func (s Site) Ref() seawall.Ref { return seawall.Ref{Kind: seawall.KindSite, ID: string(s.ID)} }

// Lane gives a lane by its number.
func (s Site) Lane(no int) (Lane, bool) {
	for _, l := range s.Lanes {
		if l.No == no {
			return l, true
		}
	}
	return Lane{}, false
}

// Shift is who works at a site from when until when, and on how many lanes.
type Shift struct {
	ID   string         `json:"id"`
	Site seawall.SiteID `json:"site"`
	// Lead answers for the site; it is told when a wait or a hold runs out.
	Lead     seawall.PrincipalID `json:"lead,omitempty"`
	LeadName string              `json:"leadName"`
	From     time.Time           `json:"from"`
	To       time.Time           `json:"to"`
	Lanes    int                 `json:"lanes"`    // lanes that are staffed
	Officers int                 `json:"officers"` // people on duty
	Version  int                 `json:"version"`
}

// Ref points to the shift.
func (s Shift) Ref() seawall.Ref { return seawall.Ref{Kind: seawall.KindShift, ID: s.ID} }

// Test is the test that counts: the newest of which the result is known, else
// one that was taken.
type Test struct {
	Kind     string  `json:"kind,omitempty" doc:"nat, antigen or empty"`
	AgeHours float64 `json:"ageHours" doc:"hours since the sample was taken"`
	Result   string  `json:"result,omitempty" doc:"negative, positive, pending or empty"`
}

// Facts are what a decision depends on, and all that it may depend on: there is
// no origin of a plate, no household registration and no star of an itinerary
// card among them (requirements §2.7 and §2.11).
type Facts struct {
	// Emergency is a medical one; it goes before everything.
	Emergency bool   `json:"emergency"`
	Exemption string `json:"exemption,omitempty" doc:"a key of the rule file's exemptions, or empty"`
	Declared  bool   `json:"declared"`
	Trip      string `json:"trip,omitempty" doc:"declared, permitted, cancelled or empty"`
	Test      Test   `json:"test"`
	Permit    string `json:"permit,omitempty" doc:"valid, expired, early, forged, crew, vehicle, route, revoked or empty"`
	// Origin is the worst grade of the places somebody comes from, in the words of
	// the arrival matrix; "" where none is graded.
	Origin      string `json:"origin,omitempty"`
	RiskStop    bool   `json:"riskStop" doc:"stopped in a graded place on the way"`
	Transit     bool   `json:"transit" doc:"only passes the city"`
	Symptoms    bool   `json:"symptoms"`
	Whitelisted bool   `json:"whitelisted" doc:"of a carrier on the white list"`
	People      int    `json:"people"`
	HeldMinutes int    `json:"heldMinutes" doc:"minutes held here so far"`
	CanSample   bool   `json:"canSample" doc:"samples are taken at this site"`
	Mode        string `json:"mode,omitempty" doc:"freight, car, coach, rail, air, sea, foot or empty"`
}

// Override is an officer's decision against the rule's.
type Override struct {
	To     string `json:"to" doc:"pass, sample_go, hold or refer"`
	Reason string `json:"reason"`
	// Second is who else decided; nobody else is needed to let a medical emergency
	// pass.
	Second     seawall.PrincipalID `json:"second,omitempty"`
	SecondName string              `json:"secondName,omitempty"`
}

// The states of a hold.
const (
	Held    = "held"    // waits
	Ended   = "ended"   // an officer ended it
	Ceiling = "ceiling" // the maximum ended it: the vehicle passed and is traced
)

// Pass is one vehicle at a site: when, what was decided, why, by whom.
type Pass struct {
	// ID is minted by the phone at the gate, so that a pass sent twice is one.
	ID   seawall.PassID   `json:"id"`
	Site seawall.SiteID   `json:"site"`
	Area seawall.AreaPath `json:"area"`
	Lane int              `json:"lane"`
	// Arrived is when the vehicle came to the queue, Served when its turn came,
	// Decided when it was told, Left when it drove off; zero where nobody noted it.
	Arrived time.Time `json:"arrived"`
	Served  time.Time `json:"served"`
	Decided time.Time `json:"decided"`
	Left    time.Time `json:"left"`
	// Plate is a keyed token by which passes are matched; Mask stands in lists.
	Plate    string            `json:"plate,omitempty"`
	Mask     string            `json:"mask"`
	Trip     string            `json:"trip,omitempty"`
	Permit   string            `json:"permit,omitempty"`
	Arrival  seawall.ArrivalID `json:"arrival,omitempty"`
	Facts    Facts             `json:"facts"`
	Decision string            `json:"decision"`
	Rule     string            `json:"rule"`  // the key of the rule
	Rules    string            `json:"rules"` // "id@hash" of the file
	// Ruled is what the rule said where an officer decided otherwise.
	Ruled    string              `json:"ruled,omitempty"`
	Override Override            `json:"override,omitzero"`
	Offline  bool                `json:"offline,omitempty"`
	Device   string              `json:"device,omitempty"`
	Officer  seawall.PrincipalID `json:"officer,omitempty"`
	By       string              `json:"by,omitempty"` // the officer's work name
	// HoldState, HoldUntil and HoldEnded belong to a hold; Outcome is what became
	// of it, Note the reason.
	HoldState string    `json:"holdState,omitempty"`
	HoldUntil time.Time `json:"holdUntil"`
	HoldEnded time.Time `json:"holdEnded"`
	Outcome   string    `json:"outcome,omitempty"`
	Note      string    `json:"note,omitempty"`
	// Complaint is the code under which the driver reads why and complains.
	Complaint string `json:"complaint"`
	// Next is the site that was told ahead.
	Next seawall.SiteID `json:"next,omitempty"`
	// Trace is the duty to find out what the gate could not.
	Trace    seawall.LoopID `json:"trace,omitempty"`
	Received time.Time      `json:"received"`
	Version  int            `json:"version"`
}

// Ref points to the pass.
func (p Pass) Ref() seawall.Ref { return seawall.Ref{Kind: seawall.KindPass, ID: string(p.ID)} }

// Query selects the passes of one site, the newest decision first.
type Query struct {
	Site seawall.SiteID
	// From (inclusive) and To (exclusive) bound the decision; zero leaves them open.
	From, To time.Time
	// Decision, Plate (a token) and HoldState select; "" selects all.
	Decision, Plate, HoldState string
	Page                       seawall.Page
}

// Count is how many passes a site had with one decision.
type Count struct {
	Site     seawall.SiteID `json:"site"`
	Decision string         `json:"decision"`
	N        int            `json:"n"`
}

// Store is what this package needs of the database. Rows are the newest state;
// each belongs to the event that its transaction records.
type Store interface {
	SaveSite(ctx context.Context, tx seawall.Tx, s Site) error
	Site(ctx context.Context, tx seawall.Tx, id seawall.SiteID) (Site, error)
	// Sites gives those of an area, by id.
	Sites(ctx context.Context, tx seawall.Tx, scope seawall.Scope) ([]Site, error)
	SaveShift(ctx context.Context, tx seawall.Tx, s Shift) error
	// Shifts gives those of a site that touch a stretch of time, by their
	// beginning.
	Shifts(ctx context.Context, tx seawall.Tx, site seawall.SiteID, during seawall.Interval) ([]Shift, error)

	SavePass(ctx context.Context, tx seawall.Tx, p Pass) error
	Pass(ctx context.Context, tx seawall.Tx, id seawall.PassID) (Pass, error)
	// PassesByID gives those that are there, by id.
	PassesByID(ctx context.Context, tx seawall.Tx, ids []seawall.PassID) ([]Pass, error)
	// PassByComplaint errors: NotFound.
	PassByComplaint(ctx context.Context, tx seawall.Tx, code string) (Pass, error)
	// PassesOfPlate gives the passes of a plate's token decided since an instant,
	// oldest first.
	PassesOfPlate(ctx context.Context, tx seawall.Tx, plate string, since time.Time) ([]Pass, error)
	Passes(ctx context.Context, tx seawall.Tx, q Query) ([]Pass, string, int, error)
	// PassCounts counts the passes of some sites decided since an instant, by what
	// was decided.
	PassCounts(ctx context.Context, tx seawall.Tx, sites []seawall.SiteID, since time.Time) ([]Count, error)
	// PlatesOnTrips gives which of some plates' tokens stand on a trip.
	PlatesOnTrips(ctx context.Context, tx seawall.Tx, plates []string) ([]string, error)
	// Holds gives those who are held at some sites, the first to end first.
	Holds(ctx context.Context, tx seawall.Tx, sites []seawall.SiteID) ([]Pass, error)
}
