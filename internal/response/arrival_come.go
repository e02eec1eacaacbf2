package response

import (
	"context"
	"slices"
	"time"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/border"
)

// The fates of a report about somebody's coming.
const (
	fateNew       = "new"
	fateKnown     = "known"
	fateCompanion = "companion"
	fateCorrected = "corrected"
	fateUnchanged = "unchanged"
	fateRejected  = "rejected"
)

// unnamedMask stands for a companion of whom nothing but the number is known.
const unnamedMask = "未登记同行人"

// coming is one report about one traveller, ready to be recorded.
type coming struct {
	journey
	who     *traveller
	channel string
	head    bool
	// group is the one that the report names; nil looks for it.
	group *border.Group
	// report is the trace that the row leaves; its ID is empty for none.
	report border.Report
}

// come records one report: it adds its channel to a coming that is known, or
// makes a new one in its group, and finds out whether the group is larger than
// declared. The answer says which.
func (s *Service) come(ctx context.Context, tx seawall.Tx, c coming) (a border.Arrival, fate string, err error) {
	if c.who.person.No != "" {
		if c.who.person, err = s.person(ctx, tx, c.who.person); err != nil {
			return a, "", err
		}
	}
	old, why, err := s.sameComing(ctx, tx, c)
	if err != nil {
		return a, "", err
	}
	switch {
	case why == "" || c.byStranger(old) && old.State == border.NotComing:
		a, fate, why, err = s.newComing(ctx, tx, c)
	case c.byStranger(old):
		a, err = s.claim(ctx, tx, old, c)
		fate = fateNew
	default:
		a, err = s.knownComing(ctx, tx, old, c)
		fate = fateKnown
	}
	if err != nil {
		return a, fate, err
	}
	if err := s.keepReport(ctx, tx, a, c, why); err != nil || c.alone(a, why) {
		return a, fate, err
	}
	if err := s.countGroup(ctx, tx, a.Group, c.size, c.channel); err != nil {
		return a, fate, err
	}
	a, err = s.d.Border.Arrival(ctx, tx, a.ID)
	return a, fate, err
}

// alone reports whether a coming was new, without a group and for one person, who
// was counted or is not here yet: there is nothing to count in their group.
func (c coming) alone(a border.Arrival, why string) bool {
	return why == "new" && c.group == nil && c.size <= 1 && c.booking == "" && a.Head && (a.Arrived.IsZero() || a.Check(border.Headcount).Made())
}

// keepReport leaves the trace of a feed's row.
func (s *Service) keepReport(ctx context.Context, tx seawall.Tx, a border.Arrival, c coming, why string) error {
	if c.report.ID == "" {
		return nil
	}
	r := c.report
	r.Arrival, r.Channel, r.Received, r.Why = a.ID, c.channel, tx.Now(), why
	if err := s.border.KeepReport(ctx, tx, r); err != nil {
		return err
	}
	return s.border.Note(ctx, tx, a, "arrival.reported", map[string]string{"feed": r.Feed, "why": why})
}

// told is what a report says as far as it tells comings apart.
func (s *Service) told(c coming) border.Told {
	return border.Told{Person: c.who.person.No, Day: c.day(s.d.Zone), Vehicle: c.vehicle, Seat: c.who.in.Seat, Mask: c.who.person.Mask}
}

// sameComing finds the coming that a report is about; why is empty where it is a
// new one.
func (s *Service) sameComing(ctx context.Context, tx seawall.Tx, c coming) (a border.Arrival, why string, err error) {
	t := s.told(c)
	var rows []border.Arrival
	if t.Person != "" {
		if rows, err = s.d.Border.ArrivalsOfPerson(ctx, tx, t.Person); err != nil {
			return a, "", err
		}
	}
	if t.Seat != "" && t.Vehicle != "" {
		more, err := s.d.Border.ArrivalsAboard(ctx, tx, t.Vehicle, t.Seat, "", t.Day, t.Day)
		if err != nil {
			return a, "", err
		}
		rows = append(rows, more...)
	}
	for i := len(rows) - 1; i >= 0; i-- { // the latest first
		if why, ok := border.Same(rows[i], t, rows[i].Day(s.d.Zone)); ok {
			return rows[i], why, nil
		}
	}
	if c.who.like != "" {
		a, err = s.d.Border.Arrival(ctx, tx, c.who.like)
		return a, "like", err
	}
	return a, "", nil
}

