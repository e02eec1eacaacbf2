package response

import (
	"context"
	"slices"
	"strconv"
	"time"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/border"
)

// countGroup keeps a group's numbers right after one of its people was recorded:
// how many are on record, how many were counted. More counted at a gate or by a
// feed than declared are companions whom nobody declared: each gets a row and a
// task at the community of the stay, without a name until somebody finds it out
// (the leak detector of scenario S2).
func (s *Service) countGroup(ctx context.Context, tx seawall.Tx, id seawall.GroupID, counted int, channel string) error {
	g, err := s.d.Border.Group(ctx, tx, id)
	if err != nil {
		return err
	}
	people, err := s.d.Border.ArrivalsOfGroup(ctx, tx, id)
	if err != nil {
		return err
	}
	if len(people) == 1 && g.Size == 1 && g.Known == 1 && counted <= 1 && people[0].Check(border.Headcount).Made() {
		return nil // somebody who travels alone and was counted: nothing to set right
	}
	was := g
	present := border.Present(people)
	g.Size = max(g.Size, counted, present)
	if channel == border.Declared {
		g.Declared = max(g.Declared, counted, declaredOf(people))
	}
	missing := 0
	if seen := channel == border.Feed || channel == border.Gate || channel == border.Found; seen && g.Declared > 0 && g.Size > g.Declared {
		missing = g.Size - max(present, g.Declared)
	}
	g.Known = present + missing
	if g != was {
		if g, err = s.border.KeepGroup(ctx, tx, g); err != nil {
			return err
		}
		if err := s.record(ctx, tx, "group.counted", g.Ref(), "", "", map[string]string{"size": strconv.Itoa(g.Size), "known": strconv.Itoa(g.Known)}); err != nil {
			return err
		}
	}
	for range missing {
		if err := s.addUnnamed(ctx, tx, g, people, channel); err != nil {
			return err
		}
	}
	return s.headcount(ctx, tx, g)
}

// declaredOf counts those whom a declaration named.
func declaredOf(people []border.Arrival) int {
	n := 0
	for _, a := range people {
		if a.State != border.Retracted && slices.Contains(a.Channels, border.Declared) {
			n++
		}
	}
	return n
}

// shrinkGroup takes somebody who did not come, or was recorded by mistake, out of
// the number of their group.
func (s *Service) shrinkGroup(ctx context.Context, tx seawall.Tx, a border.Arrival) error {
	g, err := s.d.Border.Group(ctx, tx, a.Group)
	if err != nil {
		return err
	}
	people, err := s.d.Border.ArrivalsOfGroup(ctx, tx, a.Group)
	if err != nil {
		return err
	}
	g.Known = border.Present(people)
	if g.Size = max(g.Size-1, g.Known); g.Known == 0 {
		g.Size = 0 // with the last one the numbers without a name have gone too
	}
	if g.Declared > 0 && !a.Undeclared {
		g.Declared = max(g.Declared-1, 0)
	}
	if g, err = s.border.KeepGroup(ctx, tx, g); err != nil {
		return err
	}
	if err := s.border.Note(ctx, tx, a, "group.counted", map[string]string{"size": strconv.Itoa(g.Size), "known": strconv.Itoa(g.Known)}, g.Ref()); err != nil {
		return err
	}
	return s.headcount(ctx, tx, g)
}

// addUnnamed records a companion of whom nothing but the number is known, after
// the first of the group.
func (s *Service) addUnnamed(ctx context.Context, tx seawall.Tx, g border.Group, people []border.Arrival, channel string) error {
	if len(people) == 0 {
		return nil
	}
	a := people[0]
	for _, p := range people {
		if p.Head {
			a = p
		}
	}
	b := border.Arrival{Group: g.ID, Mask: unnamedMask, Channels: []string{channel}, Disease: a.Disease, Origins: a.Origins, Mode: a.Mode,
		Vehicle: a.Vehicle, Entry: a.Entry, Expected: a.Expected, Arrived: a.Arrived, Stay: a.Stay, StayText: a.StayText, Area: a.Area,
		Tier: a.Tier, Regime: a.Regime, Rule: a.Rule, Checks: border.NewChecks(), Until: seawall.NoDay, Undeclared: true, FoundBy: border.FoundCount}
	b, err := s.border.Add(ctx, tx, b, "arrival.recorded")
	if err != nil {
		return err
	}
	if b, err = s.foundCompanion(ctx, tx, b, people); err != nil {
		return err
	}
	_, err = s.openArrival(ctx, tx, b)
	return err
}

