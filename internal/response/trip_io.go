package response

import (
	"time"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/casebook"
	"github.com/seawall-city/seawall/internal/freight"
	"github.com/seawall-city/seawall/internal/ledger"
	"github.com/seawall-city/seawall/internal/relief"
	"github.com/seawall-city/seawall/internal/vault"
)

// NewCrew is one of those on a vehicle. The identity goes into the vault.
type NewCrew struct {
	Person   seawall.PersonNo `json:"person,omitempty"`
	Identity Identity         `json:"identity"`
	Role     string           `json:"role,omitempty" doc:"driver, second or escort; the first is the driver"`
}

// NewStop is one place of a route.
type NewStop struct {
	Kind string         `json:"kind" doc:"gate, service_area, consignee or point"`
	Ref  string         `json:"ref,omitempty" doc:"the gate's or service area's id"`
	Name string         `json:"name"`
	Area seawall.AreaID `json:"area,omitempty"`
}

// NewTrip is a trip as it is declared.
type NewTrip struct {
	Request string `json:"request" doc:"id minted by the caller, at least 16 characters: sent twice it is one trip"`
	// External is the carrier's own id of the trip.
	External      string         `json:"external,omitempty"`
	Plate         string         `json:"plate" doc:"kept as a keyed token and a mask only"`
	Crew          []NewCrew      `json:"crew"`
	Cargo         string         `json:"cargo"`
	CargoKind     string         `json:"cargoKind" doc:"food, medicine, energy, fertiliser, parts, parcels, cold_chain, other or empty"`
	Consignee     string         `json:"consignee,omitempty"`
	ConsigneeArea seawall.AreaID `json:"consigneeArea,omitempty"`
	Origin        string         `json:"origin,omitempty" doc:"division code of where the journey began"`
	Left          seawall.Day    `json:"left"`
	Route         []NewStop      `json:"route,omitempty"`
	Planned       time.Time      `json:"planned" doc:"when it is expected at the gate"`
	Short         string         `json:"short,omitempty" doc:"why it is declared later than a day ahead"`
	Transit       bool           `json:"transit,omitempty"`
	Seal          string         `json:"seal,omitempty"`
	Escort        string         `json:"escort,omitempty" doc:"escort, point or empty"`
	Invented      bool           `json:"invented,omitempty"`
}

// DeclaredTrip is the answer to a declaration.
type DeclaredTrip struct {
	Trip freight.Trip `json:"trip"`
	// Code opens the driver's card; it is given in the answer to declaring alone.
	Code string `json:"code,omitempty"`
	// Permit is there where it was issued at once.
	Permit *freight.Permit `json:"permit,omitempty"`
	// Duplicates may be the same persons; they stop nothing.
	Duplicates []vault.Candidate `json:"duplicates,omitempty"`
}

// TripFilter selects trips for staff.
type TripFilter struct {
	Area    seawall.AreaID
	States  []string
	Flag    string
	Carrier seawall.CarrierID
	Text    string
	Sort    string
}

// TripView is everything on the page of a trip.
type TripView struct {
	Trip      freight.Trip    `json:"trip"`
	AreaName  seawall.Text    `json:"areaName"`
	Crew      []freight.Crew  `json:"crew"`
	Legs      []freight.Leg   `json:"legs"`
	Holder    *freight.Leg    `json:"holder,omitempty" doc:"who answers now"`
	Moves     []freight.Move  `json:"moves"`
	Visits    []freight.Visit `json:"visits"`
	Permit    *freight.Permit `json:"permit,omitempty"`
	TicketQR  string          `json:"ticketQR,omitempty" doc:"the permit as an SVG"`
	PermitNow string          `json:"permitNow" doc:"valid, expired, early, revoked or empty"`
	Requests  []relief.Help   `json:"requests"`
	Four      freight.Four    `json:"four"`
	Loop      *LoopView       `json:"loop,omitempty"`
	Falls     []LoopView      `json:"falls" doc:"the duties of a stranded or orphaned trip"`
	Next      *freight.Stop   `json:"next,omitempty"`
	Events    []ledger.Event  `json:"events"`
}

