package response

import (
	"context"
	"slices"
	"strings"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/auth"
	"github.com/seawall-city/seawall/internal/goods"
)

// mostSpots bounds the spots of one sample.
const mostSpots = 10000

// SampleLot records what was taken of a lot.
func (s *Service) SampleLot(ctx context.Context, who Who, id seawall.LotID, in NewSample) (goods.Sample, error) {
	const op = "response.SampleLot"
	var out goods.Sample
	_, err := s.changeLot(ctx, who, op, id, 0, auth.LotSample, func(tx seawall.Tx, l goods.Lot) error {
		if l.State == goods.Expected || l.State == goods.Disposed {
			return seawall.E(op, seawall.Conflict, "lot_state", "state", l.State)
		}
		var err error
		if out, err = s.takeSample(ctx, tx, op, l.Ref(), l.Area, in); err != nil {
			return err
		}
		return s.closeLotStep(ctx, tx, l, stepSample, out.Accession)
	})
	return out, err
}

// takeSample keeps a sample with its event. Errors: Invalid with all fields,
// Conflict for an accession number that another sample has.
func (s *Service) takeSample(ctx context.Context, tx seawall.Tx, op string, about seawall.Ref, at seawall.AreaPath, in NewSample) (goods.Sample, error) {
	sm := goods.Sample{About: about, Accession: strings.ToUpper(strings.TrimSpace(in.Accession)), What: in.What, Spots: max(in.Spots, 1),
		By: pick(strings.TrimSpace(in.By), tx.Actor().Name), State: "valid", Area: at, Version: 1}
	var err error
	if sm.Collected, err = whenGiven(op, in.Collected, tx); err != nil {
		return sm, err
	}
	var bad []seawall.FieldError
	if sm.Accession == "" || len(sm.Accession) > longestGoods {
		bad = append(bad, seawall.FieldError{Field: "accession", Code: "required"})
	}
	if !slices.Contains(goods.Parts(), in.What) {
		bad = append(bad, seawall.FieldError{Field: "what", Code: "not_a_choice", Args: map[string]string{"value": in.What}})
	}
	if sm.Spots > mostSpots {
		bad = append(bad, seawall.FieldError{Field: "spots", Code: "lot_number", Args: map[string]string{"max": itoa(mostSpots)}})
	}
	if err := invalid(op, "lot_invalid", bad); err != nil {
		return sm, err
	}
	old, err := s.d.Goods.SampleByAccession(ctx, tx, sm.Accession)
	if err == nil {
		if old.About == about && old.What == sm.What && old.Resulted.IsZero() {
			return old, nil // sent twice
		}
		return sm, seawall.E(op, seawall.Conflict, "lot_accession_used", "accession", sm.Accession)
	}
	if !seawall.Is(err, seawall.NotFound) {
		return sm, err
	}
	sm.ID = tx.NewID()
	if err := s.d.Goods.SaveSample(ctx, tx, sm); err != nil {
		return sm, err
	}
	return sm, s.goods.Record(ctx, tx, "sample.taken", sm.Ref(), at, map[string]string{"accession": sm.Accession, "what": sm.What, "spots": itoa(sm.Spots)}, about)
}

// LotResult takes in what the laboratory tells of a sample of a lot.
func (s *Service) LotResult(ctx context.Context, who Who, id seawall.LotID, in GoodsResult) (ToldSample, error) {
	return s.goodsResult(ctx, who, "response.LotResult", seawall.Ref{Kind: seawall.KindLot, ID: string(id)}, in)
}

// PointResult takes in what the laboratory tells of a sample of a place.
func (s *Service) PointResult(ctx context.Context, who Who, id seawall.PointID, in GoodsResult) (ToldSample, error) {
	return s.goodsResult(ctx, who, "response.PointResult", seawall.Ref{Kind: seawall.KindPoint, ID: string(id)}, in)
}

// goodsResult takes in a result by accession. Told again with the same outcome it
// changes nothing. Errors: NotFound for a number that no sample of it has, Conflict
// for another outcome than was told.
func (s *Service) goodsResult(ctx context.Context, who Who, op string, about seawall.Ref, in GoodsResult) (ToldSample, error) {
	out := ToldSample{}
	err := s.write(ctx, who, op, func(tx seawall.Tx) error {
		out = emptyTold()
		area, err := s.goodsArea(ctx, tx, about)
		if err != nil {
			return err
		}
		if err := s.allow(who, auth.LotResult, auth.Resource{Kind: about.Kind, ID: about.ID, Area: area}); err != nil {
			return err
		}
		accession := strings.ToUpper(strings.TrimSpace(in.Accession))
		sm, err := s.d.Goods.SampleByAccession(ctx, tx, accession)
		if err == nil && sm.About != about || seawall.Is(err, seawall.NotFound) {
			return seawall.E(op, seawall.NotFound, "lot_accession_unknown", "accession", accession)
		}
		if err != nil {
			return err
		}
		if !slices.Contains([]string{goods.Negative, goods.Positive, goods.Invalid}, in.Outcome) {
			return invalid(op, "lot_invalid", []seawall.FieldError{{Field: "outcome", Code: "not_a_choice", Args: map[string]string{"value": in.Outcome}}})
		}
		if sm.Outcome != "" {
			out.Sample = sm
			if sm.Outcome == in.Outcome && sm.State != goods.Retracted {
				return nil
			}
			return seawall.E(op, seawall.Conflict, "lot_result_told", "outcome", sm.Outcome)
		}
		return s.keepResult(ctx, tx, op, sm, in, &out)
	})
	return out, err
}

