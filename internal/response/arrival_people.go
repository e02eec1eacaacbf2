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

// moveRelief repoints what one person asked of the city to another number: their
// objections and requests for help. It lists the rows it touched; only, when not
// nil, names the rows to move.
func (s *Service) moveRelief(ctx context.Context, tx seawall.Tx, from, to casebook.Person, only []seawall.Ref) ([]seawall.Ref, error) {
	asked, err := s.d.Relief.AppealsOfPerson(ctx, tx, from.No)
	if err != nil {
		return nil, err
	}
	var moved []seawall.Ref
	for _, a := range asked {
		if only != nil && !slices.Contains(only, a.Ref()) {
			continue
		}
		a.Person, a.Mask, a.Version = to.No, to.Mask, a.Version+1
		if err := s.d.Relief.SaveAppeal(ctx, tx, a); err != nil {
			return nil, err
		}
		moved = append(moved, a.Ref())
	}
	called, err := s.d.Relief.HelpsOfPerson(ctx, tx, from.No)
	if err != nil {
		return nil, err
	}
	for _, h := range called {
		if only != nil && !slices.Contains(only, h.Ref()) {
			continue
		}
		h.Person, h.Mask, h.Version = to.No, to.Mask, h.Version+1
		if err := s.d.Relief.SaveHelp(ctx, tx, h); err != nil {
			return nil, err
		}
		moved = append(moved, h.Ref())
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