// NewPermit asks for a permit.
type NewPermit struct {
	Version int       `json:"version,omitempty"`
	From    time.Time `json:"from,omitzero" doc:"now where it is left out"`
	Until   time.Time `json:"until,omitzero" doc:"two days after the planned arrival where it is left out"`
	Gates   []string  `json:"gates,omitempty" doc:"ids or names of the gates it is good for; those of the route where it is left out"`
}

// PermitAsk asks whether a permit fits what stands at a gate.
type PermitAsk struct {
	Ticket string         `json:"ticket,omitempty" doc:"the permit's text; else the trip's permit"`
	Trip   seawall.TripID `json:"trip,omitempty"`
	Plate  string         `json:"plate,omitempty"`
	Crew   []Identity     `json:"crew,omitempty"`
	Gate   []string       `json:"gate,omitempty" doc:"the gate's id and name"`
	At     time.Time      `json:"at,omitzero"`
}

// PermitFit is the answer.
type PermitFit struct {
	Permit string           `json:"permit" doc:"valid, expired, early, forged, crew, vehicle, route, revoked or empty"`
	Why    seawall.Text     `json:"why"`
	No     string           `json:"no,omitempty"`
	Trip   seawall.TripID   `json:"trip,omitempty"`
	ID     seawall.PermitID `json:"id,omitempty"`
}

// NewMove is a movement as it is recorded.
type NewMove struct {
	Version int            `json:"version,omitempty"`
	Kind    string         `json:"kind" doc:"gate, in, unload_start, unload_end, exit, seen or serve"`
	At      time.Time      `json:"at,omitzero"`
	Place   string         `json:"place"`
	Area    seawall.AreaID `json:"area,omitempty"`
	Ref     seawall.Ref    `json:"ref,omitzero"`
	Note    string         `json:"note,omitempty"`
}

// NewLeg offers a trip to whoever takes it over.
type NewLeg struct {
	Version  int            `json:"version,omitempty"`
	Receiver string         `json:"receiver"`
	Role     string         `json:"role" doc:"carrier, gate, escort, service_area, consignee, community or city"`
	Place    string         `json:"place"`
	Area     seawall.AreaID `json:"area,omitempty"`
	Note     string         `json:"note,omitempty"`
}

// TakeLeg accepts an offer.
type TakeLeg struct {
	Version int    `json:"version,omitempty"`
	Leg     string `json:"leg,omitempty" doc:"the offer; the last one where it is left out"`
	By      string `json:"by,omitempty" doc:"the post that accepts, where it is not the caller"`
	Note    string `json:"note,omitempty"`
}

// TripEnd cancels a trip, or takes one back that was recorded by mistake.
type TripEnd struct {
	Version int    `json:"version,omitempty"`
	Reason  string `json:"reason"`
	Mistake bool   `json:"mistake,omitempty" doc:"the trip never was: it is taken back with all that hung on it"`
}

// NewPositive says that one of a crew was found positive.
type NewPositive struct {
	Version int            `json:"version,omitempty"`
	Case    seawall.CaseID `json:"case" doc:"the case of one of the crew"`
	Found   time.Time      `json:"found,omitzero"`
	Letter  string         `json:"letter,omitempty" doc:"number of the assistance letter"`
}

// TripPositive says what followed.
type TripPositive struct {
	Trip freight.Trip `json:"trip"`
	// Stays were recorded for the case from the visits to service areas.
	Stays []casebook.Stay `json:"stays"`
	// Told are those who were told, by place and post.
	Told []TripTold `json:"told"`
	// Notices are what the public reads: place and time, no name.
	Notices []ExposureNotice `json:"notices"`
}

