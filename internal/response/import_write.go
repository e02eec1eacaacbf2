package response

import (
	"context"
	"time"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/auth"
	"github.com/seawall-city/seawall/internal/casebook"
	"github.com/seawall-city/seawall/internal/intake"
	"github.com/seawall-city/seawall/internal/ledger"
)

// writer writes the rows of a batch inside its transaction. The transaction may
// run again, so it changes nothing of the batch itself.
type writer struct {
	b   *batch
	s   *Service
	ctx context.Context
	tx  seawall.Tx
	// imp counts duties; made are placeholders of this transaction by request.
	imp  *casebook.Import
	made map[string]seawall.PersonNo
	keys []casebook.ImportKey
}

// write makes one row's records and events.
func (w *writer) write(i *item) error {
	if i.fate != rowFresh && i.fate != rowChanged {
		return nil
	}
	switch {
	case i.rec.Link != nil:
		return w.link(i)
	case i.rec.Case != nil:
		return w.caseRow(i)
	case i.rec.Contact != nil:
		return w.contact(i)
	case i.rec.FollowUp != nil:
		return w.followUp(i)
	}
	return w.result(i)
}

func (w *writer) origin(i *item) casebook.Origin {
	return casebook.Origin{Source: w.imp.Source, External: i.key.External, Import: w.imp.ID}
}

// keep files the key of a row's record; all keys of the batch are saved at once
// and hang on the import's own event.
func (w *writer) keep(i *item, ref seawall.Ref, person seawall.PersonNo) error {
	k := i.key
	k.Ref, k.Person = ref, person
	w.keys = append(w.keys, k)
	return nil
}

// event closes a row: everything saved since the last event hangs on it.
func (w *writer) event(kind string, subject seawall.Ref, person seawall.PersonNo, at seawall.AreaPath, related ...seawall.Ref) error {
	related = append(related, casebook.PersonRef(person))
	return w.s.d.Log.Record(w.ctx, w.tx, ledger.Event{Type: kind, Subject: subject, Related: related, Person: person, Area: at,
		Data: map[string]string{"import": string(w.imp.ID), "source": w.imp.Source}})
}

// person saves the person of a row: new, or known and told more about.
func (w *writer) person(i *item) error {
	p := i.person
	if !i.found {
		p.CreatedAt = w.tx.Now()
		return w.s.d.Cases.SavePerson(w.ctx, w.tx, p)
	}
	if !i.adopted && i.fate != rowChanged {
		return nil
	}
	was, ok := w.b.people[p.No]
	if ok && !i.personChanged(was) {
		return nil
	}
	return w.s.d.Cases.SavePerson(w.ctx, w.tx, p)
}

// caseRow records or changes a case.
func (w *writer) caseRow(i *item) error {
	if err := w.person(i); err != nil {
		return err
	}
	if i.fate == rowChanged {
		return w.changeCase(i)
	}
	c := casebook.Case{ID: seawall.CaseID(w.tx.NewID()), Person: i.person.No, Mask: i.person.Mask, Disease: w.imp.Disease,
		State: casebook.CaseOpen, Onset: seawall.NoDay, Exposed: seawall.NoDay, Sampled: seawall.NoDay, Diagnose: seawall.NoDay,
		OutcomeDay: seawall.NoDay, Home: i.person.Home, Origin: w.origin(i), Version: 1, CreatedAt: w.tx.Now(), UpdatedAt: w.tx.Now()}
	w.fillCase(&c, i)
	ref, over := w.s.historic(c, w.s.today(w.tx))
	c.Regime, c.Historic = ref, over || c.Class == casebook.Discarded
	if c.Historic {
		c.State = casebook.CaseClosed
	}
	var err error
	if c.No = i.rec.Visible; c.No == "" {
		if c.No, err = w.s.book.CaseNumber(w.ctx, w.tx, c.Reported); err != nil {
			return err
		}
	}
	if err := w.s.d.Cases.SaveCase(w.ctx, w.tx, c); err != nil {
		return err
	}
	if i.adopted {
		if err := w.adopt(c); err != nil {
			return err
		}
	}
	if err := w.keep(i, c.Ref(), c.Person); err != nil {
		return err
	}
	if err := w.event("case.recorded", c.Ref(), c.Person, c.Area, w.imp.Ref()); err != nil {
		return err
	}
	l, err := w.s.openInvestigation(w.ctx, w.tx, c)
	if err != nil {
		return err
	}
	if l.ID != "" {
		w.imp.Duties++
	}
	if i.found && !c.Historic {
		return w.s.becomeCase(w.ctx, w.tx, c)
	}
	return nil
}

