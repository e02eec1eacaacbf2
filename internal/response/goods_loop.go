package response

import (
	"context"
	"time"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/goods"
	"github.com/seawall-city/seawall/internal/loop"
	"github.com/seawall-city/seawall/internal/protocol"
)

// lotLoop is the kind of the duty about a lot; the protocol of that name describes
// it. disinfectionLoop is the disinfection that a positive opens.
const (
	lotLoop          loop.Kind = "lot"
	disinfectionLoop loop.Kind = "disinfection"
)

// The steps of a lot that what is recorded of it closes.
const (
	stepDisinfect = "disinfect"
	stepSample    = "sample"
	stepResult    = "result"
)

// rulesOf gives the rules under which a lot is held: those of its arrival, before
// that those of today; none where no file covers the day.
func (s *Service) rulesOf(l goods.Lot, now time.Time) *goods.Rules {
	if r, ok := s.d.GoodsRules.ByID(l.Rules); ok && l.Rules != "" {
		return r
	}
	if r, ok := s.d.GoodsRules.InForce(s.d.Jurisdiction, seawall.DayOf(now, s.d.Zone)); ok && l.ArrivedAt.IsZero() {
		return r
	}
	return &goods.Rules{}
}

// aboutLot is what the duty about a lot depends on.
func (s *Service) aboutLot(l goods.Lot) dutyAbout {
	r := s.rulesOf(l, s.d.Clock.Now())
	k, _ := r.Kind(l.Kind)
	facts := map[string]any{"kind": l.Kind, "state": l.State, "sample": false, "disinfect": false, "rest": false}
	for _, n := range k.Records {
		facts[n.Need] = true
	}
	if k.Name.ZH == "" {
		k.Name = seawall.Text{ZH: "货物", EN: "Goods"}
	}
	return dutyAbout{Subject: l.Ref(), No: l.No, Mask: l.Name, Area: l.Area, Unit: pick(l.Consignee, l.Place), Rule: r.Ref,
		Places: []loop.Place{{Path: l.Area, Why: "stay"}, {Path: l.Area, Why: "area"}},
		Given: protocol.Subject{Class: k.Name, Facts: facts,
			Events: nonZero(map[string]time.Time{"recorded": l.CreatedAt, "arrived": l.ArrivedAt})}}
}

// found is a lot or a place with the positive sample that was taken there.
type found struct {
	sample goods.Sample
	about  seawall.Ref
	no     string
	name   string
	unit   string
	area   seawall.AreaPath
	rules  *goods.Rules
}

// foundAt reads what a sample was taken of.
func (s *Service) foundAt(ctx context.Context, tx seawall.Tx, sm goods.Sample) (found, error) {
	f := found{sample: sm, about: sm.About, rules: &goods.Rules{}}
	if r, ok := s.d.GoodsRules.InForce(s.d.Jurisdiction, s.today(tx)); ok {
		f.rules = r
	}
	if sm.About.Kind == seawall.KindPoint {
		p, err := s.d.Goods.Point(ctx, tx, seawall.PointID(sm.About.ID))
		f.no, f.name, f.unit, f.area = p.No, p.Name, p.Name, p.Area
		return f, err
	}
	l, err := s.d.Goods.Lot(ctx, tx, seawall.LotID(sm.About.ID))
	f.no, f.name, f.unit, f.area = l.No, l.Name, pick(l.Consignee, l.Place), l.Area
	if l.Rules != "" {
		f.rules = s.rulesOf(l, tx.Now())
	}
	return f, err
}

// aboutFound is what the duties depend on that a positive sample opens: the same
// investigation as about a person's case, with the clocks of the rules of goods.
func (s *Service) aboutFound(tx seawall.Tx, f found) dutyAbout {
	d := dutyAbout{Subject: f.about, Fact: f.sample.Ref(), No: f.no, Mask: f.name, Disease: f.sample.Disease, Regime: s.inForce(f.sample.Disease, s.today(tx)),
		Area: f.area, Unit: f.unit, Places: []loop.Place{{Path: f.area, Why: "exposure"}, {Path: f.area, Why: "area"}},
		Given: protocol.Subject{Facts: map[string]any{"class": string(f.about.Kind), "setting": "goods", "facility": f.unit, "channel": "sample", "disease": f.sample.Disease},
			Clocks: f.rules.Clocks, Events: map[string]time.Time{"reported": f.sample.Resulted, "discovered": f.sample.Resulted}}}
	if len(f.rules.Clocks) > 0 {
		d.Rule = f.rules.Clocks[0].Why.String()
	}
	return d
}

