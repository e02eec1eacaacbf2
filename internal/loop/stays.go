package loop

import (
	"context"

	"github.com/seawall-city/seawall"
)

// stays reports whether the steps of a loop stay in the lists of the place where it
// opened when it climbs, because whoever works there may still act on it.
func (e *Engine) stays(l Loop) bool { return e.Stays != nil && e.Stays(l) }

// listedAt gives the area in whose lists a new step of a loop stands: where its
// others stand, the deepest of them, once it has climbed.
func (e *Engine) listedAt(ctx context.Context, tx seawall.Tx, l Loop) (seawall.AreaPath, error) {
	at := l.Area
	if l.Level == 0 || !e.stays(l) {
		return at, nil
	}
	steps, err := e.Store.StepsOf(ctx, tx, l.ID)
	for _, s := range steps {
		if s.Area.Within(at) {
			at = s.Area
		}
	}
	return at, err
}