// keepResult keeps the outcome of a sample and does what follows.
func (s *Service) keepResult(ctx context.Context, tx seawall.Tx, op string, sm goods.Sample, in GoodsResult, out *ToldSample) error {
	at, err := whenGiven(op, in.Resulted, tx)
	if err != nil {
		return err
	}
	if at.Before(sm.Collected) {
		return invalid(op, "lot_invalid", []seawall.FieldError{{Field: "resulted", Code: "ends_before_start"}})
	}
	f, err := s.foundAt(ctx, tx, sm)
	if err != nil {
		return err
	}
	sm.Outcome, sm.Value, sm.Lab, sm.Resulted, sm.Disease = in.Outcome, strings.TrimSpace(in.Value), strings.TrimSpace(in.Lab), at, f.rules.Disease
	sm.Version++
	if err := s.d.Goods.SaveSample(ctx, tx, sm); err != nil {
		return err
	}
	if err := s.goods.Record(ctx, tx, "sample.resulted", sm.Ref(), sm.Area, map[string]string{"accession": sm.Accession, "outcome": sm.Outcome}, sm.About); err != nil {
		return err
	}
	out.Sample = sm
	if sm.About.Kind == seawall.KindLot && sm.Outcome != goods.Invalid {
		l, err := s.d.Goods.Lot(ctx, tx, seawall.LotID(sm.About.ID))
		if err != nil {
			return err
		}
		if err := s.closeLotStep(ctx, tx, l, stepResult, sm.Accession+" "+sm.Outcome); err != nil {
			return err
		}
	}
	if sm.Outcome == goods.Negative {
		return s.clearPoint(ctx, tx, sm)
	}
	if sm.Outcome != goods.Positive {
		return nil
	}
	f.sample = sm
	if err := s.goodsPositive(ctx, tx, f, out); err != nil {
		return err
	}
	out.Sample, err = s.d.Goods.Sample(ctx, tx, sm.ID)
	return err
}

// DisinfectLot records a disinfection of a lot.
func (s *Service) DisinfectLot(ctx context.Context, who Who, id seawall.LotID, in NewTreatment) (goods.Treatment, error) {
	const op = "response.DisinfectLot"
	var out goods.Treatment
	_, err := s.changeLot(ctx, who, op, id, 0, auth.LotRecord, func(tx seawall.Tx, l goods.Lot) error {
		if l.State == goods.Expected || l.State == goods.Disposed {
			return seawall.E(op, seawall.Conflict, "lot_state", "state", l.State)
		}
		var err error
		if out, err = s.disinfect(ctx, tx, op, l.Ref(), l.Area, in); err != nil {
			return err
		}
		return s.closeLotStep(ctx, tx, l, stepDisinfect, out.What+" "+out.Agent)
	})
	return out, err
}

// disinfect keeps a disinfection with its event.
func (s *Service) disinfect(ctx context.Context, tx seawall.Tx, op string, about seawall.Ref, area seawall.AreaPath, in NewTreatment) (goods.Treatment, error) {
	t := goods.Treatment{ID: tx.NewID(), About: about, What: in.What, Agent: strings.TrimSpace(in.Agent), Strength: in.Strength, Minutes: in.Minutes,
		By: tx.Actor().Name, Note: strings.TrimSpace(in.Note), Version: 1}
	var err error
	if t.At, err = whenGiven(op, in.At, tx); err != nil {
		return t, err
	}
	var bad []seawall.FieldError
	if !slices.Contains(goods.Parts(), in.What) {
		bad = append(bad, seawall.FieldError{Field: "what", Code: "not_a_choice", Args: map[string]string{"value": in.What}})
	}
	if t.Agent == "" || len([]rune(t.Agent)) > longestGoods {
		bad = append(bad, seawall.FieldError{Field: "agent", Code: "required"})
	}
	if in.Minutes < 1 || in.Minutes > 24*60 {
		bad = append(bad, seawall.FieldError{Field: "minutes", Code: "lot_number", Args: map[string]string{"max": itoa(24 * 60)}})
	}
	if in.Strength < 0 || in.Strength > 1e6 {
		bad = append(bad, seawall.FieldError{Field: "strength", Code: "lot_number", Args: map[string]string{"max": "1000000"}})
	}
	if err := invalid(op, "lot_invalid", bad); err != nil {
		return t, err
	}
	if err := s.d.Goods.SaveTreatment(ctx, tx, t); err != nil {
		return t, err
	}
	return t, s.goods.Record(ctx, tx, "goods.disinfected", about, area, map[string]string{"what": t.What, "agent": t.Agent, "minutes": itoa(t.Minutes)},
		seawall.Ref{Kind: seawall.KindTreatment, ID: t.ID})
}