// TripTold is one node that was told.
type TripTold struct {
	Place string       `json:"place"`
	Post  string       `json:"post"`
	Ahead bool         `json:"ahead" doc:"the next node, before the vehicle comes"`
	Text  seawall.Text `json:"text"`
}

// ExposureNotice names a place and a time, and nobody.
type ExposureNotice struct {
	Place seawall.Text `json:"place"`
	Where string       `json:"where,omitempty"`
	From  time.Time    `json:"from"`
	To    time.Time    `json:"to"`
	Told  time.Time    `json:"told"`
	Text  seawall.Text `json:"text"`
}

// FindTrip looks for the trip of a letter: by plate, by one of the crew, by days.
type FindTrip struct {
	Plate string      `json:"plate,omitempty"`
	Who   *Identity   `json:"who,omitempty"`
	From  seawall.Day `json:"from,omitempty"`
	To    seawall.Day `json:"to,omitempty"`
}

// FoundTrip is one that was found.
type FoundTrip struct {
	Trip   freight.Trip    `json:"trip"`
	Crew   []freight.Crew  `json:"crew"`
	Visits []freight.Visit `json:"visits"`
	// Why: "plate", "crew" or both.
	Why []string `json:"why"`
}

// MyTrip is a trip as its driver reads it behind the card's code: no name.
type MyTrip struct {
	No        string         `json:"no"`
	At        time.Time      `json:"at"`
	Code      string         `json:"code,omitempty"`
	QR        string         `json:"qr,omitempty" doc:"the card's code as an SVG"`
	PlateMask string         `json:"plateMask"`
	State     string         `json:"state"`
	Transit   bool           `json:"transit,omitempty"`
	Cargo     string         `json:"cargo"`
	Planned   time.Time      `json:"planned"`
	Route     []freight.Stop `json:"route"`
	Next      *freight.Stop  `json:"next,omitempty"`
	// Ticket is the permit's text, which a gate reads without a network.
	Permit    string         `json:"permit" doc:"valid, expired, early, revoked or empty"`
	PermitNo  string         `json:"permitNo,omitempty"`
	Ticket    string         `json:"ticket,omitempty"`
	TicketQR  string         `json:"ticketQR,omitempty" doc:"the permit as an SVG"`
	Holder    string         `json:"holder" doc:"who answers now"`
	Call      string         `json:"call" doc:"the post that answers in the city"`
	CallPlace seawall.Text   `json:"callPlace"`
	Needs     []MyHelp       `json:"needs"`
	Moves     []freight.Move `json:"moves"`
	// Advice says what to do next in one sentence.
	Advice seawall.Text `json:"advice"`
}

// CardRequest is what a driver asks for.
type CardRequest struct {
	Request string `json:"request" doc:"id minted by the caller, at least 16 characters: sent twice it is filed once"`
	Kind    string `json:"kind" doc:"food, water, toilet, medicine, rest, doctor or complaint"`
	Words   string `json:"words,omitempty"`
	Place   string `json:"place,omitempty"`
	Phone   string `json:"phone,omitempty"`
}

// TripRow says what became of one row of a carrier.
type TripRow struct {
	Row      int            `json:"row"`
	External string         `json:"external,omitempty"`
	Trip     seawall.TripID `json:"trip,omitempty"`
	No       string         `json:"no,omitempty"`
	// Fate: "new", "unchanged" or "rejected".
	Fate string            `json:"fate"`
	Code string            `json:"code,omitempty"`
	Args map[string]string `json:"args,omitempty"`
	// Card is the code of the driver's card, given once.
	Card string `json:"card,omitempty"`
}

// TripBatch counts the rows of a carrier: Rows = Accepted + Rejected, the accepted
// ones New + Unchanged.
type TripBatch struct {
	Rows      int       `json:"rows"`
	Accepted  int       `json:"accepted"`
	Rejected  int       `json:"rejected"`
	New       int       `json:"new"`
	Unchanged int       `json:"unchanged"`
	Items     []TripRow `json:"items"`
}
