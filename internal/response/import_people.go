package response

import (
	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/casebook"
	"github.com/seawall-city/seawall/internal/intake"
	"github.com/seawall-city/seawall/internal/regime"
)

// contact records or changes a contact. A contact whose follow-up may still run
// comes in as a candidate: a named epidemiologist confirms it before any duty
// opens. Everything else is history.
func (w *writer) contact(i *item) error {
	if err := w.person(i); err != nil {
		return err
	}
	var c casebook.Contact
	var err error
	event := "contact.proposed"
	if i.fate == rowChanged {
		event = "contact.updated"
		if c, err = w.s.d.Cases.Contact(w.ctx, w.tx, seawall.ContactID(i.old.Ref.ID)); err != nil {
			return err
		}
		if c.Person == i.person.No {
			c.Mask = i.person.Mask
		}
	} else {
		c = casebook.Contact{ID: seawall.ContactID(w.tx.NewID()), No: i.rec.Visible, Person: i.person.No, Mask: i.person.Mask,
			Disease: w.imp.Disease, FirstExposure: seawall.NoDay, LastExposure: seawall.NoDay, Until: seawall.NoDay,
			LastReport: seawall.NoDay, Home: i.person.Home, Origin: w.origin(i), CreatedAt: w.tx.Now()}
		if c.No == "" {
			if c.No, err = w.s.book.ContactNumber(w.ctx, w.tx); err != nil {
				return err
			}
		}
	}
	moved := c.State == casebook.Following && i.rec.Contact.Last.Known() && i.rec.Contact.Last != c.LastExposure
	if err := w.fillContact(&c, i); err != nil {
		return err
	}
	c.Origin.Import, c.Version, c.UpdatedAt = w.imp.ID, c.Version+1, w.tx.Now()
	if err := w.s.d.Cases.SaveContact(w.ctx, w.tx, c); err != nil {
		return err
	}
	if err := w.exposure(i, c); err != nil {
		return err
	}
	if err := w.keep(i, c.Ref(), c.Person); err != nil {
		return err
	}
	related := []seawall.Ref{w.imp.Ref()}
	if c.Case != "" {
		related = append(related, seawall.Ref{Kind: seawall.KindCase, ID: string(c.Case)})
	}
	if err := w.event(event, c.Ref(), c.Person, c.Area, related...); err != nil || !moved {
		return err
	}
	last := i.rec.Contact.Last.String()
	return w.s.urgent(w.ctx, w.tx, c, stepExposure, seawall.Text{ZH: "名单称末次暴露日为 " + last + "：判定管理期限是否改变",
		EN: "A list gives " + last + " as the last exposure: decide whether the plan changes"})
}

// fillContact puts the facts that a row tells into a contact. The state of one
// that is followed or was judged here stays as people here have set it; of one
// that is followed the days stay too, because the duty runs by them.
func (w *writer) fillContact(c *casebook.Contact, i *item) error {
	f := i.rec.Contact
	if c.State != casebook.Following {
		days(&c.FirstExposure, f.First, &c.LastExposure, f.Last, &c.Until, f.Until)
	}
	texts(&c.Setting, f.Setting, &c.Relation, f.Relation, &c.Place, f.Place)
	if i.home != "" {
		c.Home = i.home
	}
	c.Extra = merged(c.Extra, i.rec.Extra)
	var near seawall.AreaPath
	if i.from.caseID != "" && c.Case == "" {
		k, err := w.s.d.Cases.Case(w.ctx, w.tx, i.from.caseID)
		if err != nil {
			return err
		}
		c.Case, c.CaseNo, near = k.ID, k.No, k.Area
	}
	if c.Version == 0 || i.home != "" {
		c.Area = w.s.answering(c.Home, c.Stay, near)
	}
	if c.Version == 0 || c.State == casebook.Candidate || c.State == casebook.History {
		w.judge(c, f)
	}
	return nil
}

