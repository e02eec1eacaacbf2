package vault

import (
	"context"
	"time"

	"github.com/seawall-city/seawall"
)

// sweepPage is how many uncommitted identities are asked about at once.
const sweepPage = 500

// SweepUnused is Sweep with a look before: whoever died between committing a
// record and telling the vault has left an identity that is in use and not
// marked so. used gives which of these people records know; they are marked now
// and stay. Everybody else sealed before the instant goes.
func (s *Service) SweepUnused(ctx context.Context, before time.Time, used func(context.Context, []seawall.PersonNo) ([]seawall.PersonNo, error)) (int, error) {
	const op = "vault.SweepUnused"
	for after := int64(0); ; {
		recs, err := s.store.Uncommitted(ctx, before, after, sweepPage)
		if err != nil {
			return 0, seawall.Wrap(op, err)
		}
		if len(recs) == 0 {
			n, err := s.store.Sweep(ctx, before)
			return n, seawall.Wrap(op, err)
		}
		requests, nos := map[seawall.PersonNo]string{}, make([]seawall.PersonNo, len(recs))
		for i, r := range recs {
			requests[r.No], nos[i], after = r.Request, r.No, r.ID
		}
		keep, err := used(ctx, nos)
		if err != nil {
			return 0, seawall.Wrap(op, err)
		}
		var ids []string
		for _, no := range keep {
			ids = append(ids, requests[no])
		}
		if len(ids) == 0 {
			continue
		}
		if err := s.store.Commit(ctx, ids); err != nil {
			return 0, seawall.Wrap(op, err)
		}
	}
}
