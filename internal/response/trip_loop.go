package response

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/casebook"
	"github.com/seawall-city/seawall/internal/freight"
	"github.com/seawall-city/seawall/internal/loop"
	"github.com/seawall-city/seawall/internal/protocol"
	"github.com/seawall-city/seawall/internal/relief"
)

// The kinds of the duties about a trip; protocols of the same names describe them.
const (
	tripLoop     loop.Kind = "trip"
	strandedLoop loop.Kind = "stranded"
	orphanLoop   loop.Kind = "orphan"
)

// The steps of a trip that what is recorded of it closes.
const (
	stepPermit   = "permit"
	stepGate     = "arrive"
	stepTakeOver = "take_over"
	stepUnload   = "unload"
	stepLeave    = "leave"
)

// timerTrip is the clock of a trip; its targets say what it looks for.
const (
	timerTrip   = "trip"
	lookStill   = "still"  // no movement and no service
	lookOrphan  = "orphan" // nobody took over
	lookHandOff = "leg/"   // and the leg: nobody accepted
)

// hoursOf gives the figure "hours" of a protocol: how long ahead a trip is
// declared, how long a vehicle may stand still, how long nobody may take over.
func (s *Service) hoursOf(kind loop.Kind) time.Duration {
	p, ok := s.d.Protocols.ByID(string(kind))
	if !ok {
		return 0
	}
	return time.Duration(p.Figures["hours"]) * time.Hour
}

// acceptWithin is how soon an offered trip is accepted, by its protocol's custody.
func (s *Service) acceptWithin() time.Duration {
	if p, ok := s.d.Protocols.ByID(string(tripLoop)); ok && p.Custody != nil {
		return time.Duration(p.Custody.AcceptWithinHours) * time.Hour
	}
	return 0
}

// aboutTrip is what duties about a trip depend on.
func (s *Service) aboutTrip(t freight.Trip) dutyAbout {
	class := seawall.Text{ZH: "货车", EN: "Lorry"}
	if t.Transit {
		class = seawall.Text{ZH: "过境货车", EN: "Lorry in transit"}
	}
	return dutyAbout{Subject: t.Ref(), No: t.No, Mask: t.PlateMask, Area: t.Area, Unit: pick(t.Consignee, t.CarrierName),
		Places: []loop.Place{{Path: t.Area, Why: "stay"}, {Path: t.Area, Why: "area"}},
		Given: protocol.Subject{Class: class, Facts: map[string]any{"state": t.State, "transit": t.Transit, "permitted": t.Permit != "",
			"cargo": t.CargoKind, "escort": t.Escort, "people": t.People},
			Events: nonZero(map[string]time.Time{"planned": t.Planned, "arrived": t.ArrivedAt, "entered": t.EnteredAt, "seen": t.SeenAt})}}
}

// nonZero leaves out the instants that are not known.
func nonZero(m map[string]time.Time) map[string]time.Time {
	for k, v := range m {
		if v.IsZero() {
			delete(m, k)
		}
	}
	return m
}

// openTrip opens the duty about a trip.
func (s *Service) openTrip(ctx context.Context, tx seawall.Tx, t freight.Trip) (freight.Trip, error) {
	if _, err := s.openLoop(ctx, tx, string(tripLoop), s.aboutTrip(t)); err != nil {
		return t, err
	}
	return s.d.Freight.Trip(ctx, tx, t.ID)
}

// mirrorTrip keeps a trip's row in step with its duties: the owner of the trip's
// own, and whether it is stranded or an orphan.
func (s *Service) mirrorTrip(ctx context.Context, tx seawall.Tx, l loop.Loop) error {
	t, err := s.d.Freight.Trip(ctx, tx, seawall.TripID(l.Subject.ID))
	if err != nil {
		return err
	}
	was := t
	switch l.Kind {
	case tripLoop:
		t.Loop, t.Owner, t.OwnerName = l.ID, l.Owner, l.OwnerName
		if l.State != loop.Open {
			t.Owner, t.OwnerName = "", ""
		}
	case strandedLoop:
		t.Stranded = l.State == loop.Open
	case orphanLoop:
		t.Orphan = l.State == loop.Open
	default:
		return nil
	}
	if was.Loop == t.Loop && was.Owner == t.Owner && was.OwnerName == t.OwnerName && was.Stranded == t.Stranded && was.Orphan == t.Orphan {
		return nil
	}
	_, err = s.trips.Keep(ctx, tx, t)
	return err
}

