package response

import (
	"context"
	"slices"
	"strings"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/auth"
	"github.com/seawall-city/seawall/internal/goods"
)

// longestSampling bounds how rarely a place may be sampled, in days.
const longestSampling = 90

// AddPoint records a place that is sampled. Errors: Invalid with all fields.
func (s *Service) AddPoint(ctx context.Context, who Who, in NewPoint) (goods.Point, error) {
	const op = "response.AddPoint"
	var out goods.Point
	err := s.write(ctx, who, op, func(tx seawall.Tx) error {
		p := places{s: s, ctx: ctx, tx: tx}
		at := p.path(in.Area, "area")
		if p.err != nil {
			return p.err
		}
		if !slices.Contains(goods.PointKinds(), in.Kind) {
			p.bad = append(p.bad, seawall.FieldError{Field: "kind", Code: "not_a_choice", Args: map[string]string{"value": in.Kind}})
		}
		if n := len([]rune(strings.TrimSpace(in.Name))); n == 0 || n > longestGoods {
			p.bad = append(p.bad, seawall.FieldError{Field: "name", Code: "required"})
		}
		if in.EveryDays < 1 || in.EveryDays > longestSampling {
			p.bad = append(p.bad, seawall.FieldError{Field: "everyDays", Code: "lot_number", Args: map[string]string{"max": itoa(longestSampling)}})
		}
		if in.Area == "" {
			p.bad = append(p.bad, seawall.FieldError{Field: "area", Code: "required"})
		}
		if err := invalid(op, "lot_invalid", p.bad); err != nil {
			return err
		}
		if err := s.allow(who, auth.LotRecord, auth.Resource{Kind: seawall.KindPoint, Area: at}); err != nil {
			return err
		}
		var err error
		out, err = s.goods.AddPoint(ctx, tx, goods.Point{Kind: in.Kind, Name: strings.TrimSpace(in.Name), Area: at, EveryDays: in.EveryDays, Invented: in.Invented})
		return err
	})
	return out, err
}

// Points gives the places that are sampled in what somebody may see, the ones due
// first in front.
func (s *Service) Points(ctx context.Context, who Who, area seawall.AreaID) (List[PointRow], error) {
	out := List[PointRow]{Items: []PointRow{}}
	if err := s.allow(who, auth.LotRead, auth.Resource{Kind: seawall.KindPoint}); err != nil {
		return out, err
	}
	err := s.read(ctx, "response.Points", func(tx seawall.Tx) error {
		scope, err := s.within(ctx, tx, who, area)
		if err != nil {
			return err
		}
		rows, err := s.d.Goods.Points(ctx, tx, scope)
		for _, p := range rows {
			out.Items = append(out.Items, pointRow(tx, p))
		}
		slices.SortStableFunc(out.Items, func(a, b PointRow) int { return a.Due.Compare(b.Due) })
		out.Total = len(out.Items)
		return err
	})
	return out, err
}

func pointRow(tx seawall.Tx, p goods.Point) PointRow {
	return PointRow{Point: p, Due: p.Due(), Overdue: !p.Closed && p.Due().Before(tx.Now())}
}

// pointFor reads a place that somebody wants to see or work on.
func (s *Service) pointFor(ctx context.Context, tx seawall.Tx, who Who, id seawall.PointID, act auth.Action) (goods.Point, error) {
	p, err := s.d.Goods.Point(ctx, tx, id)
	if err != nil {
		return p, err
	}
	return p, s.allow(who, act, auth.Resource{Kind: seawall.KindPoint, ID: string(id), Area: p.Area, Owner: p.Owner})
}

// PointView gives everything on the page of a place.
func (s *Service) PointView(ctx context.Context, who Who, id seawall.PointID) (PointView, error) {
	var out PointView
	err := s.read(ctx, "response.PointView", func(tx seawall.Tx) error {
		p, err := s.pointFor(ctx, tx, who, id, auth.LotRead)
		if err != nil {
			return err
		}
		out = PointView{PointRow: pointRow(tx, p)}
		if out.AreaName, err = s.areaName(ctx, tx, s.answering(p.Area)); err != nil {
			return err
		}
		if out.Samples, err = s.d.Goods.SamplesOf(ctx, tx, p.Ref()); err != nil {
			return err
		}
		if out.Treatments, err = s.d.Goods.TreatmentsOf(ctx, tx, p.Ref()); err != nil {
			return err
		}
		if out.Workers, err = s.d.Goods.WorkersOf(ctx, tx, p.Ref()); err != nil {
			return err
		}
		if out.Duties, err = s.foundDuties(ctx, tx, p.Ref()); err != nil {
			return err
		}
		out.Events, err = s.events(ctx, tx, p.Ref())
		return err
	})
	return out, err
}

// SamplePoint records what was taken at a place.
func (s *Service) SamplePoint(ctx context.Context, who Who, id seawall.PointID, in NewSample) (goods.Sample, error) {
	const op = "response.SamplePoint"
	var out goods.Sample
	err := s.write(ctx, who, op, func(tx seawall.Tx) error {
		p, err := s.pointFor(ctx, tx, who, id, auth.LotSample)
		if err != nil {
			return err
		}
		if out, err = s.takeSample(ctx, tx, op, p.Ref(), p.Area, in); err != nil || !out.Collected.After(p.SampledAt) {
			return err
		}
		p.SampledAt = out.Collected
		if p, err = s.goods.KeepPoint(ctx, tx, p); err != nil {
			return err
		}
		return s.goods.Record(ctx, tx, "point.sampled", p.Ref(), p.Area, map[string]string{"accession": out.Accession}, out.Ref())
	})
	return out, err
}

// DisinfectPoint records a disinfection of a place.
func (s *Service) DisinfectPoint(ctx context.Context, who Who, id seawall.PointID, in NewTreatment) (goods.Treatment, error) {
	const op = "response.DisinfectPoint"
	var out goods.Treatment
	err := s.write(ctx, who, op, func(tx seawall.Tx) error {
		p, err := s.pointFor(ctx, tx, who, id, auth.LotRecord)
		if err != nil {
			return err
		}
		out, err = s.disinfect(ctx, tx, op, p.Ref(), p.Area, in)
		return err
	})
	return out, err
}

// clearPoint ends the positive of a place: it was disinfected after the positive
// sample was taken, and this negative sample was taken after that.
func (s *Service) clearPoint(ctx context.Context, tx seawall.Tx, sm goods.Sample) error {
	if sm.About.Kind != seawall.KindPoint {
		return nil
	}
	p, err := s.d.Goods.Point(ctx, tx, seawall.PointID(sm.About.ID))
	if err != nil || p.Positive == "" {
		return err
	}
	bad, err := s.d.Goods.Sample(ctx, tx, p.Positive)
	if err != nil {
		return err
	}
	done, err := s.d.Goods.TreatmentsOf(ctx, tx, p.Ref())
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(done, func(t goods.Treatment) bool { return t.At.After(bad.Collected) && t.At.Before(sm.Collected) }) {
		return nil
	}
	p.Positive = ""
	if p, err = s.goods.KeepPoint(ctx, tx, p); err != nil {
		return err
	}
	return s.goods.Record(ctx, tx, "point.cleared", p.Ref(), p.Area, map[string]string{"no": p.No}, sm.Ref())
}
