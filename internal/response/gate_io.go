package response

import (
	"time"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/gate"
	"github.com/seawall-city/seawall/internal/ticket"
)

// NewSite is a site as it is entered or changed; Version is the one that was
// seen, 0 for a new site.
type NewSite struct {
	ID        seawall.SiteID `json:"id" doc:"given by the office, for example g15-dafeng"`
	Kind      string         `json:"kind" doc:"port, wharf, rail, airport, coach, checkpoint or shoreline"`
	Name      seawall.Text   `json:"name"`
	Area      seawall.AreaID `json:"area"`
	Road      string         `json:"road,omitempty"`
	Lat       float64        `json:"lat,omitempty"`
	Lon       float64        `json:"lon,omitempty"`
	Lanes     int            `json:"lanes,omitempty" doc:"number of lanes; the first ones are for lorries"`
	Freight   int            `json:"freight,omitempty" doc:"how many of them are for lorries"`
	CanSample bool           `json:"canSample,omitempty"`
	Next      seawall.SiteID `json:"next,omitempty"`
	Closed    bool           `json:"closed,omitempty"`
	Invented  bool           `json:"invented,omitempty"`
	Source    string         `json:"source,omitempty"`
	Version   int            `json:"version,omitempty"`
}

// GateFilter selects sites.
type GateFilter struct {
	Kind string
	Area seawall.AreaID
}

// GateLine is a site in a list, with what happened there today.
type GateLine struct {
	Site     gate.Site    `json:"site"`
	AreaName seawall.Text `json:"areaName"`
	// Passed, Sampled, Held and Referred count today's decisions, Waiting those who
	// are held now.
	Passed   int `json:"passed"`
	Sampled  int `json:"sampled"`
	Held     int `json:"held"`
	Referred int `json:"referred"`
	Waiting  int `json:"waiting"`
}

// Gates is the list of sites with the sum over them.
type Gates struct {
	Items []GateLine     `json:"items"`
	Total GateLine       `json:"total" doc:"the sum; its site is empty"`
	Kinds map[string]int `json:"kinds" doc:"sites of each kind"`
}

// GateView is a site with its shifts, its holds and the rules of today.
type GateView struct {
	GateLine
	Shifts []gate.Shift `json:"shifts" doc:"of today and tomorrow"`
	Holds  []gate.Pass  `json:"holds"`
	Rules  *gate.Rules  `json:"rules,omitempty"`
}

// NewLane opens, closes or dedicates one lane.
type NewLane struct {
	No      int    `json:"no"`
	For     string `json:"for,omitempty" doc:"freight, car, or empty for all"`
	Closed  bool   `json:"closed,omitempty"`
	Version int    `json:"version" doc:"of the site that was seen"`
}

// NewShift puts people on a site.
type NewShift struct {
	ID       string              `json:"id,omitempty" doc:"of the shift that is changed"`
	Lead     seawall.PrincipalID `json:"lead,omitempty"`
	From     time.Time           `json:"from"`
	To       time.Time           `json:"to"`
	Lanes    int                 `json:"lanes"`
	Officers int                 `json:"officers"`
	Version  int                 `json:"version,omitempty"`
}

// GateAsk is what stands at the gate: any of a plate, a permit's ticket and a
// declaration's code. What the officer sees and hears comes in Stated.
type GateAsk struct {
	Plate  string `json:"plate,omitempty"`
	Ticket string `json:"ticket,omitempty" doc:"the permit's text, from its QR"`
	Code   string `json:"code,omitempty" doc:"of a declaration (people)"`
	// Docs are the numbers of documents that the crew shows: compared with the
	// permit as tokens, kept nowhere.
	Docs []string `json:"docs,omitempty"`
	// From are the division codes of the places somebody comes from, Stops those
	// where they stopped on the way.
	From  []string `json:"from,omitempty"`
	Stops []string `json:"stops,omitempty"`
}

// GateLook is what the server knows about it, and the decision that follows.
type GateLook struct {
	Facts    gate.Facts    `json:"facts"`
	Decision gate.Decision `json:"decision"`
	Mask     string        `json:"mask"`
	Trip     string        `json:"trip,omitempty"`
	Permit   string        `json:"permit,omitempty"`
	// Arrival is the first of the people whose declaration was shown; People are
	// their masks.
	Arrival seawall.ArrivalID `json:"arrival,omitempty"`
	People  []string          `json:"people"`
	// Before is when this plate last passed a gate of the city.
	Before *GateBefore `json:"before,omitempty"`
	Why    []GateWhy   `json:"why" doc:"where each fact that is not empty comes from"`
}

// GateBefore is an earlier pass of the same plate.
type GateBefore struct {
	Site     seawall.SiteID `json:"site"`
	At       time.Time      `json:"at"`
	Decision string         `json:"decision"`
}

// GateWhy says where a fact comes from.
type GateWhy struct {
	Fact string       `json:"fact"`
	Text seawall.Text `json:"text"`
}

// NewPass is one vehicle at a gate. The server looks up what it knows itself
// (trip, permit, test, arrival, origin); of Facts it takes what an officer states:
// emergency, exemption, symptoms, people, transit, mode and, where it knows
// nothing itself, declared, test, origin and risk stop.
type NewPass struct {
	ID      seawall.PassID `json:"id" doc:"ULID minted by the phone: sent twice it is one pass"`
	Lane    int            `json:"lane,omitempty"`
	Arrived time.Time      `json:"arrived,omitzero"`
	Served  time.Time      `json:"served,omitzero"`
	Decided time.Time      `json:"decided,omitzero" doc:"offline: when it was decided; else the server's clock"`
	Left    time.Time      `json:"left,omitzero"`
	GateAsk
	Facts    gate.Facts     `json:"facts"`
	Override *gate.Override `json:"override,omitempty"`
	Next     seawall.SiteID `json:"next,omitempty"`
	Note     string         `json:"note,omitempty"`
	// Decision, Rule and Rules are what the phone decided without a network.
	Decision string `json:"decision,omitempty"`
	Rule     string `json:"rule,omitempty"`
	Rules    string `json:"rules,omitempty"`
}