// changeCase puts what a row says now over a case; what it does not say stays.
func (w *writer) changeCase(i *item) error {
	c, err := w.s.d.Cases.Case(w.ctx, w.tx, seawall.CaseID(i.old.Ref.ID))
	if err != nil {
		return err
	}
	if c.Person == i.person.No {
		c.Mask = i.person.Mask
	}
	was := c
	w.fillCase(&c, i)
	gone := c.Class == casebook.Discarded && was.Class != casebook.Discarded && c.State == casebook.CaseOpen
	if gone {
		r := auth.Resource{Kind: seawall.KindCase, ID: string(c.ID), Area: was.Area}
		if err := w.s.allow(w.b.r.who, auth.CaseRetract, r); err != nil {
			return err
		}
		c.State = casebook.CaseClosed
	}
	c.Origin.Import, c.Version, c.UpdatedAt = w.imp.ID, c.Version+1, w.tx.Now()
	if err := w.s.d.Cases.SaveCase(w.ctx, w.tx, c); err != nil {
		return err
	}
	if err := w.keep(i, c.Ref(), c.Person); err != nil {
		return err
	}
	if err := w.event("case.updated", c.Ref(), c.Person, c.Area, w.imp.Ref()); err != nil || !gone {
		return err
	}
	// a list that discards a case takes with it what hung on it, as a person does
	d := w.s.withdrawing("排除 discarded: " + c.No)
	if err := d.hanging(w.ctx, w.tx, c); err != nil {
		return err
	}
	return d.tellAll(w.ctx, w.tx, c.Ref())
}

// fillCase puts the facts that a row tells into a case.
func (w *writer) fillCase(c *casebook.Case, i *item) {
	f := i.rec.Case
	if f.Class != "" {
		c.Class = casebook.Class(f.Class)
	}
	days(&c.Onset, f.Onset, &c.Exposed, f.Exposed, &c.Sampled, f.Sampled, &c.Diagnose, f.Diagnosed, &c.OutcomeDay, f.OutcomeDay)
	texts(&c.Outcome, f.Outcome, &c.Channel, f.Channel, &c.Facility, f.Facility, &c.Setting, f.Setting)
	if i.home != "" {
		c.Home = i.home
	}
	c.Area = w.s.answering(c.Home, c.Stay, c.Exposure)
	c.Extra = merged(c.Extra, i.rec.Extra)
	if at := w.reported(f, c); c.Reported.IsZero() || f.Reported.Known() {
		c.Reported = at
	}
}

// reported is the instant of a report known by its day: the beginning of the
// day, or now for today and anything later.
func (w *writer) reported(f *intake.CaseFacts, c *casebook.Case) time.Time {
	day := f.Reported
	for _, d := range []seawall.Day{c.Diagnose, c.Sampled, c.Onset, c.Exposed} {
		if !day.Known() {
			day = d
		}
	}
	if !day.Known() || day >= w.s.today(w.tx) {
		return w.tx.Now()
	}
	return day.Start(w.s.d.Zone).UTC()
}

// adopt tells the links of a former placeholder which case it is now.
func (w *writer) adopt(c casebook.Case) error {
	ls, err := w.s.d.Cases.LinksOfPersons(w.ctx, w.tx, []seawall.PersonNo{c.Person})
	if err != nil {
		return err
	}
	for _, l := range ls {
		was := l
		if l.From == c.Person && l.FromCase == "" && l.Disease == c.Disease {
			l.FromCase = c.ID
		}
		if l.To == c.Person && l.ToCase == "" && l.Disease == c.Disease {
			l.ToCase = c.ID
		}
		if l.FromCase == was.FromCase && l.ToCase == was.ToCase {
			continue
		}
		l.Version++
		if err := w.s.d.Cases.SaveLink(w.ctx, w.tx, l); err != nil {
			return err
		}
	}
	return nil
}

