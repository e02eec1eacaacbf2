// Package goods keeps lots and parcels from abroad or from a graded area, and the
// places whose surfaces, air or water are sampled: what was taken of them, what the
// laboratory found, how they were disinfected, who has them, and whether they may be
// released (人、物、环境同防). Which records a kind of goods needs stands in dated
// files (Rules); nothing of it is compiled in. Duties about goods are loops under
// the protocols "lot", "investigation" and "disinfection". Those who worked on goods
// are person numbers and masks.
package goods

import (
	"context"
	"time"

	"github.com/seawall-city/seawall"
)

// The states of a lot, in the order of its way.
const (
	Expected = "expected" // announced, not here yet
	Held     = "held"     // here; nothing leaves before the records are there
	Sealed   = "sealed"   // a sample of it, or of what it belongs to, was positive
	Released = "released"
	Disposed = "disposed" // destroyed or sent back after a positive
)

// States lists the states of a lot in order.
func States() []string { return []string{Expected, Held, Sealed, Released, Disposed} }

// Here reports whether a lot in this state is kept back in the city.
func Here(state string) bool { return state == Held || state == Sealed }

// Lot is a lot of goods or one parcel.
type Lot struct {
	ID seawall.LotID `json:"id"`
	No string        `json:"no"` // "L-2022-00001"
	// Kind is a kind of goods of the rules ("cold_chain").
	Kind     string `json:"kind"`
	Name     string `json:"name"`
	Quantity int    `json:"quantity"` // in Unit
	Unit     string `json:"unit,omitempty"`
	// Origin is where it comes from: a country or a division code. Mark is what is
	// written on it: the container's, waybill's or parcel's number.
	Origin    string           `json:"origin"`
	Mark      string           `json:"mark,omitempty"`
	Consignee string           `json:"consignee,omitempty"`
	Place     string           `json:"place"` // where it is now
	Area      seawall.AreaPath `json:"area"`
	// Trip is the lorry's journey that brought it, where that is on record.
	Trip seawall.TripID `json:"trip,omitempty"`
	// Parent is the lot that it was cut from, Root the first of that family: a
	// positive is traced backward and forward along both and along custody.
	Parent seawall.LotID `json:"parent,omitempty"`
	Root   seawall.LotID `json:"root"`
	State  string        `json:"state"`
	// Before is the state in which a positive found it.
	Before string `json:"before,omitempty"`
	// Rules is "id@hash" of the file that was in force when it arrived.
	Rules     string    `json:"rules,omitempty"`
	ArrivedAt time.Time `json:"arrivedAt"`
	// TouchedAt is the first contact with people, zero where none was yet.
	TouchedAt  time.Time `json:"touchedAt"`
	SealedAt   time.Time `json:"sealedAt"`
	ReleasedAt time.Time `json:"releasedAt"`
	ReleasedBy string    `json:"releasedBy,omitempty"`
	// Positive is the sample for which it is sealed.
	Positive  string              `json:"positive,omitempty"`
	Reason    string              `json:"reason,omitempty"` // why sealed by hand, or disposed of
	Invented  bool                `json:"invented,omitempty"`
	Loop      seawall.LoopID      `json:"loop,omitempty"`
	Owner     seawall.PrincipalID `json:"owner,omitempty"`
	OwnerName string              `json:"ownerName"`
	CreatedAt time.Time           `json:"createdAt"`
	Version   int                 `json:"version"`
}

// Ref points to the lot.
func (l Lot) Ref() seawall.Ref { return seawall.Ref{Kind: seawall.KindLot, ID: string(l.ID)} }