// aboutGoods gives what an open duty about a lot or a place is about.
func (s *Service) aboutGoods(ctx context.Context, tx seawall.Tx, l loop.Loop) (dutyAbout, error) {
	if l.Fact.Kind == seawall.KindSample {
		sm, err := s.d.Goods.Sample(ctx, tx, l.Fact.ID)
		if err != nil {
			return dutyAbout{}, err
		}
		f, err := s.foundAt(ctx, tx, sm)
		return s.aboutFound(tx, f), err
	}
	if l.Subject.Kind != seawall.KindLot {
		return dutyAbout{}, nil
	}
	lot, err := s.d.Goods.Lot(ctx, tx, seawall.LotID(l.Subject.ID))
	return s.aboutLot(lot), err
}

// goodsArea is the area of the lot or place that a duty is about.
func (s *Service) goodsArea(ctx context.Context, tx seawall.Tx, about seawall.Ref) (seawall.AreaPath, error) {
	if about.Kind == seawall.KindPoint {
		p, err := s.d.Goods.Point(ctx, tx, seawall.PointID(about.ID))
		return p.Area, err
	}
	l, err := s.d.Goods.Lot(ctx, tx, seawall.LotID(about.ID))
	return l.Area, err
}

// mirrorGoods keeps the row of a lot in step with its own duty, and that of a place
// with its investigation.
func (s *Service) mirrorGoods(ctx context.Context, tx seawall.Tx, l loop.Loop) error {
	owner, name := l.Owner, l.OwnerName
	if l.State != loop.Open {
		owner, name = "", ""
	}
	if l.Subject.Kind == seawall.KindPoint {
		p, err := s.d.Goods.Point(ctx, tx, seawall.PointID(l.Subject.ID))
		if err != nil || l.Kind != loop.Investigation || p.Loop == l.ID && p.Owner == owner && p.OwnerName == name {
			return err
		}
		p.Loop, p.Owner, p.OwnerName = l.ID, owner, name
		_, err = s.goods.KeepPoint(ctx, tx, p)
		return err
	}
	t, err := s.d.Goods.Lot(ctx, tx, seawall.LotID(l.Subject.ID))
	if err != nil || l.Kind != lotLoop || t.Loop == l.ID && t.Owner == owner && t.OwnerName == name {
		return err
	}
	t.Loop, t.Owner, t.OwnerName = l.ID, owner, name
	_, err = s.goods.KeepLot(ctx, tx, t)
	return err
}

// closeLotStep closes a step of a lot's duty by what was recorded.
func (s *Service) closeLotStep(ctx context.Context, tx seawall.Tx, l goods.Lot, key, text string) error {
	if l.Loop == "" {
		return nil
	}
	st, err := s.openStep(ctx, tx, l.Loop, key)
	if err != nil || st == nil {
		return err
	}
	if st.State == loop.Waiting { // what comes before it was never written: it happened all the same
		for _, before := range st.After {
			if err := s.closeLotStep(ctx, tx, l, before, text); err != nil {
				return err
			}
		}
		if st, err = s.openStep(ctx, tx, l.Loop, key); err != nil || st == nil || st.State != loop.Open {
			return err
		}
	}
	_, err = s.engine.Complete(ctx, tx, st.ID, 0, loop.Evidence{Kind: "note", Text: text, Ref: l.Ref()})
	return err
}

// endLot ends the duty about a lot with an outcome.
func (s *Service) endLot(ctx context.Context, tx seawall.Tx, l goods.Lot, outcome, why string) error {
	if l.Loop == "" {
		return nil
	}
	d, err := s.d.Loops.Loop(ctx, tx, l.Loop)
	if err != nil || d.State != loop.Open {
		return err
	}
	_, err = s.engine.Close(ctx, tx, d.ID, outcome, why, l.Ref())
	return err
}
