package response

import (
	"time"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/casebook"
	"github.com/seawall-city/seawall/internal/goods"
	"github.com/seawall-city/seawall/internal/ledger"
	"github.com/seawall-city/seawall/internal/vault"
)

// NewLot is a lot or parcel as it is announced, or as it stands there already.
type NewLot struct {
	Kind      string         `json:"kind" doc:"a kind of goods of the rules: cold_chain, non_cold, parcel, intl_mail"`
	Name      string         `json:"name"`
	Quantity  int            `json:"quantity,omitempty" doc:"in the unit, 1 where left out"`
	Unit      string         `json:"unit,omitempty"`
	Origin    string         `json:"origin" doc:"country or division code where it comes from"`
	Mark      string         `json:"mark,omitempty" doc:"container, waybill or parcel number; told twice it is one lot"`
	Consignee string         `json:"consignee,omitempty"`
	Place     string         `json:"place,omitempty"`
	Area      seawall.AreaID `json:"area,omitempty" doc:"where it is or goes"`
	Trip      seawall.TripID `json:"trip,omitempty" doc:"the journey that brought it"`
	Parent    seawall.LotID  `json:"parent,omitempty" doc:"the lot that it was cut from"`
	Invented  bool           `json:"invented,omitempty"`
}

// LotArrival says that a lot has come.
type LotArrival struct {
	Version int            `json:"version,omitempty"`
	At      time.Time      `json:"at,omitzero" doc:"now where left out"`
	Place   string         `json:"place"`
	Area    seawall.AreaID `json:"area,omitempty"`
	By      string         `json:"by,omitempty" doc:"who has it now"`
}

// NewSample is what is taken of a lot or at a place.
type NewSample struct {
	Accession string    `json:"accession" doc:"the number by which the laboratory knows it"`
	What      string    `json:"what" doc:"outer, inner, vehicle, surface, air or water"`
	Spots     int       `json:"spots,omitempty" doc:"how many spots, 1 where left out"`
	Collected time.Time `json:"collected,omitzero" doc:"now where left out"`
	By        string    `json:"by,omitempty"`
}

// GoodsResult is what the laboratory tells of a sample, by its number alone.
type GoodsResult struct {
	Accession string    `json:"accession"`
	Outcome   string    `json:"outcome" doc:"negative, positive or invalid"`
	Value     string    `json:"value,omitempty"`
	Lab       string    `json:"lab,omitempty"`
	Resulted  time.Time `json:"resulted,omitzero" doc:"now where left out"`
}

// ToldSample is the answer to a result.
type ToldSample struct {
	Sample goods.Sample `json:"sample"`
	// Sealed are the lots that a positive sealed, Candidates those whom it proposed
	// as contacts.
	Sealed     []goods.Lot        `json:"sealed"`
	Candidates []casebook.Contact `json:"candidates"`
}

// NewTreatment is one disinfection.
type NewTreatment struct {
	What     string    `json:"what" doc:"outer, inner, vehicle, surface, air or water"`
	Agent    string    `json:"agent"`
	Strength float64   `json:"strength,omitempty" doc:"mg/L"`
	Minutes  int       `json:"minutes" doc:"of contact"`
	At       time.Time `json:"at,omitzero" doc:"now where left out"`
	Note     string    `json:"note,omitempty"`
}

// NewWorker is one of those who work on goods. The identity goes into the vault.
type NewWorker struct {
	Person   seawall.PersonNo `json:"person,omitempty"`
	Identity Identity         `json:"identity"`
	Work     string           `json:"work" doc:"what they did: unloading, sorting, …"`
	Unit     string           `json:"unit,omitempty"`
	At       time.Time        `json:"at,omitzero" doc:"when; of a lot it is the first contact with people where none was earlier"`
}

// NewWorkers names those who worked on a lot or at a place.
type NewWorkers struct {
	Request string      `json:"request" doc:"id minted by the caller, at least 16 characters: sent twice it is once"`
	Workers []NewWorker `json:"workers"`
}

// NamedWorkers is the answer to naming workers.
type NamedWorkers struct {
	Workers    []goods.Worker     `json:"workers"`
	Candidates []casebook.Contact `json:"candidates" doc:"where a positive stands already"`
	// Duplicates may be the same persons; they stop nothing.
	Duplicates []vault.Candidate `json:"duplicates,omitempty"`
}

// NewLotLeg offers a lot to somebody.
type NewLotLeg struct {
	Version  int            `json:"version,omitempty"`
	Receiver string         `json:"receiver"`
	Place    string         `json:"place"`
	Area     seawall.AreaID `json:"area,omitempty"`
	Note     string         `json:"note,omitempty"`
}

// LotDecision releases, seals or disposes of a lot.
type LotDecision struct {
	Version int    `json:"version,omitempty"`
	Reason  string `json:"reason,omitempty" doc:"needed to seal and to dispose"`
}

// LotFilter selects lots.
type LotFilter struct {
	Area   seawall.AreaID
	States []string
	Kind   string
	Text   string
}

// LotTrace is where a lot was before its positive sample and where it went after
// it; without one all of it lies before.
type LotTrace struct {
	Back    []goods.Leg `json:"back"`
	Forward []goods.Leg `json:"forward"`
	// Family are the lots that it was cut from or that were cut from it.
	Family []goods.Lot `json:"family"`
}

// LotView is everything on the page of a lot.
type LotView struct {
	Lot      goods.Lot     `json:"lot"`
	KindName seawall.Text  `json:"kindName"`
	AreaName seawall.Text  `json:"areaName"`
	Rules    seawall.Text  `json:"rules"`
	Checks   []goods.Check `json:"checks" doc:"what is needed before release, and what of it is there"`
	Lacks    int           `json:"lacks"`
	// CanRelease is set where nothing is missing.
	CanRelease bool              `json:"canRelease"`
	Samples    []goods.Sample    `json:"samples"`
	Treatments []goods.Treatment `json:"treatments"`
	Legs       []goods.Leg       `json:"legs"`
	Holder     string            `json:"holder" doc:"who has it now"`
	Workers    []goods.Worker    `json:"workers"`
	Trace      LotTrace          `json:"trace"`
	Loop       *LoopView         `json:"loop,omitempty"`
	Duties     []LoopView        `json:"duties" doc:"what a positive opened"`
	Events     []ledger.Event    `json:"events"`
}

// GoodsBoard is a list of lots with the counts by state.
type GoodsBoard struct {
	Counts map[string]int `json:"counts"`
	// Kinds are the kinds of goods of the rules in force.
	Kinds []goods.Kind    `json:"kinds"`
	Lots  List[goods.Lot] `json:"lots"`
}

// NewPoint is a place that is sampled.
type NewPoint struct {
	Kind      string         `json:"kind" doc:"cold_store, market, parcel_hub, port, quarantine_hotel or waste_water"`
	Name      string         `json:"name"`
	Area      seawall.AreaID `json:"area"`
	EveryDays int            `json:"everyDays" doc:"how often it is sampled"`
	Invented  bool           `json:"invented,omitempty"`
}

// PointRow is a place in a list.
type PointRow struct {
	goods.Point
	Due     time.Time `json:"due"`
	Overdue bool      `json:"overdue,omitempty"`
}

// PointView is everything on the page of a place.
type PointView struct {
	PointRow
	AreaName   seawall.Text      `json:"areaName"`
	Samples    []goods.Sample    `json:"samples"`
	Treatments []goods.Treatment `json:"treatments"`
	Workers    []goods.Worker    `json:"workers"`
	Duties     []LoopView        `json:"duties"`
	Events     []ledger.Event    `json:"events"`
}
