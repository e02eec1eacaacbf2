package freight

import (
	"slices"
	"time"

	"github.com/seawall-city/seawall"
)

// The services of a service area. The first four are basic: they stay open
// whatever the control (requirements §2.7).
const (
	Fuel   = "fuel"
	Toilet = "toilet"
	Water  = "water" // drinking water, hot
	Shop   = "shop"
	DineIn = "dine_in"
	Rest   = "rest"
	Doctor = "doctor"
)

// Services lists the services, the basic ones first; Basics are those.
func Services() []string { return []string{Fuel, Toilet, Water, Shop, DineIn, Rest, Doctor} }

// Basics are the services that may never be closed.
func Basics() []string { return Services()[:4] }

// The control of a service area.
const (
	ControlOpen   = "open"
	ControlNoDine = "no_dine_in"
	ControlClosed = "closed" // only by a closure with provincial approval
)

// ServiceArea is one motorway service area.
type ServiceArea struct {
	ID   seawall.ServiceAreaID `json:"id"`
	Name seawall.Text          `json:"name"`
	Road string                `json:"road"` // "G15"
	Area seawall.AreaPath      `json:"area"`
	// Spaces are its parking spaces for lorries.
	Spaces int      `json:"spaces"`
	Open   []string `json:"open"` // the services that are open
	// Control is one of the Control… constants; Told when staff last said so.
	Control  string    `json:"control"`
	Told     time.Time `json:"told"`
	ToldBy   string    `json:"toldBy,omitempty"`
	Note     string    `json:"note,omitempty"`
	Invented bool      `json:"invented,omitempty"`
	Version  int       `json:"version"`
}

// Ref points to the service area.
func (a ServiceArea) Ref() seawall.Ref {
	return seawall.Ref{Kind: seawall.KindServiceArea, ID: string(a.ID)}
}

// Missing gives the basic services that are closed.
func (a ServiceArea) Missing() []string {
	var out []string
	for _, b := range Basics() {
		if !slices.Contains(a.Open, b) {
			out = append(out, b)
		}
	}
	return out
}

// CheckStatus says what is wrong with what staff tell of a service area: basic
// services stay open, and nobody closes one by ticking a box. closed says that a
// closure with provincial approval is in force.
func CheckStatus(open []string, control string, closed bool) []seawall.FieldError {
	var f faults
	for _, s := range open {
		if !slices.Contains(Services(), s) {
			f.add("open", "not_a_choice", "value", s)
		}
	}
	if !slices.Contains([]string{ControlOpen, ControlNoDine, ControlClosed}, control) {
		f.add("control", "not_a_choice", "value", control)
	}
	if control == ControlClosed && !closed {
		f.add("control", "service_area_closure")
	}
	if control == ControlNoDine && slices.Contains(open, DineIn) {
		f.add("open", "service_area_dine")
	}
	for _, keep := range []string{Fuel, Toilet} {
		if !slices.Contains(open, keep) && control != ControlClosed {
			continue // it may be out of order: that lacks, and shows
		}
		if control == ControlClosed && !slices.Contains(open, keep) {
			f.add("open", "closure_keeps", "service", keep)
		}
	}
	return f
}

// Visit is one vehicle's stay in a service area.
type Visit struct {
	ID          string                `json:"id"`
	ServiceArea seawall.ServiceAreaID `json:"serviceArea"`
	// Name is the service area's, for lists and notices.
	Name      seawall.Text     `json:"name"`
	Area      seawall.AreaPath `json:"area"`
	Trip      seawall.TripID   `json:"trip,omitempty"`
	Plate     string           `json:"plate,omitempty"`
	PlateMask string           `json:"plateMask,omitempty"`
	People    int              `json:"people"`
	In        time.Time        `json:"in"`
	Out       time.Time        `json:"out"` // zero while they are there
	Where     string           `json:"where,omitempty"`
	Source    string           `json:"source"` // "staff", "camera", "letter", "driver"
	// Case is set when one of the crew was found positive, Told when that was
	// published by place and time.
	Case    seawall.CaseID `json:"case,omitempty"`
	Stay    seawall.StayID `json:"stay,omitempty"`
	Told    time.Time      `json:"told"`
	Version int            `json:"version"`
}

// Ref points to the visit.
func (v Visit) Ref() seawall.Ref { return seawall.Ref{Kind: seawall.KindVisit, ID: v.ID} }
