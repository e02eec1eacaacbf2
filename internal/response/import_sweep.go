package response

import (
	"context"
	"time"

	"github.com/seawall-city/seawall"
)

// SweepIdentities removes identities that were sealed before an instant for a
// record that never came to be, and gives how many. People whom records know
// stay, also where a process died before it could tell the vault so.
func (s *Service) SweepIdentities(ctx context.Context, before time.Time) (int, error) {
	n, err := s.d.Vault.SweepUnused(ctx, before, func(ctx context.Context, nos []seawall.PersonNo) ([]seawall.PersonNo, error) {
		var known []seawall.PersonNo
		err := s.d.Work.Read(ctx, func(tx seawall.Tx) error {
			known = known[:0]
			ps, err := s.d.Cases.Persons(ctx, tx, nos)
			for _, p := range ps {
				known = append(known, p.No)
			}
			return err
		})
		return known, err
	})
	return n, seawall.Wrap("response.SweepIdentities", err)
}
