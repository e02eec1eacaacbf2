package response

import (
	"context"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/auth"
	"github.com/seawall-city/seawall/internal/goods"
	"github.com/seawall-city/seawall/internal/loop"
)

// Lots gives a page of lots in what somebody may see, with the counts by state.
func (s *Service) Lots(ctx context.Context, who Who, f LotFilter, p seawall.Page) (GoodsBoard, error) {
	out := GoodsBoard{Kinds: []goods.Kind{}}
	if err := s.allow(who, auth.LotRead, auth.Resource{Kind: seawall.KindLot}); err != nil {
		return out, err
	}
	err := s.read(ctx, "response.Lots", func(tx seawall.Tx) error {
		scope, err := s.within(ctx, tx, who, f.Area)
		if err != nil {
			return err
		}
		if r, ok := s.d.GoodsRules.InForce(s.d.Jurisdiction, s.today(tx)); ok {
			out.Kinds = r.Kinds
		}
		if out.Counts, err = s.d.Goods.LotCounts(ctx, tx, scope); err != nil {
			return err
		}
		out.Lots.Items, out.Lots.Next, out.Lots.Total, err = s.d.Goods.Lots(ctx, tx, goods.Query{Scope: scope, States: f.States, Kind: f.Kind, Text: f.Text, Page: p})
		return err
	})
	return out, err
}

// LotView gives everything on the page of a lot.
func (s *Service) LotView(ctx context.Context, who Who, id seawall.LotID) (LotView, error) {
	var out LotView
	err := s.read(ctx, "response.LotView", func(tx seawall.Tx) error {
		l, err := s.lotFor(ctx, tx, who, id, auth.LotRead)
		if err != nil {
			return err
		}
		out, err = s.lotView(ctx, tx, l)
		return err
	})
	return out, err
}

func (s *Service) lotView(ctx context.Context, tx seawall.Tx, l goods.Lot) (LotView, error) {
	r := s.rulesOf(l, tx.Now())
	k, _ := r.Kind(l.Kind)
	out := LotView{Lot: l, KindName: k.Name, Rules: r.Title}
	var err error
	if out.AreaName, err = s.areaName(ctx, tx, s.answering(l.Area)); err != nil {
		return out, err
	}
	if out.Checks, err = s.lotChecks(ctx, tx, l); err != nil {
		return out, err
	}
	out.Lacks = len(goods.Lacking(out.Checks))
	out.CanRelease = out.Lacks == 0 && goods.Here(l.State)
	if out.Samples, err = s.d.Goods.SamplesOf(ctx, tx, l.Ref()); err != nil {
		return out, err
	}
	if out.Treatments, err = s.d.Goods.TreatmentsOf(ctx, tx, l.Ref()); err != nil {
		return out, err
	}
	if out.Legs, err = s.d.Goods.LotLegsOf(ctx, tx, l.ID); err != nil {
		return out, err
	}
	out.Holder = lotHolder(out.Legs)
	if out.Workers, err = s.d.Goods.WorkersOf(ctx, tx, l.Ref()); err != nil {
		return out, err
	}
	if out.Trace, err = s.traceLot(ctx, tx, l); err != nil {
		return out, err
	}
	if out.Loop, err = s.dutyOf(ctx, tx, l.Loop); err != nil {
		return out, err
	}
	if out.Duties, err = s.foundDuties(ctx, tx, l.Ref()); err != nil {
		return out, err
	}
	out.Events, err = s.events(ctx, tx, l.Ref())
	return out, err
}

// traceLot gives the custody of a lot and of its family before the positive sample
// was taken and after it.
func (s *Service) traceLot(ctx context.Context, tx seawall.Tx, l goods.Lot) (LotTrace, error) {
	out := LotTrace{Back: []goods.Leg{}, Forward: []goods.Leg{}, Family: []goods.Lot{}}
	family, err := s.d.Goods.LotsOfRoot(ctx, tx, l.Root)
	if err != nil {
		return out, err
	}
	taken := tx.Now()
	if l.Positive != "" {
		sm, err := s.d.Goods.Sample(ctx, tx, l.Positive)
		if err != nil {
			return out, err
		}
		taken = sm.Collected
	}
	for _, f := range family {
		if f.ID != l.ID {
			out.Family = append(out.Family, f)
		}
		legs, err := s.d.Goods.LotLegsOf(ctx, tx, f.ID)
		if err != nil {
			return out, err
		}
		for _, x := range legs {
			if x.Offered.After(taken) {
				out.Forward = append(out.Forward, x)
			} else {
				out.Back = append(out.Back, x)
			}
		}
	}
	return out, nil
}

// foundDuties gives the duties that positives of a lot or a place opened.
func (s *Service) foundDuties(ctx context.Context, tx seawall.Tx, about seawall.Ref) ([]LoopView, error) {
	out := []LoopView{}
	ls, err := s.d.Loops.LoopsAbout(ctx, tx, about)
	if err != nil {
		return nil, err
	}
	for _, l := range ls {
		if l.Kind != loop.Investigation && l.Kind != disinfectionLoop {
			continue
		}
		v, err := s.loopView(ctx, tx, l.ID)
		if err != nil {
			return nil, err
		}
		out = append(out, v)
	}
	return out, nil
}

// GoodsRules gives the files of what goods need before release.
func (s *Service) GoodsRules(ctx context.Context, who Who) (List[*goods.Rules], error) {
	out := List[*goods.Rules]{Items: s.d.GoodsRules.All()}
	out.Total = len(out.Items)
	return out, s.allow(who, auth.RegimeRead, auth.Resource{Kind: seawall.KindLot})
}
