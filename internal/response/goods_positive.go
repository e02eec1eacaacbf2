package response

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/auth"
	"github.com/seawall-city/seawall/internal/casebook"
	"github.com/seawall-city/seawall/internal/goods"
	"github.com/seawall-city/seawall/internal/loop"
)

// fromSample marks contacts whose exposure is to goods or a place: their origin is
// the sample, and the person.
const fromSample = "sample"

func emptyTold() ToldSample {
	return ToldSample{Sealed: []goods.Lot{}, Candidates: []casebook.Contact{}}
}

// goodsPositive does what follows from a positive sample, on the same main path as
// a person's positive (人、物、环境同防): lots are sealed, an investigation and a
// disinfection open, and those who worked on it become candidates.
func (s *Service) goodsPositive(ctx context.Context, tx seawall.Tx, f found, out *ToldSample) error {
	first, err := s.markPositive(ctx, tx, f, out)
	if err != nil || len(f.rules.Clocks) == 0 {
		return err
	}
	workers, err := s.exposedWorkers(ctx, tx, f, out.Sealed)
	if err != nil {
		return err
	}
	if !first { // the duties are open; who worked on this one has not been asked after
		out.Candidates, err = s.proposeWorkers(ctx, tx, f, workers)
		return err
	}
	l, err := s.openLoop(ctx, tx, string(loop.Investigation), s.aboutFound(tx, f))
	if err != nil {
		return err
	}
	d, err := s.openLoop(ctx, tx, string(disinfectionLoop), s.aboutFound(tx, f))
	if err != nil {
		return err
	}
	sm, err := s.d.Goods.Sample(ctx, tx, f.sample.ID)
	if err != nil {
		return err
	}
	sm.Investigation, sm.Disinfection, sm.Version = l.ID, d.ID, sm.Version+1
	if err := s.d.Goods.SaveSample(ctx, tx, sm); err != nil {
		return err
	}
	if err := s.goods.Record(ctx, tx, "sample.positive", sm.Ref(), f.area, map[string]string{"accession": sm.Accession, "no": f.no}, f.about, l.Ref(), d.Ref()); err != nil {
		return err
	}
	if out.Candidates, err = s.proposeWorkers(ctx, tx, f, workers); err != nil || l.Owner == "" {
		return err
	}
	return s.tell(ctx, tx, seawall.Ref{Kind: seawall.KindPrincipal, ID: string(l.Owner)}, l.Ref(), true, seawall.Text{
		ZH: f.name + "（" + f.no + "）采样阳性，已封存。请溯源、消毒，并查清接触过的从业人员（" + itoa(len(out.Candidates)) + " 名待判定）。",
		EN: f.name + " (" + f.no + ") has a positive sample and is sealed. Trace it, disinfect, and find who worked on it (" + itoa(len(out.Candidates)) + " to be decided on)."})
}

// exposedWorkers gives those who worked on what was sampled and on the lots that are
// sealed with it, without those who are candidates already.
func (s *Service) exposedWorkers(ctx context.Context, tx seawall.Tx, f found, sealed []goods.Lot) ([]goods.Worker, error) {
	refs := []seawall.Ref{f.about}
	for _, l := range sealed {
		if l.Ref() != f.about {
			refs = append(refs, l.Ref())
		}
	}
	var out []goods.Worker
	for _, ref := range refs {
		rows, err := s.d.Goods.WorkersOf(ctx, tx, ref)
		if err != nil {
			return nil, err
		}
		for _, w := range rows {
			var c casebook.Contact
			if w.Contact != "" {
				if c, err = s.d.Cases.Contact(ctx, tx, w.Contact); err != nil {
					return nil, err
				}
			}
			if w.Contact == "" || c.State == casebook.Withdrawn || c.State == casebook.Dismissed {
				out = append(out, w)
			}
		}
	}
	return out, nil
}

