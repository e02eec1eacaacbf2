// Package freight keeps what lorries, their crews and their loads do in the city:
// the trip from its declaration to its end, the permit, who answers for it from
// hand-over to hand-over, service areas, carriers, road closures, and the four
// guarantees (四个到位) that are measured on them. It holds the facts and the rules
// about them; their duties are loops under the protocols "trip", "stranded" and
// "orphan". Crews are person numbers and masks; plates are keyed tokens and masks.
package freight

import (
	"context"
	"time"

	"github.com/seawall-city/seawall"
)

// The states of a trip, in the order of the journey.
const (
	Declared   = "declared"
	Permitted  = "permitted"
	Travelling = "travelling"
	AtGate     = "at_gate"
	Inside     = "inside"
	Unloading  = "unloading"
	Left       = "left"
	HandedOn   = "handed_on"
	Cancelled  = "cancelled"
	Retracted  = "retracted"
)

// States lists the states of a trip in order.
func States() []string {
	return []string{Declared, Permitted, Travelling, AtGate, Inside, Unloading, Left, HandedOn, Cancelled, Retracted}
}

// Running reports whether a trip in this state still goes on.
func Running(state string) bool {
	switch state {
	case Left, HandedOn, Cancelled, Retracted, "":
		return false
	}
	return true
}

// Here reports whether a trip in this state stands or drives in the city.
func Here(state string) bool { return state == AtGate || state == Inside || state == Unloading }

// The channels by which a trip was declared.
const (
	BySelf    = "self"    // the driver, without an account
	ByCarrier = "carrier" // the carrier's own system
	ByFile    = "file"    // a table of the carrier
	ByStaff   = "staff"   // typed in for the driver, or found later
)

// The kinds of stops of a route.
const (
	StopGate        = "gate"
	StopServiceArea = "service_area"
	StopConsignee   = "consignee"
	StopPoint       = "point" // any other prescribed place
)

// Stop is one place of a route, in the order of driving.
type Stop struct {
	Kind string `json:"kind" enum:"gate,service_area,consignee,point"`
	// Ref is the gate's or service area's id, where it is one of the city's.
	Ref  string           `json:"ref,omitempty"`
	Name string           `json:"name"`
	Area seawall.AreaPath `json:"area,omitempty"`
}

// Trip is one journey of one vehicle with its crew and load.
type Trip struct {
	ID seawall.TripID `json:"id"`
	No string         `json:"no"` // "T-2022-00001"
	// Carrier is "" for a driver on their own account.
	Carrier     seawall.CarrierID `json:"carrier,omitempty"`
	CarrierName string            `json:"carrierName,omitempty"`
	// Plate is the keyed token of the plate, PlateMask what lists show ("苏J·**345").
	Plate     string `json:"plate"`
	PlateMask string `json:"plateMask"`
	// People is how many travel; Mask the first driver's.
	People int    `json:"people"`
	Mask   string `json:"mask"`
	// Cargo in words; CargoKind one of CargoKinds.
	Cargo         string           `json:"cargo"`
	CargoKind     string           `json:"cargoKind"`
	Consignee     string           `json:"consignee,omitempty"`
	ConsigneeArea seawall.AreaPath `json:"consigneeArea,omitempty"`
	// Origin is the division code of where the journey began, Left the day it left.
	Origin string      `json:"origin,omitempty"`
	Left   seawall.Day `json:"left"`
	Route  []Stop      `json:"route"`
	// Planned is when it is expected at the gate; Short says why it was declared
	// later than the announced hours before.
	Planned time.Time `json:"planned"`
	Short   string    `json:"short,omitempty"`
	// Transit trucks only pass: sealed, on the prescribed route, without a stop.
	Transit bool   `json:"transit,omitempty"`
	Seal    string `json:"seal,omitempty"`
	// Escort is "escort", "point" (point to point) or "" where neither is asked.
	Escort  string `json:"escort,omitempty"`
	Channel string `json:"channel"`
	// External is the carrier's own id of the trip.
	External string `json:"external,omitempty"`
	// Secret is the keyed hash of the card's code; it leaves the server in no answer.
	Secret string `json:"secret,omitempty"`
	State  string `json:"state"`
	// Stranded and Orphan are set while the duty of that kind is open.
	Stranded bool `json:"stranded,omitempty"`
	Orphan   bool `json:"orphan,omitempty"`
	// Deviations counts stops that the prescribed route does not have.
	Deviations int `json:"deviations,omitempty"`
	// SeenAt is the last sign: a movement, a service, a hand-over; SeenPlace where.
	SeenAt    time.Time `json:"seenAt"`
	SeenPlace string    `json:"seenPlace,omitempty"`
	// ArrivedAt is when it came to the gate, EnteredAt when it passed inwards.
	ArrivedAt time.Time `json:"arrivedAt"`
	EnteredAt time.Time `json:"enteredAt"`
	EndedAt   time.Time `json:"endedAt"`
	// Area is where it is now, else where it goes: the community of stay.
	Area seawall.AreaPath `json:"area"`
	// Positive names the case found among the crew, FoundAt when.
	Positive  seawall.CaseID      `json:"positive,omitempty"`
	FoundAt   time.Time           `json:"foundAt"`
	Permit    seawall.PermitID    `json:"permit,omitempty"`
	Reason    string              `json:"reason,omitempty"` // of a cancellation or retraction
	Invented  bool                `json:"invented,omitempty"`
	Loop      seawall.LoopID      `json:"loop,omitempty"`
	Owner     seawall.PrincipalID `json:"owner,omitempty"`
	OwnerName string              `json:"ownerName"`
	CreatedAt time.Time           `json:"createdAt"`
	Version   int                 `json:"version"`
}