// link records or changes an edge.
func (w *writer) link(i *item) error {
	from, err := w.end(i.from)
	if err != nil {
		return err
	}
	to, err := w.end(i.to)
	if err != nil {
		return err
	}
	f := i.rec.Link
	l := casebook.Link{ID: seawall.LinkID(w.tx.NewID()), Disease: w.imp.Disease, Kind: f.Kind, Day: seawall.NoDay,
		State: casebook.Valid, Origin: w.origin(i)}
	if i.fate == rowChanged {
		if l, err = w.s.d.Cases.LinkByOrigin(w.ctx, w.tx, w.imp.Disease, i.old.Source, i.old.External); err != nil {
			return err
		}
	}
	l.From, l.To, l.FromCase, l.ToCase, l.ToContact = from, to, i.from.caseID, i.to.caseID, i.to.contact
	days(&l.Day, f.Day)
	texts(&l.Kind, f.Kind, &l.Setting, f.Setting, &l.Certainty, f.Certainty)
	if !i.implied {
		l.Extra = merged(l.Extra, i.rec.Extra)
	}
	l.Version++
	if err := w.s.d.Cases.SaveLink(w.ctx, w.tx, l); err != nil {
		return err
	}
	ref := seawall.Ref{Kind: seawall.KindLink, ID: string(l.ID)}
	if err := w.keep(i, ref, to); err != nil {
		return err
	}
	related := []seawall.Ref{w.imp.Ref(), casebook.PersonRef(from)}
	for _, id := range []seawall.CaseID{l.FromCase, l.ToCase} {
		if id != "" {
			related = append(related, seawall.Ref{Kind: seawall.KindCase, ID: string(id)})
		}
	}
	if err := w.hang(i); err != nil {
		return err
	}
	return w.event("link.recorded", ref, to, "", related...)
}

// hang hangs a contact that names no case on the case it was exposed to.
func (w *writer) hang(i *item) error {
	if i.from.caseID == "" || i.to.contact == "" {
		return nil
	}
	k, err := w.s.d.Cases.Contact(w.ctx, w.tx, i.to.contact)
	if err != nil || k.Case != "" {
		return err
	}
	c, err := w.s.d.Cases.Case(w.ctx, w.tx, i.from.caseID)
	if err != nil || c.Person == k.Person {
		return err
	}
	k.Case, k.CaseNo = c.ID, c.No
	if !k.LastExposure.Known() {
		k.LastExposure = i.rec.Link.Day
	}
	_, err = w.s.book.KeepContact(w.ctx, w.tx, k)
	return err
}

// end gives the person at an end, making the placeholder that stands in for an
// unknown id once.
func (w *writer) end(e end) (seawall.PersonNo, error) {
	if e.request == "" {
		return e.person, nil
	}
	if no, ok := w.made[e.request]; ok {
		return no, nil
	}
	v := w.b.sealed[e.request]
	p := casebook.Person{No: v.Person, Mask: v.Mask, Pinyin: v.Pinyin, Placeholder: true, CreatedAt: w.tx.Now()}
	if err := w.s.d.Cases.SavePerson(w.ctx, w.tx, p); err != nil {
		return "", err
	}
	k := w.b.r.key("person", e.external)
	k.Ref, k.Person = casebook.PersonRef(p.No), p.No
	w.made[e.request] = p.No
	w.keys = append(w.keys, k)
	return p.No, nil
}

// days and texts set each target to the value behind it where the row tells one.
func days(pairs ...any) {
	for n := 0; n+1 < len(pairs); n += 2 {
		if v := pairs[n+1].(seawall.Day); v.Known() {
			*pairs[n].(*seawall.Day) = v
		}
	}
}

func texts(pairs ...any) {
	for n := 0; n+1 < len(pairs); n += 2 {
		if v := pairs[n+1].(string); v != "" {
			*pairs[n].(*string) = v
		}
	}
}

func merged(into, more map[string]string) map[string]string {
	if len(more) == 0 {
		return into
	}
	out := make(map[string]string, len(into)+len(more))
	for k, v := range into {
		out[k] = v
	}
	for k, v := range more {
		out[k] = v
	}
	return out
}