// markPositive seals the lot and its family, or marks the place. first is false
// where another positive of it stands, whose duties are open already.
func (s *Service) markPositive(ctx context.Context, tx seawall.Tx, f found, out *ToldSample) (first bool, err error) {
	if f.about.Kind == seawall.KindPoint {
		p, err := s.d.Goods.Point(ctx, tx, seawall.PointID(f.about.ID))
		if err != nil || p.Positive != "" {
			return false, err
		}
		p.Positive = f.sample.ID
		if _, err = s.goods.KeepPoint(ctx, tx, p); err != nil {
			return false, err
		}
		return true, s.goods.Record(ctx, tx, "point.positive", p.Ref(), p.Area, map[string]string{"no": p.No}, f.sample.Ref())
	}
	own, err := s.d.Goods.Lot(ctx, tx, seawall.LotID(f.about.ID))
	if err != nil {
		return false, err
	}
	family, err := s.d.Goods.LotsOfRoot(ctx, tx, own.Root)
	if err != nil {
		return false, err
	}
	first = !slices.ContainsFunc(family, func(l goods.Lot) bool { return l.Positive != "" })
	for _, l := range family {
		if l.Positive != "" || l.State != goods.Held && l.State != goods.Sealed && (l.ID != own.ID || l.State != goods.Released) {
			continue // what has left is named in the trace
		}
		if l.State != goods.Sealed {
			l.Before = l.State
		}
		l.State, l.Positive = goods.Sealed, f.sample.ID
		if l.SealedAt.IsZero() {
			l.SealedAt = tx.Now()
		}
		if l, err = s.goods.ChangeLot(ctx, tx, l, "lot.sealed", map[string]string{"no": l.No, "sample": f.sample.Accession}, f.sample.Ref()); err != nil {
			return false, err
		}
		out.Sealed = append(out.Sealed, l)
	}
	return first, nil
}

// proposeWorkers lays down those who worked on positive goods as candidates for
// contacts. A candidate has no effect on anybody until a named epidemiologist
// confirms it.
func (s *Service) proposeWorkers(ctx context.Context, tx seawall.Tx, f found, workers []goods.Worker) ([]casebook.Contact, error) {
	out := []casebook.Contact{}
	seen := map[seawall.PersonNo]bool{}
	for _, w := range workers {
		p, err := s.book.Person(ctx, tx, w.Person) // follows merges
		if err != nil {
			return nil, err
		}
		if w.Sample == f.sample.ID || seen[p.No] || f.rules.ExposedClass == "" {
			continue
		}
		seen[p.No] = true
		c, err := s.book.AddContact(ctx, tx, casebook.Contact{Person: p.No, Mask: p.Mask, Disease: f.sample.Disease, Class: f.rules.ExposedClass,
			FirstExposure: w.On, LastExposure: w.On, Until: seawall.NoDay, LastReport: seawall.NoDay, Setting: "goods", Relation: "work", Place: f.name,
			Home: p.Home, Area: s.answering(p.Home, f.area), Origin: casebook.Origin{Source: fromSample, External: f.sample.ID + "/" + string(p.No)}})
		if err != nil {
			return nil, err
		}
		w.Contact, w.Sample, w.Version = c.ID, f.sample.ID, w.Version+1
		if err := s.d.Goods.SaveWorker(ctx, tx, w); err != nil {
			return nil, err
		}
		if err := s.goods.Record(ctx, tx, "worker.proposed", w.Ref(), f.area, map[string]string{"no": c.No}, c.Ref(), f.sample.Ref(), f.about); err != nil {
			return nil, err
		}
		out = append(out, c)
	}
	return out, nil
}

// exposureFact gives what a candidate hangs on: its case, or the positive sample of
// goods or a place; the zero Ref for neither.
func exposureFact(c casebook.Contact) seawall.Ref {
	if c.Case != "" {
		return seawall.Ref{Kind: seawall.KindCase, ID: string(c.Case)}
	}
	if c.Origin.Source == fromSample {
		id, _, _ := strings.Cut(c.Origin.External, "/")
		return seawall.Ref{Kind: seawall.KindSample, ID: id}
	}
	return seawall.Ref{}
}

