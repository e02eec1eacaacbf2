package response

import (
	"context"
	"strings"
	"time"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/auth"
	"github.com/seawall-city/seawall/internal/goods"
)

// lotChecks holds what is on file about a lot against what its rules need.
func (s *Service) lotChecks(ctx context.Context, tx seawall.Tx, l goods.Lot) ([]goods.Check, error) {
	f := goods.Filed{Lot: l, Now: tx.Now()}
	var err error
	if f.Samples, err = s.d.Goods.SamplesOf(ctx, tx, l.Ref()); err != nil {
		return nil, err
	}
	if f.Treatments, err = s.d.Goods.TreatmentsOf(ctx, tx, l.Ref()); err != nil {
		return nil, err
	}
	return s.rulesOf(l, tx.Now()).Checks(f), nil
}

// ReleaseLot lets a lot out of its hold. It is the only way out, and refuses where
// a record is missing. Errors: Conflict naming every missing record.
func (s *Service) ReleaseLot(ctx context.Context, who Who, id seawall.LotID, in LotDecision) (goods.Lot, error) {
	const op = "response.ReleaseLot"
	return s.changeLot(ctx, who, op, id, in.Version, auth.LotRelease, func(tx seawall.Tx, l goods.Lot) error {
		if !goods.Here(l.State) {
			return seawall.E(op, seawall.Conflict, "lot_state", "state", l.State)
		}
		checks, err := s.lotChecks(ctx, tx, l)
		if err != nil {
			return err
		}
		if lacking := goods.Lacking(checks); len(lacking) > 0 {
			return s.lacks(op, l, lacking)
		}
		sealed := l.State == goods.Sealed
		l.State, l.Before, l.ReleasedAt, l.ReleasedBy = goods.Released, "", tx.Now(), tx.Actor().Name
		l.Positive, l.Reason, l.SealedAt = "", "", time.Time{}
		data := map[string]string{"no": l.No, "rules": l.Rules, "reason": strings.TrimSpace(in.Reason)}
		if sealed {
			data["after"] = "positive"
		}
		if l, err = s.goods.ChangeLot(ctx, tx, l, "lot.released", data); err != nil {
			return err
		}
		if err := s.closeLotStep(ctx, tx, l, stepRelease, tx.Actor().Name); err != nil {
			return err
		}
		return s.endLot(ctx, tx, l, goods.Released, pick(in.Reason, l.No))
	})
}

// lacks is the refusal of a release; it names what is missing.
func (s *Service) lacks(op string, l goods.Lot, lacking []goods.Check) error {
	var zh, en []string
	var fields []seawall.FieldError
	for _, c := range lacking {
		code := "lot_lacks_record"
		if c.Late {
			code = "lot_lacks_late"
		}
		if c.Need == goods.NeedRest {
			code = "lot_lacks_rest"
		}
		zh, en = append(zh, c.Text.ZH), append(en, c.Text.EN)
		fields = append(fields, seawall.FieldError{Field: c.Key, Code: code,
			Args: map[string]string{"what.zh": c.Text.ZH, "what.en": c.Text.EN, "at": s.clockTime(c.At)}})
	}
	return &seawall.Error{Op: op, Kind: seawall.Conflict, Code: "lot_lacks", Fields: fields,
		Args: map[string]string{"no": l.No, "what.zh": strings.Join(zh, "、"), "what.en": strings.Join(en, ", ")}}
}

// SealLot seals a held lot by an officer's decision, before a result or on a
// warning from elsewhere. Errors: Invalid without a reason.
func (s *Service) SealLot(ctx context.Context, who Who, id seawall.LotID, in LotDecision) (goods.Lot, error) {
	const op = "response.SealLot"
	if err := reasonGiven(op, in.Reason); err != nil {
		return goods.Lot{}, err
	}
	return s.changeLot(ctx, who, op, id, in.Version, auth.LotRelease, func(tx seawall.Tx, l goods.Lot) error {
		if l.State != goods.Held {
			return seawall.E(op, seawall.Conflict, "lot_state", "state", l.State)
		}
		l.Before, l.State, l.SealedAt, l.Reason = l.State, goods.Sealed, tx.Now(), strings.TrimSpace(in.Reason)
		_, err := s.goods.ChangeLot(ctx, tx, l, "lot.sealed", map[string]string{"no": l.No, "reason": l.Reason})
		return err
	})
}

// DisposeLot ends a sealed lot: destroyed or sent back. Errors: Invalid without a
// reason, Conflict for one that is not sealed.
func (s *Service) DisposeLot(ctx context.Context, who Who, id seawall.LotID, in LotDecision) (goods.Lot, error) {
	const op = "response.DisposeLot"
	if err := reasonGiven(op, in.Reason); err != nil {
		return goods.Lot{}, err
	}
	return s.changeLot(ctx, who, op, id, in.Version, auth.LotRelease, func(tx seawall.Tx, l goods.Lot) error {
		if l.State != goods.Sealed {
			return seawall.E(op, seawall.Conflict, "lot_state", "state", l.State)
		}
		l.State, l.Reason = goods.Disposed, strings.TrimSpace(in.Reason)
		l, err := s.goods.ChangeLot(ctx, tx, l, "lot.disposed", map[string]string{"no": l.No, "reason": l.Reason})
		if err != nil {
			return err
		}
		return s.endLot(ctx, tx, l, goods.Disposed, l.Reason)
	})
}
