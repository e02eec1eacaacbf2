package response

import (
	"context"
	"time"

	"github.com/seawall-city/seawall"
)

// NextClock gives the instant at which the next clock is due, zero when none is
// running. A story that moves its own clock stops there.
func (s *Service) NextClock(ctx context.Context) (at time.Time, err error) {
	err = s.read(ctx, "response.NextClock", func(tx seawall.Tx) (err error) {
		at, err = s.d.Loops.NextClock(ctx, tx)
		return err
	})
	return at, err
}