// citedSample says of what a measure against somebody who worked on goods speaks;
// empty for a case.
func (s *Service) citedSample(ctx context.Context, tx seawall.Tx, fact seawall.Ref) (seawall.Text, error) {
	if fact.Kind != seawall.KindSample {
		return seawall.Text{}, nil
	}
	sm, err := s.d.Goods.Sample(ctx, tx, fact.ID)
	if err != nil {
		return seawall.Text{}, err
	}
	f, err := s.foundAt(ctx, tx, sm)
	return seawall.Text{ZH: f.name + "（" + f.no + "）采样阳性", EN: "a positive sample of " + f.name + " (" + f.no + ")"}, err
}

// startSample checks that somebody may take a result of goods back. Errors:
// Conflict for one that was never told, or was taken back.
func (w *withdrawal) startSample(ctx context.Context, tx seawall.Tx, who Who, ref seawall.Ref) error {
	const op = "response.Retract"
	sm, err := w.s.d.Goods.Sample(ctx, tx, ref.ID)
	if err != nil {
		return err
	}
	if err := w.s.allow(who, auth.LotRetract, auth.Resource{Kind: ref.Kind, ID: ref.ID, Area: sm.Area}); err != nil {
		return err
	}
	if sm.State == goods.Retracted || sm.Outcome == "" {
		return seawall.E(op, seawall.Conflict, "already_retracted")
	}
	return w.retractSample(ctx, tx, sm)
}

// retractSample takes a result of goods or a place back. Of a positive everything
// goes with it: duties, candidates, measures, the seal; where another positive of
// it stands, that one opens its own. Of a negative the hold is back.
func (w *withdrawal) retractSample(ctx context.Context, tx seawall.Tx, sm goods.Sample) error {
	s := w.s
	sm.State, sm.Reason, sm.Version = goods.Retracted, w.reason, sm.Version+1
	if err := s.d.Goods.SaveSample(ctx, tx, sm); err != nil {
		return err
	}
	if err := s.goods.Record(ctx, tx, "sample.retracted", sm.Ref(), sm.Area, map[string]string{"reason": w.reason, "accession": sm.Accession}, sm.About); err != nil {
		return err
	}
	w.n.Results++
	if sm.Outcome != goods.Positive {
		return w.holdAgain(ctx, tx, sm)
	}
	if err := w.fact(ctx, tx, sm.Ref()); err != nil {
		return err
	}
	if err := w.workers(ctx, tx, sm); err != nil {
		return err
	}
	return w.unseal(ctx, tx, sm)
}

// workers withdraws the candidates that a positive had proposed; they had no
// effect, and will have none.
func (w *withdrawal) workers(ctx context.Context, tx seawall.Tx, sm goods.Sample) error {
	refs := []seawall.Ref{sm.About}
	if sm.About.Kind == seawall.KindLot { // those of the lots that were sealed with it
		own, err := w.s.d.Goods.Lot(ctx, tx, seawall.LotID(sm.About.ID))
		if err != nil {
			return err
		}
		family, err := w.s.d.Goods.LotsOfRoot(ctx, tx, own.Root)
		if err != nil {
			return err
		}
		for _, l := range family {
			if l.ID != own.ID {
				refs = append(refs, l.Ref())
			}
		}
	}
	var rows []goods.Worker
	for _, ref := range refs {
		some, err := w.s.d.Goods.WorkersOf(ctx, tx, ref)
		if err != nil {
			return err
		}
		rows = append(rows, some...)
	}
	for _, x := range rows {
		if x.Sample != sm.ID || x.Contact == "" {
			continue
		}
		c, err := w.s.d.Cases.Contact(ctx, tx, x.Contact)
		if err != nil {
			return err
		}
		if c.State != casebook.Candidate {
			continue
		}
		c.State = casebook.Withdrawn
		if _, err := w.s.book.ChangeContact(ctx, tx, c, "contact.withdrawn", map[string]string{"reason": w.reason}); err != nil {
			return err
		}
		w.n.Candidates++
	}
	return nil
}

