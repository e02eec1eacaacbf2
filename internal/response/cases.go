package response

import (
	"context"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/auth"
	"github.com/seawall-city/seawall/internal/casebook"
	"github.com/seawall-city/seawall/internal/loop"
	"github.com/seawall-city/seawall/internal/vault"
)

// entered is the source of records made by hand; their external key is the
// request id, so that a repeated request finds what the first one made.
const entered = "entry"

// shortestRequest is how long a request id must be to be its caller's own.
const shortestRequest = 16

// RecordCase records a case: identity into the vault first, then the facts, then
// the investigation that the regime of the report day asks for. The same request
// id gives the same case. A contact under follow-up becomes a case with it.
func (s *Service) RecordCase(ctx context.Context, who Who, in NewCase) (RecordedCase, error) {
	const op = "response.RecordCase"
	c, err := s.newCase(ctx, op, in)
	if err != nil {
		return RecordedCase{}, err
	}
	if err := s.allow(who, auth.CaseRecord, auth.Resource{Kind: seawall.KindCase, Area: c.Area}); err != nil {
		return RecordedCase{}, err
	}
	var out RecordedCase
	person, doubles, err := s.seal(ctx, in.Subject, c.Home, s.d.Clock.Now().In(s.d.Zone).Year())
	if err != nil {
		return RecordedCase{}, seawall.Wrap(op, err)
	}
	err = s.write(ctx, who, op, func(tx seawall.Tx) error {
		out = RecordedCase{Duplicates: doubles}
		return s.recordCase(ctx, tx, c, person, in, &out)
	})
	if err != nil {
		return RecordedCase{}, err
	}
	return out, seawall.Wrap(op, s.sealed(ctx, in.Subject))
}

// newCase turns an input into a case and checks it before anything is kept.
func (s *Service) newCase(ctx context.Context, op string, in NewCase) (casebook.Case, error) {
	c := casebook.Case{Person: in.Subject.Person, Disease: in.Disease, Class: in.Class,
		Onset: known(in.Onset), Exposed: known(in.Exposed), Sampled: known(in.Sampled), Diagnose: known(in.Diagnosed),
		Reported: in.Reported, Outcome: in.Outcome, OutcomeDay: known(in.OutcomeDay), Channel: in.Channel,
		Facility: strings.TrimSpace(in.Facility), Setting: strings.TrimSpace(in.Setting), Extra: in.Extra, Historic: in.Historic,
		Origin: casebook.Origin{Source: entered, External: in.Subject.Request}}
	now := s.d.Clock.Now()
	if c.Reported.IsZero() {
		c.Reported = now
	}
	if c.Person == "" {
		c.Person = "new" // the vault gives the number
	}
	bad := c.Check(seawall.DayOf(now, s.d.Zone))
	if c.Reported.After(now) {
		bad = append(bad, seawall.FieldError{Field: "reported", Code: "in_future"})
	}
	if _, ok := s.d.Rules.Disease(c.Disease); c.Disease != "" && !ok {
		bad = append(bad, seawall.FieldError{Field: "disease", Code: "regime_disease_unknown", Args: map[string]string{"disease": c.Disease}})
	}
	bad = append(bad, in.Subject.check()...)
	err := s.read(ctx, op, func(tx seawall.Tx) error {
		p := places{s: s, ctx: ctx, tx: tx}
		c.Home, c.Stay, c.Exposure = p.path(in.Home, "home"), p.path(in.Stay, "stay"), p.path(in.Exposure, "exposure")
		bad = append(bad, p.bad...)
		return p.err
	})
	if err != nil {
		return c, err
	}
	c.Area = s.answering(c.Home, c.Stay, c.Exposure)
	c.Person = in.Subject.Person
	return c, invalid(op, "case_invalid", bad)
}

// check says what a subject lacks.
func (u Subject) check() []seawall.FieldError {
	if u.Person != "" {
		return nil
	}
	if len(u.Request) < shortestRequest {
		return []seawall.FieldError{{Field: "subject.request", Code: "request_id_short", Args: map[string]string{"min": "16"}}}
	}
	return nil
}

