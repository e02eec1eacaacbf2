package border

import (
	"strings"

	"github.com/seawall-city/seawall"
)

// sameDays is how far two reports of one coming may lie apart: a declaration
// names a day in advance, a feed comes late. Source: our own choice; a traveller
// who leaves and comes back within it is recorded once more by hand.
const sameDays = 3

// Told is what one report says about a coming, as far as it tells comings apart.
type Told struct {
	Person  seawall.PersonNo
	Day     seawall.Day
	Vehicle string
	Seat    string
	Mask    string
}

// NormalVehicle brings a train, flight or plate number to one writing.
func NormalVehicle(s string) string {
	return strings.ToUpper(strings.NewReplacer(" ", "", "-", "", "·", "", "　", "").Replace(strings.TrimSpace(s)))
}

// Same reports whether a report is about the coming that is known, and by what:
// "person" for the same person within the days, "seat" for the same seat of the
// same vehicle on the same day where the names do not contradict each other.
func Same(a Arrival, t Told, day seawall.Day) (string, bool) {
	if a.State == Retracted || a.State == Claimed {
		return "", false
	}
	apart := int(t.Day) - int(day)
	if apart < 0 {
		apart = -apart
	}
	if t.Person != "" && a.Person == t.Person {
		return "person", !t.Day.Known() || !day.Known() || apart <= sameDays
	}
	if t.Seat == "" || a.Seat != t.Seat || t.Vehicle == "" || NormalVehicle(a.Vehicle) != NormalVehicle(t.Vehicle) || apart != 0 {
		return "", false
	}
	// two people who are both known by name are two, whatever their tickets say
	return "seat", a.Person == "" || t.Person == ""
}

// The grounds on which somebody is taken for an undeclared companion of a group.
const (
	FoundCount     = "count"     // more came than were declared
	FoundBooking   = "booking"   // on the same order
	FoundSeat      = "seat"      // shares a seat
	FoundHousehold = "household" // same telephone or same address on the same vehicle
	FoundStaff     = "staff"     // the community met them
)

// Companion reports whether somebody new belongs to the group of a known arrival,
// and on what ground. phone says that both gave the same telephone.
func Companion(a Arrival, g Group, t Told, booking string, stay string, phone bool, day seawall.Day) (string, bool) {
	if !Standing(a.State) {
		return "", false
	}
	if booking != "" && g.Booking == booking {
		return FoundBooking, true
	}
	near := int(t.Day)-int(day) <= 1 && int(day)-int(t.Day) <= 1
	ride := t.Vehicle != "" && NormalVehicle(a.Vehicle) == NormalVehicle(t.Vehicle)
	switch {
	case !near:
		return "", false
	case ride && t.Seat != "" && a.Seat == t.Seat:
		return FoundSeat, true
	case phone, ride && stay != "" && strings.TrimSpace(a.StayText) == strings.TrimSpace(stay):
		return FoundHousehold, true
	}
	return "", false
}

// Unnamed counts those of a group of whom nothing but their number is known.
func Unnamed(people []Arrival) int {
	n := 0
	for _, a := range people {
		if a.Person == "" && Standing(a.State) {
			n++
		}
	}
	return n
}

// Present counts those of a group that are on record and stand.
func Present(people []Arrival) int {
	n := 0
	for _, a := range people {
		if a.State != Retracted && a.State != NotComing {
			n++
		}
	}
	return n
}
