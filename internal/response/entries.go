package response

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/auth"
	"github.com/seawall-city/seawall/internal/casebook"
	"github.com/seawall-city/seawall/internal/loop"
	"github.com/seawall-city/seawall/internal/protocol"
)

// NewEntry records a form that opens a duty of a protocol about entries. Values
// are checked by the form; a person is sealed first as everywhere. Errors:
// Invalid with every wrong field, NotFound for an unknown protocol.
func (s *Service) NewEntry(ctx context.Context, who Who, in NewEntry) (RecordedEntry, error) {
	const op = "response.NewEntry"
	p, e, err := s.newEntry(ctx, op, in)
	if err != nil {
		return RecordedEntry{}, err
	}
	if err := s.allow(who, auth.EntryRecord, auth.Resource{Kind: seawall.KindEntry, Area: e.Area}); err != nil {
		return RecordedEntry{}, err
	}
	var person casebook.Person
	if in.Person != nil {
		if person, _, err = s.seal(ctx, *in.Person, e.Area, s.d.Clock.Now().In(s.d.Zone).Year()); err != nil {
			return RecordedEntry{}, seawall.Wrap(op, err)
		}
	}
	e.By = who.Actor.Name
	var out RecordedEntry
	err = s.write(ctx, who, op, func(tx seawall.Tx) error {
		row, err := s.keepEntry(ctx, tx, p, e, person)
		out = RecordedEntry{Entry: row, Loop: row.Loop}
		return err
	})
	if err != nil || in.Person == nil {
		return out, err
	}
	return out, seawall.Wrap(op, s.sealed(ctx, *in.Person))
}

// newEntry checks an input before anything is kept.
func (s *Service) newEntry(ctx context.Context, op string, in NewEntry) (*protocol.Protocol, casebook.Entry, error) {
	p, ok := s.d.Protocols.ByID(in.Protocol)
	if !ok {
		return nil, casebook.Entry{}, seawall.E(op, seawall.NotFound, "protocol_unknown", "kind", in.Protocol)
	}
	form, ok := p.Form(p.Entry)
	if p.Subject != protocol.SubjectEntry || !ok {
		return nil, casebook.Entry{}, seawall.E(op, seawall.Invalid, "entry_protocol", "kind", in.Protocol)
	}
	e := casebook.Entry{Request: in.Request, Protocol: p.Ref(), Kind: p.ID, Disease: p.Disease, State: casebook.EntryOpen, Version: 1}
	values, bad := form.Check(ctx, in.Values, s.d.Clock.Now().In(s.d.Zone))
	for i := range bad {
		bad[i].Field = "values." + bad[i].Field
	}
	e.Values = values
	if in.Person != nil {
		bad = append(bad, prefixed("person.", in.Person.check())...)
		if e.Request == "" {
			e.Request = in.Person.Request
		}
	}
	if in.Person == nil && len(e.Request) < shortestRequest {
		bad = append(bad, seawall.FieldError{Field: "request", Code: "request_id_short", Args: map[string]string{"min": itoa(shortestRequest)}})
	}
	if in.Area == "" {
		bad = append(bad, seawall.FieldError{Field: "area", Code: "required"})
	}
	err := s.read(ctx, op, func(tx seawall.Tx) error {
		at := places{s: s, ctx: ctx, tx: tx}
		e.Area = at.path(in.Area, "area")
		if len(at.bad) == 0 && at.err == nil && in.Area != "" && !e.Area.Within(s.d.City) {
			at.bad = append(at.bad, seawall.FieldError{Field: "area", Code: "area_not_found", Args: map[string]string{"id": string(in.Area)}})
		}
		at.form(form, values, "values.")
		bad = append(bad, at.bad...)
		return at.err
	})
	if err != nil {
		return nil, e, err
	}
	return p, e, invalid(op, "entry_invalid", bad)
}

// prefixed puts a prefix before the fields of errors.
func prefixed(prefix string, bad []seawall.FieldError) []seawall.FieldError {
	for i := range bad {
		bad[i].Field = prefix + bad[i].Field
	}
	return bad
}