// newComing makes an arrival: in the group that the report names, or one that it
// turns out to belong to, or a group of its own.
func (s *Service) newComing(ctx context.Context, tx seawall.Tx, c coming) (a border.Arrival, fate, why string, err error) {
	g, found, err := s.groupOf(ctx, tx, c)
	if err != nil {
		return a, "", "", err
	}
	var people []border.Arrival
	if c.group != nil || found != "" { // a group that was just made has nobody
		if people, err = s.d.Border.ArrivalsOfGroup(ctx, tx, g.ID); err != nil {
			return a, "", "", err
		}
	}
	for _, p := range people { // a number without a name gets its name
		if p.Person == "" && border.Standing(p.State) && c.who.person.No != "" {
			a, err = s.nameUnnamed(ctx, tx, p, c.who)
			if err == nil {
				a, err = s.knownComing(ctx, tx, a, c)
			}
			return a, fateKnown, "companion", err
		}
	}
	a = s.arrivalOf(c, g)
	fate = fateNew
	if g.Declared > 0 && c.channel != border.Declared && border.Present(people) >= g.Declared {
		a.Undeclared, a.FoundBy, fate = true, found, fateCompanion
		if found == "" {
			a.FoundBy = border.FoundStaff
		}
	}
	if a, err = s.applyTier(ctx, tx, a); err != nil {
		return a, "", "", err
	}
	a = s.seenComing(tx, a, c, len(people) == 0 && g.Size == 1)
	if a, err = s.border.Add(ctx, tx, a, "arrival.recorded"); err != nil {
		return a, "", "", err
	}
	why = "new"
	if fate == fateCompanion {
		why = "companion"
		if a, err = s.foundCompanion(ctx, tx, a, people); err != nil {
			return a, "", "", err
		}
	}
	a, err = s.openArrival(ctx, tx, a)
	return a, fate, why, err
}

// seenComing makes the checks that a report itself settles for somebody who is here:
// a feed or a gate has seen the document, and has counted one who travels alone.
func (s *Service) seenComing(tx seawall.Tx, a border.Arrival, c coming, alone bool) border.Arrival {
	if a.Arrived.IsZero() {
		return a
	}
	a = s.dues(a)
	if c.channel != border.Feed && c.channel != border.Gate {
		return a
	}
	if alone && a.Person != "" {
		a = a.Make(border.Headcount, tx.Now(), tx.Actor().Name, sourceOf(c.channel), "")
	}
	if a.Person != "" && c.who.document == border.DocValid {
		a = a.Make(border.Identity, tx.Now(), tx.Actor().Name, sourceOf(c.channel), "")
	}
	return a
}

// sourceOf is the source of a check that a channel settles.
func sourceOf(channel string) string {
	if channel == border.Gate {
		return border.ByGate
	}
	return border.ByFeed
}

// arrivalOf lays out the row of a new coming.
func (s *Service) arrivalOf(c coming, g border.Group) border.Arrival {
	a := border.Arrival{Group: g.ID, Head: c.head, Person: c.who.person.No, Mask: c.who.person.Mask, Document: c.who.document,
		Channels: []string{c.channel}, Disease: c.disease, Origins: c.origins, Mode: c.mode, Vehicle: c.vehicle, Seat: c.who.in.Seat,
		Entry: c.entry, Expected: c.expected, Arrived: c.arrived, Stay: c.stay, StayText: c.stayText,
		Area: s.answering(c.stay), Checks: border.NewChecks(), Until: seawall.NoDay}
	if a.Mask == "" {
		a.Mask = unnamedMask
	}
	if len(a.Origins) > 0 && a.Origins[0].Abroad {
		a.Stage = border.StagePort
	}
	return a
}

// groupOf gives the group of a new coming and, where it was found rather than
// named, on what ground.
func (s *Service) groupOf(ctx context.Context, tx seawall.Tx, c coming) (g border.Group, found string, err error) {
	if c.group != nil {
		g, err = s.d.Border.Group(ctx, tx, c.group.ID)
		return g, "", err
	}
	if c.booking != "" {
		g, err = s.d.Border.GroupByBooking(ctx, tx, c.booking)
		if err == nil {
			return g, border.FoundBooking, nil
		}
		if !seawall.Is(err, seawall.NotFound) {
			return g, "", err
		}
	}
	rows, err := s.cameWith(ctx, tx, c.who)
	if err != nil {
		return g, "", err
	}
	phones := len(rows)
	if day := c.day(s.d.Zone); c.vehicle != "" && day.Known() {
		more, err := s.d.Border.ArrivalsAboard(ctx, tx, c.vehicle, c.who.in.Seat, c.stayText, day.Add(-1), day.Add(1))
		if err != nil {
			return g, "", err
		}
		rows = append(rows, more...)
	}
	for i, a := range rows {
		og := border.Group{ID: a.Group}
		if why, ok := border.Companion(a, og, s.told(c), "", c.stayText, i < phones, a.Day(s.d.Zone)); ok {
			g, err = s.d.Border.Group(ctx, tx, a.Group)
			return g, why, err
		}
	}
	declared := 0
	if c.channel == border.Declared {
		declared = max(c.size, 1)
	}
	g, err = s.border.AddGroup(ctx, tx, border.Group{Size: max(c.size, 1), Known: 1, Declared: declared, Channel: c.channel, Mode: c.mode,
		Vehicle: c.vehicle, Booking: c.booking})
	return g, "", err
}