// closeTripStep closes a step of a trip's duty by what was recorded.
func (s *Service) closeTripStep(ctx context.Context, tx seawall.Tx, t freight.Trip, key, text string) error {
	if t.Loop == "" {
		return nil
	}
	st, err := s.openStep(ctx, tx, t.Loop, key)
	if err != nil || st == nil {
		return err
	}
	if st.State == loop.Waiting { // what comes before it was never written: it happened all the same
		for _, before := range st.After {
			if err := s.closeTripStep(ctx, tx, t, before, text); err != nil {
				return err
			}
		}
		if st, err = s.openStep(ctx, tx, t.Loop, key); err != nil || st == nil || st.State != loop.Open {
			return err
		}
	}
	_, err = s.engine.Complete(ctx, tx, st.ID, 0, loop.Evidence{Kind: "note", Text: text, Ref: t.Ref()})
	return err
}

// endTrip ends the duty of a trip with an outcome, and what it fell to.
func (s *Service) endTrip(ctx context.Context, tx seawall.Tx, t freight.Trip, outcome, why string) error {
	if err := s.takenOver(ctx, tx, t, why, strandedLoop, orphanLoop); err != nil {
		return err
	}
	if t.Loop == "" {
		return nil
	}
	l, err := s.d.Loops.Loop(ctx, tx, t.Loop)
	if err != nil || l.State != loop.Open {
		return err
	}
	_, err = s.engine.Close(ctx, tx, l.ID, outcome, why, t.Ref())
	return err
}

// watchTrip starts the clocks of a trip that has come: standing still, and nobody
// taking over.
func (s *Service) watchTrip(ctx context.Context, tx seawall.Tx, t freight.Trip, still, orphan bool) error {
	if t.Loop == "" {
		return nil
	}
	l, err := s.d.Loops.Loop(ctx, tx, t.Loop)
	if err != nil || l.State != loop.Open {
		return err
	}
	data := map[string]string{}
	start := func(look string, from time.Time, hours time.Duration) error {
		at := from.Add(hours)
		data[look] = at.UTC().Format(time.RFC3339)
		return s.engine.StartTimer(ctx, tx, l, timerTrip, look, at)
	}
	if n := s.hoursOf(strandedLoop); still && n > 0 {
		if err := start(lookStill, t.SeenAt, n); err != nil {
			return err
		}
	}
	if n := s.hoursOf(orphanLoop); orphan && n > 0 {
		if err := start(lookOrphan, t.EnteredAt, n); err != nil {
			return err
		}
	}
	return s.trips.Note(ctx, tx, t, "trip.watched", data)
}

// tripDue looks at a trip whose clock has fired.
func (s *Service) tripDue(ctx context.Context, tx seawall.Tx, f loop.Timer) error {
	l, err := s.d.Loops.Loop(ctx, tx, f.Loop)
	if err != nil || l.State != loop.Open {
		return err
	}
	t, err := s.d.Freight.Trip(ctx, tx, seawall.TripID(l.Subject.ID))
	if err != nil || !freight.Running(t.State) {
		return err
	}
	switch {
	case f.Target == lookStill:
		return s.stillDue(ctx, tx, l, t)
	case f.Target == lookOrphan:
		return s.orphanDue(ctx, tx, t)
	case strings.HasPrefix(f.Target, lookHandOff):
		return s.legDue(ctx, tx, l, t, strings.TrimPrefix(f.Target, lookHandOff))
	}
	return nil
}

// stillDue finds a vehicle that did not move and that nobody looked after for the
// hours of the protocol, and looks again later.
func (s *Service) stillDue(ctx context.Context, tx seawall.Tx, l loop.Loop, t freight.Trip) error {
	if !freight.Here(t.State) {
		return nil
	}
	hours := s.hoursOf(strandedLoop)
	last, err := s.lastSign(ctx, tx, t)
	if err != nil || hours <= 0 {
		return err
	}
	next := last.Add(hours)
	if !next.After(tx.Now()) {
		next = tx.Now().Add(hours)
		if !t.Stranded {
			if err := s.fall(ctx, tx, t, strandedLoop, "trip.stranded"); err != nil {
				return err
			}
		}
	}
	if err := s.engine.StartTimer(ctx, tx, l, timerTrip, lookStill, next); err != nil {
		return err
	}
	return s.trips.Note(ctx, tx, t, "trip.watched", map[string]string{lookStill: next.UTC().Format(time.RFC3339)})
}

// lastSign is when a trip last moved, or somebody last looked after its crew.
func (s *Service) lastSign(ctx context.Context, tx seawall.Tx, t freight.Trip) (time.Time, error) {
	last := t.SeenAt
	helps, err := s.d.Relief.HelpsAbout(ctx, tx, t.Ref())
	for _, h := range helps {
		if done := helpedAt(h); done.After(last) {
			last = done
		}
	}
	return last, err
}

