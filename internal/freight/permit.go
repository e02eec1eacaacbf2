package freight

import (
	"slices"
	"time"

	"github.com/seawall-city/seawall"
)

// The answers of Fit, which are also the facts of a gate's decision.
const (
	PermitNone    = ""
	PermitValid   = "valid"
	PermitExpired = "expired"
	PermitEarly   = "early"
	PermitForged  = "forged"
	PermitCrew    = "crew"
	PermitVehicle = "vehicle"
	PermitRoute   = "route"
	PermitRevoked = "revoked"
)

// Permit lets one vehicle with one crew drive one route between two instants
// (重点物资运输车辆通行证). It holds tokens and masks, never names.
type Permit struct {
	ID   seawall.PermitID `json:"id"`
	No   string           `json:"no"` // "P-2022-00001"
	Trip seawall.TripID   `json:"trip"`
	// Plate and Crew are keyed tokens.
	Plate     string   `json:"plate"`
	PlateMask string   `json:"plateMask"`
	Crew      []string `json:"crew"`
	// Route are the ids, else the names, of the gates that it is good for; empty is
	// good for all.
	Route []string  `json:"route"`
	From  time.Time `json:"from"`
	Until time.Time `json:"until"`
	// Ticket is the signed text that a phone checks without a network.
	Ticket   string    `json:"ticket"`
	IssuedBy string    `json:"issuedBy"`
	IssuedAt time.Time `json:"issuedAt"`
	// Revoked is when and Reason why it was taken back.
	Revoked time.Time `json:"revoked"`
	Reason  string    `json:"reason,omitempty"`
	Version int       `json:"version"`
}

// Ref points to the permit.
func (p Permit) Ref() seawall.Ref { return seawall.Ref{Kind: seawall.KindPermit, ID: string(p.ID)} }

// Shown is what stands at a gate: tokens, the gate, the instant. What nobody
// looked at is left empty and not compared.
type Shown struct {
	Plate string
	Crew  []string
	Gate  []string // the gate's id and name
	At    time.Time
}

// Fit says whether a permit fits what stands at the gate, and where not: revoked
// first, then the dates, the vehicle, the crew (each of them must be on it), the
// route.
func (p Permit) Fit(s Shown) string {
	switch {
	case p.ID == "":
		return PermitNone
	case !p.Revoked.IsZero() && !s.At.Before(p.Revoked):
		return PermitRevoked
	case s.At.Before(p.From):
		return PermitEarly
	case !s.At.Before(p.Until):
		return PermitExpired
	case s.Plate != "" && s.Plate != p.Plate:
		return PermitVehicle
	}
	for _, c := range s.Crew {
		if !slices.Contains(p.Crew, c) {
			return PermitCrew
		}
	}
	if len(p.Route) > 0 && len(s.Gate) > 0 && !slices.ContainsFunc(s.Gate, func(g string) bool { return slices.Contains(p.Route, g) }) {
		return PermitRoute
	}
	return PermitValid
}