// Point is a place whose surfaces, air or water are sampled.
type Point struct {
	ID   seawall.PointID  `json:"id"`
	No   string           `json:"no"` // "E-2022-00001"
	Kind string           `json:"kind"`
	Name string           `json:"name"`
	Area seawall.AreaPath `json:"area"`
	// EveryDays is how often it is sampled; SampledAt the last time.
	EveryDays int       `json:"everyDays"`
	SampledAt time.Time `json:"sampledAt"`
	// Positive is the sample that stands against it.
	Positive  string              `json:"positive,omitempty"`
	Closed    bool                `json:"closed,omitempty"`
	Invented  bool                `json:"invented,omitempty"`
	Loop      seawall.LoopID      `json:"loop,omitempty"` // its investigation
	Owner     seawall.PrincipalID `json:"owner,omitempty"`
	OwnerName string              `json:"ownerName"`
	CreatedAt time.Time           `json:"createdAt"`
	Version   int                 `json:"version"`
}

// Ref points to the place.
func (p Point) Ref() seawall.Ref { return seawall.Ref{Kind: seawall.KindPoint, ID: string(p.ID)} }

// Due is when a place is sampled next: at once where it never was.
func (p Point) Due() time.Time {
	if p.SampledAt.IsZero() {
		return p.CreatedAt
	}
	return p.SampledAt.AddDate(0, 0, p.EveryDays)
}

// PointKinds lists the kinds of places that are sampled.
func PointKinds() []string {
	return []string{"cold_store", "market", "parcel_hub", "port", "quarantine_hotel", "waste_water"}
}

// The outcomes of a sample.
const (
	Negative = "negative"
	Positive = "positive"
	Invalid  = "invalid" // taken or kept wrongly: it says nothing
)

// Retracted is the state of a sample whose result was taken back.
const Retracted = "retracted"

// What a sample or a disinfection is of.
const (
	Outer   = "outer"   // the outer packing
	Inner   = "inner"   // the goods or the inner packing
	Vehicle = "vehicle" // the container or the vehicle
	Surface = "surface"
	Air     = "air"
	Water   = "water"
)

// Parts lists what is sampled or disinfected.
func Parts() []string { return []string{Outer, Inner, Vehicle, Surface, Air, Water} }

// Sample is what was taken of a lot or at a place, and what came of it. The
// laboratory knows it by its accession number alone.
type Sample struct {
	ID        string      `json:"id"`
	About     seawall.Ref `json:"about"` // a lot or a place
	Accession string      `json:"accession"`
	What      string      `json:"what"`
	Spots     int         `json:"spots"`
	Collected time.Time   `json:"collected"`
	By        string      `json:"by"`
	// Outcome is "" until the laboratory has told it, at Resulted.
	Outcome  string           `json:"outcome,omitempty"`
	Value    string           `json:"value,omitempty"` // a Ct value, for example
	Lab      string           `json:"lab,omitempty"`
	Resulted time.Time        `json:"resulted"`
	Disease  string           `json:"disease,omitempty"`
	State    string           `json:"state"` // "valid" or "retracted"
	Reason   string           `json:"reason,omitempty"`
	Area     seawall.AreaPath `json:"area"`
	// Investigation and Disinfection are the duties that a positive one opened.
	Investigation seawall.LoopID `json:"investigation,omitempty"`
	Disinfection  seawall.LoopID `json:"disinfection,omitempty"`
	Version       int            `json:"version"`
}

// Ref points to the sample: the fact on which everything after a positive hangs.
func (s Sample) Ref() seawall.Ref { return seawall.Ref{Kind: seawall.KindSample, ID: s.ID} }

// Stands reports whether a sample's result counts.
func (s Sample) Stands() bool { return s.State != Retracted && !s.Resulted.IsZero() }

// Treatment is one disinfection of a lot or a place.
type Treatment struct {
	ID       string      `json:"id"`
	About    seawall.Ref `json:"about"`
	What     string      `json:"what"`
	Agent    string      `json:"agent"`
	Strength float64     `json:"strength,omitempty"` // mg/L
	Minutes  int         `json:"minutes"`            // of contact
	At       time.Time   `json:"at"`
	By       string      `json:"by"`
	Note     string      `json:"note,omitempty"`
	Version  int         `json:"version"`
}

