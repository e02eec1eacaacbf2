package response

import (
	"context"
	"slices"
	"time"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/auth"
	"github.com/seawall-city/seawall/internal/freight"
	"github.com/seawall-city/seawall/internal/loop"
)

// Trips gives a page of trips in what somebody may see.
func (s *Service) Trips(ctx context.Context, who Who, f TripFilter, p seawall.Page) (List[freight.Trip], error) {
	const op = "response.Trips"
	var out List[freight.Trip]
	if err := s.allow(who, auth.TripRead, auth.Resource{Kind: seawall.KindTrip}); err != nil {
		return out, err
	}
	q := freight.Query{States: f.States, Flag: f.Flag, Carrier: f.Carrier, Text: f.Text, Sort: f.Sort, Page: p}
	err := s.read(ctx, op, func(tx seawall.Tx) (err error) {
		if q.Scope, err = s.within(ctx, tx, who, f.Area); err != nil {
			return err
		}
		out.Items, out.Next, out.Total, err = s.d.Freight.Trips(ctx, tx, q)
		for i := range out.Items {
			out.Items[i] = shownTrip(out.Items[i])
		}
		return err
	})
	return out, err
}

// TripView gives everything on the page of a trip.
func (s *Service) TripView(ctx context.Context, who Who, id seawall.TripID) (TripView, error) {
	var out TripView
	err := s.read(ctx, "response.TripView", func(tx seawall.Tx) error {
		t, err := s.tripFor(ctx, tx, who, id, 0, auth.TripRead)
		if err != nil {
			return err
		}
		out, err = s.tripView(ctx, tx, t)
		return err
	})
	return out, err
}

func (s *Service) tripView(ctx context.Context, tx seawall.Tx, t freight.Trip) (TripView, error) {
	out := TripView{Trip: shownTrip(t), Falls: []LoopView{}}
	var err error
	if out.AreaName, err = s.areaName(ctx, tx, s.answering(t.Area)); err != nil {
		return out, err
	}
	if out.Crew, err = s.d.Freight.CrewOf(ctx, tx, t.ID); err != nil {
		return out, err
	}
	if out.Moves, err = s.d.Freight.MovesOf(ctx, tx, t.ID); err != nil {
		return out, err
	}
	f, ls, err := s.tripFacts(ctx, tx, t)
	if err != nil {
		return out, err
	}
	out.Legs, out.Four = f.Legs, freight.MeasureTrip(f)
	if now, ok := freight.Holding(f.Legs); ok {
		out.Holder = &now
	}
	if next, ok := t.NextStop(); ok && freight.Running(t.State) {
		out.Next = &next
	}
	if out.Visits, err = s.d.Freight.VisitsOfTrip(ctx, tx, t.ID); err != nil {
		return out, err
	}
	if out.Requests, err = s.d.Relief.HelpsAbout(ctx, tx, t.Ref()); err != nil {
		return out, err
	}
	for i := range out.Requests {
		out.Requests[i].Secret = ""
	}
	if t.Permit != "" {
		p, err := s.d.Freight.Permit(ctx, tx, t.Permit)
		if err != nil {
			return out, err
		}
		out.Permit, out.PermitNow = &p, p.Fit(freight.Shown{At: tx.Now()})
	}
	if out.Loop, err = s.dutyOf(ctx, tx, t.Loop); err != nil {
		return out, err
	}
	for _, l := range ls {
		if l.Kind == tripLoop {
			continue
		}
		v, err := s.loopView(ctx, tx, l.ID)
		if err != nil {
			return out, err
		}
		out.Falls = append(out.Falls, v)
	}
	out.Events, err = s.events(ctx, tx, t.Ref())
	return out, err
}