// helpedAt is when help was there, zero where it was not.
func helpedAt(h relief.Help) time.Time {
	for _, m := range h.Trail {
		if m.What == relief.HelpDone {
			return m.At
		}
	}
	return time.Time{}
}

// orphanDue finds a trip that nobody has taken over for the hours of the protocol.
func (s *Service) orphanDue(ctx context.Context, tx seawall.Tx, t freight.Trip) error {
	legs, err := s.d.Freight.LegsOf(ctx, tx, t.ID)
	if err != nil || !freight.Here(t.State) || t.Orphan || freight.TakenOver(legs, t.ArrivedAt) {
		return err
	}
	return s.fall(ctx, tx, t, orphanLoop, "trip.orphan")
}

// fall gives a trip to the community of stay: where it is, else where it goes,
// else the city (FRT-05).
func (s *Service) fall(ctx context.Context, tx seawall.Tx, t freight.Trip, kind loop.Kind, event string) error {
	d := s.aboutTrip(t)
	d.Given.Events["found"] = tx.Now()
	l, err := s.openLoop(ctx, tx, string(kind), d)
	if err != nil {
		return err
	}
	if t, err = s.d.Freight.Trip(ctx, tx, t.ID); err != nil {
		return err
	}
	if err := s.trips.Note(ctx, tx, t, event, map[string]string{"no": t.No, "place": t.SeenPlace, "since": t.SeenAt.UTC().Format(time.RFC3339),
		"owner": l.OwnerName}, l.Ref()); err != nil {
		return err
	}
	if l.Owner == "" {
		return nil
	}
	text := seawall.Text{ZH: "货车 " + t.PlateMask + "（" + t.No + "）无人接管，请社区托底：安排吃住、联系收货方。",
		EN: "Nobody has taken lorry " + t.PlateMask + " (" + t.No + ") over: the community steps in with food and rest, and calls the consignee."}
	if kind == strandedLoop {
		text = seawall.Text{ZH: "货车 " + t.PlateMask + "（" + t.No + "）在" + t.SeenPlace + "滞留，未移动也无人服务，请立即前往。",
			EN: "Lorry " + t.PlateMask + " (" + t.No + ") is stranded at " + t.SeenPlace + ", without movement and service. Please go there at once."}
	}
	return s.tell(ctx, tx, seawall.Ref{Kind: seawall.KindPrincipal, ID: string(l.Owner)}, t.Ref(), true, text)
}

// takenOver withdraws what a trip had fallen to, because somebody has taken over or
// the vehicle moves again.
func (s *Service) takenOver(ctx context.Context, tx seawall.Tx, t freight.Trip, why string, kinds ...loop.Kind) error {
	ls, err := s.d.Loops.LoopsAbout(ctx, tx, t.Ref())
	if err != nil {
		return err
	}
	for _, l := range ls {
		if l.State != loop.Open || !slices.Contains(kinds, l.Kind) {
			continue
		}
		if _, err := s.engine.Withdraw(ctx, tx, l.ID, t.Ref(), why); err != nil {
			return err
		}
		if l.Owner == "" {
			continue
		}
		if err := s.tell(ctx, tx, seawall.Ref{Kind: seawall.KindPrincipal, ID: string(l.Owner)}, t.Ref(), false, seawall.Text{
			ZH: "货车 " + t.PlateMask + "（" + t.No + "）已有着落，托底任务撤回：" + why,
			EN: "Lorry " + t.PlateMask + " (" + t.No + ") is taken care of; the task is withdrawn: " + why}); err != nil {
			return err
		}
	}
	return nil
}

// moveTrips repoints the crews of one person to another and lists the rows it
// touched; only, when not nil, names the rows to move.
func (s *Service) moveTrips(ctx context.Context, tx seawall.Tx, from, to casebook.Person, only []seawall.Ref) ([]seawall.Ref, error) {
	rows, err := s.d.Freight.TripsOfPerson(ctx, tx, from.No)
	if err != nil {
		return nil, err
	}
	var moved []seawall.Ref
	for _, t := range rows {
		crew, err := s.d.Freight.CrewOf(ctx, tx, t.ID)
		if err != nil {
			return nil, err
		}
		for i, c := range crew {
			ref := seawall.Ref{Kind: seawall.KindCrew, ID: c.ID}
			if c.Person != from.No || only != nil && !slices.Contains(only, ref) {
				continue
			}
			c.Person, c.Mask, c.Version = to.No, to.Mask, c.Version+1
			if err := s.d.Freight.SaveCrew(ctx, tx, c); err != nil {
				return nil, err
			}
			if i == 0 {
				t.Mask = to.Mask
				if _, err := s.trips.Keep(ctx, tx, t); err != nil {
					return nil, err
				}
			}
			moved = append(moved, ref)
		}
	}
	return moved, nil
}