// Passed is the answer to a pass.
type Passed struct {
	Pass     gate.Pass     `json:"pass"`
	Decision gate.Decision `json:"decision"`
	// Repeated is set where the pass was there already.
	Repeated bool `json:"repeated,omitempty"`
}

// HoldEnd ends a hold before its maximum.
type HoldEnd struct {
	Outcome string `json:"outcome" doc:"pass, sample_go or refer"`
	Note    string `json:"note"`
	// Second is needed for refer: who else decided.
	Second seawall.PrincipalID `json:"second,omitempty"`
}

// PassFilter selects passes.
type PassFilter struct {
	Decision, Plate, Hold string
	From, To              time.Time
}

// GateSnapshot is what a phone needs for a shift without a network. Text is the
// same signed (ticket kind S): the phone keeps it and checks it with the ticket
// key that it got when it was enrolled.
type GateSnapshot struct {
	Text string       `json:"text"`
	Data SnapshotData `json:"data"`
}

// SnapshotData is the payload of a snapshot.
type SnapshotData struct {
	Site   gate.Site   `json:"site"`
	Rules  *gate.Rules `json:"rules"`
	Issued time.Time   `json:"issued"`
	// Until is when the phone must have a newer one: it decides on, and says so.
	Until time.Time `json:"until"`
	// PlateKey (base64url) makes the token of a plate: HMAC-SHA-256 over
	// "seawall plate 1", a zero byte and the normal plate, the first 16 bytes in
	// hexadecimal.
	PlateKey string           `json:"plateKey"`
	Permits  []SnapshotPermit `json:"permits"`
	// Revoked are the ids of permits that were taken back.
	Revoked []string `json:"revoked"`
	// Trips are plates' tokens with what is known of their trip.
	Trips []SnapshotTrip `json:"trips"`
	// Grades are the places in force today by division code; the longest code that
	// a place begins with counts.
	Grades map[string]string `json:"grades"`
	Key    ticket.Public     `json:"key"`
	// Zone is the city's time zone.
	Zone string `json:"zone"`
}

// SnapshotPermit is one permit as a phone checks it.
type SnapshotPermit struct {
	ID    string    `json:"id"`
	Plate string    `json:"plate"` // token
	Crew  []string  `json:"crew,omitempty"`
	Route []string  `json:"route,omitempty"`
	From  time.Time `json:"from"`
	Until time.Time `json:"until"`
}

// SnapshotTrip is one trip as a phone looks it up.
type SnapshotTrip struct {
	Trip        string `json:"trip"`
	Plate       string `json:"plate"` // token
	State       string `json:"state" doc:"declared, permitted or cancelled"`
	Permit      string `json:"permit,omitempty"`
	Transit     bool   `json:"transit,omitempty"`
	Whitelisted bool   `json:"whitelisted,omitempty"`
	Origin      string `json:"origin,omitempty"`
	RiskStop    bool   `json:"riskStop,omitempty"`
}

// Reconciliation is a shift that was worked without a network.
type Reconciliation struct {
	Device string    `json:"device"`
	Passes []NewPass `json:"passes"`
}

// Reconciled says what became of each: in = accepted + repeated + rejected.
type Reconciled struct {
	In        int               `json:"in"`
	Accepted  int               `json:"accepted"`
	Repeated  int               `json:"repeated"`
	Rejected  []ReconcileReject `json:"rejected"`
	Different []ReconcileOther  `json:"different" doc:"passes on which the server would have decided otherwise, with what it knows"`
}

// ReconcileReject is a pass that could not be taken, and why.
type ReconcileReject struct {
	ID   seawall.PassID    `json:"id"`
	Row  int               `json:"row"`
	Code string            `json:"code"`
	Args map[string]string `json:"args,omitempty"`
	// Field is the field that is wrong.
	Field string `json:"field,omitempty"`
	Why   string `json:"why,omitempty" doc:"in the reader's language"`
}

// ReconcileOther is a decision beside the one that the server's facts give.
type ReconcileOther struct {
	ID    seawall.PassID `json:"id"`
	Then  string         `json:"then"`
	Now   string         `json:"now"`
	Rule  string         `json:"rule"`
	Trace seawall.LoopID `json:"trace,omitempty" doc:"the duty that was opened because of it"`
}

// MyPass is a decision as the driver reads it under the complaint code.
type MyPass struct {
	Site     seawall.Text `json:"site"`
	At       time.Time    `json:"at"`
	Mask     string       `json:"mask"`
	Decision string       `json:"decision"`
	Reason   seawall.Text `json:"reason"`
	Source   seawall.Text `json:"source"`
	// Until is when a hold ends at the latest, Ended when it did.
	Until time.Time `json:"until"`
	Ended time.Time `json:"ended"`
	Call  string    `json:"call,omitempty"`
}

// Complaint is what a driver writes about a decision.
type Complaint struct {
	Request string `json:"request" doc:"id minted by the caller, at least 16 characters"`
	Text    string `json:"text"`
	Phone   string `json:"phone,omitempty"`
}