// keepEntry saves an entry and opens its duty, once for each request.
func (s *Service) keepEntry(ctx context.Context, tx seawall.Tx, p *protocol.Protocol, e casebook.Entry, person casebook.Person) (casebook.Entry, error) {
	if e.Request != "" {
		old, err := s.d.Entries.EntryByRequest(ctx, tx, e.Request)
		same := err == nil && old.Kind == e.Kind && old.Area == e.Area && sameValues(old.Values, e.Values)
		if same {
			same, err = s.samePerson(ctx, tx, old.Person, person.No)
		}
		if err == nil && !same {
			return casebook.Entry{}, seawall.E("response.keepEntry", seawall.Conflict, "request_used")
		}
		if !seawall.Is(err, seawall.NotFound) {
			return old, err
		}
	}
	if person.No != "" {
		row, err := s.person(ctx, tx, person)
		if err != nil {
			return e, err
		}
		e.Person, e.Mask = row.No, row.Mask
	}
	year := tx.Now().In(s.d.Zone).Year()
	n, err := s.d.Entries.NextNo(ctx, tx, fmt.Sprintf("entry/%d", year))
	if err != nil {
		return e, err
	}
	e.ID, e.Loop = seawall.EntryID(tx.NewID()), seawall.LoopID(tx.NewID())
	e.No, e.At = fmt.Sprintf("E-%d-%05d", year, n), tx.Now().UnixMicro()
	if err := s.d.Entries.SaveEntry(ctx, tx, e); err != nil {
		return e, err
	}
	if err := s.record(ctx, tx, "entry.recorded", e.Ref(), e.Area, e.Person, map[string]string{"kind": e.Kind, "no": e.No}); err != nil {
		return e, err
	}
	d := s.aboutEntry(e)
	d.ID = e.Loop
	if _, err := s.openLoop(ctx, tx, p.ID, d); err != nil {
		return e, err
	}
	return s.d.Entries.Entry(ctx, tx, e.ID)
}

// samePerson reports whether what comes again under one request is about the one it
// was about, who may be known under another number since.
func (s *Service) samePerson(ctx context.Context, tx seawall.Tx, was, is seawall.PersonNo) (bool, error) {
	if was == is || was == "" || is == "" {
		return was == is, nil
	}
	row, err := s.book.Person(ctx, tx, is)
	if seawall.Is(err, seawall.NotFound) {
		return false, nil
	}
	return row.No == was, err
}

// sameValues reports whether two entries say the same: what comes again under one
// request must be the same form, or somebody's words would be dropped, or another's
// shown.
func sameValues(a, b map[string]any) bool {
	x, errA := json.Marshal(a)
	y, errB := json.Marshal(b)
	return errA == nil && errB == nil && bytes.Equal(x, y)
}

// aboutEntry is what duties about an entry depend on.
func (s *Service) aboutEntry(e casebook.Entry) dutyAbout {
	at := time.UnixMicro(e.At).UTC()
	d := dutyAbout{Subject: e.Ref(), No: e.No, Person: e.Person, Mask: e.Mask, Disease: e.Disease, Area: e.Area,
		Regime: s.inForce(e.Disease, seawall.DayOf(at, s.d.Zone)), Places: []loop.Place{{Path: e.Area, Why: "area"}}}
	if e.Disease == "" {
		d.Regime = nil
	}
	// an entry has one place: wherever the protocol looks first, it is there
	for _, why := range []string{"home", "stay", "exposure"} {
		d.Places = append(d.Places, loop.Place{Path: e.Area, Why: why})
	}
	d.Given = protocol.Subject{Facts: map[string]any{"person": e.Person != "", "disease": e.Disease}, Values: e.Values}
	return d
}

// mirrorEntry keeps the state of an entry in step with its duty.
func (s *Service) mirrorEntry(ctx context.Context, tx seawall.Tx, l loop.Loop) error {
	e, err := s.d.Entries.Entry(ctx, tx, seawall.EntryID(l.Subject.ID))
	if err != nil || e.Loop != l.ID || e.State == casebook.EntryRetracted {
		return err
	}
	state := casebook.EntryOpen
	if l.State != loop.Open {
		state = casebook.EntryClosed
	}
	if e.State == state {
		return nil
	}
	e.State, e.Version = state, e.Version+1
	return s.d.Entries.SaveEntry(ctx, tx, e)
}

