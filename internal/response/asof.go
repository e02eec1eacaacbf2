package response

import (
	"cmp"
	"context"
	"encoding/json"
	"maps"
	"slices"
	"time"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/auth"
	"github.com/seawall-city/seawall/internal/casebook"
	"github.com/seawall-city/seawall/internal/ledger"
	"github.com/seawall-city/seawall/internal/loop"
)

// LoopAsOf gives a duty as it was at an instant: its rows are put together again
// from the after-images that the log carries, so that the answer does not depend
// on what became of them. Entries whose key was destroyed since are left out, and
// the answer says so. The log takes entries in within a second, so the present
// second may still be missing. Errors: NotFound when the log did not know it yet.
func (s *Service) LoopAsOf(ctx context.Context, who Who, id seawall.LoopID, at time.Time) (LoopView, error) {
	const op = "response.LoopAsOf"
	var out LoopView
	err := s.read(ctx, op, func(tx seawall.Tx) error {
		l, _, err := s.mayWork(ctx, tx, who, id, auth.LoopRead)
		if err != nil {
			return err
		}
		evs, hidden, err := s.storyOf(ctx, tx, l, at)
		if err != nil {
			return err
		}
		w := newPast(id)
		for _, ev := range evs {
			w.take(ev)
		}
		if out, err = w.view(); err != nil {
			return err
		}
		if out.Loop.ID == "" {
			return seawall.E(op, seawall.NotFound, "asof_unknown")
		}
		out.AsOf = &AsOf{At: at, Events: len(evs), Incomplete: hidden || w.gaps()}
		out.Events = []ledger.Event{}
		for _, ev := range slices.Backward(evs) {
			if about(ev, l.Ref()) {
				ev.Changes = nil
				out.Events = append(out.Events, ev)
			}
		}
		if err := s.aroundThen(ctx, tx, &out, at); err != nil {
			return err
		}
		if r, ok := s.d.Rules.ByID(out.Loop.Regime); ok {
			out.Source = r.Source.Title.ZH
		}
		out.AreaName, err = s.areaName(ctx, tx, out.Loop.Area)
		return err
	})
	return out, err
}

// aroundThen adds the duties around one as they were at an instant, and the forms of
// the text that it runs under.
func (s *Service) aroundThen(ctx context.Context, tx seawall.Tx, v *LoopView, at time.Time) error {
	then := func(id seawall.LoopID) (*loop.Loop, error) {
		l, err := s.d.Loops.Loop(ctx, tx, id)
		if err != nil {
			return nil, err
		}
		evs, _, err := s.storyOf(ctx, tx, l, at)
		if err != nil {
			return nil, err
		}
		w := newPast(id)
		for _, ev := range evs {
			w.take(ev)
		}
		old, err := w.view()
		if err != nil || old.Loop.ID == "" {
			return nil, err
		}
		return &old.Loop, nil
	}
	var err error
	if v.Loop.Parent != "" {
		if v.Parent, err = then(v.Loop.Parent); err != nil {
			return err
		}
	}
	for _, st := range v.Steps {
		if st.ChildLoop == "" {
			continue
		}
		child, err := then(st.ChildLoop)
		if err != nil {
			return err
		}
		if child != nil {
			v.Children = append(v.Children, *child)
		}
	}
	p, ok, err := s.protocolOf(ctx, tx, v.Loop)
	if err != nil || !ok {
		return err
	}
	v.fill(p)
	v.Text, err = s.textOf(ctx, tx, v.Loop)
	return err
}

// about reports whether an event is about a thing or related to it.
func about(ev ledger.Event, ref seawall.Ref) bool {
	return ev.Subject == ref || slices.Contains(ev.Related, ref)
}

// storyOf gives the entries of the log that may carry rows of a duty, up to an
// instant, in their order: those about the duty, about its subject and with its
// person's data. hidden tells that some were forgotten.
func (s *Service) storyOf(ctx context.Context, tx seawall.Tx, l loop.Loop, at time.Time) (evs []ledger.Event, hidden bool, err error) {
	bySeq := map[int64]ledger.Event{}
	queries := []ledger.Query{{Subject: l.Ref()}, {Subject: l.Subject}}
	if l.Person != "" {
		queries = append(queries, ledger.Query{Subject: casebook.PersonRef(l.Person)}, ledger.Query{Person: l.Person})
	}
	for _, q := range queries {
		q.Limit = 1000
		for {
			page, err := s.d.Past.Events(ctx, tx, q)
			if err != nil {
				return nil, false, err
			}
			for _, ev := range page {
				if !ev.At.After(at) {
					bySeq[ev.Seq] = ev
					hidden = hidden || ev.Forgotten
				}
			}
			if len(page) < q.Limit { // to the end: an entry of then may have come late
				break
			}
			q.After = page[len(page)-1].Seq
		}
	}
	for _, seq := range slices.Sorted(maps.Keys(bySeq)) {
		evs = append(evs, bySeq[seq])
	}
	return evs, hidden, nil
}