// seal gives the person of a subject: looked up by number, or sealed in the
// vault. doubles are people who may be the same; they are looked for before
// sealing, so that nobody is found as their own double.
func (s *Service) seal(ctx context.Context, u Subject, home seawall.AreaPath, year int) (casebook.Person, []vault.Candidate, error) {
	if u.Person != "" {
		return casebook.Person{No: u.Person}, nil, nil
	}
	doubles, err := s.d.Vault.Candidates(ctx, u.Identity, 5)
	if err != nil {
		return casebook.Person{}, nil, err
	}
	sealed, err := s.d.Vault.Seal(ctx, []vault.Request{{ID: u.Request, Identity: u.Identity, Year: year}})
	if err != nil {
		return casebook.Person{}, nil, err
	}
	p := personOf(sealed[0], u.Identity, home)
	return p, without(doubles, p.No), nil
}

// without leaves one person out of candidates: nobody is their own double.
func without(found []vault.Candidate, no seawall.PersonNo) []vault.Candidate {
	var out []vault.Candidate
	for _, d := range found {
		if d.Person != no {
			out = append(out, d)
		}
	}
	return out
}

// personOf is what records keep of a sealed identity.
func personOf(v vault.Sealed, id vault.Identity, home seawall.AreaPath) casebook.Person {
	p := casebook.Person{No: v.Person, Mask: v.Mask, Pinyin: v.Pinyin, Sex: id.Sex, BirthYear: id.BirthYear, Home: home}
	if p.BirthYear == 0 && known(id.Birth).Known() {
		p.BirthYear = id.Birth.Start(time.UTC).Year()
	}
	return p
}

// sealed tells the vault that the record of a request is committed.
func (s *Service) sealed(ctx context.Context, subjects ...Subject) error {
	var ids []string
	for _, u := range subjects {
		if u.Person == "" && u.Request != "" {
			ids = append(ids, u.Request)
		}
	}
	if len(ids) == 0 {
		return nil
	}
	return s.d.Vault.Commit(ctx, ids)
}

// person gives the row of a person: a known number through its merges, a sealed
// one added if it is new.
func (s *Service) person(ctx context.Context, tx seawall.Tx, p casebook.Person) (casebook.Person, error) {
	if p.Mask == "" {
		return s.book.Person(ctx, tx, p.No)
	}
	added, err := s.book.AddPerson(ctx, tx, p)
	if err != nil || added.MergedInto == "" {
		return added, err
	}
	return s.book.Person(ctx, tx, added.No)
}

// recordCase is RecordCase inside its transaction.
func (s *Service) recordCase(ctx context.Context, tx seawall.Tx, c casebook.Case, person casebook.Person, in NewCase, out *RecordedCase) error {
	if in.Subject.Request != "" {
		old, err := s.d.Cases.CaseByOrigin(ctx, tx, c.Disease, entered, in.Subject.Request)
		if err == nil {
			return s.recordedBefore(ctx, tx, old, out)
		}
		if !seawall.Is(err, seawall.NotFound) {
			return err
		}
	} else {
		c.Origin = casebook.Origin{}
	}
	p, err := s.person(ctx, tx, person)
	if err != nil {
		return err
	}
	c.Person, c.Mask = p.No, p.Mask
	if c.Home == "" {
		c.Home = p.Home
		c.Area = s.answering(c.Home, c.Stay, c.Exposure)
	}
	ref, over := s.historic(c, s.today(tx))
	c.Regime, c.Historic = ref, c.Historic || over
	if c, err = s.book.RecordCase(ctx, tx, c); err != nil {
		return err
	}
	if out.Loop, err = s.openInvestigation(ctx, tx, c); err != nil {
		return err
	}
	for _, st := range in.Stays {
		st.Case, st.Person = c.ID, c.Person
		if _, err := s.recordStay(ctx, tx, st); err != nil {
			return err
		}
	}
	if in.Result != nil {
		r := *in.Result
		r.Case, r.Contact, r.Disease = c.ID, "", c.Disease
		got, err := s.recordResult(ctx, tx, r, c.Person)
		if err != nil {
			return err
		}
		out.Result = &got.Result
	}
	out.Case = c
	return s.becomeCase(ctx, tx, c)
}

// recordedBefore answers a repeated request with what the first one made.
func (s *Service) recordedBefore(ctx context.Context, tx seawall.Tx, c casebook.Case, out *RecordedCase) error {
	out.Case = c
	ls, err := s.d.Loops.LoopsAbout(ctx, tx, c.Ref())
	for _, l := range ls {
		if l.Kind == loop.Investigation {
			out.Loop = l
		}
	}
	return err
}