// tripFacts gathers what the four guarantees of a trip are measured on, and its
// duties.
func (s *Service) tripFacts(ctx context.Context, tx seawall.Tx, t freight.Trip) (freight.Facts, []loop.Loop, error) {
	f := freight.Facts{Trip: t, Now: tx.Now(), Accept: s.acceptWithin()}
	var err error
	if f.Legs, err = s.d.Freight.LegsOf(ctx, tx, t.ID); err != nil {
		return f, nil, err
	}
	if f.Needs, err = s.needsOf(ctx, tx, t.Ref()); err != nil {
		return f, nil, err
	}
	ls, err := s.d.Loops.LoopsAbout(ctx, tx, t.Ref())
	if err != nil {
		return f, nil, err
	}
	if f.Falls, err = s.fallsOf(ctx, tx, ls); err != nil {
		return f, nil, err
	}
	f.Areas, err = s.areasOf(ctx, tx, t)
	return f, ls, err
}

// needsOf gives what was asked for about something.
func (s *Service) needsOf(ctx context.Context, tx seawall.Tx, about seawall.Ref) ([]freight.Need, error) {
	helps, err := s.d.Relief.HelpsAbout(ctx, tx, about)
	var out []freight.Need
	for _, h := range helps {
		out = append(out, freight.Need{No: h.No, Kind: h.Kind, By: h.HelpBy, Done: helpedAt(h)})
	}
	return out, err
}

// fallsOf gives the times that a trip fell to the community, from its duties.
func (s *Service) fallsOf(ctx context.Context, tx seawall.Tx, ls []loop.Loop) ([]freight.Fall, error) {
	var out []freight.Fall
	for _, l := range ls {
		if l.Kind != strandedLoop && l.Kind != orphanLoop {
			continue
		}
		steps, err := s.d.Loops.StepsOf(ctx, tx, l.ID)
		if err != nil {
			return nil, err
		}
		f := freight.Fall{Kind: string(l.Kind), Opened: l.OpenedAt, Ended: l.ClosedAt}
		for _, st := range steps {
			if f.By.IsZero() || st.Due.Before(f.By) {
				f.By = st.Due
			}
		}
		for _, st := range steps { // being there is what was due; the rest may take longer
			if !st.DoneAt.IsZero() && (f.Ended.IsZero() || st.DoneAt.Before(f.Ended)) {
				f.Ended = st.DoneAt
			}
		}
		out = append(out, f)
	}
	return out, nil
}

// areasOf gives the service areas of a trip: those on its route and those it was
// in, with how full they are.
func (s *Service) areasOf(ctx context.Context, tx seawall.Tx, t freight.Trip) ([]freight.Seen, error) {
	var ids []seawall.ServiceAreaID
	for _, x := range t.Route {
		if x.Kind == freight.StopServiceArea && x.Ref != "" {
			ids = append(ids, seawall.ServiceAreaID(x.Ref))
		}
	}
	visits, err := s.d.Freight.VisitsOfTrip(ctx, tx, t.ID)
	if err != nil {
		return nil, err
	}
	for _, v := range visits {
		ids = append(ids, v.ServiceArea)
	}
	slices.Sort(ids)
	var out []freight.Seen
	for _, id := range slices.Compact(ids) {
		a, err := s.d.Freight.ServiceArea(ctx, tx, id)
		if seawall.Is(err, seawall.NotFound) {
			continue // named by a declaration, and none of the city's
		}
		if err != nil {
			return nil, err
		}
		in, err := s.occupancy(ctx, tx, id)
		if err != nil {
			return nil, err
		}
		out = append(out, freight.Seen{Area: a, In: in})
	}
	return out, nil
}

// FreightBoard is the freight of a scope in figures: what flows and what it brings,
// side by side (物流畅通、风险可控).
type FreightBoard struct {
	Now time.Time `json:"now"`
	// Counts are trips by state, and "stranded", "orphan", "positive".
	Counts map[string]int `json:"counts"`
	// Throughput counts the trips of the last 24 hours that came to a gate, went in,
	// and ended; Waits are theirs between coming and going in.
	Throughput Throughput `json:"throughput"`
	Waits      WaitFigure `json:"waits"`
	// Positives are those found in trips that came in the last 24 hours; Rate per
	// 1,000 trips.
	Positives int     `json:"positives"`
	Rate      float64 `json:"rate"`
	// Four are the guarantees over all trips that go on and are here.
	Four     freight.Four   `json:"four"`
	Stranded []freight.Trip `json:"stranded"`
	Orphans  []freight.Trip `json:"orphans"`
	// Gaps are hand-overs that nobody accepted in time.
	Gaps int `json:"gaps"`
}