// past puts the rows of one duty together.
type past struct {
	id   seawall.LoopID
	rows map[seawall.Ref]json.RawMessage
	// last is the version of each row so far, seen which ones were there: places in
	// the log need not be in the order of the instants.
	last map[seawall.Ref]int
	seen map[seawall.Ref]map[int]bool
}

func newPast(id seawall.LoopID) past {
	return past{id: id, rows: map[seawall.Ref]json.RawMessage{}, last: map[seawall.Ref]int{}, seen: map[seawall.Ref]map[int]bool{}}
}

// gaps reports whether an image in between is gone.
func (w *past) gaps() bool {
	for ref, versions := range w.seen {
		if w.last[ref] > len(versions) {
			return true
		}
	}
	return false
}

// owned is what a row of a duty says of where it belongs.
type owned struct {
	ID      string         `json:"id"`
	Loop    seawall.LoopID `json:"loop"`
	Version int            `json:"version"`
}

// take keeps the after-images of an event that belong to the duty.
func (w *past) take(ev ledger.Event) {
	for _, c := range ev.Changes {
		var now owned
		if json.Unmarshal(c.Row, &now) != nil {
			continue
		}
		mine := now.Loop == w.id || c.Kind == seawall.KindLoop && c.ID == string(w.id)
		if !mine || c.Kind == seawall.KindContact || c.Kind == seawall.KindEntry || c.Kind == seawall.KindArrival || c.Kind == seawall.KindTrip || c.Kind == seawall.KindLot || c.Kind == seawall.KindPoint || c.Kind == seawall.KindWait {
			continue
		}
		ref := seawall.Ref{Kind: c.Kind, ID: c.ID}
		if w.seen[ref] == nil {
			w.seen[ref] = map[int]bool{}
		}
		w.seen[ref][now.Version] = true
		if now.Version >= w.last[ref] {
			w.rows[ref], w.last[ref] = c.Row, now.Version
		}
	}
}

// view reads the rows into the parts of the duty's page, in their order.
func (w *past) view() (LoopView, error) {
	v := LoopView{Steps: []loop.Step{}, Series: []loop.Series{}, Clocks: []loop.Clock{}, HandOvers: []loop.HandOver{},
		Evidence: []loop.Evidence{}, Restrictions: []loop.Restriction{}}
	keys := slices.SortedFunc(maps.Keys(w.rows), func(a, b seawall.Ref) int { return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.ID, b.ID)) })
	for _, ref := range keys {
		if err := v.add(ref.Kind, w.rows[ref]); err != nil {
			return v, &seawall.Error{Op: "response.past", Kind: seawall.Corrupt, Code: "log_payload_unreadable", Args: map[string]string{"id": ref.String()}, Err: err}
		}
	}
	slices.SortStableFunc(v.Steps, func(a, b loop.Step) int { return cmp.Or(cmp.Compare(a.Order, b.Order), a.Due.Compare(b.Due)) })
	slices.SortStableFunc(v.Clocks, func(a, b loop.Clock) int { return a.FireAt.Compare(b.FireAt) })
	slices.SortStableFunc(v.HandOvers, func(a, b loop.HandOver) int { return a.At.Compare(b.At) })
	slices.SortStableFunc(v.Evidence, func(a, b loop.Evidence) int { return a.At.Compare(b.At) })
	return v, nil
}

// add reads one row.
func (v *LoopView) add(kind seawall.RefKind, row json.RawMessage) error {
	switch kind {
	case seawall.KindLoop:
		return json.Unmarshal(row, &v.Loop)
	case seawall.KindStep:
		return appendRow(&v.Steps, row)
	case "series":
		return appendRow(&v.Series, row)
	case seawall.KindClock:
		return appendRow(&v.Clocks, row)
	case seawall.KindHandOver:
		return appendRow(&v.HandOvers, row)
	case seawall.KindEvidence:
		return appendRow(&v.Evidence, row)
	case seawall.KindRestriction:
		return appendRow(&v.Restrictions, row)
	}
	return nil
}

// appendRow reads a row onto a list.
func appendRow[T any](list *[]T, row json.RawMessage) error {
	var x T
	err := json.Unmarshal(row, &x)
	*list = append(*list, x)
	return err
}