// UpdateCase changes the fields of a case that are given. Discarding a case takes
// with it what hung on it, as a retraction does, and asks for the same right.
func (s *Service) UpdateCase(ctx context.Context, who Who, id seawall.CaseID, ch CaseChange) (casebook.Case, error) {
	const op = "response.UpdateCase"
	var c casebook.Case
	err := s.write(ctx, who, op, func(tx seawall.Tx) error {
		var err error
		if c, err = s.d.Cases.Case(ctx, tx, id); err != nil {
			return err
		}
		if err := s.allow(who, auth.CaseUpdate, auth.Resource{Kind: seawall.KindCase, ID: string(id), Area: c.Area}); err != nil {
			return err
		}
		if ch.Version != 0 && ch.Version != c.Version {
			return seawall.E(op, seawall.Conflict, "changed_meanwhile", "kind", "case", "id", string(id))
		}
		if c.State == casebook.CaseRetracted {
			return seawall.E(op, seawall.Conflict, "case_retracted")
		}
		p := places{s: s, ctx: ctx, tx: tx}
		changed := ch.apply(&c, &p)
		if p.err != nil {
			return p.err
		}
		if err := invalid(op, "case_invalid", p.bad); err != nil {
			return err
		}
		if len(changed) == 0 {
			return nil
		}
		if slices.Contains(changed, "class") && c.Class == casebook.Discarded {
			c, err = s.discard(ctx, tx, who, c)
			return err
		}
		c.Area = s.answering(c.Home, c.Stay, c.Exposure)
		c, err = s.book.ChangeCase(ctx, tx, c, "case.updated", map[string]string{"fields": strings.Join(changed, ",")})
		return err
	})
	return c, err
}

// discard closes a case that turned out to be none.
func (s *Service) discard(ctx context.Context, tx seawall.Tx, who Who, c casebook.Case) (casebook.Case, error) {
	if err := s.allow(who, auth.CaseRetract, auth.Resource{Kind: seawall.KindCase, ID: string(c.ID), Area: c.Area}); err != nil {
		return c, err
	}
	c.State = casebook.CaseClosed
	c, err := s.book.ChangeCase(ctx, tx, c, "case.discarded", map[string]string{"no": c.No})
	if err != nil {
		return c, err
	}
	w := s.withdrawing("排除 discarded: " + c.No)
	if err := w.hanging(ctx, tx, c); err != nil {
		return c, err
	}
	return c, w.tellAll(ctx, tx, c.Ref())
}

// apply sets the given fields and names them.
func (ch CaseChange) apply(c *casebook.Case, p *places) []string {
	var changed []string
	text := func(to *string, v *string, field string) {
		if v != nil && *to != strings.TrimSpace(*v) {
			*to = strings.TrimSpace(*v)
			changed = append(changed, field)
		}
	}
	day := func(to *seawall.Day, v *seawall.Day, field string) {
		if v != nil && *to != known(*v) {
			*to = known(*v)
			changed = append(changed, field)
		}
	}
	place := func(to *seawall.AreaPath, v *seawall.AreaID, field string) {
		if v == nil {
			return
		}
		if at := p.path(*v, field); *to != at {
			*to = at
			changed = append(changed, field)
		}
	}
	if ch.Class != nil && *ch.Class != c.Class {
		c.Class = *ch.Class
		changed = append(changed, "class")
	}
	day(&c.Onset, ch.Onset, "onset")
	day(&c.Exposed, ch.Exposed, "exposed")
	day(&c.Sampled, ch.Sampled, "sampled")
	day(&c.Diagnose, ch.Diagnosed, "diagnosed")
	text(&c.Outcome, ch.Outcome, "outcome")
	day(&c.OutcomeDay, ch.OutcomeDay, "outcomeDay")
	text(&c.Channel, ch.Channel, "channel")
	place(&c.Home, ch.Home, "home")
	place(&c.Stay, ch.Stay, "stay")
	place(&c.Exposure, ch.Exposure, "exposure")
	text(&c.Facility, ch.Facility, "facility")
	text(&c.Setting, ch.Setting, "setting")
	if ch.Extra != nil && !maps.Equal(ch.Extra, c.Extra) {
		c.Extra = ch.Extra
		changed = append(changed, "extra")
	}
	return changed
}