// knownComing adds what a further report tells to a coming that is known: its
// channel, what was blank, and that the person is here. What somebody wrote
// before is not overwritten; a feed's own correction is another path.
func (s *Service) knownComing(ctx context.Context, tx seawall.Tx, a border.Arrival, c coming) (border.Arrival, error) {
	was := a
	if !slices.Contains(a.Channels, c.channel) {
		a.Channels = append(slices.Clone(a.Channels), c.channel)
	}
	fill := func(to *string, v string) {
		if *to == "" {
			*to = v
		}
	}
	fill(&a.Vehicle, c.vehicle)
	fill(&a.Seat, c.who.in.Seat)
	fill(&a.Entry, c.entry)
	fill(&a.StayText, c.stayText)
	if a.Mode == "other" {
		a.Mode = c.mode
	}
	if c.who.document == border.DocValid || a.Document == "" {
		a.Document = c.who.document
	}
	if a.Stay == "" && c.stay != "" {
		a.Stay, a.Area = c.stay, s.answering(c.stay)
	}
	a.Origins = withOrigins(a.Origins, c.origins)
	a, err := s.applyTier(ctx, tx, a)
	if err != nil {
		return a, err
	}
	anew := a.State == border.NotComing && c.arrived.IsZero() && c.channel != border.Found
	if anew { // told of again, for a day to come
		if a, err = s.comesAgain(ctx, tx, a); err != nil {
			return a, err
		}
		a.Expected = c.expected
	}
	if a, err = s.border.Change(ctx, tx, a, "arrival.reported", map[string]string{"channel": c.channel}); err != nil {
		return a, err
	}
	again := a.State == border.NotComing && c.arrived.After(was.Arrived)
	if anew {
		a, err = s.startArrival(ctx, tx, a)
	} else if !c.arrived.IsZero() && (again || was.Arrived.IsZero() || c.arrived.Before(was.Arrived)) {
		a, err = s.here(ctx, tx, a, c.arrived)
	} else {
		a, err = s.relocate(ctx, tx, was, a)
	}
	seen := (c.channel == border.Feed || c.channel == border.Gate) && c.who.document == border.DocValid
	if err != nil || !seen || a.Arrived.IsZero() || !border.Standing(a.State) || a.Check(border.Identity).Made() {
		return a, err
	}
	if err := s.checkMade(ctx, tx, a, border.Identity, sourceOf(c.channel), ""); err != nil {
		return a, err
	}
	return s.d.Border.Arrival(ctx, tx, a.ID)
}

// here records that somebody has arrived, or that they had earlier than was known.
func (s *Service) here(ctx context.Context, tx seawall.Tx, a border.Arrival, at time.Time) (border.Arrival, error) {
	if a.State == border.NotComing {
		var err error
		if a, err = s.comesAgain(ctx, tx, a); err != nil {
			return a, err
		}
	}
	a.Arrived = at
	if a.State == border.Expected {
		a.State = border.Arrived
	}
	a, err := s.border.Change(ctx, tx, s.dues(a), "arrival.arrived", map[string]string{"at": at.In(s.d.Zone).Format(time.RFC3339)})
	if err != nil {
		return a, err
	}
	return s.openArrival(ctx, tx, a)
}

// comesAgain gives somebody who was not to come, or had left again, as one who is
// expected: what was checked and decided at their first coming has ended with it.
func (s *Service) comesAgain(ctx context.Context, tx seawall.Tx, a border.Arrival) (border.Arrival, error) {
	a.State, a.Reason, a.Arrived, a.Checks = border.Expected, "", time.Time{}, border.NewChecks()
	a.Kind, a.Since, a.Until, a.ConfirmedBy, a.Holder = "", time.Time{}, seawall.NoDay, "", ""
	a = a.Set(a.Check(border.Headcount)) // four are missing, none is due
	return s.applyTier(ctx, tx, a)
}

// nameUnnamed gives a companion who was a number only their name.
func (s *Service) nameUnnamed(ctx context.Context, tx seawall.Tx, a border.Arrival, t *traveller) (border.Arrival, error) {
	a.Person, a.Mask, a.Document = t.person.No, t.person.Mask, t.document
	a, err := s.border.Change(ctx, tx, a, "arrival.named", map[string]string{"no": a.No})
	if err != nil || a.Loop == "" {
		return a, err
	}
	return s.reopenFor(ctx, tx, a, "named")
}

// withOrigins gives places of origin with those of a further report, the latest
// first.
func withOrigins(known, told []border.Origin) []border.Origin {
	out := slices.Clone(known)
	for _, o := range told {
		if !slices.ContainsFunc(out, func(k border.Origin) bool { return k.Code == o.Code && k.Left == o.Left }) {
			out = append(out, o)
		}
	}
	slices.SortStableFunc(out, func(x, y border.Origin) int { return int(y.Left) - int(x.Left) })
	return out
}