// unseal gives what a positive had sealed the state back that it had.
func (w *withdrawal) unseal(ctx context.Context, tx seawall.Tx, sm goods.Sample) error {
	s := w.s
	if sm.About.Kind == seawall.KindPoint {
		p, err := s.d.Goods.Point(ctx, tx, seawall.PointID(sm.About.ID))
		if err != nil || p.Positive != sm.ID {
			return err
		}
		p.Positive = ""
		if p, err = s.goods.KeepPoint(ctx, tx, p); err != nil {
			return err
		}
		if err := s.goods.Record(ctx, tx, "point.cleared", p.Ref(), p.Area, map[string]string{"reason": w.reason}, sm.Ref()); err != nil {
			return err
		}
		return w.nextPositive(ctx, tx, []seawall.Ref{p.Ref()})
	}
	own, err := s.d.Goods.Lot(ctx, tx, seawall.LotID(sm.About.ID))
	if err != nil {
		return err
	}
	family, err := s.d.Goods.LotsOfRoot(ctx, tx, own.Root)
	if err != nil {
		return err
	}
	var refs []seawall.Ref
	for _, l := range family {
		refs = append(refs, l.Ref())
		if l.Positive != sm.ID {
			continue
		}
		l.Positive = ""
		if l.State == goods.Sealed && l.Reason == "" {
			l.State, l.Before, l.SealedAt = l.Before, "", time.Time{}
		}
		if _, err := s.goods.ChangeLot(ctx, tx, l, "lot.unsealed", map[string]string{"no": l.No, "reason": w.reason}, sm.Ref()); err != nil {
			return err
		}
	}
	return w.nextPositive(ctx, tx, refs)
}

// nextPositive lets another positive that stands take the place of one that was
// taken back.
func (w *withdrawal) nextPositive(ctx context.Context, tx seawall.Tx, about []seawall.Ref) error {
	for _, ref := range about {
		samples, err := w.s.d.Goods.SamplesOf(ctx, tx, ref)
		if err != nil {
			return err
		}
		if next, ok := goods.Standing(samples); ok {
			f, err := w.s.foundAt(ctx, tx, next)
			if err != nil {
				return err
			}
			told := emptyTold()
			return w.s.goodsPositive(ctx, tx, f, &told)
		}
	}
	return nil
}

// holdAgain holds a lot again whose release rested on a result that was taken back.
func (w *withdrawal) holdAgain(ctx context.Context, tx seawall.Tx, sm goods.Sample) error {
	s := w.s
	if sm.About.Kind != seawall.KindLot {
		return nil
	}
	l, err := s.d.Goods.Lot(ctx, tx, seawall.LotID(sm.About.ID))
	if err != nil || l.State != goods.Released {
		return err
	}
	checks, err := s.lotChecks(ctx, tx, l)
	if err != nil || len(goods.Lacking(checks)) == 0 {
		return err
	}
	l.State, l.ReleasedAt, l.ReleasedBy = goods.Held, time.Time{}, ""
	if l, err = s.goods.ChangeLot(ctx, tx, l, "lot.held_again", map[string]string{"no": l.No, "reason": w.reason}, sm.Ref()); err != nil {
		return err
	}
	if _, err := s.openLoop(ctx, tx, string(lotLoop), s.aboutLot(l)); err != nil {
		return err
	}
	if l, err = s.d.Goods.Lot(ctx, tx, l.ID); err != nil {
		return err
	}
	w.n.Reopened++
	return s.closeLotStep(ctx, tx, l, stepArrive, l.Place)
}