// judge decides the class and state of an imported contact.
func (w *writer) judge(c *casebook.Contact, f *intake.ContactFacts) {
	today := w.s.today(w.tx)
	r := w.s.inForce(c.Disease, today)
	if r != nil && c.LastExposure.Known() && w.s.inForce(c.Disease, c.LastExposure) == nil {
		r = nil
	}
	c.Class = contactClass(r, f.Class, c.Class)
	if r != nil {
		c.Regime = r.Ref()
	}
	c.State, c.Historic = casebook.Candidate, false
	switch f.State {
	case "completed", "died":
		c.State, c.Historic = casebook.Completed, true
	case "became_case":
		c.State, c.Historic = casebook.BecameCase, true
	case "lost":
		c.State, c.Historic = casebook.Lost, true
	case "dismissed":
		c.State, c.Historic = casebook.Dismissed, true
	default:
		if w.over(r, c, today) {
			c.State, c.Historic = casebook.History, true
		}
	}
}

// over reports whether a contact's follow-up is past on that day or no regime
// asks for one.
func (w *writer) over(r *regime.Regime, c *casebook.Contact, today seawall.Day) bool {
	if r == nil {
		return true
	}
	if c.LastExposure.Known() {
		plan, err := r.ContactPlan(c.Class, regime.Anchors{FirstExposure: c.FirstExposure, LastExposure: c.LastExposure,
			Discovered: w.tx.Now(), Loc: w.s.d.Zone})
		if err == nil {
			return plan.Over
		}
	}
	return c.Until.Known() && c.Until < today
}

// contactClass gives the regime's class that a file's text names by its id or
// its title, else the one it had, else the closest.
func contactClass(r *regime.Regime, text, had string) string {
	if r == nil || len(r.Classes) == 0 {
		if text != "" {
			return text
		}
		if had != "" {
			return had
		}
		return "close"
	}
	for _, c := range r.Classes {
		if text != "" && (c.ID == text || c.Name.ZH == text || c.Name.EN == text) {
			return c.ID
		}
	}
	for _, id := range []string{had, "close"} {
		if _, ok := r.Class(id); ok {
			return id
		}
	}
	return r.Classes[0].ID
}

// exposure records the edge from the case that a contact's row names.
func (w *writer) exposure(i *item, c casebook.Contact) error {
	if i.fate != rowFresh || i.from.caseID == "" || i.from.person == c.Person {
		return nil
	}
	l := casebook.Link{ID: seawall.LinkID(w.tx.NewID()), From: i.from.person, To: c.Person, FromCase: i.from.caseID, ToContact: c.ID,
		Disease: c.Disease, Kind: "exposure", Setting: c.Setting, Day: c.LastExposure, State: casebook.Valid,
		Origin: casebook.Origin{Source: w.imp.Source, External: "contact:" + i.key.External, Import: w.imp.ID}, Version: 1}
	return w.s.d.Cases.SaveLink(w.ctx, w.tx, l)
}

// followUp records or changes one day's follow-up and keeps the contact's row in
// step with the latest word from the person.
func (w *writer) followUp(i *item) error {
	f := i.rec.FollowUp
	c, err := w.s.d.Cases.Contact(w.ctx, w.tx, i.subject.contact)
	if err != nil {
		return err
	}
	u := casebook.FollowUp{ID: seawall.FollowUpID(w.tx.NewID()), Contact: c.ID, Person: c.Person, Origin: w.origin(i)}
	u.Origin.External = w.imp.Disease + "/" + i.key.External // the key of follow-ups knows no disease
	if i.fate == rowChanged {
		if u, err = w.s.d.Cases.FollowUpByOrigin(w.ctx, w.tx, w.imp.Source, u.Origin.External); err != nil {
			return err
		}
	}
	u.Day, u.Status, u.At, u.By = f.Day, f.Status, w.tx.Now(), string(w.tx.Actor().Principal)
	if u.By == "" {
		u.By = w.imp.By
	}
	if f.Temperature > 0 {
		u.Temperature = f.Temperature
	}
	texts(&u.Symptoms, f.Symptoms, &u.Note, f.Note)
	u.Extra = merged(u.Extra, i.rec.Extra)
	u.Version++
	if err := w.s.d.Cases.SaveFollowUp(w.ctx, w.tx, u); err != nil {
		return err
	}
	heard := u.Status == "well" || u.Status == "symptoms"
	if heard && (!c.LastReport.Known() || u.Day >= c.LastReport) {
		c.LastReport, c.Symptomatic = u.Day, u.Status == "symptoms"
		if c, err = w.s.book.KeepContact(w.ctx, w.tx, c); err != nil {
			return err
		}
	}
	ref := seawall.Ref{Kind: seawall.KindFollowUp, ID: string(u.ID)}
	if err := w.keep(i, ref, c.Person); err != nil {
		return err
	}
	if err := w.event("followup.recorded", ref, c.Person, c.Area, c.Ref(), w.imp.Ref()); err != nil {
		return err
	}
	if c.State != casebook.Following || i.fate != rowFresh || u.Day > w.s.today(w.tx) {
		return nil
	}
	return w.s.afterReport(w.ctx, w.tx, c, u)
}

