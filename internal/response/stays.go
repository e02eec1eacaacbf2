package response

import (
	"context"
	"time"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/auth"
	"github.com/seawall-city/seawall/internal/casebook"
)

// RecordStay records where the person of a case was.
func (s *Service) RecordStay(ctx context.Context, who Who, in NewStay) (casebook.Stay, error) {
	const op = "response.RecordStay"
	var out casebook.Stay
	err := s.write(ctx, who, op, func(tx seawall.Tx) error {
		at := s.d.City
		if in.Case != "" {
			c, err := s.d.Cases.Case(ctx, tx, in.Case)
			if err != nil {
				return err
			}
			at, in.Person = c.Area, c.Person
		}
		if err := s.allow(who, auth.StayRecord, auth.Resource{Kind: seawall.KindStay, Area: at}); err != nil {
			return err
		}
		var err error
		out, err = s.recordStay(ctx, tx, in)
		return err
	})
	return out, err
}

// recordStay is RecordStay inside a transaction.
func (s *Service) recordStay(ctx context.Context, tx seawall.Tx, in NewStay) (casebook.Stay, error) {
	p := places{s: s, ctx: ctx, tx: tx}
	at := p.path(in.Area, "area")
	if p.err != nil {
		return casebook.Stay{}, p.err
	}
	if err := invalid("response.RecordStay", "stay_invalid", p.bad); err != nil {
		return casebook.Stay{}, err
	}
	return s.book.RecordStay(ctx, tx, casebook.Stay{Person: in.Person, Case: in.Case, Place: in.Place, Kind: in.Kind, Area: at,
		During: seawall.Interval{From: micros(in.From), To: micros(in.To)}, Note: in.Note})
}

// micros gives an instant in the precision that records keep, zero as zero.
func micros(t time.Time) time.Time {
	if t.IsZero() {
		return time.Time{}
	}
	return t.UTC().Truncate(time.Microsecond)
}
