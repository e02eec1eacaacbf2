package freight

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/seawall-city/seawall"
)

// longest bounds a free text field in characters, mostCrew the people on one
// vehicle, mostStops the places of a route.
const (
	longest   = 500
	mostCrew  = 6
	mostStops = 20
)

// After gives the state of a trip after a movement; ok is false where the movement
// makes no sense in the state. A movement may be skipped, because not every gate
// and yard writes: who is seen unloading has come in.
func After(state, move string) (next string, ok bool) {
	if !Running(state) {
		return state, false
	}
	switch move {
	case MoveGate:
		return AtGate, state == Declared || state == Permitted || state == Travelling || state == AtGate
	case MoveIn:
		return Inside, state != Unloading
	case MoveUnloadStart:
		return Unloading, true
	case MoveUnloadEnd:
		return Inside, state == Unloading || state == Inside
	case MoveExit:
		return Left, true
	case MoveSeen, MoveServe:
		if state == Declared || state == Permitted {
			return Travelling, true
		}
		return state, true
	}
	return state, false
}

// Moves lists the kinds of movements.
func Moves() []string {
	return []string{MoveGate, MoveIn, MoveUnloadStart, MoveUnloadEnd, MoveExit, MoveSeen, MoveServe}
}

// OffRoute reports whether a stop at a place is one that a transit truck's
// prescribed route does not have. Others may stop where they need to: nobody keeps
// a driver from food, a toilet or rest.
func (t Trip) OffRoute(kind, ref, name string) bool {
	if !t.Transit {
		return false
	}
	return !slices.ContainsFunc(t.Route, func(s Stop) bool {
		return s.Kind == kind && (ref != "" && s.Ref == ref || strings.EqualFold(strings.TrimSpace(s.Name), strings.TrimSpace(name)))
	})
}

// NextStop gives the first stop of the route behind the place where the trip was
// last seen: whoever is told ahead. ok is false at the end of the route.
func (t Trip) NextStop() (Stop, bool) {
	at := -1
	for i, s := range t.Route {
		if s.Name == t.SeenPlace {
			at = i
		}
	}
	if at < 0 && !t.EnteredAt.IsZero() {
		for i, s := range t.Route {
			if s.Kind == StopGate {
				at = i
				break
			}
		}
	}
	if at+1 < len(t.Route) {
		return t.Route[at+1], true
	}
	return Stop{}, false
}

// Faults says what is wrong with a trip, all at once. ahead is how long before its
// arrival a trip is declared; one that comes sooner has to say why.
func (t Trip) Faults(now time.Time, ahead time.Duration) []seawall.FieldError {
	var f faults
	f.need(t.Plate != "", "plate")
	f.need(strings.TrimSpace(t.Cargo) != "" || t.CargoKind == "empty", "cargo")
	f.need(!t.Planned.IsZero(), "planned")
	if !slices.Contains(CargoKinds(), t.CargoKind) {
		f.add("cargoKind", "not_a_choice", "value", t.CargoKind)
	}
	if !t.Transit {
		f.need(strings.TrimSpace(t.Consignee) != "", "consignee")
	}
	if t.Transit {
		f.need(strings.TrimSpace(t.Seal) != "", "seal")
		f.need(len(t.Route) > 0, "route")
	}
	if !t.Planned.IsZero() && t.Planned.Sub(now) < ahead && strings.TrimSpace(t.Short) == "" && t.Channel != ByStaff {
		f.add("short", "trip_short", "hours", fmt.Sprint(int(ahead.Hours())))
	}
	if len(t.Route) > mostStops {
		f.add("route", "trip_too_many", "max", fmt.Sprint(mostStops))
	}
	for i, s := range t.Route {
		if !slices.Contains([]string{StopGate, StopServiceArea, StopConsignee, StopPoint}, s.Kind) {
			f.add(fmt.Sprintf("route[%d].kind", i), "not_a_choice", "value", s.Kind)
		}
		f.need(strings.TrimSpace(s.Name) != "", fmt.Sprintf("route[%d].name", i))
	}
	for field, s := range map[string]string{"cargo": t.Cargo, "consignee": t.Consignee, "short": t.Short, "seal": t.Seal} {
		if len([]rune(s)) > longest {
			f.add(field, "too_long", "max", fmt.Sprint(longest))
		}
	}
	if t.People < 1 || t.People > mostCrew {
		f.add("crew", "crew_size", "max", fmt.Sprint(mostCrew))
	}
	return f
}

// faults gathers what is wrong with an input, all at once.
type faults []seawall.FieldError

func (f *faults) add(field, code string, args ...string) {
	e := seawall.FieldError{Field: field, Code: code}
	for i := 0; i+1 < len(args); i += 2 {
		if e.Args == nil {
			e.Args = map[string]string{}
		}
		e.Args[args[i]] = args[i+1]
	}
	*f = append(*f, e)
}

func (f *faults) need(ok bool, field string) {
	if !ok {
		f.add(field, "required")
	}
}

// Holding gives who answers for a trip after all of its legs: the last one that
// accepted and has not ended.
func Holding(legs []Leg) (Leg, bool) {
	for i := len(legs) - 1; i >= 0; i-- {
		if l := legs[i]; !l.Accepted.IsZero() && l.Ended.IsZero() {
			return l, true
		}
	}
	return Leg{}, false
}

// Waiting gives the offer that nobody has accepted yet.
func Waiting(legs []Leg) (Leg, bool) {
	for i := len(legs) - 1; i >= 0; i-- {
		if l := legs[i]; l.Accepted.IsZero() && l.Ended.IsZero() {
			return l, true
		}
	}
	return Leg{}, false
}

// TakenOver reports whether whoever gets the load, an escort or the community has
// taken the trip over since an instant.
func TakenOver(legs []Leg, since time.Time) bool {
	return slices.ContainsFunc(legs, func(l Leg) bool {
		return !l.Accepted.IsZero() && !l.Accepted.Before(since) && l.Role != "gate" && l.Role != "carrier"
	})
}