// result records or changes a test; a fresh one does what a result does that is
// entered by hand.
func (w *writer) result(i *item) error {
	if err := w.person(i); err != nil {
		return err
	}
	f := i.rec.Result
	r := casebook.Result{ID: seawall.ResultID(w.tx.NewID()), Person: i.person.No, Case: i.subject.caseID, Contact: i.subject.contact,
		Disease: w.imp.Disease, State: casebook.Valid, Area: w.s.answering(i.home, i.person.Home), Origin: w.origin(i), CreatedAt: w.tx.Now()}
	var err error
	if i.fate == rowChanged {
		if r, err = w.s.d.Cases.Result(w.ctx, w.tx, seawall.ResultID(i.old.Ref.ID)); err != nil {
			return err
		}
	}
	was := r
	texts(&r.Accession, f.Accession, &r.Kind, f.Kind, &r.Outcome, f.Outcome, &r.Value, f.Value, &r.Lab, f.Lab)
	if !f.Collected.IsZero() {
		r.Collected = f.Collected
	}
	if !f.Resulted.IsZero() {
		r.Resulted = f.Resulted
	}
	r.Extra = merged(r.Extra, i.rec.Extra)
	r.Version++
	followed, err := w.s.followed(w.ctx, w.tx, r.Person, NewResult{Disease: r.Disease, Contact: r.Contact})
	if err != nil {
		return err
	}
	if len(followed) > 0 {
		r.Area = followed[0].Area
		if r.Contact == "" && r.Case == "" {
			r.Contact = followed[0].ID
		}
	}
	if err := w.s.d.Cases.SaveResult(w.ctx, w.tx, r); err != nil {
		return err
	}
	if err := w.keep(i, r.Ref(), r.Person); err != nil {
		return err
	}
	if err := w.event("result.recorded", r.Ref(), r.Person, r.Area, w.imp.Ref()); err != nil {
		return err
	}
	if i.fate == rowChanged {
		if r.State != casebook.Valid || r.Outcome == was.Outcome && was.Resulted.IsZero() == r.Resulted.IsZero() {
			return nil // taken back here, or nothing that anything follows from
		}
		if err := w.undo(was); err != nil {
			return err
		}
	}
	var out RecordedResult
	for _, c := range followed {
		if err := w.s.applyResult(w.ctx, w.tx, c, r, &out); err != nil {
			return err
		}
	}
	return nil
}

// undo takes back what followed from a result that a list corrects: the tests it
// had closed open again, what hung on a positive one is withdrawn.
func (w *writer) undo(was casebook.Result) error {
	d := w.s.withdrawing("结果更正 corrected result: " + was.Accession)
	if was.Outcome == positive {
		if err := d.fact(w.ctx, w.tx, was.Ref()); err != nil {
			return err
		}
	}
	if err := d.steps(w.ctx, w.tx, was); err != nil {
		return err
	}
	return d.tellAll(w.ctx, w.tx, was.Ref())
}
