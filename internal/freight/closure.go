package freight

import (
	"slices"
	"strings"
	"time"

	"github.com/seawall-city/seawall"
)

// The levels that may approve a closure.
const (
	Province = "province"
	City     = "city"
	County   = "county"
)

// What may be closed. The kinds in needsProvince need provincial approval and keep
// fuel and toilets open.
const (
	CloseSegment = "segment"
	CloseGate    = "gate"
	CloseArea    = "service_area"
	ClosePort    = "port"
	CloseStation = "station"
	CloseAirport = "airport"
	// CloseMainLine is a checkpoint on the main line of a motorway: never allowed.
	CloseMainLine = "main_line"
)

// Closure is an order that closes a stretch of road or a place on it.
type Closure struct {
	ID   seawall.ClosureID `json:"id"`
	No   string            `json:"no"` // "R-2022-00001"
	Kind string            `json:"kind"`
	// Name is what is closed, Ref its id where it is one of the city's.
	Name string           `json:"name"`
	Ref  string           `json:"ref,omitempty"`
	Area seawall.AreaPath `json:"area"`
	// Basis is the legal basis, Document the approval's number, Level who gave it.
	Basis    string `json:"basis"`
	Document string `json:"document"`
	Level    string `json:"level"`
	// Announced is when it was made public: before it begins.
	Announced time.Time    `json:"announced"`
	From      time.Time    `json:"from"`
	Until     time.Time    `json:"until"`
	Reason    seawall.Text `json:"reason"`
	Detour    string       `json:"detour,omitempty"`
	// Keeps are the services that stay open.
	Keeps   []string  `json:"keeps"`
	By      string    `json:"by"`
	Lifted  time.Time `json:"lifted"`
	Why     string    `json:"why,omitempty"` // it was lifted early
	Version int       `json:"version"`
}

// Self points to the closure; its field Ref is what it closes.
func (c Closure) Self() seawall.Ref {
	return seawall.Ref{Kind: seawall.KindClosure, ID: string(c.ID)}
}

// State is "announced", "in_force", "ended" or "lifted" at an instant.
func (c Closure) State(now time.Time) string {
	switch {
	case !c.Lifted.IsZero() && !now.Before(c.Lifted):
		return "lifted"
	case now.Before(c.From):
		return "announced"
	case now.Before(c.Until):
		return "in_force"
	}
	return "ended"
}

// longestClosure bounds one order; a closure that lasts is decided again.
const longestClosure = 14 * 24 * time.Hour

// NeedsProvince reports whether closing a place of a kind needs provincial
// approval (国办发明电〔2022〕3号, requirements §2.7).
func NeedsProvince(kind string) bool {
	return slices.Contains([]string{CloseArea, ClosePort, CloseStation, CloseAirport}, kind)
}

// CheckClosure says what is wrong with an order, all at once. What may not be done
// at all has an error of its own, so that whoever tries reads why.
func CheckClosure(c Closure) []seawall.FieldError {
	var f faults
	if c.Kind == CloseMainLine {
		f.add("kind", "closure_main_line")
		return f
	}
	if !slices.Contains([]string{CloseSegment, CloseGate, CloseArea, ClosePort, CloseStation, CloseAirport}, c.Kind) {
		f.add("kind", "not_a_choice", "value", c.Kind)
	}
	f.need(strings.TrimSpace(c.Name) != "", "name")
	f.need(strings.TrimSpace(c.Basis) != "", "basis")
	f.need(strings.TrimSpace(c.Document) != "", "document")
	f.need(strings.TrimSpace(c.Reason.ZH) != "" && strings.TrimSpace(c.Reason.EN) != "", "reason")
	f.need(!c.Until.IsZero(), "until")
	switch {
	case c.Announced.IsZero():
		f.add("announced", "closure_announced")
	case !c.Announced.Before(c.From):
		f.add("announced", "closure_announced")
	}
	if !c.Until.IsZero() && !c.Until.After(c.From) {
		f.add("until", "closure_until")
	}
	if c.Until.Sub(c.From) > longestClosure {
		f.add("until", "closure_long", "days", "14")
	}
	if !slices.Contains([]string{Province, City, County}, c.Level) {
		f.add("level", "not_a_choice", "value", c.Level)
	}
	if NeedsProvince(c.Kind) {
		if c.Level != Province {
			f.add("level", "closure_province")
		}
		for _, keep := range []string{Fuel, Toilet} {
			if keep == Fuel && c.Kind != CloseArea && c.Kind != ClosePort {
				continue // stations and airports sell no fuel
			}
			if !slices.Contains(c.Keeps, keep) {
				f.add("keeps", "closure_keeps", "service", keep)
			}
		}
	}
	return f
}