// Entries lists the entries of a kind in the asker's areas.
func (s *Service) Entries(ctx context.Context, who Who, f EntryFilter) (List[casebook.Entry], error) {
	const op = "response.Entries"
	var out List[casebook.Entry]
	if err := s.allow(who, auth.EntryRead, auth.Resource{Kind: seawall.KindEntry}); err != nil {
		return out, err
	}
	q := casebook.EntryQuery{Kind: f.Kind, State: f.State, Scope: s.narrow(who, f.Scope), Page: f.Page}
	err := s.read(ctx, op, func(tx seawall.Tx) (err error) {
		out.Items, out.Next, out.Total, err = s.d.Entries.Entries(ctx, tx, q)
		return err
	})
	return out, err
}

// EntryView gives everything on the page of an entry.
func (s *Service) EntryView(ctx context.Context, who Who, id seawall.EntryID) (EntryView, error) {
	const op = "response.EntryView"
	var v EntryView
	err := s.read(ctx, op, func(tx seawall.Tx) (err error) {
		if v.Entry, err = s.d.Entries.Entry(ctx, tx, id); err != nil {
			return err
		}
		if err = s.allow(who, auth.EntryRead, auth.Resource{Kind: seawall.KindEntry, ID: string(id), Area: v.Entry.Area}); err != nil {
			return err
		}
		if v.AreaName, err = s.areaName(ctx, tx, v.Entry.Area); err != nil {
			return err
		}
		t, ok, err := s.lawOf(ctx, tx, v.Entry.Protocol)
		if err != nil {
			return err
		}
		if ok {
			v.Title = t.p.Title
			v.Form, _ = t.p.Form(t.p.Entry)
		}
		l, err := s.loopView(ctx, tx, v.Entry.Loop)
		if err != nil {
			return err
		}
		v.Loop = &l
		v.Events, err = s.events(ctx, tx, v.Entry.Ref())
		return err
	})
	return v, err
}

// startEntry retracts an entry for whoever may cancel its duty.
func (w *withdrawal) startEntry(ctx context.Context, tx seawall.Tx, who Who, ref seawall.Ref) error {
	e, err := w.s.d.Entries.Entry(ctx, tx, seawall.EntryID(ref.ID))
	if err != nil {
		return err
	}
	if err := w.s.allow(who, auth.LoopCancel, auth.Resource{Kind: ref.Kind, ID: ref.ID, Area: e.Area}); err != nil {
		return err
	}
	if e.State == casebook.EntryRetracted {
		return seawall.E("response.Retract", seawall.Conflict, "already_retracted")
	}
	return w.retractEntry(ctx, tx, e)
}

// retractEntry takes an entry back with the duty that hung on it.
func (w *withdrawal) retractEntry(ctx context.Context, tx seawall.Tx, e casebook.Entry) error {
	e.State, e.Retraction, e.Version = casebook.EntryRetracted, w.reason, e.Version+1
	if err := w.s.d.Entries.SaveEntry(ctx, tx, e); err != nil {
		return err
	}
	if err := w.s.record(ctx, tx, "entry.retracted", e.Ref(), e.Area, e.Person, map[string]string{"reason": w.reason, "no": e.No}); err != nil {
		return err
	}
	w.n.Entries++
	return w.fact(ctx, tx, e.Ref())
}

// moveEntries repoints the entries about one person to another; only, when not
// nil, names the rows to move.
func (s *Service) moveEntries(ctx context.Context, tx seawall.Tx, from, to casebook.Person, only []seawall.Ref) ([]seawall.Ref, error) {
	all, err := s.d.Entries.EntriesOfPerson(ctx, tx, from.No)
	if err != nil {
		return nil, err
	}
	pick := map[seawall.Ref]bool{}
	for _, r := range only {
		pick[r] = true
	}
	var moved []seawall.Ref
	for _, e := range all {
		if only != nil && !pick[e.Ref()] {
			continue
		}
		e.Person, e.Mask, e.Version = to.No, to.Mask, e.Version+1
		if err := s.d.Entries.SaveEntry(ctx, tx, e); err != nil {
			return nil, err
		}
		moved = append(moved, e.Ref())
	}
	return moved, nil
}