// Ref points to the trip.
func (t Trip) Ref() seawall.Ref { return seawall.Ref{Kind: seawall.KindTrip, ID: string(t.ID)} }

// CargoKinds lists the kinds of load.
func CargoKinds() []string {
	return []string{"food", "medicine", "energy", "fertiliser", "parts", "parcels", "cold_chain", "other", "empty"}
}

// Crew is one of those on a vehicle.
type Crew struct {
	ID     string           `json:"id"`
	Trip   seawall.TripID   `json:"trip"`
	Person seawall.PersonNo `json:"person"`
	Mask   string           `json:"mask"`
	Role   string           `json:"role"` // "driver", "second", "escort"
	// Token is the keyed token of the document, by which a permit knows them.
	Token   string `json:"token"`
	Version int    `json:"version"`
}

// The kinds of movements of a trip.
const (
	MoveGate        = "gate" // at the gate
	MoveIn          = "in"   // passed inwards
	MoveUnloadStart = "unload_start"
	MoveUnloadEnd   = "unload_end"
	MoveExit        = "exit"
	MoveSeen        = "seen"  // seen somewhere, for example in a service area
	MoveServe       = "serve" // somebody looked after the crew
)

// Move is one thing that a trip did, with its place and source.
type Move struct {
	ID     string           `json:"id"`
	Trip   seawall.TripID   `json:"trip"`
	Kind   string           `json:"kind"`
	At     time.Time        `json:"at"`
	Place  string           `json:"place"`
	Area   seawall.AreaPath `json:"area,omitempty"`
	Ref    seawall.Ref      `json:"ref"` // the gate, service area or pass behind it
	Source string           `json:"source"`
	Note   string           `json:"note,omitempty"`
	// Off marks a stop that the prescribed route does not have.
	Off     bool `json:"off,omitempty"`
	Version int  `json:"version"`
}

// Leg is one stretch of who answers for a trip: its giver, its receiver, its place
// and its time. Until the receiver accepts, the giver answers.
type Leg struct {
	ID       string           `json:"id"`
	Trip     seawall.TripID   `json:"trip"`
	Giver    string           `json:"giver"`
	Receiver string           `json:"receiver"`
	Role     string           `json:"role"` // of the receiver: "carrier", "gate", "escort", "service_area", "consignee", "community", "city"
	Place    string           `json:"place"`
	Area     seawall.AreaPath `json:"area,omitempty"`
	Offered  time.Time        `json:"offered"`
	Accepted time.Time        `json:"accepted"`
	Ended    time.Time        `json:"ended"`
	// GapAt is when nobody had accepted in time and the level above was told.
	GapAt   time.Time `json:"gapAt,omitzero"`
	By      string    `json:"by"`
	Note    string    `json:"note,omitempty"`
	Version int       `json:"version"`
}

// Roles lists who may take a trip over.
func Roles() []string {
	return []string{"carrier", "gate", "escort", "service_area", "consignee", "community", "city"}
}