// Leg is one stretch of custody of a lot: giver, receiver, place, time. Until the
// receiver accepts, the giver answers.
type Leg struct {
	ID       string           `json:"id"`
	Lot      seawall.LotID    `json:"lot"`
	Giver    string           `json:"giver"`
	Receiver string           `json:"receiver"`
	Place    string           `json:"place"`
	Area     seawall.AreaPath `json:"area,omitempty"`
	Offered  time.Time        `json:"offered"`
	Accepted time.Time        `json:"accepted"`
	Ended    time.Time        `json:"ended"`
	By       string           `json:"by"`
	Note     string           `json:"note,omitempty"`
	Version  int              `json:"version"`
}

// Worker is somebody who worked on a lot or at a place: a person number and a mask.
// Nothing follows for them from the work; after a positive they are proposed as a
// contact, which has no effect before a named epidemiologist confirms it.
type Worker struct {
	ID     string           `json:"id"`
	About  seawall.Ref      `json:"about"`
	Person seawall.PersonNo `json:"person"`
	Mask   string           `json:"mask"`
	Work   string           `json:"work"` // what they did
	Unit   string           `json:"unit,omitempty"`
	On     seawall.Day      `json:"on"`
	// Contact is the candidate that the last positive made of them, Sample that one.
	Contact seawall.ContactID `json:"contact,omitempty"`
	Sample  string            `json:"sample,omitempty"`
	Version int               `json:"version"`
}

// Ref points to the row.
func (w Worker) Ref() seawall.Ref { return seawall.Ref{Kind: seawall.KindWorker, ID: w.ID} }

// Query selects lots.
type Query struct {
	Scope  seawall.Scope
	States []string // empty: all that are expected, held or sealed
	Kind   string
	// Text is the beginning of a number.
	Text string
	Page seawall.Page
}

// Store is what this package needs of the database; the rules of casebook.Store
// hold (versions, hand-over of rows to the next event).
type Store interface {
	NextNo(ctx context.Context, tx seawall.Tx, series string) (int, error)

	SaveLot(ctx context.Context, tx seawall.Tx, l Lot) error
	Lot(ctx context.Context, tx seawall.Tx, id seawall.LotID) (Lot, error)
	// LotByMark reads a lot of that mark and kind, for being told twice.
	LotByMark(ctx context.Context, tx seawall.Tx, kind, mark string) (Lot, error)
	// LotsOfRoot gives a lot with all that was cut from it, oldest first.
	LotsOfRoot(ctx context.Context, tx seawall.Tx, root seawall.LotID) ([]Lot, error)
	Lots(ctx context.Context, tx seawall.Tx, q Query) ([]Lot, string, int, error)
	LotCounts(ctx context.Context, tx seawall.Tx, scope seawall.Scope) (map[string]int, error)

	SavePoint(ctx context.Context, tx seawall.Tx, p Point) error
	Point(ctx context.Context, tx seawall.Tx, id seawall.PointID) (Point, error)
	// Points gives the places of a scope, by number.
	Points(ctx context.Context, tx seawall.Tx, scope seawall.Scope) ([]Point, error)

	SaveSample(ctx context.Context, tx seawall.Tx, s Sample) error
	Sample(ctx context.Context, tx seawall.Tx, id string) (Sample, error)
	SampleByAccession(ctx context.Context, tx seawall.Tx, accession string) (Sample, error)
	SamplesOf(ctx context.Context, tx seawall.Tx, about seawall.Ref) ([]Sample, error)
	SaveTreatment(ctx context.Context, tx seawall.Tx, t Treatment) error
	TreatmentsOf(ctx context.Context, tx seawall.Tx, about seawall.Ref) ([]Treatment, error)
	SaveLotLeg(ctx context.Context, tx seawall.Tx, l Leg) error
	LotLegsOf(ctx context.Context, tx seawall.Tx, id seawall.LotID) ([]Leg, error)
	SaveWorker(ctx context.Context, tx seawall.Tx, w Worker) error
	WorkersOf(ctx context.Context, tx seawall.Tx, about seawall.Ref) ([]Worker, error)
	WorkersOfPerson(ctx context.Context, tx seawall.Tx, no seawall.PersonNo) ([]Worker, error)
}