// Throughput counts trips.
type Throughput struct {
	Came    int `json:"came"`
	In      int `json:"in"`
	Ended   int `json:"ended"`
	PerHour int `json:"perHour"`
}

// WaitFigure are waits at gates in minutes.
type WaitFigure struct {
	N   int     `json:"n"`
	P50 float64 `json:"p50"`
	P95 float64 `json:"p95"`
	Max float64 `json:"max"`
}

// mostMeasured bounds the trips whose guarantees one board measures.
const mostMeasured = 500

// FreightBoard gives the board of what somebody may see, or of one area of it.
func (s *Service) FreightBoard(ctx context.Context, who Who, id seawall.AreaID) (FreightBoard, error) {
	const op = "response.FreightBoard"
	var out FreightBoard
	if err := s.allow(who, auth.TripRead, auth.Resource{Kind: seawall.KindTrip}); err != nil {
		return out, err
	}
	err := s.read(ctx, op, func(tx seawall.Tx) error {
		scope, err := s.within(ctx, tx, who, id)
		if err != nil {
			return err
		}
		out = FreightBoard{Now: tx.Now(), Stranded: []freight.Trip{}, Orphans: []freight.Trip{}}
		if out.Counts, err = s.d.Freight.TripCounts(ctx, tx, scope); err != nil {
			return err
		}
		day, err := s.d.Freight.TripsSince(ctx, tx, scope, tx.Now().Add(-24*time.Hour))
		if err != nil {
			return err
		}
		out.flow(day)
		return s.boardTrips(ctx, tx, scope, &out)
	})
	return out, err
}

// flow fills throughput, waits and positives from the trips of a day.
func (b *FreightBoard) flow(day []freight.Trip) {
	var waits []float64
	for _, t := range day {
		b.Throughput.Came++
		if !t.EnteredAt.IsZero() {
			b.Throughput.In++
			waits = append(waits, t.EnteredAt.Sub(t.ArrivedAt).Minutes())
		}
		if !t.EndedAt.IsZero() {
			b.Throughput.Ended++
		}
		if t.Positive != "" {
			b.Positives++
		}
	}
	b.Throughput.PerHour = (b.Throughput.In + 23) / 24
	if b.Throughput.Came > 0 {
		b.Rate = 1000 * float64(b.Positives) / float64(b.Throughput.Came)
	}
	slices.Sort(waits)
	b.Waits.N = len(waits)
	if n := len(waits); n > 0 {
		b.Waits.P50, b.Waits.P95, b.Waits.Max = rank(waits, 0.5), rank(waits, 0.95), waits[n-1]
	}
}

// rank gives the quantile of sorted values by the nearest rank: the least value
// that at least the share q does not exceed.
func rank(sorted []float64, q float64) float64 {
	i := int(q*float64(len(sorted))+0.999999) - 1
	return sorted[min(max(i, 0), len(sorted)-1)]
}

// boardTrips measures the trips that are here.
func (s *Service) boardTrips(ctx context.Context, tx seawall.Tx, scope seawall.Scope, out *FreightBoard) error {
	q := freight.Query{Scope: scope, States: []string{freight.AtGate, freight.Inside, freight.Unloading}, Sort: "seen", Page: seawall.Page{Limit: mostMeasured}}
	rows, _, _, err := s.d.Freight.Trips(ctx, tx, q)
	if err != nil {
		return err
	}
	var all []freight.Four
	for _, t := range rows {
		f, _, err := s.tripFacts(ctx, tx, t)
		if err != nil {
			return err
		}
		all = append(all, freight.MeasureTrip(f))
		for _, l := range f.Legs {
			if !l.GapAt.IsZero() && l.Accepted.IsZero() && l.Ended.IsZero() {
				out.Gaps++
			}
		}
		if t.Stranded {
			out.Stranded = append(out.Stranded, shownTrip(t))
		}
		if t.Orphan {
			out.Orphans = append(out.Orphans, shownTrip(t))
		}
	}
	out.Four = freight.Sum(all)
	return nil
}