// Query selects trips.
type Query struct {
	Scope  seawall.Scope
	States []string // empty: all that go on
	// Flag: "stranded", "orphan", "positive", "transit", "late" (declared too late).
	Flag    string
	Carrier seawall.CarrierID
	// Text is the beginning of a number; Plate a token.
	Text  string
	Plate string
	// Sort: "planned" (default), "newest" or "seen" (longest without a sign first).
	Sort string
	Page seawall.Page
}

// Store is what this package needs of the database; the rules of casebook.Store
// hold (versions, hand-over of rows to the next event).
type Store interface {
	NextNo(ctx context.Context, tx seawall.Tx, series string) (int, error)

	SaveTrip(ctx context.Context, tx seawall.Tx, t Trip) error
	Trip(ctx context.Context, tx seawall.Tx, id seawall.TripID) (Trip, error)
	TripBySecret(ctx context.Context, tx seawall.Tx, secret string) (Trip, error)
	TripByExternal(ctx context.Context, tx seawall.Tx, carrier seawall.CarrierID, external string) (Trip, error)
	Trips(ctx context.Context, tx seawall.Tx, q Query) ([]Trip, string, int, error)
	// TripsByPlate gives the trips of a plate, the newest first.
	TripsByPlate(ctx context.Context, tx seawall.Tx, plate string, limit int) ([]Trip, error)
	TripsOfPerson(ctx context.Context, tx seawall.Tx, no seawall.PersonNo) ([]Trip, error)
	// TripCounts counts the trips of a scope by state and flag.
	TripCounts(ctx context.Context, tx seawall.Tx, scope seawall.Scope) (map[string]int, error)
	// TripsSince gives the trips that entered or ended from an instant on.
	TripsSince(ctx context.Context, tx seawall.Tx, scope seawall.Scope, since time.Time) ([]Trip, error)

	SaveCrew(ctx context.Context, tx seawall.Tx, c Crew) error
	CrewOf(ctx context.Context, tx seawall.Tx, id seawall.TripID) ([]Crew, error)
	SaveMove(ctx context.Context, tx seawall.Tx, m Move) error
	MovesOf(ctx context.Context, tx seawall.Tx, id seawall.TripID) ([]Move, error)
	SaveLeg(ctx context.Context, tx seawall.Tx, l Leg) error
	LegsOf(ctx context.Context, tx seawall.Tx, id seawall.TripID) ([]Leg, error)
	SavePermit(ctx context.Context, tx seawall.Tx, p Permit) error
	Permit(ctx context.Context, tx seawall.Tx, id seawall.PermitID) (Permit, error)
	PermitsOf(ctx context.Context, tx seawall.Tx, id seawall.TripID) ([]Permit, error)
	// PermitsOn gives the permits that are valid or revoked and touch a day.
	PermitsOn(ctx context.Context, tx seawall.Tx, day seawall.Day) ([]Permit, error)

	Places
}

// Places is the part of Store about carriers, service areas and roads.
type Places interface {
	SaveCarrier(ctx context.Context, tx seawall.Tx, c Carrier) error
	Carrier(ctx context.Context, tx seawall.Tx, id seawall.CarrierID) (Carrier, error)
	CarrierByKey(ctx context.Context, tx seawall.Tx, hash string) (Carrier, error)
	Carriers(ctx context.Context, tx seawall.Tx) ([]Carrier, error)

	SaveServiceArea(ctx context.Context, tx seawall.Tx, a ServiceArea) error
	ServiceArea(ctx context.Context, tx seawall.Tx, id seawall.ServiceAreaID) (ServiceArea, error)
	ServiceAreas(ctx context.Context, tx seawall.Tx) ([]ServiceArea, error)
	SaveVisit(ctx context.Context, tx seawall.Tx, v Visit) error
	Visit(ctx context.Context, tx seawall.Tx, id string) (Visit, error)
	VisitsOfTrip(ctx context.Context, tx seawall.Tx, id seawall.TripID) ([]Visit, error)
	// VisitsAt gives the visits of a service area that touch [from, to), newest first.
	VisitsAt(ctx context.Context, tx seawall.Tx, id seawall.ServiceAreaID, from, to time.Time) ([]Visit, error)
	// ExposedVisits gives the visits that a notice names, since an instant.
	ExposedVisits(ctx context.Context, tx seawall.Tx, since time.Time) ([]Visit, error)

	SaveClosure(ctx context.Context, tx seawall.Tx, c Closure) error
	Closure(ctx context.Context, tx seawall.Tx, id seawall.ClosureID) (Closure, error)
	Closures(ctx context.Context, tx seawall.Tx, since time.Time) ([]Closure, error)
}