// foundCompanion puts a companion whom nobody declared before those who answer:
// they were found, so they are here, and the head of the group's owner reads it.
func (s *Service) foundCompanion(ctx context.Context, tx seawall.Tx, a border.Arrival, people []border.Arrival) (border.Arrival, error) {
	if a.Arrived.IsZero() {
		for _, p := range people {
			if !p.Arrived.IsZero() && p.State != border.Retracted && (a.Arrived.IsZero() || p.Arrived.Before(a.Arrived)) {
				a.Arrived = p.Arrived
			}
		}
		if !a.Arrived.IsZero() {
			a.State = border.Arrived
		}
	}
	for _, p := range people {
		if a.Stay == "" && p.Stay != "" && p.State != border.Retracted {
			a.Stay, a.StayText, a.Area = p.Stay, p.StayText, p.Area
		}
	}
	a, err := s.border.Change(ctx, tx, s.dues(a), "arrival.undeclared", map[string]string{"by": a.FoundBy})
	if err != nil {
		return a, err
	}
	for _, p := range people {
		if p.Owner == "" || p.Loop == "" {
			continue
		}
		return a, s.tell(ctx, tx, seawall.Ref{Kind: seawall.KindPrincipal, ID: string(p.Owner)}, a.Ref(), false, seawall.Text{
			ZH: p.Mask + "一行发现未申报的同行人 1 名（" + a.No + "），请到其住处核实人数、人头、位置和管控情况。",
			EN: "A companion whom nobody declared was found with " + p.Mask + " (" + a.No + "): please make the four checks where they stay."})
	}
	return a, nil
}

// countedBy is the channel that counted a group.
func countedBy(a border.Arrival) string {
	if slices.Contains(a.Channels, border.Gate) && !slices.Contains(a.Channels, border.Feed) {
		return border.ByGate
	}
	return border.ByFeed
}

// unnamedSince reports whether a number without a name came to a group after an
// instant: whoever had counted before did not count them.
func unnamedSince(people []border.Arrival, at time.Time) bool {
	return slices.ContainsFunc(people, func(p border.Arrival) bool {
		return p.Person == "" && border.Standing(p.State) && p.CreatedAt.After(at)
	})
}

// headcount makes the first check of everybody in a group, or opens it again: it
// is made where a feed or gate has counted as many as are on record by name.
func (s *Service) headcount(ctx context.Context, tx seawall.Tx, g border.Group) error {
	people, err := s.d.Border.ArrivalsOfGroup(ctx, tx, g.ID)
	if err != nil {
		return err
	}
	counted := border.Counted(g, people)
	for _, a := range people {
		c := a.Check(border.Headcount)
		switch {
		case !border.Standing(a.State) || a.Arrived.IsZero():
		case counted && !c.Made():
			if err := s.checkMade(ctx, tx, a, border.Headcount, countedBy(a), ""); err != nil {
				return err
			}
		case !counted && c.Made() && c.Source != border.ByStaff:
			if err := s.checkUnmade(ctx, tx, a, border.Headcount, g.Ref(), "同行人数多于已核数 the group is larger than was counted"); err != nil {
				return err
			}
		case !counted && c.Made() && unnamedSince(people, c.Done):
			if err := s.checkUnmade(ctx, tx, a, border.Headcount, g.Ref(), "清点后又发现同行人 a companion was found after the count"); err != nil {
				return err
			}
		}
	}
	return nil
}
