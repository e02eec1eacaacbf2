package response

import (
	"context"
	"slices"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/casebook"
	"github.com/seawall-city/seawall/internal/loop"
)

// moveArrivals repoints the arrivals of one person to another and lists the rows
// it touched; only, when not nil, names the rows to move.
func (s *Service) moveArrivals(ctx context.Context, tx seawall.Tx, from, to casebook.Person, only []seawall.Ref) ([]seawall.Ref, error) {
	rows, err := s.d.Border.ArrivalsOfPerson(ctx, tx, from.No)
	if err != nil {
		return nil, err
	}
	var moved []seawall.Ref
	for _, a := range rows {
		if only != nil && !slices.Contains(only, a.Ref()) {
			continue
		}
		a.Person, a.Mask = to.No, to.Mask
		if _, err := s.border.Keep(ctx, tx, a); err != nil {
			return nil, err
		}
		moved = append(moved, a.Ref())
	}
	return moved, nil
}

// reread gives a step as it stands after something else closed it.
func (s *Service) reread(ctx context.Context, tx seawall.Tx, st loop.Step, err error) (loop.Step, error) {
	if err != nil {
		return loop.Step{}, err
	}
	return s.d.Loops.Step(ctx, tx, st.ID)
}
